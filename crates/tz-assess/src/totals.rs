//! Totals and ranks alone, of many periods of many units: no lines, no sentences, the same numbers.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{Facts, Name, Period, Points, Table, UnitIx};
use tz_scheme::{Count, Each, Floor, Need, QuotaRule, Rule, Scheme, Span, Target, Whom};

use crate::assess::withdrawals;
use crate::cell::{View, withdrawn};
use crate::heirs::{Heirs, credited};
use crate::index::each;
use crate::period::{Scorer, active};
use crate::plan::{ItemIx, Plan, UnitRule, place};
use crate::rank::{self, Standing};
use crate::unit::Book;

/// One period's totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodTotals {
    /// The period.
    pub period: Period,
    /// Units active on any of its days, in table order, each with its total and its place within its group.
    pub units: Vec<(UnitIx, Points, u32)>,
}

/// The totals and ranks of these periods, which must follow one another; what is withdrawn in one of them corrects those
/// before it among them. The numbers are those [`score_period`](crate::score_period) gives period after period.
pub fn assess_totals(scheme: &Scheme, facts: &Facts, periods: &[Period]) -> Vec<PeriodTotals> {
    let facts = &*credited(facts);
    let plan = Plan::of(scheme);
    let sums = match Lean::of(&plan) {
        Some(lean) => {
            let alone = |sums: Vec<Points>| sums.into_iter().map(|total| Sum { total, then: Vec::new() }).collect();
            lean.sums(&plan, facts, periods).into_iter().map(alone).collect()
        }
        None => sums(scheme, facts, periods),
    };
    let ranked = |(period, sums): (&Period, Vec<Sum>)| {
        let units: Vec<UnitIx> =
            (0..facts.units.len()).map(UnitIx::at).filter(|unit| scored(facts, *unit, period)).collect();
        let standing = |unit: &UnitIx| {
            let Sum { total, then } = &sums[unit.index()];
            Standing { group: View::within(facts, *unit, period).group, total: *total, then: then.clone() }
        };
        let standings: Vec<Standing<'_>> = units.iter().map(standing).collect();
        let ranks = rank::ranks(&standings, scheme.ranking().ties);
        let units = units.iter().zip(ranks).map(|(unit, rank)| (*unit, sums[unit.index()].total, rank)).collect();
        PeriodTotals { period: period.clone(), units }
    };
    periods.iter().zip(sums).map(ranked).collect()
}

fn scored(facts: &Facts, unit: UnitIx, period: &Period) -> bool {
    active(&facts.units[unit.index()], period.from, period.to)
}

/// A unit's total in a period, and the sums that decide between equal ones.
#[derive(Clone, Debug, Default)]
struct Sum {
    total: Points,
    then: Vec<Points>,
}

impl Sum {
    fn of(scorer: &Scorer<'_>, book: &Book<'_>) -> Self {
        Self { total: book.own_total(scorer, 0), then: scorer.plan.then.iter().map(|of| book.own(of)).collect() }
    }

    /// Adds what something came to be since it was another.
    fn add(&mut self, now: &Self, before: &Self) {
        self.total += now.total - before.total;
        self.then.resize(now.then.len().max(before.then.len()).max(self.then.len()), Points::ZERO);
        self.then.iter_mut().zip(&now.then).for_each(|(sum, points)| *sum += *points);
        self.then.iter_mut().zip(&before.then).for_each(|(sum, points)| *sum += -*points);
    }
}

/// Every unit's total in every period, by its place, under any scheme: each stage as it is, without words.
fn sums(scheme: &Scheme, facts: &Facts, periods: &[Period]) -> Vec<Vec<Sum>> {
    let scorer = Scorer::new(scheme, facts, periods.iter().map(|period| period.from));
    let mut later = withdrawals(scheme, facts, periods.iter());
    let places: BTreeMap<Date, usize> = periods.iter().enumerate().map(|(at, period)| (period.from, at)).collect();
    // What each unit's period came to when it was last looked at, without corrections of others.
    let mut known: Vec<Vec<Sum>> = Vec::with_capacity(periods.len());
    let mut all = Vec::with_capacity(periods.len());
    for period in periods {
        let own = stand(&scorer, period, period.to, None);
        let mut sums = own.clone();
        for (from, unit) in later.remove(&period.from).unwrap_or_default() {
            let Some(place) = places.get(&from).filter(|place| **place < known.len()) else { continue };
            let old = &periods[*place];
            if scored(facts, unit, old)
                && let Some(receiver) = scorer.receiver(unit, period)
            {
                let now = stand(&scorer, old, period.to, Some(unit)).swap_remove(unit.index());
                sums[receiver.index()].add(&now, &known[*place][unit.index()]);
                known[*place][unit.index()] = now;
            }
        }
        known.push(own);
        all.push(sums);
    }
    all
}

