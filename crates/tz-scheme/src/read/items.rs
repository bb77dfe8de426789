//! Several uses of one item and several units on one fact: `multiply`, `combine`, `share`.

use std::collections::BTreeSet;

use tz_model::{Name, Table};

use crate::mechanism::{Base, Body, ColumnKind, Combine, Later, Multiply, Share, Sharing, Within};
use crate::read::Context;
use crate::read::condition::conditions;
use crate::read::outline::Reach;
use crate::read::rule::{Read, columns, line, of};
use crate::toml::{At, Node};

pub(crate) fn multiply(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let of = of(context, place, node, "of", Reach::Prices);
    let tables = context.outline.tables(&of);
    let of_item = node.chosen("base") == "item";
    if !node.has("by") && !node.has("times") {
        context.reader.fault(node.at, "没有写明乘以多少。请写 by = \"1/2\"，或 times = \"列名\"。");
    }
    let by = node.number("by");
    if let Some(by) = by.filter(|by| by.value.is_negative()) {
        context.reader.fault(by.at, format!("乘以 {} 会把得分变成扣分。请写零或大于零的数。", by.value));
    }
    if by.is_some_and(|by| by.value == 1) && !node.has("times") {
        node.fault(&mut context.reader, "by", "乘以 1 等于没有乘。请改正，或删去本条。");
    }
    let by = node.number_or_default("by");
    if !of_item {
        for key in ["table", "same", "each", "name"] {
            if node.has(key) {
                let sentence = format!("{key} 只用于 base = \"item\"（整篇稿件的得分）。请删去，或补上 base。");
                node.fault(&mut context.reader, key, sentence);
            }
        }
        let when = conditions_of(context, node, &tables);
        let times = times(context, node, &tables);
        return Some(Body::Multiply(Multiply { of, base: Base::Use { when }, by, times }));
    }
    for (key, means) in [("table", "引起相乘的事实表，采用 或 批示"), ("name", "得分事项的名称")] {
        if !node.has(key) {
            let sentence = format!("base = \"item\" 的规则缺少 {key}（{means}）。请补上。");
            context.reader.fault(node.at, sentence);
        }
    }
    let table = node.words("table").and_then(|table| Table::named(table.value))?;
    let when = conditions(context, node, "when", &[table]);
    let times = times(context, node, &[table]);
    // A column that is the same must be there on both sides.
    let same = columns(context, node.names("same"), &[table]);
    if !tables.is_empty() {
        columns(context, node.names("same"), &tables);
    }
    let base = Base::Item { table, when, same, each: node.yes("each"), item: line(node)? };
    Some(Body::Multiply(Multiply { of, base, by, times }))
}

fn times(context: &mut Context<'_>, node: &Node<'_>, tables: &[Table]) -> Option<crate::mechanism::Column> {
    let times = node.name("times").filter(|_| !tables.is_empty())?;
    context.own_column(tables, &times, ColumnKind::Number)
}

/// Conditions on the facts of the rules named; none where those could not be found, which is said already.
fn conditions_of(context: &mut Context<'_>, node: &Node<'_>, tables: &[Table]) -> Vec<crate::mechanism::Condition> {
    if tables.is_empty() { Vec::new() } else { conditions(context, node, "when", tables) }
}

