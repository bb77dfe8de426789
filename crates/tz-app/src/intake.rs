//! The room 收稿: editors triage, edit and decide. Two people never overwrite each other; every decision carries a coded
//! reason the unit sees. The register of secret items, of which nothing else comes in, is in `secret.rs`.

mod secret;

use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{Channel, ItemId, Revision, Table, UnitId, shanghai_date};
use tz_store::audit::Act;
use tz_store::item::{AttachmentRow, EventRow, ItemFilter, ItemRow, Sight, VersionRow};
use tz_store::ledger::FactRow;
use tz_store::publication::PublicationRow;
use tz_store::{Tx, Write, moment};
use tz_text::secrecy::Strength;

pub use secret::{NewSecret, Registered, SecretRegister, WITHDRAWALS};
pub(crate) use secret::{registered_in, registration};
pub use tz_text::{Piece, difference};

use crate::problem::all_right;
use crate::publication::joined;
use crate::report::{
    Check, Entered, NewItem, Origin, Use, act, enter_item, has_category, mark_in, move_category, names_of, note,
    number_of, over_limit, state_name, text_faults, uses_of, words,
};
use crate::{App, Editor, FieldFault, Person, Problem, scheme_on};

/// Why an item is returned, declined, held or not counted, as the unit reads it.
pub const REASONS: [&str; 9] = ["过时", "重复", "已见报", "数据不全", "无建议", "超长", "非本级", "留存备用", "其他"];

/// How many items a page of the list shows.
const PAGE: usize = 50;

/// Why something cannot be done with an item now.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeRefusal {
    /// Another editor has it in hand.
    #[error("《{title}》已由{editor}认领。请与其商量，或待其放回后再处理。")]
    ClaimedByOther {
        /// The item.
        title: String,
        /// Who has it.
        editor: String,
    },
    /// The page is older than the item.
    #[error("您打开此页后，稿件已有新版本（第{current}版）。请重新打开，对照后再决定。")]
    Stale {
        /// The newest version.
        current: i64,
    },
    /// Its state does not allow it.
    #[error("《{title}》现在的状态是“{state}”，不能{what}。")]
    WrongState {
        /// The item.
        title: String,
        /// Its state's name.
        state: &'static str,
        /// What was wished.
        what: &'static str,
    },
}

impl From<IntakeRefusal> for Problem {
    fn from(refusal: IntakeRefusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// Where an item may go from where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// 认领
    Claim,
    /// 放回
    Release,
    /// 修改
    Edit,
    /// 退稿
    Return,
    /// 不采用
    Decline,
    /// 留存备用
    Hold,
    /// 重新列入待处理
    Reopen,
}

impl Move {
    fn name(self) -> &'static str {
        match self {
            Self::Claim => "认领",
            Self::Release => "放回",
            Self::Edit => "修改",
            Self::Return => "退稿",
            Self::Decline => "列为不采用",
            Self::Hold => "留存备用",
            Self::Reopen => "重新列入待处理",
        }
    }

    /// Whether it may be done in this state; pure, so that pages ask the same question.
    pub fn is_allowed_in(self, state: &str) -> bool {
        match self {
            Self::Claim => matches!(state, "received" | "editing" | "held"),
            Self::Release => state == "editing",
            Self::Edit => matches!(state, "received" | "editing" | "held" | "adopted"),
            Self::Return | Self::Decline => matches!(state, "received" | "editing" | "held"),
            Self::Hold => matches!(state, "received" | "editing"),
            Self::Reopen => matches!(state, "held" | "declined" | "returned"),
        }
    }
}

/// Decides whether `who` may make a move with an item they opened at `opened`.
fn may(
    item: &ItemRow,
    who: &Person,
    holder: Option<&str>,
    opened: Option<Revision>,
    wish: Move,
) -> Result<(), IntakeRefusal> {
    if let (Some(claimed), Some(editor)) = (item.claimed_by, holder)
        && claimed != who.account.0
    {
        return Err(IntakeRefusal::ClaimedByOther { title: item.title.clone(), editor: editor.to_owned() });
    }
    if !wish.is_allowed_in(&item.state) {
        let (state, what) = (state_name(&item.state), wish.name());
        return Err(IntakeRefusal::WrongState { title: item.title.clone(), state, what });
    }
    match opened {
        Some(opened) if opened.0 != item.revision => Err(IntakeRefusal::Stale { current: item.revision }),
        _ => Ok(()),
    }
}

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

/// A decision with its coded reason (退稿, 不采用 …).
#[derive(Clone, Debug, Default)]
pub struct Reasoned {
    /// One of [`REASONS`].
    pub code: String,
    /// More in words; needed where the reason is 其他.
    pub words: String,
}

