//! The columns of every table, in the order we write them (tables.md).

use tz_model::{Channel, Name, Table};

use crate::Vocabulary;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Key,
    Units,
    Unit,
    Date,
    Category,
    Adoption,
    Level,
    Event,
    Class,
    Group,
    DirectPoint,
    Channel,
    Form,
    Counted,
    Taken,
    Outcome,
    Count,
    Text,
}

/// One column.
#[derive(Debug)]
pub(crate) struct Standard {
    pub name: &'static str,
    pub required: bool,
    pub kind: Kind,
    /// What to write there, for the template's notes.
    pub note: &'static str,
    /// An example, for the template.
    pub example: &'static str,
}

impl Standard {
    /// True if the column must be there and filled in. A scheme without classes or ranking groups
    /// does not ask units for them, nor one without categories items for theirs.
    pub fn asked(&self, words: &Vocabulary) -> bool {
        match self.kind {
            Kind::Class => self.required && !words.classes.is_empty(),
            Kind::Group => self.required && !words.groups.is_empty(),
            Kind::Category => self.required && !words.categories.is_empty(),
            _ => self.required,
        }
    }
}

const fn must(name: &'static str, kind: Kind, note: &'static str, example: &'static str) -> Standard {
    Standard { name, required: true, kind, note, example }
}

const fn may(name: &'static str, kind: Kind, note: &'static str, example: &'static str) -> Standard {
    Standard { name, required: false, kind, note, example }
}

/// The 编号 of rows that show how to fill in a table and are never read.
pub(crate) const EXAMPLE: &str = "示例";

/// The year of a unit that ended goes into its heir's (承接得分).
pub(crate) const TAKEN: &str = "计入";
/// It stays with the unit that ended.
pub(crate) const NOT_TAKEN: &str = "不计";

const KEY: Standard = may(
    "编号",
    Kind::Key,
    "本行的编号，同一张表里不能重复。可以不填，不填时以行号代替。编号为“示例”的行不读取、不计分。",
    EXAMPLE,
);
const UNITS: Standard = must("单位", Kind::Units, "填“单位”表里的名称。几个单位用顿号“、”隔开，各计全分。", EXAMPLE);
const ITEM: Standard = may("稿件编号", Kind::Text, "所涉稿件在“报送”表里的编号。可以不填。", "12");
const WITHDRAWN: Standard = may("撤销日期", Kind::Date, "撤销的日期，例如 2018-06-04。没有撤销就不填。", "");

const UNIT_COLUMNS: [Standard; 9] = [
    must(
        "单位",
        Kind::Unit,
        "单位名称，不能含顿号、逗号、分号。中途换了类别等情况的，一个单位写几行，各行起止日期前后相接。名称为“示例”的行不读取。",
        EXAMPLE,
    ),
    must("类别", Kind::Class, "报送任务的类别，例如 A类。", ""),
    must("排名组", Kind::Group, "在哪一组里排名，例如 镇街。", ""),
    may("直报点", Kind::DirectPoint, "不是直报点就不填；是的填直报点的级别，例如 枣庄市级。", ""),
    may("主管单位", Kind::Text, "直报点的得分年终计入哪个单位，填本表里的单位名称。没有就不填。", ""),
    may("起始日期", Kind::Date, "从哪一天起计分，例如 2018-01-01。一直计分就不填。", ""),
    may("截止日期", Kind::Date, "计分到哪一天为止。仍在计分就不填。", ""),
    may("承接单位", Kind::Text, "合并、拆分后由哪个单位承接，填本表里的单位名称。没有就不填。", ""),
    may("承接得分", Kind::Taken, "当年得分是否计入承接单位的年度总分：计入 或 不计。不填就是计入。", ""),
];

const REPORT_COLUMNS: [Standard; 8] = [
    KEY,
    UNITS,
    must("报送日期", Kind::Date, "收到稿件的日期，例如 2018-06-04。", "2018-06-04"),
    must("信息类别", Kind::Category, "从下拉列表里选。", ""),
    may("标题", Kind::Text, "稿件标题。涉密登记的不填标题。", "这是填写示例，不计分"),
    may("渠道", Kind::Channel, "网页、邮箱、涉密登记、补录 或 纸质；纸质不计入任务。可以不填。", "邮箱"),
    may("重复于", Kind::Text, "与哪一篇重复，填那一篇的编号。不重复就不填。", ""),
    may("计数", Kind::Counted, "不计入任务的填“否”，其余不填。", ""),
];

