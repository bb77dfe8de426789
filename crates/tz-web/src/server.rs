//! The server as a whole: state, the rooms' routes, the headers every answer carries.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tz_app::{App, Problem};

use crate::problem::Oops;
use crate::{
    Postman, Routes, Row, account, assessment, assets, comment, dashboard, forward, health, intake, mailbox, network,
    notice, publication, refusals, report, solicitation, system,
};

/// How the server stands in the network.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Browsers reach it by TLS (through a proxy): cookies are Secure and named `__Host-`.
    pub tls: bool,
    /// A sentence shown on every page, for a demonstration.
    pub notice: Option<String>,
    /// Accounts listed on the sign-in page of a demonstration: sign-in name, password, who that is.
    pub demo_accounts: Vec<(String, String, String)>,
}

/// What every handler can reach.
#[derive(Clone)]
pub struct Server {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) office_name: Arc<str>,
    pub(crate) postman: Option<Arc<dyn Postman>>,
}

impl Server {
    /// A server for an office.
    pub fn new(app: Arc<App>, settings: Settings) -> Result<Self, Problem> {
        let office_name = app.office_name()?.into();
        Ok(Self { app, settings: Arc::new(settings), office_name, postman: None })
    }

    /// The same, where postboxes can be tried.
    #[must_use]
    pub fn with_postman(self, postman: Arc<dyn Postman>) -> Self {
        Self { postman: Some(postman), ..self }
    }

    /// Runs a use case on the blocking pool: the store is synchronous.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        use_case: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Oops> {
        let app = Arc::clone(&self.app);
        tokio::task::spawn_blocking(move || use_case(&app)).await.map_err(Oops::crashed)?.map_err(Oops::from)
    }

    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.settings.tls { "__Host-tongzheng" } else { "tongzheng" }
    }
}

fn rooms() -> Routes {
    account::routes()
        .and(dashboard::routes())
        .and(report::routes())
        .and(crate::sheets::routes())
        .and(mailbox::routes())
        .and(refusals::routes())
        .and(intake::routes())
        .and(publication::routes())
        .and(forward::routes())
        .and(comment::routes())
        .and(solicitation::routes())
        .and(assessment::routes())
        .and(network::routes())
        .and(notice::routes())
        .and(system::routes())
        .and(health::routes())
}

/// Every route with who may use it.
pub fn table() -> Vec<Row> {
    rooms().rows
}

/// The whole server.
pub fn router(server: Server) -> Router {
    rooms()
        .into_router()
        .route("/assets/{*path}", axum::routing::get(assets::serve))
        .route("/favicon.ico", axum::routing::get(assets::icon))
        .fallback(absent)
        .layer(middleware::from_fn(headers))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(|_| Oops::panicked().into_response()))
        .layer(axum::Extension(server.clone()))
        .with_state(server)
}

async fn absent() -> Response {
    Oops::from(Problem::NotThere).into_response()
}

/// No script, style, frame or form from elsewhere; nothing guessed, nothing leaked to other sites (ASVS 3.4).
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
