//! A training from its plan to the unit's line of the year (F1.n5), and a rotation from the roster to its appraisal (F1.n6), in a real
//! browser.

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::{Running, get};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_training_and_a_rotation_go_from_the_plan_to_the_units_lines_of_the_year() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Running::serve(&data, "2018-06-13T16:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "binhu", "王静", "信息员", Some("滨湖镇")).await,
    ];
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }
    let material = folder.path().join("信息写作要点.txt");
    std::fs::write(&material, "选题、结构、数据、建议").expect("the material can be written");
    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/network/training")).await;
    browser.fill("name", "第二季度业务培训").await;
    browser.set("date", "2018-06-14").await;
    browser.fill("place", "市政府三楼会议室").await;
    browser.fill("content", "选题和写作").await;
    let chooser = browser.find("main input[type=file]").await;
    chooser.send_keys(&material.display().to_string()).await.expect("the field takes a file");
    browser.press("登记").await;
    browser.says("培训已登记。").await;
    browser.says("培训举行后，在这里登记签到。").await;
    browser.picture("培训").await;
    // The list to be signed is a paper.
    let paper = get(&address, "/network/training/1/sheet", &browser.session().await);
    let at = paper.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head and a body");
    assert!(paper.starts_with(b"HTTP/1.1 200") && paper[at + 4..].starts_with(b"PK"));
    browser.go(&format!("{address}/network/rotation")).await;
    browser.set("month", "2018-06").await;
    browser.choose("unit", "滨湖镇").await;
    browser.fill("person", "王静").await;
    browser.fill("host", "李文博").await;
    browser.press("安排").await;
    browser.says("跟岗已安排。").await;
    sign_out(&browser).await;

    // The unit is told, and reads the materials.
    sign_in(&browser, &address, "binhu").await;
    browser.find("header a[aria-label='消息，2条未读']").await.click().await.expect("the link can be followed");
    browser.says("2018年6月跟岗安排：王静").await;
    browser.says("第二季度业务培训定于2018年6月14日举行，地点：市政府三楼会议室。").await;
    let notice = "main button[aria-label='查看：培训安排：第二季度业务培训']";
    browser.find(notice).await.click().await.expect("the button can be pressed");
    browser.says("还没有举行").await;
    browser.says("全年没有完成的，年终计-10分。").await;
    let href = browser.find("main td a").await.attr("href").await.expect("an attribute").expect("the material's link");
    let file = get(&address, &href, &browser.session().await);
    assert!(String::from_utf8_lossy(&file).ends_with("选题、结构、数据、建议"));
    browser.picture("单位的培训轮训").await;
    sign_out(&browser).await;
    drop(server);

    // The day after: signed in, appraised, and in the year's account.
    let server = Running::serve(&data, "2018-06-14T16:00");
    let address = server.address.clone();
    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/network/training/1")).await;
    browser.tick("unit", "滨湖镇").await;
    browser.fill("people", "王静").await;
    browser.press("登记").await;
    browser.says("已登记1个单位签到，其中1个单位由此完成本年度任务。").await;
    browser.go(&format!("{address}/network/rotation")).await;
    browser.find("td details summary").await.click().await.expect("the form opens");
    browser.fill("words", "能独立编辑信息").await;
    browser.press("登记鉴定").await;
    browser.says("由此完成年度任务").await;
    browser.picture("跟岗轮训").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "binhu").await;
    browser.go(&format!("{address}/report/training")).await;
    browser.says("已签到：王静").await;
    browser.says("2018年6月14日完成 · 第二季度业务培训 · +10分").await;
    browser.says("能独立编辑信息").await;
    browser.go(&format!("{address}/assessment/year")).await;
    let page = browser.find("main").await.prop("textContent").await.expect("a text").unwrap_or_default();
    for line in ["+10 完成年度培训：2018年6月14日“完成年度培训”", "（附件1注5）", "+10 完成跟岗轮训：", "（附件1注6）"]
    {
        assert!(page.contains(line), "no {line}: {page}");
    }
}
