//! The room 收稿: the list and one item side by side, decisions by one form each. Editing and 补录 are in
//! `editing.rs` beside it, the ledger of messages in `letters.rs`, the register of secret items in `secret.rs`.

mod editing;
mod letters;
mod outgoing;
mod quarantine;
mod secret;

pub(crate) use letters::fate_of;

use askama::Template;
use axum::extract::Path;
use tz_app::intake::{Inbox, InboxFilter, ItemPage, Move, REASONS, Reasoned};
use tz_app::report::{Check, state_name};
use tz_app::{Editor, Problem};
use tz_model::{ItemId, Revision, UnitId};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{Bit, Choice, TopicBox, bits, download, id, lines_of, tone, used_on, when};
use crate::{Allow, Routes, words};

/// Every route of the intake room (收稿) with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/intake", Allow::Editors, list)
        .get("/intake/new", Allow::Editors, editing::entering_form)
        .upload("/intake/new", Allow::Editors, editing::enter)
        .get("/intake/{item}", Allow::Editors, item)
        .get("/intake/{item}/edit", Allow::Editors, editing::form)
        .post("/intake/{item}/edit", Allow::Editors, editing::edit)
        .post("/intake/{item}/restore", Allow::Editors, editing::restore)
        .post("/intake/{item}/claim", Allow::Editors, claim)
        .post("/intake/{item}/release", Allow::Editors, release)
        .post("/intake/{item}/reopen", Allow::Editors, reopen)
        .post("/intake/{item}/return", Allow::Editors, return_item)
        .post("/intake/{item}/decline", Allow::Editors, decline)
        .post("/intake/{item}/hold", Allow::Editors, hold)
        .post("/intake/{item}/not-counted", Allow::Editors, not_counted)
        .post("/intake/{item}/count", Allow::Editors, count_again)
        .post("/intake/{item}/ask", Allow::Editors, ask)
        .post("/intake/{item}/remark", Allow::Editors, remark)
        .post("/intake/{item}/topic", Allow::Editors, tie)
        .post("/intake/{item}/topic/remove", Allow::Editors, untie)
        .get("/intake/{item}/attachment/{position}", Allow::Editors, attachment)
        .and(letters::routes())
        .and(quarantine::routes())
        .and(outgoing::routes())
        .and(secret::routes())
}

/// The states an editor may filter by.
const STATES: [(&str, &str); 9] = [
    ("", "待办"),
    ("all", "全部稿件"),
    ("received", "待处理"),
    ("editing", "编辑中"),
    ("held", "留存备用"),
    ("returned", "已退回"),
    ("declined", "不采用"),
    ("adopted", "拟采用"),
    ("published", "已采用"),
];

