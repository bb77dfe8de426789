//! What higher offices adopted, entered by hand (F1, R6, R11), and the letters that tell units of it (告知函).

use askama::Template;
use axum::response::Response;
use tz_app::facts::{NewFact, cell_fields};
use tz_app::{Editor, FieldFault, PaperFormat, Problem};
use tz_model::{Month, Table, UnitId};

use super::{
    ChoiceGroup, EnteredLine, View, choice_groups, day_asked, list_with, month_asked, typed_or, undone_wrong, views,
};
use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::publication::{file, late_words};

/// The fields of the form, where their faults stand.
const FIELDS: [&str; 6] = ["name", "date", "item", "form", "unit", "note"];

#[derive(Template)]
#[template(path = "forward/adopted.html")]
struct ForwardPage {
    frame: Frame,
    views: Vec<View>,
    /// The letters that can be made for the month: unit, address.
    letters: Vec<(String, String)>,
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
    let letters = month.map_or_else(Vec::new, |month| letters(month, &lines, &groups));
    let cells = cells::views(&fields, &cells::typed(typed), &mut faults);
    // An item page may hand over the item's number: /forward/adopted?item=2018-0613-04.
    let fresh = typed.one("date").is_empty() && faults.is_empty() && cells.iter().all(|cell| cell.fault.is_empty());
    Ok(ForwardPage {
        frame: desk.frame(Room::Forward, "上级采用"),
        views: views(desk, "/forward/adopted"),
        letters,
        month: month.map(|month| month.to_string()).unwrap_or_default(),
        heading: month.map_or_else(|| "上级采用".to_owned(), |month| format!("{}上级采用", month.chinese())),
        lines: lines.into_iter().map(EnteredLine::of).collect(),
        choices: choice_groups(choices, typed.one("name")),
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

/// `GET /forward/adopted?month=2018-06`
pub(super) async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let month = month_asked(&asked, desk.server.app.this_month());
    let page = show(&desk, who, month, &asked, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /forward/adopted`
pub(super) async fn record(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
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
    let (name, to) = (new.name.clone(), list_with("/forward/adopted", &new.date));
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

/// `POST /forward/adopted/withdraw`
pub(super) async fn withdraw(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    match desk.run(move |app| app.withdraw_entered(&by, Table::Adoptions, &key, &reason)).await {
        Ok(recorded) => {
            let to = format!("/forward/adopted?month={}", posted.month());
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

/// The letters of a month: each unit named in its list, once.
fn letters(
    month: Month,
    lines: &[tz_app::facts::Entered],
    groups: &[tz_app::network::UnitGroup],
) -> Vec<(String, String)> {
    let named = |name: &str| lines.iter().any(|line| line.units.split('、').any(|unit| unit == name));
    let units = groups.iter().flat_map(|group| &group.units).filter(|unit| named(&unit.name));
    units.map(|unit| (unit.name.clone(), format!("/forward/notice?unit={}&month={month}", unit.id))).collect()
}

/// `GET /forward/notice?unit=3&month=2018-06&format=pdf`
pub(super) async fn notice(desk: Desk, By(who): By<Editor>, asked: Asked) -> Result<Response, Oops> {
    let (Some(unit), Ok(month)) = (asked.number("unit").map(UnitId), asked.one("month").trim().parse::<Month>()) else {
        return Err(Problem::NotThere.into());
    };
    let format = if asked.one("format") == "pdf" { PaperFormat::Pdf } else { PaperFormat::Docx };
    Ok(file(desk.run(move |app| app.adoption_letter(&who, unit, month, format)).await?))
}
