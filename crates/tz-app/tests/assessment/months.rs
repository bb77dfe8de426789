//! Months scored, closed, corrected, computed again.

use std::sync::Arc;

use proptest::prelude::*;
use tz_app::assessment::MonthState;
use tz_app::{App, Chief, Problem, Role};
use tz_model::{AccountId, Table};
use tz_store::Store;
use tz_store::directory::UnitVersionRow;
use tz_store::ledger::FactRow;

use crate::house::{Office, june, month, person, refused};

#[test]
fn the_open_month_is_live_and_every_line_names_its_clause_and_fact() {
    let office = Office::new("2018-06-30T04:00:00Z");
    june(&office);
    office.fact(Table::Duties, "地震局", "2018-06-30", "", |row| row.title = Some("今天截止".to_owned()));
    let standing = office.app.standing(&office.chief, None).unwrap();
    assert_eq!((standing.period.last, standing.state.clone()), (month("2018-06"), MonthState::Open));
    let names: Vec<(&str, usize)> = standing.groups.iter().map(|group| (&*group.name, group.size)).collect();
    assert_eq!(names, [("镇街", 21), ("A类", 31), ("B类", 31), ("C类", 20)]);
    let first = &standing.groups[3].rows[0];
    assert_eq!((&*first.name, first.rank, first.points.to_string(), first.adoptions), ("墨研办", 1, "35".into(), 1));
    // 21 towns and 31 A at 10, 31 B at 6, 20 C at 3.
    assert_eq!((standing.head.received, standing.head.required), (4, 52 * 10 + 31 * 6 + 20 * 3));
    let head = &standing.head;
    assert_eq!((head.adoptions, head.on_time, head.missed, head.waiting), (1, 1, 1, 1));
    assert_eq!(head.comments, [("滕州市政府领导批示".to_owned(), 1)]);
    let account = office.app.account_of(&office.chief, office.unit("墨研办"), month("2018-06")).unwrap();
    let lines: Vec<(String, String, String)> = account
        .lines
        .iter()
        .map(|line| (line.line.item.to_string(), line.line.points.to_string(), line.place.clone()))
        .collect();
    let want = [
        ("每日要情采用", "5", "附件1"),
        ("约稿报送", "3", "附件1"),
        ("滕州市政府领导批示", "20", "附件1"),
        ("完成报送任务", "5", "附件1注1"),
        ("多报送", "2", "附件1注1"),
    ]
    .map(|(item, points, place)| (item.to_owned(), points.to_owned(), place.to_owned()));
    assert_eq!(lines, want);
    assert_eq!(account.lines[0].facts[0].note, "《每日要情》第98期");
    assert_eq!(account.lines[0].facts[0].date, "2018-06-11");
    assert_eq!(office.total("气象局", "2018-06"), "0");
    // The day goes by, nobody records anything, and what was due on it is missed.
    office.at("2018-06-30T16:00:00Z");
    let head = office.app.standing(&office.chief, None).unwrap().head;
    assert_eq!((head.missed, head.waiting), (2, 0));
}

#[test]
fn a_reporter_sees_the_ranking_unless_it_is_off_and_never_another_units_lines() {
    let office = Office::new("2018-06-20T04:00:00Z");
    june(&office);
    let own = office.unit("墨研办");
    let reporter = person(Role::Reporter, AccountId(9), Some(own));
    assert!(office.app.standing(&reporter, None).unwrap().whole);
    assert!(office.app.account_of(&reporter, own, month("2018-06")).is_ok());
    let other = office.app.account_of(&reporter, office.unit("气象局"), month("2018-06"));
    assert!(matches!(other, Err(Problem::NotThere)));
    let mut tx = office.store.write(office.app.office()).unwrap();
    tx.set_setting("public-ranking", "off").unwrap();
    tx.commit().unwrap();
    let standing = office.app.standing(&reporter, None).unwrap();
    assert!(!standing.whole);
    let rows: Vec<&str> = standing.groups.iter().flat_map(|group| &group.rows).map(|row| &*row.name).collect();
    assert_eq!(rows, ["墨研办"]);
    assert_eq!((standing.head.received, standing.head.required), (4, 3));
    let administrator = person(Role::Administrator, AccountId(8), None);
    assert!(matches!(office.app.standing(&administrator, None), Err(Problem::NotThere)));
}

