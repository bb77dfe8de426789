//! The tables of a paper as a workbook.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use tz_docs::{Bulletin, PaperKind, Template, preview};

use crate::{
    dom::raw,
    sample::{self, paper},
};

fn open(bytes: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook opens")
}

#[test]
fn every_table_of_a_bulletin_is_a_sheet_with_real_numbers() {
    let bytes = paper::bulletin(&sample::bulletin()).workbook().unwrap();
    let mut book = open(&bytes);
    assert_eq!(
        book.sheet_names(),
        [
            "表1　6月份镇街得分情况",
            "表2　6月份A类得分情况",
            "表3　6月份B类得分情况",
            "表4　6月份C类得分情况",
            "表5　6月份采用稿件",
            "表6　往月计分更正",
        ]
    );
    let sheet = book.worksheet_range("表1　6月份镇街得分情况").unwrap();
    assert_eq!(sheet.get((0, 0)), Some(&Data::String("表1　6月份镇街得分情况".into())));
    assert_eq!(sheet.get((1, 5)), Some(&Data::String("得分".into())));
    assert_eq!(sheet.get((2, 1)), Some(&Data::String("荆河街道".into())));
    assert_eq!(sheet.get((2, 5)), Some(&Data::Float(62.0)));
    assert_eq!(sheet.get((3, 5)), Some(&Data::Float(-5.0)));
    assert_eq!(sheet.height(), 2 + 21);
    let corrections = book.worksheet_range("表6　往月计分更正").unwrap();
    assert_eq!(corrections.get((2, 3)), Some(&Data::Float(20.0)), "+20 is a number too");
}

#[test]
fn what_looks_like_a_formula_is_text() {
    let mut wild = sample::bulletin();
    let texts = ["=1+1", "+CMD|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "=HYPERLINK(\"http://x\")"];
    wild.adopted = texts
        .iter()
        .map(|text| tz_docs::AdoptedRow {
            title: (*text).into(),
            unit: (*text).into(),
            used_in: (*text).into(),
            points: (*text).into(),
        })
        .collect();
    let bytes = paper::bulletin(&wild).workbook().unwrap();
    for number in 1..=6 {
        let sheet = raw(&bytes, &format!("xl/worksheets/sheet{number}.xml"));
        assert!(!sheet.contains("<f>") && !sheet.contains("hyperlink"), "{sheet}");
    }
    let sheet = open(&bytes).worksheet_range("表5　6月份采用稿件").unwrap();
    assert_eq!(sheet.get((2, 4)), Some(&Data::String("=1+1".into())), "nor is it taken for a number");
}

#[test]
fn heads_over_several_columns_are_merged_and_printing_is_set_up() {
    let circular = preview(&Template::built_in(PaperKind::AnnualCircular)).remove(0).1;
    let bytes = circular.workbook().unwrap();
    let sheet = raw(&bytes, "xl/worksheets/sheet1.xml");
    // Title over all; 位次, 单位, 采用篇数, 批示件数 down two rows; 报送 over two columns, 得分 over three.
    for range in ["A1:I1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "G2:I2"] {
        assert!(sheet.contains(&format!("<mergeCell ref=\"{range}\"/>")), "{range}: {sheet}");
    }
    assert!(sheet.contains("paperSize=\"9\"") && sheet.contains("fitToHeight=\"0\""), "{sheet}");
    assert!(raw(&bytes, "xl/workbook.xml").contains("_xlnm.Print_Titles"));
}

#[test]
fn a_paper_without_tables_has_no_workbook_and_the_same_paper_the_same_one() {
    let bare = Bulletin { groups: Vec::new(), ..sample::bare() };
    assert_eq!(paper::bulletin(&bare).workbook(), None);
    let paper = paper::bulletin(&sample::bulletin());
    assert!(paper.workbook() == paper.workbook());
}
