//! One value against what its key takes.

use toml::de::DeValue;

use super::node::{Value, number, whole, words};
use super::shape::{Field, Takes};
use super::{Node, Reader, hint};

/// Notes what is wrong with a value.
pub(super) fn check_value(reader: &mut Reader<'_>, field: &Field, value: Value<'_>) {
    let inner = value.get_ref();
    let good = match field.takes {
        Takes::Words | Takes::Line => words(value).is_some(),
        Takes::Choice(known) => match words(value) {
            Some(given) => {
                if !known.contains(&given.value) {
                    let hint = hint(given.value, known.iter().copied());
                    let sentence = format!("{}（{}）不能写“{}”。{hint}", field.key, field.means, given.value);
                    reader.fault(given.at, sentence);
                }
                true
            }
            None => false,
        },
        Takes::YesNo => inner.as_bool().is_some(),
        Takes::Count => whole(value).is_some_and(|number| number > 0),
        Takes::Digit => whole(value).is_some_and(|number| number < 10),
        Takes::Number => return check_number(reader, field, value),
        Takes::Names => inner.as_array().is_some_and(|list| list.iter().all(|name| words(name).is_some())),
        Takes::NameOrNames => {
            words(value).is_some()
                || inner
                    .as_array()
                    .is_some_and(|list| !list.is_empty() && list.iter().all(|name| words(name).is_some()))
        }
        Takes::NameLists => lists(value, |name| words(name).is_some()),
        Takes::Numbers => match inner.as_array() {
            Some(list) => return list.iter().for_each(|value| check_number(reader, field, value)),
            None => false,
        },
        Takes::Months => lists(value, |month| whole(month).is_some_and(|month| (1..=12).contains(&month))),
        Takes::Table(shape) => match inner.as_table() {
            Some(table) => return Node::new(table, value.span().start, shape).check(reader),
            None => false,
        },
        Takes::NumberOrTable(shape) => match inner.as_table() {
            Some(table) => return Node::new(table, value.span().start, shape).check(reader),
            None => return check_number(reader, field, value),
        },
        Takes::Tables(shape) => match inner.as_array() {
            Some(list) => {
                for value in list.iter() {
                    match value.get_ref().as_table() {
                        // Rules are checked once their readings are laid over them.
                        Some(_) if shape.kinds.is_some() => {}
                        Some(table) => Node::new(table, value.span().start, shape).check(reader),
                        None => wrong(reader, field, value, "一段，写在大括号里"),
                    }
                }
                true
            }
            None => return wrong(reader, field, value, &format!("若干段，每段以 [[{}]] 开头", field.key)),
        },
        Takes::Choices => inner.as_array().is_some_and(|list| {
            !list.is_empty()
                && list.iter().all(|choice| {
                    choice
                        .get_ref()
                        .as_table()
                        .is_some_and(|table| table.get("value").is_some_and(|v| words(v).is_some()))
                })
        }),
    };
    if !good {
        wrong(reader, field, value, wanted(field.takes));
    }
}

fn lists(value: Value<'_>, good: impl Fn(Value<'_>) -> bool) -> bool {
    let list =
        |value: Value<'_>| value.get_ref().as_array().is_some_and(|list| !list.is_empty() && list.iter().all(&good));
    value.get_ref().as_array().is_some_and(|all| !all.is_empty() && all.iter().all(list))
}

fn check_number(reader: &mut Reader<'_>, field: &Field, value: Value<'_>) {
    if let DeValue::Float(number) = value.get_ref() {
        let sentence = format!("小数要加引号。请写成 {} = \"{}\"。", field.key, number.as_str());
        reader.fault(value.span().start, sentence);
    } else if number(value).is_none() {
        wrong(reader, field, value, wanted(Takes::Number));
    }
}

fn wanted(takes: Takes) -> &'static str {
    match takes {
        Takes::Words | Takes::Line | Takes::Choice(_) => "文字，写在引号里，不能为空",
        Takes::YesNo => "true 或 false，不加引号",
        Takes::Count => "大于零的整数，不加引号",
        Takes::Digit => "0 到 9 的整数，不加引号",
        Takes::Number => "整数，或加引号的小数、分数、百分数，例如 5、\"2.5\"、\"1/3\"、\"30%\"",
        Takes::Names => "一列名称，写在方括号里，例如 [\"滨湖镇\", \"张汪镇\"]",
        Takes::NameOrNames => "文字，或一列名称，写在方括号里",
        Takes::NameLists => "若干列名称，例如 [[\"要讯\", \"要闻\"]]",
        Takes::Numbers => "一列数，写在方括号里，例如 [3, 2]",
        Takes::Months => "若干列月份，例如 [[1, 2], [3]]",
        Takes::Table(_) => "一段，例如 { name = \"…\", points = 5 }",
        Takes::NumberOrTable(_) => "数，或一段，例如 { column = \"人数\", times = 2 }",
        Takes::Tables(_) => "若干段",
        Takes::Choices => "若干段，每段有 value，例如 [{ value = \"甲读法\", best = 1 }]",
    }
}

fn wrong(reader: &mut Reader<'_>, field: &Field, value: Value<'_>, wanted: &str) {
    let given = reader.text()[value.span()].lines().next().unwrap_or_default();
    let given: String = given.chars().take(20).collect();
    let (key, means) = (field.key, field.means);
    reader.fault(value.span().start, format!("{key}（{means}）应当是{wanted}；现在写的是 {given} 。"));
}
