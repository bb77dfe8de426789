//! 全员办信息 (N2.5): the office's own people by week and month, and a year's eligibility.

use askama::Template;
use axum::extract::Path;
use jiff::civil::Date;
use tz_app::staff::{LEAST_A_WEEK, Member, MemberMonth, MemberWish, MemberYear, Week, WeekDone, WeekState, WeekWish};
use tz_app::{Chief, Editor, FieldFault, Problem};
use tz_model::Month;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::forward::month_asked;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::id_of;
use crate::{Allow, Routes, words};

const HERE: &str = "/network/staff";

/// Every route of the office's people with who may use it.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get(HERE, Allow::Editors, page)
        .post(HERE, Allow::Editors, record)
        .get("/network/staff/year", Allow::Editors, year)
        .post("/network/staff/people", Allow::Chiefs, add)
        .post("/network/staff/people/{person}/left", Allow::Chiefs, left)
}

/// One cell of the month: a person's week.
struct Cell {
    /// `2篇 1条`, or a word where it does not count.
    words: String,
    tag: &'static str,
    note: String,
    items: Vec<(i64, String)>,
}

impl Cell {
    fn of(week: &WeekDone) -> Self {
        let done = format!("{}篇 {}条", week.all_items(), week.leads);
        let (words, tag) = match week.state {
            WeekState::Met => (done, "good"),
            WeekState::Short => (done, "warn"),
            WeekState::Open => (done, ""),
            WeekState::Excused => ("免计".to_owned(), ""),
            WeekState::Away => (String::new(), ""),
        };
        let items = week.items.iter().map(|(id, number)| (id.0, number.clone())).collect();
        Self { words, tag, note: week.note.clone(), items }
    }
}

struct MemberLine {
    name: String,
    about: String,
    cells: Vec<Cell>,
    items: i64,
    leads: i64,
    short: usize,
}

impl MemberLine {
    fn of(one: &MemberMonth) -> Self {
        let (items, leads) = one.done();
        Self {
            name: one.member.name.clone(),
            about: about(&one.member),
            cells: one.weeks.iter().map(Cell::of).collect(),
            items,
            leads,
            short: one.short(),
        }
    }
}

fn about(member: &Member) -> String {
    format!("{} {}", member.section, if member.full_time { "专职" } else { "兼职" })
}

/// A week as a heading: `6月4日至10日`.
fn called(week: Week) -> String {
    let (first, last) = (week.monday, week.sunday());
    if first.month() == last.month() {
        format!("{}月{}日至{}日", first.month(), first.day(), last.day())
    } else {
        format!("{}月{}日至{}月{}日", first.month(), first.day(), last.month(), last.day())
    }
}

/// A person as the list of them has it.
struct PersonLine {
    id: i64,
    name: String,
    about: String,
    from: String,
    /// The last day; empty for those who are there.
    to: String,
}

#[derive(Template)]
#[template(path = "network/staff.html")]
struct StaffPage {
    frame: Frame,
    month: String,
    heading: String,
    before: String,
    after: Option<String>,
    least: i64,
    weeks: Vec<String>,
    lines: Vec<MemberLine>,
    /// Those of whom a week can be entered: identity, name, chosen.
    members: Vec<(i64, String, bool)>,
    day: String,
    items: String,
    leads: String,
    excused: bool,
    note: String,
    faults: Faults,
    chief: bool,
    people: Vec<PersonLine>,
    /// A person being entered: name, section, from, part-time.
    new: (String, String, String, bool),
    new_faults: Faults,
    today: String,
}

/// The two forms of the page as posted, with what is wrong with them.
#[derive(Default)]
struct Posts {
    week: (Posted, Vec<FieldFault>),
    person: (Posted, Vec<FieldFault>),
}

async fn show(desk: &Desk, who: Editor, month: Month, posts: Posts) -> Result<StaffPage, Oops> {
    let chief = Chief::of(&who).is_some();
    let (shown, people) = desk.run(move |app| Ok((app.staff_month(&who, month)?, app.staff(&who)?))).await?;
    let today = desk.server.app.today();
    let ((typed, faults), (person, person_faults)) = (posts.week, posts.person);
    let or = |posted: &Posted, name: &str, fallback: String| {
        let text = posted.one(name).to_owned();
        if text.is_empty() { fallback } else { text }
    };
    let there = |member: &&Member| member.to.is_none_or(|to| to >= month.first());
    let after = month.next();
    Ok(StaffPage {
        frame: desk.frame(Room::Network, "全员办信息"),
        month: month.to_string(),
        heading: month.chinese(),
        before: month.previous().to_string(),
        after: (after <= desk.server.app.this_month()).then(|| after.to_string()),
        least: LEAST_A_WEEK,
        weeks: shown.weeks.iter().copied().map(called).collect(),
        lines: shown.people.iter().map(MemberLine::of).collect(),
        members: people
            .iter()
            .filter(there)
            .map(|member| (member.id, member.name.clone(), typed.number("member") == Some(member.id)))
            .collect(),
        day: or(&typed, "day", today.to_string()),
        items: or(&typed, "items", "0".to_owned()),
        leads: or(&typed, "leads", "0".to_owned()),
        excused: typed.ticked("excused"),
        note: typed.one("note").to_owned(),
        faults: Faults::of(faults, &["member", "day", "items", "leads", "note"]),
        chief,
        people: people
            .iter()
            .map(|member| PersonLine {
                id: member.id,
                name: member.name.clone(),
                about: about(member),
                from: words::day(member.from),
                to: member.to.map(words::day).unwrap_or_default(),
            })
            .collect(),
        new: (
            person.one("name").to_owned(),
            person.one("section").to_owned(),
            or(&person, "from", today.to_string()),
            person.one("kind") == "part",
        ),
        new_faults: Faults::of(person_faults, &["name", "section", "from", "last"]),
        today: today.to_string(),
    })
}

