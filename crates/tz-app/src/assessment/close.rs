//! Closing a period (关账), a month in Tengzhou: the statement and its papers, computed the same way when they are checked later.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ring::signature::Ed25519KeyPair;
use tz_assess::{Published, close_year, looks_back, unknown_names};
use tz_docs::{PaperKind, Template};
use tz_model::{
    Assessment, FactSeq, Fault, Ledger, Month, Name, Outcome, Period, PeriodScore, Table, UnitId, UnitPeriod, UnitYear,
};
use tz_scheme::Scheme;
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::directory::UnitVersionRow;
use tz_store::ledger::FactRow;
use tz_store::statement::{PaperRow, SignatureRow, StatementHead, StatementRow};
use tz_store::{Tx, Write};

use super::followed::Followed;
use super::ground::{Ground, gather, heads_before, names_by_id};
use super::letters::{self, CloseWish, Letters};
use super::period::{ClosePeriod, closed_with, open_period, period_on};
use super::scheme::together;
use super::statement::{Earlier, Statement, StatementYear, statement_of};
use super::superseding::Superseding;
use super::{bulletin, delivery, interviews, scheme_by_hash, signature};
use crate::facts::facts_under;
use crate::{App, Chief, PaperFormat, Person, Problem, scheme_on, templates};

pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const HTML: &str = "text/html; charset=utf-8";
/// Whom a bulletin is addressed to where the office has set nothing else (setting `bulletin-addressees`).
const ADDRESSEES: &str = "各镇人民政府、街道办事处，市政府各部门，各有关单位";
/// Whom it is reported to where the office has set nothing else (setting `bulletin-report-to`).
const REPORT_TO: &str = "市委、市人大、市政府、市政协各位领导同志";
/// Whom it is issued to where the office has set nothing else (setting `bulletin-issue-to`): N2.7 names both.
const ISSUE_TO: &str = "各镇街、市政府各部门主要负责同志";

/// A period just closed.
#[derive(Clone, Debug)]
pub struct Closed {
    /// What was closed, named by its last month.
    pub period: ClosePeriod,
    /// The statement's number.
    pub number: i64,
    /// Its SHA-256.
    pub sha256: String,
    /// The papers made, by file name.
    pub papers: Vec<String>,
    /// What follows.
    pub outcomes: Vec<Outcome>,
}

/// Who closes, when, what they say of the letters, and the key that signs.
pub(crate) struct Closing<'a> {
    pub now: i64,
    pub who: &'a Person,
    pub wish: &'a CloseWish,
    pub key: Option<&'a Ed25519KeyPair>,
}

/// A paper of a close before it is written as anything.
pub(crate) struct Made {
    /// Its file's name without the ending.
    pub stem: String,
    pub paper: tz_docs::Paper,
}

/// A paper made at the close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paper {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// What a statement says that no fact says.
pub(crate) struct Sealing {
    pub period: ClosePeriod,
    pub scheme: Arc<Scheme>,
    pub office: String,
    pub number: i64,
    pub end: FactSeq,
    pub previous_sha256: String,
    pub closed_at: i64,
    pub closed_by: Option<i64>,
    pub bulletin_number: Option<u32>,
    pub addressees: String,
    pub report_to: String,
    pub issue_to: String,
    pub bulletin_template: Option<String>,
    pub letters: Option<Letters>,
    pub signing_key: Option<String>,
}

impl Sealing {
    /// What a statement says of itself, to compute it again.
    pub fn of(tx: &mut Tx, statement: &Statement) -> Result<Self, Problem> {
        let scheme = scheme_by_hash(tx, &statement.scheme_hash)?;
        Ok(Self {
            period: ClosePeriod::of(&scheme, statement.month),
            scheme,
            office: statement.office.clone(),
            number: statement.number,
            end: statement.fact_seq,
            previous_sha256: statement.previous_sha256.clone(),
            closed_at: statement.closed_at,
            closed_by: statement.closed_by,
            bulletin_number: statement.bulletin_number,
            addressees: statement.addressees.clone(),
            report_to: statement.report_to.clone(),
            issue_to: statement.issue_to.clone(),
            bulletin_template: statement.bulletin_template.clone(),
            letters: statement.letters.clone(),
            signing_key: statement.signing_key.clone(),
        })
    }
}

