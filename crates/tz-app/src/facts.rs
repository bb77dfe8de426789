//! Facts that score, between the ledger and the rules: rows to [`Facts`], and entering one by hand (采用, 批示, 事项).
//!
//! A fact is never changed: a correction or withdrawal is a new row with the same table and key. A fact whose month is
//! already closed is welcome; it shows in the open month as a correction (R14).

mod cells;
mod entered;
mod importing;
mod mending;
mod standing;
mod vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{
    Adoption, Channel, Comment, Duty, DutyOutcome, Event, Extra, Facts, ItemId, Period, Report, Table, UnitId, UnitIx,
    Units, parse_date,
};
use tz_scheme::{Body, Missing, Rule, Scheme};
use tz_store::audit::Act;
use tz_store::directory::UnitVersionRow;
use tz_store::item::ItemRow;
use tz_store::ledger::FactRow;
use tz_store::{Tx, Write};

use crate::assessment::closed_on;
use crate::problem::all_right;
use crate::{App, Editor, FieldFault, Person, Problem, scheme_on};

pub use cells::{CELLS, CellField, CellKind, Typed, cell_fields, held_cells};
pub(crate) use cells::{Cells, known_cells};
pub use entered::Entered;
pub use importing::{ImportPreview, Imported, Reconciled};
pub use mending::Mending;
use standing::unit_of;
pub(crate) use standing::{Stages, stages_of};
pub use vocabulary::vocabulary;

/// Units by identity, as [`Facts`] and pages need them.
pub(crate) struct UnitPlaces {
    places: BTreeMap<i64, UnitIx>,
}

impl UnitPlaces {
    fn of(&self, row: &FactRow) -> Units {
        row.each_unit_id().filter_map(|id| self.places.get(&id).copied()).collect()
    }
}

fn day(text: &str) -> Option<Date> {
    parse_date(text).ok()
}

/// As [`facts_from_rows`], for scoring under these schemes: where one of them asks which facts are of one item, they carry its
/// number.
pub(crate) fn facts_under<'s, 'r>(
    tx: &mut Tx,
    schemes: impl IntoIterator<Item = &'s Arc<Scheme>>,
    units: &[UnitVersionRow],
    rows: impl IntoIterator<Item = &'r FactRow> + Clone,
) -> Result<Facts, Problem> {
    let mut numbers: BTreeMap<i64, String> = BTreeMap::new();
    if schemes.into_iter().any(|scheme| tz_assess::follows_items(scheme)) {
        let ids: Vec<i64> = rows.clone().into_iter().filter_map(|row| row.item_id).collect();
        // No database takes any number of values in one statement.
        for some in ids.chunks(500) {
            numbers.extend(tx.list_numbers_of_items(some)?.into_iter().map(|(id, number, _)| (id, number)));
        }
    }
    let stages = stages_of(tx, units)?;
    Ok(read(units, &stages, rows, &numbers).0)
}

/// The further columns of a row.
fn extra(row: Option<&String>) -> Extra {
    held_cells(row.map(String::as_str)).map(Box::new)
}

/// What the rules read, from the directory and the rows of the ledger that hold.
///
/// Rows whose day or units cannot be read are left out; the store writes none such, and `verify` would find them.
pub(crate) fn facts_from_rows<'r>(
    units: &[UnitVersionRow],
    stages: &Stages,
    rows: impl IntoIterator<Item = &'r FactRow>,
) -> (Facts, UnitPlaces) {
    read(units, stages, rows, &BTreeMap::new())
}

