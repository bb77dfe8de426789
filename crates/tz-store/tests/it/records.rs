//! Items, issues, statements, messages: versions in order, stale saves refused, numbers given once.

use tz_model::{IssueId, ItemId, PublicationId, Revision, UnitId};
use tz_store::Failure;
use tz_store::item::{EventRow, ItemFilter, ItemRow, Sight, VersionRow};
use tz_store::publication::{IssueItemRow, IssueRow, PublicationRow};
use tz_store::statement::StatementRow;

use crate::house::{House, NOW, each_database};

/// An item as the intake would enter it.
pub fn item(number: &str) -> (ItemRow, VersionRow) {
    let row = ItemRow {
        id: 0,
        office_id: 0,
        number: number.to_owned(),
        received_at: NOW,
        channel: "网页".to_owned(),
        state: "received".to_owned(),
        revision: 1,
        title: "马铃薯滞销苗头需引起关注".to_owned(),
        category: "问题建议".to_owned(),
        words: 912,
        worry: true,
        counted: true,
        repeats: None,
        fingerprint: 42,
        authors: "王信息员".to_owned(),
        contact: "0632-5500000".to_owned(),
        claimed_by: None,
        solicitation_id: None,
        mail_id: None,
        sent_by: None,
        sent_key: None,
        doubts: String::new(),
    };
    let first = VersionRow {
        item_id: 0,
        revision: 1,
        title: row.title.clone(),
        body: "界河镇马铃薯收购价下跌。".to_owned(),
        category: row.category.clone(),
        saved_at: NOW,
        saved_by: None,
        note: "报送".to_owned(),
    };
    (row, first)
}

pub fn enter(house: &House, number: &str, units: &[UnitId]) -> Result<ItemId, Failure> {
    let (row, first) = item(number);
    let mut tx = house.write();
    let id = tx.insert_item(row, &units.iter().map(|unit| unit.0).collect::<Vec<_>>(), first)?;
    tx.commit()?;
    Ok(id)
}

#[test]
fn a_save_over_a_newer_version_is_refused_and_every_version_is_kept() {
    each_database(|house| {
        let unit = house.unit("界河镇");
        let id = enter(house, "2018-0604-01", &[unit]).unwrap();
        let save = |title: &str, opened: i64| -> bool {
            let mut tx = house.write();
            let (mut row, _) = tx.find_item(Sight::Office, id).unwrap().unwrap();
            row.title = title.to_owned();
            row.revision = opened + 1;
            if !tx.update_item(&row, Revision(opened)).unwrap() {
                return false;
            }
            let (_, first) = item("");
            tx.insert_version(VersionRow { item_id: id.0, revision: opened + 1, title: title.to_owned(), ..first })
                .unwrap();
            tx.commit().unwrap();
            true
        };
        assert!(save("马铃薯滞销苗头值得关注", 1));
        assert!(!save("马铃薯卖难", 1));
        assert!(save("马铃薯滞销苗头应予关注", 2));
        let mut tx = house.read();
        let titles: Vec<String> = tx.list_versions(id).unwrap().into_iter().map(|version| version.title).collect();
        assert_eq!(titles, ["马铃薯滞销苗头需引起关注", "马铃薯滞销苗头值得关注", "马铃薯滞销苗头应予关注"]);
        assert_eq!(tx.find_version(id, Revision(2)).unwrap().map(|version| version.title), Some(titles[1].clone()));
        assert_eq!(tx.find_version(id, Revision(4)).unwrap(), None);
    });
}

#[test]
fn a_unit_sees_its_own_items_and_what_happened_for_it_and_nothing_else() {
    each_database(|house| {
        let (own, other) = (house.unit("界河镇"), house.unit("滨湖镇"));
        let joint = enter(house, "2018-0604-01", &[own, other]).unwrap();
        let theirs = enter(house, "2018-0604-02", &[other]).unwrap();
        let mut tx = house.write();
        for (kind, for_unit) in [("received", true), ("claimed", false), ("returned", true)] {
            tx.append_event(EventRow {
                item_id: joint.0,
                position: 0,
                at: NOW,
                account_id: None,
                kind: kind.to_owned(),
                text: "经过".to_owned(),
                for_unit,
            })
            .unwrap();
        }
        tx.commit().unwrap();
        let mut tx = house.read();
        let sight = Sight::Unit(own);
        assert!(tx.find_item(sight, theirs).unwrap().is_none());
        assert_eq!(tx.find_item(sight, joint).unwrap().map(|(_, units)| units), Some(vec![own.0, other.0]));
        let listed = tx.list_items(sight, &ItemFilter::default()).unwrap();
        assert_eq!(listed.iter().map(|(row, _)| row.id).collect::<Vec<_>>(), [joint.0]);
        assert_eq!(tx.count_items_in("received").unwrap(), 2);
        let kinds = |who, tx: &mut tz_store::Tx| -> Vec<String> {
            tx.list_events(who, joint).unwrap().into_iter().map(|event| event.kind).collect()
        };
        assert_eq!(kinds(sight, &mut tx), ["received", "returned"]);
        assert_eq!(kinds(Sight::Office, &mut tx), ["received", "claimed", "returned"]);
    });
}

