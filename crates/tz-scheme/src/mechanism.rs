//! The mechanisms a rule may be. One variant each, so that the next one is added beside the others.

use tz_model::{Clause, DirectPoint, Name, OutcomeKind, Points};

/// The stages of scoring, in the one order they run in. The order is part of the language, because nearly every dispute is
/// about order; a stage that no rule of a scheme uses does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// 定周期: which days close together, and to which a fact belongs (R1).
    Period,
    /// 选事实: which facts a rule looks at.
    Select,
    /// 定分值
    Price,
    /// 调整: multiply.
    Adjust,
    /// 合并: several uses of one item.
    Combine,
    /// 分摊: several units on one item.
    Share,
    /// 单位规则: quotas and duties.
    Unit,
    /// 限额: caps and floors.
    Limit,
    /// 否决
    Veto,
    /// 折算
    Scale,
    /// 计入: from one unit to another.
    Credit,
    /// 排名
    Rank,
    /// 后果: what follows from ranks.
    Outcome,
}

/// One rule (条) of the scheme, where the printed rules have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, which lines carry: `adoption`.
    pub id: Name,
    /// The clause (条款) it rests on.
    pub clause: Clause,
    /// The printed sentence.
    pub sentence: String,
    /// How the sentence is read where it is silent.
    pub readings: Vec<Reading>,
    /// What it does.
    pub body: Body,
}

impl Rule {
    /// The stage the rule runs in.
    pub fn stage(&self) -> Stage {
        match self.body {
            Body::Facts(_) => Stage::Price,
            Body::Combine { .. } => Stage::Combine,
            Body::Quota(_) | Body::Yearly(_) => Stage::Unit,
            Body::Floor(_) => Stage::Limit,
            Body::Credit(_) => Stage::Credit,
            Body::LastInGroup(_) | Body::LastOfStatus(_) => Stage::Outcome,
        }
    }

    /// What the lines of each of its [`items`](Self::items) name as their rule: its id, or for a quota `quota-met`,
    /// `quota-over`, `quota-short`.
    pub fn line_rules(&self) -> Vec<Name> {
        match &self.body {
            Body::Quota(_) => ["met", "over", "short"].map(|part| format!("{}-{part}", self.id).into()).to_vec(),
            Body::Facts(_)
            | Body::Combine { .. }
            | Body::Yearly(_)
            | Body::Floor(_)
            | Body::Credit(_)
            | Body::LastInGroup(_)
            | Body::LastOfStatus(_) => vec![self.id.clone(); self.items().len()],
        }
    }

    /// What its lines may be called, in the order they are listed in.
    pub fn items(&self) -> Vec<&Worth> {
        match &self.body {
            Body::Facts(rule) => rule.prices.iter().map(|price| &price.worth).collect(),
            Body::Quota(rule) => vec![&rule.met, &rule.over, &rule.short],
            Body::Yearly(rule) => vec![&rule.done, &rule.undone],
            Body::Floor(rule) => vec![&rule.item],
            Body::Credit(rule) => vec![&rule.item],
            Body::Combine { .. } | Body::LastInGroup(_) | Body::LastOfStatus(_) => Vec::new(),
        }
    }
}

/// How a silent clause is read (理解): a parameter with its value and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The ruling's id: `R8`.
    pub clause: Clause,
    /// The parameter.
    pub key: Name,
    /// The value in force.
    pub value: Name,
    /// The value where a scheme says nothing.
    pub default: &'static str,
    /// Why, in Chinese.
    pub note: String,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// select, price, combine, share: one line for each fact.
    Facts(FactRule),
    /// combine: how several uses or comments of one item go together (F1.n3). Already applied to the rules it names.
    Combine {
        /// The rules it speaks of.
        of: Vec<Name>,
        /// How.
        how: Combine,
    },
    /// unit: items received against the class's quota (F1.n1).
    Quota(QuotaRule),
    /// unit: something to be done once a year (F1.n5, F1.n6).
    Yearly(YearlyRule),
    /// limit: 扣完为止 (R2).
    Floor(Floor),
    /// credit: a direct point's points to its parent (F1.dp, R8).
    Credit(Credit),
    /// outcome: the last of a ranking group, some periods running (N2.7, R9, R10).
    LastInGroup(LastInGroup),
    /// outcome: the last of those with a status, at the year's end (N2.4, R12).
    LastOfStatus(LastOfStatus),
}

