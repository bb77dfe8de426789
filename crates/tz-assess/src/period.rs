//! One period of all units: scored, corrected, ranked, with what follows.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use tz_model::{Facts, Line, Outcome, Period, PeriodScore, Points, Quota, Unit, UnitIx, UnitPeriod};
use tz_scheme::{Body, LastInGroup, Rule, Scheme};

use crate::correct;
use crate::explain::Teller;
use crate::index::Index;
use crate::plan::Plan;
use crate::rank;
use crate::unit::{self, Counter};

/// A period as scored: every active unit in table order, and what follows from the ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodResult {
    /// The period.
    pub period: Period,
    /// Units active on any of its days, in table order.
    pub units: Vec<UnitPeriod>,
    /// 约谈 and 通报批评, by kind, then table order (N2.7, R10).
    pub outcomes: Vec<Outcome>,
}

/// What was published for an earlier period (计分表): enough to find later differences (R14) and runs (R10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The period.
    pub period: Period,
    /// Its units as published then. Lines include the corrections that stand in it.
    pub units: Vec<UnitPeriod>,
}

impl From<&PeriodResult> for Published {
    fn from(result: &PeriodResult) -> Self {
        Self { period: result.period.clone(), units: result.units.clone() }
    }
}

/// Scores one period, open or closed, of all units (N2.6): every rule, the floor (R2), corrections of the periods
/// published before it (R14), ranks (R9) and runs (R10).
///
/// `facts` as known now, of any time; facts withdrawn on or before the period's last day count for nothing. `published`
/// are the periods published before, any year, in any order. For a period that is still open, leave out duties that are
/// not yet due: an unanswered duty in `facts` is a missed one, whatever its deadline.
pub fn score_period(scheme: &Scheme, facts: &Facts, period: &Period, published: &[Published]) -> PeriodResult {
    let opens = published.iter().map(|old| old.period.from).chain([period.from]);
    let index = Index::of(scheme, facts, opens);
    Scorer { plan: Plan::of(scheme), facts, index }.period(period, published, None)
}

/// How far one unit has come with its quota (报送任务) in a period, for the reporter's meter. `None` where its class has no
/// quota.
pub fn quota_state(scheme: &Scheme, facts: &Facts, unit: UnitIx, period: &Period) -> Option<Quota> {
    let mut counter = Counter::new(scheme, scheme.quota(&facts.units.get(unit.index())?.class)?);
    let own = facts.reports.iter().filter(|report| period.holds(report.date) && report.units.contains(&unit));
    own.filter(|report| unit::counts(report)).for_each(|report| {
        counter.count(unit::category(scheme, &report.category));
    });
    Some(counter.finish())
}

/// True if the unit is scored on any day of the stretch (起始日期, 截止日期).
pub(crate) fn active(unit: &Unit, from: Date, to: Date) -> bool {
    let (first, last) = (unit.from.unwrap_or(from).max(from), unit.to.unwrap_or(to).min(to));
    first <= last
}

/// Published (period, unit) pairs that facts withdrawn later touch: the first day of the period, and the unit.
pub(crate) type Touched = BTreeSet<(Date, UnitIx)>;

/// A scheme and facts made ready once for many periods.
pub(crate) struct Scorer<'a> {
    pub plan: Plan<'a>,
    pub facts: &'a Facts,
    pub index: Index,
}

