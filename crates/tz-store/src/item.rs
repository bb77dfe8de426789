//! Items (稿件): their state, versions, attachments and what happened to them.

use diesel::prelude::*;
use tz_model::{AccountId, ItemId, MailId, Revision, UnitId};

use crate::connection::{Either, columns};
use crate::dialect::among;
use crate::schema::{item, item_attachment, item_event, item_unit, item_version};
use crate::{Failure, Micros, Tx, Write};

/// An item as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = item, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ItemRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Its number (`2018-0613-04`), also the key of its report in the ledger.
    pub number: String,
    /// When it was received.
    pub received_at: Micros,
    /// 网页, 邮箱, 补录.
    pub channel: String,
    /// `received`, `editing`, `returned`, `declined`, `held`, `adopted` (in an issue being prepared), `published`, `withdrawn`.
    pub state: String,
    /// The newest version.
    pub revision: i64,
    /// Title of the newest version.
    pub title: String,
    /// 信息类别 of the newest version.
    pub category: String,
    /// 字数 of the newest version's text.
    pub words: i64,
    /// 忧: a problem, not good news (N3.2).
    pub worry: bool,
    /// False if ruled out of the quota.
    pub counted: bool,
    /// The item it repeats, as decided by an editor.
    pub repeats: Option<i64>,
    /// Of the normalised first text, to find the same text again.
    pub fingerprint: i64,
    /// 撰稿人
    pub authors: String,
    /// How to reach them.
    pub contact: String,
    /// The editor who has it in hand.
    pub claimed_by: Option<i64>,
    /// The solicitation it answers.
    pub solicitation_id: Option<i64>,
    /// The message it came in.
    pub mail_id: Option<i64>,
    /// The account that sent it.
    pub sent_by: Option<i64>,
    /// The form's own key, so that sending twice is sending once.
    pub sent_key: Option<String>,
    /// What the program was not sure of, one a line.
    pub doubts: String,
}

/// One version of an item's text.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = item_version, treat_none_as_default_value = false)]
pub struct VersionRow {
    /// The item.
    pub item_id: i64,
    /// 1 is the unit's own.
    pub revision: i64,
    /// Title.
    pub title: String,
    /// Text; paragraphs parted by line ends.
    pub body: String,
    /// 信息类别
    pub category: String,
    /// When saved.
    pub saved_at: Micros,
    /// By whom.
    pub saved_by: Option<i64>,
    /// What was done to it.
    pub note: String,
}

/// An attachment of an item.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = item_attachment)]
pub struct AttachmentRow {
    /// The item.
    pub item_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// Its file name as received.
    pub name: String,
    /// Its media type as found.
    pub media_type: String,
    /// Its bytes.
    pub content_id: i64,
    /// What an editor should know of it.
    pub note: String,
}

/// Something that happened to an item.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = item_event, treat_none_as_default_value = false)]
pub struct EventRow {
    /// The item.
    pub item_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// When.
    pub at: Micros,
    /// Who.
    pub account_id: Option<i64>,
    /// `received`, `claimed`, `released`, `edited`, `returned`, `declined`, `held`, `adopted`, `published`, `remark` …
    pub kind: String,
    /// A Chinese sentence.
    pub text: String,
    /// The unit sees it too.
    pub for_unit: bool,
}

/// What a person may see: everything of the office, or one unit's own and what it took over from units that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The office's people.
    Office,
    /// A unit's people.
    Unit(UnitId),
}

/// Which items to list.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter<'a> {
    /// In any of these states; empty: in any.
    pub states: &'a [&'a str],
    /// Before this identity, for the next page.
    pub before: Option<ItemId>,
    /// After this identity, for the next page of a list with the oldest first.
    pub after: Option<ItemId>,
    /// Received at or after.
    pub from: Option<Micros>,
    /// Received before.
    pub until: Option<Micros>,
    /// 信息类别
    pub category: Option<&'a str>,
    /// Of this unit.
    pub unit: Option<UnitId>,
    /// With this in its title.
    pub title_part: Option<&'a str>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// At most so many; 0: 50.
    pub limit: i64,
}

