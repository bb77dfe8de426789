//! A checked scheme, and what others ask of it.

use std::sync::OnceLock;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use tz_model::{Clause, Fault, Name, Period, Table};

use crate::calendar::Calendar;
use crate::mechanism::{Attribute, Body, ClassQuota, Price, Ranking, Reading, Rule};
use crate::{builtin, read};

/// An office's rules (计分办法), whole and free of faults.
#[derive(Clone, Debug)]
pub struct Scheme {
    pub(crate) text: String,
    /// Worked out when it is first asked for: scoring tables needs none.
    pub(crate) hash: OnceLock<String>,
    pub(crate) id: Name,
    pub(crate) name: String,
    pub(crate) office: String,
    pub(crate) source: Option<String>,
    pub(crate) calendar: Calendar,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) ranking: Ranking,
    pub(crate) categories: Vec<Category>,
    pub(crate) groups: Vec<Name>,
    pub(crate) classes: Vec<Class>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) readings: Vec<Reading>,
    pub(crate) period_readings: Vec<Reading>,
    pub(crate) class_readings: Vec<(Name, Reading)>,
    pub(crate) listed: Vec<ListedUnit>,
    pub(crate) printed: Vec<Printed>,
    pub(crate) derived: Derived,
}

/// A part of the file that rests on a clause, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// 计分周期
    Period {
        /// 条款
        clause: Clause,
        /// The printed sentence.
        sentence: String,
    },
    /// 直报点
    DirectPoints {
        /// 条款
        clause: Clause,
        /// The printed sentence.
        sentence: String,
    },
    /// 排名
    Ranking {
        /// 条款
        clause: Clause,
        /// The printed sentence.
        sentence: String,
    },
    /// The rule of this id.
    Rule(Name),
    /// The class of this name.
    Class(Name),
}

/// Lists that pages and readers ask for, gathered once from the rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Derived {
    adoption_kinds: Vec<Price>,
    adoption_levels: Vec<Level>,
    comment_levels: Vec<Price>,
    event_kinds: Vec<Name>,
    direct_points: Vec<Name>,
}

/// A category of items (信息类别), with the length asked for (N3.3, R15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// 名称
    pub name: Name,
    /// The most characters (字), if it has a limit.
    pub limit: Option<u32>,
    /// The clause of the limit.
    pub clause: Option<Clause>,
}

/// A class of units (类别) with its quota (F2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// 名称: `A类`.
    pub name: Name,
    /// The clause of its quota.
    pub clause: Clause,
    /// The printed sentence.
    pub sentence: String,
    /// 报送任务
    pub quota: ClassQuota,
}

/// Adoption kinds under one heading of the price table: 国办采用信息.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The heading.
    pub name: Name,
    /// The kinds under it with their points, in printed order.
    pub kinds: Vec<Price>,
}

/// A unit the printed rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUnit {
    /// 单位
    pub name: Name,
    /// 类别
    pub class: Name,
    /// 排名组
    pub group: Name,
    /// 直报点
    pub direct_point: Option<Name>,
}

