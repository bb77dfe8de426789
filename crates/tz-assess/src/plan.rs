//! A scheme made ready for scoring: names to prices at once, line items in their order.

use std::sync::Arc;

use tz_model::{DutyOutcome, FactId, Facts, Fault, Name, Points, Table, nearest};
use tz_scheme::{Answer, Body, Rule, Scheme, Select};

use crate::explain::effect;

/// The place of a line item in [`Plan::items`]; also the order lines stand in.
pub(crate) type ItemIx = u16;

/// One thing a line may be called.
pub(crate) struct Item<'s> {
    pub rule: &'s Rule,
    /// What lines carry: the rule's id, or `quota-short` where a rule has lines of several sorts.
    pub line_rule: Name,
    pub name: &'s Name,
    pub points: Points,
    /// What its points do to a total, in words.
    pub effect: String,
}

/// The three items of a quota rule.
pub(crate) struct QuotaPlan {
    pub met: ItemIx,
    pub over: ItemIx,
    pub short: ItemIx,
}

/// A floor and the items whose deductions it limits.
pub(crate) struct FloorPlan {
    pub item: ItemIx,
    pub limited: Vec<bool>,
}

pub(crate) struct Plan<'s> {
    pub scheme: &'s Scheme,
    pub items: Vec<Item<'s>>,
    by_name: [Vec<(&'s Name, Vec<ItemIx>)>; 3],
    answers: [Vec<ItemIx>; 4],
    pub quotas: Vec<QuotaPlan>,
    pub floors: Vec<FloorPlan>,
}

impl<'s> Plan<'s> {
    pub fn of(scheme: &'s Scheme) -> Self {
        let mut plan = Self {
            scheme,
            items: Vec::new(),
            by_name: Default::default(),
            answers: Default::default(),
            quotas: Vec::new(),
            floors: Vec::new(),
        };
        for rule in scheme.rules() {
            let first = plan.next();
            for (worth, line_rule) in rule.items().into_iter().zip(rule.line_rules()) {
                let effect = effect(worth.points);
                plan.items.push(Item { rule, line_rule, name: &worth.name, points: worth.points, effect });
            }
            match &rule.body {
                Body::Facts(facts) => {
                    for (price, item) in facts.prices.iter().zip(first..) {
                        match (facts.select, price.answer) {
                            (Select::Adoptions, _) => plan.price(0, price.name(), item),
                            (Select::Comments, _) => plan.price(1, price.name(), item),
                            (Select::Events, _) => plan.price(2, price.name(), item),
                            (Select::Duties, Some(answer)) => plan.answers[answer as usize].push(item),
                            (Select::Duties, None) => {}
                        }
                    }
                }
                Body::Quota(_) => plan.quotas.push(QuotaPlan { met: first, over: first + 1, short: first + 2 }),
                Body::Floor(_) => plan.floors.push(FloorPlan { item: first, limited: Vec::new() }),
                // The year's rules and outcomes are read from the scheme where the year is closed; how uses combine was
                // put into the rules it speaks of when the scheme was read.
                Body::Combine { .. }
                | Body::Yearly(_)
                | Body::Credit(_)
                | Body::LastInGroup(_)
                | Body::LastOfStatus(_) => {}
            }
        }
        for floor in &mut plan.floors {
            let Body::Floor(rule) = &plan.items[floor.item as usize].rule.body else { continue };
            floor.limited = plan.items.iter().map(|item| rule.of.contains(&item.rule.id)).collect();
        }
        plan
    }

    fn next(&self) -> ItemIx {
        ItemIx::try_from(self.items.len()).expect("a scheme has fewer than 65,536 prices")
    }

    fn price(&mut self, table: usize, name: &'s Name, item: ItemIx) {
        let prices = &mut self.by_name[table];
        match prices.iter_mut().find(|(known, _)| *known == name) {
            Some((_, items)) => items.push(item),
            None => prices.push((name, vec![item])),
        }
    }

    fn priced(&self, table: usize, name: &Name) -> &[ItemIx] {
        let prices = &self.by_name[table];
        place(prices.iter().map(|(known, _)| *known), name).map_or(&[], |at| prices[at].1.as_slice())
    }

    pub fn adoption(&self, kind: &Name) -> &[ItemIx] {
        self.priced(0, kind)
    }

    pub fn comment(&self, level: &Name) -> &[ItemIx] {
        self.priced(1, level)
    }

    pub fn event(&self, kind: &Name) -> &[ItemIx] {
        self.priced(2, kind)
    }

    pub fn answer(&self, answer: Answer) -> &[ItemIx] {
        &self.answers[answer as usize]
    }

    pub fn item(&self, item: ItemIx) -> &Item<'s> {
        &self.items[item as usize]
    }

    /// The item of that name; names are unique in a scheme.
    pub fn named(&self, name: &str) -> Option<ItemIx> {
        let at = self.items.iter().position(|item| &**item.name == name)?;
        ItemIx::try_from(at).ok()
    }
}

