//! A scheme tried on the office's own past (试算): what it would have made of what was recorded. Changes nothing.

use jiff::ToSpan;
use jiff::civil::Date;
use tz_assess::{Trial, looks_back, trial, unknown_names};
use tz_model::{Fault, Month, Table, parse_date};
use tz_scheme::Scheme;
use tz_store::Tx;

use super::{Opened, SchemePlace, open, together};
use crate::facts::facts_under;
use crate::{App, Editor, Problem};

/// What to try on what.
#[derive(Clone, Debug)]
pub struct AttemptWish {
    /// The scheme tried.
    pub new: SchemePlace,
    /// What it is set beside; `None`: the scheme in force at the end of the stretch.
    pub old: Option<SchemePlace>,
    /// The year.
    pub year: i16,
    /// The last month of the stretch; `None`: the whole year.
    pub through: Option<Month>,
}

/// A trial, or why there is none.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What the scheme was set beside.
    pub old: Opened,
    /// The scheme tried.
    pub new: Opened,
    /// The years the office has facts of, newest first.
    pub years: Vec<i16>,
    /// The office changed its scheme within the stretch: the figures of the first are not those that were published.
    pub changed: bool,
    /// Both side by side; or what is recorded that one of them has no word for.
    pub result: Result<Trial, Vec<Fault>>,
}

/// The years with facts, newest first; at least this year.
fn years(tx: &mut Tx, today: Date) -> Result<Vec<i16>, Problem> {
    let first = tx.first_fact_day("")?.and_then(|day| parse_date(&day).ok()).map_or(today.year(), Date::year);
    Ok((first.min(today.year())..=today.year()).rev().collect())
}

impl App {
    /// The years a scheme can be tried on, newest first.
    pub fn years_on_record(&self, _who: &Editor) -> Result<Vec<i16>, Problem> {
        years(&mut self.read()?, self.today())
    }

    /// Tries a scheme on a stretch of the office's own past.
    pub fn try_scheme(&self, _who: &Editor, wish: &AttemptWish) -> Result<Tried, Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let years = years(&mut tx, today)?;
        if !years.contains(&wish.year) {
            return Err(Problem::field("year", format!("{}年没有登记的内容，请换一年。", wish.year)));
        }
        if wish.through.is_some_and(|through| through.year() != wish.year) {
            return Err(Problem::field("through", format!("截止月份不在{}年之内，请写当年的月份。", wish.year)));
        }
        let last = wish.through.or(Month::new(wish.year, 12)).ok_or(Problem::NotThere)?.last();
        let held = crate::scheme_on(&mut tx, last.min(today))?;
        let old = wish.old.clone().unwrap_or_else(|| SchemePlace::Adopted(held.hash().to_owned()));
        let (old, new) = (open(&mut tx, &old)?, open(&mut tx, &wish.new)?);
        let (before, after) = (old.whole("试算")?, new.whole("试算")?);
        // A year of either scheme need not be one of the calendar's.
        let years_of = [&before, &after].map(|scheme| scheme.calendar().year(wish.year));
        let first = years_of.iter().map(|year| year.from).min().ok_or(Problem::NotThere)?;
        let ends = years_of.iter().map(|year| year.to).filter(|_| wish.through.is_none());
        let last = ends.fold(last, Date::max);
        let changed = crate::scheme_on(&mut tx, first)?.hash() != held.hash();
        // A scheme that looks back counts facts over the year and may compare it with the year before.
        let back = looks_back(&before) || looks_back(&after);
        let start = if back { first.saturating_sub(1.year()) } else { first };
        let mut rows = tx.list_facts_between(None, &start.to_string(), &last.to_string())?;
        // A duty that is not due yet is not missed yet.
        let now = today.to_string();
        rows.retain(|row| {
            row.fact_table != Table::Duties.name() || row.answered.is_some() || row.outcome.is_some() || row.date < now
        });
        let units = tx.list_units(None)?;
        let facts = facts_under(&mut tx, [&before, &after], &units, &rows)?;
        let unknown = |scheme: &Scheme| -> Vec<Fault> {
            let of = |fault: Fault| Fault::new(format!("按“{}”，{}", scheme.name(), fault.place), fault.sentence);
            together(unknown_names(scheme, &facts)).into_iter().map(of).collect()
        };
        let mut faults = unknown(&before);
        if after.hash() != before.hash() {
            faults.extend(unknown(&after));
        }
        let result =
            if faults.is_empty() { Ok(trial(&before, &after, &facts, wish.year, wish.through)) } else { Err(faults) };
        Ok(Tried { old, new, years, changed, result })
    }
}
