//! A year from tables alone: each period closed at its last day, then the year.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use rayon::prelude::*;
use tz_model::{
    Accounts, Assessment, Facts, Ledger, Month, Name, Outcome, Period, PeriodScore, UnitIx, UnitPeriod, UnitYear,
};
use tz_scheme::Scheme;

use crate::cell::{self, View};
use crate::explain::Teller;
use crate::heirs::credited;
use crate::index::FactAt;
use crate::period::{Published, Scorer, Touched, active};
use crate::plan::Plan;
use crate::year;

/// Scores a year, or its beginning up to and with the period that holds `through` (N2.6).
///
/// Each period is closed at its last day: what was withdrawn later is a correction in the period that holds the day of the
/// withdrawal (R14). Periods of the year before are scored too, for runs across the turn of the year (R10), from the last
/// one back for as long as the tables hold facts dated in them. Annual results are there only for a whole year.
pub fn assess(scheme: &Scheme, facts: &Facts, year: i16, through: Option<Month>) -> Assessment {
    let facts = &*credited(facts);
    let all = scheme.periods(year);
    let wanted: Vec<Period> =
        all.iter().filter(|period| through.is_none_or(|through| period.from <= through.first())).cloned().collect();
    let whole = !wanted.is_empty() && wanted.len() == all.len();
    let before = year_before(scheme, facts, year, wanted.first());
    let first_of_all = before.first().or(wanted.first()).map(|period| period.from);
    let mut later = withdrawals(scheme, facts, before.iter().chain(&wanted));
    let recalled: Touched = later.values().flatten().copied().collect();

    let scored = before.iter().chain(&wanted).map(|period| period.from);
    let scorer = Scorer::new(scheme, facts, scored.chain(recalled.iter().map(|(old, _)| *old)));
    let mut published = recall(&scorer, &recalled, first_of_all);
    let first_scored = published.len() + before.len();
    let mut outcomes: Vec<Outcome> = Vec::new();
    let periods: Vec<&Period> = before.iter().chain(&wanted).collect();
    let alone: Vec<Vec<UnitPeriod>> = periods.par_iter().map(|period| scorer.alone(period)).collect();
    for (at, (period, units)) in periods.into_iter().zip(alone).enumerate() {
        let touched = later.remove(&period.from).unwrap_or_default();
        let result = scorer.close(period, units, &published, &[], Some(&touched));
        if at >= before.len() {
            outcomes.extend(result.outcomes);
        }
        published.push(Published { scheme, period: result.period, units: Cow::Owned(result.units), at_rest: false });
    }
    let closed = whole.then(|| match &scorer.heirs {
        None => year::close(&scorer, year, &published),
        Some(_) => year::close_year(scheme, facts, year, &published),
    });
    let published = published.split_off(first_scored);
    let mut units = gather(facts, published);
    if let Some(mut closed) = closed {
        let mut annuals: BTreeMap<_, _> = closed.units.into_iter().collect();
        for unit in &mut units {
            unit.annual = annuals.remove(&unit.unit);
            close_ledgers(unit, closed.ledgers.remove(&unit.unit).unwrap_or_default());
        }
        outcomes.extend(closed.outcomes);
    }
    Assessment { scheme: scheme.id().clone(), year, periods: wanted, units, outcomes }
}

/// What a unit has in other ledgers over the whole year.
fn close_ledgers(unit: &mut UnitYear, annual: Accounts) {
    for (name, account) in annual {
        unit.ledgers.entry(name).or_default().annual = Some(account);
    }
}

