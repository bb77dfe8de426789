//! Letters fetched by the real program from a real Dovecot, while it is killed again and again (reliability 1).

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tz_app::postbox::{PostboxWish, Secret};
use tz_app::{Administrator, App, Person, Role, SystemClock};
use tz_model::{AccountId, ItemId, MailId, UnitId};
use tz_read::samples::{EmlSpec, docx, eml};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_testkit::{Dovecot, is_thorough};

use crate::program::{printed, run, tongzheng};

/// A registered address of the office.
pub(crate) const SENDER: &str = "binhu@tengzhou.example";

/// The office of a data folder.
pub(crate) fn office(data: &Path) -> (Arc<Store>, App) {
    let store = Arc::new(Store::open_folder(data).expect("the folder opens"));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the scheme is built in");
    let from = jiff::civil::date(2018, 1, 1);
    let app = App::open_or_set_up(Arc::clone(&store), Arc::new(SystemClock), scheme, from).expect("an office is there");
    (store, app.with_keys(data))
}

/// An office that reads a postbox of this server.
pub(crate) fn set_up(data: &Path, server: &Dovecot, name: &str) {
    let (store, app) = office(data);
    let mut tx = store.write(app.office()).expect("the database can be written");
    let unit = tx.list_units(None).expect("the scheme lists units")[0].unit_id;
    tx.insert_mailbox(UnitId(unit), SENDER, 0).expect("the address is free");
    tx.commit().expect("the disk has room");
    let person = Person {
        account: AccountId(1),
        name: "满建国".to_owned(),
        role: Role::Administrator,
        unit: None,
        must_change: false,
    };
    let wish = PostboxWish {
        name: "政务信息邮箱".to_owned(),
        host: "localhost".to_owned(),
        port: server.port().to_string(),
        security: "plain".to_owned(),
        login: name.to_owned(),
        password: Secret::new(Dovecot::PASSWORD),
        folder: "INBOX".to_owned(),
        start_from: "2018-01-01".to_owned(),
        enabled: true,
        ..PostboxWish::default()
    };
    let who = Administrator::of(&person).expect("an administrator is one");
    app.save_postbox(&who, None, &wish).expect("it is well described");
}

/// A mail with a Word document, which is the item, and a photo beside it.
fn mail(number: usize) -> Vec<u8> {
    let title = format!("滨湖镇网格代办第{number}期");
    let text =
        format!("第{number}期：全镇划分为{number}个网格，每格配备一名专职代办员，群众反映事项当天登记、三天内回访。");
    eml(&EmlSpec {
        from: SENDER.to_owned(),
        name: "滨湖镇信息员".to_owned(),
        to: "xxk@tengzhou.example".to_owned(),
        subject: format!("【工作动态】{title}"),
        body: "现报送信息一篇，请查收附件。".to_owned(),
        attachments: vec![
            (format!("{title}.docx"), docx(&title, &[text.as_str(), text.as_str()])),
            ("现场.jpg".to_owned(), [&[0xFF, 0xD8, 0xFF, 0xE0][..], &number.to_le_bytes().repeat(400)].concat()),
        ],
        message_id: format!("{number}@tengzhou.example"),
        date: "Fri, 29 Jun 2018 09:08:00 +0800".to_owned(),
    })
}

/// `serve` over a data folder, once it has said its address.
pub(crate) fn serve(program: &mut Command, data: &Path) -> Child {
    let mut child = program
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    assert!(address_of(&mut child).is_some(), "the program ended before it was ready");
    child
}

/// The address a server says once it is ready; nothing where it ended before.
pub(crate) fn address_of(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, address) = line.split_once("通政已启动：")?;
        Some(address.trim_end_matches('/').to_owned())
    });
    // What it still prints must have somewhere to go.
    std::thread::spawn(move || lines.for_each(drop));
    address
}

/// A number that looks random and is the same for the same seed.
fn dice(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn entered(data: &Path) -> usize {
    let (store, app) = office(data);
    let mut tx = store.read(app.office()).expect("the database can be read");
    let counted = tx.count_mail_by_fate().expect("messages can be counted");
    counted.iter().map(|(_, count)| usize::try_from(*count).expect("no fewer than none")).sum()
}

fn killed_again_and_again(server: &Dovecot, seed: u64, kills: usize, mails: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let name = format!("seed{seed}");
    set_up(&data, server, &name);
    let mut state = seed;
    let mut delivered = 0;
    let mut slowest = Duration::ZERO;
    for kill in 1..=kills {
        let begun = Instant::now();
        let mut child = serve(&mut tongzheng(), &data);
        slowest = slowest.max(begun.elapsed());
        while delivered < mails * kill / kills {
            delivered += 1;
            server.deliver(&name, &mail(delivered));
        }
        // The moment of the kill is what is drawn here.
        std::thread::sleep(Duration::from_millis(50 + dice(&mut state) % 450));
        child.kill().expect("the child is ours");
        child.wait().expect("the child is ours");
    }
    let came = entered(&data);
    let mut child = serve(&mut tongzheng(), &data);
    let until = Instant::now() + Duration::from_secs(300);
    while entered(&data) < mails && Instant::now() < until {
        // Asked again until all are in; nothing is measured by this.
        std::thread::sleep(Duration::from_millis(50));
    }
    // Time for one that should not come.
    assert_eq!(entered(&data), mails, "seed {seed}: lost, or not within five minutes");
    child.kill().expect("the child is ours");
    child.wait().expect("the child is ours");
    println!("seed {seed}: {kills} kills, {came} of {mails} mails came in between, slowest start {slowest:?}");

    let (store, app) = office(&data);
    let mut tx = store.read(app.office()).expect("the database can be read");
    let rows = tx.list_mail(None, 100_000).expect("messages can be listed");
    assert_eq!(rows.len(), mails, "seed {seed}: a message twice");
    let mut numbers: Vec<String> = Vec::new();
    for row in &rows {
        assert_eq!(row.fate, "item", "seed {seed}: {}", row.reason);
        let items = tx.list_items_of_mail(MailId(row.id)).expect("items can be listed");
        assert_eq!(items.len(), 1, "seed {seed}: {}", row.subject);
        let files = tx.list_attachments(ItemId(items[0].id)).expect("files can be listed");
        assert_eq!(files.len(), 2, "seed {seed}: {} without its attachments", row.subject);
        numbers.extend(row.message_id.clone());
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), mails, "seed {seed}: every mail that was sent is here");
    drop(tx);
    drop((store, app));
    let sound = run(&["verify", "--data", &data.display().to_string()]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "seed {seed}: {}", printed(&sound.stderr));
}

#[test]
fn nothing_is_lost_or_doubled_however_often_the_program_is_killed() {
    let Some(server) = Dovecot::start() else { return };
    let (seeds, kills, mails) = if is_thorough() { (5, 40, 1000) } else { (1, 5, 60) };
    for seed in 1..=seeds {
        killed_again_and_again(&server, seed, kills, mails);
    }
}
