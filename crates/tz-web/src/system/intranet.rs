//! 内网发布: what is published as static pages, and the pages themselves where the office has opened them.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use tz_app::Administrator;
use tz_app::intranet::{IntranetWish, Work};

use super::{Tab, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::Answer;
use crate::words;

const HERE: &str = "/system/intranet";

/// How many published works are listed to be kept out one by one.
const NEWEST: usize = 30;

/// A bulletin or an issue that can be kept out, or published again.
struct WorkLine {
    key: String,
    name: String,
    date: String,
}

impl WorkLine {
    fn of(work: &Work) -> Self {
        Self { key: work.key.clone(), name: work.name.clone(), date: words::day(work.date) }
    }
}

#[derive(Template)]
#[template(path = "system/intranet.html")]
struct IntranetPage {
    frame: Frame,
    tabs: Vec<Tab>,
    works: usize,
    /// The newest of them.
    newest: Vec<WorkLine>,
    withheld: Vec<WorkLine>,
    open: bool,
    bulletins: bool,
    /// Identity, name, published.
    publications: Vec<(i64, String, bool)>,
    marked: Vec<String>,
}

/// `GET /system/intranet`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>) -> Answer {
    let room = desk.run(move |app| app.intranet(&who)).await?;
    let left_out = room.wish.left_out;
    desk.show(&IntranetPage {
        frame: desk.frame(Room::System, "内网发布"),
        tabs: tabs(HERE),
        works: room.works.len(),
        newest: room.works.iter().take(NEWEST).map(WorkLine::of).collect(),
        withheld: room.withheld.iter().map(WorkLine::of).collect(),
        open: room.wish.open,
        bulletins: room.wish.bulletins,
        publications: room.publications.into_iter().map(|(id, name)| (id, name, !left_out.contains(&id))).collect(),
        marked: room.marked,
    })
}

/// `POST /system/intranet`: boxes open, bulletins and publication; `known` names every publication the page showed.
pub(super) async fn change(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let ticked: Vec<&str> = posted.all("publication").collect();
    let wish = IntranetWish {
        open: posted.ticked("open"),
        bulletins: posted.ticked("bulletins"),
        left_out: posted.all("known").filter(|id| !ticked.contains(id)).filter_map(|id| id.parse().ok()).collect(),
        withheld: BTreeSet::new(),
    };
    desk.run(move |app| app.save_intranet(&who, &wish)).await?;
    desk.done(HERE, "已保存，下一次生成时执行；开放阅读的页面立即执行。")
}

/// `POST /system/intranet/withhold`: field work; `publish` where it is to be published again.
pub(super) async fn withhold(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (work, out) = (posted.trimmed("work"), posted.one("publish").is_empty());
    let name = desk.run(move |app| app.withhold_from_intranet(&who, &work, out)).await?;
    let done = if out { "不再发布" } else { "恢复发布" };
    desk.done(HERE, &format!("{name}{done}，下一次生成时执行；开放阅读的页面立即执行。"))
}

/// `GET /system/intranet/pages.zip`
pub(super) async fn zip(desk: Desk, By(who): By<Administrator>) -> Answer {
    let bytes = desk.run(move |app| app.intranet_zip(&who)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"neiwang.zip\""),
    ];
    Ok((headers, bytes).into_response())
}

/// `GET /intranet`
pub(super) async fn front() -> Redirect {
    Redirect::to("/intranet/index.html")
}

/// `GET /intranet/{*path}`: a published page, for whoever reaches the server, where the office has opened it.
pub(super) async fn read(desk: Desk, Path(path): Path<String>) -> Answer {
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("xml") => "application/atom+xml; charset=utf-8",
        _ => "application/pdf",
    };
    let bytes = desk.run(move |app| app.intranet_file(&path)).await?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}