/// The periods of the year before, back from its end while the tables hold facts of them; in order.
fn year_before(scheme: &Scheme, facts: &Facts, year: i16, first: Option<&Period>) -> Vec<Period> {
    let Some(first) = first else { return Vec::new() };
    let mut days: BTreeSet<Date> = BTreeSet::new();
    let mut see = |day: Date| {
        if day < first.from {
            days.extend(scheme.opening(day));
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

/// Which closed (period, unit) pairs a withdrawal touches, by the first day of the period that holds its day. Where periods
/// rest on one another, every one from the fact's own on is touched; where units do, every unit.
pub(crate) fn withdrawals<'p>(
    scheme: &Scheme,
    facts: &Facts,
    scored: impl Iterator<Item = &'p Period>,
) -> BTreeMap<Date, Touched> {
    let plan = Plan::of(scheme);
    let (looks_back, looks_across) = (plan.looks_back(), plan.looks_across());
    let scored: BTreeSet<Date> = scored.map(|period| period.from).collect();
    let adoptions = (0..facts.adoptions.len()).map(|at| FactAt::new(tz_model::Table::Adoptions, at));
    let comments = (0..facts.comments.len()).map(|at| FactAt::new(tz_model::Table::Comments, at));
    let mut later: BTreeMap<Date, Touched> = BTreeMap::new();
    for fact in adoptions.chain(comments) {
        let Some(withdrawn) = cell::withdrawn(facts, fact) else { continue };
        let Some(open) = scheme.opening(withdrawn).filter(|open| scored.contains(open)) else { continue };
        let units = cell::units(facts, fact);
        for day in days(&plan, facts, fact) {
            let Some(from) = scheme.opening(day).filter(|from| *from < open) else { continue };
            let mut touch = |from: Date| {
                let touched = later.entry(open).or_default();
                if looks_across {
                    touched.extend((0..facts.units.len()).map(|at| (from, UnitIx::at(at))));
                } else {
                    touched.extend(units.iter().map(|unit| (from, *unit)));
                }
            };
            touch(from);
            if looks_back {
                let calendar = scheme.calendar();
                let periods = (calendar.year_of(from)..=calendar.year_of(open)).flat_map(|year| calendar.periods(year));
                periods.filter(|period| from < period.from && period.from < open).for_each(|period| touch(period.from));
            }
        }
    }
    later
}

/// The days a fact goes by: the table's own, and those that some rule takes it by.
fn days(plan: &Plan<'_>, facts: &Facts, fact: FactAt) -> Vec<Date> {
    let mut days = vec![cell::date(facts, fact)];
    let Some(first) = cell::units(facts, fact).first().filter(|first| first.index() < facts.units.len()) else {
        return days;
    };
    let view = View::now(facts, *first);
    let clocks = plan.clocks.iter().filter(|(table, _)| *table == fact.table);
    days.extend(clocks.filter_map(|(_, place)| cell::cell(facts, fact, &view, place).day()));
    days
}

/// Touched periods from before the first one scored, as they stood then: only the units concerned, never ranked.
fn recall<'s>(scorer: &Scorer<'s>, recalled: &Touched, first: Option<Date>) -> Vec<Published<'s>> {
    let Some(first) = first else { return Vec::new() };
    let stood = first.saturating_sub(1.day());
    let mut by_period: BTreeMap<Date, Vec<UnitIx>> = BTreeMap::new();
    for (from, unit) in recalled.iter().filter(|(from, _)| *from < first) {
        by_period.entry(*from).or_default().push(*unit);
    }
    let mut teller = Teller::new(scorer);
    let mut old: Vec<Published<'_>> = Vec::new();
    for (from, units) in by_period {
        let Some(period) = scorer.plan.scheme.period_of(from) else { continue };
        let views = units.into_iter().map(|unit| View::within(scorer.facts, unit, &period));
        let views = views.filter(|view| active(view.unit, period.from, period.to)).collect();
        let books = scorer.stand(views, &scorer.term(&period), stood);
        let units: Vec<UnitPeriod> = books.into_iter().map(|book| scorer.told(&mut teller, book)).collect();
        if !units.is_empty() {
            old.push(Published { scheme: scorer.plan.scheme, period, units: Cow::Owned(units), at_rest: false });
        }
    }
    old
}

/// Periods by unit, in table order.
fn gather(facts: &Facts, published: Vec<Published<'_>>) -> Vec<UnitYear> {
    // Each period has its units in table order too, so the next one of it is this unit or a later one.
    let mut rest: Vec<_> = published.into_iter().map(|old| old.units.into_owned().into_iter().peekable()).collect();
    let scored = facts.units.iter().map(|unit| {
        let mut periods: Vec<(usize, PeriodScore)> = Vec::with_capacity(rest.len());
        let mut ledgers: BTreeMap<Name, Ledger> = BTreeMap::new();
        for (at, rest) in rest.iter_mut().enumerate() {
            let Some(period) = rest.next_if(|next| next.unit == unit.name) else { continue };
            periods.push((at, period.score));
            for (name, account) in period.ledgers {
                ledgers.entry(name).or_default().periods.push((at, account));
            }
        }
        UnitYear {
            unit: unit.name.clone(),
            class: unit.class.clone(),
            group: unit.group.clone(),
            periods,
            annual: None,
            ledgers,
        }
    });
    scored.filter(|unit| !unit.periods.is_empty()).collect()
}
