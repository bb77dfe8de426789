//! Corrections (更正, R14): what came to be known after a period was closed enters the open one, line by line.
//!
//! A correction names its period and the line it corrects in its item, `2018-05 每日要情采用`, so that what has been
//! entered for a period can be told from published lines alone. Corrections stand after the limits: they may take a period
//! below zero, or else a withdrawn use would keep points that were never earned. A period is corrected by the scheme it was
//! made with.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use tz_model::{Clause, FactId, Key, Line, Name, Period, Points, Table, UnitIx, UnitPeriod};

use crate::cell::{View, withdrawn};
use crate::explain::{self, day};
use crate::index::Entry;
use crate::order::natural;
use crate::period::{Published, Scorer, Touched, put, same};
use crate::plan::ItemIx;
use crate::unit::{Book, Part, fact_key};

/// The rule id of a correction.
pub(crate) const CORRECTION: &str = "correction";

/// Corrections by unit, each with the ledger it stands in; `None` is the one that ranks.
pub(crate) type Corrections = BTreeMap<UnitIx, Vec<(Option<Name>, Line)>>;

/// A line with the ledger it stands in; `None` is the one that ranks.
type InLedger<'l> = (Option<&'l Name>, &'l Line);

/// Between the label of a period and the unit that ended since, where another took over from it: `2018-01·旅游局 每日要情采用`.
const OF: char = '·';

/// The item of a correction: the period's label and the item it corrects; with the unit it was published of, where that is
/// another.
fn item(period: &Period, of: Option<&str>, corrected: &str) -> Name {
    match of {
        None => format!("{} {corrected}", period.label).into(),
        Some(of) => format!("{}{OF}{} {corrected}", period.label, unspaced(of)).into(),
    }
}

/// A unit's name as the item of a correction holds it.
fn unspaced(name: &str) -> Cow<'_, str> {
    if name.contains(char::is_whitespace) { Cow::Owned(name.split_whitespace().collect()) } else { Cow::Borrowed(name) }
}

/// The label and the corrected item of a correction; `None` for any other line.
pub(crate) fn corrected(line: &Line) -> Option<(&str, &str)> {
    if &*line.rule == CORRECTION { line.item.split_once(' ') } else { None }
}

/// The lines of every ledger of a unit's period.
fn all_lines(unit: &UnitPeriod) -> impl DoubleEndedIterator<Item = (Option<&Name>, &Line)> {
    let others =
        unit.ledgers.iter().flat_map(|(name, account)| account.lines.iter().map(move |line| (Some(name), line)));
    unit.score.lines.iter().map(|line| (None, line)).chain(others)
}

