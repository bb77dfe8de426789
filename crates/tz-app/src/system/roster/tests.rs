//! What lists would do, decided on plain values.

use std::collections::BTreeMap;

use jiff::civil::date;
use tz_store::directory::{MailboxRow, PersonRow};
use tz_tables::GridRow;

use super::reading::{Heads, Lines, SentRows, by_row, lines};
use super::{Plan, mailboxes, people};

const UNITS: [(&str, i64); 2] = [("滨湖镇", 9), ("粮食局", 40)];

fn found(text: &str, all: &[&str], needed: &[&str]) -> Lines {
    let rows = SentRows::of_file(text.as_bytes()).expect("a list");
    // As a form carries them.
    let rows = SentRows::of_text(&rows.to_text()).expect("what a form of ours carries");
    let all: Vec<String> = all.iter().map(|name| (*name).to_owned()).collect();
    lines(&rows, &Heads { all: &all, needed, called: "名册" })
}

fn people_planned(held: &[PersonRow], text: &str) -> Plan {
    let all = ["单位", "姓名", "职责", "任职日期", "离任日期", "电话", "邮箱"];
    let found = found(text, &all, &["单位", "姓名", "职责"]);
    people::planned(&BTreeMap::from(UNITS), held, found, date(2018, 6, 20))
}

fn person(id: i64, name: &str, duty: &str, from: &str, left: &str) -> PersonRow {
    let day = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    PersonRow {
        id,
        office_id: 1,
        unit_id: Some(9),
        name: name.to_owned(),
        duty: duty.to_owned(),
        phone: "0632-5500000".to_owned(),
        mail: String::new(),
        left_on: day(left),
        created_at: 5,
        from_date: day(from),
    }
}

fn said(plan: &Plan) -> Vec<String> {
    plan.preview.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn every_fault_is_told_by_row_and_column_and_columns_may_stand_in_any_order() {
    let plan = people_planned(
        &[],
        "单位人员名册\n\n姓名,单位,职责,邮箱,职务\n王静,滨湖镇,信息员,w@x.cn,科员\n李娜,滨湖,信息员,,\n,粮食局,科长,无,\n王静,滨湖镇,信息员,,\n王静,滨湖镇,具体责任人,,",
    );
    let whom: Vec<&str> = plan.preview.new.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(whom, ["滨湖镇 王静 信息员", "滨湖镇 王静 具体责任人"]);
    assert_eq!(
        said(&plan),
        [
            "第5行“单位”：没有“滨湖”这个单位，是不是“滨湖镇”？请改正。",
            "第6行“姓名”：请填写姓名，40个字以内，写成一行。",
            "第6行“职责”：职责应为第一责任人、直接责任人、具体责任人、信息员。",
            "第6行“邮箱”：邮箱地址不完整，应如 binhu@126.com；没有可不填。",
            "第7行“姓名”：和第4行重复，请删去一行。",
        ]
    );
    assert_eq!(
        plan.preview.notes,
        ["没有用到的列：职务。可以用的列是单位、姓名、职责、任职日期、离任日期、电话、邮箱。"]
    );
    assert!(said(&people_planned(&[], "姓名,单位\n王静,滨湖镇"))[0].contains("没有找到表头"));
    assert_eq!(said(&people_planned(&[], "单位,姓名,职责")), ["表头下面没有内容。"]);
}

#[test]
fn a_duty_that_ends_and_one_that_begins_are_told_apart_and_nothing_overlaps() {
    let held = [
        person(1, "王静", "信息员", "2016-03-01", ""),
        person(2, "李娜", "信息员", "", "2017-05-01"),
        person(3, "赵亮", "信息员", "2018-01-01", ""),
    ];
    let plan = people_planned(
        &held,
        "单位,姓名,职责,任职日期,离任日期,电话\n\
         滨湖镇,王静,信息员,2016/3/1,2018-06-01,0632-5500000\n\
         滨湖镇,王静,具体责任人,2018-06-01,,0632-5500001\n\
         滨湖镇,李娜,信息员,,2017-05-01,0632-5500000\n\
         滨湖镇,李娜,信息员,2018-02-01,,\n\
         滨湖镇,赵亮,信息员,2018-01-01,,0632-5500009",
    );
    assert_eq!(said(&plan), Vec::<String>::new());
    let shown = |lines: &[super::RosterLine]| -> Vec<String> {
        lines.iter().map(|line| format!("{} {:?}", line.what, line.cells)).collect()
    };
    let cell = |column: &str, old: &str, new: &str| format!("(\"{column}\", \"{old}\", \"{new}\")");
    assert_eq!(
        shown(&plan.preview.changed),
        [
            format!("滨湖镇 王静 信息员 [{}]", cell("离任日期", "", "2018-06-01")),
            format!("滨湖镇 赵亮 信息员 [{}]", cell("电话", "0632-5500000", "0632-5500009")),
        ]
    );
    let new: Vec<&str> = plan.preview.new.iter().map(|line| line.what.as_str()).collect();
    assert_eq!((new, plan.preview.same), (vec!["滨湖镇 王静 具体责任人", "滨湖镇 李娜 信息员"], 1));
    // Who left long ago is not taken for somebody who stayed; nobody holds a duty twice, and no day lies ahead.
    let plan = people_planned(
        &held,
        "单位,姓名,职责,任职日期,离任日期\n\
         滨湖镇,李娜,信息员,2017-04-01,\n\
         滨湖镇,孙浩,信息员,2018-07-01,\n\
         滨湖镇,周敏,信息员,2018-05-01,2018-04-01\n\
         滨湖镇,周敏,信息员,2018-05-01,六月",
    );
    let faults = said(&plan);
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults[0].starts_with("第2行“任职日期”：李娜曾任信息员，2017-05-01离任。"), "{faults:?}");
    assert_eq!(faults[1], "第3行“任职日期”：任职日期不能晚于今天，请核对。");
    assert_eq!(faults[2], "第4行“离任日期”：离任日期早于任职日期 2018-05-01，请核对。");
    assert!(faults[3].starts_with("第5行“离任日期”：“六月”"), "{faults:?}");
}

