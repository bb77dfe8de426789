//! tz-text
