//! People of the units (人员, N1 and N4).

use askama::Template;
use axum::extract::Path;
use tz_app::Administrator;
use tz_app::system::{DUTIES, NewPerson, PersonRow};
use tz_model::UnitId;

use super::{Choices, Field, Tab, Typed, faults_of, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};

/// People on a page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "system/people.html")]
struct PeoplePage {
    frame: Frame,
    tabs: Vec<Tab>,
    today: String,
    /// How many are in office.
    total: usize,
    /// The units to look at: value, name, chosen.
    looked_at: Vec<(String, String, bool)>,
    /// The duties to look at: name, chosen.
    duty_looked_at: Vec<(&'static str, bool)>,
    people: Vec<PersonLine>,
    newer: Option<String>,
    older: Option<String>,
    left_fault: Option<String>,
    units: Choices,
    name: Field,
    duties: Choices,
    from: Field,
    phone: Field,
    mail: Field,
}

struct PersonLine {
    id: i64,
    unit: String,
    unit_href: String,
    name: String,
    duty: String,
    from: String,
    phone: String,
    mail: String,
}

fn duties(typed: &Typed) -> Choices {
    Choices::of(typed, "duty", DUTIES.map(|duty| (duty.to_owned(), duty.to_owned())))
}

/// Which people are listed.
#[derive(Clone, Copy, Default)]
struct Looked<'a> {
    /// Of one unit.
    unit: Option<i64>,
    /// In one duty; empty for all.
    duty: &'a str,
    /// The page, from 0.
    page: usize,
}

async fn show(desk: &Desk, who: Administrator, typed: &Typed, looked: Looked<'_>) -> Result<PeoplePage, Oops> {
    let (people, choices, today) =
        desk.run(move |app| Ok((app.people(&who)?, app.unit_choices(&who)?, app.today()))).await?;
    let total = people.len();
    let units = choices.units.into_iter().map(|(id, name)| (id.to_string(), name)).collect::<Vec<_>>();
    let chosen = looked.unit.map(|unit| unit.to_string()).unwrap_or_default();
    let mut found = people
        .into_iter()
        .filter(|(person, _)| looked.unit.is_none_or(|unit| person.unit_id == Some(unit)))
        .filter(|(person, _)| looked.duty.is_empty() || person.duty == looked.duty)
        .skip(looked.page.saturating_mul(PAGE));
    let shown: Vec<_> = found.by_ref().take(PAGE).collect();
    let page = |page: usize| {
        let duty = percent_encoding::utf8_percent_encode(looked.duty, percent_encoding::NON_ALPHANUMERIC);
        format!("/system/people?unit={chosen}&of={duty}&page={page}")
    };
    Ok(PeoplePage {
        frame: desk.frame(Room::System, "人员"),
        tabs: tabs("/system/people"),
        today: today.to_string(),
        total,
        looked_at: units.iter().map(|(id, name)| (id.clone(), name.clone(), *id == chosen)).collect(),
        duty_looked_at: DUTIES.map(|duty| (duty, duty == looked.duty)).into(),
        newer: looked.page.checked_sub(1).map(page),
        older: found.next().is_some().then(|| page(looked.page + 1)),
        people: shown
            .into_iter()
            .map(|(person, unit)| PersonLine {
                id: person.id,
                unit,
                unit_href: person.unit_id.map(|unit| format!("/system/units/{unit}")).unwrap_or_default(),
                name: person.name,
                duty: person.duty,
                from: person.from_date.unwrap_or_default(),
                phone: person.phone,
                mail: person.mail,
            })
            .collect(),
        left_fault: typed.fault("day"),
        units: Choices::of(typed, "unit", units),
        name: typed.field("name"),
        duties: duties(typed),
        from: typed.field("from"),
        phone: typed.field("phone"),
        mail: typed.field("mail"),
    })
}

/// `GET /system/people?unit=3&of=信息员&page=1`: of a unit, in a duty; the unit stands chosen in the form.
pub(super) async fn list(desk: Desk, By(who): By<Administrator>, asked: Asked) -> Answer {
    let typed = Typed { posted: asked.0, faults: Vec::new() };
    let looked = Looked {
        unit: typed.posted.number("unit"),
        duty: typed.posted.one("of"),
        page: typed.posted.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(0),
    };
    let page = show(&desk, who, &typed, looked).await?;
    desk.show(&page)
}

fn wish(posted: &Posted) -> NewPerson {
    NewPerson {
        unit: posted.number("unit").map(UnitId),
        name: posted.trimmed("name"),
        duty: posted.trimmed("duty"),
        from: posted.trimmed("from"),
        phone: posted.trimmed("phone"),
        mail: posted.trimmed("mail"),
    }
}

