//! Jobs (定时任务): which slot of the calendar each has done, and which server holds it.

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::job;
use crate::{Failure, Micros, Tx, Write};

/// A job as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = job, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct JobRow {
    /// The office.
    pub office_id: i64,
    /// What it does.
    pub kind: String,
    /// For what; empty for the whole office. A kind has one row a subject.
    pub subject: String,
    /// Which server took it up last.
    pub holder: String,
    /// Until when nobody else may take it up.
    pub held_until: Micros,
    /// The newest slot that was done.
    pub slot: Micros,
    /// When it was last begun.
    pub started_at: Option<Micros>,
    /// When it last ended, well or not.
    pub ended_at: Option<Micros>,
    /// How often it failed since it last did not.
    pub failures: i64,
    /// What came of it, a Chinese sentence.
    pub said: String,
}

impl Tx {
    /// Every job that was ever begun.
    pub fn list_jobs(&mut self) -> Result<Vec<JobRow>, Failure> {
        job::table
            .filter(job::office_id.eq(self.office.0))
            .order((job::kind, job::subject))
            .select(columns::<JobRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the jobs"))
    }

    /// A job by what it does and for what.
    pub fn find_job(&mut self, kind: &str, subject: &str) -> Result<Option<JobRow>, Failure> {
        job::table
            .filter(job::office_id.eq(self.office.0).and(job::kind.eq(kind)).and(job::subject.eq(subject)))
            .select(columns::<JobRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a job"))
    }
}

impl Write {
    /// Keeps how a job stands; `row.office_id` is set here.
    pub fn set_job(&mut self, mut row: JobRow) -> Result<(), Failure> {
        row.office_id = self.office.0;
        let doing = "keeping how a job stands";
        let held = job::table
            .filter(job::office_id.eq(row.office_id).and(job::kind.eq(row.kind.clone())))
            .filter(job::subject.eq(row.subject.clone()));
        let changed =
            diesel::update(held).set(row.clone()).execute_on(self.connection()).map_err(Failure::at(doing))?;
        if changed == 0 {
            diesel::insert_into(job::table).values(row).execute_on(self.connection()).map_err(Failure::at(doing))?;
        }
        Ok(())
    }
}
