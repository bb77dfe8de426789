//! Solicitations (约稿, N2.2): topic, requirement, deadline, units; what each unit owes and how it was met (R7, F1.n4).
//!
//! What a unit owes is one fact of the table 约稿; every mark on it (answered, refused, taken back) is a new row of that fact.
//! That nothing came by the deadline needs no row: the rules see it.

mod around;
mod points;
mod topics;

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{AccountId, ItemId, Period, Points, SolicitationId, Table, UnitId, parse_date};
use tz_scheme::{Answer, Body, Scheme};
use tz_store::audit::Act;
use tz_store::directory::UnitNames;
use tz_store::item::EventRow;
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::reporting_points::OriginRow;
use tz_store::solicitation::SolicitationRow;
use tz_store::{Tx, Write};

use crate::comment::files;
use crate::facts::closed_period;
use crate::notice::{Known, NoticeKind, Telling};
use crate::problem::all_right;
use crate::publication::unit_names;
use crate::report::NewFile;
use crate::system::calendar_of;
use crate::{App, Editor, FieldFault, Person, Problem, Reporter, Role, scheme_on};

pub(crate) use points::send_points_in;
pub use points::{NewPoints, PointsView, TopicView, UnitTopics};
pub use topics::{ItemTopic, OpenTopic};
pub(crate) use topics::{open_topics, tie_entered, topic_named, topics_of_item};

/// A solicitation as typed.
#[derive(Clone, Debug, Default)]
pub struct NewSolicitation {
    /// 题目
    pub topic: String,
    /// 要求
    pub requirement: String,
    /// The last day on which an answer is on time.
    pub deadline: String,
    /// In place of a day: so many working days after today.
    pub working_days: String,
    /// The higher office whose solicitation it passes on (转来); empty for the office's own.
    pub origin: String,
    /// Until when that office must have the answer; empty where it did not say.
    pub origin_deadline: String,
    /// 附件
    pub files: Vec<NewFile>,
    /// Whole ranking groups by name: every unit of them scored that day.
    pub groups: Vec<String>,
    /// Units picked one by one.
    pub units: Vec<UnitId>,
}

/// What was sent.
#[derive(Clone, Debug)]
pub struct Solicited {
    /// Its identity.
    pub id: SolicitationId,
    /// `约稿2018-01`
    pub code: String,
    /// How many units owe an answer.
    pub units: usize,
}

/// How a duty stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DutyState {
    /// 待报: so many days left, 0 on the last one.
    Open(i32),
    /// 按时
    OnTime,
    /// 迟报: so many days late.
    Late(i32),
    /// 拒报
    Refused,
    /// 漏报: nothing came, so many days over.
    Missed(i32),
}

impl DutyState {
    pub(crate) fn of(row: &FactRow, today: Date) -> Option<Self> {
        let deadline = parse_date(&row.date).ok()?;
        let past = |day: Date| day.since(deadline).map_or(0, |span| span.get_days());
        Some(if row.outcome.is_some() {
            Self::Refused
        } else if let Some(answered) = row.answered.as_deref().and_then(|day| parse_date(day).ok()) {
            if answered <= deadline { Self::OnTime } else { Self::Late(past(answered)) }
        } else if today <= deadline {
            Self::Open(-past(today))
        } else {
            Self::Missed(past(today))
        })
    }

    /// As the rules call it; nothing while it is open.
    pub fn answer(self) -> Option<Answer> {
        match self {
            Self::Open(_) => None,
            Self::OnTime => Some(Answer::OnTime),
            Self::Late(_) => Some(Answer::Late),
            Self::Refused => Some(Answer::Refused),
            Self::Missed(_) => Some(Answer::Missed),
        }
    }

    /// As people say it: `还有3天`, `迟报2天`.
    pub fn words(self) -> String {
        match self {
            Self::Open(0) => "今天截止".to_owned(),
            Self::Open(days) => format!("还有{days}天"),
            Self::OnTime => "按时".to_owned(),
            Self::Late(days) => format!("迟报{days}天"),
            Self::Refused => "拒报".to_owned(),
            Self::Missed(days) => format!("逾期{days}天未报"),
        }
    }
}

