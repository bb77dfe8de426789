//! Two schemes on the same facts.

use jiff::civil::date;
use tz_model::{Adoption, Facts, Unit, UnitIx};
use tz_scheme::Scheme;

use crate::trial;

/// The small office's scheme with further rules.
fn scheme(id: &str, rules: &str) -> Scheme {
    let text = format!(
        "id = \"{id}\"\nname = \"试算用办法\"\noffice = \"小城办公室\"\n\n[period]\nevery = \"half-year\"\nclause = \"一\"\nsentence = \"每半年一结。\"\n{rules}"
    );
    Scheme::parse(&text).unwrap_or_else(|faults| panic!("{}", tz_model::sentences(&faults)))
}

fn prices(daily: &str, special: &str) -> String {
    format!(
        "\n[[rule]]\nid = \"adoption\"\nclause = \"二\"\nsentence = \"采用计分。\"\nkind = \"facts\"\ntable = \"采用\"\nprices = [\n  {{ name = \"每日要情\", points = {daily} }},\n  {{ name = \"专报信息\", points = {special} }},\n  {{ name = \"政务特刊\", points = 20 }},\n]\n"
    )
}

const CAP: &str = "\n[[rule]]\nid = \"cap\"\nclause = \"三\"\nsentence = \"要情最多8分。\"\nkind = \"cap\"\nname = \"要情封顶\"\nof = [\"每日要情\"]\nat_most = 8\n";

const BEST: &str = "\n[[rule]]\nid = \"best\"\nclause = \"四\"\nsentence = \"第一名评先。\"\nkind = \"best-in-group\"\nfirst = 1\nspan = \"year\"\noutcome = \"先进单位\"\n";

const CALL: &str = "\n[[rule]]\nid = \"call\"\nclause = \"五\"\nsentence = \"不足1分的约谈。\"\nkind = \"threshold\"\nof = \"total\"\nis = \"< 1\"\noutcome = \"约谈\"\n";

/// 东镇 has four 每日要情, 西镇 one 专报信息, both in January.
fn facts() -> Facts {
    let unit = |name: &str| Unit::new(name, "", "");
    let adoption = |at: usize, unit: usize, kind: &str| Adoption {
        key: (at + 1).to_string().into(),
        units: [UnitIx::at(unit)].into(),
        date: date(2018, 1, 10),
        kind: kind.into(),
        item: None,
        form: None,
        solicitation: None,
        issue: None,
        withdrawn: None,
        extra: None,
    };
    let used = [(0, "每日要情"), (0, "每日要情"), (0, "每日要情"), (0, "每日要情"), (1, "专报信息")];
    Facts {
        units: vec![unit("东镇"), unit("西镇")],
        adoptions: used.iter().enumerate().map(|(at, (unit, kind))| adoption(at, *unit, kind)).collect(),
        ..Facts::default()
    }
}

