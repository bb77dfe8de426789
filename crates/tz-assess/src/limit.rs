//! limit: caps (最多) in the order of the file, then floors (扣完为止, R2).

use std::collections::BTreeMap;

use tz_model::{Period, Points};
use tz_scheme::{Cap, Floor};

use crate::cell::{self, Place};
use crate::period::{Scorer, Stretches, Term, ending};
use crate::plan::{Mask, Ready};
use crate::told::Told;
use crate::unit::{Book, Part};

/// The limits of a period.
pub(crate) fn of_period(scorer: &Scorer<'_>, book: &mut Book<'_>, term: &Term) {
    for (cap, stretch) in scorer.plan.caps.iter().zip(&term.caps) {
        if cap.applies(scorer, book.view) {
            match &cap.body.per {
                None => whole(scorer, book, cap, stretch),
                Some(column) => by_value(scorer, book, cap, column, stretch),
            }
        }
    }
    floors(scorer, book, &term.stretches);
}

/// The line of a cap: what the span so far goes beyond, less what earlier periods of the span have taken away already.
fn taken(at_most: Points, before: Points, own: Points) -> Points {
    let excess = |sum: Points| (sum - at_most).max(Points::ZERO);
    excess(before) - excess(before + own)
}

fn whole(scorer: &Scorer<'_>, book: &mut Book<'_>, cap: &Ready<'_, Cap>, stretch: &Period) {
    let (before, own) = (book.before_since(&cap.of, stretch.from), book.own(&cap.of));
    put(scorer, book, cap, stretch, None, (before, own));
}

/// A limit for each value of a column by itself: 每种刊物最多. Lines of no single fact, or with an empty cell, are limited together
/// under no value.
fn by_value(scorer: &Scorer<'_>, book: &mut Book<'_>, cap: &Ready<'_, Cap>, column: &tz_model::Name, stretch: &Period) {
    let mut values: BTreeMap<String, (Points, Points)> = BTreeMap::new();
    let value = |part: &Part| {
        let cell =
            part.fact.map(|fact| cell::cell(scorer.facts, fact, &book.view, &Place::named(fact.table, column)).shown());
        cell.unwrap_or_default()
    };
    let earlier = book.before.iter().filter(|before| before.from >= stretch.from).flat_map(|before| &before.parts);
    for part in earlier.filter(|part| cap.of.has(part.item)) {
        values.entry(value(part)).or_default().0 += part.points;
    }
    for part in book.parts.iter().filter(|part| cap.of.has(part.item)) {
        values.entry(value(part)).or_default().1 += part.points;
    }
    for (value, sums) in values {
        put(scorer, book, cap, stretch, Some(value), sums);
    }
}

fn put(
    scorer: &Scorer<'_>,
    book: &mut Book<'_>,
    cap: &Ready<'_, Cap>,
    stretch: &Period,
    value: Option<String>,
    (before, own): (Points, Points),
) {
    let points = taken(cap.body.at_most, before, own);
    if points.is_zero() {
        return;
    }
    let Some(item) = scorer.plan.named(&cap.body.item.name) else { return };
    let told = Told::Cap {
        when: stretch.chinese(),
        of: scorer.plan.told(&cap.body.of),
        value: value.filter(|value| !value.is_empty()),
        sum: before + own,
        at_most: cap.body.at_most,
        taken: taken(cap.body.at_most, Points::ZERO, before),
    };
    book.parts.push(Part::counted(item, points, told));
}

/// Floors whose span ends here: what the deductions of the limited rules take below the least is given back, and no more
/// than they took.
pub(crate) fn floors(scorer: &Scorer<'_>, book: &mut Book<'_>, stretches: &Stretches) {
    for (floor, within) in &scorer.plan.floors {
        if let Some(stretch) = ending(stretches, floor.body.span).filter(|_| floor.applies(scorer, book.view)) {
            one_floor(scorer, book, floor, within.as_ref(), &stretch.period);
        }
    }
}

fn one_floor(
    scorer: &Scorer<'_>,
    book: &mut Book<'_>,
    floor: &Ready<'_, Floor>,
    within: Option<&Mask>,
    stretch: &Period,
) {
    let own = book.parts.iter().filter(|part| floor.of.has(part.item) && part.points.is_negative());
    let earlier = book.before.iter().filter(|before| before.from >= stretch.from);
    let deducted = own.map(|part| -part.points).sum::<Points>()
        + earlier.map(|before| before.sums.deducted(&floor.of)).sum::<Points>();
    if deducted.is_zero() {
        return;
    }
    let sum = match within {
        Some(within) => book.sum_since(within, stretch.from),
        None => book.total_since(scorer, floor.ledger, stretch.from),
    };
    let back = (floor.body.at_least - sum).min(deducted);
    if back > Points::ZERO
        && let Some(item) = scorer.plan.named(&floor.body.item.name)
    {
        let of = (!floor.body.within.is_empty()).then(|| scorer.plan.told(&floor.body.within));
        let told =
            Told::Floor { when: stretch.chinese(), month: stretch.is_month(), of, sum, at_least: floor.body.at_least };
        book.parts.push(Part::counted(item, back, told));
    }
}
