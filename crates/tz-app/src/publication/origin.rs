//! Which items each paragraph of a piece was made of, and how a piece differs from what its units sent.

use tz_model::{IssueId, ItemId, Revision};
use tz_store::Tx;
use tz_store::publication::IssueItemRow;

use super::pieces::{self, Piece};
use super::{OFFICE, issue_with_publication, joined, unit_names};
use crate::{App, Editor, Problem};

/// A paragraph of a piece and what it was made of.
#[derive(Clone, Debug)]
pub struct ParagraphOrigin {
    /// The paragraph.
    pub text: String,
    /// Which of the piece's items, from 0, and how much of the paragraph stands in it (per mille); most first. None where an
    /// editor wrote it.
    pub from: Vec<(usize, u16)>,
}

/// A piece beside what its units sent.
#[derive(Clone, Debug)]
pub struct PieceCompared {
    /// Where the piece stands: `《每日要情》`.
    pub issue: String,
    /// Its title and text in the issue.
    pub printed: (String, String),
    /// For each item its number, its units and the title and text they sent.
    pub sent: Vec<(ItemId, String, String, String, String)>,
}

/// The texts that each item of a piece has brought: what its units sent, the version it was taken from, and its own words in
/// the issue where it was merged into another's.
pub(super) fn sources(tx: &mut Tx, piece: &Piece) -> Result<Vec<Vec<String>>, Problem> {
    let texts = |tx: &mut Tx, row: &IssueItemRow| -> Result<Vec<String>, Problem> {
        let mut texts = Vec::new();
        for revision in [row.revision, 1] {
            if let Some(version) = tx.find_version(ItemId(row.item_id), Revision(revision))? {
                texts.push(format!("{}\n{}", version.title, version.body));
            }
            if row.revision == 1 {
                break;
            }
        }
        if row.merged_into.is_some() {
            texts.push(row.body.clone());
        }
        Ok(texts)
    };
    piece.rows().map(|row| texts(tx, row)).collect()
}

/// What each paragraph of a piece was made of.
pub(super) fn paragraphs(body: &str, sources: &[Vec<String>]) -> Vec<ParagraphOrigin> {
    body.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| ParagraphOrigin {
            text: line.to_owned(),
            from: tz_text::origins(line, sources).iter().map(|one| (one.source, one.share.0)).collect(),
        })
        .collect()
}

impl App {
    /// A piece of an issue beside what its units sent (与原稿对照).
    pub fn compare_piece(&self, _who: &Editor, id: IssueId, item: ItemId) -> Result<PieceCompared, Problem> {
        let mut tx = self.read()?;
        let (issue, publication) = issue_with_publication(&mut tx, id)?;
        let all = pieces::pieces(tx.list_issue_items(id)?);
        let piece = all.iter().find(|piece| piece.rows().any(|row| row.item_id == item.0)).ok_or(Problem::NotThere)?;
        let names = unit_names(&mut tx)?;
        let mut sent = Vec::new();
        for row in piece.rows() {
            let (found, units) = tx.find_item(OFFICE, ItemId(row.item_id))?.ok_or(Problem::NotThere)?;
            let versions = tx.list_versions(ItemId(row.item_id))?;
            // The unit's own last words: what editors saved afterwards is theirs.
            let own = versions.iter().rev().find(|version| version.revision == 1 || version.note == "单位修改重报");
            let (title, body) = own.map_or_else(Default::default, |own| (own.title.clone(), own.body.clone()));
            sent.push((ItemId(row.item_id), found.number, joined(&names, &units), title, body));
        }
        Ok(PieceCompared {
            issue: super::label(&publication, &issue),
            printed: (piece.lead.title.clone(), piece.lead.body.clone()),
            sent,
        })
    }
}
