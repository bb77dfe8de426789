//! Signing in and out, passwords, one-time links, and carrying a form through a sign-in.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use tz_app::account::{Begun, Signed, Waiting};
use tz_app::{Person, Problem};

use crate::desk::{Desk, Frame, Room, cookie};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::{self, By};
use crate::problem::{Answer, Oops};
use crate::{Allow, Routes, Server};

/// Every route of signing in and out.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/sign-in", Allow::Everyone, sign_in_page)
        .post("/sign-in", Allow::Everyone, sign_in)
        .post("/sign-out", Allow::SignedIn, sign_out)
        .get("/password", Allow::SignedIn, password_page)
        .post("/password", Allow::SignedIn, password)
        .get("/welcome/{token}", Allow::Everyone, welcome_page)
        .post("/welcome/{token}", Allow::Everyone, welcome)
        .post("/draft/{form}", Allow::SignedIn, save_draft)
}

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    frame: Frame,
    fault: Option<String>,
    login: String,
    next: String,
    /// The form that was on its way, to be sent again after signing in.
    carried: Vec<(String, String)>,
    carried_to: String,
    demo_accounts: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "account/resume.html")]
struct ResumePage {
    frame: Frame,
    path: String,
    fields: Vec<(String, String)>,
    /// What of it a person reads.
    texts: Vec<String>,
}

/// The fields of the forms for a new password, where their faults stand.
const PASSWORD_FIELDS: [&str; 5] = ["login", "name", "old", "password", "again"];

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    frame: Frame,
    must: bool,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "account/welcome.html")]
struct WelcomePage {
    frame: Frame,
    /// The account's sign-in name; empty for the first administrator, who chooses one.
    known_login: String,
    login: String,
    name: String,
    faults: Faults,
}

/// Where to go after signing in: only ever a path of our own.
fn own_path(path: &str) -> &str {
    let own =
        path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.chars().any(char::is_control);
    if own { path } else { "/" }
}

fn sign_in_form(
    desk: &Desk,
    fault: Option<String>,
    login: &str,
    next: &str,
    to: &str,
    carried: Vec<(String, String)>,
) -> SignInPage {
    SignInPage {
        frame: desk.frame(Room::None, "登录"),
        fault,
        login: login.to_owned(),
        next: next.to_owned(),
        carried,
        carried_to: to.to_owned(),
        demo_accounts: desk.server.settings.demo_accounts.clone(),
    }
}

/// `GET /sign-in`
async fn sign_in_page(desk: Desk, asked: Asked) -> Answer {
    if desk.signed.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    desk.show(&sign_in_form(&desk, None, "", own_path(asked.one("next")), "", Vec::new()))
}

/// The fields a sign-in form carries for another form are named `carried.…`.
fn carried(posted: &Posted) -> Vec<(String, String)> {
    let named = posted.typed().into_iter();
    named.filter_map(|(name, value)| name.strip_prefix("carried.").map(|name| (name.to_owned(), value))).collect()
}

/// `POST /sign-in`
async fn sign_in(desk: Desk, headers: HeaderMap, posted: Posted) -> Answer {
    let (login, password) = (posted.trimmed("login"), posted.one("password").to_owned());
    let old = gate::token(&headers, desk.server.cookie_name()).map(str::to_owned);
    let name = login.clone();
    let begun = desk.run(move |app| app.sign_in(&name, &password, old.as_deref())).await;
    let (next, to) = (own_path(posted.one("next")).to_owned(), own_path(posted.one("carried_to")).to_owned());
    match begun {
        Ok(begun) => {
            let fields = carried(&posted);
            let response = if fields.is_empty() {
                Redirect::to(&next).into_response()
            } else {
                let signed =
                    Signed { person: begun.person.clone(), csrf: begun.csrf.clone(), waiting: Waiting::default() };
                resume(&desk.server, Some(&signed), &to, &Posted::from_fields(fields))
            };
            Ok(with_session(&desk.server, response, &begun))
        }
        Err(oops) => {
            let response = match oops.into_problem()? {
                problem @ (Problem::Refused(_) | Problem::TooMuch(_)) => {
                    let page = sign_in_form(&desk, Some(problem.to_string()), &login, &next, &to, carried(&posted));
                    (StatusCode::UNAUTHORIZED, Html(page.render()?)).into_response()
                }
                other => return Err(other.into()),
            };
            Ok(response)
        }
    }
}

fn with_session(server: &Server, mut response: Response, begun: &Begun) -> Response {
    let line = cookie(server.cookie_name(), &begun.token, server.settings.tls, 12 * 60 * 60);
    response.headers_mut().append(header::SET_COOKIE, line);
    response
}

