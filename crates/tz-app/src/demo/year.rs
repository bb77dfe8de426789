//! The year itself, month by month.

mod issues;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use tz_model::{AccountId, Channel, IssueId, ItemId, Month, PublicationId, Revision, Table, UnitId};
use tz_scheme::Scheme;
use tz_store::Write;
use tz_store::directory::UnitVersionRow;
use tz_store::item::{EventRow, ItemRow, Sight, VersionRow};
use tz_store::ledger::{FactFilter, FactRow};

use super::dice::Dice;
use super::letters::letters;
use super::{Cast, follow, texts};
use crate::intake::registration;
use crate::report::{NewItem, Origin, enter_item};
use crate::solicitation::{NewSolicitation, solicit_in};
use crate::{App, Chief, Clock, FixedClock, Person, Problem};

/// The day the demonstration stands at.
pub(super) const TODAY: Date = Date::constant(2018, 12, 20);

/// A moment of the office's wall clock.
pub(super) fn moment(day: Date, hour: i8, minute: i8) -> Timestamp {
    tz_model::moment_in_shanghai(day.at(hour, minute, 0, 0)).expect("the demonstration's year is in the calendar")
}

/// How eager a unit is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zeal {
    Strong,
    Usual,
    Weak,
}

/// An item that waits for its fate.
#[derive(Clone)]
struct Waiting {
    id: ItemId,
    units: Vec<i64>,
    category: String,
    title: String,
}

/// A solicitation sent, until its answers are in.
struct Asked {
    id: i64,
    deadline: Date,
    units: Vec<i64>,
    topic: &'static str,
}

/// The year while it is made.
pub(super) struct Year<'s> {
    scheme: &'s Scheme,
    cast: Cast,
    units: Vec<UnitVersionRow>,
    publications: BTreeMap<String, PublicationId>,
    dice: Dice,
    waiting: Vec<Waiting>,
    published: Vec<Waiting>,
    /// Accounts of leaders, and of the units that read issues.
    leaders: Vec<AccountId>,
    readers: Vec<AccountId>,
    /// The issue that is withdrawn at the end.
    wrong: Option<IssueId>,
}

impl<'s> Year<'s> {
    pub(super) fn new(app: &App, scheme: &'s Scheme, cast: Cast) -> Result<Self, Problem> {
        let mut tx = app.read()?;
        let known = tx.list_accounts()?;
        let accounts = |role: &str| -> Vec<AccountId> {
            known.iter().filter(|row| row.role == role).map(|row| AccountId(row.id)).collect()
        };
        let publications = tx.list_publications()?.into_iter().map(|row| (row.name, PublicationId(row.id))).collect();
        Ok(Self {
            scheme,
            cast,
            units: tx.list_units(None)?,
            publications,
            dice: Dice::new(20_180_101),
            waiting: Vec::new(),
            published: Vec::new(),
            leaders: accounts("leader"),
            readers: accounts("reporter"),
            wrong: None,
        })
    }

    fn zeal(place: usize, name: &str) -> Zeal {
        match name {
            "滨湖镇" | "南沙河镇" | "张汪镇" | "公安局" | "教育局" => Zeal::Strong,
            "木石镇" | "羊庄镇" => Zeal::Weak,
            _ if place % 9 == 4 => Zeal::Weak,
            _ if place % 4 == 1 => Zeal::Strong,
            _ => Zeal::Usual,
        }
    }

