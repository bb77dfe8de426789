//! Objections to lines of accounts (申诉): the list for both sides, one with its answer, and the form.

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::{Correcting, LineInDoubt, Objection, ObjectionState};
use tz_app::facts::{NewFact, Typed};
use tz_app::{Editor, FieldFault, Person, Problem, Reporter, Role};
use tz_model::{FactId, Month, Table};

use super::listing::{Filter, listing};
use super::{FactView, fact_view, path_month};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::id;
use crate::{Allow, Routes, words};

/// The routes of objections.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/assessment/objections", Allow::ReportersAndEditors, list)
        .get("/assessment/objections/new", Allow::Reporters, new)
        .post("/assessment/objections", Allow::Reporters, raise)
        .get("/assessment/objections/{objection}", Allow::ReportersAndEditors, one)
        .post("/assessment/objections/{objection}/withdraw", Allow::Reporters, withdraw)
        .post("/assessment/objections/{objection}/refuse", Allow::Editors, refuse)
        .post("/assessment/objections/{objection}/accept", Allow::Editors, accept)
}

/// An objection in a list.
pub(crate) struct ObjectionLine {
    pub(crate) href: String,
    pub(crate) unit: String,
    pub(crate) period: String,
    pub(crate) item: String,
    pub(crate) points: String,
    pub(crate) reason: String,
    pub(crate) raised: String,
    pub(crate) state: String,
    pub(crate) tag: &'static str,
    pub(crate) account: String,
}

/// As a list shows it.
pub(crate) fn line(one: &Objection) -> ObjectionLine {
    let (state, tag) = match one.state {
        ObjectionState::Asked if one.overdue => (format!("应于{}前答复，已超期", short(one.answer_by)), "official"),
        ObjectionState::Asked => (format!("{}前答复", short(one.answer_by)), "act"),
        ObjectionState::Accepted => (one.state.name().to_owned(), "good"),
        ObjectionState::Refused => (one.state.name().to_owned(), "warn"),
        ObjectionState::Withdrawn => (one.state.name().to_owned(), ""),
    };
    ObjectionLine {
        href: format!("/assessment/objections/{}", one.id),
        unit: one.unit_name.clone(),
        period: one.period.chinese(),
        item: item_words(&one.item),
        points: one.points.replace('-', "−"),
        reason: one.reason.clone(),
        raised: words::moment(one.raised_at),
        state,
        tag,
        account: format!("/assessment/unit/{}?month={}", one.unit, one.period.last),
    }
}

fn short(day: jiff::civil::Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}

/// What a line is called; of what is missing there is no line.
fn item_words(item: &str) -> String {
    if item.is_empty() { "少计的事项".to_owned() } else { item.to_owned() }
}

#[derive(Template)]
#[template(path = "assessment/objections.html")]
struct ObjectionsPage {
    frame: Frame,
    office: bool,
    filter: Filter,
    open: Vec<ObjectionLine>,
    answered: Vec<ObjectionLine>,
}

/// `GET /assessment/objections?year=2018&state=accepted&group=`
async fn list(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let office = matches!(who.role, Role::Editor | Role::Chief);
    let wanted = listing(&asked);
    let looked = wanted.clone();
    let listed = desk.run(move |app| app.objections_listed(&who, &looked)).await?;
    let states = [ObjectionState::Accepted, ObjectionState::Refused, ObjectionState::Withdrawn];
    let states = states.map(|state| (state.key(), state.name()));
    desk.show(&ObjectionsPage {
        frame: desk.frame(Room::Assessment, "申诉"),
        office,
        filter: Filter::of("/assessment/objections", &wanted, &listed, &states, office),
        // The oldest waits longest.
        open: listed.open.iter().rev().map(line).collect(),
        answered: listed.past.iter().map(line).collect(),
    })
}

#[derive(Template)]
#[template(path = "assessment/object.html")]
struct ObjectPage {
    frame: Frame,
    month: String,
    period: String,
    key: String,
    item: String,
    points: String,
    why: String,
    answer_by: String,
    reason: String,
    faults: Faults,
}

