//! Refused messages with a mark of secrecy (涉密拒收), told to the people responsible until each has taken note (N3.1).

use jiff::Timestamp;
use tz_store::audit::Act;
use tz_store::moment;

use crate::{App, Problem, Registrar};

impl App {
    /// Refused messages this person has not taken note of, the newest first: number and when received.
    pub fn secrets_to_note(&self, who: &Registrar) -> Result<Vec<(i64, Timestamp)>, Problem> {
        let found = self.read()?.list_unnoted_secrets(who.account)?;
        Ok(found.into_iter().map(|(id, at)| (id, moment(at))).collect())
    }

    /// Takes note of refused messages (知悉). Those that came since the page was shown stay to be told.
    pub fn note_secrets(&self, who: &Registrar, mails: &[i64]) -> Result<usize, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let noted = tx.note_secrets(who.account, mails, now)?;
        if noted > 0 {
            tx.record_act(&Act {
                at: now,
                account: Some(who.account.0),
                who: &who.name,
                act: "知悉涉密拒收",
                object: "涉密拒收",
                done: true,
                detail: &format!("{noted}封"),
            })?;
            tx.commit()?;
        }
        Ok(noted)
    }
}
