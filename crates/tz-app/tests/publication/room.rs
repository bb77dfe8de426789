//! The room of publications beyond adopting and publishing: pieces of several items, signatures, readers, the archive.

use std::io::Read;

use tz_app::comment::LeaderComment;
use tz_app::publication::{ArchiveWish, ComposeAct, PublicationWish, PublishWish, UnitReaders};
use tz_app::{Administrator, Chief, Leader, PaperFormat, Problem, Role};
use tz_model::{IssueId, ItemId};
use tz_store::item::Sight;
use tz_store::ledger::FactFilter;

use crate::house::{House, house, reader};
use crate::issues::shelf;

const GRAIN: &str =
    "全市夏粮收购开局良好，截至6月10日收购小麦12.6万吨，同比增长8%。\n设立收购点46处，预约收购平台每日放号1200个。";
const WATER: &str = "对18公里湖堤逐段排查，加固险工3处，储备编织袋2万条。\n组建抢险队伍6支420人，汛前开展演练2次。";
const ROADS: &str = "新修通村公路12.4公里，硬化入户道路36条，惠及群众1900户。";

/// A draft of 每日要情 with three items: of 滨湖镇, of 商务局, of 滨湖镇 again.
fn draft(house: &House) -> (IssueId, [ItemId; 3]) {
    let items = [
        house.item_saying("2018-0613-01", "夏粮收购", GRAIN, &["滨湖镇"]),
        house.item_saying("2018-0613-02", "防汛备汛", WATER, &["商务局"]),
        house.item_saying("2018-0613-03", "通村公路", ROADS, &["滨湖镇"]),
    ];
    let issues = items.map(|item| house.adopt(item, "每日要情"));
    (issues[0], items)
}

fn merge(house: &House, issue: IssueId, items: &[ItemId]) {
    let mut wishes = house.wishes(issue);
    for wish in &mut wishes {
        wish.picked = items.contains(&wish.item);
    }
    house.app.save_issue(&house.editor, issue, &wishes, ComposeAct::Merge).expect("merged");
}

