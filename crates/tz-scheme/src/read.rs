//! A scheme file read and checked as a whole.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use toml::de::DeTable;
use tz_model::{DirectPoint, Fault, Name};

use crate::calendar::Calendar;
use crate::mechanism::{ClassQuota, Ranking, Reading, Ties};
use crate::rules::{self, Readings};
use crate::scheme::{Category, Class, Derived, ListedUnit, Scheme};
use crate::toml_reader::{At, Node, Reader};

const TOP: [&str; 10] =
    ["id", "name", "office", "source", "period", "direct_points", "group", "category", "rule", "class"];

const PERIOD_READINGS: Readings = &[
    ("duty-belongs-to", &["deadline"]),
    ("counted-items", &["received-once"]),
    ("shared-items", &["full"]),
    ("late-facts", &["open-period"]),
];

const CLASS_READINGS: Readings = &[("towns-ranked", &["apart"])];

/// Names of one sort, each once.
struct Once {
    what: &'static str,
    seen: BTreeMap<Name, usize>,
}

impl Once {
    fn new(what: &'static str) -> Self {
        Self { what, seen: BTreeMap::new() }
    }

    fn add(&mut self, reader: &mut Reader<'_>, name: &At<Name>) {
        if let Some(first) = self.seen.insert(name.value.clone(), name.at) {
            let line = reader.line(first);
            let sentence = format!("{}“{}”写了两次，前一处在第{line}行。请删去或改名。", self.what, name.value);
            reader.fault(name.at, sentence);
        }
    }

    fn check(&self, reader: &mut Reader<'_>, name: &At<Name>) {
        if !self.seen.contains_key(&name.value) {
            reader.unknown(name.at, self.what, &name.value, self.seen.keys().map(|known| &**known));
        }
    }
}

pub(crate) fn scheme(text: &str) -> Result<Scheme, Vec<Fault>> {
    let mut reader = Reader::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.syntax(error);
    }
    if !reader.is_clean() {
        return Err(reader.finish());
    }
    let top = Node::new(root.get_ref(), 0, "计分办法");
    let scheme = whole(&mut reader, &top, text);
    match scheme {
        Some(scheme) if reader.is_clean() => Ok(scheme),
        _ => Err(reader.finish()),
    }
}

fn whole(reader: &mut Reader<'_>, top: &Node<'_>, text: &str) -> Option<Scheme> {
    top.only(reader, &TOP);
    let id = top.name(reader, "id");
    let name = top.words(reader, "name");
    let office = top.words(reader, "office");
    top.words_if_any(reader, "source");
    let mut readings = Vec::new();
    let calendar = period(reader, top, &mut readings);

    let mut groups = Once::new("排名组");
    let mut group_names = Vec::new();
    for node in top.tables(reader, "group", "排名组") {
        node.only(reader, &["name"]);
        if let Some(name) = node.name(reader, "name") {
            groups.add(reader, &name);
            group_names.push(name.value);
        }
    }
    let mut known_categories = Once::new("信息类别");
    let categories = categories(reader, top, &mut known_categories);

    let (mut ids, mut items) = (Once::new("规则"), Once::new("得分事项"));
    let (mut all_rules, mut mentioned) = (Vec::new(), Vec::new());
    for node in top.tables(reader, "rule", "规则") {
        let (rule, names) = rules::rule(reader, &node);
        for item in &names.items {
            items.add(reader, item);
        }
        if let Some(rule) = rule {
            ids.add(reader, &At { value: rule.value.id.clone(), at: rule.at });
            readings.extend(rule.value.readings.iter().cloned());
            all_rules.push(rule.value);
        }
        mentioned.push(names);
    }
    for names in &mentioned {
        names.rules.iter().for_each(|rule| ids.check(reader, rule));
        names.groups.iter().for_each(|group| groups.check(reader, group));
    }

    let mut units = Once::new("单位");
    let (classes, mut listed) = classes(reader, top, &known_categories, &groups, &mut units, &mut readings);
    for node in top.tables_if_any(reader, "direct_points", "直报点") {
        node.only(reader, &["status", "clause", "sentence", "names"]);
        node.clause(reader, "clause");
        node.words(reader, "sentence");
        let status = rules::status(reader, &node);
        for name in node.list(reader, "names").unwrap_or_default() {
            units.check(reader, &name);
            mark(&mut listed, &name.value, status);
        }
    }
    let derived = Derived::of(&all_rules, &listed);
    let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Scheme {
        text: text.to_owned(),
        hash,
        id: id?.value,
        name: name?.value.to_owned(),
        office: office?.value.to_owned(),
        calendar: calendar?,
        attributes: Vec::new(),
        ranking: Ranking { ties: Ties::Competition, then: Vec::new() },
        categories,
        groups: group_names,
        classes,
        rules: all_rules,
        readings,
        listed,
        derived,
    })
}

