//! The scores: the standing by groups, and one unit's account line by line.

use tz_model::{Month, UnitId};
use tz_tables::{Cell, List, ListColumn};

use super::{list, workbook};
use crate::assessment::{AccountLine, GroupStanding, PaperFile, YearGroup, YearRow};
use crate::{App, Person, Problem};

impl App {
    /// The standing (得分情况) of the period a month counts towards, a sheet a ranking group, as a person may see it.
    pub fn standing_sheet(&self, who: &Person, month: Option<Month>) -> Result<PaperFile, Problem> {
        let standing = self.standing(who, month)?;
        let called = standing.period.chinese();
        let six = if standing.period.period.is_month() { "近六月得分" } else { "近六期得分" };
        let lists: Vec<List> = standing.groups.iter().map(|group| sheet(group, &called, six)).collect();
        workbook(&lists)
    }

    /// A year (年度得分), a sheet a ranking group, with every period and what its end adds or takes.
    pub fn year_sheet(&self, who: &Person, year: i16) -> Result<PaperFile, Problem> {
        let standing = self.year_standing(who, year)?;
        let so_far = if standing.closed { "" } else { "（未结束）" };
        let sheet = |group: &YearGroup| {
            let cells = |row: &YearRow| {
                let mut cells: Vec<Cell> = vec![Cell::Count(i64::from(row.rank)), row.name.as_str().into()];
                cells.extend(row.periods.iter().map(|points| Cell::from(*points)));
                let lines: Vec<String> =
                    row.lines.iter().map(|line| format!("{} {}", line.points.signed(), line.item)).collect();
                cells.extend([
                    Cell::Points(row.monthly),
                    Cell::Points(row.added()),
                    Cell::Points(row.total),
                    lines.join("；").into(),
                ]);
                cells
            };
            let mut columns = vec![ListColumn::new("位次", 7.0), ListColumn::new("单位", 22.0)];
            let periods = standing.periods.iter();
            columns.extend(periods.map(|period| ListColumn::under("各期得分", period.period.within_year(), 8.0)));
            columns.extend([
                ListColumn::under("得分", "合计", 9.0),
                ListColumn::under("得分", "年终加减", 9.0),
                ListColumn::under("得分", "总分", 9.0),
                ListColumn::new("年终加减的项目", 40.0),
            ]);
            let title = format!("{year}年{}年度得分{so_far}", group.name);
            list(&group.name, title, columns, group.rows.iter().map(cells).collect())
        };
        workbook(&standing.groups.iter().map(sheet).collect::<Vec<_>>())
    }

    /// One unit's account (计分明细): every line with its clause and what it rests on.
    pub fn account_sheet(&self, who: &Person, unit: UnitId, month: Month) -> Result<PaperFile, Problem> {
        let account = self.account_of(who, unit, month)?;
        let cells = |line: &AccountLine| {
            let facts: Vec<String> =
                line.facts.iter().map(|fact| format!("{} {}", fact.date, fact.title).trim().to_owned()).collect();
            vec![
                line.line.item.to_string().into(),
                line.line.why.as_str().into(),
                Cell::Points(line.line.points),
                line.place.as_str().into(),
                line.sentence.as_str().into(),
                facts.join("；").into(),
            ]
        };
        let mut rows: Vec<Vec<Cell>> = account.lines.iter().map(cells).collect();
        rows.push(vec!["合计".into(), Cell::EMPTY, Cell::Points(account.total), Cell::EMPTY, Cell::EMPTY, Cell::EMPTY]);
        let columns = vec![
            ListColumn::new("计分项目", 20.0),
            ListColumn::new("理由", 44.0),
            ListColumn::new("分值", 9.0),
            ListColumn::under("依据", "条款", 12.0),
            ListColumn::under("依据", "原文", 44.0),
            ListColumn::new("事实", 44.0),
        ];
        let title = format!("{}{}计分明细", account.name, account.period.chinese());
        workbook(&[list(&account.name, title, columns, rows)])
    }
}

fn sheet(group: &GroupStanding, called: &str, six: &'static str) -> List {
    let rows = group.rows.iter().map(|row| {
        let quota = row.quota.as_ref();
        let mut cells: Vec<Cell> = vec![
            Cell::Count(i64::from(row.rank)),
            row.before.map_or(Cell::EMPTY, |before| Cell::Count(i64::from(before))),
            row.name.as_str().into(),
            quota.map_or(Cell::EMPTY, |quota| Cell::Count(i64::from(quota.received))),
            quota.map_or(Cell::EMPTY, |quota| Cell::Count(i64::from(quota.required))),
            Cell::count(row.adoptions),
        ];
        cells.extend(row.totals.iter().map(|total| Cell::from(*total)));
        cells.push(row.tags.join("、").into());
        cells
    });
    let mut columns = vec![
        ListColumn::under("位次", "本期", 7.0),
        ListColumn::under("位次", "上期", 7.0),
        ListColumn::new("单位", 24.0),
        ListColumn::under("报送", "篇数", 7.0),
        ListColumn::under("报送", "任务", 7.0),
        ListColumn::new("采用篇次", 9.0),
    ];
    let six_back = group.rows.first().map_or(0, |row| row.totals.len());
    columns.extend((0..six_back).map(|at| match six_back - 1 - at {
        0 => ListColumn::under(six, "本期", 9.0),
        back => ListColumn::under(six, format!("前{back}期"), 9.0),
    }));
    columns.push(ListColumn::new("说明", 24.0));
    list(&group.name, format!("{called}{}得分情况", group.name), columns, rows.collect())
}
