//! The store on both databases: every test that takes a [`house::House`] runs on SQLite and on PostgreSQL.

mod directory;
mod house;
mod ledger;
mod opening;
mod records;
mod schema;
mod verify;
