//! Word documents.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::part("a.docx", "word/document.xml", data));
