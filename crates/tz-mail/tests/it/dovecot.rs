//! Against Dovecot: TLS and STARTTLS, new letters by IDLE, a new UIDVALIDITY, other folders, letters too large.

use std::time::Duration;

use tz_mail::imap::{Kind, Limits, Security, Step, Trust, Whole, attempt};
use tz_testkit::Dovecot;

use crate::house::{Watched, letter, postbox, short};

const NAME: &str = "xinxike";

/// The limits of a test with a real server, which need not be hurried.
fn patient() -> Limits {
    Limits { silence: Duration::from_secs(30), ..short() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_come_in_by_tls_newest_first_and_new_ones_by_idle() {
    let Some(server) = Dovecot::start() else { return };
    for number in 1..=120 {
        server.deliver(NAME, &letter(number));
    }
    let account = postbox(server.tls_port(), Security::Tls, server.certificate(), Dovecot::PASSWORD);
    // IDLE alone brings the new one: without it nothing would be asked for an hour.
    let limits = Limits { poll: Duration::from_secs(3600), idle: Duration::from_secs(3600), ..patient() };
    let watched = Watched::begin(account, limits);
    watched.until_all(120).await;
    assert!(watched.is_whole(letter));
    let first = watched.house.kept().order[0];
    assert_eq!(first, 120, "the newest comes first");
    server.deliver(NAME, &letter(121));
    watched.until_all(121).await;
    assert_eq!(watched.house.kept().troubles, []);
    // Nothing was marked or moved: every message is still new to other programs.
    let new = std::fs::read_dir(server.maildir(NAME, "").join("cur")).expect("the folder is there");
    let seen = new.flatten().filter(|file| file.file_name().to_string_lossy().ends_with('S')).count();
    assert_eq!(seen, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_are_marked_only_where_that_is_wanted_and_only_what_is_kept() {
    let Some(server) = Dovecot::start() else { return };
    for number in 1..=5 {
        server.deliver(NAME, &letter(number));
    }
    let account = postbox(server.port(), Security::StartTls, server.certificate(), Dovecot::PASSWORD);
    let account = tz_mail::imap::Account { mark_seen: true, ..account };
    let house = std::sync::Arc::<crate::house::House>::default();
    house.kept().full = 2;
    let watched = Watched::go_on(house, account, patient());
    watched.until_all(5).await;
    let files = || std::fs::read_dir(server.maildir(NAME, "").join("cur")).expect("the folder is there").flatten();
    let seen = || files().filter(|file| file.file_name().to_string_lossy().ends_with('S')).count();
    watched.until("five marks", |_| seen() == 5).await;
    assert!(watched.house.kept().troubles.iter().all(|trouble| trouble.kind == Kind::House));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renumbered_postbox_is_read_again_and_a_large_letter_by_its_head() {
    let Some(server) = Dovecot::start() else { return };
    for number in 1..=3 {
        server.deliver(NAME, &letter(number));
    }
    let mut large = letter(4);
    large.extend(std::iter::repeat_n(b"0123456789abcde\r\n", 4096).flatten());
    server.deliver(NAME, &large);
    let account = postbox(server.port(), Security::Plain, "", Dovecot::PASSWORD);
    let limits = Limits { letter: 32 << 10, ..patient() };
    let watched = Watched::begin(account.clone(), limits.clone());
    watched.until_all(4).await;
    {
        let kept = watched.house.kept();
        let head = kept.letters.values().find(|letter| letter.whole == Whole::HeadOnly).expect("the large one");
        assert_eq!(head.size, Some(large.len() as u64));
        assert!(head.raw.starts_with(b"From: binhu") && head.raw.len() < 200, "{}", head.raw.len());
    }
    let house = std::sync::Arc::clone(&watched.house);
    drop(watched);
    server.renumber(NAME);
    let watched = Watched::go_on(house, account, limits);
    watched.until_all(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_roll_names_every_letter_and_those_put_elsewhere() {
    let Some(server) = Dovecot::start() else { return };
    for number in 1..=3 {
        server.deliver(NAME, &letter(number));
    }
    server.deliver_at(NAME, "&V4NXPpCuTvY-", &letter(9), None);
    server.deliver_at(NAME, "Sent", &letter(10), None);
    // A copy of what is here already, filed away by somebody.
    server.deliver_at(NAME, "Archive", &letter(2), None);
    let account = postbox(server.port(), Security::Plain, "", Dovecot::PASSWORD);
    let watched = Watched::begin(account, patient());
    watched.until_all(3).await;
    watched.house.kept().check = true;
    watched.called.notify_one();
    watched.until("a roll", |kept| !kept.rolls.is_empty()).await;
    let roll = watched.house.kept().rolls[0].clone();
    let own = &roll.folders[0];
    assert_eq!(own.listed.iter().map(|letter| letter.uid).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(own.listed.iter().all(|letter| letter.arrived.is_some() && letter.size.is_some()));
    assert_eq!(roll.strays.iter().map(|stray| stray.folder.as_str()).collect::<Vec<_>>(), ["垃圾邮件"]);
    // And it goes on reading afterwards.
    server.deliver(NAME, &letter(11));
    watched.until_all(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_of_further_folders_come_in_too_and_are_no_strays() {
    let Some(server) = Dovecot::start() else { return };
    const JUNK: &str = "&V4NXPpCuTvY-";
    server.deliver(NAME, &letter(1));
    server.deliver_at(NAME, JUNK, &letter(2), None);
    server.deliver_at(NAME, "Archive", &letter(3), None);
    let mut account = postbox(server.port(), Security::Plain, "", Dovecot::PASSWORD);
    let tried = attempt(&account, patient()).await;
    let words = &tried.last().expect("it was tried").words;
    assert!(words.contains("垃圾邮件（1封）") && words.contains("另收文件夹"), "{words}");
    account.more_folders = vec!["垃圾邮件".to_owned()];
    let tried = attempt(&account, patient()).await;
    let words = &tried.last().expect("it was tried").words;
    assert!(words.contains("文件夹“垃圾邮件”有1封") && words.contains("Archive（1封）"), "{words}");

    // IDLE waits for an hour, and the folders beside are looked into all the same.
    let limits = Limits { idle: Duration::from_secs(3600), round: Duration::from_millis(50), ..patient() };
    let watched = Watched::begin(account, limits);
    watched.until("both folders", |kept| kept.letters.len() == 1 && kept.elsewhere.len() == 1).await;
    server.deliver_at(NAME, JUNK, &letter(4), None);
    watched.until("a new one there", |kept| kept.elsewhere.len() == 2).await;
    server.deliver(NAME, &letter(5));
    watched.until("a new one here", |kept| kept.letters.len() == 2).await;
    assert!(watched.house.kept().elsewhere.keys().all(|(folder, _, _)| folder == "垃圾邮件"));
    watched.house.kept().check = true;
    watched.called.notify_one();
    watched.until("a roll", |kept| !kept.rolls.is_empty()).await;
    let roll = watched.house.kept().rolls[0].clone();
    let listed: Vec<(&str, usize)> =
        roll.folders.iter().map(|folder| (folder.folder.as_str(), folder.listed.len())).collect();
    assert_eq!(listed, [("INBOX", 2), ("垃圾邮件", 2)]);
    assert_eq!(roll.strays.iter().map(|stray| stray.folder.as_str()).collect::<Vec<_>>(), ["Archive"]);
    assert_eq!(watched.house.kept().troubles, []);
}

#[tokio::test]
async fn a_try_says_which_step_failed() {
    let Some(server) = Dovecot::start() else { return };
    server.deliver(NAME, &letter(1));
    let right = postbox(server.tls_port(), Security::Tls, server.certificate(), Dovecot::PASSWORD);
    let steps = attempt(&right, patient()).await;
    assert!(steps.iter().all(|tried| tried.trouble.is_none()), "{steps:?}");
    assert_eq!(
        steps.last().map(|tried| (tried.step, tried.words.as_str())),
        Some((Step::Open, "自2018-01-01起有1封来信。"))
    );

    let wrong = |change: &dyn Fn(&mut tz_mail::imap::Account)| {
        let mut account = right.clone();
        change(&mut account);
        account
    };
    let cases = [
        (wrong(&|account| account.host = "no-such-host.invalid".to_owned()), Step::Resolve, Kind::NoSuchHost),
        (wrong(&|account| account.port = 1), Step::Connect, Kind::Unreachable),
        (wrong(&|account| account.trust = Trust::default()), Step::Encrypt, Kind::Certificate),
        (
            wrong(&|account| {
                account.trust.pem = "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n".to_owned()
            }),
            Step::Encrypt,
            Kind::Certificate,
        ),
        (wrong(&|account| account.port = server.port()), Step::Encrypt, Kind::NoEncryption),
        (wrong(&|account| account.password = tz_mail::imap::Password::new("wrong")), Step::SignIn, Kind::Refused),
        (wrong(&|account| account.folder = "没有的文件夹".to_owned()), Step::Open, Kind::Refused),
    ];
    for (account, step, kind) in cases {
        let steps = attempt(&account, patient()).await;
        let last = steps.last().expect("a step was tried");
        let trouble = last.trouble.as_ref().expect("it failed");
        assert_eq!((last.step, trouble.step, trouble.kind), (step, step, kind), "{trouble:?}");
        assert!(!last.words.is_empty());
        assert!(!format!("{account:?}").contains("Mima"), "a password is never printed");
    }
}
