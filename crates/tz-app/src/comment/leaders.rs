//! The list of leaders (领导名单): who comments, and on which level of the scheme that counts.

use tz_model::{AccountId, Table};
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::comment::LeaderRow;

use crate::facts::may_be_named;
use crate::problem::all_right;
use crate::{Administrator, App, FieldFault, Person, Problem, Role, schemes_ahead};

/// A leader as typed.
#[derive(Clone, Debug, Default)]
pub struct LeaderWish {
    /// 姓名
    pub name: String,
    /// 职务
    pub duty: String,
    /// 批示层级
    pub level: String,
    /// The account by which they write themselves; empty for none.
    pub account: Option<i64>,
}

/// A leader in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderView {
    /// Their identity.
    pub id: i64,
    /// 姓名
    pub name: String,
    /// 职务
    pub duty: String,
    /// 批示层级
    pub level: String,
    /// Name and sign-in name of their account; empty for none.
    pub account: String,
}

impl LeaderView {
    /// As a comment names them: `王志强（副市长）`.
    pub fn words(&self) -> String {
        words(&self.name, &self.duty)
    }
}

fn words(name: &str, duty: &str) -> String {
    if duty.is_empty() { name.to_owned() } else { format!("{name}（{duty}）") }
}

fn list(tx: &mut Tx) -> Result<Vec<LeaderView>, Problem> {
    let rows = tx.list_leaders()?;
    let accounts = tx.list_accounts()?;
    Ok(rows
        .into_iter()
        .filter(|row| row.left_on.is_none())
        .map(|row| {
            let account = row.account_id.and_then(|id| accounts.iter().find(|account| account.id == id));
            LeaderView {
                id: row.id,
                account: account.map(|account| format!("{}（{}）", account.name, account.login)).unwrap_or_default(),
                name: row.name,
                duty: row.duty,
                level: row.level,
            }
        })
        .collect())
}

/// The level of the leader that a comment names, by name alone or with the duty.
pub(super) fn level_of(tx: &mut Tx, leader: &str) -> Result<Option<String>, Problem> {
    let leader = leader.trim();
    let found = list(tx)?.into_iter().find(|known| known.name == leader || known.words() == leader);
    Ok(found.map(|known| known.level))
}

/// The leader of an account.
pub(super) fn of_account(tx: &mut Tx, account: AccountId) -> Result<Option<LeaderView>, Problem> {
    let row = tx.list_leaders()?.into_iter().find(|row| row.left_on.is_none() && row.account_id == Some(account.0));
    Ok(row.map(|row| LeaderView {
        id: row.id,
        name: row.name,
        duty: row.duty,
        level: row.level,
        account: String::new(),
    }))
}

impl App {
    /// The leaders who comment, in the order they were entered.
    pub fn leaders(&self, who: &Person) -> Result<Vec<LeaderView>, Problem> {
        if who.role == Role::Reporter {
            return Err(Problem::NotThere);
        }
        list(&mut self.read()?)
    }

    /// The levels a leader may have: those of the scheme in force and of those that stand ahead; empty where any may be typed.
    pub fn leader_levels(&self, _who: &Administrator) -> Result<Vec<String>, Problem> {
        let mut tx = self.read()?;
        let mut levels: Vec<String> = Vec::new();
        for (scheme, _) in schemes_ahead(&mut tx, self.today())? {
            for name in scheme.names_in(Table::Comments) {
                if !levels.iter().any(|known| **known == *name) {
                    levels.push(name.to_string());
                }
            }
        }
        Ok(levels)
    }

    /// The accounts a leader may have: identity, name and role. Units' accounts are not among them.
    pub fn leader_accounts(&self, _who: &Administrator) -> Result<Vec<(i64, String)>, Problem> {
        let accounts = self.read()?.list_accounts()?.into_iter();
        let may = accounts.filter(|row| !row.disabled && row.role != Role::Reporter.key());
        let role = |key: &str| Role::of_key(key).map(Role::name).unwrap_or_default();
        Ok(may.map(|row| (row.id, format!("{}（{}）", row.name, role(&row.role)))).collect())
    }

    /// Enters a leader.
    pub fn add_leader(&self, who: &Administrator, wish: &LeaderWish) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (name, duty, level) = (wish.name.trim(), wish.duty.trim(), wish.level.trim());
        let known = list(&mut tx)?;
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > 20 {
            faults.push(FieldFault::new("name", "请填写姓名，20字以内。"));
        }
        if known.iter().any(|leader| leader.name == name && leader.duty == duty) {
            faults.push(FieldFault::new("name", "名单中已有这位领导，不必再登记。"));
        }
        if duty.chars().count() > 40 {
            faults.push(FieldFault::new("duty", "职务不超过40字。"));
        }
        let schemes = schemes_ahead(&mut tx, self.today())?;
        if !schemes.iter().any(|(scheme, _)| may_be_named(scheme, Table::Comments, level)) {
            faults.push(FieldFault::new("level", "请选择批示层级，列表来自计分办法。"));
        }
        if let Some(account) = wish.account
            && tx.find_account(AccountId(account))?.is_none_or(|row| row.disabled || row.role == Role::Reporter.key())
        {
            faults.push(FieldFault::new("account", "请从列表中选择账号。"));
        }
        all_right(faults)?;
        tx.insert_leader(LeaderRow {
            id: 0,
            office_id: 0,
            name: name.to_owned(),
            duty: duty.to_owned(),
            level: level.to_owned(),
            account_id: wish.account,
            left_on: None,
            created_at: now,
        })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "登记领导",
            object: &words(name, duty),
            done: true,
            detail: level,
        })?;
        tx.commit()?;
        Ok(())
    }

    /// Takes a leader off the list (移出): comments entered stay as they are.
    pub fn leader_left(&self, who: &Administrator, id: i64) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.list_leaders()?.into_iter().find(|row| row.id == id && row.left_on.is_none());
        let row = row.ok_or(Problem::NotThere)?;
        let said = words(&row.name, &row.duty);
        tx.update_leader(&LeaderRow { left_on: Some(self.today().to_string()), ..row })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "移出领导名单",
            object: &said,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(said)
    }
}
