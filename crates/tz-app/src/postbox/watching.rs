//! What the door that talks to mail servers asks of the house.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use tz_model::{MailId, PostboxId};
use tz_store::DatabaseKind;
use tz_store::postbox::{FolderKey, LetterKey, PostboxRow};

use super::Secret;
use super::settings::about;
use crate::mail::MailFate;
use crate::{App, Problem};

const MINUTE: i64 = 60_000_000;
/// For how long a server process follows a postbox before it must say so again.
const HELD: i64 = MINUTE;
/// After so many tries a letter waits before it is tried again.
const PATIENT_TRIES: i64 = 3;
/// And for so long, doubled each time.
const FIRST_WAIT: i64 = 10 * MINUTE;
const LONGEST_WAIT: i64 = 6 * 60 * MINUTE;
/// How often the ledger is compared with the server without being asked.
const CHECK_EVERY: i64 = 24 * 60 * MINUTE;
/// A comparison that was begun and did not end is begun again after so long.
const CHECK_AGAIN: i64 = 15 * MINUTE;
/// That all is well is written down again after so long.
const WELL_EVERY: i64 = MINUTE;

/// A postbox to be followed, with everything that takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostboxOrder {
    /// The postbox.
    pub id: PostboxId,
    /// Grows with every change of its settings.
    pub revision: i64,
    /// What the office calls it.
    pub name: String,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `tls`, `starttls` or `plain`.
    pub security: String,
    /// Certificates of further authorities, in PEM.
    pub authorities: String,
    /// The authorities of this machine are believed too.
    pub system_trust: bool,
    /// The sign-in name.
    pub login: String,
    /// The password.
    pub password: Secret,
    /// The folder to be read.
    pub folder: String,
    /// Further folders to be read.
    pub more_folders: Vec<String>,
    /// Letters that arrived before this day are left alone.
    pub since: Date,
    /// Letters are marked as read on the server once they are here.
    pub mark_seen: bool,
    /// A comparison with the server waits to be begun.
    pub check_asked: bool,
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was entered as a new message.
    Entered(MailFate),
    /// It is this message, which was here already under another number or came from a file.
    Recognised(MailId),
    /// It was in the ledger.
    Known,
}

impl App {
    pub(super) fn order_of(&self, row: &PostboxRow) -> Result<PostboxOrder, Problem> {
        let damaged = || {
            let what = format!("postbox {}", row.id);
            Problem::Failed(tz_store::Failure::Damaged { doing: "reading a postbox's settings", what })
        };
        Ok(PostboxOrder {
            id: PostboxId(row.id),
            revision: row.revision,
            name: row.name.clone(),
            host: row.host.clone(),
            port: u16::try_from(row.port).map_err(|_| damaged())?,
            security: row.security.clone(),
            authorities: row.authorities.clone(),
            system_trust: row.system_trust,
            login: row.login.clone(),
            password: self.keys()?.open(&row.password, &about(self.office.0, row.id))?,
            folder: row.folder.clone(),
            more_folders: row.more_folders.lines().map(str::to_owned).collect(),
            since: row.start_from.parse().map_err(|_| damaged())?,
            mark_seen: row.mark_seen,
            check_asked: false,
        })
    }

