//! Bringing a database to the newest structure: one number, one name, one step, the same for both databases.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tz_model::OfficeId;

use crate::{Failure, Store, dialect};

/// One step of structure. Never edited once released.
pub struct Step {
    /// Its number; steps run in order.
    pub number: i64,
    /// Its name.
    pub name: &'static str,
    sql: &'static str,
}

/// Every step.
const STEPS: &[Step] = &[
    Step { number: 1, name: "house", sql: include_str!("../migrations/0001_house.sql") },
    Step { number: 2, name: "issue-by-state", sql: include_str!("../migrations/0002_issue_by_state.sql") },
    Step { number: 3, name: "scheme", sql: include_str!("../migrations/0003_scheme.sql") },
    Step { number: 4, name: "statement-head", sql: include_str!("../migrations/0004_statement_head.sql") },
    Step { number: 5, name: "periods", sql: include_str!("../migrations/0005_periods.sql") },
    Step { number: 6, name: "postbox", sql: include_str!("../migrations/0006_postbox.sql") },
    Step { number: 7, name: "outgoing", sql: include_str!("../migrations/0007_outgoing.sql") },
    Step { number: 8, name: "mailbox-request", sql: include_str!("../migrations/0008_mailbox_request.sql") },
    Step { number: 9, name: "template", sql: include_str!("../migrations/0009_template.sql") },
    Step { number: 10, name: "mailbox-finish", sql: include_str!("../migrations/0010_mailbox_finish.sql") },
    Step { number: 11, name: "issue-room", sql: include_str!("../migrations/0011_issue_room.sql") },
    Step { number: 12, name: "upward", sql: include_str!("../migrations/0012_upward.sql") },
    Step { number: 13, name: "template-room", sql: include_str!("../migrations/0013_template_room.sql") },
    Step { number: 14, name: "close-room", sql: include_str!("../migrations/0014_close_room.sql") },
    Step { number: 15, name: "notices", sql: include_str!("../migrations/0015_notices.sql") },
    Step { number: 16, name: "staff", sql: include_str!("../migrations/0016_staff.sql") },
    Step { number: 17, name: "reporting-points", sql: include_str!("../migrations/0017_reporting_points.sql") },
    Step { number: 18, name: "training", sql: include_str!("../migrations/0018_training.sql") },
    Step { number: 19, name: "partner", sql: include_str!("../migrations/0019_partner.sql") },
    Step { number: 20, name: "directory", sql: include_str!("../migrations/0020_directory.sql") },
    Step { number: 21, name: "tenure", sql: include_str!("../migrations/0021_tenure.sql") },
    Step { number: 22, name: "topic-by-mail", sql: include_str!("../migrations/0022_topic_by_mail.sql") },
];

/// The newest structure this program knows.
pub const NEWEST: i64 = STEPS[STEPS.len() - 1].number;

pub(crate) enum Stopped {
    Newer { found: i64 },
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Runs what is missing, all in one transaction: the database is old or new afterwards, never between.
pub(crate) fn to_newest(store: &Store) -> Result<(), Stopped> {
    let mut tx = store.write(OfficeId(0))?;
    let connection = tx.connection();
    let doing = "bringing the database to the newest structure";
    dialect::lock_for_migration(connection).map_err(Failure::at(doing))?;
    connection
        .batch_execute("CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)")
        .map_err(Failure::at(doing))?;
    let found: Found = diesel::sql_query("SELECT coalesce(max(number), 0) AS number FROM migration")
        .get_result(connection)
        .map_err(Failure::at(doing))?;
    if found.number > NEWEST {
        return Err(Stopped::Newer { found: found.number });
    }
    for step in STEPS.iter().filter(|step| step.number > found.number) {
        connection.batch_execute(step.sql).map_err(Failure::at(doing))?;
        connection
            .batch_execute(&format!("INSERT INTO migration (number, name) VALUES ({}, '{}')", step.number, step.name))
            .map_err(Failure::at(doing))?;
    }
    tx.commit()?;
    Ok(())
}
