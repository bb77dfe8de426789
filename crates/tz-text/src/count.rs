//! Length of a text as the office word processor counts it (字数).

/// Counts a text as the office word processor's 字数 does (N3.3, R15).
///
/// A Han character or full-width mark counts one, a run of other visible characters (Latin letters, digits, ASCII
/// marks) one, white space nothing. Any text, not normalised; the result is in characters (字), never bytes. What
/// belongs to the body (no title, byline or annex) is the caller's decision.
///
/// ```
/// assert_eq!(tz_text::word_count("报送2018年信息3篇。"), 9);
/// ```
pub fn word_count(text: &str) -> usize {
    let mut count = 0;
    let mut in_run = false;
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_usual_han(c) {
            count += 1;
            in_run = false;
        } else if is_blank(c) {
            in_run = false;
        } else if is_joiner(c) && before.is_some_and(is_western) && rest.peek().copied().is_some_and(is_western) {
            // don’t and Jean·Paul stay one run: the mark stands between two letters or figures.
        } else if is_east_asian(c) {
            count += 1;
            in_run = false;
        } else if !in_run {
            count += 1;
            in_run = true;
        }
        before = Some(c);
    }
    count
}

/// The Han characters nearly all of a text consists of, told without looking further.
pub(crate) fn is_usual_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

/// White space of any kind, and characters that take no place on paper.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_zero_width(c)
}

/// Characters nobody sees: zero-width spaces and joiners, byte order marks, soft hyphens, direction and variation marks.
pub(crate) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}

/// Marks that belong to a Latin run when they stand inside one, and count by themselves elsewhere.
fn is_joiner(c: char) -> bool {
    matches!(c, '’' | '·')
}

/// A letter or figure that is not East Asian.
pub(crate) fn is_western(c: char) -> bool {
    c.is_alphanumeric() && !is_east_asian(c)
}

/// Han (all extensions), kana, hangul, bopomofo, radicals, full-width marks, and the marks Chinese shares with Latin.
fn is_east_asian(c: char) -> bool {
    matches!(c,
        '“' | '”' | '‘' | '’' | '—' | '…' | '·'
        | '\u{1100}'..='\u{11FF}'   // hangul jamo
        | '\u{2E80}'..='\u{2FFF}'   // radicals, description characters
        | '\u{3001}'..='\u{33FF}'   // marks, 〇, kana, bopomofo, hangul jamo, strokes, ㈠, ㎡
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' // hangul
        | '\u{FE10}'..='\u{FE1F}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{1AFF0}'..='\u{1B16F}' // kana supplements
        | '\u{20000}'..='\u{3FFFF}') // Han extensions B and later
}
