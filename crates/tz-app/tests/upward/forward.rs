//! From forwarding an item to the adoption a unit is credited with.

use tz_app::forward::{Begun, ForwardState, ForwardWish, LineWish, NewList, Source};
use tz_app::{PaperFormat, Problem};

use crate::house::{House, said};

const SENTENCE: &str = "农村饮水安全";

fn wish(house: &House, id: i64, form: &str) -> ForwardWish {
    let view = house.app.forward(&house.editor, id).expect("a report");
    ForwardWish {
        revision: view.revision,
        target: String::new(),
        form: form.to_owned(),
        title: format!("滕州市{}", view.title),
        body: view.body,
        counted_as: view.counted_as,
        items: view.items.iter().map(|(_, number, _)| number.as_str()).collect::<Vec<_>>().join("、"),
    }
}

/// An item sent to 枣庄 today.
fn sent(house: &House, number: &str, title: &str, units: &[&str]) -> i64 {
    let item = house.item(number, title, units);
    let begun = house.app.begin_forward(&house.editor, Source::Item(item)).expect("begun");
    let wish = wish(house, begun.id, "枣庄普刊采用");
    house.app.send_forward(&house.editor, begun.id, &wish, "2018-06-13").expect("sent");
    begun.id
}

#[test]
fn an_item_is_sent_upward_with_a_text_of_its_own_and_sending_counts() {
    let house = House::new();
    let item = house.item("2018-0613-01", SENTENCE, &["滨湖镇", "环保局"]);
    let begun = house.app.begin_forward(&house.editor, Source::Item(item)).expect("begun");
    let again = house.app.begin_forward(&house.editor, Source::Item(item)).expect("opened");
    assert_eq!(again, Begun { id: begun.id, known: true }, "one draft an item");
    let unsent = ForwardWish { form: String::new(), ..wish(&house, begun.id, "") };
    assert!(
        said(house.app.send_forward(&house.editor, begun.id, &unsent, "2018-06-13")).contains("请选择报送的上级机关")
    );
    assert!(said(house.app.send_forward(&house.editor, begun.id, &unsent, "2018-06-14")).contains("不能晚于今天"));

    // Saved in between by somebody else: both texts are kept.
    let first = wish(&house, begun.id, "枣庄普刊采用");
    house.app.save_forward(&house.editor, begun.id, &first).expect("saved");
    let overtaken = house.app.save_forward(&house.editor, begun.id, &first);
    assert!(matches!(overtaken, Err(Problem::Overtaken { current: 2, .. })), "{overtaken:?}");

    let number = house.app.send_forward(&house.editor, begun.id, &wish(&house, begun.id, "枣庄普刊采用"), "2018-06-13");
    assert_eq!(number.expect("sent"), "上报〔2018〕1号");
    let view = house.app.forward(&house.editor, begun.id).expect("a report");
    assert_eq!(
        (view.state, view.target.as_str(), view.units.as_str()),
        (ForwardState::Sent, "枣府办", "滨湖镇、环保局")
    );
    let facts = house.facts("采用");
    assert_eq!(facts.len(), 1, "sending is one adoption");
    assert_eq!(
        (facts[0].name.as_str(), house.units_of(&facts[0])),
        ("上报", vec!["滨湖镇".to_owned(), "环保局".to_owned()])
    );
    assert!(house.timeline(item, "滨湖镇").iter().any(|text| text.contains("上报枣府办")));
    let paper = house.app.forward_paper(&house.editor, begun.id, PaperFormat::Docx).expect("a paper");
    assert_eq!(paper.name, "上报〔2018〕1号.docx");

    // Sent a second time, to another office: it does not count twice unless an editor says so.
    let second = house.app.begin_forward(&house.editor, Source::Item(item)).expect("begun");
    assert!(!second.known && house.app.forward(&house.editor, second.id).expect("a report").counted_as.is_empty());

    // Withdrawn with a reason: what sending counted for goes with it, the number stays.
    assert!(said(house.app.withdraw_forward(&house.editor, begun.id, "")).contains("撤回的原因"));
    house.app.withdraw_forward(&house.editor, begun.id, "数据有误").expect("withdrawn");
    assert!(house.facts("采用").is_empty());
    let next = wish(&house, second.id, "省普刊采用");
    let number = house.app.send_forward(&house.editor, second.id, &next, "2018-06-13").expect("sent");
    assert_eq!(number, "上报〔2018〕2号");
    assert!(said(house.app.save_forward(&house.editor, second.id, &next)).contains("不能再改"));
    house.sound();
}

fn list(text: &str) -> NewList {
    NewList {
        text: text.to_owned(),
        kind: "枣庄普刊采用".to_owned(),
        date: "2018-06-12".to_owned(),
        ..NewList::default()
    }
}

