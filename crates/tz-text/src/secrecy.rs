//! Marks of secrecy (密级标志) told from words: secret items never come by mail or into this system (N3.1).
//!
//! Four strong patterns and one weak. A strong mark refuses the material before anything is stored; a weak one (工作秘密
//! and 内部资料 wordings, or a bracketed level deep in a text) holds it for a person. Which wordings these are is the
//! office's to say ([`Wordings`]). Marks inside pictures and scans are not seen.

use crate::count::is_zero_width;

/// Where the text stood. Pattern P4 is strong only where a mark would really be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The mail's subject, or an item's title.
    Subject,
    /// A file's name, with its extension.
    FileName,
    /// A document's or mail's text, from its beginning.
    Body,
    /// A header line or document property as `name: value`.
    Header,
}

/// What a mark means for the material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Held for a person, who may release it with a reason.
    Weak,
    /// Refused; nobody may release it.
    Strong,
}

/// Which pattern was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// Level and star: the mark of the law's form.
    P1,
    /// `密级：` and its kin with a level.
    P2,
    /// A line near the beginning that is a level, perhaps with its term, and nothing else.
    P3,
    /// A level in brackets.
    P4,
    /// Wordings of work secrets (工作秘密) and internal material.
    W,
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::W => "W",
        })
    }
}

/// A mark that was found (密级标志).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The pattern met.
    pub pattern: Pattern,
    /// Refused or held.
    pub strength: Strength,
    /// The mark's own characters and nothing around them, so that no content is kept with it.
    pub found: String,
}

/// Lines of a page that are its beginning for P3 and P4; empty lines do not count.
const FIRST_LINES: usize = 20;

/// The wordings an office takes for marks of work secrets and internal material (工作秘密、内部资料字样): weak marks, held
/// for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wordings {
    /// Each wording in its parts, between which a comma, a point or white space may stand.
    phrases: Vec<Vec<String>>,
}

impl Default for Wordings {
    /// What is usually printed; no national form is laid down.
    fn default() -> Self {
        Self::new(["内部资料，注意保存", "内部资料，注意保密", "内部使用，不得外传", "工作秘密，不得外泄"])
    }
}

impl Wordings {
    /// Wordings as an office writes them, with or without commas; empty ones and single characters are passed over, for
    /// they would be met everywhere.
    pub fn new<S: AsRef<str>>(wordings: impl IntoIterator<Item = S>) -> Self {
        let parts = |wording: &str| {
            let parts = wording.split(|c: char| is_between(c) || c.is_whitespace()).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect::<Vec<_>>()
        };
        let phrases = wordings.into_iter().map(|wording| parts(wording.as_ref()));
        Self { phrases: phrases.filter(|parts| parts.concat().chars().count() > 1).collect() }
    }

    /// The wordings, each as one line; [`Wordings::new`] makes the same of them again.
    pub fn lines(&self) -> Vec<String> {
        self.phrases.iter().map(|parts| parts.join("，")).collect()
    }

    /// False where none of them can stand.
    fn may_stand(&self, text: &str) -> bool {
        let whole = |part: &String| part.chars().all(|c| text.contains(c));
        self.phrases.iter().any(|parts| parts.iter().all(whole))
    }

    fn at(&self, line: &[char], at: usize) -> Option<usize> {
        self.phrases.iter().find_map(|parts| {
            let mut end = at;
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    end = skip_spaces(line, end);
                    if line.get(end).copied().is_some_and(is_between) {
                        end = skip_spaces(line, end + 1);
                    }
                }
                end = word(line, end, part)?;
            }
            Some(end)
        })
    }
}

/// Marks that part the halves of a wording.
fn is_between(c: char) -> bool {
    matches!(c, ',' | '，' | '、' | '.' | '。' | '．' | ';' | '；')
}

/// As [`find_with`], with the wordings that are usual.
pub fn find(place: Place, text: &str) -> Vec<Mark> {
    find_with(place, text, &Wordings::default())
}

