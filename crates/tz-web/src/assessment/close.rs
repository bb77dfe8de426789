//! Closing a period (关账), and closed periods as they were frozen (计分表).

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::{Checklist, StandingRow, StatementEntry, clause_place};
use tz_app::{Chief, Editor};
use tz_model::{FactId, Fault, Outcome, Period, Table, UnitId};

use super::{GroupView, OutcomeView, asked_month, fact, outcome_view, path_month, row_view};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::{Allow, Routes, words};

/// The routes of closing and of closed periods.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/assessment/close", Allow::Chiefs, close_page)
        .post("/assessment/close", Allow::Chiefs, close)
        .get("/assessment/statements", Allow::Editors, statements)
        .post("/assessment/verify", Allow::Editors, verify)
        .get("/assessment/statement/{month}", Allow::Editors, statement)
        .get("/assessment/statement/{month}/paper/{name}", Allow::Editors, paper)
}

#[derive(Template)]
#[template(path = "assessment/close.html")]
struct ClosePage {
    frame: Frame,
    month: String,
    month_key: String,
    /// `当月`, or `当期` where it is no month.
    then: &'static str,
    this: &'static str,
    /// `往月`, or `往期`.
    past: &'static str,
    over: bool,
    next_first: String,
    /// What cannot be scored yet: where, a way there, and the sentence.
    unknown: Vec<(String, Option<String>, String)>,
    /// Where the printed rules have missed solicitations, if the scheme prices them.
    missed: Option<String>,
    unhandled: Vec<(String, String)>,
    drafts: Vec<(String, String)>,
    duties: Vec<(String, String)>,
    quarantined: i64,
    units: usize,
    outcomes: Vec<OutcomeView>,
    corrections: usize,
    ends_year: bool,
    fault: Option<String>,
}

struct StatementView {
    number: i64,
    month: String,
    month_key: String,
    href: String,
    sha256: String,
    scheme: String,
    scheme_href: String,
    closed: String,
    papers: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "assessment/statements.html")]
struct StatementsPage {
    frame: Frame,
    statements: Vec<StatementView>,
    /// What a check has just found: the period, and its faults.
    checked: Option<Vec<(String, Vec<String>)>>,
}

#[derive(Template)]
#[template(path = "assessment/statement.html")]
struct StatementPage {
    frame: Frame,
    statement: StatementView,
    previous: String,
    fact_seq: i64,
    ledger: String,
    groups: Vec<GroupView>,
    outcomes: Vec<OutcomeView>,
    year: Option<(String, Vec<GroupView>, Vec<OutcomeView>)>,
}

fn close_view(desk: &Desk, list: &Checklist, fault: Option<String>) -> ClosePage {
    let (month, period) = (list.period.last, &list.period.period);
    let monthly = period.is_month();
    let duty = |duty: &tz_app::assessment::OpenDuty| {
        let href = duty.solicitation.map_or_else(|| "/solicitation".to_owned(), |id| format!("/solicitation/{id}"));
        (href, format!("“{}”（{}截止）：{}", duty.topic, duty.deadline, duty.units.join("、")))
    };
    ClosePage {
        frame: desk.frame(Room::Assessment, "关账"),
        month: list.period.chinese(),
        month_key: month.to_string(),
        then: if monthly { "当月" } else { "当期" },
        this: list.period.this(),
        past: if monthly { "往月" } else { "往期" },
        over: list.over,
        next_first: words::day(period.to.tomorrow().unwrap_or(period.to)),
        unknown: list.unknown.iter().map(unknown_view).collect(),
        missed: list.missed.as_ref().map(clause_place),
        unhandled: list
            .unhandled
            .iter()
            .map(|(id, number, title)| (format!("/intake/{id}"), format!("{number} 《{title}》")))
            .collect(),
        drafts: list
            .drafts
            .iter()
            .map(|(id, name)| (format!("/publication/{id}"), format!("《{name}》正在编辑的一期")))
            .collect(),
        duties: list.open_duties.iter().map(duty).collect(),
        quarantined: list.quarantined,
        units: list.units,
        outcomes: list.outcomes.iter().map(|outcome| outcome_view(outcome, month)).collect(),
        corrections: list.corrections,
        ends_year: list.ends_year,
        fault,
    }
}

/// What cannot be scored yet: a fact's further columns are filled in on its own page, the first where there are several.
fn unknown_view(fault: &Fault) -> (String, Option<String>, String) {
    let first = fault.place.split(['、', '等']).next().unwrap_or_default();
    let of = first.split_once(':').and_then(|(table, key)| Some((Table::named(table)?, key)));
    let href = of.filter(|(table, _)| *table != Table::Units);
    let href = href.map(|(table, key)| fact::href(&FactId { table, key: key.into() }));
    (fault.place.clone(), href, fault.sentence.clone())
}

async fn checklist(desk: &Desk, who: Chief) -> Result<Checklist, Oops> {
    desk.run(move |app| {
        let open = app.open_period()?;
        app.checklist(&who, open.last)
    })
    .await
}

/// `GET /assessment/close`: what to look at before closing the open month, and what the close makes.
async fn close_page(desk: Desk, By(who): By<Chief>) -> Answer {
    let list = checklist(&desk, who).await?;
    desk.show(&close_view(&desk, &list, None))
}

