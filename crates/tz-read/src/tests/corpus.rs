//! Every file of the public material: what its index says, and no panic on it or on what it can be broken into.

use super::{CATEGORIES, cases, files, folder, squeezed};
use crate::{
    Budget, Document, Documents, FileKind, Message, Unreadable, propose_items, read_document, read_message, unpack,
};

/// Title and body of a public text.
fn public_text(id: &str) -> (String, String) {
    let path = folder("texts").expect("the texts are beside the mails").join(format!("{id}.txt"));
    let text = std::fs::read_to_string(path).expect("the index names it");
    let title = text.lines().find_map(|l| l.strip_prefix("title: ")).expect("every text has a title").to_owned();
    let body = text.splitn(3, "---\n").nth(2).expect("front matter stands before the body").to_owned();
    (title, body)
}

/// What a mail shows for one word of the case file.
fn fact(message: &Result<Message, Unreadable>, word: &str) -> String {
    let message = match (message, word) {
        (Err(_), "unreadable") => return message.as_ref().expect_err("matched").to_string(),
        (Ok(message), _) => message,
        (Err(reason), _) => return format!("unreadable: {reason}"),
    };
    let joined = |all: Vec<String>| all.join(" | ");
    match word {
        "subject" => message.subject.clone(),
        "from" => message.from.as_ref().map(|m| format!("{} <{}>", m.name, m.address)).unwrap_or_default(),
        "attachments" => joined(message.attachments.iter().map(|a| a.name.clone()).collect()),
        "auto" => message.auto.map(|a| a.to_string()).unwrap_or_default(),
        "forwarded" => joined(message.forwarded.iter().map(|f| f.subject.clone()).collect()),
        "body-has" => message.body_text.clone(),
        "noted" => {
            let notes = message.notes.iter().chain(message.attachments.iter().flat_map(|a| &a.notes));
            joined(notes.map(ToString::to_string).collect())
        }
        other => panic!("no such fact: {other}"),
    }
}

