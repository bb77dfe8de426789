//! A paragraph in lines: widths, where a line may break (禁则), hanging marks, and spreading to the full width.

use crate::{
    faces::{Glyph, Measure},
    paragraph::{Align, Para, Piece, RunFace},
};

/// A glyph at its place: `x` in twips from the left edge of the line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) x: f64,
    pub(crate) c: char,
    pub(crate) glyph: Glyph,
    /// Half-points.
    pub(crate) size: i32,
    /// Per cent.
    pub(crate) scale: i32,
    pub(crate) red: bool,
}

/// One line, ready to be drawn.
pub(crate) type Line = Vec<Spot>;

/// What setting a paper needs to know and finds out.
pub(crate) struct Setter<'f> {
    pub(crate) measure: Measure<'f>,
    /// Characters that no face has.
    pub(crate) missing: std::collections::BTreeSet<char>,
}

/// A character with its width, not yet in a line.
#[derive(Debug, Clone, Copy)]
struct Cell {
    spot: Spot,
    /// Twips, with the spacing after it.
    width: f64,
    /// The part of it that is spacing.
    spacing: f64,
}

enum Item {
    Cell(Cell),
    Tab,
    Break,
}

/// Marks that no line begins with.
const CLOSING: &str = "，。、；：？！）》〕”’』」】〉％…—·,.;:?!)]}%";
/// Marks that no line ends with.
const OPENING: &str = "（《〔“‘『「【〈([{";
/// Marks that may stand out of the text area at the end of a line.
const HANGING: &str = "，。、；：";

impl Setter<'_> {
    /// The lines of a paragraph in a width, at least one. `page` is what a page number says.
    pub(crate) fn lines(&mut self, para: &Para, width: i32, page: usize) -> Vec<Line> {
        let stand = para.stand();
        let items = self.items(para, page);
        let room = f64::from(width - stand.left - stand.right);
        let mut lines = Vec::new();
        let mut first = f64::from(stand.first);
        for part in items.split(|item| matches!(item, Item::Break)) {
            let cells = |items: &[Item]| -> Vec<Cell> {
                items.iter().filter_map(|item| if let Item::Cell(cell) = item { Some(*cell) } else { None }).collect()
            };
            if let Some(at) = part.iter().position(|item| matches!(item, Item::Tab)) {
                let tab = f64::from(stand.right_tab.unwrap_or(width) - stand.left);
                tabbed(&mut lines, &cells(&part[..at]), &cells(&part[at..]), tab);
            } else {
                fill(&mut lines, &cells(part), room, first, stand.align);
            }
            first = 0.0;
        }
        for line in &mut lines {
            for spot in line {
                spot.x += f64::from(stand.left);
            }
        }
        lines
    }

    fn items(&mut self, para: &Para, page: usize) -> Vec<Item> {
        let mut items = Vec::new();
        for run in para.runs() {
            let face = run.face(para.style());
            for piece in run.pieces() {
                match piece {
                    Piece::Text(text) => items.extend(text.chars().map(|c| Item::Cell(self.cell(&face, c)))),
                    Piece::Tab => items.push(Item::Tab),
                    Piece::Break => items.push(Item::Break),
                    Piece::Page => {
                        items.extend(page.to_string().chars().map(|c| Item::Cell(self.cell(&face, c))));
                    }
                }
            }
        }
        items
    }

    fn cell(&mut self, face: &RunFace, c: char) -> Cell {
        let (glyph, found) = self.measure.glyph(face.font, c);
        if !found {
            self.missing.insert(c);
        }
        let spacing = f64::from(face.spacing);
        let width = glyph.width * f64::from(face.half_points * 10 * face.scale) / 100.0 + spacing;
        let spot = Spot { x: 0.0, c, glyph, size: face.half_points, scale: face.scale, red: face.red };
        Cell { spot, width, spacing }
    }
}

/// Text at the left and text that ends at a tab; under each other where they do not fit beside each other.
fn tabbed(lines: &mut Vec<Line>, left: &[Cell], right: &[Cell], tab: f64) {
    let (left_width, right_width) = (natural(left), natural(right));
    if left_width + right_width <= tab {
        let mut line = placed(left, 0.0, 0.0);
        line.extend(placed(right, tab - right_width, 0.0));
        lines.push(line);
        return;
    }
    fill(lines, left, tab, 0.0, Align::Left);
    fill(lines, right, tab, 0.0, Align::Right);
}