/// `POST /assessment/close`: closes the month (关账).
async fn close(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    let month = path_month(posted.one("month"))?;
    if !posted.ticked("sure") {
        let list = checklist(&desk, who).await?;
        let fault = "请先勾选“已核对”，再关账。关账后计分表不能改动。".to_owned();
        return desk.show_faulty(&close_view(&desk, &list, Some(fault)));
    }
    let closed = desk.run(move |app| app.close_month(&who, month)).await?;
    let sentence = format!(
        "{}已关账，计分表第{}号已生成，文件{}份。后续事项{}项见下。",
        closed.period.chinese(),
        closed.number,
        closed.papers.len(),
        closed.outcomes.len()
    );
    desk.done(&format!("/assessment/statement/{}", closed.period.last), &sentence)
}

fn statement_view(entry: &StatementEntry) -> StatementView {
    let month = entry.period.last;
    let closed = words::full_moment(jiff::Timestamp::from_microsecond(entry.closed_at).unwrap_or_default());
    let by = if entry.closed_by.is_empty() { String::new() } else { format!("，{}", entry.closed_by) };
    let paper = |name: &String| {
        let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        (format!("/assessment/statement/{month}/paper/{encoded}"), name.clone())
    };
    StatementView {
        number: entry.number,
        month: entry.period.chinese(),
        month_key: month.to_string(),
        href: format!("/assessment/statement/{month}"),
        sha256: entry.sha256.clone(),
        scheme: entry.scheme.clone(),
        scheme_href: format!("/assessment/scheme?month={month}"),
        closed: format!("{closed}{by}"),
        // The bulletin is there as PDF too, set when it is asked for.
        papers: entry
            .papers
            .iter()
            .flat_map(|name| [Some(name.clone()), name.strip_suffix(".docx").map(|stem| format!("{stem}.pdf"))])
            .flatten()
            .map(|name| paper(&name))
            .collect(),
    }
}

/// `GET /assessment/statements`: every closed month.
async fn statements(desk: Desk, By(who): By<Editor>) -> Answer {
    let entries = desk.run(move |app| app.statements(&who)).await?;
    desk.show(&StatementsPage {
        frame: desk.frame(Room::Assessment, "计分表"),
        statements: entries.iter().map(statement_view).collect(),
        checked: None,
    })
}

/// `POST /assessment/verify`: computes closed months again and compares, byte for byte; one month, or all.
async fn verify(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let month = asked_month(&posted)?;
    let (entries, checks) = desk
        .run(move |app| {
            let checks = match month {
                Some(month) => vec![app.statement_check(&who, month)?],
                None => app.statement_checks(&who)?,
            };
            Ok((app.statements(&who)?, checks))
        })
        .await?;
    let checked = checks
        .into_iter()
        .map(|check| (format!("{}（计分表第{}号）", check.period.chinese(), check.number), check.faults));
    desk.show(&StatementsPage {
        frame: desk.frame(Room::Assessment, "计分表"),
        statements: entries.iter().map(statement_view).collect(),
        checked: Some(checked.collect()),
    })
}

/// A frozen table's groups. Rows carry no movement or six periods: only what the statement itself says.
fn frozen_groups(units: &[(UnitId, tz_model::UnitPeriod)], period: &Period) -> Vec<GroupView> {
    let month = period.last_month();
    let mut groups: Vec<GroupView> = Vec::new();
    for (id, unit) in units {
        let adopted: std::collections::BTreeSet<_> = unit
            .score
            .lines
            .iter()
            .flat_map(|line| &line.facts)
            .filter(|fact| fact.table == tz_model::Table::Adoptions)
            .collect();
        let row = StandingRow {
            unit: *id,
            name: unit.unit.to_string(),
            rank: unit.score.rank,
            before: None,
            quota: unit.score.quota.clone(),
            adoptions: adopted.len(),
            totals: Vec::new(),
            points: unit.score.total,
            tags: Vec::new(),
        };
        let view = row_view(&row, format!("/assessment/unit/{id}?month={month}"), false, true, period);
        let name = words::group(&unit.group);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.rows.push(view),
            None => groups.push(GroupView { name: name.to_owned(), size: String::new(), rows: vec![view] }),
        }
    }
    for group in &mut groups {
        group.rows.sort_by_key(|row| row.rank);
        group.size = format!("{}个单位", group.rows.len());
    }
    groups
}

/// `GET /assessment/statement/{month}`: a closed month as it was frozen.
async fn statement(desk: Desk, By(who): By<Editor>, Path(month): Path<String>) -> Answer {
    let month = path_month(&month)?;
    let (entry, statement) = desk.run(move |app| app.statement(&who, month)).await?;
    let month = statement.month;
    let outcomes = |all: &[Outcome]| all.iter().map(|outcome| outcome_view(outcome, month)).collect();
    desk.show(&StatementPage {
        frame: desk.frame(Room::Assessment, "计分表"),
        statement: statement_view(&entry),
        previous: statement.previous_sha256.clone(),
        fact_seq: statement.fact_seq.0,
        ledger: statement.ledger_sha256.clone(),
        groups: frozen_groups(&statement.units, &statement.period),
        outcomes: outcomes(&statement.outcomes),
        year: statement.year.as_ref().map(|year| {
            (format!("{}年度", year.year), frozen_groups(&year.units, &statement.period), outcomes(&year.outcomes))
        }),
    })
}

/// `GET /assessment/statement/{month}/paper/{name}`: a paper made at the close.
async fn paper(desk: Desk, By(who): By<Editor>, Path((month, name)): Path<(String, String)>) -> Answer {
    let month = path_month(&month)?;
    let paper = desk.run(move |app| app.statement_paper(&who, month, &name)).await?;
    Ok(crate::sheets::file(paper))
}
