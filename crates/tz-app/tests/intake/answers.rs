//! Who is answered by mail, with what, how often; and that nothing is sent twice.

use tz_app::mail::{MailFate, PostboxLetter};
use tz_app::outgoing::{MailOutWish, Outgoing, Refusal};
use tz_app::postbox::{PostboxWish, Secret, Taken};
use tz_app::{Administrator, App, Problem};
use tz_model::PostboxId;
use tz_read::samples::{EmlSpec, docx, eml};
use tz_store::content::sha256;
use tz_store::postbox::LetterKey;

use crate::house::{House, june, text};
use crate::letters::inbox;

const UNIT: &str = "bhz@unit.example";
const STRANGER: &str = "someone@else.example";

fn wish() -> MailOutWish {
    MailOutWish {
        enabled: true,
        host: "127.0.0.1".to_owned(),
        port: "2525".to_owned(),
        security: "plain".to_owned(),
        login: "xxk".to_owned(),
        password: Secret::new("授权码-1"),
        address: "xxk@office.example".to_owned(),
        name: "信息科".to_owned(),
        per_minute: "600".to_owned(),
        ..MailOutWish::default()
    }
}

/// An office that sends letters, and 滨湖镇's mailbox registered.
fn house(wish: &MailOutWish) -> (House, Administrator) {
    let house = House::new();
    house.registered("滨湖镇", UNIT);
    let administrator = house.administrator();
    house.app.set_mail_out(&administrator, wish).expect("sound settings");
    postbox(&house.app, &administrator, "");
    (house, administrator)
}

/// An office that sends letters and reads a postbox, for the other files of these tests.
pub fn sending(authserv_id: &str) -> (House, Administrator, PostboxId) {
    let house = House::new();
    house.registered("滨湖镇", UNIT);
    let administrator = house.administrator();
    house.app.set_mail_out(&administrator, &wish()).expect("sound settings");
    let postbox = postbox(&house.app, &administrator, authserv_id);
    (house, administrator, postbox)
}

/// A postbox that the office reads.
fn postbox(app: &App, administrator: &Administrator, authserv_id: &str) -> PostboxId {
    let wish = PostboxWish {
        name: format!("收信邮箱{authserv_id}"),
        host: "imap.office.example".to_owned(),
        port: "993".to_owned(),
        security: "tls".to_owned(),
        login: "letters@office.example".to_owned(),
        password: Secret::new("SHOUQUANMA"),
        folder: "INBOX".to_owned(),
        start_from: "2018-06-01".to_owned(),
        authserv_id: authserv_id.to_owned(),
        enabled: true,
        ..PostboxWish::default()
    };
    app.save_postbox(administrator, None, &wish).expect("it is well described")
}

fn mail(from: &str, subject: &str, id: &str) -> Vec<u8> {
    eml(&EmlSpec {
        from: from.to_owned(),
        to: "xxk@office.example".to_owned(),
        subject: subject.to_owned(),
        body: text("夏粮", 200),
        message_id: id.to_owned(),
        ..EmlSpec::default()
    })
}

/// Brings a letter; every letter has a place of its own, told by its bytes so that the same is brought again elsewhere.
fn bring(app: &App, postbox: PostboxId, raw: &[u8], again: u32) -> MailFate {
    let uid = u32::from_str_radix(&sha256(raw)[..6], 16).expect("six figures") * 2 + again + 1;
    let key = LetterKey { folder: inbox(postbox, 1), uid };
    let size = Some(raw.len() as u64);
    let arrived = Some(app.now());
    let letter = PostboxLetter { key, size, arrived, raw, head_only: false, signed_by: &[] };
    match app.receive_letter(&letter).expect("a letter can always be received") {
        Taken::Entered(fate) => fate,
        other => panic!("{other:?}"),
    }
}

fn receive(app: &App, raw: &[u8]) -> &'static str {
    bring(app, PostboxId(1), raw, 0).key()
}

