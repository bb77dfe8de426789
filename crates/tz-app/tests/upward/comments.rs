//! Comments on several items, by a leader on the page, corrected; follow-ups to their end; claims about the bulletin.

use tz_app::comment::{
    Correction, FollowFilter, FollowState, LeaderComment, LeaderWish, NewClaim, NewComment, NewFollowUp,
};
use tz_app::report::NewFile;
use tz_app::{Leader, Problem, Role};
use tz_model::Month;

use crate::house::{House, said};

fn file(name: &str) -> NewFile {
    NewFile { name: name.to_owned(), bytes: b"\xFF\xD8 a photograph".to_vec(), ..NewFile::default() }
}

fn comment(items: &str) -> NewComment {
    NewComment {
        items: items.to_owned(),
        date: "2018-06-12".to_owned(),
        leader: "王志强（副市长）".to_owned(),
        words: "做法很好，请推广。".to_owned(),
        ..NewComment::default()
    }
}

fn with_leader(house: &House, account: Option<i64>) {
    let wish = LeaderWish {
        name: "王志强".to_owned(),
        duty: "副市长".to_owned(),
        level: "滕州市政府领导批示".to_owned(),
        account,
    };
    house.app.add_leader(&house.administrator, &wish).expect("entered");
}

#[test]
fn one_comment_on_two_items_counts_for_each_by_the_level_of_the_list_of_leaders() {
    let house = House::new();
    let first = house.item("2018-0613-01", "甲镇工作", &["滨湖镇"]);
    house.item("2018-0613-02", "乙镇工作", &["张汪镇"]);
    let both = comment("2018-0613-01、2018-0613-02");
    assert!(said(house.app.enter_comment(&house.editor, &both)).contains("请选择批示层级"));
    with_leader(&house, None);
    let attached = NewComment { files: vec![file("批示.jpg")], ..both };
    house.app.enter_comment(&house.editor, &attached).expect("entered");
    let facts = house.facts("批示");
    assert_eq!(facts.iter().map(|fact| fact.name.as_str()).collect::<Vec<_>>(), ["滕州市政府领导批示"; 2]);
    assert!(house.timeline(first, "滨湖镇").iter().any(|text| text.contains("批示")));
    let views = house.app.comments(&house.editor, Some(house.app.this_month())).expect("comments");
    assert!(views.iter().all(|view| view.files.len() == 1), "one scan for both");
    let kept = &views[0].files[0];
    assert_eq!(house.app.comment_file(&house.editor, kept.owner_id, 1).expect("the file").0, "批示.jpg");

    // The same again is asked about; another leader's on the same item counts too (F1.n3).
    let again = comment("2018-0613-01");
    assert!(said(house.app.enter_comment(&house.editor, &again)).contains("另一条批示"));
    house.app.enter_comment(&house.editor, &NewComment { again: true, ..again }).expect("entered");
    let other =
        NewComment { leader: "某省长".into(), level: "省政府领导批示".into(), ..comment("2018-0613-01") };
    house.app.enter_comment(&house.editor, &other).expect("entered");
    assert_eq!(house.facts("批示").len(), 4);

    // Put right: a new row of the same fact, and the old one stays in its history.
    let key = house.facts("批示")[0].key.clone();
    let right = Correction {
        date: "2018-06-11".into(),
        leader: "王志强（副市长）".into(),
        level: "枣庄市政府领导批示".into(),
        words: "做法很好，请推广。".into(),
        reason: String::new(),
    };
    assert!(said(house.app.correct_comment(&house.editor, &key, &right)).contains("更正的原因"));
    let right = Correction { reason: "层级填错".into(), ..right };
    house.app.correct_comment(&house.editor, &key, &right).expect("put right");
    assert!(said(house.app.correct_comment(&house.editor, &key, &right)).contains("没有需要更正"));
    let history = house.store.read(house.app.office()).expect("reading").fact_history("批示", &key).expect("rows");
    assert_eq!(history.len(), 2);
    assert_eq!((history[1].name.as_str(), history[1].date.as_str()), ("枣庄市政府领导批示", "2018-06-11"));
    house.sound();
}