/// What one unit owes under one solicitation.
#[derive(Clone, Debug)]
pub struct DutyView {
    /// The fact's key.
    pub key: String,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// How it stands today.
    pub state: DutyState,
    /// The day the answer came.
    pub answered: Option<Date>,
    /// Points (分) it gives as it stands, by the scheme of the deadline; 0 while open.
    pub points: Points,
    /// Why the newest mark was made; empty for none.
    pub reason: String,
    /// When the unit said that it will answer (接受); it may not have.
    pub accepted: Option<jiff::Timestamp>,
    /// The items sent in answer: identity, number, title.
    pub items: Vec<(ItemId, String, String)>,
}

/// A solicitation in a list or whole.
#[derive(Clone, Debug)]
pub struct SolicitationView {
    /// Its identity.
    pub id: SolicitationId,
    /// `约稿2018-01`
    pub code: String,
    /// 题目
    pub topic: String,
    /// 要求
    pub requirement: String,
    /// The last day on which an answer is on time.
    pub deadline: Date,
    /// Who sent it.
    pub by: String,
    /// When it was sent.
    pub sent: jiff::Timestamp,
    /// The higher office that asked, and until when it must have the answer.
    pub origin: Option<(String, Option<Date>)>,
    /// 附件: place and name.
    pub files: Vec<(i64, String)>,
    /// What the units owe that the person may see, in the directory's order.
    pub duties: Vec<DutyView>,
}

/// A mark an editor makes on a duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DutyMark {
    /// 已报, on this day as typed.
    Answered(String),
    /// 拒报
    Refused,
    /// Both taken back: the unit owes it again.
    Open,
}

fn price(scheme: &Scheme, answer: Answer) -> Points {
    scheme
        .rules()
        .iter()
        .filter_map(|rule| match &rule.body {
            Body::Facts(facts) if facts.table == Table::Duties => Some(&facts.prices),
            _ => None,
        })
        .flatten()
        .filter(|price| price.of.iter().any(|name| **name == *answer.name()))
        .map(tz_scheme::Price::points)
        .sum()
}

