//! Limits, vetoes and conversions: `cap`, `floor`, `veto`, `scale`.

use tz_model::{Points, Table};

use crate::mechanism::{Body, Cap, Floor, Measure, Places, Scale, Veto};
use crate::read::Context;
use crate::read::condition::conditions;
use crate::read::outline::Reach;
use crate::read::rule::{Read, line, of, span};
use crate::read::unit::target;
use crate::toml::Node;

pub(crate) fn cap(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let of = of(context, place, node, "of", Reach::Before);
    let per = node.name("per");
    let tables = context.outline.tables(&of);
    if let Some(per) = &per
        && !tables.is_empty()
    {
        context.column(&tables, &per.value, per.at);
    }
    let at_most = node.number("at_most")?;
    if at_most.value.is_negative() {
        context.reader.fault(at_most.at, format!("最多 {} 分小于零，什么也得不到。请改正。", at_most.value));
    }
    Some(Body::Cap(Cap {
        item: line(node)?,
        of,
        at_most: at_most.value,
        span: span(node),
        per: per.map(|per| per.value),
    }))
}

pub(crate) fn floor(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let names = of(context, place, node, "of", Reach::Before);
    let within = of(context, place, node, "within", Reach::Before);
    Some(Body::Floor(Floor {
        item: line(node)?,
        of: names,
        within,
        at_least: node.number_or_default("at_least"),
        span: span(node),
    }))
}

pub(crate) fn veto(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let table = Table::named(node.words("table")?.value)?;
    let when = conditions(context, node, "when", &[table]);
    let void = of(context, place, node, "void", Reach::Before);
    let part = node.number("part");
    if let Some(part) = part.filter(|part| part.value <= 0 || part.value > 1) {
        context.reader.fault(part.at, format!("part（作废几成）是 {}，应当大于 0，不超过 1。请改正。", part.value));
    }
    Some(Body::Veto(Veto {
        item: line(node)?,
        table,
        when,
        count: node.count("count").unwrap_or(1),
        span: span(node),
        void,
        part: node.number_or_default("part"),
    }))
}

pub(crate) fn scale(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let of = of(context, place, node, "of", Reach::Before);
    let targets = node.has("target") || node.has("targets");
    let measure = match node.words("measure").map(|found| found.value) {
        Some(word @ ("best" | "mean")) => {
            if targets {
                let key = if node.has("target") { "target" } else { "targets" };
                let sentence = format!("measure = \"{word}\" 对照的是本组的分，不能同时写 {key}。请删去一处。");
                node.fault(&mut context.reader, key, sentence);
            }
            Some(if word == "best" { Measure::Best } else { Measure::Mean })
        }
        Some("rank") => places(context, node).map(Measure::Rank),
        _ if targets => target(context, node).map(Measure::Target),
        _ => {
            let sentence =
                "没有写对照什么。请写 target（多少分折满分）、targets，或 measure = \"best\"、\"mean\"、\"rank\"。";
            context.reader.fault(node.at, sentence);
            None
        }
    };
    for key in ["full", "weight"] {
        if let Some(number) = node.number(key).filter(|number| number.value <= 0) {
            context.reader.fault(number.at, format!("{key} 是 {}，应当大于零。请改正。", number.value));
        }
    }
    let full = match (&measure, node.number("full")) {
        (_, Some(full)) => full.value,
        (Some(Measure::Rank(Places::Steps(rows))), None) => rows.first().map_or(Points::ZERO, |(_, points)| *points),
        _ => {
            if !node.has("full") {
                context.reader.fault(node.at, "没有写满分。请补上 full = …。");
            }
            return None;
        }
    };
    Some(Body::Scale(Scale {
        item: line(node)?,
        of,
        span: span(node),
        full,
        measure: measure?,
        capped: node.yes("capped"),
        weight: node.number_or_default("weight"),
        decimals: node.count("decimals"),
    }))
}

/// Points by place: `places` row by row, or `less` for each place below the first.
fn places(context: &mut Context<'_>, node: &Node<'_>) -> Option<Places> {
    if let Some(less) = node.number("less") {
        if node.has("places") {
            node.fault(&mut context.reader, "places", "less 和 places 都写明各名次得多少，只写一个。请删去一个。");
        }
        return Some(Places::Less(less.value));
    }
    let mut rows: Vec<(u32, Points)> = Vec::new();
    for row in node.tables("places") {
        let (Some(to), Some(points)) = (row.count("to"), row.number("points")) else { continue };
        if rows.last().is_some_and(|(before, _)| *before >= to) {
            let sentence = format!("“到第 {to} 名”应当在前一行之后，名次从前往后写。请改正。");
            row.fault(&mut context.reader, "to", sentence);
        }
        rows.push((to, points.value));
    }
    if rows.is_empty() {
        let sentence = "measure = \"rank\" 要写 less（每低一名少得），或 places（各名次的分）。请补上。";
        context.reader.fault(node.at, sentence);
        return None;
    }
    Some(Places::Steps(rows))
}
