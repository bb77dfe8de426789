//! Postboxes (收信邮箱) the office reads by itself: their settings, how they are doing, and the ledger of letters.

use diesel::prelude::*;
use tz_model::{MailId, PostboxId};

use crate::connection::{Either, columns};
use crate::mail::MailRow;
use crate::schema::{mail, postbox, postbox_check, postbox_letter, postbox_state, postbox_stuck};
use crate::{Failure, Micros, Tx, Write};

/// A postbox as stored.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = postbox, treat_none_as_default_value = false)]
pub struct PostboxRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// What the office calls it.
    pub name: String,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: i64,
    /// `tls`, `starttls` or `plain`.
    pub security: String,
    /// Certificates of further authorities, in PEM; empty for none.
    pub authorities: String,
    /// The authorities of the machine are believed too.
    pub system_trust: bool,
    /// The sign-in name.
    pub login: String,
    /// The password, sealed; empty before one was given.
    pub password: String,
    /// The folder that is read.
    pub folder: String,
    /// Letters that arrived before this day are left alone.
    pub start_from: String,
    /// Whose Authentication-Results are the provider's own; empty: the topmost ones.
    pub authserv_id: String,
    /// Letters are marked as read on the server once they are here.
    pub mark_seen: bool,
    /// It is read.
    pub enabled: bool,
    /// Counts the changes of these settings.
    pub revision: i64,
    /// When they were changed last.
    pub changed_at: Micros,
    /// Further folders that are read, a name a line.
    pub more_folders: String,
}

/// How a postbox is doing.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = postbox_state, treat_none_as_default_value = false)]
pub struct PostboxStateRow {
    /// The postbox.
    pub postbox_id: i64,
    /// The server process that follows it.
    pub holder: String,
    /// Until when, unless it says so again.
    pub held_until: Micros,
    /// The folder's UIDVALIDITY when it was last opened.
    pub uidvalidity: Option<i64>,
    /// When it was last opened.
    pub opened_at: Option<Micros>,
    /// When all was last known to be well.
    pub well_at: Option<Micros>,
    /// How many letters waited then.
    pub waiting: i64,
    /// When something last failed.
    pub failed_at: Option<Micros>,
    /// Failures since all was well.
    pub failures: i64,
    /// The step that failed.
    pub failed_step: String,
    /// What failed and what to do, as a Chinese sentence.
    pub failure: String,
    /// When a person asked for a comparison that has not begun.
    pub check_asked_at: Option<Micros>,
    /// When a comparison was last begun.
    pub check_begun_at: Option<Micros>,
    /// When one was last finished.
    pub checked_at: Option<Micros>,
}

/// A letter in the ledger of a postbox.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = postbox_letter, treat_none_as_default_value = false)]
pub struct LetterRow {
    /// Its identity.
    pub id: i64,
    /// The postbox.
    pub postbox_id: i64,
    /// The folder's UIDVALIDITY.
    pub uidvalidity: i64,
    /// Its UID.
    pub uid: i64,
    /// The message it is.
    pub mail_id: i64,
    /// Bytes, as the mail server counts them.
    pub size: Option<i64>,
    /// When the mail server received it.
    pub arrived_at: Option<Micros>,
    /// When it was entered.
    pub entered_at: Micros,
    /// When its number turned out to mean another message.
    pub replaced_at: Option<Micros>,
    /// The folder.
    pub folder: String,
}

/// A letter that could not be fetched yet.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = postbox_stuck)]
pub struct StuckRow {
    /// The postbox.
    pub postbox_id: i64,
    /// The folder.
    pub folder: String,
    /// The folder's UIDVALIDITY.
    pub uidvalidity: i64,
    /// Its UID.
    pub uid: i64,
    /// How often it was tried.
    pub tries: i64,
    /// When last.
    pub tried_at: Micros,
    /// What went wrong, as a Chinese sentence.
    pub said: String,
}

/// What a comparison with the server found.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = postbox_check)]
pub struct CheckRow {
    /// Its identity.
    pub id: i64,
    /// The postbox.
    pub postbox_id: i64,
    /// When.
    pub at: Micros,
    /// Letters the server listed.
    pub listed: i64,
    /// Letters that are not accounted for.
    pub missing: i64,
    /// All of it, as JSON.
    pub content: String,
}

