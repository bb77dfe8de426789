//! The pages of the quarantine, of mailbox requests, and of what is told to the people responsible.

mod support;

use axum::body::Body;
use axum::http::{StatusCode, header};
use support::{Browser, Office, Page, request};
use tz_app::Role;

const BODY: &str = "今年以来，全镇抓紧防汛准备，备足编织袋三万条、救生衣二百件，组建抢险队伍十二支，责任到村到人。";

fn letter(from: &str, subject: &str, body: &str) -> Vec<u8> {
    format!(
        "From: <{from}>\r\nTo: <xxk@office.example>\r\nSubject: {subject}\r\nMessage-ID: <{}@x.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
        subject.len()
    )
    .into_bytes()
}

fn receive(office: &Office, from: &str, subject: &str, body: &str) {
    office.app.receive_mail("测试", &letter(from, subject, body)).expect("a message can always be received");
}

fn refused(page: &Page, sentence: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text);
    assert!(page.text.contains(sentence), "{sentence}: {}", page.text);
}

fn went(page: &Page, to: &str) {
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, to), "{}", page.text);
}

async fn sees(office: &Office, path: &str, browser: &Browser, words: &[&str], none: &[&str]) {
    let page = office.get(path, Some(browser)).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    for word in words {
        assert!(page.text.contains(word), "{path} lacks {word}: {}", page.text);
    }
    for word in none {
        assert!(!page.text.contains(word), "{path} holds {word}: {}", page.text);
    }
}

#[tokio::test]
async fn what_waits_is_listed_by_kind_and_received_as_corrected_by_the_editor() {
    let office = Office::new();
    receive(&office, "a@else.example", "防汛物资到位", BODY);
    receive(&office, "b@else.example", "<b>推广</b>", "推广<script>alert(1)</script>");
    office.later(180);
    let editor = office.browser(Role::Editor);
    sees(
        &office,
        "/intake/quarantine",
        &editor,
        &["2封来信等待处理", "发件人未登记 2封", "a@else.example", "3小时0分"],
        &["<b>推广"],
    )
    .await;
    sees(&office, "/intake/quarantine?kind=forged", &editor, &["没有这一类来信"], &["a@else.example"]).await;
    sees(&office, "/intake/quarantine?kind=%27--&before=x", &editor, &["a@else.example"], &[]).await;
    sees(&office, "/intake/mail/2", &editor, &["&#60;b&#62;推广"], &["<script>alert", "<b>推广"]).await;

    let fields =
        [("act-0", "item"), ("title-0", ""), ("category-0", "工作动态"), ("body-0", "我的改动"), ("unit", "2")];
    let page = office.post("/intake/mail/1/assign", Some(&editor), &fields).await;
    refused(&page, "请填写标题");
    assert!(page.text.contains("我的改动") && page.text.contains("selected>工作动态"), "{}", page.text);
    let fields = [("act-0", "with-99999999999999999999"), ("title-0", "题"), ("body-0", BODY), ("unit", "2")];
    refused(&office.post("/intake/mail/1/assign", Some(&editor), &fields).await, "请至少把一份文档列为稿件");
    let fields = [
        ("act-0", "item"),
        ("title-0", "防汛物资全部到位"),
        ("category-0", "工作动态"),
        ("body-0", BODY),
        ("unit", "2"),
    ];
    went(&office.post("/intake/mail/1/assign", Some(&editor), &fields).await, "/intake/mail/1");
    sees(&office, "/intake", &editor, &["防汛物资全部到位", "隔离邮件 1封"], &[]).await;
}

#[tokio::test]
async fn a_sender_is_registered_messages_are_looked_at_anew_and_a_discard_is_taken_back() {
    let office = Office::new();
    let editor = office.browser(Role::Editor);
    receive(&office, "a@else.example", "防汛物资到位", BODY);
    receive(&office, "ad@else.example", "推广", "请看我们的产品，价格从优，欢迎来电。");
    refused(&office.post("/intake/mail/1/register", Some(&editor), &[("owner", "")]).await, "请选择邮箱所属的单位");
    went(&office.post("/intake/mail/1/register", Some(&editor), &[("owner", "3")]).await, "/intake/mail/1");
    went(
        &office.post("/intake/mail/2/discard", Some(&editor), &[("quick", "广告或垃圾邮件")]).await,
        "/intake/quarantine",
    );
    sees(&office, "/intake/mail/2", &editor, &["已弃置", "撤销弃置"], &["重新识别"]).await;
    went(&office.post("/intake/mail/2/undo", Some(&editor), &[]).await, "/intake/mail/2");
    let page = office.post("/intake/quarantine/replay", Some(&editor), &[("kind", "stranger")]).await;
    went(&page, "/intake/quarantine?kind=stranger");
    sees(&office, "/intake/mail/1", &editor, &["收成的稿件"], &["指定单位并收稿"]).await;
    sees(&office, "/intake/quarantine", &editor, &["ad@else.example"], &["a@else.example\""]).await;
    let page = office.post("/intake/mail/1/undo", Some(&editor), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
    let upload = request("POST", "/intake/mail/2/original", Some(&editor))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(format!(
            "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--x--\r\n",
            editor.csrf
        )))
        .expect("the request is well made");
    refused(&office.send(upload).await, "请选择从网页邮箱下载的原件");
}

