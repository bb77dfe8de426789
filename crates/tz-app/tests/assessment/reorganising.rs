//! Units merged, split and moved to another class: months and years worked by hand, and what goes over to the heir (R17).

use tz_app::solicitation::NewPoints;
use tz_app::system::{HeirChoice, NewPerson, NewUnit, ReorganiseWish, Reorganised, UnitWish};
use tz_app::{Administrator, Editor, IssueReader, Problem, Reporter, Role};
use tz_model::{AccountId, Table, UnitId};

use crate::house::{Office, account, june, month, person};

fn administrator(office: &Office) -> Administrator {
    Administrator::of(&person(Role::Administrator, AccountId(office.chief.account.0), None)).unwrap()
}

fn merged(office: &Office, old: &[&str], new: &str, day: &str) -> Result<Reorganised, Problem> {
    let wish = ReorganiseWish {
        old: old.iter().map(|name| office.unit(name)).collect(),
        day: day.to_owned(),
        new: vec![NewUnit { name: new.to_owned(), class: "C类".to_owned(), group: "C类".to_owned() }],
        heir: HeirChoice::New(0),
        takes_year: true,
        reason: "2018年机构改革".to_owned(),
    };
    office.app.reorganise(&administrator(office), &wish)
}

fn said(result: Result<Reorganised, Problem>) -> Vec<(&'static str, String)> {
    match result {
        Err(Problem::Faults(faults)) => faults.into_iter().map(|fault| (fault.field, fault.sentence)).collect(),
        other => panic!("no faults: {other:?}"),
    }
}

#[test]
fn two_units_become_one_and_their_points_follow_them_through_the_year() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let done = merged(&office, &["墨研办", "气象局"], "墨气中心", "2018-07-01").unwrap();
    assert!(done.handed_over && done.within.is_empty());
    let heir = Reporter::of(&person(Role::Reporter, office.chief.account, Some(office.unit("墨气中心")))).unwrap();

    // July: quota met 5, one over 2; an item of 墨研办 used now 15; a use of June that comes late 15, as a correction.
    office.four_items("墨气中心", "2018-07");
    office.fact(Table::Adoptions, "墨研办", "2018-07-10", "枣庄普刊采用", |row| {
        row.title = Some("旧稿".to_owned())
    });
    let late = office.fact(Table::Adoptions, "墨研办", "2018-06-28", "枣庄普刊采用", |_| {});
    assert_eq!(office.total("墨气中心", "2018-07"), "37");
    let account = office.app.account_of(&heir, office.unit("墨气中心"), month("2018-07")).unwrap();
    let line = account.lines.iter().find(|line| &*line.line.rule == "correction").unwrap();
    assert_eq!((&*line.line.item, line.line.points.to_string()), ("2018-06·墨研办 枣庄普刊采用", "15".to_owned()));
    assert_eq!(
        line.line.why,
        format!("更正：原墨研办2018年6月“枣庄普刊采用”（采用:{late}）事后补记，补加 15 分；该月已结，记入本月。")
    );
    // The old unit has no July; its June is its heir's to look at, and its facts.
    let july = office.app.account_of(&office.chief, office.unit("墨研办"), month("2018-07"));
    assert!(matches!(july, Err(Problem::NotThere)), "{july:?}");
    assert_eq!(office.app.account_of(&heir, office.unit("墨研办"), month("2018-06")).unwrap().total.to_string(), "35");
    assert!(office.app.fact_history(&heir, Table::Adoptions, &late).is_ok());
    let other = Reporter::of(&person(Role::Reporter, office.chief.account, Some(office.unit("地震局")))).unwrap();
    assert!(matches!(office.app.fact_history(&other, Table::Adoptions, &late), Err(Problem::NotThere)));

    office.at("2019-01-03T01:00:00Z");
    for label in ["2018-08", "2018-09", "2018-10", "2018-11", "2018-12"] {
        office.four_items("墨气中心", label);
    }
    // 墨研办 was trained in June, before it was merged: its heir is.
    office.fact(Table::Events, "墨研办", "2018-06-25", "完成年度培训", |_| {});
    for label in ["2018-07", "2018-08", "2018-09", "2018-10", "2018-11", "2018-12"] {
        office.close(label).unwrap();
        // What was corrected in July is not corrected again.
        assert_eq!(office.total("墨气中心", label), if label == "2018-07" { "37" } else { "7" });
    }
    let editor = Editor::of(&office.chief).unwrap();
    let (_, statement) = office.app.statement(&editor, month("2018-12")).unwrap();
    let year = statement.year.unwrap();
    // 37 + 5 x 7 of its own, 35 and 0 of the old units, training 10, no rotation -10.
    let annual = year.annual(office.unit("墨气中心")).unwrap();
    assert_eq!(annual.total.to_string(), "107");
    let lines: Vec<(&str, String)> = annual.lines.iter().map(|line| (&*line.item, line.points.to_string())).collect();
    assert_eq!(
        lines,
        [
            ("承接 墨研办", "35".to_owned()),
            ("承接 气象局", "0".to_owned()),
            ("完成年度培训", "10".to_owned()),
            ("未完成跟岗轮训", "-10".to_owned())
        ]
    );
    assert!(year.annual(office.unit("墨研办")).is_none() && year.annual(office.unit("气象局")).is_none());
    office.sound();
}

