//! Mails made here: senders, budgets, and the round trip of the samples.

use proptest::prelude::*;

use crate::samples::{self, EmlSpec};
use crate::{AutoKind, Budget, Documents, Note, Unreadable, read_message};

fn spec() -> EmlSpec {
    EmlSpec {
        from: "binhu@example.gov.cn".to_owned(),
        name: "滨湖镇党政办".to_owned(),
        to: "tzxxk@example.gov.cn".to_owned(),
        subject: "【工作动态】滨湖镇召开安全生产工作会议，部署夏季防汛抗旱和安全度汛各项准备工作".to_owned(),
        body: "信息科：\n  现报送信息一篇，请查收。".to_owned(),
        attachments: vec![
            (
                "滨湖镇召开安全生产工作会议，部署夏季防汛抗旱和安全度汛各项准备工作.docx".to_owned(),
                samples::docx("标题", &["正文。"]),
            ),
            ("附表.txt".to_owned(), b"x".to_vec()),
        ],
        message_id: "1@example.gov.cn".to_owned(),
        date: "Mon, 21 May 2018 09:12:45 +0800".to_owned(),
    }
}

fn read(mail: &str) -> crate::Message {
    read_message(mail.as_bytes(), &Budget::default()).expect("a mail")
}

#[test]
fn a_sample_mail_is_read_back_as_it_was_made() {
    let spec = spec();
    let message = read_message(&samples::eml(&spec), &Budget::default()).expect("a mail");
    let from = message.from.expect("it has a sender");
    assert_eq!((from.name, from.address), (spec.name, spec.from));
    assert_eq!(message.subject, spec.subject);
    assert_eq!(message.message_id.as_deref(), Some("1@example.gov.cn"));
    assert_eq!(message.date.as_deref(), Some("Mon, 21 May 2018 09:12:45 +0800"));
    assert_eq!(message.body_text, "信息科：\n现报送信息一篇，请查收。");
    let found: Vec<(String, Vec<u8>)> = message.attachments.into_iter().map(|a| (a.name, a.bytes)).collect();
    assert_eq!(found, spec.attachments);
    assert_eq!(message.notes, []);
}

#[test]
fn two_senders_are_counted_and_noted() {
    let two_lines = read("From: a@example.com\r\nFrom: b@example.com\r\nSubject: x\r\n\r\ny");
    let one_line = read("From: 甲 <a@example.com>, \"乙, 丙\" <b@example.com>\r\n\r\ny");
    for message in [two_lines, one_line] {
        assert_eq!(message.from_count, 2);
        assert!(message.notes.contains(&Note::ManyFrom));
        assert_eq!(message.from.expect("the first").address, "a@example.com");
    }
}

#[test]
fn a_display_name_that_looks_like_an_address_is_only_a_name() {
    let message = read("From: \"real@unit.example\" <fake@other.example>\r\n\r\ny");
    let from = message.from.expect("it has a sender");
    assert_eq!((from.name.as_str(), from.address.as_str()), ("real@unit.example", "fake@other.example"));
}

#[test]
fn automatic_answers_are_told() {
    let auto = |header: &str| read(&format!("{header}\r\n\r\ny")).auto;
    assert_eq!(auto("From: a@b.example\r\nSubject: 自动回复：报送信息"), Some(AutoKind::AutoReply));
    assert_eq!(auto("From: a@b.example\r\nAuto-Submitted: auto-replied"), Some(AutoKind::AutoReply));
    assert_eq!(auto("From: a@b.example\r\nAuto-Submitted: no"), None);
    assert_eq!(auto("From: Postmaster@b.example\r\nSubject: 系统退信"), Some(AutoKind::Bounce));
    assert_eq!(auto("From: a@b.example\r\nSubject: 已读：报送信息"), Some(AutoKind::ReadReceipt));
    assert_eq!(auto("From: a@b.example\r\nSubject: 报送信息"), None);
}

#[test]
fn words_cut_inside_a_character_are_joined() {
    // 滕州 in UTF-8 is E6 BB 95 E5 B7 9E; the first word ends after two bytes of 滕.
    let message = read(
        "From: a@b.example\r\nSubject: =?UTF-8?B?5rs=?=\r\n =?UTF-8?B?leW3ng==?= end =?utf-8?q?=E5=B7=9E_x?=\r\n\r\ny",
    );
    assert_eq!(message.subject, "滕州 end 州 x");
}

