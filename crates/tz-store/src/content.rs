//! Contents: raw mails, attachments and papers, each stored once by the SHA-256 of its bytes.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::connection::Either;
use crate::schema::{content, item_attachment, kept_file, mail, masthead, scan, scan_page};
use crate::{Failure, Tx, Write};

#[derive(Insertable)]
#[diesel(table_name = content)]
struct NewContent<'a> {
    id: i64,
    sha256: &'a str,
    size: i64,
    bytes: &'a [u8],
}

/// The SHA-256 of some bytes, in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    })
}

impl Tx {
    /// The bytes of a content.
    pub fn content(&mut self, id: i64) -> Result<Vec<u8>, Failure> {
        content::table
            .filter(content::id.eq(id))
            .select(content::bytes)
            .first_on(self.connection())
            .map_err(Failure::at("reading a content"))
    }

    fn find_content(&mut self, sha256: &str) -> Result<Option<i64>, Failure> {
        content::table
            .filter(content::sha256.eq(sha256))
            .select(content::id)
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a content"))
    }
}

impl Write {
    /// Stores bytes unless they are there already, and says under which number.
    pub fn put_content(&mut self, bytes: &[u8]) -> Result<i64, Failure> {
        self.put_hashed(bytes, &sha256(bytes))
    }

    /// As [`Write::put_content`], where the caller has taken the SHA-256 of the bytes already.
    pub fn put_hashed(&mut self, bytes: &[u8], hash: &str) -> Result<i64, Failure> {
        if let Some(id) = self.find_content(hash)? {
            return Ok(id);
        }
        let id = self.next_id("content")?;
        diesel::insert_into(content::table)
            .values(NewContent { id, sha256: hash, size: bytes.len() as i64, bytes })
            .execute_on(self.connection())
            .map_err(Failure::at("storing a content"))?;
        Ok(id)
    }

    /// Removes bytes that must not be kept, unless something else stands on them.
    pub(crate) fn forget_content(&mut self, id: i64) -> Result<(), Failure> {
        let doing = "removing a content";
        let mails: i64 = mail::table
            .filter(mail::content_id.eq(id))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        let files: i64 = item_attachment::table
            .filter(item_attachment::content_id.eq(id))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        let kept: i64 = kept_file::table
            .filter(kept_file::content_id.eq(id))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        let scans: i64 = scan::table
            .filter(scan::content_id.eq(id))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        let pages: i64 = scan_page::table
            .filter(scan_page::preview_id.eq(id))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        let heads: i64 = masthead::table
            .filter(masthead::content_id.eq(id))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        if mails + files + kept + scans + pages + heads == 0 {
            diesel::delete(content::table.filter(content::id.eq(id)))
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(())
    }
}
