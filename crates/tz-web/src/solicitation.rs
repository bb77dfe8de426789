//! The room of solicitations (约稿, N2.2): sending one, who has answered, marks by editors, refusals by units.

mod points;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use tz_app::solicitation::{DutyMark, DutyState, DutyView, NewSolicitation, SolicitationView};
use tz_app::{Editor, FieldFault, PaperFormat, Person, Problem, Reporter};
use tz_model::SolicitationId;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::publication::{file, id_of, late_words};
use crate::report::{download, sent_files};
use crate::words;
use crate::{Allow, Routes};

/// Every route of the room of solicitations with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/solicitation", Allow::ReportersAndEditors, list)
        .get("/solicitation/new", Allow::Editors, new_page)
        .upload("/solicitation/new", Allow::Editors, solicit)
        .get("/solicitation/points", Allow::ReportersAndEditors, points::list)
        .get("/solicitation/points/new", Allow::Editors, points::new_page)
        .post("/solicitation/points/new", Allow::Editors, points::send)
        .get("/solicitation/points/{points}", Allow::ReportersAndEditors, points::show)
        .post("/solicitation/points/{points}/tie", Allow::ReportersAndEditors, points::tie)
        .post("/solicitation/points/{points}/untie", Allow::ReportersAndEditors, points::untie)
        .post("/solicitation/points/{points}/close", Allow::Editors, points::close)
        .get("/solicitation/{solicitation}", Allow::ReportersAndEditors, show)
        .get("/solicitation/{solicitation}/live", Allow::Editors, live)
        .post("/solicitation/{solicitation}/mark", Allow::Editors, mark)
        .post("/solicitation/{solicitation}/tie", Allow::Editors, tie)
        .post("/solicitation/{solicitation}/refuse", Allow::Reporters, refuse)
        .post("/solicitation/{solicitation}/accept", Allow::Reporters, accept)
        .get("/solicitation/{solicitation}/file/{position}", Allow::ReportersAndEditors, attachment)
        .get("/solicitation/{solicitation}/paper", Allow::ReportersAndEditors, docx)
        .get("/solicitation/{solicitation}/paper.pdf", Allow::ReportersAndEditors, pdf)
}

/// The colour of a state.
fn tag(state: DutyState) -> &'static str {
    match state {
        DutyState::Open(_) => "act",
        DutyState::OnTime => "good",
        DutyState::Late(_) => "warn",
        DutyState::Refused | DutyState::Missed(_) => "official",
    }
}

struct Line {
    href: String,
    code: String,
    topic: String,
    deadline: String,
    asked: usize,
    answered: usize,
    late: usize,
    failed: usize,
    open: usize,
    /// Days left or over, in words.
    left: String,
    tag: &'static str,
}

#[derive(Template)]
#[template(path = "solicitation/list.html")]
struct ListPage {
    frame: Frame,
    open: Vec<Line>,
    past: Vec<Line>,
}

/// One's own unit's duty.
struct MyLine {
    href: String,
    answer_href: String,
    code: String,
    topic: String,
    requirement: String,
    deadline: String,
    state: String,
    tag: &'static str,
    points: String,
}

#[derive(Template)]
#[template(path = "solicitation/mine.html")]
struct MinePage {
    frame: Frame,
    open: Vec<MyLine>,
    past: Vec<MyLine>,
}

fn count(view: &SolicitationView, of: impl Fn(DutyState) -> bool) -> usize {
    view.duties.iter().filter(|duty| of(duty.state)).count()
}

fn line(view: SolicitationView, today: jiff::civil::Date) -> Line {
    let days = view.deadline.since(today).map_or(0, |span| span.get_days());
    let (left, tag) = match days {
        0 => ("今天截止".to_owned(), "warn"),
        1.. => (format!("还有{days}天"), "act"),
        _ => ("已截止".to_owned(), ""),
    };
    Line {
        href: format!("/solicitation/{}", view.id),
        asked: view.duties.len(),
        answered: count(&view, |state| state == DutyState::OnTime),
        late: count(&view, |state| matches!(state, DutyState::Late(_))),
        failed: count(&view, |state| matches!(state, DutyState::Refused | DutyState::Missed(_))),
        open: count(&view, |state| matches!(state, DutyState::Open(_))),
        deadline: words::day(view.deadline),
        code: view.code,
        topic: view.topic,
        left,
        tag,
    }
}

fn points_words(duty: &DutyView) -> String {
    if duty.state.answer().is_none() { String::new() } else { format!("{} 分", duty.points.signed()) }
}

