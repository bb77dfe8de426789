//! Facts and a scheme in, lines, totals, ranks and outcomes out (考核计分, N2.6).
//!
//! Pure: the same bytes for the same facts, whatever the order of their rows. Knows no file, database or clock; a period is
//! an argument, and what is not in [`Facts`](tz_model::Facts) did not happen. It applies whatever the scheme says and has
//! no rule of its own. Read [`score_period`] first, then [`close_year`]; [`assess`] folds the two over a year.
//!
//! The stages of a scheme are modules, run in the one order of [`Stage`](tz_scheme::Stage): `price` (with select and adjust),
//! `combine`, `share`, `rules` (unit rules), `limit`, `veto`, `scale`, `credit`, `rank`, `outcome`. `unit` runs those that one unit
//! decides by itself, `period` and `year` the others; `correct` says what late facts change in what is published.
//!
//! Every fact must be known to the scheme: [`unknown_names`] lists those that are not. One that is not makes no line.

mod assess;
mod cell;
mod changes;
mod check;
mod combine;
mod correct;
mod credit;
mod explain;
mod heirs;
mod index;
mod json;
mod limit;
mod order;
mod outcome;
mod period;
mod plan;
mod price;
mod rank;
mod rules;
mod scale;
mod share;
mod threads;
mod told;
mod totals;
mod trial;
mod unit;
mod veto;
mod words;
mod year;

pub use assess::assess;
pub use check::{looks_at_titles, unknown_names};
pub use json::{NotAStatement, read_statement, statement_json, to_json, write_json};
pub use period::{PeriodResult, Published, follows_items, looks_back, quota_state, score_period};
pub use totals::{PeriodTotals, assess_totals};
pub use trial::{Acted, Limit, Side, Silent, Standing, Trial, UnitTrial, trial};
pub use year::{YearResult, close_year};

#[cfg(test)]
mod tests;
