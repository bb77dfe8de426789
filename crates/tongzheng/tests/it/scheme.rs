//! `tongzheng scheme`: checked, shown, compared, tried.

use std::path::Path;

use crate::program::{printed, run};

/// The text the command prints.
fn printed_by(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", printed(&output.stderr));
    printed(&output.stdout)
}

/// The sentences the command refuses with.
fn refused_with(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", printed(&output.stdout));
    assert!(output.stdout.is_empty(), "{arguments:?} prints although it refuses");
    printed(&output.stderr)
}

fn faulty(name: &str) -> String {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/../tz-scheme/cases");
    Path::new(cases).join(name).display().to_string()
}

#[test]
fn a_scheme_in_order_is_said_to_be_so_with_what_it_holds() {
    let said = printed_by(&["scheme", "check", "tengzhou-2018"]);
    assert_eq!(
        said,
        "计分办法“滕州市政务信息工作考核计分办法（2018年）”（tengzhou-2018）没有差错：13条规则、25行分值、4个排名组、3个类别、103个单位、6个信息类别、14条理解。\n"
    );
    for line in printed_by(&["scheme", "list"]).lines() {
        let id = line.split(' ').next().unwrap();
        assert!(printed_by(&["scheme", "check", id]).contains("没有差错"), "{id}");
    }
}

#[test]
fn all_faults_of_a_file_are_listed_at_once() {
    let file = faulty("faults/outcomes-at-odds.toml");
    let expected = std::fs::read_to_string(faulty("faults/outcomes-at-odds.txt")).unwrap();
    let said = refused_with(&["scheme", "check", &file]);
    let mut lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.pop(), Some("共6处差错。"));
    let wanted: Vec<String> = expected.lines().map(|line| format!("计分办法“{file}”{line}")).collect();
    assert_eq!(lines, wanted);
    assert!(refused_with(&["scheme", "check", "tengzhou-2108"]).contains("您是不是想写“tengzhou-2018”？"));
    assert!(refused_with(&["scheme", "check", &faulty("nowhere.toml")]).contains("也不是文件"));
}

#[test]
fn the_table_is_printed_and_the_schema_is_json() {
    let table = printed_by(&["scheme", "show"]);
    assert!(table.starts_with("滕州市政务信息工作考核计分办法（2018年）\n机关：滕州市人民政府办公室\n"), "{table}");
    assert!(table.contains("    枣府办采用信息  枣庄市专报采用    30\n"), "{table}");
    assert_eq!(table, printed_by(&["scheme", "show", "tengzhou-2018"]));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("计分办法.json").display().to_string();
    assert!(printed_by(&["scheme", "schema", "--out", &file]).contains("计分办法.json"));
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, printed_by(&["scheme", "schema"]));
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(schema["properties"]["office"]["description"], "机关");
}

#[test]
fn what_changed_between_two_files_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let base = std::fs::read_to_string(faulty("base.toml")).unwrap();
    std::fs::write(path("new.toml"), base.replace("points = 5 },\n  {", "points = 6 },\n  {")).unwrap();
    std::fs::write(path("same.toml"), format!("# 说明\n{base}")).unwrap();
    let base = faulty("base.toml");
    assert_eq!(
        printed_by(&["scheme", "diff", &base, &path("new.toml")]),
        "从“small-2020”到“small-2020”，共1处变动：\n规则“adoption”的“每日要情采用”由 5 分改为 6 分。\n"
    );
    assert_eq!(printed_by(&["scheme", "diff", &base, &base]), "两个计分办法逐字相同。\n");
    assert!(printed_by(&["scheme", "diff", &base, &path("same.toml")]).contains("只有写法不同"));
    // Both files are named where both are faulty.
    let two = refused_with(&["scheme", "diff", &faulty("faults/unknown-kind.toml"), &faulty("faults/key-twice.toml")]);
    assert!(two.contains("unknown-kind.toml") && two.contains("key-twice.toml"), "{two}");
}

/// Two towns and two months of uses under the small scheme.
fn tables(folder: &Path) {
    std::fs::write(folder.join("单位.csv"), "单位,类别,排名组\n东镇,甲类,乡镇\n西镇,甲类,乡镇\n")
        .expect("the folder can be written");
    std::fs::write(
        folder.join("采用.csv"),
        "编号,单位,采用日期,采用方式\n1,东镇,2020-01-05,普刊采用\n2,西镇,2020-02-05,每日要情采用\n3,西镇,2020-02-06,每日要情采用\n",
    )
    .expect("the folder can be written");
}

