//! Results as a workbook (计分结果): totals and ranks, every line with its reason, and what follows.

use std::borrow::Cow;

use tz_model::{Assessment, Fault, Line};

use crate::book::{self, CHECKED, Look, TooLarge, put_points, put_text};
use crate::result_text::by_group;

/// The assessment as a workbook of three sheets, set up for printing on A4 across: 汇总 (a row a unit: total and rank of
/// every period and of the year), 明细 (a row a line), 结果 (约谈, 通报批评 and the like). Where rows of the tables were
/// `skipped`, a fourth, 跳过的行, says which and why.
///
/// Points are numbers where they are finite decimals, else the text of the fraction. The same bytes every time.
///
/// # Errors
/// More lines than a worksheet has rows.
pub fn result_workbook(assessment: &Assessment, skipped: &[Fault]) -> Result<Vec<u8>, TooLarge> {
    let look = Look::new();
    let mut workbook = book::workbook(&format!("{}年政务信息计分结果", assessment.year));
    let groups = by_group(assessment);
    let year = assessment.units.iter().any(|unit| unit.annual.is_some());

    let mut heads: Vec<(Cow<'_, str>, f64)> =
        vec![("排名组".into(), 12.0), ("单位".into(), 20.0), ("类别".into(), 8.0)];
    let labels = assessment.periods.iter().map(|period| &*period.label).chain(year.then_some("全年"));
    for label in labels {
        heads.push((format!("{label} 得分").into(), 14.0));
        heads.push((format!("{label} 名次").into(), 14.0));
    }
    let sheet = book::sheet(&mut workbook, "汇总", &heads, assessment.units.len(), &look)?;
    sheet.set_freeze_panes(1, 2).expect(CHECKED).set_header(format!("&C{}年政务信息计分汇总", assessment.year));
    for (row, unit) in (1..).zip(groups.iter().flat_map(|(_, units)| units)) {
        put_text(sheet, row, 0, &unit.group);
        put_text(sheet, row, 1, &unit.unit);
        put_text(sheet, row, 2, &unit.class);
        let periods = unit.periods.iter().map(|(period, score)| (*period, score.total, score.rank));
        let annual = unit.annual.iter().map(|annual| (assessment.periods.len(), annual.total, annual.rank));
        for (at, total, rank) in periods.chain(annual) {
            put_points(sheet, row, 3 + 2 * at, total);
            sheet.write_number(row as u32, 4 + 2 * at as u16, rank).expect(CHECKED);
        }
    }

    let heads = [
        ("周期".into(), 12.0),
        ("排名组".into(), 12.0),
        ("单位".into(), 20.0),
        ("得分事项".into(), 26.0),
        ("依据".into(), 10.0),
        ("分".into(), 8.0),
        ("说明".into(), 60.0),
        ("事实".into(), 24.0),
    ];
    let count = |lines: usize, unit: &tz_model::UnitYear| {
        lines
            + unit.periods.iter().map(|(_, score)| score.lines.len()).sum::<usize>()
            + unit.annual.as_ref().map_or(0, |annual| annual.lines.len())
    };
    let lines = assessment.units.iter().fold(0, count);
    let sheet = book::sheet(&mut workbook, "明细", &heads, lines, &look)?;
    sheet.set_header(format!("&C{}年政务信息计分明细", assessment.year));
    let mut row = 1;
    for unit in groups.iter().flat_map(|(_, units)| units) {
        let mut put = |period: &str, line: &Line| {
            put_text(sheet, row, 0, period);
            put_text(sheet, row, 1, &unit.group);
            put_text(sheet, row, 2, &unit.unit);
            put_text(sheet, row, 3, &line.item);
            put_text(sheet, row, 4, line.clause.as_str());
            put_points(sheet, row, 5, line.points);
            put_text(sheet, row, 6, &line.why);
            let facts: Vec<String> = line.facts.iter().map(ToString::to_string).collect();
            put_text(sheet, row, 7, &facts.join("、"));
            row += 1;
        };
        for (period, score) in &unit.periods {
            let label = assessment.periods.get(*period).map_or("", |period| &period.label);
            score.lines.iter().for_each(|line| put(label, line));
        }
        unit.annual.iter().flat_map(|annual| &annual.lines).for_each(|line| put("全年", line));
    }

    let heads = [
        ("周期".into(), 12.0),
        ("结果".into(), 14.0),
        ("单位".into(), 20.0),
        ("排名组".into(), 12.0),
        ("依据".into(), 10.0),
        ("说明".into(), 70.0),
    ];
    let sheet = book::sheet(&mut workbook, "结果", &heads, assessment.outcomes.len(), &look)?;
    sheet.set_header(format!("&C{}年约谈、通报等事项", assessment.year));
    for (row, outcome) in (1..).zip(&assessment.outcomes) {
        put_text(sheet, row, 0, &outcome.period);
        put_text(sheet, row, 1, outcome.kind.name());
        put_text(sheet, row, 2, &outcome.unit);
        put_text(sheet, row, 3, &outcome.group);
        put_text(sheet, row, 4, outcome.clause.as_str());
        put_text(sheet, row, 5, &outcome.why);
    }
    if assessment.outcomes.is_empty() {
        put_text(sheet, 1, 0, "本期没有约谈、通报批评等事项。");
    }
    if !skipped.is_empty() {
        let sheet = book::sheet(
            &mut workbook,
            "跳过的行",
            &[("位置".into(), 34.0), ("差错".into(), 90.0)],
            skipped.len(),
            &look,
        )?;
        sheet.set_header(format!("&C{}年计分时跳过的行", assessment.year));
        for (row, fault) in (1..).zip(skipped) {
            put_text(sheet, row, 0, &fault.place);
            put_text(sheet, row, 1, &fault.sentence);
        }
    }
    Ok(book::save(workbook))
}