#[test]
fn months_close_once_in_order_and_only_when_over_and_compute_again_to_the_same_bytes() {
    let office = Office::new("2018-06-30T15:59:59Z");
    june(&office);
    assert!(refused(office.close("2018-06")).contains("还没有结束"));
    assert!(refused(office.close("2018-07")).contains("现在应当关账的是2018年6月"));
    office.at("2018-06-30T16:00:00Z");
    let closed = office.close("2018-06").unwrap();
    assert_eq!((closed.number, closed.papers.len()), (1, 4));
    assert!(refused(office.close("2018-06")).contains("已经关账"));
    assert_eq!(office.app.open_period().unwrap().last, month("2018-07"));
    assert_eq!(office.total("墨研办", "2018-06"), "35");
    let editor = tz_app::Editor::of(&office.chief).unwrap();
    let check = office.app.statement_check(&editor, month("2018-06")).unwrap();
    assert!(check.faults.is_empty(), "{:?}", check.faults);
    let text = office.app.statement_text(&editor, month("2018-06")).unwrap();
    assert_eq!(tz_store::content::sha256(text.as_bytes()), closed.sha256);
    // Kept and read back, the same bytes.
    assert_eq!(tz_app::assessment::Statement::read(&text).unwrap().to_json(), text);
    office.sound();
}

#[test]
fn bulletins_are_numbered_without_gaps_anew_each_year_and_keep_their_number() {
    let office = Office::new("2018-11-01T01:00:00Z");
    // Nothing has happened before November: it is the first month to close, and its bulletin the year's first.
    office.four_items("墨研办", "2018-11");
    let editor = tz_app::Editor::of(&office.chief).unwrap();
    let closes = [
        ("2018-12-02T01:00:00Z", "2018-11", "2018年第1期"),
        ("2019-01-02T01:00:00Z", "2018-12", "2018年第2期"),
        ("2019-02-02T01:00:00Z", "2019-01", "2019年第1期"),
    ];
    for (now, label, number) in closes {
        office.at(now);
        let closed = office.close(label).unwrap();
        let paper = office.app.statement_paper(&editor, month(label), &closed.papers[0]).unwrap();
        let text = words(&paper.bytes);
        assert!(text.contains(&format!("文件{number}")), "the number stands under the body's name: {text}");
        // The PDF is set when asked for; this application has no faces, and says so.
        let pdf = office.app.statement_paper(&editor, month(label), &format!("{label}政务信息采用情况通报.pdf"));
        assert!(matches!(pdf, Err(tz_app::Problem::Refused(ref sentence)) if sentence.contains("字体")), "{pdf:?}");
        let check = office.app.statement_check(&editor, month(label)).unwrap();
        assert!(check.faults.is_empty(), "{label}: {:?}", check.faults);
    }
    office.sound();
}

#[test]
fn what_is_changed_behind_the_programs_back_is_found() {
    let changes = [
        "UPDATE fact SET name = '政情专报采用' WHERE fact_table = '采用'",
        "UPDATE fact SET reason = '别的原因' WHERE fact_table = '报送'",
        "UPDATE fact SET leader = '李市长' WHERE fact_table = '批示'",
        "DELETE FROM fact WHERE fact_table = '约稿' AND key = '2'",
        "UPDATE unit_version SET class = 'B类' WHERE name = '气象局'",
        "UPDATE statement SET content = replace(content, '\"total\":\"35\"', '\"total\":\"36\"')",
        "UPDATE statement SET closed_at = closed_at + 1",
        "UPDATE statement_paper SET name = '别的' || name",
        "UPDATE content SET bytes = x'00'",
        "DELETE FROM statement_paper",
        "UPDATE scheme_text SET text = replace(text, 'points = 15', 'points = 16')",
        "UPDATE audit SET who = '别人' WHERE act = '关账'",
    ];
    for change in changes {
        let office = Office::new("2018-07-02T01:00:00Z");
        june(&office);
        office.close("2018-06").unwrap();
        office.sound();
        office.sql(change);
        let faults = office.app.verify().unwrap();
        assert!(!faults.is_empty(), "{change} was not found");
        assert!(faults.iter().all(|fault| fault.ends_with('。')), "{faults:?}");
    }
}

