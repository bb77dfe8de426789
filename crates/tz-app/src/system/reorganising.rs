//! Units merged and split (机构调整, N1): the old ones end, the new ones begin the day after, and one of them takes over what was
//! theirs (docs/decisions/0017).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use tz_model::{Table, UnitId, parse_date};
use tz_store::directory::{PersonRow, UnitVersionRow};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::{Tx, Write};

use super::{UnitGround, UnitWish, record, text_fault};
use crate::facts::held_cells;
use crate::problem::all_right;
use crate::{Administrator, App, FieldFault, Problem};

/// A unit that comes about, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUnit {
    /// 单位名称
    pub name: String,
    /// 类别, a name of the scheme.
    pub class: String,
    /// 排名组, a name of the scheme.
    pub group: String,
}

/// Which unit takes over (承接单位).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeirChoice {
    /// One of those that come about, by its place.
    New(usize),
    /// One that is there already.
    Standing(UnitId),
}

/// A merger or a split, as typed (合并、拆分).
#[derive(Clone, Debug)]
pub struct ReorganiseWish {
    /// The units that end.
    pub old: Vec<UnitId>,
    /// The first day of the new order, as typed; the old units end the day before.
    pub day: String,
    /// The units that come about on it.
    pub new: Vec<NewUnit>,
    /// Who takes over.
    pub heir: HeirChoice,
    /// What the old units had this year goes into the heir's annual total.
    pub takes_year: bool,
    /// Why.
    pub reason: String,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Reorganised {
    /// The unit that takes over.
    pub heir: UnitId,
    /// Its name.
    pub name: String,
    /// The first day of the new order.
    pub day: Date,
    /// Its people, mailboxes and open work were handed over at once; otherwise they will be on the day.
    pub handed_over: bool,
    /// The period in whose middle the day lies, in words; empty where a period begins with it.
    pub within: String,
}

/// The place of a field among the new units, from 1.
fn of_new(fault: FieldFault, place: usize) -> Option<FieldFault> {
    let field = match fault.field {
        "name" => "new-name",
        "class" => "new-class",
        "group" => "new-group",
        _ => return None,
    };
    Some(FieldFault::new(field, fault.sentence).of(place as i64))
}

impl App {
    /// Merges units into one, or splits one (合并、拆分): the old ones end the day before, the new ones begin on the day, and the heir
    /// takes over their items, what comes to be known of them later, people, mailboxes and open work (R17). Nothing of a closed
    /// period changes, so the day may not lie in one.
    pub fn reorganise(&self, who: &Administrator, wish: &ReorganiseWish) -> Result<Reorganised, Problem> {
        let (now, today) = (self.micros(), self.today());
        let mut tx = self.write()?;
        let ground = UnitGround::of(&mut tx, today)?;
        let (units, open) = (&ground.units, ground.open);
        let mut faults = Vec::new();
        let day = match parse_date(wish.day.trim()) {
            Err(_) => {
                faults.push(FieldFault::new("day", "请填写生效日期，例如 2018-07-01。"));
                None
            }
            Ok(day) if day < open => {
                let sentence = format!("{open}以前已经关账，不再改动。请填写{open}或以后的日期。");
                faults.push(FieldFault::new("day", sentence));
                None
            }
            Ok(day) if day.year() > today.year() + 1 => {
                faults.push(FieldFault::new("day", "日期太远，请填写今年或明年的日期。"));
                None
            }
            Ok(day) => Some(day),
        };
        let at = day.unwrap_or(today);
        let last = at.yesterday().unwrap_or(at);
        let old: Vec<&UnitVersionRow> = units.iter().filter(|unit| wish.old.contains(&UnitId(unit.unit_id))).collect();
        if old.is_empty() {
            faults.push(FieldFault::new("old", "请选择原单位。"));
        }
        for unit in &old {
            if !is_scored_on(unit, last) {
                let sentence = format!("“{}”在{last}不参加计分，不能从这一天起并出。请核对日期或另选单位。", unit.name);
                faults.push(FieldFault::new("old", sentence));
            }
            if unit.heir_id.is_some() {
                faults.push(FieldFault::new("old", format!("“{}”已登记过承接单位，不能再次合并、拆分。", unit.name)));
            }
        }
        faults.extend(text_fault("reason", "原因，例如“机构改革”", &wish.reason, 200));
        let reason = wish.reason.trim();
        let mut rows = Vec::new();
        let cells = old.first().and_then(|unit| held_cells(unit.extra.as_deref())).unwrap_or_default();
        for (place, new) in wish.new.iter().enumerate() {
            if wish.new[..place].iter().any(|other| other.name.trim() == new.name.trim()) {
                let sentence = "与上面一个新单位同名，请换一个名称。";
                faults.push(FieldFault::new("new-name", sentence).of(place as i64 + 1));
                continue;
            }
            let asked = UnitWish {
                name: new.name.clone(),
                class: new.class.clone(),
                group: new.group.clone(),
                from: at.to_string(),
                reason: "机构调整".to_owned(),
                // What its columns say is looked at with the unit itself.
                cells: cells.clone(),
                ..UnitWish::default()
            };
            match ground.checked(None, &asked, now) {
                Ok(row) => rows.push(row),
                Err(wrong) => {
                    let wrong = wrong.into_iter().filter_map(|fault| of_new(fault, place + 1)).collect::<Vec<_>>();
                    if wrong.is_empty() {
                        let sentence = "原单位的附加列不齐，请先在原单位的资料里补齐。";
                        faults.push(FieldFault::new("old", sentence));
                    }
                    faults.extend(wrong);
                }
            }
        }
        match wish.heir {
            HeirChoice::New(place) if place >= wish.new.len() => {
                faults.push(FieldFault::new("heir", "请选择由哪个单位承接。"));
            }
            HeirChoice::Standing(unit) => match units.iter().find(|row| row.unit_id == unit.0) {
                None => faults.push(FieldFault::new("heir", "没有这个单位，请重新选择。")),
                Some(_) if wish.old.contains(&unit) => {
                    faults.push(FieldFault::new(
                        "heir",
                        "承接单位不能是并出的原单位，请另选一个，或去掉原单位里的这一个。",
                    ));
                }
                Some(row) if !is_scored_on(row, at) => {
                    let sentence = format!("“{}”在{at}不参加计分，不能承接。请核对日期或另选单位。", row.name);
                    faults.push(FieldFault::new("heir", sentence));
                }
                Some(_) => {}
            },
            HeirChoice::New(_) => {}
        }
        all_right(faults)?;

        let mut made = Vec::new();
        for row in rows {
            let unit = tx.insert_unit(now)?;
            let row =
                UnitVersionRow { unit_id: unit.0, recorded_by: Some(who.account.0), reason: reason.to_owned(), ..row };
            made.push((unit, row.name.clone()));
            tx.append_unit_version(row)?;
        }
        let (heir, name) = match wish.heir {
            HeirChoice::New(place) => made[place].clone(),
            HeirChoice::Standing(unit) => {
                (unit, units.iter().find(|row| row.unit_id == unit.0).map(|row| row.name.clone()).unwrap_or_default())
            }
        };
        let recorded = |row: &UnitVersionRow| UnitVersionRow {
            recorded_at: now,
            recorded_by: Some(who.account.0),
            reason: reason.to_owned(),
            ..row.clone()
        };
        for unit in &old {
            tx.append_unit_version(UnitVersionRow {
                to_date: Some(last.to_string()),
                heir_id: Some(heir.0),
                heir_takes_year: Some(wish.takes_year),
                ..recorded(unit)
            })?;
        }
        for child in units {
            let of_old = child.parent_id.is_some_and(|parent| wish.old.contains(&UnitId(parent)));
            if of_old && child.unit_id != heir.0 && !wish.old.contains(&UnitId(child.unit_id)) {
                tx.append_unit_version(UnitVersionRow {
                    parent_id: Some(heir.0),
                    since: Some(at.to_string()),
                    ..recorded(child)
                })?;
            }
        }
        let names = |all: &mut dyn Iterator<Item = &str>| all.collect::<Vec<_>>().join("、");
        let before = names(&mut old.iter().map(|unit| unit.name.as_str()));
        let after = if made.is_empty() { name.clone() } else { names(&mut made.iter().map(|(_, name)| name.as_str())) };
        let act = if made.len() > 1 { "拆分单位" } else { "合并单位" };
        record(&mut tx, who, now, act, &format!("{before} → {after}"), &format!("自{at}起，由{name}承接：{reason}"))?;
        let handed_over = at <= today;
        if handed_over {
            hand_over_in(&mut tx, today, now)?;
        }
        tx.commit()?;
        let scheme = crate::scheme_on(&mut self.read()?, at)?;
        let within = scheme.period_of(at).filter(|period| period.from < at);
        let within = within.map(|period| period.chinese()).unwrap_or_default();
        Ok(Reorganised { heir, name, day: at, handed_over, within })
    }

