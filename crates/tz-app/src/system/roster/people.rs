//! The list of people in their duties (人员名册): those in office, and on a sheet of its own who was before.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{UnitId, parse_date};
use tz_store::Tx;
use tz_store::directory::PersonRow;
use tz_tables::{Cell, ListColumn};

use super::reading::{Heads, Line, Lines, RowFault, SentRows, by_row, lines, unknown};
use super::{Plan, RosterLine, Step, differences};
use crate::assessment::PaperFile;
use crate::sheets::{list, workbook_of};
use crate::system::NewPerson;
use crate::system::people::{checked_person, stored_day};
use crate::{FieldFault, Problem};

const UNIT: &str = "单位";
const FROM: &str = "任职日期";
const LEFT: &str = "离任日期";
/// The columns with the fields of [`NewPerson`] they fill, in the order they are written.
const COLUMNS: [(&str, &str); 7] = [
    (UNIT, "unit"),
    ("姓名", "name"),
    ("职责", "duty"),
    (FROM, "from"),
    (LEFT, "left"),
    ("电话", "phone"),
    ("邮箱", "mail"),
];

/// A person as the list writes them.
fn cells_of(row: &PersonRow, unit: &str) -> Vec<(String, String)> {
    let texts = [
        unit,
        &row.name,
        &row.duty,
        row.from_date.as_deref().unwrap_or_default(),
        row.left_on.as_deref().unwrap_or_default(),
        &row.phone,
        &row.mail,
    ];
    COLUMNS.iter().zip(texts).map(|((column, _), text)| ((*column).to_owned(), text.to_owned())).collect()
}

/// What the list would do. Gathers; [`planned`] decides.
pub(super) fn plan(tx: &mut Tx, rows: &SentRows, today: Date) -> Result<Plan, Problem> {
    let names = tx.list_unit_names()?;
    let units: BTreeMap<&str, i64> = names.iter().map(|(id, name)| (name, id)).collect();
    let all = COLUMNS.map(|(column, _)| column.to_owned());
    let heads = Heads { all: &all, needed: &[UNIT, "姓名", "职责"], called: "人员名册" };
    Ok(planned(&units, &tx.list_tenures(None)?, lines(rows, &heads), today))
}

/// Decides every row. Pure.
pub(super) fn planned(units: &BTreeMap<&str, i64>, tenures: &[PersonRow], found: Lines, today: Date) -> Plan {
    let mut plan = Plan::default();
    plan.preview.notes = found.notes;
    let mut faults = found.faults;
    let known: Vec<&str> = units.keys().copied().collect();
    let mut once: BTreeMap<[&str; 5], &Line> = BTreeMap::new();
    // What the rows above have decided stands beside what is recorded, so that no two of them overlap.
    let mut held: BTreeMap<i64, Vec<PersonRow>> = BTreeMap::new();
    for row in tenures {
        held.entry(row.unit_id.unwrap_or(0)).or_default().push(row.clone());
    }
    let mut taken: Vec<i64> = Vec::new();
    for line in &found.lines {
        let key = ["姓名", "职责", UNIT, FROM, LEFT].map(|column| line.text(column));
        if let Some(first) = once.insert(key, line) {
            faults.push(line.fault("姓名", format!("和{}重复，请删去一行。", first.place())));
            continue;
        }
        let unit = units.get(line.text(UNIT)).copied();
        if unit.is_none() {
            faults.push(line.fault(UNIT, unknown("单位", line.text(UNIT), &known)));
        }
        let of = held.entry(unit.unwrap_or(-1)).or_default();
        let left = match line.text(LEFT) {
            "" => Ok(None),
            text => parse_date(text).map(Some),
        };
        let left = match left {
            Ok(left) => left,
            Err(wrong) => {
                faults.push(line.fault(LEFT, wrong.to_string()));
                continue;
            }
        };
        let before = meant(line, left, of, &taken).cloned();
        let (wish, left) = wish(line, unit, left, before.as_ref());
        let others: Vec<PersonRow> =
            of.iter().filter(|row| Some(row.id) != before.as_ref().map(|row| row.id)).cloned().collect();
        taken.extend(before.as_ref().map(|row| row.id));
        if before.as_ref().is_some_and(|before| says(&wish, left, before)) {
            plan.preview.same += 1;
            continue;
        }
        let row = match checked_person(&wish, left, &others, today) {
            Ok(row) => row,
            Err(wrong) => {
                faults.extend(wrong.iter().map(|fault| told(line, fault)));
                continue;
            }
        };
        if unit.is_none() {
            continue;
        }
        let row = match &before {
            Some(before) => {
                PersonRow { id: before.id, office_id: before.office_id, created_at: before.created_at, ..row }
            }
            None => row,
        };
        let unit = line.text(UNIT).to_owned();
        let what = format!("{unit} {} {}", row.name, row.duty);
        let cells = differences(before.as_ref().map(|row| cells_of(row, &unit)).as_deref(), &cells_of(&row, &unit));
        let shown = if before.is_some() { &mut plan.preview.changed } else { &mut plan.preview.new };
        shown.push(RosterLine { what, cells });
        match of.iter_mut().find(|known| before.is_some() && known.id == row.id) {
            Some(known) => *known = row.clone(),
            None => of.push(row.clone()),
        }
        plan.steps.push(Step::Person { before, row, unit });
    }
    plan.preview.faults = by_row(faults);
    plan
}

