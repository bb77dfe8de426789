//! Letters the office sends by mail (发信): waiting, tried, sent; and how it sends them.

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::{mail_out, outgoing};
use crate::{Failure, Micros, Tx, Write};

/// A letter as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outgoing, treat_none_as_default_value = false)]
pub struct OutgoingRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// What kind of letter.
    pub kind: String,
    /// What it is about; no two letters are about the same.
    pub about: String,
    /// To whom.
    pub address: String,
    /// The address as compared.
    pub address_key: String,
    /// The message it answers.
    pub mail_id: Option<i64>,
    /// Its subject; empty until it is written.
    pub subject: String,
    /// Its text; empty until it is written.
    pub body: String,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// When it was decided on.
    pub created_at: Micros,
    /// When it is to be sent.
    pub due_at: Micros,
    /// How often that was tried.
    pub tries: i64,
    /// `waiting`, `sending`, `sent`, `failed`, `unsure`, `withheld`.
    pub state: String,
    /// What went wrong the last time, or why it is not sent; a Chinese sentence.
    pub trouble: String,
    /// When a sender took it up.
    pub claimed_at: Option<Micros>,
    /// When the mail server took it over.
    pub sent_at: Option<Micros>,
}

/// How the office sends letters.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = mail_out, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct MailOutRow {
    /// The office.
    pub office_id: i64,
    /// Letters are sent at all.
    pub enabled: bool,
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: i64,
    /// `tls`, `starttls`, `plain`.
    pub security: String,
    /// Authorities whose certificates are believed beside the public ones, in PEM.
    pub authorities: String,
    /// The account there.
    pub login: String,
    /// Its password (授权码), sealed.
    pub password_sealed: String,
    /// From which address.
    pub address: String,
    /// Under which name.
    pub name: String,
    /// Letters a minute at most.
    pub per_minute: i64,
    /// What went wrong the last time; empty after a success.
    pub trouble: String,
    /// When.
    pub troubled_at: Option<Micros>,
}

