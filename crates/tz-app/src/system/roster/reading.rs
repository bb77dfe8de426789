//! The rows of a list that somebody sent: heads found wherever they stand, columns in any order, every cell known by row and column.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tz_model::{Fault, nearest};
use tz_tables::GridRow;

/// The rows of a workbook or CSV file, carried from the page that shows what they would change to the one that takes them in.
#[derive(Clone, Debug, Default)]
pub struct SentRows(pub(super) Vec<GridRow>);

/// A row as it travels through a form.
#[derive(Serialize, Deserialize)]
struct Carried(String, u32, Vec<String>);

impl SentRows {
    /// The rows of a file.
    ///
    /// # Errors
    /// A Chinese sentence: what is wrong with the file and what to do.
    pub fn of_file(bytes: &[u8]) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err("请选择表格文件（.xlsx 或 .csv）。".to_owned());
        }
        tz_tables::read_rows(bytes).map(Self)
    }

    /// The rows as a form carries them.
    pub fn to_text(&self) -> String {
        let rows: Vec<Carried> =
            self.0.iter().map(|row| Carried(row.sheet.clone(), row.number, row.cells.clone())).collect();
        serde_json::to_string(&rows).expect("texts and numbers always serialize")
    }

    /// The rows a form carried; `None` for what no form of ours carries.
    pub fn of_text(text: &str) -> Option<Self> {
        let rows: Vec<Carried> = serde_json::from_str(text).ok()?;
        let row = |Carried(sheet, number, cells): Carried| GridRow { sheet, number, cells, errors: Vec::new() };
        Some(Self(rows.into_iter().map(row).collect()))
    }
}

/// The columns a list may have.
pub(super) struct Heads<'a> {
    /// All of them, as they are written.
    pub all: &'a [String],
    /// Those a sheet must have to be taken for this list.
    pub needed: &'a [&'a str],
    /// Where to get a list that has them: `单位表`.
    pub called: &'a str,
}

/// Something wrong in a list, with the order of its row: faults are found rule by rule and told row by row.
pub(super) struct RowFault {
    row: usize,
    fault: Fault,
}

/// Faults in the order of their rows.
pub(super) fn by_row(mut faults: Vec<RowFault>) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.row);
    faults.into_iter().map(|fault| fault.fault).collect()
}

/// One row of a list.
pub(super) struct Line {
    /// Its place among all rows that were read.
    row: usize,
    /// `第4行`, with its sheet where several are read.
    place: String,
    /// The texts under the heads the sheet has.
    cells: BTreeMap<String, String>,
}

impl Line {
    /// What stands under a head; empty where nothing does.
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// What stands under a head; `None` where the sheet has no such column.
    pub fn given(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }

    /// Where it stands.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Something wrong under a head.
    pub fn fault(&self, column: &str, sentence: impl Into<String>) -> RowFault {
        RowFault { row: self.row, fault: Fault::new(format!("{}“{column}”", self.place), sentence) }
    }
}

/// What was found in the rows.
#[derive(Default)]
pub(super) struct Lines {
    /// The rows under the heads.
    pub lines: Vec<Line>,
    /// What keeps them from being taken in.
    pub faults: Vec<RowFault>,
    /// What was not looked at, in sentences.
    pub notes: Vec<String>,
}

/// The rows of every sheet that has the heads. Pure.
pub(super) fn lines(rows: &SentRows, heads: &Heads<'_>) -> Lines {
    let mut found = Lines::default();
    let sheets: Vec<&[GridRow]> = rows.0.chunk_by(|one, next| one.sheet == next.sheet).collect();
    let at = |sheet: &[GridRow]| {
        sheet.iter().position(|row| heads.needed.iter().all(|head| row.cells.iter().any(|cell| cell.trim() == *head)))
    };
    let read: Vec<(&[GridRow], usize)> = sheets.iter().filter_map(|sheet| Some((*sheet, at(sheet)?))).collect();
    if read.is_empty() {
        let needed: String = heads.needed.iter().map(|head| format!("“{head}”")).collect();
        let sentence =
            format!("没有找到表头。表里应有一行写着{needed}等列名；可以先下载{}，在里面修改。", heads.called);
        found.faults.push(RowFault { row: 0, fault: Fault::new("", sentence) });
    }
    let mut count = 0;
    for (sheet, top) in &read {
        let mut columns: Vec<Option<&str>> = Vec::new();
        let mut unused: Vec<&str> = Vec::new();
        for cell in &sheet[*top].cells {
            let name = cell.trim();
            // A head that stands there again is not read again.
            let known =
                heads.all.iter().map(String::as_str).find(|head| *head == name && !columns.contains(&Some(head)));
            if known.is_none() && !name.is_empty() {
                unused.push(name);
            }
            columns.push(known);
        }
        if !unused.is_empty() {
            let unused = unused.join("、");
            found.notes.push(format!("没有用到的列：{unused}。可以用的列是{}。", heads.all.join("、")));
        }
        for row in &sheet[*top + 1..] {
            let mut cells: BTreeMap<String, String> =
                columns.iter().flatten().map(|head| ((*head).to_owned(), String::new())).collect();
            for (cell, head) in row.cells.iter().zip(&columns) {
                if let Some(head) = head {
                    cells.insert((*head).to_owned(), cell.trim().to_owned());
                }
            }
            if cells.values().all(String::is_empty) {
                continue;
            }
            let place = if read.len() > 1 && !row.sheet.is_empty() {
                format!("工作表“{}”第{}行", row.sheet, row.number)
            } else {
                format!("第{}行", row.number)
            };
            let line = Line { row: count, place, cells };
            count += 1;
            let wrong = row.errors.iter().filter_map(|at| columns.get(*at).copied().flatten());
            let broken: Vec<RowFault> =
                wrong.map(|head| line.fault(head, "单元格里是公式错误。请改正公式，或者把结果粘贴成值。")).collect();
            if broken.is_empty() {
                found.lines.push(line);
            }
            found.faults.extend(broken);
        }
    }
    if found.lines.is_empty() && found.faults.is_empty() {
        found.faults.push(RowFault { row: 0, fault: Fault::new("", "表头下面没有内容。") });
    }
    found
}

/// The sentence where a name is not one of those known.
pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    match (name.is_empty(), nearest(name, known.iter().copied())) {
        (true, _) => format!("没有填写{what}。"),
        (false, Some(like)) => format!("没有“{name}”这个{what}，是不是“{like}”？请改正。"),
        (false, None) => format!("没有“{name}”这个{what}，请核对；新单位请先在单位表里登记。"),
    }
}
