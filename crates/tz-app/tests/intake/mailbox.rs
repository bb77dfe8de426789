//! A change of a unit's registered mailboxes: asked for, decided, proven, registered; and what nobody can do with it.

use tz_app::mail::RefusalKey;
use tz_app::mailbox::{Confirmed, MailboxWish};
use tz_app::report::NewItem;
use tz_app::{Problem, Registrar};

use crate::answers::sending;
use crate::house::{House, june};

const NEW: &str = "xin@unit.example";

fn registrar(house: &House) -> Registrar {
    Registrar::of(&house.administrator()).expect("an administrator is one")
}

fn registered(house: &House) -> Vec<String> {
    let who = house.administrator();
    house.app.mailboxes(&who).expect("they can be listed").into_iter().map(|(row, _)| row.address).collect()
}

fn fields(problem: Problem) -> Vec<&'static str> {
    match problem {
        Problem::Faults(faults) => faults.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_mail_the_registrar_answers_for_the_address() {
    let house = House::new();
    let reporter = house.reporter("西岗镇");
    house.app.ask_mailbox(&reporter, Some(MailboxWish::Open), " Xin@unit.example ", "换人").expect("it may be asked");
    let again = house.app.ask_mailbox(&reporter, Some(MailboxWish::Open), NEW, "换人").expect_err("it runs");
    assert_eq!(fields(again), ["address"]);
    let who = registrar(&house);
    assert_eq!(house.app.mailbox_requests(&who).expect("they can be listed").0.len(), 1);
    assert_eq!(house.app.confirm_mailbox_request(&who, 1).expect("it is decided"), Confirmed::Done);
    assert!(matches!(house.app.confirm_mailbox_request(&who, 1), Err(Problem::Refused(_))));
    assert_eq!(registered(&house), ["Xin@unit.example"]);
    house.app.ask_mailbox(&reporter, Some(MailboxWish::Close), NEW, "不再使用").expect("it may be asked");
    assert_eq!(house.app.confirm_mailbox_request(&who, 2).expect("it is decided"), Confirmed::Done);
    assert!(registered(&house).is_empty());
}

#[test]
fn where_mail_is_sent_only_the_code_registers_and_it_is_kept_nowhere() {
    let (house, _, _) = sending("");
    let reporter = house.reporter("西岗镇");
    house.app.ask_mailbox(&reporter, Some(MailboxWish::Open), NEW, "换人").expect("it may be asked");
    let who = registrar(&house);
    assert_eq!(house.app.confirm_mailbox_request(&who, 1).expect("it is decided"), Confirmed::CodeSent);
    assert!(!registered(&house).contains(&NEW.to_owned()));
    let letters = house.app.claim_outgoing(9).expect("the queue can be read");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, NEW);
    let code: String = letters[0].body.lines().find(|line| line.trim().len() == 8).expect("a code").trim().to_owned();
    assert!(!house.holds(&code), "it stands hashed wherever it stands");
    let kept = house.app.outgoing_one(&house.editor("李编辑"), letters[0].id).expect("it is kept");
    assert!(!kept.body.contains(&code) && kept.body.contains("********"), "{}", kept.body);
    // Another unit can do nothing with the code, nor see that there is one.
    let other = house.reporter("滨湖镇");
    assert!(matches!(house.app.enter_mailbox_code(&other, 1, &code), Err(Problem::NotThere)));
    assert!(matches!(house.app.withdraw_mailbox_request(&other, 1), Err(Problem::NotThere)));
    assert_eq!(fields(house.app.enter_mailbox_code(&reporter, 1, "abc").expect_err("it is wrong")), ["code"]);
    house.app.enter_mailbox_code(&reporter, 1, &format!(" {} {} ", &code[..4], &code[4..])).expect("it is right");
    assert!(registered(&house).contains(&NEW.to_owned()));
    assert!(matches!(house.app.enter_mailbox_code(&reporter, 1, &code), Err(Problem::Refused(_))));
    let acts = house.app.audit_page(&house.administrator(), None).expect("it can be read").0;
    for act in ["申请变更登记邮箱", "同意登记邮箱申请", "登记邮箱确认码不符", "登记邮箱"] {
        assert!(acts.iter().any(|row| row.act == act && !row.detail.contains(&code)), "{act}");
    }
}

#[test]
fn five_wrong_codes_or_three_days_end_a_request() {
    let (house, _, _) = sending("");
    let reporter = house.reporter("西岗镇");
    let who = registrar(&house);
    for (id, late) in [(1, false), (2, true)] {
        house.app.ask_mailbox(&reporter, Some(MailboxWish::Open), NEW, "换人").expect("it may be asked");
        house.app.confirm_mailbox_request(&who, id).expect("it is decided");
        let letters = house.app.claim_outgoing(9).expect("the queue can be read");
        let code = letters[0].body.lines().find(|line| line.trim().len() == 8).expect("a code").trim().to_owned();
        if late {
            house.clock.set(june(16, 10));
        } else {
            for _ in 0..4 {
                assert_eq!(fields(house.app.enter_mailbox_code(&reporter, id, "x").expect_err("wrong")), ["code"]);
            }
            assert!(matches!(house.app.enter_mailbox_code(&reporter, id, "x"), Err(Problem::Refused(_))));
        }
        assert!(matches!(house.app.enter_mailbox_code(&reporter, id, &code), Err(Problem::Refused(_))));
    }
    assert!(!registered(&house).contains(&NEW.to_owned()));
}

