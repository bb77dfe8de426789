//! 约稿 as a browser sees it: deadlines in working days, what is passed on from above, files, acceptance, the notice; and 报送要点.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod support;

use axum::http::StatusCode;
use support::Office;
use tz_app::Role;
use tz_store::item::{ItemRow, VersionRow};

/// Enters an item of a unit.
fn item(office: &Office, unit: i64, number: &str, title: &str) {
    let received_at = office.app.now().as_microsecond();
    let row = ItemRow {
        id: 0,
        office_id: 0,
        number: number.to_owned(),
        received_at,
        channel: "网页".to_owned(),
        state: "received".to_owned(),
        revision: 1,
        title: title.to_owned(),
        category: "工作动态".to_owned(),
        words: 400,
        worry: false,
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
    tx.insert_item(row, &[unit], first).unwrap();
    tx.commit().unwrap();
}

#[tokio::test]
async fn a_solicitation_from_above_goes_out_with_a_file_and_a_deadline_in_working_days() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    let typed = [
        ("topic", "秋粮收购准备"),
        ("requirement", "写明库容"),
        ("deadline", ""),
        ("working_days", "8"),
        ("origin", "枣庄市政府办公室"),
        ("origin_deadline", "2018-07-01"),
        ("unit", "1"),
    ];
    let faulty =
        office.upload("/solicitation/new", &editor, &typed, ("说明.txt", "机密★1年\n\n不应保存".as_bytes())).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", faulty.text);
    let late = "单位的截止日期（2018-07-02）晚于上级的截止日期（2018-07-01），请提前。";
    assert!(faulty.text.contains(late) && faulty.text.contains("附件带有密级标志"), "{}", faulty.text);
    assert!(faulty.text.contains("value=\"枣庄市政府办公室\""), "what was typed stays");
    // From Wednesday the 20th of June 2018: seven working days to Friday the 29th.
    let typed = typed.map(|(name, value)| if name == "working_days" { (name, "7") } else { (name, value) });
    let page = office.upload("/solicitation/new", &editor, &typed, ("表样.txt", "单位、库容、仓房数".as_bytes())).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("2018年6月29日截止"), "{after}");
    assert!(after.contains("枣庄市政府办公室约稿，上级截止2018年7月1日") && after.contains("表样.txt"), "{after}");
    let (reporter, other) = (office.browser(Role::Reporter), office.browser_of(5));
    let file = office.get("/solicitation/1/file/1", Some(&reporter)).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "单位、库容、仓房数"));
    for path in ["/solicitation/1/file/1", "/solicitation/1/paper", "/solicitation/1"] {
        assert_eq!(office.get(path, Some(&other)).await.status, StatusCode::NOT_FOUND, "{path} is not theirs");
    }
    let paper = office.get("/solicitation/1/paper", Some(&editor)).await;
    assert_eq!(paper.status, StatusCode::OK);
    assert!(paper.headers["content-disposition"].to_str().unwrap().contains(".docx"));
    // The unit accepts; the office sees it.
    let page = office.get("/solicitation/1", Some(&reporter)).await.text;
    assert!(page.contains("接受约稿") && page.contains("附件："), "{page}");
    let page = office.post("/solicitation/1/accept", Some(&reporter), &[]).await;
    let after = office.followed(&reporter, &page).await;
    assert!(after.contains("已接受约稿，请按时报送。") && !after.contains("<button class=\"btn\">接受约稿"), "{after}");
    let again = office.post("/solicitation/1/accept", Some(&reporter), &[]).await;
    assert!(again.text.contains("已经接受这个约稿"), "{}", again.text);
    assert!(office.get("/solicitation/1", Some(&editor)).await.text.contains("6月20日 09:00 接受"));
    // What the editor's page asks for to keep itself up to date is the table alone, and for the office alone.
    let part = office.get("/solicitation/1/live", Some(&editor)).await.text;
    assert!(part.contains("接受</div>") && part.contains("截至6月20日 09:00") && !part.contains("<html"), "{part}");
    assert_eq!(office.get("/solicitation/1/live", Some(&reporter)).await.status, StatusCode::FORBIDDEN);
    let audit = office.get("/system/audit", Some(&office.browser(Role::Administrator))).await.text;
    assert!(audit.contains("接受约稿"), "{audit}");
}