#[test]
fn a_trial_sets_both_schemes_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    let facts = folder.path().display().to_string();
    let new = folder.path().join("new.toml").display().to_string();
    let base = std::fs::read_to_string(faulty("base.toml")).unwrap();
    std::fs::write(&new, base.replace("\"7.5\"", "12")).unwrap();
    let base = faulty("base.toml");
    let arguments = [
        "scheme",
        "try",
        "--tables",
        &facts,
        "--scheme",
        &base,
        "--against",
        &new,
        "--year",
        "2020",
        "--through",
        "2020-02",
    ];
    let table = printed_by(&arguments);
    // 东镇: 7.5 and 12 in January, 0 in February, quotas given back by the floor; 7.5 - 2 is not below nothing.
    for line in [
        "2020年试算（已算各期合计）：由“small-2020”改为“small-2020”",
        "2个单位：1个加分，0个减分，1个不变；2个名次有变。",
        "  单位  原总分  新总分  增减  原名次  新名次",
        "  东镇     5.5      10  +4.5       2       1",
        "  西镇       8       8     0       1       2",
        "原办法“small-2020”中没有用上的条款",
        "新办法“small-2020”中起了作用的限额",
        "  quota（四）完成、多报",
        "  floor（五）扣完为止：2个单位2次，共 +4 分",
    ] {
        assert!(table.lines().any(|printed| printed == line), "no “{line}” in\n{table}");
    }
    let text = printed_by(&[&arguments[..], &["--format", "json"]].concat());
    let trial: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(trial["units"][0]["gain"], "4.5");
    assert_eq!(trial["units"][1]["old"], serde_json::json!({ "total": "8", "rank": 1 }));
    assert_eq!(trial["new"]["limits"][0]["units"], 2);
}

#[test]
fn a_trial_stops_where_one_scheme_has_no_price() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    let facts = folder.path().display().to_string();
    let new = folder.path().join("new.toml").display().to_string();
    let base = std::fs::read_to_string(faulty("base.toml")).unwrap();
    std::fs::write(&new, base.replace("普刊采用", "内刊采用").replace("small-2020", "small-2021")).unwrap();
    let base = faulty("base.toml");
    let said =
        refused_with(&["scheme", "try", "--tables", &facts, "--scheme", &base, "--against", &new, "--year", "2020"]);
    assert!(said.contains("按“small-2021”：采用:1") && said.contains("普刊采用"), "{said}");
    assert!(!said.contains("按“small-2020”"), "{said}");
}

#[test]
fn tables_of_another_office_are_made_read_and_scored() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("空白.xlsx").display().to_string();
    let said = printed_by(&["tables", "template", &template, "--scheme", "huzhou-2018"]);
    assert!(said.contains("请先填“单位”表") && said.contains("--scheme huzhou-2018 --year"), "{said}");
    // No classes in this scheme, so none are asked for; the groups are.
    std::fs::write(folder.path().join("单位.csv"), "单位,排名组\n甲县,县区\n乙局,市直单位\n").unwrap();
    std::fs::write(
        folder.path().join("采用.csv"),
        "编号,单位,采用日期,采用方式,稿件编号\n1,甲县,2018-03-05,每日要情,7\n2,甲县,2018-03-20,省府办每日要情,7\n",
    )
    .unwrap();
    let tables = folder.path().display().to_string();
    let scored = printed_by(&[
        "score",
        "--tables",
        &tables,
        "--scheme",
        "huzhou-2018",
        "--year",
        "2018",
        "--through",
        "2018-03",
        "--format",
        "json",
    ]);
    let result: serde_json::Value = serde_json::from_str(&scored).unwrap();
    assert_eq!(result["units"][0]["periods"]["2018-03"]["total"], "13", "{scored}");
    std::fs::write(folder.path().join("单位.csv"), "单位\n甲县\n乙局\n").unwrap();
    let said = refused_with(&["score", "--tables", &tables, "--scheme", "huzhou-2018", "--year", "2018"]);
    assert!(said.contains("缺少“排名组”列") && !said.contains("缺少“类别”列"), "{said}");
}
