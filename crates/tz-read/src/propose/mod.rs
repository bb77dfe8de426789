//! From a mail to the items (稿件) its sender meant to report: titles, categories and texts by the conventions units
//! follow. Titles and categories are told in `title`, authors in `author`.

mod author;
mod marks;
mod title;

pub use marks::find_mark;

use std::collections::BTreeSet;

use tz_text::{containment, fingerprint, word_count};

use crate::budget::Budget;
use crate::document::{Document, read_document};
use crate::kind::FileKind;
use crate::mail::{Attachment, AutoKind, Message};
use crate::plain;
use crate::unpack::unpack;
use crate::unreadable::Unreadable;
use title::{Heading, same_title};

pub(crate) use title::says_nothing;

/// Where an item's text was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The mail's own text.
    Body,
    /// An attachment, by its name (with the archive's before it) and its part.
    Attachment {
        /// Such as `信息.docx`, or `五月信息.zip/信息.txt`.
        name: String,
        /// The [`Attachment::part`] of the attachment or archive.
        part: String,
    },
    /// The text of a mail forwarded as an attachment.
    Forwarded {
        /// The [`crate::Forwarded::part`].
        part: String,
    },
}

/// An item as it would enter the desk, for the system to take or a person to correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The title; empty, with a doubt, where none could be told.
    pub title: String,
    /// One of the categories given, if the unit named one.
    pub category: Option<String>,
    /// The text without its title, a paragraph a line; empty, with a doubt, where the file cannot be read.
    pub body: String,
    /// The authors named in the text (撰稿), in order.
    pub authors: Vec<String>,
    /// Where it was found.
    pub source: Source,
    /// What a person should look at, in sentences.
    pub doubts: Vec<String>,
}

/// Texts shorter than this (字) are not taken for an item while there is anything better.
const REAL_TEXT: usize = 40;

/// The documents of a mail (来信文档), those in its archives among them, each read once: for marks of secrecy
/// ([`find_mark`]) and for items ([`propose_items`]) alike.
#[derive(Debug)]
pub struct Documents {
    found: Vec<Found>,
}

impl Documents {
    /// Reads whatever attachment may hold an item. What cannot be read is among them, with why.
    pub fn of(message: &Message, budget: &Budget) -> Self {
        let mut found = Vec::new();
        for attachment in message.attachments.iter().filter(|a| may_hold_item(a)) {
            look_into(&attachment.name, &attachment.bytes, &attachment.part, budget, 0, &mut found);
        }
        Self { found }
    }
}

/// The items a mail reports (识别稿件): one for each of its documents that holds a text, or the mail's own text.
///
/// A readable attachment is the item and the mail's text a covering note. `categories` are the scheme's category names.
/// An automatic mail reports nothing. Nothing is guessed silently: what is uncertain is among the doubts.
pub fn propose_items(message: &Message, documents: Documents, categories: &[&str]) -> Vec<Proposed> {
    match message.auto {
        None | Some(AutoKind::MailingList) => {}
        Some(AutoKind::Bounce | AutoKind::ReadReceipt | AutoKind::FeedbackReport | AutoKind::AutoReply) => {
            return Vec::new();
        }
    }
    let subject = Heading::read(title::without_reply(&message.subject), categories);
    let Sorted { documents, short, unread } = sort_out(documents.found);
    let note = covering_note_removed(&message.body_text);
    let note_count = word_count(&note);

    let mut items: Vec<Proposed> = Vec::new();
    if !documents.is_empty() {
        let alone = documents.len() == 1;
        for (file, document) in documents {
            items.push(from_document(&file, document, alone.then_some(&subject), categories));
        }
        if note_count >= REAL_TEXT * 2 && !items.iter().any(|i| repeats(&i.body, &note)) {
            items[0].doubts.push(format!("邮件正文另有约{note_count}字，未列为稿件，请核对。"));
        }
    } else if note_count >= REAL_TEXT {
        items.push(from_body(message, &subject, categories));
    } else if let Some(forwarded) = message.forwarded.iter().find(|f| word_count(&f.body_text) >= REAL_TEXT) {
        let heading = Heading::read(title::without_reply(&forwarded.subject), categories);
        let document = Document::from_lines(plain::lines(&forwarded.body_text), Vec::new());
        let source = Source::Forwarded { part: forwarded.part.clone() };
        items.push(assemble(document, &[&heading, &subject], false, source, categories));
    } else if unread.is_empty() && note_count > 0 {
        let mut item = from_body(message, &subject, categories);
        item.doubts.push(format!("正文只有{note_count}字，请核对是否为稿件。"));
        if let Some((file, document)) = &short {
            let count = word_count(&document.body());
            item.doubts.push(format!("附件“{}”只有{count}字，未列为稿件，请核对。", file.name));
        }
        items.push(item);
    }
    if let Some((file, document)) = short.filter(|_| items.is_empty() && unread.is_empty()) {
        let mut item = from_document(&file, document, Some(&subject), categories);
        item.doubts.push(format!("附件只有{}字，请核对是否为稿件。", word_count(&item.body)));
        items.push(item);
    }
    add_unread(&mut items, unread, &subject, categories);
    items
}