/// A name a line may carry, and its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// 名称, unique in the scheme.
    pub name: Name,
    /// 分值; 0 where the rule computes it.
    pub points: Points,
}

/// One line for each fact of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRule {
    /// Which facts.
    pub select: Select,
    /// The price table, in printed order.
    pub prices: Vec<Price>,
    /// Several uses of one item (R6, F1.n3).
    pub combine: Combine,
    /// Several units on one fact (R11).
    pub share: Share,
}

/// Which table a rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Select {
    /// 采用
    Adoptions,
    /// 批示
    Comments,
    /// 约稿
    Duties,
    /// 事项
    Events,
}

/// One row of a price table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// What it is called, and its points.
    pub worth: Worth,
    /// The heading it stands under: 国办采用信息.
    pub level: Option<Name>,
    /// For duties: the state it prices.
    pub answer: Option<Answer>,
}

impl Price {
    /// 名称
    pub fn name(&self) -> &Name {
        &self.worth.name
    }

    /// 分值
    pub fn points(&self) -> Points {
        self.worth.points
    }
}

/// How a duty (约稿任务) was met (N2.2, R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// 按时: on or before the deadline.
    OnTime,
    /// 迟报
    Late,
    /// 拒报
    Refused,
    /// 漏报: never answered.
    Missed,
}

impl Answer {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::OnTime, Self::Late, Self::Refused, Self::Missed];

    /// As a scheme writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnTime => "按时",
            Self::Late => "迟报",
            Self::Refused => "拒报",
            Self::Missed => "漏报",
        }
    }
}

/// How several uses of one item go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// 累加: each counts.
    Each,
}

/// What each of several units on one fact gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// 全额: each the full price (R11).
    Full,
}

/// Items received against the class's quota (F1.n1, R3, R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaRule {
    /// Once, where it is met.
    pub met: Worth,
    /// For each item more.
    pub over: Worth,
    /// For each item short.
    pub short: Worth,
}

/// Something to be done once a year: an event of that name in the year, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearlyRule {
    /// The event's name in the table 事项.
    pub event: Name,
    /// Where it was done.
    pub done: Worth,
    /// Where it was not.
    pub undone: Worth,
}

/// 扣完为止: the deductions of some rules cannot take a period below zero (R2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// What its line is called.
    pub item: Worth,
    /// The rules whose deductions are limited.
    pub of: Vec<Name>,
}

/// At the year's end, a direct point's points count to its parent (F1.dp, R8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// What its line is called.
    pub item: Worth,
    /// The rules whose points are credited.
    pub of: Vec<Name>,
    /// Points in these ranking groups keep their own.
    pub own_groups: Vec<Name>,
    /// True: the point's own total is left as it is. False: the points move.
    pub point_keeps: bool,
}

/// The last of a ranking group, some periods running (N2.7, R9, R10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastInGroup {
    /// How many places from the end.
    pub last: u32,
    /// Ties.
    pub ties: Ties,
    /// Periods running until `outcome` follows.
    pub running: u32,
    /// What follows.
    pub outcome: OutcomeKind,
    /// The letter that goes with it.
    pub letter: Option<String>,
    /// Periods running until something more follows, and what.
    pub then: Option<(u32, OutcomeKind)>,
}

/// The last of those with a status, by annual total (N2.4, R12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastOfStatus {
    /// The status.
    pub status: DirectPoint,
    /// How many places from the end.
    pub last: u32,
    /// What is proposed.
    pub outcome: OutcomeKind,
}

/// How equal totals are ranked (R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// 1, 2, 2, 4; a tie at the edge of the last n brings in every tied unit.
    Competition,
}

/// A class's quota (报送任务, F2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassQuota {
    /// Items a period.
    pub total: u32,
    /// The least of some categories, in printed order.
    pub minimums: Vec<(Name, u32)>,
}
