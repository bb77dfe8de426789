//! The room 报送: a unit sends items, sees what became of each, and how far its quota has come.
//!
//! [`enter_item`] is the one way an item comes in, whatever the door: web, mail, 补录 or the demonstration. It gives the
//! number, the first version, the report in the ledger, and the warnings both sides see.

use jiff::civil::Date;
use tz_assess::quota_state;
use tz_model::{Channel, ItemId, MailId, Revision, Table, UnitId, shanghai_date};
use tz_read::{Attachment, Budget, Documents, FileKind, Mailbox, Message, find_mark, read_document};
use tz_scheme::Scheme;
use tz_store::audit::Act;
use tz_store::directory::UnitVersionRow;
use tz_store::item::{AttachmentRow, EventRow, ItemFilter, ItemRow, VersionRow};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::{Tx, Write, moment};
use tz_text::secrecy::{Mark, Strength};

use crate::facts::{facts_from_rows, report_fact, revoke};
use crate::mail::mark_words;
use crate::problem::all_right;
use crate::{App, FieldFault, Person, Problem, Reporter, scheme_on};

/// The category of what names none the scheme knows.
const OTHER: &str = "其他";
/// The title of what has none.
const UNTITLED: &str = "（未见标题）";
/// The longest title, in characters.
const TITLE: usize = 200;
/// The fields of a form as they were typed, in the order of the form.
pub type TypedFields = Vec<(String, String)>;

/// The longest text, in characters.
const BODY: usize = 100_000;
/// How long an unanswered solicitation is still offered for answering, in days after its deadline.
const STILL_OFFERED: i64 = 62;
/// The same, for what a person reads when a mark of secrecy was found (N3.1).
const SECRET: &str = "带有密级标志，没有接收，内容未保存。涉密信息请由专人携带存储设备报送，不得通过本系统或邮件报送；并请删除本机上的草稿。";

/// A file that comes with an item (附件).
#[derive(Clone, Debug, Default)]
pub struct NewFile {
    /// Its name as received.
    pub name: String,
    /// Its media type as declared; only ever stored.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What an editor should know of it.
    pub note: String,
}

/// An item as it arrives through any door (稿件).
#[derive(Clone, Debug, Default)]
pub struct NewItem {
    /// Whose it is, the sender first; each is credited in full (R11).
    pub units: Vec<UnitId>,
    /// How it came.
    pub channel: Channel,
    /// Title; may be missing.
    pub title: String,
    /// Text; paragraphs parted by line ends.
    pub body: String,
    /// 信息类别, as named; an unknown one becomes 其他 with a doubt.
    pub category: String,
    /// 忧: a problem, not good news (N3.2).
    pub worry: bool,
    /// 撰稿人
    pub authors: String,
    /// How to reach them.
    pub contact: String,
    /// The solicitation it answers.
    pub solicitation: Option<i64>,
    /// Files.
    pub files: Vec<NewFile>,
    /// What the door was not sure of, in sentences.
    pub doubts: Vec<String>,
}

/// Where an item came from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Origin<'a> {
    /// The account that sent or entered it.
    pub by: Option<i64>,
    /// The message it came in.
    pub mail: Option<MailId>,
    /// The form's own key, so that sending twice is sending once.
    pub key: Option<&'a str>,
}

/// An item that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// Its identity.
    pub id: ItemId,
    /// Its number (`2018-0613-04`), as the receipt names it.
    pub number: String,
    /// Its title as entered.
    pub title: String,
    /// What the sender and the editor are told; none of it stops the item.
    pub warnings: Vec<String>,
    /// The number of the item it repeats: then it does not count (R5).
    pub repeats: Option<String>,
    /// The same form had been sent before; nothing was entered this time.
    pub again: bool,
}

/// What a state is called (状态).
pub fn state_name(state: &str) -> &'static str {
    match state {
        "received" => "待处理",
        "editing" => "编辑中",
        "returned" => "已退回",
        "declined" => "不采用",
        "held" => "留存备用",
        "adopted" => "拟采用",
        "published" => "已采用",
        "withdrawn" => "已撤回",
        _ => "状态不明",
    }
}

/// The strongest mark of secrecy of what somebody typed or uploaded (N3.1).
pub(crate) fn mark_in(title: &str, body: &str, authors: &str, files: &[NewFile]) -> Option<Mark> {
    let message = Message {
        from: Some(Mailbox { name: authors.to_owned(), address: String::new() }),
        subject: title.to_owned(),
        body_text: body.to_owned(),
        attachments: files
            .iter()
            .map(|file| Attachment {
                name: file.name.clone(),
                media_type: String::new(),
                bytes: file.bytes.clone(),
                part: String::new(),
                inline: false,
                notes: Vec::new(),
            })
            .collect(),
        ..Message::default()
    };
    find_mark(&message, &Documents::of(&message, &Budget::default()))
}

