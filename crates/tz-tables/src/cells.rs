//! Single cells: trimming, the guard against formulas, dates, numbers, and how values are shown in sentences.

use std::borrow::Cow;

use jiff::civil::Date;
use tz_model::{NotADate, Table, parse_date};

/// The text without outer white space, the ideographic space (U+3000) and invisible marks included.
#[inline]
pub(crate) fn tidy(text: &str) -> &str {
    // Nearly every cell begins and ends with a visible ASCII or Han character: two looks at its bytes.
    let plain_end = match *text.as_bytes() {
        [] => return text,
        [.., 0x21..=0x7e] | [.., 0xe4..=0xe9, _, _] => true,
        _ => false,
    };
    if plain_end && matches!(text.as_bytes()[0], 0x21..=0x7e | 0xe4..=0xe9) {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// True for what makes a spreadsheet program take a text for a formula when it stands first, in either width, and for
/// white space, which readers trim.
fn is_trigger(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') || c.is_whitespace()
}

/// True for apostrophes (one or more) with a trigger behind them: a guarded text, or one that looks like it.
fn looks_guarded(text: &str) -> bool {
    text.starts_with('\'') && text.trim_start_matches('\'').starts_with(is_trigger)
}

/// The text as it was before [`guard_csv`] or [`guard_sheet`].
#[inline]
pub(crate) fn unguard(text: &str) -> &str {
    // Asked of every cell: the first byte tells.
    if text.as_bytes().first() == Some(&b'\'') && looks_guarded(text) { &text[1..] } else { text }
}

/// A text for CSV, where a leading `=` would become a formula: an apostrophe is put before it. Plain numbers need none.
pub(crate) fn guard_csv(text: &str) -> Cow<'_, str> {
    let needed = looks_guarded(text) || (text.starts_with(is_trigger) && !is_plain_number(text));
    if needed { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A text for a string cell of a sheet, where nothing becomes a formula: only what trimming or [`unguard`] would change.
pub(crate) fn guard_sheet(text: &str) -> Cow<'_, str> {
    let needed = looks_guarded(text) || text.starts_with(char::is_whitespace);
    if needed { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// `-5`, `+0.5`: no program makes a formula of these that says anything else.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A day; the common form without the detour.
pub(crate) fn day(text: &str) -> Result<Date, NotADate> {
    if let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() {
        let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
        if digits.iter().all(u8::is_ascii_digit) {
            let [y1, y2, y3, y4, m1, m2, d1, d2] = digits.map(|digit| (digit - b'0') as i8);
            let year = i16::from(y1 * 10 + y2) * 100 + i16::from(y3 * 10 + y4);
            if (1900..=2999).contains(&year)
                && let Ok(day) = Date::new(year, m1 * 10 + m2, d1 * 10 + d2)
            {
                return Ok(day);
            }
        }
    }
    parse_date(text)
}

/// A spreadsheet's number as text: `12.0` is `12`, and what binary fractions add behind the 15th digit is dropped.
pub(crate) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{}", number as i64);
    }
    let short: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{short}")
}

/// True for a sheet's or file's name with this table's in it, white space apart.
pub(crate) fn means(name: &str, table: Table) -> bool {
    name.chars().filter(|c| !c.is_whitespace()).collect::<String>().contains(table.name())
}

/// A column's letters: 0 is `A`, 26 is `AA`.
pub(crate) fn column_letters(column: usize) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters
}

/// A value as a sentence quotes it: one line, no control characters, not endless.
pub(crate) fn shown(value: &str) -> String {
    let mut shown: String = value.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if value.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}
