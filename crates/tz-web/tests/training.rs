//! 培训 and 跟岗轮训 as a browser sees them: plan, sign-in, materials, roster, appraisal; each does the unit's yearly duty once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod support;

use axum::http::StatusCode;
use support::Office;
use tz_app::{Editor, Person, Role};
use tz_model::AccountId;

/// How many units have done each yearly duty of 2018.
fn done(office: &Office) -> Vec<(String, usize)> {
    let person =
        Person {
            account: AccountId(2), name: "编辑2".to_owned(), role: Role::Editor, unit: None, must_change: false
        };
    let yearly = office.app.yearly(&Editor::of(&person).unwrap(), 2018).unwrap();
    let count = |duty: tz_app::network::Yearly| duty.units.iter().filter(|unit| unit.done.is_some()).count();
    yearly.into_iter().map(|duty| (duty.event.clone(), count(duty))).collect()
}

#[tokio::test]
async fn a_training_is_planned_signed_in_and_counts_once_a_year_for_each_unit() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    let counts = |office: &Office| done(office).into_iter().map(|(_, count)| count).collect::<Vec<_>>();
    let training = done(&office)[0].0.clone();
    assert!(training.contains("培训"), "{training}");
    let empty = office.get("/network/training", Some(&editor)).await.text;
    assert!(empty.contains("2018年还没有安排培训") && empty.contains(&training), "{empty}");
    let faulty = office
        .upload("/network/training", &editor, &[("date", "6月"), ("event", "没有的事")], ("a.txt", "b".as_bytes()))
        .await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in ["请填写培训名称", "请填写培训日期", "请从列表中选择计入事项"] {
        assert!(faulty.text.contains(sentence), "no {sentence}: {}", faulty.text);
    }
    let fields = |name: &'static str, date: &'static str| {
        [("name", name), ("date", date), ("place", "市委党校"), ("content", "信息写作"), ("event", training.as_str())]
    };
    let page = office
        .upload("/network/training", &editor, &fields("春季培训", "2018-06-15"), ("讲义.txt", "要点".as_bytes()))
        .await;
    let after = office.followed(&editor, &page).await;
    assert!(
        after.contains("培训已登记。") && after.contains("讲义.txt") && after.contains("还没有登记签到"),
        "{after}"
    );
    assert_eq!(office.get("/network/training/1/file/1", Some(&editor)).await.text, "要点");
    let signed = [("unit", "1"), ("unit", "2"), ("people", "王静")];
    let page = office.post("/network/training/1/sign-in", Some(&editor), &signed).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("已登记2个单位签到，其中2个单位由此完成本年度任务。"), "{after}");
    assert_eq!(counts(&office), [2, 0]);
    let again = office.post("/network/training/1/sign-in", Some(&editor), &[("unit", "1")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("荆河街道已经登记过签到"), "{}", again.text);
    // A second training of the year counts for who was not at the first.
    office.upload("/network/training", &editor, &fields("夏季培训", "2018-06-19"), ("表.txt", "x".as_bytes())).await;
    let page = office.post("/network/training/2/sign-in", Some(&editor), &[("unit", "2"), ("unit", "3")]).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("已登记2个单位签到，其中1个单位由此完成本年度任务。"), "{after}");
    assert_eq!(counts(&office), [3, 0]);
    let page = office.post("/network/training/1/take-back", Some(&editor), &[("unit", "1")]).await;
    assert!(office.followed(&editor, &page).await.contains("已取消签到"));
    assert_eq!(counts(&office), [2, 0]);
    // What is planned for later is not signed in yet.
    office.upload("/network/training", &editor, &fields("秋季培训", "2018-09-20"), ("表.txt", "x".as_bytes())).await;
    assert!(office.get("/network/training/3", Some(&editor)).await.text.contains("培训举行后，在这里登记签到"));
    let early = office.post("/network/training/3/sign-in", Some(&editor), &[("unit", "4")]).await;
    assert!(early.text.contains("培训还没有举行"), "{}", early.text);
    let list = office.get("/network/training?year=2018", Some(&editor)).await.text;
    assert!(list.contains("秋季培训</a> <span class=\"tag act\">计划</span>"), "{list}");
}

#[tokio::test]
async fn a_months_rotation_ends_with_an_appraisal_that_counts_or_with_a_reason() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    let rotation = done(&office)[1].0.clone();
    let faulty = office.post("/network/rotation", Some(&editor), &[("month", "下个月")]).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in ["请填写月份", "请选择单位", "请填写跟岗人员姓名", "请填写带教人姓名"] {
        assert!(faulty.text.contains(sentence), "no {sentence}: {}", faulty.text);
    }
    let line = |month: &'static str, unit: &'static str| {
        [("month", month), ("unit", unit), ("person", "李娜"), ("host", "宋海燕"), ("event", rotation.as_str())]
    };
    let page = office.post("/network/rotation", Some(&editor), &line("2018-05", "1")).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("跟岗已安排。") && after.contains("2018年5月") && after.contains("宋海燕"), "{after}");
    let twice = office.post("/network/rotation", Some(&editor), &line("2018-05", "1")).await;
    assert!(twice.text.contains("荆河街道在2018年5月已经安排了跟岗。"), "{}", twice.text);
    office.post("/network/rotation", Some(&editor), &line("2018-07", "2")).await;
    let early = office.post("/network/rotation/2/end", Some(&editor), &[("end", "done"), ("words", "良好")]).await;
    assert!(early.text.contains("这个月还没有到") && early.text.contains("value=\"良好\""), "{}", early.text);
    let blank = office.post("/network/rotation/1/end", Some(&editor), &[("end", "done"), ("words", " ")]).await;
    assert!(blank.text.contains("请填写鉴定意见"), "{}", blank.text);
    let page = office.post("/network/rotation/1/end", Some(&editor), &[("end", "done"), ("words", "优秀")]).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("已鉴定") && after.contains("优秀") && after.contains("由此完成年度任务"), "{after}");
    assert_eq!(done(&office)[1].1, 1);
    let again = office.post("/network/rotation/1/end", Some(&editor), &[("end", "done"), ("words", "优秀")]).await;
    assert!(again.text.contains("已经办结或取消"), "{}", again.text);
    let page = office.post("/network/rotation/2/end", Some(&editor), &[("end", "cancelled"), ("words", "借调")]).await;
    assert!(office.followed(&editor, &page).await.contains("已取消"));
    assert_eq!(done(&office)[1].1, 1, "a cancelled month counts for nothing");
    // The place is free again.
    let page = office.post("/network/rotation", Some(&editor), &line("2018-07", "2")).await;
    assert!(office.followed(&editor, &page).await.contains("跟岗已安排。"));
}