/// The place of a name in a short list. Facts that were read for this scheme share its names, so that most are found
/// without looking at their letters.
pub(crate) fn place<'n>(known: impl Iterator<Item = &'n Name> + Clone, name: &Name) -> Option<usize> {
    known.clone().position(|known| Arc::ptr_eq(known, name)).or_else(|| known.clone().position(|known| known == name))
}

/// How a duty was met (R7): refused is refused even if something came later.
pub(crate) fn answer(duty: &tz_model::Duty) -> Answer {
    match (duty.outcome, duty.answered) {
        (Some(DutyOutcome::Refused), _) => Answer::Refused,
        (None, Some(day)) if day <= duty.deadline => Answer::OnTime,
        (None, Some(_)) => Answer::Late,
        (None, None) => Answer::Missed,
    }
}

/// Every name in the facts that the scheme has no price, class, group or category for. Silence is an error: until these are
/// mended, nothing should be scored. The place is the fact: `采用:12`.
pub fn unknown_names(scheme: &Scheme, facts: &Facts) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut check = |table: Table, key: &Name, what: &str, given: &Name, known: &[&Name]| {
        if place(known.iter().copied(), given).is_none() {
            let hint = match nearest(given, known.iter().map(|name| &***name)) {
                Some(name) => format!("是不是“{name}”？"),
                None => format!("可以写：{}。", known.iter().map(|name| &***name).collect::<Vec<_>>().join("、")),
            };
            let place = FactId { table, key: key.clone() }.to_string();
            faults.push(Fault::new(place, format!("计分办法里没有名为“{given}”的{what}。{hint}")));
        }
    };
    let classes: Vec<&Name> = scheme.classes().iter().map(|class| &class.name).collect();
    let groups: Vec<&Name> = scheme.groups().iter().collect();
    for unit in &facts.units {
        check(Table::Units, &unit.name, "类别", &unit.class, &classes);
        check(Table::Units, &unit.name, "排名组", &unit.group, &groups);
    }
    let categories: Vec<&Name> = scheme.categories().iter().map(|category| &category.name).collect();
    for report in &facts.reports {
        check(Table::Reports, &report.key, "信息类别", &report.category, &categories);
    }
    let kinds: Vec<&Name> = scheme.adoption_kinds().iter().map(tz_scheme::Price::name).collect();
    for adoption in &facts.adoptions {
        check(Table::Adoptions, &adoption.key, "采用方式", &adoption.kind, &kinds);
    }
    let levels: Vec<&Name> = scheme.comment_levels().iter().map(tz_scheme::Price::name).collect();
    for comment in &facts.comments {
        check(Table::Comments, &comment.key, "批示层级", &comment.level, &levels);
    }
    let events: Vec<&Name> = scheme.event_kinds().iter().collect();
    for event in &facts.events {
        check(Table::Events, &event.key, "事项", &event.kind, &events);
    }
    faults
}
