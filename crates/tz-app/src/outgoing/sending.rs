//! OutgoingList are taken up, handed over, and what became of each is recorded.

use tz_store::outgoing::OutgoingRow;

use super::OutgoingKind;
use super::writing::write;
use crate::mailbox::{Code, code_written};
use crate::{App, Problem};

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;
/// How long nothing is tried after the account itself failed: providers lock out who tries too often.
const PAUSE: i64 = 5 * MINUTE;
/// After so long a sender that took a letter up is thought lost.
const LOST: i64 = 10 * MINUTE;
/// How long to wait after the first, second, … failure; after the last one a letter is given up.
const WAITS: [i64; 8] =
    [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE, 720 * MINUTE, 1440 * MINUTE];

/// A letter ready for the mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its identity in the queue.
    pub id: i64,
    /// From which address.
    pub from: String,
    /// Under which name.
    pub from_name: String,
    /// To which address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// The Message-ID of the message it answers.
    pub in_reply_to: Option<String>,
    /// The program wrote it, in answer to a message.
    pub automatic: bool,
}

/// Why a mail server did not take a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Trying again will not help.
    pub for_good: bool,
    /// The server may have taken it: its answer was lost.
    pub unsure: bool,
    /// The fault lies with us (settings, sign-in, network), not with this letter.
    pub ours: bool,
    /// A Chinese sentence: what the server said and what to do.
    pub sentence: String,
}

impl App {
    /// Takes up letters that are due, at most `most` and never more in a minute than is set. Each is written now; one that has
    /// lost its reason is withheld. A letter that was taken up and never answered for is called unsure.
    pub fn claim_outgoing(&self, most: i64) -> Result<Vec<Outgoing>, Problem> {
        let now = self.micros();
        let with_code = |row: &OutgoingRow| row.kind == OutgoingKind::Confirmation.key();
        let due = self.read()?.list_due_outgoing(now, most)?;
        // Made before anybody is kept waiting. A letter that came due since goes out the next time.
        let mut codes: Vec<Code> = due.iter().filter(|row| with_code(row)).map(|_| Code::fresh()).collect();
        let mut tx = self.write()?;
        for mut row in tx.list_lost_outgoing(now - LOST)? {
            row.state = "unsure".to_owned();
            row.trouble = "发送时程序中断，不能确定对方是否收到。请向对方核实，需要时重新发送。".to_owned();
            tx.update_outgoing(&row, "sending")?;
        }
        let Some(out) = tx.find_mail_out()?.filter(|out| out.enabled) else {
            tx.commit()?;
            return Ok(Vec::new());
        };
        let room = (out.per_minute - tx.count_outgoing_since(now - MINUTE)?).clamp(0, most);
        let mut letters = Vec::new();
        let paused = out.troubled_at.is_some_and(|at| (at..at + PAUSE).contains(&now));
        for mut row in tx.list_due_outgoing(now, room)? {
            // Whoever tries the settings wants to know now.
            if paused && row.kind != OutgoingKind::Trial.key() {
                continue;
            }
            let code = if with_code(&row) { codes.pop() } else { None };
            if with_code(&row) && code.is_none() {
                continue;
            }
            let spoken = code.as_ref().map_or("", |code| code.text.as_str());
            let written = write(&mut tx, &row, self.today(), spoken)?;
            let Some(text) = written else {
                row.state = "withheld".to_owned();
                row.trouble = "所回复的稿件已不在，不再发送。".to_owned();
                tx.update_outgoing(&row, "waiting")?;
                continue;
            };
            row.subject = text.subject;
            // The letter as it is kept shows the code as asterisks.
            row.body = match &code {
                Some(code) => text.body.replace(&code.text, "********"),
                None => text.body.clone(),
            };
            (row.state, row.claimed_at, row.tries) = ("sending".to_owned(), Some(now), row.tries + 1);
            if tx.update_outgoing(&row, "waiting")? {
                if let Some(code) = &code {
                    code_written(&mut tx, &row.about, code)?;
                }
                letters.push(Outgoing {
                    id: row.id,
                    from: out.address.clone(),
                    from_name: out.name.clone(),
                    to: row.address,
                    subject: row.subject,
                    body: text.body,
                    message_id: row.message_id,
                    in_reply_to: text.in_reply_to,
                    automatic: row.mail_id.is_some(),
                });
            }
        }
        tx.commit()?;
        Ok(letters)
    }

    /// The mail server took a letter over.
    pub fn outgoing_sent(&self, id: i64) -> Result<(), Problem> {
        let now = self.micros();
        self.outgoing_came_to(id, |row| {
            (row.state, row.sent_at, row.trouble) = ("sent".to_owned(), Some(now), String::new());
        })?;
        self.mail_out_is_well()
    }

    /// The mail server did not take a letter: it waits for the next try, or is given up.
    pub fn outgoing_refused(&self, id: i64, refusal: &Refusal) -> Result<(), Problem> {
        let now = self.micros();
        self.outgoing_came_to(id, |row| {
            row.trouble.clone_from(&refusal.sentence);
            let tries = usize::try_from(row.tries).unwrap_or(0);
            row.state = match (refusal.unsure, refusal.for_good, WAITS.get(tries.saturating_sub(1))) {
                (true, _, _) => "unsure".to_owned(),
                (false, false, Some(wait)) => {
                    row.due_at = now + wait;
                    "waiting".to_owned()
                }
                (false, true, _) | (false, false, None) => "failed".to_owned(),
            };
        })?;
        if refusal.ours { self.mail_out_is_ill(&refusal.sentence) } else { Ok(()) }
    }

    fn outgoing_came_to(&self, id: i64, change: impl FnOnce(&mut OutgoingRow)) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let mut row = tx.find_outgoing(id)?.ok_or(Problem::NotThere)?;
        // Called unsure meanwhile: what became of it is known after all.
        let was = row.state.clone();
        if matches!(was.as_str(), "sending" | "unsure") {
            change(&mut row);
            tx.update_outgoing(&row, &was)?;
        }
        tx.commit()?;
        Ok(())
    }
}
