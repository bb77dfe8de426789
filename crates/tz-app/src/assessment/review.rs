//! One page for a unit at the end of its period (回顾): what of its items was used, why the rest was not, and one example of how an
//! editor wrote it anew.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{IssueId, ItemId, Month, Points, UnitId};
use tz_store::Tx;
use tz_store::item::{ItemFilter, ItemRow, Sight, VersionRow};

use super::pages::may_see_account;
use super::period::{ClosePeriod, closed_with, period_on};
use crate::publication::unit_names;
use crate::report::{Use, uses_of};
use crate::{App, Person, Problem};

/// Items looked through.
const LISTED: i64 = 500;

/// An item that was used.
#[derive(Clone, Debug)]
pub struct UsedItem {
    /// The item.
    pub id: ItemId,
    /// Its number.
    pub number: String,
    /// Its title as it was sent.
    pub title: String,
    /// Where it was used and commented on.
    pub uses: Vec<Use>,
}

/// An item that was not used.
#[derive(Clone, Debug)]
pub struct LeftItem {
    /// The item.
    pub id: ItemId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// 信息类别
    pub category: String,
    /// Its state, as stored.
    pub state: String,
    /// What the unit was told: the reason, or that it waits.
    pub why: String,
}

/// One item as it was sent and as it was printed.
#[derive(Clone, Debug)]
pub struct Example {
    /// The item.
    pub id: ItemId,
    /// Title and text as sent.
    pub sent: (String, String),
    /// Title and text as printed.
    pub printed: (String, String),
}

/// A unit's period in review.
#[derive(Clone, Debug)]
pub struct Review {
    /// The unit's name.
    pub unit: String,
    /// The period.
    pub period: ClosePeriod,
    /// Items received in it.
    pub received: usize,
    /// Those that were used, the highest points first.
    pub used: Vec<UsedItem>,
    /// Those that were not.
    pub left: Vec<LeftItem>,
    /// The reasons given, the commonest first.
    pub reasons: Vec<(String, usize)>,
    /// One example of how an item was written anew; of those used, the one with the most points.
    pub example: Option<Example>,
}

fn midnight(day: Date) -> i64 {
    tz_model::moment_in_shanghai(day.at(0, 0, 0, 0)).map_or(0, |at| at.as_microsecond())
}

fn points(uses: &[Use]) -> Points {
    uses.iter().filter_map(|one| one.points.parse::<Points>().ok()).sum()
}

/// Why an item was not used, as the unit was told: the last that was said to it, or how it stands.
fn why(tx: &mut Tx, unit: UnitId, item: &ItemRow) -> Result<String, Problem> {
    let events = tx.list_events(Sight::Unit(unit), ItemId(item.id))?;
    let decided = |kind: &str| matches!(kind, "returned" | "declined" | "held" | "counted" | "withdrawn");
    let said = events.iter().rev().find(|event| decided(&event.kind)).map(|event| event.text.clone());
    Ok(said.unwrap_or_else(|| match item.state.as_str() {
        "received" | "editing" | "adopted" => "还在处理，采用后按刊发日期计分。".to_owned(),
        _ => String::new(),
    }))
}

/// The code of a reason: `退稿：数据不全。…` is counted as 数据不全.
fn code(why: &str) -> Option<&'static str> {
    crate::intake::REASONS.into_iter().find(|reason| why.contains(reason))
}

/// As the unit sent it last, and as it was printed.
fn example(tx: &mut Tx, id: ItemId) -> Result<Option<Example>, Problem> {
    let own = |version: &&VersionRow| version.revision == 1 || version.note == "单位修改重报";
    let versions = tx.list_versions(id)?;
    let Some(sent) = versions.iter().rev().find(own) else { return Ok(None) };
    let Some((place, issue)) = tx.list_issues_of_item(id)?.into_iter().rfind(|(_, issue)| issue.state == "published")
    else {
        return Ok(None);
    };
    // A composite is no example of one item's text.
    if place.merged_into.is_some() {
        return Ok(None);
    }
    let rows = tx.list_issue_items(IssueId(issue.id))?;
    let printed = rows.into_iter().find(|row| row.item_id == place.item_id).map(|row| (row.title, row.body));
    let sent = (sent.title.clone(), sent.body.clone());
    Ok(printed.filter(|printed| *printed != sent).map(|printed| Example { id, sent, printed }))
}

impl App {
    /// A unit's period in review; who may not see its account may not see this.
    pub fn review(&self, who: &Person, unit: UnitId, month: Month) -> Result<Review, Problem> {
        let mut tx = self.read()?;
        may_see_account(&mut tx, who, unit)?;
        let period = match closed_with(&mut tx, month)? {
            Some((_, period)) => period,
            None => period_on(&mut tx, month)?,
        };
        let name = unit_names(&mut tx)?.get(unit.0).map(str::to_owned).ok_or(Problem::NotThere)?;
        let after = period.period.to.tomorrow().unwrap_or(period.period.to);
        let rows = tx.list_items(
            Sight::Unit(unit),
            &ItemFilter {
                from: Some(midnight(period.period.from)),
                until: Some(midnight(after)),
                oldest_first: true,
                limit: LISTED,
                ..ItemFilter::default()
            },
        )?;
        let (mut used, mut left) = (Vec::new(), Vec::new());
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let received = rows.len();
        for (row, _) in rows {
            let id = ItemId(row.id);
            let uses = uses_of(&mut tx, id)?;
            if uses.is_empty() {
                let why = why(&mut tx, unit, &row)?;
                if let Some(code) = code(&why) {
                    *counts.entry(code).or_default() += 1;
                }
                left.push(LeftItem {
                    id,
                    number: row.number,
                    title: row.title,
                    category: row.category,
                    state: row.state,
                    why,
                });
            } else {
                used.push(UsedItem { id, number: row.number, title: row.title, uses });
            }
        }
        used.sort_by_key(|item| std::cmp::Reverse(points(&item.uses)));
        let mut shown = None;
        for item in &used {
            shown = example(&mut tx, item.id)?;
            if shown.is_some() {
                break;
            }
        }
        let mut reasons: Vec<(String, usize)> =
            counts.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok(Review { unit: name, period, received, used, left, reasons, example: shown })
    }
}
