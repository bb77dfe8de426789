//! What a person meets at the terminal: help, faults, files.

use crate::program::{Running, get, printed, run};

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
        &["scans", "--help"],
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
        &["papers", "--help"],
        &["papers", "sample", "--help"],
        &["papers", "template", "--help"],
        &["papers", "guide", "--help"],
        &["papers", "check", "--help"],
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
        assert!(!text.lines().any(|line| line.ends_with(':')), "{arguments:?} has a half-width colon:\n{text}");
        // Explanations stand in one column, however wide the Chinese before them.
        let columns: Vec<usize> = text
            .lines()
            .skip_while(|line| *line != "选项：")
            .filter(|line| line.starts_with("  ") && !line.starts_with("            "))
            .filter_map(|line| {
                let start = line.trim_start().find("  ").map(|at| at + line.len() - line.trim_start().len())?;
                let gap = line[start..].len() - line[start..].trim_start().len();
                Some(tz_model::terminal_width(&line[..start]) + gap)
            })
            .collect();
        assert!(
            columns.windows(2).all(|pair| pair[0] == pair[1]),
            "{arguments:?} is not straight {columns:?}:\n{text}"
        );
    }
}

#[test]
fn wrong_arguments_are_refused_in_chinese() {
    refused(&[], &["请写明要做什么"]);
    refused(&["dmeo"], &["没有“dmeo”这个命令", "demo"]);
    refused(&["score"], &["还缺少"]);
    refused(&["tables"], &["请写明要做什么", "tongzheng tables template"]);
    refused(&["statement"], &["请写明要做什么", "tongzheng statement verify"]);
    refused(&["score", "--tables", "x", "--year", "一八"], &["--year", "一八", "例如 2018"]);
    refused(&["score", "--tables", "x", "--year", "18"], &["--year", "1900", "例如 2018"]);
    refused(&["score", "--tables", "x", "--year", "2018", "--through", "2018年6月"], &["2018年6月", "2018-06"]);
    refused(&["papers"], &["请写明要做什么", "tongzheng papers sample"]);
    refused(&["papers", "template", "反溃函"], &["反溃函", "反馈函", "约谈通知"]);
    refused(&["papers", "sample", "x", "--template", "y"], &["--kind"]);
    refused(&["serve", "--listen", "8017"], &["8017", "127.0.0.1:8017"]);
    refused(&["serve", "--drill-from", "昨天"], &["昨天", "2018-06-30T09:00"]);
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
    std::fs::write(path("单位.csv"), "单位,类别,排名组\n").unwrap();
    refused(&["score", "--tables", &path("单位.csv"), "--year", "2018"], &["单位.csv", "文件夹"]);
    refused(&["tables", "template", &path("空白.txt")], &["空白.txt", ".xlsx"]);
    assert!(!folder.path().join("空白.txt").exists());
    refused(&["tables", "template", &path("没有/空白.xlsx")], &["没有/空白.xlsx", "没有这个文件或文件夹"]);
    refused(&["intake", &path("absent"), "--data", &path("data")], &["absent"]);
    refused(&["intake", &path("csv"), "--data", &path("data")], &["没有来信"]);
    std::fs::write(path("one.eml"), "Subject: 1\n\none\n").unwrap();
    refused(&["intake", &path("one.eml"), "--data", &path("csv")], &["csv", "没有通政的数据"]);
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
fn a_folder_in_use_is_refused_and_free_again_when_its_server_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let shown = data.display().to_string();
    let running = Running::serve(&data, "2018-06-30T09:00");
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", &shown], &[&shown, "正由另一个通政使用"]);
    let link = running.first_link.clone().expect("a first start prints its link");
    let page = get(&running.address, link.trim_start_matches(&running.address), "");
    assert!(page.starts_with(b"HTTP/1.1 200"), "the refused start left the one-time link alone");
    // Dropped is killed: nothing in the folder says that it is still served.
    drop(running);
    drop(Running::serve(&data, "2018-06-30T09:00"));
    let verified = run(&["verify", "--data", &shown]);
    assert!(verified.status.success(), "{}", printed(&verified.stderr));
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

/// A folder of tables with one unit and one adoption, and what else is given.
fn tables(others: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let all = [
        ("单位.csv", "单位,类别,排名组\n滨湖镇,A类,镇街\n"),
        ("采用.csv", "编号,单位,采用日期,采用方式\n12,滨湖镇,2018-06-29,枣庄普刊采用\n"),
    ];
    for (name, text) in all.iter().chain(others) {
        std::fs::write(folder.path().join(name), text).expect("the folder takes files");
    }
    folder
}

#[test]
fn a_misnamed_table_or_column_is_never_ignored_without_a_word() {
    let folder = tables(&[
        ("报送表.csv", "单位,报送日期,信息类别\n滨湖镇,2018-06-01,工作动态\n"),
        ("采用.csv", "单位,采用日期,采用方式,撤消日期\n滨湖镇,2018-06-29,枣庄普刊采用,2018-06-30\n"),
        ("约稿.CSV", "单位,截止日期,结果\n滨湖镇,2018-06-30,拒报\n"),
    ]);
    let path = folder.path().display().to_string();
    let output = run(&["score", "--tables", &path, "--year", "2018", "--format", "json"]);
    assert!(output.status.success());
    let said = printed(&output.stderr);
    assert!(said.contains("提示：文件“报送表.csv”：没有读取"), "{said}");
    assert!(said.contains("撤消日期") && said.contains("撤销日期"), "{said}");
    // The ending in capitals is the same file to a person.
    assert!(!said.contains("没有“约稿”表"), "{said}");
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["units"][0]["periods"]["2018-06"]["total"], "0", "15 - 10 short - 5 refused");
}

