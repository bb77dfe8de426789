//! The code of an item in the right margin (稿件编码): a QR symbol of 12 mm with its text for people under it.
//!
//! The symbol has error correction level H, so that it is read with a third of it covered by a stamp or a pen. In the PDF it is
//! drawn, in the DOCX it is a picture in a frame of its own: neither moves a line of the text.

use qrcode::{Color, EcLevel, QrCode};
use tz_model::ItemCode;

use crate::{
    masthead::{self, Masthead},
    paragraph::{Align, Para, Run},
    style::Font,
    xml::Xml,
};

/// Where the symbol stands, from the paper's left edge: 187 mm.
pub(crate) const LEFT: i32 = 10602;
/// Its side, 12 mm.
pub(crate) const SIDE: i32 = 680;
/// From the upper edge of the title's line to the symbol's.
pub(crate) const DOWN: i32 = 85;
/// Between the symbol and its text: the quiet zone of four modules, less what the text's line leaves free.
pub(crate) const QUIET: i32 = 80;
/// Height of a line of its text.
const LINE: i32 = 190;
/// Height of all of it, with the quiet zone to the next.
pub(crate) const HEIGHT: i32 = SIDE + QUIET + 2 * LINE + QUIET;
/// Width of the frame in the DOCX, 16 mm.
const FRAME: i32 = 907;
/// Pixels of a module in the picture.
const PIXELS: usize = 8;
/// Units of a drawing in a twip.
const EMU: i32 = 635;

const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const PICTURE: &str = "http://schemas.openxmlformats.org/drawingml/2006/picture";
const PLACING: &str = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing";

/// The modules of a code, row by row.
pub(crate) struct Symbol {
    pub(crate) side: usize,
    dark: Vec<bool>,
}

impl Symbol {
    pub(crate) fn of(code: &ItemCode) -> Self {
        let symbol = QrCode::with_error_correction_level(code.to_string(), EcLevel::H)
            .expect("a code of some twenty characters fits a symbol");
        Self {
            side: symbol.width(),
            dark: symbol.into_colors().into_iter().map(|color| color == Color::Dark).collect(),
        }
    }

    /// Runs of dark modules: column, row and length.
    pub(crate) fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for (at, _) in self.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let (x, y) = (at % self.side, at / self.side);
            match runs.last_mut() {
                Some((from, row, length)) if *row == y && *from + *length == x => *length += 1,
                _ => runs.push((x, y, 1)),
            }
        }
        runs
    }

    /// A picture of it in black and white, without a margin.
    fn png(&self) -> Vec<u8> {
        let side = self.side * PIXELS;
        let mut bits = vec![0xFF_u8; side.div_ceil(8) * side];
        for (x, y, length) in self.runs() {
            for row in y * PIXELS..(y + 1) * PIXELS {
                // A module is as wide as a byte has bits.
                let from = row * side.div_ceil(8) + x;
                bits[from..from + length].fill(0);
            }
        }
        let mut bytes = Vec::new();
        let width = u32::try_from(side).expect("a symbol has some hundred pixels");
        let mut encoder = png::Encoder::new(&mut bytes, width, width);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header().expect("writing into memory cannot fail");
        writer.write_image_data(&bits).expect("rows of this width and number were announced");
        writer.finish().expect("writing into memory cannot fail");
        bytes
    }
}

/// The text under the symbol, a paragraph a line.
pub(crate) fn text(code: &ItemCode) -> [Para; 2] {
    code.lines()
        .map(|line| Para::plain().line(LINE).align(Align::Left).run(Run::new().font(Font::Song).size(16).text(line)))
}

/// The pictures of a paper as its package names them: the codes in their order, and a publication's masthead.
pub(crate) struct Pictures {
    codes: Vec<ItemCode>,
    masthead: Option<Masthead>,
}

impl Pictures {
    pub(crate) fn of(codes: impl Iterator<Item = ItemCode>, masthead: Option<Masthead>) -> Self {
        Self { codes: codes.collect(), masthead }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.masthead.is_none()
    }

    /// Name of a part and its bytes, for each.
    pub(crate) fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let part =
            |(code, number): (&ItemCode, usize)| (format!("word/media/code{number}.png"), Symbol::of(code).png());
        let head = self.masthead.iter().map(|head| (format!("word/{}", masthead::PART), head.png().to_vec()));
        self.codes.iter().zip(1..).map(part).chain(head).collect()
    }

    /// Identity and target of a relation, for each.
    pub(crate) fn relations(&self) -> Vec<(String, String)> {
        let head = self.masthead.iter().map(|_| (masthead::RELATION.to_owned(), masthead::PART.to_owned()));
        let codes = (1..=self.codes.len()).map(|number| (relation(number), format!("media/code{number}.png")));
        codes.chain(head).collect()
    }
}

fn relation(number: usize) -> String {
    format!("rIdCode{number}")
}

