//! Checking that nothing was changed behind the program's back (核验): records, and every closed month computed again.

use tz_model::{Month, Period};
use tz_store::Tx;
use tz_store::content::sha256;
use tz_store::statement::StatementRow;

use crate::assessment::Statement;
use crate::assessment::signature::is_signed;
use crate::assessment::{Sealing, closed_row, read_row, recompute, superseding_faults};
use crate::{App, Editor, Problem};

/// What checking one closed period found.
#[derive(Clone, Debug)]
pub struct StatementCheck {
    /// What was closed; the month that names it where the statement cannot be read.
    pub period: Period,
    /// The statement's number.
    pub number: i64,
    /// Chinese sentences; empty: the statement and its papers are, byte for byte, what the facts give.
    pub faults: Vec<String>,
}

impl App {
    /// Computes a closed month again from the ledger as it was at the close, the scheme and the statements before it, and
    /// compares statement and papers byte for byte.
    pub fn statement_check(&self, _who: &Editor, month: Month) -> Result<StatementCheck, Problem> {
        let mut tx = self.read()?;
        let row = closed_row(&mut tx, month)?;
        checked(&mut tx, &row, &self.signing_keys()?)
    }

    /// Every closed month checked, oldest first.
    pub fn statement_checks(&self, _who: &Editor) -> Result<Vec<StatementCheck>, Problem> {
        let mut tx = self.read()?;
        let mut checks = Vec::new();
        for row in tx.list_statements()? {
            checks.push(checked(&mut tx, &row, &self.signing_keys()?)?);
        }
        Ok(checks)
    }

    /// What is closed so far, oldest first, each by the month that names it, with its statement's number and hash: for the terminal.
    pub fn closed_months(&self) -> Result<Vec<(Month, i64, String)>, Problem> {
        let rows = self.read()?.list_statement_heads()?;
        Ok(rows.iter().filter_map(|row| Some((row.month.parse().ok()?, row.number, row.sha256.clone()))).collect())
    }

    /// As [`App::statement_check`], for whoever holds the data folder.
    pub fn check_statement(&self, month: Month) -> Result<StatementCheck, Problem> {
        let mut tx = self.read()?;
        let row = closed_row(&mut tx, month)?;
        checked(&mut tx, &row, &self.signing_keys()?)
    }

    /// Every fault in what is stored (核验): the records, then every statement and its papers computed again. Empty: sound.
    pub fn verify(&self) -> Result<Vec<String>, Problem> {
        let mut tx = self.read()?;
        let trusted = self.signing_keys()?;
        let mut faults = tx.verify_records()?;
        for row in tx.list_statements()? {
            faults.extend(check(&mut tx, &row, &trusted)?);
        }
        Ok(faults)
    }
}

fn checked(tx: &mut Tx, row: &StatementRow, trusted: &[String]) -> Result<StatementCheck, Problem> {
    let month: Month = row.month.parse().map_err(|_| Problem::NotThere)?;
    let period = read_row(row).map_or_else(|_| month.period(), |kept| kept.period);
    Ok(StatementCheck { period, number: row.number, faults: check(tx, row, trusted)? })
}

