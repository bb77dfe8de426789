//! Offices (机关), numbers without gaps, and settings.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tz_model::OfficeId;

use crate::connection::{Either, Series, columns};
use crate::schema::{counter, office, setting};
use crate::{Failure, Micros, Store, Tx, Write};

/// An office as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = office)]
pub struct OfficeRow {
    /// Its identity.
    pub id: i64,
    /// Its full name.
    pub name: String,
    /// When it was set up.
    pub created_at: Micros,
}

impl Store {
    /// Every office of the installation, oldest first.
    pub fn offices(&self) -> Result<Vec<OfficeRow>, Failure> {
        let mut tx = self.read(OfficeId(0))?;
        office::table
            .order(office::id)
            .select(columns::<OfficeRow>())
            .load_on(tx.connection())
            .map_err(Failure::at("listing the offices"))
    }
}

impl Tx {
    /// A setting of the office.
    pub fn find_setting(&mut self, name: &str) -> Result<Option<String>, Failure> {
        setting::table
            .filter(setting::office_id.eq(self.office.0).and(setting::name.eq(name)))
            .select(setting::value)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("reading a setting"))
    }

    /// The settings of the office whose names begin so, by name.
    pub fn list_settings(&mut self, prefix: &str) -> Result<Vec<(String, String)>, Failure> {
        let all: Vec<(String, String)> = setting::table
            .filter(setting::office_id.eq(self.office.0))
            .order(setting::name)
            .select((setting::name, setting::value))
            .load_on(self.connection())
            .map_err(Failure::at("reading the settings"))?;
        Ok(all.into_iter().filter(|(name, _)| name.starts_with(prefix)).collect())
    }

    /// The number of a series of this office taken last; 0 before the first.
    pub fn last_number(&mut self, name: &str) -> Result<i64, Failure> {
        if let Some(series) = self.held.series.get(&(self.office.0, name.to_owned())) {
            return Ok(series.last);
        }
        Ok(self.stored_number(self.office, name)?.unwrap_or(0))
    }

    /// The end of a series as it was last committed.
    fn stored_number(&mut self, owner: OfficeId, name: &str) -> Result<Option<i64>, Failure> {
        counter::table
            .filter(counter::office_id.eq(owner.0).and(counter::name.eq(name)))
            .select(counter::value)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("reading the last number of a series"))
    }

    /// The office itself.
    pub fn office_row(&mut self) -> Result<OfficeRow, Failure> {
        office::table
            .filter(office::id.eq(self.office.0))
            .select(columns::<OfficeRow>())
            .first_on(self.connection())
            .map_err(Failure::at("reading the office"))
    }

    /// What the database calls itself: `SQLite 3.51.3`, `PostgreSQL 15.14`.
    pub fn database_version(&mut self) -> Result<String, Failure> {
        crate::dialect::version(self.connection()).map_err(Failure::at("asking for the database's version"))
    }
}

impl Write {
    /// Takes the next number of a series of this office: 1, 2, 3 … without gaps, since it falls back if nothing is committed.
    pub fn next_number(&mut self, series: &str) -> Result<i64, Failure> {
        self.next_of(self.office, series)
    }

    /// Takes the next identity of a table; identities are shared by all offices.
    pub fn next_id(&mut self, table: &'static str) -> Result<i64, Failure> {
        self.next_of(OfficeId(0), table)
    }

    fn next_of(&mut self, owner: OfficeId, name: &str) -> Result<i64, Failure> {
        let place = (owner.0, name.to_owned());
        if let Some(series) = self.held.series.get_mut(&place) {
            series.last += 1;
            return Ok(series.last);
        }
        let stored = self.stored_number(owner, name)?;
        let series = Series { last: stored.unwrap_or(0) + 1, stored: stored.is_some() };
        let next = series.last;
        self.held.series.insert(place, series);
        Ok(next)
    }

    /// Writes the ends of the series that numbers were taken from.
    pub(crate) fn write_series(&mut self) -> Result<(), Failure> {
        let doing = "writing the last numbers of series";
        for ((owner, name), series) in std::mem::take(&mut self.held.series) {
            if series.stored {
                let row = counter::table.filter(counter::office_id.eq(owner).and(counter::name.eq(name)));
                diesel::update(row).set(counter::value.eq(series.last)).execute_on(self.connection())
            } else {
                let row = (counter::office_id.eq(owner), counter::name.eq(name), counter::value.eq(series.last));
                diesel::insert_into(counter::table).values(row).execute_on(self.connection())
            }
            .map_err(Failure::at(doing))?;
        }
        Ok(())
    }

    /// Sets up an office; the transaction sees its rows from now on.
    pub fn insert_office(&mut self, name: &str, now: Micros) -> Result<OfficeId, Failure> {
        let id = self.next_id("office")?;
        diesel::insert_into(office::table)
            .values(OfficeRow { id, name: name.to_owned(), created_at: now })
            .execute_on(self.connection())
            .map_err(Failure::at("setting up an office"))?;
        self.office = OfficeId(id);
        // What was held was of the office before.
        self.held.audit_end = None;
        Ok(self.office)
    }

    /// Sets a setting of the office.
    pub fn set_setting(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        diesel::sql_query(
            "INSERT INTO setting (office_id, name, value) VALUES ($1, $2, $3)
             ON CONFLICT (office_id, name) DO UPDATE SET value = excluded.value",
        )
        .bind::<BigInt, _>(self.office.0)
        .bind::<Text, _>(name)
        .bind::<Text, _>(value)
        .execute(self.connection())
        .map_err(Failure::at("saving a setting"))?;
        Ok(())
    }
}
