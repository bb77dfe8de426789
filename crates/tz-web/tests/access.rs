//! The access matrix, made from the table of routes: every route for every role and for nobody; forms that are not ours.

mod support;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use support::{Browser, Office, form, request};
use tz_app::Role;
use tz_web::{Allow, Row, table};

/// What may stand in a path where the table has a name.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{month}" => "2018-06",
            "{year}" => "2018",
            // Nobody of the matrix: an account that a route disables must not be asked again.
            "{account}" => "5",
            part if part.starts_with('{') => "1",
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Said here again, apart from the code that decides: who may pass.
fn expected(allow: Allow) -> &'static [Role] {
    use Role::{Administrator, Chief, Editor, Leader, Reporter};
    match allow {
        Allow::Everyone | Allow::SignedIn => &[Reporter, Editor, Chief, Leader, Administrator],
        Allow::Reporters => &[Reporter],
        Allow::Editors => &[Editor, Chief],
        Allow::Chiefs => &[Chief],
        Allow::Leaders => &[Leader],
        Allow::IssueReaders => &[Reporter, Editor, Chief, Leader],
        Allow::Administrators => &[Administrator],
        Allow::ReportersAndEditors => &[Reporter, Editor, Chief],
        Allow::OfficePeople => &[Editor, Chief, Administrator],
    }
}

/// What each room may open itself to. A route outside these rooms, or open wider than its room, fails.
const ROOMS: &[(&str, &[Allow])] = &[
    ("", &[Allow::SignedIn]),
    ("sign-in", &[Allow::Everyone]),
    ("welcome", &[Allow::Everyone]),
    ("sign-out", &[Allow::SignedIn]),
    ("password", &[Allow::SignedIn]),
    ("draft", &[Allow::SignedIn]),
    ("notice", &[Allow::SignedIn]),
    ("report", &[Allow::Reporters, Allow::ReportersAndEditors]),
    ("intake", &[Allow::Editors, Allow::Chiefs]),
    ("publication", &[Allow::Editors, Allow::Chiefs, Allow::IssueReaders, Allow::Leaders]),
    ("forward", &[Allow::Editors, Allow::Chiefs]),
    ("comment", &[Allow::Reporters, Allow::Editors, Allow::Chiefs, Allow::ReportersAndEditors]),
    ("solicitation", &[Allow::Reporters, Allow::Editors, Allow::ReportersAndEditors]),
    ("assessment", &[Allow::Reporters, Allow::Editors, Allow::Chiefs, Allow::ReportersAndEditors, Allow::IssueReaders]),
    ("network", &[Allow::Editors, Allow::Chiefs]),
    ("system", &[Allow::Administrators]),
    // Open only where the office has opened it: what it asks is the switch, not who comes.
    ("intranet", &[Allow::Everyone]),
    ("health", &[Allow::Everyone]),
];

