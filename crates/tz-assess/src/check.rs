//! Silence is an error: what the facts hold that the scheme has no word for.

use std::collections::BTreeSet;

use jiff::civil::Date;
use tz_model::{FactId, Facts, Fault, Name, Table, UnitIx, nearest};
use tz_scheme::{
    Attribute, Base, Body, Column, ColumnKind, Condition, Count, Counted, Measured, Missing, Operand, Rule, Scheme,
    Sharing, Target,
};

use crate::cell::{self, Cell, Looked, Place, View, answer};
use crate::index::FactAt;
use crate::period::Scorer;
use crate::plan::{Plan, place};
use crate::price::each_fitting;
use crate::unit::{counts, fact_key};

/// Everything in the facts that the scheme has no price, class, group or category for, and every cell it cannot read. Until
/// these are mended, nothing should be scored. The place is the fact: `采用:12`.
pub fn unknown_names(scheme: &Scheme, facts: &Facts) -> Vec<Fault> {
    let mut check = Check { scheme, facts, faults: Vec::new() };
    check.units();
    check.reports();
    let plan = Plan::of(scheme);
    let mut rest: Vec<Table> = Vec::new();
    for table in [Table::Adoptions, Table::Comments, Table::Events] {
        // Where a name alone decides, looking it up is enough.
        if is_plain(&plan, table) && (table != Table::Events || names_events_only(scheme)) {
            check.words(&plan, table);
        } else {
            rest.push(table);
        }
    }
    rest.extend([Table::Reports, Table::Duties].into_iter().filter(|table| prices(&plan, *table)));
    let columns = columns(scheme);
    let further = !plan.shares.is_empty() || !scheme.attributes().is_empty() || !columns.is_empty();
    // The duties of a scheme like the built-in one are priced in every state.
    rest.retain(|table| *table != Table::Duties || !all_answers(&plan));
    if !rest.is_empty() || further {
        let scorer = Scorer::new(scheme, facts, []);
        for table in rest {
            check.priced(&scorer, table);
        }
        check.cells(&scorer, &columns);
        check.shares(&scorer);
    }
    check.faults
}

/// True if a rule looks at the title of an item received (标题), or a line may show one. Where this is false, the results are
/// the same without titles.
pub fn looks_at_titles(scheme: &Scheme) -> bool {
    // A line that rests on an item received quotes its title.
    let shown = |rule: &Rule| match &rule.body {
        Body::Facts(facts) => facts.table == Table::Reports,
        Body::Multiply(_) => true,
        _ => false,
    };
    let mut named = false;
    let mut see = |_: Option<Table>, column: &Column| named |= &*column.name == "标题";
    for rule in scheme.rules() {
        for (table, when) in counted(rule).into_iter().chain(weighed(rule)) {
            see_all(Some(table), when, &mut see);
        }
    }
    named || scheme.rules().iter().any(shown) || scheme.attributes().iter().any(|known| &*known.name == "标题")
}

struct Check<'a> {
    scheme: &'a Scheme,
    facts: &'a Facts,
    faults: Vec<Fault>,
}

/// True if every rule on the table prices by its name alone, for every unit, in the ledger that ranks.
fn is_plain(plan: &Plan<'_>, table: Table) -> bool {
    let more = (1..=plan.clocks.len()).any(|clock| !plan.pricing(table, clock as u8).rules.is_empty());
    let rules = &plan.pricing(table, 0).rules;
    !more
        && rules.iter().all(|rule| rule.is_plain())
        && (!rules.is_empty() || table == Table::Events)
        && (table == Table::Events || plan.boosts.is_empty() && plan.vetoes.is_empty())
}

/// True if events are named by prices, yearly rules and outcomes only.
fn names_events_only(scheme: &Scheme) -> bool {
    scheme.rules().iter().all(|rule| counted(rule).iter().all(|(table, _)| *table != Table::Events))
}

