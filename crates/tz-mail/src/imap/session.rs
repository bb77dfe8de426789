//! One connection to a postbox: the few commands we use, each strictly ended. An answer of "no" is never an empty list.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::answer::{Answer, Code, Fetched, Folder, Status, Word};
use super::wire::{Broken, Wire};
use super::{Account, Kind, Limits, Security, Step, Trouble, folder_name};

/// A folder that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// While this number stays, a UID is one message for ever.
    pub uidvalidity: u32,
    /// The UID the next message will have, where the server says so.
    pub uidnext: Option<u32>,
}

/// What is known of a letter before it is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct About {
    pub(super) uid: u32,
    /// Bytes, as the server counts them.
    pub(super) size: Option<u64>,
    /// When the mail server received it.
    pub(super) arrived: Option<Timestamp>,
}

/// A connection that has signed in.
pub struct Session {
    wire: Wire,
    tags: u32,
    can: BTreeSet<String>,
    /// It has been told who we are.
    identified: bool,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    /// The server says something has changed.
    News,
    /// Nothing came.
    Quiet,
    /// Somebody here wants something.
    Called,
    /// The server does not do this.
    Unable,
}

impl Session {
    /// Connects, encrypts, signs in and says who we are; `step` hears each step before it is taken.
    pub async fn begin(account: &Account, limits: &Arc<Limits>, mut step: impl FnMut(Step)) -> Result<Self, Trouble> {
        let at = |step: Step| move |(kind, said): Broken| Trouble::new(step, kind, &said);
        step(Step::Resolve);
        let connected = Wire::connect(&account.host, account.port, Arc::clone(limits)).await;
        let wire = connected.map_err(|(resolved, broken)| {
            if resolved {
                step(Step::Connect);
            }
            at(if resolved { Step::Connect } else { Step::Resolve })(broken)
        })?;
        step(Step::Connect);
        let wire = if account.security == Security::Tls {
            step(Step::Encrypt);
            wire.encrypted(&account.host, &account.trust).await.map_err(at(Step::Encrypt))?
        } else {
            wire
        };
        step(Step::Greet);
        let mut session = Self { wire, tags: 0, can: BTreeSet::new(), identified: false };
        let signed_in = session.greeted().await?;
        if account.security == Security::StartTls {
            step(Step::Encrypt);
            session.ask(Step::Encrypt, "STARTTLS", 0, |_| {}).await.map_err(|trouble| Trouble {
                kind: if trouble.kind == Kind::Refused { Kind::NoEncryption } else { trouble.kind },
                ..trouble
            })?;
            let wire = session.wire.encrypted(&account.host, &account.trust).await.map_err(at(Step::Encrypt))?;
            session = Self { wire, tags: session.tags, can: BTreeSet::new(), identified: false };
        }
        step(Step::SignIn);
        if !signed_in {
            session.sign_in(account).await?;
        }
        step(Step::Identify);
        session.learn_capabilities().await?;
        if session.can.contains("ID") {
            session.identify().await?;
        }
        Ok(session)
    }

    /// Says who we are (RFC 2971).
    async fn identify(&mut self) -> Result<(), Trouble> {
        let version = env!("CARGO_PKG_VERSION");
        let words = format!("ID (\"name\" \"Tongzheng\" \"version\" \"{version}\" \"vendor\" \"Tongzheng\")");
        self.identified = true;
        self.ask(Step::Identify, &words, 0, |_| {}).await
    }

    /// Reads the greeting; true if the server takes us as signed in.
    async fn greeted(&mut self) -> Result<bool, Trouble> {
        let wrong = |(kind, said): Broken| Trouble::new(Step::Greet, kind, &said);
        match self.wire.answer().await.map_err(wrong)? {
            Answer::Said(Word { status: Status::Ok, code, .. }) => {
                self.learn(code);
                Ok(false)
            }
            Answer::Said(Word { status: Status::PreAuth, .. }) => Ok(true),
            Answer::Said(word) => Err(Trouble::new(Step::Greet, Kind::Refused, &word.text)),
            _ => Err(Trouble::new(Step::Greet, Kind::Garbled, "")),
        }
    }

    fn learn(&mut self, code: Code) {
        if let Code::Capabilities(can) = code {
            self.can = can.into_iter().collect();
        }
    }

