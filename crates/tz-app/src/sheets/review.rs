//! The lists beside the scores: objections, interviews, paired help, closed periods, claims.

use tz_model::{Month, Table, UnitId};
use tz_tables::{Cell, ListColumn};

use super::{list, minute, workbook, workbook_of};
use crate::assessment::{Extent, Help, Interview, Listing, Mean, Objection, PaperFile, StatementEntry};
use crate::comment::ClaimView;
use crate::{App, Editor, Person, Problem};

/// `3个月平均：名次4.3，12.5分`
fn mean(of: Option<&Mean>) -> Cell {
    let words = |mean: &Mean| format!("{}期平均：名次{}，{}分", mean.periods, mean.rank, mean.points);
    of.map(words).unwrap_or_default().into()
}

fn objection_cells(one: &Objection) -> Vec<Cell> {
    let item = if one.item.is_empty() { "少计的事项" } else { one.item.as_str() };
    vec![
        one.unit_name.as_str().into(),
        one.period.chinese().into(),
        item.into(),
        one.points.as_str().into(),
        one.reason.as_str().into(),
        minute(one.raised_at.as_microsecond()),
        one.raised_by.as_str().into(),
        Cell::Day(one.answer_by),
        one.state.name().into(),
        one.answer.as_str().into(),
        one.answered_at.map_or(Cell::EMPTY, |at| minute(at.as_microsecond())),
        one.answered_by.as_str().into(),
    ]
}

fn interview_cells(one: &Interview) -> Vec<Cell> {
    let after = one.after.iter().map(|after| {
        let again = if after.last { "，仍靠后" } else { "" };
        format!("{} {}/{}，{}分{again}", after.period.chinese(), after.rank, after.size, after.total)
    });
    vec![
        one.unit_name.as_str().into(),
        one.period.chinese().into(),
        one.state.name().into(),
        one.date.into(),
        one.time.as_str().into(),
        one.place.as_str().into(),
        one.chair.as_str().into(),
        one.held_on.into(),
        one.attendants.as_str().into(),
        one.minutes.as_str().into(),
        one.promises.as_str().into(),
        one.promise_by.into(),
        one.reason.as_str().into(),
        after.collect::<Vec<_>>().join("；").into(),
    ]
}

fn help_cells(pair: &Help) -> Vec<Cell> {
    vec![
        pair.helper.as_str().into(),
        pair.helped.as_str().into(),
        pair.from.chinese().into(),
        pair.to.map_or_else(|| "帮扶中".to_owned(), |to| to.chinese()).into(),
        pair.measures.as_str().into(),
        mean(pair.before.as_ref()),
        mean(pair.since.as_ref()),
        pair.ending.as_str().into(),
    ]
}

impl App {
    /// Objections (申诉) as they are looked for, all of the past.
    pub fn objections_sheet(&self, who: &Person, listing: &Listing) -> Result<PaperFile, Problem> {
        let listed = self.cut_objections(who, listing, Extent::Whole)?;
        let columns = vec![
            ListColumn::new("单位", 20.0),
            ListColumn::new("周期", 14.0),
            ListColumn::new("计分事项", 28.0),
            ListColumn::new("分值", 8.0),
            ListColumn::new("申诉理由", 44.0),
            ListColumn::under("提出", "时间", 17.0),
            ListColumn::under("提出", "人员", 10.0),
            ListColumn::new("答复期限", 12.0),
            ListColumn::new("结果", 12.0),
            ListColumn::under("答复", "意见", 44.0),
            ListColumn::under("答复", "时间", 17.0),
            ListColumn::under("答复", "人员", 10.0),
        ];
        let rows = listed.open.iter().chain(&listed.past).map(objection_cells).collect();
        workbook(list("申诉", "申诉情况".to_owned(), columns, rows))
    }

    /// Interviews (约谈) as they are looked for, all of the past, with minutes and promises.
    pub fn interviews_sheet(&self, who: &Person, listing: &Listing) -> Result<PaperFile, Problem> {
        let listed = self.cut_interviews(who, listing, Extent::Whole)?;
        let columns = vec![
            ListColumn::new("单位", 20.0),
            ListColumn::new("列入", 14.0),
            ListColumn::new("状态", 9.0),
            ListColumn::under("安排", "日期", 12.0),
            ListColumn::under("安排", "时间", 12.0),
            ListColumn::under("安排", "地点", 20.0),
            ListColumn::under("安排", "主持人", 14.0),
            ListColumn::under("记录", "约谈日期", 12.0),
            ListColumn::under("记录", "参加人员", 28.0),
            ListColumn::under("记录", "纪要", 60.0),
            ListColumn::under("记录", "承诺的措施", 44.0),
            ListColumn::under("记录", "整改期限", 12.0),
            ListColumn::new("改期或取消的原因", 24.0),
            ListColumn::new("以后的名次", 44.0),
        ];
        let rows = listed.open.iter().chain(&listed.past).map(interview_cells).collect();
        workbook(list("约谈", "约谈情况".to_owned(), columns, rows))
    }

