//! Leaders (领导), their comments (批示) as they were entered, and the files kept with them. What a comment says stands in
//! the ledger of facts.

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::{comment, comment_fact, kept_file, leader};
use crate::{Failure, Micros, Tx, Write};

/// A leader as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = leader, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct LeaderRow {
    /// Their identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 姓名
    pub name: String,
    /// 职务
    pub duty: String,
    /// 批示层级, as the scheme calls it.
    pub level: String,
    /// The account by which they write themselves.
    pub account_id: Option<i64>,
    /// The day they left.
    pub left_on: Option<String>,
    /// When entered.
    pub created_at: Micros,
}

/// A comment as it was entered.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = comment, treat_none_as_default_value = false)]
pub struct CommentRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// `paper`: entered by an editor; `page`: written by the leader.
    pub source: String,
    /// The issue it was written on.
    pub issue_id: Option<i64>,
    /// When entered.
    pub recorded_at: Micros,
    /// By whom.
    pub recorded_by: Option<i64>,
}

/// A file kept with a comment, a reply or a claim.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = kept_file)]
pub struct KeptFileRow {
    /// The office.
    pub office_id: i64,
    /// `comment`, `reply`, `claim`.
    pub owner: String,
    /// Which of them.
    pub owner_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// Its name as it came.
    pub name: String,
    /// Its bytes.
    pub content_id: i64,
}

impl Tx {
    /// Every leader, in the order they were entered.
    pub fn list_leaders(&mut self) -> Result<Vec<LeaderRow>, Failure> {
        leader::table
            .filter(leader::office_id.eq(self.office.0))
            .order(leader::id)
            .select(columns::<LeaderRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the leaders"))
    }

    /// A comment by its identity.
    pub fn find_comment(&mut self, id: i64) -> Result<Option<CommentRow>, Failure> {
        comment::table
            .filter(comment::office_id.eq(self.office.0).and(comment::id.eq(id)))
            .select(columns::<CommentRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a comment"))
    }

    /// Some comments by their identities, in order.
    pub fn list_comments(&mut self, ids: &[i64]) -> Result<Vec<CommentRow>, Failure> {
        comment::table
            .filter(comment::office_id.eq(self.office.0))
            .filter(crate::dialect::among(comment::id, ids))
            .order(comment::id)
            .select(columns::<CommentRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing comments"))
    }

    /// Which comments some facts are of.
    pub fn list_comments_of_facts(&mut self, keys: &[&str]) -> Result<Vec<(String, i64)>, Failure> {
        comment_fact::table
            .filter(comment_fact::office_id.eq(self.office.0).and(comment_fact::fact_key.eq_any(keys.to_vec())))
            .order(comment_fact::comment_id)
            .select((comment_fact::fact_key, comment_fact::comment_id))
            .load(self.connection())
            .map_err(Failure::at("looking for the comments of facts"))
    }

    /// The keys of the facts a comment is.
    pub fn list_facts_of_comment(&mut self, id: i64) -> Result<Vec<String>, Failure> {
        comment_fact::table
            .filter(comment_fact::office_id.eq(self.office.0).and(comment_fact::comment_id.eq(id)))
            .order(comment_fact::fact_key)
            .select(comment_fact::fact_key)
            .load_on(self.connection())
            .map_err(Failure::at("listing the facts of a comment"))
    }

    /// The files kept with some of a kind of owners, in order.
    pub fn list_kept_files(&mut self, owner: &str, ids: &[i64]) -> Result<Vec<KeptFileRow>, Failure> {
        kept_file::table
            .filter(kept_file::office_id.eq(self.office.0).and(kept_file::owner.eq(owner)))
            .filter(crate::dialect::among(kept_file::owner_id, ids))
            .order((kept_file::owner_id, kept_file::position))
            .select(columns::<KeptFileRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing kept files"))
    }
}

impl Write {
    /// Enters a leader; `row.id` and `row.office_id` are set here.
    pub fn insert_leader(&mut self, mut row: LeaderRow) -> Result<i64, Failure> {
        row.id = self.next_id("leader")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(leader::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a leader"))?;
        Ok(id)
    }

    /// Writes a leader back.
    pub fn update_leader(&mut self, row: &LeaderRow) -> Result<(), Failure> {
        diesel::update(leader::table.filter(leader::id.eq(row.id).and(leader::office_id.eq(self.office.0))))
            .set(row.clone())
            .execute_on(self.connection())
            .map_err(Failure::at("changing a leader"))?;
        Ok(())
    }

    /// Enters a comment with the facts it is; `row.id` and `row.office_id` are set here.
    pub fn insert_comment(&mut self, mut row: CommentRow, facts: &[String]) -> Result<i64, Failure> {
        let doing = "entering a comment";
        row.id = self.next_id("comment")?;
        row.office_id = self.office.0;
        let (id, office) = (row.id, row.office_id);
        diesel::insert_into(comment::table).values(row).execute_on(self.connection()).map_err(Failure::at(doing))?;
        for key in facts {
            let row =
                (comment_fact::office_id.eq(office), comment_fact::fact_key.eq(key), comment_fact::comment_id.eq(id));
            diesel::insert_into(comment_fact::table)
                .values(row)
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(id)
    }

    /// Keeps a file with its owner, behind those it has; its place and `row.office_id` are set here.
    pub fn insert_kept_file(&mut self, mut row: KeptFileRow) -> Result<(), Failure> {
        row.office_id = self.office.0;
        row.position = self.list_kept_files(&row.owner, &[row.owner_id])?.last().map_or(1, |last| last.position + 1);
        diesel::insert_into(kept_file::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("keeping a file"))?;
        Ok(())
    }
}
