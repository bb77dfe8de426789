//! Facts by period and unit, grouped once.

use jiff::civil::Date;
use tz_model::{Facts, Table, UnitIx};
use tz_scheme::Scheme;

use crate::unit;

/// One fact for one unit: a fact of three units has three (R11).
#[derive(Clone, Copy)]
pub(crate) struct Entry {
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

/// The entries of all periods, a period after the other, in each a unit after the other.
pub(crate) struct Index {
    opens: Opens,
    units: usize,
    /// Where the entries of each period and unit begin; one more for the end.
    starts: Vec<usize>,
    entries: Vec<Entry>,
}

/// The first days of periods, each as one number, in order.
struct Opens(Vec<u32>);

impl Opens {
    fn number(day: Date) -> u32 {
        let (year, month, day) = (day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs());
        (u32::from(year) << 16) | (u32::from(month) << 8) | u32::from(day)
    }

    fn place(&self, from: Date) -> Option<usize> {
        self.0.binary_search(&Self::number(from)).ok()
    }
}

impl Index {
    /// Facts of the periods that open on these days (R1): items that count by the day received, adoptions by the publication,
    /// comments by the comment, duties by the deadline, events by their day.
    pub fn of(scheme: &Scheme, facts: &Facts, opens: impl IntoIterator<Item = Date>) -> Self {
        let mut opens: Vec<u32> = opens.into_iter().map(Opens::number).collect();
        opens.sort_unstable();
        opens.dedup();
        let (opens, units) = (Opens(opens), facts.units.len());
        // Counted first, then put where they belong: no sorting, and no memory beyond what is kept.
        let mut starts = vec![0; opens.0.len() * units + 1];
        each(scheme, facts, &opens, |place, _| starts[place] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut entries = vec![Entry { fact: FactAt { table: Table::Units, at: 0 }, category: 0 }; sum];
        each(scheme, facts, &opens, |place, entry| {
            starts[place] -= 1;
            entries[starts[place]] = entry;
        });
        Self { opens, units, starts, entries }
    }

    /// The facts of one unit in the period that opens on that day, in no order that means anything.
    pub fn facts(&self, from: Date, unit: UnitIx) -> &[Entry] {
        let Some(period) = self.opens.place(from) else { return &[] };
        let place = period * self.units + unit.index();
        &self.entries[self.starts[place]..self.starts[place + 1]]
    }
}

/// Every entry of the periods, with its place among all periods and units.
fn each(scheme: &Scheme, facts: &Facts, opens: &Opens, mut put: impl FnMut(usize, Entry)) {
    let count = facts.units.len();
    let mut see = |table: Table, at: usize, day: Date, units: &[UnitIx], category: u8| {
        let Some(period) = opens.place(scheme.opening(day)) else { return };
        let at = u32::try_from(at).expect("no table has four thousand million rows");
        let fact = FactAt { table, at };
        for (place, unit) in units.iter().enumerate() {
            // A unit named twice in one cell is one unit.
            if unit.index() < count && !units[..place].contains(unit) {
                put(period * count + unit.index(), Entry { fact, category });
            }
        }
    };
    for (at, fact) in facts.reports.iter().enumerate().filter(|(_, fact)| unit::counts(fact)) {
        see(Table::Reports, at, fact.date, &fact.units, unit::category(scheme, &fact.category));
    }
    facts.adoptions.iter().enumerate().for_each(|(at, fact)| see(Table::Adoptions, at, fact.date, &fact.units, 0));
    facts.comments.iter().enumerate().for_each(|(at, fact)| see(Table::Comments, at, fact.date, &fact.units, 0));
    facts.duties.iter().enumerate().for_each(|(at, fact)| see(Table::Duties, at, fact.deadline, &fact.units, 0));
    facts.events.iter().enumerate().for_each(|(at, fact)| see(Table::Events, at, fact.date, &fact.units, 0));
}
