//! An office in June 2018 with people, items and, where the machine has any, faces.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use tz_app::publication::PublishWish;
use tz_app::{
    Administrator, App, Chief, Editor, FaceShelf, FixedClock, IssueReader, PaperFormat, Person, Problem, Reporter,
    Role, Sight,
};
use tz_model::{AccountId, IssueId, ItemId, Revision, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::AccountRow;
use tz_store::item::{EventRow, ItemRow, VersionRow};
use tz_store::ledger::{FactFilter, FactRow};

pub struct House {
    pub app: App,
    pub store: Arc<Store>,
    pub clock: Arc<FixedClock>,
    pub editor: Editor,
    pub chief: Chief,
    pub administrator: Administrator,
    faces: Option<Arc<tz_docs::Faces>>,
    _folder: tempfile::TempDir,
}

/// The machine's faces.
struct Shelf(Arc<tz_docs::Faces>);

impl FaceShelf for Shelf {
    fn faces(&self) -> Result<Arc<tz_docs::Faces>, tz_docs::NoFace> {
        Ok(Arc::clone(&self.0))
    }
}

fn shelf() -> Option<Shelf> {
    let read: RefCell<BTreeMap<tz_docs::FaceName, tz_docs::FaceBytes>> = RefCell::default();
    let names = tz_docs::Faces::choose(&|name| {
        let found = tz_testkit::system_face(name.family, name.bold);
        found.is_some_and(|(bytes, index)| {
            read.borrow_mut().insert(name, (Arc::new(bytes), index));
            true
        })
    });
    let read = read.into_inner();
    let named = names.ok()?.into_iter().filter_map(|name| Some((name, read.get(&name)?.clone()))).collect();
    tz_docs::Faces::new(named).ok().map(|faces| Shelf(Arc::new(faces)))
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Arc::new(Store::open_folder(folder.path()).expect("a new database"));
        // 15:00 on 13 June 2018 in Shanghai, a Wednesday.
        let clock = Arc::new(FixedClock::at("2018-06-13T07:00:00Z".parse().expect("a moment")));
        let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
        let from = jiff::civil::date(2018, 1, 1);
        let app = App::open_or_set_up(Arc::clone(&store), Arc::clone(&clock) as _, scheme, from).expect("an office");
        let editor = Editor::of(&person(&store, &app, "李编辑", Role::Editor, None)).expect("an editor");
        let chief = Chief::of(&person(&store, &app, "王科长", Role::Chief, None)).expect("a chief");
        let administrator = Administrator::of(&person(&store, &app, "满建国", Role::Administrator, None));
        let administrator = administrator.expect("an administrator");
        Self { app, store, clock, editor, chief, administrator, faces: None, _folder: folder }
    }

    /// The same with the machine's faces; `None` with a printed line where it has none.
    pub fn with_faces() -> Option<Self> {
        let Some(shelf) = shelf() else {
            println!("skipped: no Chinese face is installed");
            return None;
        };
        let bare = Self::new();
        let faces = Some(Arc::clone(&shelf.0));
        Some(Self { app: bare.app.with_faces(Arc::new(shelf)), faces, ..bare })
    }

    pub fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.app.office()).expect("reading").list_units(None).expect("units");
        UnitId(units.iter().find(|unit| unit.name == name).expect("a unit of the scheme").unit_id)
    }

    pub fn reporter(&self, unit: &str) -> Reporter {
        let person = person(&self.store, &self.app, unit, Role::Reporter, Some(self.unit(unit)));
        Reporter::of(&person).expect("a reporter")
    }

    /// An account of a role.
    pub fn account(&self, name: &str, role: Role) -> Person {
        person(&self.store, &self.app, name, role, None)
    }

    pub fn item(&self, number: &str, title: &str, units: &[&str]) -> ItemId {
        let units: Vec<i64> = units.iter().map(|name| self.unit(name).0).collect();
        let mut tx = self.store.write(self.app.office()).expect("a transaction");
        let row = ItemRow {
            id: 0,
            office_id: 0,
            number: number.to_owned(),
            received_at: 1_528_851_600_000_000,
            channel: "网页".to_owned(),
            state: "received".to_owned(),
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
            solicitation_id: None,
            mail_id: None,
            sent_by: None,
            sent_key: Some(number.to_owned()),
            doubts: String::new(),
        };
        let paragraph = "坚持问题导向，细化工作措施，压实工作责任，强化督导检查，确保各项任务落到实处、取得实效。";
        let first = VersionRow {
            item_id: 0,
            revision: 1,
            title: title.to_owned(),
            body: format!("{title}。{paragraph}\n{paragraph}"),
            category: "工作动态".to_owned(),
            saved_at: 0,
            saved_by: None,
            note: String::new(),
        };
        let id = tx.insert_item(row, &units, first).expect("an item");
        tx.commit().expect("committed");
        id
    }

    /// An issue with these items, published today.
    pub fn issue(&self, publication: &str, items: &[ItemId]) -> IssueId {
        let titles = self.app.titles(&self.editor).expect("titles");
        let title = titles.iter().find(|title| title.name == publication).expect("a title").id;
        let mut issue = None;
        for item in items {
            issue = Some(self.app.adopt(&self.editor, *item, Revision(1), title).expect("adopted").issue);
        }
        let issue = issue.expect("an issue has an item");
        let opened = self.app.issue(&self.editor, issue).expect("an issue").seal;
        let wish = PublishWish { date: self.app.today().to_string(), reviewed_by: String::new(), opened };
        self.app.publish_issue(&self.chief, issue, &wish).expect("published");
        issue
    }

    pub fn pdf(&self, issue: IssueId) -> Vec<u8> {
        self.paper(issue, PaperFormat::Pdf)
    }

    pub fn paper(&self, issue: IssueId, format: PaperFormat) -> Vec<u8> {
        let reader = IssueReader::of(&self.editor).expect("editors read issues");
        self.app.issue_paper(&reader, issue, format).expect("a paper").bytes
    }

    /// A paper set with the machine's faces.
    pub fn print(&self, paper: &tz_docs::Paper) -> Vec<u8> {
        paper.pdf(self.faces.as_ref().expect("a house with faces")).expect("faces that embed").bytes
    }

    pub fn facts(&self, table: &str) -> Vec<FactRow> {
        let mut tx = self.store.read(self.app.office()).expect("reading");
        tx.list_facts(&FactFilter { table: Some(table), ..FactFilter::default() }).expect("facts")
    }

    /// Names of a fact's units.
    pub fn units_of(&self, fact: &FactRow) -> Vec<String> {
        let units = self.store.read(self.app.office()).expect("reading").list_units(None).expect("units");
        let name = |id: i64| units.iter().find(|unit| unit.unit_id == id).expect("a unit").name.clone();
        fact.unit_ids().into_iter().map(name).collect()
    }

    /// What a unit reads on the timeline of its item.
    pub fn timeline(&self, item: ItemId, unit: &str) -> Vec<String> {
        let sight = Sight::Unit(self.unit(unit));
        let mut tx = self.store.read(self.app.office()).expect("reading");
        let events: Vec<EventRow> = tx.list_events(sight, item).expect("events");
        events.into_iter().map(|event| event.text).collect()
    }

    /// Everything stored is sound.
    pub fn sound(&self) {
        let faults = self.store.read(self.app.office()).expect("reading").verify_records().expect("verified");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

fn person(store: &Store, app: &App, name: &str, role: Role, unit: Option<UnitId>) -> Person {
    let mut tx = store.write(app.office()).expect("a transaction");
    let id = tx.next_id("account").expect("an identity");
    tx.insert_account(&AccountRow {
        id,
        office_id: app.office().0,
        login: name.to_owned(),
        login_key: name.to_owned(),
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

/// The sentence of a refusal, or of the faults of a form.
pub fn said<T: std::fmt::Debug>(result: Result<T, Problem>) -> String {
    match result.expect_err("refused") {
        Problem::Refused(sentence) => sentence,
        Problem::Faults(faults) => faults.into_iter().map(|fault| fault.sentence).collect(),
        other => panic!("neither refused nor faulty: {other:?}"),
    }
}
