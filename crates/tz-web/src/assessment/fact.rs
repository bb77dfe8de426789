//! The facts under a figure, and one with its rows in the ledger; an editor fills in what the scheme asks of it beyond the tables'
//! own columns (补充登记).

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::{FactHistory, FactList};
use tz_app::facts::{Mending, Typed};
use tz_app::{Editor, FieldFault, Person, Problem, Role};
use tz_model::{FactId, Month, Table, UnitId};

use super::{path_month, place_href};
use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::{Allow, Routes, words};

/// The routes of facts.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/assessment/facts", Allow::ReportersAndEditors, list)
        .get("/assessment/fact/{table}/{key}", Allow::ReportersAndEditors, page)
        .post("/assessment/fact/{table}/{key}", Allow::Editors, fill)
}

/// Where a fact stands with its rows in the ledger.
pub(crate) fn href(fact: &FactId) -> String {
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("/assessment/fact/{}/{}", encoded(fact.table.name()), encoded(&fact.key))
}

/// A fact in a list.
struct FactLineView {
    date: String,
    name: String,
    title: String,
    place: Option<String>,
    note: String,
    units: String,
    ledger: String,
    counted: bool,
}

#[derive(Template)]
#[template(path = "assessment/facts.html")]
struct FactsPage {
    frame: Frame,
    heading: String,
    back: String,
    sheet: String,
    lines: Vec<FactLineView>,
    more: bool,
}

/// Which facts are asked for: a period by a month of it, the table, perhaps a unit.
pub(crate) fn facts_asked(asked: &Asked) -> Result<(Month, Table, Option<UnitId>), Oops> {
    Ok((path_month(asked.one("month"))?, table_of(asked.one("table"))?, asked.number("unit").map(UnitId)))
}

/// `GET /assessment/facts?month=2018-06&table=采用&unit=1`: the facts of a period that hold now.
async fn list(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let (month, table, unit) = facts_asked(&asked)?;
    let encoded = percent_encoding::utf8_percent_encode(table.name(), percent_encoding::NON_ALPHANUMERIC);
    let of_unit = unit.map(|unit| format!("&unit={unit}")).unwrap_or_default();
    let sheet = format!("/assessment/facts/list.xlsx?month={month}&table={encoded}{of_unit}");
    let editor = matches!(who.role, Role::Editor | Role::Chief);
    let found: FactList = desk.run(move |app| app.period_facts(&who, month, table, unit)).await?;
    let of = if found.unit.is_empty() { String::new() } else { format!(" · {}", found.unit) };
    desk.show(&FactsPage {
        frame: desk.frame(Room::Assessment, table.name()),
        heading: format!("{} · {}{of}", table.name(), found.period.chinese()),
        back: format!("/assessment?month={}", found.period.last),
        sheet,
        more: found.more,
        lines: found
            .lines
            .into_iter()
            .map(|line| FactLineView {
                date: line.fact.date.clone(),
                place: place_href(line.fact.place, editor),
                ledger: href(&line.fact.id),
                title: line.fact.title,
                note: line.fact.note,
                name: line.name,
                units: line.units,
                counted: line.counted,
            })
            .collect(),
    })
}

/// A row of a fact in the ledger.
struct VersionView {
    seq: i64,
    at: String,
    by: String,
    reason: String,
    what: String,
    revoked: bool,
}

#[derive(Template)]
#[template(path = "assessment/fact.html")]
struct FactPage {
    frame: Frame,
    heading: String,
    about: Vec<(&'static str, String)>,
    place: Option<String>,
    versions: Vec<VersionView>,
    revoked: bool,
    /// An editor looks, and the fact holds: its further columns may be filled in.
    may_fill: bool,
    action: String,
    faults: Faults,
    cells: Vec<CellView>,
}

fn table_of(name: &str) -> Result<Table, Oops> {
    Table::named(name).filter(|table| *table != Table::Units).ok_or_else(|| Problem::NotThere.into())
}

fn version(one: &tz_app::assessment::FactVersion) -> VersionView {
    VersionView {
        seq: one.seq,
        at: words::full_moment(one.at),
        by: one.by.clone(),
        reason: one.reason.clone(),
        what: words::dotted(&[&one.date, &one.name, &one.units]),
        revoked: one.revoked,
    }
}

fn view(
    desk: &Desk,
    editor: bool,
    (history, mending): &(FactHistory, Option<Mending>),
    held: Option<&Typed>,
    mut found: Vec<FieldFault>,
) -> FactPage {
    let cells = match mending {
        Some(fact) => cells::views(&fact.fields, held.unwrap_or(&fact.cells), &mut found),
        None => Vec::new(),
    };
    let faults = cells::with(Faults::of(found, &[]), &cells);
    let fact = &history.fact;
    let mut about = vec![("日期", fact.date.clone()), ("单位", history.units.clone())];
    about.extend(
        [("名称", &history.name), ("标题", &fact.title), ("说明", &fact.note)].map(|(what, text)| (what, text.clone())),
    );
    about.extend(history.further.iter().cloned());
    about.retain(|(_, text)| !text.is_empty());
    FactPage {
        frame: desk.frame(Room::Assessment, "计分事实"),
        heading: format!("计分事实 · {}", fact.id),
        about,
        place: place_href(fact.place, editor),
        revoked: history.versions.last().is_some_and(|last| last.revoked),
        versions: history.versions.iter().map(version).collect(),
        may_fill: mending.is_some(),
        action: href(&fact.id),
        faults,
        cells,
    }
}

async fn fact_of(desk: &Desk, who: &Person, table: Table, key: String) -> Result<(FactHistory, Option<Mending>), Oops> {
    let (person, editor) = (who.clone(), Editor::of(who));
    desk.run(move |app| {
        let mending = match editor.map(|editor| app.fact_cells(&editor, table, &key)).transpose() {
            // One taken back has nothing to be filled in.
            Err(Problem::NotThere) => None,
            other => other?,
        };
        Ok((app.fact_history(&person, table, &key)?, mending))
    })
    .await
}

/// `GET /assessment/fact/{table}/{key}`
async fn page(desk: Desk, By(who): By<Person>, Path((table, key)): Path<(String, String)>) -> Answer {
    let editor = matches!(who.role, Role::Editor | Role::Chief);
    let fact = fact_of(&desk, &who, table_of(&table)?, key).await?;
    desk.show(&view(&desk, editor, &fact, None, Vec::new()))
}

/// `POST /assessment/fact/{table}/{key}`
async fn fill(desk: Desk, By(who): By<Editor>, Path((table, key)): Path<(String, String)>, posted: Posted) -> Answer {
    let (table, typed, by) = (table_of(&table)?, cells::typed(&posted), who.clone());
    let (wanted, given) = (key.clone(), typed.clone());
    match desk.run(move |app| app.fill_cells(&by, table, &wanted, &given)).await {
        Ok(recorded) => {
            let to = href(&FactId { table, key: recorded.key.as_str().into() });
            desk.done(&to, &format!("已补充登记。{}", late_words(recorded.late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let fact = fact_of(&desk, &who, table, key).await?;
                desk.show_faulty(&view(&desk, true, &fact, Some(&typed), found))
            }
            other => Err(other.into()),
        },
    }
}
