//! An IMAP server of our own that behaves as badly as it is told: NetEase's demands, and every fault a provider, a network or
//! an attacker has shown. Threads and blocking sockets; ends with the test.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What a server does about IDLE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// It tells of new letters.
    Tells,
    /// It does not know the command, and does not offer it.
    Absent,
    /// It takes the command and then says nothing.
    Mute,
    /// It offers the command and refuses it.
    Refuses,
}

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct Manners {
    /// Opens no folder before ID, as NetEase.
    pub demands_id: bool,
    /// Does not say that it knows ID.
    pub hides_id: bool,
    /// About IDLE.
    pub idle: Idle,
    /// Says goodbye at the first command of its first connection, at the second of its second, and so on, so many times.
    pub goodbyes: usize,
    /// Stops in the middle of this letter, the first so many times.
    pub stalls: Option<(u32, usize)>,
    /// Sends one byte, then waits so long.
    pub drips: Option<Duration>,
    /// Refuses to sign anybody in, in these words.
    pub refuses: Option<String>,
    /// Announces the letter of a UID longer (or shorter) than it is, the first so many times.
    pub miscounts: Option<(u32, i64, usize)>,
    /// Says no to fetching this letter.
    pub withholds: Option<u32>,
    /// Answers NOOP with a line that never ends.
    pub endless_line: bool,
    /// Answers SEARCH with "no".
    pub refuses_search: bool,
    /// Answers SEARCH with nonsense.
    pub talks_nonsense: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            demands_id: true,
            hides_id: false,
            idle: Idle::Tells,
            goodbyes: 0,
            stalls: None,
            drips: None,
            refuses: None,
            miscounts: None,
            withholds: None,
            endless_line: false,
            refuses_search: false,
            talks_nonsense: false,
        }
    }
}

struct State {
    manners: Manners,
    uidvalidity: u32,
    /// UID, bytes, marked as read.
    letters: Vec<(u32, Vec<u8>, bool)>,
    next: u32,
    connections: usize,
    commands: Vec<String>,
}

/// A running server. It ends with the test's process.
pub struct RudeServer {
    port: u16,
    state: Arc<Mutex<State>>,
}

const LOCK: &str = "no holder of this lock can panic";

impl RudeServer {
    /// Starts one.
    pub fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port can be had");
        let port = listener.local_addr().expect("a listener has an address").port();
        let state =
            State { manners, uidvalidity: 7, letters: Vec::new(), next: 1, connections: 0, commands: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                let number = {
                    let mut state = state.lock().expect(LOCK);
                    state.connections += 1;
                    state.connections
                };
                std::thread::spawn(move || {
                    // A client that hangs up ends its conversation.
                    let _ = Conversation { stream, state, number, identified: false, commands: 0 }.hold();
                });
            }
        });
        Self { port, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(LOCK)
    }

    /// Its port, without encryption.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A letter arrives; its UID.
    pub fn deliver(&self, raw: &[u8]) -> u32 {
        let mut state = self.state();
        let uid = state.next;
        state.next += 1;
        state.letters.push((uid, raw.to_vec(), false));
        uid
    }

    /// Other manners from now on.
    pub fn behave(&self, change: impl FnOnce(&mut Manners)) {
        change(&mut self.state().manners);
    }

    /// Every letter gets a new UID under a new UIDVALIDITY.
    pub fn renumber(&self) {
        let mut state = self.state();
        state.uidvalidity += 1;
        let count = u32::try_from(state.letters.len()).expect("a test has few letters");
        for (place, letter) in state.letters.iter_mut().enumerate() {
            letter.0 = 1000 + u32::try_from(place).expect("a test has few letters");
        }
        state.next = 1000 + count;
    }

    /// Every connection so far.
    pub fn connections(&self) -> usize {
        self.state().connections
    }

    /// Every command so far, without tags.
    pub fn commands(&self) -> Vec<String> {
        self.state().commands.clone()
    }

    /// The UIDs marked as read.
    pub fn seen(&self) -> Vec<u32> {
        self.state().letters.iter().filter(|letter| letter.2).map(|letter| letter.0).collect()
    }
}

struct Conversation {
    stream: TcpStream,
    state: Arc<Mutex<State>>,
    number: usize,
    identified: bool,
    commands: usize,
}

