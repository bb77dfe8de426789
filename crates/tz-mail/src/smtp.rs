//! OutgoingList out of the queue to the office's mail server (SMTP). Begin with [`send_outgoing`].
//!
//! A letter is given to the server at most once: whatever fails before the text was handed over may be tried again; where the
//! server's last answer was lost, nobody knows, and the letter is called unsure.

use std::sync::Arc;
use std::time::Duration;

use lettre::address::Address;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::watch;
use tz_app::outgoing::{MailOut, Outgoing, Refusal, Security};
use tz_app::{App, Problem};

/// How long a mail server may take over one step.
const STEP: Duration = Duration::from_secs(60);
/// How often the queue is looked at.
const TICK: Duration = Duration::from_secs(5);
/// OutgoingList given over one connection.
const BATCH: i64 = 20;

/// Whose certificates are believed beside the public ones: those of an office's own mail server, in DER.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The certificates.
    pub own: Vec<Vec<u8>>,
}

/// Sends what is in the queue until `stop` says so. Whatever fails is recorded with the letter and tried again later.
pub async fn send_outgoing(app: Arc<App>, trust: Trust, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match send_batch(&app, &trust).await {
            // There may be more.
            Ok(count) if count > 0 => continue,
            Ok(_) => {}
            Err(problem) => tracing::error!("sending letters: {problem:?}"),
        }
        tokio::select! {
            _ = tokio::time::sleep(TICK) => {}
            gone = stop.changed() => if gone.is_err() { return },
        }
    }
}

/// Sends the letters that are due, a batch at most; says how many were taken up.
///
/// # Errors
/// If the database fails. What a mail server says is recorded with each letter.
pub async fn send_batch(app: &Arc<App>, trust: &Trust) -> Result<usize, Problem> {
    let letters = blocking(app, |app| app.claim_outgoing(BATCH)).await?;
    if letters.is_empty() {
        return Ok(0);
    }
    let out = blocking(app, App::mail_out).await;
    let mut courier = match out {
        Ok(Some(out)) => Courier::open(&out, trust).await,
        Ok(None) => Err(ours("发信已停用。".to_owned())),
        Err(problem) => Err(ours(problem.to_string())),
    };
    let count = letters.len();
    for letter in letters {
        let id = letter.id;
        let came_to = match &mut courier {
            Ok(courier) => courier.give(&letter).await,
            Err(refusal) => Err(refusal.clone()),
        };
        // A broken connection stays broken; the letters left are tried over a new one later.
        if let Err(refusal) = &came_to
            && refusal.ours
            && courier.is_ok()
        {
            courier = Err(refusal.clone());
        }
        blocking(app, move |app| match &came_to {
            Ok(()) => app.outgoing_sent(id),
            Err(refusal) => app.outgoing_refused(id, refusal),
        })
        .await?;
    }
    if let Ok(courier) = courier {
        courier.leave().await;
    }
    Ok(count)
}

