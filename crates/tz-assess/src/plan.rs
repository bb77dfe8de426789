//! A scheme made ready for scoring, once: names to line items, columns to places, rules by their stage.

use std::sync::Arc;

use tz_model::{Name, Points, Table};
use tz_scheme::{
    Base, Body, Cap, Combine, Condition, Count, Counted, Credit, FactRule, Floor, Measure, Missing, Multiply,
    QuotaRule, RollUp, Rule, Scale, Scheme, Share, Span, Start, Target, Veto, Whom, YearlyRule,
};

use crate::cell::{Place, Test, View, holds_for};
use crate::explain::effect;
use crate::index::Entry;
use crate::period::Scorer;
use crate::words;

/// The place of a line item in [`Plan::items`]; also the order lines stand in.
pub(crate) type ItemIx = u16;

/// The place of a ledger: 0 is the one that ranks, others follow as the file names them.
pub(crate) type LedgerIx = u16;

/// One thing a line may be called.
pub(crate) struct Item<'s> {
    pub rule: &'s Rule,
    /// What lines carry: the rule's id, or `quota-short` where a rule has lines of several sorts.
    pub line_rule: Name,
    pub name: &'s Name,
    pub points: Points,
    /// What its points do to a total, in words.
    pub effect: String,
    pub ledger: LedgerIx,
    /// True if each line of it rests on one fact: prices and multipliers.
    pub of_fact: bool,
}

impl Item<'_> {
    /// What so many points do to a total: most lines are worth what the item is.
    pub fn put_effect(&self, out: &mut String, points: Points) {
        if points == self.points {
            out.push_str(&self.effect);
        } else {
            words::effect(out, points);
        }
    }
}

/// Line items, as an `of` names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mask(Vec<bool>);

impl Mask {
    pub fn has(&self, item: ItemIx) -> bool {
        self.0.get(item as usize).copied().unwrap_or(false)
    }

    pub fn items(&self) -> impl Iterator<Item = ItemIx> {
        (0..).zip(&self.0).filter(|(_, has)| **has).map(|(item, _)| item)
    }
}

/// A rule of one stage, with what its names stand for.
pub(crate) struct Ready<'s, R> {
    pub rule: &'s Rule,
    pub body: &'s R,
    pub ledger: LedgerIx,
    /// Its `of` (for a veto: what is void).
    pub of: Mask,
    whom: Vec<Test>,
}

impl<'s, R> Ready<'s, R> {
    /// A rule that names no lines, such as one of outcomes.
    pub fn about(rule: &'s Rule, body: &'s R) -> Self {
        Self { rule, body, ledger: 0, of: Mask::default(), whom: Test::all(Table::Units, &rule.whom.when) }
    }

    /// True if the rule applies to a unit.
    pub fn applies(&self, scorer: &Scorer<'_>, view: View<'_>) -> bool {
        applies(self.rule, &self.whom, scorer, view)
    }
}

fn applies(rule: &Rule, tests: &[Test], scorer: &Scorer<'_>, view: View<'_>) -> bool {
    let Whom { groups, classes, when: _ } = &rule.whom;
    (groups.is_empty() || groups.iter().any(|group| **group == *view.group))
        && (classes.is_empty() || classes.iter().any(|class| **class == *view.class))
        && holds_for(tests, scorer.facts, &scorer.index, view)
}

/// The price tables of one fact table, for one of its days.
#[derive(Default)]
pub(crate) struct Pricing<'s> {
    pub rules: Vec<PriceRule<'s>>,
    /// For rules that price by the table's own name: the rows of each name, by rule, then row.
    by_word: Vec<(&'s Name, Vec<RowAt>)>,
    /// Every other rule.
    pub others: Vec<usize>,
}

/// A row of a rule of [`Pricing`].
#[derive(Clone, Copy)]
pub(crate) struct RowAt {
    pub rule: usize,
    pub row: usize,
}

/// One price table.
pub(crate) struct PriceRule<'s> {
    rule: &'s Rule,
    whom: Vec<Test>,
    /// True if it applies to every unit: nothing need be looked at.
    everyone: bool,
    pub by: Option<Place>,
    pub tests: Vec<Test>,
    pub rows: Vec<PriceRow<'s>>,
}

