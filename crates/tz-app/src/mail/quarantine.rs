//! The quarantine (待处理, shown as 隔离邮件): what waits, why, and what an editor makes of it: items, parted and put together
//! as the editor says, or nothing (弃置).

use jiff::tz::offset;
use tz_model::{Channel, MailId, PostboxId, UnitId, shanghai_date};
use tz_read::Source;
use tz_read::sender::Evidence;
use tz_scheme::Scheme;
use tz_store::mail::{HeldFilter, MailRow, Settled};
use tz_store::{Tx, Write, moment};
use tz_text::secrecy::{Mark, Strength};

use super::audited;
use super::ledger::{Preview, record, settled};
use super::receiving::{
    Arrival, Read, categories_of, forged, look_up, mark_words, nothing, read, secret_reason, stored_text,
};
use crate::outgoing::{Answer, OutgoingKind, answer};
use crate::problem::all_right;
use crate::reading::STUMBLED;
use crate::report::{Entered, NewFile, NewItem, Origin, enter_item, has_category, mark_in, text_faults};
use crate::{App, Editor, FieldFault, Problem, scheme_on};

/// Why a message waits in quarantine, by kind (隔离原因).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The sender's address is registered for no unit (N3.1).
    Stranger,
    /// Nothing proves that a registered address really sent it.
    Unproven,
    /// Something speaks against the sender.
    Forged,
    /// A wording asks for a look, without being a mark of secrecy.
    Wording,
    /// What is an item in it cannot be told.
    Unsure,
    /// Nothing in it looks like an item.
    Nothing,
    /// It answers a receipt.
    Reply,
    /// A file read in by hand.
    File,
    /// Only its head was fetched.
    Large,
    /// It cannot be read.
    Unreadable,
    /// The program stumbled over it.
    Stumbled,
}

impl Hold {
    /// Every kind, in the order of the page.
    pub const ALL: [Self; 11] = [
        Self::Stranger,
        Self::Unproven,
        Self::Forged,
        Self::Wording,
        Self::Unsure,
        Self::Nothing,
        Self::Reply,
        Self::File,
        Self::Large,
        Self::Unreadable,
        Self::Stumbled,
    ];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Unproven => "unproven",
            Self::Forged => "forged",
            Self::Wording => "wording",
            Self::Unsure => "unsure",
            Self::Nothing => "nothing",
            Self::Reply => "reply",
            Self::File => "file",
            Self::Large => "large",
            Self::Unreadable => "unreadable",
            Self::Stumbled => "stumbled",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stranger => "发件人未登记",
            Self::Unproven => "未经核验",
            Self::Forged => "疑似冒名",
            Self::Wording => "字样待核",
            Self::Unsure => "稿件待核",
            Self::Nothing => "没有稿件",
            Self::Reply => "回复回执",
            Self::File => "直接读入",
            Self::Large => "邮件过大",
            Self::Unreadable => "无法识读",
            Self::Stumbled => "程序出错",
        }
    }

    /// The kind stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hold| hold.key() == key)
    }

    /// The kind of a message that could not be read, by what the reader said.
    pub(super) fn of_trouble(why: &str) -> Self {
        if why == STUMBLED { Self::Stumbled } else { Self::Unreadable }
    }
}

/// Reasons for putting a message aside that one key gives (弃置原因).
pub const DISCARD_REASONS: [&str; 5] =
    ["广告或垃圾邮件", "与政务信息无关", "重复来信", "经核实不是该单位发送", "单位已另行报送"];

/// One message in quarantine.
#[derive(Clone, Debug)]
pub struct HeldLine {
    /// The message.
    pub row: MailRow,
    /// Why it waits.
    pub hold: Hold,
    /// The unit its address is registered for, if any.
    pub unit: String,
}

