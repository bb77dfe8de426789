//! Any table as rows of texts: lists that other offices make (上级采用目录), whose columns nobody has agreed on.

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Reader as _, Xlsx, XlsxError};
use encoding_rs::GB18030;

use crate::csv_rows::CsvRows;
use crate::rows::{Row, Rows};
use crate::sheet_rows::{ENCRYPTED, NOT_A_WORKBOOK, SheetRows, check_package};

/// Rows a list may have.
const MOST: usize = 5_000;

const TOO_LONG: &str = "这份表超过5000行，没有读取。请只保留要收入的部分，再试一次。";

/// A row with its place, so that whoever wrote it finds it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridRow {
    /// The sheet's name; empty for a CSV file.
    pub sheet: String,
    /// The row as the spreadsheet program numbers it.
    pub number: u32,
    /// Its texts.
    pub cells: Vec<String>,
    /// Columns whose cells hold a formula's error instead of a value.
    pub errors: Vec<usize>,
}

/// Reads every row of every sheet of a workbook (.xlsx), or of a CSV file in UTF-8 or GB 18030, as texts; rows without a text
/// are left out.
///
/// # Errors
/// A Chinese sentence: what is wrong with the file and what to do.
pub fn read_grid(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    Ok(read_rows(bytes)?.into_iter().map(|row| row.cells).collect())
}

/// As [`read_grid`], each row with its place.
///
/// # Errors
/// As [`read_grid`].
pub fn read_rows(bytes: &[u8]) -> Result<Vec<GridRow>, String> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) || bytes.is_empty() {
        return sheets(bytes);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // What WPS and Excel save as plain CSV on a Chinese desktop.
        Err(_) => GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or("这个文件不是表格。请用 WPS 或 Excel 另存为“Excel 工作簿（*.xlsx）”或 CSV，再试一次。")?,
    };
    let mut grid = Vec::new();
    take(&mut CsvRows::new(text.trim_start_matches('\u{feff}')), "", &mut grid)?;
    Ok(grid)
}

/// Reads every row of one sheet of a workbook (.xlsx); `None` where it has none of that name.
///
/// # Errors
/// As [`read_grid`].
pub fn read_sheet(bytes: &[u8], name: &str) -> Result<Option<Vec<Vec<String>>>, String> {
    let mut workbook = opened(bytes)?;
    let Some(sheet) = workbook.sheet_names().into_iter().find(|sheet| sheet.trim() == name) else { return Ok(None) };
    let mut grid = Vec::new();
    if let Ok(cells) = workbook.worksheet_cells_reader(&sheet) {
        take(&mut SheetRows::new(cells), &sheet, &mut grid)?;
    }
    Ok(Some(grid.into_iter().map(|row| row.cells).collect()))
}

fn opened(bytes: &[u8]) -> Result<Xlsx<Cursor<&[u8]>>, String> {
    check_package(bytes)?;
    Ok(Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ENCRYPTED,
        _ => NOT_A_WORKBOOK,
    })?)
}

fn sheets(bytes: &[u8]) -> Result<Vec<GridRow>, String> {
    let mut workbook = opened(bytes)?;
    let mut grid = Vec::new();
    for sheet in workbook.sheet_names() {
        // A chart's sheet has no cells.
        if let Ok(cells) = workbook.worksheet_cells_reader(&sheet) {
            take(&mut SheetRows::new(cells), &sheet, &mut grid)?;
        }
    }
    Ok(grid)
}

fn take<'a>(rows: &mut impl Rows<'a>, sheet: &str, grid: &mut Vec<GridRow>) -> Result<(), String> {
    let mut row = Row::default();
    while rows.next(&mut row)? {
        let texts: Vec<String> = row.cells.iter().map(|cell| cell.trim().to_owned()).collect();
        if texts.iter().all(String::is_empty) {
            continue;
        }
        if grid.len() == MOST {
            return Err(TOO_LONG.to_owned());
        }
        let errors = row.errors.iter().map(|(column, _)| *column).collect();
        grid.push(GridRow { sheet: sheet.to_owned(), number: row.number, cells: texts, errors });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{read_grid, read_rows};

    #[test]
    fn a_list_is_read_whatever_program_saved_it() {
        let wanted =
            vec![vec!["标题".to_owned(), "日期".to_owned()], vec!["夏粮收购，有序".to_owned(), "6月12日".to_owned()]];
        let text = "标题,日期\r\n,\r\n\"夏粮收购，有序\",6月12日\r\n";
        assert_eq!(read_grid(text.as_bytes()), Ok(wanted.clone()));
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        assert_eq!(read_grid(&gbk), Ok(wanted.clone()));
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in wanted.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (u32::try_from(row * 2).expect("small"), u16::try_from(column).expect("small"));
                sheet.write(row, column, cell.as_str()).expect("written");
            }
        }
        let bytes = book.save_to_buffer().expect("a workbook");
        assert_eq!(read_grid(&bytes), Ok(wanted));
        // Each row is numbered as the program that wrote it numbers it, rows without a text counted.
        let places = |bytes: &[u8]| -> Vec<(String, u32)> {
            let rows = read_rows(bytes).expect("a list");
            rows.into_iter().map(|row| (row.sheet, row.number)).collect()
        };
        assert_eq!(places(&bytes), [("Sheet1".to_owned(), 1), ("Sheet1".to_owned(), 3)]);
        assert_eq!(places(text.as_bytes()), [(String::new(), 1), (String::new(), 3)]);
    }

    #[test]
    fn what_is_no_list_is_said_in_a_sentence() {
        for bytes in [&b""[..], b"PK\x03\x04broken", b"\xff\xfe\x00\x01\x80", &[0xd0, 0xcf, 0x11, 0xe0, 0, 0]] {
            let sentence = read_grid(bytes).expect_err("no list");
            assert!(sentence.contains('请'), "{sentence}");
        }
        let long = "一行\n".repeat(5_001);
        assert!(read_grid(long.as_bytes()).expect_err("too long").contains("5000行"));
    }
}
