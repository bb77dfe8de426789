//! What a unit or a leader was sent by the close (送达): the list, and a paper to be read.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::assessment::Sent;
use tz_app::{IssueReader, PaperFormat, Role};

use crate::desk::{Desk, Frame, Room};
use crate::gate::By;
use crate::markup::Markup;
use crate::problem::{Answer, Oops};
use crate::report::{download, id};
use crate::{Allow, Routes, words};

/// The routes of papers sent.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/assessment/papers", Allow::IssueReaders, list)
        .get("/assessment/papers/{paper}", Allow::IssueReaders, read)
        .get("/assessment/papers/{paper}/file.docx", Allow::IssueReaders, docx)
        .get("/assessment/papers/{paper}/file.pdf", Allow::IssueReaders, pdf)
}

/// A paper in its receiver's list.
pub(crate) struct SentLine {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) period: String,
    pub(crate) sent: String,
    pub(crate) opened: Option<String>,
    pub(crate) superseded: bool,
    /// A letter to the unit alone.
    pub(crate) letter: bool,
}

/// As a list shows it.
pub(crate) fn line(sent: &Sent) -> SentLine {
    use tz_app::assessment::SentKind;
    SentLine {
        href: format!("/assessment/papers/{}", sent.id),
        name: sent.kind.name().to_owned(),
        period: sent.period.chinese(),
        sent: words::moment(sent.sent_at),
        opened: sent.opened_at.map(words::full_moment),
        superseded: sent.superseded,
        letter: match sent.kind {
            SentKind::Feedback | SentKind::Interview => true,
            SentKind::Bulletin | SentKind::Correction => false,
        },
    }
}

#[derive(Template)]
#[template(path = "assessment/papers.html")]
struct PapersPage {
    frame: Frame,
    papers: Vec<SentLine>,
    office: bool,
}

#[derive(Template)]
#[template(path = "assessment/paper.html")]
struct PaperPage {
    frame: Frame,
    paper: SentLine,
    back: &'static str,
    text: Markup,
}

/// The room a person stands in while reading: a leader has no room of assessment.
fn room(role: Role) -> Room {
    if role == Role::Leader { Room::Dashboard } else { Room::Assessment }
}

/// `GET /assessment/papers`
async fn list(desk: Desk, By(who): By<IssueReader>) -> Answer {
    let role = who.role;
    let sent = desk.run(move |app| app.papers_sent(&who)).await?;
    desk.show(&PapersPage {
        frame: desk.frame(room(role), "通报和函件"),
        papers: sent.iter().map(line).collect(),
        office: matches!(role, Role::Editor | Role::Chief),
    })
}

/// `GET /assessment/papers/{paper}`: notes that it was opened.
async fn read(desk: Desk, By(who): By<IssueReader>, Path(paper): Path<String>) -> Answer {
    let (paper, role) = (id(&paper)?, who.role);
    let found = desk.run(move |app| app.open_sent(&who, paper)).await?;
    desk.show(&PaperPage {
        frame: desk.frame(room(role), &found.title),
        back: if matches!(role, Role::Editor | Role::Chief) { "/assessment/statements" } else { "/assessment/papers" },
        paper: line(&found.sent),
        text: Markup::of_paper(&found),
    })
}

async fn file(desk: &Desk, who: IssueReader, paper: &str, format: PaperFormat) -> Result<Response, Oops> {
    let paper = id(paper)?;
    let (name, bytes) = desk.run(move |app| app.sent_file(&who, paper, format)).await?;
    Ok(download(&name, bytes))
}

/// `GET /assessment/papers/{paper}/file.docx`
async fn docx(desk: Desk, By(who): By<IssueReader>, Path(paper): Path<String>) -> Result<Response, Oops> {
    file(&desk, who, &paper, PaperFormat::Docx).await
}

/// `GET /assessment/papers/{paper}/file.pdf`
async fn pdf(desk: Desk, By(who): By<IssueReader>, Path(paper): Path<String>) -> Result<Response, Oops> {
    file(&desk, who, &paper, PaperFormat::Pdf).await
}
