//! A small office on an empty database, with a clock set by hand and people of every role.

use std::cell::Cell;
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use tempfile::TempDir;
use tz_app::{Administrator, App, Editor, FixedClock, Person, Reporter, Role};
use tz_model::{AccountId, UnitId};
use tz_scheme::Scheme;
use tz_store::account::AccountRow;
use tz_store::ledger::FactFilter;
use tz_store::{Store, Write};

/// The office, and what keeps its folder alive.
pub struct House {
    pub app: App,
    pub store: Arc<Store>,
    pub clock: Arc<FixedClock>,
    /// What a test does to the database past the program is its own affair.
    tampered: Cell<bool>,
    _folder: TempDir,
}

/// A moment of Shanghai, in June 2018.
pub fn june(day: i8, hour: i8) -> jiff::Timestamp {
    format!("2018-06-{day:02}T{hour:02}:00:00+08:00").parse().expect("a moment of June is a moment")
}

impl House {
    /// The office of Tengzhou on the morning of 13 June 2018.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Arc::new(Store::open_folder(folder.path()).expect("an empty folder opens"));
        let clock = Arc::new(FixedClock::at(june(13, 9)));
        let scheme = Scheme::builtin("tengzhou-2018").expect("the scheme is built in");
        let from = jiff::civil::date(2018, 1, 1);
        let app = App::open_or_set_up(Arc::clone(&store), Arc::<FixedClock>::clone(&clock), scheme, from)
            .expect("an empty database can be set up")
            .with_keys(folder.path());
        Self { app, store, clock, tampered: Cell::new(false), _folder: folder }
    }

    /// Another process on the same folder, as `tongzheng intake` stands beside `tongzheng serve`.
    pub fn process_beside(&self) -> App {
        let store = Arc::new(Store::open_folder(self._folder.path()).expect("the folder opens twice"));
        let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
        let from = jiff::civil::date(2018, 1, 1);
        App::open_or_set_up(store, Arc::<FixedClock>::clone(&self.clock), scheme, from).expect("the office is there")
    }

    pub fn write<T>(&self, work: impl FnOnce(&mut Write) -> T) -> T {
        let mut tx = self.store.write(self.app.office()).expect("a write begins");
        let done = work(&mut tx);
        tx.commit().expect("a write ends");
        done
    }

    /// Runs SQL past the store, as somebody with the file could.
    pub fn sql(&self, text: &str) {
        self.tampered.set(true);
        let file = self._folder.path().join("tongzheng.db").display().to_string();
        let mut connection = SqliteConnection::establish(&file).expect("the file is there");
        connection.batch_execute(text).expect("the statement is right");
    }

    pub fn unit(&self, name: &str) -> UnitId {
        let mut tx = self.store.read(self.app.office()).expect("a read begins");
        let units = tx.list_units(None).expect("units can be listed");
        UnitId(units.iter().find(|unit| unit.name == name).expect("the scheme lists the unit").unit_id)
    }

    pub fn registered(&self, unit: &str, address: &str) {
        let unit = self.unit(unit);
        self.write(|tx| tx.insert_mailbox(unit, address, 0).expect("the address is free"));
    }

    fn person(&self, name: &str, role: Role, unit: Option<UnitId>) -> Person {
        let office = self.app.office();
        let id = self.write(|tx| {
            let id = tx.next_id("account").expect("a number can be taken");
            tx.insert_account(&AccountRow {
                id,
                office_id: office.0,
                login: format!("login-{id}"),
                login_key: format!("login-{id}"),
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
            .expect("the account is new");
            id
        });
        Person { account: AccountId(id), name: name.to_owned(), role, unit, must_change: false }
    }

    pub fn editor(&self, name: &str) -> Editor {
        Editor::of(&self.person(name, Role::Editor, None)).expect("an editor's account is one")
    }

    pub fn administrator(&self) -> Administrator {
        Administrator::of(&self.person("赵管理员", Role::Administrator, None))
            .expect("an administrator's account is one")
    }

    pub fn reporter(&self, unit: &str) -> Reporter {
        let unit = self.unit(unit);
        Reporter::of(&self.person("王信息员", Role::Reporter, Some(unit))).expect("a reporter's account is one")
    }

    /// The facts of a table that hold, as `key name counted repeats`.
    pub fn facts(&self, table: &str) -> Vec<String> {
        let mut tx = self.store.read(self.app.office()).expect("a read begins");
        let rows =
            tx.list_facts(&FactFilter { table: Some(table), ..FactFilter::default() }).expect("facts can be listed");
        rows.iter()
            .map(|row| {
                let repeats = row.repeats.clone().unwrap_or_else(|| "-".to_owned());
                format!("{} {} {} {repeats}", row.key, row.name, if row.counted { "计" } else { "不计" })
            })
            .collect()
    }

    /// Whether a text stands anywhere in the files of the database, as UTF-8 bytes.
    pub fn holds(&self, text: &str) -> bool {
        std::fs::read_dir(self._folder.path()).expect("the folder is there").any(|file| {
            let bytes = std::fs::read(file.expect("a file can be named").path()).expect("a file can be read");
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if std::thread::panicking() || self.tampered.get() {
            return;
        }
        let mut tx = self.store.read(self.app.office()).expect("a read begins");
        let faults = tx.verify_records().expect("the database can be checked");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

/// An item's text of `count` 字, different for every `seed`.
pub fn text(seed: &str, count: usize) -> String {
    format!("{seed}今年以来多措并举推进重点项目建设").chars().cycle().take(count).collect()
}