/// The faults of one statement.
fn check(tx: &mut Tx, row: &StatementRow, trusted: &[String]) -> Result<Vec<String>, Problem> {
    let name = format!("计分表第{}号（{}）", row.number, row.month);
    let mut faults = Vec::new();
    if sha256(row.content.as_bytes()) != row.sha256 {
        faults.push(format!("{name}的内容与其校验值不符，内容可能被改动。请从备份中核对。"));
    }
    let Ok(kept) = read_row(row) else {
        faults.push(format!("{name}的内容无法读取，可能被改动或损坏。请从备份中核对。"));
        return Ok(faults);
    };
    let beside = (row.number, &*row.month, &*row.scheme_hash, row.fact_seq, &*row.previous_sha256, row.closed_at);
    let month = kept.month.to_string();
    let within = (kept.number, &*month, &*kept.scheme_hash, kept.fact_seq.0, &*kept.previous_sha256, kept.closed_at);
    if beside != within || row.closed_by != kept.closed_by {
        faults.push(format!("{name}的登记信息与其内容不一致，可能被改动。请从备份中核对。"));
    }
    faults.extend(unsigned(tx, row, &kept, trusted, &name)?);
    let sealing = match Sealing::of(tx, &kept) {
        Ok(sealing) => sealing,
        Err(_) => {
            faults.push(format!("{name}所依据的计分办法已找不到或被改动，无法重新计算。请从备份中核对。"));
            return Ok(faults);
        }
    };
    if sealing.scheme.hash() != kept.scheme_hash {
        faults.push(format!("{name}所依据的计分办法与关账时的校验值不符，可能被改动。请从备份中核对。"));
    }
    let (again, papers) = match recompute(tx, sealing) {
        Ok(made) => made,
        Err(_) => {
            faults.push(format!("{name}无法重新计算：它所依据的前面月份的计分表已损坏。请先核对前面的月份。"));
            return Ok(faults);
        }
    };
    if again.ledger_sha256 != kept.ledger_sha256 {
        faults.push(format!(
            "{name}关账前登记的计分事实或单位有改动、缺失或增加，与关账时的校验值不符。请从备份中核对。"
        ));
    }
    if again.to_json() != row.content {
        let different: Vec<String> = again
            .units
            .iter()
            .filter(|unit| !kept.units.contains(unit))
            .map(|(_, unit)| unit.unit.to_string())
            .collect();
        let whose = if different.is_empty() {
            String::new()
        } else {
            format!("，有差异的单位：{}", different.join("、"))
        };
        faults.push(format!("{name}与按关账时事实重新计算的结果不一致{whose}。请核对计分事实是否被改动。"));
    }
    let stored = tx.list_papers(row.id)?;
    if stored.len() != papers.len() {
        faults.push(format!("{name}应有{}份文件，现有{}份。", papers.len(), stored.len()));
    }
    for paper in papers {
        let Some(kept) = stored.iter().find(|kept| kept.name == paper.name) else {
            faults.push(format!("{name}缺少文件《{}》。", paper.name));
            continue;
        };
        let same =
            kept.media_type == paper.media_type && tx.content(kept.content_id).is_ok_and(|bytes| bytes == paper.bytes);
        if !same {
            faults.push(format!("{name}的文件《{}》与重新生成的不一致，可能被改动。", paper.name));
        }
    }
    faults.extend(superseding_faults(tx, row, &kept, &name)?);
    Ok(faults)
}

/// What is wrong with a statement's signature. `trusted`: the public keys of the installation's key file; where there is none,
/// only that the signature is good can be said, not whose it is.
fn unsigned(
    tx: &mut Tx,
    row: &StatementRow,
    kept: &Statement,
    trusted: &[String],
    name: &str,
) -> Result<Vec<String>, Problem> {
    let all = tx.list_signatures()?;
    let own = all.iter().find(|signed| signed.statement_id == row.id);
    let mut faults = Vec::new();
    match (&kept.signing_key, own) {
        (Some(key), Some(signed)) => {
            if signed.public_key != *key || !is_signed(&row.content, key, &signed.signature) {
                faults.push(format!("{name}的签名与其内容不符，内容或签名可能被改动。请从备份中核对。"));
            } else if !trusted.is_empty() && !trusted.contains(key) {
                faults.push(format!("{name}不是用本机的签名密钥签的，可能被换过。请核对密钥文件，或从备份中核对。"));
            }
        }
        (Some(_), None) => faults.push(format!("{name}应有签名，现在没有，签名可能被删除。请从备份中核对。")),
        (None, Some(_)) => faults.push(format!("{name}关账时没有签名，现在却有一个。请从备份中核对。")),
        (None, None) => {
            // Once an installation signs it goes on: the signature of one in the middle cannot be left out.
            let heads = tx.list_statement_heads()?;
            let earlier = heads.iter().filter(|head| head.number < row.number);
            if earlier.into_iter().any(|head| all.iter().any(|signed| signed.statement_id == head.id)) {
                faults.push(format!("{name}没有签名，而它前面的计分表是签名的。请核对密钥文件，或从备份中核对。"));
            }
        }
    }
    Ok(faults)
}
