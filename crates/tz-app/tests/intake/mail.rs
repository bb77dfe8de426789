//! Mail: every message has exactly one fate, and nothing arrives and vanishes.

use std::path::Path;

use crate::house::{House, june, text};
use tz_app::Problem;
use tz_app::mail::{DocumentWish, Hold, MailFate, ReceiveWish, Received, split_mbox};
use tz_app::reading::OfficeWords;
use tz_model::MailId;
use tz_read::samples::{EmlSpec, docx, eml};
use tz_text::secrecy::Wordings;

const FROM: &str = "bhz@example.gov.cn";

fn letter(subject: &str, body: &str) -> EmlSpec {
    EmlSpec {
        from: FROM.to_owned(),
        to: "xxk@example.gov.cn".to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
        message_id: "a1@example.gov.cn".to_owned(),
        date: "Mon, 21 May 2018 09:12:45 +0800".to_owned(),
        ..EmlSpec::default()
    }
}

fn house() -> House {
    let house = House::new();
    house.registered("滨湖镇", FROM);
    house
}

fn receive(house: &House, spec: &EmlSpec) -> MailFate {
    house.app.receive_mail("测试", &eml(spec)).expect("a message can always be received")
}

fn items(fate: MailFate) -> Vec<tz_app::report::Entered> {
    match fate {
        MailFate::Items(items) => items,
        other => panic!("应为稿件，却是{}：{other:?}", other.name()),
    }
}

#[test]
fn a_registered_mailbox_sends_an_item_that_counts_on_the_day_the_server_received_it() {
    let house = house();
    let sent = items(receive(&house, &letter("工作动态：滨湖镇夏粮收购开秤", &text("夏粮", 200))));
    assert_eq!(sent.len(), 1);
    // The Date line says May; the server's day decides (R1).
    assert_eq!(sent[0].number, "2018-0613-01");
    assert_eq!(house.facts("报送"), ["2018-0613-01 工作动态 计 -"]);
}

#[test]
fn each_document_of_a_message_is_an_item_and_keeps_its_file() {
    let house = house();
    let attachments = vec![
        ("夏粮收购.docx".to_owned(), docx("夏粮收购开秤", &[text("夏粮", 120)])),
        ("防汛准备.docx".to_owned(), docx("防汛物资全部到位", &[text("防汛", 120)])),
    ];
    let sent = items(receive(&house, &EmlSpec { attachments, ..letter("报送信息两篇", "请查收。") }));
    let numbers: Vec<&str> = sent.iter().map(|item| item.number.as_str()).collect();
    assert_eq!(numbers, ["2018-0613-01", "2018-0613-02"]);
    let editor = house.editor("李编辑");
    let page = house.app.item(&editor, sent[1].id).expect("the item is there");
    let names: Vec<&str> = page.attachments.iter().map(|file| file.row.name.as_str()).collect();
    assert_eq!(names, ["防汛准备.docx"]);
}

#[test]
fn the_same_bytes_twice_are_one_item_and_the_same_id_with_other_bytes_is_another_message() {
    let house = house();
    let first = letter("夏粮收购开秤", &text("夏粮", 200));
    assert_eq!(items(receive(&house, &first)).len(), 1);
    assert_eq!(receive(&house, &first), MailFate::Repeat);
    assert_eq!(receive(&house, &first).name(), "重复");
    // Corrected and sent again under the same Message-ID.
    let corrected = items(receive(&house, &letter("夏粮收购开秤", &text("更正", 200))));
    assert_eq!(corrected[0].repeats, None);
    assert_eq!(house.facts("报送").len(), 2);
}

#[test]
fn the_same_text_in_another_message_is_entered_but_does_not_count() {
    let house = house();
    items(receive(&house, &letter("夏粮收购开秤", &text("夏粮", 200))));
    let again =
        EmlSpec { message_id: "b2@example.gov.cn".to_owned(), ..letter("再报：夏粮", &text("夏粮", 200)) };
    let sent = items(receive(&house, &again));
    assert_eq!(sent[0].repeats.as_deref(), Some("2018-0613-01"));
    assert!(sent[0].warnings.iter().any(|warning| warning.contains("不计篇数")), "{:?}", sent[0].warnings);
    assert!(house.facts("报送")[1].ends_with("2018-0613-01"), "{:?}", house.facts("报送"));
}

