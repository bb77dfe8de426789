//! `tongzheng intake`: messages from files into the office, each with exactly one fate, printed as a table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::args::IntakeOptions;
use crate::say::{self, Stop, file_fault};
use crate::{progress, serve};

/// One message: where it was read, and how to get its bytes.
struct Found {
    source: String,
    file: PathBuf,
    /// The place within an mbox file.
    part: Option<std::ops::Range<usize>>,
}

pub(crate) fn run(options: &IntakeOptions) -> Result<(), Stop> {
    let mut found = Vec::new();
    for path in &options.paths {
        gather(path, &mut found)?;
    }
    if found.is_empty() {
        return Err(Stop::one("所给路径里没有来信。请指定 .eml 文件、mbox 文件或 maildir 文件夹。"));
    }
    let app = serve::open_existing(&options.place)?;
    let bar = progress::bar(found.len() as u64, "收稿");
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut held: Option<(PathBuf, Vec<u8>)> = None;
    for message in &found {
        if held.as_ref().is_none_or(|(file, _)| *file != message.file) {
            match std::fs::read(&message.file) {
                Ok(bytes) => held = Some((message.file.clone(), bytes)),
                Err(cause) => {
                    faults.extend(file_fault("读取", &message.file, &cause).0);
                    bar.inc(1);
                    continue;
                }
            }
        }
        let whole = held.as_ref().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
        let raw = message.part.as_ref().map_or(whole, |part| &whole[part.clone()]);
        let fate = app.receive_mail(&message.source, raw)?;
        *counts.entry(fate.name()).or_default() += 1;
        bar.suspend(|| say::out(&format!("{}　{}　{}\n", padded(fate.name(), 10), message.source, fate.reason())));
        bar.inc(1);
    }
    bar.finish_and_clear();
    say::out(&format!("共{}封：", found.len() - faults.len()));
    say::out(&counts.iter().map(|(name, count)| format!("{name}{count}封")).collect::<Vec<_>>().join("，"));
    say::out("。\n");
    if faults.is_empty() { Ok(()) } else { Err(Stop(faults)) }
}

/// A text filled up with full-width spaces to `columns` columns.
fn padded(text: &str, columns: usize) -> String {
    let used = text.chars().count() * 2;
    format!("{text}{}", "　".repeat(columns.saturating_sub(used) / 2))
}

/// Finds the messages at a path: a file, a maildir (cur and new), or a folder of messages.
fn gather(path: &Path, found: &mut Vec<Found>) -> Result<(), Stop> {
    let wrong = |cause: std::io::Error| file_fault("读取", path, &cause);
    let about = std::fs::metadata(path).map_err(wrong)?;
    if !about.is_dir() {
        return gather_file(path, found);
    }
    let maildir: Vec<PathBuf> =
        ["cur", "new"].iter().map(|name| path.join(name)).filter(|folder| folder.is_dir()).collect();
    let folders = if maildir.is_empty() { vec![path.to_owned()] } else { maildir.clone() };
    for folder in folders {
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .map_err(wrong)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(wrong)?;
        files.sort();
        for file in files.into_iter().filter(|file| file.is_file()) {
            let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_lowercase();
            // A maildir's files have no ending; in a plain folder only messages are taken.
            if !maildir.is_empty() || matches!(kind.as_str(), "eml" | "mbox") {
                gather_file(&file, found)?;
            }
        }
    }
    Ok(())
}

fn gather_file(path: &Path, found: &mut Vec<Found>) -> Result<(), Stop> {
    let bytes = std::fs::read(path).map_err(|cause| file_fault("读取", path, &cause))?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    if bytes.starts_with(b"From ") {
        for (place, part) in tz_app::mail::split_mbox(&bytes).into_iter().enumerate() {
            // The part lies within the file's bytes, so the addresses' difference is its place.
            let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
            let part = Some(start..start + part.len());
            found.push(Found { source: format!("{name} 第{}封", place + 1), file: path.to_owned(), part });
        }
    } else {
        found.push(Found { source: name, file: path.to_owned(), part: None });
    }
    Ok(())
}
