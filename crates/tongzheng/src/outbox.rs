//! Mail out of the queue while the server runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tz_app::outgoing::{self, Security as Kept};
use tz_app::{App, Problem};
use tz_mail::imap::{KeepFailure, Password, Security, Trust};
use tz_mail::smtp::{Account, Outbox, Outgoing, Refusal, send_outgoing};

use crate::postbox::chain;

/// How long a mail under way may take when the server is told to stop.
const LAST_MAIL: Duration = Duration::from_secs(20);

/// The house as the sender meets it.
struct OfficeOutbox(Arc<App>);

/// Logged once, here, with its causes; the sender gets a sentence.
fn kept<T>(done: Result<T, Problem>) -> Result<T, KeepFailure> {
    done.map_err(|problem| {
        if let Problem::Failed(failure) = &problem {
            tracing::error!(failure = chain(failure), "the queue of mail could not be kept");
        }
        KeepFailure(problem.to_string())
    })
}

impl Outbox for OfficeOutbox {
    fn claim(&self, most: usize) -> Result<Vec<Outgoing>, KeepFailure> {
        let taken = kept(self.0.claim_outgoing(i64::try_from(most).unwrap_or(i64::MAX)))?;
        let mail = |mail: outgoing::Outgoing| Outgoing {
            id: mail.id,
            from: mail.from,
            from_name: mail.from_name,
            to: mail.to,
            subject: mail.subject,
            body: mail.body,
            message_id: mail.message_id,
            in_reply_to: mail.in_reply_to,
            automatic: mail.automatic,
        };
        Ok(taken.into_iter().map(mail).collect())
    }

    fn account(&self) -> Result<Account, String> {
        match kept(self.0.mail_out()) {
            Ok(Some(out)) => Ok(Account {
                host: out.host,
                port: out.port,
                security: match out.security {
                    Kept::Tls => Security::Tls,
                    Kept::StartTls => Security::StartTls,
                    Kept::Plain => Security::Plain,
                },
                login: out.login,
                password: Password::new(out.password.text()),
                trust: Trust { system: false, pem: out.authorities },
            }),
            Ok(None) => Err("发信刚刚停用，启用后会继续发送。".to_owned()),
            Err(failure) => Err(failure.0),
        }
    }

    fn came_to(&self, id: i64, outcome: &Result<(), Refusal>) -> Result<(), KeepFailure> {
        kept(match outcome {
            Ok(()) => self.0.outgoing_sent(id),
            Err(refusal) => self.0.outgoing_refused(
                id,
                &outgoing::Refusal {
                    for_good: refusal.for_good,
                    unsure: refusal.unsure,
                    ours: refusal.ours,
                    sentence: refusal.sentence.clone(),
                },
            ),
        })
    }
}

/// A sender at work.
pub(crate) struct Sender {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sender {
    /// Begins to send what is in the queue.
    pub(crate) fn start(app: Arc<App>) -> Self {
        let (stop, told) = watch::channel(false);
        Self { stop, task: tokio::spawn(send_outgoing(Arc::new(OfficeOutbox(app)), told)) }
    }

    /// Takes up no further mail, and waits for the one under way.
    pub(crate) async fn finish(self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(LAST_MAIL, self.task).await.is_err() {
            tracing::warn!("a mail server did not answer; the mail under way will be called unsure");
        }
    }
}
