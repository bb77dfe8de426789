//! Small matters of Chinese text: width, numerals, dates, lists.

use jiff::civil::Date;

/// Width in half characters: an ASCII figure or letter is one, everything else two.
pub(crate) fn half_width(text: &str) -> i32 {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// One line of text from what a person typed: line breaks and tabs fall away between Chinese characters and become a
/// space between Latin ones; other control characters fall away.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.trim().chars() {
        if matches!(c, '\t' | '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            gap = true;
        } else if !c.is_control() {
            let latin = |c: char| c.is_ascii_alphanumeric();
            if gap && latin(c) && out.chars().next_back().is_some_and(latin) {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    out
}

/// A figure as it stands in a table: minus is `-`, whatever the caller's formatter wrote.
pub(crate) fn figure(text: &str) -> String {
    one_line(text).replace(['−', '－'], "-")
}

/// `2018年7月3日`: Arabic, year in full, no leading zeros.
pub(crate) fn date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// Names parted by `，` with a full stop at the end; empty names are skipped. `None` when nothing is left.
pub(crate) fn name_list(names: &[String]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| one_line(name)).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return None;
    }
    let joined = names.join("，");
    Some(format!("{}。", joined.trim_end_matches('。')))
}

/// A Chinese numeral (一, 十二, 二十) for headings and 1 to 99; beyond that Arabic figures, which no heading reaches.
pub(crate) fn numeral(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match number {
        1..=9 => DIGITS[number].to_owned(),
        10..=19 => format!("十{}", DIGITS[number - 10]),
        20..=99 => format!("{}十{}", DIGITS[number / 10], DIGITS[number % 10]),
        _ => number.to_string(),
    }
}
