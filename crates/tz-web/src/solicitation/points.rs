//! 报送要点: topics that units are to report about for a time, what came about each, and which nobody has reported on.

use askama::Template;
use axum::extract::Path;
use tz_app::solicitation::{NewPoints, PointsView};
use tz_app::{Editor, FieldFault, Person, Problem};
use tz_model::ItemId;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::network::{PickGroup, pick, picked};
use crate::problem::{Answer, Oops};
use crate::words;

const HERE: &str = "/solicitation/points";

struct Line {
    href: String,
    code: String,
    name: String,
    days: String,
    state: &'static str,
    tag: &'static str,
    asked: usize,
    topics: usize,
    unanswered: usize,
}

#[derive(Template)]
#[template(path = "solicitation/points_list.html")]
struct ListPage {
    frame: Frame,
    editor: bool,
    lines: Vec<Line>,
}

fn days(view: &PointsView) -> String {
    format!("{}至{}", words::day(view.days.0), words::day(view.days.1))
}

fn state(view: &PointsView, today: jiff::civil::Date) -> (&'static str, &'static str) {
    match (view.open, today < view.days.0) {
        (true, _) => ("进行中", "act"),
        (false, true) => ("还没有开始", ""),
        (false, false) => ("已结束", ""),
    }
}

/// `GET /solicitation/points`
pub(super) async fn list(desk: Desk, By(who): By<Person>) -> Answer {
    let editor = Editor::of(&who).is_some();
    let today = desk.server.app.today();
    let views = desk.run(move |app| app.reporting_points(&who)).await?;
    let lines = views
        .iter()
        .map(|view| {
            let (state, tag) = state(view, today);
            Line {
                href: format!("{HERE}/{}", view.id),
                code: view.code.clone(),
                name: view.name.clone(),
                days: days(view),
                state,
                tag,
                asked: view.asked,
                topics: view.topics.len(),
                unanswered: view.unanswered(),
            }
        })
        .collect();
    desk.show(&ListPage { frame: desk.frame(Room::Solicitation, "报送要点"), editor, lines })
}

#[derive(Template)]
#[template(path = "solicitation/points_new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    introduction: String,
    topics: String,
    from: String,
    to: String,
    groups: Vec<PickGroup>,
    faults: Faults,
}

async fn form(desk: &Desk, who: Editor, typed: &Posted, faults: Vec<FieldFault>) -> Result<NewPage, Oops> {
    let groups = desk.run(move |app| app.unit_groups(&who)).await?;
    Ok(NewPage {
        frame: desk.frame(Room::Solicitation, "新报送要点"),
        name: typed.one("name").to_owned(),
        introduction: typed.one("introduction").to_owned(),
        topics: typed.one("topics").to_owned(),
        from: typed.one("from").to_owned(),
        to: typed.one("to").to_owned(),
        groups: pick(groups, typed),
        faults: Faults::of(faults, &["name", "introduction", "topics", "from", "to", "unit"]),
    })
}