#[tokio::test]
async fn partner_offices_and_the_rights_of_officers_are_recorded() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    let bad = [("name", " "), ("mail", "市委办"), ("note", "每周交换")];
    let faulty = office.post("/network/partners", Some(&editor), &bad).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        faulty.text.contains("请填写协作单位名称") && faulty.text.contains("这不像一个邮箱地址"),
        "{}",
        faulty.text
    );
    assert!(faulty.text.contains("value=\"每周交换\""), "what was typed stays");
    let good = [("name", "市委办公室信息科"), ("contact", "赵磊"), ("note", "每周交换")];
    let page = office.post("/network/partners", Some(&editor), &good).await;
    assert!(office.followed(&editor, &page).await.contains("赵磊"));
    let twice = office.post("/network/partners", Some(&editor), &good).await;
    assert!(twice.text.contains("“市委办公室信息科”已经在名单中。"), "{}", twice.text);
    let page = office.post("/network/partners/1/end", Some(&editor), &[]).await;
    assert!(office.followed(&editor, &page).await.contains("还没有登记协作单位"));
    assert_eq!(office.post("/network/partners/1/end", Some(&editor), &[]).await.status, StatusCode::NOT_FOUND);

    let save = [("unit", "1"), ("unit", "2"), ("right", "1:meetings"), ("right", "2:visits"), ("right", "9:visits")];
    let page = office.post("/network/rights", Some(&editor), &save).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("已保存，变更2项。"), "only of the units that were shown: {after}");
    let ticked = |page: &str, value: &str| page.contains(&format!("value=\"{value}\" checked"));
    assert!(ticked(&after, "1:meetings") && ticked(&after, "2:visits") && !ticked(&after, "9:visits"));
    let page = office.post("/network/rights", Some(&editor), &[("unit", "1"), ("right", "1:documents")]).await;
    let after = office.followed(&editor, &page).await;
    assert!(after.contains("已保存，变更2项。") && !ticked(&after, "1:meetings"), "{after}");
    assert!(ticked(&after, "1:documents") && ticked(&after, "2:visits"), "the other unit's stand: {after}");
    let audit = office.get("/system/audit", Some(&office.browser(Role::Administrator))).await.text;
    assert!(audit.contains("荆河街道－列席会议、荆河街道＋阅读文件"), "{audit}");
}

#[tokio::test]
async fn a_planned_training_is_told_to_the_units_and_its_materials_and_list_are_theirs_and_the_offices() {
    let office = Office::new();
    let (editor, reporter) = (office.browser(Role::Editor), office.browser(Role::Reporter));
    let typed =
        [("name", "下半年业务培训"), ("date", "2018-07-05"), ("place", "三楼会议室"), ("content", "选题和写作")];
    let file = ("写作要点.txt", "选题、结构、数据".as_bytes());
    let page = office.upload("/network/training", &editor, &typed, file).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let told = office.get("/notice", Some(&reporter)).await.text;
    assert!(told.contains("培训安排：下半年业务培训") && told.contains("定于2018年7月5日举行"), "{told}");
    let mine = office.get("/report/training", Some(&reporter)).await.text;
    assert!(mine.contains("还没有举行") && mine.contains("href=\"/report/training/1/file/1\""), "{mine}");
    assert!(mine.contains("完成年度培训") && mine.contains("还没有完成。全年没有完成的，年终计-10分。"), "{mine}");
    let kept = office.get("/report/training/1/file/1", Some(&reporter)).await;
    assert_eq!((kept.status, kept.text.as_str()), (StatusCode::OK, "选题、结构、数据"));
    let sheet = office.get("/network/training/1/sheet", Some(&editor)).await;
    assert!(sheet.status == StatusCode::OK && sheet.text.starts_with("PK"), "{:?}", sheet.status);
    assert_eq!(office.get("/network/training/9/sheet", Some(&editor)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get("/network/training/1/sheet", Some(&reporter)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.get("/report/training", Some(&editor)).await.status, StatusCode::FORBIDDEN);
    // One that was held before it was entered is no news.
    let held = [("name", "第一季度培训"), ("date", "2018-03-05")];
    office.upload("/network/training", &editor, &held, ("", b"")).await;
    assert!(!office.get("/notice", Some(&reporter)).await.text.contains("第一季度培训"));
    // The officer who is to come is told to the unit.
    let planned = [("month", "2018-07"), ("unit", "1"), ("person", "王静"), ("host", "李文博")];
    office.post("/network/rotation", Some(&editor), &planned).await;
    let told = office.get("/notice", Some(&reporter)).await.text;
    assert!(told.contains("2018年7月跟岗安排：王静"), "{told}");
    assert!(office.get("/report/training", Some(&reporter)).await.text.contains("已安排"));
}
