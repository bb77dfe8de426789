//! tz-web