#[test]
fn a_trial_says_who_gains_who_loses_and_what_does_nothing() {
    let old = scheme("old", &(prices("3", "10") + BEST + CALL));
    let new = scheme("new", &(prices("3", "9") + CAP + BEST));
    let trial = trial(&old, &new, &facts(), 2018, None);
    assert!(trial.whole_year);
    // Old: 4 × 3 = 12 before 10. New: at most 8 before 9, so the two change places.
    let units: Vec<String> = trial
        .units
        .iter()
        .map(|unit| {
            let place = |standing: Option<crate::Standing>| standing.map_or(0, |standing| standing.rank);
            format!("{} {} {}→{}", unit.unit, unit.gain().signed(), place(unit.old), place(unit.new))
        })
        .collect();
    assert_eq!(units, ["东镇 -4 1→2", "西镇 -1 2→1"]);
    let shown = |outcomes: &[tz_model::Outcome]| {
        outcomes.iter().map(|one| format!("{} {} {}", one.period, one.unit, one.kind.name())).collect::<Vec<_>>()
    };
    // Both have nothing in the second half-year, for which only the old scheme calls them.
    assert_eq!(shown(&trial.outcomes_lost), ["2018-H2 东镇 约谈", "2018-H2 西镇 约谈", "2018 东镇 先进单位"]);
    assert_eq!(shown(&trial.outcomes_new), ["2018 西镇 先进单位"]);
    let [before, after] = &trial.sides;
    let silent = |side: &crate::Side| {
        let one = |silent: &crate::Silent| format!("{} {:?} {}", silent.rule, silent.items, silent.whole);
        side.silent.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(silent(before), ["adoption [\"政务特刊\"] false"]);
    assert_eq!(silent(after), ["adoption [\"政务特刊\"] false"]);
    assert_eq!(before.limits, []);
    let limit = &after.limits[0];
    assert_eq!((&*limit.item, limit.units, limit.times, limit.points.to_string()), ("要情封顶", 1, 1, "-4".into()));
}

#[test]
fn a_rule_that_never_acts_is_named_whole() {
    let old = scheme("old", &prices("1", "10"));
    let new = scheme(
        "new",
        &(prices("1", "10")
            + CAP
            + BEST
            + "\n[[rule]]\nid = \"low\"\nclause = \"六\"\nsentence = \"原文。\"\nkind = \"threshold\"\nof = \"total\"\nis = \"> 100\"\noutcome = \"表扬\"\n"),
    );
    let trial = trial(&old, &new, &facts(), 2018, None);
    assert!(trial.units.iter().all(|unit| unit.gain().is_zero() && unit.old == unit.new));
    let whole: Vec<&str> =
        trial.sides[1].silent.iter().filter(|silent| silent.whole).map(|silent| &*silent.rule).collect();
    assert_eq!(whole, ["cap", "low"]);
    assert_eq!(trial.sides[1].limits, []);
}

#[test]
fn part_of_a_year_is_compared_by_its_periods() {
    let old = scheme("old", &prices("3", "10"));
    let new = scheme("new", &(prices("3", "10") + CAP));
    let trial = trial(&old, &new, &facts(), 2018, "2018-06".parse().ok());
    assert!(!trial.whole_year);
    let totals: Vec<(String, u32)> =
        trial.units.iter().filter_map(|unit| unit.new).map(|new| (new.total.to_string(), new.rank)).collect();
    assert_eq!(totals, [("8".to_owned(), 2), ("10".to_owned(), 1)]);
}

#[test]
fn a_rule_that_changes_others_lines_is_told_by_what_is_otherwise_without_it() {
    let rules = r#"
[[rule]]
id = "highest"
clause = "三"
sentence = "同一信息就高不计低。"
kind = "combine"
of = ["adoption"]
best = 1

[[rule]]
id = "half"
clause = "四"
sentence = "综合采用的减半。"
kind = "multiply"
of = ["adoption"]
when = ["形式 = 综合"]
by = "1/2"

[[rule]]
id = "shared"
clause = "五"
sentence = "联合署名的平分。"
kind = "share"
of = ["adoption"]
how = "equal"
"#;
    let scheme = scheme("changing", &(prices("3", "10") + rules));
    let mut facts = facts();
    // Every use of one item, and one of them by both towns.
    facts.adoptions.iter_mut().for_each(|fact| fact.item = Some("1".into()));
    let both: tz_model::Units = (0..facts.units.len()).map(tz_model::UnitIx::at).collect();
    facts.adoptions[0].units = both;
    let trial = trial(&scheme, &scheme, &facts, 2018, None);
    let side = &trial.sides[0];
    let acted: Vec<&str> = side.acted.iter().map(|one| &*one.rule).collect();
    assert_eq!(acted, ["highest", "shared"]);
    assert!(side.acted[0].points.is_negative() && side.acted[0].times > 0 && side.acted[0].units > 0, "{side:?}");
    let silent: Vec<&str> = side.silent.iter().filter(|one| one.whole).map(|one| &*one.rule).collect();
    assert_eq!(silent, ["half"]);
}
