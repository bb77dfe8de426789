//! The room of leaders' comments (批示): comments on items (F1, F1.n3), entered from paper or from a scan beside its picture.
//!
//! `scans.rs` is the queue of scans, `following.rs` what follows from a comment, `claims.rs` what units register about their
//! bulletin, `bulletin.rs` the same entered by the office.

mod bulletin;
mod claims;
mod following;
mod scans;

pub(crate) use following::{FollowLine, follow_filter, line as follow_line};

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::comment::{CommentView, Correction, FollowState, KeptFile, NewComment};
use tz_app::facts::cell_fields;
use tz_app::{Editor, FieldFault, Person, Problem, Reporter};
use tz_model::{Month, Table};

use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::forward::{EnteredLine, View, day_asked, list_with, month_asked, typed_or, undone_wrong};
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::report::{download, id, sent_files};
use crate::{Allow, Routes, words};

/// Every route of the room of comments with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/comment", Allow::ReportersAndEditors, page)
        .upload("/comment", Allow::Editors, record)
        .post("/comment/withdraw", Allow::Editors, withdraw)
        .get("/comment/correct/{comment}", Allow::Editors, correct_page)
        .post("/comment/correct/{comment}", Allow::Editors, correct)
        .get("/comment/file/{comment}/{position}", Allow::Editors, file)
        .get("/comment/bulletin", Allow::Editors, bulletin::page)
        .post("/comment/bulletin", Allow::Editors, bulletin::record)
        .post("/comment/bulletin/withdraw", Allow::Editors, bulletin::withdraw)
        .and(scans::routes())
        .and(following::routes())
        .and(claims::routes())
}

/// The fields of the form, where their faults stand.
const FIELDS: [&str; 8] = ["name", "leader", "date", "item", "unit", "note", "file", "again"];

/// The pages of this room.
fn views(desk: &Desk, here: &str) -> Vec<View> {
    let all = [
        ("领导批示", "/comment"),
        ("扫描件", "/comment/scans"),
        ("督办", "/comment/follow"),
        ("通报获批示", "/comment/bulletin"),
        ("单位登记", "/comment/claims"),
    ];
    // Where the scheme counts other events too, the list of them is called so.
    let events = desk.server.app.scheme_on(desk.server.app.today()).map(|scheme| {
        let names = scheme.names_in(Table::Events);
        names.iter().any(|name| !name.contains("批示") && !name.contains("培训") && !name.contains("轮训"))
    });
    let other = events.unwrap_or(false);
    all.into_iter()
        .map(|(name, path)| {
            let name = if other && path == "/comment/bulletin" { "其他事项" } else { name };
            View { name: name.to_owned(), path, here: path == here }
        })
        .collect()
}

/// Names with what each is worth, one chosen.
fn priced(choices: Vec<(String, String)>, chosen: &str) -> Vec<(String, String, bool)> {
    let one = |(name, worth): (String, String)| {
        let is_chosen = name == chosen;
        (name.clone(), words::priced(&name, &worth), is_chosen)
    };
    choices.into_iter().map(one).collect()
}

/// The colour of a follow-up's tag.
fn tone(state: FollowState) -> &'static str {
    match state {
        FollowState::Open(_) | FollowState::Uncounted => "",
        FollowState::Due(_) => "warn",
        FollowState::Late(_) => "official",
        FollowState::Replied => "act",
        FollowState::Closed => "good",
    }
}

/// Address and name of a kept file.
fn file_links(files: &[KeptFile], room: &str) -> Vec<(String, String)> {
    files.iter().map(|file| (format!("{room}/{}/{}", file.owner_id, file.position), file.name.clone())).collect()
}

