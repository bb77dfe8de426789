//! RTF: control words and groups in one pass. Escaped bytes are decoded by the font's charset (GBK for most), headers
//! and properties set apart, pictures and objects passed over.

use crate::budget::Meter;
use crate::charset;
use crate::document::{Document, Line, TextReader};
use crate::kind::FileKind;
use crate::note::Note;
use crate::unreadable::Unreadable;

const KIND: FileKind = FileKind::Rtf;

pub(crate) struct RtfReader;

impl TextReader for RtfReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        meter.work(bytes.len().saturating_mul(2))?;
        let mut scan = Scan::new();
        scan.run(bytes, meter)?;
        let mut document = Document::from_lines(scan.body.finish(), scan.notes);
        let margins = scan.margin.finish().into_iter().map(|l| l.text);
        document.margins.extend(margins.filter(|text| !text.is_empty()));
        Ok(document)
    }
}

/// Where a group's text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    Body,
    Margin,
    Fonts,
    /// The instruction of a field: passed over, but a program's name is noted.
    Instruction,
    Nowhere,
}

/// What a group inherits from the one around it.
#[derive(Debug, Clone, Copy)]
struct Group {
    goes: Goes,
    /// Characters to pass over after each `\u`, for programs that do not know it.
    skip: usize,
    charset: &'static str,
    deleted: bool,
}

/// Lines in the making.
#[derive(Default)]
struct Out {
    lines: Vec<Line>,
    current: String,
    /// Bytes of one charset not decoded yet: a character may be cut between escapes.
    raw: Vec<u8>,
    charset: &'static str,
    /// UTF-16 units not joined yet.
    wide: Vec<u16>,
    centred: bool,
    size: usize,
}

impl Out {
    fn byte(&mut self, byte: u8, charset: &'static str) {
        self.flush_wide();
        if self.charset != charset {
            self.flush_raw();
            self.charset = charset;
        }
        self.raw.push(byte);
    }

    fn unit(&mut self, unit: u16) {
        self.flush_raw();
        self.wide.push(unit);
    }

    fn text(&mut self, c: char) {
        self.flush();
        self.current.push(c);
    }

    fn flush_raw(&mut self) {
        if !self.raw.is_empty() {
            self.current.push_str(&charset::decode(&self.raw, Some(self.charset)).text);
            self.raw.clear();
        }
    }

    fn flush_wide(&mut self) {
        if !self.wide.is_empty() {
            let units = self.wide.drain(..);
            self.current.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')));
        }
    }

    fn flush(&mut self) {
        self.flush_raw();
        self.flush_wide();
    }

    fn end_line(&mut self) {
        self.flush();
        self.size += self.current.len();
        let line = Line::new(&self.current, self.centred);
        self.current.clear();
        if !line.text.is_empty() {
            self.lines.push(line);
        }
    }

    fn finish(mut self) -> Vec<Line> {
        self.end_line();
        self.lines
    }
}

struct Scan {
    group: Group,
    stack: Vec<Group>,
    body: Out,
    margin: Out,
    notes: Vec<Note>,
    /// Charsets by the numbers of fonts, and the font being declared.
    fonts: Vec<(i32, &'static str)>,
    font: i32,
    /// The charset of the whole text.
    usual: &'static str,
    /// Characters still to be passed over after a `\u`.
    pass: usize,
    instruction: String,
    /// `\*` was read: the next word may be one this reader need not know.
    optional: bool,
}

impl Scan {
    fn new() -> Self {
        Self {
            group: Group { goes: Goes::Body, skip: 1, charset: "gb18030", deleted: false },
            stack: Vec::new(),
            body: Out::default(),
            margin: Out::default(),
            notes: Vec::new(),
            fonts: Vec::new(),
            font: 0,
            usual: "gb18030",
            pass: 0,
            instruction: String::new(),
            optional: false,
        }
    }

