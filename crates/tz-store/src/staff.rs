//! The office's own people who write information (全员办信息, N2.5), and what was entered for their weeks.

use diesel::prelude::*;

use crate::connection::Either;
use crate::schema::{staff, staff_week};
use crate::{Failure, Micros, Tx, Write};

/// One of the office's people, for the time they write information.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = staff, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct StaffRow {
    /// Their identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 姓名
    pub name: String,
    /// 科室
    pub section: String,
    /// 专职, else 兼职.
    pub full_time: bool,
    /// From this day on.
    pub from_date: String,
    /// Until this day, itself included.
    pub to_date: Option<String>,
    /// When entered.
    pub recorded_at: Micros,
    /// By whom.
    pub recorded_by: Option<i64>,
}

/// What was entered for a person's week.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff_week, treat_none_as_default_value = false)]
pub struct StaffWeekRow {
    /// Its identity; the newest of a week counts.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Whose.
    pub staff_id: i64,
    /// The week's Monday.
    pub monday: String,
    /// Items that are not in the system.
    pub items: i64,
    /// 线索
    pub leads: i64,
    /// The week does not count for them.
    pub excused: bool,
    /// Why, or what.
    pub note: String,
    /// When entered.
    pub recorded_at: Micros,
    /// By whom.
    pub recorded_by: Option<i64>,
}

impl Tx {
    /// The office's people, in the order they were entered.
    pub fn list_staff(&mut self) -> Result<Vec<StaffRow>, Failure> {
        staff::table
            .filter(staff::office_id.eq(self.office.0))
            .order(staff::id)
            .select(StaffRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the office's people"))
    }

    /// What was entered for the weeks that begin between two Mondays, in the order it was entered.
    pub fn list_staff_weeks(&mut self, from: &str, to: &str) -> Result<Vec<StaffWeekRow>, Failure> {
        staff_week::table
            .filter(staff_week::office_id.eq(self.office.0).and(staff_week::monday.between(from, to)))
            .order(staff_week::id)
            .select(StaffWeekRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the weeks of the office's people"))
    }
}

impl Write {
    /// Enters a person; `row.id` and `row.office_id` are set here.
    pub fn insert_staff(&mut self, mut row: StaffRow) -> Result<i64, Failure> {
        row.id = self.next_id("staff")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(staff::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering one of the office's people"))?;
        Ok(id)
    }

    /// Writes a person back.
    pub fn update_staff(&mut self, row: &StaffRow) -> Result<(), Failure> {
        diesel::update(staff::table.filter(staff::id.eq(row.id).and(staff::office_id.eq(self.office.0))))
            .set(row.clone())
            .execute_on(self.connection())
            .map_err(Failure::at("changing one of the office's people"))?;
        Ok(())
    }

    /// Enters what a person did in a week; `row.id` and `row.office_id` are set here.
    pub fn insert_staff_week(&mut self, mut row: StaffWeekRow) -> Result<(), Failure> {
        row.id = self.next_id("staff_week")?;
        row.office_id = self.office.0;
        diesel::insert_into(staff_week::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a week of one of the office's people"))?;
        Ok(())
    }
}