const ADOPTION_COLUMNS: [Standard; 9] = [
    KEY,
    UNITS,
    must("采用日期", Kind::Date, "刊发的日期，例如 2018-06-29。", "2018-06-29"),
    must("采用方式", Kind::Adoption, "从下拉列表里选。", ""),
    ITEM,
    may("形式", Kind::Form, "独编、综合 或 一句话。可以不填。", ""),
    may("约稿", Kind::Text, "是约稿的，填约稿编号。不是就不填。", ""),
    may("刊期", Kind::Text, "刊物的期号。可以不填。", "第12期"),
    WITHDRAWN,
];

const COMMENT_COLUMNS: [Standard; 7] = [
    KEY,
    UNITS,
    must("批示日期", Kind::Date, "批示的日期，例如 2018-06-30。", "2018-06-30"),
    must("批示层级", Kind::Level, "从下拉列表里选。", ""),
    ITEM,
    may("批示人", Kind::Text, "作批示的领导。可以不填。", ""),
    WITHDRAWN,
];

const DUTY_COLUMNS: [Standard; 7] = [
    KEY,
    UNITS,
    must("截止日期", Kind::Date, "要求报送的最后一天，当天报送仍算按时。", "2018-06-15"),
    may("约稿编号", Kind::Text, "约稿的编号。同一次约稿的各单位填同一个编号。", "约2018-06"),
    may("报送日期", Kind::Date, "收到约稿稿件的日期。没有报送就不填。", "2018-06-14"),
    may("结果", Kind::Outcome, "明确不报的填“拒报”，其余不填。", ""),
    may("题目", Kind::Text, "约稿的题目。可以不填。", ""),
];

const EVENT_COLUMNS: [Standard; 6] = [
    KEY,
    UNITS,
    must("日期", Kind::Date, "事项发生的日期，例如 2018-06-04。", "2018-06-04"),
    must("事项", Kind::Event, "从下拉列表里选。", ""),
    may("数量", Kind::Count, "次数，填整数。不填就是 1。", ""),
    may("说明", Kind::Text, "任何说明。可以不填。", "这是填写示例，不计分"),
];

/// The columns of a table. The first three of every table but 单位 are 编号, 单位 and the day.
pub(crate) fn standard(table: Table) -> &'static [Standard] {
    match table {
        Table::Units => &UNIT_COLUMNS,
        Table::Reports => &REPORT_COLUMNS,
        Table::Adoptions => &ADOPTION_COLUMNS,
        Table::Comments => &COMMENT_COLUMNS,
        Table::Duties => &DUTY_COLUMNS,
        Table::Events => &EVENT_COLUMNS,
    }
}

/// The names that may stand in a column, where they are listed at all.
pub(crate) fn choices(kind: Kind, words: &Vocabulary) -> Vec<Name> {
    let fixed = |names: &[&str]| names.iter().map(|&name| Name::from(name)).collect();
    match kind {
        Kind::Category => words.categories.clone(),
        Kind::Adoption => words.adoption_kinds.clone(),
        Kind::Level => words.comment_levels.clone(),
        Kind::Event => words.event_kinds.clone(),
        Kind::Class => words.classes.clone(),
        Kind::Group => words.groups.clone(),
        Kind::Form => words.forms.clone(),
        Kind::DirectPoint => words.statuses.clone(),
        Kind::Channel => Channel::NAMED.iter().map(|channel| Name::from(channel.name())).collect(),
        Kind::Counted => fixed(&["是", "否"]),
        Kind::Taken => fixed(&[TAKEN, NOT_TAKEN]),
        Kind::Outcome => fixed(&["拒报"]),
        Kind::Key | Kind::Units | Kind::Unit | Kind::Date | Kind::Count | Kind::Text => Vec::new(),
    }
}
