//! One period of all units: scored, corrected, ranked, with what follows.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use tz_model::{Accounts, FactId, Facts, Line, Name, Outcome, Period, PeriodScore, Quota, Unit, UnitIx, UnitPeriod};
use tz_scheme::{Credit, Scheme, Span};

use crate::cell::View;
use crate::correct;
use crate::explain::Teller;
use crate::heirs::{Heirs, credited};
use crate::index::Index;
use crate::outcome;
use crate::plan::{Plan, Ready};
use crate::rank::{self, Standing};
use crate::unit::{self, Book, Counter};
use crate::{credit, scale};

/// A period as scored: every active unit in table order, and what follows from the ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodResult {
    /// The period.
    pub period: Period,
    /// Units active on any of its days, in table order.
    pub units: Vec<UnitPeriod>,
    /// 约谈, 通报批评 and whatever else the scheme names, by rule, then table order (N2.7, R10).
    pub outcomes: Vec<Outcome>,
}

/// What was published for an earlier period (计分表): enough to find later differences (R14) and runs (R10).
#[derive(Clone, Debug)]
pub struct Published<'s> {
    /// The scheme it was made with: what is corrected is corrected by its prices.
    pub scheme: &'s Scheme,
    /// The period.
    pub period: Period,
    /// Its units as published then. Lines include the corrections that stand in it.
    pub units: Cow<'s, [UnitPeriod]>,
    /// True if nothing in it can have changed since: it is not looked at again, and of its lines only corrections are needed.
    pub at_rest: bool,
}

impl<'s> Published<'s> {
    /// A result as it is published, to be looked at again.
    pub fn of(scheme: &'s Scheme, result: &PeriodResult) -> Self {
        Self { scheme, period: result.period.clone(), units: Cow::Owned(result.units.clone()), at_rest: false }
    }
}

/// Scores one period, open or closed, of all units (N2.6): every rule, limits (R2), corrections of the periods published
/// before it (R14), ranks (R9) and runs (R10).
///
/// `facts` as known now, of any time; facts withdrawn on or before the period's last day count for nothing. `published`
/// are the periods published before, any year, in any order, each with the scheme it was made with. For a period that is
/// still open, leave out duties that are not yet due: an unanswered duty in `facts` is a missed one, whatever its deadline.
/// Where [`looks_back`] is true, `facts` must hold those of every earlier period and nothing published may be at rest.
pub fn score_period(scheme: &Scheme, facts: &Facts, period: &Period, published: &[Published<'_>]) -> PeriodResult {
    let facts = &*credited(facts);
    let of = |old: &&Published<'_>| same(old.scheme, scheme);
    let opens = published.iter().filter(of).map(|old| old.period.from).chain([period.from]);
    let scorer = Scorer::new(scheme, facts, opens);
    let mut others: Vec<Scorer<'_>> = Vec::new();
    for old in published.iter().filter(|old| !old.at_rest && !same(old.scheme, scheme)) {
        if others.iter().all(|other| !same(other.plan.scheme, old.scheme)) {
            let opens = published.iter().filter(|other| same(other.scheme, old.scheme)).map(|old| old.period.from);
            others.push(Scorer::new(old.scheme, facts, opens));
        }
    }
    scorer.period(period, published, &others, None)
}

/// How far one unit has come with its quota (报送任务) in a period, for the reporter's meter. `None` where its class has no
/// quota.
pub fn quota_state(scheme: &Scheme, facts: &Facts, unit: UnitIx, period: &Period) -> Option<Quota> {
    facts.units.get(unit.index())?;
    let facts = &credited(facts);
    let mut counter = Counter::new(scheme, scheme.quota(View::within(facts, unit, period).class)?)?;
    let own = facts.reports.iter().filter(|report| period.holds(report.date) && report.units.contains(&unit));
    own.filter(|report| unit::counts(report)).for_each(|report| {
        counter.count(unit::category(scheme, &report.category));
    });
    Some(counter.finish())
}

/// True if a period under this scheme is scored from facts of other periods too: uses of one item, counts and limits over
/// longer stretches, sums of earlier periods.
pub fn looks_back(scheme: &Scheme) -> bool {
    Plan::of(scheme).looks_back()
}

/// True if a scheme asks which uses and comments are of one item: 稿件编号 must then be the item's own 编号 in the table 报送.
pub fn follows_items(scheme: &Scheme) -> bool {
    let plan = Plan::of(scheme);
    !plan.combines.is_empty() || !plan.boosts.is_empty() || plan.looks_around
}

/// The same scheme, whichever copy of it.
pub(crate) fn same(one: &Scheme, other: &Scheme) -> bool {
    std::ptr::eq(one, other) || one.hash() == other.hash()
}

/// True if the unit is scored on any day of the stretch (起始日期, 截止日期).
pub(crate) fn active(unit: &Unit, from: Date, to: Date) -> bool {
    let (first, last) = (unit.from.unwrap_or(from).max(from), unit.to.unwrap_or(to).min(to));
    first <= last
}

/// Published (period, unit) pairs that facts withdrawn later touch: the first day of the period, and the unit.
pub(crate) type Touched = BTreeSet<(Date, UnitIx)>;

/// The stretches whose rules run together.
pub(crate) type Stretches = Vec<Stretch>;

/// A stretch at whose end rules run.
pub(crate) struct Stretch {
    pub span: Span,
    pub period: Period,
    /// As a sentence names it, made once for all units.
    pub told: Name,
}

impl Stretch {
    pub fn new(span: Span, period: Period) -> Self {
        Self { span, told: period.chinese().into(), period }
    }
}

/// The stretch of a span, if it is one of those that end here.
pub(crate) fn ending(stretches: &[Stretch], span: Span) -> Option<&Stretch> {
    stretches.iter().find(|stretch| stretch.span == span)
}

/// A period made ready once for many units.
pub(crate) struct Term {
    pub period: Period,
    /// The stretches that end with it: itself, and its quarter and half-year where it is their last.
    pub stretches: Stretches,
    /// What each cap of the plan looks at: the stretch that holds the period.
    pub caps: Vec<Period>,
    /// Earlier periods of the longest stretch a rule looks at.
    pub earlier: Vec<Term>,
}

/// A scheme and facts made ready once for many periods.
pub(crate) struct Scorer<'a> {
    pub plan: Plan<'a>,
    pub facts: &'a Facts,
    pub index: Index<'a>,
    pub heirs: Option<Heirs>,
    names: HashMap<&'a str, UnitIx>,
}

