//! Lines put into words: each a Chinese sentence with its figures and dates.

use jiff::civil::Date;
use tz_model::{FactId, Facts, Line, Name, Points, Quota, Table, UnitIx};
use tz_scheme::{Answer, Body};

use crate::index::FactAt;
use crate::plan::{Item, Plan, answer};
use crate::unit::{Part, fact_key};
use crate::words;

/// Puts parts into words: the lines of one period, whose Chinese name is `period`.
pub(crate) struct Teller<'a> {
    pub plan: &'a Plan<'a>,
    pub facts: &'a Facts,
    pub period: &'a str,
    /// The sentence being written, so that each is kept in no more memory than it needs.
    sentence: String,
}

impl<'a> Teller<'a> {
    pub fn new(plan: &'a Plan<'a>, facts: &'a Facts, period: &'a str) -> Self {
        Self { plan, facts, period, sentence: String::new() }
    }

    /// The line of a part, with clause, facts and reason.
    pub fn line(&mut self, part: &Part, quota: Option<&Quota>) -> Line {
        let item = self.plan.item(part.item);
        self.sentence.clear();
        self.write_why(part, quota);
        Line {
            rule: item.line_rule.clone(),
            item: item.name.clone(),
            clause: item.rule.clause.clone(),
            points: part.points,
            facts: part.fact.map_or_else(Vec::new, |fact| vec![id(self.facts, fact)]),
            why: self.sentence.as_str().to_owned(),
        }
    }

    fn write_why(&mut self, part: &Part, quota: Option<&Quota>) {
        let item = self.plan.item(part.item);
        let out = &mut self.sentence;
        match (part.fact, &item.rule.body, quota) {
            (Some(fact), _, _) => of_fact(out, self.facts, fact, item, part.points),
            (None, Body::Quota(rule), Some(quota)) => {
                received(out, quota, self.period);
                if *item.name == rule.met.name {
                    out.push_str("，完成任务，");
                } else {
                    let (how, count) = if *item.name == rule.over.name {
                        ("，多报 ", quota.over)
                    } else {
                        ("；按少报 ", quota.short)
                    };
                    out.push_str(how);
                    words::number(out, count);
                    out.push_str(if *item.name == rule.over.name { " 篇，每篇" } else { " 篇计，每篇" });
                }
                out.push_str(&item.effect);
                out.push('。');
            }
            (None, _, _) => {
                out.push_str(self.period);
                out.push_str("的扣分超过了当月得分，扣完为止，当月不低于 0 分，退回 ");
                words::points(out, part.points);
                out.push_str(" 分。");
            }
        }
    }
}

/// Names a fact: `采用:12`.
pub(crate) fn id(facts: &Facts, fact: FactAt) -> FactId {
    FactId { table: fact.table, key: fact_key(facts, fact).clone() }
}

/// As a sentence names a day: `2018年6月4日`.
pub(crate) fn day(date: Date) -> String {
    let mut out = String::new();
    words::day(&mut out, date);
    out
}

/// What is done to a total: `加 5 分`, `扣 3 分`.
pub(crate) fn effect(points: Points) -> String {
    let mut out = String::new();
    words::effect(&mut out, points);
    out
}

/// `2018年6月报送 13 篇，任务 10 篇，各类均达标`, or what is missing.
fn received(out: &mut String, quota: &Quota, period: &str) {
    out.push_str(period);
    out.push_str("报送 ");
    words::number(out, quota.received);
    out.push_str(" 篇，任务 ");
    words::number(out, quota.required);
    out.push_str(" 篇，");
    let mut missing = quota.categories.iter().filter(|category| category.received < category.required).peekable();
    let short = quota.required.saturating_sub(quota.received);
    if short > 0 {
        out.push_str("总数少 ");
        words::number(out, short);
        out.push_str(" 篇");
    }
    out.push_str(match (short, missing.peek().is_some()) {
        (0, false) => "各类均达标",
        (0, true) => "总数已够，但",
        (_, false) => "",
        (_, true) => "，其中",
    });
    while let Some(category) = missing.next() {
        out.push_str(&category.category);
        out.push_str("缺 ");
        words::number(out, category.required - category.received);
        out.push_str(" 篇");
        if missing.peek().is_some() {
            out.push('、');
        }
    }
}

fn of_fact(out: &mut String, facts: &Facts, fact: FactAt, item: &Item<'_>, points: Points) {
    let at = fact.at as usize;
    match fact.table {
        Table::Adoptions => {
            let adoption = &facts.adoptions[at];
            quoted(out, adoption.date, item.name);
            let mut more = Brackets::new(out);
            more.put("稿件 ", adoption.item.as_deref(), "");
            more.put("", adoption.issue.as_deref(), "");
            more.put("", adoption.form.as_deref(), "");
            more.finish(facts, &adoption.units);
        }
        Table::Comments => {
            let comment = &facts.comments[at];
            quoted(out, comment.date, item.name);
            let mut more = Brackets::new(out);
            more.put("", comment.leader.as_deref(), "批示");
            more.put("稿件 ", comment.item.as_deref(), "");
            more.finish(facts, &comment.units);
        }
        Table::Duties => of_duty(out, facts, at),
        Table::Events => {
            let event = &facts.events[at];
            quoted(out, event.date, item.name);
            let mut more = Brackets::new(out);
            more.put("", event.note.as_deref(), "");
            more.finish(facts, &event.units);
            if event.count > 1 {
                out.push(' ');
                words::number(out, event.count);
                out.push_str(" 次，每次 ");
                words::points(out, item.points);
                out.push_str(" 分");
            }
        }
        Table::Units | Table::Reports => {}
    }
    out.push('，');
    if points == item.points {
        out.push_str(&item.effect);
    } else {
        words::effect(out, points);
    }
    out.push('。');
}

/// `2018年6月29日“枣庄普刊采用”`
fn quoted(out: &mut String, date: Date, item: &Name) {
    words::day(out, date);
    out.push('“');
    out.push_str(item);
    out.push('”');
}

fn of_duty(out: &mut String, facts: &Facts, at: usize) {
    let duty = &facts.duties[at];
    out.push_str("约稿");
    let (before, named, after) = match (&duty.topic, &duty.solicitation) {
        (Some(topic), _) => ("“", &**topic, "”"),
        (None, Some(number)) => (" ", &**number, " "),
        (None, None) => ("", "", ""),
    };
    [before, named, after].into_iter().for_each(|text| out.push_str(text));
    words::day(out, duty.deadline);
    out.push_str("截止，");
    match (answer(duty), duty.answered) {
        (Answer::OnTime, Some(came)) => {
            words::day(out, came);
            out.push_str("报送，未超过截止日期");
        }
        (Answer::Late, Some(came)) => {
            words::day(out, came);
            out.push_str("才报送，迟报 ");
            words::number(out, duty.deadline.until(came).map_or(0, |span| span.get_days()));
            out.push_str(" 天");
        }
        (Answer::Refused, _) => out.push_str("单位拒报"),
        (Answer::OnTime | Answer::Late | Answer::Missed, _) => out.push_str("未报送，属漏报"),
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
