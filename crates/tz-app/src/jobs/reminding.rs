//! Who is reminded of what, each stage of a deadline once: near it, on the day itself, and where it has passed.

use jiff::ToSpan;
use jiff::civil::Date;
use tz_model::calendar::Calendar;
use tz_model::{AccountId, Table, parse_date};
use tz_store::ledger::FactFilter;

use crate::notice::{Known, NoticeKind, Telling};
use crate::publication::{joined, unit_names};
use crate::solicitation::DutyState;
use crate::system::calendar_of;
use crate::{App, Problem, Role};

/// Working days before a solicitation's deadline from which its units are reminded.
const NEAR: u16 = 2;
/// After so many days nobody is told any more that a deadline has passed: the program was switched off, and it is old news.
const OLD_NEWS: i32 = 14;
/// From this day of a year on the next year's notice of holidays should be known: 15 November.
const NOTICE_DUE: (i8, i8) = (11, 15);

/// How near a deadline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Within the reminder, on a working day.
    Near(u16),
    /// On the day.
    Today,
    /// It passed not long ago.
    Past,
}

impl Stage {
    fn key(self) -> &'static str {
        match self {
            Self::Near(_) => "near",
            Self::Today => "today",
            Self::Past => "past",
        }
    }

    fn left(self) -> String {
        match self {
            Self::Near(days) => format!("还剩{days}个工作日"),
            Self::Today => "今天截止".to_owned(),
            Self::Past => "已逾期".to_owned(),
        }
    }
}

/// The stage a deadline is in on a day, if anybody is to hear of it.
fn stage(calendar: &Calendar, today: Date, deadline: Date, near: u16) -> Option<Stage> {
    if today == deadline {
        return Some(Stage::Today);
    }
    if today > deadline {
        return (today <= deadline.saturating_add(OLD_NEWS.days())).then_some(Stage::Past);
    }
    // A year without its notice is not guessed at: the day itself and the day after are still told.
    let left = calendar.days_between(today, deadline).ok()?;
    (left <= near && calendar.works(today).unwrap_or(false)).then_some(Stage::Near(left))
}

