//! The ledger of messages (来信台账), and one of them as a person looks at it.

use tz_model::{MailId, UnitId, shanghai_date};
use tz_store::audit::Act;
use tz_store::item::ItemRow;
use tz_store::mail::MailRow;
use tz_store::{Write, moment};

use super::documents::{Documents, has_strong_mark};
use super::receiving::{categories_of, read};
use super::{FATES, fate_name};
use crate::system::wordings;
use crate::{App, Editor, Problem, scheme_on};

/// One line of the ledger of messages.
#[derive(Clone, Debug)]
pub struct MailLine {
    /// The message.
    pub row: MailRow,
    /// The unit's name, once known.
    pub unit: String,
    /// The items it became.
    pub items: Vec<ItemRow>,
}

/// The ledger of messages (来信台账): every message has one fate, so the counts sum to all of them.
#[derive(Clone, Debug)]
pub struct MailLedger {
    /// How many of each fate, in the ledger's order; fates without messages too.
    pub counts: Vec<(&'static str, i64)>,
    /// All of them.
    pub total: i64,
    /// The messages, newest first.
    pub lines: Vec<MailLine>,
    /// There are older ones.
    pub more: bool,
}

/// An item as it would be received from a message in quarantine.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Title, possibly empty.
    pub title: String,
    /// 信息类别, possibly empty.
    pub category: String,
    /// Its text.
    pub body: String,
    /// 字数
    pub words: i64,
    /// What to look at.
    pub doubts: Vec<String>,
    /// The file it stands in; empty where it is the mail's own text.
    pub file: String,
}

/// A message as an editor looks at it; text only.
#[derive(Clone, Debug)]
pub struct MailView {
    /// The message.
    pub row: MailRow,
    /// The unit's name, once known.
    pub unit: String,
    /// The sender's display name: anybody can write anything there.
    pub sender_name: String,
    /// The Date line, as written.
    pub date: String,
    /// Its text.
    pub text: String,
    /// Its files: name, size in bytes, what was noticed.
    pub files: Vec<(String, usize, String)>,
    /// What would become items.
    pub previews: Vec<Preview>,
    /// The items it became.
    pub items: Vec<ItemRow>,
    /// Every unit, to choose from.
    pub units: Vec<(UnitId, String)>,
    /// 信息类别 of the scheme of its day.
    pub categories: Vec<String>,
    /// Files that are no document to become an item, by name and size in bytes.
    pub loose: Vec<(String, usize)>,
    /// It was discarded today: that can be taken back.
    pub discard_undone: bool,
    /// It carries a mark of secrecy that was not seen when it came: nothing of it is shown.
    pub marked: bool,
}

pub(super) fn settled(row: &MailRow) -> Problem {
    Problem::Refused(format!("这封来信已不在待处理之列，现在的去向是“{}”。请刷新来信台账。", fate_name(&row.fate)))
}

pub(super) fn record(
    tx: &mut Write,
    who: &Editor,
    now: i64,
    act: &str,
    id: MailId,
    detail: &str,
) -> Result<(), Problem> {
    Ok(tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act,
        object: &format!("来信{id}"),
        done: true,
        detail,
    })?)
}

impl App {
    /// The ledger of messages, of one fate or all, fifty from before `before` on.
    pub fn mail_ledger(
        &self,
        _who: &Editor,
        fate: Option<&str>,
        before: Option<MailId>,
    ) -> Result<MailLedger, Problem> {
        let mut tx = self.read()?;
        let held = tx.count_mail_by_fate()?;
        let units = tx.list_units(None)?;
        let mut rows = tx.list_mail_before(fate, before, 51)?;
        let more = rows.len() > 50;
        rows.truncate(50);
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let items = if row.fate == "item" { tx.list_items_of_mail(MailId(row.id))? } else { Vec::new() };
            let unit = row.unit_id.map(|id| crate::report::names_of(&units, &[id])).unwrap_or_default();
            lines.push(MailLine { row, unit, items });
        }
        let count = |key: &str| held.iter().find(|(fate, _)| fate == key).map_or(0, |(_, count)| *count);
        Ok(MailLedger {
            counts: FATES.iter().map(|key| (*key, count(key))).collect(),
            total: held.iter().map(|(_, count)| count).sum(),
            lines,
            more,
        })
    }

    /// How many messages wait in quarantine (待处理).
    pub fn quarantined(&self, _who: &Editor) -> Result<i64, Problem> {
        Ok(self.read()?.count_mail_of("quarantine")?)
    }

    /// A message as text, for deciding about it.
    pub fn mail(&self, _who: &Editor, id: MailId) -> Result<MailView, Problem> {
        let mut tx = self.read()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        let units = tx.list_units(None)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        let wordings = wordings(&mut tx)?;
        let items = tx.list_items_of_mail(id)?;
        let raw = match row.content_id {
            Some(content) => tx.content(content)?,
            None => Vec::new(),
        };
        drop(tx);
        let mut view = MailView {
            unit: row.unit_id.map(|id| crate::report::names_of(&units, &[id])).unwrap_or_default(),
            sender_name: String::new(),
            date: String::new(),
            text: String::new(),
            files: Vec::new(),
            previews: Vec::new(),
            items,
            units: units.into_iter().map(|unit| (UnitId(unit.unit_id), unit.name)).collect(),
            categories: categories_of(&scheme).into_iter().map(str::to_owned).collect(),
            loose: Vec::new(),
            discard_undone: row.fate == "discarded" && row.settled_at >= Some(self.day_begins()),
            marked: false,
            row,
        };
        if raw.is_empty() {
            return Ok(view);
        }
        let read = read(&*self.reader, &raw, &scheme, &wordings);
        if read.as_ref().is_ok_and(has_strong_mark) {
            view.marked = true;
            return Ok(view);
        }
        let documents = Documents::of(&view.row, &raw, &read);
        view.previews = documents.previews();
        view.loose = documents.loose().map(|file| (file.name.clone(), file.bytes.len())).collect();
        match read {
            Ok(read) => {
                view.sender_name = read.message.from.as_ref().map(|from| from.name.clone()).unwrap_or_default();
                view.date = read.message.date.clone().unwrap_or_default();
                view.files = read
                    .message
                    .attachments
                    .iter()
                    .map(|file| {
                        let notes = file.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("");
                        (file.name.clone(), file.bytes.len(), notes)
                    })
                    .collect();
                view.text = read.message.body_text;
            }
            Err(_) => view.text = String::from_utf8_lossy(&raw[..raw.len().min(20_000)]).replace('\0', ""),
        }
        Ok(view)
    }

    /// The raw bytes of a message, to be opened elsewhere.
    pub fn raw_mail(&self, who: &Editor, id: MailId) -> Result<Vec<u8>, Problem> {
        let mut tx = self.write()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        let bytes = tx.content(row.content_id.ok_or(Problem::NotThere)?)?;
        record(&mut tx, who, self.micros(), "下载原邮件", id, "")?;
        tx.commit()?;
        Ok(bytes)
    }
}
