//! What a page lists, as a workbook to keep, sort and print (下载表格). Each holds what its page shows to the same person, and
//! whole where the page shows a part at a time.

mod network;
mod review;
mod scores;
mod system;
mod work;

use tz_model::shanghai;
use tz_store::{Micros, moment};
use tz_tables::{Cell, List, ListColumn, list_workbook};

use crate::Problem;
use crate::assessment::PaperFile;

/// The media type of a workbook.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows of a list that are read for a workbook: more than an office collects in ten years.
const MOST: i64 = 200_000;

/// `2018-06-13 08:05`
pub(crate) fn minute(at: Micros) -> Cell {
    shanghai(moment(at)).strftime("%Y-%m-%d %H:%M").to_string().into()
}

pub(crate) fn list(name: &str, title: String, columns: Vec<ListColumn>, rows: Vec<Vec<Cell>>) -> List {
    List { name: name.to_owned(), title, columns, rows }
}

/// The workbook of one list, called after its title.
pub(crate) fn workbook(one: List) -> Result<PaperFile, Problem> {
    let title = one.title.clone();
    workbook_of(&title, &[one])
}

/// The workbook of some lists, a sheet each.
pub(crate) fn workbook_of(title: &str, lists: &[List]) -> Result<PaperFile, Problem> {
    let bytes = list_workbook(title, lists).map_err(|large| Problem::Refused(large.to_string()))?;
    Ok(PaperFile { name: format!("{title}.xlsx"), media_type: XLSX.to_owned(), bytes })
}