#[test]
fn a_list_is_matched_confirmed_and_never_entered_twice() {
    let house = House::new();
    let water = sent(&house, "2018-0613-01", "当前农村饮水安全存在的问题及建议", &["环保局"]);
    let grain = sent(&house, "2018-0613-02", "滨湖镇多措并举做好夏粮收购工作", &["滨湖镇"]);
    let other = sent(&house, "2018-0613-03", "张汪镇多措并举做好夏粮收购工作", &["张汪镇", "滨湖镇"]);
    let text = "1.滕州市当前农村饮水安全存在的问题及建议\n2.多措并举做好夏粮收购工作\n3.全市安全生产形势平稳\n4.微山湖渔业资源增殖放流\n";
    let taken = house.app.take_adopted_list(&house.editor, &list(text)).expect("taken in");
    assert_eq!((taken.new, taken.known), (4, 0));
    assert!(house.facts("采用").iter().all(|fact| fact.name == "上报"), "nothing scores before a person says so");

    let (matched, unmatched) = house.app.open_adopted_lines(&house.editor).expect("lines");
    let titles: Vec<(&str, bool)> = matched.iter().map(|line| (line.title.as_str(), line.sure)).collect();
    assert_eq!(titles, [("滕州市当前农村饮水安全存在的问题及建议", true), ("多措并举做好夏粮收购工作", false)]);
    assert_eq!(matched[0].proposals[0].forward, water);
    assert_eq!(unmatched.len(), 2);

    assert_eq!(house.app.confirm_sure_lines(&house.editor).expect("confirmed"), 1);
    assert!(said(house.app.confirm_sure_lines(&house.editor)).contains("逐条核对"));
    // A composite of two: each unit once, though one of them is in both (R11).
    let composite =
        LineWish {
            line: matched[1].id, forwards: vec![grain, other], form: "综合".to_owned(), ..LineWish::default()
        };
    let confirmed = house.app.confirm_adopted_line(&house.editor, &composite).expect("confirmed");
    assert_eq!(confirmed.units, "滨湖镇、张汪镇");
    assert!(said(house.app.confirm_adopted_line(&house.editor, &composite)).contains("已经处理过"));
    let facts = house.facts("采用");
    let above: Vec<_> = facts.iter().filter(|fact| fact.name == "枣庄普刊采用").collect();
    assert_eq!(above.len(), 2);
    assert_eq!(house.units_of(above[1]), ["滨湖镇", "张汪镇"]);
    assert_eq!(above[1].form.as_deref(), Some("综合"));
    let view = house.app.forward(&house.editor, water).expect("a report");
    assert_eq!(
        (view.fates.len(), view.fates[0].kind.as_str(), view.fates[0].points.as_str()),
        (1, "枣庄普刊采用", "15分")
    );

    // Another one is known by its number alone; what is not ours is discarded, and may be brought back.
    let none = LineWish { line: unmatched[0].id, ..LineWish::default() };
    assert!(said(house.app.confirm_adopted_line(&house.editor, &none)).contains("请选择它是哪一篇"));
    house.app.discard_adopted_line(&house.editor, unmatched[1].id, "不是我市稿件").expect("discarded");
    house.app.restore_adopted_line(&house.editor, unmatched[1].id).expect("brought back");
    house.item("2018-0613-04", "平安建设", &["官桥镇"]);
    let typed = LineWish { line: unmatched[0].id, items: "2018-0613-04".to_owned(), ..LineWish::default() };
    house.app.confirm_adopted_line(&house.editor, &typed).expect("confirmed");

    // The same list once more, in other punctuation and with a day of another kind: nothing is new.
    let again = text.replace("1.", "（1）").replace('\n', "。\n");
    let later = NewList { date: "2018-06-13".to_owned(), ..list(&again) };
    let taken = house.app.take_adopted_list(&house.editor, &later).expect("looked at");
    assert_eq!((taken.new, taken.known), (0, 4));

    // What was entered by hand before is told, and entered again only where a person insists.
    let twice =
        house.app.take_adopted_list(&house.editor, &list("当前农村饮水安全存在的问题和建议")).expect("taken in");
    assert_eq!(twice.new, 1);
    let (matched, _) = house.app.open_adopted_lines(&house.editor).expect("lines");
    let line = matched.iter().find(|line| line.title.contains("饮水")).expect("it waits");
    assert!(line.known.contains("已登记过"), "{line:?}");
    let insist = |again: bool| LineWish { line: line.id, forwards: vec![water], again, ..LineWish::default() };
    assert!(said(house.app.confirm_adopted_line(&house.editor, &insist(false))).contains("再次采用"));
    house.app.confirm_adopted_line(&house.editor, &insist(true)).expect("confirmed");
    house.sound();
}

#[test]
fn a_list_with_faults_is_told_whole_and_nothing_of_it_is_taken() {
    let house = House::new();
    let bad = NewList { kind: "没有这种".into(), date: "明天".into(), form: "某种形式".into(), ..list("") };
    let sentences = said(house.app.take_adopted_list(&house.editor, &bad));
    for part in ["请填写目录的日期", "请选择采用方式", "请从列表中选择形式"] {
        assert!(sentences.contains(part), "{sentences}");
    }
    assert!(said(house.app.take_adopted_list(&house.editor, &list("\n 无 \n"))).contains("没有读到标题"));
    let broken = NewList { bytes: b"PK\x03\x04 broken".to_vec(), name: "目录.xlsx".into(), ..list("") };
    assert!(said(house.app.take_adopted_list(&house.editor, &broken)).contains("xlsx"));
    assert!(
        said(house.app.take_adopted_list(&house.editor, &list("某某工作扎实推进\t2018年6月30日"))).contains("晚于今天")
    );
    assert!(house.app.adopted_lists(&house.editor).expect("lists").0.is_empty());
}

#[test]
fn a_letter_tells_a_unit_what_was_adopted_in_the_month() {
    let house = House::new();
    sent(&house, "2018-0613-01", SENTENCE, &["滨湖镇"]);
    let month = house.app.this_month();
    let letter = house.app.adoption_letter(&house.editor, house.unit("滨湖镇"), month, PaperFormat::Docx);
    assert_eq!(letter.expect("a letter").name, "告知函（滨湖镇，2018-06）.docx");
    let mine = house.app.my_adoption_letter(&house.reporter("滨湖镇"), month, PaperFormat::Docx);
    assert!(mine.is_ok());
    let none = house.app.adoption_letter(&house.editor, house.unit("官桥镇"), month, PaperFormat::Docx);
    assert!(said(none).contains("没有被采用的稿件"));
}