#[test]
fn on_the_day_people_mailboxes_and_open_work_go_over_and_not_before() {
    let office = Office::new("2018-06-20T01:00:00Z");
    june(&office);
    let admin = administrator(&office);
    let (first, second) = (office.unit("墨研办"), office.unit("气象局"));
    let wang = account(&office.store, &office.app, "wang", "王静", Role::Reporter, Some(first));
    for (unit, address) in [(first, "moyan@example.org"), (second, "qixiang@example.org")] {
        office.app.register_mailbox(&admin, Some(unit), address).unwrap();
    }
    let new =
        NewPerson {
            unit: Some(second), name: "李静".to_owned(), duty: "信息员".to_owned(), ..NewPerson::default()
        };
    office.app.add_person(&admin, &new).unwrap();
    // Both are asked the same for July; 墨研办 something else besides. What was due in June stays where it was.
    let ask = |unit: &str, day: &str, solicitation: i64| {
        office.fact(Table::Duties, unit, day, "", |row| {
            row.title = Some("约稿".to_owned());
            row.solicitation_id = Some(solicitation);
        })
    };
    let mut tx = office.store.write(office.app.office()).unwrap();
    for code in ["约稿2018-01", "约稿2018-02"] {
        tx.insert_solicitation(tz_store::solicitation::SolicitationRow {
            id: 0,
            office_id: 0,
            code: code.to_owned(),
            topic: "约稿".to_owned(),
            requirement: String::new(),
            deadline: "2018-07-10".to_owned(),
            created_at: 0,
            created_by: None,
        })
        .unwrap();
    }
    tx.commit().unwrap();
    let (one, two) = (ask("墨研办", "2018-07-10", 1), ask("气象局", "2018-07-10", 1));
    let alone = ask("墨研办", "2018-07-10", 2);
    let done = merged(&office, &["墨研办", "气象局"], "墨气中心", "2018-07-01").unwrap();
    assert!(!done.handed_over);
    let heir = office.unit("墨气中心");
    let unit_of = || {
        let accounts = office.store.read(office.app.office()).unwrap().list_accounts().unwrap();
        UnitId(accounts.into_iter().find(|row| row.id == wang.0).unwrap().unit_id.unwrap())
    };
    office.at("2018-06-30T15:00:00Z"); // Eleven in the evening of 30 June.
    office.app.run_due_jobs("甲").unwrap();
    assert_eq!(unit_of(), first);

    office.at("2018-06-30T16:10:00Z"); // Ten past midnight of 1 July.
    let runs = office.app.run_due_jobs("甲").unwrap();
    let said: Vec<&str> = runs.iter().filter_map(|run| run.outcome.as_deref().ok()).collect();
    assert!(said.contains(&"移交了2个原单位的人员、邮箱和未了事项。"), "{said:?}");
    assert_eq!(unit_of(), heir);
    let mut tx = office.store.read(office.app.office()).unwrap();
    let addresses: Vec<String> = tx.list_mailboxes(Some(heir)).unwrap().into_iter().map(|row| row.address).collect();
    assert_eq!(addresses, ["moyan@example.org", "qixiang@example.org"]);
    let people = |tx: &mut tz_store::Tx, unit| tx.list_tenures(Some(unit)).unwrap();
    let (gone, came) = (people(&mut tx, second), people(&mut tx, heir));
    assert_eq!((gone.len(), gone[0].left_on.as_deref()), (1, Some("2018-07-01")));
    assert_eq!((came.len(), &*came[0].name, came[0].from_date.as_deref()), (1, "李静", Some("2018-07-01")));
    let duty = |tx: &mut tz_store::Tx, key: &str| tx.find_fact("约稿", key).unwrap();
    assert_eq!(duty(&mut tx, &one).unwrap().unit_ids(), [heir.0]);
    assert_eq!(duty(&mut tx, &alone).unwrap().unit_ids(), [heir.0]);
    // Asked twice, it answers once.
    assert!(duty(&mut tx, &two).unwrap().revoked);
    let history = tx.fact_history("约稿", &two).unwrap();
    assert_eq!(history.last().unwrap().reason, "机构调整，与墨气中心的约稿任务合为一项");
    drop(tx);
    // The day after there is nothing left to hand over.
    office.at("2018-07-01T16:10:00Z");
    let runs = office.app.run_due_jobs("甲").unwrap();
    assert!(runs.iter().any(|run| run.outcome.as_deref() == Ok("没有要移交的单位。")), "{runs:?}");
    office.sound();
}

