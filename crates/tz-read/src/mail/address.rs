//! Addresses of From and To, as people and programs write them.

use crate::mail::Mailbox;
use crate::mail::header::decode_words;

/// The mailboxes of a field; groups are opened, comments kept as names where there is no other.
pub(crate) fn read(value: &str) -> Vec<Mailbox> {
    let mut boxes = Vec::new();
    let mut open = Open::default();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted(&mut chars, &mut open.phrase),
            '(' => comment(&mut chars, &mut open.comment),
            '<' => {
                let inside: String = chars.by_ref().take_while(|c| *c != '>').collect();
                open.angle = Some(inside);
            }
            ',' | ';' => boxes.extend(std::mem::take(&mut open).close()),
            // The name of a group goes; its members stay.
            ':' if open.angle.is_none() && !open.has_at => open = Open::default(),
            c => {
                open.has_at |= c == '@';
                open.phrase.push(c);
            }
        }
    }
    boxes.extend(open.close());
    boxes
}

#[derive(Default)]
struct Open {
    phrase: String,
    has_at: bool,
    comment: String,
    angle: Option<String>,
}

impl Open {
    fn close(self) -> Option<Mailbox> {
        let clean = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>();
        let phrase = decode_words(self.phrase.trim()).trim().to_owned();
        let mailbox = match self.angle {
            // A route before the address (<@relay:a@b>) is passed over.
            Some(angle) => Mailbox { name: phrase, address: clean(angle.rsplit(':').next().unwrap_or_default()) },
            None => Mailbox { name: decode_words(self.comment.trim()), address: clean(&phrase) },
        };
        (!mailbox.name.is_empty() || !mailbox.address.is_empty()).then_some(mailbox)
    }
}

/// Takes what stands up to the closing quotation mark.
pub(crate) fn quoted(chars: &mut std::str::Chars<'_>, into: &mut String) {
    while let Some(c) = chars.next() {
        match c {
            '"' => return,
            '\\' => into.extend(chars.next()),
            c => into.push(c),
        }
    }
}

/// Takes what stands up to the closing bracket, brackets inside included.
pub(crate) fn comment(chars: &mut std::str::Chars<'_>, into: &mut String) {
    let mut depth = 1_usize;
    while let Some(c) = chars.next() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => into.extend(chars.next()),
            c => into.push(c),
        }
        if depth == 0 {
            return;
        }
    }
}