/// `GET /network/staff?month=2018-06`
async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let this = desk.server.app.this_month();
    let page = show(&desk, who, month_asked(&asked, this).unwrap_or(this), Posts::default()).await?;
    desk.show(&page)
}

/// Shows the page again with what was typed, where something was wrong with it.
async fn again(desk: Desk, who: Editor, month: Month, oops: Oops, posted: Posted, person: bool) -> Answer {
    let faults = match oops.into_problem()? {
        Problem::Faults(faults) => faults,
        other => return Err(other.into()),
    };
    let posts = if person {
        Posts { person: (posted, faults), ..Posts::default() }
    } else {
        Posts { week: (posted, faults), ..Posts::default() }
    };
    let page = show(&desk, who, month, posts).await?;
    desk.show_faulty(&page)
}

/// `POST /network/staff`: a person's week.
async fn record(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let this = desk.server.app.this_month();
    let month = month_asked(&posted, this).unwrap_or(this);
    let wish = WeekWish {
        member: posted.number("member"),
        day: posted.trimmed("day"),
        items: posted.trimmed("items"),
        leads: posted.trimmed("leads"),
        excused: posted.ticked("excused"),
        note: posted.trimmed("note"),
    };
    let by = who.clone();
    match desk.run(move |app| app.record_staff_week(&by, &wish)).await {
        Ok(week) => {
            let of = Month::of_date(week.thursday());
            desk.done(&format!("{HERE}?month={of}"), &format!("{}这一周已登记。", called(week)))
        }
        Err(oops) => again(desk, who, month, oops, posted, false).await,
    }
}

/// `POST /network/staff/people`
async fn add(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    let wish = MemberWish {
        name: posted.trimmed("name"),
        section: posted.trimmed("section"),
        full_time: posted.one("kind") != "part",
        from: posted.trimmed("from"),
    };
    let (by, name) = (who.clone(), wish.name.clone());
    match desk.run(move |app| app.add_staff(&by, &wish)).await {
        Ok(()) => desk.done(HERE, &format!("{name}已列入。")),
        Err(oops) => {
            let editor = Editor::of(&who).ok_or(Problem::NotThere)?;
            let month = desk.server.app.this_month();
            again(desk, editor, month, oops, posted, true).await
        }
    }
}

/// `POST /network/staff/people/{person}/left`
async fn left(desk: Desk, By(who): By<Chief>, Path(person): Path<String>, posted: Posted) -> Answer {
    let id: i64 = id_of(&person)?;
    let (by, last) = (who.clone(), posted.trimmed("last"));
    match desk.run(move |app| app.staff_left(&by, id, &last)).await {
        Ok(name) => desk.done(HERE, &format!("{name}已登记调离，以前各周的记录不变。")),
        Err(oops) => {
            let editor = Editor::of(&who).ok_or(Problem::NotThere)?;
            let month = desk.server.app.this_month();
            again(desk, editor, month, oops, posted, true).await
        }
    }
}

struct YearLine {
    name: String,
    about: String,
    /// Items and leads of each month; empty where there were none.
    months: Vec<String>,
    items: i64,
    leads: i64,
    eligible: bool,
    short: Vec<String>,
}

impl YearLine {
    fn of(one: &MemberYear) -> Self {
        let word = |(items, leads): &(i64, i64)| match (items, leads) {
            (0, 0) => String::new(),
            (items, leads) => format!("{items}+{leads}"),
        };
        Self {
            name: one.member.name.clone(),
            about: about(&one.member),
            months: one.months.iter().map(word).collect(),
            items: one.months.iter().map(|(items, _)| items).sum(),
            leads: one.months.iter().map(|(_, leads)| leads).sum(),
            eligible: one.is_eligible(),
            short: one.short.iter().copied().map(called).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "network/staff_year.html")]
struct StaffYearPage {
    frame: Frame,
    year: i16,
    least: i64,
    lines: Vec<YearLine>,
    eligible: usize,
}

/// `GET /network/staff/year?year=2018`
async fn year(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let this: Date = desk.server.app.today();
    let asked = asked.number("year").and_then(|year| i16::try_from(year).ok());
    let year = asked.filter(|year| (1900..=2999).contains(year)).unwrap_or(this.year());
    let people = desk.run(move |app| app.staff_year(&who, year)).await?;
    let lines: Vec<YearLine> = people.iter().map(YearLine::of).collect();
    let eligible = lines.iter().filter(|line| line.eligible).count();
    desk.show(&StaffYearPage {
        frame: desk.frame(Room::Network, "年度评优资格"),
        year,
        least: LEAST_A_WEEK,
        lines,
        eligible,
    })
}
