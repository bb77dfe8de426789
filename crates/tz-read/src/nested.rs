//! Mails as files: an .eml, or Outlook's .msg. Their text is the document, their attachments are inside it.

use crate::budget::Meter;
use crate::charset;
use crate::container::{Container, place_at, u16_at, wide};
use crate::document::{Document, TextReader};
use crate::html::HtmlReader;
use crate::kind::FileKind;
use crate::mail::{clean_name, read_message};
use crate::plain;
use crate::unpack::Entry;
use crate::unreadable::Unreadable;

/// Mails by the standard of the network (eml).
pub(crate) struct MailReader;

impl TextReader for MailReader {
    fn kind(&self) -> FileKind {
        FileKind::Mail
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        meter.work(bytes.len().saturating_mul(4))?;
        let message = read_message(bytes, meter.budget)?;
        let mut document = Document::from_lines(plain::lines(&message.body_text), message.notes);
        if !message.subject.is_empty()
            && let Some(first) = document.title.replace(message.subject)
        {
            document.paragraphs.insert(0, first);
        }
        document.margins.extend(message.from.map(|from| from.name));
        document.margins.extend(message.headers.into_iter().map(|line| format!("{}: {}", line.name, line.value)));
        document.margins.extend(message.forwarded.into_iter().flat_map(|mail| [mail.subject, mail.body_text]));
        document.margins.retain(|text| !text.is_empty());
        let files = message.attachments.into_iter().filter(|file| !file.inline);
        document.inside =
            files.map(|file| Entry { path: file.name.clone(), name: file.name, bytes: file.bytes }).collect();
        Ok(document)
    }
}

/// Outlook's own files (msg): properties as streams of an OLE container.
pub(crate) struct OutlookReader;

impl TextReader for OutlookReader {
    fn kind(&self) -> FileKind {
        FileKind::OutlookMessage
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        let mut container = Container::open(bytes, meter, FileKind::OutlookMessage)?;
        let label = code_page(&mut container, meter)?;
        let text = property(&mut container, "", 0x1000, label, meter)?.unwrap_or_default();
        let html = container.stream("/__substg1.0_10130102", meter)?;
        let mut document = match html.filter(|_| text.trim().is_empty()) {
            Some(page) => HtmlReader.read(&page, meter)?,
            None => Document::from_lines(plain::lines(&text), Vec::new()),
        };
        if let Some(subject) = property(&mut container, "", 0x0037, label, meter)?.filter(|text| !text.is_empty())
            && let Some(first) = document.title.replace(subject)
        {
            document.paragraphs.insert(0, first);
        }
        for storage in container.names("/").into_iter().filter(|name| name.starts_with("__attach_version1.0_")) {
            meter.file()?;
            let place = format!("/{storage}");
            let long = property(&mut container, &place, 0x3707, label, meter)?;
            let path = match long.filter(|name| !name.is_empty()) {
                Some(name) => name,
                None => property(&mut container, &place, 0x3704, label, meter)?.unwrap_or_default(),
            };
            if let Some(bytes) = container.stream(&format!("{place}/__substg1.0_37010102"), meter)? {
                document.inside.push(Entry { name: clean_name(&path), path, bytes });
            }
        }
        Ok(document)
    }
}

/// A text property, of either sort.
fn property(
    container: &mut Container<'_>,
    storage: &str,
    id: u16,
    label: Option<&'static str>,
    meter: &mut Meter<'_>,
) -> Result<Option<String>, Unreadable> {
    if let Some(bytes) = container.stream(&format!("{storage}/__substg1.0_{id:04X}001F"), meter)? {
        return Ok(Some(wide(&bytes).replace('\0', "").trim().to_owned()));
    }
    let narrow = container.stream(&format!("{storage}/__substg1.0_{id:04X}001E"), meter)?;
    Ok(narrow.map(|bytes| charset::decode(&bytes, label).text.replace('\0', "").trim().to_owned()))
}

/// The charset of narrow texts, as the message's properties say.
fn code_page(container: &mut Container<'_>, meter: &mut Meter<'_>) -> Result<Option<&'static str>, Unreadable> {
    let properties = container.stream("/__properties_version1.0", meter)?.unwrap_or_default();
    let entries = properties.get(32..).unwrap_or_default().chunks_exact(16);
    let found =
        entries.filter(|entry| u16_at(entry, 0) == Some(3) && matches!(u16_at(entry, 2), Some(0x3FFD | 0x3FDE)));
    let pages = found.filter_map(|entry| place_at(entry, 8));
    Ok(pages
        .filter_map(|page| match page {
            936 | 54936 | 20936 => Some("gb18030"),
            950 => Some("big5"),
            65001 => Some("utf-8"),
            _ => None,
        })
        .next())
}
