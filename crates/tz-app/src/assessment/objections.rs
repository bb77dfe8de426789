//! Objections (申诉): a unit says what is wrong with a line of its account, the section answers within some working days. A line is
//! changed by a fact alone: what is accepted names the fact that corrects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use tz_model::{FactId, FactSeq, Line, Month, Table, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::objection::ObjectionRow;
use tz_store::{Tx, Write};

use super::deadlines::{short, working_day_after};
use super::interviews::whose;
use super::listing::{Extent, Listed, Listing, cut, groups};
use super::pages::{FactShown, shown};
use super::period::{ClosePeriod, closed_with, period_on};
use super::{MonthState, scored};
use crate::facts::{NewFact, revoke};
use crate::notice::{Known, NoticeKind, Telling};
use crate::publication::unit_names;
use crate::{App, Editor, Person, Problem, Reporter, Role};

const ASKED: &str = "asked";
const ACCEPTED: &str = "accepted";
const REFUSED: &str = "refused";
const WITHDRAWN: &str = "withdrawn";
/// Working days within which the section answers, unless the office has set another (setting `objection-answer`).
pub(super) const ANSWER: u16 = 5;
/// Working days after a close within which its lines may be objected to (setting `objection-window`).
pub(super) const WINDOW: u16 = 15;
/// Objections listed.
const LISTED: i64 = 300;

/// Where an objection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectionState {
    /// 待答复
    Asked,
    /// 申诉成立: a fact corrects.
    Accepted,
    /// 申诉不成立
    Refused,
    /// 已撤回
    Withdrawn,
}

