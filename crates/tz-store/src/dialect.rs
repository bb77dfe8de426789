//! Where the two databases differ: each difference is one function with two arms, never an `if` among the queries.

use diesel::connection::SimpleConnection;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel::sqlite::Sqlite;
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl, SqliteConnection};

use crate::connection::AnyConnection;

/// Which database the store stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One file in the data folder.
    Sqlite,
    /// PostgreSQL 12 or later, or a database that accepts its protocol.
    Postgres,
}

impl AnyConnection {
    pub(crate) fn open_sqlite(path: &str) -> diesel::ConnectionResult<Self> {
        SqliteConnection::establish(path).map(Self::Sqlite)
    }

    pub(crate) fn open_postgres(url: &str) -> diesel::ConnectionResult<Self> {
        PgConnection::establish(url).map(Self::Postgres)
    }
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading only.
    Reads,
    /// Writing what must last.
    Writes,
    /// Writing what is thrown away when the program stops.
    WritesForNow,
}

/// Durability and manners of a new connection: WAL with FULL sync on SQLite, UTC and loud errors on PostgreSQL.
pub(crate) fn prepare(connection: &mut AnyConnection, purpose: Purpose) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(_) => {
            connection.batch_execute("PRAGMA busy_timeout = 15000")?;
            keep_a_log(connection)?;
            connection.batch_execute(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
                 PRAGMA secure_delete = ON;",
            )?;
            connection.batch_execute(match purpose {
                Purpose::Reads => "PRAGMA query_only = ON",
                // 16 MB of log before it is moved into the file: what many commits change is moved once.
                Purpose::Writes => "PRAGMA wal_autocheckpoint = 4096",
                Purpose::WritesForNow => "PRAGMA wal_autocheckpoint = 4096; PRAGMA synchronous = OFF",
            })
        }
        AnyConnection::Postgres(_) => connection.batch_execute("SET client_min_messages = warning"),
    }
}

/// Makes SQLite write to a log (WAL). Where several processes open a new file at once, one is making it so and SQLite says to the
/// others that the file is locked, without the patience it has otherwise: they ask again for as long.
fn keep_a_log(connection: &mut AnyConnection) -> QueryResult<()> {
    const TRIES: u32 = 150;
    const WAIT: std::time::Duration = std::time::Duration::from_millis(100);
    let mut tried = 0;
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(diesel::result::Error::DatabaseError(_, told))
                if told.message().contains("locked") && tried < TRIES =>
            {
                tried += 1;
                std::thread::sleep(WAIT);
            }
            done => return done,
        }
    }
}

/// Opens a transaction that writes: on SQLite it takes the one writer's place at once, so that it can never fail half-way.
///
/// There is one writer at a time on either database, whatever the number of processes: what a transaction holds in memory
/// until it commits ([`crate::connection::Held`]) rests on this.
pub(crate) fn begin_write(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(_) => connection.batch_execute("BEGIN IMMEDIATE"),
        // Taken before the first query, so that every query sees what the writer before has committed.
        AnyConnection::Postgres(_) => connection.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(7480192)"),
    }
}

/// Opens a transaction that only reads, on one state of the database from first query to last.
pub(crate) fn begin_read(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(_) => connection.batch_execute("BEGIN"),
        AnyConnection::Postgres(_) => connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
    }
}

/// The database's own mark of the state that the transaction under way sees. On one connection two equal marks are the
/// same state: nobody, in whatever process, has committed anything in between.
pub(crate) fn state(connection: &mut AnyConnection) -> QueryResult<String> {
    match connection {
        // Counts up, for each connection by itself, whenever another connection has committed.
        AnyConnection::Sqlite(connection) => StateMark.get_result(connection),
        // Which transactions have ended, of all there ever were.
        AnyConnection::Postgres(connection) => StateMark.get_result(connection),
    }
}

/// The statement of [`state`]: a type of its own, so that it is found prepared.
#[derive(Clone, Copy, QueryId)]
struct StateMark;

impl Query for StateMark {
    type SqlType = Text;
}

impl<Database> RunQueryDsl<Database> for StateMark {}

