//! Facts back to the tables they were read from.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;
use tz_model::{Extra, Facts, Heir, Name, Table, Unit, UnitIx};

use crate::book::{self, Look, TooLarge};
use crate::cells::{guard_csv, guard_sheet};
use crate::columns::{Kind, NOT_TAKEN, TAKEN, standard};
use crate::{ColumnKind, Vocabulary};

/// A cell to be written.
enum Out<'f> {
    Text(Cow<'f, str>),
    Date(Date),
    Number(u32),
}

fn text(text: &str) -> Out<'_> {
    Out::Text(Cow::Borrowed(text))
}

fn name(name: Option<&Name>) -> Out<'_> {
    text(name.map_or("", |name| name))
}

fn date(day: Option<Date>) -> Out<'static> {
    day.map_or(text(""), Out::Date)
}

/// The facts as a workbook of the six tables (tables.md), which [`crate::read_workbook`] reads back to the same facts.
///
/// Dates are real dates; texts are string cells, so none can become a formula. White space behind a text is not kept.
///
/// # Errors
/// More facts of a kind than a worksheet has rows.
pub fn write_workbook(facts: &Facts, words: &Vocabulary) -> Result<Vec<u8>, TooLarge> {
    let look = Look::new();
    let mut workbook = book::workbook("计分事实表");
    for table in Table::ALL {
        let extras = extras(facts, table);
        let columns: Vec<(Cow<'_, str>, f64)> = standard(table)
            .iter()
            .map(|column| (Cow::Borrowed(column.name), width(column.kind)))
            .chain(extras.iter().map(|name| (guard_sheet(name), 12.0)))
            .collect();
        let rows = len(facts, table);
        let sheet = book::sheet(&mut workbook, table.name(), &columns, rows, &look)?;
        let numbers: Vec<bool> = extras.iter().map(|name| is_number_column(words, table, name)).collect();
        for row in 0..rows {
            let (cells, extra) = cells(facts, table, row);
            for (column, cell) in cells.iter().enumerate() {
                match cell {
                    Out::Text(text) => book::put_text(sheet, row + 1, column, &guard_sheet(text)),
                    Out::Date(day) => book::put_date(sheet, row + 1, column, *day, &look.date),
                    Out::Number(number) => {
                        sheet.write_number(row as u32 + 1, column as u16, *number).expect(book::CHECKED);
                    }
                }
            }
            for (at, (name, number)) in extras.iter().zip(&numbers).enumerate() {
                let column = standard(table).len() + at;
                let value = extra.as_ref().and_then(|extra| extra.get(*name)).map_or("", String::as_str);
                match value.parse::<i32>() {
                    // Only what a cell gives back letter by letter becomes a number.
                    Ok(whole) if *number && whole.to_string() == value => {
                        sheet.write_number(row as u32 + 1, column as u16, whole).expect(book::CHECKED);
                    }
                    _ => book::put_text(sheet, row + 1, column, &guard_sheet(value)),
                }
            }
        }
    }
    Ok(book::save(workbook))
}

/// The facts as one CSV file a table: UTF-8 with a byte order mark, so that spreadsheet programs see it, lines ending
/// in CR LF.
///
/// A text that a spreadsheet program would take for a formula (first character `=`, `+`, `-`, `@`, one of these in full
/// width, or white space) gets an apostrophe in front unless it is a plain number; a text that already has apostrophes
/// before such a character gets one more. [`crate::read_csv`] takes exactly one off, so every text comes back as it was;
/// in a spreadsheet program it shows as a text with an apostrophe. White space behind a text is not kept.
pub fn write_csv(facts: &Facts) -> Vec<(Table, Vec<u8>)> {
    Table::ALL.into_iter().map(|table| (table, csv(facts, table))).collect()
}

fn csv(facts: &Facts, table: Table) -> Vec<u8> {
    let extras = extras(facts, table);
    let mut out = String::from("\u{feff}");
    let head = standard(table).iter().map(|column| column.name).chain(extras.iter().copied());
    line(&mut out, head.map(Cow::Borrowed));
    for row in 0..len(facts, table) {
        let (cells, extra) = cells(facts, table, row);
        let cells = cells.into_iter().map(|cell| match cell {
            Out::Text(text) => text,
            Out::Date(day) => Cow::Owned(day.to_string()),
            Out::Number(number) => Cow::Owned(number.to_string()),
        });
        let extra = extras
            .iter()
            .map(|name| Cow::Borrowed(extra.as_ref().and_then(|extra| extra.get(*name)).map_or("", String::as_str)));
        line(&mut out, cells.chain(extra));
    }
    out.into_bytes()
}

fn line<'c>(out: &mut String, cells: impl Iterator<Item = Cow<'c, str>>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let cell = guard_csv(&cell);
        if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(char::is_whitespace) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

fn len(facts: &Facts, table: Table) -> usize {
    match table {
        Table::Units => facts.units.iter().map(|unit| 1 + unit.earlier.len()).sum(),
        Table::Reports => facts.reports.len(),
        Table::Adoptions => facts.adoptions.len(),
        Table::Comments => facts.comments.len(),
        Table::Duties => facts.duties.len(),
        Table::Events => facts.events.len(),
    }
}

/// A row of 单位: a unit where it stood for a while.
pub(crate) struct UnitLine<'u> {
    pub name: &'u Name,
    pub class: &'u Name,
    pub group: &'u Name,
    pub direct_point: Option<&'u Name>,
    pub parent: Option<&'u Name>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub heir: Option<&'u Heir>,
    pub extra: &'u Extra,
}

