//! What a scheme reads of the facts: which names its columns may hold, and which further columns it looks at.

use tz_model::{Name, Table};

use crate::columns::{FORMS, built_in, looked_up_by};
use crate::mechanism::{
    Attribute, Base, Body, Column, ColumnKind, Condition, Count, Counted, Measure, Measured, Missing, Operand, Rule,
    Sharing, Target,
};
use crate::scheme::Scheme;

impl Scheme {
    /// The names that the column a table is looked up by may hold (采用方式, 批示层级, 事项), in printed order. Empty where the
    /// scheme does not list them, so that any may stand: no rule of the table looks prices up by it.
    pub fn names_in(&self, table: Table) -> Vec<Name> {
        let Some(by) = looked_up_by(table) else { return Vec::new() };
        let mut names: Vec<Name> = Vec::new();
        let mut add = |name: &Name| {
            if !names.contains(name) {
                names.push(name.clone());
            }
        };
        let mut listed = true;
        for rule in self.rules() {
            match &rule.body {
                Body::Facts(facts) if facts.table == table => {
                    let by_name = facts.by.as_ref().is_some_and(|column| &*column.name == by);
                    if by_name {
                        facts.prices.iter().flat_map(|price| &price.of).for_each(&mut add);
                    }
                    // A rule that takes facts of any name, and whose points rank.
                    listed &= by_name || rule.ledger.is_some() || facts.when.iter().any(|when| names_column(when, by));
                }
                Body::Yearly(yearly) if table == Table::Events => add(&yearly.event),
                Body::BestInGroup(best) if table == Table::Events => {
                    best.needs.iter().chain(&best.barred).for_each(&mut add);
                }
                _ => {}
            }
            for (of, condition) in conditions(rule) {
                if of == table {
                    named(condition, by, &mut add);
                }
            }
        }
        if listed { names } else { Vec::new() }
    }

    /// Forms of use (形式) that may be stated.
    pub fn forms(&self) -> Vec<Name> {
        match self.attribute(Table::Adoptions, "形式").filter(|declared| !declared.values.is_empty()) {
            Some(declared) => declared.values.clone(),
            None => FORMS.iter().map(|form| Name::from(*form)).collect(),
        }
    }

    /// Columns beyond the basic ones of the tables that the scheme declares or looks at, each once.
    pub fn further_columns(&self) -> Vec<Attribute> {
        let mut all: Vec<Attribute> = Vec::new();
        let basic = |table: Table, name: &str| built_in(table).iter().any(|known| known.basic && known.name == name);
        let declared = self.attributes().iter().filter(|declared| !basic(declared.table, &declared.name));
        all.extend(declared.cloned());
        for (table, column) in self.rules().iter().flat_map(columns) {
            let table = if column.of_unit { Table::Units } else { table };
            let known = built_in(table).iter().find(|known| !known.basic && *known.name == *column.name);
            let Some(known) = known else { continue };
            if all.iter().any(|other| other.table == table && other.name == column.name) {
                continue;
            }
            all.push(Attribute {
                table,
                name: column.name.clone(),
                kind: column.kind,
                values: known.values.iter().map(|value| Name::from(*value)).collect(),
                range: None,
                missing: Missing::Absent,
            });
        }
        all
    }
}

/// True if the condition says which names a column holds.
fn names_column(condition: &Condition, column: &str) -> bool {
    let mut found = false;
    named(condition, column, &mut |_| found = true);
    found
}

/// The names a condition asks a column for.
fn named(condition: &Condition, of: &str, see: &mut impl FnMut(&Name)) {
    match condition {
        Condition::Is { column, values, not: false } if !column.of_unit && &*column.name == of => {
            values.iter().for_each(see)
        }
        Condition::Any(any) => any.iter().for_each(|one| named(one, of, see)),
        Condition::Is { .. }
        | Condition::Compare { .. }
        | Condition::Has { .. }
        | Condition::Linked { .. }
        | Condition::ReceivedInPeriod { .. } => {}
    }
}

