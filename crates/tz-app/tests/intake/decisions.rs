//! 收稿: claiming, editing without overwriting, deciding with a reason.

use tz_app::Problem;
use tz_app::intake::{InboxFilter, Reasoned, VersionWish};
use tz_app::report::{Entered, NewItem};
use tz_model::{Channel, Revision};

use crate::house::{House, text};

fn sent(house: &House, seed: &str) -> Entered {
    let new = NewItem {
        title: format!("{seed}工作"),
        body: text(seed, 100),
        category: "工作动态".to_owned(),
        ..NewItem::default()
    };
    house.app.send_item(&house.reporter("滨湖镇"), &new, seed).expect("it can be sent")
}

fn version<'a>(title: &'a str, body: &'a str, category: &'a str, remark: &'a str) -> VersionWish<'a> {
    VersionWish { title, body, category, remark, cells: None }
}

fn because(code: &str) -> Reasoned {
    Reasoned { code: code.to_owned(), words: String::new() }
}

#[test]
fn a_second_save_from_the_same_version_gets_both_texts_and_changes_nothing() {
    let house = House::new();
    let (li, zhang) = (house.editor("李编辑"), house.editor("张编辑"));
    let item = sent(&house, "夏粮").id;
    let save = |who, title: &str| {
        house.app.save_version(who, item, Revision(1), &version(title, "李的文字。", "工作动态", ""))
    };
    assert_eq!(save(&li, "李改的标题").expect("nobody was faster"), Revision(2));
    match save(&zhang, "张改的标题") {
        Err(Problem::Overtaken { by, current, title, body }) => {
            assert_eq!(
                (by.as_str(), current, title.as_str(), body.as_str()),
                ("李编辑", 2, "李改的标题", "李的文字。")
            );
        }
        other => panic!("应提示已有新版本：{other:?}"),
    }
    let page = house.app.item(&li, item).expect("the item is there");
    assert_eq!(page.versions.len(), 2);
    assert_eq!((page.newest().title.as_str(), page.first().title.as_str()), ("李改的标题", "夏粮工作"));
}

#[test]
fn a_claimed_item_is_its_editors_until_released() {
    let house = House::new();
    let (li, zhang) = (house.editor("李编辑"), house.editor("张编辑"));
    let item = sent(&house, "夏粮").id;
    house.app.claim(&li, item).expect("nobody has it");
    for refused in [
        house.app.claim(&zhang, item),
        house.app.return_item(&zhang, item, Revision(1), &because("过时")),
        house.app.save_version(&zhang, item, Revision(1), &version("标题", "文字", "工作动态", "")).map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Problem::Refused(ref words)) if words.contains("李编辑")), "{refused:?}");
    }
    house.app.release(&li, item).expect("it is in hand");
    house.app.claim(&zhang, item).expect("nobody has it");
}

#[test]
fn decisions_carry_a_reason_and_fit_the_state() {
    let house = House::new();
    let li = house.editor("李编辑");
    let item = sent(&house, "夏粮").id;
    let without = house.app.decline_item(&li, item, Revision(1), &because(""));
    assert!(matches!(without, Err(Problem::Faults(_))), "{without:?}");
    let other = house.app.decline_item(&li, item, Revision(1), &because("其他"));
    assert!(matches!(other, Err(Problem::Faults(_))), "{other:?}");
    let stale = house.app.decline_item(&li, item, Revision(7), &because("过时"));
    assert!(matches!(stale, Err(Problem::Refused(ref words)) if words.contains("第1版")), "{stale:?}");
    house.app.decline_item(&li, item, Revision(1), &because("过时")).expect("it waits");
    let twice = house.app.hold_item(&li, item, Revision(1), "");
    assert!(matches!(twice, Err(Problem::Refused(ref words)) if words.contains("不采用")), "{twice:?}");
    // A declined item still counts as reported.
    assert_eq!(house.facts("报送"), ["2018-0613-01 工作动态 计 -"]);
    house.app.reopen_item(&li, item).expect("it was declined");
    house.app.hold_item(&li, item, Revision(1), "下月再用").expect("it waits");
}

