//! Workbooks as offices make them, with real dates, merged cells and formulas, and as nobody should.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tz_model::{Fault, Table};
use zip::write::SimpleFileOptions;

use super::{unit, words};
use crate::{Read, Vocabulary, read_workbook, template};

fn sheet<'w>(workbook: &'w mut Workbook, name: &str, rows: &[&[&str]]) -> &'w mut rust_xlsxwriter::Worksheet {
    let sheet = workbook.add_worksheet();
    sheet.set_name(name).unwrap();
    for (at, row) in rows.iter().enumerate() {
        for (column, text) in row.iter().enumerate() {
            if !text.is_empty() {
                sheet.write_string(at as u32, column as u16, *text).unwrap();
            }
        }
    }
    sheet
}

fn with_units() -> Workbook {
    let mut workbook = Workbook::new();
    sheet(
        &mut workbook,
        "单位",
        &[&["单位", "类别", "排名组"], &["滨湖镇", "A类", "镇街"], &["木石镇", "A类", "镇街"]],
    );
    workbook
}

fn read(mut workbook: Workbook) -> Result<Read, Vec<Fault>> {
    read_workbook(&workbook.save_to_buffer().unwrap(), &words())
}

fn lines(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn real_dates_and_numbers_are_read_as_people_see_them() {
    let mut workbook = with_units();
    let reports = sheet(
        &mut workbook,
        "报送",
        &[
            &["编号", "单位", "报送日期", "信息类别", "字数", "比例"],
            &["", "滨湖镇", "", "工作动态"],
            &[],
            &["", "木石镇", "", "经验亮点"],
        ],
    );
    let date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let day = ExcelDateTime::from_ymd(2018, 6, 4).unwrap();
    let moment = ExcelDateTime::from_ymd(2018, 6, 4).unwrap().and_hms(23, 59, 59).unwrap();
    reports.write_number(1, 0, 12.0).unwrap();
    reports.write_datetime_with_format(1, 2, &day, &date).unwrap();
    reports.write_number(1, 4, 500.0).unwrap();
    reports.write_number(1, 5, 0.1 + 0.2).unwrap();
    // Row 3 is blank but formatted; row 4 has neither 编号 nor midnight.
    reports.write_blank(2, 1, &date).unwrap();
    reports.write_datetime_with_format(3, 2, &moment, &date).unwrap();
    let adoptions = sheet(
        &mut workbook,
        "采用",
        &[&["编号", "单位", "采用日期", "采用方式", "稿件编号"], &["甲", "滨湖镇", "2018/6/29", "每日要情采用"]],
    );
    adoptions.write_number(1, 4, 12.0).unwrap();
    let read = read(workbook).unwrap();
    assert_eq!(read.faults, []);
    let reports = &read.facts.reports;
    assert_eq!(reports.iter().map(|report| &*report.key).collect::<Vec<_>>(), ["12", "4"]);
    assert!(reports.iter().all(|report| report.date.to_string() == "2018-06-04"));
    assert_eq!(reports[0].extra.as_ref().unwrap()["字数"], "500");
    assert_eq!(reports[0].extra.as_ref().unwrap()["比例"], "0.3");
    assert_eq!(read.facts.adoptions[0].item.as_deref(), Some("12"));
}

#[test]
fn dates_counted_from_1904_are_the_same_days() {
    let mut workbook = with_units();
    let reports = sheet(&mut workbook, "报送", &[&["单位", "报送日期", "信息类别"], &["滨湖镇", "", "工作动态"]]);
    let date = Format::new().set_num_format("yyyy-mm-dd");
    // 2018-06-04 is day 43255 from 1900 and day 41793 from 1904.
    reports.write_number_with_format(1, 1, 41793, &date).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let bytes = repacked(&bytes, |name, part| {
        if name == "xl/workbook.xml" {
            let text = String::from_utf8(part).unwrap();
            assert!(text.contains("<workbookPr "));
            text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").into_bytes()
        } else {
            part
        }
    });
    let read = read_workbook(&bytes, &words()).unwrap();
    assert_eq!(read.faults, []);
    assert_eq!(read.facts.reports[0].date.to_string(), "2018-06-04");
}

#[test]
fn merged_cells_formula_errors_and_stray_remarks_are_named_by_cell() {
    let mut workbook = with_units();
    let reports = sheet(
        &mut workbook,
        "报送",
        &[
            &["单位", "报送日期", "信息类别", "标题"],
            &["", "2018-06-04", "工作动态"],
            &["", "2018-06-05", "工作动态"],
            &["木石镇", "2018-06-06", "", "甲", "", "此列没有列名"],
            &["木石镇", "2018-06-07", "工作动态", "乙", "", "也没有"],
        ],
    );
    reports.merge_range(1, 0, 2, 0, "滨湖镇", &Format::new()).unwrap();
    reports.write_formula(3, 2, Formula::new("=VLOOKUP(1,A:B,2)").set_result("#N/A")).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let bytes = repacked(&bytes, |name, part| {
        if name == "xl/worksheets/sheet2.xml" {
            let text = String::from_utf8(part).unwrap();
            // The writer keeps a formula's result as text; spreadsheet programs mark it as an error.
            let marked = text.replace("<c r=\"C4\" t=\"str\">", "<c r=\"C4\" t=\"e\">");
            assert!(text != marked || text.contains("<c r=\"C4\" t=\"e\">"));
            marked.into_bytes()
        } else {
            part
        }
    });
    let read = read_workbook(&bytes, &words()).unwrap();
    assert_eq!(
        lines(&read.faults),
        [
            "工作表“报送”A3 单元格：“单位”没有填写。请补上。（合并的单元格只有第一格有内容，请取消合并，逐行填写。）",
            "工作表“报送”C4 单元格：这一格是公式错误“#N/A”。请改正公式，或者直接填写内容。",
        ]
    );
    assert_eq!(read.facts.reports.iter().map(|report| &*report.key).collect::<Vec<_>>(), ["2", "5"]);
    assert_eq!(lines(&read.notes)[0], "工作表“报送”F4 单元格：F 列没有列名，其中的内容没有读取。");
}

#[test]
fn a_sheet_with_nearly_the_right_name_is_pointed_out() {
    let mut workbook = with_units();
    sheet(&mut workbook, "采用 ", &[&["单位"]]);
    sheet(&mut workbook, "批示表", &[&["单位"]]);
    sheet(&mut workbook, "通讯录", &[&["姓名"]]);
    sheet(&mut workbook, "约稿", &[]);
    let read = read(workbook).unwrap();
    assert_eq!(
        lines(&read.notes),
        [
            "工作表“报送”：没有“报送”表，按没有内容计算。",
            "工作表“约稿”：表是空的，按没有内容计算。",
            "工作表“事项”：没有“事项”表，按没有内容计算。",
            "工作表“采用 ”：没有读取。如果它就是“采用”表，请把工作表的名称改成“采用”。",
            "工作表“批示表”：没有读取。如果它就是“批示”表，请把工作表的名称改成“批示”。",
        ]
    );
    let mut workbook = with_units();
    sheet(&mut workbook, "采 用", &[&["单位"]]);
    let spaced = self::read(workbook).unwrap();
    assert!(
        lines(&spaced.notes).iter().any(|note| note.starts_with("工作表“采 用”：没有读取。")),
        "{:?}",
        spaced.notes
    );
    let mut workbook = Workbook::new();
    sheet(&mut workbook, "单位表", &[&["单位"]]);
    assert_eq!(
        lines(&self::read(workbook).unwrap_err()),
        ["工作表“单位”：工作簿里没有这张工作表。“单位”表写明给谁计分，必须有。\
          有一张工作表叫“单位表”，如果就是它，请把名称改成“单位”。"]
    );
}

#[test]
fn what_is_no_workbook_is_refused_with_a_sentence() {
    let only = |bytes: &[u8]| {
        let faults = read_workbook(bytes, &words()).unwrap_err();
        assert_eq!(faults.len(), 1);
        faults[0].to_string()
    };
    assert_eq!(only(b""), "工作簿：文件是空的（0 字节）。请检查是否保存成功。");
    let broken = "工作簿：这不是 .xlsx 工作簿，或者文件已损坏。请用 WPS 或 Excel 打开，另存为“Excel 工作簿（*.xlsx）”，再试一次。";
    assert_eq!(only("单位,类别".as_bytes()), broken);
    let good = with_units().save_to_buffer().unwrap();
    assert_eq!(only(&good[..good.len() / 2]), broken);
    let mut cfb = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    assert!(only(&cfb).starts_with("工作簿：这是旧格式的工作簿（.xls 或 .et）。"));
    cfb.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(only(&cfb), "工作簿：工作簿设有打开密码，无法读取。请用 WPS 或 Excel 打开，去掉密码后另存，再试一次。");
    // A picture of 65 MB of blanks packs into almost nothing.
    let bomb = repacked(&good, |name, part| if name == "docProps/app.xml" { vec![b' '; 65 << 20] } else { part });
    assert!(bomb.len() < 1 << 20);
    assert_eq!(only(&bomb), "工作簿：工作簿展开后超过 64 MB，没有读取。请删去图片和无关的工作表，或者改用 CSV 文件。");
}

#[test]
fn a_sheet_that_claims_to_be_huge_costs_nothing() {
    let mut workbook = with_units();
    let reports =
        sheet(&mut workbook, "报送", &[&["单位", "报送日期", "信息类别"], &["滨湖镇", "2018-06-04", "工作动态"]]);
    reports.write_string(1_048_575, 16_383, "远处").unwrap();
    reports.write_string(1_048_575, 0, "滨湖镇").unwrap();
    let read = read(workbook).unwrap();
    assert_eq!(read.facts.reports.len(), 1);
    assert_eq!(
        lines(&read.faults)[0],
        "工作表“报送”B1048576 单元格：“报送日期”没有填写。请补上。（合并的单元格只有第一格有内容，请取消合并，逐行填写。）"
    );
}

#[test]
fn the_template_reads_back_as_its_units_and_nothing_else() {
    let mut units = vec![unit("滨湖镇"), unit("市教育局"), unit("实验小学")];
    units[0].direct_point = Some("枣庄市级".into());
    units[0].from = Some(jiff::civil::Date::constant(2018, 1, 1));
    units[2].parent = Some("市教育局".into());
    let bytes = template(&units, &words()).unwrap();
    assert_eq!(bytes, template(&units, &words()).unwrap());
    let read = read_workbook(&bytes, &words()).unwrap();
    assert_eq!((read.faults, read.notes), (vec![], vec![]));
    assert_eq!(read.facts.units, units);
    let rest = tz_model::Facts { units, ..Default::default() };
    assert_eq!(read.facts, rest);
    // Without units and names, too.
    let read = read_workbook(&template(&[], &Vocabulary::default()).unwrap(), &words()).unwrap();
    assert_eq!((read.faults, read.facts), (vec![], Default::default()));
}

#[test]
fn the_template_offers_every_list_and_is_dated_1_january_2018() {
    let bytes = template(&[unit("滨湖镇")], &words()).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes[..])).unwrap();
    let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    assert!(part("docProps/core.xml").contains("2018-01-01T00:00:00Z"));
    // Sheets 2 to 7 are the tables; so many columns of each offer a list, and units are offered from the sheet 单位.
    for (at, (table, lists)) in Table::ALL.into_iter().zip([6, 4, 4, 2, 2, 2]).enumerate() {
        let sheet = part(&format!("xl/worksheets/sheet{}.xml", at + 2));
        assert_eq!(sheet.matches("<dataValidation ").count(), lists, "{}", table.name());
        assert!(sheet.contains("'单位'!$A$3:$A$5000"), "{}", table.name());
        assert!(sheet.contains("state=\"frozen\""), "{}", table.name());
    }
}

