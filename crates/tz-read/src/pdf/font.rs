//! A font's codes to letters and widths.

use lopdf::{Dictionary, Object};

use super::cmap::CMap;
use crate::budget::Meter;
use crate::charset;
use crate::unreadable::Unreadable;

/// A font as far as reading needs it.
pub(crate) struct Font {
    letters: Letters,
    /// Widths by code in thousandths of the size, sorted stretches.
    widths: Vec<(u32, Vec<f64>)>,
    usual_width: f64,
}

/// How codes become letters.
enum Letters {
    /// The map the font carries; codes are `usual` bytes long where it does not say.
    Map { map: CMap, usual: usize, other: Option<Box<Letters>> },
    /// The codes are text in a charset.
    Charset(&'static str),
    /// The codes are text in UTF-16, the high byte first.
    Wide,
    /// One byte a letter.
    Table(Vec<Option<String>>),
    /// Nobody says.
    Unknown { length: usize },
}

/// One letter shown.
pub(crate) struct Glyph {
    /// `None` if nobody says which.
    pub(crate) text: Option<String>,
    pub(crate) width: f64,
    /// A single-byte space, which word spacing widens.
    pub(crate) is_space: bool,
}

/// Bytes a map may unpack to at most.
const MAX_MAP: usize = 2 << 20;

impl Font {
    pub(crate) fn read(file: &lopdf::Document, font: &Dictionary, meter: &mut Meter<'_>) -> Result<Self, Unreadable> {
        let composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Type0");
        let own = if composite { composite_letters(file, font) } else { simple_letters(file, font) };
        let map = font.get_deref(b"ToUnicode", file).and_then(Object::as_stream);
        let letters = match map.and_then(|stream| stream.decompressed_content_with_limit(MAX_MAP)) {
            Ok(bytes) => {
                meter.work(bytes.len().saturating_mul(2))?;
                let usual = if composite { 2 } else { 1 };
                Letters::Map { map: CMap::read(&bytes), usual, other: Some(Box::new(own)) }
            }
            Err(_) => own,
        };
        let (widths, usual_width) = if composite { composite_widths(file, font) } else { simple_widths(file, font) };
        Ok(Self { letters, widths, usual_width })
    }

    /// The letters of a string that is shown.
    pub(crate) fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        self.letters_of(&self.letters, bytes)
    }

    fn letters_of(&self, letters: &Letters, bytes: &[u8]) -> Vec<Glyph> {
        let glyph = |text: Option<String>, code: u32, length: usize| Glyph {
            width: self.width(code, text.as_deref()),
            is_space: length == 1 && code == 32,
            text,
        };
        match letters {
            Letters::Map { map, usual, other } => {
                let mut glyphs = Vec::new();
                let mut rest = bytes;
                while let Some((code, length)) = map.code(rest, *usual) {
                    let text = map.text(code).or_else(|| {
                        let own = self.letters_of(other.as_deref()?, &rest[..length]);
                        own.into_iter().next()?.text
                    });
                    glyphs.push(glyph(text, code, length));
                    rest = &rest[length..];
                }
                glyphs
            }
            Letters::Charset(label) => {
                let text = charset::decode(bytes, Some(label)).text;
                text.chars().map(|c| glyph(Some(c.to_string()), u32::MAX, 2)).collect()
            }
            Letters::Wide => {
                let (text, _) = encoding_rs::UTF_16BE.decode_without_bom_handling(bytes);
                text.chars().map(|c| glyph(Some(c.to_string()), u32::MAX, 2)).collect()
            }
            Letters::Table(table) => {
                let text = |byte: &u8| table.get(usize::from(*byte)).cloned().flatten();
                bytes.iter().map(|byte| glyph(text(byte), u32::from(*byte), 1)).collect()
            }
            Letters::Unknown { length } => bytes
                .chunks(*length)
                .map(|code| glyph(None, code.iter().fold(0, |n, b| n << 8 | u32::from(*b)), *length))
                .collect(),
        }
    }

    fn width(&self, code: u32, text: Option<&str>) -> f64 {
        if code == u32::MAX {
            // Codes of a charset say nothing of glyphs: Latin letters are half as wide.
            return if text.is_some_and(str::is_ascii) { self.usual_width / 2.0 } else { self.usual_width };
        }
        let after = self.widths.partition_point(|(from, _)| *from <= code);
        let found =
            self.widths[..after].last().and_then(|(from, widths)| widths.get(usize::try_from(code - from).ok()?));
        found.copied().unwrap_or(self.usual_width)
    }
}

