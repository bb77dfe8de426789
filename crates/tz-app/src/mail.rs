//! Mail (来信): one transaction a message, exactly one fate. Nothing arrives and vanishes; only what carries a mark of
//! secrecy is not kept, and even that leaves its time, sender, hash and mark.
//!
//! Read [`App::receive_mail`] first. What a message is worth is decided by [`decide`] from what was read, without I/O.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tz_model::{Channel, MailId, UnitId, shanghai_date};
use tz_read::{AutoKind, Budget, Documents, Message, Note, Proposed, Source, find_mark, propose_items, read_message};
use tz_scheme::Scheme;
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::item::ItemRow;
use tz_store::mail::MailRow;
use tz_store::{Write, moment};
use tz_text::secrecy::{Mark, Pattern, Place, Strength};

use crate::report::{Entered, NewFile, NewItem, Origin, enter_item};
use crate::{App, Editor, Problem, scheme_on};

/// Raw bytes of an unreadable message that are searched for a mark all the same.
const LOOK: usize = 1 << 20;

/// What became of a message (去向).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailFate {
    /// 稿件: it became these items.
    Items(Vec<Entered>),
    /// 重复: the same bytes are here already.
    Repeat,
    /// 待处理: it waits for a person; the sentence says why.
    Quarantine(String),
    /// 自动邮件: no person wrote it.
    Automatic(String),
    /// 涉密拒收: it carries a mark of secrecy; nothing of its content was kept.
    Secret(String),
}

impl MailFate {
    /// As the ledger of messages names it.
    pub fn name(&self) -> &'static str {
        fate_name(self.key())
    }

    /// As stored.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Items(_) => "item",
            Self::Repeat => "repeat",
            Self::Quarantine(_) => "quarantine",
            Self::Automatic(_) => "automatic",
            Self::Secret(_) => "secret",
        }
    }

    /// What became of it, as a person reads it.
    pub fn reason(&self) -> String {
        match self {
            Self::Items(items) => {
                format!("收为稿件{}", items.iter().map(|item| item.number.as_str()).collect::<Vec<_>>().join("、"))
            }
            Self::Repeat => "与已收来信完全相同。".to_owned(),
            Self::Quarantine(why) | Self::Automatic(why) | Self::Secret(why) => why.clone(),
        }
    }
}

/// What a stored fate is called (去向).
pub fn fate_name(key: &str) -> &'static str {
    match key {
        "item" => "稿件",
        "repeat" => "重复",
        "quarantine" => "待处理",
        "automatic" => "自动邮件",
        "secret" => "涉密拒收",
        "discarded" => "已弃置",
        _ => "去向不明",
    }
}

/// Every fate as stored, in the order of the ledger.
pub const FATES: [&str; 6] = ["item", "quarantine", "repeat", "automatic", "secret", "discarded"];

/// What was read of a message.
struct Read {
    message: Message,
    mark: Option<Mark>,
    proposed: Vec<Proposed>,
}

/// Reads a message, or says why it cannot be read. A panic of a reader is such a reason too.
fn read(raw: &[u8], categories: &[&str]) -> Result<Read, String> {
    let budget = Budget::default();
    let read = catch_unwind(AssertUnwindSafe(|| -> Result<Read, String> {
        let message = read_message(raw, &budget).map_err(|why| why.to_string())?;
        let documents = Documents::of(&message, &budget);
        let mark = find_mark(&message, &documents);
        let strong = mark.as_ref().is_some_and(|mark| mark.strength == Strength::Strong);
        let proposed = if strong { Vec::new() } else { propose_items(&message, documents, categories) };
        Ok(Read { message, mark, proposed })
    }));
    read.unwrap_or_else(|_| {
        Err("读取这封邮件时程序出了意外，原件已保留，请编辑查看原件后处理，并告知系统管理员。".to_owned())
    })
}

/// What the rules say of a message before anything is stored.
enum Decision {
    Secret(Mark),
    Automatic(AutoKind),
    Quarantine(String),
    Items(UnitId),
}

