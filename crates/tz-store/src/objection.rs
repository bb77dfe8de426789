//! Objections (申诉): what a unit says against a line of its account, and what the section answered.

use diesel::prelude::*;
use tz_model::UnitId;

use crate::connection::{Either, columns};
use crate::schema::objection;
use crate::{Failure, Micros, Tx, Write};

/// An objection as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = objection, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ObjectionRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Whose.
    pub unit_id: i64,
    /// The last month of the period the line stands in.
    pub month: String,
    /// What names the line within the account; empty for what is missing from it.
    pub line_key: String,
    /// What the line was called.
    pub item: String,
    /// Its points as they stood.
    pub points: String,
    /// Why, as the line said it.
    pub why: String,
    /// The facts under it, `采用:12`, joined by spaces.
    pub facts: String,
    /// What the unit says.
    pub reason: String,
    /// When.
    pub raised_at: Micros,
    /// By whom.
    pub raised_by: Option<i64>,
    /// Where the ledger ended then: what answers it is recorded later.
    pub fact_seq: i64,
    /// By when the section answers.
    pub answer_by: String,
    /// `asked`, `accepted`, `refused`, `withdrawn`.
    pub state: String,
    /// What the section says.
    pub answer: String,
    /// When.
    pub answered_at: Option<Micros>,
    /// By whom.
    pub answered_by: Option<i64>,
    /// The table of the correcting fact.
    pub fact_table: Option<String>,
    /// Its key.
    pub fact_key: Option<String>,
    /// When somebody of the unit saw the answer.
    pub seen_at: Option<Micros>,
}

impl Tx {
    /// Objections, newest first: of a unit, or of all where `None`.
    pub fn list_objections(&mut self, unit: Option<UnitId>, limit: i64) -> Result<Vec<ObjectionRow>, Failure> {
        let mut query = objection::table.filter(objection::office_id.eq(self.office.0)).into_boxed();
        if let Some(unit) = unit {
            query = query.filter(objection::unit_id.eq(unit.0));
        }
        query
            .order(objection::id.desc())
            .limit(limit)
            .select(ObjectionRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the objections"))
    }

    /// The objections of a unit about one period, oldest first.
    pub fn list_objections_about(&mut self, unit: UnitId, month: &str) -> Result<Vec<ObjectionRow>, Failure> {
        objection::table
            .filter(objection::office_id.eq(self.office.0).and(objection::unit_id.eq(unit.0)))
            .filter(objection::month.eq(month))
            .order(objection::id)
            .select(columns::<ObjectionRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the objections about a period"))
    }

    /// An objection by its identity.
    pub fn find_objection(&mut self, id: i64) -> Result<Option<ObjectionRow>, Failure> {
        objection::table
            .filter(objection::office_id.eq(self.office.0).and(objection::id.eq(id)))
            .select(columns::<ObjectionRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an objection"))
    }

    /// How many wait for an answer.
    pub fn count_open_objections(&mut self) -> Result<i64, Failure> {
        objection::table
            .filter(objection::office_id.eq(self.office.0).and(objection::state.eq("asked")))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at("counting the open objections"))
    }
}

impl Write {
    /// Enters an objection; `row.id` and `row.office_id` are set here. Taken where one about the same line is open.
    pub fn insert_objection(&mut self, mut row: ObjectionRow) -> Result<i64, Failure> {
        row.id = self.next_id("objection")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(objection::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering an objection"))?;
        Ok(id)
    }

    /// Writes an objection back if it still waits for an answer. False if another has answered meanwhile.
    pub fn answer_objection(&mut self, row: &ObjectionRow) -> Result<bool, Failure> {
        diesel::update(
            objection::table
                .filter(objection::id.eq(row.id).and(objection::office_id.eq(self.office.0)))
                .filter(objection::state.eq("asked")),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("answering an objection"))
    }

    /// Notes that the unit saw an answer; the first time stands.
    pub fn note_answer_seen(&mut self, id: i64, at: Micros) -> Result<(), Failure> {
        let unseen = objection::table
            .filter(objection::id.eq(id).and(objection::office_id.eq(self.office.0)).and(objection::seen_at.is_null()));
        diesel::update(unseen)
            .set(objection::seen_at.eq(at))
            .execute_on(self.connection())
            .map_err(Failure::at("noting that an answer was seen"))?;
        Ok(())
    }
}
