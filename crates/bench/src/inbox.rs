//! The inbox page, signed in, over 100,000 items, against a handler that returns a constant of the same size: while nobody
//! writes, and while another process commits twenty times a second, so that nothing remembered stands for long.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tz_app::{App, FixedClock, Role};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::item::{ItemRow, VersionRow};
use tz_web::{Server, Settings};

const ITEMS: i64 = 100_000;
const CONNECTIONS: usize = 64;
const SECONDS: u64 = 4;
const BETWEEN_COMMITS: Duration = Duration::from_millis(50);

pub(crate) fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a fresh folder opens"));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
    let clock = Arc::new(FixedClock::at("2018-06-04T01:00:00Z".parse().expect("a moment")));
    let app =
        App::open_or_set_up(Arc::clone(&store), clock, scheme, Date::constant(2018, 1, 1)).expect("a fresh office");
    fill(&store, &app);
    let office = app.office();
    app.add_account_with_password("editor", "李编辑", Role::Editor, None, "Bench-2018").expect("an account");
    let cookie = app.sign_in("editor", "Bench-2018", None).expect("signed in").token;
    let server = Server::new(Arc::new(app), Settings::default()).expect("a server");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let ours = serve(tz_web::router(server)).await;
        let request = format!("GET /intake HTTP/1.1\r\nHost: {ours}\r\nCookie: tongzheng={cookie}\r\n\r\n");
        let (page, _) = fetch(&mut TcpStream::connect(ours).await.expect("a connection"), request.as_bytes()).await;
        assert!(page.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&page[..page.len().min(300)]));
        let text: String = "x".repeat(page.len());
        let constant = serve(axum::Router::new().route("/", axum::routing::get(move || async move { text }))).await;
        let plain = format!("GET / HTTP/1.1\r\nHost: {constant}\r\n\r\n");
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            a.push(load(ours, request.clone()).await);
            b.push(load(constant, plain.clone()).await);
        }
        let commits = Arc::new(AtomicBool::new(true));
        let (other, going) = (Store::open_folder(folder.path()).expect("it opens twice"), Arc::clone(&commits));
        let writer = std::thread::spawn(move || {
            while going.load(Ordering::Relaxed) {
                let mut tx = other.write(office).expect("a transaction");
                tx.set_setting("bench", "commits").expect("a setting");
                tx.commit().expect("a commit");
                std::thread::sleep(BETWEEN_COMMITS);
            }
        });
        let while_writing = load(ours, request.clone()).await;
        commits.store(false, Ordering::Relaxed);
        writer.join().expect("the writer ends");
        a.sort_by(|x, y| x.0.total_cmp(&y.0));
        b.sort_by(|x, y| x.0.total_cmp(&y.0));
        println!(
            "inbox, {ITEMS} items, {} KB page, {CONNECTIONS} connections: {:.0} pages/s, p99 {} ms | with 20 commits/s: {:.0} pages/s, p99 {} ms | constant: {:.0}/s | ratio {:.2} (to reach: at least 0.2, 2000/s, p99 50 ms)",
            page.len() / 1024,
            a[1].0,
            a[1].1.as_millis(),
            while_writing.0,
            while_writing.1.as_millis(),
            b[1].0,
            a[1].0 / b[1].0
        );
    });
}

async fn serve(router: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
    address
}

/// Sends a request and reads one answer whole. Answers carry a length.
async fn fetch(stream: &mut TcpStream, request: &[u8]) -> (Vec<u8>, Duration) {
    let start = Instant::now();
    stream.write_all(request).await.expect("the server reads");
    let (mut answer, mut part) = (Vec::new(), vec![0u8; 64 * 1024]);
    loop {
        let count = stream.read(&mut part).await.expect("the server answers");
        assert!(count > 0, "the server hung up");
        answer.extend_from_slice(&part[..count]);
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|value| value.trim().parse().ok())
            .expect("answers carry a length");
        if answer.len() >= end + 4 + length {
            return (answer, start.elapsed());
        }
    }
}

/// Pages a second and the 99th percentile over some seconds of load.
async fn load(address: SocketAddr, request: String) -> (f64, Duration) {
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let request = request.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                let mut times = Vec::new();
                while Instant::now() < until {
                    times.push(fetch(&mut stream, request.as_bytes()).await.1);
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("the load ran"));
    }
    times.sort();
    (times.len() as f64 / SECONDS as f64, times[times.len() * 99 / 100])
}

/// Items straight into the store, many to a transaction.
fn fill(store: &Store, app: &App) {
    let units: Vec<i64> = store
        .read(app.office())
        .expect("a transaction")
        .list_units(None)
        .expect("units")
        .iter()
        .map(|unit| unit.unit_id)
        .collect();
    let mut number = 0;
    while number < ITEMS {
        let mut tx = store.write(app.office()).expect("a transaction");
        for _ in 0..10_000 {
            number += 1;
            let at = 1_514_764_800_000_000 + number * 60_000_000;
            let title = format!("第{number}号工作进展情况");
            let row = ItemRow {
                id: 0,
                office_id: 0,
                number: format!("bench-{number}"),
                received_at: at,
                channel: "邮箱".to_owned(),
                state: if number % 50 == 0 { "received" } else { "published" }.to_owned(),
                revision: 1,
                title: title.clone(),
                category: "工作动态".to_owned(),
                words: 400,
                worry: false,
                counted: true,
                repeats: None,
                fingerprint: number,
                authors: "王信息员".to_owned(),
                contact: String::new(),
                claimed_by: None,
                solicitation_id: None,
                mail_id: None,
                sent_by: None,
                sent_key: None,
                doubts: String::new(),
            };
            let version = VersionRow {
                item_id: 0,
                revision: 1,
                title,
                body: "今年以来，各项工作按计划推进。".repeat(20),
                category: "工作动态".to_owned(),
                saved_at: at,
                saved_by: None,
                note: String::new(),
            };
            let unit = units[usize::try_from(number).expect("a place") % units.len()];
            tx.insert_item(row, &[unit], version).expect("an item");
        }
        tx.commit().expect("a commit");
    }
}