#[test]
fn a_fact_that_comes_late_corrects_in_the_open_month_and_leaves_the_closed_one_alone() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let editor = tz_app::Editor::of(&office.chief).unwrap();
    let before = office.app.statement_text(&editor, month("2018-06")).unwrap();
    // 墨研办 reports its quota in July too: 5 + 2. The late use of June adds 15.
    office.four_items("墨研办", "2018-07");
    office.fact(Table::Adoptions, "墨研办", "2018-06-28", "枣庄普刊采用", |row| {
        row.title = Some("墨子文化节筹备情况".to_owned());
    });
    assert_eq!(office.total("墨研办", "2018-07"), "22");
    let account = office.app.account_of(&office.chief, office.unit("墨研办"), month("2018-07")).unwrap();
    let correction = account.lines.iter().find(|line| line.is_correction()).unwrap();
    assert_eq!(&*correction.line.item, "2018-06 枣庄普刊采用");
    assert_eq!(correction.line.clause.as_str(), "R14");
    assert_eq!(correction.facts[0].title, "墨子文化节筹备情况");
    office.at("2018-08-01T01:00:00Z");
    office.close("2018-07").unwrap();
    assert_eq!(office.total("墨研办", "2018-07"), "22");
    // August: nothing more to correct; then the use is withdrawn, and its points go again.
    office.four_items("墨研办", "2018-08");
    assert_eq!(office.total("墨研办", "2018-08"), "7");
    office.app.withdraw_fact(&editor, Table::Adoptions, "2", "重复登记").unwrap();
    assert_eq!(office.total("墨研办", "2018-08"), "-8");
    office.at("2018-09-01T01:00:00Z");
    office.close("2018-08").unwrap();
    assert_eq!(office.total("墨研办", "2018-08"), "-8");
    office.four_items("墨研办", "2018-09");
    assert_eq!(office.total("墨研办", "2018-09"), "7");
    assert_eq!(office.app.statement_text(&editor, month("2018-06")).unwrap(), before);
    office.sound();
}

#[test]
fn a_late_fact_of_an_old_month_is_seen_at_once_beside_what_was_corrected_before() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let use_of_june = |day: &str| office.fact(Table::Adoptions, "墨研办", day, "枣庄普刊采用", |_| ());
    // July: 5 + 2 for its items, 15 for a late use of June; August and September rest on nothing of June.
    use_of_june("2018-06-27");
    for (label, next, total) in [("2018-07", "08", "22"), ("2018-08", "09", "7"), ("2018-09", "10", "7")] {
        office.four_items("墨研办", label);
        office.at(&format!("2018-{next}-01T01:00:00Z"));
        office.close(label).unwrap();
        assert_eq!(office.total("墨研办", label), total);
    }
    office.four_items("墨研办", "2018-10");
    assert_eq!(office.total("墨研办", "2018-10"), "7");
    // June is looked at again: July's correction of it is not made twice, only the new use counts, at every look.
    use_of_june("2018-06-28");
    assert_eq!(office.total("墨研办", "2018-10"), "22");
    let second = use_of_june("2018-06-29");
    assert_eq!(office.total("墨研办", "2018-10"), "37");
    let standing = office.app.standing(&office.chief, None).unwrap();
    let row = standing.groups.iter().flat_map(|group| &group.rows).find(|row| row.name == "墨研办").unwrap();
    assert_eq!(row.points.to_string(), "37");
    let account = office.app.account_of(&office.chief, office.unit("墨研办"), month("2018-10")).unwrap();
    let corrections: Vec<_> = account.lines.iter().filter(|line| line.is_correction()).collect();
    assert!(corrections.iter().all(|line| line.line.item.starts_with("2018-06")), "{corrections:?}");
    assert!(corrections.iter().any(|line| line.facts.iter().any(|fact| *fact.id.key == *second)), "{corrections:?}");
    office.at("2018-11-01T01:00:00Z");
    office.close("2018-10").unwrap();
    office.sound();
}

