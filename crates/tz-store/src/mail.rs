//! The ledger of messages (来信): each has exactly one fate (去向).

use diesel::prelude::*;
use tz_model::{AccountId, MailId, OfficeId};

use crate::connection::{Either, columns};
use crate::schema::{mail, secret_noted};
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
    /// Why it waits or waited in quarantine, as a key (隔离原因); empty for what never did.
    pub held_as: String,
    /// The same as a sentence; it outlives a decision that is taken back.
    pub held_why: String,
    /// How often the program stumbled over it.
    pub tries: i64,
    /// The domains whose signature over it was found valid when it came, parted by spaces.
    pub signed_by: String,
    /// SHA-256 of the head by which it came, where its original was given later: the mail server still brings the head.
    pub head_sha256: Option<String>,
}

/// What is looked for among the messages in quarantine.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeldFilter<'a> {
    /// Held for this kind of reason.
    pub kind: Option<&'a str>,
    /// From before this message on.
    pub before: Option<MailId>,
    /// At most so many.
    pub limit: i64,
}

/// What a decision makes of a message.
#[derive(Clone, Copy, Debug)]
pub struct Settled<'a> {
    /// Its new fate.
    pub fate: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The unit, once known.
    pub unit: Option<i64>,
    /// When.
    pub at: Micros,
    /// Who decided; nobody where the program looked again by itself.
    pub by: Option<i64>,
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

    /// The first message with the same raw bytes, or of which these are the head that was fetched.
    pub fn find_mail_by_hash(&mut self, sha256: &str) -> Result<Option<MailRow>, Failure> {
        let doing = "looking for a message by its bytes";
        let of_office = mail::table.filter(mail::office_id.eq(self.office.0)).select(columns::<MailRow>());
        let whole = of_office.filter(mail::sha256.eq(sha256)).order(mail::id);
        match whole.first_on(self.connection()).optional().map_err(Failure::at(doing))? {
            Some(found) => Ok(Some(found)),
            None => of_office
                .filter(mail::head_sha256.eq(sha256))
                .order(mail::id)
                .first_on(self.connection())
                .optional()
                .map_err(Failure::at(doing)),
        }
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

    /// Messages in quarantine, the newest first.
    pub fn list_held(&mut self, filter: HeldFilter<'_>) -> Result<Vec<MailRow>, Failure> {
        let mut query =
            mail::table.filter(mail::office_id.eq(self.office.0).and(mail::fate.eq("quarantine"))).into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(mail::held_as.eq(kind));
        }
        if let Some(before) = filter.before {
            query = query.filter(mail::id.lt(before.0));
        }
        query
            .order(mail::id.desc())
            .limit(filter.limit)
            .select(MailRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the messages in quarantine"))
    }

    /// How many messages in quarantine are held for each kind of reason, by kind.
    pub fn count_held(&mut self) -> Result<Vec<(String, i64)>, Failure> {
        mail::table
            .filter(mail::office_id.eq(self.office.0).and(mail::fate.eq("quarantine")))
            .group_by(mail::held_as)
            .order(mail::held_as)
            .select((mail::held_as, diesel::dsl::count_star()))
            .load_on(self.connection())
            .map_err(Failure::at("counting the messages in quarantine"))
    }

    /// Refused messages (涉密拒收) an account has not taken note of, the newest first: identity and when received.
    pub fn list_unnoted_secrets(&mut self, account: AccountId) -> Result<Vec<(i64, Micros)>, Failure> {
        let noted =
            secret_noted::table.filter(secret_noted::account_id.eq(account.0).and(secret_noted::mail_id.eq(mail::id)));
        mail::table
            .filter(mail::office_id.eq(self.office.0).and(mail::fate.eq("secret")))
            .filter(diesel::dsl::not(diesel::dsl::exists(noted)))
            .order((mail::received_at.desc(), mail::id.desc()))
            .limit(200)
            .select((mail::id, mail::received_at))
            .load_on(self.connection())
            .map_err(Failure::at("listing refused messages"))
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

/// One message of an office.
#[diesel::dsl::auto_type(no_type_alias)]
fn of(office: OfficeId, id: MailId) -> _ {
    let (office, id): (i64, i64) = (office.0, id.0);
    mail::table.filter(mail::office_id.eq(office).and(mail::id.eq(id)))
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

    /// Decides about a message in quarantine. False if somebody else already has.
    pub fn settle_mail(&mut self, id: MailId, settled: Settled<'_>) -> Result<bool, Failure> {
        diesel::update(self::of(self.office, id).filter(mail::fate.eq("quarantine")))
            .set((
                mail::fate.eq(settled.fate),
                mail::reason.eq(settled.reason),
                mail::unit_id.eq(settled.unit),
                mail::settled_at.eq(Some(settled.at)),
                mail::settled_by.eq(settled.by),
            ))
            .execute_on(self.connection())
            .map(|rows| rows == 1)
            .map_err(Failure::at("deciding about a message"))
    }

    /// Says anew why a message waits in quarantine, and what was found of it: kind, sentence, subject, unit, tries. False if
    /// it waits no more.
    pub fn hold_mail(&mut self, row: &MailRow) -> Result<bool, Failure> {
        diesel::update(self::of(self.office, MailId(row.id)).filter(mail::fate.eq("quarantine")))
            .set((
                mail::sha256.eq(&row.sha256),
                mail::head_sha256.eq(&row.head_sha256),
                mail::content_id.eq(row.content_id),
                mail::message_id.eq(&row.message_id),
                mail::sender.eq(&row.sender),
                mail::subject.eq(&row.subject),
                mail::reason.eq(&row.held_why),
                mail::unit_id.eq(row.unit_id),
                mail::held_as.eq(&row.held_as),
                mail::held_why.eq(&row.held_why),
                mail::tries.eq(row.tries),
            ))
            .execute_on(self.connection())
            .map(|rows| rows == 1)
            .map_err(Failure::at("saying why a message waits"))
    }

    /// Puts a message that was discarded since `since` back into quarantine. False if there is no such message.
    pub fn unsettle_mail(&mut self, id: MailId, since: Micros) -> Result<bool, Failure> {
        diesel::update(
            self::of(self.office, id).filter(mail::fate.eq("discarded").and(mail::settled_at.ge(Some(since)))),
        )
        .set((
            mail::fate.eq("quarantine"),
            mail::reason.eq(mail::held_why),
            mail::settled_at.eq(None::<Micros>),
            mail::settled_by.eq(None::<i64>),
        ))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("taking a decision about a message back"))
    }

    /// A message that waited turns out to carry a mark of secrecy: its content goes, from its repeats too, and with it all
    /// that was copied from it. False if it waits no more.
    pub fn purge_mail(&mut self, id: MailId, reason: &str, now: Micros) -> Result<bool, Failure> {
        let doing = "removing a message's content";
        let Some(row) = self.find_mail(id)?.filter(|row| row.fate == "quarantine") else { return Ok(false) };
        let repeats = mail::table.filter(mail::office_id.eq(self.office.0).and(mail::same_as.eq(Some(id.0))));
        diesel::update(repeats)
            .set((mail::content_id.eq(None::<i64>), mail::subject.eq(""), mail::message_id.eq(None::<String>)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        diesel::update(self::of(self.office, id))
            .set((
                mail::fate.eq("secret"),
                mail::reason.eq(reason),
                mail::held_why.eq(""),
                mail::subject.eq(""),
                mail::message_id.eq(None::<String>),
                mail::content_id.eq(None::<i64>),
                mail::settled_at.eq(Some(now)),
            ))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        if let Some(content) = row.content_id {
            self.forget_content(content)?;
        }
        Ok(true)
    }
}
