//! The tables as Diesel has them are the tables as the migrations make them, on both databases.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::house::{Place, each_database};

/// Tables with their columns in order: name, type, may be empty.
type Tables = BTreeMap<String, Vec<(String, &'static str, bool)>>;

fn as_diesel_has_them() -> Tables {
    let mut tables = Tables::new();
    for block in include_str!("../../src/schema.rs").split("diesel::table! {").skip(1) {
        let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        let name = lines.next().and_then(|line| line.split_whitespace().next()).expect("a table has a name");
        let columns = lines.map_while(|line| line.split_once("->")).map(|(column, kind)| {
            let kind = kind.trim().trim_end_matches(',');
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let known = match inner.unwrap_or(kind) {
                "BigInt" => "BIGINT",
                "Text" => "TEXT",
                "Bool" => "BOOLEAN",
                "Binary" => "BYTEA",
                other => panic!("{name}: no such type is agreed between the two databases: {other}"),
            };
            (column.trim().to_owned(), known, inner.is_some())
        });
        tables.insert(name.to_owned(), columns.collect());
    }
    tables
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

fn as_the_database_has_them(place: &Place) -> Tables {
    let columns: Vec<Column> = match place {
        Place::Folder(folder) => {
            let file = folder.join("tongzheng.db").display().to_string();
            let mut connection = SqliteConnection::establish(&file).unwrap();
            diesel::sql_query(
                "SELECT m.name AS table_name, c.name AS column_name, c.type AS kind, c.\"notnull\" = 0 AS nullable
                 FROM sqlite_master m JOIN pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid",
            )
            .load(&mut connection)
            .unwrap()
        }
        Place::Server(address) => {
            let mut connection = PgConnection::establish(address).unwrap();
            diesel::sql_query(
                "SELECT table_name::text, column_name::text, upper(data_type)::text AS kind, is_nullable = 'YES' AS nullable
                 FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
            )
            .load(&mut connection)
            .unwrap()
        }
    };
    let mut tables = Tables::new();
    for column in columns.into_iter().filter(|column| column.table_name != "migration") {
        let kind = ["BIGINT", "TEXT", "BOOLEAN", "BYTEA"].into_iter().find(|kind| **kind == *column.kind);
        let kind = kind.unwrap_or_else(|| panic!("{}.{}: {}", column.table_name, column.column_name, column.kind));
        tables.entry(column.table_name).or_default().push((column.column_name, kind, column.nullable));
    }
    tables
}

#[test]
fn the_tables_in_the_code_are_the_tables_in_the_database() {
    let known = as_diesel_has_them();
    assert!(known.contains_key("fact_now") && known["office"].len() == 3, "the text of schema.rs is not read rightly");
    each_database(|house| {
        let found = as_the_database_has_them(&house.place);
        assert_eq!(known.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>(), "on {:?}", house.kind());
        for (table, columns) in &known {
            assert_eq!(columns, &found[table], "table {table} on {:?}", house.kind());
        }
    });
}
