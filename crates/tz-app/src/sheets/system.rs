//! The lists of the house: accounts, leaders, rules of notices, jobs; letters sent, the secret register, refusals.

use tz_tables::{Cell, ListColumn};

use super::{MOST, list, minute, workbook, workbook_of};
use crate::account::account_state;
use crate::assessment::PaperFile;
use crate::jobs::JobView;
use crate::mail::RefusalKey;
use crate::outgoing::{OutgoingKind, OutgoingRow, outgoing_state_name};
use crate::{Administrator, App, Editor, Problem, Registrar, Role};

impl App {
    /// Accounts (账号): who may sign in, in which role, and how things stand. No password, no link.
    pub fn accounts_sheet(&self, who: &Administrator) -> Result<PaperFile, Problem> {
        let now = self.micros();
        let names = self.read()?.list_unit_names()?;
        let rows = self.accounts(who)?.into_iter().map(|account| {
            let state = account_state(&account, now).name();
            vec![
                account.login.into(),
                account.name.into(),
                Role::of_key(&account.role).map_or("", Role::name).into(),
                account.unit_id.and_then(|unit| names.get(unit)).unwrap_or_default().into(),
                state.into(),
                minute(account.created_at),
                account.last_seen_at.map_or(Cell::from("从未登录"), minute),
            ]
        });
        let columns = vec![
            ListColumn::new("登录名", 20.0),
            ListColumn::new("姓名", 12.0),
            ListColumn::new("角色", 12.0),
            ListColumn::new("单位", 24.0),
            ListColumn::new("状态", 10.0),
            ListColumn::new("新建时间", 17.0),
            ListColumn::new("最近登录", 17.0),
        ];
        workbook(list("账号", "账号".to_owned(), columns, rows.collect()))
    }

    /// The leaders who comment (领导名单).
    pub fn leaders_sheet(&self, who: &Administrator) -> Result<PaperFile, Problem> {
        let rows = self
            .leaders(who)?
            .into_iter()
            .map(|leader| [leader.name, leader.duty, leader.level, leader.account].map(Cell::from).to_vec());
        let columns = [("姓名", 12.0), ("职务", 24.0), ("批示层级", 20.0), ("账号", 24.0)];
        let columns = columns.map(|(name, width)| ListColumn::new(name, width)).to_vec();
        workbook(list("领导", "领导名单".to_owned(), columns, rows.collect()))
    }

    /// Who is told of what (消息规则). The addresses of robots hold keys and are left out.
    pub fn notice_rules_sheet(&self, who: &Administrator) -> Result<PaperFile, Problem> {
        let rows = self.notice_rules(who)?.into_iter().map(|rule| {
            vec![
                rule.kind.name().into(),
                rule.kind.told().into(),
                rule.mail.name().into(),
                rule.robots.join("、").into(),
                rule.title.into(),
                rule.body.into(),
                if rule.own { "本机关文字" } else { "" }.into(),
                Cell::Count(rule.told.0),
                Cell::Count(rule.told.1),
            ]
        });
        let columns = vec![
            ListColumn::new("消息", 18.0),
            ListColumn::new("告知谁、什么时候", 44.0),
            ListColumn::new("邮件", 12.0),
            ListColumn::new("群机器人", 18.0),
            ListColumn::under("文字", "标题", 30.0),
            ListColumn::under("文字", "内容", 44.0),
            ListColumn::under("文字", "来源", 12.0),
            ListColumn::under("近30天", "告知人次", 9.0),
            ListColumn::under("近30天", "已读", 7.0),
        ];
        workbook(list("消息规则", "消息规则".to_owned(), columns, rows.collect()))
    }

