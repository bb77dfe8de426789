//! Notices through the real program: on the page, by a real mail server, to a robot; each once, as the person chose and as the office
//! worded it; nothing in the quiet time, and the day's letter in the evening.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use tz_app::{Administrator, Person, Role};
use tz_model::AccountId;
use tz_testkit::MailServer;

use crate::answers::{sends_by, until};
use crate::browser::Browser;
use crate::letters::office;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::Running;
use crate::robots::answer;

/// A robot of a chat group: its address, and what it was sent.
fn robot() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}/send?key=abc", listener.local_addr().expect("an address"));
    let sent = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&sent);
    std::thread::spawn(move || {
        loop {
            let text = answer(&listener, "{\"errcode\":0}");
            kept.lock().expect("nobody panics with it").push(text);
        }
    });
    (address, sent)
}

/// The subjects of what a mail server took over for an address, in order.
fn subjects(mails: &MailServer, to: &str) -> Vec<String> {
    let read = |raw: &Vec<u8>| tz_read::read_message(raw, &tz_read::Budget::default()).expect("a mail");
    let all = mails.taken().iter().map(read).collect::<Vec<_>>();
    all.into_iter().filter(|mail| mail.to[0].address == to).map(|mail| mail.subject).collect()
}

/// Asks 滨湖镇 for an item, as an editor who is signed in.
async fn solicit(browser: &Browser, address: &str, topic: &str) {
    browser.go(&format!("{address}/solicitation/new")).await;
    browser.fill("topic", topic).await;
    browser.set("deadline", "2018-06-20").await;
    browser.tick("unit", "滨湖镇").await;
    browser.press("发出").await;
    browser.says("1个单位已能看到。").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_told_once_on_the_page_by_mail_and_in_the_group_as_chosen_and_worded() {
    let Some(mails) = MailServer::start() else { return };
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let (url, posts) = robot();
    const TO: &str = "binhu@unit.example";
    let server = Running::serve(&data, "2018-06-14T16:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "binhu", "王静", "信息员", Some("滨湖镇")).await,
    ];
    {
        let (_, app) = office(&data);
        let person = Person {
            account: AccountId(1),
            name: "满建国".to_owned(),
            role: Role::Administrator,
            unit: None,
            must_change: false,
        };
        let who = Administrator::of(&person).expect("an administrator is one");
        app.set_mail_out(&who, &sends_by(&mails, "xxk@office.example")).expect("sound settings");
    }
    // The rules are a table; the administrator words one anew and has a group told.
    browser.go(&format!("{address}/system/notices")).await;
    browser.says("被约稿单位的信息员，约稿发出时").await;
    browser.fill("name", "信息员工作群").await;
    browser.fill("url", &url).await;
    browser.tick("kinds", "solicited").await;
    browser.press("登记").await;
    browser.says("群机器人已登记").await;
    browser.go(&format!("{address}/system/notices/solicited")).await;
    browser.fill("title", "请抓紧：{题 目}").await;
    browser.press("保存").await;
    browser.says("是不是“{题目}”？").await;
    browser.fill("title", "请抓紧：{题目}").await;
    browser.press("保存").await;
    browser.says("“新约稿”的规则已保存").await;
    browser.says("本机关文字").await;
    browser.picture("消息规则").await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }
    // The unit's person chooses: solicitations at once, reporting points in the day's letter, quiet at night.
    sign_in(&browser, &address, "binhu").await;
    browser.go(&format!("{address}/notice/settings")).await;
    browser.choose("solicited", "随时发邮件").await;
    browser.choose("points", "每日汇总一封").await;
    browser.fill("address", TO).await;
    browser.fill("quiet_from", "25:00").await;
    browser.press("保存").await;
    browser.says("免打扰时间请写成 20:00 这样").await;
    browser.fill("quiet_from", "20:00").await;
    browser.fill("quiet_to", "07:00").await;
    browser.press("保存").await;
    browser.says(&format!("现在发到 {TO}")).await;
    browser.picture("消息接收方式").await;
    sign_out(&browser).await;

    sign_in(&browser, &address, "bianji").await;
    solicit(&browser, &address, "夏粮收购进度").await;
    browser.go(&format!("{address}/solicitation/points/new")).await;
    browser.fill("name", "6月报送要点").await;
    browser.fill("topics", "防汛准备").await;
    browser.set("from", "2018-06-14").await;
    browser.set("to", "2018-06-30").await;
    browser.tick("unit", "滨湖镇").await;
    browser.press("发出").await;
    browser.says("报送要点已发出").await;
    sign_out(&browser).await;
    until("the letter about the solicitation", || !subjects(&mails, TO).is_empty());
    until("the post to the group", || !posts.lock().expect("nobody panics with it").is_empty());
    assert!(posts.lock().expect("nobody panics with it")[0].contains("请抓紧：夏粮收购进度"));
    sign_in(&browser, &address, "binhu").await;
    browser.go(&format!("{address}/notice")).await;
    browser.says("请抓紧：夏粮收购进度").await;
    browser.says(&format!("邮件已发出：{TO}")).await;
    browser.says("等待每日汇总邮件").await;
    browser.picture("消息发送情况").await;
    sign_out(&browser).await;
    drop(server);

    // Five in the afternoon: the day's letter.
    let server = Running::serve(&data, "2018-06-14T17:00");
    until("the day's letter", || subjects(&mails, TO).len() == 2);
    drop(server);

    // At night the page and the group are told, the mail waits for the morning.
    let server = Running::serve(&data, "2018-06-14T21:00");
    let address = server.address.clone();
    sign_in(&browser, &address, "bianji").await;
    solicit(&browser, &address, "汛期值守情况").await;
    sign_out(&browser).await;
    until("the second post", || posts.lock().expect("nobody panics with it").len() == 2);
    sign_in(&browser, &address, "binhu").await;
    browser.go(&format!("{address}/notice")).await;
    browser.says("请抓紧：汛期值守情况").await;
    browser.says(&format!("邮件等待发送：{TO}")).await;
    sign_out(&browser).await;
    drop(server);
    assert_eq!(subjects(&mails, TO).len(), 2, "nothing in the quiet time");
    let server = Running::serve(&data, "2018-06-15T07:01");
    until("the letter of the night", || subjects(&mails, TO).len() == 3);
    drop(server);
    assert_eq!(subjects(&mails, TO), ["请抓紧：夏粮收购进度", "报送要点：6月报送要点", "请抓紧：汛期值守情况"]);
    assert_eq!(posts.lock().expect("nobody panics with it").len(), 2);
}
