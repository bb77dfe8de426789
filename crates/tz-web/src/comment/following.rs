//! Follow-ups (督办): the list with its filters, giving one out, a unit's reply, closing.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::comment::{FollowFilter, FollowState, FollowView, NewFollowUp};
use tz_app::{Editor, FieldFault, Person, Problem, Reporter};

use super::{file_links, tone, views};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::forward::View;
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::report::{download, id, paragraphs, sent_files};
use crate::{Allow, Routes, words};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/comment/follow", Allow::Editors, page)
        .get("/comment/follow/new", Allow::Editors, new_page)
        .post("/comment/follow/new", Allow::Editors, begin)
        .get("/comment/follow/file/{reply}/{position}", Allow::ReportersAndEditors, file)
        .get("/comment/follow/{follow}", Allow::ReportersAndEditors, one)
        .upload("/comment/follow/{follow}/reply", Allow::Reporters, reply)
        .post("/comment/follow/{follow}/return", Allow::Editors, send_back)
        .post("/comment/follow/{follow}/close", Allow::Editors, close)
}

/// A follow-up as a line of a list.
pub(crate) struct FollowLine {
    pub href: String,
    pub unit: String,
    pub requirement: String,
    pub deadline: String,
    pub state: String,
    pub tag: &'static str,
    pub comment: String,
    pub title: String,
}

pub(crate) fn line(view: &FollowView) -> FollowLine {
    let (level, leader, _) = &view.comment;
    FollowLine {
        href: format!("/comment/follow/{}", view.id),
        unit: view.unit.clone(),
        requirement: view.requirement.clone(),
        deadline: words::day(view.deadline),
        state: view.state.words(),
        tag: tone(view.state),
        comment: if leader.is_empty() { level.clone() } else { leader.clone() },
        title: view.title.clone(),
    }
}

#[derive(Template)]
#[template(path = "comment/follow_list.html")]
struct FollowListPage {
    frame: Frame,
    views: Vec<View>,
    /// The filter, as the end of an address.
    query: String,
    /// Key, name with how many, chosen.
    filters: Vec<(&'static str, String, bool)>,
    lines: Vec<FollowLine>,
}

/// The filter asked for, or else what is open.
pub(crate) fn follow_filter(asked: &Posted) -> FollowFilter {
    FollowFilter::ALL.into_iter().find(|one| one.key() == asked.one("show")).unwrap_or_default()
}

/// `GET /comment/follow?show=late`
async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let filter = follow_filter(&asked);
    let (all, counts) = desk.run(move |app| app.follow_ups(&who, filter)).await?;
    let filters = FollowFilter::ALL.iter().zip(counts);
    desk.show(&FollowListPage {
        frame: desk.frame(Room::Comment, "批示督办"),
        views: views(&desk, "/comment/follow"),
        query: format!("?show={}", filter.key()),
        filters: filters.map(|(one, count)| (one.key(), format!("{} {count}", one.name()), *one == filter)).collect(),
        lines: all.iter().map(line).collect(),
    })
}

#[derive(Template)]
#[template(path = "comment/follow_new.html")]
struct FollowNewPage {
    frame: Frame,
    views: Vec<View>,
    key: String,
    comment: String,
    words: String,
    about: String,
    requirement: String,
    deadline: String,
    remind: String,
    groups: Vec<PickGroup>,
    faults: Faults,
}

