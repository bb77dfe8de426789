//! Training (培训) and rotation (跟岗轮训, N2.3): the year's plan, who took part, the roster by month with host and appraisal. Taking
//! part is the unit's yearly duty (F1.n5, F1.n6): the first time in a year it makes the fact, later ones make none.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{Month, Table, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::directory::UnitNames;
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::training::{RotationRow, TrainingRow, TrainingUnitRow};
use tz_store::{Tx, Write};

use super::yearly_rules;
use crate::comment::files;
use crate::facts::revoke;
use crate::notice::{Known, NoticeKind, Telling};
use crate::problem::all_right;
use crate::publication::unit_names;
use crate::report::NewFile;
use crate::solicitation::words_of;
use crate::{App, Editor, FieldFault, Problem, scheme_on};

/// Kept with a training: 培训材料.
pub(super) const FILES: &str = "training";

/// A training as typed.
#[derive(Clone, Debug, Default)]
pub struct NewTraining {
    /// 培训名称
    pub name: String,
    /// The day.
    pub date: String,
    /// 地点
    pub place: String,
    /// 内容
    pub content: String,
    /// The yearly event of the scheme that taking part is; empty for none.
    pub event: String,
    /// 培训材料
    pub files: Vec<NewFile>,
}

/// A unit that took part.
#[derive(Clone, Debug)]
pub struct Attendance {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Who came.
    pub people: String,
    /// It made the unit's fact of the year.
    pub counted: bool,
}

/// A training with who took part.
#[derive(Clone, Debug)]
pub struct TrainingView {
    /// Its identity.
    pub id: i64,
    /// 培训名称
    pub name: String,
    /// The day.
    pub date: Date,
    /// 地点
    pub place: String,
    /// 内容
    pub content: String,
    /// The yearly event of the scheme; empty for none.
    pub event: String,
    /// Who took part, in the directory's order.
    pub units: Vec<Attendance>,
    /// 培训材料: place and name.
    pub files: Vec<(i64, String)>,
}

/// A line of the roster as typed.
#[derive(Clone, Debug, Default)]
pub struct NewRotation {
    /// The month, `2018-06`.
    pub month: String,
    /// The unit.
    pub unit: Option<UnitId>,
    /// Who comes.
    pub person: String,
    /// 带教人
    pub host: String,
    /// The yearly event of the scheme that it is; empty for none.
    pub event: String,
}

/// A line of the roster.
#[derive(Clone, Debug)]
pub struct RotationView {
    /// Its identity.
    pub id: i64,
    /// The month.
    pub month: Month,
    /// The unit.
    pub unit_id: UnitId,
    /// Its name.
    pub unit: String,
    /// Who comes.
    pub person: String,
    /// 带教人
    pub host: String,
    /// `planned`, `done`, `cancelled`.
    pub state: String,
    /// 鉴定, or why it was cancelled.
    pub appraisal: String,
    /// It made the unit's fact of the year.
    pub counted: bool,
}

/// The fault of an event that is no yearly event of the scheme in force on a day.
fn event_fault(tx: &mut Tx, event: &str, day: Date) -> Result<Option<FieldFault>, Problem> {
    let known = event.is_empty() || yearly_rules(&*scheme_on(tx, day)?).iter().any(|(name, _, _)| name == event);
    Ok((!known).then(|| FieldFault::new("event", "请从列表中选择计入事项，列表来自计分办法。")))
}

/// Makes the unit's fact of the year unless there is one. Gives its key.
fn count(
    tx: &mut Write,
    who: &Editor,
    unit: i64,
    event: &str,
    day: Date,
    note: &str,
    now: i64,
) -> Result<Option<String>, Problem> {
    if event.is_empty() {
        return Ok(None);
    }
    let (from, to) = (format!("{}-01-01", day.year()), format!("{}-12-31", day.year()));
    let held = tx.list_facts(&FactFilter {
        table: Some(Table::Events.name()),
        from: Some(&from),
        to: Some(&to),
        ..FactFilter::default()
    })?;
    if held.iter().any(|fact| fact.name == event && fact.unit_ids().contains(&unit)) {
        return Ok(None);
    }
    let fact = tx.append_fact(FactRow {
        note: Some(note.to_owned()),
        recorded_at: now,
        recorded_by: Some(who.account.0),
        reason: "人工登记".to_owned(),
        ..FactRow::new(Table::Events.name(), &[unit], &day.to_string(), event)
    })?;
    Ok(Some(fact.key))
}

