//! What holds of every stage, for any facts: schemes are small, facts are any.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use tz_model::{Adoption, Assessment, Comment, Event, Facts, Line, Period, Points, Unit, UnitIx, UnitYear};
use tz_scheme::Scheme;

use crate::{
    Published, assess, assess_totals, close_year, looks_at_titles, looks_back, score_period, to_json, unknown_names,
};

/// A scheme of months with these rules behind three price tables: uses, comments, events.
fn scheme(more: &str) -> Scheme {
    let text = format!(
        r#"
id = "example"
name = "示例"
office = "某市人民政府办公室"

[period]
every = "month"
clause = "一"
sentence = "每月一次。"

[[rule]]
id = "adoption"
clause = "一"
sentence = "采用计分。"
kind = "facts"
table = "采用"
prices = [
  {{ name = "要情", points = 3 }},
  {{ name = "快报", points = "7/3" }},
  {{ name = "专报", points = 10 }},
]

[[rule]]
id = "comment"
clause = "一"
sentence = "批示计分。"
kind = "facts"
table = "批示"
prices = [{{ name = "县领导批示", points = 5 }}, {{ name = "市领导批示", points = 8 }}]

[[rule]]
id = "errors"
clause = "一"
sentence = "差错扣分。"
kind = "facts"
table = "事项"
prices = [{{ name = "迟报", points = -2 }}, {{ name = "瞒报", points = 0 }}]

{more}"#
    );
    Scheme::parse(&text).unwrap_or_else(|faults| panic!("{}", tz_model::sentences(&faults)))
}

fn rule(id: &str, kind: &str, body: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\nclause = \"二\"\nsentence = \"略。\"\nkind = \"{kind}\"\n{body}\n\n")
}

const ALL: &str = "of = [\"adoption\", \"comment\"]";

/// Every mechanism at once, each in force on some facts.
static WHOLE: LazyLock<Scheme> = LazyLock::new(|| {
    let rules = [
        rule("half", "multiply", "of = [\"adoption\"]\nwhen = [\"形式 = 综合\"]\nby = \"1/2\""),
        rule("highest", "combine", &format!("{ALL}\nonce_per = [\"批示层级\"]\nbest = 2\nrest = \"1/3\"")),
        rule("shared", "share", "of = [\"adoption\"]\nhow = \"order\"\nparts = [3, 2, 1, 1]"),
        rule(
            "boost",
            "multiply",
            "base = \"item\"\nof = [\"adoption\"]\ntable = \"批示\"\nwhen = [\"批示层级 = 市领导批示\"]\nby = \"3/2\"\neach = true\nname = \"加成\"",
        ),
        rule("base", "start", "name = \"基础分\"\npoints = 2"),
        rule(
            "uses",
            "quota",
            "count = \"采用\"\ntarget = 3\nspan = \"quarter\"\nover = { name = \"超额\", points = 1 }\nshort = { name = \"不足\", points = -1 }",
        ),
        rule("cap", "cap", "name = \"封顶\"\nof = [\"adoption\"]\nat_most = 12\nspan = \"quarter\""),
        rule("floor", "floor", "name = \"扣完为止\"\nof = [\"errors\"]"),
        rule(
            "veto",
            "veto",
            "name = \"否决\"\ntable = \"事项\"\nwhen = [\"事项 = 瞒报\"]\ncount = 2\nspan = \"quarter\"",
        ),
        rule(
            "credit",
            "credit",
            "name = \"计入\"\nof = [\"adoption\"]\nspan = \"period\"\nfrom = \"children\"\npart = \"1/2\"",
        ),
        rule("yearly", "scale", "name = \"折算\"\nfull = 100\nmeasure = \"best\"\nspan = \"year\"\ndecimals = 1"),
        rule(
            "money",
            "facts",
            "ledger = \"奖金\"\ntable = \"采用\"\nprices = [{ name = \"专报奖金\", of = \"专报\", points = 50 }]",
        ),
    ];
    scheme(&rules.concat())
});

fn any_day() -> impl Strategy<Value = Date> {
    (0i32..400).prop_map(|days| date(2017, 12, 1).saturating_add(days.days()))
}

