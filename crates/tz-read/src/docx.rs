//! Word documents (docx): the text of the body in reading order, without what was deleted and without running,
//! fetching or expanding anything.

use quick_xml::events::{BytesStart, Event};

use crate::budget::Meter;
use crate::document::{Document, Line, TextReader};
use crate::kind::FileKind;
use crate::note::Note;
use crate::unpack::{Entry, Package};
use crate::unreadable::Unreadable;
use crate::xml::{attribute, character, each_event};

const KIND: FileKind = FileKind::Docx;

pub(crate) struct DocxReader;

impl TextReader for DocxReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        let mut parts = Package::open(bytes, meter, KIND)?;
        let main = if parts.has("word/document.xml") { "word/document.xml" } else { "word/document2.xml" };
        let xml = parts.text(main, meter)?.ok_or(Unreadable::Damaged { kind: KIND })?;
        let centred_styles = match parts.text("word/styles.xml", meter)? {
            Some(styles) => centred_styles(&styles, meter)?,
            None => Vec::new(),
        };

        let body = read_part(&xml, &centred_styles, KIND, meter)?;
        let mut notes = body.notes;
        let names = parts.names.clone();
        let under = |folder: &str| names.iter().any(|n| n.starts_with(folder));
        if parts.has("word/vbaProject.bin") {
            notes.push(Note::Macros);
        }
        if under("word/embeddings/") || under("word/activeX/") {
            notes.push(Note::EmbeddedFiles);
        }
        if under("_xmlsignatures/") {
            notes.push(Note::Sealed);
        }
        if let Some(links) = parts.text("word/_rels/document.xml.rels", meter)?
            && fetches(&links)
        {
            notes.push(Note::ExternalParts);
        }

        let mut document = Document::from_lines(body.lines, notes);
        let is_margin = |name: &str| {
            let margin = ["word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments"];
            (margin.iter().any(|m| name.starts_with(m)) && name.ends_with(".xml"))
                || matches!(name, "docProps/core.xml" | "docProps/custom.xml" | "docProps/app.xml")
        };
        for name in names.iter().filter(|n| is_margin(n)) {
            // A margin that cannot be read does not keep the item from being read.
            let Ok(Some(xml)) = parts.text(name, meter) else { continue };
            if let Ok(part) = read_part(&xml, &[], KIND, meter) {
                document.margins.extend(part.lines.into_iter().map(|l| l.text).filter(|t| !t.is_empty()));
            }
        }
        for path in names.into_iter().filter(|n| n.starts_with("word/embeddings/") && !n.ends_with(".bin")) {
            let Ok(Some(bytes)) = parts.bytes(&path, meter) else { continue };
            document.inside.push(Entry { name: crate::mail::clean_name(&path), path, bytes });
        }
        Ok(document)
    }
}

/// Word 2003 documents as a single XML file, often named .doc: the same elements without the package around them.
pub(crate) struct WordXmlReader;

impl TextReader for WordXmlReader {
    fn kind(&self) -> FileKind {
        FileKind::WordXml
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        let xml = crate::xml::text(bytes.to_vec());
        let part = read_part(&xml, &[], FileKind::WordXml, meter)?;
        let mut notes = part.notes;
        if xml.contains("macrosPresent=\"yes\"") {
            notes.push(Note::Macros);
        }
        if xml.contains("embeddedObjPresent=\"yes\"") {
            notes.push(Note::EmbeddedFiles);
        }
        Ok(Document::from_lines(part.lines, notes))
    }
}

/// Whether a relationship other than a link to click on points outside the document.
fn fetches(links: &str) -> bool {
    links
        .split("<Relationship ")
        .any(|r| r.contains("TargetMode=\"External\"") && !r.contains("/relationships/hyperlink"))
}

/// Styles whose paragraphs are centred, by id.
fn centred_styles(xml: &str, meter: &mut Meter<'_>) -> Result<Vec<String>, Unreadable> {
    let mut styles = Vec::new();
    let mut id = None;
    each_event(xml, KIND, meter, |event| {
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

fn read_part(xml: &str, centred_styles: &[String], kind: FileKind, meter: &mut Meter<'_>) -> Result<Part, Unreadable> {
    let budget = meter.budget;
    let mut part = Part { lines: Vec::new(), notes: Vec::new() };
    let mut open: Vec<Open> = Vec::new();
    let mut in_text = false; // inside w:t
    let mut property = false; // inside an element of docProps, whose text is a line of its own
    let mut skipping = 0_usize; // depth inside an element that is left out
    let mut size = 0_usize;
    each_event(xml, kind, meter, |event| {
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
                size += if in_text { text.len() } else { 0 };
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
