//! What follows from ranks, totals and counts: `last-in-group`, `last-of-status`, `best-in-group`, `threshold`.

use tz_model::{OutcomeKind, Table};

use crate::columns::STATUS;
use crate::mechanism::{BestInGroup, Body, LastInGroup, LastOfStatus, Measured, Span, Threshold};
use crate::read::Context;
use crate::read::condition::comparison;
use crate::read::context::Once;
use crate::read::outline::Reach;
use crate::read::rule::{Read, of, span};
use crate::read::unit::counted;
use crate::toml::Node;

pub(crate) fn last_in_group(context: &mut Context<'_>, node: &Node<'_>) -> Read {
    let running = node.count("running").unwrap_or(1);
    this_year_only(context, node);
    let then = match (node.count("then_running"), outcome(node, "then_outcome")) {
        (Some(after), Some(kind)) => {
            if after <= running {
                let sentence = format!("then_running（再连续几期）是 {after}，应当大于 running 的 {running}。请改正。");
                node.fault(&mut context.reader, "then_running", sentence);
            }
            Some((after, kind))
        }
        (None, None) => None,
        _ => {
            let given = if node.has("then_running") { "then_running" } else { "then_outcome" };
            let sentence = "then_running（再连续几期）和 then_outcome（再有的后果）要一起写。请补上另一个。";
            node.fault(&mut context.reader, given, sentence);
            None
        }
    };
    Some(Body::LastInGroup(LastInGroup {
        last: node.count("last")?,
        span: span(node),
        running,
        outcome: outcome(node, "outcome")?,
        letter: node.text("letter"),
        then,
    }))
}

pub(crate) fn last_of_status(context: &mut Context<'_>, node: &Node<'_>) -> Read {
    let status = node.name("status");
    let known = context.values(Table::Units, STATUS);
    if let Some(status) = status.as_ref().filter(|status| !known.contains(&status.value)) {
        context.reader.unknown(status.at, "直报点级别", &status.value, known.iter().map(|known| &**known));
    }
    Some(Body::LastOfStatus(LastOfStatus {
        status: status?.value,
        last: node.count("last")?,
        outcome: outcome(node, "outcome")?,
    }))
}

pub(crate) fn best_in_group(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let what = if node.has("sum") {
        if node.has("of") {
            node.fault(&mut context.reader, "of", "of 和 sum 都写明比什么，只写一个。请删去一个。");
        }
        Measured::Sum(of(context, place, node, "sum", Reach::Before))
    } else {
        match node.words("of").map(|found| found.value) {
            Some("progress") => Measured::Progress,
            _ => Measured::Total,
        }
    };
    let mut once = Once::new("排名组");
    let mut by_group = Vec::new();
    for row in node.tables("by_group") {
        if let (Some(group), Some(first)) = (row.name("group"), row.count("first")) {
            context.groups.check(&mut context.reader, &group);
            once.add(&mut context.reader, &group);
            by_group.push((group.value, first));
        }
    }
    let (needs, barred) = (node.names("needs"), node.names("barred"));
    for name in barred.iter().filter(|name| needs.iter().any(|need| need.value == name.value)) {
        let sentence = format!("“{}”既是须有的，又是有了就不行的，谁也选不上。请删去一处。", name.value);
        context.reader.fault(name.at, sentence);
    }
    Some(Body::BestInGroup(BestInGroup {
        of: what,
        first: node.count("first")?,
        by_group,
        span: span(node),
        needs: needs.into_iter().map(|name| name.value).collect(),
        barred: barred.into_iter().map(|name| name.value).collect(),
        outcome: outcome(node, "outcome")?,
        letter: node.text("letter"),
    }))
}

pub(crate) fn threshold(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let given: Vec<&str> = ["of", "sum", "count", "lines"].into_iter().filter(|key| node.has(key)).collect();
    match given[..] {
        [] => context
            .reader
            .fault(node.at, "没有写比什么。请写 of = \"total\"、\"rank\"、\"progress\"，或 sum、count、lines。"),
        [_] => {}
        [_, second, ..] => {
            node.fault(&mut context.reader, second, "of、sum、count、lines 都写明比什么，只写一个。请删去其余的。");
        }
    }
    if node.has("when") && !node.has("count") {
        node.fault(&mut context.reader, "when", "when 只用于 count（计数的事实表）。请删去，或改正。");
    }
    let what = match given.first() {
        Some(&"sum") => Some(Measured::Sum(of(context, place, node, "sum", Reach::Before))),
        Some(&"lines") => Some(Measured::Lines(of(context, place, node, "lines", Reach::Before))),
        Some(&"count") => {
            let table = node.words("count").and_then(|table| Table::named(table.value));
            table.map(|table| Measured::Facts(counted(context, node, table)))
        }
        _ => match node.words("of").map(|found| found.value) {
            Some("rank") => Some(Measured::Rank),
            Some("progress") => Some(Measured::Progress),
            Some("total") => Some(Measured::Total),
            _ => None,
        },
    };
    this_year_only(context, node);
    let (how, with) = comparison(context, &node.words("is")?)?;
    Some(Body::Threshold(Threshold {
        of: what?,
        how,
        with,
        span: span(node),
        running: node.count("running").unwrap_or(1),
        outcome: outcome(node, "outcome")?,
        letter: node.text("letter"),
    }))
}

/// A year is closed by itself: what is seen from several years running is for people to say.
fn this_year_only(context: &mut Context<'_>, node: &Node<'_>) {
    for key in ["running", "then_running"] {
        if span(node) == Span::Year && node.count(key).is_some_and(|count| count > 1) {
            let sentence = format!("span = \"year\" 只看当年，不能写 {key}。请删去，或改用较短的一段。");
            node.fault(&mut context.reader, key, sentence);
        }
    }
}

fn outcome(node: &Node<'_>, key: &str) -> Option<OutcomeKind> {
    node.words(key).map(|given| OutcomeKind::named(given.value))
}
