//! The real program where things are scarce or strange: a reader without memory or time, a full disk, other time zones
//! (reliability 4, 12, 15).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use tz_app::App;
use tz_model::{MailId, Month};
use tz_read::samples::{EmlSpec, docx, eml};
use tz_store::moment;
use tz_testkit::{Dovecot, is_thorough};

use crate::letters::{SENDER, office, serve, set_up};
use crate::program::{printed, run, tongzheng};

/// Asked again until it is so, for two minutes at most; nothing is measured by this.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < until, "{what} within two minutes");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn mail(id: &str, attachments: Vec<(String, Vec<u8>)>) -> Vec<u8> {
    eml(&EmlSpec {
        from: SENDER.to_owned(),
        subject: format!("【工作动态】第{id}封"),
        body: format!(
            "第{id}封：入汛以来，全镇划分十二个片区，由镇村干部包片负责，逐户登记、逐项整改、逐日通报，已解决问题四十三件。"
        ),
        attachments,
        message_id: format!("{id}@unit.example"),
        ..EmlSpec::default()
    })
}

/// Runs `intake` over a folder of letters with so many megabytes of address space for its readers.
fn intake_within(megabytes: usize, letters: &Path, data: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tongzheng"))
        .arg("intake")
        .arg(letters)
        .arg("--data")
        .arg(data)
        .env_remove("TONGZHENG_DATABASE")
        .env("TONGZHENG_READING_MB", megabytes.to_string())
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_mail_that_takes_more_memory_than_there_is_waits_and_the_next_one_comes_in() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (good, poison) = (folder.path().join("good"), folder.path().join("poison"));
    for at in [&good, &poison] {
        std::fs::create_dir(at).expect("a folder can be made");
    }
    let write = |at: &Path, name: &str, raw: &[u8]| std::fs::write(at.join(name), raw).expect("a mail can be written");
    write(&good, "1.eml", &mail("1", Vec::new()));
    // Within every budget, and much more than a plain mail while it is read: texts of seven megabytes each.
    let words: Vec<String> = (0..90_000).map(|at| format!("第{at}行{}", "防汛".repeat(10))).collect();
    let texts = (1..=6).map(|at| (format!("第{at}稿.docx"), docx(&format!("第{at}稿"), &words))).collect();
    write(&poison, "a.eml", &mail("a", texts));
    write(&poison, "b.eml", &mail("b", Vec::new()));

    // The least memory in which a plain mail is read, and a little more.
    let enough = (4..80).map(|step| step * 8).find(|megabytes| {
        let data = tempfile::tempdir().expect("a temporary folder");
        drop(office(data.path()));
        let (done, said) = intake_within(*megabytes, &good, data.path());
        done && said.contains("待处理1封") && said.contains("没有登记")
    });
    let enough = enough.expect("a plain mail is read in much less than the largest share") + 8;

    let data = folder.path().join("data");
    drop(office(&data));
    let (done, said) = intake_within(enough, &poison, &data);
    assert!(done, "the program itself goes on: {said}");
    let row = |name: &str| said.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    // Where memory ends a process depends on what it asked for last: the system's end of it or its own.
    let ended = ["读取所需内存超过上限", "读取时程序出了意外"];
    assert!(row("a.eml").starts_with("待处理") && ended.iter().any(|end| row("a.eml").contains(end)), "{said}");
    assert!(row("b.eml").contains("没有登记"), "{said}");
    // Kept raw: with memory it is read after all.
    let (store, app) = office(&data);
    let raw = {
        let mut tx = store.read(app.office()).expect("the database can be read");
        let held = tx.list_mail(Some("quarantine"), 10).expect("messages can be listed");
        let row = held.iter().find(|row| row.reason.contains("读取")).expect("it waits as it was said").clone();
        tx.content(row.content_id.expect("it is kept")).expect("its bytes are there")
    };
    assert_eq!(raw, std::fs::read(poison.join("a.eml")).expect("the mail is there"));
    let whole = tz_read::read_message(&raw, &tz_read::Budget::default()).expect("it is a mail");
    let documents = tz_read::Documents::of(&whole, &tz_read::Budget::default());
    assert!(documents.outcomes().all(|(_, _, read)| read.is_ok()), "it breaks no budget");
}