struct Line {
    id: i64,
    title: String,
    about: String,
    tags: Vec<(&'static str, String)>,
    here: bool,
}

struct Decision {
    path: &'static str,
    name: &'static str,
    /// The reasons to choose from, with the one chosen before; none where no reason is asked.
    codes: Vec<(&'static str, bool)>,
    /// Whether it asks for the item repeated, and what was typed there.
    repeats: Option<String>,
    words: &'static str,
    /// What was typed before a fault was found; the form is open then.
    typed: String,
    open: bool,
    faults: Faults,
}

struct Shown {
    id: i64,
    number: String,
    units: String,
    state: &'static str,
    tone: &'static str,
    about: String,
    revision: i64,
    title: Vec<Bit>,
    body: Vec<Vec<Bit>>,
    edited: bool,
    can_claim: bool,
    can_release: bool,
    can_edit: bool,
    can_reopen: bool,
    decisions: Vec<Decision>,
    publications: Vec<(i64, String)>,
    checks: Vec<Check>,
    same: Vec<(i64, String)>,
    files: Vec<(i64, String)>,
    uses: Vec<String>,
    versions: Vec<(i64, String, bool)>,
    events: Vec<String>,
}

#[derive(Template)]
#[template(path = "intake/desk.html")]
struct DeskPage {
    frame: Frame,
    summary: String,
    quarantined: i64,
    faults: Faults,
    states: Vec<(&'static str, &'static str, bool)>,
    categories: Vec<(String, bool)>,
    units: Vec<Choice>,
    text: String,
    query: String,
    lines: Vec<Line>,
    next: Option<String>,
    item: Option<Shown>,
    topic_box: TopicBox,
}

pub(crate) fn filter_of(asked: &Posted) -> InboxFilter {
    let known = |state: &str| STATES.iter().any(|(key, _)| *key == state);
    InboxFilter {
        state: Some(asked.trimmed("state")).filter(|state| known(state)).unwrap_or_default(),
        category: asked.trimmed("category"),
        unit: asked.number("unit").map(UnitId),
        text: asked.trimmed("text").chars().take(50).collect(),
        past: asked.number("past").map(ItemId),
    }
}

/// The filter as the end of an address, empty where nothing is filtered.
fn query_of(filter: &InboxFilter, past: Option<ItemId>) -> String {
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let unit = filter.unit.map(|unit| unit.to_string()).unwrap_or_default();
    let past = past.map(|past| past.to_string()).unwrap_or_default();
    let pairs: Vec<String> = [
        ("state", filter.state.as_str()),
        ("category", &filter.category),
        ("unit", &unit),
        ("text", &filter.text),
        ("past", &past),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={}", encoded(value)))
    .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// How long something has waited, in words.
fn waited(since: jiff::Timestamp, now: jiff::Timestamp) -> String {
    let minutes = now.duration_since(since).as_mins().max(0);
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes}分"),
        (0, hours, minutes) => format!("{hours}小时{minutes}分"),
        (days, hours, _) => format!("{days}天{hours}小时"),
    }
}

fn desk_page(desk: &Desk, inbox: &Inbox, filter: &InboxFilter, item: Option<ItemPage>) -> DeskPage {
    let waiting =
        inbox.oldest.map(|oldest| format!("，最久{}", waited(oldest, desk.server.app.now()))).unwrap_or_default();
    let here = item.as_ref().map(|item| item.row.id);
    DeskPage {
        frame: desk.frame(Room::Intake, "收稿"),
        summary: format!("待办{}件{waiting}", inbox.to_do),
        quarantined: inbox.quarantined,
        faults: Faults::default(),
        states: STATES.iter().map(|(key, name)| (*key, *name, *key == filter.state)).collect(),
        categories: inbox.categories.iter().map(|name| (name.clone(), *name == filter.category)).collect(),
        units: inbox
            .units
            .iter()
            .map(|(unit, name)| Choice { id: unit.0, name: name.clone(), chosen: filter.unit == Some(*unit) })
            .collect(),
        text: filter.text.clone(),
        query: query_of(filter, filter.past),
        next: inbox.next.map(|next| format!("/intake{}", query_of(filter, Some(next)))),
        lines: inbox
            .lines
            .iter()
            .map(|line| {
                let mut tags = Vec::new();
                if line.row.worry {
                    tags.push(("warn", "忧".to_owned()));
                }
                if line.over > 0 {
                    tags.push(("warn", format!("超{}字", line.over)));
                }
                if line.row.repeats.is_some() {
                    tags.push(("warn", "重复".to_owned()));
                }
                if !line.row.doubts.is_empty() {
                    tags.push(("warn", "有疑点".to_owned()));
                }
                if !line.holder.is_empty() {
                    tags.push(("act", format!("{}在编", line.holder)));
                }
                if !matches!(line.row.state.as_str(), "received" | "editing") {
                    tags.push((tone(&line.row.state), state_name(&line.row.state).to_owned()));
                }
                Line {
                    id: line.row.id,
                    about: words::dotted(&[
                        &line.units,
                        &line.row.category,
                        &format!("{}字", line.row.words),
                        &format!("{} {}", line.row.channel, when(line.row.received_at)),
                    ]),
                    title: line.row.title.clone(),
                    tags,
                    here: here == Some(line.row.id),
                }
            })
            .collect(),
        topic_box: item.as_ref().map_or_else(TopicBox::default, |item| {
            TopicBox::of(format!("/intake/{}", item.row.id), &item.topics, &item.open_topics)
        }),
        item: item.map(shown),
    }
}

fn shown(page: ItemPage) -> Shown {
    let may = |wish: Move| !page.others && wish.is_allowed_in(&page.row.state);
    let (first, newest) = (page.first().clone(), page.newest().clone());
    let mut decisions = Vec::new();
    let mut decide = |allowed: bool, path, name, coded, repeats, words| {
        if allowed {
            let codes = if coded { REASONS.map(|code| (code, false)).to_vec() } else { Vec::new() };
            let repeats = Some(String::new()).filter(|_| repeats);
            decisions.push(Decision {
                path,
                name,
                codes,
                repeats,
                words,
                typed: String::new(),
                open: false,
                faults: Faults::default(),
            });
        }
    };
    decide(may(Move::Return), "return", "退稿", true, false, "补充说明（单位会看到）");
    decide(may(Move::Decline), "decline", "不采用", true, false, "补充说明（单位会看到）");
    decide(may(Move::Hold), "hold", "留存备用", false, false, "说明（单位会看到）");
    let there = page.row.state != "withdrawn";
    let out = !page.row.counted || page.row.repeats.is_some();
    decide(there, "ask", "请单位核实", false, false, "要核实的内容（单位会看到）");
    decide(there, "remark", "点评", false, false, "点评（单位会看到）");
    decide(there && !out, "not-counted", "不计篇数", true, true, "补充说明（单位会看到）");
    decide(there && out, "count", "恢复计数", false, false, "理由（单位会看到）");
    let state = if page.mine { "我在编辑" } else { state_name(&page.row.state) };
    let holder = if page.others { format!(" · 由{}认领", page.holder) } else { String::new() };
    let authors =
        if page.row.authors.is_empty() { String::new() } else { format!(" · 撰稿人{}", page.row.authors) };
    let contact = if page.row.contact.is_empty() { String::new() } else { format!(" · {}", page.row.contact) };
    Shown {
        id: page.row.id,
        number: page.row.number.clone(),
        units: page.units.clone(),
        state,
        tone: tone(&page.row.state),
        about: words::dotted(&[
            &page.row.category,
            &format!("{}字", page.row.words),
            &format!("{} {}收稿{authors}{contact}{holder}", page.row.channel, when(page.row.received_at)),
        ]),
        revision: page.row.revision,
        title: bits(&first.title, &newest.title),
        body: lines_of(bits(&first.body, &newest.body)),
        edited: first.revision != newest.revision,
        can_claim: may(Move::Claim) && !page.mine,
        can_release: page.mine && may(Move::Release),
        can_edit: may(Move::Edit),
        can_reopen: may(Move::Reopen),
        decisions,
        publications: page.publications.iter().map(|one| (one.id, one.name.clone())).collect(),
        checks: page.checks.clone(),
        same: page
            .same
            .iter()
            .map(|one| (one.row.id, format!("{} {}《{}》", one.units, one.row.number, one.row.title)))
            .collect(),
        files: page.attachments.iter().map(|file| (file.row.position, file.row.name.clone())).collect(),
        uses: page
            .uses
            .iter()
            .map(|one| {
                let points = if one.points.is_empty() { String::new() } else { format!("，{}分", one.points) };
                format!("{} {}{points} {}", used_on(&one.date), one.name, one.note)
            })
            .collect(),
        versions: page
            .versions
            .iter()
            .rev()
            .map(|(version, by)| {
                let remark = if version.note.is_empty() { String::new() } else { format!("，{}", version.note) };
                let words = format!("第{}版 {} {by}{remark}", version.revision, when(version.saved_at));
                (version.revision, words, version.revision != newest.revision && may(Move::Edit))
            })
            .collect(),
        events: page
            .events
            .iter()
            .map(|event| {
                let by = if event.who.is_empty() { String::new() } else { format!("（{}）", event.who) };
                format!("{} {}{by}", when(event.row.at), event.row.text)
            })
            .collect(),
    }
}

/// `GET /intake`: what is to be done, oldest first.
async fn list(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let filter = filter_of(&asked);
    let wish = filter.clone();
    let inbox = desk.run(move |app| app.inbox(&who, &wish)).await?;
    desk.show(&desk_page(&desk, &inbox, &filter, None))
}

/// `GET /intake/{item}`: the list with one item beside it.
async fn item(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, asked: Asked) -> Answer {
    let (filter, item) = (filter_of(&asked), ItemId(id(&item)?));
    let wish = filter.clone();
    let (page, inbox) = desk.run(move |app| Ok((app.item(&who, item)?, app.inbox(&who, &wish)?))).await?;
    desk.show(&desk_page(&desk, &inbox, &filter, Some(page)))
}

/// The item and the version a form was opened at.
fn opened(item: &str, posted: &Posted) -> Result<(ItemId, Revision), Oops> {
    Ok((ItemId(id(item)?), Revision(posted.number("revision").unwrap_or(0))))
}

fn reasoned(posted: &Posted) -> Reasoned {
    Reasoned { code: posted.trimmed("code"), words: posted.one("words").to_owned() }
}

/// The end of a decision: on to the next page, or, with faults, the item again with the form open and everything typed in it.
async fn decided(
    desk: &Desk,
    (who, item): (Editor, ItemId),
    path: &str,
    posted: &Posted,
    made: Result<(), Oops>,
    (to, sentence): (&str, &str),
) -> Answer {
    let found = match made {
        Ok(()) => return desk.done(to, sentence),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => found,
            other => return Err(other.into()),
        },
    };
    let filter = InboxFilter::default();
    let wish = filter.clone();
    let (page, inbox) = desk.run(move |app| Ok((app.item(&who, item)?, app.inbox(&who, &wish)?))).await?;
    let mut page = desk_page(desk, &inbox, &filter, Some(page));
    let mut decisions = page.item.iter_mut().flat_map(|shown| &mut shown.decisions);
    match decisions.find(|decision| decision.path == path) {
        Some(decision) => {
            decision.faults = Faults::of(found, &["code", "words", "repeats"]);
            decision.open = true;
            posted.one("words").clone_into(&mut decision.typed);
            for (code, chosen) in &mut decision.codes {
                *chosen = *code == posted.one("code");
            }
            if let Some(number) = &mut decision.repeats {
                posted.one("repeats").clone_into(number);
            }
        }
        // The decision is not offered any more: what is wrong with it is said all the same.
        None => page.faults = Faults::of(found, &[]),
    }
    desk.show_faulty(&page)
}

/// `POST /intake/{item}/claim`
async fn claim(desk: Desk, By(who): By<Editor>, Path(item): Path<String>) -> Answer {
    let item = ItemId(id(&item)?);
    desk.run(move |app| app.claim(&who, item)).await?;
    desk.done(&format!("/intake/{item}"), "已认领，其他编辑暂不能改动。")
}

/// `POST /intake/{item}/release`
async fn release(desk: Desk, By(who): By<Editor>, Path(item): Path<String>) -> Answer {
    let item = ItemId(id(&item)?);
    desk.run(move |app| app.release(&who, item)).await?;
    desk.done(&format!("/intake/{item}"), "已放回待处理。")
}

/// `POST /intake/{item}/reopen`
async fn reopen(desk: Desk, By(who): By<Editor>, Path(item): Path<String>) -> Answer {
    let item = ItemId(id(&item)?);
    desk.run(move |app| app.reopen_item(&who, item)).await?;
    desk.done(&format!("/intake/{item}"), "已重新列入待处理。")
}

/// `POST /intake/{item}/return`: sends an item back with a coded reason (退稿).
async fn return_item(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let ((item, revision), why) = (opened(&item, &posted)?, reasoned(&posted));
    let by = who.clone();
    let made = desk.run(move |app| app.return_item(&by, item, revision, &why)).await;
    decided(&desk, (who, item), "return", &posted, made, ("/intake", "稿件已退回，单位可以看到原因。")).await
}

/// `POST /intake/{item}/decline`
async fn decline(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let ((item, revision), why) = (opened(&item, &posted)?, reasoned(&posted));
    let by = who.clone();
    let made = desk.run(move |app| app.decline_item(&by, item, revision, &why)).await;
    decided(&desk, (who, item), "decline", &posted, made, ("/intake", "已列为不采用，单位可以看到原因。")).await
}

/// `POST /intake/{item}/hold`
async fn hold(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let ((item, revision), words) = (opened(&item, &posted)?, posted.one("words").to_owned());
    let by = who.clone();
    let made = desk.run(move |app| app.hold_item(&by, item, revision, &words)).await;
    decided(&desk, (who, item), "hold", &posted, made, ("/intake", "已留存备用。")).await
}

/// `POST /intake/{item}/not-counted`
async fn not_counted(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, why, repeats) = (ItemId(id(&item)?), reasoned(&posted), posted.trimmed("repeats"));
    let by = who.clone();
    let made = desk.run(move |app| app.not_counted(&by, item, &why, &repeats)).await;
    decided(
        &desk,
        (who, item),
        "not-counted",
        &posted,
        made,
        (&format!("/intake/{item}"), "已核定不计篇数，单位可以看到原因。"),
    )
    .await
}

