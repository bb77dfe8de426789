//! What an office sees: cells in, sentences out, and the same facts back.

mod cases;
mod lists;
mod office;
mod results;
mod round_trip;
mod sheets;

use tz_model::{Name, Table, Unit};

use crate::{Column, ColumnKind, Vocabulary};

pub(super) fn names(names: &[&str]) -> Vec<Name> {
    names.iter().map(|&name| name.into()).collect()
}

/// Some of Tengzhou's names, and a further column of every kind.
pub(super) fn words() -> Vocabulary {
    let column = |table, name: &str, kind| Column { table, name: name.into(), kind };
    Vocabulary {
        categories: names(&["工作动态", "经验亮点", "调研分析", "问题建议", "社情民意"]),
        adoption_kinds: names(&[
            "国办专报采用",
            "省府办专报采用",
            "枣庄专报采用",
            "枣庄普刊采用",
            "每日要情采用",
            "政情专报采用",
            "政务信息交流采用",
            "约稿采用",
            "上报采用",
        ]),
        comment_levels: names(&["国务院领导批示", "省政府领导批示", "枣庄市政府领导批示", "滕州市政府领导批示"]),
        event_kinds: names(&["通报获主要负责同志批示", "通报获分管负责同志批示", "完成年度培训", "完成跟岗轮训"]),
        classes: names(&["A类", "B类", "C类"]),
        groups: names(&["镇街", "A类", "B类", "C类"]),
        forms: names(&["独编", "综合", "一句话"]),
        statuses: names(&["枣庄市级", "滕州市级"]),
        columns: vec![
            column(Table::Reports, "字数", ColumnKind::Number),
            column(Table::Adoptions, "路径", ColumnKind::OneOf(names(&["直报", "转报"]))),
            column(Table::Comments, "反馈日期", ColumnKind::Date),
            column(Table::Comments, "职务", ColumnKind::Text),
        ],
        without_titles: false,
    }
}

pub(super) fn unit(name: &str) -> Unit {
    Unit::new(name, "A类", "镇街")
}