/// `numbers`: of items whose uses and comments are to carry their number rather than their title.
fn read<'r>(
    units: &[UnitVersionRow],
    stages: &Stages,
    rows: impl IntoIterator<Item = &'r FactRow>,
    numbers: &BTreeMap<i64, String>,
) -> (Facts, UnitPlaces) {
    let name_of: BTreeMap<i64, &str> = units.iter().map(|unit| (unit.unit_id, unit.name.as_str())).collect();
    let places =
        UnitPlaces { places: units.iter().enumerate().map(|(at, unit)| (unit.unit_id, UnitIx::at(at))).collect() };
    let mut names: BTreeMap<String, tz_model::Name> = BTreeMap::new();
    let mut shared = |text: &str| -> tz_model::Name {
        if let Some(known) = names.get(text) {
            return known.clone();
        }
        let name: tz_model::Name = text.into();
        names.insert(text.to_owned(), name.clone());
        name
    };
    let mut facts = Facts {
        units: units
            .iter()
            .map(|unit| unit_of(unit, stages.get(&unit.unit_id).map_or(&[][..], Vec::as_slice), &name_of))
            .collect(),
        ..Facts::default()
    };
    for row in rows {
        let of = places.of(row);
        let (Some(date), false) = (day(&row.date), of.is_empty()) else { continue };
        let key = row.key.as_str().into();
        let text = |text: &Option<String>| text.as_deref().map(tz_model::Name::from);
        let extra = extra(row.extra.as_ref());
        let item = || match row.item_id.and_then(|id| numbers.get(&id)) {
            Some(number) => Some(number.as_str().into()),
            None => text(&row.title),
        };
        match Table::named(&row.fact_table) {
            Some(Table::Reports) => facts.reports.push(Report {
                key,
                units: of,
                date,
                category: shared(&row.name),
                title: text(&row.title),
                channel: Channel::named(row.channel.as_deref().unwrap_or_default()).unwrap_or_default(),
                repeats: text(&row.repeats),
                counted: row.counted,
                extra,
            }),
            Some(Table::Adoptions) => facts.adoptions.push(Adoption {
                key,
                units: of,
                date,
                kind: shared(&row.name),
                item: item(),
                form: row.form.as_deref().map(&mut shared),
                solicitation: row.solicitation_id.map(|id| id.to_string().into()),
                issue: text(&row.note),
                withdrawn: None,
                extra,
            }),
            Some(Table::Comments) => facts.comments.push(Comment {
                key,
                units: of,
                date,
                level: shared(&row.name),
                item: item(),
                leader: text(&row.leader),
                withdrawn: None,
                extra,
            }),
            Some(Table::Duties) => facts.duties.push(Duty {
                key,
                units: of,
                deadline: date,
                solicitation: row.solicitation_id.map(|id| id.to_string().into()),
                answered: row.answered.as_deref().and_then(day),
                outcome: (row.outcome.as_deref() == Some("拒报")).then_some(DutyOutcome::Refused),
                topic: text(&row.title),
                extra,
            }),
            Some(Table::Events) => facts.events.push(Event {
                key,
                units: of,
                date,
                kind: shared(&row.name),
                count: u32::try_from(row.quantity).unwrap_or(0),
                note: text(&row.note),
                extra,
            }),
            Some(Table::Units) | None => {}
        }
    }
    (facts, places)
}

/// The report that an item is in the ledger (报送): its number is the key, its month that of its receipt (R1).
pub(crate) fn report_fact(item: &ItemRow, units: &[i64], repeats: Option<&str>) -> FactRow {
    let date = tz_model::shanghai_date(tz_store::moment(item.received_at)).to_string();
    FactRow {
        key: item.number.clone(),
        title: Some(item.title.clone()),
        item_id: Some(item.id),
        channel: Some(item.channel.clone()),
        repeats: repeats.map(str::to_owned),
        counted: item.counted,
        ..FactRow::new(Table::Reports.name(), units, &date, &item.category)
    }
}

/// Takes a fact back by a new row (撤销): it counts for nothing from now on.
pub(crate) fn revoke(
    tx: &mut Write,
    table: Table,
    key: &str,
    reason: &str,
    now: i64,
    by: Option<i64>,
) -> Result<FactRow, Problem> {
    let held = tx.find_fact(table.name(), key)?.filter(|row| !row.revoked).ok_or(Problem::NotThere)?;
    Ok(tx.append_fact(FactRow {
        revoked: true,
        recorded_at: now,
        recorded_by: by,
        reason: reason.to_owned(),
        ..held
    })?)
}

/// The period of a day, if it is closed already: then the fact shows as a correction in the open one (R14).
pub(crate) fn closed_period(tx: &mut Tx, date: &str) -> Result<Option<Period>, Problem> {
    let Some(day) = day(date) else { return Ok(None) };
    Ok(closed_on(tx, day)?.map(|closed| closed.period))
}