    /// Hands over what units leave that have ended by today: people, accounts, mailboxes, solicitations and follow-ups that are open
    /// (机构调整移交). A sentence of what was done.
    pub(crate) fn hand_over_units(&self) -> Result<String, Problem> {
        let mut tx = self.write()?;
        let units = hand_over_in(&mut tx, self.today(), self.micros())?;
        tx.commit()?;
        Ok(match units {
            0 => "没有要移交的单位。".to_owned(),
            units => format!("移交了{units}个原单位的人员、邮箱和未了事项。"),
        })
    }
}

fn is_scored_on(unit: &UnitVersionRow, day: Date) -> bool {
    let day = day.to_string();
    unit.from_date.as_ref().is_none_or(|from| *from <= day) && unit.to_date.as_ref().is_none_or(|to| day <= *to)
}

/// The unit that stands today for each that has ended: its heir, or its heir's heir.
pub(crate) fn heirs_on(tx: &mut Tx, today: Date) -> Result<BTreeMap<i64, i64>, Problem> {
    // Asked first: in most offices nobody ever took over from anybody.
    let heirs = tx.list_heirs()?;
    if heirs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let today = today.to_string();
    let ended: BTreeSet<i64> = tx
        .list_units(None)?
        .into_iter()
        .filter(|unit| unit.to_date.as_ref().is_some_and(|last| *last < today))
        .map(|unit| unit.unit_id)
        .collect();
    let next = |unit: i64| heirs.get(&unit).copied().filter(|_| ended.contains(&unit));
    Ok(ended
        .iter()
        .filter_map(|unit| Some((*unit, std::iter::successors(next(*unit), |heir| next(*heir)).last()?)))
        .collect())
}

/// How many units that had ended still had something to hand over.
fn hand_over_in(tx: &mut Write, on: Date, now: i64) -> Result<usize, Problem> {
    let today = on.to_string();
    let units = tx.list_units(None)?;
    let name_of: BTreeMap<i64, &str> = units.iter().map(|unit| (unit.unit_id, unit.name.as_str())).collect();
    let mut count = 0;
    for unit in &units {
        let (Some(heir), Some(last)) = (unit.heir_id, unit.to_date.as_deref()) else { continue };
        if last >= today.as_str() {
            continue;
        }
        let (from, to) = (UnitId(unit.unit_id), UnitId(heir));
        let mut moved = tx.hand_over_accounts(from, to)? + tx.hand_over_follow_ups(from, to)?;
        // Who held a duty in the old unit holds it in the new one from its first day on; that they held it in the old one stays.
        let first = parse_date(last).ok().and_then(|last| last.tomorrow().ok()).unwrap_or(on).to_string();
        for person in tx.list_people(Some(from), on)? {
            tx.update_person(&PersonRow { left_on: Some(first.clone()), ..person.clone() })?;
            let goes_on = PersonRow { unit_id: Some(to.0), from_date: Some(first.clone()), created_at: now, ..person };
            tx.insert_person(goes_on)?;
            moved += 1;
        }
        for mailbox in tx.list_mailboxes(Some(from))? {
            tx.close_mailbox(mailbox.id, now)?;
            tx.insert_mailbox(to, &mailbox.address, now)?;
            moved += 1;
        }
        let heir_name = name_of.get(&heir).copied().unwrap_or_default();
        moved += hand_over_duties(tx, (from, last), (to, heir_name), now)?;
        count += usize::from(moved > 0);
    }
    Ok(count)
}

/// What a unit still owed under solicitations whose deadline comes after its last day is its heir's to answer; once, where the heir
/// was asked too.
fn hand_over_duties(
    tx: &mut Write,
    (from, last): (UnitId, &str),
    (to, heir): (UnitId, &str),
    now: i64,
) -> Result<usize, Problem> {
    let due = FactFilter { table: Some(Table::Duties.name()), from: Some(last), ..FactFilter::default() };
    let rows = tx.list_facts(&due)?;
    let is_open = |row: &&FactRow| row.answered.is_none() && row.outcome.is_none() && row.date.as_str() > last;
    let mut asked: Vec<Option<i64>> =
        rows.iter().filter(|row| row.unit_ids().contains(&to.0)).map(|row| row.solicitation_id).collect();
    let mut moved = 0;
    for row in rows.iter().filter(is_open).filter(|row| row.unit_ids() == [from.0]) {
        let twice = row.solicitation_id.is_some() && asked.contains(&row.solicitation_id);
        asked.push(row.solicitation_id);
        let reason = if twice {
            format!("机构调整，与{heir}的约稿任务合为一项")
        } else {
            format!("机构调整，由{heir}承接")
        };
        let units = if twice { row.units.clone() } else { to.0.to_string() };
        tx.append_fact(FactRow { units, revoked: twice, recorded_at: now, recorded_by: None, reason, ..row.clone() })?;
        moved += 1;
    }
    Ok(moved)
}
