//! Changes of registered mailboxes (登记邮箱变更, N3.1): what a reporter asks for in the room 报送, and what the administrator and
//! the chief decide in theirs.

use askama::Template;
use axum::extract::Path;
use tz_app::mailbox::{Confirmed, MailboxRequest, MailboxWish, request_state_name};
use tz_app::{FieldFault, Person, Problem, Registrar, Reporter, Role};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{id, when};
use crate::{Allow, Routes, words};

/// Every route about changes of registered mailboxes with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/report/mailbox", Allow::Reporters, own)
        .post("/report/mailbox", Allow::Reporters, ask)
        .post("/report/mailbox/{request}/code", Allow::Reporters, code)
        .post("/report/mailbox/{request}/withdraw", Allow::Reporters, withdraw)
        .get("/system/mailbox-requests", Allow::Administrators, requests)
        .post("/system/mailbox-requests/{request}/confirm", Allow::Administrators, confirm)
        .post("/system/mailbox-requests/{request}/refuse", Allow::Administrators, refuse)
        .get("/network/mailbox-requests", Allow::Chiefs, requests)
        .post("/network/mailbox-requests/{request}/confirm", Allow::Chiefs, confirm)
        .post("/network/mailbox-requests/{request}/refuse", Allow::Chiefs, refuse)
}

/// A request, ready to be shown.
struct Line {
    id: i64,
    unit: String,
    wish: &'static str,
    address: String,
    reason: String,
    state: &'static str,
    tone: &'static str,
    asked: String,
    by: String,
    answer: String,
    /// A sentence for whoever decides.
    warning: String,
    undecided: bool,
    coded: bool,
    faults: Faults,
    typed: String,
}

fn line(request: MailboxRequest) -> Line {
    Line {
        id: request.id,
        wish: request.wish.name(),
        state: request_state_name(&request.state),
        tone: match request.state.as_str() {
            "asked" | "coded" => "act",
            "done" => "good",
            "refused" => "warn",
            _ => "",
        },
        asked: words::full_moment(request.asked_at),
        by: request.asked_by,
        warning: request
            .held_by
            .map(|unit| format!("这个邮箱现在登记在“{unit}”名下。须先注销原登记，才能同意。"))
            .unwrap_or_default(),
        undecided: request.state == "asked",
        coded: request.state == "coded",
        unit: request.unit,
        address: request.address,
        reason: request.reason,
        answer: request.answer,
        faults: Faults::default(),
        typed: String::new(),
    }
}

#[derive(Template)]
#[template(path = "report/mailbox.html")]
struct OwnPage {
    frame: Frame,
    /// Address and since when.
    registered: Vec<(String, String)>,
    requests: Vec<Line>,
    faults: Faults,
    close: bool,
    address: String,
    reason: String,
}

async fn own_page(desk: &Desk, who: Reporter, typed: &Posted, faults: Vec<FieldFault>) -> Result<OwnPage, Oops> {
    let found = desk.run(move |app| app.own_mailboxes(&who)).await?;
    Ok(OwnPage {
        frame: desk.frame(Room::Report, "登记邮箱"),
        registered: found.registered.into_iter().map(|one| (one.address, when(one.registered_at))).collect(),
        requests: found.requests.into_iter().map(line).collect(),
        faults: Faults::of(faults, &["wish", "address", "reason"]),
        close: typed.one("wish") == MailboxWish::Close.key(),
        address: typed.one("address").to_owned(),
        reason: typed.one("reason").to_owned(),
    })
}

