//! A county's year in memory: 103 units, some 12,000 facts.
#![allow(missing_docs, reason = "a benchmark binary documents nothing")]

use jiff::ToSpan;
use jiff::civil::date;
use tz_assess::{Published, assess, score_period, to_json};
use tz_model::{Adoption, Channel, Comment, Duty, Event, Facts, Month, Points, Report, Unit, UnitIx};
use tz_scheme::Scheme;

fn main() {
    divan::main();
}

fn scheme() -> &'static Scheme {
    Scheme::builtin("tengzhou-2018").expect("built in")
}

/// A made-up year: 9,500 items, 1,600 uses (one in fifty withdrawn later), 300 comments, 400 duties, 200 events.
fn county(times: usize) -> Facts {
    let listed = scheme().listed_units();
    let units = listed.iter().map(|unit| Unit {
        direct_point: unit.direct_point.clone(),
        ..Unit::new(unit.name.clone(), unit.class.clone(), unit.group.clone())
    });
    let mut facts = Facts { units: units.collect(), ..Facts::default() };
    let mut seed = 7u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let start = date(2018, 1, 1);
    let count = listed.len();
    for at in 0..9_500 * times {
        facts.reports.push(Report {
            key: (at + 2).to_string().into(),
            units: [UnitIx::at(next(count))].into(),
            date: start.saturating_add((next(365) as i64).days()),
            category: scheme().categories()[next(6)].name.clone(),
            title: None,
            channel: Channel::Mail,
            repeats: None,
            counted: true,
            extra: None,
        });
    }
    for at in 0..1_600 * times {
        let day = start.saturating_add((next(365) as i64).days());
        facts.adoptions.push(Adoption {
            key: (at + 2).to_string().into(),
            units: [UnitIx::at(next(count))].into(),
            date: day,
            kind: scheme().adoption_kinds()[next(15)].name().clone(),
            item: Some((next(9_500)).to_string().into()),
            form: None,
            solicitation: None,
            issue: None,
            withdrawn: (next(50) == 0).then(|| day.saturating_add(40.days())),
            extra: None,
        });
    }
    for at in 0..300 * times {
        facts.comments.push(Comment {
            key: (at + 2).to_string().into(),
            units: [UnitIx::at(next(count))].into(),
            date: start.saturating_add((next(365) as i64).days()),
            level: scheme().comment_levels()[next(4)].name().clone(),
            item: None,
            leader: None,
            withdrawn: None,
            extra: None,
        });
    }
    for at in 0..400 * times {
        let deadline = start.saturating_add((next(365) as i64).days());
        facts.duties.push(Duty {
            key: (at + 2).to_string().into(),
            units: [UnitIx::at(next(count))].into(),
            deadline,
            solicitation: None,
            answered: (next(10) > 0).then(|| deadline.saturating_add((next(6) as i64 - 4).days())),
            outcome: None,
            topic: None,
            extra: None,
        });
    }
    for at in 0..200 * times {
        facts.events.push(Event {
            key: (at + 2).to_string().into(),
            units: [UnitIx::at(next(count))].into(),
            date: start.saturating_add((next(365) as i64).days()),
            kind: scheme().event_kinds()[next(4)].clone(),
            count: 1,
            note: None,
            extra: None,
        });
    }
    facts
}

/// The whole year with every line and sentence; ten times the facts should take ten times as long.
#[divan::bench(args = [1, 10])]
fn a_county_year(bencher: divan::Bencher<'_, '_>, times: usize) {
    let facts = county(times);
    bencher.bench(|| assess(scheme(), &facts, 2018, None));
}

/// The reference: one pass that only sums a number for each fact.
#[divan::bench(args = [1, 10])]
fn one_pass_summing_points(bencher: divan::Bencher<'_, '_>, times: usize) {
    let facts = county(times);
    bencher.bench(|| {
        let reports = facts.reports.iter().map(|fact| Points::from(i64::from(fact.date.day())));
        let uses = facts.adoptions.iter().map(|fact| Points::from(i64::from(fact.date.day())));
        reports.chain(uses).sum::<Points>()
    });
}

/// December of a server: eleven published months looked at again for corrections.
#[divan::bench]
fn the_twelfth_month_with_eleven_published(bencher: divan::Bencher<'_, '_>) {
    let facts = county(1);
    let mut published: Vec<Published<'_>> = Vec::new();
    for month in Month::year_of(2018).take(11) {
        published.push(Published::of(scheme(), &score_period(scheme(), &facts, &month.period(), &published)));
    }
    let december = Month::new(2018, 12).expect("a month").period();
    bencher.bench(|| score_period(scheme(), &facts, &december, &published));
}

#[divan::bench]
fn a_county_year_as_json(bencher: divan::Bencher<'_, '_>) {
    let assessment = assess(scheme(), &county(1), 2018, None);
    bencher.bench(|| to_json(&assessment));
}

#[divan::bench]
fn the_scheme_file_read(bencher: divan::Bencher<'_, '_>) {
    bencher.bench(|| Scheme::parse(scheme().text()).is_ok());
}
