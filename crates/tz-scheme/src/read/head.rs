//! The head of a scheme file: its year, its names, its columns.

use jiff::civil::Weekday;
use tz_model::{Name, Points, Table};

use crate::calendar::{AfterCutoff, Begins, Calendar, Cutoff, Every};
use crate::columns::STATUS;
use crate::columns::built_in;
use crate::mechanism::{Attribute, ClassQuota, ColumnKind, Missing, Ranking, Reading, Ties};
use crate::read::Context;
use crate::read::context::Once;
use crate::read::rule::readings;
use crate::scheme::{Category, Class, ListedUnit, Printed};
use crate::toml::{Node, Reader, Readings};

const PERIOD_READINGS: Readings = &[
    ("duty-belongs-to", &["deadline"]),
    ("counted-items", &["received-once"]),
    ("shared-items", &["full"]),
    ("late-facts", &["open-period"]),
];

const CLASS_READINGS: Readings = &[("towns-ranked", &["apart"])];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("周一", Weekday::Monday),
    ("周二", Weekday::Tuesday),
    ("周三", Weekday::Wednesday),
    ("周四", Weekday::Thursday),
    ("周五", Weekday::Friday),
    ("周六", Weekday::Saturday),
    ("周日", Weekday::Sunday),
];

/// Parts of the file with where they stand, so that papers show them in its order.
type Papers = Vec<(usize, Printed)>;

pub(crate) fn id(reader: &mut Reader<'_>, top: &Node<'_>) -> Option<Name> {
    let id = top.name("id")?;
    if !id.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        let sentence = format!("编号“{}”只能用英文字母、数字和连字符，例如 huzhou-2018。请改正。", id.value);
        reader.fault(id.at, sentence);
    }
    Some(id.value)
}

pub(crate) fn groups(context: &mut Context<'_>, top: &Node<'_>) -> Vec<Name> {
    let names = top.tables("group").into_iter().filter_map(|node| node.name("name"));
    let mut all = Vec::new();
    for name in names {
        context.groups.add(&mut context.reader, &name);
        all.push(name.value);
    }
    all
}

pub(crate) fn categories(context: &mut Context<'_>, top: &Node<'_>) -> Vec<Category> {
    let mut all = Vec::new();
    for node in top.tables("category") {
        if node.has("limit") && !node.has("clause") {
            let sentence = "这里的信息类别有字数上限，却缺少 clause（条款编号）。请补上。";
            context.reader.fault(node.at, sentence);
        }
        if let Some(name) = node.name("name") {
            context.categories.add(&mut context.reader, &name);
            all.push(Category { name: name.value, limit: node.count("limit"), clause: node.clause("clause") });
        }
    }
    all
}

pub(crate) fn class_names(context: &mut Context<'_>, top: &Node<'_>) {
    for name in top.tables("class").into_iter().filter_map(|node| node.name("name")) {
        context.classes.add(&mut context.reader, &name);
    }
}

pub(crate) fn attributes(context: &mut Context<'_>, top: &Node<'_>) {
    for node in top.tables("attribute") {
        if let Some(attribute) = attribute(context, &node) {
            if context.attribute(attribute.table, &attribute.name).is_some() {
                let sentence = format!("表“{}”的列“{}”写了两次。请合成一段。", attribute.table.name(), attribute.name);
                node.fault(&mut context.reader, "name", sentence);
            }
            context.attributes.push(attribute);
        }
    }
}

fn attribute(context: &mut Context<'_>, node: &Node<'_>) -> Option<Attribute> {
    let table = Table::named(node.words("table")?.value)?;
    let name = node.name("name")?;
    let kind = match node.words("type")?.value {
        "name" => ColumnKind::Name,
        "number" => ColumnKind::Number,
        "date" => ColumnKind::Date,
        "yes-no" => ColumnKind::YesNo,
        _ => return None,
    };
    let reader = &mut context.reader;
    if let Some(own) = built_in(table).iter().find(|own| *own.name == *name.value)
        && own.kind != kind
    {
        let (own, given) = (crate::columns::kind_name(own.kind), crate::columns::kind_name(kind));
        let sentence = format!("列“{}”本来填的是{own}，不能改成{given}。请改正 type，或换一个列名。", name.value);
        node.fault(reader, "type", sentence);
    }
    if *name.value == *"单位" && table != Table::Units {
        node.fault(reader, "name", "列“单位”不能改动。请换一个列名。");
    }
    let values = node.names("values");
    if !values.is_empty() && kind != ColumnKind::Name {
        node.fault(reader, "values", "只有 type = \"name\" 的列才能列出可填的名称。请删去 values，或改 type。");
    }
    let mut once = Once::new("可填的名称");
    values.iter().for_each(|value| once.add(reader, value));
    let range = range(node, reader, kind);
    let missing = match node.words("missing").map(|found| found.value) {
        Some("waiting") => Missing::Waiting,
        Some("fault") => Missing::Fault,
        _ => Missing::Absent,
    };
    let values = values.into_iter().map(|value| value.value).collect();
    Some(Attribute { table, name: name.value, kind, values, range, missing })
}