#[test]
fn an_unknown_sender_waits_and_an_editor_makes_it_an_item_of_the_unit() {
    let house = house();
    let stranger =
        EmlSpec { from: "somebody@example.com".to_owned(), ..letter("防汛物资到位", &text("防汛", 200)) };
    let MailFate::Quarantine(why) = receive(&house, &stranger) else { panic!("应为待处理") };
    assert!(why.contains("没有登记"), "{why}");
    assert!(house.facts("报送").is_empty());
    let editor = house.editor("李编辑");
    house.clock.set(june(15, 9));
    let unit = house.unit("西岗镇");
    let entered = house.app.assign_quarantined(&editor, MailId(1), unit, true).expect("it can be assigned");
    // Received when the message was, not when it was assigned.
    assert_eq!(entered[0].number, "2018-0613-01");
    assert_eq!(house.facts("报送").len(), 1);
    let again = house.app.assign_quarantined(&editor, MailId(1), unit, false);
    assert!(matches!(again, Err(Problem::Refused(ref words)) if words.contains("稿件")), "{again:?}");
    // The address is registered from now on.
    let next = EmlSpec { from: "Somebody@Example.com".to_owned(), ..letter("汛期值班", &text("值班", 200)) };
    assert_eq!(items(receive(&house, &next)).len(), 1);
}

#[test]
fn a_discarded_message_stays_in_the_ledger_with_its_reason() {
    let house = house();
    receive(&house, &EmlSpec { from: "ad@example.com".to_owned(), ..letter("推广", &text("推广", 60)) });
    let editor = house.editor("李编辑");
    assert!(matches!(house.app.discard_quarantined(&editor, MailId(1), " "), Err(Problem::Faults(_))));
    house.app.discard_quarantined(&editor, MailId(1), "广告").expect("it can be discarded");
    let ledger = house.app.mail_ledger(&editor, None, None).expect("the ledger can be read");
    assert_eq!(ledger.total, 1);
    assert_eq!((ledger.lines[0].row.fate.as_str(), ledger.lines[0].row.reason.as_str()), ("discarded", "广告"));
}

#[test]
fn automatic_mail_two_senders_a_forged_sender_and_nothing_readable_each_have_their_fate() {
    let house = house();
    let raw = |more: &str| {
        let mail = eml(&letter("夏粮收购开秤", &text(more, 200)));
        let mut all = format!("{more}\r\n").into_bytes();
        all.extend(mail);
        house.app.receive_mail("测试", &all).expect("a message can always be received")
    };
    assert_eq!(raw("Auto-Submitted: auto-replied").name(), "自动邮件");
    assert_eq!(raw("From: <other@example.com>").name(), "待处理");
    let MailFate::Quarantine(why) = raw("Authentication-Results: mx; spf=pass; dmarc=fail") else {
        panic!("应为待处理")
    };
    assert!(why.contains("冒名"), "{why}");
    assert_eq!(raw("Authentication-Results: mx; spf=pass; dkim=pass; dmarc=pass").name(), "稿件");
    assert_eq!(receive(&house, &letter("空信", "")).name(), "待处理");
    let broken = house.app.receive_mail("测试", b"\x00\x01\x02 no mail at all").expect("bytes can always be received");
    assert_eq!(broken.name(), "待处理");
    let editor = house.editor("李编辑");
    let ledger = house.app.mail_ledger(&editor, None, None).expect("the ledger can be read");
    assert_eq!(ledger.counts.iter().map(|(_, count)| count).sum::<i64>(), 6);
    assert_eq!(ledger.total, 6);
}

