//! Solicitations with their duties; yearly duties of the network.

use std::sync::Arc;

use tz_app::solicitation::{DutyMark, DutyState, NewSolicitation};
use tz_app::{App, Editor, FixedClock, Person, Problem, Reporter, Role};
use tz_model::{AccountId, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::AccountRow;

struct House {
    app: App,
    store: Arc<Store>,
    clock: Arc<FixedClock>,
    editor: Editor,
    _folder: tempfile::TempDir,
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("a moment")
}

fn house() -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a new database"));
    let clock = Arc::new(FixedClock::at(at("2018-06-13T07:00:00Z")));
    let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
    let from = jiff::civil::date(2018, 1, 1);
    let app = App::open_or_set_up(Arc::clone(&store), Arc::clone(&clock) as _, scheme, from).expect("an office");
    let person = person(&store, &app, "li", Role::Editor, None);
    House { app, store, clock, editor: Editor::of(&person).expect("an editor"), _folder: folder }
}

fn person(store: &Store, app: &App, login: &str, role: Role, unit: Option<UnitId>) -> Person {
    let mut tx = store.write(app.office()).expect("a transaction");
    let id = tx.next_id("account").expect("an identity");
    tx.insert_account(&AccountRow {
        id,
        office_id: app.office().0,
        login: login.to_owned(),
        login_key: login.to_owned(),
        name: login.to_owned(),
        role: role.key().to_owned(),
        unit_id: unit.map(|unit| unit.0),
        password_hash: String::new(),
        must_change: false,
        disabled: false,
        failures: 0,
        locked_until: None,
        created_at: 0,
        last_seen_at: None,
    })
    .expect("an account");
    tx.commit().expect("committed");
    Person { account: AccountId(id), name: login.to_owned(), role, unit, must_change: false }
}

impl House {
    fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.app.office()).expect("reading").list_units(None).expect("units");
        UnitId(units.iter().find(|unit| unit.name == name).expect("a unit of the scheme").unit_id)
    }

    fn reporter(&self, unit: &str) -> Reporter {
        let person = person(&self.store, &self.app, unit, Role::Reporter, Some(self.unit(unit)));
        Reporter::of(&person).expect("a reporter")
    }
}

#[test]
fn a_solicitation_puts_one_duty_on_each_unit_and_every_mark_is_a_new_row() {
    let house = house();
    let (app, editor) = (&house.app, &house.editor);
    let whole = NewSolicitation {
        topic: "夏粮收购".to_owned(),
        deadline: "2018-06-15".to_owned(),
        groups: vec!["镇街".to_owned()],
        units: vec![house.unit("粮食局"), house.unit("滨湖镇")],
        ..NewSolicitation::default()
    };
    let sent = app.solicit(editor, &whole).expect("sent");
    assert_eq!((sent.code.as_str(), sent.units), ("约稿2018-01", 22), "21 towns and one more, none twice");
    let missing = NewSolicitation { deadline: "2018-06-12".to_owned(), ..NewSolicitation::default() };
    let faults = app.solicit(editor, &missing);
    assert!(matches!(faults, Err(Problem::Faults(ref faults)) if faults.len() == 3), "topic, deadline, units");
    let next = app.solicit(editor, &NewSolicitation { groups: Vec::new(), ..whole }).expect("sent");
    assert_eq!(next.code, "约稿2018-02", "the refused one took no number");

    let view = app.solicitation(editor, sent.id).expect("there");
    assert!(view.duties.iter().all(|duty| duty.state == DutyState::Open(2) && duty.points.is_zero()));
    house.clock.set(at("2018-06-18T01:00:00Z"));
    let key = |name: &str| {
        let view = app.solicitation(editor, sent.id).expect("there");
        view.duties.iter().find(|duty| duty.unit_name == name).expect("a duty").key.clone()
    };
    let mark = |name: &str, mark: DutyMark, reason: &str| app.mark_duty(editor, sent.id, &key(name), &mark, reason);
    mark("滨湖镇", DutyMark::Answered("2018-06-15".to_owned()), "").expect("on time");
    mark("级索镇", DutyMark::Answered("2018-06-17".to_owned()), "").expect("late");
    mark("西岗镇", DutyMark::Refused, "来电说明").expect("refused");
    assert!(matches!(mark("大坞镇", DutyMark::Refused, ""), Err(Problem::Faults(_))), "a reason is owed");
    assert!(matches!(mark("大坞镇", DutyMark::Answered("2018-06-19".to_owned()), ""), Err(Problem::Faults(_))));
    let state = |name: &str| {
        let view = app.solicitation(editor, sent.id).expect("there");
        let duty = view.duties.into_iter().find(|duty| duty.unit_name == name).expect("a duty");
        (duty.state, duty.points.to_string())
    };
    // By hand from F1 and F1.n4: on time 3, late -3, refused -5, missed -5.
    assert_eq!(state("滨湖镇"), (DutyState::OnTime, "3".to_owned()));
    assert_eq!(state("级索镇"), (DutyState::Late(2), "-3".to_owned()));
    assert_eq!(state("西岗镇"), (DutyState::Refused, "-5".to_owned()));
    assert_eq!(state("大坞镇"), (DutyState::Missed(3), "-5".to_owned()));
    mark("西岗镇", DutyMark::Open, "误登").expect("taken back");
    assert_eq!(state("西岗镇").0, DutyState::Missed(3));
    let history = house.store.read(app.office()).expect("reading").fact_history("约稿", &key("西岗镇")).expect("rows");
    assert_eq!(history.iter().map(|row| row.reason.as_str()).collect::<Vec<_>>(), ["约稿", "来电说明", "误登"]);
    let order: Vec<String> =
        app.solicitation(editor, sent.id).expect("there").duties.into_iter().map(|duty| duty.unit_name).collect();
    assert_eq!(
        (order[0].as_str(), order[21].as_str()),
        ("荆河街道", "粮食局"),
        "the directory's order, whatever was marked"
    );
}

