//! What passes between the server and its readers: a length, JSON of that length, then the bytes it speaks of.

use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tz_app::reading::{Judged, Told};
use tz_read::{Proposed, ScannedPage, Source};
use tz_text::secrecy::{Mark, Pattern, Strength};

/// What is asked; the bytes follow in the order they are named.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Task {
    /// What a mail of so many bytes says.
    Judge { categories: Vec<String>, wordings: Vec<String>, bytes: usize },
    /// The text of a file of so many bytes.
    Text { name: String, bytes: usize },
    /// One page of a scan of so many bytes.
    Scan { page: usize, bytes: usize },
    /// The strongest mark in files of so many bytes each.
    Mark { files: Vec<(String, usize)>, wordings: Vec<String> },
}

impl Task {
    /// How many bytes follow, file by file.
    pub(super) fn lengths(&self) -> Vec<usize> {
        match self {
            Self::Judge { bytes, .. } | Self::Text { bytes, .. } | Self::Scan { bytes, .. } => vec![*bytes],
            Self::Mark { files, .. } => files.iter().map(|(_, bytes)| *bytes).collect(),
        }
    }
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Judged {
        mark: Option<SentMark>,
        proposed: Vec<SentItem>,
    },
    Text {
        title: String,
        body: String,
        notes: Vec<String>,
    },
    /// The picture is in base64.
    Scanned {
        of: usize,
        codes: Vec<String>,
        preview: String,
    },
    Mark(Option<SentMark>),
    /// Why it cannot be read, in a sentence.
    Refused(String),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SentMark {
    pattern: String,
    strong: bool,
    found: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SentItem {
    title: String,
    category: Option<String>,
    body: String,
    authors: Vec<String>,
    unit: Option<String>,
    contact: Option<String>,
    solicitation: Option<String>,
    topic: Option<String>,
    source: SentSource,
    doubts: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
enum SentSource {
    Body,
    Attachment { name: String, part: String },
    Forwarded { part: String },
}

impl From<Mark> for SentMark {
    fn from(mark: Mark) -> Self {
        let strong = mark.strength == Strength::Strong;
        Self { pattern: mark.pattern.to_string(), strong, found: mark.found }
    }
}

impl From<SentMark> for Mark {
    fn from(sent: SentMark) -> Self {
        let all = [Pattern::P1, Pattern::P2, Pattern::P3, Pattern::P4, Pattern::W];
        let pattern = all.into_iter().find(|pattern| pattern.to_string() == sent.pattern).unwrap_or(Pattern::W);
        let strength = if sent.strong { Strength::Strong } else { Strength::Weak };
        Self { pattern, strength, found: sent.found }
    }
}

impl From<Proposed> for SentItem {
    fn from(item: Proposed) -> Self {
        let source = match item.source {
            Source::Body => SentSource::Body,
            Source::Attachment { name, part } => SentSource::Attachment { name, part },
            Source::Forwarded { part } => SentSource::Forwarded { part },
        };
        Self {
            title: item.title,
            category: item.category,
            body: item.body,
            authors: item.authors,
            unit: item.unit,
            contact: item.contact,
            solicitation: item.solicitation,
            topic: item.topic,
            source,
            doubts: item.doubts,
        }
    }
}

impl From<SentItem> for Proposed {
    fn from(sent: SentItem) -> Self {
        let source = match sent.source {
            SentSource::Body => Source::Body,
            SentSource::Attachment { name, part } => Source::Attachment { name, part },
            SentSource::Forwarded { part } => Source::Forwarded { part },
        };
        Self {
            title: sent.title,
            category: sent.category,
            body: sent.body,
            authors: sent.authors,
            unit: sent.unit,
            contact: sent.contact,
            solicitation: sent.solicitation,
            topic: sent.topic,
            source,
            doubts: sent.doubts,
        }
    }
}

impl From<Judged> for Answer {
    fn from(judged: Judged) -> Self {
        let proposed = judged.proposed.into_iter().map(SentItem::from).collect();
        Self::Judged { mark: judged.mark.map(SentMark::from), proposed }
    }
}

impl From<ScannedPage> for Answer {
    fn from(page: ScannedPage) -> Self {
        Self::Scanned { of: page.of, codes: page.codes, preview: STANDARD.encode(page.preview) }
    }
}

/// A page as it was before it was sent; nothing is shown where the picture does not read.
pub(super) fn scanned(of: usize, codes: Vec<String>, preview: &str) -> ScannedPage {
    ScannedPage { of, codes, preview: STANDARD.decode(preview).unwrap_or_default() }
}

impl From<Told> for Answer {
    fn from(told: Told) -> Self {
        Self::Text { title: told.title, body: told.body, notes: told.notes }
    }
}

/// Longer than any answer: eight megabytes of text for each of the files a mail may hold would be refused long before.
const MAX_MESSAGE: usize = 256 << 20;

/// Writes a message; the bytes it speaks of are written after it.
pub(super) fn send<T: Serialize>(to: &mut impl Write, message: &T) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let length = u32::try_from(json.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&json)
}

/// Reads a message; `None` where there is none any more.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(cause) => return Err(cause),
    }
    let length = usize::try_from(u32::from_le_bytes(length)).map_err(io::Error::other)?;
    if length > MAX_MESSAGE {
        return Err(io::Error::other("a message longer than any"));
    }
    let mut json = vec![0; length];
    from.read_exact(&mut json)?;
    Ok(Some(serde_json::from_slice(&json)?))
}
