//! combine: several uses or comments of one item (合并).
//!
//! The facts of a thread are walked by day, then number. Each adds what the value of the whole grows by, so that a dearer use
//! that comes later earns the difference, whichever period it comes in; a fact that adds nothing is still a line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tz_model::{Name, Points};
use tz_scheme::{Base, Combine, Later, Within};

use crate::changes::{Boosted, Combined};
use crate::index::{Entry, FactAt};
use crate::period::Scorer;
use crate::plan::{ItemIx, Ready};
use crate::threads::{ITEM, Member, key};
use crate::unit::{Glance, Part, Why};
use crate::{cell, explain};

/// A line of a thread's fact, on its way.
pub(crate) struct Step {
    pub member: Member,
    pub part: Part,
}

/// Every combining rule over a thread's lines, which stand by day and fact.
pub(crate) fn combine(scorer: &Scorer<'_>, glance: &Glance<'_>, steps: &mut [Step]) {
    for rule in &scorer.plan.combines {
        if !rule.applies(scorer, glance.view) {
            continue;
        }
        // Facts of one thread may be several items by this rule's own columns.
        let mut items: BTreeMap<(i64, Vec<String>), Value<'_>> = BTreeMap::new();
        for step in steps.iter_mut() {
            if !rule.of.has(step.part.item) || step.part.is_waiting() {
                continue;
            }
            let Some(key) = key(scorer.facts, step.member.entry, glance.view.ix, &rule.body.per) else { continue };
            let stretch = stretch(scorer, rule.body.within, &step.member);
            let value = items.entry((stretch, key)).or_insert_with(|| Value::new(rule.body));
            let own = step.part.points;
            let before = value.sum();
            if value.is_added(scorer.plan.item(step.part.item).name) {
                value.added += own;
            } else {
                let cells = once(scorer, glance, &step.member, &rule.body.once_per);
                value.push(step.part.item, scorer.plan.item(step.part.item).name, cells, own);
            }
            let after = value.sum();
            step.part.points = after - before;
            let (same, how) = (same(rule), how(rule.body));
            step.part.changes().combined.push(Combined { same, how, own, before, after });
        }
    }
}

fn stretch(scorer: &Scorer<'_>, within: Within, member: &Member) -> i64 {
    match within {
        Within::Ever => 0,
        Within::Year => i64::from(scorer.plan.scheme.calendar().year_of(member.day)),
        Within::Period => i64::from(member.opens.year()) * 400 + i64::from(member.opens.day_of_year()),
    }
}

/// The cells that make facts compete; `None` where all are empty, or the rule names none: the fact competes with no other.
fn once(scorer: &Scorer<'_>, glance: &Glance<'_>, member: &Member, once_per: &[Name]) -> Option<Vec<String>> {
    let fact = member.entry.fact();
    let cells: Vec<String> = once_per
        .iter()
        .map(|name| cell::cell(scorer.facts, fact, &glance.view, &cell::Place::named(fact.table, name)).shown())
        .collect();
    cells.iter().any(|cell| !cell.is_empty()).then_some(cells)
}

fn same(rule: &Ready<'_, Combine>) -> String {
    let what = match rule.body.per.as_slice() {
        [one] if &**one == ITEM => "同一稿件".to_owned(),
        per => format!("{}相同的", per.iter().map(|name| format!("“{name}”")).collect::<String>()),
    };
    let within = match rule.body.within {
        Within::Ever => "",
        Within::Year => "本年内",
        Within::Period => "本期内",
    };
    format!("{what}{within}")
}

fn how(body: &Combine) -> String {
    let mut words: Vec<String> = Vec::new();
    if !body.families.is_empty() {
        words.push("同族刊物只计最高".to_owned());
    }
    if !body.once_per.is_empty() {
        let columns: Vec<&str> = body.once_per.iter().map(|name| &**name).collect();
        words.push(format!("每种{}只计一次", columns.join("、")));
    }
    match body.best {
        Some(1) => words.push("只计最高".to_owned()),
        Some(best) => words.push(format!("只计最高的 {best} 次")),
        None => {}
    }
    if body.best.is_some() && !body.rest.is_zero() {
        words.push(format!("其余按 {} 计", body.rest));
    }
    if body.later == Later::Nothing {
        words.push("先到为准".to_owned());
    }
    words.join("，")
}

/// What facts compete for within a family, and within agreeing cells: a slot.
type Slot = u64;

