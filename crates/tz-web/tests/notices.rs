//! 消息 as a browser sees it: what one was told, how one wants to be told, the office's rules, and the jobs.

mod support;

use axum::http::StatusCode;
use support::{Browser, Office, Page};
use tz_app::Role;

/// Follows the answer to a form and gives the page with the word on what was done.
async fn followed(office: &Office, browser: &Browser, page: &Page) -> String {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let flash = page.cookies().iter().find_map(|line| line.split(';').next().map(str::to_owned)).unwrap_or_default();
    let browser = Browser { cookie: format!("{}; {flash}", browser.cookie), csrf: browser.csrf.clone() };
    office.get(page.location(), Some(&browser)).await.text
}

async fn solicit(office: &Office, topic: &str) {
    let editor = office.browser(Role::Editor);
    let fields = [("topic", topic), ("requirement", "写明进度"), ("deadline", "2018-06-22"), ("unit", "1")];
    let page = office.post("/solicitation/new", Some(&editor), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
}

#[tokio::test]
async fn a_unit_is_told_of_a_solicitation_and_reads_it() {
    let office = Office::new();
    let (reporter, other) = (office.browser(Role::Reporter), office.browser_of(5));
    let empty = office.get("/notice", Some(&reporter)).await.text;
    assert!(empty.contains("还没有消息。") && empty.contains("没有未读的消息"), "{empty}");
    solicit(&office, "夏粮收购").await;
    let home = office.get("/", Some(&reporter)).await.text;
    assert!(home.contains("aria-label=\"消息，1条未读\""), "{home}");
    let page = office.get("/notice", Some(&reporter)).await.text;
    assert!(page.contains("1条未读") && page.contains("新约稿：夏粮收购"), "{page}");
    assert!(page.contains("请于2018年6月22日前报送"), "{page}");
    assert!(!office.get("/notice", Some(&other)).await.text.contains("夏粮收购"), "each sees their own");
    assert_eq!(office.post("/notice/1/open", Some(&other), &[]).await.status, StatusCode::NOT_FOUND);
    let opened = office.post("/notice/1/open", Some(&reporter), &[]).await;
    assert_eq!((opened.status, opened.location()), (StatusCode::SEE_OTHER, "/solicitation/1"));
    assert!(office.get("/notice", Some(&reporter)).await.text.contains("没有未读的消息"));
    solicit(&office, "防汛准备").await;
    let page = office.post("/notice/read", Some(&reporter), &[]).await;
    let after = followed(&office, &reporter, &page).await;
    assert!(after.contains("消息已全部标为已读") && after.contains("没有未读的消息"), "{after}");
}

#[tokio::test]
async fn a_person_chooses_how_to_be_told_and_nothing_typed_is_lost() {
    let office = Office::new();
    let reporter = office.browser(Role::Reporter);
    let page = office.get("/notice/settings", Some(&reporter)).await.text;
    assert!(page.contains("本机关还没有启用发信") && page.contains("约稿临近截止"), "{page}");
    assert!(!page.contains("放假安排未录入"), "an administrator's notice is not a reporter's choice");
    let typed =
        [("solicited", "gathered"), ("address", "wang.example"), ("quiet_from", "19:00"), ("quiet_to", "25:00")];
    let faulty = office.post("/notice/settings", Some(&reporter), &typed).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text.contains("这不像一个邮箱地址") && faulty.text.contains("免打扰时间请写成"), "{}", faulty.text);
    assert!(faulty.text.contains("value=\"wang.example\"") && faulty.text.contains("value=\"19:00\""));
    let typed = [("solicited", "off"), ("address", "wang@unit.example"), ("quiet_from", "19:00"), ("quiet_to", "8:00")];
    let page = office.post("/notice/settings", Some(&reporter), &typed).await;
    let after = followed(&office, &reporter, &page).await;
    assert!(after.contains("现在发到 wang@unit.example") && after.contains("value=\"08:00\""), "{after}");
    let select = after.split("name=\"solicited\"").nth(1).and_then(|rest| rest.split("</select>").next());
    assert!(select.is_some_and(|select| select.contains("value=\"off\" selected")), "{after}");
}

#[tokio::test]
async fn the_administrator_sees_who_is_told_of_what_and_changes_the_wording() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    solicit(&office, "夏粮收购").await;
    let page = office.get("/system/notices", Some(&browser)).await.text;
    assert!(page.contains("被约稿单位的信息员，约稿发出时") && page.contains("1 人次"), "{page}");
    let fields = [("mail", "now"), ("title", "请报{题目}"), ("body", "{截至日期}前")];
    let faulty = office.post("/system/notices/solicited", Some(&browser), &fields).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text.contains("没有“{截至日期}”这个填空。是不是“{截止日期}”？"), "{}", faulty.text);
    assert!(faulty.text.contains("{截至日期}前</textarea>"), "{}", faulty.text);
    let fields = [("mail", "gathered"), ("title", "请报{题目}"), ("body", "{编号}")];
    let page = office.post("/system/notices/solicited", Some(&browser), &fields).await;
    let after = followed(&office, &browser, &page).await;
    assert!(after.contains("“新约稿”的规则已保存") && after.contains("本机关文字"), "{after}");
    assert_eq!(office.get("/system/notices/nothing", Some(&browser)).await.status, StatusCode::NOT_FOUND);
    let robot = [("name", ""), ("url", "oapi.example.cn"), ("kinds", "solicited")];
    let faulty = office.post("/system/robots", Some(&browser), &robot).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        faulty.text.contains("请填写名称，30字以内") && faulty.text.contains("请填写完整的地址"),
        "{}",
        faulty.text
    );
    let ticked = "value=\"solicited\" checked";
    assert!(faulty.text.contains(ticked) && !faulty.text.contains("oapi"), "the address is a secret: {}", faulty.text);
}

#[tokio::test]
async fn every_job_is_shown_with_its_last_run_and_its_next() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let before = office.get("/system/jobs", Some(&browser)).await.text;
    assert!(before.contains("还没有运行过") && before.contains("每天08:30"), "{before}");
    office.app.run_due_jobs("test").expect("jobs run");
    let page = office.get("/system/jobs", Some(&browser)).await.text;
    for words in
        ["约稿催报", "督办提醒", "消息每日汇总", "放假安排核对", "没有需要提醒的约稿。", "2019年的放假安排已录入。"]
    {
        assert!(page.contains(words), "no {words}: {page}");
    }
    assert!(page.contains("6月21日 08:30") && page.contains("6月20日 17:00"), "the next runs: {page}");
    assert!(page.contains("发信") && page.contains("没有启用") && page.contains("群机器人"), "{page}");
}
