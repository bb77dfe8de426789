//! People of the units in their duties (人员, N1, N4). A person's time in a duty is a row with a first day and the day it ended; a
//! change of duty ends one and begins another, so that who was in which duty stays known.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{UnitId, parse_date};
use tz_store::directory::PersonRow;

use super::{DUTIES, is_address, optional_day, record, text_fault};
use crate::problem::all_right;
use crate::{Administrator, App, FieldFault, Problem};

/// A person to be added, or to be put right, as typed (人员).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// The unit.
    pub unit: Option<UnitId>,
    /// 姓名
    pub name: String,
    /// 职责, one of [`DUTIES`](super::DUTIES).
    pub duty: String,
    /// 任职日期; empty where nobody knows it.
    pub from: String,
    /// 电话
    pub phone: String,
    /// 邮箱
    pub mail: String,
}

/// One person in a duty, with what else is recorded under the name.
#[derive(Clone, Debug)]
pub struct PersonFolder {
    /// The person in this duty.
    pub person: PersonRow,
    /// The unit's name.
    pub unit: String,
    /// Everything recorded of the same name in the same unit, the newest first; `person` among it.
    pub tenures: Vec<PersonRow>,
}

/// The row a wish asks for, or every fault in it, whatever the door. The unit is looked up by the door. `held` are all rows of the unit,
/// without the one that is put right.
pub(super) fn checked_person(
    wish: &NewPerson,
    left: Option<Date>,
    held: &[PersonRow],
    today: Date,
) -> Result<PersonRow, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let (name, duty) = (wish.name.trim(), wish.duty.trim());
    faults.extend(text_fault("name", "姓名", name, 40));
    if !DUTIES.contains(&duty) {
        faults.push(FieldFault::new("duty", format!("职责应为{}。", DUTIES.join("、"))));
    }
    let from = optional_day("from", &wish.from, &mut faults);
    if from.is_some_and(|from| from > today) {
        faults.push(FieldFault::new("from", "任职日期不能晚于今天，请核对。"));
    }
    if wish.phone.trim().chars().count() > 40 || wish.phone.chars().any(char::is_control) {
        faults.push(FieldFault::new("phone", "电话最多40个字符，写成一行。"));
    }
    if !wish.mail.trim().is_empty() && !is_address(wish.mail.trim()) {
        faults.push(FieldFault::new("mail", "邮箱地址不完整，应如 binhu@126.com；没有可不填。"));
    }
    faults.extend(left.and_then(|left| left_fault(left, from, today)).map(|fault| FieldFault::new("left", fault)));
    let from = from.map(|day| day.to_string());
    let left = left.map(|day| day.to_string());
    let same = held.iter().filter(|row| row.name == name && row.duty == duty);
    faults.extend(same.filter_map(|row| overlap(row, from.as_deref(), left.as_deref())).next());
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(PersonRow {
        id: 0,
        office_id: 0,
        unit_id: wish.unit.map(|unit| unit.0),
        name: name.to_owned(),
        duty: duty.to_owned(),
        phone: wish.phone.trim().to_owned(),
        mail: wish.mail.trim().to_owned(),
        left_on: left,
        created_at: 0,
        from_date: from,
    })
}

/// What is wrong with the day a duty is to end on.
pub(super) fn left_fault(left: Date, from: Option<Date>, today: Date) -> Option<String> {
    if left > today {
        return Some("离任日期不能晚于今天，请核对。".to_owned());
    }
    let from = from.filter(|from| left < *from)?;
    Some(format!("离任日期早于任职日期 {from}，请核对。"))
}

/// What is wrong with somebody taking up a duty they hold already, or held in a part of the same time.
fn overlap(held: &PersonRow, from: Option<&str>, left: Option<&str>) -> Option<FieldFault> {
    let ends_before = held.left_on.as_deref().is_some_and(|ended| from.is_some_and(|from| ended <= from));
    let begins_after = held.from_date.as_deref().is_some_and(|began| left.is_some_and(|left| left <= began));
    if ends_before || begins_after {
        return None;
    }
    Some(match &held.left_on {
        None => FieldFault::new("name", format!("{}已登记为{}，不必重复登记。", held.name, held.duty)),
        Some(ended) => FieldFault::new(
            "from",
            format!("{}曾任{}，{ended}离任。重新任职的，请填写任职日期，不早于这一天。", held.name, held.duty),
        ),
    })
}

