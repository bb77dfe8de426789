//! One of a unit's items: what became of it, and what the unit may do with it.

use askama::Template;
use axum::extract::Path;
use tz_app::report::state_name;
use tz_app::{Problem, Reporter};
use tz_model::ItemId;

use super::new::Typed;
use super::{
    Bit, CategoryChoice, TopicBox, bits, category_choices, choose, download, id, lines_of, paragraphs, tone, used_on,
    when,
};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

struct EventShown {
    when: String,
    text: String,
}

struct UseShown {
    date: String,
    name: String,
    note: String,
    points: String,
}

struct FileShown {
    position: i64,
    name: String,
    note: String,
}

#[derive(Template)]
#[template(path = "report/item.html")]
struct ItemPage {
    frame: Frame,
    id: i64,
    title: String,
    state: &'static str,
    tone: &'static str,
    about: String,
    repeat: Option<String>,
    faults: Faults,
    own_title: String,
    own: Vec<String>,
    printed: Option<(String, Vec<String>)>,
    changes: Vec<Vec<Bit>>,
    uses: Vec<UseShown>,
    events: Vec<EventShown>,
    files: Vec<FileShown>,
    topic_box: TopicBox,
    can_withdraw: bool,
    can_resubmit: bool,
    asked: bool,
    categories: Vec<CategoryChoice>,
    form_title: String,
    form_body: String,
    reply: String,
}

/// `GET /report/{item}`: what became of it.
pub(super) async fn show(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>) -> Answer {
    let page = item_page(&desk, who, ItemId(id(&item)?)).await?;
    desk.show(&page)
}

async fn item_page(desk: &Desk, who: Reporter, id: ItemId) -> Result<ItemPage, Oops> {
    let draft = format!("report-{id}");
    let (page, state, draft) = desk
        .run(move |app| Ok((app.my_item(&who, id)?, app.form_state(&who)?, app.new_item_draft(&who, &draft)?)))
        .await?;
    let (mut form_title, mut form_body, mut form_category) =
        (page.own.title.clone(), page.own.body.clone(), page.row.category.clone());
    if let Some((fields, _)) = draft.filter(|_| page.can_resubmit) {
        let typed = Typed::of(&Posted::from_fields(fields));
        (form_title, form_body, form_category) = (typed.title, typed.body, typed.category);
    }
    let changes = match &page.printed {
        Some((title, body)) => {
            lines_of(bits(&format!("{}\n{}", page.own.title, page.own.body), &format!("{title}\n{body}")))
        }
        None => Vec::new(),
    };
    let asked = page.events.iter().rev().find(|event| matches!(event.kind.as_str(), "verify" | "reply"));
    Ok(ItemPage {
        frame: desk.frame(Room::Report, &page.row.title),
        id: page.row.id,
        title: page.row.title.clone(),
        state: state_name(&page.row.state),
        tone: tone(&page.row.state),
        about: words::dotted(&[
            &format!("编号{}", page.row.number),
            &page.units,
            &page.row.category,
            &format!("{}字", page.row.words),
            &format!("{} {}收稿", when(page.row.received_at), page.row.channel),
        ]),
        repeat: page.repeats.as_ref().map(|number| format!("本稿与{number}正文相同，按重复稿处理，不计篇数。")),
        faults: Faults::default(),
        own_title: page.own.title.clone(),
        own: paragraphs(&page.own.body),
        printed: page.printed.as_ref().map(|(title, body)| (title.clone(), paragraphs(body))),
        changes,
        uses: page
            .uses
            .into_iter()
            .map(|one| UseShown {
                date: used_on(&one.date),
                name: one.name,
                note: one.note,
                points: if one.points.is_empty() { String::new() } else { format!("{}分", one.points) },
            })
            .collect(),
        events: page.events.iter().map(|event| EventShown { when: when(event.at), text: event.text.clone() }).collect(),
        files: page
            .attachments
            .into_iter()
            .map(|file| FileShown { position: file.position, name: file.name, note: file.note })
            .collect(),
        topic_box: TopicBox::of(format!("/report/{id}"), &page.topics, &state.topics),
        can_withdraw: page.can_withdraw,
        can_resubmit: page.can_resubmit,
        asked: asked.is_some_and(|event| event.kind == "verify"),
        categories: category_choices(&state.categories, &form_category),
        form_title,
        form_body,
        reply: String::new(),
    })
}

/// `POST /report/{item}/withdraw`: takes it back.
pub(super) async fn withdraw(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>) -> Answer {
    let id = ItemId(id(&item)?);
    desk.run(move |app| app.withdraw_item(&who, id)).await?;
    desk.done(&format!("/report/{id}"), "稿件已撤回，不再计数。")
}

/// `POST /report/{item}/resubmit`: sends a returned item again.
pub(super) async fn resubmit(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>, posted: Posted) -> Answer {
    let id = ItemId(id(&item)?);
    let form = Typed::of(&posted);
    let (by, typed) = (who.clone(), form.clone());
    match desk.run(move |app| app.resubmit(&by, id, &typed.title, &typed.body, &typed.category)).await {
        Ok(sent) => {
            let sentence = format!("《{}》已重新报送。{}", sent.title, sent.warnings.concat());
            desk.done(&format!("/report/{id}"), &sentence)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = item_page(&desk, who, id).await?;
                desk.show_faulty(&ItemPage {
                    faults: Faults::of(found, &["category", "title", "body"]),
                    categories: choose(page.categories, &form.category),
                    form_title: form.title,
                    form_body: form.body,
                    ..page
                })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /report/{item}/reply`: answers an editor's question.
pub(super) async fn reply(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>, posted: Posted) -> Answer {
    let id = ItemId(id(&item)?);
    let text = posted.one("text").to_owned();
    let (by, said) = (who.clone(), text.clone());
    match desk.run(move |app| app.reply(&by, id, &said)).await {
        Ok(()) => desk.done(&format!("/report/{id}"), "答复已送达信息科。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = item_page(&desk, who, id).await?;
                let faults = Faults::of(found, &["text"]);
                // The form stays, with what was typed, even where nothing was asked.
                desk.show_faulty(&ItemPage { faults, reply: text, asked: true, ..page })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /report/{item}/topic`: the item is about a topic of reporting points. Field topic.
pub(super) async fn tie(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (id, topic) = (ItemId(id(&item)?), posted.number("topic").unwrap_or(0));
    let by = who.clone();
    match desk.run(move |app| app.tie_item(&by, id, topic)).await {
        Ok(()) => desk.done(&format!("/report/{id}"), "已对应报送要点，办公室可以看到。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = item_page(&desk, who, id).await?;
                desk.show_faulty(&ItemPage { faults: Faults::of(found, &["topic"]), ..page })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /report/{item}/topic/remove`: it is not. Field topic.
pub(super) async fn untie(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (id, topic) = (ItemId(id(&item)?), posted.number("topic").unwrap_or(0));
    desk.run(move |app| app.untie_item(&who, id, topic)).await?;
    desk.done(&format!("/report/{id}"), "已取消对应。")
}

/// `GET /report/{item}/attachment/{position}`
pub(super) async fn attachment(
    desk: Desk,
    By(who): By<Reporter>,
    Path((item, position)): Path<(String, String)>,
) -> Answer {
    let (item, position) = (ItemId(id(&item)?), id(&position)?);
    let (file, bytes) = desk.run(move |app| app.attachment(&who, item, position)).await?;
    Ok(download(&file.name, bytes))
}
