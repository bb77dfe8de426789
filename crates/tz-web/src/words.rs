//! Moments, days and sizes as people read them. Templates get ready words and do not format.

use jiff::Timestamp;
use jiff::civil::Date;
use tz_model::shanghai;

/// `6月4日 09:12`
pub(crate) fn moment(at: Timestamp) -> String {
    let at = shanghai(at);
    format!("{}月{}日 {:02}:{:02}", at.month(), at.day(), at.hour(), at.minute())
}

/// `2018年6月4日 09:12:05`
pub(crate) fn full_moment(at: Timestamp) -> String {
    let at = shanghai(at);
    format!("{}年{}月{}日 {:02}:{:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second())
}

/// `2018年6月4日`
pub(crate) fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// `周一`
pub(crate) fn weekday(day: Date) -> &'static str {
    ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
        [usize::from(day.weekday().to_monday_zero_offset().unsigned_abs()) % 7]
}

/// `36 KB`
pub(crate) fn size(bytes: usize) -> String {
    if bytes >= 1 << 20 {
        format!("{}.{} MB", bytes >> 20, ((bytes & ((1 << 20) - 1)) * 10) >> 20)
    } else {
        format!("{} KB", bytes.div_ceil(1024))
    }
}

/// A ranking group's name; a scheme without groups ranks all together.
pub(crate) fn group(name: &str) -> &str {
    if name.is_empty() { "全部单位" } else { name }
}

/// A name to choose with what it is worth: `每日要情采用（5分）`.
pub(crate) fn priced(name: &str, worth: &str) -> String {
    if worth.is_empty() { name.to_owned() } else { format!("{name}（{worth}）") }
}

/// Parts with dots between them; a part that is blank, such as the category of a scheme without any, is left out.
pub(crate) fn dotted(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.trim().is_empty()).copied().collect::<Vec<_>>().join(" · ")
}