#[test]
fn items_merged_into_one_piece_credit_every_unit_once_and_come_apart_again() {
    let house = house();
    let (issue, [grain, water, roads]) = draft(&house);
    let credits = |house: &House| -> Vec<(String, String)> {
        let view = house.app.issue(&house.editor, issue).expect("a draft");
        view.credits.into_iter().map(|(unit, points, _)| (unit, points.to_string())).collect()
    };
    let pair = |unit: &str, points: &str| (unit.to_owned(), points.to_owned());
    assert_eq!(credits(&house), [pair("滨湖镇", "10"), pair("商务局", "5")], "two pieces of 滨湖镇 count twice");
    let mut alone = house.wishes(issue);
    alone[0].picked = true;
    let one = house.app.save_issue(&house.editor, issue, &alone, ComposeAct::Merge);
    assert!(matches!(one, Err(Problem::Faults(_))), "one is nothing to merge");

    merge(&house, issue, &[grain, water, roads]);
    let view = house.app.issue(&house.editor, issue).expect("a draft");
    let [piece] = view.places.as_slice() else { panic!("one piece: {:?}", view.brief.titles) };
    assert_eq!((piece.title.as_str(), piece.form.as_str()), ("夏粮收购", "综合"));
    assert_eq!(piece.byline, "滨湖镇、商务局", "the byline writes itself");
    assert_eq!(piece.sources.iter().map(|source| source.item).collect::<Vec<_>>(), [grain, water, roads]);
    let from: Vec<Vec<usize>> =
        piece.origins.iter().map(|one| one.from.iter().map(|(source, _)| *source).collect()).collect();
    assert_eq!(from, [vec![0], vec![0], vec![1], vec![1], vec![2]], "each paragraph knows its item");
    assert_eq!(credits(&house), [pair("滨湖镇", "5"), pair("商务局", "5")], "a unit is credited once in a piece");
    assert_eq!((house.state(water), house.state(roads)), ("adopted".to_owned(), "adopted".to_owned()));

    // Edited, trimmed, and one paragraph of the editor's own: it is still known what is whose.
    let mut wishes = house.wishes(issue);
    wishes[0].body = "各级统筹抓好夏收与防汛。\n截至6月10日，全市收购小麦12.6万吨，同比增长8%。\n对18公里湖堤排查一遍，加固险工3处，储备编织袋2万条。\n新修通村公路12.4公里，硬化入户道路36条。".to_owned();
    house.app.save_issue(&house.editor, issue, &wishes, ComposeAct::Save).expect("saved");
    let view = house.app.issue(&house.editor, issue).expect("a draft");
    let from: Vec<Vec<usize>> =
        view.places[0].origins.iter().map(|one| one.from.iter().map(|(source, _)| *source).collect()).collect();
    assert_eq!(from, [vec![], vec![0], vec![1], vec![2]]);

    // Taken out, an item takes its paragraphs with it and stands by itself with the words it had.
    house.app.save_issue(&house.editor, issue, &house.wishes(issue), ComposeAct::Split(water)).expect("split");
    let view = house.app.issue(&house.editor, issue).expect("a draft");
    assert_eq!(view.brief.titles, ["夏粮收购", "防汛备汛"]);
    assert!(!view.places[0].body.contains("湖堤") && view.places[0].body.contains("各级统筹"));
    assert_eq!((view.places[0].byline.as_str(), view.places[1].byline.as_str()), ("滨湖镇", "商务局"));
    assert_eq!((view.places[1].body.as_str(), view.places[1].form.as_str()), (WATER, "独编"));
    assert_eq!(credits(&house), [pair("滨湖镇", "5"), pair("商务局", "5")]);
    house.app.save_issue(&house.editor, issue, &house.wishes(issue), ComposeAct::Split(roads)).expect("split");
    let view = house.app.issue(&house.editor, issue).expect("a draft");
    assert_eq!((view.places.len(), view.places[0].form.as_str()), (3, "独编"), "of one item again");
    let gone = house.app.save_issue(&house.editor, issue, &house.wishes(issue), ComposeAct::Split(roads));
    assert!(matches!(gone, Err(Problem::NotThere)));
}

#[test]
fn a_composite_published_credits_each_unit_once_and_takes_it_all_back() {
    let house = house();
    let (issue, [grain, water, roads]) = draft(&house);
    merge(&house, issue, &[grain, water, roads]);
    house.publish(issue, "2018-06-13", "").expect("published");
    let facts = house.adoptions();
    let units: Vec<&str> = facts.iter().map(|fact| fact.units.as_str()).collect();
    assert_eq!(units, [house.unit("滨湖镇").to_string(), house.unit("商务局").to_string()]);
    assert_eq!(facts.iter().map(|fact| fact.item_id).collect::<Vec<_>>(), [Some(grain.0), Some(water.0)]);
    for fact in &facts {
        assert_eq!((fact.title.as_deref(), fact.form.as_deref()), (Some("夏粮收购"), Some("综合")));
    }
    let said = |item: ItemId, unit: &str| {
        let mut tx = house.store.read(house.app.office()).expect("reading");
        let events = tx.list_events(Sight::Unit(house.unit(unit)), item).expect("events");
        events.last().expect("the unit is told").text.clone()
    };
    assert_eq!(said(water, "商务局"), "《每日要情》2018年第1期综合采用，编入《夏粮收购》，计5分。");
    assert!(said(roads, "滨湖镇").contains("只计一次分，已计在另一篇"), "{}", said(roads, "滨湖镇"));
    assert_eq!([grain, water, roads].map(|item| house.state(item)), ["published"; 3].map(str::to_owned));
    let read = house.app.read_issue(&reader(&house.chief), issue).expect("readable");
    assert_eq!(read.pieces.len(), 1, "what was merged is not printed by itself");

    house.app.withdraw_issue(&house.chief, issue, "有误").expect("withdrawn");
    assert!(house.adoptions().is_empty());
    assert_eq!([grain, water, roads].map(|item| house.state(item)), ["received"; 3].map(str::to_owned));
}

