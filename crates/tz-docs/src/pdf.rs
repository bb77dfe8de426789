//! Pages as PDF.

use std::collections::BTreeSet;

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    error::KrillaError,
    geom::{PathBuilder, Point, Rect, Size, Transform},
    image::Image,
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    text::KrillaGlyph,
};

use crate::{
    code::{self, Symbol},
    faces::{FaceName, Faces},
    lines::Spot,
    masthead::Masthead,
    page::PAPER,
    pages::{self, Mark, Pages},
    paper::Paper,
};

/// A paper as PDF.
#[derive(Debug, Clone)]
pub struct Pdf {
    /// The file. The same paper and the same faces give the same bytes.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The faces it is set with, for the log.
    pub faces: Vec<FaceName>,
    /// Characters that none of the faces has; each stands as 〓.
    pub missing: Vec<char>,
}

/// A face of the machine cannot be embedded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "本机的字体“{family}”不能嵌入 PDF，字体文件可能损坏，或者只有点阵字形，所以没有生成 PDF；DOCX 不受影响。请重新安装这个字体，或者卸载它，改用其他\
     字体。"
)]
pub struct UnusableFace {
    /// The face's family.
    pub family: String,
}

/// Writes the PDF of a paper.
pub(crate) fn write(paper: &Paper, faces: &Faces) -> Result<Pdf, UnusableFace> {
    let Pages { pages, missing, .. } = pages::set(paper, faces);
    let settings = SerializeSettings { xmp_metadata: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(paper));
    let (width, height) = (points(f64::from(PAPER.0)), points(f64::from(PAPER.1)));
    let page = PageSettings::from_wh(width, height).expect("A4 has a size");
    let mut used = BTreeSet::new();
    for marks in &pages {
        let mut page = document.start_page_with(page.clone());
        let mut surface = page.surface();
        for mark in marks {
            match mark {
                Mark::Rule { x, y, width, height, red } => rule(&mut surface, [*x, *y, *width, *height], *red),
                Mark::Masthead { x, y, width, height, picture } => {
                    masthead(&mut surface, [*x, *y, *width, *height], picture);
                }
                Mark::Code { x, y, code } => symbol(&mut surface, *x, *y, &Symbol::of(code)),
                Mark::Text { x, y, line } => {
                    for run in line.chunk_by(same_look) {
                        used.insert(faces.name(run[0].glyph.face));
                        text(&mut surface, faces, *x, *y, run);
                    }
                }
            }
        }
        surface.finish();
        page.finish();
    }
    // Text, rectangles and faces are all there is: only a face can be at fault.
    let bytes = document.finish().map_err(|error| UnusableFace {
        family: match &error {
            KrillaError::Font(font, ..) => faces.family_of(font).unwrap_or_default().to_owned(),
            _ => used.iter().map(|face| face.family).collect::<Vec<_>>().join("、"),
        },
    })?;
    Ok(Pdf { bytes, pages: pages.len(), faces: used.into_iter().collect(), missing: missing.into_iter().collect() })
}

fn metadata(paper: &Paper) -> Metadata {
    let date = DateTime::new(paper.date.year().unsigned_abs())
        .month(paper.date.month().unsigned_abs())
        .day(paper.date.day().unsigned_abs());
    Metadata::new()
        .title(paper.title())
        .authors(vec![crate::text::one_line(&paper.creator)])
        .language("zh-CN".to_owned())
        .creator("Tongzheng".to_owned())
        .creation_date(date)
}

fn points(twips: f64) -> f32 {
    (twips / 20.0) as f32
}

pub(crate) fn same_look(left: &Spot, right: &Spot) -> bool {
    left.glyph.face == right.glyph.face && left.size == right.size && left.scale == right.scale && left.red == right.red
}

fn ink(red: bool) -> Fill {
    let color = if red { rgb::Color::new(255, 0, 0) } else { rgb::Color::black() };
    Fill { paint: color.into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn rule(surface: &mut Surface<'_>, [x, y, width, height]: [f64; 4], red: bool) {
    let rect = Rect::from_xywh(points(x), points(y), points(width), points(height));
    let mut path = PathBuilder::new();
    path.push_rect(rect.expect("rules have a length and a thickness"));
    surface.set_fill(Some(ink(red)));
    surface.draw_path(&path.finish().expect("a rectangle is a path"));
}

fn masthead(surface: &mut Surface<'_>, [x, y, width, height]: [f64; 4], picture: &Masthead) {
    let (across, down) = picture.size();
    let image = Image::from_rgba8(picture.pixels().to_vec(), across, down);
    let size = Size::from_wh(points(width), points(height)).expect("a picture has a size");
    surface.push_transform(&Transform::from_translate(points(x), points(y)));
    surface.draw_image(image, size);
    surface.pop();
}

/// The squares of a code as one path, so that no light shows between them.
fn symbol(surface: &mut Surface<'_>, x: f64, y: f64, symbol: &Symbol) {
    let module = f64::from(code::SIDE) / symbol.side as f64;
    let mut path = PathBuilder::new();
    for (column, row, length) in symbol.runs() {
        let (left, top) = (points(x + column as f64 * module), points(y + row as f64 * module));
        let rect = Rect::from_xywh(left, top, points(length as f64 * module), points(module));
        path.push_rect(rect.expect("a run of modules has a length and a height"));
    }
    surface.set_fill(Some(ink(false)));
    surface.draw_path(&path.finish().expect("a symbol has dark modules"));
}

/// A piece of a line in one face, size and colour.
fn text(surface: &mut Surface<'_>, faces: &Faces, left: f64, y: f64, run: &[Spot]) {
    let first = run[0];
    let size = first.size as f32 / 2.0;
    let scale = first.scale as f32 / 100.0;
    let words: String = run.iter().map(|spot| spot.c).collect();
    let mut at = 0;
    let glyphs: Vec<KrillaGlyph> = run
        .iter()
        .enumerate()
        .map(|(index, spot)| {
            let range = at..at + spot.c.len_utf8();
            at = range.end;
            let advance = match run.get(index + 1) {
                Some(next) => points(next.x - spot.x) / scale / size,
                None => spot.glyph.width as f32,
            };
            KrillaGlyph::new(spot.glyph.id, advance, 0.0, 0.0, 0.0, range, None)
        })
        .collect();
    surface.set_fill(Some(ink(first.red)));
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, 1.0, points(left + first.x), points(y)));
    let font = faces.embedded(first.glyph.face).clone();
    surface.draw_glyphs(Point::from_xy(0.0, 0.0), &glyphs, font, &words, size, false);
    surface.pop();
}
