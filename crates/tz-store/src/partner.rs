//! Partner offices (协作单位), and the standing rights of units' information officers (信息员权利, N1).

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::{officer_right, partner};
use crate::{Failure, Micros, Tx, Write};

/// A partner office as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = partner, treat_none_as_default_value = false)]
pub struct PartnerRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 名称
    pub name: String,
    /// 联系人
    pub contact: String,
    /// 电话
    pub phone: String,
    /// 邮箱
    pub mail: String,
    /// What is exchanged, and how.
    pub note: String,
    /// Since when it is known.
    pub created_at: Micros,
    /// When it was taken off the list.
    pub ended_at: Option<Micros>,
}

/// Since when each right is given: by unit and right.
pub type Rights = BTreeMap<(i64, String), Micros>;

impl Tx {
    /// The partner offices on the list, as they were entered.
    pub fn list_partners(&mut self) -> Result<Vec<PartnerRow>, Failure> {
        partner::table
            .filter(partner::office_id.eq(self.office.0).and(partner::ended_at.is_null()))
            .order(partner::id)
            .select(columns::<PartnerRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing partner offices"))
    }

    /// The rights that are given now.
    pub fn list_officer_rights(&mut self) -> Result<Rights, Failure> {
        let rows: Vec<(i64, String, bool, Micros)> = officer_right::table
            .filter(officer_right::office_id.eq(self.office.0))
            .order(officer_right::seq)
            .select((officer_right::unit_id, officer_right::kind, officer_right::given, officer_right::at))
            .load_on(self.connection())
            .map_err(Failure::at("listing the rights of officers"))?;
        let mut rights = Rights::new();
        for (unit, kind, given, at) in rows {
            if given {
                rights.insert((unit, kind), at);
            } else {
                rights.remove(&(unit, kind));
            }
        }
        Ok(rights)
    }
}

impl Write {
    /// Puts a partner office on the list; `row.id` and `row.office_id` are set here.
    pub fn insert_partner(&mut self, mut row: PartnerRow) -> Result<i64, Failure> {
        row.id = self.next_id("partner")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(partner::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("recording a partner office"))?;
        Ok(id)
    }

    /// Takes a partner office off the list. False if it was not on it.
    pub fn end_partner(&mut self, id: i64, now: Micros) -> Result<bool, Failure> {
        diesel::update(
            partner::table
                .filter(partner::office_id.eq(self.office.0).and(partner::id.eq(id)))
                .filter(partner::ended_at.is_null()),
        )
        .set(partner::ended_at.eq(Some(now)))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("taking a partner office off the list"))
    }

    /// Records that a right is given to the officers of a unit, or taken back.
    pub fn append_officer_right(
        &mut self,
        unit: i64,
        kind: &str,
        given: bool,
        account: i64,
        now: Micros,
    ) -> Result<(), Failure> {
        let seq = self.next_number("officer-right")?;
        let row = (
            officer_right::office_id.eq(self.office.0),
            officer_right::seq.eq(seq),
            officer_right::unit_id.eq(unit),
            officer_right::kind.eq(kind),
            officer_right::given.eq(given),
            officer_right::at.eq(now),
            officer_right::account_id.eq(account),
        );
        diesel::insert_into(officer_right::table)
            .values(row)
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at("recording a right of officers"))
    }
}
