//! What an editor decides about an item, and who may.

use tz_model::{ItemId, Revision, Table};
use tz_store::Write;
use tz_store::item::{ItemRow, Sight};
use tz_store::ledger::FactRow;

use super::holder_of;
use crate::notice::{Known, NoticeKind, Telling};
use crate::problem::all_right;
use crate::report::{act, note, number_of, state_name};
use crate::{App, Editor, FieldFault, Person, Problem};

/// Why an item is returned, declined, held or not counted, as the unit reads it.
pub const REASONS: [&str; 9] = ["过时", "重复", "已见报", "数据不全", "无建议", "超长", "非本级", "留存备用", "其他"];

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
pub(super) fn may(
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

impl App {
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
        let (mut row, units) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let holder = holder_of(&mut tx, &row)?;
        may(&row, who, holder.as_deref(), opened, wish)?;
        let (kind, text, for_unit) = effect(&mut row);
        let held = Revision(row.revision);
        if !tx.update_item(&row, held)? {
            return Err(IntakeRefusal::Stale { current: row.revision }.into());
        }
        note(&mut tx, id, now, Some(who.account.0), kind, &text, for_unit)?;
        act(&mut tx, who, now, wish.name(), &row.number, &text)?;
        if kind == "returned" {
            let telling = Telling {
                kind: NoticeKind::Returned,
                // An item may be returned again after it was sent anew.
                subject: &format!("{}/{now}", row.number),
                values: &[("编号", &row.number), ("题目", &row.title), ("原因", &text)],
                href: &format!("/report/{id}"),
            };
            let known = Known::read(&mut tx)?;
            known.tell(&mut tx, &telling, &known.reporters_of(&units), now)?;
        }
        tx.commit()?;
        Ok(())
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
}
