//! Reporting points (报送要点, N2.2): topics that units are to report about for a time, the items about them, and topics that nobody
//! has reported on, whole and unit by unit. They score nothing by themselves: an item counts as any other does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use tz_model::{ItemId, UnitId, parse_date};
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::directory::UnitNames;
use tz_store::reporting_points::{ReportingPointsRow, TopicItem, TopicRow};

use super::topics::topic_code;
use super::words_of;
use crate::notice::{Known, NoticeKind, Telling};
use crate::problem::all_right;
use crate::publication::unit_names;
use crate::system::heirs_on;
use crate::{App, Editor, FieldFault, Person, Problem};

/// Topics of one reporting points at most.
const MOST_TOPICS: usize = 30;

/// Reporting points as typed.
#[derive(Clone, Debug, Default)]
pub struct NewPoints {
    /// 名称
    pub name: String,
    /// What is said before the topics.
    pub introduction: String,
    /// The topics, one a line; what stands behind `：` is its requirement.
    pub topics: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Whole ranking groups by name.
    pub groups: Vec<String>,
    /// Units picked one by one.
    pub units: Vec<UnitId>,
}

/// A topic with what came about it.
#[derive(Clone, Debug)]
pub struct TopicView {
    /// Its identity.
    pub id: i64,
    /// `要点2018-01-3`: a mail that names it is tied to it.
    pub code: String,
    /// 题目
    pub title: String,
    /// 要求
    pub requirement: String,
    /// The items about it: identity, number, title, units.
    pub items: Vec<(ItemId, String, String, String)>,
    /// How many units of those asked have reported on it.
    pub units: usize,
}

/// What one unit has reported on (各单位报送情况).
#[derive(Clone, Debug)]
pub struct UnitTopics {
    /// The unit's name.
    pub name: String,
    /// How many of its items are about these topics.
    pub items: usize,
    /// How many topics it has reported on.
    pub topics: usize,
    /// The topics it has not reported on.
    pub lacking: Vec<String>,
}

/// Reporting points with their topics, as a person may see them.
#[derive(Clone, Debug)]
pub struct PointsView {
    /// Its identity.
    pub id: i64,
    /// `要点2018-01`
    pub code: String,
    /// 名称
    pub name: String,
    /// What is said before the topics.
    pub introduction: String,
    /// The first and the last day.
    pub days: (Date, Date),
    /// It runs today.
    pub open: bool,
    /// How many units it is for.
    pub asked: usize,
    /// Its topics.
    pub topics: Vec<TopicView>,
    /// Units that have reported on no topic; empty for a unit's own view.
    pub silent: Vec<String>,
    /// Every unit asked, in the directory's order; empty for a unit's own view.
    pub by_unit: Vec<UnitTopics>,
}

impl PointsView {
    /// How many topics nobody has reported on.
    pub fn unanswered(&self) -> usize {
        self.topics.iter().filter(|topic| topic.items.is_empty()).count()
    }
}

/// `题目：要求` lines as pairs.
fn topics_of(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (title, requirement) = line.split_once('：').unwrap_or((line, ""));
            (title.trim().to_owned(), requirement.trim().to_owned())
        })
        .collect()
}

/// Whether reporting points run on a day.
pub(super) fn is_open(row: &ReportingPointsRow, today: Date) -> bool {
    let within = |from: Date, to: Date| from <= today && today <= to;
    row.closed_at.is_none()
        && parse_date(&row.from_date).ok().zip(parse_date(&row.to_date).ok()).is_some_and(|(from, to)| within(from, to))
}

/// Everything stored about reporting points, read once.
pub(super) struct Held {
    topics: Vec<TopicRow>,
    units: BTreeMap<i64, BTreeSet<i64>>,
    items: Vec<TopicItem>,
}

impl Held {
    /// A unit that has ended is its heir, in what was asked and in what was sent: nothing of it is asked twice.
    pub(super) fn read(tx: &mut Tx, today: Date) -> Result<Self, Problem> {
        let heirs = heirs_on(tx, today)?;
        let now = |unit: i64| heirs.get(&unit).copied().unwrap_or(unit);
        let mut units: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for (points, unit) in tx.list_reporting_units()? {
            units.entry(points).or_default().insert(now(unit));
        }
        let mut items = tx.list_topic_items()?;
        items.iter_mut().for_each(|item| item.unit = now(item.unit));
        // A joint item of units that became one is that one's once.
        items.dedup_by(|one, other| (one.topic, one.item, one.unit) == (other.topic, other.item, other.unit));
        Ok(Self { topics: tx.list_topics()?, units, items })
    }