fn day_words(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

impl App {
    /// Reminds the units that still owe an answer (约稿催报), and says which have missed their deadline.
    pub(super) fn remind_of_solicitations(&self) -> Result<String, Problem> {
        let (now, today) = (self.micros(), self.today());
        let mut tx = self.write()?;
        let calendar = calendar_of(&mut tx)?;
        let known = Known::read(&mut tx)?;
        let names = unit_names(&mut tx)?;
        let first = today.saturating_sub(OLD_NEWS.days()).to_string();
        let rows: Vec<_> = tx.list_solicitations()?.into_iter().filter(|row| row.deadline >= first).collect();
        let (mut reminded, mut missed) = (0, 0);
        for row in rows {
            let Ok(deadline) = parse_date(&row.deadline) else { continue };
            let Some(stage) = stage(&calendar, today, deadline, NEAR) else { continue };
            let owed = tx.list_facts(&FactFilter {
                table: Some(Table::Duties.name()),
                solicitation: Some(row.id),
                ..FactFilter::default()
            })?;
            let mut units: Vec<i64> = owed
                .iter()
                .filter(|fact| matches!(DutyState::of(fact, today), Some(DutyState::Open(_) | DutyState::Missed(_))))
                .flat_map(tz_store::ledger::FactRow::unit_ids)
                .collect();
            units.sort_unstable();
            units.dedup();
            if units.is_empty() {
                continue;
            }
            let (deadline, left) = (day_words(deadline), stage.left());
            let unit = joined(&names, &units);
            let values = [
                ("编号", row.code.as_str()),
                ("题目", &row.topic),
                ("截止日期", &deadline),
                ("剩余时间", &left),
                ("单位", &unit),
            ];
            let href = format!("/solicitation/{}", row.id);
            let mut to = known.reporters_of(&units);
            if stage == Stage::Past {
                to.extend(row.created_by.map(AccountId));
                let telling =
                    Telling { kind: NoticeKind::SolicitationMissed, subject: &row.code, values: &values, href: &href };
                missed += known.tell(&mut tx, &telling, &to, now)?;
            } else {
                let subject = format!("{}/{}", row.code, stage.key());
                let telling =
                    Telling { kind: NoticeKind::SolicitationDue, subject: &subject, values: &values, href: &href };
                reminded += known.tell(&mut tx, &telling, &to, now)?;
            }
        }
        tx.commit()?;
        Ok(match (reminded, missed) {
            (0, 0) => "没有需要提醒的约稿。".to_owned(),
            (reminded, missed) => format!("提醒临近截止{reminded}人次，告知逾期{missed}人次。"),
        })
    }

    /// Reminds the units that are to do something about a comment (督办提醒).
    pub(super) fn remind_of_follow_ups(&self) -> Result<String, Problem> {
        let (now, today) = (self.micros(), self.today());
        let mut tx = self.write()?;
        let calendar = calendar_of(&mut tx)?;
        let known = Known::read(&mut tx)?;
        let mut reminded = 0;
        for row in tx.list_follow_ups(None)?.into_iter().filter(|row| row.state == "open") {
            let Ok(deadline) = parse_date(&row.deadline) else { continue };
            let near = u16::try_from(row.remind).unwrap_or(0);
            let Some(stage) = stage(&calendar, today, deadline, near) else { continue };
            let (deadline, left) = (day_words(deadline), stage.left());
            let values = [("事项", row.requirement.as_str()), ("期限", &deadline), ("剩余时间", &left)];
            let subject = format!("{}/{}", row.id, stage.key());
            let telling = Telling { kind: NoticeKind::FollowDue, subject: &subject, values: &values, href: "/comment" };
            reminded += known.tell(&mut tx, &telling, &known.reporters_of(&[row.unit_id]), now)?;
        }
        tx.commit()?;
        Ok(match reminded {
            0 => "没有需要提醒的督办事项。".to_owned(),
            reminded => format!("提醒{reminded}人次。"),
        })
    }

    /// Tells the administrators that the next year's notice of holidays is not entered (放假安排核对).
    pub(super) fn remind_of_holidays(&self) -> Result<String, Problem> {
        let today = self.today();
        let next = today.year() + 1;
        let mut tx = self.write()?;
        if calendar_of(&mut tx)?.notices().any(|notice| notice.year == next) {
            return Ok(format!("{next}年的放假安排已录入。"));
        }
        if (today.month(), today.day()) < NOTICE_DUE {
            return Ok(format!("{next}年的放假安排还没有发布。"));
        }
        let known = Known::read(&mut tx)?;
        let year = next.to_string();
        let href = format!("/system/calendar?year={year}");
        let telling =
            Telling { kind: NoticeKind::HolidaysLacking, subject: &year, values: &[("年份", &year)], href: &href };
        known.tell(&mut tx, &telling, &known.of_roles(&[Role::Administrator]), self.micros())?;
        tx.commit()?;
        Ok(format!("{next}年的放假安排还没有录入，已告知系统管理员。"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use tz_model::calendar::Calendar;

    use super::{Stage, stage};

    #[test]
    fn each_stage_of_a_deadline_comes_on_its_days() {
        let stage = |today, deadline| stage(Calendar::built_in(), today, deadline, 2);
        let monday = date(2018, 6, 18);
        // The Dragon Boat Festival is on Monday the 18th of June 2018, the deadline on Wednesday.
        let deadline = date(2018, 6, 20);
        assert_eq!(stage(date(2018, 6, 14), deadline), None, "three working days: the 15th, the 19th and the 20th");
        assert_eq!(stage(date(2018, 6, 15), deadline), Some(Stage::Near(2)));
        assert_eq!(stage(date(2018, 6, 16), deadline), None, "nobody is reminded on a Saturday");
        assert_eq!(stage(monday, deadline), None, "nor on a holiday");
        assert_eq!(stage(date(2018, 6, 19), deadline), Some(Stage::Near(1)));
        assert_eq!(stage(deadline, deadline), Some(Stage::Today));
        assert_eq!(stage(date(2018, 6, 21), deadline), Some(Stage::Past));
        assert_eq!(stage(date(2018, 7, 4), deadline), Some(Stage::Past));
        assert_eq!(stage(date(2018, 7, 5), deadline), None);
        assert_eq!(stage(monday, monday), Some(Stage::Today), "a deadline on a day off is still one");
        let unknown = date(2027, 3, 10);
        assert_eq!(stage(date(2027, 3, 9), unknown), None, "a year without its notice is not guessed at");
        assert_eq!(stage(unknown, unknown), Some(Stage::Today));
    }
}
