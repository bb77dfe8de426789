//! Follow-ups (督办) of comments, and what units register about comments on the bulletin (通报获批示, F1.n2).

use diesel::prelude::*;
use tz_model::UnitId;

use crate::connection::{Either, columns};
use crate::dialect::among;
use crate::schema::{bulletin_claim, follow_up, follow_word};
use crate::{Failure, Micros, Tx, Write};

/// A follow-up as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = follow_up, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct FollowUpRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The key of the comment in the ledger.
    pub fact_key: String,
    /// 责任单位
    pub unit_id: i64,
    /// 办理要求
    pub requirement: String,
    /// 办理期限
    pub deadline: String,
    /// Working days before the deadline from which it is due.
    pub remind: i64,
    /// `open`, `replied`, `closed`.
    pub state: String,
    /// When entered.
    pub created_at: Micros,
    /// By whom.
    pub created_by: Option<i64>,
    /// When closed.
    pub closed_at: Option<Micros>,
    /// By whom.
    pub closed_by: Option<i64>,
    /// What the editor said on closing it.
    pub closing: String,
}

/// Something said about a follow-up, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = follow_word, treat_none_as_default_value = false)]
pub struct FollowWordRow {
    /// Its identity.
    pub id: i64,
    /// The follow-up.
    pub follow_id: i64,
    /// `reply`: of the unit; `return`: an editor sends it back.
    pub kind: String,
    /// The text.
    pub words: String,
    /// When.
    pub at: Micros,
    /// By whom.
    pub account_id: Option<i64>,
}

/// A comment on the bulletin as a unit registered it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = bulletin_claim, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ClaimRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Whose.
    pub unit_id: i64,
    /// The bulletin: the statement it was made of.
    pub statement_id: i64,
    /// The event of the scheme it is.
    pub kind: String,
    /// Who commented.
    pub person: String,
    /// The name without white space, to know it again.
    pub person_key: String,
    /// The day of the comment.
    pub date: String,
    /// What it says.
    pub words: String,
    /// `asked`, `confirmed`, `refused`, `withdrawn`.
    pub state: String,
    /// When registered.
    pub asked_at: Micros,
    /// By whom.
    pub asked_by: Option<i64>,
    /// When decided.
    pub decided_at: Option<Micros>,
    /// By whom.
    pub decided_by: Option<i64>,
    /// Why it was refused; empty otherwise.
    pub answer: String,
    /// The key of the event in the ledger, once confirmed.
    pub fact_key: Option<String>,
}

impl Tx {
    /// Follow-ups, the earliest deadline first: of a unit, or of all where `None`.
    pub fn list_follow_ups(&mut self, unit: Option<UnitId>) -> Result<Vec<FollowUpRow>, Failure> {
        let mut query = follow_up::table.filter(follow_up::office_id.eq(self.office.0)).into_boxed();
        if let Some(unit) = unit {
            query = query.filter(follow_up::unit_id.eq(unit.0));
        }
        query
            .order((follow_up::deadline, follow_up::id))
            .select(FollowUpRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the follow-ups"))
    }

    /// A follow-up by its identity.
    pub fn find_follow_up(&mut self, id: i64) -> Result<Option<FollowUpRow>, Failure> {
        follow_up::table
            .filter(follow_up::office_id.eq(self.office.0).and(follow_up::id.eq(id)))
            .select(columns::<FollowUpRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a follow-up"))
    }

    /// What was said about some follow-ups, in order.
    pub fn list_follow_words(&mut self, ids: &[i64]) -> Result<Vec<FollowWordRow>, Failure> {
        follow_word::table
            .filter(among(follow_word::follow_id, ids))
            .order(follow_word::id)
            .select(columns::<FollowWordRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing what was said about follow-ups"))
    }

    /// The follow-up that something was said about.
    pub fn find_follow_up_of_word(&mut self, word: i64) -> Result<Option<FollowUpRow>, Failure> {
        follow_up::table
            .inner_join(follow_word::table.on(follow_word::follow_id.eq(follow_up::id)))
            .filter(follow_up::office_id.eq(self.office.0).and(follow_word::id.eq(word)))
            .select(columns::<FollowUpRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for the follow-up of a word"))
    }

    /// What units registered about comments on bulletins, newest first: of a unit, or of all where `None`.
    pub fn list_claims(&mut self, unit: Option<UnitId>, limit: i64) -> Result<Vec<ClaimRow>, Failure> {
        let mut query = bulletin_claim::table.filter(bulletin_claim::office_id.eq(self.office.0)).into_boxed();
        if let Some(unit) = unit {
            query = query.filter(bulletin_claim::unit_id.eq(unit.0));
        }
        query
            .order(bulletin_claim::id.desc())
            .limit(limit)
            .select(ClaimRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the claims about bulletins"))
    }

    /// A claim by its identity.
    pub fn find_claim(&mut self, id: i64) -> Result<Option<ClaimRow>, Failure> {
        bulletin_claim::table
            .filter(bulletin_claim::office_id.eq(self.office.0).and(bulletin_claim::id.eq(id)))
            .select(columns::<ClaimRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a claim about a bulletin"))
    }
}

impl Write {
    /// Enters a follow-up; `row.id` and `row.office_id` are set here.
    pub fn insert_follow_up(&mut self, mut row: FollowUpRow) -> Result<i64, Failure> {
        row.id = self.next_id("follow_up")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(follow_up::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("entering a follow-up"))?;
        Ok(id)
    }

    /// Writes a follow-up back if it is still in the state it was opened in. False if another has changed it meanwhile.
    pub fn update_follow_up(&mut self, row: &FollowUpRow, opened: &str) -> Result<bool, Failure> {
        diesel::update(
            follow_up::table
                .filter(follow_up::id.eq(row.id).and(follow_up::office_id.eq(self.office.0)))
                .filter(follow_up::state.eq(opened)),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("changing a follow-up"))
    }

    /// Gives the open follow-ups of a unit that ended to the one that takes over from it. How many there were.
    pub fn hand_over_follow_ups(&mut self, from: UnitId, to: UnitId) -> Result<usize, Failure> {
        diesel::update(follow_up::table.filter(
            follow_up::office_id.eq(self.office.0).and(follow_up::unit_id.eq(from.0)).and(follow_up::state.eq("open")),
        ))
        .set(follow_up::unit_id.eq(to.0))
        .execute_on(self.connection())
        .map_err(Failure::at("giving a unit's follow-ups to its heir"))
    }

    /// Adds something said about a follow-up; `row.id` is set here.
    pub fn insert_follow_word(&mut self, mut row: FollowWordRow) -> Result<i64, Failure> {
        row.id = self.next_id("follow_word")?;
        let id = row.id;
        diesel::insert_into(follow_word::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding to a follow-up"))?;
        Ok(id)
    }

    /// Enters a claim; `row.id` and `row.office_id` are set here. Taken where the same person's comment on the same bulletin
    /// stands already.
    pub fn insert_claim(&mut self, mut row: ClaimRow) -> Result<i64, Failure> {
        row.id = self.next_id("bulletin_claim")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(bulletin_claim::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("registering a comment on a bulletin"))?;
        Ok(id)
    }

    /// Writes a claim back if it is still in the state it was opened in. False if another has decided it meanwhile.
    pub fn update_claim(&mut self, row: &ClaimRow, opened: &str) -> Result<bool, Failure> {
        diesel::update(
            bulletin_claim::table
                .filter(bulletin_claim::id.eq(row.id).and(bulletin_claim::office_id.eq(self.office.0)))
                .filter(bulletin_claim::state.eq(opened)),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("deciding about a comment on a bulletin"))
    }
}
