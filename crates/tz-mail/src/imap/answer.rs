//! What a server's answer says. Pure: pieces of bytes in, a value out, and no bytes can make it fail worse than
//! [`Answer::Garbled`].

use jiff::Timestamp;
use jiff::fmt::strtime;

use super::folder_name;

/// A part of an answer: text up to the end of its line, or the bytes of a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(Vec<u8>),
    Literal(Vec<u8>),
}

/// How a command ended, or what a word of the server's own is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// What stands in brackets before the text of a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    None,
    UidValidity(u32),
    UidNext(u32),
    Capabilities(Vec<String>),
}

/// A word with its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) status: Status,
    pub(super) code: Code,
    pub(super) text: String,
}

/// A folder of the postbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// As people read it.
    pub(super) name: String,
    /// `\Noselect`, `\Sent` and the like, in lower case.
    pub(super) marks: Vec<String>,
}

/// What came of a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) arrived: Option<Timestamp>,
    pub(super) bytes: Option<Vec<u8>>,
}

/// One answer of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The command with this tag has ended.
    Done {
        tag: String,
        word: Word,
    },
    /// The server waits for more.
    More,
    /// A word of its own.
    Said(Word),
    Capabilities(Vec<String>),
    /// There are so many letters now.
    Exists(u32),
    Found(Vec<u32>),
    Fetched(Fetched),
    Folder(Folder),
    /// Nothing we asked for.
    Other,
    /// Something we asked for, but not to be understood.
    Garbled,
}

/// How many bytes follow a line as a literal (`{123}`), if it ends so. A status's text may end like that and mean nothing.
pub(super) fn literal_after(line: &[u8], first: bool) -> Option<usize> {
    if first && is_status(line) {
        return None;
    }
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let open = line.iter().rposition(|&byte| byte == b'{')?;
    let digits = line[open + 1..].strip_suffix(b"+").unwrap_or(&line[open + 1..]);
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn is_status(line: &[u8]) -> bool {
    let second = line.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
    line.starts_with(b"+") || status_of(&String::from_utf8_lossy(second)).is_some()
}

fn status_of(word: &str) -> Option<Status> {
    match word.trim().to_ascii_uppercase().as_str() {
        "OK" => Some(Status::Ok),
        "NO" => Some(Status::No),
        "BAD" => Some(Status::Bad),
        "BYE" => Some(Status::Bye),
        "PREAUTH" => Some(Status::PreAuth),
        _ => None,
    }
}

fn word(status: Status, rest: &str) -> Word {
    let rest = rest.trim();
    let (code, text) = match rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        Some((code, text)) => (code, text.trim()),
        None => ("", rest),
    };
    let (name, value) = code.split_once(' ').unwrap_or((code, ""));
    let number = || value.trim().parse::<u32>().ok();
    let code = match name.to_ascii_uppercase().as_str() {
        "UIDVALIDITY" => number().map_or(Code::None, Code::UidValidity),
        "UIDNEXT" => number().map_or(Code::None, Code::UidNext),
        "CAPABILITY" => Code::Capabilities(capabilities(value)),
        _ => Code::None,
    };
    // The reason of a refusal may stand in the code alone.
    let text = if text.is_empty() { rest } else { text };
    Word { status, code, text: text.to_owned() }
}

fn capabilities(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_ascii_uppercase).collect()
}

impl Answer {
    pub(super) fn of(pieces: Vec<Piece>) -> Self {
        let Some(Piece::Text(first)) = pieces.first() else { return Self::Garbled };
        let line = String::from_utf8_lossy(first).into_owned();
        let line = line.trim_end_matches(['\r', '\n']);
        if line.starts_with('+') {
            return Self::More;
        }
        let (tag, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (name, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        if let Some(status) = status_of(name) {
            let word = word(status, behind);
            return if tag == "*" { Self::Said(word) } else { Self::Done { tag: tag.to_owned(), word } };
        }
        if tag != "*" {
            return Self::Garbled;
        }
        match (name.to_ascii_uppercase().as_str(), behind) {
            ("CAPABILITY", list) => Self::Capabilities(capabilities(list)),
            ("SEARCH", list) => {
                let found: Result<Vec<u32>, _> =
                    // `(MODSEQ 7)` may stand at the end.
                    list.split_whitespace().take_while(|word| !word.starts_with('(')).map(str::parse).collect();
                found.map_or(Self::Garbled, Self::Found)
            }
            ("LIST", _) => folder(&pieces).map_or(Self::Garbled, Self::Folder),
            (number, "EXISTS") => number.parse().map_or(Self::Garbled, Self::Exists),
            (number, behind) if number.parse::<u32>().is_ok() && starts_with_word(behind, "FETCH") => {
                fetched(&pieces).map_or(Self::Garbled, Self::Fetched)
            }
            _ => Self::Other,
        }
    }
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.split([' ', '(']).next().is_some_and(|first| first.eq_ignore_ascii_case(word))
}

/// The smallest parts of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Atom(String),
    Text(Vec<u8>),
}

fn tokens(pieces: &[Piece]) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let last = pieces.len().saturating_sub(1);
    for (place, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(bytes) => tokens.push(Token::Text(bytes.clone())),
            Piece::Text(line) => {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                // What announces the literal that follows says nothing more.
                let end = if place == last { line.len() } else { line.iter().rposition(|&byte| byte == b'{')? };
                words(&line[..end], &mut tokens)?;
            }
        }
    }
    Some(tokens)
}

