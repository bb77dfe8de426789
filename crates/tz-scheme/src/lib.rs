//! A scheme file (计分办法) read, checked and explained.
//!
//! Knows the language of `schemes/*.toml` and nothing of facts: what a rule makes of them is `tz-assess`. Read
//! [`Scheme::parse`] first, then [`Body`]: every mechanism a rule may be is a variant there, and each belongs to one
//! [`Stage`]. A new mechanism is a new variant, a new `kind` in `language/kinds.rs`, a function in `read/` and its arm in
//! `tz-assess`; nothing is rewritten. Files are checked by the tables of `language/`, from which [`schema`] is made too.

mod builtin;
mod calendar;
mod check;
mod columns;
mod describe;
mod diff;
mod language;
mod lines;
mod mechanism;
mod read;
mod reads;
mod schema;
mod scheme;
mod sheet;
mod show;
mod toml;
mod words;

pub use builtin::BUILTIN_IDS;
pub use calendar::{AfterCutoff, Begins, Calendar, Cutoff, Every};
pub use describe::describe;
pub use diff::diff;
pub use mechanism::{
    Answer, Attribute, Base, BestInGroup, Body, Cap, ClassQuota, Column, ColumnKind, Combine, Comparison, Condition,
    Count, Counted, Credit, Each, FactRule, Floor, Givers, LastInGroup, LastOfStatus, Later, Measure, Measured,
    Missing, Multiply, Need, Operand, Per, Places, Price, Proportion, QuotaRule, Ranking, Reading, RollUp, Rule, Scale,
    Share, Sharing, Span, Stage, Start, Target, Threshold, Ties, Together, Veto, Void, Whom, Within, Worth, YearlyRule,
};
pub use schema::schema;
pub use scheme::{Category, Class, Level, ListedUnit, Printed, Scheme};
pub use sheet::{Part, PriceRow, ReadingRow, SUCCESSION_RULING, Sheet, sheet};
pub use show::show;
pub use toml::line_and_column;

#[cfg(test)]
mod tests;
