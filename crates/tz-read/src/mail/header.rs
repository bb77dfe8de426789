//! Header fields: raw lines to text, encoded words (RFC 2047), parameters (RFC 2231), and what is sent instead of them.

use crate::budget::Budget;
use crate::charset;
use crate::mail::transfer;
use crate::note::Note;
use crate::unreadable::Unreadable;

/// A header field: its value unfolded and free of charsets, encoded words still in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Field {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value for reading.
    pub(crate) fn text(&self) -> String {
        decode_words(&self.value)
    }
}

/// The fields of a header block and where what follows it begins. Lines that are no fields are passed over.
pub(crate) fn read_fields(
    bytes: &[u8],
    budget: &Budget,
    notes: &mut Vec<Note>,
) -> Result<(Vec<Field>, usize), Unreadable> {
    let mut raw: Vec<(String, Vec<u8>)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        let line = trim_line_end(&bytes[at..end]);
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        if line.is_empty() {
            at = end;
            break;
        }
        if end > budget.max_header_bytes {
            return Err(Unreadable::HeaderTooLarge);
        }
        if folded && let Some((_, value)) = raw.last_mut() {
            // Of a line of white space alone nothing is left, but it does not end the header either.
            value.push(b' ');
            value.extend_from_slice(line.trim_ascii_start());
        } else if let Some((name, value)) = split_field(line) {
            raw.push((name, value.to_vec()));
        } else if line.starts_with(b"--") && !raw.is_empty() {
            // The blank line is missing and the first boundary is here.
            break;
        }
        at = end;
    }
    let fields = raw.into_iter().map(|(name, value)| Field { name, value: raw_text(&value, notes) }).collect();
    Ok((fields, at))
}

/// Past the end of the line that begins at `at`.
pub(crate) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i + 1)
}

pub(crate) fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn split_field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|b| *b == b':')?;
    let name = line[..colon].trim_ascii_end();
    let good = !name.is_empty() && name.iter().all(|b| matches!(b, 33..=126 | 128..));
    // Names are ASCII; one program writes its mark of secrecy as X-密级.
    good.then(|| (charset::decode(name, None).text, line[colon + 1..].trim_ascii()))
}

/// A value's bytes as text. They should be ASCII; old Chinese programs send raw GBK.
fn raw_text(value: &[u8], notes: &mut Vec<Note>) -> String {
    if value.is_ascii() && !value.contains(&0) {
        return String::from_utf8_lossy(value).into_owned();
    }
    notes.push(Note::RawHeader);
    let decoded = charset::decode(value, None);
    notes.extend(decoded.notes.into_iter().filter(|n| *n != Note::CharsetGuessed));
    decoded.text
}

/// Decodes every encoded word of a value.
///
/// Words with only white space between them are one text, and neighbours of one charset are joined as bytes before
/// decoding: programs cut inside characters.
pub(crate) fn decode_words(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut pending: Option<(String, Vec<u8>)> = None; // charset and bytes of the words before
    let mut rest = value;
    // Past the last end mark there can be no word, however many beginnings there are.
    let last_end = value.rfind("?=").unwrap_or(0);
    while let Some(start) = rest.find("=?").filter(|start| value.len() - rest.len() + start < last_end) {
        let (before, from) = rest.split_at(start);
        let Some((word, length)) = encoded_word(from) else {
            flush(&mut pending, &mut text);
            text.push_str(before);
            text.push_str("=?");
            rest = &from[2..];
            continue;
        };
        if !(pending.is_some() && before.trim().is_empty()) {
            flush(&mut pending, &mut text);
            text.push_str(before);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(&word.charset) => bytes.extend(word.bytes),
            _ => {
                flush(&mut pending, &mut text);
                pending = Some((word.charset, word.bytes));
            }
        }
        rest = &from[length..];
    }
    flush(&mut pending, &mut text);
    text.push_str(rest);
    text
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, text: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        text.push_str(&charset::decode(&bytes, Some(&charset)).text);
    }
}

struct Word {
    charset: String,
    bytes: Vec<u8>,
}

