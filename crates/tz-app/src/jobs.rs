//! Jobs (定时任务): what runs by the calendar, without anybody asking.
//!
//! Which slot of its schedule a job has done stands in the database. Every server looks every few seconds
//! ([`App::run_due_jobs`]): a job whose newest slot is later than the one done is due, and whoever writes its lease first runs it.
//! So several servers share the work, one that was switched off catches up, and a test moves the clock. A job does what is due by
//! now, not what one slot says: running it twice, or late, tells nobody anything twice (`notice`).

mod reminding;
mod schedule;

use jiff::Timestamp;
use tz_store::audit::Act;
use tz_store::job::JobRow;
use tz_store::moment;

use crate::{Administrator, App, Problem};

pub use schedule::Schedule;

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;
/// How long a server may take for one job before another one takes it up.
const LEASE: i64 = 10 * MINUTE;
/// The longest wait after failures.
const LONGEST_WAIT: i64 = 60;

/// What runs by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// 约稿催报
    Solicitations,
    /// 督办提醒
    FollowUps,
    /// 消息汇总
    Digest,
    /// 放假安排核对
    Holidays,
    /// 连续靠后预警
    Warnings,
    /// 机构调整移交
    Directory,
}

impl JobKind {
    /// Every job, in the order they run where several are due: what is told first is gathered after.
    pub const ALL: [Self; 6] =
        [Self::Directory, Self::Solicitations, Self::FollowUps, Self::Holidays, Self::Warnings, Self::Digest];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Solicitations => "solicitations",
            Self::FollowUps => "follow-ups",
            Self::Digest => "digest",
            Self::Holidays => "holidays",
            Self::Warnings => "run-warnings",
            Self::Directory => "directory",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Solicitations => "约稿催报",
            Self::FollowUps => "督办提醒",
            Self::Digest => "消息每日汇总",
            Self::Holidays => "放假安排核对",
            Self::Warnings => "连续靠后预警",
            Self::Directory => "机构调整移交",
        }
    }

    /// What it does, for the page.
    pub fn does(self) -> &'static str {
        match self {
            Self::Solicitations => "提醒还没有报送的单位，并告知逾期未报的单位和发出约稿的编辑",
            Self::FollowUps => "提醒批示督办快到期限的责任单位",
            Self::Digest => "把选择“每日汇总”的消息合成一封邮件",
            Self::Holidays => "11月15日起核对下一年的放假安排是否录入",
            Self::Warnings => "每月20日起，提醒上一期和本期都靠后的单位，一期一次",
            Self::Directory => "合并、拆分生效之日，把原单位的人员、账号、邮箱和未了的约稿、督办交给承接单位",
        }
    }

    /// The job stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// When it runs.
    pub fn schedule(self) -> Schedule {
        match self {
            Self::Solicitations => Schedule::Daily { hour: 8, minute: 30 },
            Self::FollowUps => Schedule::Daily { hour: 8, minute: 40 },
            Self::Digest => Schedule::Daily { hour: 17, minute: 0 },
            Self::Holidays => Schedule::Daily { hour: 9, minute: 0 },
            Self::Warnings => Schedule::Daily { hour: 9, minute: 10 },
            Self::Directory => Schedule::Daily { hour: 0, minute: 5 },
        }
    }
}

/// A job that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRun {
    /// Which.
    pub kind: JobKind,
    /// What came of it; a sentence either way.
    pub outcome: Result<String, String>,
}

/// A job as the page shows it.
#[derive(Clone, Debug)]
pub struct JobView {
    /// Which.
    pub kind: JobKind,
    /// When it last ended.
    pub last: Option<Timestamp>,
    /// When it runs next.
    pub next: Timestamp,
    /// It is being run.
    pub running: bool,
    /// How often it failed since it last did not.
    pub failures: i64,
    /// What came of it last.
    pub said: String,
}

/// Work that runs all the time, as the page shows it (常驻任务).
#[derive(Clone, Debug)]
pub struct Standing {
    /// What it is.
    pub name: String,
    /// What it does.
    pub does: String,
    /// How it stands.
    pub state: String,
    /// It is as it should be.
    pub well: bool,
    /// When it last did something.
    pub last: Option<Timestamp>,
}