    fn run(&mut self, bytes: &[u8], meter: &Meter<'_>) -> Result<(), Unreadable> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => {
                    if self.stack.len() >= meter.budget.max_xml_depth {
                        return Err(Unreadable::TooDeep { limit: meter.budget.max_xml_depth });
                    }
                    self.stack.push(self.group);
                    self.pass = 0;
                }
                b'}' => {
                    self.end_instruction();
                    self.pass = 0;
                    match self.stack.pop() {
                        Some(outer) => self.group = outer,
                        None => break,
                    }
                }
                b'\\' => at = self.control(bytes, at),
                b'\r' | b'\n' | 0 => {}
                byte => self.byte(*byte),
            }
            meter.text(self.body.size + self.body.current.len() + self.body.raw.len(), self.body.lines.len())?;
            meter
                .text(self.margin.size + self.margin.current.len() + self.margin.raw.len(), self.margin.lines.len())?;
        }
        Ok(())
    }

    /// A control word or symbol after its backslash; gives the place after it.
    fn control(&mut self, bytes: &[u8], at: usize) -> usize {
        let Some(first) = bytes.get(at) else { return at };
        if !first.is_ascii_alphabetic() {
            return self.symbol(bytes, at, *first);
        }
        let letters = bytes[at..].iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(&bytes[at..at + letters]).unwrap_or_default();
        let mut end = at + letters;
        let negative = bytes.get(end) == Some(&b'-');
        end += usize::from(negative);
        let digits = bytes[end..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        let number = std::str::from_utf8(&bytes[end..end + digits]).ok().and_then(|d| d.parse::<i32>().ok());
        let number = number.map(|n| if negative { n.wrapping_neg() } else { n });
        end += digits;
        end += usize::from(bytes.get(end) == Some(&b' '));
        if word == "bin" {
            // Raw bytes, which may look like anything.
            return end.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0)).min(bytes.len());
        }
        self.word(word, number);
        self.optional = false;
        end
    }

    fn symbol(&mut self, bytes: &[u8], at: usize, symbol: u8) -> usize {
        match symbol {
            b'\'' => {
                let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
                if let Some(byte) = hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                    self.byte(byte);
                    return at + 3;
                }
            }
            b'*' => self.optional = true,
            b'~' => self.character('\u{A0}'),
            b'_' => self.character('-'),
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'\r' | b'\n' => self.end_line(),
            _ => {}
        }
        at + 1
    }

    fn out(&mut self) -> Option<&mut Out> {
        match self.group.goes {
            _ if self.group.deleted => None,
            Goes::Body => Some(&mut self.body),
            Goes::Margin => Some(&mut self.margin),
            Goes::Fonts | Goes::Instruction | Goes::Nowhere => None,
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.pass > 0 {
            self.pass -= 1;
            return;
        }
        if self.group.goes == Goes::Instruction && self.instruction.len() < 32 {
            self.instruction.push(char::from(byte));
        }
        let charset = self.group.charset;
        if let Some(out) = self.out() {
            out.byte(byte, charset);
        }
    }

    fn character(&mut self, c: char) {
        if let Some(out) = self.out() {
            out.text(c);
        }
    }

    fn end_line(&mut self) {
        if let Some(out) = self.out() {
            out.end_line();
        }
    }

    fn end_instruction(&mut self) {
        if self.group.goes == Goes::Instruction {
            if self.instruction.trim_start().get(..3).is_some_and(|w| w.eq_ignore_ascii_case("DDE")) {
                self.notes.push(Note::ProgramField);
            }
            self.instruction.clear();
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "par" | "line" | "page" | "sect" | "column" | "cell" | "nestcell" | "row" | "nestrow" => self.end_line(),
            "pard" => self.centred(false),
            "qc" => self.centred(true),
            "ql" | "qr" | "qj" | "qd" => self.centred(false),
            "tab" => self.character('\t'),
            "emdash" => self.character('—'),
            "endash" => self.character('–'),
            "lquote" => self.character('‘'),
            "rquote" => self.character('’'),
            "ldblquote" => self.character('“'),
            "rdblquote" => self.character('”'),
            "bullet" => self.character('•'),
            "emspace" | "enspace" | "qmspace" => self.character(' '),
            "u" => {
                // Numbers above 32,767 are written as negative ones.
                let unit = number.and_then(|n| u16::try_from(n & 0xFFFF).ok());
                if let (Some(unit), Some(out)) = (unit, self.out()) {
                    out.unit(unit);
                }
                self.pass = self.group.skip;
            }
            "uc" => self.group.skip = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
            "ansicpg" => {
                self.usual = by_code_page(number.unwrap_or(0));
                self.group.charset = self.usual;
            }
            "f" if self.group.goes == Goes::Fonts => self.font = number.unwrap_or(0),
            "fcharset" if self.fonts.len() < 1_000 => {
                self.fonts.push((self.font, by_font_charset(number.unwrap_or(0), self.usual)));
            }
            "f" => {
                let wanted = number.unwrap_or(0);
                let known = self.fonts.iter().find(|(font, _)| *font == wanted);
                self.group.charset = known.map_or(self.usual, |(_, charset)| charset);
            }
            "plain" => self.group.charset = self.usual,
            "deleted" => {
                self.group.deleted = number != Some(0);
                if self.group.deleted {
                    self.notes.push(Note::RevisionMarks);
                    self.notes.dedup();
                }
            }
            _ => self.destination(word),
        }
    }

    /// Words that say what a group is.
    fn destination(&mut self, word: &str) {
        if self.group.goes == Goes::Nowhere {
            return;
        }
        self.group.goes = match word {
            "fonttbl" => Goes::Fonts,
            "fldinst" => Goes::Instruction,
            "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf"
            | "footnote" | "annotation" => Goes::Margin,
            "title" | "subject" | "keywords" | "doccomm" | "category" | "comment" | "company" => Goes::Margin,
            // Groups a reader must know to look into, and that hold text: boxes, automatic numbers.
            "shpinst" | "shptxt" | "listtext" | "pntext" | "fldrslt" | "shprslt" => return,
            "object" => {
                self.notes.push(Note::EmbeddedFiles);
                return;
            }
            "objdata" | "pict" | "colortbl" | "stylesheet" | "listtable" | "listoverridetable" | "revtbl"
            | "rsidtbl" | "generator" | "sp" | "nonshppict" | "themedata" | "colorschememapping" | "datastore"
            | "latentstyles" | "xmlnstbl" | "mmathPr" | "wgrffmtfilter" | "fontemb" | "filetbl" | "author"
            | "operator" | "manager" | "creatim" | "revtim" | "printim" | "buptim" | "pnseclvl" | "template"
            | "passwordhash" => Goes::Nowhere,
            _ if self.optional => Goes::Nowhere,
            _ => return,
        };
        if self.group.goes == Goes::Margin {
            self.margin.end_line();
        }
    }

    fn centred(&mut self, centred: bool) {
        if let Some(out) = self.out() {
            out.centred = centred;
        }
    }
}

fn by_code_page(number: i32) -> &'static str {
    match number {
        950 => "big5",
        932 => "shift_jis",
        949 => "euc-kr",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1252 => "windows-1252",
        65001 => "utf-8",
        _ => "gb18030",
    }
}

fn by_font_charset(number: i32, usual: &'static str) -> &'static str {
    match number {
        134 => "gb18030",
        136 => "big5",
        128 => "shift_jis",
        129 | 130 => "euc-kr",
        204 => "windows-1251",
        238 => "windows-1250",
        // A Western font in a Chinese text: its escapes are the text's.
        _ => usual,
    }
}
