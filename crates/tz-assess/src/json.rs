//! What leaves: the scoring command's JSON, and a statement (计分表) as canonical text. Keys in a fixed order, points as
//! decimal strings, no white space: same values, same bytes.
//!
//! Written straight into one text: a year's result is a million bytes, and a general serializer looks at each of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use tz_model::{
    Account, Accounts, Assessment, CategoryCount, Clause, FactId, Line, Outcome, PeriodScore, Points, Quota, Table,
    UnitPeriod, UnitYear,
};

use crate::words;

/// The year as one JSON object, keys and shapes as the fact tables' page gives them.
pub fn to_json(assessment: &Assessment) -> String {
    let mut whole = String::new();
    write_json(assessment, |piece| {
        whole.push_str(piece);
        Ok::<(), std::convert::Infallible>(())
    })
    .expect("a text takes every piece");
    whole
}

/// Bytes of a piece, about: small enough to stay in the processor's cache from being written to being taken.
const PIECE: usize = 48 << 10;

/// [`to_json`] in pieces, one behind the other: a year's result is a million bytes, and memory that was never used before
/// is dear. Stops at the first piece that `take` refuses.
pub fn write_json<E>(assessment: &Assessment, mut take: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let labels: Vec<&str> = assessment.periods.iter().map(|period| &*period.label).collect();
    let mut out = Json(String::with_capacity(PIECE + (16 << 10)));
    out.text_of("{\"scheme\":", &assessment.scheme);
    out.number_of(",\"year\":", assessment.year);
    out.text_of(",\"through\":", labels.last().copied().unwrap_or_default());
    out.raw(",\"periods\":");
    out.list(&labels, |out, label| out.text(label));
    out.raw(",\"units\":[");
    for (at, unit) in assessment.units.iter().enumerate() {
        if at > 0 {
            out.raw(",");
        }
        out.unit(unit, &labels);
        if out.0.len() >= PIECE {
            take(&out.0)?;
            out.0.clear();
        }
    }
    out.raw("],\"outcomes\":");
    out.list(&assessment.outcomes, Json::outcome);
    out.raw("}");
    take(&out.0)
}

/// One unit's published period (计分表) as canonical text, to be hashed and kept. [`read_statement`] takes it back.
pub fn statement_json(period: &str, unit: &UnitPeriod) -> String {
    let mut out = Json(String::with_capacity(1024 + 256 * unit.score.lines.len()));
    out.text_of("{\"period\":", period);
    out.text_of(",\"unit\":", &unit.unit);
    out.text_of(",\"class\":", &unit.class);
    out.text_of(",\"group\":", &unit.group);
    out.total_and_rank(",", unit.score.total, unit.score.rank);
    out.raw(",\"quota\":");
    match &unit.score.quota {
        Some(quota) => out.quota(quota),
        None => out.raw("null"),
    }
    out.raw(",\"lines\":");
    out.list(&unit.score.lines, Json::line);
    if !unit.ledgers.is_empty() {
        out.raw(",\"ledgers\":{");
        for (nth, (name, account)) in unit.ledgers.iter().enumerate() {
            out.raw(if nth > 0 { "," } else { "" });
            out.text(name);
            out.raw(":");
            out.account(account);
        }
        out.raw("}");
    }
    out.raw("}");
    out.0
}

/// JSON being written.
struct Json(String);

impl Json {
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// A list of whatever `put` writes.
    fn list<T>(&mut self, all: &[T], mut put: impl FnMut(&mut Self, &T)) {
        self.raw("[");
        for (at, one) in all.iter().enumerate() {
            if at > 0 {
                self.raw(",");
            }
            put(self, one);
        }
        self.raw("]");
    }

    fn number_of(&mut self, key: &str, number: impl Into<i64>) {
        self.raw(key);
        words::number(&mut self.0, number);
    }

    fn points_of(&mut self, key: &str, points: Points) {
        self.raw(key);
        self.raw("\"");
        words::points(&mut self.0, points);
        self.raw("\"");
    }

    fn text_of(&mut self, key: &str, text: &str) {
        self.raw(key);
        self.text(text);
    }

    fn text(&mut self, text: &str) {
        self.raw("\"");
        self.escaped(text);
        self.raw("\"");
    }

    /// A text without the marks around it. Nearly none has anything to escape.
    fn escaped(&mut self, text: &str) {
        if asks_for_escape(text.as_bytes()) {
            let marked = serde_json::to_string(text).expect("a text always serializes");
            self.raw(&marked[1..marked.len() - 1]);
        } else {
            self.raw(text);
        }
    }