/// 字数 of a text, as stored.
pub(crate) fn words(text: &str) -> i64 {
    i64::try_from(tz_text::word_count(text)).unwrap_or(i64::MAX)
}

/// The warning of a text over its category's limit (N3.3, R15).
pub fn over_limit(scheme: &Scheme, category: &str, words: i64) -> Option<String> {
    let limit = i64::from(scheme.limit(category)?);
    (words > limit)
        .then(|| format!("{category}原则上不超过{limit}字，本稿{words}字，超{}字。", words.saturating_sub(limit)))
}

/// A text with what is counted of it, once.
struct Text<'a> {
    text: &'a str,
    /// 字数
    words: i64,
    /// Its fingerprint as stored: the same 64 bits.
    fingerprint: i64,
}

impl<'a> Text<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, words: words(text), fingerprint: tz_text::fingerprint(text).0.cast_signed() }
    }
}

/// Names of units in the order given.
pub(crate) fn names_of(units: &[UnitVersionRow], ids: &[i64]) -> String {
    let name = |id: &i64| units.iter().find(|unit| unit.unit_id == *id).map(|unit| unit.name.as_str());
    ids.iter().filter_map(name).collect::<Vec<_>>().join("、")
}

/// Whether an item can be in this category under a scheme. Under one without categories it is in none.
pub(crate) fn has_category(scheme: &Scheme, named: &str) -> bool {
    match scheme.categories() {
        [] => named.is_empty(),
        categories => categories.iter().any(|known| &*known.name == named),
    }
}

/// The category as the scheme names it, or its last one (其他) with a doubt; nothing under a scheme without categories.
fn known_category(scheme: &Scheme, named: &str, doubts: &mut Vec<String>) -> String {
    let named = if scheme.categories().is_empty() { "" } else { named.trim() };
    if has_category(scheme, named) {
        return named.to_owned();
    }
    let other = scheme
        .categories()
        .iter()
        .find(|known| &*known.name == OTHER)
        .or(scheme.categories().last())
        .map_or_else(|| OTHER.to_owned(), |known| known.name.to_string());
    doubts.push(if named.is_empty() {
        format!("未注明信息类别，暂列“{other}”，请核定。")
    } else {
        format!("计分办法中没有“{named}”这一类别，暂列“{other}”，请核定。")
    });
    other
}

/// The earliest item of these units with the same text, if there is one: then a new one does not count (R5).
fn repeated(tx: &mut Tx, units: &[i64], body: &Text<'_>, except: Option<i64>) -> Result<Option<ItemRow>, Problem> {
    if body.words == 0 {
        return Ok(None);
    }
    let mut earliest: Option<ItemRow> = None;
    for unit in units {
        for row in tx.list_same_text_of(body.fingerprint, UnitId(*unit))? {
            if Some(row.id) == except || earliest.as_ref().is_some_and(|known| known.id <= row.id) {
                continue;
            }
            // One fingerprint is a candidate; the texts decide.
            let first = tx.find_version(ItemId(row.id), Revision(1))?;
            if first.is_some_and(|first| tz_text::similarity(&first.body, body.text).0 == 1000) {
                earliest = Some(row);
            }
        }
    }
    Ok(earliest)
}

