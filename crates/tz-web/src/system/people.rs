//! People of the units (人员, N1 and N4).

use askama::Template;
use axum::extract::Path;
use tz_app::Administrator;
use tz_app::system::{DUTIES, NewPerson};
use tz_model::UnitId;

use super::{Choices, Field, Tab, Typed, faults_of, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};

#[derive(Template)]
#[template(path = "system/people.html")]
struct PeoplePage {
    frame: Frame,
    tabs: Vec<Tab>,
    today: String,
    people: Vec<PersonLine>,
    left_fault: Option<String>,
    /// What is wrong with a list that was to be taken in, row by row.
    import_faults: Vec<String>,
    units: Choices,
    name: Field,
    duties: Choices,
    phone: Field,
    mail: Field,
}

struct PersonLine {
    id: i64,
    unit: String,
    unit_href: String,
    name: String,
    duty: String,
    phone: String,
    mail: String,
}

async fn show(desk: &Desk, who: Administrator, typed: &Typed) -> Result<PeoplePage, Oops> {
    let (people, choices, today) =
        desk.run(move |app| Ok((app.people(&who)?, app.unit_choices(&who)?, app.today()))).await?;
    let units = choices.units.into_iter().map(|(id, name)| (id.to_string(), name));
    Ok(PeoplePage {
        frame: desk.frame(Room::System, "人员"),
        tabs: tabs("/system/people"),
        today: today.to_string(),
        people: people
            .into_iter()
            .map(|(person, unit)| PersonLine {
                id: person.id,
                unit,
                unit_href: person.unit_id.map(|unit| format!("/system/units/{unit}")).unwrap_or_default(),
                name: person.name,
                duty: person.duty,
                phone: person.phone,
                mail: person.mail,
            })
            .collect(),
        left_fault: typed.fault("day"),
        import_faults: typed
            .faults
            .iter()
            .filter(|fault| fault.field == "file")
            .map(|fault| fault.sentence.clone())
            .collect(),
        units: Choices::of(typed, "unit", units),
        name: typed.field("name"),
        duties: Choices::of(typed, "duty", DUTIES.map(|duty| (duty.to_owned(), duty.to_owned()))),
        phone: typed.field("phone"),
        mail: typed.field("mail"),
    })
}

/// `GET /system/people`; `?unit=` chooses the unit in the form.
pub(super) async fn list(desk: Desk, By(who): By<Administrator>, asked: Asked) -> Answer {
    let typed = Typed { posted: asked.0, faults: Vec::new() };
    let page = show(&desk, who, &typed).await?;
    desk.show(&page)
}

/// `POST /system/people`
pub(super) async fn add(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let new = NewPerson {
        unit: posted.number("unit").map(UnitId),
        name: posted.trimmed("name"),
        duty: posted.trimmed("duty"),
        phone: posted.trimmed("phone"),
        mail: posted.trimmed("mail"),
    };
    let (by, name) = (who.clone(), new.name.clone());
    match desk.run(move |app| app.add_person(&by, &new)).await {
        Ok(_) => desk.done("/system/people", &format!("已登记{name}。")),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/people/{person}/left`
pub(super) async fn left(desk: Desk, By(who): By<Administrator>, Path(person): Path<String>, posted: Posted) -> Answer {
    let person = number(&person)?;
    let (by, day) = (who.clone(), posted.trimmed("day"));
    match desk.run(move |app| app.person_leaves(&by, person, &day)).await {
        Ok(name) => desk.done("/system/people", &format!("已记下{name}离任。")),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `GET /system/people/list.xlsx`
pub(super) async fn sheet(desk: Desk, By(who): By<Administrator>) -> Answer {
    Ok(crate::sheets::file(desk.run(move |app| app.people_sheet(&who)).await?))
}

/// `POST /system/people/import`: a workbook or CSV in the field file.
pub(super) async fn import(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (by, bytes) = (who.clone(), posted.files().first().map(|file| file.bytes.clone()).unwrap_or_default());
    match desk.run(move |app| app.import_people(&by, &bytes)).await {
        Ok(taken) => {
            let done = format!("已导入：新登记{}人，原来就有的{}人没有改动。", taken.added, taken.known);
            desk.done("/system/people", &done)
        }
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed).await?;
            desk.show_faulty(&page)
        }
    }
}
