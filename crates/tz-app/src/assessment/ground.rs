//! What a month is scored from: units, facts, scheme and earlier statements, now or when the ledger ended somewhere.
//!
//! Only the month's own facts are loaded, and those of closed months that something has touched since the last close
//! (R14); every other closed month is at rest. So the open month costs the same after ten years as in the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use tz_assess::{PeriodResult, Published, looks_back, score_period};
use tz_model::{FactSeq, Facts, Line, Month, Name, Points, Table, UnitId, UnitPeriod};
use tz_scheme::{Body, Scheme};
use tz_store::Tx;
use tz_store::directory::UnitVersionRow;
use tz_store::ledger::FactRow;
use tz_store::statement::StatementHead;

use super::period::{ClosePeriod, month_of};
use super::scheme_by_hash;
use super::statement::{CORRECTION, Earlier, Statement, statement_of};
use crate::Problem;
use crate::facts::facts_under;

/// Everything the rules read for one period.
pub(crate) struct Ground {
    pub period: ClosePeriod,
    pub scheme: Arc<Scheme>,
    pub units: Vec<UnitVersionRow>,
    /// The period's own facts.
    pub rows: Vec<FactRow>,
    pub facts: Facts,
    /// Earlier months, as scoring asks for them.
    pub published: Vec<Earlier>,
    /// Duties of the month that are not due yet and so were left out.
    pub waiting: Vec<FactRow>,
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
        units.into_iter().filter_map(|unit| ids.get(&unit.unit).map(|id| (*id, unit.clone()))).collect()
    }
}

pub(crate) fn ids_by_name(units: &[UnitVersionRow]) -> BTreeMap<Name, UnitId> {
    units.iter().map(|unit| (Name::from(unit.name.as_str()), UnitId(unit.unit_id))).collect()
}

pub(crate) fn names_by_id(units: &[UnitVersionRow]) -> BTreeMap<i64, Name> {
    units.iter().map(|unit| (unit.unit_id, Name::from(unit.name.as_str()))).collect()
}

/// The statements before a month, oldest first.
pub(crate) fn heads_before(tx: &mut Tx, month: Month) -> Result<Vec<StatementHead>, Problem> {
    let label = month.to_string();
    Ok(tx.list_statement_heads()?.into_iter().filter(|head| head.month < label).collect())
}

/// Gathers what a month is scored from. `due`: duties from this day on that nobody has answered are not missed yet.
pub(crate) fn gather(
    tx: &mut Tx,
    period: ClosePeriod,
    scheme: Arc<Scheme>,
    as_of: Option<FactSeq>,
    due: Option<Date>,
) -> Result<Ground, Problem> {
    let heads = heads_before(tx, period.last)?;
    let units = tx.list_units(as_of)?;
    let names = names_by_id(&units);
    let schemes = schemes_of(tx, &heads)?;
    // Under a scheme that looks back, a month rests on facts of any earlier one.
    let deep = looks_back(&scheme) || schemes.values().any(|scheme| looks_back(scheme));
    let awake = awake(tx, &period, &schemes, &heads, as_of)?;
    let mut rows = days(tx, &period, as_of)?;
    let mut waiting = Vec::new();
    if let Some(due) = due.map(|day| day.to_string()) {
        let not_due = |row: &FactRow| {
            row.fact_table == Table::Duties.name() && row.answered.is_none() && row.outcome.is_none() && row.date >= due
        };
        (waiting, rows) = rows.into_iter().partition(not_due);
    }
    let mut read = rows.clone();
    if deep {
        let before = period.period.from.to_string();
        read.extend(tx.list_facts_between(as_of, "", &before)?.into_iter().filter(|row| row.date < before));
    } else {
        for old in awake.values() {
            read.extend(days(tx, old, as_of)?);
        }
    }
    let looked = Looked { schemes: &schemes, awake: &awake, deep };
    let published = published(tx, &period, &scheme, &heads, &looked, &names)?;
    let facts = facts_under(tx, schemes.values().chain([&scheme]), &units, &read)?;
    Ok(Ground { period, scheme, units, rows, facts, published, waiting })
}

fn days(tx: &mut Tx, period: &ClosePeriod, as_of: Option<FactSeq>) -> Result<Vec<FactRow>, Problem> {
    let (from, to) = period.days();
    Ok(tx.list_facts_between(as_of, &from, &to)?)
}

/// The closed periods that are looked at again, by the month that names each.
type Awake = BTreeMap<String, ClosePeriod>;

/// Which closed months are looked at again, and how far back.
struct Looked<'a> {
    schemes: &'a BTreeMap<String, Arc<Scheme>>,
    awake: &'a Awake,
    /// Every earlier month is wanted whole.
    deep: bool,
}