    /// As a person may see them: a unit only what is for it, and of the items only its own.
    pub(super) fn view(
        &self,
        row: &ReportingPointsRow,
        of: Option<UnitId>,
        names: &UnitNames,
        today: Date,
    ) -> Option<PointsView> {
        let asked = self.units.get(&row.id)?;
        if of.is_some_and(|of| !asked.contains(&of.0)) {
            return None;
        }
        let days = (parse_date(&row.from_date).ok()?, parse_date(&row.to_date).ok()?);
        // By unit: what it reported on, and with which items.
        let mut heard: BTreeMap<i64, (BTreeSet<i64>, BTreeSet<i64>)> = BTreeMap::new();
        let topics: Vec<TopicView> = self
            .topics
            .iter()
            .filter(|topic| topic.points_id == row.id)
            .map(|topic| {
                let mut items: Vec<(ItemId, String, String, Vec<i64>)> = Vec::new();
                for item in self.items.iter().filter(|item| item.topic == topic.id) {
                    match items.last_mut() {
                        Some((id, _, _, units)) if id.0 == item.item => units.push(item.unit),
                        _ => items.push((ItemId(item.item), item.number.clone(), item.title.clone(), vec![item.unit])),
                    }
                }
                items.retain(|(_, _, _, units)| of.is_none_or(|of| units.contains(&of.0)));
                let from: BTreeSet<i64> = items.iter().flat_map(|(_, _, _, units)| units.iter().copied()).collect();
                for (id, _, _, units) in &items {
                    for unit in units {
                        let (topics, items) = heard.entry(*unit).or_default();
                        topics.insert(topic.id);
                        items.insert(id.0);
                    }
                }
                TopicView {
                    id: topic.id,
                    code: topic_code(&row.code, topic.position),
                    title: topic.title.clone(),
                    requirement: topic.requirement.clone(),
                    units: from.intersection(asked).count(),
                    items: items
                        .into_iter()
                        .map(|(id, number, title, units)| {
                            (id, number, title, crate::publication::joined(names, &units))
                        })
                        .collect(),
                }
            })
            .collect();
        let by_unit: Vec<UnitTopics> = names
            .iter()
            .filter(|(id, _)| of.is_none() && asked.contains(id))
            .map(|(id, name)| {
                let (known, items) = heard.get(&id).cloned().unwrap_or_default();
                let lacking = topics.iter().filter(|topic| !known.contains(&topic.id));
                UnitTopics {
                    name: name.to_owned(),
                    items: items.len(),
                    topics: known.len(),
                    lacking: lacking.map(|topic| topic.title.clone()).collect(),
                }
            })
            .collect();
        let silent = by_unit.iter().filter(|unit| unit.topics == 0);
        Some(PointsView {
            id: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            introduction: row.introduction.clone(),
            days,
            open: is_open(row, today),
            asked: asked.len(),
            topics,
            silent: silent.map(|unit| unit.name.clone()).collect(),
            by_unit,
        })
    }
}

