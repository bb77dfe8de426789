//! What a month is scored from: units, facts, scheme and earlier statements, now or when the ledger ended somewhere.
//!
//! Only the month's own facts are loaded, and those of closed months that something has touched since the last close
//! (R14); every other closed month is at rest. So the open month costs the same after ten years as in the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use tz_assess::{PeriodResult, Published, looks_back, score_period};
use tz_model::{FactSeq, Facts, Line, Month, Name, Points, Table, UnitId, UnitPeriod};
use tz_scheme::{Body, Rule, Scheme};
use tz_store::Tx;
use tz_store::directory::UnitVersionRow;
use tz_store::ledger::FactRow;
use tz_store::statement::StatementHead;

use super::followed::Followed;
use super::period::{ClosePeriod, month_of};
use super::scheme_by_hash;
use super::statement::{CORRECTION, Earlier, corrected_month, months_corrected, statement_of};
use crate::Problem;
use crate::facts::facts_under;

/// Everything the rules read for one period.
pub(crate) struct Ground {
    pub period: ClosePeriod,
    pub scheme: Arc<Scheme>,
    pub units: Arc<Vec<UnitVersionRow>>,
    /// The period's own facts.
    pub rows: Vec<Arc<FactRow>>,
    /// The facts of earlier periods that were read beside them.
    pub old_rows: Vec<Arc<FactRow>>,
    pub facts: Facts,
    /// Earlier months, as scoring asks for them.
    pub published: Vec<Earlier>,
    /// Duties of the month that are not due yet and so were left out.
    pub waiting: Vec<Arc<FactRow>>,
}

impl Ground {
    /// The month scored.
    pub fn score(&self) -> PeriodResult {
        let published: Vec<Published<'_>> = self.published.iter().map(Earlier::published).collect();
        score_period(&self.scheme, &self.facts, &self.period.period, &published)
    }

    /// Scored units with their identities.
    pub fn with_ids(&self, units: Vec<UnitPeriod>) -> Vec<(UnitId, UnitPeriod)> {
        let ids = ids_by_name(&self.units);
        units.into_iter().filter_map(|unit| Some((*ids.get(&unit.unit)?, unit))).collect()
    }
}

pub(crate) fn ids_by_name(units: &[UnitVersionRow]) -> BTreeMap<Name, UnitId> {
    units.iter().map(|unit| (Name::from(unit.name.as_str()), UnitId(unit.unit_id))).collect()
}

pub(crate) fn names_by_id(units: &[UnitVersionRow]) -> BTreeMap<i64, Name> {
    units.iter().map(|unit| (unit.unit_id, Name::from(unit.name.as_str()))).collect()
}

/// The statements before a month among all, which are oldest first.
pub(crate) fn heads_before(heads: &[StatementHead], month: Month) -> &[StatementHead] {
    let label = month.to_string();
    &heads[..heads.partition_point(|head| head.month < label)]
}

/// Gathers what a month is scored from. `due`: duties from this day on that nobody has answered are not missed yet.
pub(crate) fn gather(
    tx: &mut Tx,
    period: ClosePeriod,
    scheme: Arc<Scheme>,
    ledger: &mut Followed,
    due: Option<Date>,
) -> Result<Ground, Problem> {
    let all_heads = tx.list_statement_heads()?;
    let heads = heads_before(&all_heads, period.last);
    let units = ledger.units(tx)?;
    let names = names_by_id(&units);
    let schemes = schemes_of(tx, heads)?;
    // Under a scheme that looks back, a month rests on facts of any earlier one.
    let deep = looks_back(&scheme) || schemes.values().any(|made| made.looks_back);
    let awake = awake(tx, &period, &schemes, heads, ledger)?;
    let mut rows = ledger.within(tx, &period)?;
    let mut waiting = Vec::new();
    if let Some(due) = due.map(|day| day.to_string()) {
        let not_due = |row: &Arc<FactRow>| {
            row.fact_table == Table::Duties.name() && row.answered.is_none() && row.outcome.is_none() && row.date >= due
        };
        (waiting, rows) = rows.into_iter().partition(not_due);
    }
    let mut old_rows = Vec::new();
    if deep {
        old_rows = ledger.before(tx, &period)?;
    } else {
        for old in awake.values() {
            old_rows.extend(ledger.within(tx, old)?);
        }
    }
    let looked = Looked { schemes: &schemes, awake: &awake, deep };
    let published = published(tx, &period, &scheme, heads, &looked, &names)?;
    let under = schemes.values().map(|made| &made.scheme).chain([&scheme]);
    let facts = facts_under(tx, under, &units, rows.iter().chain(&old_rows).map(|row| &**row))?;
    Ok(Ground { period, scheme, units, rows, old_rows, facts, published, waiting })
}

/// A scheme that periods were closed under.
struct Made {
    scheme: Arc<Scheme>,
    looks_back: bool,
}

/// The closed periods that are looked at again, by the month that names each.
type Awake = BTreeMap<String, ClosePeriod>;

/// Which closed months are looked at again, and how far back.
struct Looked<'a> {
    schemes: &'a BTreeMap<String, Made>,
    awake: &'a Awake,
    /// Every earlier month is wanted whole.
    deep: bool,
}

