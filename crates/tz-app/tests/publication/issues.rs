//! Issues from adopting to withdrawing; what is entered by hand.

use std::sync::Arc;

use tz_app::facts::NewFact;
use tz_app::publication::{ComposeAct, IssueState};
use tz_app::{FaceShelf, PaperFormat, Problem};
use tz_model::{ItemId, Revision, Table};
use tz_store::item::Sight;

use crate::house::{House, document, house, reader};

#[test]
fn numbers_have_no_gaps_and_a_withdrawn_issue_keeps_its_own() {
    let house = house();
    let (a, b) = (
        house.item("2018-0613-01", "网格员进村", &["滨湖镇"], "received", None),
        house.item("2018-0613-02", "企业签约", &["商务局"], "received", None),
    );
    let (first, exchange) = (house.adopt(a, "每日要情"), house.adopt(b, "政务信息交流"));
    assert_ne!(first, exchange, "each title has a draft of its own");
    assert_eq!(house.state(a), "adopted");
    let publish = |issue| house.publish(issue, "2018-06-13", "").expect("published");
    let one = publish(first);
    assert_eq!((one.label.as_str(), one.number, one.running), ("《每日要情》2018年第1期", 1, 1));
    let two = publish(house.adopt(b, "每日要情"));
    assert_eq!(two.number, 2);
    assert_eq!(publish(exchange).number, 1, "each title counts by itself");

    let gone = house.app.withdraw_issue(&house.chief, first, "数据有误").expect("withdrawn");
    assert_eq!(gone.facts, 1);
    assert_eq!(house.state(a), "received");
    assert!(house.adoptions().iter().all(|fact| fact.issue_id != Some(first.0)));
    let view = house.app.issue(&house.editor, first).expect("still readable");
    assert_eq!((view.brief.state, view.brief.label.as_str()), (IssueState::Withdrawn, "《每日要情》2018年第1期"));
    assert!(view.credits.is_empty());

    let third = publish(house.adopt(a, "每日要情"));
    assert_eq!((third.number, third.running), (3, 3), "number 1 is never given again");
    // The same title begins at 1 in another year, and its running number goes on.
    let last_year = house.adopt(house.item("2018-0613-03", "旧事", &["滨湖镇"], "received", None), "每日要情");
    let old = house.publish(last_year, "2017-12-29", "").expect("published");
    assert_eq!((old.number, old.running), (1, 4));
}

#[test]
fn every_unit_of_an_item_is_credited_on_the_day_of_publication() {
    let house = house();
    let item = house.item("2018-0613-01", "联合治水", &["滨湖镇", "环保局"], "editing", Some(asked(&house)));
    let issue = house.adopt(item, "每日要情");
    assert!(house.adoptions().is_empty(), "only publishing counts");
    let draft = house.app.issue(&house.editor, issue).expect("a draft").credits;
    assert_eq!(
        draft.iter().map(|(unit, points, _)| (unit.as_str(), points.to_string())).collect::<Vec<_>>(),
        [("滨湖镇", "15".to_owned()), ("环保局", "15".to_owned())]
    );
    house.publish(issue, "2018年6月12日", "张审核").expect("published");
    let facts = house.adoptions();
    let units = format!("{},{}", house.unit("滨湖镇"), house.unit("环保局"));
    assert_eq!(facts.iter().map(|fact| fact.name.as_str()).collect::<Vec<_>>(), ["每日要情采用", "约稿采用"]);
    for fact in &facts {
        assert_eq!((fact.units.as_str(), fact.date.as_str()), (units.as_str(), "2018-06-12"));
        assert_eq!((fact.item_id, fact.issue_id), (Some(item.0), Some(issue.0)));
        assert_eq!(fact.note.as_deref(), Some("《每日要情》2018年第1期"));
        assert_eq!(fact.form.as_deref(), Some("独编"));
    }
    let mut tx = house.store.read(house.app.office()).expect("reading");
    let told = tx.list_events(Sight::Unit(house.unit("环保局")), item).expect("events");
    let last = told.last().expect("the unit is told");
    assert_eq!((last.kind.as_str(), last.text.as_str()), ("published", "《每日要情》2018年第1期采用，计15分。"));
}

fn asked(house: &House) -> i64 {
    let new = tz_app::solicitation::NewSolicitation {
        topic: "防汛准备".to_owned(),
        deadline: "2018-06-20".to_owned(),
        units: vec![house.unit("滨湖镇"), house.unit("环保局")],
        ..Default::default()
    };
    house.app.solicit(&house.editor, &new).expect("sent").id.0
}

