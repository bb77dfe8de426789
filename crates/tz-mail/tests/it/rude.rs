//! Against a server with no manners (reliability 7): every letter comes in, once and whole, and every trouble is told.

use std::time::Duration;

use tz_mail::imap::{Account, Kind, Limits, Security, Step};
use tz_testkit::{Idle, Manners, RudeServer};

use crate::house::{Watched, letter, postbox, short};

fn account(server: &RudeServer) -> Account {
    postbox(server.port(), Security::Plain, "", "geheim")
}

fn with_letters(manners: Manners, count: u32) -> RudeServer {
    let server = RudeServer::start(manners);
    for number in 1..=count {
        assert_eq!(server.deliver(&letter(number)), number);
    }
    server
}

#[tokio::test]
async fn who_demands_a_name_gets_one_before_the_folder_is_opened() {
    let server = with_letters(Manners::default(), 3);
    let watched = Watched::begin(account(&server), short());
    watched.until_all(3).await;
    let commands = server.commands();
    let place = |start: &str| commands.iter().position(|command| command.starts_with(start)).expect(start);
    assert!(place("LOGIN") < place("ID (") && place("ID (") < place("EXAMINE"), "{commands:?}");
    assert!(commands.iter().all(|command| !command.contains("STORE") && !command.contains("SELECT")));
    // Even where the server does not say that it wants one.
    let server = with_letters(Manners { hides_id: true, ..Manners::default() }, 3);
    let watched = Watched::begin(account(&server), short());
    watched.until_all(3).await;
    assert_eq!(watched.house.kept().troubles, []);
}

#[tokio::test]
async fn new_letters_come_in_whatever_the_server_does_about_idle() {
    for idle in [Idle::Tells, Idle::Absent, Idle::Mute, Idle::Refuses] {
        let server = with_letters(Manners { idle, ..Manners::default() }, 2);
        let limits = Limits { idle: Duration::from_millis(300), ..short() };
        let watched = Watched::begin(account(&server), limits);
        watched.until_all(2).await;
        server.deliver(&letter(3));
        watched.until_all(3).await;
        server.deliver(&letter(4));
        watched.until_all(4).await;
        assert!(watched.is_whole(letter));
        assert_eq!(watched.house.kept().troubles, [], "{idle:?}");
    }
}

#[tokio::test]
async fn a_goodbye_at_every_command_loses_nothing() {
    let server = with_letters(Manners { goodbyes: 20, ..Manners::default() }, 6);
    let watched = Watched::begin(account(&server), short());
    watched.until_all(6).await;
    assert!(watched.is_whole(letter));
    let kept = watched.house.kept();
    assert!(kept.troubles.len() >= 10, "{}", kept.troubles.len());
    assert!(kept.troubles.iter().all(|trouble| trouble.kind == Kind::Lost));
    assert!(kept.troubles.iter().any(|trouble| trouble.said == "too many connections"), "{:?}", kept.troubles);
}

#[tokio::test]
async fn a_stall_in_the_middle_of_a_letter_is_over_soon_and_the_letter_comes_in_whole() {
    let server = with_letters(Manners { stalls: Some((2, 2)), ..Manners::default() }, 3);
    let watched = Watched::begin(account(&server), short());
    watched.until_all(3).await;
    assert!(watched.is_whole(letter));
    let kept = watched.house.kept();
    let told: Vec<(Step, Kind)> = kept.troubles.iter().map(|trouble| (trouble.step, trouble.kind)).collect();
    assert_eq!(told, [(Step::Fetch, Kind::Silent); 2]);
}

#[tokio::test]
async fn a_byte_at_a_time_is_a_trouble_of_its_own_until_it_ends() {
    let server = with_letters(Manners { drips: Some(Duration::from_millis(20)), ..Manners::default() }, 3);
    let watched = Watched::begin(account(&server), short());
    watched.until("slowness told", |kept| kept.troubles.iter().any(|trouble| trouble.kind == Kind::Slow)).await;
    server.behave(|manners| manners.drips = None);
    watched.until_all(3).await;
    assert!(watched.is_whole(letter));
}

#[tokio::test]
async fn an_expired_password_is_told_with_the_servers_words_and_mail_comes_in_once_it_is_mended() {
    let refuses = Some("LOGIN Login error or password error\u{7}".to_owned());
    let server = with_letters(Manners { refuses, ..Manners::default() }, 2);
    let watched = Watched::begin(account(&server), short());
    watched.until("a refusal", |kept| kept.troubles.len() > 2).await;
    {
        let kept = watched.house.kept();
        let trouble = &kept.troubles[0];
        assert_eq!((trouble.step, trouble.kind), (Step::SignIn, Kind::Refused));
        assert_eq!(trouble.said, "LOGIN Login error or password error");
        assert!(trouble.advice("imap.126.com").contains("授权码"));
        assert!(!format!("{trouble:?}").contains("geheim"));
    }
    server.behave(|manners| manners.refuses = None);
    watched.until_all(2).await;
}

