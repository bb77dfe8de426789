//! The year's end: the year's own lines, annual totals and ranks, what follows.

use std::collections::{BTreeMap, HashMap, HashSet};

use tz_model::{
    Accounts, Annual, Clause, FactId, Facts, Line, Name, Outcome, Period, Points, Unit, UnitIx, UnitPeriod,
};
use tz_scheme::{Body, Credit, LastInGroup, LastOfStatus, Measured, Rule, SUCCESSION_RULING, Scheme, Span};

use crate::cell::View;
use crate::correct::corrected;
use crate::explain::Teller;
use crate::heirs::{SUCCESSION, credited_for_year};
use crate::outcome::{self, Candidate};
use crate::period::{Published, Scorer, active, put};
use crate::plan::{CreditRule, LedgerIx, Plan, Ready, UnitRule};
use crate::rank::{self, Standing};
use crate::unit::{Before, Book, Sums};
use crate::{credit, limit, rules, scale, veto};

/// A year as closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearResult {
    /// The year.
    pub year: i16,
    /// Units active on any day of it, in table order.
    pub units: Vec<(Name, Annual)>,
    /// What these units have in other ledgers over the year: the total with what the periods brought, the year's own lines.
    pub ledgers: BTreeMap<Name, Accounts>,
    /// 取消直报点 and whatever else follows from the year, as a proposal: a person decides (R12).
    pub outcomes: Vec<Outcome>,
}

/// One unit's year while it is closed.
struct Year<'a> {
    name: &'a Name,
    periods: &'a [&'a UnitPeriod],
    /// Of units whose year it takes over.
    taken: Vec<&'a UnitPeriod>,
    annual: Annual,
    ledgers: Accounts,
}

impl Year<'_> {
    /// Every line in the ledger that ranks: those of its periods, then the year's own.
    fn lines(&self) -> impl Iterator<Item = &Line> {
        let periods = self.periods.iter().chain(&self.taken);
        periods.flat_map(|unit| &unit.score.lines).chain(&self.annual.lines)
    }
}

