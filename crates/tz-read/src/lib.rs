//! tz-read
