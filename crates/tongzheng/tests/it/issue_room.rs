//! A whole issue through a real browser: adopted, put into columns and order by keyboard and by hand, trimmed, signed, published,
//! read by a leader, withdrawn.

use std::path::Path;
use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use tz_read::samples::{self, EmlSpec};

use crate::browser::{Browser, LIMIT};
use crate::people::{account, first_administrator, register_mailbox, sign_in, sign_out, welcome};
use crate::program::{Running, printed, run};

const FIRST: &str = "滨湖镇夏粮收购让农民少排队";
const SECOND: &str = "滨湖镇排查18公里湖堤险工";

/// A unit's mail with a Word attachment, made up.
fn mail(folder: &Path, number: usize, title: &str, text: &str) -> String {
    let raw = samples::eml(&EmlSpec {
        from: "binhu@tengzhou.example".to_owned(),
        name: "滨湖镇信息员".to_owned(),
        to: "xxk@tengzhou.example".to_owned(),
        subject: format!("【工作动态】{title}"),
        body: "信息科：现报送信息一篇，请查收附件。".to_owned(),
        attachments: vec![(format!("{title}.docx"), samples::docx(title, &[text]))],
        message_id: format!("issue-room-{number}@tengzhou.example"),
        date: "Fri, 29 Jun 2018 09:08:00 +0800".to_owned(),
    });
    let file = folder.join(format!("来信{number}.eml"));
    std::fs::write(&file, raw).expect("the mail can be written");
    file.display().to_string()
}

/// The titles in the outline of the draft, in order.
async fn order(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-outline] .which')].map(one => one.textContent.replace(/^\\d+\\. /, ''))";
    let found = browser.window.execute(script, Vec::new()).await.expect("the outline can be read");
    serde_json::from_value(found).expect("texts")
}

/// Waits until what is said of the pages holds, or does not hold, some words.
async fn pages_say(browser: &Browser, words: &str, held: bool) {
    let condition = format!("contains(., '{words}')");
    let condition = if held { condition } else { format!("not({condition})") };
    let path = format!("//section[@id='trim'][{condition}]");
    if browser.window.wait().at_most(LIMIT).for_element(Locator::XPath(&path)).await.is_err() {
        panic!("of the pages is said:\n{}", browser.text().await);
    }
}

