//! The office's schemes (计分办法): the list, one in plain words, two compared, one downloaded.
//!
//! Writing a draft is `edit.rs`, trying one on the past `attempt.rs`, taking one into force and back `adopt.rs`.

mod adopt;
mod attempt;
mod edit;

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use tz_app::assessment::clause_place;
use tz_app::assessment::scheme::{
    AdoptionState, Opened, Part, Scheme, SchemeList, SchemePlace, line_and_column, sheet,
};
use tz_app::{Chief, Editor, Person, Problem, Role};
use tz_model::{Clause, Fault, parse_date};

use super::asked_month;
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::{Allow, Routes, words};

/// Every route of the office's schemes.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/assessment/scheme", Allow::ReportersAndEditors, page)
        .get("/assessment/schemes", Allow::Editors, list)
        .post("/assessment/schemes/withdraw", Allow::Chiefs, adopt::withdraw)
        .get("/assessment/scheme/new", Allow::Chiefs, edit::new)
        .upload("/assessment/scheme/new", Allow::Chiefs, edit::save_new)
        .get("/assessment/scheme/{which}", Allow::Editors, one)
        .get("/assessment/scheme/{which}/file", Allow::Editors, file)
        .get("/assessment/scheme/{which}/edit", Allow::Chiefs, edit::draft)
        .upload("/assessment/scheme/{which}/edit", Allow::Chiefs, edit::save_draft)
        .post("/assessment/scheme/{which}/discard", Allow::Chiefs, edit::discard)
        .get("/assessment/scheme/{which}/diff", Allow::Editors, diff)
        .get("/assessment/scheme/{which}/try", Allow::Editors, attempt::page)
        .get("/assessment/scheme/{which}/adopt", Allow::Chiefs, adopt::page)
        .post("/assessment/scheme/{which}/adopt", Allow::Chiefs, adopt::adopt)
}

/// Which scheme an address means. Every text means one; whether it is there the use case says.
fn place_of(text: &str) -> SchemePlace {
    match text.parse() {
        Ok(place) => place,
        Err(never) => match never {},
    }
}

/// The draft an address means; anything else is no page of drafts.
fn draft_of(text: &str) -> Result<i64, Oops> {
    match place_of(text) {
        SchemePlace::Draft(id) => Ok(id),
        SchemePlace::Adopted(_) | SchemePlace::Builtin(_) => Err(Problem::NotThere.into()),
    }
}

fn href(place: &SchemePlace) -> String {
    format!("/assessment/scheme/{place}")
}

/// What a scheme is, before its name.
fn kind(place: &SchemePlace) -> &'static str {
    match place {
        SchemePlace::Draft(_) => "草稿",
        SchemePlace::Adopted(_) => "本机关",
        SchemePlace::Builtin(_) => "内置",
    }
}

fn moment(micros: i64) -> String {
    words::full_moment(jiff::Timestamp::from_microsecond(micros).unwrap_or_default())
}

/// A stored day as people read it.
fn day_words(day: &str) -> String {
    parse_date(day).map_or_else(|_| day.to_owned(), words::day)
}

/// One part of a scheme that rests on a clause.
struct PartView {
    anchor: String,
    /// Only the first part of a clause carries its anchor.
    anchored: bool,
    place: String,
    sentence: String,
    /// The id other rules speak of it by; empty for what is no rule.
    rule: String,
    says: Vec<String>,
    prices: Vec<PriceView>,
    readings: Vec<ReadingView>,
}

struct PriceView {
    level: String,
    name: String,
    points: String,
    notes: String,
}

struct ReadingView {
    anchor: String,
    anchored: bool,
    sentence: String,
}

/// A scheme in the words of `tz_scheme::sheet`, with anchors.
struct SheetView {
    head: Vec<String>,
    parts: Vec<PartView>,
}