/// Writes a code in a frame in the right margin, level with the paragraph that follows; `number` counts the paper's codes from 1.
pub(crate) fn write(xml: &mut Xml, code: &ItemCode, number: usize) {
    let picture = |xml: &mut Xml| write_picture(xml, code, number);
    framed(xml, &[("w:before", &DOWN), ("w:after", &0), ("w:line", &240), ("w:lineRule", &"auto")], picture);
    for (at, line) in code.lines().into_iter().enumerate() {
        let before = if at == 0 { QUIET } else { 0 };
        let spacing: [(&str, &dyn std::fmt::Display); 4] =
            [("w:before", &before), ("w:after", &0), ("w:line", &LINE), ("w:lineRule", &"exact")];
        framed(xml, &spacing, |xml| {
            xml.element("w:r", &[], |xml| {
                xml.element("w:rPr", &[], |xml| {
                    Font::Song.write(xml, false);
                    xml.leaf("w:spacing", &[("w:val", &0)]);
                    xml.leaf("w:sz", &[("w:val", &16)]);
                    xml.leaf("w:szCs", &[("w:val", &16)]);
                });
                xml.element("w:t", &[], |xml| xml.text(&line));
            });
        });
    }
}

/// A paragraph of the frame: paragraphs that follow each other with the same frame stand in one.
fn framed(xml: &mut Xml, spacing: crate::xml::Attributes<'_>, content: impl FnOnce(&mut Xml)) {
    xml.element("w:p", &[], |xml| {
        xml.element("w:pPr", &[], |xml| {
            xml.leaf("w:keepNext", &[]);
            xml.leaf(
                "w:framePr",
                &[
                    ("w:w", &FRAME),
                    ("w:wrap", &"around"),
                    ("w:vAnchor", &"text"),
                    ("w:hAnchor", &"page"),
                    ("w:x", &LEFT),
                    ("w:y", &1),
                ],
            );
            xml.leaf("w:snapToGrid", &[("w:val", &0)]);
            xml.leaf("w:spacing", spacing);
            xml.leaf("w:jc", &[("w:val", &"left")]);
        });
        content(xml);
    });
}

fn write_picture(xml: &mut Xml, code: &ItemCode, number: usize) {
    let name = format!("稿件编码{number}");
    let drawing = Drawing {
        number,
        name: &name,
        says: &code.to_string(),
        relation: &relation(number),
        width: SIDE,
        height: SIDE,
    };
    xml.element("w:r", &[], |xml| write_drawing(xml, &drawing));
}

/// A picture in a line of text.
pub(crate) struct Drawing<'a> {
    /// Its own among all of the document.
    pub(crate) number: usize,
    pub(crate) name: &'a str,
    /// What it says, for those who cannot see it.
    pub(crate) says: &'a str,
    pub(crate) relation: &'a str,
    /// Twips.
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// Writes `w:drawing`.
pub(crate) fn write_drawing(xml: &mut Xml, drawing: &Drawing<'_>) {
    let Drawing { number, name, says, relation, .. } = drawing;
    let (width, height) = (drawing.width * EMU, drawing.height * EMU);
    let size: [(&str, &dyn std::fmt::Display); 2] = [("cx", &width), ("cy", &height)];
    xml.element("w:drawing", &[], |xml| {
        let edges: [(&str, &dyn std::fmt::Display); 5] =
            [("xmlns:wp", &PLACING), ("distT", &0), ("distB", &0), ("distL", &0), ("distR", &0)];
        xml.element("wp:inline", &edges, |xml| {
            xml.leaf("wp:extent", &size);
            xml.leaf("wp:docPr", &[("id", number), ("name", name), ("descr", says)]);
            xml.element("a:graphic", &[("xmlns:a", &DRAWING)], |xml| {
                xml.element("a:graphicData", &[("uri", &PICTURE)], |xml| {
                    xml.element("pic:pic", &[("xmlns:pic", &PICTURE)], |xml| {
                        xml.element("pic:nvPicPr", &[], |xml| {
                            xml.leaf("pic:cNvPr", &[("id", number), ("name", name)]);
                            xml.leaf("pic:cNvPicPr", &[]);
                        });
                        xml.element("pic:blipFill", &[], |xml| {
                            xml.leaf("a:blip", &[("r:embed", relation)]);
                            xml.element("a:stretch", &[], |xml| xml.leaf("a:fillRect", &[]));
                        });
                        xml.element("pic:spPr", &[], |xml| {
                            xml.element("a:xfrm", &[], |xml| {
                                xml.leaf("a:off", &[("x", &0), ("y", &0)]);
                                xml.leaf("a:ext", &size);
                            });
                            xml.element("a:prstGeom", &[("prst", &"rect")], |xml| xml.leaf("a:avLst", &[]));
                        });
                    });
                });
            });
        });
    });
}
