//! What stands around issues (期): columns of a publication, its readers, marks of review and signature, the archive.

use diesel::prelude::*;
use tz_model::{AccountId, IssueId, PublicationId, UnitId};

use crate::connection::{Either, columns};
use crate::publication::IssueRow;
use crate::schema::{account, issue, issue_item, issue_mark, issue_read, publication_column, publication_unit};
use crate::{Failure, Micros, Tx, Write};

/// What somebody said of an issue's content, as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = issue_mark)]
pub struct MarkRow {
    /// The issue.
    pub issue_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// `reviewed`, `signed`, `unsigned`, `changed`.
    pub kind: String,
    /// Names the content it was said of.
    pub seal: String,
    /// When.
    pub at: Micros,
    /// By whom.
    pub account_id: i64,
    /// What was changed; empty otherwise.
    pub note: String,
}

/// An account with the moment at which it first opened an issue, if it has.
#[derive(Clone, Debug, PartialEq, Queryable)]
pub struct ReaderRow {
    /// The account.
    pub account_id: i64,
    /// The person's name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// The unit, for a reporter.
    pub unit_id: Option<i64>,
    /// When it was first opened.
    pub read_at: Option<Micros>,
}

/// Which past issues are wanted.
#[derive(Clone, Debug, Default)]
pub struct ArchiveFilter<'a> {
    /// Of this publication.
    pub of: Option<PublicationId>,
    /// Of this year.
    pub year: Option<i64>,
    /// With a piece in whose title or text this stands.
    pub words: Option<&'a str>,
    /// Only those that are published still.
    pub published: bool,
    /// At most so many.
    pub limit: i64,
}

