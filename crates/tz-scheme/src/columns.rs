//! The columns of the fact tables that every scheme may read without declaring them, and those that are worked out.

use tz_model::Table;

use crate::mechanism::ColumnKind;

/// One column.
pub(crate) struct BuiltIn {
    pub name: &'static str,
    pub kind: ColumnKind,
    /// The only names it may hold; empty: any.
    pub values: &'static [&'static str],
    /// True for a column that the readers of tables know of themselves, or that is worked out; false for one that they read
    /// as a further column.
    pub basic: bool,
}

const fn column(name: &'static str, kind: ColumnKind) -> BuiltIn {
    BuiltIn { name, kind, values: &[], basic: true }
}

const fn choice(name: &'static str, values: &'static [&'static str]) -> BuiltIn {
    BuiltIn { name, kind: ColumnKind::Name, values, basic: true }
}

impl BuiltIn {
    const fn further(mut self) -> Self {
        self.basic = false;
        self
    }
}

/// The column that says what a unit is as a direct point, and what every scheme knows of it; one that knows others declares the
/// column or names them under [[direct_points]].
pub(crate) const STATUS: &str = "直报点";
pub(crate) const STATUSES: &[&str] = &["枣庄市级", "滕州市级"];

/// The forms of use every scheme knows; one that knows others declares the column.
pub(crate) const FORMS: &[&str] = &["独编", "综合", "一句话"];

use ColumnKind::{Date, Name, Number, YesNo};

const UNITS: &[BuiltIn] = &[
    column("单位", Name),
    column("类别", Name),
    column("排名组", Name),
    choice(STATUS, STATUSES),
    column("主管单位", Name),
    column("起始日期", Date),
    column("截止日期", Date),
    column("人数", Number).further(),
    column("目标", Number).further(),
];

const REPORTS: &[BuiltIn] = &[
    column("编号", Name),
    column("报送日期", Date),
    column("信息类别", Name),
    column("标题", Name),
    choice("渠道", &["网页", "邮箱", "涉密登记", "补录", "纸质"]),
    column("重复于", Name),
    column("计数", YesNo),
    column("字数", Number).further(),
    column("单位数", Number),
    column("署名顺序", Number).further(),
];

const ADOPTIONS: &[BuiltIn] = &[
    column("编号", Name),
    column("采用日期", Date),
    column("采用方式", Name),
    column("稿件编号", Name),
    choice("形式", FORMS),
    column("约稿", Name),
    column("刊期", Name),
    column("撤销日期", Date),
    column("层级", Name).further(),
    choice("路径", &["直报", "转报"]).further(),
    column("刊物", Name).further(),
    column("信息类别", Name).further(),
    column("字数", Number).further(),
    column("署名顺序", Number).further(),
    column("份额", Number).further(),
    column("上级计分", Number).further(),
    column("单位数", Number),
];

const COMMENTS: &[BuiltIn] = &[
    column("编号", Name),
    column("批示日期", Date),
    column("批示层级", Name),
    column("稿件编号", Name),
    column("批示人", Name),
    column("撤销日期", Date),
    choice("职务", &["主要领导", "其他领导"]).further(),
    column("刊物", Name).further(),
    column("反馈期限", Date).further(),
    column("反馈日期", Date).further(),
    column("单位数", Number),
    column("署名顺序", Number).further(),
];

const DUTIES: &[BuiltIn] = &[
    column("编号", Name),
    column("截止日期", Date),
    column("约稿编号", Name),
    column("报送日期", Date),
    choice("结果", &["拒报"]),
    column("题目", Name),
    choice("完成情况", &["按时", "迟报", "拒报", "漏报"]),
    column("单位数", Number),
    column("署名顺序", Number).further(),
];

const EVENTS: &[BuiltIn] = &[
    column("编号", Name),
    column("日期", Date),
    column("事项", Name),
    column("数量", Number),
    column("说明", Name),
    column("分值", Number).further(),
    column("上级扣分", Number).further(),
    column("单位数", Number),
    column("署名顺序", Number).further(),
];

/// The columns of a table.
pub(crate) fn built_in(table: Table) -> &'static [BuiltIn] {
    match table {
        Table::Units => UNITS,
        Table::Reports => REPORTS,
        Table::Adoptions => ADOPTIONS,
        Table::Comments => COMMENTS,
        Table::Duties => DUTIES,
        Table::Events => EVENTS,
    }
}

/// The column by which a table's facts are looked up in a price table.
pub(crate) fn looked_up_by(table: Table) -> Option<&'static str> {
    match table {
        Table::Adoptions => Some("采用方式"),
        Table::Comments => Some("批示层级"),
        Table::Duties => Some("完成情况"),
        Table::Events => Some("事项"),
        Table::Units | Table::Reports => None,
    }
}

/// What a kind of column is called.
pub(crate) fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        Name => "名称",
        Number => "数",
        Date => "日期",
        YesNo => "是否",
    }
}

#[cfg(test)]
mod tests {
    use tz_model::{Channel, Table};

    use super::built_in;
    use crate::mechanism::Answer;

    #[test]
    fn fixed_names_are_those_of_the_facts() {
        let values = |table, name: &str| {
            built_in(table).iter().find(|column| column.name == name).map(|column| column.values.to_vec())
        };
        assert_eq!(values(Table::Reports, "渠道"), Some(Channel::NAMED.map(Channel::name).to_vec()));
        assert_eq!(values(Table::Duties, "完成情况"), Some(Answer::ALL.map(Answer::name).to_vec()));
    }
}
