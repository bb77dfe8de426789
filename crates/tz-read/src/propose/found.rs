//! The documents of a mail, wherever they are: attached, in archives, in mails as files, inside one another.

use crate::budget::{Budget, Meter};
use crate::document::{Document, read_metered};
use crate::kind::FileKind;
use crate::mail::{Attachment, Message};
use crate::propose::Source;
use crate::seven_zip;
use crate::unpack::{self, Entry};
use crate::unreadable::Unreadable;

/// The documents of a mail (来信文档), those in its archives among them, each read once: for marks of secrecy
/// ([`crate::find_mark`]) and for items ([`crate::propose_items`]) alike.
#[derive(Debug, Default)]
pub struct Documents {
    pub(super) found: Vec<Found>,
}

impl Documents {
    /// Reads whatever a mail carries, under one budget for all of it. What cannot be read is among them, with why.
    pub fn of(message: &Message, budget: &Budget) -> Self {
        let mut documents = Self::default();
        let mut meter = Meter::new(budget);
        for attachment in &message.attachments {
            let role = if may_hold_item(attachment) { Role::Item } else { Role::Marks };
            let file =
                Unopened { name: &attachment.name, folders: "", bytes: &attachment.bytes, part: &attachment.part };
            documents.look_into(file, role, 0, &mut meter);
        }
        documents
    }

    /// What each document is and gave, for a table: its name, its kind, and why it was not read.
    pub fn outcomes(&self) -> impl Iterator<Item = (&str, FileKind, Result<&Document, &Unreadable>)> {
        self.found.iter().map(|found| (found.file.name.as_str(), found.file.kind, found.read.as_ref()))
    }

    fn look_into(&mut self, file: Unopened<'_>, role: Role, depth: usize, meter: &mut Meter<'_>) {
        let kind = FileKind::of(file.name, file.bytes);
        let found =
            |read| Found { file: file.named(kind), read, role: if may_be_item(kind) { role } else { Role::Marks } };
        // Of an archive that is refused as a whole the names in it are known all the same.
        let refused = |reason| {
            let names = match kind {
                FileKind::Zip => unpack::names_within(file.bytes).join("/"),
                FileKind::SevenZip => seven_zip::names_within(file.bytes).join("/"),
                _ => String::new(),
            };
            let named = File { folders: format!("{}/{names}", file.folders), ..file.named(kind) };
            Found { file: named, ..found(Err(reason)) }
        };
        if let Err(reason) = meter.file() {
            self.found.push(refused(reason));
            return;
        }
        let limit = meter.budget.max_archives;
        if matches!(kind, FileKind::Zip | FileKind::SevenZip) {
            if depth >= limit {
                self.found.push(refused(Unreadable::TooDeep { limit }));
                return;
            }
            let mut locked = None;
            let each = |entry: Result<Entry, (String, Unreadable)>, meter: &mut Meter<'_>| {
                match entry {
                    Ok(entry) => {
                        let name = format!("{}/{}", file.name, entry.name);
                        let folders = entry.path.rsplit_once(['/', '\\']).map_or("", |(folders, _)| folders);
                        let inner = Unopened { name: &name, folders, bytes: &entry.bytes, part: file.part };
                        self.look_into(inner, role, depth + 1, meter);
                    }
                    Err((path, reason)) => {
                        let name = format!("{}/{}", file.name, crate::mail::clean_name(&path));
                        let kind = FileKind::of(&name, &[]);
                        let file = Unopened { name: &name, folders: &path, bytes: &[], part: file.part };
                        // An archive with a password is said once, not for each file in it.
                        let is_locked = matches!(reason, Unreadable::PasswordProtected { .. });
                        let role = if is_locked || !may_be_item(kind) { Role::Marks } else { role };
                        locked = locked.take().or_else(|| is_locked.then(|| reason.clone()));
                        self.found.push(Found { file: file.named(kind), read: Err(reason), role });
                    }
                }
                Ok(())
            };
            let unpacked = match kind {
                FileKind::SevenZip => seven_zip::unpack_each(file.bytes, meter, each),
                _ => unpack::unpack_each(file.bytes, meter, each),
            };
            if let Err(reason) = unpacked {
                self.found.push(refused(reason));
            } else if let Some(reason) = locked {
                self.found.push(found(Err(reason)));
            }
            return;
        }
        let nobodys_text = matches!(kind, FileKind::Image | FileKind::Unknown);
        let mut read =
            if nobodys_text { Err(Unreadable::NotYet { kind }) } else { read_metered(file.name, file.bytes, meter) };
        let inside = match &mut read {
            Ok(document) => std::mem::take(&mut document.inside),
            Err(_) => Vec::new(),
        };
        let this = self.found.len();
        self.found.push(found(read));
        if !inside.is_empty() && depth >= limit {
            // Nothing in it was looked at, so nothing is known of its marks either.
            let name = format!("{}/{}", file.name, inside[0].name);
            let kind = FileKind::of(&inside[0].name, &inside[0].bytes);
            let file = Unopened { name: &name, folders: "", bytes: &[], part: file.part };
            self.found.push(Found { file: file.named(kind), read: Err(Unreadable::TooDeep { limit }), role });
            return;
        }
        // A mail's files are what it was sent for; a document's own are only looked at for marks.
        let wrapping = matches!(kind, FileKind::Mail | FileKind::OutlookMessage | FileKind::Tnef);
        let role = if wrapping { role } else { Role::Marks };
        for entry in inside {
            let name = format!("{}/{}", file.name, entry.name);
            let inner = Unopened { name: &name, folders: "", bytes: &entry.bytes, part: file.part };
            self.look_into(inner, role, depth + 1, meter);
        }
        // A text that only covers the files in it is none.
        if wrapping && self.found[this + 1..].iter().any(|found| found.role == Role::Item) {
            let covers = self.found[this].read.as_ref().is_ok_and(|document| super::is_covering_note(&document.body()));
            if covers {
                self.found[this].role = Role::Marks;
            }
        }
    }
}

