//! The lists of the network (队伍): units with people and mailboxes, partner offices, training, rotation, rights, requests.

use tz_tables::{Cell, List, ListColumn};

use super::{list, minute, workbook, workbook_of};
use crate::assessment::PaperFile;
use crate::mailbox::{MailboxRequest, request_state_name};
use crate::network::{Contact, OfficerRight, RotationView, TrainingView, UnitView, officers_needed};
use crate::system::DUTIES;
use crate::{App, Editor, Problem, Registrar};

/// `张三 0632-5500000`
fn contact(person: &Contact) -> String {
    format!("{} {}", person.name, person.phone).trim().to_owned()
}

fn unit_cells(unit: &UnitView) -> Vec<Cell> {
    let of = |duty: &str| unit.people.iter().filter(|person| person.duty == duty).map(contact).collect::<Vec<_>>();
    let mut lacks = Vec::new();
    if unit.short > 0 {
        lacks.push(format!("信息员少{}人", unit.short));
    }
    if unit.mailboxes.is_empty() {
        lacks.push("没有登记邮箱".to_owned());
    }
    let mut cells: Vec<Cell> = [&unit.name, &unit.class, &unit.group, &unit.direct_point, &unit.parent]
        .map(|text| text.as_str().into())
        .into();
    cells.extend(DUTIES.map(|duty| Cell::from(of(duty).join("；"))));
    cells.extend([
        Cell::count(unit.people.iter().filter(|person| person.duty == crate::network::OFFICER).count()),
        Cell::count(officers_needed(&unit.group)),
        unit.mailboxes.join("；").into(),
        lacks.join("；").into(),
    ]);
    cells
}

/// What stands in a roster's line as stored.
fn rotation_state(state: &str) -> &'static str {
    match state {
        "done" => "已完成",
        "cancelled" => "已取消",
        _ => "计划",
    }
}

fn trainings(title: String, views: &[TrainingView]) -> [List; 2] {
    let plan = |view: &TrainingView| {
        vec![
            Cell::Day(view.date),
            view.name.as_str().into(),
            view.place.as_str().into(),
            view.content.as_str().into(),
            view.event.as_str().into(),
            Cell::count(view.units.len()),
        ]
    };
    let columns = vec![
        ListColumn::new("日期", 12.0),
        ListColumn::new("培训", 30.0),
        ListColumn::new("地点", 24.0),
        ListColumn::new("内容", 50.0),
        ListColumn::new("计入事项", 16.0),
        ListColumn::new("签到单位数", 11.0),
    ];
    let came = views.iter().flat_map(|view| {
        view.units.iter().map(|unit| {
            vec![
                Cell::Day(view.date),
                view.name.as_str().into(),
                unit.name.as_str().into(),
                unit.people.as_str().into(),
                if unit.counted { "由此完成年度任务" } else { "" }.into(),
            ]
        })
    });
    let signed = vec![
        ListColumn::new("日期", 12.0),
        ListColumn::new("培训", 30.0),
        ListColumn::new("单位", 24.0),
        ListColumn::new("参加人员", 24.0),
        ListColumn::new("年度任务", 18.0),
    ];
    let signed = list("签到", format!("{title}签到"), signed, came.collect());
    [list("培训", title, columns, views.iter().map(plan).collect()), signed]
}

impl App {
    /// The network (队伍): every unit with people, mailboxes and what it lacks, or those short of officers only.
    pub fn network_sheet(&self, who: &Editor, only_short: bool) -> Result<PaperFile, Problem> {
        let units = self.network(who)?;
        let mut columns = vec![
            ListColumn::new("单位", 24.0),
            ListColumn::new("类别", 9.0),
            ListColumn::new("排名组", 9.0),
            ListColumn::new("直报点", 12.0),
            ListColumn::new("主管单位", 20.0),
        ];
        columns.extend(DUTIES.map(|duty| ListColumn::under("人员", duty, 26.0)));
        columns.extend([
            ListColumn::under("信息员", "人数", 7.0),
            ListColumn::under("信息员", "应配", 7.0),
            ListColumn::new("登记邮箱", 30.0),
            ListColumn::new("缺少", 24.0),
        ]);
        let rows = units.iter().filter(|unit| !only_short || unit.short > 0).map(unit_cells).collect();
        let title = if only_short { "信息员不足的单位" } else { "信息工作队伍" };
        workbook(list("队伍", title.to_owned(), columns, rows))
    }

    /// The partner offices (协作单位).
    pub fn partners_sheet(&self, who: &Editor) -> Result<PaperFile, Problem> {
        let rows = self.partners(who)?.into_iter().map(|row| {
            let day = tz_model::shanghai_date(tz_store::moment(row.created_at));
            vec![
                row.name.into(),
                row.contact.into(),
                row.phone.into(),
                row.mail.into(),
                row.note.into(),
                Cell::Day(day),
            ]
        });
        let columns = vec![
            ListColumn::new("单位", 28.0),
            ListColumn::new("联系人", 12.0),
            ListColumn::new("电话", 18.0),
            ListColumn::new("邮箱", 28.0),
            ListColumn::new("交换内容", 44.0),
            ListColumn::new("登记日期", 12.0),
        ];
        workbook(list("协作单位", "协作单位".to_owned(), columns, rows.collect()))
    }