/// A comment as a line of the list.
struct CommentLine {
    line: EnteredLine,
    on_page: bool,
    files: Vec<(String, String)>,
    /// Address, unit, how it stands, colour.
    follow_ups: Vec<(String, String, String, &'static str)>,
}

impl CommentLine {
    fn of(view: CommentView) -> Self {
        Self {
            on_page: view.on_page,
            files: file_links(&view.files, "/comment/file"),
            follow_ups: view
                .follow_ups
                .into_iter()
                .map(|(id, unit, state)| (format!("/comment/follow/{id}"), unit, state.words(), tone(state)))
                .collect(),
            line: EnteredLine::of(view.fact),
        }
    }
}

/// The form for a comment, alone or beside the picture of a scan (`comment/fields.html`).
struct CommentForm {
    /// Name, words, chosen.
    choices: Vec<(String, String, bool)>,
    /// What is typed where the scheme lists no names.
    name: String,
    leaders: Vec<String>,
    leader: String,
    date: String,
    item: String,
    note: String,
    groups: Vec<PickGroup>,
    cells: Vec<CellView>,
    again: bool,
    ask_again: bool,
}

async fn form(
    desk: &Desk,
    who: Editor,
    typed: &Posted,
    mut faults: Vec<FieldFault>,
) -> Result<(CommentForm, Faults), Oops> {
    let day = day_asked(typed, desk.server.app.today());
    let (choices, groups, leaders, fields) = desk
        .run(move |app| {
            let leaders = app.leaders(&who)?;
            let fields = cell_fields(&*app.scheme_on(day)?, Table::Comments);
            Ok((app.comment_choices(&who, day)?, app.unit_groups(&who)?, leaders, fields))
        })
        .await?;
    let cells = cells::views(&fields, &cells::typed(typed), &mut faults);
    let fresh = typed.one("date").is_empty() && faults.is_empty() && cells.iter().all(|cell| cell.fault.is_empty());
    let ask_again = faults.iter().any(|fault| fault.field == "again");
    let faults = cells::with(Faults::of(faults, &FIELDS), &cells);
    let form = CommentForm {
        choices: priced(choices, typed.one("name")),
        name: typed.one("name").to_owned(),
        leaders: leaders.iter().map(tz_app::comment::LeaderView::words).collect(),
        leader: typed.one("leader").to_owned(),
        date: typed_or(typed, fresh, "date", desk.server.app.today().to_string()),
        item: typed.one("item").to_owned(),
        note: typed.one("note").to_owned(),
        groups: pick(groups, typed),
        cells,
        again: typed.ticked("again"),
        ask_again,
    };
    Ok((form, faults))
}

#[derive(Template)]
#[template(path = "comment/page.html")]
struct CommentPage {
    frame: Frame,
    views: Vec<View>,
    month: String,
    lines: Vec<CommentLine>,
    form: CommentForm,
    faults: Faults,
}

async fn show(
    desk: &Desk,
    who: Editor,
    month: Option<Month>,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<CommentPage, Oops> {
    let by = who.clone();
    let lines = desk.run(move |app| app.comments(&by, month)).await?;
    let (form, faults) = form(desk, who, typed, faults).await?;
    Ok(CommentPage {
        frame: desk.frame(Room::Comment, "批示"),
        views: views(desk, "/comment"),
        month: month.map(|month| month.to_string()).unwrap_or_default(),
        lines: lines.into_iter().map(CommentLine::of).collect(),
        form,
        faults,
    })
}

/// `GET /comment?month=2018-06`: an editor sees the comments, a reporter what their unit is to do and has registered.
async fn page(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    if let Some(reporter) = Reporter::of(&who) {
        return claims::mine(&desk, reporter, &Posted::default(), Vec::new()).await.and_then(|page| desk.show(&page));
    }
    let who = Editor::of(&who).ok_or(Problem::NotThere)?;
    let month = month_asked(&asked, desk.server.app.this_month());
    let page = show(&desk, who, month, &asked, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /comment`
async fn record(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewComment {
        items: posted.trimmed("item"),
        units: picked(&posted),
        date: posted.trimmed("date"),
        leader: posted.trimmed("leader"),
        level: posted.trimmed("name"),
        words: posted.trimmed("note"),
        cells: cells::typed(&posted),
        files: sent_files(&posted),
        scan_page: posted.number("scan").filter(|page| *page > 0),
        again: posted.ticked("again"),
    };
    let (by, scan) = (who.clone(), new.scan_page);
    let name = if new.level.is_empty() { new.leader.clone() } else { new.level.clone() };
    let to = if scan.is_some() { "/comment/scans".to_owned() } else { list_with("/comment", &new.date) };
    match desk.run(move |app| app.enter_comment(&by, &new)).await {
        Ok(recorded) => desk.done(&to, &format!("已登记“{name}”。{}", late_words(recorded.late))),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => match scan {
                Some(page) => scans::beside(&desk, who, page, &posted, faults).await,
                None => {
                    let page = show(&desk, who, Some(desk.server.app.this_month()), &posted, faults).await?;
                    desk.show_faulty(&page)
                }
            },
            other => Err(other.into()),
        },
    }
}

/// `POST /comment/withdraw`
async fn withdraw(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    match desk.run(move |app| app.withdraw_entered(&by, Table::Comments, &key, &reason)).await {
        Ok(recorded) => {
            let to = format!("/comment?month={}", posted.month());
            desk.done(&to, &format!("已撤销。{}", late_words(recorded.late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let month = month_asked(&posted, desk.server.app.this_month());
                let mut page = show(&desk, who, month, &Posted::default(), Vec::new()).await?;
                page.faults =
                    Faults::of(undone_wrong(page.lines.iter_mut().map(|one| &mut one.line), &posted, found), &[]);
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

#[derive(Template)]
#[template(path = "comment/correct.html")]
struct CorrectPage {
    frame: Frame,
    views: Vec<View>,
    key: String,
    about: String,
    choices: Vec<(String, String, bool)>,
    name: String,
    leader: String,
    date: String,
    note: String,
    reason: String,
    faults: Faults,
}

async fn correcting(
    desk: &Desk,
    who: Editor,
    key: String,
    typed: Option<&Posted>,
    faults: Vec<FieldFault>,
) -> Result<CorrectPage, Oops> {
    let wanted = key.clone();
    let (view, choices) = desk
        .run(move |app| {
            let view = app.comment(&who, &wanted)?;
            let choices = app.comment_choices(&who, view.fact.date)?;
            Ok((view, choices))
        })
        .await?;
    let fact = view.fact;
    let field = |name: &str, held: String| typed.map_or(held, |typed| typed.one(name).to_owned());
    let name = field("name", fact.name);
    Ok(CorrectPage {
        frame: desk.frame(Room::Comment, "更正批示"),
        views: views(desk, ""),
        key,
        about: words::dotted(&[&fact.units, &fact.title]),
        choices: priced(choices, &name),
        name,
        leader: field("leader", fact.leader),
        date: field("date", fact.date.to_string()),
        note: field("note", fact.note),
        reason: field("reason", String::new()),
        faults: Faults::of(faults, &["name", "leader", "date", "note", "reason"]),
    })
}

/// `GET /comment/correct/{comment}`
async fn correct_page(desk: Desk, By(who): By<Editor>, Path(key): Path<String>) -> Answer {
    let page = correcting(&desk, who, key, None, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /comment/correct/{comment}`
async fn correct(desk: Desk, By(who): By<Editor>, Path(key): Path<String>, posted: Posted) -> Answer {
    let right = Correction {
        date: posted.trimmed("date"),
        leader: posted.trimmed("leader"),
        level: posted.trimmed("name"),
        words: posted.trimmed("note"),
        reason: posted.trimmed("reason"),
    };
    let (by, wanted, to) = (who.clone(), key.clone(), list_with("/comment", &right.date));
    match desk.run(move |app| app.correct_comment(&by, &wanted, &right)).await {
        Ok(recorded) => desk.done(&to, &format!("已更正。{}", late_words(recorded.late))),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = correcting(&desk, who, key, Some(&posted), faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /comment/file/{comment}/{position}`
async fn file(
    desk: Desk,
    By(who): By<Editor>,
    Path((comment, position)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let (comment, position) = (id(&comment)?, id(&position)?);
    let (name, bytes) = desk.run(move |app| app.comment_file(&who, comment, position)).await?;
    Ok(download(&name, bytes))
}
