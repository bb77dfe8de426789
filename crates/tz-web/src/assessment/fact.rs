//! Filling in what the scheme asks of one fact beyond the tables' own columns (补充登记).

use askama::Template;
use axum::extract::Path;
use tz_app::facts::{Mending, Typed};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::{FactId, Table};

use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::{Allow, Routes, words};

/// The routes of a single fact.
pub(super) fn routes() -> Routes {
    Routes::default().get("/assessment/fact/{table}/{key}", Allow::Editors, page).post(
        "/assessment/fact/{table}/{key}",
        Allow::Editors,
        fill,
    )
}

/// Where a fact's further columns are filled in.
pub(crate) fn href(fact: &FactId) -> String {
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("/assessment/fact/{}/{}", encoded(fact.table.name()), encoded(&fact.key))
}

#[derive(Template)]
#[template(path = "assessment/fact.html")]
struct FactPage {
    frame: Frame,
    heading: String,
    about: Vec<(&'static str, String)>,
    action: String,
    faults: Faults,
    cells: Vec<CellView>,
}

fn table_of(name: &str) -> Result<Table, Oops> {
    Table::named(name).filter(|table| *table != Table::Units).ok_or_else(|| Problem::NotThere.into())
}

fn view(desk: &Desk, fact: &Mending, held: &Typed, mut found: Vec<FieldFault>) -> FactPage {
    let cells = cells::views(&fact.fields, held, &mut found);
    let faults = cells::with(Faults::of(found, &[]), &cells);
    let mut about = vec![("日期", words::day(fact.date)), ("单位", fact.units.clone())];
    about.extend([("名称", &fact.name), ("标题", &fact.title)].map(|(what, text)| (what, text.clone())));
    about.retain(|(_, text)| !text.is_empty());
    FactPage {
        frame: desk.frame(Room::Assessment, "补充登记"),
        heading: format!("补充登记 · {}", fact.id),
        about,
        action: href(&fact.id),
        faults,
        cells,
    }
}

async fn fact_of(desk: &Desk, who: Editor, table: Table, key: String) -> Result<Mending, Oops> {
    desk.run(move |app| app.fact_cells(&who, table, &key)).await
}

/// `GET /assessment/fact/{table}/{key}`
async fn page(desk: Desk, By(who): By<Editor>, Path((table, key)): Path<(String, String)>) -> Answer {
    let fact = fact_of(&desk, who, table_of(&table)?, key).await?;
    desk.show(&view(&desk, &fact, &fact.cells, Vec::new()))
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
                let fact = fact_of(&desk, who, table, key).await?;
                desk.show_faulty(&view(&desk, &fact, &typed, found))
            }
            other => Err(other.into()),
        },
    }
}
