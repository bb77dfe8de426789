//! Two units become one and a third moves to another class, in a real browser: who was in the old units works on in the new one.

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::Running;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_worked_in_two_units_works_on_in_the_one_they_became() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Running::serve(&folder.path().join("data"), "2018-06-14T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let link = account(&browser, &address, "qixiang", "王静", "信息员", Some("气象局")).await;
    let editor = account(&browser, &address, "bianji", "李文博", "编辑", None).await;
    sign_out(&browser).await;
    welcome(&browser, &link).await;
    welcome(&browser, &editor).await;

    // The reporter sends an item before the merger.
    sign_in(&browser, &address, "qixiang").await;
    browser.go(&format!("{address}/report/new")).await;
    browser.fill("title", "气象局开展汛期天气会商").await;
    browser.fill("body", "6月13日，气象局与水利部门会商，预计中旬有一次强降水过程，已发布预警信息。").await;
    browser.press("报送").await;
    browser.says("气象局开展汛期天气会商").await;
    sign_out(&browser).await;

    // The form says everything that is wrong with it at once and keeps what was typed.
    sign_in(&browser, &address, "guanliyuan").await;
    browser.go(&format!("{address}/system")).await;
    browser.press("机构调整").await;
    browser.says("旧账不变，得分和稿件有人接").await;
    browser.tick("unit", "气象局").await;
    browser.tick("unit", "地震局").await;
    browser.set("day", "2018-05-31").await;
    browser.fill("new-name-1", "财政局").await;
    browser.choose("new-class-1", "C类").await;
    browser.choose("new-group-1", "C类").await;
    browser.choose("heir", "新单位1").await;
    browser.fill("reason", "2018年机构改革").await;
    browser.press("记入机构调整").await;
    browser.says("2018-06-01以前已经关账，不再改动。").await;
    browser.says("已有名为“财政局”的单位").await;
    browser.picture("机构调整有误").await;
    browser.set("day", "2018-06-14").await;
    browser.fill("new-name-1", "气象地震局").await;
    browser.press("记入机构调整").await;
    browser
        .says("机构调整已记入台账：自2018-06-14起由气象地震局承接。原单位的人员、账号、邮箱和未了事项已移交。")
        .await;
    browser.says("本单位承接气象局、地震局。").await;
    browser.picture("机构调整之后").await;

    // A department moves to class A from July on.
    browser.go(&format!("{address}/system")).await;
    browser.press("民政局").await;
    let class = browser.find("main select[name='class']").await.prop("value").await.expect("a value").expect("a class");
    let other = if class == "A类" { "B类" } else { "A类" };
    browser.choose("class", other).await;
    browser.choose("group", other).await;
    browser.set("since", "2018-07-01").await;
    browser.fill("reason", "职能调整").await;
    browser.press("记入变更").await;
    browser.says("变更已记入台账。").await;
    browser.says("自 2018-07-01 起").await;
    browser.picture("单位自七月起换类").await;
    sign_out(&browser).await;

    // The reporter of the old unit is one of the new, and finds the item sent before.
    sign_in(&browser, &address, "qixiang").await;
    browser.go(&format!("{address}/report")).await;
    browser.says("气象局开展汛期天气会商").await;
    browser.press("气象局开展汛期天气会商").await;
    browser.says("气象局").await;
    browser.go(&format!("{address}/report/new")).await;
    browser.says("气象地震局").await;
    browser.picture("承接单位的报送").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/network")).await;
    browser.says("已撤并的单位").await;
    browser.says("2018-06-13止，由气象地震局承接").await;
    browser.picture("队伍里的撤并单位").await;
}
