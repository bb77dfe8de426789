//! select, price, adjust: what one fact is worth by itself, to one of its units.

use jiff::civil::Date;
use tz_model::{Name, Points, Table};

use crate::cell::{Looked, Place, answer};
use crate::changes::Changes;
use crate::index::Entry;
use crate::period::Scorer;
use crate::plan::{PriceRow, Pricing, RowAt};
use crate::unit::{Part, Why};

/// The lines of one fact: of every rule that lets it in, the first row that fits, times what it is multiplied by. Nothing
/// for a fact no rule looks at.
pub(crate) fn price(scorer: &Scorer<'_>, looked: &Looked<'_>, entry: Entry, day: Date, put: &mut Vec<Part>) {
    let pricing = scorer.plan.pricing(entry.fact().table, entry.clock);
    if pricing.rules.is_empty() {
        return;
    }
    let rows = match word(looked) {
        Some(name) => pricing.rows(name),
        None if entry.fact().table == Table::Duties => {
            pricing.rows_named(answer(&looked.facts.duties[entry.fact().index()]).name())
        }
        None => &[],
    };
    let first = put.len();
    each_fitting(scorer, looked, pricing, rows, |row| put.extend(line(looked, row, entry, day)));
    if !scorer.plan.adjusts.is_empty() {
        put[first..].iter_mut().for_each(|part| adjust(scorer, looked, part));
    }
}

/// The first row that fits of every rule that lets the fact in.
pub(crate) fn each_fitting<'p>(
    scorer: &Scorer<'_>,
    looked: &Looked<'_>,
    pricing: &'p Pricing<'_>,
    rows: &[RowAt],
    mut put: impl FnMut(&'p PriceRow<'p>),
) {
    let lets_in = |rule: usize| {
        let rule = &pricing.rules[rule];
        rule.applies(scorer, looked.view) && looked.holds_all(&rule.tests)
    };
    let mut done: Option<usize> = None;
    for at in rows {
        if done != Some(at.rule) && lets_in(at.rule) {
            let row = &pricing.rules[at.rule].rows[at.row];
            if looked.holds_all(&row.tests) {
                done = Some(at.rule);
                put(row);
            }
        }
    }
    for at in &pricing.others {
        if !lets_in(*at) {
            continue;
        }
        let rule = &pricing.rules[*at];
        let named = rule.by.as_ref().map(|by| looked.cell(by).shown());
        let fits = |row: &&PriceRow<'_>| {
            let named = named.as_ref().is_none_or(|named| row.of.iter().any(|name| **name == **named));
            named && looked.holds_all(&row.tests)
        };
        if let Some(row) = rule.rows.iter().find(fits) {
            put(row);
        }
    }
}

/// The name a table is priced by, where it stands in the table.
fn word<'a>(looked: &Looked<'a>) -> Option<&'a Name> {
    let at = looked.fact.index();
    match looked.fact.table {
        Table::Reports => Some(&looked.facts.reports[at].category),
        Table::Adoptions => Some(&looked.facts.adoptions[at].kind),
        Table::Comments => Some(&looked.facts.comments[at].level),
        Table::Events => Some(&looked.facts.events[at].kind),
        Table::Units | Table::Duties => None,
    }
}

fn line(looked: &Looked<'_>, row: &PriceRow<'_>, entry: Entry, day: Date) -> Option<Part> {
    let mut points = row.points;
    if entry.fact().table == Table::Events {
        match looked.facts.events[entry.fact().index()].count {
            // Nothing happened.
            0 => return None,
            1 => {}
            count => points = points * i64::from(count),
        }
    }
    let mut part = Part { item: row.item, points, fact: Some(entry.fact()), day, why: Why::Fact };
    if let Some((place, name)) = row.times.as_ref().filter(|(place, _)| *place != Place::Count) {
        times(looked, place, name, points, &mut part);
    }
    Some(part)
}

/// Multiplies a line by a number column; an empty cell makes it wait.
fn times(looked: &Looked<'_>, place: &Place, name: &Name, points: Points, part: &mut Part) {
    let changes = part.changes();
    match looked.cell(place).number() {
        Some(number) => {
            changes.times = Some((name.clone(), number));
            changes.each = points;
            part.points = points * number;
        }
        None => part.wait(name),
    }
}

/// adjust: the multipliers of a use, in the order of the file (乘以).
fn adjust(scorer: &Scorer<'_>, looked: &Looked<'_>, part: &mut Part) {
    for (rule, tests) in &scorer.plan.adjusts {
        if !rule.of.has(part.item)
            || !rule.applies(scorer, looked.view)
            || !looked.holds_all(tests.of_table(looked.fact.table))
        {
            continue;
        }
        let mut by = rule.body.by;
        if let Some(column) = &rule.body.times {
            match looked.cell(&Place::of(looked.fact.table, column)).number() {
                Some(number) => by = by * number,
                None => {
                    part.wait(&column.name);
                    continue;
                }
            }
        }
        if part.is_waiting() {
            continue;
        }
        let before = part.points;
        part.points = before * by;
        let changes: &mut Changes = part.changes();
        changes.factors.push((rule.rule.clause.clone(), by));
        if changes.first.is_none() {
            changes.first = Some(before);
        }
    }
}