/// A period's statement and papers from the ledger up to `sealing.end` and the statements before: the same at the close
/// and at every check after it.
pub(crate) fn recompute(tx: &mut Tx, sealing: Sealing) -> Result<(Statement, Vec<Paper>), Problem> {
    let (statement, ground) = state(tx, sealing)?;
    let all = made(tx, &statement, &ground)?;
    let mut papers = Vec::new();
    for (place, one) in all.iter().enumerate() {
        papers.push(docx(one));
        if place == 0 {
            papers.push(workbook(&statement)?);
            // What was closed before letters were made has the two papers it was closed with.
            if statement.letters.is_some() {
                papers.extend(tables(one));
                papers.push(Paper {
                    name: format!("{}.html", one.stem),
                    media_type: HTML,
                    bytes: one.paper.page().into_bytes(),
                });
            }
        }
    }
    Ok((statement, papers))
}

fn docx(made: &Made) -> Paper {
    let name = format!("{}.{}", made.stem, PaperFormat::Docx.ending());
    Paper { name, media_type: PaperFormat::Docx.media_type(), bytes: made.paper.docx() }
}

/// The tables of the bulletin as a workbook.
fn tables(made: &Made) -> Option<Paper> {
    Some(Paper { name: format!("{}.xlsx", made.stem), media_type: XLSX, bytes: made.paper.workbook()? })
}

/// Every paper of a statement, the bulletin first.
fn made(tx: &mut Tx, statement: &Statement, ground: &Ground) -> Result<Vec<Made>, Problem> {
    let wording = wording(tx, statement)?;
    let bulletin =
        Made { stem: bulletin::stem(&statement.period), paper: bulletin::made(statement, ground, &wording, None) };
    let mut all = vec![bulletin];
    all.extend(letters::made(tx, statement, ground)?);
    Ok(all)
}

/// A closed period's papers, made again from what was frozen.
pub(crate) fn papers_again(tx: &mut Tx, sealing: Sealing) -> Result<Vec<Made>, Problem> {
    let (statement, ground) = state(tx, sealing)?;
    made(tx, &statement, &ground)
}

/// A closed period's bulletin, made again from what was frozen.
pub(crate) fn bulletin_again(tx: &mut Tx, sealing: Sealing) -> Result<tz_docs::Paper, Problem> {
    let (statement, ground) = state(tx, sealing)?;
    let wording = wording(tx, &statement)?;
    Ok(bulletin::made(&statement, &ground, &wording, None))
}

/// The bulletin that supersedes a closed period's (更正): the same figures, what is said of it anew.
pub(crate) fn superseding_bulletin(
    tx: &mut Tx,
    sealing: Sealing,
    superseding: &Superseding,
) -> Result<tz_docs::Paper, Problem> {
    let (statement, ground) = state(tx, sealing)?;
    let wording = templates::made_with(tx, PaperKind::Bulletin, Some(&superseding.template))?;
    Ok(bulletin::made(&statement, &ground, &wording, Some(superseding)))
}

/// The wording a statement's bulletin was made with.
fn wording(tx: &mut Tx, statement: &Statement) -> Result<Template, Problem> {
    templates::made_with(tx, PaperKind::Bulletin, statement.bulletin_template.as_deref())
}

/// A period's statement and the facts it rests on.
fn state(tx: &mut Tx, sealing: Sealing) -> Result<(Statement, Ground), Problem> {
    let ground = gather(tx, sealing.period.clone(), Arc::clone(&sealing.scheme), &mut Followed::at(sealing.end), None)?;
    let result = ground.score();
    let all_heads = tx.list_statement_heads()?;
    let heads = heads_before(&all_heads, sealing.period.last);
    let year = if ends_year(&sealing.scheme, &sealing.period) {
        Some(year(tx, &ground, heads, sealing.end, &result.units)?)
    } else {
        None
    };
    let after = FactSeq(heads.last().map_or(0, |head| head.fact_seq));
    let mut statement = Statement {
        office: sealing.office,
        number: sealing.number,
        month: sealing.period.last,
        period: sealing.period.period,
        scheme: sealing.scheme.id().to_string(),
        scheme_hash: sealing.scheme.hash().to_owned(),
        fact_seq: sealing.end,
        ledger_sha256: ledger_sha256(tx, after, sealing.end)?,
        previous_sha256: sealing.previous_sha256,
        closed_at: sealing.closed_at,
        closed_by: sealing.closed_by,
        bulletin_number: sealing.bulletin_number,
        addressees: sealing.addressees,
        report_to: sealing.report_to,
        issue_to: sealing.issue_to,
        bulletin_template: sealing.bulletin_template,
        letters: sealing.letters,
        signing_key: sealing.signing_key,
        outcomes: result.outcomes,
        units: ground.with_ids(result.units),
        year,
    };
    // At the close the heads of all units are handed in; those of units without a letter are none of the statement's business.
    let called = letters::called(&statement);
    if let Some(letters) = &mut statement.letters {
        letters.heads.retain(|unit, _| called.contains(&UnitId(*unit)));
    }
    Ok((statement, ground))
}

