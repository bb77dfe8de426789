//! Scans of commented pages (扫描件): dropping them in, saying whose one is, entering the comment beside its picture.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tz_app::comment::{ScanSource, ScanTaken, ScanView};
use tz_app::{Chief, Editor, FieldFault, Problem};

use super::{CommentForm, form, views};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::forward::View;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{download, id};
use crate::{Allow, Routes, words};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/comment/scans", Allow::Editors, page)
        .upload("/comment/scans", Allow::Editors, take)
        .post("/comment/scans/codes", Allow::Chiefs, codes)
        .get("/comment/scans/{page}", Allow::Editors, one)
        .post("/comment/scans/{page}/assign", Allow::Editors, assign)
        .post("/comment/scans/{page}/discard", Allow::Editors, discard)
        .post("/comment/scans/{page}/restore", Allow::Editors, restore)
        .get("/comment/scans/{page}/picture", Allow::Editors, picture)
        .get("/comment/scans/{page}/file", Allow::Editors, file)
}

struct ScanLine {
    id: i64,
    name: String,
    about: String,
    why: String,
    shown: bool,
    /// Number, title, units, issue.
    candidates: Vec<(String, String, String, String)>,
    reason: String,
}

fn line(view: ScanView) -> ScanLine {
    ScanLine {
        id: view.id,
        name: view.name,
        about: words::moment(view.taken_at),
        why: view.why,
        shown: view.shown,
        candidates: view.candidates.into_iter().map(|one| (one.number, one.title, one.units, one.label)).collect(),
        reason: view.reason,
    }
}

#[derive(Template)]
#[template(path = "comment/scans.html")]
struct ScansPage {
    frame: Frame,
    views: Vec<View>,
    attached: Vec<ScanLine>,
    waiting: Vec<ScanLine>,
    discarded: Vec<ScanLine>,
    printed: bool,
    may_set: bool,
    faults: Faults,
}

async fn show(desk: &Desk, who: Editor, faults: Vec<FieldFault>) -> Result<ScansPage, Oops> {
    let may_set = Chief::of(&who).is_some();
    let (queue, printed) = desk.run(move |app| Ok((app.scan_queue(&who)?, app.item_codes_printed(&who)?))).await?;
    let lines = |of: Vec<ScanView>| of.into_iter().map(line).collect();
    Ok(ScansPage {
        frame: desk.frame(Room::Comment, "批示扫描件"),
        views: views(desk, "/comment/scans"),
        attached: lines(queue.attached),
        waiting: lines(queue.waiting),
        discarded: lines(queue.discarded),
        printed,
        may_set,
        faults: Faults::of(faults, &["file"]),
    })
}