async fn new(
    desk: &Desk,
    who: Editor,
    key: String,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<FollowNewPage, Oops> {
    let wanted = key.clone();
    let (view, groups) = desk.run(move |app| Ok((app.comment(&who, &wanted)?, app.unit_groups(&who)?))).await?;
    let fact = view.fact;
    let fresh = !typed.has("requirement");
    Ok(FollowNewPage {
        frame: desk.frame(Room::Comment, "交办督办"),
        views: views(desk, ""),
        key,
        comment: words::dotted(&[&fact.name, &fact.leader, &words::day(fact.date)]),
        about: words::dotted(&[&fact.units, &fact.title]),
        words: fact.note,
        requirement: typed.one("requirement").to_owned(),
        deadline: typed.one("deadline").to_owned(),
        remind: if fresh { "3".to_owned() } else { typed.one("remind").to_owned() },
        groups: pick(groups, typed),
        faults: Faults::of(faults, &["requirement", "deadline", "remind", "unit"]),
    })
}

/// `GET /comment/follow/new?key=12`
async fn new_page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let page = new(&desk, who, asked.trimmed("key"), &asked, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /comment/follow/new`
async fn begin(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let wish = NewFollowUp {
        key: posted.trimmed("key"),
        units: picked(&posted),
        requirement: posted.one("requirement").to_owned(),
        deadline: posted.trimmed("deadline"),
        remind: posted.trimmed("remind"),
    };
    let (by, key) = (who.clone(), wish.key.clone());
    match desk.run(move |app| app.follow_up(&by, &wish)).await {
        Ok(units) => desk.done("/comment/follow", &format!("已交{units}个单位办理，单位已能看到。")),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = new(&desk, who, key, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// What was said, as the page shows it.
struct SaidView {
    about: String,
    paragraphs: Vec<String>,
    files: Vec<(String, String)>,
    reply: bool,
}

#[derive(Template)]
#[template(path = "comment/follow.html")]
struct FollowPage {
    frame: Frame,
    views: Vec<View>,
    id: i64,
    line: FollowLine,
    level: String,
    words: String,
    commented: String,
    said: Vec<SaidView>,
    closing: String,
    /// The unit may answer, an editor send back, an editor close.
    may_reply: bool,
    may_return: bool,
    may_close: bool,
    typed: String,
    faults: Faults,
}

async fn whole(desk: &Desk, who: Person, id: i64, typed: &str, faults: Vec<FieldFault>) -> Result<FollowPage, Oops> {
    let (reporter, editor) = (Reporter::of(&who).is_some(), Editor::of(&who).is_some());
    let view = desk.run(move |app| app.one_follow_up(&who, id)).await?;
    let open = view.state != FollowState::Closed;
    Ok(FollowPage {
        frame: desk.frame(Room::Comment, "批示督办"),
        views: if editor { views(desk, "") } else { Vec::new() },
        id,
        line: line(&view),
        level: words::dotted(&[&view.comment.0, &view.comment.1]),
        words: view.comment.2,
        commented: view.commented.map(words::day).unwrap_or_default(),
        said: view
            .said
            .iter()
            .map(|said| SaidView {
                about: format!(
                    "{} {}{}",
                    words::moment(said.at),
                    said.by,
                    if said.reply { "反馈" } else { "退回补充" }
                ),
                paragraphs: paragraphs(&said.words),
                files: file_links(&said.files, "/comment/follow/file"),
                reply: said.reply,
            })
            .collect(),
        closing: view.closing,
        may_reply: reporter && open,
        may_return: editor && view.state == FollowState::Replied,
        may_close: editor && open,
        typed: typed.to_owned(),
        faults: Faults::of(faults, &["words", "file"]),
    })
}

/// `GET /comment/follow/{follow}`
async fn one(desk: Desk, By(who): By<Person>, Path(follow): Path<String>) -> Answer {
    let page = whole(&desk, who, id(&follow)?, "", Vec::new()).await?;
    desk.show(&page)
}

async fn answer(desk: &Desk, who: &Person, id: i64, posted: &Posted, done: Result<(), Oops>, said: &str) -> Answer {
    match done {
        Ok(()) => desk.done(&format!("/comment/follow/{id}"), said),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = whole(desk, who.clone(), id, posted.one("words"), faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /comment/follow/{follow}/reply`
async fn reply(desk: Desk, By(who): By<Reporter>, Path(follow): Path<String>, posted: Posted) -> Answer {
    let (id, by, words, files) = (id(&follow)?, who.clone(), posted.one("words").to_owned(), sent_files(&posted));
    let done = desk.run(move |app| app.reply_follow_up(&by, id, &words, &files)).await;
    answer(&desk, &who, id, &posted, done, "已反馈，等待办公室审核。").await
}

/// `POST /comment/follow/{follow}/return`
async fn send_back(desk: Desk, By(who): By<Editor>, Path(follow): Path<String>, posted: Posted) -> Answer {
    let (id, by, words) = (id(&follow)?, who.clone(), posted.one("words").to_owned());
    let done = desk.run(move |app| app.return_follow_up(&by, id, &words)).await;
    answer(&desk, &who, id, &posted, done, "已退回单位补充。").await
}

/// `POST /comment/follow/{follow}/close`
async fn close(desk: Desk, By(who): By<Editor>, Path(follow): Path<String>, posted: Posted) -> Answer {
    let (id, by, words) = (id(&follow)?, who.clone(), posted.one("words").to_owned());
    let done = desk.run(move |app| app.close_follow_up(&by, id, &words)).await;
    answer(&desk, &who, id, &posted, done, "已办结。").await
}

/// `GET /comment/follow/file/{reply}/{position}`
async fn file(
    desk: Desk,
    By(who): By<Person>,
    Path((reply, position)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let (reply, position) = (id(&reply)?, id(&position)?);
    let (name, bytes) = desk.run(move |app| app.reply_file(&who, reply, position)).await?;
    Ok(download(&name, bytes))
}
