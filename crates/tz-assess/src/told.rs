//! What rules that look at more than one fact have to say, and the words for it.

use std::rc::Rc;

use jiff::civil::Date;
use tz_model::{FactId, Name, Points, Table};
use tz_scheme::Together;

use crate::explain;
use crate::plan::Item;
use crate::rules::{EachTold, missing};
use crate::words;

/// The figures of one line that rests on no single fact.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    Start {
        when: Name,
    },
    Quota(QuotaTold),
    Yearly {
        when: Name,
        event: Name,
        done: Option<Date>,
        facts: Vec<FactId>,
    },
    Cap {
        when: String,
        of: String,
        value: Option<String>,
        sum: Points,
        at_most: Points,
        taken: Points,
    },
    Floor {
        when: String,
        month: bool,
        of: Option<String>,
        sum: Points,
        at_least: Points,
    },
    Veto {
        when: String,
        what: String,
        count: Points,
        of: Option<String>,
        sum: Points,
        part: Points,
        facts: Vec<FactId>,
    },
    Scale(ScaleTold),
    Credit(CreditTold),
    RollUp {
        when: String,
        how: Together,
        children: Vec<(Name, Points)>,
        sum: Points,
        part: Points,
    },
}

/// A count against a target, and which of its lines this is.
#[derive(Clone, Debug)]
pub(crate) struct QuotaTold {
    pub when: Name,
    /// Shared by the lines of one count.
    pub tallies: Rc<[Tally]>,
    pub line: QuotaLine,
}

/// Which line of a quota.
#[derive(Clone, Debug)]
pub(crate) enum QuotaLine {
    Met,
    Over(EachTold),
    Short(EachTold),
    Unmet,
    /// With the points of a target just reached.
    Proportion(Points),
    /// With the part of the target that is reached.
    Step(Points),
    Void {
        of: String,
        sum: Points,
    },
}

/// How one need stands.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub what: What,
    pub got: Points,
    pub target: Points,
    pub met: bool,
    pub short: Points,
    pub over: Points,
    /// Categories with a least number: what came, what is asked for.
    pub categories: Vec<(Name, Points, Points)>,
    /// True if the target is that of the unit's class.
    pub of_class: bool,
}

/// What is counted.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Facts of a table; some of them only where there are conditions.
    Facts {
        table: Table,
        some: bool,
    },
    Points,
    Rate {
        one: Points,
        all: Points,
    },
}

impl What {
    pub fn facts(plan: &crate::plan::CountPlan) -> Self {
        Self::Facts { table: plan.table, some: !plan.tests.is_empty() }
    }

    fn unit(&self) -> &'static str {
        match self {
            Self::Facts { table: Table::Reports, .. } => " 篇",
            Self::Facts { table: Table::Duties, .. } => " 件",
            Self::Facts { .. } => " 次",
            Self::Points => " 分",
            Self::Rate { .. } => "",
        }
    }
}

/// A conversion.
#[derive(Clone, Debug)]
pub(crate) struct ScaleTold {
    pub when: String,
    pub of: Option<String>,
    pub points: Points,
    pub against: Against,
    pub full: Points,
    pub weight: Points,
    pub decimals: Option<u32>,
    pub result: Points,
}

/// What points are held against when they are converted.
#[derive(Clone, Debug)]
pub(crate) enum Against {
    /// 目标, 本组最高, 本组平均: so many points.
    Amount { what: &'static str, amount: Points, of_group: bool },
    /// The place within the group, and what it is worth.
    Place { rank: u32, points: Points },
}

/// Points from one unit to another.
#[derive(Clone, Debug)]
pub(crate) struct CreditTold {
    pub when: String,
    /// `枣庄市级直报点滨湖镇`
    pub giver: String,
    pub parent: Name,
    /// What is credited, in words; `None` is 被采用政务信息, as the printed rules of direct points say.
    pub of: Option<String>,
    pub sum: Points,
    pub part: Points,
    /// True for the giver's own line.
    pub moved: bool,
    pub at_once: bool,
    pub facts: Vec<FactId>,
}

impl Told {
    pub fn facts(&self) -> &[FactId] {
        match self {
            Self::Yearly { facts, .. } | Self::Veto { facts, .. } => facts,
            Self::Credit(credit) => &credit.facts,
            Self::Start { .. }
            | Self::Quota(_)
            | Self::Cap { .. }
            | Self::Floor { .. }
            | Self::Scale(_)
            | Self::RollUp { .. } => &[],
        }
    }

