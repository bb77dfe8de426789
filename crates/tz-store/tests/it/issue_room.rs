//! Columns, readers, marks and the archive of issues, on both databases.

use tz_model::{AccountId, IssueId, PublicationId};
use tz_store::Failure;
use tz_store::account::AccountRow;
use tz_store::issue_room::{ArchiveFilter, MarkRow};
use tz_store::publication::{IssueItemRow, IssueRow, PublicationRow};

use crate::house::{House, NOW, each_database};
use crate::records::enter;

fn publication(house: &House, name: &str, unit_readers: &str) -> PublicationId {
    let mut tx = house.write();
    let row = PublicationRow {
        id: 0,
        office_id: 0,
        name: name.to_owned(),
        adoption_kind: String::new(),
        editing_office: String::new(),
        report_to: String::new(),
        send_to: String::new(),
        distribute_to: String::new(),
        copies: 0,
        position: 1,
        page_limit: 4,
        unit_readers: unit_readers.to_owned(),
    };
    let id = tx.insert_publication(row).unwrap();
    tx.commit().unwrap();
    id
}

fn published(house: &House, of: PublicationId, number: i64, pieces: &[(i64, &str, &str, Option<i64>)]) -> IssueId {
    let mut tx = house.write();
    let id = tx
        .insert_issue(IssueRow {
            id: 0,
            office_id: 0,
            publication_id: of.0,
            state: "published".to_owned(),
            year: Some(2018),
            number: Some(number),
            running_number: Some(number),
            date: Some("2018-06-04".to_owned()),
            created_at: NOW,
            created_by: None,
            published_at: Some(NOW + number),
            published_by: None,
            withdrawn_reason: String::new(),
            content_id: None,
            values_id: None,
        })
        .unwrap();
    let rows: Vec<IssueItemRow> = pieces
        .iter()
        .map(|(item, title, body, merged_into)| IssueItemRow {
            issue_id: 0,
            position: 0,
            item_id: *item,
            revision: 1,
            column_name: String::new(),
            title: (*title).to_owned(),
            body: (*body).to_owned(),
            byline: String::new(),
            form: "独编".to_owned(),
            fact_key: None,
            merged_into: *merged_into,
        })
        .collect();
    tx.replace_issue_items(id, &rows).unwrap();
    tx.commit().unwrap();
    id
}

fn account(house: &House, login: &str, role: &str, disabled: bool) -> AccountId {
    let mut tx = house.write();
    let id = tx.next_id("account").unwrap();
    tx.insert_account(&AccountRow {
        id,
        office_id: house.office.0,
        login: login.to_owned(),
        login_key: login.to_owned(),
        name: login.to_owned(),
        role: role.to_owned(),
        unit_id: None,
        password_hash: String::new(),
        must_change: false,
        disabled,
        failures: 0,
        locked_until: None,
        created_at: 0,
        last_seen_at: None,
    })
    .unwrap();
    tx.commit().unwrap();
    AccountId(id)
}

#[test]
fn columns_and_readers_are_as_last_set_and_a_column_stands_once() {
    each_database(|house| {
        let (of, unit) = (publication(house, "每日要情", "listed"), house.unit("界河镇"));
        let set = |names: &[&str]| -> Result<(), Failure> {
            let mut tx = house.write();
            tx.replace_columns(of, &names.iter().map(ToString::to_string).collect::<Vec<_>>())?;
            tx.replace_publication_units(of, &[unit])?;
            tx.commit()
        };
        set(&["工作动态", "社情民意"]).unwrap();
        set(&["社情民意", "经验亮点", "工作动态"]).unwrap();
        assert!(set(&["要闻", "要闻"]).unwrap_err().is_taken());
        let mut tx = house.read();
        assert_eq!(tx.list_columns(of).unwrap(), ["社情民意", "经验亮点", "工作动态"]);
        assert_eq!(tx.list_publication_units(of).unwrap(), [unit]);
    });
}