#[test]
fn an_address_belongs_to_one_unit_and_a_registered_one_is_nothing_new() {
    let registered = [MailboxRow {
        id: 1,
        office_id: 1,
        unit_id: 9,
        address: "Binhu@126.com".to_owned(),
        address_key: "binhu@126.com".to_owned(),
        registered_at: 0,
        closed_at: None,
    }];
    let text = "登记邮箱,单位,邮箱\nbinhu@126.com,滨湖镇,\nbinhu@126.com,粮食局,\nliangshi,粮食局,\n\
                liangshi@126.com,粮食局,\nLiangshi@126.com,滨湖镇,";
    let found = found(text, &["单位", "登记邮箱", "登记时间"], &["单位", "登记邮箱"]);
    let plan = mailboxes::planned(&BTreeMap::from(UNITS), &registered, found);
    assert_eq!(
        said(&plan),
        [
            "第3行“登记邮箱”：和第2行重复，一个邮箱只能登记一次，请删去一行。",
            "第4行“登记邮箱”：邮箱地址不完整，应如 binhu@126.com，只填一个。",
            "第6行“登记邮箱”：和第5行重复，一个邮箱只能登记一次，请删去一行。",
        ]
    );
    assert_eq!((plan.preview.same, plan.preview.new.len(), plan.preview.new[0].what.as_str()), (1, 1, "粮食局"));
    let other = super::reading::SentRows::of_file("单位,登记邮箱\n粮食局,BINHU@126.com".as_bytes()).expect("a list");
    let heads = ["单位", "登记邮箱"].map(str::to_owned);
    let found = lines(&other, &Heads { all: &heads, needed: &["单位", "登记邮箱"], called: "登记邮箱表" });
    let plan = mailboxes::planned(&BTreeMap::from(UNITS), &registered, found);
    assert!(said(&plan)[0].contains("这个邮箱已登记在“滨湖镇”名下"), "{:?}", said(&plan));
}

#[test]
fn what_no_form_of_ours_carries_is_not_taken() {
    assert!(SentRows::of_text("no rows").is_none());
    assert!(SentRows::of_file(b"").expect_err("no file").contains("请选择表格文件"));
}

#[test]
fn a_formula_s_error_is_a_fault_of_its_cell_and_a_row_says_its_sheet_where_several_are_read() {
    let row = |sheet: &str, number: u32, cells: &[&str], errors: &[usize]| GridRow {
        sheet: sheet.to_owned(),
        number,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        errors: errors.to_vec(),
    };
    let heads = ["单位", "登记邮箱"];
    let rows = SentRows(vec![
        row("一季度", 1, &heads, &[]),
        row("一季度", 2, &["滨湖镇", "#N/A"], &[1]),
        row("说明", 1, &["每季度更新"], &[]),
        row("二季度", 3, &heads, &[]),
        row("二季度", 5, &["粮食局", "liangshi@126.com", "#N/A"], &[2]),
    ]);
    let all = heads.map(str::to_owned);
    let found = lines(&rows, &Heads { all: &all, needed: &heads, called: "登记邮箱表" });
    let places: Vec<&str> = found.lines.iter().map(super::reading::Line::place).collect();
    assert_eq!(places, ["工作表“二季度”第5行"]);
    let faults: Vec<String> = by_row(found.faults).iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["工作表“一季度”第2行“登记邮箱”：单元格里是公式错误。请改正公式，或者把结果粘贴成值。"]);
}
