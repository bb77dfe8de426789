//! Slides (pptx): their text, for marks of secrecy; slides are no items. The old format is not read.

use quick_xml::events::Event;

use crate::budget::Meter;
use crate::document::{Document, Line, TextReader};
use crate::kind::FileKind;
use crate::note::Note;
use crate::unpack::Package;
use crate::unreadable::Unreadable;
use crate::xml::{character, each_event};

const KIND: FileKind = FileKind::Slides;

pub(crate) struct SlidesReader;

impl TextReader for SlidesReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        if !bytes.starts_with(b"PK") {
            return Err(Unreadable::NotYet { kind: KIND });
        }
        let mut package = Package::open(bytes, meter, KIND)?;
        let mut notes = Vec::new();
        let mut lines = Vec::new();
        for name in package.names.clone() {
            if name.ends_with("vbaProject.bin") {
                notes.push(Note::Macros);
            }
            let of_slides = ["ppt/slides/", "ppt/notesSlides/", "docProps/core.xml"];
            if name.ends_with(".xml") && of_slides.iter().any(|folder| name.starts_with(folder)) {
                let Some(xml) = package.text(&name, meter)? else { continue };
                read_slide(&xml, &mut lines, meter)?;
                meter.text(lines.iter().map(|line: &Line| line.text.len()).sum(), lines.len())?;
            }
        }
        lines.retain(|line| !line.text.is_empty());
        let mut document = Document::from_lines(Vec::new(), notes);
        document.paragraphs = lines.into_iter().map(|line| line.text).collect();
        Ok(document)
    }
}

fn read_slide(xml: &str, lines: &mut Vec<Line>, meter: &mut Meter<'_>) -> Result<(), Unreadable> {
    let mut text = String::new();
    each_event(xml, KIND, meter, |event| {
        match event {
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => text.extend(character(reference)),
            Event::End(e) if matches!(e.local_name().as_ref(), "p" | "title" | "subject" | "keywords") => {
                lines.push(Line::new(&text, false));
                text.clear();
            }
            _ => {}
        }
        Ok(())
    })?;
    lines.push(Line::new(&text, false));
    Ok(())
}
