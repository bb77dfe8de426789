//! The folders under `cases/`: tables as CSV and, worked out by hand, every sentence they must give.

use std::fs;
use std::path::Path;

use tz_model::{Facts, Fault, Table};

use super::words;
use crate::{Read, read_csv};

fn read_case(folder: &Path) -> Result<Read, Vec<Fault>> {
    let files: Vec<(Table, Vec<u8>)> = Table::ALL
        .into_iter()
        .filter_map(|table| Some((table, fs::read(folder.join(format!("{}.csv", table.name()))).ok()?)))
        .collect();
    let tables: Vec<(Table, &[u8])> = files.iter().map(|(table, bytes)| (*table, &bytes[..])).collect();
    read_csv(&tables, &words())
}

fn said(result: &Result<Read, Vec<Fault>>) -> String {
    let lines = |faults: &[Fault]| faults.iter().map(|fault| format!("{fault}\n")).collect::<String>();
    match result {
        Err(faults) => format!("不能读取\n{}", lines(faults)),
        Ok(read) => {
            format!("差错\n{}提示\n{}事实\n{}", lines(&read.faults), lines(&read.notes), keys(&read.facts))
        }
    }
}

fn keys(facts: &Facts) -> String {
    let line = |table: Table, keys: Vec<&str>| {
        if keys.is_empty() { String::new() } else { format!("{} {}\n", table.name(), keys.join(" ")) }
    };
    [
        line(Table::Units, facts.units.iter().map(|row| &*row.name).collect()),
        line(Table::Reports, facts.reports.iter().map(|row| &*row.key).collect()),
        line(Table::Adoptions, facts.adoptions.iter().map(|row| &*row.key).collect()),
        line(Table::Comments, facts.comments.iter().map(|row| &*row.key).collect()),
        line(Table::Duties, facts.duties.iter().map(|row| &*row.key).collect()),
        line(Table::Events, facts.events.iter().map(|row| &*row.key).collect()),
    ]
    .concat()
}

