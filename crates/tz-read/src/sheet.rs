//! Spreadsheets: their cells as text. A table is no item, but a mark of secrecy may stand in it.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use crate::budget::Meter;
use crate::charset;
use crate::container::{Container, u16_at, wide};
use crate::document::{Document, Line, TextReader};
use crate::kind::{FileKind, find};
use crate::note::Note;
use crate::unpack::Package;
use crate::unreadable::Unreadable;

const KIND: FileKind = FileKind::Spreadsheet;

pub(crate) struct SheetReader;

impl TextReader for SheetReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        if bytes.starts_with(b"\xD0\xCF") { read_old(bytes, meter) } else { read_xlsx(bytes, meter) }
    }
}

fn read_xlsx(bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
    // The library unpacks without counting, so everything it may unpack is counted before, and its XML looked at.
    let mut package = Package::open(bytes, meter, KIND)?;
    let mut notes = Vec::new();
    for name in package.names.clone() {
        if name.ends_with("vbaProject.bin") {
            notes.push(Note::Macros);
        }
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            continue;
        }
        let Some(part) = package.bytes(&name, meter)? else { continue };
        if find(&part, b"<!DOCTYPE").is_some() {
            return Err(Unreadable::Forbidden { kind: KIND, what: "文档类型定义（DTD）" });
        }
        meter.work(part.len().saturating_mul(2))?;
    }
    let damaged = |_| Unreadable::Damaged { kind: KIND };
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut lines = Vec::new();
    let mut size = 0;
    for sheet in book.sheet_names() {
        lines.push(Line::new(&sheet, false));
        // Cell by cell: a sheet of two cells at its far corners would be millions as a rectangle.
        let Ok(mut cells) = book.worksheet_cells_reader(&sheet) else { continue };
        let mut row = None;
        let mut line = String::new();
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (this, _) = cell.get_position();
            if row != Some(this) {
                lines.push(Line::new(&line, false));
                line.clear();
                row = Some(this);
            }
            let text = Data::from(cell.get_value().clone()).to_string();
            size += text.len() + 1;
            meter.text(size, lines.len())?;
            line.push_str(&text);
            line.push('\t');
        }
        lines.push(Line::new(&line, false));
    }
    lines.retain(|line| !line.text.is_empty());
    let mut document = Document::from_lines(Vec::new(), notes);
    document.paragraphs = lines.into_iter().map(|line| line.text).collect();
    Ok(document)
}

/// Old spreadsheets (xls): the texts of their cells, in the order they are stored. A library would build rectangles.
fn read_old(bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
    const BOUND_SHEET: u16 = 0x85;
    const FILE_PASS: u16 = 0x2F;
    const SHARED: u16 = 0xFC;
    const CONTINUE: u16 = 0x3C;
    const LABEL: u16 = 0x204;
    let mut container = Container::open(bytes, meter, KIND)?;
    let mut book = container.stream("/Workbook", meter)?;
    if book.is_none() {
        book = container.stream("/Book", meter)?;
    }
    let book = book.ok_or(Unreadable::Damaged { kind: KIND })?;
    meter.work(book.len().saturating_mul(4))?;
    let mut texts: Vec<String> = Vec::new();
    let mut shared: Vec<&[u8]> = Vec::new();
    let mut rest = book.as_slice();
    while let (Some(code), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let Some(record) = rest.get(4..4 + usize::from(length)) else { break };
        match code {
            FILE_PASS => return Err(Unreadable::PasswordProtected { kind: KIND }),
            SHARED => shared = vec![record.get(8..).unwrap_or_default()],
            CONTINUE if !shared.is_empty() => shared.push(record),
            _ => {
                texts.append(&mut shared_texts(&std::mem::take(&mut shared)));
                match code {
                    BOUND_SHEET => texts.extend(record.get(7..).map(|name| short_text(name, record.get(6)))),
                    LABEL => texts.extend(record.get(8..).map(|raw| charset::decode(raw, None).text)),
                    _ => {}
                }
            }
        }
        meter.text(0, texts.len())?;
        rest = &rest[4 + usize::from(length)..];
    }
    texts.append(&mut shared_texts(&shared));
    let mut notes = Vec::new();
    if container.names("/").iter().any(|name| name == "_VBA_PROJECT_CUR") {
        notes.push(Note::Macros);
    }
    let mut document = Document::from_lines(Vec::new(), notes);
    let trimmed = texts.iter().map(|text| Line::new(text, false).text);
    document.paragraphs = trimmed.filter(|text| !text.is_empty()).collect();
    document.margins = container.properties(meter);
    Ok(document)
}

/// A sheet's name: a flag, then letters of one or two bytes.
fn short_text(flagged: &[u8], length: Option<&u8>) -> String {
    let length = usize::from(length.copied().unwrap_or(0));
    match flagged.split_first() {
        Some((flag, raw)) if flag & 1 == 1 => wide(&raw[..raw.len().min(length * 2)]),
        Some((_, raw)) => charset::decode(&raw[..raw.len().min(length)], None).text,
        None => String::new(),
    }
}

/// The shared texts of a workbook. They run on from record to record; where a text is cut, a flag stands again.
fn shared_texts(records: &[&[u8]]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut records = records.iter();
    let Some(mut rest) = records.next().copied() else { return texts };
    let mut size = 0_usize;
    loop {
        if rest.is_empty() {
            match records.next() {
                Some(next) => rest = next,
                None => return texts,
            }
            continue;
        }
        let (Some(length), Some(mut flags)) = (u16_at(rest, 0), rest.get(2).copied()) else { return texts };
        let rich = flags & 8 != 0;
        let far_east = flags & 4 != 0;
        let mut at = 3;
        let runs = if rich { usize::from(u16_at(rest, at).unwrap_or(0)) } else { 0 };
        at += if rich { 2 } else { 0 };
        let extra = if far_east { crate::container::place_at(rest, at).unwrap_or(0) } else { 0 };
        at += if far_east { 4 } else { 0 };
        rest = rest.get(at..).unwrap_or_default();
        let mut left = usize::from(length);
        let mut text = String::new();
        while left > 0 {
            let width = if flags & 1 == 1 { 2 } else { 1 };
            let here = left.min(rest.len() / width);
            let raw = &rest[..here * width];
            text.push_str(&if width == 2 { wide(raw) } else { charset::decode(raw, Some("windows-1252")).text });
            rest = &rest[here * width..];
            left -= here;
            if left > 0 {
                let Some([flag, after @ ..]) = records.next() else { return texts };
                (flags, rest) = (*flag, after);
            }
        }
        size += text.len();
        texts.push(text);
        let mut skip = (runs * 4).saturating_add(extra);
        while skip > rest.len() {
            skip -= rest.len();
            match records.next() {
                Some(next) => rest = next,
                None => return texts,
            }
        }
        rest = &rest[skip..];
        if size > 8 << 20 {
            return texts;
        }
    }
}