#[test]
fn a_leader_comments_on_what_the_issue_they_read_prints_and_on_nothing_else() {
    let house = House::new();
    let printed = house.item("2018-0613-01", "甲镇工作", &["滨湖镇"]);
    let unprinted = house.item("2018-0613-02", "乙镇工作", &["张汪镇"]);
    let issue = house.issue("政情专报", &[printed]);
    let account = Leader::of(&house.account("王志强", Role::Leader)).expect("a leader");
    let new = |item| LeaderComment { issue: Some(issue), item: Some(item), words: "请跟踪。".into() };
    assert!(said(house.app.comment_by_leader(&account, &new(printed))).contains("领导名单"), "in no list");
    with_leader(&house, Some(account.account.0));
    house.app.comment_by_leader(&account, &new(printed)).expect("entered");
    assert!(matches!(house.app.comment_by_leader(&account, &new(unprinted)), Err(Problem::NotThere)));
    let empty = LeaderComment { words: " ".into(), ..new(printed) };
    assert!(said(house.app.comment_by_leader(&account, &empty)).contains("批示内容"));
    let facts = house.facts("批示");
    assert_eq!((facts.len(), facts[0].leader.as_deref()), (1, Some("王志强（副市长）")));
    let view = &house.app.comments(&house.editor, None).expect("comments")[0];
    assert!(view.on_page && view.fact.date == house.app.today());
    house.sound();
}

#[test]
fn a_follow_up_goes_from_the_unit_back_and_forth_until_it_is_closed() {
    let house = House::new();
    house.item("2018-0613-01", "甲镇工作", &["滨湖镇"]);
    with_leader(&house, None);
    let key = house.app.enter_comment(&house.editor, &comment("2018-0613-01")).expect("entered").key;
    let faulty = NewFollowUp {
        key: key.clone(),
        deadline: "2018-06-01".into(),
        remind: "很多".into(),
        ..NewFollowUp::default()
    };
    let sentences = said(house.app.follow_up(&house.editor, &faulty));
    for part in ["办理要求", "不能早于今天", "0到30", "责任单位"] {
        assert!(sentences.contains(part), "{sentences}");
    }
    // The 13th is a Wednesday, the 18th the Dragon Boat Festival: the 20th is four working days on.
    let new = NewFollowUp {
        key: key.clone(),
        units: vec![house.unit("环保局"), house.unit("滨湖镇")],
        requirement: "研究提出整改措施".into(),
        deadline: "2018-06-20".into(),
        remind: "3".into(),
    };
    assert_eq!(house.app.follow_up(&house.editor, &new).expect("begun"), 2);
    let (water, other) = (house.reporter("环保局"), house.reporter("官桥镇"));
    let (own, counts) = house.app.follow_ups(&water, FollowFilter::Open).expect("the unit's own");
    assert_eq!((own.len(), own[0].state, counts[0]), (1, FollowState::Open(4), 1));
    let id = own[0].id;
    assert!(matches!(house.app.one_follow_up(&other, id), Err(Problem::NotThere)));
    assert!(matches!(house.app.reply_follow_up(&other, id, "别人的", &[]), Err(Problem::NotThere)));
    house.clock.set("2018-06-17T01:00:00Z".parse().expect("a moment"));
    assert_eq!(house.app.one_follow_up(&water, id).expect("its own").state, FollowState::Due(2));
    house.clock.set("2018-06-22T01:00:00Z".parse().expect("a moment"));
    assert_eq!(house.app.one_follow_up(&water, id).expect("its own").state, FollowState::Late(2));
    assert_eq!(house.app.follow_ups(&house.editor, FollowFilter::Late).expect("late").0.len(), 2);

    assert!(said(house.app.reply_follow_up(&water, id, "", &[])).contains("办理情况"));
    house.app.reply_follow_up(&water, id, "已整改3处。", &[file("整改照片.jpg")]).expect("replied");
    assert_eq!(house.app.one_follow_up(&water, id).expect("its own").state, FollowState::Replied);
    house.app.return_follow_up(&house.editor, id, "请补充时限").expect("sent back");
    house.app.reply_follow_up(&water, id, "6月底前完成。", &[]).expect("replied");
    let view = house.app.one_follow_up(&house.editor, id).expect("there");
    assert_eq!(view.said.iter().map(|said| said.reply).collect::<Vec<_>>(), [true, false, true]);
    let reply = &view.said[0];
    assert_eq!(house.app.reply_file(&water, reply.id, 1).expect("its own").0, "整改照片.jpg");
    assert!(matches!(house.app.reply_file(&other, reply.id, 1), Err(Problem::NotThere)));
    assert!(said(house.app.close_follow_up(&house.editor, id, "")).contains("办结意见"));
    house.app.close_follow_up(&house.editor, id, "已落实").expect("closed");
    assert!(said(house.app.reply_follow_up(&water, id, "再说", &[])).contains("已经办结"));
    assert!(said(house.app.close_follow_up(&house.editor, id, "再办结")).contains("重新打开"));
    let listed = &house.app.comments(&house.editor, None).expect("comments")[0].follow_ups;
    assert!(listed.iter().any(|(_, unit, state)| unit == "环保局" && *state == FollowState::Closed), "{listed:?}");
    house.sound();
}

