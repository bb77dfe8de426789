//! The room of publications (刊物): its routes, and what its pages share. `shelf.rs` lists issues and `archive.rs` searches past
//! ones, `compose.rs` arranges a draft, `trim.rs` shows how it falls on its pages, `compare.rs` what its units had sent;
//! `issue.rs` shows a published one, `press.rs` signs, publishes and withdraws, `reading.rs` is for readers, `titles.rs` keeps
//! the publications themselves.

mod archive;
mod compare;
mod compose;
mod issue;
mod press;
pub(crate) mod reading;
mod shelf;
mod titles;
mod trim;

pub(crate) use archive::archive_wish;

use std::str::FromStr;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tz_app::publication::{IssueState, IssueView, Paper, Place};
use tz_app::{Chief, Editor, Problem};
use tz_model::{IssueId, Period};

use crate::desk::Desk;
use crate::gate::By;
use crate::problem::Answer;
use crate::{Allow, Routes};

/// Every route of the room of publications with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/publication", Allow::Editors, shelf::list)
        .get("/publication/archive", Allow::Editors, archive::search)
        .get("/publication/archive/{publication}", Allow::Editors, archive::of_one)
        .get("/publication/archive/{publication}/year.zip", Allow::Editors, archive::year)
        .get("/publication/read", Allow::IssueReaders, reading::list)
        .get("/publication/read/{issue}", Allow::IssueReaders, reading::read)
        .post("/publication/read/{issue}/comment", Allow::Leaders, reading::comment)
        .get("/publication/read/{issue}/file.pdf", Allow::IssueReaders, reading::read_pdf)
        .post("/publication/adopt", Allow::Editors, compose::adopt)
        .get("/publication/titles", Allow::Chiefs, titles::titles)
        .post("/publication/titles", Allow::Chiefs, titles::add_title)
        .post("/publication/titles/{publication}", Allow::Chiefs, titles::save_title)
        .get("/publication/{issue}", Allow::Editors, issue)
        .post("/publication/{issue}/save", Allow::Editors, compose::save)
        .post("/publication/{issue}/measure", Allow::Editors, trim::measure)
        .get("/publication/{issue}/preview", Allow::Editors, trim::preview)
        .get("/publication/{issue}/pages.pdf", Allow::Editors, trim::pages)
        .get("/publication/{issue}/compare/{item}", Allow::Editors, compare::compare)
        .get("/publication/{issue}/proof", Allow::Editors, compose::proof)
        .get("/publication/{issue}/proof.pdf", Allow::Editors, compose::proof_pdf)
        .get("/publication/{issue}/download", Allow::Editors, issue::download)
        .get("/publication/{issue}/download.pdf", Allow::Editors, issue::download_pdf)
        .get("/publication/{issue}/publish", Allow::Chiefs, press::publish_page)
        .post("/publication/{issue}/publish", Allow::Chiefs, press::publish)
        .post("/publication/{issue}/sign", Allow::Chiefs, press::sign)
        .post("/publication/{issue}/unsign", Allow::Chiefs, press::unsign)
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

/// What each paragraph of a piece was made of, in words: the start of the paragraph, and where it comes from. Of a piece of one
/// item only the paragraphs that are not its own words.
fn origin_words(place: &Place) -> Vec<(String, String)> {
    let merged = place.sources.len() > 1;
    let from = |source: usize, share: u16| {
        let units = place.sources.get(source).map_or("", |source| source.units.as_str());
        let how = match share {
            950.. => "原文",
            600..950 => "略有修改",
            _ => "部分文字",
        };
        format!("{units}（{how}）")
    };
    place
        .origins
        .iter()
        .filter(|paragraph| merged || paragraph.from.is_empty())
        .map(|paragraph| {
            let start: String = paragraph.text.chars().take(18).collect();
            let dots = if paragraph.text.chars().count() > 18 { "…" } else { "" };
            let words: Vec<String> = paragraph.from.iter().map(|(source, share)| from(*source, *share)).collect();
            let words = if words.is_empty() { "编辑撰写".to_owned() } else { words.join("、") };
            (format!("{start}{dots}"), words)
        })
        .collect()
}

/// `GET /publication/{issue}`: a draft to be composed, or a published issue to be read.
async fn issue(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    let by = who.clone();
    let view = desk.run(move |app| app.issue(&by, id)).await?;
    match view.brief.state {
        IssueState::Draft => compose::show(desk, who, view).await,
        IssueState::Published | IssueState::Withdrawn => issue::show(desk, who, view).await,
    }
}

fn editor(who: &Chief) -> Editor {
    Editor::of(who).expect("a chief is an editor who also publishes")
}
