//! The publications of the year: what is printed when, who reads it, what is in hand at the end.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use tz_model::{IssueId, ItemId};
use tz_store::Write;
use tz_store::item::Sight;

use super::{TODAY, Year, moment};
use crate::Problem;
use crate::publication::adopt::adopt_in;
use crate::publication::compose::arrange_in;
use crate::publication::press::publish_in;

impl Year<'_> {
    /// The publications of a working day.
    pub(super) fn issues(&mut self, tx: &mut Write, day: Date) -> Result<(), Problem> {
        let daily = usize::try_from(self.dice.between(4, 7)).unwrap_or(5);
        self.issue(tx, day, "每日要情", &["工作动态", "社情民意"], daily)?;
        if day.weekday() == Weekday::Friday {
            self.issue(tx, day, "政务信息交流", &["经验亮点", "调研分析"], 4)?;
        }
        if matches!(day.day(), 11 | 12 | 25 | 26) && self.dice.chance(70) {
            self.issue(tx, day, "政情专报", &["问题建议"], 1)?;
        }
        Ok(())
    }

    fn issue(
        &mut self,
        tx: &mut Write,
        day: Date,
        name: &str,
        categories: &[&str],
        count: usize,
    ) -> Result<(), Problem> {
        let items = self.take(categories, count);
        let Some(&publication) = self.publications.get(name) else { return Ok(()) };
        if items.is_empty() {
            return Ok(());
        }
        let editor = self.editor();
        let at = moment(day, 15, 0).as_microsecond();
        let mut issue = None;
        for item in &items {
            let revision = self.edit(tx, item.id, &editor, at)?;
            issue = Some(adopt_in(tx, &editor, item.id, revision, publication, at)?.issue);
        }
        if let Some(issue) = issue {
            // What two units send of one matter in the last week of a month is made one piece (综合稿).
            let composite = name == "政务信息交流" && day.day() > 21 && items.len() > 2;
            let merged: Vec<ItemId> =
                items.iter().skip(1).take(if composite { 2 } else { 0 }).map(|item| item.id).collect();
            arrange_in(tx, &editor, issue, &merged, at)?;
            let chief = self.cast.chief.clone();
            publish_in(tx, &chief, issue, day, &chief.name, moment(day, 17, 0).as_microsecond())?;
            self.are_read(tx, issue, name, day)?;
            if day == Date::constant(2018, 12, 18) && name == "每日要情" {
                self.wrong = Some(issue);
            }
        }
        self.published.extend(items);
        Ok(())
    }

    /// Who opened an issue of the last weeks: the first leader each before the 19th, the second every other day, and some units
    /// those that go to all.
    fn are_read(&self, tx: &mut Write, issue: IssueId, name: &str, day: Date) -> Result<(), Problem> {
        if day < Date::constant(2018, 11, 15) || day > Date::constant(2018, 12, 18) {
            return Ok(());
        }
        let next = day.saturating_add(1.day());
        for (turn, leader) in self.leaders.iter().enumerate() {
            if turn == 0 || day.day() % 2 == 0 {
                tx.note_read(issue, *leader, moment(next, 8, 20).as_microsecond())?;
            }
        }
        if name == "政务信息交流" {
            for (place, reader) in self.readers.iter().enumerate().filter(|(place, _)| place % 3 != 1) {
                let minute = i8::try_from(place % 60).unwrap_or(0);
                tx.note_read(issue, *reader, moment(next, 9, minute).as_microsecond())?;
            }
        }
        Ok(())
    }

    /// December's work in hand: a draft issue with three items.
    pub(super) fn begun(&mut self, tx: &mut Write) -> Result<(), Problem> {
        let items = self.take(&["工作动态"], 3);
        let editor = self.editor();
        let at = moment(TODAY, 8, 40).as_microsecond();
        if let Some(&publication) = self.publications.get("每日要情") {
            for item in items {
                let revision = self.edit(tx, item.id, &editor, at)?;
                adopt_in(tx, &editor, item.id, revision, publication, at)?;
            }
        }
        // A composite in hand, so that the page has one to show.
        if let Some(&publication) = self.publications.get("政务信息交流") {
            let items = self.take(&["经验亮点", "调研分析"], 3);
            let mut issue = None;
            for item in &items {
                let revision = self.edit(tx, item.id, &editor, at)?;
                issue = Some(adopt_in(tx, &editor, item.id, revision, publication, at)?.issue);
            }
            if let (Some(issue), [first, second, ..]) = (issue, items.as_slice()) {
                arrange_in(tx, &editor, issue, &[first.id, second.id], at)?;
            }
        }
        // What came before the last days has been dealt with.
        let recent = moment(TODAY.saturating_sub(2.days()), 0, 0).as_microsecond();
        let mut kept = Vec::new();
        let mut old = Vec::new();
        for item in std::mem::take(&mut self.waiting) {
            let received = tx.find_item(Sight::Office, item.id)?.map_or(0, |(row, _)| row.received_at);
            if received >= recent { kept.push(item) } else { old.push(item) }
        }
        self.waiting = old;
        self.settle(tx, TODAY.saturating_sub(1.day()))?;
        self.waiting = kept;
        Ok(())
    }
}
