//! How two versions of a text differ, for a person to read in the line.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::count::{is_blank, is_western};

/// A stretch of text that stayed, went or came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// In both versions.
    Same(String),
    /// Only in the old version.
    Gone(String),
    /// Only in the new version.
    New(String),
}

/// Sentences longer than this (in tokens) that changed are shown replaced as a whole: nobody reads such a puzzle, and
/// the comparison would cost the square of it.
const MOST_TOKENS: usize = 4_000;

/// Texts with more sentences than this are shown replaced as a whole, for the same reason.
const MOST_SENTENCES: usize = 5_000;

/// The difference of two versions (修改对照), in reading order; what went stands before what came in its place.
///
/// Compared by sentence first, then inside changed sentences by character (Han) or word (Latin, figures). Two changes
/// with less than three characters between them, and no punctuation, become one. `Same` and `Gone` together are the old
/// text byte for byte, `Same` and `New` the new one; neighbours are never of the same kind.
///
/// ```
/// use tz_text::{Piece, difference};
/// let pieces = difference("划分为一百个网格。", "划分为126个网格。");
/// assert_eq!(pieces[1], Piece::Gone("一百".into()));
/// assert_eq!(pieces[2], Piece::New("126".into()));
/// ```
pub fn difference(old: &str, new: &str) -> Vec<Piece> {
    let (olds, news) = (sentences(old), sentences(new));
    let mut pieces = Pieces::default();
    if old == new {
        pieces.same(old);
        return pieces.done();
    }
    if olds.len() > MOST_SENTENCES || news.len() > MOST_SENTENCES {
        pieces.change(old, new);
        return pieces.done();
    }
    for op in capture_diff_slices(Algorithm::Myers, &olds, &news) {
        let (gone, come) = (olds[op.old_range()].concat(), news[op.new_range()].concat());
        if matches!(op, DiffOp::Equal { .. }) {
            pieces.same(&gone);
        } else {
            inside(&gone, &come, &mut pieces);
        }
    }
    pieces.done()
}

/// Compares changed sentences by token.
fn inside(old: &str, new: &str, pieces: &mut Pieces) {
    let (olds, news) = (tokens(old), tokens(new));
    if olds.is_empty() || news.is_empty() || olds.len() > MOST_TOKENS || news.len() > MOST_TOKENS {
        pieces.change(old, new);
        return;
    }
    let mut runs: Vec<Run> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &olds, &news) {
        let same = matches!(op, DiffOp::Equal { .. });
        let run = Run { same, old: op.old_range(), new: op.new_range() };
        match runs.last_mut() {
            Some(last) if last.same == same => last.take(&run),
            _ => runs.push(run),
        }
    }
    for run in join_near(runs, &olds) {
        let (gone, come) = (olds[run.old].concat(), news[run.new].concat());
        if run.same { pieces.same(&gone) } else { pieces.change(&gone, &come) }
    }
}

/// A stretch of tokens that is the same in both, or changed.
struct Run {
    same: bool,
    old: Range<usize>,
    new: Range<usize>,
}

impl Run {
    fn take(&mut self, next: &Run) {
        self.old.end = next.old.end;
        self.new.end = next.new.end;
    }
}

/// Joins changes that stand so near that a reader sees one (每一个网格都配备了 for 每格配).
fn join_near(runs: Vec<Run>, olds: &[&str]) -> Vec<Run> {
    let last = runs.len().saturating_sub(1);
    let mut joined: Vec<Run> = Vec::new();
    for (i, mut run) in runs.into_iter().enumerate() {
        let short = run.same && run.old.len() < 3 && !olds[run.old.clone()].iter().any(|t| is_boundary(t));
        if short && i > 0 && i < last {
            run.same = false;
        }
        match joined.last_mut() {
            Some(before) if before.same == run.same => before.take(&run),
            _ => joined.push(run),
        }
    }
    joined
}

/// Punctuation and white space: a change never swallows it.
fn is_boundary(token: &str) -> bool {
    token.chars().all(|c| is_blank(c) || !c.is_alphanumeric())
}

/// A text cut after its sentence ends and line ends.
fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['。', '！', '？', '；', '\n']).collect()
}

/// A sentence cut into Han characters, marks, and whole Latin words and figures (with their decimal point).
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((_, c)) = rest.next() {
        let next = rest.peek().copied();
        let stays = next.is_some_and(|(at, n)| {
            let after = text[at..].chars().nth(1);
            let point = |mark: char| matches!(mark, '.' | ',');
            (is_western(c) && is_western(n))
                || (c.is_ascii_digit() && point(n) && after.is_some_and(|a| a.is_ascii_digit()))
                || (point(c) && n.is_ascii_digit() && text[from..at].len() > 1)
        });
        if !stays {
            let end = next.map_or(text.len(), |(at, _)| at);
            found.push(&text[from..end]);
            from = end;
        }
    }
    found
}

/// Pieces in the making: neighbours of a kind run together, what went before what came.
#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
    gone: String,
    new: String,
}

impl Pieces {
    fn same(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.flush();
        match self.done.last_mut() {
            Some(Piece::Same(before)) => before.push_str(text),
            _ => self.done.push(Piece::Same(text.to_owned())),
        }
    }

    fn change(&mut self, gone: &str, new: &str) {
        self.gone.push_str(gone);
        self.new.push_str(new);
    }

    fn flush(&mut self) {
        if !self.gone.is_empty() {
            self.done.push(Piece::Gone(std::mem::take(&mut self.gone)));
        }
        if !self.new.is_empty() {
            self.done.push(Piece::New(std::mem::take(&mut self.new)));
        }
    }

    fn done(mut self) -> Vec<Piece> {
        self.flush();
        self.done
    }
}
