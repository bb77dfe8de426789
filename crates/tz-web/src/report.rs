//! The room 报送: a unit's own items, the form for a new one, what became of each.

mod item;
mod learning;
mod new;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tz_app::intake::{Piece, Registered, difference};
use tz_app::report::{Meter, NewFile, OpenSolicitation, state_name};
use tz_app::solicitation::{ItemTopic, OpenTopic};
use tz_app::{Problem, Reporter};
use tz_model::ItemId;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::{Allow, Routes, words};

/// Every route of the reporting room (报送) with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/report", Allow::Reporters, list)
        .get("/report/new", Allow::Reporters, new::form)
        .upload("/report/new", Allow::Reporters, new::send)
        .get("/report/training", Allow::Reporters, learning::page)
        .get("/report/training/{training}/file/{position}", Allow::Reporters, learning::file)
        .get("/report/{item}", Allow::Reporters, item::show)
        .post("/report/{item}/withdraw", Allow::Reporters, item::withdraw)
        .post("/report/{item}/resubmit", Allow::Reporters, item::resubmit)
        .post("/report/{item}/reply", Allow::Reporters, item::reply)
        .post("/report/{item}/topic", Allow::Reporters, item::tie)
        .post("/report/{item}/topic/remove", Allow::Reporters, item::untie)
        .get("/report/{item}/attachment/{position}", Allow::Reporters, item::attachment)
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

/// A topic of reporting points, offered or tied.
pub(crate) struct TopicShown {
    pub id: i64,
    /// The page of its reporting points.
    pub href: String,
    pub code: String,
    pub title: String,
    /// Until when, and that it is answered.
    pub due: String,
    pub answered: bool,
    pub chosen: bool,
}

/// The topics that may be reported on, one chosen.
fn shown_topics(open: &[OpenTopic], chosen: Option<i64>) -> Vec<TopicShown> {
    open.iter()
        .map(|one| TopicShown {
            id: one.id,
            href: format!("/solicitation/points/{}", one.points),
            code: one.code.clone(),
            title: one.title.clone(),
            due: format!("{}前{}", words::day(one.last), if one.answered { "，已有来稿" } else { "" }),
            answered: one.answered,
            chosen: chosen == Some(one.id),
        })
        .collect()
}

/// The topics an item is tied to.
fn tied_topics(tied: &[ItemTopic]) -> Vec<TopicShown> {
    tied.iter()
        .map(|one| TopicShown {
            id: one.id,
            href: format!("/solicitation/points/{}", one.points),
            code: one.code.clone(),
            title: one.title.clone(),
            due: String::new(),
            answered: true,
            chosen: false,
        })
        .collect()
}

/// The topics that a unit has no item about.
pub(crate) fn unanswered(open: &[OpenTopic]) -> Vec<TopicShown> {
    shown_topics(open, None).into_iter().filter(|topic| !topic.answered).collect()
}

/// What an item is about, and what else it may be tied to.
#[derive(Default)]
pub(crate) struct TopicBox {
    /// The item's page.
    pub place: String,
    pub tied: Vec<TopicShown>,
    pub offered: Vec<TopicShown>,
}

impl TopicBox {
    pub(crate) fn of(place: String, tied: &[ItemTopic], open: &[OpenTopic]) -> Self {
        let offered = shown_topics(open, None).into_iter();
        Self {
            place,
            offered: offered.filter(|topic| !tied.iter().any(|known| known.id == topic.id)).collect(),
            tied: tied_topics(tied),
        }
    }

    /// There is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.tied.is_empty() && self.offered.is_empty()
    }
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
    /// Topics that the unit has not reported on.
    topics: Vec<TopicShown>,
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
        topics: unanswered(&state.topics),
        registered: registered
            .iter()
            .map(|one| (registered_words(one), one.withdrawn.clone().unwrap_or_default()))
            .collect(),
    })
}

/// The same page under another status.
pub(crate) fn under(status: StatusCode, answer: Answer) -> Answer {
    let mut response = answer?;
    *response.status_mut() = status;
    Ok(response)
}
