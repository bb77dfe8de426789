//! Follow-ups (督办): what a unit is to do about a comment, until when, what it answered, and that it is closed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use tz_model::calendar::Calendar;
use tz_model::{Table, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::follow_up::{FollowUpRow, FollowWordRow};
use tz_store::item::{EventRow, Sight};
use tz_store::{Tx, Write};

use super::{KeptFile, files};
use crate::problem::all_right;
use crate::publication::unit_names;
use crate::report::NewFile;
use crate::system::calendar_of;
use crate::{App, Editor, FieldFault, Person, Problem, Reporter};

const OPEN: &str = "open";
const REPLIED: &str = "replied";
const CLOSED: &str = "closed";

/// Working days before the deadline from which a follow-up is due, unless an editor says otherwise.
pub const REMIND: i64 = 3;

/// How a follow-up stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowState {
    /// 办理中: so many working days are left.
    Open(i64),
    /// 临近到期: no more than the reminder's working days are left.
    Due(i64),
    /// 办理中: the deadline lies in a year whose holidays are not entered, so nobody can say how many working days are left.
    Uncounted,
    /// 逾期: so many days over.
    Late(i32),
    /// 已反馈: the unit has answered, an editor has to read it.
    Replied,
    /// 已办结
    Closed,
}

impl FollowState {
    /// How a follow-up stands, by what is stored of it.
    fn of(state: &str, deadline: Date, remind: i64, today: Date, calendar: &Calendar) -> Self {
        match state {
            CLOSED => Self::Closed,
            REPLIED => Self::Replied,
            _ if deadline < today => Self::Late(today.since(deadline).map_or(0, |span| span.get_days())),
            _ => match calendar.days_between(today, deadline).map(i64::from) {
                Ok(left) if left <= remind => Self::Due(left),
                Ok(left) => Self::Open(left),
                Err(_) => Self::Uncounted,
            },
        }
    }

    /// As people say it.
    pub fn words(self) -> String {
        match self {
            Self::Open(left) => format!("办理中，还有{left}个工作日"),
            Self::Due(0) => "今天到期".to_owned(),
            Self::Due(left) => format!("还有{left}个工作日到期"),
            Self::Uncounted => "办理中，期限所在年份的放假安排还没有录入".to_owned(),
            Self::Late(days) => format!("逾期{days}天"),
            Self::Replied => "已反馈，待审核".to_owned(),
            Self::Closed => "已办结".to_owned(),
        }
    }
}

/// A follow-up as typed.
#[derive(Clone, Debug, Default)]
pub struct NewFollowUp {
    /// The key of the comment.
    pub key: String,
    /// 责任单位: each has its own.
    pub units: Vec<UnitId>,
    /// 办理要求
    pub requirement: String,
    /// 办理期限, as typed.
    pub deadline: String,
    /// Working days before it from which it is due, as typed.
    pub remind: String,
}

/// Something said about a follow-up.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its identity.
    pub id: i64,
    /// The unit's reply, rather than why an editor sent one back.
    pub reply: bool,
    /// The text.
    pub words: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The files that came with it.
    pub files: Vec<KeptFile>,
}

/// A follow-up.
#[derive(Clone, Debug)]
pub struct FollowView {
    /// Its identity.
    pub id: i64,
    /// 责任单位
    pub unit: String,
    /// What is to be done.
    pub requirement: String,
    /// Until when.
    pub deadline: Date,
    /// How it stands today.
    pub state: FollowState,
    /// The comment: level, leader, words.
    pub comment: (String, String, String),
    /// The day of the comment.
    pub commented: Option<Date>,
    /// Title of the item it is on.
    pub title: String,
    /// What was said about it, in order.
    pub said: Vec<Said>,
    /// What the editor said on closing it.
    pub closing: String,
}

/// Which follow-ups are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FollowFilter {
    /// Every one that is not closed.
    #[default]
    Open,
    /// 临近到期
    Due,
    /// 逾期
    Late,
    /// 已反馈
    Replied,
    /// 已办结
    Closed,
}

impl FollowFilter {
    /// Every filter, in the order it is shown.
    pub const ALL: [Self; 5] = [Self::Open, Self::Due, Self::Late, Self::Replied, Self::Closed];

    /// As addresses write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Due => "due",
            Self::Late => "late",
            Self::Replied => "replied",
            Self::Closed => "closed",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "未办结",
            Self::Due => "临近到期",
            Self::Late => "逾期",
            Self::Replied => "待审核",
            Self::Closed => "已办结",
        }
    }

    /// Whether a follow-up that stands so is among them.
    pub fn takes(self, state: FollowState) -> bool {
        match self {
            Self::Open => state != FollowState::Closed,
            Self::Due => matches!(state, FollowState::Due(_)),
            Self::Late => matches!(state, FollowState::Late(_)),
            Self::Replied => state == FollowState::Replied,
            Self::Closed => state == FollowState::Closed,
        }
    }
}

