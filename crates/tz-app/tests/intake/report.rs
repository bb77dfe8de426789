//! 报送: what a unit sends, takes back, sends again, and sees.

use tz_app::Problem;
use tz_app::intake::Reasoned;
use tz_app::report::{NewFile, NewItem};
use tz_model::{ItemId, Revision};
use tz_read::samples::docx;
use tz_store::ledger::FactRow;
use tz_store::solicitation::SolicitationRow;

use crate::house::{House, june, text};

fn news(title: &str, seed: &str, count: usize) -> NewItem {
    NewItem {
        title: title.to_owned(), body: text(seed, count), category: "工作动态".to_owned(), ..NewItem::default()
    }
}

#[test]
fn a_form_sent_twice_is_one_item_and_with_another_text_it_is_refused() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    let first = house.app.send_item(&who, &news("夏粮开秤", "夏粮", 100), "k1").expect("it can be sent");
    let again = house.app.send_item(&who, &news("夏粮开秤", "夏粮", 100), "k1").expect("sent twice is sent once");
    assert_eq!((first.id, first.again, again.id, again.again), (again.id, false, first.id, true));
    let other = house.app.send_item(&who, &news("防汛", "防汛", 100), "k1");
    assert!(matches!(other, Err(Problem::Refused(ref words)) if words.contains(&first.number)), "{other:?}");
    assert_eq!(house.facts("报送").len(), 1);
}

#[test]
fn a_text_over_the_limit_is_warned_of_and_entered() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    let sent = house.app.send_item(&who, &news("夏粮开秤", "夏粮", 611), "k1").expect("it can be sent");
    assert_eq!(sent.warnings, ["工作动态原则上不超过500字，本稿611字，超111字。"]);
    let at_limit = house.app.send_item(&who, &news("防汛", "防汛", 500), "k2").expect("it can be sent");
    assert!(at_limit.warnings.is_empty(), "{:?}", at_limit.warnings);
}

#[test]
fn an_unknown_category_and_a_missing_title_are_doubts_not_refusals() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    let new = NewItem { title: String::new(), category: "快讯".to_owned(), ..news("", "夏粮", 80) };
    let sent = house.app.send_item(&who, &new, "k1").expect("it can be sent");
    assert_eq!(sent.warnings.len(), 2, "{:?}", sent.warnings);
    assert_eq!(house.facts("报送"), ["2018-0613-01 其他 计 -"]);
    let empty = house.app.send_item(&who, &NewItem::default(), "k2");
    assert!(matches!(empty, Err(Problem::Faults(_))), "{empty:?}");
}

#[test]
fn a_mark_of_secrecy_in_title_text_file_name_or_document_is_refused_and_nothing_is_stored() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    let file = |name: &str, bytes: Vec<u8>| NewFile { name: name.to_owned(), bytes, ..NewFile::default() };
    let words = "某某行动方案细节";
    let body = format!("秘密★5年\n{words}");
    let in_document = docx("", &["绝密★".to_owned(), words.to_owned()]);
    let tries = [
        NewItem { title: format!("{words}（机密★1年）"), ..news("", "甲", 60) },
        NewItem { body, ..news(words, "乙", 60) },
        NewItem { files: vec![file("方案.docx", in_document)], ..news(words, "丙", 60) },
        NewItem { files: vec![file("（绝密★）方案.docx", docx("", &["无"]))], ..news(words, "丁", 60) },
    ];
    for (place, new) in tries.iter().enumerate() {
        let typed = serde_json::to_string(&[("title", &new.title), ("body", &new.body)]).expect("pairs are JSON");
        let _ = house.app.save_draft(&who, "report-new", &typed);
        let refused = house.app.send_item(&who, new, &format!("k{place}"));
        assert!(
            matches!(refused, Err(Problem::Faults(ref faults)) if faults[0].sentence.contains("密级")),
            "{place}: {refused:?}"
        );
        assert!(house.app.draft(&who, "report-new").expect("drafts can be read").is_none(), "{place}");
    }
    assert!(house.facts("报送").is_empty());
    let mut tx = house.store.read(house.app.office()).expect("a read begins");
    let acts = tx.list_audit(None, 50).expect("the audit can be read");
    let refusals: Vec<_> = acts.iter().filter(|act| act.act == "涉密拒收").collect();
    assert_eq!(refusals.len(), 4);
    assert!(refusals.iter().all(|act| act.object.len() == 64 && !act.detail.contains(words)));
}

#[test]
fn an_item_can_be_taken_back_until_an_editor_has_opened_it() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    let first = house.app.send_item(&who, &news("夏粮开秤", "夏粮", 100), "k1").expect("it can be sent");
    let repeat = house.app.send_item(&who, &news("夏粮再报", "夏粮", 100), "k2").expect("it can be sent");
    assert_eq!(repeat.repeats.as_deref(), Some("2018-0613-01"));
    house.app.withdraw_item(&who, first.id).expect("nobody has opened it");
    // What repeated it is the first of its kind now.
    assert_eq!(house.facts("报送"), ["2018-0613-02 工作动态 计 -"]);
    assert!(house.app.withdraw_item(&who, first.id).is_err());
    let editor = house.editor("李编辑");
    house.app.item(&editor, repeat.id).expect("the item is there");
    let late = house.app.withdraw_item(&who, repeat.id);
    assert!(matches!(late, Err(Problem::Refused(ref words)) if words.contains("已经打开")), "{late:?}");
}

