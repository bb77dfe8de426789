//! Closing a period (关账), a month in Tengzhou: the statement and its papers, computed the same way when they are checked later.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use tz_assess::{Published, close_year, looks_back, unknown_names};
use tz_docs::{PaperKind, Template};
use tz_model::{
    Assessment, Clause, FactSeq, Fault, IssueId, ItemId, Ledger, Month, Name, Outcome, OutcomeKind, Period,
    PeriodScore, Table, UnitId, UnitPeriod, UnitYear,
};
use tz_scheme::{Answer, Body, Rule, Scheme};
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::directory::UnitVersionRow;
use tz_store::item::{ItemFilter, Sight};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::statement::{PaperRow, StatementHead, StatementRow};
use tz_store::{Tx, Write};

use super::followed::Followed;
use super::ground::{Ground, gather, heads_before, names_by_id};
use super::period::{ClosePeriod, closed_with, open_period, period_on};
use super::scheme::together;
use super::statement::{CORRECTION, Earlier, Statement, StatementYear, statement_of};
use super::{bulletin, scheme_by_hash, scored};
use crate::facts::facts_under;
use crate::{App, Chief, Problem, scheme_on, templates};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Whom a bulletin is addressed to where the office has set nothing else (setting `bulletin-addressees`).
const ADDRESSEES: &str = "各镇人民政府、街道办事处，市政府各部门，各有关单位";
/// Whom it is reported to where the office has set nothing else (setting `bulletin-report-to`).
const REPORT_TO: &str = "市委、市人大、市政府、市政协各位领导同志";
/// Whom it is issued to where the office has set nothing else (setting `bulletin-issue-to`): N2.7 names both.
const ISSUE_TO: &str = "各镇街、市政府各部门主要负责同志";

/// What to look at before closing a month (关账检查).
#[derive(Clone, Debug)]
pub struct Checklist {
    /// What is open: a month, or what the scheme closes together.
    pub period: ClosePeriod,
    /// Its last day has passed: only then it may be closed.
    pub over: bool,
    /// What cannot be scored yet; closing is refused while there is any.
    pub unknown: Vec<Fault>,
    /// The clause by which a solicitation without an answer scores, if the scheme has one (F1.n4).
    pub missed: Option<Clause>,
    /// Items received in it that nobody has decided on: identity, number, title.
    pub unhandled: Vec<(ItemId, String, String)>,
    /// Issues still being prepared: identity, name of the publication.
    pub drafts: Vec<(IssueId, String)>,
    /// Solicitations due in it that have no answer; closing counts them as missed (F1.n4).
    pub open_duties: Vec<OpenDuty>,
    /// Messages in quarantine.
    pub quarantined: i64,
    /// How many units the statement will hold.
    pub units: usize,
    /// 约谈 and 通报批评 as they stand now.
    pub outcomes: Vec<Outcome>,
    /// Lines that correct closed months (R14).
    pub corrections: usize,
    /// The close also ends the year.
    pub ends_year: bool,
}

/// An unanswered duty of a solicitation.
#[derive(Clone, Debug)]
pub struct OpenDuty {
    /// The solicitation.
    pub solicitation: Option<i64>,
    /// Its topic.
    pub topic: String,
    /// The units that owe it.
    pub units: Vec<String>,
    /// Last day on which an answer is on time.
    pub deadline: String,
}

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

/// Who closes, and when.
pub(crate) struct Closing<'a> {
    pub now: i64,
    pub account: Option<i64>,
    pub who: &'a str,
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
        })
    }
}

/// A period's statement and papers from the ledger up to `sealing.end` and the statements before: the same at the close
/// and at every check after it.
pub(crate) fn recompute(tx: &mut Tx, sealing: Sealing) -> Result<(Statement, Vec<Paper>), Problem> {
    let (statement, ground) = state(tx, sealing)?;
    let wording = wording(tx, &statement)?;
    let papers = vec![bulletin::paper(&statement, &ground, &wording), workbook(&statement)?];
    Ok((statement, papers))
}

/// A closed period's bulletin, made again from what was frozen.
pub(crate) fn bulletin_again(tx: &mut Tx, sealing: Sealing) -> Result<tz_docs::Paper, Problem> {
    let (statement, ground) = state(tx, sealing)?;
    let wording = wording(tx, &statement)?;
    Ok(bulletin::made(&statement, &ground, &wording))
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
        Some(year(tx, &ground, heads, &sealing, &result.units)?)
    } else {
        None
    };
    let after = FactSeq(heads.last().map_or(0, |head| head.fact_seq));
    let statement = Statement {
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
        outcomes: result.outcomes,
        units: ground.with_ids(result.units),
        year,
    };
    Ok((statement, ground))
}