    fn unit(&mut self, unit: &UnitYear, labels: &[&str]) {
        self.text_of("{\"unit\":", &unit.unit);
        self.text_of(",\"class\":", &unit.class);
        self.text_of(",\"group\":", &unit.group);
        self.raw(",\"periods\":{");
        for (nth, (at, score)) in unit.periods.iter().enumerate() {
            if nth > 0 {
                self.raw(",");
            }
            self.text(labels[*at]);
            self.raw(":");
            self.score(score.total, score.rank, &score.lines);
        }
        self.raw("}");
        if let Some(annual) = &unit.annual {
            self.raw(",\"annual\":");
            self.score(annual.total, annual.rank, &annual.lines);
        }
        if !unit.ledgers.is_empty() {
            self.ledgers(unit, labels);
        }
        self.raw("}");
    }

    /// `"ledgers":{"奖金":{"periods":{"2018-01":{…}},"annual":{…}}}`
    fn ledgers(&mut self, unit: &UnitYear, labels: &[&str]) {
        self.raw(",\"ledgers\":{");
        for (nth, (name, ledger)) in unit.ledgers.iter().enumerate() {
            self.raw(if nth > 0 { "," } else { "" });
            self.text(name);
            self.raw(":{\"periods\":{");
            for (nth, (at, account)) in ledger.periods.iter().enumerate() {
                self.raw(if nth > 0 { "," } else { "" });
                self.text(labels[*at]);
                self.raw(":");
                self.account(account);
            }
            self.raw("}");
            if let Some(annual) = &ledger.annual {
                self.raw(",\"annual\":");
                self.account(annual);
            }
            self.raw("}");
        }
        self.raw("}");
    }

    fn account(&mut self, account: &Account) {
        self.points_of("{\"total\":", account.total);
        self.raw(",\"lines\":");
        self.list(&account.lines, Self::line);
        self.raw("}");
    }

    fn score(&mut self, total: Points, rank: u32, lines: &[Line]) {
        self.total_and_rank("{", total, rank);
        self.raw(",\"lines\":");
        self.list(lines, Self::line);
        self.raw("}");
    }

    fn total_and_rank(&mut self, before: &str, total: Points, rank: u32) {
        self.raw(before);
        self.points_of("\"total\":", total);
        self.number_of(",\"rank\":", rank);
    }

    fn line(&mut self, line: &Line) {
        self.text_of("{\"rule\":", &line.rule);
        self.text_of(",\"item\":", &line.item);
        self.text_of(",\"clause\":", line.clause.as_str());
        match line.waiting {
            None => self.points_of(",\"points\":", line.points),
            Some(_) => self.raw(",\"points\":null"),
        }
        self.raw(",\"facts\":");
        self.list(&line.facts, Self::fact);
        self.text_of(",\"why\":", &line.why);
        if let Some(waiting) = &line.waiting {
            self.text_of(",\"waiting\":", waiting);
        }
        self.raw("}");
    }

    /// As a fact is shown: `采用:12`.
    fn fact(&mut self, fact: &FactId) {
        self.raw("\"");
        self.raw(fact.table.name());
        self.raw(":");
        self.escaped(&fact.key);
        self.raw("\"");
    }

    fn quota(&mut self, quota: &Quota) {
        self.number_of("{\"received\":", quota.received);
        self.number_of(",\"required\":", quota.required);
        self.number_of(",\"short\":", quota.short);
        self.number_of(",\"over\":", quota.over);
        self.raw(",\"categories\":");
        self.list(&quota.categories, |out, category| {
            out.text_of("[", &category.category);
            out.number_of(",", category.received);
            out.number_of(",", category.required);
            out.raw("]");
        });
        self.raw("}");
    }

    fn outcome(&mut self, outcome: &Outcome) {
        self.text_of("{\"kind\":", outcome.kind.name());
        self.text_of(",\"period\":", &outcome.period);
        self.text_of(",\"unit\":", &outcome.unit);
        self.text_of(",\"group\":", &outcome.group);
        self.text_of(",\"clause\":", outcome.clause.as_str());
        self.text_of(",\"why\":", &outcome.why);
        self.raw("}");
    }
}

