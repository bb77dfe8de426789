//! What connections remember is never older than what somebody has committed, in this process or in another.

use tz_model::Revision;
use tz_store::item::{ItemFilter, ItemRow, Sight};
use tz_store::scheme::SchemeRow;
use tz_store::{Store, Tx};

use crate::house::{House, NOW, each_database};
use crate::records::enter;

/// Everything that is remembered between readings, as it stands now.
fn seen(tx: &mut Tx) -> (i64, i64, i64, Vec<String>, Vec<String>) {
    let waiting = tx.waiting_for_editors("2018-06-04").unwrap();
    let names = tx.list_unit_names().unwrap().iter().map(|(_, name)| name.to_owned()).collect();
    let schemes = tx.list_schemes().unwrap().into_iter().map(|scheme| scheme.hash).collect();
    (tx.count_items_in("received").unwrap(), waiting.items, tx.count_mail_of("quarantine").unwrap(), names, schemes)
}

/// SHA-256 of an empty text.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn adopt_scheme(store: &Store, house: &House) {
    let mut tx = store.write(house.office).unwrap();
    assert_eq!(tx.put_scheme_text("").unwrap(), EMPTY);
    tx.append_scheme(SchemeRow {
        office_id: 0,
        seq: 0,
        hash: EMPTY.to_owned(),
        scheme_id: "empty".to_owned(),
        from_date: "2018-01-01".to_owned(),
        recorded_at: NOW,
        recorded_by: None,
        withdraws: None,
        reason: String::new(),
    })
    .unwrap();
    tx.commit().unwrap();
}

#[test]
fn what_anybody_commits_is_seen_at_once_by_everybody() {
    each_database(|house| {
        let town = house.unit("滨湖镇");
        // As `tongzheng intake` stands beside `tongzheng serve`: the same database, nothing else shared.
        let other = house.place.open().unwrap();
        let both = |what: &str| {
            let here = [0, 1].map(|_| seen(&mut house.read()));
            let there = [0, 1].map(|_| seen(&mut other.read(house.office).unwrap()));
            assert_eq!(here, there, "{what}");
            here[0].clone()
        };
        let empty = both("before anything");
        assert_eq!((empty.0, empty.1, empty.2), (0, 0, 0));

        let item = enter(house, "2018-0604-01", &[town]).unwrap();
        assert_eq!((both("entered here").0, both("entered here").1), (1, 1));

        let mut tx = other.write(house.office).unwrap();
        let (row, _) = tx.find_item(Sight::Office, item).unwrap().unwrap();
        assert!(tx.update_item(&ItemRow { state: "declined".to_owned(), ..row }, Revision(1)).unwrap());
        // Who writes sees what they have written; nobody else does before the commit.
        assert_eq!(tx.count_items_in("received").unwrap(), 0);
        assert_eq!(seen(&mut house.read()).0, 1);
        tx.commit().unwrap();
        assert_eq!((both("declined there").0, both("declined there").1), (0, 0));

        house.unit("商务局");
        assert_eq!(both("a unit more").3, ["滨湖镇", "商务局"]);

        adopt_scheme(&other, house);
        assert_eq!(both("a scheme more").4, [EMPTY]);
    });
}

#[test]
fn a_reading_stays_at_one_state_from_first_question_to_last() {
    each_database(|house| {
        let town = house.unit("木石镇");
        let mut tx = house.read();
        assert_eq!(tx.count_items_in("received").unwrap(), 0);
        enter(house, "2018-0604-01", &[town]).unwrap();
        assert_eq!(tx.count_items_in("received").unwrap(), 0);
        assert_eq!(tx.waiting_for_editors("2018-06-04").unwrap().items, 0);
        drop(tx);
        // The same connection again, with all that it remembered.
        let mut tx = house.read();
        assert_eq!(
            (tx.count_items_in("received").unwrap(), tx.waiting_for_editors("2018-06-04").unwrap().items),
            (1, 1)
        );
    });
}

#[test]
fn what_is_rolled_back_was_never_seen() {
    each_database(|house| {
        let town = house.unit("木石镇");
        enter(house, "2018-0604-01", &[town]).unwrap();
        let mut tx = house.write();
        let before = tx.count_items_in("received").unwrap();
        let id = tx.list_items(Sight::Office, &ItemFilter::default()).unwrap()[0].0.clone();
        assert!(tx.update_item(&ItemRow { state: "held".to_owned(), ..id }, Revision(1)).unwrap());
        assert_eq!((before, tx.count_items_in("received").unwrap(), tx.count_items_in("held").unwrap()), (1, 0, 1));
        drop(tx);
        let mut tx = house.read();
        assert_eq!((tx.count_items_in("received").unwrap(), tx.count_items_in("held").unwrap()), (1, 0));
    });
}

#[test]
fn connections_serve_many_more_readers_than_there_are() {
    each_database(|house| {
        let town = house.unit("木石镇");
        enter(house, "2018-0604-01", &[town]).unwrap();
        let counts: Vec<i64> = std::thread::scope(|scope| {
            let (store, office) = (&house.store, house.office);
            let count = move || store.read(office).unwrap().count_items_in("received").unwrap();
            let read = move || (0..20).map(|_| count()).sum();
            let threads: Vec<_> = (0..40).map(|_| scope.spawn(read)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(counts, [20; 40]);
    });
}
