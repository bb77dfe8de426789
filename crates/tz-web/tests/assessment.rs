//! The assessment room's pages (考核), as a reporter, an editor and a chief meet them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::date;
use tower::ServiceExt;
use tz_app::{App, FixedClock};
use tz_model::Table;
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::{AccountRow, SessionRow};
use tz_store::content::sha256;
use tz_store::ledger::FactRow;
use tz_web::{Server, Settings, router};

struct House {
    router: Router,
    units: Vec<(i64, String)>,
    _folder: tempfile::TempDir,
}

impl House {
    /// July 2018: June is over and not closed. 滨湖镇 has a use of 15 points.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open_folder(folder.path()).unwrap());
        let now: Timestamp = "2018-07-02T01:00:00Z".parse().unwrap();
        let scheme = Scheme::builtin("tengzhou-2018").unwrap();
        let app =
            App::open_or_set_up(Arc::clone(&store), Arc::new(FixedClock::at(now)), scheme, date(2018, 1, 1)).unwrap();
        let mut tx = store.write(app.office()).unwrap();
        let units: Vec<(i64, String)> =
            tx.list_units(None).unwrap().into_iter().map(|unit| (unit.unit_id, unit.name)).collect();
        let id = |name: &str| units.iter().find(|(_, unit)| unit == name).unwrap().0;
        for (login, role, unit) in [
            ("reporter", "reporter", Some(id("滨湖镇"))),
            ("editor", "editor", None),
            ("chief", "chief", None),
            ("administrator", "administrator", None),
        ] {
            let account = tx.next_id("account").unwrap();
            tx.insert_account(&AccountRow {
                id: account,
                office_id: app.office().0,
                login: login.to_owned(),
                login_key: login.to_owned(),
                name: format!("{login}某"),
                role: role.to_owned(),
                unit_id: unit,
                password_hash: String::new(),
                must_change: false,
                disabled: false,
                failures: 0,
                locked_until: None,
                created_at: 0,
                last_seen_at: None,
            })
            .unwrap();
            let at = now.as_microsecond();
            tx.insert_session(&SessionRow {
                token_hash: sha256(login.as_bytes()),
                account_id: account,
                csrf: "token".to_owned(),
                created_at: at,
                seen_at: at,
                expires_at: at + 3_600_000_000,
            })
            .unwrap();
        }
        let mut use_of = |unit: &str, day: &str, kind: &str, title: &str, note: &str| {
            tx.append_fact(FactRow {
                title: Some(title.to_owned()),
                note: Some(note.to_owned()),
                ..FactRow::new(Table::Adoptions.name(), &[id(unit)], day, kind)
            })
            .unwrap();
        };
        use_of("滨湖镇", "2018-06-04", "枣庄普刊采用", "马铃薯“期货+保险”试点", "");
        use_of("张汪镇", "2018-06-11", "每日要情采用", "夏粮收购<进展>", "《每日要情》第98期");
        for (at, unit) in ["滨湖镇", "南沙河镇", "龙泉街道"].into_iter().enumerate() {
            for day in 1..=(9 + at) {
                let date = format!("2018-06-{day:02}");
                tx.append_fact(FactRow::new(Table::Reports.name(), &[id(unit)], &date, "工作动态")).unwrap();
            }
        }
        tx.commit().unwrap();
        let server = Server::new(Arc::new(app), Settings::default()).unwrap();
        Self { router: router(server), units, _folder: folder }
    }

    fn unit(&self, name: &str) -> i64 {
        self.units.iter().find(|(_, unit)| unit == name).unwrap().0
    }

    fn send(&self, request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let to = response.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
            (status, to, axum::body::to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec())
        })
    }

    fn get(&self, who: &str, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header(header::COOKIE, format!("tongzheng={who}"));
        let (status, _, body) = self.send(request.body(Body::empty()).unwrap());
        let page = String::from_utf8_lossy(&body).into_owned();
        if let Ok(folder) = std::env::var("TONGZHENG_KEEP_PAGES") {
            let name = format!("{who}{}.html", path.replace(['/', '?', '&', '='], "_"));
            std::fs::write(std::path::Path::new(&folder).join(name), &page).unwrap();
        }
        (status, page)
    }

    fn post(&self, who: &str, path: &str, form: &str) -> (StatusCode, String, String) {
        let request = Request::post(path)
            .header(header::COOKIE, format!("tongzheng={who}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (status, to, body) = self.send(request.body(Body::from(form.to_owned())).unwrap());
        (status, to, String::from_utf8_lossy(&body).into_owned())
    }
}

#[test]
fn a_reporter_sees_the_ranking_and_only_their_own_units_lines() {
    let house = House::new();
    let (status, page) = house.get("reporter", "/assessment");
    assert_eq!(status, StatusCode::OK);
    for words in ["考核 · 2018年6月", "未关账", "滨湖镇", "张汪镇", "枣庄普刊采用", "马铃薯“期货+保险”试点", "附件1注1"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("夏粮收购"), "another unit's line");
    assert!(!page.contains("关账并生成通报"));
    let own = format!("/assessment/unit/{}?month=2018-06", house.unit("滨湖镇"));
    assert_eq!(house.get("reporter", &own).0, StatusCode::OK);
    for path in [
        format!("/assessment/unit/{}?month=2018-06", house.unit("张汪镇")),
        format!("/assessment?unit={}", house.unit("张汪镇")),
        "/assessment/unit/99999".to_owned(),
        "/assessment?month=2018-05".to_owned(),
        "/assessment?month=nothing".to_owned(),
    ] {
        assert_eq!(house.get("reporter", &path).0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(house.get("reporter", "/assessment/statements").0, StatusCode::FORBIDDEN);
    assert_eq!(house.get("administrator", "/assessment").0, StatusCode::FORBIDDEN);
}

#[test]
fn what_a_unit_wrote_is_text_and_every_clause_link_has_its_place() {
    let house = House::new();
    let (_, page) = house.get("editor", &format!("/assessment?unit={}", house.unit("张汪镇")));
    assert!(page.contains("夏粮收购&#60;进展&#62;"), "not escaped");
    assert!(page.contains("/assessment/scheme?month=2018-06#F1.n1"));
    let (status, scheme) = house.get("reporter", "/assessment/scheme?month=2018-06");
    assert_eq!(status, StatusCode::OK);
    for clause in ["F1", "F1.n1", "F1.n4", "F2.A", "N2.7", "R2", "R14"] {
        assert_eq!(scheme.matches(&format!("id=\"{clause}\"")).count(), 1, "{clause}");
    }
}

#[test]
fn a_chief_closes_the_month_and_anybody_of_the_section_can_check_it() {
    let house = House::new();
    assert_eq!(house.get("editor", "/assessment/close").0, StatusCode::FORBIDDEN);
    let (status, page) = house.get("chief", "/assessment/close");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("2018年6月已经结束") && page.contains("103个单位的计分表"));
    let (status, _, page) = house.post("chief", "/assessment/close", "csrf=token&month=2018-06");
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("请先勾选"));
    let (status, to, _) = house.post("chief", "/assessment/close", "csrf=token&month=2018-06&sure=yes");
    assert_eq!((status, &*to), (StatusCode::SEE_OTHER, "/assessment/statement/2018-06"));
    let (status, _, page) = house.post("chief", "/assessment/close", "csrf=token&month=2018-06&sure=yes");
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("已经关账"));
    let (status, page) = house.get("editor", &to);
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("计分表第1号") && page.contains("这是第一号"));
    let paper = page.split("href=\"").find(|part| part.starts_with("/assessment/statement/2018-06/paper/")).unwrap();
    let (status, _) = house.get("editor", paper.split('"').next().unwrap());
    assert_eq!(status, StatusCode::OK);
    assert_eq!(house.get("editor", "/assessment/statement/2018-07").0, StatusCode::NOT_FOUND);
    let (status, _, page) = house.post("editor", "/assessment/verify", "csrf=token");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("逐字节一致"));
    let (_, page) = house.get("editor", "/assessment?month=2018-06");
    assert!(page.contains("已关账 · 计分表第1号"));
}
