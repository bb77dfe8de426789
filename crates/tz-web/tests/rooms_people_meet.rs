//! What every room owes the people who use it: faults at their fields with nothing lost, counts of what waits, the register of
//! secret items, an icon.

mod support;

use axum::http::{StatusCode, header};
use support::{Browser, Office};
use tz_app::Role;

/// An item sent by the first unit's reporter, as `/intake/1`.
async fn sent(office: &Office) {
    let fields =
        [("do", "send"), ("title", "夏粮收购全面开秤"), ("body", "今年以来，多措并举。"), ("category", "工作动态")];
    let page = office.post("/report/new", Some(&office.browser(Role::Reporter)), &fields).await;
    assert_eq!(page.location(), "/report/1", "{}", page.text);
}

/// A solicitation to the first unit, as `/solicitation/1`, due on 29 June.
async fn solicited(office: &Office, editor: &Browser) {
    let fields = [("topic", "防汛准备情况"), ("deadline", "2018-06-29"), ("unit", "1")];
    let page = office.post("/solicitation/new", Some(editor), &fields).await;
    assert_eq!(page.location(), "/solicitation/1", "{}", page.text);
}

#[tokio::test]
async fn every_fault_stands_at_its_field_and_the_head_says_how_many() {
    let office = Office::new();
    let (editor, chief) = (office.browser(Role::Editor), office.browser(Role::Chief));
    let reporter = office.browser(Role::Reporter);
    sent(&office).await;
    solicited(&office, &editor).await;
    let adopted = [("item", "1"), ("revision", "1"), ("publication", "1")];
    let page = office.post("/publication/adopt", Some(&editor), &adopted).await;
    assert_eq!(page.location(), "/publication/1", "{}", page.text);
    let long = "长".repeat(2001);
    let title = "题".repeat(201);
    type Form<'a> = (&'a Browser, &'a str, Vec<(&'a str, &'a str)>, &'a [&'a str]);
    let forms: Vec<Form<'_>> = vec![
        (&editor, "/forward/adopted", vec![("date", "昨天"), ("note", &long)], &["name", "date", "unit", "note"]),
        (&editor, "/comment", vec![("date", "2018-06-21")], &["name", "date", "unit"]),
        (&editor, "/comment/bulletin", vec![("name", "无"), ("date", "2018-06-01")], &["name"]),
        (
            &editor,
            "/comment/bulletin",
            vec![("name", "通报获主要负责同志批示"), ("date", "2018-06-01"), ("quantity", "两次")],
            &["quantity", "unit"],
        ),
        (&editor, "/network/yearly", vec![("year", "2018"), ("date", "")], &["event", "date", "unit"]),
        (&editor, "/solicitation/new", vec![("deadline", "2018-06-19")], &["topic", "deadline", "unit"]),
        (&editor, "/solicitation/1/tie", vec![("number", "2018-0101-01")], &["number"]),
        (&reporter, "/solicitation/1/refuse", vec![("reason", " ")], &["reason"]),
        (&chief, "/publication/1/publish", vec![("date", "下周")], &["date"]),
        (&editor, "/intake/1/edit", vec![("revision", "1"), ("title", ""), ("body", "文字")], &["title"]),
        (&editor, "/intake/new", vec![("title", &title)], &["unit", "title"]),
        (&editor, "/intake/1/remark", vec![("words", " ")], &["words"]),
        (&editor, "/intake/1/not-counted", vec![("code", "重复"), ("repeats", "2018-0101-01")], &["repeats"]),
        (
            &editor,
            "/intake/secret",
            vec![("number", "某会议的情况"), ("date", "")],
            &["number", "date", "category", "unit"],
        ),
        (&reporter, "/report/new", vec![("do", "send"), ("title", &title), ("body", "文字")], &["title"]),
        (&reporter, "/report/1/reply", vec![("text", " ")], &["text"]),
        (&editor, "/password", vec![("old", "x"), ("password", "short"), ("again", "other")], &["password", "again"]),
        (
            &chief,
            "/publication/titles",
            vec![("name", "每日要情"), ("copies", "很多"), ("editing_office", "市政府办公室")],
            &["name", "copies"],
        ),
    ];
    let mut wrong = Vec::new();
    for (who, path, fields, faults) in forms {
        let page = office.post(path, Some(who), &fields).await;
        if page.status != StatusCode::UNPROCESSABLE_ENTITY {
            wrong.push(format!("{path}: {} {}", page.status, page.location()));
            continue;
        }
        for fault in faults {
            if !page.text.contains(&format!("id=\"{fault}-wrong\"")) {
                wrong.push(format!("{path}: nothing stands at {fault}"));
            }
        }
        let marks = page.text.matches("-wrong\">").count();
        if marks < faults.len() {
            wrong.push(format!("{path}: {marks} marks for {} faults", faults.len()));
        }
        for (name, value) in fields.iter().filter(|(name, value)| !value.trim().is_empty() && *name != "old") {
            let hidden = ["password", "again", "do", "revision", "year", "name", "unit"].contains(name);
            if !hidden && !page.text.contains(value) {
                wrong.push(format!("{path}: what was typed in {name} is gone"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn taking_a_line_back_without_a_reason_says_so_at_that_line() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    for name in ["上报", "枣庄普刊采用"] {
        let fields = [("name", name), ("date", "2018-05-30"), ("item", "治水经验"), ("unit", "1")];
        let page = office.post("/forward/adopted", Some(&editor), &fields).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/forward/adopted?month=2018-05"),
            "{}",
            page.text
        );
    }
    let running = office.get("/forward/adopted", Some(&editor)).await;
    assert!(!running.text.contains("治水经验"), "the running month comes first");
    assert_eq!(office.get("/forward/adopted?month=", Some(&editor)).await.text.matches("治水经验").count(), 2);
    let long = "因".repeat(501);
    let fields = [("key", "1"), ("reason", long.as_str()), ("month", "2018-05")];
    let page = office.post("/forward/adopted/withdraw", Some(&editor), &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text);
    assert_eq!(page.text.matches("<details class=\"undo\" open>").count(), 1);
    assert!(page.text.contains(&long), "what was typed is gone");
    let fields = [("key", "1"), ("reason", "重复登记"), ("month", "2018-05")];
    let page = office.post("/forward/adopted/withdraw", Some(&editor), &fields).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/forward/adopted?month=2018-05"));
}

#[tokio::test]
async fn a_number_that_looks_like_an_items_and_is_none_is_not_taken_for_a_title() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    let fields = [("name", "枣庄普刊采用"), ("date", "2018-06-12"), ("item", "2018-0613-99"), ("unit", "1")];
    let page = office.post("/forward/adopted", Some(&editor), &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.location());
    assert!(
        page.text.contains("id=\"item-wrong\"") && page.text.contains("没有编号为2018-0613-99的稿件"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn the_navigation_counts_what_waits_for_this_person() {
    let office = Office::new();
    let (editor, reporter) = (office.browser(Role::Editor), office.browser(Role::Reporter));
    let other = office.browser_of(5);
    let nav = |page: &str| {
        page.split("<nav class=\"nav\"")
            .nth(1)
            .and_then(|rest| rest.split("</nav>").next())
            .expect("a navigation")
            .to_owned()
    };
    assert!(!nav(&office.get("/", Some(&editor)).await.text).contains("aria-label=\"1"));
    sent(&office).await;
    solicited(&office, &editor).await;
    let seen = nav(&office.get("/intake", Some(&editor)).await.text);
    for words in ["1件待办", "1条进行中"] {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    let seen = nav(&office.get("/", Some(&reporter)).await.text);
    assert!(seen.contains("1条进行中") && !seen.contains("退回"), "{seen}");
    let back = [("revision", "1"), ("code", "超长")];
    let page = office.post("/intake/1/return", Some(&editor), &back).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let seen = nav(&office.get("/", Some(&reporter)).await.text);
    assert!(seen.contains("1件退回待改"), "{seen}");
    let seen = nav(&office.get("/", Some(&other)).await.text);
    assert!(!seen.contains("1件") && !seen.contains("1条"), "another unit is told of it: {seen}");
    office.post("/intake/1/reopen", Some(&editor), &[]).await;
    let adopted = [("item", "1"), ("revision", "1"), ("publication", "1")];
    office.post("/publication/adopt", Some(&editor), &adopted).await;
    let seen = nav(&office.get("/", Some(&editor)).await.text);
    assert!(seen.contains("1期在编") && !seen.contains("待办"), "{seen}");
    let refused = office.post("/solicitation/1/refuse", Some(&reporter), &[("reason", "本单位没有此项职能")]).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
    assert!(!nav(&office.get("/", Some(&reporter)).await.text).contains("1条"));
}

#[tokio::test]
async fn a_secret_item_is_registered_seen_by_its_unit_and_taken_back() {
    let office = Office::new();
    let (editor, reporter) = (office.browser(Role::Editor), office.browser(Role::Reporter));
    let empty = office.get("/intake/secret", Some(&editor)).await;
    assert!(empty.text.contains("2018年还没有涉密登记") && empty.text.contains("不得填写标题和内容"), "{}", empty.text);
    let fields = [("number", "m-015"), ("date", "2018-06-19"), ("category", "问题建议"), ("unit", "1")];
    let page = office.post("/intake/secret", Some(&editor), &fields).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/intake/secret?year=2018"), "{}", page.text);
    let list = office.get("/intake/secret", Some(&editor)).await;
    assert!(list.text.contains("M-015") && list.text.contains("2018年6月19日"), "{}", list.text);
    assert!(office.get("/intake/secret?year=2017", Some(&editor)).await.text.contains("2017年还没有涉密登记"));
    let mine = office.get("/report", Some(&reporter)).await;
    assert!(mine.text.contains("M-015（问题建议，2018年6月19日）"), "{}", mine.text);
    let account = office.get("/assessment", Some(&reporter)).await;
    assert!(account.text.contains("其中涉密登记1件") && account.text.contains("问题建议 1/1"), "{}", account.text);
    assert!(!office.get("/report", Some(&office.browser_of(5))).await.text.contains("M-015"));
    let silent =
        office.post("/intake/secret/withdraw", Some(&editor), &[("key", "涉密登记M-015"), ("reason", "")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        silent.text.contains("<details class=\"undo\" open>") && silent.text.contains("请选择撤销的原因"),
        "{}",
        silent.text
    );
    let back = [("key", "涉密登记M-015"), ("reason", "登记有误"), ("year", "2018")];
    assert_eq!(
        office.post("/intake/secret/withdraw", Some(&editor), &back).await.location(),
        "/intake/secret?year=2018"
    );
    assert!(office.get("/report", Some(&reporter)).await.text.contains("已撤销：登记有误"));
    assert!(office.get("/assessment", Some(&reporter)).await.text.contains("问题建议 0/1"));
}

#[tokio::test]
async fn browsers_find_an_icon_under_both_names() {
    let office = Office::new();
    let page = office.get("/sign-in", None).await;
    let (_, rest) = page.text.split_once("<link rel=\"icon\" href=\"").expect("a page names its icon");
    let named = rest.split('"').next().expect("an address ends");
    for path in [named, "/favicon.ico"] {
        let icon = office.get(path, None).await;
        assert_eq!(icon.status, StatusCode::OK, "{path}");
        assert_eq!(icon.headers[header::CONTENT_TYPE], "image/svg+xml", "{path}");
        assert!(icon.text.starts_with("<svg"), "{path}");
    }
}