/// `GET /comment/scans`
async fn page(desk: Desk, By(who): By<Editor>) -> Answer {
    let page = show(&desk, who, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /comment/scans`: several files at once.
async fn take(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    if posted.files().is_empty() {
        let page = show(&desk, who, vec![FieldFault::new("file", "请选择扫描件，可以选多个。")]).await?;
        return desk.show_faulty(&page);
    }
    let files = posted.files().to_vec();
    let (sum, known, refused) = desk
        .run(move |app| {
            let (mut sum, mut known, mut refused) = (ScanTaken::default(), 0, Vec::new());
            for file in &files {
                match app.take_scan(Some(&who), ScanSource::Page, &file.name, &file.bytes) {
                    Ok(taken) => {
                        sum.attached += taken.attached;
                        sum.waiting += taken.waiting;
                        known += usize::from(taken.known);
                    }
                    // One file that is none keeps no other out.
                    Err(Problem::Refused(sentence)) => refused.push(sentence),
                    Err(other) => return Err(other),
                }
            }
            Ok((sum, known, refused))
        })
        .await?;
    let mut said = format!("认出稿件的{}页，待认领的{}页。", sum.attached, sum.waiting);
    if known > 0 {
        said.push_str(&format!("有{known}个文件以前收过，没有重复收入。"));
    }
    said.push_str(&refused.concat());
    desk.done("/comment/scans", &said)
}

/// `POST /comment/scans/codes`
async fn codes(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    let on = posted.one("print") == "yes";
    desk.run(move |app| app.print_item_codes(&who, on)).await?;
    let said =
        if on { "以后刊发的刊物印稿件编码。" } else { "以后刊发的刊物不印稿件编码。" };
    desk.done("/comment/scans", said)
}

#[derive(Template)]
#[template(path = "comment/scan.html")]
struct ScanPage {
    frame: Frame,
    views: Vec<View>,
    scan: ScanLine,
    attached: bool,
    entered: bool,
    typed: String,
    discarding: String,
    form: CommentForm,
    faults: Faults,
    own: Faults,
}

async fn whole(desk: &Desk, who: Editor, page: i64, typed: &Posted, found: Vec<FieldFault>) -> Result<ScanPage, Oops> {
    let by = who.clone();
    let view = desk.run(move |app| app.scan_page(&by, page)).await?;
    // The form begins with the item the page was given to.
    let typed_item = typed.has("note");
    let fresh = Posted::shown([(
        "item",
        view.candidates.first().filter(|_| view.attached).map(|one| one.number.clone()).unwrap_or_default(),
    )]);
    let (own, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|fault| matches!(fault.field, "assign" | "reason"));
    let (form, faults) = form(desk, who, if typed_item { typed } else { &fresh }, rest).await?;
    Ok(ScanPage {
        frame: desk.frame(Room::Comment, "批示扫描件"),
        views: views(desk, ""),
        attached: view.attached,
        entered: view.entered,
        scan: line(view),
        typed: if typed_item { String::new() } else { typed.one("item").to_owned() },
        discarding: typed.one("reason").to_owned(),
        form,
        faults,
        own: Faults::of(own, &["assign", "reason"]),
    })
}

/// The page of a scan again, with what is wrong in the form beside it.
pub(super) async fn beside(desk: &Desk, who: Editor, page: i64, typed: &Posted, faults: Vec<FieldFault>) -> Answer {
    let page = whole(desk, who, page, typed, faults).await?;
    desk.show_faulty(&page)
}

/// `GET /comment/scans/{page}?date=2018-06-13`
async fn one(desk: Desk, By(who): By<Editor>, Path(page): Path<String>, asked: Asked) -> Answer {
    let page = whole(&desk, who, id(&page)?, &asked, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /comment/scans/{page}/assign`
async fn assign(desk: Desk, By(who): By<Editor>, Path(page): Path<String>, posted: Posted) -> Answer {
    let (page, by, typed) = (id(&page)?, who.clone(), posted.trimmed("item"));
    match desk.run(move |app| app.assign_scan(&by, page, &typed)).await {
        Ok(said) => desk.done(&format!("/comment/scans/{page}"), &format!("已归到{said}，请填写批示。")),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let moved = faults.into_iter().map(|fault| FieldFault { field: "assign", ..fault }).collect();
                beside(&desk, who, page, &posted, moved).await
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /comment/scans/{page}/discard`
async fn discard(desk: Desk, By(who): By<Editor>, Path(page): Path<String>, posted: Posted) -> Answer {
    let (page, by, reason) = (id(&page)?, who.clone(), posted.trimmed("reason"));
    match desk.run(move |app| app.discard_scan(&by, page, &reason)).await {
        Ok(()) => desk.done("/comment/scans", "已弃置，可在下面恢复。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => beside(&desk, who, page, &posted, faults).await,
            other => Err(other.into()),
        },
    }
}

/// `POST /comment/scans/{page}/restore`
async fn restore(desk: Desk, By(who): By<Editor>, Path(page): Path<String>) -> Answer {
    let page = id(&page)?;
    desk.run(move |app| app.restore_scan(&who, page)).await?;
    desk.done("/comment/scans", "已恢复。")
}

/// `GET /comment/scans/{page}/picture`: the picture our own reader wrote, never the file that came.
async fn picture(desk: Desk, By(who): By<Editor>, Path(page): Path<String>) -> Result<Response, Oops> {
    let page = id(&page)?;
    let bytes = desk.run(move |app| app.scan_picture(&who, page)).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; form-action 'self'"),
    );
    Ok(response)
}

/// `GET /comment/scans/{page}/file`
async fn file(desk: Desk, By(who): By<Editor>, Path(page): Path<String>) -> Result<Response, Oops> {
    let page = id(&page)?;
    let (name, bytes) = desk.run(move |app| app.scan_file(&who, page)).await?;
    Ok(download(&name, bytes))
}
