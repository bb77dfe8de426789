//! Results as a workbook (计分结果): totals and ranks, every line with its reason, and what follows.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rust_xlsxwriter::{Workbook, Worksheet};
use tz_model::{Assessment, Fault, Ledger, Line, Name, UnitYear};

use crate::book::{self, CHECKED, Look, TooLarge, put_points, put_text};
use crate::result_text::by_group;

/// What the year is called among the periods.
const YEAR: &str = "全年";

/// The assessment as a workbook set up for printing on A4 across: 汇总 (a row a unit: total and rank of every period and of
/// the year), a sheet for each ledger that does not rank (账·奖金: a row a unit that has lines in it), 明细 (a row a line),
/// 结果 (约谈, 通报批评 and the like). Where rows of the tables were `skipped`, 跳过的行 says which and why.
///
/// A line that waits (待定) shows that word in the place of its points, and in a column of its own what it waits for; 汇总
/// then counts each unit's. Points are numbers where they are finite decimals, else the text of the fraction. The same
/// bytes every time.
///
/// # Errors
/// More lines than a worksheet has rows.
pub fn result_workbook(assessment: &Assessment, skipped: &[Fault]) -> Result<Vec<u8>, TooLarge> {
    let look = Look::new();
    let mut workbook = book::workbook(&format!("{}年政务信息计分结果", assessment.year));
    let units: Vec<&UnitYear> = by_group(assessment).into_iter().flat_map(|(_, units)| units).collect();
    let ledgers: BTreeSet<&Name> = units.iter().flat_map(|unit| unit.ledgers.keys()).collect();
    totals(&mut workbook, &look, assessment, &units)?;
    let mut names = Vec::new();
    for ledger in &ledgers {
        names.push(book::sheet_name(&format!("账·{ledger}"), &names));
        ledger_totals(&mut workbook, &look, assessment, &units, ledger, &names[names.len() - 1])?;
    }
    lines(&mut workbook, &look, assessment, &units, !ledgers.is_empty())?;
    outcomes(&mut workbook, &look, assessment)?;
    if !skipped.is_empty() {
        let heads = [("位置".into(), 34.0), ("差错".into(), 90.0)];
        let sheet = book::sheet(&mut workbook, "跳过的行", &heads, skipped.len(), &look)?;
        sheet.set_header(format!("&C{}年计分时跳过的行", assessment.year));
        for (row, fault) in (1..).zip(skipped) {
            put_text(sheet, row, 0, &fault.place);
            put_text(sheet, row, 1, &fault.sentence);
        }
    }
    Ok(book::save(workbook))
}

/// A unit's lines in printed order: those that rank first, then each ledger's; with ledger and period, both empty where
/// they are the ranking one and none.
fn lines_of<'a>(assessment: &'a Assessment, unit: &'a UnitYear) -> impl Iterator<Item = (&'a str, &'a str, &'a Line)> {
    let label = |period: usize| assessment.periods.get(period).map_or("", |period| &*period.label);
    let ranking = unit
        .periods
        .iter()
        .flat_map(move |(period, score)| score.lines.iter().map(move |line| ("", label(*period), line)))
        .chain(unit.annual.iter().flat_map(|annual| annual.lines.iter().map(|line| ("", YEAR, line))));
    let others = unit.ledgers.iter().flat_map(move |(name, ledger)| {
        ledger
            .periods
            .iter()
            .flat_map(move |(period, account)| account.lines.iter().map(move |line| (&**name, label(*period), line)))
            .chain(ledger.annual.iter().flat_map(|annual| annual.lines.iter().map(|line| (&**name, YEAR, line))))
    });
    ranking.chain(others)
}

/// 汇总
fn totals(workbook: &mut Workbook, look: &Look, assessment: &Assessment, units: &[&UnitYear]) -> Result<(), TooLarge> {
    let year = units.iter().any(|unit| unit.annual.is_some());
    let waiting: Vec<usize> = units
        .iter()
        .map(|unit| lines_of(assessment, unit).filter(|(_, _, line)| line.waiting.is_some()).count())
        .collect();
    let mut heads = unit_heads();
    let labels = assessment.periods.iter().map(|period| &*period.label).chain(year.then_some(YEAR));
    for label in labels {
        heads.push((format!("{label} 得分").into(), 14.0));
        heads.push((format!("{label} 名次").into(), 14.0));
    }
    let wait = heads.len();
    if waiting.iter().any(|count| *count > 0) {
        heads.push(("待定项数".into(), 10.0));
    }
    let sheet = book::sheet(workbook, "汇总", &heads, units.len(), look)?;
    sheet.set_freeze_panes(1, 2).expect(CHECKED).set_header(format!("&C{}年政务信息计分汇总", assessment.year));
    for ((row, unit), waiting) in (1..).zip(units).zip(waiting) {
        put_unit(sheet, row, unit);
        let periods = unit.periods.iter().map(|(period, score)| (*period, score.total, score.rank));
        let annual = unit.annual.iter().map(|annual| (assessment.periods.len(), annual.total, annual.rank));
        for (at, total, rank) in periods.chain(annual) {
            put_points(sheet, row, 3 + 2 * at, total);
            sheet.write_number(row as u32, 4 + 2 * at as u16, rank).expect(CHECKED);
        }
        if waiting > 0 {
            sheet.write_number(row as u32, wait as u16, waiting as u32).expect(CHECKED);
        }
    }
    Ok(())
}