/// A form came without a good session or token: nobody's typing is thrown away. Signed in, it can be sent again with one
/// press; else it travels inside the sign-in form.
pub(crate) fn resume(server: &Server, signed: Option<&Signed>, path: &str, posted: &Posted) -> Response {
    let desk = Desk::at(server.clone(), signed.cloned());
    // Passwords are typed again; they are never written into a page.
    let secret = |name: &str| name.starts_with("password") || matches!(name, "old" | "again");
    // A scheme is a text, be it typed or in a file; attachments of items are chosen again.
    let all = if path.starts_with("/assessment/scheme/") { posted.typed_with_file() } else { posted.typed() };
    let fields: Vec<_> = all.into_iter().filter(|(name, _)| !secret(name)).collect();
    let page = if signed.is_some() {
        ResumePage {
            frame: desk.frame(Room::None, "继续提交"),
            path: own_path(path).to_owned(),
            texts: Posted::readable(&fields),
            fields,
        }
        .render()
    } else {
        let fault = "您的登录已过期。请重新登录，刚才填写的内容都还在。".to_owned();
        sign_in_form(&desk, Some(fault), "", own_path(path), own_path(path), fields).render()
    };
    match page {
        Ok(html) => {
            (if signed.is_some() { StatusCode::CONFLICT } else { StatusCode::UNAUTHORIZED }, Html(html)).into_response()
        }
        Err(error) => Oops::from(error).into_response(),
    }
}

/// `POST /sign-out`
async fn sign_out(desk: Desk, headers: HeaderMap) -> Answer {
    if let Some(token) = gate::token(&headers, desk.server.cookie_name()).map(str::to_owned) {
        desk.run(move |app| app.sign_out(&token)).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    let line = cookie(desk.server.cookie_name(), "", desk.server.settings.tls, 0);
    response.headers_mut().append(header::SET_COOKIE, line);
    response.headers_mut().insert("clear-site-data", header::HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// `GET /password`
async fn password_page(desk: Desk, By(who): By<Person>) -> Answer {
    desk.show(&PasswordPage {
        frame: desk.frame(Room::None, "修改密码"),
        must: who.must_change,
        faults: Faults::default(),
    })
}

/// `POST /password`
async fn password(desk: Desk, By(who): By<Person>, posted: Posted) -> Answer {
    let must = who.must_change;
    let (old, new, again) =
        (posted.one("old").to_owned(), posted.one("password").to_owned(), posted.one("again").to_owned());
    match desk.run(move |app| app.change_password(&who, &old, &new, &again)).await {
        Ok(begun) => Ok(with_session(&desk.server, desk.done("/", "密码已修改，其他地方的登录已全部退出。")?, &begun)),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let faults = Faults::of(found, &PASSWORD_FIELDS);
                desk.show_faulty(&PasswordPage { frame: desk.frame(Room::None, "修改密码"), must, faults })
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /welcome/{token}`: a one-time link.
async fn welcome_page(desk: Desk, Path(token): Path<String>) -> Answer {
    let account = desk.run(move |app| app.invitation(&token)).await?;
    let known_login = account.map(|account| account.login).unwrap_or_default();
    let frame = desk.frame(Room::None, "启用账号");
    desk.show(&WelcomePage { frame, known_login, login: String::new(), name: String::new(), faults: Faults::default() })
}

/// `POST /welcome/{token}`
async fn welcome(desk: Desk, Path(token): Path<String>, posted: Posted) -> Answer {
    let (login, name) = (posted.trimmed("login"), posted.trimmed("name"));
    let (new, again) = (posted.one("password").to_owned(), posted.one("again").to_owned());
    let (for_token, for_login, for_name) = (token.clone(), login.clone(), name.clone());
    match desk.run(move |app| app.accept_invitation(&for_token, &for_login, &for_name, &new, &again)).await {
        Ok(begun) => Ok(with_session(&desk.server, desk.done("/", "账号已启用，欢迎使用通政。")?, &begun)),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let faults = Faults::of(found, &PASSWORD_FIELDS);
                let account = desk.run(move |app| app.invitation(&token)).await?;
                let known_login = account.map(|account| account.login).unwrap_or_default();
                desk.show_faulty(&WelcomePage {
                    frame: desk.frame(Room::None, "启用账号"),
                    known_login,
                    login,
                    name,
                    faults,
                })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /draft/{form}`: keeps what has been typed so far. Called by the page's script every few seconds.
async fn save_draft(desk: Desk, By(who): By<Person>, Path(form): Path<String>, posted: Posted) -> Answer {
    if form.len() > 80 {
        return Err(Problem::NotThere.into());
    }
    let content = serde_json::to_string(&posted.typed()).expect("pairs of strings are always JSON");
    desk.run(move |app| app.save_draft(&who, &form, &content)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