fn words(line: &[u8], tokens: &mut Vec<Token>) -> Option<()> {
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        at += 1;
        match byte {
            b' ' => {}
            b'(' => tokens.push(Token::Open),
            b')' => tokens.push(Token::Close),
            b'"' => {
                let mut text = Vec::new();
                loop {
                    let byte = *line.get(at)?;
                    at += 1;
                    match byte {
                        b'"' => break,
                        b'\\' => {
                            text.push(*line.get(at)?);
                            at += 1;
                        }
                        byte => text.push(byte),
                    }
                }
                tokens.push(Token::Text(text));
            }
            _ => {
                let start = at - 1;
                let mut within = byte == b'[';
                // `BODY[HEADER.FIELDS (MESSAGE-ID)]<0>` is one word.
                while let Some(&byte) = line.get(at) {
                    match byte {
                        b'[' => within = true,
                        b']' => within = false,
                        b' ' | b'(' | b')' | b'"' if !within => break,
                        _ => {}
                    }
                    at += 1;
                }
                tokens.push(Token::Atom(String::from_utf8_lossy(&line[start..at]).into_owned()));
            }
        }
    }
    Some(())
}

fn folder(pieces: &[Piece]) -> Option<Folder> {
    let tokens = tokens(pieces)?;
    // * LIST (marks) delimiter name
    let mut rest = tokens.into_iter().skip(2);
    if rest.next()? != Token::Open {
        return None;
    }
    let mut marks = Vec::new();
    loop {
        match rest.next()? {
            Token::Close => break,
            Token::Atom(mark) => marks.push(mark.to_ascii_lowercase()),
            Token::Open | Token::Text(_) => return None,
        }
    }
    rest.next()?;
    let name = match rest.next()? {
        Token::Atom(name) => name,
        Token::Text(name) => String::from_utf8_lossy(&name).into_owned(),
        Token::Open | Token::Close => return None,
    };
    Some(Folder { name: folder_name::decode(&name), marks })
}

fn fetched(pieces: &[Piece]) -> Option<Fetched> {
    let tokens = tokens(pieces)?;
    let mut found = Fetched::default();
    let mut rest = tokens.into_iter().skip(3);
    if rest.next()? != Token::Open {
        return None;
    }
    loop {
        let key = match rest.next()? {
            Token::Close => break,
            Token::Atom(key) => key.to_ascii_uppercase(),
            Token::Open | Token::Text(_) => return None,
        };
        match rest.next()? {
            Token::Atom(value) => match key.as_str() {
                "UID" => found.uid = Some(value.parse().ok()?),
                "RFC822.SIZE" => found.size = Some(value.parse().ok()?),
                _ => {}
            },
            Token::Text(value) => {
                if key == "INTERNALDATE" {
                    found.arrived = moment(&String::from_utf8_lossy(&value));
                } else if key.starts_with("BODY[") {
                    found.bytes = Some(value);
                }
            }
            Token::Open => {
                // A list we did not ask for, however deep: passed over without climbing into it.
                let mut depth = 1_usize;
                while depth > 0 {
                    match rest.next()? {
                        Token::Open => depth += 1,
                        Token::Close => depth -= 1,
                        Token::Atom(_) | Token::Text(_) => {}
                    }
                }
            }
            Token::Close => return None,
        }
    }
    // Behind the end there is nothing: else a literal's length was wrong.
    rest.next().is_none().then_some(found)
}