/// `GET /solicitation/points/new`
pub(super) async fn new_page(desk: Desk, By(who): By<Editor>) -> Answer {
    let page = form(&desk, who, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /solicitation/points/new`
pub(super) async fn send(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewPoints {
        name: posted.one("name").to_owned(),
        introduction: posted.one("introduction").to_owned(),
        topics: posted.one("topics").to_owned(),
        from: posted.one("from").to_owned(),
        to: posted.one("to").to_owned(),
        groups: posted.all("group").map(str::to_owned).collect(),
        units: picked(&posted),
    };
    let by = who.clone();
    match desk.run(move |app| app.send_points(&by, &new)).await {
        Ok(id) => desk.done(&format!("{HERE}/{id}"), "报送要点已发出，所选单位已收到消息。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = form(&desk, who, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

struct TopicLine {
    id: i64,
    code: String,
    title: String,
    requirement: String,
    units: usize,
    chosen: bool,
    /// Identity, address, number, title, units.
    items: Vec<(i64, String, String, String, String)>,
}

/// What one unit has reported on.
struct UnitLine {
    name: String,
    items: usize,
    topics: usize,
    lacking: String,
}

#[derive(Template)]
#[template(path = "solicitation/points.html")]
struct PointsPage {
    frame: Frame,
    editor: bool,
    id: i64,
    code: String,
    name: String,
    introduction: Vec<String>,
    days: String,
    state: &'static str,
    tag: &'static str,
    open: bool,
    asked: usize,
    unanswered: usize,
    topics: Vec<TopicLine>,
    silent: String,
    silent_count: usize,
    by_unit: Vec<UnitLine>,
    number: String,
    faults: Faults,
}

fn page_of(desk: &Desk, view: PointsView, editor: bool, typed: &Posted, faults: Vec<FieldFault>) -> PointsPage {
    let room = if editor { "intake" } else { "report" };
    let (state, tag) = state(&view, desk.server.app.today());
    let chosen = typed.number("topic");
    PointsPage {
        frame: desk.frame(Room::Solicitation, &view.name),
        editor,
        id: view.id,
        days: days(&view),
        state,
        tag,
        open: view.open,
        asked: view.asked,
        unanswered: view.unanswered(),
        introduction: super::paragraphs(&view.introduction),
        silent: view.silent.join("、"),
        silent_count: view.silent.len(),
        by_unit: view
            .by_unit
            .into_iter()
            .filter(|unit| unit.topics > 0)
            .map(|unit| UnitLine {
                name: unit.name,
                items: unit.items,
                topics: unit.topics,
                lacking: unit.lacking.join("、"),
            })
            .collect(),
        topics: view
            .topics
            .into_iter()
            .map(|topic| TopicLine {
                id: topic.id,
                chosen: chosen == Some(topic.id),
                units: topic.units,
                code: topic.code,
                title: topic.title,
                requirement: topic.requirement,
                items: topic
                    .items
                    .into_iter()
                    .map(|(id, number, title, units)| (id.0, format!("/{room}/{id}"), number, title, units))
                    .collect(),
            })
            .collect(),
        code: view.code,
        name: view.name,
        number: typed.one("number").to_owned(),
        faults: Faults::of(faults, &["topic", "number"]),
    }
}

fn number(text: &str) -> Result<i64, Oops> {
    text.parse().map_err(|_| Problem::NotThere.into())
}

/// `GET /solicitation/points/{points}`
pub(super) async fn show(desk: Desk, By(who): By<Person>, Path(points): Path<String>) -> Answer {
    let id = number(&points)?;
    let editor = Editor::of(&who).is_some();
    let view = desk.run(move |app| app.one_points(&who, id)).await?;
    desk.show(&page_of(&desk, view, editor, &Posted::default(), Vec::new()))
}

/// `POST /solicitation/points/{points}/tie`: fields topic, number.
pub(super) async fn tie(desk: Desk, By(who): By<Person>, Path(points): Path<String>, posted: Posted) -> Answer {
    let id = number(&points)?;
    let (by, topic, item) = (who.clone(), posted.number("topic").unwrap_or(0), posted.trimmed("number"));
    let given = item.clone();
    match desk.run(move |app| app.tie_to_topic(&by, id, topic, &item)).await {
        Ok(()) => desk.done(&format!("{HERE}/{id}"), &format!("稿件{given}已对应所选题目。")),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let editor = Editor::of(&who).is_some();
                let view = desk.run(move |app| app.one_points(&who, id)).await?;
                desk.show_faulty(&page_of(&desk, view, editor, &posted, faults))
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /solicitation/points/{points}/untie`: fields topic, item.
pub(super) async fn untie(desk: Desk, By(who): By<Person>, Path(points): Path<String>, posted: Posted) -> Answer {
    let id = number(&points)?;
    let (topic, item) = (posted.number("topic").unwrap_or(0), ItemId(posted.number("item").unwrap_or(0)));
    desk.run(move |app| app.untie_item(&who, item, topic)).await?;
    desk.done(&format!("{HERE}/{id}"), "已取消对应。")
}

/// `POST /solicitation/points/{points}/close`
pub(super) async fn close(desk: Desk, By(who): By<Editor>, Path(points): Path<String>) -> Answer {
    let id = number(&points)?;
    desk.run(move |app| app.close_points(&who, id)).await?;
    desk.done(&format!("{HERE}/{id}"), "报送要点已结束，单位仍可查看。")
}
