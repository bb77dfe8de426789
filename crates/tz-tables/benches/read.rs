//! A county's year of facts from CSV, against the csv crate only splitting the same bytes (performance.md).

use tz_model::Table;
use tz_tables::{Vocabulary, read_csv, read_workbook, write_workbook};

fn main() {
    divan::main();
}

/// 103 units and 12,000 facts: 9,600 items, 1,800 uses, 300 comments, 300 duties.
struct County {
    words: Vocabulary,
    files: Vec<(Table, Vec<u8>)>,
}

impl County {
    fn new() -> Self {
        let names = |names: &[&str]| names.iter().map(|&name| name.into()).collect();
        let words = Vocabulary {
            categories: names(&["工作动态", "经验亮点", "调研分析", "问题建议", "社情民意"]),
            adoption_kinds: names(&["枣庄专报采用", "枣庄普刊采用", "每日要情采用"]),
            comment_levels: names(&["省政府领导批示", "滕州市政府领导批示"]),
            classes: names(&["A类", "B类", "C类"]),
            groups: names(&["镇街", "A类", "B类", "C类"]),
            ..Vocabulary::default()
        };
        let mut units = String::from("单位,类别,排名组,直报点,主管单位,起始日期,截止日期\n");
        for unit in 0..103 {
            units += &format!("第{unit}办事处,A类,镇街,,,,\n");
        }
        let day = |at: usize| format!("2018-{:02}-{:02}", at % 12 + 1, at % 28 + 1);
        let mut reports = String::from("编号,单位,报送日期,信息类别,标题,渠道,重复于,计数\n");
        for at in 0..9_600 {
            let category = &words.categories[at % 5];
            let unit = at % 103;
            reports += &format!("{at},第{unit}办事处,{},{category},关于秋收进展情况的报告之{at},邮箱,,\n", day(at));
        }
        let mut adoptions = String::from("编号,单位,采用日期,采用方式,稿件编号,形式,约稿,刊期,撤销日期\n");
        for at in 0..1_800 {
            let kind = &words.adoption_kinds[at % 3];
            adoptions += &format!("{at},第{}办事处,{},{kind},{},,,第{}期,\n", at % 103, day(at), at * 5, at % 200);
        }
        let mut comments = String::from("编号,单位,批示日期,批示层级,稿件编号,批示人,撤销日期\n");
        let mut duties = String::from("编号,单位,截止日期,约稿编号,报送日期,结果,题目\n");
        for at in 0..300 {
            let level = &words.comment_levels[at % 2];
            comments += &format!("{at},第{}办事处,{},{level},{},张三,\n", at % 103, day(at), at * 7);
            duties += &format!("{at},第{}办事处,{},Y{},{},,秋收进展\n", at % 103, day(at), at / 10, day(at));
        }
        let files = vec![
            (Table::Units, units.into_bytes()),
            (Table::Reports, reports.into_bytes()),
            (Table::Adoptions, adoptions.into_bytes()),
            (Table::Comments, comments.into_bytes()),
            (Table::Duties, duties.into_bytes()),
        ];
        Self { words, files }
    }

    fn tables(&self) -> Vec<(Table, &[u8])> {
        self.files.iter().map(|(table, bytes)| (*table, &bytes[..])).collect()
    }
}

/// Ours: facts, with every name checked.
#[divan::bench]
fn county_year_csv(bencher: divan::Bencher<'_, '_>) {
    let county = County::new();
    let tables = county.tables();
    bencher.bench(|| read_csv(&tables, &county.words).expect("the county's tables are in order"));
}

/// The reference: records of texts by the csv crate, each kept until the next.
#[divan::bench]
fn csv_crate_string_records(bencher: divan::Bencher<'_, '_>) {
    let county = County::new();
    bencher.bench(|| {
        let mut cells = 0;
        for (_, bytes) in &county.files {
            for record in csv::Reader::from_reader(&bytes[..]).records() {
                cells += record.expect("the county's tables are in order").len();
            }
        }
        cells
    });
}

/// The barest reference: one byte record used again and again, nothing decoded.
#[divan::bench]
fn csv_crate_byte_record_reused(bencher: divan::Bencher<'_, '_>) {
    let county = County::new();
    bencher.bench(|| {
        let mut cells = 0;
        let mut record = csv::ByteRecord::new();
        for (_, bytes) in &county.files {
            let mut reader = csv::Reader::from_reader(&bytes[..]);
            while reader.read_byte_record(&mut record).expect("the county's tables are in order") {
                cells += record.len();
            }
        }
        cells
    });
}

/// The same facts as a workbook.
#[divan::bench(sample_count = 20)]
fn county_year_workbook(bencher: divan::Bencher<'_, '_>) {
    let county = County::new();
    let facts = read_csv(&county.tables(), &county.words).expect("the county's tables are in order").facts;
    let bytes = write_workbook(&facts, &county.words).expect("fewer rows than a sheet holds");
    bencher.bench(|| read_workbook(&bytes, &county.words).expect("the county's workbook is in order"));
}
