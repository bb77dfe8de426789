//! Statements (计分表): closed months, written once, with the papers made at the close.

use std::sync::Arc;

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::{bulletin_correction, statement, statement_paper, statement_signature};
use crate::{Failure, Micros, Tx, Write};

/// A statement as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement, treat_none_as_default_value = false)]
pub struct StatementRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 1, 2, 3 … without gaps.
    pub number: i64,
    /// The month it closes: `2018-06`.
    pub month: String,
    /// SHA-256 of the scheme's text.
    pub scheme_hash: String,
    /// Where the ledger ended at the close.
    pub fact_seq: i64,
    /// The statement itself, canonical JSON.
    pub content: String,
    /// SHA-256 of the content.
    pub sha256: String,
    /// The statement before's.
    pub previous_sha256: String,
    /// When it was closed.
    pub closed_at: Micros,
    /// By whom.
    pub closed_by: Option<i64>,
}

/// A statement without its content, for lists.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = statement)]
pub struct StatementHead {
    /// Its identity.
    pub id: i64,
    /// 1, 2, 3 … without gaps.
    pub number: i64,
    /// The month it closes: `2018-06`.
    pub month: String,
    /// SHA-256 of the scheme's text.
    pub scheme_hash: String,
    /// Where the ledger ended at the close.
    pub fact_seq: i64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// When it was closed.
    pub closed_at: Micros,
    /// By whom.
    pub closed_by: Option<i64>,
}

/// A paper made at the close as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_paper)]
pub struct PaperRow {
    /// The statement.
    pub statement_id: i64,
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub content_id: i64,
}

/// A bulletin made anew beside the one it supersedes (更正), as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bulletin_correction, treat_none_as_default_value = false)]
pub struct CorrectionRow {
    /// The statement.
    pub statement_id: i64,
    /// 1, 2, 3 … for each statement.
    pub number: i64,
    /// The office.
    pub office_id: i64,
    /// What was wrong, a line each.
    pub reason: String,
    /// Whom it is addressed to (主送).
    pub addressees: String,
    /// Whom it is reported to (报).
    pub report_to: String,
    /// Whom it is issued to (发).
    pub issue_to: String,
    /// SHA-256 of its wording.
    pub template: String,
    /// When it was made.
    pub made_at: Micros,
    /// By whom.
    pub made_by: Option<i64>,
    /// Its file name.
    pub name: String,
    /// Its bytes.
    pub content_id: i64,
}

/// A statement's signature as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_signature)]
pub struct SignatureRow {
    /// The statement.
    pub statement_id: i64,
    /// The office.
    pub office_id: i64,
    /// The public key, in base64.
    pub public_key: String,
    /// The signature of the statement's text, in base64.
    pub signature: String,
}

impl Tx {
    /// Every statement, oldest month first.
    pub fn list_statements(&mut self) -> Result<Vec<StatementRow>, Failure> {
        statement::table
            .filter(statement::office_id.eq(self.office.0))
            .order(statement::month)
            .select(columns::<StatementRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the statements"))
    }

    /// Every statement without its content, oldest month first.
    pub fn list_statement_heads(&mut self) -> Result<Arc<Vec<StatementHead>>, Failure> {
        self.remembered(("heads of statements", String::new()), |tx| {
            statement::table
                .filter(statement::office_id.eq(tx.office.0))
                .order(statement::month)
                .select(columns::<StatementHead>())
                .load_on(tx.connection())
                .map_err(Failure::at("listing the statements"))
        })
    }

    /// The statement of a month.
    pub fn find_statement(&mut self, month: &str) -> Result<Option<StatementRow>, Failure> {
        statement::table
            .filter(statement::office_id.eq(self.office.0).and(statement::month.eq(month)))
            .select(columns::<StatementRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a statement"))
    }

    /// The papers of a statement, by name.
    pub fn list_papers(&mut self, statement: i64) -> Result<Vec<PaperRow>, Failure> {
        statement_paper::table
            .filter(statement_paper::statement_id.eq(statement))
            .order(statement_paper::name)
            .select(columns::<PaperRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing a statement's papers"))
    }

    /// What superseded a statement's bulletin, in order.
    pub fn list_corrections(&mut self, statement: i64) -> Result<Vec<CorrectionRow>, Failure> {
        bulletin_correction::table
            .filter(bulletin_correction::statement_id.eq(statement))
            .order(bulletin_correction::number)
            .select(columns::<CorrectionRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing what superseded a bulletin"))
    }

    /// Every signature of a statement of this office, by statement.
    pub fn list_signatures(&mut self) -> Result<Vec<SignatureRow>, Failure> {
        statement_signature::table
            .filter(statement_signature::office_id.eq(self.office.0))
            .order(statement_signature::statement_id)
            .select(columns::<SignatureRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the signatures of statements"))
    }

    /// Number, month and moment of the newest statement, without its content.
    pub fn last_closed(&mut self) -> Result<Option<(i64, String, Micros)>, Failure> {
        statement::table
            .filter(statement::office_id.eq(self.office.0))
            .order(statement::number.desc())
            .select((statement::number, statement::month, statement::closed_at))
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for the newest statement"))
    }
}

impl Write {
    /// Writes a statement; `row.id`, `row.office_id` are set here. Its month must not be closed yet ([`Failure::is_taken`]).
    pub fn insert_statement(&mut self, mut row: StatementRow) -> Result<i64, Failure> {
        row.id = self.next_id("statement")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(statement::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("writing a statement"))?;
        Ok(id)
    }

    /// Adds a paper to a statement of this transaction.
    pub fn insert_paper(&mut self, row: PaperRow) -> Result<(), Failure> {
        diesel::insert_into(statement_paper::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding a paper to a statement"))?;
        Ok(())
    }

    /// Adds a bulletin that supersedes one; `row.office_id` is set here. Its number must be the next ([`Failure::is_taken`]).
    pub fn insert_correction(&mut self, mut row: CorrectionRow) -> Result<(), Failure> {
        row.office_id = self.office.0;
        diesel::insert_into(bulletin_correction::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding what supersedes a bulletin"))?;
        Ok(())
    }

    /// Adds the signature of a statement of this transaction; `row.office_id` is set here.
    pub fn insert_signature(&mut self, mut row: SignatureRow) -> Result<(), Failure> {
        row.office_id = self.office.0;
        diesel::insert_into(statement_signature::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding the signature of a statement"))?;
        Ok(())
    }
}