/// The corrections of each unit, by period, then as lines stand. `touched` limits which published periods are looked at
/// again; `None` is all of them that are not at rest. Those of a unit that is no longer scored are entered for the unit that took
/// over from it (R17); where there is none, there is no open period for them. A unit that was not scored then gets none.
pub(crate) fn corrections(
    scorer: &Scorer<'_>,
    others: &[Scorer<'_>],
    period: &Period,
    published: &[Published<'_>],
    touched: Option<&Touched>,
) -> Corrections {
    let mut all = Corrections::new();
    if published.is_empty() || touched.is_some_and(Touched::is_empty) {
        return all;
    }
    let mut earlier: Vec<&Published<'_>> = published.iter().filter(|old| old.period.to < period.from).collect();
    earlier.sort_by_key(|old| old.period.from);
    // Where it is known what is touched, the other units are not even looked at.
    let name = |unit: UnitIx| &*scorer.facts.units[unit.index()].name;
    let names: Option<HashSet<&str>> = touched.map(|touched| {
        let units = touched.iter().flat_map(|(_, unit)| [Some(*unit), scorer.receiver(*unit, period)]);
        units.flatten().map(name).collect()
    });
    let concerned = |unit: &UnitPeriod| names.as_ref().is_none_or(|names| names.contains(&*unit.unit));
    let mut entered: HashMap<(&str, Cow<'_, str>), Vec<InLedger<'_>>> = HashMap::new();
    for unit in earlier.iter().flat_map(|old| old.units.iter()).filter(|unit| concerned(unit)) {
        for (ledger, line) in all_lines(unit) {
            if let Some((label, _)) = corrected(line) {
                let (label, of) = label.split_once(OF).unwrap_or((label, &*unit.unit));
                entered.entry((label, unspaced(of))).or_default().push((ledger, line));
            }
        }
    }
    for old in earlier.into_iter().filter(|old| !old.at_rest) {
        let by = [scorer].into_iter().chain(others).find(|by| same(by.plan.scheme, old.scheme));
        let Some(by) = by else { continue };
        let wanted = |was: &UnitPeriod, unit: UnitIx| {
            touched.is_none_or(|touched| touched.contains(&(old.period.from, unit)))
                && concerned(was)
                && scorer.receiver(unit, period).is_some()
        };
        // Each as it stood then: its class and group may be others today.
        let mut views: Vec<View<'_>> = Vec::new();
        let mut then: HashMap<UnitIx, &UnitPeriod> = HashMap::new();
        for was in old.units.iter() {
            let Some(ix) = scorer.unit(&was.unit) else { continue };
            if wanted(was, ix) || by.plan.looks_across() {
                views.push(View::published(scorer.facts, ix, was, &old.period));
            }
            if wanted(was, ix) {
                then.insert(ix, was);
            }
        }
        if then.is_empty() {
            continue;
        }
        for book in by.stand(views, &by.term(&old.period), period.to) {
            let Some(was) = then.get(&book.view.ix) else { continue };
            let Some(receiver) = scorer.receiver(book.view.ix, period) else { continue };
            let since = entered.get(&(&*old.period.label, unspaced(&was.unit))).map_or(&[][..], Vec::as_slice);
            if since.is_empty() && unchanged(by, was, &book.parts) {
                continue;
            }
            let of = (receiver != book.view.ix).then_some(&*was.unit);
            let lines = differences(by, &old.period, period, (was, of), since, &book);
            all.entry(receiver).or_default().extend(lines);
        }
    }
    all
}

/// Puts a unit's corrections behind the lines of its period.
pub(crate) fn enter(unit: &mut UnitPeriod, lines: Vec<(Option<Name>, Line)>) {
    for (ledger, line) in lines {
        match ledger {
            None => {
                unit.score.total += line.points;
                unit.score.lines.push(line);
            }
            Some(ledger) => put(&mut unit.ledgers, &ledger, line),
        }
    }
}

/// True if the lines published are the same as those of today. The common case, so it takes no memory.
fn unchanged(scorer: &Scorer<'_>, was: &UnitPeriod, parts: &[Part]) -> bool {
    if !was.ledgers.is_empty() {
        return false;
    }
    let mut lines = was.score.lines.iter().filter(|line| &*line.rule != CORRECTION);
    let mut parts = parts.iter();
    loop {
        match (lines.next(), parts.next()) {
            (None, None) => return true,
            (Some(line), Some(part)) => {
                let item = scorer.plan.item(part.item);
                let same_fact = match (line.facts.as_slice(), part.fact) {
                    ([one], Some(fact)) => one.table == fact.table && one.key == fact_key(scorer.facts, fact),
                    (_, None) => !item.of_fact,
                    (_, Some(_)) => false,
                };
                if *item.name != line.item || part.points != line.points || !same_fact {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// What a line is known by across time: its ledger, its item, which is unique in a scheme, and its fact, if it rests on one.
type Known = (Option<Name>, String, Option<FactId>);

#[derive(Default)]
struct Change {
    before: Option<Points>,
    now: Option<Points>,
}

fn differences(
    scorer: &Scorer<'_>,
    old: &Period,
    open: &Period,
    (was, of): (&UnitPeriod, Option<&str>),
    since: &[InLedger<'_>],
    book: &Book<'_>,
) -> Vec<(Option<Name>, Line)> {
    let plan = &scorer.plan;
    // A line of a rule that counts is known by its item alone: the facts it counts may be others today.
    let fact_of = |item: &str, facts: &[FactId]| {
        let of_fact = plan.named(item).is_none_or(|item| plan.item(item).of_fact);
        facts.first().filter(|_| of_fact).cloned()
    };
    let mut changes: BTreeMap<Known, Change> = BTreeMap::new();
    for (ledger, line) in all_lines(was).filter(|(_, line)| &*line.rule != CORRECTION) {
        let known = (ledger.cloned(), line.item.to_string(), fact_of(&line.item, &line.facts));
        add(&mut changes.entry(known).or_default().before, line.points);
    }
    for (ledger, line) in since {
        if let Some((_, item)) = corrected(line) {
            let known = (ledger.cloned(), item.to_owned(), fact_of(item, &line.facts));
            add(&mut changes.entry(known).or_default().before, line.points);
        }
    }
    for part in &book.parts {
        let item = plan.item(part.item);
        let ledger = (item.ledger > 0).then(|| plan.ledgers[item.ledger as usize - 1].clone());
        let fact = part.fact.map(|fact| explain::id(scorer.facts, fact));
        add(&mut changes.entry((ledger, item.name.to_string(), fact)).or_default().now, part.points);
    }
    let entries = scorer.index.facts(old.from, book.view.ix);
    let clause = ruling(scorer);
    let mut lines: Vec<(ItemIx, Option<Name>, Line)> = Vec::new();
    for ((ledger, name, fact), change) in changes {
        let (before, now) = (change.before.unwrap_or_default(), change.now.unwrap_or_default());
        if before == now {
            continue;
        }
        let facts: Vec<FactId> = fact.into_iter().collect();
        let why = why(scorer, (old, open), of, entries, (&name, &facts), before, now);
        let (item, points) = (item(old, of, &name), now - before);
        let line = Line { rule: CORRECTION.into(), item, clause: clause.clone(), points, facts, why, waiting: None };
        lines.push((plan.named(&name).unwrap_or(ItemIx::MAX), ledger, line));
    }
    lines.sort_by(|(left, _, a), (right, _, b)| {
        let key = |line: &Line| line.facts.first().map_or_else(Key::default, |fact| fact.key.clone());
        left.cmp(right).then_with(|| a.item.cmp(&b.item)).then_with(|| natural(&key(a), &key(b)))
    });
    lines.into_iter().map(|(_, ledger, line)| (ledger, line)).collect()
}

/// The ruling corrections rest on: how the scheme reads late facts, or R14 where it says nothing.
fn ruling(scorer: &Scorer<'_>) -> Clause {
    let readings = scorer.plan.scheme.readings();
    let read = readings.iter().find(|reading| &*reading.key == "late-facts");
    read.map_or_else(|| Clause::new("R14"), |reading| reading.clause.clone())
}

fn add(sum: &mut Option<Points>, points: Points) {
    *sum = Some(sum.unwrap_or_default() + points);
}

fn why(
    scorer: &Scorer<'_>,
    (old, open): (&Period, &Period),
    of: Option<&str>,
    entries: &[Entry],
    (item, facts): (&str, &[FactId]),
    before: Points,
    now: Points,
) -> String {
    let named: Vec<String> = facts.iter().map(FactId::to_string).collect();
    let fact = if named.is_empty() { String::new() } else { format!("（{}）", named.join("、")) };
    let what = if now.is_zero() {
        match facts.iter().find_map(|fact| withdrawn_on(scorer, entries, fact, open.to)) {
            Some(on) => format!("已于{}撤销", day(on)),
            None if facts.is_empty() => "不再成立".to_owned(),
            // A duty is not withdrawn: it was answered after all, or refused.
            None if facts.iter().all(|fact| fact.table == Table::Duties) => "情况已变".to_owned(),
            None if still_there(scorer, entries, facts) => format!("由 {before} 分改为 0 分"),
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
    let closed = if old.is_month() { "该月已结" } else { "该期已结" };
    let into = if open.is_month() { "记入本月" } else { "记入本期" };
    let of = of.map(|of| format!("原{of}")).unwrap_or_default();
    format!("更正：{of}{}“{item}”{fact}{what}，{effect}；{closed}，{into}。", old.chinese())
}

fn still_there(scorer: &Scorer<'_>, entries: &[Entry], facts: &[FactId]) -> bool {
    facts.iter().all(|fact| place(scorer, entries, fact).is_some())
}

fn place<'e>(scorer: &Scorer<'_>, entries: &'e [Entry], fact: &FactId) -> Option<&'e Entry> {
    let mut same = entries.iter().filter(|entry| entry.fact().table == fact.table);
    same.find(|entry| fact_key(scorer.facts, entry.fact()) == fact.key)
}

/// The day a fact was withdrawn, if the table still holds it; `entries` are the unit's facts of the period.
fn withdrawn_on(scorer: &Scorer<'_>, entries: &[Entry], fact: &FactId, as_of: Date) -> Option<Date> {
    withdrawn(scorer.facts, place(scorer, entries, fact)?.fact()).filter(|day| *day <= as_of)
}
