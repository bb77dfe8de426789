//! 系统 and 工作台 as a browser sees them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod support;

use axum::http::StatusCode;
use support::Office;
use tz_app::Role;
use tz_store::item::{ItemRow, VersionRow};
use tz_store::ledger::FactRow;

/// Enters an item of unit 1 in a state, received some minutes ago.
fn item(office: &Office, number: &str, title: &str, state: &str, minutes_ago: i64) {
    let received_at = office.app.now().as_microsecond() - minutes_ago * 60_000_000;
    let row = ItemRow {
        id: 0,
        office_id: 0,
        number: number.to_owned(),
        received_at,
        channel: "网页".to_owned(),
        state: state.to_owned(),
        revision: 1,
        title: title.to_owned(),
        category: "问题建议".to_owned(),
        words: 912,
        worry: state == "received",
        counted: true,
        repeats: None,
        fingerprint: 0,
        authors: String::new(),
        contact: String::new(),
        claimed_by: None,
        solicitation_id: None,
        mail_id: None,
        sent_by: None,
        sent_key: None,
        doubts: String::new(),
    };
    let first = VersionRow {
        item_id: 0,
        revision: 1,
        title: title.to_owned(),
        body: String::new(),
        category: row.category.clone(),
        saved_at: received_at,
        saved_by: None,
        note: String::new(),
    };
    let mut tx = office.store.write(office.office()).unwrap();
    tx.insert_item(row, &[1], first).unwrap();
    tx.commit().unwrap();
}

/// Four items of unit 1: two wait, one is planned for an issue, one was published.
fn four_items(office: &Office) {
    item(office, "2018-0620-01", "上半年空气质量优良天数同比增加11天", "published", 3000);
    item(office, "2018-0620-02", "马铃薯滞销苗头需引起关注", "received", 102);
    item(office, "2018-0620-03", "老旧小区加装电梯“卡”在一楼", "received", 9);
    item(office, "2018-0620-04", "“网格+信访”把矛盾化解在村口", "adopted", 5);
}

#[tokio::test]
async fn an_administrator_sees_every_unit_and_who_falls_short() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let page = office.get("/system", Some(&browser)).await;
    assert!(page.text.contains("共103个 · 镇街 21 · A类 31 · B类 31 · C类 20"), "{}", page.text);
    assert!(page.text.contains("0 / 3") && page.text.contains("0 / 2"));
    let home = office.get("/", Some(&browser)).await.text;
    assert!(home.contains("荆河街道（0/3）") && home.contains("发改局（0/2）"), "{home}");
    assert!(home.contains("还没有用一次性链接启用：") && home.contains("信息员1（reporter1）"), "{home}");
}

#[tokio::test]
async fn a_renamed_unit_is_a_new_version_with_its_reason() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let before = office.get("/system/units/22", Some(&browser)).await.text;
    assert!(before.contains("<h1>滕州经济开发区管委会</h1>") && before.contains("按计分办法所列单位建立"), "{before}");
    let fields = [
        ("name", "滕州经开区管委会"),
        ("class", "A类"),
        ("group", "A类"),
        ("direct_point", ""),
        ("parent", ""),
        ("reason", "机构改革更名"),
    ];
    let page = office.post("/system/units/22", Some(&browser), &fields).await;
    let after = office.followed(&browser, &page).await;
    assert!(after.contains("变更已记入台账"), "{after}");
    assert!(after.contains("<h1>滕州经开区管委会</h1>") && after.contains("机构改革更名"), "{after}");
    assert!(after.contains("滕州经济开发区管委会 · A类"), "{after}");
    let again = office.post("/system/units/22", Some(&browser), &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("没有需要变更的内容"), "{}", again.text);
    let audit = office.get("/system/audit", Some(&browser)).await.text;
    assert!(audit.contains("滕州经开区管委会（原滕州经济开发区管委会）"), "{audit}");
}

