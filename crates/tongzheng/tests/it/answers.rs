//! A mail comes in by IMAP and its receipt goes out by SMTP, through the real program and real mail servers; and two of our
//! servers that write to each other come to rest (reliability 9).

use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tz_app::outgoing::MailOutWish;
use tz_app::postbox::{PostboxWish, Secret};
use tz_app::{Administrator, App, Person, Role};
use tz_model::{AccountId, UnitId};
use tz_read::samples::{EmlSpec, docx, eml};
use tz_store::Store;
use tz_testkit::{Dovecot, MailServer};

use crate::letters::{office, serve};
use crate::program::tongzheng;

const UNIT: &str = "binhu@unit.example";

/// An office that reads the postbox of `name` and sends from `address`.
fn set_up(data: &Path, postboxes: &Dovecot, name: &str, server: &MailServer, address: &str, registered: &[&str]) {
    let (store, app) = office(data);
    let mut tx = store.write(app.office()).expect("the database can be written");
    let units = tx.list_units(None).expect("the scheme lists units");
    for (unit, registered) in units.iter().zip(registered) {
        tx.insert_mailbox(UnitId(unit.unit_id), registered, 0).expect("the address is free");
    }
    tx.commit().expect("the disk has room");
    let person = Person {
        account: AccountId(1),
        name: "满建国".to_owned(),
        role: Role::Administrator,
        unit: None,
        must_change: false,
    };
    let who = Administrator::of(&person).expect("an administrator is one");
    let reads = PostboxWish {
        name: "政务信息邮箱".to_owned(),
        host: "localhost".to_owned(),
        port: postboxes.tls_port().to_string(),
        security: "tls".to_owned(),
        authorities: postboxes.certificate().to_owned(),
        login: name.to_owned(),
        password: Secret::new(Dovecot::PASSWORD),
        folder: "INBOX".to_owned(),
        start_from: "2018-01-01".to_owned(),
        enabled: true,
        ..PostboxWish::default()
    };
    app.save_postbox(&who, None, &reads).expect("it is well described");
    app.set_mail_out(&who, &sends_by(server, address)).expect("sound settings");
}

/// The settings by which an office sends from an address through a mail server.
pub fn sends_by(server: &MailServer, address: &str) -> MailOutWish {
    MailOutWish {
        enabled: true,
        host: "localhost".to_owned(),
        port: server.tls_port().to_string(),
        security: "tls".to_owned(),
        authorities: server.certificate().to_owned(),
        login: MailServer::LOGIN.to_owned(),
        password: Secret::new(MailServer::PASSWORD),
        address: address.to_owned(),
        name: "信息科".to_owned(),
        per_minute: "600".to_owned(),
    }
}

/// A server that is stopped when the test ends, also when it fails.
pub struct Serving(pub Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().expect("the child is ours");
        self.0.wait().expect("the child is ours");
    }
}

/// Waits until something has come, with a limit.
pub fn until(what: &str, mut come: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(120);
    while !come() {
        assert!(Instant::now() < limit, "{what}: not within two minutes");
        // Asked again until it has come; nothing is measured by this.
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn messages(store: &Arc<Store>, app: &App) -> usize {
    let mut tx = store.read(app.office()).expect("the database can be read");
    tx.list_mail(None, 1000).expect("messages can be listed").len()
}

/// Whether no mail waits to be sent or is on its way.
fn sent_all(store: &Arc<Store>, app: &App) -> bool {
    let mut tx = store.read(app.office()).expect("the database can be read");
    tx.count_outgoing().expect("mail can be counted").iter().all(|(state, _)| state == "sent")
}

/// What a mail server took over, as it lies in the receiver's postbox: without the envelope.
fn as_delivered(raw: &[u8]) -> Vec<u8> {
    let lines = raw.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"X-Envelope-"));
    lines.flatten().copied().collect()
}

fn item(from: &str, number: usize) -> Vec<u8> {
    let title = format!("滨湖镇夏粮收购开秤第{number}批");
    eml(&EmlSpec {
        from: from.to_owned(),
        to: "xxk@office.example".to_owned(),
        subject: format!("【工作动态】{title}"),
        body: "现报送信息一篇，请查收附件。".to_owned(),
        attachments: vec![(
            format!("{title}.docx"),
            docx(
                &title,
                &[format!("第{number}批：全镇设收购点{number}个，价格稳定，群众交粮有序，未出现压车现象。").as_str()],
            ),
        )],
        message_id: format!("{number}@unit.example"),
        ..EmlSpec::default()
    })
}