/// The messages in quarantine.
#[derive(Clone, Debug)]
pub struct Quarantine {
    /// How many of each kind; kinds without messages are left out.
    pub counts: Vec<(Hold, i64)>,
    /// All of them.
    pub total: i64,
    /// The messages, newest first.
    pub lines: Vec<HeldLine>,
    /// There are older ones.
    pub more: bool,
}

/// What becomes of one document of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentAct {
    /// It is an item.
    #[default]
    Item,
    /// It goes as an attachment with the item that another document becomes, by its place.
    With(usize),
    /// It is a signed or stamped page, evidence of another document.
    Evidence(usize),
    /// It becomes nothing; the raw message keeps it.
    Leave,
}

/// What an editor says of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentWish {
    /// What becomes of it.
    pub act: DocumentAct,
    /// 标题
    pub title: String,
    /// 信息类别; empty: to be decided later.
    pub category: String,
    /// 正文
    pub body: String,
}

/// What becomes of a file that is no document: a picture, a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileUse {
    /// An attachment of every item.
    #[default]
    With,
    /// A signed or stamped page, evidence of every item.
    Evidence,
    /// It goes with none.
    Leave,
}

/// How a message in quarantine is to be received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiveWish {
    /// Whose it is.
    pub unit: Option<UnitId>,
    /// The sender's address is registered for the unit from now on (N3.1).
    pub register: bool,
    /// One for each document, in the order they were shown; none: every document becomes an item as it was read.
    pub documents: Vec<DocumentWish>,
    /// One for each loose file, in the order they were shown; those not named are attachments.
    pub files: Vec<FileUse>,
}

/// What came of receiving a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It became these items.
    Items(Vec<Entered>),
    /// It carries a mark of secrecy that was not seen when it came. It was refused and its content removed.
    Secret(String),
}

/// Whether a message carries a mark for which it is refused.
pub(super) fn has_strong_mark(read: &Read) -> bool {
    strong_mark(read).is_some()
}

pub(super) fn strong_mark(read: &Read) -> Option<&Mark> {
    read.mark.as_ref().filter(|mark| mark.strength == Strength::Strong)
}

const EVIDENCE: &str = "签字或盖章的凭据，不是稿件。";

/// One document of a message, with the file it stands in.
struct Document {
    proposed: tz_read::Proposed,
    /// Its place among the files, if it stands in one.
    file: Option<usize>,
}

/// The documents of a message that can become items, and its files. There is always one document: what cannot be read or
/// holds none is received as a whole.
pub(super) struct Documents {
    documents: Vec<Document>,
    files: Vec<NewFile>,
}

impl Documents {
    pub(super) fn of(row: &MailRow, raw: &[u8], read: &Result<Read, String>) -> Self {
        let read = match read {
            Ok(read) => read,
            Err(why) => {
                let title = row.subject.clone();
                let proposed = tz_read::Proposed { title, doubts: vec![why.clone()], ..nothing() };
                let whole = NewFile {
                    name: "原邮件.eml".to_owned(),
                    media_type: "message/rfc822".to_owned(),
                    bytes: raw.to_vec(),
                    note: String::new(),
                };
                return Self { documents: vec![Document { proposed, file: None }], files: vec![whole] };
            }
        };
        let attached: Vec<_> = read.message.attachments.iter().filter(|file| !file.inline).collect();
        let mut documents: Vec<Document> = read
            .proposed
            .iter()
            .map(|proposed| Document {
                file: match &proposed.source {
                    Source::Attachment { part, .. } => attached.iter().position(|file| file.part == *part),
                    Source::Body | Source::Forwarded { .. } => None,
                },
                proposed: proposed.clone(),
            })
            .collect();
        if documents.is_empty() {
            let proposed = tz_read::Proposed {
                title: read.message.subject.clone(),
                body: read.message.body_text.clone(),
                doubts: vec!["来信中没有识别出稿件，请对照原邮件整理。".to_owned()],
                ..nothing()
            };
            documents.push(Document { proposed, file: None });
        }
        let notes: Vec<String> = read.message.notes.iter().map(ToString::to_string).collect();
        for document in &mut documents {
            document.proposed.doubts.extend(notes.iter().cloned());
        }
        let file = |file: &&tz_read::Attachment| NewFile {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: file.bytes.clone(),
            note: file.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join(""),
        };
        Self { documents, files: attached.iter().map(file).collect() }
    }

