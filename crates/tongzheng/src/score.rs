//! `tongzheng score`: facts from a workbook or folder, lines with reasons out.

use std::io::Write;
use std::path::{Path, PathBuf};

use tz_model::{Assessment, Fault, Table};
use tz_tables::{Read, Vocabulary};

use crate::args::{Format, ScoreOptions};
use crate::say::{self, Stop, file_fault};
use crate::{progress, tables};

pub(crate) fn run(options: &ScoreOptions) -> Result<(), Stop> {
    if options.format == Format::Xlsx && options.out.is_none() {
        return Err(Stop::one("xlsx 格式请用 --out 写明要生成的文件，例如 --out 结果.xlsx。"));
    }
    let bar = progress::bar(3, "计分");
    two_threads();
    // The files are read while the scheme is made ready.
    let (found, scheme) = rayon::join(|| Found::at(&options.tables), || tables::scheme(&options.scheme));
    let scheme = scheme?;
    let through = tables::through(scheme, options.year, options.through.as_deref())?;
    let words = Vocabulary { without_titles: !tz_assess::looks_at_titles(scheme), ..tables::vocabulary(scheme) };
    let read = found?.read(&options.tables, &words)?;
    bar.inc(1);
    if !read.faults.is_empty() && !options.skip_bad_rows {
        bar.finish_and_clear();
        say_notes(&read.notes);
        let mut sentences: Vec<String> = read.faults.iter().map(Fault::to_string).collect();
        sentences
            .push(format!("共{}处差错，没有计分。请改正后重试，或加 --skip-bad-rows 跳过这些行。", sentences.len()));
        return Err(Stop(sentences));
    }
    // What the scheme has no word for makes no line; where there is any, what was scored meanwhile is not shown.
    let (assessment, unknown) = rayon::join(
        || tz_assess::assess(scheme, &read.facts, options.year, through),
        || tz_assess::unknown_names(scheme, &read.facts),
    );
    if !unknown.is_empty() {
        return Err(Stop(unknown.iter().map(Fault::to_string).collect()));
    }
    bar.inc(1);
    let result = match options.format {
        Format::Json => Printed::Json(&assessment, &read.faults),
        Format::Table => {
            let mut text = tz_tables::result_text(&assessment);
            if !read.faults.is_empty() {
                text.push_str("\n跳过的行：\n");
                for fault in &read.faults {
                    text.push_str(&format!("  {fault}\n"));
                }
            }
            Printed::Ready(text.into_bytes())
        }
        Format::Xlsx => Printed::Ready(
            tz_tables::result_workbook(&assessment, &read.faults).map_err(|large| Stop::one(large.to_string()))?,
        ),
    };
    bar.finish_and_clear();
    match &options.out {
        Some(path) => write_whole(path, |out| result.write(out))?,
        None => say::result(|out| result.write(out))?,
    }
    say_notes(&read.notes);
    if options.format != Format::Table {
        for fault in &read.faults {
            say::err(&format!("已跳过：{fault}"));
        }
    }
    // The process ends now; giving back a year's facts piece by piece would only take time.
    std::mem::forget(assessment);
    std::mem::forget(read.facts);
    Ok(())
}

/// Does what can be done at once on this thread and one more: scoring takes some milliseconds, and every further thread
/// would take longer to start than it helps.
fn two_threads() {
    // The usual allocator widens a second thread's memory page by page, by a call to the system each. A large piece taken
    // and given back does it at once; the piece before it goes back to the system, and teaches the allocator to keep the next.
    let widen = |_| (0..2).for_each(|_| drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20))));
    let threads = rayon::ThreadPoolBuilder::new().num_threads(2).use_current_thread().start_handler(widen);
    // Where threads are there already, or cannot be had, all is done by those there are.
    let _ = threads.build_global();
}

/// What hinders nothing but should be seen: a table that is not there, a column nearly named like one that scores.
fn say_notes(notes: &[Fault]) {
    for note in notes {
        say::err(&format!("提示：{note}"));
    }
}

/// A result on its way out.
enum Printed<'a> {
    /// Made already.
    Ready(Vec<u8>),
    /// To be made piece by piece, with the rows that were skipped as a last key; there is none where none were.
    Json(&'a Assessment, &'a [Fault]),
}

