//! What a person meets at the terminal: help, faults, files.

use crate::program::{printed, run};

/// Exit status 2 and these words on standard error; nothing on standard output.
fn refused(arguments: &[&str], words: &[&str]) {
    let output = run(arguments);
    let said = printed(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} does not say “{word}”:\n{said}");
    }
    assert!(!said.contains("error:") && !said.contains("panicked"), "{arguments:?} speaks English:\n{said}");
    assert!(output.stdout.is_empty(), "{arguments:?} prints although it refuses");
}

#[test]
fn help_is_chinese_on_every_level() {
    for arguments in [
        &["--help"][..],
        &["demo", "--help"],
        &["serve", "--help"],
        &["score", "--help"],
        &["tables", "--help"],
        &["tables", "template", "--help"],
        &["scheme", "--help"],
        &["scheme", "check", "--help"],
        &["scheme", "show", "--help"],
        &["scheme", "diff", "--help"],
        &["scheme", "try", "--help"],
        &["scheme", "schema", "--help"],
        &["scheme", "list", "--help"],
        &["intake", "--help"],
        &["statement", "--help"],
        &["statement", "verify", "--help"],
        &["verify", "--help"],
    ] {
        let output = run(arguments);
        let text = printed(&output.stdout);
        assert!(output.status.success() && text.contains("用法："), "{arguments:?}:\n{text}");
        for english in
            ["Usage", "Options", "Commands", "Arguments", "Print", "default", "OPTIONS", "COMMAND", "possible"]
        {
            assert!(!text.contains(english), "{arguments:?} says {english}:\n{text}");
        }
    }
}

#[test]
fn wrong_arguments_are_refused_in_chinese() {
    refused(&[], &["请写明要做什么"]);
    refused(&["dmeo"], &["没有“dmeo”这个命令", "demo"]);
    refused(&["score"], &["还缺少"]);
    refused(&["score", "--tables", "x", "--year", "一八"], &["--year", "一八"]);
    refused(&["score", "--tables", "x", "--year", "2018", "--formt", "json"], &["不认识“--formt”", "--format"]);
    refused(&["score", "--tables", "x", "--year", "2018", "--format", "pdf"], &["pdf", "table"]);
    refused(&["score", "--tables", "x", "--year", "2018", "--through", "2019-01"], &["2019-01", "2018"]);
    let quarters = ["score", "--tables", "x", "--scheme", "minjin-lvliang", "--year", "2018", "--through"];
    refused(&[&quarters[..], &["2018-Q5"]].concat(), &["2018-Q5", "2018-Q1、2018-Q2"]);
    // A quarter, or a month of it, is one of the year's periods; the tables are what is missing.
    refused(&[&quarters[..], &["2018-Q2"]].concat(), &["“x”"]);
    refused(&[&quarters[..], &["2018-05"]].concat(), &["“x”"]);
    refused(&["serve", "--listen", "0.0.0.0:8017"], &["明文", "--behind-proxy"]);
}

#[test]
fn missing_and_broken_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("not.xlsx"), "这不是工作簿").unwrap();
    std::fs::write(path("empty.xlsx"), "").unwrap();
    std::fs::create_dir(path("csv")).unwrap();
    refused(&["score", "--tables", &path("absent.xlsx"), "--year", "2018"], &["absent.xlsx", "没有这个文件"]);
    refused(&["score", "--tables", &path("not.xlsx"), "--year", "2018"], &["not.xlsx"]);
    refused(&["score", "--tables", &path("empty.xlsx"), "--year", "2018"], &["empty.xlsx"]);
    refused(&["score", "--tables", &path("csv"), "--year", "2018"], &["单位"]);
    refused(
        &["score", "--tables", &path("csv"), "--year", "2018", "--scheme", "tengzhou-2081"],
        &["tengzhou-2081", "tengzhou-2018"],
    );
    refused(&["intake", &path("absent"), "--data", &path("data")], &["absent"]);
    refused(&["verify", "--data", &path("nothing")], &["没有通政的数据"]);
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", &path("not.xlsx/data")], &["not.xlsx", "无法写入"]);
}

#[test]
fn a_taken_port_is_said_at_once() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    refused(&["demo", "--listen", &address], &["端口已被占用"]);
    refused(&["serve", "--listen", &address, "--data", &data], &["端口已被占用"]);
    assert!(!folder.path().join("data").exists(), "nothing is written when the port is taken");
}

#[test]
fn the_template_is_made_once_and_scores_to_the_quota_rules_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("空白.xlsx").display().to_string();
    let made = run(&["tables", "template", &file]);
    assert!(made.status.success(), "{}", printed(&made.stderr));
    assert!(printed(&made.stdout).contains("103个单位"));
    refused(&["tables", "template", &file], &["已经存在"]);
    let scored = run(&["score", "--tables", &file, "--year", "2018", "--through", "2018-01", "--format", "json"]);
    assert!(scored.status.success(), "{}", printed(&scored.stderr));
    let result: serde_json::Value = serde_json::from_slice(&scored.stdout).unwrap();
    assert_eq!(result["scheme"], "tengzhou-2018");
    assert_eq!(result["through"], "2018-01");
    let units = result["units"].as_array().unwrap();
    assert_eq!(units.len(), 103);
    // No items: A class is ten short, and the floor gives it back (F1.n1, R2).
    let town = units.iter().find(|unit| unit["unit"] == "滨湖镇").unwrap();
    assert_eq!((town["class"].as_str(), town["group"].as_str()), (Some("A类"), Some("镇街")));
    let january = &town["periods"]["2018-01"];
    assert_eq!(january["total"], "0");
    let points: Vec<&str> =
        january["lines"].as_array().unwrap().iter().filter_map(|line| line["points"].as_str()).collect();
    assert_eq!(points, ["-10", "10"]);
}

#[test]
fn a_folder_of_csv_scores_with_reasons_and_faulty_rows_stop_it_unless_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("单位.csv", "\u{feff}单位,类别,排名组\n滨湖镇,A类,镇街\n木石镇,A类,镇街\n");
    write(
        "采用.csv",
        "编号,单位,采用日期,采用方式\n12,滨湖镇,2018-06-29,枣庄普刊采用\n13,滨胡镇,2018-06-30,每日要情采用\n",
    );
    let tables = folder.path().display().to_string();
    refused(&["score", "--tables", &tables, "--year", "2018"], &["采用", "滨胡镇", "滨湖镇"]);
    let scored = run(&[
        "score",
        "--tables",
        &tables,
        "--year",
        "2018",
        "--through",
        "2018-06",
        "--format",
        "json",
        "--skip-bad-rows",
    ]);
    assert!(scored.status.success(), "{}", printed(&scored.stderr));
    let result: serde_json::Value = serde_json::from_slice(&scored.stdout).unwrap();
    assert!(result["skipped"][0].as_str().unwrap().contains("滨胡镇"), "{result}");
    let line = &result["units"][0]["periods"]["2018-06"]["lines"][0];
    assert_eq!(line["rule"], "adoption");
    assert_eq!(line["item"], "枣庄普刊采用");
    assert_eq!(line["clause"], "F1");
    assert_eq!(line["points"], "15");
    assert_eq!(line["facts"], serde_json::json!(["采用:12"]));
    // Fifteen gained, ten short of the quota: 5 (F1.n1).
    assert_eq!(result["units"][0]["periods"]["2018-06"]["total"], "5");
    let table = run(&["score", "--tables", &tables, "--year", "2018", "--through", "2018-06", "--skip-bad-rows"]);
    let text = printed(&table.stdout);
    assert!(text.contains("滨湖镇") && text.contains("跳过的行"), "{text}");
}
