//! The year (年度): every period, what its end adds or takes, ranks, and the circular of it.

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::{YearGroup, YearOutcome, YearRow, YearStanding, clause_place};
use tz_app::{Chief, Editor, PaperFormat, Person, Problem};
use tz_model::{OutcomeKind, UnitId};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::sheets;
use crate::{Allow, Routes};

/// Every route of the year with who may use it.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/assessment/year", Allow::ReportersAndEditors, page)
        .post("/assessment/year/{year}/direct-point", Allow::Chiefs, decide)
        .get("/assessment/year/{year}/circular.docx", Allow::Editors, docx)
        .get("/assessment/year/{year}/circular.pdf", Allow::Editors, pdf)
}

struct GroupView {
    name: String,
    size: String,
    rows: Vec<RowView>,
}

struct RowView {
    rank: u32,
    unit: String,
    href: String,
    periods: Vec<String>,
    monthly: String,
    added: String,
    negative: bool,
    /// The year's own lines: points, what, why, where the rules have it.
    lines: Vec<(String, String, String, String)>,
    total: String,
}

impl RowView {
    fn of(row: &YearRow, last: &str) -> Self {
        let line = |line: &tz_model::Line| {
            (line.points.signed(), line.item.to_string(), line.why.clone(), clause_place(&line.clause))
        };
        Self {
            rank: row.rank,
            unit: row.name.clone(),
            href: format!("/assessment/unit/{}?month={last}", row.unit),
            periods: row
                .periods
                .iter()
                .map(|points| points.map_or_else(String::new, |points| points.to_string()))
                .collect(),
            monthly: row.monthly.to_string(),
            added: if row.lines.is_empty() { String::new() } else { row.added().signed() },
            negative: row.added().is_negative(),
            lines: row.lines.iter().map(line).collect(),
            total: row.total.to_string(),
        }
    }
}

/// What is proposed for a unit, and what was decided.
struct OutcomeLine {
    kind: String,
    unit: String,
    name: String,
    why: String,
    decided: String,
    /// This person may decide now.
    open: bool,
}

impl OutcomeLine {
    fn of(outcome: &YearOutcome, may: bool) -> Self {
        let lost = outcome.decided.as_deref() == Some("已取消");
        Self {
            kind: outcome.kind.name().to_owned(),
            unit: outcome.unit.to_string(),
            name: outcome.name.clone(),
            why: outcome.why.clone(),
            open: may && outcome.kind == OutcomeKind::LosesDirectPoint && !lost,
            decided: outcome.decided.clone().unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "assessment/year.html")]
struct YearPage {
    frame: Frame,
    year: i16,
    years: Vec<(i16, bool)>,
    closed: bool,
    scheme: String,
    whole: bool,
    editor: bool,
    /// Each period, as short as a head may be: `6月`.
    periods: Vec<String>,
    groups: Vec<GroupView>,
    outcomes: Vec<OutcomeLine>,
    /// A decision that lacked something: the unit, what was typed, what is wrong.
    wrong: Option<(String, String, String)>,
}

pub(crate) fn year_asked(asked: &Posted) -> Option<i16> {
    let year = asked.number("year").and_then(|year| i16::try_from(year).ok());
    year.filter(|year| (1900..=2999).contains(year))
}

fn view(desk: &Desk, standing: &YearStanding, years: Vec<i16>, editor: bool) -> YearPage {
    let chief = desk.person().is_some_and(|person| Chief::of(person).is_some());
    let last = standing.periods.last().map(|period| period.last.to_string()).unwrap_or_default();
    let group = |group: &YearGroup| GroupView {
        name: group.name.clone(),
        size: format!("{}个单位", group.size),
        rows: group.rows.iter().map(|row| RowView::of(row, &last)).collect(),
    };
    YearPage {
        frame: desk.frame(Room::Assessment, "年度得分"),
        year: standing.year,
        years: years.into_iter().map(|year| (year, year == standing.year)).collect(),
        closed: standing.closed,
        scheme: standing.scheme.clone(),
        whole: standing.whole,
        editor,
        periods: standing
            .periods
            .iter()
            .map(|period| period.period.within_year().trim_end_matches('份').to_owned())
            .collect(),
        groups: standing.groups.iter().map(group).collect(),
        outcomes: standing.outcomes.iter().map(|outcome| OutcomeLine::of(outcome, standing.closed && chief)).collect(),
        wrong: None,
    }
}

/// `GET /assessment/year?year=2018`
async fn page(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let editor = Editor::of(&who).is_some();
    let wanted = year_asked(&asked);
    let (standing, years) = desk
        .run(move |app| {
            let years = app.years()?;
            let year = wanted.or(years.first().copied()).ok_or(Problem::NotThere)?;
            Ok((app.year_standing(&who, year)?, years))
        })
        .await?;
    desk.show(&view(&desk, &standing, years, editor))
}

/// `POST /assessment/year/{year}/direct-point`: fields unit, decision (lose, keep), reason.
async fn decide(desk: Desk, By(who): By<Chief>, Path(year): Path<String>, posted: Posted) -> Answer {
    let year: i16 = year.parse().map_err(|_| Oops::from(Problem::NotThere))?;
    let unit = UnitId(posted.number("unit").ok_or(Problem::NotThere)?);
    let (loses, reason) = (posted.one("decision") == "lose", posted.trimmed("reason"));
    let by = who.clone();
    match desk.run(move |app| app.decide_direct_point(&by, year, unit, loses, &reason)).await {
        Ok(done) => desk.done(&format!("/assessment/year?year={year}"), &done),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let (standing, years) = desk.run(move |app| Ok((app.year_standing(&who, year)?, app.years()?))).await?;
                let sentence = faults.into_iter().map(|fault| fault.sentence).collect();
                let mut page = view(&desk, &standing, years, true);
                page.wrong = Some((unit.to_string(), posted.one("reason").to_owned(), sentence));
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

async fn circular(desk: &Desk, who: Editor, year: &str, format: PaperFormat) -> Answer {
    let year: i16 = year.parse().map_err(|_| Oops::from(Problem::NotThere))?;
    Ok(sheets::file(desk.run(move |app| app.annual_circular(&who, year, format)).await?))
}

async fn docx(desk: Desk, By(who): By<Editor>, Path(year): Path<String>) -> Answer {
    circular(&desk, who, &year, PaperFormat::Docx).await
}

async fn pdf(desk: Desk, By(who): By<Editor>, Path(year): Path<String>) -> Answer {
    circular(&desk, who, &year, PaperFormat::Pdf).await
}