#[test]
fn a_piece_removed_takes_all_its_items_out_of_the_issue() {
    let house = house();
    let (issue, [grain, water, roads]) = draft(&house);
    merge(&house, issue, &[water, roads]);
    house.app.save_issue(&house.editor, issue, &house.wishes(issue), ComposeAct::Remove(water)).expect("removed");
    assert_eq!(house.titles_of(issue), ["夏粮收购"]);
    assert_eq!(
        [grain, water, roads].map(|item| house.state(item)),
        ["adopted", "received", "received"].map(str::to_owned)
    );
}

#[test]
fn a_signature_is_of_what_was_seen_and_a_change_takes_it_back() {
    let house = house();
    let (issue, _) = draft(&house);
    let seen = |house: &House| house.app.issue(&house.editor, issue).expect("a draft");
    let opened = seen(&house).seal;
    house.app.save_reviewed(&house.other, issue, &house.wishes(issue), &opened).expect("reviewed");
    house.app.sign_issue(&house.chief, issue, &opened).expect("signed");
    let signing = seen(&house).signing;
    assert_eq!(signing.reviewed.expect("reviewed").0, "赵编辑");
    assert_eq!(signing.signed.expect("signed").0, "王科长");
    let twice = house.app.sign_issue(&house.chief, issue, &opened);
    assert!(matches!(twice, Err(Problem::Refused(ref said)) if said.contains("已由王科长签发")), "{twice:?}");
    // Saving what stands already changes nothing.
    house.app.save_issue(&house.editor, issue, &house.wishes(issue), ComposeAct::Save).expect("saved");
    assert!(seen(&house).signing.signed.is_some());

    let mut wishes = house.wishes(issue);
    wishes[1].title = "防汛备汛到位".to_owned();
    house.app.save_issue(&house.editor, issue, &wishes, ComposeAct::Save).expect("saved");
    let signing = seen(&house).signing;
    assert!(signing.signed.is_none() && signing.reviewed.is_none());
    let ended = signing.ended.expect("said");
    assert!(ended.starts_with("李编辑在签批之后修改了《防汛备汛到位》"), "{ended}");
    // A page opened before the change signs nothing.
    let stale = house.app.sign_issue(&house.chief, issue, &opened);
    assert!(matches!(stale, Err(Problem::Refused(ref said)) if said.contains("又有改动，没有签发")), "{stale:?}");
    let stale = house.app.save_reviewed(&house.other, issue, &house.wishes(issue), &opened);
    assert!(matches!(stale, Err(Problem::Refused(_))));
    // So does one more item.
    house.app.sign_issue(&house.chief, issue, &seen(&house).seal).expect("signed");
    house.adopt(house.item_saying("2018-0613-04", "又一篇", ROADS, &["商务局"]), "每日要情");
    assert!(seen(&house).signing.ended.expect("said").contains("编入了《又一篇》"));
    // Order too.
    house.app.sign_issue(&house.chief, issue, &seen(&house).seal).expect("signed");
    let last = house.wishes(issue).last().expect("four").item;
    house.app.save_issue(&house.editor, issue, &house.wishes(issue), ComposeAct::Up(last)).expect("moved");
    assert!(seen(&house).signing.ended.expect("said").contains("调整了次序"));
    house.app.sign_issue(&house.chief, issue, &seen(&house).seal).expect("signed");
    house.app.unsign_issue(&house.chief, issue).expect("taken back");
    assert_eq!(seen(&house).signing.ended.as_deref(), Some("王科长取消了签发。"));
    assert!(house.app.unsign_issue(&house.chief, issue).is_err());
}

#[test]
fn whoever_signed_stands_at_the_foot_though_another_publishes() {
    let house = house();
    let (issue, _) = draft(&house);
    let opened = house.app.issue(&house.editor, issue).expect("a draft").seal;
    house.app.sign_issue(&house.chief, issue, &opened).expect("signed");
    let deputy = Chief::of(&house.person("sun", "孙副科长", Role::Chief, None)).expect("a chief");
    let wish = PublishWish { date: "2018-06-13".to_owned(), opened: opened.clone(), ..PublishWish::default() };
    house.app.publish_issue(&deputy, issue, &wish).expect("published");
    let paper = house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Docx).expect("a paper");
    let mut text = String::new();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(paper.bytes)).expect("a DOCX");
    zip.by_name("word/document.xml").expect("its body").read_to_string(&mut text).expect("UTF-8");
    assert!(text.contains("签发：王科长") && !text.contains("孙副科长"));
    let late = house.app.sign_issue(&house.chief, issue, &opened);
    assert!(matches!(late, Err(Problem::Refused(_))), "nothing is signed after it was published");
}

