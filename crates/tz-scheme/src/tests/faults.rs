//! Faulty files, each with the sentences a person reads beside it.

use std::path::PathBuf;

use tz_model::sentences;

use super::{here, read};
use crate::Scheme;

#[test]
fn faulty_files_are_told_so_with_line_and_column() {
    let folder = std::fs::read_dir(here("cases/faults")).expect("cases");
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "toml"));
    paths.sort();
    let mut wrong = Vec::new();
    for path in &paths {
        let expected = read(&path.with_extension("txt"));
        let found = Scheme::parse(&read(path)).map_or_else(|faults| sentences(&faults), |_| "no fault".to_owned());
        if found != expected.trim_end() {
            wrong.push(format!("{}\n应为：\n{expected}\n得到：\n{found}", path.display()));
        }
    }
    assert!(paths.len() >= 60, "some cases are gone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Whoever mends every fault at the place that is named should not be led on to a sentence that names no remedy.
#[test]
fn every_sentence_says_what_to_do() {
    let folder = std::fs::read_dir(here("cases/faults")).expect("cases");
    let remedies =
        ["请", "可以写：", "是不是“", "应当", "不能小于", "只写一个", "只能写一个", "最", "不要", "这里还没有列出"];
    for path in folder
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "txt"))
    {
        for line in read(&path).lines() {
            assert!(line.starts_with('第') && line.contains("列："), "{}: no place: {line}", path.display());
            assert!(remedies.iter().any(|remedy| line.contains(remedy)), "{}: no remedy: {line}", path.display());
        }
    }
}
