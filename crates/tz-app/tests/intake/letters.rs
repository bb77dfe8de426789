//! Letters of a postbox: the table of docs/mail-identity.md row by row, the comparison with the server, months by arrival.

use jiff::{SignedDuration, Timestamp};
use tz_app::mail::{MailFate, PostboxLetter};
use tz_app::postbox::{PostboxWish, Secret, ServerFolder, ServerLetter, ServerList, ServerStray, Taken};
use tz_app::report::Entered;
use tz_app::{Administrator, App, Person, Problem, Role};
use tz_model::{AccountId, MailId, PostboxId};
use tz_read::samples::{EmlSpec, eml};
use tz_store::postbox::{FolderKey, LetterKey};

use crate::house::{House, june, text};

const FROM: &str = "bhz@example.gov.cn";

fn administrator() -> Administrator {
    let person = Person {
        account: AccountId(1),
        name: "满建国".to_owned(),
        role: Role::Administrator,
        unit: None,
        must_change: false,
    };
    Administrator::of(&person).expect("an administrator is one")
}

fn wish(name: &str) -> PostboxWish {
    PostboxWish {
        name: name.to_owned(),
        host: "imap.126.com".to_owned(),
        port: "993".to_owned(),
        security: "tls".to_owned(),
        login: "tzxinxi@126.com".to_owned(),
        password: Secret::new("SHOUQUANMA"),
        folder: "INBOX".to_owned(),
        start_from: "2018-06-01".to_owned(),
        enabled: true,
        ..PostboxWish::default()
    }
}

/// The postbox's own folder.
pub fn inbox(postbox: PostboxId, uidvalidity: u32) -> FolderKey<'static> {
    FolderKey { postbox, name: "INBOX", uidvalidity }
}

/// An office with a postbox, and what letters come in.
struct Office {
    house: House,
    postbox: PostboxId,
}

impl Office {
    fn new() -> Self {
        let house = House::new();
        house.registered("滨湖镇", FROM);
        let postbox =
            house.app.save_postbox(&administrator(), None, &wish("政务信息邮箱")).expect("it is well described");
        Self { house, postbox }
    }

    fn key(&self, uidvalidity: u32, uid: u32) -> LetterKey<'static> {
        LetterKey { folder: inbox(self.postbox, uidvalidity), uid }
    }

    fn take(&self, uidvalidity: u32, uid: u32, raw: &[u8]) -> Taken {
        self.bring(&self.house.app, self.key(uidvalidity, uid), raw)
    }

    fn bring(&self, app: &App, key: LetterKey<'_>, raw: &[u8]) -> Taken {
        let size = Some(raw.len() as u64);
        let letter = PostboxLetter { key, size, arrived: Some(june(12, 17)), raw, head_only: false, signed_by: &[] };
        app.receive_letter(&letter).expect("a letter can always be received")
    }

    /// How many messages there are, by fate.
    fn messages(&self) -> Vec<(String, i64)> {
        let mut tx = self.house.store.read(self.house.app.office()).expect("a read begins");
        tx.count_mail_by_fate().expect("messages can be counted")
    }

    fn compare(&self, uidvalidity: u32, letters: &[(u32, &[u8])]) -> Vec<u32> {
        let letters = letters
            .iter()
            .map(|(uid, raw)| ServerLetter { uid: *uid, size: Some(raw.len() as u64), arrived: Some(june(12, 17)) })
            .collect();
        let list = ServerList {
            folders: vec![ServerFolder { name: "INBOX".to_owned(), uidvalidity, letters }],
            strays: Vec::new(),
        };
        self.house.app.reconcile_postbox(self.postbox, &list).expect("a comparison can be written down")
    }

    fn last_check(&self) -> tz_app::postbox::Checked {
        self.house.app.postbox(&administrator(), self.postbox).expect("it is there").checks.remove(0)
    }
}

fn spec(id: &str, subject: &str, body: &str) -> EmlSpec {
    EmlSpec {
        from: FROM.to_owned(),
        to: "tzxinxi@126.com".to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
        message_id: id.to_owned(),
        date: "Mon, 21 May 2018 09:12:45 +0800".to_owned(),
        ..EmlSpec::default()
    }
}

fn mail(id: &str, seed: &str) -> Vec<u8> {
    eml(&spec(id, &format!("工作动态：{seed}"), &text(seed, 200)))
}

