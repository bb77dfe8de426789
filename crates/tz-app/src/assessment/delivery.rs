//! The papers of a close on their way (送达): the bulletin to every unit and leader, a letter to the unit it is for; and when each
//! was first opened.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tz_model::{Month, Period, UnitId};
use tz_store::delivery::{DeliveryRow, Receiver};
use tz_store::statement::StatementRow;
use tz_store::{Tx, Write, moment};

use super::bulletin::stem;
use super::close::{Sealing, file_label, papers_again};
use super::letters::called;
use super::pages::closed_row;
use super::period::{ClosePeriod, period_of};
use super::statement::{Statement, read_row};
use super::superseding::superseding_paper;
use crate::notice::{Known, NoticeKind, Telling};
use crate::publication::unit_names;
use crate::{App, Editor, IssueReader, PaperFormat, Person, Problem, Role};

const BULLETIN: &str = "bulletin";
const CORRECTION: &str = "correction";
const FEEDBACK: &str = "feedback";
const INTERVIEW: &str = "interview";
/// Papers listed.
const SHOWN: i64 = 200;

/// What a paper sent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentKind {
    /// 采用情况通报
    Bulletin,
    /// A bulletin that supersedes one (更正).
    Correction,
    /// 反馈函
    Feedback,
    /// 约谈通知
    Interview,
}

impl SentKind {
    fn of(key: &str) -> Self {
        match key {
            CORRECTION => Self::Correction,
            FEEDBACK => Self::Feedback,
            INTERVIEW => Self::Interview,
            _ => Self::Bulletin,
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bulletin => "采用情况通报",
            Self::Correction => "通报更正",
            Self::Feedback => "反馈函",
            Self::Interview => "约谈通知",
        }
    }
}

/// A paper sent, as its receiver's list shows it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The delivery.
    pub id: i64,
    /// What it is.
    pub kind: SentKind,
    /// What was closed.
    pub period: ClosePeriod,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was first opened.
    pub opened_at: Option<Timestamp>,
    /// A bulletin that a later one supersedes.
    pub superseded: bool,
}

/// A paper sent, to be read.
#[derive(Clone, Debug)]
pub struct SentPaper {
    /// What the list shows.
    pub sent: Sent,
    /// What it is called.
    pub title: String,
    paper: tz_docs::Paper,
}

impl SentPaper {
    /// What it says as the inside of an HTML element; every text in it is escaped.
    pub fn markup(&self) -> String {
        self.paper.markup()
    }
}

/// A paper of a close with whom it went to, for the office.
#[derive(Clone, Debug)]
pub struct DeliveredPaper {
    /// What it is.
    pub kind: SentKind,
    /// Its file name.
    pub name: String,
    /// Its receivers, each with the moment they opened it.
    pub whom: Vec<(String, Option<Timestamp>)>,
}

fn row(statement_id: i64, kind: &str, name: String, now: i64) -> DeliveryRow {
    DeliveryRow {
        id: 0,
        office_id: 0,
        statement_id,
        kind: kind.to_owned(),
        name,
        unit_id: None,
        account_id: None,
        sent_at: now,
        opened_at: None,
        opened_by: None,
    }
}

/// Sends what a close has made: within its transaction.
pub(super) fn send(tx: &mut Write, id: i64, statement: &Statement, now: i64) -> Result<(), Problem> {
    let docx = |stem: String| format!("{stem}.{}", PaperFormat::Docx.ending());
    let bulletin = docx(stem(&statement.period));
    let mut rows: Vec<DeliveryRow> = statement
        .units
        .iter()
        .map(|(unit, _)| DeliveryRow { unit_id: Some(unit.0), ..row(id, BULLETIN, bulletin.clone(), now) })
        .collect();
    let leaders = tx.list_accounts()?.into_iter().filter(|account| !account.disabled);
    let leaders = leaders.filter(|account| Role::of_key(&account.role) == Some(Role::Leader));
    rows.extend(
        leaders.map(|leader| DeliveryRow { account_id: Some(leader.id), ..row(id, BULLETIN, bulletin.clone(), now) }),
    );
    let label = file_label(&statement.period);
    for unit in called(statement) {
        let Some((_, named)) = statement.units.iter().find(|(known, _)| *known == unit) else { continue };
        let letters = [(FEEDBACK, "反馈函"), (INTERVIEW, "约谈通知")];
        rows.extend(letters.map(|(kind, what)| DeliveryRow {
            unit_id: Some(unit.0),
            ..row(id, kind, docx(format!("{label}{what}（{}）", named.unit)), now)
        }));
    }
    tell(tx, &rows, &statement.period, &["采用情况通报", "反馈函、约谈通知"], now)?;
    Ok(tx.insert_deliveries(rows)?)
}

