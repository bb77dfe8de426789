//! Units are asked, told, accept, answer on the web and by mail, refuse, are late or silent, and each counts as the clause says; topics
//! of reporting points without an answer, and then with one: all in a real browser.

use std::path::Path;

use tz_read::samples::{EmlSpec, eml};

use crate::browser::Browser;
use crate::letters::office;
use crate::people::{account, first_administrator, register_mailboxes, sign_in, sign_out, welcome};
use crate::program::{Running, printed, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_is_asked_and_told_and_the_office_sees_who_accepts_and_who_refuses() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    // A Thursday; the Monday after is the Dragon Boat Festival.
    let server = Running::serve(&folder.path().join("data"), "2018-06-14T16:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "binhu", "王静", "信息员", Some("滨湖镇")).await,
    ];
    browser.go(&format!("{address}/system/calendar?from=2018-09-28&count=3")).await;
    browser.says("之后第3个工作日是2018年10月8日（周一，工作日）。").await;
    browser.picture("工作日历").await;
    browser.go(&format!("{address}/system/notices")).await;
    browser.says("被约稿单位的信息员，约稿发出时").await;
    browser.picture("消息规则").await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }

    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/solicitation/new")).await;
    browser.fill("topic", "夏粮收购进度").await;
    browser.fill("working_days", "2").await;
    browser.fill("origin", "枣庄市政府办公室").await;
    browser.tick("group", "镇街").await;
    browser.press("发出").await;
    browser.says("约稿2018-01已发出，21个单位已能看到。").await;
    browser.says("2018年6月19日截止").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "binhu").await;
    browser.find("header a[aria-label='消息，1条未读']").await.click().await.expect("the link can be followed");
    browser.says("新约稿：夏粮收购进度").await;
    browser.picture("消息").await;
    let notice = "main button[aria-label='查看：新约稿：夏粮收购进度']";
    browser.find(notice).await.click().await.expect("the button can be pressed");
    browser.press("接受约稿").await;
    browser.says("已接受约稿，请按时报送。").await;
    browser.fill("reason", "夏粮已收购完毕").await;
    browser.press("说明不报").await;
    browser.says("已说明不报，办公室会看到您的原因。").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/notice")).await;
    browser.says("滨湖镇说明不报：夏粮收购进度").await;
    browser.press("查看").await;
    browser.says("夏粮已收购完毕").await;
    browser.says("接受").await;
    browser.picture("约稿情况").await;
}

