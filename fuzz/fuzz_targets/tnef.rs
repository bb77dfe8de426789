//! Outlook's packages.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::document("winmail.dat", b"\x78\x9F\x3E\x22", data));
