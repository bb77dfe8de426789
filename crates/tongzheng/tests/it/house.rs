//! The house stands as ARCHITECTURE.md says: its arrows, its crates, its room names.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Which crates each crate may build on. A new arrow comes with its sentence in ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("tz-model", &[]),
    ("tz-scheme", &["tz-model"]),
    ("tz-assess", &["tz-model", "tz-scheme"]),
    ("tz-text", &[]),
    ("tz-read", &["tz-text"]),
    ("tz-tables", &["tz-model"]),
    ("tz-docs", &["tz-model"]),
    ("tz-store", &["tz-model"]),
    ("tz-app", &["tz-model", "tz-scheme", "tz-assess", "tz-text", "tz-read", "tz-tables", "tz-docs", "tz-store"]),
    ("tz-mail", &[]),
    ("tz-web", &["tz-model", "tz-app"]),
    (
        "tongzheng",
        &[
            "tz-model",
            "tz-scheme",
            "tz-assess",
            "tz-docs",
            "tz-text",
            "tz-read",
            "tz-tables",
            "tz-store",
            "tz-app",
            "tz-mail",
            "tz-web",
        ],
    ),
    ("tz-testkit", &[]),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn arrows_point_one_way_and_every_crate_is_on_the_map() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map is there");
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        if !map.contains(&format!("| {name} |")) {
            wrong.push(format!("{name} is not in ARCHITECTURE.md"));
        }
        let Some(may) = allowed.get(name) else {
            if name != "bench" {
                wrong.push(format!("{name} has no arrows here"));
            }
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let (on, kind) = (dependency["name"].as_str().expect("a name"), dependency["kind"].as_str());
            // Tests may look sideways; what is built may not.
            if kind.is_none() && (on.starts_with("tz-") || on == "tongzheng") && !may.contains(&on) {
                wrong.push(format!("{name} builds on {on}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_store_knows_sql_and_no_template_carries_scripts_or_styles() {
    let mut wrong = Vec::new();
    let mut walk = vec![root().join("crates")];
    while let Some(folder) = walk.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk.push(path);
                continue;
            }
            let shown = path.strip_prefix(root()).expect("below the root").display().to_string();
            let kind = path.extension().and_then(|kind| kind.to_str());
            if kind == Some("rs")
                && shown.contains("/src/")
                && !shown.contains("tz-store")
                && !shown.contains("crates/bench")
            {
                let text = std::fs::read_to_string(&path).expect("a source file");
                if text.contains("diesel::") || text.contains("sql_query") {
                    wrong.push(format!("{shown} knows SQL"));
                }
            }
            if kind == Some("html") {
                let text = std::fs::read_to_string(&path).expect("a template");
                if text.contains(" style=")
                    || text.contains("<style")
                    || text.contains(" onclick=")
                    || text.contains("|safe")
                {
                    wrong.push(format!("{shown} carries a style, a script or unescaped text"));
                }
                if text.matches("method=\"post\"").count()
                    > text.matches("frame.csrf").count() + text.matches("action=\"/sign-in\"").count()
                {
                    wrong.push(format!("{shown} has a form without its token"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_that_the_page_of_reliability_names_is_there() {
    let page = std::fs::read_to_string(root().join("docs/reliability.md")).expect("the page is there");
    let mut sources = String::new();
    let mut walk = vec![root().join("crates")];
    while let Some(folder) = walk.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                sources.push_str(&std::fs::read_to_string(&path).expect("a source file"));
            }
        }
    }
    // Every other piece between backquotes is quoted; those in one lower-case word with lines under are tests.
    let is_test = |word: &&str| {
        word.matches('_').count() >= 2 && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let named: Vec<&str> = page.split('`').skip(1).step_by(2).filter(is_test).collect();
    assert!(named.len() > 60, "the page names its tests: {}", named.len());
    let missing: Vec<&str> = named.into_iter().filter(|name| !sources.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let rows = (1..=27).filter(|number| !page.contains(&format!("\n| {number} |"))).count();
    assert_eq!(rows, 0, "a check has no row");
}
