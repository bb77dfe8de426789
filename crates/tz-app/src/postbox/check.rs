//! 核对: the server's list beside the ledger. The sums agree, or the page says which letter is missing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tz_model::PostboxId;
use tz_store::audit::Act;
use tz_store::moment;
use tz_store::postbox::{CheckRow, FolderKey, LetterRow, StuckRow};

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

/// What the server lists in a folder that is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerFolder {
    /// The folder.
    pub name: String,
    /// Its UIDVALIDITY.
    pub uidvalidity: u32,
    /// Its letters.
    pub letters: Vec<ServerLetter>,
}

/// Everything the server lists since the first day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerList {
    /// The folders that are read, the postbox's own first.
    pub folders: Vec<ServerFolder>,
    /// Elsewhere.
    pub strays: Vec<ServerStray>,
}

/// A letter that is not accounted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedLetter {
    /// The folder; empty for the postbox's own.
    #[serde(default)]
    pub folder: String,
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
    /// Letters the server listed in the folders that are read.
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

/// A folder's letters in the ledger, with their fates, and those that could not be fetched.
type Entered = (Vec<(LetterRow, String)>, Vec<StuckRow>);

/// What comparing a folder decides.
#[derive(Default)]
struct Compared {
    fates: BTreeMap<String, usize>,
    new: usize,
    missing: Vec<CheckedLetter>,
    gone: usize,
    /// Rows of letters whose number means another message now.
    replaced: Vec<i64>,
    /// UIDs to be fetched again.
    again: Vec<u32>,
}

/// Compares a folder as the server lists it with the ledger. Pure.
fn compare(folder: &ServerFolder, is_own: bool, (ledger, stuck): &Entered, now: i64) -> Compared {
    let entered: BTreeMap<i64, &(LetterRow, String)> = ledger.iter().map(|entry| (entry.0.uid, entry)).collect();
    let stuck: BTreeMap<i64, &StuckRow> = stuck.iter().map(|row| (row.uid, row)).collect();
    let mut found = Compared::default();
    for letter in &folder.letters {
        let arrived_at = letter.arrived.map(Timestamp::as_microsecond);
        let size = letter.size.and_then(|size| i64::try_from(size).ok());
        let lost = |why: &str| CheckedLetter {
            folder: if is_own { String::new() } else { folder.name.clone() },
            uid: letter.uid,
            arrived_at,
            size: letter.size,
            why: why.to_owned(),
        };
        let differs = |then: Option<i64>, now: Option<i64>| then.zip(now).is_some_and(|(then, now)| then != now);
        match entered.get(&i64::from(letter.uid)) {
            Some((row, _)) if differs(row.size, size) || differs(row.arrived_at, arrived_at) => {
                found.replaced.push(row.id);
                found.again.push(letter.uid);
                found.missing.push(lost("服务器把这个编号给了另一封信，正在重新收取。"));
            }
            Some((_, fate)) => *found.fates.entry(fate_name(fate).to_owned()).or_insert(0) += 1,
            None => {
                found.again.push(letter.uid);
                match stuck.get(&i64::from(letter.uid)) {
                    Some(row) => found.missing.push(lost(&format!("试过{}次没有取下来：{}", row.tries, row.said))),
                    None if arrived_at.is_some_and(|at| at > now - NEW) => found.new += 1,
                    None => found.missing.push(lost("服务器上有，收信台账里没有，正在重新收取。")),
                }
            }
        }
    }
    let listed: BTreeSet<i64> = folder.letters.iter().map(|letter| i64::from(letter.uid)).collect();
    found.gone = entered.keys().filter(|uid| !listed.contains(uid)).count();
    found
}

/// The comparisons of all folders as one. Pure.
fn summed(list: &ServerList, all: &mut [Compared], now: i64) -> Checked {
    let mut fates: BTreeMap<String, usize> = BTreeMap::new();
    for (fate, count) in all.iter().flat_map(|one| &one.fates) {
        *fates.entry(fate.clone()).or_insert(0) += count;
    }
    let mut missing: Vec<CheckedLetter> = all.iter_mut().flat_map(|one| std::mem::take(&mut one.missing)).collect();
    let (missing_count, stray_count) = (missing.len(), list.strays.len());
    missing.truncate(MOST);
    let stray = |stray: &ServerStray| CheckedStray {
        folder: stray.folder.clone(),
        uid: stray.uid,
        arrived_at: stray.arrived.map(Timestamp::as_microsecond),
    };
    Checked {
        at: now,
        listed: list.folders.iter().map(|folder| folder.letters.len()).sum(),
        fates: fates.into_iter().collect(),
        new: all.iter().map(|one| one.new).sum(),
        missing_count,
        missing,
        stray_count,
        strays: list.strays.iter().take(MOST).map(stray).collect(),
        gone: all.iter().map(|one| one.gone).sum(),
    }
}

impl App {
    /// Compares the server's list with the ledger, writes down what was found, and answers with the UIDs of the postbox's own folder
    /// to be fetched again.
    pub fn reconcile_postbox(&self, id: PostboxId, list: &ServerList) -> Result<Vec<u32>, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_postbox(id)?.ok_or(Problem::NotThere)?;
        let mut all = Vec::with_capacity(list.folders.len());
        for folder in &list.folders {
            let key = FolderKey { postbox: id, name: &folder.name, uidvalidity: folder.uidvalidity };
            let entered = (tx.list_letters(key)?, tx.list_stuck(key)?);
            all.push(compare(folder, folder.name == row.folder, &entered, now));
        }
        let checked = summed(list, &mut all, now);
        for letter in all.iter().flat_map(|one| &one.replaced) {
            tx.replace_letter(*letter, now)?;
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
        Ok(all.into_iter().next().map(|own| own.again).unwrap_or_default())
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
