//! Following a postbox: what waits is fetched newest first, then the server is asked, or tells, what is new.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::reconcile::reconcile;
use super::session::{About, Woken};
use super::{Account, Kind, Limits, Opened, Roll, Session, Step, Trouble};

/// Letters asked about at once.
const BATCH: usize = 50;

/// Whether a letter came whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// All of it.
    Yes,
    /// It is too large, so only its head came.
    HeadOnly,
}

/// A letter as it was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The folder, as the account names it.
    pub folder: String,
    /// The folder's UIDVALIDITY.
    pub uidvalidity: u32,
    /// Its UID.
    pub uid: u32,
    /// When the mail server received it.
    pub arrived: Option<Timestamp>,
    /// Bytes, as the server counts them.
    pub size: Option<u64>,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Whether these are all.
    pub whole: Whole,
}

/// The house could not do what it was asked; the sentence is for people, the cause was logged by the house.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeepFailure(pub String);

/// What a watcher asks of the house that keeps the letters. The house's ledger alone says what has been fetched: the
/// server's marks say nothing.
pub trait Desk: Send + Sync + 'static {
    /// A folder was opened.
    fn opened(&self, folder: &str, opened: Opened) -> Result<(), KeepFailure>;
    /// Which of these the house does not have and wants now.
    fn wanted(&self, folder: &str, uidvalidity: u32, uids: &[u32]) -> Result<Vec<u32>, KeepFailure>;
    /// Which of these the house has.
    fn kept(&self, folder: &str, uidvalidity: u32, uids: &[u32]) -> Result<Vec<u32>, KeepFailure>;
    /// Keeps a letter. Returning is the promise that it is kept for good.
    fn keep(&self, letter: &Letter) -> Result<(), KeepFailure>;
    /// A letter could not be fetched; it is not to hold up the others.
    fn stuck(&self, folder: &str, uidvalidity: u32, uid: u32, trouble: &Trouble) -> Result<(), KeepFailure>;
    /// All goes well; so many letters wait.
    fn well(&self, waiting: usize) -> Result<(), KeepFailure>;
    /// Something failed; it will be tried again.
    fn unwell(&self, trouble: &Trouble) -> Result<(), KeepFailure>;
    /// True where the ledger is to be compared with the server now. Says so once for each time.
    fn is_check_due(&self) -> Result<bool, KeepFailure>;
    /// Compares the server's list with the ledger; answers with the UIDs of the postbox's own folder to be fetched again.
    fn reconcile(&self, roll: &Roll) -> Result<Vec<u32>, KeepFailure>;
    /// The places of those Message-IDs that the ledger does not know, and of letters without one.
    fn unknown_ids(&self, ids: &[Option<String>]) -> Result<Vec<usize>, KeepFailure>;
    /// Whether a message with these bytes is in the ledger.
    fn knows(&self, raw: &[u8]) -> Result<bool, KeepFailure>;
}

/// Asks the house on the blocking pool.
pub(super) async fn house<T: Send + 'static>(
    desk: &Arc<dyn Desk>,
    ask: impl FnOnce(&dyn Desk) -> Result<T, KeepFailure> + Send + 'static,
) -> Result<T, Trouble> {
    settled(begin(desk, ask)).await
}

fn begin<T: Send + 'static>(
    desk: &Arc<dyn Desk>,
    ask: impl FnOnce(&dyn Desk) -> Result<T, KeepFailure> + Send + 'static,
) -> JoinHandle<Result<T, KeepFailure>> {
    let desk = Arc::clone(desk);
    tokio::task::spawn_blocking(move || ask(&*desk))
}

async fn settled<T>(asked: JoinHandle<Result<T, KeepFailure>>) -> Result<T, Trouble> {
    match asked.await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(failure)) => Err(Trouble::new(Step::Keep, Kind::House, &failure.0)),
        Err(crash) => {
            tracing::error!(error = %crash, "keeping a letter crashed");
            Err(Trouble::new(Step::Keep, Kind::House, "程序出了意外"))
        }
    }
}

/// The watcher's sign of life, for a watchdog.
#[derive(Debug, Default)]
pub struct Pulse(AtomicU64);