/// A folder of a postbox under one numbering of its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderKey<'a> {
    /// The postbox.
    pub postbox: PostboxId,
    /// The folder, as the postbox's settings name it.
    pub name: &'a str,
    /// Its UIDVALIDITY.
    pub uidvalidity: u32,
}

/// A letter's place in a postbox: as long as UIDVALIDITY stays, a UID of a folder is one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetterKey<'a> {
    /// The folder.
    pub folder: FolderKey<'a>,
    /// Its UID there.
    pub uid: u32,
}

/// The letters of a folder that are in the ledger.
#[diesel::dsl::auto_type(no_type_alias)]
fn letters_in<'a>(key: FolderKey<'a>) -> _ {
    let (postbox, uidvalidity): (i64, i64) = (key.postbox.0, key.uidvalidity as i64);
    let folder: &'a str = key.name;
    postbox_letter::table
        .filter(postbox_letter::postbox_id.eq(postbox))
        .filter(postbox_letter::replaced_at.is_null())
        .filter(postbox_letter::folder.eq(folder))
        .filter(postbox_letter::uidvalidity.eq(uidvalidity))
}

impl Tx {
    /// Every postbox of the office, by name.
    pub fn list_postboxes(&mut self) -> Result<Vec<PostboxRow>, Failure> {
        postbox::table
            .filter(postbox::office_id.eq(self.office.0))
            .order(postbox::name)
            .select(columns::<PostboxRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the postboxes"))
    }

    /// A postbox by its identity.
    pub fn find_postbox(&mut self, id: PostboxId) -> Result<Option<PostboxRow>, Failure> {
        postbox::table
            .filter(postbox::office_id.eq(self.office.0).and(postbox::id.eq(id.0)))
            .select(columns::<PostboxRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a postbox"))
    }

    /// How every postbox of the office is doing.
    pub fn list_postbox_states(&mut self) -> Result<Vec<PostboxStateRow>, Failure> {
        postbox_state::table
            .inner_join(postbox::table.on(postbox::id.eq(postbox_state::postbox_id)))
            .filter(postbox::office_id.eq(self.office.0))
            .order(postbox_state::postbox_id)
            .select(columns::<PostboxStateRow>())
            .load_on(self.connection())
            .map_err(Failure::at("reading how the postboxes are doing"))
    }

    /// How a postbox is doing.
    pub fn postbox_state(&mut self, id: PostboxId) -> Result<PostboxStateRow, Failure> {
        postbox_state::table
            .filter(postbox_state::postbox_id.eq(id.0))
            .select(columns::<PostboxStateRow>())
            .first_on(self.connection())
            .map_err(Failure::at("reading how a postbox is doing"))
    }

    /// A letter of the ledger by its place.
    pub fn find_letter(&mut self, key: LetterKey<'_>) -> Result<Option<LetterRow>, Failure> {
        letters_in(key.folder)
            .filter(postbox_letter::uid.eq(i64::from(key.uid)))
            .select(columns::<LetterRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a letter"))
    }

    /// The UIDs in the ledger between two, both included; ascending.
    pub fn list_letter_uids(&mut self, folder: FolderKey<'_>, from: u32, to: u32) -> Result<Vec<i64>, Failure> {
        letters_in(folder)
            .filter(postbox_letter::uid.between(i64::from(from), i64::from(to)))
            .order(postbox_letter::uid)
            .select(postbox_letter::uid)
            .load_on(self.connection())
            .map_err(Failure::at("listing the letters of a postbox"))
    }

    /// Every letter in the ledger under a UIDVALIDITY with its message's fate, by UID.
    pub fn list_letters(&mut self, folder: FolderKey<'_>) -> Result<Vec<(LetterRow, String)>, Failure> {
        letters_in(folder)
            .inner_join(mail::table.on(mail::id.eq(postbox_letter::mail_id)))
            .order(postbox_letter::uid)
            .select((columns::<LetterRow>(), mail::fate))
            .load_on(self.connection())
            .map_err(Failure::at("listing the letters of a postbox with their fates"))
    }

    /// The first message with these bytes that no letter of the ledger is: none of another folder, and none of this one under
    /// its UIDVALIDITY of today. A letter with these bytes is that message.
    pub fn find_unclaimed_mail(&mut self, folder: FolderKey<'_>, sha256: &str) -> Result<Option<MailRow>, Failure> {
        let of_before = postbox_letter::postbox_id
            .eq(folder.postbox.0)
            .and(postbox_letter::folder.eq(folder.name))
            .and(postbox_letter::uidvalidity.ne(i64::from(folder.uidvalidity)));
        let claims = postbox_letter::table
            .filter(postbox_letter::mail_id.eq(mail::id).and(postbox_letter::replaced_at.is_null()))
            .filter(diesel::dsl::not(of_before));
        mail::table
            .filter(mail::office_id.eq(self.office.0))
            .filter(mail::sha256.eq(sha256).or(mail::head_sha256.eq(Some(sha256)).assume_not_null()))
            .filter(diesel::dsl::not(diesel::dsl::exists(claims)))
            .order(mail::id)
            .select(columns::<MailRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a message that a letter is"))
    }

    /// The letter that a message came as, if it came over a postbox.
    pub fn find_letter_of(&mut self, id: MailId) -> Result<Option<LetterRow>, Failure> {
        postbox_letter::table
            .filter(postbox_letter::mail_id.eq(id.0))
            .order(postbox_letter::id)
            .select(columns::<LetterRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for the letter of a message"))
    }

    /// Letters of a folder that could not be fetched, by UID.
    pub fn list_stuck(&mut self, folder: FolderKey<'_>) -> Result<Vec<StuckRow>, Failure> {
        postbox_stuck::table
            .filter(postbox_stuck::postbox_id.eq(folder.postbox.0).and(postbox_stuck::folder.eq(folder.name)))
            .filter(postbox_stuck::uidvalidity.eq(i64::from(folder.uidvalidity)))
            .order(postbox_stuck::uid)
            .select(columns::<StuckRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the letters that could not be fetched"))
    }

    /// The newest comparisons of a postbox, newest first.
    pub fn list_checks(&mut self, postbox: PostboxId, most: i64) -> Result<Vec<CheckRow>, Failure> {
        postbox_check::table
            .filter(postbox_check::postbox_id.eq(postbox.0))
            .order(postbox_check::id.desc())
            .select(columns::<CheckRow>())
            .limit(most)
            .load_on(self.connection())
            .map_err(Failure::at("listing the comparisons of a postbox"))
    }

    /// Whether a message with this Message-ID is in the ledger of messages.
    pub fn has_message_id(&mut self, id: &str) -> Result<bool, Failure> {
        let found: Option<i64> = mail::table
            .filter(mail::office_id.eq(self.office.0).and(mail::message_id.eq(id)))
            .select(mail::id)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a Message-ID"))?;
        Ok(found.is_some())
    }
}

impl Write {
    /// Adds a postbox; `row.id` and `row.office_id` are set here.
    pub fn insert_postbox(&mut self, mut row: PostboxRow) -> Result<PostboxId, Failure> {
        row.id = self.next_id("postbox")?;
        row.office_id = self.office.0;
        let id = PostboxId(row.id);
        diesel::insert_into(postbox::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding a postbox"))?;
        let state = PostboxStateRow {
            postbox_id: id.0,
            holder: String::new(),
            held_until: 0,
            uidvalidity: None,
            opened_at: None,
            well_at: None,
            waiting: 0,
            failed_at: None,
            failures: 0,
            failed_step: String::new(),
            failure: String::new(),
            check_asked_at: None,
            check_begun_at: None,
            checked_at: None,
        };
        diesel::insert_into(postbox_state::table)
            .values(state)
            .execute_on(self.connection())
            .map_err(Failure::at("adding how a postbox is doing"))?;
        Ok(id)
    }

    /// Changes a postbox's settings; `row.revision` counts on.
    pub fn update_postbox(&mut self, mut row: PostboxRow) -> Result<(), Failure> {
        row.revision += 1;
        diesel::update(postbox::table.filter(postbox::office_id.eq(self.office.0).and(postbox::id.eq(row.id))))
            .set(row)
            .execute_on(self.connection())
            .map_err(Failure::at("changing a postbox"))?;
        Ok(())
    }

    /// Writes how a postbox is doing.
    pub fn update_postbox_state(&mut self, row: &PostboxStateRow) -> Result<(), Failure> {
        diesel::update(postbox_state::table.filter(postbox_state::postbox_id.eq(row.postbox_id)))
            .set((
                postbox_state::holder.eq(&row.holder),
                postbox_state::held_until.eq(row.held_until),
                postbox_state::uidvalidity.eq(row.uidvalidity),
                postbox_state::opened_at.eq(row.opened_at),
                postbox_state::well_at.eq(row.well_at),
                postbox_state::waiting.eq(row.waiting),
                postbox_state::failed_at.eq(row.failed_at),
                postbox_state::failures.eq(row.failures),
                postbox_state::failed_step.eq(&row.failed_step),
                postbox_state::failure.eq(&row.failure),
                postbox_state::check_asked_at.eq(row.check_asked_at),
                postbox_state::check_begun_at.eq(row.check_begun_at),
                postbox_state::checked_at.eq(row.checked_at),
            ))
            .execute_on(self.connection())
            .map_err(Failure::at("noting how a postbox is doing"))?;
        Ok(())
    }

    /// Enters a letter as a message; what kept it from being fetched before is forgotten.
    pub fn insert_letter(
        &mut self,
        key: LetterKey<'_>,
        mail: MailId,
        size: Option<i64>,
        arrived_at: Option<Micros>,
        now: Micros,
    ) -> Result<(), Failure> {
        let id = self.next_id("postbox_letter")?;
        let row = LetterRow {
            id,
            postbox_id: key.folder.postbox.0,
            folder: key.folder.name.to_owned(),
            uidvalidity: key.folder.uidvalidity.into(),
            uid: key.uid.into(),
            mail_id: mail.0,
            size,
            arrived_at,
            entered_at: now,
            replaced_at: None,
        };
        diesel::insert_into(postbox_letter::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a letter"))?;
        diesel::delete(stuck(key))
            .execute_on(self.connection())
            .map_err(Failure::at("forgetting why a letter could not be fetched"))?;
        Ok(())
    }

    /// Notes that a letter's number has come to mean another message.
    pub fn replace_letter(&mut self, id: i64, now: Micros) -> Result<(), Failure> {
        diesel::update(postbox_letter::table.filter(postbox_letter::id.eq(id)))
            .set(postbox_letter::replaced_at.eq(Some(now)))
            .execute_on(self.connection())
            .map_err(Failure::at("replacing a letter"))?;
        Ok(())
    }

    /// Notes that a letter could not be fetched, once more.
    pub fn note_stuck(&mut self, key: LetterKey<'_>, said: &str, now: Micros) -> Result<(), Failure> {
        let tried = diesel::update(stuck(key))
            .set((
                postbox_stuck::tries.eq(postbox_stuck::tries + 1),
                postbox_stuck::tried_at.eq(now),
                postbox_stuck::said.eq(said),
            ))
            .execute_on(self.connection())
            .map_err(Failure::at("noting that a letter could not be fetched"))?;
        if tried == 0 {
            let row = StuckRow {
                postbox_id: key.folder.postbox.0,
                folder: key.folder.name.to_owned(),
                uidvalidity: key.folder.uidvalidity.into(),
                uid: key.uid.into(),
                tries: 1,
                tried_at: now,
                said: said.to_owned(),
            };
            diesel::insert_into(postbox_stuck::table)
                .values(row)
                .execute_on(self.connection())
                .map_err(Failure::at("noting that a letter could not be fetched"))?;
        }
        Ok(())
    }

    /// Enters what a comparison found; `row.id` is set here.
    pub fn insert_check(&mut self, mut row: CheckRow) -> Result<(), Failure> {
        row.id = self.next_id("postbox_check")?;
        diesel::insert_into(postbox_check::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a comparison"))?;
        Ok(())
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn stuck<'a>(key: LetterKey<'a>) -> _ {
    let (postbox, uidvalidity, uid): (i64, i64, i64) =
        (key.folder.postbox.0, key.folder.uidvalidity as i64, key.uid as i64);
    let folder: &'a str = key.folder.name;
    postbox_stuck::table.filter(
        postbox_stuck::postbox_id
            .eq(postbox)
            .and(postbox_stuck::folder.eq(folder))
            .and(postbox_stuck::uidvalidity.eq(uidvalidity))
            .and(postbox_stuck::uid.eq(uid)),
    )
}
