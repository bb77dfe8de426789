//! tz-tables