    /// The facts of one table in a period (计分事实), of a unit or of all; a reporter's own unit's. All of them.
    pub fn facts_sheet(
        &self,
        who: &Person,
        month: Month,
        table: Table,
        unit: Option<UnitId>,
    ) -> Result<PaperFile, Problem> {
        let found = self.cut_facts(who, month, table, unit, Extent::Whole)?;
        let rows = found.lines.into_iter().map(|line| {
            vec![
                line.fact.date.into(),
                line.name.into(),
                line.fact.title.into(),
                line.units.into(),
                line.fact.note.into(),
                if line.counted { "" } else { "不计篇数" }.into(),
            ]
        });
        let columns = vec![
            ListColumn::new("日期", 12.0),
            ListColumn::new("事项", 20.0),
            ListColumn::new("标题", 50.0),
            ListColumn::new("单位", 28.0),
            ListColumn::new("说明", 36.0),
            ListColumn::new("计篇数", 10.0),
        ];
        let title = format!("{}{}{}", found.period.chinese(), found.unit, table.name());
        workbook(list(table.name(), title, columns, rows.collect()))
    }

    /// Paired help (帮扶) with its effect, and joint meetings (联席会议) on a second sheet.
    pub fn help_sheet(&self, who: &Editor) -> Result<PaperFile, Problem> {
        let room = self.help_room(who)?;
        let columns = vec![
            ListColumn::new("帮扶单位", 20.0),
            ListColumn::new("被帮扶单位", 20.0),
            ListColumn::new("开始", 14.0),
            ListColumn::new("结束", 14.0),
            ListColumn::new("做法", 44.0),
            ListColumn::new("结对前", 28.0),
            ListColumn::new("结对后", 28.0),
            ListColumn::new("成效和结束的原因", 36.0),
        ];
        let pairs = list("帮扶", "结对帮扶".to_owned(), columns, room.pairs.iter().map(help_cells).collect());
        let meetings = room.meetings.into_iter().map(|one| {
            vec![one.date.into(), one.place.into(), one.topic.into(), one.attendants.into(), one.minutes.into()]
        });
        let columns = vec![
            ListColumn::new("日期", 12.0),
            ListColumn::new("地点", 20.0),
            ListColumn::new("议题", 36.0),
            ListColumn::new("参加单位和人员", 44.0),
            ListColumn::new("内容", 60.0),
        ];
        let meetings = list("联席会议", "联席会议".to_owned(), columns, meetings.collect());
        workbook_of("帮扶和联席会议", &[pairs, meetings])
    }

    /// Closed periods (计分表), newest first.
    pub fn statements_sheet(&self, who: &Editor) -> Result<PaperFile, Problem> {
        let cells = |one: StatementEntry| {
            vec![
                Cell::Count(one.number),
                one.period.chinese().into(),
                one.scheme.into(),
                minute(one.closed_at),
                one.closed_by.into(),
                one.superseded_by.join("；").into(),
                one.sha256.into(),
            ]
        };
        let columns = vec![
            ListColumn::new("号", 6.0),
            ListColumn::new("周期", 16.0),
            ListColumn::new("计分办法", 36.0),
            ListColumn::under("关账", "时间", 17.0),
            ListColumn::under("关账", "人员", 10.0),
            ListColumn::new("更正的通报", 36.0),
            ListColumn::new("校验值", 68.0),
        ];
        let rows = self.statements(who)?.into_iter().map(cells).collect();
        workbook(list("计分表", "计分表目录".to_owned(), columns, rows))
    }

    /// Who was sent what by a close, and when they opened it (送达情况).
    pub fn deliveries_sheet(&self, who: &Editor, month: Month) -> Result<PaperFile, Problem> {
        let (entry, _) = self.statement(who, month)?;
        let mut rows = Vec::new();
        for paper in self.delivered(who, month)? {
            for (whom, opened) in paper.whom {
                rows.push(vec![
                    paper.name.as_str().into(),
                    paper.kind.name().into(),
                    whom.into(),
                    if opened.is_some() { "已阅" } else { "未阅" }.into(),
                    opened.map_or(Cell::EMPTY, |at| minute(at.as_microsecond())),
                ]);
            }
        }
        let columns = vec![
            ListColumn::new("文件", 44.0),
            ListColumn::new("种类", 18.0),
            ListColumn::new("送达", 24.0),
            ListColumn::new("阅读", 8.0),
            ListColumn::new("阅读时间", 17.0),
        ];
        workbook(list("送达", format!("{}通报和函件送达情况", entry.period.chinese()), columns, rows))
    }

    /// Comments on bulletins that units registered (通报获批示).
    pub fn claims_sheet(&self, who: &Person) -> Result<PaperFile, Problem> {
        let cells = |one: ClaimView| {
            vec![
                one.unit.into(),
                one.bulletin.into(),
                one.kind.into(),
                one.person.into(),
                one.date.into(),
                one.words.into(),
                one.state.name().into(),
                one.answer.into(),
            ]
        };
        let columns = vec![
            ListColumn::new("单位", 20.0),
            ListColumn::new("通报", 18.0),
            ListColumn::new("事项", 24.0),
            ListColumn::new("批示人", 12.0),
            ListColumn::new("日期", 12.0),
            ListColumn::new("批示内容", 44.0),
            ListColumn::new("结果", 16.0),
            ListColumn::new("说明", 28.0),
        ];
        let rows = self.bulletin_claims(who)?.into_iter().map(cells).collect();
        workbook(list("通报获批示", "通报获批示登记".to_owned(), columns, rows))
    }
}
