//! What only the whole file can show: prices that are never reached or missing, limits that contradict each other, rules
//! that overlap. Runs on rules that were read without a fault.

mod limits;
mod overlap;
mod prices;
mod spans;

use crate::calendar::Calendar;
use crate::mechanism::{Body, Target};
use crate::read::{Context, Drafted};
use crate::scheme::Class;

/// Checks a file as a whole.
pub(crate) fn whole(context: &mut Context<'_>, rules: &[Drafted], classes: &[Class], calendar: Option<&Calendar>) {
    prices::check(context, rules);
    overlap::check(context, rules);
    limits::check(context, rules);
    if let Some(calendar) = calendar {
        spans::check(context, rules, calendar);
    }
    tasks(context, rules, classes);
}

/// A class's task that no rule counts against, and a rule that counts against tasks no class has.
fn tasks(context: &mut Context<'_>, rules: &[Drafted], classes: &[Class]) {
    let counts = |drafted: &&Drafted| match &drafted.rule.body {
        Body::Quota(quota) => quota.needs.iter().any(|need| need.target == Target::Class),
        _ => false,
    };
    let with_task = classes.iter().find(|class| class.quota.total.is_some());
    match (rules.iter().find(counts), with_task) {
        (None, Some(class)) => {
            let at = context.classes.place(&class.name).unwrap_or_default();
            let sentence = format!(
                "类别“{}”有任务（total），却没有一条 kind = \"quota\" 的规则按类别的任务计分。请补上规则，或删去 total。",
                class.name
            );
            context.reader.fault(at, sentence);
        }
        (Some(drafted), None) => {
            let sentence =
                "本条按类别的任务（class 的 total）计分，却没有一个类别写了任务。请给类别写 total，或在本条写 target。";
            context.reader.fault(drafted.at, sentence);
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
}
