//! The room of upward reports (上报): what higher offices adopted, entered by hand (F1, R6, R11).

use askama::Template;
use jiff::civil::Date;
use tz_app::facts::cell_fields;
use tz_app::facts::{Entered, NewFact};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::{Month, Table, parse_date};

use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::words;
use crate::{Allow, Routes};

/// Every route of the room of upward reports with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default().get("/forward", Allow::Editors, page).post("/forward", Allow::Editors, record).post(
        "/forward/withdraw",
        Allow::Editors,
        withdraw,
    )
}

/// The fields of the form, where their faults stand.
const FIELDS: [&str; 6] = ["name", "date", "item", "form", "unit", "note"];

/// The form that takes a line back (`undo.html`): open again, with what was typed, where that was not enough.
#[derive(Default)]
pub(crate) struct Undo {
    pub open: bool,
    pub typed: String,
    pub fault: String,
}

impl Undo {
    /// Of the line with this key, after a form with faults was posted for one.
    pub(crate) fn of(key: &str, posted: &Posted, found: &[FieldFault]) -> Self {
        if found.is_empty() || posted.one("key") != key {
            return Self::default();
        }
        let fault = found.iter().map(|fault| fault.sentence.as_str()).collect::<Vec<_>>().concat();
        Self { open: true, typed: posted.one("reason").to_owned(), fault }
    }
}

/// A fact entered by hand, as a line of a list.
pub(crate) struct EnteredLine {
    pub key: String,
    pub date: String,
    pub name: String,
    pub points: String,
    pub units: String,
    /// Address and number of the item, if it is in the system.
    pub item: Option<(String, String)>,
    pub title: String,
    pub form: String,
    pub leader: String,
    pub note: String,
    pub by: String,
    pub undo: Undo,
}

impl EnteredLine {
    pub(crate) fn of(fact: Entered) -> Self {
        Self {
            key: fact.key,
            date: words::day(fact.date),
            points: fact.points.map(|points| format!("{} 分", (points * fact.quantity).signed())).unwrap_or_default(),
            name: if fact.quantity > 1 { format!("{}，{}次", fact.name, fact.quantity) } else { fact.name },
            units: fact.units,
            item: fact.item.map(|(id, number)| (format!("/intake/{id}"), number)),
            title: fact.title,
            form: fact.form,
            leader: fact.leader,
            note: fact.note,
            by: fact.by,
            undo: Undo::default(),
        }
    }
}

/// Puts what is wrong with taking a line back at that line; gives it back where the line is not on the page.
pub(crate) fn undone_wrong(lines: &mut [EnteredLine], posted: &Posted, found: Vec<FieldFault>) -> Vec<FieldFault> {
    match lines.iter_mut().find(|line| line.key == posted.one("key")) {
        Some(line) => {
            line.undo = Undo::of(&line.key, posted, &found);
            Vec::new()
        }
        None => found,
    }
}

/// A heading with names to choose: name, words, chosen.
pub(crate) struct ChoiceGroup {
    pub heading: String,
    pub names: Vec<(String, String, bool)>,
}

/// The month asked for: `this` where none was, or what was typed is none; nothing where all were.
pub(crate) fn month_asked(asked: &Posted, this: Month) -> Option<Month> {
    match asked.one("month").trim() {
        "" if asked.has("month") => None,
        text => Some(text.parse().unwrap_or(this)),
    }
}

/// The day that a form is about, whose scheme says what can be chosen: as typed, else today.
pub(crate) fn day_asked(typed: &Posted, today: Date) -> Date {
    parse_date(typed.one("date")).unwrap_or(today)
}

/// The page of a list with the month of a day as typed, where a new line is to be seen.
pub(crate) fn list_with(path: &str, day: &str) -> String {
    match parse_date(day) {
        Ok(day) => format!("{path}?month={}", Month::of_date(day)),
        Err(_) => path.to_owned(),
    }
}

/// A field as typed, or what it begins with on a fresh form.
pub(crate) fn typed_or(typed: &Posted, fresh: bool, name: &str, first: String) -> String {
    if fresh { first } else { typed.one(name).to_owned() }
}

#[derive(Template)]
#[template(path = "forward/page.html")]
struct ForwardPage {
    frame: Frame,
    month: String,
    heading: String,
    lines: Vec<EnteredLine>,
    choices: Vec<ChoiceGroup>,
    groups: Vec<PickGroup>,
    forms: Vec<(String, bool)>,
    cells: Vec<CellView>,
    /// What is typed where the scheme lists no names.
    name: String,
    date: String,
    item: String,
    note: String,
    faults: Faults,
}

async fn show(
    desk: &Desk,
    who: Editor,
    month: Option<Month>,
    typed: &Posted,
    mut faults: Vec<FieldFault>,
) -> Result<ForwardPage, Oops> {
    let day = day_asked(typed, desk.server.app.today());
    let (lines, choices, groups, forms, fields) = desk
        .run(move |app| {
            Ok((
                app.entered_facts(&who, Table::Adoptions, month)?,
                app.forward_choices(&who, day)?,
                app.unit_groups(&who)?,
                app.form_choices(&who, day)?,
                cell_fields(&*app.scheme_on(day)?, Table::Adoptions),
            ))
        })
        .await?;
    let cells = cells::views(&fields, &cells::typed(typed), &mut faults);
    // An item page may hand over the item's number: /forward?item=2018-0613-04.
    let fresh = typed.one("date").is_empty() && faults.is_empty() && cells.iter().all(|cell| cell.fault.is_empty());
    Ok(ForwardPage {
        frame: desk.frame(Room::Forward, "上报"),
        month: month.map(|month| month.to_string()).unwrap_or_default(),
        heading: month.map_or_else(|| "上级采用".to_owned(), |month| format!("{}上级采用", month.chinese())),
        lines: lines.into_iter().map(EnteredLine::of).collect(),
        choices: choices
            .into_iter()
            .map(|level| ChoiceGroup {
                heading: level.heading,
                names: level
                    .names
                    .into_iter()
                    .map(|(name, worth)| {
                        let chosen = name == typed.one("name");
                        (name.clone(), words::priced(&name, &worth), chosen)
                    })
                    .collect(),
            })
            .collect(),
        groups: pick(groups, typed),
        forms: forms.into_iter().map(|form| (form.clone(), form == typed.one("form"))).collect(),
        name: typed.one("name").to_owned(),
        date: typed_or(typed, fresh, "date", desk.server.app.today().to_string()),
        item: typed.one("item").to_owned(),
        note: typed.one("note").to_owned(),
        faults: cells::with(Faults::of(faults, &FIELDS), &cells),
        cells,
    })
}

/// `GET /forward?month=2018-06`
async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let month = month_asked(&asked, desk.server.app.this_month());
    let page = show(&desk, who, month, &asked, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /forward`
async fn record(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewFact {
        table: Table::Adoptions,
        units: picked(&posted),
        date: posted.trimmed("date"),
        name: posted.trimmed("name"),
        item: posted.trimmed("item"),
        form: posted.trimmed("form"),
        leader: String::new(),
        note: posted.trimmed("note"),
        quantity: 1,
        cells: cells::typed(&posted),
    };
    let by = who.clone();
    let (name, to) = (new.name.clone(), list_with("/forward", &new.date));
    match desk.run(move |app| app.record_fact(&by, &new)).await {
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

/// `POST /forward/withdraw`
async fn withdraw(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    match desk.run(move |app| app.withdraw_entered(&by, Table::Adoptions, &key, &reason)).await {
        Ok(recorded) => {
            let to = format!("/forward?month={}", posted.month());
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
