//! Objections: who may raise them, until when, and that no point changes without a fact.

use tz_app::assessment::{Correcting, ObjectionState};
use tz_app::facts::{NewFact, Typed};
use tz_app::{Editor, Problem, Reporter, Role};
use tz_model::{AccountId, FactId, Table};

use crate::house::{Office, june, month, person};

fn reporter(office: &Office, unit: &str) -> Reporter {
    let account = AccountId(office.chief.account.0);
    Reporter::of(&person(Role::Reporter, account, Some(office.unit(unit)))).unwrap()
}

fn editor(office: &Office) -> Editor {
    Editor::of(&office.chief).unwrap()
}

/// The key of a unit's line that is called so.
fn line(office: &Office, unit: &str, label: &str, item: &str) -> String {
    let account = office.app.account_of(&office.chief, office.unit(unit), month(label)).unwrap();
    account.lines.iter().find(|line| &*line.line.item == item).unwrap().key.clone()
}

fn duty(key: &str) -> FactId {
    FactId { table: Table::Duties, key: key.into() }
}

#[test]
fn a_missed_answer_that_was_given_by_telephone_is_put_right_by_taking_the_fact_back() {
    let office = Office::new("2018-06-20T04:00:00Z");
    june(&office);
    let own = reporter(&office, "气象局");
    // Nothing reported (-3), a solicitation missed (-5), and the floor gives 8 back.
    let key = line(&office, "气象局", "2018-06", "约稿漏报");
    assert!(matches!(office.app.object(&own, month("2018-06"), &key, "  "), Err(Problem::Faults(_))));
    assert!(matches!(office.app.object(&own, month("2018-06"), "没有这一行", "理由"), Err(Problem::NotThere)));
    let id = office.app.object(&own, month("2018-06"), &key, "6月14日已电话答复王科长").unwrap();
    let again = office.app.object(&own, month("2018-06"), &key, "再说一遍");
    assert!(matches!(again, Err(Problem::Refused(ref said)) if said.contains("正在等待答复")), "{again:?}");
    // The other unit's is not there; the unit sees where it stands beside the line.
    let other = office.app.objection(&reporter(&office, "墨研办"), id);
    assert!(matches!(other, Err(Problem::NotThere)));
    let account = office.app.account_of(&own, office.unit("气象局"), month("2018-06")).unwrap();
    let marked = account.lines.iter().find(|line| line.key == key).unwrap();
    assert_eq!(marked.objection, Some((id, ObjectionState::Asked)));
    // 2018-06-20 is a Wednesday: five working days are the 27th.
    let view = office.app.objection(&office.chief, id).unwrap();
    assert_eq!(view.objection.answer_by.to_string(), "2018-06-27");
    assert_eq!(view.facts.len(), 1);
    // Without a fact nothing is put right.
    let wrong = Correcting::Withdraw(duty("99"));
    assert!(matches!(office.app.accept_objection(&editor(&office), id, "属实", &wrong), Err(Problem::Faults(_))));
    let wrong = Correcting::Recorded(view.facts[0].id.clone());
    assert!(matches!(office.app.accept_objection(&editor(&office), id, "属实", &wrong), Err(Problem::Faults(_))));
    let right = Correcting::Withdraw(view.facts[0].id.clone());
    office.app.accept_objection(&editor(&office), id, "属实，已电话答复", &right).unwrap();
    let late = office.app.refuse_objection(&editor(&office), id, "晚了");
    assert!(matches!(late, Err(Problem::Refused(_))), "what is answered stays answered");
    let account = office.app.account_of(&own, office.unit("气象局"), month("2018-06")).unwrap();
    assert!(account.lines.iter().all(|line| &*line.line.item != "约稿漏报"));
    // The reporter has seen the answer once they open it.
    assert!(!office.app.objections(&own).unwrap()[0].seen);
    office.app.objection(&own, id).unwrap();
    assert!(office.app.objections(&own).unwrap()[0].seen);
    office.sound();
}

