//! The rooms of publications, upward reports, comments, solicitations and the network as a browser sees them.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;
use tz_app::{App, FixedClock, Role};
use tz_model::UnitId;
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::{AccountRow, SessionRow};
use tz_store::item::{ItemRow, VersionRow};

struct House {
    router: Router,
    store: Arc<Store>,
    office: tz_model::OfficeId,
    _folder: tempfile::TempDir,
}

struct Answered {
    status: StatusCode,
    to: String,
    bytes: Vec<u8>,
}

impl Answered {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

fn house() -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a new database"));
    let clock = Arc::new(FixedClock::at("2018-06-13T07:00:00Z".parse().expect("a moment")));
    let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
    let app = App::open_or_set_up(Arc::clone(&store), clock, scheme, jiff::civil::date(2018, 1, 1)).expect("an office");
    let office = app.office();
    let server = tz_web::Server::new(Arc::new(app), tz_web::Settings::default()).expect("a server");
    let house = House { router: tz_web::router(server), store, office, _folder: folder };
    house.person("editor", "李编辑", Role::Editor, None);
    house.person("chief", "王科长", Role::Chief, None);
    house.person("admin", "管理员", Role::Administrator, None);
    house.person("reporter", "王信息员", Role::Reporter, Some(house.unit("滨湖镇")));
    house.person("other", "别的信息员", Role::Reporter, Some(house.unit("商务局")));
    house
}

impl House {
    fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.office).expect("reading").list_units(None).expect("units");
        UnitId(units.iter().find(|unit| unit.name == name).expect("a unit of the scheme").unit_id)
    }

    /// An account with a session whose token is the sign-in name.
    fn person(&self, login: &str, name: &str, role: Role, unit: Option<UnitId>) {
        let mut tx = self.store.write(self.office).expect("a transaction");
        let id = tx.next_id("account").expect("an identity");
        tx.insert_account(&AccountRow {
            id,
            office_id: self.office.0,
            login: login.to_owned(),
            login_key: login.to_owned(),
            name: name.to_owned(),
            role: role.key().to_owned(),
            unit_id: unit.map(|unit| unit.0),
            password_hash: String::new(),
            must_change: false,
            disabled: false,
            failures: 0,
            locked_until: None,
            created_at: 0,
            last_seen_at: None,
        })
        .expect("an account");
        let now = 1_528_873_200_000_000; // the clock's moment
        tx.insert_session(&SessionRow {
            token_hash: tz_store::content::sha256(login.as_bytes()),
            account_id: id,
            csrf: "form".to_owned(),
            created_at: now,
            seen_at: now,
            expires_at: now + 3_600_000_000,
        })
        .expect("a session");
        tx.commit().expect("committed");
    }

    fn item(&self, number: &str, title: &str, body: &str, units: &[&str]) -> i64 {
        let units: Vec<i64> = units.iter().map(|name| self.unit(name).0).collect();
        let mut tx = self.store.write(self.office).expect("a transaction");
        let row = ItemRow {
            id: 0,
            office_id: 0,
            number: number.to_owned(),
            received_at: 1_528_851_600_000_000,
            channel: "网页".to_owned(),
            state: "received".to_owned(),
            revision: 1,
            title: title.to_owned(),
            category: "工作动态".to_owned(),
            words: 20,
            worry: false,
            counted: true,
            repeats: None,
            fingerprint: 1,
            authors: String::new(),
            contact: String::new(),
            claimed_by: None,
            solicitation_id: None,
            mail_id: None,
            sent_by: None,
            sent_key: None,
            doubts: String::new(),
        };
        let first = VersionRow {
            item_id: 0,
            revision: 1,
            title: title.to_owned(),
            body: body.to_owned(),
            category: "工作动态".to_owned(),
            saved_at: 0,
            saved_by: None,
            note: String::new(),
        };
        let id = tx.insert_item(row, &units, first).expect("an item");
        tx.commit().expect("committed");
        id.0
    }

    async fn ask(&self, who: &str, method: &str, path: &str, fields: &[(&str, &str)]) -> Answered {
        let mut body = String::from("csrf=form");
        for (name, value) in fields {
            let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            body.push_str(&format!("&{name}={value}"));
        }
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("tongzheng={who}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(if method == "POST" { Body::from(body) } else { Body::empty() })
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let to =
            response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await.expect("a body").to_vec();
        let answered = Answered { status, to, bytes };
        // For looking at the pages in a browser: set the variable to a folder.
        if let Ok(folder) = std::env::var("TONGZHENG_TEST_PAGES") {
            let name = format!("{who}-{method}{}.html", path.replace(['/', '?', '='], "-"));
            std::fs::write(std::path::Path::new(&folder).join(name), &answered.bytes).expect("a page kept");
        }
        answered
    }

    async fn get(&self, who: &str, path: &str) -> Answered {
        self.ask(who, "GET", path, &[]).await
    }

    async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Answered {
        self.ask(who, "POST", path, fields).await
    }
}