fn sheet_view(scheme: &Scheme) -> SheetView {
    let sheet = sheet(scheme);
    let mut seen: Vec<Clause> = Vec::new();
    let mut first = |clause: &Clause| {
        let new = !seen.contains(clause);
        if new {
            seen.push(clause.clone());
        }
        new
    };
    let part = |part: Part| PartView {
        anchored: part.clause.as_ref().is_some_and(&mut first),
        anchor: part.clause.as_ref().map(ToString::to_string).unwrap_or_default(),
        place: part.clause.as_ref().map_or_else(String::new, clause_place),
        sentence: part.sentence,
        rule: part.rule.map(|id| id.to_string()).unwrap_or_default(),
        says: part.says,
        prices: part
            .prices
            .into_iter()
            .map(|row| PriceView {
                level: row.level,
                name: row.name.to_string(),
                points: row.points.to_string().replace('-', "−"),
                notes: row.notes,
            })
            .collect(),
        readings: part
            .readings
            .into_iter()
            .map(|reading| ReadingView {
                anchored: first(&reading.clause),
                anchor: reading.clause.to_string(),
                sentence: reading.sentence,
            })
            .collect(),
    };
    SheetView { head: sheet.head, parts: sheet.parts.into_iter().map(part).collect() }
}

/// A fault of a text as a page shows it: where, the line with a mark under the place, and the sentence.
pub(crate) struct FaultView {
    pub place: String,
    pub sentence: String,
    /// The line before the place, the place, and after it; `None` where the fault stands at no line.
    pub line: Option<(String, String, String)>,
}

pub(crate) fn fault_views(text: &str, faults: &[Fault]) -> Vec<FaultView> {
    let lines: Vec<&str> = text.lines().collect();
    let marked = |fault: &Fault| {
        let (line, column) = line_and_column(fault)?;
        let line = lines.get(line.checked_sub(1)?).copied().unwrap_or_default();
        let at = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        let (before, rest) = line.split_at(at);
        // A word or a text in quotes is marked whole. What stands at the end of its line has nothing to mark but the end.
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let end = match rest.chars().next() {
            None => 0,
            Some('"') => rest.get(1..).and_then(|inner| inner.find('"')).map_or(rest.len(), |close| close + 2),
            Some(first) if word(first) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            Some(first) => first.len_utf8(),
        };
        let (mark, after) = rest.split_at(end);
        let mark = if mark.is_empty() { "↵" } else { mark };
        Some((before.to_owned(), mark.to_owned(), after.to_owned()))
    };
    let view =
        |fault: &Fault| FaultView { place: fault.place.clone(), sentence: fault.sentence.clone(), line: marked(fault) };
    faults.iter().map(view).collect()
}

#[derive(Template)]
#[template(path = "assessment/scheme.html")]
struct SchemePage {
    frame: Frame,
    name: String,
    kind: &'static str,
    hash: String,
    sheet: Option<SheetView>,
    faults: Vec<FaultView>,
    /// Where to go from here; empty for who only reads the scheme in force.
    href: String,
    editor: bool,
    chief: bool,
    draft: bool,
}

fn scheme_page(desk: &Desk, who: &Person, opened: &Opened) -> SchemePage {
    let (sheet, faults) = match &opened.read {
        Ok(scheme) => (Some(sheet_view(scheme)), Vec::new()),
        Err(faults) => (None, fault_views(&opened.text, faults)),
    };
    SchemePage {
        frame: desk.frame(Room::Assessment, "计分办法"),
        name: opened.name.clone(),
        kind: kind(&opened.place),
        hash: opened.hash.clone(),
        sheet,
        faults,
        href: href(&opened.place),
        editor: matches!(who.role, Role::Editor | Role::Chief),
        chief: who.role == Role::Chief,
        draft: matches!(opened.place, SchemePlace::Draft(_)),
    }
}

