//! 收信邮箱 as an administrator sees it, the health figure, and what the editors are told.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod support;

use std::pin::Pin;
use std::sync::Arc;

use axum::http::StatusCode;
use support::{Browser, Office};
use tz_app::postbox::{PostboxOrder, ServerFolder, ServerLetter, ServerList, ServerStray};
use tz_app::{App, Role};
use tz_model::PostboxId;
use tz_scheme::Scheme;
use tz_web::{Postman, Server, Settings, TriedStep, router};

const CODE: &str = "SHOUQUANMA-2018";

/// Says what it was given, and that signing in failed.
struct Told;

impl Postman for Told {
    fn attempt(&self, order: PostboxOrder) -> Pin<Box<dyn Future<Output = Vec<TriedStep>> + Send>> {
        assert_eq!(order.password.text(), CODE);
        let step = |name: &str, trouble: &str, words: &str| TriedStep {
            name: name.to_owned(),
            trouble: trouble.to_owned(),
            words: words.to_owned(),
        };
        Box::pin(async move {
            vec![step("连接", "", ""), step("登录", "登录：服务器拒绝（“<b>LOGIN</b> error”）", "请填写授权码。")]
        })
    }
}

/// An office with a data folder for its keys, and somebody to try postboxes.
fn office(postman: bool) -> Office {
    let mut office = Office::new();
    let scheme = Scheme::builtin("tengzhou-2018").unwrap();
    let from = jiff::civil::date(2018, 1, 1);
    let app = App::open_or_set_up(Arc::clone(&office.store), Arc::clone(&office.clock) as _, scheme, from).unwrap();
    office.app = Arc::new(app.with_keys(office.folder.path()));
    let server = Server::new(Arc::clone(&office.app), Settings::default()).unwrap();
    office.router = router(if postman { server.with_postman(Arc::new(Told)) } else { server });
    office
}

const FIELDS: [(&str, &str); 9] = [
    ("name", "政务信息邮箱"),
    ("host", "imap.126.com"),
    ("port", "993"),
    ("security", "tls"),
    ("login", "tzxinxi@126.com"),
    ("password", CODE),
    ("folder", "INBOX"),
    ("start_from", "2018-06-01"),
    ("enabled", "1"),
];

fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    FIELDS.into_iter().map(|(field, old)| (field, if field == name { value } else { old })).collect()
}

async fn added(office: &Office, browser: &Browser) {
    let page = office.post("/system/postboxes", Some(browser), &FIELDS).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/system/postboxes/1"), "{}", page.text);
}

#[tokio::test]
async fn a_postbox_is_added_changed_and_tried_and_its_code_is_never_sent_back() {
    let office = office(true);
    let browser = office.browser(Role::Administrator);
    let page = office.get("/system/postboxes", Some(&browser)).await;
    assert!(page.text.contains("还没有收信邮箱"), "{}", page.text);
    let page = office.get("/system/postboxes/new", Some(&browser)).await;
    assert!(page.text.contains("value=\"INBOX\"") && page.text.contains("value=\"2018-06-20\""), "{}", page.text);

    let faulty = office.post("/system/postboxes", Some(&browser), &with("host", "http://x")).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text.contains("不带 http://") && faulty.text.contains("tzxinxi@126.com"), "{}", faulty.text);
    assert!(!faulty.text.contains(CODE));

    added(&office, &browser).await;
    for path in ["/system/postboxes", "/system/postboxes/1"] {
        let page = office.get(path, Some(&browser)).await;
        assert!(page.text.contains("等待首次连接") && !page.text.contains(CODE), "{path}: {}", page.text);
    }
    let tried = office.post("/system/postboxes/1/try", Some(&browser), &[]).await;
    assert_eq!(tried.status, StatusCode::OK);
    for said in ["试一试的结果", "&#60;b&#62;LOGIN", "请填写授权码。", ">成功<", ">失败<"] {
        assert!(tried.text.contains(said), "{said}: {}", tried.text);
    }
    assert!(!tried.text.contains(CODE));

    // The code stays where it goes to the same place, and must be typed again for another.
    let kept = office.post("/system/postboxes/1", Some(&browser), &with("password", "")).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let mut elsewhere = with("password", "");
    elsewhere[1].1 = "imap.evil.example";
    let refused = office.post("/system/postboxes/1", Some(&browser), &elsewhere).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("请重新填写授权码"), "{}", refused.text);
    let audit = office.get("/system/audit", Some(&browser)).await;
    assert!(audit.text.contains("新增收信邮箱") && audit.text.contains("试收信邮箱") && !audit.text.contains(CODE));
}

#[tokio::test]
async fn where_nobody_can_try_it_that_is_said() {
    let office = office(false);
    let browser = office.browser(Role::Administrator);
    added(&office, &browser).await;
    let page = office.post("/system/postboxes/1/try", Some(&browser), &[]).await;
    assert!(page.text.contains("演示不连接邮箱服务器"), "{}", page.text);
}

#[tokio::test]
async fn what_a_comparison_found_is_shown_and_can_be_asked_for() {
    let office = office(true);
    let browser = office.browser(Role::Administrator);
    added(&office, &browser).await;
    let asked = office.post("/system/postboxes/1/check", Some(&browser), &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let page = office.get("/system/postboxes/1", Some(&browser)).await;
    assert!(page.text.contains("正在核对") && page.text.contains("还没有核对过"), "{}", page.text);
    assert!(office.app.is_postbox_check_due(PostboxId(1)).unwrap());
    let arrived = Some("2018-06-19T01:12:00Z".parse().unwrap());
    let list = ServerList {
        folders: vec![
            ServerFolder {
                name: "INBOX".to_owned(),
                uidvalidity: 7,
                letters: vec![ServerLetter { uid: 17, size: Some(300), arrived }],
            },
            ServerFolder {
                name: "订阅邮件".to_owned(),
                uidvalidity: 7,
                letters: vec![ServerLetter { uid: 18, size: Some(300), arrived }],
            },
        ],
        strays: vec![ServerStray { folder: "垃圾邮件".to_owned(), uid: 3, arrived }],
    };
    office.app.reconcile_postbox(PostboxId(1), &list).unwrap();
    let page = office.get("/system/postboxes/1", Some(&browser)).await;
    for said in [
        "有2封不在台账中",
        "订阅邮件第18号，2018年6月19日 09:12:00到达",
        "其他文件夹里有1封没有收过",
        "第17号，2018年6月19日 09:12:00到达",
        "垃圾邮件：",
        "移回收件箱",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(!page.text.contains("正在核对"), "{}", page.text);
}

#[tokio::test]
async fn an_outage_is_on_the_health_figure_and_where_editors_look_for_letters_without_names_for_strangers() {
    let office = office(true);
    let health = async || office.get("/health", None).await.text;
    assert_eq!(health().await, r#"{"status":"ok","postboxes":[]}"#);
    added(&office, &office.browser(Role::Administrator)).await;
    office.app.postbox_well(PostboxId(1), 0).unwrap();
    assert!(health().await.starts_with(r#"{"status":"ok","postboxes":[{"state":"well","seconds_since_well":0,"#));
    office.app.postbox_unwell(PostboxId(1), "登录", "登录：服务器拒绝。").unwrap();
    let told = health().await;
    assert!(told.starts_with(r#"{"status":"degraded","postboxes":[{"state":"failing""#), "{told}");
    assert!(!told.contains("126.com") && !told.contains("邮箱"), "{told}");
    let page = office.get("/intake/mail", Some(&office.browser(Role::Editor))).await.text;
    assert!(page.contains("收信中断") && page.contains("恢复后会自动收取"), "{page}");
}
