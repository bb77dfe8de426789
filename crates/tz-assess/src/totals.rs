//! Totals and ranks alone, of many periods of many units: no lines, no sentences, the same numbers.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{Facts, Name, Period, Points, Table, UnitIx};
use tz_scheme::{Count, Each, Floor, Need, QuotaRule, Rule, Scheme, Span, Target, Whom};

use crate::assess::withdrawals;
use crate::cell::{View, stands};
use crate::period::{Scorer, active};
use crate::plan::{ItemIx, Plan, UnitRule};
use crate::rank::{self, Standing};

/// One period's totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodTotals {
    /// The period.
    pub period: Period,
    /// Units active on any of its days, in table order, each with its total and its place within its group.
    pub units: Vec<(UnitIx, Points, u32)>,
}

/// The totals and ranks of these periods, which must follow one another; what is withdrawn in one of them corrects those
/// before it among them. The numbers are those [`score_period`](crate::score_period) gives period after period. Sums that decide
/// at equal totals (`then`) are not looked at.
pub fn assess_totals(scheme: &Scheme, facts: &Facts, periods: &[Period]) -> Vec<PeriodTotals> {
    let scorer = Scorer::new(scheme, facts, periods.iter().map(|period| period.from));
    let mut later = withdrawals(scheme, facts, periods.iter());
    let places: BTreeMap<Date, usize> = periods.iter().enumerate().map(|(at, period)| (period.from, at)).collect();
    let mut known: Vec<Vec<Points>> = Vec::with_capacity(periods.len());
    let lean = Lean::of(&scorer.plan);
    let mut all = Vec::with_capacity(periods.len());
    for period in periods {
        let own = totals(&scorer, lean.as_ref(), period, period.to, None);
        let mut sums = own.clone();
        for (from, unit) in later.remove(&period.from).unwrap_or_default() {
            let Some(place) = places.get(&from).filter(|place| **place < known.len()) else { continue };
            let old = &periods[*place];
            let of_unit = &facts.units[unit.index()];
            if active(of_unit, old.from, old.to) && active(of_unit, period.from, period.to) {
                let now = totals(&scorer, lean.as_ref(), old, period.to, Some(unit))[unit.index()];
                sums[unit.index()] += now - known[*place][unit.index()];
                known[*place][unit.index()] = now;
            }
        }
        known.push(own);
        let units: Vec<UnitIx> = (0..facts.units.len())
            .map(UnitIx::at)
            .filter(|unit| active(&facts.units[unit.index()], period.from, period.to))
            .collect();
        let standings: Vec<Standing<'_>> =
            units.iter().map(|unit| Standing::of(&facts.units[unit.index()].group, sums[unit.index()])).collect();
        let ranks = rank::ranks(&standings, scheme.ranking().ties);
        let units = units.iter().zip(ranks).map(|(unit, rank)| (*unit, sums[unit.index()], rank)).collect();
        all.push(PeriodTotals { period: period.clone(), units });
    }
    all
}

/// Every unit's total of a period as known on a day, by its place; of one unit only where it is named and no rule looks at
/// the others. Units that are not active have nothing.
fn totals(scorer: &Scorer<'_>, lean: Option<&Lean>, period: &Period, as_of: Date, only: Option<UnitIx>) -> Vec<Points> {
    let mut sums = vec![Points::ZERO; scorer.facts.units.len()];
    let wanted = |unit: UnitIx| only.is_none_or(|only| only == unit || scorer.plan.looks_across());
    let units = (0..scorer.facts.units.len()).map(UnitIx::at).filter(|unit| wanted(*unit));
    let views = units.map(|unit| View::now(scorer.facts, unit));
    let views = views.filter(|view| active(view.unit, period.from, period.to));
    match lean {
        Some(lean) => {
            let mut counts = vec![0u32; lean.categories + 1];
            for view in views {
                sums[view.ix.index()] = lean.total(scorer, view, period, as_of, &mut counts);
            }
        }
        None => {
            for book in scorer.stand(views.collect(), period, as_of) {
                sums[book.view.ix.index()] = book.own_total(scorer, 0);
            }
        }
    }
    sums
}