#[test]
fn items_are_found_by_any_mix_of_filters() {
    each_database(|house| {
        let unit = house.unit("界河镇");
        let ids: Vec<i64> = (1..=3).map(|n| enter(house, &format!("2018-0604-0{n}"), &[unit]).unwrap().0).collect();
        let mut tx = house.read();
        let mut found = |filter: ItemFilter<'_>| -> Vec<i64> {
            tx.list_items(Sight::Office, &filter).unwrap().into_iter().map(|(row, _)| row.id).collect()
        };
        assert_eq!(found(ItemFilter::default()), [ids[2], ids[1], ids[0]]);
        assert_eq!(found(ItemFilter { oldest_first: true, limit: 2, ..ItemFilter::default() }), ids[..2]);
        assert_eq!(found(ItemFilter { before: Some(ItemId(ids[1])), ..ItemFilter::default() }), ids[..1]);
        assert_eq!(found(ItemFilter { states: &["held", "received"], ..ItemFilter::default() }).len(), 3);
        assert!(found(ItemFilter { states: &["held", "returned"], ..ItemFilter::default() }).is_empty());
        assert_eq!(found(ItemFilter { title_part: Some("滞销"), unit: Some(unit), ..ItemFilter::default() }).len(), 3);
        // The signs of a pattern are letters like any other.
        assert!(found(ItemFilter { title_part: Some("%"), ..ItemFilter::default() }).is_empty());
        assert_eq!(found(ItemFilter { from: Some(NOW), until: Some(NOW + 1), ..ItemFilter::default() }).len(), 3);
        assert!(found(ItemFilter { until: Some(NOW), ..ItemFilter::default() }).is_empty());
        assert_eq!(tx.list_same_text(42).unwrap().len(), 3);
        assert!(tx.list_same_text(7).unwrap().is_empty());
    });
}

#[test]
fn items_of_several_states_are_one_list_in_order() {
    each_database(|house| {
        let unit = house.unit("木石镇");
        let ids: Vec<ItemId> = (1..=4).map(|n| enter(house, &format!("2018-0604-0{n}"), &[unit]).unwrap()).collect();
        let mut tx = house.write();
        for id in [ids[0], ids[2]] {
            let (row, _) = tx.find_item(Sight::Office, id).unwrap().unwrap();
            assert!(tx.update_item(&ItemRow { state: "editing".to_owned(), ..row }, Revision(1)).unwrap());
        }
        tx.commit().unwrap();
        let mut tx = house.read();
        let mut found = |oldest_first: bool, limit: i64| -> Vec<ItemId> {
            let filter = ItemFilter { states: &["received", "editing"], oldest_first, limit, ..ItemFilter::default() };
            tx.list_items(Sight::Office, &filter).unwrap().into_iter().map(|(row, _)| ItemId(row.id)).collect()
        };
        assert_eq!(found(true, 0), ids);
        assert_eq!(found(true, 3), ids[..3]);
        assert_eq!(found(false, 3), [ids[3], ids[2], ids[1]]);
        assert_eq!((tx.count_items_in("editing").unwrap(), tx.count_items_in("held").unwrap()), (2, 0));
        assert_eq!(tx.first_received_in("received").unwrap(), Some(NOW));
        assert_eq!(tx.first_received_in("held").unwrap(), None);
    });
}

#[test]
fn an_item_number_and_a_form_sent_twice_are_taken() {
    each_database(|house| {
        let unit = house.unit("界河镇");
        let by = house.account("wang").unwrap();
        enter(house, "2018-0604-01", &[unit]).unwrap();
        assert!(enter(house, "2018-0604-01", &[unit]).unwrap_err().is_taken());
        let send = |number: &str, key: Option<&str>| {
            let (row, first) = item(number);
            let row = ItemRow { sent_by: Some(by), sent_key: key.map(str::to_owned), ..row };
            let mut tx = house.write();
            tx.insert_item(row, &[unit.0], first)?;
            tx.commit()
        };
        send("2018-0604-02", Some("form 1")).unwrap();
        assert!(send("2018-0604-03", Some("form 1")).unwrap_err().is_taken());
        send("2018-0604-03", Some("form 2")).unwrap();
        send("2018-0604-04", None).unwrap();
        send("2018-0604-05", None).unwrap();
    });
}

