//! Days by which something is due, counted in working days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The day so many working days after another: Monday to Friday. The one place that knows which days are worked.
pub(crate) fn working_day_after(day: Date, count: i64) -> Date {
    let mut at = day;
    let mut left = count;
    while left > 0 {
        at = at.saturating_add(1.day());
        left -= i64::from(!matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday));
    }
    at
}

/// `7月20日`
pub(crate) fn short(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}

/// `2018年7月18日（星期三）`
pub(crate) fn long(day: Date) -> String {
    let weekday = ["一", "二", "三", "四", "五", "六", "日"];
    let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    format!("{}年{}月{}日（星期{}）", day.year(), day.month(), day.day(), weekday[at])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    #[test]
    fn weekends_are_not_worked() {
        // 2018-07-06 is a Friday.
        assert_eq!(super::working_day_after(date(2018, 7, 6), 1), date(2018, 7, 9));
        assert_eq!(super::working_day_after(date(2018, 7, 7), 5), date(2018, 7, 13));
        assert_eq!(super::working_day_after(date(2018, 7, 6), 0), date(2018, 7, 6));
        assert_eq!(super::long(date(2018, 7, 18)), "2018年7月18日（星期三）");
    }
}
