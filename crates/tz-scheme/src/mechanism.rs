//! The building blocks of a scheme (计分办法): one variant of [`Body`] each, combining freely by the rules they name in `of`.
//!
//! The stages run in the one order of [`Stage`], whatever the order of the file; within a stage, rules run as the file has
//! them. `docs/scheme.md` teaches the same blocks from the outside; the two are kept together.

use jiff::civil::Date;
use tz_model::{Clause, Name, OutcomeKind, Points, Table};

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
    /// 调整: multiply one use.
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
    /// The ledger (账) its lines stand in: `None` is the one that ranks; `个人`, `奖金` stand beside it and are never ranked.
    pub ledger: Option<Name>,
    /// The units it applies to.
    pub whom: Whom,
    /// What it does.
    pub body: Body,
}

/// The units a rule applies to (适用单位). Every part that is given must hold; nothing given is every unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whom {
    /// Ranking groups; empty: all.
    pub groups: Vec<Name>,
    /// Classes; empty: all.
    pub classes: Vec<Name>,
    /// Conditions on the columns of the table 单位.
    pub when: Vec<Condition>,
}

/// How a silent clause is read (理解): a parameter with its value and the reason. A reading with choices sets further keys of its
/// rule, those of the choice in force, before the rule is read; so another reading is another word in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The ruling's id: `R8`.
    pub clause: Clause,
    /// The parameter.
    pub key: Name,
    /// The value in force.
    pub value: Name,
    /// The value where a scheme says nothing; with choices, the first.
    pub default: Name,
    /// The values it could take, where the file lists them.
    pub choices: Vec<Name>,
    /// Why, in Chinese.
    pub note: String,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// select, price: one line for each fact of a table.
    Facts(FactRule),
    /// adjust (of one use) or combine (of all an item earned): a multiplier.
    Multiply(Multiply),
    /// combine: how several uses or comments of one item go together (F1.n3).
    Combine(Combine),
    /// share: what each of several units on one fact gets (R11).
    Share(Share),
    /// unit: points a unit has to begin with.
    Start(Start),
    /// unit: a count against a target (F1.n1).
    Quota(QuotaRule),
    /// unit: something to be done once a year (F1.n5, F1.n6).
    Yearly(YearlyRule),
    /// limit: 最多
    Cap(Cap),
    /// limit: 扣完为止 (R2).
    Floor(Floor),
    /// veto: so many facts of a kind make the rest void.
    Veto(Veto),
    /// scale: points made into other points (折算).
    Scale(Scale),
    /// credit: a unit's points to its parent (F1.dp, R8).
    Credit(Credit),
    /// credit: a parent's points from its children's totals.
    RollUp(RollUp),
    /// outcome: the last of a ranking group, some periods running (N2.7, R9, R10).
    LastInGroup(LastInGroup),
    /// outcome: the last of those with a status, at the year's end (N2.4, R12).
    LastOfStatus(LastOfStatus),
    /// outcome: the first of a ranking group.
    BestInGroup(BestInGroup),
    /// outcome: a total, count or change that reaches or misses a line.
    Threshold(Threshold),
}

/// A name a line may carry, and its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// 名称, unique in the scheme.
    pub name: Name,
    /// 分值; 0 where the rule computes it.
    pub points: Points,
}

// ── what facts say ──

/// A column of a fact, or of the unit it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column {
    /// True for a column of the table 单位, looked at for the unit that is being scored.
    pub of_unit: bool,
    /// The column's name as the table's first row has it: `形式`.
    pub name: Name,
    /// What its cells hold.
    pub kind: ColumnKind,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKind {
    /// 名称
    Name,
    /// 数: exact, with decimals or as a fraction.
    Number,
    /// 日期
    Date,
    /// 是否: 是 or 否.
    YesNo,
}

/// A column that the scheme declares (principle 7), or says more of than the tables do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The table it stands in.
    pub table: Table,
    /// The column.
    pub name: Name,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// For names: the only ones allowed; empty: any.
    pub values: Vec<Name>,
    /// For numbers: least and most, both allowed.
    pub range: Option<(Points, Points)>,
    /// What an empty cell means.
    pub missing: Missing,
}

/// What an empty cell of a declared column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// 无: the fact has no such property. Conditions on it do not hold.
    Absent,
    /// 未定: not known yet. What is priced by it waits.
    Waiting,
    /// 必填: a fault.
    Fault,
}

