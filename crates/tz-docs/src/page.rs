//! The measured page of GB/T 9704: paper, text area, grid, page numbers, and the lines and head of a letter (信函).
//! Lengths are twips (1 mm = 56.693).

use crate::{
    paragraph::{Align, Indent, Para, RedLine, Run},
    style::Font,
    text::half_width,
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
/// What keeps the text off the end matter (版记), and the tiny paragraph that a word processor wants after it.
pub(crate) const END_GAP: i32 = 120;
pub(crate) const END_AFTER: i32 = 20;
/// 152 mm in points: the widest a head may be.
pub(crate) const HEAD_POINTS: f64 = 430.87;

/// Width and height of the paper, A4.
pub(crate) const PAPER: (i32, i32) = (11906, 16838);
/// Upper edge of the text area, 37 mm from the paper's.
pub(crate) const TOP: i32 = 2098;
/// Left edge of the text area, 28 mm from the paper's.
pub(crate) const LEFT: i32 = 1588;
const BOTTOM: i32 = 1984;
const RIGHT: i32 = 1474;
const HEADER: i32 = 851;
const FOOTER: i32 = 1447;

/// A letter's head begins 30 mm from the paper's edge, and its lower line ends 20 mm from it.
const LETTER_TOP: i32 = 1701;
const LETTER_FOOTER: i32 = 1134;
/// Height of the line of a letter's head.
const LETTER_HEAD: i32 = 720;
/// Empty line above the text of a letter's further pages, which begins at 37 mm as elsewhere.
const LETTER_HEADER: i32 = TOP - LETTER_TOP;
/// What lifts a letter's page number to where it stands on other pages.
const LETTER_LIFT: i32 = FOOTER - LETTER_FOOTER;
/// How far a letter's double lines reach out of the text area: 170 mm, centred on the paper.
const LETTER_OUT: (i32, i32) = (454, 340);
/// The double lines: thick and thin in eighths of a point, and the height of the empty line between.
const THICK: i32 = 18;
const THIN: i32 = 6;
const BETWEEN: i32 = 20;
/// Space between the head and the double line under it.
const UNDER_HEAD: i32 = 150;

/// What a page is besides its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// The page of an official document or a publication: text and page number.
    Standard,
    /// A letter (信函): head and double lines on page 1, which has no number.
    Letter {
        /// The issuing body, in the head.
        body: String,
    },
}

/// A header or a footer of the DOCX.
pub(crate) struct Edge {
    pub(crate) part: &'static str,
    pub(crate) id: &'static str,
    pub(crate) side: Side,
    /// `default` (odd), `even` or `first`.
    pages: &'static str,
    pub(crate) paras: Vec<Para>,
}

/// Above or below the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Header,
    Footer,
}

impl Side {
    /// The word in relations, content types and references.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Footer => "footer",
        }
    }

    /// The root element of the part.
    pub(crate) fn root(self) -> &'static str {
        match self {
            Self::Header => "w:hdr",
            Self::Footer => "w:ftr",
        }
    }

    fn reference(self) -> &'static str {
        match self {
            Self::Header => "w:headerReference",
            Self::Footer => "w:footerReference",
        }
    }
}

/// A paragraph that stands outside the text, with the upper edge of its line.
pub(crate) struct Fixed {
    pub(crate) top: i32,
    pub(crate) para: Para,
}

