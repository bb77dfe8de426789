//! The audit chain (审计): who did what to what, each row's hash covering the row before (等保 8.1.4.3).

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::content::sha256;
use crate::schema::audit;
use crate::{Failure, Micros, Tx, Write};

/// One act as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub struct AuditRow {
    /// The office.
    pub office_id: i64,
    /// Its place in the chain, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Micros,
    /// The account, if a person did it.
    pub account_id: Option<i64>,
    /// The person's name, or which part of the program.
    pub who: String,
    /// What was done, in Chinese: `登录`, `发布刊物`.
    pub act: String,
    /// To what.
    pub object: String,
    /// `成功` or `失败`.
    pub outcome: String,
    /// More, in words.
    pub detail: String,
    /// SHA-256 over the row before and this one.
    pub hash: String,
}

impl AuditRow {
    /// The hash this row must carry after `previous`. Fields are parted by a character that none of them can hold.
    pub fn expected_hash(&self, previous: &str) -> String {
        let account = self.account_id.map(|id| id.to_string()).unwrap_or_default();
        let fields = [
            previous,
            &self.office_id.to_string(),
            &self.seq.to_string(),
            &self.at.to_string(),
            &account,
            &self.who,
            &self.act,
            &self.object,
            &self.outcome,
            &self.detail,
        ];
        sha256(fields.map(|field| field.replace('\u{1f}', " ")).join("\u{1f}").as_bytes())
    }
}

/// One act to be recorded.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// When.
    pub at: Micros,
    /// The account, if a person did it.
    pub account: Option<i64>,
    /// The person's name, or which part of the program.
    pub who: &'a str,
    /// What was done, in Chinese.
    pub act: &'a str,
    /// To what.
    pub object: &'a str,
    /// Whether it was done.
    pub done: bool,
    /// More, in words.
    pub detail: &'a str,
}

impl Tx {
    /// The newest acts first, `limit` of them, before `before` where given.
    pub fn list_audit(&mut self, before: Option<i64>, limit: i64) -> Result<Vec<AuditRow>, Failure> {
        let mut query = audit::table.filter(audit::office_id.eq(self.office.0)).into_boxed();
        if let Some(before) = before {
            query = query.filter(audit::seq.lt(before));
        }
        query
            .order(audit::seq.desc())
            .limit(limit)
            .select(AuditRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the audit"))
    }

    /// The hash of one act.
    fn audit_hash(&mut self, seq: i64) -> Result<Option<String>, Failure> {
        audit::table
            .filter(audit::office_id.eq(self.office.0).and(audit::seq.eq(seq)))
            .select(audit::hash)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("reading the end of the audit chain"))
    }

    /// The acts after place `after`, oldest first, `limit` of them: for walking the whole chain.
    pub(crate) fn audit_after(&mut self, after: i64, limit: i64) -> Result<Vec<AuditRow>, Failure> {
        audit::table
            .filter(audit::office_id.eq(self.office.0).and(audit::seq.gt(after)))
            .order(audit::seq)
            .limit(limit)
            .select(columns::<AuditRow>())
            .load_on(self.connection())
            .map_err(Failure::at("walking the audit chain"))
    }
}

impl Write {
    /// Adds an act to the chain, in the same transaction as the act itself: no audit, no act.
    pub fn record_act(&mut self, act: &Act<'_>) -> Result<(), Failure> {
        let seq = self.next_number("audit")?;
        let previous = match self.held.audit_end.take() {
            Some(hash) => hash,
            None => self.audit_hash(seq - 1)?.unwrap_or_default(),
        };
        let mut row = AuditRow {
            office_id: self.office.0,
            seq,
            at: act.at,
            account_id: act.account,
            who: act.who.to_owned(),
            act: act.act.to_owned(),
            object: act.object.to_owned(),
            outcome: if act.done { "成功" } else { "失败" }.to_owned(),
            detail: act.detail.to_owned(),
            hash: String::new(),
        };
        row.hash = row.expected_hash(&previous);
        self.held.audit_end = Some(row.hash.clone());
        diesel::insert_into(audit::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("writing the audit"))?;
        Ok(())
    }
}
