use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use crate::{AfterCutoff, Begins, Calendar, Cutoff, Every, Span};

const JANUARY: Begins = Begins { month: 1, of_last_year: false };

fn shown(calendar: &Calendar, year: i16) -> Vec<String> {
    let periods = calendar.periods(year).into_iter();
    periods.map(|period| format!("{} {}..{}", period.label, period.from, period.to)).collect()
}

fn calendar(every: Every, begins: Begins, cutoff: Option<(i8, AfterCutoff)>) -> Calendar {
    Calendar::new(every, begins, cutoff.map(|(day, then)| Cutoff { day, then }), Weekday::Sunday)
}

#[test]
fn periods_are_named_by_what_they_are() {
    assert_eq!(shown(&Calendar::months(), 2018)[1], "2018-02 2018-02-01..2018-02-28");
    assert_eq!(shown(&calendar(Every::Quarter, JANUARY, None), 2018)[3], "2018-Q4 2018-10-01..2018-12-31");
    assert_eq!(shown(&calendar(Every::HalfYear, JANUARY, None), 2018)[1], "2018-H2 2018-07-01..2018-12-31");
    assert_eq!(shown(&calendar(Every::Year, JANUARY, None), 2018), ["2018 2018-01-01..2018-12-31"]);
    let odd = calendar(Every::Months(vec![2, 1, 3, 1, 1, 1, 1, 1, 1]), JANUARY, None);
    assert_eq!(
        shown(&odd, 2018)[..3],
        ["2018-01/02 2018-01-01..2018-02-28", "2018-03 2018-03-01..2018-03-31", "2018-04/06 2018-04-01..2018-06-30"]
    );
}

#[test]
fn a_year_may_begin_in_december_before_or_in_july() {
    let december = calendar(Every::Quarter, Begins { month: 12, of_last_year: true }, None);
    assert_eq!(shown(&december, 2018)[0], "2018-Q1 2017-12-01..2018-02-28");
    assert_eq!((december.year_of(date(2017, 12, 1)), december.year_of(date(2018, 12, 1))), (2018, 2019));
    let july = calendar(Every::Months(vec![2; 6]), Begins { month: 7, of_last_year: false }, None);
    assert_eq!(shown(&july, 2018)[2..4], ["2018-11/12 2018-11-01..2018-12-31", "2019-01/02 2019-01-01..2019-02-28"]);
    assert_eq!(july.year_of(date(2019, 6, 30)), 2018);
    let across = calendar(Every::Months(vec![2; 6]), Begins { month: 12, of_last_year: true }, None);
    assert_eq!(shown(&across, 2018)[0], "2017-12/2018-01 2017-12-01..2018-01-31");
}

#[test]
fn after_the_cut_off_a_day_belongs_to_the_next_period_or_to_none() {
    let next = calendar(Every::Month, JANUARY, Some((25, AfterCutoff::Next)));
    assert_eq!(shown(&next, 2018)[0], "2018-01 2017-12-26..2018-01-25");
    let label = |calendar: &Calendar, day: Date| calendar.period_of(day).map(|period| period.label.to_string());
    assert_eq!(label(&next, date(2018, 1, 25)).as_deref(), Some("2018-01"));
    assert_eq!(label(&next, date(2018, 1, 26)).as_deref(), Some("2018-02"));
    assert_eq!(
        (label(&next, date(2018, 12, 26)).as_deref(), next.year_of(date(2018, 12, 26))),
        (Some("2019-01"), 2019)
    );
    let lost = calendar(Every::Quarter, JANUARY, Some((20, AfterCutoff::Lost)));
    assert_eq!(shown(&lost, 2018)[0], "2018-Q1 2018-01-01..2018-03-20");
    // Only the last month of a period is cut off.
    assert_eq!(label(&lost, date(2018, 2, 28)).as_deref(), Some("2018-Q1"));
    assert_eq!((label(&lost, date(2018, 3, 21)), lost.opening(date(2018, 3, 21))), (None, None));
    // February has no 30th, so nothing of it is cut off.
    let thirty = calendar(Every::Month, JANUARY, Some((30, AfterCutoff::Next)));
    assert_eq!(shown(&thirty, 2018)[1], "2018-02 2018-01-31..2018-02-28");
}

