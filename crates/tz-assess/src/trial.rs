//! Two schemes on the same facts (试算): who gains, who loses, and which clauses do nothing.

use std::collections::{BTreeMap, BTreeSet};

use tz_model::{Assessment, Clause, Facts, Line, Month, Name, Outcome, Points};
use tz_scheme::{Body, Rule, Scheme};

use crate::assess::assess;

/// What two schemes make of the same facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The year.
    pub year: i16,
    /// True if whole years are compared; else the periods' sums as far as they were scored.
    pub whole_year: bool,
    /// Every unit, in table order.
    pub units: Vec<UnitTrial>,
    /// What follows under the first scheme only.
    pub outcomes_lost: Vec<Outcome>,
    /// What follows under the second scheme only.
    pub outcomes_new: Vec<Outcome>,
    /// What each scheme's rules did, the first scheme's first.
    pub sides: [Side; 2],
}

/// One unit under both schemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitTrial {
    /// Its name.
    pub unit: Name,
    /// Its ranking group.
    pub group: Name,
    /// Under the first scheme; `None` if it is not scored.
    pub old: Option<Standing>,
    /// Under the second.
    pub new: Option<Standing>,
}

impl UnitTrial {
    /// What it gains; below zero what it loses.
    pub fn gain(&self) -> Points {
        let total = |standing: Option<Standing>| standing.map_or(Points::ZERO, |standing| standing.total);
        total(self.new) - total(self.old)
    }
}

/// A total and its place in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// 总分
    pub total: Points,
    /// 名次
    pub rank: u32,
}

/// What one scheme's rules did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The scheme's id.
    pub scheme: Name,
    /// Rules that made no line and had no consequence, in the order of the file.
    pub silent: Vec<Silent>,
    /// Limits that took or gave points, in the order of the file.
    pub limits: Vec<Limit>,
    /// Rules that change what others give (合并, 分摊, 乘数) and did, in the order of the file.
    pub acted: Vec<Acted>,
}

/// A rule, or a line of one, that never came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// The rule's id.
    pub rule: Name,
    /// Its clause.
    pub clause: Clause,
    /// The line names that never came about; all of them, or none for a rule of consequences.
    pub items: Vec<Name>,
    /// True if the whole rule did nothing.
    pub whole: bool,
}

/// A rule that makes no lines of its own and changed those of others: what is otherwise without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The rule's id.
    pub rule: Name,
    /// Its clause.
    pub clause: Clause,
    /// How many lines it changed.
    pub times: usize,
    /// Of how many units.
    pub units: usize,
    /// What these lines come to by it, more or less.
    pub points: Points,
}

/// A cap or floor that acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The rule's id.
    pub rule: Name,
    /// Its clause.
    pub clause: Clause,
    /// What its lines are called.
    pub item: Name,
    /// In how many of the units' periods.
    pub times: usize,
    /// For how many units.
    pub units: usize,
    /// What it took (below zero) or gave in all.
    pub points: Points,
}

/// Scores the facts under both schemes and sets the results side by side.
///
/// Facts without a price under one of them must be mended first ([`unknown_names`](crate::unknown_names) of both): what is
/// not priced is not nothing.
pub fn trial(old: &Scheme, new: &Scheme, facts: &Facts, year: i16, through: Option<Month>) -> Trial {
    let results = [assess(old, facts, year, through), assess(new, facts, year, through)];
    let [before, after] = &results;
    let whole = |result: &Assessment| result.units.iter().any(|unit| unit.annual.is_some());
    let whole_year = whole(before) && whole(after);
    let standings = results.each_ref().map(|result| standings(result, whole_year));
    let units = facts.units.iter().filter_map(|unit| {
        let [old, new] = standings.each_ref().map(|all| all.get(&unit.name).copied());
        let scored = old.is_some() || new.is_some();
        scored.then(|| UnitTrial { unit: unit.name.clone(), group: unit.group.clone(), old, new })
    });
    Trial {
        year,
        whole_year,
        units: units.collect(),
        outcomes_lost: without(&before.outcomes, &after.outcomes),
        outcomes_new: without(&after.outcomes, &before.outcomes),
        sides: [side(old, before, facts, year, through), side(new, after, facts, year, through)],
    }
}

