//! Weeks and months worked by hand, and who falls short.

use std::sync::Arc;

use jiff::civil::{Date, date};
use tz_model::{AccountId, Month};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::item::{ItemRow, VersionRow};

use super::{MemberWish, Week, WeekState, WeekWish, names, weeks_in};
use crate::account::fresh_account;
use crate::{App, Chief, Clock, Editor, FixedClock, Person, Problem, Role};

fn mondays(year: i16, month: i8) -> Vec<String> {
    weeks_in(Month::new(year, month).expect("a month")).iter().map(|week| week.monday.to_string()).collect()
}

#[test]
fn a_week_belongs_to_the_month_of_its_thursday() {
    // 1 March 2018 was a Thursday: its week began in February and is March's. 31 May 2018 was one too.
    assert_eq!(mondays(2018, 2), ["2018-01-29", "2018-02-05", "2018-02-12", "2018-02-19"]);
    assert_eq!(mondays(2018, 3), ["2018-02-26", "2018-03-05", "2018-03-12", "2018-03-19", "2018-03-26"]);
    assert_eq!(mondays(2018, 5), ["2018-04-30", "2018-05-07", "2018-05-14", "2018-05-21", "2018-05-28"]);
    assert_eq!(mondays(2018, 6), ["2018-06-04", "2018-06-11", "2018-06-18", "2018-06-25"]);
    // The year's last week, Monday 31 December 2018, has its Thursday in January.
    assert_eq!(mondays(2018, 12).last().map(String::as_str), Some("2018-12-24"));
    assert_eq!(mondays(2019, 1).first().map(String::as_str), Some("2018-12-31"));
    let all: usize = (1..=12).map(|month| mondays(2018, month).len()).sum();
    assert_eq!(all, 52);
}

#[test]
fn a_week_is_short_only_when_it_is_over_and_they_were_there() {
    let week = Week::of(date(2018, 6, 6));
    let judge = |from: Date, to: Option<Date>, excused, done, today| week.judge((from, to), excused, done, today);
    let there = date(2018, 6, 4);
    assert_eq!(judge(there, None, false, 2, date(2018, 6, 6)), WeekState::Met);
    assert_eq!(judge(there, None, false, 1, date(2018, 6, 10)), WeekState::Open);
    assert_eq!(judge(there, None, false, 1, date(2018, 6, 11)), WeekState::Short);
    assert_eq!(judge(there, None, true, 0, date(2018, 6, 11)), WeekState::Excused);
    assert_eq!(judge(date(2018, 6, 5), None, false, 0, date(2018, 6, 11)), WeekState::Away);
    assert_eq!(judge(there, Some(date(2018, 6, 9)), false, 0, date(2018, 6, 11)), WeekState::Away);
    assert_eq!(judge(there, Some(date(2018, 6, 10)), false, 0, date(2018, 6, 11)), WeekState::Short);
}

#[test]
fn an_author_is_named_whole() {
    assert!(names("张三、李四", "李四") && names("张三 李四", "张三") && names("李四", "李四"));
    assert!(!names("李四海", "李四") && !names("", "李四"));
}

struct House {
    app: App,
    store: Arc<Store>,
    clock: Arc<FixedClock>,
    chief: Chief,
    _folder: tempfile::TempDir,
}

fn house() -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a new database"));
    // Wednesday, 27 June 2018, 15:00 in Shanghai.
    let clock = Arc::new(FixedClock::at("2018-06-27T07:00:00Z".parse().expect("a moment")));
    let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
    let dynamic = Arc::clone(&clock) as Arc<dyn Clock>;
    let app = App::open_or_set_up(Arc::clone(&store), dynamic, scheme, date(2018, 1, 1)).expect("an office");
    let mut tx = store.write(app.office()).expect("a transaction");
    let id = tx.next_id("account").expect("an identity");
    tx.insert_account(&fresh_account(id, app.office().0, "wang", "王科长", Role::Chief, None, String::new(), 0))
        .expect("an account");
    tx.commit().expect("committed");
    let person =
        Person { account: AccountId(id), name: "王科长".into(), role: Role::Chief, unit: None, must_change: false };
    House { app, store, clock, chief: Chief::of(&person).expect("a chief"), _folder: folder }
}

impl House {
    fn editor(&self) -> Editor {
        Editor::of(&self.chief).expect("a chief edits")
    }

    /// An item that came on a day; entered by the office, or sent by a unit.
    fn item(&self, number: &str, day: &str, authors: &str, by_office: bool) {
        let mut tx = self.store.write(self.app.office()).expect("a transaction");
        let at: jiff::Timestamp = format!("{day}T02:00:00Z").parse().expect("a moment");
        let row = ItemRow {
            id: 0,
            office_id: 0,
            number: number.to_owned(),
            received_at: at.as_microsecond(),
            channel: "补录".to_owned(),
            state: "received".to_owned(),
            revision: 1,
            title: number.to_owned(),
            category: "工作动态".to_owned(),
            words: 20,
            worry: false,
            counted: true,
            repeats: None,
            fingerprint: 1,
            authors: authors.to_owned(),
            contact: String::new(),
            claimed_by: None,
            solicitation_id: None,
            mail_id: None,
            sent_by: by_office.then_some(self.chief.account.0),
            sent_key: None,
            doubts: String::new(),
        };
        let first = VersionRow {
            item_id: 0,
            revision: 1,
            title: number.to_owned(),
            body: "正文".to_owned(),
            category: "工作动态".to_owned(),
            saved_at: 0,
            saved_by: None,
            note: String::new(),
        };
        tx.insert_item(row, &[1], first).expect("an item");
        tx.commit().expect("committed");
    }

