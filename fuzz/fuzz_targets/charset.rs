//! Texts under every label, in bodies, header lines and file names.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::charset(data));
