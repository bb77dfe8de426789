//! What units register about their bulletin (通报获批示, F1.n2), and the page 批示 as a unit sees it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::comment::{ClaimState, ClaimView, FollowFilter, NewClaim};
use tz_app::{Editor, FieldFault, Person, Problem, Reporter};

use super::following::{FollowLine, line as follow_line};
use super::views;
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::forward::View;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::report::{Choice, download, id, sent_files};
use crate::{Allow, Routes, words};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/comment/claims", Allow::Editors, page)
        .upload("/comment/claims", Allow::Reporters, register)
        .post("/comment/claims/{claim}/withdraw", Allow::Reporters, withdraw)
        .post("/comment/claims/{claim}/confirm", Allow::Editors, confirm)
        .post("/comment/claims/{claim}/refuse", Allow::Editors, refuse)
        .get("/comment/claims/{claim}/file/{position}", Allow::ReportersAndEditors, file)
}

struct ClaimLine {
    id: i64,
    unit: String,
    bulletin: String,
    kind: String,
    person: String,
    date: String,
    words: String,
    state: &'static str,
    tag: &'static str,
    waiting: bool,
    answer: String,
    files: Vec<(String, String)>,
    reason: String,
    fault: Option<String>,
}

fn line(view: ClaimView) -> ClaimLine {
    let files = view.files.iter();
    ClaimLine {
        id: view.id,
        files: files
            .map(|file| (format!("/comment/claims/{}/file/{}", view.id, file.position), file.name.clone()))
            .collect(),
        date: view.date.map(words::day).unwrap_or_default(),
        state: view.state.name(),
        tag: match view.state {
            ClaimState::Asked => "act",
            ClaimState::Confirmed => "good",
            ClaimState::Refused => "official",
            ClaimState::Withdrawn => "",
        },
        waiting: view.state == ClaimState::Asked,
        unit: view.unit,
        bulletin: view.bulletin,
        kind: view.kind,
        person: view.person,
        words: view.words,
        answer: view.answer,
        reason: String::new(),
        fault: None,
    }
}

#[derive(Template)]
#[template(path = "comment/claims.html")]
struct ClaimsPage {
    frame: Frame,
    views: Vec<View>,
    waiting: Vec<ClaimLine>,
    decided: Vec<ClaimLine>,
}

async fn show(desk: &Desk, who: Editor, typed: &Posted, faults: &[FieldFault]) -> Result<ClaimsPage, Oops> {
    let all = desk.run(move |app| app.bulletin_claims(&who)).await?;
    let mut lines: Vec<ClaimLine> = all.into_iter().map(line).collect();
    for one in &mut lines {
        if let Some(fault) = faults.iter().find(|fault| fault.of == Some(one.id)) {
            one.fault = Some(fault.sentence.clone());
            one.reason = typed.one("reason").to_owned();
        }
    }
    let (mut waiting, decided): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.waiting);
    waiting.reverse();
    Ok(ClaimsPage {
        frame: desk.frame(Room::Comment, "单位登记"),
        views: views(desk, "/comment/claims"),
        waiting,
        decided,
    })
}

/// `GET /comment/claims`
async fn page(desk: Desk, By(who): By<Editor>) -> Answer {
    let page = show(&desk, who, &Posted::default(), &[]).await?;
    desk.show(&page)
}

/// `POST /comment/claims/{claim}/confirm`
async fn confirm(desk: Desk, By(who): By<Editor>, Path(claim): Path<String>) -> Answer {
    let claim = id(&claim)?;
    let late = desk.run(move |app| app.confirm_claim(&who, claim)).await?;
    desk.done("/comment/claims", &format!("已确认，计入该单位得分。{}", late_words(late)))
}

/// `POST /comment/claims/{claim}/refuse`
async fn refuse(desk: Desk, By(who): By<Editor>, Path(claim): Path<String>, posted: Posted) -> Answer {
    let (claim, by, reason) = (id(&claim)?, who.clone(), posted.trimmed("reason"));
    match desk.run(move |app| app.refuse_claim(&by, claim, &reason)).await {
        Ok(()) => desk.done("/comment/claims", "已告知单位不予确认的原因。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = show(&desk, who, &posted, &faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// The page 批示 of a unit.
#[derive(Template)]
#[template(path = "comment/mine.html")]
pub(super) struct MinePage {
    frame: Frame,
    follow_ups: Vec<FollowLine>,
    closed: Vec<FollowLine>,
    claims: Vec<ClaimLine>,
    bulletins: Vec<Choice>,
    /// Name, chosen.
    kinds: Vec<(String, bool)>,
    people: Vec<(String, String)>,
    person: String,
    date: String,
    words: String,
    faults: Faults,
}

/// What a unit is to do about comments, and what it has registered about its bulletin.
pub(super) async fn mine(
    desk: &Desk,
    who: Reporter,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<MinePage, Oops> {
    let (open, closed, claims, choices) = desk
        .run(move |app| {
            Ok((
                app.follow_ups(&who, FollowFilter::Open)?.0,
                app.follow_ups(&who, FollowFilter::Closed)?.0,
                app.bulletin_claims(&who)?,
                app.claim_choices(&who)?,
            ))
        })
        .await?;
    let statement = typed.number("statement");
    // Without a bulletin there is no form, and what is wrong stands at the head.
    let fields: &[&str] = if choices.bulletins.is_empty() || choices.kinds.is_empty() {
        &[]
    } else {
        &["statement", "kind", "person", "date", "words", "file"]
    };
    Ok(MinePage {
        frame: desk.frame(Room::Comment, "批示"),
        follow_ups: open.iter().map(follow_line).collect(),
        closed: closed.iter().rev().take(20).map(follow_line).collect(),
        claims: claims.into_iter().map(line).collect(),
        bulletins: choices
            .bulletins
            .into_iter()
            .map(|(id, name)| Choice { id, name, chosen: statement == Some(id) })
            .collect(),
        kinds: choices.kinds.into_iter().map(|kind| (kind.clone(), kind == typed.one("kind"))).collect(),
        people: choices.people,
        person: typed.one("person").to_owned(),
        date: typed.one("date").to_owned(),
        words: typed.one("words").to_owned(),
        faults: Faults::of(faults, fields),
    })
}

/// `POST /comment/claims`
async fn register(desk: Desk, By(who): By<Reporter>, posted: Posted) -> Answer {
    let new = NewClaim {
        statement: posted.number("statement").unwrap_or(0),
        kind: posted.trimmed("kind"),
        person: posted.trimmed("person"),
        date: posted.trimmed("date"),
        words: posted.one("words").to_owned(),
        files: sent_files(&posted),
    };
    let by = who.clone();
    match desk.run(move |app| app.claim_bulletin_comment(&by, &new)).await {
        Ok(()) => desk.done("/comment", "已登记，办公室确认后计分。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = mine(&desk, who, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /comment/claims/{claim}/withdraw`
async fn withdraw(desk: Desk, By(who): By<Reporter>, Path(claim): Path<String>) -> Answer {
    let claim = id(&claim)?;
    desk.run(move |app| app.withdraw_claim(&who, claim)).await?;
    desk.done("/comment", "已撤回。")
}

/// `GET /comment/claims/{claim}/file/{position}`
async fn file(
    desk: Desk,
    By(who): By<Person>,
    Path((claim, position)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let (claim, position) = (id(&claim)?, id(&position)?);
    let (name, bytes) = desk.run(move |app| app.claim_file(&who, claim, position)).await?;
    Ok(download(&name, bytes))
}
