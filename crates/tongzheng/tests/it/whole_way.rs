//! From a mail to a bulletin, the whole way through a real browser: administrator, mail, editor, chief, reporter, the close.

use std::path::Path;

use tz_read::samples::{self, EmlSpec};

use crate::browser::Browser;
use crate::people::{account, first_administrator, register_mailbox, sign_in, sign_out, welcome};
use crate::program::{Running, get, printed, run};

/// A unit's mail with a Word attachment, made up.
pub fn mail(folder: &Path) -> String {
    let paragraphs = [
        "今年以来，我镇把全镇划分为一百二十六个网格，每格配备一名专职代办员，群众反映事项当天登记、三天内回访。",
        "截至目前，受理事项312件，办结305件，办结率97.8%。",
    ];
    let title = "滨湖镇网格代办让群众少跑腿";
    let raw = samples::eml(&EmlSpec {
        from: "binhu@tengzhou.example".to_owned(),
        name: "滨湖镇信息员".to_owned(),
        to: "xxk@tengzhou.example".to_owned(),
        subject: format!("【工作动态】{title}"),
        body: "信息科：现报送信息一篇，请查收附件。".to_owned(),
        attachments: vec![(format!("{title}.docx"), samples::docx(title, &paragraphs))],
        message_id: "whole-way@tengzhou.example".to_owned(),
        date: "Fri, 29 Jun 2018 09:08:00 +0800".to_owned(),
    });
    let file = folder.join("来信.eml");
    std::fs::write(&file, raw).expect("the mail can be written");
    file.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_becomes_a_printed_item_a_score_and_a_bulletin() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let data_text = data.display().to_string();
    let server = Running::serve(&data, "2018-06-29T09:00");
    let address = server.address.clone();

    // The first start prints a one-time link; it makes the administrator.
    first_administrator(&browser, &server).await;
    browser.picture("01-administrator").await;
    let links = [
        account(&browser, &address, "kezhang", "孔立新", "科长", None).await,
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "binhu", "王海燕", "信息员", Some("滨湖镇")).await,
    ];
    register_mailbox(&browser, &address).await;
    browser.picture("02-mailboxes").await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }

    // The unit's mail arrives and becomes an item; the same mail again changes nothing.
    let letter = mail(folder.path());
    let taken = run(&["intake", &letter, "--data", &data_text, "--drill-from", "2018-06-29T09:10"]);
    assert!(taken.status.success(), "{}", printed(&taken.stderr));
    assert!(printed(&taken.stdout).contains("稿件1封"), "{}", printed(&taken.stdout));
    let again = run(&["intake", &letter, "--data", &data_text, "--drill-from", "2018-06-29T09:11"]);
    assert!(printed(&again.stdout).contains("重复1封"), "{}", printed(&again.stdout));

    // An editor opens it, edits it (the unit's own version is kept), and adopts it.
    sign_in(&browser, &address, "bianji").await;
    browser.picture("03-editor-dashboard").await;
    browser.go(&format!("{address}/intake")).await;
    browser.press("滨湖镇网格代办让群众少跑腿").await;
    browser.says("受理事项312件").await;
    browser.picture("04-intake").await;
    browser.press("修改").await;
    browser
        .fill("body", "滨湖镇划分126个网格，每格配1名专职代办员，群众反映事项当天登记、三天内回访。今年以来受理312件，办结305件，办结率97.8%。")
        .await;
    browser.picture("05-edit").await;
    browser.press("保存为新版本").await;
    browser.says("第2版").await;
    browser.picture("06-edited").await;
    browser.choose("publication", "每日要情").await;
    browser.press("采用").await;
    browser.says("每日要情").await;

    // A secret item came by hand: number, day, category and unit are registered, and nothing that says more.
    browser.go(&format!("{address}/intake/secret")).await;
    browser.fill("number", "某会议的情况").await;
    browser.choose("unit", "滨湖镇").await;
    browser.choose("category", "问题建议").await;
    browser.press("登记").await;
    browser.says("标题和内容不得填写").await;
    browser.picture("06-secret-fault").await;
    browser.fill("number", "2018-015").await;
    browser.press("登记").await;
    browser.says("计入该单位报送篇数").await;
    browser.picture("06-secret").await;
    sign_out(&browser).await;

    // The chief publishes the issue.
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&format!("{address}/publication")).await;
    browser.press("下一期").await;
    browser.picture("07-compose").await;
    browser.press("保存并签发").await;
    browser.picture("08-sign").await;
    browser.press_surely("签发并刊发").await;
    browser.says("第1期").await;
    browser.picture("09-issue").await;
    sign_out(&browser).await;

    // The unit sees what became of it, both texts, and its points with their reasons.
    sign_in(&browser, &address, "binhu").await;
    browser.picture("10-reporter-dashboard").await;
    browser.go(&format!("{address}/report")).await;
    browser.says("2018-015（问题建议，2018年6月29日）").await;
    browser.press("滨湖镇网格代办让群众少跑腿").await;
    browser.says("《每日要情》2018年第1期").await;
    browser.picture("11-report-item").await;
    browser.go(&format!("{address}/assessment")).await;
    browser.says("每日要情采用").await;
    browser.says("其中涉密登记1件").await;
    browser.picture("12-reporter-assessment").await;
    sign_out(&browser).await;

    // In July the chief closes June.
    drop(server);
    let server = Running::serve(&data, "2018-07-02T09:00");
    let address = server.address.clone();
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&format!("{address}/assessment?month=2018-06")).await;
    browser.says("未关账").await;
    browser.picture("13-assessment").await;
    browser.go(&format!("{address}/assessment/close")).await;
    browser.says("2018年6月").await;
    browser.picture("14-checklist").await;
    browser.find("#sure").await.click().await.expect("the box can be ticked");
    browser.press_surely("关账 2018年6月").await;
    // Closing takes a while on a busy machine; going on before it has answered would be overtaken by its answer.
    browser.says("计分表第1号已生成").await;
    browser.go(&format!("{address}/assessment/statements")).await;
    browser.says("2018年6月").await;
    browser.press_surely("全部重新计算并核对").await;
    browser.says("逐字节一致").await;
    browser.picture("15-statements").await;
    let paper = browser.find("a[href*='/paper/']").await.attr("href").await.expect("an attribute").expect("a link");
    let cookie = browser.window.get_named_cookie("tongzheng").await.expect("the session's cookie");
    let bulletin = get(&address, &paper, cookie.value());
    assert!(bulletin.windows(4).any(|four| four == b"PK\x03\x04"), "the bulletin is a DOCX");
    drop(browser);
    drop(server);

    // The statement can be recomputed byte for byte, and every record is sound.
    let checked = run(&["statement", "verify", "2018-06", "--data", &data_text]);
    assert!(checked.status.success(), "{}", printed(&checked.stderr));
    assert!(printed(&checked.stdout).contains("2018年6月　一致"), "{}", printed(&checked.stdout));
    let sound = run(&["verify", "--data", &data_text]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}{}", printed(&sound.stdout), printed(&sound.stderr));
}
