//! OFD.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::part("a.ofd", "D/Page.xml", data));
