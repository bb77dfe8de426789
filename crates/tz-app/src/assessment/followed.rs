//! The ledger followed: what months are scored from, read once, then kept up to date by the rows recorded since.
//!
//! The ledger only grows, so what was read of it up to a place stays true of that place. The open month is looked at all
//! day while facts come one by one: a page after a new fact reads that fact, not the month.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tz_model::FactSeq;
use tz_store::directory::UnitVersionRow;
use tz_store::ledger::FactRow;
use tz_store::{Failure, Tx};

use super::period::ClosePeriod;

/// First and last day of a period, as the ledger writes them.
type Days = (String, String);

/// So many periods are held at once: the open one, and closed ones that late facts touched.
const MOST_PERIODS: usize = 12;
/// After so many new rows the months are rather read again than brought up to date row by row.
const MOST_NEW: i64 = 500;

/// The ledger as it was when it ended at one place; each part is read when it is first asked for.
#[derive(Clone, Debug)]
pub(crate) struct Followed {
    end: FactSeq,
    /// Nothing stood behind `end` when it was read: what holds now is what held there, and is found quicker.
    newest: bool,
    /// The row at `end`, as it is sealed. A database that was put back to an earlier day and has grown again since has
    /// another one there.
    last_row: String,
    units: Option<Arc<Vec<UnitVersionRow>>>,
    touched: Option<(FactSeq, BTreeSet<String>)>,
    periods: BTreeMap<Days, Vec<Arc<FactRow>>>,
}

impl Followed {
    /// As it was when it ended there: for closing a month, and computing one again.
    pub fn at(end: FactSeq) -> Self {
        let last_row = String::new();
        Self { end, newest: false, last_row, units: None, touched: None, periods: BTreeMap::new() }
    }

    /// As the transaction sees it.
    pub fn newest(tx: &mut Tx) -> Result<Self, Failure> {
        let end = tx.ledger_end()?;
        let (rows, versions) = (tx.list_recorded(before(end), end)?, tx.list_unit_versions(before(end), end)?);
        let last_row = last_row(&rows, &versions, end);
        Ok(Self { newest: true, last_row, ..Self::at(end) })
    }

    /// The same as the transaction sees it, read on from where it ended. `None` where that cannot be: the transaction sees
    /// less, another ledger, or so much more that reading anew is quicker.
    pub fn caught_up(mut self, tx: &mut Tx) -> Result<Option<Self>, Failure> {
        let end = tx.ledger_end()?;
        if !self.newest || end < self.end || end.0 - self.end.0 > MOST_NEW {
            return Ok(None);
        }
        let (mut rows, versions) =
            (tx.list_recorded(before(self.end), end)?, tx.list_unit_versions(before(self.end), end)?);
        if last_row(&rows, &versions, self.end) != self.last_row {
            return Ok(None);
        }
        if end == self.end {
            return Ok(Some(self));
        }
        self.last_row = last_row(&rows, &versions, end);
        if versions.iter().any(|version| version.seq > self.end.0) {
            self.units = None;
        }
        rows.retain(|row| row.seq > self.end.0);
        if let Some((_, touched)) = &mut self.touched {
            touched.extend(tx.list_days_touched(self.end, end)?);
        }
        for row in rows {
            self.record(row);
        }
        self.end = end;
        Ok(Some(self))
    }

    /// Takes in one row recorded after all others: it overtakes the row of the same fact.
    fn record(&mut self, row: FactRow) {
        let row = Arc::new(row);
        for ((first, last), rows) in &mut self.periods {
            rows.retain(|known| known.key != row.key || known.fact_table != row.fact_table);
            if !row.revoked && *first <= row.date && row.date <= *last {
                rows.push(Arc::clone(&row));
            }
        }
    }

    /// Where it ends.
    pub fn end(&self) -> FactSeq {
        self.end
    }

    /// The row at its end, as it is sealed: two ledgers that end alike are one.
    pub fn last_row(&self) -> &str {
        &self.last_row
    }

    fn as_of(&self) -> Option<FactSeq> {
        if self.newest { None } else { Some(self.end) }
    }

    /// Every unit's version in force, in the directory's order.
    pub fn units(&mut self, tx: &mut Tx) -> Result<Arc<Vec<UnitVersionRow>>, Failure> {
        if let Some(known) = &self.units {
            return Ok(Arc::clone(known));
        }
        let units = Arc::new(tx.list_units(self.as_of())?);
        self.units = Some(Arc::clone(&units));
        Ok(units)
    }

    /// The facts of a period's days that hold, in the order they were recorded.
    pub fn within(&mut self, tx: &mut Tx, period: &ClosePeriod) -> Result<Vec<Arc<FactRow>>, Failure> {
        let days = period.days();
        if let Some(known) = self.periods.get(&days) {
            return Ok(known.clone());
        }
        let rows: Vec<Arc<FactRow>> =
            tx.list_facts_between(self.as_of(), &days.0, &days.1)?.into_iter().map(Arc::new).collect();
        if self.periods.len() >= MOST_PERIODS {
            self.periods.clear();
        }
        self.periods.insert(days, rows.clone());
        Ok(rows)
    }

    /// The facts of all days before a period that hold. They are many, and are not held.
    pub fn before(&self, tx: &mut Tx, period: &ClosePeriod) -> Result<Vec<Arc<FactRow>>, Failure> {
        let Ok(last) = period.period.from.yesterday() else { return Ok(Vec::new()) };
        Ok(tx.list_facts_between(self.as_of(), "", &last.to_string())?.into_iter().map(Arc::new).collect())
    }

    /// The days that rows after a place changed.
    pub fn touched_since(&mut self, tx: &mut Tx, after: FactSeq) -> Result<&BTreeSet<String>, Failure> {
        if self.touched.as_ref().is_none_or(|(from, _)| *from != after) {
            let days = tx.list_days_touched(after, self.end)?;
            self.touched = Some((after, days.into_iter().collect()));
        }
        Ok(self.touched.as_ref().map(|(_, touched)| touched).expect("it was set above where it was not there"))
    }
}

fn before(place: FactSeq) -> FactSeq {
    FactSeq(place.0 - 1)
}

/// The row at a place as it is sealed; nothing for an empty ledger.
fn last_row(rows: &[FactRow], versions: &[UnitVersionRow], place: FactSeq) -> String {
    let fact = rows.iter().find(|row| row.seq == place.0).map(FactRow::sealed);
    fact.or_else(|| versions.iter().find(|row| row.seq == place.0).map(UnitVersionRow::sealed)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