fn items(taken: Taken) -> Vec<Entered> {
    match taken {
        Taken::Entered(MailFate::Items(items)) => items,
        other => panic!("items were expected: {other:?}"),
    }
}

fn counts(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter().map(|(fate, count)| ((*fate).to_owned(), *count)).collect()
}

#[test]
fn case_1_the_same_letter_again_is_nothing() {
    let office = Office::new();
    let raw = mail("a", "夏粮");
    items(office.take(7, 1, &raw));
    assert_eq!(office.take(7, 1, &raw), Taken::Known);
    // From another process on the same database.
    assert_eq!(office.bring(&office.house.process_beside(), office.key(7, 1), &raw), Taken::Known);
    assert_eq!(office.messages(), counts(&[("item", 1)]));
}

#[test]
fn cases_2_and_5_the_same_bytes_under_another_uid_are_a_repeat_with_or_without_a_message_id() {
    for id in ["a", ""] {
        let office = Office::new();
        let raw = mail(id, "夏粮");
        items(office.take(7, 1, &raw));
        assert_eq!(office.take(7, 2, &raw), Taken::Entered(MailFate::Repeat));
        assert_eq!(office.messages(), counts(&[("item", 1), ("repeat", 1)]));
        assert_eq!(office.house.facts("报送").len(), 1);
    }
}

#[test]
fn cases_3_4_and_12_other_bytes_are_another_message_whatever_their_message_id() {
    for (one, two) in [("a", "a"), ("", ""), ("a", "b")] {
        let office = Office::new();
        items(office.take(7, 1, &mail(one, "夏粮")));
        let mended = items(office.take(7, 2, &mail(two, "夏粮收购（更正）")));
        assert_eq!(mended[0].repeats, None);
        assert_eq!(office.house.facts("报送").len(), 2, "both count");
    }
}

#[test]
fn cases_6_7_and_8_after_a_new_uidvalidity_letters_are_known_by_their_bytes_and_new_ones_are_read() {
    let office = Office::new();
    let raw = mail("a", "夏粮");
    items(office.take(7, 1, &raw));
    office.take(7, 2, &raw);
    assert_eq!(office.take(8, 10, &raw), Taken::Recognised(MailId(1)));
    assert_eq!(office.take(8, 11, &raw), Taken::Recognised(MailId(2)), "the repeat is the repeat");
    assert_eq!(office.take(8, 12, &raw), Taken::Entered(MailFate::Repeat), "a third copy is a new one");
    items(office.take(8, 13, &mail("b", "防汛")));
    // And again.
    assert_eq!(office.take(9, 1, &raw), Taken::Recognised(MailId(1)));
    assert_eq!(office.messages(), counts(&[("item", 2), ("repeat", 2)]));
}

#[test]
fn case_9_an_old_uid_under_a_new_uidvalidity_is_another_letter() {
    let office = Office::new();
    items(office.take(7, 1, &mail("a", "夏粮")));
    items(office.take(8, 1, &mail("a", "防汛")));
    assert_eq!(office.messages(), counts(&[("item", 2)]));
}

#[test]
fn case_10_a_uid_given_to_another_message_is_found_by_comparing_and_fetched() {
    let office = Office::new();
    let (first, other) = (mail("a", "夏粮"), mail("b", "防汛物资已经到位"));
    items(office.take(7, 1, &first));
    assert_eq!(office.compare(7, &[(1, &first)]), Vec::<u32>::new());
    assert!(office.last_check().agrees());
    assert_eq!(office.compare(7, &[(1, &other)]), [1]);
    let check = office.last_check();
    assert_eq!((check.listed, check.missing_count, check.missing[0].uid), (1, 1, 1));
    items(office.take(7, 1, &other));
    assert_eq!(office.compare(7, &[(1, &other)]), Vec::<u32>::new());
    assert_eq!(office.messages(), counts(&[("item", 2)]), "the first message stays");
    // A server that only counts bytes in another way: the same message is recognised.
    let longer = [&other[..], b"\r\n"].concat();
    assert_eq!(office.compare(7, &[(1, &longer)]), [1]);
    assert_eq!(office.take(7, 1, &other), Taken::Recognised(MailId(2)));
}

