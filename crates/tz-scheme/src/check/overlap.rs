//! Rules that say two things of the same points.

use std::collections::BTreeMap;

use tz_model::Name;

use crate::mechanism::{Body, Condition};
use crate::read::{Context, Drafted, implies};

pub(crate) fn check(context: &mut Context<'_>, rules: &[Drafted]) {
    combined_twice(context, rules);
    hidden_shares(context, rules);
}

/// Lines that two rules combine, each in its way.
fn combined_twice(context: &mut Context<'_>, rules: &[Drafted]) {
    let mut seen: BTreeMap<Name, &Name> = BTreeMap::new();
    for drafted in rules {
        let Body::Combine(rule) = &drafted.rule.body else { continue };
        let lines = context.outline.lines(&rule.of);
        let twice = lines.iter().find_map(|line| Some((line, *seen.get(line)?)));
        if let Some((line, other)) = twice {
            let sentence =
                format!("“{line}”已由规则“{other}”合并，不能再由“{}”合并一次。请删去一处。", drafted.rule.id);
            context.reader.fault(drafted.place("of"), sentence);
        }
        seen.extend(lines.into_iter().map(|line| (line, &drafted.rule.id)));
    }
}

/// Shares that an earlier share always takes the facts from.
fn hidden_shares(context: &mut Context<'_>, rules: &[Drafted]) {
    let mut before: Vec<(&Drafted, Vec<Name>, &[Condition])> = Vec::new();
    for drafted in rules {
        let Body::Share(rule) = &drafted.rule.body else { continue };
        let lines = context.outline.lines(&rule.of);
        let hider = before.iter().find(|(earlier, taken, when)| {
            earlier.rule.whom == drafted.rule.whom
                && lines.iter().all(|line| taken.contains(line))
                && when.iter().all(|condition| rule.when.iter().any(|given| implies(given, condition)))
        });
        if let Some((earlier, _, _)) = hider {
            let sentence =
                format!("这一条分摊永远轮不到：它所指的都先归了规则“{}”。请调整次序，或改正条件。", earlier.rule.id);
            context.reader.fault(drafted.place("of"), sentence);
        }
        before.push((drafted, lines, &rule.when));
    }
}
