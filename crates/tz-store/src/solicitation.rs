//! Solicitations (约稿, N2.2). What each unit owes is a fact in the ledger.

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::item::ItemRow;
use crate::schema::{item, item_unit, solicitation};
use crate::{Failure, Micros, Tx, Write};

/// A solicitation as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = solicitation, treat_none_as_default_value = false)]
pub struct SolicitationRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 约稿编号, unique.
    pub code: String,
    /// 题目
    pub topic: String,
    /// 要求
    pub requirement: String,
    /// Last day on which an answer is on time.
    pub deadline: String,
    /// When it was sent.
    pub created_at: Micros,
    /// By whom.
    pub created_by: Option<i64>,
}

impl Tx {
    /// Every solicitation, newest deadline first.
    pub fn list_solicitations(&mut self) -> Result<Vec<SolicitationRow>, Failure> {
        solicitation::table
            .filter(solicitation::office_id.eq(self.office.0))
            .order((solicitation::deadline.desc(), solicitation::id.desc()))
            .select(columns::<SolicitationRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the solicitations"))
    }

    /// A solicitation by its identity.
    pub fn find_solicitation(&mut self, id: i64) -> Result<Option<SolicitationRow>, Failure> {
        solicitation::table
            .filter(solicitation::office_id.eq(self.office.0).and(solicitation::id.eq(id)))
            .select(columns::<SolicitationRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a solicitation"))
    }

    /// The items sent in answer to a solicitation, oldest first, each once for every unit it is of.
    pub fn list_answers(&mut self, id: i64) -> Result<Vec<(ItemRow, i64)>, Failure> {
        item::table
            .inner_join(item_unit::table.on(item_unit::item_id.eq(item::id)))
            .filter(item::office_id.eq(self.office.0).and(item::solicitation_id.eq(id)))
            .order((item::id, item_unit::position))
            .select((columns::<ItemRow>(), item_unit::unit_id))
            .load_on(self.connection())
            .map_err(Failure::at("listing the answers to a solicitation"))
    }
}

impl Write {
    /// Records a solicitation; `row.id` and `row.office_id` are set here.
    pub fn insert_solicitation(&mut self, mut row: SolicitationRow) -> Result<i64, Failure> {
        row.id = self.next_id("solicitation")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(solicitation::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("recording a solicitation"))?;
        Ok(id)
    }
}