impl Pulse {
    fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// A number that has changed whenever the watcher has done something since.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Follows a postbox for ever. `called` wakes it where something is wanted of it at once.
pub async fn watch(desk: Arc<dyn Desk>, account: Account, limits: Limits, called: Arc<Notify>, pulse: Arc<Pulse>) {
    let mut watcher = Watcher { desk, account, limits: Arc::new(limits), called, pulse, failures: 0 };
    loop {
        let Err(trouble) = watcher.follow().await;
        watcher.failures += 1;
        tracing::warn!(step = ?trouble.step, kind = ?trouble.kind, failures = watcher.failures, "a postbox could not be read");
        let pause = watcher.pause(&trouble);
        // If the house cannot take this note either, the trouble is its own, and logged there.
        let _ = house(&watcher.desk, move |desk| desk.unwell(&trouble)).await;
        watcher.rest(pause).await;
    }
}

enum Never {}

/// A folder that is open.
struct Place {
    folder: Arc<str>,
    opened: Opened,
}

struct Watcher {
    desk: Arc<dyn Desk>,
    account: Account,
    limits: Arc<Limits>,
    called: Arc<Notify>,
    pulse: Arc<Pulse>,
    /// Failures since all went well.
    failures: u32,
}

impl Watcher {
    /// How long to rest after a failure: longer each time, and never quite the same for two watchers.
    fn pause(&self, trouble: &Trouble) -> Duration {
        let refused = trouble.step == Step::SignIn && trouble.kind == Kind::Refused;
        let longest = match trouble.kind {
            _ if refused => self.limits.longest_pause_refused,
            // Nobody else is bothered by trying again, and what was mended is to be seen soon.
            Kind::House => self.limits.longest_pause_house,
            _ => self.limits.longest_pause,
        };
        let doubled = 2_u32.saturating_pow(self.failures.saturating_sub(1).min(16));
        let pause = self.limits.first_pause.saturating_mul(doubled).min(longest);
        let mut byte = [0_u8; 1];
        // Without chance the pause is the longer one.
        let share = if getrandom::fill(&mut byte).is_ok() { 192 + u32::from(byte[0] / 4) } else { 256 };
        pause * share / 256
    }

    async fn rest(&self, pause: Duration) {
        self.pulse.beat();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.called.notified() => {}
        }
        self.pulse.beat();
    }

    /// One connection, until it fails.
    async fn follow(&mut self) -> Result<Never, Trouble> {
        self.pulse.beat();
        let mut session = Session::begin(&self.account, &self.limits, |_| {}).await?;
        let own = self.account.folder.clone();
        let mut here = self.open(&mut session, &own).await?;
        let all = session.list(1, self.account.since, false).await?;
        let next = here.opened.uidnext.map_or(0, |next| next.saturating_sub(1));
        let mut highest = all.last().copied().unwrap_or(0).max(next);
        let mut todo = self.wanted(&here, all).await?;
        if self.account.mark_seen {
            self.mark_kept(&mut session, &here).await?;
        }
        let mut told = session.can_idle();
        let mut listed = Instant::now();
        // When the further folders were last looked into, all of them.
        let mut round: Option<Instant> = None;
        loop {
            self.pulse.beat();
            if !todo.is_empty() {
                self.fetch_some(&mut session, &here, &mut todo).await?;
                let new = self.new_ones(&mut session, &here, &mut highest).await?;
                todo.extend(new);
                let waiting = todo.len();
                house(&self.desk, move |desk| desk.well(waiting)).await?;
                continue;
            }
            if !self.account.more_folders.is_empty() && round.is_none_or(|at| at.elapsed() >= self.limits.round) {
                round = self.go_round(&mut session).await?.then(Instant::now);
                let before = here.opened.uidvalidity;
                here = self.open(&mut session, &own).await?;
                if here.opened.uidvalidity != before {
                    // Rebuilt just now: the next connection begins from its first letter.
                    return Err(Trouble::new(Step::Open, Kind::Lost, "UIDVALIDITY changed"));
                }
                todo = self.new_ones(&mut session, &here, &mut highest).await?;
                if !todo.is_empty() || round.is_none() {
                    continue;
                }
            }
            self.failures = 0;
            house(&self.desk, |desk| desk.well(0)).await?;
            if house(&self.desk, |desk| desk.is_check_due()).await? {
                let again = reconcile(&mut session, &self.desk, &self.account, &self.limits, here.opened).await?;
                todo = self.wanted(&here, again).await?;
                // What the comparison missed there is fetched at once.
                round = None;
                if !todo.is_empty() || !self.account.more_folders.is_empty() {
                    continue;
                }
            }
            let woken = self.wait(&mut session, told).await?;
            let new = self.new_ones(&mut session, &here, &mut highest).await?;
            if woken == Woken::Unable || (woken == Woken::Quiet && !new.is_empty()) {
                // It takes the command and tells us nothing: from now on we ask.
                told = false;
            }
            todo = new;
            // Those that could not be fetched come up again when their time has come.
            if todo.is_empty() && listed.elapsed() >= self.limits.idle {
                listed = Instant::now();
                let all = session.list(1, self.account.since, false).await?;
                todo = self.wanted(&here, all).await?;
            }
        }
    }

    async fn open(&self, session: &mut Session, folder: &str) -> Result<Place, Trouble> {
        let opened = session.open(folder, self.account.mark_seen).await?;
        let place = Place { folder: folder.into(), opened };
        let name = Arc::clone(&place.folder);
        house(&self.desk, move |desk| desk.opened(&name, opened)).await?;
        Ok(place)
    }