#[test]
fn what_was_asked_of_and_sent_to_the_old_units_is_their_heirs_to_answer_and_read() {
    let office = Office::new("2018-06-20T01:00:00Z");
    june(&office);
    let editor = Editor::of(&office.chief).unwrap();
    let points = NewPoints {
        name: "夏季报送要点".to_owned(),
        topics: "防汛准备".to_owned(),
        from: "2018-06-20".to_owned(),
        to: "2018-08-31".to_owned(),
        units: vec![office.unit("墨研办"), office.unit("气象局"), office.unit("地震局")],
        ..NewPoints::default()
    };
    office.app.send_points(&editor, &points).unwrap();
    office.at("2018-07-02T01:00:00Z");
    office.close("2018-06").unwrap();
    merged(&office, &["墨研办", "气象局"], "墨气中心", "2018-07-01").unwrap();
    let own = person(Role::Reporter, office.chief.account, Some(office.unit("墨气中心")));
    let seen = office.app.reporting_points(&own).unwrap();
    assert_eq!(seen.iter().map(|points| points.name.as_str()).collect::<Vec<_>>(), ["夏季报送要点"]);
    let all = office.app.reporting_points(&office.chief).unwrap();
    let units: Vec<&str> = all[0].by_unit.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(units, ["地震局", "墨气中心"], "asked once, and of who is there");
    // The bulletin of June went to the old units.
    let reader = IssueReader::of(&own).unwrap();
    let sent = office.app.papers_sent(&reader).unwrap();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(office.app.open_sent(&reader, sent[0].id).is_ok());
    let other = IssueReader::of(&person(Role::Reporter, office.chief.account, Some(office.unit("地震局")))).unwrap();
    assert!(matches!(office.app.open_sent(&other, sent[0].id), Err(Problem::NotThere)));
    office.sound();
}

#[test]
fn a_split_goes_on_in_the_part_that_takes_over_and_begins_anew_in_the_other() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let part = |name: &str| NewUnit { name: name.to_owned(), class: "C类".to_owned(), group: "C类".to_owned() };
    let wish = ReorganiseWish {
        old: vec![office.unit("墨研办")],
        day: "2018-07-01".to_owned(),
        new: vec![part("墨子馆"), part("墨学会")],
        heir: HeirChoice::New(1),
        takes_year: false,
        reason: "2018年机构改革".to_owned(),
    };
    assert_eq!(office.app.reorganise(&administrator(&office), &wish).unwrap().name, "墨学会");
    office.fact(Table::Adoptions, "墨研办", "2018-07-10", "枣庄普刊采用", |_| {});
    office.at("2019-01-03T01:00:00Z");
    for label in ["2018-07", "2018-08", "2018-09", "2018-10", "2018-11", "2018-12"] {
        office.close(label).unwrap();
    }
    // The use brings 15, three items short take 3.
    assert_eq!(
        (office.total("墨学会", "2018-07"), office.total("墨子馆", "2018-07")),
        ("12".to_owned(), "0".to_owned())
    );
    let editor = Editor::of(&office.chief).unwrap();
    let year = office.app.statement(&editor, month("2018-12")).unwrap().1.year.unwrap();
    let total = |unit: &str| year.annual(office.unit(unit)).unwrap().total.to_string();
    // Its own year stays with the old unit: 35 of June, no training, no rotation.
    assert_eq!([total("墨研办"), total("墨学会"), total("墨子馆")], ["15", "-8", "-20"]);
    office.sound();
}

