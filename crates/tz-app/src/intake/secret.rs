//! 涉密登记: secret items come by hand on a storage device and never into this system (N3.1). What is registered of one is its
//! number in the paper register, the day, the category and the unit (R5); nothing here takes a word of its title or text.

use jiff::civil::Date;
use tz_model::{Channel, FactSeq, Month, Period, Table, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::{Tx, Write};

use crate::facts::{Recorded, closed_period, revoke};
use crate::problem::all_right;
use crate::report::{has_category, names_of};
use crate::{App, Editor, FieldFault, Problem, Reporter, scheme_on};

/// Why a registration is taken back. Chosen, not typed: a field for words could be given what must not be here.
pub const WITHDRAWALS: [&str; 4] = ["登记有误", "重复登记", "单位撤回", "不应计入"];

/// The longest number, in characters: long enough for a register's, too short for a title.
const NUMBER: usize = 20;

/// A secret item as an editor registers it, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewSecret {
    /// Its number in the paper register: letters, digits and hyphens.
    pub number: String,
    /// The day it was handed over, as typed (R1).
    pub date: String,
    /// 信息类别
    pub category: String,
    /// Whose it is.
    pub unit: Option<UnitId>,
}

/// One line of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Its key among the reports of the ledger.
    pub key: String,
    /// Its number in the paper register.
    pub number: String,
    /// The day it was handed over.
    pub date: Date,
    /// 信息类别
    pub category: String,
    /// The unit's name.
    pub unit: String,
    /// Who registered it, or took it back.
    pub by: String,
    /// Why it was taken back; nothing while it counts.
    pub withdrawn: Option<String>,
}

/// A year of the register with what its form offers.
#[derive(Clone, Debug)]
pub struct SecretRegister {
    /// The lines, newest day first; those taken back too.
    pub lines: Vec<Registered>,
    /// 信息类别
    pub categories: Vec<String>,
    /// Units to choose from.
    pub units: Vec<(UnitId, String)>,
}

/// The key of a registration: never that of an item, whose numbers begin with a digit.
fn key_of(number: &str) -> String {
    format!("{}{number}", Channel::SecretRegister.name())
}

/// Every registration that counts.
fn all<'a>() -> FactFilter<'a> {
    FactFilter {
        table: Some(Table::Reports.name()),
        channel: Some(Channel::SecretRegister.name()),
        ..FactFilter::default()
    }
}

/// The report that a registration is in the ledger: no item, no title.
pub(crate) fn registration(number: &str, unit: i64, date: &str, category: &str) -> FactRow {
    FactRow {
        key: key_of(number),
        channel: Some(Channel::SecretRegister.name().to_owned()),
        reason: Channel::SecretRegister.name().to_owned(),
        ..FactRow::new(Table::Reports.name(), &[unit], date, category)
    }
}

/// The number behind a key.
fn number_of(key: &str) -> &str {
    key.strip_prefix(Channel::SecretRegister.name()).unwrap_or(key)
}

/// The number as it is kept, or nothing where it could be more than a number.
fn clean_number(typed: &str) -> Option<String> {
    let number = typed.trim().to_ascii_uppercase();
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let short = (1..=NUMBER).contains(&number.len());
    (plain && short && number.contains(|c: char| c.is_ascii_digit())).then_some(number)
}

/// The registrations among some reports, newest day first.
fn lines(tx: &mut Tx, rows: Vec<FactRow>) -> Result<Vec<Registered>, Problem> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let units = tx.list_units(None)?;
    let accounts: Vec<(i64, String)> =
        tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
    let name = |by: Option<i64>| accounts.iter().find(|(id, _)| Some(*id) == by).map(|(_, name)| name.clone());
    let mut lines: Vec<(i64, Registered)> = rows
        .into_iter()
        .filter_map(|row| {
            let line = Registered {
                number: number_of(&row.key).to_owned(),
                date: parse_date(&row.date).ok()?,
                unit: names_of(&units, &row.unit_ids()),
                by: name(row.recorded_by).unwrap_or_default(),
                withdrawn: row.revoked.then_some(row.reason),
                category: row.name,
                key: row.key,
            };
            Some((row.seq, line))
        })
        .collect();
    lines.sort_by_key(|(seq, line)| std::cmp::Reverse((line.date, *seq)));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn is_of(row: &FactRow, unit: UnitId) -> bool {
    row.channel.as_deref() == Some(Channel::SecretRegister.name()) && row.each_unit_id().any(|id| id == unit.0)
}

/// What a unit had registered in a period when the ledger ended at a place: part of what its quota was filled with.
pub(crate) fn registered_in(
    tx: &mut Tx,
    unit: UnitId,
    period: &Period,
    end: FactSeq,
) -> Result<Vec<Registered>, Problem> {
    let rows = tx.list_facts_between(Some(end), &period.from.to_string(), &period.to.to_string())?;
    registered_among(tx, unit, &rows)
}