/// One ledger's totals: a row a unit that has lines in it.
fn ledger_totals(
    workbook: &mut Workbook,
    look: &Look,
    assessment: &Assessment,
    units: &[&UnitYear],
    name: &Name,
    sheet: &str,
) -> Result<(), TooLarge> {
    let rows: Vec<(&UnitYear, &Ledger)> =
        units.iter().filter_map(|unit| Some((*unit, unit.ledgers.get(name)?))).collect();
    let year = rows.iter().any(|(_, ledger)| ledger.annual.is_some());
    let mut heads = unit_heads();
    heads.extend(assessment.periods.iter().map(|period| ((&*period.label).into(), 12.0)));
    heads.extend(year.then_some((YEAR.into(), 12.0)));
    let sheet = book::sheet(workbook, sheet, &heads, rows.len(), look)?;
    // In a header an ampersand begins a code; two are one.
    let title = format!("&C{}年{}", assessment.year, name.replace('&', "&&"));
    sheet.set_freeze_panes(1, 2).expect(CHECKED).set_header(title.chars().take(200).collect::<String>());
    for (row, (unit, ledger)) in (1..).zip(rows) {
        put_unit(sheet, row, unit);
        let periods = ledger.periods.iter().map(|(period, account)| (*period, account.total));
        let annual = ledger.annual.iter().map(|annual| (assessment.periods.len(), annual.total));
        for (at, total) in periods.chain(annual) {
            put_points(sheet, row, 3 + at, total);
        }
    }
    Ok(())
}

/// 明细: a row a line, with the column 账 where there is a ledger beside the one that ranks, and 待定事由 where a line waits.
fn lines(
    workbook: &mut Workbook,
    look: &Look,
    assessment: &Assessment,
    units: &[&UnitYear],
    ledgers: bool,
) -> Result<(), TooLarge> {
    let all = || units.iter().flat_map(|unit| lines_of(assessment, unit).map(move |line| (unit, line)));
    let waits = all().any(|(_, (_, _, line))| line.waiting.is_some());
    let mut heads: Vec<(Cow<'_, str>, f64)> =
        vec![("周期".into(), 12.0), ("排名组".into(), 12.0), ("单位".into(), 20.0)];
    heads.extend(ledgers.then(|| ("账".into(), 10.0)));
    heads.extend([("得分事项".into(), 26.0), ("依据".into(), 10.0), ("分".into(), 8.0)]);
    heads.extend(waits.then(|| ("待定事由".into(), 30.0)));
    heads.extend([("说明".into(), 60.0), ("事实".into(), 24.0)]);
    let sheet = book::sheet(workbook, "明细", &heads, all().count(), look)?;
    sheet.set_header(format!("&C{}年政务信息计分明细", assessment.year));
    for (row, (unit, (ledger, period, line))) in (1..).zip(all()) {
        let mut at = 0;
        let mut next = || {
            at += 1;
            at - 1
        };
        put_text(sheet, row, next(), period);
        put_text(sheet, row, next(), &unit.group);
        put_text(sheet, row, next(), &unit.unit);
        if ledgers {
            put_text(sheet, row, next(), if ledger.is_empty() { "考核分" } else { ledger });
        }
        put_text(sheet, row, next(), &line.item);
        put_text(sheet, row, next(), line.clause.as_str());
        match line.waiting {
            Some(_) => put_text(sheet, row, next(), "待定"),
            None => put_points(sheet, row, next(), line.points),
        }
        if waits {
            put_text(sheet, row, next(), line.waiting.as_deref().unwrap_or_default());
        }
        put_text(sheet, row, next(), &line.why);
        let facts: Vec<String> = line.facts.iter().map(ToString::to_string).collect();
        put_text(sheet, row, next(), &facts.join("、"));
    }
    Ok(())
}

/// 结果
fn outcomes(workbook: &mut Workbook, look: &Look, assessment: &Assessment) -> Result<(), TooLarge> {
    let heads = [
        ("周期".into(), 12.0),
        ("结果".into(), 14.0),
        ("单位".into(), 20.0),
        ("排名组".into(), 12.0),
        ("依据".into(), 10.0),
        ("说明".into(), 70.0),
    ];
    let sheet = book::sheet(workbook, "结果", &heads, assessment.outcomes.len(), look)?;
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
    Ok(())
}

fn unit_heads() -> Vec<(Cow<'static, str>, f64)> {
    vec![("排名组".into(), 12.0), ("单位".into(), 20.0), ("类别".into(), 8.0)]
}

fn put_unit(sheet: &mut Worksheet, row: usize, unit: &UnitYear) {
    put_text(sheet, row, 0, &unit.group);
    put_text(sheet, row, 1, &unit.unit);
    put_text(sheet, row, 2, &unit.class);
}