fn claimed(app: &App) -> Vec<Outgoing> {
    app.claim_outgoing(100).expect("letters can be taken up")
}

fn refusal(for_good: bool, unsure: bool) -> Refusal {
    Refusal { for_good, unsure, ours: false, sentence: "对方邮箱已满。".to_owned() }
}

#[test]
fn an_accepted_item_gets_one_receipt_that_says_where_the_unit_stands() {
    let (house, _) = house(&wish());
    let raw = mail(UNIT, "工作动态：滨湖镇夏粮收购开秤", "a1@unit.example");
    assert_eq!(receive(&house.app, &raw), "item");
    assert_eq!(bring(&house.app, PostboxId(1), &raw, 1).key(), "repeat");
    let letters = claimed(&house.app);
    assert_eq!(letters.len(), 1, "the same bytes again are not answered again");
    let letter = &letters[0];
    assert_eq!((letter.from.as_str(), letter.to.as_str()), ("xxk@office.example", UNIT));
    assert_eq!(letter.in_reply_to.as_deref(), Some("a1@unit.example"));
    assert!(letter.automatic && letter.message_id.ends_with("@office.example"));
    assert_eq!(letter.subject, "收稿回执：2018-0613-01 《滨湖镇夏粮收购开秤》");
    let expected = "滨湖镇：\n\n你单位6月13日9时00分发来的邮件已收到，收为1篇稿件：\n\n2018-0613-01　《滨湖镇夏粮收购开秤》\n　　工作动态，200字。\n\n\
                    2018年6月你单位计入报送任务的稿件共1篇，应报10篇：";
    assert!(letter.body.starts_with(expected), "{}", letter.body);
    assert!(letter.body.contains("还差9篇，离期末还有17天。"), "{}", letter.body);
    assert!(letter.body.contains("本系统不得存储、处理国家秘密。"), "{}", letter.body);
    // Given over: it is never given again.
    house.app.outgoing_sent(letter.id).expect("it was taken up");
    house.clock.set(june(14, 9));
    assert_eq!(claimed(&house.app), []);
}

#[test]
fn warnings_stand_in_the_receipt_and_files_out_of_a_folder_are_not_answered() {
    let (house, _) = house(&wish());
    house.app.receive_mail("旧邮件.eml", &mail(UNIT, "旧信", "old@unit.example")).expect("received");
    assert_eq!(claimed(&house.app), []);
    let two = EmlSpec {
        from: UNIT.to_owned(),
        subject: "报送信息两篇".to_owned(),
        body: "请查收。".to_owned(),
        attachments: vec![
            ("夏粮收购.docx".to_owned(), docx("夏粮收购开秤", &[text("夏粮", 900)])),
            ("防汛准备.docx".to_owned(), docx("防汛物资全部到位", &[text("防汛", 120)])),
        ],
        ..EmlSpec::default()
    };
    assert_eq!(receive(&house.app, &eml(&two)), "item");
    let letters = claimed(&house.app);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].subject, "收稿回执：2018-0613-02 《夏粮收购开秤》等2篇");
    assert!(letters[0].body.contains("《防汛物资全部到位》"), "{}", letters[0].body);
    assert!(letters[0].body.matches("　　请注意：").count() >= 2, "{}", letters[0].body);
}

#[test]
fn a_stranger_is_answered_once_a_day_and_at_most_thrice_whatever_restarts() {
    let (house, _) = house(&wish());
    for at in 0..10 {
        assert_eq!(
            receive(&house.app, &mail(STRANGER, &format!("来信{at}"), &format!("{at}@else.example"))),
            "quarantine"
        );
    }
    let letters = claimed(&house.app);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].subject, "来信已收到，发件邮箱尚未登记");
    assert!(!letters[0].body.contains("来信0"), "nothing a stranger wrote is repeated");
    // The counts stand in the database, so another process knows them.
    let beside = house.process_beside();
    assert_eq!(receive(&beside, &mail(STRANGER, "再来信", "x@else.example")), "quarantine");
    assert_eq!(claimed(&beside), []);
    house.clock.set(june(14, 10));
    assert_eq!(receive(&house.app, &mail(STRANGER, "次日来信", "y@else.example")), "quarantine");
    assert_eq!(claimed(&house.app).len(), 1);
}

