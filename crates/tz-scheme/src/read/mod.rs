//! A scheme file read as a whole: the head, an outline of the rules, each rule by its kind, then what only the whole can show.

mod condition;
mod context;
mod credit;
mod facts;
mod head;
mod items;
mod limit;
mod outcome;
mod outline;
mod rule;
mod unit;

pub(crate) use condition::implies;
pub(crate) use context::Context;
pub(crate) use rule::Drafted;

use std::sync::OnceLock;

use toml::de::DeTable;
use tz_model::Fault;

use crate::check;
use crate::language::TOP;
use crate::read::context::Once;
use crate::read::outline::Outline;
use crate::scheme::{Derived, Printed, Scheme};
use crate::toml::{Node, Reader, syntax};

/// Reads a scheme file; all its faults at once.
pub(crate) fn scheme(text: &str) -> Result<Scheme, Vec<Fault>> {
    let mut reader = Reader::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    syntax(&mut reader, &errors);
    if !reader.is_clean() {
        return Err(reader.finish());
    }
    let top = Node::new(root.get_ref(), 0, &TOP);
    let mut context = Context {
        reader,
        attributes: Vec::new(),
        groups: Once::new("排名组"),
        classes: Once::new("单位类别"),
        categories: Once::new("信息类别"),
        statuses: Vec::new(),
        outline: Outline::default(),
    };
    let scheme = whole(&mut context, &top);
    match scheme {
        Some(scheme) if context.reader.is_clean() => Ok(scheme),
        _ => Err(context.reader.finish()),
    }
}

fn whole(context: &mut Context<'_>, top: &Node<'_>) -> Option<Scheme> {
    top.check(&mut context.reader);
    let id = head::id(&mut context.reader, top);
    let mut nodes = top.tables("rule");
    for node in &mut nodes {
        rule::lay_over_choices(&mut context.reader, node);
        node.check(&mut context.reader);
    }
    context.outline = Outline::of(&mut context.reader, &nodes);
    let groups = head::groups(context, top);
    let categories = head::categories(context, top);
    head::class_names(context, top);
    head::attributes(context, top);
    head::statuses(context, top);

    let mut readings = Vec::new();
    let mut printed = Vec::new();
    let calendar = head::calendar(context, top, &mut readings, &mut printed);
    let period_readings = readings.clone();
    let mut drafted = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        if let Some(rule) = rule::rule(context, place, node) {
            readings.extend(rule.rule.readings.iter().cloned());
            printed.push((node.at, Printed::Rule(rule.rule.id.clone())));
            drafted.push(rule);
        }
    }
    let ranking = head::ranking(context, top, &mut readings, &mut printed);
    let (classes, mut listed, class_readings) = head::classes(context, top, &mut printed);
    readings.extend(class_readings.iter().map(|(_, reading)| reading.clone()));
    head::direct_points(context, top, &mut listed, &mut printed);
    // Cross-checks between parts that were read with faults would only repeat those faults.
    if context.reader.is_clean() {
        check::whole(context, &drafted, &classes, calendar.as_ref());
    }

    printed.sort_by_key(|(at, _)| *at);
    let text = context.reader.text();
    let rules: Vec<_> = drafted.into_iter().map(|drafted| drafted.rule).collect();
    let derived = Derived::of(&rules, &listed);
    Some(Scheme {
        text: text.to_owned(),
        hash: OnceLock::new(),
        id: id?,
        name: top.text("name")?,
        office: top.text("office")?,
        source: top.text("source"),
        calendar: calendar?,
        attributes: std::mem::take(&mut context.attributes),
        categories,
        groups,
        classes,
        rules,
        ranking,
        readings,
        period_readings,
        class_readings,
        listed,
        printed: printed.into_iter().map(|(_, printed)| printed).collect(),
        derived,
    })
}
