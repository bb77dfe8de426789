//! Filling in the further columns (附加列) of a fact that is in the ledger already (补充登记): a new row of the same fact.

use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{FactId, Table};
use tz_scheme::Scheme;
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::ledger::FactRow;

use super::{CellField, Cells, Recorded, Typed, cell_fields, closed_period, day, held_cells, known_cells, unpriced};
use crate::problem::all_right;
use crate::publication::{joined, unit_names};
use crate::{App, Editor, Problem, scheme_on};

/// A fact with the further columns the scheme of its day asks for.
#[derive(Clone, Debug)]
pub struct Mending {
    /// Its name in the ledger: `采用:12`.
    pub id: FactId,
    /// Its day.
    pub date: Date,
    /// Category, kind of adoption, level of comment, or kind of event; empty for a duty.
    pub name: String,
    /// Title of the item, or topic.
    pub title: String,
    /// The units, joined by `、`.
    pub units: String,
    /// The columns; empty where the scheme asks for none.
    pub fields: Vec<CellField>,
    /// What they hold.
    pub cells: Typed,
}

/// The row of a fact that holds, with its day and the scheme of that day.
fn held(tx: &mut Tx, table: Table, key: &str) -> Result<(FactRow, Date, Arc<Scheme>), Problem> {
    let row = tx.find_fact(table.name(), key)?.filter(|row| !row.revoked).ok_or(Problem::NotThere)?;
    let date = day(&row.date).ok_or(Problem::NotThere)?;
    let scheme = scheme_on(tx, date)?;
    Ok((row, date, scheme))
}

impl App {
    /// A fact that holds, for its further columns to be filled in.
    pub fn fact_cells(&self, _who: &Editor, table: Table, key: &str) -> Result<Mending, Problem> {
        let mut tx = self.read()?;
        let (row, date, scheme) = held(&mut tx, table, key)?;
        let names = unit_names(&mut tx)?;
        Ok(Mending {
            id: FactId { table, key: row.key.as_str().into() },
            date,
            units: joined(&names, &row.unit_ids()),
            fields: cell_fields(&scheme, table),
            cells: held_cells(row.extra.as_deref()).unwrap_or_default(),
            name: row.name,
            title: row.title.unwrap_or_default(),
        })
    }

    /// Fills in the further columns of a fact (补充登记). In a closed period the difference shows in the open one (R14).
    pub fn fill_cells(&self, who: &Editor, table: Table, key: &str, typed: &Typed) -> Result<Recorded, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (row, _, scheme) = held(&mut tx, table, key)?;
        let item = match row.item_id {
            Some(id) => tx.find_item(tz_store::item::Sight::Office, tz_model::ItemId(id))?.map(|(item, _)| item),
            None => None,
        };
        let mut faults = Vec::new();
        let cells = Cells::of(&scheme, table);
        let checked = cells.checked(typed, &known_cells(item.as_ref(), None), &mut faults);
        all_right(faults)?;
        let extra = cells.changed(row.extra.as_deref(), checked);
        if extra == row.extra {
            return Err(Problem::Refused("各栏与已登记的相同，没有需要保存的内容。".to_owned()));
        }
        let new =
            FactRow {
                extra, recorded_at: now, recorded_by: Some(who.account.0), reason: "补充登记".to_owned(), ..row
            };
        all_right(unpriced(&mut tx, &scheme, &new)?)?;
        let new = tx.append_fact(new)?;
        let late = closed_period(&mut tx, &new.date)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "补充登记",
            object: &format!("{}:{}", new.fact_table, new.key),
            done: true,
            detail: new.extra.as_deref().unwrap_or_default(),
        })?;
        tx.commit()?;
        Ok(Recorded { key: new.key, late })
    }
}
