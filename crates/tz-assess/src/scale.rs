//! scale: points made into other points (折算). The line is the difference, so that a total stays the sum of its lines.

use std::collections::BTreeMap;

use tz_model::{Period, Points};
use tz_scheme::{Measure, Scale, Target};

use crate::period::{Scorer, Stretches, ending};
use crate::plan::{Ready, target_place};
use crate::rules::target_of;
use crate::told::{ScaleTold, Told};
use crate::unit::{Book, Part};

/// The conversions whose span ends here, in the order of the file. A measure of the group is taken over the units the rule
/// applies to, before any of them is converted.
pub(crate) fn run(scorer: &Scorer<'_>, books: &mut [Book<'_>], stretches: &Stretches) {
    for scale in &scorer.plan.scales {
        if let Some(stretch) = ending(stretches, scale.body.span) {
            one(scorer, books, scale, stretch);
        }
    }
}

fn one(scorer: &Scorer<'_>, books: &mut [Book<'_>], scale: &Ready<'_, Scale>, stretch: &Period) {
    let Some(item) = scorer.plan.named(&scale.body.item.name) else { return };
    let points_of = |book: &Book<'_>| {
        if scale.body.of.is_empty() {
            book.total_since(scorer, scale.ledger, stretch.from)
        } else {
            book.sum_since(&scale.of, stretch.from)
        }
    };
    let mut groups: BTreeMap<String, (Points, Points, i64)> = BTreeMap::new();
    for book in books.iter().filter(|book| scale.applies(scorer, book.view)) {
        let points = points_of(book);
        let group = groups.entry(book.view.group.to_owned()).or_insert((points, Points::ZERO, 0));
        *group = (group.0.max(points), group.1 + points, group.2 + 1);
    }
    let place = match &scale.body.measure {
        Measure::Target(target) => target_place(target),
        Measure::Best | Measure::Mean => None,
    };
    for book in books.iter_mut().filter(|book| scale.applies(scorer, book.view)) {
        let points = points_of(book);
        let group = groups.get(book.view.group);
        let (measured, measure) = match &scale.body.measure {
            Measure::Target(target) => ("目标", class_or(scorer, book, target, place.as_ref())),
            Measure::Best => ("本组最高", group.map(|group| group.0)),
            Measure::Mean => ("本组平均", group.and_then(|(_, sum, count)| sum.divided_by(Points::from(*count)))),
        };
        // A unit without a target is not converted.
        let Some(measure) = measure else { continue };
        let of_group = !matches!(scale.body.measure, Measure::Target(_));
        let part = match points.divided_by(measure).filter(|_| measure > Points::ZERO) {
            Some(part) => part,
            // Where the best of the group is not above nothing, everyone gets nothing; a target of nothing is reached.
            None if of_group => Points::ZERO,
            None => Points::from(1),
        };
        let mut converted = part * scale.body.full;
        if scale.body.capped {
            converted = converted.min(scale.body.full);
        }
        converted = converted * scale.body.weight;
        if let Some(decimals) = scale.body.decimals {
            converted = converted.rounded(decimals);
        }
        let told = Told::Scale(ScaleTold {
            when: stretch.chinese(),
            of: (!scale.body.of.is_empty()).then(|| scorer.plan.told(&scale.body.of)),
            points,
            measured,
            measure,
            full: scale.body.full,
            weight: scale.body.weight,
            decimals: scale.body.decimals,
            result: converted,
        });
        book.parts.push(Part::counted(item, converted - points, told));
    }
}

/// A unit's target, that of its class included.
fn class_or(
    scorer: &Scorer<'_>,
    book: &Book<'_>,
    target: &Target,
    place: Option<&crate::cell::Place>,
) -> Option<Points> {
    match target {
        Target::Class => {
            let class = scorer.plan.scheme.quota(book.view.class)?;
            class.total.map(|total| Points::from(i64::from(total)))
        }
        Target::Number(_) | Target::ByClass(_) | Target::Column(..) => target_of(book, target, place),
    }
}
