//! The use cases of the office, one module a room: who may, in which transaction, at what time.
//!
//! Web, mail, spreadsheet import and command line are doors to the same functions here; no door has rules of its own. Each
//! use case gathers from the store, decides by pure rules, and records in one transaction. Synchronous: a door that must
//! not block runs it on its blocking pool. Begin with [`App`], then `account.rs` as the plainest room.

pub mod account;
pub mod assessment;
mod clock;
pub mod comment;
pub mod dashboard;
pub mod demo;
mod faces;
pub mod facts;
pub mod forward;
pub mod intake;
pub mod intranet;
pub mod jobs;
pub mod mail;
pub mod mailbox;
pub mod network;
pub mod notice;
pub mod outgoing;
mod people;
pub mod postbox;
mod problem;
pub mod publication;
pub mod reading;
pub mod report;
pub mod setup;
mod sheets;
pub mod solicitation;
pub mod staff;
pub mod system;
mod templates;
pub mod verify;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use tz_model::{Month, OfficeId};
use tz_scheme::Scheme;
use tz_store::{Store, Tx, Write};

pub use clock::{Clock, FixedClock, ShiftedClock, SystemClock};
pub use faces::{FaceShelf, PaperFormat};
pub use people::{Administrator, Chief, Editor, IssueReader, Leader, Person, Registrar, Reporter, Role};
pub use problem::{FieldFault, Problem};
pub use tz_store::item::Sight;
pub use tz_store::{Failure, OpenFailure};

/// One office's installation: its database, its clock, its reader of what strangers send. Every door holds one.
pub struct App {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    shelf: Arc<dyn FaceShelf>,
    office: OfficeId,
    live: assessment::Live,
    reader: Arc<dyn reading::Reader>,
    /// Under which passwords of mail accounts are sealed; nothing where there is no data folder.
    keys: Option<postbox::KeyFile>,
    unwritten: postbox::Unwritten,
    /// By which statements are signed; nothing where there is no data folder.
    signing: Option<assessment::signature::SigningFile>,
}

impl App {
    /// The office in an opened database. What strangers send is read in this process.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>, office: OfficeId) -> Self {
        let shelf = Arc::new(faces::EmptyShelf);
        let live = assessment::Live::default();
        Self {
            store,
            clock,
            shelf,
            office,
            live,
            reader: Arc::new(reading::Here),
            keys: None,
            unwritten: postbox::Unwritten::default(),
            signing: None,
        }
    }

    /// The same office with another reader of what strangers send.
    pub fn reading_by(self, reader: Arc<dyn reading::Reader>) -> Self {
        Self { reader, ..self }
    }

    /// The same, with the key files of a data folder: passwords of mail accounts can be kept, statements signed.
    #[must_use]
    pub fn with_keys(self, folder: &Path) -> Self {
        Self {
            keys: Some(postbox::KeyFile::in_folder(folder)),
            signing: Some(assessment::signature::SigningFile::in_folder(folder)),
            ..self
        }
    }

    /// The office's name.
    pub fn office_name(&self) -> Result<String, Problem> {
        Ok(self.read()?.office_row()?.name)
    }

    /// The office it serves.
    pub fn office(&self) -> OfficeId {
        self.office
    }

    /// The moment it is for the office.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The month it is for the office (R1).
    pub fn this_month(&self) -> Month {
        Month::of(self.now())
    }

    /// Today in the office's calendar (R1).
    pub fn today(&self) -> jiff::civil::Date {
        tz_model::shanghai_date(self.now())
    }

    pub(crate) fn micros(&self) -> i64 {
        self.now().as_microsecond()
    }

    pub(crate) fn read(&self) -> Result<Tx, Problem> {
        Ok(self.store.read(self.office)?)
    }

    pub(crate) fn write(&self) -> Result<Write, Problem> {
        Ok(self.store.write(self.office)?)
    }

    /// The scheme in force on a day: the last one adopted from that day or earlier.
    pub fn scheme_on(&self, day: jiff::civil::Date) -> Result<Arc<Scheme>, Problem> {
        let mut tx = self.read()?;
        scheme_on(&mut tx, day)
    }
}

/// As [`App::scheme_on`], within a transaction.
pub(crate) fn scheme_on(tx: &mut Tx, day: jiff::civil::Date) -> Result<Arc<Scheme>, Problem> {
    let day = day.to_string();
    let rows = tx.list_schemes()?;
    let row = rows
        .iter()
        .find(|row| row.from_date <= day)
        .or(rows.last())
        .ok_or_else(|| Problem::Refused("本机关还没有采用计分办法。请由管理员先选定一个。".to_owned()))?;
    scheme_of(tx, &row.hash)
}

/// A scheme, and its first day where it stands ahead.
pub(crate) type FromDay = (Arc<Scheme>, Option<jiff::civil::Date>);

/// The scheme in force on a day, then those that stand ahead: what is set up today must serve them too.
pub(crate) fn schemes_ahead(tx: &mut Tx, day: jiff::civil::Date) -> Result<Vec<FromDay>, Problem> {
    let mut all = vec![(scheme_on(tx, day)?, None)];
    let rows = tx.list_schemes()?;
    for row in rows.iter().rev() {
        if let Some(from) = tz_model::parse_date(&row.from_date).ok().filter(|from| *from > day) {
            all.push((scheme_of(tx, &row.hash)?, Some(from)));
        }
    }
    Ok(all)
}

/// What schemes that do not know something say of it, a sentence each: `没有“A类”这个类别`.
pub(crate) fn unknown_to(schemes: &[FromDay], what: &str, knows: impl Fn(&Scheme) -> bool) -> Vec<String> {
    let lacking = schemes.iter().filter(|(scheme, _)| !knows(scheme));
    let said = |(scheme, from): &FromDay| match from {
        Some(from) => format!("自{from}起执行的“{}”没有{what}，到时还要再改。", scheme.name()),
        None => format!("现行的“{}”没有{what}，在它执行期间不能据此计分。", scheme.name()),
    };
    lacking.map(said).collect()
}

/// The scheme of a hash, parsed. Each is read and parsed once while the program runs: its hash names its text.
pub(crate) fn scheme_of(tx: &mut Tx, hash: &str) -> Result<Arc<Scheme>, Problem> {
    use std::collections::BTreeMap;
    use std::sync::{LazyLock, Mutex};
    static PARSED: LazyLock<Mutex<BTreeMap<String, Arc<Scheme>>>> = LazyLock::new(Mutex::default);
    let mut parsed = PARSED.lock().expect("no holder of this lock can panic");
    if let Some(known) = parsed.get(hash) {
        return Ok(Arc::clone(known));
    }
    let text = tx.find_scheme_text(hash)?.ok_or_else(|| {
        Problem::Failed(Failure::Damaged {
            doing: "looking for the text of a scheme",
            what: format!("no scheme {hash}"),
        })
    })?;
    let scheme = Scheme::parse(&text).map(Arc::new).map_err(|faults| {
        Problem::Refused(format!("所存的计分办法（校验值{hash}）无法读取：{}", tz_model::sentences(&faults)))
    })?;
    // A text that is not what its hash names was changed past the program: it is not remembered under that name.
    if scheme.hash() == hash {
        parsed.insert(hash.to_owned(), Arc::clone(&scheme));
    }
    Ok(scheme)
}
