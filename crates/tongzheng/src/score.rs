//! `tongzheng score`: facts from a workbook or folder, lines with reasons out.

use std::io::Write;
use std::path::Path;

use tz_model::{Fault, Table};
use tz_tables::{Read, Vocabulary};

use crate::args::{Format, ScoreOptions};
use crate::say::{self, Stop, file_fault};
use crate::{progress, tables};

pub(crate) fn run(options: &ScoreOptions) -> Result<(), Stop> {
    if options.format == Format::Xlsx && options.out.is_none() {
        return Err(Stop::one("xlsx 格式请用 --out 写明要生成的文件，例如 --out 结果.xlsx。"));
    }
    let bar = progress::bar(3, "计分");
    let scheme = tables::scheme(&options.scheme)?;
    let through = tables::through(&scheme, options.year, options.through.as_deref())?;
    let read = read(&options.tables, &tables::vocabulary(&scheme))?;
    bar.inc(1);
    if !read.faults.is_empty() && !options.skip_bad_rows {
        bar.finish_and_clear();
        let mut sentences: Vec<String> = read.faults.iter().map(Fault::to_string).collect();
        sentences
            .push(format!("共{}处差错，没有计分。请改正后重试，或加 --skip-bad-rows 跳过这些行。", sentences.len()));
        return Err(Stop(sentences));
    }
    let unknown = tz_assess::unknown_names(&scheme, &read.facts);
    if !unknown.is_empty() {
        return Err(Stop(unknown.iter().map(Fault::to_string).collect()));
    }
    let assessment = tz_assess::assess(&scheme, &read.facts, options.year, through);
    bar.inc(1);
    let bytes = match options.format {
        Format::Json => with_skipped(tz_assess::to_json(&assessment), &read.faults).into_bytes(),
        Format::Table => {
            let mut text = tz_tables::result_text(&assessment);
            if !read.faults.is_empty() {
                text.push_str("\n跳过的行：\n");
                for fault in &read.faults {
                    text.push_str(&format!("  {fault}\n"));
                }
            }
            text.into_bytes()
        }
        Format::Xlsx => tz_tables::result_workbook(&assessment).map_err(|large| Stop::one(large.to_string()))?,
    };
    bar.finish_and_clear();
    match &options.out {
        Some(path) => write_whole(path, &bytes)?,
        None => {
            let mut stdout = std::io::stdout().lock();
            let _ = stdout.write_all(&bytes).and_then(|()| stdout.flush());
        }
    }
    // The process ends now; giving back a year's facts piece by piece would only take time.
    std::mem::forget(assessment);
    std::mem::forget(read.facts);
    if options.format != Format::Table {
        for fault in &read.faults {
            say::err(&format!("已跳过：{fault}"));
        }
    }
    Ok(())
}

/// The result with the rows that were skipped, as a last key; nothing is added where none were.
fn with_skipped(json: String, faults: &[Fault]) -> String {
    if faults.is_empty() {
        return json;
    }
    let quoted: Vec<String> = faults.iter().map(|fault| quoted(&fault.to_string())).collect();
    let end = json.rfind('}').unwrap_or(json.len());
    format!("{}, \"skipped\": [{}]}}\n", json[..end].trim_end(), quoted.join(", "))
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

/// Writes a file whole or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wrong = |cause: std::io::Error| file_fault("写入", path, &cause);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
    file.write_all(bytes).map_err(wrong)?;
    file.as_file().sync_all().map_err(wrong)?;
    file.persist(path).map_err(|failed| wrong(failed.error))?;
    Ok(())
}

/// Facts from a workbook, or from a folder with one CSV file a table.
pub(crate) fn read(path: &Path, words: &Vocabulary) -> Result<Read, Stop> {
    let wrong = |cause: std::io::Error| file_fault("读取", path, &cause);
    let about = std::fs::metadata(path).map_err(wrong)?;
    let read = if about.is_dir() {
        let mut files: Vec<(Table, Vec<u8>)> = Vec::new();
        for table in Table::ALL {
            let file = path.join(format!("{}.csv", table.name()));
            match std::fs::read(&file) {
                Ok(bytes) => files.push((table, bytes)),
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
                Err(cause) => return Err(file_fault("读取", &file, &cause)),
            }
        }
        let tables: Vec<(Table, &[u8])> = files.iter().map(|(table, bytes)| (*table, bytes.as_slice())).collect();
        tz_tables::read_csv(&tables, words)
    } else {
        tz_tables::read_workbook(&std::fs::read(path).map_err(wrong)?, words)
    };
    read.map_err(|faults| Stop(faults.iter().map(|fault| format!("“{}”：{fault}", path.display())).collect()))
}
