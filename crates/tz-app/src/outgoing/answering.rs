//! Whether a message is answered, and with what. Loops are impossible: what no person wrote is never answered, what we sent is
//! known by its Message-ID, and every address has a limit a day that outlives a restart because it is counted in the table.

use tz_store::Write;
use tz_store::content::sha256;
use tz_store::outgoing::OutgoingRow;

use super::OutgoingKind;
use crate::Problem;

/// A day in microseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// OutgoingList a day to an address that is registered for no unit.
const TO_STRANGERS: i64 = 3;
/// OutgoingList a day to a registered address: far more than any unit sends items, far fewer than a loop.
const TO_UNITS: i64 = 60;

/// How our Message-IDs begin.
const NAMED: &str = "tongzheng.";

/// Whether a Message-ID may be one of ours; the table of mail sent knows.
pub(crate) fn is_our_name(id: &str) -> bool {
    id.starts_with(NAMED)
}

/// What a message is to be answered with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    /// What for.
    pub(crate) kind: OutgoingKind,
    /// The message's row in the ledger.
    pub(crate) mail: i64,
    /// The address in From; never that of Reply-To, which anybody can write.
    pub(crate) address: &'a str,
    /// The address is registered for a unit.
    pub(crate) registered: bool,
}

/// Whether an address can be answered: one plain mailbox in which a person reads, and not ours.
fn answerable(address: &str, own: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-=".contains(c);
    let sound = !local.is_empty()
        && domain.contains('.')
        && address.len() <= 254
        && local.chars().all(plain)
        && domain.split('.').all(|label| !label.is_empty() && label.chars().all(plain));
    let local = local.to_lowercase();
    let robots = ["mailer-daemon", "postmaster", "no-reply", "noreply", "donotreply", "do-not-reply", "bounce"];
    sound && !robots.iter().any(|robot| local.starts_with(robot)) && !address.eq_ignore_ascii_case(own)
}

/// Puts a letter that answers a message into the queue, unless letters are switched off or there were enough.
pub(crate) fn answer(tx: &mut Write, now: i64, wish: Answer<'_>) -> Result<(), Problem> {
    let Some(out) = tx.find_mail_out()?.filter(|out| out.enabled) else { return Ok(()) };
    let address_key = wish.address.trim().to_lowercase();
    if !answerable(&address_key, &out.address) {
        return Ok(());
    }
    let about = format!("{}:{}", wish.kind.key(), wish.mail);
    if tx.find_outgoing_about(&about)?.is_some() {
        return Ok(());
    }
    let most = if wish.registered { TO_UNITS } else { TO_STRANGERS };
    if tx.count_outgoing_to(&address_key, None, now - DAY)? >= most {
        return Ok(());
    }
    if wish.kind == OutgoingKind::Stranger
        && tx.count_outgoing_to(&address_key, Some(OutgoingKind::Stranger.key()), now - DAY)? > 0
    {
        return Ok(());
    }
    tx.insert_outgoing(queued(wish.kind, about, wish.address.trim(), Some(wish.mail), &out.address, now))?;
    Ok(())
}

/// A letter as it stands in the queue, unwritten.
pub(crate) fn queued(
    kind: OutgoingKind,
    about: String,
    address: &str,
    mail_id: Option<i64>,
    own: &str,
    now: i64,
) -> OutgoingRow {
    let domain = own.rsplit('@').next().unwrap_or("localhost");
    // Told from another installation's under the same address by when it was decided on.
    let name = sha256(format!("{about} {now} {address}").as_bytes());
    OutgoingRow {
        id: 0,
        office_id: 0,
        kind: kind.key().to_owned(),
        message_id: format!("{NAMED}{}@{domain}", &name[..32]),
        about,
        address: address.to_owned(),
        address_key: address.to_lowercase(),
        mail_id,
        subject: String::new(),
        body: String::new(),
        created_at: now,
        due_at: now,
        tries: 0,
        state: "waiting".to_owned(),
        trouble: String::new(),
        claimed_at: None,
        sent_at: None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_a_person_elsewhere_is_answered() {
        let answerable = |address: &str| super::answerable(address, "xxk@office.example");
        for yes in ["binhu@unit.example", "a.b_c-d+e=f@mail.unit.example"] {
            assert!(answerable(yes), "{yes}");
        }
        for no in [
            "",
            "@unit.example",
            "binhu",
            "binhu@localhost",
            "binhu@unit..example",
            "bin hu@unit.example",
            "a@b.example,c@d.example",
            "\"a\\r\\nBcc: x\"@unit.example",
            "滨湖@unit.example",
            "MAILER-DAEMON@unit.example",
            "noreply-12@unit.example",
            "XXK@office.example",
        ] {
            assert!(!answerable(no), "{no}");
        }
    }
}
