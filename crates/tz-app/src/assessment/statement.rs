//! A closed period (计分表) as it is kept: canonical JSON, the same bytes for the same values, hashed and chained.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tz_assess::{Published, read_statement, statement_json};
use tz_model::{
    Account, Annual, Clause, FactSeq, Line, Month, Name, Outcome, OutcomeKind, Period, PeriodScore, UnitId, UnitPeriod,
    parse_date,
};
use tz_scheme::Scheme;
use tz_store::statement::{StatementHead, StatementRow};
use tz_store::{Failure, Tx};

use super::letters::Letters;
use crate::Problem;

/// A closed period: who scored what and why, what follows, and what it was computed from.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The office's name.
    pub office: String,
    /// 1, 2, 3 … without gaps.
    pub number: i64,
    /// The last month of what it closes, which names it.
    pub month: Month,
    /// What it closes: the month, or the stretch of months that the scheme closes together.
    pub period: Period,
    /// The scheme's id.
    pub scheme: String,
    /// SHA-256 of the scheme's text.
    pub scheme_hash: String,
    /// Where the ledger ended.
    pub fact_seq: FactSeq,
    /// SHA-256 over every row of the ledger since the statement before.
    pub ledger_sha256: String,
    /// The statement before's SHA-256; empty for the first.
    pub previous_sha256: String,
    /// When it was closed, in microseconds of UTC.
    pub closed_at: i64,
    /// The account that closed it.
    pub closed_by: Option<i64>,
    /// The bulletin's number within the month's year (期号); none where it was closed before bulletins had one.
    pub bulletin_number: Option<u32>,
    /// Whom the bulletin is addressed to (主送).
    pub addressees: String,
    /// Whom it is reported to (报).
    pub report_to: String,
    /// Whom it is issued to (发).
    pub issue_to: String,
    /// SHA-256 of the wording of the bulletin (文书模板); none where it was closed before wordings were kept.
    pub bulletin_template: Option<String>,
    /// What its letters say; none where it was closed before letters were made with it.
    pub letters: Option<Letters>,
    /// The public key it is signed by; none where the installation had no key.
    pub signing_key: Option<String>,
    /// Every unit, in the directory's order.
    pub units: Vec<(UnitId, UnitPeriod)>,
    /// 约谈, 通报批评.
    pub outcomes: Vec<Outcome>,
    /// The year, if this period ends it.
    pub year: Option<StatementYear>,
}

/// The year that its last period closes, a December's in Tengzhou.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementYear {
    /// The year.
    pub year: i16,
    /// Every unit's year, in the directory's order: class, group, total, rank, and the yearly lines.
    pub units: Vec<(UnitId, UnitPeriod)>,
    /// 取消直报点, as a proposal.
    pub outcomes: Vec<Outcome>,
}

impl StatementYear {
    /// A unit's year as it is kept.
    pub(crate) fn unit(&self, unit: UnitId) -> Option<&UnitPeriod> {
        self.units.iter().find(|(id, _)| *id == unit).map(|(_, unit)| unit)
    }

