//! 考核: the open month live, every figure with its lines; closed months as they were frozen (N2.6, N2.7).
//!
//! A month is scored by `tz-assess` from what [`ground`] gathers. Closing one freezes it as a [`Statement`] with its papers
//! (`close.rs`); `verify.rs` recomputes closed months and compares. What pages of an open month share is in [`live`].

mod bulletin;
pub(crate) mod close;
mod followed;
mod ground;
mod live;
mod pages;
pub mod scheme;
mod statement;

use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{FactSeq, Month, Outcome, UnitId, UnitPeriod, parse_date};
use tz_scheme::Scheme;
use tz_store::Tx;
use tz_store::ledger::FactRow;

use crate::{Problem, scheme_of, scheme_on};
use live::Basis;

pub use close::{Checklist, Closed, OpenDuty};
pub(crate) use close::{Sealing, recompute};
pub(crate) use live::Live;
pub use pages::{
    Account, AccountLine, FactPlace, FactShown, GroupStanding, Head, PaperFile, Standing, StandingRow, StatementEntry,
    clause_place,
};
pub(crate) use statement::read_row;
use statement::statement_of;
pub use statement::{Statement, StatementYear};

/// Whether a month is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonthState {
    /// 未关账: scored from the ledger as it is now.
    Open,
    /// 已关账
    Closed {
        /// The statement's number.
        number: i64,
        /// Its SHA-256.
        sha256: String,
        /// When it was closed, in microseconds of UTC.
        closed_at: i64,
    },
}

/// The month to be closed next: the one after the last closed; before any is closed, the first month with facts under the
/// scheme, or this month where there are none.
pub(crate) fn open_month(tx: &mut Tx, today: Date) -> Result<Month, Problem> {
    if let Some(last) = tx.list_statement_heads()?.last() {
        let last: Month = last.month.parse().map_err(|_| {
            Problem::Failed(tz_store::Failure::Damaged { doing: "reading a statement", what: last.month.clone() })
        })?;
        return Ok(last.next());
    }
    let this = Month::of_date(today);
    let first = tx.first_fact_day()?.and_then(|day| parse_date(&day).ok()).map(Month::of_date);
    let start = tx.list_schemes()?.last().and_then(|row| parse_date(&row.from_date).ok()).map(Month::of_date);
    Ok(match (first, start) {
        (Some(first), Some(start)) => first.max(start).min(this),
        (Some(first), None) => first.min(this),
        (None, _) => this,
    })
}

/// A month scored: frozen, or live from the ledger.
pub(crate) struct Scored {
    pub state: MonthState,
    pub scheme: Arc<Scheme>,
    pub units: Vec<(UnitId, UnitPeriod)>,
    pub outcomes: Vec<Outcome>,
    pub year: Option<StatementYear>,
    /// Where the ledger ended at the close.
    pub as_of: Option<FactSeq>,
    /// Duties not due yet.
    pub waiting: Vec<Arc<FactRow>>,
    /// Its own facts, if it is not closed.
    pub rows: Vec<Arc<FactRow>>,
    /// Facts of closed months that were looked at again with it.
    pub old_rows: Vec<Arc<FactRow>>,
}

/// Scores a month that is closed, open, or not past yet. Others are not there.
pub(crate) fn scored(tx: &mut Tx, live: &Live, month: Month, today: Date) -> Result<Arc<Scored>, Problem> {
    let label = month.to_string();
    let heads = tx.list_statement_heads()?;
    if let Some(head) = heads.iter().find(|head| head.month == label) {
        let statement = statement_of(tx, &head.month, &head.sha256)?;
        let scheme = scheme_by_hash(tx, &statement.scheme_hash)?;
        return Ok(Arc::new(Scored {
            state: MonthState::Closed { number: head.number, sha256: head.sha256.clone(), closed_at: head.closed_at },
            scheme,
            units: statement.units.clone(),
            outcomes: statement.outcomes.clone(),
            year: statement.year.clone(),
            as_of: Some(statement.fact_seq),
            waiting: Vec::new(),
            rows: Vec::new(),
            old_rows: Vec::new(),
        }));
    }
    let open = open_month(tx, today)?;
    if month < open || month > Month::of_date(today).max(open) {
        return Err(Problem::NotThere);
    }
    let scheme = scheme_on(tx, month.first())?;
    let mut ledger = live.ledger(tx)?;
    let basis = Basis::of(&ledger, today, scheme.hash(), heads.last().map(|head| &*head.sha256));
    if let Some(known) = live.scored(month, &basis) {
        return Ok(known);
    }
    let ground = ground::gather(tx, month, scheme, &mut ledger, Some(today))?;
    let result = ground.score();
    let scored = Arc::new(Scored {
        state: MonthState::Open,
        units: ground.with_ids(result.units),
        outcomes: result.outcomes,
        year: None,
        as_of: None,
        scheme: ground.scheme,
        waiting: ground.waiting,
        rows: ground.rows,
        old_rows: ground.old_rows,
    });
    live.keep(tx, ledger, month, basis, &scored);
    Ok(scored)
}

/// The scheme a closed month was closed under, whatever has become of it since.
pub(crate) fn scheme_by_hash(tx: &mut Tx, hash: &str) -> Result<Arc<Scheme>, Problem> {
    scheme_of(tx, hash)
}
