//! Any list a page shows, as a workbook to keep, sort and print (下载表格).

use std::borrow::Cow;

use jiff::civil::Date;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};
use tz_model::Points;

use crate::book::{self, CHECKED, TooLarge, cut};
use crate::rows::MAX_ROWS;

/// A list with a title over it and heads over its columns.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// What the sheet is called; what a sheet's name may not have is left out.
    pub name: String,
    /// What stands over it.
    pub title: String,
    /// Its columns.
    pub columns: Vec<ListColumn>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListColumn {
    /// What stands over it together with its neighbours of the same words, merged; empty for nothing.
    pub over: &'static str,
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its width in figures of the sheet's face.
    pub width: f64,
}

impl ListColumn {
    /// A column with a head of its own.
    pub fn new(name: impl Into<Cow<'static, str>>, width: f64) -> Self {
        Self { over: "", name: name.into(), width }
    }

    /// A column under a head shared with its neighbours.
    pub fn under(over: &'static str, name: impl Into<Cow<'static, str>>, width: f64) -> Self {
        Self { over, name: name.into(), width }
    }
}

/// What stands in a cell. A text is always written as a text, whatever it begins with: no cell is a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words; empty for nothing.
    Text(String),
    /// A number of things.
    Count(i64),
    /// Points: a number where they are a finite decimal, else the text of the fraction.
    Points(Points),
    /// A day.
    Day(Date),
}

impl Cell {
    /// Nothing.
    pub const EMPTY: Self = Self::Text(String::new());

    /// A count of a collection.
    pub fn count(of: usize) -> Self {
        Self::Count(i64::try_from(of).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<Points>> for Cell {
    fn from(points: Option<Points>) -> Self {
        points.map_or(Self::EMPTY, Self::Points)
    }
}

impl From<Option<Date>> for Cell {
    fn from(day: Option<Date>) -> Self {
        day.map_or(Self::EMPTY, Self::Day)
    }
}

/// How the cells of a sheet are drawn.
struct Look {
    title: Format,
    head: Format,
    text: Format,
    number: Format,
    day: Format,
}

impl Look {
    fn new() -> Self {
        let cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        Self {
            title: Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center),
            head: cell
                .clone()
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_background_color(0xDD_E8_F0)
                .set_text_wrap(),
            text: cell.clone().set_text_wrap(),
            number: cell.clone().set_align(FormatAlign::Right),
            day: cell.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
        }
    }
}

/// A sheet for each list, set up for A4 across with its heads on every page, and the same bytes for the same lists.
///
/// # Errors
/// More rows than a worksheet has.
pub fn list_workbook(title: &str, lists: &[List]) -> Result<Vec<u8>, TooLarge> {
    let look = Look::new();
    let mut workbook = book::workbook(title);
    let mut names: Vec<String> = Vec::new();
    for list in lists {
        // Title, two lines of heads.
        if list.rows.len() + 3 > MAX_ROWS as usize {
            return Err(TooLarge { sheet: list.name.clone(), rows: list.rows.len() });
        }
        let name = book::sheet_name(&list.name, &names);
        write(workbook.add_worksheet(), &name, list, &look).expect(CHECKED);
        names.push(name);
    }
    Ok(book::save(workbook))
}

fn write(sheet: &mut Worksheet, name: &str, list: &List, look: &Look) -> Result<(), XlsxError> {
    sheet.set_name(name)?.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_footer("&C第 &P 页，共 &N 页");
    let last = u16::try_from(list.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    span(sheet, [0, 0, 0, u32::from(last)], &list.title, &look.title)?;
    let first = heads(sheet, &list.columns, look)?;
    sheet.set_freeze_panes(first, 0)?.set_repeat_rows(0, first - 1)?;
    if !list.rows.is_empty() {
        let end = first + u32::try_from(list.rows.len()).unwrap_or(0) - 1;
        sheet.autofilter(first - 1, 0, end, last)?;
    }
    for (row, cells) in (first..).zip(&list.rows) {
        for (column, cell) in (0..).zip(cells) {
            put(sheet, row, column, cell, look)?;
        }
    }
    Ok(())
}

/// The heads, in one line or, where columns share one, in two; gives the row after them.
fn heads(sheet: &mut Worksheet, columns: &[ListColumn], look: &Look) -> Result<u32, XlsxError> {
    let shared = columns.iter().any(|column| !column.over.is_empty());
    let under = if shared { 2 } else { 1 };
    let mut at = 0;
    for together in columns.chunk_by(|one, next| !one.over.is_empty() && one.over == next.over) {
        let from = at;
        for column in together {
            sheet.set_column_width(u16::try_from(at).unwrap_or(u16::MAX), column.width)?;
            let top = if column.over.is_empty() { 1 } else { under };
            span(sheet, [top, at, under, at], &column.name, &look.head)?;
            at += 1;
        }
        if let Some(column) = together.first().filter(|column| !column.over.is_empty()) {
            span(sheet, [1, from, 1, at - 1], column.over, &look.head)?;
        }
    }
    Ok(under + 1)
}

/// Writes into cells from the upper left to the lower right one, merged where they are several.
fn span(
    sheet: &mut Worksheet,
    [top, left, bottom, right]: [u32; 4],
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let column = |at: u32| u16::try_from(at).unwrap_or(u16::MAX);
    let (left, right) = (column(left), column(right));
    if (top, left) == (bottom, right) {
        sheet.write_string_with_format(top, left, cut(text), format)?;
    } else {
        sheet.merge_range(top, left, bottom, right, &cut(text), format)?;
    }
    Ok(())
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, look: &Look) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, cut(text), &look.text)?;
        }
        Cell::Count(count) => {
            // Exact up to 2^53, which no list of an office holds.
            sheet.write_number_with_format(row, column, *count as f64, &look.number)?;
        }
        Cell::Points(points) => match points.to_string().parse::<f64>() {
            Ok(number) => {
                sheet.write_number_with_format(row, column, number, &look.number)?;
            }
            Err(_) => {
                sheet.write_string_with_format(row, column, points.to_string(), &look.number)?;
            }
        },
        Cell::Day(day) => match book::excel_day(*day) {
            Some(date) => {
                sheet.write_datetime_with_format(row, column, &date, &look.day)?;
            }
            None => {
                sheet.write_string_with_format(row, column, day.to_string(), &look.text)?;
            }
        },
    }
    Ok(())
}