    pub(super) fn previews(&self) -> Vec<Preview> {
        let name = |file: Option<usize>| {
            file.and_then(|at| self.files.get(at)).map(|file| file.name.clone()).unwrap_or_default()
        };
        self.documents
            .iter()
            .map(|document| Preview {
                title: document.proposed.title.clone(),
                category: document.proposed.category.clone().unwrap_or_default(),
                words: crate::report::words(&document.proposed.body),
                body: document.proposed.body.clone(),
                doubts: document.proposed.doubts.clone(),
                file: match &document.proposed.source {
                    Source::Attachment { name, .. } => name.clone(),
                    Source::Body | Source::Forwarded { .. } => name(document.file),
                },
            })
            .collect()
    }

    /// The places of the files that are no document.
    fn loose_places(&self) -> impl Iterator<Item = usize> {
        (0..self.files.len()).filter(|at| !self.documents.iter().any(|document| document.file == Some(*at)))
    }

    /// The files that are no document.
    pub(super) fn loose(&self) -> impl Iterator<Item = &NewFile> {
        self.loose_places().map(|at| &self.files[at])
    }

    /// Every document an item, as it was read.
    fn as_read(&self) -> Vec<DocumentWish> {
        self.documents
            .iter()
            .map(|document| DocumentWish {
                act: DocumentAct::Item,
                title: document.proposed.title.clone(),
                category: document.proposed.category.clone().unwrap_or_default(),
                body: document.proposed.body.clone(),
            })
            .collect()
    }

    /// A document as a file beside an item: its own, or its text as one.
    fn as_file(&self, at: usize) -> NewFile {
        let document = &self.documents[at];
        match document.file {
            Some(file) => self.files[file].clone(),
            None => NewFile {
                name: if document.proposed.title.is_empty() {
                    "来信正文.txt".to_owned()
                } else {
                    format!("{}.txt", document.proposed.title)
                },
                media_type: "text/plain; charset=utf-8".to_owned(),
                bytes: document.proposed.body.clone().into_bytes(),
                note: String::new(),
            },
        }
    }

    /// The files of the item that a document becomes: its own, those put with it, the loose ones; each once.
    fn files_with(&self, at: usize, wishes: &[DocumentWish], uses: &[FileUse]) -> Vec<NewFile> {
        let mut places: Vec<usize> = self.documents[at].file.into_iter().collect();
        let mut files: Vec<NewFile> = places.iter().map(|place| self.files[*place].clone()).collect();
        for (other, wish) in wishes.iter().enumerate() {
            let evidence = match wish.act {
                DocumentAct::With(to) if to == at => false,
                DocumentAct::Evidence(to) if to == at => true,
                DocumentAct::With(_) | DocumentAct::Evidence(_) | DocumentAct::Item | DocumentAct::Leave => continue,
            };
            let place = self.documents[other].file;
            if place.is_some_and(|place| places.contains(&place)) {
                continue;
            }
            places.extend(place);
            let mut file = self.as_file(other);
            if evidence {
                EVIDENCE.clone_into(&mut file.note);
            }
            files.push(file);
        }
        for (nth, place) in self.loose_places().enumerate() {
            let mut file = self.files[place].clone();
            match uses.get(nth).copied().unwrap_or_default() {
                FileUse::Leave => continue,
                FileUse::Evidence => EVIDENCE.clone_into(&mut file.note),
                FileUse::With => {}
            }
            files.push(file);
        }
        files
    }

