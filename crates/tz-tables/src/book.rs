//! What all our workbooks have in common: the look of a sheet, and the same bytes for the same values.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use tz_model::Points;

use crate::rows::MAX_ROWS;

/// More rows than a worksheet holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{sheet}”有 {rows} 行，超过一张工作表能放的 1048575 行。请改用 CSV 文件，或者按年份分开导出。")]
pub struct TooLarge {
    /// The sheet.
    pub sheet: String,
    /// Its rows.
    pub rows: usize,
}

/// Why the writer's refusals cannot happen: it refuses rows, columns and lengths that are checked before.
pub(crate) const CHECKED: &str = "rows and lengths are checked before they are written";

/// UTF-16 units a cell may hold.
const MAX_CELL: usize = 32_767;

/// The formats of a workbook.
pub(crate) struct Look {
    pub head: Format,
    pub date: Format,
    pub example: Format,
    pub example_date: Format,
    pub wrapped: Format,
}

impl Look {
    pub fn new() -> Self {
        let example = Format::new().set_italic().set_font_color(0x80_80_80);
        Self {
            head: Format::new()
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(0xDD_E8_F0)
                .set_border(FormatBorder::Thin),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            example_date: example.clone().set_num_format("yyyy-mm-dd"),
            example,
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// An empty workbook whose bytes do not depend on the day it is made.
pub(crate) fn workbook(title: &str) -> Workbook {
    let made = ExcelDateTime::from_ymd(2018, 1, 1).expect("a day in range");
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    workbook
}

/// The workbook's bytes.
pub(crate) fn save(mut workbook: Workbook) -> Vec<u8> {
    workbook.save_to_buffer().expect("nothing but memory is written, and sheet names are ours")
}

/// A sheet with its column names in a frozen first row that is repeated on every printed page.
pub(crate) fn sheet<'w>(
    workbook: &'w mut Workbook,
    name: &str,
    columns: &[(Cow<'_, str>, f64)],
    rows: usize,
    look: &Look,
) -> Result<&'w mut Worksheet, TooLarge> {
    if rows >= MAX_ROWS as usize || columns.len() > 16_384 {
        return Err(TooLarge { sheet: name.to_owned(), rows });
    }
    let sheet = workbook.add_worksheet();
    let write = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
        sheet.set_name(name)?.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
        sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0).set_footer("&C第 &P 页，共 &N 页");
        for (at, (column, width)) in columns.iter().enumerate() {
            sheet.write_string_with_format(0, at as u16, cut(column), &look.head)?;
            sheet.set_column_width(at as u16, *width)?;
        }
        Ok(())
    };
    write(sheet).expect(CHECKED);
    Ok(sheet)
}

/// Writes a text as a text, whatever it begins with.
pub(crate) fn put_text(sheet: &mut Worksheet, row: usize, column: usize, text: &str) {
    if !text.is_empty() {
        sheet.write_string(row as u32, column as u16, cut(text)).expect(CHECKED);
    }
}

/// Writes a day as a real date.
pub(crate) fn put_date(sheet: &mut Worksheet, row: usize, column: usize, day: Date, format: &Format) {
    match excel_day(day) {
        Some(date) => {
            sheet.write_datetime_with_format(row as u32, column as u16, &date, format).expect(CHECKED);
        }
        None => put_text(sheet, row, column, &day.to_string()),
    }
}

/// A day as a worksheet has it; none before 1900.
pub(crate) fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs()).ok()
}

/// Writes points as a number where they are a finite decimal, else as the text of the fraction.
pub(crate) fn put_points(sheet: &mut Worksheet, row: usize, column: usize, points: Points) {
    match points.to_string().parse::<f64>() {
        Ok(number) => {
            sheet.write_number(row as u32, column as u16, number).expect(CHECKED);
        }
        Err(_) => put_text(sheet, row, column, &points.to_string()),
    }
}

/// A text no longer than a cell may hold; the end says that it was cut.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    const SAYS_SO: &str = "……（过长，以下略）";
    if text.len() <= MAX_CELL || text.encode_utf16().count() <= MAX_CELL {
        return Cow::Borrowed(text);
    }
    let mut left = MAX_CELL - SAYS_SO.encode_utf16().count();
    let kept: String = text
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    Cow::Owned(kept + SAYS_SO)
}

/// The name of a sheet: without the signs one may not have, no longer than it may be, and unlike those before it.
pub(crate) fn sheet_name(wanted: &str, before: &[String]) -> String {
    const LONGEST: usize = 31;
    const NUMBERED: usize = 27;
    let cut = |text: &str, most: usize| -> String {
        let mut left = most;
        let fits = |c: &char| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        };
        text.chars().take_while(fits).collect()
    };
    let allowed = |c: char| if c.is_control() || "[]:*?/\\'".contains(c) { '_' } else { c };
    let plain: String = wanted.chars().map(allowed).collect();
    let plain = if plain.is_empty() || plain.eq_ignore_ascii_case("history") { format!("表{plain}") } else { plain };
    let taken = |name: &str| before.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    let name = cut(&plain, LONGEST);
    if !taken(&name) {
        return name;
    }
    let numbered = (2..).map(|number: u32| format!("{}{number}", cut(&plain, NUMBERED)));
    numbered.into_iter().find(|name| !taken(name)).unwrap_or(name)
}