fn day_of(text: &str, field: &'static str) -> Result<Date, Problem> {
    parse_date(text).map_err(|wrong| Problem::field(field, wrong.to_string()))
}

/// A stored day.
pub(super) fn stored_day(text: Option<&str>) -> Option<Date> {
    text.and_then(|text| parse_date(text).ok())
}

impl App {
    /// Everybody who is in a duty today, with their unit's name (empty for the office's own people).
    pub fn people(&self, _who: &Administrator) -> Result<Vec<(PersonRow, String)>, Problem> {
        let mut tx = self.read()?;
        let names: BTreeMap<i64, String> =
            tx.list_units(None)?.into_iter().map(|unit| (unit.unit_id, unit.name)).collect();
        let named = |person: PersonRow| {
            let unit = person.unit_id.and_then(|unit| names.get(&unit)).cloned().unwrap_or_default();
            (person, unit)
        };
        Ok(tx.list_people(None, self.today())?.into_iter().map(named).collect())
    }

    /// One person in a duty, with what else is recorded of them.
    pub fn person_folder(&self, _who: &Administrator, person: i64) -> Result<PersonFolder, Problem> {
        let mut tx = self.read()?;
        let person = tx.find_person(person)?.ok_or(Problem::NotThere)?;
        let unit = person.unit_id.map(UnitId);
        let name = unit.map(|unit| tx.find_unit(unit)).transpose()?.flatten().map(|unit| unit.name);
        let mut tenures = tx.list_tenures(unit)?;
        tenures.retain(|row| row.name == person.name && row.unit_id == person.unit_id);
        tenures.sort_by(|one, other| (&other.from_date, other.id).cmp(&(&one.from_date, one.id)));
        Ok(PersonFolder { person, unit: name.unwrap_or_default(), tenures })
    }