#[test]
fn an_answer_counts_as_adopted_once_and_moves_on_when_its_issue_is_withdrawn() {
    let house = house();
    let item = house.item("2018-0613-01", "防汛", &["滨湖镇"], "received", Some(asked(&house)));
    let daily = house.adopt(item, "每日要情");
    house.publish(daily, "2018-06-13", "").expect("published");
    let exchange = house.adopt(item, "政务信息交流");
    assert_eq!(house.state(item), "published", "an item once published stays so for its unit");
    house.publish(exchange, "2018-06-13", "").expect("published");
    let named = |name: &str| house.adoptions().into_iter().filter(|fact| fact.name == name).collect::<Vec<_>>();
    assert_eq!(named("约稿采用").len(), 1);
    house.app.withdraw_issue(&house.chief, daily, "重印").expect("withdrawn");
    assert_eq!(house.state(item), "published");
    assert!(named("每日要情采用").is_empty());
    let moved = named("约稿采用");
    assert_eq!(moved.iter().map(|fact| fact.issue_id).collect::<Vec<_>>(), [Some(exchange.0)]);
}

#[test]
fn an_issue_is_published_once_and_withdrawn_once() {
    let house = house();
    let issue = house.adopt(house.item("2018-0613-01", "网格员", &["滨湖镇"], "received", None), "每日要情");
    let app = &house.app;
    assert!(matches!(app.withdraw_issue(&house.chief, issue, "早了"), Err(Problem::Refused(_))));
    assert!(matches!(house.publish(issue, "2018-06-14", ""), Err(Problem::Faults(_))), "tomorrow");
    house.publish(issue, "2018-06-13", "").expect("published");
    assert!(matches!(house.publish(issue, "2018-06-13", ""), Err(Problem::Refused(_))));
    assert_eq!(house.adoptions().len(), 1);
    let wishes = house.wishes(issue);
    assert!(matches!(app.save_issue(&house.editor, issue, &wishes, ComposeAct::Save), Err(Problem::Refused(_))));
    assert!(matches!(app.withdraw_issue(&house.chief, issue, " "), Err(Problem::Faults(_))), "no reason");
    app.withdraw_issue(&house.chief, issue, "有误").expect("withdrawn");
    assert!(matches!(app.withdraw_issue(&house.chief, issue, "再撤"), Err(Problem::Refused(_))));
    // A draft emptied again cannot be published.
    let item = house.item("2018-0613-02", "另一篇", &["滨湖镇"], "received", None);
    let empty = house.adopt(item, "每日要情");
    app.save_issue(&house.editor, empty, &house.wishes(empty), ComposeAct::Remove(item)).expect("removed");
    assert_eq!(house.state(item), "received");
    assert!(matches!(house.publish(empty, "2018-06-13", ""), Err(Problem::Refused(_))));
}

#[test]
fn what_may_not_be_adopted_is_refused() {
    let house = house();
    let daily = house.title("每日要情");
    for state in ["returned", "declined", "withdrawn"] {
        let item = house.item(&format!("n-{state}"), "不能用", &["滨湖镇"], state, None);
        let refused = house.app.adopt(&house.editor, item, Revision(1), daily);
        assert!(matches!(refused, Err(Problem::Refused(_))), "{state}");
    }
    let item = house.item("2018-0613-01", "能用", &["滨湖镇"], "held", None);
    let stale = house.app.adopt(&house.editor, item, Revision(0), daily);
    assert!(matches!(stale, Err(Problem::Overtaken { current: 1, .. })));
    house.adopt(item, "每日要情");
    let again = house.app.adopt(&house.other, item, Revision(1), daily);
    assert!(matches!(again, Err(Problem::Refused(_))), "already in this issue");
    assert!(matches!(house.app.adopt(&house.editor, ItemId(999), Revision(1), daily), Err(Problem::NotThere)));
}

