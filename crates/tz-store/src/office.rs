//! Offices (机关), numbers without gaps, settings, and the schemes an office has adopted.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tz_model::OfficeId;

use crate::schema::{counter, office, scheme, setting};
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

/// A scheme an office has adopted from a day on.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = scheme)]
pub struct SchemeRow {
    /// The office.
    pub office_id: i64,
    /// SHA-256 of the text, in hexadecimal.
    pub hash: String,
    /// The scheme's own id.
    pub scheme_id: String,
    /// The whole file.
    pub text: String,
    /// First day it scores (`2018-01-01`).
    pub from_date: String,
    /// When it was adopted.
    pub adopted_at: Micros,
}

impl Store {
    /// Every office of the installation, oldest first.
    pub fn offices(&self) -> Result<Vec<OfficeRow>, Failure> {
        let mut tx = self.read(OfficeId(0))?;
        office::table
            .order(office::id)
            .select(OfficeRow::as_select())
            .load(tx.connection())
            .map_err(Failure::at("listing the offices"))
    }
}

impl Tx {
    /// A setting of the office.
    pub fn find_setting(&mut self, name: &str) -> Result<Option<String>, Failure> {
        setting::table
            .filter(setting::office_id.eq(self.office.0).and(setting::name.eq(name)))
            .select(setting::value)
            .first(self.connection())
            .optional()
            .map_err(Failure::at("reading a setting"))
    }

    /// The number of a series of this office taken last; 0 before the first.
    pub(crate) fn last_number(&mut self, series: &str) -> Result<i64, Failure> {
        counter::table
            .filter(counter::office_id.eq(self.office.0).and(counter::name.eq(series)))
            .select(counter::value)
            .first(self.connection())
            .optional()
            .map(|last| last.unwrap_or(0))
            .map_err(Failure::at("reading the last number of a series"))
    }

    /// The office itself.
    pub fn office_row(&mut self) -> Result<OfficeRow, Failure> {
        office::table
            .filter(office::id.eq(self.office.0))
            .select(OfficeRow::as_select())
            .first(self.connection())
            .map_err(Failure::at("reading the office"))
    }

    /// What the database calls itself: `SQLite 3.51.3`, `PostgreSQL 15.14`.
    pub fn database_version(&mut self) -> Result<String, Failure> {
        crate::dialect::version(self.connection()).map_err(Failure::at("asking for the database's version"))
    }

    /// The schemes adopted, newest start first.
    pub fn list_schemes(&mut self) -> Result<Vec<SchemeRow>, Failure> {
        scheme::table
            .filter(scheme::office_id.eq(self.office.0))
            .order(scheme::from_date.desc())
            .select(SchemeRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the schemes"))
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

    fn next_of(&mut self, owner: OfficeId, series: &str) -> Result<i64, Failure> {
        #[derive(QueryableByName)]
        struct Taken {
            #[diesel(sql_type = BigInt)]
            value: i64,
        }
        let doing = "taking a number";
        for _ in 0..2 {
            let taken: Option<Taken> = diesel::sql_query(
                "UPDATE counter SET value = value + 1 WHERE office_id = $1 AND name = $2 RETURNING value",
            )
            .bind::<BigInt, _>(owner.0)
            .bind::<Text, _>(series)
            .get_result(self.connection())
            .optional()
            .map_err(Failure::at(doing))?;
            if let Some(Taken { value }) = taken {
                return Ok(value);
            }
            diesel::sql_query(
                "INSERT INTO counter (office_id, name, value) VALUES ($1, $2, 0) ON CONFLICT (office_id, name) DO NOTHING",
            )
            .bind::<BigInt, _>(owner.0)
            .bind::<Text, _>(series)
            .execute(self.connection())
            .map_err(Failure::at(doing))?;
        }
        Err(Failure::Absent { doing })
    }

    /// Sets up an office; the transaction sees its rows from now on.
    pub fn insert_office(&mut self, name: &str, now: Micros) -> Result<OfficeId, Failure> {
        let id = self.next_id("office")?;
        diesel::insert_into(office::table)
            .values(OfficeRow { id, name: name.to_owned(), created_at: now })
            .execute(self.connection())
            .map_err(Failure::at("setting up an office"))?;
        self.office = OfficeId(id);
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

    /// Adopts a scheme from a day on.
    pub fn insert_scheme(&mut self, row: &SchemeRow) -> Result<(), Failure> {
        diesel::insert_into(scheme::table)
            .values(row.clone())
            .execute(self.connection())
            .map_err(Failure::at("adopting a scheme"))?;
        Ok(())
    }
}
