//! Outlook's packages (TNEF, winmail.dat): the text and the files in them. The format is a list of attributes, some of
//! which hold lists of properties (MAPI); neither is believed about its lengths.

use crate::budget::Meter;
use crate::charset;
use crate::container::{place_at, u16_at, u32_at, wide};
use crate::document::{Document, TextReader};
use crate::html::{self, HtmlReader};
use crate::kind::FileKind;
use crate::mail::clean_name;
use crate::plain;
use crate::rtf::RtfReader;
use crate::unpack::Entry;
use crate::unreadable::Unreadable;

const KIND: FileKind = FileKind::Tnef;

pub(crate) struct TnefReader;

impl TextReader for TnefReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        let package = Package::read(bytes, meter)?;
        let html = package.html.filter(|_| package.text.trim().is_empty());
        let mut document = match (html, package.rtf.filter(|_| package.text.trim().is_empty())) {
            (Some(html), _) => HtmlReader.read(&html, meter)?,
            // The text as RTF is the last resort: where it cannot be read the files still can.
            (None, Some(rtf)) => RtfReader.read(&rtf, meter).unwrap_or_default(),
            (None, None) => Document::from_lines(plain::lines(&package.text), Vec::new()),
        };
        document.margins.extend((!package.subject.is_empty()).then_some(package.subject));
        document.inside = package.files;
        Ok(document)
    }
}

/// What a package holds.
#[derive(Default)]
struct Package {
    subject: String,
    text: String,
    html: Option<Vec<u8>>,
    rtf: Option<Vec<u8>>,
    files: Vec<Entry>,
}

/// A file in the making: its attributes come one after another.
#[derive(Default)]
struct File {
    title: String,
    long_name: Option<String>,
    bytes: Vec<u8>,
}

