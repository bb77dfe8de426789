//! What waits, by room, as the navigation counts it; and the register among the facts.

use tz_model::{Revision, UnitId};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::solicitation::SolicitationRow;
use tz_store::waiting::Waiting;

use crate::house::{House, NOW, each_database};
use crate::records::enter;

fn record(house: &House, row: FactRow) -> FactRow {
    let mut tx = house.write();
    let row = tx.append_fact(FactRow { recorded_at: NOW, ..row }).unwrap();
    tx.commit().unwrap();
    row
}

fn solicit(house: &House, code: &str, deadline: &str, unit: UnitId) -> FactRow {
    let mut tx = house.write();
    let id = tx
        .insert_solicitation(SolicitationRow {
            id: 0,
            office_id: 0,
            code: code.to_owned(),
            topic: "防汛准备情况".to_owned(),
            requirement: String::new(),
            deadline: deadline.to_owned(),
            created_at: NOW,
            created_by: None,
        })
        .unwrap();
    tx.commit().unwrap();
    record(house, FactRow { solicitation_id: Some(id), ..FactRow::new("约稿", &[unit.0], deadline, "") })
}

#[test]
fn what_waits_is_counted_for_the_editors_and_for_each_unit_alone() {
    each_database(|house| {
        let (town, other) = (house.unit("滨湖镇"), house.unit("商务局"));
        let office = || house.read().waiting_for_editors("2018-06-04").unwrap();
        let unit = |unit| house.read().waiting_for_unit(unit, "2018-06-04", NOW - 1).unwrap();
        assert_eq!((office(), unit(town)), (Waiting::default(), Waiting::default()));

        let first = enter(house, "2018-0604-01", &[town]).unwrap();
        enter(house, "2018-0604-02", &[other]).unwrap();
        assert_eq!(office(), Waiting { items: 2, ..Waiting::default() });
        let mut tx = house.write();
        let (mut row, _) = tx.find_item(tz_store::item::Sight::Office, first).unwrap().unwrap();
        "returned".clone_into(&mut row.state);
        assert!(tx.update_item(&row, Revision(1)).unwrap());
        tx.commit().unwrap();
        assert_eq!(office().items, 1);
        assert_eq!((unit(town).items, unit(other).items), (1, 0));
        let later = house.read().waiting_for_unit(town, "2018-06-04", NOW + 1).unwrap();
        assert_eq!(later.items, 0, "what came back long ago waits no more");

        solicit(house, "约稿2018-01", "2018-06-03", town);
        let today = solicit(house, "约稿2018-02", "2018-06-04", town);
        let asked = solicit(house, "约稿2018-03", "2018-06-20", town);
        assert_eq!(office().solicitations, 2);
        assert_eq!((unit(town).solicitations, unit(other).solicitations), (2, 0));
        record(house, FactRow { answered: Some("2018-06-04".to_owned()), ..today });
        record(house, FactRow { outcome: Some("拒报".to_owned()), ..asked });
        assert_eq!(unit(town).solicitations, 0);
        assert_eq!(office().solicitations, 2, "they still run for the others");
    });
}

#[test]
fn the_facts_of_one_channel_are_listed_with_what_was_taken_back_where_asked() {
    each_database(|house| {
        let unit = house.unit("滨湖镇");
        let report = |key: &str, channel: &str| FactRow {
            key: key.to_owned(),
            channel: Some(channel.to_owned()),
            ..FactRow::new("报送", &[unit.0], "2018-06-04", "问题建议")
        };
        record(house, report("2018-0604-01", "网页"));
        record(house, report("涉密登记1", "涉密登记"));
        let back = record(house, report("涉密登记2", "涉密登记"));
        record(house, FactRow { revoked: true, ..back });
        let keys = |with_revoked| -> Vec<String> {
            let filter = FactFilter { channel: Some("涉密登记"), with_revoked, ..FactFilter::default() };
            house.read().list_facts(&filter).unwrap().into_iter().map(|row| row.key).collect()
        };
        assert_eq!(keys(false), ["涉密登记1"]);
        assert_eq!(keys(true), ["涉密登记1", "涉密登记2"]);
    });
}
