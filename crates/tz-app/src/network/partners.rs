//! Partner offices (协作单位) and the standing rights of information officers (信息员权利, N1).

use std::collections::BTreeSet;

use tz_model::UnitId;
use tz_store::audit::Act;
use tz_store::partner::PartnerRow;

use crate::problem::all_right;
use crate::publication::unit_names;
use crate::system::is_address;
use crate::{App, Editor, FieldFault, Problem};

/// A standing right of the officers of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfficerRight {
    /// 列席会议
    Meetings,
    /// 阅读文件
    Documents,
    /// 参加调研
    Visits,
}

impl OfficerRight {
    /// Every right, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Meetings, Self::Documents, Self::Visits];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Meetings => "meetings",
            Self::Documents => "documents",
            Self::Visits => "visits",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meetings => "列席会议",
            Self::Documents => "阅读文件",
            Self::Visits => "参加调研",
        }
    }
}

/// A partner office as typed.
#[derive(Clone, Debug, Default)]
pub struct NewPartner {
    /// 名称
    pub name: String,
    /// 联系人
    pub contact: String,
    /// 电话
    pub phone: String,
    /// 邮箱
    pub mail: String,
    /// What is exchanged, and how.
    pub note: String,
}

/// A unit with the rights its officers have.
#[derive(Clone, Debug)]
pub struct UnitRights {
    /// The unit.
    pub unit: UnitId,
    /// Which.
    pub rights: Vec<OfficerRight>,
}

impl App {
    /// The partner offices on the list.
    pub fn partners(&self, _who: &Editor) -> Result<Vec<PartnerRow>, Problem> {
        Ok(self.read()?.list_partners()?)
    }

    /// Puts a partner office on the list (登记协作单位).
    pub fn add_partner(&self, who: &Editor, new: &NewPartner) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > 40 {
            faults.push(FieldFault::new("name", "请填写协作单位名称，40字以内，例如“市委办公室信息科”。"));
        }
        if new.contact.chars().count() > 20 || new.phone.chars().count() > 30 {
            faults.push(FieldFault::new("contact", "联系人不超过20字，电话不超过30位。"));
        }
        let mail = new.mail.trim();
        if !mail.is_empty() && !is_address(mail) {
            faults.push(FieldFault::new("mail", "这不像一个邮箱地址，请核对。"));
        }
        if new.note.chars().count() > 200 {
            faults.push(FieldFault::new("note", "交换内容不超过200字。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        if tx.list_partners()?.iter().any(|known| known.name == name) {
            faults.push(FieldFault::new("name", format!("“{name}”已经在名单中。")));
        }
        all_right(faults)?;
        tx.insert_partner(PartnerRow {
            id: 0,
            office_id: 0,
            name: name.clone(),
            contact: new.contact.trim().to_owned(),
            phone: new.phone.trim().to_owned(),
            mail: mail.to_owned(),
            note: new.note.trim().to_owned(),
            created_at: now,
            ended_at: None,
        })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "登记协作单位",
            object: &name,
            done: true,
            detail: new.note.trim(),
        })?;
        tx.commit()?;
        Ok(())
    }

    /// Takes a partner office off the list (移出).
    pub fn end_partner(&self, who: &Editor, id: i64) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.list_partners()?.into_iter().find(|row| row.id == id).ok_or(Problem::NotThere)?;
        tx.end_partner(id, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "移出协作单位",
            object: &row.name,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(())
    }

    /// The rights that the officers of units have; units without any are left out.
    pub fn officer_rights(&self, _who: &Editor) -> Result<Vec<UnitRights>, Problem> {
        let mut tx = self.read()?;
        let held = tx.list_officer_rights()?;
        let names = unit_names(&mut tx)?;
        Ok(names
            .iter()
            .map(|(unit, _)| UnitRights {
                unit: UnitId(unit),
                rights: OfficerRight::ALL
                    .into_iter()
                    .filter(|right| held.contains_key(&(unit, right.key().to_owned())))
                    .collect(),
            })
            .filter(|unit| !unit.rights.is_empty())
            .collect())
    }

    /// Records which rights the officers of some units have (登记信息员权利). Of these units, what is not given is taken back. Gives
    /// how many rights changed.
    pub fn set_officer_rights(
        &self,
        who: &Editor,
        units: &[UnitId],
        given: &[(UnitId, OfficerRight)],
    ) -> Result<usize, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let held = tx.list_officer_rights()?;
        let names = unit_names(&mut tx)?;
        let given: BTreeSet<(i64, OfficerRight)> = given.iter().map(|(unit, right)| (unit.0, *right)).collect();
        let mut changes = Vec::new();
        for unit in units {
            let Some(name) = names.get(unit.0) else { continue };
            for right in OfficerRight::ALL {
                let (wished, has) =
                    (given.contains(&(unit.0, right)), held.contains_key(&(unit.0, right.key().to_owned())));
                if wished != has {
                    tx.append_officer_right(unit.0, right.key(), wished, who.account.0, now)?;
                    changes.push(format!("{name}{}{}", if wished { "＋" } else { "－" }, right.name()));
                }
            }
        }
        if !changes.is_empty() {
            tx.record_act(&Act {
                at: now,
                account: Some(who.account.0),
                who: &who.name,
                act: "登记信息员权利",
                object: &format!("{}项变更", changes.len()),
                done: true,
                detail: &changes.join("、").chars().take(2000).collect::<String>(),
            })?;
            tx.commit()?;
        }
        Ok(changes.len())
    }
}
