//! The table of routes: every path with who may use it. The access matrix in the tests is made from these rows.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodFilter, on};
use tz_app::{Person, Role};

use crate::Server;
use crate::gate;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Anybody, signed in or not: the sign-in page, the style sheet.
    Everyone,
    /// Anybody who has signed in.
    SignedIn,
    /// 信息员
    Reporters,
    /// 编辑, 科长
    Editors,
    /// 科长
    Chiefs,
    /// 领导
    Leaders,
    /// 领导, 信息员, 编辑, 科长: everybody who may read published issues, each seeing what is distributed to them.
    IssueReaders,
    /// 系统管理员
    Administrators,
    /// 信息员, 编辑, 科长: everybody who works with items and scores, each seeing what is theirs.
    ReportersAndEditors,
    /// 编辑, 科长, 系统管理员: the office's own people.
    OfficePeople,
}

impl Allow {
    /// Whether this person may.
    pub fn allows(self, person: &Person) -> bool {
        let editor = matches!(person.role, Role::Editor | Role::Chief);
        match self {
            Self::Everyone | Self::SignedIn => true,
            Self::Reporters => person.role == Role::Reporter,
            Self::Editors => editor,
            Self::Chiefs => person.role == Role::Chief,
            Self::Leaders => person.role == Role::Leader,
            Self::IssueReaders => editor || matches!(person.role, Role::Leader | Role::Reporter),
            Self::Administrators => person.role == Role::Administrator,
            Self::ReportersAndEditors => editor || person.role == Role::Reporter,
            Self::OfficePeople => editor || person.role == Role::Administrator,
        }
    }
}

/// One row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// The path, as the router writes it.
    pub path: &'static str,
    /// Who may.
    pub allow: Allow,
    /// The most bytes a body may have.
    pub body_limit: usize,
}

/// What a form without files may hold, in bytes.
const FORM: usize = 4 << 20;
/// What a form with files may hold, in bytes.
const UPLOAD: usize = 64 << 20;

/// Routes with their rows.
#[derive(Default)]
pub struct Routes {
    /// The rows so far.
    pub rows: Vec<Row>,
    router: Router<Server>,
}

impl Routes {
    /// A page.
    pub fn get<H, T>(self, path: &'static str, allow: Allow, handler: H) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        self.add(Row { method: Method::GET, path, allow, body_limit: 0 }, MethodFilter::GET, handler)
    }

    /// A form that changes something.
    pub fn post<H, T>(self, path: &'static str, allow: Allow, handler: H) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        self.add(Row { method: Method::POST, path, allow, body_limit: FORM }, MethodFilter::POST, handler)
    }

    /// A form with files.
    pub fn upload<H, T>(self, path: &'static str, allow: Allow, handler: H) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        self.add(Row { method: Method::POST, path, allow, body_limit: UPLOAD }, MethodFilter::POST, handler)
    }

    fn add<H, T>(mut self, row: Row, method: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, Server>,
        T: 'static,
    {
        let guard = row.clone();
        let route = on(method, handler).layer(middleware::from_fn_with_state(guard, gate::pass));
        self.router = self.router.route(row.path, route);
        self.rows.push(row);
        self
    }

    /// These routes and another room's.
    pub fn and(mut self, other: Self) -> Self {
        self.rows.extend(other.rows);
        self.router = self.router.merge(other.router);
        self
    }

    pub(crate) fn into_router(self) -> Router<Server> {
        self.router
    }
}