/// True if the scheme's year ends with the period.
pub(super) fn ends_year(scheme: &Scheme, period: &ClosePeriod) -> bool {
    scheme.calendar().year_start(period.last) != scheme.calendar().year_start(period.last.next())
}

/// The period (and at its end the year) as a workbook: totals, every line with its reason, what follows.
fn workbook(statement: &Statement) -> Result<Paper, Problem> {
    let unit = |(id, unit): &(UnitId, UnitPeriod)| UnitYear {
        unit: unit.unit.clone(),
        class: unit.class.clone(),
        group: unit.group.clone(),
        periods: vec![(0, unit.score.clone())],
        annual: statement.year.as_ref().and_then(|year| year.annual(*id)),
        ledgers: ledgers(unit, statement.year.as_ref().and_then(|year| year.unit(*id))),
    };
    let of_year = statement.year.iter().flat_map(|year| &year.outcomes);
    let assessment = Assessment {
        scheme: statement.scheme.as_str().into(),
        year: statement.year.as_ref().map_or(statement.month.year(), |year| year.year),
        periods: vec![statement.period.clone()],
        units: statement.units.iter().map(unit).collect(),
        outcomes: statement.outcomes.iter().chain(of_year).cloned().collect(),
    };
    let bytes =
        tz_tables::result_workbook(&assessment, &[]).map_err(|too_large| Problem::Refused(too_large.to_string()))?;
    Ok(Paper {
        name: format!("{}政务信息计分结果.xlsx", file_label(&statement.period)), media_type: XLSX, bytes
    })
}

/// A period's name as a file may bear it.
pub(super) fn file_label(period: &Period) -> String {
    period.label.replace('/', "至")
}

/// What a unit has in other ledgers: in the month, and in the year where it ends.
fn ledgers(month: &UnitPeriod, year: Option<&UnitPeriod>) -> BTreeMap<Name, Ledger> {
    let mut all: BTreeMap<Name, Ledger> = BTreeMap::new();
    for (name, account) in &month.ledgers {
        all.entry(name.clone()).or_default().periods.push((0, account.clone()));
    }
    for (name, account) in year.iter().flat_map(|year| &year.ledgers) {
        all.entry(name.clone()).or_default().annual = Some(account.clone());
    }
    all
}

/// SHA-256 over every row of the ledger after one place up to another: facts, then versions of units.
fn ledger_sha256(tx: &mut Tx, after: FactSeq, end: FactSeq) -> Result<String, Problem> {
    let mut text = String::new();
    for row in tx.list_recorded(after, end)? {
        text.push_str(&row.sealed());
        text.push('\u{1e}');
    }
    for row in tx.list_unit_versions(after, end)? {
        text.push_str(&row.sealed());
        text.push('\u{1e}');
    }
    Ok(sha256(text.as_bytes()))
}

/// The year that ends with this period (N2.6, F1.n5, F1.n6, F1.dp, N2.4), or its state so far where it does not: `units` are the period's
/// own, and nothing recorded after `end` counts.
pub(super) fn year(
    tx: &mut Tx,
    ground: &Ground,
    heads: &[StatementHead],
    end: FactSeq,
    units: &[UnitPeriod],
) -> Result<StatementYear, Problem> {
    let calendar = ground.scheme.calendar();
    let year = calendar.year_of(ground.period.last.first());
    let whole = calendar.year(year);
    let names = names_by_id(&ground.units);
    // A scheme that looks back counts facts over the year and may compare it with the year before.
    let back = looks_back(&ground.scheme);
    let mut start = calendar.year_start(ground.period.last);
    if back {
        start = calendar.year_start(start.previous());
    }
    let start = start.to_string();
    let mut earlier = Vec::new();
    for head in heads.iter().filter(|head| head.month >= start) {
        let statement = statement_of(tx, &head.month, &head.sha256)?;
        earlier.push(statement.earlier(scheme_by_hash(tx, &head.scheme_hash)?, &names, false, |_| true));
    }
    let mut published: Vec<Published<'_>> = earlier.iter().map(Earlier::published).collect();
    published.push(Published {
        scheme: &ground.scheme,
        period: ground.period.period.clone(),
        units: Cow::Borrowed(units),
        at_rest: false,
    });
    let mut rows = tx.list_facts_between(Some(end), &whole.from.to_string(), &whole.to.to_string())?;
    rows.retain(|row| back || row.fact_table == Table::Events.name());
    let facts = facts_under(tx, [&ground.scheme], &ground.units, &rows)?;
    let closed = close_year(&ground.scheme, &facts, year, &published);
    let units = closed.units.iter().cloned().filter_map(|(name, annual)| {
        let unit = facts.units.get(facts.unit(&name)?.index())?;
        let stage = unit.stage_on(unit.to.map_or(whole.to, |to| to.min(whole.to)));
        Some(UnitPeriod {
            unit: name,
            class: stage.map_or(&unit.class, |stage| &stage.class).clone(),
            group: stage.map_or(&unit.group, |stage| &stage.group).clone(),
            score: PeriodScore { total: annual.total, rank: annual.rank, lines: annual.lines, quota: None },
            ledgers: closed.ledgers.get(&unit.name).cloned().unwrap_or_default(),
        })
    });
    Ok(StatementYear { year, units: ground.with_ids(units.collect()), outcomes: closed.outcomes })
}