/// Closes a year (N2.6): the totals of its published periods, the year's own rules (F1.n5, F1.n6), credits to parents (F1.dp,
/// R8), ranks, and what follows from them (N2.4, R12).
///
/// `published` must hold every period of the year; of other years, those that a rule about progress or runs looks at. What is
/// published stays: a veto, conversion or credit of the year is a line of the year.
pub fn close_year(scheme: &Scheme, facts: &Facts, year: i16, published: &[Published<'_>]) -> YearResult {
    let facts = &*credited_for_year(facts, &scheme.calendar().year(year));
    let scorer = Scorer::new(scheme, facts, scheme.periods(year).iter().map(|period| period.from));
    close(&scorer, year, published)
}

/// [`close_year`] with a scorer that is ready for every period of the year; its facts as they are credited for the year.
pub(crate) fn close(scorer: &Scorer<'_>, year: i16, published: &[Published<'_>]) -> YearResult {
    let (plan, facts) = (&scorer.plan, scorer.facts);
    let scheme = plan.scheme;
    let whole = scheme.calendar().year(year);
    let nothing = YearResult { year, units: Vec::new(), ledgers: BTreeMap::new(), outcomes: Vec::new() };
    let Some(last) = scheme.periods(year).pop() else { return nothing };
    let whole = Period { to: last.to, ..whole };
    let inside = |old: &&Published<'_>| whole.from <= old.period.from && old.period.to <= whole.to;
    let mut periods: HashMap<&str, Vec<&UnitPeriod>> = HashMap::new();
    for unit in published.iter().filter(inside).flat_map(|old| old.units.iter()) {
        periods.entry(&unit.unit).or_default().push(unit);
    }
    let inheritance = inheritance(scorer, &whole);
    let mut heard: HashMap<UnitIx, Vec<&UnitPeriod>> = HashMap::new();
    for (heir, units) in &inheritance {
        let all = [heir].into_iter().chain(units).flat_map(|unit| periods.get(&*facts.units[unit.index()].name));
        heard.insert(*heir, all.flatten().copied().collect());
    }
    let gone: HashSet<UnitIx> = inheritance.values().flatten().copied().collect();
    // The periods whose lines a unit's year is made of: its own, and those of units it takes over from.
    let of_unit = |view: View<'_>| match heard.get(&view.ix) {
        Some(all) => all.as_slice(),
        None => periods.get(&*view.unit.name).map_or(&[][..], Vec::as_slice),
    };
    let mut books: Vec<Book<'_>> = (0..facts.units.len())
        .map(|at| View::at_end(facts, UnitIx::at(at), whole.to))
        .filter(|view| active(view.unit, whole.from, whole.to) && !gone.contains(&view.ix))
        .map(|view| {
            let own = of_unit(view);
            let sums = if asks_sums(plan, view) { sums(plan, own) } else { Sums::new(plan.items.len()) };
            let before = vec![Before { from: whole.from, sums, parts: Vec::new() }];
            Book { view, as_of: whole.to, before, parts: Vec::new(), quota: None }
        })
        .collect();
    let stretches = outcome::of_year(&whole);
    for book in &mut books {
        rules::of_year(scorer, book, &stretches);
        limit::floors(scorer, book, &stretches);
        veto::run(scorer, book, &stretches);
    }
    scale::run(scorer, &mut books, &stretches);
    let facts_of =
        |book: &Book<'_>, credit: &Ready<'_, Credit>, _: &Period| facts_behind(plan, credit, of_unit(book.view));
    credit::run(scorer, &mut books, &stretches, &facts_of);

    let mut teller = Teller::new(scorer);
    let mut years: Vec<Year<'_>> = Vec::with_capacity(books.len());
    for book in &mut books {
        // The order of the rules; what one rule gives several times stays as it was given.
        book.parts.sort_by_key(|part| part.item);
        let named = inheritance.get(&book.view.ix).map_or(&[][..], Vec::as_slice);
        let taken = named.iter().map(|unit| &facts.units[unit.index()]);
        let taken = taken.map(|unit| (unit, periods.get(&*unit.name).map_or(&[][..], Vec::as_slice))).collect();
        let own = periods.get(&*book.view.unit.name).map_or(&[][..], Vec::as_slice);
        years.push(told(scorer, &mut teller, book, (own, taken), &whole));
    }
    let standings: Vec<Standing<'_>> =
        years.iter().zip(&books).map(|(year, book)| standing(scorer, year, book)).collect();
    let ranks = rank::ranks(&standings, scheme.ranking().ties);
    years.iter_mut().zip(ranks).for_each(|(year, rank)| year.annual.rank = rank);
    let outcomes = outcomes(scorer, &whole, &years, &books, published);
    let ledgers = years.iter_mut().map(|year| (year.name.clone(), std::mem::take(&mut year.ledgers)));
    let ledgers = ledgers.filter(|(_, accounts)| !accounts.is_empty()).collect();
    let units = years.into_iter().map(|year| (year.name.clone(), year.annual)).collect();
    YearResult { year, units, ledgers, outcomes }
}

/// True if some rule of the year asks what a unit's periods came to.
fn asks_sums(plan: &Plan<'_>, view: View<'_>) -> bool {
    let counts = plan.unit_rules.iter().any(|rule| match rule {
        UnitRule::Quota(quota, _) => quota.body.span == Span::Year,
        UnitRule::Start(_) | UnitRule::Yearly(_) => false,
    });
    let limits = plan.floors.iter().any(|(floor, _)| floor.body.span == Span::Year)
        || plan.vetoes.iter().any(|(veto, _)| veto.body.span == Span::Year)
        || !plan.scales.is_empty();
    let credits = plan.credits.iter().any(|credit| match credit {
        CreditRule::Credit(_) => view.parent().is_some(),
        CreditRule::RollUp(_) => true,
    });
    counts || limits || credits || !plan.then.is_empty()
}