fn mark(listed: &mut [ListedUnit], name: &str, status: Option<DirectPoint>) {
    for unit in listed.iter_mut().filter(|unit| &*unit.name == name) {
        unit.direct_point = status;
    }
}

fn period(reader: &mut Reader<'_>, top: &Node<'_>, readings: &mut Vec<Reading>) -> Option<Calendar> {
    let node = top.table(reader, "period", "计分周期")?;
    node.only(reader, &["every", "clause", "sentence", "reading"]);
    node.clause(reader, "clause");
    node.words(reader, "sentence");
    readings.extend(rules::readings(reader, &node, PERIOD_READINGS));
    let every = node.words(reader, "every")?;
    if every.value == "month" {
        return Some(Calendar::months());
    }
    reader.unknown(every.at, "计分周期", every.value, ["month"]);
    None
}

fn categories(reader: &mut Reader<'_>, top: &Node<'_>, known: &mut Once) -> Vec<Category> {
    let mut all = Vec::new();
    for node in top.tables(reader, "category", "信息类别") {
        node.only(reader, &["name", "limit", "clause"]);
        let limit = if node.has("limit") { node.count(reader, "limit") } else { None };
        let clause = if node.has("limit") { node.clause(reader, "clause") } else { None };
        if let Some(name) = node.name(reader, "name") {
            known.add(reader, &name);
            all.push(Category { name: name.value, limit, clause });
        }
    }
    all
}

fn classes(
    reader: &mut Reader<'_>,
    top: &Node<'_>,
    categories: &Once,
    groups: &Once,
    units: &mut Once,
    readings: &mut Vec<Reading>,
) -> (Vec<Class>, Vec<ListedUnit>) {
    let mut known = Once::new("单位类别");
    let (mut classes, mut listed) = (Vec::new(), Vec::new());
    for node in top.tables(reader, "class", "单位类别") {
        node.only(reader, &["name", "clause", "sentence", "total", "minimums", "units", "reading"]);
        let name = node.name(reader, "name");
        let clause = node.clause(reader, "clause");
        let sentence = node.words(reader, "sentence");
        let total = if node.has("total") { node.count(reader, "total") } else { None };
        readings.extend(rules::readings(reader, &node, CLASS_READINGS));
        if let Some(name) = &name {
            known.add(reader, name);
        }
        let mut minimums = Vec::new();
        for row in node.tables_if_any(reader, "minimums", "最低篇数") {
            row.only(reader, &["category", "items"]);
            let items = row.count(reader, "items");
            if let Some(category) = row.name(reader, "category") {
                categories.check(reader, &category);
                minimums.extend(items.map(|items| (category.value, items)));
            }
        }
        for row in node.tables_if_any(reader, "units", "所列单位") {
            row.only(reader, &["group", "names"]);
            let group = row.name(reader, "group");
            if let Some(group) = &group {
                groups.check(reader, group);
            }
            for unit in row.list(reader, "names").unwrap_or_default() {
                units.add(reader, &unit);
                if let (Some(class), Some(group)) = (&name, &group) {
                    listed.push(ListedUnit {
                        name: unit.value,
                        class: class.value.clone(),
                        group: group.value.clone(),
                        direct_point: None,
                    });
                }
            }
        }
        if let (Some(name), Some(clause), Some(sentence)) = (name, clause, sentence) {
            let sentence = sentence.value.to_owned();
            classes.push(Class { name: name.value, clause, sentence, quota: ClassQuota { total, minimums } });
        }
    }
    (classes, listed)
}
