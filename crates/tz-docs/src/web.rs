//! A paper as a page for a browser: the same words in the same order, laid out for a screen. No script, nothing from elsewhere.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    paper::{Element, Paper},
    paragraph::{Align, Para, Piece},
    style::Style,
    table::{Merge, Row, Table, data_rows},
    xml::Xml,
};

/// The paper as the inside of an HTML element.
pub(crate) fn write(paper: &Paper) -> String {
    let mut xml = Xml::inside();
    if let crate::page::Form::Letter { body } = &paper.form {
        xml.element("p", &[("class", &"head")], |xml| xml.text(body));
    }
    for element in &paper.elements {
        match element {
            Element::Para(one) => para(&mut xml, one),
            Element::Masthead(one, picture) => {
                let data = format!("data:image/png;base64,{}", STANDARD.encode(picture.png()));
                xml.element("p", &[("class", &"masthead")], |xml| {
                    xml.leaf("img", &[("src", &data), ("alt", &one.plain_text())]);
                });
            }
            Element::Table(Table::Data { columns, rows, .. }) => {
                xml.element("div", &[("class", &"table")], |xml| {
                    xml.element("table", &[], |xml| {
                        let rows = data_rows(columns, rows, false);
                        let heads = rows.iter().filter(|row| row.head).count();
                        xml.element("thead", &[], |xml| rows[..heads].iter().for_each(|row| table_row(xml, row)));
                        xml.element("tbody", &[], |xml| rows[heads..].iter().for_each(|row| table_row(xml, row)));
                    });
                });
            }
            Element::Table(Table::End { rows, .. }) => {
                xml.element("footer", &[], |xml| rows.iter().flatten().for_each(|one| para(xml, one)));
            }
            // What a scanner reads is for paper.
            Element::Code(_) => {}
        }
    }
    xml.finish()
}

/// What it says, a paragraph or a cell a line.
pub(crate) fn words(paper: &Paper) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    for element in &paper.elements {
        match element {
            Element::Para(para) | Element::Masthead(para, _) => line(&para.plain_text()),
            Element::Table(Table::Data { rows, .. }) => rows.iter().flatten().for_each(|cell| line(cell)),
            Element::Table(Table::End { rows, .. }) => rows.iter().flatten().for_each(|para| line(&para.plain_text())),
            Element::Code(_) => {}
        }
    }
    out
}

/// A paragraph; an empty line is the page's business.
fn para(xml: &mut Xml, para: &Para) {
    let text = para.plain_text();
    let stand = para.stand();
    if text.trim().is_empty() {
        if stand.red_line.is_some() {
            xml.leaf("hr", &[]);
        }
        return;
    }
    let big = para.runs().iter().any(|run| run.face(para.style()).half_points >= 72 && run.face(para.style()).red);
    let (name, class) = match para.style() {
        Style::Masthead => ("p", "masthead"),
        _ if big => ("p", "head"),
        Style::Title => ("h1", ""),
        Style::Level1 => ("h2", ""),
        Style::Level2 => ("h3", ""),
        Style::Level3 | Style::Level4 | Style::Body => ("p", "text"),
        Style::TableTitle => ("p", "caption"),
        _ => match stand.align {
            Align::Center => ("p", "center"),
            Align::Right => ("p", "right"),
            _ => ("p", ""),
        },
    };
    let line = if stand.red_line.is_some() { " lined" } else { "" };
    let class = format!("{class}{line}");
    let class = class.trim();
    let content = |xml: &mut Xml| {
        let tabbed = para.runs().iter().flat_map(|run| run.pieces()).any(|piece| matches!(piece, Piece::Tab));
        if tabbed {
            // What a tab parts stands at either end.
            let mut ends = vec![String::new()];
            for piece in para.runs().iter().flat_map(|run| run.pieces()) {
                match (piece, ends.last_mut()) {
                    (Piece::Tab, _) => ends.push(String::new()),
                    (Piece::Text(text), Some(end)) => end.push_str(text),
                    (Piece::Text(_) | Piece::Break | Piece::Page, _) => {}
                }
            }
            ends.iter().for_each(|end| xml.element("span", &[], |xml| xml.text(end.trim())));
            return;
        }
        for piece in para.runs().iter().flat_map(|run| run.pieces()) {
            match piece {
                Piece::Text(text) => xml.text(text),
                Piece::Break => xml.leaf("br", &[]),
                Piece::Tab | Piece::Page => {}
            }
        }
    };
    if class.is_empty() { xml.element(name, &[], content) } else { xml.element(name, &[("class", &class)], content) }
}

fn table_row(xml: &mut Xml, row: &Row) {
    xml.element("tr", &[], |xml| {
        for cell in row.cells.iter().filter(|cell| cell.merge != Merge::GoesOn) {
            let down = if cell.merge == Merge::Begins { 2 } else { 1 };
            let name = if row.head { "th" } else { "td" };
            xml.element(name, &[("colspan", &cell.span), ("rowspan", &down)], |xml| xml.text(&cell.para.plain_text()));
        }
    });
}
