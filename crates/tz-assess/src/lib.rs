//! Facts and a scheme in, lines, totals, ranks and outcomes out (考核计分, N2.6).
//!
//! Pure: the same bytes for the same facts, whatever the order of their rows. Knows no file, database or clock; a period is
//! an argument, and what is not in [`Facts`](tz_model::Facts) did not happen. It applies whatever the scheme says and has
//! no rule of its own. Read [`score_period`] first, then [`close_year`]; [`assess`] folds the two over a year.
//!
//! Every fact must be known to the scheme: [`unknown_names`] lists those that are not. One that is not makes no line.

mod assess;
mod correct;
mod explain;
mod index;
mod json;
mod order;
mod period;
mod plan;
mod rank;
mod unit;
mod words;
mod year;

pub use assess::assess;
pub use json::{NotAStatement, read_statement, statement_json, to_json, write_json};
pub use period::{PeriodResult, Published, quota_state, score_period};
pub use plan::unknown_names;
pub use year::{YearResult, close_year};

#[cfg(test)]
mod tests;