    /// Adds a person to a unit (登记人员, N1, N4).
    pub fn add_person(&self, who: &Administrator, new: &NewPerson) -> Result<i64, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let unit = match new.unit {
            Some(unit) => tx.find_unit(unit)?,
            None => None,
        };
        let held = if unit.is_some() { tx.list_tenures(new.unit)? } else { Vec::new() };
        let checked = checked_person(new, None, &held, self.today());
        let mut faults: Vec<FieldFault> = checked.as_ref().err().cloned().unwrap_or_default();
        if unit.is_none() {
            faults.push(FieldFault::new("unit", "请从列表中选择单位。"));
        }
        all_right(faults)?;
        let (row, unit) = (checked.map_err(Problem::Faults)?, unit.ok_or(Problem::NotThere)?);
        record(&mut tx, who, now, "登记人员", &row.name, &format!("{} {}{}", unit.name, row.duty, since(&row)))?;
        let id = tx.insert_person(PersonRow { created_at: now, ..row })?;
        tx.commit()?;
        Ok(id)
    }

    /// Puts right what is recorded of a person in their duty (更正人员): the name, how to reach them, since when. Another duty is
    /// [`change_duty`](Self::change_duty).
    pub fn correct_person(&self, who: &Administrator, person: i64, wish: &NewPerson) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let before = tx.find_person(person)?.ok_or(Problem::NotThere)?;
        let unit = before.unit_id.map(UnitId);
        let mut held = tx.list_tenures(unit)?;
        held.retain(|row| row.id != person && row.unit_id == before.unit_id);
        let wish = NewPerson { unit, duty: before.duty.clone(), ..wish.clone() };
        let left = stored_day(before.left_on.as_deref());
        let row = checked_person(&wish, left, &held, self.today()).map_err(Problem::Faults)?;
        let row = PersonRow { id: before.id, office_id: before.office_id, created_at: before.created_at, ..row };
        if row == before {
            return Err(Problem::field("name", "各栏与现有登记相同，没有需要更正的内容。"));
        }
        record_correction(&mut tx, who, now, &before, &row, "")?;
        tx.commit()?;
        Ok(())
    }

    /// Gives a person another duty from a day on (变更职责): the old one ends that day and stays on record.
    pub fn change_duty(&self, who: &Administrator, person: i64, duty: &str, day: &str) -> Result<i64, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let before = tx.find_person(person)?.filter(|row| row.left_on.is_none()).ok_or(Problem::NotThere)?;
        if duty == before.duty {
            return Err(Problem::field("duty", format!("{}现在就是{duty}，请选择新的职责。", before.name)));
        }
        let day = day_of(day, "day")?;
        if let Some(wrong) = left_fault(day, stored_day(before.from_date.as_deref()), self.today()) {
            return Err(Problem::field("day", wrong.replace("离任日期", "变更日期")));
        }
        let wish = NewPerson {
            unit: before.unit_id.map(UnitId),
            name: before.name.clone(),
            duty: duty.to_owned(),
            from: day.to_string(),
            phone: before.phone.clone(),
            mail: before.mail.clone(),
        };
        let mut held = tx.list_tenures(wish.unit)?;
        held.retain(|row| row.unit_id == before.unit_id);
        let at_day = |fault: FieldFault| match fault.field {
            "from" | "name" => FieldFault::new("day", fault.sentence),
            _ => fault,
        };
        let checked = checked_person(&wish, None, &held, self.today());
        let checked = checked.map_err(|faults| faults.into_iter().map(at_day).collect());
        let row = checked.map_err(Problem::Faults)?;
        let detail = format!("{} → {}{}", before.duty, row.duty, since(&row));
        record(&mut tx, who, now, "变更职责", &row.name, &detail)?;
        tx.update_person(&PersonRow { left_on: row.from_date.clone(), ..before })?;
        let id = tx.insert_person(PersonRow { created_at: now, ..row })?;
        tx.commit()?;
        Ok(id)
    }

    /// Notes that a person left their duty on a day (离任): from that day on they are in it no more. The record stays.
    pub fn person_leaves(&self, who: &Administrator, person: i64, day: &str) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_person(person)?.filter(|row| row.left_on.is_none()).ok_or(Problem::NotThere)?;
        let day = day_of(day, "day")?;
        if let Some(wrong) = left_fault(day, stored_day(row.from_date.as_deref()), self.today()) {
            return Err(Problem::field("day", wrong));
        }
        record(&mut tx, who, now, "人员离任", &row.name, &format!("{} {day}", row.duty))?;
        let name = row.name.clone();
        tx.update_person(&PersonRow { left_on: Some(day.to_string()), ..row })?;
        tx.commit()?;
        Ok(name)
    }
}

/// Since when, for the audit; nothing where nobody noted it.
pub(super) fn since(row: &PersonRow) -> String {
    row.from_date.as_ref().map(|day| format!("，{day}任职")).unwrap_or_default()
}

/// Writes a person's record back and enters in the audit what is otherwise. How to reach a person is not copied there.
pub(super) fn record_correction(
    tx: &mut tz_store::Write,
    who: &Administrator,
    now: i64,
    before: &PersonRow,
    row: &PersonRow,
    by_way: &str,
) -> Result<(), Problem> {
    let mut what = Vec::new();
    if row.name != before.name {
        what.push(format!("姓名原为{}", before.name));
    }
    let none = || "未填".to_owned();
    for (name, old, new) in
        [("任职日期", &before.from_date, &row.from_date), ("离任日期", &before.left_on, &row.left_on)]
    {
        if old != new {
            let (old, new) = (old.clone().unwrap_or_else(none), new.clone().unwrap_or_else(none));
            what.push(format!("{name} {old} → {new}"));
        }
    }
    for (name, other) in [("电话", row.phone != before.phone), ("邮箱", row.mail != before.mail)] {
        if other {
            what.push(format!("{name}有变"));
        }
    }
    record(tx, who, now, "更正人员", &row.name, &format!("{}：{}{by_way}", row.duty, what.join("，")))?;
    tx.update_person(row)?;
    Ok(())
}
