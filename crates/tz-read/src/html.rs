//! HTML to paragraphs. One pass over the text; scripts, styles and comments are left out, nothing is fetched.

use crate::budget::{Budget, Meter};
use crate::charset;
use crate::document::{Document, Line, TextReader};
use crate::kind::FileKind;
use crate::unreadable::Unreadable;

pub(crate) struct HtmlReader;

impl TextReader for HtmlReader {
    fn kind(&self) -> FileKind {
        FileKind::Html
    }

    fn read(&self, bytes: &[u8], meter: &mut Meter<'_>) -> Result<Document, Unreadable> {
        meter.work(bytes.len())?;
        let decoded = charset::decode(bytes, declared(bytes).as_deref());
        let lines = lines(&decoded.text, meter.budget)?;
        Ok(Document::from_lines(lines, decoded.notes))
    }
}

/// The charset a page declares of itself.
pub(crate) fn declared(bytes: &[u8]) -> Option<String> {
    declared_after(bytes, "charset=")
}

/// The label that stands after `key` near the beginning.
pub(crate) fn declared_after(bytes: &[u8], key: &str) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let after = &head[head.find(key)? + key.len()..];
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    (!label.is_empty()).then_some(label)
}

/// Elements that begin and end a paragraph.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "hr"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "pre"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "center"
            | "body"
            | "title"
            | "tbody"
            | "form"
            | "fieldset"
            | "address"
            | "main"
            | "nav"
            | "aside"
    )
}

/// Elements whose content is no text.
fn is_silent(name: &str) -> bool {
    matches!(name, "script" | "style" | "head" | "xml" | "template" | "noscript" | "select" | "svg" | "math")
}

/// The paragraphs of a page, with which of them are centred.
pub(crate) fn lines(html: &str, budget: &Budget) -> Result<Vec<Line>, Unreadable> {
    let mut out = Out::default();
    let last_close = html.rfind('>').unwrap_or(0);
    // Elements found never to close, so that a page of them is not searched again and again.
    let mut unclosed: Vec<String> = Vec::new();
    let (mut at, mut tags) = (0, 0_usize);
    while at < html.len() {
        // Ten elements to a paragraph are more than any page made by a person has.
        let many = out.lines.len() > budget.max_paragraphs || tags / 10 > budget.max_paragraphs;
        if out.size > budget.max_text_bytes || many {
            return Err(Unreadable::TooLarge { limit_mb: budget.max_text_bytes >> 20 });
        }
        let rest = &html[at..];
        let Some(open) = rest.find('<') else {
            out.text(rest);
            break;
        };
        out.text(&rest[..open]);
        at += open;
        let rest = &html[at..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(html.len(), |end| at + end + 3);
        } else if at < last_close && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            let end = at + tag_end(rest);
            let tag = Tag::read(&html[at + 1..end]);
            tags += 1;
            at = end + 1;
            if is_silent(tag.name.as_str()) && !tag.closes {
                if !unclosed.contains(&tag.name) {
                    match skip_silent(html, at, &tag) {
                        Some(after) => at = after,
                        // Code without an end is no text; of anything else too much would be lost.
                        None if matches!(tag.name.as_str(), "script" | "style") => at = html.len(),
                        None => unclosed.push(tag.name),
                    }
                }
            } else {
                out.tag(&tag);
            }
        } else {
            out.text("<");
            at += 1;
        }
    }
    out.end_paragraph();
    Ok(out.lines)
}

/// Where a tag's `>` stands, quotes respected; an open quote is not.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (i, b) in tag.bytes().enumerate() {
        match (quote, b) {
            (None, b'>') => return i,
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            (Some(_) | None, _) => {}
        }
    }
    tag.find('>').unwrap_or(tag.len() - 1)
}

/// Past the closing tag of a silent element, if it has one; `head` also ends where `body` begins.
fn skip_silent(html: &str, from: usize, tag: &Tag) -> Option<usize> {
    if tag.closed {
        return Some(from);
    }
    let rest = &html.as_bytes()[from..];
    let is_at =
        |i: usize, word: &str| rest.get(i..i + word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()));
    let close = format!("</{}", tag.name);
    let mut i = 0;
    while let Some(next) = rest[i..].iter().position(|b| *b == b'<') {
        i += next;
        if tag.name == "head" && is_at(i, "<body") {
            return Some(from + i);
        }
        if is_at(i, &close) {
            return Some(rest[i..].iter().position(|b| *b == b'>').map_or(html.len(), |end| from + i + end + 1));
        }
        i += 1;
    }
    None
}

