//! The room of leaders' comments (批示): comments on items (F1, F1.n3) and on the bulletin (F1.n2), entered by hand.

use askama::Template;
use tz_app::facts::{NewFact, cell_fields};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::{Month, Table};

use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::forward::{EnteredLine, day_asked, list_with, month_asked, typed_or, undone_wrong};
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::{Allow, Routes, words};

/// Every route of the room of comments with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/comment", Allow::Editors, page)
        .post("/comment", Allow::Editors, record)
        .get("/comment/bulletin", Allow::Editors, bulletin_page)
        .post("/comment/bulletin", Allow::Editors, record_bulletin)
        .post("/comment/withdraw", Allow::Editors, withdraw)
        .post("/comment/bulletin/withdraw", Allow::Editors, withdraw_bulletin)
}

/// The fields of the forms, where their faults stand.
const FIELDS: [&str; 7] = ["name", "leader", "date", "quantity", "item", "unit", "note"];

/// Which of the two lists: leaders' comments on items, or units' heads on the bulletin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Items,
    Bulletin,
}

impl Kind {
    fn table(self) -> Table {
        match self {
            Self::Items => Table::Comments,
            Self::Bulletin => Table::Events,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Items => "/comment",
            Self::Bulletin => "/comment/bulletin",
        }
    }
}

#[derive(Template)]
#[template(path = "comment/page.html")]
struct CommentPage {
    frame: Frame,
    path: &'static str,
    undo_path: String,
    bulletin: bool,
    /// What the second list is called: `通报获批示` where the scheme's events are that alone.
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
    item: String,
    note: String,
    quantity: String,
    faults: Faults,
}

async fn show(
    desk: &Desk,
    who: Editor,
    kind: Kind,
    month: Option<Month>,
    typed: &Posted,
    mut faults: Vec<FieldFault>,
) -> Result<CommentPage, Oops> {
    let day = day_asked(typed, desk.server.app.today());
    let (lines, choices, groups, fields, of_bulletin) = desk
        .run(move |app| {
            let mut lines = app.entered_facts(&who, kind.table(), month)?;
            let choices = match kind {
                Kind::Items => app.comment_choices(&who, day)?,
                Kind::Bulletin => app.bulletin_choices(&who, day)?,
            };
            if kind == Kind::Bulletin {
                // Training and rotation are events too; they are in the room of the network.
                let yearly = app.yearly_events(&who, day)?;
                lines.retain(|line| !yearly.contains(&line.name));
            }
            let fields = cell_fields(&*app.scheme_on(day)?, kind.table());
            let events = app.bulletin_choices(&who, day)?;
            let of_bulletin = events.iter().all(|(name, _)| name.contains("批示"));
            Ok((lines, choices, app.unit_groups(&who)?, fields, of_bulletin))
        })
        .await?;
    let cells = cells::views(&fields, &cells::typed(typed), &mut faults);
    let fresh = typed.one("date").is_empty() && faults.is_empty() && cells.iter().all(|cell| cell.fault.is_empty());
    Ok(CommentPage {
        frame: desk.frame(Room::Comment, "批示"),
        path: kind.path(),
        undo_path: format!("{}/withdraw", kind.path()),
        bulletin: kind == Kind::Bulletin,
        events: if of_bulletin { "通报获批示" } else { "其他事项" },
        of_bulletin,
        month: month.map(|month| month.to_string()).unwrap_or_default(),
        lines: lines.into_iter().map(EnteredLine::of).collect(),
        choices: choices
            .into_iter()
            .map(|(name, worth)| {
                let chosen = name == typed.one("name");
                (name.clone(), words::priced(&name, &worth), chosen)
            })
            .collect(),
        name: typed.one("name").to_owned(),
        groups: pick(groups, typed),
        date: typed_or(typed, fresh, "date", desk.server.app.today().to_string()),
        leader: typed.one("leader").to_owned(),
        item: typed.one("item").to_owned(),
        note: typed.one("note").to_owned(),
        quantity: typed_or(typed, fresh, "quantity", "1".to_owned()),
        faults: cells::with(Faults::of(faults, &FIELDS), &cells),
        cells,
    })
}

/// `GET /comment?month=2018-06`
async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let month = month_asked(&asked, desk.server.app.this_month());
    let page = show(&desk, who, Kind::Items, month, &asked, Vec::new()).await?;
    desk.show(&page)
}

/// `GET /comment/bulletin`
async fn bulletin_page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let month = month_asked(&asked, desk.server.app.this_month());
    let page = show(&desk, who, Kind::Bulletin, month, &asked, Vec::new()).await?;
    desk.show(&page)
}

async fn enter(desk: Desk, who: Editor, kind: Kind, posted: Posted) -> Answer {
    let new = NewFact {
        table: kind.table(),
        units: picked(&posted),
        date: posted.trimmed("date"),
        name: posted.trimmed("name"),
        item: posted.trimmed("item"),
        form: String::new(),
        leader: posted.trimmed("leader"),
        note: posted.trimmed("note"),
        quantity: if kind == Kind::Bulletin { posted.number("quantity").unwrap_or(0) } else { 1 },
        cells: cells::typed(&posted),
    };
    let (by, name, to) = (who.clone(), new.name.clone(), list_with(kind.path(), &new.date));
    let day = day_asked(&posted, desk.server.app.today());
    let done = desk
        .run(move |app| {
            // Yearly duties have a page of their own, which enters each once.
            let mut new = new;
            if kind == Kind::Bulletin && app.yearly_events(&by, day)?.contains(&new.name) {
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
                let page = show(&desk, who, kind, Some(desk.server.app.this_month()), &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /comment`
async fn record(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    enter(desk, who, Kind::Items, posted).await
}

/// `POST /comment/bulletin`
async fn record_bulletin(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    enter(desk, who, Kind::Bulletin, posted).await
}

async fn take_back(desk: Desk, who: Editor, kind: Kind, posted: Posted) -> Answer {
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    match desk.run(move |app| app.withdraw_entered(&by, kind.table(), &key, &reason)).await {
        Ok(recorded) => {
            let to = format!("{}?month={}", kind.path(), posted.month());
            desk.done(&to, &format!("已撤销。{}", late_words(recorded.late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let month = month_asked(&posted, desk.server.app.this_month());
                let mut page = show(&desk, who, kind, month, &Posted::default(), Vec::new()).await?;
                page.faults = Faults::of(undone_wrong(&mut page.lines, &posted, found), &[]);
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /comment/withdraw`
async fn withdraw(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    take_back(desk, who, Kind::Items, posted).await
}

/// `POST /comment/bulletin/withdraw`
async fn withdraw_bulletin(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    take_back(desk, who, Kind::Bulletin, posted).await
}
