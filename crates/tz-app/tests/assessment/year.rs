//! A year worked by hand, as it would end and as it ended, and its circular.

use tz_app::{Editor, PaperFormat, Problem, Role};
use tz_model::{AccountId, OutcomeKind, Table};

use crate::house::{Office, person};
use crate::months::words;

/// 墨研办 in 2018: four items in November (5 + 2), training done (+10), rotation not (-10). The ledger begins in March.
fn year(office: &Office) {
    office.four_items("墨研办", "2018-11");
    office.fact(Table::Events, "墨研办", "2018-03-05", "完成年度培训", |_| {});
}

#[test]
fn a_year_is_shown_as_it_would_end_and_then_as_it_ended() {
    let office = Office::new("2018-12-20T01:00:00Z");
    year(&office);
    for number in 3..=11 {
        office.close(&format!("2018-{number:02}")).unwrap();
    }
    let editor = Editor::of(&office.chief).unwrap();
    let own = |office: &Office| {
        let standing = office.app.year_standing(&office.chief, 2018).unwrap();
        let group = standing.groups.iter().find(|group| group.rows.iter().any(|row| row.name == "墨研办")).unwrap();
        let row = group.rows.iter().find(|row| row.name == "墨研办").unwrap().clone();
        (standing, row)
    };
    let (standing, row) = own(&office);
    assert!(!standing.closed && standing.whole);
    // March to November closed, December open.
    assert_eq!(standing.periods.len(), 10);
    let months: Vec<String> = row.periods.iter().map(|points| points.unwrap().to_string()).collect();
    assert_eq!(months, ["0", "0", "0", "0", "0", "0", "0", "0", "7", "0"]);
    let figures = (row.monthly.to_string(), row.added().to_string(), row.total.to_string());
    assert_eq!(figures, ("7".to_owned(), "0".to_owned(), "7".to_owned()));
    let lines: Vec<&str> = row.lines.iter().map(|line| &*line.item).collect();
    assert_eq!(lines, ["完成年度培训", "未完成跟岗轮训"]);
    // Rotation done in time turns the projection: -10 becomes +10.
    office.fact(Table::Events, "墨研办", "2018-12-10", "完成跟岗轮训", |_| {});
    assert_eq!(own(&office).1.total.to_string(), "27");
    // Nothing is decided before the year is closed.
    let open = office.app.year_standing(&office.chief, 2018).unwrap().outcomes;
    let point = open.iter().find(|outcome| outcome.kind == OutcomeKind::LosesDirectPoint).unwrap();
    let decided = office.app.decide_direct_point(&office.chief, 2018, point.unit, true, "末位");
    assert!(matches!(decided, Err(Problem::Refused(sentence)) if sentence.contains("还没有关账")));
    let early = office.app.annual_circular(&editor, 2018, PaperFormat::Docx);
    assert!(matches!(early, Err(Problem::Refused(sentence)) if sentence.contains("还没有关账")));
    assert!(matches!(office.app.year_standing(&office.chief, 2017), Err(Problem::NotThere)));
    assert_eq!(office.app.years().unwrap(), [2018]);

    office.at("2019-01-02T01:00:00Z");
    office.close("2018-12").unwrap();
    let (standing, row) = own(&office);
    assert!(standing.closed);
    assert_eq!((row.total.to_string(), row.rank), ("27".to_owned(), 1));
    assert_eq!(office.app.years().unwrap(), [2019, 2018]);
    // The last two of the six points are proposed; one of them is decided upon, and only that one stands in the circular (R12).
    let proposed: Vec<&str> = standing
        .outcomes
        .iter()
        .filter(|outcome| outcome.kind == OutcomeKind::LosesDirectPoint && outcome.decided.is_none())
        .map(|outcome| outcome.name.as_str())
        .collect();
    assert!(proposed.len() >= 2, "{:?}", standing.outcomes);
    let decide = |name: &str, loses: bool, reason: &str| {
        office.app.decide_direct_point(&office.chief, 2018, office.unit(name), loses, reason)
    };
    assert!(matches!(decide(proposed[0], true, " "), Err(Problem::Faults(_))));
    assert!(matches!(decide("墨研办", true, "末位"), Err(Problem::NotThere)));
    decide(proposed[1], false, "新成立不满一年").unwrap();
    decide(proposed[0], true, "经研究取消").unwrap();
    assert!(matches!(decide(proposed[0], true, "再取消"), Err(Problem::Refused(_))));
    let decided: Vec<Option<String>> = office
        .app
        .year_standing(&office.chief, 2018)
        .unwrap()
        .outcomes
        .into_iter()
        .filter(|outcome| outcome.kind == OutcomeKind::LosesDirectPoint)
        .map(|outcome| outcome.decided)
        .collect();
    assert_eq!(decided[..2], [Some("已取消".to_owned()), Some("保留：新成立不满一年".to_owned())]);
    let circular = office.app.annual_circular(&editor, 2018, PaperFormat::Docx).unwrap();
    assert_eq!(circular.name, "2018年度政务信息工作考核情况通报.docx");
    let said = words(&circular.bytes);
    assert!(said.contains("2018年度政务信息工作考核情况的通报") && said.contains("墨研办"), "{said}");
    // Four items in the year; a C unit owes three a month, and the ten months closed ask the same of all.
    assert!(said.contains("纳入考核的103个单位共报送政务信息4篇") && said.contains("采用0篇次"), "{said}");
    let (_, lost) = said.split_once("直报点调整").expect("what was decided");
    let lost = lost.split("附件").next().unwrap_or_default();
    assert!(lost.contains(proposed[0]) && !lost.contains(proposed[1]), "{lost}");
    // Nothing of it touches what was closed.
    office.sound();
}

#[test]
fn a_unit_sees_its_own_year_where_the_ranking_is_not_public() {
    let office = Office::new("2018-12-20T01:00:00Z");
    year(&office);
    let unit = office.unit("墨研办");
    let reporter = person(Role::Reporter, AccountId(99), Some(unit));
    let whole = office.app.year_standing(&reporter, 2018).unwrap();
    assert!(whole.whole && whole.groups.iter().map(|group| group.rows.len()).sum::<usize>() == 103);
    let mut tx = office.store.write(office.app.office()).unwrap();
    tx.set_setting("public-ranking", "off").unwrap();
    tx.commit().unwrap();
    let own = office.app.year_standing(&reporter, 2018).unwrap();
    assert!(!own.whole && own.outcomes.is_empty());
    let names: Vec<&str> = own.groups.iter().flat_map(|group| &group.rows).map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["墨研办"]);
    assert!(matches!(
        office.app.year_standing(&person(Role::Leader, AccountId(98), None), 2018),
        Err(Problem::NotThere)
    ));
}
