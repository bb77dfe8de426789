//! Sessions as a browser has them: cookies, signing in and out, expiry, one-time links.

mod support;

use axum::http::{StatusCode, header};
use support::{Browser, Office, Page};
use tz_app::Role;
use tz_web::Settings;

const PASSWORD: &str = "Tengzhou-2018";

/// Uses the one-time link that an administrator's form has just shown.
async fn use_link(office: &Office, shown: Page) -> Page {
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    let (_, rest) = shown.text.split_once("/welcome/").expect("the link is shown");
    let token = rest.split('"').next().expect("the link ends").to_owned();
    let page = office.post(&format!("/welcome/{token}"), None, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    page
}

/// Gives an account its password by an administrator's one-time link.
async fn welcome(office: &Office, account: i64) -> Page {
    let administrator = office.browser(Role::Administrator);
    let shown = office.post(&format!("/system/accounts/{account}/reset"), Some(&administrator), &[]).await;
    use_link(office, shown).await
}

async fn sign_in(office: &Office, login: &str, password: &str, old: Option<&Browser>) -> Page {
    office.post("/sign-in", old, &[("login", login), ("password", password), ("next", "/")]).await
}

fn with_cookie(token: &str) -> Browser {
    Browser { cookie: format!("tongzheng={token}"), csrf: String::new() }
}

async fn is_in(office: &Office, browser: &Browser) -> bool {
    office.get("/password", Some(browser)).await.status == StatusCode::OK
}

/// The browser after signing in, with the form token its pages carry.
async fn arrived(office: &Office, page: &Page) -> Browser {
    let mut browser = with_cookie(&page.session().expect("a session begins"));
    let text = office.get("/password", Some(&browser)).await.text;
    let (_, rest) = text.split_once("name=\"csrf\" value=\"").expect("the page has a form");
    browser.csrf = rest.split('"').next().expect("the token ends").to_owned();
    browser
}

#[tokio::test]
async fn a_session_has_a_new_secret_at_every_sign_in_and_the_old_one_ends() {
    let office = Office::new();
    let first = arrived(&office, &welcome(&office, 1).await).await;
    let page = sign_in(&office, "reporter1", PASSWORD, Some(&first)).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    let second = arrived(&office, &page).await;
    assert_ne!(first.cookie, second.cookie);
    assert_ne!(first.csrf, second.csrf);
    assert!(!is_in(&office, &first).await);
    assert!(is_in(&office, &second).await);
    // A secret chosen by somebody else is never taken over.
    let planted = with_cookie("chosen-by-an-attacker");
    let page = office.post("/sign-in", Some(&planted), &[("login", "reporter1"), ("password", PASSWORD)]).await;
    assert_ne!(page.session().as_deref(), Some("chosen-by-an-attacker"));
    assert!(!is_in(&office, &planted).await);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let office = Office::new();
    let browser = office.browser(Role::Editor);
    assert!(is_in(&office, &browser).await);
    let page = office.post("/sign-out", Some(&browser), &[]).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(page.session().as_deref(), Some(""));
    assert!(!is_in(&office, &browser).await);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_of_the_account_and_no_other() {
    let office = Office::new();
    let here = arrived(&office, &welcome(&office, 1).await).await;
    let (elsewhere, colleague) = (office.browser_of(1), office.browser_of(2));
    let new = "Xinxike-2018";
    let fields = [("old", PASSWORD), ("password", new), ("again", new)];
    let page = office.post("/password", Some(&here), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    assert!(!is_in(&office, &here).await);
    assert!(!is_in(&office, &elsewhere).await);
    assert!(is_in(&office, &colleague).await);
    assert!(is_in(&office, &with_cookie(&page.session().unwrap())).await);
    assert_eq!(sign_in(&office, "reporter1", PASSWORD, None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&office, "reporter1", new, None).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours_however_busy() {
    let office = Office::new();
    let idle = office.browser(Role::Editor);
    office.later(29);
    assert!(is_in(&office, &idle).await);
    office.later(29);
    assert!(is_in(&office, &idle).await);
    office.later(30);
    assert!(!is_in(&office, &idle).await);

    let busy = office.browser(Role::Editor);
    for _ in 0..35 {
        office.later(20);
        assert!(is_in(&office, &busy).await);
    }
    office.later(20);
    assert!(!is_in(&office, &busy).await);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_bound_to_tls_where_there_is_tls() {
    for (tls, name, secure) in [(false, "tongzheng=", false), (true, "__Host-tongzheng=", true)] {
        let office = Office::with(Settings { tls, ..Settings::default() });
        let mut administrator = office.browser(Role::Administrator);
        if tls {
            administrator.cookie = format!("__Host-{}", administrator.cookie);
        }
        let page = office.post("/system/accounts/1/reset", Some(&administrator), &[]).await;
        let scheme = if tls { "https" } else { "http" };
        let (_, rest) =
            page.text.split_once(&format!("{scheme}://tongzheng.test/welcome/")).expect("the link is shown");
        let place = format!("/welcome/{}", rest.split('"').next().unwrap());
        let page = office.post(&place, None, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        let cookies = page.cookies();
        let line = cookies.iter().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{cookies:?}"));
        for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=43200"] {
            assert!(line.contains(flag), "{line}");
        }
        assert_eq!(line.contains("; Secure"), secure, "{line}");
        assert!(!line.contains("Domain="), "{line}");
    }
}

#[tokio::test]
async fn no_secret_stands_in_an_address_or_in_another_cookie() {
    let office = Office::new();
    let page = welcome(&office, 1).await;
    let secret = page.session().expect("a session begins");
    assert!(secret.len() >= 43, "32 random bytes");
    assert_eq!(page.location(), "/");
    let browser = arrived(&office, &page).await;
    assert!(page.cookies().iter().all(|line| line.starts_with("tongzheng=") || !line.contains(&secret)));
    let home = office.get("/", Some(&browser)).await;
    assert!(!home.text.contains(&secret));
    assert!(!home.text.contains(&format!("?csrf={}", browser.csrf)));
}

#[tokio::test]
async fn only_own_pages_are_gone_to_after_signing_in() {
    let office = Office::new();
    welcome(&office, 1).await;
    for (next, to) in [
        ("/solicitation?open=1", "/solicitation?open=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: a=b", "/"),
        ("", "/"),
    ] {
        let fields = [("login", "reporter1"), ("password", PASSWORD), ("next", next)];
        let page = office.post("/sign-in", None, &fields).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, to), "{next}");
    }
}

#[tokio::test]
async fn an_unknown_name_a_wrong_password_and_a_locked_account_look_alike() {
    let office = Office::new();
    welcome(&office, 1).await;
    let told = |page: &Page| {
        let (_, rest) = page.text.split_once("role=\"alert\">").expect("the page says why");
        (page.status, rest.split('<').next().unwrap_or_default().to_owned())
    };
    let unknown = told(&sign_in(&office, "nobody", PASSWORD, None).await);
    assert_eq!(unknown.0, StatusCode::UNAUTHORIZED);
    for _ in 0..5 {
        assert_eq!(told(&sign_in(&office, "reporter1", "wrong", None).await), unknown);
    }
    assert_eq!(told(&sign_in(&office, "reporter1", PASSWORD, None).await), unknown);
    // An account that was never used has no password at all, not an empty one.
    assert_eq!(told(&sign_in(&office, "editor2", "", None).await), unknown);

    let office = office.restarted();
    assert_eq!(told(&sign_in(&office, "reporter1", PASSWORD, None).await), unknown);
    office.later(15);
    assert_eq!(sign_in(&office, "reporter1", PASSWORD, None).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_was_typed_travels_through_a_new_sign_in_and_is_sent_by_one_more_press() {
    let office = Office::new();
    let administrator = office.browser(Role::Administrator);
    let fields = [("login", "li.jun"), ("name", "李军"), ("role", "administrator"), ("unit", "")];
    let shown = office.post("/system/accounts", Some(&administrator), &fields).await;
    use_link(&office, shown).await;
    let page = office.post("/system/mailboxes", None, &[("unit", "1"), ("address", "binhu@126.com")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let fields = [
        ("login", "li.jun"),
        ("password", PASSWORD),
        ("carried_to", "/system/mailboxes"),
        ("carried.unit", "1"),
        ("carried.address", "binhu@126.com"),
    ];
    let page = office.post("/sign-in", None, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("action=\"/system/mailboxes\"") && page.text.contains("binhu@126.com"), "{}", page.text);
    let browser = arrived(&office, &page).await;
    let page = office.post("/system/mailboxes", Some(&browser), &[("unit", "1"), ("address", "binhu@126.com")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.headers.contains_key(header::SET_COOKIE));
    assert!(office.get("/system/mailboxes", Some(&browser)).await.text.contains("binhu@126.com"));
}

#[tokio::test]
async fn a_one_time_link_works_once_and_a_new_one_ends_the_old() {
    let office = Office::new();
    let administrator = office.browser(Role::Administrator);
    let link = async || {
        let page = office.post("/system/accounts/1/reset", Some(&administrator), &[]).await;
        let (_, rest) = page.text.split_once("/welcome/").expect("the link is shown");
        format!("/welcome/{}", rest.split('"').next().unwrap())
    };
    let (old, new) = (link().await, link().await);
    assert_eq!(office.get(&old, None).await.status, StatusCode::CONFLICT);
    assert_eq!(office.get(&new, None).await.status, StatusCode::OK);
    let weak = office.post(&new, None, &[("password", "12345678"), ("again", "1234567")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weak.text.contains("密码至少8个字符") && weak.text.contains("两次输入的密码不一致"), "{}", weak.text);
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(office.post(&new, None, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post(&new, None, &fields).await.status, StatusCode::CONFLICT);
    let late = link().await;
    office.later(24 * 60);
    assert_eq!(office.get(&late, None).await.status, StatusCode::CONFLICT);
}
