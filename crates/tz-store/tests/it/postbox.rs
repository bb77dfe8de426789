//! Postboxes and their letters, on both databases.

use tz_model::{MailId, PostboxId};
use tz_store::mail::MailRow;
use tz_store::postbox::{CheckRow, FolderKey, LetterKey, PostboxRow};

use crate::house::{House, NOW, each_database};

fn postbox(house: &House, name: &str) -> PostboxId {
    let mut tx = house.write();
    let id = tx
        .insert_postbox(PostboxRow {
            id: 0,
            office_id: 0,
            name: name.to_owned(),
            host: "imap.126.com".to_owned(),
            port: 993,
            security: "tls".to_owned(),
            authorities: String::new(),
            system_trust: false,
            login: "tz".to_owned(),
            password: "sealed".to_owned(),
            folder: "INBOX".to_owned(),
            start_from: "2018-06-01".to_owned(),
            authserv_id: String::new(),
            mark_seen: false,
            enabled: true,
            revision: 1,
            changed_at: NOW,
            more_folders: String::new(),
        })
        .expect("the database can be written");
    tx.commit().expect("the database can be written");
    id
}

fn mail(house: &House, hash: &str) -> MailId {
    let mut tx = house.write();
    let content_id = Some(tx.put_content(hash.as_bytes()).expect("the database can be written"));
    let id = tx
        .insert_mail(MailRow {
            id: 0,
            office_id: 0,
            source: "1".to_owned(),
            message_id: Some(format!("{hash}@126.com")),
            sha256: hash.to_owned(),
            content_id,
            received_at: NOW,
            sender: String::new(),
            subject: String::new(),
            fate: "quarantine".to_owned(),
            reason: String::new(),
            unit_id: None,
            same_as: None,
            settled_at: None,
            settled_by: None,
            held_as: String::new(),
            held_why: String::new(),
            tries: 0,
            signed_by: String::new(),
            head_sha256: None,
        })
        .expect("the database can be written");
    tx.commit().expect("the database can be written");
    id
}

fn enter(house: &House, key: LetterKey<'_>, mail: MailId) -> Result<(), tz_store::Failure> {
    let mut tx = house.write();
    tx.insert_letter(key, mail, Some(300), None, NOW)?;
    tx.commit()
}

/// The postbox's own folder.
fn inbox(postbox: PostboxId, uidvalidity: u32) -> FolderKey<'static> {
    FolderKey { postbox, name: "INBOX", uidvalidity }
}

#[test]
fn a_place_is_one_letter_and_a_replaced_one_makes_room() {
    each_database(|house| {
        let box_ = postbox(house, "信息邮箱");
        let (one, two) = (mail(house, "aa"), mail(house, "bb"));
        let key = LetterKey { folder: inbox(box_, u32::MAX), uid: u32::MAX };
        enter(house, key, one).unwrap();
        let taken = enter(house, key, two).unwrap_err();
        assert!(taken.is_taken(), "{taken}");
        let row = house.read().find_letter(key).unwrap().unwrap();
        assert_eq!((row.mail_id, row.size), (one.0, Some(300)));
        let mut tx = house.write();
        tx.replace_letter(row.id, NOW).unwrap();
        tx.commit().unwrap();
        assert_eq!(house.read().find_letter(key).unwrap(), None);
        enter(house, key, two).unwrap();
        assert_eq!(house.read().list_letter_uids(inbox(box_, u32::MAX), 1, u32::MAX).unwrap(), [i64::from(u32::MAX)]);
        assert_eq!(house.read().list_letters(inbox(box_, u32::MAX)).unwrap()[0].1, "quarantine");
        // The same number in another folder is another place.
        let junk = FolderKey { name: "垃圾邮件", ..key.folder };
        assert_eq!(house.read().find_letter(LetterKey { folder: junk, ..key }).unwrap(), None);
        enter(house, LetterKey { folder: junk, ..key }, one).unwrap();
        assert!(house.read().has_message_id("aa@126.com").unwrap() && !house.read().has_message_id("aa").unwrap());
    });
}

