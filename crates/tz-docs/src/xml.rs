//! A writer for the XML parts of a document: elements nest by closures, so a part can never be left unbalanced.

use std::fmt::{Display, Write as _};

/// Attributes in the order in which they are written.
pub(crate) type Attributes<'a> = &'a [(&'a str, &'a dyn Display)];

/// One XML part being written.
pub(crate) struct Xml {
    out: String,
}

impl Xml {
    /// A part with its declaration and nothing else.
    pub(crate) fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n".to_owned() }
    }

    /// A piece of XML that stands inside something else.
    pub(crate) fn inside() -> Self {
        Self { out: String::new() }
    }

    /// A document of its own for readers of any kind.
    pub(crate) fn document() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned() }
    }

    /// What is written already.
    pub(crate) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// The finished part.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// An element with content.
    pub(crate) fn element(&mut self, name: &str, attributes: Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.start(name, attributes);
        self.out.push('>');
        content(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// An element without content.
    pub(crate) fn leaf(&mut self, name: &str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.out.push_str("/>");
    }

    /// Text, escaped; characters that XML 1.0 forbids are dropped.
    pub(crate) fn text(&mut self, text: &str) {
        escape_into(&mut self.out, text);
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            let mut plain = String::new();
            write!(plain, "{value}").expect("writing into a String cannot fail");
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            escape_into(&mut self.out, &plain);
            self.out.push('"');
        }
    }
}

/// Whether XML 1.0 allows the character in a document.
fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{1_0000}'..)
}

fn escape_into(out: &mut String, text: &str) {
    for c in text.chars().filter(|c| allowed(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
