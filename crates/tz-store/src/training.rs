//! Training (培训) with who took part, and the roster of rotation (跟岗轮训).

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::{rotation, training, training_unit};
use crate::{Failure, Micros, Tx, Write};

/// A training as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = training, treat_none_as_default_value = false)]
pub struct TrainingRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 培训名称
    pub name: String,
    /// The day.
    pub date: String,
    /// 地点
    pub place: String,
    /// 内容
    pub content: String,
    /// The yearly event of the scheme that taking part is; empty for none.
    pub event: String,
    /// When entered.
    pub created_at: Micros,
    /// By whom.
    pub created_by: Option<i64>,
}

/// That a unit took part, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = training_unit, treat_none_as_default_value = false)]
pub struct TrainingUnitRow {
    /// The training.
    pub training_id: i64,
    /// The unit.
    pub unit_id: i64,
    /// Who came.
    pub people: String,
    /// The fact this made; nothing where the unit had done its duty of the year before.
    pub fact_key: Option<String>,
    /// When entered.
    pub at: Micros,
    /// By whom.
    pub account_id: i64,
}

/// A line of the roster as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rotation, treat_none_as_default_value = false)]
pub struct RotationRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The month, `2018-06`.
    pub month: String,
    /// The unit.
    pub unit_id: i64,
    /// Who comes.
    pub person: String,
    /// 带教人
    pub host: String,
    /// `planned`, `done`, `cancelled`.
    pub state: String,
    /// 鉴定, or why it was cancelled.
    pub appraisal: String,
    /// The yearly event of the scheme that it is; empty for none.
    pub event: String,
    /// The fact it made.
    pub fact_key: Option<String>,
    /// When entered.
    pub created_at: Micros,
    /// By whom.
    pub created_by: Option<i64>,
}

impl Tx {
    /// The trainings of a stretch of days, by day.
    pub fn list_trainings(&mut self, from: &str, to: &str) -> Result<Vec<TrainingRow>, Failure> {
        training::table
            .filter(training::office_id.eq(self.office.0).and(training::date.ge(from)).and(training::date.le(to)))
            .order((training::date, training::id))
            .select(columns::<TrainingRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing trainings"))
    }

    /// A training by its identity.
    pub fn find_training(&mut self, id: i64) -> Result<Option<TrainingRow>, Failure> {
        training::table
            .filter(training::office_id.eq(self.office.0).and(training::id.eq(id)))
            .select(columns::<TrainingRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a training"))
    }

    /// Who took part in trainings, by training and unit.
    pub fn list_training_units(&mut self) -> Result<Vec<TrainingUnitRow>, Failure> {
        training_unit::table
            .inner_join(training::table.on(training::id.eq(training_unit::training_id)))
            .filter(training::office_id.eq(self.office.0))
            .order((training_unit::training_id, training_unit::unit_id))
            .select(columns::<TrainingUnitRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing who took part in trainings"))
    }

    /// The roster of a stretch of months, by month; what was cancelled too.
    pub fn list_rotations(&mut self, from: &str, to: &str) -> Result<Vec<RotationRow>, Failure> {
        rotation::table
            .filter(rotation::office_id.eq(self.office.0).and(rotation::month.ge(from)).and(rotation::month.le(to)))
            .order((rotation::month, rotation::id))
            .select(columns::<RotationRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the roster"))
    }
}

impl Write {
    /// Records a training; `row.id` and `row.office_id` are set here.
    pub fn insert_training(&mut self, mut row: TrainingRow) -> Result<i64, Failure> {
        row.id = self.next_id("training")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(training::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("recording a training"))?;
        Ok(id)
    }

    /// Records that a unit took part; it must not be recorded yet ([`Failure::is_taken`]).
    pub fn insert_training_unit(&mut self, row: TrainingUnitRow) -> Result<(), Failure> {
        diesel::insert_into(training_unit::table)
            .values(row)
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at("recording who took part in a training"))
    }

    /// Takes back that a unit took part. False if it was not recorded.
    pub fn delete_training_unit(&mut self, training: i64, unit: i64) -> Result<bool, Failure> {
        diesel::delete(
            training_unit::table.filter(training_unit::training_id.eq(training).and(training_unit::unit_id.eq(unit))),
        )
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("taking back who took part in a training"))
    }

    /// Puts a line on the roster; `row.id` and `row.office_id` are set here. A unit stands once a month ([`Failure::is_taken`]).
    pub fn insert_rotation(&mut self, mut row: RotationRow) -> Result<i64, Failure> {
        row.id = self.next_id("rotation")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(rotation::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("putting a line on the roster"))?;
        Ok(id)
    }

    /// Ends a planned line of the roster. False if it had ended already.
    pub fn end_rotation(
        &mut self,
        id: i64,
        state: &str,
        appraisal: &str,
        fact_key: Option<&str>,
    ) -> Result<bool, Failure> {
        diesel::update(
            rotation::table
                .filter(rotation::office_id.eq(self.office.0).and(rotation::id.eq(id)))
                .filter(rotation::state.eq("planned")),
        )
        .set((rotation::state.eq(state), rotation::appraisal.eq(appraisal), rotation::fact_key.eq(fact_key)))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("ending a line of the roster"))
    }
}
