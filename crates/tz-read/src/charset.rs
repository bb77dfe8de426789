//! Bytes to text. `gb2312` and `gbk` mean GB18030; a label is believed only while the bytes agree with it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::note::Note;

/// Text, and what was noticed on the way.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) notes: Vec<Note>,
}

/// Decodes bytes by their declared charset, or by their content where none is declared or it cannot be true.
pub(crate) fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    let mut notes = Vec::new();
    let (bytes, mark) = byte_order_mark(bytes);
    let text = if let Some(encoding) = mark {
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    } else if let Some(text) = decode_seven_bits(bytes, label) {
        text
    } else {
        match label.and_then(|l| by_label(l).map(|e| (l, e))) {
            Some((label, declared)) => decode_declared(bytes, label, declared, &mut notes),
            None => {
                if !bytes.is_ascii() {
                    notes.push(Note::CharsetGuessed);
                }
                guess(bytes).decode_without_bom_handling(bytes).0.into_owned()
            }
        }
    };
    let text = without_nul(text, &mut notes);
    if text.contains('\u{FFFD}') {
        notes.push(Note::UndecodableBytes);
    }
    Decoded { text, notes }
}

/// The two charsets that hide other letters in ASCII, which the library leaves to others: HZ for Chinese (RFC 1843), met
/// in old mails under its own name or none, and UTF-7, met under its own name only.
fn decode_seven_bits(bytes: &[u8], label: Option<&str>) -> Option<String> {
    if !bytes.is_ascii() {
        return None;
    }
    let label = label.map(|l| l.trim().trim_matches('"').to_ascii_lowercase());
    match label.as_deref() {
        Some("hz-gb-2312" | "hz" | "hz-gb2312") => Some(from_hz(bytes).unwrap_or_else(|| ascii(bytes))),
        Some("utf-7" | "utf7" | "unicode-1-1-utf-7") => Some(from_utf7(bytes)),
        None | Some("gb2312" | "us-ascii" | "gbk") if memchr::memmem::find(bytes, b"~{").is_some() => from_hz(bytes),
        _ => None,
    }
}

fn ascii(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// HZ: `~{` begins pairs of seven-bit bytes, `~}` or the line's end ends them, `~~` is a tilde, a tilde before the
/// line's end joins lines. `None` if what stands between is no Chinese.
fn from_hz(bytes: &[u8]) -> Option<String> {
    let mut pairs = Vec::with_capacity(bytes.len());
    let mut chinese = false;
    let mut rest = bytes;
    loop {
        rest = match (chinese, rest) {
            (_, []) => break,
            (false, [b'~', b'{', after @ ..]) => {
                chinese = true;
                after
            }
            (false, [b'~', b'~', after @ ..]) => {
                pairs.push(b'~');
                after
            }
            (false, [b'~', b'\r', b'\n', after @ ..] | [b'~', b'\n', after @ ..]) => after,
            (true, [b'~', b'}', after @ ..]) => {
                chinese = false;
                after
            }
            (true, [b'\n' | b'\r', ..]) => {
                chinese = false;
                rest
            }
            (true, [high @ 0x21..=0x77, low @ 0x21..=0x7E, after @ ..]) => {
                pairs.extend([high | 0x80, low | 0x80]);
                after
            }
            (true, _) => return None,
            (false, [byte, after @ ..]) => {
                pairs.push(*byte);
                after
            }
        };
    }
    let (text, failed) = GB18030.decode_without_bom_handling(&pairs);
    (!failed).then(|| text.into_owned())
}

/// UTF-7 (RFC 2152): `+` begins UTF-16 in base64, anything that is no letter of it ends it; `+-` is a plus.
fn from_utf7(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = memchr::memchr(b'+', rest) {
        text.push_str(&ascii(&rest[..plus]));
        rest = &rest[plus + 1..];
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).count();
        if length == 0 {
            text.push('+');
        }
        let units = crate::mail::base64(&rest[..length]);
        let units = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        text.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')));
        rest = &rest[length..];
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    text.push_str(&ascii(rest));
    text
}

fn byte_order_mark(bytes: &[u8]) -> (&[u8], Option<&'static Encoding>) {
    match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (&bytes[length..], Some(encoding)),
        None => (bytes, None),
    }
}

