//! Upward reports (上报): an item sent to a higher office with a title and a text of its own, and what became of it.
//!
//! `writing.rs` begins, saves, sends and withdraws one; `lists.rs` takes in the lists of what was adopted above and enters what
//! a person confirms; `matching.rs` and `lines.rs` are the pure parts of that.

mod lines;
mod lists;
mod matching;
mod notice;
mod writing;

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{IssueId, ItemId, Table, parse_date};
use tz_store::Tx;
use tz_store::forward::{ForwardItemRow, ForwardRow};
use tz_store::ledger::{FactFilter, FactRow};

use crate::publication::{joined, price_of, unit_names};
use crate::{App, Editor, Problem, scheme_on};

pub use lists::{Confirmed, ListTaken, NewList, OpenLine, ProposalView, Wish as LineWish};
pub use matching::{APART, Likeness, SURE, WORTH};
use writing::SENDING;
pub use writing::{Begun, ForwardWish, Source};

pub(crate) const DRAFT: &str = "draft";
pub(crate) const SENT: &str = "sent";
const WITHDRAWN: &str = "withdrawn";

/// Where an upward report stands (状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardState {
    /// 起草中
    Draft,
    /// 已上报
    Sent,
    /// 已撤回
    Withdrawn,
}

impl ForwardState {
    pub(crate) fn of(row: &ForwardRow) -> Self {
        match row.state.as_str() {
            SENT => Self::Sent,
            WITHDRAWN => Self::Withdrawn,
            _ => Self::Draft,
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "起草中",
            Self::Sent => "已上报",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// An adoption that came of an upward report (去向).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The kind of adoption.
    pub kind: String,
    /// 独编, 综合, 一句话, or empty.
    pub form: String,
    /// Its day.
    pub date: Option<Date>,
    /// Points (分) each unit gets, in words; empty where the name alone does not decide.
    pub points: String,
}

/// An upward report.
#[derive(Clone, Debug)]
pub struct ForwardView {
    /// Its identity.
    pub id: i64,
    /// `上报〔2018〕12号`; empty until it is sent.
    pub number: String,
    /// The higher office.
    pub target: String,
    /// The form it is meant for: a kind of adoption.
    pub form: String,
    /// Its own title.
    pub title: String,
    /// Its own text.
    pub body: String,
    /// The kind of adoption that sending it is, or empty.
    pub counted_as: String,
    /// Where it stands.
    pub state: ForwardState,
    /// Which saving of it this is.
    pub revision: i64,
    /// The day it was sent.
    pub date: Option<Date>,
    /// The issue it was taken from.
    pub issue: Option<IssueId>,
    /// Its items: identity, number, title.
    pub items: Vec<(ItemId, String, String)>,
    /// The units of its items, each once, joined by `、`.
    pub units: String,
    /// What became of it above.
    pub fates: Vec<Fate>,
    /// Why it was withdrawn; empty otherwise.
    pub reason: String,
    /// Who began it.
    pub edited_by: String,
    /// Who sent it; empty until then.
    pub sent_by: String,
}

/// `上报〔2018〕12号`; empty without a number.
pub(crate) fn number_words(row: &ForwardRow) -> String {
    match (row.year, row.number) {
        (Some(year), Some(number)) => format!("上报〔{year}〕{number}号"),
        _ => String::new(),
    }
}

/// The units of some items, each once, in the order they are first named (R11).
pub(crate) fn units_of(tx: &mut Tx, items: &[i64]) -> Result<Vec<i64>, Problem> {
    Ok(once(&tx.units_of_items(items)?, items))
}

/// The units of these items, each once.
fn once(of: &BTreeMap<i64, Vec<i64>>, items: &[i64]) -> Vec<i64> {
    let mut units = Vec::new();
    for unit in items.iter().filter_map(|item| of.get(item)).flatten() {
        if !units.contains(unit) {
            units.push(*unit);
        }
    }
    units
}

/// Upward reports as people see them.
fn views(tx: &mut Tx, rows: Vec<ForwardRow>) -> Result<Vec<ForwardView>, Problem> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let items = tx.list_forward_items(&ids)?;
    let lines = tx.list_adoptions_of_forwards(&ids)?;
    let all: Vec<i64> = items.iter().map(|item| item.item_id).collect();
    let units = tx.units_of_items(&all)?;
    let known: BTreeMap<i64, (String, String)> =
        tx.list_numbers_of_items(&all)?.into_iter().map(|(id, number, title)| (id, (number, title))).collect();
    let first = rows.iter().filter_map(|row| row.date.as_deref()).min();
    let mut adoptions = match first {
        Some(_) => {
            tx.list_facts(&FactFilter { table: Some(Table::Adoptions.name()), from: first, ..FactFilter::default() })?
        }
        None => Vec::new(),
    };
    // A list may date an adoption before the day its report was registered as sent.
    let keys: Vec<&str> = lines.iter().filter_map(|line| line.fact_key.as_deref()).collect();
    let confirmed = tx.list_facts_named(Table::Adoptions.name(), &keys, None)?;
    let missing = |fact: &FactRow| !fact.revoked && !adoptions.iter().any(|known| known.key == fact.key);
    let earlier: Vec<FactRow> = confirmed.into_iter().filter(missing).collect();
    adoptions.extend(earlier);
    let names = unit_names(tx)?;
    let accounts: BTreeMap<i64, String> =
        tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
    let by = |id: Option<i64>| id.and_then(|id| accounts.get(&id).cloned()).unwrap_or_default();
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let own: Vec<&ForwardItemRow> = items.iter().filter(|one| one.forward_id == row.id).collect();
        let items: Vec<i64> = own.iter().map(|one| one.item_id).collect();
        // What came of it: adoptions above of its items since, and those confirmed from a list as its own.
        let came = |fact: &&FactRow| {
            let confirmed = lines
                .iter()
                .any(|line| line.forward_id == Some(row.id) && line.fact_key.as_deref() == Some(fact.key.as_str()));
            let sending = own.iter().any(|one| one.fact_key.as_deref() == Some(fact.key.as_str()));
            let of_items = fact.item_id.is_some_and(|item| items.contains(&item));
            let since = row.date.as_deref().is_some_and(|sent| sent <= fact.date.as_str());
            let above = fact.issue_id.is_none() && !sending && fact.name != SENDING;
            confirmed || (of_items && since && above)
        };
        let mut fates = Vec::new();
        for fact in adoptions.iter().filter(came) {
            fates.push(fate_of(tx, fact)?);
        }
        views.push(ForwardView {
            id: row.id,
            number: number_words(&row),
            state: ForwardState::of(&row),
            date: row.date.as_deref().and_then(|day| parse_date(day).ok()),
            issue: row.issue_id.map(IssueId),
            units: joined(&names, &once(&units, &items)),
            items: items
                .iter()
                .filter_map(|id| known.get(id).map(|(number, title)| (ItemId(*id), number.clone(), title.clone())))
                .collect(),
            fates,
            edited_by: by(row.created_by),
            sent_by: by(row.sent_by.filter(|_| row.sent_at.is_some())),
            revision: row.revision,
            target: row.target,
            form: row.form,
            title: row.title,
            body: row.body,
            counted_as: row.counted_as,
            reason: row.reason,
        });
    }
    Ok(views)
}