#[test]
fn late_facts_and_withdrawals_of_old_months_are_on_the_page_as_the_close_writes_them() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    for (label, next) in [("2018-07", "08"), ("2018-08", "09"), ("2018-09", "10")] {
        office.four_items("墨研办", label);
        office.at(&format!("2018-{next}-01T01:00:00Z"));
        office.close(label).unwrap();
    }
    office.four_items("墨研办", "2018-10");
    let corrected = || -> Vec<(String, String)> {
        let account = office.app.account_of(&office.chief, office.unit("墨研办"), month("2018-10")).unwrap();
        let lines = account.lines.iter().filter(|line| line.is_correction());
        lines.map(|line| (line.line.item.to_string(), line.line.points.to_string())).collect()
    };
    assert_eq!(corrected(), []);
    let line = |item: &str, points: &str| (item.to_owned(), points.to_owned());
    // June's use of 5 goes, one of 15 comes to July, and June gets another.
    let editor = tz_app::Editor::of(&office.chief).unwrap();
    office.app.withdraw_fact(&editor, Table::Adoptions, "1", "重复登记").unwrap();
    assert_eq!(corrected(), [line("2018-06 每日要情采用", "-5")]);
    let late = office.fact(Table::Adoptions, "墨研办", "2018-07-03", "枣庄普刊采用", |_| ());
    assert_eq!(corrected(), [line("2018-06 每日要情采用", "-5"), line("2018-07 枣庄普刊采用", "15")]);
    office.fact(Table::Adoptions, "墨研办", "2018-06-29", "枣庄普刊采用", |_| ());
    let all =
        [line("2018-06 枣庄普刊采用", "15"), line("2018-06 每日要情采用", "-5"), line("2018-07 枣庄普刊采用", "15")];
    let shown = corrected();
    assert!(shown.len() == 3 && all.iter().all(|line| shown.contains(line)), "{shown:?}");
    // 5 + 2 for the items, 25 for what is corrected; and the close writes the lines the page has shown.
    assert_eq!(office.total("墨研办", "2018-10"), "32");
    let lines = || office.app.account_of(&office.chief, office.unit("墨研办"), month("2018-10")).unwrap().lines;
    let open: Vec<_> = lines().into_iter().map(|line| line.line).collect();
    office.at("2018-11-01T01:00:00Z");
    office.close("2018-10").unwrap();
    let closed: Vec<_> = lines().into_iter().map(|line| line.line).collect();
    assert_eq!(open, closed);
    // What was a correction itself is withdrawn: July is corrected back, by 15 and not by 30.
    office.four_items("墨研办", "2018-11");
    office.app.withdraw_fact(&editor, Table::Adoptions, &late, "重复登记").unwrap();
    assert_eq!(office.total("墨研办", "2018-11"), "-8");
    office.sound();
}

/// What somebody does between two looks at the page.
#[derive(Clone, Debug)]
enum Deed {
    /// A use of one of three units, in one of the months since May.
    Use { unit: usize, month: i8, day: i8 },
    /// A duty of a unit, not answered.
    Duty { unit: usize, month: i8, day: i8 },
    /// A fact recorded before is put on another day.
    Move { which: usize, month: i8, day: i8 },
    /// A fact recorded before is taken back.
    TakeBack { which: usize },
    /// A unit gets another name.
    Rename { unit: usize },
    /// The month that is open is closed.
    Close,
    /// A day goes by, and nobody records anything.
    NextDay,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let place = || (0usize..3, 5i8..9, 1i8..29);
    prop_oneof![
        5 => place().prop_map(|(unit, month, day)| Deed::Use { unit, month, day }),
        2 => place().prop_map(|(unit, month, day)| Deed::Duty { unit, month, day }),
        2 => (0usize..40, 5i8..9, 1i8..29).prop_map(|(which, month, day)| Deed::Move { which, month, day }),
        2 => (0usize..40).prop_map(|which| Deed::TakeBack { which }),
        1 => (0usize..3).prop_map(|unit| Deed::Rename { unit }),
        2 => Just(Deed::Close),
        1 => Just(Deed::NextDay),
    ]
}