/// Every condition of a rule on facts of a certain table. Conditions on uses that other rules price are not here: their
/// table is the other rule's.
fn conditions(rule: &Rule) -> Vec<(Table, &Condition)> {
    let mut all: Vec<(Table, &Condition)> = rule.whom.when.iter().map(|when| (Table::Units, when)).collect();
    match &rule.body {
        Body::Facts(facts) => {
            let rows = facts.prices.iter().flat_map(|price| &price.when);
            all.extend(facts.when.iter().chain(rows).map(|when| (facts.table, when)));
        }
        Body::Multiply(multiply) => {
            if let Base::Item { table, when, .. } = &multiply.base {
                all.extend(when.iter().map(|when| (*table, when)));
            }
        }
        Body::Quota(quota) => {
            for need in &quota.needs {
                match &need.count {
                    Count::Facts(one) => all.extend(counted_conditions(one)),
                    Count::Rate(one, other) => {
                        all.extend(counted_conditions(one));
                        all.extend(counted_conditions(other));
                    }
                    Count::Points(_) => {}
                }
            }
        }
        Body::Veto(veto) => all.extend(veto.when.iter().map(|when| (veto.table, when))),
        Body::Threshold(threshold) => {
            if let Measured::Facts(one) = &threshold.of {
                all.extend(counted_conditions(one));
            }
        }
        Body::Combine(_)
        | Body::Share(_)
        | Body::Start(_)
        | Body::Yearly(_)
        | Body::Cap(_)
        | Body::Floor(_)
        | Body::Scale(_)
        | Body::Credit(_)
        | Body::RollUp(_)
        | Body::LastInGroup(_)
        | Body::LastOfStatus(_)
        | Body::BestInGroup(_) => {}
    }
    all
}

fn counted_conditions(counted: &Counted) -> impl Iterator<Item = (Table, &Condition)> {
    let weights = counted.weights.iter().flat_map(|(when, _)| when);
    counted.when.iter().chain(weights).map(|when| (counted.table, when))
}

/// Every column a rule looks at, with the table it stands in; for uses that other rules price, the table 采用 and 批示 both.
fn columns(rule: &Rule) -> Vec<(Table, Column)> {
    let mut all: Vec<(Table, Column)> = Vec::new();
    for (table, condition) in conditions(rule) {
        of_condition(condition, &mut |column| all.push((table, column.clone())));
    }
    let mut uses = |column: &Column| {
        all.extend([Table::Adoptions, Table::Comments].map(|table| (table, column.clone())));
    };
    match &rule.body {
        Body::Multiply(multiply) => {
            multiply.times.iter().for_each(&mut uses);
            if let Base::Use { when } = &multiply.base {
                when.iter().for_each(|when| of_condition(when, &mut uses));
            }
        }
        Body::Share(share) => {
            share.when.iter().for_each(|when| of_condition(when, &mut uses));
            if let Sharing::Column(column) = &share.how {
                // A cell may hold one number for each unit, so it is no number to the readers of tables.
                uses(&Column { kind: ColumnKind::Name, ..column.clone() });
            }
        }
        Body::Facts(facts) => {
            let times = facts.prices.iter().filter_map(|price| price.times.as_ref());
            all.extend(facts.day.iter().chain(times).map(|column| (facts.table, column.clone())));
        }
        Body::Quota(quota) => {
            let targets = quota.needs.iter().map(|need| &need.target);
            all.extend(targets.filter_map(target).map(|column| (Table::Units, column.clone())));
        }
        Body::Scale(scale) => {
            if let Measure::Target(of) = &scale.measure {
                all.extend(target(of).map(|column| (Table::Units, column.clone())));
            }
        }
        Body::Combine(_)
        | Body::Start(_)
        | Body::Yearly(_)
        | Body::Cap(_)
        | Body::Floor(_)
        | Body::Veto(_)
        | Body::Credit(_)
        | Body::RollUp(_)
        | Body::LastInGroup(_)
        | Body::LastOfStatus(_)
        | Body::BestInGroup(_)
        | Body::Threshold(_) => {}
    }
    all
}

fn target(target: &Target) -> Option<&Column> {
    match target {
        Target::Column(column, _) => Some(column),
        Target::Class | Target::Number(_) | Target::ByClass(_) => None,
    }
}

fn of_condition(condition: &Condition, see: &mut impl FnMut(&Column)) {
    match condition {
        Condition::Is { column, .. } | Condition::Has { column, .. } => see(column),
        Condition::Compare { column, with, .. } => {
            see(column);
            if let Operand::Column(other) = with {
                see(other);
            }
        }
        Condition::Any(any) => any.iter().for_each(|one| of_condition(one, see)),
        Condition::Linked { .. } | Condition::ReceivedInPeriod { .. } => {}
    }
}