impl Conversation {
    fn manners(&self) -> Manners {
        self.state.lock().expect(LOCK).manners.clone()
    }

    fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.send(format!("{text}\r\n").as_bytes())
    }

    fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self.manners().drips {
            None => self.stream.write_all(bytes),
            Some(pause) => {
                for byte in bytes {
                    self.stream.write_all(std::slice::from_ref(byte))?;
                    // Being slow is what this server is for.
                    std::thread::sleep(pause);
                }
                Ok(())
            }
        }
    }

    fn hold(mut self) -> std::io::Result<()> {
        self.stream.set_nodelay(true)?;
        let mut reader = BufReader::new(self.stream.try_clone()?);
        self.say("* OK ready")?;
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let Some((tag, command)) = line.trim_end().split_once(' ') else {
                self.say("* BAD what?")?;
                continue;
            };
            let (tag, command) = (tag.to_owned(), command.to_owned());
            self.commands += 1;
            {
                let mut state = self.state.lock().expect(LOCK);
                state.commands.push(command.clone());
                if self.number <= state.manners.goodbyes && self.commands == self.number {
                    drop(state);
                    return self.say("* BYE too many connections");
                }
            }
            let end = self.answer(&tag, &command, &mut reader)?;
            if let Some(end) = end {
                self.say(&format!("{tag} {end}"))?;
            }
            if command == "LOGOUT" {
                return Ok(());
            }
        }
    }

    /// Answers a command; how it ends, unless that was said already.
    fn answer(
        &mut self,
        tag: &str,
        command: &str,
        reader: &mut BufReader<TcpStream>,
    ) -> std::io::Result<Option<String>> {
        let manners = self.manners();
        let ok = Ok(Some("OK done".to_owned()));
        let name = command.split(' ').next().unwrap_or_default();
        match name {
            "CAPABILITY" => {
                let idle = if manners.idle == Idle::Absent { "" } else { " IDLE" };
                let id = if manners.hides_id { "" } else { " ID" };
                self.say(&format!("* CAPABILITY IMAP4rev1{id}{idle}"))?;
                ok
            }
            "LOGIN" => match manners.refuses {
                Some(words) => Ok(Some(format!("NO {words}"))),
                None => ok,
            },
            "ID" => {
                self.identified = true;
                self.say("* ID (\"name\" \"Coremail Imap\" \"vendor\" \"rude\")")?;
                ok
            }
            "SELECT" | "EXAMINE" => {
                if manners.demands_id && !self.identified {
                    return Ok(Some(format!("NO {name} Unsafe Login. Please contact kefu@188.com for help")));
                }
                let (count, uidvalidity, next) = {
                    let state = self.state.lock().expect(LOCK);
                    (state.letters.len(), state.uidvalidity, state.next)
                };
                self.say(&format!("* {count} EXISTS"))?;
                self.say(&format!("* OK [UIDVALIDITY {uidvalidity}] valid"))?;
                self.say(&format!("* OK [UIDNEXT {next}] next"))?;
                ok
            }
            "NOOP" if manners.endless_line => loop {
                self.stream.write_all(&[b'x'; 4096])?;
            },
            "NOOP" | "LOGOUT" => ok,
            "LIST" => {
                self.say("* LIST (\\HasNoChildren) \"/\" \"INBOX\"")?;
                ok
            }
            "IDLE" => self.idle(tag, manners.idle, reader),
            "UID" => self.uid(command, &manners),
            _ => Ok(Some("BAD unknown command".to_owned())),
        }
    }

    fn idle(&mut self, tag: &str, idle: Idle, reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
        if matches!(idle, Idle::Absent | Idle::Refuses) {
            return Ok(Some("BAD no IDLE here".to_owned()));
        }
        let count = |state: &Arc<Mutex<State>>| state.lock().expect(LOCK).letters.len();
        let before = count(&self.state);
        self.say("+ idling")?;
        self.stream.set_read_timeout(Some(Duration::from_millis(5)))?;
        let mut told = false;
        let mut line = String::new();
        loop {
            match reader.read_line(&mut line) {
                Ok(_) => break,
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                }
                Err(error) => return Err(error),
            }
            let now = count(&self.state);
            if idle == Idle::Tells && now > before && !told {
                told = true;
                self.say(&format!("* {now} EXISTS"))?;
            }
        }
        self.stream.set_read_timeout(None)?;
        self.say(&format!("{tag} OK idle ended"))?;
        Ok(None)
    }

    fn uid(&mut self, command: &str, manners: &Manners) -> std::io::Result<Option<String>> {
        let mut words = command.split(' ').skip(1);
        match words.next().unwrap_or_default() {
            "SEARCH" if manners.refuses_search => Ok(Some("NO server busy".to_owned())),
            "SEARCH" if manners.talks_nonsense => {
                self.say("* SEARCH 1 two 3")?;
                Ok(Some("OK done".to_owned()))
            }
            "SEARCH" => {
                let rest: Vec<&str> = words.collect();
                let from = rest.iter().position(|word| *word == "UID").and_then(|place| rest.get(place + 1));
                let from: u32 = from.and_then(|set| set.trim_end_matches(":*").parse().ok()).unwrap_or(1);
                let unseen = rest.contains(&"UNSEEN");
                let found: Vec<String> = {
                    let state = self.state.lock().expect(LOCK);
                    let last = state.letters.last().map(|letter| letter.0);
                    let fits = |letter: &&(u32, Vec<u8>, bool)| letter.0 >= from || Some(letter.0) == last;
                    let found = state.letters.iter().filter(fits).filter(|letter| !unseen || !letter.2);
                    found.map(|letter| letter.0.to_string()).collect()
                };
                self.say(&format!("* SEARCH {}", found.join(" ")))?;
                Ok(Some("OK done".to_owned()))
            }
            "FETCH" => self.fetch(command, words.next().unwrap_or_default(), manners),
            "STORE" => {
                let set = words.next().unwrap_or_default().to_owned();
                for letter in &mut self.state.lock().expect(LOCK).letters {
                    letter.2 |= is_in(letter.0, &set);
                }
                Ok(Some("OK done".to_owned()))
            }
            _ => Ok(Some("BAD unknown command".to_owned())),
        }
    }

    fn fetch(&mut self, command: &str, set: &str, manners: &Manners) -> std::io::Result<Option<String>> {
        let whole = command.contains("BODY.PEEK[]");
        let letters: Vec<(usize, u32, Vec<u8>)> = {
            let state = self.state.lock().expect(LOCK);
            let numbered = state.letters.iter().enumerate();
            let chosen = numbered.filter(|(_, letter)| is_in(letter.0, set));
            chosen.map(|(place, letter)| (place + 1, letter.0, letter.1.clone())).collect()
        };
        for (number, uid, raw) in letters {
            if !whole {
                let size = raw.len();
                let head = if command.contains("BODY.PEEK[HEADER") { " BODY[HEADER] {2}\r\n\r\n" } else { "" };
                self.say(&format!(
                    "* {number} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE \"04-Jun-2018 09:12:00 +0800\"{head})"
                ))?;
                continue;
            }
            if manners.withholds == Some(uid) {
                return Ok(Some("NO message cannot be read".to_owned()));
            }
            let mut announced = i64::try_from(raw.len()).expect("a test's letters are short");
            if let Some((at, by, times)) = manners.miscounts
                && at == uid
                && times > 0
            {
                announced += by;
                self.state.lock().expect(LOCK).manners.miscounts = Some((at, by, times - 1));
            }
            self.say(&format!("* {number} FETCH (UID {uid} BODY[] {{{announced}}}"))?;
            if let Some((at, times)) = manners.stalls
                && at == uid
                && times > 0
            {
                self.state.lock().expect(LOCK).manners.stalls = Some((at, times - 1));
                self.send(&raw[..raw.len() / 2])?;
                // It says no more until the client gives up.
                let mut rest = String::new();
                return BufReader::new(self.stream.try_clone()?).read_line(&mut rest).map(|_| None);
            }
            self.send(&raw)?;
            self.say(")")?;
        }
        Ok(Some("OK done".to_owned()))
    }
}

fn is_in(uid: u32, set: &str) -> bool {
    set.split(',').any(|range| {
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
        (number(from)..=number(to)).contains(&uid)
    })
}
