//! Schemes (计分办法): texts by hash, the days they were taken into force, and drafts.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::connection::{Either, columns};
use crate::content::sha256;
use crate::schema::{scheme_adoption, scheme_draft, scheme_text};
use crate::{Failure, Micros, Tx, Write};

/// A scheme taken into force from a day on, or (with `withdraws`) that taken back. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scheme_adoption, treat_none_as_default_value = false)]
pub struct SchemeRow {
    /// The office.
    pub office_id: i64,
    /// 1, 2, 3 … without gaps.
    pub seq: i64,
    /// SHA-256 of the text, in hexadecimal.
    pub hash: String,
    /// The scheme's own id.
    pub scheme_id: String,
    /// First day it scores (`2018-01-01`).
    pub from_date: String,
    /// When it was recorded.
    pub recorded_at: Micros,
    /// By whom; `None` when the office was set up.
    pub recorded_by: Option<i64>,
    /// The number of the adoption it takes back.
    pub withdraws: Option<i64>,
    /// Why it is taken back; empty for an adoption.
    pub reason: String,
}

/// A draft as stored, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = scheme_draft, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct SchemeDraftRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// SHA-256 of the text, in hexadecimal.
    pub hash: String,
    /// What it is called in lists: its scheme's name as far as it can be read.
    pub name: String,
    /// When it was saved last.
    pub saved_at: Micros,
    /// By whom.
    pub saved_by: Option<i64>,
}

impl Tx {
    /// Every row of the ledger of schemes, oldest first.
    pub fn list_scheme_adoptions(&mut self) -> Result<Vec<SchemeRow>, Failure> {
        scheme_adoption::table
            .filter(scheme_adoption::office_id.eq(self.office.0))
            .order(scheme_adoption::seq)
            .select(columns::<SchemeRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the schemes"))
    }

    /// The adoptions that hold, newest start first. Of two from the same day the later recorded stands first.
    pub fn list_schemes(&mut self) -> Result<Vec<SchemeRow>, Failure> {
        let held: Arc<Vec<SchemeRow>> =
            self.remembered(("schemes in force", String::new()), |tx| tx.list_scheme_adoptions().map(in_force))?;
        Ok(Arc::unwrap_or_clone(held))
    }

    /// The text of a hash, if the office has ever kept it.
    pub fn find_scheme_text(&mut self, hash: &str) -> Result<Option<String>, Failure> {
        scheme_text::table
            .filter(scheme_text::office_id.eq(self.office.0).and(scheme_text::hash.eq(hash)))
            .select(scheme_text::text)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("reading a scheme"))
    }

    /// Every text with its hash.
    pub(crate) fn list_scheme_texts(&mut self) -> Result<Vec<(String, String)>, Failure> {
        scheme_text::table
            .filter(scheme_text::office_id.eq(self.office.0))
            .order(scheme_text::hash)
            .select((scheme_text::hash, scheme_text::text))
            .load_on(self.connection())
            .map_err(Failure::at("reading the schemes"))
    }

    /// Every draft, oldest first.
    pub fn list_scheme_drafts(&mut self) -> Result<Vec<SchemeDraftRow>, Failure> {
        scheme_draft::table
            .filter(scheme_draft::office_id.eq(self.office.0))
            .order(scheme_draft::id)
            .select(columns::<SchemeDraftRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the drafts of schemes"))
    }
}

/// What was not taken back, newest start first.
fn in_force(all: Vec<SchemeRow>) -> Vec<SchemeRow> {
    let withdrawn: Vec<i64> = all.iter().filter_map(|row| row.withdraws).collect();
    let mut held: Vec<SchemeRow> =
        all.into_iter().filter(|row| row.withdraws.is_none() && !withdrawn.contains(&row.seq)).collect();
    held.sort_by(|one, other| (&other.from_date, other.seq).cmp(&(&one.from_date, one.seq)));
    held
}

impl Write {
    /// Keeps a text and says its hash.
    pub fn put_scheme_text(&mut self, text: &str) -> Result<String, Failure> {
        let hash = sha256(text.as_bytes());
        diesel::sql_query(
            "INSERT INTO scheme_text (office_id, hash, text) VALUES ($1, $2, $3) ON CONFLICT (office_id, hash) DO NOTHING",
        )
        .bind::<BigInt, _>(self.office.0)
        .bind::<Text, _>(&hash)
        .bind::<Text, _>(text)
        .execute(self.connection())
        .map_err(Failure::at("keeping the text of a scheme"))?;
        Ok(hash)
    }

    /// Appends to the ledger of schemes; `row.office_id` and `row.seq` are set here. An adoption is taken back once
    /// ([`Failure::is_taken`]).
    pub fn append_scheme(&mut self, mut row: SchemeRow) -> Result<i64, Failure> {
        row.office_id = self.office.0;
        row.seq = self.next_number("scheme")?;
        let seq = row.seq;
        diesel::insert_into(scheme_adoption::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("taking a scheme into force"))?;
        Ok(seq)
    }

    /// Keeps a draft: a new one where `row.id` is 0, else the one of that identity. Says its identity.
    pub fn save_scheme_draft(&mut self, mut row: SchemeDraftRow) -> Result<i64, Failure> {
        row.office_id = self.office.0;
        let doing = "saving the draft of a scheme";
        if row.id == 0 {
            row.id = self.next_id("scheme_draft")?;
            let id = row.id;
            diesel::insert_into(scheme_draft::table)
                .values(row)
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
            return Ok(id);
        }
        let id = row.id;
        let of = scheme_draft::table.filter(scheme_draft::office_id.eq(self.office.0).and(scheme_draft::id.eq(id)));
        diesel::update(of).set(row).execute_on(self.connection()).map_err(Failure::at(doing))?;
        Ok(id)
    }

    /// Takes a draft off the list. Its text stays under its hash.
    pub fn delete_scheme_draft(&mut self, id: i64) -> Result<(), Failure> {
        let of = scheme_draft::table.filter(scheme_draft::office_id.eq(self.office.0).and(scheme_draft::id.eq(id)));
        diesel::delete(of).execute_on(self.connection()).map_err(Failure::at("discarding the draft of a scheme"))?;
        Ok(())
    }
}