#[test]
fn a_message_is_free_while_no_letter_of_another_postbox_or_of_this_numbering_is_it() {
    each_database(|house| {
        let (one, other) = (postbox(house, "甲"), postbox(house, "乙"));
        let first = mail(house, "aa");
        let second = mail(house, "aa");
        let free = |postbox, uidvalidity| {
            house.read().find_unclaimed_mail(inbox(postbox, uidvalidity), "aa").unwrap().map(|row| MailId(row.id))
        };
        assert_eq!(free(one, 7), Some(first));
        enter(house, LetterKey { folder: inbox(one, 7), uid: 1 }, first).unwrap();
        assert_eq!(free(one, 7), Some(second));
        assert_eq!(free(one, 8), Some(first), "under a new numbering it is to be recognised");
        assert_eq!(free(other, 8), Some(second), "another postbox's letter is that one's");
        enter(house, LetterKey { folder: inbox(one, 7), uid: 2 }, second).unwrap();
        assert_eq!((free(one, 7), free(other, 1)), (None, None));
        let junk = FolderKey { postbox: one, name: "垃圾邮件", uidvalidity: 8 };
        assert_eq!(house.read().find_unclaimed_mail(junk, "aa").unwrap(), None, "nor is it another folder's");
    });
}

#[test]
fn a_letter_that_was_stuck_is_forgotten_once_it_is_here() {
    each_database(|house| {
        let id = postbox(house, "信息邮箱");
        let key = LetterKey { folder: inbox(id, 7), uid: 3 };
        for said in ["连接中断。", "服务器拒绝。"] {
            let mut tx = house.write();
            tx.note_stuck(key, said, NOW).unwrap();
            tx.commit().unwrap();
        }
        let stuck = house.read().list_stuck(inbox(id, 7)).unwrap();
        assert_eq!((stuck.len(), stuck[0].tries, stuck[0].said.as_str()), (1, 2, "服务器拒绝。"));
        enter(house, key, mail(house, "aa")).unwrap();
        assert_eq!(house.read().list_stuck(inbox(id, 7)).unwrap(), []);
    });
}

#[test]
fn settings_count_their_changes_and_comparisons_stand_newest_first() {
    each_database(|house| {
        let id = postbox(house, "信息邮箱");
        let mut tx = house.write();
        let row = tx.find_postbox(id).unwrap().unwrap();
        tx.update_postbox(PostboxRow { enabled: false, ..row }).unwrap();
        let mut state = tx.postbox_state(id).unwrap();
        state.well_at = Some(NOW);
        tx.update_postbox_state(&state).unwrap();
        for listed in [1, 2, 3] {
            let content = "{}".to_owned();
            tx.insert_check(CheckRow { id: 0, postbox_id: id.0, at: NOW, listed, missing: 0, content }).unwrap();
        }
        tx.commit().unwrap();
        let row = house.read().find_postbox(id).unwrap().unwrap();
        assert_eq!((row.revision, row.enabled), (2, false));
        assert_eq!(house.read().list_postbox_states().unwrap(), [state]);
        let newest: Vec<i64> = house.read().list_checks(id, 2).unwrap().iter().map(|check| check.listed).collect();
        assert_eq!(newest, [3, 2]);
    });
}

#[test]
fn letters_changed_past_the_program_are_found() {
    each_database(|house| {
        let id = postbox(house, "信息邮箱");
        for (uid, hash) in [(1, "aa"), (2, "bb")] {
            enter(house, LetterKey { folder: inbox(id, 7), uid }, mail(house, hash)).unwrap();
        }
        assert_eq!(house.verify(), Vec::<String>::new());
        house.tamper("UPDATE postbox_letter SET mail_id = 1 WHERE uid = 2");
        let faults = house.verify();
        assert!(faults.iter().any(|fault| fault.contains("第1号来信在收信邮箱中有两个编号（1和2）")), "{faults:?}");
    });
}
