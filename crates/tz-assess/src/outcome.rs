//! outcome: what follows from ranks, totals and counts (后果).

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use tz_model::{Line, Name, Outcome, OutcomeKind, Period, Points, UnitPeriod};
use tz_scheme::{BestInGroup, Body, Comparison, LastInGroup, Measured, Rule, Scheme, Span, Threshold, Ties, Whom};

use crate::cell::{Looked, View, compares};
use crate::correct::corrected;
use crate::period::{Published, Scorer, Stretch, Stretches, ending};
use crate::plan::{CountPlan, Mask, Plan, Ready};
use crate::rank::{self, Standing};
use crate::rules::events;
use crate::unit::{Book, is_counted, weight_of};

/// True if what follows from a period is seen from lines of earlier ones.
pub(crate) fn looks_back(scheme: &Scheme) -> bool {
    let long = |span: Span| !matches!(span, Span::Period | Span::Year);
    scheme.rules().iter().any(|rule| match &rule.body {
        Body::LastInGroup(last) => long(last.span),
        Body::BestInGroup(best) => long(best.span) || best.of == Measured::Progress,
        Body::Threshold(threshold) => {
            let counts = threshold.span == Span::Year && matches!(threshold.of, Measured::Facts(_));
            long(threshold.span) || threshold.running > 1 || threshold.of == Measured::Progress || counts
        }
        _ => false,
    })
}

/// The points of some items among a unit's lines, what corrects them included.
pub(crate) fn sum_of(plan: &Plan<'_>, of: &Mask, lines: &[Line]) -> Points {
    let names: HashSet<&str> = of.items().map(|item| &**plan.item(item).name).collect();
    let item = |line: &'_ Line| names.contains(corrected(line).map_or(&*line.item, |(_, item)| item));
    lines.iter().filter(|line| item(line)).map(|line| line.points).sum()
}

/// How many of a unit's lines are of some items.
pub(crate) fn lines_of(plan: &Plan<'_>, of: &Mask, lines: &[&Line]) -> Points {
    let names: HashSet<&str> = of.items().map(|item| &**plan.item(item).name).collect();
    let count = lines.iter().filter(|line| names.contains(&*line.item)).count();
    Points::from(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What follows from a period, by the scheme's rules, then table order.
pub(crate) fn of_period(
    scorer: &Scorer<'_>,
    period: &Period,
    units: &[UnitPeriod],
    published: &[Published<'_>],
) -> Vec<Outcome> {
    let rules = scorer.plan.scheme.rules();
    let any = |body: &Body| matches!(body, Body::LastInGroup(_) | Body::BestInGroup(_) | Body::Threshold(_));
    if !rules.iter().any(|rule| any(&rule.body)) {
        return Vec::new();
    }
    let stretches = scorer.stretches(period);
    let past = Past { scorer, published, period, units };
    let mut all = Vec::new();
    for rule in rules {
        match &rule.body {
            Body::LastInGroup(last) => {
                if let Some(stretch) = ending(&stretches, last.span) {
                    all.extend(runs(&past, rule, last, &stretch.period));
                }
            }
            Body::BestInGroup(best) => {
                if let Some(stretch) = ending(&stretches, best.span) {
                    all.extend(best_of_period(&past, rule, best, &stretch.period));
                }
            }
            Body::Threshold(threshold) => {
                if let Some(stretch) = ending(&stretches, threshold.span) {
                    all.extend(threshold_of_period(&past, rule, threshold, &stretch.period));
                }
            }
            _ => {}
        }
    }
    all
}

/// The units a rule is about, by name, as they stand in a period.
fn about<R>(scorer: &Scorer<'_>, rule: &Ready<'_, R>, unit: &UnitPeriod) -> bool {
    let Some(ix) = scorer.unit(&unit.unit) else { return false };
    rule.applies(scorer, View { class: &unit.class, group: &unit.group, ..View::now(scorer.facts, ix) })
}

fn book<'a>(scorer: &'a Scorer<'_>, unit: &'a UnitPeriod, as_of: Date) -> Option<Book<'a>> {
    let ix = scorer.unit(&unit.unit)?;
    let view = View { class: &unit.class, group: &unit.group, ..View::now(scorer.facts, ix) };
    Some(Book { view, as_of, before: Vec::new(), parts: Vec::new(), quota: None })
}

/// A unit where it stands in a stretch.
struct Placed<'a> {
    unit: &'a UnitPeriod,
    total: Points,
    rank: u32,
    is_last: bool,
}

