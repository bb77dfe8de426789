//! A unit's period in review (回顾): what was used, why the rest was not, one example before and after.

use askama::Template;
use axum::extract::Path;
use tz_app::{Person, Problem, Role};
use tz_model::UnitId;

use super::path_month;
use crate::dashboard::state_words;
use crate::desk::{Desk, Frame, Room};
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::Answer;
use crate::report::{Bit, bits, lines_of};
use crate::{Allow, Routes};

/// The route of the review.
pub(super) fn routes() -> Routes {
    Routes::default().get("/assessment/unit/{unit}/review", Allow::ReportersAndEditors, page)
}

struct UsedLine {
    href: String,
    number: String,
    title: String,
    /// What it was used as, and the points.
    uses: Vec<(String, String)>,
}

struct LeftLine {
    href: String,
    number: String,
    title: String,
    category: String,
    state: &'static str,
    tag: &'static str,
    why: String,
}

#[derive(Template)]
#[template(path = "assessment/review.html")]
struct ReviewPage {
    frame: Frame,
    unit: String,
    month: String,
    account: String,
    received: usize,
    used: Vec<UsedLine>,
    left: Vec<LeftLine>,
    reasons: Vec<(String, usize)>,
    /// Where the example's item is, its title, and both texts by word.
    example: Option<(String, String, Vec<Vec<Bit>>)>,
}

/// `GET /assessment/unit/{unit}/review?month=2018-06`
async fn page(desk: Desk, By(who): By<Person>, Path(unit): Path<String>, asked: Asked) -> Answer {
    let unit: UnitId = unit.parse().map_err(|_| Problem::NotThere)?;
    let month = path_month(asked.one("month"))?;
    let office = matches!(who.role, Role::Editor | Role::Chief);
    let review = desk.run(move |app| app.review(&who, unit, month)).await?;
    let href = |id: tz_model::ItemId| if office { format!("/intake/{id}") } else { format!("/report/{id}") };
    desk.show(&ReviewPage {
        frame: desk.frame(Room::Assessment, "用稿回顾"),
        month: review.period.chinese(),
        account: format!("/assessment/unit/{unit}?month={}", review.period.last),
        received: review.received,
        used: review
            .used
            .iter()
            .map(|item| UsedLine {
                href: href(item.id),
                number: item.number.clone(),
                title: item.title.clone(),
                uses: item
                    .uses
                    .iter()
                    .map(|one| {
                        let note = if one.note.is_empty() { String::new() } else { format!("（{}）", one.note) };
                        (format!("{}{note}", one.name), one.points.clone())
                    })
                    .collect(),
            })
            .collect(),
        left: review
            .left
            .iter()
            .map(|item| {
                let (state, tag) = state_words(&item.state, !office);
                LeftLine {
                    href: href(item.id),
                    number: item.number.clone(),
                    title: item.title.clone(),
                    category: item.category.clone(),
                    state,
                    tag,
                    why: item.why.clone(),
                }
            })
            .collect(),
        reasons: review.reasons,
        example: review.example.map(|example| {
            let text = |(title, body): &(String, String)| format!("{title}\n{body}");
            let lines = lines_of(bits(&text(&example.sent), &text(&example.printed)));
            (href(example.id), example.printed.0, lines)
        }),
        unit: review.unit,
    })
}