#[test]
fn ruling_out_and_counting_again_are_rows_of_the_ledger() {
    let house = House::new();
    let li = house.editor("李编辑");
    let (first, second) = (sent(&house, "夏粮"), sent(&house, "秋粮"));
    let wrong = house.app.not_counted(&li, second.id, &because("重复"), "2018-0101-01");
    assert!(matches!(wrong, Err(Problem::Faults(_))), "{wrong:?}");
    house.app.not_counted(&li, second.id, &because("重复"), &first.number).expect("it counts");
    assert_eq!(house.facts("报送")[1], "2018-0613-02 工作动态 不计 2018-0613-01");
    house.app.count_again(&li, second.id, "核对后并非重复").expect("it is ruled out");
    assert_eq!(house.facts("报送")[1], "2018-0613-02 工作动态 计 -");
    let mut tx = house.store.read(house.app.office()).expect("a read begins");
    assert_eq!(tx.fact_history("报送", &second.number).expect("the ledger can be read").len(), 3);
}

#[test]
fn a_new_category_moves_in_the_ledger_and_an_old_version_can_come_back() {
    let house = House::new();
    let li = house.editor("李编辑");
    let item = sent(&house, "夏粮").id;
    house
        .app
        .save_version(&li, item, Revision(1), &version("新标题", "短文。", "问题建议", "改类别"))
        .expect("nobody was faster");
    assert_eq!(house.facts("报送"), ["2018-0613-01 问题建议 计 -"]);
    let unknown = house.app.save_version(&li, item, Revision(2), &version("新标题", "短文。", "快讯", ""));
    assert!(matches!(unknown, Err(Problem::Faults(_))), "{unknown:?}");
    house.app.restore_version(&li, item, Revision(2), Revision(1)).expect("the first version is there");
    let page = house.app.item(&li, item).expect("the item is there");
    assert_eq!((page.row.revision, page.newest().title.as_str()), (3, "夏粮工作"));
    assert_eq!(house.facts("报送"), ["2018-0613-01 工作动态 计 -"]);
}

#[test]
fn what_is_entered_for_a_unit_counts_but_paper_says_so() {
    let house = House::new();
    let li = house.editor("李编辑");
    let new = |channel, seed: &str| NewItem {
        units: vec![house.unit("西岗镇")],
        channel,
        title: format!("{seed}工作"),
        body: text(seed, 60),
        category: "社情民意".to_owned(),
        ..NewItem::default()
    };
    house.app.enter_for_unit(&li, &new(Channel::Entered, "来电"), "k1").expect("it can be entered");
    house.app.enter_for_unit(&li, &new(Channel::Paper, "纸质"), "k2").expect("it can be entered");
    let meter = house.app.form_state(&house.reporter("西岗镇")).expect("the form can be shown").meter;
    assert_eq!(meter.expect("a town has a quota").received, 1);
    let nobody = house.app.enter_for_unit(&li, &NewItem { units: Vec::new(), ..new(Channel::Entered, "无") }, "k3");
    assert!(matches!(nobody, Err(Problem::Faults(_))), "{nobody:?}");
}

