//! The list of an editor, and one item with everything about it.

use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{ItemId, UnitId, shanghai_date};
use tz_store::audit::Act;
use tz_store::item::{AttachmentRow, EventRow, ItemFilter, ItemRow, Sight, VersionRow};
use tz_store::publication::PublicationRow;
use tz_store::{Tx, moment};
use tz_text::secrecy::{Strength, Wordings};

use crate::publication::joined;
use crate::report::{Check, Use, mark_in, names_of, note, number_of, over_limit, uses_of};
use crate::solicitation::{ItemTopic, OpenTopic, open_topics, topics_of_item};
use crate::system::wordings;
use crate::{App, Editor, Person, Problem, scheme_on};

/// How many items a page of the list shows.
const PAGE: usize = 50;

/// Which items an editor wants to see.
#[derive(Clone, Debug, Default)]
pub struct InboxFilter {
    /// A state; empty: what is to be done (待处理, 编辑中), oldest first; `all`: everything, newest first.
    pub state: String,
    /// 信息类别
    pub category: String,
    /// Of this unit.
    pub unit: Option<UnitId>,
    /// With this in the title.
    pub text: String,
    /// The last item of the page before.
    pub past: Option<ItemId>,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct InboxLine {
    /// The item.
    pub row: ItemRow,
    /// Its units' names.
    pub units: String,
    /// Characters over the limit (R15); 0 for none.
    pub over: i64,
    /// Who has it in hand.
    pub holder: String,
}

/// The list of an editor (收稿).
#[derive(Clone, Debug)]
pub struct Inbox {
    /// The lines.
    pub lines: Vec<InboxLine>,
    /// The last item of this page, where there is another page.
    pub next: Option<ItemId>,
    /// How many items wait or are in hand.
    pub to_do: i64,
    /// When the oldest of those that wait came; nothing if none waits.
    pub oldest: Option<jiff::Timestamp>,
    /// How many messages wait in quarantine.
    pub quarantined: i64,
    /// Categories to filter by.
    pub categories: Vec<String>,
    /// Units to filter by.
    pub units: Vec<(UnitId, String)>,
}

/// Categories with their limits (字), and units: what the form of 补录 offers.
pub type EnteringForm = (Vec<(String, Option<u32>)>, Vec<(UnitId, String)>);

/// An earlier item with the same text.
#[derive(Clone, Debug)]
pub struct SameText {
    /// The item.
    pub row: ItemRow,
    /// Its units' names.
    pub units: String,
}

/// An event with the name of who did it.
#[derive(Clone, Debug)]
pub struct Happened {
    /// The event.
    pub row: EventRow,
    /// Who; empty for the program.
    pub who: String,
}

/// An attachment with its size.
#[derive(Clone, Debug)]
pub struct HeldFile {
    /// The attachment.
    pub row: AttachmentRow,
}

/// Everything an editor may know of an item.
#[derive(Clone, Debug)]
pub struct ItemPage {
    /// The item.
    pub row: ItemRow,
    /// Its units' names.
    pub units: String,
    /// Every version with who saved it, oldest first.
    pub versions: Vec<(VersionRow, String)>,
    /// What was looked at by itself.
    pub checks: Vec<Check>,
    /// Earlier and later items with the same text.
    pub same: Vec<SameText>,
    /// What happened, oldest first.
    pub events: Vec<Happened>,
    /// Files.
    pub attachments: Vec<HeldFile>,
    /// Where it was used.
    pub uses: Vec<Use>,
    /// Who has it in hand.
    pub holder: String,
    /// It is in the asking editor's hand.
    pub mine: bool,
    /// Another editor has it: nothing can be done but look.
    pub others: bool,
    /// The number of the item it repeats.
    pub repeats: Option<String>,
    /// Publications it can be adopted into.
    pub publications: Vec<PublicationRow>,
    /// Categories with limits.
    pub categories: Vec<(String, Option<u32>)>,
    /// What it is about (对应要点).
    pub topics: Vec<ItemTopic>,
    /// Topics of reporting points that it may be tied to.
    pub open_topics: Vec<OpenTopic>,
}

impl ItemPage {
    /// The newest version.
    pub fn newest(&self) -> &VersionRow {
        &self.versions.last().expect("an item has at least its first version").0
    }