fn state_of(row: &FollowUpRow, today: Date, calendar: &Calendar) -> FollowState {
    let deadline = parse_date(&row.deadline).unwrap_or(today);
    FollowState::of(&row.state, deadline, row.remind, today, calendar)
}

/// For each comment, by its key, its follow-ups: identity, unit, state.
pub(super) type StatesByComment = BTreeMap<String, Vec<(i64, String, FollowState)>>;

/// How the follow-ups of comments stand.
pub(super) fn states_of(tx: &mut Tx, today: Date) -> Result<StatesByComment, Problem> {
    let names = unit_names(tx)?;
    let calendar = calendar_of(tx)?;
    let mut of = StatesByComment::new();
    for row in tx.list_follow_ups(None)? {
        let unit = names.get(row.unit_id).unwrap_or_default().to_owned();
        let state = state_of(&row, today, &calendar);
        of.entry(row.fact_key).or_default().push((row.id, unit, state));
    }
    Ok(of)
}

/// The unit a reply is of.
pub(super) fn unit_of_word(tx: &mut Tx, word: i64) -> Result<Option<UnitId>, Problem> {
    Ok(tx.find_follow_up_of_word(word)?.map(|row| UnitId(row.unit_id)))
}

/// Follow-ups as people see them.
pub(crate) fn views(tx: &mut Tx, rows: Vec<FollowUpRow>, today: Date) -> Result<Vec<FollowView>, Problem> {
    let names = unit_names(tx)?;
    let calendar = calendar_of(tx)?;
    let accounts: BTreeMap<i64, String> =
        tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let words = tx.list_follow_words(&ids)?;
    let said: Vec<i64> = words.iter().map(|word| word.id).collect();
    let kept = files::of(tx, files::REPLY, &said)?;
    let keys: Vec<&str> = rows.iter().map(|row| row.fact_key.as_str()).collect();
    let facts: BTreeMap<String, tz_store::ledger::FactRow> = tx
        .list_facts_named(Table::Comments.name(), &keys, None)?
        .into_iter()
        .map(|fact| (fact.key.clone(), fact))
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let fact = facts.get(&row.fact_key);
            let text = |of: Option<&String>| of.cloned().unwrap_or_default();
            FollowView {
                id: row.id,
                unit: names.get(row.unit_id).unwrap_or_default().to_owned(),
                deadline: parse_date(&row.deadline).unwrap_or(today),
                state: state_of(&row, today, &calendar),
                comment: (
                    fact.map(|fact| fact.name.clone()).unwrap_or_default(),
                    text(fact.and_then(|fact| fact.leader.as_ref())),
                    text(fact.and_then(|fact| fact.note.as_ref())),
                ),
                commented: fact.and_then(|fact| parse_date(&fact.date).ok()),
                title: text(fact.and_then(|fact| fact.title.as_ref())),
                said: words
                    .iter()
                    .filter(|word| word.follow_id == row.id)
                    .map(|word| Said {
                        id: word.id,
                        reply: word.kind == "reply",
                        words: word.words.clone(),
                        at: tz_store::moment(word.at),
                        by: word.account_id.and_then(|by| accounts.get(&by).cloned()).unwrap_or_default(),
                        files: kept.iter().filter(|file| file.owner_id == word.id).cloned().collect(),
                    })
                    .collect(),
                requirement: row.requirement,
                closing: row.closing,
            }
        })
        .collect())
}

/// A text that must be there and not be too long.
fn text_fault(field: &'static str, text: &str, most: usize, what: &str) -> Option<FieldFault> {
    (text.trim().is_empty() || text.chars().count() > most)
        .then(|| FieldFault::new(field, format!("请填写{what}，{most}字以内。")))
}

