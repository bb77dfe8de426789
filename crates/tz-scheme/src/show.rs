//! A scheme as the table an office would print.

use std::fmt::Write as _;

use tz_model::{Name, Table, terminal_width};

use crate::calendar::{AfterCutoff, Calendar, Every};
use crate::describe::{describe, price_notes};
use crate::mechanism::{Attribute, Body, ColumnKind, Missing, Price, Reading, Rule, Ties};
use crate::scheme::{Class, Printed, Scheme};

/// The whole scheme in the order of its file: every clause with its sentence, what it does, its prices in columns, and how
/// it is read where it is silent, defaults marked. For a terminal; ends with a line feed.
pub fn show(scheme: &Scheme) -> String {
    let mut out = format!("{}\n机关：{}\n", scheme.name(), scheme.office());
    if let Some(source) = scheme.source() {
        let _ = writeln!(out, "出处：{source}");
    }
    let _ = writeln!(out, "编号：{}　文本的 SHA-256：{}", scheme.id(), scheme.hash());
    if !scheme.groups().is_empty() {
        let _ = writeln!(out, "排名组：{}", join(scheme.groups()));
    }
    if !scheme.categories().is_empty() {
        let categories: Vec<String> = scheme
            .categories()
            .iter()
            .map(|category| match category.limit {
                Some(limit) => format!("{}（{limit}字以内）", category.name),
                None => category.name.to_string(),
            })
            .collect();
        let _ = writeln!(out, "信息类别：{}", categories.join("、"));
    }
    for attribute in scheme.attributes() {
        let _ = writeln!(out, "{}", self::attribute(attribute));
    }
    for part in scheme.printed() {
        out.push('\n');
        match part {
            Printed::Period { clause, sentence } => {
                head(&mut out, clause.as_str(), sentence);
                let _ = writeln!(out, "    {}", calendar(scheme.calendar()));
                // Readings of the period stand with no rule or class.
                readings(&mut out, &scheme.readings_of_period());
            }
            Printed::DirectPoints { clause, sentence } => {
                head(&mut out, clause.as_str(), sentence);
                let _ = writeln!(out, "    直报点：{}", join(scheme.direct_points()));
            }
            Printed::Ranking { clause, sentence } => {
                head(&mut out, clause.as_str(), sentence);
                ranking(&mut out, scheme);
            }
            Printed::Rule(id) => {
                if let Some(rule) = scheme.rules().iter().find(|rule| rule.id == *id) {
                    self::rule(&mut out, rule);
                }
            }
            Printed::Class(name) => {
                if let Some(class) = scheme.class(name) {
                    self::class(&mut out, scheme, class);
                }
            }
        }
    }
    if !scheme.printed().iter().any(|part| matches!(part, Printed::Ranking { .. })) {
        out.push_str("\n排名\n");
        ranking(&mut out, scheme);
    }
    out
}

fn head(out: &mut String, clause: &str, sentence: &str) {
    let _ = writeln!(out, "【{clause}】{sentence}");
}

fn rule(out: &mut String, rule: &Rule) {
    // Other rules speak of it by its id.
    let _ = writeln!(out, "【{}】{}〔{}〕", rule.clause, rule.sentence, rule.id);
    for sentence in describe(rule) {
        let _ = writeln!(out, "    {sentence}");
    }
    if let Body::Facts(facts) = &rule.body {
        prices(out, &facts.prices);
    }
    readings(out, &rule.readings.iter().collect::<Vec<_>>());
}

/// A price table in straight columns: heading, name, points, conditions.
fn prices(out: &mut String, prices: &[Price]) {
    let rows: Vec<[String; 4]> = prices
        .iter()
        .map(|price| {
            let level = price.level.as_deref().unwrap_or_default().to_owned();
            [level, price.name().to_string(), price.points().to_string(), price_notes(price)]
        })
        .collect();
    let wide = |column: usize| rows.iter().map(|row| terminal_width(&row[column])).max().unwrap_or_default();
    let (levels, names, points) = (wide(0), wide(1), wide(2));
    let mut before = "";
    for [level, name, value, notes] in &rows {
        let shown = if level == before { "" } else { level };
        before = level;
        let mut line = String::from("    ");
        if levels > 0 {
            pad(&mut line, shown, levels);
            line.push_str("  ");
        }
        pad(&mut line, name, names);
        line.push_str("  ");
        line.extend(std::iter::repeat_n(' ', points - terminal_width(value)));
        let _ = write!(line, "{value}  {notes}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn readings(out: &mut String, readings: &[&Reading]) {
    for reading in readings {
        let standing = if reading.value == reading.default {
            "默认".to_owned()
        } else {
            format!("默认为 {}", reading.default)
        };
        let others: Vec<&str> =
            reading.choices.iter().filter(|choice| **choice != reading.value).map(|choice| &**choice).collect();
        let others =
            if others.is_empty() { String::new() } else { format!("，也可理解为 {}", others.join("、")) };
        let _ = writeln!(
            out,
            "    理解 {}：{} = {}（{standing}{others}）。{}",
            reading.clause, reading.key, reading.value, reading.note
        );
    }
}

fn class(out: &mut String, scheme: &Scheme, class: &Class) {
    head(out, class.clause.as_str(), &class.sentence);
    let task = match class.quota.total {
        Some(total) => format!("每期{total}篇"),
        None => "没有报送篇数的任务".to_owned(),
    };
    let least: Vec<String> =
        class.quota.minimums.iter().map(|(category, items)| format!("{category}{items}篇")).collect();
    let least = if least.is_empty() { String::new() } else { format!("，其中{}", least.join("、")) };
    let _ = writeln!(out, "    {}：{task}{least}。", class.name);
    let mut groups: Vec<(&Name, Vec<&str>)> = Vec::new();
    for unit in scheme.listed_units().iter().filter(|unit| unit.class == class.name) {
        match groups.iter_mut().find(|(group, _)| **group == unit.group) {
            Some((_, names)) => names.push(&unit.name),
            None => groups.push((&unit.group, vec![&unit.name])),
        }
    }
    for (group, names) in groups {
        let group = if group.is_empty() { String::new() } else { format!("（{group}组）") };
        let _ = writeln!(out, "    {}个单位{group}：{}", names.len(), names.join("、"));
    }
    readings(out, &scheme.readings_of_class(&class.name));
}

fn ranking(out: &mut String, scheme: &Scheme) {
    let ties = match scheme.ranking().ties {
        Ties::Competition => "同分同名次，其后顺延（1、2、2、4）",
        Ties::Dense => "同分同名次，其后不空（1、2、2、3）",
    };
    let then: Vec<String> = scheme.ranking().then.iter().map(|names| format!("比{}的得分", join(names))).collect();
    let then = if then.is_empty() { String::new() } else { format!("；同分的再依次{}", then.join("、")) };
    let _ = writeln!(out, "    按总分在组内排名，{ties}{then}。");
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

fn pad(line: &mut String, text: &str, width: usize) {
    line.push_str(text);
    line.extend(std::iter::repeat_n(' ', width.saturating_sub(terminal_width(text))));
}