    /// The unit's own text, the first version.
    pub fn first(&self) -> &VersionRow {
        &self.versions.first().expect("an item has at least its first version").0
    }
}

/// The list of an editor as it stands on a day.
/// The states that a filter's word stands for; none: any.
pub(crate) fn states_asked(state: &str) -> Vec<&str> {
    match state {
        "" => vec!["received", "editing"],
        "all" => Vec::new(),
        one => vec![one],
    }
}

fn list_inbox(tx: &mut Tx, today: Date, filter: &InboxFilter) -> Result<Inbox, Problem> {
    let scheme = scheme_on(tx, today)?;
    let units = tx.list_unit_names()?;
    let to_do = filter.state.is_empty();
    let states = states_asked(&filter.state);
    let text = filter.text.trim();
    let mut rows = tx.list_items(
        Sight::Office,
        &ItemFilter {
            states: &states,
            before: filter.past.filter(|_| !to_do),
            after: filter.past.filter(|_| to_do),
            category: Some(filter.category.as_str()).filter(|name| !name.is_empty()),
            unit: filter.unit,
            title_part: Some(text).filter(|text| !text.is_empty()),
            oldest_first: to_do,
            limit: PAGE as i64 + 1,
            ..ItemFilter::default()
        },
    )?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let oldest = tx.first_received_in("received")?.map(moment);
    let waiting = tx.count_items_in("received")? + tx.count_items_in("editing")?;
    let quarantined = tx.count_mail_of("quarantine")?;
    let names: Vec<(i64, String)> = if rows.iter().any(|(row, _)| row.claimed_by.is_some()) {
        tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect()
    } else {
        Vec::new()
    };
    let next = rows.last().map(|(row, _)| ItemId(row.id)).filter(|_| more);
    let lines = rows
        .into_iter()
        .map(|(row, of)| InboxLine {
            units: joined(&units, &of),
            over: scheme.limit(&row.category).map_or(0, |limit| (row.words - i64::from(limit)).max(0)),
            holder: names
                .iter()
                .find(|(id, _)| Some(*id) == row.claimed_by)
                .map(|(_, name)| name.clone())
                .unwrap_or_default(),
            row,
        })
        .collect();
    Ok(Inbox {
        lines,
        next,
        to_do: waiting,
        oldest,
        quarantined,
        categories: scheme.categories().iter().map(|known| known.name.to_string()).collect(),
        units: units.iter().map(|(unit, name)| (UnitId(unit), name.to_owned())).collect(),
    })
}

/// What is told from the item alone (自动核对).
fn checks(
    scheme: &tz_scheme::Scheme,
    wordings: &Wordings,
    row: &ItemRow,
    newest: &VersionRow,
    same: &[SameText],
    repeats: Option<&str>,
    files: &[HeldFile],
) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.push(match row.channel.as_str() {
        "邮箱" => Check::good("登记邮箱或经编辑核定的来信"),
        "网页" => Check::good("单位账号报送"),
        "纸质" => Check::look("纸质件，不计篇数"),
        _ => Check::look("编辑补录，请核对来源"),
    });
    checks.push(match (over_limit(scheme, &row.category, row.words), scheme.limit(&row.category)) {
        (Some(over), _) => Check::look(over),
        (None, Some(limit)) => Check::good(format!("字数 {} / {limit}", row.words)),
        (None, None) => Check::good(format!("字数 {}，本类别不限", row.words)),
    });
    checks.push(match mark_in(&newest.title, &newest.body, "", wordings) {
        None => Check::good("未见密级标志"),
        Some(mark) if mark.strength == Strength::Strong => Check::look("带有密级标志，请立即停止处理并报告系统管理员"),
        Some(mark) => Check::look(format!("见“{}”字样，请核对是否适合在本系统处理", mark.found)),
    });
    match repeats {
        Some(number) => checks.push(Check::look(format!("与{number}重复，不计篇数"))),
        None if same.is_empty() => checks.push(Check::good("未见正文相同的稿件")),
        None => checks.push(Check::look(format!("另有{}篇正文相同的稿件，请对照", same.len()))),
    }
    if !row.counted {
        checks.push(Check::look("已核定不计篇数"));
    }
    checks.extend(row.doubts.lines().filter(|line| !line.is_empty()).map(Check::look));
    for file in files.iter().filter(|file| !file.row.note.is_empty()) {
        checks.push(Check::look(format!("附件“{}”：{}", file.row.name, file.row.note)));
    }
    checks
}

