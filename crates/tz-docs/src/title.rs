//! Titles in lines (回行): broken between words, as a trapezium or a diamond, at most twenty characters a line.
//!
//! There is no dictionary here: a short list of the words official titles are made of keeps them whole, and breaks
//! beside one of them are preferred to breaks between two unknown characters. An editor who knows better types the
//! line breaks, and they are kept.

use crate::text::{half_width, one_line};

/// Longest line, in half characters.
const LONGEST: i32 = 40;
/// A break here is never made.
const NEVER: i32 = 1000;

/// Words that a line never cuts. Where several match, the longest does.
const WORDS: &str = include_str!("title_words.txt");

/// Words that belong to what follows them: no line should end with one.
const HOLDS_NEXT: &[&str] = &[
    "关于",
    "进一步",
    "印发",
    "转发",
    "加强",
    "加快",
    "推进",
    "推动",
    "做好",
    "开展",
    "深化",
    "实施",
    "全市",
    "全县",
    "全区",
    "全省",
    "滕州市",
    "枣庄市",
    "山东省",
];
/// Words that belong to what stands before them: no line should begin with one.
const HELD_BY_LAST: &[&str] = &["工作", "情况", "问题", "建设", "管理", "意见", "单位", "个人"];

/// The lines of a title (公文标题). Line breaks typed by an editor are kept; otherwise each line has at most twenty
/// characters (two ASCII ones count as one), no line has a single character, and the full stop at the end falls away.
///
/// ```
/// assert_eq!(tz_docs::title_lines("关于夏粮收购的通知。"), ["关于夏粮收购的通知"]);
/// ```
pub fn title_lines(title: &str) -> Vec<String> {
    let typed: Vec<String> = title
        .lines()
        .map(|line| one_line(line).trim_end_matches('。').to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    if typed.len() > 1 && typed.iter().all(|line| half_width(line) <= LONGEST) {
        return typed;
    }
    let chars: Vec<char> = typed.concat().chars().collect();
    if chars.is_empty() {
        return Vec::new();
    }
    let penalties = penalties(&chars);
    let line = Line { ends: widths(&chars), penalties: &penalties };
    let width = line.width(0, chars.len());
    if width <= LONGEST {
        return vec![chars.iter().collect()];
    }
    // Up to four lines every way of breaking is weighed; a longer title is filled line by line.
    let least = usize::try_from((width + LONGEST - 1) / LONGEST).unwrap_or(usize::MAX);
    let breaks = (least..=least.saturating_add(1))
        .filter(|count| *count <= 4)
        .filter_map(|count| line.best(count).map(|(cost, breaks)| (cost + 8 * (count - least) as i32, breaks)))
        .min()
        .map_or_else(|| line.filled(), |(_, breaks)| breaks);
    let mut start = 0;
    breaks
        .into_iter()
        .chain([chars.len()])
        .map(|end| {
            let text = chars[start..end].iter().collect::<String>().trim().to_owned();
            start = end;
            text
        })
        .filter(|line| !line.is_empty())
        .collect()
}

/// Widths up to each character, in half characters.
fn widths(chars: &[char]) -> Vec<i32> {
    let mut sum = 0;
    std::iter::once(0)
        .chain(chars.iter().map(|c| {
            sum += if c.is_ascii() { 1 } else { 2 };
            sum
        }))
        .collect()
}

/// What a break before each character costs: 0 between known words, more inside unknown text, [`NEVER`] inside a
/// word, a number with its unit, or beside a mark that may not begin or end a line.
fn penalties(chars: &[char]) -> Vec<i32> {
    let words = word_places(chars);
    let mut penalties: Vec<i32> = (0..chars.len())
        .map(|at| match (at.checked_sub(1).map(|before| chars[before]), chars[at]) {
            (None, _) => NEVER,
            (Some(before), after) => beside(before, after) + words[at],
        })
        .collect();
    // A name in 《》 is rather kept whole.
    let mut depth = 0;
    for (at, c) in chars.iter().enumerate() {
        if *c == '》' || *c == '）' || *c == '”' {
            depth -= 1;
        }
        if depth > 0 {
            penalties[at] += 6;
        }
        if *c == '《' || *c == '（' || *c == '“' {
            depth += 1;
        }
    }
    penalties
}

fn beside(before: char, after: char) -> i32 {
    const CLOSING: &str = "，。、；：？！）》〕”’』」％%…—·,.;:?!)]}";
    const OPENING: &str = "（《〔“‘『「([{";
    let figure = |c: char| c.is_ascii_alphanumeric() || ".-/+#&".contains(c);
    if CLOSING.contains(after) || OPENING.contains(before) || (figure(before) && figure(after)) {
        return NEVER;
    }
    if before.is_ascii_digit() && !after.is_ascii() {
        return NEVER; // 6月, 3篇, 〔2018〕 keep figure and unit together.
    }
    if before.is_ascii_alphabetic() && !after.is_ascii() {
        return 4; // 5G基站, PPP项目 are mostly one thing.
    }
    if after.is_ascii_digit() && matches!(before, '年' | '月' | '第' | '〔') {
        return if matches!(before, '年' | '月') { 12 } else { NEVER };
    }
    if matches!(after, '的' | '地' | '得' | '了' | '等' | '和' | '与' | '及' | '或' | '并' | '之' | '性' | '化' | '率')
    {
        return 10;
    }
    if matches!(before, '的' | '、' | '，' | '》' | '”' | '）' | '；' | '：') {
        return -2;
    }
    if matches!(before, '和' | '与' | '及' | '在' | '对' | '将' | '为' | '把' | '被' | '向' | '从' | '以') {
        return 4;
    }
    0
}

/// The price of a break before each character by the words around it: longest match from the left.
fn word_places(chars: &[char]) -> Vec<i32> {
    let words: Vec<(&str, usize)> = WORDS.split_whitespace().map(|word| (word, word.chars().count())).collect();
    let mut places = vec![0; chars.len()];
    let mut at = 0;
    let mut known_before = true;
    let mut held_by_next = false;
    while at < chars.len() {
        let length = words
            .iter()
            .filter(|(word, length)| {
                at + *length <= chars.len() && word.chars().eq(chars[at..at + *length].iter().copied())
            })
            .map(|(_, length)| *length)
            .max();
        let known = length.is_some();
        places[at] = match (known_before, known) {
            (true, true) => 0,
            (true, false) | (false, true) => 2,
            (false, false) => 6,
        };
        let length = length.unwrap_or(1);
        for place in &mut places[at + 1..at + length] {
            *place = NEVER;
        }
        let word: String = chars[at..at + length].iter().collect();
        // 关于 begins the matter: the best place for a break there is.
        if word == "关于" {
            places[at] -= 6;
        }
        if HELD_BY_LAST.contains(&word.as_str()) {
            places[at] += 5;
        }
        if held_by_next {
            places[at] += 4;
        }
        held_by_next = HOLDS_NEXT.contains(&word.as_str());
        at += length;
        // Punctuation and figures show where words end as well as known words do.
        known_before = known || chars[at - 1].is_ascii() || "的、，》”）；：".contains(chars[at - 1]);
    }
    places
}

/// A title about to be broken.
struct Line<'a> {
    ends: Vec<i32>,
    penalties: &'a [i32],
}

