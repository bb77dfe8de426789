//! scale: points made into other points (折算). The line is the difference, so that a total stays the sum of its lines.

use std::collections::BTreeMap;

use tz_model::{Period, Points};
use tz_scheme::{Measure, Places, Scale, Target, Ties};

use crate::period::{Scorer, Stretches, ending};
use crate::plan::{Ready, target_place};
use crate::rank::{self, Standing};
use crate::rules::target_of;
use crate::told::{Against, ScaleTold, Told};
use crate::unit::{Book, Part};

/// The conversions whose span ends here, in the order of the file. A measure of the group is taken over the units the rule
/// applies to, before any of them is converted.
pub(crate) fn run(scorer: &Scorer<'_>, books: &mut [Book<'_>], stretches: &Stretches) {
    for scale in &scorer.plan.scales {
        if let Some(stretch) = ending(stretches, scale.body.span) {
            one(scorer, books, scale, &stretch.period);
        }
    }
}

fn one(scorer: &Scorer<'_>, books: &mut [Book<'_>], scale: &Ready<'_, Scale>, stretch: &Period) {
    let Some(item) = scorer.plan.named(&scale.body.item.name) else { return };
    let units: Vec<usize> = (0..books.len()).filter(|at| scale.applies(scorer, books[*at].view)).collect();
    let points_of = |book: &Book<'_>| {
        if scale.body.of.is_empty() {
            book.total_since(scorer, scale.ledger, stretch.from)
        } else {
            book.sum_since(&scale.of, stretch.from)
        }
    };
    let points: Vec<Points> = units.iter().map(|at| points_of(&books[*at])).collect();
    let against = against(scorer, books, scale, &units, &points);
    for ((at, points), against) in units.into_iter().zip(points).zip(against) {
        // A unit without a target is not converted.
        let Some(against) = against else { continue };
        let full = scale.body.full;
        let mut converted = match &against {
            Against::Amount { amount, of_group, .. } => {
                let part = points.divided_by(*amount).filter(|_| *amount > Points::ZERO);
                // Where the best of the group is not above nothing, everyone gets nothing; a target of nothing is reached.
                let part = part.unwrap_or(if *of_group { Points::ZERO } else { Points::from(1) });
                if scale.body.capped { (part * full).min(full) } else { part * full }
            }
            Against::Place { points, .. } => *points,
        };
        converted = converted * scale.body.weight;
        if let Some(decimals) = scale.body.decimals {
            converted = converted.rounded(decimals);
        }
        let told = Told::Scale(ScaleTold {
            when: stretch.chinese(),
            of: (!scale.body.of.is_empty()).then(|| scorer.plan.told(&scale.body.of)),
            points,
            against,
            full,
            weight: scale.body.weight,
            decimals: scale.body.decimals,
            result: converted,
        });
        books[at].parts.push(Part::counted(item, converted - points, told));
    }
}

/// What each unit's points are held against; `None` for a unit without a target.
fn against(
    scorer: &Scorer<'_>,
    books: &[Book<'_>],
    scale: &Ready<'_, Scale>,
    units: &[usize],
    points: &[Points],
) -> Vec<Option<Against>> {
    let mut groups: BTreeMap<&str, (Points, Points, i64)> = BTreeMap::new();
    for (at, points) in units.iter().zip(points) {
        let group = groups.entry(books[*at].view.group).or_insert((*points, Points::ZERO, 0));
        *group = (group.0.max(*points), group.1 + *points, group.2 + 1);
    }
    let of_group = |amount: Option<Points>, what| Some(Against::Amount { what, amount: amount?, of_group: true });
    match &scale.body.measure {
        Measure::Target(target) => {
            let place = target_place(target);
            let amount = |at: &usize| class_or(scorer, &books[*at], target, place.as_ref());
            let target = |at| Some(Against::Amount { what: "目标", amount: amount(at)?, of_group: false });
            units.iter().map(target).collect()
        }
        Measure::Best => {
            let best = |at: &usize| groups.get(books[*at].view.group).map(|group| group.0);
            units.iter().map(|at| of_group(best(at), "本组最高")).collect()
        }
        Measure::Mean => {
            let mean = |at: &usize| {
                let (_, sum, count) = groups.get(books[*at].view.group)?;
                sum.divided_by(Points::from(*count))
            };
            units.iter().map(|at| of_group(mean(at), "本组平均")).collect()
        }
        Measure::Rank(places) => {
            let standings = units.iter().zip(points).map(|(at, points)| Standing::of(books[*at].view.group, *points));
            let ranks = rank::ranks(&standings.collect::<Vec<_>>(), Ties::Competition);
            let place = |rank| Some(Against::Place { rank, points: by_place(places, scale.body.full, rank) });
            ranks.into_iter().map(place).collect()
        }
    }
}

/// What a place is worth.
fn by_place(places: &Places, full: Points, rank: u32) -> Points {
    match places {
        Places::Less(less) => (full - *less * i64::from(rank.saturating_sub(1))).max(Points::ZERO),
        Places::Steps(rows) => rows.iter().find(|(to, _)| rank <= *to).map_or(Points::ZERO, |(_, points)| *points),
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
