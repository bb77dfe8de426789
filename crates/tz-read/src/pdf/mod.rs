//! PDF: the letters of each page by the maps its fonts carry, laid out to paragraphs. Pages that are pictures are told
//! apart; nothing is run, fetched or drawn.

mod cmap;
mod font;
mod page;

use lopdf::{Dictionary, LoadOptions, Object, ObjectId};

use crate::budget::Meter;
use crate::document::{Document, TextReader};
use crate::kind::{FileKind, find};
use crate::layout;
use crate::note::Note;
use crate::unpack::Entry;
use crate::unreadable::Unreadable;
use page::PageReader;

const KIND: FileKind = FileKind::Pdf;

/// Bytes outside streams at most: parsed, they take some forty times as much memory.
const MAX_SYNTAX: usize = 4 << 20;

/// Bytes one stream of objects may unpack to, for the same reason.
const MAX_OBJECT_STREAM: usize = 4 << 20;

pub(crate) struct PdfReader;

impl TextReader for PdfReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        meter.work(bytes.len())?;
        if syntax_bytes(bytes) > MAX_SYNTAX {
            return Err(Unreadable::TooLarge { limit_mb: MAX_SYNTAX >> 20 });
        }
        let options = LoadOptions::with_max_decompressed_size(MAX_OBJECT_STREAM);
        let protected = find(bytes, b"/Encrypt").is_some();
        let file = lopdf::Document::load_mem_with_options(bytes, options).map_err(|error| match error {
            lopdf::Error::Decryption(_)
            | lopdf::Error::InvalidPassword
            | lopdf::Error::UnsupportedSecurityHandler(_) => Unreadable::PasswordProtected { kind: KIND },
            _ if protected => Unreadable::PasswordProtected { kind: KIND },
            _ => Unreadable::Damaged { kind: KIND },
        })?;
        if file.is_encrypted() {
            return Err(Unreadable::PasswordProtected { kind: KIND });
        }

        let ids: Vec<ObjectId> = file.page_iter().collect();
        if ids.is_empty() {
            return Err(Unreadable::Damaged { kind: KIND });
        }
        let mut reader = PageReader::new(&file);
        let mut pages = Vec::new();
        for id in ids {
            pages.push(reader.read(id, meter)?);
        }
        let written = pages.iter().any(|page| !page.runs.is_empty());
        let scanned = pages.iter().any(|page| page.runs.len() < 3 && page.pictures > 0);
        let unknown = pages.iter().any(|page| page.unknown > 0);
        if !written && unknown {
            return Err(Unreadable::UnknownLetters { kind: KIND });
        }
        if !written && scanned {
            return Err(Unreadable::Scanned { kind: KIND });
        }

        let mut notes = Vec::new();
        notes.extend(scanned.then_some(Note::ScannedPages));
        notes.extend(unknown.then_some(Note::UnknownLetters));
        notes.extend(file.was_encrypted().then_some(Note::OpenLock));
        let laid = layout::lay(pages.into_iter().map(|page| page.runs).collect());
        let about = about(&file, meter)?;
        notes.extend(about.notes);
        let mut document = Document::from_lines(laid.lines, notes);
        document.margins.extend(laid.margins);
        document.margins.extend(about.texts);
        document.inside = about.inside;
        Ok(document)
    }
}

/// Bytes of a file that are in no stream, and will be parsed to objects.
fn syntax_bytes(bytes: &[u8]) -> usize {
    let mut outside = 0;
    let mut at = 0;
    for begin in memchr::memmem::find_iter(bytes, b"stream") {
        if begin < at || bytes[..begin].ends_with(b"end") {
            continue;
        }
        outside += begin - at;
        at = find(&bytes[begin..], b"endstream").map_or(bytes.len(), |end| begin + end);
    }
    outside + (bytes.len() - at)
}

/// What a file holds beside its pages.
#[derive(Default)]
struct About {
    texts: Vec<String>,
    inside: Vec<Entry>,
    notes: Vec<Note>,
}

/// Titles, remarks, attached files; programs and seals are noted.
fn about(file: &lopdf::Document, meter: &mut Meter<'_>) -> Result<About, Unreadable> {
    let mut about = About::default();
    let info = file.trailer.get(b"Info").and_then(|info| file.dereference(info));
    if let Ok((_, Object::Dictionary(info))) = info {
        for key in [&b"Title"[..], b"Subject", b"Keywords"] {
            about.texts.extend(info.get_deref(key, file).ok().and_then(text_of));
        }
    }
    let mut left = meter.budget.max_unpacked;
    for object in file.objects.values() {
        let Ok(dictionary) = object.as_dict() else { continue };
        let named = |key: &[u8]| dictionary.get(key).and_then(Object::as_name).unwrap_or_default();
        if matches!(named(b"S"), b"JavaScript" | b"Launch") {
            about.notes.push(Note::Macros);
        }
        if named(b"Type") == b"Sig" || named(b"FT") == b"Sig" {
            about.notes.push(Note::Sealed);
        }
        if named(b"Type") == b"Annot" || named(b"Subtype") == b"FreeText" {
            about.texts.extend(dictionary.get_deref(b"Contents", file).ok().and_then(text_of));
        }
        if let Some(entry) = attached(file, dictionary, &mut left, meter)? {
            about.notes.push(Note::EmbeddedFiles);
            about.inside.push(entry);
        }
    }
    about.notes.sort();
    about.notes.dedup();
    Ok(about)
}

/// The file a file specification carries.
fn attached(
    file: &lopdf::Document,
    specification: &Dictionary,
    left: &mut usize,
    meter: &mut Meter<'_>,
) -> Result<Option<Entry>, Unreadable> {
    let Ok(files) = specification.get_deref(b"EF", file).and_then(Object::as_dict) else { return Ok(None) };
    let stream = files.get_deref(b"F", file).or_else(|_| files.get_deref(b"UF", file)).and_then(Object::as_stream);
    let Ok(stream) = stream else { return Ok(None) };
    let path = [&b"UF"[..], b"F"].iter().find_map(|key| specification.get_deref(key, file).ok().and_then(text_of));
    let path = path.unwrap_or_default();
    let Ok(bytes) = stream.decompressed_content_with_limit((*left).min(meter.work_left())) else { return Ok(None) };
    meter.work(bytes.len())?;
    *left = left.saturating_sub(bytes.len());
    Ok(Some(Entry { name: crate::mail::clean_name(&path), path, bytes }))
}

/// A text string: UTF-16 with its mark, UTF-8 with its mark, or bytes of a charset nobody names.
fn text_of(object: &Object) -> Option<String> {
    let raw = object.as_str().ok()?;
    let text = match raw {
        [0xFE, 0xFF, wide @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(wide).0.into_owned(),
        raw => crate::charset::decode(raw, None).text,
    };
    let text = text.trim().to_owned();
    (!text.is_empty() && text.len() < 64 << 10).then_some(text)
}