/// Decides about a message that could be read. `unit` is the one its sender's address is registered for (N3.1).
fn decide(read: &Read, unit: Option<UnitId>) -> Decision {
    let message = &read.message;
    if let Some(mark) = read.mark.as_ref().filter(|mark| mark.strength == Strength::Strong) {
        return Decision::Secret(mark.clone());
    }
    let wait = |why: String| Decision::Quarantine(why);
    match message.auto {
        Some(AutoKind::MailingList) if unit.is_some() => {}
        Some(kind) => return Decision::Automatic(kind),
        None => {}
    }
    if message.from_count > 1 {
        return wait("邮件写有多个发件人，不能确定是哪个单位报送的。".to_owned());
    }
    let Some(from) = &message.from else {
        return wait("邮件没有发件人，不能确定是哪个单位报送的。".to_owned());
    };
    if let Some(why) = not_authentic(message) {
        return wait(why);
    }
    let Some(unit) = unit else {
        return wait(format!("发件地址 {} 没有登记。核实是哪个单位后可指定单位收稿，并可登记该邮箱。", from.address));
    };
    if let Some(mark) = &read.mark {
        return wait(format!("见“{}”字样，请核对是否适合在本系统处理。", mark.found));
    }
    for note in [Note::PartialMessage, Note::Encrypted] {
        if message.notes.contains(&note) {
            return wait(note.to_string());
        }
    }
    if read.proposed.is_empty() {
        return wait("没有找到可以作为稿件的正文或附件。".to_owned());
    }
    let unsure = read.proposed.iter().filter(|item| item.title.is_empty() || item.body.trim().is_empty()).count();
    if read.proposed.len() > 1 && unsure > 0 {
        return wait(format!(
            "来信像有{}篇稿件，其中{unsure}篇的标题或正文不能确定，请核对后收稿。",
            read.proposed.len()
        ));
    }
    Decision::Items(unit)
}

/// Why the mail provider's own check does not believe the sender. Only the topmost line is the provider's own: those
/// below it came with the message and may be forged.
fn not_authentic(message: &Message) -> Option<String> {
    let line = message.header("Authentication-Results").next()?.to_ascii_lowercase();
    let says = |what: &str| line.contains(what);
    let forged = says("dmarc=fail") || (says("spf=fail") && !says("dkim=pass"));
    forged.then(|| "发件人没有通过邮件服务商的身份核验，可能是冒名发送。请与该单位电话核实。".to_owned())
}

/// What a source is in the list of attachments: all but pictures inside the text.
fn files_of(message: &Message, sources: &[&Proposed], this: &Proposed) -> Vec<NewFile> {
    let part_of = |item: &Proposed| match &item.source {
        Source::Attachment { part, .. } => Some(part.clone()),
        Source::Body | Source::Forwarded { .. } => None,
    };
    let own = part_of(this);
    message
        .attachments
        .iter()
        .filter(|file| !file.inline)
        .filter(|file| {
            let others = sources.iter().filter_map(|item| part_of(item)).any(|part| part == file.part);
            own.as_deref() == Some(&file.part) || !others
        })
        .map(|file| NewFile {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: file.bytes.clone(),
            note: file.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join(""),
        })
        .collect()
}

/// The items of a message as they enter the office.
fn new_items(read: &Read, unit: UnitId) -> Vec<NewItem> {
    let sources: Vec<&Proposed> = read.proposed.iter().collect();
    let contact = read.message.from.as_ref().map(|from| from.address.clone()).unwrap_or_default();
    read.proposed
        .iter()
        .map(|item| {
            let mut doubts = item.doubts.clone();
            doubts.extend(read.message.notes.iter().map(ToString::to_string));
            NewItem {
                units: vec![unit],
                channel: Channel::Mail,
                title: item.title.clone(),
                body: item.body.clone(),
                category: item.category.clone().unwrap_or_default(),
                worry: item.category.as_deref() == Some("问题建议"),
                authors: item.authors.join("、"),
                contact: contact.clone(),
                solicitation: None,
                files: files_of(&read.message, &sources, item),
                doubts,
            }
        })
        .collect()
}

fn categories_of(scheme: &Scheme) -> Vec<&str> {
    scheme.categories().iter().map(|known| &*known.name).collect()
}

