//! Marks of secrecy anywhere in a mail, looked for before anything is stored (N3.1).

use tz_text::secrecy::{Mark, Place, Strength, Wordings, find_with};

use super::Documents;
use crate::mail::Message;

/// The strongest mark of secrecy (密级标志) of a mail, the first among equals.
///
/// Looked at are the subject, the sender's name, the text, forwarded mails, the names of attachments and of all files in
/// their archives and documents (pictures too), every document that can be read with its headers, footers and
/// properties, tables and slides among them, and header lines that say how sensitive a mail is. What is drawn in
/// pictures and scans is not. `wordings` are those the office holds for a person.
pub fn find_mark(message: &Message, documents: &Documents, wordings: &Wordings) -> Option<Mark> {
    let mut best: Option<Mark> = None;
    let mut look = |place: Place, text: &str| {
        for mark in find_with(place, text, wordings) {
            if best.as_ref().is_none_or(|b| mark.strength > b.strength) {
                best = Some(mark);
            }
        }
        best.as_ref().is_some_and(|b| b.strength == Strength::Strong)
    };
    let sender = message.from.iter().map(|m| (Place::Subject, m.name.as_str()));
    let forwarded = message
        .forwarded
        .iter()
        .flat_map(|f| [(Place::Subject, f.subject.as_str()), (Place::Body, f.body_text.as_str())]);
    let names = message.attachments.iter().map(|a| (Place::FileName, a.name.as_str()));
    let own = [(Place::Subject, message.subject.as_str()), (Place::Body, message.body_text.as_str())];
    let mut certain =
        own.into_iter().chain(sender).chain(forwarded).chain(names).any(|(place, text)| look(place, text));
    for line in message.headers.iter().filter(|h| says_how_secret(&h.name)) {
        certain = certain || look(Place::Header, &format!("{}: {}", line.name, line.value));
    }
    for found in &documents.found {
        // Folders have names too; the first is the attachment's own, looked at above.
        let folders = found.file.folders.split(['/', '\\']);
        certain = certain || found.file.name.split('/').skip(1).chain(folders).any(|name| look(Place::FileName, name));
        if let Ok(document) = &found.read {
            certain = certain || look(Place::Body, &document.whole_text());
            // Each margin is looked at as the beginning of a page.
            certain = certain || document.margins.iter().any(|margin| look(Place::Body, margin));
        }
    }
    best
}

fn says_how_secret(name: &str) -> bool {
    name.eq_ignore_ascii_case("Sensitivity") || name.contains("密级") || name.to_ascii_lowercase().contains("secret")
}
