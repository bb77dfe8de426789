//! The small words of sentences and results, put straight into a text: numbers, points, days.
//!
//! A year has thousands of sentences; the formatting machinery would cost more than all of their scoring.

use std::fmt::Write as _;

use jiff::civil::Date;
use tz_model::Points;

/// A whole number in decimal.
pub(crate) fn number(out: &mut String, number: impl Into<i64>) {
    out.push_str(itoa::Buffer::new().format(number.into()));
}

/// Points as [`Points`] shows them.
pub(crate) fn points(out: &mut String, points: Points) {
    match points.parts() {
        (whole, 1) => number(out, whole),
        _ => write!(out, "{points}").expect("a String takes everything"),
    }
}

/// As a sentence names a day: `2018年6月4日`.
pub(crate) fn day(out: &mut String, date: Date) {
    number(out, date.year());
    out.push('年');
    number(out, date.month());
    out.push('月');
    number(out, date.day());
    out.push('日');
}

/// What is done to a total: `加 5 分`, `扣 3 分`.
pub(crate) fn effect(out: &mut String, change: Points) {
    if change.is_zero() {
        out.push_str("计 0 分");
        return;
    }
    let (what, size) = if change.is_negative() { ("扣 ", -change) } else { ("加 ", change) };
    out.push_str(what);
    points(out, size);
    out.push_str(" 分");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tz_model::Points;

    proptest! {
        #[test]
        fn numbers_and_points_are_put_as_they_are_shown(whole: i64, above in -1_000i64..1_000, below in 1i64..100) {
            let mut out = String::new();
            super::number(&mut out, whole);
            out.push(' ');
            let points = Points::fraction(above, below).expect("no division by 0");
            super::points(&mut out, points);
            prop_assert_eq!(out, format!("{whole} {points}"));
        }
    }
}