/// The number of the next bulletin of a year (期号): one more than it has statements. Periods close in order and for
/// good, each with its bulletin, so that there is no gap.
fn next_bulletin(heads: &[StatementHead], year: i16) -> u32 {
    let of_year = format!("{year}-");
    heads.iter().filter(|head| head.month.starts_with(&of_year)).fold(1, |number, _| number + 1)
}

/// Whom a bulletin is addressed to, reported to and issued to now (主送, 报, 发).
pub(super) fn receivers(tx: &mut Tx) -> Result<[String; 3], Problem> {
    let all = [("bulletin-addressees", ADDRESSEES), ("bulletin-report-to", REPORT_TO), ("bulletin-issue-to", ISSUE_TO)];
    let mut found = [const { String::new() }; 3];
    for (place, (setting, own)) in found.iter_mut().zip(all) {
        *place = tx.find_setting(setting)?.unwrap_or_else(|| own.to_owned());
    }
    Ok(found)
}

/// Closes the open period, which a month names, within a transaction. Refused out of order, twice, before its last day has
/// passed, and while something in it has no price: silence is an error.
pub(crate) fn close_month_in(tx: &mut Write, month: Month, closing: &Closing<'_>) -> Result<Closed, Problem> {
    let today = tz_model::shanghai_date(tz_store::moment(closing.now));
    if let Some((_, closed)) = closed_with(tx, month)? {
        return Err(Problem::Refused(format!(
            "{}已经关账，计分表不能改动。之后查实的变化会作为更正记入当前未关账的{}。",
            closed.chinese(),
            if closed.period.is_month() { "月份" } else { "一期" }
        )));
    }
    let open = open_period(tx, today)?;
    if !open.has(month) {
        let asked = period_on(tx, month)?;
        let order = if open.period.is_month() {
            "请按月份顺序逐月关账。"
        } else {
            "请按先后顺序逐期关账。"
        };
        return Err(Problem::Refused(format!(
            "现在应当关账的是{}，{}还不能关账。{order}",
            open.chinese(),
            asked.chinese()
        )));
    }
    if today <= open.period.to {
        let after = open.period.to.tomorrow().unwrap_or(open.period.to);
        return Err(Problem::Refused(format!(
            "{}还没有结束，最后一天过后才能关账。请在{}月{}日以后再来。",
            open.chinese(),
            after.month(),
            after.day()
        )));
    }
    let scheme = scheme_on(tx, open.first.first())?;
    let unknown = unknown_in(tx, &open, &scheme)?;
    if !unknown.is_empty() {
        return Err(Problem::Refused(format!(
            "{}还有{}处不能计分，没有关账：{}",
            open.chinese(),
            unknown.len(),
            tz_model::sentences(&unknown).replace('\n', "")
        )));
    }
    let month = open.last;
    let (letters, interviews_on, interview_time) = letters::pin(tx, closing.who, today, closing.wish)?;
    let all_heads = tx.list_statement_heads()?;
    let heads = heads_before(&all_heads, month);
    let [addressees, report_to, issue_to] = receivers(tx)?;
    let sealing = Sealing {
        period: open.clone(),
        scheme,
        office: tx.office_row()?.name,
        number: heads.len() as i64 + 1,
        end: tx.ledger_end()?,
        previous_sha256: heads.last().map(|head| head.sha256.clone()).unwrap_or_default(),
        closed_at: closing.now,
        closed_by: Some(closing.who.account.0),
        bulletin_number: Some(next_bulletin(heads, month.year())),
        addressees,
        report_to,
        issue_to,
        bulletin_template: Some(templates::pin(tx, PaperKind::Bulletin)?),
        letters: Some(letters),
        signing_key: closing.key.map(signature::public_key),
    };
    let (statement, papers) = recompute(tx, sealing)?;
    let content = statement.to_json();
    let hash = sha256(content.as_bytes());
    let id = tx.insert_statement(StatementRow {
        id: 0,
        office_id: 0,
        number: statement.number,
        month: month.to_string(),
        scheme_hash: statement.scheme_hash.clone(),
        fact_seq: statement.fact_seq.0,
        content: content.clone(),
        sha256: hash.clone(),
        previous_sha256: statement.previous_sha256.clone(),
        closed_at: closing.now,
        closed_by: Some(closing.who.account.0),
    })?;
    if let Some(key) = closing.key {
        let signature = signature::sign(key, &content);
        tx.insert_signature(SignatureRow {
            statement_id: id,
            office_id: 0,
            public_key: signature::public_key(key),
            signature,
        })?;
    }
    let mut names = Vec::new();
    for paper in papers {
        let content_id = tx.put_content(&paper.bytes)?;
        tx.insert_paper(PaperRow {
            statement_id: id,
            name: paper.name.clone(),
            media_type: paper.media_type.to_owned(),
            content_id,
        })?;
        names.push(paper.name);
    }
    delivery::send(tx, id, &statement, closing.now)?;
    interviews::call(tx, id, &statement, interviews_on, &interview_time, closing.now)?;
    tx.record_act(&Act {
        at: closing.now,
        account: Some(closing.who.account.0),
        who: &closing.who.name,
        act: "关账",
        object: &month.to_string(),
        done: true,
        detail: &format!("计分表第{}号，校验值{hash}", statement.number),
    })?;
    let year = statement.year.into_iter().flat_map(|year| year.outcomes);
    let outcomes = statement.outcomes.into_iter().chain(year).collect();
    Ok(Closed { period: open, number: statement.number, sha256: hash, papers: names, outcomes })
}

