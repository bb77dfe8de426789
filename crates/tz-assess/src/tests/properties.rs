//! What holds for any office whatever.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::select;
use tz_model::{
    Adoption, Assessment, Channel, Comment, Duty, DutyOutcome, Event, Facts, Heir, Month, Period, Points, Report,
    Stage, Unit, UnitIx,
};
use tz_scheme::Scheme;

use crate::{
    Published, assess, assess_totals, close_year, looks_at_titles, read_statement, score_period, statement_json,
    to_json,
};

fn scheme() -> &'static Scheme {
    Scheme::builtin("tengzhou-2018").expect("built in")
}

const CATEGORIES: [&str; 6] = ["工作动态", "经验亮点", "调研分析", "问题建议", "社情民意", "其他"];

/// A day from November 2017 to January 2019, so that both turns of the year are crossed.
fn any_day() -> impl Strategy<Value = Date> {
    (0i32..455).prop_map(|days| date(2017, 11, 1).saturating_add(days.days()))
}

fn stage(until: Date, class: &str, group: &str) -> Stage {
    Stage { until, class: class.into(), group: group.into(), direct_point: None, parent: None, extra: None }
}

fn any_units() -> impl Strategy<Value = Vec<Unit>> {
    let unit = (0usize..4, 0usize..8, proptest::option::of(any_day()), proptest::option::of(any_day()));
    proptest::collection::vec(unit, 1..7).prop_map(|rows| {
        let groups = [("A类", "镇街"), ("A类", "A类"), ("B类", "B类"), ("C类", "C类")];
        let one = |(at, (group, parent, from, to)): (usize, (usize, usize, Option<Date>, Option<Date>))| Unit {
            direct_point: [None, Some("枣庄市级".into()), Some("滕州市级".into())][(at + parent) % 3].clone(),
            parent: (parent < 6).then(|| format!("单位{parent}").into()),
            from: if at == 0 { None } else { from },
            to: if at == 0 { None } else { to },
            // Some that end are taken over by another, some of these with their year; some stood elsewhere before.
            heir: (parent % 3 == 1)
                .then(|| Heir { unit: format!("单位{}", parent / 3).into(), takes_year: group % 2 == 0 }),
            earlier: if parent % 4 == 3 {
                let (class, group) = groups[(group + 1) % 4];
                vec![stage(date(2018, 2, 14), class, group), stage(date(2018, 6, 30), "B类", "B类")]
            } else {
                Vec::new()
            },
            ..Unit::new(format!("单位{at}"), groups[group].0, groups[group].1)
        };
        rows.into_iter().enumerate().map(one).collect()
    })
}

type Row = (Date, usize, u64, usize, Option<Date>);

/// Any office's facts over some fourteen months.
fn any_facts() -> impl Strategy<Value = Facts> {
    let row = (any_day(), 0usize..60, any::<u64>(), 0usize..6, proptest::option::of(any_day()));
    (any_units(), proptest::collection::vec(row, 0..120)).prop_map(|(units, rows)| {
        let mut facts = Facts { units, ..Facts::default() };
        for (at, row) in rows.into_iter().enumerate() {
            put(&mut facts, at, row);
        }
        facts
    })
}

