//! One page: its operators are followed as far as they move and show letters.

use std::collections::BTreeMap;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object, ObjectId};

use super::font::Font;
use crate::budget::Meter;
use crate::layout::Run;
use crate::unreadable::Unreadable;

/// What a page shows.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) runs: Vec<Run>,
    /// Bytes of the runs' text.
    bytes: usize,
    pub(crate) pictures: usize,
    /// Letters nobody says the meaning of.
    pub(crate) unknown: usize,
}

/// Forms inside one another at most.
const MAX_FORMS: usize = 8;

/// Bytes one page's content may unpack to.
const MAX_CONTENT: usize = 16 << 20;

/// Reads page after page; fonts are read once.
pub(crate) struct PageReader<'f> {
    file: &'f lopdf::Document,
    /// By the address of the dictionary in the file, which does not move while it is read.
    fonts: BTreeMap<usize, Font>,
}

/// The six numbers of a transformation.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// This transformation first, then `after`.
    fn then(self, after: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, after.0);
        Self([a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l])
    }

    fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }
}

/// What `q` keeps and `Q` brings back.
#[derive(Debug, Clone, Copy)]
struct State {
    place: Matrix,
    font: Option<usize>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// A stream of operators being followed.
struct Pen {
    state: State,
    kept: Vec<State>,
    text: Matrix,
    line: Matrix,
}

impl<'f> PageReader<'f> {
    pub(crate) fn new(file: &'f lopdf::Document) -> Self {
        Self { file, fonts: BTreeMap::new() }
    }

