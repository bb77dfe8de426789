//! The store on both databases: every test that takes a [`house::House`] runs on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod directory;
mod house;
mod issue_room;
mod ledger;
mod memory;
mod opening;
mod postbox;
mod records;
mod schema;
mod verify;
mod waiting;