#[test]
fn every_route_stands_in_a_room_and_is_open_to_no_more_people_than_its_room() {
    let wrong: Vec<String> = table()
        .iter()
        .filter(|row| {
            let room = row.path.trim_start_matches('/').split('/').next().unwrap_or_default();
            !ROOMS.iter().any(|(known, allows)| *known == room && allows.contains(&row.allow))
        })
        .map(|row| format!("{} {} {:?}", row.method, row.path, row.allow))
        .collect();
    assert!(wrong.is_empty(), "no expectation for:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_route_lets_in_the_roles_of_its_row_and_nobody_else() {
    let office = Office::new();
    let mut wrong = Vec::new();
    for Row { method, path, allow, .. } in table() {
        let place = filled(path);
        for role in Role::ALL {
            // A session of its own for each try: some routes end it.
            let browser = office.browser(role);
            let page = match method {
                Method::GET => office.get(&place, Some(&browser)).await,
                _ => office.post(&place, Some(&browser), &[("typed", "我写的内容")]).await,
            };
            let kept_out = page.status == StatusCode::FORBIDDEN;
            // Signing in with nothing typed is refused as such.
            let stopped = page.status == StatusCode::UNAUTHORIZED && path != "/sign-in";
            if kept_out == expected(allow).contains(&role) || stopped || page.status.is_server_error() {
                wrong.push(format!("{method} {place} {allow:?} for {role:?}: {}", page.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in_and_keeps_what_was_typed() {
    let office = Office::new();
    let before = office.bytes();
    let mut wrong = Vec::new();
    for Row { method, path, allow, .. } in table().into_iter().filter(|row| row.allow != Allow::Everyone) {
        let place = filled(path);
        let right = if method == Method::GET {
            let page = office.get(&place, None).await;
            let next = percent_encoding::utf8_percent_encode(&place, percent_encoding::NON_ALPHANUMERIC).to_string();
            page.status == StatusCode::SEE_OTHER && page.location() == format!("/sign-in?next={next}")
        } else {
            let page = office.post(&place, None, &[("typed", "我写的<内容>")]).await;
            page.status == StatusCode::UNAUTHORIZED
                && page.text.contains("name=\"carried.typed\"")
                && page.text.contains("我写的&#60;内容&#62;")
                && page.text.contains(&format!("name=\"carried_to\" value=\"{place}\""))
        };
        if !right {
            wrong.push(format!("{method} {place} {allow:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(office.bytes(), before, "something was written for nobody");
}

#[tokio::test]
async fn a_form_that_is_not_from_our_own_page_changes_nothing() {
    let office = Office::new();
    let other = office.browser_of(5);
    let mut tries: Vec<(String, Browser, &'static str)> = Vec::new();
    for row in table().into_iter().filter(|row| row.method != Method::GET) {
        for &role in expected(row.allow) {
            tries.push((filled(row.path), office.browser(role), row.path));
        }
    }
    let before = office.bytes();
    let mut wrong = Vec::new();
    for (place, browser, _) in &tries {
        let typed = ("typed", "我写的内容");
        let own = ("csrf", browser.csrf.as_str());
        let post = || request("POST", place, Some(browser));
        for (what, asked, status) in [
            ("no token", form(post(), &[typed]), StatusCode::CONFLICT),
            ("an empty token", form(post(), &[typed, ("csrf", "")]), StatusCode::CONFLICT),
            ("another's token", form(post(), &[typed, ("csrf", &other.csrf)]), StatusCode::CONFLICT),
            (
                "a foreign origin",
                form(post().header("origin", "https://evil.example"), &[typed, own]),
                StatusCode::FORBIDDEN,
            ),
            ("an origin of no site", form(post().header("origin", "null"), &[typed, own]), StatusCode::FORBIDDEN),
            (
                "a neighbour's origin",
                form(post().header("origin", "http://tongzheng.test.evil"), &[typed, own]),
                StatusCode::FORBIDDEN,
            ),
            (
                "a cross-site request",
                form(post().header("sec-fetch-site", "cross-site"), &[typed, own]),
                StatusCode::FORBIDDEN,
            ),
            (
                "a same-site request",
                form(post().header("sec-fetch-site", "same-site"), &[typed, own]),
                StatusCode::FORBIDDEN,
            ),
        ] {
            let page = office.send(asked).await;
            if page.status != status {
                wrong.push(format!("POST {place} with {what}: {}", page.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(office.bytes(), before, "a form that is not ours was executed");
}

#[tokio::test]
async fn our_own_form_passes_with_the_headers_a_browser_sends() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let own = request("POST", "/system/audit/verify", Some(&browser))
        .header("origin", "http://tongzheng.test")
        .header("sec-fetch-site", "same-origin");
    let page = office.send(form(own, &[("csrf", &browser.csrf)])).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("审计记录完整"), "{}", page.text);
}

#[tokio::test]
async fn a_form_with_an_old_token_can_be_sent_again_with_one_press_but_no_password_is_shown() {
    let office = Office::new();
    let browser = office.browser(Role::Editor);
    let fields = [
        ("csrf", "old"),
        ("old", "Geheim-2018"),
        ("password", "Geheim-2019-long"),
        ("typed", "一段写了很久的文字，不能丢失。"),
        ("key", "0123456789abcdef0123456789abcdef"),
    ];
    let page = office.send(form(request("POST", "/password", Some(&browser)), &fields)).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("<pre>一段写了很久的文字"));
    assert!(page.text.contains(">0123456789abcdef"), "the key goes on with the form");
    assert!(!page.text.contains("<pre>0123456789abcdef"), "the key is nothing to read");
    assert!(page.text.contains(&browser.csrf));
    assert!(!page.text.contains("Geheim"), "{}", page.text);
    let page = office.send(form(request("POST", "/password", None), &fields)).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text.contains("一段写了很久的文字"));
    assert!(!page.text.contains("Geheim"), "{}", page.text);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_safe() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let mut places: Vec<(String, Option<&Browser>)> = vec![
        ("/".to_owned(), Some(&browser)),
        ("/sign-in".to_owned(), None),
        ("/nowhere".to_owned(), None),
        ("/nowhere".to_owned(), Some(&browser)),
        ("/intake".to_owned(), Some(&browser)),
        ("/system/units/4711".to_owned(), Some(&browser)),
        ("/system/units/%FF".to_owned(), Some(&browser)),
        ("/system/units/abc".to_owned(), Some(&browser)),
        ("/welcome/nothing".to_owned(), None),
        ("/assets/x/tongzheng.css".to_owned(), None),
        ("/assets/x/../../Cargo.toml".to_owned(), None),
    ];
    places.extend(table().iter().filter(|row| row.method == Method::GET).map(|row| (filled(row.path), Some(&browser))));
    for (place, browser) in places {
        let page = office.get(&place, browser).await;
        let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{place}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"),
            "{place}: {policy}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{place}");
        assert_eq!(header("x-frame-options"), "DENY", "{place}");
        assert_eq!(header("referrer-policy"), "same-origin", "{place}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{place}");
        if !place.starts_with("/assets/") {
            assert_eq!(header("cache-control"), "no-store", "{place}");
        }
        for forbidden in [" style=\"", "<script>", " onclick=", " onsubmit="] {
            assert!(!page.text.contains(forbidden), "{place} holds {forbidden}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_chinese_whatever_the_path() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    for place in ["/nowhere", "/system/units/4711", "/system/units/abc", "/system/units/-1"] {
        let page = office.get(place, Some(&browser)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{place}");
        assert!(page.text.contains("没有找到您要的内容"), "{place}: {}", page.text);
    }
    for method in ["PUT", "DELETE", "PATCH"] {
        let asked = form(request(method, "/system", Some(&browser)), &[("csrf", &browser.csrf)]);
        assert!(office.send(asked).await.status.is_client_error(), "{method}");
    }
    let head = request("HEAD", "/system", Some(&browser)).body(Body::empty()).unwrap();
    let page = office.send(head).await;
    assert_eq!((page.status, page.text.as_str()), (StatusCode::OK, ""));
    assert!(page.headers.contains_key(header::CONTENT_TYPE));
}
