//! The list of units (单位表). Its columns are those of a unit's form, and what the form refuses it refuses by the same function.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{UnitId, parse_date};
use tz_store::Tx;
use tz_store::directory::UnitVersionRow;
use tz_tables::{Cell, ListColumn};

use super::reading::{Heads, Line, Lines, RowFault, SentRows, by_row, lines, unknown};
use super::{Plan, RosterLine, Step, differences};
use crate::assessment::PaperFile;
use crate::facts::{CELLS, CellField, Typed, held_cells};
use crate::sheets::{list, workbook};
use crate::system::people::stored_day;
use crate::system::{NAMED_FOR_GOOD, UnitGround, UnitWish, registration, statuses, unit_cells};
use crate::{FieldFault, Problem};

const NAME: &str = "单位";
/// What the unit is called now, where the list gives it another name.
const OLD: &str = "原名称";
const PARENT: &str = "主管单位";
const REASON: &str = "变更原因";
/// From which day a change holds; written empty, because what is registered already needs none.
const SINCE: &str = "生效日期";
/// Standard columns with the fields of [`UnitWish`] they fill, in the order they are written; the scheme's own follow, then the reason.
const COLUMNS: [(&str, &str); 10] = [
    (NAME, "name"),
    (OLD, ""),
    ("类别", "class"),
    ("排名组", "group"),
    ("直报点", "direct_point"),
    ("直报领域", "point_field"),
    (PARENT, "parent"),
    ("起始日期", "from"),
    ("截止日期", "to"),
    (SINCE, "since"),
];

/// What a list says of a unit: what it is now with the columns the list has put over it.
fn wish(line: &Line, before: Option<&UnitVersionRow>, parent: Option<UnitId>, fields: &[CellField]) -> UnitWish {
    let held = before.map(wish_of).unwrap_or_default();
    let over = |column: &str, held: String| line.given(column).map_or(held, str::to_owned);
    let mut cells = held.cells;
    for field in fields {
        if let Some(text) = line.given(&field.name) {
            cells.insert(field.name.clone(), text.to_owned());
        }
    }
    cells.retain(|_, text| !text.is_empty());
    UnitWish {
        name: line.text(NAME).to_owned(),
        class: over("类别", held.class),
        group: over("排名组", held.group),
        direct_point: over("直报点", held.direct_point),
        parent,
        from: day(over("起始日期", held.from)),
        to: day(over("截止日期", held.to)),
        since: day(over(SINCE, held.since)),
        point_field: over("直报领域", held.point_field),
        reason: line.text(REASON).to_owned(),
        cells,
    }
}

/// A day as it is kept, so that `2018/6/4` is no change; anything else as it stands, to be refused.
fn day(text: String) -> String {
    parse_date(&text).map(|day| day.to_string()).unwrap_or(text)
}

/// What would be typed to have a unit as it is.
fn wish_of(row: &UnitVersionRow) -> UnitWish {
    UnitWish {
        name: row.name.clone(),
        class: row.class.clone(),
        group: row.ranking_group.clone(),
        direct_point: row.direct_point.clone().unwrap_or_default(),
        parent: row.parent_id.map(UnitId),
        from: row.from_date.clone().unwrap_or_default(),
        to: row.to_date.clone().unwrap_or_default(),
        since: String::new(),
        point_field: row.point_field.clone().unwrap_or_default(),
        reason: String::new(),
        cells: held_cells(row.extra.as_deref()).unwrap_or_default(),
    }
}

/// A unit as the list writes it, without name to change and reason.
fn cells_of(row: &UnitVersionRow, names: &BTreeMap<i64, &str>, fields: &[CellField]) -> Vec<(String, String)> {
    let parent = row.parent_id.and_then(|id| names.get(&id)).copied().unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let standard = [
        (NAME, row.name.clone()),
        ("类别", row.class.clone()),
        ("排名组", row.ranking_group.clone()),
        ("直报点", text(&row.direct_point)),
        ("直报领域", text(&row.point_field)),
        (PARENT, parent.to_owned()),
        ("起始日期", text(&row.from_date)),
        ("截止日期", text(&row.to_date)),
        (SINCE, text(&row.since)),
    ];
    let held: Typed = held_cells(row.extra.as_deref()).unwrap_or_default();
    let further = fields.iter().map(|field| (field.name.clone(), held.get(&field.name).cloned().unwrap_or_default()));
    standard.into_iter().map(|(column, text)| (column.to_owned(), text)).chain(further).collect()
}

fn names_of(units: &[UnitVersionRow]) -> BTreeMap<i64, &str> {
    units.iter().map(|unit| (unit.unit_id, unit.name.as_str())).collect()
}