/// Tells the units' people that something was sent to them: the bulletin to all, then letters to those who have some.
fn tell(tx: &mut Write, rows: &[DeliveryRow], period: &Period, what: &[&str], now: i64) -> Result<(), Problem> {
    let known = Known::read(tx)?;
    for (place, what) in what.iter().enumerate() {
        let letters = place > 0;
        let of = rows.iter().filter(|row| matches!(row.kind.as_str(), FEEDBACK | INTERVIEW) == letters);
        let units: Vec<i64> = of.filter_map(|row| row.unit_id).collect();
        let telling = Telling {
            kind: NoticeKind::PapersSent,
            subject: &format!("{}/{now}/{place}", period.label),
            values: &[("周期", &period.chinese()), ("文件", what)],
            href: "/assessment/papers",
        };
        if !units.is_empty() {
            known.tell(tx, &telling, &known.reporters_of(&units), now)?;
        }
    }
    Ok(())
}

/// Sends what supersedes a bulletin to whoever had the bulletin.
pub(super) fn send_again(tx: &mut Write, statement: i64, period: &Period, name: &str, now: i64) -> Result<(), Problem> {
    let had = tx.list_deliveries_of(statement)?.into_iter().filter(|one| one.kind == BULLETIN);
    let rows = had.map(|one| DeliveryRow {
        unit_id: one.unit_id,
        account_id: one.account_id,
        ..row(statement, CORRECTION, name.to_owned(), now)
    });
    let rows: Vec<DeliveryRow> = rows.collect();
    tell(tx, &rows, period, &["通报更正"], now)?;
    Ok(tx.insert_deliveries(rows)?)
}

/// Whose papers a person reads.
fn receiver(who: &Person) -> Option<Receiver> {
    match (who.role, who.unit) {
        (Role::Reporter, Some(unit)) => Some(Receiver::Unit(unit)),
        (Role::Leader, _) => Some(Receiver::Account(who.account)),
        (Role::Reporter, None) | (Role::Editor | Role::Chief | Role::Administrator, _) => None,
    }
}

/// Deliveries as a list shows them; those of periods that are not there are passed over.
fn sent(tx: &mut Tx, rows: Vec<DeliveryRow>) -> Result<Vec<Sent>, Problem> {
    let heads = tx.list_statement_heads()?;
    let mut periods: BTreeMap<i64, ClosePeriod> = BTreeMap::new();
    // Of a statement's bulletins only the last sent to each holds.
    let mut newest: BTreeMap<(i64, Option<i64>), i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.kind.as_str(), BULLETIN | CORRECTION)) {
        let last = newest.entry((row.statement_id, row.unit_id)).or_insert(row.id);
        *last = row.id.max(*last);
    }
    let mut all = Vec::new();
    for row in rows {
        let period = match periods.get(&row.statement_id) {
            Some(known) => known.clone(),
            None => {
                let Some(head) = heads.iter().find(|head| head.id == row.statement_id) else { continue };
                let period = period_of(tx, head)?;
                periods.insert(row.statement_id, period.clone());
                period
            }
        };
        let kind = SentKind::of(&row.kind);
        all.push(Sent {
            id: row.id,
            kind,
            period,
            sent_at: moment(row.sent_at),
            opened_at: row.opened_at.map(moment),
            superseded: matches!(kind, SentKind::Bulletin | SentKind::Correction)
                && newest.get(&(row.statement_id, row.unit_id)).is_some_and(|last| *last != row.id),
        });
    }
    Ok(all)
}

/// A statement's paper, made again, by its file name without the ending.
pub(super) fn paper_again(tx: &mut Tx, row: &StatementRow, stem: &str) -> Result<tz_docs::Paper, Problem> {
    if let Some(paper) = superseding_paper(tx, row, stem)? {
        return Ok(paper);
    }
    let sealing = Sealing::of(tx, &read_row(row)?)?;
    let all = papers_again(tx, sealing)?;
    all.into_iter().find(|made| made.stem == stem).map(|made| made.paper).ok_or(Problem::NotThere)
}

