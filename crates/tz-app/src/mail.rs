//! Mail (来信): one transaction a message, exactly one fate. Nothing arrives and vanishes; only what carries a mark of
//! secrecy is not kept, and even that leaves its time, sender, hash and mark.
//!
//! Read [`App::receive_mail`] first, in `receiving.rs`; [`App::receive_letter`] is the same for what a postbox brings. The
//! ledger of what came is in `ledger.rs`, what waits in `quarantine.rs`, what such a message holds in `documents.rs`, what an
//! editor makes of it in `settling.rs`, looking at it anew in `replaying.rs`; what the people responsible are told of refused
//! secrets in `incidents.rs`.

mod documents;
mod incidents;
mod ledger;
mod quarantine;
mod receiving;
mod replaying;
mod settling;

use tz_store::Write;
use tz_store::audit::Act;

use crate::Problem;
use crate::report::Entered;

pub use documents::{DocumentAct, DocumentWish, FileUse, ReceiveWish};
pub use incidents::{Refusal, RefusalKey};
pub use ledger::{MailLedger, MailLine, MailView, Preview};
pub use quarantine::{DISCARD_REASONS, HeldLine, Hold, Quarantine};
pub use receiving::{PostboxLetter, split_mbox};
pub(crate) use receiving::{mark_words, stored_text};
pub use replaying::{Replayed, ReplayedMany};
pub use settling::Received;

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

fn audited(tx: &mut Write, now: i64, act: &str, object: &str, detail: &str) -> Result<(), Problem> {
    Ok(tx.record_act(&Act { at: now, account: None, who: "收信", act, object, done: true, detail })?)
}
