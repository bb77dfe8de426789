//! One unit's period: what each rule gives, before it is put into words.

use jiff::civil::Date;
use tz_model::{Adoption, CategoryCount, Channel, Comment, Facts, Name, Points, Quota, Report, Table};
use tz_scheme::{ClassQuota, Scheme};

use crate::index::{Entry, FactAt};
use crate::order::natural;
use crate::plan::{ItemIx, Plan, answer, place};

/// A line without its words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub item: ItemIx,
    pub points: Points,
    pub fact: Option<FactAt>,
    day: Date,
}

impl Part {
    /// One that rests on no single fact.
    fn counted(item: ItemIx, points: Points) -> Self {
        Self { item, points, fact: None, day: Date::ZERO }
    }
}

/// What is known of a unit's period on the day it is looked at.
pub(crate) struct Parts {
    pub parts: Vec<Part>,
    pub quota: Option<Quota>,
}

/// Every rule of the period in stage order: prices, quota, floor. `as_of` is the last day known: what was withdrawn on or
/// before it counts for nothing (R14).
pub(crate) fn parts(plan: &Plan<'_>, facts: &Facts, entries: &[Entry], class: &str, as_of: Date) -> Parts {
    let quota = plan.scheme.quota(class);
    let mut counter = quota.map(|quota| Counter::new(plan.scheme, quota));
    let mut parts: Vec<Part> = Vec::with_capacity(entries.len() + 4);
    for entry in entries {
        let at = entry.fact.at as usize;
        let mut put = |items: &[ItemIx], day: Date, times: i64| {
            for item in items {
                let price = plan.item(*item).points;
                let points = if times == 1 { price } else { price * times };
                parts.push(Part { item: *item, points, fact: Some(entry.fact), day });
            }
        };
        match entry.fact.table {
            Table::Reports => {
                if let Some(counter) = &mut counter {
                    counter.count(entry.category);
                }
            }
            Table::Adoptions if stands(facts.adoptions[at].withdrawn, as_of) => {
                let Adoption { kind, date, .. } = &facts.adoptions[at];
                put(plan.adoption(kind), *date, 1);
            }
            Table::Comments if stands(facts.comments[at].withdrawn, as_of) => {
                let Comment { level, date, .. } = &facts.comments[at];
                put(plan.comment(level), *date, 1);
            }
            Table::Duties => {
                let duty = &facts.duties[at];
                put(plan.answer(answer(duty)), duty.deadline, 1);
            }
            Table::Events if facts.events[at].count > 0 => {
                let event = &facts.events[at];
                put(plan.event(&event.kind), event.date, i64::from(event.count));
            }
            Table::Units | Table::Adoptions | Table::Comments | Table::Events => {}
        }
    }
    let quota = counter.map(Counter::finish);
    if let Some(quota) = &quota {
        quota_parts(plan, quota, &mut parts);
    }
    floor_parts(plan, &mut parts);
    sort(facts, &mut parts);
    Parts { parts, quota }
}

fn stands(withdrawn: Option<Date>, as_of: Date) -> bool {
    withdrawn.is_none_or(|day| day > as_of)
}

/// True for an item that counts: not on paper, not a repeat, not ruled out (N3.1, R5).
pub(crate) fn counts(report: &Report) -> bool {
    report.counted && report.repeats.is_none() && report.channel != Channel::Paper
}

/// The place of a category in the scheme's list; one past its end for any other, which counts to the total only (R4).
pub(crate) fn category(scheme: &Scheme, name: &Name) -> u8 {
    let known = scheme.categories();
    let place = place(known.iter().map(|category| &category.name), name).unwrap_or(known.len());
    u8::try_from(place).unwrap_or(u8::MAX)
}

/// Counts the items of a period against a quota (R3 to R5).
pub(crate) struct Counter<'s> {
    scheme: &'s Scheme,
    quota: &'s ClassQuota,
    received: u32,
    categories: [u32; 256],
}

impl<'s> Counter<'s> {
    pub fn new(scheme: &'s Scheme, quota: &'s ClassQuota) -> Self {
        Self { scheme, quota, received: 0, categories: [0; 256] }
    }

    /// Takes in an item that counts.
    pub fn count(&mut self, category: u8) {
        self.received += 1;
        self.categories[category as usize] += 1;
    }

    pub fn finish(self) -> Quota {
        let required = self.quota.total;
        let category = |(name, least): &(Name, u32)| CategoryCount {
            category: name.clone(),
            received: self.categories[category(self.scheme, name) as usize],
            required: *least,
        };
        let categories: Vec<CategoryCount> = self.quota.minimums.iter().map(category).collect();
        let missing: u32 = categories.iter().map(|category| category.required.saturating_sub(category.received)).sum();
        let short = missing.max(required.saturating_sub(self.received));
        let over = if short == 0 { self.received - required } else { 0 };
        Quota { received: self.received, required, short, over, categories }
    }
}

fn quota_parts(plan: &Plan<'_>, quota: &Quota, parts: &mut Vec<Part>) {
    for rule in &plan.quotas {
        let times = |item: ItemIx, count: u32| Part::counted(item, plan.item(item).points * i64::from(count));
        if quota.short > 0 {
            parts.push(times(rule.short, quota.short));
        } else {
            parts.push(times(rule.met, 1));
            if quota.over > 0 {
                parts.push(times(rule.over, quota.over));
            }
        }
    }
}

/// 扣完为止 (R2): what the deductions of the limited rules take below zero is given back, and no more than they took.
fn floor_parts(plan: &Plan<'_>, parts: &mut Vec<Part>) {
    for floor in &plan.floors {
        let taken: Points = parts
            .iter()
            .filter(|part| floor.limited[part.item as usize] && part.points.is_negative())
            .map(|part| -part.points)
            .sum();
        if taken.is_zero() {
            continue;
        }
        let total: Points = parts.iter().map(|part| part.points).sum();
        let back = (-total).min(taken);
        if back > Points::ZERO {
            parts.push(Part::counted(floor.item, back));
        }
    }
}

/// Rule and item in the scheme's order, then day, then fact.
fn sort(facts: &Facts, parts: &mut [Part]) {
    parts.sort_unstable_by(|left, right| {
        let fact = |part: &Part| part.fact.map_or("", |fact| fact_key(facts, fact));
        (left.item, left.day)
            .cmp(&(right.item, right.day))
            .then_with(|| natural(fact(left), fact(right)))
            .then_with(|| left.points.cmp(&right.points))
    });
}

/// The 编号 of a fact.
pub(crate) fn fact_key(facts: &Facts, fact: FactAt) -> &Name {
    let at = fact.at as usize;
    match fact.table {
        Table::Units => &facts.units[at].name,
        Table::Reports => &facts.reports[at].key,
        Table::Adoptions => &facts.adoptions[at].key,
        Table::Comments => &facts.comments[at].key,
        Table::Duties => &facts.duties[at].key,
        Table::Events => &facts.events[at].key,
    }
}
