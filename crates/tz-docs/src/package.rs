//! The zip around the parts of a DOCX: fixed order, fixed times, so that the same parts are the same bytes.

use std::io::{Cursor, Write as _};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// One part: its name inside the package and its bytes.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Part {
    /// A part of XML.
    pub(crate) fn text(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), bytes: text.into_bytes() }
    }
}

/// Packs the parts in the order given.
pub(crate) fn pack(parts: &[Part]) -> Vec<u8> {
    // 1980-01-01 is the zero of the zip clock; the document's own date stands in docProps/core.xml.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        zip.start_file(&part.name, options).expect("part names are ours, short and unique");
        zip.write_all(&part.bytes).expect("writing into memory cannot fail");
    }
    zip.finish().expect("writing into memory cannot fail").into_inner()
}
