//! A week, to which month it belongs, and how it stands for a person: pure.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use tz_model::Month;

use super::monday;

/// Items and leads that everybody owes in a week (N2.5).
pub const LEAST_A_WEEK: i64 = 2;

/// A week from Monday to Sunday (R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    /// Its first day.
    pub monday: Date,
}

/// How a week stands for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeekState {
    /// Enough.
    Met,
    /// 未达标: over, and not enough.
    Short,
    /// Not enough yet, and not over.
    Open,
    /// 免计: it does not count for them.
    Excused,
    /// They were not there the whole week: it does not count either.
    Away,
}

impl Week {
    /// The week a day lies in.
    pub fn of(day: Date) -> Self {
        Self { monday: monday(day) }
    }

    /// Its last day.
    pub fn sunday(self) -> Date {
        self.monday.saturating_add(6.days())
    }

    /// The day by which it belongs to a month (R16).
    pub fn thursday(self) -> Date {
        self.monday.saturating_add(3.days())
    }

    /// Whether a day lies in it.
    pub fn has(self, day: Date) -> bool {
        (self.monday..=self.sunday()).contains(&day)
    }

    /// How it stands for somebody who was there from one day to another, with so many items and leads.
    pub fn judge(self, (from, to): (Date, Option<Date>), excused: bool, done: i64, today: Date) -> WeekState {
        if from > self.monday || to.is_some_and(|to| to < self.sunday()) {
            WeekState::Away
        } else if excused {
            WeekState::Excused
        } else if done >= LEAST_A_WEEK {
            WeekState::Met
        } else if self.sunday() < today {
            WeekState::Short
        } else {
            WeekState::Open
        }
    }
}

/// The weeks whose Thursday lies in a month, in order (R16).
pub(super) fn weeks_in(month: Month) -> Vec<Week> {
    let to_thursday = i64::from(month.first().weekday().until(Weekday::Thursday));
    let mut thursday = month.first().saturating_add(to_thursday.days());
    let mut all = Vec::new();
    while thursday <= month.last() {
        all.push(Week::of(thursday));
        let next = thursday.saturating_add(7.days());
        if next == thursday {
            break; // The end of the calendar.
        }
        thursday = next;
    }
    all
}
