//! 全员办信息 (N2.5): the office's own people, and what each wrote each week. Full-time officers of the information section and
//! part-time ones of the policy sections owe at least two items or leads (线索) a week; who falls short in a week loses the year's
//! award eligibility (评优资格).
//!
//! An item of the office's own counts by itself: it was entered by the office (补录) and names the person among its authors. What
//! is not in the system is entered by hand. `week.rs` judges, and is pure.

mod week;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use tz_model::{ItemId, Month, parse_date, shanghai_date};
use tz_store::audit::Act;
use tz_store::item::{ItemFilter, Sight};
use tz_store::staff::{StaffRow, StaffWeekRow};
use tz_store::{Tx, moment};

use week::weeks_in;
pub use week::{LEAST_A_WEEK, Week, WeekState};

use crate::problem::all_right;
use crate::{App, Chief, Editor, FieldFault, Problem, Role};

/// One of the office's people (办公室人员).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their identity.
    pub id: i64,
    /// 姓名
    pub name: String,
    /// 科室
    pub section: String,
    /// 专职, else 兼职.
    pub full_time: bool,
    /// From this day on.
    pub from: Date,
    /// Until this day, itself included.
    pub to: Option<Date>,
}

/// What one person did in one week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekDone {
    /// Items in the system: identity and number.
    pub items: Vec<(ItemId, String)>,
    /// Items that are not.
    pub further: i64,
    /// 线索
    pub leads: i64,
    /// Why the week does not count for them, or what was done.
    pub note: String,
    /// How the week stands.
    pub state: WeekState,
}

impl WeekDone {
    /// Items, in the system or not.
    pub fn all_items(&self) -> i64 {
        i64::try_from(self.items.len()).unwrap_or(i64::MAX) + self.further
    }
}

/// One person's month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberMonth {
    /// Who.
    pub member: Member,
    /// Their weeks, in the month's order.
    pub weeks: Vec<WeekDone>,
}

impl MemberMonth {
    /// Items and leads of the month.
    pub fn done(&self) -> (i64, i64) {
        self.weeks.iter().fold((0, 0), |(items, leads), week| (items + week.all_items(), leads + week.leads))
    }

    /// How many weeks fell short.
    pub fn short(&self) -> usize {
        self.weeks.iter().filter(|week| week.state == WeekState::Short).count()
    }
}

/// A month of the office's people (月度统计): the weeks whose Thursday lies in it (R16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMonth {
    /// The month.
    pub month: Month,
    /// Its weeks.
    pub weeks: Vec<Week>,
    /// Its people, in the order they were entered; those who were not there in any of its weeks are left out.
    pub people: Vec<MemberMonth>,
}

/// One person's year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberYear {
    /// Who.
    pub member: Member,
    /// Items and leads of each month, January first.
    pub months: Vec<(i64, i64)>,
    /// The weeks that fell short.
    pub short: Vec<Week>,
}

impl MemberYear {
    /// Whether no week of theirs fell short (具备评优资格).
    pub fn is_eligible(&self) -> bool {
        self.short.is_empty()
    }
}

/// A person to be entered, as typed.
#[derive(Clone, Debug, Default)]
pub struct MemberWish {
    /// 姓名
    pub name: String,
    /// 科室
    pub section: String,
    /// 专职, else 兼职.
    pub full_time: bool,
    /// From this day on.
    pub from: String,
}

/// What is entered for a person's week, as typed.
#[derive(Clone, Debug, Default)]
pub struct WeekWish {
    /// Whose.
    pub member: Option<i64>,
    /// Any day of the week.
    pub day: String,
    /// Items that are not in the system.
    pub items: String,
    /// 线索
    pub leads: String,
    /// The week does not count for them.
    pub excused: bool,
    /// Why, or what.
    pub note: String,
}

fn member(row: StaffRow) -> Option<Member> {
    Some(Member {
        from: parse_date(&row.from_date).ok()?,
        to: row.to_date.as_deref().and_then(|day| parse_date(day).ok()),
        id: row.id,
        name: row.name,
        section: row.section,
        full_time: row.full_time,
    })
}

/// Whether an item's authors name somebody: `张三、李四`, `张三 李四`.
fn names(authors: &str, name: &str) -> bool {
    authors.split(|c: char| c.is_whitespace() || "、，,；;/".contains(c)).any(|part| part == name)
}

