//! Interviews (约谈): called, moved, held; what was promised and how the unit stood after.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::assessment::{Interview, InterviewPlan, InterviewRecord, InterviewState};
use tz_app::{Editor, FieldFault, PaperFormat, Person, Problem, Role};

use super::listing::{Filter, listing};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{download, id};
use crate::{Allow, Routes, words};

/// The routes of interviews.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/assessment/interviews", Allow::ReportersAndEditors, list)
        .get("/assessment/interviews/{interview}", Allow::ReportersAndEditors, one)
        .post("/assessment/interviews/{interview}/plan", Allow::Editors, plan)
        .post("/assessment/interviews/{interview}/hold", Allow::Editors, hold)
        .post("/assessment/interviews/{interview}/cancel", Allow::Editors, cancel)
        .get("/assessment/interviews/{interview}/notice.docx", Allow::Editors, notice)
}

/// A period after an interview.
struct AfterLine {
    period: String,
    points: String,
    rank: String,
    last: bool,
}

struct InterviewLine {
    href: String,
    unit: String,
    period: String,
    when: String,
    place: String,
    chair: String,
    state: String,
    tag: &'static str,
    held: String,
    attendants: String,
    minutes: String,
    promises: String,
    promise_by: String,
    reason: String,
    after: Vec<AfterLine>,
    account: String,
}

fn line(one: &Interview) -> InterviewLine {
    let (state, tag) = match one.state {
        InterviewState::Called if one.overdue => ("已过约谈日期，未登记".to_owned(), "official"),
        InterviewState::Called => (one.state.name().to_owned(), "act"),
        InterviewState::Held => (one.state.name().to_owned(), "good"),
        InterviewState::Cancelled => (one.state.name().to_owned(), ""),
    };
    let day = |day: Option<jiff::civil::Date>| day.map(words::day).unwrap_or_default();
    InterviewLine {
        href: format!("/assessment/interviews/{}", one.id),
        unit: one.unit_name.clone(),
        period: one.period.chinese(),
        when: format!("{}{}", day(one.date), one.time),
        place: one.place.clone(),
        chair: one.chair.clone(),
        state,
        tag,
        held: day(one.held_on),
        attendants: one.attendants.clone(),
        minutes: one.minutes.clone(),
        promises: one.promises.clone(),
        promise_by: day(one.promise_by),
        reason: one.reason.clone(),
        after: one
            .after
            .iter()
            .map(|after| AfterLine {
                period: after.period.chinese(),
                points: after.total.to_string().replace('-', "−"),
                rank: format!("{}/{}", after.rank, after.size),
                last: after.last,
            })
            .collect(),
        account: format!("/assessment/unit/{}?month={}", one.unit, one.period.last),
    }
}

#[derive(Template)]
#[template(path = "assessment/interviews.html")]
struct InterviewsPage {
    frame: Frame,
    office: bool,
    filter: Filter,
    waiting: Vec<InterviewLine>,
    past: Vec<InterviewLine>,
}

/// `GET /assessment/interviews?year=2018&state=held&group=`
async fn list(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let office = matches!(who.role, Role::Editor | Role::Chief);
    let wanted = listing(&asked);
    let looked = wanted.clone();
    let listed = desk.run(move |app| app.interviews_listed(&who, &looked)).await?;
    let states = [InterviewState::Held, InterviewState::Cancelled].map(|state| (state.key(), state.name()));
    desk.show(&InterviewsPage {
        frame: desk.frame(Room::Assessment, "约谈"),
        office,
        filter: Filter::of("/assessment/interviews", &wanted, &listed, &states, office),
        waiting: listed.open.iter().map(line).collect(),
        past: listed.past.iter().map(line).collect(),
    })
}

#[derive(Template)]
#[template(path = "assessment/interview.html")]
struct InterviewPage {
    frame: Frame,
    line: InterviewLine,
    revision: i64,
    may_change: bool,
    may_plan: bool,
    typed: Posted,
    faults: Faults,
}

impl InterviewPage {
    /// What stands in a field: as typed, else as recorded.
    fn field(&self, name: &str) -> String {
        self.typed.one(name).to_owned()
    }
}

/// The fields of the forms, where their faults stand.
const FIELDS: [&str; 10] =
    ["date", "time", "place", "chair", "reason", "held_on", "attendants", "minutes", "promises", "promise_by"];

