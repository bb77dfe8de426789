use std::sync::Arc;

use jiff::civil::date;
use tz_model::{Month, Table};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::ledger::FactRow;

use super::{ClosePeriod, Followed};
use crate::{App, FixedClock};

struct House {
    app: App,
    store: Arc<Store>,
    _folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open_folder(folder.path()).unwrap());
        let clock = Arc::new(FixedClock::at("2018-06-20T01:00:00Z".parse().unwrap()));
        let scheme = Scheme::builtin("tengzhou-2018").unwrap();
        let app = App::open_or_set_up(Arc::clone(&store), clock, scheme, date(2018, 1, 1)).unwrap();
        Self { app, store, _folder: folder }
    }

    fn append(&self, row: FactRow) -> FactRow {
        let mut tx = self.store.write(self.app.office()).unwrap();
        let row = tx.append_fact(row).unwrap();
        tx.commit().unwrap();
        row
    }

    fn adoption(&self, day: &str) -> FactRow {
        self.append(FactRow::new(Table::Adoptions.name(), &[1], day, "每日要情采用"))
    }
}

fn june() -> ClosePeriod {
    ClosePeriod::of(Scheme::builtin("tengzhou-2018").unwrap(), Month::new(2018, 6).unwrap())
}

fn days(rows: &[Arc<FactRow>]) -> Vec<&str> {
    rows.iter().map(|row| &*row.date).collect()
}

#[test]
fn a_month_read_on_is_the_month_read_anew() {
    let house = House::new();
    let (first, second) = (house.adoption("2018-06-01"), house.adoption("2018-06-30"));
    let mut known = Followed::newest(&mut house.app.read().unwrap()).unwrap();
    let read = known.within(&mut house.app.read().unwrap(), &june()).unwrap();
    assert_eq!(days(&read), ["2018-06-01", "2018-06-30"]);
    // One is moved within the month and so comes last, one leaves it, one is new, and others are of other months.
    house.append(FactRow { date: "2018-06-02".to_owned(), ..first });
    house.append(FactRow { date: "2018-07-01".to_owned(), ..second });
    house.adoption("2018-06-15");
    house.adoption("2018-05-31");
    let taken_back = house.adoption("2018-06-16");
    house.append(FactRow { revoked: true, ..taken_back });
    let mut tx = house.app.read().unwrap();
    let mut known = known.caught_up(&mut tx).unwrap().unwrap();
    let mut anew = Followed::newest(&mut tx).unwrap();
    assert_eq!((known.end(), known.last_row()), (anew.end(), anew.last_row()));
    let read_on = known.within(&mut tx, &june()).unwrap();
    assert_eq!(days(&read_on), ["2018-06-02", "2018-06-15"]);
    assert_eq!(read_on, anew.within(&mut tx, &june()).unwrap());
}

#[test]
fn a_transaction_that_began_before_is_not_shown_what_came_after() {
    let house = House::new();
    house.adoption("2018-06-01");
    let mut earlier = house.app.read().unwrap();
    // A reader's view begins with its first query.
    let seen = Followed::newest(&mut earlier).unwrap();
    house.adoption("2018-06-02");
    let later = Followed::newest(&mut house.app.read().unwrap()).unwrap();
    assert!(later.caught_up(&mut earlier).unwrap().is_none());
    let mut again = seen.caught_up(&mut earlier).unwrap().unwrap();
    assert_eq!(days(&again.within(&mut earlier, &june()).unwrap()), ["2018-06-01"]);
}

#[test]
fn a_ledger_with_another_row_in_the_place_of_the_last_one_is_read_anew() {
    let house = House::new();
    house.adoption("2018-06-01");
    let mut known = Followed::newest(&mut house.app.read().unwrap()).unwrap();
    known.last_row = known.last_row.replace("2018-06-01", "2018-06-03");
    house.adoption("2018-06-02");
    assert!(known.caught_up(&mut house.app.read().unwrap()).unwrap().is_none());
}

#[test]
fn a_transaction_that_writes_leaves_nothing_behind_that_was_not_committed() {
    let house = House::new();
    house.adoption("2018-06-01");
    let total = |tx: &mut tz_store::Tx| {
        let scored = crate::assessment::scored(tx, &house.app.live, june().last, date(2018, 6, 20)).unwrap();
        let (_, unit) = scored.units.iter().find(|(id, _)| id.0 == 1).unwrap().clone();
        unit.score.lines.iter().filter(|line| &*line.item == "每日要情采用").count()
    };
    assert_eq!(total(&mut house.app.read().unwrap()), 1);
    let mut given_up = house.app.write().unwrap();
    given_up.append_fact(FactRow::new(Table::Adoptions.name(), &[1], "2018-06-02", "每日要情采用")).unwrap();
    assert_eq!(total(&mut given_up), 2);
    drop(given_up);
    assert_eq!(total(&mut house.app.read().unwrap()), 1);
    // Another row takes the place that was given up.
    house.append(FactRow::new(Table::Adoptions.name(), &[2], "2018-06-02", "每日要情采用"));
    assert_eq!(total(&mut house.app.read().unwrap()), 1);
}
