//! Facts that earn together: the uses and comments of one item (稿件), for one unit, across all time.
//!
//! A rule that combines says by which columns facts are one item. Facts that any two rules bind together are one thread, so
//! that all of them can be looked at in one walk by day.

use std::collections::HashMap;

use jiff::civil::Date;
use tz_model::{Facts, Name, Table, UnitIx};
use tz_scheme::{Base, Body, Within};

use crate::cell::{self, Place, View};
use crate::index::{Entry, each};
use crate::order::natural;
use crate::plan::Plan;
use crate::unit::fact_key;

/// Every thread; empty where the scheme has no rule that combines or multiplies items.
#[derive(Default)]
pub(crate) struct Threads {
    of: HashMap<(UnitIx, Entry), u32>,
    /// Where each thread's members begin; one more for the end.
    starts: Vec<usize>,
    members: Vec<Member>,
}

/// A fact of a thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub entry: Entry,
    /// The day it goes by.
    pub day: Date,
    /// The first day of its period.
    pub opens: Date,
}

/// A rule that binds facts: which tables, by which columns, how far.
struct Binding {
    tables: Vec<Table>,
    per: Vec<Name>,
    within: Within,
}

/// The column that makes facts one item where a scheme says nothing.
pub(crate) const ITEM: &str = "稿件编号";

impl Threads {
    pub fn of(plan: &Plan<'_>, facts: &Facts) -> Self {
        let bindings = bindings(plan);
        if bindings.is_empty() {
            return Self::default();
        }
        let mut members: Vec<(UnitIx, Member)> = Vec::new();
        // For each member, one that it goes with; itself at first.
        let mut with: Vec<u32> = Vec::new();
        let mut first: HashMap<(usize, UnitIx, i64, Vec<String>), u32> = HashMap::new();
        each(plan, facts, Some, |entry, unit, opens| {
            let bound: Vec<usize> =
                (0..bindings.len()).filter(|at| bindings[*at].tables.contains(&entry.fact().table)).collect();
            if bound.is_empty() {
                return;
            }
            let own = u32::try_from(members.len()).expect("fewer facts than that");
            let day = day_of(plan, facts, entry, unit);
            members.push((unit, Member { entry, day, opens }));
            with.push(own);
            for at in bound {
                let Some(key) = key(facts, entry, unit, &bindings[at].per) else { continue };
                let stretch = match bindings[at].within {
                    Within::Ever => 0,
                    Within::Year => i64::from(plan.scheme.calendar().year_of(day)),
                    Within::Period => i64::from(opens.year()) * 400 + i64::from(opens.day_of_year()),
                };
                let other = *first.entry((at, unit, stretch, key)).or_insert(own);
                join(&mut with, own, other);
            }
        });
        Self::gathered(facts, members, with)
    }

    /// Members put together by their thread, each in order of day and fact.
    fn gathered(facts: &Facts, members: Vec<(UnitIx, Member)>, mut with: Vec<u32>) -> Self {
        let roots: Vec<u32> = (0..with.len()).map(|at| root(&mut with, at as u32)).collect();
        let mut order: Vec<u32> = (0..roots.len() as u32).collect();
        let about = |at: &u32| (roots[*at as usize], &members[*at as usize].1);
        order.sort_unstable_by(|left, right| {
            let ((left, a), (right, b)) = (about(left), about(right));
            left.cmp(&right).then_with(|| earlier(facts, a, b))
        });
        let mut threads = Self { starts: vec![0], ..Self::default() };
        for (place, at) in order.iter().enumerate() {
            let (unit, member) = members[*at as usize];
            if place > 0 && roots[*at as usize] != roots[order[place - 1] as usize] {
                threads.starts.push(place);
            }
            threads.of.insert((unit, member.entry), threads.starts.len() as u32 - 1);
            threads.members.push(member);
        }
        threads.starts.push(threads.members.len());
        threads
    }

    /// The thread a unit's fact belongs to.
    pub fn thread(&self, unit: UnitIx, entry: Entry) -> Option<u32> {
        if self.members.is_empty() { None } else { self.of.get(&(unit, entry)).copied() }
    }

    /// Its facts, by day, then fact.
    pub fn members(&self, thread: u32) -> &[Member] {
        &self.members[self.starts[thread as usize]..self.starts[thread as usize + 1]]
    }
}

/// By day, then number; facts of several tables of one day and number in the order of the tables.
fn earlier(facts: &Facts, left: &Member, right: &Member) -> std::cmp::Ordering {
    let key = |member: &Member| (member.entry.fact(), member.entry.clock);
    left.day
        .cmp(&right.day)
        .then_with(|| natural(fact_key(facts, left.entry.fact()), fact_key(facts, right.entry.fact())))
        .then_with(|| key(left).cmp(&key(right)))
}

/// The day an entry goes by.
pub(crate) fn day_of(plan: &Plan<'_>, facts: &Facts, entry: Entry, unit: UnitIx) -> Date {
    let own = || cell::date(facts, entry.fact());
    match entry.clock.checked_sub(1).map(|clock| &plan.clocks[clock as usize]) {
        None => own(),
        Some((_, place)) => {
            let view = View::now(facts, unit);
            cell::cell(facts, entry.fact(), &view, place).day().unwrap_or_else(own)
        }
    }
}

/// What makes a fact one item with others; `None` if a cell is empty: an item of its own.
pub(crate) fn key(facts: &Facts, entry: Entry, unit: UnitIx, per: &[Name]) -> Option<Vec<String>> {
    let view = View::now(facts, unit);
    let cells = per.iter().map(|name| {
        let cell = cell::cell(facts, entry.fact(), &view, &Place::named(entry.fact().table, name));
        (!cell.is_empty()).then(|| cell.shown())
    });
    cells.collect()
}

fn bindings(plan: &Plan<'_>) -> Vec<Binding> {
    let combined = plan.combines.iter().map(|rule| Binding {
        tables: plan.tables(&rule.of),
        per: rule.body.per.clone(),
        within: rule.body.within,
    });
    let boosted = plan.boosts.iter().map(|(rule, _)| {
        let mut tables = plan.tables(&rule.of);
        // What other multipliers earned is multiplied too, so their facts belong here as well.
        for item in rule.of.items() {
            if let Body::Multiply(other) = &plan.item(item).rule.body {
                tables.extend(plan.tables(&plan.mask(&other.of, rule.ledger)));
                tables.extend(boosting(&other.base));
            }
        }
        tables.extend(boosting(&rule.body.base));
        Binding { tables, per: vec![ITEM.into()], within: Within::Ever }
    });
    combined.chain(boosted).collect()
}

fn boosting(base: &Base) -> Option<Table> {
    match base {
        Base::Use { .. } => None,
        Base::Item { table, .. } => Some(*table),
    }
}

fn root(with: &mut [u32], mut at: u32) -> u32 {
    while with[at as usize] != at {
        // Every second step is spared the next time.
        with[at as usize] = with[with[at as usize] as usize];
        at = with[at as usize];
    }
    at
}

fn join(with: &mut [u32], one: u32, other: u32) {
    let (one, other) = (root(with, one), root(with, other));
    // The one met first stays the root, so threads need no ranks to keep the walk short.
    with[one.max(other) as usize] = one.min(other);
}