fn my_line(view: SolicitationView) -> Option<(bool, MyLine)> {
    let duty = view.duties.first()?;
    let waiting = matches!(duty.state, DutyState::Open(_));
    // After the deadline an answer still halves the damage: late costs less than missed (F1.n4).
    let may_answer = matches!(duty.state, DutyState::Open(_) | DutyState::Missed(_));
    Some((
        waiting,
        MyLine {
            href: format!("/solicitation/{}", view.id),
            answer_href: if may_answer { format!("/report/new?solicitation={}", view.id) } else { String::new() },
            state: duty.state.words(),
            tag: tag(duty.state),
            points: points_words(duty),
            code: view.code,
            topic: view.topic,
            requirement: view.requirement,
            deadline: words::day(view.deadline),
        },
    ))
}

/// `GET /solicitation`: an editor sees all, a reporter their unit's.
async fn list(desk: Desk, By(who): By<Person>) -> Answer {
    let for_office = Editor::of(&who).is_some();
    let today = desk.server.app.today();
    let views = desk.run(move |app| app.solicitations(&who)).await?;
    if for_office {
        let (open, past): (Vec<_>, Vec<_>) = views.into_iter().partition(|view| view.deadline >= today);
        let mut open: Vec<Line> = open.into_iter().map(|view| line(view, today)).collect();
        open.reverse();
        let past = past.into_iter().map(|view| line(view, today)).collect();
        return desk.show(&ListPage { frame: desk.frame(Room::Solicitation, "约稿"), open, past });
    }
    let (open, past): (Vec<_>, Vec<_>) = views.into_iter().filter_map(my_line).partition(|(waiting, _)| *waiting);
    let mut open: Vec<MyLine> = open.into_iter().map(|(_, line)| line).collect();
    open.reverse();
    desk.show(&MinePage {
        frame: desk.frame(Room::Solicitation, "约稿"),
        open,
        past: past.into_iter().map(|(_, line)| line).collect(),
    })
}

#[derive(Template)]
#[template(path = "solicitation/new.html")]
struct NewPage {
    frame: Frame,
    topic: String,
    requirement: String,
    deadline: String,
    working_days: String,
    origin: String,
    origin_deadline: String,
    groups: Vec<PickGroup>,
    faults: Faults,
}

async fn form(desk: &Desk, who: Editor, typed: &Posted, faults: Vec<FieldFault>) -> Result<NewPage, Oops> {
    let groups = desk.run(move |app| app.unit_groups(&who)).await?;
    Ok(NewPage {
        frame: desk.frame(Room::Solicitation, "新约稿"),
        topic: typed.one("topic").to_owned(),
        requirement: typed.one("requirement").to_owned(),
        deadline: typed.one("deadline").to_owned(),
        working_days: typed.one("working_days").to_owned(),
        origin: typed.one("origin").to_owned(),
        origin_deadline: typed.one("origin_deadline").to_owned(),
        groups: pick(groups, typed),
        faults: Faults::of(faults, &["topic", "requirement", "deadline", "origin", "origin_deadline", "file", "unit"]),
    })
}