#[test]
fn rows_skipped_stand_in_every_form_of_the_result() {
    let folder = tables(&[("批示.csv", "单位,批示日期,批示层级\n滨湖镇,2018-06-30,省长批示\n")]);
    let path = folder.path().display().to_string();
    let out = folder.path().join("结果.xlsx").display().to_string();
    let common = ["score", "--tables", &path, "--year", "2018", "--through", "2018-06", "--skip-bad-rows"];
    for format in ["table", "json"] {
        let output = run(&[&common[..], &["--format", format]].concat());
        assert!(output.status.success());
        assert!(printed(&output.stdout).contains("省长批示"), "{format}");
        assert!(output.stdout.ends_with(b"\n"), "{format} leaves the terminal's next line beside it");
    }
    let output = run(&[&common[..], &["--format", "xlsx", "--out", &out]].concat());
    assert!(output.status.success() && output.stdout.is_empty());
    let bytes = std::fs::read(&out).unwrap();
    // What stands on the sheet is read back by the tests of tz-tables.
    assert!(bytes.starts_with(b"PK"));
}

#[cfg(unix)]
#[test]
fn a_result_never_takes_the_place_of_a_device_and_keeps_a_files_permissions() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let folder = tables(&[]);
    let path = folder.path().display().to_string();
    let score = |out: &std::path::Path| {
        let out = out.display().to_string();
        run(&["score", "--tables", &path, "--year", "2018", "--through", "2018-01", "--format", "json", "--out", &out])
    };
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || std::fs::read(pipe).unwrap())
    };
    assert!(score(&pipe).status.success());
    assert!(reader.join().unwrap().starts_with(b"{"));
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo(), "the pipe is still one");

    let file = folder.path().join("new.json");
    assert!(score(&file).status.success());
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "").unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), mode(&plain), "a new file is as readable as any other");

    std::fs::set_permissions(&plain, PermissionsExt::from_mode(0o640)).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&plain, &link).unwrap();
    assert!(score(&link).status.success());
    assert!(std::fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
    assert_eq!(mode(&plain), 0o640);
    assert!(std::fs::read(&plain).unwrap().starts_with(b"{"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_arrow_is_said() {
    let folder = tables(&[]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = crate::program::tongzheng()
        .args(["score", "--year", "2018", "--tables"])
        .arg(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(printed(&output.stderr).contains("磁盘已满"), "{}", printed(&output.stderr));
}

#[test]
fn what_is_no_database_is_refused_with_a_reason_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("tongzheng.db");
    let data = folder.path().display().to_string();
    let bytes: Vec<u8> = (0..9_000u32).map(|at| (at * 7 % 251) as u8).collect();
    std::fs::write(&database, &bytes).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0", "--data", &data][..], &["verify", "--data", &data]] {
        refused(arguments, &["tongzheng.db", "不是通政的数据库", "备份"]);
        assert_eq!(std::fs::read(&database).unwrap(), bytes);
    }
    std::fs::remove_file(&database).unwrap();
    std::fs::create_dir(&database).unwrap();
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", &data], &["tongzheng.db", "打不开"]);
    refused(
        &["serve", "--listen", "127.0.0.1:0", "--database", "postgres://u:geheim@127.0.0.1:1/x"],
        &["127.0.0.1:1/x", "连不上"],
    );
    refused(&["serve", "--listen", "127.0.0.1:0", "--database", "tongzheng"], &["地址写得不对", "postgres://"]);
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--database", "host=127.0.0.1 port=1 password=geheim"]);
    assert!(!printed(&output.stderr).contains("geheim"), "a password is never shown");
}

#[test]
fn every_paper_is_written_as_a_sample_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("样本");
    let shown = out.display().to_string();
    let output = run(&["papers", "sample", &shown]);
    assert!(output.status.success(), "{}", printed(&output.stderr));
    for name in ["刊物（清样）", "采用情况通报", "反馈函", "约谈通知", "约稿通知单", "告知函", "年度考核通报"]
    {
        let docx = std::fs::read(out.join(format!("{name}.docx"))).expect("a DOCX");
        assert!(docx.starts_with(b"PK"), "{name}");
        // Without a Chinese face on the machine there are no PDFs, and the program says what to install.
        match std::fs::read(out.join(format!("{name}.pdf"))) {
            Ok(pdf) => assert!(pdf.starts_with(b"%PDF-"), "{name}"),
            Err(_) => assert!(printed(&output.stderr).contains("fonts-noto-cjk")),
        }
    }
    assert!(std::fs::read(out.join("采用情况通报.xlsx")).expect("a workbook").starts_with(b"PK"));
    refused(&["papers", "sample", &shown], &["已经存在", "没有覆盖"]);
}

#[test]
fn an_offices_own_template_is_checked_and_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("函.txt");
    let (path, out) = (file.display().to_string(), folder.path().join("样").display().to_string());
    let built_in = printed(&run(&["papers", "template", "反馈函"]).stdout);
    assert!(built_in.contains("@版式 信函"), "{built_in}");
    assert!(printed(&run(&["papers", "guide", "反馈函"]).stdout).contains("反馈期限"));

    std::fs::write(&file, built_in.replace("{反馈期限}前", "{反馈期现}前")).expect("a file");
    refused(&["papers", "check", "反馈函", &path], &["第26行第4列", "没有“反馈期现”这个字段", "是不是“反馈期限”"]);
    refused(&["papers", "sample", &out, "--kind", "反馈函", "--template", &path], &["反馈期现"]);
    std::fs::write(&file, built_in.replace("有关要求", "我们的要求")).expect("a file");
    assert!(printed(&run(&["papers", "check", "反馈函", &path]).stdout).contains("没有差错"));
    assert!(run(&["papers", "sample", &out, "--kind", "反馈函", "--template", &path]).status.success());
    assert!(folder.path().join("样").join("反馈函.docx").exists());

    std::fs::write(&file, [0xB7, 0xB4, 0xC0, 0xA1]).expect("a file");
    refused(&["papers", "check", "反馈函", &path], &["不是 UTF-8"]);
    refused(&["papers", "check", "反馈函", &folder.path().join("无.txt").display().to_string()], &["无.txt"]);
}