/// The value of a hidden field on a page.
fn field(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(start.as_str()).nth(1).and_then(|rest| rest.split('"').next()).expect("the field is there").to_owned()
}

#[tokio::test]
async fn every_page_opens_for_its_roles_and_for_nobody_else() {
    let house = house();
    let editors = [
        "/publication",
        "/publication/archive/1?year=2018",
        "/forward/adopted?month=2018-06",
        "/comment/bulletin",
        "/comment/scans",
        "/comment/follow",
        "/comment/claims",
        "/solicitation/new",
        "/network",
        "/network?short=1",
        "/network/yearly?year=2018",
    ];
    for path in editors {
        for (who, status) in [("editor", 200), ("chief", 200), ("reporter", 403), ("admin", 403)] {
            assert_eq!(house.get(who, path).await.status.as_u16(), status, "{who} {path}");
        }
        assert_eq!(house.get("nobody", path).await.status, StatusCode::SEE_OTHER, "{path}");
    }
    for (who, status) in [("editor", 403), ("chief", 200), ("reporter", 403)] {
        assert_eq!(house.get(who, "/publication/titles").await.status.as_u16(), status, "{who}");
    }
    for (who, status) in [("editor", 200), ("reporter", 200), ("admin", 403)] {
        assert_eq!(house.get(who, "/solicitation").await.status.as_u16(), status, "{who}");
    }
    for path in
        ["/publication/99", "/publication/x", "/publication/99/proof", "/solicitation/99", "/publication/archive/99"]
    {
        assert_eq!(house.get("editor", path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn an_item_goes_from_its_page_into_an_issue_that_is_signed_read_downloaded_and_withdrawn() {
    let house = house();
    let body = "6月8日至12日，我市组织16家机床企业集体参加国际机床展，现场签约1.2亿元，同比增长37%。\n下一步，将跟踪项目落地。";
    let a = house.item("2018-0613-01", "机床企业组团参展签约1.2亿元", body, &["商务局"]).to_string();
    let b =
        house.item("2018-0613-02", "湿地保护见成效", "微山湖湿地候鸟增加<12>种。", &["滨湖镇", "环保局"]).to_string();
    for item in [&a, &b] {
        let fields = [("item", item.as_str()), ("revision", "1"), ("publication", "1")];
        let adopted = house.post("editor", "/publication/adopt", &fields).await;
        assert_eq!(
            (adopted.status, adopted.to.as_str()),
            (StatusCode::SEE_OTHER, "/publication/1"),
            "{}",
            adopted.text()
        );
    }
    let stale = [("item", a.as_str()), ("revision", "7"), ("publication", "2")];
    assert_eq!(house.post("editor", "/publication/adopt", &stale).await.status, StatusCode::CONFLICT);

    let page = house.get("editor", "/publication/1").await.text();
    assert!(page.contains("滨湖镇、环保局") && page.contains("&#60;12&#62;"), "escaped");
    assert!(!page.contains("保存并签发"), "an editor does not sign");
    assert!(house.get("chief", "/publication/1").await.text().contains("保存并签发"));
    let seal = page.split("name=\"seal-1\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a seal");
    // A fault: everything typed is still there.
    let wrong = [
        ("item", a.as_str()),
        ("seal-1", seal),
        ("order-1", "两"),
        ("column-1", "经济"),
        ("title-1", "改过的标题"),
        ("body-1", "改过的正文。"),
        ("byline-1", "市商务局"),
        ("form-1", "综合"),
    ];
    let faulty = house.post("editor", "/publication/1/save", &wrong).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = faulty.text();
    for typed in ["value=\"两\"", "改过的标题", "改过的正文。", "市商务局", "<option selected>综合", "次序请填"]
    {
        assert!(text.contains(typed), "{typed}");
    }
    for mark in ["有1处需要改正", "aria-describedby=\"1-order-wrong\"", "id=\"1-order-wrong\""] {
        assert!(text.contains(mark), "{mark}");
    }
    let right: Vec<_> =
        wrong.iter().map(|&(name, value)| if name == "order-1" { (name, "2") } else { (name, value) }).collect();
    let saved = house.post("chief", "/publication/1/save", &[&right[..], &[("act", "publish")]].concat()).await;
    assert_eq!((saved.status, saved.to.as_str()), (StatusCode::SEE_OTHER, "/publication/1/publish"));

    let proof = house.get("editor", "/publication/1/proof").await;
    assert!(proof.bytes.starts_with(b"PK"), "a DOCX is a zip");
    // This house has no faces: the page says what to install, and nothing breaks.
    let no_face = house.get("editor", "/publication/1/proof.pdf").await;
    assert_eq!(no_face.status, StatusCode::CONFLICT);
    assert!(no_face.text().contains("fonts-noto-cjk"), "{}", no_face.text());
    assert_eq!(house.get("editor", "/publication/1/publish").await.status, StatusCode::FORBIDDEN);
    let signing = house.get("chief", "/publication/1/publish").await.text();
    assert!(signing.contains("改过的标题"));
    let opened = field(&signing, "opened");
    let early =
        house.post("chief", "/publication/1/publish", &[("date", "2018-07-01"), ("reviewed_by", "张审核")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text().contains("张审核"));
    assert_eq!(
        house.post("editor", "/publication/1/publish", &[("date", "2018-06-13")]).await.status,
        StatusCode::FORBIDDEN
    );
    let stale = [("date", "2018-06-13"), ("opened", "another")];
    let stale = house.post("chief", "/publication/1/publish", &stale).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("又有改动，没有刊发"), "{}", stale.text());
    let right = [("date", "2018-06-13"), ("reviewed_by", "张审核"), ("opened", opened.as_str())];
    let done = house.post("chief", "/publication/1/publish", &right).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let again = house.post("chief", "/publication/1/publish", &right).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("已经刊发或撤回，不能再次刊发"), "{}", again.text());

    let read = house.get("editor", "/publication/1").await.text();
    for part in ["《每日要情》2018年第1期", "总第1期", "湿地保护见成效", "（滨湖镇、环保局）", "+5 分", "王科长"]
    {
        assert!(read.contains(part), "{part}");
    }
    assert!(house.get("editor", "/publication/1/download").await.bytes.starts_with(b"PK"));
    assert!(house.get("editor", "/publication").await.text().contains("《每日要情》2018年第1期"));
    let silent = house.post("chief", "/publication/1/withdraw", &[("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        house.post("chief", "/publication/1/withdraw", &[("reason", "数据有误")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(house.get("editor", "/publication/1").await.text().contains("期号保留，不再计分。原因：数据有误"));
}

#[tokio::test]
async fn a_title_is_added_and_its_faults_keep_what_was_typed() {
    let house = house();
    let wrong =
        [("name", "每日要情"), ("editing_office", "市政府办公室"), ("copies", "很多"), ("report_to", "市委领导")];
    let faulty = house.post("chief", "/publication/titles", &wrong).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = faulty.text();
    assert!(text.contains("已经有《每日要情》") && text.contains("value=\"很多\"") && text.contains("市委领导"));
    let right = [
        ("name", "《督查专报》"),
        ("editing_office", "市政府办公室"),
        ("copies", "30"),
        ("adoption_kind", "政情专报采用"),
    ];
    assert_eq!(house.post("chief", "/publication/titles", &right).await.status, StatusCode::SEE_OTHER);
    assert!(house.get("editor", "/publication").await.text().contains("督查专报"));
}

#[tokio::test]
async fn adoptions_and_comments_are_entered_listed_and_withdrawn() {
    let house = house();
    let unit = house.unit("滨湖镇").to_string();
    house.item("2018-0613-01", "湿地保护见成效", "正文。", &["滨湖镇", "环保局"]);
    let wrong = [("name", "枣庄普刊采用"), ("date", "2019-01-01"), ("item", "治水经验"), ("note", "第8期")];
    let faulty = house.post("editor", "/forward/adopted", &wrong).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = faulty.text();
    for typed in ["治水经验", "第8期", "value=\"枣庄普刊采用\" selected", "日期不能晚于今天", "请选择单位"]
    {
        assert!(text.contains(typed), "{typed}");
    }
    let right = [("name", "枣庄普刊采用"), ("date", "2018-06-12"), ("item", "治水经验"), ("unit", unit.as_str())];
    assert_eq!(house.post("editor", "/forward/adopted", &right).await.status, StatusCode::SEE_OTHER);
    let list = house.get("editor", "/forward/adopted").await.text();
    assert!(list.contains("治水经验") && list.contains("+15 分"));
    assert!(house.get("editor", "/forward/adopted?month=2018-05").await.text().contains("这个月没有登记过上级采用"));
    assert_eq!(
        house.post("editor", "/forward/adopted/withdraw", &[("key", "1"), ("reason", "")]).await.status.as_u16(),
        422
    );
    assert_eq!(
        house.post("editor", "/forward/adopted/withdraw", &[("key", "1"), ("reason", "重复")]).await.status.as_u16(),
        303
    );
    assert!(!house.get("editor", "/forward/adopted").await.text().contains("治水经验"));

    let comment = [
        ("name", "省政府领导批示"),
        ("date", "2018-06-12"),
        ("item", "2018-0613-01"),
        ("leader", "张省长"),
        ("note", "请推广<此法>。"),
    ];
    assert_eq!(house.post("editor", "/comment", &comment).await.status, StatusCode::SEE_OTHER);
    // The same leader's of the same day is asked about: each counts, but none by mistake.
    let twice = house.post("editor", "/comment", &comment).await;
    assert!(twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.text().contains("另一条批示"));
    let again: Vec<(&str, &str)> = comment.into_iter().chain([("again", "yes")]).collect();
    assert_eq!(house.post("editor", "/comment", &again).await.status, StatusCode::SEE_OTHER);
    let list = house.get("editor", "/comment").await.text();
    assert!(list.contains("滨湖镇、环保局") && list.contains("请推广&#60;此法&#62;。") && list.contains("2 条"));
    let bulletin =
        [("name", "通报获主要负责同志批示"), ("date", "2018-06-12"), ("unit", unit.as_str()), ("quantity", "2")];
    assert_eq!(house.post("editor", "/comment/bulletin", &bulletin).await.status, StatusCode::SEE_OTHER);
    assert!(house.get("editor", "/comment/bulletin").await.text().contains("+20 分"));
    let training = [("name", "完成年度培训"), ("date", "2018-06-12"), ("unit", unit.as_str()), ("quantity", "1")];
    assert_eq!(house.post("editor", "/comment/bulletin", &training).await.status.as_u16(), 422, "not here");
}

#[tokio::test]
async fn a_solicitation_is_sent_seen_by_its_units_only_and_marked() {
    let house = house();
    let unit = house.unit("滨湖镇").to_string();
    let wrong = [("topic", "防汛准备情况"), ("requirement", "写明物资储备。"), ("deadline", "下周")];
    let faulty = house.post("editor", "/solicitation/new", &wrong).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text().contains("防汛准备情况") && faulty.text().contains("写明物资储备。"));
    let right = [
        ("topic", "防汛准备情况"),
        ("requirement", "写明物资储备。"),
        ("deadline", "2018-06-16"),
        ("unit", unit.as_str()),
        ("group", "C类"),
    ];
    let sent = house.post("editor", "/solicitation/new", &right).await;
    assert_eq!((sent.status, sent.to.as_str()), (StatusCode::SEE_OTHER, "/solicitation/1"), "{}", sent.text());
    let mine = house.get("reporter", "/solicitation").await.text();
    assert!(mine.contains("还有3天") && mine.contains("/report/new?solicitation=1"));
    assert!(house.get("reporter", "/solicitation/1").await.text().contains("写明物资储备。"));
    assert_eq!(house.get("other", "/solicitation/1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        house.post("other", "/solicitation/1/refuse", &[("reason", "无关")]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        house.post("editor", "/solicitation/1/refuse", &[("reason", "无关")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        house.post("reporter", "/solicitation/1/mark", &[("mark", "refused")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(house.post("reporter", "/solicitation/1/refuse", &[("reason", "")]).await.status.as_u16(), 422);
    assert_eq!(house.post("reporter", "/solicitation/1/refuse", &[("reason", "没有河道")]).await.status.as_u16(), 303);
    let shown = house.get("editor", "/solicitation/1").await.text();
    assert!(shown.contains("单位说明：没有河道") && shown.contains("-5 分"));
    let answered = [("key", "1"), ("mark", "answered"), ("answered", "2018-06-13")];
    assert_eq!(house.post("editor", "/solicitation/1/mark", &answered).await.status, StatusCode::SEE_OTHER);
    assert!(house.get("editor", "/solicitation/1").await.text().contains("+3 分"));
    assert!(house.get("editor", "/solicitation").await.text().contains("21 个"));
}

#[tokio::test]
async fn training_is_recorded_for_units_and_taken_back() {
    let house = house();
    let unit = house.unit("滨湖镇").to_string();
    let entry = [
        ("event", "完成年度培训"),
        ("date", "2018-06-12"),
        ("unit", unit.as_str()),
        ("note", "春季班"),
        ("year", "2018"),
    ];
    assert_eq!(house.post("editor", "/network/yearly", &entry).await.status, StatusCode::SEE_OTHER);
    let twice = house.post("editor", "/network/yearly", &entry).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text().contains("一年只计一次") && twice.text().contains("春季班"));
    assert!(house.get("editor", "/network/yearly?year=2018").await.text().contains("1/103个单位"));
    let undo = [("key", "1"), ("reason", "误登"), ("year", "2018")];
    assert_eq!(house.post("editor", "/network/yearly/withdraw", &undo).await.to, "/network/yearly?year=2018");
    assert!(house.get("editor", "/network/yearly?year=2018").await.text().contains("0/103个单位"));
}
