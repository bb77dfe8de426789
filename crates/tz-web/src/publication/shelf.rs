//! The shelves: each publication with its draft and newest issues.

use askama::Template;
use tz_app::publication::{IssueBrief, IssueState};
use tz_app::{Chief, Editor};

use super::worth;
use crate::desk::{Desk, Frame, Room};
use crate::gate::By;
use crate::problem::Answer;
use crate::words;

/// An issue as a line of a list.
pub(super) struct IssueLine {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) running: String,
    pub(super) date: String,
    pub(super) titles: String,
    pub(super) count: usize,
    pub(super) state: &'static str,
    pub(super) tag: &'static str,
    pub(super) reason: String,
}

impl IssueLine {
    pub(super) fn of(brief: IssueBrief) -> Self {
        let shown = brief.titles.iter().take(3).map(|title| format!("《{title}》")).collect::<Vec<_>>().join("");
        Self {
            href: format!("/publication/{}", brief.id),
            label: brief.label,
            running: brief.running.map(|number| format!("总第{number}期")).unwrap_or_default(),
            date: brief.date.map(words::day).unwrap_or_default(),
            count: brief.titles.len(),
            titles: shown,
            state: brief.state.name(),
            tag: match brief.state {
                IssueState::Draft => "act",
                IssueState::Published => "good",
                IssueState::Withdrawn => "official",
            },
            reason: brief.withdrawn_reason,
        }
    }
}

struct ShelfCard {
    name: String,
    worth: String,
    archive: String,
    draft: Option<IssueLine>,
    issues: Vec<IssueLine>,
}

#[derive(Template)]
#[template(path = "publication/list.html")]
struct ListPage {
    frame: Frame,
    shelves: Vec<ShelfCard>,
    may_set: bool,
}

/// `GET /publication`
pub(super) async fn list(desk: Desk, By(who): By<Editor>) -> Answer {
    let may_set = Chief::of(&who).is_some();
    let year = desk.server.app.this_month().year();
    let shelves = desk.run(move |app| app.shelves(&who)).await?;
    let shelves = shelves
        .into_iter()
        .map(|shelf| ShelfCard {
            worth: worth(&shelf.title),
            archive: format!("/publication/archive/{}?year={year}", shelf.title.id),
            name: shelf.title.name,
            draft: shelf.draft.map(IssueLine::of),
            issues: shelf.issues.into_iter().map(IssueLine::of).collect(),
        })
        .collect();
    desk.show(&ListPage { frame: desk.frame(Room::Publication, "刊物"), shelves, may_set })
}