/// True for what can only have been meant as an item's number: `2018-0613-04`, mistyped or not.
fn looks_like_a_number(text: &str) -> bool {
    let mut parts = text.split('-');
    let digits = |part: Option<&str>, lengths: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|part| lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits(parts.next(), 4..=4) && digits(parts.next(), 3..=4) && digits(parts.next(), 1..=4) && parts.next().is_none()
}

/// True if a scheme lets a fact of a table bear a name (采用方式, 批示层级, 事项).
pub(crate) fn may_be_named(scheme: &Scheme, table: Table, name: &str) -> bool {
    match table {
        Table::Adoptions | Table::Comments | Table::Events => {
            let names = scheme.names_in(table);
            // A scheme that prices the table and lists no names takes any.
            let priced = |rule: &Rule| matches!(&rule.body, Body::Facts(facts) if facts.table == table);
            let any = names.is_empty() && scheme.rules().iter().any(priced);
            (any && !name.trim().is_empty() && name.chars().count() <= 40) || names.iter().any(|known| **known == *name)
        }
        Table::Units | Table::Reports | Table::Duties => false,
    }
}

/// What a scheme lacks for a fact about to be recorded: nothing is entered that could not be scored.
fn unpriced(tx: &mut Tx, scheme: &Arc<Scheme>, row: &FactRow) -> Result<Vec<FieldFault>, Problem> {
    let units = tx.list_units(None)?;
    let new = FactRow { key: "新".to_owned(), ..row.clone() };
    let facts = facts_under(tx, [scheme], &units, std::slice::from_ref(&new))?;
    let place = format!("{}:新", row.fact_table);
    // Units the scheme has no class or group for are another matter.
    let own = tz_assess::unknown_names(scheme, &facts).into_iter().filter(|fault| fault.place == place);
    Ok(own.map(|fault| FieldFault::new("fact", fault.sentence)).collect())
}

/// What is wrong with a form of use (形式) under a scheme, if anything.
pub(crate) fn form_fault(scheme: &Scheme, form: &str) -> Option<String> {
    let needed = scheme.attribute(Table::Adoptions, "形式").is_some_and(|declared| declared.missing == Missing::Fault);
    if form.is_empty() {
        return needed.then(|| "计分办法要求注明形式，请从列表中选择。".to_owned());
    }
    let known = scheme.forms().iter().any(|known| **known == *form);
    (!known).then(|| "请从列表中选择形式，列表来自当日执行的计分办法。".to_owned())
}

/// A fact as entered by hand.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// 采用, 批示 or 事项.
    pub table: Table,
    /// Whose it is; each unit is credited in full (R11).
    pub units: Vec<UnitId>,
    /// The day, as typed.
    pub date: String,
    /// A name of the scheme: kind of adoption, level of comment, kind of event.
    pub name: String,
    /// The number of the item it is about, if it is in the system; or its title as the higher office printed it.
    pub item: String,
    /// 独编, 综合, 一句话, or empty.
    pub form: String,
    /// Who commented, for a comment.
    pub leader: String,
    /// The comment's words, the issue's number, any remark.
    pub note: String,
    /// How many times, for an event.
    pub quantity: i64,
    /// Further columns the scheme asks for, as typed.
    pub cells: Typed,
}

/// What was recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its key in its table.
    pub key: String,
    /// The closed period it belongs to: it shows in the open one as a correction (R14).
    pub late: Option<Period>,
}

impl App {
    /// Records a fact by hand (登记): adoption above, comment, training, rotation. Names are those of the scheme in force that day.
    pub fn record_fact(&self, who: &Editor, new: &NewFact) -> Result<Recorded, Problem> {
        let mut tx = self.write()?;
        let recorded = self.record_fact_in(&mut tx, who, new)?;
        tx.commit()?;
        Ok(recorded)
    }

