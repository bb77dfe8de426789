//! A paper's tables of figures as a workbook: real numbers, heads over several columns, set up for printing.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::{
    paper::{Element, Paper},
    paragraph::Align,
    table::{Column, Merge, Table, data_rows},
    text::{figure, one_line},
};

/// UTF-16 units a cell may hold; no cell of a printed page comes near.
const CELL: usize = 32_000;
/// Rows a sheet may have.
const ROWS: usize = 1_048_576;
/// UTF-16 units of a sheet's name.
const NAME: usize = 31;

/// The workbook, a sheet a table; `None` without tables.
pub(crate) fn write(paper: &Paper) -> Option<Vec<u8>> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new().set_title(paper.title()).set_author(one_line(&paper.creator));
    let date = ExcelDateTime::from_ymd(
        paper.date.year().unsigned_abs(),
        paper.date.month().unsigned_abs(),
        paper.date.day().unsigned_abs(),
    );
    // A year before Excel's begins leaves the day of its own beginning, never the day of making.
    let date = date.or_else(|_| ExcelDateTime::from_ymd(1900, 1, 1)).expect("a day in range");
    workbook.set_properties(&properties.set_creation_datetime(&date));
    let mut names: Vec<String> = Vec::new();
    for element in &paper.elements {
        if let Element::Table(Table::Data { title, columns, rows, .. }) = element {
            let name = sheet_name(title, &names);
            write_table(workbook.add_worksheet(), &name, title, columns, rows).expect(CHECKED);
            names.push(name);
        }
    }
    if names.is_empty() {
        return None;
    }
    Some(workbook.save_to_buffer().expect("nothing but memory is written, and sheet names are checked"))
}

const CHECKED: &str = "rows, lengths and names are checked before they are written";

fn write_table(
    sheet: &mut Worksheet,
    name: &str,
    title: &str,
    columns: &[Column],
    rows: &[Vec<String>],
) -> Result<(), XlsxError> {
    let cell = |align: Align| {
        let align = match align {
            Align::Left | Align::Both => FormatAlign::Left,
            Align::Right => FormatAlign::Right,
            Align::Center => FormatAlign::Center,
        };
        Format::new()
            .set_align(align)
            .set_align(FormatAlign::VerticalCenter)
            .set_border(FormatBorder::Thin)
            .set_text_wrap()
    };
    let head = cell(Align::Center).set_bold();
    let caption = Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center);
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_name(name)?.set_paper_size(9).set_print_fit_to_pages(1, 0).set_footer("&C第 &P 页，共 &N 页");
    if last == 0 {
        sheet.write_string_with_format(0, 0, title, &caption)?;
    } else {
        sheet.merge_range(0, 0, 0, last, title, &caption)?;
    }

    let heads: Vec<_> = data_rows(columns, &[], false).into_iter().filter(|row| row.head).collect();
    for (row, cells) in (1..).zip(&heads) {
        let mut column = 0;
        for part in &cells.cells {
            let text = part.para.plain_text();
            let end = column + u16::try_from(part.span.saturating_sub(1)).unwrap_or(0);
            match part.merge {
                Merge::GoesOn => {}
                Merge::Begins => {
                    sheet.merge_range(row, column, row + 1, end, &text, &head)?;
                }
                Merge::None if part.span > 1 => {
                    sheet.merge_range(row, column, row, end, &text, &head)?;
                }
                Merge::None => {
                    sheet.write_string_with_format(row, column, cut(&text), &head)?;
                }
            }
            column = end + 1;
        }
    }
    let first = u32::try_from(heads.len()).unwrap_or(1) + 1;
    sheet.set_repeat_rows(0, first - 1)?.set_freeze_panes(first, 0)?;
    for (at, column) in (0..).zip(columns) {
        // A twelfth of a point less than a character of the sheet's own face: the widths of the page, in characters.
        sheet.set_column_width(at, f64::from(column.width) / 105.0)?;
    }
    let formats: Vec<Format> = columns.iter().map(|column| cell(column.align)).collect();
    for (row, cells) in (first..).zip(rows.iter().take(ROWS - 8)) {
        for ((at, column), format) in (0..).zip(columns).zip(&formats) {
            let text = cells.get(usize::from(at)).map_or("", String::as_str);
            match number(text).filter(|_| column.figures) {
                Some(value) => {
                    let format = format.clone().set_num_format(number_format(text));
                    sheet.write_number_with_format(row, at, value, &format)?;
                }
                // Written as a text, whatever it begins with.
                None => {
                    sheet.write_string_with_format(row, at, cut(&one_line(text)), format)?;
                }
            }
        }
    }
    Ok(())
}

/// The number a figure is, if it is a plain one: `62`, `-5`, `+20`, `1.25`. `007` is a name, not a number.
fn number(text: &str) -> Option<f64> {
    let text = figure(text);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let short = digits.len() <= 15;
    let zeros = whole.len() > 1 && whole.starts_with('0');
    (short && plain(whole) && plain(part) && !zeros).then(|| text.trim_start_matches('+').parse().ok()).flatten()
}

/// The format that shows a number as it is written: its decimals, and a plus sign where it has one.
fn number_format(text: &str) -> String {
    let decimals = text.split_once('.').map_or(0, |(_, part)| part.trim().len());
    let shape = if decimals == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(decimals)) };
    if text.trim().starts_with('+') { format!("+{shape};-{shape};{shape}") } else { shape }
}

/// A name a sheet may have: short, without the marks a formula reads, unlike the others.
fn sheet_name(title: &str, taken: &[String]) -> String {
    let plain: String =
        one_line(title).chars().map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { ' ' } else { c }).collect();
    let plain = plain.trim();
    let fit = |text: &str, room: usize| -> String {
        let mut left = room;
        text.chars()
            .take_while(|c| {
                let fits = c.len_utf16() <= left;
                left = left.saturating_sub(c.len_utf16());
                fits
            })
            .collect()
    };
    let name = fit(if plain.is_empty() { "表" } else { plain }, NAME);
    let same = |name: &str| taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    if !same(&name) && !name.eq_ignore_ascii_case("history") {
        return name;
    }
    let numbered = (2..).map(|number| format!("{}（{number}）", fit(&name, NAME - 6)));
    numbered.into_iter().find(|name| !same(name)).expect("numbers do not end")
}

fn cut(text: &str) -> String {
    text.chars().take(CELL / 2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_figures_are_numbers() {
        let read = |text: &str| number(text).map(|value| value.to_string());
        assert_eq!(read("62").as_deref(), Some("62"));
        assert_eq!(read("−5").as_deref(), Some("-5"));
        assert_eq!(read("+20").as_deref(), Some("20"));
        assert_eq!(read("0.25").as_deref(), Some("0.25"));
        for text in ["", "007", "1e5", "=1+1", "1/3", "待定", "12345678901234567890", "1.", ".5", "inf"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(number_format("+20"), "+0;-0;0");
        assert_eq!(number_format("1.25"), "0.00");
    }

    #[test]
    fn names_of_sheets_are_short_and_unlike() {
        let first = sheet_name("表1　6月份[镇街]得分情况", &[]);
        assert_eq!(first, "表1　6月份 镇街 得分情况");
        let long = "长".repeat(40);
        let one = sheet_name(&long, &[]);
        let two = sheet_name(&long, std::slice::from_ref(&one));
        assert_eq!(one.chars().count(), 31);
        assert!(two.chars().count() <= 31 && two.ends_with("（2）"), "{two}");
        assert_eq!(sheet_name("''", &[]), "表");
    }
}