/// `2018年6月20日`
pub(crate) fn words_of(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// The deadline typed: a day, or so many working days after today (民法典第二百零一条).
fn deadline_of(
    tx: &mut Tx,
    new: &NewSolicitation,
    today: Date,
    faults: &mut Vec<FieldFault>,
) -> Result<Option<Date>, Problem> {
    let count = new.working_days.trim();
    if !new.deadline.trim().is_empty() || count.is_empty() {
        return Ok(parse_date(&new.deadline).ok());
    }
    match count.parse::<u16>() {
        Ok(count @ 1..=60) => match calendar_of(tx)?.days_after(today, count) {
            Ok(day) => return Ok(Some(day)),
            Err(unknown) => faults.push(FieldFault::new("deadline", unknown.to_string())),
        },
        _ => faults.push(FieldFault::new("deadline", "工作日天数请填1到60之间的数。")),
    }
    Ok(None)
}

/// Which higher office asked, and until when it must have the answer: not before the units' own last day.
fn origin_of(
    new: &NewSolicitation,
    deadline: Option<Date>,
    faults: &mut Vec<FieldFault>,
) -> Option<(String, Option<Date>)> {
    let target = new.origin.split_whitespace().collect::<Vec<_>>().join(" ");
    let typed = new.origin_deadline.trim();
    if target.is_empty() {
        if !typed.is_empty() {
            faults.push(FieldFault::new("origin", "填写了上级截止日期，请同时填写是哪个机关约稿。"));
        }
        return None;
    }
    if target.chars().count() > 40 {
        faults.push(FieldFault::new("origin", "约稿机关不超过40字。"));
    }
    let day = parse_date(typed).ok();
    match (day, deadline) {
        (None, _) if !typed.is_empty() => {
            faults.push(FieldFault::new("origin_deadline", "上级截止日期请写成 2018-06-22 这样。"));
        }
        (Some(day), Some(deadline)) if deadline > day => {
            let sentence = format!("单位的截止日期（{deadline}）晚于上级的截止日期（{day}），请提前。");
            faults.push(FieldFault::new("origin_deadline", sentence));
        }
        _ => {}
    }
    Some((target, day))
}

/// Every unit asked that is scored on a day, once, in the directory's order: of whole groups, or picked.
fn units_asked(tx: &mut Tx, today: Date, groups: &[String], picked: &[UnitId]) -> Result<Vec<i64>, Problem> {
    let day = today.to_string();
    let scored = tx.list_units(None)?.into_iter().filter(|unit| {
        unit.from_date.as_deref().is_none_or(|from| from <= day.as_str())
            && unit.to_date.as_deref().is_none_or(|to| to >= day.as_str())
    });
    Ok(scored
        .filter(|unit| picked.contains(&UnitId(unit.unit_id)) || groups.contains(&unit.ranking_group))
        .map(|unit| unit.unit_id)
        .collect())
}

/// Sends a solicitation: as [`App::solicit`], inside a bigger transaction.
pub(crate) fn solicit_in(
    tx: &mut Write,
    who: &Person,
    new: &NewSolicitation,
    today: Date,
    now: i64,
) -> Result<Solicited, Problem> {
    let mut faults = Vec::new();
    let topic = new.topic.split_whitespace().collect::<Vec<_>>().join(" ");
    if topic.is_empty() || topic.chars().count() > 100 {
        faults.push(FieldFault::new("topic", "请填写约稿题目，100字以内。"));
    }
    if new.requirement.chars().count() > 5000 {
        faults.push(FieldFault::new("requirement", "约稿要求不超过5000字。"));
    }
    let deadline = deadline_of(tx, new, today, &mut faults)?;
    match deadline {
        None if faults.iter().any(|fault| fault.field == "deadline") => {}
        None => faults.push(FieldFault::new("deadline", "请填写截止日期，例如 2018-06-20。")),
        Some(deadline) if deadline < today => {
            faults.push(FieldFault::new("deadline", "截止日期已过，请改为今天或以后的日期。"));
        }
        Some(_) => {}
    }
    let origin = origin_of(new, deadline, &mut faults);
    let units = units_asked(tx, today, &new.groups, &new.units)?;
    if units.is_empty() {
        faults.push(FieldFault::new("unit", "请选择约稿的单位：可以整组选，也可以逐个选。"));
    }
    all_right(faults)?;
    let deadline = deadline.expect("a missing deadline was a fault above").to_string();
    let number = tx.next_number(&format!("solicitation-{}", today.year()))?;
    let code = format!("约稿{}-{number:02}", today.year());
    let id = tx.insert_solicitation(SolicitationRow {
        id: 0,
        office_id: 0,
        code: code.clone(),
        topic: topic.clone(),
        requirement: new.requirement.trim().to_owned(),
        deadline: deadline.clone(),
        created_at: now,
        created_by: Some(who.account.0),
    })?;
    if let Some((target, deadline)) = origin {
        let deadline = deadline.map(|day| day.to_string());
        tx.insert_solicitation_origin(OriginRow { solicitation_id: id, target, deadline })?;
    }
    files::keep(tx, around::FILES, id, &new.files)?;
    for unit in &units {
        tx.append_fact(FactRow {
            title: Some(topic.clone()),
            solicitation_id: Some(id),
            recorded_at: now,
            recorded_by: Some(who.account.0),
            reason: "约稿".to_owned(),
            ..FactRow::new(Table::Duties.name(), &[*unit], &deadline, "")
        })?;
    }
    let last = parse_date(&deadline).map_or_else(|_| deadline.clone(), words_of);
    let telling = Telling {
        kind: NoticeKind::Solicited,
        subject: &code,
        values: &[("编号", &code), ("题目", &topic), ("截止日期", &last), ("要求", new.requirement.trim())],
        href: &format!("/solicitation/{id}"),
    };
    let known = Known::read(tx)?;
    known.tell(tx, &telling, &known.reporters_of(&units), now)?;
    tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "约稿",
        object: &code,
        done: true,
        detail: &format!("{topic}，{}个单位，{deadline}截止", units.len()),
    })?;
    Ok(Solicited { id: SolicitationId(id), code, units: units.len() })
}