#[test]
fn two_editors_of_one_draft_lose_nothing_to_each_other() {
    let house = house();
    let a = house.item("2018-0613-01", "甲", &["滨湖镇"], "received", None);
    let issue = house.adopt(a, "每日要情");
    let opened = house.wishes(issue);
    let b = house.item("2018-0613-02", "乙", &["商务局"], "received", None);
    house.adopt(b, "每日要情");
    // The first editor's page does not know 乙 yet: it stays, behind.
    let mut mine = opened.clone();
    mine[0].title = "甲改".to_owned();
    house.app.save_issue(&house.editor, issue, &mine, ComposeAct::Save).expect("saved");
    assert_eq!(house.titles_of(issue), ["甲改", "乙"]);
    // The second editor still has the old 甲 open and changes it otherwise.
    let mut theirs = opened;
    theirs[0].title = "甲另改".to_owned();
    let fault = house.app.save_issue(&house.other, issue, &theirs, ComposeAct::Save);
    assert!(matches!(fault, Err(Problem::Faults(ref faults)) if faults[0].sentence.contains("刚被他人改过")));
    assert_eq!(house.titles_of(issue), ["甲改", "乙"]);

    house.app.save_issue(&house.editor, issue, &house.wishes(issue), ComposeAct::Up(b)).expect("moved");
    assert_eq!(house.titles_of(issue), ["乙", "甲改"]);
    let c = house.item("2018-0613-03", "丙", &["商务局"], "received", None);
    house.adopt(c, "每日要情");
    let mut ordered = house.wishes(issue);
    ordered[2].order = "1".to_owned();
    house.app.save_issue(&house.editor, issue, &ordered, ComposeAct::Save).expect("saved");
    assert_eq!(house.titles_of(issue), ["丙", "乙", "甲改"], "the moved one takes the number it asked for");
    let mut wrong = house.wishes(issue);
    wrong[0].order = "第一".to_owned();
    wrong[1].title = " ".to_owned();
    let faults = house.app.save_issue(&house.editor, issue, &wrong, ComposeAct::Save);
    assert!(matches!(faults, Err(Problem::Faults(ref faults)) if faults.len() == 2), "all faults at once");
}

#[test]
fn the_published_docx_holds_number_title_and_byline_and_the_proof_no_number() {
    let house = house();
    let item = house.item("2018-0613-01", "联合治水", &["滨湖镇", "环保局"], "received", None);
    let issue = house.adopt(item, "政务信息交流");
    let proof = document(house.app.proof(&house.editor, issue, PaperFormat::Docx).expect("a proof").bytes);
    assert!(proof.contains("清样") && !proof.contains("第1期"));
    assert!(matches!(house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Docx), Err(Problem::NotThere)));
    house.publish(issue, "2018-06-13", "张审核").expect("published");
    let paper = house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Docx).expect("the paper");
    assert_eq!(paper.name, "政务信息交流2018年第1期.docx");
    let text = document(paper.bytes);
    for part in ["第1期", "总第1期", "联合治水", "滨湖镇、环保局", "2018年6月13日", "李编辑", "张审核", "王科长", "120"]
    {
        assert!(text.contains(part), "{part}");
    }
}

/// The machine's faces.
pub struct Shelf(Arc<tz_docs::Faces>);

impl FaceShelf for Shelf {
    fn faces(&self) -> Result<Arc<tz_docs::Faces>, tz_docs::NoFace> {
        Ok(Arc::clone(&self.0))
    }
}

/// `None`, with a line that says so, where the machine has no Chinese face.
#[expect(clippy::print_stderr, reason = "a test that does not run must say so")]
pub fn shelf() -> Option<Shelf> {
    let names = tz_docs::Faces::choose(&|name| tz_testkit::system_face(name.family, name.bold).is_some());
    let read = names.into_iter().flatten().filter_map(|name| {
        let (bytes, index) = tz_testkit::system_face(name.family, name.bold)?;
        Some((name, (Arc::new(bytes) as Arc<dyn AsRef<[u8]> + Send + Sync>, index)))
    });
    let faces = tz_docs::Faces::new(read.collect()).ok();
    if faces.is_none() {
        eprintln!("skipped: no Chinese face is installed");
    }
    faces.map(|faces| Shelf(Arc::new(faces)))
}

#[test]
fn without_a_face_there_is_no_pdf_but_a_sentence_and_the_docx_stays() {
    let house = house();
    let item = house.item("2018-0613-01", "联合治水", &["滨湖镇"], "received", None);
    let issue = house.adopt(item, "政务信息交流");
    let refused = house.app.proof(&house.editor, issue, PaperFormat::Pdf);
    assert!(matches!(refused, Err(Problem::Refused(ref sentence)) if sentence.contains("fonts-noto-cjk")));
    assert!(house.app.proof(&house.editor, issue, PaperFormat::Docx).is_ok());
}