    /// What is wrong with what an editor typed, every fault at its document.
    fn faults(&self, wishes: &[DocumentWish], scheme: &Scheme) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if !wishes.iter().any(|wish| wish.act == DocumentAct::Item) {
            faults.push(FieldFault::new("documents", "请至少把一份文档列为稿件。都不是稿件的，请在“弃置”中处理。"));
        }
        for (at, wish) in wishes.iter().enumerate() {
            let here = i64::try_from(at).unwrap_or(i64::MAX);
            match wish.act {
                DocumentAct::With(to) | DocumentAct::Evidence(to) => {
                    if to == at || wishes.get(to).is_none_or(|wish| wish.act != DocumentAct::Item) {
                        let sentence = "请选择另一份列为稿件的文档，作为它的附件或凭据。";
                        faults.push(FieldFault::new("to", sentence).of(here));
                    }
                }
                DocumentAct::Leave => {}
                DocumentAct::Item => {
                    if wish.title.trim().is_empty() {
                        faults.push(FieldFault::new("title", "请填写标题。").of(here));
                    }
                    if !wish.category.is_empty() && !has_category(scheme, &wish.category) {
                        faults.push(FieldFault::new("category", "请从列表中选择信息类别。").of(here));
                    }
                    let files = self.documents.get(at).and_then(|document| document.file);
                    let files = files.map(|file| vec![self.files[file].clone()]).unwrap_or_default();
                    faults.extend(text_faults(&wish.title, &wish.body, &files).into_iter().map(|fault| fault.of(here)));
                    let mark = mark_in(&wish.title, &wish.body, "");
                    if let Some(mark) = mark.filter(|mark| mark.strength == Strength::Strong) {
                        let what = mark_words(mark.pattern);
                        let sentence = format!("填写的内容带有密级标志（{what}）。本系统不得存储、处理国家秘密。");
                        faults.push(FieldFault::new("body", sentence).of(here));
                    }
                }
            }
        }
        faults
    }

    /// The new items, each with the proposal it came from.
    fn items(
        &self,
        row: &MailRow,
        unit: UnitId,
        wishes: &[DocumentWish],
        uses: &[FileUse],
    ) -> (Vec<tz_read::Proposed>, Vec<NewItem>) {
        let items =
            wishes.iter().zip(&self.documents).enumerate().filter(|(_, (wish, _))| wish.act == DocumentAct::Item);
        items
            .map(|(at, (wish, document))| {
                let read = &document.proposed;
                // What the editor has settled is no longer doubtful.
                let titled = !wish.title.trim().is_empty() && wish.title != read.title;
                let classed = !wish.category.is_empty();
                let settled =
                    |doubt: &str| (titled && doubt.contains("标题")) || (classed && doubt.contains("信息类别"));
                let new = NewItem {
                    units: vec![unit],
                    channel: Channel::Mail,
                    title: wish.title.clone(),
                    body: wish.body.clone(),
                    category: wish.category.clone(),
                    worry: wish.category == "问题建议",
                    authors: read.authors.join("、"),
                    contact: read.contact.clone().unwrap_or_else(|| row.sender.clone()),
                    solicitation: None,
                    files: self.files_with(at, wishes, uses),
                    doubts: read.doubts.iter().filter(|doubt| !settled(doubt)).cloned().collect(),
                };
                (read.clone(), new)
            })
            .unzip()
    }
}

/// How a message in quarantine came, for whoever looks at it again.
pub(super) struct Came {
    /// Over a postbox: it may be answered.
    pub(super) letter: bool,
    provider: String,
    signed_by: Vec<String>,
}

