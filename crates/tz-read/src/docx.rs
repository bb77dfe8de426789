//! Word documents (docx): the text of the body in reading order, without what was deleted and without running,
//! fetching or expanding anything.

use std::io::Cursor;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;

use crate::budget::Budget;
use crate::document::{Document, Line, TextReader};
use crate::kind::FileKind;
use crate::note::Note;
use crate::unpack::{open, read_entry};
use crate::unreadable::Unreadable;

const KIND: FileKind = FileKind::Docx;

pub(crate) struct DocxReader;

impl TextReader for DocxReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], budget: &Budget) -> Result<Document, Unreadable> {
        let mut parts = Parts { archive: open(bytes, budget, KIND)?, left: budget.max_unpacked, budget };
        let names: Vec<String> =
            parts.archive.file_names_raw().map(|n| String::from_utf8_lossy(n).into_owned()).collect();
        let has = |name: &str| names.iter().any(|n| n == name);
        let main = if has("word/document.xml") { "word/document.xml" } else { "word/document2.xml" };
        let xml = parts.text(&names, main)?.ok_or(Unreadable::Damaged { kind: KIND })?;
        let centred_styles = match parts.text(&names, "word/styles.xml")? {
            Some(styles) => centred_styles(&styles, budget)?,
            None => Vec::new(),
        };

        let body = read_part(&xml, &centred_styles, budget)?;
        let mut notes = body.notes;
        let under = |folder: &str| names.iter().any(|n| n.starts_with(folder));
        if has("word/vbaProject.bin") {
            notes.push(Note::Macros);
        }
        if under("word/embeddings/") || under("word/activeX/") {
            notes.push(Note::EmbeddedFiles);
        }
        if let Some(links) = parts.text(&names, "word/_rels/document.xml.rels")?
            && fetches(&links)
        {
            notes.push(Note::ExternalParts);
        }

        let mut document = Document::from_lines(body.lines, notes);
        let is_margin = |name: &str| {
            let margin = ["word/header", "word/footer", "word/footnotes", "word/endnotes"];
            (margin.iter().any(|m| name.starts_with(m)) && name.ends_with(".xml"))
                || matches!(name, "docProps/core.xml" | "docProps/custom.xml")
        };
        for name in names.iter().filter(|n| is_margin(n)) {
            let Some(xml) = parts.text(&names, name)? else { continue };
            // A margin that cannot be read does not keep the item from being read.
            if let Ok(part) = read_part(&xml, &[], budget) {
                document.margins.extend(part.lines.into_iter().map(|l| l.text).filter(|t| !t.is_empty()));
            }
        }
        Ok(document)
    }
}

struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: usize,
    budget: &'a Budget,
}

impl Parts<'_> {
    /// A part's XML, if the document has it.
    fn text(&mut self, names: &[String], name: &str) -> Result<Option<String>, Unreadable> {
        let Some(index) = names.iter().position(|n| n == name) else { return Ok(None) };
        let bytes = read_entry(&mut self.archive, index, &mut self.left, self.budget, KIND)?;
        // Word writes UTF-8; another encoding has a mark.
        Ok(Some(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(not_utf8) => crate::charset::decode(not_utf8.as_bytes(), None).text,
        }))
    }
}

/// Whether a relationship other than a link to click on points outside the document.
fn fetches(links: &str) -> bool {
    links
        .split("<Relationship ")
        .any(|r| r.contains("TargetMode=\"External\"") && !r.contains("/relationships/hyperlink"))
}

