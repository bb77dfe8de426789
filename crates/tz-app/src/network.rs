//! The network (工作网络, N1, N2.3): units, people, mailboxes as the office sees them; training and rotation by year.

mod learning;
mod partners;
mod training;

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{Period, Points, Table, UnitId, parse_date};
use tz_scheme::{Body, Scheme};
use tz_store::audit::Act;
use tz_store::directory::UnitVersionRow;
use tz_store::ledger::{FactFilter, FactRow};

use crate::facts::closed_period;
use crate::problem::all_right;
use crate::{App, Editor, FieldFault, Problem, scheme_on};

pub use learning::{UnitDuty, UnitLearning};
pub use partners::{NewPartner, OfficerRight, UnitRights};
pub use training::{Attendance, NewRotation, NewTraining, RotationView, TrainingView};
pub use tz_store::partner::PartnerRow;

/// The duty whose holders are counted as information officers (N1).
pub const OFFICER: &str = "信息员";

/// The ranking group of the towns and streets: they need three officers, all others two (N1).
const TOWNS: &str = "镇街";

/// The fewest information officers (信息员) a unit of a ranking group must have (N1).
pub fn officers_needed(group: &str) -> usize {
    if group == TOWNS { 3 } else { 2 }
}

/// A unit to choose from.
#[derive(Clone, Debug)]
pub struct UnitChoice {
    /// Its identity.
    pub id: UnitId,
    /// Its name.
    pub name: String,
}

/// The units of a ranking group, in the directory's order.
#[derive(Clone, Debug)]
pub struct UnitGroup {
    /// 排名组
    pub name: String,
    /// The units scored today.
    pub units: Vec<UnitChoice>,
}

/// A person of a unit.
#[derive(Clone, Debug)]
pub struct Contact {
    /// 第一责任人, 直接责任人, 具体责任人, 信息员.
    pub duty: String,
    /// The person's name.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// Mail address.
    pub mail: String,
}

/// A unit as the office sees it.
#[derive(Clone, Debug)]
pub struct UnitView {
    /// Its identity.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// 类别
    pub class: String,
    /// 排名组
    pub group: String,
    /// 直报点; empty for none.
    pub direct_point: String,
    /// The unit its adoptions are credited to (F1.dp); empty for none.
    pub parent: String,
    /// Its people.
    pub people: Vec<Contact>,
    /// Its registered mailboxes.
    pub mailboxes: Vec<String>,
    /// How many information officers are missing to the least number (N1); 0 where there are enough, and where it has ended.
    pub short: usize,
    /// 直报领域 (N2.4); empty for none.
    pub point_field: String,
    /// Until when it was a unit and who took over: `2018-06-30止，由文旅局承接`; empty while it is one.
    pub ended: String,
}

/// A yearly duty (训练, 轮训) and which units have done it.
#[derive(Clone, Debug)]
pub struct Yearly {
    /// The event's name in the scheme: 完成年度培训.
    pub event: String,
    /// Points where it was done and where it was not (F1.n5, F1.n6).
    pub points: (Points, Points),
    /// Every unit of the year in the directory's order: name, group, and the fact if it was done.
    pub units: Vec<YearlyUnit>,
}

/// One unit's line of a yearly duty.
#[derive(Clone, Debug)]
pub struct YearlyUnit {
    /// The unit.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// 排名组
    pub group: String,
    /// The fact's key, the day and the remark, if it was done.
    pub done: Option<(String, Date, String)>,
}

fn scored_on(unit: &UnitVersionRow, from: &str, to: &str) -> bool {
    unit.from_date.as_deref().is_none_or(|first| first <= to) && unit.to_date.as_deref().is_none_or(|last| last >= from)
}

/// The yearly duties of a scheme: event, points if done, points if not.
fn yearly_rules(scheme: &Scheme) -> Vec<(String, Points, Points)> {
    let rules = scheme.rules().iter();
    rules
        .filter_map(|rule| match &rule.body {
            Body::Yearly(yearly) => Some((yearly.event.to_string(), yearly.done.points, yearly.undone.points)),
            _ => None,
        })
        .collect()
}