    async fn sign_in(&mut self, account: &Account) -> Result<(), Trouble> {
        let (login, password) = (account.login.as_str(), account.password.text());
        let plain = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if plain(login) && plain(password) {
            let line = format!("LOGIN {} {}", quoted(login), quoted(password));
            self.ask(Step::SignIn, &line, 0, |_| {}).await?;
            return Ok(());
        }
        // What is not ASCII travels as literals: announced, then sent once the server has said it may come.
        let wrong = |(kind, said): Broken| Trouble::new(Step::SignIn, kind, &said);
        let tag = self.next_tag();
        let line = format!("{tag} LOGIN {{{}}}", login.len());
        self.wire.send(line.as_bytes(), 0).await.map_err(wrong)?;
        self.more(Step::SignIn, &tag).await?;
        self.wire.send_more(format!("{login} {{{}}}", password.len()).as_bytes()).await.map_err(wrong)?;
        self.more(Step::SignIn, &tag).await?;
        self.wire.send_more(password.as_bytes()).await.map_err(wrong)?;
        self.until_done(Step::SignIn, &tag, |_| {}).await?;
        Ok(())
    }

    /// Capabilities may differ once signed in: asked again unless the server has just said them.
    async fn learn_capabilities(&mut self) -> Result<(), Trouble> {
        let mut can: Option<BTreeSet<String>> = None;
        self.ask(Step::Identify, "CAPABILITY", 0, |answer| {
            if let Answer::Capabilities(list) = answer {
                can = Some(list.into_iter().collect());
            }
        })
        .await?;
        if let Some(can) = can {
            self.can = can;
        }
        Ok(())
    }

    /// Opens a folder. For reading only, so that nothing can be changed by accident, unless letters are to be marked.
    pub async fn open(&mut self, folder: &str, to_mark: bool) -> Result<Opened, Trouble> {
        match self.open_once(folder, to_mark).await {
            // NetEase's kind opens no folder for who has not said its name, and not every one of them says that it wants it.
            Err(refused) if refused.kind == Kind::Refused && !self.identified => match self.identify().await {
                Ok(()) => self.open_once(folder, to_mark).await,
                Err(trouble) if trouble.kind == Kind::Refused => Err(refused),
                Err(trouble) => Err(trouble),
            },
            opened => opened,
        }
    }

    async fn open_once(&mut self, folder: &str, to_mark: bool) -> Result<Opened, Trouble> {
        let (mut uidvalidity, mut uidnext) = (None, None);
        let command = if to_mark { "SELECT" } else { "EXAMINE" };
        let line = format!("{command} {}", quoted(&folder_name::encode(folder)));
        self.ask(Step::Open, &line, 0, |answer| {
            if let Answer::Said(word) = answer {
                match word.code {
                    Code::UidValidity(number) => uidvalidity = Some(number),
                    Code::UidNext(number) => uidnext = Some(number),
                    Code::None | Code::Capabilities(_) => {}
                }
            }
        })
        .await?;
        let uidvalidity = uidvalidity.ok_or_else(|| Trouble::new(Step::Open, Kind::Garbled, "no UIDVALIDITY"))?;
        Ok(Opened { uidvalidity, uidnext })
    }

    /// The UIDs of letters that arrived on a day or later, from a UID on; ascending.
    pub async fn list(&mut self, from: u32, since: Date, unseen: bool) -> Result<Vec<u32>, Trouble> {
        let mut line = "UID SEARCH".to_owned();
        if from > 1 {
            line.push_str(&format!(" UID {from}:*"));
        }
        line.push_str(&format!(" SINCE {}", day(since)));
        if unseen {
            line.push_str(" UNSEEN");
        }
        let mut found = BTreeSet::new();
        let mut garbled = false;
        self.ask(Step::List, &line, 0, |answer| match answer {
            Answer::Found(uids) => found.extend(uids),
            Answer::Garbled => garbled = true,
            _ => {}
        })
        .await?;
        if garbled {
            return Err(Trouble::new(Step::List, Kind::Garbled, ""));
        }
        // "7:*" brings the last one even where it is below 7.
        Ok(found.into_iter().filter(|&uid| uid >= from && uid > 0).collect())
    }

