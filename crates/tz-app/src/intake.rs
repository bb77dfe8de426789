//! The room 收稿: editors triage, edit and decide. Two people never overwrite each other; every decision carries a coded
//! reason the unit sees. The list and the page of an item are in `list.rs`, decisions in `decisions.rs`, new versions and
//! 补录 in `editing.rs`. The register of secret items, of which nothing else comes in, is in `secret.rs`.

mod decisions;
mod editing;
mod list;
mod secret;

use tz_store::Tx;
use tz_store::item::ItemRow;

use crate::Problem;

pub use decisions::{IntakeRefusal, Move, REASONS, Reasoned};
pub use editing::VersionWish;
pub(crate) use list::states_asked;
pub use list::{EnteringForm, Happened, HeldFile, Inbox, InboxFilter, InboxLine, ItemPage, SameText};
pub use secret::{NewSecret, Registered, SecretRegister, WITHDRAWALS};
pub(crate) use secret::{registered_among, registered_in, registration};
pub use tz_text::{Piece, difference};

/// The name of an account; empty for none.
fn name_of(tx: &mut Tx, account: Option<i64>) -> Result<String, Problem> {
    Ok(match account {
        Some(id) => tx.find_account(tz_model::AccountId(id))?.map(|row| row.name).unwrap_or_default(),
        None => String::new(),
    })
}

/// Who has an item in hand, if anybody.
fn holder_of(tx: &mut Tx, row: &ItemRow) -> Result<Option<String>, Problem> {
    Ok(match row.claimed_by {
        Some(_) => Some(name_of(tx, row.claimed_by)?),
        None => None,
    })
}
