//! Notices (消息): what people are told, what they chose, and the robots (群机器人) that notices are posted to.

use diesel::prelude::*;
use tz_model::AccountId;

use crate::connection::{Either, columns};
use crate::schema::{account, notice, notice_choice, notice_person, webhook, webhook_post};
use crate::{Failure, Micros, Tx, Write};

/// A notice as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice, treat_none_as_default_value = false)]
pub struct NoticeRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// What kind.
    pub kind: String,
    /// Of what; nobody is told twice of the same.
    pub subject: String,
    /// Who is told.
    pub account_id: i64,
    /// Its head.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The page it is about.
    pub href: String,
    /// Since when.
    pub created_at: Micros,
    /// When it was read in the page.
    pub read_at: Option<Micros>,
    /// `none`: not mailed; `gathered`: waits for the day's mail; `mailed`: in the letter below; `seen`: read before that.
    pub mail: String,
    /// To which address; empty where it is not mailed.
    pub address: String,
    /// The letter it is in.
    pub outgoing_id: Option<i64>,
}

/// To which address a person's notices are mailed, and when not.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notice_person, treat_none_as_default_value = false)]
pub struct NoticePersonRow {
    /// Whose.
    pub account_id: i64,
    /// The address; empty for the unit's registered one.
    pub address: String,
    /// The minute of the day from which nothing is mailed.
    pub quiet_from: i64,
    /// The minute of the day from which it is again; the same as the other for no quiet time.
    pub quiet_to: i64,
}

/// A robot (群机器人) as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook, treat_none_as_default_value = false)]
pub struct WebhookRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// What the office calls it.
    pub name: String,
    /// The server of its address, to be shown.
    pub host: String,
    /// Its whole address, sealed.
    pub url_sealed: String,
    /// Which kinds of notices, with commas between.
    pub kinds: String,
    /// It is posted to.
    pub enabled: bool,
    /// Since when it is known.
    pub created_at: Micros,
}

/// A post to a robot as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_post, treat_none_as_default_value = false)]
pub struct WebhookPostRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// To which robot.
    pub webhook_id: i64,
    /// What kind of notice.
    pub kind: String,
    /// Of what.
    pub subject: String,
    /// Its head.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The page it is about.
    pub href: String,
    /// Since when it waits.
    pub created_at: Micros,
    /// When it is to be posted.
    pub due_at: Micros,
    /// How often that was tried.
    pub tries: i64,
    /// `waiting`, `sending`, `sent`, `failed`.
    pub state: String,
    /// What went wrong the last time; a Chinese sentence.
    pub trouble: String,
    /// When a server took it up.
    pub claimed_at: Option<Micros>,
    /// When the robot took it.
    pub sent_at: Option<Micros>,
}

impl Tx {
    /// A person's notices, newest first, from before one of theirs on.
    pub fn list_notices(&mut self, of: AccountId, before: Option<i64>, limit: i64) -> Result<Vec<NoticeRow>, Failure> {
        let edge = match before {
            Some(id) => self.find_notice(of, id)?.map(|row| (row.created_at, row.id)),
            None => None,
        };
        let (at, id) = edge.unwrap_or((Micros::MAX, i64::MAX));
        notice::table
            .filter(notice::office_id.eq(self.office.0).and(notice::account_id.eq(of.0)))
            .filter(notice::created_at.lt(at).or(notice::created_at.eq(at).and(notice::id.lt(id))))
            .order((notice::created_at.desc(), notice::id.desc()))
            .limit(limit)
            .select(columns::<NoticeRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing notices"))
    }

    /// How many notices a person has not read.
    pub fn count_unread_notices(&mut self, of: AccountId) -> Result<i64, Failure> {
        notice::table
            .filter(notice::account_id.eq(of.0).and(notice::read_at.is_null()))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at("counting unread notices"))
    }

