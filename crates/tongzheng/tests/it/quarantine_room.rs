//! The room of letters that wait (隔离邮件) through a real browser: a stranger's mail received for its unit, another discarded and
//! taken back, a sender registered and what waited looked at anew.

use std::path::Path;

use tz_read::samples::{self, EmlSpec};

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::{Running, printed, run};

/// A unit's text of a topic, made up.
fn paragraphs(topic: &str) -> [String; 2] {
    [
        format!("入夏以来，西岗镇围绕{topic}，划分十二个片区，由镇村干部包片负责，逐户登记、逐项整改、逐日通报。"),
        format!("截至目前，{topic}已完成九成以上，解决群众反映的问题四十三件，余下的月底前完成。"),
    ]
}

fn mail(folder: &Path, name: &str, from: &str, topics: &[&str]) {
    let attachments = topics.iter().map(|topic| (format!("{topic}.docx"), samples::docx(topic, &paragraphs(topic))));
    let raw = samples::eml(&EmlSpec {
        from: from.to_owned(),
        name: "西岗镇".to_owned(),
        to: "xxk@tengzhou.example".to_owned(),
        subject: format!("西岗镇信息：{}", topics.join("、")),
        body: "信息科：现报送信息，请查收附件。".to_owned(),
        attachments: attachments.collect(),
        message_id: format!("{name}@unit.example"),
        date: "Fri, 29 Jun 2018 09:08:00 +0800".to_owned(),
    });
    std::fs::write(folder.join(format!("{name}.eml")), raw).expect("the mail can be written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_that_wait_are_received_put_aside_taken_back_and_looked_at_anew() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (data, letters) = (folder.path().join("data"), folder.path().join("letters"));
    let data_text = data.display().to_string();
    let server = Running::serve(&data, "2018-06-29T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let link = account(&browser, &address, "bianji", "李文博", "编辑", None).await;

    // The administrator looks after the wordings: a fault is said at its line, and a text can be tried.
    browser.go(&format!("{address}/system/wordings")).await;
    browser.says("内部资料，注意保存").await;
    browser.fill("wordings", "内部控制\n仅供领导参阅，阅后退回").await;
    browser.press("保存").await;
    browser.says("第1行：“内部控制”").await;
    browser.picture("30-wordings-fault").await;
    browser.fill("wordings", "仅供领导参阅，阅后退回").await;
    browser.press("保存").await;
    browser.says("已保存").await;
    browser.fill("text", "仅供领导参阅 阅后退回").await;
    browser.press("试一试").await;
    browser.says("待人核对").await;
    browser.picture("31-wordings").await;
    sign_out(&browser).await;
    welcome(&browser, &link).await;

    // Four letters of an address nobody has registered, one with two documents.
    std::fs::create_dir(&letters).expect("the folder can be made");
    mail(&letters, "1", "xigang@unit.example", &["夏季防汛隐患整改", "农村改厕"]);
    mail(&letters, "2", "xigang@unit.example", &["道路养护"]);
    mail(&letters, "3", "xigang@unit.example", &["秸秆禁烧"]);
    mail(&letters, "4", "promotion@else.example", &["办公用品优惠"]);
    let taken =
        run(&["intake", &letters.display().to_string(), "--data", &data_text, "--drill-from", "2018-06-29T09:10"]);
    assert!(printed(&taken.stdout).contains("待处理4封"), "{}{}", printed(&taken.stdout), printed(&taken.stderr));

    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/intake/quarantine")).await;
    browser.says("4封来信等待处理").await;
    browser.says("发件人未登记 4封").await;
    browser.picture("32-quarantine").await;

    // Received without saying whose it is: said at the field, and what was changed is still there.
    browser.press("夏季防汛隐患整改").await;
    browser.fill("title-0", "西岗镇整改防汛隐患").await;
    browser.choose("act-1", "不收").await;
    browser.press("收稿").await;
    browser.says("请选择报送单位").await;
    let title = browser.find("[name='title-0']").await.prop("value").await.expect("a value");
    assert_eq!(title.as_deref(), Some("西岗镇整改防汛隐患"));
    browser.picture("33-letter-fault").await;
    browser.choose("unit", "西岗镇").await;
    browser.find("#receive button").await.click().await.expect("the button can be pressed");
    browser.says("已收为稿件：2018-0629-01").await;
    browser.picture("34-letter-received").await;

    // Another is put aside with a reason, and taken back.
    browser.go(&format!("{address}/intake/quarantine")).await;
    browser.press("办公用品优惠").await;
    browser.press("广告或垃圾邮件").await;
    browser.says("已弃置，台账中仍可查到").await;
    browser.says("2封来信等待处理").await;
    browser.press("已弃置").await;
    browser.press("办公用品优惠").await;
    browser.press("撤销弃置").await;
    browser.says("重新列入隔离邮件").await;
    browser.picture("35-letter-back").await;

    // The sender is registered on one letter; looking anew receives that one and the other.
    browser.go(&format!("{address}/intake/quarantine")).await;
    browser.press("道路养护").await;
    browser.choose("owner", "西岗镇").await;
    browser.press("登记").await;
    browser.says("已登记为西岗镇的邮箱").await;
    browser.go(&format!("{address}/intake/quarantine?kind=stranger")).await;
    browser.press_surely("重新识别“发件人未登记”").await;
    browser.says("2封已收为2篇稿件").await;
    browser.says("1封仍待处理").await;
    browser.picture("36-looked-anew").await;

    // On a phone nothing of the list or the letter is cut off.
    browser.window.set_window_size(390, 844).await.expect("the window can be narrowed");
    browser.press("办公用品优惠").await;
    browser.says("指定单位并收稿").await;
    browser.picture("37-letter-phone").await;
    let wide = "return document.documentElement.scrollWidth - window.innerWidth";
    let over = browser.window.execute(wide, Vec::new()).await.expect("the page can be measured");
    assert!(over.as_i64().is_some_and(|over| over <= 0), "the page is wider than the window by {over}");
    drop(browser);
    drop(server);
    let sound = run(&["verify", "--data", &data_text]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}{}", printed(&sound.stdout), printed(&sound.stderr));
}
