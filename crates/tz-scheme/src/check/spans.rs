//! Spans that do not go with the scheme's periods.

use crate::calendar::{Calendar, Every};
use crate::mechanism::Body;
use crate::read::{Context, Drafted};

pub(crate) fn check(context: &mut Context<'_>, rules: &[Drafted], calendar: &Calendar) {
    for drafted in rules {
        let span = match &drafted.rule.body {
            Body::Start(rule) => rule.span,
            Body::Quota(rule) => rule.span,
            Body::Cap(rule) => rule.span,
            Body::Floor(rule) => rule.span,
            Body::Veto(rule) => rule.span,
            Body::Scale(rule) => rule.span,
            Body::LastInGroup(rule) => rule.span,
            Body::BestInGroup(rule) => rule.span,
            Body::Threshold(rule) => rule.span,
            Body::Credit(rule) => rule.span,
            Body::RollUp(rule) => rule.span,
            Body::Facts(_)
            | Body::Multiply(_)
            | Body::Combine(_)
            | Body::Share(_)
            | Body::Yearly(_)
            | Body::LastOfStatus(_) => continue,
        };
        if !calendar.divides(span) {
            let what = match calendar.every() {
                Every::Months(_) => "各期的月份跨过了它的末尾",
                Every::Month | Every::Quarter | Every::HalfYear | Every::Year => "比本办法的计分周期还短",
            };
            let sentence = format!("“{}”（span）{what}，无法单独计算。请改用更长的一段。", span.chinese());
            context.reader.fault(drafted.place("span"), sentence);
        }
    }
}
