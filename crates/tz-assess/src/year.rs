//! The year's end: yearly rules, credits from direct points, annual totals and ranks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use tz_model::{Annual, Event, FactId, Facts, Line, Name, Outcome, Points, Table, Unit, UnitIx, UnitPeriod};
use tz_scheme::{Body, Credit, LastOfStatus, Rule, Scheme, YearlyRule};

use crate::correct::corrected;
use crate::explain::{day, effect};
use crate::order::natural;
use crate::period::{Published, active};
use crate::rank;

/// A year as closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearResult {
    /// The year.
    pub year: i16,
    /// Units active on any day of it, in table order.
    pub units: Vec<(Name, Annual)>,
    /// 取消直报点, as a proposal: a person decides (R12).
    pub outcomes: Vec<Outcome>,
}

/// Closes a year (N2.6): the totals of its published periods, yearly rules (F1.n5, F1.n6), credits to parents (F1.dp, R8),
/// ranks, and who is proposed to lose the status of direct point (N2.4, R12).
///
/// `published` must hold every period of the year; other periods are ignored.
pub fn close_year(scheme: &Scheme, facts: &Facts, year: i16, published: &[Published]) -> YearResult {
    let periods = scheme.periods(year);
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        return YearResult { year, units: Vec::new(), outcomes: Vec::new() };
    };
    let of_year: Vec<&Published> = published.iter().filter(|old| periods.contains(&old.period)).collect();
    let mut months: BTreeMap<&str, Vec<&UnitPeriod>> = BTreeMap::new();
    for unit in of_year.iter().flat_map(|old| &old.units) {
        months.entry(&unit.unit).or_default().push(unit);
    }
    let credits = credits(scheme, facts, year, &months);
    let done = yearly_events(scheme, facts, |date| first.from <= date && date <= last.to);
    let mut scored: Vec<(&Unit, Annual)> = Vec::new();
    for (at, unit) in facts.units.iter().enumerate() {
        if !active(unit, first.from, last.to) {
            continue;
        }
        let mut lines = Vec::new();
        for rule in scheme.rules() {
            match &rule.body {
                Body::Yearly(yearly) => {
                    let events = done.get(&(&*yearly.event, UnitIx::at(at))).map_or(&[][..], Vec::as_slice);
                    lines.push(yearly_line(rule, yearly, events, year));
                }
                Body::Credit(_) => {
                    let own = credits.get(&*unit.name).map_or(&[][..], Vec::as_slice);
                    lines.extend(own.iter().filter(|line| line.rule == rule.id).cloned());
                }
                Body::Facts(_)
                | Body::Combine { .. }
                | Body::Quota(_)
                | Body::Floor(_)
                | Body::LastInGroup(_)
                | Body::LastOfStatus(_) => {}
            }
        }
        let sum: Points = months.get(&*unit.name).into_iter().flatten().map(|month| month.score.total).sum();
        let total = lines.iter().fold(sum, |total, line| total + line.points);
        scored.push((unit, Annual { total, rank: 0, lines }));
    }
    let totals: Vec<(&str, Points)> = scored.iter().map(|(unit, annual)| (&*unit.group, annual.total)).collect();
    let ranks = rank::ranks(&totals);
    scored.iter_mut().zip(ranks).for_each(|((_, annual), rank)| annual.rank = rank);
    let mut outcomes = Vec::new();
    for rule in scheme.rules() {
        if let Body::LastOfStatus(last) = &rule.body {
            outcomes.extend(last_of_status(rule, last, year, &scored));
        }
    }
    let units = scored.into_iter().map(|(unit, annual)| (unit.name.clone(), annual)).collect();
    YearResult { year, units, outcomes }
}

