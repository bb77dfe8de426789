//! unit rules: points to begin with, counts against a target, what is to be done once a year.

use std::rc::Rc;

use jiff::civil::Date;
use tz_model::{Event, FactId, Name, Period, Points, Table};
use tz_scheme::{Each, Per, QuotaRule, Span, Target, YearlyRule};

use crate::cell::{self, Looked, Place};
use crate::index::Entry;
use crate::order::natural;
use crate::period::{Scorer, Stretch, Stretches, Term, ending};
use crate::plan::{CountPlan, Counting, QuotaPlan, Ready, UnitRule};
use crate::told::{QuotaLine, QuotaTold, Tally, Told, What};
use crate::unit::{Book, Part, category, is_counted, weight_of};

/// Unit rules of a period, in the order of the file: those of the period itself, of its weeks, and of longer stretches that
/// end with it.
pub(crate) fn of_period(scorer: &Scorer<'_>, book: &mut Book<'_>, term: &Term) {
    run(scorer, book, &term.stretches, Some(&term.period));
}

/// Unit rules of a year.
pub(crate) fn of_year(scorer: &Scorer<'_>, book: &mut Book<'_>, stretches: &Stretches) {
    run(scorer, book, stretches, None);
}

fn run(scorer: &Scorer<'_>, book: &mut Book<'_>, stretches: &Stretches, period: Option<&Period>) {
    for rule in &scorer.plan.unit_rules {
        match rule {
            UnitRule::Start(start) => {
                if let Some(stretch) = ending(stretches, start.body.span).filter(|_| start.applies(scorer, book.view))
                    && let Some(item) = scorer.plan.named(&start.body.item.name)
                {
                    let told = Told::Start { when: stretch.told.clone() };
                    book.parts.push(Part::counted(item, start.body.item.points, told));
                }
            }
            UnitRule::Quota(quota, plan) => {
                if !quota.applies(scorer, book.view) {
                    continue;
                }
                if quota.body.span == Span::Week {
                    for (from, to) in period.map_or_else(Vec::new, |period| scorer.plan.scheme.calendar().weeks(period))
                    {
                        weekly(scorer, book, quota, plan, (from, to));
                    }
                } else if let Some(stretch) = ending(stretches, quota.body.span) {
                    let days = Days {
                        stretch: stretch.period.clone(),
                        from: stretch.period.from,
                        to: stretch.period.to,
                        of_period: quota.body.span == Span::Period,
                        by_day: false,
                    };
                    count_against(scorer, book, quota, plan, &days, &stretch.told);
                }
            }
            UnitRule::Yearly(yearly) => {
                if let Some(year) = ending(stretches, Span::Year).filter(|_| yearly.applies(scorer, book.view)) {
                    once_a_year(scorer, book, yearly, year);
                }
            }
        }
    }
}

/// The stretch of days a quota looks at.
struct Days {
    stretch: Period,
    from: Date,
    to: Date,
    /// True if it is the period itself: its items were counted already.
    of_period: bool,
    /// True if a fact's own day decides, not its period: a week may begin in another period.
    by_day: bool,
}