#[test]
fn case_11_a_rebuilt_postbox_is_compared_at_once() {
    let office = Office::new();
    let app = &office.house.app;
    let (first, second) = (mail("a", "夏粮"), mail("b", "防汛"));
    items(office.take(7, 40, &first));
    items(office.take(7, 41, &second));
    app.postbox_opened(inbox(office.postbox, 7), Some(42)).unwrap();
    assert!(app.is_postbox_check_due(office.postbox).unwrap(), "the first comparison of all");
    office.compare(7, &[(40, &first), (41, &second)]);
    app.postbox_opened(inbox(office.postbox, 7), Some(42)).unwrap();
    assert!(!app.is_postbox_check_due(office.postbox).unwrap());
    // Rebuilt: the server counts from 1 again, and promises 3 as the next.
    office.house.clock.set(june(13, 10));
    app.postbox_opened(inbox(office.postbox, 7), Some(3)).unwrap();
    assert!(app.is_postbox_check_due(office.postbox).unwrap());
    assert!(!app.is_postbox_check_due(office.postbox).unwrap(), "said once");
    assert_eq!(office.compare(7, &[(1, &second), (2, &first)]), [1, 2]);
    assert_eq!(office.last_check().gone, 2);
}

#[test]
fn cases_13_and_14_a_text_that_is_here_already_is_kept_and_marked() {
    let office = Office::new();
    items(office.take(7, 1, &mail("a", "夏粮")));
    // The same text as a new mail, with another Message-ID and subject.
    let again = items(office.take(7, 2, &eml(&spec("b", "再报：夏粮", &text("夏粮", 200)))));
    assert_eq!(again[0].repeats.as_deref(), Some("2018-0612-01"));
    // The unit's own mail forwarded as an attachment.
    let attachments = vec![("原邮件.eml".to_owned(), mail("a", "夏粮"))];
    let forwarded = EmlSpec { attachments, ..spec("c", "转发：夏粮", "请查收。") };
    let forwarded = items(office.take(7, 3, &eml(&forwarded)));
    assert_eq!(forwarded[0].repeats.as_deref(), Some("2018-0612-01"), "{forwarded:?}");
    assert_eq!(office.messages(), counts(&[("item", 3)]), "none is dropped");
    let counted = office.house.facts("报送").iter().filter(|fact| fact.ends_with(" 计 -")).count();
    assert_eq!(counted, 1);
}

#[test]
fn case_15_the_same_bytes_in_two_postboxes_are_one_item() {
    let office = Office::new();
    let other = office.house.app.save_postbox(&administrator(), None, &wish("备用邮箱")).unwrap();
    let raw = mail("a", "夏粮");
    items(office.take(7, 1, &raw));
    let key = LetterKey { folder: inbox(other, 3), uid: 5 };
    assert_eq!(office.bring(&office.house.app, key, &raw), Taken::Entered(MailFate::Repeat));
    // Each knows its own after a renumbering.
    let key = LetterKey { folder: inbox(other, 4), uid: 1 };
    assert_eq!(office.bring(&office.house.app, key, &raw), Taken::Recognised(MailId(2)));
    assert_eq!(office.take(8, 1, &raw), Taken::Recognised(MailId(1)));
}

#[test]
fn case_16_a_message_from_a_file_is_recognised_in_the_postbox_and_a_file_of_a_letter_is_a_repeat() {
    let office = Office::new();
    let raw = mail("a", "夏粮");
    office.house.app.receive_mail("a.eml", &raw).unwrap();
    assert_eq!(office.take(7, 1, &raw), Taken::Recognised(MailId(1)));
    assert_eq!(office.house.app.receive_mail("a.eml", &raw).unwrap(), MailFate::Repeat);
    assert_eq!(office.messages(), counts(&[("item", 1), ("repeat", 1)]));
}

#[test]
fn case_17_a_row_deleted_by_hand_is_reported_fetched_again_and_recognised() {
    let office = Office::new();
    let raw = mail("a", "夏粮");
    items(office.take(7, 1, &raw));
    office.house.sql("DELETE FROM postbox_letter");
    assert_eq!(office.compare(7, &[(1, &raw)]), [1]);
    assert_eq!(office.last_check().missing[0].uid, 1);
    assert_eq!(office.take(7, 1, &raw), Taken::Recognised(MailId(1)));
    assert_eq!(office.compare(7, &[(1, &raw)]), Vec::<u32>::new());
    assert!(office.last_check().agrees());
}