/// A new row of a duty with this answer and outcome.
fn mark(
    tx: &mut Write,
    held: FactRow,
    answered: Option<Date>,
    refused: bool,
    reason: &str,
    by: Option<i64>,
    now: i64,
) -> Result<(), Problem> {
    tx.append_fact(FactRow {
        answered: answered.map(|day| day.to_string()),
        outcome: refused.then(|| Answer::Refused.name().to_owned()),
        reason: reason.to_owned(),
        recorded_at: now,
        recorded_by: by,
        ..held
    })?;
    Ok(())
}

/// An item answering a solicitation has come on a day: the duties of its units are met (R7). The first answer stands; a refusal
/// is lifted by an answer. Units that owe nothing are passed over. Gives how many duties were met by it.
pub(crate) fn answer_in(
    tx: &mut Write,
    units: &[i64],
    solicitation: i64,
    on: Date,
    by: Option<i64>,
    now: i64,
) -> Result<usize, Problem> {
    let mut met = 0;
    for duty in duties(tx, solicitation)? {
        if duty.answered.is_none() && duty.unit_ids().iter().any(|unit| units.contains(unit)) {
            mark(tx, duty, Some(on), false, "收到稿件", by, now)?;
            met += 1;
        }
    }
    Ok(met)
}

fn duties(tx: &mut Tx, solicitation: i64) -> Result<Vec<FactRow>, Problem> {
    Ok(tx.list_facts(&FactFilter {
        table: Some(Table::Duties.name()),
        solicitation: Some(solicitation),
        ..FactFilter::default()
    })?)
}

/// A solicitation with the duties a person may see.
fn view(
    tx: &mut Tx,
    row: SolicitationRow,
    facts: &[FactRow],
    names: &UnitNames,
    of: Option<UnitId>,
    today: Date,
    with_items: bool,
) -> Result<Option<SolicitationView>, Problem> {
    let Ok(deadline) = parse_date(&row.deadline) else { return Ok(None) };
    let scheme = scheme_on(tx, deadline)?;
    let answers = if with_items { tx.list_answers(row.id)? } else { Vec::new() };
    let accepted = if with_items { tx.list_duty_acceptances(row.id)? } else { Vec::new() };
    let mut views = Vec::new();
    for fact in facts.iter().filter(|fact| fact.solicitation_id == Some(row.id)) {
        for unit in fact.unit_ids() {
            if of.is_some_and(|of| of.0 != unit) {
                continue;
            }
            let Some(state) = DutyState::of(fact, today) else { continue };
            let sent = answers.iter().filter(|(_, of)| *of == unit);
            views.push(DutyView {
                key: fact.key.clone(),
                unit: UnitId(unit),
                unit_name: names.get(unit).unwrap_or_default().to_owned(),
                state,
                answered: fact.answered.as_deref().and_then(|day| parse_date(day).ok()),
                points: state.answer().map(|answer| price(&scheme, answer)).unwrap_or_default(),
                reason: if fact.reason == "约稿" { String::new() } else { fact.reason.clone() },
                accepted: accepted.iter().find(|(of, _)| *of == unit).map(|(_, at)| tz_store::moment(*at)),
                items: sent.map(|(item, _)| (ItemId(item.id), item.number.clone(), item.title.clone())).collect(),
            });
        }
    }
    // New rows of a fact come later in the ledger; the table keeps the order of the directory.
    let order: BTreeMap<i64, usize> =
        tx.list_units(None)?.into_iter().enumerate().map(|(place, unit)| (unit.unit_id, place)).collect();
    views.sort_by_key(|duty| order.get(&duty.unit.0).copied());
    if of.is_some() && views.is_empty() {
        return Ok(None);
    }
    let by = match row.created_by {
        Some(by) => tx.find_account(AccountId(by))?.map(|account| account.name),
        None => None,
    };
    Ok(Some(SolicitationView {
        id: SolicitationId(row.id),
        code: row.code,
        topic: row.topic,
        requirement: row.requirement,
        deadline,
        by: by.unwrap_or_default(),
        sent: tz_store::moment(row.created_at),
        origin: tx
            .find_solicitation_origin(row.id)?
            .map(|origin| (origin.target, origin.deadline.and_then(|day| parse_date(&day).ok()))),
        files: files::of(tx, around::FILES, &[row.id])?.into_iter().map(|file| (file.position, file.name)).collect(),
        duties: views,
    }))
}

