//! The workbook an office starts from (填报模板): its units filled in, lists to choose from, an example in every table.

use std::borrow::Cow;

use rust_xlsxwriter::{DataValidation, Formula, Note, Worksheet};
use tz_model::{Name, Table, Unit};

use crate::book::{self, CHECKED, Look, TooLarge, put_date, put_text};
use crate::cells::{column_letters, day, guard_sheet};
use crate::columns::{EXAMPLE, Kind, Standard, choices, standard};
use crate::write::{UnitLine, width};
use crate::{ColumnKind, Vocabulary};

const GUIDE: &str = "说明";
const NAMES: &str = "名称表";
/// The sheets of a template that are no tables.
pub(crate) const OWN_SHEETS: [&str; 2] = [GUIDE, NAMES];

/// Rows for which lists are offered.
const OFFERED_ROWS: u32 = 5_000;

const GUIDE_LINES: [&str; 14] = [
    "一、每张工作表是一张表，第1行是列名。列的先后可以调换，也可以加列；工作表的名称和列名请不要改。",
    "二、“单位”表必须填；其余各表没有内容的，可以只留列名。",
    "三、把鼠标停在列名上，可以看到这一列怎么填，是不是必填。",
    "四、灰色斜体的一行是填写示例，它的编号（“单位”表里是单位名称）是“示例”，不读取、不计分，可以删去，也可以留着。",
    "五、编号可以不填，不填时以行号代替；同一张表里编号不能重复。",
    "六、日期写成 2018-06-04、2018/6/4 或 2018年6月4日都可以，表格软件的日期格式也可以。",
    "七、一篇稿件涉及几个单位的，在“单位”一格里用顿号“、”隔开，各单位都计全分。",
    "八、信息类别、采用方式、批示层级、事项等请从下拉列表里选；可选的名称都在“名称表”里。“名称表”只供下拉列表使用，改动它不会改变计分办法。",
    "九、单位名称须与“单位”表里的完全一致。",
    "十、不要合并单元格；合并的单元格只有第一格有内容。",
    "十一、采用或批示被撤销的，不要删行，请填撤销日期。",
    "十二、涉密稿件只登记编号、日期和类别，渠道填“涉密登记”，不填标题。",
    "十三、约稿每个单位一行：按时报送的填报送日期；明确不报的，结果填“拒报”；都不填的，过了截止日期按未报送计。",
    "十四、计分时如有填错的地方，系统会逐一指出工作表和单元格，改正后再计分即可。",
];

/// A column of a template.
struct Offered<'c> {
    name: Cow<'c, str>,
    kind: Kind,
    width: f64,
    note: Cow<'c, str>,
    example: &'c str,
    names: Vec<Name>,
}

