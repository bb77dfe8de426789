//! The only crate that knows SQL: rows, transactions, migrations, contents by hash, the audit chain.
//!
//! Embedded SQLite and PostgreSQL by one code path; where they must differ stands in [`dialect`]. It applies no rule of a
//! scheme and knows no page. Begin with [`Store::write`]: nothing is acknowledged before [`Write::commit`].

pub mod account;
pub mod audit;
pub mod comment;
mod connection;
pub mod content;
pub mod delivery;
mod dialect;
pub mod directory;
pub mod follow_up;
pub mod forward;
pub mod interview;
pub mod issue_room;
pub mod item;
pub mod job;
pub mod ledger;
pub mod mail;
pub mod mailbox_request;
mod memory;
mod migrate;
pub mod notice;
pub mod objection;
pub mod office;
pub mod outgoing;
pub mod partner;
pub mod postbox;
pub mod publication;
pub mod refusal;
pub mod reporting_points;
pub mod scan;
mod schema;
pub mod scheme;
pub mod solicitation;
pub mod staff;
pub mod statement;
pub mod template;
pub mod training;
pub mod verify;
pub mod waiting;
pub mod warning;

pub use connection::{Failure, OpenFailure, Store, Tx, Write};
pub use dialect::DatabaseKind;
pub use memory::Question;
pub use migrate::{NEWEST, Step};

/// Microseconds of UTC, as every moment is stored.
pub type Micros = i64;

/// A stored moment as a timestamp; a value outside the calendar becomes its nearest end.
pub fn moment(micros: Micros) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}
