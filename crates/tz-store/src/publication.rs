//! Publications (刊物) and their issues (期).

use diesel::prelude::*;
use tz_model::{IssueId, ItemId, PublicationId};

use crate::connection::{Either, columns};
use crate::schema::{issue, issue_item, item, publication};
use crate::{Failure, Micros, Tx, Write};

/// A publication as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = publication)]
pub struct PublicationRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 刊名, without 《》.
    pub name: String,
    /// The kind of adoption in the scheme that printing in it is: 每日要情采用.
    pub adoption_kind: String,
    /// The editing office in its masthead.
    pub editing_office: String,
    /// 报
    pub report_to: String,
    /// 送
    pub send_to: String,
    /// 发
    pub distribute_to: String,
    /// 共印份数
    pub copies: i64,
    /// Its place in lists.
    pub position: i64,
    /// How many pages an issue may have; 0 where that is open.
    pub page_limit: i64,
    /// To which units' accounts it is distributed: `none`, `all`, `listed`.
    pub unit_readers: String,
}

/// An issue as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = issue, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct IssueRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The publication.
    pub publication_id: i64,
    /// `draft`, `published`, `withdrawn`.
    pub state: String,
    /// The year its number belongs to.
    pub year: Option<i64>,
    /// 第N期; given at publication.
    pub number: Option<i64>,
    /// 总第N期; given at publication.
    pub running_number: Option<i64>,
    /// The day of publication.
    pub date: Option<String>,
    /// When it was begun.
    pub created_at: Micros,
    /// By whom.
    pub created_by: Option<i64>,
    /// When it was published.
    pub published_at: Option<Micros>,
    /// By whom.
    pub published_by: Option<i64>,
    /// Why it was withdrawn; empty otherwise.
    pub withdrawn_reason: String,
    /// The DOCX as published.
    pub content_id: Option<i64>,
    /// What it was made of, as published.
    pub values_id: Option<i64>,
}

/// An item in an issue as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = issue_item, treat_none_as_default_value = false)]
pub struct IssueItemRow {
    /// The issue.
    pub issue_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// The item.
    pub item_id: i64,
    /// The version of the item it was taken from.
    pub revision: i64,
    /// 栏目
    pub column_name: String,
    /// The title as printed.
    pub title: String,
    /// The text as printed.
    pub body: String,
    /// 署名
    pub byline: String,
    /// 独编, 综合, 一句话.
    pub form: String,
    /// The key of the adoption in the ledger; given at publication.
    pub fact_key: Option<String>,
    /// The item into whose piece it was merged (综合稿): it is not printed by itself.
    pub merged_into: Option<i64>,
}