/// Units in the last places of their group, some spans running (R9, R10).
fn runs(past: &Past<'_>, rule: &Rule, last: &LastInGroup, stretch: &Period) -> Vec<Outcome> {
    let placed = past.placed(rule, last, stretch);
    let sizes = rank::sizes(placed.iter().map(|placed| &*placed.unit.group));
    // The spans a unit has been last in, the newest first.
    let mut runs: BTreeMap<usize, Vec<Period>> =
        (0..placed.len()).filter(|at| placed[*at].is_last).map(|at| (at, vec![stretch.clone()])).collect();
    let mut before = stretch.clone();
    let mut candidates: Vec<usize> = runs.keys().copied().collect();
    while !candidates.is_empty() {
        let Some(old) = previous(past.published, &before) else { break };
        before = past.scorer.plan.scheme.calendar().stretch(last.span, &old.period);
        let old = past.placed(rule, last, &before);
        let names: HashSet<&str> =
            old.iter().filter(|placed| placed.is_last).map(|placed| &*placed.unit.unit).collect();
        candidates.retain(|at| names.contains(&*placed[*at].unit.unit));
        for at in &candidates {
            runs.entry(*at).or_default().push(before.clone());
        }
    }
    let of = Ready::about(rule, last);
    let mut all = Vec::new();
    for (running, kind) in [Some((last.running, last.outcome.clone())), last.then.clone()].into_iter().flatten() {
        for (at, run) in runs.iter().filter(|(_, run)| run.len() >= running as usize) {
            let Placed { unit, total, rank, .. } = placed[*at];
            if !about(past.scorer, &of, unit) {
                continue;
            }
            let named: Vec<String> = run.iter().rev().map(Period::chinese).collect();
            let follows = follows(&kind, last.letter.as_ref().filter(|_| kind == last.outcome));
            let periods = if run.iter().all(Period::is_month) { "个月" } else { "期" };
            let group = if unit.group.is_empty() { " ".to_owned() } else { format!("{}组 ", unit.group) };
            all.push(Outcome {
                kind: kind.clone(),
                period: stretch.label.clone(),
                unit: unit.unit.clone(),
                group: unit.group.clone(),
                clause: rule.clause.clone(),
                why: format!(
                    "{}得 {total} 分，在{group}{} 个单位中列第 {rank} 名；已连续 {} {periods}（{}）排名在后 {} 位，{follows}。",
                    stretch.chinese(),
                    sizes[&*unit.group],
                    run.len(),
                    named.join("、"),
                    last.last,
                ),
            });
        }
    }
    all
}

/// The published period that ends the day before one begins.
fn previous<'p, 's>(published: &'p [Published<'s>], period: &Period) -> Option<&'p Published<'s>> {
    let day_before = period.from.saturating_sub(1.day());
    published.iter().find(|old| old.period.to == day_before)
}

/// What follows, as a sentence ends.
pub(crate) fn follows(kind: &OutcomeKind, letter: Option<&String>) -> String {
    match (letter, kind) {
        (Some(letter), OutcomeKind::Interview) => {
            format!("应当{}，并给单位主要负责人寄发{letter}", kind.name())
        }
        (Some(letter), _) => format!("提出{}，并给单位主要负责人寄发{letter}", kind.name()),
        (None, _) => format!("提出{}", kind.name()),
    }
}

/// What is known of the periods up to and with the one that is scored.
struct Past<'a> {
    scorer: &'a Scorer<'a>,
    published: &'a [Published<'a>],
    period: &'a Period,
    units: &'a [UnitPeriod],
}

impl<'a> Past<'a> {
    /// Every unit's periods within a stretch, by name.
    fn within(&self, stretch: &Period) -> HashMap<&'a str, Vec<&'a UnitPeriod>> {
        let mut all: HashMap<&str, Vec<&UnitPeriod>> = HashMap::new();
        let inside = |period: &Period| stretch.from <= period.from && period.to <= stretch.to;
        let old = self.published.iter().filter(|old| inside(&old.period) && old.period.from < self.period.from);
        for unit in old.flat_map(|old| old.units.iter()) {
            all.entry(&unit.unit).or_default().push(unit);
        }
        for unit in self.units.iter().filter(|_| inside(self.period)) {
            all.entry(&unit.unit).or_default().push(unit);
        }
        all
    }

