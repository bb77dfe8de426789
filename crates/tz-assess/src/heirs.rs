//! Units that were merged or split (承接, N1): what comes to be known of a unit that ended is credited to the unit that takes over
//! from it, its heir (docs/decisions/0017).

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::Date;
use tz_model::{Facts, Period, UnitIx, Units};

/// The rule id of what a year's total takes over.
pub(crate) const SUCCESSION: &str = "succession";

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
            let (heir, last) = (unit.heir.as_ref()?, unit.to?);
            let place = *places.get(&*heir.unit)?;
            // One that is not there the day after takes nothing over: what is corrected would have no period to stand in.
            let is_there = last.tomorrow().is_ok_and(|day| facts.units[place.index()].is_scored_on(day));
            is_there.then_some(Next { heir: place, last, takes_year: heir.takes_year })
        });
        Some(Self { next: next.collect() })
    }

    /// The unit that stands for another on a day: itself while it is scored, its heir, or its heir's heir.
    pub fn on(&self, unit: UnitIx, day: Date) -> UnitIx {
        self.follow(unit, |next| day > next.last)
    }

    /// The unit whose annual total a unit's periods go into: itself, unless it ended before the year did and its heir takes its
    /// year.
    pub fn of_year(&self, unit: UnitIx, whole: &Period) -> UnitIx {
        self.follow(unit, |next| next.takes_year && whole.from <= next.last && next.last < whole.to)
    }

    fn follow(&self, mut unit: UnitIx, goes_on: impl Fn(&Next) -> bool) -> UnitIx {
        // An heir is there longer than the unit before it, so this ends.
        while let Some(next) = self.next.get(unit.index()).copied().flatten().filter(|next| goes_on(next)) {
            unit = next.heir;
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
        Some(heirs) => Cow::Owned(given(facts, |unit, day| heirs.of_year(heirs.on(unit, day), whole))),
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
