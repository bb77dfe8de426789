//! Lines put into words: each a Chinese sentence with its figures and dates.

use std::fmt::{self, Write as _};

use jiff::civil::Date;
use tz_model::{FactId, Facts, Line, Name, Points, Quota, Table, UnitIx};
use tz_scheme::{Answer, Body};

use crate::index::FactAt;
use crate::plan::{Plan, answer};
use crate::unit::{Part, fact_key};

/// The line of a part, with clause, facts and reason. `period` is its Chinese name.
pub(crate) fn line(plan: &Plan<'_>, facts: &Facts, part: &Part, period: &str, quota: Option<&Quota>) -> Line {
    let item = plan.item(part.item);
    let mut why = String::with_capacity(128);
    write_why(&mut why, plan, facts, part, period, quota).expect("a String takes everything");
    Line {
        rule: item.line_rule.clone(),
        item: item.name.clone(),
        clause: item.rule.clause.clone(),
        points: part.points,
        facts: part.fact.map(|fact| id(facts, fact)).into_iter().collect(),
        why,
    }
}

/// Names a fact: `采用:12`.
pub(crate) fn id(facts: &Facts, fact: FactAt) -> FactId {
    FactId { table: fact.table, key: fact_key(facts, fact).clone() }
}

/// As a sentence names a day: `2018年6月4日`.
pub(crate) fn day(date: Date) -> impl fmt::Display {
    fmt::from_fn(move |out| write!(out, "{}年{}月{}日", date.year(), date.month(), date.day()))
}

/// What is done to a total: `加 5 分`, `扣 3 分`.
pub(crate) fn effect(points: Points) -> impl fmt::Display {
    fmt::from_fn(move |out| match points {
        points if points.is_negative() => write!(out, "扣 {} 分", -points),
        points if points.is_zero() => out.write_str("计 0 分"),
        points => write!(out, "加 {points} 分"),
    })
}

fn write_why(
    out: &mut String,
    plan: &Plan<'_>,
    facts: &Facts,
    part: &Part,
    period: &str,
    quota: Option<&Quota>,
) -> fmt::Result {
    let item = plan.item(part.item);
    match (part.fact, &item.rule.body, quota) {
        (Some(fact), _, _) => of_fact(out, facts, fact, item.name, item.points, part.points),
        (None, Body::Quota(rule), Some(quota)) => {
            received(out, quota, period)?;
            let each = effect(item.points);
            if *item.name == rule.met.name {
                write!(out, "，完成任务，{each}。")
            } else if *item.name == rule.over.name {
                write!(out, "，多报 {} 篇，每篇{each}。", quota.over)
            } else {
                write!(out, "；按少报 {} 篇计，每篇{each}。", quota.short)
            }
        }
        (None, _, _) => {
            write!(out, "{period}的扣分超过了当月得分，扣完为止，当月不低于 0 分，退回 {} 分。", part.points)
        }
    }
}

/// `2018年6月报送 13 篇，任务 10 篇，各类均达标`, or what is missing.
fn received(out: &mut String, quota: &Quota, period: &str) -> fmt::Result {
    write!(out, "{period}报送 {} 篇，任务 {} 篇，", quota.received, quota.required)?;
    let mut missing = quota.categories.iter().filter(|category| category.received < category.required).peekable();
    let short = quota.required.saturating_sub(quota.received);
    match (short, missing.peek().is_some()) {
        (0, false) => out.push_str("各类均达标"),
        (0, true) => out.push_str("总数已够，但"),
        (_, false) => write!(out, "总数少 {short} 篇")?,
        (_, true) => write!(out, "总数少 {short} 篇，其中")?,
    }
    while let Some(category) = missing.next() {
        let gap = if missing.peek().is_some() { "、" } else { "" };
        write!(out, "{}缺 {} 篇{gap}", category.category, category.required - category.received)?;
    }
    Ok(())
}

fn of_fact(out: &mut String, facts: &Facts, fact: FactAt, item: &Name, price: Points, points: Points) -> fmt::Result {
    let at = fact.at as usize;
    match fact.table {
        Table::Adoptions => {
            let adoption = &facts.adoptions[at];
            write!(out, "{}“{item}”", day(adoption.date))?;
            let mut more = Brackets::new(out);
            more.put("稿件 ", adoption.item.as_deref(), "");
            more.put("", adoption.issue.as_deref(), "");
            more.put("", adoption.form.as_deref(), "");
            more.finish(facts, &adoption.units);
        }
        Table::Comments => {
            let comment = &facts.comments[at];
            write!(out, "{}“{item}”", day(comment.date))?;
            let mut more = Brackets::new(out);
            more.put("", comment.leader.as_deref(), "批示");
            more.put("稿件 ", comment.item.as_deref(), "");
            more.finish(facts, &comment.units);
        }
        Table::Duties => of_duty(out, facts, at)?,
        Table::Events => {
            let event = &facts.events[at];
            write!(out, "{}“{item}”", day(event.date))?;
            let mut more = Brackets::new(out);
            more.put("", event.note.as_deref(), "");
            more.finish(facts, &event.units);
            if event.count > 1 {
                write!(out, " {} 次，每次 {price} 分", event.count)?;
            }
        }
        Table::Units | Table::Reports => {}
    }
    write!(out, "，{}。", effect(points))
}

fn of_duty(out: &mut String, facts: &Facts, at: usize) -> fmt::Result {
    let duty = &facts.duties[at];
    out.push_str("约稿");
    match (&duty.topic, &duty.solicitation) {
        (Some(topic), _) => write!(out, "“{topic}”")?,
        (None, Some(number)) => write!(out, " {number} ")?,
        (None, None) => {}
    }
    write!(out, "{}截止，", day(duty.deadline))?;
    match (answer(duty), duty.answered) {
        (Answer::OnTime, Some(came)) => write!(out, "{}报送，未超过截止日期", day(came)),
        (Answer::Late, Some(came)) => {
            let days = duty.deadline.until(came).map_or(0, |span| span.get_days());
            write!(out, "{}才报送，迟报 {days} 天", day(came))
        }
        (Answer::Refused, _) => out.write_str("单位拒报"),
        (Answer::OnTime | Answer::Late | Answer::Missed, _) => out.write_str("未报送，属漏报"),
    }
}

/// What is told in brackets, if anything is.
struct Brackets<'o> {
    out: &'o mut String,
    open: bool,
}

impl<'o> Brackets<'o> {
    fn new(out: &'o mut String) -> Self {
        Self { out, open: false }
    }

    fn put(&mut self, before: &str, what: Option<&str>, after: &str) {
        if let Some(what) = what {
            self.out.push_str(if self.open { "，" } else { "（" });
            self.open = true;
            [before, what, after].into_iter().for_each(|text| self.out.push_str(text));
        }
    }

    /// Names the units that share the fact, and closes.
    fn finish(mut self, facts: &Facts, units: &[UnitIx]) {
        if units.len() > 1 {
            // The table's order, not the cell's: the order of names in a cell means nothing (R11).
            let mut units: Vec<UnitIx> = units.to_vec();
            units.sort_unstable();
            units.dedup();
            let names: Vec<&str> = units.iter().map(|unit| &*facts.units[unit.index()].name).collect();
            self.put("", (names.len() > 1).then(|| names.join("、")).as_deref(), "共同署名，各计全分");
        }
        if self.open {
            self.out.push('）');
        }
    }
}
