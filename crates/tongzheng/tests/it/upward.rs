//! Upward and back through a real browser: an item is forwarded, found in the higher office's list, confirmed, and credited; its
//! printed page is commented on, the scan finds it, the comment is followed up to its end.

use fantoccini::Locator;

use crate::browser::Browser;
use crate::people::{account, first_administrator, register_mailbox, sign_in, sign_out, welcome};
use crate::program::{Running, get, printed, run};
use crate::whole_way::mail;

/// Opens the lists of units and ticks one.
async fn tick(browser: &Browser, unit: &str) {
    let open = "document.querySelectorAll('.pick details').forEach(one => { one.open = true })";
    browser.window.execute(open, Vec::new()).await.expect("the lists can be opened");
    let path = format!("//label[normalize-space(.) = '{unit}']/input");
    let tick = browser.window.find(Locator::XPath(&path)).await.expect("the unit is there");
    tick.click().await.expect("it can be ticked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_goes_upward_is_adopted_and_its_commented_page_finds_it_again() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let data_text = data.display().to_string();
    let server = Running::serve(&data, "2018-06-29T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "kezhang", "孔立新", "科长", None).await,
        account(&browser, &address, "binhu", "王海燕", "信息员", Some("滨湖镇")).await,
    ];
    register_mailbox(&browser, &address).await;
    browser.go(&format!("{address}/system/leaders")).await;
    browser.fill("name", "颜景和").await;
    browser.fill("duty", "副市长").await;
    browser.choose("level", "滕州市政府领导批示").await;
    browser.press("登记").await;
    browser.says("已登记颜景和").await;
    browser.picture("30-leaders").await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }
    let letter = mail(folder.path());
    let taken = run(&["intake", &letter, "--data", &data_text, "--drill-from", "2018-06-29T09:10"]);
    assert!(taken.status.success(), "{}", printed(&taken.stderr));

    // Forwarded with a title of its own.
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&format!("{address}/intake")).await;
    browser.press("滨湖镇网格代办让群众少跑腿").await;
    browser.press("上报").await;
    browser.says("已起草，修改后再上报").await;
    browser.fill("title", "滕州市滨湖镇网格代办让群众少跑腿").await;
    browser.press("上报").await;
    browser.says("请选择报送的上级机关和形式").await;
    browser.choose("form", "枣庄普刊采用").await;
    browser.picture("31-forward-draft").await;
    browser.press("上报").await;
    browser.says("已上报，编号上报〔2018〕1号").await;
    browser.picture("32-forwarded").await;

    // The higher office's list, pasted: proposed, confirmed, and known the second time.
    browser.go(&format!("{address}/forward/lists")).await;
    browser.fill("text", "1.滕州市滨湖镇“网格代办”让群众少跑腿（滨湖镇）\n2.全市安全生产形势平稳").await;
    browser.choose("kind", "枣庄普刊采用").await;
    browser.press("收入").await;
    browser.says("已收入2条").await;
    browser.says("把握较大").await;
    browser.picture("33-adopted-list").await;
    browser.press("全部确认").await;
    browser.says("已登记1条").await;
    browser.fill("text", "滕州市滨湖镇网格代办让群众少跑腿").await;
    browser.choose("kind", "枣庄普刊采用").await;
    browser.press("收入").await;
    browser.says("1条以前收过，没有重复收入").await;
    browser.go(&format!("{address}/forward")).await;
    browser.says("枣庄普刊采用，6月29日，15分").await;
    browser.picture("34-fates").await;

    // Printed, signed, and its page scanned with the leader's words on it.
    browser.go(&format!("{address}/intake")).await;
    browser.press("滨湖镇网格代办让群众少跑腿").await;
    browser.choose("publication", "政情专报").await;
    browser.press("采用").await;
    browser.says("已编入《政情专报》").await;
    browser.go(&format!("{address}/publication")).await;
    browser.press("下一期").await;
    browser.press("保存并签发").await;
    browser.press_surely("签发并刊发").await;
    browser.says("第1期").await;
    let here = browser.window.current_url().await.expect("an address").path().to_owned();
    let cookie = browser.window.get_named_cookie("tongzheng").await.expect("the session's cookie");
    let answer = get(&address, &format!("{here}/download.pdf"), cookie.value());
    sign_out(&browser).await;
    sign_in(&browser, &address, "binhu").await;
    browser.says("枣庄普刊采用，15分").await;
    browser.picture("35-unit-told").await;
    browser.go(&format!("{address}/assessment")).await;
    browser.says("枣庄普刊采用").await;
    sign_out(&browser).await;
    let Some(start) = answer.windows(5).position(|five| five == b"%PDF-") else {
        println!("skipped: no Chinese face is installed, so there is no page to scan");
        return;
    };
    let scan = folder.path().join("批示件.pdf");
    std::fs::write(&scan, &answer[start..]).expect("the scan can be written");

    sign_in(&browser, &address, "kezhang").await;
    browser.go(&format!("{address}/comment/scans")).await;
    let chooser = browser.find("#file").await;
    chooser.send_keys(&scan.display().to_string()).await.expect("the file can be chosen");
    browser.press("放入").await;
    browser.says("认出稿件的1页").await;
    browser.picture("36-scans").await;
    browser.press("批示件.pdf").await;
    browser.says("填写批示").await;
    browser.fill("leader", "颜景和（副市长）").await;
    browser.fill("note", "此做法好，请总结推广。").await;
    browser.picture("37-scan-beside-form").await;
    browser.press("登记").await;
    browser.says("已登记“颜景和（副市长）”").await;
    let folder_scan = run(&["scans", &folder.path().display().to_string(), "--data", &data_text]);
    assert!(printed(&folder_scan.stdout).contains("以前收过"), "{}", printed(&folder_scan.stdout));

    // Followed up: the unit answers, the office closes it.
    browser.go(&format!("{address}/comment")).await;
    browser.says("滕州市政府领导批示").await;
    browser.says("批示件.pdf").await;
    browser.picture("38-comments").await;
    let link = browser.find("a[href^='/comment/follow/new']").await;
    link.click().await.expect("the link can be followed");
    browser.fill("requirement", "总结网格代办做法，提出推广方案").await;
    let day = "document.querySelector('#deadline').value = '2018-07-03'";
    browser.window.execute(day, Vec::new()).await.expect("the day can be set");
    tick(&browser, "滨湖镇").await;
    browser.picture("39-follow-new").await;
    browser.press("交办").await;
    browser.says("已交1个单位办理").await;
    browser.says("还有2个工作日到期").await;
    browser.picture("40-follow-list").await;
    sign_out(&browser).await;
    sign_in(&browser, &address, "binhu").await;
    browser.says("总结网格代办做法").await;
    browser.press("总结网格代办做法").await;
    browser.fill("words", "已召开现场会，形成推广方案。").await;
    let chooser = browser.find("#file").await;
    chooser.send_keys(&scan.display().to_string()).await.expect("the file can be chosen");
    browser.press("反馈").await;
    browser.says("已反馈，等待办公室审核").await;
    browser.picture("41-replied").await;
    sign_out(&browser).await;
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&format!("{address}/comment/follow?show=replied")).await;
    browser.press("总结网格代办做法").await;
    browser.fill("words", "措施具体，同意办结。").await;
    browser.press("办结").await;
    browser.says("已办结").await;
    browser.picture("42-closed").await;
    drop(browser);
    drop(server);
    let sound = run(&["verify", "--data", &data_text]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}{}", printed(&sound.stdout), printed(&sound.stderr));
}