struct Tag {
    name: String,
    closes: bool,
    closed: bool,
    centred: bool,
}

impl Tag {
    fn read(inside: &str) -> Self {
        let closes = inside.starts_with('/');
        let body = inside.trim_start_matches('/');
        let name: String =
            body.chars().take_while(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
        let attributes: String = body
            .chars()
            .take(2_000)
            .filter(|c| !c.is_whitespace() && !"\"'".contains(*c))
            .collect::<String>()
            .to_ascii_lowercase();
        let centred =
            attributes.contains("align=center") || attributes.contains("text-align:center") || name == "center";
        Self { centred: centred || matches!(name.as_str(), "h1" | "h2"), name, closes, closed: inside.ends_with('/') }
    }
}

/// Lines in the making.
#[derive(Default)]
struct Out {
    lines: Vec<Line>,
    current: String,
    centred: bool,
    size: usize,
}

impl Out {
    fn text(&mut self, raw: &str) {
        self.size += raw.len();
        let mut rest = raw;
        while let Some(amp) = rest.find('&') {
            self.plain(&rest[..amp]);
            let (c, length) = entity(&rest[amp..]);
            match c {
                Some(c) => self.current.push(c),
                None => self.current.push_str(&rest[amp..amp + length]),
            }
            rest = &rest[amp + length..];
        }
        self.plain(rest);
    }

    /// White space in the source is one space; between Han characters a line break in the source is nothing.
    fn plain(&mut self, text: &str) {
        let mut broken = false;
        for c in text.chars() {
            if matches!(c, '\n' | '\r') {
                broken = true;
            } else if matches!(c, ' ' | '\t') {
                if !self.current.ends_with(' ') && !broken {
                    self.current.push(' ');
                }
            } else {
                if broken && c.is_ascii_alphanumeric() && self.current.ends_with(|l: char| l.is_ascii_graphic()) {
                    self.current.push(' ');
                }
                broken = false;
                self.current.push(c);
            }
        }
        if broken && self.current.ends_with(|l: char| l.is_ascii_alphanumeric()) {
            self.current.push(' ');
        }
    }

    fn tag(&mut self, tag: &Tag) {
        if !is_block(&tag.name) {
            return;
        }
        self.end_paragraph();
        if tag.name != "br" {
            self.centred = tag.centred && !tag.closes;
        }
    }

    fn end_paragraph(&mut self) {
        let line = Line::new(&self.current, self.centred);
        self.current.clear();
        if !line.text.is_empty() {
            self.lines.push(line);
        }
    }
}

/// The character of the entity `text` begins with and how many bytes it takes; no character if it is none.
fn entity(text: &str) -> (Option<char>, usize) {
    let name: &str = match text[1..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')) {
        Some(end) => &text[1..=end],
        None => &text[1..],
    };
    if name.is_empty() || name.len() > 10 {
        return (None, 1);
    }
    let length = 1 + name.len() + usize::from(text[1 + name.len()..].starts_with(';'));
    let number = name.strip_prefix('#').map(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    });
    let c = match (number, name) {
        (Some(code), _) => code.ok().and_then(char::from_u32).filter(|c| *c != '\0'),
        (None, "nbsp" | "ensp" | "emsp") => Some(' '),
        (None, "lt") => Some('<'),
        (None, "gt") => Some('>'),
        (None, "amp") => Some('&'),
        (None, "quot") => Some('"'),
        (None, "apos") => Some('\''),
        (None, "ldquo") => Some('“'),
        (None, "rdquo") => Some('”'),
        (None, "lsquo") => Some('‘'),
        (None, "rsquo") => Some('’'),
        (None, "mdash") => Some('—'),
        (None, "ndash") => Some('–'),
        (None, "hellip") => Some('…'),
        (None, "middot") => Some('·'),
        (None, "bull") => Some('•'),
        (None, "times") => Some('×'),
        (None, "permil") => Some('‰'),
        (None, "deg") => Some('°'),
        (None, "copy") => Some('©'),
        (None, _) => None,
    };
    if c.is_some() { (c, length) } else { (None, 1) }
}
