//! A small tree of a document's parts and a path language over it, enough to name one value.
//!
//! `w:style[w:name@w:val=表题]/w:rPr/w:sz@w:val`: the first step finds the first such element anywhere, later steps
//! go to children. `[~text]` asks for text inside, `[child@attribute=value]` for a child, `[3]` takes the third
//! match, `/*` at the end gives the names of the children, `#` their number, `$` the text.

use std::io::{Cursor, Read as _};

use quick_xml::events::Event;

#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    pub own_text: String,
}

/// Names of the parts, in the order of the package.
pub fn names(docx: &[u8]) -> Vec<String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(docx)).expect("a document is a zip");
    (0..zip.len())
        .map(|index| zip.by_index(index).expect("an index below len").name().expect("names are UTF-8").into_owned())
        .collect()
}

pub fn raw(docx: &[u8], part: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(docx)).expect("a document is a zip");
    let mut text = String::new();
    zip.by_name(part).expect("the part is there").read_to_string(&mut text).expect("parts are UTF-8");
    text
}

/// One part as a tree; panics where it is not well-formed.
pub fn part(docx: &[u8], part: &str) -> Node {
    let text = raw(docx, part);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) => open.push(node(&start)),
            Event::Empty(start) => {
                let leaf = node(&start);
                open.last_mut().expect("the root stays").children.push(leaf);
            }
            Event::End(_) => {
                let done = open.pop().expect("an element was open");
                open.last_mut().expect("the root stays").children.push(done);
            }
            Event::Text(text) => {
                open.last_mut().expect("the root stays").own_text.push_str(&text);
            }
            Event::GeneralRef(reference) => {
                let c = match &*reference {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    other => panic!("unknown entity {other}"),
                };
                open.last_mut().expect("the root stays").own_text.push(c);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "every element is closed");
    open.pop().expect("an element was open")
}

fn node(start: &quick_xml::events::BytesStart<'_>) -> Node {
    Node {
        name: start.name().as_ref().to_owned(),
        attributes: start
            .attributes()
            .map(|attribute| {
                let attribute = attribute.expect("well-formed attributes");
                (attribute.key.as_ref().to_owned(), attribute.value.into_owned())
            })
            .collect(),
        ..Node::default()
    }
}

impl Node {
    pub fn text(&self) -> String {
        let inside: String = self.children.iter().map(Node::text).collect();
        self.own_text.clone() + &inside
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every element of that name below this one, in document order.
    pub fn all(&self, name: &str) -> Vec<&Node> {
        let mut found = Vec::new();
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            found.extend(child.all(name));
        }
        found
    }

    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The value at a path, or what is missing.
    pub fn value(&self, path: &str) -> Result<String, String> {
        let (steps, attribute) = match path.rsplit_once('@') {
            Some((steps, attribute)) if !attribute.contains(']') => (steps, Some(attribute)),
            _ => (path, None),
        };
        let mut here = self;
        for (depth, step) in split_steps(steps).into_iter().enumerate() {
            match step.as_str() {
                "*" => return Ok(here.children.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(" ")),
                "#" => return Ok(here.children.len().to_string()),
                "$" => return Ok(here.text()),
                _ => {}
            }
            here = here.step(&step, depth == 0).ok_or_else(|| format!("no {step}"))?;
        }
        match attribute {
            Some(name) => here.attribute(name).map(str::to_owned).ok_or_else(|| format!("no attribute {name}")),
            None => Ok("there".to_owned()),
        }
    }

    fn step(&self, step: &str, anywhere: bool) -> Option<&Node> {
        let (name, predicates) = step.split_once('[').map_or((step, ""), |(name, rest)| (name, rest));
        let mut found: Vec<&Node> =
            if anywhere { self.all(name) } else { self.children.iter().filter(|child| child.name == name).collect() };
        for predicate in predicates.split('[').map(|text| text.trim_end_matches(']')).filter(|text| !text.is_empty()) {
            if let Some(text) = predicate.strip_prefix('~') {
                found.retain(|node| node.text().contains(text));
            } else if let Some((child, wanted)) = predicate.split_once('=') {
                let (child, attribute) = child.split_once('@').expect("child@attribute=value");
                found.retain(|node| {
                    let holder = if child.is_empty() { Some(*node) } else { node.child(child) };
                    holder.and_then(|holder| holder.attribute(attribute)) == Some(wanted)
                });
            } else {
                let index: usize = predicate.parse().expect("a place from 1");
                found = found.get(index - 1).copied().into_iter().collect();
            }
        }
        found.first().copied()
    }
}

fn split_steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut depth = 0;
    for c in path.chars() {
        depth += i32::from(c == '[') - i32::from(c == ']');
        if c == '/' && depth == 0 {
            steps.push(String::new());
        } else {
            steps.last_mut().expect("the root stays").push(c);
        }
    }
    steps
}