proptest! {
    #![proptest_config(tz_testkit::property(3))]

    /// Two programs stand on one database, as `serve` and `intake` do, and whatever either of them records, both show at
    /// once what a program started that moment shows.
    #[test]
    fn pages_that_remember_are_those_of_a_program_just_started(
        deeds in proptest::collection::vec((any_deed(), any::<bool>()), 1..24),
    ) {
        let office = Office::new("2018-08-20T01:00:00Z");
        office.four_items("墨研办", "2018-06");
        office.close("2018-06").unwrap();
        let open = || Arc::new(Store::open_folder(office.folder.path()).unwrap());
        let app = |store: &Arc<Store>| App::new(Arc::clone(store), office.clock.clone(), office.app.office());
        let there = open();
        let other = app(&there);
        let units = ["墨研办", "气象局", "地震局"].map(|name| office.unit(name));
        let look = |app: &App| {
            let standing = app.standing(&office.chief, None).unwrap();
            let now = app.standing(&office.chief, Some(app.this_month())).unwrap();
            let accounts = units.map(|unit| app.account_of(&office.chief, unit, standing.period.last).unwrap());
            format!("{standing:#?} {now:#?} {accounts:#?}")
        };
        let mut recorded: Vec<FactRow> = Vec::new();
        let day = |month: i8, day: i8| format!("2018-{month:02}-{day:02}");
        for (nth, (deed, here)) in deeds.iter().enumerate() {
            let (store, doing) = if *here { (&office.store, &office.app) } else { (&there, &other) };
            let mut tx = store.write(office.app.office()).unwrap();
            match deed {
                Deed::Use { unit, month, day: of } => {
                    let row = FactRow::new(Table::Adoptions.name(), &[units[*unit].0], &day(*month, *of), "枣庄普刊采用");
                    recorded.push(tx.append_fact(row).unwrap());
                }
                Deed::Duty { unit, month, day: of } => {
                    let row = FactRow::new(Table::Duties.name(), &[units[*unit].0], &day(*month, *of), "");
                    recorded.push(tx.append_fact(row).unwrap());
                }
                Deed::Move { which, month, day: of } if *which < recorded.len() => {
                    recorded[*which].date = day(*month, *of);
                    tx.append_fact(recorded[*which].clone()).unwrap();
                }
                Deed::TakeBack { which } if *which < recorded.len() => {
                    recorded[*which].revoked = true;
                    tx.append_fact(recorded[*which].clone()).unwrap();
                }
                Deed::Rename { unit } => {
                    let row = tx.find_unit(units[*unit]).unwrap().unwrap();
                    tx.append_unit_version(UnitVersionRow { name: format!("第{nth}号单位"), ..row }).unwrap();
                }
                Deed::Move { .. } | Deed::TakeBack { .. } | Deed::Close | Deed::NextDay => {}
            }
            tx.commit().unwrap();
            match deed {
                Deed::Close => {
                    let month = doing.open_period().unwrap().last;
                    let of = Chief::of(&office.chief).unwrap();
                    // A month that runs still is refused; it stays open.
                    let _closed = doing.close_month(&of, month);
                }
                Deed::NextDay => {
                    let next = office.app.now() + std::time::Duration::from_secs(86_400);
                    office.at(&next.to_string());
                }
                _ => {}
            }
            let anew = look(&app(&open()));
            prop_assert_eq!(look(&office.app), anew.clone(), "here, after {:?}", deed);
            prop_assert_eq!(look(&other), anew, "there, after {:?}", deed);
        }
        office.sound();
    }
}

