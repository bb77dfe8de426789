//! An office's own scheme through a real browser: a file with a fault, mended, shown, compared, tried, taken into force, taken back.

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::{Running, printed, run};

/// A small zone's rules by quarters, with a column of its own. The fault is the price that is misspelt.
const FAULTY: &str = r#"id = "zone-2018"
name = "某高新区政务信息计分办法（2018年）"
office = "某高新区管委会办公室"

[period]
every = "quarter"
clause = "一"
sentence = "每季度通报一次。"

[[attribute]]
table = "采用"
name = "质量"
type = "name"
values = ["优", "良"]

[[rule]]
id = "adoption"
clause = "二"
sentence = "《要情》采用每条3分，评为优的6分。"
kind = "facts"
table = "采用"
prices = [
  { name = "要情优", of = "要情", points = 6, when = ["质量 = 优"] },
  { name = "要情", pionts = 3 },
]
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chief_brings_the_offices_own_scheme_into_force_and_takes_it_back() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Running::serve(&data, "2018-06-29T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let link = account(&browser, &address, "kezhang", "孔立新", "科长", None).await;
    sign_out(&browser).await;
    welcome(&browser, &link).await;
    sign_in(&browser, &address, "kezhang").await;

    // A file with a fault: its line is shown with the word that is meant.
    browser.go(&format!("{address}/assessment/schemes")).await;
    browser.says("本机关执行的办法").await;
    browser.picture("20-schemes").await;
    browser.press("写一份新的").await;
    let file = folder.path().join("高新区.toml");
    std::fs::write(&file, FAULTY).expect("the file can be written");
    let chooser = browser.find("#file").await;
    chooser.send_keys(&file.display().to_string()).await.expect("the file can be chosen");
    browser.press("检查").await;
    browser.says("处差错").await;
    browser.says("pionts").await;
    browser.says("是不是“points”").await;
    browser.picture("21-scheme-fault").await;

    // Mended in the text, kept as a draft, and read in plain words.
    browser.fill("text", &FAULTY.replace("pionts", "points")).await;
    browser.press("检查").await;
    browser.says("没有差错").await;
    browser.press("存为草稿").await;
    browser.says("草稿已保存").await;
    browser.says("每季度通报一次。").await;
    browser.picture("22-scheme-shown").await;
    let draft = browser.window.current_url().await.expect("an address").to_string();

    // Set beside the one in force, and tried on what is recorded.
    browser.press("比较").await;
    browser.says("季").await;
    browser.picture("23-scheme-compared").await;
    browser.go(&format!("{draft}/try")).await;
    browser.says("试算").await;
    browser.picture("24-scheme-tried").await;

    // From a day on: a quarter begins only in its first month, and the chief must say that it was looked at.
    browser.go(&format!("{draft}/adopt?from=2018-08-01")).await;
    browser.says("把2018年第三季度合为一期，只能从一期的第一天起执行").await;
    browser.picture("25-scheme-wrong-day").await;
    browser.choose("from", "2018年7月1日").await;
    browser.press("按这一天核对").await;
    browser.says("自2018年7月1日起执行").await;
    browser.press("自2018年7月1日起启用").await;
    browser.says("请先核对变动并勾选").await;
    browser.find("#sure").await.click().await.expect("the box can be ticked");
    browser.picture("26-scheme-plan").await;
    browser.press("自2018年7月1日起启用").await;
    browser.says("已启用，登记为第2号").await;
    browser.says("尚未开始").await;
    browser.picture("27-scheme-adopted").await;

    // The same list on a phone: nothing of it is cut off.
    browser.window.set_window_size(390, 844).await.expect("the window can be narrowed");
    browser.go(&format!("{address}/assessment/schemes")).await;
    browser.says("尚未开始").await;
    browser.picture("28-schemes-phone").await;
    let wide = "return [...document.querySelectorAll('.sheet')].filter(s => s.scrollWidth > s.clientWidth + 1 && getComputedStyle(s).overflowX === 'visible').length";
    let clipped = browser.window.execute(wide, Vec::new()).await.expect("the page can be measured");
    assert_eq!(clipped, serde_json::json!(0), "a sheet is wider than the window and does not scroll");
    browser.window.set_window_size(1400, 1000).await.expect("the window can be widened");

    // Taken back with a reason; what was in force before holds again.
    browser.go(&format!("{address}/assessment/schemes")).await;
    browser.find("details.undo summary").await.click().await.expect("it opens");
    browser.fill("reason", "主任会议尚未通过").await;
    browser.find("details.undo[open] form button").await.click().await.expect("the button can be pressed");
    browser.says("的启用已撤回").await;
    browser.says("主任会议尚未通过").await;
    browser.picture("29-scheme-withdrawn").await;
    drop(browser);
    drop(server);
    let sound = run(&["verify", "--data", &data.display().to_string()]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}{}", printed(&sound.stdout), printed(&sound.stderr));
}
