//! How an item comes in, whatever the door.

use tz_model::{Channel, ItemId, MailId, Revision, Table, UnitId, shanghai_date};
use tz_scheme::Scheme;
use tz_store::item::{AttachmentRow, ItemRow, VersionRow};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::{Tx, Write, moment};

use super::checking::{TITLE, over_limit, words};
use super::note;
use crate::Problem;
use crate::facts::{Cells, known_cells, report_fact};
use crate::solicitation::tie_entered;

/// The category of what names none the scheme knows.
const OTHER: &str = "其他";

/// The title of what has none.
pub(super) const UNTITLED: &str = "（未见标题）";

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
    /// The topic of reporting points it is about.
    pub topic: Option<i64>,
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

/// A text with what is counted of it, once.
pub(super) struct Text<'a> {
    text: &'a str,
    /// 字数
    pub(super) words: i64,
    /// Its fingerprint as stored: the same 64 bits.
    pub(super) fingerprint: i64,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, words: words(text), fingerprint: tz_text::fingerprint(text).0.cast_signed() }
    }
}

/// Whether an item can be in this category under a scheme. Under one without categories it is in none.
pub(crate) fn has_category(scheme: &Scheme, named: &str) -> bool {
    match scheme.categories() {
        [] => named.is_empty(),
        categories => categories.iter().any(|known| &*known.name == named),
    }
}

/// The category as the scheme names it, or its last one (其他) with a doubt; nothing under a scheme without categories.
pub(super) fn known_category(scheme: &Scheme, named: &str, doubts: &mut Vec<String>) -> String {
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
pub(super) fn repeated(
    tx: &mut Tx,
    units: &[i64],
    body: &Text<'_>,
    except: Option<i64>,
) -> Result<Option<ItemRow>, Problem> {
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
    if let Some(topic) = new.topic {
        tie_entered(tx, topic, id, origin.by, now)?;
    }
    tx.append_fact(FactRow {
        recorded_at: now,
        recorded_by: origin.by,
        reason: "收稿".to_owned(),
        extra: Cells::of(scheme, Table::Reports).known(&known_cells(Some(&row), None)),
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

/// The duty of one of these units in a solicitation that is neither answered nor refused.
fn open_duty(tx: &mut Tx, solicitation: i64, units: &[i64]) -> Result<Option<FactRow>, Problem> {
    let filter =
        FactFilter { table: Some(Table::Duties.name()), solicitation: Some(solicitation), ..FactFilter::default() };
    Ok(tx
        .list_facts(&filter)?
        .into_iter()
        .find(|row| is_open(row) && row.unit_ids().iter().any(|unit| units.contains(unit))))
}

pub(super) fn is_open(duty: &FactRow) -> bool {
    duty.answered.is_none() && duty.outcome.is_none()
}
