//! How a postbox is doing, as a sentence: an outage must be seen before a unit asks where its item is.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use tz_model::PostboxId;
use tz_store::moment;
use tz_store::postbox::{PostboxRow, PostboxStateRow};

use crate::{App, Problem};

const MINUTE: i64 = 60_000_000;
/// A watcher that has said nothing for so long is taken for stopped.
const SILENT: i64 = 20 * MINUTE;

/// How a postbox is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// 停用
    Off,
    /// 尚未开始
    New,
    /// 正常
    Well,
    /// 正在收取
    Busy,
    /// 出错
    Failing,
    /// 没有动静
    Silent,
}

impl Health {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "停用",
            Self::New => "等待首次连接",
            Self::Well => "正常",
            Self::Busy => "正在收取",
            Self::Failing => "收信中断",
            Self::Silent => "没有动静",
        }
    }

    /// As the health figure names it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::New => "new",
            Self::Well => "well",
            Self::Busy => "busy",
            Self::Failing => "failing",
            Self::Silent => "silent",
        }
    }

    /// True where somebody should act.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failing | Self::Silent)
    }
}

/// How a postbox is doing, with its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostboxHealth {
    /// What the office calls it.
    pub name: String,
    /// In one word.
    pub health: Health,
    /// When all was last known to be well.
    pub well_at: Option<Timestamp>,
    /// How many letters waited then.
    pub waiting: i64,
    /// Failures since.
    pub failures: i64,
    /// What failed last and what to do; empty where all is well.
    pub failure: String,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
    /// When the ledger was last compared with the server.
    pub checked_at: Option<Timestamp>,
    /// A comparison was asked for or is under way.
    pub checking: bool,
}

impl PostboxHealth {
    pub(super) fn of(row: &PostboxRow, state: &PostboxStateRow, now: i64) -> Self {
        let known_at = state.well_at.or(state.failed_at);
        let health = if !row.enabled {
            Health::Off
        } else if state.failures > 0 {
            Health::Failing
        } else if known_at.unwrap_or(row.changed_at) < now - SILENT {
            Health::Silent
        } else if state.well_at.is_none() {
            Health::New
        } else if state.waiting > 0 {
            Health::Busy
        } else {
            Health::Well
        };
        Self {
            name: row.name.clone(),
            health,
            well_at: state.well_at.map(moment),
            waiting: state.waiting,
            failures: state.failures,
            failure: if state.failures > 0 { state.failure.clone() } else { String::new() },
            failed_at: state.failed_at.filter(|_| state.failures > 0).map(moment),
            checked_at: state.checked_at.map(moment),
            checking: state.check_asked_at.is_some(),
        }
    }
}

/// What could not be written down of a failure because writing itself failed: a full disk. Known to this process alone, until
/// it can write again.
#[derive(Debug, Default)]
pub(crate) struct Unwritten(Mutex<BTreeMap<i64, (i64, String)>>);

impl Unwritten {
    fn held(&self) -> MutexGuard<'_, BTreeMap<i64, (i64, String)>> {
        self.0.lock().expect("no holder of this lock can panic")
    }

    pub(super) fn note(&self, id: PostboxId, at: i64, sentence: &str) {
        self.held().insert(id.0, (at, sentence.to_owned()));
    }

    pub(super) fn forget(&self, id: PostboxId) {
        self.held().remove(&id.0);
    }

    /// The state as it would stand there.
    pub(super) fn added_to(&self, mut state: PostboxStateRow) -> PostboxStateRow {
        if let Some((at, sentence)) = self.held().get(&state.postbox_id) {
            state.failed_at = Some(*at);
            state.failures += 1;
            state.failure.clone_from(sentence);
        }
        state
    }
}

impl App {
    /// How every postbox is doing, by name: for the health figure and the pages of the office's people.
    pub fn postbox_healths(&self) -> Result<Vec<PostboxHealth>, Problem> {
        let mut tx = self.read()?;
        let states: Vec<PostboxStateRow> =
            tx.list_postbox_states()?.into_iter().map(|state| self.unwritten.added_to(state)).collect();
        let rows = tx.list_postboxes()?;
        let now = self.micros();
        let state_of = |id: i64| states.iter().find(|state| state.postbox_id == id);
        Ok(rows.iter().filter_map(|row| Some(PostboxHealth::of(row, state_of(row.id)?, now))).collect())
    }
}
