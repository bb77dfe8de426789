//! The documents that teach the language: every example in them is run, and both languages show the same ones.

use std::path::Path;

use super::case::Case;

const DOCUMENTS: [&str; 2] = ["docs/scheme.md", "docs/scheme.zh-CN.md"];

/// The fences of a document: language and text, in order.
fn fences(document: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(document);
    let text = std::fs::read_to_string(path).expect("a document can be read");
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(language) => {
                open = true;
                found.push((language.to_owned(), String::new()));
            }
            None if open => {
                let (_, text) = found.last_mut().expect("a fence is open");
                text.extend([line, "\n"]);
            }
            None => {}
        }
    }
    found
}

/// An example as a case: rules, then what `case` says of them.
fn example(document: &str, rules: &str, told: &str) -> Case {
    let name = told.lines().find(|line| line.starts_with("单位")).unwrap_or_default();
    let path = format!("{document}: {} … {name}", rules.lines().next().unwrap_or_default());
    Case::parse(Path::new(&path), &format!("{document}\n```toml\n{rules}```\n方案 {told}"))
}

#[test]
fn every_example_of_the_documents_is_true() {
    for document in DOCUMENTS {
        let fences = fences(document);
        let pairs = fences.windows(2).filter(|pair| pair[0].0 == "toml" && pair[1].0 == "case");
        let examples: Vec<Case> = pairs.map(|pair| example(document, &pair[0].1, &pair[1].1)).collect();
        assert!(examples.len() > 10, "{document} teaches {} examples only", examples.len());
        let alone = fences.iter().filter(|(language, _)| language == "toml").count();
        assert_eq!(alone, examples.len(), "{document} has rules that no case follows");
        let wrong: Vec<String> = examples.iter().filter_map(Case::mismatch).collect();
        assert!(wrong.is_empty(), "{} examples are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
    }
}

#[test]
fn both_languages_show_the_same_examples() {
    let without_remarks = |(language, text): (String, String)| {
        let lines = text.lines().map(|line| line.split("  #").next().unwrap_or_default().trim_end().to_owned());
        (language, lines.collect::<Vec<String>>())
    };
    let [english, chinese] = DOCUMENTS.map(|document| {
        let taught = fences(document).into_iter().filter(|(language, _)| language != "sh");
        taught.map(without_remarks).collect::<Vec<_>>()
    });
    assert_eq!(english, chinese);
}
