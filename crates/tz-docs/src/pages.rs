//! A paper in pages: what stands where, in twips from the paper's upper left corner.
//!
//! Everything on a page has an exact height, so setting is plain addition. What holds together (two lines at either end
//! of a paragraph, a heading and its text, a table's head and its first rows) moves to the next page together.

use std::collections::BTreeSet;

use tz_model::ItemCode;

use crate::{
    code,
    faces::{Faces, Measure},
    lines::{Line, Setter},
    masthead::{self, Masthead},
    page::{END_AFTER, END_GAP, LEFT, PAPER, TEXT_HEIGHT, TEXT_WIDTH, TOP},
    paper::{Element, Paper},
    paragraph::{Para, RedLine, Stand},
    table::{BORDER, CELL_MARGINS, Column, END_BORDERS, Merge, ROW, Row, Table, data_rows},
};

/// Ink on a page.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    /// A line of text; `y` is where its characters stand.
    Text { x: f64, y: f64, line: Line },
    /// A rectangle filled with ink.
    Rule { x: f64, y: f64, width: f64, height: f64, red: bool },
    /// The symbol of a code; `x` and `y` are its upper left corner.
    Code { x: f64, y: f64, code: ItemCode },
    /// A picture in place of a publication's name; `x` and `y` are its upper left corner.
    Masthead { x: f64, y: f64, width: f64, height: f64, picture: Masthead },
}

impl Mark {
    fn moved(mut self, down: f64) -> Self {
        match &mut self {
            Self::Text { y, .. } | Self::Rule { y, .. } | Self::Code { y, .. } | Self::Masthead { y, .. } => *y += down,
        }
        self
    }
}

/// The pages of a paper.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) pages: Vec<Vec<Mark>>,
    /// Characters no face has.
    pub(crate) missing: BTreeSet<char>,
    /// Where each line of the text came to stand, in order.
    pub(crate) places: Vec<Place>,
    /// Where the text ends on its last page.
    pub(crate) text_bottom: f64,
    /// How much room the end matter takes; where the text leaves it less, the last lines go on to the next page with it.
    pub(crate) end_height: f64,
}

/// Where a line of the text stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Which element of the paper it is of.
    pub(crate) element: usize,
    /// From 1.
    pub(crate) page: usize,
    /// Its lower edge.
    pub(crate) bottom: f64,
    /// What it says.
    pub(crate) words: String,
}

/// Sets a paper.
pub(crate) fn set(paper: &Paper, faces: &Faces) -> Pages {
    let mut setter = Setter { measure: Measure::new(faces), missing: BTreeSet::new() };
    let mut flow = Flow::default();
    let mut end = None;
    for (at, element) in paper.elements.iter().enumerate() {
        flow.element = at;
        match element {
            // The tiny paragraph after the end matter is there for word processors only.
            Element::Para(_) if end.is_some() => {}
            Element::Para(para) => flow.para(&mut setter, para),
            Element::Code(code) => flow.code = Some(*code),
            Element::Masthead(para, picture) => flow.masthead(&mut setter, para, picture),
            Element::Table(Table::Data { columns, rows, .. }) => flow.table(&mut setter, columns, rows),
            Element::Table(Table::End { rows, lined, held }) => {
                flow.ends_held = *held;
                end = Some(end_matter(&mut setter, rows, *lined));
            }
        }
    }
    let end_height = end.as_ref().map_or(0.0, |(height, _): &(f64, Vec<Mark>)| *height + END_ROOM);
    let (mut pages, places, text_bottom) = flow.paginate(paper, end);
    for (at, page) in pages.iter_mut().enumerate() {
        spread_codes(page, &mut setter);
        for fixed in paper.form.around(at + 1) {
            let stand = fixed.para.stand();
            let lines = setter.lines(&fixed.para, TEXT_WIDTH, at + 1);
            let (_, marks) = boxed(&stand, lines, f64::from(LEFT), TEXT_WIDTH);
            page.extend(marks.into_iter().map(|mark| mark.moved(f64::from(fixed.top))));
        }
    }
    Pages { pages, missing: setter.missing, places, text_bottom, end_height }
}

/// The codes of the items on each page of a paper: those that begin there, and ahead of them the one whose text goes on from
/// the page before.
pub(crate) fn codes(paper: &Paper, faces: &Faces) -> Vec<Vec<ItemCode>> {
    let mut before: Option<ItemCode> = None;
    let mut all = Vec::new();
    for page in set(paper, faces).pages {
        let begun: Vec<(f64, ItemCode)> = page
            .iter()
            .filter_map(|mark| match mark {
                Mark::Code { y, code, .. } => Some((*y, *code)),
                Mark::Text { .. } | Mark::Rule { .. } | Mark::Masthead { .. } => None,
            })
            .collect();
        // A title's own line stands below the upper edge of its code.
        let first = begun.first().map_or(f64::INFINITY, |(y, _)| *y);
        let goes_on = page.iter().any(|mark| matches!(mark, Mark::Text { y, .. } if *y < first));
        let carried = before.filter(|_| goes_on);
        before = begun.last().map(|(_, code)| *code).or(before);
        all.push(carried.into_iter().chain(begun.into_iter().map(|(_, code)| code)).collect());
    }
    all
}

