//! A province's decade in memory: 14,000 units, ten years of months, totals and ranks of every month, against one pass over the
//! same facts that sums their points in a Vec.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tz_assess::assess_totals;
use tz_model::{Adoption, Channel, Comment, Duty, Event, Facts, Name, Period, Points, Report, Unit, UnitIx, Units};
use tz_scheme::Scheme;

use crate::{median, ms};

const UNITS: usize = 14_000;
const FIRST: i16 = 2009;

/// The scheme of most offices' kind: prices by name, a quota of the class, a floor.
pub(crate) fn plain() -> &'static Scheme {
    Scheme::builtin("tengzhou-2018").expect("built in")
}

/// One that goes through the stages one by one: of an item's several uses the best counts, two multipliers, a share, and a
/// limit over the quarter.
pub(crate) fn general() -> Scheme {
    let text = include_str!("../../../schemes/shandong-education.toml");
    let best = text.replacen("value = \"each\"", "value = \"highest\"", 1);
    assert_ne!(text, best, "the scheme leaves open what several uses count");
    Scheme::parse(&best).expect("another of its own readings is a scheme too")
}

/// Prints time, reference, ratio, memory for each fact.
pub(crate) fn run(size: usize, scheme: &Scheme) {
    let periods: Vec<Period> = (FIRST..FIRST + 10).flat_map(|year| scheme.periods(year)).collect();
    let before = resident();
    let facts = decade(scheme, size);
    let held = resident().saturating_sub(before);
    let (mut ours, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        reference.push(timed(|| one_pass(scheme, &facts)));
        ours.push(timed(|| assess_totals(scheme, &facts, &periods)));
    }
    let (ours, reference) = (median(&mut ours), median(&mut reference));
    let most = highest().saturating_sub(before);
    println!(
        "decade under {}: {size} facts: totals and ranks {}, one pass {}, ratio {:.2}; {} bytes a fact held, {} at most",
        scheme.id(),
        ms(ours),
        ms(reference),
        ours.as_secs_f64() / reference.as_secs_f64(),
        held / size,
        most / size,
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// The reference: every fact read once, its price looked up by its shared name, added to its unit's month.
fn one_pass(scheme: &Scheme, facts: &Facts) -> Vec<i64> {
    let whole = |points: Points| points.parts().0;
    let prices: Vec<(&Name, i64)> = scheme
        .adoption_kinds()
        .iter()
        .chain(scheme.comment_levels())
        .map(|price| (price.name(), whole(price.points())))
        .collect();
    let price =
        |name: &Name| prices.iter().find(|(known, _)| Arc::ptr_eq(known, name)).map_or(1, |(_, points)| *points);
    let mut sums = vec![0i64; facts.units.len() * 120];
    let mut add = |units: &[UnitIx], day: Date, points: i64| {
        let month = (day.year() - FIRST) as usize * 12 + day.month() as usize - 1;
        units.iter().for_each(|unit| sums[month * UNITS + unit.index()] += points);
    };
    facts.reports.iter().for_each(|fact| add(&fact.units, fact.date, 1));
    facts.adoptions.iter().for_each(|fact| add(&fact.units, fact.date, price(&fact.kind)));
    facts.comments.iter().for_each(|fact| add(&fact.units, fact.date, price(&fact.level)));
    facts.duties.iter().for_each(|fact| add(&fact.units, fact.deadline, 1));
    facts.events.iter().for_each(|fact| add(&fact.units, fact.date, i64::from(fact.count)));
    sums
}

/// So many facts, the same every time: three quarters items, a fifth uses, the rest comments, duties and events; uses too
/// where the scheme knows none of these. Where uses are combined, three name the same item of one unit.
fn decade(scheme: &Scheme, size: usize) -> Facts {
    let mut state = 7u64;
    let mut dice = move |below: usize| -> usize {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let classes: Vec<(Name, Name)> =
        scheme.listed_units().iter().map(|unit| (unit.class.clone(), unit.group.clone())).collect();
    let unit = |at: usize| {
        let (class, group) = classes.get(at % classes.len().max(1)).cloned().unwrap_or_default();
        Unit::new(format!("单位{at}"), class, group)
    };
    let mut facts = Facts { units: (0..UNITS).map(unit).collect(), ..Facts::default() };
    let categories: Vec<Name> = scheme.categories().iter().map(|category| category.name.clone()).collect();
    let kinds: Vec<Name> = scheme.adoption_kinds().iter().map(|price| price.name().clone()).collect();
    let levels: Vec<Name> = scheme.comment_levels().iter().map(|price| price.name().clone()).collect();
    let events = scheme.event_kinds();
    let uses_only = levels.is_empty() || events.is_empty();
    let (mut item, mut whose): (Option<Name>, usize) = (None, 0);
    // As the readers of tables do: facts of one unit share its list.
    let named: Vec<Units> = (0..UNITS).map(|at| [UnitIx::at(at)].into()).collect();
    let (reports, adoptions) = (size * 3 / 4, size / 5);
    facts.reports.reserve_exact(reports);
    facts.adoptions.reserve_exact(adoptions);
    for at in 0..size {
        let date = Date::constant(FIRST + dice(10) as i16, dice(12) as i8 + 1, dice(28) as i8 + 1);
        let (key, units) = (at.to_string().into(), named[dice(UNITS)].clone());
        if at < reports {
            facts.reports.push(Report {
                key,
                units,
                date,
                category: categories.get(dice(categories.len().max(1))).cloned().unwrap_or_default(),
                title: None,
                channel: Channel::Mail,
                repeats: None,
                counted: true,
                extra: None,
            });
        } else if at < reports + adoptions || uses_only {
            if uses_only && at % 3 == 0 {
                (item, whose) = (Some(at.to_string().into()), dice(UNITS));
            }
            facts.adoptions.push(Adoption {
                key,
                units: if uses_only { named[whose].clone() } else { units },
                date,
                kind: kinds[dice(kinds.len())].clone(),
                item: item.clone(),
                form: None,
                solicitation: None,
                issue: None,
                withdrawn: None,
                extra: None,
            });
        } else {
            match at % 3 {
                0 => facts.comments.push(Comment {
                    key,
                    units,
                    date,
                    level: levels[dice(levels.len())].clone(),
                    item: None,
                    leader: None,
                    withdrawn: None,
                    extra: None,
                }),
                1 => facts.duties.push(Duty {
                    key,
                    units,
                    deadline: date,
                    solicitation: None,
                    answered: (dice(10) > 0).then_some(date),
                    outcome: None,
                    topic: None,
                    extra: None,
                }),
                _ => facts.events.push(Event {
                    key,
                    units,
                    date,
                    kind: events[dice(events.len())].clone(),
                    count: 1,
                    note: None,
                    extra: None,
                }),
            }
        }
    }
    facts
}

/// Bytes of this process in memory now, and the most there ever were.
fn resident() -> usize {
    status("VmRSS:")
}

fn highest() -> usize {
    status("VmHWM:")
}

fn status(line: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = text.lines().find_map(|known| known.strip_prefix(line));
    let kilobytes =
        found.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse::<usize>().ok());
    kilobytes.map_or(0, |kilobytes| kilobytes * 1024)
}
