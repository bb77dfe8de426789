//! A scheme file (计分办法) read, checked and explained.
//!
//! Knows the language of `schemes/*.toml` and nothing of facts: what a rule makes of them is `tz-assess`. Read
//! [`Scheme::parse`] first, then [`Body`]: every mechanism a rule may be is a variant there, and each belongs to one
//! [`Stage`]. A new mechanism is a new variant, a new `kind` in `rules.rs` and its arm in `tz-assess`; nothing is rewritten.

mod mechanism;
mod read;
mod rules;
mod scheme;
mod toml_reader;

pub use mechanism::{
    Answer, Body, ClassQuota, Combine, Credit, FactRule, Floor, LastInGroup, LastOfStatus, Price, QuotaRule, Reading,
    Rule, Select, Share, Stage, Ties, Worth, YearlyRule,
};
pub use scheme::{BUILTIN_IDS, Calendar, Category, Class, Level, ListedUnit, Scheme};

#[cfg(test)]
mod tests;
