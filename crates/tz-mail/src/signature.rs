//! Signatures over a message (DKIM) checked here, beside what the mail provider says. Keys stand in the DNS; without it nothing
//! is proven and nothing breaks.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use mail_auth::common::cache::NoCache;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};

/// How long the DNS may take over one message.
const LOOK: Duration = Duration::from_secs(5);
/// How long it is left alone after it did not answer in time: a machine without it must not wait at every message.
const PAUSE: Duration = Duration::from_secs(600);

/// Checks signatures.
pub struct SignatureCheck {
    resolver: Option<MessageAuthenticator>,
    silent_since: Mutex<Option<Instant>>,
}

impl SignatureCheck {
    /// With the resolver of this machine. Where there is none, no signature is ever found valid.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let resolver = MessageAuthenticator::new_system_conf();
        if let Err(why) = &resolver {
            tracing::warn!("no DNS, so no signature of a mail can be checked: {why}");
        }
        Self { resolver: resolver.ok(), silent_since: Mutex::new(None) }
    }

    /// The domains whose signature over this message is valid, each once.
    pub async fn signed_by(&self, raw: &[u8]) -> Vec<String> {
        let Some(resolver) = &self.resolver else { return Vec::new() };
        let silent = *self.silent_since.lock().expect("no holder of this lock can panic");
        if silent.is_some_and(|since| since.elapsed() < PAUSE) {
            return Vec::new();
        }
        let found = valid(resolver, raw, None::<&NoCache<Box<str>, Txt>>).await;
        *self.silent_since.lock().expect("no holder of this lock can panic") =
            if found.is_none() { Some(Instant::now()) } else { None };
        found.unwrap_or_default()
    }
}

/// The domains, or nothing if the DNS did not answer in time. A message without signatures asks nothing of it.
async fn valid(
    resolver: &MessageAuthenticator,
    raw: &[u8],
    keys: Option<&impl ResolverCache<Box<str>, Txt>>,
) -> Option<Vec<String>> {
    let Some(message) = AuthenticatedMessage::parse(raw) else { return Some(Vec::new()) };
    let checked = async {
        match keys {
            Some(keys) => resolver.verify_dkim(Parameters::new(&message).with_txt_cache(keys)).await,
            None => resolver.verify_dkim(&message).await,
        }
    };
    let outcomes = tokio::time::timeout(LOOK, checked).await.ok()?;
    let mut domains: Vec<String> = outcomes
        .iter()
        .filter(|outcome| outcome.result() == &DkimResult::Pass)
        .filter_map(|outcome| outcome.signature())
        // One that covers only a beginning of the text, or not From, proves nothing of what is read.
        .filter(|signature| signature.l == 0 && signature.h.iter().any(|name| name.eq_ignore_ascii_case("from")))
        .map(|signature| signature.d.to_lowercase())
        .collect();
    domains.sort();
    domains.dedup();
    Some(domains)
}

#[cfg(test)]
mod tests {
    use std::borrow::Borrow;
    use std::hash::Hash;
    use std::sync::Arc;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use mail_auth::common::crypto::Ed25519Key;
    use mail_auth::common::headers::HeaderWriter;
    use mail_auth::common::parse::TxtRecordParser;
    use mail_auth::common::verify::DomainKey;
    use mail_auth::dkim::DkimSigner;

    use super::*;

    /// What the DNS would say.
    struct Keys(Vec<(Box<str>, Txt)>);

    impl ResolverCache<Box<str>, Txt> for Keys {
        fn get<Q>(&self, name: &Q) -> Option<Txt>
        where
            Box<str>: Borrow<Q>,
            Q: Hash + Eq + ?Sized,
        {
            self.0.iter().find(|(known, _)| known.borrow() == name).map(|(_, key)| key.clone())
        }

        fn remove<Q>(&self, _: &Q) -> Option<Txt>
        where
            Box<str>: Borrow<Q>,
            Q: Hash + Eq + ?Sized,
        {
            None
        }

        fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
    }

    const MAIL: &str =
        "From: <binhu@unit.example>\r\nSubject: x\r\nDate: Mon, 21 May 2018 09:12:45 +0800\r\n\r\ntext\r\n";

    fn signed(headers: &[&str]) -> (String, Keys) {
        let key = Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().expect("a key")).expect("that key");
        let public = STANDARD.encode(key.public_key());
        let record = DomainKey::parse(format!("v=DKIM1; k=ed25519; p={public}").as_bytes()).expect("a record");
        let signature = DkimSigner::from_key(key)
            .domain("unit.example")
            .selector("s1")
            .headers(headers.iter().copied())
            .sign(MAIL.as_bytes())
            .expect("signed");
        let keys = Keys(vec![("s1._domainkey.unit.example.".into(), Txt::DomainKey(Arc::new(record)))]);
        (format!("{}{MAIL}", signature.to_header()), keys)
    }

    fn nowhere() -> MessageAuthenticator {
        MessageAuthenticator::new_system_conf().expect("a resolver, though nothing is asked of it")
    }

    #[tokio::test]
    async fn a_valid_signature_names_its_domain() {
        let (mail, keys) = signed(&["From", "Subject"]);
        assert_eq!(valid(&nowhere(), mail.as_bytes(), Some(&keys)).await, Some(vec!["unit.example".to_owned()]));
    }

    #[tokio::test]
    async fn a_changed_message_or_one_whose_sender_is_not_signed_is_not_proven() {
        let (mail, keys) = signed(&["From", "Subject"]);
        for changed in
            [mail.replace("text", "other"), mail.replace("binhu@", "thief@"), mail.replace("Subject: x", "Subject: y")]
        {
            assert_eq!(valid(&nowhere(), changed.as_bytes(), Some(&keys)).await, Some(Vec::new()), "{changed}");
        }
        let (mail, keys) = signed(&["Subject"]);
        assert_eq!(valid(&nowhere(), mail.as_bytes(), Some(&keys)).await, Some(Vec::new()));
    }
}