/// `POST /system/people`
pub(super) async fn add(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let new = wish(&posted);
    let (by, name) = (who.clone(), new.name.clone());
    match desk.run(move |app| app.add_person(&by, &new)).await {
        Ok(_) => desk.done("/system/people", &format!("已登记{name}。")),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed, Looked::default()).await?;
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
            let page = show(&desk, who, &typed, Looked::default()).await?;
            desk.show_faulty(&page)
        }
    }
}

/// A person in a duty, and what else is recorded of them.
#[derive(Template)]
#[template(path = "system/person.html")]
struct PersonPage {
    frame: Frame,
    tabs: Vec<Tab>,
    id: i64,
    heading: String,
    unit: String,
    unit_href: String,
    duty: String,
    /// Still in this duty.
    open: bool,
    name: Field,
    from: Field,
    phone: Field,
    mail: Field,
    duties: Choices,
    day: Field,
    tenures: Vec<TenureLine>,
}

/// Somebody's time in a duty.
pub(super) struct TenureLine {
    pub(super) name: String,
    pub(super) duty: String,
    pub(super) days: String,
    pub(super) href: String,
    /// The one the page is about.
    pub(super) here: bool,
}

impl TenureLine {
    pub(super) fn of(row: &PersonRow, here: bool) -> Self {
        let days = match (&row.from_date, &row.left_on) {
            (Some(from), Some(left)) => format!("{from} 至 {left}"),
            (Some(from), None) => format!("{from} 起"),
            (None, Some(left)) => format!("至 {left}"),
            (None, None) => "没有登记任职日期".to_owned(),
        };
        let href = format!("/system/people/{}", row.id);
        Self { name: row.name.clone(), duty: row.duty.clone(), days, href, here }
    }
}

/// Which form of a person's page was sent: a fault stands in that one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Correct,
    Duty,
}

async fn person_page(
    desk: &Desk,
    who: Administrator,
    id: i64,
    typed: Option<(Form, Typed)>,
) -> Result<PersonPage, Oops> {
    let (folder, today) = desk.run(move |app| Ok((app.person_folder(&who, id)?, app.today()))).await?;
    let person = &folder.person;
    let kept = [
        ("name", person.name.clone()),
        ("from", person.from_date.clone().unwrap_or_default()),
        ("phone", person.phone.clone()),
        ("mail", person.mail.clone()),
    ];
    let (sent, typed) = typed.map_or((None, Typed::default()), |(form, typed)| (Some(form), typed));
    let own = Typed { posted: Posted::shown(kept), faults: Vec::new() };
    let correct = if sent == Some(Form::Correct) { &typed } else { &own };
    let fresh = Typed { posted: Posted::shown([("day", today.to_string())]), faults: Vec::new() };
    let duty = if sent == Some(Form::Duty) { &typed } else { &fresh };
    let heading = format!("{} {}", person.name, person.duty);
    Ok(PersonPage {
        frame: desk.frame(Room::System, &heading),
        tabs: tabs("/system/people"),
        id,
        heading,
        unit_href: person.unit_id.map(|unit| format!("/system/units/{unit}")).unwrap_or_default(),
        duty: person.duty.clone(),
        open: person.left_on.is_none(),
        name: correct.field("name"),
        from: correct.field("from"),
        phone: correct.field("phone"),
        mail: correct.field("mail"),
        duties: duties(duty),
        day: duty.field("day"),
        tenures: folder.tenures.iter().map(|row| TenureLine::of(row, row.id == id)).collect(),
        unit: folder.unit,
    })
}

/// `GET /system/people/{person}`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>, Path(person): Path<String>) -> Answer {
    let page = person_page(&desk, who, number(&person)?, None).await?;
    desk.show(&page)
}

/// `POST /system/people/{person}`: puts the name, how to reach them and the first day right.
pub(super) async fn correct(
    desk: Desk,
    By(who): By<Administrator>,
    Path(person): Path<String>,
    posted: Posted,
) -> Answer {
    let id = number(&person)?;
    let (by, wish) = (who.clone(), wish(&posted));
    match desk.run(move |app| app.correct_person(&by, id, &wish)).await {
        Ok(()) => desk.done(&format!("/system/people/{id}"), "已更正。"),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = person_page(&desk, who, id, Some((Form::Correct, typed))).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/people/{person}/duty`: another duty from a day on.
pub(super) async fn change_duty(
    desk: Desk,
    By(who): By<Administrator>,
    Path(person): Path<String>,
    posted: Posted,
) -> Answer {
    let id = number(&person)?;
    let (by, duty, day) = (who.clone(), posted.trimmed("duty"), posted.trimmed("day"));
    let said = format!("已变更为{duty}，原来的职责留作记录。");
    match desk.run(move |app| app.change_duty(&by, id, &duty, &day)).await {
        Ok(new) => desk.done(&format!("/system/people/{new}"), &said),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = person_page(&desk, who, id, Some((Form::Duty, typed))).await?;
            desk.show_faulty(&page)
        }
    }
}
