//! Lists of pages as workbooks: what is a number is a number, and nothing is a formula.

use calamine::{Data, Dimensions, Reader as _, Xlsx};
use jiff::civil::date;
use std::io::Cursor;
use tz_model::Points;

use crate::{Cell, List, ListColumn, list_workbook};

fn opened(bytes: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    Xlsx::new(Cursor::new(bytes)).expect("a workbook")
}

fn standing() -> List {
    List {
        name: "镇街[2018]".into(),
        title: "2018年6月镇街得分".into(),
        columns: vec![
            ListColumn::new("单位", 20.0),
            ListColumn::under("报送", "篇数", 8.0),
            ListColumn::under("报送", "任务", 8.0),
            ListColumn::new("得分", 10.0),
            ListColumn::new("截止", 12.0),
        ],
        rows: vec![
            vec![
                "滨湖镇".into(),
                Cell::Count(14),
                Cell::Count(16),
                Cell::Points(Points::fraction(25, 2).expect("a fraction")),
                Cell::Day(date(2018, 6, 30)),
            ],
            vec![
                "=1+1".into(),
                Cell::count(3),
                Cell::EMPTY,
                Cell::Points(Points::fraction(1, 3).expect("a fraction")),
                Cell::from(None::<jiff::civil::Date>),
            ],
        ],
    }
}

#[test]
fn numbers_are_numbers_days_are_days_and_shared_heads_are_merged() {
    let bytes = list_workbook("得分", &[standing()]).expect("it fits");
    let mut book = opened(&bytes);
    assert_eq!(book.sheet_names(), ["镇街_2018_"]);
    let range = book.worksheet_range("镇街_2018_").expect("a sheet");
    let at = |row: u32, column: u32| range.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(at(0, 0), Data::String("2018年6月镇街得分".into()));
    assert_eq!(at(1, 1), Data::String("报送".into()));
    assert_eq!(at(2, 2), Data::String("任务".into()));
    assert_eq!(at(3, 1), Data::Float(14.0));
    assert_eq!(at(3, 3), Data::Float(12.5));
    assert!(matches!(at(3, 4), Data::DateTime(day) if day.as_f64() == 43281.0), "{:?}", at(3, 4));
    assert_eq!(at(4, 0), Data::String("=1+1".into()));
    // A third is no finite decimal: it stays as it is written.
    assert_eq!(at(4, 3), Data::String("1/3".into()));
    let formulas = book.worksheet_formula("镇街_2018_").expect("a sheet");
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()));
    let merged: Vec<Dimensions> = book.merge_cells_by_sheet_name("镇街_2018_").expect("read");
    let region = |start, end| Dimensions { start, end };
    assert!(merged.contains(&region((0, 0), (0, 4))), "{merged:?}");
    assert!(merged.contains(&region((1, 1), (1, 2))), "{merged:?}");
    assert!(merged.contains(&region((1, 0), (2, 0))), "{merged:?}");
}

#[test]
fn the_same_lists_are_the_same_bytes_and_two_of_one_name_are_two_sheets() {
    let two = [standing(), List { rows: Vec::new(), ..standing() }];
    let bytes = list_workbook("得分", &two).expect("it fits");
    assert_eq!(bytes, list_workbook("得分", &two).expect("it fits"));
    assert_eq!(opened(&bytes).sheet_names(), ["镇街_2018_", "镇街_2018_2"]);
}