impl QueryFragment<Sqlite> for StateMark {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("PRAGMA data_version");
        Ok(())
    }
}

impl QueryFragment<Pg> for StateMark {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT CAST(txid_current_snapshot() AS TEXT)");
        Ok(())
    }
}

/// A column is among these identities. Diesel's `eq_any` writes a place for each on SQLite, so that no two statements are
/// alike and each is prepared anew; here the list is one value on either database, and the statement is found prepared.
pub(crate) fn among<Column>(column: Column, ids: &[i64]) -> Among<Column> {
    let list = format!("[{}]", ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    Among { column, list, ids: ids.to_vec() }
}

/// See [`among`].
#[derive(Clone, Debug, QueryId)]
pub(crate) struct Among<Column> {
    column: Column,
    list: String,
    ids: Vec<i64>,
}

impl<Column: Expression<SqlType = BigInt>> Expression for Among<Column> {
    type SqlType = Bool;
}

impl<Column: AppearsOnTable<Source>, Source> AppearsOnTable<Source> for Among<Column> where Self: Expression {}

impl<Column: SelectableExpression<Source>, Source> SelectableExpression<Source> for Among<Column> where
    Self: AppearsOnTable<Source>
{
}

impl<Column: ValidGrouping<By>, By> ValidGrouping<By> for Among<Column> {
    type IsAggregate = Column::IsAggregate;
}

impl<Column: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Among<Column> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.list)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<Column: QueryFragment<Pg>> QueryFragment<Pg> for Among<Column> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<BigInt>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Keeps other processes from migrating at the same time, until the transaction ends.
pub(crate) fn lock_for_migration(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(()), // BEGIN IMMEDIATE already holds the writer's place.
        AnyConnection::Postgres(_) => connection.batch_execute("SELECT pg_advisory_xact_lock(7480191)"),
    }
}

/// What the database calls itself: `SQLite 3.51.3`, `PostgreSQL 15.14`.
pub(crate) fn version(connection: &mut AnyConnection) -> QueryResult<String> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    match connection {
        AnyConnection::Sqlite(connection) => {
            diesel::sql_query("SELECT 'SQLite ' || sqlite_version() AS version").get_result::<Version>(connection)
        }
        AnyConnection::Postgres(connection) => {
            diesel::sql_query("SELECT 'PostgreSQL ' || current_setting('server_version') AS version")
                .get_result::<Version>(connection)
        }
    }
    .map(|row| row.version)
}

/// The database's own check of its pages and references; each line is a fault. PostgreSQL checks references as it writes.
pub(crate) fn own_check(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Fault {
        #[diesel(sql_type = diesel::sql_types::Text)]
        fault: String,
    }
    match connection {
        AnyConnection::Sqlite(connection) => {
            let mut faults: Vec<Fault> = diesel::sql_query(
                "SELECT integrity_check AS fault FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
            )
            .load(connection)?;
            faults.extend(
                diesel::sql_query(
                    "SELECT \"table\" || ' 第' || coalesce(rowid, 0) || '行指向不存在的 ' || parent AS fault FROM pragma_foreign_key_check",
                )
                .load::<Fault>(connection)?,
            );
            Ok(faults.into_iter().map(|fault| fault.fault).collect())
        }
        AnyConnection::Postgres(_) => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::{Purpose, prepare};
    use crate::connection::AnyConnection;

    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        synchronous: i64,
    }

    /// How long a commit of a connection waits: 2 until the disk has it, 0 not at all.
    fn synchronous(purpose: Purpose) -> i64 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("test.db").display().to_string();
        let mut connection = AnyConnection::open_sqlite(&file).expect("a fresh file opens");
        prepare(&mut connection, purpose).expect("a fresh file can be prepared");
        let AnyConnection::Sqlite(connection) = &mut connection else { panic!("it was opened as SQLite") };
        diesel::sql_query("PRAGMA synchronous").get_result::<Setting>(connection).expect("a setting").synchronous
    }

    #[test]
    fn only_what_is_thrown_away_is_written_without_waiting_for_the_disk() {
        assert_eq!(synchronous(Purpose::Writes), 2);
        assert_eq!(synchronous(Purpose::WritesForNow), 0);
    }
}
