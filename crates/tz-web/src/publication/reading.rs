//! Reading issues: the list and the page of leaders and of units.

use askama::Template;
use axum::extract::Path;
use tz_app::comment::LeaderComment;
use tz_app::publication::{Readers, ToRead};
use tz_app::{FieldFault, IssueReader, Leader, PaperFormat, Problem};
use tz_model::{IssueId, ItemId, PublicationId};

use super::{file, id_of};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

/// An issue in a reader's list.
pub(crate) struct ReadingLine {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) date: String,
    pub(crate) titles: Vec<String>,
    pub(crate) read: bool,
}

impl ReadingLine {
    pub(crate) fn of(one: ToRead) -> Self {
        Self {
            href: format!("/publication/read/{}", one.brief.id),
            label: one.brief.label,
            date: one.brief.date.map(words::day).unwrap_or_default(),
            titles: one.brief.titles,
            read: one.read,
        }
    }
}

#[derive(Template)]
#[template(path = "publication/reading.html")]
struct ListPage {
    frame: Frame,
    /// Name, address, chosen.
    publications: Vec<(String, String, bool)>,
    issues: Vec<ReadingLine>,
    /// Whose list it is: whether it says what has been read.
    marks: bool,
}

struct PieceRead {
    number: usize,
    column: Option<String>,
    title: String,
    paragraphs: Vec<String>,
    byline: String,
    comments: Vec<CommentLine>,
    /// The item that leads it, for the form.
    item: i64,
    typed: String,
    fault: Option<String>,
}

/// A comment on a piece: `comment_place.html`.
struct CommentLine {
    who: String,
    text: String,
    date: String,
}

#[derive(Template)]
#[template(path = "publication/read.html")]
struct ReadPage {
    frame: Frame,
    id: String,
    name: String,
    number: String,
    running: String,
    office: String,
    date: String,
    withdrawn: bool,
    pieces: Vec<PieceRead>,
    before: Option<(String, String)>,
    after: Option<(String, String)>,
    /// A leader reads it.
    leader: bool,
    /// The leader is in the list of leaders, and may comment.
    may_comment: bool,
}

/// `GET /publication/read?of=1`
pub(super) async fn list(desk: Desk, By(who): By<IssueReader>, asked: Asked) -> Answer {
    let of = asked.number("of").map(PublicationId);
    let marks = who.role == tz_app::Role::Leader || who.role == tz_app::Role::Reporter;
    let (issues, publications) =
        desk.run(move |app| Ok((app.issues_to_read(&who, of)?, app.publications_to_read(&who)?))).await?;
    let all = std::iter::once(("全部".to_owned(), "/publication/read".to_owned(), of.is_none()));
    let each = publications.into_iter().map(|(id, name)| {
        let chosen = of == Some(id);
        (format!("《{name}》"), format!("/publication/read?of={id}"), chosen)
    });
    desk.show(&ListPage {
        frame: desk.frame(Room::Publication, "刊物"),
        publications: all.chain(each).collect(),
        issues: issues.into_iter().map(ReadingLine::of).collect(),
        marks,
    })
}

/// `GET /publication/read/{issue}`: notes that it was read.
pub(super) async fn read(desk: Desk, By(who): By<IssueReader>, Path(id): Path<String>) -> Answer {
    let page = shown(&desk, who, id_of(&id)?, &Posted::default(), &[]).await?;
    desk.show(&page)
}

/// `POST /publication/read/{issue}/comment`: a leader writes a comment (批示) on a piece.
pub(super) async fn comment(desk: Desk, By(who): By<Leader>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let new = LeaderComment {
        issue: Some(id),
        item: posted.number("item").map(ItemId),
        words: posted.one("words").to_owned(),
    };
    let by = who.clone();
    match desk.run(move |app| app.comment_by_leader(&by, &new)).await {
        Ok(_) => desk.done(&format!("/publication/read/{id}"), "批示已登记，办公室已能看到。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let who = IssueReader::of(&who).ok_or(Problem::NotThere)?;
                let page = shown(&desk, who, id, &posted, &faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

async fn shown(
    desk: &Desk,
    who: IssueReader,
    id: IssueId,
    typed: &Posted,
    faults: &[FieldFault],
) -> Result<ReadPage, Oops> {
    let leader = Leader::of(&who);
    let is_leader = leader.is_some();
    let (found, may_comment) = desk
        .run(move |app| {
            let may = leader.map(|leader| app.leader_may_comment(&leader)).transpose()?.unwrap_or(false);
            Ok((app.read_issue(&who, id)?, may))
        })
        .await?;
    let beside = |one: Option<(IssueId, String)>| one.map(|(id, label)| (format!("/publication/read/{id}"), label));
    let mut column = String::new();
    let pieces = found
        .pieces
        .into_iter()
        .zip(1..)
        .map(|(piece, number)| {
            let changed = piece.column != column;
            column.clone_from(&piece.column);
            PieceRead {
                number,
                column: Some(piece.column).filter(|name| changed && !name.is_empty()),
                title: piece.title,
                paragraphs: piece
                    .body
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .collect(),
                byline: piece.byline,
                item: piece.item.0,
                typed: if typed.number("item") == Some(piece.item.0) {
                    typed.one("words").to_owned()
                } else {
                    String::new()
                },
                fault: faults.iter().find(|fault| fault.of == Some(piece.item.0)).map(|fault| fault.sentence.clone()),
                comments: piece
                    .comments
                    .into_iter()
                    .map(|comment| CommentLine {
                        who: comment.leader,
                        text: comment.text,
                        date: tz_model::parse_date(&comment.date).map(words::day).unwrap_or_default(),
                    })
                    .collect(),
            }
        })
        .collect();
    let brief = found.brief;
    Ok(ReadPage {
        frame: desk.frame(Room::Publication, &brief.label),
        id: id.to_string(),
        number: brief.label.split_once('年').map_or("", |(_, number)| number).to_owned(),
        running: brief.running.map(|number| format!("总第{number}期")).unwrap_or_default(),
        date: brief.date.map(words::day).unwrap_or_default(),
        withdrawn: brief.state == tz_app::publication::IssueState::Withdrawn,
        name: found.name,
        office: found.editing_office,
        pieces,
        before: beside(found.around.0),
        after: beside(found.around.1),
        leader: is_leader,
        may_comment,
    })
}

/// `GET /publication/read/{issue}/file.pdf`
pub(super) async fn read_pdf(desk: Desk, By(who): By<IssueReader>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.issue_paper(&who, id, PaperFormat::Pdf)).await?))
}

/// Who has read an issue, for the office's own page.
pub(super) struct ReadersPart {
    /// `已读3人，未读2人`
    pub(super) sum: String,
    /// Name and moment.
    pub(super) read: Vec<(String, String)>,
    pub(super) unread: Vec<String>,
}

impl ReadersPart {
    pub(super) fn of(readers: Readers) -> Self {
        let (read, unread) = readers.count();
        let all = readers.leaders.into_iter().chain(readers.units);
        let (opened, waiting): (Vec<_>, Vec<_>) = all.partition(|reader| reader.read_at.is_some());
        Self {
            sum: format!("已读{read}人，未读{unread}人"),
            read: opened
                .into_iter()
                .map(|reader| (reader.name, reader.read_at.map(words::full_moment).unwrap_or_default()))
                .collect(),
            unread: waiting.into_iter().map(|reader| reader.name).collect(),
        }
    }
}
