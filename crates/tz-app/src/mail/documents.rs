//! What a message in quarantine holds: its documents and files, and what an editor says becomes of each.

use tz_model::{Channel, UnitId};
use tz_read::Source;
use tz_scheme::Scheme;
use tz_store::mail::MailRow;
use tz_text::secrecy::{Mark, Strength, Wordings};

use super::ledger::Preview;
use super::receiving::{Read, mark_words, nothing};
use crate::FieldFault;
use crate::report::{NewFile, NewItem, has_category, mark_in, text_faults};

/// What becomes of one document of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentAct {
    /// It is an item.
    #[default]
    Item,
    /// It goes as an attachment with the item that another document becomes, by its place.
    With(usize),
    /// It is a signed or stamped page, evidence of another document.
    Evidence(usize),
    /// It becomes nothing; the raw message keeps it.
    Leave,
}

/// What an editor says of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentWish {
    /// What becomes of it.
    pub act: DocumentAct,
    /// 标题
    pub title: String,
    /// 信息类别; empty: to be decided later.
    pub category: String,
    /// 正文
    pub body: String,
}

/// What becomes of a file that is no document: a picture, a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileUse {
    /// An attachment of every item.
    #[default]
    With,
    /// A signed or stamped page, evidence of every item.
    Evidence,
    /// It goes with none.
    Leave,
}

/// How a message in quarantine is to be received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiveWish {
    /// Whose it is.
    pub unit: Option<UnitId>,
    /// The sender's address is registered for the unit from now on (N3.1).
    pub register: bool,
    /// One for each document, in the order they were shown; none: every document becomes an item as it was read.
    pub documents: Vec<DocumentWish>,
    /// One for each loose file, in the order they were shown; those not named are attachments.
    pub files: Vec<FileUse>,
}

/// Whether a message carries a mark for which it is refused.
pub(super) fn has_strong_mark(read: &Read) -> bool {
    strong_mark(read).is_some()
}

pub(super) fn strong_mark(read: &Read) -> Option<&Mark> {
    read.mark.as_ref().filter(|mark| mark.strength == Strength::Strong)
}

const EVIDENCE: &str = "签字或盖章的凭据，不是稿件。";

/// One document of a message, with the file it stands in.
struct Document {
    proposed: tz_read::Proposed,
    /// Its place among the files, if it stands in one.
    file: Option<usize>,
}

/// The documents of a message that can become items, and its files. There is always one document: what cannot be read or
/// holds none is received as a whole.
pub(super) struct Documents {
    documents: Vec<Document>,
    files: Vec<NewFile>,
}

impl Documents {
    pub(super) fn of(row: &MailRow, raw: &[u8], read: &Result<Read, String>) -> Self {
        let read = match read {
            Ok(read) => read,
            Err(why) => {
                let title = row.subject.clone();
                let proposed = tz_read::Proposed { title, doubts: vec![why.clone()], ..nothing() };
                let whole = NewFile {
                    name: "原邮件.eml".to_owned(),
                    media_type: "message/rfc822".to_owned(),
                    bytes: raw.to_vec(),
                    note: String::new(),
                };
                return Self { documents: vec![Document { proposed, file: None }], files: vec![whole] };
            }
        };
        let attached: Vec<_> = read.message.attachments.iter().filter(|file| !file.inline).collect();
        let mut documents: Vec<Document> = read
            .proposed
            .iter()
            .map(|proposed| Document {
                file: match &proposed.source {
                    Source::Attachment { part, .. } => attached.iter().position(|file| file.part == *part),
                    Source::Body | Source::Forwarded { .. } => None,
                },
                proposed: proposed.clone(),
            })
            .collect();
        if documents.is_empty() {
            let proposed = tz_read::Proposed {
                title: read.message.subject.clone(),
                body: read.message.body_text.clone(),
                doubts: vec!["来信中没有识别出稿件，请对照原邮件整理。".to_owned()],
                ..nothing()
            };
            documents.push(Document { proposed, file: None });
        }
        let notes: Vec<String> = read.message.notes.iter().map(ToString::to_string).collect();
        for document in &mut documents {
            document.proposed.doubts.extend(notes.iter().cloned());
        }
        let file = |file: &&tz_read::Attachment| NewFile {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: file.bytes.clone(),
            note: file.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join(""),
        };
        Self { documents, files: attached.iter().map(file).collect() }
    }

    pub(super) fn previews(&self) -> Vec<Preview> {
        let name = |file: Option<usize>| {
            file.and_then(|at| self.files.get(at)).map(|file| file.name.clone()).unwrap_or_default()
        };
        self.documents
            .iter()
            .map(|document| Preview {
                title: document.proposed.title.clone(),
                category: document.proposed.category.clone().unwrap_or_default(),
                words: crate::report::words(&document.proposed.body),
                body: document.proposed.body.clone(),
                doubts: document.proposed.doubts.clone(),
                file: match &document.proposed.source {
                    Source::Attachment { name, .. } => name.clone(),
                    Source::Body | Source::Forwarded { .. } => name(document.file),
                },
            })
            .collect()
    }

    /// How many documents there are.
    pub(super) fn count(&self) -> usize {
        self.documents.len()
    }

    /// The places of the files that are no document.
    fn loose_places(&self) -> impl Iterator<Item = usize> {
        (0..self.files.len()).filter(|at| !self.documents.iter().any(|document| document.file == Some(*at)))
    }

    /// The files that are no document.
    pub(super) fn loose(&self) -> impl Iterator<Item = &NewFile> {
        self.loose_places().map(|at| &self.files[at])
    }

