//! The pieces of an issue: an item by itself, or several merged into one (综合稿). Plain rules over rows.
//!
//! The row of the item that leads a piece holds the words that are printed. The rows merged into it keep their own, so that
//! each can be taken out again; they stand behind it, in the order in which they were merged.

use std::collections::BTreeSet;

use tz_model::ItemId;
use tz_store::publication::IssueItemRow;

use crate::{FieldFault, Problem};

/// A piece with the items it was made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// What is printed, in the row of the item that leads.
    pub lead: IssueItemRow,
    /// The other items in it.
    pub merged: Vec<IssueItemRow>,
}

impl Piece {
    /// Its items' rows, the leading one first.
    pub fn rows(&self) -> impl Iterator<Item = &IssueItemRow> {
        std::iter::once(&self.lead).chain(&self.merged)
    }

    /// Made of several items.
    pub fn is_merged(&self) -> bool {
        !self.merged.is_empty()
    }
}

/// The rows of an issue as pieces, in the issue's order.
pub(super) fn pieces(rows: Vec<IssueItemRow>) -> Vec<Piece> {
    let leads: BTreeSet<i64> = rows.iter().filter(|row| row.merged_into.is_none()).map(|row| row.item_id).collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut behind = Vec::new();
    for row in rows {
        match row.merged_into {
            Some(lead) if leads.contains(&lead) => behind.push(row),
            Some(_) | None => pieces.push(Piece { lead: row, merged: Vec::new() }),
        }
    }
    for row in behind {
        if let Some(piece) = pieces.iter_mut().find(|piece| Some(piece.lead.item_id) == row.merged_into) {
            piece.merged.push(row);
        }
    }
    pieces
}

/// Pieces as the rows that are stored.
pub(super) fn rows_of(pieces: Vec<Piece>) -> Vec<IssueItemRow> {
    let rows = pieces.into_iter().flat_map(|piece| std::iter::once(piece.lead).chain(piece.merged));
    rows.zip(1..).map(|(row, position)| IssueItemRow { position, ..row }).collect()
}

/// The rows that are printed.
pub(super) fn printed(rows: &[IssueItemRow]) -> Vec<IssueItemRow> {
    pieces(rows.to_vec()).into_iter().map(|piece| piece.lead).collect()
}

/// Which units each item of a piece credits: a unit whose items were merged into one piece is credited once, by the first.
pub(super) fn credited(units: &[Vec<i64>]) -> Vec<Vec<i64>> {
    let mut seen = BTreeSet::new();
    units.iter().map(|own| own.iter().copied().filter(|unit| seen.insert(*unit)).collect()).collect()
}

/// Merges pieces into the first of them: its words, then the others' texts, all their items, the form of a composite where
/// there is one.
pub(super) fn merge(pieces: Vec<Piece>, picked: &[ItemId], composite: Option<&str>) -> Result<Vec<Piece>, Problem> {
    let is_picked = |piece: &Piece| picked.contains(&ItemId(piece.lead.item_id));
    if pieces.iter().filter(|piece| is_picked(piece)).count() < 2 {
        return Err(Problem::Faults(vec![FieldFault::new(
            "pick",
            "合并成综合稿，请先在要合并的各条右上角勾选，至少两条，再点“合并勾选的”。",
        )]));
    }
    let mut kept: Vec<Piece> = Vec::new();
    let mut into: Option<usize> = None;
    for piece in pieces {
        match into {
            Some(at) if is_picked(&piece) => {
                let into = &mut kept[at];
                let lead = into.lead.item_id;
                into.lead.body = joined(&into.lead.body, &piece.lead.body);
                let more = std::iter::once(own_words(&piece)).chain(piece.merged);
                into.merged.extend(more.map(|row| IssueItemRow { merged_into: Some(lead), ..row }));
            }
            Some(_) | None => {
                if into.is_none() && is_picked(&piece) {
                    into = Some(kept.len());
                }
                kept.push(piece);
            }
        }
    }
    if let (Some(at), Some(form)) = (into, composite) {
        form.clone_into(&mut kept[at].lead.form);
    }
    Ok(kept)
}

/// How much of a paragraph must be an item's for it to be that item's and no other's.
const OWN: u16 = 600;

/// The row that leads a piece with its own words: where the piece is merged itself, without the paragraphs of the others, so
/// that they stand once when it is taken out.
fn own_words(piece: &Piece) -> IssueItemRow {
    let is_others = |line: &&str| piece.merged.iter().any(|row| tz_text::coverage(line, &row.body).0 >= OWN);
    let own: Vec<&str> = piece.lead.body.lines().filter(|line| !is_others(line)).collect();
    let body = if piece.is_merged() && !own.is_empty() { own.join("\n") } else { piece.lead.body.clone() };
    IssueItemRow { body, ..piece.lead.clone() }
}

