//! A message comes in: read under a budget, entered with its one fate. What it is worth is decided by [`decide`] from what was
//! read, without I/O. A file of a message and a letter of a postbox come in by the same way, [`App::receive`].

use jiff::Timestamp;
use jiff::civil::Date;
use tz_model::{Channel, MailId, UnitId, shanghai_date};
use tz_read::sender::{Evidence, Standing, standing};
use tz_read::{AutoKind, FILE_LINE, Message, Note, Proposed, Source, as_message};
use tz_scheme::Scheme;
use tz_store::content::sha256;
use tz_store::mail::MailRow;
use tz_store::postbox::{LetterKey, PostboxRow};
use tz_store::{Tx, Write, moment};
use tz_text::secrecy::{Mark, Pattern, Place, Strength, Wordings};

use super::quarantine::Hold;
use super::{MailFate, audited};
use crate::outgoing::{Answer, OutgoingKind, answer};
use crate::postbox::Taken;
use crate::reading::{Judged, OfficeWords, Reader, message_of};
use crate::report::{NewFile, NewItem, Origin, enter_item};
use crate::solicitation::topic_named;
use crate::system::wordings;
use crate::{App, Problem, scheme_on};

/// Raw bytes of an unreadable message that are searched for a mark all the same.
const LOOK: usize = 1 << 20;

/// What is known of a message before it is decided about.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) arrival: &'a Arrival<'a>,
    /// The unit its sender's address is registered for (N3.1).
    pub(super) unit: Option<UnitId>,
    /// Its sender is the office itself.
    pub(super) own: bool,
    /// It answers mail of ours.
    pub(super) reply: bool,
}

/// What was read of a message.
pub(super) struct Read {
    pub(super) message: Message,
    pub(super) mark: Option<Mark>,
    pub(super) proposed: Vec<Proposed>,
}

/// Reads a message, or says why it cannot be read. The reader goes first: only what it survives is read here.
pub(super) fn read(reader: &dyn Reader, raw: &[u8], scheme: &Scheme, wordings: &Wordings) -> Result<Read, String> {
    let Judged { mark, proposed } = reader.judge(raw, OfficeWords { categories: &categories_of(scheme), wordings })?;
    Ok(Read { message: message_of(raw)?, mark, proposed })
}

/// What the rules say of a message before anything is stored.
pub(super) enum Decision {
    Secret(Mark),
    Automatic(String),
    Quarantine(Hold, String),
    Items(UnitId),
}