impl App {
    /// Begins a follow-up of a comment (交办督办), one for each unit.
    pub fn follow_up(&self, who: &Editor, new: &NewFollowUp) -> Result<usize, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let fact = tx.find_fact(Table::Comments.name(), &new.key)?.filter(|fact| !fact.revoked);
        let fact = fact.ok_or(Problem::NotThere)?;
        let mut faults: Vec<FieldFault> =
            text_fault("requirement", &new.requirement, 500, "办理要求").into_iter().collect();
        let deadline = match parse_date(&new.deadline) {
            Ok(day) if day < self.today() => {
                faults.push(FieldFault::new("deadline", "办理期限不能早于今天，请核对。"));
                day
            }
            Ok(day) => day,
            Err(_) => {
                faults.push(FieldFault::new("deadline", "请填写办理期限，例如 2018-06-30。"));
                self.today()
            }
        };
        let remind = new.remind.trim().parse::<i64>().ok().filter(|days| (0..=30).contains(days));
        if remind.is_none() {
            faults.push(FieldFault::new("remind", "提前提醒请填0到30之间的工作日数。"));
        }
        let mut units = Vec::new();
        for unit in &new.units {
            if tx.find_unit(*unit)?.is_some() && !units.contains(&unit.0) {
                units.push(unit.0);
            }
        }
        if units.is_empty() {
            faults.push(FieldFault::new("unit", "请选择责任单位，可以选多个。"));
        }
        all_right(faults)?;
        let names = unit_names(&mut tx)?;
        for unit in &units {
            tx.insert_follow_up(FollowUpRow {
                id: 0,
                office_id: 0,
                fact_key: fact.key.clone(),
                unit_id: *unit,
                requirement: new.requirement.trim().to_owned(),
                deadline: deadline.to_string(),
                remind: remind.unwrap_or(REMIND),
                state: OPEN.to_owned(),
                created_at: now,
                created_by: Some(who.account.0),
                closed_at: None,
                closed_by: None,
                closing: String::new(),
            })?;
            let name = names.get(*unit).unwrap_or_default();
            let text = format!("批示交{name}办理，{}月{}日前反馈。", deadline.month(), deadline.day());
            told(&mut tx, who, fact.item_id, *unit, text, now)?;
        }
        self.act(&mut tx, who, "交办督办", &fact.key, new.requirement.trim())?;
        tx.commit()?;
        Ok(units.len())
    }

    fn act(&self, tx: &mut Write, who: &Person, act: &str, key: &str, detail: &str) -> Result<(), Problem> {
        Ok(tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act,
            object: &format!("{}:{key}", Table::Comments.name()),
            done: true,
            detail,
        })?)
    }

    /// Follow-ups by how they stand, the earliest deadline first: an editor sees all, a reporter those of their unit. With how
    /// many each filter would list.
    pub fn follow_ups(&self, who: &Person, filter: FollowFilter) -> Result<(Vec<FollowView>, Vec<usize>), Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let calendar = calendar_of(&mut tx)?;
        let rows = tx.list_follow_ups(who.unit)?;
        let states: Vec<FollowState> = rows.iter().map(|row| state_of(row, today, &calendar)).collect();
        let counts = FollowFilter::ALL
            .iter()
            .map(|filter| states.iter().filter(|state| filter.takes(**state)).count())
            .collect();
        let chosen: Vec<FollowUpRow> =
            rows.into_iter().filter(|row| filter.takes(state_of(row, today, &calendar))).collect();
        Ok((views(&mut tx, chosen, today)?, counts))
    }

    /// One follow-up, for the office and for its unit.
    pub fn one_follow_up(&self, who: &Person, id: i64) -> Result<FollowView, Problem> {
        let mut tx = self.read()?;
        let row = tx.find_follow_up(id)?.ok_or(Problem::NotThere)?;
        if who.unit.is_some_and(|own| own.0 != row.unit_id) {
            return Err(Problem::NotThere);
        }
        views(&mut tx, vec![row], self.today())?.pop().ok_or(Problem::NotThere)
    }

    /// The unit's reply (反馈办理情况), with files.
    pub fn reply_follow_up(&self, who: &Reporter, id: i64, words: &str, kept: &[NewFile]) -> Result<(), Problem> {
        let mut faults: Vec<FieldFault> = text_fault("words", words, 5000, "办理情况").into_iter().collect();
        faults.extend(self.file_faults(kept));
        all_right(faults)?;
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_follow_up(id)?.filter(|row| row.unit_id == who.unit().0).ok_or(Problem::NotThere)?;
        if row.state == CLOSED {
            return Err(Problem::Refused("这一项已经办结，不必再反馈。".to_owned()));
        }
        let (opened, key, unit) = (row.state.clone(), row.fact_key.clone(), row.unit_id);
        // A second reply before anybody has read the first adds to it.
        if !tx.update_follow_up(&FollowUpRow { state: REPLIED.to_owned(), ..row }, &opened)? {
            return Err(Problem::Refused("这一项刚刚被改过，请重新打开。".to_owned()));
        }
        let said = word(&mut tx, who, id, "reply", words, now)?;
        files::keep(&mut tx, files::REPLY, said, kept)?;
        let item = tx.find_fact(Table::Comments.name(), &key)?.and_then(|fact| fact.item_id);
        told(&mut tx, who, item, unit, "责任单位反馈了批示办理情况。".to_owned(), now)?;
        self.act(&mut tx, who, "反馈批示办理", &key, "")?;
        tx.commit()?;
        Ok(())
    }

    /// Sends a reply back to the unit with what is missing (退回补充).
    pub fn return_follow_up(&self, who: &Editor, id: i64, words: &str) -> Result<(), Problem> {
        self.move_follow_up(who, id, words, OPEN)
    }

    /// Closes a follow-up (办结), with or without a reply, with a word on how it ended.
    pub fn close_follow_up(&self, who: &Editor, id: i64, words: &str) -> Result<(), Problem> {
        self.move_follow_up(who, id, words, CLOSED)
    }

    fn move_follow_up(&self, who: &Editor, id: i64, words: &str, to: &str) -> Result<(), Problem> {
        let closing = to == CLOSED;
        let what = if closing { "办结意见" } else { "退回的原因" };
        all_right(text_fault("words", words, 500, what).into_iter().collect())?;
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_follow_up(id)?.ok_or(Problem::NotThere)?;
        if row.state == CLOSED || (!closing && row.state != REPLIED) {
            return Err(Problem::Refused("这一项刚刚被改过，请重新打开。".to_owned()));
        }
        let (opened, key, unit) = (row.state.clone(), row.fact_key.clone(), row.unit_id);
        let row = FollowUpRow {
            state: to.to_owned(),
            closed_at: Some(now).filter(|_| closing),
            closed_by: Some(who.account.0).filter(|_| closing),
            closing: if closing { words.trim().to_owned() } else { String::new() },
            ..row
        };
        if !tx.update_follow_up(&row, &opened)? {
            return Err(Problem::Refused("这一项刚刚被改过，请重新打开。".to_owned()));
        }
        if !closing {
            word(&mut tx, who, id, "return", words, now)?;
        }
        let item = tx.find_fact(Table::Comments.name(), &key)?.and_then(|fact| fact.item_id);
        let text = if closing { "批示办理已办结。" } else { "批示办理情况退回补充。" };
        told(&mut tx, who, item, unit, text.to_owned(), now)?;
        self.act(&mut tx, who, if closing { "办结督办" } else { "退回督办反馈" }, &key, words.trim())?;
        tx.commit()?;
        Ok(())
    }
}

