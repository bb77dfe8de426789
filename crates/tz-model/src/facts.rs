//! The facts that score, as an office's spreadsheet holds them: six tables, one record type each.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use crate::{Key, Name};

/// Everything a period or a year is scored from. Rows stand in table order; no rule may depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// 单位: who is scored, in the order results are listed.
    pub units: Vec<Unit>,
    /// 报送: items received.
    pub reports: Vec<Report>,
    /// 采用: uses by any office.
    pub adoptions: Vec<Adoption>,
    /// 批示: leaders' comments.
    pub comments: Vec<Comment>,
    /// 约稿: what each unit owed under each solicitation.
    pub duties: Vec<Duty>,
    /// 事项: anything else that scores.
    pub events: Vec<Event>,
}

impl Facts {
    /// The place of a unit by its name, if it is in the table.
    pub fn unit(&self, name: &str) -> Option<UnitIx> {
        self.units.iter().position(|unit| &*unit.name == name).map(UnitIx::at)
    }
}

/// The place of a unit in [`Facts::units`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitIx(pub u32);

impl UnitIx {
    /// The place `index`.
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("no office has four thousand million units"))
    }

    /// The place as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The units a fact names (单位). Shared, as [`Name`]s are: a million facts name the same few.
pub type Units = std::sync::Arc<[UnitIx]>;

/// Which table a fact stands in (事实表).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// 单位
    Units,
    /// 报送
    Reports,
    /// 采用
    Adoptions,
    /// 批示
    Comments,
    /// 约稿
    Duties,
    /// 事项
    Events,
}

impl Table {
    /// Every table, in the order of a workbook's sheets.
    pub const ALL: [Self; 6] =
        [Self::Units, Self::Reports, Self::Adoptions, Self::Comments, Self::Duties, Self::Events];

    /// The name of the sheet or file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Units => "单位",
            Self::Reports => "报送",
            Self::Adoptions => "采用",
            Self::Comments => "批示",
            Self::Duties => "约稿",
            Self::Events => "事项",
        }
    }

    /// The table of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// Names one fact: its table and its 编号 (or row number), shown as `采用:12`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId {
    /// The table it stands in.
    pub table: Table,
    /// Its 编号, or its row number where that is empty.
    pub key: Key,
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.table.name(), self.key)
    }
}

/// Further columns of a fact, by name: a scheme that declares them may read them (scheme.md, principle 7).
pub type Extra = Option<Box<BTreeMap<String, String>>>;

/// A unit (单位): who reports, is scored and ranked (N1, N2.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its name, unique in the table.
    pub name: Name,
    /// Its class (类别), which sets its quota: `A类`.
    pub class: Name,
    /// Its ranking group (排名组): `镇街`.
    pub group: Name,
    /// Its status as direct reporting point (直报点, N2.4), if any: `枣庄市级`, or whatever the scheme calls it.
    pub direct_point: Option<Name>,
    /// The unit a direct point's adoptions are credited to (主管单位, F1.dp), by name.
    pub parent: Option<Name>,
    /// The first day it is scored; empty: always was.
    pub from: Option<Date>,
    /// The last day it is scored; empty: still is.
    pub to: Option<Date>,
    /// Further columns.
    pub extra: Extra,
    /// Where it stood before (变更前), oldest first; the fields above are where it stands since the last of these ended.
    pub earlier: Vec<Stage>,
    /// Who takes over from it after its last day (承接单位), where it was merged or split.
    pub heir: Option<Heir>,
}

/// Where a unit stood up to a day: its class, group, status and parent may be others after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The last day it stood so.
    pub until: Date,
    /// 类别
    pub class: Name,
    /// 排名组
    pub group: Name,
    /// 直报点
    pub direct_point: Option<Name>,
    /// 主管单位
    pub parent: Option<Name>,
    /// Further columns.
    pub extra: Extra,
}

/// The unit that takes over from one that ended (承接单位): what comes to be known of the old one later is credited to it. It must be
/// scored the day after the old one's last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heir {
    /// Its name.
    pub unit: Name,
    /// What the old unit had in the year it ended goes into the heir's annual total (承接得分).
    pub takes_year: bool,
}

impl Unit {
    /// A unit that always stood where it stands, without parent or status.
    pub fn new(name: impl Into<Name>, class: impl Into<Name>, group: impl Into<Name>) -> Self {
        Self {
            name: name.into(),
            class: class.into(),
            group: group.into(),
            direct_point: None,
            parent: None,
            from: None,
            to: None,
            extra: None,
            earlier: Vec::new(),
            heir: None,
        }
    }

