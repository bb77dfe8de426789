//! What closes together (计分周期): a month, a quarter, or whatever stretch of months the scheme in force then says.
//!
//! A period is named by its last month wherever one name is needed: in addresses, in the statement's row, in the order of closes.

use jiff::civil::Date;
use tz_model::{Month, Period, parse_date};
use tz_scheme::Scheme;
use tz_store::statement::StatementHead;
use tz_store::{Failure, Tx};

use super::scheme_by_hash;
use crate::{Problem, scheme_on};

/// Months that close together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosePeriod {
    /// The first month.
    pub first: Month,
    /// The last month, which names it.
    pub last: Month,
    /// Its days and its name: a cut-off may move its ends by some days.
    pub period: Period,
}

impl ClosePeriod {
    /// The period of a scheme that a month counts towards.
    pub fn of(scheme: &Scheme, month: Month) -> Self {
        let calendar = scheme.calendar();
        let (first, last) = calendar.months_with(month);
        Self { first, last, period: calendar.period_with(month) }
    }

    /// True if the month counts towards it.
    pub fn has(&self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }

    /// As people name it: `2018年第三季度`.
    pub fn chinese(&self) -> String {
        self.period.chinese()
    }

    /// The word for it on a page that has named it: `本月`, or `本期` where it is no month.
    pub fn this(&self) -> &'static str {
        if self.period.is_month() { "本月" } else { "本期" }
    }

    /// The word for one like it: `月`, or `期`.
    pub fn one(&self) -> &'static str {
        if self.period.is_month() { "月" } else { "期" }
    }

    /// Its first and last day, as the store writes days.
    pub(crate) fn days(&self) -> (String, String) {
        (self.period.from.to_string(), self.period.to.to_string())
    }
}

/// The period that a month counts towards under the scheme in force then.
pub(crate) fn period_on(tx: &mut Tx, month: Month) -> Result<ClosePeriod, Problem> {
    let scheme = scheme_on(tx, month.first())?;
    Ok(ClosePeriod::of(&scheme, month))
}

/// The month that names a statement.
pub(crate) fn month_of(head: &str) -> Result<Month, Problem> {
    head.parse().map_err(|_| Problem::Failed(Failure::Damaged { doing: "reading a statement", what: head.to_owned() }))
}

/// The period a statement closed.
pub(crate) fn period_of(tx: &mut Tx, head: &StatementHead) -> Result<ClosePeriod, Problem> {
    let scheme = scheme_by_hash(tx, &head.scheme_hash)?;
    Ok(ClosePeriod::of(&scheme, month_of(&head.month)?))
}

/// The statement that a month is closed in, if it is.
pub(crate) fn closed_with(tx: &mut Tx, month: Month) -> Result<Option<(StatementHead, ClosePeriod)>, Problem> {
    let label = month.to_string();
    // Statements follow each other, so the first that ends with the month or later holds it, if any does.
    let heads = tx.list_statement_heads()?;
    let Some(head) = heads.iter().find(|head| head.month >= label).cloned() else { return Ok(None) };
    let period = period_of(tx, &head)?;
    Ok(period.has(month).then_some((head, period)))
}

/// The closed period that holds a day.
pub(crate) fn closed_on(tx: &mut Tx, day: Date) -> Result<Option<ClosePeriod>, Problem> {
    let label = Month::of_date(day).to_string();
    // A day after a cut-off belongs to the period after that of its month.
    for head in tx.list_statement_heads()?.iter().filter(|head| head.month >= label).take(2) {
        let period = period_of(tx, head)?;
        if period.period.holds(day) {
            return Ok(Some(period));
        }
    }
    Ok(None)
}

/// The period to be closed next: the one after the last closed; before any is closed, the one with the first facts under the
/// scheme, or this one where there are none.
pub(crate) fn open_period(tx: &mut Tx, today: Date) -> Result<ClosePeriod, Problem> {
    if let Some((_, last, _)) = tx.last_closed()? {
        let next = month_of(&last)?.next();
        return period_on(tx, next);
    }
    let this = Month::of_date(today);
    // Facts of years before the office's first scheme are kept, and are no period of its own to close.
    let start = tx.list_schemes()?.last().map(|row| row.from_date.clone()).unwrap_or_default();
    let first = tx.first_fact_day(&start)?.and_then(|day| parse_date(&day).ok()).map(Month::of_date);
    let month = first.map_or(this, |first| first.min(this));
    period_on(tx, month)
}
