//! Which column of a sheet is which, taken from its first row.

use std::collections::BTreeMap;

use tz_model::{Table, nearest};

use crate::ColumnKind;
use crate::cells::{column_letters, shown, tidy, unguard};
use crate::columns::standard;
use crate::reader::Reader;
use crate::rows::{MAX_COLUMNS, Row, Source};

/// The columns of one sheet or file.
pub(crate) struct Layout {
    /// Where each standard column stands, if it is there.
    at: Vec<Option<usize>>,
    /// The others that have a name: where, the name, and what may stand there if the scheme declares it.
    pub extra: Vec<(usize, String, Option<ColumnKind>)>,
    /// True where a column has no name.
    unnamed: Vec<bool>,
    any_unnamed: bool,
}

impl Layout {
    /// Where a standard column stands.
    pub fn column(&self, slot: usize) -> Option<usize> {
        self.at[slot]
    }

    /// Every column that has a name.
    pub fn named(&self) -> impl Iterator<Item = usize> + '_ {
        self.at.iter().flatten().copied().chain(self.extra.iter().map(|(column, _, _)| *column))
    }

    /// True if a row of so many cells may have content where no column has a name.
    pub fn may_stray(&self, cells: usize) -> bool {
        self.any_unnamed || cells > self.unnamed.len()
    }

    /// True if the column has no name.
    pub fn is_unnamed(&self, column: usize) -> bool {
        self.unnamed.get(column).copied().unwrap_or(true)
    }
}

impl Reader<'_> {
    /// Reads the column names. `None`, with the faults noted, if the table cannot be read by them.
    pub(crate) fn layout(&mut self, table: Table, row: &Row<'_>) -> Option<Layout> {
        let before = self.broken();
        if row.number != 1 || row.cells.iter().all(|cell| tidy(cell).is_empty()) {
            self.unreadable(table, "第1行是空的。第1行应当是列名，请删去上面的空行。");
            return None;
        }
        if let Some(mark) = self.other_separator(row) {
            self.unreadable(
                table,
                format!(
                    "第1行没有英文逗号，各列像是用{mark}隔开的。请用 WPS 或 Excel 打开，另存为“CSV UTF-8（逗号分隔）”。"
                ),
            );
            return None;
        }
        if row.cells.len() > MAX_COLUMNS {
            self.unreadable(table, format!("超过 {MAX_COLUMNS} 列，没有读取。请删去右边多余的列。"));
            return None;
        }
        let standard = standard(table);
        let mut at = vec![None; standard.len()];
        let mut extra: Vec<(usize, String, Option<ColumnKind>)> = Vec::new();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (column, cell) in row.cells.iter().enumerate() {
            let name = unguard(tidy(cell));
            if name.is_empty() {
                continue;
            }
            if let Some(first) = seen.insert(name, column) {
                seen.insert(name, first);
                let place = self.place(1, column);
                let sentence =
                    format!("列名“{}”与 {} 列重复。请改名，或者删去一列。", shown(name), column_letters(first));
                self.unreadable_at(place, sentence);
            } else if let Some(slot) = standard.iter().position(|known| known.name == name) {
                at[slot] = Some(column);
            } else {
                let declared = self.words.columns.iter().find(|known| known.table == table && *known.name == *name);
                extra.push((column, name.to_owned(), declared.map(|known| known.kind.clone())));
            }
        }
        let missing = |slot: usize| standard[slot].asked(self.words) && at[slot].is_none();
        for (slot, known) in standard.iter().enumerate().filter(|(slot, _)| missing(*slot)) {
            let free = extra.iter().filter(|(_, _, kind)| kind.is_none()).map(|(_, name, _)| name.as_str());
            let near = nearest(standard[slot].name, free).map_or_else(
                || "请在第1行补上这一列。".to_owned(),
                |near| format!("第1行有“{}”，如果就是它，请改成“{}”。", shown(near), known.name),
            );
            self.unreadable(table, format!("缺少“{}”列。{near}", known.name));
        }
        if self.broken() > before {
            return None;
        }
        // A misspelt optional column would lose its content without a word.
        for (column, name, kind) in &extra {
            let absent =
                standard.iter().enumerate().filter(|(slot, _)| at[*slot].is_none()).map(|(_, known)| known.name);
            if kind.is_none()
                && let Some(near) = nearest(name, absent)
            {
                let place = self.place(1, *column);
                let sentence =
                    format!("列“{0}”作为附加列保留，没有计分。如果它就是“{near}”，请改成“{near}”。", shown(name));
                self.note(place, sentence);
            }
        }
        let mut unnamed = vec![true; row.cells.len()];
        for column in seen.into_values() {
            unnamed[column] = false;
        }
        Some(Layout { at, extra, any_unnamed: unnamed.contains(&true), unnamed })
    }

    /// What parts the columns of a CSV file whose first row is one cell, if it looks parted all the same: a file saved with
    /// tabs or semicolons would else be said to lack every column.
    fn other_separator(&self, row: &Row<'_>) -> Option<&'static str> {
        let marks = [
            ('\t', "制表符"),
            (';', "英文分号"),
            ('；', "中文分号"),
            ('，', "中文逗号"),
            ('、', "顿号"),
            ('|', "竖线"),
        ];
        match (self.source(), &row.cells[..]) {
            (Source::Csv, [only]) => marks.iter().find(|(mark, _)| only.contains(*mark)).map(|(_, name)| *name),
            _ => None,
        }
    }

    /// Content in columns without a name: a fault in CSV, where a stray comma shifts a row; in a sheet a note, once.
    pub(crate) fn strays(&mut self, row: &Row<'_>, layout: &Layout, noted: &mut [bool]) -> bool {
        let mut faulty = false;
        for (column, cell) in row.cells.iter().enumerate() {
            if tidy(cell).is_empty() || !layout.is_unnamed(column) {
                continue;
            }
            match self.source() {
                Source::Csv => {
                    let sentence = format!(
                        "“{}”所在的列没有列名。如果前面某一格的内容里有逗号，请给那一格加上英文双引号。",
                        shown(cell)
                    );
                    self.fault_at(row.number, column, sentence);
                    faulty = true;
                }
                Source::Workbook if !noted[column] => {
                    noted[column] = true;
                    let place = self.place(row.number, column);
                    self.note(place, format!("{} 列没有列名，其中的内容没有读取。", column_letters(column)));
                }
                Source::Workbook => {}
            }
        }
        faulty
    }
}
