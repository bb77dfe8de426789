//! A small office with items to adopt, an editor or two and a chief.

use std::io::Read;
use std::sync::Arc;

use diesel::{Connection, RunQueryDsl};
use tz_app::publication::{PlaceWish, PublishWish, Published};
use tz_app::{App, Chief, Editor, FixedClock, IssueReader, Person, Problem, Role};
use tz_model::{AccountId, IssueId, ItemId, PublicationId, Revision, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::AccountRow;
use tz_store::item::{ItemRow, Sight, VersionRow};
use tz_store::ledger::{FactFilter, FactRow};

pub struct House {
    pub app: App,
    pub store: Arc<Store>,
    pub editor: Editor,
    pub other: Editor,
    pub chief: Chief,
    pub folder: tempfile::TempDir,
}

pub fn house() -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a new database"));
    // 15:00 on 13 June 2018 in Shanghai.
    let clock = Arc::new(FixedClock::at("2018-06-13T07:00:00Z".parse().expect("a moment")));
    let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
    let from = jiff::civil::date(2018, 1, 1);
    let app = App::open_or_set_up(Arc::clone(&store), clock, scheme, from).expect("an office");
    let editor = Editor::of(&person(&store, &app, "li", "李编辑", Role::Editor, None)).expect("an editor");
    let other = Editor::of(&person(&store, &app, "zhao", "赵编辑", Role::Editor, None)).expect("an editor");
    let chief = Chief::of(&person(&store, &app, "wang", "王科长", Role::Chief, None)).expect("a chief");
    House { app, store, editor, other, chief, folder }
}

/// An account made without a password.
fn person(store: &Store, app: &App, login: &str, name: &str, role: Role, unit: Option<UnitId>) -> Person {
    let mut tx = store.write(app.office()).expect("a transaction");
    let id = tx.next_id("account").expect("an identity");
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
    .expect("an account");
    tx.commit().expect("committed");
    Person { account: AccountId(id), name: name.to_owned(), role, unit, must_change: false }
}

impl House {
    /// Somebody else of this office.
    pub fn person(&self, login: &str, name: &str, role: Role, unit: Option<UnitId>) -> Person {
        person(&self.store, &self.app, login, name, role, unit)
    }

    /// An item received with this text.
    pub fn item_saying(&self, number: &str, title: &str, body: &str, units: &[&str]) -> ItemId {
        self.item_with(number, title, body, units, "received", None)
    }

    /// Changes rows behind the program's back.
    pub fn sql(&self, change: &str) {
        let file = self.folder.path().join("tongzheng.db");
        let mut connection = diesel::SqliteConnection::establish(&file.display().to_string()).expect("a connection");
        let changed = diesel::sql_query(change).execute(&mut connection).expect("a change");
        assert!(changed > 0, "{change} changed nothing");
    }

    pub fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.app.office()).expect("reading").list_units(None).expect("units");
        UnitId(units.iter().find(|unit| unit.name == name).expect("a unit of the scheme").unit_id)
    }

    pub fn item(&self, number: &str, title: &str, units: &[&str], state: &str, solicitation: Option<i64>) -> ItemId {
        let body = format!("{title}的第一段。\n{title}的第二段。");
        self.item_with(number, title, &body, units, state, solicitation)
    }

    fn item_with(
        &self,
        number: &str,
        title: &str,
        body: &str,
        units: &[&str],
        state: &str,
        solicitation: Option<i64>,
    ) -> ItemId {
        let units: Vec<i64> = units.iter().map(|name| self.unit(name).0).collect();
        let mut tx = self.store.write(self.app.office()).expect("a transaction");
        let row = ItemRow {
            id: 0,
            office_id: 0,
            number: number.to_owned(),
            received_at: 1_528_851_600_000_000,
            channel: "网页".to_owned(),
            state: state.to_owned(),
            revision: 1,
            title: title.to_owned(),
            category: "工作动态".to_owned(),
            words: 20,
            worry: false,
            counted: true,
            repeats: None,
            fingerprint: 1,
            authors: String::new(),
            contact: String::new(),
            claimed_by: None,
            solicitation_id: solicitation,
            mail_id: None,
            sent_by: None,
            sent_key: Some(number.to_owned()),
            doubts: String::new(),
        };
        let first = VersionRow {
            item_id: 0,
            revision: 1,
            title: title.to_owned(),
            body: body.to_owned(),
            category: "工作动态".to_owned(),
            saved_at: 0,
            saved_by: None,
            note: String::new(),
        };
        let id = tx.insert_item(row, &units, first).expect("an item");
        tx.commit().expect("committed");
        id
    }

    pub fn state(&self, item: ItemId) -> String {
        let mut tx = self.store.read(self.app.office()).expect("reading");
        tx.find_item(Sight::Office, item).expect("read").expect("there").0.state
    }

    pub fn adoptions(&self) -> Vec<FactRow> {
        let mut tx = self.store.read(self.app.office()).expect("reading");
        tx.list_facts(&FactFilter { table: Some("采用"), ..FactFilter::default() }).expect("facts")
    }

    pub fn title(&self, name: &str) -> PublicationId {
        self.app.titles(&self.editor).expect("titles").iter().find(|title| title.name == name).expect("a title").id
    }

    pub fn adopt(&self, item: ItemId, publication: &str) -> IssueId {
        self.app.adopt(&self.editor, item, Revision(1), self.title(publication)).expect("adopted").issue
    }

    /// What a page would post if nothing were changed.
    pub fn wishes(&self, issue: IssueId) -> Vec<PlaceWish> {
        let view = self.app.issue(&self.editor, issue).expect("an issue");
        let places = view.places.into_iter().enumerate();
        places
            .map(|(at, place)| PlaceWish {
                item: place.item,
                opened: place.seal,
                order: (at + 1).to_string(),
                column: place.column,
                title: place.title,
                body: place.body,
                byline: place.byline,
                form: place.form,
                picked: false,
            })
            .collect()
    }

    /// Publishes as the page shows it now.
    pub fn publish(&self, issue: IssueId, date: &str, reviewed_by: &str) -> Result<Published, Problem> {
        let opened = self.app.issue(&self.editor, issue).expect("an issue").seal;
        let wish = PublishWish { date: date.to_owned(), reviewed_by: reviewed_by.to_owned(), opened };
        self.app.publish_issue(&self.chief, issue, &wish)
    }

    pub fn titles_of(&self, issue: IssueId) -> Vec<String> {
        self.app.issue(&self.editor, issue).expect("an issue").brief.titles
    }
}

pub fn reader(person: &Person) -> IssueReader {
    IssueReader::of(person).expect("somebody who reads issues")
}

pub fn document(bytes: Vec<u8>) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a DOCX is a zip");
    let mut text = String::new();
    zip.by_name("word/document.xml").expect("its body").read_to_string(&mut text).expect("UTF-8");
    text
}