/// Published lines by line item, what corrects them included; those of items this scheme has not by their ledger.
fn sums(plan: &Plan<'_>, periods: &[&UnitPeriod]) -> Sums {
    let mut sums = Sums::new(plan.items.len());
    let mut add = |ledger: LedgerIx, line: &Line| {
        let item = match corrected(line) {
            Some((_, item)) => plan.named(item),
            None => plan.item_of(&line.item),
        };
        match item.filter(|item| plan.item(*item).ledger == ledger) {
            Some(item) => sums.add(item, line.points),
            None => sums.add_other(ledger, line.points),
        }
    };
    for unit in periods {
        unit.score.lines.iter().for_each(|line| add(0, line));
        for (ledger, name) in (1..).zip(&plan.ledgers) {
            unit.ledgers.get(*name).into_iter().flat_map(|account| &account.lines).for_each(|line| add(ledger, line));
        }
    }
    sums
}

/// The facts behind the points of a year that are credited.
fn facts_behind(plan: &Plan<'_>, credit: &Ready<'_, Credit>, periods: &[&UnitPeriod]) -> Vec<FactId> {
    let mut facts: Vec<FactId> = Vec::new();
    let mut seen: std::collections::BTreeSet<&FactId> = std::collections::BTreeSet::new();
    for line in periods.iter().flat_map(|unit| &unit.score.lines) {
        let item = corrected(line).map_or(&*line.item, |(_, item)| item);
        if plan.named(item).is_some_and(|item| credit.of.has(item)) {
            facts.extend(line.facts.iter().filter(|fact| seen.insert(*fact)).cloned());
        }
    }
    facts
}

/// The year's own lines in words, by ledger, with the totals.
fn told<'a>(
    scorer: &Scorer<'_>,
    teller: &mut Teller<'_>,
    book: &Book<'a>,
    (periods, taken): (&'a [&'a UnitPeriod], Vec<Taken<'a>>),
    whole: &Period,
) -> Year<'a> {
    let mut lines: Vec<Line> = Vec::new();
    let mut ledgers = Accounts::new();
    for (unit, periods) in &taken {
        take_over(unit, periods, book.view.unit, whole, &mut lines, &mut ledgers);
    }
    for part in &book.parts {
        let line = teller.line(part);
        match scorer.plan.item(part.item).ledger {
            0 => lines.push(line),
            ledger => put(&mut ledgers, scorer.plan.ledgers[ledger as usize - 1], line),
        }
    }
    for (name, account) in periods.iter().flat_map(|unit| &unit.ledgers) {
        ledgers.entry(name.clone()).or_default().total += account.total;
    }
    let sum: Points = periods.iter().map(|unit| unit.score.total).sum();
    let total = lines.iter().fold(sum, |total, line| total + line.points);
    let taken = taken.into_iter().flat_map(|(_, periods)| periods).copied().collect();
    Year { name: &book.view.unit.name, periods, taken, annual: Annual { total, rank: 0, lines }, ledgers }
}

/// A unit that ended within the year, with its periods of it.
type Taken<'a> = (&'a Unit, &'a [&'a UnitPeriod]);

/// The units that ended within a year, by the unit whose annual total takes over theirs (R17).
fn inheritance(scorer: &Scorer<'_>, whole: &Period) -> BTreeMap<UnitIx, Vec<UnitIx>> {
    let mut all: BTreeMap<UnitIx, Vec<UnitIx>> = BTreeMap::new();
    let Some(heirs) = &scorer.heirs else { return all };
    for unit in (0..scorer.facts.units.len()).map(UnitIx::at) {
        let heir = heirs.of_year(unit, whole);
        if heir != unit && active(&scorer.facts.units[unit.index()], whole.from, whole.to) {
            all.entry(heir).or_default().push(unit);
        }
    }
    all
}

