//! Postboxes followed while the server runs: each has a watcher; settings are looked at again every other second, so that a
//! change needs no restart; a watcher that has stopped moving is started anew.

use std::collections::BTreeMap;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tz_app::mail::PostboxLetter;
use tz_app::postbox::{PostboxOrder, ServerFolder, ServerLetter, ServerList, ServerStray};
use tz_app::{App, Problem};
use tz_mail::SignatureCheck;
use tz_mail::imap::{
    Account, Desk, KeepFailure, Letter, Limits, Opened, Password, Pulse, Roll, Security, Trouble, Trust, Whole,
    attempt, watch,
};
use tz_model::PostboxId;
use tz_store::postbox::{FolderKey, LetterKey};
use tz_web::{Postman, TriedStep};

/// How often the settings are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// A postbox as the client takes it.
fn account(order: &PostboxOrder) -> Account {
    Account {
        host: order.host.clone(),
        port: order.port,
        security: match order.security.as_str() {
            "starttls" => Security::StartTls,
            "plain" => Security::Plain,
            _ => Security::Tls,
        },
        trust: Trust { system: order.system_trust, pem: order.authorities.clone() },
        login: order.login.clone(),
        password: Password::new(order.password.text()),
        folder: order.folder.clone(),
        more_folders: order.more_folders.clone(),
        since: order.since,
        mark_seen: order.mark_seen,
    }
}

/// The house as one watcher meets it.
struct OfficeDesk {
    app: Arc<App>,
    postbox: PostboxId,
    host: String,
    signatures: Arc<SignatureCheck>,
}

impl OfficeDesk {
    fn folder<'f>(&self, name: &'f str, uidvalidity: u32) -> FolderKey<'f> {
        FolderKey { postbox: self.postbox, name, uidvalidity }
    }

    /// Logged once, here, with its causes; the watcher and the person get a sentence.
    fn kept<T>(&self, done: Result<T, Problem>) -> Result<T, KeepFailure> {
        done.map_err(|problem| match problem {
            Problem::Failed(failure) => {
                tracing::error!(
                    postbox.id = self.postbox.0,
                    failure = chain(&failure),
                    "the house did not do its part"
                );
                KeepFailure(failure.in_words())
            }
            other => KeepFailure(other.to_string()),
        })
    }

    fn sentence(&self, trouble: &Trouble) -> String {
        format!("{trouble}。{}", trouble.advice(&self.host))
    }
}

impl Desk for OfficeDesk {
    fn opened(&self, folder: &str, opened: Opened) -> Result<(), KeepFailure> {
        self.kept(self.app.postbox_opened(self.folder(folder, opened.uidvalidity), opened.uidnext))
    }

    fn wanted(&self, folder: &str, uidvalidity: u32, uids: &[u32]) -> Result<Vec<u32>, KeepFailure> {
        self.kept(self.app.wanted_letters(self.folder(folder, uidvalidity), uids))
    }

    fn kept(&self, folder: &str, uidvalidity: u32, uids: &[u32]) -> Result<Vec<u32>, KeepFailure> {
        Self::kept(self, self.app.kept_letters(self.folder(folder, uidvalidity), uids))
    }

    fn keep(&self, letter: &Letter) -> Result<(), KeepFailure> {
        // Before the transaction: the DNS may take its time. This runs on the blocking pool.
        let signed_by = Handle::current().block_on(self.signatures.signed_by(&letter.raw));
        let letter = PostboxLetter {
            key: LetterKey { folder: self.folder(&letter.folder, letter.uidvalidity), uid: letter.uid },
            size: letter.size,
            arrived: letter.arrived,
            raw: &letter.raw,
            head_only: letter.whole == Whole::HeadOnly,
            signed_by: &signed_by,
        };
        self.kept(self.app.receive_letter(&letter)).map(|_| ())
    }

    fn stuck(&self, folder: &str, uidvalidity: u32, uid: u32, trouble: &Trouble) -> Result<(), KeepFailure> {
        let key = LetterKey { folder: self.folder(folder, uidvalidity), uid };
        self.kept(self.app.letter_stuck(key, &self.sentence(trouble)))
    }

    fn well(&self, waiting: usize) -> Result<(), KeepFailure> {
        self.kept(self.app.postbox_well(self.postbox, waiting))
    }

    fn unwell(&self, trouble: &Trouble) -> Result<(), KeepFailure> {
        self.kept(self.app.postbox_unwell(self.postbox, trouble.step.name(), &self.sentence(trouble)))
    }

    fn is_check_due(&self) -> Result<bool, KeepFailure> {
        self.kept(self.app.is_postbox_check_due(self.postbox))
    }