/// The same package with parts changed.
fn repacked(bytes: &[u8], mut change: impl FnMut(&str, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::copy(&mut part, &mut content).unwrap();
        to.start_file(name.clone(), SimpleFileOptions::default()).unwrap();
        to.write_all(&change(&name, content)).unwrap();
    }
    to.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(tz_testkit::property(96))]

    /// Bytes changed in the XML inside, so that the changes reach the parser behind the package.
    #[test]
    fn a_damaged_workbook_gets_an_answer(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..6),
        seed in any::<prop::sample::Index>(),
    ) {
        let good = template(&[unit("滨湖镇")], &words()).unwrap();
        let chosen = seed.index(12);
        let mut at = 0;
        let damaged = repacked(&good, |name, mut part| {
            at += 1;
            if name.ends_with(".xml") && (at % 12 == chosen || name == "xl/worksheets/sheet3.xml") {
                for (place, byte, cut) in &changes {
                    let place = place.index(part.len().max(1));
                    if *cut { part.truncate(place) } else if let Some(old) = part.get_mut(place) { *old = *byte }
                }
            }
            part
        });
        match read_workbook(&damaged, &words()) {
            Ok(read) => prop_assert!(read.facts.units.len() <= 2),
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }

    #[test]
    fn a_workbook_with_bytes_changed_anywhere_gets_an_answer(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = template(&[unit("滨湖镇")], &words()).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        match read_workbook(&bytes, &words()) {
            Ok(read) => prop_assert!(read.facts.units.len() <= 2),
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }
}