impl Days {
    fn holds(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

fn weekly(
    scorer: &Scorer<'_>,
    book: &mut Book<'_>,
    quota: &Ready<'_, QuotaRule>,
    plan: &QuotaPlan,
    (from, to): (Date, Date),
) {
    let when: Name = format!("{}至{}这一周", crate::explain::day(from), crate::explain::day(to)).into();
    let calendar = scorer.plan.scheme.calendar();
    let (first, last) = (calendar.period_of(from), calendar.period_of(to));
    let stretch = Period {
        label: when.clone(),
        from: first.map_or(from, |period| period.from),
        to: last.map_or(to, |period| period.to),
    };
    count_against(scorer, book, quota, plan, &Days { stretch, from, to, of_period: false, by_day: true }, &when);
}

/// A count against a target, and the lines that follow from it.
fn count_against(
    scorer: &Scorer<'_>,
    book: &mut Book<'_>,
    quota: &Ready<'_, QuotaRule>,
    plan: &QuotaPlan,
    days: &Days,
    when: &Name,
) {
    let mut tallies: Vec<Tally> = Vec::new();
    for (need, (counting, place)) in quota.body.needs.iter().zip(&plan.needs) {
        // A unit without a task is neither praised nor blamed.
        let Some(tally) = tally(scorer, book, counting, &need.target, place.as_ref(), days) else { return };
        tallies.push(tally);
    }
    let tallies: Rc<[Tally]> = tallies.into();
    let Some(first) = tallies.first() else { return };
    let met = tallies.iter().all(|tally| tally.met);
    let told = |line: QuotaLine| Told::Quota(QuotaTold { when: when.clone(), tallies: tallies.clone(), line });
    let body = quota.body;
    let mut lines: Vec<Part> = Vec::new();
    if met {
        if let (Some(item), Some(worth)) = (plan.met, &body.met) {
            lines.push(Part::counted(item, worth.points, told(QuotaLine::Met)));
        }
        if let (Some(item), Some(each)) = (plan.over, &body.over) {
            lines.extend(each_line(item, each, first.over, first, |line| told(QuotaLine::Over(line))));
        }
    } else {
        if let (Some(item), Some(each)) = (plan.short, &body.short) {
            lines.extend(each_line(item, each, first.short, first, |line| told(QuotaLine::Short(line))));
        }
        if let (Some(item), Some(worth)) = (plan.unmet, &body.unmet) {
            lines.push(Part::counted(item, worth.points, told(QuotaLine::Unmet)));
        }
    }
    let asked = body.proportion.is_some() || !body.steps.is_empty();
    let part_of_target = if asked && first.target > Points::ZERO { first.got.divided_by(first.target) } else { None };
    if let (Some(item), Some(proportion), Some(part)) = (plan.proportion, &body.proportion, part_of_target) {
        let part = if proportion.capped { part.min(Points::from(1)) } else { part };
        let points = proportion.worth.points * part.max(Points::ZERO);
        lines.push(Part::counted(item, points, told(QuotaLine::Proportion(proportion.worth.points))));
    }
    if let Some(part) = part_of_target
        && let Some(step) = body.steps.iter().position(|(from, _)| part >= *from)
        && let Some(item) = plan.steps.get(step)
    {
        let (from, worth) = &body.steps[step];
        lines.push(Part::counted(*item, worth.points, told(QuotaLine::Step(*from))));
    }
    if let (Some((item, of)), Some(void)) = (&plan.void, &body.void)
        && !met
    {
        let sum = book.sum_since(of, days.stretch.from);
        if !sum.is_zero() {
            let of = scorer.plan.told(&void.of);
            lines.push(Part::counted(*item, -sum, told(QuotaLine::Void { of, sum })));
        }
    }
    book.parts.extend(lines);
}

fn each_line(
    item: crate::plan::ItemIx,
    each: &Each,
    amount: Points,
    tally: &Tally,
    told: impl FnOnce(EachTold) -> Told,
) -> Option<Part> {
    if amount <= Points::ZERO {
        return None;
    }
    let per = match each.per {
        None => None,
        Some(Per::Number(number)) => Some(number),
        Some(Per::OfTarget(part)) => Some(tally.target * part),
    };
    let count = match per {
        None => amount,
        Some(per) => amount.divided_by(per)?.floor(),
    };
    let counted = each.at_most.map_or(count, |most| count.min(Points::from(i64::from(most))));
    if counted.is_zero() {
        return None;
    }
    let line = EachTold { amount, per, counted, limited: counted < count, one: each.worth.points };
    Some(Part::counted(item, each.worth.points * counted, told(line)))
}

/// Points for each one, as the sentence tells it.
#[derive(Clone, Debug)]
pub(crate) struct EachTold {
    /// By how much it is over or short.
    pub amount: Points,
    /// What is one; `None`: one.
    pub per: Option<Points>,
    /// How many are counted.
    pub counted: Points,
    /// True if that is less than there are.
    pub limited: bool,
    /// The points of one.
    pub one: Points,
}

fn tally(
    scorer: &Scorer<'_>,
    book: &Book<'_>,
    counting: &Counting,
    target: &Target,
    place: Option<&Place>,
    days: &Days,
) -> Option<Tally> {
    if *target == Target::Class {
        return class_tally(scorer, book, counting, days);
    }
    let target = target_of(book, target, place)?;
    let (got, what, met) = match counting {
        Counting::Facts(plan) => {
            let got = count(scorer, book, plan, days, |_, weight| weight);
            (got, What::facts(plan), got >= target)
        }
        Counting::Points(of) => {
            let got = book.sum_since(of, days.stretch.from);
            (got, What::Points, got >= target)
        }
        Counting::Rate(one, over) => {
            let all = count(scorer, book, over, days, |_, weight| weight);
            let one = count(scorer, book, one, days, |_, weight| weight);
            match one.divided_by(all) {
                Some(rate) => (rate, What::Rate { one, all }, rate >= target),
                // Nothing to be a part of.
                None => (target, What::Rate { one, all }, true),
            }
        }
    };
    Some(Tally {
        what,
        got,
        target,
        met,
        short: target - got,
        over: got - target,
        categories: Vec::new(),
        of_class: false,
    })
}

/// A unit's target; `None` is no task.
pub(crate) fn target_of(book: &Book<'_>, target: &Target, place: Option<&Place>) -> Option<Points> {
    match target {
        Target::Class => None,
        Target::Number(number) => Some(*number),
        Target::ByClass(classes) => {
            classes.iter().find(|(class, _)| **class == *book.view.class).map(|(_, number)| *number)
        }
        Target::Column(_, times) => {
            let Some(Place::Unit(place)) = place else { return None };
            place.cell(&book.view).number().map(|number| number * *times)
        }
    }
}

/// The class's total and minimums: short by the larger of the two, over by the total (R3, R4).
fn class_tally(scorer: &Scorer<'_>, book: &Book<'_>, counting: &Counting, days: &Days) -> Option<Tally> {
    let class = scorer.plan.scheme.quota(book.view.class)?;
    let target = Points::from(i64::from(class.total?));
    let plain = match counting {
        Counting::Facts(plan) => plan.is_plain() && plan.table == Table::Reports,
        Counting::Points(_) | Counting::Rate(..) => false,
    };
    let (got, categories, what) = match (&book.quota, counting) {
        // Counted while the facts went by.
        (Some(quota), _) if plain && days.of_period => {
            let known = quota.categories.iter();
            let categories = known.map(|category| {
                let number = |count: u32| Points::from(i64::from(count));
                (category.category.clone(), number(category.received), number(category.required))
            });
            (
                Points::from(i64::from(quota.received)),
                categories.collect(),
                What::Facts { table: Table::Reports, some: false },
            )
        }
        (_, Counting::Facts(plan)) => {
            let mut by_category = vec![Points::ZERO; 257];
            let got = count(scorer, book, plan, days, |entry, weight| {
                by_category[entry.word as usize] += weight;
                weight
            });
            let categories = class.minimums.iter().map(|(name, least)| {
                let place = category(scorer.plan.scheme, name) as usize;
                (name.clone(), by_category[place], Points::from(i64::from(*least)))
            });
            (got, categories.collect(), What::facts(plan))
        }
        (_, Counting::Points(of)) => (book.sum_since(of, days.stretch.from), Vec::new(), What::Points),
        (_, Counting::Rate(one, over)) => {
            let all = count(scorer, book, over, days, |_, weight| weight);
            let one = count(scorer, book, one, days, |_, weight| weight);
            (one.divided_by(all).unwrap_or(target), Vec::new(), What::Rate { one, all })
        }
    };
    let missing: Points = categories.iter().map(|(_, got, least)| (*least - *got).max(Points::ZERO)).sum();
    let short = missing.max(target - got).max(Points::ZERO);
    let met = short.is_zero();
    let over = if met { got - target } else { Points::ZERO };
    Some(Tally { what, got, target, met, short, over, categories, of_class: true })
}

/// The facts of a stretch that count, each as its weight.
fn count(
    scorer: &Scorer<'_>,
    book: &Book<'_>,
    plan: &CountPlan,
    days: &Days,
    mut weigh: impl FnMut(&Entry, Points) -> Points,
) -> Points {
    let mut sum = Points::ZERO;
    scorer.each_of_unit(book, &days.stretch, |entry, looked| {
        if !is_counted(scorer, entry, plan.table, book.as_of)
            || (days.by_day && !days.holds(cell::date(scorer.facts, entry.fact())))
            || !looked.holds_all(&plan.tests)
        {
            return;
        }
        let fits = plan.weights.iter().find(|(tests, _)| looked.holds_all(tests));
        let weight = fits.map_or(Points::from(1), |(_, weight)| *weight) * weight_of(scorer, entry.fact());
        sum += weigh(entry, weight);
    });
    sum
}

impl Scorer<'_> {
    /// Every entry of a unit in the periods of a stretch.
    pub fn each_of_unit(&self, book: &Book<'_>, stretch: &Period, mut put: impl FnMut(&Entry, &Looked<'_>)) {
        for (opens, entries) in self.index.within(stretch, book.view.ix) {
            for entry in entries {
                let looked = Looked {
                    facts: self.facts,
                    index: &self.index,
                    fact: entry.fact(),
                    view: book.view,
                    opens,
                    // What became of an item is seen from the end of the stretch, not of the period it came in.
                    end: stretch.to.min(book.as_of),
                    as_of: book.as_of,
                    at_best: false,
                };
                put(entry, &looked);
            }
        }
    }
}