    /// What is known of some letters. One that has gone meanwhile is missing in the answer.
    pub(super) async fn about(&mut self, uids: &[u32]) -> Result<Vec<About>, Trouble> {
        let mut about = Vec::new();
        for some in uids.chunks(500) {
            let line = format!("UID FETCH {} (UID RFC822.SIZE INTERNALDATE)", set(some));
            let found = self.fetched(&line, 0).await?;
            about.extend(found.into_iter().filter_map(|letter| {
                let uid = letter.uid.filter(|uid| some.contains(uid))?;
                Some(About { uid, size: letter.size, arrived: letter.arrived })
            }));
        }
        about.sort_by_key(|letter| letter.uid);
        about.dedup_by_key(|letter| letter.uid);
        Ok(about)
    }

    /// A letter whole, or nothing if it has gone. It stays unread on the server.
    pub async fn letter(&mut self, uid: u32, most: usize) -> Result<Option<Vec<u8>>, Trouble> {
        self.bytes(&format!("UID FETCH {uid} (UID BODY.PEEK[])"), uid, most).await
    }

    /// The head of a letter, as much as is borne.
    pub(super) async fn head(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Trouble> {
        self.bytes(&format!("UID FETCH {uid} (UID BODY.PEEK[HEADER]<0.262144>)"), uid, 1 << 20).await
    }

    async fn bytes(&mut self, line: &str, uid: u32, most: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let found = self.fetched(line, most).await?;
        let mut own = found.into_iter().filter(|letter| letter.uid == Some(uid)).filter_map(|letter| letter.bytes);
        Ok(own.next())
    }

    /// The Message-IDs of some letters, with what else is known of them.
    pub(super) async fn message_ids(&mut self, uids: &[u32]) -> Result<Vec<(About, Option<String>)>, Trouble> {
        let mut all = Vec::new();
        for some in uids.chunks(200) {
            let line =
                format!("UID FETCH {} (UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", set(some));
            for letter in self.fetched(&line, 4 << 20).await? {
                let Some(uid) = letter.uid.filter(|uid| some.contains(uid)) else { continue };
                let id = letter.bytes.as_deref().and_then(message_id);
                all.push((About { uid, size: letter.size, arrived: letter.arrived }, id));
            }
        }
        Ok(all)
    }

    async fn fetched(&mut self, line: &str, letters: usize) -> Result<Vec<Fetched>, Trouble> {
        let mut found = Vec::new();
        let mut garbled = false;
        self.ask(Step::Fetch, line, letters, |answer| match answer {
            Answer::Fetched(letter) => found.push(letter),
            Answer::Garbled => garbled = true,
            _ => {}
        })
        .await?;
        if garbled { Err(Trouble::new(Step::Fetch, Kind::Garbled, "")) } else { Ok(found) }
    }

    /// Marks letters as read.
    pub(super) async fn mark_seen(&mut self, uids: &[u32]) -> Result<(), Trouble> {
        for some in uids.chunks(500) {
            self.ask(Step::Fetch, &format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set(some)), 0, |_| {}).await?;
        }
        Ok(())
    }

    /// Every folder of the postbox.
    pub(super) async fn folders(&mut self) -> Result<Vec<Folder>, Trouble> {
        let mut folders = Vec::new();
        self.ask(Step::List, "LIST \"\" \"*\"", 0, |answer| {
            if let Answer::Folder(folder) = answer {
                folders.push(folder);
            }
        })
        .await?;
        Ok(folders)
    }

    /// Keeps the connection alive and lets the server say what is new.
    pub(super) async fn nothing(&mut self) -> Result<(), Trouble> {
        self.ask(Step::Wait, "NOOP", 0, |_| {}).await.map(|_| ())
    }

    /// True where the server says it can tell us of new letters.
    pub(super) fn can_idle(&self) -> bool {
        self.can.contains("IDLE")
    }

    /// Waits for news, for so long at most or until `called` ends.
    pub(super) async fn idle(&mut self, most: Duration, called: impl Future<Output = ()>) -> Result<Woken, Trouble> {
        let wrong = |(kind, said): Broken| Trouble::new(Step::Wait, kind, &said);
        let tag = self.next_tag();
        self.wire.send(format!("{tag} IDLE").as_bytes(), 0).await.map_err(wrong)?;
        if let Err(trouble) = self.more(Step::Wait, &tag).await {
            return if trouble.kind == Kind::Refused { Ok(Woken::Unable) } else { Err(trouble) };
        }
        let until = tokio::time::Instant::now() + most;
        tokio::pin!(called);
        let woken = loop {
            self.wire.at_rest();
            tokio::select! {
                () = &mut called => break Woken::Called,
                () = tokio::time::sleep_until(until) => break Woken::Quiet,
                answer = self.wire.answer_within(most + most) => match answer.map_err(wrong)? {
                    Answer::Exists(_) => break Woken::News,
                    Answer::Said(Word { status: Status::Bye, text, .. }) => {
                        return Err(Trouble::new(Step::Wait, Kind::Lost, &text));
                    }
                    // The server ended it by itself.
                    Answer::Done { .. } => return Ok(Woken::Quiet),
                    _ => {}
                },
            }
        };
        self.wire.at_rest();
        self.wire.send_more(b"DONE").await.map_err(wrong)?;
        let mut news = woken == Woken::News;
        self.until_done(Step::Wait, &tag, |answer| news |= matches!(answer, Answer::Exists(_))).await?;
        Ok(if news { Woken::News } else { woken })
    }