impl Came {
    pub(super) fn of(tx: &mut Tx, row: &MailRow) -> Result<Self, Problem> {
        let postbox = match tx.find_letter_of(MailId(row.id))? {
            Some(letter) => tx.find_postbox(PostboxId(letter.postbox_id))?,
            None => None,
        };
        Ok(Self {
            letter: postbox.is_some(),
            provider: postbox.map(|postbox| postbox.authserv_id).unwrap_or_default(),
            signed_by: row.signed_by.split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// The arrival as it was, but for its place, which is in the ledger of letters already.
    pub(super) fn arrival<'a>(&'a self, row: &'a MailRow, now: i64, waits: Option<String>) -> Arrival<'a> {
        Arrival {
            source: &row.source,
            at: row.received_at,
            entered_at: now,
            evidence: Evidence {
                provider: Some(self.provider.as_str()).filter(|name| !name.is_empty()),
                signed_by: &self.signed_by,
            },
            proof_needed: !self.provider.is_empty(),
            waits,
            letter: None,
        }
    }
}

/// Answers a message that was decided about later, as it would have been answered when it came: over a postbox only, and never
/// an address something speaks against, our own, or what no person wrote.
pub(super) fn answer_late(
    tx: &mut Write,
    kind: OutgoingKind,
    row: &MailRow,
    came: &Came,
    read: &Result<Read, String>,
    now: i64,
) -> Result<(), Problem> {
    let Ok(read) = read else { return Ok(()) };
    let message = &read.message;
    if !came.letter
        || message.auto.is_some()
        || row.held_as == Hold::Forged.key()
        || forged(message, &came.arrival(row, now, None))
        || tx.is_own_address(&row.sender)?
    {
        return Ok(());
    }
    let registered = tx.find_mailbox(&row.sender)?.is_some();
    answer(tx, now, Answer { kind, mail: row.id, address: &row.sender, registered })
}

/// Enters the items of a message in quarantine and gives it its fate; the receipt follows.
#[expect(
    clippy::too_many_arguments,
    reason = "what was gathered, what was decided and by whom are all needed to record it"
)]
pub(super) fn enter_items(
    tx: &mut Write,
    scheme: &Scheme,
    row: &MailRow,
    came: &Came,
    read: &Result<Read, String>,
    unit: UnitId,
    mut news: (Vec<tz_read::Proposed>, Vec<NewItem>),
    reason: impl FnOnce(&str) -> String,
    by: Option<i64>,
    now: i64,
) -> Result<Vec<Entered>, Problem> {
    let id = MailId(row.id);
    look_up(tx, &news.0, unit, &mut news.1)?;
    let origin = Origin { mail: Some(id), ..Origin::default() };
    let entered =
        news.1.iter().map(|new| enter_item(tx, scheme, new, row.received_at, origin)).collect::<Result<Vec<_>, _>>()?;
    let numbers = entered.iter().map(|item| item.number.as_str()).collect::<Vec<_>>().join("、");
    let reason = reason(&numbers);
    let decided = Settled { fate: "item", reason: &reason, unit: Some(unit.0), at: now, by };
    if !tx.settle_mail(id, decided)? {
        return Err(settled(row));
    }
    answer_late(tx, OutgoingKind::Receipt, row, came, read, now)?;
    Ok(entered)
}

/// Refuses a message whose mark of secrecy was not seen when it came: its content goes.
pub(super) fn refuse_secret(
    tx: &mut Write,
    row: &MailRow,
    came: &Came,
    read: &Result<Read, String>,
    mark: &Mark,
    now: i64,
) -> Result<String, Problem> {
    let reason = secret_reason(mark);
    if !tx.purge_mail(MailId(row.id), &reason, now)? {
        return Err(settled(row));
    }
    audited(
        tx,
        now,
        "涉密拒收",
        &row.sha256,
        &format!("密级标志：{}；原件已从隔离邮件中删除", mark_words(mark.pattern)),
    )?;
    answer_late(tx, OutgoingKind::SecretRefused, row, came, read, now)?;
    Ok(reason)
}

/// Registers the sender's address of a message for a unit.
fn register(tx: &mut Write, who: &Editor, row: &MailRow, unit: UnitId, name: &str, now: i64) -> Result<(), Problem> {
    if row.held_as == Hold::Forged.key() {
        return Err(Problem::field("register", "这封来信疑似冒名，不能据此登记邮箱。请由单位在“登记邮箱”中申请。"));
    }
    if !row.sender.contains('@') || tx.is_own_address(&row.sender)? {
        return Err(Problem::field("register", "这封来信没有可以登记的发件地址。请不勾选登记。"));
    }
    match tx.find_mailbox(&row.sender)? {
        None => {
            tx.insert_mailbox(unit, &row.sender, now)?;
            record(tx, who, now, "登记邮箱", MailId(row.id), &format!("{}：{name}", row.sender))
        }
        Some(held) if held.unit_id == unit.0 => Ok(()),
        Some(_) => {
            Err(Problem::field("register", "这个邮箱已登记在另一个单位名下。请先在“队伍”中更正登记，或不勾选登记。"))
        }
    }
}

/// A message that waits, or why it does not.
pub(super) fn waiting(tx: &mut Tx, id: MailId) -> Result<MailRow, Problem> {
    let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
    if row.fate == "quarantine" { Ok(row) } else { Err(settled(&row)) }
}

impl App {
    /// The messages in quarantine (隔离邮件) of a kind or all, fifty from before `before` on.
    pub fn quarantine(&self, _who: &Editor, kind: Option<Hold>, before: Option<MailId>) -> Result<Quarantine, Problem> {
        let mut tx = self.read()?;
        let held = tx.count_held()?;
        let units = tx.list_unit_names()?;
        let mut rows = tx.list_held(HeldFilter { kind: kind.map(Hold::key), before, limit: 51 })?;
        let more = rows.len() > 50;
        rows.truncate(50);
        let count = |hold: Hold| held.iter().find(|(key, _)| key == hold.key()).map_or(0, |(_, count)| *count);
        Ok(Quarantine {
            counts: Hold::ALL.into_iter().map(|hold| (hold, count(hold))).filter(|(_, count)| *count > 0).collect(),
            total: held.iter().map(|(_, count)| count).sum(),
            lines: rows
                .into_iter()
                .map(|row| HeldLine {
                    hold: Hold::of_key(&row.held_as).unwrap_or(Hold::Unsure),
                    unit: row.unit_id.and_then(|unit| units.get(unit)).unwrap_or_default().to_owned(),
                    row,
                })
                .collect(),
            more,
        })
    }