/// One row of a price table.
pub(crate) struct PriceRow<'s> {
    pub item: ItemIx,
    pub points: Points,
    pub of: &'s [Name],
    pub tests: Vec<Test>,
    pub times: Option<(Place, &'s Name)>,
}

impl PriceRule<'_> {
    /// True if the table's own name alone decides, for every unit, in the ledger that ranks.
    pub fn is_plain(&self) -> bool {
        let by_name = self.by == Some(Place::Word);
        let rows = self.rows.iter().all(|row| row.tests.is_empty() && row.times.is_none());
        by_name && self.everyone && self.tests.is_empty() && rows && self.rule.ledger.is_none()
    }

    pub fn applies(&self, scorer: &Scorer<'_>, view: View<'_>) -> bool {
        self.everyone || applies(self.rule, &self.whom, scorer, view)
    }
}

impl Pricing<'_> {
    /// The rows that price a name.
    pub fn rows(&self, name: &Name) -> &[RowAt] {
        let known = self.by_word.iter().map(|(known, _)| *known);
        place(known, name).map_or(&[], |at| self.by_word[at].1.as_slice())
    }

    /// The same for a name that is worked out: how a duty was met.
    pub fn rows_named(&self, name: &str) -> &[RowAt] {
        self.by_word.iter().find(|(known, _)| ***known == *name).map_or(&[], |(_, rows)| rows.as_slice())
    }

    /// The place of a name among those the table is priced by.
    pub fn word(&self, name: &Name) -> Option<usize> {
        place(self.by_word.iter().map(|(known, _)| *known), name)
    }

    /// The rows of each of these names.
    pub fn words(&self) -> impl Iterator<Item = &[RowAt]> {
        self.by_word.iter().map(|(_, rows)| rows.as_slice())
    }

    /// Every name of the table some rule prices, in printed order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.by_word.iter().map(|(name, _)| *name)
    }
}

/// A rule that looks at facts of several tables: its conditions for each.
pub(crate) struct ByTable(Vec<Vec<Test>>);

impl ByTable {
    fn of(conditions: &[Condition]) -> Self {
        Self(Table::ALL.iter().map(|table| Test::all(*table, conditions)).collect())
    }

    pub fn of_table(&self, table: Table) -> &[Test] {
        &self.0[table as usize]
    }
}

/// Facts to be counted, made ready.
pub(crate) struct CountPlan {
    pub table: Table,
    pub tests: Vec<Test>,
    pub weights: Vec<(Vec<Test>, Points)>,
}

impl CountPlan {
    pub fn of(counted: &Counted) -> Self {
        let weight = |(when, points): &(Vec<Condition>, Points)| (Test::all(counted.table, when), *points);
        Self {
            table: counted.table,
            tests: Test::all(counted.table, &counted.when),
            weights: counted.weights.iter().map(weight).collect(),
        }
    }

    /// True if every fact counts as one.
    pub fn is_plain(&self) -> bool {
        self.tests.is_empty() && self.weights.is_empty()
    }
}

/// What a quota counts, made ready.
pub(crate) enum Counting {
    Facts(CountPlan),
    Points(Mask),
    Rate(CountPlan, CountPlan),
}

/// A target that stands in a column of 单位.
pub(crate) fn target_place(target: &Target) -> Option<Place> {
    match target {
        Target::Column(column, _) => Some(Place::of(Table::Units, column)),
        Target::Class | Target::Number(_) | Target::ByClass(_) => None,
    }
}

