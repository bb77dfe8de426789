//! Ranks within groups and who stands last (R9).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use tz_model::Points;

/// Standard competition ranks (1, 2, 2, 4) within each group, in the order given.
pub(crate) fn ranks(totals: &[(&str, Points)]) -> Vec<u32> {
    let groups = sorted(totals);
    let above = |(group, total): &(&str, Points)| {
        let all = &groups[group];
        all.len() - all.partition_point(|other| order(other, total).is_le())
    };
    totals.iter().map(|own| u32::try_from(above(own)).expect("fewer units than that") + 1).collect()
}

/// True for each unit with fewer than `last` units of its group strictly below it; ties at the edge are all in.
pub(crate) fn last(totals: &[(&str, Points)], last: u32) -> Vec<bool> {
    let groups = sorted(totals);
    totals
        .iter()
        .map(|(group, total)| groups[group].partition_point(|other| order(other, total).is_lt()) < last as usize)
        .collect()
}

/// How many units each group has.
pub(crate) fn sizes<'a>(groups: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut sizes = BTreeMap::new();
    groups.for_each(|group| *sizes.entry(group).or_default() += 1);
    sizes
}

fn sorted<'a>(totals: &[(&'a str, Points)]) -> BTreeMap<&'a str, Vec<Points>> {
    let mut groups: BTreeMap<&str, Vec<Points>> = BTreeMap::new();
    for (group, total) in totals {
        groups.entry(group).or_default().push(*total);
    }
    groups.values_mut().for_each(|all| all.sort_unstable_by(order));
    groups
}

/// As points compare, without dividing where both are whole, as nearly all are.
fn order(left: &Points, right: &Points) -> Ordering {
    match (left.parts(), right.parts()) {
        ((left, 1), (right, 1)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}