/// The schemes closed months were closed under, by hash.
fn schemes_of(tx: &mut Tx, heads: &[StatementHead]) -> Result<BTreeMap<String, Made>, Problem> {
    let mut schemes = BTreeMap::new();
    for head in heads {
        if !schemes.contains_key(&head.scheme_hash) {
            let scheme = scheme_by_hash(tx, &head.scheme_hash)?;
            let looks_back = looks_back(&scheme);
            schemes.insert(head.scheme_hash.clone(), Made { scheme, looks_back });
        }
    }
    Ok(schemes)
}

/// The closed months that were touched since the last close: they are looked at again, each by the scheme it was closed
/// under, and with them the later ones whose scheme looks back. Only for the month that is open.
fn awake(
    tx: &mut Tx,
    period: &ClosePeriod,
    schemes: &BTreeMap<String, Made>,
    heads: &[StatementHead],
    ledger: &mut Followed,
) -> Result<Awake, Problem> {
    let mut awake = Awake::new();
    let Some(last) = heads.last().filter(|last| last.month == period.first.previous().to_string()) else {
        return Ok(awake);
    };
    let touched = ledger.touched_since(tx, FactSeq(last.fact_seq))?;
    let Some(first) = touched.first() else { return Ok(awake) };
    for head in heads {
        let Some(made) = schemes.get(&head.scheme_hash) else { continue };
        let old = ClosePeriod::of(&made.scheme, month_of(&head.month)?);
        let (from, to) = old.days();
        if *first <= to && (made.looks_back || touched.range(from..=to).next().is_some()) {
            awake.insert(head.month.clone(), old);
        }
    }
    Ok(awake)
}

/// Earlier months: those awake whole; of later ones those that already correct them; and as many before the month as the
/// longest run of last places needs (R10).
fn published(
    tx: &mut Tx,
    period: &ClosePeriod,
    scheme: &Scheme,
    heads: &[StatementHead],
    looked: &Looked<'_>,
    names: &BTreeMap<i64, Name>,
) -> Result<Vec<Earlier>, Problem> {
    let awake = looked.awake;
    let mut found = Vec::new();
    let labels: BTreeSet<String> = awake.values().map(|old| old.period.label.to_string()).collect();
    let mut next = period.first;
    // Who has been last in every period since; nobody knows of the first one yet.
    let mut running: Option<BTreeSet<UnitId>> = None;
    for head in heads.iter().rev() {
        let follows = head.month == next.previous().to_string();
        let in_run = follows && running.as_ref().is_none_or(|running| !running.is_empty());
        let may_correct = awake.keys().next().is_some_and(|first| *first <= head.month);
        if !in_run && !may_correct && !looked.deep {
            break;
        }
        let Some(made) = looked.schemes.get(&head.scheme_hash) else { continue };
        let is_awake = awake.contains_key(&head.month);
        if !in_run && !is_awake && !looked.deep && months_corrected(tx, head)?.is_disjoint(&labels) {
            // It is neither looked at again nor says anything of a month that is.
            running = Some(BTreeSet::new());
            continue;
        }
        let statement = statement_of(tx, &head.month, &head.sha256)?;
        let lasts = if in_run { last_places(scheme, &statement.units) } else { BTreeSet::new() };
        running = Some(match running {
            None => lasts,
            Some(running) => running.intersection(&lasts).copied().collect(),
        });
        // Corrections of periods that are not looked at again are settled. Of one at rest no other line is asked for.
        let wanted = |line: &Line| match corrected_month(line) {
            Some(label) => labels.contains(label),
            None => &*line.rule != CORRECTION && (is_awake || looked.deep),
        };
        found.push(statement.earlier(Arc::clone(&made.scheme), names, !is_awake, wanted));
        next = ClosePeriod::of(&made.scheme, statement.month).first;
    }
    found.reverse();
    Ok(found)
}

/// The units in the last places of their groups in a closed month, by the widest rule of the scheme (N2.7, R9); where a rule
/// is about some units only, every unit that may be among the last of these.
pub(crate) fn last_places(scheme: &Scheme, units: &[(UnitId, UnitPeriod)]) -> BTreeSet<UnitId> {
    let mut lasts = BTreeSet::new();
    for rule in scheme.rules() {
        let Body::LastInGroup(last) = &rule.body else { continue };
        let about: Vec<&(UnitId, UnitPeriod)> = units.iter().filter(|(_, unit)| may_be_about(rule, unit)).collect();
        if rule.whom.when.is_empty() {
            lasts.extend(last_of_groups(&about, last.last as usize));
        } else {
            lasts.extend(about.into_iter().map(|(id, _)| *id));
        }
    }
    lasts
}

/// False where group or class of the unit say that the rule is not about it.
fn may_be_about(rule: &Rule, unit: &UnitPeriod) -> bool {
    let named = |names: &[Name], own: &str| names.is_empty() || names.iter().any(|name| **name == *own);
    named(&rule.whom.groups, &unit.group) && named(&rule.whom.classes, &unit.class)
}

/// Units with fewer than `last` units of their group strictly below them (R9).
pub(crate) fn last_of_groups(units: &[&(UnitId, UnitPeriod)], last: usize) -> BTreeSet<UnitId> {
    let mut groups: BTreeMap<&str, Vec<Points>> = BTreeMap::new();
    for (_, unit) in units {
        groups.entry(&unit.group).or_default().push(unit.score.total);
    }
    groups.values_mut().for_each(|totals| totals.sort_unstable());
    let is_last = |(_, unit): &&&(UnitId, UnitPeriod)| {
        groups[&*unit.group].partition_point(|total| *total < unit.score.total) < last
    };
    units.iter().filter(is_last).map(|(id, _)| *id).collect()
}
