//! OFD (GB/T 33190): a package of XML parts. The letters of each page are laid out to paragraphs; templates, remarks and
//! attached files are looked at for marks, seals are noted and not checked.

use quick_xml::events::{BytesStart, Event};

use crate::budget::Meter;
use crate::document::{Document, TextReader};
use crate::kind::FileKind;
use crate::layout::{self, Run};
use crate::note::Note;
use crate::unpack::{Entry, Package};
use crate::unreadable::Unreadable;
use crate::xml::{attribute, character, each_event};

const KIND: FileKind = FileKind::Ofd;

pub(crate) struct OfdReader;

impl TextReader for OfdReader {
    fn kind(&self) -> FileKind {
        KIND
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        let mut package = Package::open(bytes, meter, KIND)?;
        if package.has("Encryptions.xml") {
            return Err(Unreadable::PasswordProtected { kind: KIND });
        }
        let root = package.text("OFD.xml", meter)?.ok_or(Unreadable::Damaged { kind: KIND })?;
        let root = Elements::read(&root, meter)?;
        let mut found = Found::default();
        if root.has("Encryptions") {
            return Err(Unreadable::PasswordProtected { kind: KIND });
        }
        if root.has("Signatures") {
            found.notes.push(Note::Sealed);
        }
        let about = ["Title", "Subject", "Abstract", "Keyword", "CustomData"];
        found.margins.extend(root.texts_of(&about));
        for place in root.texts_of(&["DocRoot"]) {
            read_body(&mut package, &resolve("", &place), &mut found, meter)?;
        }

        let empty = found.pages.iter().all(Vec::is_empty);
        if empty && found.pictures > 0 {
            return Err(Unreadable::Scanned { kind: KIND });
        }
        if found.pages.is_empty() {
            return Err(Unreadable::Damaged { kind: KIND });
        }
        let laid = layout::lay(found.pages);
        let mut document = Document::from_lines(laid.lines, found.notes);
        document.margins.extend(laid.margins);
        document.margins.append(&mut found.margins);
        document.inside = found.inside;
        Ok(document)
    }
}

#[derive(Default)]
struct Found {
    pages: Vec<Vec<Run>>,
    pictures: usize,
    margins: Vec<String>,
    inside: Vec<Entry>,
    notes: Vec<Note>,
}

/// Reads one document of the package: its pages in order, and what is attached.
fn read_body(
    package: &mut Package<'_>,
    place: &str,
    found: &mut Found,
    meter: &mut Meter<'_>,
) -> Result<(), Unreadable> {
    let Some(body) = find_part(package, place, meter)? else { return Err(Unreadable::Damaged { kind: KIND }) };
    let body = Elements::read(&body, meter)?;
    for page in body.attributes_of("Page", "BaseLoc") {
        let part = match find_part(package, &resolve(place, &page), meter)? {
            Some(part) => read_page(&part, meter)?,
            None => PagePart::default(),
        };
        found.pictures += part.pictures;
        found.pages.push(part.runs);
        meter.text(0, found.pages.iter().map(Vec::len).sum::<usize>() / 16)?;
    }
    // What a template prints on every page is no part of the text.
    for template in body.attributes_of("TemplatePage", "BaseLoc") {
        if let Ok(Some(part)) = find_part(package, &resolve(place, &template), meter)
            && let Ok(part) = read_page(&part, meter)
        {
            found.margins.extend(part.runs.into_iter().map(|run| run.text));
        }
    }
    for list in body.texts_of(&["Annotations"]) {
        let list = resolve(place, &list);
        let Ok(Some(annotations)) = find_part(package, &list, meter) else { continue };
        let annotations = Elements::read(&annotations, meter)?;
        for file in annotations.texts_of(&["FileLoc"]) {
            if let Ok(Some(part)) = find_part(package, &resolve(&list, &file), meter)
                && let Ok(part) = read_page(&part, meter)
            {
                found.margins.extend(part.runs.into_iter().map(|run| run.text));
                found.margins.extend(part.remarks);
            }
        }
    }
    for list in body.texts_of(&["Attachments"]) {
        let list = resolve(place, &list);
        let Ok(Some(attachments)) = find_part(package, &list, meter) else { continue };
        let attachments = Elements::read(&attachments, meter)?;
        found.margins.extend(attachments.attributes_of("Attachment", "Name"));
        for file in attachments.texts_of(&["FileLoc"]) {
            let path = resolve(&list, &file);
            if let Ok(Some(bytes)) = package.bytes(&path, meter) {
                found.notes.push(Note::EmbeddedFiles);
                found.inside.push(Entry { name: crate::mail::clean_name(&path), path, bytes });
            }
        }
    }
    Ok(())
}

