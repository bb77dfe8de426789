//! The room of publications (刊物): its routes, and what its pages share. `shelf.rs` lists issues, `compose.rs` arranges a
//! draft, `issue.rs` shows a published one, `press.rs` publishes and withdraws, `titles.rs` keeps the publications themselves.

mod compose;
mod issue;
mod press;
mod shelf;
mod titles;

use std::str::FromStr;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tz_app::publication::{IssueState, IssueView, Paper};
use tz_app::{Chief, Editor, Problem};
use tz_model::{IssueId, Period};

use crate::desk::Desk;
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::Answer;
use crate::{Allow, Routes};

/// Every route of the room of publications with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/publication", Allow::Editors, shelf::list)
        .get("/publication/archive/{publication}", Allow::Editors, shelf::archive)
        .post("/publication/adopt", Allow::Editors, compose::adopt)
        .get("/publication/titles", Allow::Chiefs, titles::titles)
        .post("/publication/titles", Allow::Chiefs, titles::add_title)
        .post("/publication/titles/{publication}", Allow::Chiefs, titles::save_title)
        .get("/publication/{issue}", Allow::Editors, issue)
        .post("/publication/{issue}/save", Allow::Editors, compose::save)
        .get("/publication/{issue}/proof", Allow::Editors, compose::proof)
        .get("/publication/{issue}/proof.pdf", Allow::Editors, compose::proof_pdf)
        .get("/publication/{issue}/download", Allow::Editors, issue::download)
        .get("/publication/{issue}/download.pdf", Allow::Editors, issue::download_pdf)
        .get("/publication/{issue}/publish", Allow::Chiefs, press::publish_page)
        .post("/publication/{issue}/publish", Allow::Chiefs, press::publish)
        .post("/publication/{issue}/withdraw", Allow::Chiefs, press::withdraw)
}

/// An identity out of an address; what is none is not there.
pub(crate) fn id_of<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::NotThere)
}

/// A sentence more where a fact belongs to a closed month (R14).
pub(crate) fn late_words(late: Option<Period>) -> String {
    late.map_or_else(String::new, |closed| {
        let open = if closed.is_month() { "月份" } else { "一期" };
        format!("{}已关账，其变化作为更正计入未关账的{open}，原计分表不变。", closed.chinese())
    })
}

/// A file to be saved.
pub(crate) fn file(paper: Paper) -> Response {
    let name = percent_encoding::utf8_percent_encode(&paper.name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"issue.{}\"; filename*=UTF-8''{name}", paper.format.ending());
    (
        [(header::CONTENT_TYPE, paper.format.media_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)],
        paper.bytes,
    )
        .into_response()
}

/// What printing in a title is worth, in words.
fn worth(title: &tz_app::publication::Title) -> String {
    match (&title.points, title.kind.is_empty()) {
        (_, true) => "不计分".to_owned(),
        (Some(points), false) => format!("{}，每条{points}分", title.kind),
        (None, false) => format!("“{}”不在现行计分办法中，请在刊物设置中改正", title.kind),
    }
}

fn credit_words(view: &IssueView) -> Vec<(String, String, String)> {
    view.credits.iter().map(|(unit, points, why)| (unit.clone(), points.signed(), why.clone())).collect()
}

/// `GET /publication/{issue}`: a draft to be composed, or a published issue to be read.
async fn issue(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    let view = desk.run(move |app| app.issue(&who, id)).await?;
    match view.brief.state {
        IssueState::Draft => desk.show(&compose::page(&desk, view, &Posted::default(), Vec::new())),
        IssueState::Published | IssueState::Withdrawn => desk.show(&issue::page(&desk, view, "", Vec::new())),
    }
}

fn editor(who: &Chief) -> Editor {
    Editor::of(who).expect("a chief is an editor who also publishes")
}