#[test]
fn two_months_running_among_the_last_three_is_an_interview_named_in_the_bulletin() {
    let office = Office::new("2018-07-02T01:00:00Z");
    // All of C类 but three towns-of-the-list report in both months; the three are last twice running.
    let units: Vec<(i64, String, String)> = {
        let mut tx = office.store.read(office.app.office()).unwrap();
        let all = tx.list_units(None).unwrap();
        all.into_iter().map(|unit| (unit.unit_id, unit.name, unit.ranking_group)).collect()
    };
    let last = ["气象局", "地震局", "移动公司"];
    for label in ["2018-06", "2018-07"] {
        for (_, name, group) in &units {
            if group == "C类" && !last.contains(&&**name) {
                office.four_items(name, label);
            }
        }
    }
    let closed = office.close("2018-06").unwrap();
    assert!(closed.outcomes.is_empty(), "one month is not two running: {:?}", closed.outcomes);
    office.at("2018-08-02T01:00:00Z");
    let closed = office.close("2018-07").unwrap();
    let mut called: Vec<&str> =
        closed.outcomes.iter().filter(|outcome| &*outcome.group == "C类").map(|outcome| &*outcome.unit).collect();
    called.sort_unstable();
    let mut want = last;
    want.sort_unstable();
    assert_eq!(called, want);
    let editor = tz_app::Editor::of(&office.chief).unwrap();
    let paper = office.app.statement_paper(&editor, month("2018-07"), &closed.papers[0]).unwrap();
    if let Ok(folder) = std::env::var("TONGZHENG_KEEP_PAPERS") {
        std::fs::write(std::path::Path::new(&folder).join(&paper.name), &paper.bytes).unwrap();
    }
    let text = words(&paper.bytes);
    for name in last {
        assert!(text.contains(&format!("{name}：2018年7月得 0 分")), "{name} is named under 约谈单位: {text}");
    }
    // What is asked of the units stands behind what it refers to, and N2.7 says who gets the bulletin.
    assert!(text.find("约谈单位") < text.find("工作要求"), "{text}");
    assert!(text.contains("报：市委、市人大、市政府、市政协各位领导同志。"), "{text}");
    assert!(text.contains("发：各镇街、市政府各部门主要负责同志。"), "{text}");
    // A run goes on: the third month is also a criticism (R10).
    office.at("2018-09-02T01:00:00Z");
    for (_, name, group) in &units {
        if group == "C类" && !last.contains(&&**name) {
            office.four_items(name, "2018-08");
        }
    }
    let closed = office.close("2018-08").unwrap();
    let kinds = |kind: tz_model::OutcomeKind| {
        closed.outcomes.iter().filter(|outcome| &*outcome.group == "C类" && outcome.kind == kind).count()
    };
    assert_eq!(kinds(tz_model::OutcomeKind::Interview), 3);
    assert_eq!(kinds(tz_model::OutcomeKind::Criticism), 3);
    assert!(closed.outcomes.iter().any(|outcome| outcome.why.contains("已连续 3 个月")));
    office.sound();
}

#[test]
fn december_closes_the_year_with_training_and_rotation() {
    let office = Office::new("2019-01-02T01:00:00Z");
    office.four_items("墨研办", "2018-11");
    office.fact(Table::Events, "墨研办", "2018-03-05", "完成年度培训", |_| {});
    // The ledger begins in March, so March is closed first.
    for number in 3..=12 {
        office.close(&format!("2018-{number:02}")).unwrap();
    }
    let editor = tz_app::Editor::of(&office.chief).unwrap();
    let (_, statement) = office.app.statement(&editor, month("2018-12")).unwrap();
    let year = statement.year.unwrap();
    // November 5 + 2; every other month 0; training +10, no rotation -10.
    let annual = year.annual(office.unit("墨研办")).unwrap();
    assert_eq!((annual.total.to_string(), annual.rank), ("7".to_owned(), 1));
    let lines: Vec<(&str, String)> = annual.lines.iter().map(|line| (&*line.item, line.points.to_string())).collect();
    assert_eq!(lines, [("完成年度培训", "10".to_owned()), ("未完成跟岗轮训", "-10".to_owned())]);
    office.sound();
}

#[test]
fn a_units_new_name_is_still_the_same_unit_to_the_month_after() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let mut tx = office.store.write(office.app.office()).unwrap();
    let old = tx.find_unit(office.unit("墨研办")).unwrap().unwrap();
    tx.append_unit_version(tz_store::directory::UnitVersionRow { name: "墨子研究中心".to_owned(), ..old }).unwrap();
    tx.commit().unwrap();
    office.fact(Table::Adoptions, "墨子研究中心", "2018-06-28", "枣庄普刊采用", |_| {});
    // Short by 3 in July is floored to 0; the correction stands after the floor.
    assert_eq!(office.total("墨子研究中心", "2018-07"), "15");
    office.sound();
}

#[test]
fn the_checklist_says_what_is_open() {
    let office = Office::new("2018-06-20T01:00:00Z");
    june(&office);
    let list = office.app.checklist(&office.chief, month("2018-06")).unwrap();
    assert!(!list.over && !list.ends_year);
    assert_eq!((list.units, list.corrections, list.quarantined), (103, 0, 0));
    let duties: Vec<(&str, Vec<String>)> =
        list.open_duties.iter().map(|duty| (&*duty.topic, duty.units.clone())).collect();
    assert_eq!(duties, [("防汛准备", vec!["气象局".to_owned()])]);
    assert!(matches!(office.app.checklist(&office.chief, month("2018-07")), Err(Problem::NotThere)));
}

