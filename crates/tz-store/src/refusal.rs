//! What was refused at a form for a mark of secrecy (涉密拒收), and who has taken note of what was refused. Refused messages are in the
//! ledger of messages.

use diesel::prelude::*;
use tz_model::AccountId;

use crate::connection::{Either, columns};
use crate::schema::{form_refusal, form_refusal_noted, secret_noted};
use crate::{Failure, Micros, Tx, Write};

/// What was refused at a form. Nothing in it is a word of what was typed or sent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = form_refusal, treat_none_as_default_value = false)]
pub struct FormRefusalRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// When.
    pub refused_at: Micros,
    /// Whose form it was.
    pub account_id: i64,
    /// The unit they report for.
    pub unit_id: Option<i64>,
    /// SHA-256 of everything that was sent.
    pub sha256: String,
    /// Why, as a Chinese sentence.
    pub reason: String,
}

impl Tx {
    /// What was refused at forms, the newest first.
    pub fn list_form_refusals(&mut self, limit: i64) -> Result<Vec<FormRefusalRow>, Failure> {
        form_refusal::table
            .filter(form_refusal::office_id.eq(self.office.0))
            .order(form_refusal::id.desc())
            .limit(limit)
            .select(columns::<FormRefusalRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing what was refused at forms"))
    }

    /// What was refused at forms and an account has not taken note of, the newest first: identity and when.
    pub fn list_unnoted_form_refusals(&mut self, account: AccountId) -> Result<Vec<(i64, Micros)>, Failure> {
        let noted = form_refusal_noted::table.filter(
            form_refusal_noted::account_id.eq(account.0).and(form_refusal_noted::refusal_id.eq(form_refusal::id)),
        );
        form_refusal::table
            .filter(form_refusal::office_id.eq(self.office.0))
            .filter(diesel::dsl::not(diesel::dsl::exists(noted)))
            .order(form_refusal::id.desc())
            .limit(200)
            .select((form_refusal::id, form_refusal::refused_at))
            .load_on(self.connection())
            .map_err(Failure::at("listing what was refused at forms and is to be told"))
    }
}

impl Write {
    /// Enters what was refused at a form; `row.id` and `row.office_id` are set here.
    pub fn insert_form_refusal(&mut self, mut row: FormRefusalRow) -> Result<(), Failure> {
        row.id = self.next_id("form_refusal")?;
        row.office_id = self.office.0;
        diesel::insert_into(form_refusal::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering what was refused at a form"))?;
        Ok(())
    }

    /// Notes that an account has taken note of refused messages (涉密拒收); those it has already are passed over.
    pub fn note_secrets(&mut self, account: AccountId, mails: &[i64], now: Micros) -> Result<usize, Failure> {
        let wanted: Vec<i64> =
            self.list_unnoted_secrets(account)?.into_iter().map(|(id, _)| id).filter(|id| mails.contains(id)).collect();
        for mail_id in &wanted {
            diesel::insert_into(secret_noted::table)
                .values((
                    secret_noted::account_id.eq(account.0),
                    secret_noted::mail_id.eq(*mail_id),
                    secret_noted::noted_at.eq(now),
                ))
                .execute_on(self.connection())
                .map_err(Failure::at("noting that a refused message was seen"))?;
        }
        Ok(wanted.len())
    }

    /// The same of what was refused at forms.
    pub fn note_form_refusals(&mut self, account: AccountId, ids: &[i64], now: Micros) -> Result<usize, Failure> {
        let unnoted = self.list_unnoted_form_refusals(account)?;
        let wanted: Vec<i64> = unnoted.into_iter().map(|(id, _)| id).filter(|id| ids.contains(id)).collect();
        for refusal_id in &wanted {
            diesel::insert_into(form_refusal_noted::table)
                .values((
                    form_refusal_noted::account_id.eq(account.0),
                    form_refusal_noted::refusal_id.eq(*refusal_id),
                    form_refusal_noted::noted_at.eq(now),
                ))
                .execute_on(self.connection())
                .map_err(Failure::at("noting that what was refused at a form was seen"))?;
        }
        Ok(wanted.len())
    }
}
