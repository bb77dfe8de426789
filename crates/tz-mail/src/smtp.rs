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

use crate::imap::{KeepFailure, Password, Security, Trust};

/// How long a mail server may take over one step.
const STEP: Duration = Duration::from_secs(60);
/// How long the connection may take, with name and encryption.
const CONNECT: Duration = Duration::from_secs(20);
/// How often the queue is looked at.
const TICK: Duration = Duration::from_secs(5);
/// OutgoingList given over one connection.
const BATCH: usize = 20;

/// The account that mail is sent from.
#[derive(Clone, Debug)]
pub struct Account {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from listeners.
    pub security: Security,
    /// The account there; empty: no sign-in.
    pub login: String,
    /// Its password.
    pub password: Password,
    /// Whose certificates are believed.
    pub trust: Trust,
}

/// A mail to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The house's name for it.
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
    /// A program wrote it, in answer to a message.
    pub automatic: bool,
}

/// Why a mail server did not take a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Trying again will not help.
    pub for_good: bool,
    /// The server may have taken it: its answer was lost.
    pub unsure: bool,
    /// The fault lies with the account or the network, not with this mail.
    pub ours: bool,
    /// A Chinese sentence: what the server said and what to do.
    pub sentence: String,
}

/// What the sender asks of the house that keeps the queue. Called on the blocking pool.
pub trait Outbox: Send + Sync + 'static {
    /// Mails that are due, taken up by this call.
    fn claim(&self, most: usize) -> Result<Vec<Outgoing>, KeepFailure>;
    /// The account to send from; the sentence says why there is none.
    fn account(&self) -> Result<Account, String>;
    /// The mail server took a mail over, or why not.
    fn came_to(&self, id: i64, outcome: &Result<(), Refusal>) -> Result<(), KeepFailure>;
}

/// Sends what is in the queue until `stop` says so. Whatever fails is recorded with the mail and tried again later.
pub async fn send_outgoing(outbox: Arc<dyn Outbox>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match send_batch(&outbox).await {
            // There may be more.
            Ok(count) if count > 0 => continue,
            Ok(_) => {}
            Err(failure) => tracing::error!("sending mail: {failure}"),
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            gone = stop.changed() => if gone.is_err() { return },
        }
    }
}

/// Sends the mails that are due, a batch at most; says how many were taken up.
///
/// # Errors
/// If the house cannot keep what became of them. What a mail server says is recorded with each mail.
pub async fn send_batch(outbox: &Arc<dyn Outbox>) -> Result<usize, KeepFailure> {
    let mails = blocking(outbox, |outbox| outbox.claim(BATCH)).await?;
    if mails.is_empty() {
        return Ok(0);
    }
    let mut courier = match blocking(outbox, |outbox| outbox.account()).await {
        Ok(account) => Courier::open(&account).await,
        Err(sentence) => Err(ours(sentence)),
    };
    let count = mails.len();
    for mail in mails {
        let id = mail.id;
        let outcome = match &mut courier {
            Ok(courier) => courier.give(&mail).await,
            Err(refusal) => Err(refusal.clone()),
        };
        // A broken connection stays broken; the mails left are tried over a new one later.
        if let (Err(refusal), true) = (&outcome, courier.is_ok())
            && refusal.ours
        {
            courier = Err(Refusal { unsure: false, ..refusal.clone() });
        }
        blocking(outbox, move |outbox| outbox.came_to(id, &outcome)).await?;
    }
    if let Ok(courier) = courier {
        courier.leave().await;
    }
    Ok(count)
}