/// The words of a DOCX, markup taken out.
pub fn words(bytes: &[u8]) -> String {
    use std::io::Read as _;
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a DOCX is a zip");
    let mut text = String::new();
    package.by_name("word/document.xml").expect("its body").read_to_string(&mut text).expect("UTF-8");
    text.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect()
}

/// The wording of the bulletin with another sentence in it.
fn other_wording() -> String {
    let built_in = tz_app::system::PaperKind::Bulletin.built_in_text();
    let (head, rest) = built_in.split_once("{正文}").expect("the bulletin has a body");
    format!("{head}{{正文}}\n本通报在市党政办公网同时发布。{rest}")
}

/// What the DOCX of a month's bulletin says.
fn bulletin_says(office: &Office, label: &str, words: &str) -> bool {
    use std::io::Read as _;
    let mut tx = office.store.read(office.app.office()).unwrap();
    let statement = tx.find_statement(label).unwrap().unwrap();
    let papers = tx.list_papers(statement.id).unwrap();
    let docx = papers.iter().find(|paper| paper.name.ends_with("采用情况通报.docx")).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(tx.content(docx.content_id).unwrap())).unwrap();
    let mut text = String::new();
    zip.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
    text.contains(words)
}

#[test]
fn a_closed_month_keeps_the_wording_it_was_made_with_whatever_the_office_changes() {
    use tz_app::Administrator;
    use tz_app::system::{PaperKind, Which};
    const WORDS: &str = "本通报在市党政办公网同时发布。";
    let office = Office::new("2018-02-01T01:00:00Z");
    let who = Administrator::of(&person(Role::Administrator, office.chief.account, None)).unwrap();
    // The ledger begins in January, so January is closed first.
    office.fact(Table::Events, "墨研办", "2018-01-15", "完成年度培训", |_| {});
    office.close("2018-01").unwrap();
    assert!(!bulletin_says(&office, "2018-01", WORDS));

    // A faulty draft is kept whole, says its faults, and cannot be taken into force.
    let faulty = other_wording().replacen("{发文机关}", "{发文机构}", 1);
    let faults = office.app.save_template_draft(&who, PaperKind::Bulletin, &faulty).unwrap();
    assert!(faults[0].sentence.contains("是不是“发文机关”"), "{faults:?}");
    let room = office.app.template_room(&who, PaperKind::Bulletin).unwrap();
    assert_eq!((room.text.as_str(), room.faults.len()), (faulty.as_str(), faults.len()));
    let refused = office.app.adopt_template(&who, PaperKind::Bulletin, &room.hash);
    assert!(matches!(refused, Err(Problem::Refused(said)) if said.contains("发文机构")));

    // Mended and taken into force: the next month is worded by it, the month before stays as it was.
    assert!(office.app.save_template_draft(&who, PaperKind::Bulletin, &other_wording()).unwrap().is_empty());
    assert!(office.app.adopt_template(&who, PaperKind::Bulletin, &room.hash).is_err(), "another text was seen");
    let seen = office.app.template_room(&who, PaperKind::Bulletin).unwrap().hash;
    office.app.adopt_template(&who, PaperKind::Bulletin, &seen).unwrap();
    office.sound();
    office.at("2018-03-01T01:00:00Z");
    office.close("2018-02").unwrap();
    assert!(bulletin_says(&office, "2018-02", WORDS));
    office.sound();

    // Taken back: the built-in wording holds again, and both months still verify byte for byte.
    office.app.restore_template(&who, PaperKind::Bulletin, &Which::BuiltIn).unwrap();
    office.at("2018-04-01T01:00:00Z");
    office.close("2018-03").unwrap();
    assert!(!bulletin_says(&office, "2018-03", WORDS));
    office.sound();
    let history = office.app.template_room(&who, PaperKind::Bulletin).unwrap().history;
    assert_eq!(
        history.iter().map(|row| (row.hash.is_empty(), row.in_force)).collect::<Vec<_>>(),
        [(true, true), (false, false)]
    );

    // The text a month was made with is what its hash names: another one is found out.
    office.sql("UPDATE template_text SET text = replace(text, '同时发布', '发布') WHERE text LIKE '%同时发布%'");
    let faults = office.app.verify().unwrap();
    assert!(faults.iter().any(|fault| fault.contains("文书模板")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("2018-02")), "{faults:?}");
}
