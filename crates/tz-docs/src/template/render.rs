//! A template and values: the lines of a paper, in order, not yet set.

use std::collections::BTreeMap;

use super::{Directive, Node, Piece, Template};
use crate::{
    kinds::{Field, Holds},
    parts::Block,
    table::Column,
    text::{numeral, one_line},
};

/// The value of a field.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Blocks(Vec<Block>),
    List(Vec<Values>),
}

impl Value {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Blocks(blocks) => blocks.is_empty(),
            Self::List(list) => list.is_empty(),
        }
    }
}

/// Values by the names of their fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    /// One line of text; empty is absent.
    pub(crate) fn text(mut self, name: &'static str, text: impl AsRef<str>) -> Self {
        self.0.insert(name, Value::Text(one_line(text.as_ref())));
        self
    }

    /// Text whose line breaks are kept (a title's lines).
    pub(crate) fn lines(mut self, name: &'static str, text: impl AsRef<str>) -> Self {
        self.0.insert(name, Value::Text(text.as_ref().to_owned()));
        self
    }

    /// Whether something is so.
    pub(crate) fn flag(self, name: &'static str, is: bool) -> Self {
        self.text(name, if is { "是" } else { "" })
    }

    /// Whole paragraphs.
    pub(crate) fn blocks(mut self, name: &'static str, blocks: Vec<Block>) -> Self {
        self.0.insert(name, Value::Blocks(blocks));
        self
    }

    /// A list.
    pub(crate) fn list(mut self, name: &'static str, list: impl IntoIterator<Item = Self>) -> Self {
        self.0.insert(name, Value::List(list.into_iter().collect()));
        self
    }

    /// Whether these are exactly the values that a template may ask for, each of its kind.
    pub(crate) fn fit(&self, fields: &[Field]) -> bool {
        self.0.len() == fields.len()
            && fields.iter().all(|field| match (self.0.get(field.name), field.holds) {
                (Some(Value::Text(_)), Holds::Text | Holds::Flag) | (Some(Value::Blocks(_)), Holds::Blocks) => true,
                (Some(Value::List(list)), Holds::List(inner)) => list.iter().all(|member| member.fit(inner)),
                _ => false,
            })
    }
}

/// A table with its values.
#[derive(Debug, Clone)]
pub(crate) struct LaidTable {
    pub(crate) title: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// One line of the paper.
#[derive(Debug, Clone)]
pub(crate) enum Laid {
    Line(Directive, String),
    Blocks(Vec<Block>),
    Table(LaidTable),
}

/// The lines of a paper.
pub(crate) fn render(template: &Template, values: &Values) -> Vec<Laid> {
    let mut laid = Vec::new();
    render_nodes(&template.nodes, &mut vec![values.clone()], &mut laid);
    laid
}

fn render_nodes(nodes: &[Node], scopes: &mut Vec<Values>, laid: &mut Vec<Laid>) {
    for node in nodes {
        match node {
            Node::Line { directive, pieces } => {
                let (text, fields) = text(pieces, scopes);
                if fields != Fields::Empty {
                    laid.push(Laid::Line(*directive, text));
                } else if *directive == Directive::Column {
                    // An item without a column ends the one before it, though nothing is printed.
                    laid.push(Laid::Line(*directive, String::new()));
                }
            }
            Node::Blocks { field } => {
                if let Some(Value::Blocks(blocks)) = find(scopes, field) {
                    laid.push(Laid::Blocks(blocks.clone()));
                }
            }
            Node::If { field, wanted, nodes } => {
                if is_there(scopes, field) == *wanted {
                    render_nodes(nodes, scopes, laid);
                }
            }
            Node::Each { field, nodes } => {
                for member in members(scopes, field) {
                    scopes.push(member);
                    render_nodes(nodes, scopes, laid);
                    scopes.pop();
                }
            }
            Node::Table { title, columns, rows } => {
                let rows: Vec<Vec<String>> = members(scopes, rows)
                    .into_iter()
                    .map(|member| {
                        scopes.push(member);
                        let cells = columns.iter().map(|column| text(&column.cell, scopes).0).collect();
                        scopes.pop();
                        cells
                    })
                    .collect();
                // A table without a row says nothing.
                if rows.is_empty() {
                    continue;
                }
                let columns = columns.iter().map(|column| Column {
                    head: text(&column.head, scopes).0,
                    width: column.width,
                    align: column.align,
                    figures: column.figures,
                });
                let columns = columns.collect();
                laid.push(Laid::Table(LaidTable { title: text(title, scopes).0, columns, rows }));
            }
        }
    }
}

/// What the fields of a line hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fields {
    /// There are none.
    None,
    /// All are empty.
    Empty,
    Some,
}

/// The text of a line.
fn text(pieces: &[Piece], scopes: &[Values]) -> (String, Fields) {
    let mut out = String::new();
    let mut fields = Fields::None;
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Field(name) => {
                let value = match find(scopes, name) {
                    Some(Value::Text(text)) => text.as_str(),
                    _ => "",
                };
                fields = match (fields, value.trim().is_empty()) {
                    (Fields::None | Fields::Empty, true) => Fields::Empty,
                    (Fields::Some, _) | (_, false) => Fields::Some,
                };
                out.push_str(value);
            }
            Piece::If { field, wanted, pieces } => {
                if is_there(scopes, field) == *wanted {
                    let (inner, inside) = text(pieces, scopes);
                    out.push_str(&inner);
                    if inside == Fields::Some {
                        fields = Fields::Some;
                    }
                }
            }
        }
    }
    (out, fields)
}

fn find<'v>(scopes: &'v [Values], name: &str) -> Option<&'v Value> {
    scopes.iter().rev().find_map(|values| values.0.get(name))
}

fn is_there(scopes: &[Values], name: &str) -> bool {
    find(scopes, name).is_some_and(|value| !value.is_empty())
}

/// The members of a list, each with its number.
fn members(scopes: &[Values], name: &str) -> Vec<Values> {
    match find(scopes, name) {
        Some(Value::List(list)) => (1_usize..)
            .zip(list)
            .map(|(number, member)| {
                let [plain, chinese] = super::read::COUNTED;
                member.clone().text(plain, number.to_string()).text(chinese, numeral(number))
            })
            .collect(),
        Some(Value::Text(_) | Value::Blocks(_)) | None => Vec::new(),
    }
}