#[test]
fn a_reporter_sees_and_refuses_only_what_their_own_unit_owes() {
    let house = house();
    let (app, editor) = (&house.app, &house.editor);
    let (mine, other) = (house.reporter("滨湖镇"), house.reporter("商务局"));
    let sent = app
        .solicit(
            editor,
            &NewSolicitation {
                topic: "防汛".to_owned(),
                deadline: "2018-06-15".to_owned(),
                units: vec![house.unit("滨湖镇"), house.unit("级索镇")],
                ..NewSolicitation::default()
            },
        )
        .expect("sent");
    assert_eq!(app.solicitations(&mine).expect("a list")[0].duties.len(), 1);
    assert!(app.solicitations(&other).expect("a list").is_empty());
    assert!(matches!(app.solicitation(&other, sent.id), Err(Problem::NotThere)));
    assert!(matches!(app.refuse_solicitation(&other, sent.id, "无关"), Err(Problem::NotThere)));
    assert!(matches!(app.refuse_solicitation(&mine, sent.id, " "), Err(Problem::Faults(_))));
    app.refuse_solicitation(&mine, sent.id, "辖区没有河道").expect("refused");
    assert_eq!(app.solicitation(&mine, sent.id).expect("there").duties[0].state, DutyState::Refused);
    assert!(matches!(app.refuse_solicitation(&mine, sent.id, "再说一次"), Err(Problem::Refused(_))));
    house.clock.set(at("2018-06-16T01:00:00Z"));
    let late = house.reporter("级索镇");
    assert!(
        matches!(app.refuse_solicitation(&late, sent.id, "忘了"), Err(Problem::Refused(_))),
        "the deadline is over"
    );
}

#[test]
fn a_yearly_duty_is_recorded_once_a_year_for_each_unit() {
    let house = house();
    let (app, editor) = (&house.app, &house.editor);
    let units = [house.unit("滨湖镇"), house.unit("商务局")];
    let (count, late) = app.record_yearly(editor, "完成年度培训", &units, "2018-05-20", "春季班").expect("recorded");
    assert_eq!((count, late), (2, None));
    let again = app.record_yearly(editor, "完成年度培训", &units[..1], "2018-06-01", "");
    assert!(matches!(again, Err(Problem::Faults(ref faults)) if faults[0].sentence.contains("滨湖镇")));
    app.record_yearly(editor, "完成年度培训", &units[..1], "2017-06-01", "").expect("another year is another duty");
    assert!(matches!(
        app.record_yearly(editor, "通报获主要负责同志批示", &units, "2018-06-01", ""),
        Err(Problem::Faults(_))
    ));
    let year = app.yearly(editor, 2018).expect("a year");
    assert_eq!(year.iter().map(|duty| duty.event.as_str()).collect::<Vec<_>>(), ["完成年度培训", "完成跟岗轮训"]);
    assert_eq!(year[0].units.len(), 103);
    assert_eq!(year[0].units.iter().filter(|unit| unit.done.is_some()).count(), 2);
    assert!(year[1].units.iter().all(|unit| unit.done.is_none()));
}

#[test]
fn a_town_needs_three_officers_and_any_other_unit_two() {
    let house = house();
    let network = house.app.network(&house.editor).expect("the network");
    let short = |name: &str| network.iter().find(|unit| unit.name == name).expect("a unit").short;
    assert_eq!((short("滨湖镇"), short("商务局"), short("移动公司")), (3, 2, 2));
    let groups = house.app.unit_groups(&house.editor).expect("groups");
    assert_eq!(groups.iter().map(|group| group.units.len()).collect::<Vec<_>>(), [21, 31, 31, 20]);
}
