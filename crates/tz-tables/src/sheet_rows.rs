//! Workbooks (.xlsx) as rows of texts, read as a stream: what a hostile sheet claims to hold is never set aside.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};

use calamine::{Cell, DataRef, Reader as _, Xlsx, XlsxCellReader, XlsxError};
use tz_model::{Fault, Table};

use crate::cells::{means, number_text, shown};
use crate::reader::Reader;
use crate::rows::{MAX_COLUMNS, MAX_ROWS, Row, Rows, Source};
use crate::template::OWN_SHEETS;
use crate::{Read, Vocabulary};

/// Bytes a workbook may have.
const MAX_BYTES: usize = 64 << 20;
/// Bytes it may unpack to, all parts together.
const MAX_UNPACKED: u64 = 64 << 20;
/// Parts it may have.
const MAX_PARTS: usize = 2_000;

pub(crate) const NOT_A_WORKBOOK: &str =
    "这不是 .xlsx 工作簿，或者文件已损坏。请用 WPS 或 Excel 打开，另存为“Excel 工作簿（*.xlsx）”，再试一次。";

/// Reads every table.
pub(crate) fn read(bytes: &[u8], words: &Vocabulary) -> Result<Read, Vec<Fault>> {
    let whole = |sentence: &str| vec![Fault::new("工作簿", sentence)];
    check_package(bytes).map_err(whole)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => whole(ENCRYPTED),
        _ => whole(NOT_A_WORKBOOK),
    })?;
    let sheets = workbook.sheet_names();
    let mut reader = Reader::new(words, Source::Workbook);
    for table in Table::ALL {
        if !sheets.iter().any(|sheet| sheet == table.name()) {
            reader.missing(table, sheets.iter().find(|sheet| is_near(sheet, table)).map(String::as_str));
            continue;
        }
        match workbook.worksheet_cells_reader(table.name()) {
            Ok(cells) => {
                // What a sheet says of its size is a hint only, and a hostile one says anything.
                let rows = cells.dimensions().end.0.min(20_000) as usize;
                reader.table(table, &mut SheetRows::new(cells), rows);
            }
            Err(_) => reader.unreadable(table, "这张工作表已损坏，或者不是普通的工作表（例如图表）。请重新做一张。"),
        }
    }
    for sheet in &sheets {
        if Table::named(sheet).is_none()
            && !OWN_SHEETS.contains(&sheet.as_str())
            && let Some(table) = Table::ALL.into_iter().find(|&table| is_near(sheet, table))
        {
            reader.note(
                format!("工作表“{}”", shown(sheet)),
                format!("没有读取。如果它就是“{0}”表，请把工作表的名称改成“{0}”。", table.name()),
            );
        }
    }
    reader.finish()
}

pub(crate) const ENCRYPTED: &str = "工作簿设有打开密码，无法读取。请用 WPS 或 Excel 打开，去掉密码后另存，再试一次。";

/// True for a sheet's name that probably means this table: `采用 `, `采 用`, `采用表`, `2018年采用`.
fn is_near(sheet: &str, table: Table) -> bool {
    sheet != table.name() && !OWN_SHEETS.contains(&sheet) && means(sheet, table)
}

