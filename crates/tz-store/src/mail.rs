//! The ledger of messages (来信): each has exactly one fate (去向).

use diesel::prelude::*;
use tz_model::MailId;

use crate::connection::{Either, columns};
use crate::schema::mail;
use crate::{Failure, Micros, Tx, Write};

/// A message as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail, treat_none_as_default_value = false)]
pub struct MailRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Where it was read: a file's name, or mailbox and UID.
    pub source: String,
    /// Its Message-ID, if it has one.
    pub message_id: Option<String>,
    /// SHA-256 of the raw bytes.
    pub sha256: String,
    /// The raw bytes; nothing where they may not be kept (secret).
    pub content_id: Option<i64>,
    /// When the server received it.
    pub received_at: Micros,
    /// The sender's address.
    pub sender: String,
    /// Its subject; empty where it may not be kept.
    pub subject: String,
    /// `item`, `repeat`, `quarantine`, `automatic`, `secret`, `discarded`.
    pub fate: String,
    /// Why, as a Chinese sentence.
    pub reason: String,
    /// The unit it came from.
    pub unit_id: Option<i64>,
    /// The message it is the same as.
    pub same_as: Option<i64>,
    /// When a person decided about it.
    pub settled_at: Option<Micros>,
    /// Who did.
    pub settled_by: Option<i64>,
}

impl Tx {
    /// A message by its identity.
    pub fn find_mail(&mut self, id: MailId) -> Result<Option<MailRow>, Failure> {
        mail::table
            .filter(mail::office_id.eq(self.office.0).and(mail::id.eq(id.0)))
            .select(columns::<MailRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a message"))
    }

    /// The first message with the same raw bytes.
    pub fn find_mail_by_hash(&mut self, sha256: &str) -> Result<Option<MailRow>, Failure> {
        mail::table
            .filter(mail::office_id.eq(self.office.0).and(mail::sha256.eq(sha256)))
            .order(mail::id)
            .select(columns::<MailRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a message by its bytes"))
    }

    /// Messages of a fate (all where `None`), newest first.
    pub fn list_mail(&mut self, fate: Option<&str>, limit: i64) -> Result<Vec<MailRow>, Failure> {
        let mut query = mail::table.filter(mail::office_id.eq(self.office.0)).into_boxed();
        if let Some(fate) = fate {
            query = query.filter(mail::fate.eq(fate));
        }
        query
            .order(mail::id.desc())
            .limit(limit)
            .select(MailRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the messages"))
    }

    /// As [`Tx::list_mail`], from before a message on: the next page.
    pub fn list_mail_before(
        &mut self,
        fate: Option<&str>,
        before: Option<MailId>,
        limit: i64,
    ) -> Result<Vec<MailRow>, Failure> {
        let mut query = mail::table.filter(mail::office_id.eq(self.office.0)).into_boxed();
        if let Some(fate) = fate {
            query = query.filter(mail::fate.eq(fate));
        }
        if let Some(before) = before {
            query = query.filter(mail::id.lt(before.0));
        }
        query
            .order(mail::id.desc())
            .limit(limit)
            .select(MailRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the messages"))
    }

    /// How many messages have one fate.
    pub fn count_mail_of(&mut self, fate: &str) -> Result<i64, Failure> {
        let count = self.remembered(("messages of a fate", fate.to_owned()), |tx| {
            mail::table
                .filter(mail::office_id.eq(tx.office.0).and(mail::fate.eq(fate)))
                .count()
                .first_on(tx.connection())
                .map_err(Failure::at("counting the messages of a fate"))
        })?;
        Ok(*count)
    }

    /// How many messages have each fate, by fate.
    pub fn count_mail_by_fate(&mut self) -> Result<Vec<(String, i64)>, Failure> {
        mail::table
            .filter(mail::office_id.eq(self.office.0))
            .group_by(mail::fate)
            .order(mail::fate)
            .select((mail::fate, diesel::dsl::count_star()))
            .load_on(self.connection())
            .map_err(Failure::at("counting the messages"))
    }
}

impl Write {
    /// Enters a message; `row.id` and `row.office_id` are set here.
    pub fn insert_mail(&mut self, mut row: MailRow) -> Result<MailId, Failure> {
        row.id = self.next_id("mail")?;
        row.office_id = self.office.0;
        let id = MailId(row.id);
        diesel::insert_into(mail::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a message"))?;
        Ok(id)
    }

    /// A person decided about a message in quarantine. False if somebody else already has.
    pub fn settle_mail(
        &mut self,
        id: MailId,
        fate: &str,
        reason: &str,
        unit: Option<i64>,
        now: Micros,
        by: i64,
    ) -> Result<bool, Failure> {
        diesel::update(
            mail::table
                .filter(mail::office_id.eq(self.office.0).and(mail::id.eq(id.0)).and(mail::fate.eq("quarantine"))),
        )
        .set((
            mail::fate.eq(fate),
            mail::reason.eq(reason),
            mail::unit_id.eq(unit),
            mail::settled_at.eq(Some(now)),
            mail::settled_by.eq(Some(by)),
        ))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("deciding about a message"))
    }
}
