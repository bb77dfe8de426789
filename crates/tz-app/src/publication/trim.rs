//! How a draft falls on its pages (版面), and what stands beyond the limit a publication sets itself. A warning, never a stop.

use tz_docs::{Layout, Over};
use tz_model::{IssueId, PublicationId};

use super::paper::{as_printed, kept_paper, printed_bytes};
use super::{IssueState, PlaceWish, compose, issue_with_publication, label, pieces};
use crate::templates::Dress;
use crate::{App, Editor, PaperFormat, Problem};

/// Where a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceTrim {
    /// The page it begins on, from 1.
    pub first: usize,
    /// The page it ends on.
    pub last: usize,
    /// Lines (行), its head and byline among them.
    pub lines: usize,
}

/// How a draft falls on its pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trim {
    /// Pages (版) in all.
    pub pages: usize,
    /// How many it may have; nothing where that is open.
    pub limit: Option<usize>,
    /// The pieces in order; nothing for one without a word.
    pub pieces: Vec<Option<PieceTrim>>,
    /// After which piece, from 0, each page ends, with the end of its last line; the last page is not among them.
    pub ends: Vec<(usize, usize, String)>,
    /// Lines free on the last page.
    pub free: usize,
    /// What is over the limit: sentences, the sum first.
    pub over: Vec<String>,
}

/// The pages of an issue as pictures (SVG).
#[derive(Clone, Debug)]
pub struct Preview {
    /// Which issue.
    pub label: String,
    /// It is still being prepared: the number is the one it would get today.
    pub draft: bool,
    /// The pages.
    pub pages: Vec<String>,
}

/// What is over the limit, in words.
fn over_words(over: &Over, limit: usize, titles: &[String]) -> Vec<String> {
    let sum = format!("超出限定的{limit}版{}版，约需压缩{}行（每行28字）。", over.pages, over.lines);
    if over.pieces.is_empty() {
        return vec![format!("{sum}正文已在{limit}版以内，只是版记被挤到了下一版。")];
    }
    let one = |(at, lines, characters): &(usize, usize, usize)| {
        let title = titles.get(*at).map_or("", String::as_str);
        format!("第{}条《{title}》超出{lines}行、{characters}字。", at + 1)
    };
    std::iter::once(sum).chain(over.pieces.iter().map(one)).collect()
}

/// The last characters of a line.
fn tail(words: &str) -> String {
    let words = words.trim();
    let from = words.char_indices().rev().nth(11).map_or(0, |(at, _)| at);
    if from == 0 { words.to_owned() } else { format!("…{}", &words[from..]) }
}

/// What a layout says to who composes.
fn trim(layout: &Layout, limit: Option<usize>, titles: &[String]) -> Trim {
    Trim {
        pages: layout.pages,
        limit,
        pieces: layout
            .pieces
            .iter()
            .map(|piece| piece.pages().map(|(first, last)| PieceTrim { first, last, lines: piece.lines() }))
            .collect(),
        ends: layout
            .ends
            .iter()
            .filter(|end| end.page < layout.pages)
            .map(|end| (end.page, end.piece, tail(&end.words)))
            .collect(),
        free: layout.free_lines,
        over: limit.and_then(|limit| Some(over_words(&layout.over(limit)?, limit, titles))).unwrap_or_default(),
    }
}

impl App {
    /// How a draft as typed falls on its pages, saved or not: nothing is written. Without wishes: as it stands.
    ///
    /// Refused where the machine has no Chinese face; the sentence says what to install.
    pub fn measure_issue(&self, _who: &Editor, id: IssueId, wishes: &[PlaceWish]) -> Result<Trim, Problem> {
        let (paper, limit, titles) = {
            let mut tx = self.read()?;
            let (issue, publication) = issue_with_publication(&mut tx, id)?;
            let stored = pieces::pieces(tx.list_issue_items(id)?);
            let rows = pieces::rows_of(compose::as_typed(stored, wishes));
            let titles: Vec<String> = pieces::printed(&rows).into_iter().map(|row| row.title).collect();
            let limit = usize::try_from(publication.page_limit).ok().filter(|limit| *limit > 0);
            let values = as_printed(&mut tx, &publication, &issue, &rows, self.today())?;
            (Dress::in_force(&mut tx, PublicationId(publication.id))?.paper(&values), limit, titles)
        };
        let faces = self.faces()?;
        Ok(trim(&paper.layout(&faces), limit, &titles))
    }

    /// The pages of an issue as they will be printed, or as they were.
    pub fn preview_issue(&self, _who: &Editor, id: IssueId) -> Result<Preview, Problem> {
        let (paper, label, draft) = self.pages_of(id)?;
        let faces = self.faces()?;
        Ok(Preview { label, draft, pages: paper.pictures(&faces) })
    }

    /// The same as a PDF.
    pub fn preview_pdf(&self, _who: &Editor, id: IssueId) -> Result<Vec<u8>, Problem> {
        let (paper, _, _) = self.pages_of(id)?;
        self.write_paper(&paper, PaperFormat::Pdf)
    }

    /// An issue as it will be or was printed, which it is, and whether it is a draft.
    fn pages_of(&self, id: IssueId) -> Result<(tz_docs::Paper, String, bool), Problem> {
        let mut tx = self.read()?;
        let (issue, publication) = issue_with_publication(&mut tx, id)?;
        let label = label(&publication, &issue);
        if IssueState::of(&issue) != IssueState::Draft {
            let kept = printed_bytes(&mut tx, &issue, PaperFormat::Pdf)?;
            return Ok((kept_paper(&mut tx, &kept)?, label, false));
        }
        let rows = tx.list_issue_items(id)?;
        let values = as_printed(&mut tx, &publication, &issue, &rows, self.today())?;
        Ok((Dress::in_force(&mut tx, PublicationId(publication.id))?.paper(&values), label, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_said_item_by_item() {
        let titles = ["夏粮收购".to_owned(), "防汛".to_owned()];
        let over = Over { pages: 1, pieces: vec![(1, 3, 70)], lines: 6 };
        assert_eq!(
            over_words(&over, 4, &titles),
            ["超出限定的4版1版，约需压缩6行（每行28字）。", "第2条《防汛》超出3行、70字。"]
        );
        let alone = over_words(&Over { pages: 1, pieces: Vec::new(), lines: 2 }, 4, &titles);
        assert!(alone[0].ends_with("只是版记被挤到了下一版。"), "{alone:?}");
    }

    #[test]
    fn the_end_of_a_line_is_its_last_twelve_characters() {
        assert_eq!(tail("　　短。"), "短。");
        assert_eq!(tail("一二三四五六七八九十甲乙丙丁"), "…三四五六七八九十甲乙丙丁");
    }
}
