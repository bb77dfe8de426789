//! Facts by period and unit, grouped once.

use jiff::civil::Date;
use tz_model::{Facts, Table, UnitIx};
use tz_scheme::Scheme;

use crate::unit;

/// One fact for one unit: a fact of three units has three (R11).
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    key: u64,
    pub fact: FactAt,
    /// For an item received, its category's place ([`unit::category`]): counting then needs no look at the item.
    pub category: u8,
}

/// Where a fact stands in [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FactAt {
    pub table: Table,
    pub at: u32,
}

pub(crate) struct Index {
    entries: Vec<Entry>,
}

/// A period's first day and a unit as one number, so that sorting is cheap.
fn key(from: Date, unit: UnitIx) -> u64 {
    let (year, month, day) = (from.year().unsigned_abs(), from.month().unsigned_abs(), from.day().unsigned_abs());
    (u64::from(year) << 48) | (u64::from(month) << 40) | (u64::from(day) << 32) | u64::from(unit.0)
}

impl Index {
    /// Facts of the periods that open on a `wanted` day (R1): items that count by the day received, adoptions by the publication,
    /// comments by the comment, duties by the deadline, events by their day.
    pub fn of(scheme: &Scheme, facts: &Facts, wanted: impl Fn(Date) -> bool) -> Self {
        let most = facts.reports.len() + facts.adoptions.len() + facts.comments.len() + facts.duties.len();
        let mut entries = Vec::with_capacity(most + facts.events.len());
        let mut put = |table: Table, at: usize, day: Date, units: &[UnitIx], category: u8| {
            let from = scheme.opening(day);
            if !wanted(from) {
                return;
            }
            let at = u32::try_from(at).expect("no table has four thousand million rows");
            for (place, unit) in units.iter().enumerate() {
                // A unit named twice in one cell is one unit.
                if !units[..place].contains(unit) {
                    entries.push(Entry { key: key(from, *unit), fact: FactAt { table, at }, category });
                }
            }
        };
        for (at, fact) in facts.reports.iter().enumerate().filter(|(_, fact)| unit::counts(fact)) {
            put(Table::Reports, at, fact.date, &fact.units, unit::category(scheme, &fact.category));
        }
        facts.adoptions.iter().enumerate().for_each(|(at, fact)| put(Table::Adoptions, at, fact.date, &fact.units, 0));
        facts.comments.iter().enumerate().for_each(|(at, fact)| put(Table::Comments, at, fact.date, &fact.units, 0));
        facts.duties.iter().enumerate().for_each(|(at, fact)| put(Table::Duties, at, fact.deadline, &fact.units, 0));
        facts.events.iter().enumerate().for_each(|(at, fact)| put(Table::Events, at, fact.date, &fact.units, 0));
        entries.sort_unstable_by_key(|entry| entry.key);
        Self { entries }
    }

    /// The facts of one unit in the period that opens on that day, in no order that means anything.
    pub fn facts(&self, from: Date, unit: UnitIx) -> &[Entry] {
        let key = key(from, unit);
        let start = self.entries.partition_point(|entry| entry.key < key);
        let more = self.entries[start..].partition_point(|entry| entry.key == key);
        &self.entries[start..start + more]
    }
}
