//! Old Word documents (doc) and Kingsoft's (wps), which are the same: an OLE container whose stream WordDocument holds
//! the text in pieces, told by a table in another stream. Fields are not run, deleted text is left out.

use crate::budget::Meter;
use crate::charset;
use crate::container::{Container, place_at, u16_at, wide};
use crate::document::{Document, Line, TextReader};
use crate::kind::FileKind;
use crate::note::Note;
use crate::unreadable::Unreadable;

/// Reads either name of the format.
pub(crate) struct DocReader(pub(crate) FileKind);

impl TextReader for DocReader {
    fn kind(&self) -> FileKind {
        self.0
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        let kind = self.0;
        let damaged = Unreadable::Damaged { kind };
        let mut container = Container::open(bytes, meter, kind)?;
        let main = container.stream("/WordDocument", meter)?.ok_or_else(|| damaged.clone())?;
        let head = Head::read(&main).ok_or_else(|| damaged.clone())?;
        if head.encrypted {
            return Err(Unreadable::PasswordProtected { kind });
        }
        let table = container.stream(if head.second_table { "/1Table" } else { "/0Table" }, meter)?.unwrap_or_default();
        let pieces = if head.before_97 {
            vec![Piece { place: head.first, count: head.whole(), narrow: true }]
        } else {
            pieces(&main, &table).ok_or(damaged)?
        };

        let format = Format::read(&main, &table, head.before_97);
        let characters = characters(&main, &pieces, head.whole(), meter)?;
        let mut rest = characters.as_slice();
        let mut parts = head.parts.iter().map(|count| {
            let (part, after) = rest.split_at((*count).min(rest.len()));
            rest = after;
            part
        });
        let mut notes = Vec::new();
        let body = lines(parts.next().unwrap_or_default(), &format, &mut notes);
        meter.text(0, body.len())?;
        let margins = parts.flat_map(|part| lines(part, &format, &mut Vec::new())).collect::<Vec<_>>();

        let root = container.names("/");
        let has = |name: &str| root.iter().any(|n| n == name);
        if has("Macros") || has("_VBA_PROJECT_CUR") {
            notes.push(Note::Macros);
        }
        if !container.names("/ObjectPool").is_empty() {
            notes.push(Note::EmbeddedFiles);
        }
        if has("_signatures") || has("_xmlsignatures") {
            notes.push(Note::Sealed);
        }
        // A page whose whole text stands in boxes.
        let (body, margins) =
            if body.iter().all(|line| line.text.is_empty()) { (margins, body) } else { (body, margins) };
        let mut document = Document::from_lines(body, notes);
        document.margins.extend(margins.into_iter().map(|line| line.text).filter(|text| !text.is_empty()));
        document.margins.extend(container.properties(meter));
        Ok(document)
    }
}

/// What the stream's first bytes (the FIB) say.
struct Head {
    encrypted: bool,
    second_table: bool,
    before_97: bool,
    /// Where the text of old versions begins.
    first: usize,
    /// Characters of the body, footnotes, headers, annotations, endnotes and boxes, which follow one another.
    parts: Vec<usize>,
}

impl Head {
    fn read(main: &[u8]) -> Option<Self> {
        if u16_at(main, 0)? != 0xA5EC && u16_at(main, 0)? != 0xA5DC {
            return None;
        }
        let flags = u16_at(main, 10)?;
        let before_97 = u16_at(main, 2)? < 0xC1;
        let parts = if before_97 { 0x34..0x4C } else { 0x4C..0x6C };
        let parts = parts.step_by(4).map(|at| place_at(main, at)).collect::<Option<_>>()?;
        let first = place_at(main, 24)?;
        Some(Self { encrypted: flags & 0x0100 != 0, second_table: flags & 0x0200 != 0, before_97, first, parts })
    }

    fn whole(&self) -> usize {
        self.parts.iter().fold(0, |all, part| all.saturating_add(*part))
    }
}

/// Characters that stand together in the stream.
struct Piece {
    place: usize,
    count: usize,
    /// One byte a character instead of two.
    narrow: bool,
}

/// The pieces of the text in order, from the table's Clx.
fn pieces(main: &[u8], table: &[u8]) -> Option<Vec<Piece>> {
    let clx = stretch(main, table, 33)?;
    let mut at = 0;
    // Properties for pieces stand before; each says how long it is.
    while clx.get(at) == Some(&1) {
        at = at.checked_add(3)?.checked_add(usize::from(u16_at(clx, at + 1)?))?;
    }
    if clx.get(at) != Some(&2) {
        return None;
    }
    let plc = clx.get(at + 5..)?;
    let plc = plc.get(..place_at(clx, at + 1)?.min(plc.len()))?;
    let count = plc.len().checked_sub(4)? / 12;
    (0..count)
        .map(|index| {
            let (from, to) = (place_at(plc, index * 4)?, place_at(plc, index * 4 + 4)?);
            let place = place_at(plc, (count + 1) * 4 + index * 8 + 2)?;
            let narrow = place & 0x4000_0000 != 0;
            let place = place & 0x3FFF_FFFF;
            Some(Piece { place: if narrow { place / 2 } else { place }, count: to.checked_sub(from)?, narrow })
        })
        .collect()
}

