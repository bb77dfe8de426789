//! 消息: what a person was told, and how they want to be told. Open to everybody who is signed in, each their own.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use tz_app::notice::{MailChoice, MyChoices, NoticeView, NoticeWish};
use tz_app::{FieldFault, Person, Problem};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::Answer;
use crate::{Allow, Routes, words};

/// Every route of a person's notices.
pub(crate) fn routes() -> Routes {
    const WHO: Allow = Allow::SignedIn;
    Routes::default()
        .get("/notice", WHO, list)
        .post("/notice/read", WHO, read_all)
        .get("/notice/settings", WHO, settings)
        .post("/notice/settings", WHO, choose)
        .post("/notice/{notice}/open", WHO, open)
}

struct Line {
    id: i64,
    kind: &'static str,
    title: String,
    body: String,
    at: String,
    read: bool,
    mail: String,
}

#[derive(Template)]
#[template(path = "notice/list.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
    unread: i64,
    older: Option<i64>,
}

fn line(view: NoticeView) -> Line {
    Line {
        id: view.id,
        kind: view.kind.map_or("", tz_app::notice::NoticeKind::name),
        title: view.title,
        body: view.body,
        at: words::moment(view.at),
        read: view.read,
        mail: view.mail,
    }
}

/// `GET /notice`: `before` an older page.
async fn list(desk: Desk, By(who): By<Person>, Asked(asked): Asked) -> Answer {
    let before = asked.number("before");
    let (views, more) = desk.run(move |app| app.notices(&who, before)).await?;
    let older = views.last().filter(|_| more).map(|view| view.id);
    let frame = desk.frame(Room::None, "消息");
    let unread = frame.unread;
    desk.show(&ListPage { frame, lines: views.into_iter().map(line).collect(), unread, older })
}

/// `POST /notice/{notice}/open`: read from now on; goes to the page it is about.
async fn open(desk: Desk, By(who): By<Person>, Path(notice): Path<String>) -> Answer {
    let id = notice.parse().map_err(|_| Problem::NotThere)?;
    let href = desk.run(move |app| app.open_notice(&who, id)).await?;
    Ok(Redirect::to(&href).into_response())
}

/// `POST /notice/read`
async fn read_all(desk: Desk, By(who): By<Person>) -> Answer {
    desk.run(move |app| app.read_notices(&who)).await?;
    desk.done("/notice", "消息已全部标为已读。")
}

struct ChoiceRow {
    key: &'static str,
    name: &'static str,
    told: &'static str,
    ways: Vec<(&'static str, &'static str, bool)>,
}

#[derive(Template)]
#[template(path = "notice/settings.html")]
struct SettingsPage {
    frame: Frame,
    rows: Vec<ChoiceRow>,
    address: String,
    goes_to: String,
    quiet_from: String,
    quiet_to: String,
    office_sends: bool,
    faults: Faults,
}

fn settings_page(desk: &Desk, mine: MyChoices, typed: Option<(&Posted, Vec<FieldFault>)>) -> SettingsPage {
    let field = |name: &str, held: String| typed.as_ref().map_or(held, |(posted, _)| posted.one(name).to_owned());
    SettingsPage {
        frame: desk.frame(Room::None, "消息接收方式"),
        rows: mine
            .lines
            .iter()
            .map(|line| {
                let chosen = field(line.kind.key(), line.mail.key().to_owned());
                ChoiceRow {
                    key: line.kind.key(),
                    name: line.kind.name(),
                    told: line.kind.told(),
                    ways: MailChoice::ALL.map(|way| (way.key(), way.name(), way.key() == chosen)).to_vec(),
                }
            })
            .collect(),
        address: field("address", mine.address),
        quiet_from: field("quiet_from", mine.quiet_from),
        quiet_to: field("quiet_to", mine.quiet_to),
        goes_to: mine.goes_to,
        office_sends: mine.office_sends,
        faults: typed.map(|(_, faults)| Faults::of(faults, &["address", "quiet"])).unwrap_or_default(),
    }
}

/// `GET /notice/settings`
async fn settings(desk: Desk, By(who): By<Person>) -> Answer {
    let mine = desk.run(move |app| app.my_notice_choices(&who)).await?;
    desk.show(&settings_page(&desk, mine, None))
}

/// `POST /notice/settings`: a field of each kind's key; address, quiet_from, quiet_to.
async fn choose(desk: Desk, By(who): By<Person>, posted: Posted) -> Answer {
    let person = who.clone();
    let mine = desk.run(move |app| app.my_notice_choices(&person)).await?;
    let wish = NoticeWish {
        choices: mine
            .lines
            .iter()
            .map(|line| (line.kind.key().to_owned(), posted.one(line.kind.key()).to_owned()))
            .collect(),
        address: posted.trimmed("address"),
        quiet_from: posted.trimmed("quiet_from"),
        quiet_to: posted.trimmed("quiet_to"),
    };
    match desk.run(move |app| app.choose_notices(&who, &wish)).await {
        Ok(()) => desk.done("/notice/settings", "已保存。以后的消息按这里的方式告知。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => desk.show_faulty(&settings_page(&desk, mine, Some((&posted, faults)))),
            other => Err(other.into()),
        },
    }
}
