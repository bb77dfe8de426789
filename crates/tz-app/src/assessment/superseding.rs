//! A wrong bulletin superseded (更正): a bulletin made anew from the same statement, numbered, beside the old one.
//!
//! Figures are the statement's and never change; a wrong figure is a wrong fact, which corrects in the open period (R14). What
//! may be wrong of the paper itself is its wording, its addressees, or a name as it was printed.

use tz_docs::{Block, PaperKind};
use tz_model::Month;
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::statement::{CorrectionRow, StatementRow};
use tz_store::{Tx, Write};

use super::bulletin::stem;
use super::close::{Sealing, bulletin_again, receivers, superseding_bulletin};
use super::delivery;
use super::pages::closed_row;
use super::statement::{Statement, read_row};
use crate::{App, Chief, Editor, PaperFormat, Problem, templates};

/// What a bulletin says anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Superseding {
    /// 1, 2, 3 … for each bulletin.
    pub number: i64,
    /// What was wrong, a line each.
    pub reasons: Vec<String>,
    /// Whom it is addressed to (主送).
    pub addressees: String,
    /// Whom it is reported to (报).
    pub report_to: String,
    /// Whom it is issued to (发).
    pub issue_to: String,
    /// SHA-256 of its wording.
    pub template: String,
    /// When it was made, in microseconds of UTC.
    pub made_at: i64,
    /// Its file name.
    pub name: String,
}

impl Superseding {
    fn of(row: &CorrectionRow) -> Self {
        Self {
            number: row.number,
            reasons: row.reason.lines().map(str::to_owned).collect(),
            addressees: row.addressees.clone(),
            report_to: row.report_to.clone(),
            issue_to: row.issue_to.clone(),
            template: row.template.clone(),
            made_at: row.made_at,
            name: row.name.clone(),
        }
    }

    /// The paragraphs at its head.
    pub(super) fn said_first(&self, statement: &Statement) -> Vec<Block> {
        let old = match (statement.bulletin_number, self.number) {
            (Some(number), 1) => format!("{}年第{number}期通报", statement.month.year()),
            (None, 1) => "原通报".to_owned(),
            (_, number) => format!("第{}号更正", number - 1),
        };
        let first = format!("本通报代替{old}，原件停止使用。更正事项如下。");
        let each = self.reasons.iter().map(|reason| Block::Text(format!("{}。", reason.trim_end_matches('。'))));
        std::iter::once(Block::Text(first)).chain(each).collect()
    }
}

/// The bulletin that holds for a statement: the newest that superseded it, or its own.
pub(crate) fn bulletin_in_force(tx: &mut Tx, row: &StatementRow) -> Result<tz_docs::Paper, Problem> {
    let sealing = Sealing::of(tx, &read_row(row)?)?;
    match tx.list_corrections(row.id)?.last() {
        Some(newest) => superseding_bulletin(tx, sealing, &Superseding::of(newest)),
        None => bulletin_again(tx, sealing),
    }
}

/// What superseded a statement's bulletin, by file name without the ending.
pub(crate) fn superseding_paper(
    tx: &mut Tx,
    row: &StatementRow,
    stem: &str,
) -> Result<Option<tz_docs::Paper>, Problem> {
    let all = tx.list_corrections(row.id)?;
    let Some(found) = all.iter().find(|one| one.name.strip_suffix(".docx") == Some(stem)) else { return Ok(None) };
    let sealing = Sealing::of(tx, &read_row(row)?)?;
    superseding_bulletin(tx, sealing, &Superseding::of(found)).map(Some)
}

/// What is wrong with the bulletins that superseded a statement's, each computed again.
pub(crate) fn faults(
    tx: &mut Tx,
    row: &StatementRow,
    statement: &Statement,
    name: &str,
) -> Result<Vec<String>, Problem> {
    let mut faults = Vec::new();
    for (place, one) in (1..).zip(tx.list_corrections(row.id)?) {
        if one.number != place {
            faults.push(format!("{name}的通报更正缺第{place}号，记录可能被删除。"));
        }
        let sealing = Sealing::of(tx, statement)?;
        let again = superseding_bulletin(tx, sealing, &Superseding::of(&one))?.docx();
        if !tx.content(one.content_id).is_ok_and(|bytes| bytes == again) {
            faults.push(format!("{name}的文件《{}》与重新生成的不一致，可能被改动。", one.name));
        }
    }
    Ok(faults)
}

fn record(tx: &mut Write, who: &Chief, at: i64, month: Month, detail: &str) -> Result<(), Problem> {
    Ok(tx.record_act(&Act {
        at,
        account: Some(who.account.0),
        who: &who.name,
        act: "更正通报",
        object: &month.to_string(),
        done: true,
        detail,
    })?)
}

impl App {
    /// What superseded a closed period's bulletin, in order.
    pub fn superseding(&self, _who: &Editor, month: Month) -> Result<Vec<Superseding>, Problem> {
        let mut tx = self.read()?;
        let row = closed_row(&mut tx, month)?;
        Ok(tx.list_corrections(row.id)?.iter().map(Superseding::of).collect())
    }

    /// Makes a closed period's bulletin anew (更正): with the wording and addressees in force now, saying what was wrong, and sends
    /// it to whoever had the old one. The statement and the old bulletin stay as they are. Gives its number.
    pub fn supersede_bulletin(&self, who: &Chief, month: Month, reason: &str) -> Result<i64, Problem> {
        let reasons: Vec<String> =
            reason.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        if reasons.is_empty() || reason.chars().count() > 1000 {
            return Err(Problem::field("reason", "请写明更正了什么，一行一项，共1000字以内，会印在更正后的通报开头。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let row = closed_row(&mut tx, month)?;
        let statement = read_row(&row)?;
        let number = tx.list_corrections(row.id)?.len() as i64 + 1;
        let [addressees, report_to, issue_to] = receivers(&mut tx)?;
        let name = format!("{}（更正第{number}号）.{}", stem(&statement.period), PaperFormat::Docx.ending());
        let template = templates::pin(&mut tx, PaperKind::Bulletin)?;
        let anew = Superseding {
            number,
            reasons,
            addressees,
            report_to,
            issue_to,
            template,
            made_at: now,
            name: name.clone(),
        };
        let sealing = Sealing::of(&mut tx, &statement)?;
        let bytes = superseding_bulletin(&mut tx, sealing, &anew)?.docx();
        let content_id = tx.put_content(&bytes)?;
        tx.insert_correction(CorrectionRow {
            statement_id: row.id,
            number,
            office_id: 0,
            reason: anew.reasons.join("\n"),
            addressees: anew.addressees,
            report_to: anew.report_to,
            issue_to: anew.issue_to,
            template: anew.template,
            made_at: now,
            made_by: Some(who.account.0),
            name: name.clone(),
            content_id,
        })
        .map_err(|failure| {
            if failure.is_taken() {
                Problem::Refused("刚刚有人更正了同一份通报，请刷新页面核对后再决定。".to_owned())
            } else {
                failure.into()
            }
        })?;
        delivery::send_again(&mut tx, row.id, &statement.period, &name, now)?;
        record(&mut tx, who, now, month, &format!("第{number}号，校验值{}", sha256(&bytes)))?;
        tx.commit()?;
        Ok(number)
    }
}
