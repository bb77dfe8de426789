//! What has been entered by hand (上报, 批示, 事项), for the lists beside the forms.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{ItemId, Month, Points, Table};
use tz_store::ledger::FactFilter;

use super::day;
use crate::publication::{joined, price_of, unit_names};
use crate::{App, Editor, Problem, scheme_on};

/// A fact entered by hand, as a list shows it.
#[derive(Clone, Debug)]
pub struct Entered {
    /// Its key in its table.
    pub key: String,
    /// The day that decides its month (R1).
    pub date: Date,
    /// Kind of adoption, level of comment, kind of event.
    pub name: String,
    /// Points (分) each unit gets for it by the scheme of its day, if its name alone decides.
    pub points: Option<Points>,
    /// The units, joined by `、`.
    pub units: String,
    /// The item it is about, if it is in the system: identity and number.
    pub item: Option<(ItemId, String)>,
    /// The item's title, or what the higher office printed.
    pub title: String,
    /// 独编, 综合, 一句话.
    pub form: String,
    /// Who commented.
    pub leader: String,
    /// The comment's words, a remark.
    pub note: String,
    /// How many times.
    pub quantity: i64,
    /// Who entered it.
    pub by: String,
}

impl App {
    /// Facts of a table entered by hand and dated in a month (all where `None`), newest date first, at most 500. What issues
    /// printed is not among them.
    pub fn entered_facts(&self, who: &Editor, table: Table, month: Option<Month>) -> Result<Vec<Entered>, Problem> {
        self.entered_in(who, table, month, 500)
    }

    /// The same, all of them.
    pub(crate) fn entered_whole(
        &self,
        who: &Editor,
        table: Table,
        month: Option<Month>,
    ) -> Result<Vec<Entered>, Problem> {
        self.entered_in(who, table, month, usize::MAX)
    }

    fn entered_in(
        &self,
        _who: &Editor,
        table: Table,
        month: Option<Month>,
        most: usize,
    ) -> Result<Vec<Entered>, Problem> {
        let mut tx = self.read()?;
        let (from, to) = match month {
            Some(month) => (Some(month.first().to_string()), Some(month.last().to_string())),
            None => (None, None),
        };
        let mut rows = tx.list_facts(&FactFilter {
            table: Some(table.name()),
            from: from.as_deref(),
            to: to.as_deref(),
            ..FactFilter::default()
        })?;
        rows.retain(|row| row.issue_id.is_none());
        rows.sort_by(|a, b| (&b.date, b.seq).cmp(&(&a.date, a.seq)));
        rows.truncate(most);
        let names = unit_names(&mut tx)?;
        let ids: Vec<i64> = rows.iter().filter_map(|row| row.item_id).collect();
        let mut numbers: BTreeMap<i64, String> = BTreeMap::new();
        // No database takes any number of values in one statement.
        for some in ids.chunks(500) {
            numbers.extend(tx.list_numbers_of_items(some)?.into_iter().map(|(id, number, _)| (id, number)));
        }
        let accounts: BTreeMap<i64, String> =
            tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
        // Each by the scheme of its own day; where other columns decide too, the account tells.
        let mut points = Vec::with_capacity(rows.len());
        for row in &rows {
            points.push(match day(&row.date) {
                Some(date) => price_of(&*scheme_on(&mut tx, date)?, table, &row.name),
                None => None,
            });
        }
        Ok(rows
            .into_iter()
            .zip(points)
            .filter_map(|(row, points)| {
                Some(Entered {
                    date: day(&row.date)?,
                    points,
                    units: joined(&names, &row.unit_ids()),
                    item: row.item_id.and_then(|id| Some((ItemId(id), numbers.get(&id)?.clone()))),
                    title: row.title.unwrap_or_default(),
                    form: row.form.unwrap_or_default(),
                    leader: row.leader.unwrap_or_default(),
                    note: row.note.unwrap_or_default(),
                    quantity: row.quantity,
                    by: row.recorded_by.and_then(|by| accounts.get(&by).cloned()).unwrap_or_default(),
                    key: row.key,
                    name: row.name,
                })
            })
            .collect())
    }
}