/// Looks at the package before anything is built from it: is it one, and does it stay within its budget?
pub(crate) fn check_package(bytes: &[u8]) -> Result<(), &'static str> {
    if bytes.is_empty() {
        return Err("文件是空的（0 字节）。请检查是否保存成功。");
    }
    if bytes.len() > MAX_BYTES {
        return Err("文件超过 64 MB，没有读取。请删去图片和无关的工作表，或者改用 CSV 文件。");
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if encrypted {
            ENCRYPTED
        } else {
            "这是旧格式的工作簿（.xls 或 .et）。请用 WPS 或 Excel 打开，另存为“Excel 工作簿（*.xlsx）”，再试一次。"
        });
    }
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| NOT_A_WORKBOOK)?;
    if package.len() > MAX_PARTS {
        return Err("工作簿里的部件过多，没有读取。请把各表复制到一个新的工作簿里，再试一次。");
    }
    // The sizes a package states may be untrue, so each part is unpacked once into nothing.
    let mut left = MAX_UNPACKED;
    let mut block = [0u8; 16 << 10];
    for index in 0..package.len() {
        let mut part = package.by_index(index).map_err(|_| NOT_A_WORKBOOK)?;
        loop {
            let read = part.read(&mut block).map_err(|_| NOT_A_WORKBOOK)? as u64;
            if read == 0 {
                break;
            }
            left = left
                .checked_sub(read)
                .ok_or("工作簿展开后超过 64 MB，没有读取。请删去图片和无关的工作表，或者改用 CSV 文件。")?;
        }
    }
    Ok(())
}

/// The rows of one sheet. Rows without a cell are not given.
pub(crate) struct SheetRows<'a, 'b> {
    cells: XlsxCellReader<'a, Cursor<&'b [u8]>>,
    waiting: Option<Cell<DataRef<'a>>>,
    /// The stream must not be asked again behind its end.
    ended: bool,
}

impl<'a, 'b> SheetRows<'a, 'b> {
    pub(crate) fn new(cells: XlsxCellReader<'a, Cursor<&'b [u8]>>) -> Self {
        Self { cells, waiting: None, ended: false }
    }

    fn cell(&mut self, near: u32) -> Result<Option<Cell<DataRef<'a>>>, String> {
        if self.ended {
            return Ok(None);
        }
        let cell = self.cells.next_cell();
        self.ended = !matches!(cell, Ok(Some(_)));
        cell.map_err(|error| match error {
            XlsxError::CellError(name) => {
                format!("第{near}行或它的下一行有公式错误“{}”。请改正公式，或者把结果粘贴成值。", shown(&name))
            }
            _ => format!("第{near}行之后的内容已损坏，无法读取。请把本表复制到一个新的工作簿里，再试一次。"),
        })
    }
}

impl<'a> Rows<'a> for SheetRows<'a, '_> {
    fn next(&mut self, row: &mut Row<'a>) -> Result<bool, String> {
        let before = row.number;
        let first = match self.waiting.take() {
            Some(cell) => cell,
            None => match self.cell(before)? {
                Some(cell) => cell,
                None => return Ok(false),
            },
        };
        let at = first.get_position().0;
        if at >= MAX_ROWS {
            return Err(format!("超过 {MAX_ROWS} 行。请按年份拆开。"));
        }
        row.begin(at + 1);
        put(row, first);
        while let Some(cell) = self.cell(at + 1)? {
            if cell.get_position().0 != at {
                self.waiting = Some(cell);
                break;
            }
            put(row, cell);
        }
        Ok(true)
    }
}

/// Puts a cell's value into the row as the text a person would have typed.
fn put<'a>(row: &mut Row<'a>, cell: Cell<DataRef<'a>>) {
    let column = cell.get_position().1 as usize;
    if column > MAX_COLUMNS {
        return;
    }
    let text = match cell.get_value() {
        DataRef::Empty => return,
        DataRef::SharedString(text) => Cow::Borrowed(*text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cow::Owned(text.clone()),
        DataRef::Int(number) => Cow::Owned(number.to_string()),
        DataRef::Float(number) => Cow::Owned(number_text(*number)),
        DataRef::Bool(value) => Cow::Borrowed(if *value { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) if moment.is_duration() => Cow::Owned(number_text(moment.as_f64())),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            let midnight = (hour, minute, second) == (0, 0, 0);
            Cow::Owned(if midnight { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") })
        }
        DataRef::Error(error) => {
            row.errors.push((column, error.to_string()));
            Cow::Owned(error.to_string())
        }
    };
    row.put(column, text);
}
