//! tz-scheme