async fn page(
    desk: &Desk,
    who: &Person,
    key: i64,
    typed: Option<&Posted>,
    found: Vec<FieldFault>,
) -> Result<InterviewPage, Oops> {
    let office = matches!(who.role, Role::Editor | Role::Chief);
    let person = who.clone();
    let one = desk.run(move |app| app.interview(&person, key)).await?;
    let text = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let shown = Posted::shown([
        ("date", text(one.date)),
        ("time", one.time.clone()),
        ("place", one.place.clone()),
        ("chair", one.chair.clone()),
        ("held_on", text(one.held_on.or(one.date))),
        ("attendants", one.attendants.clone()),
        ("minutes", one.minutes.clone()),
        ("promises", one.promises.clone()),
        ("promise_by", text(one.promise_by)),
    ]);
    Ok(InterviewPage {
        frame: desk.frame(Room::Assessment, "约谈"),
        may_change: office && one.state != InterviewState::Cancelled,
        may_plan: office && one.state == InterviewState::Called,
        revision: one.revision,
        line: line(&one),
        // One form was sent: the fields of the others are as recorded.
        typed: typed.map_or_else(|| shown.clone(), |typed| typed.over(&shown)),
        faults: Faults::of(found, &FIELDS),
    })
}

/// `GET /assessment/interviews/{interview}`
async fn one(desk: Desk, By(who): By<Person>, Path(interview): Path<String>) -> Answer {
    let page = page(&desk, &who, id(&interview)?, None, Vec::new()).await?;
    desk.show(&page)
}

async fn done(
    desk: &Desk,
    who: &Editor,
    key: i64,
    posted: &Posted,
    outcome: Result<(), Oops>,
    sentence: &str,
) -> Answer {
    match outcome {
        Ok(()) => desk.done(&format!("/assessment/interviews/{key}"), sentence),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = page(desk, who, key, Some(posted), found).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

fn revision(posted: &Posted) -> i64 {
    posted.number("revision").unwrap_or(0)
}

/// `POST /assessment/interviews/{interview}/plan`
async fn plan(desk: Desk, By(who): By<Editor>, Path(interview): Path<String>, posted: Posted) -> Answer {
    let (key, by, at) = (id(&interview)?, who.clone(), revision(&posted));
    let plan = InterviewPlan {
        date: posted.trimmed("date"),
        time: posted.trimmed("time"),
        place: posted.trimmed("place"),
        chair: posted.trimmed("chair"),
        reason: posted.trimmed("reason"),
    };
    let outcome = desk.run(move |app| app.plan_interview(&by, key, at, &plan)).await;
    done(&desk, &who, key, &posted, outcome, "约谈安排已更改，可以下载新的约谈通知。").await
}

/// `POST /assessment/interviews/{interview}/hold`
async fn hold(desk: Desk, By(who): By<Editor>, Path(interview): Path<String>, posted: Posted) -> Answer {
    let (key, by, at) = (id(&interview)?, who.clone(), revision(&posted));
    let record = InterviewRecord {
        held_on: posted.trimmed("held_on"),
        attendants: posted.trimmed("attendants"),
        minutes: posted.one("minutes").to_owned(),
        promises: posted.one("promises").to_owned(),
        promise_by: posted.trimmed("promise_by"),
    };
    let outcome = desk.run(move |app| app.hold_interview(&by, key, at, &record)).await;
    done(&desk, &who, key, &posted, outcome, "约谈情况已登记。以后各期关账后，这里会列出该单位的名次。").await
}

/// `POST /assessment/interviews/{interview}/cancel`
async fn cancel(desk: Desk, By(who): By<Editor>, Path(interview): Path<String>, posted: Posted) -> Answer {
    let (key, by, at, reason) = (id(&interview)?, who.clone(), revision(&posted), posted.trimmed("reason"));
    let outcome = desk.run(move |app| app.cancel_interview(&by, key, at, &reason)).await;
    done(&desk, &who, key, &posted, outcome, "约谈已取消，原因单位可见。").await
}

/// `GET /assessment/interviews/{interview}/notice.docx`
async fn notice(desk: Desk, By(who): By<Editor>, Path(interview): Path<String>) -> Result<Response, Oops> {
    let key = id(&interview)?;
    let paper = desk.run(move |app| app.interview_paper(&who, key, PaperFormat::Docx)).await?;
    Ok(download(&paper.name, paper.bytes))
}