impl ObjectionState {
    fn of(key: &str) -> Self {
        match key {
            ACCEPTED => Self::Accepted,
            REFUSED => Self::Refused,
            WITHDRAWN => Self::Withdrawn,
            _ => Self::Asked,
        }
    }

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Asked => ASKED,
            Self::Accepted => ACCEPTED,
            Self::Refused => REFUSED,
            Self::Withdrawn => WITHDRAWN,
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "待答复",
            Self::Accepted => "申诉成立",
            Self::Refused => "申诉不成立",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// An objection.
#[derive(Clone, Debug)]
pub struct Objection {
    /// Its identity.
    pub id: i64,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// The period the line stands in.
    pub period: ClosePeriod,
    /// What the line was called; empty for what is missing from the account.
    pub item: String,
    /// Its points as they stood, as the line has them.
    pub points: String,
    /// Why, as the line said it.
    pub why: String,
    /// What the unit says.
    pub reason: String,
    /// When.
    pub raised_at: Timestamp,
    /// By whom.
    pub raised_by: String,
    /// By when the section answers.
    pub answer_by: Date,
    /// It waits, and that day has passed.
    pub overdue: bool,
    /// Where it stands.
    pub state: ObjectionState,
    /// What the section says.
    pub answer: String,
    /// When.
    pub answered_at: Option<Timestamp>,
    /// By whom.
    pub answered_by: String,
    /// The fact that corrects.
    pub correcting: Option<FactId>,
    /// Somebody of the unit saw the answer.
    pub seen: bool,
}

/// An objection with what an editor answers from.
#[derive(Clone, Debug)]
pub struct ObjectionDetail {
    /// The objection.
    pub objection: Objection,
    /// The facts under the line, those that hold.
    pub facts: Vec<FactShown>,
    /// What was recorded of the unit since it was raised, and may be what corrects.
    pub recorded: Vec<FactShown>,
}

/// A line to be objected to.
#[derive(Clone, Debug)]
pub struct LineInDoubt {
    /// The period.
    pub period: ClosePeriod,
    /// What it is called; empty for what is missing.
    pub item: String,
    /// Its points.
    pub points: String,
    /// Why it is there.
    pub why: String,
    /// By when the section would answer.
    pub answer_by: Date,
}

/// By which fact an objection is put right.
#[derive(Clone, Debug)]
pub enum Correcting {
    /// A fact under the line is taken back (撤销).
    Withdraw(FactId),
    /// One recorded since the objection, in its own room.
    Recorded(FactId),
    /// A new one (补记).
    Enter(Box<NewFact>),
}

/// How a line is named within its account, across recomputing: by rule, item and facts, whatever its points have become.
pub(crate) fn line_key(line: &Line) -> String {
    let facts: Vec<String> = line.facts.iter().map(ToString::to_string).collect();
    sha256(format!("{}\n{}\n{}", line.rule, line.item, facts.join(" ")).as_bytes())[..16].to_owned()
}

/// A setting that counts working days.
pub(super) fn days(tx: &mut Tx, name: &str, own: u16) -> Result<u16, Problem> {
    let held = tx.find_setting(name)?.and_then(|text| text.parse().ok());
    Ok(held.filter(|days| (1..=60).contains(days)).unwrap_or(own))
}

fn fact_id(text: &str) -> Option<FactId> {
    let (table, key) = text.split_once(':')?;
    Some(FactId { table: Table::named(table)?, key: key.into() })
}

/// Until when lines of a period may be objected to; `None` while it is open.
pub(super) fn window_of(tx: &mut Tx, state: &MonthState) -> Result<Option<Date>, Problem> {
    let MonthState::Closed { closed_at, .. } = state else { return Ok(None) };
    let window = days(tx, "objection-window", WINDOW)?;
    working_day_after(tx, tz_model::shanghai_date(tz_store::moment(*closed_at)), window).map(Some)
}

fn views(tx: &mut Tx, rows: Vec<ObjectionRow>, today: Date) -> Result<Vec<Objection>, Problem> {
    let units = unit_names(tx)?;
    let people: BTreeMap<i64, String> =
        tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
    let who = |id: Option<i64>| id.and_then(|id| people.get(&id).cloned()).unwrap_or_default();
    let mut all = Vec::new();
    for row in rows {
        let month: Month = row.month.parse().map_err(|_| Problem::NotThere)?;
        let period = match closed_with(tx, month)? {
            Some((_, period)) => period,
            None => period_on(tx, month)?,
        };
        let answer_by = parse_date(&row.answer_by).unwrap_or(today);
        all.push(Objection {
            id: row.id,
            unit: UnitId(row.unit_id),
            unit_name: units.get(row.unit_id).unwrap_or_default().to_owned(),
            period,
            raised_at: tz_store::moment(row.raised_at),
            raised_by: who(row.raised_by),
            answer_by,
            overdue: row.state == ASKED && answer_by < today,
            state: ObjectionState::of(&row.state),
            answered_at: row.answered_at.map(tz_store::moment),
            answered_by: who(row.answered_by),
            correcting: row.fact_table.zip(row.fact_key).and_then(|(table, key)| fact_id(&format!("{table}:{key}"))),
            seen: row.seen_at.is_some(),
            item: row.item,
            points: row.points,
            why: row.why,
            reason: row.reason,
            answer: row.answer,
        });
    }
    Ok(all)
}

/// What an answer says: never nothing, as the unit reads it.
fn said(answer: &str) -> Result<&str, Problem> {
    let answer = answer.trim();
    if answer.is_empty() || answer.chars().count() > 500 {
        return Err(Problem::field("answer", "请写明答复意见和理由，500字以内，单位会看到。"));
    }
    Ok(answer)
}

/// What a line is called; of what is missing there is no line.
fn item_words(item: &str) -> &str {
    if item.is_empty() { "少计的事项" } else { item }
}

/// Tells the unit that its objection was answered.
fn tell_answer(tx: &mut Write, row: &ObjectionRow, now: i64) -> Result<(), Problem> {
    let month: Month = row.month.parse().map_err(|_| Problem::NotThere)?;
    let telling = Telling {
        kind: NoticeKind::ObjectionAnswered,
        subject: &row.id.to_string(),
        values: &[
            ("周期", &month.chinese()),
            ("事项", item_words(&row.item)),
            ("结果", ObjectionState::of(&row.state).name()),
            ("答复", &row.answer),
        ],
        href: &format!("/assessment/objections/{}", row.id),
    };
    let known = Known::read(tx)?;
    known.tell(tx, &telling, &known.reporters_of(&[row.unit_id]), now)?;
    Ok(())
}

fn taken() -> Problem {
    Problem::Refused("这项申诉刚刚由别人处理过，请重新打开。".to_owned())
}

impl App {
    /// The line of the person's own account that a key names, to be objected to; an empty key is what is missing.
    pub fn line_in_doubt(&self, who: &Reporter, month: Month, key: &str) -> Result<LineInDoubt, Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let scored = scored(&mut tx, &self.live, month, today)?;
        if let Some(until) = window_of(&mut tx, &scored.state)?.filter(|until| *until < today) {
            return Err(Problem::Refused(format!(
                "{}的申诉已于{}月{}日截止。发现事实有误的，请联系信息科，更正计入未关账的一期。",
                scored.period.chinese(),
                until.month(),
                until.day()
            )));
        }
        let (_, own) = scored.units.iter().find(|(id, _)| *id == who.unit()).ok_or(Problem::NotThere)?;
        let line = match key {
            "" => None,
            key => Some(own.score.lines.iter().find(|line| line_key(line) == key).ok_or(Problem::NotThere)?),
        };
        let answer = days(&mut tx, "objection-answer", ANSWER)?;
        Ok(LineInDoubt {
            period: scored.period.clone(),
            item: line.map(|line| line.item.to_string()).unwrap_or_default(),
            points: line.map(|line| line.points.to_string()).unwrap_or_default(),
            why: line.map(|line| line.why.clone()).unwrap_or_default(),
            answer_by: working_day_after(&mut tx, today, answer)?,
        })
    }