/// Parts the codes of a page that would lie on each other, where short news follow closely, and sets their text under them.
fn spread_codes(page: &mut Vec<Mark>, setter: &mut Setter<'_>) {
    let height = f64::from(code::HEIGHT);
    let mut places: Vec<&mut f64> = page
        .iter_mut()
        .filter_map(|mark| match mark {
            Mark::Code { y, .. } => Some(y),
            Mark::Text { .. } | Mark::Rule { .. } | Mark::Masthead { .. } => None,
        })
        .collect();
    let mut free = 0.0;
    for y in &mut places {
        **y = f64::max(**y, free);
        free = **y + height;
    }
    // What would run off the text area moves the others up, as far as there is room.
    let mut end = f64::from(TOP + TEXT_HEIGHT);
    for y in places.into_iter().rev() {
        *y = f64::min(*y, end - height);
        end = *y;
    }
    let texts: Vec<Mark> = page
        .iter()
        .filter_map(|mark| match mark {
            Mark::Code { x, y, code } => Some((*x, *y, *code)),
            Mark::Text { .. } | Mark::Rule { .. } | Mark::Masthead { .. } => None,
        })
        .flat_map(|(x, y, code)| {
            let mut y = y + f64::from(code::SIDE + code::QUIET);
            let mut marks = Vec::new();
            for para in code::text(&code) {
                let lines = setter.lines(&para, TEXT_WIDTH, 0);
                let (height, set) = boxed(&para.stand(), lines, x, TEXT_WIDTH);
                marks.extend(set.into_iter().map(|mark| mark.moved(y)));
                y += height;
            }
            marks
        })
        .collect();
    page.extend(texts);
}

/// Room that the end matter takes beyond its own height.
const END_ROOM: f64 = (END_GAP + END_AFTER) as f64;

/// Twips of so many eighths of a point.
fn thick(eighths: i32) -> f64 {
    f64::from(eighths) * 20.0 / 8.0
}

/// Where in its line a character stands, from the line's upper edge: as LibreOffice sets lines of exact height, so that
/// PDF and DOCX look alike.
fn baseline(line: i32) -> f64 {
    f64::from(line * 4 / 5)
}

/// A paragraph's lines and its red lines as one piece, the space before it left out: height and marks.
fn boxed(stand: &Stand, lines: Vec<Line>, left: f64, width: i32) -> (f64, Vec<Mark>) {
    let mut marks = Vec::new();
    let (from, to) = (left + f64::from(stand.left), left + f64::from(width - stand.right));
    let rule = |y, line: RedLine| Mark::Rule { x: from, y, width: to - from, height: thick(line.eighths), red: true };
    let mut y = 0.0;
    if let Some(line) = stand.red_top {
        marks.push(rule(y, line));
        y += thick(line.eighths) + f64::from(line.space * 20);
    }
    for line in lines {
        marks.push(Mark::Text { x: left, y: y + baseline(stand.line), line });
        y += f64::from(stand.line);
    }
    if let Some(line) = stand.red_line {
        y += f64::from(line.space * 20);
        marks.push(rule(y, line));
        y += thick(line.eighths);
    }
    (y, marks)
}

/// A piece that no page cuts: a line of a paragraph or a row of a table.
#[derive(Debug, Default)]
struct Slice {
    height: f64,
    /// From the slice's own upper edge.
    marks: Vec<Mark>,
    /// It stays with the next one.
    holds: bool,
    new_page: bool,
    /// An empty line.
    empty: bool,
    /// The element of the paper it is of.
    element: usize,
    /// The code that stands beside it.
    code: Option<ItemCode>,
    /// The table of which it is a row, and whether it is one of the head's.
    table: Option<(usize, bool)>,
}

/// The text in one long strip.
#[derive(Debug, Default)]
struct Flow {
    slices: Vec<Slice>,
    /// The code to stand beside the next slice.
    code: Option<ItemCode>,
    /// For each table the slices of its head.
    heads: Vec<std::ops::Range<usize>>,
    /// The element being set.
    element: usize,
    /// The last lines stay with the end matter.
    ends_held: bool,
}

