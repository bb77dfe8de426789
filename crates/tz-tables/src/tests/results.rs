//! Results in a workbook and on a terminal.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use tz_model::{
    Account, Annual, Assessment, Clause, FactId, Fault, Ledger, Line, Month, Outcome, OutcomeKind, PeriodScore, Points,
    Table, UnitYear, terminal_width,
};

use crate::{result_text, result_workbook};

fn line(item: &str, points: Points, why: &str) -> Line {
    Line {
        rule: "adoption".into(),
        item: item.into(),
        clause: Clause::new("F1"),
        points,
        facts: vec![FactId { table: Table::Adoptions, key: "12".into() }],
        why: why.to_owned(),
        waiting: None,
    }
}

fn unit(name: &str, group: &str, periods: &[(usize, Points, u32)], annual: Option<(i64, u32)>) -> UnitYear {
    UnitYear {
        unit: name.into(),
        class: "A类".into(),
        group: group.into(),
        periods: periods
            .iter()
            .map(|&(at, total, rank)| {
                let lines = vec![line("枣庄普刊采用", total, "=采用一篇")];
                (at, PeriodScore { total, rank, lines, quota: None })
            })
            .collect(),
        annual: annual.map(|(total, rank)| Annual {
            total: total.into(),
            rank,
            lines: vec![line("年度培训", Points::from(10), "完成年度培训")],
        }),
        ledgers: std::collections::BTreeMap::new(),
    }
}

fn assessment(annual: bool) -> Assessment {
    let year = |total, rank| annual.then_some((total, rank));
    let third = Points::fraction(13, 3).unwrap();
    let half = Points::fraction(5, 2).unwrap();
    Assessment {
        scheme: "tengzhou-2018".into(),
        year: 2018,
        periods: Month::year_of(2018).take(2).map(Month::period).collect(),
        units: vec![
            unit("木石镇", "镇街", &[(0, Points::from(-1), 2), (1, third, 2)], year(9, 2)),
            unit("市教育局", "A类", &[(1, half, 1)], year(12, 1)),
            unit("滨湖镇", "镇街", &[(0, Points::from(37), 1), (1, Points::from(105), 1)], year(152, 1)),
        ],
        outcomes: vec![Outcome {
            kind: OutcomeKind::Interview,
            period: "2018-02".into(),
            unit: "木石镇".into(),
            group: "镇街".into(),
            clause: Clause::new("N2.7"),
            why: "连续两个月居后三位。".to_owned(),
        }],
    }
}

#[test]
fn the_terminal_table_stays_straight() {
    let shown = result_text(&assessment(true));
    let expected = "\
2018年　办法 tengzhou-2018　2018-01 至 2018-02　名次按全年得分

【镇街】2 个单位
名次  单位    2018-01  2018-02  全年
   1  滨湖镇       37      105   152
   2  木石镇       -1     13/3     9

【A类】1 个单位
名次  单位      2018-01  2018-02  全年
   1  市教育局        -      2.5    12

约谈、通报等事项
2018-02  约谈  木石镇  镇街  N2.7  连续两个月居后三位。
";
    assert_eq!(shown, expected);
}

#[test]
fn a_beginning_of_a_year_is_ranked_by_its_last_period() {
    let mut start = assessment(false);
    start.outcomes.clear();
    let expected = "\
2018年　办法 tengzhou-2018　2018-01 至 2018-02　名次按最后一期得分

【镇街】2 个单位
名次  单位    2018-01  2018-02
   1  滨湖镇       37      105
   2  木石镇       -1     13/3

【A类】1 个单位
名次  单位      2018-01  2018-02
   1  市教育局        -      2.5

本期没有约谈、通报批评等事项。
";
    assert_eq!(result_text(&start), expected);
}

#[test]
fn other_accounts_stand_below_and_all_units_together_where_there_are_no_groups() {
    let mut all = assessment(true);
    all.outcomes.clear();
    all.units.truncate(1);
    all.units[0].group = "".into();
    let account = |total: i64| Account { total: total.into(), lines: Vec::new() };
    let ledger = Ledger { periods: vec![(1, account(50))], annual: Some(account(50)) };
    all.units[0].ledgers.insert("奖金".into(), ledger);
    let expected = "\
2018年　办法 tengzhou-2018　2018-01 至 2018-02　名次按全年得分

【全部】1 个单位
名次  单位    2018-01  2018-02  全年
   2  木石镇       -1     13/3     9

【奖金】另记，不参加排名
单位    2018-01  2018-02  全年
木石镇        -       50    50

本期没有约谈、通报批评等事项。
";
    assert_eq!(result_text(&all), expected);
}

#[test]
fn full_width_characters_take_two_columns() {
    for (text, expected) in [("", 0), ("abc", 3), ("滨湖镇", 6), ("Ａ，。【】", 10), ("e\u{301}", 1), ("𠮷", 2)]
    {
        assert_eq!(terminal_width(text), expected, "{text}");
    }
}