/// One condition of a `when`; all must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `形式 = 综合、一句话` and `形式 ≠ 独编`. An empty cell is no value: it fulfils only ≠.
    Is {
        /// The column.
        column: Column,
        /// The names; for 是否 the one name 是 or 否, an empty cell being 否.
        values: Vec<Name>,
        /// True for ≠.
        not: bool,
    },
    /// `字数 < 500`, `反馈日期 > 反馈期限`. An empty cell fulfils none.
    Compare {
        /// The column.
        column: Column,
        /// How.
        how: Comparison,
        /// With what.
        with: Operand,
    },
    /// `批示人 有`, `反馈日期 无`.
    Has {
        /// The column.
        column: Column,
        /// True for 有.
        present: bool,
    },
    /// `被采用`, `未被批示`: whether a fact of that table, dated no later than the period's end and not withdrawn, names the
    /// same 稿件编号 (for an item received, its own 编号).
    Linked {
        /// 采用 or 批示.
        table: Table,
        /// False for 未.
        yes: bool,
    },
    /// `当期报送`, `非当期报送`: whether the item a use or comment names was received in the period of the use. An item that is not in
    /// the table 报送 fulfils neither.
    ReceivedInPeriod {
        /// False for 非.
        yes: bool,
    },
    /// `完成情况 ≠ 按时 或 质量 = 不合格`: at least one of these.
    Any(Vec<Condition>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// <
    Less,
    /// ≤
    AtMost,
    /// =
    Equal,
    /// ≠
    NotEqual,
    /// ≥
    AtLeast,
    /// >
    More,
}

/// What a column is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A number.
    Number(Points),
    /// A day.
    Date(Date),
    /// Another column of the same kind.
    Column(Column),
}

// ── price, adjust, combine, share ──

/// One line for each fact of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRule {
    /// Which table.
    pub table: Table,
    /// The column whose name the price table is looked up by: 采用方式 for 采用, 批示层级 for 批示, 事项 for 事项, 完成情况 for 约稿; for 报送
    /// `None` unless the scheme says `by = "信息类别"`.
    pub by: Option<Column>,
    /// Only facts of which all this holds.
    pub when: Vec<Condition>,
    /// The date column by which a fact belongs to a period, where it is not the table's own: 反馈期限. A fact whose cell is empty
    /// is not looked at.
    pub day: Option<Column>,
    /// The price table, in printed order. The first row that fits prices a fact.
    pub prices: Vec<Price>,
}

/// One row of a price table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// What its lines are called, and its points.
    pub worth: Worth,
    /// The heading it stands under: 国办采用信息.
    pub level: Option<Name>,
    /// The names in the `by` column it prices; its own name if the scheme gives none. Empty where the rule has no `by`.
    pub of: Vec<Name>,
    /// Only facts of which all this holds.
    pub when: Vec<Condition>,
    /// A number column the points are multiplied by: 数量, 分值, 上级计分. Empty cells: see [`Attribute::missing`]; an empty 数量 is 1.
    pub times: Option<Column>,
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

/// How a duty (约稿任务) was met (N2.2, R7): the values of the column 完成情况, which is worked out and stands in no table.
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

/// A multiplier (乘以).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiply {
    /// The rules or line names whose points are multiplied.
    pub of: Vec<Name>,
    /// What is multiplied.
    pub base: Base,
    /// By a number.
    pub by: Points,
    /// And by a number column of the use (of the multiplying fact where the base is the item).
    pub times: Option<Column>,
}

/// What a multiplier multiplies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// 本次: each use of which all this holds, before uses are combined.
    Use {
        /// Conditions on the use.
        when: Vec<Condition>,
    },
    /// 全部: what the item has earned under `of` until a fact of `table` came for it, and everything it earns later. The
    /// difference stands as a line of that fact.
    Item {
        /// The table of the multiplying facts: 批示 or 采用.
        table: Table,
        /// Conditions on the multiplying fact.
        when: Vec<Condition>,
        /// Only uses that agree with the multiplying fact in these columns: `same = ["层级"]` is "the own level's price".
        same: Vec<Name>,
        /// True: every such fact multiplies again; false: only the first.
        each: bool,
        /// What its lines are called.
        item: Worth,
    },
}

