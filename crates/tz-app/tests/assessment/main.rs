//! The assessment room (考核) on a small office's months, worked by hand.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod closing;
mod following;
mod house;
mod import;
mod months;
mod objections;
mod orders;
mod reorganising;
mod year;
