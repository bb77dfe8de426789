//! A published or withdrawn issue as a paper, and its files.

use askama::Template;
use axum::extract::Path;
use tz_app::publication::{IssueState, IssueView, Readers};
use tz_app::{Chief, Editor, FieldFault, IssueReader, PaperFormat};
use tz_model::IssueId;

use super::reading::ReadersPart;
use super::shelf::IssueLine;
use super::{credit_words, file, id_of, origin_words};
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
    form: String,
    /// The items it was made of: number, address, units.
    sources: Vec<(String, String, String)>,
    /// What its paragraphs were made of, where that is more than one item.
    origins: Vec<(String, String)>,
    /// The item that leads it.
    item: i64,
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
    readers: ReadersPart,
    may_withdraw: bool,
    reason: String,
    faults: Faults,
}

pub(super) fn page(desk: &Desk, view: IssueView, readers: Readers, reason: &str, faults: Vec<FieldFault>) -> IssuePage {
    let credits = credit_words(&view);
    let line = IssueLine::of(view.brief.clone());
    let mut column = String::new();
    let items = view
        .places
        .into_iter()
        .map(|place| {
            let changed = place.column != column;
            column.clone_from(&place.column);
            let origins = origin_words(&place);
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
                form: place.form,
                item: place.item.0,
                sources: place
                    .sources
                    .into_iter()
                    .map(|source| (source.number, format!("/intake/{}", source.item), source.units))
                    .collect(),
                origins,
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
        published: published_words(view.published, view.signing.signed.map(|(by, _)| by)),
        credits,
        readers: ReadersPart::of(readers),
        may_withdraw: view.brief.state == IssueState::Published
            && desk.person().is_some_and(|person| Chief::of(person).is_some()),
        reason: reason.to_owned(),
        faults: Faults::of(faults, &["reason"]),
    }
}

/// Who signed and who published, and when.
fn published_words(published: Option<(String, jiff::Timestamp)>, signed: Option<String>) -> String {
    let Some((by, at)) = published else { return String::new() };
    match signed {
        Some(signer) if signer != by => format!("{signer}签发，{by}于{}刊发", words::full_moment(at)),
        Some(_) | None => format!("{by}于{}签发", words::full_moment(at)),
    }
}

/// `GET /publication/{issue}` of a published or withdrawn issue.
pub(super) async fn show(desk: Desk, who: Editor, view: IssueView) -> Answer {
    let id = view.brief.id;
    let readers = desk.run(move |app| app.readers_of(&who, id)).await?;
    desk.show(&page(&desk, view, readers, "", Vec::new()))
}

/// `GET /publication/{issue}/download`
pub(super) async fn download(desk: Desk, By(who): By<IssueReader>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.issue_paper(&who, id, PaperFormat::Docx)).await?))
}

/// `GET /publication/{issue}/download.pdf`
pub(super) async fn download_pdf(desk: Desk, By(who): By<IssueReader>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.issue_paper(&who, id, PaperFormat::Pdf)).await?))
}
