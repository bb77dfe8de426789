//! Working days (工作日): the State Council's yearly notices of holidays and make-up days, and deadlines counted by them.
//!
//! A notice is text, a day is an argument. The notices of 2018 to 2026 are built in; an office adds a year by pasting the notice
//! ([`Notice::read`]). A year without its notice is refused ([`UnknownYear`]), never taken as plain weekends. Begin with
//! [`Calendar::days_after`].

mod notice;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

pub use notice::{Holiday, Notice};

/// What kind of day it is for an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Day {
    /// 工作日
    Working,
    /// 周末
    Weekend,
    /// 放假: of which holiday.
    Holiday(Arc<str>),
    /// 调休上班: worked for which holiday.
    MadeUp(Arc<str>),
}

impl Day {
    /// True if the office works on it.
    pub fn works(&self) -> bool {
        matches!(self, Self::Working | Self::MadeUp(_))
    }
}

/// A year whose notice of holidays is not known: nothing is counted over its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0}年的放假安排还没有录入，算不出工作日。请系统管理员在“系统”的“工作日历”中录入国务院办公厅的通知，或者直接填写截止日期。"
)]
pub struct UnknownYear(pub i16);

static BUILT_IN: LazyLock<Calendar> = LazyLock::new(|| {
    let texts = [
        (2018, include_str!("../years/2018.txt")),
        (2019, include_str!("../years/2019.txt")),
        (2020, include_str!("../years/2020.txt")),
        (2021, include_str!("../years/2021.txt")),
        (2022, include_str!("../years/2022.txt")),
        (2023, include_str!("../years/2023.txt")),
        (2024, include_str!("../years/2024.txt")),
        (2025, include_str!("../years/2025.txt")),
        (2026, include_str!("../years/2026.txt")),
    ];
    Calendar::of(texts.map(|(year, text)| Notice::read(year, text).0))
});

/// The days of the years whose notices are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    notices: BTreeMap<i16, Notice>,
    days: BTreeMap<Date, Day>,
}

impl Calendar {
    /// The notices built into the program: 2018 to 2026.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The calendar of these notices, one a year; a later one of the same year takes the place of an earlier one.
    pub fn of(notices: impl IntoIterator<Item = Notice>) -> Self {
        let notices: BTreeMap<i16, Notice> = notices.into_iter().map(|notice| (notice.year, notice)).collect();
        let mut days = BTreeMap::new();
        for holiday in notices.values().flat_map(|notice| &notice.holidays) {
            days.extend(holiday.off.iter().map(|day| (*day, Day::Holiday(Arc::clone(&holiday.name)))));
            days.extend(holiday.made_up.iter().map(|day| (*day, Day::MadeUp(Arc::clone(&holiday.name)))));
        }
        Self { notices, days }
    }

    /// The same calendar with further notices, each in the place of the one of its year.
    #[must_use]
    pub fn with(&self, notices: impl IntoIterator<Item = Notice>) -> Self {
        Self::of(self.notices.values().cloned().chain(notices))
    }

    /// The notices, by year.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.notices.values()
    }

    /// What kind of day it is.
    pub fn day(&self, day: Date) -> Result<Day, UnknownYear> {
        if !self.notices.contains_key(&day.year()) {
            return Err(UnknownYear(day.year()));
        }
        Ok(match self.days.get(&day) {
            Some(told) => told.clone(),
            None if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) => Day::Weekend,
            None => Day::Working,
        })
    }

    /// True if the office works on a day.
    pub fn works(&self, day: Date) -> Result<bool, UnknownYear> {
        self.day(day).map(|day| day.works())
    }

    /// The working day `count` working days after a day, which itself is not counted (民法典第二百零一条). With a count of 0 the
    /// day itself, or the first working day after it.
    ///
    /// ```
    /// use jiff::civil::date;
    /// // The National Day of 2018: two Saturdays are worked before it, a week is off.
    /// let calendar = tz_model::calendar::Calendar::built_in();
    /// assert_eq!(calendar.days_after(date(2018, 9, 28), 3), Ok(date(2018, 10, 8)));
    /// ```
    pub fn days_after(&self, day: Date, count: u16) -> Result<Date, UnknownYear> {
        if count == 0 {
            return self.first_from(day);
        }
        let mut at = day;
        for _ in 0..count {
            at = self.first_from(at.saturating_add(1.day()))?;
        }
        Ok(at)
    }

    /// The working day `count` working days before a day, which itself is not counted. With a count of 0 the day itself, or the
    /// last working day before it.
    pub fn days_before(&self, day: Date, count: u16) -> Result<Date, UnknownYear> {
        let mut at = day;
        let mut left = count;
        if left > 0 {
            at = at.saturating_sub(1.day());
        }
        loop {
            if self.works(at)? {
                left = left.saturating_sub(1);
                if left == 0 {
                    return Ok(at);
                }
            }
            at = at.saturating_sub(1.day());
        }
    }

    /// How many working days there are after a day, up to and with another; 0 where that is not later.
    pub fn days_between(&self, from: Date, to: Date) -> Result<u16, UnknownYear> {
        let mut at = from;
        let mut count: u16 = 0;
        while at < to {
            at = at.saturating_add(1.day());
            count = count.saturating_add(u16::from(self.works(at)?));
        }
        Ok(count)
    }

    /// How many days of a year are worked.
    pub fn worked_in(&self, year: i16) -> Result<u16, UnknownYear> {
        let first = Date::new(year, 1, 1).map_err(|_| UnknownYear(year))?;
        let before = u16::from(self.works(first)?);
        Ok(before + self.days_between(first, first.last_of_year())?)
    }

    /// The first working day from a day on: a last day that is off moves to it (民法典第二百零三条).
    pub fn first_from(&self, day: Date) -> Result<Date, UnknownYear> {
        let mut at = day;
        while !self.works(at)? {
            at = at.saturating_add(1.day());
        }
        Ok(at)
    }
}
