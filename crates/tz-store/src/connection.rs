//! Connections, pools and transactions.

use std::collections::{BTreeMap, VecDeque};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use diesel::dsl::Limit;
use diesel::query_dsl::LoadQuery;
use diesel::query_dsl::methods::{ExecuteDsl, LimitDsl};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{PgConnection, QueryResult, Selectable, SqliteConnection};
use tz_model::OfficeId;

use crate::dialect::Purpose;
use crate::memory::Memory;
use crate::{DatabaseKind, dialect, migrate};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Runs a statement on the database that is there. Diesel's own `execute`, `load` and `first` work on [`AnyConnection`]
/// too, but write the statement's text anew at every call; here it is compiled once for each database and found prepared.
///
/// Statements that are put together while running (boxed ones) know one database only and take Diesel's own way.
pub(crate) trait Either: Sized {
    /// As Diesel's `execute`.
    fn execute_on(self, connection: &mut AnyConnection) -> QueryResult<usize>
    where
        Self: ExecuteDsl<SqliteConnection> + ExecuteDsl<PgConnection>,
    {
        match connection {
            AnyConnection::Sqlite(connection) => ExecuteDsl::<SqliteConnection>::execute(self, connection),
            AnyConnection::Postgres(connection) => ExecuteDsl::<PgConnection>::execute(self, connection),
        }
    }

    /// As Diesel's `load`.
    fn load_on<'query, Row>(self, connection: &mut AnyConnection) -> QueryResult<Vec<Row>>
    where
        Self: LoadQuery<'query, SqliteConnection, Row> + LoadQuery<'query, PgConnection, Row>,
    {
        match connection {
            AnyConnection::Sqlite(connection) => self.internal_load(connection)?.collect(),
            AnyConnection::Postgres(connection) => self.internal_load(connection)?.collect(),
        }
    }

    /// As Diesel's `first`.
    fn first_on<'query, Row>(self, connection: &mut AnyConnection) -> QueryResult<Row>
    where
        Self: LimitDsl,
        Limit<Self>: LoadQuery<'query, SqliteConnection, Row> + LoadQuery<'query, PgConnection, Row>,
    {
        self.limit(1).load_on(connection)?.pop().ok_or(Error::NotFound)
    }
}

impl<Query> Either for Query {}

/// The columns of a row, the same for both databases.
pub(crate) fn columns<Row: Selectable<diesel::sqlite::Sqlite>>() -> Row::SelectExpression {
    Row::construct_selection()
}

/// The database could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Two people took the same name, number or place; the first one has it. Named by the constraint or its columns.
    #[error("{doing}: already taken ({constraint})")]
    Taken {
        /// What was being done.
        doing: &'static str,
        /// The constraint as the database names it.
        constraint: String,
    },
    /// A row that must be there is not.
    #[error("{doing}: no such row")]
    Absent {
        /// What was being done.
        doing: &'static str,
    },
    /// Disk, network or the database itself.
    #[error("{doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        #[source]
        cause: Error,
    },
    /// No connection to be had.
    #[error("connecting to the database")]
    Connect(#[source] diesel::ConnectionError),
    /// A stored value is not what the program wrote: the database was changed from outside, or is damaged.
    #[error("{doing}: {what}")]
    Damaged {
        /// What was being done.
        doing: &'static str,
        /// What is wrong.
        what: String,
    },
}