impl Printed<'_> {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let (assessment, faults) = match self {
            Self::Ready(bytes) => return out.write_all(bytes),
            Self::Json(assessment, faults) => (assessment, faults),
        };
        if faults.is_empty() {
            tz_assess::write_json(assessment, |piece| out.write_all(piece.as_bytes()))?;
            return out.write_all(b"\n");
        }
        let json = tz_assess::to_json(assessment);
        let quoted: Vec<String> = faults.iter().map(|fault| quoted(&fault.to_string())).collect();
        let open = json.strip_suffix('}').unwrap_or(&json);
        out.write_all(format!("{open},\"skipped\":[{}]}}\n", quoted.join(",")).as_bytes())
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Writes a file whole or not at all: beside its place first, then by renaming. A device or pipe is written into, since
/// renaming would put a file in its place; a link leads to the file it names; permissions are those of any new file, or
/// of the one that is replaced.
pub(crate) fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Stop> {
    let wrong = |cause: std::io::Error| file_fault("写入", path, &cause);
    let mut builder = tempfile::Builder::new();
    let target = match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => return Err(wrong(std::io::ErrorKind::IsADirectory.into())),
        Ok(about) if !about.is_file() => {
            let mut device = std::fs::OpenOptions::new().write(true).open(path).map_err(wrong)?;
            return write(&mut device).map_err(wrong);
        }
        Ok(about) => {
            builder.permissions(about.permissions());
            std::fs::canonicalize(path).map_err(wrong)?
        }
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            path.to_owned()
        }
        Err(cause) => return Err(wrong(cause)),
    };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = builder.tempfile_in(folder).map_err(wrong)?;
    write(&mut file).map_err(wrong)?;
    file.as_file().sync_all().map_err(wrong)?;
    file.persist(&target).map_err(|failed| wrong(failed.error))?;
    Ok(())
}

/// The bytes of the fact tables, as they were found.
pub(crate) enum Found {
    Workbook(Vec<u8>),
    /// One CSV file a table, and a note on each other file whose name looks like a table's.
    Folder(Vec<(Table, Vec<u8>)>, Vec<Fault>),
}

impl Found {
    /// A workbook, or a folder with one CSV file a table.
    pub(crate) fn at(path: &Path) -> Result<Self, Stop> {
        let wrong = |cause: std::io::Error| file_fault("读取", path, &cause);
        let about = std::fs::metadata(path).map_err(wrong)?;
        if about.is_dir() {
            Self::folder(path)
        } else if is_csv(path) {
            Err(Stop::one(format!(
                "“{}”是一个 .csv 文件。请把各表的 .csv 文件放在同一个文件夹里，用 --tables 写明这个文件夹。",
                path.display()
            )))
        } else {
            Ok(Self::Workbook(std::fs::read(path).map_err(wrong)?))
        }
    }

    /// The tables of a folder: each file `<table>.csv`, the ending in either case. Others are not read; those whose names
    /// look like a table's are noted.
    fn folder(folder: &Path) -> Result<Self, Stop> {
        let wrong = |cause: std::io::Error| file_fault("读取", folder, &cause);
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
            .map_err(wrong)?;
        // `.csv` comes behind `.CSV`: where both are there, the one tables.md names is read.
        paths.sort_unstable_by(|left, right| right.cmp(left));
        keep_large_buffers(&paths);
        let mut files: Vec<(Table, Vec<u8>)> = Vec::new();
        let mut unread: Vec<Fault> = Vec::new();
        for path in paths {
            let table =
                path.file_stem().and_then(|stem| stem.to_str()).and_then(Table::named).filter(|_| is_csv(&path));
            match table {
                Some(table) if files.iter().all(|(read, _)| *read != table) => {
                    files.push((table, std::fs::read(&path).map_err(|cause| file_fault("读取", &path, &cause))?));
                }
                _ => unread.extend(path.file_name().and_then(|name| tz_tables::file_not_read(&name.to_string_lossy()))),
            }
        }
        Ok(Self::Folder(files, unread))
    }

    /// The facts in them; `path` is where they were found.
    pub(crate) fn read(self, path: &Path, words: &Vocabulary) -> Result<Read, Stop> {
        let read = match self {
            Self::Workbook(bytes) => tz_tables::read_workbook(&bytes, words),
            Self::Folder(files, unread) => {
                let tables: Vec<(Table, &[u8])> =
                    files.iter().map(|(table, bytes)| (*table, bytes.as_slice())).collect();
                let read = tz_tables::read_csv(&tables, words);
                if read.is_err() {
                    say_notes(&unread);
                }
                read.map(|mut read| {
                    read.notes.extend(unread);
                    read
                })
            }
        };
        read.map_err(|faults| Stop(faults.iter().map(|fault| format!("“{}”：{fault}", path.display())).collect()))
    }
}

/// Makes the files' memory serve again for what is made of them. The usual allocator takes a large buffer from the system
/// and gives it straight back, and the system then hands out fresh pages, one fault each, for the thousands of small
/// pieces that follow. Once a buffer of some size was given back, it keeps those of that size with the small pieces.
fn keep_large_buffers(paths: &[PathBuf]) {
    let largest = paths.iter().filter_map(|path| Some(std::fs::metadata(path).ok()?.len())).max().unwrap_or_default();
    let size = usize::try_from(largest).unwrap_or(usize::MAX).min(32 << 20);
    drop(std::hint::black_box(Vec::<u8>::with_capacity(size + 1)));
}

fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv"))
}
