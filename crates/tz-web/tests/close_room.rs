//! The assessment room after a close, by its forms: objections, interviews, papers, settings.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod support;

use axum::http::StatusCode;
use support::{Browser, Office};
use tz_app::Role;
use tz_model::Table;
use tz_store::ledger::FactRow;

/// Unit 1 has two uses in May; May is closed in the morning of 20 June.
fn closed() -> (Office, Browser, Browser, Browser) {
    let office = Office::new();
    let mut tx = office.store.write(office.office()).unwrap();
    for (day, title) in [("2018-05-08", "夏粮收购进展"), ("2018-05-09", "防汛物资储备")] {
        let row = FactRow::new(Table::Adoptions.name(), &[1], day, "每日要情采用");
        tx.append_fact(FactRow { title: Some(title.to_owned()), ..row }).unwrap();
    }
    tx.commit().unwrap();
    let (reporter, editor, chief) =
        (office.browser(Role::Reporter), office.browser(Role::Editor), office.browser(Role::Chief));
    (office, reporter, editor, chief)
}

async fn close(office: &Office, chief: &Browser) {
    let page = office.post("/assessment/close", Some(chief), &[("month", "2018-05"), ("sure", "yes")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
}

/// The first address in a page that begins so and goes on with a number.
fn numbered(text: &str, begins: &str) -> String {
    let at = text.find(begins).unwrap_or_else(|| panic!("no {begins} in {text}"));
    let rest = &text[at + begins.len()..];
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    assert!(!number.is_empty(), "{begins}{}", &rest[..20]);
    format!("{begins}{number}")
}

#[tokio::test]
async fn a_unit_objects_the_section_answers_by_a_fact_and_the_unit_sees_it() {
    let (office, reporter, editor, chief) = closed();
    close(&office, &chief).await;
    let account = office.get("/assessment?month=2018-05", Some(&reporter)).await;
    let at = account.text.find("/assessment/objections/new?month=2018-05").unwrap();
    let form: String = account.text[at..].chars().take_while(|c| *c != '"').collect();
    let form = form.replace("&#38;", "&").replace("&amp;", "&");
    let page = office.get(&form, Some(&reporter)).await;
    assert!(page.text.contains("每日要情采用"), "{}", page.text);
    let line = form.split_once("line=").unwrap().1.to_owned();
    let empty = [("month", "2018-05"), ("line", &*line), ("reason", "")];
    let page = office.post("/assessment/objections", Some(&reporter), &empty).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("请写明申诉的理由"), "{}", page.text);
    let said = [("month", "2018-05"), ("line", &*line), ("reason", "此稿不是本单位的<稿件>")];
    let page = office.post("/assessment/objections", Some(&reporter), &said).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let one = page.location().to_owned();
    // It waits on the editors' desk and in their navigation; another unit does not find it.
    let desk = office.get("/", Some(&editor)).await;
    assert!(desk.text.contains("待答复的申诉") && desk.text.contains("1项申诉待答复"), "{}", desk.text);
    let other = office.browser_of(5);
    assert_eq!(office.get(&one, Some(&other)).await.status, StatusCode::NOT_FOUND);
    let page = office.get(&one, Some(&editor)).await;
    assert!(page.text.contains("此稿不是本单位的&#60;稿件&#62;"), "what was typed is text: {}", page.text);
    // Without a fact there is no acceptance, and what was typed is kept.
    let page = office.post(&format!("{one}/accept"), Some(&editor), &[("answer", "属实，已核对")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("没有事实的更正，得分不会改变") && page.text.contains("属实，已核对</textarea>"),
        "{}",
        page.text
    );
    let page = office.get(&one, Some(&editor)).await;
    let at = page.text.find("<option value=\"采用:").unwrap() + "<option value=\"".len();
    let fact: String = page.text[at..].chars().take_while(|c| *c != '"').collect();
    let right = [("answer", "属实，已撤销"), ("way", "withdraw"), ("fact", &*fact)];
    let page = office.post(&format!("{one}/accept"), Some(&editor), &right).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let desk = office.get("/", Some(&reporter)).await;
    assert!(desk.text.contains("申诉的答复") && desk.text.contains("申诉成立"), "{}", desk.text);
    let page = office.get(&one, Some(&reporter)).await;
    assert!(page.text.contains("属实，已撤销") && page.text.contains(&fact), "{}", page.text);
    assert!(!office.get("/", Some(&reporter)).await.text.contains("申诉的答复"), "seen once it was opened");
    // The fact's page shows both rows of it, to its unit and to nobody else's.
    let place = format!("/assessment/fact/%E9%87%87%E7%94%A8/{}", fact.split_once(':').unwrap().1);
    let page = office.get(&place, Some(&reporter)).await;
    assert!(page.text.contains("已撤销") && page.text.contains("申诉成立：属实，已撤销"), "{}", page.text);
    assert_eq!(office.get(&place, Some(&other)).await.status, StatusCode::NOT_FOUND);
    assert!(office.app.verify().unwrap().is_empty());
}

#[tokio::test]
async fn figures_open_into_facts_and_a_units_page_draws_its_periods_and_its_group() {
    let (office, reporter, editor, chief) = closed();
    close(&office, &chief).await;
    let page = office.get("/assessment/facts?month=2018-05&table=%E9%87%87%E7%94%A8", Some(&editor)).await;
    assert!(page.text.contains("夏粮收购进展") && page.text.contains("防汛物资储备"), "{}", page.text);
    // Whoever asks as another unit gets their own.
    let other = office.browser_of(5);
    let page = office.get("/assessment/facts?month=2018-05&table=%E9%87%87%E7%94%A8&unit=1", Some(&other)).await;
    assert!(page.text.contains("没有这一类计分事实"), "{}", page.text);
    let page = office.get("/assessment/unit/1?month=2018-05", Some(&reporter)).await;
    assert_eq!(page.text.matches("<svg class=\"chart\"").count(), 2, "{}", page.text);
    assert!(page.text.contains("本组各单位") && page.text.contains("<polyline"), "{}", page.text);
    // With the ranking switched off the unit sees its own periods alone.
    let held = office.get("/assessment/settings", Some(&chief)).await;
    assert!(held.text.contains("checked"), "{}", held.text);
    let wrong = [
        ("addressees", ""),
        ("report_to", "市领导"),
        ("issue_to", "各单位"),
        ("answer", "0"),
        ("window", "15"),
        ("warn_from", "20"),
    ];
    let page = office.post("/assessment/settings", Some(&chief), &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("有2处需要改正") && page.text.contains("value=\"市领导\""), "{}", page.text);
    let right = [
        ("addressees", "各镇街"),
        ("report_to", "市领导"),
        ("issue_to", "各单位"),
        ("answer", "3"),
        ("window", "15"),
        ("warn_from", "20"),
    ];
    assert_eq!(office.post("/assessment/settings", Some(&chief), &right).await.status, StatusCode::SEE_OTHER);
    let page = office.get("/assessment/unit/1?month=2018-05", Some(&reporter)).await;
    assert_eq!(page.text.matches("<svg class=\"chart\"").count(), 1, "{}", page.text);
}

#[tokio::test]
async fn the_bulletin_is_read_in_place_noted_and_superseded_beside_the_old_one() {
    let (office, reporter, editor, chief) = closed();
    close(&office, &chief).await;
    let desk = office.get("/", Some(&reporter)).await;
    assert!(desk.text.contains("未阅的通报和函件"), "{}", desk.text);
    let paper = numbered(&desk.text, "/assessment/papers/");
    let other = office.browser_of(5);
    let own = office.get(&paper, Some(&other)).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND, "each unit has its own copy");
    let page = office.get(&paper, Some(&reporter)).await;
    assert!(page.text.contains("<article class=\"sheet printed\">") && page.text.contains("<h1>"), "{}", page.text);
    let docx = office.get(&format!("{paper}/file.docx"), Some(&reporter)).await;
    assert_eq!(docx.status, StatusCode::OK);
    let statement = office.get("/assessment/statement/2018-05", Some(&editor)).await;
    assert!(statement.text.contains("已阅1，未阅"), "{}", statement.text);
    assert!(!statement.text.contains("更正通报</summary>"), "only the chief supersedes");
    let sent = "/assessment/statement/2018-05/deliveries.xlsx";
    assert!(statement.text.contains(sent), "{}", statement.text);
    let rows = tz_tables::read_grid(&office.get(sent, Some(&editor)).await.bytes).unwrap();
    assert_eq!(rows[1][..4], ["文件", "种类", "送达", "阅读"]);
    assert_eq!(rows.iter().filter(|row| row.get(3).is_some_and(|read| read == "已阅")).count(), 1, "{rows:?}");
    assert_eq!(office.get(sent, Some(&reporter)).await.status, StatusCode::FORBIDDEN);
    let place = "/assessment/statement/2018-05/supersede";
    let page = office.post(place, Some(&chief), &[("reason", " ")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = office.post(place, Some(&chief), &[("reason", "主送漏写企业")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = office.get(&paper, Some(&reporter)).await;
    assert!(page.text.contains("这份通报已经更正"), "{}", page.text);
    let leader = office.browser(Role::Leader);
    let desk = office.get("/", Some(&leader)).await;
    let newest = numbered(&desk.text, "/assessment/papers/");
    let page = office.get(&newest, Some(&leader)).await;
    assert!(page.text.contains("更正第1号") && page.text.contains("主送漏写企业"), "{}", page.text);
    assert!(office.app.verify().unwrap().is_empty());
}

#[tokio::test]
async fn an_interview_is_held_by_its_form_and_what_was_typed_is_never_lost() {
    let (office, reporter, editor, chief) = closed();
    close(&office, &chief).await;
    // June too: whoever has nothing is last twice running.
    office.later(11 * 24 * 60);
    let chief = {
        drop(chief);
        office.browser(Role::Chief)
    };
    let editor = {
        drop(editor);
        office.browser(Role::Editor)
    };
    let list = office.get("/assessment/close", Some(&chief)).await;
    assert!(list.text.contains("约谈安排"), "{}", list.text);
    let wrong = [("month", "2018-06"), ("sure", "yes"), ("date", "2018-06-30"), ("place", "第二会议室")];
    let page = office.post("/assessment/close", Some(&chief), &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("约谈日期不能早于今天") && page.text.contains("value=\"第二会议室\""), "{}", page.text);
    let right = [("month", "2018-06"), ("sure", "yes"), ("date", "2018-07-16"), ("place", "第二会议室")];
    let page = office.post("/assessment/close", Some(&chief), &right).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let page = office.get("/assessment/interviews", Some(&editor)).await;
    let one = numbered(&page.text, "/assessment/interviews/");
    let page = office.get(&one, Some(&editor)).await;
    assert!(page.text.contains("第二会议室"), "{}", page.text);
    let at = page.text.find("name=\"revision\" value=\"").unwrap() + "name=\"revision\" value=\"".len();
    let revision: String = page.text[at..].chars().take_while(char::is_ascii_digit).collect();
    let half = [("revision", &*revision), ("held_on", "2018-07-01"), ("attendants", "李局长"), ("minutes", "")];
    let page = office.post(&format!("{one}/hold"), Some(&editor), &half).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("请填写约谈纪要") && page.text.contains("value=\"李局长\""), "{}", page.text);
    let whole = [
        ("revision", &*revision),
        ("held_on", "2018-07-01"),
        ("attendants", "李局长"),
        ("minutes", "谈了原因"),
        ("promises", "每周两篇"),
    ];
    assert_eq!(office.post(&format!("{one}/hold"), Some(&editor), &whole).await.status, StatusCode::SEE_OTHER);
    let stale = office.post(&format!("{one}/hold"), Some(&editor), &whole).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
    // A unit that was not called has no such page.
    let mine = office.get("/assessment/interviews", Some(&reporter)).await;
    assert_eq!(mine.status, StatusCode::SEE_OTHER, "its session ended with the days gone by");
    let room = office.get("/assessment/help", Some(&editor)).await;
    assert_eq!(room.status, StatusCode::OK);
    let page =
        office.post("/assessment/help", Some(&editor), &[("helper", "1"), ("helped", "1"), ("measures", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let pair = [("helper", "1"), ("helped", "5"), ("measures", "每月会商")];
    assert_eq!(office.post("/assessment/help", Some(&editor), &pair).await.status, StatusCode::SEE_OTHER);
    let meeting = [("date", "2018-07-01"), ("place", ""), ("topic", "选题"), ("attendants", "市委办"), ("minutes", "")];
    let page = office.post("/assessment/help/meeting", Some(&editor), &meeting).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("value=\"选题\""), "{}", page.text);
}