    /// The standing rights of officers (信息员权利), a column each.
    pub fn rights_sheet(&self, who: &Editor) -> Result<PaperFile, Problem> {
        let held = self.officer_rights(who)?;
        let mut rows = Vec::new();
        for group in self.unit_groups(who)? {
            for unit in group.units {
                let has = |right: OfficerRight| {
                    let of = held.iter().find(|known| known.unit == unit.id);
                    if of.is_some_and(|known| known.rights.contains(&right)) { "已落实" } else { "" }
                };
                let mut cells: Vec<Cell> = vec![group.name.as_str().into(), unit.name.as_str().into()];
                cells.extend(OfficerRight::ALL.map(|right| Cell::from(has(right))));
                rows.push(cells);
            }
        }
        let mut columns = vec![ListColumn::new("排名组", 12.0), ListColumn::new("单位", 28.0)];
        columns.extend(OfficerRight::ALL.map(|right| ListColumn::new(right.name(), 14.0)));
        workbook(list("信息员权利", "信息员权利落实情况".to_owned(), columns, rows))
    }

    /// The trainings of a year (培训), and on a second sheet who came.
    pub fn trainings_sheet(&self, who: &Editor, year: i16) -> Result<PaperFile, Problem> {
        let title = format!("{year}年培训");
        workbook_of(&title, &trainings(title.clone(), &self.trainings(who, year)?))
    }

    /// The roster of a year (跟岗轮训).
    pub fn rotations_sheet(&self, who: &Editor, year: i16) -> Result<PaperFile, Problem> {
        let cells = |view: &RotationView| {
            vec![
                view.month.chinese().into(),
                view.unit.as_str().into(),
                view.person.as_str().into(),
                view.host.as_str().into(),
                rotation_state(&view.state).into(),
                if view.counted { "由此完成年度任务" } else { "" }.into(),
                view.appraisal.as_str().into(),
            ]
        };
        let columns = vec![
            ListColumn::new("月份", 14.0),
            ListColumn::new("单位", 24.0),
            ListColumn::new("人员", 12.0),
            ListColumn::new("带教人", 12.0),
            ListColumn::new("情况", 10.0),
            ListColumn::new("年度任务", 18.0),
            ListColumn::new("鉴定意见或取消的原因", 50.0),
        ];
        let rows = self.rotations(who, year)?.iter().map(cells).collect();
        workbook(list("跟岗轮训", format!("{year}年跟岗轮训"), columns, rows))
    }

    /// The yearly duties (年度完成情况): every unit, done or not, a sheet for each duty of the scheme.
    pub fn yearly_sheet(&self, who: &Editor, year: i16) -> Result<PaperFile, Problem> {
        let columns = || {
            vec![
                ListColumn::new("排名组", 12.0),
                ListColumn::new("单位", 28.0),
                ListColumn::new("情况", 10.0),
                ListColumn::new("日期", 12.0),
                ListColumn::new("说明", 44.0),
            ]
        };
        let events = self.yearly(who, year)?.into_iter().map(|event| {
            let rows = event.units.into_iter().map(|unit| {
                let done = unit.done.is_some();
                let (day, note) = unit.done.map(|(_, day, note)| (Some(day), note)).unwrap_or_default();
                let state = if done { "已完成" } else { "未完成" };
                vec![unit.group.into(), unit.name.into(), state.into(), day.into(), note.into()]
            });
            list(&event.event, format!("{year}年{}情况", event.event), columns(), rows.collect())
        });
        let mut lists: Vec<List> = events.collect();
        if lists.is_empty() {
            lists.push(list("年度", format!("{year}年没有按年度计的事项"), columns(), Vec::new()));
        }
        workbook_of(&format!("{year}年年度完成情况"), &lists)
    }

    /// What units ask for about their mailboxes (登记邮箱申请): undecided ones, and those decided lately.
    pub fn mailbox_requests_sheet(&self, who: &Registrar) -> Result<PaperFile, Problem> {
        let (open, ended) = self.mailbox_requests(who)?;
        let cells = |one: &MailboxRequest| {
            vec![
                minute(one.asked_at.as_microsecond()),
                one.unit.as_str().into(),
                one.wish.name().into(),
                one.address.as_str().into(),
                one.reason.as_str().into(),
                one.asked_by.as_str().into(),
                request_state_name(&one.state).into(),
                one.answer.as_str().into(),
            ]
        };
        let columns = vec![
            ListColumn::new("申请时间", 17.0),
            ListColumn::new("单位", 24.0),
            ListColumn::new("事项", 8.0),
            ListColumn::new("邮箱", 30.0),
            ListColumn::new("原因", 36.0),
            ListColumn::new("申请人", 12.0),
            ListColumn::new("办理情况", 16.0),
            ListColumn::new("答复", 30.0),
        ];
        let rows = open.iter().chain(&ended).map(cells).collect();
        workbook(list("邮箱申请", "登记邮箱申请".to_owned(), columns, rows))
    }
}