/// Enters an item (收稿): number, row, first version, units, attachments, report in the ledger, what happened.
///
/// `now` is when the office received it and decides its month (R1). The caller has looked for marks of secrecy already.
/// Where the unit has sent the same text before, the item is entered all the same but does not count (R5).
pub(crate) fn enter_item(
    tx: &mut Write,
    scheme: &Scheme,
    new: &NewItem,
    now: i64,
    origin: Origin<'_>,
) -> Result<Entered, Problem> {
    let mut units: Vec<i64> = Vec::new();
    for unit in &new.units {
        if !units.contains(&unit.0) && tx.find_unit(*unit)?.is_some() {
            units.push(unit.0);
        }
    }
    if units.is_empty() {
        return Err(Problem::field("unit", "请选择报送单位。"));
    }
    let mut doubts = new.doubts.clone();
    let category = known_category(scheme, &new.category, &mut doubts);
    let body = new.body.trim_end().replace('\0', "");
    let mut title: String = new.title.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "");
    if title.is_empty() {
        UNTITLED.clone_into(&mut title);
        if !doubts.iter().any(|doubt| doubt.contains("标题")) {
            doubts.push("未见标题，请补拟。".to_owned());
        }
    }
    title = title.chars().take(TITLE).collect();
    let text = Text::of(&body);
    let (count, fingerprint) = (text.words, text.fingerprint);
    if count == 0 {
        doubts.push("正文是空的，请查看附件或联系单位。".to_owned());
    }
    let mut warnings: Vec<String> = over_limit(scheme, &category, count).into_iter().collect();
    let repeats = repeated(tx, &units, &text, None)?;
    if let Some(earlier) = &repeats {
        warnings
            .push(format!("与本单位已报的{}《{}》正文相同，按重复稿处理，不计篇数。", earlier.number, earlier.title));
    }
    let day = shanghai_date(moment(now));
    let running = tx.next_number(&format!("item-{day}"))?;
    let number = format!("{:04}-{:02}{:02}-{running:02}", day.year(), day.month(), day.day());
    let mut row = ItemRow {
        id: 0,
        office_id: 0,
        number: number.clone(),
        received_at: now,
        channel: new.channel.name().to_owned(),
        state: "received".to_owned(),
        revision: 1,
        title: title.clone(),
        category: category.clone(),
        words: count,
        worry: new.worry,
        counted: true,
        repeats: repeats.as_ref().map(|earlier| earlier.id),
        fingerprint,
        authors: new.authors.trim().to_owned(),
        contact: new.contact.trim().to_owned(),
        claimed_by: None,
        solicitation_id: None,
        mail_id: origin.mail.map(|mail| mail.0),
        sent_by: origin.by,
        sent_key: origin.key.map(str::to_owned),
        doubts: doubts.join("\n"),
    };
    let duty = match new.solicitation {
        Some(solicitation) => open_duty(tx, solicitation, &units)?,
        None => None,
    };
    row.solicitation_id = duty.as_ref().and_then(|duty| duty.solicitation_id);
    let first = VersionRow {
        item_id: 0,
        revision: 1,
        title: title.clone(),
        body,
        category,
        saved_at: now,
        saved_by: origin.by,
        note: "单位原稿".to_owned(),
    };
    let id = tx.insert_item(row.clone(), &units, first)?;
    row.id = id.0;
    for (place, file) in new.files.iter().enumerate() {
        let content_id = tx.put_content(&file.bytes)?;
        tx.insert_attachment(AttachmentRow {
            item_id: id.0,
            position: place as i64 + 1,
            name: clean_name(&file.name),
            media_type: file.media_type.clone(),
            content_id,
            note: file.note.clone(),
        })?;
    }
    let also = if units.len() > 1 { format!("，{}个单位联合报送", units.len()) } else { String::new() };
    note(tx, id, now, origin.by, "received", &format!("收稿（{}），编号{number}{also}", new.channel.name()), true)?;
    for warning in &warnings {
        note(tx, id, now, None, "warning", warning, true)?;
    }
    tx.append_fact(FactRow {
        recorded_at: now,
        recorded_by: origin.by,
        reason: "收稿".to_owned(),
        ..report_fact(&row, &units, repeats.as_ref().map(|earlier| earlier.number.as_str()))
    })?;
    if let Some(duty) = duty {
        let today = day.to_string();
        let late = today > duty.date;
        let topic = duty.title.clone().unwrap_or_default();
        tx.append_fact(FactRow {
            answered: Some(today),
            item_id: Some(id.0),
            recorded_at: now,
            recorded_by: origin.by,
            reason: format!("以稿件{number}答复"),
            ..duty
        })?;
        let words = if late { "答复约稿（已过截止日，按迟报计）" } else { "按时答复约稿" };
        note(tx, id, now, origin.by, "answer", &format!("{words}：{topic}"), true)?;
    }
    warnings.extend(doubts);
    Ok(Entered { id, number, title, warnings, repeats: repeats.map(|earlier| earlier.number), again: false })
}

/// A file's name without folders and control characters.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if clean.is_empty() { "附件".to_owned() } else { clean }
}

/// Adds to what happened to an item (经过).
pub(crate) fn note(
    tx: &mut Write,
    item: ItemId,
    at: i64,
    by: Option<i64>,
    kind: &str,
    text: &str,
    for_unit: bool,
) -> Result<(), Problem> {
    Ok(tx.append_event(EventRow {
        item_id: item.0,
        position: 0,
        at,
        account_id: by,
        kind: kind.to_owned(),
        text: text.to_owned(),
        for_unit,
    })?)
}

/// The duty of one of these units in a solicitation that is neither answered nor refused.
fn open_duty(tx: &mut Tx, solicitation: i64, units: &[i64]) -> Result<Option<FactRow>, Problem> {
    let filter =
        FactFilter { table: Some(Table::Duties.name()), solicitation: Some(solicitation), ..FactFilter::default() };
    Ok(tx
        .list_facts(&filter)?
        .into_iter()
        .find(|row| is_open(row) && row.unit_ids().iter().any(|unit| units.contains(unit))))
}

fn is_open(duty: &FactRow) -> bool {
    duty.answered.is_none() && duty.outcome.is_none()
}

/// A solicitation waiting for a unit's answer (待答约稿).
#[derive(Clone, Debug)]
pub struct OpenSolicitation {
    /// Its identity.
    pub id: i64,
    /// 题目
    pub topic: String,
    /// Last day on which an answer is on time.
    pub deadline: String,
    /// Days left; below zero once it is late.
    pub days_left: i32,
}