fn find_part(package: &mut Package<'_>, place: &str, meter: &mut Meter<'_>) -> Result<Option<String>, Unreadable> {
    package.text(place, meter)
}

/// A place named in the part `from`, as an entry's name: absolute with a slash before it, relative to the part's folder
/// else. It is looked up among the package's own entries and nowhere else.
fn resolve(from: &str, place: &str) -> String {
    let place = place.trim().replace('\\', "/");
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut steps: Vec<&str> = if place.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in place.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

/// The elements of a small part, in order, by local name, with their attributes and the text directly in them.
#[derive(Default)]
struct Elements {
    all: Vec<Element>,
}

struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Elements {
    fn read(xml: &str, meter: &mut Meter<'_>) -> Result<Self, Unreadable> {
        let mut elements = Self::default();
        let mut open: Vec<usize> = Vec::new();
        let limit = meter.budget.max_paragraphs;
        let limit_mb = meter.budget.max_text_bytes >> 20;
        each_event(xml, KIND, meter, |event| {
            if elements.all.len() > limit {
                return Err(Unreadable::TooLarge { limit_mb });
            }
            match event {
                Event::Start(e) => {
                    open.push(elements.all.len());
                    elements.all.push(Element::of(e));
                }
                Event::Empty(e) => elements.all.push(Element::of(e)),
                Event::End(_) => drop(open.pop()),
                Event::Text(text) => {
                    if let Some(element) = open.last().and_then(|at| elements.all.get_mut(*at)) {
                        element.text.push_str(&text.xml10_content());
                    }
                }
                Event::CData(text) => {
                    if let Some(element) = open.last().and_then(|at| elements.all.get_mut(*at)) {
                        element.text.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(reference) => {
                    if let Some(element) = open.last().and_then(|at| elements.all.get_mut(*at)) {
                        element.text.extend(character(reference));
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(elements)
    }

    fn has(&self, name: &str) -> bool {
        self.all.iter().any(|element| element.name == name)
    }

    fn texts_of(&self, names: &[&str]) -> Vec<String> {
        let named = self.all.iter().filter(|element| names.contains(&element.name.as_str()));
        named.map(|element| element.text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    fn attributes_of(&self, name: &str, attribute: &str) -> Vec<String> {
        let named = self.all.iter().filter(|element| element.name == name);
        let values = named.flat_map(|e| e.attributes.iter().find(|(key, _)| key == attribute));
        values.map(|(_, value)| value.clone()).collect()
    }
}

impl Element {
    fn of(e: &BytesStart<'_>) -> Self {
        let mut attributes = e.attributes();
        let attributes = attributes.with_checks(false).flatten().take(32);
        let attributes = attributes.map(|a| (a.key.local_name().as_ref().to_owned(), unescape(&a.value))).collect();
        Self { name: e.local_name().as_ref().to_owned(), attributes, text: String::new() }
    }
}

/// The five entities of XML in an attribute, which file names may hold.
fn unescape(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let parts = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    parts.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// What a page's content holds.
#[derive(Default)]
struct PagePart {
    runs: Vec<Run>,
    pictures: usize,
    /// Texts of remarks.
    remarks: Vec<String>,
}

/// A text object being read.
#[derive(Default)]
struct Letters {
    left: f64,
    top: f64,
    size: f64,
    turned: Option<[f64; 6]>,
}

/// A piece of a text object: one line, its letters placed from the first by the distances given.
#[derive(Default)]
struct Code {
    x: f64,
    y: f64,
    along: Vec<f64>,
    text: String,
}

fn read_page(xml: &str, meter: &mut Meter<'_>) -> Result<PagePart, Unreadable> {
    let mut part = PagePart::default();
    let mut object: Option<Letters> = None;
    let mut code: Option<Code> = None;
    let mut remark: Option<String> = None;
    let (max_text, limit) = (meter.budget.max_text_bytes, meter.budget.max_paragraphs);
    let mut size = 0;
    each_event(xml, KIND, meter, |event| {
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                "TextObject" => object = Some(Letters::of(e)),
                "TextCode" => code = Some(Code::of(e, code.take())),
                "Remark" | "Parameter" => remark = Some(String::new()),
                "ImageObject" => part.pictures += 1,
                _ => {}
            },
            Event::Empty(e) => part.pictures += usize::from(e.local_name().as_ref() == "ImageObject"),
            Event::End(e) => match e.local_name().as_ref() {
                "TextObject" => object = None,
                "TextCode" => {
                    if let (Some(object), Some(code)) = (&object, code.take()) {
                        part.runs.extend(object.place(code));
                    }
                }
                "Remark" | "Parameter" => part.remarks.extend(remark.take().filter(|text| !text.trim().is_empty())),
                _ => {}
            },
            Event::Text(text) => take(&text.xml10_content(), &mut code, &mut remark, &mut size),
            Event::CData(text) => take(&text.xml10_content(), &mut code, &mut remark, &mut size),
            Event::GeneralRef(reference) => {
                if let Some(c) = character(reference) {
                    take(c.encode_utf8(&mut [0; 4]), &mut code, &mut remark, &mut size);
                }
            }
            _ => {}
        }
        if size > max_text || part.runs.len() / 16 > limit {
            return Err(Unreadable::TooLarge { limit_mb: max_text >> 20 });
        }
        Ok(())
    })?;
    Ok(part)
}

fn take(text: &str, code: &mut Option<Code>, remark: &mut Option<String>, size: &mut usize) {
    *size += text.len();
    if let Some(code) = code {
        code.text.push_str(text);
    } else if let Some(remark) = remark {
        remark.push_str(text);
    }
}

fn number(e: &BytesStart<'_>, name: &str) -> Option<f64> {
    attribute(e, name)?.trim().parse().ok()
}

fn numbers(e: &BytesStart<'_>, name: &str) -> Vec<f64> {
    let value = attribute(e, name).unwrap_or_default();
    value.split_whitespace().take(8).map(|n| n.parse().unwrap_or(0.0)).collect()
}

impl Letters {
    fn of(e: &BytesStart<'_>) -> Self {
        let boundary = numbers(e, "Boundary");
        let at = |index: usize| boundary.get(index).copied().unwrap_or(0.0);
        let turned = numbers(e, "CTM").try_into().ok();
        Self { left: at(0), top: at(1), size: number(e, "Size").unwrap_or(5.0), turned }
    }

    /// A line of letters in the page's place.
    fn place(&self, code: Code) -> Option<Run> {
        let last = self.size * if code.text.ends_with(|c: char| c.is_ascii()) { 0.5 } else { 1.0 };
        let width = code.along.iter().sum::<f64>() + last;
        let (x, y, scale) = match self.turned {
            Some([a, b, c, d, e, f]) => (a * code.x + c * code.y + e, b * code.x + d * code.y + f, c.hypot(d)),
            None => (code.x, code.y, 1.0),
        };
        let across = self.turned.map_or(1.0, |[a, b, ..]| a.hypot(b));
        let run = Run {
            x: self.left + x,
            y: self.top + y,
            width: width * across,
            size: self.size * scale,
            text: code.text.trim_matches(['\n', '\r', '\t']).to_owned(),
        };
        run.is_sound().then_some(run)
    }
}

impl Code {
    /// Places left out are those of the line before.
    fn of(e: &BytesStart<'_>, before: Option<Self>) -> Self {
        let before = before.unwrap_or_default();
        let x = number(e, "X").unwrap_or(before.x);
        let y = number(e, "Y").unwrap_or(before.y);
        Self { x, y, along: distances(&attribute(e, "DeltaX").unwrap_or_default()), text: String::new() }
    }
}

/// `2 3 4`, or `g 12 5.5` for twelve times 5.5.
fn distances(text: &str) -> Vec<f64> {
    const MOST: usize = 10_000;
    let mut distances = Vec::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word == "g" {
            let count = words.next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0).min(MOST);
            let value = words.next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
            distances.extend(std::iter::repeat_n(value, count));
        } else {
            distances.push(word.parse().unwrap_or(0.0));
        }
        if distances.len() > MOST {
            break;
        }
    }
    distances
}
