//! Old Word documents, and everything else in OLE containers: Outlook's mails, old spreadsheets.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tongzheng_fuzz::document("a.doc", b"\xD0\xCF", data));
