//! The head of a scheme file: who, when, and what names there are.

use super::kinds::RULE;
use super::parts::READING;
use crate::toml::{Field, Shape, Takes, may, must};

const fn head(what: &'static str, list: &'static str, fields: &'static [Field]) -> Shape {
    Shape { what, list, fields, kinds: None }
}

const CLAUSE: Field = must("clause", "条款编号", Takes::Words);
const SENTENCE: Field = must("sentence", "原文", Takes::Words);
const READINGS: Field = may("reading", "理解", Takes::Tables(&READING));

/// The whole file.
pub(crate) const TOP: Shape = head(
    "计分办法",
    "",
    &[
        must("id", "编号", Takes::Words),
        must("name", "名称", Takes::Words),
        must("office", "机关", Takes::Words),
        may("source", "出处", Takes::Words),
        must("period", "计分周期", Takes::Table(&PERIOD)),
        may("attribute", "附加列", Takes::Tables(&ATTRIBUTE)),
        may("direct_points", "直报点", Takes::Tables(&DIRECT_POINTS)),
        may("group", "排名组", Takes::Tables(&GROUP)),
        may("category", "信息类别", Takes::Tables(&CATEGORY)),
        may("class", "单位类别", Takes::Tables(&CLASS)),
        may("ranking", "排名", Takes::Table(&RANKING)),
        must("rule", "规则", Takes::Tables(&RULE)),
    ],
);

const PERIOD: Shape = head(
    "计分周期",
    "",
    &[
        may("every", "计分周期", Takes::Choice(&["month", "quarter", "half-year", "year"])),
        may("months", "各期的月份", Takes::Months),
        may("year_begins", "年度从何时起", Takes::Table(&YEAR_BEGINS)),
        may("cutoff", "截止日", Takes::Table(&CUTOFF)),
        may("week_ends", "一周的末日", Takes::Choice(&["周一", "周二", "周三", "周四", "周五", "周六", "周日"]))
            .or("周日"),
        CLAUSE,
        SENTENCE,
        READINGS,
    ],
);

const YEAR_BEGINS: Shape = head(
    "年度起点",
    "",
    &[must("month", "月份", Takes::Count), must("of", "哪一年的月份", Takes::Choice(&["last-year", "this-year"]))],
);

const CUTOFF: Shape = head(
    "截止日",
    "",
    &[must("day", "日", Takes::Count), must("then", "之后的事实", Takes::Choice(&["next", "lost"]))],
);

const ATTRIBUTE: Shape = head(
    "附加列",
    "attribute",
    &[
        must("table", "事实表", Takes::Choice(&["单位", "报送", "采用", "批示", "约稿", "事项"])),
        must("name", "列名", Takes::Words),
        must("type", "列的种类", Takes::Choice(&["name", "number", "date", "yes-no"])),
        may("values", "可填的名称", Takes::Names),
        may("range", "最小和最大", Takes::Numbers),
        may("missing", "空格的含义", Takes::Choice(&["absent", "waiting", "fault"])).or("absent"),
    ],
);

const DIRECT_POINTS: Shape = head(
    "直报点",
    "direct_points",
    &[must("status", "直报点级别", Takes::Words), CLAUSE, SENTENCE, must("names", "所列名称", Takes::Names)],
);

const GROUP: Shape = head("排名组", "group", &[must("name", "名称", Takes::Words)]);

const CATEGORY: Shape = head(
    "信息类别",
    "category",
    &[
        must("name", "名称", Takes::Words),
        may("limit", "字数上限", Takes::Count),
        may("clause", "条款编号", Takes::Words),
    ],
);

const CLASS: Shape = head(
    "单位类别",
    "class",
    &[
        must("name", "名称", Takes::Words),
        CLAUSE,
        SENTENCE,
        may("total", "每期总篇数", Takes::Count),
        may("minimums", "各类最低篇数", Takes::Tables(&MINIMUM)),
        may("units", "所列单位", Takes::Tables(&LISTED)),
        READINGS,
    ],
);

const MINIMUM: Shape =
    head("最低篇数", "minimums", &[must("category", "信息类别", Takes::Words), must("items", "篇数", Takes::Count)]);

const LISTED: Shape =
    head("所列单位", "units", &[may("group", "排名组", Takes::Words), must("names", "所列名称", Takes::Names)]);

const RANKING: Shape = head(
    "排名",
    "",
    &[
        may("clause", "条款编号", Takes::Words),
        may("sentence", "原文", Takes::Words),
        may("ties", "并列", Takes::Choice(&["competition", "dense"])).or("competition"),
        may("then", "同分再比", Takes::NameLists),
        READINGS,
    ],
);