/// What a unit has registered among some facts.
pub(crate) fn registered_among<'r>(
    tx: &mut Tx,
    unit: UnitId,
    rows: impl IntoIterator<Item = &'r FactRow>,
) -> Result<Vec<Registered>, Problem> {
    let rows = rows.into_iter().filter(|row| is_of(row, unit)).cloned().collect();
    lines(tx, rows)
}

fn act(tx: &mut Write, who: &Editor, now: i64, act: &str, key: &str, detail: &str) -> Result<(), Problem> {
    Ok(tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act,
        object: key,
        done: true,
        detail,
    })?)
}

impl App {
    /// The register of a year (涉密登记), with what its form offers.
    pub fn secret_register(&self, _who: &Editor, year: i16) -> Result<SecretRegister, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        let (from, to) = (format!("{year}-01-01"), format!("{year}-12-31"));
        let rows = tx.list_facts(&FactFilter { from: Some(&from), to: Some(&to), with_revoked: true, ..all() })?;
        Ok(SecretRegister {
            lines: lines(&mut tx, rows)?,
            categories: scheme.categories().iter().map(|known| known.name.to_string()).collect(),
            units: tx.list_units(None)?.into_iter().map(|unit| (UnitId(unit.unit_id), unit.name)).collect(),
        })
    }

    /// A unit's own registrations of a month, those taken back too.
    pub fn my_secret_register(&self, who: &Reporter, month: Month) -> Result<Vec<Registered>, Problem> {
        let mut tx = self.read()?;
        let (from, to) = (month.first().to_string(), month.last().to_string());
        let mut rows = tx.list_facts(&FactFilter { from: Some(&from), to: Some(&to), with_revoked: true, ..all() })?;
        rows.retain(|row| is_of(row, who.unit()));
        lines(&mut tx, rows)
    }

    /// Registers a secret item that came by hand (涉密登记): a report in the ledger without title, item or text. The same number
    /// can be registered once; after it was taken back, anew.
    pub fn register_secret(&self, who: &Editor, new: &NewSecret) -> Result<Recorded, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut faults = Vec::new();
        let number = clean_number(&new.number);
        if number.is_none() {
            faults.push(FieldFault::new(
                "number",
                format!("请填写登记本上的编号，只能用字母、数字和短横线，{NUMBER}个字符以内，例如 2018-015。标题和内容不得填写。"),
            ));
        }
        let date = match parse_date(&new.date) {
            Ok(date) if date > self.today() => {
                faults.push(FieldFault::new("date", "日期不能晚于今天，请核对。"));
                None
            }
            Ok(date) => Some(date),
            Err(_) => {
                faults.push(FieldFault::new("date", "请填写收到的日期，例如 2018-06-04。"));
                None
            }
        };
        let scheme = scheme_on(&mut tx, date.unwrap_or(self.today()))?;
        if !has_category(&scheme, &new.category) {
            faults.push(FieldFault::new("category", "请从列表中选择信息类别，列表来自现行计分办法。"));
        }
        let unit = match new.unit {
            Some(unit) => tx.find_unit(unit)?,
            None => None,
        };
        if unit.is_none() {
            faults.push(FieldFault::new("unit", "请选择报送单位。"));
        }
        if let Some(number) = &number
            && let Some(held) = tx.find_fact(Table::Reports.name(), &key_of(number))?
            && !held.revoked
        {
            faults.push(FieldFault::new(
                "number",
                format!("编号{number}已经登记过，收到日期是{}。如登记有误，请先撤销原来的登记。", held.date),
            ));
        }
        all_right(faults)?;
        let number = number.expect("a wrong number was a fault above");
        let date = date.expect("a missing date was a fault above").to_string();
        let unit = unit.expect("a missing unit was a fault above");
        let row = tx.append_fact(FactRow {
            recorded_at: now,
            recorded_by: Some(who.account.0),
            ..registration(&number, unit.unit_id, &date, &new.category)
        })?;
        let late = closed_period(&mut tx, &date)?;
        let detail = format!("{} {date} {}", unit.name, new.category);
        act(&mut tx, who, now, "涉密登记", &row.key, &detail)?;
        tx.commit()?;
        Ok(Recorded { key: row.key, late })
    }

    /// Takes a registration back for one of [`WITHDRAWALS`] (撤销登记): a new row. To correct one, take it back and register anew.
    pub fn withdraw_secret(&self, who: &Editor, key: &str, reason: &str) -> Result<Recorded, Problem> {
        if !WITHDRAWALS.contains(&reason) {
            return Err(Problem::field("reason", "请选择撤销的原因，单位会看到。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let held = tx.find_fact(Table::Reports.name(), key)?.ok_or(Problem::NotThere)?;
        if held.channel.as_deref() != Some(Channel::SecretRegister.name()) {
            return Err(Problem::NotThere);
        }
        if held.revoked {
            return Err(Problem::Refused(format!("{key}已经撤销过，不必再撤销。")));
        }
        let row = revoke(&mut tx, Table::Reports, key, reason, now, Some(who.account.0))?;
        let late = closed_period(&mut tx, &row.date)?;
        act(&mut tx, who, now, "撤销涉密登记", key, reason)?;
        tx.commit()?;
        Ok(Recorded { key: row.key, late })
    }
}
