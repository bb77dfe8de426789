//! tz-docs