#[test]
fn what_was_missing_from_a_closed_month_comes_as_a_correction_in_the_open_one() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let own = reporter(&office, "墨研办");
    let id = office.app.object(&own, month("2018-06"), "", "6月28日枣庄普刊采用了我单位一篇").unwrap();
    let new = NewFact {
        table: Table::Adoptions,
        units: Vec::new(),
        date: "2018-06-28".to_owned(),
        name: "枣庄普刊采用".to_owned(),
        item: "墨子文化节筹备情况".to_owned(),
        form: String::new(),
        leader: String::new(),
        note: String::new(),
        quantity: 1,
        cells: Typed::new(),
    };
    let bad = Correcting::Enter(Box::new(NewFact { name: "没有这一种".to_owned(), ..new.clone() }));
    assert!(matches!(office.app.accept_objection(&editor(&office), id, "属实", &bad), Err(Problem::Faults(_))));
    let fact =
        office.app.accept_objection(&editor(&office), id, "经核实，补记", &Correcting::Enter(Box::new(new))).unwrap();
    assert_eq!(fact.table, Table::Adoptions);
    assert_eq!(office.total("墨研办", "2018-06"), "35", "the closed month stays");
    let account = office.app.account_of(&own, office.unit("墨研办"), month("2018-07")).unwrap();
    let correction = account.lines.iter().find(|line| line.is_correction()).unwrap();
    assert_eq!((correction.line.points.to_string(), &correction.line.facts[0]), ("15".to_owned(), &fact));
    office.sound();
}

#[test]
fn the_window_ends_some_working_days_after_the_close_and_a_correction_made_elsewhere_counts() {
    let office = Office::new("2018-07-02T01:00:00Z");
    june(&office);
    office.close("2018-06").unwrap();
    let own = reporter(&office, "墨研办");
    let key = line(&office, "墨研办", "2018-06", "每日要情采用");
    let id = office.app.object(&own, month("2018-06"), &key, "应为两次").unwrap();
    // Recorded in its own room while the objection waits.
    let recorded = office.fact(Table::Adoptions, "墨研办", "2018-06-12", "每日要情采用", |row| {
        row.title = Some("第二次".to_owned());
    });
    let detail = office.app.objection(&office.chief, id).unwrap();
    let fact = FactId { table: Table::Adoptions, key: recorded.as_str().into() };
    let recorded: Vec<&FactId> = detail.recorded.iter().map(|one| &one.id).collect();
    assert_eq!(recorded, [&fact]);
    office.app.accept_objection(&editor(&office), id, "已补登", &Correcting::Recorded(fact)).unwrap();
    // Closed on Monday 2 July: fifteen working days later is the 23rd.
    office.at("2018-07-23T04:00:00Z");
    let second = office.app.object(&own, month("2018-06"), &key, "还有一次").unwrap();
    office.app.withdraw_objection(&own, second).unwrap();
    office.at("2018-07-24T04:00:00Z");
    let late = office.app.object(&own, month("2018-06"), &key, "太晚");
    assert!(matches!(late, Err(Problem::Refused(ref said)) if said.contains("7月23日截止")), "{late:?}");
    office.sound();
}

#[test]
fn an_accepted_objection_whose_fact_is_gone_is_found() {
    let office = Office::new("2018-06-20T04:00:00Z");
    june(&office);
    let own = reporter(&office, "气象局");
    let key = line(&office, "气象局", "2018-06", "约稿漏报");
    let id = office.app.object(&own, month("2018-06"), &key, "已答复").unwrap();
    let fact = office.app.objection(&office.chief, id).unwrap().facts[0].id.clone();
    office.app.accept_objection(&editor(&office), id, "属实", &Correcting::Withdraw(fact)).unwrap();
    office.sound();
    office.sql("UPDATE objection SET fact_key = '99'");
    assert!(office.app.verify().unwrap().iter().any(|fault| fault.contains("申诉")));
}
