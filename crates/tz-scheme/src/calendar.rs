//! Which days close together (计分周期): months, quarters or any other stretches of a year that need not begin in January.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use tz_model::{Month, Period};

use crate::mechanism::Span;

/// The periods of a scheme's year (R1).
///
/// A year is twelve calendar months from its first one, cut into periods of whole months. A cut-off day moves the end of every
/// period before the end of its last month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    every: Every,
    begins: Begins,
    cutoff: Option<Cutoff>,
    week_ends: Weekday,
    /// For each month of the scheme's year, the places of its period's first and last month.
    bounds: [(u8, u8); 12],
}

/// How long periods are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// 每月
    Month,
    /// 每季
    Quarter,
    /// 每半年
    HalfYear,
    /// 全年
    Year,
    /// So many months each, one after the other; twelve together.
    Months(Vec<u8>),
}

/// The month a scheme's year begins in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begins {
    /// 1 to 12.
    pub month: i8,
    /// True: the year 2018 begins in that month of 2017. False: of 2018.
    pub of_last_year: bool,
}

/// A day of a period's last month after which facts no longer belong to the period (截止日).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cutoff {
    /// The last day that belongs to it, 1 to 31; a month that has fewer days has none after it.
    pub day: i8,
    /// What becomes of later facts.
    pub then: AfterCutoff,
}

/// What becomes of facts dated after the cut-off day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterCutoff {
    /// 下期: they belong to the next period.
    Next,
    /// 作废: they belong to none and count for nothing.
    Lost,
}

/// A calendar month, counted from the beginning of year 0.
type MonthNo = i32;

impl Calendar {
    /// Calendar months, from January.
    pub fn months() -> Self {
        Self::new(Every::Month, Begins { month: 1, of_last_year: false }, None, Weekday::Sunday)
    }

    /// A calendar. Months given one by one must make twelve; the reader of scheme files sees to it.
    pub(crate) fn new(every: Every, begins: Begins, cutoff: Option<Cutoff>, week_ends: Weekday) -> Self {
        let lengths: Vec<u8> = match &every {
            Every::Month => vec![1; 12],
            Every::Quarter => vec![3; 4],
            Every::HalfYear => vec![6; 2],
            Every::Year => vec![12],
            Every::Months(lengths) => lengths.clone(),
        };
        let mut bounds = [(0, 11); 12];
        let mut first = 0u8;
        for length in lengths {
            let last = first.saturating_add(length).saturating_sub(1).min(11);
            for bound in bounds.iter_mut().take(usize::from(last) + 1).skip(usize::from(first)) {
                *bound = (first, last);
            }
            first = last + 1;
        }
        Self { every, begins, cutoff, week_ends, bounds }
    }

    /// How long periods are.
    pub fn every(&self) -> &Every {
        &self.every
    }

    /// The month the year begins in.
    pub fn begins(&self) -> Begins {
        self.begins
    }

    /// The cut-off day, if there is one.
    pub fn cutoff(&self) -> Option<Cutoff> {
        self.cutoff
    }

    /// The last day of a week.
    pub fn week_ends(&self) -> Weekday {
        self.week_ends
    }

    /// The weeks of a period, first and last day of each: those whose Thursday lies in it (R16).
    pub fn weeks(&self, period: &Period) -> Vec<(Date, Date)> {
        let from_thursday = i64::from(Weekday::Thursday.until(self.week_ends));
        let to_thursday = i64::from(period.from.weekday().until(Weekday::Thursday));
        let mut weeks = Vec::new();
        let mut thursday = period.from.saturating_add(to_thursday.days());
        while thursday <= period.to {
            let last = thursday.saturating_add(from_thursday.days());
            weeks.push((last.saturating_sub(6.days()), last));
            let next = thursday.saturating_add(7.days());
            if next == thursday {
                break; // The end of the calendar.
            }
            thursday = next;
        }
        weeks
    }

    /// The periods of a year, in order.
    pub fn periods(&self, year: i16) -> Vec<Period> {
        let first = self.first_month(year);
        let mut at = 0;
        let mut all = Vec::new();
        while at < 12 {
            let (from, to) = self.bounds[at];
            all.push(self.period(first + MonthNo::from(from), first + MonthNo::from(to)));
            at = usize::from(to) + 1;
        }
        all
    }

    /// The period a day belongs to (R1); `None` for a day after a cut-off that leaves it to no period.
    pub fn period_of(&self, day: Date) -> Option<Period> {
        let month = self.month_of(day)?;
        let place = self.place(month);
        let (from, to) = self.bounds[place];
        let first = month - place as MonthNo;
        Some(self.period(first + MonthNo::from(from), first + MonthNo::from(to)))
    }

    /// The first day of the period a day belongs to: the cheap way to tell periods apart.
    pub fn opening(&self, day: Date) -> Option<Date> {
        let month = self.month_of(day)?;
        let place = self.place(month);
        Some(self.opens(month - place as MonthNo + MonthNo::from(self.bounds[place].0)))
    }

    /// The period that a calendar month counts towards.
    pub fn period_with(&self, month: Month) -> Period {
        let (first, last) = self.bounds_with(month);
        self.period(first, last)
    }

    /// The first and the last month of that period.
    pub fn months_with(&self, month: Month) -> (Month, Month) {
        let (first, last) = self.bounds_with(month);
        (Month::of_date(first_of(first)), Month::of_date(first_of(last)))
    }

