//! The lists people work by: items, messages, comments, upward reports, solicitations, issues, the audit log.

use tz_model::{MailId, Month, SolicitationId, Table};
use tz_store::item::{ItemFilter, ItemRow, Sight};
use tz_tables::{Cell, ListColumn};

use super::{MOST, list, minute, workbook, workbook_of};
use crate::assessment::PaperFile;
use crate::comment::{FollowFilter, FollowView};
use crate::facts::Entered;
use crate::forward::ForwardState;
use crate::intake::{InboxFilter, states_asked};
use crate::mail::fate_name;
use crate::publication::{ArchiveWish, joined};
use crate::report::state_name;
use crate::staff::{MemberMonth, MemberYear, WeekState};
use crate::{Administrator, App, Editor, Person, Problem, Reporter};

/// `2018年6月` before a list's name, or nothing.
fn of_month(month: Option<Month>) -> String {
    month.map_or_else(String::new, Month::chinese)
}

fn item_columns() -> Vec<ListColumn> {
    vec![
        ListColumn::new("编号", 16.0),
        ListColumn::new("收到时间", 17.0),
        ListColumn::new("渠道", 8.0),
        ListColumn::new("单位", 24.0),
        ListColumn::new("信息类别", 12.0),
        ListColumn::new("标题", 44.0),
        ListColumn::new("字数", 8.0),
        ListColumn::new("忧", 5.0),
        ListColumn::new("撰稿人", 12.0),
        ListColumn::new("去向", 10.0),
        ListColumn::new("计篇数", 8.0),
    ]
}

fn item_cells(row: &ItemRow, units: String) -> Vec<Cell> {
    vec![
        row.number.as_str().into(),
        minute(row.received_at),
        row.channel.as_str().into(),
        units.into(),
        row.category.as_str().into(),
        row.title.as_str().into(),
        Cell::Count(row.words),
        if row.worry { "忧" } else { "" }.into(),
        row.authors.as_str().into(),
        state_name(&row.state).into(),
        if row.counted && row.repeats.is_none() { "计" } else { "不计" }.into(),
    ]
}

/// Facts entered by hand, with what their table calls its names and whom it names.
fn entered_cells(fact: &Entered) -> Vec<Cell> {
    vec![
        Cell::Day(fact.date),
        fact.name.as_str().into(),
        fact.item.as_ref().map_or("", |(_, number)| number).into(),
        fact.title.as_str().into(),
        fact.units.as_str().into(),
        fact.points.into(),
        fact.note.as_str().into(),
        fact.by.as_str().into(),
    ]
}

impl App {
    /// The list of an editor (收稿) under a filter, every page of it.
    pub fn inbox_sheet(&self, _who: &Editor, filter: &InboxFilter) -> Result<PaperFile, Problem> {
        let mut tx = self.read()?;
        let (text, to_do) = (filter.text.trim(), filter.state.is_empty());
        let rows = tx.list_items(
            Sight::Office,
            &ItemFilter {
                states: &states_asked(&filter.state),
                category: Some(filter.category.as_str()).filter(|name| !name.is_empty()),
                unit: filter.unit,
                title_part: Some(text).filter(|text| !text.is_empty()),
                oldest_first: to_do,
                limit: MOST,
                ..ItemFilter::default()
            },
        )?;
        let units = tx.list_unit_names()?;
        let rows = rows.iter().map(|(row, of)| item_cells(row, joined(&units, of))).collect();
        let title = match filter.state.as_str() {
            "" => "待办稿件".to_owned(),
            "all" => "全部稿件".to_owned(),
            state => format!("{}稿件", state_name(state)),
        };
        workbook(list("稿件", title, item_columns(), rows))
    }

    /// A unit's own items (本单位报送), all of them.
    pub fn my_items_sheet(&self, who: &Reporter) -> Result<PaperFile, Problem> {
        let mut tx = self.read()?;
        let rows = tx.list_items(who.sight(), &ItemFilter { limit: MOST, ..ItemFilter::default() })?;
        let units = tx.list_unit_names()?;
        let rows = rows.iter().map(|(row, of)| item_cells(row, joined(&units, of))).collect();
        workbook(list("稿件", "本单位报送稿件".to_owned(), item_columns(), rows))
    }