pub(crate) fn combine(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let of = of(context, place, node, "of", Reach::Prices);
    let tables = context.outline.tables(&of);
    let lines = context.outline.lines(&of);
    let says = ["once_per", "families", "best"].into_iter().filter(|key| node.has(key)).collect::<Vec<_>>();
    match (node.has("how"), says.first()) {
        (true, Some(key)) => {
            node.fault(&mut context.reader, key, "how = \"each\" 是各次累加，不能同时只计其中几次。请删去一处。");
        }
        (false, None) => {
            let sentence =
                "没有写明怎样合并。累加请写 how = \"each\"；只计最高一次请写 best = 1；也可写 once_per、families。";
            context.reader.fault(node.at, sentence);
        }
        _ => {}
    }
    if node.has("rest") && !node.has("best") {
        node.fault(&mut context.reader, "rest", "rest（其余按几成计）要同 best（只计最高的几次）一起写。请补上 best。");
    }
    if let Some(rest) = node.number("rest").filter(|rest| rest.value.is_negative() || rest.value > 1) {
        context.reader.fault(rest.at, format!("rest（其余按几成计）是 {}，应当在 0 和 1 之间。请改正。", rest.value));
    }
    let added = node.names("added");
    let families = node.name_lists("families");
    belong(context, added.iter().chain(families.iter().flatten()), &lines);
    let mut seen: BTreeSet<&Name> = added.iter().map(|name| &name.value).collect();
    for name in families.iter().flatten() {
        if !seen.insert(&name.value) {
            let sentence = format!("“{}”不能同时在两个刊物族里，也不能又另外加计。请删去一处。", name.value);
            context.reader.fault(name.at, sentence);
        }
    }
    let per = match columns(context, node.names("per"), &tables) {
        none if none.is_empty() => vec!["稿件编号".into()],
        per => per,
    };
    let bare = |names: Vec<At<Name>>| names.into_iter().map(|name| name.value).collect::<Vec<_>>();
    Some(Body::Combine(Combine {
        of,
        per,
        once_per: columns(context, node.names("once_per"), &tables),
        families: families.into_iter().map(bare).collect(),
        best: node.count("best"),
        rest: node.number_or_default("rest"),
        added: bare(added),
        within: match node.chosen("within") {
            "year" => Within::Year,
            "period" => Within::Period,
            _ => Within::Ever,
        },
        later: match node.chosen("later") {
            "nothing" => Later::Nothing,
            _ => Later::Difference,
        },
    }))
}

/// Line names that do not belong to the rules spoken of are faults.
fn belong<'n>(context: &mut Context<'_>, names: impl Iterator<Item = &'n At<Name>>, lines: &[Name]) {
    for name in names.filter(|name| !lines.contains(&name.value)) {
        let known = lines.iter().map(|line| &**line);
        context.reader.unknown(name.at, "得分事项（在 of 所指的规则里）", &name.value, known);
    }
}

pub(crate) fn share(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let of = of(context, place, node, "of", Reach::Prices);
    let tables = context.outline.tables(&of);
    let when = conditions_of(context, node, &tables);
    let how = node.chosen("how");
    for (key, belongs) in [("parts", "order"), ("first", "fixed"), ("others", "fixed"), ("column", "column")] {
        if node.has(key) && how != belongs {
            let sentence = format!("{key} 只用于 how = \"{belongs}\"，现在写的是 how = \"{how}\"。请改正一处。");
            node.fault(&mut context.reader, key, sentence);
        }
        if !node.has(key) && how == belongs {
            context.reader.fault(node.at, format!("how = \"{how}\" 的分摊缺少 {key}。请补上。"));
        }
    }
    let how = match how {
        "equal" => Sharing::Equal,
        "order" => {
            let parts = node.numbers("parts");
            for part in parts.iter().filter(|part| part.value.is_negative() || part.value.is_zero()) {
                context.reader.fault(part.at, format!("份数 {} 应当大于零。请改正。", part.value));
            }
            if parts.len() == 1 {
                node.fault(&mut context.reader, "parts", "parts（按序各占的份）至少写两个数，例如 [3, 2]。");
            }
            Sharing::InOrder(parts.into_iter().map(|part| part.value).collect())
        }
        "fixed" => Sharing::Fixed { first: node.number("first")?.value, others: node.number("others")?.value },
        "column" => Sharing::Column(context.own_column(&tables, &node.name("column")?, ColumnKind::Number)?),
        _ => Sharing::Full,
    };
    Some(Body::Share(Share { of, when, how }))
}