fn decode_declared(bytes: &[u8], label: &str, declared: &'static Encoding, notes: &mut Vec<Note>) -> String {
    if declared == UTF_16LE || declared == UTF_16BE {
        return declared.decode_without_bom_handling(bytes).0.into_owned();
    }
    if declared != UTF_8 && is_surely_utf8(bytes) {
        notes.push(Note::CharsetWrong { declared: label.to_owned() });
        return String::from_utf8_lossy(bytes).into_owned();
    }
    // us-ascii and iso-8859-1 are what programs write that do not know; they never fail to decode.
    if declared == WINDOWS_1252 && !is_surely_utf8(bytes) && is_chinese(bytes) {
        notes.push(Note::CharsetWrong { declared: label.to_owned() });
        return GB18030.decode_without_bom_handling(bytes).0.into_owned();
    }
    let (text, failed) = declared.decode_without_bom_handling(bytes);
    if failed {
        let other = guess(bytes);
        let (better, still_failed) = other.decode_without_bom_handling(bytes);
        if !still_failed && other != declared {
            notes.push(Note::CharsetWrong { declared: label.to_owned() });
            return better.into_owned();
        }
    }
    text.into_owned()
}

/// A charset by the label mail programs give it.
pub(crate) fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches('"').to_ascii_lowercase();
    let encoding = match label.as_str() {
        "gb2312" | "gbk" | "gb18030" | "gb_2312-80" | "x-gbk" | "cp936" | "ms936" | "windows-936" | "euc-cn" => GB18030,
        "utf8" | "utf-8" | "unicode-1-1-utf-8" => UTF_8,
        "cp950" => encoding_rs::BIG5,
        other => Encoding::for_label_no_replacement(other.as_bytes())?,
    };
    Some(if encoding == encoding_rs::GBK { GB18030 } else { encoding })
}

/// The likeliest charset of bytes nobody labelled.
pub(crate) fn guess(bytes: &[u8]) -> &'static Encoding {
    let valid_utf8 = std::str::from_utf8(bytes).is_ok();
    if valid_utf8 && (bytes.is_ascii() || is_surely_utf8(bytes)) {
        return UTF_8;
    }
    // One two-byte character among others: a name like Krüger rather than a single Han character.
    let one_letter = valid_utf8 && bytes.len() > 2 && bytes.iter().filter(|b| !b.is_ascii()).count() == 2;
    if is_chinese(bytes) && !one_letter {
        return GB18030;
    }
    if valid_utf8 {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(64 << 10)], true);
    let found = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    if found == encoding_rs::GBK { GB18030 } else { found }
}

/// Valid UTF-8 with a character of three bytes or more. Two-byte ones alone may be GBK by chance.
fn is_surely_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().any(|c| c > '\u{7FF}'))
}

/// Well-formed GB18030 in which nearly all that is not ASCII has a code of GB 2312, where all but rare names live.
fn is_chinese(bytes: &[u8]) -> bool {
    let (mut usual, mut all) = (0_usize, 0_usize);
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => break,
            [0..=0x7F, after @ ..] => after,
            [0xA1..=0xF7, 0xA1..=0xFE, after @ ..] => {
                usual += 1;
                all += 1;
                after
            }
            [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, after @ ..]
            | [0x81..=0xFE, b'0'..=b'9', 0x81..=0xFE, b'0'..=b'9', after @ ..] => {
                all += 1;
                after
            }
            _ => return false,
        };
    }
    all > 0 && usual * 10 >= all * 8
}

fn without_nul(text: String, notes: &mut Vec<Note>) -> String {
    if !text.contains('\0') {
        return text;
    }
    notes.push(Note::NulBytes);
    text.replace('\0', "")
}
