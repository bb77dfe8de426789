//! What every rule has, and the way to its kind.

use std::collections::BTreeMap;

use tz_model::{Clause, Name, Table};

use crate::mechanism::{Body, Reading, Rule, Span, Whom, Worth};
use crate::read::condition::conditions;
use crate::read::outline::Reach;
use crate::read::{Context, credit, facts, items, limit, outcome, unit};
use crate::toml::{At, Node, Reader, Readings};

/// A rule with the places its parts stand at.
pub(crate) struct Drafted {
    pub rule: Rule,
    /// Where it begins.
    pub at: usize,
    /// Where the values of its keys begin.
    places: BTreeMap<String, usize>,
    /// Where the rows of its price table begin.
    pub rows: Vec<usize>,
}

impl Drafted {
    /// Where the value of a key begins.
    pub fn place(&self, key: &str) -> usize {
        self.places.get(key).copied().unwrap_or(self.at)
    }
}

/// Sets the keys of the choices in force among a rule's readings.
pub(crate) fn lay_over_choices(reader: &mut Reader<'_>, node: &mut Node<'_>) {
    for reading in node.tables("reading") {
        let choices = reading.tables("choices");
        let (Some(value), false) = (reading.words("value"), choices.is_empty()) else { continue };
        for choice in &choices {
            node.check_as(reader, choice);
        }
        let named = |choice: &&Node<'_>| choice.words("value").is_some_and(|found| found.value == value.value);
        match choices.iter().find(named) {
            Some(choice) => {
                for key in node.lay_over(choice) {
                    let sentence = format!("“{}”由这条理解决定，本条里不要再写。请删去一处。", key.value);
                    reader.fault(key.at, sentence);
                }
            }
            None => {
                let known = choices.iter().filter_map(|choice| choice.words("value")).map(|found| found.value);
                reader.unknown(value.at, "理解", value.value, known.collect::<Vec<_>>());
            }
        }
    }
}

