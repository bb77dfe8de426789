//! A scheme laid out as an office would print it. The terminal's table and the server's page are both made from this, so
//! that they cannot say different things.

use tz_model::{Clause, Name, Points, Table};

use crate::calendar::{AfterCutoff, Calendar, Every};
use crate::describe::{describe, price_notes};
use crate::mechanism::{Attribute, Body, ColumnKind, Missing, Price, Reading, Rule, Ties};
use crate::scheme::{Class, Printed, Scheme};

/// A scheme in words, in the order of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// What stands before the clauses, a line each: office, source, id and hash, groups, categories, declared columns.
    pub head: Vec<String>,
    /// Every part that rests on a clause.
    pub parts: Vec<Part>,
}

/// A part that rests on a clause (条款): a rule, a class, the period, the direct points or the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its clause; `None` for the ranking where the printed rules say nothing of it.
    pub clause: Option<Clause>,
    /// The printed sentence.
    pub sentence: String,
    /// The id by which other rules speak of it, if it is a rule.
    pub rule: Option<Name>,
    /// What it does, a sentence for each part of it.
    pub says: Vec<String>,
    /// Its price table, in printed order.
    pub prices: Vec<PriceRow>,
    /// How it is read where it is silent.
    pub readings: Vec<ReadingRow>,
}

/// A row of a price table (分值表).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// The heading it stands under; empty for none.
    pub level: String,
    /// Its name.
    pub name: Name,
    /// 分
    pub points: Points,
    /// Under what conditions, and times what; empty for always.
    pub notes: String,
}

/// How a silent clause is read (理解).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    /// The reading's own clause: `R14`.
    pub clause: Clause,
    /// Key, value, default, the other choices, and why.
    pub sentence: String,
}

/// How units are read that were merged, split or moved (docs/decisions/0017): our own ruling, the same under every scheme.
pub const SUCCESSION_RULING: &str = "R17";

const SUCCESSION: [&str; 5] = [
    "单位合并、拆分后，截止日期之后采用、批示的原单位稿件，得分归承接单位；原单位已关账月份的更正，记在承接单位的账上，写明原单位。",
    "年终，原单位当年得分并入承接单位，单列一行“承接”；原单位当年完成的培训、轮训，算承接单位已完成。办公室也可以决定留在原单位，不并入。",
    "拆分的单位只有一个承接，其余从零开始；几个原单位合并后的联合稿，只计一次。",
    "连续靠后从新单位成立后的第一期起算。",
    "中途换类别、排名组、直报点或主管单位的，一期按这一期第一天的情况计，年度按年末的情况计。",
];

/// The whole scheme in words.
pub fn sheet(scheme: &Scheme) -> Sheet {
    let mut parts: Vec<Part> = scheme.printed().iter().filter_map(|printed| part(scheme, printed)).collect();
    if !scheme.printed().iter().any(|part| matches!(part, Printed::Ranking { .. })) {
        parts.push(Part { says: vec![ranking(scheme)], ..Part::new(None, "排名") });
    }
    parts.push(Part {
        says: SUCCESSION.iter().map(|says| (*says).to_owned()).collect(),
        ..Part::new(
            Some(&Clause::new(SUCCESSION_RULING)),
            "单位合并、拆分、换类，计分办法没有写明的，系统按以下理解计分",
        )
    });
    Sheet { name: scheme.name().to_owned(), head: head(scheme), parts }
}

impl Part {
    fn new(clause: Option<&Clause>, sentence: &str) -> Self {
        Self {
            clause: clause.cloned(),
            sentence: sentence.to_owned(),
            rule: None,
            says: Vec::new(),
            prices: Vec::new(),
            readings: Vec::new(),
        }
    }
}

fn head(scheme: &Scheme) -> Vec<String> {
    let mut lines = vec![format!("机关：{}", scheme.office())];
    if let Some(source) = scheme.source() {
        lines.push(format!("出处：{source}"));
    }
    lines.push(format!("编号：{}　文本的 SHA-256：{}", scheme.id(), scheme.hash()));
    if !scheme.groups().is_empty() {
        lines.push(format!("排名组：{}", join(scheme.groups())));
    }
    if !scheme.categories().is_empty() {
        let categories = scheme.categories().iter().map(|category| match category.limit {
            Some(limit) => format!("{}（{limit}字以内）", category.name),
            None => category.name.to_string(),
        });
        lines.push(format!("信息类别：{}", categories.collect::<Vec<_>>().join("、")));
    }
    lines.extend(scheme.attributes().iter().map(attribute));
    lines
}

fn part(scheme: &Scheme, printed: &Printed) -> Option<Part> {
    Some(match printed {
        Printed::Period { clause, sentence } => Part {
            says: vec![calendar(scheme.calendar())],
            // Readings of the period stand with no rule or class.
            readings: readings(scheme.readings_of_period()),
            ..Part::new(Some(clause), sentence)
        },
        Printed::DirectPoints { clause, sentence } => Part {
            says: vec![format!("直报点：{}", join(scheme.direct_points()))],
            ..Part::new(Some(clause), sentence)
        },
        Printed::Ranking { clause, sentence } => {
            Part { says: vec![ranking(scheme)], ..Part::new(Some(clause), sentence) }
        }
        Printed::Rule(id) => rule(scheme.rules().iter().find(|rule| rule.id == *id)?),
        Printed::Class(name) => class(scheme, scheme.class(name)?),
    })
}

