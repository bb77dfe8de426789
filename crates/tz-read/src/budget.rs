//! Limits on everything a stranger's bytes could make large.

use crate::unreadable::Unreadable;

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
    /// Archives, documents and mails inside one another.
    pub max_archives: usize,
    /// Files looked into in one mail, those in its archives counted.
    pub max_files: usize,
    /// Work for one mail and all that is in it, in bytes looked at or unpacked: what stands for time in a crate
    /// without a clock. The slowest reader does some 50 MB a second.
    pub max_work: usize,
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
            max_archives: 3,
            max_files: 1_000,
            max_work: 256 << 20,
        }
    }
}

/// A budget being used up (用量): one for everything read of one mail, so that two hundred bombs are no worse than one.
#[derive(Debug)]
pub struct Meter<'b> {
    /// The limits.
    pub budget: &'b Budget,
    work: usize,
    files: usize,
}

impl<'b> Meter<'b> {
    /// Nothing used yet.
    pub fn new(budget: &'b Budget) -> Self {
        Self { budget, work: budget.max_work, files: budget.max_files }
    }

    /// Counts work before it is done.
    ///
    /// # Errors
    /// [`Unreadable::TooMuchWork`] once the budget is used up, for this and everything after it.
    pub fn work(&mut self, units: usize) -> Result<(), Unreadable> {
        match self.work.checked_sub(units) {
            Some(left) => self.work = left,
            None => {
                self.work = 0;
                return Err(Unreadable::TooMuchWork);
            }
        }
        Ok(())
    }

    /// Work that is left, for readers that ask before they begin.
    pub(crate) fn work_left(&self) -> usize {
        self.work
    }

    /// Counts a file that is looked into.
    pub(crate) fn file(&mut self) -> Result<(), Unreadable> {
        // However small, a file costs something to open.
        self.work(1 << 10)?;
        self.files = self.files.checked_sub(1).ok_or(Unreadable::TooManyEntries { limit: self.budget.max_files })?;
        Ok(())
    }

    /// Refuses text beyond the budget.
    pub(crate) fn text(&self, bytes: usize, paragraphs: usize) -> Result<(), Unreadable> {
        if bytes > self.budget.max_text_bytes || paragraphs > self.budget.max_paragraphs {
            return Err(Unreadable::TooLarge { limit_mb: self.budget.max_text_bytes >> 20 });
        }
        Ok(())
    }
}