/// Decides about a message that could be read.
pub(super) fn decide(read: &Read, known: Known<'_>) -> Decision {
    let message = &read.message;
    if let Some(mark) = read.mark.as_ref().filter(|mark| mark.strength == Strength::Strong) {
        return Decision::Secret(mark.clone());
    }
    let wait = Decision::Quarantine;
    if let Some(why) = &known.arrival.waits {
        return wait(Hold::Large, why.clone());
    }
    match message.auto {
        Some(AutoKind::MailingList) if known.unit.is_some() => {}
        Some(kind) => return Decision::Automatic(format!("{kind}，不收稿，也不回复。")),
        None => {}
    }
    if known.own {
        return Decision::Automatic("本机关自己的邮箱发出的邮件，不收稿，也不回复。".to_owned());
    }
    if message.from.is_none() && message.header(FILE_LINE).next().is_some() {
        return wait(Hold::File, by_hand(&read.proposed));
    }
    let standing = standing(message, &known.arrival.evidence);
    if let Standing::Forged(why) = standing {
        return wait(Hold::Forged, why.to_string());
    }
    if doubted(message) && !matches!(standing, Standing::Proven(_)) {
        return wait(
            Hold::Forged,
            "发件人没有通过邮件服务商的身份核验，可能是冒名发送。请与该单位电话核实。".to_owned(),
        );
    }
    let address = message.from.as_ref().map(|from| from.address.as_str()).unwrap_or_default();
    let Some(unit) = known.unit else {
        return wait(
            Hold::Stranger,
            format!("发件地址 {address} 没有登记。核实是哪个单位后可指定单位收稿，并可登记该邮箱。"),
        );
    };
    if known.arrival.proof_needed && standing == Standing::Unproven {
        return wait(
            Hold::Unproven,
            format!("发件地址 {address} 已登记，但没有核验结果能证明确实是它发出的。请与该单位核实后收稿。"),
        );
    }
    if let Some(mark) = &read.mark {
        return wait(Hold::Wording, format!("见“{}”字样，请核对是否适合在本系统处理。", mark.found));
    }
    for note in [Note::PartialMessage, Note::Encrypted] {
        if message.notes.contains(&note) {
            return wait(Hold::Unreadable, note.to_string());
        }
    }
    if known.reply && message.attachments.iter().all(|file| file.inline) {
        return wait(Hold::Reply, "这是对系统回执的回复，没有附件，请看过内容再决定是否收稿。".to_owned());
    }
    if read.proposed.is_empty() && message.notes.contains(&Note::ExpiringLink) {
        return wait(Hold::Nothing, Note::ExpiringLink.to_string());
    }
    if read.proposed.is_empty() {
        return wait(Hold::Nothing, "没有找到可以作为稿件的正文或附件。".to_owned());
    }
    // An item of nothing but a file that nobody could read would pass for received: a person looks at the file first.
    if let [one] = &*read.proposed
        && one.body.trim().is_empty()
    {
        return wait(Hold::Unreadable, format!("{}请打开原邮件，把正文填入后收稿。", one.doubts.join("")));
    }
    let unsure = read.proposed.iter().filter(|item| item.title.is_empty() || item.body.trim().is_empty()).count();
    if read.proposed.len() > 1 && unsure > 0 {
        return wait(
            Hold::Unsure,
            format!("来信像有{}篇稿件，其中{unsure}篇的标题或正文不能确定，请核对后收稿。", read.proposed.len()),
        );
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

/// Whether anybody on the way doubted the sender. What speaks for one is believed from our own provider only, what speaks
/// against one from everybody.
fn doubted(message: &Message) -> bool {
    let Some(line) = message.header("Authentication-Results").next() else { return false };
    let line = line.to_ascii_lowercase();
    let says = |what: &str| line.contains(what);
    says("dmarc=fail") || (says("spf=fail") && !says("dkim=pass"))
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
                topic: None,
                files: files_of(&read.message, &sources, item),
                doubts,
            }
        })
        .collect()
}

/// What only the office's own tables can say of new items: which solicitation a number is (约稿), which topic (报送要点), and whether
/// a text names another unit than the sender's.
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
        if let Some(code) = &item.topic {
            match topic_named(tx, code)? {
                Ok(topic) => new.topic = Some(topic),
                Err(doubt) => new.doubts.push(doubt),
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
        topic: None,
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
        held_as: String::new(),
        held_why: String::new(),
        tries: 0,
        signed_by: String::new(),
        head_sha256: None,
    }
}

/// The same bytes again: a row of its own, with what the first one's row says and nothing more. It is not answered: the first
/// one was.
fn enter_repeat(
    tx: &mut Write,
    arrival: &Arrival<'_>,
    hash: &str,
    first: &MailRow,
) -> Result<(MailId, MailFate), Problem> {
    let original = first.same_as.unwrap_or(first.id);
    let fate = MailFate::Repeat;
    let id = tx.insert_mail(MailRow {
        message_id: first.message_id.clone(),
        content_id: first.content_id,
        sender: first.sender.clone(),
        subject: first.subject.clone(),
        fate: fate.key().to_owned(),
        reason: format!("与第{original}号来信完全相同，没有再次收稿。"),
        unit_id: first.unit_id,
        same_as: Some(original),
        ..empty_row(arrival.source, hash, arrival.at)
    })?;
    Ok((id, fate))
}

