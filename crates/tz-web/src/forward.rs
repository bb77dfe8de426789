//! The room of upward reports (上报): what was sent to higher offices and what became of it.
//!
//! `report.rs` writes and sends one, `lists.rs` takes in what was adopted above, `adopted.rs` enters an adoption by hand.

mod adopted;
mod lists;
mod report;

use askama::Template;
use jiff::civil::Date;
use tz_app::facts::Entered;
use tz_app::forward::{Fate, ForwardState, ForwardView};
use tz_app::{Editor, FieldFault};
use tz_model::{Month, parse_date};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;
use crate::{Allow, Routes};

/// Every route of the room of upward reports with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/forward", Allow::Editors, page)
        .post("/forward/begin", Allow::Editors, report::begin)
        .get("/forward/adopted", Allow::Editors, adopted::page)
        .post("/forward/adopted", Allow::Editors, adopted::record)
        .post("/forward/adopted/withdraw", Allow::Editors, adopted::withdraw)
        .get("/forward/notice", Allow::Editors, adopted::notice)
        .get("/forward/lists", Allow::Editors, lists::page)
        .upload("/forward/lists", Allow::Editors, lists::take)
        .post("/forward/lists/confirm", Allow::Editors, lists::confirm)
        .post("/forward/lists/sure", Allow::Editors, lists::confirm_sure)
        .post("/forward/lists/discard", Allow::Editors, lists::discard)
        .post("/forward/lists/restore", Allow::Editors, lists::restore)
        .get("/forward/{forward}", Allow::Editors, report::page)
        .post("/forward/{forward}", Allow::Editors, report::save)
        .post("/forward/{forward}/withdraw", Allow::Editors, report::withdraw)
        .get("/forward/{forward}/paper", Allow::Editors, report::docx)
        .get("/forward/{forward}/paper.pdf", Allow::Editors, report::pdf)
}

/// A page of a room in the line beside its heading.
pub(crate) struct View {
    pub name: String,
    pub path: &'static str,
    pub here: bool,
}

/// The pages of this room; how many lines of lists wait stands with theirs.
fn views(desk: &Desk, here: &str) -> Vec<View> {
    let waiting = desk.signed.as_ref().map_or(0, |signed| signed.waiting.adopted_lines);
    let lists = if waiting > 0 { format!("采用目录 {waiting}") } else { "采用目录".to_owned() };
    let all =
        [("上报稿".to_owned(), "/forward"), (lists, "/forward/lists"), ("上级采用".to_owned(), "/forward/adopted")];
    all.into_iter().map(|(name, path)| View { name, path, here: path == here }).collect()
}

/// A report as a line of the list.
struct ForwardLine {
    href: String,
    number: String,
    title: String,
    target: String,
    form: String,
    units: String,
    date: String,
    state: &'static str,
    tag: &'static str,
    fates: Vec<String>,
    reason: String,
    items: Vec<(String, String)>,
}

/// What became of a report, in words: `枣庄普刊采用（独编），6月29日，15分`.
fn fate_words(fate: &Fate) -> String {
    let form = if fate.form.is_empty() { String::new() } else { format!("（{}）", fate.form) };
    let day = fate.date.map(|day| format!("{}月{}日", day.month(), day.day())).unwrap_or_default();
    let parts = [format!("{}{form}", fate.kind), day, fate.points.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，")
}

fn tag_of(state: ForwardState) -> &'static str {
    match state {
        ForwardState::Draft => "act",
        ForwardState::Sent => "",
        ForwardState::Withdrawn => "official",
    }
}

fn line(view: ForwardView) -> ForwardLine {
    ForwardLine {
        href: format!("/forward/{}", view.id),
        date: view.date.map(words::day).unwrap_or_default(),
        state: if view.fates.is_empty() { view.state.name() } else { "已采用" },
        tag: if view.fates.is_empty() { tag_of(view.state) } else { "good" },
        fates: view.fates.iter().map(fate_words).collect(),
        items: view.items.iter().map(|(id, number, _)| (format!("/intake/{id}"), number.clone())).collect(),
        number: view.number,
        title: view.title,
        target: view.target,
        form: view.form,
        units: view.units,
        reason: view.reason,
    }
}

#[derive(Template)]
#[template(path = "forward/list.html")]
struct ListPage {
    frame: Frame,
    views: Vec<View>,
    lines: Vec<ForwardLine>,
    /// States to choose from: key, name, chosen.
    states: Vec<(&'static str, &'static str, bool)>,
    number: String,
    faults: Faults,
}

/// The state that the list is filtered by, from its word in the address.
pub(crate) fn state_of(word: &str) -> Option<ForwardState> {
    match word {
        "draft" => Some(ForwardState::Draft),
        "sent" => Some(ForwardState::Sent),
        "withdrawn" => Some(ForwardState::Withdrawn),
        _ => None,
    }
}

