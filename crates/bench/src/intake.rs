//! Durable mail intake, full pipeline, against bare SQLite FULL commits of the same raw bytes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use jiff::civil::Date;
use tz_app::{App, FixedClock};
use tz_read::samples::{self, EmlSpec};
use tz_scheme::Scheme;
use tz_store::Store;

const MAILS: usize = 300;

pub(crate) fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(&folder.path().join("app")).expect("a fresh folder opens"));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
    let clock = Arc::new(FixedClock::at("2018-06-04T01:00:00Z".parse().expect("a moment")));
    let app =
        App::open_or_set_up(Arc::clone(&store), clock, scheme, Date::constant(2018, 1, 1)).expect("a fresh office");
    {
        let mut tx = store.write(app.office()).expect("a transaction");
        let unit =
            tx.list_units(None).expect("units").first().map(|unit| tz_model::UnitId(unit.unit_id)).expect("a unit");
        tx.insert_mailbox(unit, "unit@tengzhou.example", 0).expect("a mailbox");
        tx.commit().expect("a commit");
    }
    let mails: Vec<Vec<u8>> = (0..MAILS).map(mail).collect();
    let bytes: usize = mails.iter().map(Vec::len).sum();
    let mut bare =
        SqliteConnection::establish(&folder.path().join("bare.db").display().to_string()).expect("a fresh database");
    bare.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE raw (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        .expect("a fresh table");
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    // In turns, so that a noisy neighbour hits both alike.
    for (place, raw) in mails.iter().enumerate() {
        let start = Instant::now();
        let fate = app.receive_mail(&format!("bench {place}"), raw).expect("intake");
        ours += start.elapsed();
        assert_eq!(fate.name(), "稿件", "{}", fate.reason());
        let start = Instant::now();
        diesel::sql_query("INSERT INTO raw (bytes) VALUES (?)")
            .bind::<diesel::sql_types::Binary, _>(raw)
            .execute(&mut bare)
            .expect("a commit");
        theirs += start.elapsed();
    }
    println!(
        "intake, {MAILS} mails of {} KB with a docx, full pipeline: {:.0} mails/s | bare FULL commits: {:.0}/s | ratio {:.2} (to reach: at least 0.5, 150 mails/s)",
        bytes / MAILS / 1024,
        MAILS as f64 / ours.as_secs_f64(),
        MAILS as f64 / theirs.as_secs_f64(),
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    match apart(&mails) {
        Some(apart) => println!(
            "intake by the program itself, read in its reading process: {:.0} mails/s | ratio {:.2}",
            MAILS as f64 / apart.as_secs_f64(),
            theirs.as_secs_f64() / apart.as_secs_f64()
        ),
        None => println!("intake by the program itself: build it first: cargo build --release --locked -p tongzheng"),
    }
}

/// How long `tongzheng intake` takes for all mails but one, its start left out: what a run of one mail takes is taken off.
fn apart(mails: &[Vec<u8>]) -> Option<Duration> {
    let program = crate::arrival::program()?;
    let take = |mails: &[Vec<u8>]| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (data, letters) = (folder.path().join("data"), folder.path().join("letters"));
        let (store, app) = crate::arrival::office(&data);
        let mut tx = store.write(app.office()).expect("a transaction");
        let unit = tx.list_units(None).expect("units")[0].unit_id;
        tx.insert_mailbox(tz_model::UnitId(unit), "unit@tengzhou.example", 0).expect("a mailbox");
        tx.commit().expect("a commit");
        drop((store, app));
        std::fs::create_dir(&letters).expect("a folder");
        for (place, raw) in mails.iter().enumerate() {
            std::fs::write(letters.join(format!("{place:04}.eml")), raw).expect("a mail");
        }
        let start = Instant::now();
        let output = std::process::Command::new(&program).arg("intake").arg(&letters).arg("--data").arg(&data).output();
        let took = start.elapsed();
        let said = String::from_utf8_lossy(&output.expect("the program starts").stdout).into_owned();
        assert!(said.contains(&format!("稿件{}封", mails.len())), "{said}");
        took
    };
    let one = take(&mails[..1]);
    Some(take(mails).saturating_sub(one))
}

/// A mail of about 36 KB: an item of some 1,500 characters as Word document, and a picture of the signed page beside it.
/// Each differs from the others.
fn mail(number: usize) -> Vec<u8> {
    let paragraphs: Vec<String> = (0..12)
        .map(|line| {
            let figures: String = (0..9)
                .map(|at| format!("{}件、", (number * 7919 + line * 104_729 + at * 1_299_709) % 99_991))
                .collect();
            format!(
                "第{line}项工作按计划推进，各村分别完成{figures}群众反映良好，下一步继续抓好落实，确保年底前全面完成。"
            )
        })
        .collect();
    let title = format!("夏季防汛第{number}号工作情况");
    let mut state = number as u64 + 1;
    let picture: Vec<u8> = [0xff, 0xd8, 0xff, 0xe0]
        .into_iter()
        .chain((0..22_000).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        }))
        .collect();
    samples::eml(&EmlSpec {
        from: "unit@tengzhou.example".to_owned(),
        name: "信息员".to_owned(),
        to: "office@tengzhou.example".to_owned(),
        subject: format!("【工作动态】{title}"),
        body: "请查收附件。".to_owned(),
        attachments: vec![
            (format!("{title}.docx"), samples::docx(&title, &paragraphs)),
            ("签批页.jpg".to_owned(), picture),
        ],
        message_id: format!("bench-{number}@tengzhou.example"),
        date: "Mon, 04 Jun 2018 09:00:00 +0800".to_owned(),
    })
}