    /// A unit's year.
    pub fn annual(&self, unit: UnitId) -> Option<Annual> {
        self.unit(unit).map(|unit| Annual {
            total: unit.score.total,
            rank: unit.score.rank,
            lines: unit.score.lines.clone(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    office: String,
    number: i64,
    month: String,
    /// Only where it is no calendar month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<KeptPeriod>,
    scheme: String,
    scheme_hash: String,
    fact_seq: i64,
    ledger_sha256: String,
    previous_sha256: String,
    closed_at: i64,
    closed_by: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bulletin_number: Option<u32>,
    addressees: String,
    report_to: String,
    issue_to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bulletin_template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    letters: Option<Letters>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signing_key: Option<String>,
    units: Vec<KeptUnit>,
    outcomes: Vec<KeptOutcome>,
    year: Option<KeptYear>,
}

#[derive(Serialize, Deserialize)]
struct KeptPeriod {
    label: String,
    from: String,
    to: String,
}

impl KeptPeriod {
    fn keep(period: &Period) -> Self {
        let Period { label, from, to } = period;
        Self { label: label.to_string(), from: from.to_string(), to: to.to_string() }
    }

    fn take(self) -> Result<Period, String> {
        let day = |text: &str| parse_date(text).map_err(|_| format!("period {text}"));
        Ok(Period { from: day(&self.from)?, to: day(&self.to)?, label: self.label.into() })
    }
}

#[derive(Serialize, Deserialize)]
struct KeptUnit {
    id: i64,
    statement: Value,
}

#[derive(Serialize, Deserialize)]
struct KeptOutcome {
    kind: String,
    period: String,
    unit: String,
    group: String,
    clause: String,
    why: String,
}

#[derive(Serialize, Deserialize)]
struct KeptYear {
    year: i16,
    units: Vec<KeptUnit>,
    outcomes: Vec<KeptOutcome>,
}

fn keep_units(label: &str, units: &[(UnitId, UnitPeriod)]) -> Vec<KeptUnit> {
    let keep = |(id, unit): &(UnitId, UnitPeriod)| KeptUnit {
        id: id.0,
        statement: serde_json::from_str(&statement_json(label, unit)).expect("a statement's text is JSON"),
    };
    units.iter().map(keep).collect()
}

fn take_units(units: Vec<KeptUnit>) -> Result<Vec<(UnitId, UnitPeriod)>, String> {
    let take = |kept: KeptUnit| {
        let (_, unit) = read_statement(&kept.statement.to_string()).map_err(|wrong| wrong.to_string())?;
        Ok((UnitId(kept.id), unit))
    };
    units.into_iter().map(take).collect()
}

fn keep_outcomes(outcomes: &[Outcome]) -> Vec<KeptOutcome> {
    let keep = |outcome: &Outcome| KeptOutcome {
        kind: outcome.kind.name().to_owned(),
        period: outcome.period.to_string(),
        unit: outcome.unit.to_string(),
        group: outcome.group.to_string(),
        clause: outcome.clause.to_string(),
        why: outcome.why.clone(),
    };
    outcomes.iter().map(keep).collect()
}

fn take_outcomes(outcomes: Vec<KeptOutcome>) -> Vec<Outcome> {
    let take = |kept: KeptOutcome| Outcome {
        kind: OutcomeKind::named(&kept.kind),
        period: kept.period.into(),
        unit: kept.unit.into(),
        group: kept.group.into(),
        clause: Clause::new(&kept.clause),
        why: kept.why,
    };
    outcomes.into_iter().map(take).collect()
}

impl Statement {
    /// The canonical text: keys in a fixed order, no white space.
    pub fn to_json(&self) -> String {
        let month = self.month.to_string();
        let kept = Kept {
            office: self.office.clone(),
            number: self.number,
            month,
            period: (self.period != self.month.period()).then(|| KeptPeriod::keep(&self.period)),
            scheme: self.scheme.clone(),
            scheme_hash: self.scheme_hash.clone(),
            fact_seq: self.fact_seq.0,
            ledger_sha256: self.ledger_sha256.clone(),
            previous_sha256: self.previous_sha256.clone(),
            closed_at: self.closed_at,
            closed_by: self.closed_by,
            bulletin_number: self.bulletin_number,
            addressees: self.addressees.clone(),
            report_to: self.report_to.clone(),
            issue_to: self.issue_to.clone(),
            bulletin_template: self.bulletin_template.clone(),
            letters: self.letters.clone(),
            signing_key: self.signing_key.clone(),
            units: keep_units(&self.period.label, &self.units),
            outcomes: keep_outcomes(&self.outcomes),
            year: self.year.as_ref().map(|year| KeptYear {
                year: year.year,
                units: keep_units(&year.year.to_string(), &year.units),
                outcomes: keep_outcomes(&year.outcomes),
            }),
        };
        serde_json::to_string(&kept).expect("strings and numbers always serialize")
    }

    /// Reads what [`Self::to_json`] wrote; else an English sentence on what is wrong.
    pub fn read(text: &str) -> Result<Self, String> {
        let kept: Kept = serde_json::from_str(text).map_err(|wrong| wrong.to_string())?;
        let year = match kept.year {
            None => None,
            Some(year) => Some(StatementYear {
                year: year.year,
                units: take_units(year.units)?,
                outcomes: take_outcomes(year.outcomes),
            }),
        };
        let month: Month = kept.month.parse().map_err(|_| format!("month {}", kept.month))?;
        Ok(Self {
            office: kept.office,
            number: kept.number,
            month,
            period: kept.period.map_or_else(|| Ok(month.period()), KeptPeriod::take)?,
            scheme: kept.scheme,
            scheme_hash: kept.scheme_hash,
            fact_seq: FactSeq(kept.fact_seq),
            ledger_sha256: kept.ledger_sha256,
            previous_sha256: kept.previous_sha256,
            closed_at: kept.closed_at,
            closed_by: kept.closed_by,
            bulletin_number: kept.bulletin_number,
            addressees: kept.addressees,
            report_to: kept.report_to,
            issue_to: kept.issue_to,
            bulletin_template: kept.bulletin_template,
            letters: kept.letters,
            signing_key: kept.signing_key,
            units: take_units(kept.units)?,
            outcomes: take_outcomes(kept.outcomes),
            year,
        })
    }

    /// As scoring asks for it, with the lines that are wanted. Units go by the names they have in `names`, so that a renamed
    /// unit stays the same unit.
    pub(crate) fn earlier(
        &self,
        scheme: Arc<Scheme>,
        names: &BTreeMap<i64, Name>,
        at_rest: bool,
        wanted: impl Fn(&Line) -> bool,
    ) -> Earlier {
        let lines = |all: &[Line]| all.iter().filter(|line| wanted(line)).cloned().collect();
        let account = |(name, account): (&Name, &Account)| {
            (name.clone(), Account { total: account.total, lines: lines(&account.lines) })
        };
        let unit = |(id, unit): &(UnitId, UnitPeriod)| UnitPeriod {
            unit: names.get(&id.0).unwrap_or(&unit.unit).clone(),
            class: unit.class.clone(),
            group: unit.group.clone(),
            score: PeriodScore {
                total: unit.score.total,
                rank: unit.score.rank,
                lines: lines(&unit.score.lines),
                quota: unit.score.quota.clone(),
            },
            ledgers: unit.ledgers.iter().map(account).collect(),
        };
        Earlier { scheme, period: self.period.clone(), units: self.units.iter().map(unit).collect(), at_rest }
    }
}

/// An earlier month as scoring asks for it, with the scheme it was closed under.
pub(crate) struct Earlier {
    pub scheme: Arc<Scheme>,
    pub period: Period,
    pub units: Vec<UnitPeriod>,
    /// Nothing has touched it since it was last looked at: its ranks stay, for runs (R10), but it can show no difference. Its facts
    /// need not be loaded.
    pub at_rest: bool,
}

impl Earlier {
    pub fn published(&self) -> Published<'_> {
        let units = Cow::Borrowed(self.units.as_slice());
        Published { scheme: &self.scheme, period: self.period.clone(), units, at_rest: self.at_rest }
    }
}

/// The rule id of a correction's line.
pub(crate) const CORRECTION: &str = "correction";

/// The month a line corrects (R14), as `2018-06`; none for any other line.
pub(crate) fn corrected_month(line: &Line) -> Option<&str> {
    if &*line.rule != CORRECTION {
        return None;
    }
    // What is corrected of a unit that ended names it behind the month: `2018-01·旅游局` (R17).
    let (label, _) = line.item.split_once(' ')?;
    Some(label.split_once('·').map_or(label, |(month, _)| month))
}

/// What was read of statements, by their hashes: they never change.
type Known<Answer> = Mutex<BTreeMap<String, Arc<Answer>>>;

/// The statement of a row, read. The pages of a year read the same twelve.
pub(crate) fn statement_of(tx: &mut Tx, month: &str, sha256: &str) -> Result<Arc<Statement>, Problem> {
    static READ: LazyLock<Known<Statement>> = LazyLock::new(Mutex::default);
    remembered(&READ, 48, sha256, || read_row(&tx.find_statement(month)?.ok_or(Problem::NotThere)?))
}

/// The months a statement corrects (R14), as `2018-06`.
///
/// One late fact asks this of every month closed after its own, at every page until the next close: most answer that they
/// correct nothing, which is seen without reading their lines, and the answers of a hundred years are kept.
pub(crate) fn months_corrected(tx: &mut Tx, head: &StatementHead) -> Result<Arc<BTreeSet<String>>, Problem> {
    static READ: LazyLock<Known<BTreeSet<String>>> = LazyLock::new(Mutex::default);
    remembered(&READ, 1200, &head.sha256, || {
        let row = tx.find_statement(&head.month)?.ok_or(Problem::NotThere)?;
        if !row.content.contains(&format!("\"{CORRECTION}\"")) {
            return Ok(BTreeSet::new());
        }
        let statement = read_row(&row)?;
        let units = statement.units.iter().map(|(_, unit)| unit);
        let lines = units
            .flat_map(|unit| unit.score.lines.iter().chain(unit.ledgers.values().flat_map(|account| &account.lines)));
        Ok(lines.filter_map(corrected_month).map(str::to_owned).collect())
    })
}

fn remembered<Answer>(
    known: &Known<Answer>,
    most: usize,
    sha256: &str,
    read: impl FnOnce() -> Result<Answer, Problem>,
) -> Result<Arc<Answer>, Problem> {
    if let Some(answer) = known.lock().expect("no holder of this lock can panic").get(sha256) {
        return Ok(Arc::clone(answer));
    }
    let answer = Arc::new(read()?);
    let mut known = known.lock().expect("no holder of this lock can panic");
    if known.len() >= most {
        known.clear();
    }
    known.insert(sha256.to_owned(), Arc::clone(&answer));
    Ok(answer)
}

pub(crate) fn read_row(row: &StatementRow) -> Result<Statement, Problem> {
    Statement::read(&row.content)
        .map_err(|what| Problem::Failed(Failure::Damaged { doing: "reading a statement", what }))
}
