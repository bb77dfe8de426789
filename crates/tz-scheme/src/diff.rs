//! What changed between two schemes, in sentences.

use std::collections::BTreeMap;

use tz_model::Name;

use crate::describe::{describe, price_notes};
use crate::mechanism::{Body, Price, Rule};
use crate::scheme::{ListedUnit, Scheme};
use crate::sheet;

/// What is otherwise in `new` than in `old`: head, names, prices, rules, readings, classes and units, in this order. Empty
/// where the two say the same, however their texts are written.
pub fn diff(old: &Scheme, new: &Scheme) -> Vec<String> {
    let mut all = Vec::new();
    head(&mut all, old, new);
    let rules = |scheme: &Scheme| -> Vec<Name> { scheme.rules().iter().map(|rule| rule.id.clone()).collect() };
    let (before, after) = (rules(old), rules(new));
    for rule in old.rules() {
        match new.rules().iter().find(|other| other.id == rule.id) {
            Some(other) => self::rule(&mut all, rule, other),
            None => all.push(format!("删去规则“{}”（{}）：{}", rule.id, rule.clause, rule.sentence)),
        }
    }
    for rule in new.rules().iter().filter(|rule| !before.contains(&rule.id)) {
        all.push(format!("新增规则“{}”（{}）：{}", rule.id, rule.clause, rule.sentence));
        for sentence in describe(rule) {
            all.push(format!("  {sentence}"));
        }
        if let Body::Facts(facts) = &rule.body {
            all.extend(facts.prices.iter().map(|price| format!("  {}", row(price))));
        }
    }
    let kept =
        |ids: &[Name], others: &[Name]| -> Vec<Name> { ids.iter().filter(|id| others.contains(id)).cloned().collect() };
    if kept(&before, &after) != kept(&after, &before) {
        all.push("规则的先后次序有变。".to_owned());
    }
    readings(&mut all, old, new);
    classes(&mut all, old, new);
    units(&mut all, old.listed_units(), new.listed_units());
    all
}

fn changed(all: &mut Vec<String>, what: &str, old: &str, new: &str) {
    if old != new {
        let shown = |text: &str| if text.is_empty() { "（无）".to_owned() } else { format!("“{text}”") };
        all.push(format!("{what}由{}改为{}。", shown(old), shown(new)));
    }
}

/// Names that came and went.
fn names(all: &mut Vec<String>, what: &str, old: &[Name], new: &[Name]) {
    let only = |these: &[Name], those: &[Name]| -> Vec<String> {
        these.iter().filter(|name| !those.contains(name)).map(ToString::to_string).collect()
    };
    let (gone, come) = (only(old, new), only(new, old));
    if !gone.is_empty() {
        all.push(format!("删去{what}“{}”。", gone.join("”“")));
    }
    if !come.is_empty() {
        all.push(format!("新增{what}“{}”。", come.join("”“")));
    }
}

fn head(all: &mut Vec<String>, old: &Scheme, new: &Scheme) {
    changed(all, "编号", old.id(), new.id());
    changed(all, "名称", old.name(), new.name());
    changed(all, "机关", old.office(), new.office());
    changed(all, "出处", old.source().unwrap_or_default(), new.source().unwrap_or_default());
    changed(all, "计分周期", &sheet::calendar(old.calendar()), &sheet::calendar(new.calendar()));
    if old.calendar().week_ends() != new.calendar().week_ends() {
        all.push("一周的末日有变。".to_owned());
    }
    names(all, "排名组", old.groups(), new.groups());
    let categories =
        |scheme: &Scheme| -> Vec<Name> { scheme.categories().iter().map(|category| category.name.clone()).collect() };
    names(all, "信息类别", &categories(old), &categories(new));
    for category in new.categories() {
        if let Some(before) = old.categories().iter().find(|before| before.name == category.name) {
            let limit = |limit: Option<u32>| limit.map(|limit| format!("{limit}字")).unwrap_or_default();
            changed(all, &format!("“{}”的字数上限", category.name), &limit(before.limit), &limit(category.limit));
        }
    }
    let attributes = |scheme: &Scheme| -> BTreeMap<(String, Name), String> {
        let named = scheme.attributes().iter();
        named.map(|one| ((one.table.name().to_owned(), one.name.clone()), sheet::attribute(one))).collect()
    };
    keyed(all, &attributes(old), &attributes(new), |(table, name)| format!("表“{table}”的附加列“{name}”"));
    if old.ranking() != new.ranking() {
        all.push("排名办法（并列、同分再比）有变。".to_owned());
    }
}

