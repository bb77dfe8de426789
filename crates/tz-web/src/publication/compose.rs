//! A draft being composed (编排): adopting into it, its form, saving it, its proof sheet.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use tz_app::publication::{ComposeAct, IssueView, PlaceWish};
use tz_app::{Chief, Editor, FieldFault, PaperFormat, Problem};
use tz_model::{IssueId, ItemId, PublicationId, Revision};

use super::{credit_words, file, id_of, worth};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::Answer;

/// `POST /publication/adopt`: fields item, revision, publication.
pub(super) async fn adopt(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (Some(item), Some(revision)) = (posted.number("item"), posted.number("revision")) else {
        return Err(Problem::NotThere.into());
    };
    let Some(publication) = posted.number("publication") else {
        return Err(Problem::field("publication", "请选择要编入的刊物。").into());
    };
    let adopted =
        desk.run(move |app| app.adopt(&who, ItemId(item), Revision(revision), PublicationId(publication))).await?;
    let done = format!("已编入《{}》，排在第{}条。刊发后计分。", adopted.publication, adopted.place);
    desk.done(&format!("/publication/{}", adopted.issue), &done)
}

/// A place of a draft as the form shows it.
struct PlaceForm {
    item: i64,
    number: String,
    units: String,
    answer: bool,
    renew: Option<String>,
    order: String,
    column: String,
    title: String,
    body: String,
    rows: usize,
    byline: String,
    forms: Vec<(String, bool)>,
    seal: String,
    first: bool,
    last: bool,
    /// What another editor saved meanwhile, where it differs from what is typed here.
    theirs: Option<(String, String)>,
    faults: Faults,
}

/// The fields of a place, where its faults stand.
const PLACE_FIELDS: [&str; 6] = ["order", "column", "form", "title", "body", "byline"];

#[derive(Template)]
#[template(path = "publication/compose.html")]
pub(super) struct ComposePage {
    frame: Frame,
    id: String,
    name: String,
    worth: String,
    places: Vec<PlaceForm>,
    credits: Vec<(String, String, String)>,
    may_publish: bool,
    /// How many faults there are, in words; they stand at their places.
    faulty: Option<String>,
    faults: Faults,
}

/// Rows of a text box that shows about all of a text.
fn rows(text: &str) -> usize {
    text.lines().map(|line| line.chars().count() / 44 + 1).sum::<usize>().clamp(3, 16)
}

pub(super) fn page(desk: &Desk, view: IssueView, typed: &Posted, mut found: Vec<FieldFault>) -> ComposePage {
    let last = view.places.len();
    let faulty = (!found.is_empty()).then(|| format!("有{}处需要改正，已在下面标出，填好的内容都还在。", found.len()));
    let credits = credit_words(&view);
    let forms = view.forms;
    let places = view
        .places
        .into_iter()
        .enumerate()
        .map(|(at, place)| {
            let item = place.item.0;
            let sent = typed.all("item").any(|sent| sent == item.to_string());
            let field = |name: &str, stored: String| {
                if sent { typed.one(&format!("{name}-{item}")).to_owned() } else { stored }
            };
            let seal_sent = field("seal", place.seal.clone());
            let (title, body) = (field("title", place.title.clone()), field("body", place.body.clone()));
            let overtaken = sent && seal_sent != place.seal && (title != place.title || body != place.body);
            let form = field("form", place.form);
            let (faults, others) = Faults::about(item, std::mem::take(&mut found), &PLACE_FIELDS);
            found = others;
            PlaceForm {
                item,
                number: place.number,
                units: place.units,
                answer: place.answer,
                renew: (place.newest != place.revision).then(|| format!("原稿已有第{}版", place.newest)),
                order: field("order", (at + 1).to_string()),
                column: field("column", place.column),
                theirs: overtaken.then_some((place.title, place.body)),
                title,
                rows: rows(&body),
                body,
                byline: field("byline", place.byline),
                forms: forms.iter().map(|known| (known.clone(), *known == form)).collect(),
                seal: place.seal,
                first: at == 0,
                last: at + 1 == last,
                faults,
            }
        })
        .collect();
    ComposePage {
        frame: desk.frame(Room::Publication, &format!("编辑《{}》", view.title.name)),
        id: view.brief.id.to_string(),
        worth: worth(&view.title),
        name: view.title.name,
        places,
        credits,
        may_publish: desk.person().is_some_and(|person| Chief::of(person).is_some()),
        faulty,
        faults: Faults::of(found, &[]),
    }
}

/// What the pressed button asks for, and whether the chief wants to go on to publishing.
fn act(word: &str) -> (ComposeAct, bool) {
    let item = |id: &str| id.parse().ok().map(ItemId);
    let act = match word.split_once('-') {
        Some(("up", id)) => item(id).map(ComposeAct::Up),
        Some(("down", id)) => item(id).map(ComposeAct::Down),
        Some(("remove", id)) => item(id).map(ComposeAct::Remove),
        Some(("renew", id)) => item(id).map(ComposeAct::Renew),
        Some(_) | None => None,
    };
    (act.unwrap_or(ComposeAct::Save), word == "publish")
}

/// `POST /publication/{issue}/save`
pub(super) async fn save(desk: Desk, By(who): By<Editor>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let wishes: Vec<PlaceWish> = posted
        .all("item")
        .filter_map(|item| item.parse().ok())
        .map(|item: i64| {
            let field = |name: &str| posted.one(&format!("{name}-{item}")).to_owned();
            PlaceWish {
                item: ItemId(item),
                opened: field("seal"),
                order: field("order"),
                column: field("column"),
                title: field("title"),
                body: field("body"),
                byline: field("byline"),
                form: field("form"),
            }
        })
        .collect();
    let (act, on_to_publish) = act(posted.one("act"));
    let by = who.clone();
    match desk.run(move |app| app.save_issue(&by, id, &wishes, act)).await {
        Ok(()) if on_to_publish => Ok(Redirect::to(&format!("/publication/{id}/publish")).into_response()),
        Ok(()) => {
            let done = match act {
                ComposeAct::Save => "已保存。",
                ComposeAct::Up(_) | ComposeAct::Down(_) => "已保存，次序已调整。",
                ComposeAct::Remove(_) => "已保存，该稿件已撤下，退回待处理。",
                ComposeAct::Renew(_) => "已换用原稿的新版本。",
            };
            desk.done(&format!("/publication/{id}"), done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let view = desk.run(move |app| app.issue(&who, id)).await?;
                desk.show_faulty(&page(&desk, view, &posted, faults))
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /publication/{issue}/proof`
pub(super) async fn proof(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.proof(&who, id, PaperFormat::Docx)).await?))
}

/// `GET /publication/{issue}/proof.pdf`
pub(super) async fn proof_pdf(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.proof(&who, id, PaperFormat::Pdf)).await?))
}
