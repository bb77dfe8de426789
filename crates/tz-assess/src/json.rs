//! What leaves: the scoring command's JSON, and a statement (计分表) as canonical text. Keys in a fixed order, points as
//! decimal strings, no white space: same values, same bytes.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Serialize, Serializer};
use tz_model::{
    Annual, Assessment, CategoryCount, Clause, FactId, Line, Outcome, PeriodScore, Quota, Table, UnitPeriod, UnitYear,
};

/// The year as one JSON object, keys and shapes as the fact tables' page gives them.
pub fn to_json(assessment: &Assessment) -> String {
    let periods: Vec<&str> = assessment.periods.iter().map(|period| &*period.label).collect();
    write(&YearOut {
        scheme: &assessment.scheme,
        year: assessment.year,
        through: periods.last().copied().unwrap_or_default(),
        periods: &periods,
        units: assessment.units.iter().map(|unit| UnitOut { unit, labels: &periods }).collect(),
        outcomes: assessment.outcomes.iter().map(OutcomeOut::from).collect(),
    })
}

/// One unit's published period (计分表) as canonical text, to be hashed and kept. [`read_statement`] takes it back.
pub fn statement_json(period: &str, unit: &UnitPeriod) -> String {
    write(&StatementOut {
        period,
        unit: &unit.unit,
        class: &unit.class,
        group: &unit.group,
        total: unit.score.total.to_string(),
        rank: unit.score.rank,
        quota: unit.score.quota.as_ref().map(StatementQuota::from),
        lines: LinesOut(&unit.score.lines),
    })
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
    let points = |text: &str| text.parse().map_err(|_| NotAStatement(format!("points {text}")));
    let mut lines = Vec::with_capacity(kept.lines.len());
    for line in kept.lines {
        lines.push(Line {
            rule: line.rule.into(),
            item: line.item.into(),
            clause: Clause::new(&line.clause),
            points: points(&line.points)?,
            facts: line.facts.iter().map(|id| fact(id)).collect::<Result<_, _>>()?,
            why: line.why,
        });
    }
    let score = PeriodScore { total: points(&kept.total)?, rank: kept.rank, lines, quota: kept.quota.map(Quota::from) };
    let unit = UnitPeriod { unit: kept.unit.into(), class: kept.class.into(), group: kept.group.into(), score };
    Ok((kept.period, unit))
}

fn fact(id: &str) -> Result<FactId, NotAStatement> {
    let wrong = || NotAStatement(format!("fact {id}"));
    let (table, key) = id.split_once(':').ok_or_else(wrong)?;
    Ok(FactId { table: Table::named(table).ok_or_else(wrong)?, key: key.into() })
}

fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("maps with text keys and numbers always serialize")
}

#[derive(Serialize)]
struct YearOut<'a> {
    scheme: &'a str,
    year: i16,
    through: &'a str,
    periods: &'a [&'a str],
    units: Vec<UnitOut<'a>>,
    outcomes: Vec<OutcomeOut<'a>>,
}

struct UnitOut<'a> {
    unit: &'a UnitYear,
    labels: &'a [&'a str],
}

impl Serialize for UnitOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("unit", &*self.unit.unit)?;
        map.serialize_entry("class", &*self.unit.class)?;
        map.serialize_entry("group", &*self.unit.group)?;
        map.serialize_entry("periods", &PeriodsOut(self))?;
        if let Some(annual) = &self.unit.annual {
            map.serialize_entry("annual", &ScoreOut::from(annual))?;
        }
        map.end()
    }
}

struct PeriodsOut<'a>(&'a UnitOut<'a>);

impl Serialize for PeriodsOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.unit.periods.len()))?;
        for (at, score) in &self.0.unit.periods {
            map.serialize_entry(self.0.labels[*at], &ScoreOut::from(score))?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct ScoreOut<'a> {
    total: String,
    rank: u32,
    lines: LinesOut<'a>,
}

impl<'a> From<&'a PeriodScore> for ScoreOut<'a> {
    fn from(score: &'a PeriodScore) -> Self {
        Self { total: score.total.to_string(), rank: score.rank, lines: LinesOut(&score.lines) }
    }
}

impl<'a> From<&'a Annual> for ScoreOut<'a> {
    fn from(annual: &'a Annual) -> Self {
        Self { total: annual.total.to_string(), rank: annual.rank, lines: LinesOut(&annual.lines) }
    }
}

struct LinesOut<'a>(&'a [Line]);

impl Serialize for LinesOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for line in self.0 {
            seq.serialize_element(&LineOut(line))?;
        }
        seq.end()
    }
}

struct LineOut<'a>(&'a Line);

impl Serialize for LineOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("rule", &*self.0.rule)?;
        map.serialize_entry("item", &*self.0.item)?;
        map.serialize_entry("clause", self.0.clause.as_str())?;
        map.serialize_entry("points", &Shown(&self.0.points))?;
        map.serialize_entry("facts", &FactsOut(&self.0.facts))?;
        map.serialize_entry("why", &self.0.why)?;
        map.end()
    }
}

struct FactsOut<'a>(&'a [FactId]);

impl Serialize for FactsOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Shown))
    }
}

/// A value as it is shown.
struct Shown<'a, T>(&'a T);

impl<T: std::fmt::Display> Serialize for Shown<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

#[derive(Serialize)]
struct OutcomeOut<'a> {
    kind: &'a str,
    period: &'a str,
    unit: &'a str,
    group: &'a str,
    clause: &'a str,
    why: &'a str,
}

impl<'a> From<&'a Outcome> for OutcomeOut<'a> {
    fn from(outcome: &'a Outcome) -> Self {
        Self {
            kind: outcome.kind.name(),
            period: &outcome.period,
            unit: &outcome.unit,
            group: &outcome.group,
            clause: outcome.clause.as_str(),
            why: &outcome.why,
        }
    }
}

#[derive(Serialize)]
struct StatementOut<'a> {
    period: &'a str,
    unit: &'a str,
    class: &'a str,
    group: &'a str,
    total: String,
    rank: u32,
    quota: Option<StatementQuota>,
    lines: LinesOut<'a>,
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
}

#[derive(Deserialize)]
struct StatementLine {
    rule: String,
    item: String,
    clause: String,
    points: String,
    facts: Vec<String>,
    why: String,
}

#[derive(Serialize, Deserialize)]
struct StatementQuota {
    received: u32,
    required: u32,
    short: u32,
    over: u32,
    categories: Vec<(String, u32, u32)>,
}

impl From<&Quota> for StatementQuota {
    fn from(quota: &Quota) -> Self {
        let category = |one: &CategoryCount| (one.category.to_string(), one.received, one.required);
        Self {
            received: quota.received,
            required: quota.required,
            short: quota.short,
            over: quota.over,
            categories: quota.categories.iter().map(category).collect(),
        }
    }
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