/// Sentences by key: what came, went and changed.
fn keyed<K: Ord>(
    all: &mut Vec<String>,
    old: &BTreeMap<K, String>,
    new: &BTreeMap<K, String>,
    what: impl Fn(&K) -> String,
) {
    for (key, sentence) in old {
        match new.get(key) {
            Some(other) => changed(all, &what(key), sentence, other),
            None => all.push(format!("删去{}。", what(key))),
        }
    }
    for (key, sentence) in new.iter().filter(|(key, _)| !old.contains_key(key)) {
        all.push(format!("新增{}：{sentence}", what(key)));
    }
}

fn rule(all: &mut Vec<String>, old: &Rule, new: &Rule) {
    let named = format!("规则“{}”", new.id);
    changed(all, &format!("{named}的条款"), old.clause.as_str(), new.clause.as_str());
    changed(all, &format!("{named}的原文"), &old.sentence, &new.sentence);
    let (before, after) = (describe(old).concat(), describe(new).concat());
    changed(all, &format!("{named}的做法"), &before, &after);
    let prices = |rule: &Rule| match &rule.body {
        Body::Facts(facts) => facts.prices.clone(),
        _ => Vec::new(),
    };
    let (old_prices, new_prices) = (prices(old), prices(new));
    for price in &old_prices {
        match new_prices.iter().find(|other| other.name() == price.name()) {
            None => all.push(format!("{named}删去一行：{}", row(price))),
            Some(other) => self::price(all, &named, price, other),
        }
    }
    for price in new_prices.iter().filter(|price| !old_prices.iter().any(|other| other.name() == price.name())) {
        all.push(format!("{named}新增一行：{}", row(price)));
    }
    let order = |prices: &[Price], others: &[Price]| -> Vec<Name> {
        let kept = prices.iter().filter(|price| others.iter().any(|other| other.name() == price.name()));
        kept.map(|price| price.name().clone()).collect()
    };
    if order(&old_prices, &new_prices) != order(&new_prices, &old_prices) {
        all.push(format!("{named}的分值表次序有变。"));
    }
}

fn price(all: &mut Vec<String>, named: &str, old: &Price, new: &Price) {
    if old.points() != new.points() {
        all.push(format!("{named}的“{}”由 {} 分改为 {} 分。", new.name(), old.points(), new.points()));
    }
    let level = |price: &Price| price.level.as_deref().unwrap_or_default().to_owned();
    changed(all, &format!("{named}的“{}”所属层级", new.name()), &level(old), &level(new));
    changed(all, &format!("{named}的“{}”的条件", new.name()), &price_notes(old), &price_notes(new));
}

fn row(price: &Price) -> String {
    let notes = price_notes(price);
    let notes = if notes.is_empty() { notes } else { format!("（{notes}）") };
    format!("“{}”{notes} {} 分。", price.name(), price.points())
}

fn readings(all: &mut Vec<String>, old: &Scheme, new: &Scheme) {
    let by_key = |scheme: &Scheme| -> BTreeMap<(String, Name), String> {
        let mut known = BTreeMap::new();
        for reading in scheme.readings() {
            known.insert((reading.clause.to_string(), reading.key.clone()), reading.value.to_string());
        }
        known
    };
    keyed(all, &by_key(old), &by_key(new), |(clause, key)| format!("理解 {clause}（{key}）"));
}

fn classes(all: &mut Vec<String>, old: &Scheme, new: &Scheme) {
    let by_name = |scheme: &Scheme| -> BTreeMap<Name, String> {
        let mut known = BTreeMap::new();
        for class in scheme.classes() {
            let total = class.quota.total.map_or("没有任务".to_owned(), |total| format!("每期{total}篇"));
            let least = class.quota.minimums.iter().map(|(category, items)| format!("，{category}{items}篇"));
            known.insert(class.name.clone(), format!("{total}{}", least.collect::<String>()));
        }
        known
    };
    keyed(all, &by_name(old), &by_name(new), |name| format!("类别“{name}”的任务"));
}

fn units(all: &mut Vec<String>, old: &[ListedUnit], new: &[ListedUnit]) {
    let named = |units: &[ListedUnit]| -> Vec<Name> { units.iter().map(|unit| unit.name.clone()).collect() };
    names(all, "单位", &named(old), &named(new));
    for unit in new {
        let Some(before) = old.iter().find(|before| before.name == unit.name) else { continue };
        changed(all, &format!("“{}”的类别", unit.name), &before.class, &unit.class);
        changed(all, &format!("“{}”的排名组", unit.name), &before.group, &unit.group);
        let status = |unit: &ListedUnit| unit.direct_point.as_deref().unwrap_or_default().to_owned();
        changed(all, &format!("“{}”的直报点级别", unit.name), &status(before), &status(unit));
    }
}
