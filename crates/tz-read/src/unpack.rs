//! Archives (zip; 7z is read beside it): entries under a budget, names in GBK or UTF-8. The total is counted on real bytes, not on what the
//! archive says of itself, so overlapping entries and bombs stop like any other archive that is too large.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::budget::{Budget, Meter};
use crate::charset;
use crate::kind::FileKind;
use crate::seven_zip;
use crate::unreadable::Unreadable;

/// A file out of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file's own name, without folders.
    pub name: String,
    /// The name with its folders as the archive has it, for people only: never a place to write to.
    pub path: String,
    /// The unpacked bytes.
    pub bytes: Vec<u8>,
}

/// Unpacks an archive, zip or 7z, in memory (解压): its files in the archive's order, folders left out.
///
/// Names in a zip archive without the UTF-8 flag are read as UTF-8 if they are, as GB18030 otherwise.
///
/// # Errors
/// Protected, damaged, too many entries, or more bytes than the budget, which is counted while unpacking.
pub fn unpack(bytes: &[u8], budget: &Budget) -> Result<Vec<Entry>, Unreadable> {
    let mut entries = Vec::new();
    let take = |found: Result<Entry, (String, Unreadable)>, _: &mut Meter<'_>| {
        entries.push(found.map_err(|(_, reason)| reason)?);
        Ok(())
    };
    let mut meter = Meter::new(budget);
    match FileKind::of("", bytes) {
        FileKind::SevenZip => seven_zip::unpack_each(bytes, &mut meter, take)?,
        _ => unpack_each(bytes, &mut meter, take)?,
    }
    Ok(entries)
}

/// Unpacks one file after the other, so that only one of them is in memory; a file that cannot be unpacked is given
/// by its path and the reason.
pub(crate) fn unpack_each(
    bytes: &[u8],
    meter: &mut Meter<'_>,
    mut take: impl FnMut(Result<Entry, (String, Unreadable)>, &mut Meter<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut archive = open(bytes, meter, FileKind::Zip)?;
    let mut left = meter.budget.max_unpacked;
    for index in 0..archive.len() {
        let path = entry_path(&mut archive, index)?;
        if path.ends_with('/') || path.ends_with('\\') {
            continue;
        }
        match read_entry(&mut archive, index, &mut left, meter, FileKind::Zip) {
            Ok(bytes) => {
                let name = crate::mail::clean_name(&path);
                let name = if name.is_empty() { format!("未命名文件{}", index + 1) } else { name };
                take(Ok(Entry { name, path, bytes }), meter)?;
            }
            // A bomb ends the archive, whatever else is in it.
            Err(reason @ (Unreadable::UnpacksTooLarge { .. } | Unreadable::TooMuchWork)) => return Err(reason),
            Err(reason) => take(Err((path, reason)), meter)?,
        }
    }
    Ok(())
}

/// Names that an archive's bytes hold, whether it can be opened or not, the first of them: for what is refused unopened, all that
/// can be known of what is in it. Nothing is unpacked.
pub(crate) fn names_within(bytes: &[u8]) -> Vec<String> {
    const MOST: usize = 2_000;
    // Where the length of the name and the name itself stand in a local header and in the directory.
    const HEADERS: [(&[u8], usize, usize); 2] = [(b"PK\x03\x04", 26, 30), (b"PK\x01\x02", 28, 46)];
    let mut names: Vec<String> = Vec::new();
    for (mark, length_at, name_at) in HEADERS {
        for at in memchr::memmem::find_iter(bytes, mark).take(MOST) {
            let Some(length) = bytes.get(at + length_at..at + length_at + 2) else { continue };
            let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
            let Some(raw) = bytes.get(at + name_at..at + name_at + length) else { continue };
            let name = name_of(raw);
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// An archive in memory.
pub(crate) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens an archive whose entries are within the budget in number. `kind` is what the person was told it is.
pub(crate) fn open<'a>(bytes: &'a [u8], meter: &mut Meter<'_>, kind: FileKind) -> Result<Archive<'a>, Unreadable> {
    let limit = meter.budget.max_entries;
    // The count at the end of the archive is checked before anything is allocated for it.
    if claimed_entries(bytes).is_some_and(|n| n > limit) {
        return Err(Unreadable::TooManyEntries { limit });
    }
    meter.work(bytes.len() / 16)?;
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error, kind))?;
    if archive.len() > limit {
        return Err(Unreadable::TooManyEntries { limit });
    }
    Ok(archive)
}

/// The number of entries the end record claims; 65,535 means that more are counted elsewhere.
fn claimed_entries(bytes: &[u8]) -> Option<usize> {
    let tail = &bytes[bytes.len().saturating_sub((64 << 10) + 22)..];
    let at = tail.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let count = tail.get(at + 10..at + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}

fn entry_path(archive: &mut Archive<'_>, index: usize) -> Result<String, Unreadable> {
    let entry = archive.by_index_raw(index).map_err(|error| unreadable(&error, FileKind::Zip))?;
    Ok(name_of(entry.name_raw()))
}

/// A name in whichever charset it was written.
fn name_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => charset::decode(raw, Some("gb18030")).text,
    }
}

/// One entry's bytes, taken from what is `left` of the archive's share, and counted as work.
pub(crate) fn read_entry(
    archive: &mut Archive<'_>,
    index: usize,
    left: &mut usize,
    meter: &mut Meter<'_>,
    kind: FileKind,
) -> Result<Vec<u8>, Unreadable> {
    let entry = archive.by_index(index).map_err(|error| unreadable(&error, kind))?;
    if entry.encrypted() {
        return Err(Unreadable::PasswordProtected { kind });
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from((*left).min(meter.work_left())).unwrap_or(u64::MAX).saturating_add(1);
    entry.take(limit).read_to_end(&mut bytes).map_err(|_| Unreadable::Damaged { kind })?;
    *left = left
        .checked_sub(bytes.len())
        .ok_or(Unreadable::UnpacksTooLarge { limit_mb: meter.budget.max_unpacked >> 20 })?;
    meter.work(bytes.len())?;
    Ok(bytes)
}

/// A zipped document (docx, ofd, xlsx) whose parts are asked for by name.
pub(crate) struct Package<'a> {
    archive: Archive<'a>,
    pub(crate) names: Vec<String>,
    left: usize,
    kind: FileKind,
}

impl<'a> Package<'a> {
    pub(crate) fn open(bytes: &'a [u8], meter: &mut Meter<'_>, kind: FileKind) -> Result<Self, Unreadable> {
        let mut archive = open(bytes, meter, kind)?;
        let names = (0..archive.len()).map(|index| entry_path(&mut archive, index)).collect::<Result<_, _>>()?;
        Ok(Self { archive, names, left: meter.budget.max_unpacked, kind })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }

    /// A part's bytes, if the document has it.
    pub(crate) fn bytes(&mut self, name: &str, meter: &mut Meter<'_>) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(index) = self.names.iter().position(|n| n == name) else { return Ok(None) };
        read_entry(&mut self.archive, index, &mut self.left, meter, self.kind).map(Some)
    }

    /// A part's XML, if the document has it.
    pub(crate) fn text(&mut self, name: &str, meter: &mut Meter<'_>) -> Result<Option<String>, Unreadable> {
        Ok(self.bytes(name, meter)?.map(crate::xml::text))
    }
}

fn unreadable(error: &ZipError, kind: FileKind) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Unreadable::PasswordProtected { kind }
        }
        _ => Unreadable::Damaged { kind },
    }
}