impl App {
    /// Sends a solicitation (约稿): numbered without gaps in the year, one duty for each unit.
    pub fn solicit(&self, who: &Editor, new: &NewSolicitation) -> Result<Solicited, Problem> {
        // Before the transaction: reading files takes its time.
        let faults = self.file_faults(&new.files);
        let mut tx = self.write()?;
        let sent = match solicit_in(&mut tx, who, new, self.today(), self.micros()) {
            Ok(sent) => sent,
            Err(Problem::Faults(others)) => {
                return Err(Problem::Faults(others.into_iter().chain(faults).collect()));
            }
            Err(other) => return Err(other),
        };
        all_right(faults)?;
        tx.commit()?;
        Ok(sent)
    }

    /// The solicitations a person may see, newest deadline first: a reporter those their unit owes, with its own duty only.
    pub fn solicitations(&self, who: &Person) -> Result<Vec<SolicitationView>, Problem> {
        let mut tx = self.read()?;
        let facts = tx.list_facts(&FactFilter { table: Some(Table::Duties.name()), ..FactFilter::default() })?;
        let names = unit_names(&mut tx)?;
        let mut views = Vec::new();
        for row in tx.list_solicitations()? {
            views.extend(view(&mut tx, row, &facts, &names, who.unit, self.today(), false)?);
        }
        Ok(views)
    }

    /// One solicitation with its duties and the items that answered; a reporter sees only their unit's.
    pub fn solicitation(&self, who: &Person, id: SolicitationId) -> Result<SolicitationView, Problem> {
        let mut tx = self.read()?;
        let row = tx.find_solicitation(id.0)?.ok_or(Problem::NotThere)?;
        let facts = duties(&mut tx, id.0)?;
        let names = unit_names(&mut tx)?;
        view(&mut tx, row, &facts, &names, who.unit, self.today(), true)?.ok_or(Problem::NotThere)
    }