impl App {
    /// The units that can be chosen on a form, by ranking group in the scheme's order.
    pub fn unit_groups(&self, _who: &Editor) -> Result<Vec<UnitGroup>, Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let scheme = scheme_on(&mut tx, today)?;
        let day = today.to_string();
        let units: Vec<_> = tx.list_units(None)?.into_iter().filter(|unit| scored_on(unit, &day, &day)).collect();
        let mut groups: Vec<UnitGroup> =
            scheme.groups().iter().map(|name| UnitGroup { name: name.to_string(), units: Vec::new() }).collect();
        for unit in units {
            let choice = UnitChoice { id: UnitId(unit.unit_id), name: unit.name };
            match groups.iter_mut().find(|group| group.name == unit.ranking_group) {
                Some(group) => group.units.push(choice),
                None => groups.push(UnitGroup { name: unit.ranking_group, units: vec![choice] }),
            }
        }
        groups.retain(|group| !group.units.is_empty());
        Ok(groups)
    }

    /// Every unit with its people, mailboxes and what it lacks (N1), in the directory's order.
    pub fn network(&self, _who: &Editor) -> Result<Vec<UnitView>, Problem> {
        let mut tx = self.read()?;
        let today = self.today().to_string();
        let units = tx.list_units(None)?;
        let names: BTreeMap<i64, String> = units.iter().map(|unit| (unit.unit_id, unit.name.clone())).collect();
        let mut people: BTreeMap<i64, Vec<Contact>> = BTreeMap::new();
        for person in tx.list_people(None, self.today())? {
            if let Some(unit) = person.unit_id {
                let contact = Contact { duty: person.duty, name: person.name, phone: person.phone, mail: person.mail };
                people.entry(unit).or_default().push(contact);
            }
        }
        let mut mailboxes: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for mailbox in tx.list_mailboxes(None)? {
            mailboxes.entry(mailbox.unit_id).or_default().push(mailbox.address);
        }
        Ok(units
            .into_iter()
            .map(|unit| {
                let people = people.remove(&unit.unit_id).unwrap_or_default();
                let officers = people.iter().filter(|person| person.duty == OFFICER).count();
                let last = unit.to_date.as_ref().filter(|last| **last < today);
                let heir = unit.heir_id.and_then(|heir| names.get(&heir));
                let ended = last.map_or_else(String::new, |last| match heir {
                    Some(heir) => format!("{last}止，由{heir}承接"),
                    None => format!("{last}止"),
                });
                let short = officers_needed(&unit.ranking_group).saturating_sub(officers);
                UnitView {
                    id: UnitId(unit.unit_id),
                    short: if ended.is_empty() { short } else { 0 },
                    ended,
                    point_field: unit.point_field.unwrap_or_default(),
                    parent: unit.parent_id.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
                    mailboxes: mailboxes.remove(&unit.unit_id).unwrap_or_default(),
                    direct_point: unit.direct_point.unwrap_or_default(),
                    name: unit.name,
                    class: unit.class,
                    group: unit.ranking_group,
                    people,
                }
            })
            .collect())
    }

    /// The yearly duties of a year (培训, 轮训; F1.n5, F1.n6): which units have done them and which have not.
    pub fn yearly(&self, _who: &Editor, year: i16) -> Result<Vec<Yearly>, Problem> {
        self.yearly_of(year)
    }

    fn yearly_of(&self, year: i16) -> Result<Vec<Yearly>, Problem> {
        let mut tx = self.read()?;
        let (from, to) = (format!("{year}-01-01"), format!("{year}-12-31"));
        let last = parse_date(&to).unwrap_or(self.today());
        let scheme = scheme_on(&mut tx, last)?;
        let facts = tx.list_facts(&FactFilter {
            table: Some(Table::Events.name()),
            from: Some(&from),
            to: Some(&to),
            ..FactFilter::default()
        })?;
        // What a unit did before another took over its year counts for that one (R17).
        let is_taken = |unit: &UnitVersionRow| {
            unit.heir_takes_year == Some(true) && unit.to_date.as_ref().is_some_and(|last| *last < to)
        };
        let all = tx.list_units(None)?;
        let mut counted: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for unit in &all {
            let mut heir = unit;
            while is_taken(heir)
                && let Some(next) = heir.heir_id.and_then(|id| all.iter().find(|row| row.unit_id == id))
            {
                heir = next;
            }
            counted.entry(heir.unit_id).or_default().push(unit.unit_id);
        }
        let units: Vec<_> = all.into_iter().filter(|unit| scored_on(unit, &from, &to) && !is_taken(unit)).collect();
        let rules = yearly_rules(&scheme).into_iter();
        Ok(rules
            .map(|(event, done, undone)| Yearly {
                units: units
                    .iter()
                    .map(|unit| YearlyUnit {
                        id: UnitId(unit.unit_id),
                        name: unit.name.clone(),
                        group: unit.ranking_group.clone(),
                        done: facts
                            .iter()
                            .find(|fact| {
                                let of = counted.get(&unit.unit_id);
                                fact.name == event
                                    && fact.each_unit_id().any(|id| of.is_some_and(|of| of.contains(&id)))
                            })
                            .and_then(|fact| {
                                let day = parse_date(&fact.date).ok()?;
                                Some((fact.key.clone(), day, fact.note.clone().unwrap_or_default()))
                            }),
                    })
                    .collect(),
                event,
                points: (done, undone),
            })
            .collect())
    }

    /// Records that units have done a yearly duty on a day (登记培训、轮训): one fact for each, so that each can be taken back alone.
    /// Says the closed period it belongs to, if any (R14).
    pub fn record_yearly(
        &self,
        who: &Editor,
        event: &str,
        units: &[UnitId],
        date: &str,
        note: &str,
    ) -> Result<(usize, Option<Period>), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut faults = Vec::new();
        let date = match parse_date(date) {
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
        let day = date.unwrap_or(self.today());
        let scheme = scheme_on(&mut tx, day)?;
        if !yearly_rules(&scheme).iter().any(|(known, _, _)| known == event) {
            faults.push(FieldFault::new("event", "请从列表中选择事项，列表来自现行计分办法。"));
        }
        if note.chars().count() > 500 {
            faults.push(FieldFault::new("note", "说明不超过500字。"));
        }
        let year = day.year();
        let (from, to) = (format!("{year}-01-01"), format!("{year}-12-31"));
        let done = tx.list_facts(&FactFilter {
            table: Some(Table::Events.name()),
            from: Some(&from),
            to: Some(&to),
            ..FactFilter::default()
        })?;
        let chosen: Vec<(i64, String)> = tx
            .list_units(None)?
            .into_iter()
            .filter(|unit| units.contains(&UnitId(unit.unit_id)))
            .map(|unit| (unit.unit_id, unit.name))
            .collect();
        if chosen.is_empty() {
            faults.push(FieldFault::new("unit", "请选择单位，可以选多个。"));
        }
        let again: Vec<&str> = chosen
            .iter()
            .filter(|(id, _)| done.iter().any(|fact| fact.name == event && fact.unit_ids().contains(id)))
            .map(|(_, name)| name.as_str())
            .collect();
        if !again.is_empty() {
            faults.push(FieldFault::new(
                "unit",
                format!("{}在{year}年已经登记过“{event}”，一年只计一次。请去掉后再登记。", again.join("、")),
            ));
        }
        all_right(faults)?;
        for (unit, _) in &chosen {
            tx.append_fact(FactRow {
                note: Some(note.trim().to_owned()).filter(|note| !note.is_empty()),
                recorded_at: now,
                recorded_by: Some(who.account.0),
                reason: "人工登记".to_owned(),
                ..FactRow::new(Table::Events.name(), &[*unit], &day.to_string(), event)
            })?;
        }
        let late = closed_period(&mut tx, &day.to_string())?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "登记计分事实",
            object: event,
            done: true,
            detail: &format!("{day} {}", chosen.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("、")),
        })?;
        tx.commit()?;
        Ok((chosen.len(), late))
    }
}