impl Scheme {
    /// Reads a scheme file. All its faults at once, by line and column, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        read::scheme(text)
    }

    /// The built-in scheme of that id, if there is one: [`BUILTIN_IDS`](crate::BUILTIN_IDS).
    pub fn builtin(id: &str) -> Option<&'static Self> {
        builtin::scheme(id)
    }

    /// Its id: `tengzhou-2018`.
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// Its name, as papers print it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The office (机关) whose rules they are.
    pub fn office(&self) -> &str {
        &self.office
    }

    /// Where the printed rules are to be found, if the file says so (出处).
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Every part that rests on a clause, in the order of the file.
    pub fn printed(&self) -> &[Printed] {
        &self.printed
    }

    /// Hexadecimal SHA-256 of the text, which names this wording for good.
    pub fn hash(&self) -> &str {
        let hex = || Sha256::digest(self.text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        self.hash.get_or_init(hex)
    }

    /// The file, byte for byte.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every rule, in printed order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The same without one rule that makes no lines, so that nothing else can speak of it: to see what the rule does. Its hash is of
    /// no text.
    pub fn without(&self, id: &str) -> Self {
        let mut other = self.clone();
        other.rules.retain(|rule| *rule.id != *id);
        other.hash = format!("{}-without-{id}", self.hash()).into();
        other
    }

    /// The rule of that id, or the one whose lines carry it: `adoption`, `quota-short`.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        // A line carries its rule's id, or that with a part behind it; pages ask for every line they show.
        self.rules.iter().find(|rule| match id.strip_prefix(&*rule.id) {
            Some("") => true,
            Some(part) => part.starts_with('-') && rule.line_rules().iter().any(|line| &**line == id),
            None => false,
        })
    }

    /// How silent clauses are read (R1 to R14), in the order of the file.
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// Readings of the period's own clause.
    pub(crate) fn readings_of_period(&self) -> Vec<&Reading> {
        self.period_readings.iter().collect()
    }

    /// Readings of a class's clause.
    pub(crate) fn readings_of_class(&self, name: &str) -> Vec<&Reading> {
        let of_class = self.class_readings.iter().filter(|(class, _)| **class == *name);
        of_class.map(|(_, reading)| reading).collect()
    }

    /// Which days close together.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The periods of a year, in order.
    pub fn periods(&self, year: i16) -> Vec<Period> {
        self.calendar.periods(year)
    }

    /// The first day of the period a day belongs to: the cheap way to tell periods apart. `None` as in
    /// [`period_of`](Self::period_of).
    pub fn opening(&self, day: Date) -> Option<Date> {
        self.calendar.opening(day)
    }

    /// The period a day belongs to (R1); `None` for a day after a cut-off that leaves it to no period.
    pub fn period_of(&self, day: Date) -> Option<Period> {
        self.calendar.period_of(day)
    }

    /// Columns the scheme declares, in the order of the file.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// What is declared of a column.
    pub fn attribute(&self, table: Table, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|known| known.table == table && &*known.name == name)
    }

    /// How units are ranked.
    pub fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    /// Categories (信息类别), in printed order.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The most characters (字) of a category, if it has a limit (N3.3).
    pub fn limit(&self, category: &str) -> Option<u32> {
        self.categories.iter().find(|known| &*known.name == category).and_then(|known| known.limit)
    }

    /// Adoption kinds (采用方式) with their points, in printed order.
    pub fn adoption_kinds(&self) -> &[Price] {
        &self.derived.adoption_kinds
    }

    /// The same under their headings, for lists to choose from.
    pub fn adoption_levels(&self) -> &[Level] {
        &self.derived.adoption_levels
    }

    /// Levels of comments (批示层级) with their points, in printed order.
    pub fn comment_levels(&self) -> &[Price] {
        &self.derived.comment_levels
    }

    /// Names the table 事项 may hold.
    pub fn event_kinds(&self) -> &[Name] {
        &self.derived.event_kinds
    }

    /// Classes (类别) with their quotas.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The class of that name.
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().find(|class| &*class.name == name)
    }

    /// The quota (报送任务) of a class.
    pub fn quota(&self, class: &str) -> Option<&ClassQuota> {
        self.class(class).map(|class| &class.quota)
    }

    /// Ranking groups (排名组), in printed order.
    pub fn groups(&self) -> &[Name] {
        &self.groups
    }

    /// The units the printed rules name, in printed order.
    pub fn listed_units(&self) -> &[ListedUnit] {
        &self.listed
    }

    /// What units may be as direct points (直报点): what the scheme declares of that column, or what it names, with those every
    /// scheme knows.
    pub fn statuses(&self) -> Vec<Name> {
        let declared = self.attribute(Table::Units, crate::columns::STATUS).filter(|column| !column.values.is_empty());
        if let Some(declared) = declared {
            return declared.values.clone();
        }
        let named = self.listed.iter().filter_map(|unit| unit.direct_point.clone());
        let mut all: Vec<Name> = Vec::new();
        for status in named.chain(crate::columns::STATUSES.iter().map(|status| Name::from(*status))) {
            if !all.contains(&status) {
                all.push(status);
            }
        }
        all
    }

    /// The direct points (直报点) the printed rules name.
    pub fn direct_points(&self) -> &[Name] {
        &self.derived.direct_points
    }
}

impl Derived {
    /// Gathers the lists from checked rules.
    pub(crate) fn of(rules: &[Rule], listed: &[ListedUnit]) -> Self {
        let mut lists = Self::default();
        for rule in rules {
            match &rule.body {
                Body::Facts(facts) => match facts.table {
                    Table::Adoptions => lists.adoption_kinds.extend(facts.prices.iter().cloned()),
                    Table::Comments => lists.comment_levels.extend(facts.prices.iter().cloned()),
                    Table::Events => {
                        for name in facts.prices.iter().flat_map(|price| &price.of) {
                            lists.event(name);
                        }
                    }
                    Table::Units | Table::Reports | Table::Duties => {}
                },
                Body::Yearly(yearly) => lists.event(&yearly.event),
                Body::BestInGroup(best) => best.needs.iter().chain(&best.barred).for_each(|name| lists.event(name)),
                Body::Multiply(_)
                | Body::Combine(_)
                | Body::Share(_)
                | Body::Start(_)
                | Body::Quota(_)
                | Body::Cap(_)
                | Body::Floor(_)
                | Body::Veto(_)
                | Body::Scale(_)
                | Body::Credit(_)
                | Body::RollUp(_)
                | Body::LastInGroup(_)
                | Body::LastOfStatus(_)
                | Body::Threshold(_) => {}
            }
        }
        for kind in &lists.adoption_kinds {
            let heading = kind.level.clone().unwrap_or_else(|| "采用信息".into());
            match lists.adoption_levels.iter_mut().find(|level| level.name == heading) {
                Some(level) => level.kinds.push(kind.clone()),
                None => lists.adoption_levels.push(Level { name: heading, kinds: vec![kind.clone()] }),
            }
        }
        let points = listed.iter().filter(|unit| unit.direct_point.is_some());
        lists.direct_points = points.map(|unit| unit.name.clone()).collect();
        lists
    }

    fn event(&mut self, name: &Name) {
        if !self.event_kinds.contains(name) {
            self.event_kinds.push(name.clone());
        }
    }
}