/// Every mark in `text`, in the order of the text and at most one a pattern and line (N3.1).
///
/// Full-width figures and letters are read as ASCII and invisible characters skipped before looking. A form feed begins
/// a new page.
pub fn find_with(place: Place, text: &str, wordings: &Wordings) -> Vec<Mark> {
    let worth = |text: &str| text.contains('密') || wordings.may_stand(text);
    // Nearly every text has not one line worth a closer look.
    if worth(text) { find_in(place, text, wordings, worth) } else { Vec::new() }
}

/// As [`find_with`], looking closely at the lines that are `worth` it. Every level and label has a 密.
pub(crate) fn find_in(place: Place, text: &str, wordings: &Wordings, worth: impl Fn(&str) -> bool) -> Vec<Mark> {
    let mut marks = Vec::new();
    for page in text.split('\u{C}') {
        let mut lines_before = 0;
        for line in page.lines() {
            if worth(line) {
                find_in_line(place, &normal(line), lines_before < FIRST_LINES, wordings, &mut marks);
            }
            lines_before += usize::from(!says_nothing(line));
        }
    }
    marks
}

/// Whether nothing is left of a line once it is made [`normal`].
fn says_nothing(line: &str) -> bool {
    line.chars().all(|c| c.is_whitespace() || is_zero_width(c))
}

/// As [`find_mark_with`], with the wordings that are usual.
pub fn find_mark<'a>(texts: impl IntoIterator<Item = (Place, &'a str)>) -> Option<Mark> {
    find_mark_with(texts, &Wordings::default())
}

/// The strongest mark of several texts, the first among equals; `None` if there is none.
pub fn find_mark_with<'a>(texts: impl IntoIterator<Item = (Place, &'a str)>, wordings: &Wordings) -> Option<Mark> {
    let mut best: Option<Mark> = None;
    for mark in texts.into_iter().flat_map(|(place, text)| find_with(place, text, wordings)) {
        if best.as_ref().is_none_or(|b| mark.strength > b.strength) {
            best = Some(mark);
        }
    }
    best
}

