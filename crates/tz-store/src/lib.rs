//! tz-store