    /// Makes one month and closes it, December excepted.
    pub(super) fn month(&mut self, app: &App, clock: &FixedClock, month: i8, chief: &Chief) -> Result<(), Problem> {
        let first = Date::constant(2018, month, 1);
        let last = if month == 12 { TODAY } else { first.last_of_month() };
        let mut tx = app.write()?;
        let mut plan = self.plan(first, last);
        let mut solicited: Vec<Asked> = Vec::new();
        let mut day = first;
        while day <= last {
            let workday = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            for (place, category) in plan.remove(&day).unwrap_or_default() {
                self.item(&mut tx, place, &category, None, day)?;
            }
            if matches!(day.day(), 3 | 10 | 17) {
                solicited.push(self.solicit(&mut tx, day)?);
            }
            for asked in &solicited {
                if day == asked.deadline {
                    self.answers(&mut tx, asked, day)?;
                }
                if day == asked.deadline.saturating_add(2.days()) {
                    self.late_answer(&mut tx, asked, day)?;
                }
            }
            if workday && day < TODAY {
                self.issues(&mut tx, day)?;
            }
            day = day.saturating_add(1.day());
        }
        self.above(&mut tx, first, last)?;
        self.comments(&mut tx, first, last)?;
        self.events(&mut tx, first, last)?;
        if month == 12 {
            self.begun(&mut tx)?;
        } else {
            self.settle(&mut tx, last)?;
        }
        // What comes to light after its month was closed (R14).
        if month == 7 {
            let row = self.fact_row(Table::Adoptions, Date::constant(2018, 5, 29), "枣庄普刊采用", 0, last);
            tx.append_fact(FactRow { reason: "上级5月采用目录补到".to_owned(), ..row })?;
        }
        if month == 10 {
            self.withdraw_one(&mut tx, last)?;
        }
        tx.commit()?;
        if month < 12 {
            clock.set(moment(last.saturating_add(2.days()), 9, 0));
            let month = Month::of_date(first);
            app.close_month(chief, month)?;
            self.opened(app, clock, month)?;
            follow::after_close(app, clock, month, chief)?;
            if month.number() == 9 {
                clock.set(moment(last.saturating_add(4.days()), 10, 20));
                app.supersede_bulletin(chief, month, "主送范围补列市直各企业，其他内容不变")?;
            }
        } else {
            letters(app, clock, &self.cast)?;
            // What turned out to be wrong the day after it was printed: its number stays, its points go.
            if let Some(issue) = self.wrong {
                app.withdraw_issue(chief, issue, "第2条签约金额有误，待与报送单位核实后更正重发。")?;
            }
        }
        Ok(())
    }