/// One line's characters with full-width ASCII made half-width, invisible characters removed and ends trimmed.
fn normal(line: &str) -> Vec<char> {
    let half = |c: char| match c {
        // The full-width star stays itself: it is one of the stars.
        '\u{FF01}'..='\u{FF5E}' if c != '＊' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let chars: String = line.chars().filter(|c| !is_zero_width(*c)).map(half).collect();
    chars.trim().chars().collect()
}

fn find_in_line(place: Place, line: &[char], near_top: bool, wordings: &Wordings, marks: &mut Vec<Mark>) {
    let mut push = |pattern: Pattern, strength: Strength, found: &[char]| {
        marks.push(Mark { pattern, strength, found: found.iter().take(40).collect() });
    };
    let each = |reader: &dyn Fn(usize) -> Option<usize>| (0..line.len()).find_map(|at| Some((at, reader(at)?)));

    if let Some((from, to)) = each(&|at| starred_level(line, at).filter(|_| !is_work_secret(line, at))) {
        push(Pattern::P1, Strength::Strong, &line[from..to]);
    }
    if let Some((from, to)) = each(&|at| labelled_level(line, at)) {
        push(Pattern::P2, Strength::Strong, &line[from..to]);
    }
    let alone = if place == Place::FileName { without_extension(line) } else { line };
    if near_top && is_only_level(alone) {
        push(Pattern::P3, Strength::Strong, alone);
    }
    if let Some((from, to)) = each(&|at| bracketed_level(line, at)) {
        let strength = if near_top { Strength::Strong } else { Strength::Weak };
        push(Pattern::P4, strength, &line[from..to]);
    }
    if let Some((from, to)) = each(&|at| wordings.at(line, at).or_else(|| starred_work_secret(line, at))) {
        push(Pattern::W, Strength::Weak, &line[from..to]);
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

fn is_star(c: char) -> bool {
    matches!(c, '★' | '☆' | '⭐' | '✩' | '✪' | '✭' | '✮' | '✯' | '＊' | '*')
}

fn skip_spaces(line: &[char], mut at: usize) -> usize {
    while line.get(at).copied().is_some_and(is_space) {
        at += 1;
    }
    at
}

/// `word` at `at`, its characters perhaps spaced; the place after it.
fn word(line: &[char], at: usize, word: &str) -> Option<usize> {
    let mut next = at;
    for (i, c) in word.chars().enumerate() {
        if i > 0 {
            next = skip_spaces(line, next);
        }
        if line.get(next) != Some(&c) {
            return None;
        }
        next += 1;
    }
    Some(next)
}

fn any_word(line: &[char], at: usize, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|w| word(line, at, w))
}

/// 绝密, 机密 or 秘密 at `at`.
fn level(line: &[char], at: usize) -> Option<usize> {
    any_word(line, at, &["绝密", "机密", "秘密"])
}

fn starred_level(line: &[char], at: usize) -> Option<usize> {
    let after = skip_spaces(line, level(line, at)?);
    line.get(after).copied().is_some_and(is_star).then_some(after + 1)
}

/// Whether the level at `at` is the end of 工作秘密, which is not a state secret.
fn is_work_secret(line: &[char], at: usize) -> bool {
    let before: Vec<char> = line[..at].iter().rev().copied().filter(|c| !is_space(*c)).take(2).collect();
    before == ['作', '工'] && line[at] == '秘'
}

fn labelled_level(line: &[char], at: usize) -> Option<usize> {
    let colon = skip_spaces(line, any_word(line, at, &["密级", "保密等级", "涉密等级"])?);
    if line.get(colon) != Some(&':') {
        return None;
    }
    let end = level(line, skip_spaces(line, colon + 1))?;
    // A list of levels (密级：绝密、机密、秘密三级) explains, it does not mark.
    let listed = matches!(line.get(skip_spaces(line, end)), Some('、' | '/' | '或'));
    (!listed).then_some(end)
}

fn is_only_level(line: &[char]) -> bool {
    let Some(end) = level(line, 0) else { return false };
    term(line, skip_spaces(line, end)) == line.len()
}

/// Skips a term (10年, 6个月, 长期) if one stands at `at`.
fn term(line: &[char], at: usize) -> usize {
    if let Some(end) = word(line, at, "长期") {
        return end;
    }
    let mut digits = at;
    while line.get(digits).is_some_and(char::is_ascii_digit) {
        digits += 1;
    }
    if digits == at {
        return at;
    }
    any_word(line, skip_spaces(line, digits), &["年", "个月"]).unwrap_or(at)
}

fn bracketed_level(line: &[char], at: usize) -> Option<usize> {
    let close = match line.get(at)? {
        '【' => '】',
        '[' => ']',
        '(' => ')',
        '〔' => '〕',
        _ => return None,
    };
    let after = skip_spaces(line, level(line, skip_spaces(line, at + 1))?);
    let end = if line.get(after).copied().is_some_and(is_star) {
        // After the star stands a term, a date or a condition: short, and up to the bracket.
        after + line[after..].iter().take(20).position(|c| *c == close)?
    } else {
        skip_spaces(line, term(line, after))
    };
    (line.get(end) == Some(&close)).then_some(end + 1)
}

fn starred_work_secret(line: &[char], at: usize) -> Option<usize> {
    let after = skip_spaces(line, word(line, at, "工作秘密")?);
    line.get(after).copied().is_some_and(is_star).then_some(after + 1)
}

/// The file's name before its last point.
fn without_extension(name: &[char]) -> &[char] {
    match name.iter().rposition(|c| *c == '.') {
        Some(point) if point > 0 => &name[..point],
        _ => name,
    }
}