    /// The units a rule looks at, as they stand in the period that ends a stretch: each with its total over the stretch, its rank
    /// within its group, and whether it is among the last.
    fn placed(&self, rule: &Rule, last: &LastInGroup, stretch: &Period) -> Vec<Placed<'a>> {
        let old = || self.published.iter().find(|old| old.period.to == stretch.to).map(|old| &*old.units);
        let units = if stretch.to == self.period.to { Some(self.units) } else { old() };
        let of = Ready::about(rule, last);
        // A unit that is gone still stood in its group then.
        let units = units.unwrap_or_default().iter();
        let units = units.filter(|unit| rule.whom == Whom::default() || about(self.scorer, &of, unit));
        if last.span == Span::Period {
            let units: Vec<&UnitPeriod> = units.collect();
            let ranks: Vec<(&str, u32)> = units.iter().map(|unit| (&*unit.group, unit.score.rank)).collect();
            let lasts = rank::last_published(&ranks, last.last);
            let placed = units.into_iter().zip(lasts);
            let placed =
                placed.map(|(unit, is_last)| Placed { unit, total: unit.score.total, rank: unit.score.rank, is_last });
            return placed.collect();
        }
        let totals = self.measure(&Measured::Total, stretch);
        let units: Vec<(&UnitPeriod, Points)> =
            units.filter_map(|unit| Some((unit, *totals.get(&*unit.unit)?))).collect();
        let standings: Vec<Standing<'_>> =
            units.iter().map(|(unit, total)| Standing::of(&unit.group, *total)).collect();
        let ranks = rank::ranks(&standings, self.scorer.plan.scheme.ranking().ties);
        let lasts = rank::last(&standings, last.last);
        let placed = units.into_iter().zip(ranks).zip(lasts);
        placed.map(|(((unit, total), rank), is_last)| Placed { unit, total, rank, is_last }).collect()
    }

    /// What is looked at, of each unit over a stretch; a unit it cannot be told of is left out.
    fn measure(&self, of: &Measured, stretch: &Period) -> HashMap<&'a str, Points> {
        let within = self.within(stretch);
        let totals = |within: &HashMap<&'a str, Vec<&UnitPeriod>>| -> HashMap<&'a str, Points> {
            let total = |units: &Vec<&UnitPeriod>| units.iter().map(|unit| unit.score.total).sum();
            within.iter().map(|(name, units)| (*name, total(units))).collect()
        };
        match of {
            Measured::Total => totals(&within),
            Measured::Sum(of) => {
                let of = self.scorer.plan.mask(of, 0);
                let sum = |units: &Vec<&UnitPeriod>| {
                    units.iter().map(|unit| sum_of(&self.scorer.plan, &of, &unit.score.lines)).sum()
                };
                within.iter().map(|(name, units)| (*name, sum(units))).collect()
            }
            Measured::Facts(counted) => {
                let plan = CountPlan::of(counted);
                let units = within.values().filter_map(|units| units.last().copied());
                units.filter_map(|unit| Some((&*unit.unit, self.count(&plan, unit, stretch)?))).collect()
            }
            Measured::Lines(of) => {
                let plan = &self.scorer.plan;
                let of = plan.mask(of, 0);
                let lines = |units: &Vec<&'a UnitPeriod>| -> Vec<&'a Line> {
                    units.iter().flat_map(|unit| &unit.score.lines).collect()
                };
                within.iter().map(|(name, units)| (*name, lines_of(plan, &of, &lines(units)))).collect()
            }
            Measured::Rank if within.values().all(|units| units.len() == 1) => {
                let rank = |unit: &UnitPeriod| Points::from(i64::from(unit.score.rank));
                within.iter().filter_map(|(name, units)| Some((*name, rank(units.first()?)))).collect()
            }
            Measured::Rank => {
                let totals = totals(&within);
                let mut names: Vec<(&str, &UnitPeriod)> =
                    within.iter().filter_map(|(name, units)| Some((*name, *units.last()?))).collect();
                names.sort_by_key(|(name, _)| *name);
                let standings: Vec<Standing<'_>> =
                    names.iter().map(|(name, unit)| Standing::of(&unit.group, totals[name])).collect();
                let ranks = rank::ranks(&standings, self.scorer.plan.scheme.ranking().ties);
                names.iter().zip(ranks).map(|((name, _), rank)| (*name, Points::from(i64::from(rank)))).collect()
            }
            Measured::Progress => {
                let Some(year_before) = year_before(stretch) else { return HashMap::new() };
                let then = totals(&self.within(&year_before));
                let now = totals(&within);
                now.iter().filter_map(|(name, total)| Some((*name, *total - *then.get(name)?))).collect()
            }
        }
    }

    fn count(&self, plan: &CountPlan, unit: &UnitPeriod, stretch: &Period) -> Option<Points> {
        let book = book(self.scorer, unit, self.period.to)?;
        Some(count(self.scorer, &book, plan, stretch))
    }
}