/// Reads one rule; `place` is its place in the file.
pub(crate) fn rule(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Option<Drafted> {
    let kind = node.kind()?;
    let readings = readings(context, node, kind.readings);
    let whom = whom(context, node);
    let body = match kind.name {
        "facts" => facts::facts(context, node),
        "multiply" => items::multiply(context, place, node),
        "combine" => items::combine(context, place, node),
        "share" => items::share(context, place, node),
        "start" => unit::start(context, node),
        "quota" => unit::quota(context, place, node),
        "yearly" => unit::yearly(node),
        "cap" => limit::cap(context, place, node),
        "floor" => limit::floor(context, place, node),
        "veto" => limit::veto(context, place, node),
        "scale" => limit::scale(context, place, node),
        "credit" => credit::credit(context, place, node, &readings),
        "roll-up" => credit::roll_up(context, node),
        "last-in-group" => outcome::last_in_group(context, node),
        "last-of-status" => outcome::last_of_status(context, node),
        "best-in-group" => outcome::best_in_group(context, place, node),
        _ => outcome::threshold(context, place, node),
    };
    let rule = Rule {
        id: node.name("id")?.value,
        clause: node.clause("clause")?,
        sentence: node.text("sentence")?,
        readings,
        ledger: node.name("ledger").map(|ledger| ledger.value),
        whom,
        body: body?,
    };
    if rule.stage() == crate::mechanism::Stage::Outcome && rule.ledger.is_some() {
        let sentence = "排名和由此而来的后果只看总分，不能写 ledger（另记的账）。请删去。";
        node.fault(&mut context.reader, "ledger", sentence);
    }
    let rows = node.tables("prices").iter().map(|row| row.at).collect();
    Some(Drafted { rule, at: node.at, places: node.places(), rows })
}

fn whom(context: &mut Context<'_>, node: &Node<'_>) -> Whom {
    let (groups, classes) = (node.names("groups"), node.names("classes"));
    groups.iter().for_each(|group| context.groups.check(&mut context.reader, group));
    classes.iter().for_each(|class| context.classes.check(&mut context.reader, class));
    let bare = |names: Vec<At<Name>>| names.into_iter().map(|name| name.value).collect();
    Whom { groups: bare(groups), classes: bare(classes), when: conditions(context, node, "units", &[Table::Units]) }
}

/// The readings of a table; `allowed` are the parameters it has besides its keys.
pub(crate) fn readings(context: &mut Context<'_>, node: &Node<'_>, allowed: Readings) -> Vec<Reading> {
    node.tables("reading").iter().filter_map(|reading| one_reading(context, node, reading, allowed)).collect()
}

fn one_reading(context: &mut Context<'_>, node: &Node<'_>, reading: &Node<'_>, allowed: Readings) -> Option<Reading> {
    let reader = &mut context.reader;
    let (key, value) = (reading.words("key")?, reading.words("value")?);
    let choices: Vec<Name> =
        reading.tables("choices").iter().filter_map(|choice| Some(choice.name("value")?.value)).collect();
    let (default, choices): (Name, Vec<Name>) = if let Some(first) = choices.first() {
        (first.clone(), choices)
    } else if let Some((known, values)) = allowed.iter().find(|known| known.0 == key.value) {
        if !values.contains(&value.value) {
            reader.unknown(value.at, &format!("“{known}”的理解"), value.value, values.iter().copied());
        }
        (values[0].into(), values.iter().map(|value| Name::from(*value)).collect())
    } else if let Some((in_force, default)) = node.scalar(key.value) {
        if in_force != value.value {
            let sentence = format!(
                "这里说“{}”理解为“{}”，但本条实际写的是“{in_force}”。请把两处改成一致。",
                key.value, value.value
            );
            reader.fault(value.at, sentence);
        }
        (default.unwrap_or(value.value).into(), Vec::new())
    } else {
        if let Some((near, _)) = allowed.iter().find(|(known, _)| almost(known, key.value)) {
            let sentence = format!("没有名为“{}”的可理解的事项。是不是“{near}”？", key.value);
            reader.fault(key.at, sentence);
        }
        (value.value.into(), Vec::new())
    };
    Some(Reading {
        clause: Clause::new(reading.words("id")?.value),
        key: key.value.into(),
        value: value.value.into(),
        default,
        choices,
        note: reading.text("note")?,
    })
}

/// True if two words differ by one letter put in, left out or changed.
fn almost(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (rest, others) = (&one[same..], &other[same..]);
    match (rest, others) {
        ([_, rest @ ..], [_, others @ ..]) => rest == others || rest == &other[same..] || others == &one[same..],
        ([_], []) | ([], [_]) => true,
        _ => false,
    }
}

/// The rules or lines under a key, as far as this rule may speak of them.
pub(crate) fn of(context: &mut Context<'_>, place: usize, node: &Node<'_>, key: &str, reach: Reach) -> Vec<Name> {
    let given = node.names(key);
    context.outline.names(&mut context.reader, place, given, reach)
}

/// The stretch a rule looks at.
pub(crate) fn span(node: &Node<'_>) -> Span {
    match node.chosen("span") {
        "week" => Span::Week,
        "quarter" => Span::Quarter,
        "half-year" => Span::HalfYear,
        "year" => Span::Year,
        _ => Span::Period,
    }
}

/// The line of a rule that computes its points.
pub(crate) fn line(node: &Node<'_>) -> Option<Worth> {
    Some(Worth { name: node.name("name")?.value, points: tz_model::Points::ZERO })
}

/// A line with its points.
pub(crate) fn worth(node: &Node<'_>) -> Option<At<Worth>> {
    let points = node.number("points")?;
    Some(At { at: points.at, value: Worth { name: node.name("name")?.value, points: points.value } })
}

/// Columns of facts by their names.
pub(crate) fn columns(context: &mut Context<'_>, names: Vec<At<Name>>, tables: &[Table]) -> Vec<Name> {
    let mut taken: Vec<Name> = Vec::new();
    for name in names {
        if taken.contains(&name.value) {
            context.reader.fault(name.at, format!("“{}”写了两次。请删去一个。", name.value));
        }
        if !tables.is_empty() {
            context.column(tables, &name.value, name.at);
        }
        taken.push(name.value);
    }
    taken
}

/// The body of a rule, where all of it could be read.
pub(crate) type Read = Option<Body>;
