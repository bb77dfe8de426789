//! share: what each of several units on one fact gets (分摊).

use tz_model::Points;
use tz_scheme::Sharing;

use crate::cell::{self, Place, own_part};
use crate::changes::Shared;
use crate::period::Scorer;
use crate::unit::{Glance, Part};

/// Leaves of a line the unit's own part, by the first rule that speaks of it. Where none does, each unit has the whole (R11).
pub(crate) fn share(scorer: &Scorer<'_>, glance: &Glance<'_>, part: &mut Part) {
    let Some(fact) = part.fact.filter(|_| !part.is_waiting()) else { return };
    let plan = &scorer.plan;
    let speaks = plan.shares.iter().find(|(rule, tests)| {
        rule.of.has(part.item)
            && rule.applies(scorer, glance.view)
            && glance.looked_fact(scorer, fact, part.day).holds_all(tests.of_table(fact.table))
    });
    let Some((rule, _)) = speaks else { return };
    let signers = cell::signers(scorer.facts, fact);
    let count = signers.len();
    let place = signers.iter().position(|unit| *unit == glance.view.ix).unwrap_or(0);
    let whole = part.points;
    // What adds nothing to its item brings nothing to anyone, whatever the shares are.
    let shared = match &rule.body.how {
        _ if whole.is_zero() => return,
        Sharing::Full => None,
        Sharing::Equal if count < 2 => None,
        Sharing::Equal => {
            Points::fraction(1, count as i64).map(|part| (whole * part, format!("由 {count} 个单位平分")))
        }
        Sharing::InOrder(_) if count < 2 => None,
        Sharing::InOrder(parts) => {
            let present: Points = parts.iter().take(count).copied().sum();
            let own = parts.get(place).copied().unwrap_or_default().divided_by(present);
            let ratio: Vec<String> = parts.iter().take(count).map(Points::to_string).collect();
            let how = format!("按署名顺序 {} 分，本单位列第 {} 位", ratio.join(" : "), place + 1);
            own.map(|own| (whole * own, how))
        }
        Sharing::Fixed { first, others } => {
            let (points, how) = if place == 0 { (*first, "主稿单位") } else { (*others, "其他单位") };
            Some((points, format!("，{how}定额计 {points} 分")))
        }
        Sharing::Column(column) => {
            let at = Place::of(fact.table, column);
            let own = own_part(cell::cell(scorer.facts, fact, &glance.view, &at), scorer.facts, fact, &glance.view);
            match own.number() {
                Some(own) => Some((whole * own, format!("，本单位{} {own}", column.name))),
                None => {
                    part.wait(&column.name);
                    return;
                }
            }
        }
    };
    if let Some((points, how)) = shared {
        part.points = points;
        part.changes().shared = Some(Shared { whole, how });
    }
}
