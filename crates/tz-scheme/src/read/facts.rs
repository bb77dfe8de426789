//! `kind = "facts"`: a price table.

use tz_model::{Name, Table};

use crate::columns::looked_up_by;
use crate::mechanism::{Body, Column, ColumnKind, FactRule, Price, Worth};
use crate::read::Context;
use crate::read::condition::conditions;
use crate::read::context::Once;
use crate::read::rule::Read;
use crate::toml::{At, Node, hint};

pub(crate) fn facts(context: &mut Context<'_>, node: &Node<'_>) -> Read {
    let table = Table::named(node.words("table")?.value)?;
    let by = by(context, node, table);
    let when = conditions(context, node, "when", &[table]);
    let day = node.name("day").and_then(|day| context.own_column(&[table], &day, ColumnKind::Date));
    if let Some(day) = &day
        && day.of_unit
    {
        node.fault(&mut context.reader, "day", format!("“{}”是单位的列，不是这件事实的日期。请换一列。", day.name));
    }
    let rows = node.tables("prices");
    if rows.is_empty() {
        node.fault(&mut context.reader, "prices", "分值表是空的。请至少写一行，例如 { name = \"…\", points = 5 }。");
    }
    let prices: Vec<Option<Price>> = rows.iter().map(|row| price(context, row, table, by.as_ref())).collect();
    Some(Body::Facts(FactRule { table, by, when, day, prices: prices.into_iter().collect::<Option<_>>()? }))
}

fn by(context: &mut Context<'_>, node: &Node<'_>, table: Table) -> Option<Column> {
    let named = match node.name("by") {
        Some(given) if *given.value == *"none" => return None,
        Some(given) => given,
        None => At { value: looked_up_by(table)?.into(), at: node.at },
    };
    context.own_column(&[table], &named, ColumnKind::Name)
}

fn price(context: &mut Context<'_>, row: &Node<'_>, table: Table, by: Option<&Column>) -> Option<Price> {
    let of = of(context, row, table, by);
    let when = conditions(context, row, "when", &[table]);
    let times = row.name("times").and_then(|times| context.own_column(&[table], &times, ColumnKind::Number));
    Some(Price {
        worth: Worth { name: row.name("name")?.value, points: row.number("points")?.value },
        level: row.name("level").map(|level| level.value),
        of,
        when,
        times,
    })
}

/// The names a row prices.
fn of(context: &mut Context<'_>, row: &Node<'_>, table: Table, by: Option<&Column>) -> Vec<Name> {
    let reader = &mut context.reader;
    let key = if row.has("answer") { "answer" } else { "of" };
    if row.has("answer") && table != Table::Duties {
        row.fault(reader, "answer", "answer（约稿完成情况）只用于约稿表。请改写 of。");
    }
    if row.has("answer") && row.has("of") {
        row.fault(reader, "of", "answer 和 of 是一个意思，只写一个。");
    }
    let given = row.names(key);
    let Some(by) = by else {
        if row.has(key) {
            let sentence = "本条不按哪一列查分值，这里不能写 of。请在本条写上 by = \"列名\"，或改用 when。";
            row.fault(reader, key, sentence);
        }
        return Vec::new();
    };
    let mut once = Once::new("本行所指名称");
    given.iter().for_each(|name| once.add(reader, name));
    // What the column may hold, if that is listed; the names this table prices are no list of their own.
    let known: Vec<Name> = match (table, &*by.name) {
        (Table::Adoptions, "采用方式") | (Table::Comments, "批示层级") => {
            context.attribute(table, &by.name).map(|declared| declared.values.clone()).unwrap_or_default()
        }
        _ => context.values(if by.of_unit { Table::Units } else { table }, &by.name),
    };
    if given.is_empty() {
        let Some(name) = row.name("name") else { return Vec::new() };
        if !known.is_empty() && !known.contains(&name.value) {
            let hint = hint(&name.value, known.iter().map(|name| &**name));
            let key = if table == Table::Duties { "answer（约稿完成情况）" } else { "of（所指名称）" };
            let sentence = format!("“{}”不是列“{}”的值，这一行缺少 {key}。{hint}", name.value, by.name);
            context.reader.fault(row.at, sentence);
        }
        return vec![name.value];
    }
    for name in given.iter().filter(|name| !known.is_empty() && !known.contains(&name.value)) {
        let hint = hint(&name.value, known.iter().map(|name| &**name));
        context.reader.fault(name.at, format!("列“{}”没有“{}”这个值。{hint}", by.name, name.value));
    }
    given.into_iter().map(|name| name.value).collect()
}
