//! Archives by 7-Zip, with everything in them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::attached("a.7z", data));
