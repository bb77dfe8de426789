//! What follows a close among people (N2.7, N2.8): interviews (约谈), paired help (帮扶), joint meetings (联席会议).

use diesel::prelude::*;
use tz_model::UnitId;

use crate::connection::{Either, columns};
use crate::schema::{interview, joint_meeting, paired_help};
use crate::{Failure, Micros, Tx, Write};

/// An interview as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = interview, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct InterviewRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The statement by which the unit was called.
    pub statement_id: i64,
    /// The unit.
    pub unit_id: i64,
    /// The last month of what was closed.
    pub month: String,
    /// The day it is set for.
    pub date: String,
    /// The hour.
    pub time: String,
    /// Where.
    pub place: String,
    /// Who holds it.
    pub chair: String,
    /// `called`, `held`, `cancelled`.
    pub state: String,
    /// The day it was held.
    pub held_on: Option<String>,
    /// Who came.
    pub attendants: String,
    /// What was said (纪要).
    pub minutes: String,
    /// What the unit promised (整改措施).
    pub promises: String,
    /// By when.
    pub promise_by: Option<String>,
    /// Why it was put off or called off.
    pub reason: String,
    /// When it was changed last.
    pub changed_at: Micros,
    /// By whom.
    pub changed_by: Option<i64>,
}

/// A pair as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = paired_help, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct HelpRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The unit that helps.
    pub helper_id: i64,
    /// The unit that is helped.
    pub helped_id: i64,
    /// From which month.
    pub from_month: String,
    /// Up to which month, once it has ended.
    pub to_month: Option<String>,
    /// What is done.
    pub measures: String,
    /// What was said when it ended.
    pub ending: String,
    /// When it was agreed.
    pub agreed_at: Micros,
    /// Who entered it.
    pub agreed_by: Option<i64>,
}

/// A joint meeting as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = joint_meeting, treat_none_as_default_value = false)]
pub struct MeetingRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The day.
    pub date: String,
    /// Where.
    pub place: String,
    /// What about.
    pub topic: String,
    /// Who came.
    pub attendants: String,
    /// What was agreed.
    pub minutes: String,
    /// When it was entered.
    pub recorded_at: Micros,
    /// By whom.
    pub recorded_by: Option<i64>,
}

impl Tx {
    /// Interviews, newest first: of a unit, or of all where `None`.
    pub fn list_interviews(&mut self, unit: Option<UnitId>, limit: i64) -> Result<Vec<InterviewRow>, Failure> {
        let mut query = interview::table.filter(interview::office_id.eq(self.office.0)).into_boxed();
        if let Some(unit) = unit {
            query = query.filter(interview::unit_id.eq(unit.0));
        }
        query
            .order((interview::month.desc(), interview::id))
            .limit(limit)
            .select(InterviewRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the interviews"))
    }

    /// An interview by its identity.
    pub fn find_interview(&mut self, id: i64) -> Result<Option<InterviewRow>, Failure> {
        interview::table
            .filter(interview::office_id.eq(self.office.0).and(interview::id.eq(id)))
            .select(columns::<InterviewRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an interview"))
    }

    /// Every pair, newest first.
    pub fn list_helps(&mut self) -> Result<Vec<HelpRow>, Failure> {
        paired_help::table
            .filter(paired_help::office_id.eq(self.office.0))
            .order(paired_help::id.desc())
            .select(columns::<HelpRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the pairs"))
    }

    /// Joint meetings, newest first.
    pub fn list_meetings(&mut self, limit: i64) -> Result<Vec<MeetingRow>, Failure> {
        joint_meeting::table
            .filter(joint_meeting::office_id.eq(self.office.0))
            .order((joint_meeting::date.desc(), joint_meeting::id.desc()))
            .limit(limit)
            .select(columns::<MeetingRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the joint meetings"))
    }
}

impl Write {
    /// Enters an interview; `row.id` and `row.office_id` are set here.
    pub fn insert_interview(&mut self, mut row: InterviewRow) -> Result<i64, Failure> {
        row.id = self.next_id("interview")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(interview::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering an interview"))?;
        Ok(id)
    }

    /// Writes an interview back if nobody has changed it since `read_at`. False if somebody has.
    pub fn update_interview(&mut self, row: &InterviewRow, read_at: Micros) -> Result<bool, Failure> {
        diesel::update(
            interview::table
                .filter(interview::id.eq(row.id).and(interview::office_id.eq(self.office.0)))
                .filter(interview::changed_at.eq(read_at)),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("changing an interview"))
    }

    /// Enters a pair; `row.id` and `row.office_id` are set here. Taken where the unit is helped already.
    pub fn insert_help(&mut self, mut row: HelpRow) -> Result<i64, Failure> {
        row.id = self.next_id("paired_help")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(paired_help::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a pair"))?;
        Ok(id)
    }

    /// Ends a pair that has not ended. False if it has.
    pub fn end_help(&mut self, id: i64, to_month: &str, ending: &str) -> Result<bool, Failure> {
        diesel::update(
            paired_help::table
                .filter(paired_help::id.eq(id).and(paired_help::office_id.eq(self.office.0)))
                .filter(paired_help::to_month.is_null()),
        )
        .set((paired_help::to_month.eq(to_month), paired_help::ending.eq(ending)))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("ending a pair"))
    }

    /// Enters a joint meeting; `row.id` and `row.office_id` are set here.
    pub fn insert_meeting(&mut self, mut row: MeetingRow) -> Result<i64, Failure> {
        row.id = self.next_id("joint_meeting")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(joint_meeting::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a joint meeting"))?;
        Ok(id)
    }
}