#[test]
fn a_mail_of_a_broken_document_waits_with_a_proposal_and_becomes_an_item_with_its_file() {
    let house = house();
    let attachments = vec![("夏粮收购.docx".to_owned(), b"PK\x03\x04 cut off".to_vec())];
    let fate = receive(&house, &EmlSpec { attachments, ..letter("夏粮收购开秤", "请查收。") });
    assert!(matches!(&fate, MailFate::Quarantine(why) if why.contains("无法读取")), "{fate:?}");
    let editor = house.editor("李编辑");
    let held = house.app.quarantine(&editor, None, None).expect("it can be listed");
    assert_eq!(held.lines[0].hold, Hold::Unreadable);
    let view = house.app.mail(&editor, MailId(1)).expect("it is there");
    assert_eq!((view.previews.len(), view.previews[0].title.as_str()), (1, "夏粮收购开秤"));
    // The editor opens the file and types what it says.
    let typed =
        DocumentWish { title: "夏粮收购开秤".to_owned(), body: text("夏粮", 60), ..DocumentWish::default() };
    let unit = Some(house.unit("滨湖镇"));
    let wish = ReceiveWish { unit, documents: vec![typed], ..ReceiveWish::default() };
    let received = house.app.receive_quarantined(&editor, MailId(1), &wish).expect("it is received");
    let Received::Items(sent) = received else { panic!("{received:?}") };
    let page = house.app.item(&editor, sent[0].id).expect("the item is there");
    assert!(page.checks.iter().any(|check| check.text.contains("无法读取")), "{:?}", page.checks);
    assert_eq!(page.attachments.len(), 1);
}

#[test]
fn secret_mail_leaves_time_sender_hash_and_mark_and_nothing_else() {
    let house = house();
    let secret = "机密★1年";
    let words = "某某行动方案细节";
    let in_body = letter("夏粮收购", &format!("{secret}\n{words}\n{}", text("方案", 100)));
    let in_subject = letter(&format!("{words}（{secret}）"), &text("甲方案", 100));
    let in_document = EmlSpec {
        attachments: vec![("方案.docx".to_owned(), docx("", &[secret.to_owned(), words.to_owned(), text("案", 90)]))],
        ..letter("报送材料", "请查收。")
    };
    for spec in [&in_body, &in_subject, &in_document] {
        let fate = receive(&house, spec);
        assert_eq!(fate.name(), "涉密拒收", "{fate:?}");
    }
    // Sent again, it is a repeat that keeps no more than the first.
    assert_eq!(receive(&house, &in_subject), MailFate::Repeat);
    let editor = house.editor("李编辑");
    let ledger = house.app.mail_ledger(&editor, None, None).expect("the ledger can be read");
    for line in &ledger.lines {
        assert_eq!((line.row.subject.as_str(), line.row.content_id, line.row.message_id.as_deref()), ("", None, None));
        assert_eq!(line.row.sender, FROM);
        assert_eq!(line.row.sha256.len(), 64);
    }
    assert!(house.facts("报送").is_empty());
    assert!(!house.holds(words) && !house.holds(secret), "the text stands in the database");
    // Raw bytes hold their texts in base64; a line every one of these messages has would give them away.
    assert!(!house.holds("To: <xxk@example.gov.cn>"), "the raw bytes stand in the database");
    // What is not secret would have been found by the same search.
    items(receive(&house, &letter("夏粮收购开秤", &text("夏粮", 200))));
    assert!(house.holds("夏粮收购开秤") && house.holds("To: <xxk@example.gov.cn>"));
}

#[test]
fn an_mbox_is_parted_at_its_from_lines() {
    let mbox = b"From a@b Mon\nSubject: 1\n\none\nFrom here on it is text\n\nFrom c@d Tue\nSubject: 2\n\ntwo\n";
    let parts = split_mbox(mbox);
    assert_eq!(parts, [&b"Subject: 1\n\none\nFrom here on it is text\n"[..], &b"Subject: 2\n\ntwo\n"[..]]);
    assert_eq!(split_mbox(b"Subject: 1\n\none\n"), [&b"Subject: 1\n\none\n"[..]]);
    assert!(split_mbox(b"").is_empty());
}

