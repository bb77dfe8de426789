//! Interviews (约谈, N2.7): called by a close, held, what was said and promised, and how the unit stood in the months after.

use jiff::civil::Date;
use tz_docs::{Contact, InterviewNotice, PaperKind, Signature, interview_notice};
use tz_model::{Month, Outcome, OutcomeKind, Points, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::interview::InterviewRow;
use tz_store::{Tx, Write};

use super::bulletin::reason;
use super::deadlines::{long, short, working_day_after};
use super::ground::last_places;
use super::letters::called;
use super::listing::{Extent, Listed, Listing, cut, groups};
use super::period::{ClosePeriod, closed_with, period_of, period_on};
use super::scheme_by_hash;
use super::statement::{Statement, statement_of};
use crate::problem::all_right;
use crate::publication::{Paper, unit_names};
use crate::{App, Editor, FieldFault, PaperFormat, Person, Problem, Role, templates};

const CALLED: &str = "called";
const HELD: &str = "held";
const CANCELLED: &str = "cancelled";
/// Interviews listed.
const LISTED: i64 = 300;
/// Periods after an interview by which it is judged.
const AFTER: usize = 3;

/// Where an interview stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterviewState {
    /// 待约谈
    Called,
    /// 已约谈
    Held,
    /// 已取消
    Cancelled,
}

impl InterviewState {
    fn of(key: &str) -> Self {
        match key {
            HELD => Self::Held,
            CANCELLED => Self::Cancelled,
            _ => Self::Called,
        }
    }

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Called => CALLED,
            Self::Held => HELD,
            Self::Cancelled => CANCELLED,
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Called => "待约谈",
            Self::Held => "已约谈",
            Self::Cancelled => "已取消",
        }
    }
}

/// How a unit stood in a period after an interview.
#[derive(Clone, Debug)]
pub struct After {
    /// The period.
    pub period: ClosePeriod,
    /// Its total.
    pub total: Points,
    /// Its rank.
    pub rank: u32,
    /// Units in its group.
    pub size: usize,
    /// Among the last again.
    pub last: bool,
}

/// An interview.
#[derive(Clone, Debug)]
pub struct Interview {
    /// Its identity.
    pub id: i64,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// What was closed when it was called.
    pub period: ClosePeriod,
    /// When it is set for.
    pub date: Option<Date>,
    /// The hour.
    pub time: String,
    /// Where.
    pub place: String,
    /// Who holds it.
    pub chair: String,
    /// Where it stands.
    pub state: InterviewState,
    /// It was to be held before today, and nothing is recorded.
    pub overdue: bool,
    /// The day it was held.
    pub held_on: Option<Date>,
    /// Who came.
    pub attendants: String,
    /// What was said (纪要).
    pub minutes: String,
    /// What the unit promised (整改措施).
    pub promises: String,
    /// By when.
    pub promise_by: Option<Date>,
    /// Why it was put off or called off.
    pub reason: String,
    /// How the unit stood in the closed periods after it, oldest first; at most three.
    pub after: Vec<After>,
    /// When it was changed last: a form sends it back.
    pub revision: i64,
}

/// When and where an interview is, as typed.
#[derive(Clone, Debug, Default)]
pub struct InterviewPlan {
    /// The day.
    pub date: String,
    /// The hour.
    pub time: String,
    /// Where.
    pub place: String,
    /// Who holds it.
    pub chair: String,
    /// Why it is put off.
    pub reason: String,
}

/// What came of an interview, as typed.
#[derive(Clone, Debug, Default)]
pub struct InterviewRecord {
    /// The day it was held.
    pub held_on: String,
    /// Who came.
    pub attendants: String,
    /// What was said.
    pub minutes: String,
    /// What the unit promised.
    pub promises: String,
    /// By when; may be empty.
    pub promise_by: String,
}