#[cfg(target_os = "linux")]
#[test]
fn a_reading_process_that_computes_too_long_is_ended_by_the_system() {
    use std::os::unix::process::ExitStatusExt;
    // The process keeps a limit that was set lower than its own: a second for all it reads.
    let mut child = Command::new("/bin/sh")
        .args(["-c", "ulimit -t 1; exec \"$0\" read-one", env!("CARGO_BIN_EXE_tongzheng")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell starts");
    let words: Vec<String> = (0..20_000).map(|at| format!("第{at}行{}", "防汛".repeat(10))).collect();
    let raw = mail("a", vec![("大稿.docx".to_owned(), docx("大稿", &words))]);
    let task = serde_json::json!({"Judge": {"categories": [], "wordings": [], "bytes": raw.len()}}).to_string();
    let mut asked = 0;
    let mut ask = || -> std::io::Result<()> {
        use std::io::{Read, Write};
        let (Some(to), Some(from)) = (child.stdin.as_mut(), child.stdout.as_mut()) else {
            unreachable!("both are piped")
        };
        to.write_all(&u32::try_from(task.len()).expect("short").to_le_bytes())?;
        to.write_all(task.as_bytes())?;
        to.write_all(&raw)?;
        to.flush()?;
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        from.read_exact(&mut vec![0; u32::from_le_bytes(length) as usize])?;
        Ok(())
    };
    while ask().is_ok() {
        asked += 1;
        assert!(asked < 10_000, "a second of computing reads no ten thousand long documents");
    }
    let ended = child.wait().expect("the child is ours").signal();
    println!("ended by signal {ended:?} after {asked} mails");
    // XCPU where the soft limit comes first, KILL where both are one.
    assert!(matches!(ended, Some(24 | 9)), "{ended:?}");
}

/// Every letter with the moment it counts as received, its items' numbers, and the month of its report.
fn as_counted(app: &App, store: &tz_store::Store) -> BTreeMap<String, (i64, String, String)> {
    let mut tx = store.read(app.office()).expect("the database can be read");
    let rows = tx.list_mail(None, 10_000).expect("messages can be listed");
    let mut counted = BTreeMap::new();
    for row in rows {
        let items = tx.list_items_of_mail(MailId(row.id)).expect("items can be listed");
        let number = items.first().map(|item| item.number.clone()).unwrap_or_default();
        let fact = tx.find_fact("报送", &number).expect("the ledger can be read").expect("an item is reported");
        let number = number.rsplit_once('-').map(|(day, _)| day.to_owned()).unwrap_or_default();
        counted.insert(row.message_id.clone().unwrap_or_default(), (row.received_at, number, fact.date));
    }
    counted
}

#[test]
fn letters_at_the_ends_of_months_count_alike_in_every_time_zone_of_the_process() {
    let Some(server) = Dovecot::start() else { return };
    const ZONES: [&str; 4] = ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"];
    // Two seconds around the ends of months, a quarter, half a year and a year in Shanghai.
    let ends: Vec<u64> =
        ["2018-02-28T16:00:00Z", "2018-03-31T16:00:00Z", "2018-06-30T16:00:00Z", "2018-12-31T16:00:00Z"]
            .iter()
            .map(|end| end.parse::<jiff::Timestamp>().expect("a moment").as_second() as u64)
            .collect();
    let count = if is_thorough() { 400 } else { 40 };
    let moments: Vec<u64> = (0..count).map(|at| ends[at % ends.len()] + (at / ends.len() % 5) as u64 - 2).collect();
    let mut all: Vec<BTreeMap<String, (i64, String, String)>> = Vec::new();
    for zone in ZONES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let name = zone.replace('/', "").to_lowercase();
        set_up(&data, &server, &name);
        for (at, second) in moments.iter().enumerate() {
            // The Date line says three days before or after.
            let date = ["Mon, 25 Jun 2018 09:00:00 +0800", "Wed, 04 Jul 2018 09:00:00 -0500"][at % 2];
            let raw = eml(&EmlSpec {
                from: SENDER.to_owned(),
                subject: format!("【工作动态】第{at}期"),
                body: format!(
                    "第{at}期：全镇划分为{at}个网格，每格配备一名专职代办员，群众反映事项当天登记、三天内回访，办结率逐月提高。"
                ),
                message_id: format!("{at:03}@unit.example"),
                date: date.to_owned(),
                ..EmlSpec::default()
            });
            server.deliver_at(&name, "", &raw, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(*second)));
        }
        let mut child = serve_in(&data, zone);
        until("all letters are in", || {
            let (store, app) = office(&data);
            let mut tx = store.read(app.office()).expect("the database can be read");
            let counted = tx.count_mail_by_fate().expect("messages can be counted");
            counted.iter().map(|(_, count)| count).sum::<i64>() == count as i64
        });
        child.kill().expect("the child is ours");
        child.wait().expect("the child is ours");
        let (store, app) = office(&data);
        all.push(as_counted(&app, &store));
    }
    for (at, second) in moments.iter().enumerate() {
        let (received_at, number, date) = &all[0][&format!("{at:03}@unit.example")];
        assert_eq!(*received_at, *second as i64 * 1_000_000, "letter {at} counts when the mail server received it");
        // Shanghai is eight hours ahead; nothing of ours is asked for this.
        let there = jiff::tz::offset(8).to_datetime(jiff::Timestamp::from_second(*second as i64).expect("a moment"));
        assert_eq!(*date, there.date().to_string(), "letter {at}");
        assert_eq!(*number, format!("{:04}-{:02}{:02}", there.year(), there.month(), there.day()), "letter {at}");
        assert_eq!(Month::of(moment(*received_at)).to_string(), date[..7], "letter {at}");
    }
    for (zone, counted) in ZONES.iter().zip(&all) {
        assert_eq!(counted, &all[0], "{zone}");
    }
    println!("{count} letters counted alike in {}", ZONES.join(", "));
}