/// Facts of a stretch that count, for one unit.
fn count(scorer: &Scorer<'_>, book: &Book<'_>, plan: &CountPlan, stretch: &Period) -> Points {
    let mut sum = Points::ZERO;
    scorer.each_of_unit(book, stretch, |entry, looked: &Looked<'_>| {
        if is_counted(scorer, entry, plan.table, book.as_of) && looked.holds_all(&plan.tests) {
            let weight = plan.weights.iter().find(|(tests, _)| looked.holds_all(tests));
            sum += weight.map_or(Points::from(1), |(_, weight)| *weight) * weight_of(scorer, entry.fact());
        }
    });
    sum
}

/// The same stretch of the year before.
fn year_before(stretch: &Period) -> Option<Period> {
    let back = |day: Date| day.checked_sub(1.year()).ok();
    let from = back(stretch.from)?;
    // The last day of February is another one in leap years: the day before the next stretch begins.
    let to = back(stretch.to.checked_add(1.day()).ok()?)?.checked_sub(1.day()).ok()?;
    Some(Period { label: stretch.label.clone(), from, to })
}

fn best_of_period(past: &Past<'_>, rule: &Rule, best: &BestInGroup, stretch: &Period) -> Vec<Outcome> {
    let measured = past.measure(&best.of, stretch);
    let within = past.within(stretch);
    let of = Ready::about(rule, best);
    let candidates: Vec<Candidate<'_>> = past
        .units
        .iter()
        .filter(|unit| about(past.scorer, &of, unit))
        .filter_map(|unit| {
            let then = past.scorer.plan.then.iter().filter(|_| best.of == Measured::Total);
            let then = then.map(|of| sum_of(&past.scorer.plan, of, &unit.score.lines)).collect();
            let book = book(past.scorer, unit, past.period.to)?;
            let lines = within.get(&*unit.unit).into_iter().flatten().flat_map(|unit| &unit.score.lines);
            let lines = lines.map(|line| &*line.item).collect();
            let value = *measured.get(&*unit.unit)?;
            Some(Candidate { name: &unit.unit, group: &unit.group, value, then, book, lines })
        })
        .collect();
    named_best(past.scorer, rule, best, stretch, &stretch.label, &candidates)
}

/// A unit that may be among the best.
pub(crate) struct Candidate<'a> {
    pub name: &'a Name,
    pub group: &'a str,
    pub value: Points,
    pub then: Vec<Points>,
    pub book: Book<'a>,
    /// What the lines of its stretch are called.
    pub lines: HashSet<&'a str>,
}

