//! Months and periods. The only place that knows Asia/Shanghai (R1).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan, ZonedDateTime};

use crate::Name;

/// The office's wall clock at a moment. Asia/Shanghai has kept UTC+8 without summer time since 1992, so no zone table is
/// needed and no setting of the machine can shift a month.
pub fn shanghai(at: Timestamp) -> ZonedDateTime {
    at.to_zoned_datetime(TimeZone::fixed(Offset::constant(8)))
}

/// The calendar day in Asia/Shanghai of a moment (R1).
pub fn shanghai_date(at: Timestamp) -> Date {
    shanghai(at).date()
}

/// The moment the office's wall clock shows `at`. `None` at the ends of the calendar.
pub fn moment_in_shanghai(at: DateTime) -> Option<Timestamp> {
    at.to_zoned_datetime(TimeZone::fixed(Offset::constant(8))).ok().map(|zoned| zoned.timestamp())
}

/// A text that is no date or month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是日期。请写成 2018-06-04、2018/6/4 或 2018年6月4日。")]
pub struct NotADate(pub String);

/// Reads a day as people write it: `2018-06-04`, `2018/6/4`, `2018.6.4`, `2018年6月4日`, each with an optional time behind it.
pub fn parse_date(text: &str) -> Result<Date, NotADate> {
    let wrong = || NotADate(text.to_owned());
    let day = text.trim().split([' ', 'T']).next().unwrap_or_default();
    let day = day.strip_suffix('日').unwrap_or(day);
    let mut parts = day.split(['-', '/', '.', '年', '月']);
    let mut next = |longest: usize| -> Result<i16, NotADate> {
        let part = parts.next().ok_or_else(wrong)?;
        if part.is_empty() || part.len() > longest || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        part.parse().map_err(|_| wrong())
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    if parts.next().is_some() || !(1900..=2999).contains(&year) {
        return Err(wrong());
    }
    let month = i8::try_from(month).map_err(|_| wrong())?;
    let day = i8::try_from(day).map_err(|_| wrong())?;
    Date::new(year, month, day).map_err(|_| wrong())
}

/// A calendar month (月份) of the office, shown as `2018-06`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month `month` (1 to 12) of `year`. `None` outside 1900 to 2999.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((1..=12).contains(&month) && (1900..=2999).contains(&year)).then_some(Self { year, month })
    }

    /// The month a moment falls into, by the office's wall clock (R1).
    pub fn of(at: Timestamp) -> Self {
        Self::of_date(shanghai_date(at))
    }

    /// The month of a day.
    pub fn of_date(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// The year, 1900 to 2999.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month of the year, 1 to 12.
    pub fn number(self) -> i8 {
        self.month
    }

    /// The first day.
    pub fn first(self) -> Date {
        Date::constant(self.year, self.month, 1)
    }

    /// The last day.
    pub fn last(self) -> Date {
        self.first().last_of_month()
    }

    /// The month after.
    pub fn next(self) -> Self {
        Self::of_date(self.first().saturating_add(1.month()))
    }

    /// The month before.
    pub fn previous(self) -> Self {
        Self::of_date(self.first().saturating_sub(1.month()))
    }

    /// As people write it: `2018年6月`.
    pub fn chinese(self) -> String {
        format!("{}年{}月", self.year, self.month)
    }

    /// The twelve months of a year.
    pub fn year_of(year: i16) -> impl Iterator<Item = Self> {
        (1..=12).map(move |month| Self { year, month })
    }

    /// The same stretch of days as a scoring period.
    pub fn period(self) -> Period {
        Period { label: self.to_string().into(), from: self.first(), to: self.last() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        // As results write it: every line of a period asks what it is called.
        if let [y1, y2, y3, y4, b'-', m1, m2] = *text.as_bytes() {
            let number = |digits: &[u8]| digits.iter().fold(0i16, |sum, digit| sum * 10 + i16::from(digit - b'0'));
            let digits = [y1, y2, y3, y4, m1, m2];
            if digits.iter().all(u8::is_ascii_digit) {
                let month = Self::new(number(&digits[..4]), number(&digits[4..]) as i8);
                return month.ok_or_else(|| NotADate(text.to_owned()));
            }
        }
        parse_date(&format!("{}-01", text.trim())).map(Self::of_date).map_err(|_| NotADate(text.to_owned()))
    }
}

/// A stretch of days that a scheme closes as one (计分周期): a month here, a quarter or `2018-01/02` elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// How results name it: `2018-06`.
    pub label: Name,
    /// The first day that belongs to it.
    pub from: Date,
    /// The last day that belongs to it.
    pub to: Date,
}

