//! What was refused for a mark of secrecy (涉密拒收), by mail or at a form: listed, and told to the people responsible until each has
//! taken note (N3.1). Nothing here is a word of what was refused.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use tz_store::audit::Act;
use tz_store::moment;

use crate::{App, Problem, Registrar};

/// How many of each door a page lists.
const SHOWN: i64 = 200;

/// One refusal: a message, or what was sent at a form. As text, `mail-3` and `form-3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalKey {
    /// A message by its number.
    Mail(i64),
    /// What was sent at a form (网页报送、上传), by its number.
    Form(i64),
}

impl fmt::Display for RefusalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail(id) => write!(f, "mail-{id}"),
            Self::Form(id) => write!(f, "form-{id}"),
        }
    }
}

impl FromStr for RefusalKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (door, id) = text.split_once('-').ok_or(())?;
        let id = id.parse().map_err(|_| ())?;
        match door {
            "mail" => Ok(Self::Mail(id)),
            "form" => Ok(Self::Form(id)),
            _ => Err(()),
        }
    }
}

/// What is kept of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which.
    pub key: RefusalKey,
    /// When it was refused.
    pub at: Timestamp,
    /// Who sent it: an address, or the name of an account.
    pub from: String,
    /// The unit's name, once known.
    pub unit: String,
    /// Why, as a Chinese sentence.
    pub reason: String,
    /// SHA-256 of what was refused.
    pub sha256: String,
    /// This person has taken note of it.
    pub noted: bool,
}

impl App {
    /// What this person has not taken note of, the newest first: which, and when it was refused.
    pub fn secrets_to_note(&self, who: &Registrar) -> Result<Vec<(RefusalKey, Timestamp)>, Problem> {
        let mut tx = self.read()?;
        let mails = tx.list_unnoted_secrets(who.account)?;
        let forms = tx.list_unnoted_form_refusals(who.account)?;
        let mails = mails.into_iter().map(|(id, at)| (RefusalKey::Mail(id), moment(at)));
        let forms = forms.into_iter().map(|(id, at)| (RefusalKey::Form(id), moment(at)));
        let mut found: Vec<_> = mails.chain(forms).collect();
        found.sort_by_key(|(key, at)| std::cmp::Reverse((*at, *key)));
        Ok(found)
    }

    /// What was refused by mail and at forms (涉密拒收), the newest first.
    pub fn refusals(&self, who: &Registrar) -> Result<Vec<Refusal>, Problem> {
        let unnoted: Vec<RefusalKey> = self.secrets_to_note(who)?.into_iter().map(|(key, _)| key).collect();
        let mut tx = self.read()?;
        let units = tx.list_unit_names()?;
        let unit = |id: Option<i64>| id.and_then(|id| units.get(id)).unwrap_or_default().to_owned();
        let accounts: BTreeMap<i64, String> =
            tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
        let mails = tx.list_mail(Some("secret"), SHOWN)?.into_iter().map(|row| Refusal {
            key: RefusalKey::Mail(row.id),
            at: moment(row.received_at),
            from: row.sender,
            unit: unit(row.unit_id),
            reason: row.reason,
            sha256: row.sha256,
            noted: false,
        });
        let forms = tx.list_form_refusals(SHOWN)?.into_iter().map(|row| Refusal {
            key: RefusalKey::Form(row.id),
            at: moment(row.refused_at),
            from: accounts.get(&row.account_id).cloned().unwrap_or_default(),
            unit: unit(row.unit_id),
            reason: row.reason,
            sha256: row.sha256,
            noted: false,
        });
        let mut all: Vec<Refusal> = mails.chain(forms).collect();
        for refusal in &mut all {
            refusal.noted = !unnoted.contains(&refusal.key);
        }
        all.sort_by_key(|refusal| std::cmp::Reverse((refusal.at, refusal.key)));
        Ok(all)
    }

    /// Takes note of what was refused (知悉). What came since the page was shown stays to be told.
    pub fn note_secrets(&self, who: &Registrar, seen: &[RefusalKey]) -> Result<usize, Problem> {
        let (mut mails, mut forms) = (Vec::new(), Vec::new());
        for key in seen {
            match key {
                RefusalKey::Mail(id) => mails.push(*id),
                RefusalKey::Form(id) => forms.push(*id),
            }
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let of_mails = tx.note_secrets(who.account, &mails, now)?;
        let of_forms = tx.note_form_refusals(who.account, &forms, now)?;
        if of_mails + of_forms > 0 {
            tx.record_act(&Act {
                at: now,
                account: Some(who.account.0),
                who: &who.name,
                act: "知悉涉密拒收",
                object: "涉密拒收",
                done: true,
                detail: &format!("来信{of_mails}封，网页报送{of_forms}次"),
            })?;
            tx.commit()?;
        }
        Ok(of_mails + of_forms)
    }
}