impl Reasoned {
    fn sentence(&self) -> Result<String, Problem> {
        let words = self.words.trim();
        let mut faults = Vec::new();
        if !REASONS.contains(&self.code.as_str()) {
            faults.push(FieldFault::new("code", "请选择原因，单位会看到。"));
        }
        if self.code == "其他" && words.is_empty() {
            faults.push(FieldFault::new("words", "原因选“其他”时，请写明具体情况，单位会看到。"));
        }
        if words.chars().count() > 1000 {
            faults.push(FieldFault::new("words", "说明太长，不超过1000字。"));
        }
        all_right(faults)?;
        Ok(if words.is_empty() { self.code.clone() } else { format!("{}。{words}", self.code) })
    }
}

/// The name of an account; empty for none.
fn name_of(tx: &mut Tx, account: Option<i64>) -> Result<String, Problem> {
    Ok(match account {
        Some(id) => tx.find_account(tz_model::AccountId(id))?.map(|row| row.name).unwrap_or_default(),
        None => String::new(),
    })
}

/// Who has an item in hand, if anybody.
fn holder_of(tx: &mut Tx, row: &ItemRow) -> Result<Option<String>, Problem> {
    Ok(match row.claimed_by {
        Some(_) => Some(name_of(tx, row.claimed_by)?),
        None => None,
    })
}

