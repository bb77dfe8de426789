//! A list of adoptions (上级采用目录) as it came, read into lines: a table with or without column names, or text pasted in.

use jiff::civil::Date;
use tz_model::parse_date;

/// What a line of a list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListLine {
    /// Its row, from 1.
    pub row: usize,
    /// The title.
    pub title: String,
    /// The day, if the list gives one.
    pub date: Option<Date>,
    /// The kind of adoption, as the scheme calls it, if the list gives one that is known.
    pub kind: Option<String>,
    /// The form, if the list gives one that is known.
    pub form: Option<String>,
    /// The whole line.
    pub said: String,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Title,
    Date,
    Kind,
    Form,
    Other,
}

/// The words a scheme has for kinds and forms.
#[derive(Clone, Copy, Debug)]
pub struct Words<'w> {
    /// Kinds of adoption.
    pub kinds: &'w [String],
    /// Forms of use.
    pub forms: &'w [String],
    /// The year of days written without one.
    pub year: i16,
}

/// The lines of a table. Rows without a title are told by their numbers.
pub fn table_lines(grid: &[Vec<String>], words: Words<'_>) -> (Vec<ListLine>, Vec<usize>) {
    let head = grid.iter().take(10).position(|row| row.iter().any(|cell| holds(cell) == Holds::Title));
    let columns: Vec<Holds> = match head {
        Some(at) => grid[at].iter().map(|cell| holds(cell)).collect(),
        None => Vec::new(),
    };
    let (mut lines, mut without) = (Vec::new(), Vec::new());
    for (at, row) in grid.iter().enumerate().skip(head.map_or(0, |at| at + 1)) {
        let cell = |wanted: Holds| {
            let held = row.iter().zip(&columns).filter(|(_, column)| **column == wanted);
            held.map(|(cell, _)| cell.as_str()).find(|cell| !cell.trim().is_empty())
        };
        // Without column names the title is the longest cell.
        let title = if head.is_some() {
            cell(Holds::Title)
        } else {
            row.iter().map(String::as_str).max_by_key(|cell| cell.chars().count())
        };
        let title = title.map(bare).unwrap_or_default();
        if title.chars().count() < 4 {
            without.push(at + 1);
            continue;
        }
        let rest = || row.iter().map(String::as_str);
        let date = match head {
            Some(_) => cell(Holds::Date).and_then(|text| day(text, words.year)),
            None => rest().find_map(|text| day(text, words.year)),
        };
        lines.push(ListLine {
            row: at + 1,
            date,
            kind: cell(Holds::Kind).and_then(|text| known(text, words.kinds)).or_else(|| exact(rest(), words.kinds)),
            form: cell(Holds::Form).and_then(|text| known(text, words.forms)).or_else(|| exact(rest(), words.forms)),
            said: row.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join("　"),
            title,
        });
    }
    (lines, without)
}

/// The lines of a text pasted in: columns parted by tabs where it came out of a table.
pub fn pasted_lines(text: &str, words: Words<'_>) -> (Vec<ListLine>, Vec<usize>) {
    let rows = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let grid: Vec<Vec<String>> =
        rows.map(|line| line.split('\t').map(|cell| cell.trim().to_owned()).collect()).collect();
    table_lines(&grid, words)
}

fn holds(cell: &str) -> Holds {
    let name: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    match name.as_str() {
        "标题" | "题目" | "信息标题" | "稿件标题" | "稿题" | "篇名" | "采用标题" | "信息题目" | "采用信息" => {
            Holds::Title
        }
        "日期" | "刊发日期" | "采用日期" | "刊用日期" | "刊发时间" | "采用时间" | "时间" => {
            Holds::Date
        }
        "采用方式" | "采用类别" | "采用情况" | "刊物" | "采用刊物" | "刊物名称" | "类别" => {
            Holds::Kind
        }
        "形式" | "采用形式" | "刊发形式" => Holds::Form,
        _ => Holds::Other,
    }
}

