//! What pages of months that are not closed share until something is recorded.
//!
//! Between two pages little changes: mostly nothing, sometimes a fact. So the ledger is followed ([`Followed`]), and a
//! month scored once is shown as it is until anything it rests on is another. What is remembered is compared with the
//! database at every look, so that another process that records is seen at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use tz_model::{FactSeq, Month};
use tz_store::{Failure, Tx};

use super::Scored;
use super::followed::Followed;

/// The open month and the one that runs, as a rule.
const MOST_SCORED: usize = 4;

/// All that a month which is not closed is scored from: where these are the same, so is the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Basis {
    end: FactSeq,
    last_row: String,
    /// Duties from today on are not due yet.
    today: Date,
    /// The hash of the scheme in force.
    scheme: String,
    /// The hash of the newest statement, which seals those before it; none before any month is closed.
    last_statement: Option<String>,
}

impl Basis {
    pub fn of(ledger: &Followed, today: Date, scheme: &str, last_statement: Option<&str>) -> Self {
        Self {
            end: ledger.end(),
            last_row: ledger.last_row().to_owned(),
            today,
            scheme: scheme.to_owned(),
            last_statement: last_statement.map(str::to_owned),
        }
    }
}

/// What an office's pages share. It may be lost at any time; the next page is then slower, never another.
#[derive(Default)]
pub(crate) struct Live(Mutex<Shared>);

#[derive(Default)]
struct Shared {
    ledger: Option<Followed>,
    scored: BTreeMap<Month, (Basis, Arc<Scored>)>,
}

impl Live {
    /// The ledger as the transaction sees it. One that writes may see what is never committed, and shares nothing.
    pub fn ledger(&self, tx: &mut Tx) -> Result<Followed, Failure> {
        if tx.only_reads() {
            // A copy, and the lock let go: nobody waits for another's database.
            let known = self.0.lock().expect("no holder of this lock can panic").ledger.clone();
            if let Some(known) = known
                && let Some(ledger) = known.caught_up(tx)?
            {
                return Ok(ledger);
            }
        }
        Followed::newest(tx)
    }

    /// A month scored before on the same basis.
    pub fn scored(&self, month: Month, basis: &Basis) -> Option<Arc<Scored>> {
        let shared = self.0.lock().expect("no holder of this lock can panic");
        shared.scored.get(&month).filter(|(known, _)| known == basis).map(|(_, scored)| Arc::clone(scored))
    }

    /// Shares what a page has read and scored.
    pub fn keep(&self, tx: &Tx, ledger: Followed, month: Month, basis: Basis, scored: &Arc<Scored>) {
        if !tx.only_reads() {
            return;
        }
        let mut shared = self.0.lock().expect("no holder of this lock can panic");
        shared.ledger = Some(ledger);
        if shared.scored.len() >= MOST_SCORED && !shared.scored.contains_key(&month) {
            shared.scored.clear();
        }
        shared.scored.insert(month, (basis, Arc::clone(scored)));
    }
}
