//! Archives (zip): entries under a budget, names in GBK or UTF-8. The total is counted on real bytes, not on what the
//! archive says of itself.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::budget::Budget;
use crate::charset;
use crate::kind::FileKind;
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

/// Unpacks a zip archive in memory (解压): its files in the archive's order, folders left out.
///
/// Names without the UTF-8 flag are read as UTF-8 if they are, as GB18030 otherwise.
///
/// # Errors
/// Protected, damaged, too many entries, or more bytes than the budget, which is counted while unpacking.
pub fn unpack(bytes: &[u8], budget: &Budget) -> Result<Vec<Entry>, Unreadable> {
    let mut archive = open(bytes, budget, FileKind::Zip)?;
    let mut left = budget.max_unpacked;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let path = entry_path(&mut archive, index)?;
        if path.ends_with('/') || path.ends_with('\\') {
            continue;
        }
        let bytes = read_entry(&mut archive, index, &mut left, budget, FileKind::Zip)?;
        let name = crate::mail::clean_name(&path);
        let name = if name.is_empty() { format!("未命名文件{}", index + 1) } else { name };
        entries.push(Entry { name, path, bytes });
    }
    Ok(entries)
}

/// Opens an archive whose entries are within the budget in number. `kind` is what the person was told it is.
pub(crate) fn open<'a>(
    bytes: &'a [u8],
    budget: &Budget,
    kind: FileKind,
) -> Result<ZipArchive<Cursor<&'a [u8]>>, Unreadable> {
    // The count at the end of the archive is checked before anything is allocated for it.
    if claimed_entries(bytes).is_some_and(|n| n > budget.max_entries) {
        return Err(Unreadable::TooManyEntries { limit: budget.max_entries });
    }
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error, kind))?;
    if archive.len() > budget.max_entries {
        return Err(Unreadable::TooManyEntries { limit: budget.max_entries });
    }
    Ok(archive)
}

/// The number of entries the end record claims.
fn claimed_entries(bytes: &[u8]) -> Option<usize> {
    let tail = &bytes[bytes.len().saturating_sub((64 << 10) + 22)..];
    let at = tail.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let count = tail.get(at + 10..at + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}

fn entry_path(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> Result<String, Unreadable> {
    let entry = archive.by_index_raw(index).map_err(|error| unreadable(&error, FileKind::Zip))?;
    let raw = entry.name_raw();
    Ok(match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => charset::decode(raw, Some("gb18030")).text,
    })
}

/// One entry's bytes, taken from what is `left` of the budget.
pub(crate) fn read_entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: &mut usize,
    budget: &Budget,
    kind: FileKind,
) -> Result<Vec<u8>, Unreadable> {
    let entry = archive.by_index(index).map_err(|error| unreadable(&error, kind))?;
    if entry.encrypted() {
        return Err(Unreadable::PasswordProtected { kind });
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(*left).unwrap_or(u64::MAX).saturating_add(1);
    entry.take(limit).read_to_end(&mut bytes).map_err(|_| Unreadable::Damaged { kind })?;
    *left = left.checked_sub(bytes.len()).ok_or(Unreadable::UnpacksTooLarge { limit_mb: budget.max_unpacked >> 20 })?;
    Ok(bytes)
}

fn unreadable(error: &ZipError, kind: FileKind) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Unreadable::PasswordProtected { kind }
        }
        _ => Unreadable::Damaged { kind },
    }
}
