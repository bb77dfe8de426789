//! How the items of an issue fall on its pages (版面): how many there are, where each ends, what stands beyond a limit.

use crate::{
    faces::Faces,
    page::{LINE, TEXT_HEIGHT, TOP},
    pages,
    paper::Paper,
};

/// An issue's pages as its items fall on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How many pages (版), with that of the end matter.
    pub pages: usize,
    /// The items in their order.
    pub pieces: Vec<PieceLayout>,
    /// Where the text of each page ends, in the order of the pages.
    pub ends: Vec<PageEnd>,
    /// Body lines (行) still free under the text of the last page that has any, the end matter taken off.
    pub free_lines: usize,
    /// Body lines as high as the end matter (版记).
    pub end_lines: usize,
}

/// An item on the pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PieceLayout {
    /// What stands of it on each page, in order. Nothing where the item is empty.
    pub shares: Vec<PageShare>,
}

/// What stands of an item on a page: column head, title, text and byline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageShare {
    /// The page, from 1.
    pub page: usize,
    /// Lines with something in them.
    pub lines: usize,
    /// Characters, white space not counted.
    pub characters: usize,
}

/// Where a page ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageEnd {
    /// The page, from 1.
    pub page: usize,
    /// The item its last line is of, from 0.
    pub piece: usize,
    /// What the line says.
    pub words: String,
    /// Body lines (行) free under it.
    pub free_lines: usize,
}

/// What stands beyond a limit of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// Pages too many.
    pub pages: usize,
    /// Which items, from 0, with the lines and characters of theirs that stand beyond.
    pub pieces: Vec<(usize, usize, usize)>,
    /// About how many body lines must go, so that the end matter finds room too.
    pub lines: usize,
}

impl PieceLayout {
    /// The pages it begins and ends on.
    pub fn pages(&self) -> Option<(usize, usize)> {
        Some((self.shares.first()?.page, self.shares.last()?.page))
    }

    /// Its lines on all pages.
    pub fn lines(&self) -> usize {
        self.shares.iter().map(|share| share.lines).sum()
    }
}

impl Layout {
    /// What stands beyond so many pages; nothing where all of it fits.
    pub fn over(&self, limit: usize) -> Option<Over> {
        if self.pages <= limit {
            return None;
        }
        let beyond = |(at, piece): (usize, &PieceLayout)| {
            let shares = piece.shares.iter().filter(|share| share.page > limit);
            let (lines, characters) = shares.fold((0, 0), |sum, share| (sum.0 + share.lines, sum.1 + share.characters));
            (lines > 0).then_some((at, lines, characters))
        };
        let pieces: Vec<_> = self.pieces.iter().enumerate().filter_map(beyond).collect();
        let text: usize = pieces.iter().map(|(_, lines, _)| lines).sum();
        // The last lines may stand beyond for the end matter's sake alone, and leave room behind.
        let free = self.ends.iter().find(|end| end.page == limit).map_or(0, |end| end.free_lines);
        let lines = (text + self.end_lines).saturating_sub(free);
        Some(Over { pages: self.pages - limit, pieces, lines: lines.max(1) })
    }
}

/// How many whole body lines fit into so much height.
fn body_lines(height: f64) -> usize {
    (height.max(0.0) / f64::from(LINE)).floor() as usize
}

/// Sets the paper and looks where its items stand.
pub(crate) fn of(paper: &Paper, faces: &Faces) -> Layout {
    let set = pages::set(paper, faces);
    let mut pieces = vec![PieceLayout::default(); paper.items.len()];
    let mut ends: Vec<PageEnd> = Vec::new();
    let mut text_page = 1;
    for place in &set.places {
        // Ahead of the first item stands the masthead.
        let Some(piece) = paper.items.partition_point(|begin| *begin <= place.element).checked_sub(1) else { continue };
        let characters = place.words.chars().filter(|c| !c.is_whitespace()).count();
        if characters == 0 {
            continue;
        }
        text_page = place.page;
        let shares = &mut pieces[piece].shares;
        match shares.last_mut().filter(|share| share.page == place.page) {
            Some(share) => {
                share.lines += 1;
                share.characters += characters;
            }
            None => shares.push(PageShare { page: place.page, lines: 1, characters }),
        }
        let free_lines = body_lines(f64::from(TOP + TEXT_HEIGHT) - place.bottom);
        let end = PageEnd { page: place.page, piece, words: place.words.clone(), free_lines };
        match ends.last_mut().filter(|end| end.page == place.page) {
            Some(last) => *last = end,
            None => ends.push(end),
        }
    }
    let room = f64::from(TOP + TEXT_HEIGHT) - set.text_bottom;
    // An end matter higher than the rest of a page that one line fills stands alone.
    let alone = set.pages.len() > text_page;
    let free = if alone { room } else { room - set.end_height };
    Layout {
        pages: set.pages.len(),
        pieces,
        ends,
        free_lines: body_lines(free),
        end_lines: (set.end_height / f64::from(LINE)).ceil() as usize,
    }
}
