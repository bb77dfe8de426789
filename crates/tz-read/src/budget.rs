//! Limits on everything a stranger's bytes could make large.

/// What reading one mail or document may use at most. Past a limit it is refused with an [`crate::Unreadable`], kept
/// raw by the caller, and can be read again under another budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the mail or file itself.
    pub max_bytes: usize,
    /// Bytes of one header block of a mail.
    pub max_header_bytes: usize,
    /// Parts of a mail, nested ones counted.
    pub max_parts: usize,
    /// Multiparts and messages inside one another.
    pub max_depth: usize,
    /// Elements inside one another in a document's XML.
    pub max_xml_depth: usize,
    /// Bytes of UTF-8 text taken from one body or document.
    pub max_text_bytes: usize,
    /// Paragraphs of one body or document.
    pub max_paragraphs: usize,
    /// Bytes unpacked from one archive or zipped document.
    pub max_unpacked: usize,
    /// Entries of one archive.
    pub max_entries: usize,
    /// Archives inside one another.
    pub max_archives: usize,
}

impl Default for Budget {
    /// 50 MB a mail, 200 parts, 20 levels; 48 MB unpacked, so that reading stays below 64 MB of memory.
    fn default() -> Self {
        Self {
            max_bytes: 50 << 20,
            max_header_bytes: 256 << 10,
            max_parts: 200,
            max_depth: 20,
            max_xml_depth: 256,
            max_text_bytes: 8 << 20,
            max_paragraphs: 100_000,
            max_unpacked: 48 << 20,
            max_entries: 1_000,
            max_archives: 2,
        }
    }
}