#[test]
fn a_mail_is_answered_with_its_receipt_and_the_answer_to_that_with_nothing() {
    let (Some(postboxes), Some(server)) = (Dovecot::start(), MailServer::start()) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    set_up(&data, &postboxes, "xxk", &server, "xxk@office.example", &[UNIT]);
    let _serving = Serving(serve(&mut tongzheng(), &data));
    postboxes.deliver("xxk", &item(UNIT, 1));
    until("the receipt", || !server.taken().is_empty());
    let receipt = tz_read::read_message(&server.taken()[0], &tz_read::Budget::default()).expect("a mail");
    assert_eq!(receipt.to[0].address, UNIT);
    assert!(receipt.subject.starts_with("收稿回执：") && receipt.subject.contains("《滨湖镇夏粮收购开秤第1批》"));
    assert_eq!(receipt.header("In-Reply-To").next(), Some("<1@unit.example>"));
    // The unit's own program answers the receipt by itself, and a person says thanks.
    let id = receipt.message_id.expect("it has one");
    let thanks = format!(
        "From: <{UNIT}>\r\nTo: <xxk@office.example>\r\nIn-Reply-To: <{id}>\r\nMessage-ID: <t@unit.example>\r\n\
         Subject: Re: ok\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n收到，谢谢。\r\n"
    );
    let away = format!(
        "From: <{UNIT}>\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <a@unit.example>\r\nSubject: away\r\n\r\naway\r\n"
    );
    postboxes.deliver("xxk", thanks.as_bytes());
    postboxes.deliver("xxk", away.as_bytes());
    postboxes.deliver("xxk", &item(UNIT, 2));
    let (store, app) = office(&data);
    until("all four", || messages(&store, &app) == 4 && server.taken().len() >= 2);
    let mut tx = store.read(app.office()).expect("the database can be read");
    let mut counts = tx.count_mail_by_fate().expect("messages can be counted");
    counts.sort();
    let expected = [("automatic", 1), ("item", 2), ("quarantine", 1)].map(|(fate, count)| (fate.to_owned(), count));
    assert_eq!(counts, expected);
    let outgoing = tx.count_outgoing().expect("mail can be counted");
    assert!(outgoing.iter().map(|(_, count)| count).sum::<i64>() == 2, "two items, two receipts: {outgoing:?}");
}

#[test]
fn two_offices_that_write_to_each_other_come_to_rest() {
    let (Some(postboxes), Some(server)) = (Dovecot::start(), MailServer::start()) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let offices = [("east", "east@office.example"), ("west", "west@office.example")];
    let data = offices.map(|(name, _)| folder.path().join(name));
    for (at, (name, address)) in offices.iter().enumerate() {
        // Each has registered the other's address as a unit's.
        set_up(&data[at], &postboxes, name, &server, address, &[offices[1 - at].1]);
    }
    let _serving = data.each_ref().map(|data| Serving(serve(&mut tongzheng(), data)));
    // A person in the west office sends the east one an item.
    postboxes.deliver("east", &item(offices[1].1, 1));
    let opened = data.each_ref().map(|data| office(data));
    let mut delivered = 0;
    // What either sends is delivered to the other. Answers are decided on in the transaction that enters a message, so once
    // every mail is entered and neither queue holds one, nothing more can come.
    until("rest", || {
        let taken = server.taken();
        for raw in &taken[delivered..] {
            let to = tz_read::read_message(raw, &tz_read::Budget::default()).expect("a mail").to[0].address.clone();
            let (name, _) = offices.iter().find(|(_, address)| *address == to).expect("one of the two");
            postboxes.deliver(name, &as_delivered(raw));
        }
        delivered = taken.len();
        let seen: usize = opened.iter().map(|(store, app)| messages(store, app)).sum();
        delivered > 0
            && seen == 1 + delivered
            && opened.iter().all(|(store, app)| sent_all(store, app))
            && server.taken().len() == delivered
    });
    assert_eq!(delivered, 1, "one receipt, and no answer to it");
    let (store, app) = &opened[1];
    let mut tx = store.read(app.office()).expect("the database can be read");
    assert_eq!(tx.count_mail_by_fate().expect("messages can be counted"), [("automatic".to_owned(), 1)]);
}
