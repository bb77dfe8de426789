//! The room 报送: a unit's own items, the form for a new one, what became of each.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tz_app::intake::{Piece, Registered, difference};
use tz_app::report::{Check, FormState, Meter, NewFile, NewItem, OpenSolicitation, fresh_key, state_name};
use tz_app::{Problem, Reporter};
use tz_model::{ItemId, UnitId};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::{Allow, Routes, words};

/// Every route of the reporting room (报送) with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/report", Allow::Reporters, list)
        .get("/report/new", Allow::Reporters, new_form)
        .upload("/report/new", Allow::Reporters, new_item)
        .get("/report/{item}", Allow::Reporters, item)
        .post("/report/{item}/withdraw", Allow::Reporters, withdraw)
        .post("/report/{item}/resubmit", Allow::Reporters, resubmit)
        .post("/report/{item}/reply", Allow::Reporters, reply)
        .get("/report/{item}/attachment/{position}", Allow::Reporters, attachment)
}

/// An identity in a path; what is none is nothing that is there.
pub(crate) fn id(text: &str) -> Result<i64, Oops> {
    text.parse().map_err(|_| Problem::NotThere.into())
}

/// A stored moment as people read it.
pub(crate) fn when(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map(words::moment).unwrap_or_default()
}

/// The colour of a state's tag.
pub(crate) fn tone(state: &str) -> &'static str {
    match state {
        "published" | "adopted" => "good",
        "editing" => "act",
        "returned" => "warn",
        _ => "",
    }
}

/// A choice of a list.
pub(crate) struct Choice {
    pub id: i64,
    pub name: String,
    pub chosen: bool,
}

/// A category in a list, with its limit in characters.
pub(crate) struct CategoryChoice {
    pub name: String,
    pub shown: String,
    pub limit: u32,
    pub chosen: bool,
}

/// Categories with their limits, one chosen.
pub(crate) fn category_choices(known: &[(String, Option<u32>)], chosen: &str) -> Vec<CategoryChoice> {
    known
        .iter()
        .map(|(name, limit)| CategoryChoice {
            shown: limit.map_or_else(|| name.clone(), |limit| format!("{name}（≤{limit}字）")),
            limit: limit.unwrap_or(0),
            chosen: name == chosen,
            name: name.clone(),
        })
        .collect()
}

/// The same categories with the typed one chosen, so that a form shown again loses nothing.
pub(crate) fn choose(mut choices: Vec<CategoryChoice>, typed: &str) -> Vec<CategoryChoice> {
    if choices.iter().any(|one| one.name == typed) {
        for one in &mut choices {
            one.chosen = one.name == typed;
        }
    }
    choices
}

/// A stretch of a difference.
pub(crate) struct Bit {
    pub gone: bool,
    pub new: bool,
    pub text: String,
}

/// The difference of two texts as stretches for a template.
pub(crate) fn bits(old: &str, new: &str) -> Vec<Bit> {
    difference(old, new)
        .into_iter()
        .map(|piece| match piece {
            Piece::Same(text) => Bit { gone: false, new: false, text },
            Piece::Gone(text) => Bit { gone: true, new: false, text },
            Piece::New(text) => Bit { gone: false, new: true, text },
        })
        .collect()
}