impl<'u> UnitLine<'u> {
    /// The rows of a unit, oldest first: where it stood before, then where it stands.
    pub fn of(unit: &'u Unit) -> impl Iterator<Item = Self> {
        let begins = |at: usize| match at.checked_sub(1) {
            None => unit.from,
            Some(before) => unit.earlier[before].until.tomorrow().ok(),
        };
        let earlier = unit.earlier.iter().enumerate().map(move |(at, stage)| Self {
            name: &unit.name,
            class: &stage.class,
            group: &stage.group,
            direct_point: stage.direct_point.as_ref(),
            parent: stage.parent.as_ref(),
            from: begins(at),
            to: Some(stage.until),
            heir: None,
            extra: &stage.extra,
        });
        let now = Self {
            name: &unit.name,
            class: &unit.class,
            group: &unit.group,
            direct_point: unit.direct_point.as_ref(),
            parent: unit.parent.as_ref(),
            from: begins(unit.earlier.len()),
            to: unit.to,
            heir: unit.heir.as_ref(),
            extra: &unit.extra,
        };
        earlier.chain([now])
    }

    /// 承接得分
    pub fn takes_year(&self) -> &'static str {
        self.heir.map_or("", |heir| if heir.takes_year { TAKEN } else { NOT_TAKEN })
    }
}

fn unit_row(facts: &Facts, row: usize) -> UnitLine<'_> {
    facts.units.iter().flat_map(UnitLine::of).nth(row).expect("a row of 单位 is one of those that were counted")
}

/// Every further column some row has, by name.
fn extras(facts: &Facts, table: Table) -> BTreeSet<&str> {
    let standard = standard(table);
    (0..len(facts, table))
        .filter_map(|row| extra(facts, table, row).as_ref())
        .flat_map(|extra| extra.keys())
        .map(String::as_str)
        .filter(|name| standard.iter().all(|column| column.name != *name))
        .collect()
}

fn extra(facts: &Facts, table: Table, row: usize) -> &Extra {
    match table {
        Table::Units => unit_row(facts, row).extra,
        Table::Reports => &facts.reports[row].extra,
        Table::Adoptions => &facts.adoptions[row].extra,
        Table::Comments => &facts.comments[row].extra,
        Table::Duties => &facts.duties[row].extra,
        Table::Events => &facts.events[row].extra,
    }
}

/// A fact's cells, in the order of the standard columns.
fn cells(facts: &Facts, table: Table, row: usize) -> (Vec<Out<'_>>, &Extra) {
    let units = |units: &[UnitIx]| {
        let names: Vec<&str> = units.iter().map(|unit| &*facts.units[unit.index()].name).collect();
        match names[..] {
            [one] => text(one),
            _ => Out::Text(Cow::Owned(names.join("、"))),
        }
    };
    let cells = match table {
        Table::Units => {
            let unit = unit_row(facts, row);
            vec![
                text(unit.name),
                text(unit.class),
                text(unit.group),
                name(unit.direct_point),
                name(unit.parent),
                date(unit.from),
                date(unit.to),
                name(unit.heir.map(|heir| &heir.unit)),
                text(unit.takes_year()),
            ]
        }
        Table::Reports => {
            let report = &facts.reports[row];
            vec![
                text(&report.key),
                units(&report.units),
                Out::Date(report.date),
                text(&report.category),
                name(report.title.as_ref()),
                text(report.channel.name()),
                name(report.repeats.as_ref()),
                text(if report.counted { "" } else { "否" }),
            ]
        }
        Table::Adoptions => {
            let adoption = &facts.adoptions[row];
            vec![
                text(&adoption.key),
                units(&adoption.units),
                Out::Date(adoption.date),
                text(&adoption.kind),
                name(adoption.item.as_ref()),
                name(adoption.form.as_ref()),
                name(adoption.solicitation.as_ref()),
                name(adoption.issue.as_ref()),
                date(adoption.withdrawn),
            ]
        }
        Table::Comments => {
            let comment = &facts.comments[row];
            vec![
                text(&comment.key),
                units(&comment.units),
                Out::Date(comment.date),
                text(&comment.level),
                name(comment.item.as_ref()),
                name(comment.leader.as_ref()),
                date(comment.withdrawn),
            ]
        }
        Table::Duties => {
            let duty = &facts.duties[row];
            vec![
                text(&duty.key),
                units(&duty.units),
                Out::Date(duty.deadline),
                name(duty.solicitation.as_ref()),
                date(duty.answered),
                text(match duty.outcome {
                    Some(tz_model::DutyOutcome::Refused) => "拒报",
                    None => "",
                }),
                name(duty.topic.as_ref()),
            ]
        }
        Table::Events => {
            let event = &facts.events[row];
            vec![
                text(&event.key),
                units(&event.units),
                Out::Date(event.date),
                text(&event.kind),
                Out::Number(event.count),
                name(event.note.as_ref()),
            ]
        }
    };
    (cells, extra(facts, table, row))
}

fn is_number_column(words: &Vocabulary, table: Table, name: &str) -> bool {
    words
        .columns
        .iter()
        .any(|column| column.table == table && *column.name == *name && column.kind == ColumnKind::Number)
}

/// The width of a column, in characters of the default font; a Han character takes two.
pub(crate) fn width(kind: Kind) -> f64 {
    match kind {
        Kind::Counted | Kind::Taken | Kind::Count | Kind::Outcome => 8.0,
        Kind::Key | Kind::Form | Kind::Class | Kind::Group | Kind::Channel | Kind::DirectPoint => 12.0,
        Kind::Date | Kind::Category => 14.0,
        Kind::Units | Kind::Unit | Kind::Text => 20.0,
        Kind::Adoption | Kind::Level | Kind::Event => 26.0,
    }
}
