//! The list of registered mailboxes (登记邮箱表).

use std::collections::BTreeMap;

use tz_model::UnitId;
use tz_store::Tx;
use tz_store::directory::MailboxRow;
use tz_tables::ListColumn;

use super::reading::{Heads, Line, Lines, SentRows, by_row, lines, unknown};
use super::{Plan, RosterLine, Step};
use crate::Problem;
use crate::assessment::PaperFile;
use crate::sheets::{list, minute, workbook};
use crate::system::mailboxes::address_fault;

const UNIT: &str = "单位";
/// Not 邮箱, which the list of people has: nobody's own address is to become a unit's by the wrong file.
const ADDRESS: &str = "登记邮箱";
const SINCE: &str = "登记时间";

/// What the list would do. Gathers; [`planned`] decides.
pub(super) fn plan(tx: &mut Tx, rows: &SentRows) -> Result<Plan, Problem> {
    let names = tx.list_unit_names()?;
    let units: BTreeMap<&str, i64> = names.iter().map(|(id, name)| (name, id)).collect();
    let all = [UNIT, ADDRESS, SINCE].map(str::to_owned);
    let heads = Heads { all: &all, needed: &[UNIT, ADDRESS], called: "登记邮箱表" };
    Ok(planned(&units, &tx.list_mailboxes(None)?, lines(rows, &heads)))
}

/// Decides every row. Pure.
pub(super) fn planned(units: &BTreeMap<&str, i64>, registered: &[MailboxRow], found: Lines) -> Plan {
    let mut plan = Plan::default();
    plan.preview.notes = found.notes;
    let mut faults = found.faults;
    let known: Vec<&str> = units.keys().copied().collect();
    let names: BTreeMap<i64, &str> = units.iter().map(|(name, id)| (*id, *name)).collect();
    let held: BTreeMap<&str, i64> = registered.iter().map(|row| (row.address_key.as_str(), row.unit_id)).collect();
    let mut once: BTreeMap<String, &Line> = BTreeMap::new();
    for line in &found.lines {
        let (unit, address) = (line.text(UNIT), line.text(ADDRESS));
        let of = units.get(unit).copied();
        if of.is_none() {
            faults.push(line.fault(UNIT, unknown("单位", unit, &known)));
        }
        let key = address.to_lowercase();
        if let Some(first) = once.get(&key).filter(|_| !key.is_empty()) {
            faults.push(line.fault(ADDRESS, format!("和{}重复，一个邮箱只能登记一次，请删去一行。", first.place())));
            continue;
        }
        let holder = held.get(key.as_str()).copied();
        let fault = match holder {
            Some(holder) if Some(holder) == of => {
                plan.preview.same += 1;
                None
            }
            Some(holder) => address_fault(address, Some(names.get(&holder).copied().unwrap_or("另一单位"))),
            None => address_fault(address, None),
        };
        once.insert(key, line);
        match (fault, of) {
            (Some(fault), _) => faults.push(line.fault(ADDRESS, fault)),
            (None, Some(of)) if holder.is_none() => {
                let cells = vec![(ADDRESS.to_owned(), String::new(), address.to_owned())];
                plan.preview.new.push(RosterLine { what: unit.to_owned(), cells });
                let step = Step::Mailbox { unit: UnitId(of), name: unit.to_owned(), address: address.to_owned() };
                plan.steps.push(step);
            }
            (None, _) => {}
        }
    }
    plan.preview.faults = by_row(faults);
    plan
}

/// Every open registration as a workbook, in the directory's order.
pub(super) fn sheet(tx: &mut Tx) -> Result<PaperFile, Problem> {
    let names = tx.list_unit_names()?;
    let mut of: BTreeMap<i64, Vec<MailboxRow>> = BTreeMap::new();
    for row in tx.list_mailboxes(None)? {
        of.entry(row.unit_id).or_default().push(row);
    }
    let mut rows = Vec::new();
    for (id, unit) in names.iter() {
        for row in of.remove(&id).unwrap_or_default() {
            rows.push(vec![unit.into(), row.address.into(), minute(row.registered_at)]);
        }
    }
    let columns = [(UNIT, 24.0), (ADDRESS, 36.0), (SINCE, 18.0)];
    let columns = columns.map(|(name, width)| ListColumn::new(name, width)).to_vec();
    workbook(list("登记邮箱", "登记邮箱表".to_owned(), columns, rows))
}
