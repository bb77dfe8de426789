//! From a mail to the items (稿件) its sender meant to report: titles, categories and texts by the conventions units
//! follow. Its documents are found in `found`, titles and categories told in `title`, labelled lines in `fields`, authors
//! in `author`, scans of signed pages in `evidence`.

mod author;
mod evidence;
mod fields;
mod found;
mod marks;
mod title;

pub use found::Documents;
pub use marks::find_mark;

use std::collections::BTreeSet;

use tz_text::{containment, fingerprint, word_count};

use crate::document::Document;
use crate::kind::FileKind;
use crate::mail::{AutoKind, Message};
use crate::plain;
use crate::unreadable::Unreadable;
use fields::Fields;
use found::{File, Found, Role};
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
    /// The unit a line of the text names (报送单位), which need not be the sender's.
    pub unit: Option<String>,
    /// Whom to ask, as a line of the text says (联系人, 联系电话).
    pub contact: Option<String>,
    /// The number of the solicitation it answers (约稿编号), such as `约稿2018-01`.
    pub solicitation: Option<String>,
    /// The number of the reporting topic it is about (要点编号), such as `要点2018-01-2`; that of the points where the mail says no
    /// more.
    pub topic: Option<String>,
    /// Where it was found.
    pub source: Source,
    /// What a person should look at, in sentences.
    pub doubts: Vec<String>,
}

/// Texts shorter than this (字) are not taken for an item while there is anything better.
const REAL_TEXT: usize = 40;

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
    let Sorted { documents, short, unread, evidence } = sort_out(documents.found);
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
    if let Some(first) = items.first_mut() {
        first.doubts.extend(evidence.iter().map(|name| evidence::sentence(name)));
    }
    answer(&mut items, message);
    items
}

/// A number of a solicitation or a reporting topic in the subject holds for every item that names none itself.
fn answer(items: &mut [Proposed], message: &Message) {
    let said = |code: fn(&str) -> Option<String>| {
        // A covering note says it in its first lines.
        code(&message.subject).or_else(|| message.body_text.lines().take(5).find_map(code))
    };
    let (solicitation, topic) = (said(fields::solicitation), said(fields::topic));
    for item in items {
        item.solicitation = item.solicitation.take().or_else(|| solicitation.clone());
        item.topic = item.topic.take().or_else(|| topic.clone());
    }
}

/// Whether a mail's text is (part of) an item's. Their beginnings tell, however long a stranger made them.
fn repeats(item: &str, note: &str) -> bool {
    let beginning = |text: &str| text.chars().take(2_000).collect::<String>();
    containment(&beginning(item), &beginning(note)).0 >= 800
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
    /// Signed or stamped pages beside a text, by name.
    evidence: Vec<String>,
}

fn sort_out(found: Vec<Found>) -> Sorted {
    let Sorted { mut documents, mut short, mut unread, .. } = Sorted::default();
    let mut evidence = Vec::new();
    // Texts are told apart by their letters alone: the same item as docx and txt is one.
    let mut prints = BTreeSet::new();
    for Found { file, read, role } in found {
        match (role, read) {
            (Role::Marks, _) => {}
            (Role::Item, read) if evidence::is_named(&file.name) => evidence.push((file, read)),
            (Role::Item, Ok(document)) => {
                let text = document.body();
                if word_count(&text) < REAL_TEXT {
                    // A wrapping that holds only files says nothing itself.
                    if !text.is_empty() || document.title.is_some() {
                        short.get_or_insert((file, document));
                    }
                } else if prints.insert(fingerprint(&text)) {
                    documents.push((file, document));
                }
            }
            (Role::Item, Err(reason)) => unread.push((file, reason)),
        }
    }
    // Without any text beside it, what is named like a signed page is the item after all.
    if documents.is_empty() && unread.is_empty() && short.is_none() {
        for (file, read) in evidence.drain(..) {
            match read {
                Ok(document) if word_count(&document.body()) >= REAL_TEXT => documents.push((file, document)),
                Ok(document) => drop(short.get_or_insert((file, document))),
                Err(reason) => unread.push((file, reason)),
            }
        }
    }
    let evidence = evidence.into_iter().map(|(file, _)| file.name).collect();
    // The same file in a second format: the readable one is the item.
    unread.retain(|(u, _)| !documents.iter().any(|(d, _)| title::stem(&d.name) == title::stem(&u.name)));
    Sorted { documents, short, unread, evidence }
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
    let fields = Fields::take(&mut document);
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
    let said = |heading: &&Heading| heading.solicitation.clone();
    let solicitation = fields.solicitation.or_else(|| headings.iter().find_map(said));
    let topic = fields.topic.or_else(|| headings.iter().find_map(|heading| heading.topic.clone()));
    Proposed {
        title,
        category,
        body: document.body(),
        authors,
        unit: fields.unit,
        contact: fields.contact,
        solicitation,
        topic,
        source,
        doubts,
    }
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
            unit: None,
            contact: None,
            solicitation: heading.solicitation.clone(),
            topic: heading.topic.clone(),
            source,
            doubts,
        });
    }
}

/// Whether a text says no more than that something is sent with it.
pub(crate) fn is_covering_note(text: &str) -> bool {
    word_count(&covering_note_removed(text)) < REAL_TEXT * 2
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
