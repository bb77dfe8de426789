//! Facts by period and unit, grouped once; and what one fact has to do with others.

use std::collections::HashMap;

use jiff::civil::Date;
use tz_model::{Facts, Name, Period, Table, UnitIx};
use tz_scheme::Answer;

use crate::cell::{self, Looked, View, stands};
use crate::plan::Plan;
use crate::threads::Threads;
use crate::unit;

/// One fact for one unit: a fact of three units has three (R11). A fact that some rule takes by another day (反馈期限) has one
/// more for each such day.
///
/// Eight bytes: a year has one for each of its facts, and each is walked several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    /// The fact's place in its table.
    at: u32,
    table: Table,
    /// Which of its days it stands by: a place in [`Plan::clocks`], 0 for the table's own.
    pub clock: u8,
    /// For an item received, its category's place ([`unit::category`]); for others, that of the name its table is priced by, where
    /// names alone price it. Counting and summing then need no look at the fact.
    pub word: u8,
    /// True if it has a day of withdrawal.
    pub may_fall: bool,
}

impl Entry {
    /// A name that has no place.
    pub const NO_WORD: u8 = u8::MAX;

    #[inline]
    pub fn fact(&self) -> FactAt {
        FactAt { table: self.table, at: self.at }
    }
}

/// Where a fact stands in [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FactAt {
    pub table: Table,
    at: u32,
}

impl FactAt {
    pub fn new(table: Table, at: usize) -> Self {
        Self { table, at: u32::try_from(at).expect("no table has four thousand million rows") }
    }

    pub fn index(self) -> usize {
        self.at as usize
    }
}

/// The entries of all periods, a period after the other, in each a unit after the other.
pub(crate) struct Index<'a> {
    opens: Opens,
    /// The same days as days.
    days: Vec<Date>,
    units: usize,
    /// Where the entries of each period and unit begin; one more for the end.
    starts: Vec<usize>,
    entries: Vec<Entry>,
    /// Facts that earn together, where a rule combines them.
    pub threads: Threads,
    links: Links<'a>,
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

