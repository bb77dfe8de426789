//! A house that keeps letters in memory, and a watcher at work for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tz_mail::imap::{
    Account, Desk, KeepFailure, Letter, Limits, Opened, Password, Pulse, Roll, Security, Trouble, Trust, Whole, watch,
};

/// The folder of its own that a postbox reads.
pub const OWN: &str = "INBOX";

/// What the house has, and what it was told.
#[derive(Default)]
pub struct Kept {
    /// By UIDVALIDITY and UID.
    pub letters: BTreeMap<(u32, u32), Letter>,
    /// Those of further folders, by folder, UIDVALIDITY and UID.
    pub elsewhere: BTreeMap<(String, u32, u32), Letter>,
    /// UIDs in the order they came.
    pub order: Vec<u32>,
    pub troubles: Vec<Trouble>,
    pub stuck: BTreeMap<u32, usize>,
    pub rolls: Vec<Roll>,
    /// A reconciliation is asked for.
    pub check: bool,
    /// The next so many letters cannot be kept.
    pub full: usize,
    /// True while all goes well and nothing waits.
    pub at_rest: bool,
}

#[derive(Default)]
pub struct House(Mutex<Kept>);

impl House {
    pub fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().expect("no holder of this lock can panic")
    }
}

impl Desk for House {
    fn opened(&self, _: &str, _: Opened) -> Result<(), KeepFailure> {
        self.kept().at_rest = false;
        Ok(())
    }

    fn wanted(&self, folder: &str, uidvalidity: u32, uids: &[u32]) -> Result<Vec<u32>, KeepFailure> {
        let kept = self.kept();
        if folder != OWN {
            let has = |uid: u32| kept.elsewhere.contains_key(&(folder.to_owned(), uidvalidity, uid));
            return Ok(uids.iter().copied().filter(|uid| !has(*uid)).collect());
        }
        let free = |uid: &&u32| {
            !kept.letters.contains_key(&(uidvalidity, **uid)) && kept.stuck.get(uid).is_none_or(|tries| *tries < 3)
        };
        Ok(uids.iter().filter(free).copied().collect())
    }

    fn kept(&self, folder: &str, uidvalidity: u32, uids: &[u32]) -> Result<Vec<u32>, KeepFailure> {
        let kept = self.kept();
        if folder != OWN {
            let has = |uid: u32| kept.elsewhere.contains_key(&(folder.to_owned(), uidvalidity, uid));
            return Ok(uids.iter().copied().filter(|uid| has(*uid)).collect());
        }
        Ok(uids.iter().filter(|uid| kept.letters.contains_key(&(uidvalidity, **uid))).copied().collect())
    }

    fn keep(&self, letter: &Letter) -> Result<(), KeepFailure> {
        let mut kept = self.kept();
        if kept.full > 0 {
            kept.full -= 1;
            return Err(KeepFailure("磁盘已满。".to_owned()));
        }
        if letter.folder != OWN {
            let place = (letter.folder.clone(), letter.uidvalidity, letter.uid);
            assert!(kept.elsewhere.insert(place, letter.clone()).is_none(), "letter {} came twice", letter.uid);
            return Ok(());
        }
        let before = kept.letters.insert((letter.uidvalidity, letter.uid), letter.clone());
        assert!(before.is_none(), "letter {} came twice", letter.uid);
        kept.order.push(letter.uid);
        Ok(())
    }

    fn stuck(&self, _: &str, _: u32, uid: u32, _: &Trouble) -> Result<(), KeepFailure> {
        *self.kept().stuck.entry(uid).or_default() += 1;
        Ok(())
    }

    fn well(&self, waiting: usize) -> Result<(), KeepFailure> {
        self.kept().at_rest = waiting == 0;
        Ok(())
    }

    fn unwell(&self, trouble: &Trouble) -> Result<(), KeepFailure> {
        let mut kept = self.kept();
        kept.at_rest = false;
        kept.troubles.push(trouble.clone());
        Ok(())
    }

    fn is_check_due(&self) -> Result<bool, KeepFailure> {
        Ok(std::mem::take(&mut self.kept().check))
    }