impl ItemFilter<'_> {
    fn most(&self) -> i64 {
        if self.limit == 0 { 50 } else { self.limit }
    }
}

impl Tx {
    /// Items a person may see, with the identities of their units in order.
    pub fn list_items(&mut self, who: Sight, filter: &ItemFilter<'_>) -> Result<Vec<(ItemRow, Vec<i64>)>, Failure> {
        let mut rows = match filter.states {
            [] => self.rows_of_items(who, filter, None)?,
            // One state at a time, each in the order of its index: together they would all be read to be sorted.
            states => {
                let mut rows = Vec::new();
                for state in states {
                    rows.extend(self.rows_of_items(who, filter, Some(state))?);
                }
                rows
            }
        };
        rows.sort_by_key(|row| if filter.oldest_first { row.id } else { -row.id });
        rows.truncate(usize::try_from(filter.most()).unwrap_or(usize::MAX));
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut units = self.units_of_items(&ids)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let of = units.remove(&row.id).unwrap_or_default();
                (row, of)
            })
            .collect())
    }

    /// Items of one state, or of any.
    fn rows_of_items(
        &mut self,
        who: Sight,
        filter: &ItemFilter<'_>,
        state: Option<&str>,
    ) -> Result<Vec<ItemRow>, Failure> {
        let mut query = item::table.filter(item::office_id.eq(self.office.0)).into_boxed();
        if let Sight::Unit(unit) = who {
            query = match self.with_predecessors(unit)?.as_slice() {
                // One value is found by its index without more.
                [_] => query.filter(
                    item::id.eq_any(item_unit::table.filter(item_unit::unit_id.eq(unit.0)).select(item_unit::item_id)),
                ),
                own => query.filter(item::id.eq_any(
                    item_unit::table.filter(item_unit::unit_id.eq_any(own.to_vec())).select(item_unit::item_id),
                )),
            };
        }
        if let Some(unit) = filter.unit {
            query = query.filter(
                item::id.eq_any(item_unit::table.filter(item_unit::unit_id.eq(unit.0)).select(item_unit::item_id)),
            );
        }
        if let Some(state) = state {
            query = query.filter(item::state.eq(state));
        }
        if let Some(before) = filter.before {
            query = query.filter(item::id.lt(before.0));
        }
        if let Some(after) = filter.after {
            query = query.filter(item::id.gt(after.0));
        }
        if let Some(from) = filter.from {
            query = query.filter(item::received_at.ge(from));
        }
        if let Some(until) = filter.until {
            query = query.filter(item::received_at.lt(until));
        }
        if let Some(category) = filter.category {
            query = query.filter(item::category.eq(category));
        }
        if let Some(part) = filter.title_part {
            let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            query = query.filter(item::title.like(format!("%{escaped}%")).escape('\\'));
        }
        query = if filter.oldest_first { query.order(item::id) } else { query.order(item::id.desc()) };
        query
            .limit(filter.most())
            .select(ItemRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing items"))
    }

    /// How many items of the office are in a state.
    pub fn count_items_in(&mut self, state: &str) -> Result<i64, Failure> {
        let count = self.remembered(("items in a state", state.to_owned()), |tx| {
            item::table
                .filter(item::office_id.eq(tx.office.0).and(item::state.eq(state)))
                .count()
                .first_on(tx.connection())
                .map_err(Failure::at("counting the items in a state"))
        })?;
        Ok(*count)
    }

    /// When the first entered of the items that are in a state was received.
    pub fn first_received_in(&mut self, state: &str) -> Result<Option<Micros>, Failure> {
        item::table
            .filter(item::office_id.eq(self.office.0).and(item::state.eq(state)))
            .order(item::id)
            .select(item::received_at)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for the oldest item in a state"))
    }

    /// The units of some items, each in their order.
    pub fn units_of_items(&mut self, ids: &[i64]) -> Result<std::collections::BTreeMap<i64, Vec<i64>>, Failure> {
        let pairs: Vec<(i64, i64)> = item_unit::table
            .filter(among(item_unit::item_id, ids))
            .order((item_unit::item_id, item_unit::position))
            .select((item_unit::item_id, item_unit::unit_id))
            .load_on(self.connection())
            .map_err(Failure::at("listing the units of items"))?;
        let mut of: std::collections::BTreeMap<i64, Vec<i64>> = std::collections::BTreeMap::new();
        for (item, unit) in pairs {
            of.entry(item).or_default().push(unit);
        }
        Ok(of)
    }

    /// An item a person may see, with the identities of its units; what they may not see is absent.
    pub fn find_item(&mut self, who: Sight, id: ItemId) -> Result<Option<(ItemRow, Vec<i64>)>, Failure> {
        let row: Option<ItemRow> = item::table
            .filter(item::office_id.eq(self.office.0).and(item::id.eq(id.0)))
            .select(columns::<ItemRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an item"))?;
        let Some(row) = row else { return Ok(None) };
        let units: Vec<i64> = item_unit::table
            .filter(item_unit::item_id.eq(row.id))
            .order(item_unit::position)
            .select(item_unit::unit_id)
            .load_on(self.connection())
            .map_err(Failure::at("listing the units of an item"))?;
        if let Sight::Unit(unit) = who
            && !units.contains(&unit.0)
            && !self.with_predecessors(unit)?.iter().any(|own| units.contains(own))
        {
            return Ok(None);
        }
        Ok(Some((row, units)))
    }

    /// An item by its number.
    pub fn find_item_by_number(&mut self, number: &str) -> Result<Option<ItemRow>, Failure> {
        item::table
            .filter(item::office_id.eq(self.office.0).and(item::number.eq(number)))
            .select(columns::<ItemRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an item by its number"))
    }

    /// The item an account already sent with this form's key.
    pub fn find_item_sent(&mut self, by: AccountId, key: &str) -> Result<Option<ItemRow>, Failure> {
        item::table
            .filter(item::office_id.eq(self.office.0).and(item::sent_by.eq(by.0)).and(item::sent_key.eq(key)))
            .select(columns::<ItemRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an item already sent"))
    }

    /// Earlier items with the same normalised text, oldest first, at most five.
    pub fn list_same_text(&mut self, fingerprint: i64) -> Result<Vec<ItemRow>, Failure> {
        item::table
            .filter(item::office_id.eq(self.office.0).and(item::fingerprint.eq(fingerprint)))
            .order(item::id)
            .limit(5)
            .select(columns::<ItemRow>())
            .load_on(self.connection())
            .map_err(Failure::at("looking for the same text"))
    }

    /// The items that were taken for repeats of an item, oldest first.
    pub fn list_repeats_of(&mut self, row: &ItemRow) -> Result<Vec<ItemRow>, Failure> {
        item::table
            .filter(
                item::office_id
                    .eq(self.office.0)
                    .and(item::fingerprint.eq(row.fingerprint))
                    .and(item::repeats.eq(row.id)),
            )
            .order(item::id)
            .select(columns::<ItemRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing an item's repeats"))
    }

    /// Items of a unit with the same normalised text, oldest first; withdrawn ones are left out.
    pub fn list_same_text_of(&mut self, fingerprint: i64, unit: UnitId) -> Result<Vec<ItemRow>, Failure> {
        item::table
            .filter(
                item::office_id
                    .eq(self.office.0)
                    .and(item::fingerprint.eq(fingerprint))
                    .and(item::state.ne("withdrawn"))
                    .and(
                        item::id
                            .eq_any(item_unit::table.filter(item_unit::unit_id.eq(unit.0)).select(item_unit::item_id)),
                    ),
            )
            .order(item::id)
            .limit(5)
            .select(columns::<ItemRow>())
            .load_on(self.connection())
            .map_err(Failure::at("looking for the same text of a unit"))
    }

    /// The items a message became.
    pub fn list_items_of_mail(&mut self, mail: MailId) -> Result<Vec<ItemRow>, Failure> {
        item::table
            .filter(item::office_id.eq(self.office.0).and(item::mail_id.eq(mail.0)))
            .order(item::id)
            .select(columns::<ItemRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the items of a message"))
    }

    /// Every version of an item, oldest first.
    pub fn list_versions(&mut self, id: ItemId) -> Result<Vec<VersionRow>, Failure> {
        item_version::table
            .filter(item_version::item_id.eq(id.0))
            .order(item_version::revision)
            .select(columns::<VersionRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing an item's versions"))
    }

    /// One version of an item.
    pub fn find_version(&mut self, id: ItemId, revision: Revision) -> Result<Option<VersionRow>, Failure> {
        item_version::table
            .filter(item_version::item_id.eq(id.0).and(item_version::revision.eq(revision.0)))
            .select(columns::<VersionRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a version"))
    }

    /// The attachments of an item in order.
    pub fn list_attachments(&mut self, id: ItemId) -> Result<Vec<AttachmentRow>, Failure> {
        item_attachment::table
            .filter(item_attachment::item_id.eq(id.0))
            .order(item_attachment::position)
            .select(columns::<AttachmentRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing an item's attachments"))
    }

    /// What happened to an item, oldest first; a unit sees only what is for it.
    pub fn list_events(&mut self, who: Sight, id: ItemId) -> Result<Vec<EventRow>, Failure> {
        let mut query = item_event::table.filter(item_event::item_id.eq(id.0)).into_boxed();
        if let Sight::Unit(_) = who {
            query = query.filter(item_event::for_unit.eq(true));
        }
        query
            .order(item_event::position)
            .select(EventRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing what happened to an item"))
    }
}

impl Write {
    /// Enters an item with its first version; `row.id`, `row.office_id` and `row.revision` are set here.
    pub fn insert_item(&mut self, mut row: ItemRow, units: &[i64], first: VersionRow) -> Result<ItemId, Failure> {
        let doing = "entering an item";
        row.id = self.next_id("item")?;
        row.office_id = self.office.0;
        row.revision = 1;
        let id = row.id;
        diesel::insert_into(item::table).values(row).execute_on(self.connection()).map_err(Failure::at(doing))?;
        for (place, unit) in units.iter().enumerate() {
            diesel::insert_into(item_unit::table)
                .values((
                    item_unit::item_id.eq(id),
                    item_unit::unit_id.eq(*unit),
                    item_unit::position.eq(place as i64 + 1),
                ))
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        diesel::insert_into(item_version::table)
            .values(VersionRow { item_id: id, revision: 1, ..first })
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        self.held.last_events.insert(id, 0);
        Ok(ItemId(id))
    }

    /// Writes an item back if its newest version is still `opened`. False if another has saved meanwhile.
    pub fn update_item(&mut self, row: &ItemRow, opened: Revision) -> Result<bool, Failure> {
        diesel::update(
            item::table
                .filter(item::id.eq(row.id).and(item::office_id.eq(self.office.0)).and(item::revision.eq(opened.0))),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("changing an item"))
    }

    /// Adds a version of an item's text.
    pub fn insert_version(&mut self, row: VersionRow) -> Result<(), Failure> {
        diesel::insert_into(item_version::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("saving a version"))?;
        Ok(())
    }

    /// Adds an attachment to an item.
    pub fn insert_attachment(&mut self, row: AttachmentRow) -> Result<(), Failure> {
        diesel::insert_into(item_attachment::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding an attachment"))?;
        Ok(())
    }

    /// Adds to what happened to an item; the place is set here.
    pub fn append_event(&mut self, mut row: EventRow) -> Result<(), Failure> {
        let doing = "noting what happened to an item";
        let last = match self.held.last_events.get(&row.item_id) {
            Some(last) => *last,
            None => item_event::table
                .filter(item_event::item_id.eq(row.item_id))
                .select(diesel::dsl::max(item_event::position))
                .first_on::<Option<i64>>(self.connection())
                .map_err(Failure::at(doing))?
                .unwrap_or(0),
        };
        row.position = last + 1;
        let (item, position) = (row.item_id, row.position);
        diesel::insert_into(item_event::table).values(row).execute_on(self.connection()).map_err(Failure::at(doing))?;
        self.held.last_events.insert(item, position);
        Ok(())
    }
}