    /// The postboxes that this server process (`holder`) is to follow now. Where several share a database, each postbox
    /// has one at a time; one that stops asking loses it within a minute.
    pub fn postbox_orders(&self, holder: &str) -> Result<Vec<PostboxOrder>, Problem> {
        let now = self.micros();
        // A data folder has one server, which need not wait for itself after a restart.
        let holder = if self.store.kind() == DatabaseKind::Sqlite { "folder" } else { holder };
        let mut tx = self.read()?;
        let rows: Vec<PostboxRow> = tx.list_postboxes()?.into_iter().filter(|row| row.enabled).collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let states = tx.list_postbox_states()?;
        drop(tx);
        let mut orders = Vec::new();
        for row in rows {
            let Some(state) = states.iter().find(|state| state.postbox_id == row.id) else { continue };
            let mine = state.holder == holder;
            // A clock that was set back must not hold a postbox for ever.
            let free = state.held_until < now || state.held_until > now + 2 * HELD;
            if !mine && !free {
                continue;
            }
            if (!mine || state.held_until < now + HELD / 2) && !self.take_postbox(PostboxId(row.id), holder)? {
                continue;
            }
            // One that cannot be followed keeps no other from being followed.
            let why = match self.order_of(&row) {
                Ok(order) => {
                    orders.push(PostboxOrder { check_asked: state.check_asked_at.is_some(), ..order });
                    continue;
                }
                Err(Problem::Refused(why)) => why,
                Err(_) => "这个收信邮箱的设置无法读取，可能被改动。请重新填写并保存。".to_owned(),
            };
            let told = state.failure == why && state.failed_at.is_some_and(|at| (at..at + MINUTE).contains(&now));
            if !told {
                self.postbox_unwell(PostboxId(row.id), "读取设置", &why)?;
            }
        }
        Ok(orders)
    }

