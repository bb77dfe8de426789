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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_those_of_headings() {
        let spoken: Vec<String> = [1, 9, 10, 11, 19, 20, 21, 99].map(numeral).to_vec();
        assert_eq!(spoken, ["一", "九", "十", "十一", "十九", "二十", "二十一", "九十九"]);
    }

    #[test]
    fn a_date_has_no_leading_zeros() {
        assert_eq!(date(jiff::civil::date(2018, 7, 3)), "2018年7月3日");
    }

    #[test]
    fn line_breaks_vanish_between_chinese_and_part_latin_words() {
        assert_eq!(one_line("　市\n政府\r\n5G\tbase 站\u{7}"), "市政府5G base 站");
    }

    #[test]
    fn a_list_of_names_ends_with_one_full_stop() {
        let names = ["市委办公室".to_owned(), " ".to_owned(), "市法院。".to_owned()];
        assert_eq!(name_list(&names).as_deref(), Some("市委办公室，市法院。"));
        assert_eq!(name_list(&[String::new()]), None);
    }

    #[test]
    fn minus_in_a_table_is_a_hyphen() {
        assert_eq!(figure("−5"), "-5");
    }
}