#[test]
fn marks_stand_in_the_order_in_which_they_were_made() {
    each_database(|house| {
        let issue = published(house, publication(house, "每日要情", "none"), 1, &[]);
        let who = account(house, "kong", "chief", false);
        for kind in ["reviewed", "signed", "changed"] {
            let mut tx = house.write();
            tx.append_mark(MarkRow {
                issue_id: issue.0,
                position: 0,
                kind: kind.to_owned(),
                seal: "seal".to_owned(),
                at: NOW,
                account_id: who.0,
                note: String::new(),
            })
            .unwrap();
            tx.commit().unwrap();
        }
        let marks = house.read().list_marks(issue).unwrap();
        let found: Vec<(i64, &str)> = marks.iter().map(|mark| (mark.position, mark.kind.as_str())).collect();
        assert_eq!(found, [(1, "reviewed"), (2, "signed"), (3, "changed")]);
    });
}

#[test]
fn the_first_reading_stands_and_disabled_accounts_are_no_readers() {
    each_database(|house| {
        let of = publication(house, "每日要情", "none");
        let (first, second) = (published(house, of, 1, &[]), published(house, of, 2, &[]));
        let (leader, other) = (account(house, "qin", "leader", false), account(house, "du", "leader", false));
        account(house, "gone", "leader", true);
        account(house, "li", "editor", false);
        for at in [NOW, NOW + 5] {
            let mut tx = house.write();
            tx.note_read(first, leader, at).unwrap();
            tx.commit().unwrap();
        }
        let mut tx = house.read();
        assert_eq!(tx.find_read(first, leader).unwrap(), Some(NOW));
        let readers = tx.list_readers(first).unwrap();
        let found: Vec<_> = readers.iter().map(|reader| (reader.account_id, reader.read_at)).collect();
        assert_eq!(found, [(leader.0, Some(NOW)), (other.0, None)]);
        assert_eq!(tx.list_read_of(leader, &[first.0, second.0]).unwrap(), [first.0]);
        assert_eq!((tx.count_unread(leader, NOW).unwrap(), tx.count_unread(other, NOW).unwrap()), (1, 2));
        assert_eq!(tx.count_unread(other, NOW + 2).unwrap(), 1, "only what was published since");
    });
}

#[test]
fn the_archive_is_searched_by_the_words_as_they_stand() {
    each_database(|house| {
        let (daily, special) = (publication(house, "每日要情", "none"), publication(house, "政情专报", "none"));
        let unit = house.unit("界河镇");
        let item = |number: &str| enter(house, number, &[unit]).unwrap().0;
        let (a, b, c) = (item("1"), item("2"), item("3"));
        let first = published(house, daily, 1, &[(a, "产销对接", "签约完成100%。", None)]);
        let second =
            published(house, special, 1, &[(b, "防汛", "排查100处险工。", None), (c, "产销", "并入的原文。", Some(b))]);
        let mut tx = house.read();
        let mut found = |filter: ArchiveFilter<'_>| -> Vec<i64> {
            let filter = ArchiveFilter { limit: 10, ..filter };
            tx.search_issues(&filter).unwrap().into_iter().map(|row| row.id).collect()
        };
        let with = |words| ArchiveFilter { words: Some(words), ..ArchiveFilter::default() };
        assert_eq!(found(with("产销")), [first.0], "what was merged is not printed by itself");
        assert_eq!(found(with("100%")), [first.0], "a per cent sign is one");
        assert_eq!(found(with("100")), [second.0, first.0]);
        assert_eq!(found(ArchiveFilter { of: Some(special), ..with("100") }), [second.0]);
        assert!(found(ArchiveFilter { year: Some(2017), ..with("100") }).is_empty());
        let pieces = house.read().list_pieces_with(&[first.0, second.0], "排查").unwrap();
        assert_eq!(pieces, [(second.0, "防汛".to_owned(), "排查100处险工。".to_owned())]);
        let titles = house.read().list_titles_of_issues(&[second.0]).unwrap();
        assert_eq!(titles, [(second.0, "防汛".to_owned())]);
    });
}