/// `GET /assessment/scheme`: the scheme a month is scored under, for everybody who is scored by it.
async fn page(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let month = asked_month(&asked)?;
    let scheme = desk.run(move |app| app.scheme_of_month(month)).await?;
    let place = SchemePlace::Adopted(scheme.hash().to_owned());
    let opened = Opened {
        name: scheme.name().to_owned(),
        hash: scheme.hash().to_owned(),
        text: scheme.text().to_owned(),
        place,
        read: Ok(scheme),
    };
    desk.show(&scheme_page(&desk, &who, &opened))
}

/// `GET /assessment/scheme/{which}`: any scheme in plain words, or a draft's faults.
async fn one(desk: Desk, By(who): By<Editor>, Path(which): Path<String>) -> Answer {
    let (by, place) = (who.clone(), place_of(&which));
    let opened = desk.run(move |app| app.open_scheme(&by, &place)).await?;
    desk.show(&scheme_page(&desk, &who, &opened))
}

/// `GET /assessment/scheme/{which}/file`: the file, byte for byte.
async fn file(desk: Desk, By(who): By<Editor>, Path(which): Path<String>) -> Answer {
    let place = place_of(&which);
    let opened = desk.run(move |app| app.open_scheme(&who, &place)).await?;
    let name = match &opened.read {
        Ok(scheme) => scheme.id().to_string(),
        Err(_) => opened.place.to_string(),
    };
    let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{encoded}.toml")),
    ];
    Ok((headers, opened.text).into_response())
}

struct AdoptedView {
    seq: i64,
    name: String,
    href: String,
    from: String,
    taken: String,
    hash: String,
    state: &'static str,
    tag: &'static str,
    words: String,
    may_withdraw: bool,
    reason: String,
    fault: String,
}

struct DraftView {
    name: String,
    href: String,
    faults: usize,
    saved: String,
}

struct BuiltinView {
    id: String,
    name: String,
    office: String,
    href: String,
}

#[derive(Template)]
#[template(path = "assessment/schemes.html")]
struct SchemesPage {
    frame: Frame,
    adopted: Vec<AdoptedView>,
    drafts: Vec<DraftView>,
    builtin: Vec<BuiltinView>,
    chief: bool,
}

/// The list; what was typed to take one back stands at its row with what is wrong with it.
fn list_view(desk: &Desk, chief: bool, list: &SchemeList, typed: Option<(i64, String, String)>) -> SchemesPage {
    let by = |by: &str| if by.is_empty() { "建立机关时".to_owned() } else { by.to_owned() };
    let adopted = list.adopted.iter().map(|entry| {
        let (state, tag, words) = match &entry.state {
            AdoptionState::InForce => ("现行", "good", String::new()),
            AdoptionState::Ahead => ("尚未开始", "act", String::new()),
            AdoptionState::Past(Some(last)) => ("已被代替", "", format!("执行到{}", day_words(last))),
            AdoptionState::Past(None) => ("已被代替", "", "同一天起另有一份，没有执行过".to_owned()),
            AdoptionState::Withdrawn { by, at, reason } => {
                ("已撤回", "warn", format!("{}，{by}：{reason}", moment(*at)))
            }
        };
        let closed = match entry.closed {
            0 => String::new(),
            count => format!("已有{count}个{}按它关账", if entry.monthly { "月" } else { "周期" }),
        };
        let mine = typed.as_ref().filter(|(seq, ..)| *seq == entry.seq);
        AdoptedView {
            seq: entry.seq,
            name: entry.name.clone(),
            href: href(&entry.place),
            from: day_words(&entry.from),
            taken: format!("{}，{}", by(&entry.by), moment(entry.recorded_at)),
            hash: entry.hash.clone(),
            state,
            tag,
            words: [words, closed].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("；"),
            may_withdraw: chief && entry.may_withdraw,
            reason: mine.map(|(_, reason, _)| reason.clone()).unwrap_or_default(),
            fault: mine.map(|(_, _, fault)| fault.clone()).unwrap_or_default(),
        }
    });
    let drafts = list.drafts.iter().map(|draft| DraftView {
        name: draft.name.clone(),
        href: href(&draft.place),
        faults: draft.faults,
        saved: format!("{}，{}", draft.by, moment(draft.saved_at)),
    });
    let builtin = list.builtin.iter().map(|(place, name, office)| BuiltinView {
        id: place.to_string(),
        name: name.clone(),
        office: office.clone(),
        href: href(place),
    });
    SchemesPage {
        frame: desk.frame(Room::Assessment, "计分办法"),
        adopted: adopted.collect(),
        drafts: drafts.collect(),
        builtin: builtin.collect(),
        chief,
    }
}