#[test]
fn columns_are_kept_by_each_publication_and_bring_an_issue_into_order() {
    let house = house();
    let title = house.title("每日要情");
    let (_, settings) = house
        .app
        .publication_settings(&house.chief)
        .expect("settings")
        .into_iter()
        .find(|(id, _)| *id == title)
        .expect("the publication");
    let wish = PublicationWish {
        columns: " 要闻\n【民生】\n\n要闻\n".to_owned(),
        page_limit: "四版".to_owned(),
        unit_readers: UnitReaders::Listed,
        ..settings
    };
    let Err(Problem::Faults(faults)) = house.app.save_publication(&house.chief, Some(title), &wish) else {
        panic!("a column written twice, a limit that is no number, no unit ticked");
    };
    assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["columns", "page_limit", "unit"]);
    let wish = PublicationWish {
        columns: " 要闻\n【民生】\n".to_owned(),
        page_limit: "4".to_owned(),
        unit_readers: UnitReaders::All,
        ..wish
    };
    house.app.save_publication(&house.chief, Some(title), &wish).expect("saved");
    let (issue, [grain, water, roads]) = draft(&house);
    let view = house.app.issue(&house.editor, issue).expect("a draft");
    assert_eq!(view.columns, ["要闻", "民生"]);
    assert!(view.places.iter().all(|place| place.column.is_empty()), "a category that is no column is none");
    let mut wishes = house.wishes(issue);
    for (wish, column) in wishes.iter_mut().zip(["民生", "要闻", ""]) {
        column.clone_into(&mut wish.column);
    }
    house.app.save_issue(&house.editor, issue, &wishes, ComposeAct::Gather).expect("gathered");
    let order: Vec<ItemId> = house.wishes(issue).iter().map(|wish| wish.item).collect();
    assert_eq!(order, [water, grain, roads]);
    // Without a Chinese face the pages cannot be measured; the sentence says what to install.
    let unknown = house.app.measure_issue(&house.editor, issue, &[]);
    assert!(matches!(unknown, Err(Problem::Refused(ref said)) if said.contains("fonts-noto-cjk")));
}

