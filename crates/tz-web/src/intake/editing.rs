//! Editing an item without ever overwriting anybody, and entering one for a unit (补录).

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use tz_app::intake::VersionWish;
use tz_app::report::{NewItem, fresh_key};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::{Channel, ItemId, Revision, Table, UnitId};

use super::opened;
use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{CategoryChoice, Choice, category_choices, choose, id, paragraphs, sent_files, under};
use crate::words;

#[derive(Template)]
#[template(path = "intake/edit.html")]
struct EditPage {
    frame: Frame,
    id: i64,
    about: String,
    revision: i64,
    faults: Faults,
    title: String,
    body: String,
    note: String,
    categories: Vec<CategoryChoice>,
    cells: Vec<CellView>,
    /// That somebody else saved meanwhile, in words.
    overtaken: Option<String>,
    /// The version somebody else saved meanwhile.
    newer: Option<(String, Vec<String>)>,
}

async fn edit_page(
    desk: &Desk,
    who: Editor,
    id: ItemId,
    typed: Option<&Posted>,
    found: &mut Vec<FieldFault>,
) -> Result<EditPage, Oops> {
    let (page, fact) = desk
        .run(move |app| {
            let page = app.item(&who, id)?;
            let fact = match app.fact_cells(&who, Table::Reports, &page.row.number) {
                Ok(fact) => Some(fact),
                // It counts for nothing: nothing more is asked of it.
                Err(Problem::NotThere) => None,
                Err(other) => return Err(other),
            };
            Ok((page, fact))
        })
        .await?;
    let held = typed.map(cells::typed).or(fact.as_ref().map(|fact| fact.cells.clone())).unwrap_or_default();
    let fields = fact.map(|fact| fact.fields).unwrap_or_default();
    let newest = page.newest();
    Ok(EditPage {
        frame: desk.frame(Room::Intake, "修改稿件"),
        id: id.0,
        about: format!("{} · {} · 现为第{}版", page.row.number, page.units, page.row.revision),
        revision: page.row.revision,
        faults: Faults::default(),
        title: newest.title.clone(),
        body: newest.body.clone(),
        note: String::new(),
        categories: category_choices(&page.categories, &page.row.category),
        cells: cells::views(&fields, &held, found),
        overtaken: None,
        newer: None,
    })
}

/// `GET /intake/{item}/edit`: the text, or what was typed of it and not saved while nobody else saved.
pub(super) async fn form(desk: Desk, By(who): By<Editor>, Path(item): Path<String>) -> Answer {
    let item = ItemId(id(&item)?);
    let by = who.clone();
    let draft = desk.run(move |app| app.new_item_draft(&by, &format!("intake-{item}"))).await?;
    let draft = draft.map(|(fields, at)| (Posted::from_fields(fields), at));
    let cells_of = draft.as_ref().map(|(typed, _)| typed).filter(|typed| !cells::typed(typed).is_empty());
    let mut page = edit_page(&desk, who, item, cells_of, &mut Vec::new()).await?;
    if let Some((typed, at)) = draft
        && typed.number("revision") == Some(page.revision)
    {
        page.title = typed.trimmed("title");
        page.body = typed.one("body").to_owned();
        page.note = typed.trimmed("note");
        page.about = format!("{} · 已恢复{}未保存的修改", page.about, words::moment(at));
    }
    desk.show(&page)
}

/// `POST /intake/{item}/edit`: a new version; where somebody else saved first, 409 with both texts.
pub(super) async fn edit(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, revision) = opened(&item, &posted)?;
    let (title, body) = (posted.one("title").to_owned(), posted.one("body").replace("\r\n", "\n"));
    let (category, note) = (posted.trimmed("category"), posted.trimmed("note"));
    let (by, typed) = (who.clone(), (title.clone(), body.clone(), category.clone(), note.clone()));
    let given = cells::typed(&posted);
    let saved = desk
        .run(move |app| {
            let cells = Some(&given);
            let wish = VersionWish { title: &typed.0, body: &typed.1, category: &typed.2, remark: &typed.3, cells };
            app.save_version(&by, item, revision, &wish)
        })
        .await;
    let problem = match saved {
        Ok(revision) => return desk.done(&format!("/intake/{item}"), &format!("已存为第{revision}版。")),
        Err(oops) => oops.into_problem()?,
    };
    let again = |page: EditPage| EditPage { title, body, note, categories: choose(page.categories, &category), ..page };
    match problem {
        Problem::Faults(mut found) => {
            let page = again(edit_page(&desk, who, item, Some(&posted), &mut found).await?);
            let faults = cells::with(Faults::of(found, &["category", "title", "body", "note"]), &page.cells);
            desk.show_faulty(&EditPage { revision: revision.0, faults, ..page })
        }
        Problem::Overtaken { ref title, body: ref newer, .. } => {
            let both = Some((title.clone(), paragraphs(newer)));
            let page = again(edit_page(&desk, who, item, Some(&posted), &mut Vec::new()).await?);
            let page = EditPage { overtaken: Some(problem.to_string()), newer: both, ..page };
            under(StatusCode::CONFLICT, desk.show(&page))
        }
        other => Err(other.into()),
    }
}