/// The events that yearly rules ask for, by name and unit, in order of day.
fn yearly_events<'a>(
    scheme: &Scheme,
    facts: &'a Facts,
    in_year: impl Fn(Date) -> bool,
) -> BTreeMap<(&'a str, UnitIx), Vec<&'a Event>> {
    let asked: BTreeSet<&str> = scheme
        .rules()
        .iter()
        .filter_map(|rule| match &rule.body {
            Body::Yearly(yearly) => Some(&*yearly.event),
            _ => None,
        })
        .collect();
    let mut done: BTreeMap<(&str, UnitIx), Vec<&Event>> = BTreeMap::new();
    for event in facts.events.iter().filter(|event| event.count > 0 && in_year(event.date)) {
        if asked.contains(&*event.kind) {
            let units: BTreeSet<UnitIx> = event.units.iter().copied().collect();
            units.into_iter().for_each(|unit| done.entry((&*event.kind, unit)).or_default().push(event));
        }
    }
    done.values_mut().for_each(|events| {
        events.sort_by(|left, right| left.date.cmp(&right.date).then_with(|| natural(&left.key, &right.key)));
    });
    done
}

fn yearly_line(rule: &Rule, yearly: &YearlyRule, done: &[&Event], year: i16) -> Line {
    let (worth, why) = match done.first() {
        Some(event) => (
            &yearly.done,
            format!("{}“{}”，{year}年度任务已完成，{}。", day(event.date), event.kind, effect(yearly.done.points)),
        ),
        None => (&yearly.undone, format!("{year}年没有“{}”的记录，{}。", yearly.event, effect(yearly.undone.points))),
    };
    Line {
        rule: rule.id.clone(),
        item: worth.name.clone(),
        clause: rule.clause.clone(),
        points: worth.points,
        facts: done.iter().map(|event| FactId { table: Table::Events, key: event.key.clone() }).collect(),
        why,
    }
}

/// What direct points bring to their parents (F1.dp, R8), by the unit the lines go to; in table order of the points.
fn credits<'a>(
    scheme: &Scheme,
    facts: &'a Facts,
    year: i16,
    months: &BTreeMap<&str, Vec<&UnitPeriod>>,
) -> BTreeMap<&'a str, Vec<Line>> {
    let known: BTreeSet<&str> = facts.units.iter().map(|unit| &*unit.name).collect();
    let mut all: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for rule in scheme.rules() {
        let Body::Credit(credit) = &rule.body else { continue };
        let of = scheme.rules().iter().filter(|other| credit.of.contains(&other.id));
        let items: BTreeSet<&str> = of.flat_map(Rule::items).map(|worth| &*worth.name).collect();
        for point in &facts.units {
            let Some(parent) = point.parent.as_ref().filter(|parent| **parent != point.name) else { continue };
            let keeps_own = credit.own_groups.contains(&point.group);
            if point.direct_point.is_none() || keeps_own || !known.contains(&**parent) {
                continue;
            }
            let own = months.get(&*point.name).map_or(&[][..], Vec::as_slice);
            let Some((gained, moved)) = credit_lines(rule, credit, &items, point, parent, year, own) else { continue };
            all.entry(parent).or_default().push(gained);
            all.entry(&point.name).or_default().extend(moved);
        }
    }
    all
}

/// The parent's line, and the point's own where the scheme moves the points.
fn credit_lines(
    rule: &Rule,
    credit: &Credit,
    items: &BTreeSet<&str>,
    point: &Unit,
    parent: &Name,
    year: i16,
    own: &[&UnitPeriod],
) -> Option<(Line, Option<Line>)> {
    let mut points = Points::ZERO;
    let mut facts: Vec<FactId> = Vec::new();
    let mut seen: BTreeSet<FactId> = BTreeSet::new();
    for line in own.iter().flat_map(|unit| &unit.score.lines) {
        let item = corrected(line).map_or(&*line.item, |(_, item)| item);
        if items.contains(item) {
            points += line.points;
            facts.extend(line.facts.iter().filter(|fact| seen.insert((*fact).clone())).cloned());
        }
    }
    if points.is_zero() {
        return None;
    }
    let line = |points: Points, why: String| Line {
        rule: rule.id.clone(),
        item: credit.item.name.clone(),
        clause: rule.clause.clone(),
        points,
        facts: facts.clone(),
        why,
    };
    let status = point.direct_point.map_or("", |status| status.name());
    let why = format!(
        "{status}直报点{}{year}年被采用政务信息得 {points} 分，年终计入{parent}总分，{}。",
        point.name,
        effect(points)
    );
    let moved = format!("{year}年被采用政务信息得分已转入{parent}，{}。", effect(-points));
    Some((line(points, why), (!credit.point_keeps).then(|| line(-points, moved))))
}

fn last_of_status(rule: &Rule, last: &LastOfStatus, year: i16, scored: &[(&Unit, Annual)]) -> Vec<Outcome> {
    let points: Vec<&(&Unit, Annual)> =
        scored.iter().filter(|(unit, _)| unit.direct_point == Some(last.status)).collect();
    let totals: Vec<(&str, Points)> = points.iter().map(|(_, annual)| ("", annual.total)).collect();
    let ranks = rank::ranks(&totals);
    let lasts = rank::last(&totals, last.last);
    let count = points.len();
    let found = points.iter().zip(ranks).zip(lasts).filter(|(_, is_last)| *is_last);
    found
        .map(|(((unit, annual), rank), _)| Outcome {
            kind: last.outcome,
            period: year.to_string().into(),
            unit: unit.name.clone(),
            group: unit.group.clone(),
            clause: rule.clause.clone(),
            why: format!(
                "{year}年度总分 {} 分，在 {count} 个{}直报点中列第 {rank} 名，属后 {} 位，提出取消直报点资格，请办公室决定。",
                annual.total,
                last.status.name(),
                last.last,
            ),
        })
        .collect()
}