    /// Says goodbye; whether it is heard does not matter.
    pub async fn end(mut self) {
        let _ = self.ask(Step::Wait, "LOGOUT", 0, |_| {}).await;
    }

    fn next_tag(&mut self) -> String {
        self.tags += 1;
        format!("T{}", self.tags)
    }

    /// One command to its end; `each` hears every answer on the way.
    async fn ask(&mut self, step: Step, line: &str, letters: usize, each: impl FnMut(Answer)) -> Result<(), Trouble> {
        let tag = self.next_tag();
        let sent = self.wire.send(format!("{tag} {line}").as_bytes(), letters).await;
        sent.map_err(|(kind, said)| Trouble::new(step, kind, &said))?;
        self.until_done(step, &tag, each).await
    }

    async fn until_done(&mut self, step: Step, tag: &str, mut each: impl FnMut(Answer)) -> Result<(), Trouble> {
        let mut goodbye = String::new();
        loop {
            match self.wire.answer().await {
                // What a server says before it hangs up is the reason.
                Err((kind, said)) => {
                    let said = if goodbye.is_empty() { said } else { goodbye };
                    return Err(Trouble::new(step, kind, &said));
                }
                Ok(Answer::Done { tag: ended, word }) if ended == tag => {
                    self.learn(word.code);
                    return match word.status {
                        Status::Ok => Ok(()),
                        Status::No | Status::Bad | Status::Bye | Status::PreAuth => {
                            Err(Trouble::new(step, Kind::Refused, &word.text))
                        }
                    };
                }
                Ok(Answer::Done { .. }) => return Err(Trouble::new(step, Kind::Garbled, "")),
                Ok(Answer::Said(word)) if word.status == Status::Bye => goodbye = word.text,
                Ok(answer) => each(answer),
            }
        }
    }

    /// Waits until the server says that more may come.
    async fn more(&mut self, step: Step, tag: &str) -> Result<(), Trouble> {
        loop {
            match self.wire.answer().await.map_err(|(kind, said)| Trouble::new(step, kind, &said))? {
                Answer::More => return Ok(()),
                Answer::Done { tag: ended, word } if ended == tag => {
                    return Err(Trouble::new(step, Kind::Refused, &word.text));
                }
                Answer::Said(word) if word.status == Status::Bye => {
                    return Err(Trouble::new(step, Kind::Lost, &word.text));
                }
                _ => {}
            }
        }
    }
}

/// A text in quotation marks.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A day as SEARCH takes it: `4-Jun-2018`.
fn day(date: Date) -> String {
    date.strftime("%-d-%b-%Y").to_string()
}

/// UIDs as a set, runs of neighbours as ranges; `uids` ascending or not.
fn set(uids: &[u32]) -> String {
    let mut sorted = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in sorted {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == uid => *end = uid,
            _ => ranges.push((uid, uid)),
        }
    }
    let shown = ranges.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}:{to}") });
    shown.collect::<Vec<_>>().join(",")
}

/// The Message-ID of a header block without its angle brackets.
fn message_id(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let (_, value) = text.split_once(':')?;
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let id = value.trim_start_matches('<').trim_end_matches('>').trim();
    Some(id.to_owned()).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_the_protocol_wants_them() {
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
        assert_eq!(day(jiff::civil::date(2018, 6, 4)), "4-Jun-2018");
        assert_eq!(set(&[9, 3, 4, 5, 7]), "3:5,7,9");
        assert_eq!(message_id(b"Message-ID:\r\n <a@b>\r\n\r\n").as_deref(), Some("a@b"));
        assert_eq!(message_id(b"\r\n"), None);
    }
}