impl Failure {
    /// Puts what was being done before what the database said.
    pub(crate) fn at(doing: &'static str) -> impl FnOnce(Error) -> Self {
        move |cause| match cause {
            Error::NotFound => Self::Absent { doing },
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, ref about) => Self::Taken {
                doing,
                constraint: about.constraint_name().map_or_else(|| about.message().to_owned(), str::to_owned),
            },
            cause => Self::Database { doing, cause },
        }
    }

    /// Why, in Chinese where it is one of the usual things and in the database's words else; one line, for the person at
    /// the terminal.
    pub fn in_words(&self) -> String {
        let said = chain(self);
        let usual: [(&[&str], &str); 12] = [
            (&["disk is full", "no space left"], "磁盘已满，请清理后重试"),
            (&["file is not a database"], "这个文件不是通政的数据库，或者已经损坏，请从备份恢复"),
            (&["malformed"], "数据库文件已经损坏，请从备份恢复"),
            (&["unable to open database file"], "这个文件打不开，它可能是一个文件夹，或者没有读写权限"),
            (&["readonly database"], "数据库文件不能写入，请检查权限，以及磁盘是不是只读"),
            (&["database is locked"], "另一个程序正占用数据库，请稍后重试"),
            (&["already exists"], "里面已有别的程序的表，这不是通政的数据库"),
            (&["connection refused", "timeout"], "连不上数据库服务，它可能没有运行，或者主机、端口写错了"),
            (
                &["connection info string", "invalid uri", "invalid connection option", "invalid port"],
                "地址写得不对，应当写成 postgres://用户@主机/库名",
            ),
            (&["could not translate host name"], "找不到这台主机，请核对主机名"),
            (&["authentication failed", "no password supplied"], "用户名或密码不对"),
            (&["does not exist"], "没有这个数据库或用户，请先建立"),
        ];
        let lower = said.to_lowercase();
        let found = usual.iter().find(|(signs, _)| signs.iter().any(|sign| lower.contains(sign)));
        found.map_or_else(|| format!("数据库答复“{said}”"), |(_, words)| (*words).to_owned())
    }

    /// True where a unique name, number or place was taken by somebody else first.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Taken { .. })
    }

    /// True where a row that must be there is not.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. })
    }
}

/// Why a database could not be opened: Chinese sentences, for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum OpenFailure {
    /// The data folder cannot be made or written.
    #[error("数据文件夹“{folder}”无法写入：{cause}。请检查权限和剩余空间，或用 --data 另指定一个文件夹。")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        cause: String,
    },
    /// The database did not open.
    #[error("数据库“{name}”无法打开：{cause}。")]
    Open {
        /// File or address without password.
        name: String,
        /// What the database said.
        cause: String,
    },
    /// A newer program wrote it.
    #[error("数据库“{name}”由更新版本的通政建立（结构第{found}版，本程序只认到第{known}版）。请使用新版程序打开。")]
    Newer {
        /// File or address.
        name: String,
        /// Its structure.
        found: i64,
        /// Ours.
        known: i64,
    },
}

type Opener = Box<dyn Fn() -> Result<AnyConnection, Failure> + Send + Sync>;

/// A connection with what it remembers.
struct Lent {
    connection: AnyConnection,
    memory: Memory,
}

/// What somebody in the queue for a connection gets.
enum Turn {
    /// One that was given back.
    Use(Box<Lent>),
    /// The place of one that was lost.
    Open,
}

/// Who has what of a pool. Nobody waits while a connection is idle or may be opened.
#[derive(Default)]
struct Places {
    idle: Vec<Lent>,
    open: usize,
    queue: VecDeque<SyncSender<Turn>>,
}

/// A few connections that are handed out and come back, to those who wait in the order they came: under load nobody
/// waits much longer than others. A connection that failed does not come back.
struct Pool {
    places: Mutex<Places>,
    most: usize,
    opener: Opener,
}

impl Pool {
    fn new(most: usize, opener: Opener) -> Arc<Self> {
        Arc::new(Self { places: Mutex::default(), most, opener })
    }

    fn take(&self) -> Result<Lent, Failure> {
        let mut places = self.places.lock().expect("no holder of this lock can panic");
        if let Some(lent) = places.idle.pop() {
            return Ok(lent);
        }
        let turn = if places.open < self.most {
            places.open += 1;
            drop(places);
            Turn::Open
        } else {
            let (sender, mine) = sync_channel(1);
            places.queue.push_back(sender);
            drop(places);
            mine.recv().expect("whoever is in the queue gets the turn of one before them")
        };
        match turn {
            Turn::Use(lent) => Ok(*lent),
            Turn::Open => match (self.opener)() {
                Ok(connection) => Ok(Lent { connection, memory: Memory::default() }),
                Err(failure) => {
                    self.lost();
                    Err(failure)
                }
            },
        }
    }

    fn lost(&self) {
        let mut places = self.places.lock().expect("no holder of this lock can panic");
        match places.queue.pop_front() {
            Some(next) => next.send(Turn::Open).expect("whoever is in the queue waits"),
            None => places.open -= 1,
        }
    }

    fn put(&self, lent: Lent) {
        let mut places = self.places.lock().expect("no holder of this lock can panic");
        match places.queue.pop_front() {
            Some(next) => {
                next.send(Turn::Use(Box::new(lent))).unwrap_or_else(|_| unreachable!("whoever is in the queue waits"))
            }
            None => places.idle.push(lent),
        }
    }
}