fn act(tx: &mut Write, who: &Editor, now: i64, act: &str, object: &str, detail: &str) -> Result<(), Problem> {
    Ok(tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act,
        object,
        done: true,
        detail,
    })?)
}

fn training_view(
    tx: &mut Tx,
    row: TrainingRow,
    units: &[TrainingUnitRow],
    names: &UnitNames,
) -> Result<Option<TrainingView>, Problem> {
    let Ok(date) = parse_date(&row.date) else { return Ok(None) };
    let came: BTreeMap<i64, &TrainingUnitRow> =
        units.iter().filter(|unit| unit.training_id == row.id).map(|unit| (unit.unit_id, unit)).collect();
    Ok(Some(TrainingView {
        units: names
            .iter()
            .filter_map(|(id, name)| {
                let unit = came.get(&id)?;
                Some(Attendance {
                    unit: UnitId(id),
                    name: name.to_owned(),
                    people: unit.people.clone(),
                    counted: unit.fact_key.is_some(),
                })
            })
            .collect(),
        files: files::of(tx, FILES, &[row.id])?.into_iter().map(|file| (file.position, file.name)).collect(),
        id: row.id,
        name: row.name,
        date,
        place: row.place,
        content: row.content,
        event: row.event,
    }))
}

impl App {
    /// Plans a training, or enters one that was held (培训计划).
    pub fn plan_training(&self, who: &Editor, new: &NewTraining) -> Result<i64, Problem> {
        // Before the transaction: reading files takes its time.
        let mut faults = self.file_faults(&new.files);
        let now = self.micros();
        let mut tx = self.write()?;
        let name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > 60 {
            faults.push(FieldFault::new("name", "请填写培训名称，60字以内。"));
        }
        let date = parse_date(&new.date).ok();
        if date.is_none() {
            faults.push(FieldFault::new("date", "请填写培训日期，例如 2018-06-04。"));
        }
        if new.place.chars().count() > 60 || new.content.chars().count() > 2000 {
            faults.push(FieldFault::new("content", "地点不超过60字，内容不超过2000字。"));
        }
        faults.extend(event_fault(&mut tx, &new.event, date.unwrap_or(self.today()))?);
        all_right(faults)?;
        let date = date.expect("a missing day was a fault above");
        let id = tx.insert_training(TrainingRow {
            id: 0,
            office_id: 0,
            name: name.clone(),
            date: date.to_string(),
            place: new.place.trim().to_owned(),
            content: new.content.trim().to_owned(),
            event: new.event.clone(),
            created_at: now,
            created_by: Some(who.account.0),
        })?;
        files::keep(&mut tx, FILES, id, &new.files)?;
        // One that was held and is entered afterwards is no news.
        if date >= self.today() {
            let (day, content) = (words_of(date), new.content.split_whitespace().collect::<Vec<_>>().join(" "));
            let place = new.place.trim();
            let known = Known::read(&mut tx)?;
            let units: Vec<i64> = unit_names(&mut tx)?.iter().map(|(unit, _)| unit).collect();
            let telling = Telling {
                kind: NoticeKind::Training,
                subject: &id.to_string(),
                values: &[("名称", &name), ("日期", &day), ("地点", place), ("内容", &content)],
                href: &format!("/report/training?year={}", date.year()),
            };
            known.tell(&mut tx, &telling, &known.reporters_of(&units), now)?;
        }
        act(&mut tx, who, now, "安排培训", &name, &date.to_string())?;
        tx.commit()?;
        Ok(id)
    }

    /// The trainings of a year, by day.
    pub fn trainings(&self, _who: &Editor, year: i16) -> Result<Vec<TrainingView>, Problem> {
        self.trainings_of(year)
    }

    pub(super) fn trainings_of(&self, year: i16) -> Result<Vec<TrainingView>, Problem> {
        let mut tx = self.read()?;
        let (units, names) = (tx.list_training_units()?, unit_names(&mut tx)?);
        let mut views = Vec::new();
        for row in tx.list_trainings(&format!("{year}-01-01"), &format!("{year}-12-31"))? {
            views.extend(training_view(&mut tx, row, &units, &names)?);
        }
        Ok(views)
    }

    /// One training.
    pub fn training(&self, _who: &Editor, id: i64) -> Result<TrainingView, Problem> {
        let mut tx = self.read()?;
        let row = tx.find_training(id)?.ok_or(Problem::NotThere)?;
        let (units, names) = (tx.list_training_units()?, unit_names(&mut tx)?);
        training_view(&mut tx, row, &units, &names)?.ok_or(Problem::NotThere)
    }