/// The name of a scheme that a cell means: the same, or the only one that holds it or is held by it.
fn known(cell: &str, names: &[String]) -> Option<String> {
    let cell = cell.trim().trim_matches(['《', '》']);
    if let Some(same) = names.iter().find(|name| *name == cell) {
        return Some(same.clone());
    }
    if cell.chars().count() < 2 {
        return None;
    }
    let mut like = names.iter().filter(|name| name.contains(cell) || cell.contains(name.as_str()));
    match (like.next(), like.next()) {
        (Some(only), None) => Some(only.clone()),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

/// A cell that is nothing but a name of the scheme.
fn exact<'c>(mut cells: impl Iterator<Item = &'c str>, names: &[String]) -> Option<String> {
    cells.find_map(|cell| names.iter().find(|name| *name == cell.trim()).cloned())
}

/// A day as lists write it, the year left out or not.
fn day(text: &str, year: i16) -> Option<Date> {
    let text = text.trim();
    if let Ok(day) = parse_date(text) {
        return Some(day);
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return parse_date(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])).ok();
    }
    if text.contains('月') { parse_date(&format!("{year}年{text}")).ok() } else { None }
}

/// A title without the number ahead of it, the brackets of a book's name around it, and the units in brackets behind it.
pub(super) fn bare(text: &str) -> String {
    let mut text = text.trim();
    let mut marks = 0;
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' | '０'..='９' | '（' | '(' => {}
            '.' | '．' | '、' | '）' | ')' if at > 0 => {
                marks = at + c.len_utf8();
                break;
            }
            _ => break,
        }
    }
    text = text[marks..].trim();
    for (open, close) in [('（', '）'), ('(', ')')] {
        if let Some(before) = text.strip_suffix(close).and_then(|inner| inner.rfind(open).map(|at| &text[..at]))
            && before.chars().count() >= 4
        {
            text = before.trim();
        }
    }
    text.trim_start_matches('《').trim_end_matches('》').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn names(of: &[&str]) -> Vec<String> {
        of.iter().map(|name| (*name).to_owned()).collect()
    }

    fn row(cells: &[&str]) -> Vec<String> {
        names(cells)
    }

    #[test]
    fn a_table_is_read_by_the_names_of_its_columns() {
        let (kinds, forms) = (names(&["枣庄普刊采用", "枣庄每日要情采用"]), names(&["独编", "综合", "一句话"]));
        let words = Words { kinds: &kinds, forms: &forms, year: 2018 };
        let grid = [
            row(&["枣庄市政府办公室2018年6月份信息采用目录"]),
            row(&["序号", "信息 标题", "采用单位", "刊物", "采用日期", "形式"]),
            row(&["1", "《夏粮收购有序推进》", "滨湖镇", "普刊", "6月12日", "独编"]),
            row(&["2", "城区供水保障有力", "住建局", "枣庄每日要情采用", "2018.6.13", ""]),
            row(&["3", "", "张汪镇", "普刊", "20180614", "综合"]),
        ];
        let (lines, without) = table_lines(&grid, words);
        let line = |row, title: &str, day, kind: &str, form: Option<&str>, said: &str| ListLine {
            row,
            title: title.to_owned(),
            date: Some(day),
            kind: Some(kind.to_owned()),
            form: form.map(str::to_owned),
            said: said.to_owned(),
        };
        let first = "1　《夏粮收购有序推进》　滨湖镇　普刊　6月12日　独编";
        let second = "2　城区供水保障有力　住建局　枣庄每日要情采用　2018.6.13";
        assert_eq!(
            lines,
            [
                line(3, "夏粮收购有序推进", date(2018, 6, 12), "枣庄普刊采用", Some("独编"), first),
                line(4, "城区供水保障有力", date(2018, 6, 13), "枣庄每日要情采用", None, second),
            ]
        );
        assert_eq!(without, [5]);
    }

    #[test]
    fn pasted_lines_lose_their_numbers_and_keep_what_they_say_of_units() {
        let words = Words { kinds: &[], forms: &[], year: 2018 };
        let text = "1.夏粮收购有序推进（滨湖镇、市商务局）\n\n（2）城区供水保障有力\n３、2018年民生实事全部开工\n2018年民生实事\t6月3日\n无\n";
        let (lines, without) = pasted_lines(text, words);
        let titles: Vec<&str> = lines.iter().map(|line| line.title.as_str()).collect();
        assert_eq!(titles, ["夏粮收购有序推进", "城区供水保障有力", "2018年民生实事全部开工", "2018年民生实事"]);
        assert!(lines[0].said.contains("滨湖镇、市商务局"));
        assert_eq!(lines[3].date, Some(date(2018, 6, 3)));
        assert_eq!(without, [5]);
    }
}