/// The schemes closed months were closed under, by hash.
fn schemes_of(tx: &mut Tx, heads: &[StatementHead]) -> Result<BTreeMap<String, Arc<Scheme>>, Problem> {
    let mut schemes = BTreeMap::new();
    for head in heads {
        if !schemes.contains_key(&head.scheme_hash) {
            schemes.insert(head.scheme_hash.clone(), scheme_by_hash(tx, &head.scheme_hash)?);
        }
    }
    Ok(schemes)
}

/// The closed months that were touched since the last close: they are looked at again, each by the scheme it was closed
/// under, and with them the later ones whose scheme looks back. Only for the month that is open.
fn awake(
    tx: &mut Tx,
    period: &ClosePeriod,
    schemes: &BTreeMap<String, Arc<Scheme>>,
    heads: &[StatementHead],
    as_of: Option<FactSeq>,
) -> Result<Awake, Problem> {
    let Some(last) = heads.last().filter(|last| last.month == period.first.previous().to_string()) else {
        return Ok(Awake::new());
    };
    let end = match as_of {
        Some(end) => end,
        None => tx.ledger_end()?,
    };
    let touched: BTreeSet<String> = tx.list_days_touched(FactSeq(last.fact_seq), end)?.into_iter().collect();
    let Some(first) = touched.first() else { return Ok(Awake::new()) };
    let mut awake = Awake::new();
    for head in heads {
        let Some(scheme) = schemes.get(&head.scheme_hash) else { continue };
        let old = ClosePeriod::of(scheme, month_of(&head.month)?);
        let (from, to) = old.days();
        if *first <= to && (touched.range(from..=to).next().is_some() || looks_back(scheme)) {
            awake.insert(head.month.clone(), old);
        }
    }
    Ok(awake)
}

/// Earlier months: those awake and all after them whole, since corrections stand in them; before these as many at rest as
/// the longest run of last places needs (R10).
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
    let mut next = period.first;
    let mut running: Option<BTreeSet<UnitId>> = None;
    for head in heads.iter().rev() {
        let follows = head.month == next.previous().to_string();
        let in_run = follows && running.as_ref().is_none_or(|running| !running.is_empty());
        let corrected = awake.keys().next().is_some_and(|first| *first <= head.month);
        if !in_run && !corrected && !looked.deep {
            break;
        }
        let statement = statement_of(tx, &head.month, &head.sha256)?;
        let lasts = last_places(scheme, &statement);
        running = Some(match running {
            None => lasts,
            Some(running) => running.intersection(&lasts).copied().collect(),
        });
        let Some(made_with) = looked.schemes.get(&head.scheme_hash) else { continue };
        let mut old = statement.earlier(Arc::clone(made_with), names);
        old.at_rest = !awake.contains_key(&head.month);
        // Corrections of months that are not looked at again are settled.
        let settled = |line: &Line| {
            &*line.rule == CORRECTION
                && !line
                    .item
                    .split_once(' ')
                    .is_some_and(|(label, _)| awake.values().any(|old| *old.period.label == *label))
        };
        for unit in &mut old.units {
            let rests = old.at_rest && !looked.deep;
            unit.score.lines.retain(|line| !settled(line) && (!rests || &*line.rule == CORRECTION));
            for account in unit.ledgers.values_mut() {
                account.lines.retain(|line| !settled(line) && (!rests || &*line.rule == CORRECTION));
            }
        }
        next = ClosePeriod::of(made_with, statement.month).first;
        found.push(old);
    }
    found.reverse();
    Ok(found)
}

/// The units in the last places of their groups in a closed month, by the widest rule of the scheme (N2.7, R9).
fn last_places(scheme: &Scheme, statement: &Statement) -> BTreeSet<UnitId> {
    let last = scheme.rules().iter().filter_map(|rule| match &rule.body {
        Body::LastInGroup(last) => Some(last.last as usize),
        _ => None,
    });
    let Some(last) = last.max() else { return BTreeSet::new() };
    last_of_groups(&statement.units, last)
}

/// Units with fewer than `last` units of their group strictly below them (R9).
pub(crate) fn last_of_groups(units: &[(UnitId, UnitPeriod)], last: usize) -> BTreeSet<UnitId> {
    let below = |group: &str, total: Points| {
        units.iter().filter(|(_, other)| &*other.group == group && other.score.total < total).count()
    };
    let is_last = |(_, unit): &&(UnitId, UnitPeriod)| below(&unit.group, unit.score.total) < last;
    units.iter().filter(is_last).map(|(id, _)| *id).collect()
}
