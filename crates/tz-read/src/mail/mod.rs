//! Mail: raw bytes to a [`Message`]. Header fields in `header`, addresses in `address`, transfer encodings in
//! `transfer`, the tree of parts in `walk`, signed content in `smime`; `write` puts a mail around a file.

pub(crate) mod address;
mod auto;
mod header;
mod smime;
mod transfer;
mod walk;
mod write;

pub use auto::AutoKind;

use crate::budget::Budget;
use crate::note::Note;
use crate::unreadable::Unreadable;

pub(crate) use header::clean_name;
pub(crate) use transfer::base64;
pub use write::{FILE_LINE, as_message};
#[cfg(any(test, feature = "samples"))]
pub(crate) use write::{base64_lines, words};

/// One end of a mail (信箱).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, possibly empty. Anybody can write anything here.
    pub name: String,
    /// The address as written, white space removed; the domain is not checked.
    pub address: String,
}

/// A header line, decoded for reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderLine {
    /// The field's name as written.
    pub name: String,
    /// Its value unfolded, encoded words decoded (but for Authentication-Results).
    pub value: String,
}

/// A file sent with a mail (附件).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file's name, without folders and invisible characters; made up from the part if it has none.
    pub name: String,
    /// The declared media type in lower case.
    pub media_type: String,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
    /// Where in the mail it stood, such as `2.1`.
    pub part: String,
    /// Shown inside the text (a picture in the mail's HTML), rather than attached.
    pub inline: bool,
    /// What was noticed.
    pub notes: Vec<Note>,
}

/// A mail forwarded as an attachment (转发的邮件): its attachments are among the outer mail's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// Its sender, who is not the reporting unit: the outer sender is.
    pub from: Option<Mailbox>,
    /// Its subject.
    pub subject: String,
    /// Its own text.
    pub body_text: String,
    /// Where in the outer mail it stood.
    pub part: String,
}

/// A mail that was read (邮件).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The first sender.
    pub from: Option<Mailbox>,
    /// How many senders From names; more than one is doubtful.
    pub from_count: usize,
    /// The receivers.
    pub to: Vec<Mailbox>,
    /// The subject, decoded.
    pub subject: String,
    /// The Message-ID without its angle brackets, if there is one.
    pub message_id: Option<String>,
    /// The Date line as text; the month of an item is never taken from it (R1).
    pub date: Option<String>,
    /// What kind of automatic mail it is, if it is one.
    pub auto: Option<AutoKind>,
    /// The text written in the mail, a paragraph a line: the plain text, or what the HTML says where there is none.
    pub body_text: String,
    /// The first centred paragraph of an HTML-only mail; it also stands in `body_text`.
    pub body_title: Option<String>,
    /// The files, in order, those of forwarded mails among them.
    pub attachments: Vec<Attachment>,
    /// Mails forwarded as attachments, outer ones first.
    pub forwarded: Vec<Forwarded>,
    /// The header lines in order, for Authentication-Results, Sensitivity and their like.
    pub headers: Vec<HeaderLine>,
    /// What was noticed, sorted, each once.
    pub notes: Vec<Note>,
}

impl Message {
    /// The values of the header lines of a name, in order, whatever the case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }
}

/// Reads a mail (收信). Whatever a sender's program did wrong is put right where it can be, and noted.
///
/// # Errors
/// [`Unreadable`] if it is no mail or goes beyond the budget; the caller keeps the bytes and sets it aside (待处理).
pub fn read_message(bytes: &[u8], budget: &Budget) -> Result<Message, Unreadable> {
    if bytes.len() > budget.max_bytes {
        return Err(Unreadable::TooLarge { limit_mb: budget.max_bytes >> 20 });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut notes = Vec::new();
    let (fields, _) = header::read_fields(bytes, budget, &mut notes)?;
    if !looks_like_mail(&fields) {
        return Err(Unreadable::NotAMessage);
    }
    let walked = walk::walk(bytes, budget)?;
    notes.extend(walked.notes);

    let value = |name: &str| fields.iter().find(|f| f.is(name)).map(|f| f.text());
    let from: Vec<Mailbox> = fields.iter().filter(|f| f.is("From")).flat_map(|f| address::read(&f.value)).collect();
    if from.len() > 1 {
        notes.push(Note::ManyFrom);
    }
    let id = value("Message-ID").map(|id| id.trim().trim_start_matches('<').trim_end_matches('>').trim().to_owned());
    let subject = value("Subject").unwrap_or_default();
    notes.sort();
    notes.dedup();
    Ok(Message {
        auto: auto::recognise(&fields, from.first(), &subject),
        from_count: from.len(),
        from: from.into_iter().next(),
        to: fields.iter().filter(|f| f.is("To")).flat_map(|f| address::read(&f.value)).collect(),
        subject: subject.trim().to_owned(),
        message_id: id.filter(|id| !id.is_empty()),
        date: value("Date").map(|d| d.trim().to_owned()).filter(|d| !d.is_empty()),
        body_text: walked.body_text,
        body_title: walked.body_title,
        attachments: walked.attachments,
        forwarded: walked.forwarded,
        headers: fields.iter().map(header_line).collect(),
        notes,
    })
}

/// A line decoded for reading. What a provider wrote for programs stays as it stands: it repeats strangers' words, and
/// decoding would make results of them.
fn header_line(field: &header::Field) -> HeaderLine {
    let value = if field.is("Authentication-Results") { field.value.clone() } else { field.text() };
    HeaderLine { name: field.name.clone(), value }
}

/// A mail has at least one field only mails have; a file that happens to hold a colon has none.
fn looks_like_mail(fields: &[header::Field]) -> bool {
    let usual = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Received",
        "MIME-Version",
        "Content-Type",
        "Return-Path",
        "Sender",
    ];
    fields.iter().any(|f| usual.iter().any(|name| f.is(name)))
}

/// Whether a text or the source of a page points at a file on a mail provider's server that is deleted after some days
/// (超大附件, 云附件).
pub(crate) fn links_expire(text: &str) -> bool {
    let marks = [
        "超大附件",
        "云附件",
        "mail.163.com/large-attachment-download",
        "mail.126.com/large-attachment-download",
        "mail.yeah.net/large-attachment-download",
        "dashi.163.com/html/cloud-attachment-download",
        "mail.qq.com/cgi-bin/ftnExs_download",
        "mail.qq.com/ftn/download",
        "wx.mail.qq.com/ftn/download",
        "exmail.qq.com/cgi-bin/ftnExs_download",
    ];
    marks.iter().any(|mark| text.contains(mark))
}