type Row = (Date, u8, u64, Option<u8>, Option<Date>);

/// Facts over some thirteen months, many of them of a few items, so that uses meet.
fn any_facts() -> impl Strategy<Value = Facts> {
    let row = (any_day(), 0u8..12, any::<u64>(), proptest::option::of(0u8..6), proptest::option::of(any_day()));
    (1usize..5, proptest::collection::vec(row, 0..60)).prop_map(|(units, rows)| {
        let unit =
            |at: usize| Unit { parent: (at > 0).then(|| "单位0".into()), ..Unit::new(format!("单位{at}"), "", "") };
        let mut facts = Facts { units: (0..units).map(unit).collect(), ..Facts::default() };
        rows.into_iter().enumerate().for_each(|(at, row)| put(&mut facts, at, row));
        facts
    })
}

fn put(facts: &mut Facts, at: usize, (date, what, who, item, withdrawn): Row) {
    let count = facts.units.len() as u64;
    let mut units = vec![UnitIx::at((who % count) as usize)];
    if who % 3 == 0 && who / 3 % count != who % count {
        units.push(UnitIx::at((who / 3 % count) as usize));
    }
    let (key, item) = ((at + 1).to_string().into(), item.map(|item| item.to_string().into()));
    match what {
        0..6 => facts.adoptions.push(Adoption {
            key,
            units: units.into(),
            date,
            kind: ["要情", "快报", "专报"][usize::from(what % 3)].into(),
            item,
            form: (who % 5 == 0).then(|| "综合".into()),
            solicitation: None,
            issue: None,
            withdrawn: withdrawn.filter(|_| who % 4 == 0),
            extra: None,
        }),
        6..9 => facts.comments.push(Comment {
            key,
            units: units.into(),
            date,
            level: ["县领导批示", "市领导批示"][usize::from(what % 2)].into(),
            item,
            leader: None,
            withdrawn: withdrawn.filter(|_| who % 4 == 0),
            extra: None,
        }),
        _ => facts.events.push(Event {
            key,
            units: units.into(),
            date,
            kind: ["迟报", "瞒报"][usize::from(what % 2)].into(),
            count: (who % 3) as u32,
            note: None,
            extra: None,
        }),
    }
}

fn shuffled(facts: &Facts, mut seed: u64) -> Facts {
    fn shuffle<T>(rows: &mut [T], seed: &mut u64) {
        for at in (1..rows.len()).rev() {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows.swap(at, (*seed >> 33) as usize % (at + 1));
        }
    }
    let mut facts = facts.clone();
    shuffle(&mut facts.adoptions, &mut seed);
    shuffle(&mut facts.comments, &mut seed);
    shuffle(&mut facts.events, &mut seed);
    facts
}

/// Facts of which nothing was withdrawn.
fn standing(mut facts: Facts) -> Facts {
    facts.adoptions.iter_mut().for_each(|fact| fact.withdrawn = None);
    facts.comments.iter_mut().for_each(|fact| fact.withdrawn = None);
    facts
}

fn year(scheme: &Scheme, facts: &Facts) -> Assessment {
    assess(scheme, facts, 2018, None)
}

/// A unit's lines of every month of the year.
fn lines(unit: &UnitYear) -> impl Iterator<Item = (usize, &Line)> {
    unit.periods.iter().flat_map(|(at, score)| score.lines.iter().map(move |line| (*at, line)))
}

fn sum<'l>(lines: impl Iterator<Item = &'l Line>) -> Points {
    lines.map(|line| line.points).sum()
}

/// What the lines of a rule come to, by month.
fn by_month(unit: &UnitYear, rule: &str) -> [Points; 12] {
    let mut months = [Points::ZERO; 12];
    lines(unit).filter(|(_, line)| &*line.rule == rule).for_each(|(at, line)| months[at] += line.points);
    months
}

/// The value of one item's uses under `best = 2, rest = 1/3`, worked out from all of them at once.
fn best_two(mut prices: Vec<Points>) -> Points {
    prices.sort_by(|left, right| right.cmp(left));
    let third = Points::fraction(1, 3).expect("no division by 0");
    prices.iter().enumerate().map(|(at, price)| if at < 2 { *price } else { *price * third }).sum()
}

