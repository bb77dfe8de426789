//! Scans (扫描件) of commented pages: each file once, each of its pages with one state.

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::{scan, scan_page};
use crate::{Failure, Micros, Tx, Write};

/// A scanned file as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scan, treat_none_as_default_value = false)]
pub struct ScanRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Its name as it came.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// Its bytes.
    pub content_id: i64,
    /// `page`: dropped on the page; `folder`: found in the watched folder.
    pub source: String,
    /// When it came.
    pub taken_at: Micros,
    /// Who dropped it.
    pub taken_by: Option<i64>,
}

/// A page of a scanned file as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = scan_page, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ScanPageRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The file.
    pub scan_id: i64,
    /// Which page of it, from 1.
    pub page: i64,
    /// Its picture, written anew by the reader.
    pub preview_id: Option<i64>,
    /// `attached`: belongs to an item, waits to be entered; `waiting`: whose it is must be said; `entered`; `discarded`.
    pub state: String,
    /// What the reader found: `one`, `several`, `none`, `unknown`, `foreign`, `unreadable`.
    pub why: String,
    /// The codes found, parted by spaces.
    pub codes: String,
    /// The issue it shows.
    pub issue_id: Option<i64>,
    /// The item it shows.
    pub item_id: Option<i64>,
    /// The comment entered from it.
    pub comment_id: Option<i64>,
    /// Why it could not be read, or why it was discarded.
    pub reason: String,
    /// When it was settled.
    pub settled_at: Option<Micros>,
    /// By whom.
    pub settled_by: Option<i64>,
}

impl Tx {
    /// The file with these bytes, if it came before.
    pub fn find_scan_of(&mut self, sha256: &str) -> Result<Option<ScanRow>, Failure> {
        scan::table
            .filter(scan::office_id.eq(self.office.0).and(scan::sha256.eq(sha256)))
            .select(columns::<ScanRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a scan by its bytes"))
    }

    /// Pages in a state with their files, newest file first.
    pub fn list_scan_pages(&mut self, state: &str, limit: i64) -> Result<Vec<(ScanPageRow, ScanRow)>, Failure> {
        scan_page::table
            .inner_join(scan::table.on(scan::id.eq(scan_page::scan_id)))
            .filter(scan_page::office_id.eq(self.office.0).and(scan_page::state.eq(state)))
            .order((scan_page::scan_id.desc(), scan_page::page))
            .limit(limit)
            .select((columns::<ScanPageRow>(), columns::<ScanRow>()))
            .load_on(self.connection())
            .map_err(Failure::at("listing the pages of scans"))
    }

    /// A page with its file.
    pub fn find_scan_page(&mut self, id: i64) -> Result<Option<(ScanPageRow, ScanRow)>, Failure> {
        scan_page::table
            .inner_join(scan::table.on(scan::id.eq(scan_page::scan_id)))
            .filter(scan_page::office_id.eq(self.office.0).and(scan_page::id.eq(id)))
            .select((columns::<ScanPageRow>(), columns::<ScanRow>()))
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a page of a scan"))
    }

    /// The pages of a file in order.
    pub fn list_pages_of_scan(&mut self, scan: i64) -> Result<Vec<ScanPageRow>, Failure> {
        scan_page::table
            .filter(scan_page::office_id.eq(self.office.0).and(scan_page::scan_id.eq(scan)))
            .order(scan_page::page)
            .select(columns::<ScanPageRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the pages of a scan"))
    }
}

impl Write {
    /// Keeps a scanned file; `row.id` and `row.office_id` are set here.
    pub fn insert_scan(&mut self, mut row: ScanRow) -> Result<i64, Failure> {
        row.id = self.next_id("scan")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(scan::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("keeping a scan"))?;
        Ok(id)
    }

    /// Adds a page of a file; `row.id` and `row.office_id` are set here.
    pub fn insert_scan_page(&mut self, mut row: ScanPageRow) -> Result<i64, Failure> {
        row.id = self.next_id("scan_page")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(scan_page::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("adding a page of a scan"))?;
        Ok(id)
    }

    /// Writes a page back if it is still in the state it was opened in. False if another has settled it meanwhile.
    pub fn update_scan_page(&mut self, row: &ScanPageRow, opened: &str) -> Result<bool, Failure> {
        diesel::update(
            scan_page::table
                .filter(scan_page::id.eq(row.id).and(scan_page::office_id.eq(self.office.0)))
                .filter(scan_page::state.eq(opened)),
        )
        .set(row.clone())
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("settling a page of a scan"))
    }
}