#[test]
fn what_no_person_wrote_what_is_forged_and_what_is_ours_is_never_answered() {
    let (house, _) = house(&wish());
    let automatic = [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "X-Autoreply: yes\r\n",
        "Precedence: auto_reply\r\n",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n",
    ];
    let subjects =
        ["自动回复：外出", "Out of Office: away", "系统退信", "Automatic reply: x", "已读：报送信息", "自动答复"];
    for (at, (header, subject)) in (0..60).map(|at| (at, (automatic[at % 6], subjects[at / 6 % 6]))) {
        let from = [UNIT, STRANGER, "MAILER-DAEMON@else.example"][at % 3];
        let raw =
            format!("{header}From: <{from}>\r\nMessage-ID: <{at}@x.example>\r\nSubject: {subject}\r\n\r\n外出，{at}。");
        assert_eq!(receive(&house.app, raw.as_bytes()), "automatic", "{raw}");
    }
    let forged =
        "Authentication-Results: mx.else.example; dmarc=fail\r\nFrom: <someone@else.example>\r\nSubject: x\r\n\r\ny";
    assert_eq!(receive(&house.app, forged.as_bytes()), "quarantine");
    let two = "From: <someone@else.example>, <bhz@unit.example>\r\nSubject: x\r\n\r\ny";
    assert_eq!(receive(&house.app, two.as_bytes()), "quarantine");
    assert_eq!(receive(&house.app, &mail("XXK@office.example", "自己发的", "own@x.example")), "automatic");
    assert_eq!(receive(&house.app, &mail("no-reply@else.example", "广告", "ad@x.example")), "quarantine");
    assert_eq!(claimed(&house.app), []);
}

#[test]
fn a_reply_to_a_receipt_waits_for_a_person_and_is_not_answered() {
    let (house, _) = house(&wish());
    assert_eq!(receive(&house.app, &mail(UNIT, "夏粮收购开秤", "a1@unit.example")), "item");
    let receipt = claimed(&house.app).remove(0);
    let reply = format!(
        "From: <{UNIT}>\r\nIn-Reply-To: <{}>\r\nSubject: Re: {}\r\n\r\n{}",
        receipt.message_id,
        "x",
        text("收到", 60)
    );
    let fate = bring(&house.app, PostboxId(1), reply.as_bytes(), 0);
    assert_eq!(fate.reason(), "这是对系统回执的回复，没有附件，请看过内容再决定是否收稿。");
    // The same with a document is a unit sending its next item by way of the last receipt.
    let with = eml(&EmlSpec {
        from: UNIT.to_owned(),
        subject: "再报一篇".to_owned(),
        attachments: vec![("防汛准备.docx".to_owned(), docx("防汛物资全部到位", &[text("防汛", 120)]))],
        ..EmlSpec::default()
    });
    let with = [format!("In-Reply-To: <{}>\r\n", receipt.message_id).as_bytes(), &with].concat();
    assert_eq!(receive(&house.app, &with), "item");
    assert_eq!(claimed(&house.app).len(), 1);
}

#[test]
fn a_refused_secret_is_told_to_its_sender_without_a_word_of_it() {
    let (house, _) = house(&wish());
    let raw = format!("From: <{UNIT}>\r\nSubject: 汇报\r\nMessage-ID: <s@x.example>\r\n\r\n机密★1年\r\n\r\n某事。");
    assert_eq!(receive(&house.app, raw.as_bytes()), "secret");
    let letters = claimed(&house.app);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].subject, "邮件带有密级标志，没有接收");
    assert!(!letters[0].body.contains("某事") && !letters[0].body.contains("汇报"));
    assert_eq!(letters[0].in_reply_to, None, "its Message-ID was not kept either");
}

