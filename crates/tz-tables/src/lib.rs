//! An office's fact tables (事实表) as spreadsheets: bytes to facts with every fault by cell, and facts and results back
//! to bytes.
//!
//! Knows no file, no scheme and no clock: the caller reads and writes files and says which names its scheme knows
//! ([`Vocabulary`]). It never scores. Read [`read_workbook`] first, then `reader.rs`, where the rules of the tables are.

mod book;
mod cells;
mod columns;
mod csv_rows;
mod fact_rows;
mod grid;
mod layout;
mod list;
mod memo;
mod reader;
mod result_text;
mod result_workbook;
mod rows;
mod sheet_rows;
mod template;
mod unit_rows;
mod write;

#[cfg(test)]
mod tests;

use tz_model::{Facts, Fault, Name, Table};

pub use book::TooLarge;
pub use grid::{GridRow, read_grid, read_rows, read_sheet};
pub use list::{Cell, List, ListColumn, list_workbook};
pub use result_text::result_text;
pub use result_workbook::result_workbook;
pub use template::template;
pub use write::{write_csv, write_workbook};

/// The names a scheme knows (名称表). In a list that is empty any name may stand: the scheme does not ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// 信息类别
    pub categories: Vec<Name>,
    /// 采用方式
    pub adoption_kinds: Vec<Name>,
    /// 批示层级
    pub comment_levels: Vec<Name>,
    /// 事项
    pub event_kinds: Vec<Name>,
    /// 单位的类别
    pub classes: Vec<Name>,
    /// 排名组
    pub groups: Vec<Name>,
    /// 形式: 独编, 综合, 一句话
    pub forms: Vec<Name>,
    /// 直报点: 枣庄市级, 滕州市级; empty: any
    pub statuses: Vec<Name>,
    /// Further columns the scheme reads.
    pub columns: Vec<Column>,
    /// True if nobody will look at the titles of items received (标题), the longest texts of all tables: they are not kept.
    pub without_titles: bool,
}

/// A further column a scheme declares (附加列): its values are checked where other unknown columns are only kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The table it stands in.
    pub table: Table,
    /// Its name.
    pub name: Name,
    /// What may stand in it. An empty cell always may.
    pub kind: ColumnKind,
}

/// What may stand in a declared column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// An exact number: `3`, `0.5`, `1/3`.
    Number,
    /// A day; kept as `2018-06-04` however it is written.
    Date,
    /// One of these names.
    OneOf(Vec<Name>),
}

/// What was read: the facts of the good rows, and everything wrong with the others, so that the caller decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The facts of all rows without a fault.
    pub facts: Facts,
    /// Every fault, by table and row. A row with a fault gives no fact.
    pub faults: Vec<Fault>,
    /// What a person should look at although it hinders nothing: tables not there, sheets not read.
    pub notes: Vec<Fault>,
}

/// Reads a workbook (.xlsx), one sheet a table (tables.md).
///
/// # Errors
/// What keeps a whole table from being read: no workbook, too large, the table 单位 or a column missing. Faults of
/// single rows are in [`Read::faults`], or behind these where both are found.
pub fn read_workbook(bytes: &[u8], words: &Vocabulary) -> Result<Read, Vec<Fault>> {
    sheet_rows::read(bytes, words)
}

/// Reads tables from one UTF-8 CSV file each; a byte order mark may stand in front.
///
/// Texts guarded by [`write_csv`] against being taken for formulas are read as they were before.
///
/// # Errors
/// As [`read_workbook`]; also a file that is not UTF-8, or with a quotation mark that is never closed.
pub fn read_csv(tables: &[(Table, &[u8])], words: &Vocabulary) -> Result<Read, Vec<Fault>> {
    csv_rows::read(tables, words)
}

/// A note on a file beside the tables that was not read, if its name looks like a table's; to be shown with
/// [`Read::notes`], since a misnamed table would else count for nothing without a word.
pub fn file_not_read(name: &str) -> Option<Fault> {
    csv_rows::not_read(name)
}
