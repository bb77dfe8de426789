//! 培训轮训 as a unit sees it: what is planned, the materials, who came, and how far its yearly duties are done.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::Reporter;
use tz_app::network::{RotationView, TrainingView, UnitDuty};

use super::{download, id};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

struct DutyLine {
    event: String,
    done: bool,
    words: String,
}

struct TrainingLine {
    name: String,
    date: String,
    place: String,
    content: String,
    state: String,
    tag: &'static str,
    files: Vec<(String, String)>,
}

struct RotationLine {
    month: String,
    person: String,
    host: String,
    state: &'static str,
    tag: &'static str,
    appraisal: String,
}

#[derive(Template)]
#[template(path = "report/learning.html")]
struct LearningPage {
    frame: Frame,
    unit: String,
    year: i16,
    before: i16,
    after: i16,
    duties: Vec<DutyLine>,
    trainings: Vec<TrainingLine>,
    rotations: Vec<RotationLine>,
}

fn duty(duty: UnitDuty) -> DutyLine {
    let (done, undone) = duty.points;
    DutyLine {
        done: duty.done.is_some(),
        words: match duty.done {
            Some((day, note)) => {
                words::dotted(&[&format!("{}完成", words::day(day)), &note, &format!("{}分", done.signed())])
            }
            None => format!("还没有完成。全年没有完成的，年终计{}分。", undone.signed()),
        },
        event: duty.event,
    }
}

fn training(view: TrainingView, today: jiff::civil::Date) -> TrainingLine {
    let (state, tag) = match (view.units.first(), view.date > today) {
        (Some(came), _) if came.people.is_empty() => ("已签到".to_owned(), "good"),
        (Some(came), _) => (format!("已签到：{}", came.people), "good"),
        (None, true) => ("还没有举行".to_owned(), "act"),
        (None, false) => ("没有签到".to_owned(), ""),
    };
    let link =
        |(position, name): &(i64, String)| (format!("/report/training/{}/file/{position}", view.id), name.clone());
    TrainingLine {
        files: view.files.iter().map(link).collect(),
        name: view.name,
        date: words::day(view.date),
        place: view.place,
        content: view.content,
        state,
        tag,
    }
}

fn rotation(view: RotationView) -> RotationLine {
    let (state, tag) = match view.state.as_str() {
        "done" => ("已鉴定", "good"),
        "cancelled" => ("已取消", ""),
        _ => ("已安排", "act"),
    };
    RotationLine {
        month: view.month.chinese(),
        person: view.person,
        host: view.host,
        state,
        tag,
        appraisal: view.appraisal,
    }
}

/// `GET /report/training?year=2018`
pub(super) async fn page(desk: Desk, By(who): By<Reporter>, asked: Asked) -> Answer {
    let today = desk.server.app.today();
    let given = asked.number("year").and_then(|year| i16::try_from(year).ok());
    let year = given.filter(|year| (1900..=2999).contains(year)).unwrap_or(today.year());
    let mine = desk.run(move |app| app.my_learning(&who, year)).await?;
    desk.show(&LearningPage {
        frame: desk.frame(Room::Report, "培训轮训"),
        unit: mine.unit,
        year,
        before: year - 1,
        after: year + 1,
        duties: mine.duties.into_iter().map(duty).collect(),
        trainings: mine.trainings.into_iter().map(|view| training(view, today)).collect(),
        rotations: mine.rotations.into_iter().map(rotation).collect(),
    })
}

/// `GET /report/training/{training}/file/{position}`
pub(super) async fn file(
    desk: Desk,
    By(who): By<Reporter>,
    Path((training, position)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let (training, position) = (id(&training)?, id(&position)?);
    let (name, bytes) = desk.run(move |app| app.my_training_file(&who, training, position)).await?;
    Ok(download(&name, bytes))
}