    /// A person's own notice.
    pub fn find_notice(&mut self, of: AccountId, id: i64) -> Result<Option<NoticeRow>, Failure> {
        notice::table
            .filter(notice::office_id.eq(self.office.0).and(notice::id.eq(id)).and(notice::account_id.eq(of.0)))
            .select(columns::<NoticeRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a notice"))
    }

    /// Who has been told of something.
    pub fn list_told(&mut self, kind: &str, subject: &str) -> Result<Vec<i64>, Failure> {
        notice::table
            .filter(notice::office_id.eq(self.office.0).and(notice::kind.eq(kind)).and(notice::subject.eq(subject)))
            .order(notice::account_id)
            .select(notice::account_id)
            .load_on(self.connection())
            .map_err(Failure::at("asking who was told"))
    }

    /// Notices that wait for the day's mail, by person and then as they came.
    pub fn list_gathered_notices(&mut self) -> Result<Vec<NoticeRow>, Failure> {
        notice::table
            .filter(notice::office_id.eq(self.office.0).and(notice::mail.eq("gathered")))
            .order((notice::account_id, notice::id))
            .select(columns::<NoticeRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the notices that wait for a mail"))
    }

    /// The notices in a letter, as they came.
    pub fn list_notices_of_letter(&mut self, outgoing: i64) -> Result<Vec<NoticeRow>, Failure> {
        notice::table
            .filter(notice::office_id.eq(self.office.0).and(notice::outgoing_id.eq(outgoing)))
            .order(notice::id)
            .select(columns::<NoticeRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the notices of a letter"))
    }

    /// What the people of the office chose: account, kind, how it is mailed.
    pub fn list_notice_choices(&mut self) -> Result<Vec<(i64, String, String)>, Failure> {
        notice_choice::table
            .inner_join(account::table.on(account::id.eq(notice_choice::account_id)))
            .filter(account::office_id.eq(self.office.0))
            .order((notice_choice::account_id, notice_choice::kind))
            .select((notice_choice::account_id, notice_choice::kind, notice_choice::mail))
            .load_on(self.connection())
            .map_err(Failure::at("listing what people chose to be told"))
    }

    /// The addresses and quiet times of the people of the office.
    pub fn list_notice_people(&mut self) -> Result<Vec<NoticePersonRow>, Failure> {
        notice_person::table
            .inner_join(account::table.on(account::id.eq(notice_person::account_id)))
            .filter(account::office_id.eq(self.office.0))
            .order(notice_person::account_id)
            .select(columns::<NoticePersonRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing where people are told"))
    }

    /// Every robot, oldest first.
    pub fn list_webhooks(&mut self) -> Result<Vec<WebhookRow>, Failure> {
        webhook::table
            .filter(webhook::office_id.eq(self.office.0))
            .order(webhook::id)
            .select(columns::<WebhookRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the robots"))
    }

    /// Posts in a state that are due, the longest waiting first.
    pub fn list_webhook_posts(&mut self, state: &str, due: Micros, limit: i64) -> Result<Vec<WebhookPostRow>, Failure> {
        webhook_post::table
            .filter(webhook_post::office_id.eq(self.office.0).and(webhook_post::state.eq(state)))
            .filter(webhook_post::due_at.le(due))
            .order((webhook_post::due_at, webhook_post::id))
            .limit(limit)
            .select(columns::<WebhookPostRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the posts that are due"))
    }

    /// The newest posts of every robot.
    pub fn list_newest_webhook_posts(&mut self, limit: i64) -> Result<Vec<WebhookPostRow>, Failure> {
        webhook_post::table
            .filter(webhook_post::office_id.eq(self.office.0))
            .order(webhook_post::id.desc())
            .limit(limit)
            .select(columns::<WebhookPostRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the newest posts"))
    }

    /// A post by its identity.
    pub fn find_webhook_post(&mut self, id: i64) -> Result<Option<WebhookPostRow>, Failure> {
        webhook_post::table
            .filter(webhook_post::office_id.eq(self.office.0).and(webhook_post::id.eq(id)))
            .select(columns::<WebhookPostRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a post"))
    }

    /// How many notices of each kind there are since a moment, and how many of them were read.
    pub fn count_notices(&mut self, since: Micros) -> Result<Vec<(String, i64, i64)>, Failure> {
        notice::table
            .filter(notice::office_id.eq(self.office.0).and(notice::created_at.ge(since)))
            .group_by(notice::kind)
            .order(notice::kind)
            .select((notice::kind, diesel::dsl::count_star(), diesel::dsl::count(notice::read_at)))
            .load_on(self.connection())
            .map_err(Failure::at("counting the notices"))
    }
}

impl Write {
    /// Keeps a notice; `row.id` and `row.office_id` are set here. The person must not have been told of it before.
    pub fn insert_notice(&mut self, mut row: NoticeRow) -> Result<i64, Failure> {
        row.id = self.next_id("notice")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(notice::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("keeping a notice"))?;
        Ok(id)
    }

    /// Notes that a person read a notice, or all of theirs where `None`.
    pub fn notice_read(&mut self, of: AccountId, id: Option<i64>, now: Micros) -> Result<(), Failure> {
        let unread = notice::table
            .filter(notice::office_id.eq(self.office.0).and(notice::account_id.eq(of.0)))
            .filter(notice::read_at.is_null())
            .filter(notice::id.ge(id.unwrap_or(0)).and(notice::id.le(id.unwrap_or(i64::MAX))));
        diesel::update(unread)
            .set(notice::read_at.eq(Some(now)))
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at("noting that a notice was read"))
    }

    /// Notes that everybody read what they were told before a moment.
    pub fn notices_read_before(&mut self, before: Micros) -> Result<(), Failure> {
        let old = notice::table.filter(notice::office_id.eq(self.office.0).and(notice::created_at.lt(before)));
        diesel::update(old.filter(notice::read_at.is_null()))
            .set(notice::read_at.eq(Some(before)))
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at("noting that notices were read"))
    }

    /// Notes how a notice is mailed, and in which letter.
    pub fn notice_mailed(&mut self, id: i64, mail: &str, outgoing: Option<i64>) -> Result<(), Failure> {
        diesel::update(notice::table.filter(notice::office_id.eq(self.office.0).and(notice::id.eq(id))))
            .set((notice::mail.eq(mail), notice::outgoing_id.eq(outgoing)))
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at("noting how a notice is mailed"))
    }

    /// Sets what a person chose, whole: kinds that are not given follow the office's rule.
    pub fn set_notice_choices(
        &mut self,
        person: &NoticePersonRow,
        choices: &[(String, String)],
    ) -> Result<(), Failure> {
        let doing = "keeping what a person chose to be told";
        let of = person.account_id;
        diesel::delete(notice_choice::table.filter(notice_choice::account_id.eq(of)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        for (kind, mail) in choices {
            let row = (notice_choice::account_id.eq(of), notice_choice::kind.eq(kind), notice_choice::mail.eq(mail));
            diesel::insert_into(notice_choice::table)
                .values(row)
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        diesel::delete(notice_person::table.filter(notice_person::account_id.eq(of)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        diesel::insert_into(notice_person::table)
            .values(person.clone())
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at(doing))
    }

    /// Keeps a robot; `row.id` and `row.office_id` are set here.
    pub fn insert_webhook(&mut self, mut row: WebhookRow) -> Result<i64, Failure> {
        row.id = self.next_id("webhook")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(webhook::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("keeping a robot"))?;
        Ok(id)
    }

    /// Posts to a robot or no more. False if there is none.
    pub fn enable_webhook(&mut self, id: i64, enabled: bool) -> Result<bool, Failure> {
        diesel::update(webhook::table.filter(webhook::office_id.eq(self.office.0).and(webhook::id.eq(id))))
            .set(webhook::enabled.eq(enabled))
            .execute_on(self.connection())
            .map(|rows| rows == 1)
            .map_err(Failure::at("switching a robot"))
    }

    /// Puts a post into the queue unless this robot has it already. True if it is new.
    pub fn insert_webhook_post(&mut self, mut row: WebhookPostRow) -> Result<bool, Failure> {
        row.office_id = self.office.0;
        let known: i64 = webhook_post::table
            .filter(webhook_post::office_id.eq(row.office_id).and(webhook_post::webhook_id.eq(row.webhook_id)))
            .filter(webhook_post::kind.eq(row.kind.clone()).and(webhook_post::subject.eq(row.subject.clone())))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at("looking for a post"))?;
        if known > 0 {
            return Ok(false);
        }
        row.id = self.next_id("webhook_post")?;
        diesel::insert_into(webhook_post::table)
            .values(row)
            .execute_on(self.connection())
            .map(|_| true)
            .map_err(Failure::at("putting a post into the queue"))
    }

    /// Writes a post back if it is still in the state it was read in. False if somebody else has moved it on.
    pub fn update_webhook_post(&mut self, row: &WebhookPostRow, was: &str) -> Result<bool, Failure> {
        diesel::update(webhook_post::table.filter(
            webhook_post::office_id.eq(self.office.0).and(webhook_post::id.eq(row.id)).and(webhook_post::state.eq(was)),
        ))
        .set((
            webhook_post::due_at.eq(row.due_at),
            webhook_post::tries.eq(row.tries),
            webhook_post::state.eq(&row.state),
            webhook_post::trouble.eq(&row.trouble),
            webhook_post::claimed_at.eq(row.claimed_at),
            webhook_post::sent_at.eq(row.sent_at),
        ))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("recording what became of a post"))
    }
}