impl Line<'_> {
    fn width(&self, start: usize, end: usize) -> i32 {
        self.ends[end] - self.ends[start]
    }

    fn len(&self) -> usize {
        self.penalties.len()
    }

    /// The cheapest way to break into so many lines, if there is one.
    fn best(&self, count: usize) -> Option<(i32, Vec<usize>)> {
        let mut best = None;
        let mut breaks = Vec::new();
        self.weigh(count, 0, 0, &mut breaks, &mut best);
        best
    }

    fn weigh(
        &self,
        count: usize,
        start: usize,
        price: i32,
        breaks: &mut Vec<usize>,
        best: &mut Option<(i32, Vec<usize>)>,
    ) {
        if count == 1 {
            let last = self.width(start, self.len());
            if !(4..=LONGEST).contains(&last) {
                return;
            }
            let mut from = 0;
            let lines: Vec<i32> = breaks
                .iter()
                .chain([&self.len()])
                .map(|end| {
                    let width = self.width(from, *end);
                    from = *end;
                    width
                })
                .collect();
            let cost = price + shape(&lines);
            if best.as_ref().is_none_or(|(cheapest, _)| cost < *cheapest) {
                *best = Some((cost, breaks.clone()));
            }
            return;
        }
        for end in start + 2..self.len() {
            let width = self.width(start, end);
            if width > LONGEST {
                break;
            }
            if width < 4 || self.penalties[end] >= NEVER {
                continue;
            }
            breaks.push(end);
            self.weigh(count - 1, end, price + self.penalties[end], breaks, best);
            breaks.pop();
        }
    }

    /// Fills each line as far as it goes, back to the cheapest break among its last eight characters.
    fn filled(&self) -> Vec<usize> {
        let mut breaks = Vec::new();
        let mut start = 0;
        while self.width(start, self.len()) > LONGEST {
            let full = (start + 1..self.len())
                .take_while(|end| self.width(start, *end) <= LONGEST)
                .last()
                .unwrap_or(start + 1);
            // Two characters are left for the last line, so that none stands alone.
            let full = full.min(self.len().saturating_sub(2)).max(start + 1);
            let end = (full.saturating_sub(8).max(start + 1)..=full)
                .rev()
                .filter(|end| self.penalties[*end] < NEVER)
                .min_by_key(|end| self.penalties[*end])
                .unwrap_or(full);
            breaks.push(end);
            start = end;
        }
        breaks
    }
}

/// What is wrong with the outline of these lines: a rectangle, an hourglass, a stub, great differences.
fn shape(lines: &[i32]) -> i32 {
    let longest = lines.iter().copied().max().unwrap_or(0);
    let shortest = lines.iter().copied().min().unwrap_or(0);
    let hourglass = lines.windows(3).any(|three| three[1] < three[0] && three[1] < three[2]);
    let rectangle = longest - shortest < 2;
    let stub = shortest < 8;
    let uneven = (longest - 2 * shortest).max(0);
    i32::from(hourglass) * 40 + i32::from(rectangle) * 5 + i32::from(stub) * 10 + uneven / 2 + (longest - shortest) / 4
}
