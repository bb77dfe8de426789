//! What the server holds, all of it, to be compared with the ledger (核对).

use std::sync::Arc;

use jiff::Timestamp;

use super::answer::Folder;
use super::watch::house;
use super::{Account, Desk, Kind, Limits, Opened, Session, Trouble};

/// A letter the server lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its UID.
    pub uid: u32,
    /// Bytes, as the server counts them.
    pub size: Option<u64>,
    /// When the mail server received it.
    pub arrived: Option<Timestamp>,
}

/// A letter in another folder of the postbox that the house does not have: somebody, or a filter, put it there first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The folder, as people read it.
    pub folder: String,
    /// Its UID there.
    pub uid: u32,
    /// When the mail server received it.
    pub arrived: Option<Timestamp>,
}

/// What the server lists in a folder we follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderRoll {
    /// The folder, as people read it.
    pub folder: String,
    /// Its UIDVALIDITY.
    pub uidvalidity: u32,
    /// Its letters.
    pub listed: Vec<Listed>,
}

/// Everything the server lists since the first day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roll {
    /// In the folders we follow, the postbox's own first.
    pub folders: Vec<FolderRoll>,
    /// Elsewhere, and unknown to the house.
    pub strays: Vec<Stray>,
}

/// Letters in other folders that are fetched to be compared byte by byte, in one reconciliation.
const COMPARED: usize = 200;

/// Calls the roll of every folder and has the house compare it. Answers with the UIDs to be fetched again from the postbox's own
/// folder; what is missing of the others is found when they are looked into.
pub(super) async fn reconcile(
    session: &mut Session,
    desk: &Arc<dyn Desk>,
    account: &Account,
    limits: &Limits,
    opened: Opened,
) -> Result<Vec<u32>, Trouble> {
    let mut folders = vec![roll_of(session, account, &account.folder, opened.uidvalidity).await?];
    for folder in &account.more_folders {
        let opened = session.open(folder, account.mark_seen).await?;
        folders.push(roll_of(session, account, folder, opened.uidvalidity).await?);
    }
    let strays = strays(session, desk, account, limits).await?;
    let again = session.open(&account.folder, account.mark_seen).await?;
    if again.uidvalidity != opened.uidvalidity {
        // Rebuilt just now: what was listed is of the past.
        return Err(Trouble::new(super::Step::Open, Kind::Lost, "UIDVALIDITY changed"));
    }
    let roll = Roll { folders, strays };
    house(desk, move |desk| desk.reconcile(&roll)).await
}

/// What the server lists in the folder that is open.
async fn roll_of(
    session: &mut Session,
    account: &Account,
    folder: &str,
    uidvalidity: u32,
) -> Result<FolderRoll, Trouble> {
    let uids = session.list(1, account.since, false).await?;
    let about = session.about(&uids).await?;
    let listed = about.into_iter().map(|letter| Listed { uid: letter.uid, size: letter.size, arrived: letter.arrived });
    Ok(FolderRoll { folder: folder.to_owned(), uidvalidity, listed: listed.collect() })
}

/// Folders whose letters are the office's own, or every letter once more.
pub(super) fn is_passed_over(folder: &Folder) -> bool {
    const MARKS: [&str; 7] = ["\\noselect", "\\nonexistent", "\\sent", "\\drafts", "\\all", "\\flagged", "\\important"];
    const NAMES: [&str; 8] =
        ["已发送", "已发送邮件", "草稿箱", "草稿", "sent", "sent messages", "sent items", "drafts"];
    let name = folder.name.to_lowercase();
    let last = name.rsplit(['/', '.']).next().unwrap_or_default();
    folder.marks.iter().any(|mark| MARKS.contains(&mark.as_str())) || NAMES.contains(&last)
}

async fn strays(
    session: &mut Session,
    desk: &Arc<dyn Desk>,
    account: &Account,
    limits: &Limits,
) -> Result<Vec<Stray>, Trouble> {
    let mut strays = Vec::new();
    let mut compared = 0;
    for folder in session.folders().await? {
        if account.follows(&folder.name) || is_passed_over(&folder) {
            continue;
        }
        match session.open(&folder.name, false).await {
            Ok(_) => {}
            // A folder the server lists and does not open holds nothing for us.
            Err(trouble) if matches!(trouble.kind, Kind::Refused | Kind::Garbled) => continue,
            Err(trouble) => return Err(trouble),
        }
        let uids = session.list(1, account.since, false).await?;
        let known = session.message_ids(&uids).await?;
        let ids: Vec<Option<String>> = known.iter().map(|(_, id)| id.clone()).collect();
        let unknown = house(desk, move |desk| desk.unknown_ids(&ids)).await?;
        for place in unknown {
            let Some((letter, _)) = known.get(place) else { continue };
            let fits = letter.size.is_some_and(|size| size <= limits.letter as u64);
            if fits && compared < COMPARED {
                compared += 1;
                // What was refused as secret left nothing but its hash, so the bytes are asked for too.
                let Some(raw) = session.letter(letter.uid, limits.letter).await? else { continue };
                if house(desk, move |desk| desk.knows(&raw)).await? {
                    continue;
                }
            }
            strays.push(Stray { folder: folder.name.clone(), uid: letter.uid, arrived: letter.arrived });
        }
    }
    Ok(strays)
}
