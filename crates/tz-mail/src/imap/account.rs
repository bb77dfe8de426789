//! Which postbox, and how much patience it gets.

use std::fmt;
use std::time::Duration;

/// How the connection is kept from being read on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte: port 993.
    Tls,
    /// TLS after a word in the clear: port 143.
    StartTls,
    /// No TLS: a server on this machine, or an explicit choice.
    Plain,
}

/// Whose certificates are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The authorities of this machine besides the public ones.
    pub system: bool,
    /// Further authorities, in PEM; empty for none.
    pub pem: String,
}

/// A password or authorisation code (授权码). Cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the one place that sends it.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A postbox (收信邮箱): where it is and who we are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept safe.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// The sign-in name.
    pub login: String,
    /// Its password.
    pub password: Password,
    /// The folder to read, as people write it.
    pub folder: String,
    /// Further folders that are looked into now and then, as people write them: where filters put what they doubt.
    pub more_folders: Vec<String>,
    /// Letters that arrived before this day are left alone.
    pub since: jiff::civil::Date,
    /// Letters are marked as read on the server once the house has them.
    pub mark_seen: bool,
}

impl Account {
    /// Whether letters of this folder are fetched.
    pub(super) fn follows(&self, folder: &str) -> bool {
        std::iter::once(&self.folder).chain(&self.more_folders).any(|own| own.eq_ignore_ascii_case(folder))
    }
}

/// How much of a server is borne. The defaults are for real servers; tests shorten them.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For the name, the connection and the handshake, each.
    pub connect: Duration,
    /// Without a single byte, within an answer or before it.
    pub silence: Duration,
    /// What an answer must bring within `silence` once it has begun, in bytes.
    pub least: usize,
    /// For one command, with all it brings.
    pub command: Duration,
    /// The longest line of an answer, in bytes.
    pub line: usize,
    /// What one command may bring besides letters, in bytes.
    pub answer: usize,
    /// The largest letter that is fetched, in bytes.
    pub letter: usize,
    /// How long IDLE waits before it is renewed; servers end it after 29 minutes.
    pub idle: Duration,
    /// How long to wait before asking again where IDLE is not to be had.
    pub poll: Duration,
    /// How long the backlog is worked on before new letters are asked for.
    pub backlog: Duration,
    /// How often the further folders are looked into.
    pub round: Duration,
    /// The first pause after a failure; doubled each time.
    pub first_pause: Duration,
    /// The longest pause after a failure.
    pub longest_pause: Duration,
    /// The longest pause after the house itself could not keep a letter: a full disk.
    pub longest_pause_house: Duration,
    /// The longest pause after a refused sign-in: providers lock out who tries too often.
    pub longest_pause_refused: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            silence: Duration::from_secs(60),
            least: 4 << 10,
            command: Duration::from_secs(20 * 60),
            line: 4 << 20,
            answer: 16 << 20,
            letter: 80 << 20,
            idle: Duration::from_secs(9 * 60),
            poll: Duration::from_secs(45),
            backlog: Duration::from_secs(20),
            round: Duration::from_secs(3 * 60),
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(5 * 60),
            longest_pause_house: Duration::from_secs(15),
            longest_pause_refused: Duration::from_secs(30 * 60),
        }
    }
}
