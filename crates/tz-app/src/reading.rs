//! Reading strangers' bytes, apart from everything else (docs/decisions/0007-reading-apart.md).
//!
//! A [`Reader`] is asked what a mail or a file says. [`Here`] reads within this process, under the budgets of `tz-read` and
//! with panics caught; the program's own reader does the same in a child process that the system ends when it takes too
//! much. Both give the same answers.

use std::panic::{UnwindSafe, catch_unwind};

use tz_read::{
    Attachment, Budget, Documents, Message, Proposed, ScanBudget, ScannedPage, find_mark, propose_items, read_document,
    read_message, read_scan,
};
use tz_text::secrecy::{Mark, Strength, Wordings};

/// What an office has words of its own for, as a reader needs them.
#[derive(Clone, Copy, Debug)]
pub struct OfficeWords<'a> {
    /// The categories (信息类别) of the scheme of the day, by name.
    pub categories: &'a [&'a str],
    /// The wordings (内部资料字样) for which material is held for a person.
    pub wordings: &'a Wordings,
}

/// What a mail says: the strongest mark of secrecy in it, and the items it reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The strongest mark, if it carries any.
    pub mark: Option<Mark>,
    /// The items; none where a strong mark was found.
    pub proposed: Vec<Proposed>,
}

/// The text of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its title; empty if it does not begin with one.
    pub title: String,
    /// Its text, a paragraph a line.
    pub body: String,
    /// What was noticed, in sentences.
    pub notes: Vec<String>,
}

/// Whoever reads what strangers send. An error is the sentence for the person concerned.
pub trait Reader: Send + Sync {
    /// What a mail says (来信识读).
    fn judge(&self, raw: &[u8], words: OfficeWords<'_>) -> Result<Judged, String>;

    /// The text of a file (附件识读).
    fn text(&self, name: &str, bytes: &[u8]) -> Result<Told, String>;

    /// One page of a scan (扫描件), counted from 0.
    fn scan(&self, bytes: &[u8], page: usize) -> Result<ScannedPage, String>;

    /// The strongest mark of secrecy in files and in what they hold (N3.1).
    fn mark(&self, files: &[(&str, &[u8])], wordings: &Wordings) -> Result<Option<Mark>, String>;
}

/// Reads in this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Here;

/// Said of what made the program stumble. The bytes are kept and can be read again by a later version.
pub const STUMBLED: &str = "读取时程序出了意外，原件已保留，请编辑查看原件后处理，并告知系统管理员。";

fn caught<T>(read: impl FnOnce() -> Result<T, String> + UnwindSafe) -> Result<T, String> {
    catch_unwind(read).unwrap_or_else(|_| Err(STUMBLED.to_owned()))
}

/// A mail's own parts, as [`Reader::judge`] has read them before: the same bytes cannot fail differently here.
pub(crate) fn message_of(raw: &[u8]) -> Result<Message, String> {
    caught(|| read_message(raw, &Budget::default()).map_err(|why| why.to_string()))
}

impl Reader for Here {
    fn judge(&self, raw: &[u8], words: OfficeWords<'_>) -> Result<Judged, String> {
        caught(|| {
            let budget = Budget::default();
            let message = read_message(raw, &budget).map_err(|why| why.to_string())?;
            let documents = Documents::of(&message, &budget);
            let mark = find_mark(&message, &documents, words.wordings);
            let strong = mark.as_ref().is_some_and(|mark| mark.strength == Strength::Strong);
            let proposed = if strong { Vec::new() } else { propose_items(&message, documents, words.categories) };
            Ok(Judged { mark, proposed })
        })
    }

    fn text(&self, name: &str, bytes: &[u8]) -> Result<Told, String> {
        caught(|| {
            let document = read_document(name, bytes, &Budget::default()).map_err(|why| why.to_string())?;
            let body = document.body();
            let notes = document.notes.iter().map(ToString::to_string).collect();
            Ok(Told { title: document.title.unwrap_or_default(), body, notes })
        })
    }

    fn scan(&self, bytes: &[u8], page: usize) -> Result<ScannedPage, String> {
        caught(|| read_scan(bytes, page, &ScanBudget::default()).map_err(|why| why.to_string()))
    }

    fn mark(&self, files: &[(&str, &[u8])], wordings: &Wordings) -> Result<Option<Mark>, String> {
        caught(|| {
            let attachments = files.iter().map(|(name, bytes)| Attachment {
                name: (*name).to_owned(),
                media_type: String::new(),
                bytes: bytes.to_vec(),
                part: String::new(),
                inline: false,
                notes: Vec::new(),
            });
            let message = Message { attachments: attachments.collect(), ..Message::default() };
            let documents = Documents::of(&message, &Budget::default());
            Ok(find_mark(&message, &documents, wordings))
        })
    }
}