    /// As [`App::record_fact`], inside a bigger transaction.
    pub(crate) fn record_fact_in(&self, tx: &mut Write, who: &Person, new: &NewFact) -> Result<Recorded, Problem> {
        let now = self.micros();
        let mut faults = Vec::new();
        let date = match parse_date(&new.date) {
            Ok(date) if date > self.today() => {
                faults.push(FieldFault::new("date", "日期不能晚于今天，请核对。"));
                None
            }
            Ok(date) => Some(date),
            Err(_) => {
                faults.push(FieldFault::new("date", "请填写日期，例如 2018-06-04。"));
                None
            }
        };
        let scheme = scheme_on(tx, date.unwrap_or(self.today()))?;
        if !may_be_named(&scheme, new.table, &new.name) {
            let sentence = match date {
                Some(date) => format!("请从列表中选择一项，列表来自{date}执行的计分办法。"),
                None => "请从列表中选择一项，列表来自现行计分办法。".to_owned(),
            };
            faults.push(FieldFault::new("name", sentence));
        }
        if new.table == Table::Adoptions
            && let Some(sentence) = form_fault(&scheme, &new.form)
        {
            faults.push(FieldFault::new("form", sentence));
        }
        if new.table == Table::Events && !(1..=99).contains(&new.quantity) {
            faults.push(FieldFault::new("quantity", "次数请填1到99之间的整数。"));
        }
        let item = tx.find_item_by_number(new.item.trim())?;
        let extra = Cells::of(&scheme, new.table).checked(&new.cells, &known_cells(item.as_ref(), None), &mut faults);
        if item.is_none() && looks_like_a_number(new.item.trim()) {
            let sentence = format!("没有编号为{}的稿件，请核对；不是本系统的稿件，请填标题。", new.item.trim());
            faults.push(FieldFault::new("item", sentence));
        }
        let mut ids = Vec::new();
        // Nobody chosen, but the item is ours: its own units, each in full (R11).
        if let (true, Some(item)) = (new.units.is_empty(), &item)
            && let Some((_, units)) = tx.find_item(tz_store::item::Sight::Office, ItemId(item.id))?
        {
            ids = units;
        }
        for unit in &new.units {
            if tx.find_unit(*unit)?.is_some() && !ids.contains(&unit.0) {
                ids.push(unit.0);
            }
        }
        if ids.is_empty() {
            faults.push(FieldFault::new(
                "unit",
                "请选择单位，可以选多个；填了本系统稿件编号的，不选就是该稿件的报送单位。",
            ));
        }
        for (field, text, most) in [("item", &new.item, 200), ("leader", &new.leader, 100), ("note", &new.note, 2000)] {
            if text.chars().count() > most {
                faults.push(FieldFault::new(field, format!("文字太长，不超过{most}字。")));
            }
        }
        all_right(faults)?;
        let date = date.expect("a missing date was a fault above").to_string();
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let row = FactRow {
            title: item.as_ref().map(|item| item.title.clone()).or_else(|| some(&new.item)),
            item_id: item.as_ref().map(|item| item.id),
            form: some(&new.form),
            leader: some(&new.leader),
            note: some(&new.note),
            quantity: if new.table == Table::Events { new.quantity } else { 1 },
            recorded_at: now,
            recorded_by: Some(who.account.0),
            reason: "人工登记".to_owned(),
            extra,
            ..FactRow::new(new.table.name(), &ids, &date, &new.name)
        };
        all_right(unpriced(tx, &scheme, &row)?)?;
        let row = tx.append_fact(row)?;
        let late = closed_period(tx, &date)?;
        if let Some(item) = &item {
            tx.append_event(tz_store::item::EventRow {
                item_id: item.id,
                position: 0,
                at: now,
                account_id: Some(who.account.0),
                kind: "fact".to_owned(),
                text: format!("{}：{}（{date}）", new.table.name(), new.name),
                for_unit: true,
            })?;
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "登记计分事实",
            object: &format!("{}:{}", row.fact_table, row.key),
            done: true,
            detail: &format!("{date} {}", new.name),
        })?;
        Ok(Recorded { key: row.key, late })
    }

    /// Takes a fact back with a reason (撤销). One of a closed month shows in the open month as a correction (R14).
    pub fn withdraw_fact(&self, who: &Editor, table: Table, key: &str, reason: &str) -> Result<Recorded, Problem> {
        if reason.trim().is_empty() || reason.chars().count() > 500 {
            return Err(Problem::field("reason", "请写明撤销的原因，500字以内，单位会看到。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let row = revoke(&mut tx, table, key, reason.trim(), now, Some(who.account.0))?;
        let late = closed_period(&mut tx, &row.date)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "撤销计分事实",
            object: &format!("{}:{}", row.fact_table, row.key),
            done: true,
            detail: reason.trim(),
        })?;
        tx.commit()?;
        Ok(Recorded { key: row.key, late })
    }
}