/// Enters a message of which nothing is known yet, with its one fate.
fn enter_message(
    tx: &mut Write,
    scheme: &Scheme,
    arrival: &Arrival<'_>,
    raw: &[u8],
    hash: &str,
    read: &Result<Read, String>,
) -> Result<(MailId, MailFate), Problem> {
    let row =
        MailRow { signed_by: arrival.evidence.signed_by.join(" "), ..empty_row(arrival.source, hash, arrival.at) };
    let held = |hold: Hold, why: &str| (hold.key().to_owned(), why.to_owned());
    let read = match read {
        Ok(read) => read,
        Err(why) => {
            let text = String::from_utf8_lossy(&raw[..raw.len().min(LOOK)]);
            let mark = tz_text::secrecy::find_mark([(Place::Body, text.as_ref())]);
            if let Some(mark) = mark.filter(|mark| mark.strength == Strength::Strong) {
                return enter_secret(tx, row, &mark, arrival.entered_at);
            }
            let content_id = Some(tx.put_hashed(raw, hash)?);
            let (hold, why) = match &arrival.waits {
                Some(waits) => (Hold::Large, waits),
                None => (Hold::of_trouble(why), why),
            };
            let fate = MailFate::Quarantine(why.clone());
            let (held_as, held_why) = held(hold, why);
            let tries = i64::from(hold == Hold::Stumbled);
            let (reason, fate_key) = (fate.reason(), fate.key().to_owned());
            let id = tx.insert_mail(MailRow { content_id, fate: fate_key, reason, held_as, held_why, tries, ..row })?;
            return Ok((id, fate));
        }
    };
    let message = &read.message;
    let address = message.from.as_ref().map(|from| from.address.clone()).unwrap_or_default();
    let unit = tx.find_mailbox(&address)?.map(|mailbox| UnitId(mailbox.unit_id));
    let row = MailRow { sender: address.replace('\0', "").chars().take(320).collect(), ..row };
    let own = arrival.letter.is_some() && tx.is_own_address(&address)?;
    let decision = decide(read, Known { arrival, unit, own, reply: answers_ours(tx, message)? });
    let reply =
        |kind: OutgoingKind, mail: MailId| Answer { kind, mail: mail.0, address: &address, registered: unit.is_some() };
    // What was sent in another's name must not bring them a letter, nor what no person wrote.
    let answered = arrival.letter.is_some() && !own && message.auto.is_none() && !forged(message, arrival);
    if let Decision::Secret(mark) = &decision {
        let row = MailRow { unit_id: unit.map(|unit| unit.0), ..row };
        let (id, fate) = enter_secret(tx, row, mark, arrival.entered_at)?;
        if answered {
            answer(tx, arrival.entered_at, reply(OutgoingKind::SecretRefused, id))?;
        }
        return Ok((id, fate));
    }
    let row = MailRow {
        message_id: message.message_id.as_deref().map(stored_text),
        content_id: Some(tx.put_hashed(raw, hash)?),
        subject: stored_text(&message.subject),
        unit_id: unit.map(|unit| unit.0),
        ..row
    };
    match decision {
        Decision::Secret(mark) => enter_secret(tx, row, &mark, arrival.entered_at),
        Decision::Automatic(why) => {
            let fate = MailFate::Automatic(why);
            let id = tx.insert_mail(MailRow { fate: fate.key().to_owned(), reason: fate.reason(), ..row })?;
            Ok((id, fate))
        }
        Decision::Quarantine(hold, why) => {
            let (held_as, held_why) = held(hold, &why);
            let fate = MailFate::Quarantine(why);
            let (reason, fate_key) = (fate.reason(), fate.key().to_owned());
            let id = tx.insert_mail(MailRow { fate: fate_key, reason, held_as, held_why, ..row })?;
            if answered && unit.is_none() {
                answer(tx, arrival.entered_at, reply(OutgoingKind::Stranger, id))?;
            }
            Ok((id, fate))
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
            let entered = news
                .iter()
                .map(|new| enter_item(tx, scheme, new, arrival.at, origin))
                .collect::<Result<Vec<_>, _>>()?;
            let fate = MailFate::Items(entered);
            audited(tx, arrival.entered_at, "来信收稿", &format!("来信{id}"), &fate.reason())?;
            // A list may bring a unit's item; the receipt goes to the unit.
            if arrival.letter.is_some() {
                answer(tx, arrival.entered_at, reply(OutgoingKind::Receipt, id))?;
            }
            Ok((id, fate))
        }
    }
}

/// Whether something speaks against the sender.
pub(super) fn forged(message: &Message, arrival: &Arrival<'_>) -> bool {
    doubted(message) || matches!(standing(message, &arrival.evidence), Standing::Forged(_))
}

