//! One rule of a scheme file, by its `kind`.

use tz_model::{DirectPoint, Name, OutcomeKind, Points, Table};

use crate::mechanism::{
    Answer, Body, Column, ColumnKind, Combine, Count, Counted, Credit, Each, FactRule, Floor, Givers, LastInGroup,
    LastOfStatus, Later, Need, Price, QuotaRule, Reading, Rule, Span, Target, Whom, Within, Worth, YearlyRule,
};
use crate::toml_reader::{At, Node, Reader};

/// Every kind of rule with the keys it reads besides those of every rule, and the readings it has: key, values, the first
/// of which is the default.
type Kind = (&'static str, &'static [&'static str], Readings);

/// Readings by key with the values they may take; the first is the default.
pub(crate) type Readings = &'static [(&'static str, &'static [&'static str])];

const KINDS: &[Kind] = &[
    ("facts", &["table", "prices"], &[("several-uses", &["each"]), ("late-answer", &["earns-nothing"])]),
    ("combine", &["of", "how"], &[]),
    ("quota", &["met", "over", "short"], &[("short-by", &["larger"]), ("over-by", &["total"])]),
    ("yearly", &["event", "done", "undone"], &[]),
    ("floor", &["name", "of"], &[("floor", &["period-zero"])]),
    ("credit", &["name", "of", "own_groups"], &[("point-keeps", &["yes", "no"])]),
    (
        "last-in-group",
        &["last", "running", "outcome", "letter", "then_running", "then_outcome"],
        &[("ties", &["competition"]), ("runs", &["every-month-across-years"])],
    ),
    ("last-of-status", &["status", "last", "outcome"], &[("ranked-by", &["annual-total"])]),
];

const EVERY_RULE: [&str; 5] = ["id", "clause", "sentence", "kind", "reading"];

/// A name that must be unique or known, with its place.
pub(crate) struct Names {
    /// Line items the rule brings in.
    pub items: Vec<At<Name>>,
    /// Rules it speaks of.
    pub rules: Vec<At<Name>>,
    /// Ranking groups it speaks of.
    pub groups: Vec<At<Name>>,
}

/// Reads one rule and the names it brings in or speaks of.
pub(crate) fn rule(reader: &mut Reader<'_>, node: &Node<'_>) -> (Option<At<Rule>>, Names) {
    let mut names = Names { items: Vec::new(), rules: Vec::new(), groups: Vec::new() };
    let id = node.name(reader, "id");
    let clause = node.clause(reader, "clause");
    let sentence = node.words(reader, "sentence");
    let Some(kind) = node.words(reader, "kind") else { return (None, names) };
    let Some((_, keys, allowed)) = KINDS.iter().find(|known| known.0 == kind.value) else {
        reader.unknown(kind.at, "规则做法", kind.value, KINDS.iter().map(|known| known.0));
        return (None, names);
    };
    let known: Vec<&str> = EVERY_RULE.iter().chain(*keys).copied().collect();
    node.only(reader, &known);
    let readings = readings(reader, node, allowed);
    let body = match kind.value {
        "facts" => facts(reader, node, &mut names),
        "combine" => combine(reader, node, &mut names),
        "quota" => quota(reader, node, &mut names),
        "yearly" => yearly(reader, node, &mut names),
        "floor" => floor(reader, node, &mut names),
        "credit" => credit(reader, node, &readings, &mut names),
        "last-in-group" => last_in_group(reader, node),
        _ => last_of_status(reader, node),
    };
    let rule = (|| {
        let id = id?;
        let rule = Rule {
            id: id.value,
            clause: clause?,
            sentence: sentence?.value.to_owned(),
            readings,
            ledger: None,
            whom: Whom::default(),
            body: body?,
        };
        Some(At { value: rule, at: id.at })
    })();
    (rule, names)
}

