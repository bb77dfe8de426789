//! What of upward reports and comments stands on people's desks (工作台): follow-ups that are due, adoptions and comments just told.

use jiff::ToSpan;
use jiff::civil::Date;
use tz_model::{ItemId, Table, parse_date};
use tz_store::ledger::FactFilter;

use super::following::{self, FollowFilter, FollowView};
use crate::publication::price_of;
use crate::{App, Person, Problem, Reporter, scheme_on};

/// Days for which a unit is told of an adoption or a comment, since it was entered.
const NEWS: i64 = 14;
/// How far back what is entered late may lie.
const LATE: i64 = 93;
/// As many as are shown at once.
const SHOWN: usize = 6;

/// An adoption above or a comment that a unit is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The item, if it is in the system.
    pub item: Option<ItemId>,
    /// Its title.
    pub title: String,
    /// `枣庄普刊采用，15分`
    pub what: String,
    /// Its day.
    pub date: Option<Date>,
    /// A comment rather than an adoption.
    pub comment: bool,
}

impl App {
    /// Follow-ups within their reminder or late, the earliest deadline first: all for the office, a unit's own for it.
    pub fn due_follow_ups(&self, who: &Person) -> Result<Vec<FollowView>, Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let open = tx.list_follow_ups(who.unit)?.into_iter().filter(|row| row.state == "open").collect();
        let mut views = following::views(&mut tx, open, today)?;
        views.retain(|view| FollowFilter::Due.takes(view.state) || FollowFilter::Late.takes(view.state));
        views.truncate(SHOWN);
        Ok(views)
    }

    /// What was adopted above and commented on of a unit's items lately, as it was entered, newest first.
    pub fn unit_news(&self, who: &Reporter) -> Result<Vec<News>, Problem> {
        let mut tx = self.read()?;
        let since = self.today().saturating_sub(LATE.days()).to_string();
        let entered = (self.now() - jiff::SignedDuration::from_hours(24 * NEWS)).as_microsecond();
        let mut rows = Vec::new();
        for table in [Table::Adoptions, Table::Comments] {
            let filter = FactFilter { table: Some(table.name()), from: Some(&since), ..FactFilter::default() };
            rows.extend(tx.list_facts(&filter)?);
        }
        rows.retain(|row| row.recorded_at >= entered && row.issue_id.is_none());
        rows.retain(|row| row.each_unit_id().any(|id| id == who.unit().0));
        rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
        rows.truncate(SHOWN);
        let mut news = Vec::with_capacity(rows.len());
        for row in rows {
            let date = parse_date(&row.date).ok();
            let comment = row.fact_table == Table::Comments.name();
            let table = if comment { Table::Comments } else { Table::Adoptions };
            let points = match date {
                Some(day) => price_of(&*scheme_on(&mut tx, day)?, table, &row.name),
                None => None,
            };
            news.push(News {
                item: row.item_id.map(ItemId),
                title: row.title.unwrap_or_default(),
                what: points.map_or_else(|| row.name.clone(), |points| format!("{}，{points}分", row.name)),
                date,
                comment,
            });
        }
        Ok(news)
    }
}
