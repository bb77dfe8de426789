//! The same facts committed in any order, on either database, score the same (reliability, check 16).

use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use tz_app::{App, Chief, FixedClock, Role};
use tz_model::{AccountId, Table};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::ledger::FactRow;

use crate::house::{month, person};

/// A small month of two units, each fact under a key of its own so that the order of recording names nothing.
fn facts(one: i64, other: i64) -> Vec<FactRow> {
    let row = |table: Table, unit: i64, day: &str, name: &str, key: &str| FactRow {
        key: key.to_owned(),
        title: Some(format!("{name}{key}")),
        ..FactRow::new(table.name(), &[unit], day, name)
    };
    let categories = ["工作动态", "工作动态", "调研分析", "问题建议", "社情民意"];
    let reports = categories.into_iter().zip(1..).map(|(category, at)| FactRow {
        channel: Some("网页".to_owned()),
        ..row(Table::Reports, one, &format!("2018-06-{at:02}"), category, &format!("稿{at}"))
    });
    let mut all: Vec<FactRow> = reports.collect();
    all.push(row(Table::Adoptions, one, "2018-06-11", "每日要情采用", "用1"));
    all.push(row(Table::Adoptions, one, "2018-06-11", "枣庄普刊采用", "用2"));
    all.push(row(Table::Adoptions, other, "2018-06-12", "政务信息交流采用", "用3"));
    all.push(row(Table::Comments, one, "2018-06-20", "滕州市政府领导批示", "批1"));
    all.push(FactRow { answered: Some("2018-06-14".to_owned()), ..row(Table::Duties, one, "2018-06-15", "", "约1") });
    all.push(row(Table::Duties, other, "2018-06-15", "", "约2"));
    all.push(row(Table::Events, other, "2018-06-16", "通报获主要负责同志批示", "事1"));
    all
}

/// What the page of June says of both units once the facts have been committed one by one in an order.
fn scored(store: Store, order: &[usize]) -> String {
    let store = Arc::new(store);
    let clock = Arc::new(FixedClock::at("2018-06-30T04:00:00Z".parse().unwrap()));
    let scheme = Scheme::builtin("tengzhou-2018").unwrap();
    let app = App::open_or_set_up(Arc::clone(&store), clock, scheme, date(2018, 1, 1)).unwrap();
    let units = store.read(app.office()).unwrap().list_units(None).unwrap();
    let id = |name: &str| tz_model::UnitId(units.iter().find(|unit| unit.name == name).unwrap().unit_id);
    let (one, other) = (id("墨研办"), id("气象局"));
    let all = facts(one.0, other.0);
    for at in order {
        let mut tx = store.write(app.office()).unwrap();
        tx.append_fact(all[*at].clone()).unwrap();
        tx.commit().unwrap();
    }
    let chief = Chief::of(&person(Role::Chief, AccountId(1), None)).unwrap();
    let said = |unit| {
        let account = app.account_of(&chief, unit, month("2018-06")).unwrap();
        let lines: Vec<_> = account.lines.iter().map(|line| format!("{:?}", line.line)).collect();
        format!("{} {} {lines:#?}", account.total, account.rank)
    };
    format!("{}\n{}", said(one), said(other))
}

/// Fisher and Yates with a small generator: the orders are the same at every run.
fn shuffled(count: usize, state: &mut u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(at, usize::try_from((*state >> 33) % (at as u64 + 1)).unwrap());
    }
    order
}

fn copied(from: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    folder
}

#[test]
fn a_hundred_orders_of_the_same_facts_score_the_same_on_both_databases() {
    let count = facts(1, 2).len();
    let in_order: Vec<usize> = (0..count).collect();
    // An office that is set up once and copied: what differs is the order alone.
    let office = tempfile::tempdir().unwrap();
    let scheme = Scheme::builtin("tengzhou-2018").unwrap();
    let clock = Arc::new(FixedClock::at("2018-06-30T04:00:00Z".parse().unwrap()));
    let store = Arc::new(Store::open_folder(office.path()).unwrap());
    drop(App::open_or_set_up(store, clock, scheme, date(2018, 1, 1)).unwrap());
    let expected = scored(Store::open_folder(copied(office.path()).path()).unwrap(), &in_order);
    // 5 + 2 + 2 for five items where three are asked for, 5 + 15, 20, 3; and 10 + 10 - 3 - 5.
    assert!(expected.starts_with("52 1 ") && expected.contains("\n12 2 "), "{expected}");
    let mut state = 16;
    for _ in 0..100 {
        let order = shuffled(count, &mut state);
        let folder = copied(office.path());
        assert_eq!(scored(Store::open_folder(folder.path()).unwrap(), &order), expected, "{order:?}");
    }
    let Some(server) = tz_testkit::Postgres::start() else { return };
    for _ in 0..8 {
        let order = shuffled(count, &mut state);
        let address = server.fresh_database();
        assert_eq!(scored(Store::open_postgres(&address).unwrap(), &order), expected, "{order:?}");
    }
}
