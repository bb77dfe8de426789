//! Registered mailboxes (登记邮箱, N3.1).

use std::collections::BTreeMap;

use tz_model::UnitId;
use tz_store::directory::MailboxRow;

use super::{is_address, record};
use crate::problem::all_right;
use crate::{Administrator, App, FieldFault, Problem};

/// What is wrong with an address that is to be registered, whatever the door; `holder` is the unit it is registered for now.
pub(super) fn address_fault(address: &str, holder: Option<&str>) -> Option<String> {
    if !is_address(address) {
        return Some("邮箱地址不完整，应如 binhu@126.com，只填一个。".to_owned());
    }
    holder.map(taken)
}

fn taken(unit: &str) -> String {
    format!("这个邮箱已登记在“{unit}”名下。如需变更，请先注销原登记。")
}

impl App {
    /// Every open registration of a mailbox, with its unit's name.
    pub fn mailboxes(&self, _who: &Administrator) -> Result<Vec<(MailboxRow, String)>, Problem> {
        let mut tx = self.read()?;
        let names: BTreeMap<i64, String> =
            tx.list_units(None)?.into_iter().map(|unit| (unit.unit_id, unit.name)).collect();
        let named = |mailbox: MailboxRow| {
            let unit = names.get(&mailbox.unit_id).cloned().unwrap_or_default();
            (mailbox, unit)
        };
        Ok(tx.list_mailboxes(None)?.into_iter().map(named).collect())
    }

    /// Registers a mailbox for a unit (登记邮箱, N3.1): from now on mail from it is the unit's.
    pub fn register_mailbox(&self, who: &Administrator, unit: Option<UnitId>, address: &str) -> Result<(), Problem> {
        let now = self.micros();
        let address = address.trim();
        let mut tx = self.write()?;
        let mut faults = Vec::new();
        let row = match unit {
            Some(unit) => tx.find_unit(unit)?,
            None => None,
        };
        if row.is_none() {
            faults.push(FieldFault::new("unit", "请从列表中选择单位。"));
        }
        let held = tx.find_mailbox(address)?.map(|held| UnitId(held.unit_id));
        let holder = held.map(|unit| tx.find_unit(unit)).transpose()?.flatten().map(|unit| unit.name);
        faults.extend(address_fault(address, holder.as_deref()).map(|fault| FieldFault::new("address", fault)));
        all_right(faults)?;
        let row = row.expect("a missing unit was a fault above");
        tx.insert_mailbox(UnitId(row.unit_id), address, now).map_err(|failure| {
            if failure.is_taken() { Problem::field("address", taken("另一单位")) } else { Problem::Failed(failure) }
        })?;
        record(&mut tx, who, now, "登记邮箱", address, &row.name)?;
        tx.commit()?;
        Ok(())
    }

    /// Ends a mailbox's registration (注销邮箱): mail from it waits in quarantine from now on.
    pub fn close_mailbox(&self, who: &Administrator, mailbox: i64) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.list_mailboxes(None)?.into_iter().find(|row| row.id == mailbox).ok_or(Problem::NotThere)?;
        if !tx.close_mailbox(mailbox, now)? {
            return Err(Problem::NotThere);
        }
        let unit = tx.find_unit(UnitId(row.unit_id))?.map(|unit| unit.name).unwrap_or_default();
        record(&mut tx, who, now, "注销邮箱", &row.address, &unit)?;
        tx.commit()?;
        Ok(row.address)
    }
}