/// What stands in the way of scoring a period: everything recorded in it, and every unit scored in it, that the scheme has no
/// word for, and cells it must have and that are empty. The same sentence about many things is said once.
pub(crate) fn unknown_in(tx: &mut Tx, period: &ClosePeriod, scheme: &Arc<Scheme>) -> Result<Vec<Fault>, Problem> {
    let (from, to) = period.days();
    let rows = tx.list_facts_between(None, &from, &to)?;
    let mut units = tx.list_units(None)?;
    let named: BTreeSet<i64> = rows.iter().flat_map(FactRow::unit_ids).collect();
    let scored = |unit: &UnitVersionRow| {
        unit.from_date.as_ref().is_none_or(|day| *day <= to) && unit.to_date.as_ref().is_none_or(|day| *day >= from)
    };
    units.retain(|unit| named.contains(&unit.unit_id) || scored(unit));
    let mut facts = facts_under(tx, [scheme], &units, &rows)?;
    // Where a unit stood before the period is no concern of its scheme.
    facts.units.iter_mut().for_each(|unit| unit.earlier.retain(|stage| stage.until >= period.period.from));
    Ok(together(unknown_names(scheme, &facts)))
}

impl App {
    /// What is to be closed next.
    pub fn open_period(&self) -> Result<ClosePeriod, Problem> {
        open_period(&mut self.read()?, self.today())
    }

    /// Closes a period (关账), which any of its months names: freezes its statement and makes its papers, in one transaction
    /// (N2.6, N2.7). The letters say what is proposed.
    pub fn close_month(&self, who: &Chief, month: Month) -> Result<Closed, Problem> {
        self.close_month_with(who, month, &CloseWish::default())
    }

    /// As [`App::close_month`], with what the chief says of the letters.
    pub fn close_month_with(&self, who: &Chief, month: Month, wish: &CloseWish) -> Result<Closed, Problem> {
        let key = self.signing_key()?;
        let mut tx = self.write()?;
        let closing = Closing { now: self.micros(), who, wish, key: key.as_ref() };
        let closed = close_month_in(&mut tx, month, &closing)?;
        tx.commit()?;
        Ok(closed)
    }
}
