//! Plain text files (txt): charset told from the bytes, one paragraph a line.

use crate::budget::Meter;
use crate::charset;
use crate::document::{Document, Line, TextReader};
use crate::kind::FileKind;
use crate::note::Note;
use crate::unreadable::Unreadable;

pub(crate) struct PlainReader;

impl TextReader for PlainReader {
    fn kind(&self) -> FileKind {
        FileKind::Txt
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        meter.text(bytes.len(), 0)?;
        meter.work(bytes.len())?;
        let mut decoded = charset::decode(bytes, None);
        // A text file never declares its charset, so that it was told from the bytes is nothing to remark.
        decoded.notes.retain(|note| *note != Note::CharsetGuessed);
        let lines = lines(&decoded.text);
        meter.text(0, lines.len())?;
        Ok(Document::from_lines(lines, decoded.notes))
    }
}

/// A text's lines as paragraphs.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{C}']).map(|l| Line::new(l, false)).collect()
}
