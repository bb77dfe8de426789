//! The vocabulary of the house: points, months, clauses, the facts that score, and what scoring says of them.
//!
//! Knows no file, database, clock or scheme. Read [`Facts`] first, then [`Line`]: everything between the two is what a
//! scheme does.

pub mod calendar;
mod clause;
mod facts;
mod fault;
mod ids;
mod item_code;
mod points;
mod result;
mod time;
mod width;

pub use clause::Clause;
pub use facts::{
    Adoption, Channel, Comment, Duty, Event, Extra, FactId, Facts, Heir, Outcome as DutyOutcome, Report, Stage, Table,
    Unit, UnitIx, Units,
};
pub use fault::{Fault, nearest, sentences};
pub use ids::{
    AccountId, BlobId, CommentId, FactSeq, IssueId, ItemId, MailId, OfficeId, PersonId, PostboxId, PublicationId,
    Revision, SolicitationId, StatementId, UnitId,
};
pub use item_code::{ItemCode, NotACode, OfficeTag};
pub use points::{NotPoints, Points};
pub use result::{
    Account, Accounts, Annual, Assessment, CategoryCount, Ledger, Line, Outcome, OutcomeKind, PeriodScore, Quota,
    UnitPeriod, UnitYear,
};
pub use time::{Month, NotADate, Period, moment_in_shanghai, parse_date, shanghai, shanghai_date};
pub use width::terminal_width;

/// A name taken from a scheme or a table (category, form of adoption, unit). Shared, so that a million facts hold it once.
pub type Name = std::sync::Arc<str>;

/// The 编号 of a fact. Nearly all are a few letters, which stand in the value itself: a year has a key for each of its facts,
/// and a piece of memory for each would cost more than all else that is kept of them.
pub type Key = smol_str::SmolStr;
