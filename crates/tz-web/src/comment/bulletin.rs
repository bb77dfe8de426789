//! Comments on the bulletin (通报获批示, F1.n2) and other events that a scheme counts, entered by an editor.

use askama::Template;
use tz_app::facts::{NewFact, cell_fields};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::{Month, Table};

use super::{priced, views};
use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::forward::{EnteredLine, View, day_asked, list_with, month_asked, typed_or, undone_wrong};
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::publication::late_words;

/// The fields of the form, where their faults stand.
const FIELDS: [&str; 6] = ["name", "leader", "date", "quantity", "unit", "note"];
const PATH: &str = "/comment/bulletin";

#[derive(Template)]
#[template(path = "comment/bulletin.html")]
struct BulletinPage {
    frame: Frame,
    views: Vec<View>,
    /// What the list is called: `通报获批示` where the scheme's events are that alone.
    events: &'static str,
    of_bulletin: bool,
    month: String,
    lines: Vec<EnteredLine>,
    /// Name, words, chosen.
    choices: Vec<(String, String, bool)>,
    cells: Vec<CellView>,
    /// What is typed where the scheme lists no names.
    name: String,
    groups: Vec<PickGroup>,
    date: String,
    leader: String,
    note: String,
    quantity: String,
    faults: Faults,
}

async fn show(
    desk: &Desk,
    who: Editor,
    month: Option<Month>,
    typed: &Posted,
    mut faults: Vec<FieldFault>,
) -> Result<BulletinPage, Oops> {
    let day = day_asked(typed, desk.server.app.today());
    let (lines, choices, groups, fields) = desk
        .run(move |app| {
            let mut lines = app.entered_facts(&who, Table::Events, month)?;
            // Training and rotation are events too; they are in the room of the network.
            let yearly = app.yearly_events(&who, day)?;
            lines.retain(|line| !yearly.contains(&line.name));
            let fields = cell_fields(&*app.scheme_on(day)?, Table::Events);
            Ok((lines, app.bulletin_choices(&who, day)?, app.unit_groups(&who)?, fields))
        })
        .await?;
    let of_bulletin = choices.iter().all(|(name, _)| name.contains("批示"));
    let cells = cells::views(&fields, &cells::typed(typed), &mut faults);
    let fresh = typed.one("date").is_empty() && faults.is_empty() && cells.iter().all(|cell| cell.fault.is_empty());
    Ok(BulletinPage {
        frame: desk.frame(Room::Comment, "批示"),
        views: views(desk, PATH),
        events: if of_bulletin { "通报获批示" } else { "其他事项" },
        of_bulletin,
        month: month.map(|month| month.to_string()).unwrap_or_default(),
        lines: lines.into_iter().map(EnteredLine::of).collect(),
        choices: priced(choices, typed.one("name")),
        name: typed.one("name").to_owned(),
        groups: pick(groups, typed),
        date: typed_or(typed, fresh, "date", desk.server.app.today().to_string()),
        leader: typed.one("leader").to_owned(),
        note: typed.one("note").to_owned(),
        quantity: typed_or(typed, fresh, "quantity", "1".to_owned()),
        faults: cells::with(Faults::of(faults, &FIELDS), &cells),
        cells,
    })
}

/// `GET /comment/bulletin`
pub(super) async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let month = month_asked(&asked, desk.server.app.this_month());
    let page = show(&desk, who, month, &asked, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /comment/bulletin`
pub(super) async fn record(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewFact {
        table: Table::Events,
        units: picked(&posted),
        date: posted.trimmed("date"),
        name: posted.trimmed("name"),
        item: String::new(),
        form: String::new(),
        leader: posted.trimmed("leader"),
        note: posted.trimmed("note"),
        quantity: posted.number("quantity").unwrap_or(0),
        cells: cells::typed(&posted),
    };
    let (by, name, to) = (who.clone(), new.name.clone(), list_with(PATH, &new.date));
    let day = day_asked(&posted, desk.server.app.today());
    let done = desk
        .run(move |app| {
            // Yearly duties have a page of their own, which enters each once.
            let mut new = new;
            if app.yearly_events(&by, day)?.contains(&new.name) {
                // No name at all is a fault among the others, all told at once.
                new.name.clear();
            }
            app.record_fact(&by, &new)
        })
        .await;
    match done {
        Ok(recorded) => desk.done(&to, &format!("已登记“{name}”。{}", late_words(recorded.late))),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = show(&desk, who, Some(desk.server.app.this_month()), &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /comment/bulletin/withdraw`
pub(super) async fn withdraw(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    match desk.run(move |app| app.withdraw_entered(&by, Table::Events, &key, &reason)).await {
        Ok(recorded) => {
            let to = format!("{PATH}?month={}", posted.month());
            desk.done(&to, &format!("已撤销。{}", late_words(recorded.late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let month = month_asked(&posted, desk.server.app.this_month());
                let mut page = show(&desk, who, month, &Posted::default(), Vec::new()).await?;
                page.faults = Faults::of(undone_wrong(&mut page.lines, &posted, found), &[]);
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}
