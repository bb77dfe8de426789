//! `tongzheng intake`: messages and documents from files into the office, each with exactly one fate, printed as a table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tz_model::terminal_width;

use crate::args::IntakeOptions;
use crate::say::{self, Stop, file_fault};
use crate::{progress, serve};

/// One message: where it was read, and how to get its bytes.
struct Found {
    source: String,
    file: PathBuf,
    /// The place within an mbox file.
    part: Option<std::ops::Range<usize>>,
    /// A document rather than a message.
    is_document: bool,
}

pub(crate) fn run(options: &IntakeOptions) -> Result<(), Stop> {
    let mut found = Gathered::default();
    for path in &options.paths {
        gather(path, &mut found)?;
    }
    if found.messages.is_empty() {
        found.say_passed_over();
        return Err(Stop::one(
            "所给路径里没有来信或文档。请指定 .eml 文件、mbox 文件、maildir 文件夹，或 docx、wps、pdf、ofd 等文档。",
        ));
    }
    let app = serve::open_existing(&options.place)?;
    let width = found.messages.iter().map(|message| terminal_width(&message.source)).max().unwrap_or_default();
    let width = width.clamp(4, WIDEST_SOURCE);
    let bar = progress::bar(found.messages.len() as u64, "收稿");
    bar.suspend(|| say::out(&row("去向", "来信", "说明", width)));
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut held: Option<(PathBuf, Vec<u8>)> = None;
    for message in &found.messages {
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
        let raw = message.part.as_ref().map_or(Some(whole), |part| whole.get(part.clone()));
        let Some(raw) = raw else {
            faults.push(format!("“{}”读到一半时被别的程序改动了，没有收。请重新运行。", message.source));
            bar.inc(1);
            continue;
        };
        let received = if message.is_document {
            app.receive_file(&message.source, &message.source, raw)
        } else {
            app.receive_mail(&message.source, raw)
        };
        let fate = match received {
            Ok(fate) => fate,
            Err(problem) => {
                // What follows would fail alike: a full disk, a database that is gone.
                faults.push(format!(
                    "收到“{}”时停下，它和它以后的都没有收；以前的都已收好，重新运行时不会重复。",
                    message.source
                ));
                faults.extend(Stop::from(problem).0);
                break;
            }
        };
        *counts.entry(fate.name()).or_default() += 1;
        bar.suspend(|| say::out(&row(fate.name(), &message.source, &fate.reason(), width)));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let fates: Vec<String> = counts.iter().map(|(name, count)| format!("{name}{count}封")).collect();
    if fates.is_empty() {
        say::out("共0封。\n");
    } else {
        say::out(&format!("共{}封：{}。\n", counts.values().sum::<usize>(), fates.join("，")));
    }
    found.say_passed_over();
    if faults.is_empty() { Ok(()) } else { Err(Stop(faults)) }
}

/// Columns a source takes in the table at most; a longer one pushes its row to the right.
const WIDEST_SOURCE: usize = 48;

/// One row of the table: 去向, 来信, 说明. Subjects and file names come from strangers and must not steer the terminal.
fn row(fate: &str, source: &str, reason: &str, width: usize) -> String {
    let shown = |text: &str| -> String { text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect() };
    let fill = |text: &str, width: usize| " ".repeat(width.saturating_sub(terminal_width(text)));
    let (fate, source, reason) = (shown(fate), shown(source), shown(reason));
    let line = format!("{fate}{}  {source}{}  {reason}", fill(&fate, 12), fill(&source, width));
    format!("{}\n", line.trim_end())
}

/// What lies at the given paths.
#[derive(Default)]
struct Gathered {
    messages: Vec<Found>,
    /// Files and folders within a given folder that are no messages, by name.
    passed_over: Vec<String>,
}

impl Gathered {
    /// Says what was not looked at: a message under another ending would else be lost without a word.
    fn say_passed_over(&self) {
        const SHOWN: usize = 8;
        let names = &self.passed_over;
        if !names.is_empty() {
            let listed = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("、");
            let more = if names.len() > SHOWN { "等" } else { "" };
            say::err(&format!(
                "提示：还有{}个文件或文件夹不是来信或文档，没有读取：{listed}{more}。其中有来信的，请单独写明它的路径。",
                names.len()
            ));
        }
    }
}

/// Finds the messages at a path: a file, a maildir (cur and new), or a folder of messages.
fn gather(path: &Path, found: &mut Gathered) -> Result<(), Stop> {
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
        for file in files {
            let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_lowercase();
            // A maildir's files have no ending; in a plain folder only messages and documents are taken.
            let taken = matches!(kind.as_str(), "eml" | "mbox") || is_document(&kind);
            if file.is_file() && (!maildir.is_empty() || taken) {
                gather_file(&file, found)?;
            } else {
                found.passed_over.extend(file.file_name().map(|name| name.to_string_lossy().into_owned()));
            }
        }
    }
    Ok(())
}

/// Endings of files in which units send items by other ways than mail. What they really are, their content says.
fn is_document(ending: &str) -> bool {
    const ENDINGS: [&str; 19] = [
        "docx", "docm", "doc", "wps", "rtf", "pdf", "ofd", "txt", "htm", "html", "xlsx", "xls", "pptx", "zip", "7z",
        "rar", "msg", "tnef", "dat",
    ];
    ENDINGS.contains(&ending)
}

fn gather_file(path: &Path, found: &mut Gathered) -> Result<(), Stop> {
    let bytes = std::fs::read(path).map_err(|cause| file_fault("读取", path, &cause))?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    if bytes.starts_with(b"From ") {
        for (place, part) in tz_app::mail::split_mbox(&bytes).into_iter().enumerate() {
            // The part lies within the file's bytes, so the addresses' difference is its place.
            let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
            let part = Some(start..start + part.len());
            let source = format!("{name} 第{}封", place + 1);
            found.messages.push(Found { source, file: path.to_owned(), part, is_document: false });
        }
    } else {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_lowercase();
        let is_document = is_document(&kind);
        found.messages.push(Found { source: name, file: path.to_owned(), part: None, is_document });
    }
    Ok(())
}