/// A row of the list and the unit it is about.
struct Meant<'a> {
    line: &'a Line,
    before: Option<&'a UnitVersionRow>,
    /// Its identity; below zero while the unit is new.
    id: i64,
    parent: Option<UnitId>,
    /// Something is wrong with the row that the rules of units do not look at.
    bad: bool,
}

/// What the list would do. Gathers; [`planned`] decides.
pub(super) fn plan(tx: &mut Tx, rows: &SentRows, today: Date, now: i64) -> Result<Plan, Problem> {
    let ground = UnitGround::of(tx, today)?;
    let fields = unit_cells(&ground.schemes).fields();
    let mut all: Vec<String> = COLUMNS.iter().map(|(column, _)| (*column).to_owned()).collect();
    all.extend(fields.iter().map(|field| field.name.clone()));
    all.push(REASON.to_owned());
    let heads = Heads { all: &all, needed: &[NAME, REASON], called: "单位表" };
    Ok(planned(&ground, &fields, lines(rows, &heads), now))
}

/// Decides every row against the directory as the whole list would make it. Pure.
fn planned(ground: &UnitGround, fields: &[CellField], found: Lines, now: i64) -> Plan {
    let mut plan = Plan::default();
    plan.preview.notes = found.notes;
    let mut faults = found.faults;
    let mut meant = whom(ground, &found.lines, &mut faults);
    let after = afterwards(ground, &mut meant, &mut faults);
    let names = names_of(&after.units);
    let before_names = names_of(&ground.units);
    for one in &meant {
        let wish = wish(one.line, one.before, one.parent, fields);
        if one.before.is_some_and(|before| before.heir_id.is_some() && before.name != wish.name) {
            faults.push(one.line.fault(NAME, NAMED_FOR_GOOD.to_owned()));
            continue;
        }
        if one.before.is_some_and(|row| says(&wish, row)) {
            plan.preview.same += usize::from(!one.bad);
            continue;
        }
        let row = match after.checked(Some(UnitId(one.id)), &wish, now) {
            Ok(_) if one.bad => continue,
            Ok(row) => row,
            Err(wrong) => {
                faults.extend(wrong.into_iter().map(|fault| told(one.line, &fault, &after, fields)));
                continue;
            }
        };
        if one.before.is_some_and(|before| registration(before) == registration(&row)) {
            plan.preview.same += 1;
            continue;
        }
        for notice in after.notices(&wish) {
            let notice = format!("{}：{notice}", row.name);
            plan.preview.notes.push(notice);
        }
        let held = one.before.map(|before| cells_of(before, &before_names, fields));
        let mut cells = differences(held.as_deref(), &cells_of(&row, &names, fields));
        cells.push((REASON.to_owned(), String::new(), row.reason.clone()));
        let what = one.before.map_or(&row.name, |before| &before.name).clone();
        let shown = if one.before.is_some() { &mut plan.preview.changed } else { &mut plan.preview.new };
        shown.push(RosterLine { what, cells });
        plan.steps.push(Step::Unit { before: one.before.cloned(), row });
    }
    plan.preview.faults = by_row(faults);
    plan
}

/// True where a row says what is recorded, be it from the day it says.
fn says(wish: &UnitWish, row: &UnitVersionRow) -> bool {
    let begun = wish.since.is_empty() || Some(&wish.since) == row.since.as_ref();
    begun && wish_of(row) == UnitWish { since: String::new(), reason: String::new(), ..wish.clone() }
}

/// Which unit each row is about: by its old name, by its name, or a new one.
fn whom<'a>(ground: &'a UnitGround, lines: &'a [Line], faults: &mut Vec<RowFault>) -> Vec<Meant<'a>> {
    let by_name: BTreeMap<&str, &UnitVersionRow> = ground.units.iter().map(|unit| (unit.name.as_str(), unit)).collect();
    let mut first: BTreeMap<(i64, &str), &Line> = BTreeMap::new();
    let mut meant = Vec::with_capacity(lines.len());
    for (number, line) in (1..).zip(lines) {
        let (name, old) = (line.text(NAME), line.text(OLD));
        // A list taken in before says the old name again: the unit has the new one by now.
        let before = by_name.get(old).or(by_name.get(name)).copied();
        let mut bad = false;
        if !old.is_empty() && before.is_none() {
            let known: Vec<&str> = by_name.keys().copied().collect();
            faults.push(line.fault(OLD, unknown("单位", old, &known)));
            bad = true;
        }
        let key = before.map_or((0, name), |before| (before.unit_id, ""));
        if let Some(first) = first.get(&key).filter(|_| !name.is_empty()) {
            faults.push(line.fault(NAME, format!("和{}写的是同一个单位，请删去一行。", first.place())));
            continue;
        }
        first.insert(key, line);
        meant.push(Meant { line, before, id: before.map_or(-number, |unit| unit.unit_id), parent: None, bad });
    }
    meant
}

