//! Corrections (更正, R14): what came to be known after a period was closed enters the open one, line by line.
//!
//! A correction names its period and the line it corrects in its item, `2018-05 每日要情采用`, so that what has been
//! entered for a period can be told from published lines alone. Corrections stand after the floor: they may take a period
//! below zero, or else a withdrawn use would keep points that were never earned.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use tz_model::{Clause, FactId, Line, Name, Period, Points, Table, UnitIx, UnitPeriod};

use crate::explain::{self, day};
use crate::index::Entry;
use crate::order::natural;
use crate::period::{Published, Scorer, Touched, active};
use crate::plan::ItemIx;
use crate::unit::{self, Part, fact_key};

/// The rule id of a correction.
pub(crate) const CORRECTION: &str = "correction";

/// The item of a correction: the period's label and the item it corrects.
fn item(period: &Period, corrected: &str) -> Name {
    format!("{} {corrected}", period.label).into()
}

/// The label and the corrected item of a correction; `None` for any other line.
pub(crate) fn corrected(line: &Line) -> Option<(&str, &str)> {
    if &*line.rule == CORRECTION { line.item.split_once(' ') } else { None }
}

/// The corrections of each unit, by period, then as lines stand. `touched` limits which published periods are looked at
/// again; `None` is all of them. A unit that is no longer scored has no open period and gets none; so does one that was not
/// scored then.
pub(crate) fn corrections(
    scorer: &Scorer<'_>,
    period: &Period,
    published: &[Published],
    touched: Option<&Touched>,
) -> BTreeMap<UnitIx, Vec<Line>> {
    let mut all: BTreeMap<UnitIx, Vec<Line>> = BTreeMap::new();
    if published.is_empty() || touched.is_some_and(Touched::is_empty) {
        return all;
    }
    let units: HashMap<&str, UnitIx> =
        scorer.facts.units.iter().enumerate().map(|(at, unit)| (&*unit.name, UnitIx::at(at))).collect();
    let mut earlier: Vec<&Published> = published.iter().filter(|old| old.period.to < period.from).collect();
    earlier.sort_by_key(|old| old.period.from);
    let mut entered: HashMap<(&str, &str), Vec<&Line>> = HashMap::new();
    // Where it is known what is touched, the other units are not even looked at.
    let names: Option<HashSet<&str>> =
        touched.map(|touched| touched.iter().map(|(_, unit)| &*scorer.facts.units[unit.index()].name).collect());
    let concerned = |unit: &UnitPeriod| names.as_ref().is_none_or(|names| names.contains(&*unit.unit));
    for unit in earlier.iter().flat_map(|old| &old.units).filter(|unit| concerned(unit)) {
        for line in unit.score.lines.iter().rev() {
            let Some((label, _)) = corrected(line) else { break };
            entered.entry((label, &*unit.unit)).or_default().push(line);
        }
    }
    for old in earlier {
        for was in old.units.iter().filter(|was| concerned(was)) {
            let Some(unit) = units.get(&*was.unit).copied() else { continue };
            let now = &scorer.facts.units[unit.index()];
            if touched.is_some_and(|touched| !touched.contains(&(old.period.from, unit)))
                || !active(now, period.from, period.to)
            {
                continue;
            }
            let entries = scorer.index.facts(old.period.from, unit);
            let found = unit::parts(&scorer.plan, scorer.facts, entries, &was.class, period.to);
            let since = entered.get(&(&*old.period.label, &*was.unit)).map_or(&[][..], Vec::as_slice);
            if since.is_empty() && unchanged(scorer, was, &found.parts) {
                continue;
            }
            let lines = differences(scorer, &old.period, period.to, was, since, entries, &found.parts);
            all.entry(unit).or_default().extend(lines);
        }
    }
    all
}

