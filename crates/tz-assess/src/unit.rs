//! One unit's period: what each rule gives, stage by stage, before it is put into words.

use jiff::civil::Date;
use tz_model::{CategoryCount, Channel, FactId, Facts, Name, Period, Points, Quota, Report, Table};
use tz_scheme::{Body, ClassQuota, Count, Need, Scheme, Span, Target};

use crate::cell::{self, Looked, View, stands};
use crate::changes::Changes;
use crate::combine::{self, Step};
use crate::index::{Entry, FactAt};
use crate::order::natural;
use crate::period::{Scorer, Term, active};
use crate::plan::{ItemIx, LedgerIx, Mask, place};
use crate::price::price;
use crate::share::share;
use crate::threads::{self, Member};
use crate::told::Told;
use crate::{limit, rules, veto};

/// A line without its words.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub item: ItemIx,
    pub points: Points,
    pub fact: Option<FactAt>,
    pub day: Date,
    pub why: Why,
}

/// What a line's sentence is made of.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// The price of its fact.
    Fact,
    /// The price of its fact, changed on its way.
    Changed(Box<Changes>),
    /// A rule that looks at more than one fact.
    Told(Box<Told>),
}

impl Part {
    /// One that rests on no single fact.
    pub fn counted(item: ItemIx, points: Points, told: Told) -> Self {
        Self { item, points, fact: None, day: Date::ZERO, why: Why::Told(Box::new(told)) }
    }

    /// The steps its price took, to add one.
    pub fn changes(&mut self) -> &mut Changes {
        if !matches!(self.why, Why::Changed(_)) {
            self.why = Why::Changed(Box::default());
        }
        match &mut self.why {
            Why::Changed(changes) => changes,
            Why::Fact | Why::Told(_) => unreachable!("it was just made one that changes"),
        }
    }

    /// Makes it wait for a column that is empty.
    pub fn wait(&mut self, column: &Name) {
        self.points = Points::ZERO;
        self.changes().waits_for = Some(column.clone());
    }

    pub fn is_waiting(&self) -> bool {
        matches!(&self.why, Why::Changed(changes) if changes.waits_for.is_some())
    }

    /// The facts its line names.
    pub fn facts(&self, facts: &Facts) -> Vec<FactId> {
        match (self.fact, &self.why) {
            (Some(fact), _) => vec![crate::explain::id(facts, fact)],
            (None, Why::Told(told)) => told.facts().to_vec(),
            (None, Why::Fact | Why::Changed(_)) => Vec::new(),
        }
    }
}

/// One unit looked at on one day.
#[derive(Clone, Copy)]
pub(crate) struct Glance<'a> {
    pub view: View<'a>,
    /// The last day known: what was withdrawn on or before it counts for nothing (R14).
    pub as_of: Date,
}

impl<'a> Glance<'a> {
    /// A fact with the period it belongs to.
    pub fn looked(&self, scorer: &'a Scorer<'_>, member: &Member) -> Looked<'a> {
        let fact = member.entry.fact();
        let end = if scorer.plan.looks_around { scorer.end_of(member.day) } else { self.as_of };
        self.looked_at(scorer, fact, member.opens, end)
    }

    /// The same where only its day is known.
    pub fn looked_fact(&self, scorer: &'a Scorer<'_>, fact: FactAt, day: Date) -> Looked<'a> {
        let opens = scorer.plan.scheme.opening(day).unwrap_or(day);
        let end = if scorer.plan.looks_around { scorer.end_of(day) } else { self.as_of };
        self.looked_at(scorer, fact, opens, end)
    }

    fn looked_at(&self, scorer: &'a Scorer<'_>, fact: FactAt, opens: Date, end: Date) -> Looked<'a> {
        Looked {
            facts: scorer.facts,
            index: &scorer.index,
            fact,
            view: self.view,
            opens,
            end,
            as_of: self.as_of,
            at_best: false,
        }
    }
}