fn prices(plan: &Plan<'_>, table: Table) -> bool {
    (0..=plan.clocks.len()).any(|clock| !plan.pricing(table, clock as u8).rules.is_empty())
}

fn all_answers(plan: &Plan<'_>) -> bool {
    let pricing = plan.pricing(Table::Duties, 0);
    is_plain(plan, Table::Duties)
        && tz_scheme::Answer::ALL.iter().all(|answer| !pricing.rows_named(answer.name()).is_empty())
}

/// The facts that a rule counts or that void points, with their conditions.
fn counted(rule: &Rule) -> Vec<(Table, &[Condition])> {
    let of = |counted: &'_ Counted| -> Table { counted.table };
    match &rule.body {
        Body::Quota(quota) => quota
            .needs
            .iter()
            .flat_map(|need| match &need.count {
                Count::Facts(one) => vec![(of(one), &*one.when)],
                Count::Points(_) => Vec::new(),
                Count::Rate(one, over) => vec![(of(one), &*one.when), (of(over), &*over.when)],
            })
            .collect(),
        Body::Veto(veto) => vec![(veto.table, &*veto.when)],
        Body::Threshold(threshold) => match &threshold.of {
            Measured::Facts(one) => vec![(of(one), &*one.when)],
            Measured::Total | Measured::Sum(_) | Measured::Lines(_) | Measured::Rank | Measured::Progress => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The conditions by which a rule weighs what it counts.
fn weighed(rule: &Rule) -> Vec<(Table, &[Condition])> {
    fn of(counted: &Counted) -> Vec<(Table, &[Condition])> {
        counted.weights.iter().map(|(when, _)| (counted.table, &**when)).collect()
    }
    match &rule.body {
        Body::Quota(quota) => quota
            .needs
            .iter()
            .flat_map(|need| match &need.count {
                Count::Facts(one) => of(one),
                Count::Points(_) => Vec::new(),
                Count::Rate(one, over) => [of(one), of(over)].concat(),
            })
            .collect(),
        Body::Threshold(threshold) => match &threshold.of {
            Measured::Facts(one) => of(one),
            Measured::Total | Measured::Sum(_) | Measured::Lines(_) | Measured::Rank | Measured::Progress => Vec::new(),
        },
        _ => Vec::new(),
    }
}

impl Check<'_> {
    fn known(&mut self, table: Table, key: &str, what: &str, given: &Name, known: &[&Name]) {
        if place(known.iter().copied(), given).is_none() {
            let hint = match nearest(given, known.iter().map(|name| &***name)) {
                Some(name) => format!("是不是“{name}”？"),
                None if known.is_empty() => "请更正这一行，或在计分办法里补上。".to_owned(),
                None => format!("可以写：{}。", known.iter().map(|name| &***name).collect::<Vec<_>>().join("、")),
            };
            let place = FactId { table, key: key.into() }.to_string();
            self.faults.push(Fault::new(place, format!("计分办法里没有名为“{given}”的{what}。{hint}")));
        }
    }

    fn fault(&mut self, fact: FactAt, sentence: String) {
        let place = FactId { table: fact.table, key: fact_key(self.facts, fact).into() }.to_string();
        self.faults.push(Fault::new(place, sentence));
    }

    fn units(&mut self) {
        let (scheme, facts) = (self.scheme, self.facts);
        let classes: Vec<&Name> = scheme.classes().iter().map(|class| &class.name).collect();
        let groups: Vec<&Name> = scheme.groups().iter().collect();
        for unit in &facts.units {
            // A scheme without classes, or without groups, asks for none.
            if !classes.is_empty() {
                self.known(Table::Units, &unit.name, "类别", &unit.class, &classes);
                unit.earlier.iter().for_each(|was| self.known(Table::Units, &unit.name, "类别", &was.class, &classes));
            }
            if !groups.is_empty() {
                self.known(Table::Units, &unit.name, "排名组", &unit.group, &groups);
                unit.earlier.iter().for_each(|was| self.known(Table::Units, &unit.name, "排名组", &was.group, &groups));
            }
        }
    }

    fn reports(&mut self) {
        let (scheme, facts) = (self.scheme, self.facts);
        let categories: Vec<&Name> = scheme.categories().iter().map(|category| &category.name).collect();
        if !categories.is_empty() {
            for report in &facts.reports {
                self.known(Table::Reports, &report.key, "信息类别", &report.category, &categories);
            }
        }
    }

    fn words(&mut self, plan: &Plan<'_>, table: Table) {
        let facts = self.facts;
        let mut names: Vec<&Name> = plan.pricing(table, 0).names().collect();
        match table {
            Table::Adoptions => {
                for fact in &facts.adoptions {
                    self.known(table, &fact.key, "采用方式", &fact.kind, &names);
                }
            }
            Table::Comments => {
                for fact in &facts.comments {
                    self.known(table, &fact.key, "批示层级", &fact.level, &names);
                }
            }
            Table::Events => {
                let named = self.scheme.event_kinds();
                names.extend(named.iter().filter(|name| !plan.pricing(table, 0).names().any(|known| known == *name)));
                for fact in &facts.events {
                    self.known(table, &fact.key, "事项", &fact.kind, &names);
                }
            }
            Table::Units | Table::Reports | Table::Duties => {}
        }
    }

    /// Facts that no rule prices, one by one, for each of their units.
    fn priced(&mut self, scorer: &Scorer<'_>, table: Table) {
        let facts = self.facts;
        let count = match table {
            Table::Units => 0,
            Table::Reports => facts.reports.len(),
            Table::Adoptions => facts.adoptions.len(),
            Table::Comments => facts.comments.len(),
            Table::Duties => facts.duties.len(),
            Table::Events => facts.events.len(),
        };
        for at in 0..count {
            if table == Table::Reports && !counts(&facts.reports[at]) {
                continue;
            }
            let fact = FactAt::new(table, at);
            for unit in cell::signers(facts, fact) {
                // One fault a fact: its other units mostly have the same.
                if unit.index() < facts.units.len() && self.priced_for(scorer, fact, unit) {
                    break;
                }
            }
        }
    }

    /// True if there was a fault.
    fn priced_for(&mut self, scorer: &Scorer<'_>, fact: FactAt, unit: UnitIx) -> bool {
        let plan = &scorer.plan;
        let looked = looked(scorer, fact, unit);
        let word = looked.cell(&Place::Word).shown();
        let (mut let_in, mut priced, mut known) = (false, false, false);
        let mut empty: Option<Name> = None;
        for clock in 0..=plan.clocks.len() {
            let pricing = plan.pricing(fact.table, u8::try_from(clock).expect("a scheme has few days to go by"));
            // By another day than its own, a fact is looked at only where the cell is filled.
            if clock > 0 && looked.cell(&plan.clocks[clock - 1].1).day().is_none() {
                continue;
            }
            let rows = match fact.table {
                Table::Duties => pricing.rows_named(answer(&self.facts.duties[fact.index()]).name()),
                _ => pricing.rows_named(&word),
            };
            known |= !rows.is_empty();
            let_in |=
                pricing.rules.iter().any(|rule| rule.applies(scorer, looked.view) && looked.holds_all(&rule.tests));
            each_fitting(scorer, &looked, pricing, rows, |row| {
                let main = plan.item(row.item).ledger == 0;
                priced |= main || matches!(fact.table, Table::Reports | Table::Duties);
                if let Some((place, name)) = &row.times
                    && *place != Place::Count
                    && looked.cell(place).number().is_none()
                    && plan.missing(fact.table, name) == Missing::Absent
                {
                    empty = Some((*name).clone());
                }
            });
        }
        if let Some(column) = empty {
            let sentence = format!(
                "“{column}”没有填写，或者不是数，无法计分。请补上；如果数额还没有确定，请在计分办法里声明该列可以未定。"
            );
            self.fault(fact, sentence);
            return true;
        }
        let must = match fact.table {
            Table::Adoptions | Table::Comments => true,
            Table::Events => true,
            Table::Reports | Table::Duties => let_in,
            Table::Units => false,
        };
        if priced || !must || self.spoken_of(scorer, &looked) {
            return false;
        }
        let what = match fact.table {
            Table::Adoptions => "采用方式",
            Table::Comments => "批示层级",
            Table::Events => "事项",
            Table::Duties => "完成情况",
            Table::Reports | Table::Units => "信息类别",
        };
        let names: Vec<&Name> = plan.pricing(fact.table, 0).names().collect();
        if !known && !names.is_empty() && !let_in_by_others(plan, fact.table) {
            let key = fact_key(self.facts, fact);
            self.known(fact.table, key, what, &Name::from(word.as_str()), &names);
            return true;
        }
        let unit = &self.facts.units[unit.index()].name;
        self.fault(fact, format!(
            "计分办法里没有一条规则给这一条计分（单位{unit}，{what}“{word}”）。请更正这一行，或在计分办法里写明它值多少分，不计分的写 0。"
        ));
        true
    }

    /// True if something else than a price speaks of a fact: an event that is asked for, what multiplies or voids.
    fn spoken_of(&self, scorer: &Scorer<'_>, looked: &Looked<'_>) -> bool {
        let table = looked.fact.table;
        let named = table == Table::Events && {
            let kind = &self.facts.events[looked.fact.index()].kind;
            self.scheme.rules().iter().any(|rule| match &rule.body {
                Body::Yearly(yearly) => yearly.event == *kind,
                Body::BestInGroup(best) => best.needs.contains(kind) || best.barred.contains(kind),
                _ => false,
            })
        };
        let counts = |rule: &Rule| {
            counted(rule).iter().any(|(of, when)| {
                *of == table
                    && (table == Table::Events || matches!(rule.body, Body::Veto(_)))
                    && !when.is_empty()
                    && looked.holds_all(&crate::cell::Test::all(table, when))
            })
        };
        let boosts = scorer.plan.boosts.iter().any(|(rule, tests)| match &rule.body.base {
            Base::Item { table: of, .. } => *of == table && looked.holds_all(tests),
            Base::Use { .. } => false,
        });
        named || boosts || self.scheme.rules().iter().any(counts)
    }

    /// Cells that are not what their column holds.
    fn cells(&mut self, scorer: &Scorer<'_>, columns: &BTreeSet<(Table, Column)>) {
        for (table, column) in columns {
            let place = Place::named(*table, &column.name);
            self.each(*table, |check, fact| {
                let cell = check.cell(scorer, fact, &place);
                let parts: Vec<Cell<'_>> = match &cell {
                    Cell::Text(all) => all
                        .split(['、', ',', '，', ';', '；'])
                        .map(|part| Cell::Text(part.trim().to_owned().into()))
                        .collect(),
                    other => vec![other.clone()],
                };
                let wrong = |cell: &Cell<'_>| match column.kind {
                    ColumnKind::Name => None,
                    ColumnKind::Number => cell.number().is_none().then_some("数，例如 3、2.5、1/3"),
                    ColumnKind::Date => cell.day().is_none().then_some("日期，例如 2018-06-04"),
                    ColumnKind::YesNo => (!["是", "否"].contains(&&*cell.shown())).then_some("“是”或“否”"),
                };
                if !cell.is_empty()
                    && let Some(wanted) = parts.iter().find_map(wrong)
                {
                    check.fault(fact, format!("“{}”一列的“{}”不是{wanted}。请更正。", column.name, cell.shown()));
                }
            });
        }
        for attribute in scorer.plan.scheme.attributes() {
            let place = Place::named(attribute.table, &attribute.name);
            self.each(attribute.table, |check, fact| {
                let cell = check.cell(scorer, fact, &place);
                if let Some(sentence) = refused(attribute, &cell) {
                    check.fault(fact, sentence);
                }
            });
        }
    }

    fn cell(&self, scorer: &Scorer<'_>, fact: FactAt, place: &Place) -> Cell<'static> {
        let unit = match fact.table {
            Table::Units => Some(UnitIx::at(fact.index())),
            _ => cell::units(self.facts, fact).first().copied(),
        };
        let Some(unit) = unit.filter(|unit| unit.index() < self.facts.units.len()) else { return Cell::Empty };
        match looked(scorer, fact, unit).cell(place) {
            Cell::Text(text) => Cell::Text(text.into_owned().into()),
            Cell::Number(number) => Cell::Number(number),
            Cell::Day(day) => Cell::Day(day),
            Cell::Empty => Cell::Empty,
        }
    }

    fn each(&mut self, table: Table, mut look: impl FnMut(&mut Self, FactAt)) {
        let facts = self.facts;
        let count = match table {
            Table::Units => facts.units.len(),
            Table::Reports => facts.reports.len(),
            Table::Adoptions => facts.adoptions.len(),
            Table::Comments => facts.comments.len(),
            Table::Duties => facts.duties.len(),
            Table::Events => facts.events.len(),
        };
        (0..count).for_each(|at| look(self, FactAt::new(table, at)));
    }

    /// More units than a scheme has parts for, and parts that are not there.
    fn shares(&mut self, scorer: &Scorer<'_>) {
        for (rule, tests) in &scorer.plan.shares {
            for table in scorer.plan.tables(&rule.of) {
                self.each(table, |check, fact| {
                    let signers = cell::signers(check.facts, fact);
                    let Some(first) = signers.first().filter(|first| first.index() < check.facts.units.len()) else {
                        return;
                    };
                    let looked = looked(scorer, fact, *first);
                    if !looked.holds_all(tests.of_table(table)) || !rule.applies(scorer, looked.view) {
                        return;
                    }
                    match &rule.body.how {
                        Sharing::InOrder(parts) if signers.len() > parts.len() => check.fault(
                            fact,
                            format!(
                                "署名单位有 {} 个，计分办法只写了前 {} 个怎样分摊。请更正单位，或在计分办法里补上。",
                                signers.len(),
                                parts.len()
                            ),
                        ),
                        Sharing::Column(column) => {
                            let own =
                                cell::own_part(looked.cell(&Place::of(table, column)), check.facts, fact, &looked.view);
                            if own.number().is_none() && scorer.plan.missing(table, &column.name) != Missing::Waiting {
                                check.fault(fact, format!(
                                    "“{}”没有写明各单位的份额。请为 {} 个单位各写一个数，用顿号分开，或只写一个数。",
                                    column.name, signers.len()
                                ));
                            }
                        }
                        Sharing::InOrder(_) | Sharing::Full | Sharing::Equal | Sharing::Fixed { .. } => {}
                    }
                });
            }
        }
    }
}

fn let_in_by_others(plan: &Plan<'_>, table: Table) -> bool {
    (0..=plan.clocks.len()).any(|clock| !plan.pricing(table, clock as u8).others.is_empty())
}

/// What a declared column does not allow.
fn refused(attribute: &Attribute, cell: &Cell<'_>) -> Option<String> {
    let name = &attribute.name;
    if cell.is_empty() {
        return (attribute.missing == Missing::Fault).then(|| format!("“{name}”没有填写。计分办法要求必填，请补上。"));
    }
    let shown = cell.shown();
    if attribute.kind == ColumnKind::Name && !attribute.values.is_empty() {
        let known = attribute.values.iter().any(|value| **value == *shown);
        return (!known).then(|| {
            let hint = match nearest(&shown, attribute.values.iter().map(|value| &**value)) {
                Some(near) => format!("是不是“{near}”？"),
                None => {
                    let all: Vec<&str> = attribute.values.iter().map(|value| &**value).collect();
                    format!("可以写：{}。", all.join("、"))
                }
            };
            format!("“{name}”一列不能写“{shown}”。{hint}")
        });
    }
    let (least, most) = attribute.range?;
    let number = cell.number()?;
    (number < least || number > most)
        .then(|| format!("“{name}”一列的 {number} 不在 {least} 至 {most} 之间。请更正，或修改计分办法里的范围。"))
}

/// A fact as one of its units has it; whether other facts of the item stand is taken as it would be best.
fn looked<'a>(scorer: &'a Scorer<'_>, fact: FactAt, unit: UnitIx) -> Looked<'a> {
    let view = View::now(scorer.facts, unit);
    let (opens, end) = (Date::ZERO, Date::ZERO);
    Looked { facts: scorer.facts, index: &scorer.index, fact, view, opens, end, as_of: Date::MAX, at_best: true }
}

/// Every further column some rule reads as a number, day or 是否, by table.
fn columns(scheme: &Scheme) -> BTreeSet<(Table, Column)> {
    let mut all: BTreeSet<(Table, Column)> = BTreeSet::new();
    let mut see = |table: Option<Table>, column: &Column| {
        let tables = match (column.of_unit, table) {
            (true, _) => vec![Table::Units],
            (false, Some(table)) => vec![table],
            (false, None) => Table::ALL[1..].to_vec(),
        };
        for table in tables {
            let further = matches!(Place::named(table, &column.name), Place::Extra(_) | Place::Order)
                || matches!(Place::named(table, &column.name), Place::Unit(crate::cell::UnitPlace::Extra(_)));
            if further && column.kind != ColumnKind::Name {
                all.insert((table, Column { of_unit: false, ..column.clone() }));
            }
        }
    };
    for attribute in scheme.attributes() {
        let column = Column { of_unit: false, name: attribute.name.clone(), kind: attribute.kind };
        see(Some(attribute.table), &column);
    }
    for rule in scheme.rules() {
        see_all(Some(Table::Units), &rule.whom.when, &mut see);
        match &rule.body {
            Body::Facts(facts) => {
                see_all(Some(facts.table), &facts.when, &mut see);
                facts.day.iter().for_each(|column| see(Some(facts.table), column));
                for price in &facts.prices {
                    see_all(Some(facts.table), &price.when, &mut see);
                    price.times.iter().for_each(|column| see(Some(facts.table), column));
                }
            }
            Body::Multiply(multiply) => {
                let (table, when) = match &multiply.base {
                    Base::Use { when } => (None, when),
                    Base::Item { table, when, .. } => (Some(*table), when),
                };
                see_all(table, when, &mut see);
                multiply.times.iter().for_each(|column| see(table, column));
            }
            Body::Share(share) => {
                see_all(None, &share.when, &mut see);
                if let Sharing::Column(column) = &share.how {
                    see(None, column);
                }
            }
            Body::Quota(quota) => {
                for need in &quota.needs {
                    if let Target::Column(column, _) = &need.target {
                        see(Some(Table::Units), column);
                    }
                }
            }
            _ => {}
        }
        for (table, when) in counted(rule) {
            see_all(Some(table), when, &mut see);
        }
    }
    all
}

fn see_all(table: Option<Table>, conditions: &[Condition], see: &mut impl FnMut(Option<Table>, &Column)) {
    for condition in conditions {
        match condition {
            Condition::Is { column, .. } | Condition::Has { column, .. } => see(table, column),
            Condition::Compare { column, with, .. } => {
                see(table, column);
                if let Operand::Column(other) = with {
                    see(table, other);
                }
            }
            Condition::Any(all) => see_all(table, all, see),
            Condition::Linked { .. } | Condition::ReceivedInPeriod { .. } => {}
        }
    }
}