/// Each unit's total and place: the year's, or the sum of its periods, ranked within its group as of competition.
fn standings(result: &Assessment, whole_year: bool) -> BTreeMap<Name, Standing> {
    if whole_year {
        let annual = result.units.iter().filter_map(|unit| Some((unit, unit.annual.as_ref()?)));
        return annual
            .map(|(unit, annual)| (unit.unit.clone(), Standing { total: annual.total, rank: annual.rank }))
            .collect();
    }
    let sums: Vec<(&Name, &Name, Points)> = result
        .units
        .iter()
        .map(|unit| (&unit.unit, &unit.group, unit.periods.iter().map(|(_, score)| score.total).sum()))
        .collect();
    let mut groups: BTreeMap<&Name, Vec<Points>> = BTreeMap::new();
    for (_, group, total) in &sums {
        groups.entry(group).or_default().push(*total);
    }
    groups.values_mut().for_each(|totals| totals.sort_by(|one, other| other.cmp(one)));
    let rank = |group: &Name, total: Points| {
        let above = groups.get(group).map_or(0, |totals| totals.partition_point(|other| *other > total));
        u32::try_from(above + 1).unwrap_or(u32::MAX)
    };
    sums.iter()
        .map(|(unit, group, total)| ((*unit).clone(), Standing { total: *total, rank: rank(group, *total) }))
        .collect()
}

/// Consequences of `these` that are not among `those`, whatever their sentences say.
fn without(these: &[Outcome], those: &[Outcome]) -> Vec<Outcome> {
    let key = |outcome: &Outcome| (outcome.kind.clone(), outcome.period.clone(), outcome.unit.clone());
    let known: BTreeSet<_> = those.iter().map(key).collect();
    these.iter().filter(|outcome| !known.contains(&key(outcome))).cloned().collect()
}

/// A unit's lines, all periods, the year and all ledgers.
fn lines(result: &Assessment) -> impl Iterator<Item = (&Name, &Line)> {
    result.units.iter().flat_map(|unit| {
        let periods = unit.periods.iter().flat_map(|(_, score)| &score.lines);
        let annual = unit.annual.iter().flat_map(|annual| &annual.lines);
        let ledgers = unit.ledgers.values().flat_map(|ledger| {
            let periods = ledger.periods.iter().flat_map(|(_, account)| &account.lines);
            periods.chain(ledger.annual.iter().flat_map(|annual| &annual.lines))
        });
        periods.chain(annual).chain(ledgers).map(|line| (&unit.unit, line))
    })
}

/// True for a rule that only changes lines of others: these do not show whether it did.
fn makes_no_lines(rule: &Rule) -> bool {
    match &rule.body {
        Body::Combine(_) | Body::Share(_) => true,
        Body::Multiply(_) => rule.items().is_empty(),
        _ => false,
    }
}

/// The lines a rule speaks of, by unit, place, name and facts, with what they come to.
fn spoken_of<'a>(scheme: &Scheme, rule: &Rule, result: &'a Assessment) -> BTreeMap<(&'a Name, String), Points> {
    let of = match &rule.body {
        Body::Combine(combine) => &combine.of,
        Body::Share(share) => &share.of,
        Body::Multiply(multiply) => &multiply.of,
        _ => return BTreeMap::new(),
    };
    let named = |other: &&Rule| of.contains(&other.id) || other.items().iter().any(|worth| of.contains(&worth.name));
    let items: BTreeSet<&Name> = scheme
        .rules()
        .iter()
        .filter(named)
        .flat_map(|other| other.items().into_iter().filter(|worth| of.contains(&other.id) || of.contains(&worth.name)))
        .map(|worth| &worth.name)
        .collect();
    let mut all: BTreeMap<(&Name, String), Points> = BTreeMap::new();
    for (unit, line) in lines(result).filter(|(_, line)| items.contains(&line.item)) {
        let facts: Vec<String> = line.facts.iter().map(ToString::to_string).collect();
        *all.entry((unit, format!("{} {}", line.item, facts.join("、")))).or_default() += line.points;
    }
    all
}

