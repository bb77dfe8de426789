//! Foresight (预测): what of the quota is open, where a unit would stand if it were filled, and the warning to a unit that is on the
//! way to its second period among the last (N2.7). The warning goes once, to that unit alone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use tz_assess::score_period;
use tz_model::{Channel, Facts, Month, Points, Quota, Report, Table, UnitId, UnitIx, UnitPeriod};
use tz_scheme::{Body, Scheme};
use tz_store::Tx;
use tz_store::ledger::FactFilter;

use super::bulletin::chinese_digit;
use super::ground::last_places;
use super::period::{ClosePeriod, period_on};
use super::{Scored, scored};
use crate::facts::facts_under;
use crate::notice::{Known, NoticeKind, Telling};
use crate::{App, Problem, Reporter, scheme_on};

/// The day of a month from which units are warned; of a longer period, so many days before its end.
pub(super) const FROM_DAY: i8 = 20;
const DAYS_LEFT: i32 = 11;
/// Under which setting the office's own day stands.
pub(super) const SETTING: &str = "foresight-day";

/// Where a unit would stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standpoint {
    /// Its points.
    pub points: Points,
    /// Its rank; `None` where the ranking is not shown.
    pub rank: Option<u32>,
}

/// What a unit may know of the end of its period.
#[derive(Clone, Debug)]
pub struct Foresight {
    /// The period that runs.
    pub period: ClosePeriod,
    /// 报送任务
    pub quota: Option<Quota>,
    /// If nothing more comes.
    pub now: Standpoint,
    /// If every item that is asked for comes; `None` where none is open.
    pub filled: Option<Standpoint>,
    /// Units in its group.
    pub size: usize,
}