fn price(kind: &str) -> Points {
    match kind {
        "要情" => Points::from(3),
        "快报" => Points::fraction(7, 3).expect("no division by 0"),
        _ => Points::from(10),
    }
}

proptest! {
    #![proptest_config(tz_testkit::property(48))]

    /// Every mechanism at once: rows may stand in any order.
    #[test]
    fn order_never_matters_to_any_stage(facts in any_facts(), seed: u64) {
        prop_assert!(unknown_names(&WHOLE, &facts).is_empty());
        prop_assert!(to_json(&year(&WHOLE, &facts)) == to_json(&year(&WHOLE, &shuffled(&facts, seed))));
    }

    /// Totals are the sums of their lines, in every ledger, and the year that of its months and its own lines.
    #[test]
    fn lines_sum_to_totals_in_every_ledger(facts in any_facts()) {
        for unit in year(&WHOLE, &facts).units {
            let mut months = Points::ZERO;
            for (_, score) in &unit.periods {
                prop_assert_eq!(score.total, sum(score.lines.iter()));
                months += score.total;
            }
            let annual = unit.annual.expect("a whole year");
            prop_assert_eq!(annual.total, months + sum(annual.lines.iter()));
            for ledger in unit.ledgers.values() {
                let mut months = Points::ZERO;
                for (_, account) in &ledger.periods {
                    prop_assert_eq!(account.total, sum(account.lines.iter()));
                    months += account.total;
                }
                let annual = ledger.annual.as_ref().expect("a whole year");
                prop_assert_eq!(annual.total, months + sum(annual.lines.iter()));
            }
        }
    }

    /// What is published never changes by what becomes known later: a month scored when it was closed has the same bytes as
    /// the same month among all of them.
    #[test]
    fn published_months_never_change(facts in any_facts(), row in (any_day(), 0u8..12, any::<u64>(), proptest::option::of(0u8..6), proptest::option::of(any_day()))) {
        let mut later = facts.clone();
        put(&mut later, 1000, (row.0.max(date(2018, 7, 1)), row.1, row.2, row.3, row.4));
        let (before, after) = (year(&WHOLE, &facts), year(&WHOLE, &later));
        for (old, new) in before.units.iter().zip(&after.units) {
            prop_assert_eq!(&old.periods[..6], &new.periods[..6]);
        }
    }

    /// Closing month by month, knowing each time what is known then, gives the same year as the tables.
    #[test]
    fn closing_month_by_month_gives_the_same_year(facts in any_facts()) {
        let mut facts = facts;
        let in_year = |day: Date| day.year() == 2018;
        facts.adoptions.retain(|fact| in_year(fact.date));
        facts.comments.retain(|fact| in_year(fact.date));
        facts.events.retain(|fact| in_year(fact.date));
        prop_assert!(looks_back(&WHOLE));
        let batch = year(&WHOLE, &facts);
        let mut published: Vec<Published<'_>> = Vec::new();
        for period in WHOLE.periods(2018) {
            let mut known = facts.clone();
            known.adoptions.retain(|fact| fact.withdrawn.is_none_or(|day| day > period.to) && fact.date <= period.to);
            known.comments.retain(|fact| fact.withdrawn.is_none_or(|day| day > period.to) && fact.date <= period.to);
            let known = standing(known);
            let result = score_period(&WHOLE, &known, &period, &published);
            published.push(Published::of(&WHOLE, &result));
        }
        for (at, old) in published.iter().enumerate() {
            for unit in old.units.iter() {
                let found = batch.units.iter().find(|found| found.unit == unit.unit).expect("scored in both");
                prop_assert_eq!(found.periods[at].1.total, unit.score.total, "{} {}", old.period.label, unit.unit);
            }
        }
        for (name, annual) in close_year(&WHOLE, &facts, 2018, &published).units {
            let found = batch.units.iter().find(|unit| unit.unit == name).expect("scored in both");
            prop_assert_eq!(found.annual.as_ref().map(|annual| annual.total), Some(annual.total));
        }
    }

    /// Totals without lines are the totals with them, under every mechanism at once.
    #[test]
    fn totals_alone_are_the_same_totals(facts in any_facts()) {
        let periods: Vec<Period> = (2017..=2018).flat_map(|year| WHOLE.periods(year)).collect();
        let totals = assess_totals(&WHOLE, &facts, &periods);
        let told = year(&WHOLE, &facts);
        for (at, period) in totals[12..].iter().enumerate() {
            for (unit, total, rank) in &period.units {
                let score = &told.units[unit.index()].periods[at].1;
                prop_assert_eq!((score.total, score.rank), (*total, *rank));
            }
        }
    }

    /// The same where further sums decide between equal totals.
    #[test]
    fn totals_alone_are_ranked_by_what_decides_between_equal_ones(facts in any_facts()) {
        let half = rule("half", "multiply", "of = [\"adoption\"]\nwhen = [\"形式 = 综合\"]\nby = \"0\"");
        let scheme = scheme(&format!("{half}[ranking]\nthen = [[\"comment\"], [\"errors\"]]\n"));
        let periods: Vec<Period> = (2017..=2018).flat_map(|year| scheme.periods(year)).collect();
        let totals = assess_totals(&scheme, &facts, &periods);
        let told = year(&scheme, &facts);
        for (at, period) in totals[12..].iter().enumerate() {
            for (unit, total, rank) in &period.units {
                let score = &told.units[unit.index()].periods[at].1;
                prop_assert_eq!((score.total, score.rank), (*total, *rank));
            }
        }
    }

    /// combine: what the uses of an item earn, one after the other and month by month, is what all of them are worth together.
    #[test]
    fn marginal_points_sum_to_the_value_of_all(facts in any_facts()) {
        let scheme = scheme(&rule("best", "combine", "of = [\"adoption\"]\nbest = 2\nrest = \"1/3\""));
        let mut facts = standing(facts);
        facts.adoptions.retain(|fact| fact.date.year() == 2018);
        let mut worth: BTreeMap<(UnitIx, String), Vec<Points>> = BTreeMap::new();
        for (at, fact) in facts.adoptions.iter().enumerate() {
            let item = fact.item.as_ref().map_or_else(|| format!("alone {at}"), ToString::to_string);
            for unit in fact.units.iter() {
                worth.entry((*unit, item.clone())).or_default().push(price(&fact.kind));
            }
        }
        for (at, unit) in year(&scheme, &facts).units.iter().enumerate() {
            let earned: Points = by_month(unit, "adoption").into_iter().sum();
            let wanted: Points =
                worth.iter().filter(|((of, _), _)| of.index() == at).map(|(_, prices)| best_two(prices.clone())).sum();
            prop_assert_eq!(earned, wanted);
        }
    }

    /// combine: whatever is withdrawn later, months and corrections together give what the standing uses are worth.
    #[test]
    fn withdrawals_leave_the_value_of_what_stands(facts in any_facts()) {
        let scheme = scheme(&rule("best", "combine", "of = [\"adoption\"]\nbest = 1"));
        let mut facts = facts;
        let in_year = |day: Date| day.year() == 2018;
        facts.adoptions.retain(|fact| in_year(fact.date) && fact.withdrawn.is_none_or(in_year));
        facts.comments.clear();
        facts.events.clear();
        let mut known = facts.clone();
        known.adoptions.retain(|fact| fact.withdrawn.is_none());
        let totals = |facts: &Facts| -> Vec<Points> {
            year(&scheme, facts).units.iter().map(|unit| sum(lines(unit).map(|(_, line)| line))).collect()
        };
        prop_assert_eq!(totals(&facts), totals(&known));
    }

    /// multiply of an item: with every use of it by 2, the item earns twice, whenever the comment came.
    #[test]
    fn a_multiplied_item_earns_as_much_more(facts in any_facts()) {
        let boost = rule("boost", "multiply", "base = \"item\"\nof = [\"adoption\"]\ntable = \"批示\"\nby = 2\nname = \"加倍\"");
        let scheme = scheme(&boost);
        let mut facts = standing(facts);
        facts.adoptions.retain(|fact| fact.date.year() == 2018);
        facts.comments.retain(|fact| fact.date.year() == 2018);
        for (at, unit) in year(&scheme, &facts).units.iter().enumerate() {
            let commented = |fact: &Adoption| {
                let own = facts.comments.iter().filter(|comment| comment.units.iter().any(|unit| unit.index() == at));
                fact.item.is_some() && own.into_iter().any(|comment| comment.item == fact.item)
            };
            let own = facts.adoptions.iter().filter(|fact| fact.units.iter().any(|unit| unit.index() == at));
            let doubled: Points = own.filter(|fact| commented(fact)).map(|fact| price(&fact.kind)).sum();
            prop_assert_eq!(by_month(unit, "boost").into_iter().sum::<Points>(), doubled);
        }
    }

    /// share: parts of a fact sum to the whole.
    #[test]
    fn shares_sum_to_the_whole(facts in any_facts(), equal: bool) {
        let how = if equal { "how = \"equal\"" } else { "how = \"order\"\nparts = [3, 2, 1]" };
        let scheme = scheme(&rule("shared", "share", &format!("of = [\"adoption\"]\n{how}")));
        let mut facts = standing(facts);
        facts.adoptions.retain(|fact| fact.date.year() == 2018);
        let whole: Points = facts.adoptions.iter().map(|fact| price(&fact.kind)).sum();
        let parts = year(&scheme, &facts).units.iter().map(|unit| by_month(unit, "adoption").into_iter().sum()).sum::<Points>();
        prop_assert_eq!(parts, whole);
    }

    /// cap: no quarter goes beyond it, and it takes nothing from a quarter below it.
    #[test]
    fn caps_are_never_exceeded(facts in any_facts(), most in 0i64..40) {
        let cap = format!("name = \"封顶\"\nof = [\"adoption\"]\nat_most = {most}\nspan = \"quarter\"");
        let scheme = scheme(&rule("cap", "cap", &cap));
        for unit in year(&scheme, &standing(facts)).units {
            let (own, taken) = (by_month(&unit, "adoption"), by_month(&unit, "cap"));
            for first in [0, 3, 6, 9] {
                for last in first..first + 3 {
                    let sum = |months: &[Points; 12]| months[first..=last].iter().copied().sum::<Points>();
                    prop_assert_eq!(sum(&own) + sum(&taken), sum(&own).min(Points::from(most)));
                }
            }
        }
    }

    /// floor: the sum it keeps up is never below it by the deductions it limits, and never above what it would be without them.
    #[test]
    fn a_floor_is_never_undercut(facts in any_facts(), least in -6i64..6) {
        let scheme = scheme(&rule("floor", "floor", &format!("name = \"扣完为止\"\nof = [\"errors\"]\nat_least = {least}")));
        for unit in year(&scheme, &standing(facts)).units {
            for (_, score) in &unit.periods {
                let deducted = sum(score.lines.iter().filter(|line| &*line.rule == "errors"));
                let undisturbed = sum(score.lines.iter().filter(|line| !["errors", "floor"].contains(&&*line.rule)));
                let wanted = (undisturbed + deducted).max(Points::from(least).min(undisturbed));
                prop_assert_eq!(score.total, wanted);
            }
        }
    }

    /// veto: a quarter with two facts of its kind comes to nothing, one without keeps its points.
    #[test]
    fn a_veto_leaves_nothing_of_its_quarter(facts in any_facts()) {
        let veto = "name = \"否决\"\ntable = \"事项\"\nwhen = [\"事项 = 瞒报\"]\ncount = 2\nspan = \"quarter\"";
        let scheme = scheme(&rule("veto", "veto", veto));
        let facts = standing(facts);
        for (at, unit) in year(&scheme, &facts).units.iter().enumerate() {
            for quarter in 0..4i8 {
                let of = |event: &&Event| {
                    event.date.year() == 2018 && (event.date.month() - 1) / 3 == quarter && &*event.kind == "瞒报"
                        && event.units.iter().any(|unit| unit.index() == at)
                };
                let count: u32 = facts.events.iter().filter(of).map(|event| event.count).sum();
                let own = unit.periods.iter().filter(|(at, _)| at / 3 == quarter as usize);
                let total: Points = own.clone().map(|(_, score)| score.total).sum();
                let vetoed = own.flat_map(|(_, score)| &score.lines).any(|line| &*line.rule == "veto");
                prop_assert_eq!(vetoed, count >= 2);
                if vetoed {
                    prop_assert_eq!(total, Points::ZERO);
                }
            }
        }
    }

    /// scale: who has more before has no less after, and the best has the full mark.
    #[test]
    fn conversions_keep_the_order(facts in any_facts(), mean: bool) {
        let measure = if mean { "mean" } else { "best" };
        let scale = format!("name = \"折算\"\nfull = 100\nmeasure = \"{measure}\"\ndecimals = 2");
        let scheme = scheme(&rule("scale", "scale", &scale));
        let units = year(&scheme, &standing(facts)).units;
        for month in 0..12 {
            let mut pairs: Vec<(Points, Points)> = units
                .iter()
                .map(|unit| {
                    let (score, scaled) = (&unit.periods[month].1, by_month(unit, "scale")[month]);
                    (score.total - scaled, score.total)
                })
                .collect();
            pairs.sort();
            prop_assert!(pairs.is_sorted_by_key(|(_, after)| *after), "{pairs:?}");
            let best = pairs.last().expect("a unit");
            if !mean && best.0 > Points::ZERO {
                prop_assert_eq!(best.1, Points::from(100));
            }
        }
    }

    /// credit: points that move are the same points in all; those that are copied leave the givers' own as it was.
    #[test]
    fn credits_move_or_copy(facts in any_facts(), moves: bool) {
        let mut credit = rule("credit", "credit", "name = \"计入\"\nof = [\"adoption\"]\nspan = \"period\"\nfrom = \"children\"");
        if moves {
            credit.push_str("[[rule.reading]]\nid = \"R8\"\nkey = \"point-keeps\"\nvalue = \"no\"\nnote = \"略。\"\n");
        }
        let scheme = scheme(&credit);
        let facts = standing(facts);
        let units = year(&scheme, &facts).units;
        let credited: Points = units.iter().map(|unit| by_month(unit, "credit").into_iter().sum::<Points>()).sum();
        let given: Points = units[1..].iter().map(|unit| by_month(unit, "adoption").into_iter().sum::<Points>()).sum();
        prop_assert_eq!(credited, if moves { Points::ZERO } else { given });
        prop_assert_eq!(by_month(&units[0], "credit").into_iter().sum::<Points>(), given);
    }
}