/// A unit's earlier period within a stretch, as it is known today.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    /// Its first day; that of the year for a whole year at once.
    pub from: Date,
    pub sums: Sums,
    /// Its lines, where a limit asks for each value of a column.
    pub parts: Vec<Part>,
}

/// Points by line item; and by ledger those of items this scheme has not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    items: Vec<Points>,
    /// Of these, what lines took away.
    deducted: Vec<Points>,
    others: Vec<Points>,
}

impl Sums {
    pub fn new(items: usize) -> Self {
        Self { items: vec![Points::ZERO; items], deducted: vec![Points::ZERO; items], others: Vec::new() }
    }

    pub fn of<'p>(parts: impl IntoIterator<Item = &'p Part>, items: usize) -> Self {
        let mut sums = Self::new(items);
        parts.into_iter().for_each(|part| sums.add(part.item, part.points));
        sums
    }

    pub fn add(&mut self, item: ItemIx, points: Points) {
        self.items[item as usize] += points;
        if points.is_negative() {
            self.deducted[item as usize] += -points;
        }
    }

    /// Adds points of a line this scheme has not.
    pub fn add_other(&mut self, ledger: LedgerIx, points: Points) {
        let place = ledger as usize;
        if self.others.len() <= place {
            self.others.resize(place + 1, Points::ZERO);
        }
        self.others[place] += points;
    }

    /// What lines of some items took away.
    pub fn deducted(&self, of: &Mask) -> Points {
        of.items().map(|item| self.deducted[item as usize]).sum()
    }

    pub fn sum(&self, of: &Mask) -> Points {
        of.items().map(|item| self.items[item as usize]).sum()
    }

    /// The whole of a ledger.
    pub fn total(&self, scorer: &Scorer<'_>, ledger: LedgerIx) -> Points {
        let own = scorer.plan.items.iter().zip(&self.items).filter(|(item, _)| item.ledger == ledger);
        own.map(|(_, points)| *points).sum::<Points>() + self.others.get(ledger as usize).copied().unwrap_or_default()
    }
}

/// What is known of a unit's period, or year, on the day it is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Book<'a> {
    pub view: View<'a>,
    pub as_of: Date,
    /// Earlier periods of the longest stretch a rule looks at; for a year, its published periods.
    pub before: Vec<Before>,
    pub parts: Vec<Part>,
    pub quota: Option<Quota>,
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.unit.name)
    }
}

impl<'a> Book<'a> {
    /// The points of some items since a day, those of this period included.
    pub fn sum_since(&self, of: &Mask, from: Date) -> Points {
        self.before_since(of, from) + self.own(of)
    }

    /// The same before this period.
    pub fn before_since(&self, of: &Mask, from: Date) -> Points {
        self.before.iter().filter(|before| before.from >= from).map(|before| before.sums.sum(of)).sum()
    }

    /// The points of some items in this period, or of the year's own lines.
    pub fn own(&self, of: &Mask) -> Points {
        self.parts.iter().filter(|part| of.has(part.item)).map(|part| part.points).sum()
    }

    /// The whole of a ledger since a day.
    pub fn total_since(&self, scorer: &Scorer<'_>, ledger: LedgerIx, from: Date) -> Points {
        let before = self.before.iter().filter(|before| before.from >= from);
        before.map(|before| before.sums.total(scorer, ledger)).sum::<Points>() + self.own_total(scorer, ledger)
    }

    pub fn own_total(&self, scorer: &Scorer<'_>, ledger: LedgerIx) -> Points {
        let own = self.parts.iter().filter(|part| scorer.plan.item(part.item).ledger == ledger);
        own.map(|part| part.points).sum()
    }

    pub fn glance(&self) -> Glance<'a> {
        Glance { view: self.view, as_of: self.as_of }
    }
}

