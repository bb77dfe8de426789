//! The ledger of messages, and what an editor does with those in quarantine (待处理).

use tz_model::{Channel, MailId, UnitId, shanghai_date};
use tz_store::audit::Act;
use tz_store::item::ItemRow;
use tz_store::mail::MailRow;
use tz_store::{Write, moment};

use super::receiving::{categories_of, files_of, look_up, new_items, nothing, read};
use super::{FATES, fate_name};
use crate::report::{Entered, NewFile, NewItem, Origin, enter_item};
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
}

fn settled(row: &MailRow) -> Problem {
    Problem::Refused(format!("这封来信已不在待处理之列，现在的去向是“{}”。请刷新来信台账。", fate_name(&row.fate)))
}

fn record(tx: &mut Write, who: &Editor, now: i64, act: &str, id: MailId, detail: &str) -> Result<(), Problem> {
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
        let scheme = scheme_on(&mut tx, self.today())?;
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
            row,
        };
        if raw.is_empty() {
            return Ok(view);
        }
        match read(&*self.reader, &raw, &categories_of(&scheme)) {
            Ok(read) => {
                view.sender_name = read.message.from.as_ref().map(|from| from.name.clone()).unwrap_or_default();
                view.date = read.message.date.clone().unwrap_or_default();
                view.previews = read
                    .proposed
                    .iter()
                    .map(|item| Preview {
                        title: item.title.clone(),
                        category: item.category.clone().unwrap_or_default(),
                        body: item.body.clone(),
                        words: crate::report::words(&item.body),
                        doubts: item.doubts.clone(),
                    })
                    .collect();
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

    /// Says which unit a message in quarantine is from (指定单位): it becomes items, received when the message was (R1, R5).
    ///
    /// Every text found in it becomes an item; a message that cannot be read becomes one with the message attached.
    /// With `register_sender` its address is registered for the unit from now on (N3.1).
    pub fn assign_quarantined(
        &self,
        who: &Editor,
        id: MailId,
        unit: UnitId,
        register_sender: bool,
    ) -> Result<Vec<Entered>, Problem> {
        let now = self.micros();
        let mut tx = self.read()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        if row.fate != "quarantine" {
            return Err(settled(&row));
        }
        let raw = tx.content(row.content_id.ok_or(Problem::NotThere)?)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        drop(tx);
        // Read before anybody is kept waiting: a hostile message may cost its reader seconds.
        let read = read(&*self.reader, &raw, &categories_of(&scheme));
        let mut tx = self.write()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        if row.fate != "quarantine" {
            return Err(settled(&row));
        }
        let name = tx.find_unit(unit)?.ok_or_else(|| Problem::field("unit", "请选择单位。"))?.name;
        let news = match &read {
            Ok(read) if !read.proposed.is_empty() => {
                let mut news = new_items(read, unit);
                look_up(&mut tx, &read.proposed, unit, &mut news)?;
                news
            }
            Ok(read) => vec![NewItem {
                units: vec![unit],
                channel: Channel::Mail,
                title: read.message.subject.clone(),
                body: read.message.body_text.clone(),
                contact: row.sender.clone(),
                files: files_of(&read.message, &[], &nothing()),
                doubts: vec!["来信中没有识别出稿件，请对照原邮件整理。".to_owned()],
                ..NewItem::default()
            }],
            Err(why) => vec![NewItem {
                units: vec![unit],
                channel: Channel::Mail,
                title: row.subject.clone(),
                contact: row.sender.clone(),
                files: vec![NewFile {
                    name: "原邮件.eml".to_owned(),
                    media_type: "message/rfc822".to_owned(),
                    bytes: raw.clone(),
                    note: String::new(),
                }],
                doubts: vec![why.clone()],
                ..NewItem::default()
            }],
        };
        let origin = Origin { mail: Some(id), ..Origin::default() };
        let entered = news
            .iter()
            .map(|new| enter_item(&mut tx, &scheme, new, row.received_at, origin))
            .collect::<Result<Vec<_>, _>>()?;
        let numbers = entered.iter().map(|item| item.number.as_str()).collect::<Vec<_>>().join("、");
        let reason = format!("由{}核定为{name}来信，收为稿件{numbers}", who.name);
        if !tx.settle_mail(id, "item", &reason, Some(unit.0), now, who.account.0)? {
            return Err(settled(&row));
        }
        if register_sender && !row.sender.is_empty() {
            match tx.find_mailbox(&row.sender)? {
                None => {
                    tx.insert_mailbox(unit, &row.sender, now)?;
                    record(&mut tx, who, now, "登记邮箱", id, &format!("{}：{name}", row.sender))?;
                }
                Some(held) if held.unit_id == unit.0 => {}
                Some(_) => {
                    return Err(Problem::field(
                        "register",
                        "这个邮箱已登记在另一个单位名下。请先在“队伍”中更正登记，或不勾选登记。",
                    ));
                }
            }
        }
        record(&mut tx, who, now, "指定来信单位", id, &format!("{name}；{numbers}"))?;
        tx.commit()?;
        Ok(entered)
    }

    /// Puts a message in quarantine aside (弃置) with a reason. It stays in the ledger.
    pub fn discard_quarantined(&self, who: &Editor, id: MailId, reason: &str) -> Result<(), Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(Problem::field("reason", "请写明弃置的原因，不超过500字。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        if !tx.settle_mail(id, "discarded", reason, row.unit_id, now, who.account.0)? {
            return Err(settled(&row));
        }
        record(&mut tx, who, now, "弃置来信", id, reason)?;
        tx.commit()?;
        Ok(())
    }
}
