//! Tests that see the crate from outside its modules.

mod corpus;
mod documents;
mod formats;
mod hostile;
mod mails;
mod proposals;
mod senders;

use std::path::PathBuf;

/// The scheme's categories.
const CATEGORIES: [&str; 5] = ["工作动态", "经验亮点", "调研分析", "问题建议", "社情民意"];

/// The lines of a case file that are not comments, cut at tabs.
fn cases(name: &str) -> Vec<Vec<String>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases").join(name);
    let text = std::fs::read_to_string(&path).expect("the case file is part of the crate");
    let lines = text.lines().filter(|l| !l.starts_with("# ") && !l.is_empty());
    lines.map(|l| l.split('\t').map(str::to_owned).collect()).collect()
}

/// A folder of public material, if it is here.
fn folder(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(name);
    if !path.is_dir() {
        println!("skipped: {name} of the public material is not here");
        return None;
    }
    Some(path)
}

/// The files of a folder by name, in order.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder(name) else { return Vec::new() };
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| {
            let entry = entry.expect("a folder's entry can be read");
            (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("a file can be read"))
        })
        .filter(|(name, _)| name != "index.md")
        .collect();
    files.sort();
    files
}

/// A text without white space, for comparison.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
