//! What every page has around it: the person, the rooms of their role, the month, a word on what was just done.

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tz_app::account::{Signed, Waiting};
use tz_app::{Person, Role};

use crate::problem::{Answer, Oops};
use crate::{Server, assets, gate};

const FLASH: &str = "tongzheng-done";
/// Most pages are no longer than so many bytes: their text is written once, not moved each time it outgrows its place.
const MOST_PAGES: usize = 32 << 10;

/// A room of the house (navigation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// No room: problems, sign-in.
    None,
    Dashboard,
    Report,
    Intake,
    Publication,
    Forward,
    Comment,
    Solicitation,
    Assessment,
    Network,
    System,
}

impl Room {
    const ALL: [Self; 10] = [
        Self::Dashboard,
        Self::Report,
        Self::Intake,
        Self::Publication,
        Self::Forward,
        Self::Comment,
        Self::Solicitation,
        Self::Assessment,
        Self::Network,
        Self::System,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Dashboard => "工作台",
            Self::Report => "报送",
            Self::Intake => "收稿",
            Self::Publication => "刊物",
            Self::Forward => "上报",
            Self::Comment => "批示",
            Self::Solicitation => "约稿",
            Self::Assessment => "考核",
            Self::Network => "队伍",
            Self::System => "系统",
        }
    }

    fn path(self, role: Role) -> &'static str {
        match self {
            // Who does not make issues reads them.
            Self::Publication if matches!(role, Role::Leader | Role::Reporter) => "/publication/read",
            Self::None | Self::Dashboard => "/",
            Self::Report => "/report",
            Self::Intake => "/intake",
            Self::Publication => "/publication",
            Self::Forward => "/forward",
            Self::Comment => "/comment",
            Self::Solicitation => "/solicitation",
            Self::Assessment => "/assessment",
            Self::Network => "/network",
            Self::System => "/system",
        }
    }

    /// How much waits in the room, and what it is counted in.
    fn waiting(self, of: &Waiting, role: Role) -> (i64, &'static str) {
        match self {
            Self::Publication if role == Role::Leader => (of.issues, "期未读"),
            Self::Intake => (of.items, "件待办"),
            Self::Report => (of.items, "件退回待改"),
            Self::Publication => (of.issues, "期在编"),
            Self::Solicitation => (of.solicitations, "条进行中"),
            Self::Forward => (of.adopted_lines, "条采用目录待确认"),
            Self::Comment => (of.comments, "项批示事项待办"),
            Self::Network | Self::System => (of.mailbox_requests, "项邮箱申请"),
            Self::Assessment if role == Role::Reporter => (of.assessment, "项未阅"),
            Self::Assessment => (of.assessment, "项申诉待答复"),
            Self::None | Self::Dashboard => (0, ""),
        }
    }

    /// A person sees only the rooms of their role.
    fn is_for(self, role: Role) -> bool {
        match role {
            Role::Reporter => matches!(
                self,
                Self::Dashboard
                    | Self::Report
                    | Self::Publication
                    | Self::Comment
                    | Self::Solicitation
                    | Self::Assessment
            ),
            Role::Editor | Role::Chief => !matches!(self, Self::None | Self::Report | Self::System),
            Role::Leader => matches!(self, Self::Dashboard | Self::Publication),
            Role::Administrator => matches!(self, Self::Dashboard | Self::System),
        }
    }
}

/// One entry of the navigation.
pub(crate) struct Entry {
    pub name: &'static str,
    pub path: &'static str,
    pub here: bool,
    /// A line stands before it.
    pub apart: bool,
    /// How much waits there; nothing is not shown.
    pub waiting: i64,
    /// The same in words, for those who hear the page.
    pub waiting_words: String,
}