/// Totals of one period as known on a day; of one unit only where it is named and no rule looks at the others.
fn stand(scorer: &Scorer<'_>, period: &Period, as_of: Date, only: Option<UnitIx>) -> Vec<Sum> {
    let mut sums = vec![Sum::default(); scorer.facts.units.len()];
    let wanted = |unit: &UnitIx| only.is_none_or(|only| only == *unit || scorer.plan.looks_across());
    let units = (0..scorer.facts.units.len()).map(UnitIx::at).filter(wanted);
    let views =
        units.filter(|unit| scored(scorer.facts, *unit, period)).map(|unit| View::within(scorer.facts, unit, period));
    for book in scorer.stand(views.collect(), &scorer.term(period), as_of) {
        sums[book.view.ix.index()] = Sum::of(scorer, &book);
    }
    sums
}

/// A scheme whose facts are priced by their name alone, each by itself, with quotas of the class and floors over the whole
/// period: what most offices print. Its totals need no lines at all.
struct Lean {
    /// What a fact of each name comes to, by table.
    words: Vec<Vec<Word>>,
    /// Points everyone begins with.
    start: Word,
    /// A class of the scheme with its task.
    classes: Vec<Class>,
    quotas: Vec<Lines>,
    /// What the floor keeps the total up at, if there is one.
    floor: Option<Points>,
}

/// What something comes to, and what of that the floor limits.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    points: Points,
    deducted: Points,
}

/// One unit's period while facts go by: one line of a processor's cache.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    word: Word,
    /// Items that count, by category; the last for those of no known one.
    counts: [u32; CATEGORIES],
}

/// So many categories are counted apart.
const CATEGORIES: usize = 8;

struct Class {
    name: Name,
    total: u32,
    minimums: Vec<(usize, u32)>,
}

/// The lines of a quota.
struct Lines {
    met: Word,
    over: Word,
    short: Word,
}

impl Lean {
    fn of(plan: &Plan<'_>) -> Option<Self> {
        let of_facts = plan.clocks.is_empty()
            && plan.adjusts.is_empty()
            && plan.combines.is_empty()
            && plan.shares.is_empty()
            && plan.boosts.is_empty()
            && !plan.looks_around;
        let of_units = plan.caps.is_empty() && plan.vetoes.is_empty() && plan.scales.is_empty() && !plan.looks_across();
        let everyone = |rule: &Rule| rule.whom == Whom::default() && rule.ledger.is_none();
        let whole = |rule: &Floor| rule.span == Span::Period && rule.within.is_empty();
        let floors = plan.floors.iter().all(|(floor, _)| everyone(floor.rule) && whole(floor.body));
        let plain = Table::ALL.iter().all(|table| plan.is_plain(*table));
        let few = plan.scheme.categories().len() < CATEGORIES && plan.floors.len() < 2 && plan.then.is_empty();
        if !of_facts || !of_units || !floors || !plain || !few || !plan.pricing(Table::Reports, 0).rules.is_empty() {
            return None;
        }
        let mut start = plan.word(&[]);
        let mut quotas = Vec::new();
        for rule in &plan.unit_rules {
            match rule {
                UnitRule::Start(rule) if rule.body.span == Span::Year => {}
                UnitRule::Yearly(_) => {}
                UnitRule::Start(rule) if rule.body.span == Span::Period && everyone(rule.rule) => {
                    start.add(&plan.word(&[plan.named(&rule.body.item.name)?]), 1);
                }
                UnitRule::Quota(rule, _) if rule.body.span == Span::Year => {}
                UnitRule::Quota(rule, quota) if everyone(rule.rule) && is_of_class(rule.body) => {
                    let line = |item: Option<ItemIx>| plan.word(item.as_slice());
                    quotas.push(Lines { met: line(quota.met), over: line(quota.over), short: line(quota.short) });
                }
                UnitRule::Start(_) | UnitRule::Quota(..) => return None,
            }
        }
        let categories = plan.scheme.categories();
        let place = |name: &Name| categories.iter().position(|category| category.name == *name);
        let classes = plan.scheme.classes().iter().filter_map(|class| {
            let minimums = class.quota.minimums.iter().filter_map(|(name, least)| Some((place(name)?, *least)));
            Some(Class { name: class.name.clone(), total: class.quota.total?, minimums: minimums.collect() })
        });
        Some(Self {
            words: Table::ALL.iter().map(|table| plan.words(*table)).collect(),
            start,
            classes: classes.collect(),
            quotas,
            floor: plan.floors.first().map(|(floor, _)| floor.body.at_least),
        })
    }