    /// Takes a postbox for a while, unless another process was faster.
    fn take_postbox(&self, id: PostboxId, holder: &str) -> Result<bool, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut state = tx.postbox_state(id)?;
        let taken = state.holder != holder && state.held_until >= now && state.held_until <= now + 2 * HELD;
        if taken {
            return Ok(false);
        }
        state.holder = holder.to_owned();
        state.held_until = now + HELD;
        tx.update_postbox_state(&state)?;
        tx.commit()?;
        Ok(true)
    }

    /// A folder of a postbox was opened. A server whose next UID is one we have had was rebuilt: the ledger is compared with it
    /// at once.
    pub fn postbox_opened(&self, folder: FolderKey<'_>, uidnext: Option<u32>) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let rebuilt = match uidnext {
            Some(next) => !tx.list_letter_uids(folder, next, u32::MAX)?.is_empty(),
            None => false,
        };
        let own = tx.find_postbox(folder.postbox)?.is_some_and(|row| row.folder == folder.name);
        if !(own || rebuilt) {
            return Ok(());
        }
        let mut state = tx.postbox_state(folder.postbox)?;
        if own {
            state.uidvalidity = Some(folder.uidvalidity.into());
            state.opened_at = Some(now);
        }
        if rebuilt {
            state.check_asked_at = Some(now);
        }
        tx.update_postbox_state(&state)?;
        tx.commit()?;
        Ok(())
    }

    /// Which of these letters are not in the ledger and are to be fetched now.
    pub fn wanted_letters(&self, folder: FolderKey<'_>, uids: &[u32]) -> Result<Vec<u32>, Problem> {
        let (Some(first), Some(last)) = (uids.iter().min(), uids.iter().max()) else { return Ok(Vec::new()) };
        let now = self.micros();
        let mut tx = self.read()?;
        let known: BTreeSet<i64> = tx.list_letter_uids(folder, *first, *last)?.into_iter().collect();
        let waits = |tries: i64| {
            let doubled = 1_i64.checked_shl(u32::try_from(tries - PATIENT_TRIES).unwrap_or(0)).unwrap_or(i64::MAX);
            FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT)
        };
        let put_by: BTreeSet<i64> = tx
            .list_stuck(folder)?
            .into_iter()
            .filter(|row| row.tries >= PATIENT_TRIES && row.tried_at + waits(row.tries) > now)
            .map(|row| row.uid)
            .collect();
        let wanted = |uid: &&u32| !known.contains(&i64::from(**uid)) && !put_by.contains(&i64::from(**uid));
        Ok(uids.iter().filter(wanted).copied().collect())
    }

    /// Which of these letters are in the ledger.
    pub fn kept_letters(&self, folder: FolderKey<'_>, uids: &[u32]) -> Result<Vec<u32>, Problem> {
        let (Some(first), Some(last)) = (uids.iter().min(), uids.iter().max()) else { return Ok(Vec::new()) };
        let known = self.read()?.list_letter_uids(folder, *first, *last)?;
        let known: BTreeSet<i64> = known.into_iter().collect();
        Ok(uids.iter().filter(|uid| known.contains(&i64::from(**uid))).copied().collect())
    }

    /// A letter could not be fetched; after some tries it waits, so that the others go on.
    pub fn letter_stuck(&self, key: LetterKey<'_>, said: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        tx.note_stuck(key, said, self.micros())?;
        tx.commit()?;
        Ok(())
    }

    /// All goes well with a postbox; so many letters wait.
    pub fn postbox_well(&self, id: PostboxId, waiting: usize) -> Result<(), Problem> {
        let now = self.micros();
        let waiting = waiting as i64;
        let mut tx = self.read()?;
        let state = tx.postbox_state(id)?;
        drop(tx);
        let fresh = state.well_at.is_some_and(|at| (at..at + WELL_EVERY).contains(&now));
        if fresh && state.failures == 0 && (state.waiting == waiting || waiting > 0 && state.waiting > 0) {
            self.unwritten.forget(id);
            return Ok(());
        }
        let mut tx = self.write()?;
        let mut state = tx.postbox_state(id)?;
        state.well_at = Some(now);
        state.waiting = waiting;
        state.failures = 0;
        tx.update_postbox_state(&state)?;
        tx.commit()?;
        self.unwritten.forget(id);
        Ok(())
    }

    /// Something failed with a postbox: the step, and what happened and what to do as a sentence. Where that cannot be written down
    /// either, this process remembers it.
    pub fn postbox_unwell(&self, id: PostboxId, step: &str, sentence: &str) -> Result<(), Problem> {
        let written = self.write_unwell(id, step, sentence);
        match &written {
            Ok(()) => self.unwritten.forget(id),
            Err(_) => self.unwritten.note(id, self.micros(), sentence),
        }
        written
    }

    fn write_unwell(&self, id: PostboxId, step: &str, sentence: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let mut state = tx.postbox_state(id)?;
        state.failed_at = Some(self.micros());
        state.failures += 1;
        state.failed_step = step.to_owned();
        state.failure = sentence.to_owned();
        tx.update_postbox_state(&state)?;
        tx.commit()?;
        Ok(())
    }

    /// True where the ledger is to be compared with the server now: asked for, or not done for a day. Says so once.
    pub fn is_postbox_check_due(&self, id: PostboxId) -> Result<bool, Problem> {
        let now = self.micros();
        let mut tx = self.read()?;
        let state = tx.postbox_state(id)?;
        drop(tx);
        let asked = state.check_asked_at.is_some_and(|asked| state.check_begun_at.is_none_or(|begun| asked > begun));
        let old = state.checked_at.is_none_or(|at| at + CHECK_EVERY < now);
        let tried = state.check_begun_at.is_some_and(|at| at + CHECK_AGAIN > now);
        if !(asked || old && !tried) {
            return Ok(false);
        }
        let mut tx = self.write()?;
        let mut state = tx.postbox_state(id)?;
        state.check_begun_at = Some(now);
        tx.update_postbox_state(&state)?;
        tx.commit()?;
        Ok(true)
    }

    /// When a letter counts as received: when the mail server received it, unless that cannot be so. Then now.
    pub(crate) fn received_at(&self, since: Date, arrived: Option<Timestamp>) -> i64 {
        const DAY: i64 = 24 * 60 * MINUTE;
        let now = self.micros();
        let first = tz_model::moment_in_shanghai(since.at(0, 0, 0, 0)).map_or(i64::MIN, Timestamp::as_microsecond);
        // A server's day may begin elsewhere than ours, and its clock may be a little ahead.
        let sound = first.saturating_sub(DAY)..=now + DAY;
        arrived.map(Timestamp::as_microsecond).filter(|at| sound.contains(at)).unwrap_or(now)
    }
}
