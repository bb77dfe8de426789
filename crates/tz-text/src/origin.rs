//! Which texts a paragraph was made of, when several were merged, trimmed and edited (综合稿).

use crate::likeness::{PerMille, coverage};

/// From this share on a text is one that a paragraph was made of: less is what set phrases have in common.
pub const ORIGIN: PerMille = PerMille(200);

/// A text that a paragraph was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Which of the sources, from 0.
    pub source: usize,
    /// How much of the paragraph is in it; 1000 where all of it is there as it stands.
    pub share: PerMille,
}

/// The sources that a paragraph was made of, the one with most of it first; none where it was written anew.
///
/// Each source is a list of texts (an item's versions); the one that has most of the paragraph speaks for it. Sources
/// with the same share keep their order.
///
/// ```
/// let sources = [vec!["全市完成秋粮收购12万吨。"], vec!["木石镇建成粮库3座，仓容增加2万吨。"]];
/// let found = tz_text::origins("木石镇新建成粮库3座，仓容增加2万吨。", &sources);
/// assert_eq!(found.iter().map(|origin| origin.source).collect::<Vec<_>>(), [1]);
/// ```
pub fn origins<Text: AsRef<str>>(paragraph: &str, sources: &[Vec<Text>]) -> Vec<Origin> {
    let mut found: Vec<Origin> = sources
        .iter()
        .enumerate()
        .filter_map(|(source, texts)| {
            let share = texts.iter().map(|text| coverage(paragraph, text.as_ref())).max()?;
            (share >= ORIGIN).then_some(Origin { source, share })
        })
        .collect();
    found.sort_by_key(|origin| std::cmp::Reverse(origin.share));
    found
}

/// The paragraphs that stay when a source is taken out of a merged text again: those that were made of it more than of
/// any other go with it.
pub fn without_source<Text: AsRef<str>>(body: &str, sources: &[Vec<Text>], gone: usize) -> String {
    let stays = |paragraph: &&str| origins(paragraph, sources).first().is_none_or(|first| first.source != gone);
    body.lines().filter(stays).collect::<Vec<_>>().join("\n")
}
