//! When a job runs, by the office's wall clock.

use jiff::{Timestamp, ToSpan};
use tz_model::{moment_in_shanghai, shanghai};

/// When a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Once a day at this time.
    Daily {
        /// 0 to 23.
        hour: i8,
        /// 0 to 59.
        minute: i8,
    },
}

impl Schedule {
    /// The newest slot that has come.
    pub fn newest(self, now: Timestamp) -> Timestamp {
        let today = self.on(now, 0);
        if today <= now { today } else { self.on(now, -1) }
    }

    /// The next slot to come.
    pub fn next(self, now: Timestamp) -> Timestamp {
        let today = self.on(now, 0);
        if today > now { today } else { self.on(now, 1) }
    }

    /// As the page says it.
    pub fn words(self) -> String {
        match self {
            Self::Daily { hour, minute } => format!("每天{hour:02}:{minute:02}"),
        }
    }

    fn on(self, now: Timestamp, days: i32) -> Timestamp {
        let Self::Daily { hour, minute } = self;
        let day = shanghai(now).date().saturating_add(days.days());
        moment_in_shanghai(day.at(hour, minute, 0, 0)).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn slots_are_of_the_offices_wall_clock() {
        let morning = Schedule::Daily { hour: 8, minute: 30 };
        for (now, newest, next) in [
            ("2018-06-13T00:29:59Z", "2018-06-12T00:30:00Z", "2018-06-13T00:30:00Z"),
            ("2018-06-13T00:30:00Z", "2018-06-13T00:30:00Z", "2018-06-14T00:30:00Z"),
            ("2018-12-31T23:00:00Z", "2018-12-31T00:30:00Z", "2019-01-01T00:30:00Z"),
        ] {
            let now = now.parse().expect("a moment");
            assert_eq!([morning.newest(now).to_string(), morning.next(now).to_string()], [newest, next]);
        }
        assert_eq!(morning.words(), "每天08:30");
    }
}