/// Hands the office a mail of a unit at a moment, as the watched folder would.
fn mail(folder: &Path, data: &Path, from: &str, subject: &str, text: &str, at: &str) {
    let letter = folder.join(format!("{from}-{at}.eml").replace(':', ""));
    let raw = eml(&EmlSpec {
        from: format!("{from}@tengzhou.example"),
        to: "xxk@tengzhou.example".to_owned(),
        subject: subject.to_owned(),
        body: format!("{text}截至目前，全镇设收购点12个，价格平稳，群众交粮有序，没有出现压车现象，余下的月底前完成。"),
        message_id: format!("{from}-{at}@tengzhou.example"),
        ..EmlSpec::default()
    });
    std::fs::write(&letter, raw).expect("the mail can be written");
    let taken =
        run(&["intake", &letter.display().to_string(), "--data", &data.display().to_string(), "--drill-from", at]);
    assert!(printed(&taken.stdout).contains("稿件"), "{}{}", printed(&taken.stdout), printed(&taken.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_show_by_themselves_and_every_unit_gets_what_the_clause_says() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Running::serve(&data, "2018-06-14T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "binhu", "王静", "信息员", Some("滨湖镇")).await,
        account(&browser, &address, "zhangwang", "李强", "信息员", Some("张汪镇")).await,
    ];
    register_mailboxes(&browser, &address, &[("西岗镇", "xigang"), ("级索镇", "jisuo")]).await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }
    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/solicitation/new")).await;
    browser.fill("topic", "夏粮收购进度").await;
    browser.set("deadline", "2018-06-15").await;
    for unit in ["滨湖镇", "西岗镇", "级索镇", "张汪镇", "姜屯镇"] {
        browser.tick("unit", unit).await;
    }
    browser.press("发出").await;
    browser.says("约稿2018-01已发出，5个单位已能看到。").await;
    // The editor is just filling in a line when an answer comes by mail elsewhere: the table says so by itself, and nothing that was
    // typed is lost.
    let reason = "//tr[contains(., '滨湖镇')]//input[@name='reason']";
    browser.at("//tr[contains(., '滨湖镇')]//summary").await.click().await.expect("the form opens");
    browser.at(reason).await.send_keys("电话说明").await.expect("the field takes text");
    mail(
        folder.path(),
        &data,
        "xigang",
        "【约稿2018-01】西岗镇夏粮收购开秤",
        "西岗镇围绕夏粮收购，划分十二个片区，由镇村干部包片负责，逐户登记。",
        "2018-06-14T09:20",
    );
    browser.says("西岗镇夏粮收购开秤").await;
    let figures = browser.find("#live-figures").await.text().await.expect("it has a text");
    assert!(figures.contains("1 / 5"), "{figures}");
    let typed = browser.at(reason).await.prop("value").await.expect("it is still open");
    assert_eq!(typed.as_deref(), Some("电话说明"));
    browser.picture("约稿实时情况").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "binhu").await;
    browser.go(&format!("{address}/solicitation/1")).await;
    browser.press("报送").await;
    browser.fill("title", "滨湖镇夏粮收购过半").await;
    browser.fill("body", "全镇收购小麦1.2万吨，仓容充足，价格稳定，粮款当天结清。").await;
    browser.press("报送").await;
    browser.says("按时答复约稿：夏粮收购进度").await;
    sign_out(&browser).await;
    drop(server);

    // On the last day those who still owe it are reminded, once.
    let server = Running::serve(&data, "2018-06-15T08:35");
    let address = server.address.clone();
    sign_in(&browser, &address, "zhangwang").await;
    browser.find("header a[aria-label='消息，2条未读']").await.click().await.expect("the link can be followed");
    browser.says("约稿今天截止：夏粮收购进度").await;
    browser.go(&format!("{address}/solicitation/1")).await;
    browser.fill("reason", "辖区没有粮站").await;
    browser.press("说明不报").await;
    browser.says("已说明不报").await;
    sign_out(&browser).await;
    drop(server);

    // The day after: one comes late by mail, one not at all.
    mail(
        folder.path(),
        &data,
        "jisuo",
        "级索镇夏粮收购情况（约稿2018-01）",
        "级索镇今年夏粮收购起步晚，主要是仓容不足，已经协调腾仓。",
        "2018-06-17T10:00",
    );
    let server = Running::serve(&data, "2018-06-18T09:00");
    let address = server.address.clone();
    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/notice")).await;
    browser.says("约稿已逾期：夏粮收购进度").await;
    browser.says("张汪镇说明不报：夏粮收购进度").await;
    browser.go(&format!("{address}/solicitation/1")).await;
    browser.says("逾期3天未报").await;
    browser.says("迟报2天").await;
    browser.picture("约稿结果").await;
    let (store, app) = office(&data);
    let units = store.read(app.office()).expect("the database can be read").list_units(None).expect("units");
    for (name, said) in [
        ("滨湖镇", "未超过截止日期，加 3 分"),
        ("西岗镇", "未超过截止日期，加 3 分"),
        ("级索镇", "扣 3 分"),
        ("张汪镇", "扣 5 分"),
        ("姜屯镇", "扣 5 分"),
    ] {
        let unit = units.iter().find(|unit| unit.name == name).expect("a unit of the scheme").unit_id;
        browser.go(&format!("{address}/assessment/unit/{unit}?month=2018-06")).await;
        browser.says(said).await;
        browser.says(if said.starts_with('扣') { "附件1注4" } else { "附件13" }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_without_an_answer_is_answered_from_the_points_and_by_a_mail_with_its_number() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Running::serve(&data, "2018-06-14T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "binhu", "王静", "信息员", Some("滨湖镇")).await,
    ];
    register_mailboxes(&browser, &address, &[("西岗镇", "xigang")]).await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }
    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/solicitation/points/new")).await;
    browser.fill("name", "6月报送要点").await;
    browser.fill("topics", "夏粮收购：进度和价格\n防汛准备\n高考保障").await;
    browser.set("from", "2018-06-14").await;
    browser.set("to", "2018-06-30").await;
    browser.tick("unit", "滨湖镇").await;
    browser.tick("unit", "西岗镇").await;
    browser.press("发出").await;
    browser.says("3个，其中3个没有来稿").await;
    browser.picture("报送要点").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "binhu").await;
    browser.go(&format!("{address}/report")).await;
    browser.says("还没有报送的要点").await;
    browser.go(&format!("{address}/solicitation/points/1")).await;
    browser.find("a[aria-label='报送防汛准备']").await.click().await.expect("the link can be followed");
    browser.says("对应要点").await;
    browser.fill("title", "滨湖镇防汛物资全部到位").await;
    browser.fill("body", "全镇备足编织袋2万条，组建抢险队21支，汛前检查全部完成。").await;
    browser.picture("报送时选择要点").await;
    browser.press("报送").await;
    browser.says("对应报送要点要点2018-01-2“防汛准备”").await;
    sign_out(&browser).await;
    mail(
        folder.path(),
        &data,
        "xigang",
        "【要点2018-01-1】西岗镇夏粮收购开秤",
        "西岗镇围绕夏粮收购，划分十二个片区，由镇村干部包片负责，逐户登记。",
        "2018-06-14T09:20",
    );
    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/solicitation/points/1")).await;
    browser.says("西岗镇夏粮收购开秤").await;
    browser.says("滨湖镇防汛物资全部到位").await;
    browser.says("3个，其中1个没有来稿").await;
    browser.says("各单位都有来稿。").await;
    browser.picture("报送要点有来稿").await;
    // On the item's own page the editor ties it to one more topic.
    browser.go(&format!("{address}/intake/1")).await;
    browser.choose("topic", "高考保障").await;
    browser.press("对应").await;
    browser.says("已对应报送要点。").await;
    browser.go(&format!("{address}/solicitation/points")).await;
    browser.says("都有来稿").await;
}