/// A rule about a unit's own period or year.
pub(crate) enum UnitRule<'s> {
    Start(Ready<'s, Start>),
    Quota(Ready<'s, QuotaRule>, QuotaPlan),
    Yearly(Ready<'s, YearlyRule>),
}

/// What a quota rule counts and what its lines are.
pub(crate) struct QuotaPlan {
    /// With the target's column, if it has one.
    pub needs: Vec<(Counting, Option<Place>)>,
    pub met: Option<ItemIx>,
    pub over: Option<ItemIx>,
    pub short: Option<ItemIx>,
    pub unmet: Option<ItemIx>,
    pub proportion: Option<ItemIx>,
    pub steps: Vec<ItemIx>,
    pub void: Option<(ItemIx, Mask)>,
}

/// A rule between units.
pub(crate) enum CreditRule<'s> {
    Credit(Ready<'s, Credit>),
    RollUp(Ready<'s, RollUp>),
}

/// A scheme made ready.
pub(crate) struct Plan<'s> {
    pub scheme: &'s Scheme,
    pub items: Vec<Item<'s>>,
    /// The ledgers beside the one that ranks.
    pub ledgers: Vec<&'s Name>,
    /// The days facts may go by besides their own: a table and a date column of it.
    pub clocks: Vec<(Table, Place)>,
    /// By table and clock.
    pricing: Vec<[Pricing<'s>; 6]>,
    /// Some condition asks after other facts of the item.
    pub looks_around: bool,
    pub adjusts: Vec<(Ready<'s, Multiply>, ByTable)>,
    pub combines: Vec<Ready<'s, Combine>>,
    pub shares: Vec<(Ready<'s, Share>, ByTable)>,
    /// Multipliers of all an item earned, with the conditions on the multiplying fact.
    pub boosts: Vec<(Ready<'s, Multiply>, Vec<Test>)>,
    pub unit_rules: Vec<UnitRule<'s>>,
    pub caps: Vec<Ready<'s, Cap>>,
    /// With the sum that is kept up; `None` is the whole total.
    pub floors: Vec<(Ready<'s, Floor>, Option<Mask>)>,
    pub vetoes: Vec<(Ready<'s, Veto>, Vec<Test>)>,
    pub scales: Vec<Ready<'s, Scale>>,
    pub credits: Vec<CreditRule<'s>>,
    /// Sums that decide at equal totals.
    pub then: Vec<Mask>,
}

impl<'s> Plan<'s> {
    pub fn of(scheme: &'s Scheme) -> Self {
        let mut plan = Self {
            scheme,
            items: Vec::new(),
            ledgers: Vec::new(),
            clocks: Vec::new(),
            pricing: vec![Default::default()],
            looks_around: false,
            adjusts: Vec::new(),
            combines: Vec::new(),
            shares: Vec::new(),
            boosts: Vec::new(),
            unit_rules: Vec::new(),
            caps: Vec::new(),
            floors: Vec::new(),
            vetoes: Vec::new(),
            scales: Vec::new(),
            credits: Vec::new(),
            then: Vec::new(),
        };
        for rule in scheme.rules() {
            plan.list_items(rule);
        }
        for rule in scheme.rules() {
            plan.add(rule);
        }
        plan.then = scheme.ranking().then.iter().map(|of| plan.mask(of, 0)).collect();
        plan.looks_around = scheme.rules().iter().any(looks_around);
        plan
    }

    fn list_items(&mut self, rule: &'s Rule) {
        let ledger = self.ledger(rule.ledger.as_ref());
        let of_fact = matches!(&rule.body, Body::Facts(_) | Body::Multiply(_));
        for (worth, line_rule) in rule.items().into_iter().zip(rule.line_rules()) {
            let effect = effect(worth.points);
            let (name, points) = (&worth.name, worth.points);
            self.items.push(Item { rule, line_rule, name, points, effect, ledger, of_fact });
        }
    }

    fn ledger(&mut self, name: Option<&'s Name>) -> LedgerIx {
        let Some(name) = name else { return 0 };
        let at = self.ledgers.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.ledgers.push(name);
            self.ledgers.len() - 1
        });
        LedgerIx::try_from(at + 1).expect("a scheme has few ledgers")
    }

    /// The items that rules or line names stand for, in one ledger.
    pub fn mask(&self, of: &[Name], ledger: LedgerIx) -> Mask {
        let has =
            |item: &Item<'_>| item.ledger == ledger && of.iter().any(|name| *name == item.rule.id || name == item.name);
        Mask(self.items.iter().map(has).collect())
    }

    /// The same, or every item of the ledger if nothing is named.
    pub fn mask_or_all(&self, of: &[Name], ledger: LedgerIx) -> Mask {
        if of.is_empty() {
            Mask(self.items.iter().map(|item| item.ledger == ledger).collect())
        } else {
            self.mask(of, ledger)
        }
    }

    fn ready<R>(&mut self, rule: &'s Rule, body: &'s R, of: &[Name]) -> Ready<'s, R> {
        let ledger = self.ledger(rule.ledger.as_ref());
        Ready { rule, body, ledger, of: self.mask(of, ledger), whom: Test::all(Table::Units, &rule.whom.when) }
    }

    fn add(&mut self, rule: &'s Rule) {
        match &rule.body {
            Body::Facts(facts) => self.add_prices(rule, facts),
            Body::Multiply(body) => {
                let ready = self.ready(rule, body, &body.of);
                match &body.base {
                    Base::Use { when } => self.adjusts.push((ready, ByTable::of(when))),
                    Base::Item { table, when, .. } => self.boosts.push((ready, Test::all(*table, when))),
                }
            }
            Body::Combine(body) => {
                // That all add up is what happens anyway.
                if body.best.is_some() || !body.once_per.is_empty() || !body.families.is_empty() {
                    let ready = self.ready(rule, body, &body.of);
                    self.combines.push(ready);
                }
            }
            Body::Share(body) => {
                let ready = self.ready(rule, body, &body.of);
                self.shares.push((ready, ByTable::of(&body.when)));
            }
            Body::Start(body) => {
                let ready = self.ready(rule, body, &[]);
                self.unit_rules.push(UnitRule::Start(ready));
            }
            Body::Quota(body) => {
                let ready = self.ready(rule, body, &[]);
                let plan = self.quota(body, ready.ledger);
                self.unit_rules.push(UnitRule::Quota(ready, plan));
            }
            Body::Yearly(body) => {
                let ready = self.ready(rule, body, &[]);
                self.unit_rules.push(UnitRule::Yearly(ready));
            }
            Body::Cap(body) => {
                let ready = self.ready(rule, body, &body.of);
                self.caps.push(ready);
            }
            Body::Floor(body) => {
                let ready = self.ready(rule, body, &body.of);
                let within = (!body.within.is_empty()).then(|| self.mask(&body.within, ready.ledger));
                self.floors.push((ready, within));
            }
            Body::Veto(body) => {
                let mut ready = self.ready(rule, body, &[]);
                ready.of = self.mask_or_all(&body.void, ready.ledger);
                self.vetoes.push((ready, Test::all(body.table, &body.when)));
            }
            Body::Scale(body) => {
                let mut ready = self.ready(rule, body, &[]);
                ready.of = self.mask_or_all(&body.of, ready.ledger);
                self.scales.push(ready);
            }
            Body::Credit(body) => {
                let ready = self.ready(rule, body, &body.of);
                self.credits.push(CreditRule::Credit(ready));
            }
            Body::RollUp(body) => {
                let ready = self.ready(rule, body, &[]);
                self.credits.push(CreditRule::RollUp(ready));
            }
            // Read from the scheme where ranks are known.
            Body::LastInGroup(_) | Body::LastOfStatus(_) | Body::BestInGroup(_) | Body::Threshold(_) => {}
        }
    }

    fn add_prices(&mut self, rule: &'s Rule, facts: &'s FactRule) {
        let table = facts.table;
        let clock = facts.day.as_ref().map_or(0, |column| self.clock(table, Place::of(table, column)));
        let tests = Test::all(table, &facts.when);
        let mut rows = Vec::new();
        for price in &facts.prices {
            let Some(item) = self.named(price.name()) else { continue };
            rows.push(PriceRow {
                item,
                points: price.points(),
                of: &price.of,
                tests: Test::all(table, &price.when),
                times: price.times.as_ref().map(|column| (Place::of(table, column), &column.name)),
            });
        }
        let by = facts.by.as_ref().map(|column| Place::of(table, column));
        let whom = Test::all(Table::Units, &rule.whom.when);
        let everyone = rule.whom.groups.is_empty() && rule.whom.classes.is_empty() && whom.is_empty();
        let pricing = &mut self.pricing[clock as usize][table as usize];
        let at = pricing.rules.len();
        if by == Some(Place::Word) {
            for (row, price) in facts.prices.iter().enumerate() {
                for name in &price.of {
                    let row = RowAt { rule: at, row };
                    match pricing.by_word.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, rows)) => rows.push(row),
                        None => pricing.by_word.push((name, vec![row])),
                    }
                }
            }
        } else {
            pricing.others.push(at);
        }
        pricing.rules.push(PriceRule { rule, whom, everyone, by, tests, rows });
    }

    fn clock(&mut self, table: Table, place: Place) -> u8 {
        if place == Place::Date {
            return 0;
        }
        let at = self.clocks.iter().position(|known| *known == (table, place.clone())).unwrap_or_else(|| {
            self.clocks.push((table, place));
            self.pricing.push(Default::default());
            self.clocks.len() - 1
        });
        u8::try_from(at + 1).expect("a scheme has few days to go by")
    }

    fn quota(&self, body: &QuotaRule, ledger: LedgerIx) -> QuotaPlan {
        let needs = body.needs.iter().map(|need| {
            let counting = match &need.count {
                Count::Facts(counted) => Counting::Facts(CountPlan::of(counted)),
                Count::Points(of) => Counting::Points(self.mask(of, ledger)),
                Count::Rate(one, over) => Counting::Rate(CountPlan::of(one), CountPlan::of(over)),
            };
            (counting, target_place(&need.target))
        });
        let named = |name: &Name| self.named(name);
        QuotaPlan {
            needs: needs.collect(),
            met: body.met.as_ref().and_then(|worth| named(&worth.name)),
            over: body.over.as_ref().and_then(|each| named(&each.worth.name)),
            short: body.short.as_ref().and_then(|each| named(&each.worth.name)),
            unmet: body.unmet.as_ref().and_then(|worth| named(&worth.name)),
            proportion: body.proportion.as_ref().and_then(|proportion| named(&proportion.worth.name)),
            steps: body.steps.iter().filter_map(|(_, worth)| named(&worth.name)).collect(),
            void: body.void.as_ref().and_then(|void| Some((named(&void.item.name)?, self.mask(&void.of, ledger)))),
        }
    }

    /// True if the table's own name alone prices its facts, for every unit, in the ledger that ranks.
    pub fn is_plain(&self, table: Table) -> bool {
        self.clocks.iter().all(|(of, _)| *of != table)
            && self.pricing(table, 0).rules.iter().all(PriceRule::is_plain)
            && self.pricing(table, 0).by_word.len() < usize::from(Entry::NO_WORD)
    }

    /// The price tables of a table, for one of its days.
    pub fn pricing(&self, table: Table, clock: u8) -> &Pricing<'s> {
        &self.pricing[clock as usize][table as usize]
    }

    pub fn item(&self, item: ItemIx) -> &Item<'s> {
        &self.items[item as usize]
    }

    /// The item of that name; names are unique in a scheme.
    pub fn named(&self, name: &str) -> Option<ItemIx> {
        let at = self.items.iter().position(|item| &**item.name == name)?;
        ItemIx::try_from(at).ok()
    }

    /// The item a line was called by, found by its shared name wherever that is possible.
    pub fn item_of(&self, name: &Name) -> Option<ItemIx> {
        ItemIx::try_from(place(self.items.iter().map(|item| item.name), name)?).ok()
    }

    /// The tables whose facts these items price.
    pub fn tables(&self, of: &Mask) -> Vec<Table> {
        let mut tables: Vec<Table> = of
            .items()
            .filter_map(|item| match &self.item(item).rule.body {
                Body::Facts(rule) => Some(rule.table),
                _ => None,
            })
            .collect();
        tables.sort_unstable();
        tables.dedup();
        tables
    }

    /// What an empty cell of a column means.
    pub fn missing(&self, table: Table, name: &str) -> Missing {
        self.scheme.attribute(table, name).map_or(Missing::Absent, |known| known.missing)
    }

    /// The longest stretch whose earlier periods are looked at where one period is scored.
    pub fn stretch(&self) -> Span {
        let caps = self.caps.iter().map(|cap| cap.body.span);
        let within_year = |span: &Span| *span != Span::Year;
        let floors = self.floors.iter().map(|(floor, _)| floor.body.span).filter(within_year);
        let vetoes = self.vetoes.iter().map(|(veto, _)| veto.body.span).filter(within_year);
        let scales = self.scales.iter().map(|scale| scale.body.span).filter(within_year);
        let quotas = self.unit_rules.iter().filter_map(|rule| match rule {
            UnitRule::Quota(quota, plan)
                if plan.void.is_some() || plan.needs.iter().any(|(count, _)| matches!(count, Counting::Points(_))) =>
            {
                Some(quota.body.span)
            }
            UnitRule::Quota(..) | UnitRule::Start(_) | UnitRule::Yearly(_) => None,
        });
        let credits = self.credits.iter().map(|credit| match credit {
            CreditRule::Credit(credit) => credit.body.span,
            CreditRule::RollUp(roll_up) => roll_up.body.span,
        });
        let spans = caps.chain(floors).chain(vetoes).chain(scales).chain(quotas.filter(within_year));
        spans.chain(credits.filter(within_year)).filter(|span| *span != Span::Week).max().unwrap_or(Span::Period)
    }

    /// True if a period's points rest on facts of other periods too.
    pub fn looks_back(&self) -> bool {
        let spans = self.unit_rules.iter().any(|rule| match rule {
            UnitRule::Start(_) => false,
            UnitRule::Quota(quota, _) => quota.body.span != Span::Period,
            UnitRule::Yearly(_) => false,
        });
        let threads = !self.combines.is_empty() || !self.boosts.is_empty();
        let vetoes = self.vetoes.iter().any(|(veto, _)| veto.body.span != Span::Period);
        let outcomes = crate::outcome::looks_back(self.scheme);
        spans || threads || vetoes || outcomes || self.stretch() != Span::Period || self.looks_around
    }

    /// True if a unit's points in a period rest on those of other units.
    pub fn looks_across(&self) -> bool {
        let measured = self.scales.iter().any(|scale| !matches!(scale.body.measure, Measure::Target(_)));
        let credited = self.credits.iter().any(|credit| match credit {
            CreditRule::Credit(credit) => credit.body.span != Span::Year,
            CreditRule::RollUp(roll_up) => roll_up.body.span != Span::Year,
        });
        measured || credited || self.looks_around
    }

    /// What an `of` names, as a sentence says it: line names as they are, a rule by its first line.
    pub fn told(&self, of: &[Name]) -> String {
        let mut words: Vec<String> = Vec::new();
        for name in of {
            let lines: Vec<&Item<'_>> = self.items.iter().filter(|item| item.rule.id == *name).collect();
            words.push(match lines.as_slice() {
                [] => format!("“{name}”"),
                [one] => format!("“{}”", one.name),
                [first, ..] => format!("“{}”等", first.name),
            });
        }
        words.join("、")
    }
}