fn once_a_year(scorer: &Scorer<'_>, book: &mut Book<'_>, rule: &Ready<'_, YearlyRule>, year: &Stretch) {
    let done = events(scorer, book, &year.period, |event| event.kind == rule.body.event);
    let (worth, first) = match done.first() {
        Some(event) => (&rule.body.done, Some(event.date)),
        None => (&rule.body.undone, None),
    };
    let Some(item) = scorer.plan.named(&worth.name) else { return };
    let facts = done.iter().map(|event| FactId { table: Table::Events, key: event.key.clone() }).collect();
    let told = Told::Yearly { when: year.told.clone(), event: rule.body.event.clone(), done: first, facts };
    book.parts.push(Part::counted(item, worth.points, told));
}

/// Events of a unit in the periods of a stretch, by day, then number.
pub(crate) fn events<'a>(
    scorer: &'a Scorer<'_>,
    book: &Book<'_>,
    stretch: &Period,
    wanted: impl Fn(&Event) -> bool,
) -> Vec<&'a Event> {
    let mut own: Vec<&Event> = Vec::new();
    scorer.each_of_unit(book, stretch, |entry, _| {
        if entry.fact().table == Table::Events && entry.clock == 0 {
            let event = &scorer.facts.events[entry.fact().index()];
            own.extend(Some(event).filter(|event| event.count > 0 && wanted(event)));
        }
    });
    own.sort_by(|left, right| left.date.cmp(&right.date).then_with(|| natural(&left.key, &right.key)));
    own
}

/// The names of categories with what is missing of each.
pub(crate) fn missing(categories: &[(Name, Points, Points)]) -> impl Iterator<Item = (&Name, Points)> {
    categories.iter().filter(|(_, got, least)| got < least).map(|(name, got, least)| (name, *least - *got))
}