/// Styles whose paragraphs are centred, by id.
fn centred_styles(xml: &str, budget: &Budget) -> Result<Vec<String>, Unreadable> {
    let mut styles = Vec::new();
    let mut id = None;
    each_event(xml, budget, |event| {
        if let Event::Start(e) | Event::Empty(e) = event {
            match e.local_name().as_ref() {
                "style" => id = attribute(e, "styleId"),
                "jc" if is_centre(e) => styles.extend(id.clone()),
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(styles)
}

/// Runs over a part's events; refuses document types and nesting beyond the budget.
fn each_event<'x>(
    xml: &'x str,
    budget: &Budget,
    mut take: impl FnMut(&Event<'x>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|_| Unreadable::Damaged { kind: KIND })?;
        match &event {
            Event::Eof => return if depth == 0 { Ok(()) } else { Err(Unreadable::Damaged { kind: KIND }) },
            Event::DocType(_) => return Err(Unreadable::Forbidden { kind: KIND, what: "文档类型定义（DTD）" }),
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Empty(_) | Event::Text(_) | Event::CData(_) | Event::Comment(_) => {}
            Event::Decl(_) | Event::PI(_) | Event::GeneralRef(_) => {}
        }
        if depth > budget.max_xml_depth {
            return Err(Unreadable::TooDeep { limit: budget.max_xml_depth });
        }
        take(&event)?;
    }
}

/// What a part gives.
struct Part {
    lines: Vec<Line>,
    notes: Vec<Note>,
}

/// A paragraph in the making. Text boxes hold paragraphs inside a paragraph, so there is a stack of these.
#[derive(Default)]
struct Open {
    text: String,
    centred: bool,
}

fn read_part(xml: &str, centred_styles: &[String], budget: &Budget) -> Result<Part, Unreadable> {
    let mut part = Part { lines: Vec::new(), notes: Vec::new() };
    let mut open: Vec<Open> = Vec::new();
    let mut in_text = false; // inside w:t
    let mut property = false; // inside an element of docProps, whose text is a line of its own
    let mut skipping = 0_usize; // depth inside an element that is left out
    let mut size = 0_usize;
    each_event(xml, budget, |event| {
        if skipping > 0 {
            match event {
                Event::Start(_) => skipping += 1,
                Event::End(_) => skipping -= 1,
                _ => {}
            }
            return Ok(());
        }
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                "p" => open.push(Open::default()),
                "t" => in_text = true,
                // The same box again for old programs.
                "Fallback" => skipping = 1,
                "del" | "moveFrom" => {
                    part.notes.push(Note::RevisionMarks);
                    skipping = 1;
                }
                "delText" | "delInstrText" => skipping = 1,
                "title" | "subject" | "keywords" | "category" | "description" | "contentStatus" | "lpwstr" => {
                    property = true
                }
                name => paragraph_property(name, e, open.last_mut(), centred_styles, &mut part.notes),
            },
            Event::Empty(e) => {
                let name = e.local_name();
                match (name.as_ref(), open.last_mut()) {
                    ("tab" | "ptab", Some(p)) if !p.text.is_empty() => p.text.push('\t'),
                    ("br" | "cr", Some(p)) => p.text.push('\n'),
                    ("noBreakHyphen", Some(p)) => p.text.push('-'),
                    (name, last) => paragraph_property(name, e, last, centred_styles, &mut part.notes),
                }
            }
            Event::End(e) => match e.local_name().as_ref() {
                "t" => in_text = false,
                "p" => part.lines.extend(open.pop().into_iter().flat_map(finish)),
                "title" | "subject" | "keywords" | "category" | "description" | "contentStatus" | "lpwstr" => {
                    property = false
                }
                _ => {}
            },
            Event::Text(text) => {
                let text = text.xml10_content();
                take_text(&text, in_text, property, &mut open, &mut part.lines);
                size += text.len();
            }
            Event::CData(text) if in_text => take_text(&text.xml10_content(), true, false, &mut open, &mut part.lines),
            Event::GeneralRef(reference) if in_text => {
                if let (Some(p), Some(c)) = (open.last_mut(), character(reference)) {
                    p.text.push(c);
                }
            }
            _ => {}
        }
        // A field that starts a program is named in its instruction, which is otherwise left out.
        if let Event::Text(text) = event
            && !in_text
            && text.trim_start().get(..3).is_some_and(|w| w.eq_ignore_ascii_case("DDE"))
        {
            part.notes.push(Note::ProgramField);
        }
        if size > budget.max_text_bytes || part.lines.len() > budget.max_paragraphs {
            return Err(Unreadable::TooLarge { limit_mb: budget.max_text_bytes >> 20 });
        }
        Ok(())
    })?;
    Ok(part)
}

fn take_text(text: &str, in_text: bool, property: bool, open: &mut [Open], lines: &mut Vec<Line>) {
    if property {
        lines.push(Line::new(text, false));
    } else if in_text && let Some(p) = open.last_mut() {
        p.text.push_str(text);
    }
}

/// What an element says about its paragraph, or what of it the text cannot hold.
fn paragraph_property(
    name: &str,
    e: &BytesStart<'_>,
    open: Option<&mut Open>,
    centred_styles: &[String],
    notes: &mut Vec<Note>,
) {
    let Some(p) = open else { return };
    match name {
        "jc" => p.centred = is_centre(e),
        "pStyle" => p.centred |= attribute(e, "val").is_some_and(|id| centred_styles.contains(&id)),
        "numPr" => notes.push(Note::AutoNumbers),
        "fldSimple"
            if attribute(e, "instr").is_some_and(|i| i.trim_start().to_ascii_uppercase().starts_with("DDE")) =>
        {
            notes.push(Note::ProgramField);
        }
        _ => {}
    }
    // One note of a sort is enough, however many numbers there are.
    notes.dedup();
}

/// A finished paragraph; line breaks inside it part it into lines.
fn finish(open: Open) -> Vec<Line> {
    open.text.split('\n').map(|line| Line::new(line, open.centred)).collect()
}

fn is_centre(e: &BytesStart<'_>) -> bool {
    attribute(e, "val").as_deref() == Some("center")
}

/// An attribute by its local name, as written (ids and keywords need no unescaping).
fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = e.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

/// The character of a reference; only the five entities of XML exist here.
fn character(reference: &BytesRef<'_>) -> Option<char> {
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