/// The empty workbook an office fills in (填报模板), with these units on 单位 and lists of the scheme's names.
///
/// Read back it gives the units and nothing else: the example rows are skipped by every reader. The same bytes every
/// time.
///
/// # Errors
/// More units than a worksheet has rows.
pub fn template(units: &[Unit], words: &Vocabulary) -> Result<Vec<u8>, TooLarge> {
    let look = Look::new();
    let mut workbook = book::workbook("政务信息计分填报模板");

    let guide = book::sheet(&mut workbook, GUIDE, &[("怎样填写".into(), 110.0)], GUIDE_LINES.len(), &look)?;
    for (at, line) in GUIDE_LINES.iter().enumerate() {
        guide.write_string_with_format(at as u32 + 1, 0, *line, &look.wrapped).expect(CHECKED);
    }

    // Excel takes at most 255 characters of a list in the rule itself, so lists stand on a sheet of their own.
    let mut lists: Vec<(String, Vec<Name>)> = Vec::new();
    for table in Table::ALL {
        let columns = offered(table, words);
        let filled: Vec<UnitLine<'_>> =
            if table == Table::Units { units.iter().flat_map(UnitLine::of).collect() } else { Vec::new() };
        let heads: Vec<(Cow<'_, str>, f64)> =
            columns.iter().map(|column| (guard_sheet(&column.name), column.width)).collect();
        let sheet = book::sheet(&mut workbook, table.name(), &heads, filled.len() + 1, &look)?;
        for (at, column) in columns.iter().enumerate() {
            let note = Note::new(&*column.note).add_author_prefix(false).set_width(240).set_height(90);
            sheet.insert_note(0, at as u16, &note).expect(CHECKED);
            if column.kind == Kind::Date {
                sheet.set_column_format(at as u16, &look.date).expect(CHECKED);
            }
            example(sheet, at, column, units, &look);
            if let Some(rule) = rule(column, table, &mut lists) {
                sheet.add_data_validation(2, at as u16, OFFERED_ROWS, at as u16, &rule).expect(CHECKED);
            }
        }
        for (row, unit) in filled.iter().enumerate() {
            unit_row(sheet, row + 2, unit, &columns, &look);
        }
    }

    let heads: Vec<(Cow<'_, str>, f64)> = lists.iter().map(|(name, _)| (guard_sheet(name), 26.0)).collect();
    let longest = lists.iter().map(|(_, names)| names.len()).max().unwrap_or_default();
    let sheet = book::sheet(&mut workbook, NAMES, &heads, longest, &look)?;
    for (column, (_, names)) in lists.iter().enumerate() {
        for (row, name) in names.iter().enumerate() {
            put_text(sheet, row + 1, column, name);
        }
    }
    Ok(book::save(workbook))
}

/// A table's columns: the standard ones, then those the scheme declares.
fn offered(table: Table, words: &Vocabulary) -> Vec<Offered<'_>> {
    let own = standard(table).iter().map(|column: &Standard| Offered {
        name: column.name.into(),
        kind: column.kind,
        width: width(column.kind),
        note: if column.asked(words) { format!("必填。{}", column.note).into() } else { column.note.into() },
        example: column.example,
        names: choices(column.kind, words),
    });
    let declared = words.columns.iter().filter(|column| column.table == table).map(|column| {
        let (kind, names, note) = match &column.kind {
            ColumnKind::Text => (Kind::Text, Vec::new(), "计分办法要用的附加列。没有就不填。"),
            ColumnKind::Number => (Kind::Count, Vec::new(), "计分办法要用的附加列，填数字。没有就不填。"),
            ColumnKind::Date => (Kind::Date, Vec::new(), "计分办法要用的附加列，填日期。没有就不填。"),
            ColumnKind::OneOf(names) => {
                (Kind::Form, names.clone(), "计分办法要用的附加列，从下拉列表里选。没有就不填。")
            }
        };
        Offered { name: Cow::Borrowed(&*column.name), kind, width: 12.0, note: note.into(), example: "", names }
    });
    own.chain(declared).collect()
}

/// The example row, in grey: its 编号, or its unit's name, is 示例, and so no reader takes it for a fact.
fn example(sheet: &mut Worksheet, at: usize, column: &Offered<'_>, units: &[Unit], look: &Look) {
    let text = match column.kind {
        Kind::Units => units.first().map_or(EXAMPLE, |unit| &unit.name),
        Kind::Category | Kind::Adoption | Kind::Level | Kind::Event | Kind::Class | Kind::Group => {
            column.names.first().map_or("", |name| name)
        }
        _ => column.example,
    };
    match day(text) {
        Ok(date) => put_date(sheet, 1, at, date, &look.example_date),
        Err(_) if text.is_empty() => {}
        Err(_) => {
            sheet.write_string_with_format(1, at as u16, text, &look.example).expect(CHECKED);
        }
    }
}

/// The rule that offers a column's names. Names of units are offered, not forced: a cell may hold several.
fn rule(column: &Offered<'_>, table: Table, lists: &mut Vec<(String, Vec<Name>)>) -> Option<DataValidation> {
    let of_units = matches!(column.kind, Kind::Units)
        || (table == Table::Units && ["主管单位", "承接单位"].contains(&&*column.name));
    if of_units {
        let source = format!("='{}'!$A$3:$A${OFFERED_ROWS}", Table::Units.name());
        return Some(DataValidation::new().allow_list_formula(Formula::new(source)).show_error_message(false));
    }
    if column.names.is_empty() {
        return None;
    }
    let at = lists.iter().position(|(_, names)| *names == column.names).unwrap_or_else(|| {
        lists.push((column.name.to_string(), column.names.clone()));
        lists.len() - 1
    });
    let letters = column_letters(at);
    let source = format!("='{NAMES}'!${letters}$2:${letters}${}", column.names.len() + 1);
    let rule = DataValidation::new()
        .allow_list_formula(Formula::new(source))
        .set_error_title("请从列表里选")
        .and_then(|rule| rule.set_error_message("这一格只能填下拉列表里的名称。可选的名称都在“名称表”里。"))
        .expect("both texts are shorter than 255 characters");
    Some(rule)
}

fn unit_row(sheet: &mut Worksheet, row: usize, unit: &UnitLine<'_>, columns: &[Offered<'_>], look: &Look) {
    for (at, column) in columns.iter().enumerate() {
        let date = match &*column.name {
            "起始日期" => unit.from,
            "截止日期" => unit.to,
            _ => None,
        };
        if let Some(date) = date {
            put_date(sheet, row, at, date, &look.date);
            continue;
        }
        let text = match &*column.name {
            "单位" => unit.name,
            "类别" => unit.class,
            "排名组" => unit.group,
            "直报点" => unit.direct_point.map_or("", |name| name),
            "主管单位" => unit.parent.map_or("", |name| name),
            "承接单位" => unit.heir.map_or("", |heir| &heir.unit),
            "承接得分" => unit.takes_year(),
            "起始日期" | "截止日期" => "",
            further => unit.extra.as_ref().and_then(|extra| extra.get(further)).map_or("", String::as_str),
        };
        put_text(sheet, row, at, &guard_sheet(text));
    }
}