fn put(facts: &mut Facts, at: usize, (day, what, who, table, other): Row) {
    let count = facts.units.len() as u64;
    let mut units = vec![UnitIx::at((who % count) as usize)];
    if who % 7 == 0 {
        units.push(UnitIx::at((who / 7 % count) as usize));
    }
    let key = (at + 1).to_string().into();
    match table {
        0 | 1 => facts.reports.push(Report {
            key,
            units: units.into(),
            date: day,
            category: CATEGORIES[what % 6].into(),
            title: None,
            channel: [Channel::Web, Channel::Mail, Channel::Paper][what % 3],
            repeats: (what % 11 == 0).then(|| "1".into()),
            counted: what % 13 != 0,
            extra: None,
        }),
        2 => facts.adoptions.push(Adoption {
            key,
            units: units.into(),
            date: day,
            kind: scheme().adoption_kinds()[what % 15].name().clone(),
            item: None,
            form: None,
            solicitation: None,
            issue: None,
            withdrawn: other.filter(|_| who % 3 == 0),
            extra: None,
        }),
        3 => facts.comments.push(Comment {
            key,
            units: units.into(),
            date: day,
            level: scheme().comment_levels()[what % 4].name().clone(),
            item: None,
            leader: None,
            withdrawn: other.filter(|_| who % 5 == 0),
            extra: None,
        }),
        4 => facts.duties.push(Duty {
            key,
            units: units.into(),
            deadline: day,
            solicitation: None,
            answered: other,
            outcome: (what % 9 == 0).then_some(DutyOutcome::Refused),
            topic: None,
            extra: None,
        }),
        _ => facts.events.push(Event {
            key,
            units: units.into(),
            date: day,
            kind: scheme().event_kinds()[what % 4].clone(),
            count: (what % 3) as u32,
            note: None,
            extra: None,
        }),
    }
}

/// The same facts in another order of rows; units keep theirs, since results are listed by it.
fn shuffled(facts: &Facts, seed: u64) -> Facts {
    fn shuffle<T>(rows: &mut [T], mut seed: u64) {
        for at in (1..rows.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows.swap(at, (seed >> 33) as usize % (at + 1));
        }
    }
    let mut facts = facts.clone();
    shuffle(&mut facts.reports, seed);
    shuffle(&mut facts.adoptions, seed);
    shuffle(&mut facts.comments, seed);
    shuffle(&mut facts.duties, seed);
    shuffle(&mut facts.events, seed);
    facts.adoptions.iter_mut().for_each(|fact| fact.units = fact.units.iter().rev().copied().collect());
    facts
}

fn year(facts: &Facts) -> Assessment {
    assess(scheme(), facts, 2018, None)
}

fn total(assessment: &Assessment, unit: &str, period: usize) -> Option<Points> {
    let found = assessment.units.iter().find(|found| &*found.unit == unit)?;
    found.periods.iter().find(|(at, _)| *at == period).map(|(_, score)| score.total)
}