/// What `frame.html` shows around a page.
pub(crate) struct Frame {
    pub title: String,
    pub office: String,
    pub person: String,
    pub role: String,
    pub month: String,
    pub csrf: String,
    pub entries: Vec<Entry>,
    /// Notices the person has not read.
    pub unread: i64,
    pub done: Option<String>,
    pub notice: Option<String>,
    pub assets: String,
}

/// The place a handler works at: the server, the person, and what was just done.
#[derive(Clone)]
pub(crate) struct Desk {
    pub server: Server,
    pub signed: Option<Signed>,
    done: Option<String>,
}

impl Desk {
    pub(crate) fn at(server: Server, signed: Option<Signed>) -> Self {
        Self { server, signed, done: None }
    }

    /// Runs a use case on the blocking pool.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        use_case: impl FnOnce(&tz_app::App) -> Result<T, tz_app::Problem> + Send + 'static,
    ) -> Result<T, Oops> {
        self.server.run(use_case).await
    }

    pub(crate) fn person(&self) -> Option<&Person> {
        self.signed.as_ref().map(|signed| &signed.person)
    }

    /// The frame of a page in a room.
    pub(crate) fn frame(&self, here: Room, title: &str) -> Frame {
        let person = self.person();
        let waiting = self.signed.as_ref().map(|signed| signed.waiting).unwrap_or_default();
        let entries = person.map_or_else(Vec::new, |person| {
            Room::ALL
                .into_iter()
                .filter(|room| room.is_for(person.role))
                .map(|room| {
                    let (waiting, counted) = room.waiting(&waiting, person.role);
                    Entry {
                        name: room.name(),
                        path: room.path(person.role),
                        here: room == here,
                        apart: matches!(room, Room::Assessment | Room::System),
                        waiting,
                        waiting_words: format!("{waiting}{counted}"),
                    }
                })
                .collect()
        });
        Frame {
            title: title.to_owned(),
            office: self.server.office_name.to_string(),
            person: person.map(|person| person.name.clone()).unwrap_or_default(),
            role: person.map(|person| person.role.name().to_owned()).unwrap_or_default(),
            month: self.server.app.this_month().chinese(),
            csrf: self.signed.as_ref().map(|signed| signed.csrf.clone()).unwrap_or_default(),
            entries,
            unread: waiting.notices,
            done: self.done.clone(),
            notice: self.server.settings.notice.clone(),
            assets: format!("/assets/{}", *assets::VERSION),
        }
    }

    /// Shows a page.
    pub(crate) fn show(&self, page: &impl Template) -> Answer {
        let mut text = String::with_capacity(MOST_PAGES);
        page.render_into(&mut text)?;
        let mut response = Html(text).into_response();
        if self.done.is_some() {
            // Shown once.
            response.headers_mut().append(header::SET_COOKIE, cookie(FLASH, "", false, 0));
        }
        Ok(response)
    }

    /// Shows a page again with its faults: everything typed is still there.
    pub(crate) fn show_faulty(&self, page: &impl Template) -> Answer {
        let mut response = self.show(page)?;
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        Ok(response)
    }

    /// Goes to a page and says there what was done.
    pub(crate) fn done(&self, path: &str, sentence: &str) -> Answer {
        let mut response = Redirect::to(path).into_response();
        let value = URL_SAFE_NO_PAD.encode(sentence);
        response.headers_mut().append(header::SET_COOKIE, cookie(FLASH, &value, false, 60));
        Ok(response)
    }
}

/// A cookie line. Values are base64 or empty, so they need no quoting.
pub(crate) fn cookie(name: &str, value: &str, tls: bool, seconds: i64) -> HeaderValue {
    let secure = if tls { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"))
        .expect("cookie names and base64 values are plain ASCII")
}

impl FromRequestParts<Server> for Desk {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        let done = gate::token(&parts.headers, FLASH)
            .and_then(|value| URL_SAFE_NO_PAD.decode(value).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|text| !text.is_empty());
        Ok(Self { server: server.clone(), signed: parts.extensions.get::<Signed>().cloned(), done })
    }
}