/// The readings of a table; `allowed` are the parameters it has.
pub(crate) fn readings(reader: &mut Reader<'_>, node: &Node<'_>, allowed: Readings) -> Vec<Reading> {
    let mut all = Vec::new();
    for reading in node.tables_if_any(reader, "reading", "理解") {
        reading.only(reader, &["id", "key", "value", "note"]);
        let clause = reading.clause(reader, "id");
        let note = reading.words(reader, "note");
        let (Some(key), Some(value)) = (reading.words(reader, "key"), reading.words(reader, "value")) else { continue };
        let Some((known, values)) = allowed.iter().find(|known| known.0 == key.value) else {
            reader.unknown(key.at, "可理解的事项", key.value, allowed.iter().map(|known| known.0));
            continue;
        };
        if !values.contains(&value.value) {
            reader.unknown(value.at, &format!("“{known}”的理解"), value.value, values.iter().copied());
            continue;
        }
        if let (Some(clause), Some(note)) = (clause, note) {
            let (key, value, note) = (key.value.into(), value.value.into(), note.value.to_owned());
            all.push(Reading { clause, key, value, default: values[0].into(), choices: Vec::new(), note });
        }
    }
    all
}

fn facts(reader: &mut Reader<'_>, node: &Node<'_>, names: &mut Names) -> Option<Body> {
    let tables = [Table::Adoptions, Table::Comments, Table::Duties, Table::Events];
    let table = node.words(reader, "table").and_then(|table| {
        let found = tables.into_iter().find(|known| known.name() == table.value);
        if found.is_none() {
            reader.unknown(table.at, "事实表", table.value, tables.map(Table::name));
        }
        found
    });
    let mut prices = Vec::new();
    for row in node.tables(reader, "prices", "分值表的一行") {
        row.only(reader, &["name", "points", "level", "answer"]);
        let name = row.name(reader, "name");
        names.items.extend(name.clone());
        let answer = match table {
            Some(Table::Duties) => row.words(reader, "answer").and_then(|answer| {
                let found = Answer::ALL.into_iter().find(|known| known.name() == answer.value);
                if found.is_none() {
                    reader.unknown(answer.at, "约稿完成情况", answer.value, Answer::ALL.map(Answer::name));
                }
                found
            }),
            _ => None,
        };
        let level = row.words_if_any(reader, "level").map(|level| level.value.into());
        let points = match &name {
            Some(name) if !row.has("points") => {
                reader.fault(row.at, format!("“{}”没有分值。请补上，例如 points = 5。", name.value));
                None
            }
            _ => row.points(reader, "points"),
        };
        if let (Some(name), Some(points)) = (name, points) {
            let of = vec![answer.map_or_else(|| name.value.clone(), |answer: Answer| answer.name().into())];
            let worth = Worth { name: name.value, points: points.value };
            prices.push(Price { worth, level, of, when: Vec::new(), times: None });
        }
    }
    let by = match table? {
        Table::Adoptions => Some("采用方式"),
        Table::Comments => Some("批示层级"),
        Table::Duties => Some("完成情况"),
        Table::Events => Some("事项"),
        Table::Units | Table::Reports => None,
    };
    let by = by.map(|name| Column { of_unit: false, name: name.into(), kind: ColumnKind::Name });
    Some(Body::Facts(FactRule { table: table?, by, when: Vec::new(), day: None, prices }))
}

fn combine(reader: &mut Reader<'_>, node: &Node<'_>, names: &mut Names) -> Option<Body> {
    let of = of(reader, node, names);
    let how = node.words(reader, "how")?;
    if how.value != "each" {
        reader.unknown(how.at, "合并办法", how.value, ["each"]);
        return None;
    }
    Some(Body::Combine(Combine {
        of: of?,
        per: vec!["稿件编号".into()],
        once_per: Vec::new(),
        families: Vec::new(),
        best: None,
        rest: Points::ZERO,
        added: Vec::new(),
        within: Within::Ever,
        later: Later::Difference,
    }))
}

fn quota(reader: &mut Reader<'_>, node: &Node<'_>, names: &mut Names) -> Option<Body> {
    let mut part = |key, gain| {
        let worth = worth(reader, node, key, names)?;
        if worth.value.points.is_negative() == gain {
            let wish = if gain { "不能小于零" } else { "应当小于零，例如 -1" };
            reader.fault(worth.at, format!("“{}”的分值{wish}。请改正。", worth.value.name));
        }
        Some(worth.value)
    };
    let (met, over, short) = (part("met", true), part("over", true), part("short", false));
    let counted = Counted { table: Table::Reports, when: Vec::new(), weights: Vec::new() };
    Some(Body::Quota(QuotaRule {
        needs: vec![Need { count: Count::Facts(counted), target: Target::Class }],
        span: Span::Period,
        met,
        over: over.map(|worth| Each { worth, per: None, at_most: None }),
        short: short.map(|worth| Each { worth, per: None, at_most: None }),
        unmet: None,
        proportion: None,
        steps: Vec::new(),
        void: None,
    }))
}

