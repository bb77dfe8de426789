//! What the office sends upward (上报), and the lists of what was adopted above (上级采用目录).

use diesel::prelude::*;
use tz_model::ItemId;

use crate::connection::{Either, columns};
use crate::dialect::among;
use crate::schema::{adopted_line, adopted_list, forward, forward_item};
use crate::{Failure, Micros, Tx, Write};

/// An upward report (上报稿) as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = forward, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ForwardRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The year its number belongs to.
    pub year: Option<i64>,
    /// Its number within the year; given when it is sent.
    pub number: Option<i64>,
    /// The higher office (上级机关).
    pub target: String,
    /// The form it is meant for: a kind of adoption of the scheme.
    pub form: String,
    /// Its own title.
    pub title: String,
    /// Its own text.
    pub body: String,
    /// The kind of adoption that sending it is (上报), or empty.
    pub counted_as: String,
    /// `draft`, `sent`, `withdrawn`.
    pub state: String,
    /// Which saving of it this is, from 1.
    pub revision: i64,
    /// The day it was sent.
    pub date: Option<String>,
    /// The issue it was taken from.
    pub issue_id: Option<i64>,
    /// When it was begun.
    pub created_at: Micros,
    /// By whom.
    pub created_by: Option<i64>,
    /// When it was sent.
    pub sent_at: Option<Micros>,
    /// By whom.
    pub sent_by: Option<i64>,
    /// Why it was withdrawn; empty otherwise.
    pub reason: String,
}

/// An item in an upward report as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = forward_item, treat_none_as_default_value = false)]
pub struct ForwardItemRow {
    /// The report.
    pub forward_id: i64,
    /// The item.
    pub item_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// The key of the adoption that sending it was.
    pub fact_key: Option<String>,
}

/// A list of adoptions as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = adopted_list, treat_none_as_default_value = false)]
pub struct AdoptedListRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Name of the file, or `粘贴`.
    pub name: String,
    /// How many lines it had.
    pub lines: i64,
    /// How many of them were known from earlier lists.
    pub known: i64,
    /// When it was taken in.
    pub taken_at: Micros,
    /// By whom.
    pub taken_by: Option<i64>,
}

/// A line of a list as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = adopted_line, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AdoptedLineRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The list.
    pub list_id: i64,
    /// Its place in the list, from 1.
    pub position: i64,
    /// The day of the adoption.
    pub date: String,
    /// The kind of adoption.
    pub kind: String,
    /// 独编, 综合, 一句话, or empty.
    pub form: String,
    /// The title as the higher office printed it.
    pub title: String,
    /// The whole line as it stood in the list.
    pub said: String,
    /// What the line reports, to know it again.
    pub line_key: String,
    /// `open`, `entered`, `discarded`.
    pub state: String,
    /// The key of the adoption it became.
    pub fact_key: Option<String>,
    /// The upward report it was matched with.
    pub forward_id: Option<i64>,
    /// Why it was discarded; empty otherwise.
    pub reason: String,
    /// When it was settled.
    pub settled_at: Option<Micros>,
    /// By whom.
    pub settled_by: Option<i64>,
}

