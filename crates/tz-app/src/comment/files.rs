//! Files kept with a comment, a reply or a claim: kept as they came, handed out to be saved, never opened here.

use tz_store::comment::KeptFileRow;
use tz_store::{Tx, Write};
use tz_text::secrecy::{Strength, Wordings};

use crate::report::NewFile;
use crate::{App, Editor, FieldFault, Person, Problem};

/// Kept with a comment.
pub(crate) const COMMENT: &str = "comment";
/// Kept with a unit's reply about a follow-up.
pub(crate) const REPLY: &str = "reply";
/// Kept with a unit's claim about a bulletin.
pub(crate) const CLAIM: &str = "claim";

/// Files one thing may have.
const MOST: usize = 10;

/// A file as lists name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// `comment`, `reply`, `claim`.
    pub owner: String,
    /// Which of them.
    pub owner_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// Its name as it came.
    pub name: String,
}

/// The files of some owners.
pub(crate) fn of(tx: &mut Tx, owner: &str, ids: &[i64]) -> Result<Vec<KeptFile>, Problem> {
    let rows = tx.list_kept_files(owner, ids)?.into_iter();
    Ok(rows
        .map(|row| KeptFile { owner: row.owner, owner_id: row.owner_id, position: row.position, name: row.name })
        .collect())
}

/// Keeps files with their owner.
pub(crate) fn keep(tx: &mut Write, owner: &str, id: i64, files: &[NewFile]) -> Result<(), Problem> {
    for file in files {
        let content_id = tx.put_content(&file.bytes)?;
        keep_content(tx, owner, id, &file.name, content_id)?;
    }
    Ok(())
}

/// Keeps what is stored already with an owner.
pub(crate) fn keep_content(tx: &mut Write, owner: &str, id: i64, name: &str, content_id: i64) -> Result<(), Problem> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    Ok(tx.insert_kept_file(KeptFileRow {
        office_id: 0,
        owner: owner.to_owned(),
        owner_id: id,
        position: 0,
        name,
        content_id,
    })?)
}

/// A kept file, for those who may see its owner: name and bytes.
pub(crate) fn bytes_of(tx: &mut Tx, owner: &str, id: i64, position: i64) -> Result<(String, Vec<u8>), Problem> {
    let rows = tx.list_kept_files(owner, &[id])?;
    let row = rows.into_iter().find(|row| row.position == position).ok_or(Problem::NotThere)?;
    Ok((row.name, tx.content(row.content_id)?))
}

impl App {
    /// What is wrong with files about to be kept: too many, or with a mark of secrecy (N3.1).
    pub(crate) fn file_faults(&self, files: &[NewFile]) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if files.len() > MOST {
            faults.push(FieldFault::new("file", format!("附件不超过{MOST}个，请分次提交或打包。")));
        }
        let named: Vec<(&str, &[u8])> = files.iter().map(|file| (file.name.as_str(), &*file.bytes)).collect();
        // What is held for a person elsewhere is for the office's own eyes here: only marks of secrecy keep a file out.
        if let Ok(Some(mark)) = self.reader.mark(&named, &Wordings::default())
            && mark.strength == Strength::Strong
        {
            faults.push(FieldFault::new("file", "附件带有密级标志，没有接收。涉密材料请专人送达，不得上传本系统。"));
        }
        faults
    }

    /// A file kept with a comment, for the office.
    pub fn comment_file(&self, _who: &Editor, comment: i64, position: i64) -> Result<(String, Vec<u8>), Problem> {
        let mut tx = self.read()?;
        tx.find_comment(comment)?.ok_or(Problem::NotThere)?;
        bytes_of(&mut tx, COMMENT, comment, position)
    }

    /// A file kept with a unit's reply, for the office and for that unit.
    pub fn reply_file(&self, who: &Person, reply: i64, position: i64) -> Result<(String, Vec<u8>), Problem> {
        let mut tx = self.read()?;
        let unit = super::following::unit_of_word(&mut tx, reply)?.ok_or(Problem::NotThere)?;
        if who.unit.is_some_and(|own| own != unit) {
            return Err(Problem::NotThere);
        }
        bytes_of(&mut tx, REPLY, reply, position)
    }

    /// A file kept with a unit's claim, for the office and for that unit.
    pub fn claim_file(&self, who: &Person, claim: i64, position: i64) -> Result<(String, Vec<u8>), Problem> {
        let mut tx = self.read()?;
        let row = tx.find_claim(claim)?.ok_or(Problem::NotThere)?;
        if who.unit.is_some_and(|own| own.0 != row.unit_id) {
            return Err(Problem::NotThere);
        }
        bytes_of(&mut tx, CLAIM, claim, position)
    }
}
