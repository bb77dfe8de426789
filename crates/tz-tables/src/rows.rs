//! Rows of texts, whatever they were read from.

use std::borrow::Cow;

/// Cells to the right of this column are not looked at, so that one hostile row costs no memory.
pub(crate) const MAX_COLUMNS: usize = 256;

/// Rows a table may have: what a worksheet can hold.
pub(crate) const MAX_ROWS: u32 = 1_048_576;

/// One row, reused from row to row.
#[derive(Default)]
pub(crate) struct Row<'a> {
    /// As the spreadsheet program numbers it; the column names stand in row 1.
    pub number: u32,
    /// The texts, by column.
    pub cells: Vec<Cow<'a, str>>,
    /// Cells that hold a formula's error, with its name: `#N/A`.
    pub errors: Vec<(usize, String)>,
}

impl<'a> Row<'a> {
    /// Empties the row for the one of this number.
    pub fn begin(&mut self, number: u32) {
        self.number = number;
        self.cells.clear();
        self.errors.clear();
    }

    /// Puts a text behind the last. One column beyond the limit is kept, to show that there were too many.
    #[inline]
    pub fn push(&mut self, text: Cow<'a, str>) {
        if self.cells.len() <= MAX_COLUMNS {
            self.cells.push(text);
        }
    }

    /// Puts a text into a column. One column beyond the limit is kept, to show that there were too many.
    #[inline]
    pub fn put(&mut self, column: usize, text: Cow<'a, str>) {
        if column > MAX_COLUMNS {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cow::Borrowed(""));
        }
        self.cells[column] = text;
    }
}

/// A table's rows, one after the other.
pub(crate) trait Rows<'a> {
    /// Reads the next row; false at the end. The error is a Chinese sentence: nothing can be read from here on.
    fn next(&mut self, row: &mut Row<'a>) -> Result<bool, String>;
}

/// Where faults are (出处): how a person finds the cell again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A sheet of a workbook.
    Workbook,
    /// A CSV file.
    Csv,
}