#[test]
fn every_message_of_the_corpus_has_one_fate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/mails");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: the corpus is not here");
        return;
    };
    let house = house();
    let mut names: Vec<_> = files.map(|file| file.expect("a file can be named").path()).collect();
    names.sort();
    let mut received = 0;
    for path in names.iter().filter(|path| path.extension().is_some_and(|kind| kind != "md")) {
        let raw = std::fs::read(path).expect("a file can be read");
        let fate = house.app.receive_mail("语料", &raw).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        if let MailFate::Quarantine(why) = &fate {
            assert!(!why.contains("出了意外"), "{}: a reader panicked", path.display());
        }
        received += 1;
    }
    let editor = house.editor("李编辑");
    let ledger = house.app.mail_ledger(&editor, None, None).expect("the ledger can be read");
    assert!(received > 0);
    assert_eq!(ledger.total, received);
    assert_eq!(ledger.counts.iter().map(|(_, count)| count).sum::<i64>(), received);
}

/// A text of the corpus: its id, title and the collector's guess of its category, and its paragraphs.
struct CorpusText {
    id: String,
    title: String,
    category: String,
    paragraphs: Vec<String>,
}

fn corpus_texts() -> Option<Vec<CorpusText>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/texts");
    let mut paths: Vec<_> = std::fs::read_dir(folder).ok()?.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "txt"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("a text can be read");
        let (head, body) = text.trim_start_matches("---\n").split_once("\n---\n").expect("a text has its front matter");
        let value = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_default().trim().to_owned()
        };
        CorpusText {
            id: value("id"),
            title: value("title"),
            category: value("category_guess"),
            paragraphs: body.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect(),
        }
    };
    Some(paths.iter().map(read).collect())
}

