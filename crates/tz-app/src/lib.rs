//! tz-app