    /// The ledger of messages (来信台账) of one fate or all. What was refused for a mark of secrecy has no subject: none was kept.
    pub fn mail_sheet(&self, _who: &Editor, fate: Option<&str>) -> Result<PaperFile, Problem> {
        let mut tx = self.read()?;
        let units = tx.list_unit_names()?;
        let mut rows = Vec::new();
        for row in tx.list_mail_before(fate, None, MOST)? {
            let items = if row.fate == "item" { tx.list_items_of_mail(MailId(row.id))? } else { Vec::new() };
            let numbers: Vec<&str> = items.iter().map(|item| item.number.as_str()).collect();
            rows.push(vec![
                minute(row.received_at),
                row.sender.as_str().into(),
                row.unit_id.map(|id| joined(&units, &[id])).unwrap_or_default().into(),
                row.subject.as_str().into(),
                fate_name(&row.fate).into(),
                row.reason.as_str().into(),
                numbers.join("、").into(),
                row.sha256.as_str().into(),
            ]);
        }
        let columns = vec![
            ListColumn::new("收到时间", 17.0),
            ListColumn::new("发件人", 28.0),
            ListColumn::new("单位", 18.0),
            ListColumn::new("主题", 40.0),
            ListColumn::new("去向", 10.0),
            ListColumn::new("原因", 40.0),
            ListColumn::new("稿件编号", 18.0),
            ListColumn::new("原信SHA-256", 24.0),
        ];
        let title = fate.map_or_else(|| "来信台账".to_owned(), |fate| format!("来信台账（{}）", fate_name(fate)));
        workbook(list("来信", title, columns, rows))
    }

    /// Leaders' comments (领导批示) of a month, or all.
    pub fn comments_sheet(&self, who: &Editor, month: Option<Month>) -> Result<PaperFile, Problem> {
        let rows = self.entered_whole(who, Table::Comments, month)?;
        let rows = rows.iter().map(|fact| {
            let mut cells = entered_cells(fact);
            cells.insert(2, fact.leader.as_str().into());
            cells
        });
        let columns = vec![
            ListColumn::new("日期", 12.0),
            ListColumn::new("批示层级", 18.0),
            ListColumn::new("领导", 12.0),
            ListColumn::new("稿件编号", 16.0),
            ListColumn::new("标题", 40.0),
            ListColumn::new("单位", 24.0),
            ListColumn::new("每单位分值", 11.0),
            ListColumn::new("批示内容", 44.0),
            ListColumn::new("登记人", 10.0),
        ];
        workbook(list("批示", format!("{}领导批示", of_month(month)), columns, rows.collect()))
    }

    /// Follow-ups (督办) as they are listed.
    pub fn follow_ups_sheet(&self, who: &Person, filter: FollowFilter) -> Result<PaperFile, Problem> {
        let (follows, _) = self.follow_ups(who, filter)?;
        let cells = |follow: &FollowView| {
            let (level, leader, words) = &follow.comment;
            vec![
                follow.unit.as_str().into(),
                follow.requirement.as_str().into(),
                Cell::Day(follow.deadline),
                follow.state.words().into(),
                follow.title.as_str().into(),
                follow.commented.into(),
                level.as_str().into(),
                leader.as_str().into(),
                words.as_str().into(),
                follow.closing.as_str().into(),
            ]
        };
        let columns = vec![
            ListColumn::new("责任单位", 18.0),
            ListColumn::new("办理要求", 36.0),
            ListColumn::new("办理期限", 12.0),
            ListColumn::new("进展", 18.0),
            ListColumn::new("稿件", 36.0),
            ListColumn::under("批示", "日期", 12.0),
            ListColumn::under("批示", "层级", 16.0),
            ListColumn::under("批示", "领导", 10.0),
            ListColumn::under("批示", "内容", 36.0),
            ListColumn::new("办结意见", 24.0),
        ];
        workbook(list("督办", "批示督办".to_owned(), columns, follows.iter().map(cells).collect()))
    }