/// The stretch of the table stream the pair of numbers at `index` in the FIB points at.
fn stretch<'t>(main: &[u8], table: &'t [u8], index: usize) -> Option<&'t [u8]> {
    let at = 0x9A + index * 8;
    let (from, length) = (place_at(main, at)?, place_at(main, at + 4)?);
    table.get(from..from.checked_add(length)?)
}

/// A UTF-16 unit with its place in the stream, by which its properties are found.
type Unit = (u16, usize);

fn characters(main: &[u8], pieces: &[Piece], whole: usize, meter: &mut Meter<'_>) -> Result<Vec<Unit>, Unreadable> {
    let mut units: Vec<Unit> = Vec::new();
    for piece in pieces {
        let width = if piece.narrow { 1 } else { 2 };
        // Overlapping pieces could make a small file say its text a thousand times.
        let count = piece.count.min(whole.saturating_sub(units.len())).min(main.len());
        meter.text(units.len().saturating_add(count).saturating_mul(2), 0)?;
        meter.work(count.saturating_mul(8))?;
        let Some(end) = count.checked_mul(width).and_then(|length| piece.place.checked_add(length)) else { break };
        let Some(raw) = main.get(piece.place.min(main.len())..end.min(main.len())) else { break };
        if !piece.narrow {
            let pairs = raw.chunks_exact(2).enumerate();
            units.extend(pairs.map(|(i, pair)| (u16::from_le_bytes([pair[0], pair[1]]), piece.place + i * 2)));
        } else if raw.iter().all(|byte| *byte < 0x80) {
            units.extend(raw.iter().enumerate().map(|(i, byte)| (u16::from(*byte), piece.place + i)));
        } else {
            // Western letters since Word 97; the charset of the program's country before.
            let text = charset::decode(raw, Some(&charset_of(raw))).text;
            units.extend(text.encode_utf16().enumerate().map(|(i, unit)| (unit, piece.place + i.min(raw.len() - 1))));
        }
    }
    Ok(units)
}

fn charset_of(raw: &[u8]) -> String {
    let guessed = charset::guess(raw);
    // A few accented letters or quotes among Latin ones are Western; runs of high bytes are Chinese.
    let high = raw.iter().filter(|byte| **byte >= 0x80).count();
    let name = if high * 4 > raw.len() { guessed.name() } else { "windows-1252" };
    name.to_owned()
}

/// Which stretches of the stream are centred, numbered or deleted.
struct Format {
    paragraphs: Vec<Run>,
    characters: Vec<Run>,
}

/// Properties of a stretch of the stream.
struct Run {
    from: usize,
    to: usize,
    centred: bool,
    numbered: bool,
    deleted: bool,
}

impl Format {
    fn read(main: &[u8], table: &[u8], before_97: bool) -> Self {
        let none = Self { paragraphs: Vec::new(), characters: Vec::new() };
        if before_97 {
            return none;
        }
        let runs = |index, paragraphs| stretch(main, table, index).map(|plc| runs(main, plc, paragraphs));
        Self { paragraphs: runs(13, true).unwrap_or_default(), characters: runs(12, false).unwrap_or_default() }
    }

    fn paragraph(&self, place: usize) -> Option<&Run> {
        at(&self.paragraphs, place)
    }

    fn is_deleted(&self, place: usize) -> bool {
        at(&self.characters, place).is_some_and(|run| run.deleted)
    }
}

/// The run that holds `place`; runs are sorted.
fn at(runs: &[Run], place: usize) -> Option<&Run> {
    let after = runs.partition_point(|run| run.from <= place);
    runs[..after].last().filter(|run| place < run.to)
}