/// The value of a set of facts that grows one by one.
pub(crate) struct Value<'r> {
    rule: &'r Combine,
    /// On top, whatever else counts.
    added: Points,
    next: Slot,
    families: BTreeMap<FamilyKey, (Points, CellKey)>,
    cells: BTreeMap<CellKey, BTreeSet<(Points, FamilyKey)>>,
    best: Best,
}

/// A family by its place in the rule, a line name that is in none, or a fact by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum FamilyKey {
    Family(usize),
    Name(ItemIx),
    Alone(Slot),
}

/// The cells of once_per, or a fact by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CellKey {
    Same(Vec<String>),
    Alone(Slot),
}

/// The best so many of some points, and the others.
#[derive(Default)]
struct Best {
    top: BTreeSet<(Points, CellKey)>,
    low: BTreeSet<(Points, CellKey)>,
    top_sum: Points,
    low_sum: Points,
}

impl Best {
    fn insert(&mut self, best: Option<u32>, points: Points, key: CellKey) {
        self.top_sum += points;
        self.top.insert((points, key));
        if best.is_some_and(|best| self.top.len() > best as usize)
            && let Some(least) = self.top.pop_first()
        {
            self.top_sum = self.top_sum - least.0;
            self.low_sum += least.0;
            self.low.insert(least);
        }
    }

    fn remove(&mut self, points: Points, key: &CellKey) {
        let one = (points, key.clone());
        if self.low.remove(&one) {
            self.low_sum = self.low_sum - points;
        } else if self.top.remove(&one) {
            self.top_sum = self.top_sum - points;
            if let Some(next) = self.low.pop_last() {
                self.low_sum = self.low_sum - next.0;
                self.top_sum += next.0;
                self.top.insert(next);
            }
        }
    }
}

impl<'r> Value<'r> {
    pub fn new(rule: &'r Combine) -> Self {
        Self {
            rule,
            added: Points::ZERO,
            next: 0,
            families: BTreeMap::new(),
            cells: BTreeMap::new(),
            best: Best::default(),
        }
    }

    pub fn sum(&self) -> Points {
        self.added + self.best.top_sum + self.best.low_sum * self.rule.rest
    }

    fn is_added(&self, name: &Name) -> bool {
        self.rule.added.contains(name)
    }

    /// Takes in one more fact. In each family only the dearest counts, of those that agree in the cells only the dearest of these,
    /// of what is left only the best so many.
    pub fn push(&mut self, item: ItemIx, name: &Name, cells: Option<Vec<String>>, points: Points) {
        self.next += 1;
        let alone = self.next;
        let family = if self.rule.families.is_empty() {
            FamilyKey::Alone(alone)
        } else {
            let place = self.rule.families.iter().position(|family| family.contains(name));
            place.map_or(FamilyKey::Name(item), FamilyKey::Family)
        };
        let cell = cells.map_or(CellKey::Alone(alone), CellKey::Same);
        if self.rule.later == Later::Nothing {
            let counted = self.best.top.len();
            let taken = self.families.contains_key(&family)
                || self.cells.contains_key(&cell)
                || self.rule.best.is_some_and(|best| counted >= best as usize);
            if taken {
                // What came first stands; of what would go beyond the best, the part that the rest counts.
                let beyond = !self.families.contains_key(&family) && !self.cells.contains_key(&cell);
                if beyond {
                    self.best.low_sum += points;
                }
                return;
            }
        }
        match self.families.get(&family) {
            Some((champion, _)) if *champion >= points => return,
            Some((champion, at)) => {
                let (champion, at) = (*champion, at.clone());
                self.leave(champion, &family, &at);
            }
            None => {}
        }
        self.families.insert(family.clone(), (points, cell.clone()));
        self.enter(points, family, cell);
    }

    /// A champion of its family comes to stand among those of its cells.
    fn enter(&mut self, points: Points, family: FamilyKey, cell: CellKey) {
        let rivals = self.cells.entry(cell.clone()).or_default();
        let old = rivals.last().map(|(points, _)| *points);
        rivals.insert((points, family));
        if old.is_some_and(|old| old >= points) {
            return;
        }
        if let Some(old) = old {
            self.best.remove(old, &cell);
        }
        self.best.insert(self.rule.best, points, cell);
    }