/// `serve` over a data folder in a time zone of its own.
fn serve_in(data: &Path, zone: &str) -> std::process::Child {
    serve(tongzheng().env("TZ", zone), data)
}

#[cfg(target_os = "linux")]
#[test]
fn with_a_full_disk_nothing_is_acknowledged_or_lost_and_room_mends_it_without_a_restart() {
    let Some(server) = Dovecot::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (disk, more, stop) = (folder.path().join("disk"), folder.path().join("more"), folder.path().join("stop"));
    std::fs::create_dir(&disk).expect("a folder can be made");
    let made = folder.path().join("made");
    set_up(&made, &server, "full");
    let big = |at: usize| {
        // Bytes that cannot be made smaller.
        let mut state = at as u64 + 1;
        let photo = (0..300_000).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        });
        mail(&at.to_string(), vec![("现场.jpg".to_owned(), [vec![0xFF, 0xD8, 0xFF, 0xE0], photo.collect()].concat())])
    };
    let mails = 40;
    for at in 0..mails {
        server.deliver("full", &big(at));
    }
    // A disk of its own in a namespace of its own: sixteen megabytes, and more once a file appears.
    let script = r#"
        mount -t tmpfs -o size=16m tmpfs "$1" && cp -r "$2" "$1/data" || exit 77
        "$0" serve --listen 127.0.0.1:0 --data "$1/data" & child=$!
        while [ ! -e "$4" ]; do
            if [ -e "$3" ]; then mount -o remount,size=400m "$1"; rm "$3"; fi
            sleep 0.1
        done
        kill $child; wait $child
        "$0" verify --data "$1/data" >"$4.verified" 2>&1
        cp -r "$1/data" "$4.data"
    "#;
    let child = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_tongzheng")])
        .args([&disk, &made, &more, &stop])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: this machine has no unshare");
        return;
    };
    let Some(address) = crate::letters::address_of(&mut child) else {
        let _ = child.wait();
        println!("skipped: this machine lets nobody mount a disk of their own");
        return;
    };
    let health = || String::from_utf8_lossy(&crate::program::get(&address, "/health", "")).into_owned();
    until("the health figure says that letters cannot be kept", || health().contains("failing"));
    let full = health();
    assert!(full.contains("degraded"), "{full}");
    let page = String::from_utf8_lossy(&crate::program::get(&address, "/sign-in", "")).into_owned();
    assert!(page.contains("登录"), "reading goes on: {page}");
    std::fs::write(&more, "").expect("the sign can be given");
    until("the health figure is well again", || {
        let now = health();
        now.contains(r#""status":"ok""#) && now.contains(r#""state":"well""#)
    });
    std::fs::write(&stop, "").expect("the sign can be given");
    child.wait().expect("the child is ours");
    let verified = std::fs::read_to_string(folder.path().join("stop.verified")).expect("it was verified");
    assert!(verified.contains("没有发现差错"), "{verified}");
    let (store, app) = office(&folder.path().join("stop.data"));
    let mut tx = store.read(app.office()).expect("the database can be read");
    let rows = tx.list_mail(None, 1000).expect("messages can be listed");
    assert_eq!(rows.len(), mails, "none lost, none twice");
    for row in &rows {
        assert_eq!(row.fate, "item", "{}", row.reason);
        let items = tx.list_items_of_mail(MailId(row.id)).expect("items can be listed");
        let files = tx.list_attachments(tz_model::ItemId(items[0].id)).expect("files can be listed");
        assert_eq!((items.len(), files.len()), (1, 1), "{} is half here", row.subject);
    }
    drop(tx);
    drop((store, app));
    let sound = run(&["verify", "--data", &folder.path().join("stop.data").display().to_string()]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}", printed(&sound.stderr));
}