    /// A file of a training: name and bytes.
    pub fn training_file(&self, _who: &Editor, id: i64, position: i64) -> Result<(String, Vec<u8>), Problem> {
        files::bytes_of(&mut self.read()?, FILES, id, position)
    }

    /// Enters who took part (签到): the unit's yearly duty is done with it, unless it was already. Gives how many units were
    /// entered, and for how many it counts.
    pub fn sign_in_training(
        &self,
        who: &Editor,
        id: i64,
        units: &[UnitId],
        people: &str,
    ) -> Result<(usize, usize), Problem> {
        let view = self.training(who, id)?;
        if view.date > self.today() {
            return Err(Problem::field("unit", "培训还没有举行，举行后再登记签到。"));
        }
        let mut faults = Vec::new();
        if people.chars().count() > 200 {
            faults.push(FieldFault::new("people", "参加人员不超过200字。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let names = unit_names(&mut tx)?;
        let chosen: Vec<(i64, &str)> = names.iter().filter(|(unit, _)| units.contains(&UnitId(*unit))).collect();
        if chosen.is_empty() {
            faults.push(FieldFault::new("unit", "请选择参加的单位，可以选多个。"));
        }
        let again: Vec<&str> = chosen
            .iter()
            .filter(|(unit, _)| view.units.iter().any(|known| known.unit.0 == *unit))
            .map(|(_, name)| *name)
            .collect();
        if !again.is_empty() {
            faults.push(FieldFault::new("unit", format!("{}已经登记过签到，请去掉后再登记。", again.join("、"))));
        }
        all_right(faults)?;
        let mut counted = 0;
        for (unit, _) in &chosen {
            let fact_key = count(&mut tx, who, *unit, &view.event, view.date, &view.name, now)?;
            counted += usize::from(fact_key.is_some());
            tx.insert_training_unit(TrainingUnitRow {
                training_id: id,
                unit_id: *unit,
                people: people.trim().to_owned(),
                fact_key,
                at: now,
                account_id: who.account.0,
            })?;
        }
        let detail = chosen.iter().map(|(_, name)| *name).collect::<Vec<_>>().join("、");
        act(&mut tx, who, now, "登记培训签到", &view.name, &detail)?;
        tx.commit()?;
        Ok((chosen.len(), counted))
    }

    /// Takes back that a unit took part (取消签到), and the fact that it made.
    pub fn take_back_sign_in(&self, who: &Editor, id: i64, unit: UnitId) -> Result<(), Problem> {
        let view = self.training(who, id)?;
        let name = view.units.iter().find(|known| known.unit == unit).ok_or(Problem::NotThere)?.name.clone();
        let now = self.micros();
        let mut tx = self.write()?;
        let rows = tx.list_training_units()?;
        let row = rows.into_iter().find(|row| row.training_id == id && row.unit_id == unit.0);
        let row = row.ok_or(Problem::NotThere)?;
        tx.delete_training_unit(id, unit.0)?;
        if let Some(key) = row.fact_key
            && tx.find_fact(Table::Events.name(), &key)?.is_some_and(|fact| !fact.revoked)
        {
            revoke(&mut tx, Table::Events, &key, "取消培训签到", now, Some(who.account.0))?;
        }
        act(&mut tx, who, now, "取消培训签到", &view.name, &name)?;
        tx.commit()?;
        Ok(())
    }

    /// Puts a unit's officer on the roster of a month (安排跟岗).
    pub fn plan_rotation(&self, who: &Editor, new: &NewRotation) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let now = self.micros();
        let mut tx = self.write()?;
        let month = new.month.trim().parse::<Month>().ok();
        if month.is_none() {
            faults.push(FieldFault::new("month", "请填写月份，例如 2018-06。"));
        }
        let names = unit_names(&mut tx)?;
        let unit = new.unit.and_then(|unit| Some((unit.0, names.get(unit.0)?)));
        if unit.is_none() {
            faults.push(FieldFault::new("unit", "请选择单位。"));
        }
        let (person, host) = (new.person.trim(), new.host.trim());
        if person.is_empty() || person.chars().count() > 20 {
            faults.push(FieldFault::new("person", "请填写跟岗人员姓名，20字以内。"));
        }
        if host.is_empty() || host.chars().count() > 20 {
            faults.push(FieldFault::new("host", "请填写带教人姓名，20字以内。"));
        }
        faults.extend(event_fault(&mut tx, &new.event, month.map_or(self.today(), Month::last))?);
        if let Some((month, (unit, name))) = month.zip(unit) {
            let held = tx.list_rotations(&month.to_string(), &month.to_string())?;
            if held.iter().any(|row| row.unit_id == unit && row.state != "cancelled") {
                let sentence = format!("{name}在{}已经安排了跟岗。", month.chinese());
                faults.push(FieldFault::new("unit", sentence));
            }
        }
        all_right(faults)?;
        let (month, (unit, name)) = month.zip(unit).expect("what is missing was a fault above");
        tx.insert_rotation(RotationRow {
            id: 0,
            office_id: 0,
            month: month.to_string(),
            unit_id: unit,
            person: person.to_owned(),
            host: host.to_owned(),
            state: "planned".to_owned(),
            appraisal: String::new(),
            event: new.event.clone(),
            fact_key: None,
            created_at: now,
            created_by: Some(who.account.0),
        })?;
        // A month that is over is no news.
        if month.last() >= self.today() {
            let words = month.chinese();
            let known = Known::read(&mut tx)?;
            let telling = Telling {
                kind: NoticeKind::Rotation,
                // Told again where it was cancelled and is planned anew.
                subject: &format!("{month}/{unit}/{now}"),
                values: &[("月份", &words), ("人员", person), ("带教人", host)],
                href: &format!("/report/training?year={}", month.first().year()),
            };
            known.tell(&mut tx, &telling, &known.reporters_of(&[unit]), now)?;
        }
        act(&mut tx, who, now, "安排跟岗轮训", name, &format!("{} {person}，带教{host}", month.chinese()))?;
        tx.commit()?;
        Ok(())
    }

    /// The roster of a year, by month.
    pub fn rotations(&self, _who: &Editor, year: i16) -> Result<Vec<RotationView>, Problem> {
        self.rotations_of(year)
    }

    pub(super) fn rotations_of(&self, year: i16) -> Result<Vec<RotationView>, Problem> {
        let mut tx = self.read()?;
        let names = unit_names(&mut tx)?;
        let rows = tx.list_rotations(&format!("{year}-01"), &format!("{year}-12"))?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(RotationView {
                    id: row.id,
                    month: row.month.parse().ok()?,
                    unit_id: UnitId(row.unit_id),
                    unit: names.get(row.unit_id).unwrap_or_default().to_owned(),
                    person: row.person,
                    host: row.host,
                    state: row.state,
                    appraisal: row.appraisal,
                    counted: row.fact_key.is_some(),
                })
            })
            .collect())
    }

    /// Ends a line of the roster: done with an appraisal (鉴定), which does the unit's yearly duty, or cancelled with a reason.
    pub fn end_rotation(&self, who: &Editor, id: i64, done: bool, words: &str) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let rows = tx.list_rotations("0000-00", "9999-99")?;
        let row = rows.into_iter().find(|row| row.id == id).ok_or(Problem::NotThere)?;
        let month: Month = row.month.parse().map_err(|_| Problem::NotThere)?;
        if row.state != "planned" {
            return Err(Problem::Refused("这次跟岗已经办结或取消，不能再次登记。请刷新页面查看。".to_owned()));
        }
        let words = words.trim();
        if words.is_empty() || words.chars().count() > 500 {
            let what = if done { "鉴定意见" } else { "取消的原因" };
            return Err(Problem::field("words", format!("请填写{what}，500字以内。")));
        }
        if done && month.first() > self.today() {
            return Err(Problem::field("words", "这个月还没有到，跟岗结束后再填写鉴定意见。"));
        }
        let key = if done {
            let day = month.last().min(self.today());
            let note = format!("{}跟岗，带教{}", row.person, row.host);
            count(&mut tx, who, row.unit_id, &row.event, day, &note, now)?
        } else {
            None
        };
        tx.end_rotation(id, if done { "done" } else { "cancelled" }, words, key.as_deref())?;
        let names = unit_names(&mut tx)?;
        let name = names.get(row.unit_id).unwrap_or_default();
        let what = if done { "跟岗鉴定" } else { "取消跟岗" };
        act(&mut tx, who, now, what, name, &format!("{} {}：{words}", month.chinese(), row.person))?;
        tx.commit()?;
        Ok(())
    }
}