fn fate_of(tx: &mut Tx, fact: &FactRow) -> Result<Fate, Problem> {
    let date = parse_date(&fact.date).ok();
    let points = match date {
        Some(day) => price_of(&*scheme_on(tx, day)?, Table::Adoptions, &fact.name),
        None => None,
    };
    Ok(Fate {
        kind: fact.name.clone(),
        form: fact.form.clone().unwrap_or_default(),
        date,
        points: points.map(|points| format!("{points}分")).unwrap_or_default(),
    })
}

impl App {
    /// Upward reports, newest first, at most 300: all, or those in a state.
    pub fn forwards(&self, _who: &Editor, state: Option<ForwardState>) -> Result<Vec<ForwardView>, Problem> {
        let mut tx = self.read()?;
        let key = state.map(|state| match state {
            ForwardState::Draft => DRAFT,
            ForwardState::Sent => SENT,
            ForwardState::Withdrawn => WITHDRAWN,
        });
        let rows = tx.list_forwards(key, 300)?;
        views(&mut tx, rows)
    }

    /// One upward report.
    pub fn forward(&self, _who: &Editor, id: i64) -> Result<ForwardView, Problem> {
        let mut tx = self.read()?;
        let row = tx.find_forward(id)?.ok_or(Problem::NotThere)?;
        views(&mut tx, vec![row])?.pop().ok_or(Problem::NotThere)
    }
}

/// The rows of a report's items as they are stored anew.
fn item_rows(forward: i64, items: &[i64]) -> Vec<ForwardItemRow> {
    let rows = items.iter().zip(1..);
    rows.map(|(&item_id, position)| ForwardItemRow { forward_id: forward, item_id, position, fact_key: None }).collect()
}
