//! The facts under a figure (计分事实), and one with its history in the ledger: corrections and withdrawals are rows of their own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tz_model::{FactId, Month, Table, UnitId};
use tz_store::Tx;
use tz_store::ledger::{FactFilter, FactRow};

use super::listing::Extent;
use super::pages::{FactShown, shown};
use super::period::{ClosePeriod, closed_with, period_on};
use crate::publication::{joined, unit_names};
use crate::{App, Person, Problem, Role};

/// Facts listed.
const LISTED: usize = 1000;

/// A fact in a list.
#[derive(Clone, Debug)]
pub struct FactLine {
    /// The fact.
    pub fact: FactShown,
    /// Category, kind of adoption, level of comment, kind of event; how a duty was met.
    pub name: String,
    /// The units, joined by `、`.
    pub units: String,
    /// It counts towards the quota, for a report.
    pub counted: bool,
}

/// The facts of a period.
#[derive(Clone, Debug)]
pub struct FactList {
    /// The period.
    pub period: ClosePeriod,
    /// The facts that hold now, by day; at most a thousand.
    pub lines: Vec<FactLine>,
    /// The unit they are of, if of one.
    pub unit: String,
    /// There are more.
    pub more: bool,
}

/// One row of a fact's history.
#[derive(Clone, Debug)]
pub struct FactVersion {
    /// Its place in the ledger.
    pub seq: i64,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// It takes the fact back.
    pub revoked: bool,
    /// Its day.
    pub date: String,
    /// Its name.
    pub name: String,
    /// Its units.
    pub units: String,
}

/// A fact with every row it has in the ledger.
#[derive(Clone, Debug)]
pub struct FactHistory {
    /// As lists show it.
    pub fact: FactShown,
    /// The table's name for what its name is: `信息类别`.
    pub name: String,
    /// Its units.
    pub units: String,
    /// Who commented, or in which form it was used.
    pub further: Vec<(&'static str, String)>,
    /// The rows, oldest first; the last holds.
    pub versions: Vec<FactVersion>,
}

/// The units whose facts a person may see: all for the office; one's own, with those it took over from, for a unit.
fn own(tx: &mut Tx, who: &Person) -> Result<Option<Vec<i64>>, Problem> {
    match (who.role, who.unit) {
        (Role::Editor | Role::Chief, _) => Ok(None),
        (Role::Reporter, Some(unit)) => Ok(Some(tx.with_predecessors(unit)?)),
        (Role::Reporter, None) | (Role::Leader | Role::Administrator, _) => Err(Problem::NotThere),
    }
}

/// How a row is called in a list.
fn name_of(row: &FactRow) -> String {
    if row.fact_table != Table::Duties.name() {
        return row.name.clone();
    }
    match (&row.outcome, &row.answered) {
        (Some(outcome), _) => outcome.clone(),
        (None, Some(day)) if *day <= row.date => "按时".to_owned(),
        (None, Some(_)) => "迟报".to_owned(),
        (None, None) => "未报".to_owned(),
    }
}

fn people(tx: &mut Tx) -> Result<BTreeMap<i64, String>, Problem> {
    Ok(tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect())
}

impl App {
    /// The facts of one table in the period a month counts towards, of a unit or of all. A reporter sees their own unit's.
    pub fn period_facts(
        &self,
        who: &Person,
        month: Month,
        table: Table,
        unit: Option<UnitId>,
    ) -> Result<FactList, Problem> {
        self.cut_facts(who, month, table, unit, Extent::Page)
    }

    /// As [`Self::period_facts`], as many as are wanted.
    pub(crate) fn cut_facts(
        &self,
        who: &Person,
        month: Month,
        table: Table,
        unit: Option<UnitId>,
        extent: Extent,
    ) -> Result<FactList, Problem> {
        let mut tx = self.read()?;
        let own = own(&mut tx, who)?;
        let own_unit = who.unit.filter(|_| own.is_some());
        let unit = own_unit.or(unit);
        let units = own.or_else(|| unit.map(|unit| vec![unit.0]));
        let period = match closed_with(&mut tx, month)? {
            Some((_, period)) => period,
            None => period_on(&mut tx, month)?,
        };
        let (from, to) = period.days();
        let mut rows = tx.list_facts(&FactFilter {
            table: Some(table.name()),
            from: Some(&from),
            to: Some(&to),
            ..FactFilter::default()
        })?;
        if let Some(units) = units {
            rows.retain(|row| row.each_unit_id().any(|id| units.contains(&id)));
        }
        rows.sort_by(|one, other| (&one.date, one.seq).cmp(&(&other.date, other.seq)));
        let most = match extent {
            Extent::Page => LISTED,
            Extent::Whole => usize::MAX,
        };
        let more = rows.len() > most;
        rows.truncate(most);
        let names = unit_names(&mut tx)?;
        let line = |row: FactRow| FactLine {
            fact: shown(&FactId { table, key: row.key.as_str().into() }, Some(&row)),
            name: name_of(&row),
            units: joined(&names, &row.unit_ids()),
            counted: row.counted && row.repeats.is_none(),
        };
        Ok(FactList {
            lines: rows.into_iter().map(line).collect(),
            unit: unit.and_then(|unit| names.get(unit.0)).unwrap_or_default().to_owned(),
            more,
            period,
        })
    }

    /// A fact with its history. One that is not of the reporter's unit is not there; nor is a row that was.
    pub fn fact_history(&self, who: &Person, table: Table, key: &str) -> Result<FactHistory, Problem> {
        let mut tx = self.read()?;
        let own = own(&mut tx, who)?;
        let rows = tx.fact_history(table.name(), key)?;
        let last = rows.last().ok_or(Problem::NotThere)?.clone();
        let of = |row: &FactRow| own.as_ref().is_none_or(|units| row.each_unit_id().any(|id| units.contains(&id)));
        if !of(&last) {
            return Err(Problem::NotThere);
        }
        let (names, people) = (unit_names(&mut tx)?, people(&mut tx)?);
        let version = |row: &FactRow| FactVersion {
            seq: row.seq,
            at: tz_store::moment(row.recorded_at),
            by: row.recorded_by.and_then(|by| people.get(&by).cloned()).unwrap_or_default(),
            reason: row.reason.clone(),
            revoked: row.revoked,
            date: row.date.clone(),
            name: name_of(row),
            units: joined(&names, &row.unit_ids()),
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut further = vec![
            ("形式", text(&last.form)),
            ("批示人", text(&last.leader)),
            ("报送渠道", text(&last.channel)),
            ("重复于", text(&last.repeats)),
            ("报送日期", text(&last.answered)),
        ];
        further.retain(|(_, text)| !text.is_empty());
        Ok(FactHistory {
            fact: shown(&FactId { table, key: key.into() }, Some(&last)),
            name: name_of(&last),
            units: joined(&names, &last.unit_ids()),
            further,
            versions: rows.iter().filter(|row| of(row)).map(version).collect(),
        })
    }
}