    /// When today began.
    pub(super) fn day_begins(&self) -> i64 {
        offset(8).to_timestamp(self.today().at(0, 0, 0, 0)).map_or(i64::MAX, jiff::Timestamp::as_microsecond)
    }

    /// Says which unit a message in quarantine is from (指定单位): every text found in it becomes an item as it was read.
    pub fn assign_quarantined(
        &self,
        who: &Editor,
        id: MailId,
        unit: UnitId,
        register_sender: bool,
    ) -> Result<Vec<Entered>, Problem> {
        let wish = ReceiveWish { unit: Some(unit), register: register_sender, ..ReceiveWish::default() };
        match self.receive_quarantined(who, id, &wish)? {
            Received::Items(items) => Ok(items),
            Received::Secret(why) => Err(Problem::Refused(why)),
        }
    }

    /// Receives a message in quarantine as an editor says (收稿): whose it is, which documents are items and how they read. The
    /// items count as received when the message was (R1, R5).
    pub fn receive_quarantined(&self, who: &Editor, id: MailId, wish: &ReceiveWish) -> Result<Received, Problem> {
        let now = self.micros();
        let mut tx = self.read()?;
        let row = waiting(&mut tx, id)?;
        let content = row.content_id.ok_or(Problem::NotThere)?;
        let raw = tx.content(content)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        drop(tx);
        // Read before anybody is kept waiting: a hostile message may cost its reader seconds.
        let read = read(&*self.reader, &raw, &categories_of(&scheme));
        let documents = Documents::of(&row, &raw, &read);
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        if row.content_id != Some(content) {
            return Err(overtaken());
        }
        let came = Came::of(&mut tx, &row)?;
        if let Some(mark) = read.as_ref().ok().and_then(strong_mark) {
            let why = refuse_secret(&mut tx, &row, &came, &read, mark, now)?;
            tx.commit()?;
            return Ok(Received::Secret(why));
        }
        let unit = match wish.unit {
            Some(unit) => tx.find_unit(unit)?.map(|row| (unit, row.name)),
            None => None,
        };
        let as_read = wish.documents.is_empty();
        let wishes = if as_read { documents.as_read() } else { wish.documents.clone() };
        if wishes.len() != documents.documents.len() {
            return Err(overtaken());
        }
        let mut faults = if as_read { Vec::new() } else { documents.faults(&wishes, &scheme) };
        if unit.is_none() {
            faults.push(FieldFault::new("unit", "请选择报送单位，再点“收稿”。"));
        }
        all_right(faults)?;
        let (unit, name) = unit.expect("a missing unit was a fault above");
        let news = documents.items(&row, unit, &wishes, &wish.files);
        if wish.register && !row.sender.is_empty() {
            register(&mut tx, who, &row, unit, &name, now)?;
        }
        let reason = |numbers: &str| format!("由{}核定为{name}来信，收为稿件{numbers}", who.name);
        let by = Some(who.account.0);
        let entered = enter_items(&mut tx, &scheme, &row, &came, &read, unit, news, reason, by, now)?;
        let numbers = entered.iter().map(|item| item.number.as_str()).collect::<Vec<_>>().join("、");
        record(&mut tx, who, now, "指定来信单位", id, &format!("{name}；{numbers}"))?;
        tx.commit()?;
        Ok(Received::Items(entered))
    }