#[test]
fn every_case_gives_exactly_its_sentences_and_facts() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut folders: Vec<_> = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 5);
    let wrong: Vec<String> = folders
        .iter()
        .filter_map(|folder| {
            let expected = fs::read_to_string(folder.join("expected.txt")).unwrap();
            let said = said(&read_case(folder));
            (said != expected).then(|| format!("{}\n要求：\n{expected}\n实际：\n{said}", folder.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn cells_are_read_as_they_were_meant() {
    let read = read_case(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/all-is-well")).unwrap();
    let facts = read.facts;
    assert_eq!(facts.units[0].from.unwrap().to_string(), "2018-01-01");
    assert_eq!(facts.units[2].to.unwrap().to_string(), "2018-12-31");
    assert_eq!(facts.units[2].extra.as_ref().unwrap()["备注"], "甲,乙");
    assert_eq!(facts.units[3].parent.as_deref(), Some("市教育局"));
    let units = |at: usize| facts.reports[at].units.iter().map(|unit| unit.0).collect::<Vec<_>>();
    assert_eq!((units(0), units(1), units(2)), (vec![0, 1], vec![0, 2, 3], vec![1, 2]));
    let titles: Vec<_> = facts.reports.iter().map(|report| report.title.as_deref().unwrap()).collect();
    assert_eq!(titles, ["他说\"好\"\n第二行", "=1+1", "'-5"]);
    assert_eq!(facts.reports.iter().map(|report| report.counted).collect::<Vec<_>>(), [true, false, true]);
    assert!(facts.reports.iter().all(|report| report.date.to_string() == "2018-06-04"));
    assert_eq!(facts.reports[1].extra.as_ref().unwrap()["撤消"], "x");
    assert_eq!(facts.adoptions[0].extra.as_ref().unwrap()["撤消日期"], "2018-07-01");
}

#[test]
fn a_file_full_of_faults_lists_the_first_five_thousand_and_counts_the_rest() {
    let mut reports = String::from("单位,报送日期,信息类别\n");
    for _ in 0..6_000 {
        reports.push_str("滨湖镇,哪天,工作动态\n");
    }
    let units = "单位,类别,排名组\n滨湖镇,A类,镇街\n";
    let read = read_csv(&[(Table::Units, units.as_bytes()), (Table::Reports, reports.as_bytes())], &words()).unwrap();
    assert_eq!(read.faults.len(), 5_001);
    assert_eq!(read.faults[5_000].to_string(), "差错太多，还有 1000 处没有列出。请先改正以上各处。");
}

/// 报送 is read beside the other tables; what they all say of one unit, and in what order, must not show it.
#[test]
fn faults_and_counts_of_all_tables_are_put_together_in_table_order() {
    let units = "单位,类别,排名组\n滨湖镇,A类,镇街\n西岗镇,丁类,镇街\n";
    let reports =
        "单位,报送日期,信息类别\n滨湖镇,哪天,工作动态\n西岗镇,2018-06-04,工作动态\n西岗镇,2018-06-05,工作动态\n";
    let uses = "单位,采用日期,采用方式\n滨湖镇,哪天,每日要情采用\n西岗镇,2018-06-04,每日要情采用\n";
    let tables = [(Table::Adoptions, uses), (Table::Reports, reports), (Table::Units, units)];
    let read = read_csv(&tables.map(|(table, text)| (table, text.as_bytes())), &words()).unwrap();
    let places: Vec<&str> = read.faults.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(places, ["文件“单位.csv”B3 单元格", "文件“报送.csv”B2 单元格", "文件“采用.csv”B2 单元格"]);
    assert!(read.notes.iter().any(|note| note.sentence.contains("写到“西岗镇”的 3 处")), "{:?}", read.notes);
}

#[test]
fn titles_nobody_looks_at_are_left_out_and_nothing_else_changes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/all-is-well");
    let files: Vec<(Table, Vec<u8>)> = Table::ALL
        .into_iter()
        .filter_map(|table| Some((table, fs::read(folder.join(format!("{}.csv", table.name()))).ok()?)))
        .collect();
    let tables: Vec<(Table, &[u8])> = files.iter().map(|(table, bytes)| (*table, &bytes[..])).collect();
    let mut whole = read_csv(&tables, &words()).unwrap();
    assert!(whole.facts.reports.iter().any(|report| report.title.is_some()));
    whole.facts.reports.iter_mut().for_each(|report| report.title = None);
    assert_eq!(read_csv(&tables, &crate::Vocabulary { without_titles: true, ..words() }).unwrap(), whole);
}

#[test]
fn an_empty_list_of_names_accepts_any_name() {
    let units = "单位,类别,排名组\n滨湖镇,甲等,东片\n";
    let read = read_csv(&[(Table::Units, units.as_bytes())], &crate::Vocabulary::default()).unwrap();
    assert_eq!(read.faults, []);
    assert_eq!(&*read.facts.units[0].class, "甲等");
}

#[test]
fn items_have_categories_only_where_the_scheme_has() {
    let units = "单位,类别,排名组\n滨湖镇,A类,镇街\n";
    let without = "单位,报送日期\n滨湖镇,2018-06-04\n";
    let empty = "单位,报送日期,信息类别\n滨湖镇,2018-06-04,\n";
    let read = |words: &crate::Vocabulary, reports: &str| -> (Vec<tz_model::Name>, Vec<tz_model::Fault>) {
        match read_csv(&[(Table::Units, units.as_bytes()), (Table::Reports, reports.as_bytes())], words) {
            Ok(read) => (read.facts.reports.into_iter().map(|report| report.category).collect(), read.faults),
            Err(faults) => (Vec::new(), faults),
        }
    };
    let none = crate::Vocabulary { categories: Vec::new(), ..words() };
    for reports in [without, empty] {
        assert_eq!(read(&none, reports), (vec!["".into()], vec![]));
    }
    let sentence = |reports: &str| read(&words(), reports).1.pop().unwrap().sentence;
    assert_eq!(sentence(without), "缺少“信息类别”列。请在第1行补上这一列。");
    assert_eq!(sentence(empty), "“信息类别”没有填写。请补上。");
}