/// One category of the meter.
#[derive(Clone, Debug)]
pub struct MeterLine {
    /// 信息类别
    pub category: String,
    /// Items that count.
    pub received: u32,
    /// Items asked for.
    pub required: u32,
}

/// How far a unit's month has come (本月任务, F2).
#[derive(Clone, Debug)]
pub struct Meter {
    /// The unit's name.
    pub unit: String,
    /// Its class.
    pub class: String,
    /// The month.
    pub month: String,
    /// Items that count.
    pub received: u32,
    /// Items asked for.
    pub required: u32,
    /// Items short (R3).
    pub short: u32,
    /// Days left of the month, today not counted.
    pub days_left: i32,
    /// Each category with a minimum.
    pub lines: Vec<MeterLine>,
}

/// What the form for a new item needs to know.
#[derive(Clone, Debug)]
pub struct FormState {
    /// Categories with their limits (字).
    pub categories: Vec<(String, Option<u32>)>,
    /// Solicitations the unit has not answered.
    pub solicitations: Vec<OpenSolicitation>,
    /// The month's quota; nothing for a unit without one.
    pub meter: Option<Meter>,
    /// The other units, for a joint item.
    pub units: Vec<(UnitId, String)>,
}

/// One line of a unit's own list.
#[derive(Clone, Debug)]
pub struct MyItem {
    /// The item.
    pub row: ItemRow,
    /// Its units' names.
    pub units: String,
}

/// Where an item was used, with its points (采用情况).
#[derive(Clone, Debug)]
pub struct Use {
    /// The day.
    pub date: String,
    /// Kind of adoption or level of comment.
    pub name: String,
    /// The issue, or the comment's words.
    pub note: String,
    /// Points of the scheme in force that day; empty where it has no price.
    pub points: String,
}

/// Everything a unit may know of its item.
#[derive(Clone, Debug)]
pub struct MyItemPage {
    /// The item.
    pub row: ItemRow,
    /// Its units' names.
    pub units: String,
    /// The unit's own newest text.
    pub own: VersionRow,
    /// Title and text as printed, once published.
    pub printed: Option<(String, String)>,
    /// Where it was used.
    pub uses: Vec<Use>,
    /// What happened, oldest first.
    pub events: Vec<EventRow>,
    /// Files.
    pub attachments: Vec<AttachmentRow>,
    /// No editor has opened it yet.
    pub can_withdraw: bool,
    /// It was returned and may be sent again.
    pub can_resubmit: bool,
    /// The number of the item it repeats.
    pub repeats: Option<String>,
}

/// What was read from an uploaded file, to fill the form.
#[derive(Clone, Debug, Default)]
pub struct ReadFile {
    /// Its title, if it begins with one.
    pub title: String,
    /// Its text.
    pub body: String,
    /// What was noticed, or why it cannot be read.
    pub notes: Vec<String>,
}

/// What can be said of a text before it is sent (报送前检查): sentences with `true` where all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Nothing to look at.
    pub good: bool,
    /// The sentence.
    pub text: String,
}

impl Check {
    pub(crate) fn good(text: impl Into<String>) -> Self {
        Self { good: true, text: text.into() }
    }

    pub(crate) fn look(text: impl Into<String>) -> Self {
        Self { good: false, text: text.into() }
    }
}

/// Days of the calendar from one to the other.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn is_opened(events: &[EventRow]) -> bool {
    events.iter().any(|event| !matches!(event.kind.as_str(), "received" | "warning" | "answer" | "reply"))
}

/// Where an item was used, from the ledger.
pub(crate) fn uses_of(tx: &mut Tx, item: ItemId) -> Result<Vec<Use>, Problem> {
    let mut uses = Vec::new();
    for row in tx.list_facts(&FactFilter { item: Some(item), ..FactFilter::default() })? {
        let table = Table::named(&row.fact_table);
        if !matches!(table, Some(Table::Adoptions | Table::Comments)) {
            continue;
        }
        let day = tz_model::parse_date(&row.date).ok();
        let points = match day {
            Some(day) => {
                let scheme = scheme_on(tx, day)?;
                let prices =
                    if table == Some(Table::Adoptions) { scheme.adoption_kinds() } else { scheme.comment_levels() };
                prices.iter().find(|price| **price.name() == *row.name).map(|price| price.points().to_string())
            }
            None => None,
        };
        uses.push(Use {
            date: row.date,
            name: row.name,
            note: [row.leader, row.note].into_iter().flatten().collect::<Vec<_>>().join("："),
            points: points.unwrap_or_default(),
        });
    }
    Ok(uses)
}