#[test]
fn a_returned_item_comes_again_as_a_new_version_under_its_number() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    let sent = house.app.send_item(&who, &news("夏粮开秤", "夏粮", 100), "k1").expect("it can be sent");
    let too_early = house.app.resubmit(&who, sent.id, "夏粮开秤", "新", "经验亮点");
    assert!(matches!(too_early, Err(Problem::Refused(_))), "{too_early:?}");
    let editor = house.editor("李编辑");
    let why = Reasoned { code: "数据不全".to_owned(), words: "请补充去年同期数".to_owned() };
    house.app.return_item(&editor, sent.id, Revision(1), &why).expect("it can be returned");
    let page = house.app.my_item(&who, sent.id).expect("it is the unit's own");
    assert!(page.events.iter().any(|event| event.text.contains("数据不全。请补充去年同期数")));
    house.app.resubmit(&who, sent.id, "夏粮开秤", &text("补数", 90), "经验亮点").expect("it was returned");
    let page = house.app.my_item(&who, sent.id).expect("it is the unit's own");
    assert_eq!((page.row.revision, page.row.state.as_str(), page.row.words), (2, "received", 90));
    // The category moved in the ledger; number and day are those of the first receipt.
    assert_eq!(house.facts("报送"), ["2018-0613-01 经验亮点 计 -"]);
}

#[test]
fn another_units_item_looks_like_one_that_does_not_exist() {
    let house = House::new();
    let sent =
        house.app.send_item(&house.reporter("滨湖镇"), &news("夏粮", "夏粮", 100), "k1").expect("it can be sent");
    let stranger = house.reporter("西岗镇");
    assert!(matches!(house.app.my_item(&stranger, sent.id), Err(Problem::NotThere)));
    assert!(matches!(house.app.my_item(&stranger, ItemId(999)), Err(Problem::NotThere)));
    assert!(matches!(house.app.withdraw_item(&stranger, sent.id), Err(Problem::NotThere)));
    assert!(matches!(house.app.reply(&stranger, sent.id, "答复"), Err(Problem::NotThere)));
    assert!(matches!(house.app.attachment(&stranger, sent.id, 1), Err(Problem::NotThere)));
    assert!(house.app.my_items(&stranger, None).expect("a list can be read").0.is_empty());
}

#[test]
fn a_joint_item_counts_for_every_unit_named() {
    let house = House::new();
    let (who, with) = (house.reporter("滨湖镇"), house.reporter("西岗镇"));
    let new = NewItem { units: vec![with.unit()], ..news("联合治水", "治水", 100) };
    house.app.send_item(&who, &new, "k1").expect("it can be sent");
    for person in [&who, &with] {
        let meter = house.app.form_state(person).expect("the form can be shown").meter.expect("a town has a quota");
        assert_eq!((meter.received, meter.required, meter.short), (1, 10, 9), "{}", meter.unit);
        assert_eq!(meter.lines[0].received, 1);
    }
}

#[test]
fn an_answer_to_a_solicitation_is_noted_with_its_day_and_given_back_when_withdrawn() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    house.write(|tx| {
        let id = tx
            .insert_solicitation(SolicitationRow {
                id: 0,
                office_id: 0,
                code: "约1".to_owned(),
                topic: "防汛准备".to_owned(),
                requirement: String::new(),
                deadline: "2018-06-12".to_owned(),
                created_at: 0,
                created_by: None,
            })
            .expect("it is new");
        let duty = FactRow {
            title: Some("防汛准备".to_owned()),
            solicitation_id: Some(id),
            ..FactRow::new("约稿", &[who.unit().0], "2018-06-12", "")
        };
        tx.append_fact(duty).expect("the ledger takes every row");
    });
    let open = house.app.form_state(&who).expect("the form can be shown").solicitations;
    assert_eq!((open.len(), open[0].days_left), (1, -1));
    let new = NewItem { solicitation: Some(open[0].id), ..news("防汛准备情况", "防汛", 100) };
    let sent = house.app.send_item(&who, &new, "k1").expect("it can be sent");
    let answered = || {
        let mut tx = house.store.read(house.app.office()).expect("a read begins");
        tx.find_fact("约稿", "1").expect("the ledger can be read").expect("the duty is there").answered
    };
    assert_eq!(answered().as_deref(), Some("2018-06-13"));
    assert!(house.app.form_state(&who).expect("the form can be shown").solicitations.is_empty());
    house.app.withdraw_item(&who, sent.id).expect("nobody has opened it");
    assert_eq!(answered(), None);
}

#[test]
fn numbers_run_without_gaps_within_a_day_of_shanghai() {
    let house = House::new();
    let who = house.reporter("滨湖镇");
    let number = |key: &str| house.app.send_item(&who, &news(key, key, 60), key).expect("it can be sent").number;
    assert_eq!((number("甲"), number("乙")), ("2018-0613-01".to_owned(), "2018-0613-02".to_owned()));
    // Midnight of Shanghai is 16:00 of UTC.
    house.clock.set("2018-06-13T16:00:00Z".parse().expect("a moment"));
    assert_eq!(number("丙"), "2018-0614-01");
    house.clock.set(june(30, 23));
    assert_eq!(number("丁"), "2018-0630-01");
}