/// What a unit that ended had in the year's periods, as a line of the unit that takes over from it; one in each ledger.
fn take_over(
    unit: &Unit,
    periods: &[&UnitPeriod],
    heir: &Unit,
    whole: &Period,
    lines: &mut Vec<Line>,
    ledgers: &mut Accounts,
) {
    let line = |points: Points| Line {
        rule: SUCCESSION.into(),
        item: format!("承接 {}", unit.name).into(),
        clause: Clause::new(SUCCESSION_RULING),
        points,
        facts: Vec::new(),
        why: format!(
            "{}于{}并入{}，{}度在原单位得 {points} 分，由{}承接。",
            unit.name,
            unit.to.map_or_else(String::new, crate::explain::day),
            heir.name,
            whole.chinese(),
            heir.name
        ),
        waiting: None,
    };
    let sum: Points = periods.iter().map(|period| period.score.total).sum();
    lines.push(line(sum));
    let mut others: BTreeMap<&Name, Points> = BTreeMap::new();
    for (name, account) in periods.iter().flat_map(|period| &period.ledgers) {
        *others.entry(name).or_default() += account.total;
    }
    for (name, sum) in others {
        put(ledgers, name, line(sum));
    }
}

fn standing<'a>(scorer: &Scorer<'_>, year: &Year<'_>, book: &Book<'a>) -> Standing<'a> {
    let then =
        scorer.plan.then.iter().map(|of| book.sum_since(of, book.before.first().map_or(book.as_of, |all| all.from)));
    Standing { group: book.view.group, total: year.annual.total, then: then.collect() }
}

fn outcomes(
    scorer: &Scorer<'_>,
    whole: &Period,
    years: &[Year<'_>],
    books: &[Book<'_>],
    published: &[Published<'_>],
) -> Vec<Outcome> {
    let mut all = Vec::new();
    let before = totals_before(scorer, whole, published);
    let value = |of: &Measured, at: usize| {
        let (year, book) = (&years[at], &books[at]);
        let lines: Vec<&Line> = year.lines().collect();
        let earlier = before.get(&**year.name).copied();
        outcome::year_value(scorer, of, book, (year.annual.total, year.annual.rank), earlier, &lines, whole)
    };
    for rule in scorer.plan.scheme.rules() {
        match &rule.body {
            Body::LastOfStatus(last) => all.extend(last_of_status(scorer, rule, last, whole, years, books)),
            Body::LastInGroup(last) if last.span == Span::Year => {
                all.extend(last_in_group(scorer, rule, last, whole, years, books));
            }
            Body::BestInGroup(best) if best.span == Span::Year => {
                let about = Ready::about(rule, best);
                let candidates = (0..years.len()).filter(|at| about.applies(scorer, books[*at].view));
                let candidates: Vec<Candidate<'_>> = candidates
                    .filter_map(|at| {
                        let then = standing(scorer, &years[at], &books[at]).then;
                        Some(Candidate {
                            name: years[at].name,
                            group: books[at].view.group,
                            value: value(&best.of, at)?,
                            then: if best.of == Measured::Total { then } else { Vec::new() },
                            book: books[at].clone(),
                            lines: years[at].lines().map(|line| &*line.item).collect(),
                        })
                    })
                    .collect();
                all.extend(outcome::named_best(scorer, rule, best, whole, &whole.label, &candidates));
            }
            Body::Threshold(threshold) if threshold.span == Span::Year => {
                let about = Ready::about(rule, threshold);
                for at in (0..years.len()).filter(|at| about.applies(scorer, books[*at].view)) {
                    let reached = value(&threshold.of, at)
                        .filter(|value| crate::cell::compares(value.cmp(&threshold.with), threshold.how));
                    if let Some(value) = reached {
                        let group: Name = books[at].view.group.into();
                        let unit = (years[at].name, &group);
                        all.push(outcome::crossed(scorer, rule, threshold, whole, unit, value));
                    }
                }
            }
            _ => {}
        }
    }
    all
}

/// What the periods of the year before came to, by unit.
fn totals_before<'p>(
    scorer: &'p Scorer<'_>,
    whole: &Period,
    published: &'p [Published<'_>],
) -> HashMap<&'p str, Points> {
    let calendar = scorer.plan.scheme.calendar();
    let before = calendar.year(calendar.year_of(whole.to) - 1);
    let mut totals: HashMap<&str, Points> = HashMap::new();
    for old in published.iter().filter(|old| before.from <= old.period.from && old.period.to < whole.from) {
        for unit in old.units.iter() {
            *totals.entry(&unit.unit).or_default() += unit.score.total;
        }
    }
    if let Some(heirs) = &scorer.heirs {
        // Progress is measured against what the units it took over from had, too.
        for (at, unit) in scorer.facts.units.iter().enumerate() {
            let heir = heirs.on(UnitIx::at(at), whole.to);
            if heir != UnitIx::at(at)
                && let Some(had) = totals.remove(&*unit.name)
            {
                *totals.entry(&scorer.facts.units[heir.index()].name).or_default() += had;
            }
        }
    }
    totals
}