proptest! {
    #![proptest_config(tz_testkit::property(32))]

    /// Facts may stand in any order; the bytes of the result stay the same.
    #[test]
    fn order_never_matters(facts in any_facts(), seed: u64) {
        prop_assert_eq!(to_json(&year(&facts)), to_json(&year(&shuffled(&facts, seed))));
    }

    /// The built-in scheme never looks at titles, so that tables may be read without them.
    #[test]
    fn titles_change_nothing_where_nobody_looks_at_them(facts in any_facts()) {
        prop_assert!(!looks_at_titles(scheme()));
        let mut titled = facts.clone();
        titled.reports.iter_mut().for_each(|report| report.title = Some("关于治水的报告".into()));
        prop_assert_eq!(to_json(&year(&facts)), to_json(&year(&titled)));
    }

    /// A total is the sum of its lines, and the year that of its months and its own lines. What the years of all units come to is
    /// what their months do and the lines of the year but those that take over: a merger loses nothing and doubles nothing (R17).
    #[test]
    fn lines_always_sum_to_the_total(facts in any_facts()) {
        let (mut years, mut parts) = (Points::ZERO, Points::ZERO);
        for unit in year(&facts).units {
            let mut sum = Points::ZERO;
            for (_, score) in &unit.periods {
                prop_assert_eq!(score.total, score.lines.iter().map(|line| line.points).sum::<Points>());
                sum += score.total;
            }
            parts += sum;
            let Some(annual) = unit.annual else {
                let taken = facts.units.iter().find(|known| known.name == unit.unit).and_then(|known| known.heir.as_ref());
                prop_assert!(taken.is_some_and(|heir| heir.takes_year), "{} has no year", unit.unit);
                continue;
            };
            prop_assert_eq!(annual.total, sum + annual.lines.iter().map(|line| line.points).sum::<Points>());
            years += annual.total;
            parts += annual.lines.iter().filter(|line| &*line.rule != "succession").map(|line| line.points).sum::<Points>();
        }
        prop_assert_eq!(years, parts);
    }

    /// Without corrections no month is below zero (R2).
    #[test]
    fn the_floor_holds(facts in any_facts()) {
        for unit in year(&facts).units {
            for (_, score) in &unit.periods {
                let own: Points =
                    score.lines.iter().filter(|line| &*line.rule != "correction").map(|line| line.points).sum();
                prop_assert!(own >= Points::ZERO, "{}: {own}", unit.unit);
            }
        }
    }

    /// One more use lowers nobody: not what the years bring together, and no month unless something was withdrawn (a
    /// correction gives back a floor that the use has made needless, so the month it stands in may fall while the sum grows;
    /// where the use is of last year and the withdrawal of this one, so may the year).
    #[test]
    fn an_adoption_never_lowers_a_total(facts in any_facts(), day in any_day(), kind in 0usize..15, stand: bool) {
        let mut facts = facts;
        if stand {
            facts.adoptions.iter_mut().for_each(|fact| fact.withdrawn = None);
            facts.comments.iter_mut().for_each(|fact| fact.withdrawn = None);
        }
        let mut more = facts.clone();
        put(&mut more, 1000, (day, kind, 1, 2, None));
        // Nothing where another takes over its year.
        let annual = |unit: &tz_model::UnitYear| unit.annual.as_ref().map_or(Points::ZERO, |annual| annual.total);
        let (before, after) = (year(&facts), year(&more));
        let (before_that, after_that) = (assess(scheme(), &facts, 2017, None), assess(scheme(), &more, 2017, None));
        for (old, new) in before.units.iter().zip(&after.units) {
            for (at, score) in old.periods.iter().filter(|_| stand) {
                prop_assert!(total(&after, &new.unit, *at).expect("scored as before") >= score.total);
            }
            if stand || day.year() == 2018 {
                prop_assert!(annual(new) >= annual(old));
            }
            let in_2017 = |years: &Assessment| {
                years.units.iter().find(|unit| unit.unit == old.unit).map_or(Points::ZERO, &annual)
            };
            prop_assert!(annual(new) + in_2017(&after_that) >= annual(old) + in_2017(&before_that));
        }
    }

    /// Whatever became known later, the months together give what the facts of today give: nothing is lost or counted
    /// twice by a correction (R14).
    #[test]
    fn corrections_bring_the_sum_to_what_is_known_today(facts in any_facts()) {
        let mut facts = facts;
        facts.units.iter_mut().for_each(|unit| (unit.from, unit.to) = (None, None));
        let in_year = |day: Date| day.year() == 2018;
        facts.adoptions.retain(|fact| in_year(fact.date) && fact.withdrawn.is_none_or(in_year));
        facts.comments.retain(|fact| in_year(fact.date) && fact.withdrawn.is_none_or(in_year));
        let mut known = facts.clone();
        known.adoptions.retain(|fact| fact.withdrawn.is_none_or(|day| day < fact.date));
        known.comments.retain(|fact| fact.withdrawn.is_none_or(|day| day < fact.date));
        known.adoptions.retain(|fact| fact.withdrawn.is_none());
        known.comments.retain(|fact| fact.withdrawn.is_none());
        let sums = |facts: &Facts| -> Vec<Points> {
            let sum = |unit: &tz_model::UnitYear| unit.periods.iter().map(|(_, score)| score.total).sum();
            year(facts).units.iter().map(sum).collect()
        };
        prop_assert_eq!(sums(&facts), sums(&known));
    }

    /// The server closes month by month, knowing each time only what is known then; the tables give the same year. Facts
    /// withdrawn later are gone from the server's facts from that month on.
    #[test]
    fn closing_month_by_month_gives_the_same_as_the_tables(facts in any_facts()) {
        let mut facts = facts;
        let in_year = |day: Date| day.year() == 2018;
        facts.reports.retain(|fact| in_year(fact.date));
        facts.adoptions.retain(|fact| in_year(fact.date));
        facts.comments.retain(|fact| in_year(fact.date));
        facts.duties.retain(|fact| in_year(fact.deadline));
        facts.events.retain(|fact| in_year(fact.date));
        let batch = year(&facts);
        let mut published: Vec<Published<'_>> = Vec::new();
        let mut outcomes = Vec::new();
        for month in Month::year_of(2018) {
            let result = score_period(scheme(), &known_by(&facts, month.last()), &month.period(), &published);
            outcomes.extend(result.outcomes.clone());
            published.push(Published::of(scheme(), &result));
        }
        let closed = close_year(scheme(), &facts, 2018, &published);
        outcomes.extend(closed.outcomes);
        prop_assert_eq!(&outcomes, &batch.outcomes);
        for (at, old) in published.iter().enumerate() {
            for unit in old.units.iter() {
                prop_assert_eq!(total(&batch, &unit.unit, at), Some(unit.score.total));
            }
        }
        for (name, annual) in closed.units {
            let found = batch.units.iter().find(|unit| unit.unit == name);
            prop_assert_eq!(found.and_then(|unit| unit.annual.as_ref()), Some(&annual));
        }
    }

    /// Totals without lines are the totals with them, withdrawals included, and so are the ranks.
    #[test]
    fn totals_alone_are_the_same_totals(facts in any_facts()) {
        let periods: Vec<Period> = (2017..=2018).flat_map(|year| scheme().periods(year)).collect();
        let totals = assess_totals(scheme(), &facts, &periods);
        let told = year(&facts);
        for (at, period) in totals[12..].iter().enumerate() {
            for (unit, total, rank) in &period.units {
                let name = &facts.units[unit.index()].name;
                let found = told.units.iter().find(|found| found.unit == *name).expect("scored in both");
                let (_, score) = found.periods.iter().find(|(place, _)| *place == at).expect("active in both");
                prop_assert_eq!((score.total, score.rank), (*total, *rank));
            }
        }
    }

    /// Scoring a closed month again from its own facts finds nothing to correct.
    #[test]
    fn nothing_new_means_no_correction(facts in any_facts(), month in select(vec![3i8, 6, 12])) {
        let mut facts = facts;
        facts.adoptions.iter_mut().for_each(|fact| fact.withdrawn = None);
        facts.comments.iter_mut().for_each(|fact| fact.withdrawn = None);
        let mut published: Vec<Published<'_>> = Vec::new();
        for month in Month::year_of(2018).take(month as usize) {
            let result = score_period(scheme(), &facts, &month.period(), &published);
            for line in result.units.iter().flat_map(|unit| &unit.score.lines) {
                prop_assert_ne!(&*line.rule, "correction");
            }
            published.push(Published::of(scheme(), &result));
        }
    }

    /// A statement's text gives the same statement back.
    #[test]
    fn a_statement_reads_back(facts in any_facts()) {
        let month = Month::new(2018, 5).expect("a month").period();
        for unit in score_period(scheme(), &facts, &month, &[]).units {
            let text = statement_json(&month.label, &unit);
            let (period, back) = read_statement(&text).expect("just written");
            prop_assert_eq!(&*period, &*month.label);
            prop_assert_eq!(back, unit);
        }
    }
}

/// What the server knows at the end of a day: what was withdrawn by then is gone, later withdrawals are not known.
fn known_by(facts: &Facts, day: Date) -> Facts {
    let mut facts = facts.clone();
    facts.adoptions.retain(|fact| fact.withdrawn.is_none_or(|gone| gone > day));
    facts.comments.retain(|fact| fact.withdrawn.is_none_or(|gone| gone > day));
    facts.adoptions.iter_mut().for_each(|fact| fact.withdrawn = None);
    facts.comments.iter_mut().for_each(|fact| fact.withdrawn = None);
    facts
}