/// A scheme whose facts are priced by their name alone, each by itself, with quotas of the class and floors over the whole
/// period: what most offices print. Its totals need no lines at all.
struct Lean {
    /// What a fact of each name comes to, by table.
    words: Vec<Vec<Word>>,
    categories: usize,
    /// Points everyone begins with.
    start: Word,
    /// A class of the scheme with its task.
    classes: Vec<Class>,
    quotas: Vec<Lines>,
    /// What each floor keeps the total up at.
    floors: Vec<Points>,
}

/// What something comes to, and for each floor what it takes of that.
#[derive(Clone, Debug, Default)]
struct Word {
    points: Points,
    deducted: Vec<Points>,
}

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
        if !of_facts || !of_units || !floors || !plain || !plan.pricing(Table::Reports, 0).rules.is_empty() {
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
            categories: categories.len(),
            start,
            classes: classes.collect(),
            quotas,
            floors: plan.floors.iter().map(|(floor, _)| floor.body.at_least).collect(),
        })
    }

    fn total(&self, scorer: &Scorer<'_>, view: View<'_>, period: &Period, as_of: Date, counts: &mut [u32]) -> Points {
        let mut sum = self.start.clone();
        let mut received = 0u32;
        counts.fill(0);
        for entry in scorer.index.facts(period.from, view.ix) {
            match entry.fact.table {
                Table::Reports => {
                    received += 1;
                    counts[(entry.word as usize).min(self.categories)] += 1;
                }
                table => {
                    let Some(word) = self.words[table as usize].get(entry.word as usize) else { continue };
                    let times = match table {
                        Table::Events => i64::from(scorer.facts.events[entry.fact.index()].count),
                        _ if entry.may_fall && !stands(scorer.facts, entry.fact, as_of) => continue,
                        _ => 1,
                    };
                    sum.add(word, times);
                }
            }
        }
        if let Some(class) = self.classes.iter().find(|class| *class.name == *view.class) {
            let missing = class.minimums.iter().map(|(category, least)| least.saturating_sub(counts[*category]));
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
        for (at_least, deducted) in self.floors.iter().zip(&sum.deducted) {
            let back = (*at_least + -sum.points).min(*deducted);
            if back > Points::ZERO {
                sum.points += back;
            }
        }
        sum.points
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
        match times {
            1 => self.points += other.points,
            _ => self.points += other.points * times,
        }
        for (own, other) in self.deducted.iter_mut().zip(&other.deducted).filter(|(_, other)| !other.is_zero()) {
            *own += *other * times;
        }
    }
}

impl Plan<'_> {
    /// What lines of these items come to together.
    fn word(&self, items: &[ItemIx]) -> Word {
        let points = |item: &ItemIx| self.item(*item).points;
        let deducted = self.floors.iter().map(|(floor, _)| {
            let limited = items.iter().filter(|item| floor.of.has(**item) && points(item).is_negative());
            limited.map(|item| -points(item)).sum()
        });
        Word { points: items.iter().map(points).sum(), deducted: deducted.collect() }
    }

    /// What each name of a table comes to, in the order of its price tables.
    fn words(&self, table: Table) -> Vec<Word> {
        let pricing = self.pricing(table, 0);
        let names = pricing.words().map(|rows| {
            let mut items: Vec<ItemIx> = Vec::new();
            let mut done = None;
            // The first row of every rule.
            for at in rows.iter().filter(|at| std::mem::replace(&mut done, Some(at.rule)) != Some(at.rule)) {
                items.push(pricing.rules[at.rule].rows[at.row].item);
            }
            self.word(&items)
        });
        names.collect()
    }
}