    /// Units and leaders open the papers of a close in the days after it, most of them; of the last close about half have.
    fn opened(&mut self, app: &App, clock: &FixedClock, month: Month) -> Result<(), Problem> {
        let mut dice = Dice::new(20_180_200 + u64::try_from(month.number()).unwrap_or(0));
        let share = if month.number() == 11 { 50 } else { 92 };
        let readers = self.readers.iter().chain(&self.leaders);
        let mut tx = app.write()?;
        let Some(head) = tx.list_statement_heads()?.last().cloned() else { return Ok(()) };
        let accounts = tx.list_accounts()?;
        let whose = |unit: i64| accounts.iter().find(|account| account.unit_id == Some(unit)).map(|account| account.id);
        for row in tx.list_deliveries_of(head.id)? {
            let who = row.account_id.or(row.unit_id.and_then(whose)).map(AccountId);
            let Some(who) = who.filter(|who| readers.clone().any(|known| known == who)) else { continue };
            if dice.chance(share) {
                let day = clock.now() + jiff::SignedDuration::from_mins(dice.between(20, 5_000));
                tx.note_opened(row.id, who, day.as_microsecond())?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// Which unit sends what on which day: around its quota, by its zeal.
    fn plan(&mut self, first: Date, last: Date) -> BTreeMap<Date, Vec<(usize, String)>> {
        let mut plan: BTreeMap<Date, Vec<(usize, String)>> = BTreeMap::new();
        let share = i64::from(last.day());
        for place in 0..self.units.len() {
            let unit = &self.units[place];
            let Some(quota) = self.scheme.quota(&unit.class) else { continue };
            let mut wanted: Vec<String> = Vec::new();
            for (category, count) in &quota.minimums {
                for _ in 0..*count {
                    wanted.push(category.to_string());
                }
            }
            while wanted.len() < usize::try_from(quota.total.unwrap_or(0)).unwrap_or(0) {
                wanted.push(["工作动态", "经验亮点", "调研分析"][self.dice.index(3)].to_owned());
            }
            let zeal = Self::zeal(place, &unit.name);
            match zeal {
                Zeal::Strong => {
                    for _ in 0..self.dice.between(0, 4) {
                        wanted.push(["工作动态", "经验亮点", "问题建议", "社情民意"][self.dice.index(4)].to_owned());
                    }
                }
                Zeal::Usual => {
                    if self.dice.chance(35) {
                        wanted.pop();
                    }
                    if self.dice.chance(30) {
                        wanted.push("工作动态".to_owned());
                    }
                }
                Zeal::Weak => {
                    let kept = wanted.len() * usize::try_from(self.dice.between(25, 70)).unwrap_or(50) / 100;
                    wanted.truncate(kept);
                }
            }
            for category in wanted {
                let day = self.dice.between(1, 30);
                // December has come as far as the 20th: what would come later has not come yet.
                if day <= share.max(if last == TODAY { 0 } else { 30 }) {
                    let date = Date::constant(2018, first.month(), i8::try_from(day.min(share)).unwrap_or(1));
                    plan.entry(date).or_default().push((place, category));
                }
            }
        }
        plan
    }

    /// One item received from a unit.
    fn item(
        &mut self,
        tx: &mut Write,
        place: usize,
        category: &str,
        solicitation: Option<(i64, &str)>,
        day: Date,
    ) -> Result<(), Problem> {
        let unit = self.units[place].clone();
        let mut made = texts::make(&unit.name, category, day.month(), &mut self.dice);
        if let Some((_, topic)) = solicitation {
            made.title = format!("{}{topic}", unit.name);
        }
        let web = self.dice.chance(45);
        // The last day has only just begun.
        let hour = if day == TODAY { 8 } else { i8::try_from(self.dice.between(8, 17)).unwrap_or(9) };
        let minute = i8::try_from(self.dice.between(0, if day == TODAY { 29 } else { 59 })).unwrap_or(0);
        let at = moment(day, hour, minute).as_microsecond();
        let new = NewItem {
            units: vec![UnitId(unit.unit_id)],
            title: made.title.clone(),
            body: made.body,
            category: category.to_owned(),
            authors: texts::name(&mut self.dice),
            worry: made.worry,
            solicitation: solicitation.map(|(id, _)| id),
            channel: if web { Channel::Web } else { Channel::Mail },
            ..NewItem::default()
        };
        let entered = enter_item(tx, self.scheme, &new, at, Origin::default())?;
        self.waiting.push(Waiting {
            id: entered.id,
            units: vec![unit.unit_id],
            category: category.to_owned(),
            title: made.title,
        });
        Ok(())
    }

    fn editor(&mut self) -> Person {
        let place = self.dice.index(self.cast.editors.len());
        self.cast.editors[place].clone()
    }

    /// Takes up to `count` waiting items of these categories.
    fn take(&mut self, categories: &[&str], count: usize) -> Vec<Waiting> {
        let mut taken = Vec::new();
        while taken.len() < count {
            let fitting: Vec<usize> = (0..self.waiting.len())
                .filter(|&at| categories.contains(&self.waiting[at].category.as_str()))
                .collect();
            if fitting.is_empty() {
                break;
            }
            let at = fitting[self.dice.index(fitting.len())];
            taken.push(self.waiting.swap_remove(at));
        }
        taken
    }

    /// An editor shortens some items before printing them.
    fn edit(&mut self, tx: &mut Write, id: ItemId, editor: &Person, at: i64) -> Result<Revision, Problem> {
        let (row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let revision = Revision(row.revision);
        if !self.dice.chance(40) {
            return Ok(revision);
        }
        let version = tx.find_version(id, revision)?.ok_or(Problem::NotThere)?;
        let body = version
            .body
            .replace("今年以来，", "")
            .replace("作为一项重点工作来抓", "摆上突出位置")
            .replace("，明确任务、时限和责任人", "");
        if body == version.body {
            return Ok(revision);
        }
        let words = i64::try_from(tz_text::word_count(&body)).unwrap_or(0);
        tx.insert_version(VersionRow {
            revision: revision.0 + 1,
            body,
            saved_at: at,
            saved_by: Some(editor.account.0),
            note: "编辑修改".to_owned(),
            ..version
        })?;
        tx.update_item(&ItemRow { revision: revision.0 + 1, words, ..row }, revision)?;
        self.event(tx, id, at, editor, "edited", format!("{}修改为第{}版。", editor.name, revision.0 + 1))?;
        Ok(Revision(revision.0 + 1))
    }

    fn event(
        &self,
        tx: &mut Write,
        id: ItemId,
        at: i64,
        who: &Person,
        kind: &str,
        text: String,
    ) -> Result<(), Problem> {
        let row = EventRow {
            item_id: id.0,
            position: 0,
            at,
            account_id: Some(who.account.0),
            kind: kind.to_owned(),
            text,
            for_unit: true,
        };
        Ok(tx.append_event(row)?)
    }

    /// At a month's end nothing is left open: what was not used is held or declined with a reason.
    fn settle(&mut self, tx: &mut Write, last: Date) -> Result<(), Problem> {
        let at = moment(last, 17, 30).as_microsecond();
        for item in std::mem::take(&mut self.waiting) {
            let editor = self.editor();
            let (row, _) = tx.find_item(Sight::Office, item.id)?.ok_or(Problem::NotThere)?;
            let (state, kind, text) = match self.dice.between(1, 10) {
                1..=4 => ("held", "held", "留存备用。".to_owned()),
                5..=6 => ("declined", "declined", "未采用：内容与近期已刊稿件相近。".to_owned()),
                7..=8 => ("declined", "declined", "未采用：数据不全，缺少同比或完成率。".to_owned()),
                _ => ("declined", "declined", "未采用：时效已过。".to_owned()),
            };
            let revision = Revision(row.revision);
            tx.update_item(&ItemRow { state: state.to_owned(), ..row }, revision)?;
            self.event(tx, item.id, at, &editor, kind, text)?;
        }
        Ok(())
    }

    fn fact_row(&mut self, table: Table, day: Date, name: &str, place: usize, recorded: Date) -> FactRow {
        let unit = self.units[place].unit_id;
        FactRow {
            recorded_at: moment(recorded, 16, 0).as_microsecond(),
            recorded_by: Some(self.cast.editors[0].account.0),
            reason: "人工登记".to_owned(),
            ..FactRow::new(table.name(), &[unit], &day.to_string(), name)
        }
    }

    fn any_day(&mut self, first: Date, last: Date) -> Date {
        let day = self.dice.between(1, i64::from(last.day()));
        Date::constant(2018, first.month(), i8::try_from(day).unwrap_or(1))
    }

    fn place_of(&self, unit: i64) -> usize {
        self.units.iter().position(|row| row.unit_id == unit).unwrap_or(0)
    }

    /// What higher offices used (采用).
    fn above(&mut self, tx: &mut Write, first: Date, last: Date) -> Result<(), Problem> {
        let kinds: &[(&str, i64)] = &[
            ("上报", 22),
            ("枣庄每日要情采用", 14),
            ("枣庄普刊采用", 7),
            ("枣庄市专报采用", 2),
            ("省要情采用", 3),
            ("省普刊采用", 1),
        ];
        for (kind, most) in kinds {
            for _ in 0..self.dice.between(most / 2, *most) {
                self.use_above(tx, kind, first, last)?;
            }
        }
        if first.month() % 4 == 0 {
            self.use_above(tx, "省专报采用", first, last)?;
        }
        if matches!(first.month(), 5 | 11) {
            self.use_above(tx, "国办综合采用", first, last)?;
        }
        Ok(())
    }

    fn use_above(&mut self, tx: &mut Write, kind: &str, first: Date, last: Date) -> Result<(), Problem> {
        if self.published.is_empty() {
            return Ok(());
        }
        let item = self.published[self.dice.index(self.published.len())].clone();
        let day = self.any_day(first, last);
        let place = self.place_of(item.units[0]);
        let row = self.fact_row(Table::Adoptions, day, kind, place, day);
        tx.append_fact(FactRow {
            item_id: Some(item.id.0),
            title: Some(item.title),
            form: Some("独编".to_owned()),
            ..row
        })?;
        Ok(())
    }

    /// Leaders' comments (批示) on printed items.
    fn comments(&mut self, tx: &mut Write, first: Date, last: Date) -> Result<(), Problem> {
        const WORDS: &[&str] = &[
            "此做法好，请有关部门总结推广。",
            "反映的问题值得重视，请牵头研究办法。",
            "请跟踪进展，适时再报。",
            "已阅，望再接再厉。",
        ];
        for _ in 0..self.dice.between(5, 10) {
            if self.published.is_empty() {
                return Ok(());
            }
            let item = self.published[self.dice.index(self.published.len())].clone();
            let (level, leader) = match self.dice.between(1, 20) {
                1 => ("省政府领导批示", "省政府负责同志"),
                2..=5 => ("枣庄市政府领导批示", "枣庄市政府负责同志"),
                _ => ("滕州市政府领导批示", "市政府负责同志"),
            };
            let day = self.any_day(first, last);
            let place = self.place_of(item.units[0]);
            let words = self.dice.pick(WORDS).to_owned();
            let row = self.fact_row(Table::Comments, day, level, place, day);
            tx.append_fact(FactRow {
                item_id: Some(item.id.0),
                title: Some(item.title),
                leader: Some(leader.to_owned()),
                note: Some(words),
                ..row
            })?;
        }
        Ok(())
    }

    /// Bulletins commented on by units' heads (F1.n2), training (F1.n5), rotation (F1.n6).
    fn events(&mut self, tx: &mut Write, first: Date, last: Date) -> Result<(), Problem> {
        for _ in 0..self.dice.between(4, 9) {
            let place = self.dice.index(self.units.len());
            let kind = if self.dice.chance(60) {
                "通报获主要负责同志批示"
            } else {
                "通报获分管负责同志批示"
            };
            let day = self.any_day(first, last);
            let row = self.fact_row(Table::Events, day, kind, place, day);
            tx.append_fact(row)?;
        }
        let month = usize::try_from(first.month()).unwrap_or(1);
        for place in 0..self.units.len() {
            // Nine in ten have trained by the year's end, each in a month of its own.
            if place % 11 + 1 == month && place % 10 != 3 {
                let day = self.any_day(first, last);
                let row = self.fact_row(Table::Events, day, "完成年度培训", place, day);
                tx.append_fact(row)?;
            }
        }
        let place = (month * 8) % self.units.len();
        let row = self.fact_row(Table::Events, last, "完成跟岗轮训", place, last);
        tx.append_fact(row)?;
        // One secret item a month came by hand: registered, and nothing else of it (N3.1).
        let (day, place) = (self.any_day(first, last), self.dice.index(self.units.len()));
        let date = day.to_string();
        let registered = registration(&format!("2018-{month:03}"), self.units[place].unit_id, &date, "问题建议");
        tx.append_fact(FactRow {
            recorded_at: moment(day, 16, 0).as_microsecond(),
            recorded_by: Some(self.cast.editors[0].account.0),
            ..registered
        })?;
        Ok(())
    }

    /// A solicitation to a dozen units, a week to answer.
    fn solicit(&mut self, tx: &mut Write, day: Date) -> Result<Asked, Problem> {
        let (topic, requirement) = texts::solicited(day.month(), &mut self.dice);
        let deadline = day.saturating_add(7.days());
        let count = usize::try_from(self.dice.between(10, 16)).unwrap_or(12);
        let start = self.dice.index(self.units.len());
        let units: Vec<i64> =
            (0..count).map(|step| self.units[(start + step * 7) % self.units.len()].unit_id).collect();
        let editor = self.editor();
        let new = NewSolicitation {
            topic: topic.to_owned(),
            requirement: requirement.to_owned(),
            deadline: deadline.to_string(),
            units: units.iter().map(|&unit| tz_model::UnitId(unit)).collect(),
            ..NewSolicitation::default()
        };
        let sent = solicit_in(tx, &editor, &new, day, moment(day, 9, 0).as_microsecond())?;
        Ok(Asked { id: sent.id.0, deadline, units, topic })
    }

    /// Most units answer by the deadline, each with an item; the first may refuse, the second be late, the third forget.
    fn answers(&mut self, tx: &mut Write, asked: &Asked, day: Date) -> Result<(), Problem> {
        for (turn, unit) in asked.units.iter().enumerate() {
            let place = self.place_of(*unit);
            let weak = Self::zeal(place, &self.units[place].name) == Zeal::Weak;
            if turn < 2 && (weak || self.dice.chance(50)) {
                continue;
            }
            self.item(tx, place, "调研分析", Some((asked.id, asked.topic)), day)?;
        }
        Ok(())
    }

    fn late_answer(&mut self, tx: &mut Write, asked: &Asked, day: Date) -> Result<(), Problem> {
        let first = asked.units[0];
        let place = self.place_of(first);
        let owes =
            tx.list_facts(&FactFilter { solicitation: Some(asked.id), ..FactFilter::default() })?.iter().any(|duty| {
                duty.fact_table == Table::Duties.name() && duty.answered.is_none() && duty.unit_ids().contains(&first)
            });
        if owes && self.dice.chance(60) {
            self.item(tx, place, "调研分析", Some((asked.id, asked.topic)), day)?;
        }
        Ok(())
    }

    /// An adoption of September that turns out not to have been one.
    fn withdraw_one(&mut self, tx: &mut Write, day: Date) -> Result<(), Problem> {
        let facts = tx.list_facts(&FactFilter {
            table: Some(Table::Adoptions.name()),
            from: Some("2018-09-01"),
            to: Some("2018-09-30"),
            ..Default::default()
        })?;
        if let Some(fact) = facts.iter().find(|fact| fact.name == "枣庄每日要情采用") {
            let at = moment(day, 11, 0).as_microsecond();
            crate::facts::revoke(
                tx,
                Table::Adoptions,
                &fact.key,
                "与上级核对，该期未采用",
                at,
                Some(self.cast.editors[0].account.0),
            )?;
        }
        Ok(())
    }
}