fn rule(rule: &Rule) -> Part {
    let prices = match &rule.body {
        Body::Facts(facts) => facts.prices.iter().map(price).collect(),
        _ => Vec::new(),
    };
    Part {
        rule: Some(rule.id.clone()),
        says: describe(rule),
        prices,
        readings: readings(&rule.readings),
        ..Part::new(Some(&rule.clause), &rule.sentence)
    }
}

fn price(price: &Price) -> PriceRow {
    PriceRow {
        level: price.level.as_deref().unwrap_or_default().to_owned(),
        name: price.name().clone(),
        points: price.points(),
        notes: price_notes(price),
    }
}

fn readings<'r>(readings: impl IntoIterator<Item = &'r Reading>) -> Vec<ReadingRow> {
    readings.into_iter().map(reading).collect()
}

fn reading(reading: &Reading) -> ReadingRow {
    let standing =
        if reading.value == reading.default { "默认".to_owned() } else { format!("默认为 {}", reading.default) };
    let others: Vec<&str> =
        reading.choices.iter().filter(|choice| **choice != reading.value).map(|choice| &**choice).collect();
    let others = if others.is_empty() { String::new() } else { format!("，也可理解为 {}", others.join("、")) };
    let sentence = format!("{} = {}（{standing}{others}）。{}", reading.key, reading.value, reading.note);
    ReadingRow { clause: reading.clause.clone(), sentence }
}

fn class(scheme: &Scheme, class: &Class) -> Part {
    let task = match class.quota.total {
        Some(total) => format!("每期{total}篇"),
        None => "没有报送篇数的任务".to_owned(),
    };
    let least: Vec<String> =
        class.quota.minimums.iter().map(|(category, items)| format!("{category}{items}篇")).collect();
    let least = if least.is_empty() { String::new() } else { format!("，其中{}", least.join("、")) };
    let mut says = vec![format!("{}：{task}{least}。", class.name)];
    let mut groups: Vec<(&Name, Vec<&str>)> = Vec::new();
    for unit in scheme.listed_units().iter().filter(|unit| unit.class == class.name) {
        match groups.iter_mut().find(|(group, _)| **group == unit.group) {
            Some((_, names)) => names.push(&unit.name),
            None => groups.push((&unit.group, vec![&unit.name])),
        }
    }
    for (group, names) in groups {
        let group = if group.is_empty() { String::new() } else { format!("（{group}组）") };
        says.push(format!("{}个单位{group}：{}", names.len(), names.join("、")));
    }
    Part {
        says,
        readings: readings(scheme.readings_of_class(&class.name)),
        ..Part::new(Some(&class.clause), &class.sentence)
    }
}

fn ranking(scheme: &Scheme) -> String {
    let ties = match scheme.ranking().ties {
        Ties::Competition => "同分同名次，其后顺延（1、2、2、4）",
        Ties::Dense => "同分同名次，其后不空（1、2、2、3）",
    };
    let then: Vec<String> = scheme.ranking().then.iter().map(|names| format!("比{}的得分", join(names))).collect();
    let then = if then.is_empty() { String::new() } else { format!("；同分的再依次{}", then.join("、")) };
    format!("按总分在组内排名，{ties}{then}。")
}

/// The calendar in a sentence.
pub(crate) fn calendar(calendar: &Calendar) -> String {
    let every = match calendar.every() {
        Every::Month => "每月一结".to_owned(),
        Every::Quarter => "每季一结".to_owned(),
        Every::HalfYear => "每半年一结".to_owned(),
        Every::Year => "全年一结".to_owned(),
        Every::Months(lengths) => {
            let lengths: Vec<String> = lengths.iter().map(|length| format!("{length}个月")).collect();
            format!("一年{}期，依次为{}", lengths.len(), lengths.join("、"))
        }
    };
    let begins = calendar.begins();
    let begins = match (begins.month, begins.of_last_year) {
        (1, false) => String::new(),
        (month, true) => format!("，年度从上年{month}月起"),
        (month, false) => format!("，年度从当年{month}月起"),
    };
    let cutoff = calendar.cutoff().map_or(String::new(), |cutoff| match cutoff.then {
        AfterCutoff::Next => format!("，每期最后一月{}日以后的算入下期", cutoff.day),
        AfterCutoff::Lost => format!("，每期最后一月{}日以后的不计", cutoff.day),
    });
    format!("{every}{begins}{cutoff}。")
}

/// A declared column in a sentence.
pub(crate) fn attribute(attribute: &Attribute) -> String {
    let kind = match attribute.kind {
        ColumnKind::Name if attribute.values.is_empty() => "名称".to_owned(),
        ColumnKind::Name => format!("{} 之一", join(&attribute.values)),
        ColumnKind::Number => match attribute.range {
            Some((least, most)) => format!("{least} 到 {most} 的数"),
            None => "数".to_owned(),
        },
        ColumnKind::Date => "日期".to_owned(),
        ColumnKind::YesNo => "是 或 否".to_owned(),
    };
    let missing = match attribute.missing {
        Missing::Absent => "可以不填",
        Missing::Waiting => "不填表示未定",
        Missing::Fault => "必须填",
    };
    let table: Table = attribute.table;
    format!("附加列：表“{}”的“{}”填{kind}，{missing}。", table.name(), attribute.name)
}

fn join(names: &[Name]) -> String {
    names.iter().map(|name| &**name).collect::<Vec<_>>().join("、")
}
