//! The quarantine (待处理, shown as 隔离邮件): what waits and why. What a message holds is in `documents.rs`, what an editor makes of
//! it in `settling.rs`.

use tz_model::MailId;
use tz_store::mail::{HeldFilter, MailRow};

use crate::reading::STUMBLED;
use crate::{App, Editor, Problem};

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
}
