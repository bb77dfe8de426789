//! Lines put into words: each a Chinese sentence with its figures and dates.

use jiff::civil::Date;
use tz_model::{FactId, Facts, Line, Name, Points, Table, UnitIx};
use tz_scheme::Answer;

use crate::cell::answer;
use crate::changes::Changes;
use crate::index::FactAt;
use crate::period::Scorer;
use crate::plan::Item;
use crate::unit::{Part, Why, fact_key};
use crate::words;

/// Puts parts into words.
pub(crate) struct Teller<'a> {
    scorer: &'a Scorer<'a>,
    /// The sentence being written, so that each is kept in no more memory than it needs.
    sentence: String,
}

impl<'a> Teller<'a> {
    pub fn new(scorer: &'a Scorer<'a>) -> Self {
        Self { scorer, sentence: String::new() }
    }

    /// The line of a part, with clause, facts and reason.
    pub fn line(&mut self, part: &Part) -> Line {
        let item = self.scorer.plan.item(part.item);
        self.sentence.clear();
        let out = &mut self.sentence;
        let mut waiting = None;
        match (part.fact, &part.why) {
            (Some(fact), Why::Changed(changes)) => {
                of_fact(out, self.scorer.facts, fact, item, part, Some(changes));
                waiting = changes.waiting();
            }
            (Some(fact), Why::Fact | Why::Told(_)) => of_fact(out, self.scorer.facts, fact, item, part, None),
            (None, Why::Told(told)) => told.write(out, item, part.points),
            (None, Why::Fact | Why::Changed(_)) => {}
        }
        Line {
            rule: item.line_rule.clone(),
            item: item.name.clone(),
            clause: item.rule.clause.clone(),
            points: part.points,
            facts: part.facts(self.scorer.facts),
            why: self.sentence.as_str().to_owned(),
            waiting,
        }
    }
}

/// Names a fact: `采用:12`.
pub(crate) fn id(facts: &Facts, fact: FactAt) -> FactId {
    FactId { table: fact.table, key: fact_key(facts, fact).into() }
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

fn of_fact(out: &mut String, facts: &Facts, fact: FactAt, item: &Item<'_>, part: &Part, changes: Option<&Changes>) {
    let at = fact.index();
    let shared = changes.is_some_and(|changes| changes.shared.is_some());
    match fact.table {
        Table::Reports => {
            let report = &facts.reports[at];
            quoted(out, part.day, item.name);
            let mut more = Brackets::new(out);
            more.put("《", report.title.as_deref(), "》");
            more.put("", Some(&*report.category).filter(|category| *category != &**item.name), "");
            more.finish(facts, &report.units, shared);
        }
        Table::Adoptions => {
            let adoption = &facts.adoptions[at];
            quoted(out, part.day, item.name);
            let mut more = Brackets::new(out);
            more.put("稿件 ", adoption.item.as_deref(), "");
            more.put("", adoption.issue.as_deref(), "");
            more.put("", adoption.form.as_deref(), "");
            more.finish(facts, &adoption.units, shared);
        }
        Table::Comments => {
            let comment = &facts.comments[at];
            quoted(out, part.day, item.name);
            let mut more = Brackets::new(out);
            more.put("", comment.leader.as_deref(), "批示");
            more.put("稿件 ", comment.item.as_deref(), "");
            more.finish(facts, &comment.units, shared);
        }
        Table::Duties => of_duty(out, facts, at),
        Table::Events => {
            let event = &facts.events[at];
            quoted(out, part.day, item.name);
            let mut more = Brackets::new(out);
            more.put("", event.note.as_deref(), "");
            more.finish(facts, &event.units, shared);
            if event.count > 1 {
                out.push(' ');
                words::number(out, event.count);
                out.push_str(" 次，每次 ");
                words::points(out, item.points);
                out.push_str(" 分");
            }
        }
        Table::Units => {}
    }
    if let Some(changes) = changes {
        changes.write(out);
        if let Some(column) = &changes.waits_for {
            out.push_str("，“");
            out.push_str(column);
            out.push_str("”未定，暂不计分。");
            return;
        }
    }
    out.push('，');
    item.put_effect(out, part.points);
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
    fn finish(mut self, facts: &Facts, units: &[UnitIx], shared: bool) {
        if units.len() > 1 {
            // The table's order, not the cell's: the order of names in a cell means nothing (R11).
            let mut units: Vec<UnitIx> = units.to_vec();
            units.sort_unstable();
            units.dedup();
            let how = if shared { "共同署名" } else { "共同署名，各计全分" };
            let names: Vec<&str> = units.iter().map(|unit| &*facts.units[unit.index()].name).collect();
            self.put("", (names.len() > 1).then(|| names.join("、")).as_deref(), how);
        }
        if self.open {
            self.out.push('）');
        }
    }
}