impl Form {
    /// Headers and footers in the order of the package.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let edge = |part, id, side, pages, paras| Edge { part, id, side, pages, paras };
        let number = |even| vec![self.page_number(even)];
        let mut edges = vec![
            edge("word/footer1.xml", "rId4", Side::Footer, "default", number(false)),
            edge("word/footer2.xml", "rId5", Side::Footer, "even", number(true)),
        ];
        if let Self::Letter { body } = self {
            let empty = || vec![Para::plain().line(LETTER_HEADER)];
            edges.extend([
                edge("word/header1.xml", "rId6", Side::Header, "default", empty()),
                edge("word/header2.xml", "rId7", Side::Header, "even", empty()),
                edge(
                    "word/header3.xml",
                    "rId8",
                    Side::Header,
                    "first",
                    vec![letter_head(body), double_line(THICK, THIN).before(UNDER_HEAD)],
                ),
                edge("word/footer3.xml", "rId9", Side::Footer, "first", vec![double_line(THIN, THICK)]),
            ]);
        }
        edges
    }

    /// Writes the section: headers, footers, paper, margins, and a grid of lines only (a grid of characters is read
    /// differently by every program; tightened runs give 28 to a line by arithmetic).
    pub(crate) fn write_section(&self, xml: &mut Xml) {
        let (top, header, footer) = match self {
            Self::Standard => (TOP, HEADER, FOOTER),
            Self::Letter { .. } => (LETTER_TOP, LETTER_TOP, LETTER_FOOTER),
        };
        xml.element("w:sectPr", &[], |xml| {
            for edge in self.edges() {
                xml.leaf(edge.side.reference(), &[("w:type", &edge.pages), ("r:id", &edge.id)]);
            }
            xml.leaf("w:pgSz", &[("w:w", &PAPER.0), ("w:h", &PAPER.1)]);
            xml.leaf(
                "w:pgMar",
                &[
                    ("w:top", &top),
                    ("w:right", &RIGHT),
                    ("w:bottom", &BOTTOM),
                    ("w:left", &LEFT),
                    ("w:header", &header),
                    ("w:footer", &footer),
                    ("w:gutter", &0),
                ],
            );
            if matches!(self, Self::Letter { .. }) {
                xml.leaf("w:titlePg", &[]);
            }
            xml.leaf("w:docGrid", &[("w:type", &"lines"), ("w:linePitch", &LINE)]);
        });
    }

    /// Where the text of a page begins, from the paper's upper edge. Pages count from 1.
    pub(crate) fn text_top(&self, page: usize) -> i32 {
        match self {
            Self::Letter { .. } if page == 1 => {
                LETTER_TOP + LETTER_HEAD + UNDER_HEAD + BETWEEN + (THICK + THIN) * 20 / 8
            }
            Self::Letter { .. } | Self::Standard => TOP,
        }
    }

    /// What stands on a page outside its text.
    pub(crate) fn around(&self, page: usize) -> Vec<Fixed> {
        match self {
            Self::Letter { body } if page == 1 => {
                let double = BETWEEN + (THICK + THIN) * 20 / 8;
                vec![
                    Fixed { top: LETTER_TOP, para: letter_head(body) },
                    Fixed { top: LETTER_TOP + LETTER_HEAD + UNDER_HEAD, para: double_line(THICK, THIN) },
                    Fixed { top: PAPER.1 - LETTER_FOOTER - double, para: double_line(THIN, THICK) },
                ]
            }
            Self::Letter { .. } | Self::Standard => {
                let para = self.page_number(page.is_multiple_of(2));
                vec![Fixed { top: PAPER.1 - FOOTER - NUMBER_LINE, para }]
            }
        }
    }

    /// The page number `— 1 —` (页码) of odd or of even pages.
    fn page_number(&self, even: bool) -> Para {
        let run = Run::new().font(Font::Song).size(28);
        let para =
            Para::plain().line(NUMBER_LINE).run(run.clone().text("— ")).run(run.clone().page()).run(run.text(" —"));
        let para = match self {
            Self::Standard => para,
            Self::Letter { .. } => para.after(LETTER_LIFT),
        };
        if even {
            para.indent(Indent { left: Some(280), ..Indent::default() }).align(Align::Left)
        } else {
            para.indent(Indent { right: Some(280), ..Indent::default() }).align(Align::Right)
        }
    }
}

/// Height of the page number's line.
const NUMBER_LINE: i32 = 280;

/// The issuing body above a letter: 36 pt, spread to at most 150 mm, and a longer name narrowed to that.
fn letter_head(body: &str) -> Para {
    const WIDEST: f64 = 425.0;
    let characters = f64::from(half_width(body)) / 2.0;
    let free = WIDEST - characters * 36.0;
    let (spacing, scale) = if free >= 0.0 {
        (((free / characters.max(1.0) * 20.0).floor() as i32).min(120), 100)
    } else {
        (0, ((WIDEST / (characters * 36.0) * 100.0).floor() as i32).max(1))
    };
    Para::plain()
        .line(LETTER_HEAD)
        .align(Align::Center)
        .run(Run::new().font(Font::Title).size(72).spacing(spacing).scale(scale).red().text(body))
}

/// An empty line between two red ones. Two single borders, not one of the compound styles: programs differ on which
/// of its lines is the thick one.
fn double_line(above: i32, below: i32) -> Para {
    Para::plain()
        .line(BETWEEN)
        .indent(Indent { left: Some(-LETTER_OUT.0), right: Some(-LETTER_OUT.1), ..Indent::default() })
        .red_top(RedLine { eighths: above, space: 0 })
        .red_line(RedLine { eighths: below, space: 0 })
}