/// Stretches parted into the paragraphs they stand in, empty ones left out.
pub(crate) fn lines_of(bits: Vec<Bit>) -> Vec<Vec<Bit>> {
    let mut lines: Vec<Vec<Bit>> = vec![Vec::new()];
    for bit in bits {
        for (place, text) in bit.text.split('\n').enumerate() {
            if place > 0 {
                lines.push(Vec::new());
            }
            let line = lines.last_mut().expect("there is always a last line");
            let text = if line.is_empty() { text.trim_start() } else { text };
            if !text.is_empty() {
                line.push(Bit { text: text.to_owned(), ..bit });
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A day of the ledger as people read it beside an item: `12月20日`.
pub(crate) fn used_on(date: &str) -> String {
    tz_model::parse_date(date).map_or_else(|_| date.to_owned(), |day| format!("{}月{}日", day.month(), day.day()))
}

/// The paragraphs of a text.
pub(crate) fn paragraphs(body: &str) -> Vec<String> {
    body.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The files of a form as they enter an item.
pub(crate) fn sent_files(posted: &Posted) -> Vec<NewFile> {
    posted
        .files()
        .iter()
        .map(|file| NewFile {
            name: file.name.clone(),
            media_type: "application/octet-stream".to_owned(),
            bytes: file.bytes.to_vec(),
            note: String::new(),
        })
        .collect()
}

/// A file to be kept, never shown in the page: whatever it holds, the browser does not run it.
pub(crate) fn download(name: &str, bytes: Vec<u8>) -> Response {
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    let line = format!("attachment; filename*=UTF-8''{encoded}");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&line).expect("a percent-encoded name is plain ASCII"),
    );
    response
}

/// A line of the meter.
struct MeterShown {
    category: String,
    received: u32,
    required: u32,
    shown: u32,
    tone: &'static str,
}

/// The meter in ready words.
struct MeterBox {
    /// `本月`, or `本期` where it is no month.
    this: &'static str,
    sentence: String,
    received: u32,
    required: u32,
    shown: u32,
    tone: &'static str,
    lines: Vec<MeterShown>,
}

fn done_tone(received: u32, required: u32) -> &'static str {
    if received >= required { "good" } else { "" }
}

fn meter_box(meter: &Meter) -> MeterBox {
    let left =
        if meter.short == 0 { format!("{}任务已完成", meter.this) } else { format!("还差{}篇", meter.short) };
    MeterBox {
        this: meter.this,
        sentence: words::dotted(&[
            &meter.unit,
            &meter.class,
            &format!("{left}，{}还剩{}天", meter.month, meter.days_left),
        ]),
        received: meter.received,
        required: meter.required,
        shown: meter.received.min(meter.required),
        tone: if meter.short == 0 { "good" } else { "" },
        lines: meter
            .lines
            .iter()
            .map(|line| MeterShown {
                category: line.category.clone(),
                received: line.received,
                required: line.required,
                shown: line.received.min(line.required),
                tone: done_tone(line.received, line.required),
            })
            .collect(),
    }
}

/// A secret item that was registered, as its unit and the account name it: number, category, day.
pub(crate) fn registered_words(one: &Registered) -> String {
    let category = if one.category.is_empty() { String::new() } else { format!("{}，", one.category) };
    format!("{}（{category}{}）", one.number, words::day(one.date))
}

struct SolicitationShown {
    id: i64,
    topic: String,
    due: String,
    chosen: bool,
}

fn shown_solicitations(open: &[OpenSolicitation], chosen: Option<i64>) -> Vec<SolicitationShown> {
    open.iter()
        .map(|one| SolicitationShown {
            id: one.id,
            topic: one.topic.clone(),
            due: match one.days_left {
                left if left > 0 => format!("截止{}，还剩{left}天", one.deadline),
                0 => format!("截止{}，今天到期", one.deadline),
                late => format!("截止{}，已过{}天", one.deadline, -late),
            },
            chosen: chosen == Some(one.id),
        })
        .collect()
}

struct ListLine {
    id: i64,
    number: String,
    title: String,
    units: String,
    joint: bool,
    category: String,
    words: i64,
    received: String,
    state: &'static str,
    tone: &'static str,
    repeat: bool,
    ruled_out: bool,
}

#[derive(Template)]
#[template(path = "report/list.html")]
struct ListPage {
    frame: Frame,
    unit: String,
    lines: Vec<ListLine>,
    next: Option<i64>,
    meter: Option<MeterBox>,
    solicitations: Vec<SolicitationShown>,
    /// The month's secret items that the office registered, and why one was taken back.
    registered: Vec<(String, String)>,
}

/// `GET /report`: a unit's own items, newest first.
async fn list(desk: Desk, By(who): By<Reporter>, asked: Asked) -> Answer {
    let before = asked.number("before").map(ItemId);
    let ((items, more), state, registered) = desk
        .run(move |app| {
            let registered = app.my_secret_register(&who, app.this_month())?;
            Ok((app.my_items(&who, before)?, app.form_state(&who)?, registered))
        })
        .await?;
    let next = items.last().map(|item| item.row.id).filter(|_| more);
    let lines = items
        .into_iter()
        .map(|item| ListLine {
            id: item.row.id,
            received: when(item.row.received_at),
            state: state_name(&item.row.state),
            tone: tone(&item.row.state),
            repeat: item.row.repeats.is_some(),
            ruled_out: !item.row.counted && item.row.repeats.is_none(),
            joint: item.units.contains('、'),
            number: item.row.number,
            title: item.row.title,
            units: item.units,
            category: item.row.category,
            words: item.row.words,
        })
        .collect();
    desk.show(&ListPage {
        frame: desk.frame(Room::Report, "报送"),
        unit: state.meter.as_ref().map(|meter| meter.unit.clone()).unwrap_or_default(),
        lines,
        next,
        meter: state.meter.as_ref().map(meter_box),
        solicitations: shown_solicitations(&state.solicitations, None),
        registered: registered
            .iter()
            .map(|one| (registered_words(one), one.withdrawn.clone().unwrap_or_default()))
            .collect(),
    })
}

/// What stands in the form, as typed.
#[derive(Clone, Default)]
struct Typed {
    key: String,
    title: String,
    body: String,
    category: String,
    authors: String,
    contact: String,
    worry: bool,
    joint: bool,
    solicitation: Option<i64>,
    units: Vec<i64>,
}

impl Typed {
    fn of(posted: &Posted) -> Self {
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
            units,
        }
    }
}

/// The fields of the form for a new item, where their faults stand.
const FIELDS: [&str; 8] = ["file", "category", "authors", "contact", "solicitation", "unit", "title", "body"];

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

/// `GET /report/new`: the form, with what was typed before and not sent.
async fn new_form(desk: Desk, By(who): By<Reporter>, asked: Asked) -> Answer {
    let name = who.name.clone();
    let (state, draft) =
        desk.run(move |app| Ok((app.form_state(&who)?, app.new_item_draft(&who, "report-new")?))).await?;
    let (mut form, said) = match draft {
        Some((fields, at)) => {
            (Typed::of(&Posted::from_fields(fields)), format!("已恢复{}保存的草稿", words::moment(at)))
        }
        None => (Typed { authors: name, ..Typed::default() }, String::new()),
    };
    if let Some(solicitation) = asked.number("solicitation") {
        form.solicitation = Some(solicitation);
    }
    let page = new_page(&desk, &state, form, Vec::new());
    desk.show(&NewPage { draft: said, ..page })
}

/// `POST /report/new`: sends, or reads the files, checks, keeps the draft and shows the form again.
async fn new_item(desk: Desk, By(who): By<Reporter>, posted: Posted) -> Answer {
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

struct EventShown {
    when: String,
    text: String,
}

struct UseShown {
    date: String,
    name: String,
    note: String,
    points: String,
}

struct FileShown {
    position: i64,
    name: String,
    note: String,
}

#[derive(Template)]
#[template(path = "report/item.html")]
struct ItemPage {
    frame: Frame,
    id: i64,
    title: String,
    state: &'static str,
    tone: &'static str,
    about: String,
    repeat: Option<String>,
    faults: Faults,
    own_title: String,
    own: Vec<String>,
    printed: Option<(String, Vec<String>)>,
    changes: Vec<Vec<Bit>>,
    uses: Vec<UseShown>,
    events: Vec<EventShown>,
    files: Vec<FileShown>,
    can_withdraw: bool,
    can_resubmit: bool,
    asked: bool,
    categories: Vec<CategoryChoice>,
    form_title: String,
    form_body: String,
    reply: String,
}

/// `GET /report/{item}`: what became of it.
async fn item(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>) -> Answer {
    let page = item_page(&desk, who, ItemId(id(&item)?)).await?;
    desk.show(&page)
}

async fn item_page(desk: &Desk, who: Reporter, id: ItemId) -> Result<ItemPage, Oops> {
    let draft = format!("report-{id}");
    let (page, state, draft) = desk
        .run(move |app| Ok((app.my_item(&who, id)?, app.form_state(&who)?, app.new_item_draft(&who, &draft)?)))
        .await?;
    let (mut form_title, mut form_body, mut form_category) =
        (page.own.title.clone(), page.own.body.clone(), page.row.category.clone());
    if let Some((fields, _)) = draft.filter(|_| page.can_resubmit) {
        let typed = Typed::of(&Posted::from_fields(fields));
        (form_title, form_body, form_category) = (typed.title, typed.body, typed.category);
    }
    let changes = match &page.printed {
        Some((title, body)) => {
            lines_of(bits(&format!("{}\n{}", page.own.title, page.own.body), &format!("{title}\n{body}")))
        }
        None => Vec::new(),
    };
    let asked = page.events.iter().rev().find(|event| matches!(event.kind.as_str(), "verify" | "reply"));
    Ok(ItemPage {
        frame: desk.frame(Room::Report, &page.row.title),
        id: page.row.id,
        title: page.row.title.clone(),
        state: state_name(&page.row.state),
        tone: tone(&page.row.state),
        about: words::dotted(&[
            &format!("编号{}", page.row.number),
            &page.units,
            &page.row.category,
            &format!("{}字", page.row.words),
            &format!("{} {}收稿", when(page.row.received_at), page.row.channel),
        ]),
        repeat: page.repeats.as_ref().map(|number| format!("本稿与{number}正文相同，按重复稿处理，不计篇数。")),
        faults: Faults::default(),
        own_title: page.own.title.clone(),
        own: paragraphs(&page.own.body),
        printed: page.printed.as_ref().map(|(title, body)| (title.clone(), paragraphs(body))),
        changes,
        uses: page
            .uses
            .into_iter()
            .map(|one| UseShown {
                date: used_on(&one.date),
                name: one.name,
                note: one.note,
                points: if one.points.is_empty() { String::new() } else { format!("{}分", one.points) },
            })
            .collect(),
        events: page.events.iter().map(|event| EventShown { when: when(event.at), text: event.text.clone() }).collect(),
        files: page
            .attachments
            .into_iter()
            .map(|file| FileShown { position: file.position, name: file.name, note: file.note })
            .collect(),
        can_withdraw: page.can_withdraw,
        can_resubmit: page.can_resubmit,
        asked: asked.is_some_and(|event| event.kind == "verify"),
        categories: category_choices(&state.categories, &form_category),
        form_title,
        form_body,
        reply: String::new(),
    })
}

/// `POST /report/{item}/withdraw`: takes it back.
async fn withdraw(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>) -> Answer {
    let id = ItemId(id(&item)?);
    desk.run(move |app| app.withdraw_item(&who, id)).await?;
    desk.done(&format!("/report/{id}"), "稿件已撤回，不再计数。")
}

/// `POST /report/{item}/resubmit`: sends a returned item again.
async fn resubmit(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>, posted: Posted) -> Answer {
    let id = ItemId(id(&item)?);
    let form = Typed::of(&posted);
    let (by, typed) = (who.clone(), form.clone());
    match desk.run(move |app| app.resubmit(&by, id, &typed.title, &typed.body, &typed.category)).await {
        Ok(sent) => {
            let sentence = format!("《{}》已重新报送。{}", sent.title, sent.warnings.concat());
            desk.done(&format!("/report/{id}"), &sentence)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = item_page(&desk, who, id).await?;
                desk.show_faulty(&ItemPage {
                    faults: Faults::of(found, &["category", "title", "body"]),
                    categories: choose(page.categories, &form.category),
                    form_title: form.title,
                    form_body: form.body,
                    ..page
                })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /report/{item}/reply`: answers an editor's question.
async fn reply(desk: Desk, By(who): By<Reporter>, Path(item): Path<String>, posted: Posted) -> Answer {
    let id = ItemId(id(&item)?);
    let text = posted.one("text").to_owned();
    let (by, said) = (who.clone(), text.clone());
    match desk.run(move |app| app.reply(&by, id, &said)).await {
        Ok(()) => desk.done(&format!("/report/{id}"), "答复已送达信息科。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = item_page(&desk, who, id).await?;
                let faults = Faults::of(found, &["text"]);
                // The form stays, with what was typed, even where nothing was asked.
                desk.show_faulty(&ItemPage { faults, reply: text, asked: true, ..page })
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /report/{item}/attachment/{position}`
async fn attachment(desk: Desk, By(who): By<Reporter>, Path((item, position)): Path<(String, String)>) -> Answer {
    let (item, position) = (ItemId(id(&item)?), id(&position)?);
    let (file, bytes) = desk.run(move |app| app.attachment(&who, item, position)).await?;
    Ok(download(&file.name, bytes))
}

/// The same page under another status.
pub(crate) fn under(status: StatusCode, answer: Answer) -> Answer {
    let mut response = answer?;
    *response.status_mut() = status;
    Ok(response)
}