#[test]
fn case_18_a_secret_letter_is_known_by_its_hash_alone() {
    let office = Office::new();
    let raw = eml(&spec("s", "关于某事的报告", "机密★1年\n某事的情况，此处从略。"));
    assert!(matches!(office.take(7, 1, &raw), Taken::Entered(MailFate::Secret(_))));
    assert_eq!(office.take(8, 1, &raw), Taken::Recognised(MailId(1)));
    assert!(!office.house.holds("此处从略"));
    assert!(office.house.app.knows_message(&raw).unwrap());
}

#[test]
fn cases_19_and_20_each_folder_has_its_own_numbers_and_a_moved_letter_is_a_repeat_of_itself() {
    let office = Office::new();
    let more = PostboxWish { more_folders: "垃圾邮件\ninbox\n".to_owned(), ..wish("政务信息邮箱") };
    let own = office.house.app.save_postbox(&administrator(), Some(office.postbox), &more);
    assert!(matches!(own, Err(Problem::Faults(_))), "the inbox is read already: {own:?}");
    let more = PostboxWish { more_folders: " 垃圾邮件 \n\n垃圾邮件".to_owned(), ..wish("政务信息邮箱") };
    office.house.app.save_postbox(&administrator(), Some(office.postbox), &more).unwrap();
    let order = office.house.app.postbox_to_try(&administrator(), office.postbox).unwrap();
    assert_eq!(order.more_folders, ["垃圾邮件"]);

    // The same UIDVALIDITY and UID in both folders: two letters.
    let (first, second) = (mail("a", "夏粮"), mail("b", "防汛"));
    let junk = |uid: u32| LetterKey {
        folder: FolderKey { postbox: office.postbox, name: "垃圾邮件", uidvalidity: 7 },
        uid,
    };
    items(office.take(7, 1, &first));
    items(office.bring(&office.house.app, junk(1), &second));
    assert_eq!(office.messages(), counts(&[("item", 2)]));
    let ledger = office.house.app.mail_ledger(&office.house.editor("李编辑"), None, None).unwrap();
    assert_eq!(ledger.lines[0].row.source, "收信邮箱“政务信息邮箱”文件夹“垃圾邮件”第1号");
    // Moved by hand into the inbox: its bytes are that folder's letter.
    assert_eq!(office.take(7, 2, &second), Taken::Entered(MailFate::Repeat));
    assert_eq!(office.bring(&office.house.app, junk(1), &second), Taken::Known);

    // The comparison sums both, and says which folder a missing one lies in.
    let letter = |uid: u32, raw: &[u8]| ServerLetter { uid, size: Some(raw.len() as u64), arrived: Some(june(12, 17)) };
    let folder = |name: &str, letters| ServerFolder { name: name.to_owned(), uidvalidity: 7, letters };
    let list = ServerList {
        folders: vec![
            folder("INBOX", vec![letter(1, &first), letter(2, &second)]),
            folder("垃圾邮件", vec![letter(1, &second), letter(2, &first)]),
        ],
        strays: Vec::new(),
    };
    assert_eq!(office.house.app.reconcile_postbox(office.postbox, &list).unwrap(), Vec::<u32>::new());
    let check = office.last_check();
    assert_eq!((check.listed, check.missing_count, check.gone), (4, 1, 0), "{check:?}");
    assert_eq!((check.missing[0].folder.as_str(), check.missing[0].uid), ("垃圾邮件", 2));
    assert_eq!(office.house.app.wanted_letters(junk(1).folder, &[1, 2]).unwrap(), [2]);
}

