//! The office's schemes through the router: the list, a draft and its faults, comparing, trying, taking into force and back.

mod support;

use axum::body::Body;
use axum::http::{StatusCode, header};
use support::{Browser, Office, Page, request};
use tz_app::Role;
use tz_model::Table;
use tz_scheme::Scheme;
use tz_store::ledger::FactRow;

fn tengzhou() -> String {
    Scheme::builtin("tengzhou-2018").expect("built in").text().to_owned()
}

fn dearer() -> String {
    tengzhou().replace("name = \"每日要情采用\", points = 5", "name = \"每日要情采用\", points = 8")
}

/// An office with three uses of one unit in June: 15 points, and 9 more under the dearer scheme. It has reported nothing of its
/// quota of 10, so that less would be lost to the floor.
fn office() -> Office {
    let office = Office::new();
    let mut tx = office.store.write(office.office()).expect("the database can be written");
    for day in ["2018-06-04", "2018-06-05", "2018-06-06"] {
        tx.append_fact(FactRow {
            title: Some(format!("{day}的稿件")),
            ..FactRow::new(Table::Adoptions.name(), &[1], day, "每日要情采用")
        })
        .expect("the unit is there");
    }
    tx.commit().expect("the disk has room");
    office
}

/// Keeps a draft and gives its address.
async fn draft(office: &Office, chief: &Browser, text: &str) -> String {
    let page = office.post("/assessment/scheme/new", Some(chief), &[("text", text), ("do", "save")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    page.location().to_owned()
}

/// A form with a file in it, as a browser sends it.
async fn upload(office: &Office, chief: &Browser, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Page {
    let mut body = Vec::new();
    for (name, value) in fields.iter().chain(&[("csrf", chief.csrf.as_str())]) {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ban.toml\"\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let asked = request("POST", path, Some(chief)).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    office.send(asked.body(Body::from(body)).expect("the request is well made")).await
}

/// The value of a hidden field.
fn hidden(page: &Page, name: &str) -> String {
    let from = page.text.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("the field is there");
    from.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_built_in_scheme_is_shown_whole_and_can_be_downloaded() {
    let office = office();
    let editor = office.browser(Role::Editor);
    for id in tz_scheme::BUILTIN_IDS {
        let page = office.get(&format!("/assessment/scheme/{id}"), Some(&editor)).await;
        assert_eq!(page.status, StatusCode::OK, "{id}");
        let scheme = Scheme::builtin(id).expect("built in");
        let escaped =
            |text: &str| text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;");
        for rule in scheme.rules() {
            for sentence in tz_scheme::describe(rule) {
                assert!(page.text.contains(&escaped(&sentence)), "{id}: {sentence}");
            }
        }
        let file = office.get(&format!("/assessment/scheme/{id}/file"), Some(&editor)).await;
        assert_eq!(file.text, scheme.text(), "{id}");
        assert!(file.headers[header::CONTENT_DISPOSITION].to_str().is_ok_and(|name| name.contains(".toml")), "{id}");
    }
}

#[tokio::test]
async fn a_faulty_text_comes_back_with_every_fault_at_its_place_and_is_kept_only_when_asked() {
    let office = office();
    let chief = office.browser(Role::Chief);
    let text = dearer().replace("kind = \"quota\"", "kind = \"qouta\"").replace("points = 60", "points = \"六十\"");
    let before = office.bytes();
    let page = office.post("/assessment/scheme/new", Some(&chief), &[("text", &text), ("do", "check")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.bytes(), before, "checking keeps nothing");
    let faults = Scheme::parse(&text).expect_err("there are faults");
    assert!(faults.len() > 2 && page.text.contains(&format!("共{}处差错", faults.len())));
    for fault in &faults {
        assert!(page.text.contains(&fault.place), "{fault}");
    }
    assert!(page.text.contains("<mark>&#34;qouta&#34;</mark>") && page.text.contains("<mark>&#34;六十&#34;</mark>"));
    assert!(page.text.contains("# 滕州市政务信息工作考核计分办法") && page.text.contains("points = &#34;六十&#34;"));
    let lines = text.split('\n').count();
    assert!(page.text.contains(&format!("\n{lines}\n")), "the last line has its number");
    // Kept as it is, and shown with its faults; it cannot be taken into force.
    let place = draft(&office, &chief, &text).await;
    let shown = office.get(&place, Some(&chief)).await;
    assert!(shown.text.contains(&format!("这份草稿有{}处差错", faults.len())) && !shown.text.contains("启用…"));
    assert_eq!(office.get(&format!("{place}/adopt"), Some(&chief)).await.status, StatusCode::CONFLICT);
    assert_eq!(office.get(&format!("{place}/try"), Some(&chief)).await.status, StatusCode::CONFLICT);
    assert_eq!(office.get(&format!("{place}/file"), Some(&chief)).await.text, text);
    let list = office.get("/assessment/schemes", Some(&chief)).await;
    assert!(list.text.contains(&format!("{}处差错", faults.len())));
}

#[tokio::test]
async fn nothing_typed_is_lost_by_a_file_by_another_chief_or_by_an_expired_session() {
    let office = office();
    let chief = office.browser(Role::Chief);
    // A file takes the place of the text; the text stands beside it, and nothing is kept unseen.
    let fields = [("text", "我写的<办法>"), ("do", "save"), ("base", "")];
    let page = upload(&office, &chief, "/assessment/scheme/new", &fields, dearer().as_bytes()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("已读入文件，尚未保存") && page.text.contains("我写的&#60;办法&#62;"));
    assert!(page.text.contains("points = 8") && page.text.contains("没有差错"));
    // A file that is no text leaves the text alone.
    let page = upload(&office, &chief, "/assessment/scheme/new", &fields, b"\xff\xfe\x00").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("不是 UTF-8 文本") && page.text.contains("我写的&#60;办法&#62;"));
    // A file alone is kept at once.
    let page =
        upload(&office, &chief, "/assessment/scheme/new", &[("text", ""), ("do", "save")], dearer().as_bytes()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let place = page.location().to_owned();
    // Somebody else was quicker.
    let form = office.get(&format!("{place}/edit"), Some(&chief)).await;
    let base = hidden(&form, "base");
    let mine = dearer().replace("points = 8", "points = 9");
    let save = |text: String, base: String| {
        let (office, chief, place) = (&office, &chief, &place);
        async move {
            let fields = [("text", text.as_str()), ("base", base.as_str()), ("do", "save")];
            office.post(&format!("{place}/edit"), Some(chief), &fields).await
        }
    };
    assert_eq!(save(dearer().replace("points = 8", "points = 7"), base.clone()).await.status, StatusCode::SEE_OTHER);
    let page = save(mine.clone(), base.clone()).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("已经改过这份草稿") && page.text.contains("points = 9"));
    // Discarded meanwhile: the text goes on as a new draft.
    office.post(&format!("{place}/discard"), Some(&chief), &[]).await;
    let page = save(mine.clone(), base).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("这份草稿已被删除") && page.text.contains("points = 9"));
    assert!(page.text.contains("action=\"/assessment/scheme/new\""));
    // The session is over: the text goes on after signing in.
    let page = office.post("/assessment/scheme/new", None, &[("text", &mine), ("do", "save")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text.contains("name=\"carried.text\"") && page.text.contains("points = 9"));
    // A file cannot be chosen again by a page: its text goes on, and stands where it would have stood.
    let nobody = Browser::default();
    let page =
        upload(&office, &nobody, "/assessment/scheme/new", &[("text", "我写的"), ("do", "check")], mine.as_bytes());
    let page = page.await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text.contains("name=\"carried.file-text\"") && page.text.contains("points = 9"), "{}", page.text);
    let again = [("text", "我写的"), ("do", "check"), ("file-text", mine.as_str())];
    let page = office.post("/assessment/scheme/new", Some(&chief), &again).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("已读入文件，尚未保存") && page.text.contains("我写的") && page.text.contains("points = 9")
    );
    // Empty.
    let page = office.post("/assessment/scheme/new", Some(&chief), &[("text", " "), ("do", "save")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("还没有文字"));
}

#[tokio::test]
async fn a_chief_compares_tries_takes_into_force_and_takes_back() {
    let office = office();
    let chief = office.browser(Role::Chief);
    let place = draft(&office, &chief, &dearer()).await;
    let diff = office.get(&format!("{place}/diff"), Some(&chief)).await;
    assert!(diff.text.contains("共1处变动") && diff.text.contains("由 5 分改为 8 分"), "{}", diff.text);
    let same = office.get(&format!("{place}/diff?against=draft-1"), Some(&chief)).await;
    assert!(same.text.contains("逐字相同"));
    let tried = office.get(&format!("{place}/try?year=2018&through=6"), Some(&chief)).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
    for words in ["试算 · 2018年1月至6月", "加分1个", "+9", "没有用上的条款", "起了作用的限额"]
    {
        assert!(tried.text.contains(words), "{words}");
    }
    let lacking = draft(&office, &chief, &dearer().replace("每日要情采用", "要情采用")).await;
    let tried = office.get(&format!("{lacking}/try"), Some(&chief)).await;
    assert!(tried.text.contains("没有试算") && tried.text.contains("没有名为“每日要情采用”"), "{}", tried.text);
    let blocked = office.get(&format!("{lacking}/adopt"), Some(&chief)).await;
    assert!(blocked.text.contains("刊物《每日要情》") && !blocked.text.contains("name=\"sure\""));
    // From a day that cannot be.
    let page = office.get(&format!("{place}/adopt?from=2018-05-01"), Some(&chief)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("最早从2018年6月1日起"), "{}", page.text);
    let page = office.get(&format!("{place}/adopt?from=2018-07-01"), Some(&chief)).await;
    assert!(page.text.contains("自2018年7月1日起执行") && page.text.contains("由 5 分改为 8 分"));
    let (hash, against) = (hidden(&page, "hash"), hidden(&page, "against"));
    let fields = [("from", "2018-07-01"), ("hash", &*hash), ("against", &*against)];
    let unsure = office.post(&format!("{place}/adopt"), Some(&chief), &fields).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsure.text.contains("请先核对变动"));
    let sure: Vec<(&str, &str)> = fields.into_iter().chain([("sure", "yes")]).collect();
    let stale: Vec<(&str, &str)> =
        vec![("from", "2018-07-01"), ("hash", &hash), ("against", "another"), ("sure", "yes")];
    assert_eq!(office.post(&format!("{place}/adopt"), Some(&chief), &stale).await.status, StatusCode::CONFLICT);
    let done = office.post(&format!("{place}/adopt"), Some(&chief), &sure).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/assessment/schemes"), "{}", done.text);
    let list = office.get("/assessment/schemes", Some(&chief)).await;
    assert!(list.text.contains("尚未开始") && list.text.contains("2018年7月1日") && list.text.contains("现行"));
    // The scheme in force in June is still the old one.
    let reporter = office.browser(Role::Reporter);
    assert!(!office.get("/assessment/scheme", Some(&reporter)).await.text.contains(&hash));
    let page = office.post("/assessment/schemes/withdraw", Some(&chief), &[("number", "2"), ("reason", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("请写明为什么撤回"));
    let page =
        office.post("/assessment/schemes/withdraw", Some(&chief), &[("number", "2"), ("reason", "启用早了")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let list = office.get("/assessment/schemes", Some(&chief)).await;
    assert!(list.text.contains("已撤回") && list.text.contains("启用早了"));
}

#[tokio::test]
async fn editors_look_and_reporters_see_only_what_they_are_scored_by() {
    let office = office();
    let chief = office.browser(Role::Chief);
    let place = draft(&office, &chief, &dearer()).await;
    let (editor, reporter) = (office.browser(Role::Editor), office.browser(Role::Reporter));
    for path in [place.clone(), format!("{place}/diff"), format!("{place}/try"), "/assessment/schemes".to_owned()] {
        let page = office.get(&path, Some(&editor)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            !page.text.contains("/adopt\"") && !page.text.contains("/edit\""),
            "{path} offers what an editor may not do"
        );
        assert_eq!(office.get(&path, Some(&reporter)).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [format!("{place}/edit"), format!("{place}/adopt"), "/assessment/scheme/new".to_owned()] {
        assert_eq!(office.get(&path, Some(&editor)).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let own = office.get("/assessment/scheme", Some(&reporter)).await;
    assert_eq!(own.status, StatusCode::OK);
    assert!(!own.text.contains("/assessment/schemes"), "a reporter is led nowhere they may not go");
    for path in ["/assessment/scheme/draft-99", "/assessment/scheme/nothing", "/assessment/scheme/tengzhou-2018/edit"] {
        assert_eq!(office.get(path, Some(&chief)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
