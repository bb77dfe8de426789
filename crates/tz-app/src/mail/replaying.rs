//! A message in quarantine is looked at anew (重新识别): its kept bytes, with the program and the registrations as they are now.
//! The row keeps one fate; what it was before is in the audit.

use tz_model::{MailId, UnitId, shanghai_date};
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::mail::{HeldFilter, MailRow, Settled};
use tz_store::{Write, moment};

use super::documents::strong_mark;
use super::ledger::record;
use super::quarantine::Hold;
use super::receiving::{Decision, Known, Read, answers_ours, decide, new_items, read, stored_text};
use super::settling::{Came, enter_items, overtaken, refuse_secret, waiting};
use crate::reading::message_of;
use crate::report::Entered;
use crate::system::wordings;
use crate::{App, Editor, Problem, scheme_on};

/// How often the program looks again by itself at what it stumbled over.
const TRIES: i64 = 3;
/// Messages looked at in one go: somebody waits for the page.
const MOST: i64 = 50;

/// What came of looking at a message anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// It became these items.
    Items(Vec<Entered>),
    /// It waits still; the sentence says why now.
    Waits(String),
    /// No person wrote it.
    Automatic(String),
    /// It carries a mark of secrecy; its content was removed.
    Secret(String),
}

/// What came of looking at several messages anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplayedMany {
    /// Messages that became items.
    pub received: usize,
    /// Items they became.
    pub items: usize,
    /// Messages that wait still.
    pub waiting: usize,
    /// Automatic ones.
    pub automatic: usize,
    /// Refused for a mark of secrecy.
    pub secret: usize,
    /// There are more of them than are looked at in one go.
    pub more: bool,
}

/// Writes into the audit who looked anew and what came of it; the program's own tries too.
fn looked(tx: &mut Write, who: Option<&Editor>, now: i64, id: MailId, detail: &str) -> Result<(), Problem> {
    match who {
        Some(who) => record(tx, who, now, "重新识别来信", id, detail),
        None => Ok(tx.record_act(&Act {
            at: now,
            account: None,
            who: "收信",
            act: "重新识别来信",
            object: &format!("来信{id}"),
            done: true,
            detail,
        })?),
    }
}

/// The row as it waits on, with what was read of the message now.
fn held(row: &MailRow, read: &Result<Read, String>, hold: Hold, why: &str) -> MailRow {
    let mut row = MailRow { held_as: hold.key().to_owned(), held_why: why.to_owned(), ..row.clone() };
    if let Ok(read) = read {
        let from = read.message.from.as_ref().map(|from| from.address.clone()).unwrap_or_default();
        row.sender = from.replace('\0', "").chars().take(320).collect();
        row.subject = stored_text(&read.message.subject);
        row.message_id = read.message.message_id.as_deref().map(stored_text);
    }
    row
}

impl App {
    /// Looks at a message in quarantine anew (重新识别) and decides again.
    pub fn replay(&self, who: &Editor, id: MailId) -> Result<Replayed, Problem> {
        self.look_again(Some(who), id)
    }

