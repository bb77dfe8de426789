//! Warnings (预警) that a unit is on the way to its second period among the last: one a unit and period.

use diesel::prelude::*;
use tz_model::UnitId;

use crate::connection::{Either, columns};
use crate::schema::run_warning;
use crate::{Failure, Micros, Tx, Write};

/// A warning as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = run_warning, treat_none_as_default_value = false)]
pub struct WarningRow {
    /// The office.
    pub office_id: i64,
    /// The unit.
    pub unit_id: i64,
    /// The last month of the period.
    pub month: String,
    /// What it says.
    pub words: String,
    /// When it was sent.
    pub sent_at: Micros,
    /// When somebody of the unit noted it.
    pub seen_at: Option<Micros>,
}

impl Tx {
    /// The warning of a unit in a period.
    pub fn find_warning(&mut self, unit: UnitId, month: &str) -> Result<Option<WarningRow>, Failure> {
        run_warning::table
            .filter(run_warning::office_id.eq(self.office.0).and(run_warning::unit_id.eq(unit.0)))
            .filter(run_warning::month.eq(month))
            .select(columns::<WarningRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a warning"))
    }
}

impl Write {
    /// Enters a warning. Taken where the unit was warned in the period.
    pub fn insert_warning(&mut self, unit: UnitId, month: &str, words: &str, at: Micros) -> Result<(), Failure> {
        let row = WarningRow {
            office_id: self.office.0,
            unit_id: unit.0,
            month: month.to_owned(),
            words: words.to_owned(),
            sent_at: at,
            seen_at: None,
        };
        diesel::insert_into(run_warning::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a warning"))?;
        Ok(())
    }

    /// Notes that somebody of the unit saw a warning; the first time stands.
    pub fn note_warning_seen(&mut self, unit: UnitId, month: &str, at: Micros) -> Result<(), Failure> {
        let own = run_warning::office_id.eq(self.office.0).and(run_warning::unit_id.eq(unit.0));
        diesel::update(
            run_warning::table.filter(own.and(run_warning::month.eq(month)).and(run_warning::seen_at.is_null())),
        )
        .set(run_warning::seen_at.eq(at))
        .execute_on(self.connection())
        .map_err(Failure::at("noting that a warning was seen"))?;
        Ok(())
    }
}