    /// True if it is scored on a day (起始日期, 截止日期).
    pub fn is_scored_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Where it stood on a day; `None` is where it stands now.
    pub fn stage_on(&self, day: Date) -> Option<&Stage> {
        self.earlier.iter().find(|stage| day <= stage.until)
    }
}

/// The way an item came (渠道).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Not stated.
    #[default]
    Unstated,
    /// 网页
    Web,
    /// 邮箱
    Mail,
    /// 涉密登记: delivered by hand, registered by number, date and category only (N3.1, R5).
    SecretRegister,
    /// 补录: entered by the office for a unit.
    Entered,
    /// 纸质: never counts towards a quota (N3.1).
    Paper,
}

impl Channel {
    /// Every channel a table may name.
    pub const NAMED: [Self; 5] = [Self::Web, Self::Mail, Self::SecretRegister, Self::Entered, Self::Paper];

    /// As the table writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unstated => "",
            Self::Web => "网页",
            Self::Mail => "邮箱",
            Self::SecretRegister => "涉密登记",
            Self::Entered => "补录",
            Self::Paper => "纸质",
        }
    }

    /// The channel of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Unstated].into_iter().chain(Self::NAMED).find(|channel| channel.name() == name)
    }
}

/// An item received (报送, N2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// 编号, or the row number.
    pub key: Key,
    /// The units that sent it; never empty. Each is credited in full (R11).
    pub units: Units,
    /// The day it was received (R1).
    pub date: Date,
    /// 信息类别
    pub category: Name,
    /// 标题
    pub title: Option<Name>,
    /// 渠道
    pub channel: Channel,
    /// The 编号 of the item it repeats (重复于); such an item counts for nothing (R5).
    pub repeats: Option<Name>,
    /// False if the office ruled it out (计数 否).
    pub counted: bool,
    /// Further columns.
    pub extra: Extra,
}

/// A use of an item (采用).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// 编号, or the row number.
    pub key: Key,
    /// The units credited; never empty (R11).
    pub units: Units,
    /// The day of the publication (R1).
    pub date: Date,
    /// 采用方式: a name in the scheme, such as 每日要情采用.
    pub kind: Name,
    /// 稿件编号
    pub item: Option<Name>,
    /// 形式: 独编, 综合, 一句话.
    pub form: Option<Name>,
    /// 约稿: the solicitation it answers.
    pub solicitation: Option<Name>,
    /// 刊期
    pub issue: Option<Name>,
    /// 撤销日期
    pub withdrawn: Option<Date>,
    /// Further columns.
    pub extra: Extra,
}

/// A leader's comment (批示).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// 编号, or the row number.
    pub key: Key,
    /// The units credited; never empty (R11).
    pub units: Units,
    /// The day of the comment (R1).
    pub date: Date,
    /// 批示层级: a name in the scheme, such as 省政府领导批示.
    pub level: Name,
    /// 稿件编号
    pub item: Option<Name>,
    /// 批示人
    pub leader: Option<Name>,
    /// 撤销日期
    pub withdrawn: Option<Date>,
    /// Further columns.
    pub extra: Extra,
}

/// What a unit said of a solicitation besides answering it (结果).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// 拒报: refused.
    Refused,
}

/// One unit's duty under one solicitation (约稿任务, N2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// 编号, or the row number.
    pub key: Key,
    /// The units that owe it; never empty.
    pub units: Units,
    /// 截止日期: the last day on which an answer is on time. Its month is the fact's month (R1).
    pub deadline: Date,
    /// 约稿编号
    pub solicitation: Option<Name>,
    /// 报送日期: the day the answer came, if it came.
    pub answered: Option<Date>,
    /// 结果
    pub outcome: Option<Outcome>,
    /// 题目
    pub topic: Option<Name>,
    /// Further columns.
    pub extra: Extra,
}

/// Anything else that scores (事项): training, rotation, the bulletin commented on by the unit's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// 编号, or the row number.
    pub key: Key,
    /// The units it concerns; never empty.
    pub units: Units,
    /// 日期
    pub date: Date,
    /// 事项: a name in the scheme.
    pub kind: Name,
    /// 数量: how many times; 1 where empty.
    pub count: u32,
    /// 说明
    pub note: Option<Name>,
    /// Further columns.
    pub extra: Extra,
}