fn yearly(reader: &mut Reader<'_>, node: &Node<'_>, names: &mut Names) -> Option<Body> {
    let event = node.name(reader, "event");
    let done = worth(reader, node, "done", names);
    let undone = worth(reader, node, "undone", names);
    Some(Body::Yearly(YearlyRule { event: event?.value, done: done?.value, undone: undone?.value }))
}

fn floor(reader: &mut Reader<'_>, node: &Node<'_>, names: &mut Names) -> Option<Body> {
    let item = named(reader, node, names);
    let of = of(reader, node, names);
    Some(Body::Floor(Floor { item: item?, of: of?, within: Vec::new(), at_least: Points::ZERO, span: Span::Period }))
}

fn credit(reader: &mut Reader<'_>, node: &Node<'_>, readings: &[Reading], names: &mut Names) -> Option<Body> {
    let item = named(reader, node, names);
    let of = of(reader, node, names);
    let own = if node.has("own_groups") { node.list(reader, "own_groups")? } else { Vec::new() };
    names.groups.extend(own.iter().cloned());
    let point_keeps = !readings.iter().any(|reading| &*reading.key == "point-keeps" && &*reading.value == "no");
    let own_groups = own.into_iter().map(|group| group.value).collect();
    Some(Body::Credit(Credit {
        item: item?,
        of: of?,
        span: Span::Year,
        from: Givers::DirectPoints,
        part: Points::from(1),
        own_groups,
        point_keeps,
    }))
}

fn last_in_group(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Body> {
    let last = node.count(reader, "last");
    let running = node.count(reader, "running");
    let follows = outcome(reader, node, "outcome");
    let letter = node.words_if_any(reader, "letter").map(|letter| letter.value.to_owned());
    let then = if node.has("then_running") || node.has("then_outcome") {
        let after = node.count(reader, "then_running");
        Some((after?, outcome(reader, node, "then_outcome")?))
    } else {
        None
    };
    Some(Body::LastInGroup(LastInGroup { last: last?, running: running?, outcome: follows?, letter, then }))
}

fn last_of_status(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Body> {
    let status = status(reader, node);
    let last = node.count(reader, "last");
    let follows = outcome(reader, node, "outcome");
    Some(Body::LastOfStatus(LastOfStatus { status: status?, last: last?, outcome: follows? }))
}

/// The level of a direct point.
pub(crate) fn status(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<DirectPoint> {
    let known = [DirectPoint::Higher, DirectPoint::Own];
    let status = node.words(reader, "status")?;
    let found = known.into_iter().find(|level| level.name() == status.value);
    if found.is_none() {
        reader.unknown(status.at, "直报点级别", status.value, known.map(DirectPoint::name));
    }
    found
}

fn outcome(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<OutcomeKind> {
    node.words(reader, key).map(|given| OutcomeKind::named(given.value))
}

fn of(reader: &mut Reader<'_>, node: &Node<'_>, names: &mut Names) -> Option<Vec<Name>> {
    let of = node.list(reader, "of")?;
    names.rules.extend(of.iter().cloned());
    Some(of.into_iter().map(|rule| rule.value).collect())
}

fn named(reader: &mut Reader<'_>, node: &Node<'_>, names: &mut Names) -> Option<Worth> {
    let name = node.name(reader, "name")?;
    names.items.push(name.clone());
    Some(Worth { name: name.value, points: Points::ZERO })
}

fn worth(reader: &mut Reader<'_>, node: &Node<'_>, key: &str, names: &mut Names) -> Option<At<Worth>> {
    let node = node.table(reader, key, "分值")?;
    node.only(reader, &["name", "points"]);
    let name = node.name(reader, "name");
    names.items.extend(name.clone());
    let points = node.points(reader, "points")?;
    Some(At { at: points.at, value: Worth { name: name?.value, points: points.value } })
}
