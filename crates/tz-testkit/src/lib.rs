//! tz-testkit
