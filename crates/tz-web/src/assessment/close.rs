//! Closing a period (关账), and closed periods as they were frozen (计分表).

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::{Checklist, CloseWish, StandingRow, StatementEntry, clause_place};
use tz_app::{Chief, Editor, FieldFault, Problem, Role};
use tz_model::{FactId, Fault, Outcome, OutcomeKind, Period, Table, UnitId};

use super::{GroupView, OutcomeView, asked_month, fact, outcome_view, path_month, row_view};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
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
        .post("/assessment/statement/{month}/supersede", Allow::Chiefs, supersede)
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
    unmatched: i64,
    claims: usize,
    objections: i64,
    units: usize,
    outcomes: Vec<OutcomeView>,
    /// Units that will be called to an interview.
    called: usize,
    corrections: usize,
    ends_year: bool,
    wish: CloseWish,
    faults: Faults,
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
    /// Those to one unit each: they bear its name.
    letters: Vec<(String, String)>,
    /// What superseded its bulletin.
    superseded_by: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "assessment/statements.html")]
struct StatementsPage {
    frame: Frame,
    chief: bool,
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
    /// The public key it is signed by.
    signed: Option<String>,
    sent: Vec<SentView>,
    may_supersede: bool,
    reason: String,
    faults: Faults,
}

/// A paper on its way: what it is, and who has opened it.
struct SentView {
    kind: &'static str,
    name: String,
    sum: String,
    /// Name and moment.
    opened: Vec<(String, String)>,
    unopened: Vec<String>,
}

/// The fields that say what the letters say.
const WISH: [&str; 7] = ["date", "time", "place", "chair", "answer_by", "contact", "phone"];

fn close_view(desk: &Desk, list: &Checklist, wish: Option<CloseWish>, found: Vec<FieldFault>) -> ClosePage {
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
        unmatched: list.unmatched,
        claims: list.claims,
        objections: list.objections,
        called: list.outcomes.iter().filter(|outcome| outcome.kind == OutcomeKind::Interview).count(),
        wish: wish.unwrap_or_else(|| list.wish.clone()),
        faults: Faults::of(found, &WISH),
        units: list.units,
        outcomes: list.outcomes.iter().map(|outcome| outcome_view(outcome, month)).collect(),
        corrections: list.corrections,
        ends_year: list.ends_year,
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
    desk.show(&close_view(&desk, &list, None, Vec::new()))
}

/// `POST /assessment/close`: closes the month (关账).
async fn close(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    let month = path_month(posted.one("month"))?;
    let wish = CloseWish {
        date: posted.trimmed("date"),
        time: posted.trimmed("time"),
        place: posted.trimmed("place"),
        chair: posted.trimmed("chair"),
        answer_by: posted.trimmed("answer_by"),
        contact: posted.trimmed("contact"),
        phone: posted.trimmed("phone"),
    };
    if !posted.ticked("sure") {
        let list = checklist(&desk, who).await?;
        let fault = FieldFault::new("sure", "请先勾选“已核对”，再关账。关账后计分表不能改动。");
        return desk.show_faulty(&close_view(&desk, &list, posted.has("date").then_some(wish), vec![fault]));
    }
    let (by, said) = (who.clone(), wish.clone());
    let closed = match desk.run(move |app| app.close_month_with(&by, month, &said)).await {
        Ok(closed) => closed,
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let list = checklist(&desk, who).await?;
                return desk.show_faulty(&close_view(&desk, &list, Some(wish), found));
            }
            other => return Err(other.into()),
        },
    };
    let sentence = format!(
        "{}已关账，计分表第{}号已生成，文件{}份，通报和函件已送达各单位。后续事项{}项见下。",
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
    let (letters, of_all): (Vec<String>, Vec<String>) =
        entry.papers.iter().cloned().partition(|name| name.contains('（'));
    StatementView {
        number: entry.number,
        month: entry.period.chinese(),
        month_key: month.to_string(),
        href: format!("/assessment/statement/{month}"),
        sha256: entry.sha256.clone(),
        scheme: entry.scheme.clone(),
        scheme_href: format!("/assessment/scheme?month={month}"),
        closed: format!("{closed}{by}"),
        papers: with_pdfs(&of_all).iter().map(paper).collect(),
        letters: letters.iter().map(paper).collect(),
        superseded_by: with_pdfs(&entry.superseded_by).iter().map(paper).collect(),
    }
}