/// How several facts of one item go together (合并). Facts are taken by day, then number; each adds what the value of the whole
/// grows by, so that a dearer use that comes later earns the difference. Sum is the default where no rule names the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combine {
    /// The rules or line names it speaks of.
    pub of: Vec<Name>,
    /// The columns that make facts one item: 稿件编号 if the scheme says nothing. A fact with an empty cell there is an item of its
    /// own. For an item received, 稿件编号 is its 编号.
    pub per: Vec<Name>,
    /// Of facts that agree in these columns only the dearest counts: `["批示层级"]` is "each level once". A column a table lacks
    /// is empty for its facts.
    pub once_per: Vec<Name>,
    /// Families of line names (刊物族): within each only the dearest counts. A line name in no family is a family of its own.
    pub families: Vec<Vec<Name>>,
    /// Of what is left, only the best so many; `None`: all add up.
    pub best: Option<u32>,
    /// What those beyond the best count: 0 where the scheme says nothing, `1/2` for 其余减半.
    pub rest: Points,
    /// Line names that are added on top, whatever else counts.
    pub added: Vec<Name>,
    /// How far back uses of the same item are looked for.
    pub within: Within,
    /// Whether a dearer fact that comes later earns the difference, or the first stands.
    pub later: Later,
}

/// How far back uses of one item are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// 不限: any time. The default.
    Ever,
    /// 本年
    Year,
    /// 本期
    Period,
}

/// What a later, dearer use earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// 补差: the difference, also where the earlier use stands in a closed period. The default.
    Difference,
    /// 不计: nothing; what came first stands.
    Nothing,
}

/// What each of several units on one fact gets (分摊).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The rules or line names it speaks of.
    pub of: Vec<Name>,
    /// Only facts of which all this holds.
    pub when: Vec<Condition>,
    /// How.
    pub how: Sharing,
}

/// How points are shared between the units of one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// 全额: each the full price (R11). The default where no rule speaks of the facts.
    Full,
    /// 平分: equal parts, exact.
    Equal,
    /// 按序: `parts = [3, 2]`: by the order the units are named in, each its part of the sum of the parts. With one unit it gets all.
    /// More units than parts is a fault.
    InOrder(Vec<Points>),
    /// 定额: the first named so much, each other so much, whatever the price.
    Fixed {
        /// 主稿单位
        first: Points,
        /// Each other.
        others: Points,
    },
    /// 份额: the unit's part of the price stands in a number column.
    Column(Column),
}

// ── unit rules ──

/// Points a unit has to begin with (基础分), each span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Its line.
    pub item: Worth,
    /// How often.
    pub span: Span,
}

/// The stretch a unit rule, cap, veto or scale looks at. Its lines stand in the period that holds the stretch's last day; those of a
/// year among the year's own lines. Spans follow the scheme's year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// 每周: each week by itself, for quotas only. A week belongs to the period of its Thursday (R16), and its line stands there.
    Week,
    /// 每期: the period. The default.
    Period,
    /// 每季
    Quarter,
    /// 每半年
    HalfYear,
    /// 全年
    Year,
}

/// A count against a target (任务).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaRule {
    /// What is asked for; the quota is met where all of it is. At least one.
    pub needs: Vec<Need>,
    /// The stretch it looks at.
    pub span: Span,
    /// Once, where it is met.
    pub met: Option<Worth>,
    /// For each one more than the target, where it is met (R4); of the first need.
    pub over: Option<Each>,
    /// For each one short of the target (R3); of the first need.
    pub short: Option<Each>,
    /// Once, where it is not met.
    pub unmet: Option<Worth>,
    /// The points times count / target of the first need.
    pub proportion: Option<Proportion>,
    /// 分档: the first row whose part of the target the first need reaches, by falling part. Below the last, nothing.
    pub steps: Vec<(Points, Worth)>,
    /// Where it is not met, points within the span are taken back.
    pub void: Option<Void>,
}

/// Points that are taken back where a quota is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Void {
    /// What its line is called.
    pub item: Worth,
    /// The rules or line names whose points are taken back.
    pub of: Vec<Name>,
}

/// Points for each one, with a limit to how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Each {
    /// The line and the points of one.
    pub worth: Worth,
    /// What is one; only whole ones count. `None`: one, and a part of one counts as that part.
    pub per: Option<Per>,
    /// No more than so many are counted.
    pub at_most: Option<u32>,
}

