//! Accounts, sessions, one-time links and drafts.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tz_model::AccountId;

use crate::connection::{Either, columns};
use crate::schema::{account, draft, invitation, session};
use crate::{Failure, Micros, Tx, Write};

/// An account (账号) as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = account, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AccountRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The name typed at sign-in, as it is shown.
    pub login: String,
    /// The same in lower case: unique.
    pub login_key: String,
    /// The person's name.
    pub name: String,
    /// `reporter`, `editor`, `chief`, `administrator`.
    pub role: String,
    /// The unit, for a reporter.
    pub unit_id: Option<i64>,
    /// argon2id, in its own text form.
    pub password_hash: String,
    /// A new password must be chosen before anything else.
    pub must_change: bool,
    /// May not sign in any more.
    pub disabled: bool,
    /// Wrong passwords since the last right one.
    pub failures: i64,
    /// Refused until then.
    pub locked_until: Option<Micros>,
    /// When it was made.
    pub created_at: Micros,
    /// Last use.
    pub last_seen_at: Option<Micros>,
}

/// A session (会话) as stored. The token itself is only in the browser.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = session)]
pub struct SessionRow {
    /// SHA-256 of the token.
    pub token_hash: String,
    /// Whose.
    pub account_id: i64,
    /// The token every changing form carries.
    pub csrf: String,
    /// When it began.
    pub created_at: Micros,
    /// Last use.
    pub seen_at: Micros,
    /// Ends then at the latest.
    pub expires_at: Micros,
}

/// A one-time link (一次性链接) as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitation, treat_none_as_default_value = false)]
pub struct InvitationRow {
    /// SHA-256 of the token in the link.
    pub token_hash: String,
    /// The office.
    pub office_id: i64,
    /// Whose password it sets; empty: makes the first administrator.
    pub account_id: Option<i64>,
    /// When it was made.
    pub created_at: Micros,
    /// Good until then.
    pub expires_at: Micros,
    /// When it was used.
    pub used_at: Option<Micros>,
}

