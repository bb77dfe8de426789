//! Documents: what every reader of a format gives, and the choice of the reader.

use crate::budget::{Budget, Meter};
use crate::docx::{DocxReader, WordXmlReader};
use crate::html::HtmlReader;
use crate::kind::{FileKind, is_misnamed, tell};
use crate::nested::{MailReader, OutlookReader};
use crate::note::Note;
use crate::ofd::OfdReader;
use crate::pdf::PdfReader;
use crate::plain::PlainReader;
use crate::propose::says_nothing;
use crate::rtf::RtfReader;
use crate::sheet::SheetReader;
use crate::slides::SlidesReader;
use crate::tnef::TnefReader;
use crate::unpack::Entry;
use crate::unreadable::Unreadable;
use crate::word97::DocReader;

/// The text of a document (文档).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The title, if the document begins with one: its centred first lines, or a short first line.
    pub title: Option<String>,
    /// The paragraphs after the title, none empty, ends trimmed; table cells are paragraphs of their own.
    pub paragraphs: Vec<String>,
    /// Text outside the body (headers, footers, notes, properties): not part of an item, but a mark may stand there.
    pub margins: Vec<String>,
    /// Files inside the document (embedded documents, attachments of a PDF or OFD): no items, but looked into for marks.
    pub inside: Vec<Entry>,
    /// What was noticed, sorted, each once.
    pub notes: Vec<Note>,
}

impl Document {
    /// The paragraphs, a line each.
    pub fn body(&self) -> String {
        self.paragraphs.join("\n")
    }

    /// Everything there is to read, title and margins included, a line each.
    pub fn whole_text(&self) -> String {
        let lines: Vec<&str> =
            self.title.iter().chain(&self.paragraphs).chain(&self.margins).map(String::as_str).collect();
        lines.join("\n")
    }

    /// Sets title and body apart. Empty lines go.
    pub(crate) fn from_lines(lines: Vec<Line>, mut notes: Vec<Note>) -> Self {
        let mut lines: Vec<Line> = lines.into_iter().filter(|l| !l.text.is_empty()).collect();
        let margins = lines.drain(..head_lines(&lines)).map(|l| l.text).collect();
        let titled = title_lines(&lines);
        let title = (titled > 0).then(|| lines[..titled].iter().map(|l| l.text.as_str()).collect::<String>());
        let paragraphs = lines.into_iter().skip(titled).map(|l| l.text).collect();
        notes.sort();
        notes.dedup();
        Self { title, paragraphs, margins, inside: Vec::new(), notes }
    }
}

/// A paragraph as it stood in the document.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) centred: bool,
    /// The height of its letters, where the format says; nought where it does not.
    pub(crate) size: f64,
}

impl Line {
    pub(crate) fn new(text: &str, centred: bool) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'));
        Self { text: text.to_owned(), centred, size: 0.0 }
    }
}

/// The longest title in characters; the longest in use are about forty.
const TITLE_CHARS: usize = 60;

/// How many lines at the beginning are the head of an official document (版头): up to its number (某发〔2018〕12号).
fn head_lines(lines: &[Line]) -> usize {
    let is_number = |line: &Line| {
        let text: String = line.text.chars().filter(|c| !c.is_whitespace()).collect();
        let after = text.split_once(['〔', '[', '［']).and_then(|(_, rest)| rest.split_once(['〕', ']', '］']));
        let is_figure = |c: char| c.is_ascii_digit();
        let counted = after.and_then(|(year, rest)| {
            let number = rest.split('号').next()?;
            (year.len() == 4 && year.chars().all(is_figure) && rest.contains('号'))
                .then_some(number.trim_start_matches('第'))
        });
        text.chars().count() <= 30 && counted.is_some_and(|n| !n.is_empty() && n.chars().all(is_figure))
    };
    // A text that is nothing but a head has none.
    let at = lines.iter().take(6).position(is_number).filter(|at| at + 2 < lines.len());
    let short = |line: &Line| line.text.chars().count() <= 30 && !ends_like_prose(&line.text);
    at.filter(|at| lines[..*at].iter().all(short)).map_or(0, |at| at + 1)
}