/// The directory as the whole list would make it, so that a row may name a unit of another row as its parent.
fn afterwards(ground: &UnitGround, meant: &mut [Meant<'_>], faults: &mut Vec<RowFault>) -> UnitGround {
    let mut units = ground.units.clone();
    for one in meant.iter() {
        if one.before.is_none() {
            units.push(UnitVersionRow { unit_id: one.id, ..UnitVersionRow::default() });
        }
        if let Some(unit) = units.iter_mut().find(|unit| unit.unit_id == one.id) {
            unit.name = one.line.text(NAME).to_owned();
        }
    }
    let mut by_name: BTreeMap<String, i64> =
        ground.units.iter().map(|unit| (unit.name.clone(), unit.unit_id)).collect();
    by_name.extend(units.iter().map(|unit| (unit.name.clone(), unit.unit_id)));
    for one in meant.iter_mut() {
        one.parent = match one.line.given(PARENT) {
            None => one.before.and_then(|unit| unit.parent_id).map(UnitId),
            Some("") => None,
            Some(parent) => match by_name.get(parent) {
                Some(id) => Some(UnitId(*id)),
                None => {
                    let known: Vec<&str> = by_name.keys().map(String::as_str).collect();
                    faults.push(one.line.fault(PARENT, unknown(PARENT, parent, &known)));
                    one.bad = true;
                    None
                }
            },
        };
        if let Some(unit) = units.iter_mut().find(|unit| unit.unit_id == one.id) {
            unit.parent_id = one.parent.map(|parent| parent.0);
        }
    }
    UnitGround { schemes: ground.schemes.clone(), units, open: ground.open }
}

/// A fault of the form as the list's: at its row and column, with what may stand there.
fn told(line: &Line, fault: &FieldFault, after: &UnitGround, fields: &[CellField]) -> RowFault {
    let further = || fields.iter().find(|field| Some(field.at) == fault.of).map(|field| field.name.as_str());
    let column = match fault.field {
        CELLS => further(),
        "reason" => Some(REASON),
        field => COLUMNS.iter().find(|(_, known)| *known == field).map(|(column, _)| *column),
    };
    let (classes, groups) = after.words();
    let may = match fault.field {
        "class" => classes,
        "group" => groups,
        "direct_point" => statuses(&after.schemes),
        _ => Vec::new(),
    };
    let sentence = if may.is_empty() {
        fault.sentence.clone()
    } else {
        let column = column.unwrap_or_default();
        match line.text(column) {
            "" => format!("没有填写{column}，可以填{}。", may.join("、")),
            text => format!("“{text}”不是计分办法里的{column}，可以填{}。", may.join("、")),
        }
    };
    line.fault(column.unwrap_or_default(), sentence)
}

/// Every unit as a workbook, in the directory's order.
pub(super) fn sheet(tx: &mut Tx, today: Date) -> Result<PaperFile, Problem> {
    let ground = UnitGround::of(tx, today)?;
    let fields = unit_cells(&ground.schemes).fields();
    let names = names_of(&ground.units);
    let widths = [24.0, 16.0, 10.0, 10.0, 14.0, 14.0, 24.0, 12.0, 12.0, 12.0];
    let mut columns: Vec<ListColumn> =
        COLUMNS.iter().zip(widths).map(|((column, _), width)| ListColumn::new(*column, width)).collect();
    columns.extend(fields.iter().map(|field| ListColumn::new(field.name.clone(), 14.0)));
    columns.push(ListColumn::new(REASON, 30.0));
    let row = |unit: &UnitVersionRow| {
        let mut cells: Vec<Cell> = Vec::with_capacity(columns.len());
        for (column, text) in cells_of(unit, &names, &fields) {
            cells.push(match column.as_str() {
                SINCE => Cell::EMPTY,
                "起始日期" | "截止日期" => stored_day(Some(&text)).map_or(text.into(), Cell::Day),
                _ => text.into(),
            });
            if column == NAME {
                cells.push(Cell::EMPTY);
            }
        }
        cells.push(Cell::EMPTY);
        cells
    };
    let rows = ground.units.iter().map(row).collect();
    workbook(list("单位", "单位表".to_owned(), columns, rows))
}
