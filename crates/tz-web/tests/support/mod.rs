//! An office behind the whole router, with people of every role; requests without a network.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::Timestamp;
use tempfile::TempDir;
use tower::ServiceExt;
use tz_app::{App, FixedClock, Role};
use tz_model::OfficeId;
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::{AccountRow, SessionRow};
use tz_store::content::sha256;
use tz_web::{Server, Settings, router};

/// 2018-06-20 09:00 in Shanghai, a Wednesday.
pub const MORNING: &str = "2018-06-20T01:00:00Z";

/// The accounts of an office, numbered from 1: one of each role, and one more reporter of another unit.
pub const PEOPLE: [Role; 6] =
    [Role::Reporter, Role::Editor, Role::Chief, Role::Administrator, Role::Reporter, Role::Leader];

/// An office with its clock, one account of each role and one more reporter of another unit.
pub struct Office {
    pub folder: TempDir,
    pub store: Arc<Store>,
    pub clock: Arc<FixedClock>,
    pub app: Arc<App>,
    pub router: Router,
}

/// A browser that is signed in.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    pub cookie: String,
    pub csrf: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().expect("an address is ASCII"))
    }

    pub fn cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        lines.map(|line| line.to_str().expect("a cookie is ASCII").to_owned()).collect()
    }

    /// The value of the session cookie this answer sets.
    pub fn session(&self) -> Option<String> {
        self.cookies().into_iter().find_map(|line| {
            let (name, rest) = line.split_once('=')?;
            (name == "tongzheng" || name == "__Host-tongzheng").then(|| rest.split(';').next().unwrap_or("").to_owned())
        })
    }
}

impl Office {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let clock = Arc::new(FixedClock::at(MORNING.parse().expect("this is a moment")));
        let (store, app) = open(&folder, &clock);
        let router = router(Server::new(Arc::clone(&app), settings).expect("the office has a name"));
        let office = Self { folder, store, clock, app, router };
        for (place, role) in PEOPLE.into_iter().enumerate() {
            office.account(place as i64 + 1, role, place as i64 + 1);
        }
        office
    }

    /// The same database opened by a new process.
    pub fn restarted(self) -> Self {
        let Self { folder, clock, .. } = self;
        let (store, app) = open(&folder, &clock);
        let router = router(Server::new(Arc::clone(&app), Settings::default()).expect("the office has a name"));
        Self { folder, store, clock, app, router }
    }

    pub fn office(&self) -> OfficeId {
        self.app.office()
    }

    /// An account without a password; a reporter's is of the unit given.
    fn account(&self, id: i64, role: Role, unit: i64) {
        let mut tx = self.store.write(self.office()).expect("the database can be written");
        let login = format!("{}{id}", role.key());
        let taken = tx.next_id("account").expect("numbers never run out");
        assert_eq!(taken, id);
        tx.insert_account(&AccountRow {
            id,
            office_id: self.office().0,
            login: login.clone(),
            login_key: login,
            name: format!("{}{id}", role.name()),
            role: role.key().to_owned(),
            unit_id: (role == Role::Reporter).then_some(unit),
            password_hash: String::new(),
            must_change: false,
            disabled: false,
            failures: 0,
            locked_until: None,
            created_at: 0,
            last_seen_at: None,
        })
        .expect("the name is free");
        tx.commit().expect("the disk has room");
    }

    /// A new session of the account of a role, made without a password.
    pub fn browser(&self, role: Role) -> Browser {
        let place = PEOPLE.iter().position(|known| *known == role).expect("every role has an account");
        self.browser_of(place as i64 + 1)
    }

    /// A new session of an account, made without a password.
    pub fn browser_of(&self, account_id: i64) -> Browser {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let token = format!("session-token-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let csrf = format!("form-token-of-{token}");
        let now = self.app.now().as_microsecond();
        let mut tx = self.store.write(self.office()).expect("the database can be written");
        tx.insert_session(&SessionRow {
            token_hash: sha256(token.as_bytes()),
            account_id,
            csrf: csrf.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now + 12 * 3_600_000_000,
        })
        .expect("the token is new");
        tx.commit().expect("the disk has room");
        Browser { cookie: format!("tongzheng={token}"), csrf }
    }

    pub fn later(&self, minutes: i64) {
        let now: Timestamp = self.app.now();
        self.clock.set(now + jiff::SignedDuration::from_mins(minutes));
    }

    pub async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("the answer can be read").to_vec();
        Page { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    pub async fn get(&self, path: &str, browser: Option<&Browser>) -> Page {
        self.send(request("GET", path, browser).body(Body::empty()).expect("the request is well made")).await
    }

    /// Sends a form with the browser's own token.
    pub async fn post(&self, path: &str, browser: Option<&Browser>, fields: &[(&str, &str)]) -> Page {
        let csrf = browser.map(|browser| ("csrf", browser.csrf.as_str()));
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain(csrf).collect();
        self.send(form(request("POST", path, browser), &fields)).await
    }

    /// Follows the answer to a form and gives the page with the word on what was done.
    pub async fn followed(&self, browser: &Browser, page: &Page) -> String {
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let flash = page.cookies().iter().find_map(|line| line.split(';').next().map(str::to_owned));
        let cookie = format!("{}; {}", browser.cookie, flash.unwrap_or_default());
        let browser = Browser { cookie, csrf: browser.csrf.clone() };
        self.get(page.location(), Some(&browser)).await.text
    }

    /// Sends a form with a file and the browser's own token.
    pub async fn upload(&self, path: &str, who: &Browser, fields: &[(&str, &str)], file: (&str, &[u8])) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields.iter().chain(&[("csrf", who.csrf.as_str())]) {
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let (name, bytes) = file;
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let asked = request("POST", path, Some(who)).header("content-type", "multipart/form-data; boundary=edge");
        self.send(asked.body(Body::from(body)).expect("the request is well made")).await
    }

    /// The bytes of the database, whole: they change with any commit.
    pub fn bytes(&self) -> String {
        ["tongzheng.db", "tongzheng.db-wal"]
            .map(|name| sha256(&std::fs::read(self.folder.path().join(name)).unwrap_or_default()))
            .join(" ")
    }
}

fn open(folder: &TempDir, clock: &Arc<FixedClock>) -> (Arc<Store>, Arc<App>) {
    let store = Arc::new(Store::open_folder(folder.path()).expect("an empty folder can be used"));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the scheme is built in");
    let from = jiff::civil::date(2018, 1, 1);
    let app = App::open_or_set_up(Arc::clone(&store), Arc::clone(clock) as _, scheme, from);
    (store, Arc::new(app.expect("an office can be set up")))
}

/// A request from the office's own page.
pub fn request(method: &str, path: &str, browser: Option<&Browser>) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "tongzheng.test");
    match browser {
        Some(browser) => request.header(header::COOKIE, &browser.cookie),
        None => request,
    }
}

/// A request with a form in it.
pub fn form(request: axum::http::request::Builder, fields: &[(&str, &str)]) -> Request<Body> {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    request
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(pairs.join("&")))
        .expect("the request is well made")
}