    fn add(&self, name: &str, from: &str) -> i64 {
        let wish = MemberWish { name: name.into(), section: "信息科".into(), full_time: true, from: from.into() };
        self.app.add_staff(&self.chief, &wish).expect("entered");
        self.app.staff(&self.editor()).expect("people").last().expect("a person").id
    }

    fn week(&self, member: i64, day: &str, items: &str, leads: &str) {
        let wish = WeekWish {
            member: Some(member),
            day: day.into(),
            items: items.into(),
            leads: leads.into(),
            ..WeekWish::default()
        };
        self.app.record_staff_week(&self.editor(), &wish).expect("recorded");
    }
}

fn faults<T: std::fmt::Debug>(result: Result<T, Problem>) -> Vec<&'static str> {
    match result.expect_err("it is refused") {
        Problem::Faults(faults) => faults.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_month_counts_items_of_their_own_and_what_was_entered_and_the_year_says_who_is_eligible() {
    let house = house();
    let june = Month::new(2018, 6).expect("a month");
    let zhang = house.add("张三", "2018-06-04");
    let li = house.add("李四", "2018-06-12");
    // The week of 4 June: two items of 张三, one shared with 李四, who was not there yet; a unit's reporter of the same name is
    // somebody else.
    house.item("2018-0605-01", "2018-06-05", "张三、李四", true);
    house.item("2018-0606-01", "2018-06-06", "张三", true);
    house.item("2018-0606-02", "2018-06-06", "张三", false);
    // The week of 11 June: nothing in the system, a lead and an item by hand; what is entered again replaces it.
    house.week(zhang, "2018-06-13", "0", "1");
    house.week(zhang, "2018-06-15", "1", "1");
    // The week of 18 June: one lead is not enough.
    house.week(zhang, "2018-06-18", "", "1");
    house.week(li, "2018-06-20", "2", "");
    let month = house.app.staff_month(&house.editor(), june).expect("a month");
    let states = |at: usize| month.people[at].weeks.iter().map(|week| week.state).collect::<Vec<_>>();
    assert_eq!(states(0), [WeekState::Met, WeekState::Met, WeekState::Short, WeekState::Open]);
    assert_eq!(states(1), [WeekState::Away, WeekState::Away, WeekState::Met, WeekState::Open]);
    assert_eq!((month.people[0].done(), month.people[0].short()), ((3, 2), 1));
    assert_eq!(month.people[0].weeks[0].items.len(), 2);
    let year = house.app.staff_year(&house.editor(), 2018).expect("a year");
    assert_eq!(
        year.iter().map(|one| (one.member.name.as_str(), one.is_eligible())).collect::<Vec<_>>(),
        [("张三", false), ("李四", true)]
    );
    assert_eq!(year[0].short, [Week::of(date(2018, 6, 18))]);
    assert_eq!(year[0].months[5], (3, 2));
    // A leave that becomes known later takes the week out of account, with its reason.
    let leave = WeekWish {
        member: Some(zhang),
        day: "2018-06-18".into(),
        leads: "1".into(),
        excused: true,
        note: "年休假".into(),
        ..WeekWish::default()
    };
    house.app.record_staff_week(&house.editor(), &leave).expect("recorded");
    assert!(house.app.staff_year(&house.editor(), 2018).expect("a year")[0].is_eligible());
    // Who leaves in the middle of a week owes nothing for it.
    assert_eq!(house.app.staff_left(&house.chief, li, "2018-06-27").expect("left"), "李四");
    house.clock.set("2018-07-03T02:00:00Z".parse().expect("a moment"));
    let month = house.app.staff_month(&house.editor(), june).expect("a month");
    assert_eq!(month.people[1].weeks[3].state, WeekState::Away);
    assert_eq!(month.people[0].weeks[3].state, WeekState::Short);
}

#[test]
fn what_is_wrong_is_said_at_its_field_all_at_once() {
    let house = house();
    let zhang = house.add("张三", "2018-06-04");
    let wish = MemberWish { name: "张三".into(), from: "六月".into(), ..MemberWish::default() };
    assert_eq!(faults(house.app.add_staff(&house.chief, &wish)), ["section", "name", "from"]);
    let wish = WeekWish {
        member: Some(99),
        day: "2018-07-09".into(),
        items: "许多".into(),
        leads: "-1".into(),
        excused: true,
        note: String::new(),
    };
    let all = ["member", "day", "items", "leads", "note"];
    assert_eq!(faults(house.app.record_staff_week(&house.editor(), &wish)), all);
    let early = WeekWish { member: Some(zhang), day: "2018-05-30".into(), ..WeekWish::default() };
    assert_eq!(faults(house.app.record_staff_week(&house.editor(), &early)), ["day"]);
    assert_eq!(faults(house.app.staff_left(&house.chief, zhang, "2018-06-01")), ["last"]);
}
