//! Limits that can never act, or that contradict each other.

use std::collections::BTreeMap;

use tz_model::{Name, Points};

use crate::mechanism::{Base, Body, Cap};
use crate::read::{Context, Drafted};

/// What a line's points may be.
#[derive(Clone, Copy, Default)]
struct Signs {
    above: bool,
    below: bool,
}

pub(crate) fn check(context: &mut Context<'_>, rules: &[Drafted]) {
    let signs = signs(rules);
    let may = |names: &[Name], what: fn(&Signs) -> bool, context: &Context<'_>| {
        let lines = context.outline.lines(names);
        lines.iter().any(|line| signs.get(line).is_none_or(what))
    };
    for drafted in rules {
        match &drafted.rule.body {
            Body::Floor(floor) if !may(&floor.of, |signs| signs.below, context) => {
                let sentence = "of 所指的规则都不扣分，这条“扣完为止”永远用不上。请改正 of。";
                context.reader.fault(drafted.place("of"), sentence);
            }
            Body::Cap(cap) if !may(&cap.of, |signs| signs.above, context) => {
                let sentence = "of 所指的规则都不加分，这条“最多”永远用不上。请改正 of。";
                context.reader.fault(drafted.place("of"), sentence);
            }
            Body::Floor(floor) if !floor.within.is_empty() => {
                let within = context.outline.lines(&floor.within);
                let caps = rules.iter().filter_map(|other| Some((other, as_cap(other)?)));
                let covering = caps.filter(|(_, cap)| cap.per.is_none()).find(|(_, cap)| {
                    let lines = context.outline.lines(&cap.of);
                    cap.at_most < floor.at_least && within.iter().all(|line| lines.contains(line))
                });
                if let Some((other, cap)) = covering {
                    let sentence = format!(
                        "至少 {} 分，而规则“{}”限定这些得分最多 {} 分，两处不能都做到。请改正一处。",
                        floor.at_least, other.rule.id, cap.at_most
                    );
                    context.reader.fault(drafted.place("at_least"), sentence);
                }
            }
            _ => {}
        }
    }
}

fn as_cap(drafted: &Drafted) -> Option<&Cap> {
    match &drafted.rule.body {
        Body::Cap(cap) => Some(cap),
        _ => None,
    }
}

/// What the points of each line may be; lines that limits and later stages compute may be anything and are not here.
fn signs(rules: &[Drafted]) -> BTreeMap<Name, Signs> {
    let mut all: BTreeMap<Name, Signs> = BTreeMap::new();
    let of = |points: Points| Signs { above: points > Points::ZERO, below: points.is_negative() };
    for drafted in rules {
        let fixed = match &drafted.rule.body {
            // A column may hold any number, unless the scheme says otherwise; then too it may hold what turns the sign.
            Body::Facts(rule) => {
                for price in &rule.prices {
                    let signs =
                        if price.times.is_some() { Signs { above: true, below: true } } else { of(price.points()) };
                    all.insert(price.name().clone(), signs);
                }
                continue;
            }
            Body::Start(_) | Body::Quota(_) | Body::Yearly(_) => drafted.rule.items(),
            Body::Multiply(multiply) if matches!(multiply.base, Base::Item { .. }) => continue,
            Body::Multiply(_)
            | Body::Combine(_)
            | Body::Share(_)
            | Body::Cap(_)
            | Body::Floor(_)
            | Body::Veto(_)
            | Body::Scale(_)
            | Body::Credit(_)
            | Body::RollUp(_)
            | Body::LastInGroup(_)
            | Body::LastOfStatus(_)
            | Body::BestInGroup(_)
            | Body::Threshold(_) => continue,
        };
        let void = match &drafted.rule.body {
            Body::Quota(quota) => quota.void.as_ref().map(|void| &void.item.name),
            _ => None,
        };
        for worth in fixed {
            // What is taken back was there before.
            let signs = if void == Some(&worth.name) { Signs { above: false, below: true } } else { of(worth.points) };
            all.insert(worth.name.clone(), signs);
        }
    }
    all
}