#[test]
fn leaders_read_everything_units_what_is_distributed_to_them_and_it_is_known_who_has_read() {
    let house = house();
    let leader = reader(&house.person("qin", "秦领导", Role::Leader, None));
    let other = reader(&house.person("du", "杜领导", Role::Leader, None));
    let town = reader(&house.person("wang2", "王信息员", Role::Reporter, Some(house.unit("滨湖镇"))));
    let bureau = reader(&house.person("zhang", "张信息员", Role::Reporter, Some(house.unit("商务局"))));
    let (issue, _) = draft(&house);
    assert!(matches!(house.app.read_issue(&leader, issue), Err(Problem::NotThere)), "a draft is nobody's to read");
    house.publish(issue, "2018-06-13", "").expect("published");
    assert!(matches!(house.app.read_issue(&town, issue), Err(Problem::NotThere)), "it goes to no unit yet");
    assert!(house.app.issues_to_read(&town, None).expect("a list").is_empty());

    let title = house.title("每日要情");
    let settings = house.app.publication_settings(&house.chief).expect("settings");
    let (_, wish) = settings.into_iter().find(|(id, _)| *id == title).expect("the publication");
    let listed =
        PublicationWish { unit_readers: UnitReaders::Listed, units: vec![house.unit("滨湖镇")], ..wish.clone() };
    house.app.save_publication(&house.chief, Some(title), &listed).expect("saved");

    let unread =
        |person| house.app.issues_to_read(person, None).expect("a list").iter().filter(|one| !one.read).count();
    assert_eq!((unread(&leader), unread(&town)), (1, 1));
    let reading = house.app.read_issue(&leader, issue).expect("readable");
    assert_eq!(
        reading.pieces.iter().map(|piece| piece.title.as_str()).collect::<Vec<_>>(),
        ["夏粮收购", "防汛备汛", "通村公路"]
    );
    house.app.read_issue(&leader, issue).expect("readable");
    house.app.read_issue(&town, issue).expect("readable");
    house.app.read_issue(&reader(&house.editor), issue).expect("the office looks too, and is no reader");
    assert!(matches!(house.app.read_issue(&bureau, issue), Err(Problem::NotThere)));
    assert_eq!((unread(&leader), unread(&other), unread(&town)), (0, 1, 0));
    let readers = house.app.readers_of(&house.editor, issue).expect("readers");
    assert_eq!(readers.count(), (2, 1));
    let named: Vec<(&str, bool)> =
        readers.leaders.iter().map(|reader| (reader.name.as_str(), reader.read_at.is_some())).collect();
    assert_eq!(named, [("秦领导", true), ("杜领导", false)]);
    assert_eq!(readers.units.iter().map(|reader| reader.name.as_str()).collect::<Vec<_>>(), ["滨湖镇 王信息员"]);

    // Of what was withdrawn a reader sees that it was, and no word of it.
    house.app.withdraw_issue(&house.chief, issue, "数据有误").expect("withdrawn");
    let reading = house.app.read_issue(&other, issue).expect("said");
    assert!(reading.pieces.is_empty());
    assert!(house.app.issues_to_read(&leader, None).expect("a list").is_empty());
    assert!(matches!(house.app.issue_paper(&leader, issue, PaperFormat::Docx), Err(Problem::NotThere)));
    assert_eq!(house.app.readers_of(&house.editor, issue).expect("readers").count(), (2, 1), "that was no reading");
}

#[test]
fn readers_turn_from_issue_to_issue() {
    let house = house();
    let leader = reader(&house.person("qin", "秦领导", Role::Leader, None));
    let issues: Vec<IssueId> = (1..=3)
        .map(|number| {
            let item = house.item_saying(&format!("2018-0613-0{number}"), "一条", ROADS, &["滨湖镇"]);
            let issue = house.adopt(item, "每日要情");
            house.publish(issue, "2018-06-13", "").expect("published");
            issue
        })
        .collect();
    let around = |issue| {
        let (before, after) = house.app.read_issue(&leader, issue).expect("readable").around;
        (before.map(|(id, _)| id), after.map(|(id, _)| id))
    };
    assert_eq!(around(issues[0]), (None, Some(issues[1])));
    assert_eq!(around(issues[1]), (Some(issues[0]), Some(issues[2])));
    house.app.withdraw_issue(&house.chief, issues[1], "重印").expect("withdrawn");
    assert_eq!(around(issues[0]), (None, Some(issues[2])));
    assert_eq!(around(issues[2]), (Some(issues[0]), None));
}