async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    run: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = Arc::clone(app);
    match tokio::task::spawn_blocking(move || run(&app)).await {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn ours(sentence: String) -> Refusal {
    Refusal { for_good: false, unsure: false, ours: true, sentence }
}

/// A connection to the office's mail server, signed in.
struct Courier {
    connection: AsyncSmtpConnection,
}

impl Courier {
    async fn open(out: &MailOut, trust: &Trust) -> Result<Self, Refusal> {
        let place = format!("{}的{}端口", out.host, out.port);
        let tls = match out.security {
            Security::Plain => None,
            Security::Tls | Security::StartTls => Some(parameters(out, trust)?),
        };
        let at_once = tls.clone().filter(|_| out.security == Security::Tls);
        let me = ClientId::default();
        let connecting =
            AsyncSmtpConnection::connect_tokio1((out.host.as_str(), out.port), Some(STEP), &me, at_once, None);
        let connected = within(connecting).await.map_err(|why| {
            ours(match why {
                Why::Late => format!("连接{place}超时。请检查服务器名称、端口和网络。"),
                Why::Said(why) if why.is_tls() => {
                    format!("与{place}建立加密连接没有成功：{why}。请检查端口和加密方式；自建的邮件服务器请检查证书。")
                }
                Why::Said(why) => format!("连不上{place}：{why}。请检查服务器名称、端口和网络。"),
            })
        })?;
        let mut courier = Self { connection: connected };
        if let Some(tls) = tls.filter(|_| out.security == Security::StartTls) {
            within(courier.connection.starttls(tls, &me)).await.map_err(|why| {
                ours(format!("{place}不能改用加密连接（STARTTLS）：{}。请检查端口和加密方式。", why.words()))
            })?;
        }
        if !out.login.is_empty() {
            let known = Credentials::new(out.login.clone(), out.password.clone());
            let ways = [Mechanism::Plain, Mechanism::Login];
            within(courier.connection.auth(&ways, &known)).await.map_err(|why| {
                ours(format!(
                    "账号{}登录发信服务器没有成功：{}。多数邮箱要填“授权码”而不是登录密码，并须先在邮箱设置中开启 SMTP 服务。",
                    out.login,
                    why.words()
                ))
            })?;
        }
        Ok(courier)
    }

    /// Gives one letter to the server.
    async fn give(&mut self, letter: &Outgoing) -> Result<(), Refusal> {
        let (from, to, text) = message(letter)?;
        within(self.connection.command(Mail::new(Some(from), Vec::new())))
            .await
            .map_err(|why| Refusal { ours: true, ..why.refusal("发信服务器不接受发件地址") })?;
        // A receiver's refusal leaves the connection usable for the others.
        if let Err(why) = within(self.connection.command(Rcpt::new(to, Vec::new()))).await {
            let refusal = why.refusal("发信服务器不接受收件地址");
            self.connection.command(lettre::transport::smtp::commands::Rset).await.ok();
            return Err(refusal);
        }
        within(self.connection.command(Data)).await.map_err(|why| why.refusal("发信服务器不接收邮件内容"))?;
        within(self.connection.message(&text)).await.map_err(|why| match &why {
            Why::Said(said) if said.status().is_some() => why.refusal("发信服务器退回了邮件"),
            Why::Said(_) | Why::Late => Refusal {
                for_good: false,
                unsure: true,
                ours: true,
                sentence: format!(
                    "邮件内容已交给发信服务器，但没有等到它的答复（{}），不能确定对方是否收到。请向对方核实，需要时重新发送。",
                    why.words()
                ),
            },
        })?;
        Ok(())
    }

    async fn leave(mut self) {
        // The letters are handed over; how the server takes a farewell changes nothing.
        within(self.connection.quit()).await.ok();
    }
}

/// Why a step failed.
enum Why {
    Late,
    Said(lettre::transport::smtp::Error),
}

impl Why {
    fn words(&self) -> String {
        match self {
            Self::Late => "等待超时".to_owned(),
            Self::Said(why) => why.to_string(),
        }
    }

    fn refusal(&self, what: &str) -> Refusal {
        let for_good = matches!(self, Self::Said(why) if why.is_permanent());
        // An answer with a number leaves the connection whole; anything else does not.
        let ours = !matches!(self, Self::Said(why) if why.status().is_some());
        let next = if for_good { "请核对后重新发送。" } else { "稍后自动重试。" };
        Refusal { for_good, unsure: false, ours, sentence: format!("{what}：{}。{next}", self.words()) }
    }
}

async fn within<T>(step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>) -> Result<T, Why> {
    match tokio::time::timeout(STEP, step).await {
        Err(_) => Err(Why::Late),
        Ok(done) => done.map_err(|why| if why.is_timeout() { Why::Late } else { Why::Said(why) }),
    }
}

fn parameters(out: &MailOut, trust: &Trust) -> Result<TlsParameters, Refusal> {
    let mut builder = TlsParameters::builder(out.host.clone());
    for own in &trust.own {
        let known = Certificate::from_der(own.clone())
            .map_err(|why| ours(format!("自建邮件服务器的证书读不出来：{why}。请检查证书文件。")))?;
        builder = builder.add_root_certificate(known);
    }
    builder.build_rustls().map_err(|why| ours(format!("加密连接没有准备好：{why}。请检查服务器名称。")))
}

/// A letter as the bytes of a mail, with the addresses of its envelope.
fn message(letter: &Outgoing) -> Result<(Address, Address, Vec<u8>), Refusal> {
    let address = |text: &str| {
        text.parse::<Address>().map_err(|why| Refusal {
            for_good: true,
            unsure: false,
            ours: false,
            sentence: format!("“{text}”不是可用的邮箱地址（{why}）。请核对后重新发送。"),
        })
    };
    let (from, to) = (address(&letter.from)?, address(&letter.to)?);
    let name = Some(letter.from_name.clone()).filter(|name| !name.is_empty());
    let mut builder = Message::builder()
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(letter.subject.clone())
        .message_id(Some(format!("<{}>", letter.message_id)));
    if let Some(answered) = &letter.in_reply_to {
        let id = format!("<{answered}>");
        builder = builder.in_reply_to(id.clone()).references(id);
    }
    if letter.automatic {
        builder = builder.header(AutoSubmitted).header(SuppressAnswers);
    }
    let whole = builder.singlepart(SinglePart::plain(letter.body.clone())).map_err(|why| Refusal {
        for_good: true,
        unsure: false,
        ours: false,
        sentence: format!("邮件写不出来：{why}。请告知系统管理员。"),
    })?;
    Ok((from, to, whole.formatted()))
}

/// Tells other programs that no person wrote this (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-replied".to_owned())
    }
}

/// The same in the words of Exchange.
#[derive(Clone)]
struct SuppressAnswers;

impl Header for SuppressAnswers {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "All".to_owned())
    }
}