#[test]
fn of_ten_thousand_letters_the_twenty_that_were_hidden_are_reported_and_no_other() {
    let office = Office::new();
    let id = office.postbox;
    office.house.write(|tx| {
        for uid in 1..=10_000_u32 {
            let mail = tx.insert_mail(bare(uid)).unwrap();
            let key = LetterKey { folder: inbox(id, 7), uid };
            tx.insert_letter(key, mail, Some(1000), Some(june(12, 17).as_microsecond()), 0).unwrap();
        }
    });
    let listed = |uid: u32| ServerLetter { uid, size: Some(1000), arrived: Some(june(12, 17)) };
    let inbox = ServerFolder { name: "INBOX".to_owned(), uidvalidity: 7, letters: (1..=10_000).map(listed).collect() };
    let mut list = ServerList { folders: vec![inbox], strays: Vec::new() };
    office.house.app.reconcile_postbox(id, &list).unwrap();
    let check = office.last_check();
    assert!(check.agrees() && check.fates == [("涉密拒收".to_owned(), 10_000)], "{check:?}");

    // Seven that somebody had read in the web mail before they were fetched: how they are marked is nothing to us.
    list.folders[0].letters.extend((10_001..=10_007).map(listed));
    // Six whose rows were deleted by hand.
    office.house.sql("DELETE FROM postbox_letter WHERE uid IN (3, 500, 501, 7777, 9999, 10000)");
    // Seven moved to another folder before they were fetched.
    let moved = (1..=7).map(|uid| ServerStray { folder: "垃圾邮件".to_owned(), uid, arrived: Some(june(12, 17)) });
    list.strays.extend(moved);
    // No alarm: one that was moved after it was fetched, and one that has just arrived.
    list.folders[0].letters.retain(|letter| letter.uid != 42);
    list.folders[0].letters.push(ServerLetter { uid: 10_008, size: Some(1), arrived: Some(june(13, 9)) });
    let again = office.house.app.reconcile_postbox(id, &list).unwrap();
    let check = office.last_check();
    let missing: Vec<u32> = check.missing.iter().map(|letter| letter.uid).collect();
    let hidden = [3, 500, 501, 7777, 9999, 10_000, 10_001, 10_002, 10_003, 10_004, 10_005, 10_006, 10_007];
    assert_eq!(missing, hidden);
    assert_eq!((check.missing_count + check.stray_count, check.gone, check.new), (20, 1, 1));
    assert_eq!(again, [&hidden[..], &[10_008]].concat());
    let accounted: usize = check.fates.iter().map(|(_, count)| count).sum();
    assert_eq!(accounted + check.missing_count + check.new, check.listed, "the sums agree");
}

/// A message of which nothing but a row is kept.
fn bare(uid: u32) -> tz_store::mail::MailRow {
    tz_store::mail::MailRow {
        id: 0,
        office_id: 0,
        source: uid.to_string(),
        message_id: None,
        sha256: format!("{uid:064}"),
        content_id: None,
        received_at: 0,
        sender: String::new(),
        subject: String::new(),
        fate: "secret".to_owned(),
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
    }
}

#[test]
fn letters_count_in_the_month_the_mail_server_received_them_however_late_and_whatever_they_say() {
    // Two seconds around the ends of months, a quarter, half a year and a year; each fetched three hours later, with our own
    // clock two hours fast or slow; the Date line says three days before or after.
    let ends = ["2018-06-30T16:00:00Z", "2018-07-31T16:00:00Z", "2018-09-30T16:00:00Z", "2018-12-31T16:00:00Z"];
    let office = Office::new();
    let mut uid = 0;
    for (end, before, after) in [
        (ends[0], "2018-06", "2018-07"),
        (ends[1], "2018-07", "2018-08"),
        (ends[2], "2018-09", "2018-10"),
        (ends[3], "2018-12", "2019-01"),
    ] {
        let end: Timestamp = end.parse().unwrap();
        for step in 0..100_i64 {
            uid += 1;
            let arrived = end + SignedDuration::from_millis(step * 40 - 2000);
            let skew = [-2, 0, 2][step as usize % 3];
            office.house.clock.set(arrived + SignedDuration::from_hours(3 + skew));
            let date = if step % 2 == 0 { "Wed, 27 Jun 2018 23:59:59 +0800" } else { "Thu, 3 Jan 2019 00:00:01 -1100" };
            let seed = format!("第{uid}件");
            let raw = eml(&EmlSpec { date: date.to_owned(), ..spec("", &seed, &text(&seed, 120)) });
            let letter = PostboxLetter {
                key: office.key(7, uid),
                size: None,
                arrived: Some(arrived),
                raw: &raw,
                head_only: false,
                signed_by: &[],
            };
            let item = items(office.house.app.receive_letter(&letter).unwrap());
            let month = if step < 50 { before } else { after };
            assert_eq!(item[0].number[..8].replace("-", ""), day_prefix(month, step < 50), "{arrived}");
        }
    }
}

/// The first characters of the numbers of a month's last or first day, without dashes: `2018063`, `2018070`.
fn day_prefix(month: &str, last: bool) -> String {
    let digits = month.replace('-', "");
    format!("{}{}", &digits[..6], if last { "3" } else { "0" })
}

