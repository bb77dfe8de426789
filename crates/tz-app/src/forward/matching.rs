//! Which of our items a line of a higher office's list means: pure, by the likeness of titles and by the units it names.

use tz_text::{fingerprint, shingles};

/// How alike a line and an item are, in thousandths.
pub type Likeness = u16;

/// From here on a proposal is worth showing.
pub const WORTH: Likeness = 450;
/// From here on a proposal is sure, if the next one is far below.
pub const SURE: Likeness = 840;
/// How far below the next one must be.
pub const APART: Likeness = 150;
/// How many proposals are shown.
const NEAREST: usize = 3;

/// Something of ours that a line may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// What the caller knows it by.
    pub id: i64,
    /// Every title it has had: as reported, as printed, as forwarded.
    pub titles: Vec<String>,
    /// The names of its units.
    pub units: Vec<String>,
}

/// What a line may mean (拟匹配).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The candidate.
    pub id: i64,
    /// How alike they are.
    pub likeness: Likeness,
}

/// The nearest three candidates of a line, the nearest first; none below [`WORTH`]. `said` is the whole line, in which units may
/// be named.
pub fn nearest(title: &str, said: &str, candidates: &[Candidate], units: &[String]) -> Vec<Proposal> {
    let named: Vec<&String> = units.iter().filter(|unit| names(said, unit)).collect();
    let mut found: Vec<Proposal> = candidates
        .iter()
        .filter_map(|candidate| {
            let by_title = candidate.titles.iter().map(|own| alike(title, own)).max().unwrap_or(0);
            let own = candidate.units.iter().any(|unit| named.contains(&unit));
            let likeness = match (named.is_empty(), own) {
                // Named where it was not in the title already: that much more likely, and another's that much less.
                (false, true) => (by_title + 60).min(1000),
                (false, false) => by_title.saturating_sub(120),
                (true, _) => by_title,
            };
            (likeness >= WORTH).then_some(Proposal { id: candidate.id, likeness })
        })
        .collect();
    found.sort_by_key(|proposal| (std::cmp::Reverse(proposal.likeness), std::cmp::Reverse(proposal.id)));
    found.truncate(NEAREST);
    found
}

/// The proposal a person need not think about: very like, and no other near it.
pub fn sure(proposals: &[Proposal]) -> Option<&Proposal> {
    let first = proposals.first().filter(|first| first.likeness >= SURE)?;
    let next = proposals.get(1).map_or(0, |next| next.likeness);
    (first.likeness - next >= APART).then_some(first)
}

/// How alike two titles are: twice the pairs of characters they share, of all they have. Punctuation, white space, width and
/// letter case count for nothing.
fn alike(a: &str, b: &str) -> Likeness {
    if fingerprint(a) == fingerprint(b) && !shingles(a, 1).is_empty() {
        return 1000;
    }
    let (a, b) = (shingles(a, 2), shingles(b, 2));
    let common = a.iter().filter(|pair| b.binary_search(pair).is_ok()).count();
    let dice = (2000 * common).checked_div(a.len() + b.len()).unwrap_or(0);
    // The higher office often leaves the place's name or the second half out: what is kept of a title counts too, if it is long
    // enough to mean something.
    let shorter = a.len().min(b.len());
    let held = if shorter >= 6 { 850 * common / shorter } else { 0 };
    u16::try_from(dice.max(held).min(999)).unwrap_or(999)
}

/// Whether a line names a unit, in full or without the 市 ahead of it: `市商务局` is also `商务局`.
fn names(said: &str, unit: &str) -> bool {
    let short = unit.strip_prefix('市').filter(|short| short.chars().count() >= 3).unwrap_or(unit);
    unit.chars().count() >= 2 && said.contains(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: i64, title: &str, unit: &str) -> Candidate {
        Candidate { id, titles: vec![title.to_owned()], units: vec![unit.to_owned()] }
    }

    fn ours() -> (Vec<Candidate>, Vec<String>) {
        let candidates = vec![
            candidate(1, "滨湖镇多措并举做好夏粮收购工作", "滨湖镇"),
            candidate(2, "张汪镇多措并举做好夏粮收购工作", "张汪镇"),
            candidate(3, "企业反映项目审批环节仍需优化", "商务局"),
            candidate(4, "当前农村饮水安全存在的问题及建议", "水务局"),
        ];
        let units = candidates.iter().flat_map(|one| one.units.clone()).collect();
        (candidates, units)
    }

    /// Worked out by hand: what a person would say each line means.
    #[test]
    fn lines_find_the_item_a_person_would_choose() {
        let (candidates, units) = ours();
        for (line, said, meant, is_sure) in [
            ("企业反映项目审批环节仍需优化", "", Some(3), true),
            ("“企业”反映：项目审批　环节仍需优化。", "", Some(3), true),
            ("企业反映项目审批环节亟需优化", "", Some(3), true),
            ("滨湖镇多措并举做好夏粮收购工作", "", Some(1), true),
            // The place left out: both towns are as near, and nobody can be sure.
            ("多措并举做好夏粮收购工作", "", Some(2), false),
            // The column of units decides which.
            ("多措并举做好夏粮收购工作", "多措并举做好夏粮收购工作 滨湖镇", Some(1), true),
            // A part of the title, and its unit in the line.
            ("农村饮水安全存在的问题", "农村饮水安全存在的问题 市水务局", Some(4), true),
            ("全市安全生产形势平稳", "", None, false),
            ("", "", None, false),
        ] {
            let proposals = nearest(line, if said.is_empty() { line } else { said }, &candidates, &units);
            assert_eq!(proposals.first().map(|one| one.id), meant, "{line}: {proposals:?}");
            assert_eq!(sure(&proposals).is_some(), is_sure, "{line}: {proposals:?}");
        }
    }

    #[test]
    fn no_more_than_three_are_proposed_and_the_nearest_stands_first() {
        let (_, units) = ours();
        let candidates: Vec<Candidate> =
            (1..=9).map(|id| candidate(id, &format!("第{id}批民生实事项目全部开工建设"), "住建局")).collect();
        let proposals = nearest("第7批民生实事项目全部开工建设", "", &candidates, &units);
        assert_eq!(proposals.len(), 3);
        assert_eq!(proposals[0], Proposal { id: 7, likeness: 1000 });
        assert!(proposals.windows(2).all(|two| two[0].likeness >= two[1].likeness), "{proposals:?}");
    }
}
