//! Days by which something is due, counted in working days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use tz_store::Tx;

use crate::Problem;
use crate::system::calendar_of;

/// The day so many working days after another, by the office's working calendar. A year whose holidays nobody has entered yet
/// keeps no month from being closed: its days from Monday to Friday are taken as worked.
pub(crate) fn working_day_after(tx: &mut Tx, day: Date, count: u16) -> Result<Date, Problem> {
    Ok(calendar_of(tx)?.days_after(day, count).unwrap_or_else(|_| weekday_after(day, count)))
}

fn weekday_after(day: Date, count: u16) -> Date {
    let mut at = day;
    let mut left = count;
    while left > 0 {
        at = at.saturating_add(1.day());
        left -= u16::from(!matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday));
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
        assert_eq!(super::weekday_after(date(2018, 7, 6), 1), date(2018, 7, 9));
        assert_eq!(super::weekday_after(date(2018, 7, 7), 5), date(2018, 7, 13));
        assert_eq!(super::weekday_after(date(2018, 7, 6), 0), date(2018, 7, 6));
        assert_eq!(super::long(date(2018, 7, 18)), "2018年7月18日（星期三）");
    }
}
