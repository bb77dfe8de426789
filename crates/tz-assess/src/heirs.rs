//! Units that were merged or split (承接, N1): what comes to be known of a unit that ended is credited to the unit that takes over
//! from it, its heir (docs/decisions/0017).

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::Date;
use tz_model::{Facts, Period, UnitIx, Units};

use crate::period::active;

/// The rule id of what a year's total takes over.
pub(crate) const SUCCESSION: &str = "succession";

/// How units are read that were merged, split or moved between classes: our own ruling, which no scheme asks for yet.
pub(crate) const RULING: &str = "R17";

/// Who takes over from whom.
pub(crate) struct Heirs {
    /// By the place of the unit that ended.
    next: Vec<Option<Next>>,
}

#[derive(Clone, Copy)]
struct Next {
    heir: UnitIx,
    /// The last day of the unit that ended.
    last: Date,
    takes_year: bool,
}

impl Heirs {
    /// `None` where nobody takes over from anybody, as in most years.
    pub fn of(facts: &Facts) -> Option<Self> {
        if facts.units.iter().all(|unit| unit.heir.is_none()) {
            return None;
        }
        let places: HashMap<&str, UnitIx> =
            facts.units.iter().enumerate().map(|(at, unit)| (&*unit.name, UnitIx::at(at))).collect();
        let next = facts.units.iter().map(|unit| {
            let heir = unit.heir.as_ref()?;
            Some(Next { heir: *places.get(&*heir.unit)?, last: unit.to?, takes_year: heir.takes_year })
        });
        Some(Self { next: next.collect() })
    }

    /// The unit that stands for another on a day: itself while it is scored, its heir, or its heir's heir.
    pub fn on(&self, unit: UnitIx, day: Date) -> UnitIx {
        self.follow(unit, |next| day > next.last)
    }

    /// The unit whose annual total a unit's periods go into: itself, unless it ended before the year did and its heir takes its
    /// year.
    pub fn of_year(&self, facts: &Facts, unit: UnitIx, whole: &Period) -> UnitIx {
        let ended = |next: &Next| whole.from <= next.last && next.last < whole.to;
        self.follow(unit, |next| {
            let heir = facts.units.get(next.heir.index());
            next.takes_year && ended(next) && heir.is_some_and(|heir| active(heir, whole.from, whole.to))
        })
    }

    fn follow(&self, mut unit: UnitIx, goes_on: impl Fn(&Next) -> bool) -> UnitIx {
        // No line of heirs is longer than there are units, unless it is a ring.
        for _ in 0..self.next.len() {
            match self.next.get(unit.index()).copied().flatten().filter(|next| goes_on(next)) {
                Some(next) => unit = next.heir,
                None => break,
            }
        }
        unit
    }
}

/// The facts as they are credited: what is dated after the last day of its unit belongs to the unit that takes over. A fact of
/// several units that became one is that one's once.
pub(crate) fn credited(facts: &Facts) -> Cow<'_, Facts> {
    match Heirs::of(facts) {
        None => Cow::Borrowed(facts),
        Some(heirs) => Cow::Owned(given(facts, |unit, day| heirs.on(unit, day))),
    }
}

/// The same for the rules of a whole year: a unit whose heir takes its year has left it all its facts (R17).
pub(crate) fn credited_for_year<'f>(facts: &'f Facts, whole: &Period) -> Cow<'f, Facts> {
    match Heirs::of(facts) {
        None => Cow::Borrowed(facts),
        Some(heirs) => Cow::Owned(given(facts, |unit, day| heirs.of_year(facts, heirs.on(unit, day), whole))),
    }
}

fn given(facts: &Facts, to: impl Fn(UnitIx, Date) -> UnitIx) -> Facts {
    let mut facts = facts.clone();
    let give = |units: &mut Units, day: Date| {
        if units.iter().any(|unit| to(*unit, day) != *unit) {
            let mut credited: Vec<UnitIx> = Vec::with_capacity(units.len());
            for unit in units.iter().map(|unit| to(*unit, day)) {
                if !credited.contains(&unit) {
                    credited.push(unit);
                }
            }
            *units = credited.into();
        }
    };
    facts.reports.iter_mut().for_each(|fact| give(&mut fact.units, fact.date));
    facts.adoptions.iter_mut().for_each(|fact| give(&mut fact.units, fact.date));
    facts.comments.iter_mut().for_each(|fact| give(&mut fact.units, fact.date));
    facts.duties.iter_mut().for_each(|fact| give(&mut fact.units, fact.deadline));
    facts.events.iter_mut().for_each(|fact| give(&mut fact.units, fact.date));
    facts
}
