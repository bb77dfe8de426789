//! CSV files as rows of texts that still lie in the file's bytes.
//!
//! Not the csv crate, for three reasons: it takes a quotation mark that is never closed for the rest of the file
//! without a word, it skips blank lines so that row numbers no longer agree with the spreadsheet's, and it copies every
//! cell. A property in the tests holds that both read the same cells.

use std::borrow::Cow;

use tz_model::{Fault, Table};

use crate::cells::{means, shown};
use crate::reader::Reader;
use crate::rows::{Row, Rows, Source};
use crate::{Read, Vocabulary};

/// Bytes a file may have.
const MAX_BYTES: usize = 256 << 20;

/// Reads every table.
pub(crate) fn read(tables: &[(Table, &[u8])], words: &Vocabulary) -> Result<Read, Vec<Fault>> {
    let mut reader = Reader::new(words, Source::Csv);
    one(&mut reader, Table::Units, tables);
    // 报送 is longer than all others together, and needs only the units: it is read beside them.
    let (mut reports, mut others) = (reader.beside(), reader.beside());
    rayon::join(
        || one(&mut reports, Table::Reports, tables),
        || {
            for table in [Table::Adoptions, Table::Comments, Table::Duties, Table::Events] {
                one(&mut others, table, tables);
            }
        },
    );
    reader.take_in(reports);
    reader.take_in(others);
    reader.finish()
}

/// Reads one table.
fn one(reader: &mut Reader<'_>, table: Table, tables: &[(Table, &[u8])]) {
    let mut files = tables.iter().filter(|(of, _)| *of == table).peekable();
    if files.peek().is_none() {
        reader.missing(table, None);
    }
    for (_, bytes) in files {
        match text(bytes) {
            Ok(text) => reader.table(table, &mut CsvRows::new(text), bytes.len() / 48),
            Err(sentence) => reader.unreadable(table, sentence),
        }
    }
}

/// A note on a file that was not read although its name has a table's in it: `报送表.csv`, `报送.xlsx`.
pub(crate) fn not_read(name: &str) -> Option<Fault> {
    let table = Table::ALL.into_iter().find(|&table| means(name, table))?;
    let sentence = format!("没有读取。如果它就是“{0}”表，请另存为“{0}.csv”。", table.name());
    Some(Fault::new(format!("文件“{}”", shown(name)), sentence))
}

/// The file's text, or why it is none.
fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    if bytes.len() > MAX_BYTES {
        return Err("文件超过 256 MB，没有读取。请按年份拆成几个文件，分别计分。");
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err("这是一个工作簿，只是名字改成了 .csv。请用 WPS 或 Excel 打开，另存为“CSV UTF-8（逗号分隔）”。");
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = simdutf8::basic::from_utf8(bytes)
        .map_err(|_| "文件不是 UTF-8 编码，汉字无法读出。请用 WPS 或 Excel 打开，另存为“CSV UTF-8（逗号分隔）”。")?;
    if text.trim().is_empty() {
        return Err("文件是空的。第1行应当是列名；如果本表没有内容，请只写列名，或者不交这个文件。");
    }
    Ok(text)
}

/// The rows of one file.
pub(crate) struct CsvRows<'a> {
    text: &'a str,
    at: usize,
    number: u32,
}

impl<'a> CsvRows<'a> {
    /// The rows of a text without byte order mark.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, number: 0 }
    }

    /// The cell that begins here, leaving `at` on what ends it. `None` if its quotation mark is never closed.
    fn cell(&mut self) -> Option<Cow<'a, str>> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            let from = self.at;
            self.at = plain_end(bytes, from);
            return Some(Cow::Borrowed(&self.text[from..self.at]));
        }
        let mut from = self.at + 1;
        let mut cell = Cow::Borrowed("");
        loop {
            let quote = from + bytes[from..].iter().position(|&byte| byte == b'"')?;
            append(&mut cell, &self.text[from..quote]);
            if bytes.get(quote + 1) == Some(&b'"') {
                append(&mut cell, "\"");
                from = quote + 2;
                continue;
            }
            // Whatever stands between the closing mark and the comma belongs to the cell, as elsewhere.
            self.at = plain_end(bytes, quote + 1);
            append(&mut cell, &self.text[quote + 1..self.at]);
            return Some(cell);
        }
    }
}

/// Where a cell without quotation marks ends: at the next comma or line end, or at the end of the text.
#[inline]
fn plain_end(bytes: &[u8], from: usize) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let ends = |byte: &u8| matches!(byte, b',' | b'\n' | b'\r');
    let mut at = from;
    while let Some(eight) = bytes[at..].first_chunk::<8>() {
        // Eight bytes at once. All that end a cell are below `-`, and little else in our tables is: the lowest bit left
        // stands in the first byte below it.
        let word = u64::from_le_bytes(*eight);
        let low = word.wrapping_sub(EACH * u64::from(b'-')) & !word & HIGH;
        if low == 0 {
            at += 8;
            continue;
        }
        at += low.trailing_zeros() as usize / 8;
        if ends(&bytes[at]) {
            return at;
        }
        at += 1;
    }
    bytes[at..].iter().position(ends).map_or(bytes.len(), |more| at + more)
}

/// Adds a piece, copying only when there is something to join.
fn append<'a>(cell: &mut Cow<'a, str>, piece: &'a str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(piece);
    } else if !piece.is_empty() {
        cell.to_mut().push_str(piece);
    }
}

impl<'a> Rows<'a> for CsvRows<'a> {
    fn next(&mut self, row: &mut Row<'a>) -> Result<bool, String> {
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return Ok(false);
        }
        self.number += 1;
        row.begin(self.number);
        loop {
            let cell = self.cell().ok_or_else(|| {
                format!("第{}行有一个英文双引号（\"）没有成对，后面的内容无法分列。请补上或删去它。", self.number)
            })?;
            row.push(cell);
            match bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'\r') => {
                    self.at += if bytes.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
                    break;
                }
                Some(_) => {
                    self.at += 1;
                    break;
                }
                None => break,
            }
        }
        Ok(true)
    }
}