/// How far a unit's month has come, from the ledger.
pub(crate) fn meter(tx: &mut Tx, scheme: &Scheme, unit: UnitId, today: Date) -> Result<Option<Meter>, Problem> {
    // After a cut-off that leaves its days to no period, nothing is counted.
    let Some(period) = scheme.period_of(today) else { return Ok(None) };
    let (from, to) = (period.from.to_string(), period.to.to_string());
    let filter =
        FactFilter { table: Some(Table::Reports.name()), from: Some(&from), to: Some(&to), ..FactFilter::default() };
    let units = tx.list_units(None)?;
    let Some(own) = units.iter().find(|row| row.unit_id == unit.0) else { return Ok(None) };
    let (facts, _) = facts_from_rows(&units, &tx.list_facts(&filter)?);
    let Some(place) = facts.unit(&own.name) else { return Ok(None) };
    Ok(quota_state(scheme, &facts, place, &period).map(|quota| Meter {
        unit: own.name.clone(),
        class: own.class.clone(),
        month: period.chinese(),
        received: quota.received,
        required: quota.required,
        short: quota.short,
        days_left: days_between(today, period.to),
        lines: quota
            .categories
            .iter()
            .map(|line| MeterLine {
                category: line.category.to_string(),
                received: line.received,
                required: line.required,
            })
            .collect(),
    }))
}

/// Faults of typed texts that no door lets through.
pub(crate) fn text_faults(title: &str, body: &str, files: &[NewFile]) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if title.chars().count() > TITLE {
        faults.push(FieldFault::new("title", format!("标题太长，不超过{TITLE}字。请把多出的部分移到正文。")));
    }
    if body.chars().count() > BODY {
        faults.push(FieldFault::new("body", format!("正文太长，不超过{BODY}个字符。请拆分，或作为附件报送。")));
    }
    if title.trim().is_empty() && body.trim().is_empty() && files.is_empty() {
        faults.push(FieldFault::new("body", "标题、正文和附件都是空的。请填写标题和正文，或选择附件。"));
    }
    faults
}

