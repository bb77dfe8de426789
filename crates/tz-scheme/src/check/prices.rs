//! Price rows that are never reached, and names or forms that no row prices.

use tz_model::{Name, Table};

use crate::mechanism::{Answer, Body, Condition, FactRule, Price};
use crate::read::{Context, Drafted, implies};

pub(crate) fn check(context: &mut Context<'_>, rules: &[Drafted]) {
    for drafted in rules {
        if let Body::Facts(rule) = &drafted.rule.body {
            hidden_rows(context, drafted, rule);
        }
    }
    for drafted in rules {
        if let Body::Facts(rule) = &drafted.rule.body {
            unpriced_values(context, drafted, rule, rules);
        }
    }
    unpriced_answers(context, rules);
}

/// Rows that an earlier row always takes the facts from.
fn hidden_rows(context: &mut Context<'_>, drafted: &Drafted, rule: &FactRule) {
    for (place, row) in rule.prices.iter().enumerate() {
        let before = &rule.prices[..place];
        let names: Vec<Option<&Name>> = if row.of.is_empty() { vec![None] } else { row.of.iter().map(Some).collect() };
        let hider = |name: &Option<&Name>| before.iter().find(|earlier| hides(earlier, row, *name));
        if let Some(hiders) = names.iter().map(hider).collect::<Option<Vec<&Price>>>()
            && let (Some(first), Some(at)) = (hiders.first(), drafted.rows.get(place))
        {
            let sentence = format!(
                "“{}”这一行永远轮不到：符合它的事实都先归了前面的“{}”。请把它移到前面，或改正条件。",
                row.name(),
                first.name()
            );
            context.reader.fault(*at, sentence);
        }
    }
}

/// True if every fact of that name which fits `row` fits `earlier` too.
fn hides(earlier: &Price, row: &Price, name: Option<&Name>) -> bool {
    let named = name.is_none_or(|name| earlier.of.contains(name));
    named && earlier.when.iter().all(|condition| row.when.iter().any(|given| implies(given, condition)))
}

/// Values of a listed column that rows tell apart by, but that none of them prices.
fn unpriced_values(context: &mut Context<'_>, drafted: &Drafted, rule: &FactRule, rules: &[Drafted]) {
    let mut done: Vec<(Option<&Name>, &Name)> = Vec::new();
    for (place, row) in rule.prices.iter().enumerate() {
        for condition in &row.when {
            let Condition::Is { column, not: false, .. } = condition else { continue };
            let table = if column.of_unit { Table::Units } else { rule.table };
            // Only values the scheme lists itself: an office need not use every form the tables know.
            let Some(declared) = context.attribute(table, &column.name) else { continue };
            let listed = declared.values.clone();
            let names: Vec<Option<&Name>> =
                if row.of.is_empty() { vec![None] } else { row.of.iter().map(Some).collect() };
            for name in names {
                if done.contains(&(name, &column.name)) {
                    continue;
                }
                done.push((name, &column.name));
                let left: Vec<&Name> =
                    listed.iter().filter(|value| !priced(rules, rule.table, name, &column.name, value)).collect();
                if let (false, Some(at)) = (left.is_empty(), drafted.rows.get(place)) {
                    let left: Vec<&str> = left.iter().map(|value| &***value).collect();
                    let of = name.map(|name| format!("“{name}”里")).unwrap_or_default();
                    let sentence = format!(
                        "{of}列“{}”是“{}”的事实没有分值。请补上一行，确实不计分的写 points = 0；不许填的，不要列进这一列的 values。",
                        column.name,
                        left.join("”“")
                    );
                    context.reader.fault(*at, sentence);
                }
            }
        }
    }
}

/// True if some row may price facts of that name whose column holds that value.
fn priced(rules: &[Drafted], table: Table, name: Option<&Name>, column: &str, value: &Name) -> bool {
    rules.iter().filter(|drafted| drafted.rule.ledger.is_none()).any(|drafted| match &drafted.rule.body {
        Body::Facts(rule) if rule.table == table => {
            let lets = |when: &[Condition]| when.iter().all(|condition| may_hold(condition, column, value));
            lets(&rule.when)
                && rule.prices.iter().any(|row| {
                    let named = name.is_none_or(|name| row.of.is_empty() || row.of.contains(name));
                    named && lets(&row.when)
                })
        }
        _ => false,
    })
}

/// False only if the condition cannot hold where the column holds that value.
fn may_hold(condition: &Condition, of: &str, value: &Name) -> bool {
    match condition {
        Condition::Is { column, values, not } if &*column.name == of => values.contains(value) != *not,
        Condition::Has { column, present: false } if &*column.name == of => false,
        Condition::Any(any) => any.iter().any(|one| may_hold(one, of, value)),
        Condition::Is { .. }
        | Condition::Compare { .. }
        | Condition::Has { .. }
        | Condition::Linked { .. }
        | Condition::ReceivedInPeriod { .. } => true,
    }
}

/// States of a duty that no rule prices, where some are priced.
fn unpriced_answers(context: &mut Context<'_>, rules: &[Drafted]) {
    let all: Vec<(&Drafted, &FactRule)> = rules
        .iter()
        .filter_map(|drafted| match &drafted.rule.body {
            Body::Facts(rule) if rule.table == Table::Duties => Some((drafted, rule)),
            _ => None,
        })
        .collect();
    let looked_up = |rule: &&FactRule| rule.by.as_ref().is_some_and(|by| &*by.name == "完成情况");
    let by_answer: Vec<_> = all.iter().filter(|(_, rule)| looked_up(rule)).collect();
    let Some((first, _)) = by_answer.first() else { return };
    // A rule that is looked up otherwise, or that chooses by 完成情况, says itself which duties it means.
    if by_answer.len() != all.len() {
        return;
    }
    let chosen = |condition: &Condition| match condition {
        Condition::Is { column, .. } => &*column.name == "完成情况",
        Condition::Any(_) => true,
        Condition::Compare { .. }
        | Condition::Has { .. }
        | Condition::Linked { .. }
        | Condition::ReceivedInPeriod { .. } => false,
    };
    if by_answer.iter().any(|(_, rule)| rule.when.iter().any(chosen)) {
        return;
    }
    let priced = |answer: &str| {
        by_answer.iter().any(|(_, rule)| rule.prices.iter().any(|row| row.of.iter().any(|of| **of == *answer)))
    };
    let left: Vec<&str> = Answer::ALL.into_iter().map(Answer::name).filter(|answer| !priced(answer)).collect();
    if !left.is_empty() {
        let sentence = format!("约稿“{}”的没有分值。请补上一行；确实不计分的，写 points = 0。", left.join("”“"));
        context.reader.fault(first.place("prices"), sentence);
    }
}
