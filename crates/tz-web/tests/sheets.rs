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
    let chief = browser(Role::Chief);
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
        ("/network", "/network/list.xlsx", &editor, "信息工作队伍.xlsx"),
        ("/network?short=1", "/network/list.xlsx?short=1", &editor, "信息员不足的单位.xlsx"),
        ("/network/partners", "/network/partners/list.xlsx", &editor, "协作单位.xlsx"),
        ("/network/rights", "/network/rights/list.xlsx", &editor, "信息员权利落实情况.xlsx"),
        ("/network/training", "/network/training/list.xlsx?year=2018", &editor, "2018年培训.xlsx"),
        ("/network/rotation", "/network/rotation/list.xlsx?year=2018", &editor, "2018年跟岗轮训.xlsx"),
        ("/network/yearly", "/network/yearly/list.xlsx?year=2018", &editor, "2018年年度完成情况.xlsx"),
        ("/network/mailbox-requests", "/network/mailbox-requests/list.xlsx", &chief, "登记邮箱申请.xlsx"),
        ("/system/mailbox-requests", "/system/mailbox-requests/list.xlsx", &administrator, "登记邮箱申请.xlsx"),
        ("/solicitation/points", "/solicitation/points/list.xlsx", &editor, "报送要点.xlsx"),
        ("/solicitation/points", "/solicitation/points/list.xlsx", &reporter, "报送要点.xlsx"),
        (
            "/assessment/facts?month=2018-06&table=%E6%8A%A5%E9%80%81&unit=1",
            "/assessment/facts/list.xlsx?month=2018-06&#38;table=%E6%8A%A5%E9%80%81&#38;unit=1",
            &editor,
            "2018年6月荆河街道报送.xlsx",
        ),
        ("/assessment/objections", "/assessment/objections/list.xlsx", &editor, "申诉情况.xlsx"),
        ("/assessment/objections", "/assessment/objections/list.xlsx", &reporter, "申诉情况.xlsx"),
        ("/assessment/interviews", "/assessment/interviews/list.xlsx", &editor, "约谈情况.xlsx"),
        ("/assessment/interviews", "/assessment/interviews/list.xlsx", &reporter, "约谈情况.xlsx"),
        ("/assessment/help", "/assessment/help/list.xlsx", &editor, "帮扶和联席会议.xlsx"),
        ("/assessment/statements", "/assessment/statements/list.xlsx", &editor, "计分表目录.xlsx"),
        ("/comment/claims", "/comment/claims/list.xlsx", &editor, "通报获批示登记.xlsx"),
        ("/intake/outgoing", "/intake/outgoing/list.xlsx", &editor, "发信.xlsx"),
        ("/intake/outgoing?state=sent", "/intake/outgoing/list.xlsx?state=sent", &editor, "发信（已发出）.xlsx"),
        ("/intake/secret", "/intake/secret/list.xlsx?year=2018", &editor, "2018年涉密登记.xlsx"),
        ("/intake/incidents", "/intake/incidents/list.xlsx", &chief, "涉密拒收.xlsx"),
        ("/system/incidents", "/system/incidents/list.xlsx", &administrator, "涉密拒收.xlsx"),
        ("/system", "/system/units/list.xlsx", &administrator, "单位表.xlsx"),
        ("/system/people", "/system/people/list.xlsx", &administrator, "单位人员名册.xlsx"),
        ("/system/mailboxes", "/system/mailboxes/list.xlsx", &administrator, "登记邮箱表.xlsx"),
        ("/system/accounts", "/system/accounts/list.xlsx", &administrator, "账号.xlsx"),
        ("/system/leaders", "/system/leaders/list.xlsx", &administrator, "领导名单.xlsx"),
        ("/system/notices", "/system/notices/list.xlsx", &administrator, "消息规则.xlsx"),
        ("/system/jobs", "/system/jobs/list.xlsx", &administrator, "定时任务.xlsx"),
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