impl App {
    /// Refuses what carries a strong mark of secrecy (N3.1): nothing of it is kept but the time, the sender, a hash and
    /// the mark. A weak one becomes a doubt.
    pub(crate) fn refuse_secret(&self, who: &Person, form: &str, new: &mut NewItem) -> Result<(), Problem> {
        let Some(mark) = mark_in(&new.title, &new.body, &new.authors, &new.files) else { return Ok(()) };
        if mark.strength == Strength::Weak {
            new.doubts.push(format!("见“{}”字样，请核对是否适合通过本系统报送。", mark.found));
            return Ok(());
        }
        let mut all = new.title.clone().into_bytes();
        all.extend(new.body.as_bytes());
        for file in &new.files {
            all.extend(&file.bytes);
        }
        let mut tx = self.write()?;
        tx.delete_draft(who.account, form)?;
        tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act: "涉密拒收",
            object: &tz_store::content::sha256(&all),
            done: false,
            detail: &format!("密级标志：{}", mark_words(mark.pattern)),
        })?;
        tx.commit()?;
        Err(Problem::field("body", format!("所报内容{SECRET}")))
    }

    /// Sends an item (报送). The same `key` twice is one item; with another text it is refused.
    pub fn send_item(&self, who: &Reporter, new: &NewItem, key: &str) -> Result<Entered, Problem> {
        let mut new = new.clone();
        new.channel = Channel::Web;
        new.units.retain(|unit| *unit != who.unit());
        new.units.insert(0, who.unit());
        all_right(text_faults(&new.title, &new.body, &new.files))?;
        self.refuse_secret(who, "report-new", &mut new)?;
        match self.send_once(who, &new, key) {
            // Two sendings at the same moment on PostgreSQL: the second finds the first one's item now.
            Err(Problem::Failed(failure)) if failure.is_taken() => self.send_once(who, &new, key),
            other => other,
        }
    }

    fn send_once(&self, who: &Reporter, new: &NewItem, key: &str) -> Result<Entered, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        if let Some(sent) = tx.find_item_sent(who.account, key)? {
            let same = sent.fingerprint == Text::of(new.body.trim_end()).fingerprint
                && (sent.title == new.title.split_whitespace().collect::<Vec<_>>().join(" ")
                    || sent.revision > 1
                    || sent.title == UNTITLED);
            if !same {
                return Err(Problem::Refused(format!(
                    "这份表单已经报送过（编号{}），这次的内容与上次不同，没有再收。如是新稿，请打开“报送新稿”另报；如要修改，请先撤回。",
                    sent.number
                )));
            }
            return Ok(Entered {
                id: ItemId(sent.id),
                number: sent.number,
                title: sent.title,
                warnings: Vec::new(),
                repeats: None,
                again: true,
            });
        }
        let scheme = scheme_on(&mut tx, self.today())?;
        let origin = Origin { by: Some(who.account.0), mail: None, key: Some(key).filter(|key| !key.is_empty()) };
        let entered = enter_item(&mut tx, &scheme, new, now, origin)?;
        tx.delete_draft(who.account, "report-new")?;
        act(&mut tx, who, now, "报送", &entered.number, &entered.title)?;
        tx.commit()?;
        Ok(entered)
    }

    /// Takes an item back (撤回) while no editor has opened it. Its report counts for nothing from now on.
    pub fn withdraw_item(&self, who: &Reporter, id: ItemId) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        let events = tx.list_events(tz_store::item::Sight::Office, id)?;
        if row.state != "received" || row.claimed_by.is_some() || is_opened(&events) {
            return Err(Problem::Refused(format!(
                "《{}》编辑已经打开，不能自行撤回。如确需撤回，请与信息科联系。",
                row.title
            )));
        }
        let opened = Revision(row.revision);
        "withdrawn".clone_into(&mut row.state);
        if !tx.update_item(&row, opened)? {
            return Err(Problem::Refused("稿件刚刚有了新版本，没有撤回。请重新打开后再决定。".to_owned()));
        }
        revoke(&mut tx, Table::Reports, &row.number, "单位撤回", now, Some(who.account.0))?;
        give_back_answer(&mut tx, &row, now, who.account.0)?;
        // What was taken for a repeat of it is the first of its kind now.
        for mut repeat in tx.list_repeats_of(&row)? {
            repeat.repeats = None;
            let opened = Revision(repeat.revision);
            tx.update_item(&repeat, opened)?;
            if let Some(fact) = tx.find_fact(Table::Reports.name(), &repeat.number)?.filter(|fact| !fact.revoked) {
                tx.append_fact(FactRow {
                    repeats: None,
                    recorded_at: now,
                    recorded_by: Some(who.account.0),
                    reason: format!("{}已由单位撤回，本稿不再是重复稿", row.number),
                    ..fact
                })?;
            }
            let words = format!("{}已撤回，本稿不再按重复稿处理", row.number);
            note(&mut tx, ItemId(repeat.id), now, None, "counted", &words, true)?;
        }
        note(&mut tx, id, now, Some(who.account.0), "withdrawn", "单位撤回", true)?;
        act(&mut tx, who, now, "撤回稿件", &row.number, &row.title)?;
        tx.commit()?;
        Ok(())
    }

    /// Sends a returned item again as a new version (重报). Refused if it is not returned any more.
    pub fn resubmit(
        &self,
        who: &Reporter,
        id: ItemId,
        title: &str,
        body: &str,
        category: &str,
    ) -> Result<Entered, Problem> {
        let mut check = NewItem { title: title.to_owned(), body: body.to_owned(), ..NewItem::default() };
        let mut faults = text_faults(title, body, &[]);
        if title.trim().is_empty() {
            faults.push(FieldFault::new("title", "请填写标题。"));
        }
        all_right(faults)?;
        let now = self.micros();
        self.refuse_secret(who, &format!("report-{id}"), &mut check)?;
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        if row.state != "returned" {
            return Err(Problem::Refused(format!(
                "《{}》现在的状态是“{}”，只有已退回的稿件可以修改重报。",
                row.title,
                state_name(&row.state)
            )));
        }
        let scheme = scheme_on(&mut tx, self.today())?;
        let mut doubts = check.doubts;
        let category = known_category(&scheme, category, &mut doubts);
        let opened = Revision(row.revision);
        row.revision += 1;
        row.title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        body.trim_end().clone_into(&mut check.body);
        row.words = words(&check.body);
        "received".clone_into(&mut row.state);
        row.claimed_by = None;
        row.doubts = doubts.join("\n");
        let moved = row.category != category;
        category.clone_into(&mut row.category);
        if !tx.update_item(&row, opened)? {
            return Err(Problem::Refused("稿件刚刚有了新版本，请重新打开后再报。".to_owned()));
        }
        tx.insert_version(VersionRow {
            item_id: id.0,
            revision: row.revision,
            title: row.title.clone(),
            body: check.body,
            category: category.clone(),
            saved_at: now,
            saved_by: Some(who.account.0),
            note: "单位修改重报".to_owned(),
        })?;
        if moved {
            move_category(&mut tx, &row, now, who.account.0)?;
        }
        let mut warnings: Vec<String> = over_limit(&scheme, &category, row.words).into_iter().collect();
        note(
            &mut tx,
            id,
            now,
            Some(who.account.0),
            "resubmitted",
            &format!("单位修改重报（第{}版）", row.revision),
            true,
        )?;
        for warning in &warnings {
            note(&mut tx, id, now, None, "warning", warning, true)?;
        }
        tx.delete_draft(who.account, &format!("report-{id}"))?;
        act(&mut tx, who, now, "重报稿件", &row.number, &row.title)?;
        tx.commit()?;
        warnings.extend(doubts);
        Ok(Entered { id, number: row.number, title: row.title, warnings, repeats: None, again: false })
    }

    /// A unit answers an editor's question about its item (答复核实).
    pub fn reply(&self, who: &Reporter, id: ItemId, text: &str) -> Result<(), Problem> {
        if text.trim().is_empty() || text.chars().count() > 2000 {
            return Err(Problem::field("text", "请填写答复，不超过2000字。"));
        }
        let now = self.micros();
        let mut check = NewItem { body: text.to_owned(), ..NewItem::default() };
        self.refuse_secret(who, &format!("report-{id}"), &mut check)?;
        let mut tx = self.write()?;
        let (row, _) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        note(&mut tx, id, now, Some(who.account.0), "reply", &format!("单位答复：{}", text.trim()), true)?;
        act(&mut tx, who, now, "答复核实", &row.number, "")?;
        tx.commit()?;
        Ok(())
    }

    /// A unit's items, newest first, fifty from before `before` on; and whether there are more.
    pub fn my_items(&self, who: &Reporter, before: Option<ItemId>) -> Result<(Vec<MyItem>, bool), Problem> {
        let mut tx = self.read()?;
        let units = tx.list_units(None)?;
        let mut rows = tx.list_items(who.sight(), &ItemFilter { before, limit: 51, ..ItemFilter::default() })?;
        let more = rows.len() > 50;
        rows.truncate(50);
        let items = rows.into_iter().map(|(row, of)| MyItem { units: names_of(&units, &of), row }).collect();
        Ok((items, more))
    }

    /// One of a unit's items; another unit's is not there.
    pub fn my_item(&self, who: &Reporter, id: ItemId) -> Result<MyItemPage, Problem> {
        let mut tx = self.read()?;
        let (row, of) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        let units = tx.list_units(None)?;
        let versions = tx.list_versions(id)?;
        let own = versions
            .iter()
            .rev()
            .find(|version| version.revision == 1 || version.note == "单位修改重报")
            .cloned()
            .ok_or(Problem::NotThere)?;
        let printed = tx
            .list_issues_of_item(id)?
            .into_iter()
            .rfind(|(_, issue)| issue.state == "published")
            .map(|(item, _)| (item.title, item.body));
        let everything = tx.list_events(tz_store::item::Sight::Office, id)?;
        let can_withdraw = row.state == "received" && row.claimed_by.is_none() && !is_opened(&everything);
        let repeats = number_of(&mut tx, row.repeats)?;
        Ok(MyItemPage {
            units: names_of(&units, &of),
            own,
            printed,
            uses: uses_of(&mut tx, id)?,
            events: tx.list_events(who.sight(), id)?,
            attachments: tx.list_attachments(id)?,
            can_withdraw,
            can_resubmit: row.state == "returned",
            repeats,
            row,
        })
    }

    /// What was typed into a form for a new item and not sent (草稿): its fields, and when it was kept. A draft whose
    /// form was sent meanwhile is none any more.
    pub fn new_item_draft(&self, who: &Person, form: &str) -> Result<Option<(TypedFields, jiff::Timestamp)>, Problem> {
        let mut tx = self.read()?;
        let Some((content, at)) = tx.find_draft(who.account, form)? else { return Ok(None) };
        let Ok(fields) = serde_json::from_str::<TypedFields>(&content) else { return Ok(None) };
        let key = fields.iter().find(|(name, _)| name == "key").map_or("", |(_, value)| value.as_str());
        if !key.is_empty() && tx.find_item_sent(who.account, key)?.is_some() {
            return Ok(None);
        }
        Ok(Some((fields, moment(at))))
    }

    /// What the form for a new item needs to know.
    pub fn form_state(&self, who: &Reporter) -> Result<FormState, Problem> {
        let today = self.today();
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, today)?;
        let from = today.saturating_sub(jiff::Span::new().days(STILL_OFFERED)).to_string();
        let filter = FactFilter { table: Some(Table::Duties.name()), from: Some(&from), ..FactFilter::default() };
        let mut solicitations: Vec<OpenSolicitation> = Vec::new();
        for row in tx.list_facts(&filter)? {
            let Some(id) = row.solicitation_id.filter(|_| is_open(&row) && row.unit_ids().contains(&who.unit().0))
            else {
                continue;
            };
            let days_left = tz_model::parse_date(&row.date).map_or(0, |day| days_between(today, day));
            solicitations.push(OpenSolicitation {
                id,
                topic: row.title.unwrap_or_default(),
                deadline: row.date,
                days_left,
            });
        }
        solicitations.sort_by(|a, b| (&a.deadline, a.id).cmp(&(&b.deadline, b.id)));
        let units = tx.list_units(None)?;
        Ok(FormState {
            categories: scheme.categories().iter().map(|known| (known.name.to_string(), known.limit)).collect(),
            solicitations,
            meter: meter(&mut tx, &scheme, who.unit(), today)?,
            units: units
                .into_iter()
                .filter(|unit| unit.unit_id != who.unit().0)
                .map(|unit| (UnitId(unit.unit_id), unit.name))
                .collect(),
        })
    }

    /// What can be said of a text before it is sent (报送前检查). Only a strong mark of secrecy would stop it.
    pub fn check_before_sending(
        &self,
        who: &Reporter,
        title: &str,
        body: &str,
        category: &str,
    ) -> Result<Vec<Check>, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        let count = words(body);
        let mut checks = Vec::new();
        checks.push(match (over_limit(&scheme, category, count), scheme.limit(category)) {
            (Some(over), _) => Check::look(over),
            (None, Some(limit)) => Check::good(format!("字数 {count} / {limit}")),
            (None, None) => Check::good(format!("字数 {count}，本类别不限")),
        });
        if title.trim().is_empty() {
            checks.push(Check::look("还没有标题"));
        }
        checks.push(match mark_in(title, body, "", &[]) {
            None => Check::good("未见密级标志"),
            Some(mark) if mark.strength == Strength::Strong => {
                Check::look("带有密级标志，不能通过本系统报送，请由专人携带存储设备报送")
            }
            Some(mark) => Check::look(format!("见“{}”字样，请核对是否适合报送", mark.found)),
        });
        checks.push(match repeated(&mut tx, &[who.unit().0], &Text::of(body), None)? {
            None => Check::good("未见本单位相同稿件"),
            Some(earlier) => {
                Check::look(format!("与已报的{}《{}》正文相同，再报不计篇数", earlier.number, earlier.title))
            }
        });
        Ok(checks)
    }
}