#[test]
fn past_issues_are_found_by_their_words_and_a_year_is_one_file() {
    let house = house();
    let (issue, _) = draft(&house);
    house.publish(issue, "2018-06-13", "").expect("published");
    let other = house.adopt(house.item_saying("2018-0613-05", "旧事", WATER, &["商务局"]), "每日要情");
    house.publish(other, "2017-12-29", "").expect("published");
    let found = |words: &str, year: Option<i16>| {
        let wish = ArchiveWish { of: None, year, words: words.to_owned() };
        house.app.search_issues(&house.editor, &wish).expect("a search").issues
    };
    let all = found("湖堤", None);
    assert_eq!(all.iter().map(|found| found.brief.id).collect::<Vec<_>>(), [issue, other]);
    assert_eq!(all[0].hits[0].title, "防汛备汛");
    let (before, words, after) = all[0].hits[0].place.clone().expect("in the text");
    assert_eq!((before.as_str(), words.as_str()), ("对18公里", "湖堤"));
    assert!(after.starts_with("逐段排查"));
    assert_eq!(found("湖堤", Some(2017)).len(), 1);
    assert!(found("没有这样的话", None).is_empty());
    let long = ArchiveWish { words: "长".repeat(51), ..ArchiveWish::default() };
    assert!(matches!(house.app.search_issues(&house.editor, &long), Err(Problem::Faults(_))));

    let title = house.title("每日要情");
    assert_eq!(house.app.year_file(&house.editor, title, 2018).expect("a file"), ("每日要情2018年.zip".to_owned(), 1));
    assert!(matches!(house.app.year_file(&house.editor, title, 2016), Err(Problem::Refused(_))));
    let mut bytes = Vec::new();
    house.app.write_year(&house.editor, title, 2018, &mut bytes).expect("written");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a whole zip");
    let names: Vec<String> =
        (0..zip.len()).map(|at| zip.by_index(at).expect("a file").name().expect("a name").into_owned()).collect();
    // This house has no faces: the DOCX is there, and nothing breaks.
    assert_eq!(names, ["每日要情2018年第1期.docx"]);
    let mut docx = Vec::new();
    zip.by_index(0).expect("a file").read_to_end(&mut docx).expect("its bytes");
    let paper = house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Docx).expect("a paper");
    assert_eq!(docx, paper.bytes, "as it was published");
}

#[test]
fn numbers_have_no_gaps_under_two_chiefs_at_once() {
    let house = house();
    let deputy = Chief::of(&house.person("sun", "孙副科长", Role::Chief, None)).expect("a chief");
    let mut given = Vec::new();
    for round in 0..6 {
        let item = house.item_saying(&format!("2018-0613-1{round}"), "一条", ROADS, &["滨湖镇"]);
        let issue = house.adopt(item, "每日要情");
        let opened = house.app.issue(&house.editor, issue).expect("a draft").seal;
        let wish = PublishWish { date: "2018-06-13".to_owned(), opened, ..PublishWish::default() };
        let publish = |who: &Chief| house.app.publish_issue(who, issue, &wish);
        let (one, two) = std::thread::scope(|scope| {
            let other = scope.spawn(|| publish(&deputy));
            (publish(&house.chief), other.join().expect("no panic"))
        });
        let (done, refused): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(Result::is_ok);
        assert_eq!((done.len(), refused.len()), (1, 1), "one of the two publishes it");
        let sentence = refused.into_iter().next().and_then(Result::err).expect("refused").to_string();
        assert!(sentence.contains("不能再次刊发"), "{sentence}");
        given.extend(done.into_iter().filter_map(Result::ok).map(|published| (published.number, published.running)));
    }
    assert_eq!(given, (1..=6).map(|number| (number, number)).collect::<Vec<_>>());
    assert_eq!(house.adoptions().len(), 6, "and each counts once");
}