#[test]
fn the_result_workbook_holds_numbers_fractions_and_reasons() {
    let bytes = result_workbook(&assessment(true), &[]).unwrap();
    assert_eq!(bytes, result_workbook(&assessment(true), &[]).unwrap());
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["汇总", "明细", "结果"]);
    let row = |book: &mut Xlsx<_>, sheet: &str, row: usize| -> Vec<Data> {
        book.worksheet_range(sheet).unwrap().rows().nth(row).unwrap().to_vec()
    };
    let text = |text: &str| Data::String(text.to_owned());
    let head: Vec<Data> = [
        "排名组",
        "单位",
        "类别",
        "2018-01 得分",
        "2018-01 名次",
        "2018-02 得分",
        "2018-02 名次",
        "全年 得分",
        "全年 名次",
    ]
    .map(text)
    .into();
    assert_eq!(row(&mut book, "汇总", 0), head);
    assert_eq!(
        row(&mut book, "汇总", 2),
        [
            text("镇街"),
            text("木石镇"),
            text("A类"),
            Data::Float(-1.0),
            Data::Float(2.0),
            text("13/3"),
            Data::Float(2.0),
            Data::Float(9.0),
            Data::Float(2.0)
        ]
    );
    assert_eq!(row(&mut book, "汇总", 3)[3..6], [Data::Empty, Data::Empty, Data::Float(2.5)]);
    // 滨湖镇 first: two months and the year.
    let lines = [1, 2, 3].map(|at| row(&mut book, "明细", at));
    assert_eq!(
        lines[0],
        [
            text("2018-01"),
            text("镇街"),
            text("滨湖镇"),
            text("枣庄普刊采用"),
            text("F1"),
            Data::Float(37.0),
            text("=采用一篇"),
            text("采用:12")
        ]
    );
    assert_eq!((&lines[1][0], &lines[2][0]), (&text("2018-02"), &text("全年")));
    assert_eq!(book.worksheet_range("明细").unwrap().height(), 9);
    assert_eq!(row(&mut book, "结果", 1)[1], text("约谈"));
    assert!(book.worksheet_formula("明细").unwrap().is_empty());
}

#[test]
fn ledgers_have_a_sheet_each_and_lines_that_wait_say_what_for() {
    let mut with = assessment(true);
    let mut bonus = line("奖金", Points::from(200), "国办采用一篇，奖200元");
    let account = |lines: Vec<Line>| Account { total: lines.iter().map(|line| line.points).sum(), lines };
    let ledger = Ledger {
        periods: vec![(1, account(vec![bonus.clone()]))],
        annual: Some(account(vec![Line { points: Points::from(50), ..bonus.clone() }])),
    };
    // 滨湖镇 has two ledgers whose names differ in what no sheet's name can show.
    with.units[2].ledgers = [("奖/金".into(), ledger.clone()), ("奖:金".into(), ledger)].into();
    bonus.points = Points::ZERO;
    bonus.waiting = Some("等待上级公布分值。".to_owned());
    with.units[2].periods[0].1.lines.push(bonus);

    let mut book = Xlsx::new(Cursor::new(result_workbook(&with, &[]).unwrap())).unwrap();
    assert_eq!(book.sheet_names(), ["汇总", "账·奖_金", "账·奖_金2", "明细", "结果"]);
    let mut rows =
        |sheet: &str| -> Vec<Vec<Data>> { book.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect() };
    let text = |text: &str| Data::String(text.to_owned());
    let ledger = rows("账·奖_金");
    assert_eq!(ledger[0], ["排名组", "单位", "类别", "2018-01", "2018-02", "全年"].map(text));
    let figures = [Data::Empty, Data::Float(200.0), Data::Float(50.0)];
    assert_eq!(ledger[1..], [[[text("镇街"), text("滨湖镇"), text("A类")], figures].concat()]);

    let totals = rows("汇总");
    assert_eq!(totals[0].last(), Some(&text("待定项数")));
    let waiting: Vec<&Data> = totals[1..].iter().map(|row| row.last().unwrap()).collect();
    assert_eq!(waiting, [&Data::Float(1.0), &Data::Empty, &Data::Empty]);

    let lines = rows("明细");
    let head = ["周期", "排名组", "单位", "账", "得分事项", "依据", "分", "待定事由", "说明", "事实"];
    assert_eq!(lines[0], head.map(text));
    assert_eq!(lines[1][3..8], [text("考核分"), text("枣庄普刊采用"), text("F1"), Data::Float(37.0), Data::Empty]);
    assert_eq!(lines[2][6..8], [text("待定"), text("等待上级公布分值。")]);
    let paid: Vec<_> = lines.iter().filter(|row| row[3] == text("奖/金")).map(|row| (&row[0], &row[6])).collect();
    assert_eq!(paid, [(&text("2018-02"), &Data::Float(200.0)), (&text("全年"), &Data::Float(50.0))]);
}

#[test]
fn rows_that_were_skipped_stand_on_a_sheet_of_the_result() {
    let skipped = [Fault::new("工作表“采用”D3 单元格", "采用方式“国办专报”无法识别。")];
    let bytes = result_workbook(&assessment(true), &skipped).unwrap();
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["汇总", "明细", "结果", "跳过的行"]);
    let sheet = book.worksheet_range("跳过的行").unwrap();
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(sheet.rows().nth(1).unwrap(), [text("工作表“采用”D3 单元格"), text("采用方式“国办专报”无法识别。")]);
}

#[test]
fn more_lines_than_a_sheet_holds_are_refused_with_a_sentence() {
    let mut huge = assessment(false);
    let line = huge.units[0].periods[0].1.lines[0].clone();
    huge.units[0].periods[0].1.lines = vec![line; 1_048_576];
    let refused = result_workbook(&huge, &[]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "“明细”有 1048580 行，超过一张工作表能放的 1048575 行。请改用 CSV 文件，或者按年份分开导出。"
    );
}
