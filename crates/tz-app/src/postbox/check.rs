//! 核对: the server's list beside the ledger. The sums agree, or the page says which letter is missing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tz_model::PostboxId;
use tz_store::audit::Act;
use tz_store::moment;
use tz_store::postbox::{CheckRow, LetterRow, StuckRow};

use crate::mail::fate_name;
use crate::{App, Problem};

/// A letter that arrived so shortly before a comparison is new, not missing: it may not have been fetched yet.
const NEW: i64 = 10 * 60_000_000;
/// How many places of one kind are written down one by one.
const MOST: usize = 500;

/// A letter as the server lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLetter {
    /// Its UID.
    pub uid: u32,
    /// Bytes.
    pub size: Option<u64>,
    /// When the mail server received it.
    pub arrived: Option<Timestamp>,
}

/// A letter in another folder that is not in the ledger of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerStray {
    /// The folder.
    pub folder: String,
    /// Its UID there.
    pub uid: u32,
    /// When the mail server received it.
    pub arrived: Option<Timestamp>,
}

/// Everything the server lists since the first day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerList {
    /// The folder's UIDVALIDITY.
    pub uidvalidity: u32,
    /// In the folder that is read.
    pub letters: Vec<ServerLetter>,
    /// Elsewhere.
    pub strays: Vec<ServerStray>,
}

/// A letter that is not accounted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedLetter {
    /// Its UID.
    pub uid: u32,
    /// When the mail server received it, in microseconds of UTC.
    pub arrived_at: Option<i64>,
    /// Bytes.
    pub size: Option<u64>,
    /// Why it is not here, as a Chinese sentence.
    pub why: String,
}

/// A letter that somebody, or a filter, put elsewhere before it was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedStray {
    /// The folder.
    pub folder: String,
    /// Its UID there.
    pub uid: u32,
    /// When the mail server received it, in microseconds of UTC.
    pub arrived_at: Option<i64>,
}

/// What a comparison found. `listed` is the sum of `fates`, `missing` and `new`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When, in microseconds of UTC.
    pub at: i64,
    /// Letters the server listed in the folder that is read.
    pub listed: usize,
    /// How many of them have which fate, by its name.
    pub fates: Vec<(String, usize)>,
    /// How many had only just arrived.
    pub new: usize,
    /// How many are not in the ledger; they are fetched again.
    pub missing_count: usize,
    /// These, the first of them one by one.
    pub missing: Vec<CheckedLetter>,
    /// How many lie in other folders and were never received.
    pub stray_count: usize,
    /// These, the first of them one by one.
    pub strays: Vec<CheckedStray>,
    /// How many are in the ledger and no more on the server: moved or deleted there after they were received.
    pub gone: usize,
}

impl Checked {
    /// True where every letter is accounted for.
    pub fn agrees(&self) -> bool {
        self.missing_count == 0 && self.stray_count == 0
    }

    pub(super) fn of_row(row: &CheckRow) -> Result<Self, Problem> {
        let read: Result<Self, _> = serde_json::from_str(&row.content);
        read.map_err(|wrong| {
            let what = format!("comparison {}: {wrong}", row.id);
            Problem::Failed(tz_store::Failure::Damaged { doing: "reading what a comparison found", what })
        })
    }
}

/// What the comparison decides.
struct Compared {
    checked: Checked,
    /// Rows of letters whose number means another message now.
    replaced: Vec<i64>,
    /// UIDs to be fetched again.
    again: Vec<u32>,
}