/// Enters the interviews a close calls to: within its transaction.
pub(super) fn call(
    tx: &mut Write,
    id: i64,
    statement: &Statement,
    date: Date,
    time: &str,
    now: i64,
) -> Result<(), Problem> {
    let Some(letters) = &statement.letters else { return Ok(()) };
    for unit in called(statement) {
        tx.insert_interview(InterviewRow {
            id: 0,
            office_id: 0,
            statement_id: id,
            unit_id: unit.0,
            month: statement.month.to_string(),
            date: date.to_string(),
            time: time.to_owned(),
            place: letters.place.clone(),
            chair: letters.chair.clone(),
            state: CALLED.to_owned(),
            held_on: None,
            attendants: String::new(),
            minutes: String::new(),
            promises: String::new(),
            promise_by: None,
            reason: String::new(),
            changed_at: now,
            changed_by: statement.closed_by,
        })?;
    }
    Ok(())
}

/// How a unit stood in the closed periods after one, oldest first.
pub(super) fn stood_after(tx: &mut Tx, unit: UnitId, month: &str, most: usize) -> Result<Vec<After>, Problem> {
    let heads = tx.list_statement_heads()?;
    let mut all = Vec::new();
    for head in heads.iter().filter(|head| *head.month > *month).take(most) {
        let statement = statement_of(tx, &head.month, &head.sha256)?;
        let Some((_, own)) = statement.units.iter().find(|(id, _)| *id == unit) else { continue };
        let scheme = scheme_by_hash(tx, &head.scheme_hash)?;
        all.push(After {
            period: period_of(tx, head)?,
            total: own.score.total,
            rank: own.score.rank,
            size: statement.units.iter().filter(|(_, other)| other.group == own.group).count(),
            last: last_places(&scheme, &statement.units).contains(&unit),
        });
    }
    Ok(all)
}

fn views(tx: &mut Tx, rows: Vec<InterviewRow>, today: Date) -> Result<Vec<Interview>, Problem> {
    let names = unit_names(tx)?;
    let day = |text: &str| parse_date(text).ok();
    let mut all = Vec::new();
    for row in rows {
        let month: Month = row.month.parse().map_err(|_| Problem::NotThere)?;
        let period = match closed_with(tx, month)? {
            Some((_, period)) => period,
            None => period_on(tx, month)?,
        };
        let unit = UnitId(row.unit_id);
        let date = day(&row.date);
        let state = InterviewState::of(&row.state);
        all.push(Interview {
            id: row.id,
            unit,
            unit_name: names.get(row.unit_id).unwrap_or_default().to_owned(),
            after: stood_after(tx, unit, &row.month, AFTER)?,
            period,
            overdue: state == InterviewState::Called && date.is_some_and(|date| date < today),
            date,
            time: row.time,
            place: row.place,
            chair: row.chair,
            state,
            held_on: row.held_on.as_deref().and_then(day),
            attendants: row.attendants,
            minutes: row.minutes,
            promises: row.promises,
            promise_by: row.promise_by.as_deref().and_then(day),
            reason: row.reason,
            revision: row.changed_at,
        });
    }
    Ok(all)
}

/// Why a unit was called, as the bulletin says it.
fn why_called(statement: &Statement, unit: UnitId) -> String {
    let own = statement.units.iter().find(|(id, _)| *id == unit);
    let of_unit = |outcome: &&Outcome| own.is_some_and(|(_, own)| own.unit == outcome.unit);
    let calls = statement.outcomes.iter().filter(|outcome| outcome.kind == OutcomeKind::Interview);
    calls.into_iter().find(of_unit).map(|outcome| reason(&outcome.why)).unwrap_or_default()
}