impl Tx {
    /// The office's publications in their order.
    pub fn list_publications(&mut self) -> Result<Vec<PublicationRow>, Failure> {
        publication::table
            .filter(publication::office_id.eq(self.office.0))
            .order((publication::position, publication::id))
            .select(columns::<PublicationRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the publications"))
    }

    /// A publication by its identity.
    pub fn find_publication(&mut self, id: PublicationId) -> Result<Option<PublicationRow>, Failure> {
        publication::table
            .filter(publication::office_id.eq(self.office.0).and(publication::id.eq(id.0)))
            .select(columns::<PublicationRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a publication"))
    }

    /// Issues in a state (all where `None`), newest first.
    pub fn list_issues(&mut self, state: Option<&str>, limit: i64) -> Result<Vec<IssueRow>, Failure> {
        let mut query = issue::table.filter(issue::office_id.eq(self.office.0)).into_boxed();
        if let Some(state) = state {
            query = query.filter(issue::state.eq(state));
        }
        query
            .order((issue::published_at.desc(), issue::id.desc()))
            .limit(limit)
            .select(IssueRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the issues"))
    }

    /// Issues no longer being prepared (published or withdrawn), newest first: of one publication and year where given.
    pub fn list_issue_archive(
        &mut self,
        of: Option<PublicationId>,
        year: Option<i64>,
        limit: i64,
    ) -> Result<Vec<IssueRow>, Failure> {
        let mut query =
            issue::table.filter(issue::office_id.eq(self.office.0).and(issue::state.ne("draft"))).into_boxed();
        if let Some(of) = of {
            query = query.filter(issue::publication_id.eq(of.0));
        }
        if let Some(year) = year {
            query = query.filter(issue::year.eq(year));
        }
        query
            .order((issue::year.desc(), issue::published_at.desc(), issue::id.desc()))
            .limit(limit)
            .select(IssueRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing past issues"))
    }

    /// The issue of a publication that is being prepared, if there is one.
    pub fn find_draft_issue(&mut self, of: PublicationId) -> Result<Option<IssueRow>, Failure> {
        issue::table
            .filter(
                issue::office_id.eq(self.office.0).and(issue::publication_id.eq(of.0)).and(issue::state.eq("draft")),
            )
            .order(issue::id)
            .select(columns::<IssueRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for the issue being prepared"))
    }

    /// The titles of the pieces in some issues, by issue and place.
    pub fn list_titles_of_issues(&mut self, ids: &[i64]) -> Result<Vec<(i64, String)>, Failure> {
        issue_item::table
            .inner_join(issue::table.on(issue::id.eq(issue_item::issue_id)))
            .filter(issue_item::issue_id.eq_any(ids.to_vec()).and(issue::office_id.eq(self.office.0)))
            .filter(issue_item::merged_into.is_null())
            .order((issue_item::issue_id, issue_item::position))
            .select((issue_item::issue_id, issue_item::title))
            .load_on(self.connection())
            .map_err(Failure::at("listing the titles of issues"))
    }

    /// Identity, number and title of some items of the office.
    pub fn list_numbers_of_items(&mut self, ids: &[i64]) -> Result<Vec<(i64, String, String)>, Failure> {
        item::table
            .filter(item::id.eq_any(ids.to_vec()).and(item::office_id.eq(self.office.0)))
            .order(item::id)
            .select((item::id, item::number, item::title))
            .load_on(self.connection())
            .map_err(Failure::at("listing the numbers of items"))
    }

    /// An issue by its identity.
    pub fn find_issue(&mut self, id: IssueId) -> Result<Option<IssueRow>, Failure> {
        issue::table
            .filter(issue::office_id.eq(self.office.0).and(issue::id.eq(id.0)))
            .select(columns::<IssueRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for an issue"))
    }

    /// The items of an issue in order.
    pub fn list_issue_items(&mut self, id: IssueId) -> Result<Vec<IssueItemRow>, Failure> {
        issue_item::table
            .filter(issue_item::issue_id.eq(id.0))
            .order(issue_item::position)
            .select(columns::<IssueItemRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing an issue's items"))
    }

    /// Where an item stands or stood: its places with their issues, oldest first.
    pub fn list_issues_of_item(&mut self, item: ItemId) -> Result<Vec<(IssueItemRow, IssueRow)>, Failure> {
        issue_item::table
            .inner_join(issue::table.on(issue::id.eq(issue_item::issue_id)))
            .filter(issue_item::item_id.eq(item.0).and(issue::office_id.eq(self.office.0)))
            .order(issue::id)
            .select((columns::<IssueItemRow>(), columns::<IssueRow>()))
            .load_on(self.connection())
            .map_err(Failure::at("listing where an item stands"))
    }
}

impl Write {
    /// Adds a publication; `row.id` and `row.office_id` are set here.
    pub fn insert_publication(&mut self, mut row: PublicationRow) -> Result<PublicationId, Failure> {
        row.id = self.next_id("publication")?;
        row.office_id = self.office.0;
        let id = PublicationId(row.id);
        diesel::insert_into(publication::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding a publication"))?;
        Ok(id)
    }

    /// Writes a publication back.
    pub fn update_publication(&mut self, row: &PublicationRow) -> Result<(), Failure> {
        diesel::update(
            publication::table.filter(publication::id.eq(row.id).and(publication::office_id.eq(self.office.0))),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map_err(Failure::at("changing a publication"))?;
        Ok(())
    }

    /// Begins an issue; `row.id` and `row.office_id` are set here.
    pub fn insert_issue(&mut self, mut row: IssueRow) -> Result<IssueId, Failure> {
        row.id = self.next_id("issue")?;
        row.office_id = self.office.0;
        let id = IssueId(row.id);
        diesel::insert_into(issue::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("beginning an issue"))?;
        Ok(id)
    }

    /// Writes an issue back if it is still in state `before`. False if somebody else has moved it on.
    pub fn update_issue(&mut self, row: &IssueRow, before: &str) -> Result<bool, Failure> {
        diesel::update(
            issue::table
                .filter(issue::id.eq(row.id).and(issue::office_id.eq(self.office.0)).and(issue::state.eq(before))),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("changing an issue"))
    }

    /// Puts these items into an issue in this order, instead of what stood there.
    pub fn replace_issue_items(&mut self, id: IssueId, rows: &[IssueItemRow]) -> Result<(), Failure> {
        let doing = "placing items in an issue";
        diesel::delete(issue_item::table.filter(issue_item::issue_id.eq(id.0)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        for (place, row) in rows.iter().enumerate() {
            diesel::insert_into(issue_item::table)
                .values(IssueItemRow { issue_id: id.0, position: place as i64 + 1, ..row.clone() })
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(())
    }
}
