//! The room of the network (队伍): units, people, mailboxes, who falls short (N1); training and rotation by year (N2.3).

mod partners;
mod staff;
mod training;

use askama::Template;
use tz_app::network::{UnitGroup, UnitView, officers_needed};
use tz_app::{Editor, FieldFault, Problem, Role};
use tz_model::{Table, UnitId};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::forward::Undo;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::words;
use crate::{Allow, Routes};

/// Every route of the room of the network with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/network", Allow::Editors, directory)
        .get("/network/yearly", Allow::Editors, yearly)
        .post("/network/yearly", Allow::Editors, record)
        .post("/network/yearly/withdraw", Allow::Editors, withdraw)
        .get("/network/training", Allow::Editors, training::list)
        .upload("/network/training", Allow::Editors, training::plan)
        .get("/network/training/{training}", Allow::Editors, training::show)
        .post("/network/training/{training}/sign-in", Allow::Editors, training::sign_in)
        .post("/network/training/{training}/take-back", Allow::Editors, training::take_back)
        .get("/network/training/{training}/sheet", Allow::Editors, training::sheet_docx)
        .get("/network/training/{training}/sheet.pdf", Allow::Editors, training::sheet_pdf)
        .get("/network/training/{training}/file/{position}", Allow::Editors, training::file)
        .get("/network/rotation", Allow::Editors, training::roster)
        .post("/network/rotation", Allow::Editors, training::plan_rotation)
        .post("/network/rotation/{rotation}/end", Allow::Editors, training::end_rotation)
        .get("/network/partners", Allow::Editors, partners::list)
        .post("/network/partners", Allow::Editors, partners::add)
        .post("/network/partners/{partner}/end", Allow::Editors, partners::end)
        .get("/network/rights", Allow::Editors, partners::rights)
        .post("/network/rights", Allow::Editors, partners::set_rights)
        .and(staff::routes())
}

/// A unit to tick.
pub(crate) struct PickUnit {
    pub id: i64,
    pub name: String,
    pub ticked: bool,
}

/// A ranking group to tick units of: `network/pick.html`.
pub(crate) struct PickGroup {
    pub name: String,
    pub units: Vec<PickUnit>,
    /// Opened, because something in it is ticked.
    pub open: bool,
    /// The whole group is ticked, where a form offers that.
    pub whole: bool,
}

/// The units to choose from, those ticked in `typed` ticked again.
pub(crate) fn pick(groups: Vec<UnitGroup>, typed: &Posted) -> Vec<PickGroup> {
    groups
        .into_iter()
        .map(|group| {
            let units: Vec<PickUnit> = group
                .units
                .into_iter()
                .map(|unit| PickUnit {
                    ticked: typed.all("unit").any(|id| id == unit.id.to_string()),
                    id: unit.id.0,
                    name: unit.name,
                })
                .collect();
            PickGroup {
                open: units.iter().any(|unit| unit.ticked),
                whole: typed.all("group").any(|name| name == group.name),
                name: group.name,
                units,
            }
        })
        .collect()
}

/// The units ticked on a form.
pub(crate) fn picked(posted: &Posted) -> Vec<UnitId> {
    posted.all("unit").filter_map(|id| id.parse().ok()).collect()
}

struct UnitLine {
    name: String,
    class: String,
    direct_point: String,
    parent: String,
    /// Duty and who holds it, as one line each.
    people: Vec<String>,
    mailboxes: Vec<String>,
    short: String,
    point_field: String,
    ended: String,
}

struct GroupTable {
    name: String,
    needed: String,
    units: Vec<UnitLine>,
}

#[derive(Template)]
#[template(path = "network/directory.html")]
struct DirectoryPage {
    frame: Frame,
    groups: Vec<GroupTable>,
    total: usize,
    short: usize,
    no_mailbox: usize,
    only_short: bool,
    /// Units that were merged, split or dissolved.
    ended: Vec<UnitLine>,
    /// The chief decides what units ask for about their mailboxes.
    chief: bool,
}

fn unit_line(unit: UnitView) -> UnitLine {
    let mut duties: Vec<(String, Vec<String>)> = Vec::new();
    for person in unit.people {
        let words = if person.phone.is_empty() { person.name } else { format!("{} {}", person.name, person.phone) };
        match duties.iter_mut().find(|(duty, _)| *duty == person.duty) {
            Some((_, names)) => names.push(words),
            None => duties.push((person.duty, vec![words])),
        }
    }
    UnitLine {
        name: unit.name,
        class: unit.class,
        direct_point: unit.direct_point,
        parent: unit.parent,
        people: duties.into_iter().map(|(duty, names)| format!("{duty}：{}", names.join("、"))).collect(),
        mailboxes: unit.mailboxes,
        point_field: unit.point_field,
        ended: unit.ended,
        short: if unit.short > 0 { format!("信息员少{}人", unit.short) } else { String::new() },
    }
}

