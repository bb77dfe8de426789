//! The rooms of wordings (文书模板) and of the intranet (内网发布) through a real browser: a fault said at its line, a draft previewed,
//! taken into force and back, a masthead as a picture, and what is published.

use crate::browser::Browser;
use crate::people::first_administrator;
use crate::program::{Running, printed, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wording_is_corrected_previewed_taken_into_force_and_back_and_a_masthead_is_a_picture() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Running::serve(&data, "2018-06-29T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;

    // A field that no paper has is said at its place, with the nearest name; the draft is kept, and cannot be taken.
    browser.go(&format!("{address}/system/templates")).await;
    browser.says("约稿通知单").await;
    browser.picture("80-templates").await;
    browser.press("约稿通知单").await;
    browser
        .fill("text", "@版式 便函\n@标题 约稿通知单（本市）\n@主送 {单为}\n\n请按要求报送。\n@署名 {发文机关} | {日期}")
        .await;
    browser.press("检查并存为草稿").await;
    browser.says("共1处差错").await;
    browser.says("第3行第6列").await;
    browser.says("没有“单为”这个字段").await;
    browser.says("是不是“单位”").await;
    browser.picture("81-template-fault").await;
    assert!(!browser.text().await.contains("启用草稿"), "a draft with a fault could be taken into force");

    // Corrected, it is previewed as the paper it makes, and taken into force.
    browser
        .fill("text", "@版式 便函\n@标题 约稿通知单（本市）\n@主送 {单位}\n\n请按要求报送。\n@署名 {发文机关} | {日期}")
        .await;
    browser.press("检查并存为草稿").await;
    browser.says("草稿没有差错").await;
    browser.press("预览草稿").await;
    browser.find("svg").await;
    browser.picture("82-template-preview").await;
    browser.go(&format!("{address}/system/templates")).await;
    browser.press("约稿通知单").await;
    browser.press("启用草稿").await;
    browser.says("本机关的模板").await;
    browser.says("现行").await;
    browser.picture("83-template-in-force").await;
    browser.press("恢复内置模板").await;
    browser.says("恢复使用").await;
    browser.find(".tag").await;

    // A masthead: the picture just taken of a page is a PNG of a size that fits.
    browser.go(&format!("{address}/system/templates")).await;
    let head = folder.path().join("刊头.png");
    let png = browser.window.screenshot().await.expect("the window can be pictured");
    std::fs::write(&head, png).expect("the picture can be kept");
    let file = browser.find("input[name='picture']").await;
    file.send_keys(&head.display().to_string()).await.expect("the field takes a file");
    browser.press("上传").await;
    browser.find("img.masthead-picture").await;
    browser.picture("84-masthead").await;
    browser.press("改回文字").await;
    browser.says("刊头").await;
    assert!(
        browser.window.find(fantoccini::Locator::Css("img.masthead-picture")).await.is_err(),
        "the masthead is still a picture"
    );

    // Nothing is published yet, and the pages are closed until the office opens them.
    browser.go(&format!("{address}/intranet/index.html")).await;
    browser.says("没有找到").await;
    browser.go(&format!("{address}/system/intranet")).await;
    browser.says("现有0期").await;
    browser.find("input[name='open']").await.click().await.expect("the box can be ticked");
    browser.press("保存").await;
    browser.says("已保存").await;
    browser.picture("85-intranet").await;
    browser.go(&format!("{address}/intranet/index.html")).await;
    browser.says("政务信息").await;
    browser.picture("86-intranet-index").await;
    drop(browser);
    drop(server);
    let sound = run(&["verify", "--data", &data.display().to_string()]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}{}", printed(&sound.stdout), printed(&sound.stderr));
}