#[test]
fn the_pdf_of_an_issue_is_set_from_what_was_published_whatever_is_changed_afterwards() {
    let Some(shelf) = shelf() else { return };
    let mut house = house();
    house.app = house.app.with_faces(Arc::new(shelf));
    let item = house.item("2018-0613-01", "联合治水", &["滨湖镇", "环保局"], "received", None);
    let issue = house.adopt(item, "政务信息交流");
    let proof = house.app.proof(&house.editor, issue, PaperFormat::Pdf).expect("a proof");
    assert_eq!(proof.name, "政务信息交流（清样）.pdf");
    assert!(proof.bytes.starts_with(b"%PDF-"));
    assert!(matches!(house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Pdf), Err(Problem::NotThere)));
    house.publish(issue, "2018-06-13", "张审核").expect("published");
    let paper = house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Pdf).expect("the paper");
    assert_eq!(paper.name, "政务信息交流2018年第1期.pdf");
    house.sql("UPDATE publication SET report_to = '别的领导', copies = 7");
    house.sql("UPDATE account SET name = '别的名字'");
    let again = house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Pdf).expect("the paper");
    assert!(again.bytes == paper.bytes, "what is set is what was published");
    // Issues published by an earlier release kept only their DOCX.
    house.sql("UPDATE issue SET values_id = NULL");
    let old = house.app.issue_paper(&reader(&house.editor), issue, PaperFormat::Pdf);
    assert!(matches!(old, Err(Problem::Refused(ref sentence)) if sentence.contains("Word")));
}

#[test]
fn what_is_entered_by_hand_is_credited_to_the_items_units_and_taken_back_with_a_reason() {
    let house = house();
    let item = house.item("2018-0613-01", "联合治水", &["滨湖镇", "环保局"], "received", None);
    let new = NewFact {
        table: Table::Comments,
        units: Vec::new(),
        date: "2018-06-13".to_owned(),
        name: "省政府领导批示".to_owned(),
        item: "2018-0613-01".to_owned(),
        form: String::new(),
        leader: "张省长".to_owned(),
        note: "请推广。".to_owned(),
        quantity: 1,
        cells: tz_app::facts::Typed::new(),
    };
    house.app.record_fact(&house.editor, &new).expect("recorded");
    house.app.record_fact(&house.editor, &new).expect("another leader's, it adds up");
    let list = house.app.entered_facts(&house.editor, Table::Comments, None).expect("a list");
    assert_eq!(list.len(), 2);
    assert_eq!(
        (list[0].units.as_str(), list[0].points.map(|points| points.to_string())),
        ("滨湖镇、环保局", Some("40".to_owned()))
    );
    assert_eq!(list[0].item, Some((item, "2018-0613-01".to_owned())));
    let key = list[0].key.clone();
    assert!(matches!(house.app.withdraw_entered(&house.editor, Table::Comments, &key, ""), Err(Problem::Faults(_))));
    house.app.withdraw_entered(&house.editor, Table::Comments, &key, "重复登记").expect("withdrawn");
    assert!(matches!(
        house.app.withdraw_entered(&house.editor, Table::Comments, &key, "再撤"),
        Err(Problem::Refused(_))
    ));
    assert_eq!(
        house.app.entered_facts(&house.editor, Table::Comments, "2018-06".parse().ok()).expect("a list").len(),
        1
    );
    assert!(
        house.app.entered_facts(&house.editor, Table::Comments, "2018-05".parse().ok()).expect("a list").is_empty()
    );

    // What an issue printed is not in the list of the upward reports and cannot be taken back there.
    let issue = house.adopt(item, "每日要情");
    house.publish(issue, "2018-06-13", "").expect("published");
    assert!(house.app.entered_facts(&house.editor, Table::Adoptions, None).expect("a list").is_empty());
    let printed = house.adoptions()[0].key.clone();
    let refused = house.app.withdraw_entered(&house.editor, Table::Adoptions, &printed, "误");
    assert!(matches!(refused, Err(Problem::Refused(_))));
    let offered = house.app.forward_choices(&house.editor, house.app.today()).expect("choices");
    let own: Vec<&str> = offered.last().expect("滕州").names.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(own, ["上报"], "what our own titles print is not entered by hand");
}
