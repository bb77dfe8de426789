//! Any mail, with everything in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::message(data));