fn word(tx: &mut Write, who: &Person, follow: i64, kind: &str, words: &str, now: i64) -> Result<i64, Problem> {
    Ok(tx.insert_follow_word(FollowWordRow {
        id: 0,
        follow_id: follow,
        kind: kind.to_owned(),
        words: words.trim().to_owned(),
        at: now,
        account_id: Some(who.account.0),
    })?)
}

/// On the item's timeline; its units see it where the responsible unit is one of them.
fn told(tx: &mut Write, who: &Person, item: Option<i64>, unit: i64, text: String, now: i64) -> Result<(), Problem> {
    let Some(item) = item else { return Ok(()) };
    let Some((_, units)) = tx.find_item(Sight::Office, tz_model::ItemId(item))? else { return Ok(()) };
    Ok(tx.append_event(EventRow {
        item_id: item,
        position: 0,
        at: now,
        account_id: Some(who.account.0),
        kind: "followed".to_owned(),
        text,
        for_unit: units == [unit],
    })?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_follow_up_is_due_within_its_reminder_and_late_the_day_after_its_deadline() {
        let today = date(2018, 12, 20);
        let calendar = Calendar::built_in();
        let stands = |state: &str, day: i8| FollowState::of(state, date(2018, 12, day), 3, today, calendar);
        // 20 December 2018 is a Thursday; Saturday the 29th is worked for the New Year.
        assert_eq!(stands("open", 29), FollowState::Open(7));
        let beyond = FollowState::of("open", date(2027, 1, 4), 3, date(2026, 12, 31), calendar);
        assert_eq!(beyond, FollowState::Uncounted, "a year without its notice is not guessed at");
        assert_eq!(stands("open", 26), FollowState::Open(4));
        assert_eq!(stands("open", 25), FollowState::Due(3));
        assert_eq!(stands("open", 20), FollowState::Due(0));
        assert_eq!(stands("open", 18), FollowState::Late(2));
        assert_eq!(stands("replied", 18), FollowState::Replied);
        assert_eq!(stands("closed", 18), FollowState::Closed);
        for filter in FollowFilter::ALL {
            let open = [FollowState::Open(4), FollowState::Due(0), FollowState::Late(2), FollowState::Replied];
            let takes = open.iter().filter(|state| filter.takes(**state)).count();
            assert_eq!(
                takes,
                if filter == FollowFilter::Open { 4 } else { usize::from(filter != FollowFilter::Closed) }
            );
        }
    }
}
