//! From one unit to another: `credit`, `roll-up`.

use tz_model::Points;

use crate::mechanism::{Body, Credit, Givers, Reading, RollUp, Together};
use crate::read::Context;
use crate::read::outline::Reach;
use crate::read::rule::{Read, line, of, span};
use crate::toml::Node;

pub(crate) fn credit(context: &mut Context<'_>, place: usize, node: &Node<'_>, readings: &[Reading]) -> Read {
    let of = of(context, place, node, "of", Reach::Before);
    let own = node.names("own_groups");
    own.iter().for_each(|group| context.groups.check(&mut context.reader, group));
    Some(Body::Credit(Credit {
        item: line(node)?,
        of,
        span: span(node),
        from: match node.chosen("from") {
            "children" => Givers::Children,
            _ => Givers::DirectPoints,
        },
        part: part(context, node),
        own_groups: own.into_iter().map(|group| group.value).collect(),
        point_keeps: !readings.iter().any(|reading| &*reading.key == "point-keeps" && &*reading.value == "no"),
    }))
}

pub(crate) fn roll_up(context: &mut Context<'_>, node: &Node<'_>) -> Read {
    let how = match node.words("how")?.value {
        "sum" => Together::Sum,
        "mean" => Together::Mean,
        "best" => Together::Best,
        _ => return None,
    };
    Some(Body::RollUp(RollUp { item: line(node)?, how, part: part(context, node), span: span(node) }))
}

/// The part that counts, above nothing.
fn part(context: &mut Context<'_>, node: &Node<'_>) -> Points {
    let part = node.number("part");
    if let Some(part) = part.filter(|part| part.value <= 0) {
        context.reader.fault(part.at, format!("part（计入几成）是 {}，应当大于零。请改正。", part.value));
    }
    node.number_or_default("part")
}
