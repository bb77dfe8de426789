//! The code that an issue prints beside each of its items (稿件编码): it says which office printed which item in which issue.
//!
//! `TZ3KQ7-1A-2F4X`: `TZ`, four characters of the office, the issue and the item in base 36, and one character that checks all
//! others (ISO 7064, MOD 37,36): any one character read wrongly, and any two neighbours changed, is found. Only upper-case
//! letters, figures and the hyphen stand in it, which a QR code packs most tightly.

use std::fmt;
use std::str::FromStr;

use crate::{IssueId, ItemId};

/// Letters and figures, in the order the check counts them.
const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// What every code begins with.
const HEAD: &str = "TZ";
/// Characters of an office's tag.
const TAG: usize = 4;

/// Which installation a code belongs to (机关标记): four letters or figures, so that papers of other offices are not mistaken for
/// one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficeTag([u8; TAG]);

impl OfficeTag {
    /// A tag out of any number, such as a hash of what makes an office itself.
    pub fn of(number: u64) -> Self {
        let mut rest = number;
        Self(std::array::from_fn(|_| {
            let digit = ALPHABET[usize::try_from(rest % 36).expect("a rest of 36 is small")];
            rest /= 36;
            digit
        }))
    }
}

impl fmt::Display for OfficeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

impl FromStr for OfficeTag {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let bytes: [u8; TAG] = text.as_bytes().try_into().map_err(|_| NotACode::Other)?;
        if bytes.iter().all(|byte| ALPHABET.contains(byte)) { Ok(Self(bytes)) } else { Err(NotACode::Other) }
    }
}

/// The code of an item in an issue (稿件编码).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemCode {
    /// Who printed it.
    pub office: OfficeTag,
    /// In which issue.
    pub issue: IssueId,
    /// Which item.
    pub item: ItemId,
}

/// Why a text is not an item's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    /// It begins like one, and one of its characters is wrong.
    #[error("编码“TZ…”没有通过校验，可能有字符读错了。")]
    Misread,
    /// It is something else: a payment code, an address.
    #[error("不是本系统的稿件编码。")]
    Other,
}

/// A number in base 36, without leading zeros.
fn base36(number: i64) -> String {
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.push(ALPHABET[usize::try_from(rest % 36).expect("a rest of 36 is small")]);
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    digits.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// The number that [`base36`] writes so, and no other.
fn from_base36(text: &str) -> Option<i64> {
    let number = i64::from_str_radix(text, 36).ok().filter(|number| *number > 0)?;
    (base36(number) == text).then_some(number)
}

/// What the letters and figures of a text are checked by; and where its last hyphen stands, which could else move unseen.
fn check(text: &str) -> char {
    let values = text.bytes().filter_map(|byte| ALPHABET.iter().position(|known| *known == byte));
    let parted = text.rfind('-').unwrap_or(0) % 36;
    let product = values.chain(std::iter::once(parted)).fold(36, |product, value| {
        let sum = (product + value) % 36;
        (if sum == 0 { 36 } else { sum }) * 2 % 37
    });
    char::from(ALPHABET[(37 - product) % 36])
}

impl ItemCode {
    /// The code in lines for people, broken where it reads best: the office, then issue and item.
    pub fn lines(&self) -> [String; 2] {
        let text = self.to_string();
        let (office, rest) = text.split_at(HEAD.len() + TAG);
        [office.to_owned(), rest.trim_start_matches('-').to_owned()]
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{HEAD}{}-{}-{}", self.office, base36(self.issue.0), base36(self.item.0));
        write!(f, "{text}{}", check(&text))
    }
}

impl FromStr for ItemCode {
    type Err = NotACode;

    /// A code as printed or typed: small letters and white space around it are forgiven.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let text = text.trim().to_ascii_uppercase();
        let body = text.strip_prefix(HEAD).ok_or(NotACode::Other)?;
        let mut parts = body.split('-');
        let (Some(office), Some(issue), Some(rest), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotACode::Other);
        };
        let office: OfficeTag = office.parse()?;
        let mut item = rest.chars();
        let last = item.next_back().ok_or(NotACode::Other)?;
        if check(&text[..text.len() - last.len_utf8()]) != last {
            return Err(NotACode::Misread);
        }
        let (issue, item) = (from_base36(issue), from_base36(item.as_str()));
        let (Some(issue), Some(item)) = (issue, item) else { return Err(NotACode::Misread) };
        Ok(Self { office, issue: IssueId(issue), item: ItemId(item) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(issue: i64, item: i64) -> ItemCode {
        ItemCode { office: OfficeTag::of(1_234_567), issue: IssueId(issue), item: ItemId(item) }
    }

    #[test]
    fn a_code_is_read_as_it_was_written() {
        for (issue, item) in [(1, 1), (46, 3_100), (1_679_615, 60_466_175), (i64::MAX, i64::MAX)] {
            let one = code(issue, item);
            assert_eq!(one.to_string().parse(), Ok(one));
            assert_eq!(format!(" {} \n", one.to_string().to_lowercase()).parse(), Ok(one));
            assert_eq!(one.lines().join("-"), one.to_string());
        }
        assert!(code(1_679_615, 60_466_175).to_string().len() <= 20, "a code of any office fits the smallest symbol");
    }

    #[test]
    fn any_one_character_misread_and_any_two_neighbours_changed_are_found() {
        let text = code(46, 3_100).to_string();
        let letters: Vec<char> = text.chars().collect();
        for at in 2..letters.len() {
            for other in ALPHABET.iter().map(|byte| char::from(*byte)).filter(|other| *other != letters[at]) {
                let mut wrong = letters.clone();
                wrong[at] = other;
                let wrong: String = wrong.iter().collect();
                assert!(wrong.parse::<ItemCode>().is_err(), "{wrong} passes for {text}");
            }
        }
        for at in 2..letters.len() - 1 {
            let mut wrong = letters.clone();
            wrong.swap(at, at + 1);
            let wrong: String = wrong.iter().collect();
            assert!(wrong == text || wrong.parse::<ItemCode>().is_err(), "{wrong} passes for {text}");
        }
    }

    #[test]
    fn what_is_no_code_is_told_apart_from_what_was_misread() {
        for other in ["", "https://example.cn/?id=3", "TZ", "TZ1234", "TZ12345-1-1A", "TZ一二三四-1-1A", "TZ1234-1-1-1"]
        {
            assert_eq!(other.parse::<ItemCode>(), Err(NotACode::Other), "{other}");
        }
        let text = code(46, 3_100).to_string();
        let wrong = format!("{}{}", &text[..text.len() - 1], if text.ends_with('0') { '1' } else { '0' });
        assert_eq!(wrong.parse::<ItemCode>(), Err(NotACode::Misread));
    }
}
