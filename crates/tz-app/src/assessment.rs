//! 考核: the open period live, every figure with its lines; closed ones as they were frozen (N2.6, N2.7).
//!
//! What closes together is the scheme's to say (`period.rs`): months in Tengzhou. A period is scored by `tz-assess` from what
//! [`ground`] gathers. Closing one freezes it as a [`Statement`] with its papers (`close.rs`); `verify.rs` recomputes closed
//! ones and compares. What pages of an open period share is in [`live`].

mod annual;
mod bulletin;
mod checklist;
pub(crate) mod close;
mod deadlines;
mod delivery;
mod facts;
mod followed;
mod foresight;
mod ground;
mod helping;
mod interviews;
mod letters;
mod listing;
mod live;
mod objections;
mod pages;
mod period;
mod review;
pub mod scheme;
mod settings;
pub(crate) mod signature;
mod statement;
mod superseding;
mod trend;

use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{FactSeq, Month, Outcome, UnitId, UnitPeriod};
use tz_scheme::Scheme;
use tz_store::Tx;
use tz_store::ledger::FactRow;

use crate::{Problem, scheme_of, scheme_on};
use live::Basis;

pub use annual::{YearGroup, YearOutcome, YearRow, YearStanding};
pub use checklist::{Checklist, OpenDuty};
pub use close::Closed;
pub(crate) use close::{Sealing, recompute};
pub use delivery::{DeliveredPaper, Sent, SentKind, SentPaper};
pub use facts::{FactHistory, FactLine, FactList, FactVersion};
pub use foresight::{Foresight, Standpoint, Warning};
pub use helping::{Help, HelpProposal, HelpRoom, Mean, Meeting, NewMeeting};
pub use interviews::{After, Interview, InterviewPlan, InterviewRecord, InterviewState};
pub use letters::{CloseWish, Letters};
pub(crate) use listing::Extent;
pub use listing::{Listed, ListedYear, Listing};
pub(crate) use live::Live;
pub use objections::{Correcting, LineInDoubt, Objection, ObjectionDetail, ObjectionState};
pub(crate) use pages::closed_row;
pub use pages::{
    Account, AccountLine, FactPlace, FactShown, GroupStanding, Head, PaperFile, Standing, StandingRow, StatementEntry,
    clause_place,
};
pub use period::ClosePeriod;
pub(crate) use period::{closed_on, closed_with, open_period, period_on};
pub use review::{Example, LeftItem, Review, UsedItem};
pub use settings::AssessmentSettings;
pub(crate) use statement::read_row;
use statement::statement_of;
pub use statement::{Statement, StatementYear};
pub use superseding::Superseding;
pub(crate) use superseding::{bulletin_in_force, faults as superseding_faults};
pub use trend::{Peer, Trend, TrendPeriod};

/// Whether a period is closed.
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

/// A period scored: frozen, or live from the ledger.
pub(crate) struct Scored {
    pub period: ClosePeriod,
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

/// Scores the period a month counts towards: closed, open, or at least begun. Others are not there.
pub(crate) fn scored(tx: &mut Tx, live: &Live, month: Month, today: Date) -> Result<Arc<Scored>, Problem> {
    if let Some((head, period)) = closed_with(tx, month)? {
        let statement = statement_of(tx, &head.month, &head.sha256)?;
        let scheme = scheme_by_hash(tx, &statement.scheme_hash)?;
        return Ok(Arc::new(Scored {
            period,
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
    let open = open_period(tx, today)?;
    let period = period_on(tx, month)?;
    if period.last < open.last || (period.first > open.first && period.period.from > today) {
        return Err(Problem::NotThere);
    }
    let scheme = scheme_on(tx, period.first.first())?;
    let mut ledger = live.ledger(tx)?;
    let heads = tx.list_statement_heads()?;
    let basis = Basis::of(&ledger, today, scheme.hash(), heads.last().map(|head| &*head.sha256));
    let named = period.last;
    if let Some(known) = live.scored(named, &basis) {
        return Ok(known);
    }
    let ground = ground::gather(tx, period, scheme, &mut ledger, Some(today))?;
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
        period: ground.period,
    });
    live.keep(tx, ledger, named, basis, &scored);
    Ok(scored)
}

/// The scheme a closed month was closed under, whatever has become of it since.
pub(crate) fn scheme_by_hash(tx: &mut Tx, hash: &str) -> Result<Arc<Scheme>, Problem> {
    scheme_of(tx, hash)
}