impl Period {
    /// True if the day falls into it.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    /// As a sentence names it: `2018年6月`, `2018年第一季度`, `2018年上半年`, `2018年`, `2018年1月至2月`; the label where it has no such form.
    pub fn chinese(&self) -> String {
        Self::label_in_chinese(&self.label)
    }

    /// The same of a period's label alone.
    pub fn label_in_chinese(label: &str) -> String {
        if let Ok(month) = label.parse::<Month>() {
            return month.chinese();
        }
        let told = match label.split_once(['-', '/']) {
            None => label.parse::<u16>().ok().map(|year| format!("{year}年")),
            Some((year, part)) => match (part_of_year(part), label.split_once('/')) {
                (Some(part), _) => Some(format!("{year}年{part}")),
                (None, Some((first, last))) => first.parse::<Month>().ok().and_then(|first| {
                    Some(match last.parse::<Month>() {
                        Ok(last) => format!("{}至{}", first.chinese(), last.chinese()),
                        Err(_) => format!("{}至{}月", first.chinese(), last.parse::<u8>().ok()?),
                    })
                }),
                (None, None) => None,
            },
        };
        told.unwrap_or_else(|| label.to_owned())
    }

    /// As a sentence names it within its year: `6月份`, `第三季度`, `上半年`, `全年`, `1至2月份`; whole where the year is not one.
    pub fn within_year(&self) -> String {
        let label = &*self.label;
        if let Ok(month) = label.parse::<Month>() {
            return format!("{}月份", month.number());
        }
        match label.split_once('-') {
            None if label.parse::<u16>().is_ok() => "全年".to_owned(),
            None => label.to_owned(),
            Some((_, part)) => part_of_year(part).map(str::to_owned).unwrap_or_else(|| {
                let months = part.split_once('/').and_then(|(first, last)| {
                    Some(format!("{}至{}月份", first.parse::<u8>().ok()?, last.parse::<u8>().ok()?))
                });
                months.unwrap_or_else(|| self.chinese())
            }),
        }
    }

    /// The month a period is named by where one is needed: that of its last day.
    pub fn last_month(&self) -> Month {
        Month::of_date(self.to)
    }

    /// True for a calendar month.
    pub fn is_month(&self) -> bool {
        self.label.parse::<Month>().is_ok()
    }
}

/// A quarter or half of a year, by its mark in labels.
fn part_of_year(mark: &str) -> Option<&'static str> {
    Some(match mark {
        "Q1" => "第一季度",
        "Q2" => "第二季度",
        "Q3" => "第三季度",
        "Q4" => "第四季度",
        "H1" => "上半年",
        "H2" => "下半年",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Month, parse_date};

    #[test]
    fn days_are_read_in_every_form_people_write() {
        for day in [
            "2018-06-04",
            "2018/6/4",
            "2018.6.4",
            "2018年6月4日",
            " 2018-6-4 ",
            "2018-06-04 09:30:00",
            "2018-06-04T00:00:00",
        ] {
            assert_eq!(parse_date(day).unwrap().to_string(), "2018-06-04", "{day}");
        }
        for wrong in ["", "6月4日", "2018-13-01", "2018-02-30", "18-6-4", "2018-06", "２０１８-06-04", "2018-06-04-05"]
        {
            assert!(parse_date(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn periods_are_named_as_people_name_them() {
        for (label, named, within) in [
            ("2018-06", "2018年6月", "6月份"),
            ("2018-Q1", "2018年第一季度", "第一季度"),
            ("2018-H2", "2018年下半年", "下半年"),
            ("2018", "2018年", "全年"),
            ("2018-01/02", "2018年1月至2月", "1至2月份"),
            ("2017-12/2018-01", "2017年12月至2018年1月", "2017年12月至2018年1月"),
            ("第一轮", "第一轮", "第一轮"),
        ] {
            let day = jiff::civil::date(2018, 1, 1);
            let period = super::Period { label: label.into(), from: day, to: day };
            assert_eq!((&*period.chinese(), &*period.within_year()), (named, within));
        }
    }

    #[test]
    fn the_month_turns_at_midnight_in_shanghai() {
        let month = |at: &str| Month::of(at.parse().unwrap()).to_string();
        assert_eq!(month("2018-05-31T15:59:59Z"), "2018-05");
        assert_eq!(month("2018-05-31T16:00:00Z"), "2018-06");
        assert_eq!(Month::new(2018, 12).unwrap().next().to_string(), "2019-01");
        assert_eq!("2018-02".parse::<Month>().unwrap().last().to_string(), "2018-02-28");
        for wrong in ["2018-00", "2018-13", "1899-12", "3000-01", "2018-1月", "20l8-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
        assert_eq!(" 2018年6 ".parse::<Month>(), "2018-6".parse());
    }
}