/// Every rule of a unit's period in stage order, up to what only the unit itself decides: prices, items, shares, unit rules,
/// limits, vetoes. `as_of` is the last day known.
pub(crate) fn book<'a>(scorer: &'a Scorer<'_>, view: View<'a>, term: &Term, as_of: Date) -> Book<'a> {
    let mut before = Vec::new();
    for earlier in &term.earlier {
        if active(view.unit, earlier.period.from, earlier.period.to) {
            let book = one_period(scorer, view, earlier, as_of, std::mem::take(&mut before));
            before = book.before;
            let sums = Sums::of(&book.parts, scorer.plan.items.len());
            before.push(Before { from: earlier.period.from, sums, parts: book.parts });
        }
    }
    one_period(scorer, view, term, as_of, before)
}

fn one_period<'a>(scorer: &'a Scorer<'_>, view: View<'a>, term: &Term, as_of: Date, before: Vec<Before>) -> Book<'a> {
    let period = &term.period;
    let plan = &scorer.plan;
    let quota = plan.scheme.quota(view.class);
    let mut counter = quota.and_then(|quota| Counter::new(plan.scheme, quota));
    let mut book = Book { view, as_of, before, parts: Vec::new(), quota: None };
    let glance = book.glance();
    let entries = scorer.index.facts(period.from, view.ix);
    book.parts.reserve(entries.len() + 4);
    let mut threads: Vec<u32> = Vec::new();
    for entry in entries {
        if entry.fact().table == Table::Reports
            && entry.clock == 0
            && let Some(counter) = &mut counter
        {
            counter.count(entry.word);
        }
        if let Some(thread) = scorer.index.threads.thread(view.ix, *entry) {
            threads.push(thread);
        } else if !plan.pricing(entry.fact().table, entry.clock).rules.is_empty()
            && stands(scorer.facts, entry.fact(), as_of)
        {
            of_one_fact(scorer, &glance, *entry, period, &mut book.parts);
        }
    }
    threads.sort_unstable();
    threads.dedup();
    for thread in threads {
        of_thread(scorer, &glance, thread, period, &mut book.parts);
    }
    book.quota = counter.map(Counter::finish);
    rules::of_period(scorer, &mut book, term);
    limit::of_period(scorer, &mut book, term);
    veto::run(scorer, &mut book, &term.stretches);
    book
}

/// The lines of a fact that no rule binds to others.
fn of_one_fact(scorer: &Scorer<'_>, glance: &Glance<'_>, entry: Entry, period: &Period, put: &mut Vec<Part>) {
    let day = threads::day_of(&scorer.plan, scorer.facts, entry, glance.view.ix);
    let looked = glance.looked_at(scorer, entry.fact(), period.from, period.to);
    let first = put.len();
    price(scorer, &looked, entry, day, put);
    if !scorer.plan.shares.is_empty() {
        put[first..].iter_mut().for_each(|part| share(scorer, glance, part));
    }
}

/// The lines of a thread's facts that belong to the period.
fn of_thread(scorer: &Scorer<'_>, glance: &Glance<'_>, thread: u32, period: &Period, put: &mut Vec<Part>) {
    // What comes after the period's last day is not looked at: each fact earns what it adds to those before it.
    let members: Vec<Member> = scorer
        .index
        .threads
        .members(thread)
        .iter()
        .filter(|member| member.opens <= period.from && stands(scorer.facts, member.entry.fact(), glance.as_of))
        .copied()
        .collect();
    let mut steps: Vec<Step> = Vec::new();
    let mut priced: Vec<Part> = Vec::new();
    for member in &members {
        price(scorer, &glance.looked(scorer, member), member.entry, member.day, &mut priced);
        priced.sort_by_key(|part| part.item);
        steps.extend(priced.drain(..).map(|part| Step { member: *member, part }));
    }
    combine::combine(scorer, glance, &mut steps);
    if !scorer.plan.shares.is_empty() {
        steps.iter_mut().for_each(|step| share(scorer, glance, &mut step.part));
    }
    combine::boost(scorer, glance, &members, &mut steps);
    put.extend(steps.into_iter().filter(|step| step.member.opens == period.from).map(|step| step.part));
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
    required: u32,
    received: u32,
    categories: [u32; 256],
}

