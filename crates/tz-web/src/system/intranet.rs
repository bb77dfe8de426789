//! 内网发布: what is published as static pages, and the pages themselves where the office has opened them.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use tz_app::Administrator;
use tz_app::intranet::IntranetWish;

use super::{Tab, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::Answer;

const HERE: &str = "/system/intranet";

#[derive(Template)]
#[template(path = "system/intranet.html")]
struct IntranetPage {
    frame: Frame,
    tabs: Vec<Tab>,
    works: usize,
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
        works: room.works,
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
    };
    desk.run(move |app| app.save_intranet(&who, &wish)).await?;
    desk.done(HERE, "已保存，下一次生成时执行；开放阅读的页面立即执行。")
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