/// `GET /solicitation/new`
async fn new_page(desk: Desk, By(who): By<Editor>) -> Answer {
    let page = form(&desk, who, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /solicitation/new`
async fn solicit(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewSolicitation {
        topic: posted.one("topic").to_owned(),
        requirement: posted.one("requirement").to_owned(),
        deadline: posted.one("deadline").to_owned(),
        working_days: posted.one("working_days").to_owned(),
        origin: posted.one("origin").to_owned(),
        origin_deadline: posted.one("origin_deadline").to_owned(),
        files: sent_files(&posted),
        groups: posted.all("group").map(str::to_owned).collect(),
        units: picked(&posted),
    };
    let by = who.clone();
    match desk.run(move |app| app.solicit(&by, &new)).await {
        Ok(sent) => {
            let done = format!("{}已发出，{}个单位已能看到。", sent.code, sent.units);
            desk.done(&format!("/solicitation/{}", sent.id), &done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = form(&desk, who, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

struct DutyLine {
    key: String,
    unit: String,
    state: String,
    tag: &'static str,
    answered: String,
    accepted: String,
    points: String,
    reason: String,
    items: Vec<(String, String, String)>,
    /// Marked already: it can be taken back.
    marked: bool,
    /// The form of marking as typed, open where it has a fault.
    answered_typed: String,
    reason_typed: String,
    faults: Faults,
}

/// Who has accepted, answered or refused, as of a moment.
struct Live {
    id: String,
    as_of: String,
    asked: usize,
    on_time: usize,
    late: usize,
    failed: usize,
    open: usize,
    duties: Vec<DutyLine>,
}

/// The same alone, for a page that keeps itself up to date.
#[derive(Template)]
#[template(path = "solicitation/live.html")]
struct LivePart {
    frame: Frame,
    live: Live,
}

#[derive(Template)]
#[template(path = "solicitation/show.html")]
struct ShowPage {
    frame: Frame,
    id: String,
    code: String,
    topic: String,
    requirement: Vec<String>,
    deadline: String,
    origin: String,
    files: Vec<(String, String)>,
    sent: String,
    live: Live,
    number: String,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "solicitation/asked.html")]
struct AskedPage {
    frame: Frame,
    id: String,
    code: String,
    topic: String,
    requirement: Vec<String>,
    deadline: String,
    origin: String,
    files: Vec<(String, String)>,
    accepted: String,
    may_accept: bool,
    state: String,
    tag: &'static str,
    points: String,
    reason: String,
    items: Vec<(String, String, String)>,
    may_answer: bool,
    may_refuse: bool,
    typed: String,
    faults: Faults,
}

fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// `枣庄市政府办公室约稿，上级截止2018年6月22日`; empty for the office's own.
fn origin(view: &SolicitationView) -> String {
    match &view.origin {
        Some((target, Some(day))) => format!("{target}约稿，上级截止{}", words::day(*day)),
        Some((target, None)) => format!("{target}约稿"),
        None => String::new(),
    }
}

fn file_links(view: &SolicitationView) -> Vec<(String, String)> {
    let link = |(position, name): &(i64, String)| (format!("/solicitation/{}/file/{position}", view.id), name.clone());
    view.files.iter().map(link).collect()
}

fn items(duty: &DutyView, room: &str) -> Vec<(String, String, String)> {
    duty.items.iter().map(|(id, number, title)| (format!("/{room}/{id}"), number.clone(), title.clone())).collect()
}

fn live_of(desk: &Desk, view: &SolicitationView) -> Live {
    let today = desk.server.app.today().to_string();
    Live {
        id: view.id.to_string(),
        as_of: words::moment(desk.server.app.now()),
        asked: view.duties.len(),
        on_time: count(view, |state| state == DutyState::OnTime),
        late: count(view, |state| matches!(state, DutyState::Late(_))),
        failed: count(view, |state| matches!(state, DutyState::Refused | DutyState::Missed(_))),
        open: count(view, |state| matches!(state, DutyState::Open(_))),
        duties: view
            .duties
            .iter()
            .map(|duty| DutyLine {
                key: duty.key.clone(),
                unit: duty.unit_name.clone(),
                state: duty.state.words(),
                tag: tag(duty.state),
                answered: duty.answered.map(words::day).unwrap_or_default(),
                accepted: duty.accepted.map(words::moment).unwrap_or_default(),
                points: points_words(duty),
                reason: duty.reason.clone(),
                items: items(duty, "intake"),
                marked: !matches!(duty.state, DutyState::Open(_) | DutyState::Missed(_)),
                answered_typed: today.clone(),
                reason_typed: String::new(),
                faults: Faults::default(),
            })
            .collect(),
    }
}

fn office_page(desk: &Desk, view: SolicitationView, number: &str, faults: Vec<FieldFault>) -> ShowPage {
    ShowPage {
        frame: desk.frame(Room::Solicitation, &view.topic),
        id: view.id.to_string(),
        origin: origin(&view),
        files: file_links(&view),
        requirement: paragraphs(&view.requirement),
        deadline: words::day(view.deadline),
        sent: format!("{}于{}发出", view.by, words::moment(view.sent)),
        live: live_of(desk, &view),
        code: view.code,
        topic: view.topic,
        number: number.to_owned(),
        faults: Faults::of(faults, &["number"]),
    }
}

fn unit_page(desk: &Desk, view: SolicitationView, typed: &str, faults: Vec<FieldFault>) -> Result<AskedPage, Problem> {
    let duty = view.duties.first().ok_or(Problem::NotThere)?;
    Ok(AskedPage {
        frame: desk.frame(Room::Solicitation, &view.topic),
        id: view.id.to_string(),
        origin: origin(&view),
        files: file_links(&view),
        accepted: duty.accepted.map(words::moment).unwrap_or_default(),
        may_accept: matches!(duty.state, DutyState::Open(_)) && duty.accepted.is_none(),
        requirement: paragraphs(&view.requirement),
        deadline: words::day(view.deadline),
        state: duty.state.words(),
        tag: tag(duty.state),
        points: points_words(duty),
        reason: duty.reason.clone(),
        items: items(duty, "report"),
        may_answer: matches!(duty.state, DutyState::Open(_) | DutyState::Missed(_)),
        may_refuse: matches!(duty.state, DutyState::Open(_)),
        code: view.code,
        topic: view.topic,
        typed: typed.to_owned(),
        faults: Faults::of(faults, &["reason"]),
    })
}

/// `GET /solicitation/{solicitation}`
async fn show(desk: Desk, By(who): By<Person>, Path(id): Path<String>) -> Answer {
    let id: SolicitationId = id_of(&id)?;
    let for_office = Editor::of(&who).is_some();
    let view = desk.run(move |app| app.solicitation(&who, id)).await?;
    if for_office {
        desk.show(&office_page(&desk, view, "", Vec::new()))
    } else {
        desk.show(&unit_page(&desk, view, "", Vec::new())?)
    }
}

/// `GET /solicitation/{solicitation}/live`: the figures and the table alone, as they stand now.
async fn live(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: SolicitationId = id_of(&id)?;
    let view = desk.run(move |app| app.solicitation(&who, id)).await?;
    let live = live_of(&desk, &view);
    desk.show(&LivePart { frame: desk.frame(Room::Solicitation, &view.topic), live })
}

/// `POST /solicitation/{solicitation}/mark`: fields key, mark (answered, refused, open), answered, reason.
async fn mark(desk: Desk, By(who): By<Editor>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: SolicitationId = id_of(&id)?;
    let wish = match posted.one("mark") {
        "answered" => DutyMark::Answered(posted.trimmed("answered")),
        "refused" => DutyMark::Refused,
        "open" => DutyMark::Open,
        _ => return Err(Problem::NotThere.into()),
    };
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    match desk.run(move |app| app.mark_duty(&by, id, &key, &wish, &reason)).await {
        Ok(late) => desk.done(&format!("/solicitation/{id}"), &format!("已登记。{}", late_words(late))),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let view = desk.run(move |app| app.solicitation(&who, id)).await?;
                let mut page = office_page(&desk, view, "", Vec::new());
                match page.live.duties.iter_mut().find(|duty| duty.key == posted.one("key")) {
                    Some(duty) => {
                        duty.faults = Faults::of(found, &["answered", "reason"]);
                        posted.one("answered").clone_into(&mut duty.answered_typed);
                        posted.one("reason").clone_into(&mut duty.reason_typed);
                    }
                    None => page.faults = Faults::of(found, &[]),
                }
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /solicitation/{solicitation}/tie`: an item that is already here answers this solicitation.
async fn tie(desk: Desk, By(who): By<Editor>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: SolicitationId = id_of(&id)?;
    let (number, by) = (posted.trimmed("number"), who.clone());
    let given = number.clone();
    match desk.run(move |app| app.tie_answer(&by, id, &given)).await {
        Ok(met) => {
            desk.done(&format!("/solicitation/{id}"), &format!("稿件{number}已对应本约稿，{met}个单位记为已报。"))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let view = desk.run(move |app| app.solicitation(&who, id)).await?;
                desk.show_faulty(&office_page(&desk, view, &number, faults))
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /solicitation/{solicitation}/refuse`
async fn refuse(desk: Desk, By(who): By<Reporter>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: SolicitationId = id_of(&id)?;
    let (reason, by) = (posted.one("reason").to_owned(), who.clone());
    match desk.run(move |app| app.refuse_solicitation(&by, id, &reason)).await {
        Ok(()) => desk.done("/solicitation", "已说明不报，办公室会看到您的原因。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let person: Person = (*who).clone();
                let view = desk.run(move |app| app.solicitation(&person, id)).await?;
                desk.show_faulty(&unit_page(&desk, view, posted.one("reason"), faults)?)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /solicitation/{solicitation}/accept`
async fn accept(desk: Desk, By(who): By<Reporter>, Path(id): Path<String>) -> Answer {
    let id: SolicitationId = id_of(&id)?;
    desk.run(move |app| app.accept_solicitation(&who, id)).await?;
    desk.done(&format!("/solicitation/{id}"), "已接受约稿，请按时报送。")
}

/// `GET /solicitation/{solicitation}/file/{position}`
async fn attachment(
    desk: Desk,
    By(who): By<Person>,
    Path((id, position)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let id: SolicitationId = id_of(&id)?;
    let position = position.parse().map_err(|_| Problem::NotThere)?;
    let (name, bytes) = desk.run(move |app| app.solicitation_file(&who, id, position)).await?;
    Ok(download(&name, bytes))
}

async fn paper(desk: Desk, who: Person, id: &str, format: PaperFormat) -> Result<Response, Oops> {
    let id: SolicitationId = id_of(id)?;
    Ok(file(desk.run(move |app| app.solicitation_paper(&who, id, format)).await?))
}

/// `GET /solicitation/{solicitation}/paper`
async fn docx(desk: Desk, By(who): By<Person>, Path(id): Path<String>) -> Result<Response, Oops> {
    paper(desk, who, &id, PaperFormat::Docx).await
}

/// `GET /solicitation/{solicitation}/paper.pdf`
async fn pdf(desk: Desk, By(who): By<Person>, Path(id): Path<String>) -> Result<Response, Oops> {
    paper(desk, who, &id, PaperFormat::Pdf).await
}
