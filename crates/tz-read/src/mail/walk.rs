//! The tree of parts: which are the text, which are files, which are mails inside the mail.

use crate::budget::{Budget, Meter};
use crate::charset::{self, Decoded};
use crate::document::{Document, Line, TextReader};
use crate::html;
use crate::kind::tell;
use crate::mail::header::{Field, Parameters, clean_name, line_end, read_fields, trim_line_end};
use crate::mail::{Attachment, Forwarded, address, links_expire, smime, transfer};
use crate::note::Note;
use crate::plain;
use crate::tnef::TnefReader;
use crate::unreadable::Unreadable;

/// What the tree of a mail holds.
pub(crate) struct Walked {
    pub(crate) body_text: String,
    pub(crate) body_title: Option<String>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) forwarded: Vec<Forwarded>,
    pub(crate) notes: Vec<Note>,
}

/// Walks a whole mail within the budget.
pub(crate) fn walk(bytes: &[u8], budget: &Budget) -> Result<Walked, Unreadable> {
    let mut walker = Walker {
        budget,
        parts: 0,
        decoded: 0,
        texts: vec![Vec::new()],
        attachments: Vec::new(),
        forwarded: Vec::new(),
        notes: Vec::new(),
    };
    walker.part(bytes, Place { path: String::new(), depth: 0, mail: 0, slot: None, default: "text/plain" })?;
    let mut texts = walker.texts.into_iter().map(|slots| written(slots, budget));
    let outer = texts.next().expect("the outer mail's text was put there above")?;
    for (forwarded, text) in walker.forwarded.iter_mut().zip(texts) {
        forwarded.body_text = text?.text;
    }
    let mut notes = walker.notes;
    notes.extend(outer.notes);
    Ok(Walked {
        body_text: outer.text,
        body_title: outer.title,
        attachments: walker.attachments,
        forwarded: walker.forwarded,
        notes,
    })
}

/// One stretch of a mail's text: the alternatives it was sent in.
#[derive(Default)]
struct Slot {
    plain: Option<Decoded>,
    html: Option<Decoded>,
}

/// Where a part stands.
struct Place {
    path: String,
    depth: usize,
    /// Which mail's text it belongs to: 0 the outer one, n the nth forwarded.
    mail: usize,
    /// The stretch of text whose alternatives these are.
    slot: Option<usize>,
    default: &'static str,
}

struct Walker<'a> {
    budget: &'a Budget,
    parts: usize,
    decoded: usize,
    texts: Vec<Vec<Slot>>,
    attachments: Vec<Attachment>,
    forwarded: Vec<Forwarded>,
    notes: Vec<Note>,
}

/// A part's header, in the words the walk asks for.
struct Head {
    content: Parameters,
    disposition: Parameters,
    encoding: String,
    has_id: bool,
}

impl Head {
    fn read(fields: &[Field], default: &str) -> Self {
        let value = |name: &str| fields.iter().find(|f| f.is(name)).map(|f| f.value.as_str());
        let content = value("Content-Type").filter(|v| !v.trim().is_empty()).unwrap_or(default);
        Self {
            content: Parameters::read(content),
            disposition: Parameters::read(value("Content-Disposition").unwrap_or_default()),
            encoding: value("Content-Transfer-Encoding").unwrap_or_default().trim().to_ascii_lowercase(),
            has_id: value("Content-ID").is_some(),
        }
    }

    /// The file name it was given, if any.
    fn name(&self) -> Option<String> {
        let given = self.disposition.get("filename").or_else(|| self.content.get("name"))?;
        Some(clean_name(&given)).filter(|name| !name.is_empty())
    }
}

