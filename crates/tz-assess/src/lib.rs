//! tz-assess