/// `GET /network`, `?short=1` for those that fall short only.
async fn directory(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let chief = who.role == Role::Chief;
    let all = desk.run(move |app| app.network(&who)).await?;
    let (units, ended): (Vec<UnitView>, Vec<UnitView>) = all.into_iter().partition(|unit| unit.ended.is_empty());
    let only_short = asked.ticked("short");
    let (total, short) = (units.len(), units.iter().filter(|unit| unit.short > 0).count());
    let no_mailbox = units.iter().filter(|unit| unit.mailboxes.is_empty()).count();
    let mut groups: Vec<GroupTable> = Vec::new();
    for unit in units.into_iter().filter(|unit| !only_short || unit.short > 0) {
        let group = unit.group.clone();
        let needed = format!("每个单位至少{}名信息员", officers_needed(&group));
        let line = unit_line(unit);
        match groups.iter_mut().find(|known| known.name == group) {
            Some(known) => known.units.push(line),
            None => groups.push(GroupTable { name: group, needed, units: vec![line] }),
        }
    }
    let frame = desk.frame(Room::Network, "队伍");
    let ended = ended.into_iter().map(unit_line).collect();
    desk.show(&DirectoryPage { frame, groups, total, short, no_mailbox, only_short, ended, chief })
}

struct DoneLine {
    key: String,
    name: String,
    group: String,
    date: String,
    note: String,
    undo: Undo,
}

struct EventTable {
    name: String,
    points: String,
    done: Vec<DoneLine>,
    undone: Vec<(String, String)>,
    total: usize,
}

#[derive(Template)]
#[template(path = "network/yearly.html")]
struct YearlyPage {
    frame: Frame,
    year: i16,
    before: i16,
    after: i16,
    events: Vec<EventTable>,
    groups: Vec<PickGroup>,
    /// The kinds to choose from, one chosen.
    kinds: Vec<(String, bool)>,
    date: String,
    note: String,
    faults: Faults,
}

async fn yearly_page(
    desk: &Desk,
    who: Editor,
    year: Option<i64>,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<YearlyPage, Oops> {
    let year = year.and_then(|year| i16::try_from(year).ok()).filter(|year| (1900..2999).contains(year));
    let year = year.unwrap_or(desk.server.app.this_month().year());
    let (events, groups) = desk.run(move |app| Ok((app.yearly(&who, year)?, app.unit_groups(&who)?))).await?;
    let kinds = events.iter().map(|event| (event.event.clone(), event.event == typed.one("event"))).collect();
    let events = events
        .into_iter()
        .map(|event| {
            let total = event.units.len();
            let (mut done, mut undone): (Vec<DoneLine>, Vec<(String, Vec<String>)>) = (Vec::new(), Vec::new());
            for unit in event.units {
                match unit.done {
                    Some((key, day, note)) => done.push(DoneLine {
                        key,
                        name: unit.name,
                        group: unit.group,
                        date: words::day(day),
                        note,
                        undo: Undo::default(),
                    }),
                    None => match undone.iter_mut().find(|(group, _)| *group == unit.group) {
                        Some((_, names)) => names.push(unit.name),
                        None => undone.push((unit.group, vec![unit.name])),
                    },
                }
            }
            EventTable {
                name: event.event,
                points: format!("完成加{}分，年底未完成扣{}分", event.points.0, -event.points.1),
                done,
                undone: undone
                    .into_iter()
                    .map(|(group, names)| (format!("{group}（{}个）", names.len()), names.join("、")))
                    .collect(),
                total,
            }
        })
        .collect();
    Ok(YearlyPage {
        frame: desk.frame(Room::Network, &format!("{year}年培训和跟岗轮训")),
        year,
        before: year - 1,
        after: year + 1,
        events,
        groups: pick(groups, typed),
        kinds,
        date: if typed.one("date").is_empty() && faults.is_empty() {
            desk.server.app.today().to_string()
        } else {
            typed.one("date").to_owned()
        },
        note: typed.one("note").to_owned(),
        faults: Faults::of(faults, &["event", "date", "unit", "note"]),
    })
}

/// `GET /network/yearly?year=2018`
async fn yearly(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let page = yearly_page(&desk, who, asked.number("year"), &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /network/yearly`
async fn record(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (units, by) = (picked(&posted), who.clone());
    let (event, date, note) = (posted.trimmed("event"), posted.trimmed("date"), posted.trimmed("note"));
    let name = event.clone();
    let year = posted.number("year");
    match desk.run(move |app| app.record_yearly(&by, &event, &units, &date, &note)).await {
        Ok((count, late)) => {
            let to = year.map_or_else(|| "/network/yearly".to_owned(), |year| format!("/network/yearly?year={year}"));
            desk.done(&to, &format!("已登记{count}个单位“{name}”。{}", late_words(late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = yearly_page(&desk, who, year, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /network/yearly/withdraw`
async fn withdraw(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    let year = posted.number("year");
    match desk.run(move |app| app.withdraw_entered(&by, Table::Events, &key, &reason)).await {
        Ok(recorded) => {
            let to = year.map_or_else(|| "/network/yearly".to_owned(), |year| format!("/network/yearly?year={year}"));
            desk.done(&to, &format!("已撤销。{}", late_words(recorded.late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let mut page = yearly_page(&desk, who, year, &Posted::default(), Vec::new()).await?;
                let mut lines = page.events.iter_mut().flat_map(|event| &mut event.done);
                match lines.find(|line| line.key == posted.one("key")) {
                    Some(line) => line.undo = Undo::of(&line.key, &posted, &found),
                    None => page.faults = Faults::of(found, &[]),
                }
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}
