//! How alike two items are, for finding repeats (重复). A repeat is flagged, never dropped (R5).

use crate::count::{is_usual_han, is_zero_width};

/// A share in thousandths, 0 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerMille(pub u16);

/// A stable 64-bit value of a text's letters, figures and Han characters: equal texts have equal values, whatever their
/// white space, punctuation, letter case and full-width forms.
///
/// Not cryptographic: two texts with one fingerprint are candidates to be compared, and the value may be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(pub u64);

/// Texts with fewer letters than this are compared by three characters: by five, one changed word would hide them.
const SHORT: usize = 120;

/// The fingerprint of a text after white space and punctuation are taken out (exact repeat, 完全重复).
pub fn fingerprint(text: &str) -> Fingerprint {
    let mut hash = START;
    // A Han character is a letter as it stands; everything else is looked at.
    for (at, c) in text.char_indices() {
        if is_usual_han(c) {
            hash = add(hash, c);
        } else {
            hash = letters(&text[at..at + c.len_utf8()]).fold(hash, add);
        }
    }
    Fingerprint(hash)
}

/// What two texts have in common, as the share of all their shingles (相似度, Jaccard).
///
/// Shingles of five letters, figures or Han characters; of three where either text is short. Two texts without any
/// letter are not alike.
pub fn similarity(a: &str, b: &str) -> PerMille {
    let (a, b) = pair(a, b);
    let common = common(&a, &b);
    share(common, a.len() + b.len() - common)
}

/// How much of the shorter text is in the longer one (包含度): 1000 where an item was sent again with more added.
pub fn containment(a: &str, b: &str) -> PerMille {
    let (a, b) = pair(a, b);
    share(common(&a, &b), a.len().min(b.len()))
}

/// How much of a text is in another (覆盖度): 1000 where all of `part` stands in `whole`, however long that is.
///
/// Shingles as the length of `part` asks for, of one or two letters where it has no more; a part without any letter is nowhere.
pub fn coverage(part: &str, whole: &str) -> PerMille {
    let width = match letters(part).count() {
        0 => return PerMille(0),
        few @ 1..3 => few,
        ..SHORT => 3,
        _ => 5,
    };
    let (part, whole) = (shingles(part, width), shingles(whole, width));
    share(common(&part, &whole), part.len())
}

/// The hashes of a text's runs of `width` letters, sorted, each once: what an index over many items keeps.
///
/// A text shorter than `width` has one, of all of it; one without letters has none.
pub fn shingles(text: &str, width: usize) -> Vec<u64> {
    let letters: Vec<char> = letters(text).collect();
    if letters.is_empty() || width == 0 {
        return Vec::new();
    }
    let mut hashes: Vec<u64> = if letters.len() < width {
        vec![hash(letters.iter().copied())]
    } else {
        letters.windows(width).map(|w| hash(w.iter().copied())).collect()
    };
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn pair(a: &str, b: &str) -> (Vec<u64>, Vec<u64>) {
    let short = letters(a).count().min(letters(b).count()) < SHORT;
    let width = if short { 3 } else { 5 };
    (shingles(a, width), shingles(b, width))
}

/// How many values two sorted lists share.
fn common(a: &[u64], b: &[u64]) -> usize {
    a.iter().filter(|hash| b.binary_search(hash).is_ok()).count()
}

fn share(part: usize, whole: usize) -> PerMille {
    let mille = (part * 1000).checked_div(whole).unwrap_or(0);
    PerMille(u16::try_from(mille).expect("a part is at most the whole, so this is at most 1000"))
}

/// Letters, figures and Han characters, full-width made half-width, in lower case.
fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .filter(|c| c.is_alphanumeric() && !is_zero_width(*c))
        .flat_map(char::to_lowercase)
}

/// FNV-1a, 64 bits, over the characters' numbers: the same on every machine and in every version.
fn hash(chars: impl Iterator<Item = char>) -> u64 {
    chars.fold(START, add)
}

/// The hash of nothing.
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash with one character more.
fn add(hash: u64, c: char) -> u64 {
    (c as u32)
        .to_le_bytes()
        .into_iter()
        .fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
