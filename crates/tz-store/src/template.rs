//! Wordings of papers (文书模板): texts by hash, which of them holds, drafts; and pictures in place of a publication's name (刊头图片).

use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tz_model::PublicationId;

use crate::connection::{Either, columns};
use crate::content::sha256;
use crate::schema::{masthead, template_adoption, template_draft, template_text};
use crate::{Failure, Micros, Tx, Write};

/// A wording taken into force for a kind of paper. Never changed; the last one of a kind holds.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = template_adoption)]
pub struct TemplateRow {
    /// The office.
    pub office_id: i64,
    /// 1, 2, 3 … without gaps.
    pub seq: i64,
    /// The kind of paper by its name.
    pub kind: String,
    /// SHA-256 of the text; empty: the built-in one again.
    pub hash: String,
    /// When.
    pub at: Micros,
    /// By whom.
    pub account_id: i64,
}

/// A draft of a wording.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = template_draft)]
pub struct TemplateDraftRow {
    /// The office.
    pub office_id: i64,
    /// The kind of paper by its name.
    pub kind: String,
    /// The text, faults and all.
    pub text: String,
    /// When it was saved last.
    pub saved_at: Micros,
    /// By whom.
    pub account_id: i64,
}

/// A picture taken for a publication, or (without a content) taken away. Never changed; the last one holds.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = masthead, treat_none_as_default_value = false)]
pub struct MastheadRow {
    /// The office.
    pub office_id: i64,
    /// 1, 2, 3 … without gaps.
    pub seq: i64,
    /// The publication.
    pub publication_id: i64,
    /// The picture.
    pub content_id: Option<i64>,
    /// When.
    pub at: Micros,
    /// By whom.
    pub account_id: i64,
}

impl Tx {
    /// Every wording ever taken into force, oldest first.
    pub fn list_templates(&mut self) -> Result<Arc<Vec<TemplateRow>>, Failure> {
        self.remembered(("templates", String::new()), |tx| {
            template_adoption::table
                .filter(template_adoption::office_id.eq(tx.office.0))
                .order(template_adoption::seq)
                .select(columns::<TemplateRow>())
                .load_on(tx.connection())
                .map_err(Failure::at("listing the templates"))
        })
    }

    /// The text of a hash, if the office has ever kept it.
    pub fn find_template_text(&mut self, hash: &str) -> Result<Option<String>, Failure> {
        template_text::table
            .filter(template_text::office_id.eq(self.office.0).and(template_text::hash.eq(hash)))
            .select(template_text::text)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("reading a template"))
    }

    /// Every text with its hash.
    pub(crate) fn list_template_texts(&mut self) -> Result<Vec<(String, String)>, Failure> {
        template_text::table
            .filter(template_text::office_id.eq(self.office.0))
            .order(template_text::hash)
            .select((template_text::hash, template_text::text))
            .load_on(self.connection())
            .map_err(Failure::at("reading the templates"))
    }

    /// Every draft, by kind.
    pub fn list_template_drafts(&mut self) -> Result<Vec<TemplateDraftRow>, Failure> {
        template_draft::table
            .filter(template_draft::office_id.eq(self.office.0))
            .order(template_draft::kind)
            .select(columns::<TemplateDraftRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the drafts of templates"))
    }

    /// Every picture ever taken or taken away, oldest first.
    pub fn list_mastheads(&mut self) -> Result<Arc<Vec<MastheadRow>>, Failure> {
        self.remembered(("mastheads", String::new()), |tx| {
            masthead::table
                .filter(masthead::office_id.eq(tx.office.0))
                .order(masthead::seq)
                .select(columns::<MastheadRow>())
                .load_on(tx.connection())
                .map_err(Failure::at("listing the mastheads"))
        })
    }

    /// The content of the picture that holds for a publication.
    pub fn find_masthead(&mut self, publication: PublicationId) -> Result<Option<i64>, Failure> {
        let rows = self.list_mastheads()?;
        Ok(rows.iter().rfind(|row| row.publication_id == publication.0).and_then(|row| row.content_id))
    }
}

impl Write {
    /// Keeps a text and says its hash.
    pub fn put_template_text(&mut self, text: &str) -> Result<String, Failure> {
        let hash = sha256(text.as_bytes());
        diesel::sql_query(
            "INSERT INTO template_text (office_id, hash, text) VALUES ($1, $2, $3) ON CONFLICT (office_id, hash) DO NOTHING",
        )
        .bind::<BigInt, _>(self.office.0)
        .bind::<Text, _>(&hash)
        .bind::<Text, _>(text)
        .execute(self.connection())
        .map_err(Failure::at("keeping the text of a template"))?;
        Ok(hash)
    }

    /// Takes a wording into force; `hash` is empty for the built-in one.
    pub fn append_template(&mut self, kind: &str, hash: &str, at: Micros, account: i64) -> Result<(), Failure> {
        let row = TemplateRow {
            office_id: self.office.0,
            seq: self.next_number("template")?,
            kind: kind.to_owned(),
            hash: hash.to_owned(),
            at,
            account_id: account,
        };
        diesel::insert_into(template_adoption::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("taking a template into force"))?;
        Ok(())
    }

    /// Keeps the draft of a kind, in place of the one before; `None` discards it.
    pub fn keep_template_draft(&mut self, kind: &str, draft: Option<(&str, Micros, i64)>) -> Result<(), Failure> {
        let doing = "saving the draft of a template";
        let of = template_draft::table
            .filter(template_draft::office_id.eq(self.office.0).and(template_draft::kind.eq(kind.to_owned())));
        diesel::delete(of).execute_on(self.connection()).map_err(Failure::at(doing))?;
        let Some((text, saved_at, account_id)) = draft else { return Ok(()) };
        let office_id = self.office.0;
        let row = TemplateDraftRow { office_id, kind: kind.to_owned(), text: text.to_owned(), saved_at, account_id };
        diesel::insert_into(template_draft::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        Ok(())
    }

    /// Takes a picture for a publication, or takes it away.
    pub fn append_masthead(
        &mut self,
        publication: PublicationId,
        content_id: Option<i64>,
        at: Micros,
        account_id: i64,
    ) -> Result<(), Failure> {
        let row = MastheadRow {
            office_id: self.office.0,
            seq: self.next_number("masthead")?,
            publication_id: publication.0,
            content_id,
            at,
            account_id,
        };
        diesel::insert_into(masthead::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("taking a masthead"))?;
        Ok(())
    }
}
