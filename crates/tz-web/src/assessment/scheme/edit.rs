//! Writing a scheme: typed, pasted or from a file; checked as often as wanted; kept as a draft only when the chief says so.

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::scheme::{Scheme, SchemePlace, TEXT_LIMIT, called, hash_of};
use tz_app::{Chief, Editor, FieldFault, Problem};

use super::{FaultView, draft_of, fault_views, href, place_of};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, FILE_TEXT, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};

/// Lines to write in below the text.
const ROOM: usize = 3;

#[derive(Template)]
#[template(path = "assessment/scheme_edit.html")]
struct EditPage {
    frame: Frame,
    heading: String,
    action: String,
    back: String,
    /// SHA-256 of the draft's text as it was opened; empty for a new one.
    base: String,
    text: String,
    /// 1, 2, 3 … one a line, as many as the text has and some more.
    numbers: String,
    rows: usize,
    /// What stood in the form before a file took its place.
    replaced: Option<String>,
    faults: Vec<FaultView>,
    form: Faults,
    said: Option<String>,
    /// The draft can be taken off the list.
    discard: Option<String>,
}

/// What was sent: the text, what a file took the place of, and what is wrong with the file.
struct Sent {
    text: String,
    replaced: Option<String>,
    fault: Option<String>,
}

/// The text of a form. A file comes before what is typed; what was typed is kept beside it.
fn sent(posted: &Posted) -> Sent {
    let typed = posted.one("text").replace("\r\n", "\n");
    let Some(file) = posted.files().first() else {
        return match posted.one(FILE_TEXT) {
            "" => Sent { text: typed, replaced: None, fault: None },
            // It came before the session ended, and went on as a field.
            text => instead(posted, typed, text.replace("\r\n", "\n")),
        };
    };
    if file.bytes.len() > TEXT_LIMIT {
        let fault = format!("文件“{}”超过 1 MB，没有读入。计分办法是一个文本文件，请检查选的文件是否正确。", file.name);
        return Sent { text: typed, replaced: None, fault: Some(fault) };
    }
    match std::str::from_utf8(&file.bytes) {
        Ok(text) => instead(posted, typed, text.trim_start_matches('\u{feff}').replace("\r\n", "\n")),
        Err(_) => {
            let fault = format!("文件“{}”不是 UTF-8 文本，没有读入。请另存为 UTF-8 编码后重试。", file.name);
            Sent { text: typed, replaced: None, fault: Some(fault) }
        }
    }
}

/// A file's text in the place of what is typed, which is kept beside it unless the draft holds it already.
fn instead(posted: &Posted, typed: String, text: String) -> Sent {
    let kept = posted.one("base") == hash_of(&typed);
    let replaced = (!typed.trim().is_empty() && typed != text && !kept).then_some(typed);
    Sent { text, replaced, fault: None }
}

fn edit_page(desk: &Desk, draft: Option<i64>, base: &str, sent: Sent, form: Faults) -> EditPage {
    let lines = sent.text.split('\n').count() + ROOM;
    let place = draft.map(SchemePlace::Draft);
    EditPage {
        frame: desk.frame(Room::Assessment, "计分办法草稿"),
        heading: match draft {
            Some(_) => called(&sent.text),
            None => "新草稿".to_owned(),
        },
        action: place
            .as_ref()
            .map_or_else(|| "/assessment/scheme/new".to_owned(), |place| format!("{}/edit", href(place))),
        back: place.as_ref().map_or_else(|| "/assessment/schemes".to_owned(), href),
        base: base.to_owned(),
        numbers: (1..=lines).map(|number| number.to_string()).collect::<Vec<_>>().join("\n"),
        rows: lines,
        text: sent.text,
        replaced: sent.replaced,
        faults: Vec::new(),
        form,
        said: None,
        discard: place.as_ref().map(|place| format!("{}/discard", href(place))),
    }
}

/// The page with what checking the text finds.
async fn checked(desk: &Desk, mut page: EditPage) -> Result<EditPage, Oops> {
    let text = page.text.clone();
    match desk.run(move |_| Ok(Scheme::parse(&text))).await? {
        Ok(scheme) => {
            page.said = Some(format!("没有差错：“{}”，{}条规则。", scheme.name(), scheme.rules().len()));
        }
        Err(faults) => page.faults = fault_views(&page.text, &faults),
    }
    Ok(page)
}

