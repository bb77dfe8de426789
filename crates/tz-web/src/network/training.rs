//! 培训 and 跟岗轮训: the year's plan with who took part, and the roster by month with host and appraisal.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::network::{NewRotation, NewTraining, RotationView, TrainingView, UnitGroup};
use tz_app::{Editor, FieldFault, PaperFormat, Problem};
use tz_model::UnitId;

use super::{PickGroup, pick, picked};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication;
use crate::report::{download, sent_files};
use crate::words;

struct TrainingLine {
    href: String,
    name: String,
    date: String,
    place: String,
    units: usize,
    held: bool,
}

/// An entry of a list, and whether it is chosen.
struct Entry {
    value: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "network/trainings.html")]
struct TrainingsPage {
    frame: Frame,
    year: i16,
    before: i16,
    after: i16,
    lines: Vec<TrainingLine>,
    events: Vec<Entry>,
    typed: Posted,
    faults: Faults,
}

/// The yearly events to choose from; the one whose name holds `usual` where nothing was typed yet.
fn events(known: Vec<String>, typed: &Posted, usual: &str) -> Vec<Entry> {
    let fresh = !typed.has("event");
    known
        .into_iter()
        .map(|name| Entry {
            chosen: if fresh { name.contains(usual) } else { typed.one("event") == name },
            value: name.clone(),
            name,
        })
        .collect()
}

fn year_of(desk: &Desk, asked: &Posted) -> i16 {
    let given = asked.number("year").and_then(|year| i16::try_from(year).ok());
    given.filter(|year| (1900..=2999).contains(year)).unwrap_or(desk.server.app.today().year())
}