impl<'a> Index<'a> {
    /// Facts of the periods that open on these days (R1): items that count by the day received, adoptions by the publication,
    /// comments by the comment, duties by the deadline, events by their day. Where a rule looks beyond the period, facts of
    /// every period.
    pub fn of(plan: &Plan<'_>, facts: &'a Facts, opens: impl IntoIterator<Item = Date>) -> Self {
        let mut days: Vec<Date> = opens.into_iter().collect();
        days.sort_unstable();
        days.dedup();
        if plan.looks_back() {
            each(plan, facts, Some, |_, _, open| {
                if let Err(at) = days.binary_search(&open) {
                    days.insert(at, open);
                }
            });
        }
        let opens = Opens(days.iter().map(|day| Opens::number(*day)).collect());
        let units = facts.units.len();
        let rows = facts.reports.len() + facts.adoptions.len() + facts.comments.len();
        let mut found: Vec<(u32, Entry)> = Vec::with_capacity(rows + facts.duties.len() + facts.events.len());
        each(
            plan,
            facts,
            |open| opens.place(open).map(|period| period * units),
            |entry, unit, first| {
                found.push((u32::try_from(first + unit.index()).expect("fewer units and periods than that"), entry));
            },
        );
        // Counted first, then put where they belong: no sorting.
        let mut starts = vec![0; opens.0.len() * units + 1];
        for (place, _) in &found {
            starts[*place as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let nothing = Entry { at: 0, table: Table::Units, clock: 0, word: 0, may_fall: false };
        let mut entries = vec![nothing; sum];
        for (place, entry) in found {
            let start = &mut starts[place as usize];
            *start -= 1;
            entries[*start] = entry;
        }
        let threads = Threads::of(plan, facts);
        Self { opens, days, units, starts, entries, threads, links: Links::of(plan, facts) }
    }

    /// The facts of one unit in the period that opens on that day, in no order that means anything.
    pub fn facts(&self, from: Date, unit: UnitIx) -> &[Entry] {
        let Some(period) = self.opens.place(from) else { return &[] };
        let place = period * self.units + unit.index();
        &self.entries[self.starts[place]..self.starts[place + 1]]
    }

    /// The facts of one unit in every period that opens within a stretch, with the period's first day.
    pub fn within(&self, stretch: &Period, unit: UnitIx) -> impl Iterator<Item = (Date, &[Entry])> {
        let first = self.days.partition_point(|day| *day < stretch.from);
        let last = self.days.partition_point(|day| *day <= stretch.to);
        (first..last).map(move |period| {
            let place = period * self.units + unit.index();
            (self.days[period], &self.entries[self.starts[place]..self.starts[place + 1]])
        })
    }

    /// Whether a use (or comment) of the same item stands by the end of the fact's period; for a duty, a use that names its
    /// solicitation.
    pub fn linked(&self, looked: &Looked<'_>, table: Table) -> bool {
        let all = if looked.fact.table == Table::Duties {
            let duty = &looked.facts.duties[looked.fact.index()];
            let number = duty.solicitation.as_deref().unwrap_or_default();
            self.links.solicited.get(&(number, looked.view.ix)).filter(|_| table == Table::Adoptions)
        } else {
            let item = item(looked.facts, looked.fact);
            let of = if table == Table::Comments { &self.links.comments } else { &self.links.adoptions };
            item.and_then(|item| of.get(item))
        };
        all.into_iter()
            .flatten()
            .any(|link| cell::date(looked.facts, *link) <= looked.end && stands(looked.facts, *link, looked.as_of))
    }

    /// The first day of the period the item of a use or comment was received in; `None` if it is not in the table 报送.
    pub fn received(&self, looked: &Looked<'_>) -> Option<Option<Date>> {
        self.links.received.get(item(looked.facts, looked.fact)?).copied()
    }
}

/// The number of the item a fact belongs to.
fn item(facts: &Facts, fact: FactAt) -> Option<&str> {
    let at = fact.index();
    match fact.table {
        Table::Reports => Some(&facts.reports[at].key),
        Table::Adoptions => facts.adoptions[at].item.as_deref(),
        Table::Comments => facts.comments[at].item.as_deref(),
        Table::Units | Table::Duties | Table::Events => None,
    }
}

/// Which facts belong to one item; empty where no rule asks.
#[derive(Default)]
struct Links<'a> {
    adoptions: HashMap<&'a str, Vec<FactAt>>,
    comments: HashMap<&'a str, Vec<FactAt>>,
    solicited: HashMap<(&'a str, UnitIx), Vec<FactAt>>,
    received: HashMap<&'a str, Option<Date>>,
}

impl<'a> Links<'a> {
    fn of(plan: &Plan<'_>, facts: &'a Facts) -> Self {
        let mut links = Self::default();
        if !plan.looks_around {
            return links;
        }
        for (at, use_) in facts.adoptions.iter().enumerate() {
            let fact = FactAt::new(Table::Adoptions, at);
            if let Some(item) = &use_.item {
                links.adoptions.entry(item).or_default().push(fact);
            }
            if let Some(number) = &use_.solicitation {
                for unit in cell::signers(facts, fact) {
                    links.solicited.entry((number, unit)).or_default().push(fact);
                }
            }
        }
        for (at, comment) in facts.comments.iter().enumerate() {
            if let Some(item) = &comment.item {
                links.comments.entry(item).or_default().push(FactAt::new(Table::Comments, at));
            }
        }
        for report in &facts.reports {
            links.received.insert(&report.key, plan.scheme.opening(report.date));
        }
        links
    }
}

/// Every entry of every period, with its unit and what `period` makes of the first day of its period. That is asked once a
/// day; entries for which there is nothing are left out.
pub(crate) fn each<P: Copy>(
    plan: &Plan<'_>,
    facts: &Facts,
    period: impl Fn(Date) -> Option<P>,
    mut put: impl FnMut(Entry, UnitIx, P),
) {
    let count = facts.units.len();
    let mut days = Days::new(|day| plan.scheme.opening(day).and_then(&period));
    let plain = Table::ALL.map(|table| plan.is_plain(table) && !plan.pricing(table, 0).rules.is_empty());
    let mut see = |fact: FactAt, day: Date, units: &[UnitIx], word: u8, may_fall: bool| {
        let mut put_all = |clock: u8, day: Date| {
            let Some(period) = days.of(day) else { return };
            for (place, unit) in units.iter().enumerate() {
                // A unit named twice in one cell is one unit.
                if unit.index() < count && !units[..place].contains(unit) {
                    put(Entry { at: fact.at, table: fact.table, clock, word, may_fall }, *unit, period);
                }
            }
        };
        put_all(0, day);
        for (clock, (of, place)) in plan.clocks.iter().enumerate() {
            if *of == fact.table
                && let Some(first) = units.first().filter(|first| first.index() < count)
                && let Some(day) = cell::cell(facts, fact, &View::now(facts, *first), place).day()
            {
                put_all(u8::try_from(clock + 1).expect("a scheme has few days to go by"), day);
            }
        }
    };
    let word = |table: Table, name: &Name| {
        let place = if plain[table as usize] { plan.pricing(table, 0).word(name) } else { None };
        place.and_then(|place| u8::try_from(place).ok()).unwrap_or(Entry::NO_WORD)
    };
    for (at, fact) in facts.reports.iter().enumerate().filter(|(_, fact)| unit::counts(fact)) {
        let category = unit::category(plan.scheme, &fact.category);
        see(FactAt::new(Table::Reports, at), fact.date, &fact.units, category, false);
    }
    for (at, fact) in facts.adoptions.iter().enumerate() {
        let (word, may_fall) = (word(Table::Adoptions, &fact.kind), fact.withdrawn.is_some());
        see(FactAt::new(Table::Adoptions, at), fact.date, &fact.units, word, may_fall);
    }
    for (at, fact) in facts.comments.iter().enumerate() {
        let (word, may_fall) = (word(Table::Comments, &fact.level), fact.withdrawn.is_some());
        see(FactAt::new(Table::Comments, at), fact.date, &fact.units, word, may_fall);
    }
    // The four answers have no shared names; each is looked for once.
    let answers = Answer::ALL.map(|answer| word(Table::Duties, &answer.name().into()));
    for (at, fact) in facts.duties.iter().enumerate() {
        see(FactAt::new(Table::Duties, at), fact.deadline, &fact.units, answers[cell::answer(fact) as usize], false);
    }
    for (at, fact) in facts.events.iter().enumerate() {
        see(FactAt::new(Table::Events, at), fact.date, &fact.units, word(Table::Events, &fact.kind), false);
    }
}

/// What is made of days, each worked out once for some sixteen years.
struct Days<F, P> {
    make: F,
    /// A year each, made when a day of it is first asked for.
    known: [Vec<(Date, Option<P>)>; 16],
}

impl<P: Copy, F: Fn(Date) -> Option<P>> Days<F, P> {
    fn new(make: F) -> Self {
        Self { make, known: Default::default() }
    }

    #[inline]
    fn of(&mut self, day: Date) -> Option<P> {
        let (year, month, day_of) = (day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs());
        let known = &mut self.known[usize::from(year & 15)];
        if known.is_empty() {
            // No fact is dated year 0, so that this is no day's answer.
            known.resize(1 << 9, (Date::ZERO, None));
        }
        let slot = &mut known[(usize::from(month) << 5) | usize::from(day_of)];
        if slot.0 != day {
            *slot = (day, (self.make)(day));
        }
        slot.1
    }
}
