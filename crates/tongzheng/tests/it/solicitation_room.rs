//! A unit is asked, told, accepts and refuses; reporting points, a training and a rotation; the calendar and the jobs: all in a real
//! browser.

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::Running;

/// Sets a field whose typing depends on the browser's language, such as a day.
async fn set(browser: &Browser, name: &str, value: &str) {
    browser.find(&format!("main [name='{name}']")).await;
    let script = format!("document.querySelector(\"main [name='{name}']\").value = '{value}'");
    browser.window.execute(&script, Vec::new()).await.expect("the field can be set");
}

/// Ticks the first box of a name with a value, be it in a closed list.
async fn tick(browser: &Browser, name: &str, value: &str) {
    browser.find(&format!("[name='{name}']")).await;
    let script = format!(
        "const boxes = [...document.querySelectorAll(\"[name='{name}']\")];
         boxes.find(box => box.value === '{value}' || box.parentElement.textContent.trim() === '{value}').click()"
    );
    browser.window.execute(&script, Vec::new()).await.expect("the box can be ticked");
}

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
    tick(&browser, "group", "镇街").await;
    browser.press("发出").await;
    browser.says("约稿2018-01已发出，21个单位已能看到。").await;
    browser.says("2018年6月19日截止").await;
    browser.go(&format!("{address}/solicitation/points/new")).await;
    browser.fill("name", "6月报送要点").await;
    browser.fill("topics", "夏粮收购：进度和价格\n防汛准备").await;
    set(&browser, "from", "2018-06-14").await;
    set(&browser, "to", "2018-06-30").await;
    tick(&browser, "unit", "滨湖镇").await;
    browser.press("发出").await;
    browser.says("2个，其中2个没有来稿").await;
    browser.picture("报送要点").await;
    browser.go(&format!("{address}/network/training")).await;
    browser.fill("name", "业务培训").await;
    set(&browser, "date", "2018-06-14").await;
    browser.press("登记").await;
    browser.says("培训已登记。").await;
    tick(&browser, "unit", "滨湖镇").await;
    browser.press("登记").await;
    browser.says("已登记1个单位签到，其中1个单位由此完成本年度任务。").await;
    browser.go(&format!("{address}/network/rotation")).await;
    set(&browser, "month", "2018-06").await;
    browser.choose("unit", "滨湖镇").await;
    browser.fill("person", "王静").await;
    browser.fill("host", "李文博").await;
    browser.press("安排").await;
    browser.says("跟岗已安排。").await;
    browser.find("td details summary").await.click().await.expect("the form opens");
    browser.fill("words", "能独立编辑信息").await;
    browser.press("登记鉴定").await;
    browser.says("由此完成年度任务").await;
    browser.picture("跟岗轮训").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "binhu").await;
    browser.find("header a[aria-label='消息，2条未读']").await.click().await.expect("the link can be followed");
    browser.says("报送要点：6月报送要点").await;
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
    sign_out(&browser).await;

    sign_in(&browser, &address, "guanliyuan").await;
    browser.go(&format!("{address}/system/jobs")).await;
    browser.says("没有需要提醒的约稿。").await;
    browser.picture("定时任务").await;
}