impl Package {
    fn read(bytes: &[u8], meter: &mut Meter<'_>) -> Result<Self, Unreadable> {
        const SUBJECT: u16 = 0x8004;
        const BODY: u16 = 0x800C;
        const DATA: u16 = 0x800F;
        const TITLE: u16 = 0x8010;
        const NEW_FILE: u16 = 0x9002;
        const PROPERTIES: u16 = 0x9003;
        const FILE_PROPERTIES: u16 = 0x9005;
        const CODE_PAGE: u16 = 0x9007;
        meter.work(bytes.len())?;
        if u32_at(bytes, 0) != Some(0x223E_9F78) {
            return Err(Unreadable::Damaged { kind: KIND });
        }
        let mut package = Self::default();
        let mut file: Option<File> = None;
        let mut label: Option<&'static str> = None;
        let mut rest = bytes.get(6..).unwrap_or_default();
        let mut whole = true;
        while !rest.is_empty() {
            let head = (u16_at(rest, 1), place_at(rest, 5));
            let (Some(id), Some(length)) = head else {
                whole = false;
                break;
            };
            // The last attribute of a cut package is taken as far as it goes.
            let value = &rest[9.min(rest.len())..];
            whole = length <= value.len();
            let value = &value[..length.min(value.len())];
            match id {
                SUBJECT => package.subject = text(value, label),
                BODY => package.text = text(value, label),
                CODE_PAGE => label = u32_at(value, 0).and_then(code_page),
                NEW_FILE => package.end_file(file.replace(File::default()), meter)?,
                DATA => file.get_or_insert_default().bytes = value.to_vec(),
                TITLE => file.get_or_insert_default().title = text(value, label),
                PROPERTIES => package.take(properties(value), label, meter)?,
                FILE_PROPERTIES => {
                    let file = file.get_or_insert_default();
                    for property in properties(value) {
                        match property.id {
                            LONG_NAME => file.long_name = Some(property.text(label)),
                            FILE_DATA if !property.value.is_empty() => file.bytes = inner(property.value).to_vec(),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
            rest = rest.get(9 + length + 2..).unwrap_or_default();
        }
        package.end_file(file, meter)?;
        let nothing = package.files.is_empty() && package.text.is_empty() && package.html.is_none();
        if !whole && nothing && package.rtf.is_none() { Err(Unreadable::Damaged { kind: KIND }) } else { Ok(package) }
    }

    fn take(
        &mut self,
        properties: Vec<Property<'_>>,
        label: Option<&'static str>,
        meter: &mut Meter<'_>,
    ) -> Result<(), Unreadable> {
        const SUBJECT: u16 = 0x0037;
        const BODY: u16 = 0x1000;
        const RTF: u16 = 0x1009;
        const HTML: u16 = 0x1013;
        for property in properties {
            match property.id {
                SUBJECT => self.subject = property.text(label),
                BODY => self.text = property.text(label),
                HTML if property.kind == WIDE => self.html = Some(property.text(label).into_bytes()),
                HTML => self.html = Some(with_charset(property.value, label)),
                RTF => self.rtf = unpack_rtf(property.value, meter)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn end_file(&mut self, file: Option<File>, meter: &mut Meter<'_>) -> Result<(), Unreadable> {
        let Some(file) = file.filter(|file| !file.bytes.is_empty()) else { return Ok(()) };
        meter.file()?;
        let path = file.long_name.filter(|name| !name.is_empty()).unwrap_or(file.title);
        let name = clean_name(&path);
        let name = if name.is_empty() { format!("未命名文件{}", self.files.len() + 1) } else { name };
        self.files.push(Entry { name, path, bytes: file.bytes });
        Ok(())
    }
}

const LONG_NAME: u16 = 0x3707;
const FILE_DATA: u16 = 0x3701;
const NARROW: u16 = 0x1E;
const WIDE: u16 = 0x1F;

/// A message within the package stands behind the mark of its kind.
fn inner(value: &[u8]) -> &[u8] {
    match value.get(16..20) {
        Some([0x78, 0x9F, 0x3E, 0x22]) => &value[16..],
        _ => value,
    }
}

/// A page without a charset of its own is read in the package's.
fn with_charset(page: &[u8], label: Option<&'static str>) -> Vec<u8> {
    if html::declared(page).is_some() { page.to_vec() } else { text(page, label).into_bytes() }
}

fn text(bytes: &[u8], label: Option<&'static str>) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    charset::decode(&bytes[..end], label).text.trim().to_owned()
}

fn code_page(number: u32) -> Option<&'static str> {
    match number {
        936 | 54936 => Some("gb18030"),
        950 => Some("big5"),
        932 => Some("shift_jis"),
        949 => Some("euc-kr"),
        1250 => Some("windows-1250"),
        1251 => Some("windows-1251"),
        1252 => Some("windows-1252"),
        65001 => Some("utf-8"),
        // Not said, or one seldom met: told from the bytes.
        _ => None,
    }
}

/// A property whose value is bytes or text.
struct Property<'v> {
    id: u16,
    kind: u16,
    value: &'v [u8],
}

impl Property<'_> {
    fn text(&self, label: Option<&'static str>) -> String {
        if self.kind == WIDE {
            let text = wide(self.value);
            text.split('\0').next().unwrap_or_default().trim().to_owned()
        } else {
            text(self.value, label)
        }
    }
}

/// The properties of a list that are bytes or text, as far as the list can be followed.
fn properties(list: &[u8]) -> Vec<Property<'_>> {
    let mut found = Vec::new();
    let mut read = || -> Option<()> {
        let count = place_at(list, 0)?;
        let mut at = 4;
        for _ in 0..count.min(10_000) {
            let (kind, id) = (u16_at(list, at)?, u16_at(list, at + 2)?);
            at += 4;
            if id >= 0x8000 {
                // A named property: its group, and a number or a name.
                let by_name = u32_at(list, at + 16)? == 1;
                at += 24;
                if by_name {
                    at = at.checked_add(padded(place_at(list, at - 4)?)?)?;
                }
            }
            let (base, many) = (kind & 0x0FFF, kind & 0x1000 != 0);
            let varies = matches!(base, NARROW | WIDE | 0x0D | 0x102);
            let values = if many || varies { place_at(list, at)? } else { 1 };
            at += if many || varies { 4 } else { 0 };
            for _ in 0..values.min(10_000) {
                let length = if varies { place_at(list, at)? } else { fixed(base)? };
                at += if varies { 4 } else { 0 };
                let value = list.get(at..at.checked_add(length)?)?;
                if varies {
                    found.push(Property { id, kind: base, value });
                }
                at = at.checked_add(padded(length)?)?;
            }
        }
        Some(())
    };
    // A list that breaks off gives what stood before.
    let _ = read();
    found
}

fn padded(length: usize) -> Option<usize> {
    Some(length.checked_add(3)? / 4 * 4)
}

fn fixed(kind: u16) -> Option<usize> {
    Some(match kind {
        0x01..=0x04 | 0x0A | 0x0B => 4,
        0x05..=0x07 | 0x14 | 0x40 => 8,
        0x48 => 16,
        _ => return None,
    })
}

/// What the window holds before the first byte of compressed RTF.
const WINDOW: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Compressed RTF (LZFu) unpacked; `None` if it is none.
fn unpack_rtf(packed: &[u8], meter: &mut Meter<'_>) -> Result<Option<Vec<u8>>, Unreadable> {
    let Some(data) = packed.get(16..) else { return Ok(None) };
    match packed.get(8..12) {
        Some(b"LZFu") => {}
        Some(b"MELA") => return Ok(Some(data.to_vec())),
        _ => return Ok(None),
    }
    // Each pair of bytes stands for seventeen at most, whatever the head claims.
    let most = data.len().saturating_mul(9).min(meter.budget.max_text_bytes);
    meter.work(most)?;
    let mut window = [b' '; 4096];
    window[..WINDOW.len()].copy_from_slice(WINDOW);
    let (mut end, mut out) = (WINDOW.len(), Vec::new());
    let mut bytes = data.iter().copied();
    'all: while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            let from = if flags >> bit & 1 == 1 {
                let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else { break 'all };
                let pair = usize::from(high) << 8 | usize::from(low);
                (pair >> 4, (pair & 15) + 2)
            } else {
                let Some(byte) = bytes.next() else { break 'all };
                window[end] = byte;
                (end, 1)
            };
            // A reference to the place to be written next ends the text.
            if from.1 > 1 && from.0 == end {
                break 'all;
            }
            for step in 0..from.1 {
                let byte = window[(from.0 + step) % 4096];
                out.push(byte);
                window[end] = byte;
                end = (end + 1) % 4096;
            }
            if out.len() > most {
                break 'all;
            }
        }
    }
    Ok(Some(out))
}
