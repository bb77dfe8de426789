//! The year and the import of past years as a browser sees them.

mod support;

use axum::http::StatusCode;
use support::Office;
use tz_app::Role;
use tz_model::{Event, Facts, Unit, UnitIx};
use tz_tables::{Vocabulary, write_workbook};

/// A workbook of 2017: one unit with its training done.
fn workbook(unit: &str) -> Vec<u8> {
    let facts = Facts {
        units: vec![Unit::new(unit, "A类", "镇街")],
        events: vec![Event {
            key: "1".into(),
            units: [UnitIx(0)].into(),
            date: jiff::civil::date(2017, 6, 4),
            kind: "完成年度培训".into(),
            count: 1,
            note: None,
            extra: None,
        }],
        ..Facts::default()
    };
    write_workbook(&facts, &Vocabulary::default()).expect("it fits")
}

#[tokio::test]
async fn a_past_year_is_looked_at_and_recorded_by_the_chief_alone() {
    let office = Office::new();
    let (chief, editor) = (office.browser(Role::Chief), office.browser(Role::Editor));
    let here = "/assessment/import";
    assert_eq!(office.get(here, Some(&editor)).await.status, StatusCode::FORBIDDEN);
    assert!(office.get("/assessment/statements", Some(&chief)).await.text.contains("href=\"/assessment/import\""));
    assert!(!office.get("/assessment/statements", Some(&editor)).await.text.contains("/assessment/import"));
    assert!(office.get(here, Some(&chief)).await.text.contains("还没有选择工作簿"));
    let nothing = office.upload(here, &chief, &[], ("", b"")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("请选择事实表的工作簿"), "{}", nothing.text);
    // A unit that is not in the directory: said, and nothing can be recorded.
    let sent = office.upload(here, &chief, &[], ("2017.xlsx", &workbook("没有这个镇"))).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = office.get(here, Some(&chief)).await.text;
    assert!(
        page.contains("1处差错") && page.contains("不在本机关的单位名单里") && !page.contains("/record\""),
        "{page}"
    );
    assert_eq!(office.post("/assessment/import/record", Some(&chief), &[]).await.status, StatusCode::CONFLICT);
    let sent = office.upload(here, &chief, &[], ("2017.xlsx", &workbook("滨湖镇"))).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = office.get(here, Some(&chief)).await.text;
    assert!(page.contains("可以导入") && page.contains("2017年对账") && page.contains("导入1条"), "{page}");
    assert_eq!(office.post("/assessment/import/record", Some(&chief), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(office.get(here, Some(&chief)).await.text.contains("还没有选择工作簿"));
}

#[tokio::test]
async fn the_year_is_shown_to_units_too_and_nothing_is_decided_before_its_end() {
    let office = Office::new();
    let (chief, reporter) = (office.browser(Role::Chief), office.browser(Role::Reporter));
    assert!(office.get("/assessment", Some(&reporter)).await.text.contains("href=\"/assessment/year\""));
    let page = office.get("/assessment/year", Some(&chief)).await.text;
    assert!(page.contains("考核 · 2018年") && page.contains("未结束，按今天的情况算"), "{page}");
    assert!(page.contains("取消直报点") && !page.contains("取消资格") && !page.contains("年度通报"), "{page}");
    assert!(office.get("/assessment/year", Some(&reporter)).await.text.contains("镇街"));
    assert_eq!(office.get("/assessment/year?year=2016", Some(&chief)).await.status, StatusCode::NOT_FOUND);
    let early = office.get("/assessment/year/2018/circular.docx", Some(&chief)).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    let decided = [("unit", "1"), ("decision", "lose"), ("reason", "末位")];
    let refused = office.post("/assessment/year/2018/direct-point", Some(&chief), &decided).await;
    assert!(matches!(refused.status, StatusCode::CONFLICT | StatusCode::NOT_FOUND), "{}", refused.text);
    assert_eq!(
        office.post("/assessment/year/2018/direct-point", Some(&reporter), &decided).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_point_proposed_at_the_years_end_is_decided_upon_with_a_reason() {
    let office = Office::new();
    let chief = office.browser(Role::Chief);
    office.clock.set("2018-12-10T01:00:00Z".parse().expect("a moment"));
    let tell = |office: &Office| {
        let mut tx = office.store.write(office.office()).expect("the database can be written");
        let row = tz_store::ledger::FactRow::new("事项", &[1], "2018-12-05", "完成年度培训");
        tx.append_fact(row).expect("a fact");
        tx.commit().expect("committed");
    };
    tell(&office);
    office.clock.set("2019-01-03T01:00:00Z".parse().expect("a moment"));
    let chief_of = tz_app::Chief::of(&tz_app::Person {
        account: tz_model::AccountId(3),
        name: "科长3".to_owned(),
        role: Role::Chief,
        unit: None,
        must_change: false,
    });
    let december = "2018-12".parse().expect("a month");
    office.app.close_month(&chief_of.expect("a chief"), december).expect("closed");
    let here = "/assessment/year?year=2018";
    let browser = office.browser(Role::Chief);
    let page = office.get(here, Some(&browser)).await.text;
    assert!(page.contains("已关账") && page.contains("取消资格") && page.contains("circular.docx"), "{page}");
    let (_, after) = page.split_once("name=\"unit\" value=\"").expect("a unit to decide about");
    let unit = after.split('"').next().expect("its identity").to_owned();
    let path = "/assessment/year/2018/direct-point";
    let blank = [("unit", unit.as_str()), ("decision", "lose"), ("reason", " ")];
    let faulty = office.post(path, Some(&browser), &blank).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text.contains("请写明理由") && faulty.text.contains("<details open>"), "{}", faulty.text);
    let keep = [("unit", unit.as_str()), ("decision", "keep"), ("reason", "新成立不满一年")];
    let kept = office.post(path, Some(&browser), &keep).await;
    assert!(office.followed(&browser, &kept).await.contains("保留：新成立不满一年"));
    let lose = [("unit", unit.as_str()), ("decision", "lose"), ("reason", "经研究取消")];
    let lost = office.post(path, Some(&browser), &lose).await;
    let page = office.followed(&browser, &lost).await;
    assert!(page.contains("已取消直报点资格") && page.contains("已取消"), "{page}");
    let paper = office.get("/assessment/year/2018/circular.docx", Some(&browser)).await;
    assert!(paper.status == StatusCode::OK && paper.text.starts_with("PK"), "{:?}", paper.status);
    // The session of before has run out over the weeks.
    assert_ne!(office.get(here, Some(&chief)).await.status, StatusCode::OK);
}
