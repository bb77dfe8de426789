//! A small office's months, worked by hand: what the tests of this room share.

use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::civil::date;
use tz_app::{App, Chief, Clock, Person, Problem, Role};
use tz_model::{AccountId, Month, Table, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::AccountRow;
use tz_store::ledger::FactRow;

/// A clock that a test sets.
pub struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub struct Office {
    pub app: App,
    pub store: Arc<Store>,
    pub clock: Arc<Hand>,
    pub folder: tempfile::TempDir,
    pub chief: Chief,
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

impl Office {
    pub fn new(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open_folder(folder.path()).unwrap());
        let clock = Arc::new(Hand(Mutex::new(now.parse().unwrap())));
        let scheme = Scheme::builtin("tengzhou-2018").unwrap();
        let shared: Arc<dyn Clock> = clock.clone();
        let app = App::open_or_set_up(Arc::clone(&store), shared, scheme, date(2018, 1, 1)).unwrap();
        let account = account(&store, &app, "kezhang", "王科长", Role::Chief, None);
        let chief = Chief::of(&person(Role::Chief, account, None)).unwrap();
        Self { app, store, clock, folder, chief }
    }

    pub fn at(&self, now: &str) {
        *self.clock.0.lock().unwrap() = now.parse().unwrap();
    }

    pub fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.app.office()).unwrap().list_units(None).unwrap();
        UnitId(units.iter().find(|unit| unit.name == name).unwrap().unit_id)
    }

    pub fn fact(&self, table: Table, unit: &str, day: &str, name: &str, fill: impl FnOnce(&mut FactRow)) -> String {
        let mut row = FactRow::new(table.name(), &[self.unit(unit).0], day, name);
        row.recorded_at = self.app.now().as_microsecond();
        row.reason = "测试".to_owned();
        fill(&mut row);
        let mut tx = self.store.write(self.app.office()).unwrap();
        let row = tx.append_fact(row).unwrap();
        tx.commit().unwrap();
        row.key
    }

    /// 墨研办 (C类, 3 a month, 2 of them 工作动态) reports 4 items in a month.
    pub fn four_items(&self, unit: &str, month: &str) {
        for (day, category) in [("04", "工作动态"), ("05", "工作动态"), ("06", "调研分析"), ("07", "问题建议")]
        {
            self.fact(Table::Reports, unit, &format!("{month}-{day}"), category, |row| {
                row.channel = Some("网页".to_owned());
                row.title = Some(format!("{month}-{day}的稿件"));
            });
        }
    }

    pub fn close(&self, label: &str) -> Result<tz_app::assessment::Closed, Problem> {
        self.app.close_month(&self.chief, month(label))
    }

    pub fn total(&self, unit: &str, label: &str) -> String {
        let account = self.app.account_of(&self.chief, self.unit(unit), month(label)).unwrap();
        account.total.to_string()
    }

    pub fn sql(&self, change: &str) {
        let file = self.folder.path().join("tongzheng.db");
        let mut connection = diesel::SqliteConnection::establish(&file.display().to_string()).unwrap();
        assert!(diesel::sql_query(change).execute(&mut connection).unwrap() > 0, "{change} changed nothing");
    }

    pub fn sound(&self) {
        let faults = self.app.verify().unwrap();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

/// Enters an account of somebody who has signed in before.
pub fn account(store: &Store, app: &App, login: &str, name: &str, role: Role, unit: Option<UnitId>) -> AccountId {
    let mut tx = store.write(app.office()).unwrap();
    let id = tx.next_id("account").unwrap();
    tx.insert_account(&AccountRow {
        id,
        office_id: app.office().0,
        login: login.to_owned(),
        login_key: login.to_owned(),
        name: name.to_owned(),
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
    .unwrap();
    tx.commit().unwrap();
    AccountId(id)
}

pub fn person(role: Role, account: AccountId, unit: Option<UnitId>) -> Person {
    Person { account, name: "王科长".to_owned(), role, unit, must_change: false }
}

pub fn refused(result: Result<tz_app::assessment::Closed, Problem>) -> String {
    match result {
        Err(Problem::Refused(sentence)) => sentence,
        other => panic!("not refused: {other:?}"),
    }
}

/// June 2018 of 墨研办: quota met (+5), one over (+2), 每日要情采用 5, 滕州市政府领导批示 20, a solicitation on time 3 = 35.
/// 气象局: nothing reported, short by 3 (-3), a solicitation missed (-5), floor gives 8 back = 0.
pub fn june(office: &Office) {
    office.four_items("墨研办", "2018-06");
    office.fact(Table::Adoptions, "墨研办", "2018-06-11", "每日要情采用", |row| {
        row.title = Some("墨子文化节筹备情况".to_owned());
        row.note = Some("《每日要情》第98期".to_owned());
    });
    office.fact(Table::Comments, "墨研办", "2018-06-20", "滕州市政府领导批示", |row| {
        row.leader = Some("王市长".to_owned());
    });
    office.fact(Table::Duties, "墨研办", "2018-06-15", "", |row| {
        row.title = Some("防汛准备".to_owned());
        row.answered = Some("2018-06-14".to_owned());
    });
    office.fact(Table::Duties, "气象局", "2018-06-15", "", |row| row.title = Some("防汛准备".to_owned()));
}