/// Checks what was sent, and keeps it where that was asked for.
async fn save(desk: Desk, who: Chief, draft: Option<i64>, posted: Posted) -> Answer {
    let base = posted.one("base").to_owned();
    let mut sent = sent(&posted);
    let wrong = |sentence: String| Faults::of(vec![FieldFault::new("file", sentence)], &["file"]);
    if let Some(fault) = sent.fault.take() {
        return desk.show_faulty(&edit_page(&desk, draft, &base, sent, wrong(fault)));
    }
    // What a file took the place of is shown first: nothing typed goes away unseen.
    if posted.one("do") != "save" || sent.replaced.is_some() {
        if sent.text.trim().is_empty() {
            let empty = FieldFault::new("text", "还没有文字。请把计分办法粘贴进来，或选一个文件。");
            let form = Faults::of(vec![empty], &["text"]);
            return desk.show_faulty(&edit_page(&desk, draft, &base, sent, form));
        }
        let page = checked(&desk, edit_page(&desk, draft, &base, sent, Faults::default())).await?;
        return if page.faults.is_empty() { desk.show(&page) } else { desk.show_faulty(&page) };
    }
    let (text, opened) = (sent.text.clone(), base.clone());
    let kept = desk.run(move |app| app.save_scheme_draft(&who, draft.map(|id| (id, opened.as_str())), &text)).await;
    match kept {
        Ok(id) => desk.done(&href(&SchemePlace::Draft(id)), "草稿已保存。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                desk.show_faulty(&edit_page(&desk, draft, &base, sent, Faults::of(found, &["text"])))
            }
            // Overtaken: the sentence stands at the head, the text in its place.
            Problem::Refused(sentence) => {
                let form = Faults::of(vec![FieldFault::new("draft", sentence)], &[]);
                let mut response = desk.show(&edit_page(&desk, draft, &base, sent, form))?;
                *response.status_mut() = axum::http::StatusCode::CONFLICT;
                Ok(response)
            }
            other => Err(Oops::from(other)),
        },
    }
}

/// `GET /assessment/scheme/new`: an empty form, or one with the text of a scheme to start from.
pub(super) async fn new(desk: Desk, By(who): By<Chief>, asked: Asked) -> Answer {
    let text = match asked.one("from") {
        "" => String::new(),
        from => {
            let place = place_of(from);
            let editor = Editor::of(&who).ok_or(Problem::NotThere)?;
            desk.run(move |app| app.open_scheme(&editor, &place)).await?.text
        }
    };
    let sent = Sent { text, replaced: None, fault: None };
    desk.show(&edit_page(&desk, None, "", sent, Faults::default()))
}

/// `POST /assessment/scheme/new`: checks the text; keeps it as a new draft where that was asked for.
pub(super) async fn save_new(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    save(desk, who, None, posted).await
}

/// `GET /assessment/scheme/{which}/edit`: a draft's text, with its faults.
pub(super) async fn draft(desk: Desk, By(who): By<Chief>, Path(which): Path<String>) -> Answer {
    let id = draft_of(&which)?;
    let editor = Editor::of(&who).ok_or(Problem::NotThere)?;
    let opened = desk.run(move |app| app.open_scheme(&editor, &SchemePlace::Draft(id))).await?;
    let sent = Sent { text: opened.text, replaced: None, fault: None };
    let mut page = checked(&desk, edit_page(&desk, Some(id), &opened.hash, sent, Faults::default())).await?;
    page.said = None;
    desk.show(&page)
}

/// `POST /assessment/scheme/{which}/edit`: checks the text; keeps it as the draft's where that was asked for.
pub(super) async fn save_draft(desk: Desk, By(who): By<Chief>, Path(which): Path<String>, posted: Posted) -> Answer {
    let id = draft_of(&which)?;
    let editor = Editor::of(&who).ok_or(Problem::NotThere)?;
    // A draft that somebody has discarded meanwhile takes nothing typed with it: the text goes on as a new one.
    match desk.run(move |app| app.open_scheme(&editor, &SchemePlace::Draft(id))).await {
        Ok(_) => save(desk, who, Some(id), posted).await,
        Err(oops) => match oops.into_problem()? {
            Problem::NotThere if !posted.one("text").is_empty() => {
                let gone = "这份草稿已被删除。您的文字还在下面，可以另存为新草稿。".to_owned();
                let form = Faults::of(vec![FieldFault::new("draft", gone)], &[]);
                let mut response = desk.show(&edit_page(&desk, None, "", sent(&posted), form))?;
                *response.status_mut() = axum::http::StatusCode::CONFLICT;
                Ok(response)
            }
            other => Err(Oops::from(other)),
        },
    }
}

/// `POST /assessment/scheme/{which}/discard`: takes a draft off the list.
pub(super) async fn discard(desk: Desk, By(who): By<Chief>, Path(which): Path<String>) -> Answer {
    let id = draft_of(&which)?;
    let name = desk.run(move |app| app.discard_scheme_draft(&who, id)).await?;
    desk.done("/assessment/schemes", &format!("草稿“{name}”已删除。"))
}