#[test]
fn a_letter_waits_longer_after_each_failure_and_is_given_up_in_the_end() {
    let (house, _) = house(&wish());
    assert_eq!(receive(&house.app, &mail(UNIT, "夏粮收购开秤", "a1@unit.example")), "item");
    let editor = house.editor("李编辑");
    let mut tries = 0;
    for hour in 0..24 * 14 {
        house.clock.set(june(13, 9) + jiff::SignedDuration::from_hours(hour));
        for letter in claimed(&house.app) {
            tries += 1;
            house.app.outgoing_refused(letter.id, &refusal(false, false)).expect("recorded");
        }
    }
    assert_eq!(tries, 9);
    let letters = house.app.outgoing(&editor, Some("failed"), None).expect("the page");
    assert_eq!(letters.rows.len(), 1);
    assert_eq!(letters.rows[0].trouble, "对方邮箱已满。");
    // A person sends it again; what is refused for good is given up at once.
    house.app.send_again(&editor, letters.rows[0].id).expect("it failed");
    let letter = claimed(&house.app).remove(0);
    house.app.outgoing_refused(letter.id, &refusal(true, false)).expect("recorded");
    assert_eq!(house.app.outgoing(&editor, Some("failed"), None).expect("the page").rows.len(), 1);
}

#[test]
fn a_letter_whose_fate_is_not_known_is_never_sent_again_by_itself() {
    let (house, _) = house(&wish());
    assert_eq!(receive(&house.app, &mail(UNIT, "夏粮收购开秤", "a1@unit.example")), "item");
    assert_eq!(receive(&house.app, &mail(UNIT, "防汛物资到位", "a2@unit.example")), "item");
    let editor = house.editor("李编辑");
    let letters = claimed(&house.app);
    house.app.outgoing_refused(letters[0].id, &refusal(false, true)).expect("recorded");
    // The other one's sender is gone: the process was killed after it had taken the letter up.
    house.clock.set(june(13, 10));
    assert_eq!(claimed(&house.app), []);
    let unsure = house.app.outgoing(&editor, Some("unsure"), None).expect("the page");
    assert_eq!(unsure.rows.len(), 2);
    house.app.send_again(&editor, letters[1].id).expect("a person may");
    let again = claimed(&house.app);
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].message_id, letters[1].message_id, "so that a receiver may tell that it is the same");
    house.app.outgoing_sent(again[0].id).expect("recorded");
    assert!(matches!(house.app.send_again(&editor, again[0].id), Err(Problem::Refused(_))));
}

#[test]
fn after_the_account_itself_failed_only_a_trial_is_sent_for_a_while() {
    let (house, administrator) = house(&wish());
    for at in 0..3 {
        receive(&house.app, &mail(UNIT, &format!("夏粮收购第{at}批"), &format!("{at}@unit.example")));
    }
    let locked = Refusal { ours: true, sentence: "登录没有成功。".to_owned(), ..refusal(false, false) };
    for letter in claimed(&house.app) {
        house.app.outgoing_refused(letter.id, &locked).expect("recorded");
    }
    let (row, kept) = house.app.mail_out_settings(&administrator).expect("settings").expect("set");
    assert!(kept && row.trouble == "登录没有成功。" && row.password_sealed.is_empty());
    let in_minutes = |minutes| house.clock.set(june(13, 9) + jiff::SignedDuration::from_mins(minutes));
    in_minutes(2);
    assert_eq!(claimed(&house.app), []);
    let trial = house.app.try_mail_out(&administrator, "me@office.example").expect("it is switched on");
    let letters = claimed(&house.app);
    assert_eq!(letters.iter().map(|letter| letter.id).collect::<Vec<_>>(), [trial]);
    house.app.outgoing_sent(trial).expect("recorded");
    assert_eq!(claimed(&house.app).len(), 3, "the account is well again");
    let (row, _) = house.app.mail_out_settings(&administrator).expect("settings").expect("set");
    assert_eq!((row.trouble.as_str(), row.troubled_at), ("", None));
}