    /// Registers the sender of a message in quarantine for a unit (登记邮箱, N3.1), without receiving it yet.
    pub fn register_sender(&self, who: &Editor, id: MailId, unit: Option<UnitId>) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        let unit = match unit {
            Some(unit) => tx.find_unit(unit)?.map(|row| (unit, row.name)),
            None => None,
        };
        let Some((unit, name)) = unit else { return Err(Problem::field("owner", "请选择邮箱所属的单位。")) };
        register(&mut tx, who, &row, unit, &name, now)?;
        tx.commit()?;
        Ok(name)
    }

    /// Puts a message in quarantine aside (弃置) with a reason. It stays in the ledger.
    pub fn discard_quarantined(&self, who: &Editor, id: MailId, reason: &str) -> Result<(), Problem> {
        let reason = stored_text(reason.trim());
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(Problem::field("reason", "请写明弃置的原因，不超过500字。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        let by = Some(who.account.0);
        let decided = Settled { fate: "discarded", reason: &reason, unit: row.unit_id, at: now, by };
        if !tx.settle_mail(id, decided)? {
            return Err(settled(&row));
        }
        record(&mut tx, who, now, "弃置来信", id, &reason)?;
        tx.commit()?;
        Ok(())
    }

    /// Takes a discard of today back (撤销弃置): the message waits again for the reason it waited for.
    pub fn undo_discard(&self, who: &Editor, id: MailId) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        if !tx.unsettle_mail(id, self.day_begins())? {
            return Err(Problem::Refused(if row.fate == "discarded" {
                "这封来信不是今天弃置的，不能撤销。需要时请下载原邮件，由编辑补录。".to_owned()
            } else {
                "这封来信现在不是“已弃置”，不需要撤销。请刷新页面查看。".to_owned()
            }));
        }
        record(&mut tx, who, now, "撤销弃置来信", id, &row.reason)?;
        tx.commit()?;
        Ok(())
    }
}

pub(super) fn overtaken() -> Problem {
    Problem::Refused("您打开此页后，这封来信的内容或识读结果有了变化。请刷新页面，核对后再收稿。".to_owned())
}
