//! OutgoingList sent (发信): what became of each.

use askama::Template;
use axum::extract::Path;
use tz_app::Editor;
use tz_app::outgoing::{OUTGOING_STATES, OutgoingKind, outgoing_state_name};

use crate::desk::{Desk, Frame, Room};
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::Answer;
use crate::report::{id, paragraphs, when};
use crate::{Allow, Routes};

/// Every route of the letters sent.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/intake/outgoing", Allow::Editors, list)
        .get("/intake/outgoing/{letter}", Allow::Editors, letter)
        .post("/intake/outgoing/{letter}/again", Allow::Editors, again)
}

fn tone(state: &str) -> &'static str {
    match state {
        "sent" => "good",
        "failed" | "unsure" => "warn",
        _ => "",
    }
}

fn kind_name(key: &str) -> &'static str {
    OutgoingKind::of_key(key).map_or("其他", OutgoingKind::name)
}

struct Count {
    name: &'static str,
    query: String,
    count: i64,
    here: bool,
}

struct Line {
    id: i64,
    decided: String,
    kind: &'static str,
    to: String,
    subject: String,
    state: &'static str,
    tone: &'static str,
    trouble: String,
}

#[derive(Template)]
#[template(path = "intake/outgoing.html")]
struct OutgoingPage {
    frame: Frame,
    enabled: bool,
    counts: Vec<Count>,
    lines: Vec<Line>,
    next: Option<String>,
    /// Behind the workbook's address: the state that is shown.
    query: String,
}

/// `GET /intake/outgoing`: every letter, newest first.
async fn list(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let state = Some(asked.trimmed("state")).filter(|state| OUTGOING_STATES.contains(&state.as_str()));
    let before = asked.number("before");
    let wish = state.clone();
    let letters = desk.run(move |app| app.outgoing(&who, wish.as_deref(), before)).await?;
    let total = letters.counts.iter().map(|(_, count)| count).sum();
    let all = Count { name: "全部", query: String::new(), count: total, here: state.is_none() };
    let counts = letters.counts.iter().map(|(key, count)| Count {
        name: outgoing_state_name(key),
        query: format!("?state={key}"),
        count: *count,
        here: state.as_deref() == Some(key),
    });
    let next = letters.rows.last().filter(|_| letters.more).map(|row| {
        let state = state.as_ref().map(|state| format!("state={state}&")).unwrap_or_default();
        format!("/intake/outgoing?{state}before={}", row.id)
    });
    desk.show(&OutgoingPage {
        frame: desk.frame(Room::Intake, "发信"),
        enabled: letters.enabled,
        query: state.as_ref().map(|state| format!("?state={state}")).unwrap_or_default(),
        counts: std::iter::once(all).chain(counts).collect(),
        next,
        lines: letters
            .rows
            .into_iter()
            .map(|row| Line {
                id: row.id,
                decided: when(row.created_at),
                kind: kind_name(&row.kind),
                to: row.address,
                subject: row.subject,
                state: outgoing_state_name(&row.state),
                tone: tone(&row.state),
                trouble: row.trouble,
            })
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "intake/outgoing_one.html")]
struct OutgoingOnePage {
    frame: Frame,
    id: i64,
    kind: &'static str,
    to: String,
    mail: Option<i64>,
    subject: String,
    body: Vec<String>,
    state: &'static str,
    tone: &'static str,
    trouble: String,
    tries: i64,
    decided: String,
    sent: String,
    again: bool,
}

/// `GET /intake/outgoing/{letter}`
async fn letter(desk: Desk, By(who): By<Editor>, Path(letter): Path<String>) -> Answer {
    let letter = id(&letter)?;
    let row = desk.run(move |app| app.outgoing_one(&who, letter)).await?;
    desk.show(&OutgoingOnePage {
        frame: desk.frame(Room::Intake, "发信"),
        id: row.id,
        kind: kind_name(&row.kind),
        to: row.address,
        mail: row.mail_id,
        body: paragraphs(&row.body),
        subject: row.subject,
        state: outgoing_state_name(&row.state),
        tone: tone(&row.state),
        trouble: row.trouble,
        tries: row.tries,
        decided: when(row.created_at),
        sent: row.sent_at.map(when).unwrap_or_default(),
        again: matches!(row.state.as_str(), "failed" | "unsure"),
    })
}

/// `POST /intake/outgoing/{letter}/again`
async fn again(desk: Desk, By(who): By<Editor>, Path(letter): Path<String>) -> Answer {
    let letter = id(&letter)?;
    desk.run(move |app| app.send_again(&who, letter)).await?;
    desk.done(&format!("/intake/outgoing/{letter}"), "已重新排队，稍后发送。")
}