#[test]
fn the_list_is_right_at_once_whoever_has_changed_something_in_whatever_process() {
    let house = House::new();
    let beside = house.process_beside();
    let li = house.editor("李编辑");
    let all = InboxFilter { state: "all".to_owned(), ..InboxFilter::default() };
    let list = |app: &tz_app::App, filter: &InboxFilter| {
        let inbox = app.inbox(&li, filter).expect("the list can be read");
        let lines = inbox.lines.iter().map(|line| format!("{} {} {}", line.row.title, line.units, line.holder));
        (inbox.to_do, lines.collect::<Vec<_>>())
    };
    let both = |what: &str, filter: &InboxFilter| {
        // Twice each: the second time from what was remembered.
        let lists = [&house.app, &house.app, &beside, &beside].map(|app| list(app, filter));
        assert!(lists.iter().all(|one| *one == lists[0]), "{what}: {lists:?}");
        lists[0].clone()
    };
    assert_eq!(both("before anything", &InboxFilter::default()), (0, vec![]));

    let item = sent(&house, "夏粮");
    assert_eq!(both("sent here", &InboxFilter::default()), (1, vec!["夏粮工作 滨湖镇 ".to_owned()]));
    beside.claim(&li, item.id).expect("nobody has it");
    assert_eq!(both("claimed there", &InboxFilter::default()), (1, vec!["夏粮工作 滨湖镇 李编辑".to_owned()]));
    let new = NewItem {
        units: vec![house.unit("西岗镇")],
        title: "防汛工作".to_owned(),
        body: text("防汛", 100),
        category: "工作动态".to_owned(),
        channel: Channel::Entered,
        ..NewItem::default()
    };
    beside.enter_for_unit(&li, &new, "beside").expect("it can be entered");
    assert_eq!(both("entered there", &InboxFilter::default()).0, 2);
    assert_eq!(both("entered there", &all).1[0], "防汛工作 西岗镇 ");
    house.app.return_item(&li, item.id, Revision(1), &because("过时")).expect("it is in hand");
    assert_eq!(both("returned here", &InboxFilter::default()), (1, vec!["防汛工作 西岗镇 ".to_owned()]));
}

#[test]
fn the_list_goes_on_where_the_page_ended_and_filters() {
    let house = House::new();
    let li = house.editor("李编辑");
    let who = house.reporter("滨湖镇");
    for place in 0..53 {
        let new = NewItem {
            title: format!("第{place}篇"),
            body: text(&format!("{place}号"), 50),
            category: "工作动态".to_owned(),
            ..NewItem::default()
        };
        house.app.send_item(&who, &new, &place.to_string()).expect("it can be sent");
    }
    let page = house.app.inbox(&li, &InboxFilter::default()).expect("the list can be read");
    assert_eq!((page.lines.len(), page.to_do, page.lines[0].row.title.as_str()), (50, 53, "第0篇"));
    let next = InboxFilter { past: page.next, ..InboxFilter::default() };
    let rest = house.app.inbox(&li, &next).expect("the list can be read");
    assert_eq!((rest.lines.len(), rest.next, rest.lines[2].row.title.as_str()), (3, None, "第52篇"));
    let found = InboxFilter { state: "all".to_owned(), text: "第7篇".to_owned(), ..InboxFilter::default() };
    assert_eq!(house.app.inbox(&li, &found).expect("the list can be read").lines.len(), 1);
    let other = InboxFilter { unit: Some(house.unit("西岗镇")), ..InboxFilter::default() };
    assert!(house.app.inbox(&li, &other).expect("the list can be read").lines.is_empty());
}

#[test]
fn an_item_its_unit_has_taken_back_answers_no_solicitation() {
    let house = House::new();
    let who = house.editor("李编辑");
    let item = sent(&house, "夏粮");
    let new = tz_app::solicitation::NewSolicitation {
        topic: "夏粮收购情况".to_owned(),
        deadline: "2018-06-20".to_owned(),
        units: vec![house.unit("滨湖镇")],
        ..Default::default()
    };
    let asked = house.app.solicit(&who, &new).expect("it is well filled in");
    house.app.withdraw_item(&house.reporter("滨湖镇"), item.id).expect("nobody has opened it");
    match house.app.tie_answer(&who, asked.id, &item.number) {
        Err(Problem::Faults(faults)) => assert_eq!(faults[0].field, "number"),
        other => panic!("撤回的稿件不能作为答复：{other:?}"),
    }
}
