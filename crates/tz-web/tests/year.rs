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
        units: vec![Unit {
            name: unit.into(),
            class: "A类".into(),
            group: "镇街".into(),
            direct_point: None,
            parent: None,
            from: None,
            to: None,
            extra: None,
        }],
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
