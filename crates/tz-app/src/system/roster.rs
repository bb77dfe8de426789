//! The lists that the directory is kept by (表册): units, people, registered mailboxes, each as a workbook to keep and correct, and the
//! corrected workbook taken in again. What it would change is shown before anything is taken in; with a fault in any row nothing is.

mod mailboxes;
mod people;
mod reading;
mod units;

use jiff::civil::Date;
use tz_model::{Fault, UnitId};
use tz_store::content::sha256;
use tz_store::directory::{PersonRow, UnitVersionRow};
use tz_store::{Tx, Write};

use super::people::{record_correction, since};
use super::{record, record_unit};
use crate::assessment::PaperFile;
use crate::{Administrator, App, Problem};

pub use reading::SentRows;

/// How the audit says that something came by a list.
const BY_LIST: &str = "（导入）";

/// A list of the directory (表册).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roster {
    /// 单位表
    Units,
    /// 人员名册
    People,
    /// 登记邮箱表
    Mailboxes,
}

/// One thing a list would add or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterLine {
    /// What it is about: `滨湖镇`, `滨湖镇 王静 信息员`.
    pub what: String,
    /// Column, what stands there now, what would stand there.
    pub cells: Vec<(String, String, String)>,
}

/// What taking a list in would do.
#[derive(Clone, Debug, Default)]
pub struct RosterPreview {
    /// What is not there yet, in the list's order.
    pub new: Vec<RosterLine>,
    /// What would be changed.
    pub changed: Vec<RosterLine>,
    /// Rows that say what is recorded already.
    pub same: usize,
    /// What to know besides, in sentences.
    pub notes: Vec<String>,
    /// What keeps the list from being taken in, all at once.
    pub faults: Vec<Fault>,
}

impl RosterPreview {
    /// How many things would be added or changed.
    pub fn to_take(&self) -> usize {
        self.new.len() + self.changed.len()
    }

    /// Stands for what was shown: another one, and something else would happen.
    pub fn seal(&self) -> String {
        sha256(format!("{:?}{:?}", self.new, self.changed).as_bytes())
    }
}

/// What taking a list in did.
#[derive(Clone, Debug)]
pub enum RosterTaken {
    /// It is done; as many were new, changed and known already.
    Done {
        /// New ones.
        new: usize,
        /// Changed ones.
        changed: usize,
        /// Those that are as they were.
        same: usize,
    },
    /// Nothing was taken in: the directory has changed since the list was looked at. What it would do now.
    LookAgain(RosterPreview),
}

/// One thing to do for a list. New units have identities below zero until they are made.
enum Step {
    // Boxed: rows are many times as large as an address.
    Unit { before: Option<Box<UnitVersionRow>>, row: Box<UnitVersionRow> },
    Person { before: Option<Box<PersonRow>>, row: Box<PersonRow>, unit: String },
    Mailbox { unit: UnitId, name: String, address: String },
}

/// What a list would do, shown and to be done.
#[derive(Default)]
struct Plan {
    preview: RosterPreview,
    steps: Vec<Step>,
}

fn plan(tx: &mut Tx, roster: Roster, rows: &SentRows, today: Date, now: i64) -> Result<Plan, Problem> {
    match roster {
        Roster::Units => units::plan(tx, rows, today, now),
        Roster::People => people::plan(tx, rows, today),
        Roster::Mailboxes => mailboxes::plan(tx, rows),
    }
}

/// Makes the units that are new, then records everything in the list's order.
fn take(tx: &mut Write, who: &Administrator, steps: Vec<Step>, now: i64) -> Result<(), Problem> {
    let mut made = std::collections::BTreeMap::new();
    for step in &steps {
        if let Step::Unit { before: None, row } = step {
            made.insert(row.unit_id, tx.insert_unit(now)?.0);
        }
    }
    let real = |id: i64| made.get(&id).copied().unwrap_or(id);
    for step in steps {
        match step {
            Step::Unit { before, row } => {
                let row = UnitVersionRow { unit_id: real(row.unit_id), parent_id: row.parent_id.map(real), ..*row };
                record_unit(tx, who, before.as_deref(), row, BY_LIST)?;
            }
            Step::Person { before: Some(before), row, .. } => {
                record_correction(tx, who, now, &before, &row, BY_LIST)?;
            }
            Step::Person { before: None, row, unit } => {
                let detail = format!("{unit} {}{}{BY_LIST}", row.duty, since(&row));
                record(tx, who, now, "登记人员", &row.name, &detail)?;
                tx.insert_person(PersonRow { created_at: now, ..*row })?;
            }
            Step::Mailbox { unit, name, address } => {
                tx.insert_mailbox(unit, &address, now)?;
                record(tx, who, now, "登记邮箱", &address, &format!("{name}{BY_LIST}"))?;
            }
        }
    }
    Ok(())
}

impl App {
    /// A list of the directory as a workbook; it can be taken in again as it is.
    pub fn roster_sheet(&self, _who: &Administrator, roster: Roster) -> Result<PaperFile, Problem> {
        let mut tx = self.read()?;
        match roster {
            Roster::Units => units::sheet(&mut tx, self.today()),
            Roster::People => people::sheet(&mut tx, self.today()),
            Roster::Mailboxes => mailboxes::sheet(&mut tx),
        }
    }

    /// What taking a list in would do, or what is wrong with it, row by row.
    pub fn roster_preview(
        &self,
        _who: &Administrator,
        roster: Roster,
        rows: &SentRows,
    ) -> Result<RosterPreview, Problem> {
        Ok(plan(&mut self.read()?, roster, rows, self.today(), self.micros())?.preview)
    }

    /// Takes a list in (导入), all of it in one transaction: what stands in no row stays as it is. `seal` is the one of the
    /// preview that was looked at.
    pub fn take_roster(
        &self,
        who: &Administrator,
        roster: Roster,
        rows: &SentRows,
        seal: &str,
    ) -> Result<RosterTaken, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let Plan { preview, steps } = plan(&mut tx, roster, rows, self.today(), now)?;
        if !preview.faults.is_empty() || preview.seal() != seal {
            return Ok(RosterTaken::LookAgain(preview));
        }
        take(&mut tx, who, steps, now)?;
        tx.commit()?;
        Ok(RosterTaken::Done { new: preview.new.len(), changed: preview.changed.len(), same: preview.same })
    }
}

/// What is otherwise between two rows of cells in the same columns; against nothing, whatever is filled in.
fn differences(before: Option<&[(String, String)]>, after: &[(String, String)]) -> Vec<(String, String, String)> {
    let held = |column: &str| {
        let held = before.and_then(|cells| cells.iter().find(|(name, _)| name == column));
        held.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    after
        .iter()
        .map(|(column, text)| (column.clone(), held(column), text.clone()))
        .filter(|(_, old, new)| old != new)
        .collect()
}

#[cfg(test)]
mod tests;