fn too_long(faults: &mut Vec<FieldFault>, fields: &[(&'static str, &str, usize)]) {
    for (field, text, most) in fields {
        if text.chars().count() > *most {
            faults.push(FieldFault::new(field, format!("文字太长，不超过{most}字。")));
        }
    }
}

/// Whose interviews and objections a person sees: all of them, or a unit's own.
pub(super) fn whose(who: &Person) -> Result<Option<UnitId>, Problem> {
    match (who.role, who.unit) {
        (Role::Editor | Role::Chief, _) => Ok(None),
        (Role::Reporter, Some(unit)) => Ok(Some(unit)),
        (Role::Reporter, None) | (Role::Leader | Role::Administrator, _) => Err(Problem::NotThere),
    }
}

fn changed() -> Problem {
    Problem::Refused("这次约谈的登记刚刚有人改过，请重新打开核对后再改。".to_owned())
}

impl App {
    /// Interviews, the newest first: all for an editor, a unit's own for its reporter.
    pub fn interviews(&self, who: &Person) -> Result<Vec<Interview>, Problem> {
        let unit = whose(who)?;
        let mut tx = self.read()?;
        let rows = tx.list_interviews(unit, LISTED)?;
        views(&mut tx, rows, self.today())
    }

    /// Interviews as a person looks for them: those to be held, and a page of those that were.
    pub fn interviews_listed(&self, who: &Person, listing: &Listing) -> Result<Listed<Interview>, Problem> {
        self.cut_interviews(who, listing, Extent::Page)
    }

    /// As [`Self::interviews_listed`], as much of the past as is wanted.
    pub(crate) fn cut_interviews(
        &self,
        who: &Person,
        listing: &Listing,
        extent: Extent,
    ) -> Result<Listed<Interview>, Problem> {
        let unit = whose(who)?;
        let mut tx = self.read()?;
        let (of, all) = groups(&mut tx)?;
        let rows = tx.list_interviews(unit, i64::MAX)?;
        cut(rows, CALLED, (&of, all), listing, extent).seen(|rows| views(&mut tx, rows, self.today()))
    }

    /// One interview; another unit's is not there.
    pub fn interview(&self, who: &Person, id: i64) -> Result<Interview, Problem> {
        let mut tx = self.read()?;
        let row = tx.find_interview(id)?.ok_or(Problem::NotThere)?;
        let own = matches!(who.role, Role::Editor | Role::Chief) || who.unit == Some(UnitId(row.unit_id));
        if !own {
            return Err(Problem::NotThere);
        }
        views(&mut tx, vec![row], self.today())?.pop().ok_or(Problem::NotThere)
    }

    /// Puts an interview off or moves it (改期), with the reason; one that was held stays as it was.
    pub fn plan_interview(&self, who: &Editor, id: i64, revision: i64, plan: &InterviewPlan) -> Result<(), Problem> {
        let mut faults = Vec::new();
        if !parse_date(&plan.date).is_ok_and(|date| date >= self.today()) {
            faults.push(FieldFault::new("date", "请填写今天或以后的日期，例如 2018-07-18。"));
        }
        for (field, text, what) in
            [("time", &plan.time, "时间"), ("place", &plan.place, "地点"), ("chair", &plan.chair, "主持人")]
        {
            if text.trim().is_empty() {
                faults.push(FieldFault::new(field, format!("请填写约谈的{what}。")));
            }
        }
        if plan.reason.trim().is_empty() {
            faults.push(FieldFault::new("reason", "请写明改期的原因。"));
        }
        let lengths = [
            ("time", &*plan.time, 20),
            ("place", &plan.place, 50),
            ("chair", &plan.chair, 30),
            ("reason", &plan.reason, 200),
        ];
        too_long(&mut faults, &lengths);
        all_right(faults)?;
        self.change_interview(who, id, revision, "约谈改期", |row| {
            let trimmed = |text: &str| text.trim().to_owned();
            (row.date, row.time) = (trimmed(&plan.date), trimmed(&plan.time));
            (row.place, row.chair) = (trimmed(&plan.place), trimmed(&plan.chair));
            row.reason = trimmed(&plan.reason);
        })
    }

    /// Calls an interview off (取消), with the reason.
    pub fn cancel_interview(&self, who: &Editor, id: i64, revision: i64, reason: &str) -> Result<(), Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(Problem::field("reason", "请写明取消约谈的原因，200字以内。"));
        }
        self.change_interview(who, id, revision, "取消约谈", |row| {
            row.state = CANCELLED.to_owned();
            row.reason = reason.to_owned();
        })
    }

    /// Records that an interview was held (约谈纪要), what was said and what the unit promised.
    pub fn hold_interview(
        &self,
        who: &Editor,
        id: i64,
        revision: i64,
        record: &InterviewRecord,
    ) -> Result<(), Problem> {
        let mut faults = Vec::new();
        if !parse_date(&record.held_on).is_ok_and(|day| day <= self.today()) {
            faults.push(FieldFault::new("held_on", "请填写约谈的日期，不能晚于今天。"));
        }
        if record.attendants.trim().is_empty() {
            faults.push(FieldFault::new("attendants", "请填写参加约谈的人员。"));
        }
        if record.minutes.trim().is_empty() {
            faults.push(FieldFault::new("minutes", "请填写约谈纪要。"));
        }
        let until = record.promise_by.trim();
        if !until.is_empty() && parse_date(until).is_err() {
            faults.push(FieldFault::new("promise_by", "请填写整改期限的日期，例如 2018-08-31；没有的不填。"));
        }
        let lengths = [
            ("attendants", &*record.attendants, 200),
            ("minutes", &record.minutes, 5000),
            ("promises", &record.promises, 2000),
        ];
        too_long(&mut faults, &lengths);
        all_right(faults)?;
        self.change_interview(who, id, revision, "登记约谈", |row| {
            let trimmed = |text: &str| text.trim().to_owned();
            row.state = HELD.to_owned();
            row.held_on = Some(trimmed(&record.held_on));
            row.attendants = trimmed(&record.attendants);
            row.minutes = trimmed(&record.minutes);
            row.promises = trimmed(&record.promises);
            row.promise_by = Some(until.to_owned()).filter(|until| !until.is_empty());
        })
    }

    fn change_interview(
        &self,
        who: &Editor,
        id: i64,
        revision: i64,
        act: &str,
        change: impl FnOnce(&mut InterviewRow),
    ) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut row = tx.find_interview(id)?.ok_or(Problem::NotThere)?;
        if row.changed_at != revision {
            return Err(changed());
        }
        if row.state == CANCELLED {
            return Err(Problem::Refused("这次约谈已经取消，不能再改。".to_owned()));
        }
        change(&mut row);
        // Two changes within one moment must still be told apart.
        row.changed_at = now.max(revision + 1);
        row.changed_by = Some(who.account.0);
        if !tx.update_interview(&row, revision)? {
            return Err(changed());
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act,
            object: &format!("约谈{id}"),
            done: true,
            detail: &row.reason,
        })?;
        tx.commit()?;
        Ok(())
    }

    /// The notice of an interview as it stands now (约谈通知), for one that was put off.
    pub fn interview_paper(&self, who: &Editor, id: i64, format: PaperFormat) -> Result<Paper, Problem> {
        let (paper, unit) = {
            let mut tx = self.read()?;
            let row = tx.find_interview(id)?.filter(|row| row.state == CALLED).ok_or(Problem::NotThere)?;
            let unit = unit_names(&mut tx)?.get(row.unit_id).unwrap_or_default().to_owned();
            let date = parse_date(&row.date).map_err(|_| Problem::NotThere)?;
            let heads = tx.list_statement_heads()?;
            let head = heads.iter().find(|head| head.id == row.statement_id).ok_or(Problem::NotThere)?;
            let statement = statement_of(&mut tx, &head.month, &head.sha256)?;
            let why = why_called(&statement, UnitId(row.unit_id));
            let today = self.today();
            let notice = InterviewNotice {
                office: tx.office_row()?.name,
                number: None,
                unit: unit.clone(),
                reason: why,
                time: format!("{}{}", long(date), row.time),
                place: row.place,
                chair: row.chair,
                attendants: "单位主要负责同志、分管负责同志和信息工作机构负责人".to_owned(),
                prepare: vec!["主要问题和原因分析；".to_owned(), "下一步改进措施和时间安排。".to_owned()],
                answer_by: short(working_day_after(&mut tx, today, 3)?.min(date)),
                contact: Contact {
                    name: who.name.clone(),
                    phone: tx.find_setting("letters-phone")?.unwrap_or_default(),
                },
                signature: Signature::Seal,
                date: today,
            };
            (interview_notice(&notice, &templates::in_force(&mut tx, PaperKind::InterviewNotice)?), unit)
        };
        let bytes = self.write_paper(&paper, format)?;
        Ok(Paper { name: format!("约谈通知（{unit}）.{}", format.ending()), bytes, format })
    }
}
