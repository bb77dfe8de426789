//! The rooms of reporting and of intake as a browser sees them: what is sent, what is refused, what nobody's typing loses.

mod support;

use axum::body::Body;
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use support::{Browser, Office, Page, request};
use tz_app::Role;

/// The reporter of the second unit with one.
const OTHER_REPORTER: i64 = 5;
const TITLE: &str = "第一个单位夏粮收购全面开秤";
const BODY: &str = "今年以来，全镇多措并举做好夏粮收购。\n目前已收购小麦三千吨，价格平稳。";

/// What a form of the page holds, as a browser would send it back: hidden fields and texts.
fn typed_in(page: &str, action: &str) -> Vec<(String, String)> {
    let (_, form) = page.split_once(&format!("action=\"{action}\"")).expect("the form is there");
    let form = form.split("</form>").next().expect("a form ends");
    let plain = |text: &str| {
        let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
        text.replace("&#38;", "&")
    };
    let between = |text: &str, from: &str, to: &str| {
        let (_, rest) = text.split_once(from)?;
        rest.split_once(to).map(|(value, _)| plain(value))
    };
    let hidden = form.split("<input type=\"hidden\"").skip(1).map(|input| {
        let input = input.split('>').next().unwrap_or_default();
        (between(input, "name=\"", "\""), between(input, "value=\"", "\""))
    });
    let texts =
        form.split("<textarea").skip(1).map(|area| (between(area, "name=\"", "\""), between(area, ">", "</textarea>")));
    hidden.chain(texts).filter_map(|(name, value)| Some((name?, value?))).collect()
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

/// What the page says was done: the sentence travels in a cookie.
fn said(page: &Page) -> String {
    let value = page.cookies().into_iter().find_map(|line| {
        let (_, value) = line.split_once("tongzheng-done=")?;
        value.split(';').next().map(str::to_owned)
    });
    let value = value.expect("it says what was done");
    let bytes = URL_SAFE_NO_PAD.decode(value).expect("the sentence is base64");
    String::from_utf8(bytes).expect("the sentence is text")
}

fn reporter(office: &Office) -> Browser {
    office.browser(Role::Reporter)
}

fn editor(office: &Office) -> Browser {
    office.browser(Role::Editor)
}

/// Sends an item by the form and gives its address.
async fn send(office: &Office, who: &Browser, title: &str, body: &str) -> String {
    let fields = [("do", "send"), ("title", title), ("body", body), ("category", "工作动态"), ("authors", "王信息员")];
    let page = office.post("/report/new", Some(who), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    page.location().to_owned()
}

/// A form with a file.
async fn upload(office: &Office, who: &Browser, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Page {
    let mut body = Vec::new();
    for (field, value) in fields.iter().chain([&("csrf", who.csrf.as_str())]) {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(
        format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").bytes(),
    );
    body.extend(bytes);
    body.extend(b"\r\n--edge--\r\n");
    let request = request("POST", "/report/new", Some(who))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .expect("the request is well made");
    office.send(request).await
}

/// A message of plain text.
fn letter(from: &str, subject: &str, body: &str) -> Vec<u8> {
    let subject = STANDARD.encode(subject);
    let body = STANDARD.encode(body);
    format!(
        "From: <{from}>\r\nTo: <xxk@example.gov.cn>\r\nSubject: =?UTF-8?B?{subject}?=\r\nMessage-ID: <{}@example.gov.cn>\r\n\
         Date: Wed, 20 Jun 2018 08:30:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n",
        subject.len()
    )
    .into_bytes()
}

#[tokio::test]
async fn a_reporter_sends_an_item_and_finds_it_in_the_list_with_the_months_quota() {
    let office = Office::new();
    let who = reporter(&office);
    let form = office.get("/report/new", Some(&who)).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.text);
    let key = typed_in(&form.text, "/report/new");
    let fields =
        [("do", "send"), ("key", value(&key, "key")), ("title", TITLE), ("body", BODY), ("category", "工作动态")];
    let page = office.post("/report/new", Some(&who), &fields).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/report/1"), "{}", page.text);
    assert_eq!(said(&page), format!("《{TITLE}》已收到，编号2018-0620-01。"));
    let list = office.get("/report", Some(&who)).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text.contains(TITLE) && list.text.contains("2018-0620-01"), "{}", list.text);
    assert!(list.text.contains("本月任务"), "{}", list.text);
    let item = office.get("/report/1", Some(&who)).await;
    assert!(item.text.contains("目前已收购小麦三千吨，价格平稳。"), "{}", item.text);
}

#[tokio::test]
async fn one_form_sent_twice_is_one_item_and_with_another_text_is_refused() {
    let office = Office::new();
    let who = reporter(&office);
    let form = office.get("/report/new", Some(&who)).await;
    let held = typed_in(&form.text, "/report/new");
    let key = value(&held, "key");
    assert!(!key.is_empty());
    let fields = [("do", "send"), ("key", key), ("title", TITLE), ("body", BODY), ("category", "工作动态")];
    for again in [false, true] {
        let page = office.post("/report/new", Some(&who), &fields).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/report/1"), "{}", page.text);
        assert_eq!(said(&page).contains("没有重复收稿"), again, "{}", said(&page));
    }
    assert_eq!(office.get("/report/2", Some(&who)).await.status, StatusCode::NOT_FOUND);
    let other =
        [("do", "send"), ("key", key), ("title", "另一篇"), ("body", "另一篇的文字。"), ("category", "工作动态")];
    let page = office.post("/report/new", Some(&who), &other).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("2018-0620-01") && page.text.contains("另一篇的文字。"), "{}", page.text);
}

#[tokio::test]
async fn a_text_marked_secret_is_refused_with_everything_typed_still_there_and_nothing_is_stored() {
    let office = Office::new();
    let who = reporter(&office);
    let body = "机密★1年\n某某行动方案细节";
    let fields = [
        ("do", "send"),
        ("key", "k1"),
        ("title", "某某行动方案"),
        ("body", body),
        ("category", "问题建议"),
        ("authors", "撰稿的人"),
        ("contact", "5512345"),
        ("worry", "1"),
    ];
    let page = office.post("/report/new", Some(&who), &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["密级", body, "value=\"某某行动方案\"", "value=\"撰稿的人\"", "value=\"5512345\"", "value=\"k1\""]
    {
        assert!(page.text.contains(kept), "{kept}: {}", page.text);
    }
    assert!(
        page.text.contains("<option value=\"问题建议\" data-limit=\"") && page.text.contains(" selected>问题建议"),
        "{}",
        page.text
    );
    assert!(page.text.contains("name=\"worry\" value=\"1\" checked"), "{}", page.text);
    assert!(office.get("/report", Some(&who)).await.text.contains("还没有报送过稿件"));
    assert_eq!(office.get("/report/1", Some(&who)).await.status, StatusCode::NOT_FOUND);
    for name in ["tongzheng.db", "tongzheng.db-wal"] {
        let bytes = std::fs::read(office.folder.path().join(name)).unwrap_or_default();
        let words = "某某行动方案细节".as_bytes();
        assert!(!bytes.windows(words.len()).any(|window| window == words), "{name} holds the text");
    }
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_is_carried_through_signing_in_and_becomes_the_item() {
    const PASSWORD: &str = "Tengzhou-2018";
    let office = Office::new();
    let administrator = office.browser(Role::Administrator);
    let shown = office.post("/system/accounts/1/reset", Some(&administrator), &[]).await;
    let (_, rest) = shown.text.split_once("/welcome/").expect("the link is shown");
    let link = format!("/welcome/{}", rest.split('"').next().expect("the link ends"));
    let welcomed = office.post(&link, None, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(welcomed.status, StatusCode::SEE_OTHER, "{}", welcomed.text);

    let who = reporter(&office);
    office.later(31);
    let body = "第一段有“引号”、<尖括号>与&符号。\n\n第二段。";
    let fields = [
        ("key", "k-long-enough"),
        ("title", TITLE),
        ("body", body),
        ("category", "工作动态"),
        ("authors", "撰稿的人"),
        ("contact", "5512345"),
        ("worry", ""),
        ("unit", "7"),
        ("unit", "8"),
        ("do", "send"),
    ];
    let door = office.post("/report/new", Some(&who), &fields).await;
    assert_eq!(door.status, StatusCode::UNAUTHORIZED);
    let mut held = typed_in(&door.text, "/sign-in");
    let carried: Vec<(&str, &str)> =
        held.iter().filter_map(|(name, value)| Some((name.strip_prefix("carried.")?, value.as_str()))).collect();
    assert_eq!(carried, fields);
    assert!(!door.text.contains(&who.csrf));

    held.extend(
        [("login", "reporter1"), ("password", PASSWORD)].map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let resumed = office.post("/sign-in", None, &pairs(&held)).await;
    assert!(resumed.text.contains("继续提交"), "{} {}", resumed.status, resumed.text);
    let session = resumed.session().expect("a session begins");
    let signed = Browser { cookie: format!("tongzheng={session}"), csrf: String::new() };
    let again = typed_in(&resumed.text, "/report/new");
    let there: Vec<(&str, &str)> = pairs(&again).into_iter().filter(|(name, _)| *name != "csrf").collect();
    assert_eq!(there, fields);

    let again: Vec<(&str, &str)> = pairs(&again);
    let request = support::form(request("POST", "/report/new", Some(&signed)), &again);
    let sent = office.send(request).await;
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/report/1"), "{}", sent.text);
    let item = office.get("/report/1", Some(&signed)).await;
    assert!(item.text.contains("第一段有“引号”、&#60;尖括号&#62;与&#38;符号。"), "{}", item.text);
}

#[tokio::test]
async fn what_belongs_to_another_unit_is_not_there() {
    let office = Office::new();
    let (who, other) = (reporter(&office), office.browser_of(OTHER_REPORTER));
    let sent = upload(&office, &who, &[("do", "send"), ("title", TITLE), ("body", BODY)], "底稿.txt", b"draft").await;
    assert_eq!(sent.location(), "/report/1", "{}", sent.text);
    for path in ["/report/1", "/report/1/attachment/1"] {
        assert_eq!(office.get(path, Some(&other)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let before = office.bytes();
    for (path, field) in [("withdraw", "text"), ("reply", "text"), ("resubmit", "body")] {
        let page =
            office.post(&format!("/report/1/{path}"), Some(&other), &[(field, "别的单位"), ("title", "别的")]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.text);
    }
    assert!(!office.get("/report", Some(&other)).await.text.contains(TITLE));
    assert_eq!(office.bytes(), before);
}

#[tokio::test]
async fn an_attachment_is_a_file_to_keep_whatever_it_calls_itself() {
    let office = Office::new();
    let who = reporter(&office);
    let page = b"<script>alert(1)</script>";
    let sent = upload(&office, &who, &[("do", "send"), ("title", TITLE), ("body", BODY)], "附件 一.html", page).await;
    assert_eq!(sent.location(), "/report/1", "{}", sent.text);
    for (path, browser) in [("/report/1", who), ("/intake/1", editor(&office))] {
        let shown = office.get(path, Some(&browser)).await;
        assert!(shown.text.contains("附件 一.html"), "{}", shown.text);
        let link = format!("{path}/attachment/");
        let (_, rest) = shown.text.split_once(&link).expect("the file has a link");
        let position = rest.split('"').next().expect("the link ends");
        let file = office.get(&format!("{link}{position}"), Some(&browser)).await;
        assert_eq!((file.status, file.text.as_bytes()), (StatusCode::OK, &page[..]));
        let line = |name: header::HeaderName| file.headers[name].to_str().expect("a header is ASCII").to_owned();
        assert_eq!(
            line(header::CONTENT_DISPOSITION),
            "attachment; filename*=UTF-8''%E9%99%84%E4%BB%B6%20%E4%B8%80%2Ehtml"
        );
        assert_eq!(line(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(line(header::CONTENT_TYPE), "application/octet-stream");
    }
}

#[tokio::test]
async fn a_chosen_file_fills_an_empty_text_and_has_to_be_chosen_again() {
    let office = Office::new();
    let who = reporter(&office);
    let text = "夏粮收购开秤\n今年以来，全镇多措并举做好夏粮收购工作，收购进度快于去年同期。";
    let read = upload(&office, &who, &[("do", "read"), ("title", "")], "稿件.txt", text.as_bytes()).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    let held = typed_in(&read.text, "/report/new");
    assert!(value(&held, "body").contains("收购进度快于去年同期"), "{}", read.text);
    let kept = upload(&office, &who, &[("do", "check"), ("body", "自己写的。")], "稿件.txt", text.as_bytes()).await;
    assert!(kept.text.contains("请重新选择") && kept.text.contains("自己写的。"), "{}", kept.text);
    assert!(office.get("/report", Some(&who)).await.text.contains("还没有报送过稿件"));
}

#[tokio::test]
async fn an_editor_finds_the_item_in_the_inbox_and_saves_a_new_version_beside_the_units_own() {
    let office = Office::new();
    let (who, editor) = (reporter(&office), editor(&office));
    send(&office, &who, TITLE, BODY).await;
    let inbox = office.get("/intake", Some(&editor)).await;
    assert_eq!(inbox.status, StatusCode::OK, "{}", inbox.text);
    assert!(inbox.text.contains(TITLE) && inbox.text.contains("待办1件"), "{}", inbox.text);
    assert_eq!(office.get("/intake/1", Some(&editor)).await.status, StatusCode::OK);
    let form = office.get("/intake/1/edit", Some(&editor)).await;
    let held = typed_in(&form.text, "/intake/1/edit");
    assert_eq!((value(&held, "revision"), value(&held, "body")), ("1", BODY));
    let better = "今年以来，全镇多措并举做好夏粮收购。\n目前已收购小麦四千吨，价格平稳。";
    let fields = [
        ("revision", "1"),
        ("title", "夏粮收购开秤"),
        ("body", better),
        ("category", "经验亮点"),
        ("note", "核对数字"),
    ];
    let saved = office.post("/intake/1/edit", Some(&editor), &fields).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/intake/1"), "{}", saved.text);
    assert_eq!(said(&saved), "已存为第2版。");
    let item = office.get("/intake/1", Some(&editor)).await;
    for there in ["<del>", "<ins>", "第2版", "核对数字", "我在编辑"] {
        assert!(item.text.contains(there), "{there}: {}", item.text);
    }
    assert!(item.text.contains("<p>今年以来，全镇多措并举做好夏粮收购。</p>"), "{}", item.text);
    // The unit's own text stays as it was sent.
    let own = office.get("/report/1", Some(&who)).await;
    assert!(own.text.contains("目前已收购小麦三千吨，价格平稳。"), "{}", own.text);
}

#[tokio::test]
async fn a_stale_save_shows_both_texts_and_overwrites_neither() {
    let office = Office::new();
    let (first, second) = (editor(&office), office.browser(Role::Chief));
    send(&office, &reporter(&office), TITLE, BODY).await;
    let version =
        |title, body| [("revision", "1"), ("title", title), ("body", body), ("category", "经验亮点"), ("note", "")];
    let saved = office.post("/intake/1/edit", Some(&first), &version("先存的标题", "先存的正文。")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let before = office.bytes();
    let page = office.post("/intake/1/edit", Some(&second), &version("后存的标题", "后存的正文。")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for there in ["先存的标题", "先存的正文。", "后存的标题", "后存的正文。"] {
        assert!(page.text.contains(there), "{there}: {}", page.text);
    }
    let held = typed_in(&page.text, "/intake/1/edit");
    assert_eq!((value(&held, "revision"), value(&held, "body")), ("2", "后存的正文。"));
    assert!(page.text.contains(" selected>经验亮点"), "{}", page.text);
    assert_eq!(office.bytes(), before);
}

#[tokio::test]
async fn an_item_sent_back_with_a_reason_is_seen_by_its_unit_and_sent_again() {
    let office = Office::new();
    let (who, editor) = (reporter(&office), editor(&office));
    send(&office, &who, TITLE, BODY).await;
    // Opening is an event of the item; the office has looked at it.
    assert_eq!(office.get("/intake/1", Some(&editor)).await.status, StatusCode::OK);
    // Without a reason nothing is done, and the words are still in their form.
    let before = office.bytes();
    let words = [("revision", "1"), ("code", ""), ("words", "请补充同比数据")];
    let page = office.post("/intake/1/return", Some(&editor), &words).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let held = typed_in(&page.text, "/intake/1/return");
    assert_eq!((value(&held, "words"), value(&held, "revision")), ("请补充同比数据", "1"));
    assert_eq!(page.text.matches("<details name=\"decision\" open>").count(), 1, "{}", page.text);
    assert_eq!(office.bytes(), before);

    let words = [("revision", "1"), ("code", "数据不全"), ("words", "请补充同比数据")];
    let page = office.post("/intake/1/return", Some(&editor), &words).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/intake"), "{}", page.text);
    let seen = office.get("/report/1", Some(&who)).await;
    for there in ["数据不全", "请补充同比数据", "修改重报"] {
        assert!(seen.text.contains(there), "{there}: {}", seen.text);
    }
    assert!(!office.get("/intake", Some(&editor)).await.text.contains(TITLE));

    let empty = [("title", ""), ("body", ""), ("category", "经验亮点")];
    let page = office.post("/report/1/resubmit", Some(&who), &empty).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains(" selected>经验亮点"), "{}", page.text);

    let better = "目前已收购小麦三千吨，同比增长一成。";
    let fields = [("title", TITLE), ("body", better), ("category", "工作动态")];
    let page = office.post("/report/1/resubmit", Some(&who), &fields).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/report/1"), "{}", page.text);
    assert!(office.get("/intake", Some(&editor)).await.text.contains(TITLE));
    assert!(office.get("/intake/1", Some(&editor)).await.text.contains("同比增长一成"));
}

#[tokio::test]
async fn a_message_of_an_unknown_sender_waits_until_an_editor_says_whose_it_is() {
    let office = Office::new();
    let editor = editor(&office);
    let raw = letter("stranger@example.com", "防汛物资全部到位", &format!("防汛物资全部到位。{BODY}"));
    office.app.receive_mail("测试", &raw).expect("a message can always be received");
    let ledger = office.get("/intake/mail?fate=quarantine", Some(&editor)).await;
    assert!(ledger.text.contains("防汛物资全部到位") && ledger.text.contains("没有登记"), "{}", ledger.text);
    let page = office.get("/intake/mail/1", Some(&editor)).await;
    assert!(page.text.contains("stranger@example.com") && page.text.contains("指定单位并收稿"), "{}", page.text);
    let before = office.bytes();
    let page = office.post("/intake/mail/1/assign", Some(&editor), &[("unit", ""), ("register", "1")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("请选择报送单位") && page.text.contains("value=\"1\" checked"), "{}", page.text);
    let page = office.post("/intake/mail/1/discard", Some(&editor), &[("reason", " ")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text);
    assert_eq!(office.bytes(), before);

    // The unit of the first reporter.
    let page = office.post("/intake/mail/1/assign", Some(&editor), &[("unit", "1")]).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/intake/mail/1"), "{}", page.text);
    assert_eq!(said(&page), "已收为稿件：2018-0620-01。");
    let page = office.get("/intake/mail/1", Some(&editor)).await;
    assert!(page.text.contains("/intake/1\"") && !page.text.contains("指定单位并收稿"), "{}", page.text);
    assert!(office.get("/intake", Some(&editor)).await.text.contains("防汛物资全部到位"));
    assert!(office.get("/report", Some(&reporter(&office))).await.text.contains("防汛物资全部到位"));
    let raw_again = office.get("/intake/mail/1/raw", Some(&editor)).await;
    assert_eq!(raw_again.text.as_bytes(), raw);
    assert_eq!(raw_again.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    // A second time it is settled.
    let page = office.post("/intake/mail/1/assign", Some(&editor), &[("unit", "2")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
}

/// Where `TZ_PAGES` names a folder, the pages are written there to be looked at.
#[tokio::test]
async fn every_page_of_the_two_rooms_is_whole_and_holds_nothing_the_policy_forbids() {
    let office = Office::new();
    let (who, other, editor) = (reporter(&office), office.browser_of(OTHER_REPORTER), editor(&office));
    let long = "今年以来，我镇坚持把夏粮收购作为保障农民增收的重要任务，提前谋划、周密部署，多措并举确保夏粮颗粒归仓。"
        .repeat(14);
    let two = "一是强化组织领导。成立夏粮收购工作专班，明确责任分工，实行包村联户。\n二是优化收购服务。开放收购网点12处，延长服务时间，做到随到随收。\n三是严格质价政策。现场公示收购价格，全镇累计收购小麦3120吨，同比增长8.6%。";
    let page = upload(
        &office,
        &who,
        &[
            ("do", "send"),
            ("title", "我镇多措并举做好夏粮收购工作"),
            ("body", two),
            ("category", "工作动态"),
            ("authors", "王信息员"),
            ("contact", "0632-5512345"),
        ],
        "夏粮收购情况.txt",
        two.as_bytes(),
    )
    .await;
    assert_eq!(page.location(), "/report/1", "{}", page.text);
    office.later(20);
    send(&office, &who, "关于当前夏粮收购中仓容不足问题的情况反映与几点建议", &long).await;
    office.later(5);
    send(&office, &other, "全区优化营商环境经验做法", "推行“一窗受理、集成服务”，办理时限压缩六成。").await;
    send(&office, &other, "再报：夏粮收购", two).await;
    let joint = [
        ("do", "send"),
        ("title", "两单位联合开展防汛演练"),
        ("body", "6月19日，两单位联合开展防汛应急演练，出动队员120人。"),
        ("category", "工作动态"),
        ("unit", "2"),
        ("worry", "1"),
    ];
    office.post("/report/new", Some(&who), &joint).await;
    let edited = [
        ("revision", "1"),
        ("title", "多措并举抓好夏粮收购"),
        ("body", &*two.replace("3120吨", "3210吨")),
        ("category", "工作动态"),
        ("note", "核对数字"),
    ];
    assert_eq!(office.post("/intake/1/edit", Some(&editor), &edited).await.status, StatusCode::SEE_OTHER);
    let back = [("revision", "1"), ("code", "超长"), ("words", "请压缩到500字以内再报。")];
    assert_eq!(office.post("/intake/2/return", Some(&editor), &back).await.status, StatusCode::SEE_OTHER);
    let stale = [
        ("revision", "1"),
        ("title", "夏粮收购"),
        ("body", "另一位编辑的文字。"),
        ("category", "工作动态"),
        ("note", ""),
    ];
    office.app.receive_mail("测试", &letter("stranger@example.com", "防汛物资全部到位", two)).expect("received");
    office.app.receive_mail("测试", &letter("ad@example.com", "发票代开", "需要发票请联系。")).expect("received");
    office.app.receive_mail("测试", &letter("a@example.com", "报送", "机密★1年\n方案")).expect("received");

    let chief = office.browser(Role::Chief);
    let typed = [("do", "check"), ("title", "某标题"), ("body", &*long), ("category", "工作动态")];
    let mut pages = vec![
        ("report-checked", office.post("/report/new", Some(&who), &typed).await),
        ("intake-conflict", office.post("/intake/1/edit", Some(&chief), &stale).await),
        (
            "intake-fault",
            office.post("/intake/3/return", Some(&editor), &[("revision", "1"), ("words", "请补充")]).await,
        ),
    ];
    for (name, path, browser) in [
        ("report", "/report", &who),
        ("report-new", "/report/new", &who),
        ("report-item", "/report/1", &who),
        ("report-returned", "/report/2", &who),
        ("intake", "/intake", &editor),
        ("intake-item", "/intake/1", &editor),
        ("intake-repeat", "/intake/4", &editor),
        ("intake-edit", "/intake/1/edit", &editor),
        ("intake-new", "/intake/new", &editor),
        ("intake-mail", "/intake/mail", &editor),
        ("intake-letter", "/intake/mail/1", &editor),
        ("intake-secret", "/intake/mail/3", &editor),
    ] {
        let page = office.get(path, Some(browser)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        pages.push((name, page));
    }
    let folder = std::env::var("TZ_PAGES").ok();
    for (name, page) in pages {
        let text = &page.text;
        assert!(text.trim_end().ends_with("</html>"), "{name}: {text}");
        for forbidden in ["style=", "<script>", " onclick", " onchange", " onsubmit", "javascript:"] {
            assert!(!text.contains(forbidden), "{name}: {forbidden}");
        }
        // Every form that changes something carries the token of the session.
        let forms =
            text.split("<form").skip(1).filter(|form| form.split('>').next().is_some_and(|tag| tag.contains("post")));
        for form in forms {
            assert!(form.split("</form>").next().is_some_and(|form| form.contains("name=\"csrf\"")), "{name}: {form}");
        }
        if let Some(folder) = &folder {
            let path = std::path::Path::new(folder).join(format!("{name}.html"));
            std::fs::write(path, text).expect("the folder can be written");
        }
    }
}
