//! What items are about: a topic of reporting points chosen while sending, named by a mail, or said afterwards.

use tz_app::Problem;
use tz_app::mail::MailFate;
use tz_app::report::{Entered, NewItem};
use tz_app::solicitation::NewPoints;
use tz_read::samples::{EmlSpec, eml};

use crate::house::{House, june, text};

const FROM: &str = "bhz@example.gov.cn";

/// June's reporting points for one unit, with as many topics as given; gives their identity.
fn points(house: &House, topics: &str) -> i64 {
    let new = NewPoints {
        name: "6月报送要点".to_owned(),
        topics: topics.to_owned(),
        from: "2018-06-13".to_owned(),
        to: "2018-06-20".to_owned(),
        units: vec![house.unit("滨湖镇")],
        ..NewPoints::default()
    };
    house.app.send_points(&house.editor("李编辑"), &new).expect("they are well filled in")
}

fn news(seed: &str, topic: Option<i64>) -> NewItem {
    NewItem { title: format!("{seed}情况"), body: text(seed, 120), topic, ..NewItem::default() }
}

/// Receives a mail that becomes one item.
fn mail(house: &House, id: &str, subject: &str, body: &str) -> Entered {
    let spec = EmlSpec {
        from: FROM.to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
        message_id: format!("{id}@example.gov.cn"),
        ..EmlSpec::default()
    };
    match house.app.receive_mail("测试", &eml(&spec)).expect("a message can always be received") {
        MailFate::Items(mut items) if items.len() == 1 => items.remove(0),
        other => panic!("应为一篇稿件，却是{}：{other:?}", other.name()),
    }
}

#[test]
fn a_topic_chosen_while_sending_is_answered_by_the_item_until_it_is_taken_back() {
    let house = House::new();
    let id = points(&house, "夏粮收购：进度\n防汛准备");
    let who = house.reporter("滨湖镇");
    let open = house.app.form_state(&who).expect("the form can be shown").topics;
    let codes: Vec<(&str, &str, bool)> =
        open.iter().map(|topic| (topic.code.as_str(), topic.title.as_str(), topic.answered)).collect();
    assert_eq!(codes, [("要点2018-01-1", "夏粮收购", false), ("要点2018-01-2", "防汛准备", false)]);
    let sent = house.app.send_item(&who, &news("夏粮", Some(open[0].id)), "k1").expect("it can be sent");
    let shown = || house.app.one_points(&house.editor("李编辑"), id).expect("they are there");
    let view = shown();
    assert_eq!((view.unanswered(), view.topics[0].items[0].1.as_str()), (1, sent.number.as_str()));
    let unit = &view.by_unit[0];
    assert_eq!((unit.name.as_str(), unit.items, unit.topics), ("滨湖镇", 1, 1));
    assert_eq!(unit.lacking, ["防汛准备"]);
    // Another unit is not offered it, and cannot choose it.
    let other = house.reporter("西岗镇");
    assert!(house.app.form_state(&other).expect("the form can be shown").topics.is_empty());
    match house.app.send_item(&other, &news("麦收", Some(open[0].id)), "k2") {
        Err(Problem::Faults(faults)) => assert_eq!(faults[0].field, "topic"),
        wrong => panic!("不是发给本单位的题目不能选：{wrong:?}"),
    }
    // The unit ties it to the other topic as well, once, and unties it; nobody has opened it, so it can still be taken back.
    house.app.tie_item(&who, sent.id, open[1].id).expect("it is its own");
    assert!(matches!(house.app.tie_item(&who, sent.id, open[1].id), Err(Problem::Faults(_))));
    assert_eq!(shown().unanswered(), 0);
    house.app.untie_item(&who, sent.id, open[1].id).expect("it is tied");
    assert!(matches!(house.app.untie_item(&who, sent.id, open[1].id), Err(Problem::NotThere)));
    let page = house.app.my_item(&who, sent.id).expect("it is its own");
    assert_eq!(page.topics.iter().map(|topic| topic.code.as_str()).collect::<Vec<_>>(), ["要点2018-01-1"]);
    assert!(page.events.iter().any(|event| event.text == "对应报送要点要点2018-01-1“夏粮收购”"));
    assert!(matches!(house.app.tie_item(&other, sent.id, open[1].id), Err(Problem::Faults(_))));
    house.app.withdraw_item(&who, sent.id).expect("nobody has opened it");
    assert_eq!(shown().unanswered(), 2);
    // When their days are over, they are offered no more.
    house.clock.set(june(21, 9));
    assert!(house.app.form_state(&who).expect("the form can be shown").topics.is_empty());
}

#[test]
fn a_mail_that_names_a_topic_is_tied_to_it_and_one_that_names_none_rightly_is_doubted() {
    let house = House::new();
    house.registered("滨湖镇", FROM);
    let id = points(&house, "夏粮收购\n防汛准备");
    let editor = house.editor("李编辑");
    let tied = |item: &Entered| {
        let page = house.app.item(&editor, item.id).expect("it is there");
        page.topics.iter().map(|topic| topic.code.clone()).collect::<Vec<_>>()
    };
    let by_subject = mail(&house, "1", "【要点2018-01-2】滨湖镇防汛物资到位", &text("防汛", 200));
    assert_eq!(
        (by_subject.title.as_str(), tied(&by_subject)),
        ("滨湖镇防汛物资到位", vec!["要点2018-01-2".to_owned()])
    );
    let in_text = format!("对应要点：要点２０１８－０１－１\n{}", text("夏粮", 200));
    let by_line = mail(&house, "2", "滨湖镇夏粮收购开秤", &in_text);
    assert_eq!(tied(&by_line), ["要点2018-01-1"]);
    for (at, (subject, doubt)) in [
        ("要点2018-01：滨湖镇麦收过半", "没有写明是哪一个题目"),
        ("要点2018-01-3：滨湖镇秸秆禁烧", "没有写明是哪一个题目"),
        ("要点2018-02-1：滨湖镇抗旱浇灌", "没有这个编号的报送要点"),
    ]
    .into_iter()
    .enumerate()
    {
        let item = mail(&house, &format!("x{at}"), subject, &text(subject, 200));
        assert!(tied(&item).is_empty(), "{subject}");
        assert!(item.warnings.iter().any(|warning| warning.contains(doubt)), "{subject}: {:?}", item.warnings);
    }
    let view = house.app.one_points(&editor, id).expect("they are there");
    assert_eq!(view.unanswered(), 0);
    // Of points with one topic the number of the points says enough.
    points(&house, "禁烧巡查");
    let only = mail(&house, "9", "要点2018-02：滨湖镇禁烧巡查", &text("巡查", 200));
    assert_eq!(tied(&only), ["要点2018-02-1"]);
}
