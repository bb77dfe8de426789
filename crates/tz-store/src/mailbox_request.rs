//! What units ask for about their registered mailboxes (登记邮箱变更申请, N3.1): from asking to the end, one row each.

use diesel::prelude::*;
use tz_model::UnitId;

use crate::connection::{Either, columns};
use crate::schema::mailbox_request;
use crate::{Failure, Micros, Tx, Write};

/// A request as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mailbox_request, treat_none_as_default_value = false)]
pub struct MailboxRequestRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Whose.
    pub unit_id: i64,
    /// `open`: register the address; `close`: end its registration.
    pub wish: String,
    /// The address as typed.
    pub address: String,
    /// The address in lower case.
    pub address_key: String,
    /// Why.
    pub reason: String,
    /// `asked`, `coded` (confirmed, waits for the code), `done`, `refused`, `withdrawn`.
    pub state: String,
    /// When asked.
    pub asked_at: Micros,
    /// By which account.
    pub asked_by: i64,
    /// When decided.
    pub decided_at: Option<Micros>,
    /// By which account.
    pub decided_by: Option<i64>,
    /// Why it was refused, or how it ended.
    pub answer: String,
    /// The confirmation code, hashed as a password is; empty before its letter was written and after the request has ended.
    pub code: String,
    /// Until when the code is good.
    pub code_until: Option<Micros>,
    /// How often a wrong one was typed.
    pub code_tries: i64,
    /// When nothing more could follow.
    pub ended_at: Option<Micros>,
}

impl Tx {
    /// A request by its identity.
    pub fn find_mailbox_request(&mut self, id: i64) -> Result<Option<MailboxRequestRow>, Failure> {
        mailbox_request::table
            .filter(mailbox_request::office_id.eq(self.office.0).and(mailbox_request::id.eq(id)))
            .select(columns::<MailboxRequestRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a request about a mailbox"))
    }

    /// Requests of a unit or of all, those still open only or all, the newest first.
    pub fn list_mailbox_requests(
        &mut self,
        of: Option<UnitId>,
        open_only: bool,
        limit: i64,
    ) -> Result<Vec<MailboxRequestRow>, Failure> {
        let mut query = mailbox_request::table.filter(mailbox_request::office_id.eq(self.office.0)).into_boxed();
        if let Some(of) = of {
            query = query.filter(mailbox_request::unit_id.eq(of.0));
        }
        if open_only {
            query = query.filter(mailbox_request::ended_at.is_null());
        }
        query
            .order(mailbox_request::id.desc())
            .limit(limit)
            .select(MailboxRequestRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing requests about mailboxes"))
    }

    /// How many requests nobody has decided about.
    pub fn count_mailbox_requests(&mut self) -> Result<i64, Failure> {
        let count = self.remembered(("requests about mailboxes", String::new()), |tx| {
            mailbox_request::table
                .filter(mailbox_request::office_id.eq(tx.office.0).and(mailbox_request::state.eq("asked")))
                .count()
                .first_on(tx.connection())
                .map_err(Failure::at("counting requests about mailboxes"))
        })?;
        Ok(*count)
    }
}

impl Write {
    /// Enters a request; `row.id` and `row.office_id` are set here. A unit has one open request an address
    /// ([`Failure::is_taken`]).
    pub fn insert_mailbox_request(&mut self, mut row: MailboxRequestRow) -> Result<i64, Failure> {
        row.id = self.next_id("mailbox_request")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(mailbox_request::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a request about a mailbox"))?;
        Ok(id)
    }

    /// Writes a request back if it is still in the state it was read in. False if somebody else has moved it on.
    pub fn update_mailbox_request(&mut self, row: &MailboxRequestRow, was: &str) -> Result<bool, Failure> {
        diesel::update(
            mailbox_request::table.filter(
                mailbox_request::office_id
                    .eq(self.office.0)
                    .and(mailbox_request::id.eq(row.id))
                    .and(mailbox_request::state.eq(was)),
            ),
        )
        .set((
            mailbox_request::state.eq(&row.state),
            mailbox_request::decided_at.eq(row.decided_at),
            mailbox_request::decided_by.eq(row.decided_by),
            mailbox_request::answer.eq(&row.answer),
            mailbox_request::code.eq(&row.code),
            mailbox_request::code_until.eq(row.code_until),
            mailbox_request::code_tries.eq(row.code_tries),
            mailbox_request::ended_at.eq(row.ended_at),
        ))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("recording what became of a request about a mailbox"))
    }
}