/// A key for a form that is about to be shown: sent twice with it, the form is one item.
pub fn fresh_key() -> String {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).expect("the system's random source works, or nothing may go on");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads an uploaded file to fill the form (读取附件). What cannot be read says why.
pub fn read_file(name: &str, bytes: &[u8]) -> ReadFile {
    let read = std::panic::catch_unwind(|| read_document(name, bytes, &Budget::default()));
    match read {
        Ok(Ok(document)) => ReadFile {
            title: document.title.clone().unwrap_or_default(),
            body: document.body(),
            notes: document.notes.iter().map(|note| format!("{name}：{note}")).collect(),
        },
        Ok(Err(why)) => ReadFile { notes: vec![format!("{name}：{why}")], ..ReadFile::default() },
        Err(_) => ReadFile {
            notes: vec![format!("{name}：读取时出了意外，正文请手工填写；文件仍可作为附件报送。")],
            ..ReadFile::default()
        },
    }
}

/// What a file is, by its content: `Word文档（docx）`.
pub fn file_kind(name: &str, bytes: &[u8]) -> String {
    FileKind::of(name, bytes).to_string()
}

/// The number of an item by its identity.
pub(crate) fn number_of(tx: &mut Tx, id: Option<i64>) -> Result<Option<String>, Problem> {
    Ok(match id {
        Some(id) => tx.find_item(tz_store::item::Sight::Office, ItemId(id))?.map(|(row, _)| row.number),
        None => None,
    })
}

