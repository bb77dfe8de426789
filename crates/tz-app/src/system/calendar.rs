//! 工作日历: the State Council's notices of holidays that are built in, and those an office entered itself.

use tz_model::calendar::{Calendar, Notice};
use tz_store::Tx;

use super::record;
use crate::{Administrator, App, FieldFault, Problem};

/// Under which names the office's own notices stand among its settings; the year follows.
const SETTING: &str = "holidays-";

/// One year of the calendar (工作日历).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarYear {
    /// Its notice.
    pub notice: Notice,
    /// The office entered it.
    pub own: bool,
    /// How many days of the year are worked.
    pub working_days: u16,
}

/// The calendar by which the office's deadlines are counted: the notices built in, and the office's own in their place.
pub(crate) fn calendar_of(tx: &mut Tx) -> Result<Calendar, Problem> {
    Ok(match own(tx)? {
        notices if notices.is_empty() => Calendar::built_in().clone(),
        notices => Calendar::built_in().with(notices),
    })
}

fn own(tx: &mut Tx) -> Result<Vec<Notice>, Problem> {
    let kept = tx.list_settings(SETTING)?.into_iter();
    Ok(kept
        .filter_map(|(name, text)| Some(Notice::read(name.strip_prefix(SETTING)?.parse().ok()?, &text).0))
        .filter(|notice| !notice.holidays.is_empty())
        .collect())
}

impl App {
    /// The calendar by which the office's deadlines are counted.
    pub fn calendar(&self) -> Result<Calendar, Problem> {
        calendar_of(&mut self.read()?)
    }

    /// Every year whose holidays are known, the newest first.
    pub fn calendar_years(&self, _who: &Administrator) -> Result<Vec<CalendarYear>, Problem> {
        let mut tx = self.read()?;
        let own: Vec<i16> = own(&mut tx)?.iter().map(|notice| notice.year).collect();
        let calendar = calendar_of(&mut tx)?;
        let mut years: Vec<CalendarYear> = calendar
            .notices()
            .map(|notice| CalendarYear {
                own: own.contains(&notice.year),
                working_days: calendar.worked_in(notice.year).unwrap_or_default(),
                notice: notice.clone(),
            })
            .collect();
        years.reverse();
        Ok(years)
    }

    /// Enters a year's notice (录入放假安排), pasted as it was published. From now on deadlines are counted by it; those that were
    /// set stay. Nothing is kept of a notice with faults.
    pub fn save_notice(&self, who: &Administrator, year: &str, text: &str) -> Result<Notice, Problem> {
        let Some(year) = year.trim().parse::<i16>().ok().filter(|year| (2000..=2100).contains(year)) else {
            return Err(Problem::field("year", "请填写年份，例如 2027。"));
        };
        if text.chars().count() > 5000 {
            return Err(Problem::field("text", "内容太长。请只粘贴国务院办公厅通知的正文。"));
        }
        let (notice, faults) = Notice::read(year, text);
        if !faults.is_empty() {
            let faults = faults.iter().map(|fault| FieldFault::new("text", fault.to_string()));
            return Err(Problem::Faults(faults.collect()));
        }
        let mut tx = self.write()?;
        let kept = notice.text();
        tx.set_setting(&format!("{SETTING}{year}"), &kept)?;
        record(&mut tx, who, self.micros(), "录入放假安排", &format!("{year}年"), &kept.replace('\n', " "))?;
        tx.commit()?;
        Ok(notice)
    }

    /// Takes the office's own notice of a year back (恢复系统自带的安排): the one built in holds again, or none.
    pub fn drop_notice(&self, who: &Administrator, year: i16) -> Result<(), Problem> {
        let mut tx = self.write()?;
        if !own(&mut tx)?.iter().any(|notice| notice.year == year) {
            return Err(Problem::NotThere);
        }
        tx.set_setting(&format!("{SETTING}{year}"), "")?;
        record(&mut tx, who, self.micros(), "撤销放假安排", &format!("{year}年"), "恢复系统自带的安排")?;
        tx.commit()?;
        Ok(())
    }
}