    fn reconcile(&self, roll: &Roll) -> Result<Vec<u32>, KeepFailure> {
        let folders = roll.folders.iter().map(|folder| {
            let letters = folder.listed.iter();
            let letters = letters.map(|one| ServerLetter { uid: one.uid, size: one.size, arrived: one.arrived });
            ServerFolder { name: folder.folder.clone(), uidvalidity: folder.uidvalidity, letters: letters.collect() }
        });
        let folders = folders.collect();
        let strays = roll.strays.iter();
        let strays =
            strays.map(|one| ServerStray { folder: one.folder.clone(), uid: one.uid, arrived: one.arrived }).collect();
        let list = ServerList { folders, strays };
        self.kept(self.app.reconcile_postbox(self.postbox, &list))
    }

    fn unknown_ids(&self, ids: &[Option<String>]) -> Result<Vec<usize>, KeepFailure> {
        self.kept(self.app.unknown_message_ids(ids))
    }

    fn knows(&self, raw: &[u8]) -> Result<bool, KeepFailure> {
        self.kept(self.app.knows_message(raw))
    }
}

/// A failure with its causes, on one line.
pub(crate) fn chain(failure: &dyn Error) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// A watcher at work. Dropped, it stops; what it was keeping is kept.
struct Watcher {
    revision: i64,
    task: JoinHandle<()>,
    called: Arc<Notify>,
    pulse: Arc<Pulse>,
    /// Its pulse when it was last seen to move, and when that was.
    moved: (u64, Instant),
    /// It has been called for the comparison that is asked for.
    is_called: bool,
}

impl Watcher {
    fn start(app: &Arc<App>, signatures: &Arc<SignatureCheck>, order: &PostboxOrder, limits: &Limits) -> Self {
        let desk = OfficeDesk {
            app: Arc::clone(app),
            postbox: order.id,
            host: order.host.clone(),
            signatures: Arc::clone(signatures),
        };
        let (called, pulse) = (Arc::new(Notify::new()), Arc::new(Pulse::default()));
        let task = tokio::spawn(watch(
            Arc::new(desk),
            account(order),
            limits.clone(),
            Arc::clone(&called),
            Arc::clone(&pulse),
        ));
        Self { revision: order.revision, task, called, pulse, moved: (0, Instant::now()), is_called: false }
    }

    /// False where it has ended, or not moved for longer than anything it waits for takes.
    fn moves(&mut self, limits: &Limits) -> bool {
        let count = self.pulse.count();
        if count != self.moved.0 {
            self.moved = (count, Instant::now());
        }
        let longest = limits.command.max(limits.idle).max(limits.longest_pause_refused) + limits.command;
        !self.task.is_finished() && self.moved.1.elapsed() < longest
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Follows every postbox this process is to follow, for ever.
pub(crate) async fn follow(app: Arc<App>) {
    let limits = Limits::default();
    let signatures = Arc::new(SignatureCheck::of_this_machine());
    let holder = holder();
    let mut watchers: BTreeMap<PostboxId, Watcher> = BTreeMap::new();
    loop {
        let (asked, name) = (Arc::clone(&app), holder.clone());
        match tokio::task::spawn_blocking(move || asked.postbox_orders(&name)).await {
            Ok(Ok(orders)) => {
                let wanted = |id: &PostboxId, watcher: &Watcher| {
                    orders.iter().any(|order| order.id == *id && order.revision == watcher.revision)
                };
                watchers.retain(|id, watcher| wanted(id, watcher));
                for order in &orders {
                    if watchers.get_mut(&order.id).is_some_and(|watcher| !watcher.moves(&limits)) {
                        tracing::error!(postbox.id = order.id.0, "a postbox's watcher stood still and is started anew");
                        watchers.remove(&order.id);
                    }
                    let watcher =
                        watchers.entry(order.id).or_insert_with(|| Watcher::start(&app, &signatures, order, &limits));
                    if order.check_asked && !watcher.is_called {
                        watcher.called.notify_one();
                    }
                    watcher.is_called = order.check_asked;
                }
            }
            // Those that are followed are followed on; a database that is gone stops nobody for good.
            Ok(Err(problem)) => tracing::error!(failure = chain(&problem), "the postboxes' settings could not be read"),
            Err(crash) => tracing::error!(error = %crash, "reading the postboxes' settings crashed"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What this process is called among several on one database.
fn holder() -> String {
    let mut bytes = [0_u8; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => std::process::id().to_string(),
    }
}

/// Tries postboxes for the pages.
pub(crate) struct ImapPostman;

impl Postman for ImapPostman {
    fn attempt(&self, order: PostboxOrder) -> Pin<Box<dyn Future<Output = Vec<TriedStep>> + Send>> {
        Box::pin(async move {
            // A person waits for this.
            let limits = Limits {
                connect: Duration::from_secs(10),
                silence: Duration::from_secs(15),
                command: Duration::from_secs(30),
                ..Limits::default()
            };
            let tried = attempt(&account(&order), limits).await;
            let step = |tried: tz_mail::imap::Tried| TriedStep {
                name: tried.step.name().to_owned(),
                trouble: tried.trouble.map(|trouble| trouble.to_string()).unwrap_or_default(),
                words: tried.words,
            };
            tried.into_iter().map(step).collect()
        })
    }
}