/// Whether a message answers mail of ours.
pub(super) fn answers_ours(tx: &mut Write, message: &Message) -> Result<bool, Problem> {
    let ids = ["In-Reply-To", "References"].into_iter().flat_map(|name| message.header(name));
    for id in ids.flat_map(|line| line.split_whitespace()).take(50) {
        let id = id.trim_matches(['<', '>']);
        if crate::outgoing::is_our_name(id) && tx.find_outgoing_named(id)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
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

/// What the ledger says of a message with a mark of secrecy.
pub(super) fn secret_reason(mark: &Mark) -> String {
    format!(
        "带有密级标志（{}），没有接收，内容未保存。邮箱中的原件请按保密规定处理，并请单位改由专人携带存储设备报送。",
        mark_words(mark.pattern)
    )
}

/// Nothing of the content is kept: no subject, no bytes, no Message-ID; only time, sender, hash and mark (N3.1).
fn enter_secret(tx: &mut Write, row: MailRow, mark: &Mark, now: i64) -> Result<(MailId, MailFate), Problem> {
    let fate = MailFate::Secret(secret_reason(mark));
    let object = row.sha256.clone();
    let id = tx.insert_mail(MailRow {
        message_id: None,
        content_id: None,
        subject: String::new(),
        fate: fate.key().to_owned(),
        reason: fate.reason(),
        ..row
    })?;
    audited(tx, now, "涉密拒收", &object, &format!("密级标志：{}", mark_words(mark.pattern)))?;
    Ok((id, fate))
}

/// Where a message came from, and when.
pub(super) struct Arrival<'a> {
    /// A file's name, or a postbox and the letter's number there.
    pub(super) source: &'a str,
    /// When it counts as received (R1).
    pub(super) at: i64,
    /// When it is entered.
    pub(super) entered_at: i64,
    /// What is known of its sender beside its own words.
    pub(super) evidence: Evidence<'a>,
    /// A sender for whom nothing speaks waits for a person (未验证), be the address registered or not.
    pub(super) proof_needed: bool,
    /// Why it waits for a person whatever it says.
    pub(super) waits: Option<String>,
    /// Its place in a postbox, with its size and arrival as the mail server has them.
    pub(super) letter: Option<(LetterKey<'a>, Option<i64>, Option<i64>)>,
}

/// A letter that a postbox brought (收信邮箱来信).
#[derive(Clone, Copy, Debug)]
pub struct PostboxLetter<'a> {
    /// Its place: postbox, folder, UIDVALIDITY, UID.
    pub key: LetterKey<'a>,
    /// Bytes, as the mail server counts them.
    pub size: Option<u64>,
    /// When the mail server received it.
    pub arrived: Option<Timestamp>,
    /// Its bytes.
    pub raw: &'a [u8],
    /// `raw` is only its head: the letter is larger than may be fetched.
    pub head_only: bool,
    /// The domains whose signature over it was found valid.
    pub signed_by: &'a [String],
}

/// Where a letter came from, as the ledger of messages says it.
fn source_of(postbox: &PostboxRow, key: LetterKey<'_>) -> String {
    if postbox.folder == key.folder.name {
        format!("收信邮箱“{}”第{}号", postbox.name, key.uid)
    } else {
        format!("收信邮箱“{}”文件夹“{}”第{}号", postbox.name, key.folder.name, key.uid)
    }
}

/// A text of a message as it is stored.
pub(crate) fn stored_text(text: &str) -> String {
    text.replace('\0', "").chars().take(1000).collect()
}

/// What the ledgers know of a message before it is read.
enum Before {
    /// The letter is in the ledger.
    Known,
    /// The letter is this message, which no other letter is.
    Same(MailRow),
    /// Its bytes are here as another message.
    Repeats(MailRow),
    /// Nothing.
    New,
}

/// Looks a message up by its place, then by its bytes; by its Message-ID never: anybody can write one.
fn before(tx: &mut Tx, arrival: &Arrival<'_>, hash: &str) -> Result<Before, Problem> {
    if let Some((key, _, _)) = arrival.letter {
        if tx.find_letter(key)?.is_some() {
            return Ok(Before::Known);
        }
        if let Some(same) = tx.find_unclaimed_mail(key.folder, hash)? {
            return Ok(Before::Same(same));
        }
    }
    Ok(tx.find_mail_by_hash(hash)?.map_or(Before::New, Before::Repeats))
}

impl App {
    /// Receives a file that came by another way than mail (直接读入的文件): it takes the way of a mail without a sender,
    /// so it waits until somebody says whose it is.
    pub fn receive_file(&self, source: &str, name: &str, bytes: &[u8]) -> Result<MailFate, Problem> {
        self.receive_mail(source, &as_message(name, bytes))
    }

    /// Receives a message (来信) from a source (a file's name), in one transaction with one fate.
    ///
    /// It counts as received now, whatever its Date line says (R1). A failure of the database leaves no trace: the
    /// message can be received again.
    pub fn receive_mail(&self, source: &str, raw: &[u8]) -> Result<MailFate, Problem> {
        let now = self.micros();
        let arrival = Arrival {
            source,
            at: now,
            entered_at: now,
            evidence: Evidence::default(),
            proof_needed: false,
            waits: None,
            letter: None,
        };
        match self.receive(&arrival, raw)? {
            Taken::Entered(fate) => Ok(fate),
            Taken::Recognised(_) | Taken::Known => unreachable!("only letters have a place to be known by"),
        }
    }

    /// Receives a letter (来信) of a postbox, in one transaction with its row in the ledger of letters; by the table of
    /// `docs/mail-identity.md`. However often the same letter is brought, it is one message.
    ///
    /// It counts as received when the mail server received it (R1), whatever its Date line says and however long the
    /// way to us was closed.
    pub fn receive_letter(&self, letter: &PostboxLetter<'_>) -> Result<Taken, Problem> {
        let mut tx = self.read()?;
        let postbox = tx.find_postbox(letter.key.folder.postbox)?.ok_or(Problem::NotThere)?;
        drop(tx);
        let since = postbox.start_from.parse().unwrap_or(Date::MIN);
        let size = letter.size.and_then(|size| i64::try_from(size).ok());
        let megabytes = || format!("{:.1}", letter.size.unwrap_or(0) as f64 / f64::from(1 << 20));
        let waits = letter.head_only.then(|| {
            format!("这封来信有{}MB，超过收信的限度，只收了信头。请在网页邮箱中导出原件（.eml），打开这封来信，用“补上原件”上传。", megabytes())
        });
        let arrival = Arrival {
            source: &source_of(&postbox, letter.key),
            at: self.received_at(since, letter.arrived),
            entered_at: self.micros(),
            evidence: Evidence {
                provider: Some(postbox.authserv_id.as_str()).filter(|name| !name.is_empty()),
                signed_by: letter.signed_by,
            },
            proof_needed: !postbox.authserv_id.is_empty(),
            waits,
            letter: Some((letter.key, size, letter.arrived.map(Timestamp::as_microsecond))),
        };
        match self.receive(&arrival, letter.raw) {
            // Another server on the same database was faster: its transaction stands.
            Err(Problem::Failed(failure)) if failure.is_taken() => match self.read()?.find_letter(letter.key)? {
                Some(_) => Ok(Taken::Known),
                None => Err(failure.into()),
            },
            taken => taken,
        }
    }

    /// The one way in.
    fn receive(&self, arrival: &Arrival<'_>, raw: &[u8]) -> Result<Taken, Problem> {
        let hash = sha256(raw);
        let mut tx = self.read()?;
        let known = before(&mut tx, arrival, &hash)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(arrival.at)))?;
        let wordings = wordings(&mut tx)?;
        drop(tx);
        let read = match known {
            Before::Known => return Ok(Taken::Known),
            Before::New => Some(read(&*self.reader, raw, &scheme, &wordings)),
            Before::Same(_) | Before::Repeats(_) => None,
        };
        let mut tx = self.write()?;
        // Another door may have brought the same bytes while this one was reading.
        let (id, taken) = match before(&mut tx, arrival, &hash)? {
            Before::Known => return Ok(Taken::Known),
            Before::Same(same) => (MailId(same.id), Taken::Recognised(MailId(same.id))),
            Before::Repeats(first) => {
                let (id, fate) = enter_repeat(&mut tx, arrival, &hash, &first)?;
                (id, Taken::Entered(fate))
            }
            Before::New => {
                // Messages do not leave the ledger; one that did between two looks is read after all.
                let read = read.unwrap_or_else(|| self::read(&*self.reader, raw, &scheme, &wordings));
                let (id, fate) = enter_message(&mut tx, &scheme, arrival, raw, &hash, &read)?;
                (id, Taken::Entered(fate))
            }
        };
        if let Some((key, size, arrived_at)) = arrival.letter {
            tx.insert_letter(key, id, size, arrived_at, arrival.entered_at)?;
        }
        tx.commit()?;
        Ok(taken)
    }
}