#[test]
fn a_comment_on_the_bulletin_counts_once_an_editor_has_seen_the_proof_and_once_only() {
    let house = House::new();
    let reporter = house.reporter("滨湖镇");
    assert!(house.app.claim_choices(&reporter).expect("choices").bulletins.is_empty(), "no month is closed yet");
    house.issue("每日要情", &[house.item("2018-0613-01", "甲镇工作", &["滨湖镇"])]);
    house.clock.set("2018-07-02T01:00:00Z".parse().expect("a moment"));
    house.app.close_month(&house.chief, "2018-06".parse::<Month>().expect("a month")).expect("closed");
    house.clock.set("2018-07-05T01:00:00Z".parse().expect("a moment"));
    let choices = house.app.claim_choices(&reporter).expect("choices");
    assert_eq!(choices.bulletins[0].1, "2018年6月通报");
    let claim = NewClaim {
        statement: choices.bulletins[0].0,
        kind: "通报获主要负责同志批示".into(),
        person: "李 镇长".into(),
        date: "2018-07-04".into(),
        words: "认真整改。".into(),
        files: Vec::new(),
    };
    assert!(said(house.app.claim_bulletin_comment(&reporter, &claim)).contains("照片或扫描件"));
    let claim = NewClaim { files: vec![file("批示.jpg")], ..claim };
    let early = NewClaim { date: "2018-07-01".into(), ..claim.clone() };
    assert!(said(house.app.claim_bulletin_comment(&reporter, &early)).contains("早于这期通报"));
    house.app.claim_bulletin_comment(&reporter, &claim).expect("registered");
    // The same person on the same bulletin, spelt without the blank: once.
    let twice = NewClaim { person: "李镇长".into(), ..claim.clone() };
    assert!(said(house.app.claim_bulletin_comment(&reporter, &twice)).contains("只计一次"));
    assert!(house.facts("事项").is_empty(), "nothing counts before it is confirmed");
    let id = house.app.bulletin_claims(&house.editor).expect("claims")[0].id;
    assert!(said(house.app.refuse_claim(&house.editor, id, "")).contains("原因"));
    house.app.refuse_claim(&house.editor, id, "照片不清楚").expect("refused");
    // Refused, it may be registered again with better proof.
    house.app.claim_bulletin_comment(&reporter, &twice).expect("registered again");
    let id = house.app.bulletin_claims(&reporter).expect("claims")[0].id;
    house.app.confirm_claim(&house.editor, id).expect("confirmed");
    assert!(said(house.app.confirm_claim(&house.editor, id)).contains("已经处理"));
    assert!(said(house.app.withdraw_claim(&reporter, id)).contains("不能撤回"));
    assert!(said(house.app.claim_bulletin_comment(&reporter, &claim)).contains("只计一次"));
    let facts = house.facts("事项");
    assert_eq!(
        (facts.len(), facts[0].name.as_str(), facts[0].date.as_str()),
        (1, "通报获主要负责同志批示", "2018-07-04")
    );
    assert_eq!(house.units_of(&facts[0]), ["滨湖镇"]);
    let other = house.reporter("官桥镇");
    assert!(matches!(house.app.claim_file(&other, id, 1), Err(Problem::NotThere)));
    assert_eq!(house.app.claim_file(&reporter, id, 1).expect("its own").0, "批示.jpg");
    house.sound();
}
