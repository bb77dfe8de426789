//! OutgoingList by mail (发信): what is answered, what it says, when it is sent, and what became of it.
//!
//! A message that comes over a postbox is answered at most once: `answering.rs` decides in the transaction that enters the
//! message, and puts a letter into the queue. A sender takes letters up ([`App::claim_outgoing`], `sending.rs`); only then is
//! one written (`writing.rs`), so that it says how things stand when it goes out. A letter is handed to the mail server at
//! most once: where the server's answer was lost it is called unsure (不能确定) and a person decides.

mod answering;
mod sending;
mod settings;
mod writing;

pub(crate) use answering::{Answer, answer, is_our_name, queued};
pub use sending::{Outgoing, Refusal};
pub use settings::{MailOut, MailOutWish, Security};
pub use tz_store::outgoing::OutgoingRow;

use tz_store::audit::Act;

use crate::{App, Editor, Problem};

/// What a letter is for (种类).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingKind {
    /// 回执: an item was accepted.
    Receipt,
    /// 未登记答复: the sender's address is not registered (N3.1).
    Stranger,
    /// 涉密拒收告知: a message with a mark of secrecy was refused (N3.1).
    SecretRefused,
    /// 邮箱确认: the code that proves that a unit reads the address it asks to have registered (N3.1).
    Confirmation,
    /// 试发: an administrator tries the settings.
    Trial,
    /// 消息: one notice, or those of a day.
    Notice,
}

impl OutgoingKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Receipt, Self::Stranger, Self::SecretRefused, Self::Confirmation, Self::Trial, Self::Notice];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Stranger => "stranger",
            Self::SecretRefused => "secret",
            Self::Confirmation => "confirm",
            Self::Trial => "trial",
            Self::Notice => "notice",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receipt => "收稿回执",
            Self::Stranger => "未登记邮箱的答复",
            Self::SecretRefused => "涉密拒收的告知",
            Self::Confirmation => "登记邮箱的确认",
            Self::Trial => "试发邮件",
            Self::Notice => "消息",
        }
    }

    /// The kind stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// How far a letter has come (发送状态), as stored, in the order of the page.
pub const OUTGOING_STATES: [&str; 6] = ["waiting", "sending", "sent", "unsure", "failed", "withheld"];

/// What a stored state of a letter is called.
pub fn outgoing_state_name(state: &str) -> &'static str {
    match state {
        "waiting" => "等待发送",
        "sending" => "正在发送",
        "sent" => "已发出",
        "unsure" => "不能确定",
        "failed" => "没有发出",
        "withheld" => "不再发送",
        _ => "状态不明",
    }
}

/// The letters of an office, newest first.
#[derive(Clone, Debug)]
pub struct OutgoingList {
    /// How many are in each state, in the page's order; states without letters too.
    pub counts: Vec<(&'static str, i64)>,
    /// The letters.
    pub rows: Vec<OutgoingRow>,
    /// There are older ones.
    pub more: bool,
    /// OutgoingList are sent at all.
    pub enabled: bool,
}

impl App {
    /// OutgoingList in a state or all, fifty from before `before` on.
    pub fn outgoing(&self, _who: &Editor, state: Option<&str>, before: Option<i64>) -> Result<OutgoingList, Problem> {
        let mut tx = self.read()?;
        let held = tx.count_outgoing()?;
        let mut rows = tx.list_outgoing(state, before, 51)?;
        let more = rows.len() > 50;
        rows.truncate(50);
        let count = |key: &str| held.iter().find(|(state, _)| state == key).map_or(0, |(_, count)| *count);
        Ok(OutgoingList {
            counts: OUTGOING_STATES.iter().map(|key| (*key, count(key))).collect(),
            rows,
            more,
            enabled: tx.find_mail_out()?.is_some_and(|held| held.enabled),
        })
    }

    /// One letter.
    pub fn outgoing_one(&self, _who: &Editor, id: i64) -> Result<OutgoingRow, Problem> {
        self.read()?.find_outgoing(id)?.ok_or(Problem::NotThere)
    }

    /// Sends a letter again that was not sent, or of which that cannot be told (重新发送).
    pub fn send_again(&self, who: &Editor, id: i64) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut row = tx.find_outgoing(id)?.ok_or(Problem::NotThere)?;
        let was = row.state.clone();
        if !matches!(was.as_str(), "failed" | "unsure") {
            return Err(Problem::Refused(format!(
                "这封邮件现在是“{}”，不需要重新发送。请刷新页面查看。",
                outgoing_state_name(&was)
            )));
        }
        (row.state, row.due_at, row.tries) = ("waiting".to_owned(), now, 0);
        if !tx.update_outgoing(&row, &was)? {
            return Err(Problem::Refused("这封邮件刚刚有了新的状态。请刷新页面查看。".to_owned()));
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "重新发送邮件",
            object: &format!("发信{id}"),
            done: true,
            detail: &row.address,
        })?;
        tx.commit()?;
        Ok(())
    }
}
