//! Every request passes here: who is it, may they, did the form come from our own page. Nothing behind it asks again.
//!
//! A form that arrives after the session ended, or with an old token from another tab, is not thrown away: its fields come
//! back on a page that sends them again after signing in.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tz_app::Problem;
use tz_app::account::Signed;

use crate::desk::Desk;
use crate::forms::{Posted, changes};
use crate::problem::{Oops, Shown};
use crate::{Allow, Row, Server, account};

/// The session's token from the request's cookies.
pub(crate) fn token<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(cookie, _)| *cookie == name)
        .map(|(_, value)| value)
}

/// False where the browser says that another site sent this form.
fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok())
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let host = text(header::HOST).unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        }
    }
}

pub(crate) async fn pass(State(row): State<Row>, mut request: Request, next: Next) -> Response {
    let Some(server) = request.extensions().get::<Server>().cloned() else {
        return Oops::panicked().into_response();
    };
    // Asked by a page that keeps itself up to date, not by a person.
    let by_itself = request.headers().contains_key("tongzheng-unattended");
    let signed = match token(request.headers(), server.cookie_name()).map(str::to_owned) {
        None => None,
        Some(token) => match server
            .run(move |app| if by_itself { app.signed_unattended(&token) } else { app.signed(&token) })
            .await
        {
            Ok(signed) => signed,
            Err(oops) => return show(&server, None, oops.into_response()),
        },
    };
    let changing = changes(request.method());
    let headers = request.headers().clone();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut posted = Posted::default();
    if changing {
        if !same_site(&headers) {
            let problem = Problem::Refused("这个提交不是从本系统的页面发出的，没有执行。".to_owned());
            return show(&server, signed.as_ref(), Oops::with(StatusCode::FORBIDDEN, problem).into_response());
        }
        let (parts, body) = request.into_parts();
        posted = match Posted::read(&headers, body, row.body_limit).await {
            Ok(posted) => posted,
            Err((status, sentence)) => {
                let problem = Problem::Refused(sentence.to_owned());
                return show(&server, signed.as_ref(), Oops::with(status, problem).into_response());
            }
        };
        request = Request::from_parts(parts, Body::empty());
    }
    if row.allow != Allow::Everyone {
        match &signed {
            None if changing => return account::resume(&server, None, &path, &posted),
            None => {
                let to = percent_encoding::utf8_percent_encode(&path, percent_encoding::NON_ALPHANUMERIC);
                return Redirect::to(&format!("/sign-in?next={to}")).into_response();
            }
            Some(signed) if signed.person.must_change && row.path != "/password" && row.path != "/sign-out" => {
                return Redirect::to("/password").into_response();
            }
            Some(signed) if !row.allow.allows(&signed.person) => {
                let problem = Problem::Refused(format!(
                    "“{}”不能使用这一页。如工作需要，请联系系统管理员调整角色。",
                    signed.person.role.name()
                ));
                return show(&server, Some(signed), Oops::with(StatusCode::FORBIDDEN, problem).into_response());
            }
            Some(_) => {}
        }
    }
    if changing
        && let Some(signed) = &signed
        && posted.one("csrf") != signed.csrf
    {
        return account::resume(&server, Some(signed), &path, &posted);
    }
    if let Some(signed) = &signed {
        request.extensions_mut().insert(signed.clone());
    }
    request.extensions_mut().insert(posted.clone());
    let response = next.run(request).await;
    let mut response = show_with(&server, signed.as_ref(), response, &posted);
    if row.allow != Allow::Everyone {
        response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Cookie"));
    }
    response
}

fn show(server: &Server, signed: Option<&Signed>, response: Response) -> Response {
    show_with(server, signed, response, &Posted::default())
}

/// Turns a problem into a page, with the person's frame around it and what they typed kept in it.
fn show_with(server: &Server, signed: Option<&Signed>, mut response: Response, posted: &Posted) -> Response {
    match response.extensions_mut().remove::<Shown>() {
        None => response,
        Some(shown) => shown.page(&Desk::at(server.clone(), signed.cloned()), response.status(), posted),
    }
}

/// The person whose type the handler asks for. The gate has already checked the role by the route's row.
pub(crate) struct By<T>(pub T);

macro_rules! by {
    ($($name:ident),*) => {$(
        impl<S: Sync> FromRequestParts<S> for By<tz_app::$name> {
            type Rejection = Oops;
            async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Oops> {
                let signed = parts.extensions.get::<Signed>();
                signed.and_then(|signed| tz_app::$name::of(&signed.person)).map(By).ok_or_else(|| Problem::NotThere.into())
            }
        }
    )*};
}
by!(Reporter, Editor, Chief, Leader, IssueReader, Administrator, Registrar);

impl<S: Sync> FromRequestParts<S> for By<tz_app::Person> {
    type Rejection = Oops;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Oops> {
        let signed = parts.extensions.get::<Signed>();
        signed.map(|signed| By(signed.person.clone())).ok_or_else(|| Problem::NotThere.into())
    }
}