/// The encoded word `text` begins with and its length.
fn encoded_word(text: &str) -> Option<(Word, usize)> {
    let mut parts = text[2..].splitn(3, '?');
    let (charset, encoding, after) = (parts.next()?, parts.next()?, parts.next()?);
    if charset.is_empty() || charset.len() > 40 || !charset.is_ascii() || charset.contains(char::is_whitespace) {
        return None;
    }
    let in_base64 = match encoding {
        "B" | "b" => true,
        "Q" | "q" => false,
        _ => return None,
    };
    // A Q word may begin with `=`, so `?=` is looked for after the text's beginning.
    let end = after.find("?=")?;
    let payload = &after[..end];
    let bytes = if in_base64 {
        transfer::base64(payload.as_bytes())
    } else {
        transfer::quoted_printable(payload.replace('_', " ").as_bytes())
    };
    let language = charset.split('*').next().unwrap_or(charset);
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + end + 2;
    Some((Word { charset: language.to_owned(), bytes }, length))
}

/// A field's main value in lower case, and its parameters.
pub(crate) struct Parameters {
    pub(crate) main: String,
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Reads `text/plain; charset=gbk; name="=?GBK?B?…?="` and its kin.
    pub(crate) fn read(value: &str) -> Self {
        let mut pieces = split_outside_quotes(value);
        let main = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let pairs = pieces
            .filter_map(|piece| {
                let (name, value) = piece.split_once('=')?;
                Some((name.trim().to_ascii_lowercase(), unquote(value)))
            })
            .collect();
        Self { main, pairs }
    }

    /// A parameter: pieces joined and decoded as RFC 2231 says, or encoded words decoded as it forbids.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.in_pieces(name).or_else(|| {
            let (_, value) = self.pairs.iter().find(|(n, _)| n == name)?;
            Some(decode_words(value))
        })
    }

    fn in_pieces(&self, name: &str) -> Option<String> {
        let mut pieces: Vec<(u32, bool, &str)> = Vec::new();
        for (key, value) in &self.pairs {
            let Some(suffix) = key.strip_prefix(name).and_then(|s| s.strip_prefix('*')) else { continue };
            let (number, encoded) = match suffix.strip_suffix('*') {
                Some(number) => (number, true),
                None if suffix.is_empty() => ("0", true),
                None => (suffix, false),
            };
            pieces.push((number.parse().ok()?, encoded, value));
        }
        pieces.sort_by_key(|piece| piece.0);
        pieces.dedup_by_key(|piece| piece.0);
        let mut charset = None;
        let mut bytes = Vec::new();
        for (i, (_, encoded, value)) in pieces.iter().enumerate() {
            let mut value = *value;
            if i == 0 && *encoded && value.matches('\'').count() >= 2 {
                let mut parts = value.splitn(3, '\'');
                charset = parts.next().filter(|c| !c.is_empty());
                value = parts.nth(1).unwrap_or_default();
            }
            if *encoded { bytes.extend(transfer::percent(value)) } else { bytes.extend_from_slice(value.as_bytes()) }
        }
        (!pieces.is_empty()).then(|| decode_words(&charset::decode(&bytes, charset).text))
    }
}

/// The pieces of a value between semicolons that are in no quotes.
fn split_outside_quotes(value: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    value.split(move |c: char| {
        if escaped {
            escaped = false;
        } else if c == '\\' && quoted {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if c == ';' && !quoted {
            return true;
        }
        false
    })
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    let Some(inside) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            // An escaped quote or backslash; any other backslash is one of a path somebody sent.
            '\\' => match chars.next() {
                Some(next @ ('"' | '\\')) => text.push(next),
                Some(next) => text.extend(['\\', next]),
                None => text.push('\\'),
            },
            c => text.push(c),
        }
    }
    text
}

/// A file name fit to show: no folders, no control or invisible characters, no more than 200 characters.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let hidden = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    let clean: String = last.chars().filter(|c| !hidden(c)).collect();
    let clean = clean.trim();
    if clean.chars().all(|c| c == '.') {
        return String::new();
    }
    let length = clean.chars().count();
    if length <= 200 {
        return clean.to_owned();
    }
    // The end is kept, for the extension is there.
    clean.chars().take(180).chain(['…']).chain(clean.chars().skip(length - 19)).collect()
}
