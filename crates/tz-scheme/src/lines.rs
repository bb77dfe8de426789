//! What lines a rule makes: their names, and the rule ids they carry.

use tz_model::Name;

use crate::mechanism::{Base, Body, QuotaRule, Rule, Stage, Worth};

impl Rule {
    /// The stage the rule runs in.
    pub fn stage(&self) -> Stage {
        match &self.body {
            Body::Facts(_) => Stage::Price,
            Body::Multiply(rule) => match rule.base {
                Base::Use { .. } => Stage::Adjust,
                Base::Item { .. } => Stage::Combine,
            },
            Body::Combine(_) => Stage::Combine,
            Body::Share(_) => Stage::Share,
            Body::Start(_) | Body::Quota(_) | Body::Yearly(_) => Stage::Unit,
            Body::Cap(_) | Body::Floor(_) => Stage::Limit,
            Body::Veto(_) => Stage::Veto,
            Body::Scale(_) => Stage::Scale,
            Body::Credit(_) | Body::RollUp(_) => Stage::Credit,
            Body::LastInGroup(_) | Body::LastOfStatus(_) | Body::BestInGroup(_) | Body::Threshold(_) => Stage::Outcome,
        }
    }

    /// What its lines may be called, in the order they are listed in.
    pub fn items(&self) -> Vec<&Worth> {
        match &self.body {
            Body::Facts(rule) => rule.prices.iter().map(|price| &price.worth).collect(),
            Body::Multiply(rule) => match &rule.base {
                Base::Use { .. } => Vec::new(),
                Base::Item { item, .. } => vec![item],
            },
            Body::Start(rule) => vec![&rule.item],
            Body::Quota(rule) => rule.parts().into_iter().map(|(_, worth)| worth).collect(),
            Body::Yearly(rule) => vec![&rule.done, &rule.undone],
            Body::Cap(rule) => vec![&rule.item],
            Body::Floor(rule) => vec![&rule.item],
            Body::Veto(rule) => vec![&rule.item],
            Body::Scale(rule) => vec![&rule.item],
            Body::Credit(rule) => vec![&rule.item],
            Body::RollUp(rule) => vec![&rule.item],
            Body::Combine(_)
            | Body::Share(_)
            | Body::LastInGroup(_)
            | Body::LastOfStatus(_)
            | Body::BestInGroup(_)
            | Body::Threshold(_) => Vec::new(),
        }
    }

    /// What the lines of each of its [`items`](Self::items) name as their rule: its id, or for a quota its id and the part:
    /// `quota-short`.
    pub fn line_rules(&self) -> Vec<Name> {
        match &self.body {
            Body::Quota(rule) => {
                rule.parts().into_iter().map(|(part, _)| format!("{}-{part}", self.id).into()).collect()
            }
            Body::Facts(_)
            | Body::Multiply(_)
            | Body::Combine(_)
            | Body::Share(_)
            | Body::Start(_)
            | Body::Yearly(_)
            | Body::Cap(_)
            | Body::Floor(_)
            | Body::Veto(_)
            | Body::Scale(_)
            | Body::Credit(_)
            | Body::RollUp(_)
            | Body::LastInGroup(_)
            | Body::LastOfStatus(_)
            | Body::BestInGroup(_)
            | Body::Threshold(_) => vec![self.id.clone(); self.items().len()],
        }
    }
}

impl QuotaRule {
    /// The parts it has, each with its line: met, over, short, unmet, proportion, step (one for each row), void, in this
    /// order.
    pub fn parts(&self) -> Vec<(&'static str, &Worth)> {
        let once = [
            ("met", self.met.as_ref()),
            ("over", self.over.as_ref().map(|each| &each.worth)),
            ("short", self.short.as_ref().map(|each| &each.worth)),
            ("unmet", self.unmet.as_ref()),
            ("proportion", self.proportion.as_ref().map(|proportion| &proportion.worth)),
        ];
        let steps = self.steps.iter().map(|(_, worth)| ("step", worth));
        let void = self.void.iter().map(|void| ("void", &void.item));
        once.into_iter().filter_map(|(part, worth)| Some((part, worth?))).chain(steps).chain(void).collect()
    }
}
