//! 工作日历: the notices of holidays by year, entering one as it was published, and trying a deadline.

use askama::Template;
use axum::extract::Path;
use jiff::civil::Date;
use tz_app::Administrator;
use tz_app::system::CalendarYear;
use tz_model::calendar::{Calendar, Day, Notice};

use super::{Tab, Typed, faults_of, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

const HERE: &str = "/system/calendar";

struct YearLine {
    year: i16,
    here: bool,
}

/// One holiday as the page shows it.
struct HolidayLine {
    name: String,
    off: String,
    days: usize,
    made_up: String,
}

#[derive(Template)]
#[template(path = "system/calendar.html")]
struct CalendarPage {
    frame: Frame,
    tabs: Vec<Tab>,
    years: Vec<YearLine>,
    year: String,
    number: String,
    own: bool,
    known: bool,
    working_days: u16,
    holidays: Vec<HolidayLine>,
    text: String,
    year_typed: String,
    year_fault: Option<String>,
    faults: Vec<String>,
    /// The year to come has no notice though it must have been published.
    lacking: Option<i16>,
    from: String,
    count: String,
    counted: String,
}

fn line(notice: &Notice) -> impl Fn(&tz_model::calendar::Holiday) -> HolidayLine + '_ {
    |holiday| {
        let words = holiday.words(notice.year);
        let (off, made_up) = words.split_once("放假。").unwrap_or((&words, ""));
        HolidayLine {
            name: holiday.name.to_string(),
            off: off.to_owned(),
            days: holiday.off.len(),
            made_up: made_up.trim_end_matches("上班。").to_owned(),
        }
    }
}

/// What kind of day it is, for the sentence that answers a trial.
fn kind(calendar: &Calendar, day: Date) -> String {
    match calendar.day(day) {
        Ok(Day::Working) => "工作日".to_owned(),
        Ok(Day::Weekend) => "周末".to_owned(),
        Ok(Day::Holiday(name)) => format!("{name}放假"),
        Ok(Day::MadeUp(name)) => format!("{name}调休上班"),
        Err(unknown) => unknown.to_string(),
    }
}

/// `截止日期是2018年10月8日（周一），2018年9月28日（工作日）之后第3个工作日。`
fn counted(calendar: &Calendar, from: &str, count: &str) -> String {
    if from.is_empty() && count.is_empty() {
        return String::new();
    }
    let (Ok(from), Ok(count)) = (tz_model::parse_date(from), count.parse::<u16>()) else {
        return "请填写起算日期和工作日天数，例如 2018-09-28 和 3。".to_owned();
    };
    if count > 250 {
        return "工作日天数不超过250。".to_owned();
    }
    match calendar.days_after(from, count) {
        Ok(to) => format!(
            "{}（{}）之后第{count}个工作日是{}（{}，{}）。",
            words::day(from),
            kind(calendar, from),
            words::day(to),
            words::weekday(to),
            kind(calendar, to)
        ),
        Err(unknown) => unknown.to_string(),
    }
}

async fn show(desk: &Desk, who: Administrator, asked: &Posted, typed: Option<Typed>) -> Result<CalendarPage, Oops> {
    let today = desk.server.app.today();
    let (years, calendar) = desk.run(move |app| Ok((app.calendar_years(&who)?, app.calendar()?))).await?;
    let given = asked.one("year").trim();
    let wanted = given.parse().unwrap_or(today.year());
    let chosen: Option<&CalendarYear> = years.iter().find(|year| year.notice.year == wanted);
    // The notice of a year is published in October or November of the one before.
    let next = today.year() + 1;
    let lacking = (today.month() >= 11 && !years.iter().any(|year| year.notice.year == next)).then_some(next);
    let held = chosen.map(|year| year.notice.text()).unwrap_or_default();
    Ok(CalendarPage {
        frame: desk.frame(Room::System, "工作日历"),
        tabs: tabs(HERE),
        years: years.iter().map(|year| YearLine { year: year.notice.year, here: year.notice.year == wanted }).collect(),
        year: wanted.to_string(),
        known: chosen.is_some(),
        number: chosen.map(|year| year.notice.number.clone()).unwrap_or_default(),
        own: chosen.is_some_and(|year| year.own),
        working_days: chosen.map_or(0, |year| year.working_days),
        holidays: chosen.map(|year| year.notice.holidays.iter().map(line(&year.notice)).collect()).unwrap_or_default(),
        year_typed: typed.as_ref().map_or_else(|| wanted.to_string(), |typed| typed.posted.one("year").to_owned()),
        year_fault: typed.as_ref().and_then(|typed| typed.fault("year")),
        faults: typed
            .iter()
            .flat_map(|typed| &typed.faults)
            .filter(|fault| fault.field == "text")
            .map(|fault| fault.sentence.clone())
            .collect(),
        text: typed.map_or(held, |typed| typed.posted.one("text").to_owned()),
        lacking,
        from: asked.trimmed("from"),
        count: asked.trimmed("count"),
        counted: counted(&calendar, asked.one("from").trim(), asked.one("count").trim()),
    })
}

/// `GET /system/calendar`: `year` chooses one; `from` and `count` try a deadline.
pub(super) async fn page(desk: Desk, By(who): By<Administrator>, Asked(asked): Asked) -> Answer {
    let page = show(&desk, who, &asked, None).await?;
    desk.show(&page)
}

/// `POST /system/calendar`: fields year, text.
pub(super) async fn save(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (by, year, text) = (who.clone(), posted.trimmed("year"), posted.one("text").to_owned());
    match desk.run(move |app| app.save_notice(&by, &year, &text)).await {
        Ok(notice) => {
            let done = format!("{}年的放假安排已录入。从现在起按它计算工作日，已定的截止日期不变。", notice.year);
            desk.done(&format!("{HERE}?year={}", notice.year), &done)
        }
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted: posted.clone() };
            let page = show(&desk, who, &posted, Some(typed)).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/calendar/{year}/restore`
pub(super) async fn restore(desk: Desk, By(who): By<Administrator>, Path(year): Path<String>) -> Answer {
    let year = super::number(&year)?;
    let of = i16::try_from(year).map_err(|_| tz_app::Problem::NotThere)?;
    desk.run(move |app| app.drop_notice(&who, of)).await?;
    desk.done(&format!("{HERE}?year={year}"), &format!("{year}年已恢复为系统自带的安排；系统没有自带的，等于撤销。"))
}