/// What a rule that makes no lines did: the lines it speaks of that are otherwise without it.
fn acted(scheme: &Scheme, rule: &Rule, result: &Assessment, without: &Assessment) -> Acted {
    let (with, without) = (spoken_of(scheme, rule, result), spoken_of(scheme, rule, without));
    let mut done =
        Acted { rule: rule.id.clone(), clause: rule.clause.clone(), times: 0, units: 0, points: Points::ZERO };
    let mut units: BTreeSet<&Name> = BTreeSet::new();
    let keys: BTreeSet<&(&Name, String)> = with.keys().chain(without.keys()).collect();
    for key in keys {
        let points = |all: &BTreeMap<(&Name, String), Points>| all.get(key).copied().unwrap_or_default();
        let difference = points(&with) - points(&without);
        if !difference.is_zero() {
            done.times += 1;
            done.points += difference;
            units.insert(key.0);
        }
    }
    done.units = units.len();
    done
}

fn side(scheme: &Scheme, result: &Assessment, facts: &Facts, year: i16, through: Option<Month>) -> Side {
    let changing = scheme.rules().iter().filter(|rule| makes_no_lines(rule));
    let done: BTreeMap<&Name, Acted> = changing
        .map(|rule| {
            let without = assess(&scheme.without(&rule.id), facts, year, through);
            (&rule.id, acted(scheme, rule, result, &without))
        })
        .collect();
    let mut seen: BTreeMap<&Name, (usize, BTreeSet<&Name>, Points)> = BTreeMap::new();
    for (unit, line) in lines(result) {
        let entry = seen.entry(&line.item).or_default();
        entry.0 += 1;
        entry.1.insert(unit);
        entry.2 += line.points;
    }
    let silent = scheme.rules().iter().filter_map(|rule| match done.get(&rule.id) {
        Some(done) if done.times > 0 => None,
        Some(_) => Some(Silent { rule: rule.id.clone(), clause: rule.clause.clone(), items: Vec::new(), whole: true }),
        None => silent(rule, result, |item| seen.contains_key(item)),
    });
    let limits = scheme.rules().iter().filter_map(|rule| {
        let item = match &rule.body {
            Body::Cap(cap) => &cap.item.name,
            Body::Floor(floor) => &floor.item.name,
            _ => return None,
        };
        let (times, units, points) = seen.get(item)?;
        let (rule, clause, item) = (rule.id.clone(), rule.clause.clone(), item.clone());
        Some(Limit { rule, clause, item, times: *times, units: units.len(), points: *points })
    });
    let (silent, limits) = (silent.collect(), limits.collect());
    let acted = scheme.rules().iter().filter_map(|rule| done.get(&rule.id)).filter(|done| done.times > 0).cloned();
    Side { scheme: scheme.id().clone(), silent, limits, acted: acted.collect() }
}

/// The rule, if it or some of its lines never came about.
fn silent(rule: &Rule, result: &Assessment, seen: impl Fn(&Name) -> bool) -> Option<Silent> {
    let kinds: Vec<&str> = match &rule.body {
        Body::LastInGroup(last) => {
            let then = last.then.iter().map(|(_, kind)| kind.name());
            [last.outcome.name()].into_iter().chain(then).collect()
        }
        Body::LastOfStatus(last) => vec![last.outcome.name()],
        Body::BestInGroup(best) => vec![best.outcome.name()],
        Body::Threshold(threshold) => vec![threshold.outcome.name()],
        // These change other rules' lines and make none: `acted` tells of them.
        Body::Combine(_) | Body::Share(_) => return None,
        Body::Facts(_)
        | Body::Multiply(_)
        | Body::Start(_)
        | Body::Quota(_)
        | Body::Yearly(_)
        | Body::Cap(_)
        | Body::Floor(_)
        | Body::Veto(_)
        | Body::Scale(_)
        | Body::Credit(_)
        | Body::RollUp(_) => {
            let items: Vec<Name> =
                rule.items().into_iter().map(|worth| worth.name.clone()).filter(|name| !seen(name)).collect();
            let whole = items.len() == rule.items().len();
            let (rule, clause) = (rule.id.clone(), rule.clause.clone());
            return (!items.is_empty()).then_some(Silent { rule, clause, items, whole });
        }
    };
    let happened = |outcome: &Outcome| outcome.clause == rule.clause && kinds.contains(&outcome.kind.name());
    let (id, clause) = (rule.id.clone(), rule.clause.clone());
    let none = !result.outcomes.iter().any(happened);
    none.then(|| Silent { rule: id, clause, items: Vec::new(), whole: true })
}