/// True if a byte is a control, a quotation mark or a backslash. Eight bytes are looked at together.
#[inline]
fn asks_for_escape(text: &[u8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of a byte below the limit is left; what equals another byte is below 1 once both are laid over each other.
    let below = |word: u64, limit: u8| word.wrapping_sub(EACH * u64::from(limit)) & !word & HIGH;
    let asks = |eight: &[u8; 8]| {
        let word = u64::from_le_bytes(*eight);
        let (quote, slash) = (word ^ (EACH * u64::from(b'"')), word ^ (EACH * u64::from(b'\\')));
        below(word, b' ') | below(quote, 1) | below(slash, 1)
    };
    match text.last_chunk() {
        // Some of the last eight were looked at already, which costs less than to look at the rest one by one.
        Some(last) => text.as_chunks().0.iter().fold(asks(last), |any, eight| any | asks(eight)) != 0,
        None => text.iter().any(|byte| matches!(byte, 0..b' ' | b'"' | b'\\')),
    }
}

/// Kept text that is no statement.
#[derive(Debug)]
pub struct NotAStatement(String);

impl std::fmt::Display for NotAStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a statement: {}", self.0)
    }
}

impl std::error::Error for NotAStatement {}

/// The period's label and the unit's period that a statement's text holds. Fails if it was not written by
/// [`statement_json`].
pub fn read_statement(text: &str) -> Result<(String, UnitPeriod), NotAStatement> {
    let kept: Statement = serde_json::from_str(text).map_err(|wrong| NotAStatement(wrong.to_string()))?;
    let lines = lines(kept.lines)?;
    let total = points(&kept.total)?;
    let mut ledgers = Accounts::new();
    for (name, account) in kept.ledgers {
        let account = Account { total: points(&account.total)?, lines: self::lines(account.lines)? };
        ledgers.insert(name.into(), account);
    }
    let score = PeriodScore { total, rank: kept.rank, lines, quota: kept.quota.map(Quota::from) };
    let unit =
        UnitPeriod { unit: kept.unit.into(), class: kept.class.into(), group: kept.group.into(), score, ledgers };
    Ok((kept.period, unit))
}

fn points(text: &str) -> Result<Points, NotAStatement> {
    text.parse().map_err(|_| NotAStatement(format!("points {text}")))
}

fn lines(kept: Vec<StatementLine>) -> Result<Vec<Line>, NotAStatement> {
    let line = |line: StatementLine| {
        Ok(Line {
            rule: line.rule.into(),
            item: line.item.into(),
            clause: Clause::new(&line.clause),
            points: line.points.as_deref().map_or(Ok(Points::ZERO), points)?,
            facts: line.facts.iter().map(|id| fact(id)).collect::<Result<_, _>>()?,
            why: line.why,
            waiting: line.waiting,
        })
    };
    kept.into_iter().map(line).collect()
}

fn fact(id: &str) -> Result<FactId, NotAStatement> {
    let wrong = || NotAStatement(format!("fact {id}"));
    let (table, key) = id.split_once(':').ok_or_else(wrong)?;
    Ok(FactId { table: Table::named(table).ok_or_else(wrong)?, key: key.into() })
}

#[derive(Deserialize)]
struct Statement {
    period: String,
    unit: String,
    class: String,
    group: String,
    total: String,
    rank: u32,
    quota: Option<StatementQuota>,
    lines: Vec<StatementLine>,
    #[serde(default)]
    ledgers: BTreeMap<String, StatementAccount>,
}

#[derive(Deserialize)]
struct StatementAccount {
    total: String,
    lines: Vec<StatementLine>,
}

#[derive(Deserialize)]
struct StatementLine {
    rule: String,
    item: String,
    clause: String,
    points: Option<String>,
    facts: Vec<String>,
    why: String,
    waiting: Option<String>,
}

#[derive(Deserialize)]
struct StatementQuota {
    received: u32,
    required: u32,
    short: u32,
    over: u32,
    categories: Vec<(String, u32, u32)>,
}

impl From<StatementQuota> for Quota {
    fn from(kept: StatementQuota) -> Self {
        let category = |(category, received, required): (String, u32, u32)| CategoryCount {
            category: category.into(),
            received,
            required,
        };
        Self {
            received: kept.received,
            required: kept.required,
            short: kept.short,
            over: kept.over,
            categories: kept.categories.into_iter().map(category).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tz_testkit::property;

    use super::Json;

    proptest! {
        #![proptest_config(property(500))]

        /// Marks of every kind, before, within and behind the eight bytes that are looked at together.
        #[test]
        fn texts_are_written_as_a_general_serializer_writes_them(text in "[a-c年\"\\\\\\x00-\\x20\\x7f]{0,30}") {
            let mut out = Json(String::new());
            out.text(&text);
            prop_assert_eq!(out.0, serde_json::to_string(&text).expect("a text always serializes"));
        }
    }
}