/// Parts an mbox file into its messages; the parting `From ` lines belong to none. A file without any is one message.
pub fn split_mbox(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    let mut blank = true;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if blank && line.starts_with(b"From ") {
            starts.push((at, at + line.len()));
        }
        blank = line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        at += line.len();
    }
    if starts.is_empty() || !bytes.starts_with(b"From ") {
        return if bytes.is_empty() { Vec::new() } else { vec![bytes] };
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([bytes.len()]);
    let messages = starts.iter().zip(ends).map(|((_, from), to)| &bytes[*from..to]);
    // The empty line after each message parts it from the next and belongs to neither.
    let messages = messages.map(|message| match message {
        [all @ .., b'\r', b'\n', b'\r', b'\n'] => &message[..all.len() + 2],
        [all @ .., b'\n', b'\n'] => &message[..all.len() + 1],
        _ => message,
    });
    messages.filter(|message| !message.is_empty()).collect()
}

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

impl App {
    /// Receives a message (来信) from a source (a file's name, or mailbox and UID), in one transaction with one fate.
    ///
    /// It counts as received now, whatever its Date line says (R1). A failure of the database leaves no trace: the
    /// message can be received again.
    pub fn receive_mail(&self, source: &str, raw: &[u8]) -> Result<MailFate, Problem> {
        let now = self.micros();
        let hash = sha256(raw);
        let mut tx = self.read()?;
        let known = tx.find_mail_by_hash(&hash)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(now)))?;
        drop(tx);
        if let Some(first) = known {
            let mut tx = self.write()?;
            let fate = enter_repeat(&mut tx, source, &hash, now, &first)?;
            tx.commit()?;
            return Ok(fate);
        }
        let read = read(raw, &categories_of(&scheme));
        let mut tx = self.write()?;
        // Another door may have brought the same bytes while this one was reading.
        if let Some(first) = tx.find_mail_by_hash(&hash)? {
            let fate = enter_repeat(&mut tx, source, &hash, now, &first)?;
            tx.commit()?;
            return Ok(fate);
        }
        let fate = enter_message(&mut tx, &scheme, source, raw, &hash, now, &read)?;
        tx.commit()?;
        Ok(fate)
    }

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
        match read(&raw, &categories_of(&scheme)) {
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
        let mut tx = self.write()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        if row.fate != "quarantine" {
            return Err(settled(&row));
        }
        let name = tx.find_unit(unit)?.ok_or_else(|| Problem::field("unit", "请选择单位。"))?.name;
        let raw = tx.content(row.content_id.ok_or(Problem::NotThere)?)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        let read = read(&raw, &categories_of(&scheme));
        let news = match &read {
            Ok(read) if !read.proposed.is_empty() => new_items(read, unit),
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

/// A proposal from nowhere: every file belongs to it.
fn nothing() -> Proposed {
    Proposed {
        title: String::new(),
        category: None,
        body: String::new(),
        authors: Vec::new(),
        source: Source::Body,
        doubts: Vec::new(),
    }
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

fn empty_row(source: &str, hash: &str, now: i64) -> MailRow {
    MailRow {
        id: 0,
        office_id: 0,
        source: source.chars().take(500).collect(),
        message_id: None,
        sha256: hash.to_owned(),
        content_id: None,
        received_at: now,
        sender: String::new(),
        subject: String::new(),
        fate: String::new(),
        reason: String::new(),
        unit_id: None,
        same_as: None,
        settled_at: None,
        settled_by: None,
    }
}

fn audited(tx: &mut Write, now: i64, act: &str, object: &str, detail: &str) -> Result<(), Problem> {
    Ok(tx.record_act(&Act { at: now, account: None, who: "收信", act, object, done: true, detail })?)
}

/// The same bytes again: a row of its own, with what the first one's row says and nothing more.
fn enter_repeat(tx: &mut Write, source: &str, hash: &str, now: i64, first: &MailRow) -> Result<MailFate, Problem> {
    let original = first.same_as.unwrap_or(first.id);
    let fate = MailFate::Repeat;
    tx.insert_mail(MailRow {
        message_id: first.message_id.clone(),
        content_id: first.content_id,
        sender: first.sender.clone(),
        subject: first.subject.clone(),
        fate: fate.key().to_owned(),
        reason: format!("与第{original}号来信完全相同，没有再次收稿。"),
        unit_id: first.unit_id,
        same_as: Some(original),
        ..empty_row(source, hash, now)
    })?;
    Ok(fate)
}

/// Enters a message of which nothing is known yet, with its one fate.
fn enter_message(
    tx: &mut Write,
    scheme: &Scheme,
    source: &str,
    raw: &[u8],
    hash: &str,
    now: i64,
    read: &Result<Read, String>,
) -> Result<MailFate, Problem> {
    let row = empty_row(source, hash, now);
    let read = match read {
        Ok(read) => read,
        Err(why) => {
            let text = String::from_utf8_lossy(&raw[..raw.len().min(LOOK)]);
            let mark = tz_text::secrecy::find_mark([(Place::Body, text.as_ref())]);
            if let Some(mark) = mark.filter(|mark| mark.strength == Strength::Strong) {
                return enter_secret(tx, row, &mark);
            }
            let content_id = Some(tx.put_hashed(raw, hash)?);
            let fate = MailFate::Quarantine(why.clone());
            tx.insert_mail(MailRow { content_id, fate: fate.key().to_owned(), reason: fate.reason(), ..row })?;
            return Ok(fate);
        }
    };
    let message = &read.message;
    let address = message.from.as_ref().map(|from| from.address.clone()).unwrap_or_default();
    let unit = tx.find_mailbox(&address)?.map(|mailbox| UnitId(mailbox.unit_id));
    let row = MailRow { sender: address.replace('\0', "").chars().take(320).collect(), ..row };
    let decision = decide(read, unit);
    if let Decision::Secret(mark) = &decision {
        return enter_secret(tx, MailRow { unit_id: unit.map(|unit| unit.0), ..row }, mark);
    }
    let text = |text: &str| text.replace('\0', "").chars().take(1000).collect::<String>();
    let row = MailRow {
        message_id: message.message_id.as_deref().map(text),
        content_id: Some(tx.put_hashed(raw, hash)?),
        subject: text(&message.subject),
        unit_id: unit.map(|unit| unit.0),
        ..row
    };
    match decision {
        Decision::Secret(mark) => enter_secret(tx, row, &mark),
        Decision::Automatic(kind) => {
            let fate = MailFate::Automatic(format!("{kind}，不收稿，也不回复。"));
            tx.insert_mail(MailRow { fate: fate.key().to_owned(), reason: fate.reason(), ..row })?;
            Ok(fate)
        }
        Decision::Quarantine(why) => {
            let fate = MailFate::Quarantine(why);
            tx.insert_mail(MailRow { fate: fate.key().to_owned(), reason: fate.reason(), ..row })?;
            Ok(fate)
        }
        Decision::Items(unit) => {
            // The items point at their message, so it is entered first; its reason names them only in the fate.
            let id = tx.insert_mail(MailRow {
                fate: "item".to_owned(),
                reason: format!("登记邮箱来信，收为{}篇稿件", read.proposed.len()),
                ..row
            })?;
            let origin = Origin { mail: Some(id), ..Origin::default() };
            let entered = new_items(read, unit)
                .iter()
                .map(|new| enter_item(tx, scheme, new, now, origin))
                .collect::<Result<Vec<_>, _>>()?;
            let fate = MailFate::Items(entered);
            audited(tx, now, "来信收稿", &format!("来信{id}"), &fate.reason())?;
            Ok(fate)
        }
    }
}

/// What kind of mark of secrecy it was (N3.1), in words that hold nothing of the text.
pub(crate) fn mark_words(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::P1 => "密级加★",
        Pattern::P2 => "“密级”一栏",
        Pattern::P3 => "单独成行的密级",
        Pattern::P4 => "括号中的密级",
        Pattern::W => "工作秘密或内部资料字样",
    }
}

/// Nothing of the content is kept: no subject, no bytes, no Message-ID; only time, sender, hash and mark (N3.1).
fn enter_secret(tx: &mut Write, row: MailRow, mark: &Mark) -> Result<MailFate, Problem> {
    let fate = MailFate::Secret(format!(
        "带有密级标志（{}），没有接收，内容未保存。邮箱中的原件请按保密规定处理，并请单位改由专人携带存储设备报送。",
        mark_words(mark.pattern)
    ));
    let now = row.received_at;
    let object = row.sha256.clone();
    tx.insert_mail(MailRow {
        message_id: None,
        content_id: None,
        subject: String::new(),
        fate: fate.key().to_owned(),
        reason: fate.reason(),
        ..row
    })?;
    audited(tx, now, "涉密拒收", &object, &format!("密级标志：{}", mark_words(mark.pattern)))?;
    Ok(fate)
}