#[tokio::test]
async fn a_letter_announced_with_a_wrong_length_is_not_believed() {
    for by in [-30, -1, 1, 3, 40] {
        let server = with_letters(Manners { miscounts: Some((2, by, 1)), ..Manners::default() }, 3);
        let watched = Watched::begin(account(&server), short());
        watched.until_all(3).await;
        assert!(watched.is_whole(letter), "announced {by} wrong");
        let kept = watched.house.kept();
        assert_eq!(kept.stuck.get(&2), Some(&1), "announced {by} wrong: {:?}", kept.troubles);
    }
}

#[tokio::test]
async fn a_letter_that_can_never_be_had_holds_up_no_other() {
    let server = with_letters(Manners { withholds: Some(2), ..Manners::default() }, 4);
    let watched = Watched::begin(account(&server), short());
    watched.until_all(3).await;
    assert_eq!(watched.uids().into_iter().collect::<Vec<_>>(), [1, 3, 4]);
    server.deliver(&letter(5));
    watched.until_all(4).await;
    // Always wrong: after three tries it is put by, and the rest goes on.
    let server = with_letters(Manners { miscounts: Some((2, 7, 99)), ..Manners::default() }, 4);
    let watched = Watched::begin(account(&server), short());
    watched.until_all(3).await;
    assert_eq!(watched.house.kept().stuck.get(&2), Some(&3));
}

#[tokio::test]
async fn a_line_without_an_end_costs_no_more_than_its_limit() {
    let server = with_letters(Manners { endless_line: true, ..Manners::default() }, 2);
    let watched = Watched::begin(account(&server), Limits { line: 64 << 10, ..short() });
    watched.until("too much told", |kept| kept.troubles.iter().any(|trouble| trouble.kind == Kind::TooMuch)).await;
    assert_eq!(watched.uids().len(), 2, "what came before is kept");
    server.behave(|manners| manners.endless_line = false);
    watched.until_all(2).await;
}

#[tokio::test]
async fn no_or_nonsense_for_an_answer_is_never_an_empty_postbox() {
    type Change = fn(&mut Manners, bool);
    let changes: [(Change, Kind); 2] = [
        (|manners, on| manners.refuses_search = on, Kind::Refused),
        (|manners, on| manners.talks_nonsense = on, Kind::Garbled),
    ];
    for (change, kind) in changes {
        let server = with_letters(Manners::default(), 2);
        server.behave(|manners| change(manners, true));
        let watched = Watched::begin(account(&server), short());
        watched.until("two troubles", |kept| kept.troubles.len() > 1).await;
        {
            let kept = watched.house.kept();
            assert!(!kept.at_rest);
            assert_eq!((kept.troubles[0].step, kept.troubles[0].kind), (Step::List, kind));
        }
        server.behave(|manners| change(manners, false));
        watched.until_all(2).await;
    }
}

#[tokio::test]
async fn a_renumbered_postbox_is_read_under_its_new_numbers() {
    let server = with_letters(Manners { idle: Idle::Absent, ..Manners::default() }, 3);
    let watched = Watched::begin(account(&server), short());
    watched.until_all(3).await;
    server.renumber();
    // The connection at hand sees no more; the next one does.
    server.behave(|manners| manners.refuses_search = true);
    watched.until("the connection given up", |kept| !kept.troubles.is_empty()).await;
    server.behave(|manners| manners.refuses_search = false);
    watched.until_all(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_five_thousand_waiting_a_new_letter_is_not_behind_them() {
    const WAITING: u32 = 5000;
    let server = with_letters(Manners { idle: Idle::Absent, ..Manners::default() }, WAITING);
    let watched = Watched::begin(account(&server), short());
    watched.until("the backlog under way", |kept| kept.letters.len() > 200).await;
    server.deliver(&letter(WAITING + 1));
    watched.until_all(WAITING as usize + 1).await;
    assert!(watched.is_whole(letter));
    let kept = watched.house.kept();
    let place = kept.order.iter().position(|uid| *uid == WAITING + 1).expect("it came");
    assert!(place < WAITING as usize, "it was the last of all");
    let behind = kept.order.len() - place;
    assert!(behind > 50, "it came before the backlog's last batches: {behind}");
    assert_eq!(kept.order[0], WAITING);
}

#[tokio::test]
async fn a_house_that_cannot_keep_a_letter_gets_it_again() {
    let server = with_letters(Manners::default(), 4);
    let house = std::sync::Arc::<crate::house::House>::default();
    house.kept().full = 3;
    let account = Account { mark_seen: true, ..account(&server) };
    let watched = Watched::go_on(house, account, short());
    watched.until_all(4).await;
    watched.until("every mark", |_| server.seen().len() == 4).await;
    let kept = watched.house.kept();
    assert_eq!(kept.troubles.iter().filter(|trouble| trouble.kind == Kind::House).count(), 3, "{:?}", kept.troubles);
}
