//! People, mailboxes, accounts: what is taken is said to be taken, on both databases.

use tz_model::AccountId;
use tz_store::Failure;
use tz_store::account::{InvitationRow, SessionRow};
use tz_store::directory::PersonRow;

use crate::house::{NOW, each_database};

/// The constraint named where something is taken already.
fn taken(done: Result<i64, Failure>) -> String {
    match done {
        Err(Failure::Taken { constraint, .. }) => constraint,
        Err(other) => panic!("refused for another reason: {other:?}"),
        Ok(id) => panic!("taken twice, the second as {id}"),
    }
}

#[test]
fn a_sign_in_name_is_given_once_whatever_its_case() {
    each_database(|house| {
        let id = house.account("Wang.Fang").unwrap();
        assert!(taken(house.account("wang.fang")).contains("login"));
        assert!(house.account("wang.min").is_ok());
        let mut tx = house.read();
        assert_eq!(tx.find_account_by_login(" WANG.FANG ").unwrap().map(|row| row.id), Some(id));
        assert_eq!(tx.list_accounts().unwrap().len(), 2);
    });
}

#[test]
fn an_address_is_registered_once_at_a_time_and_free_again_when_closed() {
    each_database(|house| {
        let (one, two) = (house.unit("滨湖镇"), house.unit("南沙河镇"));
        let register = |unit, address: &str| {
            let mut tx = house.write();
            let id = tx.insert_mailbox(unit, address, NOW)?;
            tx.commit()?;
            Ok(id)
        };
        let first = register(one, "BinHu@126.com").unwrap();
        assert!(taken(register(two, " binhu@126.com ")).contains("mailbox"));
        assert_eq!(house.read().find_mailbox("binhu@126.COM").unwrap().map(|row| row.unit_id), Some(one.0));
        let mut tx = house.write();
        assert!(tx.close_mailbox(first, NOW).unwrap());
        assert!(!tx.close_mailbox(first, NOW).unwrap());
        tx.commit().unwrap();
        assert!(house.read().find_mailbox("binhu@126.com").unwrap().is_none());
        register(two, "binhu@126.com").unwrap();
        assert_eq!(house.read().list_mailboxes(Some(two)).unwrap().len(), 1);
        assert!(house.read().list_mailboxes(Some(one)).unwrap().is_empty());
    });
}

#[test]
fn a_row_that_points_nowhere_is_refused_by_the_database() {
    each_database(|house| {
        let mut tx = house.write();
        let failure = tx.insert_mailbox(tz_model::UnitId(4711), "nobody@126.com", NOW).unwrap_err();
        assert!(matches!(failure, Failure::Database { .. }), "{failure:?}");
    });
}

#[test]
fn who_is_in_a_duty_on_a_day_is_told_by_its_first_day_and_the_day_it_ended() {
    each_database(|house| {
        let unit = house.unit("滨湖镇");
        let mut tx = house.write();
        let person = |name: &str, from: Option<&str>| PersonRow {
            id: 0,
            office_id: 0,
            unit_id: Some(unit.0),
            name: name.to_owned(),
            duty: "信息员".to_owned(),
            phone: String::new(),
            mail: String::new(),
            left_on: None,
            created_at: NOW,
            from_date: from.map(str::to_owned),
        };
        let left = tx.insert_person(person("张三", None)).unwrap();
        tx.insert_person(person("李四", Some("2018-06-04"))).unwrap();
        let mut row = tx.find_person(left).unwrap().unwrap();
        row.left_on = Some("2018-06-04".to_owned());
        row.phone = "0632-5500000".to_owned();
        assert!(tx.update_person(&row).unwrap());
        assert!(!tx.update_person(&PersonRow { id: 4711, ..row.clone() }).unwrap());
        tx.commit().unwrap();
        let names = |day: i8| -> Vec<String> {
            let people = house.read().list_people(Some(unit), jiff::civil::date(2018, 6, day)).unwrap();
            people.into_iter().map(|row| row.name).collect()
        };
        // The day one leaves is the first day without them, and the first day of who follows.
        assert_eq!((names(3), names(4)), (vec!["张三".to_owned()], vec!["李四".to_owned()]));
        let all = house.read().list_tenures(None).unwrap();
        assert_eq!((all.len(), &all[0]), (2, &row));
    });
}

#[test]
fn sessions_end_and_a_one_time_link_is_used_once() {
    each_database(|house| {
        let account = AccountId(house.account("wang").unwrap());
        let other = AccountId(house.account("li").unwrap());
        let link = |token: &str, of: AccountId| InvitationRow {
            token_hash: token.to_owned(),
            office_id: house.office.0,
            account_id: Some(of.0),
            created_at: NOW,
            expires_at: NOW + 1,
            used_at: None,
        };
        let session = |token: &str| SessionRow {
            token_hash: token.to_owned(),
            account_id: account.0,
            csrf: "form token".to_owned(),
            created_at: NOW,
            seen_at: NOW,
            expires_at: NOW + 1,
        };
        let mut tx = house.write();
        for token in ["one", "two", "three"] {
            tx.insert_session(&session(token)).unwrap();
        }
        tx.end_session("one").unwrap();
        tx.touch_session("two", NOW + 5).unwrap();
        tx.insert_invitation(&link("link", account)).unwrap();
        tx.commit().unwrap();

        let mut tx = house.write();
        assert!(tx.find_session("one").unwrap().is_none());
        assert_eq!(tx.find_session("two").unwrap().map(|(session, _)| session.seen_at), Some(NOW + 5));
        tx.end_sessions_of(account).unwrap();
        assert!(tx.find_session("two").unwrap().is_none());
        assert!(tx.find_session("three").unwrap().is_none());
        assert!(tx.use_invitation("link", NOW).unwrap());
        assert!(!tx.use_invitation("link", NOW).unwrap());
        for (token, of) in [("wang's", account), ("li's", other)] {
            tx.insert_invitation(&link(token, of)).unwrap();
        }
        tx.end_invitations_of(account, NOW).unwrap();
        assert!(!tx.use_invitation("wang's", NOW).unwrap());
        assert!(tx.use_invitation("li's", NOW).unwrap());
        tx.commit().unwrap();
    });
}

#[test]
fn a_draft_is_replaced_by_its_newer_self_and_thrown_away_once_sent() {
    each_database(|house| {
        let account = AccountId(house.account("wang").unwrap());
        let mut tx = house.write();
        tx.save_draft(account, "report", "第一稿", NOW).unwrap();
        tx.save_draft(account, "report", "第二稿", NOW + 1).unwrap();
        assert_eq!(tx.find_draft(account, "report").unwrap(), Some(("第二稿".to_owned(), NOW + 1)));
        assert_eq!(tx.find_draft(account, "item-1").unwrap(), None);
        tx.delete_draft(account, "report").unwrap();
        assert_eq!(tx.find_draft(account, "report").unwrap(), None);
        tx.commit().unwrap();
    });
}