    pub(crate) fn read(&mut self, id: ObjectId, meter: &mut Meter<'_>) -> Result<Page, Unreadable> {
        let mut page = Page::default();
        meter.work(1 << 10)?;
        let limit = MAX_CONTENT.min(meter.work_left());
        // A page that cannot be unpacked is one without text.
        let Ok(content) = self.file.get_page_content_with_limit(id, limit) else { return Ok(page) };
        let (own, inherited) = self.file.get_page_resources(id).unwrap_or_default();
        let inherited = inherited.into_iter().filter_map(|id| self.file.get_dictionary(id).ok());
        let resources: Vec<&Dictionary> = own.into_iter().chain(inherited).collect();
        let state = State {
            place: self.upright(id),
            font: None,
            size: 1.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        self.follow(&content, &resources, state, 0, &mut page, meter)?;
        Ok(page)
    }

    /// Turns the page as its Rotate says.
    fn upright(&self, id: ObjectId) -> Matrix {
        let rotated =
            self.file.get_dictionary(id).ok().and_then(|page| page.get_deref(b"Rotate", self.file).ok()?.as_i64().ok());
        match rotated.unwrap_or(0).rem_euclid(360) {
            90 => Matrix([0.0, -1.0, 1.0, 0.0, 0.0, 0.0]),
            180 => Matrix([-1.0, 0.0, 0.0, -1.0, 0.0, 0.0]),
            270 => Matrix([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]),
            _ => Matrix::ONE,
        }
    }

    fn follow(
        &mut self,
        content: &[u8],
        resources: &[&'f Dictionary],
        state: State,
        forms: usize,
        page: &mut Page,
        meter: &mut Meter<'_>,
    ) -> Result<(), Unreadable> {
        // Operators cost more to parse than bytes to unpack.
        meter.work(content.len().saturating_mul(4))?;
        let mut pen = Pen { state, kept: Vec::new(), text: Matrix::ONE, line: Matrix::ONE };
        for operation in Content::decode_iter(content) {
            // What cannot be parsed ends the page; what stood before was read.
            let Ok(operation) = operation else { break };
            let named = || operation.operands.first().and_then(|name| name.as_name().ok());
            match operation.operator.as_str() {
                "Tf" => {
                    pen.state.size = numbers(&operation).last().copied().unwrap_or(1.0);
                    pen.state.font = match named() {
                        Some(name) => self.font(name, resources, meter)?,
                        None => None,
                    };
                }
                "Do" => {
                    if let Some(name) = named() {
                        self.object(name, resources, pen.state, forms, page, meter)?;
                    }
                }
                "BI" => page.pictures += 1,
                "Tj" | "TJ" | "'" | "\"" => {
                    pen.before_showing(&operation);
                    let font = pen.state.font.and_then(|font| self.fonts.get(&font));
                    for operand in &operation.operands {
                        pen.show(operand, font, page);
                    }
                }
                _ => pen.moves(&operation),
            }
            // A letter placed by itself is a run; sixteen to a paragraph are few.
            meter.text(page.bytes, page.runs.len() / 16)?;
        }
        Ok(())
    }

    /// A font by its name in the resources, read at its first use.
    fn font(
        &mut self,
        name: &[u8],
        resources: &[&'f Dictionary],
        meter: &mut Meter<'_>,
    ) -> Result<Option<usize>, Unreadable> {
        let Some(font) = self.resource(b"Font", name, resources).and_then(|font| font.as_dict().ok()) else {
            return Ok(None);
        };
        let key = std::ptr::from_ref(font).addr();
        if !self.fonts.contains_key(&key) {
            let font = Font::read(self.file, font, meter)?;
            self.fonts.insert(key, font);
        }
        Ok(Some(key))
    }

    fn resource(&self, kind: &[u8], name: &[u8], resources: &[&'f Dictionary]) -> Option<&'f Object> {
        let file = self.file;
        resources.iter().find_map(|all| {
            let of_kind = all.get_deref(kind, file).ok()?.as_dict().ok()?;
            of_kind.get_deref(name, file).ok()
        })
    }

    /// A picture is counted, a form followed.
    fn object(
        &mut self,
        name: &[u8],
        resources: &[&'f Dictionary],
        state: State,
        forms: usize,
        page: &mut Page,
        meter: &mut Meter<'_>,
    ) -> Result<(), Unreadable> {
        meter.work(1 << 8)?;
        let Some(Object::Stream(stream)) = self.resource(b"XObject", name, resources) else { return Ok(()) };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|subtype| subtype == b"Image") {
            page.pictures += 1;
            return Ok(());
        }
        if forms >= MAX_FORMS {
            return Ok(());
        }
        let limit = MAX_CONTENT.min(meter.work_left());
        let Ok(content) = stream.decompressed_content_with_limit(limit) else { return Ok(()) };
        let own = stream.dict.get_deref(b"Resources", self.file).and_then(Object::as_dict).ok();
        let resources: Vec<&Dictionary> = own.into_iter().chain(resources.iter().copied()).collect();
        let place = stream.dict.get_deref(b"Matrix", self.file).and_then(Object::as_array).ok();
        let place = place.and_then(|six| {
            let six: Vec<f64> = six.iter().filter_map(|n| n.as_float().ok()).map(f64::from).collect();
            Some(Matrix(six.try_into().ok()?))
        });
        let state = State { place: place.unwrap_or(Matrix::ONE).then(state.place), ..state };
        self.follow(&content, &resources, state, forms + 1, page, meter)
    }
}

fn numbers(operation: &Operation) -> Vec<f64> {
    operation.operands.iter().filter_map(|operand| operand.as_float().ok()).map(f64::from).collect()
}

impl Pen {
    /// Operators that change where and how letters stand.
    fn moves(&mut self, operation: &Operation) {
        let given = numbers(operation);
        match (operation.operator.as_str(), given.as_slice()) {
            ("q", _) if self.kept.len() < 256 => self.kept.push(self.state),
            ("Q", _) => self.state = self.kept.pop().unwrap_or(self.state),
            ("cm", [a, b, c, d, e, f]) => self.state.place = Matrix([*a, *b, *c, *d, *e, *f]).then(self.state.place),
            ("BT", _) => (self.text, self.line) = (Matrix::ONE, Matrix::ONE),
            ("Tm", [a, b, c, d, e, f]) => {
                self.line = Matrix([*a, *b, *c, *d, *e, *f]);
                self.text = self.line;
            }
            ("Td", [x, y]) => self.next_line(*x, *y),
            ("TD", [x, y]) => {
                self.state.leading = -y;
                self.next_line(*x, *y);
            }
            ("T*", _) => self.next_line(0.0, -self.state.leading),
            ("Tc", [space]) => self.state.letter_space = *space,
            ("Tw", [space]) => self.state.word_space = *space,
            ("Tz", [percent]) => self.state.stretch = percent / 100.0,
            ("TL", [leading]) => self.state.leading = *leading,
            ("Ts", [rise]) => self.state.rise = *rise,
            _ => {}
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::moved(x, y).then(self.line);
        self.text = self.line;
    }

    /// `'` and `"` begin a line of their own.
    fn before_showing(&mut self, operation: &Operation) {
        if let ("\"", [word, letter]) = (operation.operator.as_str(), numbers(operation).as_slice()) {
            (self.state.word_space, self.state.letter_space) = (*word, *letter);
        }
        if matches!(operation.operator.as_str(), "'" | "\"") {
            self.next_line(0.0, -self.state.leading);
        }
    }

    /// Shows a string, or an array of strings with moves between them.
    fn show(&mut self, operand: &Object, font: Option<&Font>, page: &mut Page) {
        match operand {
            Object::String(bytes, _) => self.show_text(bytes, font, page),
            Object::Array(pieces) => {
                for piece in pieces {
                    match piece {
                        Object::String(bytes, _) => self.show_text(bytes, font, page),
                        other => {
                            let thousandths = other.as_float().map(f64::from).unwrap_or(0.0);
                            self.advance(-thousandths / 1000.0 * self.state.size);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn advance(&mut self, along: f64) {
        self.text = Matrix::moved(along * self.state.stretch, 0.0).then(self.text);
    }

    fn show_text(&mut self, bytes: &[u8], font: Option<&Font>, page: &mut Page) {
        let Some(font) = font else {
            page.unknown += bytes.len();
            return;
        };
        let start = self.at();
        let mut text = String::new();
        for glyph in font.glyphs(bytes) {
            match glyph.text {
                Some(letters) => text.push_str(&letters),
                None => page.unknown += 1,
            }
            let space = self.state.letter_space + if glyph.is_space { self.state.word_space } else { 0.0 };
            self.advance(glyph.width / 1000.0 * self.state.size + space);
        }
        let end = self.at();
        let width = (end.0 - start.0).hypot(end.1 - start.1);
        let run = Run { x: start.0, y: -start.1, width, size: start.2, text };
        if run.is_sound() && !run.text.trim().is_empty() {
            page.bytes += run.text.len();
            page.runs.push(run);
        }
    }

    /// Where the next letter stands, and its height.
    fn at(&self) -> (f64, f64, f64) {
        let all = Matrix::moved(0.0, self.state.rise).then(self.text).then(self.state.place);
        let [_, _, c, d, e, f] = all.0;
        (e, f, self.state.size.abs() * c.hypot(d))
    }
}