fn publication(house: &House) -> PublicationId {
    let mut tx = house.write();
    let id = tx
        .insert_publication(PublicationRow {
            id: 0,
            office_id: 0,
            name: "每日要情".to_owned(),
            adoption_kind: "每日要情采用".to_owned(),
            editing_office: String::new(),
            report_to: String::new(),
            send_to: String::new(),
            distribute_to: String::new(),
            copies: 120,
            position: 1,
            page_limit: 0,
            unit_readers: "none".to_owned(),
        })
        .unwrap();
    tx.commit().unwrap();
    id
}

/// An issue in preparation.
fn begin_issue(house: &House, of: PublicationId) -> IssueId {
    let mut tx = house.write();
    let id = tx
        .insert_issue(IssueRow {
            id: 0,
            office_id: 0,
            publication_id: of.0,
            state: "draft".to_owned(),
            year: None,
            number: None,
            running_number: None,
            date: None,
            created_at: NOW,
            created_by: None,
            published_at: None,
            published_by: None,
            withdrawn_reason: String::new(),
            content_id: None,
            values_id: None,
        })
        .unwrap();
    tx.commit().unwrap();
    id
}

fn publish(house: &House, id: IssueId, number: i64) -> Result<bool, Failure> {
    let mut tx = house.write();
    let mut row = tx.find_issue(id)?.expect("the issue was begun");
    row.state = "published".to_owned();
    (row.year, row.number, row.running_number) = (Some(2018), Some(number), Some(number));
    row.published_at = Some(NOW);
    let done = tx.update_issue(&row, "draft")?;
    tx.commit()?;
    Ok(done)
}

#[test]
fn an_issue_is_published_once_and_its_number_given_once() {
    each_database(|house| {
        let of = publication(house);
        let (one, two) = (begin_issue(house, of), begin_issue(house, of));
        assert!(publish(house, one, 1).unwrap());
        assert!(!publish(house, one, 1).unwrap());
        assert!(publish(house, two, 1).unwrap_err().is_taken());
        assert!(publish(house, two, 2).unwrap());
        assert_eq!(house.read().list_issues(Some("published"), 10).unwrap().len(), 2);
        assert!(house.read().list_issues(Some("draft"), 10).unwrap().is_empty());
    });
}

#[test]
fn an_issue_holds_an_item_once_and_in_the_order_last_given() {
    each_database(|house| {
        let unit = house.unit("界河镇");
        let issue = begin_issue(house, publication(house));
        let items = [enter(house, "2018-0604-01", &[unit]).unwrap(), enter(house, "2018-0604-02", &[unit]).unwrap()];
        let placed = |item: ItemId| IssueItemRow {
            issue_id: 0,
            position: 0,
            item_id: item.0,
            revision: 1,
            column_name: "工作动态".to_owned(),
            title: String::new(),
            body: String::new(),
            byline: String::new(),
            form: "独编".to_owned(),
            fact_key: None,
            merged_into: None,
        };
        let place = |items: &[ItemId]| {
            let mut tx = house.write();
            tx.replace_issue_items(issue, &items.iter().map(|&item| placed(item)).collect::<Vec<_>>())?;
            tx.commit()
        };
        place(&items).unwrap();
        place(&[items[1], items[0]]).unwrap();
        let order: Vec<i64> =
            house.read().list_issue_items(issue).unwrap().into_iter().map(|row| row.item_id).collect();
        assert_eq!(order, [items[1].0, items[0].0]);
        assert!(place(&[items[0], items[0]]).unwrap_err().is_taken());
        assert_eq!(house.read().list_issue_items(issue).unwrap().len(), 2);
        assert_eq!(house.read().list_issues_of_item(items[0]).unwrap().len(), 1);
    });
}

/// Closes a month with a statement of no lines, chained to the one before.
pub fn close(house: &House, number: i64, month: &str, content: &str, previous: &str) -> Result<String, Failure> {
    let sha256 = tz_store::content::sha256(content.as_bytes());
    let mut tx = house.write();
    tx.insert_statement(StatementRow {
        id: 0,
        office_id: 0,
        number,
        month: month.to_owned(),
        scheme_hash: "scheme".to_owned(),
        fact_seq: 0,
        content: content.to_owned(),
        sha256: sha256.clone(),
        previous_sha256: previous.to_owned(),
        closed_at: NOW,
        closed_by: None,
    })?;
    tx.commit()?;
    Ok(sha256)
}

#[test]
fn a_month_is_closed_once() {
    each_database(|house| {
        let may = close(house, 1, "2018-05", "{}", "").unwrap();
        assert!(close(house, 2, "2018-05", "{ }", &may).unwrap_err().is_taken());
        close(house, 2, "2018-06", "{}", &may).unwrap();
        let months: Vec<String> = house.read().list_statements().unwrap().into_iter().map(|row| row.month).collect();
        assert_eq!(months, ["2018-05", "2018-06"]);
        assert!(house.read().find_statement("2018-07").unwrap().is_none());
        assert_eq!(house.read().last_closed().unwrap(), Some((2, "2018-06".to_owned(), NOW)));
    });
}
