//! Archives by 7-Zip (7z), under the same budget as those by everybody else. What an archive says it needs of memory is looked at before
//! it is given.

use std::io::{Cursor, Read};

use sevenz_rust2::{Archive, ArchiveReader, EncoderMethod, EntryDecision, Error, Password};

use crate::budget::Meter;
use crate::kind::FileKind;
use crate::unpack::Entry;
use crate::unreadable::Unreadable;

const KIND: FileKind = FileKind::SevenZip;

/// Memory for the list of an archive's files, packed with a dictionary of its own, in KiB: some programs take eight megabytes for it.
const LIST_KIB: usize = 12 << 10;

/// Memory for a dictionary, in KiB: what 7-Zip asks for at its highest setting.
const DICTIONARY_KIB: usize = 64 << 10;

/// Unpacks one file after the other, as [`crate::unpack::unpack_each`] does.
pub(crate) fn unpack_each(
    bytes: &[u8],
    meter: &mut Meter<'_>,
    mut take: impl FnMut(Result<Entry, (String, Unreadable)>, &mut Meter<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    meter.work(bytes.len() / 16)?;
    let list = list(bytes).map_err(|error| unreadable(&error))?;
    let limit = meter.budget.max_entries;
    if list.files.len() > limit {
        return Err(Unreadable::TooManyEntries { limit });
    }
    let locked = Unreadable::PasswordProtected { kind: KIND };
    if (0..list.files.len()).any(|at| list.is_file_encrypted(at)) {
        let mut files = list.files.iter().filter(|file| !file.is_directory);
        return files.try_for_each(|file| take(Err((file.name.clone(), locked.clone())), meter));
    }
    let opened = ArchiveReader::new_with_memory_limit(Cursor::new(bytes), Password::empty(), DICTIONARY_KIB);
    let mut archive = opened.map_err(|error| unreadable(&error))?;
    // Several threads would each want a dictionary.
    archive.set_thread_count(1);
    let mut left = meter.budget.max_unpacked;
    let mut nth = 0;
    let mut stopped = None;
    let done = archive.for_each_entries_with_decision(|entry, from| {
        if entry.is_directory {
            return Ok(EntryDecision::Continue);
        }
        nth += 1;
        let name = crate::mail::clean_name(&entry.name);
        let name = if name.is_empty() { format!("未命名文件{nth}") } else { name };
        let taken = match read_entry(from, &mut left, meter) {
            Ok(bytes) => take(Ok(Entry { name, path: entry.name.clone(), bytes }), meter),
            // A bomb ends the archive, whatever else is in it.
            Err(reason @ (Unreadable::UnpacksTooLarge { .. } | Unreadable::TooMuchWork)) => Err(reason),
            Err(reason) => {
                return match take(Err((entry.name.clone(), reason)), meter) {
                    // The files behind it in its block stand on what could not be unpacked.
                    Ok(()) => Ok(EntryDecision::SkipBlock),
                    Err(reason) => {
                        stopped = Some(reason);
                        Ok(EntryDecision::Stop)
                    }
                };
            }
        };
        Ok(match taken {
            Ok(()) => EntryDecision::Continue,
            Err(reason) => {
                stopped = Some(reason);
                EntryDecision::Stop
            }
        })
    });
    match (stopped, done) {
        (Some(reason), _) => Err(reason),
        (None, done) => done.map_err(|error| unreadable(&error)),
    }
}

/// Names that an archive lists, the first of them, for one that is refused as a whole.
pub(crate) fn names_within(bytes: &[u8]) -> Vec<String> {
    const MOST: usize = 2_000;
    let files = list(bytes).map(|list| list.files).unwrap_or_default();
    files.into_iter().take(MOST).map(|file| file.name).collect()
}

fn list(bytes: &[u8]) -> Result<Archive, Error> {
    Archive::read_with_memory_limit(&mut Cursor::new(bytes), &Password::empty(), LIST_KIB)
}

/// A file's bytes, taken from what is `left` of the archive's share, and counted as work.
fn read_entry(from: &mut dyn Read, left: &mut usize, meter: &mut Meter<'_>) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let limit = u64::try_from((*left).min(meter.work_left())).unwrap_or(u64::MAX).saturating_add(1);
    from.take(limit).read_to_end(&mut bytes).map_err(|_| Unreadable::Damaged { kind: KIND })?;
    *left = left
        .checked_sub(bytes.len())
        .ok_or(Unreadable::UnpacksTooLarge { limit_mb: meter.budget.max_unpacked >> 20 })?;
    meter.work(bytes.len())?;
    Ok(bytes)
}

fn unreadable(error: &Error) -> Unreadable {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Unreadable::PasswordProtected { kind: KIND },
        // Even the names are encrypted; the method is built in nowhere, for nobody here has the password.
        Error::UnsupportedCompressionMethod(method)
            if method.contains("AES") || method.as_bytes() == EncoderMethod::ID_AES256_SHA256 =>
        {
            Unreadable::PasswordProtected { kind: KIND }
        }
        Error::MaxMemLimited { .. } => Unreadable::TooMuchWork,
        _ => Unreadable::Damaged { kind: KIND },
    }
}