/// The runs of formatted pages (FKP, 512 bytes each) that a list of page numbers names.
fn runs(main: &[u8], plc: &[u8], paragraphs: bool) -> Vec<Run> {
    let count = plc.len().saturating_sub(4) / 8;
    let mut runs = Vec::new();
    for index in 0..count.min(main.len() / 512 + 1) {
        let Some(number) = place_at(plc, (count + 1) * 4 + index * 4) else { break };
        let from = (number & 0x003F_FFFF).saturating_mul(512);
        let Some(page) = main.get(from..from.saturating_add(512)) else { continue };
        let here = usize::from(page[511]);
        let width = if paragraphs { 13 } else { 1 };
        for run in 0..here {
            let offset = page.get((here + 1) * 4 + run * width).map_or(0, |word| usize::from(*word) * 2);
            let (Some(from), Some(to)) = (place_at(page, run * 4), place_at(page, run * 4 + 4)) else { break };
            let mut found = Run { from, to, centred: false, numbered: false, deleted: false };
            if offset > 0
                && let Some(properties) = properties(page, offset, paragraphs)
            {
                apply(properties, &mut found);
            }
            runs.push(found);
        }
    }
    runs.sort_by_key(|run| run.from);
    runs
}

/// The list of single properties at an offset of a page.
fn properties(page: &[u8], offset: usize, paragraphs: bool) -> Option<&[u8]> {
    let length = usize::from(*page.get(offset)?);
    if !paragraphs {
        return page.get(offset + 1..offset + 1 + length);
    }
    // The length counts words; nought says that it follows. The style's number stands first.
    let (from, bytes) =
        if length > 0 { (offset + 1, length * 2 - 1) } else { (offset + 2, usize::from(*page.get(offset + 1)?) * 2) };
    page.get(from..from + bytes)?.get(2..)
}

/// Reads a list of single properties (sprm) as far as it can be understood.
fn apply(mut list: &[u8], run: &mut Run) {
    const CENTRED: [u16; 2] = [0x2403, 0x2461];
    const NUMBERED: u16 = 0x460B;
    const DELETED: u16 = 0x0800;
    while let Some(code) = u16_at(list, 0) {
        let operand = &list[2..];
        let length = match (code, code >> 13) {
            (0xD608, _) => u16_at(operand, 0).map_or(usize::MAX, |n| usize::from(n) + 1),
            (_, 0 | 1) => 1,
            (_, 2 | 4 | 5) => 2,
            (_, 3) => 4,
            (_, 7) => 3,
            (_, _) => operand.first().map_or(usize::MAX, |n| usize::from(*n) + 1),
        };
        let first = operand.first().copied().unwrap_or(0);
        if CENTRED.contains(&code) {
            run.centred = first == 1;
        } else if code == NUMBERED {
            run.numbered = u16_at(operand, 0).is_some_and(|list| list != 0);
        } else if code == DELETED {
            run.deleted = first == 1;
        }
        match operand.get(length..) {
            Some(rest) => list = rest,
            None => return,
        }
    }
}

/// Characters to lines: ends of paragraphs and cells end a line, fields show their results only.
fn lines(units: &[Unit], format: &Format, notes: &mut Vec<Note>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut current: Vec<u16> = Vec::new();
    // Fields inside one another: whether their instruction is being passed over, and what it is.
    let mut fields: Vec<(bool, String)> = Vec::new();
    for (unit, place) in units {
        let hidden = fields.iter().any(|(instruction, _)| *instruction);
        match unit {
            0x13 => fields.push((true, String::new())),
            0x14 => {
                if let Some((instruction, text)) = fields.last_mut() {
                    *instruction = false;
                    note_program(text, notes);
                }
            }
            0x15 => {
                if let Some((_, text)) = fields.pop() {
                    note_program(&text, notes);
                }
            }
            _ if hidden => {
                if let Some((_, text)) = fields.last_mut().filter(|(_, text)| text.len() < 16) {
                    text.extend(char::from_u32(u32::from(*unit)));
                }
            }
            _ if format.is_deleted(*place) => notes.push(Note::RevisionMarks),
            0x07 | 0x0B | 0x0C | 0x0D => {
                let run = format.paragraph(*place);
                if run.is_some_and(|run| run.numbered) && !current.is_empty() {
                    notes.push(Note::AutoNumbers);
                }
                end_line(&mut current, run.is_some_and(|run| run.centred), &mut lines);
            }
            0x09 => current.push(0x09),
            0x1E => current.push(u16::from(b'-')),
            0x00..=0x1F => {}
            unit => current.push(*unit),
        }
        // One note of a sort is enough.
        notes.dedup();
    }
    end_line(&mut current, false, &mut lines);
    lines
}

fn end_line(current: &mut Vec<u16>, centred: bool, lines: &mut Vec<Line>) {
    let bytes: Vec<u8> = current.drain(..).flat_map(u16::to_le_bytes).collect();
    lines.push(Line::new(&wide(&bytes), centred));
}

fn note_program(instruction: &str, notes: &mut Vec<Note>) {
    if instruction.trim_start().get(..3).is_some_and(|word| word.eq_ignore_ascii_case("DDE")) {
        notes.push(Note::ProgramField);
    }
}
