use jiff::{SignedDuration, Timestamp};

/// Tells the time. The only way a use case learns it.
pub trait Clock: Send + Sync {
    /// The moment it is.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock, moved to another year: the demonstration runs in December 2018.
#[derive(Clone, Copy, Debug)]
pub struct ShiftedClock {
    by: SignedDuration,
}

impl ShiftedClock {
    /// A clock that shows `start` now and runs on from there.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { by: start.duration_since(Timestamp::now()) }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.by).expect("a duration of hours and seconds can always be added")
    }
}

/// A clock that is set by hand, for tests and for making the demonstration's year.
#[derive(Debug)]
pub struct FixedClock {
    now: std::sync::Mutex<Timestamp>,
}

impl FixedClock {
    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self { now: std::sync::Mutex::new(now) }
    }

    /// Moves it.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock().expect("no holder of this lock can panic") = now;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("no holder of this lock can panic")
    }
}