    fn bounds_with(&self, month: Month) -> (MonthNo, MonthNo) {
        let month = month_no(month.first());
        let place = self.place(month);
        let (from, to) = self.bounds[place];
        let first = month - place as MonthNo;
        (first + MonthNo::from(from), first + MonthNo::from(to))
    }

    /// The first month of the year that a calendar month counts towards.
    pub fn year_start(&self, month: Month) -> Month {
        let month = month_no(month.first());
        Month::of_date(first_of(month - self.place(month) as MonthNo))
    }

    /// The year a day is scored in.
    pub fn year_of(&self, day: Date) -> i16 {
        let month = self.month_of(day).unwrap_or_else(|| month_no(day));
        let year = (month - MonthNo::from(self.begins.month - 1)).div_euclid(12);
        i16::try_from(year + MonthNo::from(self.begins.of_last_year)).unwrap_or(i16::MAX)
    }

    /// The whole of a year.
    pub fn year(&self, year: i16) -> Period {
        let first = self.first_month(year);
        Period { label: format!("{year:04}").into(), ..self.period(first, first + 11) }
    }

    /// The stretch of a span that a period lies in: itself, or its quarter, half-year or year. Weeks are in
    /// [`weeks`](Self::weeks).
    pub fn stretch(&self, span: Span, period: &Period) -> Period {
        let months: MonthNo = match span {
            Span::Week | Span::Period => return period.clone(),
            Span::Quarter => 3,
            Span::HalfYear => 6,
            Span::Year => 12,
        };
        let last = month_no(period.to);
        let place = self.place(last) as MonthNo;
        let nth = place / months;
        let first = last - place + nth * months;
        let year = self.year_of(period.to);
        let label = match span {
            Span::Quarter => format!("{year:04}-Q{}", nth + 1),
            Span::HalfYear => format!("{year:04}-H{}", nth + 1),
            Span::Week | Span::Period | Span::Year => format!("{year:04}"),
        };
        Period { label: label.into(), ..self.period(first, first + months - 1) }
    }

    /// True if every stretch of a span ends where a period ends.
    pub(crate) fn divides(&self, span: Span) -> bool {
        let months = match span {
            Span::Week | Span::Period => return true,
            Span::Quarter => 3,
            Span::HalfYear => 6,
            Span::Year => 12,
        };
        (0..12).step_by(months).all(|first| usize::from(self.bounds[first].0) == first)
    }

    /// The first month of a year.
    fn first_month(&self, year: i16) -> MonthNo {
        (MonthNo::from(year) - MonthNo::from(self.begins.of_last_year)) * 12 + MonthNo::from(self.begins.month - 1)
    }

    /// A month's place in the scheme's year, 0 to 11.
    fn place(&self, month: MonthNo) -> usize {
        (month - MonthNo::from(self.begins.month - 1)).rem_euclid(12) as usize
    }

    /// The month whose period a day belongs to.
    fn month_of(&self, day: Date) -> Option<MonthNo> {
        let month = month_no(day);
        let Some(cutoff) = self.cutoff.filter(|cutoff| day.day() > cutoff.day) else { return Some(month) };
        let place = self.place(month);
        if usize::from(self.bounds[place].1) != place {
            return Some(month);
        }
        match cutoff.then {
            AfterCutoff::Next => Some(month + 1),
            AfterCutoff::Lost => None,
        }
    }

    /// The first day of a period whose first month this is.
    fn opens(&self, first: MonthNo) -> Date {
        match self.cutoff {
            Some(cutoff) if cutoff.then == AfterCutoff::Next => self.closes(first - 1).saturating_add(1.day()),
            _ => first_of(first),
        }
    }

    /// The last day of a period whose last month this is.
    fn closes(&self, last: MonthNo) -> Date {
        let end = first_of(last).last_of_month();
        match self.cutoff {
            Some(cutoff) if cutoff.day < end.day() => Date::new(end.year(), end.month(), cutoff.day).unwrap_or(end),
            _ => end,
        }
    }

    fn period(&self, first: MonthNo, last: MonthNo) -> Period {
        let (from, to) = (first_of(first), first_of(last));
        let month = |day: Date| format!("{:04}-{:02}", day.year(), day.month());
        let year = || self.year_of(to);
        let label = match &self.every {
            Every::Quarter => format!("{:04}-Q{}", year(), self.place(first) / 3 + 1),
            Every::HalfYear => format!("{:04}-H{}", year(), self.place(first) / 6 + 1),
            Every::Year => format!("{:04}", year()),
            Every::Month | Every::Months(_) if first == last => month(from),
            Every::Month | Every::Months(_) if from.year() == to.year() => format!("{}/{:02}", month(from), to.month()),
            Every::Month | Every::Months(_) => format!("{}/{}", month(from), month(to)),
        };
        Period { label: label.into(), from: self.opens(first), to: self.closes(last) }
    }
}

fn month_no(day: Date) -> MonthNo {
    MonthNo::from(day.year()) * 12 + MonthNo::from(day.month()) - 1
}

/// The first day of a month; the end of the calendar beyond it.
fn first_of(month: MonthNo) -> Date {
    let year = i16::try_from(month.div_euclid(12)).unwrap_or(i16::MAX);
    Date::new(year, month.rem_euclid(12) as i8 + 1, 1).unwrap_or(if month < 0 { Date::MIN } else { Date::MAX })
}