#[test]
fn stretches_follow_the_scheme_s_year() {
    let december = calendar(Every::Month, Begins { month: 12, of_last_year: true }, None);
    let february = december.period_of(date(2018, 2, 10)).expect("a period");
    let stretch = |span| {
        let stretch = december.stretch(span, &february);
        format!("{} {}..{}", stretch.label, stretch.from, stretch.to)
    };
    assert_eq!(stretch(Span::Period), "2018-02 2018-02-01..2018-02-28");
    assert_eq!(stretch(Span::Quarter), "2018-Q1 2017-12-01..2018-02-28");
    assert_eq!(stretch(Span::HalfYear), "2018-H1 2017-12-01..2018-05-31");
    assert_eq!(stretch(Span::Year), "2018 2017-12-01..2018-11-30");
    assert_eq!(december.year(2018), december.stretch(Span::Year, &february));
}

#[test]
fn a_week_belongs_to_the_month_of_its_thursday() {
    let month = |month: i8| Calendar::months().period_of(date(2018, month, 15)).expect("a period");
    let weeks = Calendar::months().weeks(&month(6));
    // 31 May 2018 is a Thursday, so its week is May's; 28 June is the last Thursday of June.
    assert_eq!(weeks.first(), Some(&(date(2018, 6, 4), date(2018, 6, 10))));
    assert_eq!((weeks.last(), weeks.len()), (Some(&(date(2018, 6, 25), date(2018, 7, 1))), 4));
    let thursday = Calendar::new(Every::Month, JANUARY, None, Weekday::Thursday);
    assert_eq!(thursday.weeks(&month(6)).first(), Some(&(date(2018, 6, 1), date(2018, 6, 7))));
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let every = prop::sample::select(vec![
        Every::Month,
        Every::Quarter,
        Every::HalfYear,
        Every::Year,
        Every::Months(vec![2, 1, 3, 1, 1, 1, 1, 1, 1]),
        Every::Months(vec![5, 7]),
    ]);
    let cutoff = prop::option::of((1..=30i8, any::<bool>()));
    (every, 1..=12i8, any::<bool>(), cutoff).prop_map(|(every, month, of_last_year, cutoff)| {
        let after = |lost| if lost { AfterCutoff::Lost } else { AfterCutoff::Next };
        calendar(every, Begins { month, of_last_year }, cutoff.map(|(day, lost)| (day, after(lost))))
    })
}

fn any_day() -> impl Strategy<Value = Date> {
    (1950..2950i16, 1..=12i8, 1..=28i8).prop_map(|(year, month, day)| date(year, month, day))
}

proptest! {
    /// Every day is in the one period that holds it, or in none where none holds it; and that period is one of its year's.
    #[test]
    fn a_day_is_in_exactly_the_period_that_holds_it(calendar in any_calendar(), day in any_day()) {
        let period = calendar.period_of(day);
        prop_assert_eq!(period.as_ref().map(|period| period.from), calendar.opening(day));
        let year = calendar.year_of(day);
        let holding: Vec<_> =
            (year - 1..=year + 1).flat_map(|year| calendar.periods(year)).filter(|period| period.holds(day)).collect();
        prop_assert_eq!(period.iter().cloned().collect::<Vec<_>>(), holding);
        if let Some(period) = period {
            prop_assert!(calendar.periods(year).contains(&period));
        }
    }

    /// A month counts towards one period, and the months of that period are those which say so.
    #[test]
    fn the_months_of_a_period_are_those_that_count_towards_it(calendar in any_calendar(), day in any_day()) {
        let month = tz_model::Month::of_date(day);
        let period = calendar.period_with(month);
        prop_assert_eq!(calendar.period_of(month.first()), Some(period.clone()));
        let (first, last) = calendar.months_with(month);
        prop_assert!(first <= month && month <= last && last == period.last_month());
        prop_assert_eq!(calendar.months_with(first), (first, last));
        prop_assert_eq!(calendar.months_with(last), (first, last));
        prop_assert!(calendar.months_with(last.next()).0 == last.next());
        let start = calendar.year_start(month);
        let year = calendar.periods(calendar.year_of(month.first()));
        prop_assert_eq!(year[0].clone(), calendar.period_with(start));
    }

    /// A year's periods follow each other without gap, and only lost days lie between them.
    #[test]
    fn periods_follow_each_other(calendar in any_calendar(), year in 1950..2950i16) {
        let periods: Vec<_> = calendar.periods(year).into_iter().chain(calendar.periods(year + 1)).collect();
        for pair in periods.windows(2) {
            prop_assert!(pair[0].from <= pair[0].to && pair[0].to < pair[1].from);
            let gap = pair[0].to.until(pair[1].from).expect("days").get_days() - 1;
            let lost = calendar.cutoff().is_some_and(|cutoff| cutoff.then == AfterCutoff::Lost);
            prop_assert!(gap == 0 || lost, "{pair:?}");
        }
    }
}