/// Takes a row of the outline by its grip and drops it on the upper half of another.
async fn drag(browser: &Browser, item: i64, onto: i64) {
    let script = format!(
        "const box = one => one.getBoundingClientRect();
         document.querySelector('[data-outline]').scrollIntoView({{ block: 'center' }});
         const grip = box(document.querySelector('[data-item=\"{item}\"] [data-grip]'));
         const row = box(document.querySelector('[data-item=\"{onto}\"]'));
         return [grip.left + grip.width / 2, grip.top + grip.height / 2, row.left + 40, row.top + 3];"
    );
    let places = browser.window.execute(&script, Vec::new()).await.expect("the rows have places");
    let [x, y, to_x, to_y]: [f64; 4] = serde_json::from_value(places).expect("four numbers");
    let step = |x: f64, y: f64| PointerAction::MoveTo { duration: Some(Duration::from_millis(50)), x, y };
    let way = MouseActions::new("mouse".to_owned())
        .then(step(x, y))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(step(x, (y + to_y) / 2.0))
        .then(step(to_x, to_y))
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    browser.window.perform_actions(way).await.expect("the mouse moves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issue_is_composed_trimmed_signed_published_read_and_withdrawn() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let data_text = data.display().to_string();
    let server = Running::serve(&data, "2018-06-29T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "kezhang", "孔立新", "科长", None).await,
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "lingdao", "秦伟", "领导", None).await,
    ];
    register_mailbox(&browser, &address).await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }
    let texts = [
        (
            FIRST,
            "今年以来，我镇设立收购点46处，截至6月10日收购小麦12.6万吨，同比增长8%，预约收购平台每日放号1200个，农民等候时间由3小时缩短到40分钟。",
        ),
        (SECOND, "我镇对18公里湖堤逐段排查，加固险工3处，储备编织袋2万条，组建抢险队伍6支420人，汛前开展演练2次。"),
    ];
    for (number, (title, text)) in texts.into_iter().enumerate() {
        let letter = mail(folder.path(), number, title, text);
        let taken = run(&["intake", &letter, "--data", &data_text, "--drill-from", "2018-06-29T09:10"]);
        assert!(printed(&taken.stdout).contains("稿件1封"), "{}", printed(&taken.stdout));
    }

    // The chief gives the publication its columns and one page.
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&format!("{address}/publication/titles")).await;
    browser.find("details summary").await.click().await.expect("the settings open");
    browser.fill("columns", "民生\n要讯").await;
    browser.fill("page_limit", "1").await;
    browser.picture("30-publication-settings").await;
    browser.press("保存").await;
    browser.says("刊物设置已保存").await;
    sign_out(&browser).await;

    // Two items are adopted and put into columns.
    sign_in(&browser, &address, "bianji").await;
    for title in [FIRST, SECOND] {
        browser.go(&format!("{address}/intake")).await;
        browser.press(title).await;
        browser.choose("publication", "每日要情").await;
        browser.press("采用").await;
        browser.says("已编入《每日要情》").await;
    }
    browser.choose("column-1", "要讯").await;
    browser.choose("column-2", "民生").await;
    browser.press("按栏目归拢").await;
    browser.says("同一栏目的稿件已归到一起").await;
    assert_eq!(order(&browser).await, [SECOND, FIRST]);

    // By keyboard and back by hand; both are kept only when saved.
    let row = browser.find("[data-outline] [data-item='2']").await;
    row.send_keys(&format!("{}{}{}", char::from(Key::Alt), char::from(Key::Down), char::from(Key::Null)))
        .await
        .expect("keys");
    assert_eq!(order(&browser).await, [FIRST, SECOND]);
    browser.says("尚未保存").await;
    browser.press("保存").await;
    browser.says("已保存").await;
    assert_eq!(order(&browser).await, [FIRST, SECOND]);
    drag(&browser, 2, 1).await;
    assert_eq!(order(&browser).await, [SECOND, FIRST]);
    browser.picture("31-compose").await;
    browser.press("保存").await;
    browser.says("已保存").await;
    assert_eq!(order(&browser).await, [SECOND, FIRST]);

    // Too long for its page: the warning comes while it is typed, names the item, and stops nothing.
    let has_faces = !browser.text().await.contains("不能估算版面");
    let long = "湖堤排查加固。".repeat(90);
    browser.fill("body-1", &long).await;
    if has_faces {
        pages_say(&browser, "超出限定的1版", true).await;
        browser.says(&format!("第2条《{FIRST}》超出")).await;
        browser.picture("32-too-long").await;
    }
    browser.fill("body-1", "滨湖镇收购小麦12.6万吨，同比增长8%，农民等候时间由3小时缩短到40分钟。").await;
    if has_faces {
        pages_say(&browser, "超出限定", false).await;
    }
    browser.press("保存").await;
    browser.says("已保存").await;
    browser.press("与原稿对照").await;
    browser.says("单位报送的原稿").await;
    browser.picture("33-compared").await;
    browser.press("返回本期").await;
    if has_faces {
        browser.press("预览").await;
        browser.find("svg.page").await;
        browser.says("第1版，共1版").await;
        browser.picture("34-preview").await;
        browser.press("返回编辑").await;
    }
    browser.press("保存并审核通过").await;
    browser.says("李文博于").await;
    let draft = browser.window.current_url().await.expect("an address").to_string();
    sign_out(&browser).await;

    // Signed; a change takes the signature back; signed again and published.
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&draft).await;
    browser.press("保存并签发").await;
    browser.press("只签发，暂不刊发").await;
    browser.says("已签发，尚未刊发").await;
    browser.fill("title-2", "滨湖镇排查18公里湖堤").await;
    browser.press("保存").await;
    browser.says("原来的审核和签发随之取消").await;
    browser.picture("35-signature-gone").await;
    browser.press("保存并签发").await;
    browser.picture("36-sign").await;
    browser.press("签发并刊发").await;
    browser.says("《每日要情》2018年第1期已刊发").await;
    browser.says("已读0人，未读1人").await;
    sign_out(&browser).await;

    // A leader reads it.
    sign_in(&browser, &address, "lingdao").await;
    browser.says("近30天有1期刊物未读").await;
    browser.picture("37-leader").await;
    browser.press("《每日要情》2018年第1期").await;
    browser.says("本期目录").await;
    browser.says("收购小麦12.6万吨").await;
    browser.picture("38-reading").await;
    browser.go(&format!("{address}/")).await;
    browser.says("近期刊物都已读过").await;
    sign_out(&browser).await;

    // Known to the office; withdrawn with a reason, and gone from the leader's list.
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&draft).await;
    browser.says("已读1人，未读0人").await;
    browser.picture("39-read-by").await;
    browser.fill("reason", "收购数据有误").await;
    browser.press("撤回").await;
    browser.says("期号保留，不再计分。原因：收购数据有误").await;
    browser.picture("40-issue-withdrawn").await;
    sign_out(&browser).await;
    sign_in(&browser, &address, "lingdao").await;
    browser.says("还没有刊发的刊物").await;
    browser.go(&draft.replace("/publication/", "/publication/read/")).await;
    browser.says("本期已撤回，请勿引用").await;
    drop(browser);
    drop(server);
    let sound = run(&["verify", "--data", &data_text]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}{}", printed(&sound.stdout), printed(&sound.stderr));
}