#[tokio::test]
async fn a_deadline_over_a_year_without_holidays_is_refused_with_a_sentence() {
    let office = Office::new();
    office.clock.set("2026-12-30T01:00:00Z".parse().unwrap());
    let editor = office.browser(Role::Editor);
    let typed = [("topic", "元旦值班"), ("deadline", ""), ("working_days", "3"), ("unit", "1")];
    let faulty = office.post("/solicitation/new", Some(&editor), &typed).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text.contains("2027年的放假安排还没有录入，算不出工作日。"), "{}", faulty.text);
    assert!(!faulty.text.contains("请填写截止日期，例如"), "said once: {}", faulty.text);
}

#[tokio::test]
async fn reporting_points_show_what_came_about_each_topic_and_which_has_none() {
    let office = Office::new();
    let (editor, reporter, other) =
        (office.browser(Role::Editor), office.browser(Role::Reporter), office.browser_of(5));
    let faulty =
        office.post("/solicitation/points/new", Some(&editor), &[("from", "2018-07-01"), ("to", "2018-06-30")]).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in ["请填写名称", "请填写题目，一行一个。", "截止日期早于起始日期", "请选择单位"]
    {
        assert!(faulty.text.contains(sentence), "no {sentence}: {}", faulty.text);
    }
    let typed = [
        ("name", "7月报送要点"),
        ("topics", "夏粮收购：进度、价格\n防汛准备"),
        ("from", "2018-06-20"),
        ("to", "2018-07-31"),
        ("unit", "1"),
        ("unit", "2"),
    ];
    let page = office.post("/solicitation/points/new", Some(&editor), &typed).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("报送要点已发出") && after.contains("2个，其中2个没有来稿"), "{after}");
    assert!(after.contains("进度、价格") && after.contains("2个：荆河街道、龙泉街道"), "{after}");
    assert!(
        office
            .get("/notice", Some(&reporter))
            .await
            .text
            .contains("夏粮收购（要点2018-01-1）；防汛准备（要点2018-01-2）")
    );
    assert_eq!(office.get("/solicitation/points/1", Some(&other)).await.status, StatusCode::NOT_FOUND);
    item(&office, 1, "2018-0620-01", "荆河街道夏粮收购开秤");
    item(&office, 5, "2018-0620-02", "东沙河镇防汛演练");
    let tie = |topic: &'static str, number: &'static str| [("topic", topic), ("number", number)];
    let not_theirs = office.post("/solicitation/points/1/tie", Some(&reporter), &tie("1", "2018-0620-02")).await;
    assert!(not_theirs.text.contains("没有这个编号的稿件"), "{}", not_theirs.text);
    let page = office.post("/solicitation/points/1/tie", Some(&reporter), &tie("1", "2018-0620-01")).await;
    let after = office.followed(&reporter, &page).await;
    assert!(after.contains("荆河街道夏粮收购开秤") && after.contains("2个，其中1个没有来稿"), "{after}");
    let page = office.post("/solicitation/points/1/tie", Some(&editor), &tie("2", "2018-0620-02")).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("东沙河镇防汛演练") && after.contains("1个：龙泉街道"), "{after}");
    let list = office.get("/solicitation/points", Some(&editor)).await.text;
    assert!(list.contains("要点2018-01") && list.contains("进行中"), "{list}");
    let untie = [("topic", "2"), ("item", "2")];
    let page = office.post("/solicitation/points/1/untie", Some(&editor), &untie).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("已取消对应。") && !after.contains("东沙河镇防汛演练"), "{after}");
    let page = office.post("/solicitation/points/1/close", Some(&editor), &[]).await;
    assert!(office.followed(&editor, &page).await.contains("已结束"));
    let again = office.post("/solicitation/points/1/close", Some(&editor), &[]).await;
    assert!(again.text.contains("已经结束，不必再次操作。"), "{}", again.text);
}

