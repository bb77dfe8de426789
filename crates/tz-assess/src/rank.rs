//! Ranks within groups and who stands last or first (R9).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use tz_model::Points;
use tz_scheme::Ties;

/// What a unit is ranked by: its group, its total, and sums that decide at equal totals.
#[derive(Clone, Debug)]
pub(crate) struct Standing<'a> {
    pub group: &'a str,
    pub total: Points,
    pub then: Vec<Points>,
}

impl<'a> Standing<'a> {
    pub fn of(group: &'a str, total: Points) -> Self {
        Self { group, total, then: Vec::new() }
    }

    fn order(&self, other: &Self) -> Ordering {
        order(self.total, other.total).then_with(|| self.then.cmp(&other.then))
    }
}

/// Ranks within each group, in the order given: 1, 2, 2, 4, or dense 1, 2, 2, 3.
pub(crate) fn ranks(all: &[Standing<'_>], ties: Ties) -> Vec<u32> {
    let mut ranks = vec![0; all.len()];
    for members in sorted(all).values() {
        let (mut place, mut above): (u32, Option<usize>) = (0, None);
        for (nth, at) in (1..).zip(members) {
            if above.is_none_or(|above| all[above].order(&all[*at]).is_ne()) {
                place = match ties {
                    Ties::Competition => nth,
                    Ties::Dense => place + 1,
                };
            }
            ranks[*at] = place;
            above = Some(*at);
        }
    }
    ranks
}

/// True for each unit with fewer than `last` units of its group strictly below it; ties at the edge are all in.
pub(crate) fn last(all: &[Standing<'_>], last: u32) -> Vec<bool> {
    edge(all, last, |one, other| other.order(one).is_lt())
}

/// True for each unit with fewer than `first` units of its group strictly above it; ties at the edge are all in.
pub(crate) fn first(all: &[Standing<'_>], first: impl Fn(&str) -> u32) -> Vec<bool> {
    let mut is_first = vec![false; all.len()];
    for (group, members) in sorted(all) {
        let wanted = first(group) as usize;
        let edge = members.get(wanted.saturating_sub(1)).or(members.last());
        for at in members.iter().filter(|_| wanted > 0) {
            is_first[*at] = edge.is_some_and(|edge| all[*at].order(&all[*edge]).is_ge());
        }
    }
    is_first
}

/// By ranks as they were published: fewer than `last` of the group have a greater one. `None` for units never ranked.
pub(crate) fn last_published(ranks: &[(&str, u32)], last: u32) -> Vec<bool> {
    // Units of a group mostly stand together in the table, so each group is looked for a few times only.
    let runs = || ranks.chunk_by(|one, other| one.0 == other.0);
    let mut groups: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for run in runs() {
        groups.entry(run[0].0).or_default().extend(run.iter().map(|(_, rank)| *rank));
    }
    groups.values_mut().for_each(|all| all.sort_unstable());
    let is_last = |run: &[(&str, u32)]| -> Vec<bool> {
        let all = &groups[run[0].0];
        let below = |rank: u32| all.len() - all.partition_point(|other| *other <= rank);
        run.iter().map(|(_, rank)| *rank > 0 && below(*rank) < last as usize).collect()
    };
    runs().flat_map(is_last).collect()
}

fn edge(all: &[Standing<'_>], count: u32, beyond: impl Fn(&Standing<'_>, &Standing<'_>) -> bool) -> Vec<bool> {
    let groups = sorted(all);
    let is = |one: &Standing<'_>| {
        let members = &groups[one.group];
        // Best first, so those strictly below stand at the end.
        let from = members.partition_point(|other| !beyond(one, &all[*other]));
        members.len() - from < count as usize
    };
    all.iter().map(is).collect()
}

/// How many units each group has.
pub(crate) fn sizes<'a>(groups: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut sizes = BTreeMap::new();
    groups.for_each(|group| *sizes.entry(group).or_default() += 1);
    sizes
}

/// The places of each group's units, the best first.
fn sorted<'a>(all: &[Standing<'a>]) -> BTreeMap<&'a str, Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, one) in all.iter().enumerate() {
        groups.entry(one.group).or_default().push(at);
    }
    groups.values_mut().for_each(|members| members.sort_by(|a, b| all[*b].order(&all[*a])));
    groups
}

/// As points compare, without dividing where both are whole, as nearly all are.
fn order(left: Points, right: Points) -> Ordering {
    match (left.parts(), right.parts()) {
        ((left, 1), (right, 1)) => left.cmp(&right),
        _ => left.cmp(&right),
    }
}
