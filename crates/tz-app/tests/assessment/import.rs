//! A past year from a workbook: compared with the office's own totals, recorded once, corrected, and never into a closed month.

use rust_xlsxwriter::Workbook;
use tz_app::Problem;
use tz_app::facts::Imported;
use tz_model::Table;
use tz_store::ledger::FactFilter;

use crate::house::Office;

/// A workbook of these sheets, all texts.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet.write_string(row as u32, column as u16, *cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

const UNITS: &[&[&str]] = &[&["单位", "类别", "排名组"], &["墨研办", "C类", "C类"], &["气象局", "C类", "C类"]];

/// 墨研办 in 2017: one use of 15, one of 5, a comment of 20; 气象局: nothing. The office had 40 for the one and 5 for the other; the
/// scheme asks for 3 items a month, so that both lose what the floor gives back: 0 in months without points.
fn year(adopted: &str) -> Vec<u8> {
    workbook(&[
        ("单位", UNITS),
        (
            "采用",
            &[
                &["编号", "单位", "采用日期", "采用方式", "稿件编号"],
                &["1", "墨研办", "2017-03-06", adopted, "墨子文化节"],
                &["2", "墨研办", "2017-05-08", "每日要情采用", "城市书房"],
            ],
        ),
        ("批示", &[&["编号", "单位", "批示日期", "批示层级"], &["1", "墨研办", "2017-05-10", "滕州市政府领导批示"]]),
        ("合计", &[&["单位", "得分"], &["墨研办", "34"], &["气象局", "5"]]),
    ])
}

fn recorded(office: &Office) -> usize {
    let mut tx = office.store.read(office.app.office()).unwrap();
    tx.list_facts(&FactFilter::default()).unwrap().len()
}

#[test]
fn a_year_is_compared_recorded_once_and_corrected() {
    let office = Office::new("2018-07-02T01:00:00Z");
    let open = office.app.open_period().unwrap();
    assert!(office.app.import_preview(&office.chief).unwrap().is_none());
    office.app.choose_import(&office.chief, "2017年.xlsx", &year("枣庄普刊采用")).unwrap();
    let preview = office.app.import_preview(&office.chief).unwrap().unwrap();
    assert!(preview.faults.is_empty(), "{:?}", preview.faults);
    assert_eq!((preview.year, preview.to_record()), (2017, 3));
    assert_eq!(preview.tables, [(Table::Adoptions, 2, 2, 0), (Table::Comments, 1, 1, 0)]);
    let unit = |name: &str| {
        let unit = preview.units.iter().find(|unit| unit.unit == name).unwrap();
        (unit.computed.to_string(), unit.own.unwrap().to_string(), unit.difference().unwrap().to_string())
    };
    // March: 15 - 3 for three items short = 12; May: 5 + 20 - 3 = 22; the others 0 by the floor. No training and no rotation: -20.
    assert_eq!(unit("墨研办"), ("14".to_owned(), "34".to_owned(), "-20".to_owned()));
    assert_eq!(unit("气象局"), ("-20".to_owned(), "5".to_owned(), "-25".to_owned()));
    assert_eq!((preview.different(), preview.units[0].unit.as_str()), (2, "气象局"));
    let sheet = office.app.import_sheet(&office.chief).unwrap();
    assert_eq!(sheet.name, "2017年度导入对账表.xlsx");
    // Looking records nothing.
    assert_eq!(recorded(&office), 0);
    let done = office.app.record_import(&office.chief).unwrap();
    assert_eq!(done, Imported { new: 3, changed: 0, known: 0 });
    assert_eq!(recorded(&office), 3);
    assert!(matches!(office.app.record_import(&office.chief), Err(Problem::NotThere)));
    // What lies before the scheme opens no period of its own.
    assert_eq!(office.app.open_period().unwrap(), open);
    // The same again is known; a row that says something else is a new version of its fact.
    office.app.choose_import(&office.chief, "2017年.xlsx", &year("枣庄普刊采用")).unwrap();
    assert_eq!(office.app.import_preview(&office.chief).unwrap().unwrap().to_record(), 0);
    office.app.choose_import(&office.chief, "2017年改.xlsx", &year("每日要情采用")).unwrap();
    let done = office.app.record_import(&office.chief).unwrap();
    assert_eq!(done, Imported { new: 0, changed: 1, known: 2 });
    let mut tx = office.store.read(office.app.office()).unwrap();
    let history = tx.fact_history(Table::Adoptions.name(), "导入2017·1").unwrap();
    let names: Vec<&str> = history.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["枣庄普刊采用", "每日要情采用"]);
    drop(tx);
    office.sound();
}

#[test]
fn what_is_wrong_is_told_all_at_once_and_nothing_is_taken() {
    let office = Office::new("2018-07-02T01:00:00Z");
    office.four_items("墨研办", "2018-06");
    office.close("2018-06").unwrap();
    let bytes = workbook(&[
        ("单位", &[&["单位", "类别", "排名组"], &["墨研办", "C类", "C类"], &["没有这个局", "C类", "C类"]]),
        (
            "采用",
            &[
                &["编号", "单位", "采用日期", "采用方式"],
                &["1", "墨研办", "2018-06-04", "每日要情采用"],
                &["2", "墨研办", "2018-09-04", "每日要情采用"],
                &["3", "墨研办", "2017-09-04", "没有这种采用"],
            ],
        ),
        ("合计", &[&["单位", "得分"], &["墨研办", "许多"], &["别的局", "5"]]),
    ]);
    office.app.choose_import(&office.chief, "坏.xlsx", &bytes).unwrap();
    let preview = office.app.import_preview(&office.chief).unwrap().unwrap();
    let all = preview.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for said in ["没有这种采用", "没有这个局", "不是数", "别的局", "已经关账的2018年6月", "晚于今天"]
    {
        assert!(all.contains(said), "{said} is not said:\n{all}");
    }
    let before = recorded(&office);
    let refused = office.app.record_import(&office.chief);
    assert!(matches!(refused, Err(Problem::Refused(sentence)) if sentence.contains("没有导入")));
    assert_eq!(recorded(&office), before);
    office.app.drop_import(&office.chief).unwrap();
    assert!(office.app.import_preview(&office.chief).unwrap().is_none());
    // What is no workbook at all is said too, and an empty choice at its field.
    office.app.choose_import(&office.chief, "通知.docx", b"PK\x03\x04 no workbook").unwrap();
    assert!(!office.app.import_preview(&office.chief).unwrap().unwrap().faults.is_empty());
    assert!(matches!(office.app.choose_import(&office.chief, "", b""), Err(Problem::Faults(_))));
    office.sound();
}