#[test]
fn a_draft_is_measured_as_it_is_typed_and_a_limit_warns_item_by_item_but_stops_nothing() {
    let Some(shelf) = shelf() else { return };
    let mut house = house();
    house.app = house.app.with_faces(std::sync::Arc::new(shelf));
    let title = house.title("每日要情");
    let settings = house.app.publication_settings(&house.chief).expect("settings");
    let (_, wish) = settings.into_iter().find(|(id, _)| *id == title).expect("the publication");
    let limited = PublicationWish { page_limit: "1".to_owned(), ..wish };
    house.app.save_publication(&house.chief, Some(title), &limited).expect("saved");
    let (issue, _) = draft(&house);
    let stands = house.app.measure_issue(&house.editor, issue, &[]).expect("measured");
    assert_eq!((stands.pages, stands.limit, stands.pieces.len()), (2, Some(1), 3), "{stands:?}");

    // Shorter as typed, and nothing is saved by measuring.
    let mut wishes = house.wishes(issue);
    for wish in &mut wishes {
        wish.body = "一句话。".to_owned();
    }
    let typed = house.app.measure_issue(&house.editor, issue, &wishes).expect("measured");
    assert_eq!((typed.pages, typed.over.len(), typed.ends.len()), (1, 0, 0), "{typed:?}");
    assert_eq!(house.app.measure_issue(&house.editor, issue, &[]).expect("measured"), stands);
    // Longer, the first one last: what is over is said of the piece in its new place.
    wishes[0].body = "湖堤排查加固。".repeat(90);
    wishes[0].order = "3".to_owned();
    wishes[2].order = "1".to_owned();
    let typed = house.app.measure_issue(&house.editor, issue, &wishes).expect("measured");
    assert!(typed.over[0].starts_with("超出限定的1版"), "{typed:?}");
    assert!(typed.over[1].starts_with("第3条《夏粮收购》超出"), "{typed:?}");
    assert_eq!(typed.ends[0].1, 2, "page 1 ends in the third piece");
    house.app.save_issue(&house.editor, issue, &wishes, ComposeAct::Save).expect("a warning stops nothing");

    // The preview, the PDF and the measure agree, before and after it is published.
    let preview = house.app.preview_issue(&house.editor, issue).expect("a preview");
    assert_eq!((preview.pages.len(), preview.draft), (typed.pages, true));
    assert!(preview.pages[0].starts_with("<svg"));
    assert!(house.app.preview_pdf(&house.editor, issue).expect("a PDF").starts_with(b"%PDF"));
    house.publish(issue, "2018-06-13", "").expect("published over its limit");
    let printed = house.app.preview_issue(&house.editor, issue).expect("a preview");
    assert_eq!((printed.label.as_str(), printed.draft), ("《每日要情》2018年第1期", false));
    assert_eq!(printed.pages.len(), preview.pages.len());
    // A year is one file with both formats.
    let mut bytes = Vec::new();
    house.app.write_year(&house.editor, title, 2018, &mut bytes).expect("written");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a whole zip");
    let name = |zip: &mut zip::ZipArchive<_>, at| -> String {
        zip::ZipArchive::<std::io::Cursor<Vec<u8>>>::by_index(zip, at)
            .expect("a file")
            .name()
            .expect("a name")
            .into_owned()
    };
    let names = [name(&mut zip, 0), name(&mut zip, 1)];
    assert_eq!(names, ["每日要情2018年第1期.docx", "每日要情2018年第1期.pdf"]);
    let mut pdf = Vec::new();
    zip.by_index(1).expect("a file").read_to_end(&mut pdf).expect("its bytes");
    let paper = house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Pdf).expect("a paper");
    assert_eq!(pdf, paper.bytes);
}

#[test]
fn a_leaders_comment_on_a_composite_is_on_all_it_was_made_of() {
    let house = house();
    let (issue, [grain, water, roads]) = draft(&house);
    merge(&house, issue, &[grain, water]);
    house.publish(issue, "2018-06-13", "").expect("published");
    let leader = house.person("qin", "秦领导", Role::Leader, None);
    let listed = tz_app::comment::LeaderWish {
        name: "秦领导".to_owned(),
        duty: "市长".to_owned(),
        level: "滕州市政府领导批示".to_owned(),
        account: Some(leader.account.0),
    };
    let administrator = Administrator::of(&house.person("man", "满管理员", Role::Administrator, None)).expect("one");
    house.app.add_leader(&administrator, &listed).expect("in the list");
    let on = |item| LeaderComment { issue: Some(issue), item: Some(item), words: "请推广。".to_owned() };
    house.app.comment_by_leader(&Leader::of(&leader).expect("a leader"), &on(grain)).expect("entered");
    house.app.comment_by_leader(&Leader::of(&leader).expect("a leader"), &on(roads)).expect("entered");
    let mut tx = house.store.read(house.app.office()).expect("reading");
    let filter = FactFilter { table: Some("批示"), ..FactFilter::default() };
    let units: Vec<String> = tx.list_facts(&filter).expect("facts").into_iter().map(|fact| fact.units).collect();
    let (town, bureau) = (house.unit("滨湖镇"), house.unit("商务局"));
    assert_eq!(units, [format!("{town},{bureau}"), town.to_string()]);
    // The page of the issue shows it to those it is for.
    let read = house.app.read_issue(&reader(&leader), issue).expect("readable");
    assert_eq!(read.pieces[0].comments.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["请推广。"]);
}