/// What is there as a DOCX is there as a PDF too, set when it is asked for.
fn with_pdfs(names: &[String]) -> Vec<String> {
    let both = |name: &String| [Some(name.clone()), name.strip_suffix(".docx").map(|stem| format!("{stem}.pdf"))];
    names.iter().flat_map(both).flatten().collect()
}

/// `GET /assessment/statements`: every closed month.
async fn statements(desk: Desk, By(who): By<Editor>) -> Answer {
    let entries = desk.run(move |app| app.statements(&who)).await?;
    desk.show(&StatementsPage {
        chief: desk.person().is_some_and(|person| Chief::of(person).is_some()),
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
        chief: desk.person().is_some_and(|person| Chief::of(person).is_some()),
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
        let mut view = row_view(&row, format!("/assessment/unit/{id}?month={month}"), false, true, period);
        view.adopted_href = super::facts_href(month, Table::Adoptions, Some(*id));
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

/// `GET /assessment/statement/{month}`: a closed month as it was frozen, and who has opened its papers.
async fn statement(desk: Desk, By(who): By<Editor>, Path(month): Path<String>) -> Answer {
    let page = statement_page(&desk, who, &month, String::new(), Vec::new()).await?;
    desk.show(&page)
}

async fn statement_page(
    desk: &Desk,
    who: Editor,
    month: &str,
    reason: String,
    found: Vec<FieldFault>,
) -> Result<StatementPage, Oops> {
    let month = path_month(month)?;
    let may_supersede = who.role == Role::Chief;
    let ((entry, statement), delivered) =
        desk.run(move |app| Ok((app.statement(&who, month)?, app.delivered(&who, month)?))).await?;
    let month = statement.month;
    let outcomes = |all: &[Outcome]| all.iter().map(|outcome| outcome_view(outcome, month)).collect();
    let sent = delivered.into_iter().map(|paper| {
        let (opened, unopened): (Vec<_>, Vec<_>) = paper.whom.into_iter().partition(|(_, at)| at.is_some());
        SentView {
            kind: paper.kind.name(),
            name: paper.name,
            sum: format!("已阅{}，未阅{}", opened.len(), unopened.len()),
            opened: opened
                .into_iter()
                .map(|(whom, at)| (whom, at.map(words::full_moment).unwrap_or_default()))
                .collect(),
            unopened: unopened.into_iter().map(|(whom, _)| whom).collect(),
        }
    });
    Ok(StatementPage {
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
        signed: statement.signing_key.clone(),
        sent: sent.collect(),
        may_supersede,
        reason,
        faults: Faults::of(found, &["reason"]),
    })
}

/// `POST /assessment/statement/{month}/supersede`: makes the bulletin anew beside the wrong one (更正).
async fn supersede(desk: Desk, By(who): By<Chief>, Path(month): Path<String>, posted: Posted) -> Answer {
    let (key, reason) = (path_month(&month)?, posted.one("reason").to_owned());
    let (by, said) = (who.clone(), reason.clone());
    match desk.run(move |app| app.supersede_bulletin(&by, key, &said)).await {
        Ok(number) => desk.done(
            &format!("/assessment/statement/{month}"),
            &format!("已生成更正第{number}号，送达原通报的各单位和领导。原通报保留，标明已更正。"),
        ),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let who = Editor::of(&who).ok_or(Problem::NotThere)?;
                let page = statement_page(&desk, who, &month, reason, found).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /assessment/statement/{month}/paper/{name}`: a paper made at the close.
async fn paper(desk: Desk, By(who): By<Editor>, Path((month, name)): Path<(String, String)>) -> Answer {
    let month = path_month(&month)?;
    let paper = desk.run(move |app| app.statement_paper(&who, month, &name)).await?;
    Ok(crate::sheets::file(paper))
}
