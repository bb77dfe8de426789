//! One upward report: its own title and text while it is a draft, its paper, what became of it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::forward::{ForwardState, ForwardView, ForwardWish, Source};
use tz_app::{Editor, FieldFault, PaperFormat, Problem};
use tz_model::{IssueId, ItemId};

use super::{ChoiceGroup, View, choice_groups, fate_words, tag_of, views};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::file;
use crate::report::{id, paragraphs};
use crate::words;

const FIELDS: [&str; 8] = ["form", "target", "title", "body", "items", "counted_as", "date", "reason"];

#[derive(Template)]
#[template(path = "forward/report.html")]
struct ReportPage {
    frame: Frame,
    views: Vec<View>,
    id: i64,
    number: String,
    draft: bool,
    state: &'static str,
    tag: &'static str,
    about: String,
    revision: i64,
    choices: Vec<ChoiceGroup>,
    form: String,
    target: String,
    title: String,
    body: String,
    paragraphs: Vec<String>,
    items_typed: String,
    items: Vec<(String, String, String)>,
    counted: Vec<(String, bool)>,
    date: String,
    units: String,
    fates: Vec<String>,
    reason: String,
    reason_typed: String,
    may_withdraw: bool,
    faults: Faults,
}

async fn show(
    desk: &Desk,
    who: Editor,
    id: i64,
    typed: Option<&Posted>,
    faults: Vec<FieldFault>,
) -> Result<ReportPage, Oops> {
    let day = desk.server.app.today();
    let (view, choices, sending): (ForwardView, _, _) = desk
        .run(move |app| Ok((app.forward(&who, id)?, app.upward_choices(&who, day)?, app.sending_choices(&who, day)?)))
        .await?;
    let field = |name: &str, stored: &str| typed.map_or_else(|| stored.to_owned(), |typed| typed.one(name).to_owned());
    let numbers: Vec<&str> = view.items.iter().map(|(_, number, _)| number.as_str()).collect();
    let form = field("form", &view.form);
    let counted_as = field("counted_as", &view.counted_as);
    let by = if view.sent_by.is_empty() { String::new() } else { format!("{}上报", view.sent_by) };
    let on = view.date.map(words::day).unwrap_or_default();
    Ok(ReportPage {
        frame: desk.frame(Room::Forward, "上报稿"),
        views: views(desk, ""),
        id,
        draft: view.state == ForwardState::Draft,
        state: if view.fates.is_empty() { view.state.name() } else { "已采用" },
        tag: if view.fates.is_empty() { tag_of(view.state) } else { "good" },
        about: words::dotted(&[&view.target, &view.form, &on, &format!("{}起草", view.edited_by), &by]),
        revision: typed.and_then(|typed| typed.number("revision")).unwrap_or(view.revision),
        choices: choice_groups(choices, &form),
        target: field("target", &view.target),
        title: field("title", &view.title),
        body: field("body", &view.body),
        paragraphs: paragraphs(&view.body),
        items_typed: field("items", &numbers.join("、")),
        counted: sending.into_iter().map(|name| (name.clone(), name == counted_as)).collect(),
        date: field("date", &day.to_string()),
        reason_typed: typed.map(|typed| typed.one("reason").to_owned()).unwrap_or_default(),
        items: view
            .items
            .iter()
            .map(|(item, number, title)| (format!("/intake/{item}"), number.clone(), title.clone()))
            .collect(),
        fates: view.fates.iter().map(fate_words).collect(),
        may_withdraw: view.state != ForwardState::Withdrawn,
        form,
        number: view.number,
        units: view.units,
        reason: view.reason,
        faults: Faults::of(faults, &FIELDS),
    })
}

/// `GET /forward/{forward}`
pub(super) async fn page(desk: Desk, By(who): By<Editor>, Path(forward): Path<String>) -> Answer {
    let page = show(&desk, who, id(&forward)?, None, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /forward/begin`: by an item's number, or from where it stands printed.
pub(super) async fn begin(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (number, by) = (posted.trimmed("number"), who.clone());
    let (issue, item) = (posted.number("issue").map(IssueId), posted.number("item").map(ItemId));
    let begun = desk
        .run(move |app| {
            let item = match item {
                Some(item) => item,
                None => app.item_of_number(&by, &number)?,
            };
            let source = issue.map_or(Source::Item(item), |issue| Source::Printed(issue, item));
            app.begin_forward(&by, source)
        })
        .await;
    match begun {
        Ok(begun) => {
            let said = if begun.known {
                "这篇稿件已有一篇起草中的上报稿。"
            } else {
                "已起草，修改后再上报。"
            };
            desk.done(&format!("/forward/{}", begun.id), said)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = super::list(&desk, who, "", &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /forward/{forward}`: saves the draft, or sends it where the button says so.
pub(super) async fn save(desk: Desk, By(who): By<Editor>, Path(forward): Path<String>, posted: Posted) -> Answer {
    let (id, by) = (id(&forward)?, who.clone());
    let wish = ForwardWish {
        revision: posted.number("revision").unwrap_or(0),
        target: posted.trimmed("target"),
        form: posted.trimmed("form"),
        title: posted.trimmed("title"),
        body: posted.one("body").to_owned(),
        counted_as: posted.trimmed("counted_as"),
        items: posted.one("items").to_owned(),
    };
    let (sending, day) = (posted.one("act") == "send", posted.trimmed("date"));
    let done = desk
        .run(move |app| {
            if sending {
                return app.send_forward(&by, id, &wish, &day).map(|number| format!("已上报，编号{number}。"));
            }
            app.save_forward(&by, id, &wish).map(|_| "已保存。".to_owned())
        })
        .await;
    match done {
        Ok(said) => desk.done(&format!("/forward/{id}"), &said),
        Err(oops) => faulty(&desk, who, id, &posted, oops).await,
    }
}

async fn faulty(desk: &Desk, who: Editor, id: i64, posted: &Posted, oops: Oops) -> Answer {
    match oops.into_problem()? {
        Problem::Faults(faults) => {
            // The form that only withdraws holds nothing of the text.
            let typed = Some(posted).filter(|posted| posted.has("title"));
            let mut page = show(desk, who, id, typed, faults).await?;
            page.reason_typed = posted.one("reason").to_owned();
            desk.show_faulty(&page)
        }
        other => Err(other.into()),
    }
}

/// `POST /forward/{forward}/withdraw`
pub(super) async fn withdraw(desk: Desk, By(who): By<Editor>, Path(forward): Path<String>, posted: Posted) -> Answer {
    let (id, by, reason) = (id(&forward)?, who.clone(), posted.trimmed("reason"));
    match desk.run(move |app| app.withdraw_forward(&by, id, &reason)).await {
        Ok(()) => desk.done(&format!("/forward/{id}"), "已撤回。"),
        Err(oops) => faulty(&desk, who, id, &posted, oops).await,
    }
}

async fn paper(desk: Desk, who: Editor, forward: &str, format: PaperFormat) -> Result<Response, Oops> {
    let id = id(forward)?;
    Ok(file(desk.run(move |app| app.forward_paper(&who, id, format)).await?))
}

/// `GET /forward/{forward}/paper`
pub(super) async fn docx(desk: Desk, By(who): By<Editor>, Path(forward): Path<String>) -> Result<Response, Oops> {
    paper(desk, who, &forward, PaperFormat::Docx).await
}

/// `GET /forward/{forward}/paper.pdf`
pub(super) async fn pdf(desk: Desk, By(who): By<Editor>, Path(forward): Path<String>) -> Result<Response, Oops> {
    paper(desk, who, &forward, PaperFormat::Pdf).await
}
