//! Tables that stand within rules and the head.

use crate::toml::{Field, Shape, Takes, may, must};

pub(crate) const TABLES: &[&str] = &["报送", "采用", "批示", "约稿", "事项"];
pub(crate) const ANSWERS: &[&str] = &["按时", "迟报", "拒报", "漏报"];
/// 计数的对象: a table, or points.
pub(crate) const COUNTS: &[&str] = &["报送", "采用", "批示", "约稿", "事项", "分"];
pub(crate) const SPANS: &[&str] = &["period", "quarter", "half-year", "year"];

const fn part(what: &'static str, list: &'static str, fields: &'static [Field]) -> Shape {
    Shape { what, list, fields, kinds: None }
}

pub(crate) const SPAN: Field = may("span", "多长一段", Takes::Choice(SPANS)).or("period");
pub(crate) const WHEN: Field = may("when", "条件", Takes::NameOrNames);
pub(crate) const OF: Field = must("of", "所指规则", Takes::NameOrNames);
pub(crate) const NAME: Field = must("name", "名称", Takes::Line);
pub(crate) const OUTCOME: Field = must("outcome", "后果", Takes::Words);
pub(crate) const LETTER: Field = may("letter", "随附文书", Takes::Words);
pub(crate) const POINTS: Field = must("points", "分值", Takes::Number);

pub(crate) const READING: Shape = part(
    "理解",
    "reading",
    &[
        must("id", "编号", Takes::Words),
        must("key", "理解的事项", Takes::Words),
        must("value", "现行的理解", Takes::Words),
        must("note", "理由", Takes::Words),
        may("choices", "可选的理解", Takes::Choices),
    ],
);

/// One of a reading's choices. Its further keys are those of the rule it stands in.
pub(crate) const CHOICE: Shape = part("可选的理解", "choices", &[must("value", "理解", Takes::Words)]);

/// A line with its points.
pub(crate) const WORTH: Shape = part("分值", "", &[NAME, POINTS]);

pub(crate) const PRICE: Shape = part(
    "分值表的一行",
    "prices",
    &[
        NAME,
        POINTS,
        may("level", "所属层级", Takes::Words),
        may("of", "所指名称", Takes::NameOrNames),
        may("answer", "约稿完成情况", Takes::Choice(ANSWERS)),
        WHEN,
        may("times", "乘以的列", Takes::Words),
    ],
);

/// For each one over or short.
pub(crate) const EACH: Shape = part(
    "分值",
    "",
    &[NAME, POINTS, may("per", "每多少算一个", Takes::Number), may("at_most", "最多计几个", Takes::Count)],
);

pub(crate) const PROPORTION: Shape =
    part("按比例计分", "", &[NAME, POINTS, may("capped", "不超过满分", Takes::YesNo).or("true")]);

pub(crate) const STEP: Shape = part("分档", "steps", &[must("from", "达到任务的", Takes::Number), NAME, POINTS]);

pub(crate) const VOID: Shape = part("收回", "", &[NAME, OF]);

pub(crate) const TARGET: Shape =
    part("任务", "target", &[must("column", "单位表的列", Takes::Words), may("times", "乘以", Takes::Number).or("1")]);

pub(crate) const CLASS_TARGET: Shape =
    part("各类任务", "targets", &[must("class", "单位类别", Takes::Words), must("items", "任务数", Takes::Number)]);

pub(crate) const WEIGHT: Shape =
    part("折合", "weights", &[must("when", "条件", Takes::NameOrNames), must("counts", "折合为", Takes::Number)]);

pub(crate) const RATE: Shape = part(
    "比率",
    "",
    &[
        must("count", "计数的事实表", Takes::Choice(TABLES)),
        WHEN,
        must("over", "除以的事实表", Takes::Choice(TABLES)),
        may("over_when", "除以的条件", Takes::NameOrNames),
    ],
);

pub(crate) const TARGET_NUMBER: Field = may("target", "任务", Takes::NumberOrTable(&TARGET));
pub(crate) const TARGET_BY_CLASS: Field = may("targets", "各类任务", Takes::Tables(&CLASS_TARGET));

/// One thing a quota asks for besides the first.
pub(crate) const NEED: Shape = part(
    "另一项要求",
    "also",
    &[
        may("count", "计数的对象", Takes::Choice(COUNTS)).or("报送"),
        WHEN,
        may("points_of", "计哪些规则的分", Takes::NameOrNames),
        may("weights", "折合", Takes::Tables(&WEIGHT)),
        may("rate", "比率", Takes::Table(&RATE)),
        TARGET_NUMBER,
        TARGET_BY_CLASS,
    ],
);

pub(crate) const GROUP_FIRST: Shape =
    part("各组名额", "by_group", &[must("group", "排名组", Takes::Words), must("first", "前几位", Takes::Count)]);

pub(crate) const PLACE: Shape =
    part("各名次的分", "places", &[must("to", "到第几名", Takes::Count), must("points", "分值", Takes::Number)]);