#[test]
fn no_more_letters_a_minute_than_are_set() {
    let (house, administrator) = house(&MailOutWish { per_minute: "3".to_owned(), ..wish() });
    for at in 0..7 {
        receive(&house.app, &mail(UNIT, &format!("夏粮收购第{at}批"), &format!("{at}@unit.example")));
    }
    let mut a_minute = Vec::new();
    for minute in 0..3 {
        house.clock.set(june(13, 9) + jiff::SignedDuration::from_secs(minute * 61));
        a_minute.push(claimed(&house.app).len());
        assert_eq!(claimed(&house.app), []);
    }
    assert_eq!(a_minute, [3, 3, 1]);
    // Switched off, nothing is decided on either: no flood when it is switched on again.
    house.app.set_mail_out(&administrator, &MailOutWish { enabled: false, ..wish() }).expect("sound settings");
    receive(&house.app, &mail(UNIT, "停发期间来信", "off@unit.example"));
    house.app.set_mail_out(&administrator, &wish()).expect("sound settings");
    house.clock.set(june(13, 12));
    assert_eq!(claimed(&house.app), []);
}

#[test]
fn the_password_is_kept_sealed_and_opens_under_its_key_only() {
    let (house, administrator) = house(&wish());
    let out = house.app.mail_out().expect("settings").expect("switched on");
    assert_eq!(out.password.text(), "授权码-1");
    assert!(!format!("{out:?}").contains("授权码-1"));
    // Saved again without one, it stays.
    house
        .app
        .set_mail_out(&administrator, &MailOutWish { password: Secret::default(), ..wish() })
        .expect("sound settings");
    assert_eq!(house.app.mail_out().expect("settings").expect("switched on").password.text(), "授权码-1");
    let sealed = house.write(|tx| tx.find_mail_out().expect("a row").expect("set").password_sealed);
    assert!(!sealed.contains("授权码") && sealed.len() > 40);
    let other = tempfile::tempdir().expect("a folder");
    let beside = house.process_beside().with_keys(other.path());
    let why = beside.mail_out().expect_err("another key").to_string();
    assert!(why.contains("不是原来的那一个"), "{why}");
    // It is not sent to another server either.
    let elsewhere = MailOutWish { host: "127.0.0.2".to_owned(), password: Secret::default(), ..wish() };
    let Err(Problem::Faults(faults)) = house.app.set_mail_out(&administrator, &elsewhere) else { panic!("refused") };
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].field, "password");
}

#[test]
fn faults_of_the_settings_are_told_all_at_once() {
    let (house, administrator) = house(&wish());
    let bad = MailOutWish {
        enabled: true,
        host: "smtp.example.cn".to_owned(),
        port: "0".to_owned(),
        security: "plain".to_owned(),
        address: "没有地址".to_owned(),
        per_minute: "很多".to_owned(),
        ..MailOutWish::default()
    };
    let Err(Problem::Faults(faults)) = house.app.set_mail_out(&administrator, &bad) else { panic!("it is faulty") };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["port", "security", "password", "address", "per_minute"]);
}

#[test]
fn a_sender_for_whom_nothing_speaks_waits_where_the_postbox_knows_its_provider() {
    let (house, administrator) = house(&wish());
    let ours = postbox(&house.app, &administrator, "mx.office.example");
    let others = postbox(&house.app, &administrator, "mx.other.example");
    let plain = mail(UNIT, "夏粮收购开秤", "a1@unit.example");
    let fate = bring(&house.app, ours, &plain, 0);
    assert!(fate.reason().contains("没有核验结果能证明"), "{}", fate.reason());
    let proven = [b"Authentication-Results: mx.office.example; dmarc=pass\r\n".as_slice(), &plain].concat();
    assert_eq!(bring(&house.app, ours, &proven, 0).key(), "item");
    let fate = bring(&house.app, others, &[proven.as_slice(), b" "].concat(), 0);
    assert_eq!(fate.key(), "quarantine", "another's results are not believed");
}