/// Sends reporting points: as [`App::send_points`], inside a bigger transaction.
pub(crate) fn send_points_in(
    tx: &mut tz_store::Write,
    who: &Person,
    new: &NewPoints,
    today: Date,
    now: i64,
) -> Result<i64, Problem> {
    let mut faults = Vec::new();
    let name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 60 {
        faults.push(FieldFault::new("name", "请填写名称，60字以内，例如“2018年7月报送要点”。"));
    }
    if new.introduction.chars().count() > 2000 {
        faults.push(FieldFault::new("introduction", "说明不超过2000字。"));
    }
    let topics = topics_of(&new.topics);
    if topics.is_empty() {
        faults.push(FieldFault::new("topics", "请填写题目，一行一个。"));
    }
    if topics.len() > MOST_TOPICS {
        faults.push(FieldFault::new("topics", format!("题目太多，一次不超过{MOST_TOPICS}个。")));
    }
    for (at, (title, requirement)) in topics.iter().enumerate() {
        if title.is_empty() || title.chars().count() > 100 || requirement.chars().count() > 500 {
            let fault = format!("第{}个题目：题目不超过100字，“：”后面的要求不超过500字。", at + 1);
            faults.push(FieldFault::new("topics", fault));
        }
    }
    let (from, to) = (parse_date(&new.from).ok(), parse_date(&new.to).ok());
    if from.is_none() {
        faults.push(FieldFault::new("from", "请填写起始日期，例如 2018-07-01。"));
    }
    match (from, to) {
        (_, None) => faults.push(FieldFault::new("to", "请填写截止日期，例如 2018-07-31。")),
        (Some(from), Some(to)) if to < from => {
            faults.push(FieldFault::new("to", "截止日期早于起始日期，请核对。"));
        }
        (_, Some(to)) if to < today => faults.push(FieldFault::new("to", "截止日期已过，请改为今天或以后的日期。")),
        _ => {}
    }
    let units = super::units_asked(tx, today, &new.groups, &new.units)?;
    if units.is_empty() {
        faults.push(FieldFault::new("unit", "请选择单位：可以整组选，也可以逐个选。"));
    }
    all_right(faults)?;
    let (from, to) = from.zip(to).expect("missing days were faults above");
    let number = tx.next_number(&format!("reporting-points-{}", today.year()))?;
    let code = format!("要点{}-{number:02}", today.year());
    let row = ReportingPointsRow {
        id: 0,
        office_id: 0,
        code: code.clone(),
        name: name.clone(),
        introduction: new.introduction.trim().to_owned(),
        from_date: from.to_string(),
        to_date: to.to_string(),
        created_at: now,
        created_by: Some(who.account.0),
        closed_at: None,
    };
    let id = tx.insert_reporting_points(row, &topics, &units)?;
    // With its number each: a mail that names it is tied to it.
    let titles: Vec<String> =
        (1..).zip(&topics).map(|(place, (title, _))| format!("{title}（{}）", topic_code(&code, place))).collect();
    let (titles, last) = (titles.join("；"), words_of(to));
    let telling = Telling {
        kind: NoticeKind::Points,
        subject: &code,
        values: &[("编号", &code), ("名称", &name), ("题目", &titles), ("期限", &last)],
        href: &format!("/solicitation/points/{id}"),
    };
    let known = Known::read(tx)?;
    known.tell(tx, &telling, &known.reporters_of(&units), now)?;
    tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "发出报送要点",
        object: &code,
        done: true,
        detail: &format!("{name}，{}个题目，{}个单位，{from}至{to}", topics.len(), units.len()),
    })?;
    Ok(id)
}

impl App {
    /// Sends reporting points to units, numbered without gaps in the year.
    pub fn send_points(&self, who: &Editor, new: &NewPoints) -> Result<i64, Problem> {
        let mut tx = self.write()?;
        let id = send_points_in(&mut tx, who, new, self.today(), self.micros())?;
        tx.commit()?;
        Ok(id)
    }

    /// The reporting points a person may see, newest first.
    pub fn reporting_points(&self, who: &Person) -> Result<Vec<PointsView>, Problem> {
        let mut tx = self.read()?;
        let (held, names) = (Held::read(&mut tx, self.today())?, unit_names(&mut tx)?);
        let rows = tx.list_reporting_points()?;
        Ok(rows.iter().filter_map(|row| held.view(row, who.unit, &names, self.today())).collect())
    }

    /// One reporting points.
    pub fn one_points(&self, who: &Person, id: i64) -> Result<PointsView, Problem> {
        self.reporting_points(who)?.into_iter().find(|view| view.id == id).ok_or(Problem::NotThere)
    }

    /// Ends reporting points before their last day (提前结束).
    pub fn close_points(&self, who: &Editor, id: i64) -> Result<(), Problem> {
        let view = self.one_points(who, id)?;
        let now = self.micros();
        let mut tx = self.write()?;
        if !tx.close_reporting_points(id, now)? {
            return Err(Problem::Refused(format!("{}已经结束，不必再次操作。", view.code)));
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "结束报送要点",
            object: &view.code,
            done: true,
            detail: &view.name,
        })?;
        tx.commit()?;
        Ok(())
    }
}