fn object_page(desk: &Desk, doubt: &LineInDoubt, key: &str, reason: String, found: Vec<FieldFault>) -> ObjectPage {
    ObjectPage {
        frame: desk.frame(Room::Assessment, "申诉"),
        month: doubt.period.last.to_string(),
        period: doubt.period.chinese(),
        key: key.to_owned(),
        item: item_words(&doubt.item),
        points: doubt.points.replace('-', "−"),
        why: doubt.why.clone(),
        answer_by: words::day(doubt.answer_by),
        reason,
        faults: Faults::of(found, &["reason"]),
    }
}

/// `GET /assessment/objections/new?month=2018-06&line=…`
async fn new(desk: Desk, By(who): By<Reporter>, asked: Asked) -> Answer {
    let (month, key) = (path_month(asked.one("month"))?, asked.trimmed("line"));
    let named = key.clone();
    let doubt = desk.run(move |app| app.line_in_doubt(&who, month, &named)).await?;
    desk.show(&object_page(&desk, &doubt, &key, String::new(), Vec::new()))
}

/// `POST /assessment/objections`
async fn raise(desk: Desk, By(who): By<Reporter>, posted: Posted) -> Answer {
    let month: Month = path_month(posted.one("month"))?;
    let (key, reason) = (posted.trimmed("line"), posted.one("reason").to_owned());
    let (by, named, said) = (who.clone(), key.clone(), reason.clone());
    match desk.run(move |app| app.object(&by, month, &named, &said)).await {
        Ok(id) => desk.done(&format!("/assessment/objections/{id}"), "申诉已提交，信息科会在期限内答复。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let named = key.clone();
                let doubt = desk.run(move |app| app.line_in_doubt(&who, month, &named)).await?;
                desk.show_faulty(&object_page(&desk, &doubt, &key, reason, found))
            }
            other => Err(other.into()),
        },
    }
}