/// Who stands last in its group by the year's total, among the units the rule is about.
fn last_in_group(
    scorer: &Scorer<'_>,
    rule: &Rule,
    last: &LastInGroup,
    whole: &Period,
    years: &[Year<'_>],
    books: &[Book<'_>],
) -> Vec<Outcome> {
    let about = Ready::about(rule, last);
    let (units, standings): (Vec<(&Year<'_>, &Book<'_>)>, Vec<Standing<'_>>) = years
        .iter()
        .zip(books)
        .filter(|(_, book)| about.applies(scorer, book.view))
        .map(|(year, book)| ((year, book), standing(scorer, year, book)))
        .unzip();
    let sizes = rank::sizes(standings.iter().map(|one| one.group));
    let ranks = rank::ranks(&standings, scorer.plan.scheme.ranking().ties);
    let lasts = rank::last(&standings, last.last);
    let found = units.iter().zip(ranks).zip(lasts).filter(|(_, is_last)| *is_last);
    found
        .map(|(((year, book), rank), _)| Outcome {
            kind: last.outcome.clone(),
            period: whole.label.clone(),
            unit: year.name.clone(),
            group: book.view.group.into(),
            clause: rule.clause.clone(),
            why: format!(
                "{}度总分 {} 分，在 {} 个单位中列第 {rank} 名，属后 {} 位，{}。",
                whole.chinese(),
                year.annual.total,
                sizes[book.view.group],
                last.last,
                outcome::follows(&last.outcome, last.letter.as_ref()),
            ),
        })
        .collect()
}

/// Who stands last of the units with a status (N2.4, R12).
fn last_of_status(
    scorer: &Scorer<'_>,
    rule: &Rule,
    last: &LastOfStatus,
    whole: &Period,
    years: &[Year<'_>],
    books: &[Book<'_>],
) -> Vec<Outcome> {
    let about = Ready::about(rule, last);
    let points: Vec<(&Year<'_>, &Book<'_>)> = years
        .iter()
        .zip(books)
        .filter(|(_, book)| book.view.direct_point() == Some(&last.status) && about.applies(scorer, book.view))
        .collect();
    let totals: Vec<Standing<'_>> = points.iter().map(|(year, _)| Standing::of("", year.annual.total)).collect();
    let ranks = rank::ranks(&totals, scorer.plan.scheme.ranking().ties);
    let lasts = rank::last(&totals, last.last);
    let count = points.len();
    let found = points.iter().zip(ranks).zip(lasts).filter(|(_, is_last)| *is_last);
    found
        .map(|(((year, book), rank), _)| Outcome {
            kind: last.outcome.clone(),
            period: whole.label.clone(),
            unit: year.name.clone(),
            group: book.view.group.into(),
            clause: rule.clause.clone(),
            why: format!(
                "{}度总分 {} 分，在 {count} 个{}直报点中列第 {rank} 名，属后 {} 位，提出取消直报点资格，请办公室决定。",
                whole.chinese(),
                year.annual.total,
                last.status,
                last.last,
            ),
        })
        .collect()
}
