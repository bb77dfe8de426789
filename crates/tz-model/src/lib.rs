//! tz-model