/// A warning sent to a unit.
#[derive(Clone, Debug)]
pub struct Warning {
    /// The period.
    pub month: String,
    /// What it says.
    pub words: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// The facts of one unit in a period, those of duties that are not due left out.
fn own_facts(
    tx: &mut Tx,
    scheme: &std::sync::Arc<Scheme>,
    period: &ClosePeriod,
    unit: UnitId,
    today: Date,
) -> Result<Facts, Problem> {
    let (from, to) = period.days();
    let mut rows = tx.list_facts(&FactFilter { from: Some(&from), to: Some(&to), ..FactFilter::default() })?;
    let today = today.to_string();
    let waits = |row: &tz_store::ledger::FactRow| {
        row.fact_table == Table::Duties.name() && row.answered.is_none() && row.outcome.is_none() && row.date >= today
    };
    let own = tx.with_predecessors(unit)?;
    rows.retain(|row| row.each_unit_id().any(|id| own.contains(&id)) && !waits(row));
    let units = tx.list_units(None)?;
    facts_under(tx, [scheme], &units, &rows)
}

fn total_of(scheme: &Scheme, facts: &Facts, period: &ClosePeriod, name: &str) -> Option<Points> {
    let result = score_period(scheme, facts, &period.period, &[]);
    result.units.iter().find(|unit| *unit.unit == *name).map(|unit| unit.score.total)
}

/// The items that would fill a quota: each category's shortage, then the rest of the total in the first category.
fn missing(quota: &Quota, ix: UnitIx, day: Date, first: &str) -> Vec<Report> {
    let mut names: Vec<&str> = Vec::new();
    for category in &quota.categories {
        let short = category.required.saturating_sub(category.received);
        names.extend(std::iter::repeat_n(&*category.category, short as usize));
    }
    while (names.len() as u32) < quota.short {
        names.push(first);
    }
    let report = |(at, name): (usize, &str)| Report {
        key: format!("预计{at}").as_str().into(),
        units: [ix].into_iter().collect(),
        date: day,
        category: name.into(),
        title: None,
        channel: Channel::default(),
        repeats: None,
        counted: true,
        extra: None,
    };
    names.into_iter().enumerate().map(report).collect()
}

/// The rank a unit would have with so many points, the others as they are.
fn rank_with(scored: &Scored, own: &UnitPeriod, points: Points) -> u32 {
    let above = scored
        .units
        .iter()
        .filter(|(_, other)| other.group == own.group && other.unit != own.unit && other.score.total > points);
    u32::try_from(above.count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// True once units are warned in a period.
fn is_time(tx: &mut Tx, period: &ClosePeriod, today: Date) -> Result<bool, Problem> {
    if period.period.is_month() {
        let own = tx.find_setting(SETTING)?.and_then(|text| text.parse::<i8>().ok());
        let day = own.filter(|day| (1..=28).contains(day)).unwrap_or(FROM_DAY);
        return Ok(today.day() >= day);
    }
    Ok(today.until(period.period.to).is_ok_and(|left| left.get_days() <= DAYS_LEFT))
}

/// What the warning says.
fn words(scheme: &Scheme, period: &ClosePeriod, before: &ClosePeriod, own: &UnitPeriod, size: usize) -> String {
    let places = scheme.rules().iter().filter_map(|rule| match &rule.body {
        Body::LastInGroup(last) => Some(last.last as usize),
        _ => None,
    });
    let places = chinese_digit(places.max().unwrap_or(3));
    let quota = match &own.score.quota {
        Some(quota) if quota.short > 0 => {
            let lacking: Vec<String> = quota
                .categories
                .iter()
                .filter(|category| category.received < category.required)
                .map(|category| format!("{}{}篇", category.category, category.required - category.received))
                .collect();
            let lacking = if lacking.is_empty() { String::new() } else { format!("，其中{}", lacking.join("、")) };
            format!("报送任务还差{}篇{lacking}。", quota.short)
        }
        Some(_) => "报送任务已完成，可以多报质量高的信息。".to_owned(),
        None => String::new(),
    };
    let group = if own.group.is_empty() { String::new() } else { format!("{}组", own.group) };
    format!(
        "{}你单位排名靠后，{}到目前得{}分，在{group}{size}个单位中列第{}名。如果到期末仍位列后{places}位，将连续两次靠后，按规定列入约谈。{quota}",
        before.chinese(),
        period.this(),
        own.score.total,
        own.score.rank,
    )
}

impl App {
    /// What a unit may know of the end of the period that runs. A unit that is not scored has none.
    pub fn foresight(&self, who: &Reporter) -> Result<Option<Foresight>, Problem> {
        let today = self.today();
        let mut tx = self.read()?;
        let period = period_on(&mut tx, Month::of_date(today))?;
        let ranking = super::pages::sees_ranking(&mut tx, who)?;
        let scored = scored(&mut tx, &self.live, period.last, today)?;
        let Some((_, own)) = scored.units.iter().find(|(id, _)| *id == who.unit()) else { return Ok(None) };
        let rank = |rank: u32| ranking.then_some(rank);
        let mut filled = None;
        if let Some(quota) = own.score.quota.as_ref().filter(|quota| quota.short > 0) {
            let scheme = scheme_on(&mut tx, period.first.first())?;
            let mut facts = own_facts(&mut tx, &scheme, &period, who.unit(), today)?;
            let ix = facts.unit(&own.unit);
            let day = today.min(period.period.to);
            let first = scheme.categories().first().map(|category| category.name.to_string()).unwrap_or_default();
            let before = total_of(&scheme, &facts, &period, &own.unit);
            facts.reports.extend(ix.map(|ix| missing(quota, ix, day, &first)).unwrap_or_default());
            // Corrections of closed periods are in the live total alone: what the items would add is the difference.
            if let (Some(before), Some(after)) = (before, total_of(&scheme, &facts, &period, &own.unit)) {
                let points = own.score.total + after - before;
                filled = Some(Standpoint { points, rank: rank(rank_with(&scored, own, points)) });
            }
        }
        Ok(Some(Foresight {
            quota: own.score.quota.clone(),
            now: Standpoint { points: own.score.total, rank: rank(own.score.rank) },
            filled,
            size: scored.units.iter().filter(|(_, other)| other.group == own.group).count(),
            period,
        }))
    }

    /// Warns every unit that was among the last in the period before and is again now (预警), once a period and only that unit: on
    /// its desk and as its people are told of things. Gives how many were warned. May be called as often as one likes.
    pub fn warn_of_runs(&self) -> Result<usize, Problem> {
        let today = self.today();
        let mut tx = self.write()?;
        let period = period_on(&mut tx, Month::of_date(today))?;
        if !period.period.holds(today) || !is_time(&mut tx, &period, today)? {
            return Ok(0);
        }
        let before = match scored(&mut tx, &self.live, period.first.previous(), today) {
            Ok(before) => before,
            // The first period of all has none before it.
            Err(Problem::NotThere) => return Ok(0),
            Err(other) => return Err(other),
        };
        let now = scored(&mut tx, &self.live, period.last, today)?;
        let lasts: BTreeSet<UnitId> = last_places(&before.scheme, &before.units);
        let again: Vec<UnitId> =
            last_places(&now.scheme, &now.units).into_iter().filter(|unit| lasts.contains(unit)).collect();
        let month = period.last.to_string();
        let known = Known::read(&mut tx)?;
        let mut warned = 0;
        for unit in again {
            let Some((_, own)) = now.units.iter().find(|(id, _)| *id == unit) else { continue };
            if tx.find_warning(unit, &month)?.is_some() {
                continue;
            }
            let size = now.units.iter().filter(|(_, other)| other.group == own.group).count();
            let text = words(&now.scheme, &period, &before.period, own, size);
            tx.insert_warning(unit, &month, &text, self.micros())?;
            let telling = Telling {
                kind: NoticeKind::RunWarning,
                subject: &format!("{month}/{unit}"),
                values: &[("周期", &period.chinese()), ("情况", &text)],
                href: "/assessment",
            };
            known.tell(&mut tx, &telling, &known.reporters_of(&[unit.0]), self.micros())?;
            warned += 1;
        }
        tx.commit()?;
        Ok(warned)
    }

    /// The warning of the period that runs, until somebody of the unit has noted it.
    pub fn open_warning(&self, who: &Reporter) -> Result<Option<Warning>, Problem> {
        let mut tx = self.read()?;
        let period = period_on(&mut tx, self.this_month())?;
        let found = tx.find_warning(who.unit(), &period.last.to_string())?.filter(|row| row.seen_at.is_none());
        Ok(found.map(|row| Warning { month: row.month, words: row.words, sent_at: tz_store::moment(row.sent_at) }))
    }

    /// Notes that somebody of the unit has seen the warning (知道了).
    pub fn note_warning(&self, who: &Reporter, month: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        tx.note_warning_seen(who.unit(), month, self.micros())?;
        tx.commit()?;
        Ok(())
    }
}
