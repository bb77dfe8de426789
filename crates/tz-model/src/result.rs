//! What scoring says: lines with their reasons, totals, ranks, outcomes.

use std::collections::BTreeMap;

use crate::{Clause, FactId, Name, Period, Points};

/// One line of a unit's account (计分明细): so many points, by which rule and clause, for which facts, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The rule's id in the scheme: `adoption`, `quota-short`, `floor`, `correction`.
    pub rule: Name,
    /// What the scheme calls it: `枣庄普刊采用`.
    pub item: Name,
    /// The clause or ruling it rests on.
    pub clause: Clause,
    /// Points, negative where they are taken.
    pub points: Points,
    /// The facts it rests on; empty for a rule that counts what is absent.
    pub facts: Vec<FactId>,
    /// A Chinese sentence that a town clerk understands.
    pub why: String,
    /// What it waits for (未定), as a Chinese sentence: its points are then 0 and not yet known.
    pub waiting: Option<String>,
}

/// A second account (账) beside the one that ranks, in one period or a year: 奖金, 个人.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Sum of the lines.
    pub total: Points,
    /// The lines, in the scheme's order, then by day and fact.
    pub lines: Vec<Line>,
}

/// The accounts of one period beside the one that ranks, by the ledger's name; only those that have lines.
pub type Accounts = BTreeMap<Name, Account>;

/// One ledger (账) of a unit over a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Every period it has lines in, with the period's place in [`Assessment::periods`].
    pub periods: Vec<(usize, Account)>,
    /// There only when the whole year is scored: the periods' totals plus its lines, which are those of the year only.
    pub annual: Option<Account>,
}

/// How far a unit's quota (报送任务) is met in a period (F1.n1, F2, R3 to R5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Items that count.
    pub received: u32,
    /// Items asked for.
    pub required: u32,
    /// Items short: the larger of total short and sum of category shorts (R3).
    pub short: u32,
    /// Items above the total, where the quota is met (R4).
    pub over: u32,
    /// Each category with a minimum, in the scheme's order.
    pub categories: Vec<CategoryCount>,
}

/// One category's part of a quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryCount {
    /// 信息类别
    pub category: Name,
    /// Items that count.
    pub received: u32,
    /// Items asked for.
    pub required: u32,
}

/// A unit's period: the total is always the sum of the lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodScore {
    /// Sum of the lines.
    pub total: Points,
    /// Place within the ranking group: 1, 2, 2, 4 (R9).
    pub rank: u32,
    /// The lines, in the scheme's order, then by day and fact.
    pub lines: Vec<Line>,
    /// The quota, where the unit's class has one.
    pub quota: Option<Quota>,
}

/// One unit in one period, with what it was called and where it stood then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitPeriod {
    /// Its name.
    pub unit: Name,
    /// Its class.
    pub class: Name,
    /// Its ranking group.
    pub group: Name,
    /// What it scored.
    pub score: PeriodScore,
    /// What stands in other ledgers, never ranked.
    pub ledgers: Accounts,
}

/// A unit's year: the periods' totals plus the yearly lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annual {
    /// The periods' totals plus the lines below.
    pub total: Points,
    /// Place within the ranking group.
    pub rank: u32,
    /// Yearly rules and credits only.
    pub lines: Vec<Line>,
}

/// One unit over a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitYear {
    /// Its name.
    pub unit: Name,
    /// Its class.
    pub class: Name,
    /// Its ranking group.
    pub group: Name,
    /// Every period it was scored in, with the period's place in [`Assessment::periods`].
    pub periods: Vec<(usize, PeriodScore)>,
    /// There only when the whole year is scored.
    pub annual: Option<Annual>,
    /// Other ledgers, by name.
    pub ledgers: BTreeMap<Name, Ledger>,
}

/// What follows from ranks, totals or counts: an interview, a criticism, a lost status, an honour (N2.4, N2.7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeKind {
    /// 约谈: called to an interview (N2.7, R10).
    Interview,
    /// 通报批评: put forward for criticism by circular (N2.7, R10).
    Criticism,
    /// 取消直报点: proposed to lose the status of direct reporting point (N2.4, R12).
    LosesDirectPoint,
    /// Any other that a scheme names: 先进单位.
    Other(Name),
}

impl OutcomeKind {
    const KNOWN: [Self; 3] = [Self::Interview, Self::Criticism, Self::LosesDirectPoint];

    /// The kind of that name: one of those known, or one of the scheme's own.
    pub fn named(name: &str) -> Self {
        Self::KNOWN.into_iter().find(|kind| kind.name() == name).unwrap_or_else(|| Self::Other(name.into()))
    }

    /// As tables and papers name it.
    pub fn name(&self) -> &str {
        match self {
            Self::Interview => "约谈",
            Self::Criticism => "通报批评",
            Self::LosesDirectPoint => "取消直报点",
            Self::Other(name) => name,
        }
    }
}

/// One consequence for one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What follows.
    pub kind: OutcomeKind,
    /// The period's label, or the year for what follows from the year.
    pub period: Name,
    /// The unit.
    pub unit: Name,
    /// Its ranking group.
    pub group: Name,
    /// The clause.
    pub clause: Clause,
    /// A Chinese sentence.
    pub why: String,
}

/// A year, or its beginning, under one scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The scheme's id.
    pub scheme: Name,
    /// The year.
    pub year: i16,
    /// The periods scored, in order.
    pub periods: Vec<Period>,
    /// Every unit scored in any of them, in table order.
    pub units: Vec<UnitYear>,
    /// Consequences, by period, kind and table order.
    pub outcomes: Vec<Outcome>,
}