impl Tx {
    /// Upward reports in a state (all where `None`), newest first.
    pub fn list_forwards(&mut self, state: Option<&str>, limit: i64) -> Result<Vec<ForwardRow>, Failure> {
        let mut query = forward::table.filter(forward::office_id.eq(self.office.0)).into_boxed();
        if let Some(state) = state {
            query = query.filter(forward::state.eq(state));
        }
        query
            .order(forward::id.desc())
            .limit(limit)
            .select(ForwardRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the upward reports"))
    }

    /// An upward report by its identity.
    pub fn find_forward(&mut self, id: i64) -> Result<Option<ForwardRow>, Failure> {
        forward::table
            .filter(forward::office_id.eq(self.office.0).and(forward::id.eq(id)))
            .select(columns::<ForwardRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an upward report"))
    }

    /// The items of some upward reports, in order.
    pub fn list_forward_items(&mut self, ids: &[i64]) -> Result<Vec<ForwardItemRow>, Failure> {
        forward_item::table
            .filter(among(forward_item::forward_id, ids))
            .order((forward_item::forward_id, forward_item::position))
            .select(columns::<ForwardItemRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the items of upward reports"))
    }

    /// The upward reports an item is in, oldest first.
    pub fn list_forwards_of_item(&mut self, item: ItemId) -> Result<Vec<ForwardRow>, Failure> {
        forward::table
            .inner_join(forward_item::table.on(forward_item::forward_id.eq(forward::id)))
            .filter(forward::office_id.eq(self.office.0).and(forward_item::item_id.eq(item.0)))
            .order(forward::id)
            .select(columns::<ForwardRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the upward reports of an item"))
    }

    /// The last lists taken in, newest first.
    pub fn list_adopted_lists(&mut self, limit: i64) -> Result<Vec<AdoptedListRow>, Failure> {
        adopted_list::table
            .filter(adopted_list::office_id.eq(self.office.0))
            .order(adopted_list::id.desc())
            .limit(limit)
            .select(columns::<AdoptedListRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the lists of adoptions"))
    }

    /// Lines in a state, newest list first, in their order.
    pub fn list_adopted_lines(&mut self, state: &str, limit: i64) -> Result<Vec<AdoptedLineRow>, Failure> {
        adopted_line::table
            .filter(adopted_line::office_id.eq(self.office.0).and(adopted_line::state.eq(state)))
            .order((adopted_line::list_id.desc(), adopted_line::position))
            .limit(limit)
            .select(columns::<AdoptedLineRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the lines of lists"))
    }

    /// A line by its identity.
    pub fn find_adopted_line(&mut self, id: i64) -> Result<Option<AdoptedLineRow>, Failure> {
        adopted_line::table
            .filter(adopted_line::office_id.eq(self.office.0).and(adopted_line::id.eq(id)))
            .select(columns::<AdoptedLineRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a line of a list"))
    }

    /// The line that reported the same before.
    pub fn find_adopted_line_of(&mut self, key: &str) -> Result<Option<AdoptedLineRow>, Failure> {
        adopted_line::table
            .filter(adopted_line::office_id.eq(self.office.0).and(adopted_line::line_key.eq(key)))
            .select(columns::<AdoptedLineRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a line reported before"))
    }

    /// The lines matched with upward reports: report and key of the adoption, in order.
    pub fn list_adoptions_of_forwards(&mut self, ids: &[i64]) -> Result<Vec<AdoptedLineRow>, Failure> {
        let ids: Vec<Option<i64>> = ids.iter().copied().map(Some).collect();
        adopted_line::table
            .filter(adopted_line::office_id.eq(self.office.0).and(adopted_line::forward_id.eq_any(ids)))
            .filter(adopted_line::state.eq("entered"))
            .order(adopted_line::id)
            .select(AdoptedLineRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing what became of upward reports"))
    }
}

impl Write {
    /// Begins an upward report; `row.id` and `row.office_id` are set here.
    pub fn insert_forward(&mut self, mut row: ForwardRow, items: &[i64]) -> Result<i64, Failure> {
        row.id = self.next_id("forward")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(forward::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("beginning an upward report"))?;
        let rows: Vec<ForwardItemRow> = items
            .iter()
            .zip(1..)
            .map(|(&item_id, position)| ForwardItemRow { forward_id: id, item_id, position, fact_key: None })
            .collect();
        self.replace_forward_items(id, &rows)?;
        Ok(id)
    }

    /// Writes an upward report back if it still stands as it was opened. False if another has saved it meanwhile.
    pub fn update_forward(&mut self, row: &ForwardRow, opened: i64) -> Result<bool, Failure> {
        diesel::update(
            forward::table
                .filter(forward::id.eq(row.id).and(forward::office_id.eq(self.office.0)))
                .filter(forward::revision.eq(opened)),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("changing an upward report"))
    }

    /// Puts these items in the place of those an upward report had.
    pub fn replace_forward_items(&mut self, id: i64, rows: &[ForwardItemRow]) -> Result<(), Failure> {
        let doing = "writing the items of an upward report";
        diesel::delete(forward_item::table.filter(forward_item::forward_id.eq(id)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        for row in rows {
            diesel::insert_into(forward_item::table)
                .values(row.clone())
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(())
    }

    /// Records a list; `row.id` and `row.office_id` are set here.
    pub fn insert_adopted_list(&mut self, mut row: AdoptedListRow) -> Result<i64, Failure> {
        row.id = self.next_id("adopted_list")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(adopted_list::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("recording a list of adoptions"))?;
        Ok(id)
    }

    /// Records a line of a list; `row.id` and `row.office_id` are set here.
    pub fn insert_adopted_line(&mut self, mut row: AdoptedLineRow) -> Result<i64, Failure> {
        row.id = self.next_id("adopted_line")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(adopted_line::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("recording a line of a list"))?;
        Ok(id)
    }

    /// Writes a line back if it is still in the state it was opened in. False if another has settled it meanwhile.
    pub fn update_adopted_line(&mut self, row: &AdoptedLineRow, opened: &str) -> Result<bool, Failure> {
        diesel::update(
            adopted_line::table
                .filter(adopted_line::id.eq(row.id).and(adopted_line::office_id.eq(self.office.0)))
                .filter(adopted_line::state.eq(opened)),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("settling a line of a list"))
    }
}
