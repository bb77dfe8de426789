//! The measured page of GB/T 9704: paper, text area, grid, page numbers. Lengths are twips (1 mm = 56.693).

use crate::{
    paragraph::{Align, Indent, Para, Run},
    style::Font,
    xml::Xml,
};

/// Width of the text area (版心), 156 mm.
pub(crate) const TEXT_WIDTH: i32 = 8844;
/// Height of the text area, 225 mm.
pub(crate) const TEXT_HEIGHT: i32 = 12756;
/// One line (行): 22 of them fit into the text area; at 580 there would be 21.
pub(crate) const LINE: i32 = 579;
/// One body character (字): 16 pt tightened by 0.25 pt, so that 28 fit into a line.
pub(crate) const CHARACTER: i32 = 315;
/// Characters in a body line.
pub(crate) const LINE_CHARACTERS: i32 = 28;
/// 152 mm in points: the widest a head may be.
pub(crate) const HEAD_POINTS: f64 = 430.87;

const PAPER: (i32, i32) = (11906, 16838);
const TOP: i32 = 2098;
const BOTTOM: i32 = 1984;
const LEFT: i32 = 1588;
const RIGHT: i32 = 1474;
const HEADER: i32 = 851;
const FOOTER: i32 = 1447;

/// Relation ids of the two footers, shared with the package's relations.
pub(crate) const FOOTER_ODD: &str = "rId4";
/// See [`FOOTER_ODD`].
pub(crate) const FOOTER_EVEN: &str = "rId5";

/// Writes the section: footers, paper, margins, and a grid of lines only (a grid of characters is read differently by
/// every program; tightened runs give 28 to a line by arithmetic).
pub(crate) fn write_section(xml: &mut Xml) {
    xml.element("w:sectPr", &[], |xml| {
        xml.leaf("w:footerReference", &[("w:type", &"default"), ("r:id", &FOOTER_ODD)]);
        xml.leaf("w:footerReference", &[("w:type", &"even"), ("r:id", &FOOTER_EVEN)]);
        xml.leaf("w:pgSz", &[("w:w", &PAPER.0), ("w:h", &PAPER.1)]);
        xml.leaf(
            "w:pgMar",
            &[
                ("w:top", &TOP),
                ("w:right", &RIGHT),
                ("w:bottom", &BOTTOM),
                ("w:left", &LEFT),
                ("w:header", &HEADER),
                ("w:footer", &FOOTER),
                ("w:gutter", &0),
            ],
        );
        xml.leaf("w:docGrid", &[("w:type", &"lines"), ("w:linePitch", &LINE)]);
    });
}

/// The page number `— 1 —` (页码) of odd or of even pages.
pub(crate) fn page_number(even: bool) -> Para {
    let run = Run::new().font(Font::Song).size(28);
    let para = Para::plain().line(280).run(run.clone().text("— ")).run(run.clone().page()).run(run.text(" —"));
    if even {
        para.indent(Indent { left: Some(280), ..Indent::default() }).align(Align::Left)
    } else {
        para.indent(Indent { right: Some(280), ..Indent::default() }).align(Align::Right)
    }
}