impl Flow {
    fn para(&mut self, setter: &mut Setter<'_>, para: &Para) {
        let stand = para.stand();
        let lines = setter.lines(para, TEXT_WIDTH, 0);
        let count = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            let (first, last) = (at == 0, at + 1 == count);
            let own =
                Stand { red_top: stand.red_top.filter(|_| first), red_line: stand.red_line.filter(|_| last), ..stand };
            let empty = line.is_empty() && count == 1 && stand.red_line.is_none();
            let (height, marks) = boxed(&own, vec![line], f64::from(LEFT), TEXT_WIDTH);
            let before = if first { f64::from(stand.before) } else { 0.0 };
            // Two lines stay together at either end (孤行), all of them where the paragraph says so.
            let inside = !last && (stand.keep_lines || first || at + 2 == count);
            self.slices.push(Slice {
                height: height + before,
                marks: marks.into_iter().map(|mark| mark.moved(before)).collect(),
                holds: inside || (last && stand.keep_next),
                new_page: first && stand.page_break_before,
                empty,
                element: self.element,
                code: self.code.take(),
                table: None,
            });
        }
    }

    /// A picture in the place of a line.
    fn masthead(&mut self, setter: &mut Setter<'_>, para: &Para, picture: &Masthead) {
        let from = self.slices.len();
        self.para(setter, &masthead::empty(para));
        let stand = para.stand();
        let (width, height) = picture.fitted(stand.line);
        let mark = Mark::Masthead {
            x: f64::from(LEFT) + f64::from(TEXT_WIDTH - width) / 2.0,
            y: f64::from(stand.before) + f64::from(stand.line - height) / 2.0,
            width: f64::from(width),
            height: f64::from(height),
            picture: picture.clone(),
        };
        if let Some(slice) = self.slices.get_mut(from) {
            slice.marks.push(mark);
            slice.empty = false;
        }
    }

    fn table(&mut self, setter: &mut Setter<'_>, columns: &[Column], rows: &[Vec<String>]) {
        let number = self.heads.len();
        let first = self.slices.len();
        let rows = data_rows(columns, rows, false);
        let heads = rows.iter().filter(|row| row.head).count();
        self.heads.push(first..first + heads);
        for (at, row) in rows.iter().enumerate() {
            let next = rows.get(at + 1);
            let mut slice = row_slice(setter, row, next, at == 0);
            slice.table = Some((number, row.head));
            slice.element = self.element;
            slice.holds = next.is_some() && row.cells.iter().any(|cell| cell.para.stand().keep_next);
            self.slices.push(slice);
        }
    }

    /// Cuts the strip into pages: these, where each line stands, and where the text ends on the last.
    fn paginate(mut self, paper: &Paper, end: Option<(f64, Vec<Mark>)>) -> (Vec<Vec<Mark>>, Vec<Place>, f64) {
        let mut places = Vec::with_capacity(self.slices.len());
        if end.is_some() {
            // Empty lines ahead of the end matter keep text off it; they never begin a page for it.
            while self.slices.last().is_some_and(|slice| slice.empty) {
                self.slices.pop();
            }
        }
        let bottom = f64::from(TOP + TEXT_HEIGHT);
        let top = |page: usize| f64::from(paper.form.text_top(page));
        let mut pages: Vec<Vec<Mark>> = vec![Vec::new()];
        let mut y = top(1);
        let mut fresh = true;
        let mut start = 0;
        while start < self.slices.len() {
            let held = self.slices[start..]
                .iter()
                .position(|slice| !slice.holds)
                .map_or(self.slices.len(), |at| start + at + 1);
            let mut height: f64 = self.slices[start..held].iter().map(|slice| slice.height).sum();
            // The last lines stay with the end matter, which never stands alone on a page.
            if let Some((end, _)) = end.as_ref().filter(|_| self.ends_held && held == self.slices.len()) {
                height += end + END_ROOM;
            }
            let page_top = top(pages.len() + 1);
            if !fresh && (self.slices[start].new_page || (y + height > bottom && page_top + height <= bottom)) {
                pages.push(Vec::new());
                y = page_top;
                fresh = true;
                y += self.repeat_head(start, y, &mut pages);
            }
            // What is higher than a page is cut where the page ends.
            for at in start..held {
                if !fresh && y + self.slices[at].height > bottom {
                    pages.push(Vec::new());
                    y = top(pages.len());
                    y += self.repeat_head(at, y, &mut pages);
                }
                let slice = &self.slices[at];
                places.push(Place {
                    element: slice.element,
                    page: pages.len(),
                    bottom: y + slice.height,
                    words: words(&slice.marks),
                });
                let page = pages.last_mut().expect("there is always a page");
                page.extend(slice.marks.iter().cloned().map(|mark| mark.moved(y)));
                let x = f64::from(code::LEFT);
                page.extend(slice.code.map(|code| Mark::Code { x, y: y + f64::from(code::DOWN), code }));
                y += slice.height;
                fresh = false;
            }
            start = held;
        }
        if let Some((height, marks)) = end {
            // Only what is higher than a page leaves it no room here.
            if !fresh && y + height + END_ROOM > bottom {
                pages.push(Vec::new());
            }
            let page = pages.last_mut().expect("there is always a page");
            page.extend(marks.into_iter().map(|mark| mark.moved(bottom - height)));
        }
        (pages, places, y)
    }

    /// Sets the head of the table of which a row begins a page, and says how high it is.
    fn repeat_head(&self, slice: usize, y: f64, pages: &mut [Vec<Mark>]) -> f64 {
        let Some((table, false)) = self.slices[slice].table else { return 0.0 };
        let page = pages.last_mut().expect("there is always a page");
        let mut height = 0.0;
        for head in &self.slices[self.heads[table].clone()] {
            page.extend(head.marks.iter().cloned().map(|mark| mark.moved(y + height)));
            height += head.height;
        }
        // The upper border of the row itself is the lower one of the head.
        height
    }
}