#[test]
fn a_class_from_july_on_leaves_june_as_it_was() {
    let office = Office::new("2018-06-20T01:00:00Z");
    june(&office);
    office.four_items("墨研办", "2018-07");
    let admin = administrator(&office);
    let wish = |class: &str, since: &str| UnitWish {
        name: "墨研办".to_owned(),
        class: class.to_owned(),
        group: class.to_owned(),
        since: since.to_owned(),
        reason: "职能调整".to_owned(),
        ..UnitWish::default()
    };
    let unit = office.unit("墨研办");
    let wrong = office.app.change_unit(&admin, unit, &wish("B类", "2018-05-31"));
    assert!(
        matches!(&wrong, Err(Problem::Faults(faults)) if faults[0].sentence.starts_with("2018-06-01以前已经关账")),
        "{wrong:?}"
    );
    office.app.change_unit(&admin, unit, &wish("B类", "2018-07-01")).unwrap();
    // Recorded in June, it does not touch June.
    assert_eq!(office.total("墨研办", "2018-06"), "35");
    office.at("2018-08-02T01:00:00Z");
    office.close("2018-06").unwrap();
    office.close("2018-07").unwrap();
    let editor = Editor::of(&office.chief).unwrap();
    let stood = |label: &str| {
        let (_, statement) = office.app.statement(&editor, month(label)).unwrap();
        let (_, own) = statement.units.into_iter().find(|(id, _)| *id == unit).unwrap();
        (own.class.to_string(), own.group.to_string(), own.score.total.to_string())
    };
    let at = |class: &str, total: &str| (class.to_owned(), class.to_owned(), total.to_owned());
    assert_eq!(stood("2018-06"), at("C类", "35"));
    // Class B asks for six with three 工作动态 and one 社情民意: two short, floored.
    assert_eq!(stood("2018-07"), at("B类", "0"));
    // A name put right later leaves both where they are, and so does a later move.
    let named = UnitWish { name: "墨子研究中心".to_owned(), ..wish("B类", "") };
    office.app.change_unit(&admin, unit, &named).unwrap();
    let moved = UnitWish { name: "墨子研究中心".to_owned(), ..wish("A类", "2018-08-01") };
    office.app.change_unit(&admin, unit, &moved).unwrap();
    office.at("2018-09-02T01:00:00Z");
    office.close("2018-08").unwrap();
    assert_eq!(stood("2018-08"), at("A类", "0"));
    let back = UnitWish { name: "墨子研究中心".to_owned(), ..wish("B类", "2018-07-15") };
    let wrong = office.app.change_unit(&admin, unit, &back);
    assert!(matches!(wrong, Err(Problem::Faults(_))), "{wrong:?}");
    office.sound();
}

#[test]
fn a_merger_that_cannot_be_is_refused_with_every_fault_at_once() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let fields = |result| said(result).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    assert_eq!(fields(merged(&office, &[], "地震局", "2018-06-30")), ["day", "old", "new-name"]);
    let wish = ReorganiseWish {
        old: vec![office.unit("墨研办")],
        day: "七月".to_owned(),
        new: Vec::new(),
        heir: HeirChoice::Standing(office.unit("墨研办")),
        takes_year: true,
        reason: " ".to_owned(),
    };
    assert_eq!(fields(office.app.reorganise(&administrator(&office), &wish)), ["day", "reason", "heir"]);
    let without = ReorganiseWish { heir: HeirChoice::New(usize::MAX), day: "2018-07-01".to_owned(), ..wish };
    assert_eq!(fields(office.app.reorganise(&administrator(&office), &without)), ["reason", "heir"]);
    merged(&office, &["墨研办"], "墨气中心", "2018-07-01").unwrap();
    // What is merged away is not merged again, takes nothing over, and keeps its name.
    let again = said(merged(&office, &["墨研办"], "墨学会", "2018-07-02"));
    assert_eq!(
        again.iter().map(|(_, sentence)| sentence.as_str()).collect::<Vec<_>>(),
        [
            "“墨研办”在2018-07-01不参加计分，不能从这一天起并出。请核对日期或另选单位。",
            "“墨研办”已登记过承接单位，不能再次合并、拆分。"
        ]
    );
    let renamed = UnitWish {
        name: "墨学会".to_owned(),
        class: "C类".to_owned(),
        group: "C类".to_owned(),
        to: "2018-06-30".to_owned(),
        reason: "更名".to_owned(),
        ..UnitWish::default()
    };
    let wrong = office.app.change_unit(&administrator(&office), office.unit("墨研办"), &renamed);
    assert!(matches!(&wrong, Err(Problem::Faults(faults)) if faults[0].field == "name"), "{wrong:?}");
    office.sound();
}