    /// Looks anew at the messages of a kind, or at all, the newest first.
    pub fn replay_kind(&self, who: &Editor, kind: Option<Hold>) -> Result<ReplayedMany, Problem> {
        let rows = self.read()?.list_held(HeldFilter { kind: kind.map(Hold::key), before: None, limit: MOST + 1 })?;
        let most = usize::try_from(MOST).unwrap_or(usize::MAX);
        let mut many = ReplayedMany { more: rows.len() > most, ..ReplayedMany::default() };
        for row in rows.iter().take(most) {
            match self.look_again(Some(who), MailId(row.id)) {
                Ok(Replayed::Items(items)) => {
                    many.received += 1;
                    many.items += items.len();
                }
                Ok(Replayed::Waits(_)) => many.waiting += 1,
                Ok(Replayed::Automatic(_)) => many.automatic += 1,
                Ok(Replayed::Secret(_)) => many.secret += 1,
                // Somebody else decided about it meanwhile.
                Err(Problem::Refused(_) | Problem::NotThere) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(many)
    }

    /// Looks by itself at what the program stumbled over, at most three times each: after a start it may be a newer one.
    /// Says how many no longer wait.
    pub fn replay_stumbled(&self) -> Result<usize, Problem> {
        let filter = HeldFilter { kind: Some(Hold::Stumbled.key()), before: None, limit: 200 };
        let rows = self.read()?.list_held(filter)?;
        let mut settled = 0;
        for row in rows.into_iter().filter(|row| row.tries < TRIES) {
            let mut tx = self.write()?;
            // Counted before it is read: whatever reading does to the program, it does at most so often.
            if !tx.hold_mail(&MailRow { tries: row.tries + 1, ..row.clone() })? {
                continue;
            }
            tx.commit()?;
            settled += usize::from(!matches!(self.look_again(None, MailId(row.id))?, Replayed::Waits(_)));
        }
        Ok(settled)
    }

    fn look_again(&self, who: Option<&Editor>, id: MailId) -> Result<Replayed, Problem> {
        let now = self.micros();
        let mut tx = self.read()?;
        let row = waiting(&mut tx, id)?;
        let content = row.content_id.ok_or(Problem::NotThere)?;
        let raw = tx.content(content)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        let wordings = wordings(&mut tx)?;
        drop(tx);
        let read = read(&*self.reader, &raw, &scheme, &wordings);
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        if row.content_id != Some(content) {
            return Err(overtaken());
        }
        let came = Came::of(&mut tx, &row)?;
        let before = row.held_why.clone();
        let waits = (row.held_as == Hold::Large.key()).then(|| row.held_why.clone());
        let head_only = waits.is_some();
        let decision = match &read {
            Err(why) if !head_only => Decision::Quarantine(Hold::of_trouble(why), why.clone()),
            Err(_) => Decision::Quarantine(Hold::Large, before.clone()),
            Ok(known) => self.decide_again(&mut tx, &row, &came, known, waits)?,
        };
        let by = who.map(|who| who.account.0);
        let replayed = match decision {
            Decision::Secret(mark) => Replayed::Secret(refuse_secret(&mut tx, &row, &came, &read, &mark, now)?),
            Decision::Automatic(why) => {
                let decided = Settled { fate: "automatic", reason: &why, unit: row.unit_id, at: now, by };
                tx.settle_mail(id, decided)?;
                Replayed::Automatic(why)
            }
            Decision::Quarantine(hold, why) => {
                let mut row = held(&row, &read, hold, &why);
                row.unit_id = tx.find_mailbox(&row.sender)?.map(|mailbox| mailbox.unit_id);
                // The program's own tries are counted before they begin.
                row.tries += i64::from(hold == Hold::Stumbled && who.is_some());
                tx.hold_mail(&row)?;
                Replayed::Waits(why)
            }
            Decision::Items(unit) => {
                let Ok(known) = &read else { return Err(overtaken()) };
                let news = (known.proposed.clone(), new_items(known, unit));
                let reason = |numbers: &str| format!("重新识别后收为稿件{numbers}");
                let row = held(&row, &read, Hold::of_key(&row.held_as).unwrap_or(Hold::Unsure), &row.held_why);
                tx.hold_mail(&row)?;
                Replayed::Items(enter_items(&mut tx, &scheme, &row, &came, &read, unit, news, reason, by, now)?)
            }
        };
        let detail = match &replayed {
            Replayed::Items(items) => {
                let numbers = items.iter().map(|item| item.number.as_str()).collect::<Vec<_>>().join("、");
                format!("原为：{before}现收为稿件{numbers}")
            }
            Replayed::Waits(why) | Replayed::Automatic(why) => format!("原为：{before}现为：{why}"),
            // What it waited for may quote it.
            Replayed::Secret(why) => why.clone(),
        };
        looked(&mut tx, who, now, id, &detail)?;
        tx.commit()?;
        Ok(replayed)
    }

    /// What the rules say of a message now.
    fn decide_again(
        &self,
        tx: &mut Write,
        row: &MailRow,
        came: &Came,
        read: &Read,
        waits: Option<String>,
    ) -> Result<Decision, Problem> {
        let address = read.message.from.as_ref().map(|from| from.address.clone()).unwrap_or_default();
        let unit = tx.find_mailbox(&address)?.map(|mailbox| UnitId(mailbox.unit_id));
        let own = came.letter && tx.is_own_address(&address)?;
        let reply = answers_ours(tx, &read.message)?;
        let arrival = came.arrival(row, self.micros(), waits);
        Ok(decide(read, Known { arrival: &arrival, unit, own, reply }))
    }

    /// Gives a letter that was too large to be fetched its original (补上原件), as it was downloaded from the mail provider. It
    /// waits on, so that a person sees what it says before it is received.
    ///
    /// Who sent it is told from the head that our own fetching brought, never from the file: anybody can write one.
    pub fn complete_large(&self, who: &Editor, id: MailId, original: &[u8]) -> Result<Replayed, Problem> {
        let now = self.micros();
        let mut tx = self.read()?;
        let row = waiting(&mut tx, id)?;
        if row.held_as != Hold::Large.key() {
            return Err(Problem::Refused("这封来信已有原件，不需要再补。请刷新页面查看。".to_owned()));
        }
        let content = row.content_id.ok_or(Problem::NotThere)?;
        let head = message_of(&tx.content(content)?);
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        let wordings = wordings(&mut tx)?;
        drop(tx);
        let found = read(&*self.reader, original, &scheme, &wordings);
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        if row.content_id != Some(content) {
            return Err(overtaken());
        }
        let came = Came::of(&mut tx, &row)?;
        let whole = match (&head, found) {
            (_, Err(why)) => return Err(Problem::field("original", format!("这个文件读不出来：{why}"))),
            (Err(_), Ok(_)) => {
                return Err(Problem::field("original", "收到的信头读不出来，无法核对原件。请将稿件另行补录。"));
            }
            (Ok(head), Ok(whole)) => {
                let from = |message: &tz_read::Message| {
                    message.from.as_ref().map(|from| from.address.to_lowercase()).unwrap_or_default()
                };
                let same = head.message_id == whole.message.message_id
                    && head.subject == whole.message.subject
                    && head.date == whole.message.date
                    && from(head) == from(&whole.message);
                if !same {
                    let sentence =
                        "这个文件与收到的信头不是同一封邮件。请在网页邮箱中打开这封来信，导出原件（.eml）后再上传。";
                    return Err(Problem::field("original", sentence));
                }
                whole
            }
        };
        if let Some(mark) = strong_mark(&whole).cloned() {
            let why = refuse_secret(&mut tx, &row, &came, &Ok(whole), &mark, now)?;
            tx.commit()?;
            return Ok(Replayed::Secret(why));
        }
        let judged = match head {
            Ok(head) => Read { message: head, mark: whole.mark, proposed: whole.proposed },
            Err(why) => return Err(Problem::field("original", why)),
        };
        let (hold, why) = match self.decide_again(&mut tx, &row, &came, &judged, None)? {
            Decision::Quarantine(hold, why) => (hold, why),
            Decision::Secret(_) | Decision::Automatic(_) | Decision::Items(_) => {
                (Hold::Unsure, "已补上原件，请核对后收稿。".to_owned())
            }
        };
        let sha256 = sha256(original);
        let content_id = Some(tx.put_hashed(original, &sha256)?);
        let head_sha256 = Some(row.sha256.clone());
        tx.hold_mail(&MailRow { sha256, head_sha256, content_id, ..held(&row, &Ok(judged), hold, &why) })?;
        record(&mut tx, who, now, "补上来信原件", id, &format!("{}字节", original.len()))?;
        tx.commit()?;
        Ok(Replayed::Waits(why))
    }
}