    /// Marks a duty as answered on a day, refused, or open again (登记结果): a new row of the same fact. Says the closed month it
    /// belongs to, if any (R14).
    pub fn mark_duty(
        &self,
        who: &Editor,
        id: SolicitationId,
        key: &str,
        wish: &DutyMark,
        reason: &str,
    ) -> Result<Option<Period>, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_solicitation(id.0)?.ok_or(Problem::NotThere)?;
        let held = duties(&mut tx, id.0)?.into_iter().find(|duty| duty.key == key).ok_or(Problem::NotThere)?;
        let mut faults = Vec::new();
        let answered = match wish {
            DutyMark::Answered(day) => match parse_date(day) {
                Ok(day) if day > self.today() => {
                    faults.push(FieldFault::new("answered", "报送日期不能晚于今天，请核对。"));
                    None
                }
                Ok(day) => Some(day),
                Err(_) => {
                    faults.push(FieldFault::new("answered", "请填写报送日期，例如 2018-06-15。"));
                    None
                }
            },
            DutyMark::Refused | DutyMark::Open => None,
        };
        if reason.trim().is_empty() && !matches!(wish, DutyMark::Answered(_)) {
            faults.push(FieldFault::new("reason", "登记拒报或取消登记，请写明原因，单位会看到。"));
        }
        if reason.chars().count() > 500 {
            faults.push(FieldFault::new("reason", "原因太长，不超过500字。"));
        }
        all_right(faults)?;
        let words = match wish {
            DutyMark::Answered(_) => "登记已报",
            DutyMark::Refused => "登记拒报",
            DutyMark::Open => "取消登记",
        };
        let why = if reason.trim().is_empty() { words.to_owned() } else { reason.trim().to_owned() };
        let names = unit_names(&mut tx)?;
        let unit = crate::publication::joined(&names, &held.unit_ids());
        let date = held.date.clone();
        mark(&mut tx, held, answered, *wish == DutyMark::Refused, &why, Some(who.account.0), now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: words,
            object: &row.code,
            done: true,
            detail: &format!("{unit} {why}"),
        })?;
        let late = closed_period(&mut tx, &date)?;
        tx.commit()?;
        Ok(late)
    }

    /// A unit says that it will not answer (拒报, F1.n4). Only while the duty is open; the office can take it back.
    pub fn refuse_solicitation(&self, who: &Reporter, id: SolicitationId, reason: &str) -> Result<(), Problem> {
        let reason = reason.trim();
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_solicitation(id.0)?.ok_or(Problem::NotThere)?;
        let unit = who.unit();
        let held = duties(&mut tx, id.0)?
            .into_iter()
            .find(|duty| duty.unit_ids().contains(&unit.0))
            .ok_or(Problem::NotThere)?;
        match DutyState::of(&held, self.today()) {
            Some(DutyState::Open(_)) => {}
            Some(DutyState::Missed(_)) | None => {
                return Err(Problem::Refused("这个约稿已过截止日期，不能再说明不报。仍可补报，按迟报计。".to_owned()));
            }
            Some(DutyState::OnTime | DutyState::Late(_)) => {
                return Err(Problem::Refused("贵单位已经报送，不能再说明不报。".to_owned()));
            }
            Some(DutyState::Refused) => {
                return Err(Problem::Refused("贵单位已经说明不报，不必再次提交。".to_owned()));
            }
        }
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(Problem::field("reason", "请写明不报的原因，500字以内，办公室会看到。"));
        }
        mark(&mut tx, held, None, true, &format!("单位说明：{reason}"), Some(who.account.0), now)?;
        let names = unit_names(&mut tx)?;
        // Told again where the office has taken a refusal back and the unit refuses once more.
        let subject = format!("{}/{}/{now}", row.code, unit.0);
        let telling = Telling {
            kind: NoticeKind::SolicitationRefused,
            subject: &subject,
            values: &[
                ("编号", &row.code),
                ("题目", &row.topic),
                ("单位", names.get(unit.0).unwrap_or_default()),
                ("原因", reason),
            ],
            href: &format!("/solicitation/{id}"),
        };
        let known = Known::read(&mut tx)?;
        let sender = match row.created_by {
            Some(by) => vec![AccountId(by)],
            None => known.of_roles(&[Role::Chief]),
        };
        known.tell(&mut tx, &telling, &sender, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "拒报约稿",
            object: &row.code,
            done: true,
            detail: reason,
        })?;
        tx.commit()?;
        Ok(())
    }

    /// Ties an item that is already here to a solicitation (补登约稿): its units' duties are met on the day it was received.
    pub fn tie_answer(&self, who: &Editor, id: SolicitationId, number: &str) -> Result<usize, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_solicitation(id.0)?.ok_or(Problem::NotThere)?;
        let wrong = || Problem::field("number", "没有这个编号的稿件，请核对，例如 2018-0613-04。");
        let found = tx.find_item_by_number(number.trim())?.ok_or_else(wrong)?;
        let (mut item, units) = tx.find_item(crate::Sight::Office, ItemId(found.id))?.ok_or_else(wrong)?;
        if item.solicitation_id.is_some_and(|other| other != id.0) {
            return Err(Problem::field("number", "这篇稿件已经对应另一个约稿，不能同时对应两个。"));
        }
        if item.state == "withdrawn" {
            return Err(Problem::field("number", "这篇稿件已由单位撤回，不能作为约稿的答复。"));
        }
        let on = tz_model::shanghai_date(tz_store::moment(item.received_at));
        let met = answer_in(&mut tx, &units, id.0, on, Some(who.account.0), now)?;
        if met == 0 {
            return Err(Problem::field("number", "这篇稿件的单位没有这个约稿任务，或已经登记报送。"));
        }
        item.solicitation_id = Some(id.0);
        let revision = tz_model::Revision(item.revision);
        if !tx.update_item(&item, revision)? {
            return Err(Problem::Refused("这篇稿件刚刚被他人修改，请重新操作。".to_owned()));
        }
        tx.append_event(EventRow {
            item_id: item.id,
            position: 0,
            at: now,
            account_id: Some(who.account.0),
            kind: "answers".to_owned(),
            text: format!("对应{}《{}》。", row.code, row.topic),
            for_unit: true,
        })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "稿件对应约稿",
            object: &row.code,
            done: true,
            detail: &item.number,
        })?;
        tx.commit()?;
        Ok(met)
    }
}