/// The record a row is about: with a day it ended on, the one that ended then, else the one that has not ended.
fn meant<'a>(line: &Line, left: Option<Date>, of: &'a [PersonRow], taken: &[i64]) -> Option<&'a PersonRow> {
    let same = |row: &&PersonRow| {
        row.id != 0 && !taken.contains(&row.id) && row.name == line.text("姓名") && row.duty == line.text("职责")
    };
    let from = |row: &&PersonRow| match line.given(FROM) {
        Some(text) => parse_date(text).ok() == stored_day(row.from_date.as_deref()),
        None => true,
    };
    let ended = left.map(|left| left.to_string());
    let past = of.iter().filter(same).find(|row| ended.is_some() && row.left_on == ended && from(row));
    past.or_else(|| of.iter().filter(same).find(|row| row.left_on.is_none()))
}

/// What a row says, what is recorded kept where the list has no such column.
fn wish(line: &Line, unit: Option<i64>, left: Option<Date>, before: Option<&PersonRow>) -> (NewPerson, Option<Date>) {
    let over = |column: &str, held: Option<&str>| line.given(column).or(held).unwrap_or_default().to_owned();
    let from = over(FROM, before.and_then(|row| row.from_date.as_deref()));
    let wish = NewPerson {
        unit: unit.map(UnitId),
        name: line.text("姓名").to_owned(),
        duty: line.text("职责").to_owned(),
        from: parse_date(&from).map(|day| day.to_string()).unwrap_or(from),
        phone: over("电话", before.map(|row| row.phone.as_str())),
        mail: over("邮箱", before.map(|row| row.mail.as_str())),
    };
    (wish, left)
}

/// True where a row says what is recorded.
fn says(wish: &NewPerson, left: Option<Date>, row: &PersonRow) -> bool {
    wish.from == row.from_date.as_deref().unwrap_or_default()
        && left.map(|day| day.to_string()) == row.left_on
        && wish.phone == row.phone
        && wish.mail == row.mail
}

fn told(line: &Line, fault: &FieldFault) -> RowFault {
    let column = COLUMNS.iter().find(|(_, field)| *field == fault.field).map_or("", |(column, _)| *column);
    line.fault(column, fault.sentence.clone())
}

/// Everybody in office as a workbook, in the directory's order, and who was before on a second sheet.
pub(super) fn sheet(tx: &mut Tx, today: Date) -> Result<PaperFile, Problem> {
    let names = tx.list_unit_names()?;
    let widths = [24.0, 12.0, 14.0, 12.0, 12.0, 18.0, 28.0];
    let columns =
        || COLUMNS.iter().zip(widths).map(|((column, _), width)| ListColumn::new(*column, width)).collect::<Vec<_>>();
    let row = |person: &PersonRow| -> Option<Vec<Cell>> {
        let unit = names.get(person.unit_id?)?;
        let day = |text: &Option<String>| Cell::from(stored_day(text.as_deref()));
        Some(vec![
            unit.into(),
            person.name.as_str().into(),
            person.duty.as_str().into(),
            day(&person.from_date),
            day(&person.left_on),
            person.phone.as_str().into(),
            person.mail.as_str().into(),
        ])
    };
    let (now, past): (Vec<PersonRow>, Vec<PersonRow>) =
        tx.list_tenures(None)?.into_iter().partition(|person| person.holds_on(today));
    let rows = |people: &[PersonRow]| people.iter().filter_map(row).collect();
    let mut lists = vec![list("人员", "单位人员名册".to_owned(), columns(), rows(&now))];
    if !past.is_empty() {
        lists.push(list("历任", "历任人员".to_owned(), columns(), rows(&past)));
    }
    workbook_of("单位人员名册", &lists)
}