fn wait_after(failures: i64) -> i64 {
    let minutes = 1_i64 << failures.clamp(0, 6);
    minutes.min(LONGEST_WAIT) * MINUTE
}

impl App {
    /// Runs every job that is due and that nobody else holds. `holder` names this server among those that share the database.
    pub fn run_due_jobs(&self, holder: &str) -> Result<Vec<JobRun>, Problem> {
        let mut runs = Vec::new();
        for kind in JobKind::ALL {
            if let Some(slot) = self.take_job(kind, holder, false)? {
                runs.push(self.carry_out(kind, holder, slot)?);
            }
        }
        Ok(runs)
    }

    /// Runs a job at once (立即运行), due or not: it does what is due by now and tells nobody anything twice. Refused while a server
    /// runs it.
    pub fn run_job_now(&self, who: &Administrator, kind: JobKind) -> Result<JobRun, Problem> {
        // Once a person asks, the wait after a failure is over.
        let holder = format!("account:{}", who.account);
        let Some(slot) = self.take_job(kind, &holder, true)? else {
            return Err(Problem::Refused(format!("“{}”正在运行，请稍后刷新页面查看结果。", kind.name())));
        };
        let run = self.carry_out(kind, &holder, slot)?;
        let mut tx = self.write()?;
        tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act: "立即运行定时任务",
            object: kind.name(),
            done: run.outcome.is_ok(),
            detail: run.outcome.as_ref().map_or_else(String::as_str, String::as_str),
        })?;
        tx.commit()?;
        Ok(run)
    }

    fn carry_out(&self, kind: JobKind, holder: &str, slot: i64) -> Result<JobRun, Problem> {
        let outcome = self.run_job(kind).map_err(|problem| {
            if let Problem::Failed(failure) = &problem { failure.in_words() } else { problem.to_string() }
        });
        self.job_ended(kind, holder, slot, &outcome)?;
        Ok(JobRun { kind, outcome })
    }

    /// Takes a job up if it is due, or asked for by a person, and free; gives the slot that is to be done.
    fn take_job(&self, kind: JobKind, holder: &str, asked: bool) -> Result<Option<i64>, Problem> {
        let now = self.micros();
        let slot = kind.schedule().newest(self.now()).as_microsecond();
        let due = |row: &Option<JobRow>| {
            row.as_ref().is_none_or(|row| {
                let running = row.held_until > now && row.started_at > row.ended_at;
                if asked { !running } else { row.slot < slot && row.held_until <= now }
            })
        };
        if !due(&self.read()?.find_job(kind.key(), "")?) {
            return Ok(None);
        }
        // Looked at again where there is one writer at a time: the first of several servers has it.
        let mut tx = self.write()?;
        let held = tx.find_job(kind.key(), "")?;
        if !due(&held) {
            return Ok(None);
        }
        let fresh = JobRow {
            office_id: 0,
            kind: kind.key().to_owned(),
            subject: String::new(),
            holder: String::new(),
            held_until: 0,
            slot: 0,
            started_at: None,
            ended_at: None,
            failures: 0,
            said: String::new(),
        };
        tx.set_job(JobRow {
            holder: holder.to_owned(),
            held_until: now + LEASE,
            started_at: Some(now),
            ..held.unwrap_or(fresh)
        })?;
        tx.commit()?;
        Ok(Some(slot))
    }

    fn job_ended(
        &self,
        kind: JobKind,
        holder: &str,
        slot: i64,
        outcome: &Result<String, String>,
    ) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        // Whoever took longer than the lease has lost it: the one who has it now says what came of it.
        if let Some(mut row) = tx.find_job(kind.key(), "")?.filter(|row| row.holder == holder) {
            row.ended_at = Some(now);
            match outcome {
                Ok(said) => (row.slot, row.held_until, row.failures, row.said) = (slot, 0, 0, said.clone()),
                Err(said) => {
                    row.held_until = now + wait_after(row.failures);
                    row.failures += 1;
                    row.said.clone_from(said);
                }
            }
            tx.set_job(row)?;
            tx.commit()?;
        }
        Ok(())
    }

    fn run_job(&self, kind: JobKind) -> Result<String, Problem> {
        match kind {
            JobKind::Solicitations => self.remind_of_solicitations(),
            JobKind::FollowUps => self.remind_of_follow_ups(),
            JobKind::Directory => self.hand_over_units(),
            JobKind::Holidays => self.remind_of_holidays(),
            JobKind::Warnings => self.warn_of_runs().map(|units| match units {
                0 => "没有要预警的单位。".to_owned(),
                units => format!("预警{units}个单位。"),
            }),
            JobKind::Digest => {
                let mut tx = self.write()?;
                let letters = crate::notice::gather_in(&mut tx, &self.today().to_string(), self.micros())?;
                tx.commit()?;
                Ok(match letters {
                    0 => "没有需要汇总的消息。".to_owned(),
                    letters => format!("汇总成{letters}封邮件。"),
                })
            }
        }
    }

    /// Every job with its last run and its next (定时任务).
    pub fn jobs(&self, _who: &Administrator) -> Result<Vec<JobView>, Problem> {
        let now = self.now();
        let rows = self.read()?.list_jobs()?;
        Ok(JobKind::ALL
            .into_iter()
            .map(|kind| {
                let row = rows.iter().find(|row| row.kind == kind.key());
                let schedule = kind.schedule();
                let newest = schedule.newest(now);
                let done = row.is_some_and(|row| row.slot >= newest.as_microsecond());
                let held = row.map_or(0, |row| row.held_until);
                JobView {
                    kind,
                    last: row.and_then(|row| row.ended_at).map(moment),
                    next: if done { schedule.next(now) } else { moment(held).max(now) },
                    running: row.is_some_and(|row| held > now.as_microsecond() && row.started_at > row.ended_at),
                    failures: row.map_or(0, |row| row.failures),
                    said: row.map(|row| row.said.clone()).unwrap_or_default(),
                }
            })
            .collect())
    }

    /// What runs all the time: postboxes, mail out, robots.
    pub fn standing_work(&self, who: &Administrator) -> Result<Vec<Standing>, Problem> {
        let mut all = Vec::new();
        let mut tx = self.read()?;
        for row in tx.list_postboxes()? {
            let state = tx.postbox_state(tz_model::PostboxId(row.id))?;
            let troubled = !state.failure.is_empty();
            all.push(Standing {
                name: format!("收信：{}", row.name),
                does: "随时收取邮箱中的来信".to_owned(),
                well: row.enabled && !troubled,
                state: match (row.enabled, troubled) {
                    (false, _) => "已停用".to_owned(),
                    (true, true) => state.failure.clone(),
                    (true, false) => "正在收信".to_owned(),
                },
                last: state.well_at.map(moment),
            });
        }
        let out = tx.find_mail_out()?;
        let waiting =
            tx.count_outgoing()?.into_iter().find(|(state, _)| state == "waiting").map_or(0, |(_, count)| count);
        let enabled = out.as_ref().is_some_and(|out| out.enabled);
        let trouble = out.map(|out| out.trouble).unwrap_or_default();
        all.push(Standing {
            name: "发信".to_owned(),
            does: "发出回执、答复和消息邮件".to_owned(),
            well: enabled && trouble.is_empty(),
            state: match (enabled, trouble.is_empty()) {
                (false, _) => "没有启用".to_owned(),
                (true, true) => format!("正常，{waiting}封等待发送"),
                (true, false) => trouble,
            },
            last: tx.list_outgoing(Some("sent"), None, 1)?.first().and_then(|row| row.sent_at).map(moment),
        });
        drop(tx);
        let (robots, posts) = self.robots(who)?;
        let failed = posts.iter().filter(|post| post.state == "failed").count();
        all.push(Standing {
            name: "群机器人".to_owned(),
            does: "把消息发到工作群".to_owned(),
            well: failed == 0 && robots.iter().any(|robot| robot.enabled),
            state: match (robots.iter().filter(|robot| robot.enabled).count(), failed) {
                (0, _) => "没有登记".to_owned(),
                (count, 0) => format!("{count}个，正常"),
                (count, failed) => format!("{count}个，近期有{failed}条没有发出"),
            },
            last: posts.iter().find(|post| post.state == "sent").map(|post| post.at),
        });
        Ok(all)
    }
}
