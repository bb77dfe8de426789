//! XML inside documents: events under a budget, without document types, without expanding or fetching anything.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::budget::Meter;
use crate::charset;
use crate::html;
use crate::kind::FileKind;
use crate::unreadable::Unreadable;

/// A part's bytes as text. Office programs write UTF-8; another encoding has a mark or is declared.
pub(crate) fn text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(not_utf8) => {
            let bytes = not_utf8.as_bytes();
            let declared = html::declared_after(bytes, "encoding=");
            charset::decode(bytes, declared.as_deref()).text
        }
    }
}

/// Runs over the events of `xml`; refuses document types and nesting beyond the budget, counts its length as work.
pub(crate) fn each_event<'x>(
    xml: &'x str,
    kind: FileKind,
    meter: &mut Meter<'_>,
    mut take: impl FnMut(&Event<'x>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    meter.work(xml.len())?;
    let limit = meter.budget.max_xml_depth;
    let mut reader = Reader::from_str(xml.strip_prefix('\u{FEFF}').unwrap_or(xml));
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|_| Unreadable::Damaged { kind })?;
        match &event {
            Event::Eof => return if depth == 0 { Ok(()) } else { Err(Unreadable::Damaged { kind }) },
            Event::DocType(_) => return Err(Unreadable::Forbidden { kind, what: "文档类型定义（DTD）" }),
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Empty(_) | Event::Text(_) | Event::CData(_) | Event::Comment(_) => {}
            Event::Decl(_) | Event::PI(_) | Event::GeneralRef(_) => {}
        }
        if depth > limit {
            return Err(Unreadable::TooDeep { limit });
        }
        take(&event)?;
    }
}

/// An attribute by its local name, as written (ids, keywords and numbers need no unescaping).
pub(crate) fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = e.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

/// The character of a reference; only the five entities of XML exist here.
pub(crate) fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c);
    }
    match reference.xml10_content().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