fn range(node: &Node<'_>, reader: &mut Reader<'_>, kind: ColumnKind) -> Option<(Points, Points)> {
    if !node.has("range") {
        return None;
    }
    if kind != ColumnKind::Number {
        node.fault(reader, "range", "只有 type = \"number\" 的列才有最小和最大。请删去 range，或改 type。");
    }
    match &node.numbers("range")[..] {
        [least, most] if least.value > most.value => {
            let sentence = format!("最小 {} 大于最大 {}，没有数能填。请对调。", least.value, most.value);
            reader.fault(least.at, sentence);
            None
        }
        [least, most] => Some((least.value, most.value)),
        _ => {
            node.fault(reader, "range", "range（最小和最大）要写两个数，例如 [0, 10]。请改正。");
            None
        }
    }
}

pub(crate) fn calendar(
    context: &mut Context<'_>,
    top: &Node<'_>,
    all_readings: &mut Vec<Reading>,
    papers: &mut Papers,
) -> Option<Calendar> {
    let node = top.table("period")?;
    all_readings.extend(readings(context, &node, PERIOD_READINGS));
    if let (Some(clause), Some(sentence)) = (node.clause("clause"), node.text("sentence")) {
        papers.push((node.at, Printed::Period { clause, sentence }));
    }
    let reader = &mut context.reader;
    let begins = node.table("year_begins").map_or(Begins { month: 1, of_last_year: false }, |begins| Begins {
        month: begins.count("month").and_then(|month| i8::try_from(month).ok()).unwrap_or(1),
        of_last_year: begins.words("of").is_some_and(|of| of.value == "last-year"),
    });
    if !(1..=12).contains(&begins.month) {
        let sentence = format!("没有 {} 月。month（月份）请写 1 到 12。", begins.month);
        node.fault(reader, "year_begins", sentence);
    }
    let cutoff = node.table("cutoff").map(|cutoff| Cutoff {
        day: cutoff.count("day").and_then(|day| i8::try_from(day).ok()).unwrap_or(0),
        then: match cutoff.words("then").map(|then| then.value) {
            Some("lost") => AfterCutoff::Lost,
            _ => AfterCutoff::Next,
        },
    });
    if let Some(cutoff) = cutoff.filter(|cutoff| !(1..=30).contains(&cutoff.day)) {
        let sentence = match cutoff.day {
            31 => "截止日是31日，就是月底，不必写。请删去 cutoff。".to_owned(),
            _ => "截止日 day（日）请写 1 到 30。".to_owned(),
        };
        node.fault(reader, "cutoff", sentence);
    }
    let every = every(reader, &node, begins)?;
    let week_ends = node
        .words("week_ends")
        .and_then(|given| WEEKDAYS.iter().find(|(name, _)| *name == given.value).map(|(_, day)| *day));
    Some(Calendar::new(every, begins, cutoff, week_ends.unwrap_or(Weekday::Sunday)))
}

fn every(reader: &mut Reader<'_>, node: &Node<'_>, begins: Begins) -> Option<Every> {
    match (node.words("every"), node.has("months")) {
        (Some(_), true) => {
            node.fault(reader, "months", "every 和 months 只能写一个：各期一样长写 every，不一样长写 months。");
            None
        }
        (Some(every), false) => match every.value {
            "month" => Some(Every::Month),
            "quarter" => Some(Every::Quarter),
            "half-year" => Some(Every::HalfYear),
            "year" => Some(Every::Year),
            _ => None,
        },
        (None, true) => {
            let lists = node.months("months");
            let given: Vec<u32> = lists.iter().flatten().copied().collect();
            let wanted: Vec<u32> = (0..12).map(|place| (begins.month as u32 - 1 + place) % 12 + 1).collect();
            if given != wanted {
                let shown: Vec<String> = wanted.iter().map(u32::to_string).collect();
                let sentence = format!("各期的月份合起来要正好是一年，次序是 {}。请改正。", shown.join("、"));
                node.fault(reader, "months", sentence);
                return None;
            }
            Some(Every::Months(lists.iter().map(|months| months.len() as u8).collect()))
        }
        (None, false) if node.has("every") => None,
        (None, false) => {
            let sentence = "这里的计分周期缺少 every（多久一结）。请补上，例如 every = \"month\"。";
            reader.fault(node.at, sentence);
            None
        }
    }
}

