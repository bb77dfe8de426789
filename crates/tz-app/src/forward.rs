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
use tz_store::item::Sight;
use tz_store::ledger::FactFilter;

use crate::publication::{joined, price_of, unit_names};
use crate::{App, Editor, Problem, scheme_on};

pub use lists::{Confirmed, ListTaken, NewList, OpenLine, ProposalView, Wish as LineWish};
pub use matching::{APART, Likeness, SURE, WORTH};
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
    let mut units = Vec::new();
    for item in items {
        if let Some((_, of)) = tx.find_item(Sight::Office, ItemId(*item))? {
            for unit in of {
                if !units.contains(&unit) {
                    units.push(unit);
                }
            }
        }
    }
    Ok(units)
}

/// Upward reports as people see them.
fn views(tx: &mut Tx, rows: Vec<ForwardRow>) -> Result<Vec<ForwardView>, Problem> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let items = tx.list_forward_items(&ids)?;
    let adoptions = tx.list_adoptions_of_forwards(&ids)?;
    let names = unit_names(tx)?;
    let accounts: BTreeMap<i64, String> =
        tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
    let by = |id: Option<i64>| id.and_then(|id| accounts.get(&id).cloned()).unwrap_or_default();
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let own: Vec<i64> = items.iter().filter(|one| one.forward_id == row.id).map(|one| one.item_id).collect();
        let known: BTreeMap<i64, (String, String)> =
            tx.list_numbers_of_items(&own)?.into_iter().map(|(id, number, title)| (id, (number, title))).collect();
        let units = units_of(tx, &own)?;
        let counted: Vec<Option<String>> =
            items.iter().filter(|one| one.forward_id == row.id).map(|one| one.fact_key.clone()).collect();
        let mut fates = fates_of(tx, &row, &own, &counted)?;
        for line in adoptions.iter().filter(|line| line.forward_id == Some(row.id)) {
            // Entered from a list for items that are not in the system as this report's: told by the list alone.
            if !fates.iter().any(|fate| fate.kind == line.kind && fate.date == parse_date(&line.date).ok()) {
                fates.extend(fate_of(tx, line.fact_key.as_deref())?);
            }
        }
        views.push(ForwardView {
            id: row.id,
            number: number_words(&row),
            state: ForwardState::of(&row),
            date: row.date.as_deref().and_then(|day| parse_date(day).ok()),
            issue: row.issue_id.map(IssueId),
            items: own
                .iter()
                .filter_map(|id| known.get(id).map(|(number, title)| (ItemId(*id), number.clone(), title.clone())))
                .collect(),
            units: joined(&names, &units),
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

/// The adoptions above of a report's items since it was sent; what sending it was is not among them.
fn fates_of(tx: &mut Tx, row: &ForwardRow, items: &[i64], counted: &[Option<String>]) -> Result<Vec<Fate>, Problem> {
    if row.state == DRAFT {
        return Ok(Vec::new());
    }
    let mut fates = Vec::new();
    for item in items {
        let filter = FactFilter {
            table: Some(Table::Adoptions.name()),
            item: Some(ItemId(*item)),
            from: row.date.as_deref(),
            ..FactFilter::default()
        };
        for fact in tx.list_facts(&filter)? {
            let sending = counted.iter().flatten().any(|key| *key == fact.key) || fact.name == row.counted_as;
            if fact.issue_id.is_none() && !sending {
                fates.extend(fate_of(tx, Some(&fact.key))?);
            }
        }
    }
    Ok(fates)
}

fn fate_of(tx: &mut Tx, key: Option<&str>) -> Result<Option<Fate>, Problem> {
    let Some(key) = key else { return Ok(None) };
    let Some(fact) = tx.find_fact(Table::Adoptions.name(), key)?.filter(|fact| !fact.revoked) else {
        return Ok(None);
    };
    let date = parse_date(&fact.date).ok();
    let points = match date {
        Some(day) => price_of(&*scheme_on(tx, day)?, Table::Adoptions, &fact.name),
        None => None,
    };
    Ok(Some(Fate {
        kind: fact.name,
        form: fact.form.unwrap_or_default(),
        date,
        points: points.map(|points| format!("{points}分")).unwrap_or_default(),
    }))
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
