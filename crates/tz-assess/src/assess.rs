//! A year from tables alone: each period closed at its last day, then the year.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use tz_model::{Assessment, Facts, Month, Outcome, Period, PeriodScore, UnitIx, UnitPeriod, UnitYear};
use tz_scheme::Scheme;

use crate::explain::Teller;
use crate::index::Index;
use crate::period::{Published, Scorer, Touched, active};
use crate::plan::Plan;
use crate::year::close_year;

/// Scores a year, or its beginning up to and with the period that holds `through` (N2.6).
///
/// Each period is closed at its last day: what was withdrawn later is a correction in the period that holds the day of the
/// withdrawal (R14). Periods of the year before are scored too, for runs across the turn of the year (R10), from the last
/// one back for as long as the tables hold facts dated in them. Annual results are there only for a whole year.
pub fn assess(scheme: &Scheme, facts: &Facts, year: i16, through: Option<Month>) -> Assessment {
    let all = scheme.periods(year);
    let wanted: Vec<Period> =
        all.iter().filter(|period| through.is_none_or(|through| period.from <= through.last())).cloned().collect();
    let whole = !wanted.is_empty() && wanted.len() == all.len();
    let before = year_before(scheme, facts, year, wanted.first());
    let mut later = withdrawals(scheme, facts, before.iter().chain(&wanted));
    let recalled: BTreeSet<(Date, UnitIx)> = later.values().flatten().copied().collect();

    let first_of_all = before.first().or(wanted.first()).map(|period| period.from);
    let scored = before.iter().chain(&wanted).map(|period| period.from);
    let index = Index::of(scheme, facts, scored.chain(recalled.iter().map(|(old, _)| *old)));
    let scorer = Scorer { plan: Plan::of(scheme), facts, index };
    let mut published = recall(&scorer, &recalled, first_of_all);
    let first_scored = published.len() + before.len();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (at, period) in before.iter().chain(&wanted).enumerate() {
        let touched = later.remove(&period.from).unwrap_or_default();
        let result = scorer.period(period, &published, Some(&touched));
        if at >= before.len() {
            outcomes.extend(result.outcomes);
        }
        published.push(Published { period: result.period, units: result.units });
    }
    let closed = whole.then(|| close_year(scheme, facts, year, &published));
    let published = published.split_off(first_scored);
    let mut units = gather(facts, published);
    if let Some(closed) = closed {
        let mut annuals: BTreeMap<_, _> = closed.units.into_iter().collect();
        units.iter_mut().for_each(|unit| unit.annual = annuals.remove(&unit.unit));
        outcomes.extend(closed.outcomes);
    }
    Assessment { scheme: scheme.id().clone(), year, periods: wanted, units, outcomes }
}

/// The periods of the year before, back from its end while the tables hold facts of them; in order.
fn year_before(scheme: &Scheme, facts: &Facts, year: i16, first: Option<&Period>) -> Vec<Period> {
    let Some(first) = first else { return Vec::new() };
    let mut days: BTreeSet<Date> = BTreeSet::new();
    let mut see = |day: Date| {
        if day < first.from {
            days.insert(scheme.opening(day));
        }
    };
    facts.reports.iter().for_each(|fact| see(fact.date));
    facts.adoptions.iter().for_each(|fact| see(fact.date));
    facts.comments.iter().for_each(|fact| see(fact.date));
    facts.duties.iter().for_each(|fact| see(fact.deadline));
    facts.events.iter().for_each(|fact| see(fact.date));
    let mut periods = scheme.periods(year - 1);
    let gap = periods.iter().rposition(|period| !days.contains(&period.from));
    periods.split_off(gap.map_or(0, |gap| gap + 1))
}

/// Which closed (period, unit) pairs a withdrawal touches, by the first day of the period that holds its day.
fn withdrawals<'p>(
    scheme: &Scheme,
    facts: &Facts,
    scored: impl Iterator<Item = &'p Period>,
) -> BTreeMap<Date, Touched> {
    let scored: BTreeSet<Date> = scored.map(|period| period.from).collect();
    let adoptions = facts.adoptions.iter().map(|fact| (fact.date, fact.withdrawn, &fact.units));
    let comments = facts.comments.iter().map(|fact| (fact.date, fact.withdrawn, &fact.units));
    let mut later: BTreeMap<Date, Touched> = BTreeMap::new();
    for (date, withdrawn, units) in adoptions.chain(comments) {
        let Some(withdrawn) = withdrawn else { continue };
        let (from, open) = (scheme.opening(date), scheme.opening(withdrawn));
        if from < open && scored.contains(&open) {
            later.entry(open).or_default().extend(units.iter().map(|unit| (from, *unit)));
        }
    }
    later
}

/// Touched periods from before the first one scored, as they stood then: only the units concerned, never ranked.
fn recall(scorer: &Scorer<'_>, recalled: &Touched, first: Option<Date>) -> Vec<Published> {
    let Some(first) = first else { return Vec::new() };
    let stood = first.saturating_sub(1.day());
    let mut old: Vec<Published> = Vec::new();
    for (from, unit_ix) in recalled.iter().filter(|(from, _)| *from < first) {
        let period = scorer.plan.scheme.period_of(*from);
        let unit = &scorer.facts.units[unit_ix.index()];
        if !active(unit, period.from, period.to) {
            continue;
        }
        let named = period.chinese();
        let mut teller = Teller::new(&scorer.plan, scorer.facts, &named);
        let (lines, quota) = scorer.lines(&mut teller, *unit_ix, &unit.class, &period, stood);
        let total = lines.iter().map(|line| line.points).sum();
        let scored = UnitPeriod {
            unit: unit.name.clone(),
            class: unit.class.clone(),
            group: unit.group.clone(),
            score: PeriodScore { total, rank: 0, lines, quota },
        };
        match old.last_mut().filter(|last| last.period.from == *from) {
            Some(last) => last.units.push(scored),
            None => old.push(Published { period, units: vec![scored] }),
        }
    }
    old
}

/// Periods by unit, in table order.
fn gather(facts: &Facts, published: Vec<Published>) -> Vec<UnitYear> {
    let mut by_name: BTreeMap<_, Vec<(usize, PeriodScore)>> = BTreeMap::new();
    for (at, old) in published.into_iter().enumerate() {
        for unit in old.units {
            by_name.entry(unit.unit).or_default().push((at, unit.score));
        }
    }
    let scored = facts.units.iter().filter_map(|unit| {
        let periods = by_name.remove(&unit.name)?;
        Some(UnitYear {
            unit: unit.name.clone(),
            class: unit.class.clone(),
            group: unit.group.clone(),
            periods,
            annual: None,
        })
    });
    scored.collect()
}