impl Tx {
    /// The account of a sign-in name, whatever its case.
    pub fn find_account_by_login(&mut self, login: &str) -> Result<Option<AccountRow>, Failure> {
        account::table
            .filter(account::office_id.eq(self.office.0).and(account::login_key.eq(login.trim().to_lowercase())))
            .select(columns::<AccountRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an account"))
    }

    /// An account by its identity.
    pub fn find_account(&mut self, id: AccountId) -> Result<Option<AccountRow>, Failure> {
        account::table
            .filter(account::office_id.eq(self.office.0).and(account::id.eq(id.0)))
            .select(columns::<AccountRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an account"))
    }

    /// Every account of the office, by role and name.
    pub fn list_accounts(&mut self) -> Result<Vec<AccountRow>, Failure> {
        account::table
            .filter(account::office_id.eq(self.office.0))
            .order((account::role, account::id))
            .select(columns::<AccountRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the accounts"))
    }

    /// A session with its account, by the hash of its token.
    pub fn find_session(&mut self, token_hash: &str) -> Result<Option<(SessionRow, AccountRow)>, Failure> {
        session::table
            .inner_join(account::table.on(account::id.eq(session::account_id)))
            .filter(session::token_hash.eq(token_hash).and(account::office_id.eq(self.office.0)))
            .select((columns::<SessionRow>(), columns::<AccountRow>()))
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a session"))
    }

    /// A one-time link by the hash of its token.
    pub fn find_invitation(&mut self, token_hash: &str) -> Result<Option<InvitationRow>, Failure> {
        invitation::table
            .filter(invitation::office_id.eq(self.office.0).and(invitation::token_hash.eq(token_hash)))
            .select(columns::<InvitationRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a one-time link"))
    }

    /// What a person has typed into a form and not yet sent, with the moment it was saved.
    pub fn find_draft(&mut self, account: AccountId, form: &str) -> Result<Option<(String, Micros)>, Failure> {
        draft::table
            .filter(draft::account_id.eq(account.0).and(draft::form.eq(form)))
            .select((draft::content, draft::saved_at))
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("reading a draft"))
    }
}

impl Write {
    /// Makes an account; its sign-in name must be free ([`Failure::is_taken`]).
    pub fn insert_account(&mut self, row: &AccountRow) -> Result<(), Failure> {
        diesel::insert_into(account::table)
            .values(row.clone())
            .execute_on(self.connection())
            .map_err(Failure::at("making an account"))?;
        Ok(())
    }

    /// Writes an account back.
    pub fn update_account(&mut self, row: &AccountRow) -> Result<(), Failure> {
        diesel::update(account::table.filter(account::id.eq(row.id)))
            .set(row.clone())
            .execute_on(self.connection())
            .map_err(Failure::at("changing an account"))?;
        Ok(())
    }

    /// Begins a session.
    pub fn insert_session(&mut self, row: &SessionRow) -> Result<(), Failure> {
        diesel::insert_into(session::table)
            .values(row.clone())
            .execute_on(self.connection())
            .map_err(Failure::at("beginning a session"))?;
        Ok(())
    }

    /// Notes that a session was used.
    pub fn touch_session(&mut self, token_hash: &str, now: Micros) -> Result<(), Failure> {
        diesel::update(session::table.filter(session::token_hash.eq(token_hash)))
            .set(session::seen_at.eq(now))
            .execute_on(self.connection())
            .map_err(Failure::at("noting a session's use"))?;
        Ok(())
    }

    /// Ends one session.
    pub fn end_session(&mut self, token_hash: &str) -> Result<(), Failure> {
        diesel::delete(session::table.filter(session::token_hash.eq(token_hash)))
            .execute_on(self.connection())
            .map_err(Failure::at("ending a session"))?;
        Ok(())
    }

    /// Ends every session of an account.
    pub fn end_sessions_of(&mut self, account: AccountId) -> Result<(), Failure> {
        diesel::delete(session::table.filter(session::account_id.eq(account.0)))
            .execute_on(self.connection())
            .map_err(Failure::at("ending sessions"))?;
        Ok(())
    }

    /// Makes a one-time link.
    pub fn insert_invitation(&mut self, row: &InvitationRow) -> Result<(), Failure> {
        diesel::insert_into(invitation::table)
            .values(row.clone())
            .execute_on(self.connection())
            .map_err(Failure::at("making a one-time link"))?;
        Ok(())
    }

    /// Uses up a one-time link. False if somebody was faster.
    pub fn use_invitation(&mut self, token_hash: &str, now: Micros) -> Result<bool, Failure> {
        diesel::update(
            invitation::table.filter(invitation::token_hash.eq(token_hash).and(invitation::used_at.is_null())),
        )
        .set(invitation::used_at.eq(now))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("using a one-time link"))
    }

    /// Ends every one-time link of an account that was not used yet.
    pub fn end_invitations_of(&mut self, account: AccountId, now: Micros) -> Result<(), Failure> {
        diesel::update(
            invitation::table.filter(invitation::account_id.eq(account.0).and(invitation::used_at.is_null())),
        )
        .set(invitation::used_at.eq(now))
        .execute_on(self.connection())
        .map_err(Failure::at("ending one-time links"))?;
        Ok(())
    }

    /// Keeps what a person has typed.
    pub fn save_draft(&mut self, account: AccountId, form: &str, content: &str, now: Micros) -> Result<(), Failure> {
        diesel::sql_query(
            "INSERT INTO draft (account_id, form, content, saved_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, form) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at",
        )
        .bind::<BigInt, _>(account.0)
        .bind::<Text, _>(form)
        .bind::<Text, _>(content)
        .bind::<BigInt, _>(now)
        .execute(self.connection())
        .map_err(Failure::at("saving a draft"))?;
        Ok(())
    }

    /// Throws a draft away, once it was sent.
    pub fn delete_draft(&mut self, account: AccountId, form: &str) -> Result<(), Failure> {
        diesel::delete(draft::table.filter(draft::account_id.eq(account.0).and(draft::form.eq(form))))
            .execute_on(self.connection())
            .map_err(Failure::at("deleting a draft"))?;
        Ok(())
    }
}