/// `17-Jul-1996 02:44:25 -0700`, the day perhaps with a space for its first digit.
fn moment(text: &str) -> Option<Timestamp> {
    strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?.to_timestamp().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Answer {
        Answer::of(vec![Piece::Text(format!("{text}\r\n").into_bytes())])
    }

    #[test]
    fn answers_of_real_servers() {
        let word = |status, code, text: &str| Word { status, code, text: text.to_owned() };
        let cases = [
            ("* OK [UIDVALIDITY 1] UIDs valid", Answer::Said(word(Status::Ok, Code::UidValidity(1), "UIDs valid"))),
            ("* OK [UIDNEXT 12]", Answer::Said(word(Status::Ok, Code::UidNext(12), "[UIDNEXT 12]"))),
            (
                "A3 NO LOGIN 登录失败",
                Answer::Done { tag: "A3".to_owned(), word: word(Status::No, Code::None, "LOGIN 登录失败") },
            ),
            ("* OK [ALERT]中文", Answer::Said(word(Status::Ok, Code::None, "中文"))),
            ("+ idling", Answer::More),
            ("+", Answer::More),
            ("* 17 EXISTS", Answer::Exists(17)),
            ("* SEARCH", Answer::Found(vec![])),
            ("* SEARCH 3 4 11", Answer::Found(vec![3, 4, 11])),
            ("* search 3 4 (MODSEQ 917)", Answer::Found(vec![3, 4])),
            ("* SEARCH 3 x", Answer::Garbled),
            ("* 2 RECENT", Answer::Other),
            ("* ID (\"name\" \"Coremail\")", Answer::Other),
            ("* CAPABILITY IMAP4rev1 Idle", Answer::Capabilities(vec!["IMAP4REV1".to_owned(), "IDLE".to_owned()])),
            (
                "* LIST (\\HasNoChildren \\Junk) \"/\" \"&V4NXPpCuTvY-\"",
                Answer::Folder(Folder {
                    name: "垃圾邮件".to_owned(),
                    marks: vec!["\\hasnochildren".to_owned(), "\\junk".to_owned()],
                }),
            ),
            ("* LIST () NIL INBOX", Answer::Folder(Folder { name: "INBOX".to_owned(), marks: vec![] })),
            (
                "* 1 FETCH (UID 7 RFC822.SIZE 300 INTERNALDATE \" 7-Jun-2018 09:12:00 +0800\" FLAGS (\\Seen (x (y))))",
                Answer::Fetched(Fetched {
                    uid: Some(7),
                    size: Some(300),
                    arrived: Some("2018-06-07T01:12:00Z".parse().unwrap()),
                    bytes: None,
                }),
            ),
            ("* 1 FETCH (UID 7 BODY[] NIL)", Answer::Fetched(Fetched { uid: Some(7), ..Fetched::default() })),
            ("* 1 FETCH (UID 7", Answer::Garbled),
            ("* 1 FETCH (UID x)", Answer::Garbled),
            ("ERR", Answer::Garbled),
        ];
        for (text, wanted) in cases {
            assert_eq!(line(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_letter_is_taken_from_between_the_lines() {
        let pieces = |tail: &str| {
            vec![
                Piece::Text(b"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (MESSAGE-ID)]<0> {3}\r\n".to_vec()),
                Piece::Literal(b"\xFF)\n".to_vec()),
                Piece::Text(tail.as_bytes().to_vec()),
            ]
        };
        let whole = Fetched { uid: Some(7), bytes: Some(b"\xFF)\n".to_vec()), ..Fetched::default() };
        assert_eq!(Answer::of(pieces(")\r\n")), Answer::Fetched(whole));
        // A literal that was announced too short or too long leaves something that does not fit.
        for tail in ["rest)\r\n", "\r\n", "A5 OK done\r\n", ") x\r\n"] {
            assert_eq!(Answer::of(pieces(tail)), Answer::Garbled, "{tail}");
        }
    }

    #[test]
    fn a_literal_is_announced_at_the_end_of_a_line_that_is_no_status() {
        assert_eq!(literal_after(b"* 1 FETCH (BODY[] {310}\r\n", true), Some(310));
        assert_eq!(literal_after(b"* 1 FETCH (BODY[] {310+}\r\n", true), Some(310));
        assert_eq!(literal_after(b"* OK see {310}\r\n", true), None);
        assert_eq!(literal_after(b"A1 NO see {310}\r\n", true), None);
        assert_eq!(literal_after(b"* 1 FETCH (BODY[] {99999999999999999999}\r\n", true), None);
        assert_eq!(literal_after(b"* 1 FETCH {x}\r\n", true), None);
    }

    proptest! {
        #![proptest_config(tz_testkit::property(512))]

        #[test]
        fn no_bytes_do_harm(
            head in prop::sample::select(vec!["", "* ", "* 1 FETCH (", "* LIST (", "* SEARCH ", "A1 OK [", "* OK [UIDNEXT "]),
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..4),
        ) {
            let mut pieces = vec![Piece::Text([head.as_bytes(), &parts[0], b"\r\n"].concat())];
            for part in &parts[1..] {
                pieces.push(Piece::Literal(part.clone()));
                pieces.push(Piece::Text([part, &b")\r\n"[..]].concat()));
            }
            literal_after(&parts[0], true);
            Answer::of(pieces);
        }
    }
}