pub(crate) fn ranking(
    context: &mut Context<'_>,
    top: &Node<'_>,
    all_readings: &mut Vec<Reading>,
    papers: &mut Papers,
) -> Ranking {
    let Some(node) = top.table("ranking") else { return Ranking { ties: Ties::Competition, then: Vec::new() } };
    all_readings.extend(readings(context, &node, &[]));
    if let (Some(clause), Some(sentence)) = (node.clause("clause"), node.text("sentence")) {
        papers.push((node.at, Printed::Ranking { clause, sentence }));
    }
    let ties = match node.words("ties").map(|found| found.value) {
        Some("dense") => Ties::Dense,
        _ => Ties::Competition,
    };
    let lists = node.name_lists("then");
    let then = lists.into_iter().map(|names| context.outline.of_ranking(&mut context.reader, names)).collect();
    Ranking { ties, then }
}

/// Classes, the units they list, and their readings by class.
type Classes = (Vec<Class>, Vec<ListedUnit>, Vec<(Name, Reading)>);

pub(crate) fn classes(context: &mut Context<'_>, top: &Node<'_>, papers: &mut Papers) -> Classes {
    let mut units = Once::new("单位");
    let (mut classes, mut listed, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for node in top.tables("class") {
        let readings = readings(context, &node, CLASS_READINGS);
        let minimums = minimums(context, &node);
        let Some(name) = node.name("name") else { continue };
        for row in node.tables("units") {
            let group = group_of(context, &row);
            for unit in row.names("names") {
                units.add(&mut context.reader, &unit);
                let (class, group) = (name.value.clone(), group.clone());
                listed.push(ListedUnit { name: unit.value, class, group, direct_point: None });
            }
        }
        told.extend(readings.into_iter().map(|reading| (name.value.clone(), reading)));
        papers.push((node.at, Printed::Class(name.value.clone())));
        if let (Some(clause), Some(sentence)) = (node.clause("clause"), node.text("sentence")) {
            let quota = ClassQuota { total: node.count("total"), minimums };
            classes.push(Class { name: name.value, clause, sentence, quota });
        }
    }
    (classes, listed, told)
}

fn minimums(context: &mut Context<'_>, node: &Node<'_>) -> Vec<(Name, u32)> {
    let mut once = Once::new("最低篇数的信息类别");
    let mut all = Vec::new();
    for row in node.tables("minimums") {
        if let (Some(category), Some(items)) = (row.name("category"), row.count("items")) {
            context.categories.check(&mut context.reader, &category);
            once.add(&mut context.reader, &category);
            all.push((context.categories.shared(category.value), items));
        }
    }
    let least = all.iter().map(|(_, items)| u64::from(*items)).sum::<u64>();
    match node.count("total") {
        Some(total) if least > u64::from(total) => {
            let sentence = format!("各类最低篇数合计{least}篇，大于总篇数{total}篇，两处不能都对。请改正一处。");
            node.fault(&mut context.reader, "minimums", sentence);
        }
        None if !all.is_empty() && !node.has("total") => {
            let sentence = "写了各类最低篇数，却没有写 total（每期总篇数）。请补上。";
            node.fault(&mut context.reader, "minimums", sentence);
        }
        _ => {}
    }
    all
}

fn group_of(context: &mut Context<'_>, row: &Node<'_>) -> Name {
    match row.name("group") {
        Some(group) => {
            context.groups.check(&mut context.reader, &group);
            group.value
        }
        None => {
            if !context.groups.is_empty() {
                context.reader.fault(row.at, "这里的所列单位缺少 group（排名组）。请补上。");
            }
            Name::default()
        }
    }
}

pub(crate) fn direct_points(context: &mut Context<'_>, top: &Node<'_>, listed: &mut [ListedUnit], papers: &mut Papers) {
    for node in top.tables("direct_points") {
        let status = node.name("status").map(|status| status.value);
        for name in node.names("names") {
            match listed.iter_mut().find(|unit| unit.name == name.value) {
                Some(unit) => unit.direct_point.clone_from(&status),
                None => {
                    let known = listed.iter().map(|unit| &*unit.name);
                    context.reader.unknown(name.at, "单位", &name.value, known.collect::<Vec<_>>());
                }
            }
        }
        if let (Some(clause), Some(sentence)) = (node.clause("clause"), node.text("sentence")) {
            papers.push((node.at, Printed::DirectPoints { clause, sentence }));
        }
    }
}

/// The statuses of direct points that the file names, before anything asks for them. One that a declared column does not allow is
/// a fault.
pub(crate) fn statuses(context: &mut Context<'_>, top: &Node<'_>) {
    let declared: Vec<Name> =
        context.attribute(Table::Units, STATUS).map(|column| column.values.clone()).unwrap_or_default();
    for status in top.tables("direct_points").iter().filter_map(|node| node.name("status")) {
        if !declared.is_empty() && !declared.contains(&status.value) {
            context.reader.unknown(status.at, "直报点级别", &status.value, declared.iter().map(|known| &**known));
        }
        if !context.statuses.contains(&status.value) {
            context.statuses.push(status.value);
        }
    }
}