#[test]
fn an_arrival_that_cannot_be_is_not_believed() {
    let office = Office::new();
    for (uid, arrived) in [(1, "2017-01-01T00:00:00Z"), (2, "2038-01-19T03:14:07Z")] {
        let raw = mail("", &format!("第{uid}件"));
        let arrived = Some(arrived.parse().unwrap());
        let letter =
            PostboxLetter { key: office.key(7, uid), size: None, arrived, raw: &raw, head_only: false, signed_by: &[] };
        let item = items(office.house.app.receive_letter(&letter).unwrap());
        assert!(item[0].number.starts_with("2018-0613-"), "{}", item[0].number);
    }
}

#[test]
fn a_letter_too_large_is_entered_by_its_head_and_a_secret_head_is_not_kept() {
    let office = Office::new();
    let head = b"From: bhz@example.gov.cn\r\nSubject: big\r\nMessage-ID: <big@x>\r\n\r\n";
    let letter = |uid, raw| PostboxLetter {
        key: office.key(7, uid),
        size: Some(90 << 20),
        arrived: None,
        raw,
        head_only: true,
        signed_by: &[],
    };
    let taken = office.house.app.receive_letter(&letter(1, head)).unwrap();
    let Taken::Entered(MailFate::Quarantine(why)) = taken else { panic!("{taken:?}") };
    assert!(why.contains("90.0MB") && why.contains("补上原件"), "{why}");
    let secret = "From: bhz@example.gov.cn\r\nSubject: =?utf-8?B?5py65a+G4piFMeW5tA==?=\r\n\r\n".as_bytes();
    let taken = office.house.app.receive_letter(&letter(2, secret)).unwrap();
    assert!(matches!(taken, Taken::Entered(MailFate::Secret(_))), "{taken:?}");
}

#[test]
fn a_letter_that_cannot_be_fetched_waits_longer_each_time_and_is_reported() {
    let office = Office::new();
    let app = &office.house.app;
    let key = office.key(7, 2);
    let wanted = || app.wanted_letters(inbox(office.postbox, 7), &[1, 2, 3]).unwrap();
    for tries in 0..3 {
        assert_eq!(wanted(), [1, 2, 3], "after {tries} tries");
        app.letter_stuck(key, "取信：连接中断。").unwrap();
    }
    assert_eq!(wanted(), [1, 3]);
    let raw = mail("a", "夏粮");
    office.take(7, 1, &raw);
    office.compare(7, &[(1, &raw), (2, &raw)]);
    assert!(office.last_check().missing[0].why.contains("试过3次"), "{:?}", office.last_check());
    office.house.clock.set(june(13, 9) + SignedDuration::from_mins(11));
    assert_eq!(wanted(), [2, 3]);
    office.take(7, 2, &mail("b", "防汛"));
    assert_eq!(wanted(), [3]);
    assert_eq!(app.kept_letters(inbox(office.postbox, 7), &[1, 2, 3]).unwrap(), [1, 2]);
}

#[test]
fn a_postbox_is_followed_by_one_server_and_its_health_is_told() {
    let office = Office::new();
    let app = &office.house.app;
    let order = app.postbox_orders("a").unwrap().remove(0);
    assert_eq!((order.host.as_str(), order.port, order.password.text()), ("imap.126.com", 993, "SHOUQUANMA"));
    assert!(!format!("{order:?}").contains("SHOUQUANMA"));
    let health = || app.postbox_healths().unwrap().remove(0);
    assert_eq!(health().health.name(), "等待首次连接");
    app.postbox_unwell(office.postbox, "登录", "登录：服务器拒绝。请填写授权码。").unwrap();
    assert!(health().health.is_bad() && health().failure.contains("授权码"));
    app.postbox_well(office.postbox, 30).unwrap();
    assert_eq!((health().health.name(), health().waiting), ("正在收取", 30));
    app.postbox_well(office.postbox, 0).unwrap();
    assert_eq!(health().health.name(), "正常");
    office.house.clock.set(june(13, 10));
    assert_eq!(health().health.name(), "没有动静");

    // New settings are a new order; without a password only where it would go to the same place.
    let id = Some(office.postbox);
    let who = administrator();
    let same = PostboxWish { password: Secret::default(), name: "信息邮箱".to_owned(), ..wish("") };
    app.save_postbox(&who, id, &same).unwrap();
    let changed = app.postbox_orders("a").unwrap().remove(0);
    assert!(changed.revision > order.revision && changed.password == order.password);
    for elsewhere in [
        PostboxWish { host: "imap.evil.example".to_owned(), ..same.clone() },
        PostboxWish { port: "994".to_owned(), ..same.clone() },
        PostboxWish { security: "starttls".to_owned(), ..same.clone() },
        PostboxWish { login: "other".to_owned(), ..same.clone() },
        PostboxWish { system_trust: true, ..same.clone() },
    ] {
        let refused = app.save_postbox(&who, id, &elsewhere).unwrap_err();
        assert!(refused.to_string().contains("重新填写授权码"), "{refused}");
    }
    app.save_postbox(&who, id, &PostboxWish { enabled: false, ..same }).unwrap();
    assert_eq!(app.postbox_orders("a").unwrap(), []);
    assert_eq!(health().health.name(), "停用");
    assert!(!office.house.holds("SHOUQUANMA"), "the password lies nowhere in the clear");
}