/// `GET /assessment/schemes`: the schemes the office has had, drafts, and the built-in ones.
async fn list(desk: Desk, By(who): By<Editor>) -> Answer {
    let chief = Chief::of(&who).is_some();
    let list = desk.run(move |app| app.schemes(&who)).await?;
    desk.show(&list_view(&desk, chief, &list, None))
}

/// A scheme to choose from.
struct Choice {
    value: String,
    words: String,
    chosen: bool,
}

/// Every scheme without faults but one, to set beside it.
fn choices(list: &SchemeList, but: &SchemePlace, chosen: &SchemePlace) -> Vec<Choice> {
    let adopted = list.adopted.iter().map(|entry| (&entry.place, &entry.name));
    let drafts = list.drafts.iter().filter(|draft| draft.faults == 0).map(|draft| (&draft.place, &draft.name));
    let builtin = list.builtin.iter().map(|(place, name, _)| (place, name));
    let mut all: Vec<Choice> = Vec::new();
    for (place, name) in adopted.chain(drafts).chain(builtin).filter(|(place, _)| *place != but) {
        let value = place.to_string();
        // A scheme taken into force twice is one to choose.
        if !all.iter().any(|known| known.value == value) {
            all.push(Choice { value, words: format!("{}：{name}", kind(place)), chosen: place == chosen });
        }
    }
    all
}

/// What is asked to be set beside a scheme, if anything is.
fn against(asked: &Posted) -> Option<SchemePlace> {
    Some(asked.one("against")).filter(|text| !text.is_empty()).map(place_of)
}

/// A change in sentences, with what belongs to it.
struct ChangeView {
    sentence: String,
    more: Vec<String>,
}

/// A sentence that begins with blanks belongs to the one before it.
fn change_views(changes: &[String]) -> Vec<ChangeView> {
    let mut all: Vec<ChangeView> = Vec::new();
    for change in changes {
        match (change.strip_prefix(' '), all.last_mut()) {
            (Some(more), Some(last)) => last.more.push(more.trim().to_owned()),
            (Some(_), None) | (None, _) => {
                all.push(ChangeView { sentence: change.trim().to_owned(), more: Vec::new() });
            }
        }
    }
    all
}

#[derive(Template)]
#[template(path = "assessment/scheme_diff.html")]
struct DiffPage {
    frame: Frame,
    old: String,
    old_href: String,
    new: String,
    new_href: String,
    action: String,
    choices: Vec<Choice>,
    changes: Vec<ChangeView>,
    /// The two texts are the same to the letter.
    same: bool,
}

/// `GET /assessment/scheme/{which}/diff`: what is otherwise than in another scheme; than in the one in force where none is named.
async fn diff(desk: Desk, By(who): By<Editor>, Path(which): Path<String>, asked: Asked) -> Answer {
    let (place, beside) = (place_of(&which), against(&asked));
    let ((old, new, changes), list) =
        desk.run(move |app| Ok((app.compare_schemes(&who, beside.as_ref(), &place)?, app.schemes(&who)?))).await?;
    desk.show(&DiffPage {
        frame: desk.frame(Room::Assessment, "比较计分办法"),
        old: old.name.clone(),
        old_href: href(&old.place),
        new: new.name.clone(),
        new_href: href(&new.place),
        action: format!("{}/diff", href(&new.place)),
        choices: choices(&list, &new.place, &old.place),
        changes: change_views(&changes),
        same: old.hash == new.hash,
    })
}