    /// Every unit's total in every period, by its place.
    fn sums(&self, plan: &Plan<'_>, facts: &Facts, periods: &[Period]) -> Vec<Vec<Points>> {
        let (units, opens) = (facts.units.len(), periods.iter().map(|period| period.from).collect::<Vec<Date>>());
        let mut slots = vec![Slot { word: self.start, counts: [0; CATEGORIES] }; units * periods.len()];
        // What falls in a later period, by that period: the place it falls from, and what it was worth.
        let mut falling: BTreeMap<usize, Vec<(usize, Word)>> = BTreeMap::new();
        let period = |open: Date| opens.binary_search(&open).ok();
        each(plan, facts, period, |entry, unit, period| {
            let place = period * units + unit.index();
            if entry.fact().table == Table::Reports {
                slots[place].counts[(entry.word as usize).min(CATEGORIES - 1)] += 1;
                return;
            }
            let Some(word) = self.words[entry.fact().table as usize].get(entry.word as usize) else { return };
            let times = match entry.fact().table {
                Table::Events => i64::from(facts.events[entry.fact().index()].count),
                _ => 1,
            };
            if let Some(day) = withdrawn(facts, entry.fact()).filter(|_| entry.may_fall) {
                if day <= periods[period].to {
                    return;
                }
                let falls = plan.scheme.opening(day).and_then(|open| opens.binary_search(&open).ok());
                falls.into_iter().for_each(|falls| falling.entry(falls).or_default().push((place, *word)));
            }
            slots[place].word.add(word, times);
        });
        let heirs = Heirs::of(facts);
        let mut all = Vec::with_capacity(periods.len());
        for (at, period) in periods.iter().enumerate() {
            let own = (0..units).map(|unit| {
                let view = View::within(facts, UnitIx::at(unit), period);
                self.total(view, &slots[at * units + unit])
            });
            let mut sums: Vec<Points> = own.collect();
            for (place, word) in falling.remove(&at).unwrap_or_default() {
                let (unit, old) = (UnitIx::at(place % units), &periods[place / units]);
                let heir = heirs.as_ref().map_or(unit, |heirs| heirs.on(unit, period.to));
                let receiver = if scored(facts, unit, period) { unit } else { heir };
                if scored(facts, unit, old) && scored(facts, receiver, period) {
                    let view = View::within(facts, unit, old);
                    let before = self.total(view, &slots[place]);
                    slots[place].word.add(&word, -1);
                    sums[receiver.index()] += self.total(view, &slots[place]) - before;
                }
            }
            all.push(sums);
        }
        all
    }

    /// What a unit's period comes to.
    fn total(&self, view: View<'_>, slot: &Slot) -> Points {
        let mut sum = slot.word;
        let class = view.stage.map_or(&view.unit.class, |stage| &stage.class);
        if let Some(at) = place(self.classes.iter().map(|class| &class.name), class) {
            let class = &self.classes[at];
            let received = slot.counts.iter().fold(0u32, |sum, count| sum.saturating_add(*count));
            let missing = class.minimums.iter().map(|(category, least)| least.saturating_sub(slot.counts[*category]));
            let missing = missing.fold(0u32, u32::saturating_add);
            let short = missing.max(class.total.saturating_sub(received));
            for quota in &self.quotas {
                if short > 0 {
                    sum.add(&quota.short, i64::from(short));
                } else {
                    sum.add(&quota.met, 1);
                    sum.add(&quota.over, i64::from(received - class.total));
                }
            }
        }
        let back = self.floor.map(|at_least| (at_least - sum.points).min(sum.deducted));
        back.filter(|back| *back > Points::ZERO).map_or(sum.points, |back| sum.points + back)
    }
}

/// A count of items against the class's task, each over or short as it is.
fn is_of_class(body: &QuotaRule) -> bool {
    let plain = |each: &Option<Each>| each.as_ref().is_none_or(|each| each.per.is_none() && each.at_most.is_none());
    let of_class = |need: &Need| match &need.count {
        Count::Facts(counted) => {
            let all = counted.when.is_empty() && counted.weights.is_empty() && counted.table == Table::Reports;
            all && need.target == Target::Class
        }
        Count::Points(_) | Count::Rate(..) => false,
    };
    let consequences =
        body.unmet.is_none() && body.proportion.is_none() && body.steps.is_empty() && body.void.is_none();
    body.span == Span::Period
        && consequences
        && plain(&body.over)
        && plain(&body.short)
        && matches!(body.needs.as_slice(), [one] if of_class(one))
}

impl Word {
    fn add(&mut self, other: &Self, times: i64) {
        self.points += if times == 1 { other.points } else { other.points * times };
        if !other.deducted.is_zero() {
            self.deducted += other.deducted * times;
        }
    }
}

impl Plan<'_> {
    /// What lines of these items come to together.
    fn word(&self, items: &[ItemIx]) -> Word {
        let points = |item: &ItemIx| self.item(*item).points;
        let limited = |item: &&ItemIx| self.floors.iter().any(|(floor, _)| floor.of.has(**item));
        let taken = items.iter().filter(limited).map(points).filter(|points| points.is_negative());
        Word { points: items.iter().map(points).sum(), deducted: taken.map(|points| -points).sum() }
    }

    /// What each name of a table comes to, in the order of its price tables.
    fn words(&self, table: Table) -> Vec<Word> {
        let pricing = self.pricing(table, 0);
        let names = pricing.words().map(|rows| {
            let mut items: Vec<ItemIx> = Vec::new();
            let mut last = None;
            for at in rows {
                // The first row of every rule; its others are never reached.
                if last.replace(at.rule) != Some(at.rule) {
                    items.push(pricing.rules[at.rule].rows[at.row].item);
                }
            }
            self.word(&items)
        });
        names.collect()
    }
}