async fn list(
    desk: &Desk,
    who: Editor,
    state: &str,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<ListPage, Oops> {
    let wanted = state_of(state);
    let all = desk.run(move |app| app.forwards(&who, wanted)).await?;
    let states = [("", "全部"), ("draft", "起草中"), ("sent", "已上报"), ("withdrawn", "已撤回")];
    Ok(ListPage {
        frame: desk.frame(Room::Forward, "上报"),
        views: views(desk, "/forward"),
        lines: all.into_iter().map(line).collect(),
        states: states.map(|(key, name)| (key, name, key == state)).to_vec(),
        number: typed.one("number").to_owned(),
        faults: Faults::of(faults, &["number"]),
    })
}

/// `GET /forward?state=sent`
async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let page = list(&desk, who, asked.one("state"), &asked, Vec::new()).await?;
    desk.show(&page)
}

/// The form that takes a line back (`undo.html`): open again, with what was typed, where that was not enough.
#[derive(Default)]
pub(crate) struct Undo {
    pub open: bool,
    pub typed: String,
    pub fault: String,
}

impl Undo {
    /// Of the line with this key, after a form with faults was posted for one.
    pub(crate) fn of(key: &str, posted: &Posted, found: &[FieldFault]) -> Self {
        if found.is_empty() || posted.one("key") != key {
            return Self::default();
        }
        let fault = found.iter().map(|fault| fault.sentence.as_str()).collect::<Vec<_>>().concat();
        Self { open: true, typed: posted.one("reason").to_owned(), fault }
    }
}

/// A fact entered by hand, as a line of a list.
pub(crate) struct EnteredLine {
    pub key: String,
    pub date: String,
    pub name: String,
    pub points: String,
    pub units: String,
    /// Address and number of the item, if it is in the system.
    pub item: Option<(String, String)>,
    pub title: String,
    pub form: String,
    pub leader: String,
    pub note: String,
    pub by: String,
    pub undo: Undo,
}

impl EnteredLine {
    pub(crate) fn of(fact: Entered) -> Self {
        Self {
            key: fact.key,
            date: words::day(fact.date),
            points: fact.points.map(|points| format!("{} 分", (points * fact.quantity).signed())).unwrap_or_default(),
            name: if fact.quantity > 1 { format!("{}，{}次", fact.name, fact.quantity) } else { fact.name },
            units: fact.units,
            item: fact.item.map(|(id, number)| (format!("/intake/{id}"), number)),
            title: fact.title,
            form: fact.form,
            leader: fact.leader,
            note: fact.note,
            by: fact.by,
            undo: Undo::default(),
        }
    }
}

/// Puts what is wrong with taking a line back at that line; gives it back where the line is not on the page.
pub(crate) fn undone_wrong<'l>(
    lines: impl IntoIterator<Item = &'l mut EnteredLine>,
    posted: &Posted,
    found: Vec<FieldFault>,
) -> Vec<FieldFault> {
    match lines.into_iter().find(|line| line.key == posted.one("key")) {
        Some(line) => {
            line.undo = Undo::of(&line.key, posted, &found);
            Vec::new()
        }
        None => found,
    }
}

/// Names by heading, as a form offers them.
pub(crate) fn choice_groups(all: Vec<tz_app::publication::Choices>, chosen: &str) -> Vec<ChoiceGroup> {
    let group = |of: tz_app::publication::Choices| ChoiceGroup {
        heading: of.heading,
        names: of
            .names
            .into_iter()
            .map(|(name, worth)| (name.clone(), words::priced(&name, &worth), name == chosen))
            .collect(),
    };
    all.into_iter().map(group).collect()
}

/// A heading with names to choose: name, words, chosen.
pub(crate) struct ChoiceGroup {
    pub heading: String,
    pub names: Vec<(String, String, bool)>,
}

/// The month asked for: `this` where none was, or what was typed is none; nothing where all were.
pub(crate) fn month_asked(asked: &Posted, this: Month) -> Option<Month> {
    match asked.one("month").trim() {
        "" if asked.has("month") => None,
        text => Some(text.parse().unwrap_or(this)),
    }
}

/// The day that a form is about, whose scheme says what can be chosen: as typed, else today.
pub(crate) fn day_asked(typed: &Posted, today: Date) -> Date {
    parse_date(typed.one("date")).unwrap_or(today)
}

/// The page of a list with the month of a day as typed, where a new line is to be seen.
pub(crate) fn list_with(path: &str, day: &str) -> String {
    match parse_date(day) {
        Ok(day) => format!("{path}?month={}", Month::of_date(day)),
        Err(_) => path.to_owned(),
    }
}

/// A field as typed, or what it begins with on a fresh form.
pub(crate) fn typed_or(typed: &Posted, fresh: bool, name: &str, first: String) -> String {
    if fresh { first } else { typed.one(name).to_owned() }
}
