//! How long a letter takes from the mail server to the editors' list, through the real program: while five thousand wait, at rest
//! where the server tells of new mail (IDLE), and where it must be asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tz_app::postbox::{PostboxWish, Secret};
use tz_app::{Administrator, App, Person, Role, SystemClock};
use tz_model::{AccountId, UnitId};
use tz_read::samples::{EmlSpec, docx, eml};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_testkit::{Dovecot, Idle, Manners, RudeServer};

const WAITING: usize = 5_000;
const SENDER: &str = "unit@tengzhou.example";
/// How often the ledger is looked at: the error of every figure.
const LOOK: Duration = Duration::from_millis(5);

/// The program beside this one, built by the same profile.
pub(crate) fn program() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok()?.with_file_name("tongzheng");
    beside.exists().then_some(beside)
}

pub(crate) fn office(data: &Path) -> (Arc<Store>, App) {
    let store = Arc::new(Store::open_folder(data).expect("the folder opens"));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
    let from = Date::constant(2018, 1, 1);
    let app = App::open_or_set_up(Arc::clone(&store), Arc::new(SystemClock), scheme, from).expect("an office");
    (store, app.with_keys(data))
}

/// An office that follows a postbox on this machine.
fn set_up(data: &Path, port: u16, login: &str, password: &str) {
    let (store, app) = office(data);
    let mut tx = store.write(app.office()).expect("a transaction");
    let unit = tx.list_units(None).expect("units")[0].unit_id;
    tx.insert_mailbox(UnitId(unit), SENDER, 0).expect("a mailbox");
    tx.commit().expect("a commit");
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
        port: port.to_string(),
        security: "plain".to_owned(),
        login: login.to_owned(),
        password: Secret::new(password),
        folder: "INBOX".to_owned(),
        start_from: "2018-01-01".to_owned(),
        enabled: true,
        ..PostboxWish::default()
    };
    app.save_postbox(&Administrator::of(&person).expect("an administrator is one"), None, &wish).expect("a postbox");
}

fn letter(id: &str) -> Vec<u8> {
    let title = format!("滨湖镇网格代办第{id}期");
    let text =
        format!("第{id}期：全镇划分网格，每格配备一名专职代办员，群众反映事项当天登记、三天内回访，办结率逐月提高。");
    eml(&EmlSpec {
        from: SENDER.to_owned(),
        subject: format!("【工作动态】{title}"),
        body: "请查收附件。".to_owned(),
        attachments: vec![(format!("{title}.docx"), docx(&title, &[text.as_str(), text.as_str()]))],
        message_id: format!("{id}@tengzhou.example"),
        ..EmlSpec::default()
    })
}

/// The program at work, ended with this.
struct Serving(Child);

impl Serving {
    fn start(program: &Path, data: &Path) -> Self {
        let child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.expect("the program starts"))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks at the ledger until all named letters are in; how long each took since it was delivered.
struct Ledger {
    store: Arc<Store>,
    app: App,
    seen: BTreeSet<String>,
}

impl Ledger {
    fn of(data: &Path) -> Self {
        let (store, app) = office(data);
        Self { store, app, seen: BTreeSet::new() }
    }

    fn count(&self) -> usize {
        let mut tx = self.store.read(self.app.office()).expect("a transaction");
        let all = tx.count_mail_by_fate().expect("counts");
        all.iter().map(|(_, count)| usize::try_from(*count).unwrap_or(0)).sum()
    }

    /// Notes those of `delivered` that have become visible since the last look.
    fn look(&mut self, delivered: &BTreeMap<String, Instant>, times: &mut Vec<Duration>) {
        let mut tx = self.store.read(self.app.office()).expect("a transaction");
        for (id, at) in delivered {
            if !self.seen.contains(id) && tx.has_message_id(&format!("{id}@tengzhou.example")).expect("an answer") {
                self.seen.insert(id.clone());
                times.push(at.elapsed());
            }
        }
    }
}

/// Delivers `count` letters, one every `every`, and waits until each is visible.
fn visible_after(
    ledger: &mut Ledger,
    name: &str,
    count: usize,
    every: Duration,
    mut deliver: impl FnMut(&[u8]),
) -> (Duration, Duration) {
    let (mut delivered, mut times) = (BTreeMap::new(), Vec::new());
    let mut next = Instant::now();
    while times.len() < count {
        if delivered.len() < count && Instant::now() >= next {
            next += every;
            let id = format!("{name}-{}", delivered.len());
            deliver(&letter(&id));
            delivered.insert(id, Instant::now());
        }
        ledger.look(&delivered, &mut times);
        std::thread::sleep(LOOK);
    }
    times.sort();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

pub(crate) fn run() {
    let Some(program) = program() else {
        println!("arrival: build the program first: cargo build --release --locked -p tongzheng");
        return;
    };
    told(&program);
    asked(&program);
}

/// A server that tells of new mail, first with a backlog, then at rest.
fn told(program: &Path) {
    let Some(server) = Dovecot::start() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    set_up(&data, server.port(), "bench", Dovecot::PASSWORD);
    for number in 0..WAITING {
        server.deliver("bench", &letter(&format!("old-{number}")));
    }
    let begun = Instant::now();
    let serving = Serving::start(program, &data);
    let mut ledger = Ledger::of(&data);
    while ledger.count() < 100 {
        std::thread::sleep(LOOK);
    }
    let new = 20;
    let (p50, p99) = visible_after(&mut ledger, "new", new, Duration::from_millis(500), |raw| {
        server.deliver("bench", raw);
    });
    let left = (WAITING + new).saturating_sub(ledger.count());
    while ledger.count() < WAITING + new {
        std::thread::sleep(LOOK);
    }
    let took = begun.elapsed();
    println!(
        "arrival while {WAITING} wait ({left} still did at the end): visible after {:.2} s, p99 {:.2} s (to reach: 75 s) | all in after {:.1} s, {:.0} letters/s",
        p50.as_secs_f64(),
        p99.as_secs_f64(),
        took.as_secs_f64(),
        (WAITING + new) as f64 / took.as_secs_f64()
    );
    let (p50, p99) = visible_after(&mut ledger, "rest", 100, Duration::from_millis(300), |raw| {
        server.deliver("bench", raw);
    });
    println!("arrival at rest, told by IDLE: visible after {} ms, p99 {} ms", p50.as_millis(), p99.as_millis());
    drop(serving);
}

/// A server that knows no IDLE and must be asked.
fn asked(program: &Path) {
    let server = RudeServer::start(Manners { idle: Idle::Absent, ..Manners::default() });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    set_up(&data, server.port(), "bench", "bench");
    server.deliver(&letter("first"));
    let serving = Serving::start(program, &data);
    let mut ledger = Ledger::of(&data);
    while ledger.count() < 1 {
        std::thread::sleep(LOOK);
    }
    let (p50, p99) = visible_after(&mut ledger, "asked", 50, Duration::from_millis(3_700), |raw| {
        server.deliver(raw);
    });
    println!(
        "arrival at rest, asked every 45 s: visible after {:.1} s, p99 {:.1} s (to reach: 75 s)",
        p50.as_secs_f64(),
        p99.as_secs_f64()
    );
    drop(serving);
}