    /// What higher offices adopted (上级采用) in a month, or ever.
    pub fn adopted_sheet(&self, who: &Editor, month: Option<Month>) -> Result<PaperFile, Problem> {
        let rows = self.entered_whole(who, Table::Adoptions, month)?;
        let rows = rows.iter().map(|fact| {
            let mut cells = entered_cells(fact);
            cells.insert(2, fact.form.as_str().into());
            cells
        });
        let columns = vec![
            ListColumn::new("日期", 12.0),
            ListColumn::new("采用方式", 20.0),
            ListColumn::new("形式", 9.0),
            ListColumn::new("稿件编号", 16.0),
            ListColumn::new("标题", 44.0),
            ListColumn::new("单位", 24.0),
            ListColumn::new("每单位分值", 11.0),
            ListColumn::new("备注", 30.0),
            ListColumn::new("登记人", 10.0),
        ];
        workbook(list("上级采用", format!("{}上级采用", of_month(month)), columns, rows.collect()))
    }

    /// Upward reports (上报稿) in a state, or all.
    pub fn forwards_sheet(&self, who: &Editor, state: Option<ForwardState>) -> Result<PaperFile, Problem> {
        let cells = |forward: crate::forward::ForwardView| {
            let numbers: Vec<&str> = forward.items.iter().map(|(_, number, _)| number.as_str()).collect();
            let fate = |fate: &crate::forward::Fate| {
                let day = fate.date.map(|day| day.to_string()).unwrap_or_default();
                format!("{day} {}{}", fate.kind, fate.form).trim().to_owned()
            };
            vec![
                forward.number.as_str().into(),
                forward.date.into(),
                forward.target.as_str().into(),
                forward.title.as_str().into(),
                forward.units.as_str().into(),
                numbers.join("、").into(),
                forward.state.name().into(),
                Cell::count(forward.fates.len()),
                forward.fates.iter().map(fate).collect::<Vec<_>>().join("；").into(),
            ]
        };
        let columns = vec![
            ListColumn::new("文号", 18.0),
            ListColumn::new("上报日期", 12.0),
            ListColumn::new("报往", 18.0),
            ListColumn::new("标题", 44.0),
            ListColumn::new("单位", 24.0),
            ListColumn::new("稿件编号", 18.0),
            ListColumn::new("状态", 9.0),
            ListColumn::under("上级采用", "次数", 7.0),
            ListColumn::under("上级采用", "情况", 36.0),
        ];
        let rows = self.forwards(who, state)?.into_iter().map(cells).collect();
        workbook(list("上报", "上报稿".to_owned(), columns, rows))
    }

    /// Solicitations (约稿) with what each unit owes, as a person may see them.
    pub fn solicitations_sheet(&self, who: &Person) -> Result<PaperFile, Problem> {
        let all = self.solicitations(who)?;
        workbook(duties("约稿情况".to_owned(), &all))
    }

    /// One solicitation with what each unit owes.
    pub fn solicitation_sheet(&self, who: &Person, id: SolicitationId) -> Result<PaperFile, Problem> {
        let one = self.solicitation(who, id)?;
        workbook(duties(format!("{}报送情况", one.code), std::slice::from_ref(&one)))
    }

