//! 定时任务: what runs by the calendar with its last run and its next, and what runs all the time.

use askama::Template;
use axum::extract::Path;
use tz_app::jobs::{JobKind, JobView, Standing};
use tz_app::{Administrator, Problem};

use super::{Tab, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::gate::By;
use crate::problem::Answer;
use crate::words;

struct Line {
    key: &'static str,
    name: &'static str,
    does: &'static str,
    when: String,
    last: String,
    said: String,
    next: String,
    state: String,
    tag: &'static str,
}

struct StandingLine {
    name: String,
    does: String,
    state: String,
    tag: &'static str,
    last: String,
}

#[derive(Template)]
#[template(path = "system/jobs.html")]
struct JobsPage {
    frame: Frame,
    tabs: Vec<Tab>,
    jobs: Vec<Line>,
    standing: Vec<StandingLine>,
}

fn line(view: JobView) -> Line {
    let (state, tag) = match (view.running, view.failures, view.last) {
        (true, _, _) => ("正在运行".to_owned(), "act"),
        (false, 0, None) => ("还没有运行过".to_owned(), ""),
        (false, 0, Some(_)) => ("正常".to_owned(), "good"),
        (false, times, _) => (format!("连续{times}次没有完成"), "official"),
    };
    Line {
        key: view.kind.key(),
        name: view.kind.name(),
        does: view.kind.does(),
        when: view.kind.schedule().words(),
        last: view.last.map(words::moment).unwrap_or_default(),
        next: words::moment(view.next),
        said: view.said,
        state,
        tag,
    }
}

fn standing(view: Standing) -> StandingLine {
    StandingLine {
        name: view.name,
        does: view.does,
        state: view.state,
        tag: if view.well { "good" } else { "" },
        last: view.last.map(words::moment).unwrap_or_default(),
    }
}

/// `GET /system/jobs`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>) -> Answer {
    let (jobs, all) = desk.run(move |app| Ok((app.jobs(&who)?, app.standing_work(&who)?))).await?;
    desk.show(&JobsPage {
        frame: desk.frame(Room::System, "定时任务"),
        tabs: tabs("/system/jobs"),
        jobs: jobs.into_iter().map(line).collect(),
        standing: all.into_iter().map(standing).collect(),
    })
}

/// `POST /system/jobs/{job}/run`: at once, due or not.
pub(super) async fn run(desk: Desk, By(who): By<Administrator>, Path(job): Path<String>) -> Answer {
    let kind = JobKind::of_key(&job).ok_or(Problem::NotThere)?;
    let run = desk.run(move |app| app.run_job_now(&who, kind)).await?;
    let said = match &run.outcome {
        Ok(said) => format!("“{}”已运行：{said}", kind.name()),
        Err(said) => format!("“{}”没有完成：{said}", kind.name()),
    };
    desk.done("/system/jobs", &said)
}
