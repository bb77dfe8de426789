//! How a person is told (接收方式): by kind at once, once a day or not by mail; where to; and when not.

use tz_store::notice::NoticePersonRow;

use super::{Known, NoticeKind, wording};
use crate::problem::all_right;
use crate::system::is_address;
use crate::{App, FieldFault, Person, Problem};

/// Quiet from eight in the evening to seven in the morning, unless a person chose otherwise.
const QUIET: (i64, i64) = (20 * 60, 7 * 60);
/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;
/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// How a kind of notice is mailed to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailChoice {
    /// 随时: a letter of its own.
    Now,
    /// 每日汇总: in the day's letter.
    Gathered,
    /// 不发: in the page only.
    Off,
}

impl MailChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Now, Self::Gathered, Self::Off];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Gathered => "gathered",
            Self::Off => "off",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "随时发邮件",
            Self::Gathered => "每日汇总一封",
            Self::Off => "不发邮件",
        }
    }

    /// The choice stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.key() == key)
    }
}

/// How one kind reaches a person.
#[derive(Clone, Debug)]
pub struct ChoiceLine {
    /// The kind.
    pub kind: NoticeKind,
    /// How it is mailed.
    pub mail: MailChoice,
}

/// How a person is told.
#[derive(Clone, Debug)]
pub struct MyChoices {
    /// By kind, in the order of the pages.
    pub lines: Vec<ChoiceLine>,
    /// The address they chose; empty for the unit's.
    pub address: String,
    /// The address mails go to as things are; empty for none.
    pub goes_to: String,
    /// From when nothing is mailed, `20:00`.
    pub quiet_from: String,
    /// Until when.
    pub quiet_to: String,
    /// The office sends mail at all.
    pub office_sends: bool,
}

/// What a person typed.
#[derive(Clone, Debug, Default)]
pub struct NoticeWish {
    /// Key of a kind, key of a choice.
    pub choices: Vec<(String, String)>,
    /// The address.
    pub address: String,
    /// From when nothing is mailed, `20:00`.
    pub quiet_from: String,
    /// Until when.
    pub quiet_to: String,
}

/// When something decided on now may be mailed to a person.
pub(super) fn after_quiet(person: Option<&NoticePersonRow>, now: i64) -> i64 {
    let (from, to) = person.map_or(QUIET, |person| (person.quiet_from, person.quiet_to));
    let at = tz_model::shanghai(tz_store::moment(now));
    let minute = i64::from(at.hour()) * 60 + i64::from(at.minute());
    // Within a stretch that may cross midnight: minutes since it began, against its length.
    let (since, length) = ((minute - from).rem_euclid(DAY), (to - from).rem_euclid(DAY));
    if since >= length { now } else { now - now.rem_euclid(MINUTE) + (length - since) * MINUTE }
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once([':', '：'])?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

impl App {
    /// How a person is told.
    pub fn my_notice_choices(&self, who: &Person) -> Result<MyChoices, Problem> {
        let mut tx = self.read()?;
        let known = Known::read(&mut tx)?;
        let account = who.account.0;
        let own = known.people.get(&account);
        let (from, to) = own.map_or(QUIET, |row| (row.quiet_from, row.quiet_to));
        let mut lines = Vec::new();
        for kind in NoticeKind::ALL.into_iter().filter(|kind| kind.is_for(who.role)) {
            let rule = wording::rule(&mut tx, kind)?;
            let chosen = known.choices.get(&(account, kind.key().to_owned())).copied();
            lines.push(ChoiceLine { kind, mail: chosen.unwrap_or(rule.mail) });
        }
        Ok(MyChoices {
            lines,
            address: own.map(|row| row.address.clone()).unwrap_or_default(),
            goes_to: known.address_of(account).unwrap_or_default().to_owned(),
            quiet_from: clock(from),
            quiet_to: clock(to),
            office_sends: known.sends_from.is_some(),
        })
    }

    /// Keeps how a person wants to be told (接收方式).
    pub fn choose_notices(&self, who: &Person, wish: &NoticeWish) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let address = wish.address.trim();
        if !address.is_empty() && !is_address(address) {
            faults.push(FieldFault::new("address", "这不像一个邮箱地址，请核对，例如 name@tengzhou.gov.cn。"));
        }
        let (from, to) = (minute(&wish.quiet_from), minute(&wish.quiet_to));
        if from.is_none() || to.is_none() {
            faults.push(FieldFault::new("quiet", "免打扰时间请写成 20:00 这样；起止相同表示不设。"));
        }
        let choices: Vec<(String, String)> = wish
            .choices
            .iter()
            .filter(|(kind, mail)| NoticeKind::of_key(kind).is_some() && MailChoice::of_key(mail).is_some())
            .cloned()
            .collect();
        all_right(faults)?;
        let person = NoticePersonRow {
            account_id: who.account.0,
            address: address.to_owned(),
            quiet_from: from.unwrap_or(QUIET.0),
            quiet_to: to.unwrap_or(QUIET.1),
        };
        let mut tx = self.write()?;
        tx.set_notice_choices(&person, &choices)?;
        tx.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{NoticePersonRow, after_quiet, minute};

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().expect("a moment").as_microsecond()
    }

    #[test]
    fn what_falls_into_the_quiet_time_waits_for_its_end() {
        let quiet =
            |from, to| NoticePersonRow { account_id: 1, address: String::new(), quiet_from: from, quiet_to: to };
        let night = quiet(20 * 60, 7 * 60);
        let noon = quiet(12 * 60, 14 * 60);
        let none = quiet(0, 0);
        // Shanghai is eight hours ahead of these.
        for (person, now, due) in [
            (None, "2018-06-13T01:00:00Z", "2018-06-13T01:00:00Z"),
            (Some(&night), "2018-06-13T12:00:00Z", "2018-06-13T23:00:00Z"),
            (Some(&night), "2018-06-13T22:59:59Z", "2018-06-13T23:00:00Z"),
            (Some(&night), "2018-06-13T23:00:00Z", "2018-06-13T23:00:00Z"),
            (None, "2018-06-13T15:59:00Z", "2018-06-13T23:00:00Z"),
            (Some(&noon), "2018-06-13T04:30:07Z", "2018-06-13T06:00:00Z"),
            (Some(&noon), "2018-06-13T15:00:00Z", "2018-06-13T15:00:00Z"),
            (Some(&none), "2018-06-13T16:00:00Z", "2018-06-13T16:00:00Z"),
        ] {
            assert_eq!(after_quiet(person, at(now)), at(due), "{now}");
        }
        assert_eq!(
            [minute("20:00"), minute("7：05"), minute("24:00"), minute("8")],
            [Some(1200), Some(425), None, None]
        );
    }
}
