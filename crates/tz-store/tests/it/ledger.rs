//! The ledger: facts appended, corrected, revoked; units by versions; both as of an earlier place.

use tz_model::{FactSeq, UnitId};
use tz_store::ledger::{FactFilter, FactRow};

use crate::house::{House, NOW, each_database, version};

fn record(house: &House, row: FactRow) -> FactRow {
    let mut tx = house.write();
    let row = tx.append_fact(FactRow { recorded_at: NOW, ..row }).unwrap();
    tx.commit().unwrap();
    row
}

fn held(rows: &[FactRow]) -> Vec<(&str, &str, &str)> {
    rows.iter().map(|row| (row.key.as_str(), row.name.as_str(), row.date.as_str())).collect()
}

#[test]
fn a_correction_replaces_a_fact_and_a_withdrawal_ends_it_but_the_past_stays_readable() {
    each_database(|house| {
        let unit = house.unit("滨湖镇");
        let adoption = |date: &str, name: &str| FactRow::new("采用", &[unit.0], date, name);
        let first = record(house, adoption("2018-05-29", "每日要情采用"));
        let second = record(house, adoption("2018-06-04", "枣庄普刊采用"));
        let comment = record(house, FactRow::new("批示", &[unit.0], "2018-06-07", "省政府领导批示"));
        assert_eq!((first.key.as_str(), second.key.as_str(), comment.key.as_str()), ("1", "2", "1"));
        // The unit's own version took place 1.
        assert_eq!((first.seq, second.seq, comment.seq), (2, 3, 4));
        let end = house.read().ledger_end().unwrap();
        assert_eq!(end, FactSeq(4));

        record(house, FactRow { date: "2018-06-30".to_owned(), reason: "日期有误".to_owned(), ..second.clone() });
        record(house, FactRow { revoked: true, reason: "撤稿".to_owned(), ..first.clone() });

        let mut tx = house.read();
        assert_eq!(
            held(&tx.list_facts(&FactFilter::default()).unwrap()),
            [("1", "省政府领导批示", "2018-06-07"), ("2", "枣庄普刊采用", "2018-06-30")]
        );
        let june = FactFilter {
            table: Some("采用"),
            from: Some("2018-06-01"),
            to: Some("2018-06-30"),
            ..FactFilter::default()
        };
        assert_eq!(held(&tx.list_facts(&june).unwrap()), [("2", "枣庄普刊采用", "2018-06-30")]);
        let early = FactFilter { to: Some("2018-06-04"), ..FactFilter::default() };
        assert_eq!(held(&tx.list_facts(&early).unwrap()), []);

        assert_eq!(
            held(&tx.list_facts_as_of(end, "2018-01-01").unwrap()),
            [
                ("1", "每日要情采用", "2018-05-29"),
                ("2", "枣庄普刊采用", "2018-06-04"),
                ("1", "省政府领导批示", "2018-06-07")
            ]
        );
        assert_eq!(tx.list_facts_as_of(end, "2018-06-01").unwrap().len(), 2);
        assert_eq!(tx.list_facts_as_of(FactSeq(1), "2018-01-01").unwrap(), []);

        let history = tx.fact_history("采用", "1").unwrap();
        assert_eq!(history.iter().map(|row| row.revoked).collect::<Vec<_>>(), [false, true]);
        assert!(tx.find_fact("采用", "1").unwrap().is_some_and(|row| row.revoked));
        assert_eq!(tx.find_fact("采用", "9").unwrap(), None);
    });
}

#[test]
fn a_fact_of_several_units_gives_them_all_back() {
    each_database(|house| {
        let (one, two) = (house.unit("滨湖镇"), house.unit("南沙河镇"));
        let row = record(house, FactRow::new("采用", &[one.0, two.0], "2018-06-04", "每日要情采用"));
        let found = house.read().find_fact("采用", &row.key).unwrap().unwrap();
        assert_eq!(found.unit_ids(), [one.0, two.0]);
        assert_eq!(found, row);
    });
}

#[test]
fn a_renamed_unit_keeps_its_old_name_as_of_an_earlier_place() {
    each_database(|house| {
        let (tourism, other) = (house.unit("旅服局"), house.unit("文广新局"));
        let end = house.read().ledger_end().unwrap();
        let mut tx = house.write();
        tx.append_unit_version(version(tourism, "文化和旅游局")).unwrap();
        tx.commit().unwrap();
        let mut tx = house.read();
        let names = |rows: Vec<tz_store::directory::UnitVersionRow>| -> Vec<(UnitId, String)> {
            rows.into_iter().map(|row| (UnitId(row.unit_id), row.name)).collect()
        };
        let now = names(tx.list_units(None).unwrap());
        assert_eq!(now, [(tourism, "文化和旅游局".to_owned()), (other, "文广新局".to_owned())]);
        let then = names(tx.list_units(Some(end)).unwrap());
        assert_eq!(then, [(tourism, "旅服局".to_owned()), (other, "文广新局".to_owned())]);
        assert_eq!(tx.list_units(Some(FactSeq(1))).unwrap().len(), 1);
        let versions = tx.list_versions_of_unit(tourism).unwrap();
        assert_eq!(versions.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["文化和旅游局", "旅服局"]);
        assert_eq!(tx.find_unit(tourism).unwrap().map(|row| row.name).as_deref(), Some("文化和旅游局"));
    });
}