    /// Objects to a line of the person's own account, or to what is missing from it (申诉).
    pub fn object(&self, who: &Reporter, month: Month, key: &str, reason: &str) -> Result<i64, Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 1000 {
            return Err(Problem::field("reason", "请写明申诉的理由和依据，1000字以内。"));
        }
        let doubt = self.line_in_doubt(who, month, key)?;
        let now = self.micros();
        let mut tx = self.write()?;
        let scored = scored(&mut tx, &self.live, month, self.today())?;
        let own = scored.units.iter().find(|(id, _)| *id == who.unit());
        let line = own.and_then(|(_, unit)| unit.score.lines.iter().find(|line| line_key(line) == key));
        let facts: Vec<String> =
            line.map(|line| line.facts.iter().map(ToString::to_string).collect()).unwrap_or_default();
        let row = ObjectionRow {
            id: 0,
            office_id: 0,
            unit_id: who.unit().0,
            month: doubt.period.last.to_string(),
            line_key: key.to_owned(),
            item: doubt.item.clone(),
            points: doubt.points,
            why: doubt.why,
            facts: facts.join(" "),
            reason: reason.to_owned(),
            raised_at: now,
            raised_by: Some(who.account.0),
            fact_seq: tx.ledger_end()?.0,
            answer_by: doubt.answer_by.to_string(),
            state: ASKED.to_owned(),
            answer: String::new(),
            answered_at: None,
            answered_by: None,
            fact_table: None,
            fact_key: None,
            seen_at: None,
        };
        let id = tx.insert_objection(row).map_err(|failure| {
            if failure.is_taken() {
                Problem::Refused("这一项已经提出过申诉，正在等待答复。".to_owned())
            } else {
                failure.into()
            }
        })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "申诉",
            object: &format!("申诉{id}"),
            done: true,
            detail: &format!("{} {}", doubt.period.last, doubt.item),
        })?;
        let unit = unit_names(&mut tx)?.get(who.unit().0).unwrap_or_default().to_owned();
        let by = short(doubt.answer_by);
        let telling = Telling {
            kind: NoticeKind::Objected,
            subject: &id.to_string(),
            values: &[
                ("单位", &unit),
                ("周期", &doubt.period.chinese()),
                ("事项", item_words(&doubt.item)),
                ("答复期限", &by),
            ],
            href: &format!("/assessment/objections/{id}"),
        };
        let known = Known::read(&mut tx)?;
        known.tell(&mut tx, &telling, &known.of_roles(&[Role::Editor, Role::Chief]), now)?;
        tx.commit()?;
        Ok(id)
    }

    /// Objections, newest first, those that wait for an answer before the others: all for an editor, their own for a reporter.
    pub fn objections(&self, who: &Person) -> Result<Vec<Objection>, Problem> {
        let unit = whose(who)?;
        let mut tx = self.read()?;
        let rows = tx.list_objections(unit, LISTED)?;
        let mut all = views(&mut tx, rows, self.today())?;
        all.sort_by_key(|one| one.state != ObjectionState::Asked);
        Ok(all)
    }

    /// Objections as a person looks for them: those that wait, and a page of those that were answered.
    pub fn objections_listed(&self, who: &Person, listing: &Listing) -> Result<Listed<Objection>, Problem> {
        self.cut_objections(who, listing, Extent::Page)
    }

    /// As [`Self::objections_listed`], as much of the past as is wanted.
    pub(crate) fn cut_objections(
        &self,
        who: &Person,
        listing: &Listing,
        extent: Extent,
    ) -> Result<Listed<Objection>, Problem> {
        let unit = whose(who)?;
        let mut tx = self.read()?;
        let (of, all) = groups(&mut tx)?;
        let rows = tx.list_objections(unit, i64::MAX)?;
        cut(rows, ASKED, (&of, all), listing, extent).seen(|rows| views(&mut tx, rows, self.today()))
    }

    /// The objections about the lines of a unit's account in a period: the line's key, identity, and where it stands.
    pub(super) fn objections_to(
        tx: &mut Tx,
        unit: UnitId,
        month: Month,
    ) -> Result<Vec<(String, i64, ObjectionState)>, Problem> {
        let rows = tx.list_objections_about(unit, &month.to_string())?;
        let held = rows.into_iter().filter(|row| row.state != WITHDRAWN);
        Ok(held.map(|row| (row.line_key, row.id, ObjectionState::of(&row.state))).collect())
    }

    /// One objection. Another unit's is not there. A reporter who opens an answered one has seen the answer.
    pub fn objection(&self, who: &Person, id: i64) -> Result<ObjectionDetail, Problem> {
        let (detail, unseen) = {
            let mut tx = self.read()?;
            let row = tx.find_objection(id)?.ok_or(Problem::NotThere)?;
            let office = matches!(who.role, Role::Editor | Role::Chief);
            if !office && who.unit != Some(UnitId(row.unit_id)) {
                return Err(Problem::NotThere);
            }
            let mut facts = Vec::new();
            for fact in row.facts.split(' ').filter_map(fact_id) {
                let held = tx.find_fact(fact.table.name(), &fact.key)?.filter(|row| !row.revoked);
                facts.extend(held.map(|row| shown(&fact, Some(&row))));
            }
            let mut recorded: BTreeMap<FactId, FactShown> = BTreeMap::new();
            if office && row.state == ASKED {
                let end = tx.ledger_end()?;
                for fact in tx.list_recorded(FactSeq(row.fact_seq), end)? {
                    let of_unit = fact.each_unit_id().any(|unit| unit == row.unit_id);
                    if let (true, Some(table)) = (of_unit, Table::named(&fact.fact_table)) {
                        let id = FactId { table, key: fact.key.as_str().into() };
                        recorded.insert(id.clone(), shown(&id, Some(&fact)));
                    }
                }
            }
            let unseen = !office && row.answered_at.is_some() && row.seen_at.is_none();
            let objection = views(&mut tx, vec![row], self.today())?.pop().ok_or(Problem::NotThere)?;
            (ObjectionDetail { objection, facts, recorded: recorded.into_values().collect() }, unseen)
        };
        if unseen {
            let mut tx = self.write()?;
            tx.note_answer_seen(id, self.micros())?;
            tx.commit()?;
        }
        Ok(detail)
    }

    /// Takes back an objection that nobody has answered (撤回).
    pub fn withdraw_objection(&self, who: &Reporter, id: i64) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let row = tx.find_objection(id)?.filter(|row| row.unit_id == who.unit().0).ok_or(Problem::NotThere)?;
        let now = self.micros();
        let row = ObjectionRow { state: WITHDRAWN.to_owned(), seen_at: Some(now), ..row };
        if !tx.answer_objection(&row)? {
            return Err(Problem::Refused("这项申诉已经答复，不能撤回。".to_owned()));
        }
        self.record_objection(&mut tx, who, "撤回申诉", &row, "")?;
        tx.commit()?;
        Ok(())
    }

    /// Answers that the line stands, and why (申诉不成立).
    pub fn refuse_objection(&self, who: &Editor, id: i64, answer: &str) -> Result<(), Problem> {
        let answer = said(answer)?;
        let mut tx = self.write()?;
        let row = tx.find_objection(id)?.ok_or(Problem::NotThere)?;
        let row = self.answered(who, row, REFUSED, answer, None);
        if !tx.answer_objection(&row)? {
            return Err(taken());
        }
        self.record_objection(&mut tx, who, "答复申诉：不成立", &row, answer)?;
        tell_answer(&mut tx, &row, self.micros())?;
        tx.commit()?;
        Ok(())
    }

    /// Answers that the unit is right (申诉成立), by the fact that corrects: without one no point changes.
    pub fn accept_objection(
        &self,
        who: &Editor,
        id: i64,
        answer: &str,
        correcting: &Correcting,
    ) -> Result<FactId, Problem> {
        let answer = said(answer)?;
        let mut tx = self.write()?;
        let row = tx.find_objection(id)?.ok_or(Problem::NotThere)?;
        if row.state != ASKED {
            return Err(taken());
        }
        let fact = match correcting {
            Correcting::Withdraw(fact) => {
                if !row.facts.split(' ').any(|own| own == fact.to_string()) {
                    return Err(Problem::field("fact", "请选择这一项所依据的事实。"));
                }
                revoke(
                    &mut tx,
                    fact.table,
                    &fact.key,
                    &format!("申诉成立：{answer}"),
                    self.micros(),
                    Some(who.account.0),
                )?;
                fact.clone()
            }
            Correcting::Recorded(fact) => {
                let held = tx.find_fact(fact.table.name(), &fact.key)?;
                let after = |seq: i64| seq > row.fact_seq;
                let found = held.filter(|held| after(held.seq) && held.each_unit_id().any(|unit| unit == row.unit_id));
                if found.is_none() {
                    return Err(Problem::field("fact", "请选择申诉以后为该单位登记或更正的事实。"));
                }
                fact.clone()
            }
            Correcting::Enter(new) => {
                let new = NewFact { units: vec![UnitId(row.unit_id)], ..(**new).clone() };
                let recorded = self.record_fact_in(&mut tx, who, &new)?;
                FactId { table: new.table, key: recorded.key.as_str().into() }
            }
        };
        let row = self.answered(who, row, ACCEPTED, answer, Some(&fact));
        if !tx.answer_objection(&row)? {
            return Err(taken());
        }
        self.record_objection(&mut tx, who, "答复申诉：成立", &row, &format!("{fact} {answer}"))?;
        tell_answer(&mut tx, &row, self.micros())?;
        tx.commit()?;
        Ok(fact)
    }

    fn answered(
        &self,
        who: &Editor,
        row: ObjectionRow,
        state: &str,
        answer: &str,
        fact: Option<&FactId>,
    ) -> ObjectionRow {
        ObjectionRow {
            state: state.to_owned(),
            answer: answer.to_owned(),
            answered_at: Some(self.micros()),
            answered_by: Some(who.account.0),
            fact_table: fact.map(|fact| fact.table.name().to_owned()),
            fact_key: fact.map(|fact| fact.key.to_string()),
            ..row
        }
    }

    fn record_objection(
        &self,
        tx: &mut tz_store::Write,
        who: &Person,
        act: &str,
        row: &ObjectionRow,
        detail: &str,
    ) -> Result<(), Problem> {
        Ok(tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act,
            object: &format!("申诉{}", row.id),
            done: true,
            detail,
        })?)
    }
}