/// What is one in [`Each`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// So many: 每多2篇.
    Number(Points),
    /// This part of the target: 每超10%.
    OfTarget(Points),
}

/// Points in proportion to the part of the target that is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proportion {
    /// The line, and the points of a target just reached.
    pub worth: Worth,
    /// True: no more than that.
    pub capped: bool,
}

/// One thing a quota asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What is counted.
    pub count: Count,
    /// How much is asked for.
    pub target: Target,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// Facts of a table that count (R5), each as one or as its weight.
    Facts(Counted),
    /// Points of rules or line names, after sharing.
    Points(Vec<Name>),
    /// A rate: the first count divided by the second; where the second is nothing, the target counts as met.
    Rate(Counted, Counted),
}

/// Facts to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The table.
    pub table: Table,
    /// Only facts of which all this holds.
    pub when: Vec<Condition>,
    /// What a fact counts as: the first row of which all holds; one where none fits.
    pub weights: Vec<(Vec<Condition>, Points)>,
}

/// How much is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The class's total and minimums ([`ClassQuota`], R3). A class without a total has no task and is never penalised.
    Class,
    /// The same for every unit.
    Number(Points),
    /// By class; a class not named has no task.
    ByClass(Vec<(Name, Points)>),
    /// A number column of 单位 times a number: `2` for each head in 人数. An empty cell is no task.
    Column(Column, Points),
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

// ── limit, veto, scale ──

/// 最多: the points of some rules within a span are limited; what goes beyond stands as a line that takes it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// What its line is called.
    pub item: Worth,
    /// The rules or line names.
    pub of: Vec<Name>,
    /// The most they may bring.
    pub at_most: Points,
    /// Within which span. For a span longer than a period, each period's line takes away what the span so far goes beyond.
    pub span: Span,
    /// A limit for each value of a column by itself: `per = "刊物"`.
    pub per: Option<Name>,
}

/// 扣完为止: the deductions of some rules cannot take a sum below a number (R2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// What its line is called.
    pub item: Worth,
    /// The rules or line names whose deductions are limited.
    pub of: Vec<Name>,
    /// The sum that is kept up: of these rules or line names; empty: of the whole total.
    pub within: Vec<Name>,
    /// What it is kept up at.
    pub at_least: Points,
    /// Over which span the sum is taken, those of the year's own lines included where it is the year. A span longer than a period
    /// gives back once, at its end.
    pub span: Span,
}

/// 否决: so many facts make the points of a span void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Veto {
    /// What its line is called.
    pub item: Worth,
    /// The table of the facts.
    pub table: Table,
    /// Only facts of which all this holds.
    pub when: Vec<Condition>,
    /// From so many on.
    pub count: u32,
    /// Counted within, and void for, this span: a period's line, or one of the year's own lines (published periods stay).
    pub span: Span,
    /// What is void: the points of these rules or line names; empty: the whole total.
    pub void: Vec<Name>,
    /// The part of it that is void; 1 is all.
    pub part: Points,
}

/// 折算: points made into other points. Its line is the difference, so that the total stays the sum of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// What its line is called.
    pub item: Worth,
    /// The points that are converted: of these rules or line names; empty: the whole total.
    pub of: Vec<Name>,
    /// Over which span: a period's line, or one of the year's own lines.
    pub span: Span,
    /// The full mark, for points equal to the measure.
    pub full: Points,
    /// The measure.
    pub measure: Measure,
    /// No more than the full mark.
    pub capped: bool,
    /// The result is multiplied by this: the weight in a larger assessment. 1 where there is none.
    pub weight: Points,
    /// Rounded half up to so many decimals; `None`: exact.
    pub decimals: Option<u32>,
}

/// What points are measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The unit's target. A unit without one is not converted.
    Target(Target),
    /// The best of its ranking group; where that is not above nothing, everyone gets nothing.
    Best,
    /// The mean of its ranking group.
    Mean,
    /// The place within its ranking group by these points, equal points sharing a place (1, 2, 2, 4).
    Rank(Places),
}

/// Points by place (按名次).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Places {
    /// The full mark for the first, so much less for each place below, never below 0.
    Less(Points),
    /// Up to each of these places so many points; below the last row nothing.
    Steps(Vec<(u32, Points)>),
}

