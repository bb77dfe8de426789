//! A scheme file (计分办法) read, checked and explained.
//!
//! Knows the language of `schemes/*.toml` and nothing of facts: what a rule makes of them is `tz-assess`. Read
//! [`Scheme::parse`] first, then [`Body`]: every mechanism a rule may be is a variant there, and each belongs to one
//! [`Stage`]. A new mechanism is a new variant, a new `kind` in `rules.rs` and its arm in `tz-assess`; nothing is rewritten.

mod calendar;
mod mechanism;
mod read;
mod rules;
mod scheme;
mod toml_reader;

pub use calendar::{AfterCutoff, Begins, Calendar, Cutoff, Every};
pub use mechanism::{
    Answer, Attribute, Base, BestInGroup, Body, Cap, ClassQuota, Column, ColumnKind, Combine, Comparison, Condition,
    Count, Counted, Credit, Each, FactRule, Floor, Givers, LastInGroup, LastOfStatus, Later, Measure, Measured,
    Missing, Multiply, Need, Operand, Price, QuotaRule, Ranking, Reading, RollUp, Rule, Scale, Share, Sharing, Span,
    Stage, Start, Target, Threshold, Ties, Together, Veto, Void, Whom, Within, Worth, YearlyRule,
};
pub use scheme::{BUILTIN_IDS, Category, Class, Level, ListedUnit, Scheme};

#[cfg(test)]
mod tests;