    /// Every document an item, as it was read.
    pub(super) fn as_read(&self) -> Vec<DocumentWish> {
        self.documents
            .iter()
            .map(|document| DocumentWish {
                act: DocumentAct::Item,
                title: document.proposed.title.clone(),
                category: document.proposed.category.clone().unwrap_or_default(),
                body: document.proposed.body.clone(),
            })
            .collect()
    }

    /// A document as a file beside an item: its own, or its text as one.
    fn as_file(&self, at: usize) -> NewFile {
        let document = &self.documents[at];
        match document.file {
            Some(file) => self.files[file].clone(),
            None => NewFile {
                name: if document.proposed.title.is_empty() {
                    "来信正文.txt".to_owned()
                } else {
                    format!("{}.txt", document.proposed.title)
                },
                media_type: "text/plain; charset=utf-8".to_owned(),
                bytes: document.proposed.body.clone().into_bytes(),
                note: String::new(),
            },
        }
    }

    /// The files of the item that a document becomes: its own, those put with it, the loose ones; each once.
    fn files_with(&self, at: usize, wishes: &[DocumentWish], uses: &[FileUse]) -> Vec<NewFile> {
        let mut places: Vec<usize> = self.documents[at].file.into_iter().collect();
        let mut files: Vec<NewFile> = places.iter().map(|place| self.files[*place].clone()).collect();
        for (other, wish) in wishes.iter().enumerate() {
            let evidence = match wish.act {
                DocumentAct::With(to) if to == at => false,
                DocumentAct::Evidence(to) if to == at => true,
                DocumentAct::With(_) | DocumentAct::Evidence(_) | DocumentAct::Item | DocumentAct::Leave => continue,
            };
            let place = self.documents[other].file;
            if place.is_some_and(|place| places.contains(&place)) {
                continue;
            }
            places.extend(place);
            let mut file = self.as_file(other);
            if evidence {
                EVIDENCE.clone_into(&mut file.note);
            }
            files.push(file);
        }
        for (nth, place) in self.loose_places().enumerate() {
            let mut file = self.files[place].clone();
            match uses.get(nth).copied().unwrap_or_default() {
                FileUse::Leave => continue,
                FileUse::Evidence => EVIDENCE.clone_into(&mut file.note),
                FileUse::With => {}
            }
            files.push(file);
        }
        files
    }

    /// What is wrong with what an editor typed, every fault at its document.
    pub(super) fn faults(&self, wishes: &[DocumentWish], scheme: &Scheme) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if !wishes.iter().any(|wish| wish.act == DocumentAct::Item) {
            faults.push(FieldFault::new("documents", "请至少把一份文档列为稿件。都不是稿件的，请在“弃置”中处理。"));
        }
        for (at, wish) in wishes.iter().enumerate() {
            let here = i64::try_from(at).unwrap_or(i64::MAX);
            match wish.act {
                DocumentAct::With(to) | DocumentAct::Evidence(to) => {
                    if to == at || wishes.get(to).is_none_or(|wish| wish.act != DocumentAct::Item) {
                        let sentence = "请选择另一份列为稿件的文档，作为它的附件或凭据。";
                        faults.push(FieldFault::new("to", sentence).of(here));
                    }
                }
                DocumentAct::Leave => {}
                DocumentAct::Item => {
                    if wish.title.trim().is_empty() {
                        faults.push(FieldFault::new("title", "请填写标题。").of(here));
                    }
                    if !wish.category.is_empty() && !has_category(scheme, &wish.category) {
                        faults.push(FieldFault::new("category", "请从列表中选择信息类别。").of(here));
                    }
                    let files = self.documents.get(at).and_then(|document| document.file);
                    let files = files.map(|file| vec![self.files[file].clone()]).unwrap_or_default();
                    faults.extend(text_faults(&wish.title, &wish.body, &files).into_iter().map(|fault| fault.of(here)));
                    // Strong marks only: none of them is a wording of the office.
                    let mark = mark_in(&wish.title, &wish.body, "", &Wordings::default());
                    if let Some(mark) = mark.filter(|mark| mark.strength == Strength::Strong) {
                        let what = mark_words(mark.pattern);
                        let sentence = format!("填写的内容带有密级标志（{what}）。本系统不得存储、处理国家秘密。");
                        faults.push(FieldFault::new("body", sentence).of(here));
                    }
                }
            }
        }
        faults
    }

    /// The new items, each with the proposal it came from.
    pub(super) fn items(
        &self,
        row: &MailRow,
        unit: UnitId,
        wishes: &[DocumentWish],
        uses: &[FileUse],
    ) -> (Vec<tz_read::Proposed>, Vec<NewItem>) {
        let items =
            wishes.iter().zip(&self.documents).enumerate().filter(|(_, (wish, _))| wish.act == DocumentAct::Item);
        items
            .map(|(at, (wish, document))| {
                let read = &document.proposed;
                // What the editor has settled is no longer doubtful.
                let titled = !wish.title.trim().is_empty() && wish.title != read.title;
                let classed = !wish.category.is_empty();
                let settled =
                    |doubt: &str| (titled && doubt.contains("标题")) || (classed && doubt.contains("信息类别"));
                let new = NewItem {
                    units: vec![unit],
                    channel: Channel::Mail,
                    title: wish.title.clone(),
                    body: wish.body.clone(),
                    category: wish.category.clone(),
                    worry: wish.category == "问题建议",
                    authors: read.authors.join("、"),
                    contact: read.contact.clone().unwrap_or_else(|| row.sender.clone()),
                    solicitation: None,
                    topic: None,
                    files: self.files_with(at, wishes, uses),
                    doubts: read.doubts.iter().filter(|doubt| !settled(doubt)).cloned().collect(),
                };
                (read.clone(), new)
            })
            .unzip()
    }
}