/// How many lines at the beginning are the title.
fn title_lines(lines: &[Line]) -> usize {
    let is_title = |l: &Line| l.text.chars().count() <= TITLE_CHARS && !ends_like_prose(&l.text);
    // What is centred under a title in smaller letters is none of it.
    let alike = |l: &Line| (l.size - lines[0].size).abs() <= 0.15 * lines[0].size;
    let centred = lines.iter().take(3).take_while(|l| l.centred && is_title(l) && alike(l));
    let centred = centred.enumerate().take_while(|(i, l)| *i == 0 || !is_byline(&l.text)).count();
    let length: usize = lines[..centred].iter().map(|l| l.text.chars().count()).sum();
    if centred > 0 {
        return if length <= TITLE_CHARS { centred } else { 1 };
    }
    // A short first line with something longer after it.
    match lines {
        [first, second, ..] if is_title(first) && second.text.chars().count() > first.text.chars().count() => 1,
        _ => 0,
    }
}

/// A unit, a date or words in brackets: what stands centred under a title and is none of it.
fn is_byline(line: &str) -> bool {
    line.starts_with(['（', '(', '〔', '[']) || says_nothing(line)
}

/// Sentences and salutations, which are no titles.
fn ends_like_prose(line: &str) -> bool {
    line.ends_with(['。', '；', '，', '、', '：', ':', ';', ',', '.'])
        || line.ends_with("您好！")
        || line.ends_with("你好！")
}

/// A reader of one format. Readers are pure and keep to the budget.
pub trait TextReader {
    /// The format it reads.
    fn kind(&self) -> FileKind;

    /// Whether these bytes are of its format; `head` may be the whole file.
    fn recognises(&self, name: &str, head: &[u8]) -> bool {
        FileKind::of(name, head) == self.kind()
    }

    /// The text, or why there is none.
    ///
    /// # Errors
    /// [`Unreadable`] with a sentence for the person concerned.
    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable>;
}

/// The formats read by this version.
fn readers() -> [&'static dyn TextReader; 14] {
    [
        &DocxReader,
        &DocReader(FileKind::Doc),
        &DocReader(FileKind::Wps),
        &WordXmlReader,
        &RtfReader,
        &PdfReader,
        &OfdReader,
        &HtmlReader,
        &PlainReader,
        &SheetReader,
        &SlidesReader,
        &OutlookReader,
        &MailReader,
        &TnefReader,
    ]
}

/// Reads a document by what its content is, whatever it is named (附件识读).
///
/// # Errors
/// [`Unreadable`] says what it is and what to do: a format not read yet, protected, damaged, too large, empty.
pub fn read_document(name: &str, bytes: &[u8], budget: &Budget) -> Result<Document, Unreadable> {
    read_metered(name, bytes, &mut Meter::new(budget))
}

/// As [`read_document`], on what a mail's earlier documents have left of the budget.
pub(crate) fn read_metered(name: &str, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
    if bytes.len() > meter.budget.max_bytes {
        return Err(Unreadable::TooLarge { limit_mb: meter.budget.max_bytes >> 20 });
    }
    let told = tell(name, bytes);
    if told.protected {
        return Err(Unreadable::PasswordProtected { kind: told.kind });
    }
    if matches!(told.kind, FileKind::Zip | FileKind::SevenZip) {
        return Err(Unreadable::IsArchive);
    }
    if told.kind == FileKind::Rar {
        return Err(Unreadable::Rar);
    }
    let Some(reader) = readers().into_iter().find(|r| r.kind() == told.kind) else {
        return Err(Unreadable::NotYet { kind: told.kind });
    };
    let mut document = reader.read(bytes, meter)?;
    if document.title.is_none() && document.paragraphs.is_empty() && document.inside.is_empty() {
        return Err(Unreadable::Empty { kind: told.kind });
    }
    if is_misnamed(name, told.kind) {
        document.notes.push(Note::OtherFormat { kind: told.kind });
        document.notes.sort();
    }
    Ok(document)
}
