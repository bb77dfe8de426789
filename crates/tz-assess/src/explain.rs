//! Lines put into words: each a Chinese sentence with its figures and dates.

use std::fmt::Write as _;

use jiff::civil::Date;
use tz_model::{FactId, Facts, Line, Name, Period, Points, Quota, Table, UnitIx};
use tz_scheme::{Answer, Body};

use crate::index::FactAt;
use crate::plan::{Plan, answer};
use crate::unit::{Part, fact_key};

/// The line of a part, with clause, facts and reason.
pub(crate) fn line(plan: &Plan<'_>, facts: &Facts, part: &Part, period: &Period, quota: Option<&Quota>) -> Line {
    let item = plan.item(part.item);
    Line {
        rule: item.line_rule.clone(),
        item: item.name.clone(),
        clause: item.rule.clause.clone(),
        points: part.points,
        facts: part.fact.map(|fact| id(facts, fact)).into_iter().collect(),
        why: why(plan, facts, part, period, quota),
    }
}

/// Names a fact: `采用:12`.
pub(crate) fn id(facts: &Facts, fact: FactAt) -> FactId {
    FactId { table: fact.table, key: fact_key(facts, fact).clone() }
}

/// As a sentence names a day: `2018年6月4日`.
pub(crate) fn day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// What is done to a total: `加 5 分`, `扣 3 分`.
pub(crate) fn effect(points: Points) -> String {
    match points {
        points if points.is_negative() => format!("扣 {} 分", -points),
        points if points.is_zero() => "计 0 分".to_owned(),
        points => format!("加 {points} 分"),
    }
}

fn why(plan: &Plan<'_>, facts: &Facts, part: &Part, period: &Period, quota: Option<&Quota>) -> String {
    let item = plan.item(part.item);
    match (part.fact, &item.rule.body) {
        (Some(fact), _) => of_fact(facts, fact, item.name, item.points, part.points),
        (None, Body::Quota(rule)) => match quota {
            Some(quota) if *item.name == rule.met.name => {
                format!("{}，完成任务，{}。", received(quota, period), effect(part.points))
            }
            Some(quota) if *item.name == rule.over.name => {
                format!("{}，多报 {} 篇，每篇{}。", received(quota, period), quota.over, effect(item.points))
            }
            Some(quota) => {
                format!("{}；按少报 {} 篇计，每篇{}。", received(quota, period), quota.short, effect(item.points))
            }
            None => effect(part.points),
        },
        (None, _) => {
            format!("{}的扣分超过了当月得分，扣完为止，当月不低于 0 分，退回 {} 分。", period.chinese(), part.points)
        }
    }
}

/// `2018年6月报送 13 篇，任务 10 篇，各类均达标`, or what is missing.
fn received(quota: &Quota, period: &Period) -> String {
    let mut text = format!("{}报送 {} 篇，任务 {} 篇，", period.chinese(), quota.received, quota.required);
    let mut missing = String::new();
    for category in quota.categories.iter().filter(|category| category.received < category.required) {
        let gap = if missing.is_empty() { "" } else { "、" };
        let _ = write!(missing, "{gap}{}缺 {} 篇", category.category, category.required - category.received);
    }
    let short = quota.required.saturating_sub(quota.received);
    match (short, missing.is_empty()) {
        (0, true) => text.push_str("各类均达标"),
        (0, false) => {
            let _ = write!(text, "总数已够，但{missing}");
        }
        (_, true) => {
            let _ = write!(text, "总数少 {short} 篇");
        }
        (_, false) => {
            let _ = write!(text, "总数少 {short} 篇，其中{missing}");
        }
    }
    text
}

fn of_fact(facts: &Facts, fact: FactAt, item: &Name, price: Points, points: Points) -> String {
    let at = fact.at as usize;
    match fact.table {
        Table::Adoptions => {
            let adoption = &facts.adoptions[at];
            let more = [
                adoption.item.as_ref().map(|key| format!("稿件 {key}")),
                adoption.issue.as_ref().map(ToString::to_string),
                adoption.form.as_ref().map(ToString::to_string),
                shared(facts, &adoption.units),
            ];
            format!("{}“{item}”{}，{}。", day(adoption.date), brackets(more), effect(points))
        }
        Table::Comments => {
            let comment = &facts.comments[at];
            let more = [
                comment.leader.as_ref().map(|leader| format!("{leader}批示")),
                comment.item.as_ref().map(|key| format!("稿件 {key}")),
                None,
                shared(facts, &comment.units),
            ];
            format!("{}“{item}”{}，{}。", day(comment.date), brackets(more), effect(points))
        }
        Table::Duties => of_duty(facts, at, points),
        Table::Events => {
            let event = &facts.events[at];
            let times = match event.count {
                1 => String::new(),
                count => format!(" {count} 次，每次 {price} 分"),
            };
            let more = [event.note.as_ref().map(ToString::to_string), None, None, shared(facts, &event.units)];
            format!("{}“{item}”{}{times}，{}。", day(event.date), brackets(more), effect(points))
        }
        Table::Units | Table::Reports => effect(points),
    }
}

fn of_duty(facts: &Facts, at: usize, points: Points) -> String {
    let duty = &facts.duties[at];
    let topic = match (&duty.topic, &duty.solicitation) {
        (Some(topic), _) => format!("“{topic}”"),
        (None, Some(number)) => format!(" {number} "),
        (None, None) => String::new(),
    };
    let what = match (answer(duty), duty.answered) {
        (Answer::OnTime, Some(came)) => format!("{}报送，未超过截止日期", day(came)),
        (Answer::Late, Some(came)) => {
            let days = duty.deadline.until(came).map_or(0, |span| span.get_days());
            format!("{}才报送，迟报 {days} 天", day(came))
        }
        (Answer::Refused, _) => "单位拒报".to_owned(),
        (Answer::OnTime | Answer::Late | Answer::Missed, _) => "未报送，属漏报".to_owned(),
    };
    format!("约稿{topic}{}截止，{what}，{}。", day(duty.deadline), effect(points))
}

fn shared(facts: &Facts, units: &[UnitIx]) -> Option<String> {
    // The table's order, not the cell's: the order of names in a cell means nothing (R11).
    let mut units: Vec<UnitIx> = units.to_vec();
    units.sort_unstable();
    units.dedup();
    (units.len() > 1).then(|| {
        let names: Vec<&str> = units.iter().map(|unit| &*facts.units[unit.index()].name).collect();
        format!("{}共同署名，各计全分", names.join("、"))
    })
}

fn brackets(parts: [Option<String>; 4]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("（{}）", parts.join("，")) }
}