async fn trainings(
    desk: &Desk,
    who: Editor,
    year: i16,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<TrainingsPage, Oops> {
    let today = desk.server.app.today();
    let (views, known) =
        desk.run(move |app| Ok((app.trainings(&who, year)?, app.yearly_events(&who, app.today())?))).await?;
    Ok(TrainingsPage {
        frame: desk.frame(Room::Network, "培训"),
        year,
        before: year - 1,
        after: year + 1,
        lines: views
            .into_iter()
            .map(|view| TrainingLine {
                href: format!("/network/training/{}", view.id),
                name: view.name,
                date: words::day(view.date),
                place: view.place,
                units: view.units.len(),
                held: view.date <= today,
            })
            .collect(),
        events: events(known, typed, "培训"),
        typed: typed.clone(),
        faults: Faults::of(faults, &["name", "date", "content", "event", "file"]),
    })
}

/// `GET /network/training?year=2018`
pub(super) async fn list(desk: Desk, By(who): By<Editor>, Asked(asked): Asked) -> Answer {
    let year = year_of(&desk, &asked);
    let page = trainings(&desk, who, year, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /network/training`
pub(super) async fn plan(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewTraining {
        name: posted.one("name").to_owned(),
        date: posted.trimmed("date"),
        place: posted.one("place").to_owned(),
        content: posted.one("content").to_owned(),
        event: posted.one("event").to_owned(),
        files: sent_files(&posted),
    };
    let by = who.clone();
    match desk.run(move |app| app.plan_training(&by, &new)).await {
        Ok(id) => desk.done(&format!("/network/training/{id}"), "培训已登记。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let year = year_of(&desk, &posted);
                let page = trainings(&desk, who, year, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

struct CameLine {
    unit: i64,
    name: String,
    people: String,
    counted: bool,
}

#[derive(Template)]
#[template(path = "network/training.html")]
struct TrainingPage {
    frame: Frame,
    id: i64,
    year: i16,
    name: String,
    date: String,
    place: String,
    content: Vec<String>,
    event: String,
    held: bool,
    came: Vec<CameLine>,
    files: Vec<(String, String)>,
    groups: Vec<PickGroup>,
    people: String,
    faults: Faults,
}

fn training_page(
    desk: &Desk,
    view: TrainingView,
    mut groups: Vec<UnitGroup>,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> TrainingPage {
    // Who is on the list already is not offered again.
    for group in &mut groups {
        group.units.retain(|unit| !view.units.iter().any(|came| came.unit == unit.id));
    }
    groups.retain(|group| !group.units.is_empty());
    let link =
        |(position, name): &(i64, String)| (format!("/network/training/{}/file/{position}", view.id), name.clone());
    TrainingPage {
        frame: desk.frame(Room::Network, &view.name),
        id: view.id,
        year: view.date.year(),
        date: words::day(view.date),
        held: view.date <= desk.server.app.today(),
        files: view.files.iter().map(link).collect(),
        content: view.content.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        came: view
            .units
            .into_iter()
            .map(|came| CameLine { unit: came.unit.0, name: came.name, people: came.people, counted: came.counted })
            .collect(),
        name: view.name,
        place: view.place,
        event: view.event,
        groups: pick(groups, typed),
        people: typed.one("people").to_owned(),
        faults: Faults::of(faults, &["unit", "people"]),
    }
}

fn number(text: &str) -> Result<i64, Oops> {
    text.parse().map_err(|_| Problem::NotThere.into())
}

async fn one(desk: &Desk, who: Editor, id: i64, typed: &Posted, faults: Vec<FieldFault>) -> Result<TrainingPage, Oops> {
    let (view, groups) = desk.run(move |app| Ok((app.training(&who, id)?, app.unit_groups(&who)?))).await?;
    Ok(training_page(desk, view, groups, typed, faults))
}

/// `GET /network/training/{training}`
pub(super) async fn show(desk: Desk, By(who): By<Editor>, Path(training): Path<String>) -> Answer {
    let page = one(&desk, who, number(&training)?, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /network/training/{training}/sign-in`: fields unit (several), people.
pub(super) async fn sign_in(desk: Desk, By(who): By<Editor>, Path(training): Path<String>, posted: Posted) -> Answer {
    let id = number(&training)?;
    let (by, units, people) = (who.clone(), picked(&posted), posted.one("people").to_owned());
    match desk.run(move |app| app.sign_in_training(&by, id, &units, &people)).await {
        Ok((came, counted)) => {
            let done = format!("已登记{came}个单位签到，其中{counted}个单位由此完成本年度任务。");
            desk.done(&format!("/network/training/{id}"), &done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = one(&desk, who, id, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /network/training/{training}/take-back`: field unit.
pub(super) async fn take_back(desk: Desk, By(who): By<Editor>, Path(training): Path<String>, posted: Posted) -> Answer {
    let id = number(&training)?;
    let unit = UnitId(posted.number("unit").unwrap_or(0));
    desk.run(move |app| app.take_back_sign_in(&who, id, unit)).await?;
    desk.done(&format!("/network/training/{id}"), "已取消签到，由它计入的年度任务一并取消。")
}

/// `GET /network/training/{training}/file/{position}`
pub(super) async fn file(
    desk: Desk,
    By(who): By<Editor>,
    Path((training, position)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let (id, position) = (number(&training)?, number(&position)?);
    let (name, bytes) = desk.run(move |app| app.training_file(&who, id, position)).await?;
    Ok(download(&name, bytes))
}

async fn sheet(desk: Desk, who: Editor, training: &str, format: PaperFormat) -> Result<Response, Oops> {
    let id = number(training)?;
    Ok(publication::file(desk.run(move |app| app.training_sheet(&who, id, format)).await?))
}

/// `GET /network/training/{training}/sheet`: the list to be signed (签到表).
pub(super) async fn sheet_docx(
    desk: Desk,
    By(who): By<Editor>,
    Path(training): Path<String>,
) -> Result<Response, Oops> {
    sheet(desk, who, &training, PaperFormat::Docx).await
}

/// `GET /network/training/{training}/sheet.pdf`
pub(super) async fn sheet_pdf(desk: Desk, By(who): By<Editor>, Path(training): Path<String>) -> Result<Response, Oops> {
    sheet(desk, who, &training, PaperFormat::Pdf).await
}

struct RotationLine {
    id: i64,
    month: String,
    unit: String,
    person: String,
    host: String,
    state: &'static str,
    tag: &'static str,
    appraisal: String,
    counted: bool,
    open: bool,
    typed: String,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "network/rotation.html")]
struct RosterPage {
    frame: Frame,
    year: i16,
    before: i16,
    after: i16,
    lines: Vec<RotationLine>,
    units: Vec<Entry>,
    events: Vec<Entry>,
    typed: Posted,
    faults: Faults,
}

fn rotation(view: RotationView) -> RotationLine {
    let (state, tag) = match view.state.as_str() {
        "done" => ("已鉴定", "good"),
        "cancelled" => ("已取消", ""),
        _ => ("已安排", "act"),
    };
    RotationLine {
        id: view.id,
        month: view.month.chinese(),
        unit: view.unit,
        person: view.person,
        host: view.host,
        open: view.state == "planned",
        state,
        tag,
        appraisal: view.appraisal,
        counted: view.counted,
        typed: String::new(),
        faults: Faults::default(),
    }
}

async fn roster_page(
    desk: &Desk,
    who: Editor,
    year: i16,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<RosterPage, Oops> {
    let (views, known, groups) = desk
        .run(move |app| Ok((app.rotations(&who, year)?, app.yearly_events(&who, app.today())?, app.unit_groups(&who)?)))
        .await?;
    let chosen = typed.one("unit");
    Ok(RosterPage {
        frame: desk.frame(Room::Network, "跟岗轮训"),
        year,
        before: year - 1,
        after: year + 1,
        lines: views.into_iter().map(rotation).collect(),
        units: groups
            .into_iter()
            .flat_map(|group| group.units)
            .map(|unit| Entry { value: unit.id.to_string(), chosen: unit.id.to_string() == chosen, name: unit.name })
            .collect(),
        events: events(known, typed, "轮训"),
        typed: typed.clone(),
        faults: Faults::of(faults, &["month", "unit", "person", "host", "event"]),
    })
}

/// `GET /network/rotation?year=2018`
pub(super) async fn roster(desk: Desk, By(who): By<Editor>, Asked(asked): Asked) -> Answer {
    let year = year_of(&desk, &asked);
    let page = roster_page(&desk, who, year, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /network/rotation`
pub(super) async fn plan_rotation(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewRotation {
        month: posted.trimmed("month"),
        unit: posted.number("unit").map(UnitId),
        person: posted.one("person").to_owned(),
        host: posted.one("host").to_owned(),
        event: posted.one("event").to_owned(),
    };
    let (by, year) = (who.clone(), year_of(&desk, &posted));
    match desk.run(move |app| app.plan_rotation(&by, &new)).await {
        Ok(()) => {
            let of = posted.one("month").split('-').next().unwrap_or_default().to_owned();
            desk.done(&format!("/network/rotation?year={of}"), "跟岗已安排。")
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = roster_page(&desk, who, year, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /network/rotation/{rotation}/end`: fields end (done, cancelled), words, year.
pub(super) async fn end_rotation(
    desk: Desk,
    By(who): By<Editor>,
    Path(rotation): Path<String>,
    posted: Posted,
) -> Answer {
    let id = number(&rotation)?;
    let (by, done, said) = (who.clone(), posted.one("end") == "done", posted.one("words").to_owned());
    let year = year_of(&desk, &posted);
    match desk.run(move |app| app.end_rotation(&by, id, done, &said)).await {
        Ok(()) => desk.done(
            &format!("/network/rotation?year={year}"),
            if done { "鉴定已登记，本年度轮训任务按此计算。" } else { "跟岗已取消。" },
        ),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let mut page = roster_page(&desk, who, year, &Posted::default(), Vec::new()).await?;
                if let Some(line) = page.lines.iter_mut().find(|line| line.id == id) {
                    line.faults = Faults::of(found, &["words"]);
                    posted.one("words").clone_into(&mut line.typed);
                }
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}
