//! The lists of the rooms as workbooks (下载表格): whole, under the page's filter, and only what the person may see.

mod support;

use axum::http::{StatusCode, header};
use support::{Browser, Office};
use tz_app::Role;
use tz_app::mail::fate_name;
use tz_tables::read_grid;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The rows of a workbook's first sheet, and the name it is kept under.
async fn sheet(office: &Office, path: &str, who: &Browser) -> (Vec<Vec<String>>, String) {
    let page = office.get(path, Some(who)).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    let header = |name: header::HeaderName| {
        page.headers.get(name).map_or("", |value| value.to_str().expect("a header is ASCII"))
    };
    assert_eq!(header(header::CONTENT_TYPE), XLSX, "{path}");
    let name = header(header::CONTENT_DISPOSITION).rsplit("UTF-8''").next().expect("a part").to_owned();
    let name = percent_encoding::percent_decode_str(&name).decode_utf8().expect("a name is UTF-8").into_owned();
    (read_grid(&page.bytes).unwrap_or_else(|fault| panic!("{path}: {fault}")), name)
}

/// Sends an item as the reporter of a unit.
async fn reported(office: &Office, who: &Browser, title: &str) {
    let form = [
        ("key", title),
        ("title", title),
        ("category", "工作动态"),
        ("body", "全市夏粮收购有序推进，已收购小麦12.6万吨，同比增长8%。"),
        ("authors", "张三"),
        ("contact", "0632-5510000"),
    ];
    let sent = office.post("/report/new", Some(who), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
}

#[tokio::test]
async fn a_list_is_kept_whole_under_its_filter_and_its_texts_are_no_formulas() {
    let office = Office::new();
    let (reporter, editor) = (office.browser(Role::Reporter), office.browser(Role::Editor));
    for number in 0..60 {
        reported(&office, &reporter, &format!("夏粮收购第{number}批")).await;
    }
    reported(&office, &reporter, "=HYPERLINK(\"http://127.0.0.1\")").await;
    // The page shows fifty at a time; the workbook holds every one, under a title and its heads.
    let (rows, name) = sheet(&office, "/intake/list.xlsx", &editor).await;
    assert_eq!((rows.len(), name.as_str()), (2 + 61, "待办稿件.xlsx"));
    assert_eq!(rows[0][0], "待办稿件");
    assert_eq!(&rows[1][..6], ["编号", "收到时间", "渠道", "单位", "信息类别", "标题"]);
    assert!(rows.iter().any(|row| row.iter().any(|cell| cell == "=HYPERLINK(\"http://127.0.0.1\")")));
    let (rows, _) = sheet(&office, "/intake/list.xlsx?state=all&text=%E7%AC%AC7%E6%89%B9", &editor).await;
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!(rows[2][5], "夏粮收购第7批");
    let (rows, name) = sheet(&office, "/report/list.xlsx", &reporter).await;
    assert_eq!((rows.len(), name.as_str()), (2 + 61, "本单位报送稿件.xlsx"));
    let (rows, name) = sheet(&office, "/assessment/standing.xlsx", &editor).await;
    assert!(name.starts_with("2018年6月") && name.ends_with("得分情况.xlsx"), "{name}");
    assert_eq!(&rows[1][..5], ["位次", "", "单位", "报送", ""]);
    assert_eq!(&rows[2][..5], ["本期", "上期", "", "篇数", "任务"]);
}

#[tokio::test]
async fn every_page_with_a_list_offers_it_and_nobody_gets_more_than_the_page_shows() {
    let office = Office::new();
    let browser = |role| office.browser(role);
    let (reporter, editor, administrator) =
        (browser(Role::Reporter), browser(Role::Editor), browser(Role::Administrator));
    reported(&office, &reporter, "夏粮收购").await;
    let pages = [
        ("/intake", "/intake/list.xlsx", &editor, "待办稿件.xlsx"),
        ("/intake/mail", "/intake/mail/list.xlsx", &editor, "来信台账.xlsx"),
        ("/intake/mail?fate=secret", "/intake/mail/list.xlsx?fate=secret", &editor, "来信台账（涉密拒收）.xlsx"),
        ("/report", "/report/list.xlsx", &reporter, "本单位报送稿件.xlsx"),
        ("/comment", "/comment/list.xlsx", &editor, "2018年6月领导批示.xlsx"),
        ("/comment/follow", "/comment/follow/list.xlsx?show=open", &editor, "批示督办.xlsx"),
        ("/forward", "/forward/list.xlsx", &editor, "上报稿.xlsx"),
        ("/forward/adopted", "/forward/adopted/list.xlsx", &editor, "2018年6月上级采用.xlsx"),
        (
            "/publication/archive",
            "/publication/archive/list.xlsx?year=2018&#38;of=&#38;words=",
            &editor,
            "刊物往期目录.xlsx",
        ),
        ("/solicitation", "/solicitation/list.xlsx", &editor, "约稿情况.xlsx"),
        ("/solicitation", "/solicitation/list.xlsx", &reporter, "约稿情况.xlsx"),
        ("/network/staff", "/network/staff/list.xlsx?month=2018-06", &editor, "2018年6月全员办信息统计.xlsx"),
        ("/network/staff/year", "/network/staff/year.xlsx?year=2018", &editor, "2018年全员办信息评优资格.xlsx"),
        ("/system/audit", "/system/audit/list.xlsx", &administrator, "审计记录.xlsx"),
    ];
    assert_eq!(fate_name("secret"), "涉密拒收");
    for (page, path, who, called) in pages {
        let shown = office.get(page, Some(who)).await;
        assert!(shown.text.contains(&format!("\"{path}\"")), "{page} does not offer {path}: {}", shown.text);
        let (rows, name) = sheet(&office, &path.replace("&#38;", "&"), who).await;
        assert_eq!(name, called, "{path}");
        assert!(rows.len() >= 2, "{path}: {rows:?}");
    }
    // A unit has its own account, not another's; the office has all.
    let (rows, name) = sheet(&office, "/assessment/unit/1/lines.xlsx", &reporter).await;
    assert!(name.contains("计分明细") && rows.last().is_some_and(|row| row[0] == "合计"), "{name} {rows:?}");
    let other = office.get("/assessment/unit/2/lines.xlsx", Some(&reporter)).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get("/assessment/unit/2/lines.xlsx", Some(&editor)).await.status, StatusCode::OK);
    assert_eq!(office.get("/intake/list.xlsx", Some(&reporter)).await.status, StatusCode::FORBIDDEN);
}
