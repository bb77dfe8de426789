//! A message comes in: read under a budget, entered with its one fate. What it is worth is decided by [`decide`] from what was
//! read, without I/O.

use tz_model::{Channel, UnitId, shanghai_date};
use tz_read::{AutoKind, FILE_LINE, Message, Note, Proposed, Source, as_message};
use tz_scheme::Scheme;
use tz_store::content::sha256;
use tz_store::mail::MailRow;
use tz_store::{Tx, Write, moment};
use tz_text::secrecy::{Mark, Pattern, Place, Strength};

use super::{MailFate, audited};
use crate::reading::{Judged, Reader, message_of};
use crate::report::{NewFile, NewItem, Origin, enter_item};
use crate::{App, Problem, scheme_on};

/// Raw bytes of an unreadable message that are searched for a mark all the same.
const LOOK: usize = 1 << 20;

/// What was read of a message.
pub(super) struct Read {
    pub(super) message: Message,
    pub(super) mark: Option<Mark>,
    pub(super) proposed: Vec<Proposed>,
}

/// Reads a message, or says why it cannot be read. The reader goes first: only what it survives is read here.
pub(super) fn read(reader: &dyn Reader, raw: &[u8], categories: &[&str]) -> Result<Read, String> {
    let Judged { mark, proposed } = reader.judge(raw, categories)?;
    Ok(Read { message: message_of(raw)?, mark, proposed })
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
    if message.from.is_none() && message.header(FILE_LINE).next().is_some() {
        return wait(by_hand(&read.proposed));
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
    if read.proposed.is_empty() && message.notes.contains(&Note::ExpiringLink) {
        return wait(Note::ExpiringLink.to_string());
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

/// Why a file given by hand waits: nobody said whose it is, and perhaps it cannot be read.
fn by_hand(proposed: &[Proposed]) -> String {
    const WHOSE: &str = "这是直接读入的文件，没有发件人，请指定报送单位后收稿。";
    match proposed {
        [] => format!("没有找到可以作为稿件的文字。{WHOSE}"),
        [one] if one.body.trim().is_empty() => format!("{}{WHOSE}", one.doubts.join("")),
        [one] => format!("读出《{}》，约{}字。{WHOSE}", one.title, crate::report::words(&one.body)),
        several => format!("读出{}篇稿件。{WHOSE}", several.len()),
    }
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
pub(super) fn files_of(message: &Message, sources: &[&Proposed], this: &Proposed) -> Vec<NewFile> {
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
pub(super) fn new_items(read: &Read, unit: UnitId) -> Vec<NewItem> {
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
                contact: item.contact.clone().unwrap_or_else(|| contact.clone()),
                solicitation: None,
                files: files_of(&read.message, &sources, item),
                doubts,
            }
        })
        .collect()
}

/// What only the office's own tables can say of new items: which solicitation a number is (约稿), and whether a text names
/// another unit than the sender's.
pub(super) fn look_up(tx: &mut Tx, proposed: &[Proposed], unit: UnitId, news: &mut [NewItem]) -> Result<(), Problem> {
    let numbered = proposed.iter().any(|item| item.solicitation.is_some());
    let solicitations = if numbered { tx.list_solicitations()? } else { Vec::new() };
    let named = proposed.iter().any(|item| item.unit.is_some());
    let sender = if named { tx.find_unit(unit)?.map(|row| row.name) } else { None };
    for (item, new) in proposed.iter().zip(news) {
        if let Some(code) = &item.solicitation {
            match solicitations.iter().find(|row| row.code == *code) {
                Some(row) => new.solicitation = Some(row.id),
                None => new.doubts.push(format!("来稿注明答复{code}，没有这个编号的约稿，请核对。")),
            }
        }
        if let (Some(named), Some(sender)) = (&item.unit, &sender)
            && !named.contains(sender.as_str())
            && !sender.contains(named.as_str())
        {
            new.doubts.push(format!("文中写明报送单位是“{named}”，发件邮箱登记为“{sender}”，请核对。"));
        }
    }
    Ok(())
}

pub(super) fn categories_of(scheme: &Scheme) -> Vec<&str> {
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

/// A proposal from nowhere: every file belongs to it.
pub(super) fn nothing() -> Proposed {
    Proposed {
        title: String::new(),
        category: None,
        body: String::new(),
        authors: Vec::new(),
        unit: None,
        contact: None,
        solicitation: None,
        source: Source::Body,
        doubts: Vec::new(),
    }
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
            let mut news = new_items(read, unit);
            look_up(tx, &read.proposed, unit, &mut news)?;
            let entered =
                news.iter().map(|new| enter_item(tx, scheme, new, now, origin)).collect::<Result<Vec<_>, _>>()?;
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

impl App {
    /// Receives a file that came by another way than mail (直接读入的文件): it takes the way of a mail without a sender,
    /// so it waits until somebody says whose it is.
    pub fn receive_file(&self, source: &str, name: &str, bytes: &[u8]) -> Result<MailFate, Problem> {
        self.receive_mail(source, &as_message(name, bytes))
    }

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
        let read = read(&*self.reader, raw, &categories_of(&scheme));
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
}
