//! OLE containers: the streams of old Word, Excel and Outlook files by name.

use std::io::{Cursor, Read};

use cfb::{CompoundFile, OpenOptions};

use crate::budget::Meter;
use crate::kind::FileKind;
use crate::unreadable::Unreadable;

/// An opened container.
pub(crate) struct Container<'a> {
    file: CompoundFile<Cursor<&'a [u8]>>,
    kind: FileKind,
    size: usize,
}

impl<'a> Container<'a> {
    pub(crate) fn open(bytes: &'a [u8], meter: &mut Meter<'_>, kind: FileKind) -> Result<Self, Unreadable> {
        meter.work(bytes.len())?;
        let file = OpenOptions::new().open_with(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged { kind })?;
        Ok(Self { file, kind, size: bytes.len() })
    }

    /// A stream's bytes, if there is such a stream.
    pub(crate) fn stream(&mut self, path: &str, meter: &mut Meter<'_>) -> Result<Option<Vec<u8>>, Unreadable> {
        if !self.file.is_stream(path) {
            return Ok(None);
        }
        let damaged = |_| Unreadable::Damaged { kind: self.kind };
        let stream = self.file.open_stream(path).map_err(damaged)?;
        // No stream is longer than the file it is in, whatever its directory says.
        meter.work(usize::try_from(stream.len()).unwrap_or(usize::MAX).min(self.size))?;
        let mut bytes = Vec::new();
        stream.take(self.size as u64).read_to_end(&mut bytes).map_err(damaged)?;
        Ok(Some(bytes))
    }

    /// The names in a storage; none if there is no such storage.
    pub(crate) fn names(&self, storage: &str) -> Vec<String> {
        match self.file.read_storage(storage) {
            Ok(entries) => entries.map(|entry| entry.name().to_owned()).collect(),
            Err(_) => Vec::new(),
        }
    }

    /// What the container says of itself (title, subject, keywords, company and the like), a line each.
    pub(crate) fn properties(&mut self, meter: &mut Meter<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        for name in ["\u{5}SummaryInformation", "\u{5}DocumentSummaryInformation"] {
            if let Ok(Some(bytes)) = self.stream(name, meter) {
                lines.extend(property_texts(&bytes));
            }
        }
        lines
    }
}

/// A little-endian number at `at`, if it is within the bytes.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let [a, b] = bytes.get(at..at.checked_add(2)?)? else { return None };
    Some(u16::from_le_bytes([*a, *b]))
}

/// A little-endian number at `at`, if it is within the bytes.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let [a, b, c, d] = bytes.get(at..at.checked_add(4)?)? else { return None };
    Some(u32::from_le_bytes([*a, *b, *c, *d]))
}

/// As [`u32_at`], as a place or length.
pub(crate) fn place_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// UTF-16 in little-endian bytes as text.
pub(crate) fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}

/// The texts of a property set, the first section's.
fn property_texts(bytes: &[u8]) -> Vec<String> {
    const NARROW: u32 = 30;
    const WIDE: u32 = 31;
    let mut texts = Vec::new();
    let mut read = || -> Option<()> {
        let section = bytes.get(place_at(bytes, 44)?..)?;
        let count = place_at(section, 4)?.min(100);
        for index in 0..count {
            let at = place_at(section, 12 + index * 8)?;
            let length = place_at(section, at.checked_add(4)?)?;
            let value = |length: usize| section.get(at.checked_add(8)?..at.checked_add(8)?.checked_add(length)?);
            let text = match u32_at(section, at)? {
                NARROW => value(length).map(|raw| crate::charset::decode(raw, None).text),
                WIDE => value(length.checked_mul(2)?).map(wide),
                _ => None,
            };
            let text = text.unwrap_or_default().replace('\0', "");
            texts.extend((!text.trim().is_empty() && text.len() < 4_000).then(|| text.trim().to_owned()));
        }
        Some(())
    };
    // A property set that breaks off gives what stood before.
    let _ = read();
    texts
}
