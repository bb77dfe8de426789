//! 全员办信息 as a browser sees it: people entered by the chief, a week by any editor, faults at their fields, a year's eligibility.

mod support;

use axum::http::StatusCode;
use support::Office;
use tz_app::Role;

#[tokio::test]
async fn a_week_is_entered_what_is_wrong_is_said_and_the_year_says_who_is_eligible() {
    let office = Office::new();
    let (chief, editor, reporter) =
        (office.browser(Role::Chief), office.browser(Role::Editor), office.browser(Role::Reporter));
    let page = office.get("/network/staff", Some(&editor)).await.text;
    assert!(page.contains("请科长登记") && !page.contains("列入人员"), "{page}");
    assert_eq!(office.get("/network/staff", Some(&reporter)).await.status, StatusCode::FORBIDDEN);
    let person = [("name", "张三"), ("section", "信息科"), ("kind", "full"), ("from", "2018-06-04")];
    assert_eq!(office.post("/network/staff/people", Some(&editor), &person).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.post("/network/staff/people", Some(&chief), &person).await.status, StatusCode::SEE_OTHER);
    // The same again: said at the field, with what was typed.
    let again = office.post("/network/staff/people", Some(&chief), &person).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("名单中已有这个人") && again.text.contains("value=\"张三\""), "{}", again.text);

    let week = [("member", "1"), ("day", "2018-06-05"), ("items", "一篇"), ("leads", "1"), ("note", "调研")];
    let wrong = office.post("/network/staff", Some(&editor), &week).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("请填写0到99的整数") && wrong.text.contains("value=\"调研\""), "{}", wrong.text);
    let week = [("member", "1"), ("day", "2018-06-05"), ("items", "0"), ("leads", "1"), ("note", "")];
    let done = office.post("/network/staff", Some(&editor), &week).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(done.location(), "/network/staff?month=2018-06");
    let page = office.get("/network/staff", Some(&editor)).await.text;
    assert!(page.contains("6月4日至10日") && page.contains("0篇 1条"), "{page}");
    // One lead in a week that is over is short, and so is the week without anything.
    assert!(page.contains("2周未达标"), "{page}");
    let year = office.get("/network/staff/year?year=2018", Some(&editor)).await.text;
    assert!(year.contains("具备资格的0人") && year.contains("取消"), "{year}");

    let left = [("last", "2018-06-30")];
    assert_eq!(office.post("/network/staff/people/1/left", Some(&chief), &left).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post("/network/staff/people/1/left", Some(&chief), &left).await.status, StatusCode::NOT_FOUND);
    let page = office.get("/network/staff", Some(&chief)).await.text;
    assert!(page.contains("2018年6月30日") || page.contains("6月30日"), "{page}");
}