    fn reconcile(&self, roll: &Roll) -> Result<Vec<u32>, KeepFailure> {
        let mut kept = self.kept();
        kept.rolls.push(roll.clone());
        let own = &roll.folders[0];
        let has = |uid: u32| kept.letters.contains_key(&(own.uidvalidity, uid));
        Ok(own.listed.iter().map(|letter| letter.uid).filter(|uid| !has(*uid)).collect())
    }

    fn unknown_ids(&self, ids: &[Option<String>]) -> Result<Vec<usize>, KeepFailure> {
        let kept = self.kept();
        let raw: Vec<String> =
            kept.letters.values().map(|letter| String::from_utf8_lossy(&letter.raw).into_owned()).collect();
        let known = |id: &String| raw.iter().any(|raw| raw.contains(&format!("Message-ID: <{id}>")));
        Ok(ids.iter().enumerate().filter(|(_, id)| !id.as_ref().is_some_and(known)).map(|(place, _)| place).collect())
    }

    fn knows(&self, raw: &[u8]) -> Result<bool, KeepFailure> {
        Ok(self.kept().letters.values().any(|letter| letter.raw == raw))
    }
}

/// A watcher at work.
pub struct Watched {
    pub house: Arc<House>,
    pub called: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Watched {
    pub fn begin(account: Account, limits: Limits) -> Self {
        Self::go_on(Arc::default(), account, limits)
    }

    pub fn go_on(house: Arc<House>, account: Account, limits: Limits) -> Self {
        let called = Arc::new(Notify::new());
        let desk: Arc<dyn Desk> = Arc::<House>::clone(&house);
        let task = tokio::spawn(watch(desk, account, limits, Arc::clone(&called), Arc::new(Pulse::default())));
        Self { house, called, task }
    }

    /// Waits until something holds of the house, for a minute at most.
    pub async fn until(&self, what: &str, holds: impl Fn(&Kept) -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !holds(&self.house.kept()) {
            assert!(Instant::now() < until, "{what} within a minute; troubles: {:?}", self.house.kept().troubles);
            // Asked again until it is so; nothing is measured by this.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until so many letters are here and nothing waits.
    pub async fn until_all(&self, count: usize) {
        self.until(&format!("{count} letters"), |kept| kept.letters.len() == count && kept.at_rest).await;
    }

    /// Every UID kept, sorted.
    pub fn uids(&self) -> BTreeSet<u32> {
        self.house.kept().letters.keys().map(|(_, uid)| *uid).collect()
    }

    /// That every letter kept is whole.
    pub fn is_whole(&self, of: impl Fn(u32) -> Vec<u8>) -> bool {
        self.house.kept().letters.values().all(|letter| letter.whole == Whole::Yes && letter.raw == of(letter.uid))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A postbox on this machine.
pub fn postbox(port: u16, security: Security, certificate: &str, password: &str) -> Account {
    Account {
        host: "localhost".to_owned(),
        port,
        security,
        trust: Trust { system: false, pem: certificate.to_owned() },
        login: "xinxike".to_owned(),
        password: Password::new(password),
        folder: OWN.to_owned(),
        more_folders: Vec::new(),
        since: jiff::civil::date(2018, 1, 1),
        mark_seen: false,
    }
}

/// Limits for a test: a stall is over in a quarter of a second, a pause in a few hundredths.
pub fn short() -> Limits {
    Limits {
        silence: Duration::from_millis(250),
        poll: Duration::from_millis(50),
        backlog: Duration::from_millis(100),
        first_pause: Duration::from_millis(10),
        longest_pause: Duration::from_millis(40),
        longest_pause_house: Duration::from_millis(40),
        longest_pause_refused: Duration::from_millis(40),
        ..Limits::default()
    }
}

/// A short letter with a number of its own.
pub fn letter(number: u32) -> Vec<u8> {
    format!(
        "From: binhu@126.com\r\nMessage-ID: <{number}@126.com>\r\nSubject: {number}\r\n\r\n第{number}封来信，一行文字。\r\n"
    )
    .into_bytes()
}
