//! People of the office in a browser: how they come in, and what the administrator does for them first.

use crate::browser::Browser;
use crate::program::Running;

/// Everybody's in these tests.
const PASSWORD: &str = "Ceshi-Mima-2018";

/// Opens a one-time link and sets the password; signs out again.
pub async fn welcome(browser: &Browser, link: &str) {
    browser.go(link).await;
    browser.fill("password", PASSWORD).await;
    browser.fill("again", PASSWORD).await;
    browser.press("启用并登录").await;
    browser.says("账号已启用").await;
    sign_out(browser).await;
}

pub async fn sign_out(browser: &Browser) {
    browser.find("header form button").await.click().await.expect("the button can be pressed");
    browser.says("登录名").await;
}

pub async fn sign_in(browser: &Browser, address: &str, login: &str) {
    browser.go(&format!("{address}/sign-in")).await;
    browser.fill("login", login).await;
    browser.fill("password", PASSWORD).await;
    browser.press("登录").await;
    browser.says("退出").await;
}

/// Makes an account as the administrator and answers with its one-time link.
pub async fn account(
    browser: &Browser,
    address: &str,
    login: &str,
    name: &str,
    role: &str,
    unit: Option<&str>,
) -> String {
    browser.go(&format!("{address}/system/accounts")).await;
    browser.fill("login", login).await;
    browser.fill("name", name).await;
    browser.choose("role", role).await;
    if let Some(unit) = unit {
        browser.choose("unit", unit).await;
    }
    browser.press("新建并生成一次性链接").await;
    let link = browser.find("input.link").await.prop("value").await.expect("a value").expect("a link");
    if link.starts_with("http") { link } else { format!("{address}{link}") }
}

/// Uses the one-time link that a first start prints, and stays signed in as the administrator.
pub async fn first_administrator(browser: &Browser, server: &Running) {
    browser.go(server.first_link.as_deref().expect("a first start prints its link")).await;
    browser.says("不得存储、处理国家秘密").await;
    browser.fill("login", "guanliyuan").await;
    browser.fill("name", "满建国").await;
    browser.fill("password", PASSWORD).await;
    browser.fill("again", PASSWORD).await;
    browser.press("启用并登录").await;
    browser.says("账号已启用").await;
}

/// Registers the mailbox of 滨湖镇 as the administrator.
pub async fn register_mailbox(browser: &Browser, address: &str) {
    register_mailboxes(browser, address, &[("滨湖镇", "binhu")]).await;
}

/// Registers a mailbox at `tengzhou.example` for each of some units as the administrator.
pub async fn register_mailboxes(browser: &Browser, address: &str, units: &[(&str, &str)]) {
    for (unit, name) in units {
        let mailbox = format!("{name}@tengzhou.example");
        browser.go(&format!("{address}/system/mailboxes")).await;
        browser.choose("unit", unit).await;
        browser.fill("address", &mailbox).await;
        browser.press("登记").await;
        browser.says(&mailbox).await;
    }
}