impl Walker<'_> {
    fn part(&mut self, bytes: &[u8], place: Place) -> Result<(), Unreadable> {
        self.parts += 1;
        if self.parts > self.budget.max_parts {
            return Err(Unreadable::TooManyParts { limit: self.budget.max_parts });
        }
        if place.depth > self.budget.max_depth {
            return Err(Unreadable::TooDeep { limit: self.budget.max_depth });
        }
        let (fields, body_at) = read_fields(bytes, self.budget, &mut self.notes)?;
        let head = Head::read(&fields, place.default);
        let body = &bytes[body_at..];
        match head.content.main.split_once('/') {
            Some(("multipart", subtype)) => self.multipart(body, subtype, &head, place),
            _ => self.leaf(body, &head, place),
        }
    }

    fn multipart(&mut self, body: &[u8], subtype: &str, head: &Head, place: Place) -> Result<(), Unreadable> {
        match subtype {
            "signed" => self.notes.push(Note::Signed),
            "encrypted" => self.notes.push(Note::Encrypted),
            _ => {}
        }
        let boundary = head.content.get("boundary").filter(|b| !b.trim().is_empty());
        let split = match boundary {
            Some(boundary) => split(body, boundary.trim_end().as_bytes(), self.budget)?,
            None => Split { parts: Vec::new(), closed: false },
        };
        if !split.closed {
            self.notes.push(Note::BrokenMultipart);
        }
        if split.parts.is_empty() {
            // The boundary never appears: what is there is the text.
            self.text(charset::decode(body, None), false, &place);
            return Ok(());
        }
        let slot = if subtype == "alternative" { Some(self.new_slot(place.mail)) } else { place.slot };
        let default = if subtype == "digest" { "message/rfc822" } else { "text/plain" };
        for (i, part) in split.parts.into_iter().enumerate() {
            let path = if place.path.is_empty() { format!("{}", i + 1) } else { format!("{}.{}", place.path, i + 1) };
            self.part(part, Place { path, depth: place.depth + 1, mail: place.mail, slot, default })?;
        }
        Ok(())
    }

    fn leaf(&mut self, body: &[u8], head: &Head, place: Place) -> Result<(), Unreadable> {
        let name = head.name();
        let media_type = head.content.main.as_str();
        let named_mail = name.as_ref().is_some_and(|n| n.to_lowercase().ends_with(".eml"));
        if matches!(media_type, "message/rfc822" | "message/global") || (named_mail && !media_type.starts_with("text/"))
        {
            // A mail sent plainly is read where it stands: copied at every level it would use up the budget.
            return match head.encoding.as_str() {
                "base64" | "quoted-printable" => {
                    let bytes = self.decode(body, head)?;
                    self.forwarded(&bytes, place)
                }
                _ => self.forwarded(body, place),
            };
        }
        if media_type == "message/partial" {
            self.notes.push(Note::PartialMessage);
        }
        let is_text = matches!(media_type, "text/plain" | "text/html" | "text" | "message/partial");
        if is_text && name.is_none() && head.disposition.main != "attachment" {
            let mut bytes = self.decode(body, head)?;
            if media_type != "text/html" && crate::kind::find(&bytes, b"begin ").is_some() {
                let (left, files) = transfer::take_uuencoded(&bytes);
                bytes = left;
                for file in files {
                    let name = clean_name(&charset::decode(&file.name, None).text);
                    self.attach(name, "application/octet-stream", file.bytes, &place, false);
                }
            }
            let is_html = media_type == "text/html";
            if !is_html && bytes.len() > self.budget.max_text_bytes {
                return Err(Unreadable::TooLarge { limit_mb: self.budget.max_text_bytes >> 20 });
            }
            let label = head.content.get("charset").or_else(|| html::declared(&bytes).filter(|_| is_html));
            let mut decoded = charset::decode(&bytes, label.as_deref());
            if head.content.get("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed")) {
                decoded.text = unflow(&decoded.text, head.content.get("delsp").as_deref() == Some("yes"));
            }
            self.text(decoded, is_html, &place);
            return Ok(());
        }
        let bytes = self.decode(body, head)?;
        if matches!(media_type, "application/pkcs7-mime" | "application/x-pkcs7-mime") {
            if let Some(content) = smime::signed_content(&bytes) {
                self.notes.push(Note::Signed);
                let Place { path, depth, mail, slot, default } = place;
                return self.part(&content, Place { path, depth: depth + 1, mail, slot, default });
            }
            let signed = head.content.get("smime-type").is_some_and(|t| t.starts_with("signed"));
            self.notes.push(if signed { Note::Signed } else { Note::Encrypted });
        }
        let named_package = name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case("winmail.dat"));
        if (named_package || media_type == "application/ms-tnef" || media_type == "application/vnd.ms-tnef")
            && self.outlook_package(&bytes, &place)?
        {
            return Ok(());
        }
        let inline = head.has_id && head.disposition.main != "attachment" && media_type.starts_with("image/");
        let name = name.unwrap_or_else(|| format!("附件{}{}", place.path, extension(media_type)));
        self.attach(name, media_type, bytes, &place, inline);
        Ok(())
    }

    /// What Outlook packed (winmail.dat) stands in the mail as if it had not been; false if nothing can be got out.
    fn outlook_package(&mut self, bytes: &[u8], place: &Place) -> Result<bool, Unreadable> {
        let Ok(document) = TnefReader.read(bytes, &mut Meter::new(self.budget)) else { return Ok(false) };
        let text = document.whole_text();
        if text.trim().is_empty() && document.inside.is_empty() {
            return Ok(false);
        }
        // The mail's own text is the same text in plain letters.
        let said = self.texts[place.mail].iter().any(|slot| slot.plain.is_some() || slot.html.is_some());
        let body: Vec<String> = document.title.into_iter().chain(document.paragraphs).collect();
        if !said && !body.is_empty() {
            self.text(Decoded { text: body.join("\n"), notes: document.notes }, false, place);
        }
        for (index, file) in document.inside.into_iter().enumerate() {
            self.parts += 1;
            self.decoded += file.bytes.len();
            if self.parts > self.budget.max_parts {
                return Err(Unreadable::TooManyParts { limit: self.budget.max_parts });
            }
            let path = format!("{}.{}", if place.path.is_empty() { "1" } else { &place.path }, index + 1);
            let place = Place { path, depth: place.depth, mail: place.mail, slot: None, default: place.default };
            self.attach(file.name, "application/octet-stream", file.bytes, &place, false);
        }
        Ok(true)
    }

    fn forwarded(&mut self, bytes: &[u8], place: Place) -> Result<(), Unreadable> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let (fields, _) = read_fields(bytes, self.budget, &mut self.notes)?;
        let from = fields.iter().find(|f| f.is("From")).and_then(|f| address::read(&f.value).into_iter().next());
        let subject = fields.iter().find(|f| f.is("Subject")).map(Field::text).unwrap_or_default();
        let path = place.path.clone();
        self.forwarded.push(Forwarded { from, subject, body_text: String::new(), part: path.clone() });
        self.texts.push(Vec::new());
        let mail = self.forwarded.len();
        self.part(bytes, Place { path, depth: place.depth + 1, mail, slot: None, default: "text/plain" })
    }

    fn attach(&mut self, name: String, media_type: &str, bytes: Vec<u8>, place: &Place, inline: bool) {
        let mut notes = Vec::new();
        if tell(&name, &bytes).protected {
            notes.push(Note::EncryptedAttachment);
        }
        let part = if place.path.is_empty() { "1".to_owned() } else { place.path.clone() };
        self.attachments.push(Attachment { name, media_type: media_type.to_owned(), bytes, part, inline, notes });
    }

    /// Undoes the transfer encoding; decoded bytes count against the budget.
    fn decode(&mut self, body: &[u8], head: &Head) -> Result<Vec<u8>, Unreadable> {
        let bytes = match head.encoding.as_str() {
            "base64" => transfer::base64(body),
            "quoted-printable" => transfer::quoted_printable(body),
            "x-uuencode" | "uuencode" | "x-uue" => match transfer::take_uuencoded(body) {
                (_, files) if !files.is_empty() => files.into_iter().next().map(|f| f.bytes).unwrap_or_default(),
                _ => body.to_vec(),
            },
            _ => body.to_vec(),
        };
        self.decoded += bytes.len();
        if self.decoded > self.budget.max_bytes {
            return Err(Unreadable::TooLarge { limit_mb: self.budget.max_bytes >> 20 });
        }
        Ok(bytes)
    }

    fn new_slot(&mut self, mail: usize) -> usize {
        self.texts[mail].push(Slot::default());
        self.texts[mail].len() - 1
    }

    fn text(&mut self, decoded: Decoded, is_html: bool, place: &Place) {
        // The link itself stands in the page's source; what is shown may be no more than a file's name.
        if links_expire(&decoded.text) {
            self.notes.push(Note::ExpiringLink);
        }
        let slot = place.slot.unwrap_or_else(|| self.new_slot(place.mail));
        let slot = &mut self.texts[place.mail][slot];
        let target = if is_html { &mut slot.html } else { &mut slot.plain };
        match target {
            // Two plain parts in one alternative: some programs cut a text around its pictures.
            Some(before) => {
                before.text.push('\n');
                before.text.push_str(&decoded.text);
                before.notes.extend(decoded.notes);
            }
            None => *target = Some(decoded),
        }
    }
}