/// True if the lines published are the same as those of today. The common case, so it takes no memory.
fn unchanged(scorer: &Scorer<'_>, was: &UnitPeriod, parts: &[Part]) -> bool {
    let mut lines = was.score.lines.iter().filter(|line| &*line.rule != CORRECTION);
    let mut parts = parts.iter();
    loop {
        match (lines.next(), parts.next()) {
            (None, None) => return true,
            (Some(line), Some(part)) => {
                let item = scorer.plan.item(part.item);
                let same_fact = match (line.facts.as_slice(), part.fact) {
                    ([], None) => true,
                    ([one], Some(fact)) => one.table == fact.table && one.key == *fact_key(scorer.facts, fact),
                    _ => false,
                };
                if *item.name != line.item || part.points != line.points || !same_fact {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// What a line is known by across time: its item, which is unique in a scheme, and its facts.
type Known = (String, Vec<FactId>);

#[derive(Default)]
struct Change {
    before: Option<Points>,
    now: Option<Points>,
}

fn differences(
    scorer: &Scorer<'_>,
    old: &Period,
    as_of: Date,
    was: &UnitPeriod,
    since: &[&Line],
    entries: &[Entry],
    parts: &[Part],
) -> Vec<Line> {
    let mut changes: BTreeMap<Known, Change> = BTreeMap::new();
    for line in &was.score.lines {
        if &*line.rule != CORRECTION {
            add(&mut changes.entry((line.item.to_string(), line.facts.clone())).or_default().before, line.points);
        }
    }
    for line in since {
        if let Some((_, item)) = corrected(line) {
            add(&mut changes.entry((item.to_owned(), line.facts.clone())).or_default().before, line.points);
        }
    }
    for part in parts {
        let facts = part.fact.map(|fact| explain::id(scorer.facts, fact)).into_iter().collect();
        let item = scorer.plan.item(part.item).name.to_string();
        add(&mut changes.entry((item, facts)).or_default().now, part.points);
    }
    let mut lines: Vec<(ItemIx, Line)> = Vec::new();
    for ((name, facts), change) in changes {
        let (before, now) = (change.before.unwrap_or_default(), change.now.unwrap_or_default());
        if before == now {
            continue;
        }
        let why = why(scorer, old, as_of, entries, (&name, &facts), before, now);
        let line = Line {
            rule: CORRECTION.into(),
            item: item(old, &name),
            clause: Clause::new("R14"),
            points: now - before,
            facts,
            why,
        };
        lines.push((scorer.plan.named(&name).unwrap_or(ItemIx::MAX), line));
    }
    lines.sort_by(|(left, a), (right, b)| {
        let key = |line: &Line| line.facts.first().map_or(Name::from(""), |fact| fact.key.clone());
        left.cmp(right).then_with(|| a.item.cmp(&b.item)).then_with(|| natural(&key(a), &key(b)))
    });
    lines.into_iter().map(|(_, line)| line).collect()
}

fn add(sum: &mut Option<Points>, points: Points) {
    *sum = Some(sum.unwrap_or_default() + points);
}

fn why(
    scorer: &Scorer<'_>,
    old: &Period,
    as_of: Date,
    entries: &[Entry],
    (item, facts): (&str, &[FactId]),
    before: Points,
    now: Points,
) -> String {
    let named: Vec<String> = facts.iter().map(FactId::to_string).collect();
    let fact = if named.is_empty() { String::new() } else { format!("（{}）", named.join("、")) };
    let what = if now.is_zero() {
        match facts.iter().find_map(|fact| withdrawn(scorer, entries, fact, as_of)) {
            Some(on) => format!("已于{}撤销", day(on)),
            None if facts.is_empty() => "不再成立".to_owned(),
            // A duty is not withdrawn: it was answered after all, or refused.
            None if facts.iter().all(|fact| fact.table == Table::Duties) => "情况已变".to_owned(),
            None => "已撤销".to_owned(),
        }
    } else if before.is_zero() {
        if facts.is_empty() { "应当计入".to_owned() } else { "事后补记".to_owned() }
    } else {
        format!("由 {before} 分改为 {now} 分")
    };
    let difference = now - before;
    let effect = match (difference.is_negative(), now.is_zero()) {
        (true, true) => format!("扣回 {} 分", -difference),
        (true, false) => format!("补扣 {} 分", -difference),
        (false, true) => format!("退回 {difference} 分"),
        (false, false) => format!("补加 {difference} 分"),
    };
    format!("更正：{}“{item}”{fact}{what}，{effect}；该月已结，记入本月。", old.chinese())
}

/// The day a fact was withdrawn, if the table still holds it; `entries` are the unit's facts of the period.
fn withdrawn(scorer: &Scorer<'_>, entries: &[Entry], fact: &FactId, as_of: Date) -> Option<Date> {
    let mut same = entries.iter().filter(|entry| entry.fact.table == fact.table);
    let at = same.find(|entry| *fact_key(scorer.facts, entry.fact) == fact.key)?.fact.at as usize;
    let day = match fact.table {
        Table::Adoptions => scorer.facts.adoptions[at].withdrawn,
        Table::Comments => scorer.facts.comments[at].withdrawn,
        Table::Units | Table::Reports | Table::Duties | Table::Events => None,
    };
    day.filter(|day| *day <= as_of)
}