/// Whether a mail's text is (part of) an item's. Their beginnings tell, however long a stranger made them.
fn repeats(item: &str, note: &str) -> bool {
    let beginning = |text: &str| text.chars().take(2_000).collect::<String>();
    containment(&beginning(item), &beginning(note)).0 >= 800
}

/// A document found in the mail, read or not.
#[derive(Debug)]
struct Found {
    file: File,
    read: Result<Document, Unreadable>,
}

/// Where a document was found.
#[derive(Debug)]
struct File {
    name: String,
    part: String,
    kind: FileKind,
}

impl File {
    fn source(&self) -> Source {
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

fn look_into(name: &str, bytes: &[u8], part: &str, budget: &Budget, archives: usize, found: &mut Vec<Found>) {
    let kind = FileKind::of(name, bytes);
    let found_as = |read| Found { file: File { name: name.to_owned(), part: part.to_owned(), kind }, read };
    match kind {
        FileKind::Zip if archives >= budget.max_archives => {
            found.push(found_as(Err(Unreadable::TooDeep { limit: budget.max_archives })));
        }
        FileKind::Zip => match unpack(bytes, budget) {
            Ok(entries) => {
                for entry in entries {
                    look_into(&format!("{name}/{}", entry.name), &entry.bytes, part, budget, archives + 1, found);
                }
            }
            Err(reason) => found.push(found_as(Err(reason))),
        },
        FileKind::OtherArchive | FileKind::OutlookMessage | FileKind::Tnef => {
            found.push(found_as(Err(Unreadable::NotYet { kind })));
        }
        kind if kind.is_document() => found.push(found_as(read_document(name, bytes, budget))),
        _ => {}
    }
}

/// The documents of a mail by what they are worth.
#[derive(Default)]
struct Sorted {
    /// Those that hold an item's text; copies of a text count once.
    documents: Vec<(File, Document)>,
    /// The first that is too short for one.
    short: Option<(File, Document)>,
    /// Those that may hold one but cannot be read.
    unread: Vec<(File, Unreadable)>,
}

fn sort_out(found: Vec<Found>) -> Sorted {
    let Sorted { mut documents, mut short, mut unread } = Sorted::default();
    // Texts are told apart by their letters alone: the same item as docx and txt is one.
    let mut prints = BTreeSet::new();
    for Found { file, read } in found {
        match read {
            Ok(document) => {
                let text = document.body();
                if word_count(&text) < REAL_TEXT {
                    short.get_or_insert((file, document));
                } else if prints.insert(fingerprint(&text)) {
                    documents.push((file, document));
                }
            }
            Err(reason) => unread.push((file, reason)),
        }
    }
    // The same file in a second format: the readable one is the item.
    unread.retain(|(u, _)| !documents.iter().any(|(d, _)| title::stem(&d.name) == title::stem(&u.name)));
    Sorted { documents, short, unread }
}

fn from_document(file: &File, document: Document, subject: Option<&Heading>, categories: &[&str]) -> Proposed {
    let name = Heading::read(&title::stem(&file.name), categories);
    let mut headings = vec![&name];
    if let Some(subject) = subject {
        // A mail with one document: its subject says as much as the file's name, and more often a whole title.
        let better = !subject.title.is_empty() && (name.title.is_empty() || subject.title.chars().count() >= 10);
        headings.insert(if better { 0 } else { 1 }, subject);
    }
    let notes: Vec<String> = document.notes.iter().map(ToString::to_string).collect();
    let mut item = assemble(document, &headings, true, file.source(), categories);
    item.doubts.extend(notes);
    item
}

fn from_body(message: &Message, subject: &Heading, categories: &[&str]) -> Proposed {
    let mut lines = plain::lines(&message.body_text);
    if let (Some(title), Some(first)) = (&message.body_title, lines.iter_mut().find(|l| !l.text.is_empty())) {
        first.centred = title.starts_with(&first.text);
    }
    let document = Document::from_lines(lines, Vec::new());
    assemble(document, &[subject], message.body_title.is_some(), Source::Body, categories)
}

/// Puts an item together. `own_first`: the title standing in the text is believed before the headings around it.
fn assemble(
    mut document: Document,
    headings: &[&Heading],
    own_first: bool,
    source: Source,
    categories: &[&str],
) -> Proposed {
    let mut doubts = Vec::new();
    let line_category = title::take_category_line(&mut document, categories);
    let own = document.title.as_deref().map(|t| Heading::read(t, categories));
    let around = headings.iter().find(|h| !h.title.is_empty());
    let own_title = own.as_ref().map(|h| h.title.as_str()).filter(|t| !t.is_empty());
    let title = match (own_title, around) {
        (Some(own), _) if own_first => own.to_owned(),
        (own, Some(around)) => {
            // What seemed a title in the text is its first paragraph, unless it says the same.
            if let Some(first) = document.title.take().filter(|_| own.is_none_or(|o| !same_title(o, &around.title))) {
                document.paragraphs.insert(0, first);
            }
            around.title.clone()
        }
        (Some(own), None) => own.to_owned(),
        (None, None) => {
            doubts.push("未能确定标题，请补填。".to_owned());
            String::new()
        }
    };
    if document.paragraphs.len() > 1 && same_title(&document.paragraphs[0], &title) {
        document.paragraphs.remove(0);
    }
    let category = headings
        .iter()
        .filter_map(|h| h.category.clone())
        .chain(line_category)
        .chain(own.and_then(|h| h.category))
        .next();
    let authors = author::authors(&document.paragraphs);
    Proposed { title, category, body: document.body(), authors, source, doubts }
}

/// Files that may hold an item but cannot be read become items without a text, or doubts of the items there are.
fn add_unread(items: &mut Vec<Proposed>, unread: Vec<(File, Unreadable)>, subject: &Heading, categories: &[&str]) {
    let alone = items.is_empty() && unread.len() == 1;
    let from_mail = items.iter().any(|i| i.source == Source::Body);
    let had_items = !items.is_empty();
    for (file, reason) in unread {
        let sentence = format!("附件“{}”：{reason}", file.name);
        // Beside a readable item, a version for print, a package or an empty file is no item of its own; a document for
        // writing is.
        let empty = matches!(reason, Unreadable::Empty { .. });
        let written = matches!(
            file.kind,
            FileKind::Doc | FileKind::Wps | FileKind::Works | FileKind::WordXml | FileKind::Rtf | FileKind::Docx
        );
        if had_items && (from_mail || empty || !written) {
            items[0].doubts.push(sentence);
            continue;
        }
        let name = Heading::read(&title::stem(&file.name), categories);
        let heading = if alone && !subject.title.is_empty() { subject } else { &name };
        let category =
            heading.category.clone().or(name.category.clone()).or(subject.category.clone().filter(|_| alone));
        let mut doubts = vec![sentence];
        if heading.title.is_empty() {
            doubts.push("未能确定标题，请补填。".to_owned());
        }
        let source = file.source();
        items.push(Proposed {
            title: heading.title.clone(),
            category,
            body: String::new(),
            authors: Vec::new(),
            source,
            doubts,
        });
    }
}

/// A mail's text without the lines of a covering note: greetings, "please find", contacts, a signature's address.
fn covering_note_removed(text: &str) -> String {
    let is_note = |line: &str| {
        let line = line.trim();
        let short = line.chars().count() <= 45;
        let words = [
            "请查收",
            "请审阅",
            "请审核",
            "见附件",
            "附件是",
            "附件为",
            "附后",
            "您好",
            "你好",
            "此致",
            "敬礼",
            "谢谢",
            "联系人",
            "联系电话",
            "电话：",
            "电话:",
            "手机：",
            "传真",
            "邮箱",
            "祝好",
            "顺祝",
            "发自我的",
            "现报送",
            "报上",
            "转发",
            "Original",
            "原始邮件",
            "发件人",
            "收件人",
        ];
        short && (words.iter().any(|w| line.contains(w)) || line.ends_with(['：', ':']) || line.starts_with("---"))
    };
    text.lines().filter(|l| !is_note(l)).collect::<Vec<_>>().join("\n")
}