#[test]
fn every_fault_of_a_form_is_told_at_once() {
    let house = House::new();
    let who = administrator();
    let empty = PostboxWish::default();
    let Err(Problem::Faults(faults)) = house.app.save_postbox(&who, None, &empty) else { panic!("it is empty") };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["name", "host", "port", "security", "login", "password", "folder", "start_from"]);
    let plain = PostboxWish { security: "plain".to_owned(), ..wish("a") };
    let refused = house.app.save_postbox(&who, None, &plain).unwrap_err();
    assert!(refused.to_string().contains("明文"), "{refused}");
    let here = PostboxWish { host: "127.0.0.1".to_owned(), ..plain };
    house.app.save_postbox(&who, None, &here).unwrap();
    let again = house.app.save_postbox(&who, None, &PostboxWish { name: "a".to_owned(), ..here }).unwrap_err();
    assert!(again.to_string().contains("已有名为“a”"), "{again}");
}

#[test]
fn case_1_two_servers_on_one_postgresql_follow_a_postbox_one_at_a_time_and_a_letter_of_both_is_one() {
    use std::sync::Arc;
    let Some(server) = tz_testkit::Postgres::start() else { return };
    let address = server.fresh_database();
    let keys = tempfile::tempdir().unwrap();
    let clock = Arc::new(tz_app::FixedClock::at(june(13, 9)));
    let open = || {
        let store = Arc::new(tz_store::Store::open_postgres(&address).unwrap());
        let scheme = tz_scheme::Scheme::builtin("tengzhou-2018").unwrap();
        let from = jiff::civil::date(2018, 1, 1);
        let app = App::open_or_set_up(store, Arc::<tz_app::FixedClock>::clone(&clock), scheme, from).unwrap();
        app.with_keys(keys.path())
    };
    let (one, two) = (open(), open());
    let postbox = one.save_postbox(&administrator(), None, &wish("政务信息邮箱")).unwrap();
    assert_eq!(one.postbox_orders("one").unwrap().len(), 1);
    assert_eq!(two.postbox_orders("two").unwrap().len(), 0);
    clock.set(june(13, 9) + SignedDuration::from_secs(50));
    assert_eq!(one.postbox_orders("one").unwrap().len(), 1, "it says so again");
    clock.set(june(13, 9) + SignedDuration::from_secs(100));
    assert_eq!(two.postbox_orders("two").unwrap().len(), 0);
    // The first one is gone.
    clock.set(june(13, 9) + SignedDuration::from_secs(200));
    assert_eq!(two.postbox_orders("two").unwrap().len(), 1);
    assert_eq!(one.postbox_orders("one").unwrap().len(), 0);
    // Both had the same letters in hand.
    let raws: Vec<Vec<u8>> = (0..20).map(|number| mail("", &format!("第{number}件"))).collect();
    let bring = |app: &App| {
        let letter = |(place, raw): (usize, &Vec<u8>)| {
            let key = LetterKey { folder: inbox(postbox, 7), uid: place as u32 + 1 };
            let letter = PostboxLetter { key, size: None, arrived: None, raw, head_only: false, signed_by: &[] };
            usize::from(app.receive_letter(&letter).unwrap() != Taken::Known)
        };
        raws.iter().enumerate().map(letter).sum::<usize>()
    };
    let entered: usize = std::thread::scope(|scope| {
        let threads = [&one, &two].map(|app| scope.spawn(move || bring(app)));
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(entered, 20);
    assert_eq!(one.verify().unwrap(), Vec::<String>::new());
}