    /// Reporting points (报送要点) with what came about each topic, and for the office what each unit has reported on.
    pub fn points_sheet(&self, who: &Person) -> Result<PaperFile, Problem> {
        let all = self.reporting_points(who)?;
        let (mut topics, mut units) = (Vec::new(), Vec::new());
        for view in &all {
            for topic in &view.topics {
                let items = topic.items.iter().map(|(_, number, title, units)| format!("{number} {units}《{title}》"));
                topics.push(vec![
                    view.name.as_str().into(),
                    Cell::Day(view.days.0),
                    Cell::Day(view.days.1),
                    topic.code.as_str().into(),
                    topic.title.as_str().into(),
                    topic.requirement.as_str().into(),
                    Cell::count(topic.units),
                    items.collect::<Vec<_>>().join("；").into(),
                ]);
            }
            for unit in &view.by_unit {
                units.push(vec![
                    view.code.as_str().into(),
                    view.name.as_str().into(),
                    unit.name.as_str().into(),
                    Cell::count(unit.items),
                    Cell::count(unit.topics),
                    unit.lacking.join("；").into(),
                ]);
            }
        }
        let columns = vec![
            ListColumn::new("报送要点", 24.0),
            ListColumn::under("期限", "起", 12.0),
            ListColumn::under("期限", "止", 12.0),
            ListColumn::new("编号", 16.0),
            ListColumn::new("题目", 30.0),
            ListColumn::new("要求", 40.0),
            ListColumn::under("来稿", "单位数", 8.0),
            ListColumn::under("来稿", "稿件", 60.0),
        ];
        let mut lists = vec![list("题目", "报送要点".to_owned(), columns, topics)];
        if !units.is_empty() {
            let columns = vec![
                ListColumn::new("编号", 14.0),
                ListColumn::new("报送要点", 24.0),
                ListColumn::new("单位", 24.0),
                ListColumn::under("来稿", "篇数", 8.0),
                ListColumn::under("来稿", "题目数", 8.0),
                ListColumn::new("没有来稿的题目", 44.0),
            ];
            lists.push(list("各单位", "各单位报送情况".to_owned(), columns, units));
        }
        workbook_of("报送要点", &lists)
    }

    /// Past issues (往期) as they are searched for.
    pub fn issues_sheet(&self, who: &Editor, wish: &ArchiveWish) -> Result<PaperFile, Problem> {
        let mut rows = Vec::new();
        for issue in self.issues_wholly(who, wish)? {
            rows.push(vec![
                issue.label.as_str().into(),
                issue.running.map_or(Cell::EMPTY, Cell::Count),
                issue.date.into(),
                Cell::count(issue.titles.len()),
                issue.titles.join("；").into(),
                issue.withdrawn_reason.as_str().into(),
            ]);
        }
        let columns = vec![
            ListColumn::new("期次", 34.0),
            ListColumn::new("总期数", 8.0),
            ListColumn::new("印发日期", 12.0),
            ListColumn::under("稿件", "条数", 7.0),
            ListColumn::under("稿件", "标题", 80.0),
            ListColumn::new("撤回原因", 20.0),
        ];
        workbook(list("往期", "刊物往期目录".to_owned(), columns, rows))
    }

    /// A month of the office's people (全员办信息月度统计, N2.5).
    pub fn staff_sheet(&self, who: &Editor, month: Month) -> Result<PaperFile, Problem> {
        let shown = self.staff_month(who, month)?;
        let mut columns =
            vec![ListColumn::new("姓名", 12.0), ListColumn::new("科室", 18.0), ListColumn::new("专职或兼职", 11.0)];
        for week in &shown.weeks {
            let (first, last) = (week.monday, week.sunday());
            let called = format!("{}.{}-{}.{}", first.month(), first.day(), last.month(), last.day());
            columns.push(ListColumn::under("各周稿件和线索", called, 11.0));
        }
        columns.extend([
            ListColumn::under("全月", "稿件", 7.0),
            ListColumn::under("全月", "线索", 7.0),
            ListColumn::under("全月", "未达标周数", 11.0),
            ListColumn::new("说明", 30.0),
        ]);
        let cells = |one: &MemberMonth| {
            let ((items, leads), member) = (one.done(), &one.member);
            let kind = if member.full_time { "专职" } else { "兼职" };
            let mut cells: Vec<Cell> = vec![member.name.as_str().into(), member.section.as_str().into(), kind.into()];
            cells.extend(one.weeks.iter().map(|week| match week.state {
                WeekState::Away => Cell::EMPTY,
                WeekState::Excused => "免计".into(),
                WeekState::Met | WeekState::Short | WeekState::Open => Cell::Count(week.all_items() + week.leads),
            }));
            let notes: Vec<&str> =
                one.weeks.iter().map(|week| week.note.as_str()).filter(|note| !note.is_empty()).collect();
            cells.extend([Cell::Count(items), Cell::Count(leads), Cell::count(one.short()), notes.join("；").into()]);
            cells
        };
        let rows = shown.people.iter().map(cells).collect();
        workbook(list("全员办信息", format!("{}全员办信息统计", month.chinese()), columns, rows))
    }