/// True if the scheme's year ends with the period.
fn ends_year(scheme: &Scheme, period: &ClosePeriod) -> bool {
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

/// The year that ends with this period (N2.6, F1.n5, F1.n6, F1.dp, N2.4).
fn year(
    tx: &mut Tx,
    ground: &Ground,
    heads: &[StatementHead],
    sealing: &Sealing,
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
    let mut rows = tx.list_facts_between(Some(sealing.end), &whole.from.to_string(), &whole.to.to_string())?;
    rows.retain(|row| back || row.fact_table == Table::Events.name());
    let facts = facts_under(tx, [&ground.scheme], &ground.units, &rows)?;
    let closed = close_year(&ground.scheme, &facts, year, &published);
    let units = closed.units.iter().cloned().filter_map(|(name, annual)| {
        let unit = facts.units.get(facts.unit(&name)?.index())?;
        Some(UnitPeriod {
            unit: name,
            class: unit.class.clone(),
            group: unit.group.clone(),
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
    let all_heads = tx.list_statement_heads()?;
    let heads = heads_before(&all_heads, month);
    let sealing = Sealing {
        period: open.clone(),
        scheme,
        office: tx.office_row()?.name,
        number: heads.len() as i64 + 1,
        end: tx.ledger_end()?,
        previous_sha256: heads.last().map(|head| head.sha256.clone()).unwrap_or_default(),
        closed_at: closing.now,
        closed_by: closing.account,
        bulletin_number: Some(next_bulletin(heads, month.year())),
        addressees: tx.find_setting("bulletin-addressees")?.unwrap_or_else(|| ADDRESSEES.to_owned()),
        report_to: tx.find_setting("bulletin-report-to")?.unwrap_or_else(|| REPORT_TO.to_owned()),
        issue_to: tx.find_setting("bulletin-issue-to")?.unwrap_or_else(|| ISSUE_TO.to_owned()),
        bulletin_template: Some(templates::pin(tx, PaperKind::Bulletin)?),
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
        content,
        sha256: hash.clone(),
        previous_sha256: statement.previous_sha256.clone(),
        closed_at: closing.now,
        closed_by: closing.account,
    })?;
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
    tx.record_act(&Act {
        at: closing.now,
        account: closing.account,
        who: closing.who,
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
    let facts = facts_under(tx, [scheme], &units, &rows)?;
    Ok(together(unknown_names(scheme, &facts)))
}

/// The clause by which a solicitation without an answer takes points.
fn missed_clause(scheme: &Scheme) -> Option<Clause> {
    let missed = |rule: &&Rule| match &rule.body {
        Body::Facts(facts) if facts.table == Table::Duties => {
            let priced = facts.prices.iter().filter(|price| price.of.iter().any(|of| **of == *Answer::Missed.name()));
            priced.into_iter().any(|price| price.points().is_negative())
        }
        _ => false,
    };
    scheme.rules().iter().find(missed).map(|rule| rule.clause.clone())
}

impl App {
    /// What is to be closed next.
    pub fn open_period(&self) -> Result<ClosePeriod, Problem> {
        open_period(&mut self.read()?, self.today())
    }

    /// What to look at before closing the open period, and what the close will make. Another one is not there.
    pub fn checklist(&self, _who: &Chief, month: Month) -> Result<Checklist, Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let open = open_period(&mut tx, today)?;
        if !open.has(month) {
            return Err(Problem::NotThere);
        }
        let start = |day: Date| -> i64 {
            let midnight = tz_model::shanghai(self.now()).offset().to_timestamp(day.at(0, 0, 0, 0));
            midnight.map_or(0, |at| at.as_microsecond())
        };
        let (first, last) = open.days();
        let after = open.period.to.tomorrow().unwrap_or(open.period.to);
        let items = tx.list_items(
            Sight::Office,
            &ItemFilter {
                states: &["received", "editing"],
                from: Some(start(open.period.from)),
                until: Some(start(after)),
                oldest_first: true,
                limit: 500,
                ..ItemFilter::default()
            },
        )?;
        let publications = tx.list_publications()?;
        let drafts = tx.list_issues(Some("draft"), 100)?.into_iter().map(|issue| {
            let name = publications.iter().find(|publication| publication.id == issue.publication_id);
            (IssueId(issue.id), name.map(|publication| publication.name.clone()).unwrap_or_default())
        });
        let drafts = drafts.collect();
        let units = names_by_id(&tx.list_units(None)?);
        let duties = tx.list_facts(&FactFilter {
            table: Some(Table::Duties.name()),
            from: Some(&first),
            to: Some(&last),
            ..FactFilter::default()
        })?;
        let open_duties = duties.into_iter().filter(|duty| duty.answered.is_none() && duty.outcome.is_none());
        let open_duties = open_duties.map(|duty| OpenDuty {
            solicitation: duty.solicitation_id,
            units: duty.unit_ids().iter().filter_map(|id| units.get(id)).map(ToString::to_string).collect(),
            topic: duty.title.unwrap_or_default(),
            deadline: duty.date,
        });
        let open_duties = open_duties.collect();
        let scored = scored(&mut tx, &self.live, month, today)?;
        let unknown = unknown_in(&mut tx, &open, &scored.scheme)?;
        let lines = scored.units.iter().flat_map(|(_, unit)| &unit.score.lines);
        Ok(Checklist {
            over: today > open.period.to,
            unknown,
            missed: missed_clause(&scored.scheme),
            unhandled: items.into_iter().map(|(item, _)| (ItemId(item.id), item.number, item.title)).collect(),
            drafts,
            open_duties,
            quarantined: tx.count_mail_of("quarantine")?,
            units: scored.units.len(),
            corrections: lines.filter(|line| &*line.rule == CORRECTION).count(),
            outcomes: scored
                .outcomes
                .iter()
                .filter(|outcome| outcome.kind != OutcomeKind::LosesDirectPoint)
                .cloned()
                .collect(),
            ends_year: ends_year(&scored.scheme, &open),
            period: open,
        })
    }

    /// Closes a period (关账), which any of its months names: freezes its statement and makes its papers, in one transaction (N2.6, N2.7).
    pub fn close_month(&self, who: &Chief, month: Month) -> Result<Closed, Problem> {
        let mut tx = self.write()?;
        let closing = Closing { now: self.micros(), account: Some(who.account.0), who: &who.name };
        let closed = close_month_in(&mut tx, month, &closing)?;
        tx.commit()?;
        Ok(closed)
    }
}
