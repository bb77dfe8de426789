//! The rooms 上报 and 批示 behind the router: every form says its faults at their fields, and files are never shown as they came.

mod support;

use axum::http::{StatusCode, header};
use support::Office;
use tz_app::Role;

#[tokio::test]
async fn every_form_of_the_two_rooms_says_what_is_wrong_and_keeps_what_was_typed() {
    let office = Office::new();
    let (editor, reporter) = (office.browser(Role::Editor), office.browser(Role::Reporter));
    for (who, path, typed, said) in [
        (&editor, "/forward/begin", vec![("number", "2018-9999-01")], vec!["没有编号为2018-9999-01的稿件"]),
        (
            &editor,
            "/forward/lists",
            vec![("text", "太短"), ("kind", ""), ("date", "明天")],
            vec!["请填写目录的日期", "请选择采用方式", "太短"],
        ),
        (
            &editor,
            "/comment",
            vec![("item", ""), ("date", "2018-06-19"), ("note", "请阅研。"), ("leader", "某领导")],
            vec!["请选择单位，可以选多个", "请选择批示层级", "请阅研。"],
        ),
        (&editor, "/comment/scans", vec![], vec!["请选择扫描件"]),
        (
            &reporter,
            "/comment/claims",
            vec![("person", "李镇长"), ("date", "2018-06-31"), ("words", "认真整改")],
            vec!["请选择是哪一个月的通报", "请填写批示日期", "请选择批示人的身份", "照片或扫描件"],
        ),
    ] {
        let page = office.post(path, Some(who), &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", page.text);
        for sentence in said {
            assert!(page.text.contains(sentence), "{path} does not say “{sentence}”: {}", page.text);
        }
    }
    let page = office.post("/comment/follow/new", Some(&editor), &[("key", "77")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_scan_that_cannot_be_read_waits_and_is_only_ever_handed_out_to_be_saved() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    let cut = office.upload("/comment/scans", &editor, &[], ("扫描.pdf", b"%PDF-1.4 <script>alert(1)</script>")).await;
    assert_eq!((cut.status, cut.location()), (StatusCode::SEE_OTHER, "/comment/scans"), "{}", cut.text);
    let none = office.upload("/comment/scans", &editor, &[], ("说明.html", b"<script>alert(1)</script>")).await;
    assert_eq!(none.status, StatusCode::SEE_OTHER);
    let list = office.get("/comment/scans", Some(&editor)).await;
    assert!(list.text.contains("扫描.pdf") && !list.text.contains("说明.html"), "{}", list.text);
    assert!(list.text.contains("待认领") && list.text.contains("已损坏或不完整"), "{}", list.text);
    let one = office.get("/comment/scans/1", Some(&editor)).await;
    assert!(one.text.contains("没有画面可以显示") && !one.text.contains("<img"), "{}", one.text);
    assert_eq!(office.get("/comment/scans/1/picture", Some(&editor)).await.status, StatusCode::NOT_FOUND);
    let file = office.get("/comment/scans/1/file", Some(&editor)).await;
    let kind = |name| file.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(kind(header::CONTENT_TYPE), "application/octet-stream");
    assert!(kind(header::CONTENT_DISPOSITION).starts_with("attachment"));
    // Waiting scans are counted beside the room's name.
    assert!(list.text.contains("1项批示事项待办"), "{}", list.text);
    let page = office.post("/comment/scans/1/discard", Some(&editor), &[("reason", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = office.post("/comment/scans/1/discard", Some(&editor), &[("reason", "扫描仪卡纸")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(office.get("/comment/scans", Some(&editor)).await.text.contains("扫描仪卡纸"));
}

#[tokio::test]
async fn the_codes_are_switched_by_the_chief_alone_and_a_unit_sees_its_own_page() {
    let office = Office::new();
    let (editor, chief, reporter) =
        (office.browser(Role::Editor), office.browser(Role::Chief), office.browser(Role::Reporter));
    assert!(!office.get("/comment/scans", Some(&editor)).await.text.contains("不再印编码"));
    assert!(office.get("/comment/scans", Some(&chief)).await.text.contains("不再印编码"));
    office.post("/comment/scans/codes", Some(&chief), &[("print", "no")]).await;
    assert!(office.get("/comment/scans", Some(&editor)).await.text.contains("不印编码"));
    let mine = office.get("/comment", Some(&reporter)).await;
    assert!(mine.text.contains("督办事项") && !mine.text.contains("登记批示"), "{}", mine.text);
}
