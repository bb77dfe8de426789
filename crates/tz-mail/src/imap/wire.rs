//! Bytes to and from a server, within limits of time and size.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::Error as TlsError;
use tokio_rustls::rustls::pki_types::ServerName;

use super::answer::{Answer, Piece, literal_after};
use super::{Kind, Limits, Trust, tls};

/// Why bytes stopped coming or going, with what the system said.
pub(super) type Broken = (Kind, String);

fn broken(kind: Kind) -> Broken {
    (kind, String::new())
}

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// The two directions of a connection, and what is half read. Waiting for an answer can be given up and taken up again.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    limits: Arc<Limits>,
    buffer: Vec<u8>,
    /// How much of `buffer` is known to hold no end of a line.
    scanned: usize,
    pieces: Vec<Piece>,
    /// The literal that is being read.
    literal: Option<usize>,
    /// What the command at hand may still bring, in bytes.
    allowed: usize,
    /// When the command at hand began, when its answer did, and what came since.
    began: Instant,
    first_byte: Option<Instant>,
    heard: usize,
}

impl Wire {
    /// Finds a host and connects to it.
    pub(super) async fn connect(host: &str, port: u16, limits: Arc<Limits>) -> Result<Self, (bool, Broken)> {
        let found = timeout(limits.connect, tokio::net::lookup_host((host, port))).await;
        let addresses: Vec<_> = match found {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(cause)) => return Err((false, (Kind::NoSuchHost, cause.to_string()))),
            Err(_) => return Err((false, broken(Kind::Silent))),
        };
        if addresses.is_empty() {
            return Err((false, broken(Kind::NoSuchHost)));
        }
        match timeout(limits.connect, TcpStream::connect(&*addresses)).await {
            Ok(Ok(stream)) => {
                // Small commands must not wait for company; where it cannot be set they do.
                let _ = stream.set_nodelay(true);
                Ok(Self::over(Box::new(stream), limits))
            }
            Ok(Err(cause)) => Err((true, (Kind::Unreachable, cause.to_string()))),
            Err(_) => Err((true, broken(Kind::Silent))),
        }
    }

    fn over(stream: Box<dyn Stream>, limits: Arc<Limits>) -> Self {
        Self {
            stream,
            allowed: limits.answer,
            limits,
            buffer: Vec::new(),
            scanned: 0,
            pieces: Vec::new(),
            literal: None,
            began: Instant::now(),
            first_byte: None,
            heard: 0,
        }
    }

    /// The same connection, encrypted from here on.
    pub(super) async fn encrypted(self, host: &str, trust: &Trust) -> Result<Self, Broken> {
        // What was sent in the clear before the handshake is nobody's word.
        if !self.buffer.is_empty() {
            return Err((Kind::NoEncryption, "data before the handshake".to_owned()));
        }
        let config = tls::config(trust).map_err(|wrong| (Kind::Certificate, wrong))?;
        let name = ServerName::try_from(host.to_owned()).map_err(|wrong| (Kind::Certificate, wrong.to_string()))?;
        let limits = self.limits;
        let shaken = timeout(limits.connect, TlsConnector::from(config).connect(name, self.stream)).await;
        match shaken {
            Ok(Ok(stream)) => Ok(Self::over(Box::new(stream), limits)),
            Ok(Err(cause)) => Err(refused(&cause)),
            Err(_) => Err(broken(Kind::Silent)),
        }
    }

    /// Sends a line, as a command that may bring so many bytes of letters besides its answer.
    pub(super) async fn send(&mut self, line: &[u8], letters: usize) -> Result<(), Broken> {
        self.allowed = self.limits.answer.saturating_add(letters);
        self.began = Instant::now();
        self.first_byte = None;
        self.heard = 0;
        self.send_more(line).await
    }

    /// Sends a line within a command.
    pub(super) async fn send_more(&mut self, line: &[u8]) -> Result<(), Broken> {
        let written = async {
            self.stream.write_all(line).await?;
            self.stream.write_all(b"\r\n").await?;
            self.stream.flush().await
        };
        match timeout(self.limits.silence, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(cause)) => Err((Kind::Lost, cause.to_string())),
            Err(_) => Err(broken(Kind::Silent)),
        }
    }

    /// The next answer.
    pub(super) async fn answer(&mut self) -> Result<Answer, Broken> {
        self.answer_within(self.limits.silence).await
    }

    /// The next answer, with other patience: while nothing is asked, a server may be silent for long.
    pub(super) async fn answer_within(&mut self, silence: Duration) -> Result<Answer, Broken> {
        loop {
            if let Some(length) = self.literal {
                if self.buffer.len() >= length {
                    let rest = self.buffer.split_off(length);
                    self.pieces.push(Piece::Literal(std::mem::replace(&mut self.buffer, rest)));
                    self.literal = None;
                    self.scanned = 0;
                    continue;
                }
            } else if let Some(end) = self.buffer[self.scanned..].iter().position(|&byte| byte == b'\n') {
                let rest = self.buffer.split_off(self.scanned + end + 1);
                let line = std::mem::replace(&mut self.buffer, rest);
                self.scanned = 0;
                self.literal = literal_after(&line, self.pieces.is_empty());
                if self.literal.is_some_and(|length| length > self.allowed) {
                    return Err(broken(Kind::TooMuch));
                }
                self.pieces.push(Piece::Text(line));
                if self.literal.is_none() {
                    return Ok(Answer::of(std::mem::take(&mut self.pieces)));
                }
                continue;
            } else {
                self.scanned = self.buffer.len();
                if self.scanned > self.limits.line {
                    return Err(broken(Kind::TooMuch));
                }
            }
            self.read(silence).await?;
        }
    }

    async fn read(&mut self, silence: Duration) -> Result<(), Broken> {
        self.buffer.reserve(16 << 10);
        let read = match timeout(silence, self.stream.read_buf(&mut self.buffer)).await {
            Ok(Ok(0)) => return Err(broken(Kind::Lost)),
            Ok(Ok(read)) => read,
            Ok(Err(cause)) => return Err((Kind::Lost, cause.to_string())),
            Err(_) => return Err(broken(Kind::Silent)),
        };
        let first = *self.first_byte.get_or_insert_with(Instant::now);
        self.heard += read;
        self.allowed = self.allowed.checked_sub(read).ok_or_else(|| broken(Kind::TooMuch))?;
        if first.elapsed() >= self.limits.silence {
            if self.heard < self.limits.least {
                return Err(broken(Kind::Slow));
            }
            self.first_byte = None;
            self.heard = 0;
        }
        if self.began.elapsed() >= self.limits.command {
            return Err(broken(Kind::Slow));
        }
        Ok(())
    }

    /// What comes while nothing is asked is counted anew.
    pub(super) fn at_rest(&mut self) {
        self.allowed = self.limits.answer;
        self.began = Instant::now();
        self.first_byte = None;
        self.heard = 0;
    }
}

/// Why a handshake failed.
fn refused(cause: &io::Error) -> Broken {
    let tls = cause.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    let kind = match tls {
        Some(TlsError::InvalidCertificate(_)) => Kind::Certificate,
        _ => Kind::NoEncryption,
    };
    (kind, cause.to_string())
}