/// A mail's text as a person would read it.
struct Written {
    text: String,
    title: Option<String>,
    notes: Vec<Note>,
}

fn written(slots: Vec<Slot>, budget: &Budget) -> Result<Written, Unreadable> {
    let mut lines: Vec<Line> = Vec::new();
    let mut notes = Vec::new();
    for slot in slots {
        let plain = slot.plain.filter(|d| slot.html.is_none() || !d.text.trim().is_empty());
        match (plain, slot.html) {
            (Some(plain), _) => {
                lines.extend(plain::lines(&plain.text));
                notes.extend(plain.notes);
            }
            (None, Some(html)) => {
                lines.extend(html::lines(&html.text, budget)?);
                notes.extend(html.notes);
            }
            (None, None) => {}
        }
    }
    lines.retain(|l| !l.text.is_empty());
    let text: Vec<&str> = lines.iter().map(|l| l.text.as_str()).collect();
    let text = text.join("\n");
    if text.len() > budget.max_text_bytes || lines.len() > budget.max_paragraphs {
        return Err(Unreadable::TooLarge { limit_mb: budget.max_text_bytes >> 20 });
    }
    let centred = lines.first().is_some_and(|l| l.centred);
    let title = if centred { Document::from_lines(lines, Vec::new()).title } else { None };
    Ok(Written { text, title, notes })
}