#[derive(Template)]
#[template(path = "assessment/objection.html")]
struct ObjectionPage {
    frame: Frame,
    line: ObjectionLine,
    why: String,
    raised_by: String,
    answer: String,
    answered: String,
    correcting: String,
    /// The facts under the line: name in the ledger, words.
    facts: Vec<(String, FactView)>,
    /// What was recorded since: name in the ledger, words.
    recorded: Vec<(String, String)>,
    /// Kinds of facts that may be entered: table, names.
    kinds: Vec<(&'static str, Vec<String>)>,
    may_answer: bool,
    may_withdraw: bool,
    /// What was typed.
    typed: String,
    way: String,
    name: String,
    date: String,
    item: String,
    faults: Faults,
}

/// The fields of an answer, where their faults stand.
const FIELDS: [&str; 5] = ["answer", "fact", "name", "date", "item"];

async fn objection_page(
    desk: &Desk,
    who: &Person,
    key: i64,
    typed: &Posted,
    found: Vec<FieldFault>,
) -> Result<ObjectionPage, Oops> {
    let office = matches!(who.role, Role::Editor | Role::Chief);
    let person = who.clone();
    let (detail, kinds) = desk
        .run(move |app| {
            let scheme = app.scheme_on(app.today())?;
            let kinds = [Table::Adoptions, Table::Comments, Table::Events].map(|table| {
                let names = scheme.names_in(table).iter().map(ToString::to_string).collect::<Vec<_>>();
                (table.name(), names)
            });
            Ok((app.objection(&person, key)?, kinds))
        })
        .await?;
    let one = &detail.objection;
    let by = |name: &str| if name.is_empty() { String::new() } else { format!("{name}　") };
    Ok(ObjectionPage {
        frame: desk.frame(Room::Assessment, "申诉"),
        line: line(one),
        why: one.why.clone(),
        raised_by: one.raised_by.clone(),
        answer: one.answer.clone(),
        answered: one
            .answered_at
            .map(|at| format!("{}{}", by(&one.answered_by), words::full_moment(at)))
            .unwrap_or_default(),
        correcting: one.correcting.as_ref().map(ToString::to_string).unwrap_or_default(),
        facts: detail.facts.iter().map(|fact| (fact.id.to_string(), fact_view(fact, office, false))).collect(),
        recorded: detail
            .recorded
            .iter()
            .map(|fact| (fact.id.to_string(), format!("{} {} {}", fact.id, fact.date, fact.title)))
            .collect(),
        kinds: kinds.into_iter().filter(|(_, names)| !names.is_empty()).collect(),
        may_answer: office && one.state == ObjectionState::Asked,
        may_withdraw: !office && one.state == ObjectionState::Asked,
        typed: typed.one("answer").to_owned(),
        way: typed.one("way").to_owned(),
        name: typed.one("name").to_owned(),
        date: typed.one("date").to_owned(),
        item: typed.one("item").to_owned(),
        faults: Faults::of(found, &FIELDS),
    })
}

/// `GET /assessment/objections/{objection}`: a reporter who opens an answered one has seen the answer.
async fn one(desk: Desk, By(who): By<Person>, Path(objection): Path<String>) -> Answer {
    let page = objection_page(&desk, &who, id(&objection)?, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /assessment/objections/{objection}/withdraw`
async fn withdraw(desk: Desk, By(who): By<Reporter>, Path(objection): Path<String>) -> Answer {
    let objection = id(&objection)?;
    desk.run(move |app| app.withdraw_objection(&who, objection)).await?;
    desk.done("/assessment/objections", "申诉已撤回。")
}

/// The page again with what is wrong, everything typed still there.
async fn faulty(desk: &Desk, who: &Editor, objection: i64, posted: &Posted, oops: Oops) -> Answer {
    match oops.into_problem()? {
        Problem::Faults(found) => {
            let page = objection_page(desk, who, objection, posted, found).await?;
            desk.show_faulty(&page)
        }
        other => Err(other.into()),
    }
}

/// `POST /assessment/objections/{objection}/refuse`
async fn refuse(desk: Desk, By(who): By<Editor>, Path(objection): Path<String>, posted: Posted) -> Answer {
    let (objection, by, answer) = (id(&objection)?, who.clone(), posted.one("answer").to_owned());
    match desk.run(move |app| app.refuse_objection(&by, objection, &answer)).await {
        Ok(()) => desk.done("/assessment/objections", "已答复：申诉不成立，理由单位可见。"),
        Err(oops) => faulty(&desk, &who, objection, &posted, oops).await,
    }
}

/// By which fact it is put right, as chosen.
fn correcting(posted: &Posted) -> Result<Correcting, Problem> {
    let named = |field: &str| -> Option<FactId> {
        let (table, key) = posted.one(field).split_once(':')?;
        Some(FactId { table: Table::named(table)?, key: key.into() })
    };
    let missing = || Problem::field("fact", "请选择更正所依据的事实。没有事实的更正，得分不会改变。");
    match posted.one("way") {
        "withdraw" => named("fact").map(Correcting::Withdraw).ok_or_else(missing),
        "recorded" => named("recorded").map(Correcting::Recorded).ok_or_else(missing),
        "enter" => {
            let (table, name) = posted.one("name").split_once(':').unwrap_or_default();
            let table = Table::named(table).ok_or_else(|| Problem::field("name", "请选择补记什么。"))?;
            Ok(Correcting::Enter(Box::new(NewFact {
                table,
                units: Vec::new(),
                date: posted.trimmed("date"),
                name: name.to_owned(),
                item: posted.trimmed("item"),
                form: String::new(),
                leader: String::new(),
                note: "申诉成立，补记".to_owned(),
                quantity: 1,
                cells: Typed::new(),
            })))
        }
        _ => Err(missing()),
    }
}

/// `POST /assessment/objections/{objection}/accept`
async fn accept(desk: Desk, By(who): By<Editor>, Path(objection): Path<String>, posted: Posted) -> Answer {
    let (objection, by, answer) = (id(&objection)?, who.clone(), posted.one("answer").to_owned());
    let wish = correcting(&posted);
    match desk.run(move |app| app.accept_objection(&by, objection, &answer, &wish?)).await {
        Ok(fact) => desk.done(
            "/assessment/objections",
            &format!("已答复：申诉成立，更正的事实是{fact}；已关账的一期，差额计入未关账的一期。"),
        ),
        Err(oops) => faulty(&desk, &who, objection, &posted, oops).await,
    }
}