fn looks_around(rule: &Rule) -> bool {
    let any = |conditions: &[Condition]| Test::all(Table::Reports, conditions).iter().any(Test::looks_around);
    let counted = |counted: &Counted| any(&counted.when) || counted.weights.iter().any(|(when, _)| any(when));
    match &rule.body {
        Body::Facts(facts) => any(&facts.when) || facts.prices.iter().any(|price| any(&price.when)),
        Body::Multiply(multiply) => match &multiply.base {
            Base::Use { when } | Base::Item { when, .. } => any(when),
        },
        Body::Share(share) => any(&share.when),
        Body::Quota(quota) => quota.needs.iter().any(|need| match &need.count {
            Count::Facts(one) => counted(one),
            Count::Points(_) => false,
            Count::Rate(one, over) => counted(one) || counted(over),
        }),
        Body::Veto(veto) => any(&veto.when),
        Body::Threshold(threshold) => match &threshold.of {
            tz_scheme::Measured::Facts(one) => counted(one),
            _ => false,
        },
        Body::Combine(_)
        | Body::Start(_)
        | Body::Yearly(_)
        | Body::Cap(_)
        | Body::Floor(_)
        | Body::Scale(_)
        | Body::Credit(_)
        | Body::RollUp(_)
        | Body::LastInGroup(_)
        | Body::LastOfStatus(_)
        | Body::BestInGroup(_) => false,
    }
}

/// The place of a name in a short list. Facts that were read for this scheme share its names, so that most are found
/// without looking at their letters.
pub(crate) fn place<'n>(known: impl Iterator<Item = &'n Name> + Clone, name: &Name) -> Option<usize> {
    known.clone().position(|known| Arc::ptr_eq(known, name)).or_else(|| known.clone().position(|known| known == name))
}