/// Compares the server's list with the ledger. Pure.
fn compare(list: &ServerList, ledger: &[(LetterRow, String)], stuck: &[StuckRow], now: i64) -> Compared {
    let entered: BTreeMap<i64, &(LetterRow, String)> = ledger.iter().map(|entry| (entry.0.uid, entry)).collect();
    let stuck: BTreeMap<i64, &StuckRow> = stuck.iter().map(|row| (row.uid, row)).collect();
    let (mut fates, mut missing, mut replaced, mut again) = (BTreeMap::new(), Vec::new(), Vec::new(), Vec::new());
    let mut new = 0;
    for letter in &list.letters {
        let arrived_at = letter.arrived.map(Timestamp::as_microsecond);
        let size = letter.size.and_then(|size| i64::try_from(size).ok());
        let lost = |why: &str| CheckedLetter { uid: letter.uid, arrived_at, size: letter.size, why: why.to_owned() };
        let differs = |then: Option<i64>, now: Option<i64>| then.zip(now).is_some_and(|(then, now)| then != now);
        match entered.get(&i64::from(letter.uid)) {
            Some((row, _)) if differs(row.size, size) || differs(row.arrived_at, arrived_at) => {
                replaced.push(row.id);
                again.push(letter.uid);
                missing.push(lost("服务器把这个编号给了另一封信，正在重新收取。"));
            }
            Some((_, fate)) => *fates.entry(fate_name(fate).to_owned()).or_insert(0) += 1,
            None => {
                again.push(letter.uid);
                match stuck.get(&i64::from(letter.uid)) {
                    Some(row) => missing.push(lost(&format!("试过{}次没有取下来：{}", row.tries, row.said))),
                    None if arrived_at.is_some_and(|at| at > now - NEW) => new += 1,
                    None => missing.push(lost("服务器上有，收信台账里没有，正在重新收取。")),
                }
            }
        }
    }
    let listed: BTreeSet<i64> = list.letters.iter().map(|letter| i64::from(letter.uid)).collect();
    let gone = entered.keys().filter(|uid| !listed.contains(uid)).count();
    let (missing_count, stray_count) = (missing.len(), list.strays.len());
    missing.truncate(MOST);
    let stray = |stray: &ServerStray| CheckedStray {
        folder: stray.folder.clone(),
        uid: stray.uid,
        arrived_at: stray.arrived.map(Timestamp::as_microsecond),
    };
    let checked = Checked {
        at: now,
        listed: list.letters.len(),
        fates: fates.into_iter().collect(),
        new,
        missing_count,
        missing,
        stray_count,
        strays: list.strays.iter().take(MOST).map(stray).collect(),
        gone,
    };
    Compared { checked, replaced, again }
}

impl App {
    /// Compares the server's list with the ledger, writes down what was found, and answers with the UIDs to be fetched
    /// again.
    pub fn reconcile_postbox(&self, id: PostboxId, list: &ServerList) -> Result<Vec<u32>, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_postbox(id)?.ok_or(Problem::NotThere)?;
        let ledger = tx.list_letters(id, list.uidvalidity)?;
        let stuck = tx.list_stuck(id, list.uidvalidity)?;
        let Compared { checked, replaced, again } = compare(list, &ledger, &stuck, now);
        for letter in replaced {
            tx.replace_letter(letter, now)?;
        }
        let content = serde_json::to_string(&checked).expect("a comparison is plain numbers and texts");
        let (listed, missing) = (checked.listed as i64, (checked.missing_count + checked.stray_count) as i64);
        tx.insert_check(CheckRow { id: 0, postbox_id: id.0, at: now, listed, missing, content })?;
        let mut state = tx.postbox_state(id)?;
        state.checked_at = Some(now);
        // Asked again since this one began: that wish stands.
        if state.check_asked_at <= state.check_begun_at {
            state.check_asked_at = None;
        }
        tx.update_postbox_state(&state)?;
        if !checked.agrees() {
            let detail = format!(
                "服务器列出{listed}封，台账缺{}封，其他文件夹有{}封没有收过",
                checked.missing_count, checked.stray_count
            );
            tx.record_act(&Act {
                at: now,
                account: None,
                who: "收信",
                act: "核对收信邮箱",
                object: &row.name,
                done: true,
                detail: &detail,
            })?;
        }
        tx.commit()?;
        Ok(again)
    }

    /// The places of those Message-IDs that the ledger of messages does not know, and of letters without one.
    pub fn unknown_message_ids(&self, ids: &[Option<String>]) -> Result<Vec<usize>, Problem> {
        let mut tx = self.read()?;
        let mut unknown = Vec::new();
        for (place, id) in ids.iter().enumerate() {
            let known = match id {
                Some(id) => tx.has_message_id(&crate::mail::stored_text(id))?,
                None => false,
            };
            if !known {
                unknown.push(place);
            }
        }
        Ok(unknown)
    }

    /// Whether a message with these bytes is in the ledger of messages, whatever became of it.
    pub fn knows_message(&self, raw: &[u8]) -> Result<bool, Problem> {
        Ok(self.read()?.find_mail_by_hash(&tz_store::content::sha256(raw))?.is_some())
    }
}

impl CheckedLetter {
    /// When the mail server received it.
    pub fn arrived(&self) -> Option<Timestamp> {
        self.arrived_at.map(moment)
    }
}

impl CheckedStray {
    /// When the mail server received it.
    pub fn arrived(&self) -> Option<Timestamp> {
        self.arrived_at.map(moment)
    }
}
