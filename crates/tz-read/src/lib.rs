//! Strangers' bytes become values: a mail becomes a [`Message`], a document its [`Document`], both together the items
//! ([`Proposed`]) a unit meant to report.
//!
//! Pure: bytes in, values out, and a [`Budget`] on everything that is counted, nested or unpacked. What cannot be read
//! is an [`Unreadable`] whose sentence says what is wrong and what to do; what is doubtful is a [`Note`]. This crate
//! deliberately does not know units, accounts or databases: it does not decide whether a sender is registered, whether
//! a mail is a repeat, or what becomes of one that carries a mark of secrecy ([`find_mark`]).
//!
//! The mail reader is our own rather than a library's, because parts, depth and decoded bytes must be counted while
//! reading, not afterwards, and because what Chinese mail programs send (encoded words inside parameters, raw GBK
//! header lines, characters cut between words, `gb2312` that is GB18030 or UTF-8) is decided on raw bytes.
//!
//! Read [`read_message`] first, then [`propose_items`].

mod budget;
mod charset;
mod container;
mod document;
mod docx;
mod html;
mod kind;
mod layout;
mod mail;
mod nested;
mod note;
mod ofd;
mod pdf;
mod plain;
mod propose;
mod rtf;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod scan;
pub mod sender;
mod seven_zip;
mod sheet;
mod slides;
#[cfg(test)]
mod tests;
mod tnef;
mod unpack;
mod unreadable;
mod word97;
mod xml;

pub use budget::{Budget, Meter};
pub use document::{Document, TextReader, read_document};
pub use kind::FileKind;
pub use mail::{Attachment, AutoKind, FILE_LINE, Forwarded, HeaderLine, Mailbox, Message, as_message, read_message};
pub use note::Note;
pub use propose::{Documents, Proposed, Source, find_mark, propose_items};
pub use scan::{NotAScan, ScanBudget, ScannedPage, may_be_scan, read_scan};
pub use tz_text::secrecy::Wordings;
pub use unpack::{Entry, unpack};
pub use unreadable::Unreadable;