/// The office's own items that came in some days: the day, identity and number, and who wrote them.
fn own_items(tx: &mut Tx, first: Date, last: Date) -> Result<Vec<(Date, ItemId, String, String)>, Problem> {
    let office: Vec<i64> = tx
        .list_accounts()?
        .into_iter()
        .filter(|account| [Role::Editor.key(), Role::Chief.key()].contains(&account.role.as_str()))
        .map(|account| account.id)
        .collect();
    let midnight = |day: Date| {
        let zone = tz_model::shanghai(moment(0)).offset();
        zone.to_timestamp(day.at(0, 0, 0, 0)).map(|at| at.as_microsecond()).unwrap_or(i64::MAX)
    };
    let filter = ItemFilter {
        from: Some(midnight(first)),
        until: Some(midnight(last.saturating_add(1.day()))),
        oldest_first: true,
        limit: i64::from(i32::MAX),
        ..ItemFilter::default()
    };
    let rows = tx.list_items(Sight::Office, &filter)?.into_iter().map(|(row, _)| row);
    Ok(rows
        .filter(|row| row.state != "withdrawn" && row.sent_by.is_some_and(|by| office.contains(&by)))
        .map(|row| (shanghai_date(moment(row.received_at)), ItemId(row.id), row.number, row.authors))
        .collect())
}

/// What was entered, by person and Monday: the newest row of each.
type Entered = BTreeMap<(i64, Date), StaffWeekRow>;

/// The weeks of some months in order, with every person's.
fn weeks_of(tx: &mut Tx, weeks: &[Week], today: Date) -> Result<Vec<MemberMonth>, Problem> {
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else { return Ok(Vec::new()) };
    let items = own_items(tx, first.monday, last.sunday())?;
    let mut entered = Entered::new();
    for row in tx.list_staff_weeks(&first.monday.to_string(), &last.monday.to_string())? {
        if let Ok(monday) = parse_date(&row.monday) {
            entered.insert((row.staff_id, monday), row);
        }
    }
    let people = tx.list_staff()?.into_iter().filter_map(member);
    let of = |member: Member| {
        let done = |week: &Week| {
            let row = entered.get(&(member.id, week.monday));
            let items: Vec<(ItemId, String)> = items
                .iter()
                .filter(|(day, _, _, authors)| week.has(*day) && names(authors, &member.name))
                .map(|(_, id, number, _)| (*id, number.clone()))
                .collect();
            let (further, leads) = row.map_or((0, 0), |row| (row.items, row.leads));
            let count = i64::try_from(items.len()).unwrap_or(i64::MAX) + further + leads;
            let excused = row.is_some_and(|row| row.excused);
            WeekDone {
                state: week.judge((member.from, member.to), excused, count, today),
                note: row.map(|row| row.note.clone()).unwrap_or_default(),
                items,
                further,
                leads,
            }
        };
        MemberMonth { weeks: weeks.iter().map(done).collect(), member }
    };
    let there = |one: &MemberMonth| one.weeks.iter().any(|week| week.state != WeekState::Away);
    Ok(people.map(of).filter(there).collect())
}

fn number(text: &str, field: &'static str, faults: &mut Vec<FieldFault>) -> i64 {
    let text = text.trim();
    match if text.is_empty() { Ok(0) } else { text.parse::<i64>() } {
        Ok(count) if (0..=99).contains(&count) => count,
        _ => {
            faults.push(FieldFault::new(field, "请填写0到99的整数，没有就填0。"));
            0
        }
    }
}

impl App {
    /// The office's people, those who left too.
    pub fn staff(&self, _who: &Editor) -> Result<Vec<Member>, Problem> {
        Ok(self.read()?.list_staff()?.into_iter().filter_map(member).collect())
    }

    /// A month of the office's people by week (N2.5, R16).
    pub fn staff_month(&self, _who: &Editor, month: Month) -> Result<StaffMonth, Problem> {
        let weeks = weeks_in(month);
        let people = weeks_of(&mut self.read()?, &weeks, self.today())?;
        Ok(StaffMonth { month, weeks, people })
    }

    /// A year of the office's people: each month's items and leads, the weeks that fell short, who is eligible (N2.5).
    pub fn staff_year(&self, _who: &Editor, year: i16) -> Result<Vec<MemberYear>, Problem> {
        let months: Vec<Month> = (1..=12).filter_map(|number| Month::new(year, number)).collect();
        let by_month: Vec<Vec<Week>> = months.iter().map(|month| weeks_in(*month)).collect();
        let weeks: Vec<Week> = by_month.iter().flatten().copied().collect();
        let people = weeks_of(&mut self.read()?, &weeks, self.today())?;
        Ok(people
            .into_iter()
            .map(|one| {
                let mut rest = one.weeks.as_slice();
                let months = by_month.iter().map(|of| {
                    let (own, after) = rest.split_at(of.len());
                    rest = after;
                    own.iter().fold((0, 0), |(items, leads), week| (items + week.all_items(), leads + week.leads))
                });
                let months = months.collect();
                let short = weeks.iter().zip(&one.weeks).filter(|(_, done)| done.state == WeekState::Short);
                MemberYear { months, short: short.map(|(week, _)| *week).collect(), member: one.member }
            })
            .collect())
    }

