//! Set pages (pdf, ofd) back to paragraphs: runs of letters become rows, rows that fill the line are joined with the
//! next, page numbers are set apart.

use crate::document::Line;

/// Letters that stand together on a page. `y` grows downward; all in the page's own unit.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) x: f64,
    /// The base line.
    pub(crate) y: f64,
    pub(crate) width: f64,
    /// The height of the letters.
    pub(crate) size: f64,
    pub(crate) text: String,
}

impl Run {
    /// Whether it can be placed and says something: strangers write any number.
    pub(crate) fn is_sound(&self) -> bool {
        let sane = |n: f64| n.is_finite() && n.abs() < 1.0e7;
        sane(self.x) && sane(self.y) && sane(self.width) && sane(self.size) && !self.text.is_empty()
    }

    fn right(&self) -> f64 {
        self.x + self.width.max(0.0)
    }
}

/// One row of a page, or a piece of it with much space around.
struct Row {
    x: f64,
    right: f64,
    y: f64,
    size: f64,
    text: String,
    /// One of several pieces: a cell of a table, a stamp beside a text.
    piece: bool,
    page: usize,
}

/// What pages say: their lines, and what stands at their edges.
#[derive(Default)]
pub(crate) struct Laid {
    pub(crate) lines: Vec<Line>,
    pub(crate) margins: Vec<String>,
}

/// Lays pages out, each a list of runs in any order.
pub(crate) fn lay(pages: Vec<Vec<Run>>) -> Laid {
    let mut laid = Laid::default();
    let mut rows: Vec<Row> = Vec::new();
    let mut edges: Vec<(f64, f64)> = Vec::new();
    for (page, runs) in pages.into_iter().enumerate() {
        let mut here = page_rows(runs, page);
        for last in [false, true] {
            let edge = if last { here.last() } else { here.first() };
            if edge.is_some_and(|row| is_page_number(&row.text)) {
                let row = if last { here.pop() } else { Some(here.remove(0)) };
                laid.margins.extend(row.map(|row| row.text));
            }
        }
        edges.push(text_edges(&here));
        rows.extend(here);
    }
    let pitch = usual_pitch(&rows);
    let mut before: Option<&Row> = None;
    let mut text = String::new();
    let mut centred = false;
    let mut size = 0.0;
    for row in &rows {
        match before {
            Some(above) if continues(above, row, &edges, pitch) => {
                // Chinese goes on without a space, Latin words do not.
                let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
                if latin(text.chars().next_back()) && latin(row.text.chars().next()) {
                    text.push(' ');
                }
                text.push_str(&row.text);
            }
            _ => {
                laid.lines.push(Line { size, ..Line::new(&text, centred) });
                row.text.clone_into(&mut text);
                centred = is_centred(row, edges[row.page]);
                size = row.size;
            }
        }
        before = Some(row);
    }
    laid.lines.push(Line { size, ..Line::new(&text, centred) });
    laid.lines.retain(|line| !line.text.is_empty());
    laid
}

fn page_rows(runs: Vec<Run>, page: usize) -> Vec<Row> {
    let mut runs: Vec<Run> = runs.into_iter().filter(Run::is_sound).collect();
    runs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut groups: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        // The row's first run is its base line: raised notes stay within less than half a letter of it.
        match groups.last_mut() {
            Some(group) if (run.y - group[0].y).abs() <= 0.4 * run.size.min(group[0].size).max(0.1) => group.push(run),
            _ => groups.push(vec![run]),
        }
    }
    groups.into_iter().flat_map(|group| row_pieces(group, page)).collect()
}

/// A row's runs from left to right, parted where there is much space between them.
fn row_pieces(mut group: Vec<Run>, page: usize) -> Vec<Row> {
    group.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut pieces: Vec<Row> = Vec::new();
    for run in group {
        let size = run.size.abs().max(0.1);
        match pieces.last_mut() {
            Some(row) if run.x - row.right <= 3.0 * size => {
                // Bold letters are sometimes set twice, a hair apart.
                let again = row.text.ends_with(&run.text) && (run.right() - row.right).abs() < 0.2 * size;
                if !again {
                    // Between Latin words a space is narrow; between Chinese and Latin letters a gap is no space.
                    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic());
                    let words = latin(row.text.chars().next_back()) && latin(run.text.chars().next());
                    let space = if words { 0.2 } else { 0.75 };
                    if run.x - row.right > space * size && !row.text.ends_with(' ') {
                        row.text.push(' ');
                    }
                    row.text.push_str(&run.text);
                    row.right = row.right.max(run.right());
                    row.size = row.size.max(size);
                }
            }
            _ => {
                let (right, y) = (run.right(), run.y);
                pieces.push(Row { x: run.x, right, y, size, text: run.text, piece: false, page });
            }
        }
    }
    pieces.retain(|row| !row.text.trim().is_empty());
    let several = pieces.len() > 1;
    for row in &mut pieces {
        row.piece = several;
        row.text = row.text.trim().to_owned();
    }
    pieces
}

/// The left and right edge of a page's text, from its long rows if there are any.
fn text_edges(rows: &[Row]) -> (f64, f64) {
    let long = rows.iter().filter(|row| row.text.chars().count() >= 12).count() > 0;
    let counts = |row: &&Row| !long || row.text.chars().count() >= 12;
    let left = rows.iter().filter(counts).map(|row| row.x).fold(f64::INFINITY, f64::min);
    let right = rows.iter().filter(counts).map(|row| row.right).fold(f64::NEG_INFINITY, f64::max);
    (left, right)
}

/// The usual distance from one row to the next.
fn usual_pitch(rows: &[Row]) -> f64 {
    let mut steps: Vec<f64> =
        rows.windows(2).filter(|two| two[0].page == two[1].page).map(|two| two[1].y - two[0].y).collect();
    steps.retain(|step| *step > 0.0);
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(f64::INFINITY)
}

/// Whether a row goes on with the sentence above: that one fills its line and this one is not indented.
fn continues(above: &Row, row: &Row, edges: &[(f64, f64)], pitch: f64) -> bool {
    let (_, right) = edges[above.page];
    let (left, _) = edges[row.page];
    let full = above.right >= right - 1.7 * above.size;
    let flush = row.x <= left + 0.9 * row.size;
    let alike = (above.size - row.size).abs() <= 0.15 * above.size.max(row.size);
    let near = above.page != row.page || row.y - above.y <= 1.25 * pitch;
    full && flush && alike && near && !above.piece && !row.piece
}

fn is_centred(row: &Row, (left, right): (f64, f64)) -> bool {
    let (before, after) = (row.x - left, right - row.right);
    !row.piece && before > 1.2 * row.size && (before - after).abs() <= 1.5 * row.size
}

/// `- 3 -`, `—3—`, `第 3 页 共 5 页`: figures with nothing that is text.
fn is_page_number(text: &str) -> bool {
    let has_figure = text.chars().any(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let usual = |c: char| {
        c.is_ascii_digit() || ('０'..='９').contains(&c) || c.is_whitespace() || "-—–－·/第页共，,".contains(c)
    };
    has_figure && text.chars().count() <= 16 && text.chars().all(usual)
}