#[test]
fn more_parts_than_the_budget_are_refused() {
    let mail = format!("From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n{}", "--x\n\na\n".repeat(300));
    assert_eq!(read_message(mail.as_bytes(), &Budget::default()), Err(Unreadable::TooManyParts { limit: 200 }));
}

#[test]
fn a_thousand_levels_are_refused() {
    let mut mail = String::from("From: a@b.example\n");
    for i in 0..1_000 {
        mail.push_str(&format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"));
    }
    assert_eq!(read_message(mail.as_bytes(), &Budget::default()), Err(Unreadable::TooDeep { limit: 20 }));
    let nested = "Content-Type: message/rfc822\n\n".repeat(1_000);
    assert_eq!(read_message(nested.as_bytes(), &Budget::default()), Err(Unreadable::TooDeep { limit: 20 }));
}

#[test]
fn a_header_without_end_is_refused() {
    let mail = format!("From: a@b.example\nX: {}", "a\n b".repeat(500_000));
    assert_eq!(read_message(mail.as_bytes(), &Budget::default()), Err(Unreadable::HeaderTooLarge));
}

#[test]
fn null_bytes_are_taken_out_and_noted() {
    let message = read("From: a@b.example\r\n\r\n滕州\0市");
    assert_eq!(message.body_text, "滕州市");
    assert!(message.notes.contains(&Note::NulBytes));
}

#[test]
fn a_header_full_of_words_that_never_end_is_read_at_once() {
    let mail = format!("From: a@b.example\nSubject: {}?=", "=?x?Q?y".repeat(30_000));
    assert!(read_message(mail.as_bytes(), &Budget::default()).is_ok());
}

#[test]
fn a_mark_is_found_wherever_a_mail_can_carry_it() {
    let mark = |spec: &EmlSpec| {
        let message = read_message(&samples::eml(spec), &Budget::default()).expect("a mail");
        crate::find_mark(&message, &Documents::of(&message, &Budget::default()), &crate::Wordings::default())
            .map(|m| (m.pattern.to_string(), m.found))
    };
    let found = |pattern: &str, text: &str| Some((pattern.to_owned(), text.to_owned()));
    let plain = spec();
    assert_eq!(mark(&plain), None);
    assert_eq!(mark(&EmlSpec { subject: "【秘密】样例".to_owned(), ..spec() }), found("P4", "【秘密】"));
    assert_eq!(mark(&EmlSpec { body: "样例\n机密★1年".to_owned(), ..spec() }), found("P1", "机密★"));
    let named = vec![("秘密.docx".to_owned(), samples::docx("样例", &["样例。"]))];
    assert_eq!(mark(&EmlSpec { attachments: named, ..spec() }), found("P3", "秘密"));
    let inside = samples::docx("样例", &["密级：机密"]);
    let packed = samples::zip(&[("样例.docx", &inside)]);
    let attachments = vec![("样例.zip".to_owned(), packed)];
    assert_eq!(mark(&EmlSpec { attachments, ..spec() }), found("P2", "密级:机密"));
    let header = read("From: a@b.example\r\nX-密级: 机密\r\n\r\ny");
    assert_eq!(
        crate::find_mark(&header, &Documents::of(&header, &Budget::default()), &crate::Wordings::default())
            .map(|m| m.found),
        Some("密级: 机密".to_owned())
    );
}

#[test]
fn a_link_that_expires_is_noted() {
    let message = read("From: a@b.example\r\n\r\n从QQ邮箱发来的超大附件\r\n信息.docx");
    assert!(message.notes.contains(&Note::ExpiringLink));
}

proptest! {
    /// Any lines are read or refused, and the same lines give the same mail.
    #[test]
    fn any_lines_are_read_or_refused(mail in "((From|Subject|Content-Type|Content-Disposition|X): |multipart/mixed; boundary=\"?b\"?|--b(--)?|=\\?gbk\\?[BQ]\\?[A-Za-z=]{0,6}\\?=|name\\*?[0-9]?\\*?=|%[0-9A-F]{2}|\"|;|'|\r\n|\n| |中|\u{0}){0,80}") {
        let first = read_message(mail.as_bytes(), &Budget::default());
        prop_assert_eq!(first, read_message(mail.as_bytes(), &Budget::default()));
    }
}
