//! PDF.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::document("a.pdf", b"%PDF-", data));