impl Tx {
    /// Letters that are due, the longest waiting first.
    pub fn list_due_outgoing(&mut self, now: Micros, limit: i64) -> Result<Vec<OutgoingRow>, Failure> {
        outgoing::table
            .filter(outgoing::office_id.eq(self.office.0).and(outgoing::state.eq("waiting")))
            .filter(outgoing::due_at.le(now))
            .order((outgoing::due_at, outgoing::id))
            .limit(limit)
            .select(columns::<OutgoingRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the letters that are due"))
    }

    /// A letter by its identity.
    pub fn find_outgoing(&mut self, id: i64) -> Result<Option<OutgoingRow>, Failure> {
        outgoing::table
            .filter(outgoing::office_id.eq(self.office.0).and(outgoing::id.eq(id)))
            .select(columns::<OutgoingRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a letter"))
    }

    /// The letter with a Message-ID.
    pub fn find_outgoing_named(&mut self, message_id: &str) -> Result<Option<OutgoingRow>, Failure> {
        outgoing::table
            .filter(outgoing::office_id.eq(self.office.0).and(outgoing::message_id.eq(message_id)))
            .select(columns::<OutgoingRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a letter by its Message-ID"))
    }

    /// The letter about something.
    pub fn find_outgoing_about(&mut self, about: &str) -> Result<Option<OutgoingRow>, Failure> {
        outgoing::table
            .filter(outgoing::office_id.eq(self.office.0).and(outgoing::about.eq(about)))
            .select(columns::<OutgoingRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a letter by what it is about"))
    }

    /// Letters in a state (all where `None`), newest first, from before a letter on.
    pub fn list_outgoing(
        &mut self,
        state: Option<&str>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<OutgoingRow>, Failure> {
        let mut query = outgoing::table.filter(outgoing::office_id.eq(self.office.0)).into_boxed();
        if let Some(state) = state {
            query = query.filter(outgoing::state.eq(state));
        }
        if let Some(before) = before {
            query = query.filter(outgoing::id.lt(before));
        }
        query
            .order(outgoing::id.desc())
            .limit(limit)
            .select(OutgoingRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the letters"))
    }

    /// How many letters are in each state, by state.
    pub fn count_outgoing(&mut self) -> Result<Vec<(String, i64)>, Failure> {
        outgoing::table
            .filter(outgoing::office_id.eq(self.office.0))
            .group_by(outgoing::state)
            .order(outgoing::state)
            .select((outgoing::state, diesel::dsl::count_star()))
            .load_on(self.connection())
            .map_err(Failure::at("counting the letters"))
    }

    /// How many letters of a kind (of all kinds where `None`) were decided on for an address since a moment.
    pub fn count_outgoing_to(&mut self, address_key: &str, kind: Option<&str>, since: Micros) -> Result<i64, Failure> {
        let mut query = outgoing::table
            .filter(outgoing::office_id.eq(self.office.0).and(outgoing::address_key.eq(address_key)))
            .filter(outgoing::created_at.ge(since))
            .into_boxed();
        if let Some(kind) = kind {
            query = query.filter(outgoing::kind.eq(kind));
        }
        query.count().get_result(self.connection()).map_err(Failure::at("counting the letters to an address"))
    }

    /// How many letters a mail server took over, or may have, since a moment.
    pub fn count_outgoing_since(&mut self, since: Micros) -> Result<i64, Failure> {
        outgoing::table
            .filter(outgoing::office_id.eq(self.office.0).and(outgoing::claimed_at.ge(since)))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at("counting the letters of the last minute"))
    }

    /// Whether an address is the office's own: the one it sends from, or one of its postboxes.
    pub fn is_own_address(&mut self, address: &str) -> Result<bool, Failure> {
        let sends = self.find_mail_out()?.is_some_and(|out| out.address.eq_ignore_ascii_case(address));
        Ok(sends || self.list_postboxes()?.iter().any(|postbox| postbox.login.eq_ignore_ascii_case(address)))
    }

    /// How the office sends, if that was ever set.
    pub fn find_mail_out(&mut self) -> Result<Option<MailOutRow>, Failure> {
        mail_out::table
            .filter(mail_out::office_id.eq(self.office.0))
            .select(columns::<MailOutRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("reading how letters are sent"))
    }
}

impl Write {
    /// Puts a letter into the queue; `row.id` and `row.office_id` are set here.
    pub fn insert_outgoing(&mut self, mut row: OutgoingRow) -> Result<i64, Failure> {
        row.id = self.next_id("outgoing")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(outgoing::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("putting a letter into the queue"))?;
        Ok(id)
    }

    /// Letters a sender took up before a moment and never came back about.
    pub fn list_lost_outgoing(&mut self, before: Micros) -> Result<Vec<OutgoingRow>, Failure> {
        outgoing::table
            .filter(outgoing::office_id.eq(self.office.0).and(outgoing::state.eq("sending")))
            .filter(outgoing::claimed_at.lt(before))
            .order(outgoing::id)
            .select(columns::<OutgoingRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the letters nobody came back about"))
    }

    /// Writes a letter back if it is still in the state it was read in. False if somebody else has moved it on.
    pub fn update_outgoing(&mut self, row: &OutgoingRow, was: &str) -> Result<bool, Failure> {
        diesel::update(
            outgoing::table.filter(
                outgoing::office_id.eq(self.office.0).and(outgoing::id.eq(row.id)).and(outgoing::state.eq(was)),
            ),
        )
        .set((
            outgoing::subject.eq(&row.subject),
            outgoing::body.eq(&row.body),
            outgoing::due_at.eq(row.due_at),
            outgoing::tries.eq(row.tries),
            outgoing::state.eq(&row.state),
            outgoing::trouble.eq(&row.trouble),
            outgoing::claimed_at.eq(row.claimed_at),
            outgoing::sent_at.eq(row.sent_at),
        ))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("recording what became of a letter"))
    }

    /// Sets how the office sends; `row.office_id` is set here.
    pub fn set_mail_out(&mut self, mut row: MailOutRow) -> Result<(), Failure> {
        row.office_id = self.office.0;
        let doing = "setting how letters are sent";
        let held = mail_out::table.filter(mail_out::office_id.eq(row.office_id));
        let changed =
            diesel::update(held).set(row.clone()).execute_on(self.connection()).map_err(Failure::at(doing))?;
        if changed == 0 {
            diesel::insert_into(mail_out::table)
                .values(row)
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(())
    }
}