/// `POST /intake/{item}/restore`: an old version becomes the newest.
pub(super) async fn restore(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, revision) = opened(&item, &posted)?;
    let old = Revision(posted.number("old").unwrap_or(0));
    desk.run(move |app| app.restore_version(&who, item, revision, old)).await?;
    desk.done(&format!("/intake/{item}"), &format!("已恢复第{old}版的文字，存为新的一版。"))
}

#[derive(Template)]
#[template(path = "intake/new.html")]
struct NewPage {
    frame: Frame,
    draft: String,
    faults: Faults,
    key: String,
    title: String,
    body: String,
    authors: String,
    contact: String,
    paper: bool,
    worry: bool,
    categories: Vec<CategoryChoice>,
    units: Vec<Choice>,
}

async fn entering_page(desk: &Desk, who: Editor, typed: &Posted) -> Result<NewPage, Oops> {
    let (categories, units) = desk.run(move |app| app.entering_form(&who)).await?;
    let chosen: Vec<i64> = typed.all("unit").filter_map(|unit| unit.parse().ok()).collect();
    let key = typed.trimmed("key");
    Ok(NewPage {
        frame: desk.frame(Room::Intake, "补录"),
        draft: String::new(),
        faults: Faults::default(),
        key: if key.is_empty() { fresh_key() } else { key },
        title: typed.trimmed("title"),
        body: typed.one("body").to_owned(),
        authors: typed.trimmed("authors"),
        contact: typed.trimmed("contact"),
        paper: typed.ticked("paper"),
        worry: typed.ticked("worry"),
        categories: category_choices(&categories, typed.one("category")),
        units: units
            .into_iter()
            .map(|(unit, name)| Choice { id: unit.0, name, chosen: chosen.contains(&unit.0) })
            .collect(),
    })
}

/// `GET /intake/new`: the form of 补录, with what was typed before and not sent.
pub(super) async fn entering_form(desk: Desk, By(who): By<Editor>) -> Answer {
    let by = who.clone();
    let draft = desk.run(move |app| app.new_item_draft(&by, "intake-new")).await?;
    let (typed, said) = match draft {
        Some((fields, at)) => (Posted::from_fields(fields), format!("已恢复{}保存的草稿", words::moment(at))),
        None => (Posted::default(), String::new()),
    };
    let page = entering_page(&desk, who, &typed).await?;
    desk.show(&NewPage { draft: said, ..page })
}

/// `POST /intake/new`: enters an item for a unit (补录).
pub(super) async fn enter(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewItem {
        units: posted.all("unit").filter_map(|unit| unit.parse().ok()).map(UnitId).collect(),
        channel: if posted.ticked("paper") { Channel::Paper } else { Channel::Entered },
        title: posted.trimmed("title"),
        body: posted.one("body").replace("\r\n", "\n"),
        category: posted.trimmed("category"),
        worry: posted.ticked("worry"),
        authors: posted.trimmed("authors"),
        contact: posted.trimmed("contact"),
        files: sent_files(&posted),
        ..NewItem::default()
    };
    let (by, key) = (who.clone(), posted.trimmed("key"));
    match desk.run(move |app| app.enter_for_unit(&by, &new, &key)).await {
        Ok(entered) => {
            let sentence =
                format!("《{}》已录入，编号{}。{}", entered.title, entered.number, entered.warnings.concat());
            desk.done(&format!("/intake/{}", entered.id), &sentence)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = entering_page(&desk, who, &posted).await?;
                let faults = Faults::of(found, &["unit", "category", "title", "body", "file"]);
                desk.show_faulty(&NewPage { faults, ..page })
            }
            other => Err(other.into()),
        },
    }
}