/// A font of two-byte codes: what its encoding's name says, without the map.
fn composite_letters(file: &lopdf::Document, font: &Dictionary) -> Letters {
    let name = font.get_deref(b"Encoding", file).and_then(Object::as_name).unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    let begins = |beginnings: &[&str]| beginnings.iter().any(|b| name.starts_with(b));
    if begins(&["UniGB-", "UniCNS-", "UniJIS-", "UniKS-"]) {
        Letters::Wide
    } else if begins(&["GB"]) {
        Letters::Charset("gb18030")
    } else if begins(&["B5", "ETen-B5", "ETenms-B5", "HKscs-B5"]) {
        Letters::Charset("big5")
    } else if begins(&["90ms-RKSJ", "90msp-RKSJ", "90pv-RKSJ"]) {
        Letters::Charset("shift_jis")
    } else if begins(&["KSC"]) {
        Letters::Charset("euc-kr")
    } else {
        Letters::Unknown { length: 2 }
    }
}

fn simple_letters(file: &lopdf::Document, font: &Dictionary) -> Letters {
    let embedded = font
        .get_deref(b"FontDescriptor", file)
        .and_then(Object::as_dict)
        .is_ok_and(|d| [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| d.has(key)));
    let has_encoding = font.has(b"Encoding");
    let Ok(encoding) = font.get_font_encoding_with_limit(file, MAX_MAP) else { return Letters::Unknown { length: 1 } };
    if embedded && !has_encoding {
        // A subset with an order of its own: its codes mean nothing outside.
        return Letters::Unknown { length: 1 };
    }
    let letter = |byte: u8| encoding.bytes_to_string(&[byte]).ok().filter(|text| !text.is_empty());
    Letters::Table((0..=255).map(letter).collect())
}

fn simple_widths(file: &lopdf::Document, font: &Dictionary) -> (Vec<(u32, Vec<f64>)>, f64) {
    let first = font.get_deref(b"FirstChar", file).and_then(Object::as_i64).ok().and_then(|n| u32::try_from(n).ok());
    let widths = font.get_deref(b"Widths", file).and_then(Object::as_array);
    match (first, widths) {
        (Some(first), Ok(widths)) => {
            (vec![(first, widths.iter().take(256).map(|w| number(w).unwrap_or(500.0)).collect())], 500.0)
        }
        _ => (Vec::new(), 500.0),
    }
}

fn composite_widths(file: &lopdf::Document, font: &Dictionary) -> (Vec<(u32, Vec<f64>)>, f64) {
    let descendants = font.get_deref(b"DescendantFonts", file).and_then(Object::as_array).ok();
    let descendant = descendants.and_then(|all| file.dereference(all.first()?).ok()?.1.as_dict().ok());
    let Some(descendant) = descendant else { return (Vec::new(), 1000.0) };
    let usual = descendant.get_deref(b"DW", file).ok().and_then(number).unwrap_or(1000.0);
    let mut widths: Vec<(u32, Vec<f64>)> = Vec::new();
    if let Ok(list) = descendant.get_deref(b"W", file).and_then(Object::as_array) {
        let code = |object: &Object| object.as_i64().ok().and_then(|n| u32::try_from(n).ok());
        let mut rest = list.as_slice();
        // `first [w w w]` or `first last w`.
        while let [first, second, after @ ..] = rest {
            rest = match (code(first), file.dereference(second).ok().map(|(_, object)| object), after) {
                (Some(from), Some(Object::Array(each)), after) => {
                    widths.push((from, each.iter().map(|w| number(w).unwrap_or(usual)).collect()));
                    after
                }
                (Some(from), Some(to), [width, after @ ..]) => {
                    let count = code(to).and_then(|to| to.checked_sub(from)).unwrap_or(0).min(0xFFFF) + 1;
                    let width = number(width).unwrap_or(usual);
                    // A stretch of the usual width need not be kept, and a hostile file has thousands.
                    if width != usual && widths.len() < 2_000 {
                        widths.push((from, vec![width; count as usize]));
                    }
                    after
                }
                _ => break,
            };
        }
    }
    widths.sort_by_key(|(from, _)| *from);
    (widths, usual)
}

fn number(object: &Object) -> Option<f64> {
    object.as_float().ok().map(f64::from)
}
