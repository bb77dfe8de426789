//! An opened database of either kind with one office in it, and a second way in for tampering.

use std::cell::Cell;
use std::path::PathBuf;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tz_model::{OfficeId, UnitId};
use tz_store::account::AccountRow;
use tz_store::directory::UnitVersionRow;
use tz_store::{DatabaseKind, Failure, Store, Tx, Write};
use tz_testkit::Postgres;

/// The moment at which everything in these tests happens: 2018-06-04 09:12 in Shanghai.
pub const NOW: i64 = 1_528_074_720_000_000;

/// A database with an office.
pub struct House {
    pub store: Store,
    pub office: OfficeId,
    pub place: Place,
    tampered: Cell<bool>,
}

/// Where a database is.
#[derive(Clone)]
pub enum Place {
    Folder(PathBuf),
    Server(String),
}

impl Place {
    pub fn open(&self) -> Result<Store, tz_store::OpenFailure> {
        match self {
            Self::Folder(folder) => Store::open_folder(folder),
            Self::Server(address) => Store::open_postgres(address),
        }
    }

    /// Runs SQL past the store, as somebody with the database's password could.
    pub fn sql(&self, text: &str) {
        let done = match self {
            Self::Folder(folder) => {
                let file = folder.join("tongzheng.db").display().to_string();
                SqliteConnection::establish(&file).expect("the file is there").batch_execute(text)
            }
            Self::Server(address) => PgConnection::establish(address).expect("the server runs").batch_execute(text),
        };
        done.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

/// Runs a test on an empty SQLite and an empty PostgreSQL; afterwards the store's own check must find nothing amiss.
pub fn each_database(test: impl Fn(&House)) {
    each_place(|place| {
        let store = place.open().expect("an empty database opens");
        let mut tx = store.write(OfficeId(0)).expect("an empty database can be written");
        let office = tx.insert_office("滕州市人民政府办公室", NOW).expect("the first office is always free");
        tx.commit().expect("the disk has room");
        let house = House { store, office, place: place.clone(), tampered: Cell::new(false) };
        test(&house);
        if !house.tampered.get() {
            assert_eq!(house.verify(), Vec::<String>::new(), "on {:?}", house.kind());
        }
    });
}

/// Runs a test on places of both kinds where no database has been opened yet.
pub fn each_place(test: impl Fn(&Place)) {
    let folder = TempDir::new().expect("a temporary folder can be made");
    test(&Place::Folder(folder.path().join("data")));
    if let Some(server) = Postgres::start() {
        test(&Place::Server(server.fresh_database()));
    }
}

impl House {
    pub fn read(&self) -> Tx {
        self.store.read(self.office).expect("the database can be read")
    }

    pub fn write(&self) -> Write {
        self.store.write(self.office).expect("the database can be written")
    }

    pub fn kind(&self) -> DatabaseKind {
        self.store.kind()
    }

    /// What the store's own check finds.
    pub fn verify(&self) -> Vec<String> {
        self.read().verify_records().expect("the database can be read")
    }

    /// Changes rows past the store; the check at the end of the test is then the test's own affair.
    pub fn tamper(&self, text: &str) {
        self.tampered.set(true);
        self.place.sql(text);
    }

    /// A unit of class A among the towns.
    pub fn unit(&self, name: &str) -> UnitId {
        let mut tx = self.write();
        let unit = tx.insert_unit(NOW).expect("a unit can always be made");
        tx.append_unit_version(version(unit, name)).expect("its first version too");
        tx.commit().expect("the disk has room");
        unit
    }

    /// Writes one account in a transaction of its own.
    pub fn account(&self, login: &str) -> Result<i64, Failure> {
        let mut tx = self.write();
        let id = tx.next_id("account")?;
        tx.insert_account(&AccountRow {
            id,
            office_id: self.office.0,
            login: login.to_owned(),
            login_key: login.to_lowercase(),
            name: "王信息员".to_owned(),
            role: "editor".to_owned(),
            unit_id: None,
            password_hash: String::new(),
            must_change: false,
            disabled: false,
            failures: 0,
            locked_until: None,
            created_at: NOW,
            last_seen_at: None,
        })?;
        tx.commit()?;
        Ok(id)
    }
}

/// A unit's version to be appended.
pub fn version(unit: UnitId, name: &str) -> UnitVersionRow {
    UnitVersionRow {
        office_id: 0,
        seq: 0,
        unit_id: unit.0,
        name: name.to_owned(),
        class: "A类".to_owned(),
        ranking_group: "镇街".to_owned(),
        direct_point: None,
        parent_id: None,
        from_date: None,
        to_date: None,
        recorded_at: NOW,
        recorded_by: None,
        reason: "建立".to_owned(),
        ..UnitVersionRow::default()
    }
}