impl Scorer<'_> {
    /// One period. `touched` limits which published ones are looked at again; `None` is all of them.
    pub fn period(&self, period: &Period, published: &[Published], touched: Option<&Touched>) -> PeriodResult {
        let corrections = correct::corrections(self, period, published, touched);
        let named = period.chinese();
        let mut teller = Teller::new(&self.plan, self.facts, &named);
        let mut units = Vec::with_capacity(self.facts.units.len());
        for (at, unit) in self.facts.units.iter().enumerate() {
            if active(unit, period.from, period.to) {
                let unit_ix = UnitIx::at(at);
                let (mut lines, quota) = self.lines(&mut teller, unit_ix, &unit.class, period, period.to);
                lines.extend(corrections.get(&unit_ix).into_iter().flatten().cloned());
                let total = lines.iter().map(|line| line.points).sum();
                units.push(UnitPeriod {
                    unit: unit.name.clone(),
                    class: unit.class.clone(),
                    group: unit.group.clone(),
                    score: PeriodScore { total, rank: 0, lines, quota },
                });
            }
        }
        let ranks = rank::ranks(&totals(&units));
        units.iter_mut().zip(ranks).for_each(|(unit, rank)| unit.score.rank = rank);
        let outcomes = outcomes(self.plan.scheme, period, &units, published);
        PeriodResult { period: period.clone(), units, outcomes }
    }

    /// One unit's lines of one period, told by its teller, as known on a day, without corrections.
    pub fn lines(
        &self,
        teller: &mut Teller<'_>,
        unit: UnitIx,
        class: &str,
        period: &Period,
        as_of: Date,
    ) -> (Vec<Line>, Option<Quota>) {
        let entries = self.index.facts(period.from, unit);
        let found = unit::parts(&self.plan, self.facts, entries, class, as_of);
        let quota = found.quota.as_ref();
        let lines = found.parts.iter().map(|part| teller.line(part, quota)).collect();
        (lines, found.quota)
    }
}

fn totals(units: &[UnitPeriod]) -> Vec<(&str, Points)> {
    units.iter().map(|unit| (&*unit.group, unit.score.total)).collect()
}

fn outcomes(scheme: &Scheme, period: &Period, units: &[UnitPeriod], published: &[Published]) -> Vec<Outcome> {
    let mut all = Vec::new();
    for rule in scheme.rules() {
        if let Body::LastInGroup(last) = &rule.body {
            all.extend(runs(rule, last, period, units, published));
        }
    }
    all
}

/// Units in the last places of their group, some periods running (R9, R10).
fn runs(
    rule: &Rule,
    last: &LastInGroup,
    period: &Period,
    units: &[UnitPeriod],
    published: &[Published],
) -> Vec<Outcome> {
    let sizes = rank::sizes(units.iter().map(|unit| &*unit.group));
    let lasts = rank::last(&totals(units), last.last);
    // The periods a unit has been last in, the newest first.
    let mut runs: BTreeMap<usize, Vec<&Period>> =
        lasts.iter().enumerate().filter(|(_, is_last)| **is_last).map(|(at, _)| (at, vec![period])).collect();
    let mut before = period;
    let mut candidates: Vec<usize> = runs.keys().copied().collect();
    while !candidates.is_empty() {
        let day_before = before.from.saturating_sub(1.day());
        let Some(old) = published.iter().find(|old| old.period.to == day_before) else { break };
        let lasts = rank::last(&totals(&old.units), last.last);
        let names: HashSet<&str> =
            old.units.iter().zip(&lasts).filter(|(_, is_last)| **is_last).map(|(unit, _)| &*unit.unit).collect();
        candidates.retain(|at| names.contains(&*units[*at].unit));
        for at in &candidates {
            runs.entry(*at).or_default().push(&old.period);
        }
        before = &old.period;
    }
    let mut all = Vec::new();
    for (running, kind) in [Some((last.running, last.outcome)), last.then].into_iter().flatten() {
        for (at, run) in runs.iter().filter(|(_, run)| run.len() >= running as usize) {
            let unit = &units[*at];
            let months: Vec<String> = run.iter().rev().map(|period| period.chinese()).collect();
            let follows = match (&last.letter, kind == last.outcome) {
                (Some(letter), true) => format!("应当{}，并给单位主要负责人寄发{letter}", kind.name()),
                _ => format!("提出{}", kind.name()),
            };
            all.push(Outcome {
                kind,
                period: period.label.clone(),
                unit: unit.unit.clone(),
                group: unit.group.clone(),
                clause: rule.clause.clone(),
                why: format!(
                    "{}得 {} 分，在{}组 {} 个单位中列第 {} 名；已连续 {} 个月（{}）排名在后 {} 位，{follows}。",
                    period.chinese(),
                    unit.score.total,
                    unit.group,
                    sizes[&*unit.group],
                    unit.score.rank,
                    run.len(),
                    months.join("、"),
                    last.last,
                ),
            });
        }
    }
    all
}
