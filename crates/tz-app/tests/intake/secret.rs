//! 涉密登记: counted like any item, and nothing in it but number, day, category and unit (N3.1, R5).

use tz_app::intake::{NewSecret, Registered, WITHDRAWALS};
use tz_app::{Editor, Problem};
use tz_model::{Channel, Month};
use tz_store::Write;

use crate::house::House;

fn new(house: &House, number: &str, date: &str) -> NewSecret {
    NewSecret {
        number: number.to_owned(),
        date: date.to_owned(),
        category: "问题建议".to_owned(),
        unit: Some(house.unit("滨湖镇")),
    }
}

fn fields(problem: Problem) -> Vec<&'static str> {
    match problem {
        Problem::Faults(faults) => faults.iter().map(|fault| fault.field).collect(),
        other => panic!("应指出填错的栏目：{other:?}"),
    }
}

/// Items that count for 滨湖镇 in June, and of them 问题建议.
fn counted(house: &House) -> (u32, u32) {
    let meter = house.app.form_state(&house.reporter("滨湖镇")).expect("it can be read").meter.expect("a quota");
    let category = meter.lines.iter().find(|line| line.category == "问题建议").expect("a category of class A");
    (meter.received, category.received)
}

fn register(house: &House, who: &Editor) -> Vec<Registered> {
    house.app.secret_register(who, 2018).expect("it can be read").lines
}

#[test]
fn a_registration_counts_towards_the_quota_and_its_unit_sees_it() {
    let house = House::new();
    let who = house.editor("李编辑");
    let recorded = house.app.register_secret(&who, &new(&house, " m-15 ", "2018-06-12")).expect("it is well filled in");
    assert_eq!((recorded.key.as_str(), recorded.late), ("涉密登记M-15", None));
    assert_eq!(counted(&house), (1, 1));
    let lines = register(&house, &who);
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    let seen = (line.number.as_str(), line.category.as_str(), line.unit.as_str(), line.by.as_str());
    assert_eq!(seen, ("M-15", "问题建议", "滨湖镇", "李编辑"));
    let month: Month = "2018-06".parse().expect("a month");
    let mine = |unit: &str| house.app.my_secret_register(&house.reporter(unit), month).expect("it can be read");
    assert_eq!(mine("滨湖镇"), lines);
    assert_eq!(mine("西岗镇"), []);
    let unit = house.unit("滨湖镇");
    let account = house.app.account_of(&house.reporter("滨湖镇"), unit, month).expect("it is their own");
    assert_eq!(account.registered, lines);
    assert_eq!(account.quota.map(|quota| quota.received), Some(1));
}

#[test]
fn every_wrong_field_is_named_and_a_title_is_no_number() {
    let house = House::new();
    let who = house.editor("李编辑");
    let nothing = house.app.register_secret(&who, &NewSecret::default());
    assert_eq!(fields(nothing.expect_err("all is missing")), ["number", "date", "category", "unit"]);
    for title in ["关于某重要会议的情况", "M-15 某会议", "secret-meeting", "2018-123456789012345678", "１５"]
    {
        let refused = house.app.register_secret(&who, &new(&house, title, "2018-06-12"));
        assert_eq!(fields(refused.expect_err("it could say more than a number")), ["number"], "{title}");
        assert!(!house.holds(title), "{title} was kept");
    }
    let tomorrow = house.app.register_secret(&who, &new(&house, "M-15", "2018-06-14"));
    assert_eq!(fields(tomorrow.expect_err("the day is not yet")), ["date"]);
    assert_eq!(register(&house, &who), []);
}

#[test]
fn a_number_is_registered_once_and_anew_after_it_was_taken_back() {
    let house = House::new();
    let who = house.editor("李编辑");
    let key = house.app.register_secret(&who, &new(&house, "M-15", "2018-06-12")).expect("it is new").key;
    let twice = house.app.register_secret(&who, &new(&house, "m-15", "2018-06-11"));
    assert_eq!(fields(twice.expect_err("it is there")), ["number"]);
    let no_reason = house.app.withdraw_secret(&who, &key, "材料里写着某某会议");
    assert_eq!(fields(no_reason.expect_err("a reason is chosen, never typed")), ["reason"]);
    assert!(!house.holds("材料里写着某某会议"));
    house.app.withdraw_secret(&who, &key, WITHDRAWALS[0]).expect("it counts");
    assert_eq!(counted(&house), (0, 0));
    assert_eq!(register(&house, &who)[0].withdrawn.as_deref(), Some("登记有误"));
    assert!(matches!(house.app.withdraw_secret(&who, &key, WITHDRAWALS[0]), Err(Problem::Refused(_))));
    house.app.register_secret(&who, &new(&house, "M-15", "2018-06-11")).expect("it was taken back");
    assert_eq!(counted(&house), (1, 1));
    let lines = register(&house, &who);
    assert_eq!((lines.len(), lines[0].date.to_string(), &lines[0].withdrawn), (1, "2018-06-11".to_owned(), &None));
    let history = house.write(|tx: &mut Write| tx.fact_history("报送", &key).expect("it can be read"));
    assert_eq!(history.iter().map(|row| row.revoked).collect::<Vec<_>>(), [false, true, false]);
    assert!(history.iter().all(|row| {
        row.title.is_none()
            && row.note.is_none()
            && row.item_id.is_none()
            && row.channel.as_deref() == Some(Channel::SecretRegister.name())
    }));
}

#[test]
fn nothing_else_can_be_taken_back_through_the_register() {
    let house = House::new();
    let who = house.editor("李编辑");
    let item = tz_app::report::NewItem {
        title: "夏粮工作".to_owned(),
        body: crate::house::text("夏粮", 100),
        category: "工作动态".to_owned(),
        ..tz_app::report::NewItem::default()
    };
    let sent = house.app.send_item(&house.reporter("滨湖镇"), &item, "key").expect("it can be sent");
    for key in [sent.number.as_str(), "涉密登记M-16", ""] {
        let refused = house.app.withdraw_secret(&who, key, WITHDRAWALS[0]);
        assert!(matches!(refused, Err(Problem::NotThere)), "{key}: {refused:?}");
    }
    assert_eq!(counted(&house), (1, 0));
}

#[test]
fn what_is_registered_is_in_the_audit_under_its_number() {
    let house = House::new();
    let who = house.editor("李编辑");
    let key = house.app.register_secret(&who, &new(&house, "M-15", "2018-06-12")).expect("it is new").key;
    house.app.withdraw_secret(&who, &key, WITHDRAWALS[1]).expect("it counts");
    let acts = house.write(|tx: &mut Write| tx.list_audit(None, 100).expect("it can be read"));
    let of: Vec<(String, String)> =
        acts.into_iter().filter(|act| act.object == key).map(|act| (act.act, act.detail)).collect();
    let said = |act: &str, detail: &str| (act.to_owned(), detail.to_owned());
    assert_eq!(of, [said("撤销涉密登记", "重复登记"), said("涉密登记", "滨湖镇 2018-06-12 问题建议")], "newest first");
}
