//! The form for a new item: typed or read from files, checked, kept as a draft, sent.

use askama::Template;
use tz_app::report::{Check, FormState, NewItem, fresh_key};
use tz_app::{Problem, Reporter};
use tz_model::UnitId;

use super::{
    CategoryChoice, Choice, MeterBox, SolicitationShown, TopicShown, category_choices, meter_box, sent_files,
    shown_solicitations, shown_topics,
};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::Answer;
use crate::words;

/// What stands in the form, as typed.
#[derive(Clone, Default)]
pub(super) struct Typed {
    key: String,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) category: String,
    authors: String,
    contact: String,
    worry: bool,
    joint: bool,
    solicitation: Option<i64>,
    topic: Option<i64>,
    units: Vec<i64>,
}

impl Typed {
    pub(super) fn of(posted: &Posted) -> Self {
        let units: Vec<i64> = posted.all("unit").filter_map(|unit| unit.parse().ok()).collect();
        Self {
            key: posted.trimmed("key"),
            title: posted.trimmed("title"),
            body: posted.one("body").replace("\r\n", "\n"),
            category: posted.trimmed("category"),
            authors: posted.trimmed("authors"),
            contact: posted.trimmed("contact"),
            worry: posted.ticked("worry"),
            joint: !units.is_empty(),
            solicitation: posted.number("solicitation"),
            topic: posted.number("topic"),
            units,
        }
    }
}

/// The fields of the form for a new item, where their faults stand.
const FIELDS: [&str; 9] = ["file", "category", "authors", "contact", "solicitation", "topic", "unit", "title", "body"];

#[derive(Template)]
#[template(path = "report/new.html")]
struct NewPage {
    frame: Frame,
    draft: String,
    faults: Faults,
    notes: Vec<String>,
    form: Typed,
    categories: Vec<CategoryChoice>,
    solicitations: Vec<SolicitationShown>,
    topics: Vec<TopicShown>,
    units: Vec<Choice>,
    checks: Vec<Check>,
    meter: Option<MeterBox>,
}

fn new_page(desk: &Desk, state: &FormState, mut form: Typed, checks: Vec<Check>) -> NewPage {
    if form.key.is_empty() {
        form.key = fresh_key();
    }
    NewPage {
        frame: desk.frame(Room::Report, "报送新稿"),
        draft: String::new(),
        faults: Faults::default(),
        notes: Vec::new(),
        categories: category_choices(&state.categories, &form.category),
        solicitations: shown_solicitations(&state.solicitations, form.solicitation),
        topics: shown_topics(&state.topics, form.topic),
        units: state
            .units
            .iter()
            .map(|(unit, name)| Choice { id: unit.0, name: name.clone(), chosen: form.units.contains(&unit.0) })
            .collect(),
        checks,
        meter: state.meter.as_ref().map(meter_box),
        form,
    }
}

/// `GET /report/new`: the form, with what was typed before and not sent; `solicitation` or `topic` is chosen in it.
pub(super) async fn form(desk: Desk, By(who): By<Reporter>, asked: Asked) -> Answer {
    let name = who.name.clone();
    let (state, draft) =
        desk.run(move |app| Ok((app.form_state(&who)?, app.new_item_draft(&who, "report-new")?))).await?;
    let (mut typed, said) = match draft {
        Some((fields, at)) => {
            (Typed::of(&Posted::from_fields(fields)), format!("已恢复{}保存的草稿", words::moment(at)))
        }
        None => (Typed { authors: name, ..Typed::default() }, String::new()),
    };
    if let Some(solicitation) = asked.number("solicitation") {
        typed.solicitation = Some(solicitation);
    }
    if let Some(topic) = asked.number("topic") {
        typed.topic = Some(topic);
    }
    let page = new_page(&desk, &state, typed, Vec::new());
    desk.show(&NewPage { draft: said, ..page })
}

/// `POST /report/new`: sends, or reads the files, checks, keeps the draft and shows the form again.
pub(super) async fn send(desk: Desk, By(who): By<Reporter>, posted: Posted) -> Answer {
    let mut form = Typed::of(&posted);
    let files = sent_files(&posted);
    let (mut found, mut notes, mut draft) = (Vec::new(), Vec::new(), String::new());
    match posted.one("do") {
        "read" => {
            let read: Vec<_> = desk
                .run(move |app| Ok(files.iter().map(|file| app.read_file(&file.name, &file.bytes)).collect::<Vec<_>>()))
                .await?;
            if read.is_empty() {
                notes.push("还没有选择附件。请先选择文件，再点“读取附件”。".to_owned());
            }
            for one in read {
                notes.extend(one.notes);
                if one.body.is_empty() {
                    continue;
                }
                if form.body.trim().is_empty() {
                    form.body = one.body;
                    if form.title.is_empty() {
                        form.title = one.title;
                    }
                    notes.push("已读出附件中的文字，请核对。如要随稿报送原文件，请重新选择附件。".to_owned());
                } else {
                    notes.push("正文已有内容，没有覆盖。如要读取附件，请先清空正文。".to_owned());
                }
            }
        }
        "check" => {}
        "draft" => {
            let (by, fields) = (who.clone(), posted.typed());
            let content = serde_json::to_string(&fields).expect("pairs of strings are always JSON");
            match desk.run(move |app| app.save_draft(&by, "report-new", &content)).await {
                Ok(()) => draft = "草稿已保存".to_owned(),
                Err(oops) => match oops.into_problem()? {
                    Problem::Faults(faults) => found = faults,
                    other => return Err(other.into()),
                },
            }
        }
        _ => {
            let new = NewItem {
                units: form.units.iter().map(|unit| UnitId(*unit)).collect(),
                title: form.title.clone(),
                body: form.body.clone(),
                category: form.category.clone(),
                worry: form.worry,
                authors: form.authors.clone(),
                contact: form.contact.clone(),
                solicitation: form.solicitation,
                topic: form.topic,
                files,
                ..NewItem::default()
            };
            let (by, key) = (who.clone(), form.key.clone());
            match desk.run(move |app| app.send_item(&by, &new, &key)).await {
                Ok(sent) => {
                    let mut sentence = if sent.again {
                        format!("《{}》已经报送过，编号{}，没有重复收稿。", sent.title, sent.number)
                    } else {
                        format!("《{}》已收到，编号{}。", sent.title, sent.number)
                    };
                    sentence.push_str(&sent.warnings.concat());
                    return desk.done(&format!("/report/{}", sent.id), &sentence);
                }
                Err(oops) => match oops.into_problem()? {
                    Problem::Faults(faults) => found = faults,
                    other => return Err(other.into()),
                },
            }
        }
    }
    let (title, body, category) = (form.title.clone(), form.body.clone(), form.category.clone());
    let (state, checks) = desk
        .run(move |app| Ok((app.form_state(&who)?, app.check_before_sending(&who, &title, &body, &category)?)))
        .await?;
    if !posted.files().is_empty() && posted.one("do") != "read" {
        notes.push("浏览器不会保留已选择的附件，报送前请重新选择。".to_owned());
    }
    let failed = !found.is_empty();
    let faults = Faults::of(found, &FIELDS);
    let page = NewPage { faults, notes, draft, ..new_page(&desk, &state, form, checks) };
    if failed { desk.show_faulty(&page) } else { desk.show(&page) }
}