/// The best of each group with a tie at the edge, less those who lack a precondition or are barred; nobody moves up. Who has
/// nothing is never among the best: a period in which nobody scored honours nobody.
pub(crate) fn named_best(
    scorer: &Scorer<'_>,
    rule: &Rule,
    best: &BestInGroup,
    stretch: &Period,
    label: &Name,
    candidates: &[Candidate<'_>],
) -> Vec<Outcome> {
    let standings: Vec<Standing<'_>> = candidates
        .iter()
        .map(|unit| Standing { group: unit.group, total: unit.value, then: unit.then.clone() })
        .collect();
    let wanted =
        |group: &str| best.by_group.iter().find(|(known, _)| **known == *group).map_or(best.first, |(_, first)| *first);
    let firsts = rank::first(&standings, wanted);
    let ranks = rank::ranks(&standings, Ties::Competition);
    let mut all = Vec::new();
    for ((unit, is_first), rank) in candidates.iter().zip(firsts).zip(ranks) {
        let has = |name: &Name| {
            unit.lines.contains(&**name) || !events(scorer, &unit.book, stretch, |event| event.kind == *name).is_empty()
        };
        if !is_first || unit.value <= Points::ZERO || !best.needs.iter().all(has) || best.barred.iter().any(has) {
            continue;
        }
        let group = if unit.group.is_empty() { String::new() } else { format!("{}组", unit.group) };
        let what = match &best.of {
            Measured::Total => "得".to_owned(),
            Measured::Sum(of) => format!("{}得", scorer.plan.told(of)),
            Measured::Progress => "比上年同期多得".to_owned(),
            Measured::Facts(_) | Measured::Lines(_) | Measured::Rank => "计".to_owned(),
        };
        all.push(Outcome {
            kind: best.outcome.clone(),
            period: label.clone(),
            unit: unit.name.clone(),
            group: unit.group.into(),
            clause: rule.clause.clone(),
            why: format!(
                "{}{what} {} 分，列{group}第 {rank} 名，在前 {} 名之内，{}。",
                stretch.chinese(),
                unit.value,
                wanted(unit.group),
                follows(&best.outcome, best.letter.as_ref()),
            ),
        });
    }
    all
}

fn threshold_of_period(past: &Past<'_>, rule: &Rule, threshold: &Threshold, stretch: &Period) -> Vec<Outcome> {
    let of = Ready::about(rule, threshold);
    let now = past.measure(&threshold.of, stretch);
    // The spans before it, the newest first, as far as the run goes.
    let mut earlier: Vec<HashMap<&str, Points>> = Vec::new();
    let mut first = stretch.clone();
    for _ in 1..threshold.running {
        let Some(old) = previous(past.published, &first) else { break };
        first = past.scorer.plan.scheme.calendar().stretch(threshold.span, &old.period);
        earlier.push(past.measure(&threshold.of, &first));
    }
    let reached = |values: &HashMap<&str, Points>, name: &str| {
        values.get(name).is_some_and(|value| compares(value.cmp(&threshold.with), threshold.how))
    };
    let mut all = Vec::new();
    for unit in past.units.iter().filter(|unit| about(past.scorer, &of, unit)) {
        let running =
            earlier.len() + 1 >= threshold.running as usize && earlier.iter().all(|values| reached(values, &unit.unit));
        if running && reached(&now, &unit.unit) {
            let value = now[&*unit.unit];
            all.push(crossed(past.scorer, rule, threshold, stretch, (&unit.unit, &unit.group), value));
        }
    }
    all
}

/// A line that is reached or missed, in words.
pub(crate) fn crossed(
    scorer: &Scorer<'_>,
    rule: &Rule,
    threshold: &Threshold,
    stretch: &Period,
    (unit, group): (&Name, &Name),
    value: Points,
) -> Outcome {
    let (what, count) = match &threshold.of {
        Measured::Total => ("总分".to_owned(), " 分"),
        Measured::Sum(of) => (format!("{}得分", scorer.plan.told(of)), " 分"),
        Measured::Facts(counted) => (format!("{}计数", counted.table.name()), ""),
        Measured::Lines(of) => (format!("{}出现", scorer.plan.told(of)), " 次"),
        Measured::Rank => ("名次".to_owned(), ""),
        Measured::Progress => ("比上年同期增加".to_owned(), " 分"),
    };
    let how = match threshold.how {
        Comparison::Less => "低于",
        Comparison::AtMost => "不超过",
        Comparison::Equal => "等于",
        Comparison::NotEqual => "不等于",
        Comparison::AtLeast => "达到",
        Comparison::More => "超过",
    };
    let running =
        if threshold.running > 1 { format!("，已连续 {} 期如此", threshold.running) } else { String::new() };
    Outcome {
        kind: threshold.outcome.clone(),
        period: stretch.label.clone(),
        unit: unit.clone(),
        group: group.clone(),
        clause: rule.clause.clone(),
        why: format!(
            "{}{what} {value}{count}，{how} {}{count}{running}，{}。",
            stretch.chinese(),
            threshold.with,
            follows(&threshold.outcome, threshold.letter.as_ref()),
        ),
    }
}

/// The stretches of a year's own rules.
pub(crate) fn of_year(year: &Period) -> Stretches {
    vec![Stretch::new(Span::Year, year.clone())]
}

/// What a threshold of the year looks at, for one unit.
pub(crate) fn year_value(
    scorer: &Scorer<'_>,
    of: &Measured,
    book: &Book<'_>,
    (total, rank): (Points, u32),
    before: Option<Points>,
    lines: &[&Line],
    year: &Period,
) -> Option<Points> {
    match of {
        Measured::Total => Some(total),
        Measured::Rank => Some(Points::from(i64::from(rank))),
        Measured::Progress => before.map(|before| total - before),
        Measured::Facts(counted) => Some(count(scorer, book, &CountPlan::of(counted), year)),
        Measured::Lines(of) => Some(lines_of(&scorer.plan, &scorer.plan.mask(of, 0), lines)),
        Measured::Sum(of) => {
            let of = scorer.plan.mask(of, 0);
            let lines: Vec<Line> = lines.iter().map(|line| (*line).clone()).collect();
            Some(sum_of(&scorer.plan, &of, &lines))
        }
    }
}