#[test]
fn every_text_of_the_corpus_arrives_as_one_item_under_its_title_and_category() {
    let Some(texts) = corpus_texts() else {
        println!("skipped: the corpus is not here");
        return;
    };
    let mut wrong = Vec::new();
    assert!(!texts.is_empty());
    // As units send them: the category in the subject or the file's name, or a text without a word on what it is.
    for form in ["类别写在主题里", "类别写在文件名里", "正文就是稿件"] {
        let house = house();
        let editor = house.editor("李编辑");
        for text in &texts {
            let CorpusText { id, title, category, paragraphs } = text;
            let file = |name: String| vec![(name, docx(title, paragraphs))];
            let mail = EmlSpec { message_id: format!("{id}@example.gov.cn"), ..letter("", "") };
            let mail = match form {
                "类别写在主题里" => EmlSpec {
                    subject: format!("【{category}】{title}"),
                    body: "请查收附件。".to_owned(),
                    attachments: file(format!("{title}.docx")),
                    ..mail
                },
                "类别写在文件名里" => EmlSpec {
                    subject: "报送信息".to_owned(),
                    body: "信息科：现报上信息一篇，请查收。".to_owned(),
                    attachments: file(format!("{category}：{title}.docx")),
                    ..mail
                },
                _ => EmlSpec { subject: title.clone(), body: paragraphs.join("\n"), ..mail },
            };
            match receive(&house, &mail) {
                MailFate::Items(entered) if entered.len() == 1 => {
                    let page = house.app.item(&editor, entered[0].id).expect("the item is there");
                    let version = &page.versions.last().expect("an item has a version").0;
                    let told = form == "正文就是稿件" || version.category == *category;
                    if version.title != *title || !told {
                        wrong.push(format!(
                            "{form} {id}：{title}（{category}）成了 {}（{}）",
                            version.title, version.category
                        ));
                    }
                }
                other => wrong.push(format!("{form} {id}：{title} 成了 {other:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A reader that stumbles over certain mails, as a broken one would.
struct Stumbling;

impl tz_app::reading::Reader for Stumbling {
    fn judge(&self, raw: &[u8], words: OfficeWords<'_>) -> Result<tz_app::reading::Judged, String> {
        let holds = |word: &str| raw.windows(word.len()).any(|w| w == word.as_bytes());
        if holds("poison-loop") {
            return Err("读取用时超过上限，已停止读取。".to_owned());
        }
        tz_app::reading::Here.judge(raw, words)
    }

    fn text(&self, name: &str, bytes: &[u8]) -> Result<tz_app::reading::Told, String> {
        tz_app::reading::Here.text(name, bytes)
    }

    fn scan(&self, bytes: &[u8], page: usize) -> Result<tz_read::ScannedPage, String> {
        tz_app::reading::Here.scan(bytes, page)
    }

    fn mark(&self, files: &[(&str, &[u8])], wordings: &Wordings) -> Result<Option<tz_text::secrecy::Mark>, String> {
        tz_app::reading::Here.mark(files, wordings)
    }
}

#[test]
fn poison_among_good_mail_waits_with_its_reason_and_can_be_read_again_later() {
    let house = house();
    let stumbling = house.process_beside().reading_by(std::sync::Arc::new(Stumbling));
    let editor = house.editor("李编辑");
    let poison = |place: usize| -> Vec<u8> {
        let head = format!("From: <{FROM}>\r\nSubject: {place}\r\n");
        match place % 3 {
            0 => format!("{head}\r\npoison-loop {place} {}", text("毒", 100)).into_bytes(),
            // A thousand levels, and parts that hold one another's boundary.
            1 => format!("{head}{}", "Content-Type: message/rfc822\r\n\r\n".repeat(1_000)).into_bytes(),
            _ => format!(
                "{head}Content-Type: multipart/mixed; boundary=a\r\n\r\n{}",
                "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n".repeat(400)
            )
            .into_bytes(),
        }
    };
    let mut waiting = 0;
    for place in 0..40 {
        if place % 4 == 1 {
            let fate = stumbling.receive_mail("测试", &poison(place)).expect("a message can always be received");
            let MailFate::Quarantine(why) = &fate else { panic!("应待处理，却是{fate:?}") };
            assert!(why.ends_with('。'), "{why}");
            waiting += 1;
        } else {
            let subject = format!("工作动态：第{place}篇防汛准备情况");
            let spec =
                EmlSpec { message_id: format!("{place}@x"), ..letter(&subject, &text(&format!("防汛{place}"), 120)) };
            assert_eq!(items(stumbling.receive_mail("测试", &eml(&spec)).expect("received")).len(), 1);
        }
    }
    assert_eq!(house.app.quarantined(&editor).expect("counted"), waiting);
    // Read again by a reader that no longer stumbles, the text is there.
    let ledger = house.app.mail_ledger(&editor, None, None).expect("the ledger can be read");
    let stumbled = ledger.lines.iter().find(|line| line.row.reason.contains("用时")).expect("a poison that loops");
    let id = MailId(stumbled.row.id);
    let view = stumbling.mail(&editor, id).expect("it is kept");
    assert!(view.text.contains("poison-loop") && view.previews.iter().all(|item| item.body.is_empty()));
    assert_eq!(house.app.mail(&editor, id).expect("it is kept").previews.len(), 1);
}

#[test]
fn a_file_given_by_hand_waits_for_its_unit() {
    let house = house();
    let read = |name: &str, bytes: &[u8]| match house.app.receive_file(name, name, bytes).expect("received") {
        MailFate::Quarantine(why) => why,
        other => panic!("应待处理，却是{other:?}"),
    };
    let sound = read("防汛.docx", &docx("滨湖镇部署夏季防汛", &[text("防汛", 120)]));
    assert!(sound.starts_with("读出《滨湖镇部署夏季防汛》，约"), "{sound}");
    let locked = read("信息.7z", b"7z\xBC\xAF\x27\x1Cx");
    assert!(locked.contains("压缩包（7z）已损坏或不完整") && locked.ends_with("请指定报送单位后收稿。"), "{locked}");
    let editor = house.editor("李编辑");
    let ledger = house.app.mail_ledger(&editor, None, None).expect("the ledger can be read");
    let line = ledger.lines.iter().find(|line| line.row.reason.starts_with("读出《")).expect("it waits");
    let unit = house.unit("滨湖镇");
    let entered = house.app.assign_quarantined(&editor, MailId(line.row.id), unit, false).expect("assigned");
    assert_eq!((entered.len(), entered[0].title.as_str()), (1, "滨湖镇部署夏季防汛"));
}