/// `GET /report/mailbox`: what is registered for the unit, and what it asked for.
async fn own(desk: Desk, By(who): By<Reporter>) -> Answer {
    let page = own_page(&desk, who, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// The faults of a form; any other problem goes on to a page of its own.
fn faults_of(oops: Oops) -> Result<Vec<FieldFault>, Oops> {
    match oops.into_problem()? {
        Problem::Faults(found) => Ok(found),
        other => Err(other.into()),
    }
}

/// `POST /report/mailbox`: fields wish, address, reason.
async fn ask(desk: Desk, By(who): By<Reporter>, posted: Posted) -> Answer {
    let wish = MailboxWish::of_key(posted.one("wish"));
    let (by, address, reason) = (who.clone(), posted.trimmed("address"), posted.trimmed("reason"));
    match desk.run(move |app| app.ask_mailbox(&by, wish, &address, &reason)).await {
        Ok(()) => desk.done("/report/mailbox", "申请已提交。审核结果会显示在这一页。"),
        Err(oops) => {
            let page = own_page(&desk, who, &posted, faults_of(oops)?).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /report/mailbox/{request}/code`: the code that came by mail.
async fn code(desk: Desk, By(who): By<Reporter>, Path(request): Path<String>, posted: Posted) -> Answer {
    let request = id(&request)?;
    let (by, typed) = (who.clone(), posted.trimmed("code"));
    match desk.run(move |app| app.enter_mailbox_code(&by, request, &typed)).await {
        Ok(()) => desk.done("/report/mailbox", "确认码无误，邮箱已登记。从现在起可以用它报送。"),
        Err(oops) => {
            let found = faults_of(oops)?;
            let mut page = own_page(&desk, who, &Posted::default(), Vec::new()).await?;
            if let Some(line) = page.requests.iter_mut().find(|line| line.id == request) {
                line.faults = Faults::of(found, &["code"]);
                posted.one("code").clone_into(&mut line.typed);
            }
            desk.show_faulty(&page)
        }
    }
}

/// `POST /report/mailbox/{request}/withdraw`
async fn withdraw(desk: Desk, By(who): By<Reporter>, Path(request): Path<String>) -> Answer {
    let request = id(&request)?;
    desk.run(move |app| app.withdraw_mailbox_request(&who, request)).await?;
    desk.done("/report/mailbox", "申请已撤回。")
}

#[derive(Template)]
#[template(path = "network/mailbox_requests.html")]
struct RequestsPage {
    frame: Frame,
    /// Where this page stands: its forms go there.
    at: &'static str,
    back: (&'static str, &'static str),
    open: Vec<Line>,
    ended: Vec<Line>,
}

/// Where the page of requests stands for a person.
fn place(who: &Person) -> &'static str {
    if who.role == Role::Administrator { "/system/mailbox-requests" } else { "/network/mailbox-requests" }
}

async fn requests_page(desk: &Desk, who: Registrar) -> Result<RequestsPage, Oops> {
    let at = place(&who);
    let administrator = who.role == Role::Administrator;
    let (open, ended) = desk.run(move |app| app.mailbox_requests(&who)).await?;
    Ok(RequestsPage {
        frame: desk.frame(if administrator { Room::System } else { Room::Network }, "登记邮箱申请"),
        at,
        back: if administrator { ("/system/mailboxes", "返回登记邮箱") } else { ("/network", "返回队伍") },
        open: open.into_iter().map(line).collect(),
        ended: ended.into_iter().map(line).collect(),
    })
}

/// `GET /system/mailbox-requests`, `GET /network/mailbox-requests`: what units ask for.
async fn requests(desk: Desk, By(who): By<Registrar>) -> Answer {
    let page = requests_page(&desk, who).await?;
    desk.show(&page)
}

/// `POST …/{request}/confirm`
async fn confirm(desk: Desk, By(who): By<Registrar>, Path(request): Path<String>) -> Answer {
    let (request, at) = (id(&request)?, place(&who));
    let sentence = match desk.run(move |app| app.confirm_mailbox_request(&who, request)).await? {
        Confirmed::Done => "已同意，并已办理。",
        Confirmed::CodeSent => "已同意，确认码正在发往该邮箱。信息员填写确认码后，邮箱即登记。",
    };
    desk.done(at, sentence)
}

/// `POST …/{request}/refuse`: field reason.
async fn refuse(desk: Desk, By(who): By<Registrar>, Path(request): Path<String>, posted: Posted) -> Answer {
    let (request, at) = (id(&request)?, place(&who));
    let (by, reason) = (who.clone(), posted.one("reason").to_owned());
    match desk.run(move |app| app.refuse_mailbox_request(&by, request, &reason)).await {
        Ok(()) => desk.done(at, "已答复不同意，单位可以看到原因。"),
        Err(oops) => {
            let found = faults_of(oops)?;
            let mut page = requests_page(&desk, who).await?;
            if let Some(line) = page.open.iter_mut().find(|line| line.id == request) {
                line.faults = Faults::of(found, &["reason"]);
                posted.one("reason").clone_into(&mut line.typed);
            }
            desk.show_faulty(&page)
        }
    }
}