/// The database of an installation. Cheap to share by reference; every use is a transaction.
pub struct Store {
    readers: Arc<Pool>,
    writers: Arc<Pool>,
    kind: DatabaseKind,
}

impl Store {
    /// Opens (or makes) the embedded database in a data folder and brings it to the newest structure.
    pub fn open_folder(folder: &Path) -> Result<Self, OpenFailure> {
        Self::open_embedded(folder, Purpose::Writes)
    }

    /// As [`Store::open_folder`], for a folder that is thrown away when the program stops: a commit does not wait for the
    /// disk, and after a power cut the database may be damaged.
    pub fn open_throw_away(folder: &Path) -> Result<Self, OpenFailure> {
        Self::open_embedded(folder, Purpose::WritesForNow)
    }

    fn open_embedded(folder: &Path, writing: Purpose) -> Result<Self, OpenFailure> {
        let wrong = |cause: std::io::Error| OpenFailure::Folder {
            folder: folder.display().to_string(),
            cause: in_words(&cause),
        };
        std::fs::create_dir_all(folder).map_err(wrong)?;
        // Asked now, since SQLite would say "unable to open database file" for every one of these.
        let probe = folder.join(".tongzheng-write-probe");
        std::fs::write(&probe, b"").map_err(wrong)?;
        match std::fs::remove_file(&probe) {
            // Another process that opens the same folder was faster.
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
            removed => removed.map_err(wrong)?,
        }
        let file = folder.join("tongzheng.db");
        let name = file.display().to_string();
        let opener = |purpose: Purpose| -> Opener {
            let name = name.clone();
            Box::new(move || {
                let mut connection = AnyConnection::open_sqlite(&name).map_err(Failure::Connect)?;
                dialect::prepare(&mut connection, purpose).map_err(Failure::at("setting up a connection"))?;
                Ok(connection)
            })
        };
        Self::start(DatabaseKind::Sqlite, Pool::new(8, opener(Purpose::Reads)), Pool::new(1, opener(writing)), &name)
    }

    /// Opens a PostgreSQL database by its address (`postgres://…` or libpq's `host=…`) and brings it to the newest structure.
    pub fn open_postgres(address: &str) -> Result<Self, OpenFailure> {
        let owned = address.to_owned();
        let pool = Pool::new(
            12,
            Box::new(move || {
                let mut connection = AnyConnection::open_postgres(&owned).map_err(Failure::Connect)?;
                dialect::prepare(&mut connection, Purpose::Writes).map_err(Failure::at("setting up a connection"))?;
                Ok(connection)
            }),
        );
        Self::start(DatabaseKind::Postgres, Arc::clone(&pool), pool, &without_password(address))
    }

    fn start(kind: DatabaseKind, readers: Arc<Pool>, writers: Arc<Pool>, name: &str) -> Result<Self, OpenFailure> {
        let store = Self { readers, writers, kind };
        migrate::to_newest(&store).map_err(|failure| match failure {
            migrate::Stopped::Newer { found } => {
                OpenFailure::Newer { name: name.to_owned(), found, known: migrate::NEWEST }
            }
            migrate::Stopped::Failed(failure) => OpenFailure::Open { name: name.to_owned(), cause: failure.in_words() },
        })?;
        Ok(store)
    }

    /// Which database this is.
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// Begins reading for an office: one state of the database until dropped.
    pub fn read(&self, office: OfficeId) -> Result<Tx, Failure> {
        Tx::begin(&self.readers, office, true)
    }

    /// Begins writing for an office. Dropped without [`Write::commit`], it leaves no trace.
    pub fn write(&self, office: OfficeId) -> Result<Write, Failure> {
        Tx::begin(&self.writers, office, false).map(Write)
    }
}

/// What the system said, in Chinese where it is one of the usual things.
fn in_words(cause: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::PermissionDenied => "没有写入权限".to_owned(),
        ErrorKind::StorageFull => "磁盘已满".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "所在磁盘是只读的".to_owned(),
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => "路径中有一段是文件，不是文件夹".to_owned(),
        _ => cause.to_string(),
    }
}

