//! credit: a unit's points to its parent (F1.dp, R8), and a parent's from its children.
//!
//! One step only: what a unit is given does not go on to its own parent by the same rule.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{FactId, Name, Period, Points};
use tz_scheme::{Credit, Givers, RollUp, Together};

use crate::cell::View;
use crate::period::{Scorer, Stretches, ending};
use crate::plan::{CreditRule, Ready};
use crate::told::{CreditTold, Told};
use crate::unit::{Book, Part};

/// Gives the facts behind a giver's points over a stretch.
pub(crate) type FactsOf<'f> = &'f dyn Fn(&Book<'_>, &Ready<'_, Credit>, &Period) -> Vec<FactId>;

/// The credits whose span ends here, in the order of the file. `facts_of` gives the facts behind a giver's points.
pub(crate) fn run(scorer: &Scorer<'_>, books: &mut [Book<'_>], stretches: &Stretches, facts_of: FactsOf<'_>) {
    for rule in &scorer.plan.credits {
        match rule {
            CreditRule::Credit(credit) => {
                if let Some(stretch) = ending(stretches, credit.body.span) {
                    give(scorer, books, credit, &stretch.period, facts_of);
                }
            }
            CreditRule::RollUp(roll_up) => {
                if let Some(stretch) = ending(stretches, roll_up.body.span) {
                    gather(scorer, books, roll_up, &stretch.period);
                }
            }
        }
    }
}

fn places(books: &[Book<'_>]) -> BTreeMap<String, usize> {
    books.iter().enumerate().map(|(at, book)| (book.view.unit.name.to_string(), at)).collect()
}

/// The parent of a unit, or who took over from it by a day.
fn parent_on<'a>(scorer: &'a Scorer<'_>, view: View<'a>, day: Date) -> Option<&'a Name> {
    let parent = view.parent()?;
    let now = scorer.unit(parent).map(|ix| &scorer.facts.units[scorer.standing_for(ix, day).index()].name);
    Some(now.unwrap_or(parent))
}

fn give(
    scorer: &Scorer<'_>,
    books: &mut [Book<'_>],
    credit: &Ready<'_, Credit>,
    stretch: &Period,
    facts_of: FactsOf<'_>,
) {
    let Some(item) = scorer.plan.named(&credit.body.item.name) else { return };
    let places = places(books);
    let mut gained: Vec<(usize, Part)> = Vec::new();
    for (at, book) in books.iter().enumerate() {
        let unit = book.view.unit;
        let Some(parent) = parent_on(scorer, book.view, stretch.to).filter(|parent| **parent != unit.name) else {
            continue;
        };
        let gives = match credit.body.from {
            Givers::DirectPoints => book.view.direct_point().is_some(),
            Givers::Children => true,
        };
        let keeps_own = credit.body.own_groups.iter().any(|group| **group == *book.view.group);
        if !gives || keeps_own || !credit.applies(scorer, book.view) || scorer.unit(parent).is_none() {
            continue;
        }
        let sum = book.sum_since(&credit.of, stretch.from);
        if sum.is_zero() {
            continue;
        }
        let status = book.view.direct_point().map(|status| format!("{status}直报点"));
        let giver = match credit.body.from {
            Givers::DirectPoints => format!("{}{}", status.unwrap_or_default(), unit.name),
            Givers::Children => format!("下属单位{}", unit.name),
        };
        let told = CreditTold {
            when: stretch.chinese(),
            giver,
            parent: parent.clone(),
            of: (credit.body.from == Givers::Children).then(|| scorer.plan.told(&credit.body.of)),
            sum,
            part: credit.body.part,
            moved: false,
            at_once: credit.body.span != tz_scheme::Span::Year,
            facts: facts_of(book, credit, stretch),
        };
        let points = sum * credit.body.part;
        if let Some(to) = places.get(&**parent) {
            gained.push((*to, Part::counted(item, points, Told::Credit(told.clone()))));
        }
        if !credit.body.point_keeps {
            let moved = CreditTold { moved: true, ..told };
            gained.push((at, Part::counted(item, -points, Told::Credit(moved))));
        }
    }
    for (to, part) in gained {
        books[to].parts.push(part);
    }
}

fn gather(scorer: &Scorer<'_>, books: &mut [Book<'_>], roll_up: &Ready<'_, RollUp>, stretch: &Period) {
    let Some(item) = scorer.plan.named(&roll_up.body.item.name) else { return };
    let places = places(books);
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, book) in books.iter().enumerate() {
        let parent = parent_on(scorer, book.view, stretch.to).filter(|parent| **parent != book.view.unit.name);
        if let Some(to) = parent.and_then(|parent| places.get(&**parent)) {
            children.entry(*to).or_default().push(at);
        }
    }
    let totals: Vec<Points> = books.iter().map(|book| book.total_since(scorer, roll_up.ledger, stretch.from)).collect();
    for (to, children) in children {
        if !roll_up.applies(scorer, books[to].view) {
            continue;
        }
        let named = children.iter().map(|at| (books[*at].view.unit.name.clone(), totals[*at]));
        let named: Vec<_> = named.collect();
        let sum: Points = named.iter().map(|(_, total)| *total).sum();
        let together = match roll_up.body.how {
            Together::Sum => Some(sum),
            Together::Mean => sum.divided_by(Points::from(named.len() as i64)),
            Together::Best => named.iter().map(|(_, total)| *total).max(),
        };
        let Some(together) = together else { continue };
        let told = Told::RollUp {
            when: stretch.chinese(),
            how: roll_up.body.how,
            children: named,
            sum: together,
            part: roll_up.body.part,
        };
        books[to].parts.push(Part::counted(item, together * roll_up.body.part, told));
    }
}