#[tokio::test]
async fn a_unit_asks_for_a_mailbox_and_the_administrator_or_the_chief_decides() {
    let office = Office::new();
    let (reporter, other) = (office.browser(Role::Reporter), office.browser_of(5));
    let (administrator, chief) = (office.browser(Role::Administrator), office.browser(Role::Chief));
    let ask = [("wish", "open"), ("address", "not one"), ("reason", "换人")];
    let page = office.post("/report/mailbox", Some(&reporter), &ask).await;
    refused(&page, "邮箱地址不完整");
    assert!(page.text.contains("value=\"not one\"") && page.text.contains("换人"), "{}", page.text);
    for address in ["xin@unit.example", "xin2@unit.example"] {
        let ask = [("wish", "open"), ("address", address), ("reason", "<i>换人</i>")];
        went(&office.post("/report/mailbox", Some(&reporter), &ask).await, "/report/mailbox");
    }
    sees(&office, "/report/mailbox", &reporter, &["xin@unit.example", "等待审核"], &["<i>换人"]).await;
    sees(&office, "/report/mailbox", &other, &[], &["xin@unit.example"]).await;
    // The count stands beside the room, and a line on the desk.
    sees(&office, "/", &administrator, &["2项邮箱申请", "/system/mailbox-requests"], &[]).await;
    sees(&office, "/", &chief, &["2项邮箱申请", "/network/mailbox-requests"], &[]).await;
    sees(&office, "/", &office.browser(Role::Editor), &[], &["邮箱申请"]).await;
    sees(&office, "/system/mailbox-requests", &administrator, &["xin@unit.example"], &["<i>换人"]).await;
    went(
        &office.post("/system/mailbox-requests/1/confirm", Some(&administrator), &[]).await,
        "/system/mailbox-requests",
    );
    refused(
        &office.post("/network/mailbox-requests/2/refuse", Some(&chief), &[("reason", " ")]).await,
        "请写明不同意的原因",
    );
    let reason = [("reason", "请先注销旧邮箱")];
    went(&office.post("/network/mailbox-requests/2/refuse", Some(&chief), &reason).await, "/network/mailbox-requests");
    sees(&office, "/report/mailbox", &reporter, &["已办理", "未通过", "请先注销旧邮箱"], &["等待审核"]).await;
    let page = office.post("/report/mailbox/1/withdraw", Some(&other), &[]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.text);
    let page = office.post("/report/mailbox/1/code", Some(&reporter), &[("code", "1")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
    sees(
        &office,
        "/system/audit",
        &administrator,
        &["申请变更登记邮箱", "同意登记邮箱申请", "不同意登记邮箱申请"],
        &[],
    )
    .await;
}

#[tokio::test]
async fn refused_secrets_are_told_on_the_desk_until_they_are_noted() {
    let office = Office::new();
    receive(&office, "a@else.example", "调度会情况", "机密★1年\r\n内容");
    let reporter = office.browser(Role::Reporter);
    let typed = [("do", "send"), ("title", "调度会情况"), ("body", "机密★1年\n内容"), ("category", "工作动态")];
    let page = office.post("/report/new", Some(&reporter), &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text);
    for (role, to, from) in [
        (Role::Administrator, "/system/incidents", "/system/audit"),
        (Role::Chief, "/intake/incidents", "/intake/mail"),
    ] {
        let browser = office.browser(role);
        sees(&office, "/", &browser, &["涉密拒收", "1封来信、1次网页报送", "已知悉", to], &["调度会情况"]).await;
        sees(&office, from, &browser, &[to], &[]).await;
        let listed = ["2件还没有知悉", "a@else.example", "网页报送", "密级加★", "待知悉"];
        sees(&office, to, &browser, &listed, &["调度会情况"]).await;
        let shown = [("secret", "mail-1"), ("secret", "form-1"), ("secret", "x")];
        went(&office.post(to, Some(&browser), &shown).await, "/");
        sees(&office, "/", &browser, &[], &["已知悉</button>"]).await;
        sees(&office, to, &browser, &["0件还没有知悉"], &["待知悉"]).await;
    }
    sees(&office, "/", &office.browser(Role::Editor), &[], &["涉密拒收"]).await;
}