/// A failure and its causes in one line.
fn chain(failure: &Failure) -> String {
    let mut text = failure.to_string();
    let mut cause = std::error::Error::source(failure);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An address that may be shown: a password may stand before the at sign, behind the question mark, or as a word of its
/// own in libpq's `host=… password=…`, behind which everything is left out.
fn without_password(address: &str) -> String {
    let shown = match address.split_once("://") {
        Some((_, rest)) => {
            let rest = rest.split('?').next().unwrap_or_default();
            rest.rsplit('@').next().unwrap_or_default()
        }
        None => address.split("password").next().unwrap_or_default(),
    };
    shown.trim_end().to_owned()
}

/// What a transaction that writes has in hand. Nobody else writes while it lasts ([`dialect::begin_write`]), so what it
/// has read of these once stays true, and the ends of series are written once, when it commits.
#[derive(Default)]
pub(crate) struct Held {
    /// The ends of the series it took numbers from, by owner and name.
    pub(crate) series: BTreeMap<(i64, String), Series>,
    /// The hash at the end of the audit chain, once it has added to it.
    pub(crate) audit_end: Option<String>,
    /// The place of the last event of items it has added events to.
    pub(crate) last_events: BTreeMap<i64, i64>,
}

/// Where a series of numbers stands.
pub(crate) struct Series {
    /// The number taken last.
    pub(crate) last: i64,
    /// There is a row for it.
    pub(crate) stored: bool,
}

/// A transaction of one office. Only reading is possible through it alone.
pub struct Tx {
    lent: Option<Lent>,
    pub(crate) held: Held,
    pool: Arc<Pool>,
    /// Nothing can be written through it.
    only_reads: bool,
    /// Whether it has asked if what its connection remembers still stands.
    pub(crate) compared: bool,
    /// The office whose rows it sees (机关).
    pub office: OfficeId,
}

const HOLDS: &str = "a transaction holds its connection until it ends";

impl Tx {
    fn begin(pool: &Arc<Pool>, office: OfficeId, only_reads: bool) -> Result<Self, Failure> {
        let begin = if only_reads { dialect::begin_read } else { dialect::begin_write };
        let mut lent = pool.take()?;
        if begin(&mut lent.connection).is_err() {
            // The connection may have died while idle (a database restarted): one fresh try.
            drop(lent);
            pool.lost();
            lent = pool.take()?;
            if let Err(cause) = begin(&mut lent.connection) {
                drop(lent);
                pool.lost();
                return Err(Failure::at("beginning a transaction")(cause));
            }
        }
        let held = Held::default();
        Ok(Self { lent: Some(lent), held, pool: Arc::clone(pool), only_reads, compared: false, office })
    }

    /// True where it sees what is committed and nothing else, since it cannot write.
    pub fn only_reads(&self) -> bool {
        self.only_reads
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.lent.as_mut().expect(HOLDS).connection
    }

    /// What its connection remembers.
    pub(crate) fn memory(&mut self) -> &mut Memory {
        &mut self.lent.as_mut().expect(HOLDS).memory
    }

    /// Ends with a word to the database; a connection that cannot say it is not used again.
    fn end(&mut self, word: &str) -> diesel::QueryResult<()> {
        let Some(mut lent) = self.lent.take() else { return Ok(()) };
        let ended = lent.connection.batch_execute(word);
        match &ended {
            Ok(()) => self.pool.put(lent),
            Err(_) => {
                drop(lent);
                self.pool.lost();
            }
        }
        ended
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        // What cannot be rolled back ends with its connection.
        let _ended = self.end("ROLLBACK");
    }
}

/// A transaction that writes.
pub struct Write(Tx);

impl Write {
    /// Makes everything durable. Nothing may be acknowledged before this returns.
    pub fn commit(mut self) -> Result<(), Failure> {
        self.write_series()?;
        self.0.end("COMMIT").map_err(Failure::at("committing"))
    }
}

impl Deref for Write {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.0
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn no_form_of_address_shows_its_password() {
        for (address, shown) in [
            ("postgres://tz:geheim@db:5432/tz", "db:5432/tz"),
            ("postgres://tz:ge@heim@db/tz", "db/tz"),
            ("postgres://db/tz?user=tz&password=geheim", "db/tz"),
            ("host=db dbname=tz password='ge heim' user=tz", "host=db dbname=tz"),
            ("host=db dbname=tz", "host=db dbname=tz"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