    /// What runs by the calendar and all the time (定时任务).
    pub fn jobs_sheet(&self, who: &Administrator) -> Result<PaperFile, Problem> {
        let cells = |job: JobView| {
            vec![
                job.kind.name().into(),
                job.kind.does().into(),
                job.kind.schedule().words().into(),
                job.last.map_or(Cell::EMPTY, |at| minute(at.as_microsecond())),
                job.said.into(),
                Cell::Count(job.failures),
                minute(job.next.as_microsecond()),
            ]
        };
        let columns = vec![
            ListColumn::new("任务", 18.0),
            ListColumn::new("作用", 50.0),
            ListColumn::new("时间", 14.0),
            ListColumn::under("上次运行", "时间", 17.0),
            ListColumn::under("上次运行", "结果", 36.0),
            ListColumn::under("上次运行", "连续未完成", 11.0),
            ListColumn::new("下次运行", 17.0),
        ];
        let jobs = list("按时运行", "定时任务".to_owned(), columns, self.jobs(who)?.into_iter().map(cells).collect());
        let standing = self.standing_work(who)?.into_iter().map(|one| {
            let last = one.last.map_or(Cell::EMPTY, |at| minute(at.as_microsecond()));
            vec![one.name.into(), one.does.into(), one.state.into(), last]
        });
        let columns = vec![
            ListColumn::new("任务", 24.0),
            ListColumn::new("作用", 36.0),
            ListColumn::new("情况", 36.0),
            ListColumn::new("最近一次", 17.0),
        ];
        let standing = list("一直运行", "一直运行的任务".to_owned(), columns, standing.collect());
        workbook_of("定时任务", &[jobs, standing])
    }

    /// Letters sent by mail (发信) in a state, or all. What a letter says is not in the list.
    pub fn outgoing_sheet(&self, _who: &Editor, state: Option<&str>) -> Result<PaperFile, Problem> {
        let cells = |row: OutgoingRow| {
            vec![
                minute(row.created_at),
                OutgoingKind::of_key(&row.kind).map_or("", OutgoingKind::name).into(),
                row.address.into(),
                row.subject.into(),
                outgoing_state_name(&row.state).into(),
                row.sent_at.map_or(Cell::EMPTY, minute),
                Cell::Count(row.tries),
                row.trouble.into(),
            ]
        };
        let columns = vec![
            ListColumn::new("时间", 17.0),
            ListColumn::new("种类", 18.0),
            ListColumn::new("寄往", 28.0),
            ListColumn::new("主题", 44.0),
            ListColumn::new("状态", 10.0),
            ListColumn::new("发出时间", 17.0),
            ListColumn::new("次数", 7.0),
            ListColumn::new("说明", 36.0),
        ];
        let rows = self.read()?.list_outgoing(state, None, MOST)?.into_iter().map(cells).collect();
        let title = state.map_or_else(|| "发信".to_owned(), |state| format!("发信（{}）", outgoing_state_name(state)));
        workbook(list("发信", title, columns, rows))
    }

    /// A year of the secret register (涉密登记): numbers, days, categories and units, no word of content.
    pub fn secret_sheet(&self, who: &Editor, year: i16) -> Result<PaperFile, Problem> {
        let rows = self.secret_register(who, year)?.lines.into_iter().map(|line| {
            vec![
                line.number.into(),
                Cell::Day(line.date),
                line.unit.into(),
                line.category.into(),
                line.by.into(),
                line.withdrawn.map(|reason| format!("已撤销：{reason}")).unwrap_or_default().into(),
            ]
        });
        let columns = vec![
            ListColumn::new("编号", 16.0),
            ListColumn::new("收到日期", 12.0),
            ListColumn::new("单位", 24.0),
            ListColumn::new("信息类别", 14.0),
            ListColumn::new("登记人", 12.0),
            ListColumn::new("情况", 28.0),
        ];
        workbook(list("涉密登记", format!("{year}年涉密登记"), columns, rows.collect()))
    }

    /// What was refused for a mark of secrecy (涉密拒收), the newest first; nothing of what was refused.
    pub fn refusals_sheet(&self, who: &Registrar) -> Result<PaperFile, Problem> {
        let rows = self.refusals(who)?.into_iter().map(|one| {
            let door = match one.key {
                RefusalKey::Mail(_) => "来信",
                RefusalKey::Form(_) => "网页报送",
            };
            vec![
                minute(one.at.as_microsecond()),
                door.into(),
                one.from.into(),
                one.unit.into(),
                one.reason.into(),
                if one.noted { "已知悉" } else { "待知悉" }.into(),
                one.sha256.into(),
            ]
        });
        let columns = vec![
            ListColumn::new("时间", 17.0),
            ListColumn::new("途径", 10.0),
            ListColumn::new("来自", 28.0),
            ListColumn::new("单位", 20.0),
            ListColumn::new("原因", 44.0),
            ListColumn::new("情况", 9.0),
            ListColumn::new("校验值", 68.0),
        ];
        workbook(list("涉密拒收", "涉密拒收".to_owned(), columns, rows.collect()))
    }
}