#[tokio::test]
async fn a_topic_is_chosen_while_sending_and_changed_on_the_items_page() {
    let office = Office::new();
    let (editor, reporter) = (office.browser(Role::Editor), office.browser(Role::Reporter));
    let typed = [
        ("name", "7月报送要点"),
        ("topics", "夏粮收购：进度、价格\n防汛准备"),
        ("from", "2018-06-20"),
        ("to", "2018-07-31"),
        ("unit", "1"),
        ("unit", "2"),
    ];
    office.post("/solicitation/points/new", Some(&editor), &typed).await;
    let page = office.get("/solicitation/points/1", Some(&reporter)).await.text;
    assert!(page.contains("href=\"/report/new?topic=1\"") && page.contains("要点2018-01-1"), "{page}");
    let first = office.get("/", Some(&reporter)).await.text;
    assert!(first.contains("还没有报送的要点") && first.contains("href=\"/report/new?topic=1\""), "{first}");
    let list = office.get("/report", Some(&reporter)).await.text;
    assert!(list.contains("还没有报送的要点") && list.contains("/report/new?topic=2"), "{list}");
    let form = office.get("/report/new?topic=2", Some(&reporter)).await.text;
    assert!(form.contains("<option value=\"2\" selected>防汛准备（2018年7月31日前）"), "{form}");
    let body = "全镇备足防汛物资，落实包保责任，汛前检查全部完成，隐患逐一整改销号。";
    let typed = [
        ("key", "k1"),
        ("title", "防汛物资到位"),
        ("body", body),
        ("category", "工作动态"),
        ("topic", "2"),
        ("do", "send"),
    ];
    // A draft keeps it.
    let kept = typed.map(|(name, value)| if name == "do" { (name, "draft") } else { (name, value) });
    let draft = office.post("/report/new", Some(&reporter), &kept).await.text;
    assert!(draft.contains("草稿已保存"), "{draft}");
    let form = office.get("/report/new", Some(&reporter)).await.text;
    assert!(form.contains("<option value=\"2\" selected>"), "{form}");
    let page = office.post("/report/new", Some(&reporter), &typed).await;
    let after = office.followed(&reporter, &page).await;
    assert!(after.contains("对应报送要点要点2018-01-2“防汛准备”") && after.contains("取消对应防汛准备"), "{after}");
    let form = office.get("/report/new", Some(&reporter)).await.text;
    assert!(form.contains("防汛准备（2018年7月31日前，已有来稿）"), "{form}");
    let list = office.get("/report", Some(&reporter)).await.text;
    assert!(!list.contains("/report/new?topic=2") && list.contains("/report/new?topic=1"), "{list}");
    // The editor moves it to the other topic.
    let desk = office.get("/intake/1", Some(&editor)).await.text;
    assert!(desk.contains("对应要点") && desk.contains("夏粮收购（要点2018-01-1）"), "{desk}");
    let none = office.post("/intake/1/topic", Some(&editor), &[("topic", "9")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("请从列表中选择题目。"), "{}", none.text);
    let page = office.post("/intake/1/topic", Some(&editor), &[("topic", "1")]).await;
    assert!(office.followed(&editor, &page).await.contains("已对应报送要点。"));
    let page = office.post("/intake/1/topic/remove", Some(&editor), &[("topic", "2")]).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("已取消对应。") && after.contains("防汛准备（要点2018-01-2）"), "{after}");
    let points = office.get("/solicitation/points/1", Some(&editor)).await.text;
    assert!(
        points.contains("已有来稿的单位") && points.contains("1个：龙泉街道") && points.contains("1 / 2 个"),
        "{points}"
    );
    // A unit changes its own.
    let page = office.post("/report/1/topic/remove", Some(&reporter), &[("topic", "1")]).await;
    assert!(office.followed(&reporter, &page).await.contains("已取消对应。"));
    let page = office.post("/report/1/topic", Some(&reporter), &[("topic", "2")]).await;
    assert!(office.followed(&reporter, &page).await.contains("已对应报送要点，办公室可以看到。"));
}