async fn blocking<T: Send + 'static>(
    outbox: &Arc<dyn Outbox>,
    ask: impl FnOnce(&dyn Outbox) -> T + Send + 'static,
) -> T {
    let outbox = Arc::clone(outbox);
    match tokio::task::spawn_blocking(move || ask(&*outbox)).await {
        Ok(answer) => answer,
        Err(crash) => std::panic::resume_unwind(crash.into_panic()),
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
    async fn open(out: &Account) -> Result<Self, Refusal> {
        let place = format!("{}的{}端口", out.host, out.port);
        let tls = match out.security {
            Security::Plain => None,
            Security::Tls | Security::StartTls => Some(parameters(out)?),
        };
        let at_once = tls.clone().filter(|_| out.security == Security::Tls);
        let me = ClientId::default();
        let connecting =
            AsyncSmtpConnection::connect_tokio1((out.host.as_str(), out.port), Some(STEP), &me, at_once, None);
        let connected = within(CONNECT, connecting).await.map_err(|why| {
            ours(match why {
                Why::Late => format!("连接{place}超时。请检查服务器名称、端口和网络。"),
                Why::Said(why) if is_about_tls(&why) => format!(
                    "与{place}建立加密连接没有成功：{}。请检查服务器名称、端口和加密方式；自建的邮件服务器请填写它的CA证书。",
                    said(&why)
                ),
                Why::Said(why) => format!("连不上{place}：{}。请检查服务器名称、端口和网络。", said(&why)),
            })
        })?;
        let mut courier = Self { connection: connected };
        if let Some(tls) = tls.filter(|_| out.security == Security::StartTls) {
            within(STEP, courier.connection.starttls(tls, &me)).await.map_err(|why| {
                ours(format!("{place}不能改用加密连接（STARTTLS）：{}。请检查端口和加密方式。", why.words()))
            })?;
        }
        if !out.login.is_empty() {
            let known = Credentials::new(out.login.clone(), out.password.text().to_owned());
            let ways = [Mechanism::Plain, Mechanism::Login];
            within(STEP, courier.connection.auth(&ways, &known)).await.map_err(|why| {
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
        within(STEP, self.connection.command(Mail::new(Some(from), Vec::new())))
            .await
            .map_err(|why| Refusal { ours: true, ..why.refusal("发信服务器不接受发件地址") })?;
        // A receiver's refusal leaves the connection usable for the others.
        if let Err(why) = within(STEP, self.connection.command(Rcpt::new(to, Vec::new()))).await {
            let refusal = why.refusal("发信服务器不接受收件地址");
            self.connection.command(lettre::transport::smtp::commands::Rset).await.ok();
            return Err(refusal);
        }
        within(STEP, self.connection.command(Data)).await.map_err(|why| why.refusal("发信服务器不接收邮件内容"))?;
        within(STEP, self.connection.message(&text)).await.map_err(|why| match &why {
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
        within(STEP, self.connection.quit()).await.ok();
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
            Self::Said(why) => said(why),
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

async fn within<T>(
    patience: Duration,
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Why> {
    match tokio::time::timeout(patience, step).await {
        Err(_) => Err(Why::Late),
        Ok(done) => done.map_err(|why| if why.is_timeout() { Why::Late } else { Why::Said(why) }),
    }
}

/// The innermost cause: what the server or the system really said.
fn cause(why: &lettre::transport::smtp::Error) -> String {
    let mut innermost: &dyn std::error::Error = why;
    while let Some(within) = innermost.source() {
        innermost = within;
    }
    innermost.to_string()
}

fn is_about_tls(why: &lettre::transport::smtp::Error) -> bool {
    let cause = cause(why);
    why.is_tls() || ["certificate", "corrupt message", "handshake"].iter().any(|word| cause.contains(word))
}

/// What a server or the system said, in Chinese where it is one of the usual things.
fn said(why: &lettre::transport::smtp::Error) -> String {
    let cause = cause(why);
    if let Some(code) = why.status() {
        return format!("{code} {cause}");
    }
    let usual = [
        ("UnknownIssuer", "服务器的证书不受信任"),
        ("NotValidForName", "服务器的证书不是给这个名称的"),
        ("Expired", "服务器的证书已过期"),
        ("corrupt message", "这个端口不是加密端口"),
        ("refused", "连接被拒绝"),
        ("lookup", "找不到这个服务器名称"),
        ("unreachable", "网络不通"),
        ("reset", "连接被中断"),
        ("mechanism", "服务器不接受这种登录方式，可能需要先加密"),
    ];
    usual.iter().find(|(word, _)| cause.contains(word)).map_or(cause.clone(), |(_, words)| (*words).to_owned())
}

fn parameters(out: &Account) -> Result<TlsParameters, Refusal> {
    let mut builder = TlsParameters::builder(out.host.clone());
    if !out.trust.pem.is_empty() {
        let known = Certificate::from_pem(out.trust.pem.as_bytes())
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