    /// A year of the office's people with who is eligible (评优资格, N2.5).
    pub fn staff_year_sheet(&self, who: &Editor, year: i16) -> Result<PaperFile, Problem> {
        let people = self.staff_year(who, year)?;
        let mut columns = vec![ListColumn::new("姓名", 12.0), ListColumn::new("科室", 18.0)];
        columns.extend((1..=12).map(|number| ListColumn::under("各月稿件和线索", format!("{number}月"), 6.0)));
        columns.extend([
            ListColumn::under("全年", "稿件", 7.0),
            ListColumn::under("全年", "线索", 7.0),
            ListColumn::under("全年", "未达标周数", 11.0),
            ListColumn::new("评优资格", 10.0),
        ]);
        let cells = |one: &MemberYear| {
            let mut cells: Vec<Cell> = vec![one.member.name.as_str().into(), one.member.section.as_str().into()];
            cells.extend(one.months.iter().map(|(items, leads)| Cell::Count(items + leads)));
            cells.extend([
                Cell::Count(one.months.iter().map(|(items, _)| items).sum()),
                Cell::Count(one.months.iter().map(|(_, leads)| leads).sum()),
                Cell::count(one.short.len()),
                if one.is_eligible() { "具备" } else { "取消" }.into(),
            ]);
            cells
        };
        let rows = people.iter().map(cells).collect();
        workbook(list("评优资格", format!("{year}年全员办信息评优资格"), columns, rows))
    }

    /// The audit log (审计记录), newest first, with the chain's hashes.
    pub fn audit_sheet(&self, _who: &Administrator) -> Result<PaperFile, Problem> {
        let rows = self.read()?.list_audit(None, MOST)?;
        let cells = |row: &tz_store::audit::AuditRow| {
            vec![
                Cell::Count(row.seq),
                minute(row.at),
                row.who.as_str().into(),
                row.act.as_str().into(),
                row.object.as_str().into(),
                row.outcome.as_str().into(),
                row.detail.as_str().into(),
                row.hash.as_str().into(),
            ]
        };
        let columns = vec![
            ListColumn::new("序号", 9.0),
            ListColumn::new("时间", 17.0),
            ListColumn::new("人员", 12.0),
            ListColumn::new("操作", 18.0),
            ListColumn::new("对象", 28.0),
            ListColumn::new("结果", 8.0),
            ListColumn::new("说明", 40.0),
            ListColumn::new("校验值", 24.0),
        ];
        workbook(list("审计", "审计记录".to_owned(), columns, rows.iter().map(cells).collect()))
    }
}

fn duties(title: String, all: &[crate::solicitation::SolicitationView]) -> tz_tables::List {
    let mut rows = Vec::new();
    for one in all {
        for duty in &one.duties {
            let numbers: Vec<&str> = duty.items.iter().map(|(_, number, _)| number.as_str()).collect();
            rows.push(vec![
                one.code.as_str().into(),
                one.topic.as_str().into(),
                Cell::Day(one.deadline),
                duty.unit_name.as_str().into(),
                duty.state.words().into(),
                duty.answered.into(),
                numbers.join("、").into(),
                Cell::Points(duty.points),
                duty.reason.as_str().into(),
            ]);
        }
    }
    let columns = vec![
        ListColumn::new("约稿编号", 14.0),
        ListColumn::new("题目", 40.0),
        ListColumn::new("截止日期", 12.0),
        ListColumn::new("单位", 18.0),
        ListColumn::under("报送", "情况", 16.0),
        ListColumn::under("报送", "日期", 12.0),
        ListColumn::under("报送", "稿件编号", 18.0),
        ListColumn::new("得分", 8.0),
        ListColumn::new("说明", 28.0),
    ];
    list("约稿", title, columns, rows)
}
