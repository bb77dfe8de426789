//! A published or withdrawn issue as a paper, and its files.

use askama::Template;
use axum::extract::Path;
use tz_app::publication::{IssueState, IssueView};
use tz_app::{Chief, Editor, FieldFault, PaperFormat};
use tz_model::IssueId;

use super::shelf::IssueLine;
use super::{credit_words, file, id_of};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Faults;
use crate::gate::By;
use crate::problem::Answer;
use crate::words;

struct PaperItem {
    column: Option<String>,
    title: String,
    paragraphs: Vec<String>,
    byline: String,
    number: String,
    href: String,
    form: String,
}

#[derive(Template)]
#[template(path = "publication/issue.html")]
pub(super) struct IssuePage {
    frame: Frame,
    id: String,
    label: String,
    name: String,
    number: String,
    running: String,
    office: String,
    date: String,
    short_news: bool,
    items: Vec<PaperItem>,
    receivers: Vec<(&'static str, String)>,
    copies: String,
    state: &'static str,
    tag: &'static str,
    withdrawn_reason: String,
    published: String,
    credits: Vec<(String, String, String)>,
    may_withdraw: bool,
    reason: String,
    faults: Faults,
}

pub(super) fn page(desk: &Desk, view: IssueView, reason: &str, faults: Vec<FieldFault>) -> IssuePage {
    let credits = credit_words(&view);
    let line = IssueLine::of(view.brief.clone());
    let mut column = String::new();
    let items = view
        .places
        .into_iter()
        .map(|place| {
            let changed = place.column != column;
            column.clone_from(&place.column);
            PaperItem {
                column: Some(place.column).filter(|name| changed && !name.is_empty()),
                title: place.title,
                paragraphs: place
                    .body
                    .lines()
                    .map(|line| line.trim().to_owned())
                    .filter(|line| !line.is_empty())
                    .collect(),
                byline: place.byline,
                href: format!("/intake/{}", place.item),
                number: place.number,
                form: place.form,
            }
        })
        .collect();
    let receivers = [("报", view.report_to), ("送", view.send_to), ("发", view.distribute_to)]
        .into_iter()
        .filter(|(_, to)| !to.is_empty())
        .collect();
    IssuePage {
        frame: desk.frame(Room::Publication, &view.brief.label),
        id: view.brief.id.to_string(),
        number: view.brief.label.split_once('年').map_or("", |(_, number)| number).to_owned(),
        label: view.brief.label,
        name: view.title.name,
        running: line.running,
        office: view.editing_office,
        date: line.date,
        short_news: view.short_news,
        items,
        receivers,
        copies: if view.copies > 0 { format!("共印{}份", view.copies) } else { String::new() },
        state: line.state,
        tag: line.tag,
        withdrawn_reason: line.reason,
        published: view.published.map(|(by, at)| format!("{by}于{}签发", words::full_moment(at))).unwrap_or_default(),
        credits,
        may_withdraw: view.brief.state == IssueState::Published
            && desk.person().is_some_and(|person| Chief::of(person).is_some()),
        reason: reason.to_owned(),
        faults: Faults::of(faults, &["reason"]),
    }
}

/// `GET /publication/{issue}/download`
pub(super) async fn download(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.issue_paper(&who, id, PaperFormat::Docx)).await?))
}

/// `GET /publication/{issue}/download.pdf`
pub(super) async fn download_pdf(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.issue_paper(&who, id, PaperFormat::Pdf)).await?))
}