impl<'a> Scorer<'a> {
    /// Ready for the periods that open on these days; the facts as they are [`credited`].
    pub fn new(scheme: &'a Scheme, facts: &'a Facts, opens: impl IntoIterator<Item = Date>) -> Self {
        let plan = Plan::of(scheme);
        let index = Index::of(&plan, facts, opens);
        let names = facts.units.iter().enumerate().map(|(at, unit)| (&*unit.name, UnitIx::at(at))).collect();
        Self { plan, facts, index, heirs: Heirs::of(facts), names }
    }
}

impl Scorer<'_> {
    /// One period. `touched` limits which published ones are looked at again; `None` is all of them that are not at rest.
    /// `others` are ready for the schemes of published periods that are not this one.
    pub fn period(
        &self,
        period: &Period,
        published: &[Published<'_>],
        others: &[Scorer<'_>],
        touched: Option<&Touched>,
    ) -> PeriodResult {
        self.close(period, self.alone(period), published, others, touched)
    }

    /// The units scored in a period, in table order.
    fn scored(&self, period: &Period) -> impl Iterator<Item = View<'_>> {
        let views = (0..self.facts.units.len()).map(|at| View::within(self.facts, UnitIx::at(at), period));
        views.filter(|view| active(view.unit, period.from, period.to))
    }

    /// The units of a period by its own facts alone: not yet corrected, not ranked. No other period's result is needed for
    /// it, so several can be worked out at once.
    pub fn alone(&self, period: &Period) -> Vec<UnitPeriod> {
        let term = self.term(period);
        let mut teller = Teller::new(self);
        let mut units = Vec::with_capacity(self.facts.units.len());
        if self.plan.looks_across() {
            let books = self.stand(self.scored(period).collect(), &term, period.to);
            units.extend(books.into_iter().map(|book| self.told(&mut teller, book)));
        } else {
            // One unit after the other: nothing of one is kept for the next.
            for view in self.scored(period) {
                let books = self.stand(vec![view], &term, period.to);
                units.extend(books.into_iter().map(|book| self.told(&mut teller, book)));
            }
        }
        units
    }

    /// Corrects and ranks the units of a period, and says what follows. `units` are those of [`alone`](Self::alone).
    pub fn close(
        &self,
        period: &Period,
        mut units: Vec<UnitPeriod>,
        published: &[Published<'_>],
        others: &[Scorer<'_>],
        touched: Option<&Touched>,
    ) -> PeriodResult {
        let mut corrections = correct::corrections(self, others, period, published, touched);
        if !corrections.is_empty() {
            for (unit, view) in units.iter_mut().zip(self.scored(period)) {
                corrections.remove(&view.ix).into_iter().for_each(|lines| correct::enter(unit, lines));
            }
        }
        self.rank(&mut units);
        let outcomes = outcome::of_period(self, period, &units, published);
        PeriodResult { period: period.clone(), units, outcomes }
    }

    /// Units as they stand at the end of a period, as known on a day, without corrections; lines in their order.
    pub fn stand<'v>(&'v self, views: Vec<View<'v>>, term: &Term, as_of: Date) -> Vec<Book<'v>> {
        let mut books: Vec<Book<'_>> = views.into_iter().map(|view| unit::book(self, view, term, as_of)).collect();
        if !self.plan.scales.is_empty() || !self.plan.credits.is_empty() {
            // A credit names the facts behind its points in the order of their lines.
            books.iter_mut().for_each(|book| unit::sort(self.facts, &mut book.parts));
            scale::run(self, &mut books, &term.stretches);
            credit::run(self, &mut books, &term.stretches, &|book, credit, _| self.facts_behind(book, credit));
        }
        books.iter_mut().for_each(|book| unit::sort(self.facts, &mut book.parts));
        books
    }

    fn facts_behind(&self, book: &Book<'_>, credit: &Ready<'_, Credit>) -> Vec<FactId> {
        let parts = book.parts.iter().filter(|part| credit.of.has(part.item));
        let mut facts: Vec<FactId> = Vec::new();
        for fact in parts.flat_map(|part| part.facts(self.facts)) {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        facts
    }

    /// A unit's account in words, by ledger; not ranked.
    pub fn told(&self, teller: &mut Teller<'_>, book: Book<'_>) -> UnitPeriod {
        let unit = book.view.unit;
        let mut lines: Vec<Line> = Vec::with_capacity(book.parts.len());
        let mut ledgers = Accounts::new();
        for part in &book.parts {
            let line = teller.line(part);
            match self.plan.item(part.item).ledger {
                0 => lines.push(line),
                ledger => put(&mut ledgers, self.plan.ledgers[ledger as usize - 1], line),
            }
        }
        let total = lines.iter().map(|line| line.points).sum();
        UnitPeriod {
            unit: unit.name.clone(),
            class: book.view.stage.map_or(&unit.class, |stage| &stage.class).clone(),
            group: book.view.stage.map_or(&unit.group, |stage| &stage.group).clone(),
            score: PeriodScore { total, rank: 0, lines, quota: book.quota },
            ledgers,
        }
    }

    fn rank(&self, units: &mut [UnitPeriod]) {
        let standings: Vec<Standing<'_>> = units
            .iter()
            .map(|unit| Standing {
                group: &unit.group,
                total: unit.score.total,
                then: self.plan.then.iter().map(|of| outcome::sum_of(&self.plan, of, &unit.score.lines)).collect(),
            })
            .collect();
        let ranks = rank::ranks(&standings, self.plan.scheme.ranking().ties);
        units.iter_mut().zip(ranks).for_each(|(unit, rank)| unit.score.rank = rank);
    }

    /// The stretches that end with a period: itself, and its quarter and half-year where it is their last.
    pub fn stretches(&self, period: &Period) -> Stretches {
        let calendar = self.plan.scheme.calendar();
        let longer = [Span::Quarter, Span::HalfYear].into_iter().map(|span| (span, calendar.stretch(span, period)));
        let ends = longer.filter(|(_, stretch)| stretch.to <= period.to);
        let all = [(Span::Period, period.clone())].into_iter().chain(ends);
        all.map(|(span, stretch)| Stretch::new(span, stretch)).collect()
    }

    /// A period with the earlier ones it rests on.
    pub fn term(&self, period: &Period) -> Term {
        let calendar = self.plan.scheme.calendar();
        let from = calendar.stretch(self.plan.stretch(), period).from;
        let mut earlier = Vec::new();
        if from < period.from {
            earlier = calendar.periods(calendar.year_of(period.to));
            earlier.retain(|earlier| earlier.from >= from && earlier.to < period.from);
        }
        let term = |period: Period, earlier: Vec<Term>| Term {
            stretches: self.stretches(&period),
            caps: self.plan.caps.iter().map(|cap| calendar.stretch(cap.body.span, &period)).collect(),
            period,
            earlier,
        };
        let earlier = earlier.into_iter().map(|period| term(period, Vec::new())).collect();
        term(period.clone(), earlier)
    }

    /// The last day of the period a day belongs to.
    pub fn end_of(&self, day: Date) -> Date {
        self.plan.scheme.period_of(day).map_or(day, |period| period.to)
    }

    /// The unit that stands for another on a day: itself, or who took over from it.
    pub fn standing_for(&self, unit: UnitIx, day: Date) -> UnitIx {
        self.heirs.as_ref().map_or(unit, |heirs| heirs.on(unit, day))
    }

    /// The unit that what is corrected of another is entered for in a period: itself while it is scored, or who took over from it.
    pub fn receiver(&self, unit: UnitIx, period: &Period) -> Option<UnitIx> {
        let scored = |unit: UnitIx| active(&self.facts.units[unit.index()], period.from, period.to);
        Some(unit).filter(|unit| scored(*unit)).or_else(|| {
            let heir = self.standing_for(unit, period.to);
            (heir != unit && scored(heir)).then_some(heir)
        })
    }

    /// The unit of that name, if the table 单位 has it.
    pub fn unit(&self, name: &str) -> Option<UnitIx> {
        self.names.get(name).copied()
    }
}

/// Adds a line to a ledger's account.
pub(crate) fn put(ledgers: &mut Accounts, ledger: &Name, line: Line) {
    let account = ledgers.entry(ledger.clone()).or_default();
    account.total += line.points;
    account.lines.push(line);
}