/// What a search looks for with LIKE: the words as they stand.
fn containing(words: &str) -> String {
    let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

impl Tx {
    /// The columns (栏目) of a publication in their order.
    pub fn list_columns(&mut self, of: PublicationId) -> Result<Vec<String>, Failure> {
        publication_column::table
            .filter(publication_column::publication_id.eq(of.0))
            .order(publication_column::position)
            .select(publication_column::name)
            .load_on(self.connection())
            .map_err(Failure::at("listing the columns of a publication"))
    }

    /// The units a publication is distributed to, where they are listed one by one.
    pub fn list_publication_units(&mut self, of: PublicationId) -> Result<Vec<UnitId>, Failure> {
        publication_unit::table
            .filter(publication_unit::publication_id.eq(of.0))
            .order(publication_unit::unit_id)
            .select(publication_unit::unit_id)
            .load_on(self.connection())
            .map(|ids: Vec<i64>| ids.into_iter().map(UnitId).collect())
            .map_err(Failure::at("listing whom a publication is distributed to"))
    }

    /// What was said of an issue's content, oldest first.
    pub fn list_marks(&mut self, of: IssueId) -> Result<Vec<MarkRow>, Failure> {
        issue_mark::table
            .filter(issue_mark::issue_id.eq(of.0))
            .order(issue_mark::position)
            .select(columns::<MarkRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing an issue's signatures"))
    }

    /// When an account first opened an issue, if it has.
    pub fn find_read(&mut self, of: IssueId, who: AccountId) -> Result<Option<Micros>, Failure> {
        issue_read::table
            .filter(issue_read::issue_id.eq(of.0).and(issue_read::account_id.eq(who.0)))
            .select(issue_read::read_at)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking whether an issue was read"))
    }

    /// The issues of these that an account has opened.
    pub fn list_read_of(&mut self, who: AccountId, issues: &[i64]) -> Result<Vec<i64>, Failure> {
        issue_read::table
            .filter(issue_read::account_id.eq(who.0).and(issue_read::issue_id.eq_any(issues.to_vec())))
            .order(issue_read::issue_id)
            .select(issue_read::issue_id)
            .load_on(self.connection())
            .map_err(Failure::at("listing the issues somebody has read"))
    }

    /// How many issues published since a moment an account has not opened.
    pub fn count_unread(&mut self, who: AccountId, since: Micros) -> Result<i64, Failure> {
        let read = issue_read::table.filter(issue_read::account_id.eq(who.0)).select(issue_read::issue_id);
        issue::table
            .filter(issue::office_id.eq(self.office.0).and(issue::state.eq("published")))
            .filter(issue::published_at.ge(since).and(issue::id.ne_all(read)))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at("counting the issues somebody has not read"))
    }

    /// Accounts in use of leaders and of units, each with the moment it first opened an issue: leaders first, then by unit.
    pub fn list_readers(&mut self, of: IssueId) -> Result<Vec<ReaderRow>, Failure> {
        account::table
            .left_join(issue_read::table.on(issue_read::account_id.eq(account::id).and(issue_read::issue_id.eq(of.0))))
            .filter(account::office_id.eq(self.office.0).and(account::disabled.eq(false)))
            .filter(account::role.eq_any(["leader", "reporter"]))
            .order((account::role, account::unit_id, account::id))
            .select((account::id, account::name, account::role, account::unit_id, issue_read::read_at.nullable()))
            .load_on(self.connection())
            .map_err(Failure::at("listing who has read an issue"))
    }

    /// Past issues (published or withdrawn), newest first.
    pub fn search_issues(&mut self, filter: &ArchiveFilter<'_>) -> Result<Vec<IssueRow>, Failure> {
        let mut query =
            issue::table.filter(issue::office_id.eq(self.office.0).and(issue::state.ne("draft"))).into_boxed();
        if filter.published {
            query = query.filter(issue::state.eq("published"));
        }
        if let Some(of) = filter.of {
            query = query.filter(issue::publication_id.eq(of.0));
        }
        if let Some(year) = filter.year {
            query = query.filter(issue::year.eq(year));
        }
        if let Some(words) = filter.words {
            let pattern = containing(words);
            let title = issue_item::title.like(pattern.clone()).escape('\\');
            let pieces = issue_item::table
                .filter(issue_item::merged_into.is_null())
                .filter(title.or(issue_item::body.like(pattern).escape('\\')))
                .select(issue_item::issue_id);
            query = query.filter(issue::id.eq_any(pieces));
        }
        query
            .order((issue::year.desc(), issue::published_at.desc(), issue::id.desc()))
            .limit(filter.limit)
            .select(IssueRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("searching past issues"))
    }

    /// The issue of these publications that was published next before a moment, or next after it.
    pub fn find_published_beside(
        &mut self,
        of: &[i64],
        at: Micros,
        id: i64,
        after: bool,
    ) -> Result<Option<IssueRow>, Failure> {
        let published = issue::table
            .filter(issue::office_id.eq(self.office.0).and(issue::state.eq("published")))
            .filter(issue::publication_id.eq_any(of.to_vec()))
            .into_boxed();
        let beside = if after {
            published
                .filter(issue::published_at.gt(at).or(issue::published_at.eq(at).and(issue::id.gt(id))))
                .order((issue::published_at.asc(), issue::id.asc()))
        } else {
            published
                .filter(issue::published_at.lt(at).or(issue::published_at.eq(at).and(issue::id.lt(id))))
                .order((issue::published_at.desc(), issue::id.desc()))
        };
        beside
            .limit(1)
            .select(IssueRow::as_select())
            .load(self.connection())
            .map(|mut rows: Vec<IssueRow>| rows.pop())
            .map_err(Failure::at("looking for the issue beside another"))
    }

    /// The pieces of these issues in whose title or text something stands: issue, title, text; by issue and place.
    pub fn list_pieces_with(&mut self, issues: &[i64], words: &str) -> Result<Vec<(i64, String, String)>, Failure> {
        let pattern = containing(words);
        issue_item::table
            .filter(issue_item::issue_id.eq_any(issues.to_vec()).and(issue_item::merged_into.is_null()))
            .filter(
                issue_item::title.like(pattern.clone()).escape('\\').or(issue_item::body.like(pattern).escape('\\')),
            )
            .order((issue_item::issue_id, issue_item::position))
            .select((issue_item::issue_id, issue_item::title, issue_item::body))
            .load_on(self.connection())
            .map_err(Failure::at("searching the pieces of past issues"))
    }
}

impl Write {
    /// Gives a publication these columns in this order.
    pub fn replace_columns(&mut self, of: PublicationId, names: &[String]) -> Result<(), Failure> {
        let doing = "setting the columns of a publication";
        diesel::delete(publication_column::table.filter(publication_column::publication_id.eq(of.0)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        for (place, name) in names.iter().enumerate() {
            diesel::insert_into(publication_column::table)
                .values((
                    publication_column::publication_id.eq(of.0),
                    publication_column::position.eq(place as i64 + 1),
                    publication_column::name.eq(name.clone()),
                ))
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(())
    }

    /// Distributes a publication to these units.
    pub fn replace_publication_units(&mut self, of: PublicationId, units: &[UnitId]) -> Result<(), Failure> {
        let doing = "setting whom a publication is distributed to";
        diesel::delete(publication_unit::table.filter(publication_unit::publication_id.eq(of.0)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        for unit in units {
            diesel::insert_into(publication_unit::table)
                .values((publication_unit::publication_id.eq(of.0), publication_unit::unit_id.eq(unit.0)))
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(())
    }

    /// Appends what was said of an issue's content; `row.position` is set here.
    pub fn append_mark(&mut self, mut row: MarkRow) -> Result<(), Failure> {
        let doing = "noting a signature of an issue";
        let last: Option<i64> = issue_mark::table
            .filter(issue_mark::issue_id.eq(row.issue_id))
            .select(diesel::dsl::max(issue_mark::position))
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        row.position = last.unwrap_or(0) + 1;
        diesel::insert_into(issue_mark::table).values(row).execute_on(self.connection()).map_err(Failure::at(doing))?;
        Ok(())
    }

    /// Notes that an account has opened an issue; the first time stands.
    pub fn note_read(&mut self, of: IssueId, who: AccountId, at: Micros) -> Result<(), Failure> {
        if self.find_read(of, who)?.is_some() {
            return Ok(());
        }
        diesel::insert_into(issue_read::table)
            .values((issue_read::issue_id.eq(of.0), issue_read::account_id.eq(who.0), issue_read::read_at.eq(at)))
            .execute_on(self.connection())
            .map_err(Failure::at("noting that an issue was read"))?;
        Ok(())
    }
}