fn joined(text: &str, more: &str) -> String {
    [text, more].map(str::trim_end).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Takes an item out of the piece it was merged into: it stands behind it by itself, with its own words; `body` is what is
/// left of the piece's text. A piece that is of one item again has the form `alone` instead of `composite`.
pub(super) fn split(mut pieces: Vec<Piece>, item: ItemId, body: String, composite: &str, alone: &str) -> Vec<Piece> {
    let found = pieces
        .iter()
        .enumerate()
        .find_map(|(at, piece)| piece.merged.iter().position(|row| row.item_id == item.0).map(|inside| (at, inside)));
    let Some((at, inside)) = found else { return pieces };
    let piece = &mut pieces[at];
    let row = piece.merged.remove(inside);
    piece.lead.body = body;
    if !piece.is_merged() && piece.lead.form == composite {
        alone.clone_into(&mut piece.lead.form);
    }
    let lead = IssueItemRow { merged_into: None, ..row };
    pieces.insert(at + 1, Piece { lead, merged: Vec::new() });
    pieces
}

/// Brings pieces of a column together, columns in the order the publication keeps them, those it does not keep behind, those
/// of none last. Inside a column the order stays.
pub(super) fn gather(mut pieces: Vec<Piece>, columns: &[String]) -> Vec<Piece> {
    let others: Vec<String> = pieces.iter().map(|piece| piece.lead.column_name.clone()).collect();
    let place = |name: &String| match name.is_empty() {
        true => (2, 0),
        false => match columns.iter().position(|column| column == name) {
            Some(at) => (0, at),
            None => (1, others.iter().position(|other| other == name).unwrap_or(0)),
        },
    };
    pieces.sort_by_key(|piece| place(&piece.lead.column_name));
    pieces
}

/// A byline after the items of a piece changed: it writes itself anew where nobody has edited it; where somebody has, only
/// names that are missing are added.
pub(super) fn byline(stands: &str, before: &[String], after: &[String]) -> String {
    if stands.trim().is_empty() || stands == before.join("、") {
        return after.join("、");
    }
    let missing = after.iter().filter(|name| !stands.contains(name.as_str()));
    std::iter::once(stands.to_owned()).chain(missing.cloned()).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(item: i64, column: &str, merged_into: Option<i64>) -> IssueItemRow {
        IssueItemRow {
            issue_id: 1,
            position: item,
            item_id: item,
            revision: 1,
            column_name: column.to_owned(),
            title: format!("标题{item}"),
            body: format!("正文{item}。"),
            byline: String::new(),
            form: "独编".to_owned(),
            fact_key: None,
            merged_into,
        }
    }

    fn items(pieces: &[Piece]) -> Vec<Vec<i64>> {
        pieces.iter().map(|piece| piece.rows().map(|row| row.item_id).collect()).collect()
    }

    #[test]
    fn merged_pieces_are_one_and_come_apart_again() {
        let all = pieces((1..=4).map(|item| row(item, "", None)).collect());
        let two = merge(all.clone(), &[ItemId(4), ItemId(2)], Some("综合")).unwrap();
        assert_eq!(items(&two), [vec![1], vec![2, 4], vec![3]]);
        assert_eq!((two[1].lead.body.as_str(), two[1].lead.form.as_str()), ("正文2。\n正文4。", "综合"));
        // A piece that is merged already brings all it was made of.
        let three = merge(two, &[ItemId(1), ItemId(2)], Some("综合")).unwrap();
        assert_eq!(items(&three), [vec![1, 2, 4], vec![3]]);
        assert!(three[0].merged.iter().all(|row| row.merged_into == Some(1)));
        assert_eq!(pieces(rows_of(three.clone())), {
            let mut stored = three.clone();
            for (position, row) in (1..).zip(
                stored.iter_mut().flat_map(|piece| std::iter::once(&mut piece.lead).chain(piece.merged.iter_mut())),
            ) {
                row.position = position;
            }
            stored
        });
        let apart = split(three, ItemId(2), "正文1。".to_owned(), "综合", "独编");
        assert_eq!(items(&apart), [vec![1, 4], vec![2], vec![3]]);
        assert_eq!((apart[0].lead.form.as_str(), apart[1].lead.body.as_str()), ("综合", "正文2。"));
        let alone = split(apart, ItemId(4), String::new(), "综合", "独编");
        assert_eq!((alone[0].lead.form.as_str(), alone[1].lead.merged_into), ("独编", None));
        assert!(merge(alone, &[ItemId(1)], None).is_err(), "one is nothing to merge");
    }

    #[test]
    fn a_row_merged_into_nothing_is_a_piece_of_its_own() {
        assert_eq!(items(&pieces(vec![row(1, "", Some(9)), row(2, "", None)])), [vec![1], vec![2]]);
    }

    #[test]
    fn a_unit_is_credited_once_in_a_piece() {
        assert_eq!(credited(&[vec![1, 2], vec![2, 3], vec![1]]), [vec![1, 2], vec![3], vec![]]);
    }

    #[test]
    fn columns_are_brought_together_in_the_publications_order() {
        let all = pieces(
            ["社情", "", "要闻", "别的", "社情", "要闻"]
                .iter()
                .zip(1..)
                .map(|(column, item)| row(item, column, None))
                .collect(),
        );
        let order = gather(all, &["要闻".to_owned(), "社情".to_owned()]);
        assert_eq!(items(&order).concat(), [3, 6, 1, 5, 4, 2]);
    }

    #[test]
    fn a_byline_nobody_edited_writes_itself() {
        let names = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (before, after) = (names(&["滨湖镇"]), names(&["滨湖镇", "商务局"]));
        assert_eq!(byline("滨湖镇", &before, &after), "滨湖镇、商务局");
        assert_eq!(byline("", &before, &after), "滨湖镇、商务局");
        assert_eq!(byline("滨湖镇党政办", &before, &after), "滨湖镇党政办、商务局");
        assert_eq!(byline("滨湖镇、商务局", &after, &before), "滨湖镇");
    }
}