impl<'s> Counter<'s> {
    /// `None` for a class without a task, and under a scheme that does not hold items as they are against it each period: what
    /// weights, conditions or longer spans make of them is told by the quota's lines.
    pub fn new(scheme: &'s Scheme, quota: &'s ClassQuota) -> Option<Self> {
        let required = quota.total.filter(|_| asks_plainly(scheme))?;
        Some(Self { scheme, quota, required, received: 0, categories: [0; 256] })
    }

    /// Takes in an item that counts.
    pub fn count(&mut self, category: u8) {
        self.received += 1;
        self.categories[category as usize] += 1;
    }

    pub fn finish(self) -> Quota {
        let required = self.required;
        let category = |(name, least): &(Name, u32)| CategoryCount {
            category: name.clone(),
            received: self.categories[category(self.scheme, name) as usize],
            required: *least,
        };
        let categories: Vec<CategoryCount> = self.quota.minimums.iter().map(category).collect();
        let missing = categories
            .iter()
            .fold(0u32, |sum, category| sum.saturating_add(category.required.saturating_sub(category.received)));
        let short = missing.max(required.saturating_sub(self.received));
        let over = if short == 0 { self.received - required } else { 0 };
        Quota { received: self.received, required, short, over, categories }
    }
}

/// True if some rule holds the items of a period, each as one, against the task of the class.
fn asks_plainly(scheme: &Scheme) -> bool {
    let plain = |need: &Need| match &need.count {
        Count::Facts(counted) => {
            need.target == Target::Class
                && counted.table == Table::Reports
                && counted.when.is_empty()
                && counted.weights.is_empty()
        }
        Count::Points(_) | Count::Rate(..) => false,
    };
    scheme.rules().iter().any(|rule| match &rule.body {
        Body::Quota(quota) => quota.span == Span::Period && quota.needs.iter().any(plain),
        _ => false,
    })
}

/// Rule and item in the scheme's order, then day, then fact.
pub(crate) fn sort(facts: &Facts, parts: &mut [Part]) {
    parts.sort_by(|left, right| {
        let fact = |part: &Part| part.fact.map_or("", |fact| fact_key(facts, fact));
        (left.item, left.day)
            .cmp(&(right.item, right.day))
            .then_with(|| natural(fact(left), fact(right)))
            .then_with(|| left.fact.cmp(&right.fact))
            .then_with(|| left.points.cmp(&right.points))
    });
}

/// The 编号 of a fact.
pub(crate) fn fact_key(facts: &Facts, fact: FactAt) -> &str {
    let at = fact.index();
    match fact.table {
        Table::Units => &facts.units[at].name,
        Table::Reports => &facts.reports[at].key,
        Table::Adoptions => &facts.adoptions[at].key,
        Table::Comments => &facts.comments[at].key,
        Table::Duties => &facts.duties[at].key,
        Table::Events => &facts.events[at].key,
    }
}

/// True for a fact that is counted: standing, and for an item received one that counts (R5).
pub(crate) fn is_counted(scorer: &Scorer<'_>, entry: &Entry, table: Table, as_of: Date) -> bool {
    entry.fact().table == table
        && entry.clock == 0
        && stands(scorer.facts, entry.fact(), as_of)
        && (table != Table::Events || scorer.facts.events[entry.fact().index()].count > 0)
}

/// The number of an item or event as a count: an event of 3 counts three times.
pub(crate) fn weight_of(scorer: &Scorer<'_>, fact: FactAt) -> Points {
    match fact.table {
        Table::Events => Points::from(i64::from(scorer.facts.events[fact.index()].count)),
        Table::Units | Table::Reports | Table::Adoptions | Table::Comments | Table::Duties => Points::from(1),
    }
}

/// The day of a fact, for lines that name several.
pub(crate) fn by_day(facts: &Facts, all: &mut [FactAt]) {
    all.sort_by(|left, right| {
        cell::date(facts, *left)
            .cmp(&cell::date(facts, *right))
            .then_with(|| natural(fact_key(facts, *left), fact_key(facts, *right)))
    });
}