/// A file that is to be looked into.
#[derive(Clone, Copy)]
struct Unopened<'a> {
    name: &'a str,
    folders: &'a str,
    bytes: &'a [u8],
    part: &'a str,
}

impl Unopened<'_> {
    fn named(&self, kind: FileKind) -> File {
        File { name: self.name.to_owned(), folders: self.folders.to_owned(), part: self.part.to_owned(), kind }
    }
}

/// A document found in the mail, read or not.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: File,
    pub(super) read: Result<Document, Unreadable>,
    pub(super) role: Role,
}

/// What a document is looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It may be an item.
    Item,
    /// It is none, but a mark of secrecy may stand in its name or text.
    Marks,
}

/// Where a document was found.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: String,
    /// The folders it stood in within its archive; for an archive that was refused as a whole, also the names in it.
    pub(super) folders: String,
    pub(super) part: String,
    pub(super) kind: FileKind,
}

impl File {
    pub(super) fn source(&self) -> Source {
        Source::Attachment { name: self.name.clone(), part: self.part.clone() }
    }
}

/// Signatures, calendars, delivery reports and pictures of the text are no items.
fn may_hold_item(attachment: &Attachment) -> bool {
    let t = attachment.media_type.as_str();
    let technical = t.starts_with("message/")
        || t.ends_with("-signature")
        || matches!(
            t,
            "text/calendar" | "text/rfc822-headers" | "text/x-vcard" | "text/vcard" | "application/pgp-encrypted"
        );
    !attachment.inline && !technical
}

/// Kinds of files in which a unit would send an item, or something that holds one.
fn may_be_item(kind: FileKind) -> bool {
    kind.is_document()
        || matches!(
            kind,
            FileKind::Zip
                | FileKind::SevenZip
                | FileKind::Rar
                | FileKind::OutlookMessage
                | FileKind::Tnef
                | FileKind::Mail
        )
}