struct Split<'a> {
    parts: Vec<&'a [u8]>,
    closed: bool,
}

/// Cuts a multipart's body at its boundary lines.
fn split<'a>(body: &'a [u8], boundary: &[u8], budget: &Budget) -> Result<Split<'a>, Unreadable> {
    let mut parts = Vec::new();
    let mut from: Option<usize> = None;
    let delimiter = [b"--", boundary].concat();
    for at in memchr::memmem::find_iter(body, &delimiter) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let end = line_end(body, at);
        let Some(last) = boundary_line(&body[at..end], &delimiter) else { continue };
        if let Some(from) = from {
            parts.push(&body[from..part_end(body, from, at)]);
        }
        if parts.len() > budget.max_parts {
            return Err(Unreadable::TooManyParts { limit: budget.max_parts });
        }
        if last {
            return Ok(Split { parts, closed: true });
        }
        from = Some(end);
    }
    if let Some(from) = from.filter(|from| *from < body.len()) {
        parts.push(&body[from..]);
    }
    Ok(Split { parts, closed: false })
}

/// Whether a line is the boundary, and whether the closing one.
fn boundary_line(line: &[u8], delimiter: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(delimiter)?;
    match trim_line_end(rest).trim_ascii_end() {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// The line end before a boundary belongs to the boundary.
fn part_end(body: &[u8], from: usize, boundary_at: usize) -> usize {
    from + trim_line_end(body.get(from..boundary_at).unwrap_or_default()).len()
}

/// Joins the soft line breaks of format=flowed (RFC 3676).
fn unflow(text: &str, delete_space: bool) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        if line.ends_with(' ') && line != "-- " {
            joined.push_str(if delete_space { &line[..line.len() - 1] } else { line });
        } else {
            joined.push_str(line);
            joined.push('\n');
        }
    }
    joined
}

/// The usual extension of a media type, for parts nobody named.
fn extension(media_type: &str) -> &'static str {
    match media_type {
        "text/plain" => ".txt",
        "text/html" => ".html",
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "application/pdf" => ".pdf",
        "application/zip" => ".zip",
        "application/msword" => ".doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => ".docx",
        _ => "",
    }
}