    fn leave(&mut self, points: Points, family: &FamilyKey, cell: &CellKey) {
        let Some(rivals) = self.cells.get_mut(cell) else { return };
        let was_first = rivals.last().is_some_and(|(first, of)| *first == points && of == family);
        rivals.remove(&(points, family.clone()));
        let next = rivals.last().map(|(points, _)| *points);
        if rivals.is_empty() {
            self.cells.remove(cell);
        }
        if was_first {
            self.best.remove(points, cell);
            if let Some(next) = next {
                self.best.insert(self.rule.best, next, cell.clone());
            }
        }
    }
}

/// What an item has earned in cells that agree, as a multiplier of all of it sees it.
#[derive(Default)]
struct Earned {
    /// Multiplied already where it was.
    sum: Points,
    /// By how much what comes is multiplied; `None` before the first.
    factor: Option<Points>,
    /// The first fact that multiplied.
    by: Option<FactAt>,
}

/// Multipliers of all an item earned, in the order of the file. They run after sharing, on each unit's part: the same points
/// as before it, since parts grow alike, and a fixed part is multiplied as well.
pub(crate) fn boost(scorer: &Scorer<'_>, glance: &Glance<'_>, members: &[Member], steps: &mut Vec<Step>) {
    for (rule, tests) in &scorer.plan.boosts {
        let Base::Item { table, same, each, item, .. } = &rule.body.base else { continue };
        let Some(line) = scorer.plan.named(&item.name).filter(|_| rule.applies(scorer, glance.view)) else { continue };
        let mut items: BTreeMap<Vec<String>, BTreeMap<Vec<String>, Earned>> = BTreeMap::new();
        let mut made: Vec<Step> = Vec::new();
        let per: [Name; 1] = [ITEM.into()];
        let mut brought: HashMap<Entry, Points> = HashMap::new();
        for step in steps.iter().filter(|step| rule.of.has(step.part.item) && !step.part.is_waiting()) {
            *brought.entry(step.member.entry).or_default() += step.part.points;
        }
        for member in members {
            let Some(number) = key(scorer.facts, member.entry, glance.view.ix, &per) else { continue };
            let cells = agreeing(scorer, glance, member, same);
            let own = brought.get(&member.entry).copied().unwrap_or_default();
            let known = items.entry(number).or_default();
            let Some(cells) = cells else { continue };
            let earned = known.entry(cells).or_default();
            let put = |points: Points, boosted: Boosted| {
                let mut part =
                    Part { item: line, points, fact: Some(member.entry.fact()), day: member.day, why: Why::Fact };
                part.changes().boosted = Some(boosted);
                Step { member: *member, part }
            };
            if let Some(factor) = earned.factor
                && !own.is_zero()
            {
                let for_ = earned.by.map(|fact| explain::id(scorer.facts, fact).to_string());
                let boosted = Boosted { sum: own, by: factor, for_, again: false };
                made.push(put(own * factor - own, boosted));
                earned.sum += own * factor;
            } else {
                earned.sum += own;
            }
            let looked = glance.looked(scorer, member);
            if member.entry.fact().table != *table || member.entry.clock != 0 || !looked.holds_all(tests) {
                continue;
            }
            let number = rule
                .body
                .times
                .as_ref()
                .map(|column| (column, looked.cell(&cell::Place::of(member.entry.fact().table, column)).number()));
            let by = match number {
                None => rule.body.by,
                Some((_, Some(number))) => rule.body.by * number,
                Some((column, None)) => {
                    let mut step =
                        put(Points::ZERO, Boosted { sum: earned.sum, by: rule.body.by, for_: None, again: false });
                    step.part.wait(&column.name);
                    made.push(step);
                    continue;
                }
            };
            if earned.factor.is_some() && !each {
                made.push(put(Points::ZERO, Boosted { sum: earned.sum, by, for_: None, again: true }));
                continue;
            }
            made.push(put(earned.sum * by - earned.sum, Boosted { sum: earned.sum, by, for_: None, again: false }));
            earned.sum = earned.sum * by;
            earned.factor = Some(earned.factor.unwrap_or(Points::from(1)) * by);
            earned.by = earned.by.or(Some(member.entry.fact()));
        }
        steps.extend(made);
    }
}

/// The cells in which uses must agree with the multiplying fact; `None` where one is empty: they agree with none.
fn agreeing(scorer: &Scorer<'_>, glance: &Glance<'_>, member: &Member, same: &[Name]) -> Option<Vec<String>> {
    let fact = member.entry.fact();
    let cells = same.iter().map(|name| {
        let cell = cell::cell(scorer.facts, fact, &glance.view, &cell::Place::named(fact.table, name));
        (!cell.is_empty()).then(|| cell.shown())
    });
    cells.collect()
}