// ── credit ──

/// A unit's points count to its parent (F1.dp, R8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// What its line is called.
    pub item: Worth,
    /// The rules or line names whose points are credited.
    pub of: Vec<Name>,
    /// Year: once, at the year's end. Period: at once, in the same period.
    pub span: Span,
    /// Which units give: direct points only, or every unit with a parent.
    pub from: Givers,
    /// The part that is credited; 1 is all.
    pub part: Points,
    /// Units in these ranking groups keep their own.
    pub own_groups: Vec<Name>,
    /// True: the giver's own total is left as it is. False: the points move.
    pub point_keeps: bool,
}

/// Whose points are credited to their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Givers {
    /// 直报点
    DirectPoints,
    /// 下属: every unit with a 主管单位.
    Children,
}

/// A parent's points from its children's totals (联动).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollUp {
    /// What its line is called.
    pub item: Worth,
    /// How the children's totals are taken together.
    pub how: Together,
    /// Times this.
    pub part: Points,
    /// Over which span: a period's line, or one of the year's own lines.
    pub span: Span,
}

/// How several totals become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// 合计
    Sum,
    /// 平均
    Mean,
    /// 最高
    Best,
}

// ── rank, outcome ──

/// How units are ranked (排名).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// Ties.
    pub ties: Ties,
    /// At equal totals, the sums of these, one after the other, decide; each is a list of rules or line names.
    pub then: Vec<Vec<Name>>,
}

/// How equal totals are ranked (R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// 1, 2, 2, 4; a tie at the edge of the last n brings in every tied unit.
    Competition,
    /// 1, 2, 2, 3.
    Dense,
}

/// The last of a ranking group, some periods running (N2.7, R9, R10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastInGroup {
    /// How many places from the end.
    pub last: u32,
    /// Whose totals are ranked: each period's, or those of a longer span at its end.
    pub span: Span,
    /// Spans running until `outcome` follows.
    pub running: u32,
    /// What follows.
    pub outcome: OutcomeKind,
    /// The letter that goes with it.
    pub letter: Option<String>,
    /// Spans running until something more follows, and what.
    pub then: Option<(u32, OutcomeKind)>,
}

/// The last of those with a status, by annual total (N2.4, R12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastOfStatus {
    /// The status.
    pub status: Name,
    /// How many places from the end.
    pub last: u32,
    /// What is proposed.
    pub outcome: OutcomeKind,
}

/// The first of a ranking group (评先).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestInGroup {
    /// What they are the best in: the total, a sum (单项), or progress. A count or rank it cannot be.
    pub of: Measured,
    /// How many are named; a tie at the edge brings in every tied unit.
    pub first: u32,
    /// In which groups, and how many there where it differs.
    pub by_group: Vec<(Name, u32)>,
    /// Each period, or at the year's end.
    pub span: Span,
    /// Only units that have an event, or a line, of each of these names in the span (preconditions).
    pub needs: Vec<Name>,
    /// Not units that have an event, or a line, of any of these names in the span (disqualification). The next does not move up.
    pub barred: Vec<Name>,
    /// What follows.
    pub outcome: OutcomeKind,
    /// The letter that goes with it.
    pub letter: Option<String>,
}

/// A line that is reached or missed (达标).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// What is looked at.
    pub of: Measured,
    /// How it is compared.
    pub how: Comparison,
    /// With what.
    pub with: Points,
    /// Each period, or at the year's end.
    pub span: Span,
    /// Spans running until it follows; 1 where the scheme says nothing.
    pub running: u32,
    /// What follows.
    pub outcome: OutcomeKind,
    /// The letter that goes with it.
    pub letter: Option<String>,
}

/// What a threshold looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// 总分
    Total,
    /// The sum of rules or line names.
    Sum(Vec<Name>),
    /// A count of facts (zero reports named).
    Facts(Counted),
    /// A count of lines of these names: 未完成任务.
    Lines(Vec<Name>),
    /// 名次 within the group.
    Rank,
    /// The total less the one of the same span a year before; a unit that had none then is passed over.
    Progress,
}

/// A class's quota (报送任务, F2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassQuota {
    /// Items a period; `None`: the class has no task.
    pub total: Option<u32>,
    /// The least of some categories, in printed order.
    pub minimums: Vec<(Name, u32)>,
}