    /// Looks into the further folders and fetches what is wanted, for as long as the backlog may hold up what is new. True where
    /// nothing is left there.
    async fn go_round(&mut self, session: &mut Session) -> Result<bool, Trouble> {
        let until = Instant::now() + self.limits.backlog;
        for folder in self.account.more_folders.clone() {
            self.pulse.beat();
            let there = self.open(session, &folder).await?;
            let all = session.list(1, self.account.since, false).await?;
            let mut todo = self.wanted(&there, all).await?;
            while !todo.is_empty() {
                if Instant::now() >= until {
                    return Ok(false);
                }
                self.fetch_some(session, &there, &mut todo).await?;
            }
            if self.account.mark_seen {
                self.mark_kept(session, &there).await?;
            }
        }
        Ok(true)
    }

    async fn wait(&self, session: &mut Session, told: bool) -> Result<Woken, Trouble> {
        if told {
            let round = if self.account.more_folders.is_empty() { Duration::MAX } else { self.limits.round };
            return session.idle(self.limits.idle.min(round), self.called.notified()).await;
        }
        tokio::select! {
            () = tokio::time::sleep(self.limits.poll) => Ok(Woken::News),
            () = self.called.notified() => Ok(Woken::Called),
        }
    }

    async fn wanted(&self, place: &Place, uids: Vec<u32>) -> Result<BTreeSet<u32>, Trouble> {
        if uids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let (folder, uidvalidity) = (Arc::clone(&place.folder), place.opened.uidvalidity);
        let wanted = house(&self.desk, move |desk| desk.wanted(&folder, uidvalidity, &uids)).await?;
        Ok(wanted.into_iter().collect())
    }

    /// What arrived since the highest UID seen so far.
    async fn new_ones(
        &self,
        session: &mut Session,
        place: &Place,
        highest: &mut u32,
    ) -> Result<BTreeSet<u32>, Trouble> {
        session.nothing().await?;
        let new = session.list(highest.saturating_add(1), self.account.since, false).await?;
        *highest = new.last().copied().unwrap_or(*highest);
        self.wanted(place, new).await
    }

    /// Letters that were kept before their mark reached the server.
    async fn mark_kept(&self, session: &mut Session, place: &Place) -> Result<(), Trouble> {
        let unseen = session.list(1, self.account.since, true).await?;
        let (folder, uidvalidity) = (Arc::clone(&place.folder), place.opened.uidvalidity);
        let kept = house(&self.desk, move |desk| desk.kept(&folder, uidvalidity, &unseen)).await?;
        session.mark_seen(&kept).await
    }

    /// Fetches the newest of what is to do, until the batch or its time is over. A letter is fetched while the one before
    /// is being kept.
    async fn fetch_some(
        &mut self,
        session: &mut Session,
        place: &Place,
        todo: &mut BTreeSet<u32>,
    ) -> Result<(), Trouble> {
        let batch: Vec<u32> = todo.iter().rev().take(BATCH).copied().collect();
        let mut about = session.about(&batch).await?;
        about.reverse();
        // What the server lists no more has gone.
        todo.retain(|uid| !batch.contains(uid) || about.iter().any(|letter| letter.uid == *uid));
        let until = Instant::now() + self.limits.backlog;
        let mut kept = Vec::new();
        let mut keeping: Option<(u32, JoinHandle<Result<(), KeepFailure>>)> = None;
        for letter in about {
            let fetched = self.fetch(session, place, letter).await;
            if let Some((uid, before)) = keeping.take() {
                settled(before).await?;
                self.failures = 0;
                kept.push(uid);
            }
            self.pulse.beat();
            todo.remove(&letter.uid);
            if let Some(fetched) = fetched? {
                keeping = Some((letter.uid, begin(&self.desk, move |desk| desk.keep(&fetched))));
            }
            if Instant::now() >= until {
                break;
            }
        }
        if let Some((uid, last)) = keeping {
            settled(last).await?;
            self.failures = 0;
            kept.push(uid);
        }
        if self.account.mark_seen && !kept.is_empty() {
            session.mark_seen(&kept).await?;
        }
        Ok(())
    }

    /// One letter, or nothing where it has gone or cannot be had. What breaks the connection is an error, noted at the
    /// letter: it may be the letter's fault.
    async fn fetch(&self, session: &mut Session, place: &Place, about: About) -> Result<Option<Letter>, Trouble> {
        let too_large = about.size.is_some_and(|size| size > self.limits.letter as u64);
        let got =
            if too_large { session.head(about.uid).await } else { session.letter(about.uid, self.limits.letter).await };
        match got {
            Ok(Some(raw)) => {
                let whole = if too_large { Whole::HeadOnly } else { Whole::Yes };
                let About { uid, size, arrived } = about;
                let (folder, uidvalidity) = (place.folder.to_string(), place.opened.uidvalidity);
                Ok(Some(Letter { folder, uidvalidity, uid, arrived, size, raw, whole }))
            }
            Ok(None) => Ok(None),
            Err(trouble) => {
                let noted = trouble.clone();
                let (folder, uidvalidity) = (Arc::clone(&place.folder), place.opened.uidvalidity);
                house(&self.desk, move |desk| desk.stuck(&folder, uidvalidity, about.uid, &noted)).await?;
                // After a plain "no" the connection is as good as before.
                if trouble.kind == Kind::Refused { Ok(None) } else { Err(trouble) }
            }
        }
    }
}
