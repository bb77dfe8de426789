//! veto: so many facts of a kind make the points of a stretch void (否决).

use tz_model::{Period, Points};
use tz_scheme::Veto;

use crate::cell::Test;
use crate::explain;
use crate::index::FactAt;
use crate::period::{Scorer, Stretches, ending};
use crate::plan::Ready;
use crate::told::Told;
use crate::unit::{Book, Part, by_day, is_counted, weight_of};

/// The vetoes whose span ends here. What was published stays: a longer span's points are taken back by one line at its end.
pub(crate) fn run(scorer: &Scorer<'_>, book: &mut Book<'_>, stretches: &Stretches) {
    for (veto, tests) in &scorer.plan.vetoes {
        if let Some(stretch) = ending(stretches, veto.body.span).filter(|_| veto.applies(scorer, book.view)) {
            one(scorer, book, veto, tests, &stretch.period);
        }
    }
}

fn one(scorer: &Scorer<'_>, book: &mut Book<'_>, veto: &Ready<'_, Veto>, tests: &[Test], stretch: &Period) {
    let mut facts: Vec<FactAt> = Vec::new();
    let mut count = Points::ZERO;
    scorer.each_of_unit(book, stretch, |entry, looked| {
        if is_counted(scorer, entry, veto.body.table, book.as_of) && looked.holds_all(tests) {
            facts.push(entry.fact());
            count += weight_of(scorer, entry.fact());
        }
    });
    if count < Points::from(i64::from(veto.body.count)) {
        return;
    }
    let sum = if veto.body.void.is_empty() {
        book.total_since(scorer, veto.ledger, stretch.from)
    } else {
        book.sum_since(&veto.of, stretch.from)
    };
    let Some(item) = scorer.plan.named(&veto.body.item.name) else { return };
    by_day(scorer.facts, &mut facts);
    let told = Told::Veto {
        when: stretch.chinese(),
        what: veto.rule.sentence.clone(),
        count,
        of: (!veto.body.void.is_empty()).then(|| scorer.plan.told(&veto.body.void)),
        sum,
        part: veto.body.part,
        facts: facts.iter().map(|fact| explain::id(scorer.facts, *fact)).collect(),
    };
    book.parts.push(Part::counted(item, -(sum * veto.body.part), told));
}