/// Lines as full as they go.
fn fill(lines: &mut Vec<Line>, cells: &[Cell], room: f64, first: f64, align: Align) {
    let mut start = 0;
    let mut indent = first;
    loop {
        let (end, next) = line_end(cells, start, room - indent);
        let last = next >= cells.len();
        let mut shown = &cells[start..end];
        while let [rest @ .., last] = shown
            && last.spot.c == ' '
        {
            shown = rest;
        }
        // A mark that hangs out is not counted.
        let counted = match shown.split_last() {
            Some((c, rest)) if HANGING.contains(c.spot.c) && natural(shown) > room - indent + SLACK => rest,
            _ => shown,
        };
        let free = room - indent - natural(counted);
        let line = match align {
            Align::Left => placed(shown, indent, 0.0),
            Align::Right => placed(shown, indent + free.max(0.0), 0.0),
            Align::Center => placed(shown, indent + free.max(0.0) / 2.0, 0.0),
            Align::Both if last || free <= 0.0 => placed(shown, indent, 0.0),
            Align::Both => {
                let gaps = counted.windows(2).filter(|two| spreads(two[0].spot.c, two[1].spot.c)).count();
                let gap = if gaps == 0 { 0.0 } else { free / gaps as f64 };
                // A long address leaves so much room that its line would fall apart.
                placed(shown, indent, if gap > WIDEST_GAP { 0.0 } else { gap })
            }
        };
        lines.push(line);
        if last {
            return;
        }
        start = next;
        indent = 0.0;
    }
}

/// The widest a gap between two characters is made, in twips: a quarter of a body character.
const WIDEST_GAP: f64 = 80.0;
/// Twips that rounding may take.
const SLACK: f64 = 0.5;

/// Where the line that begins at `start` ends, and where the next one begins.
fn line_end(cells: &[Cell], start: usize, room: f64) -> (usize, usize) {
    let mut used = 0.0;
    let Some(over) = (start..cells.len()).find(|at| {
        used += cells[*at].width;
        // The spacing after the last character may stick out.
        used - cells[*at].spacing.max(0.0) > room + SLACK
    }) else {
        return (cells.len(), cells.len());
    };
    let c = |at: usize| cells[at].spot.c;
    if c(over) == ' ' {
        let next = (over..cells.len()).find(|at| c(*at) != ' ').unwrap_or(cells.len());
        return (over, next);
    }
    if over > start && HANGING.contains(c(over)) && cells.get(over + 1).is_none_or(|_| may_break(c(over), c(over + 1)))
    {
        return (over + 1, over + 1);
    }
    let end = (start + 1..=over).rev().find(|at| may_break(c(*at - 1), c(*at))).unwrap_or(over.max(start + 1));
    (end, end)
}

/// Whether a line may end between two characters.
fn may_break(before: char, after: char) -> bool {
    if after == ' ' || OPENING.contains(before) || CLOSING.contains(after) {
        return false;
    }
    if before == ' ' {
        return true;
    }
    !(in_word(before) && in_word(after))
}

/// Letters and figures, and what stands between figures.
fn in_word(c: char) -> bool {
    (c.is_alphanumeric() && !wide(c)) || "-_./%+#&@:,".contains(c)
}

/// Whether justifying a line may widen the gap between two characters: not inside a word or a number.
fn spreads(before: char, after: char) -> bool {
    !(in_word(before) && in_word(after) || matches!(before, '—' | '…') && before == after)
}

/// Characters that fill a square.
fn wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{2_0000}'..)
}

/// The width of a piece of a line, without the spacing after its last character.
fn natural(cells: &[Cell]) -> f64 {
    cells.iter().map(|cell| cell.width).sum::<f64>() - cells.last().map_or(0.0, |cell| cell.spacing.max(0.0))
}

fn placed(cells: &[Cell], left: f64, gap: f64) -> Line {
    let mut x = left;
    let mut line = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        line.push(Spot { x, ..cell.spot });
        x += cell.width;
        if cells.get(at + 1).is_some_and(|next| spreads(cell.spot.c, next.spot.c)) {
            x += gap;
        }
    }
    line
}