    /// The sentence of a line of so many points.
    pub fn write(&self, out: &mut String, item: &Item<'_>, points: Points) {
        let mut effect = String::new();
        item.put_effect(&mut effect, points);
        let told = match self {
            Self::Quota(quota) => return quota.write(out, item, points),
            Self::Start { when } => format!("{when}“{}”，{effect}。", item.name),
            Self::Yearly { when, event, done, .. } => match done {
                Some(day) => format!("{}“{event}”，{when}度任务已完成，{effect}。", explain::day(*day)),
                None => format!("{when}没有“{event}”的记录，{effect}。"),
            },
            Self::Cap { when, of, value, sum, at_most, taken } => {
                let value = value.as_ref().map_or(String::new(), |value| format!("（{value}）"));
                let before =
                    if taken.is_zero() { String::new() } else { format!("，以前各期已扣除 {} 分", -*taken) };
                format!("{when}{of}{value}合计 {sum} 分，最多计 {at_most} 分{before}，{effect}。")
            }
            Self::Floor { when, month, of, sum, at_least } => match of {
                None if *month && at_least.is_zero() => {
                    format!("{when}的扣分超过了当月得分，扣完为止，当月不低于 0 分，退回 {points} 分。")
                }
                None => format!("{when}合计 {sum} 分，扣完为止，不低于 {at_least} 分，退回 {points} 分。"),
                Some(of) => format!("{when}{of}合计 {sum} 分，扣完为止，不低于 {at_least} 分，退回 {points} 分。"),
            },
            Self::Veto { when, what, count, of, sum, part, .. } => {
                let of = of.as_deref().unwrap_or("得分");
                let part = if *part == 1 { String::new() } else { format!("的 {part}") };
                format!("{when}有 {count} 次适用“{what}”，{of}合计 {sum} 分，{}{part}不再计算，{effect}。", "其")
            }
            Self::Scale(scale) => scale.told(&effect),
            Self::Credit(credit) => credit.told(points),
            Self::RollUp { when, how, children, sum, part } => {
                let how = match how {
                    Together::Sum => "合计",
                    Together::Mean => "平均",
                    Together::Best => "最高",
                };
                let named: Vec<String> = children.iter().map(|(name, total)| format!("{name} {total} 分")).collect();
                let part = if *part == 1 { String::new() } else { format!("，乘以 {part}") };
                format!("{when}下属单位{how} {sum} 分（{}）{part}，{effect}。", named.join("、"))
            }
        };
        out.push_str(&told);
    }
}

impl QuotaTold {
    fn write(&self, out: &mut String, item: &Item<'_>, points: Points) {
        out.push_str(&self.when);
        for (at, tally) in self.tallies.iter().enumerate() {
            out.push_str(if at > 0 { "；" } else { "" });
            tally.write(out);
        }
        let of_class = self.tallies.first().is_some_and(|tally| tally.of_class && tally.what.unit() == " 篇");
        // The lines a unit has every month are put together piece by piece, the rare ones by a pattern.
        match &self.line {
            QuotaLine::Met => out.push_str("，完成任务，"),
            QuotaLine::Over(each) if of_class && each.per.is_none() && !each.limited => {
                out.push_str("，多报 ");
                words::points(out, each.counted);
                out.push_str(" 篇，每篇");
                out.push_str(&item.effect);
                return out.push('。');
            }
            QuotaLine::Short(each) if of_class && each.per.is_none() && !each.limited => {
                out.push_str("；按少报 ");
                words::points(out, each.counted);
                out.push_str(" 篇计，每篇");
                out.push_str(&item.effect);
                return out.push('。');
            }
            QuotaLine::Over(each) => out.push_str(&each.told("超出")),
            QuotaLine::Short(each) => out.push_str(&each.told("少")),
            QuotaLine::Unmet => out.push_str("，没有完成，"),
            QuotaLine::Proportion(full) => out.push_str(&format!("，按完成比例计分（完成得 {full} 分），")),
            QuotaLine::Step(from) => out.push_str(&format!("，达到目标的 {}，", percent(*from))),
            QuotaLine::Void { of, sum } => out.push_str(&format!("，没有完成，{of}的 {sum} 分不再计算，")),
        }
        item.put_effect(out, points);
        out.push('。');
    }
}

impl EachTold {
    fn told(&self, how: &str) -> String {
        let one = explain::effect(self.one);
        let per = match self.per {
            Some(per) => format!("每满 {per}{one}，计 {} 个", self.counted),
            None => format!("每一个{one}，计 {} 个", self.counted),
        };
        let limited = if self.limited { "（已到上限）" } else { "" };
        format!("，{how} {}，{per}{limited}，", self.amount)
    }
}

impl Tally {
    /// `报送 13 篇，任务 10 篇，各类均达标`, or what is missing.
    fn write(&self, out: &mut String) {
        let unit = self.what.unit();
        match &self.what {
            What::Facts { table, some } => {
                out.push_str(match (table, some) {
                    (Table::Reports, false) => "报送 ",
                    (Table::Reports, true) => "报送符合条件的 ",
                    (Table::Adoptions, false) => "被采用 ",
                    (Table::Adoptions, true) => "符合条件的采用 ",
                    (Table::Comments, false) => "获批示 ",
                    (Table::Comments, true) => "符合条件的批示 ",
                    (Table::Duties, false) => "约稿任务 ",
                    (Table::Duties, true) => "符合条件的约稿任务 ",
                    (Table::Events | Table::Units, false) => "事项 ",
                    (Table::Events | Table::Units, true) => "符合条件的事项 ",
                });
            }
            What::Points => out.push_str("得 "),
            What::Rate { one, all } => {
                let rate = if all.is_zero() { "没有可比的数".to_owned() } else { percent(self.got) };
                out.push_str(&format!("{all} 中有 {one}，即 {rate}，要求 {}", percent(self.target)));
                return;
            }
        }
        words::points(out, self.got);
        out.push_str(unit);
        out.push_str(if self.of_class { "，任务 " } else { "，目标 " });
        words::points(out, self.target);
        out.push_str(unit);
        if !self.of_class {
            return;
        }
        out.push('，');
        let short = self.target - self.got;
        let mut missing = missing(&self.categories).peekable();
        if short > Points::ZERO {
            out.push_str("总数少 ");
            words::points(out, short);
            out.push_str(unit);
        }
        out.push_str(match (short > Points::ZERO, missing.peek().is_some()) {
            (false, false) => "各类均达标",
            (false, true) => "总数已够，但",
            (true, false) => "",
            (true, true) => "，其中",
        });
        while let Some((category, count)) = missing.next() {
            out.push_str(category);
            out.push_str("缺 ");
            words::points(out, count);
            out.push_str(unit);
            if missing.peek().is_some() {
                out.push('、');
            }
        }
    }
}

impl ScaleTold {
    fn told(&self, effect: &str) -> String {
        let Self { when, of, points, against, full, weight, decimals, result } = self;
        let of = of.as_deref().unwrap_or("合计");
        let weight = if *weight == 1 { String::new() } else { format!("，再乘以 {weight}") };
        let rounded = decimals.map_or(String::new(), |decimals| {
            if decimals == 0 {
                "，四舍五入取整".to_owned()
            } else {
                format!("，四舍五入保留 {decimals} 位小数")
            }
        });
        let held = match against {
            Against::Amount { what, amount, .. } => format!("{what} {amount} 分，满分 {full} 分"),
            Against::Place { rank, points } => format!("在本组列第 {rank} 名，该名次计 {points} 分"),
        };
        format!("{when}{of} {points} 分，{held}{weight}{rounded}，折算为 {result} 分，{effect}。")
    }
}

impl CreditTold {
    fn told(&self, points: Points) -> String {
        let Self { when, giver, parent, of, sum, part, moved, at_once, facts: _ } = self;
        let of = of.as_ref().map_or_else(|| "被采用政务信息".to_owned(), |of| of.clone());
        if *moved {
            return format!("{when}{of}得分已转入{parent}，{}。", explain::effect(points));
        }
        let part = if *part == 1 { String::new() } else { format!("，按 {part} 计") };
        let into = if *at_once { "计入" } else { "年终计入" };
        format!("{giver}{when}{of}得 {sum} 分{part}，{into}{parent}总分，{}。", explain::effect(points))
    }
}

/// A part as people write it: `30%`.
pub(crate) fn percent(part: Points) -> String {
    let hundred = part * 100;
    let rounded = hundred.rounded(2);
    if rounded == hundred { format!("{rounded}%") } else { format!("约 {rounded}%") }
}