#[tokio::test]
async fn a_faulty_unit_comes_back_with_every_fault_at_its_field_and_everything_typed() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let fields = [
        ("name", "滨湖镇"),
        ("class", "丁类"),
        ("group", "镇街"),
        ("direct_point", "枣庄市级"),
        ("parent", "4711"),
        ("from", "2018-13-01"),
        ("to", "2018-01-01"),
        ("reason", ""),
    ];
    let page = office.post("/system/units", Some(&browser), &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in
        ["已有名为“滨湖镇”的单位", "请从列表中选择类别", "没有这个主管单位", "“2018-13-01”不是日期", "请填写原因"]
    {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    for kept in [
        "value=\"滨湖镇\"",
        "<option value=\"镇街\" selected>",
        "<option value=\"枣庄市级\" selected>",
        "value=\"2018-13-01\"",
        "value=\"2018-01-01\"",
    ] {
        assert!(page.text.contains(kept), "{kept}: {}", page.text);
    }
    assert!(!office.get("/system", Some(&browser)).await.text.contains("共104个"));
}

#[tokio::test]
async fn people_come_and_leave_and_the_count_follows() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    for name in ["张三", "李四", "王五"] {
        let fields = [("unit", "1"), ("name", name), ("duty", "信息员"), ("phone", "0632-5500000"), ("mail", "")];
        let page = office.post("/system/people", Some(&browser), &fields).await;
        assert!(office.followed(&browser, &page).await.contains(&format!("已登记{name}。")));
    }
    assert!(office.get("/system", Some(&browser)).await.text.contains("3 / 3"));
    assert!(!office.get("/", Some(&browser)).await.text.contains("荆河街道（"));
    let future = office.post("/system/people/1/left", Some(&browser), &[("day", "2018-06-21")]).await;
    assert_eq!(future.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(future.text.contains("离任日期不能晚于今天"), "{}", future.text);
    let page = office.post("/system/people/1/left", Some(&browser), &[("day", "2018-06-20")]).await;
    assert!(office.followed(&browser, &page).await.contains("已记下张三离任。"));
    assert_eq!(
        office.post("/system/people/1/left", Some(&browser), &[("day", "2018-06-20")]).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(office.get("/", Some(&browser)).await.text.contains("荆河街道（2/3）"));
}

#[tokio::test]
async fn an_address_belongs_to_one_unit_at_a_time() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let register = async |unit: &str, address: &str| {
        office.post("/system/mailboxes", Some(&browser), &[("unit", unit), ("address", address)]).await
    };
    let page = register("1", "Jinghe@126.com").await;
    assert!(office.followed(&browser, &page).await.contains("已登记邮箱 Jinghe@126.com"));
    let taken = register("2", "jinghe@126.com").await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("这个邮箱已登记在“荆河街道”名下"), "{}", taken.text);
    for wrong in ["jinghe", "a@b", "a b@126.com", "a@126.com,b@126.com", "a@@126.com", ""] {
        assert_eq!(register("2", wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let page = office.post("/system/mailboxes/1/close", Some(&browser), &[]).await;
    assert!(office.followed(&browser, &page).await.contains("已注销邮箱"));
    assert_eq!(register("2", "jinghe@126.com").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_new_account_is_shown_its_link_once_and_nobody_disables_themselves() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let fields = [("login", "wang.fang"), ("name", "王芳"), ("role", "reporter"), ("unit", "")];
    let page = office.post("/system/accounts", Some(&browser), &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("信息员账号必须选择所属单位") && page.text.contains("value=\"wang.fang\""),
        "{}",
        page.text
    );
    let fields = [("login", "wang.fang"), ("name", "王芳"), ("role", "reporter"), ("unit", "1")];
    let page = office.post("/system/accounts", Some(&browser), &fields).await;
    assert!(page.text.contains("http://tongzheng.test/welcome/"), "{}", page.text);
    assert!(!office.get("/system/accounts", Some(&browser)).await.text.contains("/welcome/"));
    let own = office.post("/system/accounts/4/disable", Some(&browser), &[]).await;
    assert_eq!(own.status, StatusCode::CONFLICT);
    let colleague = office.browser_of(2);
    assert_eq!(office.post("/system/accounts/2/disable", Some(&browser), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.get("/", Some(&colleague)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post("/system/accounts/2/enable", Some(&browser), &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_audit_log_is_read_page_by_page_and_says_when_it_was_changed() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    for turn in 0..55 {
        let page = office
            .post("/system/mailboxes", Some(&browser), &[("unit", "1"), ("address", &format!("a{turn}@126.com"))])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }
    let first = office.get("/system/audit", Some(&browser)).await.text;
    assert!(first.contains("a54@126.com") && !first.contains("建立机关"));
    let (_, rest) = first.split_once("/system/audit?before=").expect("there is an older page");
    let before = rest.split('"').next().unwrap();
    let second = office.get(&format!("/system/audit?before={before}"), Some(&browser)).await.text;
    assert!(second.contains("建立机关") && !second.contains("a54@126.com") && !second.contains("?before="), "{second}");
    assert!(office.post("/system/audit/verify", Some(&browser), &[]).await.text.contains("审计记录完整"));
    let about = office.get("/system/about", Some(&browser)).await.text;
    assert!(
        about.contains("内置数据库 SQLite 3.") && about.contains("滕州市政务信息工作考核计分办法（2018年）"),
        "{about}"
    );
    assert!(about.contains("本系统不得存储、处理国家秘密"));
}

#[tokio::test]
async fn a_reporter_sees_the_quota_of_the_month_and_what_the_unit_owes() {
    let office = Office::new();
    let mut tx = office.store.write(office.office()).unwrap();
    let report = |date: &str, category: &str| FactRow::new("报送", &[1], date, category);
    for category in ["工作动态", "工作动态", "经验亮点"] {
        tx.append_fact(report("2018-06-04", category)).unwrap();
    }
    // Not this month's, not this unit's, not counted.
    tx.append_fact(report("2018-05-31", "工作动态")).unwrap();
    tx.append_fact(FactRow::new("报送", &[2], "2018-06-04", "工作动态")).unwrap();
    tx.append_fact(FactRow { counted: false, ..report("2018-06-05", "工作动态") }).unwrap();
    let duty = |topic: &str, deadline: &str, unit: i64| FactRow {
        title: Some(topic.to_owned()),
        ..FactRow::new("约稿", &[unit], deadline, "")
    };
    tx.append_fact(duty("防汛准备", "2018-06-22", 1)).unwrap();
    tx.append_fact(duty("营商环境", "2018-06-18", 1)).unwrap();
    tx.append_fact(FactRow { answered: Some("2018-06-10".to_owned()), ..duty("夏粮收购", "2018-06-25", 1) }).unwrap();
    tx.append_fact(duty("别家的约稿", "2018-06-25", 2)).unwrap();
    tx.append_fact(FactRow::new("采用", &[1], "2018-06-05", "每日要情采用")).unwrap();
    tx.commit().unwrap();

    let page = office.get("/", Some(&office.browser(Role::Reporter))).await.text;
    // 10 a month: 4, 2, 2, 1, 1; three came: 7 short.
    for said in [
        "荆河街道 · A类 · 本月还剩10天",
        "还差7篇",
        "合计 3/10",
        "工作动态 2/4",
        "经验亮点 1/2",
        "调研分析 0/2",
        "还剩2天",
        "已逾期2天",
        "1 <small>次采用 · 0次批示",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let (late, soon) = (page.find("营商环境").unwrap(), page.find("防汛准备").unwrap());
    assert!(late < soon);
    assert!(!page.contains("夏粮收购") && !page.contains("别家的约稿"), "{page}");
}

#[tokio::test]
async fn an_editor_sees_what_waits_and_the_chief_the_close_too() {
    let office = Office::new();
    let mut tx = office.store.write(office.office()).unwrap();
    tx.append_fact(FactRow::new("报送", &[1], "2018-05-04", "工作动态")).unwrap();
    for unit in [1, 2] {
        let answered = (unit == 1).then(|| "2018-06-19".to_owned());
        let title = Some("防汛准备".to_owned());
        tx.append_fact(FactRow { title, answered, ..FactRow::new("约稿", &[unit], "2018-06-22", "") }).unwrap();
    }
    tx.commit().unwrap();
    let page = office.get("/", Some(&office.browser(Role::Editor))).await.text;
    assert!(page.contains("已答复1/2个单位") && page.contains("还没有收到稿件。"), "{page}");
    assert!(!page.contains("关账"), "{page}");
    let page = office.get("/", Some(&office.browser(Role::Chief))).await.text;
    assert!(page.contains("还没有关过账。") && page.contains("2018年5月已结束，尚未关账"), "{page}");
}

#[tokio::test]
async fn what_waits_is_counted_with_its_age_and_a_unit_sees_only_its_own_and_no_plans() {
    let office = Office::new();
    four_items(&office);
    let page = office.get("/", Some(&office.browser(Role::Editor))).await.text;
    for said in [
        "2 <small>件 · 最久1小时42分",
        "0 <small>件 · 备用0件 · 待刊1件",
        "荆河街道 · 问题建议 · 912字",
        ">待刊<",
        ">忧<",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let own = office.get("/", Some(&office.browser(Role::Reporter))).await.text;
    for said in ["马铃薯滞销苗头需引起关注", ">已收到<", ">已采用<", ">编辑中<"] {
        assert!(own.contains(said), "{said}: {own}");
    }
    assert!(!own.contains("待刊"), "{own}");
    let other = office.get("/", Some(&office.browser_of(5))).await.text;
    assert!(other.contains("还没有报送过稿件。") && !other.contains("马铃薯"), "{other}");
    let administrator = office.get("/", Some(&office.browser(Role::Administrator))).await.text;
    assert!(!administrator.contains("马铃薯"), "{administrator}");
}

/// Text of 2027 as the State Council's office words such notices; the year is made up.
const NOTICE: &str = "国办发明电〔2026〕99号\n一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n\
    二、春节：2月5日至11日放假调休，共7天。2月14日（周日）上班。\n三、清明节：4月5日放假。\n\
    四、劳动节：5月1日至5日放假调休。\n五、端午节：6月9日放假。\n六、中秋节：9月15日放假。\n七、国庆节：10月1日至7日放假调休。";

#[tokio::test]
async fn the_calendar_counts_working_days_and_takes_a_pasted_notice_or_says_every_fault() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    let page = office.get("/system/calendar?from=2018-09-28&count=3", Some(&browser)).await.text;
    assert!(page.contains("国办发明电〔2017〕12号 · 系统自带 · 全年250个工作日"), "{page}");
    assert!(page.contains("2018年9月28日（工作日）之后第3个工作日是2018年10月8日（周一，工作日）。"), "{page}");
    let unknown = office.get("/system/calendar?year=2027&from=2026-12-30&count=3", Some(&browser)).await.text;
    assert!(unknown.contains("2027年的放假安排还没有录入，算不出工作日。"), "{unknown}");
    let faulty = NOTICE.replace("2月14日（周日）", "2月15日").replace("三、清明节：4月5日放假。\n", "");
    let page = office.post("/system/calendar", Some(&browser), &[("year", "2027"), ("text", &faulty)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("没有见到清明的安排") && page.text.contains("2月15日不是周末"), "{}", page.text);
    assert!(page.text.contains("1月1日（周五）至3日（周日）放假"), "what was typed stays: {}", page.text);
    let page = office.post("/system/calendar", Some(&browser), &[("year", "2027"), ("text", NOTICE)]).await;
    let after = office.followed(&browser, &page).await;
    assert!(after.contains("2027年的放假安排已录入") && after.contains("本机关录入"), "{after}");
    assert!(after.contains("2月5日至11日") && after.contains("2月14日"), "{after}");
    let page = office.get("/system/calendar?year=2027&from=2026-12-30&count=2", Some(&browser)).await.text;
    assert!(page.contains("之后第2个工作日是2027年1月4日（周一，工作日）。"), "{page}");
    let page = office.post("/system/calendar/2027/restore", Some(&browser), &[]).await;
    let after = office.followed(&browser, &page).await;
    assert!(after.contains("2027年的放假安排还没有录入，涉及2027年"), "{after}");
    let again = office.post("/system/calendar/2027/restore", Some(&browser), &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "there is nothing of the office's own to take back");
    let audit = office.get("/system/audit", Some(&browser)).await.text;
    assert!(audit.contains("录入放假安排") && audit.contains("撤销放假安排"), "{audit}");
}

#[tokio::test]
async fn a_job_is_run_at_once_by_the_administrator_alone() {
    let office = Office::new();
    let (administrator, chief) = (office.browser(Role::Administrator), office.browser(Role::Chief));
    let path = "/system/jobs/solicitations/run";
    assert_eq!(office.post(path, Some(&chief), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.post("/system/jobs/none/run", Some(&administrator), &[]).await.status, StatusCode::NOT_FOUND);
    let page = office.post(path, Some(&administrator), &[]).await;
    let after = office.followed(&administrator, &page).await;
    assert!(after.contains("“约稿催报”已运行：没有需要提醒的约稿。") && after.contains("6月20日 09:00"), "{after}");
    let audit = office.get("/system/audit", Some(&administrator)).await.text;
    assert!(audit.contains("立即运行定时任务"), "{audit}");
}
