//! For whom the papers of a close are (送达), and when they were first opened.

use diesel::prelude::*;
use tz_model::{AccountId, UnitId};

use crate::connection::{Either, columns};
use crate::schema::delivery;
use crate::{Failure, Micros, Tx, Write};

/// One paper for one receiver, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery, treat_none_as_default_value = false)]
pub struct DeliveryRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The statement the paper was made of.
    pub statement_id: i64,
    /// `bulletin`, `correction`, `feedback`, `interview`.
    pub kind: String,
    /// The paper's file name.
    pub name: String,
    /// The unit it is for.
    pub unit_id: Option<i64>,
    /// Or the leader.
    pub account_id: Option<i64>,
    /// When it was made.
    pub sent_at: Micros,
    /// When it was first opened.
    pub opened_at: Option<Micros>,
    /// By whom.
    pub opened_by: Option<i64>,
}

/// Whose papers are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A unit's.
    Unit(UnitId),
    /// A leader's.
    Account(AccountId),
}

impl Tx {
    /// What went out with a statement, in the order it was sent.
    pub fn list_deliveries_of(&mut self, statement: i64) -> Result<Vec<DeliveryRow>, Failure> {
        delivery::table
            .filter(delivery::office_id.eq(self.office.0).and(delivery::statement_id.eq(statement)))
            .order(delivery::id)
            .select(columns::<DeliveryRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing what went out with a statement"))
    }

    /// What a unit, with those it took over from, or a leader was sent, newest first.
    pub fn list_deliveries_to(&mut self, whom: Receiver, limit: i64) -> Result<Vec<DeliveryRow>, Failure> {
        let mut query = delivery::table.filter(delivery::office_id.eq(self.office.0)).into_boxed();
        query = match whom {
            // What went to units it took over from is its own to read.
            Receiver::Unit(unit) => query.filter(delivery::unit_id.eq_any(self.with_predecessors(unit)?)),
            Receiver::Account(account) => query.filter(delivery::account_id.eq(account.0)),
        };
        query
            .order(delivery::id.desc())
            .limit(limit)
            .select(DeliveryRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing what somebody was sent"))
    }

    /// One delivery.
    pub fn find_delivery(&mut self, id: i64) -> Result<Option<DeliveryRow>, Failure> {
        delivery::table
            .filter(delivery::office_id.eq(self.office.0).and(delivery::id.eq(id)))
            .select(columns::<DeliveryRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a delivery"))
    }
}

impl Write {
    /// Enters what goes out; `id` and `office_id` are set here.
    pub fn insert_deliveries(&mut self, rows: Vec<DeliveryRow>) -> Result<(), Failure> {
        for mut row in rows {
            row.id = self.next_id("delivery")?;
            row.office_id = self.office.0;
            diesel::insert_into(delivery::table)
                .values(row)
                .execute_on(self.connection())
                .map_err(Failure::at("entering what goes out"))?;
        }
        Ok(())
    }

    /// Notes that a paper was opened; the first time stands.
    pub fn note_opened(&mut self, id: i64, who: AccountId, at: Micros) -> Result<(), Failure> {
        let unopened = delivery::table
            .filter(delivery::id.eq(id).and(delivery::office_id.eq(self.office.0)).and(delivery::opened_at.is_null()));
        diesel::update(unopened)
            .set((delivery::opened_at.eq(at), delivery::opened_by.eq(who.0)))
            .execute_on(self.connection())
            .map_err(Failure::at("noting that a paper was opened"))?;
        Ok(())
    }
}