#[test]
fn every_mail_of_the_index_gives_what_the_index_says() {
    let mails = files("mails");
    let mut wrong = Vec::new();
    for case in cases("mails.case").iter().filter(|_| !mails.is_empty()) {
        let [name, word, expected] = &case[..] else { panic!("a case has three fields: {case:?}") };
        let bytes = &mails.iter().find(|(n, _)| n == name).expect("the index names it").1;
        let message = read_message(bytes, &Budget::default());
        if word == "items" {
            let message = message.as_ref().expect("it is a mail");
            let items = propose_items(message, Documents::of(message, &Budget::default()), &CATEGORIES);
            let ids: Vec<&str> = expected.split_whitespace().collect();
            if items.len() != ids.len() {
                wrong.push(format!("{name}: {} items, not {}", items.len(), ids.len()));
            }
            for (item, id) in items.iter().zip(ids) {
                let (title, body) = public_text(id);
                if squeezed(&item.title) != squeezed(&title) {
                    wrong.push(format!("{name} {id}: title {}", item.title));
                }
                if squeezed(&item.body) != squeezed(&body) {
                    wrong.push(format!("{name} {id}: body {}", item.body));
                }
            }
            continue;
        }
        let found = fact(&message, word);
        let good =
            if matches!(word.as_str(), "body-has" | "noted") { found.contains(expected) } else { found == *expected };
        if !good {
            wrong.push(format!("{name} {word}: {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_mail_is_taken_or_refused_with_a_sentence() {
    let mails = files("mails");
    for (name, bytes) in &mails {
        match read_message(bytes, &Budget::default()) {
            Ok(message) => {
                propose_items(&message, Documents::of(&message, &Budget::default()), &CATEGORIES);
            }
            Err(reason) => assert!(reason.to_string().ends_with('。'), "{name}: {reason}"),
        }
    }
    assert!(mails.is_empty() || mails.len() == 59, "{} mails", mails.len());
}

#[test]
fn paragraphs_of_a_mail_pasted_from_word_are_kept() {
    let mails = files("mails");
    let Some((_, bytes)) = mails.iter().find(|(n, _)| n.starts_with("constructed_c06")) else { return };
    let message = read_message(bytes, &Budget::default()).expect("it is a mail");
    let items = propose_items(&message, Documents::of(&message, &Budget::default()), &CATEGORIES);
    // The mail has one centred paragraph, the title, and 24 of class MsoNormal.
    assert_eq!(items[0].body.lines().count(), 24);
    assert!(items[0].body.lines().all(|line| !line.is_empty() && line == line.trim()));
}

#[test]
fn every_office_file_gives_its_text_or_the_reason() {
    let files = files("office");
    let mut wrong = Vec::new();
    for case in cases("office.case").iter().filter(|_| !files.is_empty()) {
        let [name, expected] = &case[..] else { panic!("a case has two fields: {case:?}") };
        let bytes = &files.iter().find(|(n, _)| n == name).expect("the index names it").1;
        let found = if matches!(FileKind::of(name, bytes), FileKind::Zip | FileKind::SevenZip) {
            match unpack(bytes, &Budget::default()) {
                Ok(entries) => entries.iter().map(|e| e.path.as_str()).collect::<Vec<_>>().join(" | "),
                Err(reason) => reason.to_string(),
            }
        } else {
            match read_document(name, bytes, &Budget::default()) {
                Ok(document) => format!("{} {:?}", document.whole_text(), document.notes),
                Err(reason) => reason.to_string(),
            }
        };
        if let Some(id) = expected.strip_prefix("text:") {
            let (title, body) = public_text(id);
            let document = read_document(name, bytes, &Budget::default()).unwrap_or_default();
            if squeezed(document.title.as_deref().unwrap_or_default()) != squeezed(&title) {
                wrong.push(format!("{name} {id}: title {:?}", document.title));
            }
            // A table stands after one of the texts.
            if !squeezed(&document.body()).starts_with(&squeezed(&body)) {
                wrong.push(format!("{name} {id}: body {}", document.body()));
            }
            // Lines are joined to whole paragraphs; the collection keeps none to compare with.
            let cut =
                document.paragraphs.iter().find(|p| p.chars().count() > 30 && !p.ends_with(['。', '，', '：', '”']));
            if let Some(cut) = cut {
                wrong.push(format!("{name} {id}: cut {cut}"));
            }
        } else if !expected.split('|').all(|piece| squeezed(&found).contains(&squeezed(piece))) {
            wrong.push(format!("{name}: {found}\n  not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let named: Vec<String> = cases("office.case").into_iter().map(|c| c[0].clone()).collect();
    for (name, _) in &files {
        assert!(named.contains(name), "{name} has no case");
    }
}

/// A small generator of numbers, so that the mutations are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).expect("it is below a usize")
    }
}

/// One way to break a file: bytes changed, cut, doubled, or a piece of another put in.
fn broken(bytes: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        let to = at + numbers.below((bytes.len() - at).min(400));
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let piece = bytes[at..to].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => {
                let from = numbers.below(other.len());
                let end = from + numbers.below((other.len() - from).min(400));
                bytes.splice(at..to, other[from..end].iter().copied());
            }
            4 => {
                let marks = [
                    &b"\r\n\r\n"[..],
                    b"\0",
                    b"=?gbk?B?",
                    b"\"",
                    b"--",
                    b"Content-Type: multipart/mixed; boundary=",
                    b"\xFF\xFE",
                    b"<",
                    b"&#",
                    b";",
                ];
                let mark = marks[numbers.below(marks.len())];
                bytes.splice(at..at, mark.iter().copied());
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// How many broken files a test reads: ten times as many with `./test --all`.
fn rounds(few: usize) -> usize {
    if std::env::var_os("PROPERTY_TIMES").is_some() { few * 10 } else { few }
}

#[test]
fn broken_mails_are_read_or_refused_without_a_panic() {
    // The long pictures of three mails are left out: they would only make the test slow.
    let mails: Vec<(String, Vec<u8>)> = files("mails").into_iter().filter(|(_, b)| b.len() < 30_000).collect();
    let mut numbers = Numbers(0x2018_0604_0912_4567);
    let budget = Budget::default();
    for round in 0..rounds(300) {
        let Some((name, bytes)) = mails.get(round % mails.len().max(1)) else { return };
        let other = &mails[numbers.below(mails.len())].1;
        let bytes = broken(bytes, other, &mut numbers);
        if let Ok(message) = read_message(&bytes, &budget) {
            assert!(message.attachments.len() <= budget.max_parts, "{name}");
            propose_items(&message, Documents::of(&message, &budget), &CATEGORIES);
        }
    }
}

#[test]
fn broken_office_files_are_read_or_refused_without_a_panic() {
    let files: Vec<(String, Vec<u8>)> = files("office").into_iter().filter(|(_, b)| b.len() < 30_000).collect();
    let mut numbers = Numbers(0x0604);
    for round in 0..rounds(300) {
        let Some((name, bytes)) = files.get(round % files.len().max(1)) else { return };
        let bytes = broken(bytes, &files[numbers.below(files.len())].1, &mut numbers);
        let read: Result<Document, Unreadable> = read_document(name, &bytes, &Budget::default());
        let unpacked = unpack(&bytes, &Budget::default());
        if let (Err(reason), Err(_)) = (&read, &unpacked) {
            assert!(reason.to_string().ends_with('。'), "{name}: {reason}");
        }
    }
}