/// The list of an editor as it stands on a day.
fn list_inbox(tx: &mut Tx, today: Date, filter: &InboxFilter) -> Result<Inbox, Problem> {
    let scheme = scheme_on(tx, today)?;
    let units = tx.list_unit_names()?;
    let to_do = filter.state.is_empty();
    let one = [filter.state.as_str()];
    let states: &[&str] = match filter.state.as_str() {
        "" => &["received", "editing"],
        "all" => &[],
        _ => &one,
    };
    let text = filter.text.trim();
    let mut rows = tx.list_items(
        Sight::Office,
        &ItemFilter {
            states,
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

    /// Categories with limits and the units, for the form of 补录.
    pub fn entering_form(&self, _who: &Editor) -> Result<EnteringForm, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        Ok((
            scheme.categories().iter().map(|known| (known.name.to_string(), known.limit)).collect(),
            tx.list_units(None)?.into_iter().map(|unit| (UnitId(unit.unit_id), unit.name)).collect(),
        ))
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
        let checks = checks(&scheme, &row, newest, &same, repeats.as_deref(), &attachments);
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
            row,
        })
    }

    /// Takes an item in hand (认领): others see who has it and cannot change it.
    pub fn claim(&self, who: &Editor, id: ItemId) -> Result<(), Problem> {
        self.change(who, id, None, Move::Claim, |row| {
            "editing".clone_into(&mut row.state);
            row.claimed_by = Some(who.account.0);
            ("claimed", "编辑已认领".to_owned(), true)
        })
    }

    /// Puts an item back (放回).
    pub fn release(&self, who: &Editor, id: ItemId) -> Result<(), Problem> {
        self.change(who, id, None, Move::Release, |row| {
            "received".clone_into(&mut row.state);
            row.claimed_by = None;
            ("released", "已放回待处理".to_owned(), false)
        })
    }

    /// Sends an item back to its unit with a coded reason (退稿). Refused if claimed by another or if a newer version exists.
    pub fn return_item(&self, who: &Editor, id: ItemId, opened: Revision, why: &Reasoned) -> Result<(), Problem> {
        let why = why.sentence()?;
        self.change(who, id, Some(opened), Move::Return, |row| {
            "returned".clone_into(&mut row.state);
            row.claimed_by = None;
            ("returned", format!("已退回：{why}"), true)
        })
    }

    /// Decides that an item is not used (不采用), with a coded reason.
    pub fn decline_item(&self, who: &Editor, id: ItemId, opened: Revision, why: &Reasoned) -> Result<(), Problem> {
        let why = why.sentence()?;
        self.change(who, id, Some(opened), Move::Decline, |row| {
            "declined".clone_into(&mut row.state);
            row.claimed_by = None;
            ("declined", format!("未采用：{why}"), true)
        })
    }

    /// Keeps an item for later (留存备用).
    pub fn hold_item(&self, who: &Editor, id: ItemId, opened: Revision, words: &str) -> Result<(), Problem> {
        let why = Reasoned { code: "留存备用".to_owned(), words: words.to_owned() }.sentence()?;
        self.change(who, id, Some(opened), Move::Hold, |row| {
            "held".clone_into(&mut row.state);
            row.claimed_by = None;
            ("held", why.clone(), true)
        })
    }

    /// Puts a held, declined or returned item on the list again (重新列入待处理).
    pub fn reopen_item(&self, who: &Editor, id: ItemId) -> Result<(), Problem> {
        self.change(who, id, None, Move::Reopen, |row| {
            "received".clone_into(&mut row.state);
            ("reopened", "重新列入待处理".to_owned(), true)
        })
    }

    /// Gathers an item, asks whether the move is allowed, records what it does.
    fn change(
        &self,
        who: &Editor,
        id: ItemId,
        opened: Option<Revision>,
        wish: Move,
        effect: impl Fn(&mut ItemRow) -> (&'static str, String, bool),
    ) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let holder = holder_of(&mut tx, &row)?;
        may(&row, who, holder.as_deref(), opened, wish)?;
        let (kind, text, for_unit) = effect(&mut row);
        let held = Revision(row.revision);
        if !tx.update_item(&row, held)? {
            return Err(IntakeRefusal::Stale { current: row.revision }.into());
        }
        note(&mut tx, id, now, Some(who.account.0), kind, &text, for_unit)?;
        act(&mut tx, who, now, wish.name(), &row.number, &text)?;
        tx.commit()?;
        Ok(())
    }

    /// Saves an edited text as a new version (修改). Where somebody saved since `opened`, neither text is lost: the newer
    /// one comes back with the refusal, the typed one stays on the page. A new category is a new row in the ledger.
    #[expect(clippy::too_many_arguments, reason = "a version is these texts, and the form has a field for each")]
    pub fn save_version(
        &self,
        who: &Editor,
        id: ItemId,
        opened: Revision,
        title: &str,
        body: &str,
        category: &str,
        remark: &str,
    ) -> Result<Revision, Problem> {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let body = body.replace("\r\n", "\n").trim_end().to_owned();
        let mut faults = text_faults(&title, &body, &[]);
        if title.is_empty() {
            faults.push(FieldFault::new("title", "请填写标题。"));
        }
        all_right(faults)?;
        self.refuse_secret(
            who,
            &format!("intake-{id}"),
            &mut NewItem { title: title.clone(), body: body.clone(), ..NewItem::default() },
        )?;
        let now = self.micros();
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let holder = holder_of(&mut tx, &row)?;
        // A stale save is told so first, with both texts, whoever has the item in hand by now.
        if row.revision != opened.0 {
            return Err(overtaken(&mut tx, &row)?);
        }
        may(&row, who, holder.as_deref(), None, Move::Edit)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        if !has_category(&scheme, category) {
            return Err(Problem::field("category", "请从列表中选择信息类别，列表来自现行计分办法。"));
        }
        let moved = row.category != category;
        row.revision += 1;
        row.title.clone_from(&title);
        category.clone_into(&mut row.category);
        row.words = words(&body);
        if matches!(row.state.as_str(), "received" | "editing") {
            "editing".clone_into(&mut row.state);
            row.claimed_by = Some(who.account.0);
        }
        if !tx.update_item(&row, opened)? {
            return Err(overtaken(&mut tx, &row)?);
        }
        tx.insert_version(VersionRow {
            item_id: id.0,
            revision: row.revision,
            title,
            body,
            category: category.to_owned(),
            saved_at: now,
            saved_by: Some(who.account.0),
            note: remark.trim().chars().take(200).collect(),
        })?;
        if moved {
            move_category(&mut tx, &row, now, who.account.0)?;
            note(&mut tx, id, now, Some(who.account.0), "category", &format!("信息类别改为“{category}”"), true)?;
        }
        let text = format!("编辑修改，存为第{}版", row.revision);
        note(&mut tx, id, now, Some(who.account.0), "edited", &text, true)?;
        act(&mut tx, who, now, "修改稿件", &row.number, &text)?;
        tx.delete_draft(who.account, &format!("intake-{id}"))?;
        tx.commit()?;
        Ok(Revision(row.revision))
    }

    /// Makes an old version the newest again (恢复), as a version of its own.
    pub fn restore_version(
        &self,
        who: &Editor,
        id: ItemId,
        opened: Revision,
        old: Revision,
    ) -> Result<Revision, Problem> {
        let version = self.read()?.find_version(id, old)?.ok_or(Problem::NotThere)?;
        let remark = format!("恢复第{old}版");
        self.save_version(who, id, opened, &version.title, &version.body, &version.category, &remark)
    }

    /// Rules an item out of the quota (不计篇数), for a repeat naming the number of the item it repeats.
    pub fn not_counted(&self, who: &Editor, id: ItemId, why: &Reasoned, repeats: &str) -> Result<(), Problem> {
        let why_words = why.sentence()?;
        let repeats = repeats.trim();
        self.count_anew(who, id, &format!("不计篇数：{why_words}"), |tx, row| {
            row.counted = false;
            if !repeats.is_empty() {
                let earlier = tx.find_item_by_number(repeats)?.filter(|other| other.id != row.id).ok_or_else(|| {
                    Problem::field("repeats", format!("没有编号为“{repeats}”的稿件，请核对所重复的稿件编号。"))
                })?;
                row.repeats = Some(earlier.id);
            }
            Ok(())
        })
    }

    /// Counts an item after all (恢复计数), a flagged repeat too.
    pub fn count_again(&self, who: &Editor, id: ItemId, words: &str) -> Result<(), Problem> {
        let words = words.trim();
        if words.is_empty() || words.chars().count() > 1000 {
            return Err(Problem::field("words", "请写明恢复计数的理由，不超过1000字。"));
        }
        self.count_anew(who, id, &format!("恢复计数：{words}"), |_, row| {
            row.counted = true;
            row.repeats = None;
            Ok(())
        })
    }

    fn count_anew(
        &self,
        who: &Editor,
        id: ItemId,
        text: &str,
        effect: impl FnOnce(&mut Write, &mut ItemRow) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let held = tx.find_fact(Table::Reports.name(), &row.number)?.filter(|fact| !fact.revoked);
        let Some(held) = held else {
            let (state, what) = (state_name(&row.state), "改变计数");
            return Err(IntakeRefusal::WrongState { title: row.title, state, what }.into());
        };
        effect(&mut tx, &mut row)?;
        let opened = Revision(row.revision);
        if !tx.update_item(&row, opened)? {
            return Err(IntakeRefusal::Stale { current: row.revision }.into());
        }
        let repeats = number_of(&mut tx, row.repeats)?;
        tx.append_fact(FactRow {
            counted: row.counted,
            repeats,
            recorded_at: now,
            recorded_by: Some(who.account.0),
            reason: text.to_owned(),
            ..held
        })?;
        note(&mut tx, id, now, Some(who.account.0), "counted", text, true)?;
        act(&mut tx, who, now, "更改计数", &row.number, text)?;
        tx.commit()?;
        Ok(())
    }

    /// Asks the unit to verify a fact (核实); its answer comes into the item's course.
    pub fn ask_unit(&self, who: &Editor, id: ItemId, text: &str) -> Result<(), Problem> {
        self.tell_unit(who, id, "verify", "请单位核实", text)
    }

    /// An editor's remark to the unit (点评).
    pub fn remark(&self, who: &Editor, id: ItemId, text: &str) -> Result<(), Problem> {
        self.tell_unit(who, id, "remark", "点评", text)
    }

    fn tell_unit(&self, who: &Editor, id: ItemId, kind: &str, what: &str, text: &str) -> Result<(), Problem> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 1000 {
            return Err(Problem::field("words", "请填写内容，不超过1000字，单位会看到。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let (row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        note(&mut tx, id, now, Some(who.account.0), kind, &format!("{what}：{text}"), true)?;
        act(&mut tx, who, now, what, &row.number, text)?;
        tx.commit()?;
        Ok(())
    }

    /// Enters for a unit what came by telephone or by hand (补录). Paper never counts towards a quota (N3.1).
    pub fn enter_for_unit(&self, who: &Editor, new: &NewItem, key: &str) -> Result<Entered, Problem> {
        let mut new = new.clone();
        if new.channel != Channel::Paper {
            new.channel = Channel::Entered;
        }
        let mut faults = text_faults(&new.title, &new.body, &new.files);
        if new.units.is_empty() {
            faults.push(FieldFault::new("unit", "请选择报送单位，可以选多个。"));
        }
        all_right(faults)?;
        self.refuse_secret(who, "intake-new", &mut new)?;
        let now = self.micros();
        let mut tx = self.write()?;
        if let Some(sent) = tx.find_item_sent(who.account, key)? {
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
        let entered = enter_item(&mut tx, &scheme, &new, now, origin)?;
        tx.delete_draft(who.account, "intake-new")?;
        act(&mut tx, who, now, "补录", &entered.number, &entered.title)?;
        tx.commit()?;
        Ok(entered)
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

/// The refusal of a stale save, with the newer text.
fn overtaken(tx: &mut Tx, row: &ItemRow) -> Result<Problem, Problem> {
    let newest = tx.list_versions(ItemId(row.id))?.pop().ok_or(Problem::NotThere)?;
    let by = name_of(tx, newest.saved_by)?;
    Ok(Problem::Overtaken {
        by: if by.is_empty() { "他人".to_owned() } else { by },
        current: newest.revision,
        title: newest.title,
        body: newest.body,
    })
}

/// What is told from the item alone (自动核对).
fn checks(
    scheme: &tz_scheme::Scheme,
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
    checks.push(match mark_in(&newest.title, &newest.body, "", &[]) {
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