/// A month closed under one scheme is corrected by that scheme's prices in a month of the next one.
#[test]
fn a_late_fact_is_corrected_by_the_scheme_its_month_was_closed_with() {
    let old = scheme("");
    let text = old.text().replace("points = 10", "points = 20").replace("\"example\"", "\"example-2\"");
    let new = Scheme::parse(&text).expect("only a price and the id differ");
    let told = |text: &str| super::cases::told(&format!("单位 甲镇 - -\n{text}"));
    let periods = old.periods(2018);
    let january = Published::of(&old, &score_period(&old, &told("采用 2018-01-05 要情"), &periods[0], &[]));
    let now = told("采用 2018-01-05 要情\n采用 2018-01-20 专报\n采用 2018-02-03 专报");
    let february = score_period(&new, &now, &periods[1], &[january]);
    let shown: Vec<String> =
        february.units[0].score.lines.iter().map(|line| format!("{} {}", line.points, line.item)).collect();
    assert_eq!(shown, ["20 专报", "10 2018-01 专报"]);
}

/// A line that rests on an item received quotes its title; a condition may look at one.
#[test]
fn schemes_that_price_or_ask_for_items_look_at_titles() {
    let priced = r#"
[[rule]]
id = "report"
clause = "一"
sentence = "报送计分。"
kind = "facts"
table = "报送"
prices = [{ name = "报送信息", points = 1 }]
"#;
    let asked = r#"
[[rule]]
id = "quota"
clause = "一"
sentence = "每月一篇。"
kind = "quota"
count = "报送"
when = ["标题 有"]
target = 1
unmet = { name = "未完成", points = -1 }
"#;
    assert!(!looks_at_titles(&scheme("")));
    assert!(looks_at_titles(&scheme(priced)));
    assert!(looks_at_titles(&scheme(asked)));
}