/// Enters an item's category anew in the ledger: the day stays that of receipt.
pub(crate) fn move_category(tx: &mut Write, row: &ItemRow, now: i64, by: i64) -> Result<(), Problem> {
    let Some(held) = tx.find_fact(Table::Reports.name(), &row.number)?.filter(|fact| !fact.revoked) else {
        return Ok(());
    };
    tx.append_fact(FactRow {
        reason: format!("信息类别由“{}”改为“{}”", held.name, row.category),
        name: row.category.clone(),
        title: Some(row.title.clone()),
        recorded_at: now,
        recorded_by: Some(by),
        ..held
    })?;
    Ok(())
}

/// The duty an item answered is open again.
fn give_back_answer(tx: &mut Write, row: &ItemRow, now: i64, by: i64) -> Result<(), Problem> {
    let filter = FactFilter { table: Some(Table::Duties.name()), item: Some(ItemId(row.id)), ..FactFilter::default() };
    for duty in tx.list_facts(&filter)? {
        tx.append_fact(FactRow {
            answered: None,
            item_id: None,
            recorded_at: now,
            recorded_by: Some(by),
            reason: format!("答复稿件{}已撤回", row.number),
            ..duty
        })?;
    }
    Ok(())
}

/// Writes an act about an item into the audit.
pub(crate) fn act(
    tx: &mut Write,
    who: &Person,
    now: i64,
    act: &str,
    number: &str,
    detail: &str,
) -> Result<(), Problem> {
    Ok(tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act,
        object: &format!("稿件{number}"),
        done: true,
        detail,
    })?)
}
