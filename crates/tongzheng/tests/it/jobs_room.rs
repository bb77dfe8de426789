//! The jobs that run by the calendar, as the administrator meets them in a real browser: missed runs caught up, one run by hand, and
//! the holidays of a year pasted from the State Council's notice.

use crate::browser::Browser;
use crate::people::{first_administrator, sign_in, sign_out};
use crate::program::Running;

/// Text of 2027 as the State Council's office words such notices; the year is made up.
const NOTICE: &str = "国办发明电〔2026〕99号\n一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n\
    二、春节：2月5日至11日放假调休，共7天。2月14日（周日）上班。\n三、清明节：4月5日放假。\n\
    四、劳动节：5月1日至5日放假调休。\n五、端午节：6月9日放假。\n六、中秋节：9月15日放假。\n七、国庆节：10月1日至7日放假调休。";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missed_jobs_are_caught_up_one_is_run_by_hand_and_a_year_of_holidays_is_pasted() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Running::serve(&data, "2026-12-01T08:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    browser.go(&format!("{address}/system/jobs")).await;
    browser.says("约稿催报").await;
    sign_out(&browser).await;
    drop(server);

    // Switched off over a day: what was missed runs once, and the next run is tomorrow's.
    let server = Running::serve(&data, "2026-12-02T18:00");
    let address = server.address.clone();
    sign_in(&browser, &address, "guanliyuan").await;
    browser.find("header a[aria-label='消息，1条未读']").await.click().await.expect("the link can be followed");
    browser.says("2027年放假安排还没有录入").await;
    browser.go(&format!("{address}/system/jobs")).await;
    browser.says("2027年的放假安排还没有录入，已告知系统管理员。").await;
    browser.says("12月2日 18:0").await;
    browser.says("12月3日 09:00").await;
    browser.picture("定时任务").await;

    browser.go(&format!("{address}/system/calendar?year=2027")).await;
    browser.says("2027年的放假安排还没有录入，涉及2027年的工作日算不出来。").await;
    browser.fill("year", "2027").await;
    browser.fill("text", "春节：2月30日放假。").await;
    browser.press("保存").await;
    browser.find("#text-wrong").await;
    browser.fill("text", NOTICE).await;
    browser.press("保存").await;
    browser.says("2027年的放假安排已录入").await;
    browser.picture("录入放假安排").await;

    // By hand, and it knows what has changed meanwhile.
    browser.go(&format!("{address}/system/jobs")).await;
    browser.find("button[aria-label='立即运行放假安排核对']").await.click().await.expect("the button can be pressed");
    browser.says("“放假安排核对”已运行：2027年的放假安排已录入。").await;
    browser.go(&format!("{address}/system/audit")).await;
    browser.says("立即运行定时任务").await;
}