/// `POST /intake/{item}/count`
async fn count_again(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, words) = (ItemId(id(&item)?), posted.one("words").to_owned());
    let by = who.clone();
    let made = desk.run(move |app| app.count_again(&by, item, &words)).await;
    decided(&desk, (who, item), "count", &posted, made, (&format!("/intake/{item}"), "已恢复计数。")).await
}

/// `POST /intake/{item}/ask`
async fn ask(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, words) = (ItemId(id(&item)?), posted.one("words").to_owned());
    let by = who.clone();
    let made = desk.run(move |app| app.ask_unit(&by, item, &words)).await;
    decided(&desk, (who, item), "ask", &posted, made, (&format!("/intake/{item}"), "已请单位核实。")).await
}

/// `POST /intake/{item}/remark`
async fn remark(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, words) = (ItemId(id(&item)?), posted.one("words").to_owned());
    let by = who.clone();
    let made = desk.run(move |app| app.remark(&by, item, &words)).await;
    decided(&desk, (who, item), "remark", &posted, made, (&format!("/intake/{item}"), "点评已送达单位。")).await
}

/// `POST /intake/{item}/topic`: the item is about a topic of reporting points. Field topic.
async fn tie(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, topic) = (ItemId(id(&item)?), posted.number("topic").unwrap_or(0));
    let by = who.clone();
    match desk.run(move |app| app.tie_item(&by, item, topic)).await {
        Ok(()) => desk.done(&format!("/intake/{item}"), "已对应报送要点。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let filter = InboxFilter::default();
                let wish = filter.clone();
                let (page, inbox) = desk.run(move |app| Ok((app.item(&who, item)?, app.inbox(&who, &wish)?))).await?;
                let page = desk_page(&desk, &inbox, &filter, Some(page));
                desk.show_faulty(&DeskPage { faults: Faults::of(found, &["topic"]), ..page })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /intake/{item}/topic/remove`: it is not. Field topic.
async fn untie(desk: Desk, By(who): By<Editor>, Path(item): Path<String>, posted: Posted) -> Answer {
    let (item, topic) = (ItemId(id(&item)?), posted.number("topic").unwrap_or(0));
    desk.run(move |app| app.untie_item(&who, item, topic)).await?;
    desk.done(&format!("/intake/{item}"), "已取消对应。")
}

/// `GET /intake/{item}/attachment/{position}`
async fn attachment(desk: Desk, By(who): By<Editor>, Path((item, position)): Path<(String, String)>) -> Answer {
    let (item, position) = (ItemId(id(&item)?), id(&position)?);
    let (file, bytes) = desk.run(move |app| app.attachment(&who, item, position)).await?;
    Ok(download(&file.name, bytes))
}