impl App {
    /// The list of an editor: what is to be done, or what a filter asks for. Fifty at most, with where to go on.
    pub fn inbox(&self, _who: &Editor, filter: &InboxFilter) -> Result<Arc<Inbox>, Problem> {
        let mut tx = self.read()?;
        let InboxFilter { state, category, unit, text, past } = filter;
        let today = self.today();
        if category.is_empty() && unit.is_none() && text.is_empty() && past.is_none() {
            // The first page of a state: every editor has it open all day.
            return tx.remembered(("inbox", format!("{state} {today}")), |tx| list_inbox(tx, today, filter));
        }
        list_inbox(&mut tx, today, filter).map(Arc::new)
    }

    /// One item with everything about it. Looking at it is noted the first time: its unit cannot withdraw it any more.
    pub fn item(&self, who: &Editor, id: ItemId) -> Result<ItemPage, Problem> {
        let mut tx = self.read()?;
        let (row, of) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let events = tx.list_events(Sight::Office, id)?;
        let fresh = row.state == "received" && !events.iter().any(|event| event.kind == "opened");
        if fresh {
            drop(tx);
            self.note_opened(who, id)?;
            tx = self.read()?;
        }
        let page = self.item_page(&mut tx, who, id, &of)?;
        Ok(page)
    }

    fn note_opened(&self, who: &Editor, id: ItemId) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let (row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let already = tx.list_events(Sight::Office, id)?.iter().any(|event| event.kind == "opened");
        if row.state == "received" && !already {
            note(&mut tx, id, self.micros(), Some(who.account.0), "opened", "编辑已打开", true)?;
            tx.commit()?;
        }
        Ok(())
    }

    fn item_page(&self, tx: &mut Tx, who: &Editor, id: ItemId, of: &[i64]) -> Result<ItemPage, Problem> {
        let (row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let scheme = scheme_on(tx, shanghai_date(moment(row.received_at)))?;
        let units = tx.list_units(None)?;
        let accounts: Vec<(i64, String)> =
            tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
        let name = |account: Option<i64>| {
            accounts.iter().find(|(id, _)| Some(*id) == account).map(|(_, name)| name.clone()).unwrap_or_default()
        };
        let versions: Vec<(VersionRow, String)> = tx
            .list_versions(id)?
            .into_iter()
            .map(|version| {
                let by = name(version.saved_by);
                (version, by)
            })
            .collect();
        let Some((newest, _)) = versions.last() else { return Err(Problem::NotThere) };
        let mut same = Vec::new();
        if row.words > 0 {
            for other in tx.list_same_text(row.fingerprint)?.into_iter().filter(|other| other.id != row.id) {
                let of = tx.find_item(Sight::Office, ItemId(other.id))?.map(|(_, of)| of).unwrap_or_default();
                same.push(SameText { units: names_of(&units, &of), row: other });
            }
        }
        let attachments: Vec<HeldFile> = tx.list_attachments(id)?.into_iter().map(|row| HeldFile { row }).collect();
        let repeats = number_of(tx, row.repeats)?;
        let checks = checks(&scheme, &wordings(tx)?, &row, newest, &same, repeats.as_deref(), &attachments);
        let events = tx
            .list_events(Sight::Office, id)?
            .into_iter()
            .map(|row| Happened { who: name(row.account_id), row })
            .collect();
        Ok(ItemPage {
            units: names_of(&units, of),
            checks,
            same,
            events,
            attachments,
            uses: uses_of(tx, id)?,
            holder: name(row.claimed_by),
            mine: row.claimed_by == Some(who.account.0),
            others: row.claimed_by.is_some_and(|by| by != who.account.0),
            repeats,
            publications: tx.list_publications()?,
            categories: scheme.categories().iter().map(|known| (known.name.to_string(), known.limit)).collect(),
            versions,
            topics: topics_of_item(tx, id.0)?,
            open_topics: open_topics(tx, None, self.today())?,
            row,
        })
    }

    /// An attachment with its bytes, for anybody who may see its item.
    pub fn attachment(&self, who: &Person, id: ItemId, position: i64) -> Result<(AttachmentRow, Vec<u8>), Problem> {
        let mut tx = self.write()?;
        let (row, _) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        let file =
            tx.list_attachments(id)?.into_iter().find(|file| file.position == position).ok_or(Problem::NotThere)?;
        let bytes = tx.content(file.content_id)?;
        tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act: "下载附件",
            object: &format!("稿件{}", row.number),
            done: true,
            detail: &file.name,
        })?;
        tx.commit()?;
        Ok((file, bytes))
    }
}