#[test]
fn one_address_is_never_registered_for_two_units_however_the_requests_cross() {
    let (house, _, _) = sending("");
    let (one, two) = (house.reporter("西岗镇"), house.reporter("滨湖镇"));
    let who = registrar(&house);
    let mut codes = Vec::new();
    for (id, unit) in [(1, &one), (2, &two)] {
        house.app.ask_mailbox(unit, Some(MailboxWish::Open), NEW, "换人").expect("both may ask");
        house.app.confirm_mailbox_request(&who, id).expect("it is free still");
        let letters = house.app.claim_outgoing(9).expect("the queue can be read");
        codes.push(letters[0].body.lines().find(|line| line.trim().len() == 8).expect("a code").trim().to_owned());
    }
    house.app.enter_mailbox_code(&one, 1, &codes[0]).expect("it is the first");
    assert!(matches!(house.app.enter_mailbox_code(&two, 2, &codes[1]), Err(Problem::Refused(_))));
    assert_eq!(registered(&house).iter().filter(|address| *address == NEW).count(), 1);
    let warned = house.app.mailbox_requests(&who).expect("they can be listed").0;
    assert_eq!(warned[0].held_by.as_deref(), Some("西岗镇"));
}

#[test]
fn what_is_no_address_of_the_units_own_cannot_be_asked_for() {
    let (house, _, _) = sending("");
    let reporter = house.reporter("西岗镇");
    let ask = |wish, address: &str, reason: &str| {
        fields(house.app.ask_mailbox(&reporter, wish, address, reason).expect_err("it cannot be asked"))
    };
    for address in ["", "xin", "a@b", "a@b.c,d@e.f", "a\r\nBcc: x@y.example", "滨湖@unit.example", "xxk@office.example"]
    {
        assert_eq!(ask(Some(MailboxWish::Open), address, "换人"), ["address"], "{address}");
    }
    assert_eq!(ask(None, NEW, " "), ["wish", "reason"]);
    // Another unit's address can be neither ended nor found out.
    assert_eq!(ask(Some(MailboxWish::Close), "bhz@unit.example", "换人"), ["address"]);
    for n in 0..5 {
        let address = format!("x{n}@unit.example");
        house.app.ask_mailbox(&reporter, Some(MailboxWish::Open), &address, "换人").expect("five may run");
    }
    assert_eq!(ask(Some(MailboxWish::Open), NEW, "换人"), ["address"]);
    house.app.withdraw_mailbox_request(&reporter, 1).expect("it is the unit's own");
    house.app.ask_mailbox(&reporter, Some(MailboxWish::Open), NEW, "换人").expect("one was taken back");
}

#[test]
fn refused_secrets_are_told_until_each_person_has_noted_them() {
    let house = House::new();
    let raw = |subject: &str| {
        let head = "Content-Type: text/plain; charset=utf-8";
        format!("From: a@b.example\r\nSubject: {subject}\r\n{head}\r\n\r\n机密★1年\r\n内容\r\n").into_bytes()
    };
    house.app.receive_mail("测试", &raw("one")).expect("it is refused");
    let (who, another) = (registrar(&house), registrar(&house));
    assert_eq!(house.app.secrets_to_note(&who).expect("they can be listed").len(), 1);
    house.app.receive_mail("测试", &raw("two")).expect("it is refused");
    // Only what was shown is noted, and nothing that is no refused secret.
    let seen = [1, 1, 99, -1].map(RefusalKey::Mail);
    assert_eq!(house.app.note_secrets(&who, &seen).expect("it is noted"), 1);
    let left = |who: &Registrar| -> Vec<RefusalKey> {
        house.app.secrets_to_note(who).expect("they can be listed").into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(left(&who), [RefusalKey::Mail(2)]);
    assert_eq!(left(&another).len(), 2);

    // What is refused at a form is told like a letter, with the person and the unit, and without a word of it.
    house.clock.set(june(13, 10));
    let reporter = house.reporter("西岗镇");
    let body = "机密★1年\n某事的情况，此处从略。".to_owned();
    let new = NewItem { title: "某事".to_owned(), body, ..NewItem::default() };
    house.app.send_item(&reporter, &new, "k").expect_err("it is refused");
    assert_eq!(left(&who), [RefusalKey::Form(1), RefusalKey::Mail(2)]);
    let all = house.app.refusals(&who).expect("they can be listed");
    let shown: Vec<(RefusalKey, bool)> = all.iter().map(|one| (one.key, one.noted)).collect();
    let keys = [(RefusalKey::Form(1), false), (RefusalKey::Mail(2), false), (RefusalKey::Mail(1), true)];
    assert_eq!(shown, keys);
    assert_eq!(
        (all[0].unit.as_str(), all[0].from.as_str(), all[1].from.as_str()),
        ("西岗镇", "王信息员", "a@b.example")
    );
    assert!(all.iter().all(|one| one.reason.contains("密级加★") && one.sha256.len() == 64), "{all:?}");
    assert!(!house.holds("此处从略"));
    assert_eq!(house.app.note_secrets(&who, &[RefusalKey::Form(1)]).expect("it is noted"), 1);
    assert_eq!(left(&who), [RefusalKey::Mail(2)]);
    assert_eq!("form-1".parse(), Ok(RefusalKey::Form(1)));
    assert!("mail1".parse::<RefusalKey>().is_err() && "word-1".parse::<RefusalKey>().is_err());
}
