//! The pages of a paper as SVG: what is shown in a browser is set by the same lines as the PDF, so it breaks at the same
//! places.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    code::{SIDE, Symbol},
    faces::{FaceName, Faces},
    lines::Spot,
    masthead::Masthead,
    page::PAPER,
    pages::{self, Mark},
    paper::Paper,
    pdf::same_look,
    xml::Xml,
};

const RED: &str = "#e60000";
const BLACK: &str = "#000";

/// A picture of each page.
pub(crate) fn write(paper: &Paper, faces: &Faces) -> Vec<String> {
    let set = pages::set(paper, faces);
    set.pages.iter().enumerate().map(|(at, marks)| page(at + 1, marks, faces)).collect()
}

/// Points with two places: a fiftieth of a millimetre and less is nothing to see.
fn points(twips: f64) -> f64 {
    (twips * 5.0).round() / 100.0
}

fn page(number: usize, marks: &[Mark], faces: &Faces) -> String {
    let (width, height) = (points(f64::from(PAPER.0)), points(f64::from(PAPER.1)));
    let mut xml = Xml::inside();
    let label = format!("第{number}版");
    let frame = format!("0 0 {width} {height}");
    xml.element(
        "svg",
        &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("viewBox", &frame),
            ("class", &"page"),
            ("role", &"img"),
            ("aria-label", &label),
        ],
        |xml| {
            for mark in marks {
                match mark {
                    Mark::Code { x, y, code } => symbol(xml, *x, *y, &Symbol::of(code)),
                    Mark::Rule { x, y, width, height, red } => xml.leaf(
                        "rect",
                        &[
                            ("x", &points(*x)),
                            ("y", &points(*y)),
                            ("width", &points(*width)),
                            ("height", &points(*height)),
                            ("fill", &if *red { RED } else { BLACK }),
                        ],
                    ),
                    Mark::Masthead { x, y, width, height, picture } => {
                        masthead(xml, [*x, *y, *width, *height], picture);
                    }
                    Mark::Text { x, y, line } => {
                        // Space is where nothing stands: an SVG's own would be folded, and move what follows.
                        let seen: Vec<Spot> = line.iter().filter(|spot| !spot.c.is_whitespace()).copied().collect();
                        for run in seen.chunk_by(same_look) {
                            text(xml, faces, *x, *y, run);
                        }
                    }
                }
            }
        },
    );
    xml.finish()
}

/// The picture itself, so that the page needs no other file.
fn masthead(xml: &mut Xml, [x, y, width, height]: [f64; 4], picture: &Masthead) {
    let data = format!("data:image/png;base64,{}", STANDARD.encode(picture.png()));
    xml.leaf(
        "image",
        &[
            ("x", &points(x)),
            ("y", &points(y)),
            ("width", &points(width)),
            ("height", &points(height)),
            ("href", &data),
        ],
    );
}

/// A code's dark modules.
fn symbol(xml: &mut Xml, left: f64, top: f64, symbol: &Symbol) {
    let side = f64::from(SIDE) / symbol.side as f64;
    let rects: String = symbol
        .runs()
        .into_iter()
        .map(|(x, y, length)| {
            let (x, y) = (points(left + x as f64 * side), points(top + y as f64 * side));
            let (width, height) = (points(length as f64 * side), points(side));
            format!("M{x} {y}h{width}v{height}h-{width}z")
        })
        .collect();
    xml.leaf("path", &[("d", &rects), ("fill", &BLACK)]);
}

/// A piece of a line in one face, size and colour, every character at its own place.
fn text(xml: &mut Xml, faces: &Faces, left: f64, y: f64, run: &[Spot]) {
    let first = run[0];
    let scale = f64::from(first.scale) / 100.0;
    let start = left + first.x;
    let mut places = String::new();
    for spot in run {
        let x = points((spot.x - first.x) / scale);
        // A character beyond the first plane is two to a browser's counting.
        for _ in 0..spot.c.len_utf16() {
            if !places.is_empty() {
                places.push(' ');
            }
            places.push_str(&x.to_string());
        }
    }
    let name = faces.name(first.glyph.face);
    let family = family(name);
    let moved = if first.scale == 100 {
        format!("translate({} {})", points(start), points(y))
    } else {
        format!("translate({} {}) scale({scale} 1)", points(start), points(y))
    };
    xml.element(
        "text",
        &[
            ("x", &places),
            ("transform", &moved),
            ("font-family", &family),
            ("font-weight", &if name.bold { "bold" } else { "normal" }),
            ("font-size", &(f64::from(first.size) / 2.0)),
            ("fill", &if first.red { RED } else { BLACK }),
        ],
        |xml| xml.text(&run.iter().map(|spot| spot.c).collect::<String>()),
    );
}

/// A face as a browser looks for it, and what stands in for it.
fn family(name: FaceName) -> String {
    let hei = ["黑", "Hei", "Sans"].iter().any(|sign| name.family.contains(sign));
    format!("'{}', {}", name.family, if hei { "sans-serif" } else { "serif" })
}