/// What marks say.
fn words(marks: &[Mark]) -> String {
    let lines = marks.iter().filter_map(|mark| if let Mark::Text { line, .. } = mark { Some(line) } else { None });
    lines.flatten().map(|spot| spot.c).collect()
}

/// A row: texts in the middle of their cells, borders around. Each row draws the line under itself; the first and any
/// that begins a page by a repeated head have one above.
fn row_slice(setter: &mut Setter<'_>, row: &Row, next: Option<&Row>, first: bool) -> Slice {
    let (ends, sides) = (f64::from(CELL_MARGINS.0), CELL_MARGINS.1);
    let border = thick(BORDER);
    let texts: Vec<(Stand, Vec<Line>)> =
        row.cells.iter().map(|cell| (cell.para.stand(), setter.lines(&cell.para, cell.width - 2 * sides, 0))).collect();
    let needed = |(stand, lines): &(Stand, Vec<Line>)| f64::from(stand.line) * lines.len() as f64 + 2.0 * ends;
    let height = texts.iter().map(needed).fold(f64::from(ROW), f64::max);
    let mut marks = Vec::new();
    let rule = |x, y, width, height| Mark::Rule { x, y, width, height, red: false };
    let left = f64::from(LEFT);
    let width = f64::from(TEXT_WIDTH);
    let mut x = left;
    marks.push(rule(left - border / 2.0, -border / 2.0, border, height + border));
    if first {
        marks.push(rule(left, -border / 2.0, width, border));
    }
    // Cells above each other in the head share their middle: the text stands where the two rows meet.
    for (cell, (stand, lines)) in row.cells.iter().zip(texts) {
        let cell_width = f64::from(cell.width);
        let both = cell.merge == Merge::Begins;
        let room = if both { 2.0 * height } else { height };
        let text = f64::from(stand.line) * lines.len() as f64;
        let (_, set) = boxed(&stand, lines, x + f64::from(sides), cell.width - 2 * sides);
        marks.extend(set.into_iter().map(|mark| mark.moved((room - text) / 2.0)));
        x += cell_width;
        marks.push(rule(x - border / 2.0, -border / 2.0, border, height + border));
        if !(both && next.is_some()) {
            marks.push(rule(x - cell_width, height - border / 2.0, cell_width, border));
        }
    }
    Slice { height, marks, ..Slice::default() }
}

/// The end matter as one piece: height and marks.
fn end_matter(setter: &mut Setter<'_>, rows: &[Vec<Para>], lined: bool) -> (f64, Vec<Mark>) {
    let mut marks = Vec::new();
    let mut y = 0.0;
    let rule = |marks: &mut Vec<Mark>, y: &mut f64, eighths: i32| {
        if lined {
            let height = thick(eighths);
            marks.push(Mark::Rule { x: f64::from(LEFT), y: *y, width: f64::from(TEXT_WIDTH), height, red: false });
            *y += height;
        }
    };
    for (at, row) in rows.iter().enumerate() {
        rule(&mut marks, &mut y, if at == 0 { END_BORDERS.0 } else { END_BORDERS.1 });
        for para in row {
            let stand = para.stand();
            let lines = setter.lines(para, TEXT_WIDTH, 0);
            let (height, set) = boxed(&stand, lines, f64::from(LEFT), TEXT_WIDTH);
            marks.extend(set.into_iter().map(|mark| mark.moved(y)));
            y += height;
        }
    }
    rule(&mut marks, &mut y, END_BORDERS.0);
    debug_assert!(y <= f64::from(PAPER.1), "an end matter fits on a page");
    (y, marks)
}