impl App {
    /// What a unit or a leader was sent, newest first. The office's people are sent nothing.
    pub fn papers_sent(&self, who: &IssueReader) -> Result<Vec<Sent>, Problem> {
        let Some(whom) = receiver(who) else { return Ok(Vec::new()) };
        let mut tx = self.read()?;
        let rows = tx.list_deliveries_to(whom, SHOWN)?;
        sent(&mut tx, rows)
    }

    /// Opens a paper for whoever it was sent to, and notes that; another's is not there. An editor may look at any, and is noted
    /// nowhere.
    pub fn open_sent(&self, who: &IssueReader, id: i64) -> Result<SentPaper, Problem> {
        let (found, unopened) = {
            let mut tx = self.read()?;
            let row = tx.find_delivery(id)?.ok_or(Problem::NotThere)?;
            let own = match receiver(who) {
                Some(Receiver::Unit(unit)) => {
                    let own = tx.with_predecessors(unit)?;
                    row.unit_id.is_some_and(|of| own.contains(&of))
                }
                Some(Receiver::Account(account)) => row.account_id == Some(account.0),
                None => matches!(who.role, Role::Editor | Role::Chief),
            };
            if !own {
                return Err(Problem::NotThere);
            }
            let heads = tx.list_statement_heads()?;
            let head = heads.iter().find(|head| head.id == row.statement_id).ok_or(Problem::NotThere)?;
            let statement = tx.find_statement(&head.month)?.ok_or(Problem::NotThere)?;
            let title = row.name.strip_suffix(".docx").unwrap_or(&row.name).to_owned();
            let paper = paper_again(&mut tx, &statement, &title)?;
            let unopened = row.opened_at.is_none() && receiver(who).is_some();
            // Whether a later one supersedes it is seen beside the others.
            let whom = match (row.unit_id, row.account_id) {
                (Some(unit), _) => Receiver::Unit(UnitId(unit)),
                (None, account) => Receiver::Account(tz_model::AccountId(account.unwrap_or_default())),
            };
            let rows = tx.list_deliveries_to(whom, SHOWN)?;
            let all = sent(&mut tx, rows)?;
            let own = all.into_iter().find(|one| one.id == id).ok_or(Problem::NotThere)?;
            (SentPaper { sent: own, title, paper }, unopened)
        };
        if unopened {
            let now = self.micros();
            let mut tx = self.write()?;
            tx.note_opened(id, who.account, now)?;
            tx.commit()?;
        }
        Ok(found)
    }

    /// A paper as a file, for whoever it was sent to: its name and bytes.
    pub fn sent_file(&self, who: &IssueReader, id: i64, format: PaperFormat) -> Result<(String, Vec<u8>), Problem> {
        let found = self.open_sent(who, id)?;
        let bytes = self.write_paper(&found.paper, format)?;
        Ok((format!("{}.{}", found.title, format.ending()), bytes))
    }

    /// Who has opened what of a closed period.
    pub fn delivered(&self, _who: &Editor, month: Month) -> Result<Vec<DeliveredPaper>, Problem> {
        let mut tx = self.read()?;
        let statement = closed_row(&mut tx, month)?;
        let rows = tx.list_deliveries_of(statement.id)?;
        let units = unit_names(&mut tx)?;
        let accounts: BTreeMap<i64, String> =
            tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
        let mut found: Vec<DeliveredPaper> = Vec::new();
        for row in rows {
            let whom = match (row.unit_id, row.account_id) {
                (Some(unit), _) => units.get(unit).unwrap_or_default().to_owned(),
                (None, account) => account.and_then(|id| accounts.get(&id).cloned()).unwrap_or_default(),
            };
            let one = (whom, row.opened_at.map(moment));
            match found.iter_mut().find(|paper| paper.name == row.name) {
                Some(paper) => paper.whom.push(one),
                None => {
                    found.push(DeliveredPaper { kind: SentKind::of(&row.kind), name: row.name, whom: vec![one] });
                }
            }
        }
        Ok(found)
    }
}