    /// Enters one of the office's people (登记人员).
    pub fn add_staff(&self, who: &Chief, wish: &MemberWish) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (name, section) = (wish.name.trim(), wish.section.trim());
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > 20 {
            faults.push(FieldFault::new("name", "请填写姓名，20字以内。"));
        }
        if section.is_empty() || section.chars().count() > 40 {
            faults.push(FieldFault::new("section", "请填写科室，40字以内。"));
        }
        if tx.list_staff()?.iter().any(|row| row.name == name && row.to_date.is_none()) {
            faults.push(FieldFault::new("name", "名单中已有这个人，不必再登记；同名的请在姓名后加注科室。"));
        }
        let from = parse_date(&wish.from).unwrap_or_else(|_| {
            faults.push(FieldFault::new("from", "请填写开始日期，例如 2018-06-04。"));
            self.today()
        });
        all_right(faults)?;
        tx.insert_staff(StaffRow {
            id: 0,
            office_id: 0,
            name: name.to_owned(),
            section: section.to_owned(),
            full_time: wish.full_time,
            from_date: from.to_string(),
            to_date: None,
            recorded_at: now,
            recorded_by: Some(who.account.0),
        })?;
        let kind = if wish.full_time { "专职" } else { "兼职" };
        let detail = format!("{section}，{kind}，自{from}起");
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "登记办信息人员",
            object: name,
            done: true,
            detail: &detail,
        })?;
        tx.commit()?;
        Ok(())
    }

    /// Says until which day a person wrote information (调离); their weeks stay.
    pub fn staff_left(&self, who: &Chief, id: i64, last: &str) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.list_staff()?.into_iter().find(|row| row.id == id && row.to_date.is_none());
        let row = row.ok_or(Problem::NotThere)?;
        let last = parse_date(last).ok().filter(|last| parse_date(&row.from_date).is_ok_and(|from| from <= *last));
        let Some(last) = last else {
            let sentence = format!("请填写最后一天，不早于{}。", row.from_date);
            return Err(Problem::Faults(vec![FieldFault::new("last", sentence)]));
        };
        let name = row.name.clone();
        tx.update_staff(&StaffRow { to_date: Some(last.to_string()), ..row })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "办信息人员调离",
            object: &name,
            done: true,
            detail: &format!("至{last}"),
        })?;
        tx.commit()?;
        Ok(name)
    }

    /// Enters what a person did in a week beside the items in the system (登记本周); what was entered before stays in the records.
    pub fn record_staff_week(&self, who: &Editor, wish: &WeekWish) -> Result<Week, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut faults = Vec::new();
        let people: Vec<Member> = tx.list_staff()?.into_iter().filter_map(member).collect();
        let person = people.iter().find(|member| Some(member.id) == wish.member);
        if person.is_none() {
            faults.push(FieldFault::new("member", "请选择人员。"));
        }
        let week = match parse_date(&wish.day) {
            Ok(day) if day > self.today() => {
                faults.push(FieldFault::new("day", "这一周还没有开始，请核对日期。"));
                None
            }
            Ok(day) => Some(Week::of(day)),
            Err(_) => {
                faults.push(FieldFault::new("day", "请填写这一周里的任一天，例如 2018-06-04。"));
                None
            }
        };
        if let (Some(person), Some(week)) = (person, week)
            && week.judge((person.from, person.to), false, 0, self.today()) == WeekState::Away
        {
            let sentence = format!("{}这一周不在岗，不用登记。", person.name);
            faults.push(FieldFault::new("day", sentence));
        }
        let items = number(&wish.items, "items", &mut faults);
        let leads = number(&wish.leads, "leads", &mut faults);
        let note = wish.note.trim();
        if wish.excused && note.is_empty() {
            faults.push(FieldFault::new("note", "免计的请写明原因，例如“年休假”。"));
        }
        if note.chars().count() > 200 {
            faults.push(FieldFault::new("note", "说明不超过200字。"));
        }
        all_right(faults)?;
        let (Some(person), Some(week)) = (person, week) else { return Err(Problem::NotThere) };
        tx.insert_staff_week(StaffWeekRow {
            id: 0,
            office_id: 0,
            staff_id: person.id,
            monday: week.monday.to_string(),
            items,
            leads,
            excused: wish.excused,
            note: note.to_owned(),
            recorded_at: now,
            recorded_by: Some(who.account.0),
        })?;
        let excused = if wish.excused { "，本周免计" } else { "" };
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "登记办信息情况",
            object: &person.name,
            done: true,
            detail: &format!("{}至{}：另有稿件{items}篇，线索{leads}条{excused}", week.monday, week.sunday()),
        })?;
        tx.commit()?;
        Ok(week)
    }
}

/// The Monday of the week a day lies in.
fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(Weekday::Monday.until(day.weekday())).days())
}
