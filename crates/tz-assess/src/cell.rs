//! What a rule can read of a fact: its columns, and the conditions on them.
//!
//! A column is found once, when the scheme is made ready ([`Place`]); reading it is then no search by name, except for
//! columns the tables do not know.

use std::borrow::Cow;

use jiff::civil::Date;
use tz_model::{Extra, Facts, Name, Period, Points, Stage, Table, Unit, UnitIx, UnitPeriod, parse_date};
use tz_scheme::{Answer, Column, ColumnKind, Comparison, Condition, Operand};

use crate::index::{FactAt, Index};

/// A unit as it is scored: where it stood in the period, which may not be where it stands now.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub ix: UnitIx,
    pub unit: &'a Unit,
    /// Where it stood then, if that was elsewhere than now.
    pub stage: Option<&'a Stage>,
    pub class: &'a str,
    pub group: &'a str,
}

impl<'a> View<'a> {
    /// A unit where it stands now.
    pub fn now(facts: &'a Facts, ix: UnitIx) -> Self {
        let unit = &facts.units[ix.index()];
        Self { ix, unit, stage: None, class: &unit.class, group: &unit.group }
    }

    /// A unit where it stood on a day.
    pub fn on(facts: &'a Facts, ix: UnitIx, day: Date) -> Self {
        match facts.units[ix.index()].stage_on(day) {
            None => Self::now(facts, ix),
            Some(stage) => {
                Self { stage: Some(stage), class: &stage.class, group: &stage.group, ..Self::now(facts, ix) }
            }
        }
    }

    /// A unit where it stands in a period: where it stood on the first day of it that the unit is scored. A change in the middle of
    /// a period takes effect with the next one (R17).
    pub fn within(facts: &'a Facts, ix: UnitIx, period: &Period) -> Self {
        let unit = &facts.units[ix.index()];
        if unit.earlier.is_empty() {
            return Self::now(facts, ix);
        }
        Self::on(facts, ix, unit.from.map_or(period.from, |from| from.max(period.from)))
    }

    /// A unit where it stands at the end of a stretch, or stood at its own.
    pub fn at_end(facts: &'a Facts, ix: UnitIx, last: Date) -> Self {
        Self::on(facts, ix, facts.units[ix.index()].to.map_or(last, |to| to.min(last)))
    }

    /// Its class and group as they were published, the rest as it stood then.
    pub fn published(facts: &'a Facts, ix: UnitIx, was: &'a UnitPeriod, period: &Period) -> Self {
        Self { class: &was.class, group: &was.group, ..Self::within(facts, ix, period) }
    }

    /// 直报点
    pub fn direct_point(&self) -> Option<&'a Name> {
        self.stage.map_or(self.unit.direct_point.as_ref(), |stage| stage.direct_point.as_ref())
    }

    /// 主管单位; nobody is its own.
    pub fn parent(&self) -> Option<&'a Name> {
        let parent = self.stage.map_or(self.unit.parent.as_ref(), |stage| stage.parent.as_ref());
        parent.filter(|parent| **parent != self.unit.name)
    }

    fn extra(&self) -> &'a Extra {
        self.stage.map_or(&self.unit.extra, |stage| &stage.extra)
    }
}

/// Where the cells of a column are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Key,
    Date,
    /// The name the table is priced by: 信息类别, 采用方式, 批示层级, 完成情况, 事项.
    Word,
    Item,
    Title,
    Channel,
    Form,
    Solicitation,
    Issue,
    Withdrawn,
    Leader,
    Answered,
    Refusal,
    Topic,
    Count,
    Note,
    /// 单位数
    Units,
    /// 署名顺序
    Order,
    Extra(Name),
    Unit(UnitPlace),
}

/// Where the cells of a column of 单位 are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UnitPlace {
    Name,
    Class,
    Group,
    DirectPoint,
    Parent,
    From,
    To,
    Extra(Name),
}

impl Place {
    /// Where a column of a table is; a column the table has not is among the further ones, and empty.
    pub fn of(table: Table, column: &Column) -> Self {
        if column.of_unit { Self::Unit(UnitPlace::of(&column.name)) } else { Self::named(table, &column.name) }
    }

    /// The same for a column of the table itself, by name.
    pub fn named(table: Table, name: &Name) -> Self {
        use Table::{Adoptions, Comments, Duties, Events, Reports, Units};
        match (table, &**name) {
            (Units, _) => Self::Unit(UnitPlace::of(name)),
            // An item received is the item.
            (Reports, "编号" | "稿件编号") | (Adoptions | Comments | Duties | Events, "编号") => Self::Key,
            (Reports, "报送日期")
            | (Adoptions, "采用日期")
            | (Comments, "批示日期")
            | (Duties, "截止日期")
            | (Events, "日期") => Self::Date,
            (Reports, "信息类别")
            | (Adoptions, "采用方式")
            | (Comments, "批示层级")
            | (Duties, "完成情况")
            | (Events, "事项") => Self::Word,
            (Adoptions | Comments, "稿件编号") => Self::Item,
            (Adoptions | Comments, "撤销日期") => Self::Withdrawn,
            (Reports, "标题") => Self::Title,
            (Reports, "渠道") => Self::Channel,
            (Adoptions, "形式") => Self::Form,
            (Adoptions, "约稿") | (Duties, "约稿编号") => Self::Solicitation,
            (Adoptions, "刊期") => Self::Issue,
            (Comments, "批示人") => Self::Leader,
            (Duties, "报送日期") => Self::Answered,
            (Duties, "结果") => Self::Refusal,
            (Duties, "题目") => Self::Topic,
            (Events, "数量") => Self::Count,
            (Events, "说明") => Self::Note,
            (_, "单位数") => Self::Units,
            (_, "署名顺序") => Self::Order,
            _ => Self::Extra(name.clone()),
        }
    }
}

impl UnitPlace {
    fn of(name: &Name) -> Self {
        match &**name {
            "单位" => Self::Name,
            "类别" => Self::Class,
            "排名组" => Self::Group,
            "直报点" => Self::DirectPoint,
            "主管单位" => Self::Parent,
            "起始日期" => Self::From,
            "截止日期" => Self::To,
            _ => Self::Extra(name.clone()),
        }
    }

    pub fn cell<'a>(&self, view: &View<'a>) -> Cell<'a> {
        match self {
            Self::Name => text(&view.unit.name),
            Self::Class => text(view.class),
            Self::Group => text(view.group),
            Self::DirectPoint => maybe(view.direct_point()),
            Self::Parent => maybe(view.parent()),
            Self::From => day(view.unit.from),
            Self::To => day(view.unit.to),
            Self::Extra(name) => further(view.extra(), name),
        }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    Number(Points),
    Day(Date),
}

fn text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(text)) }
}

fn maybe(name: Option<&Name>) -> Cell<'_> {
    name.map_or(Cell::Empty, |name| text(name))
}

fn day<'a>(day: Option<Date>) -> Cell<'a> {
    day.map_or(Cell::Empty, Cell::Day)
}

fn further<'a>(extra: &'a Extra, name: &str) -> Cell<'a> {
    extra.as_ref().and_then(|extra| extra.get(name)).map_or(Cell::Empty, |cell| text(cell.trim()))
}

impl Cell<'_> {
    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// As a number; a text that is none is empty, and a fault of its own.
    pub fn number(&self) -> Option<Points> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            Self::Empty | Self::Day(_) => None,
        }
    }

    /// As a day.
    pub fn day(&self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(*day),
            Self::Text(text) => parse_date(text).ok(),
            Self::Empty | Self::Number(_) => None,
        }
    }

    /// As a table shows it.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
        }
    }

    fn is(&self, name: &str) -> bool {
        match self {
            Self::Text(text) => text == name,
            Self::Number(number) => name.parse::<Points>().is_ok_and(|name| name == *number),
            Self::Day(day) => parse_date(name).is_ok_and(|name| name == *day),
            Self::Empty => false,
        }
    }
}

/// The units of a fact, as its cell names them.
pub(crate) fn units(facts: &Facts, fact: FactAt) -> &[UnitIx] {
    let at = fact.index();
    match fact.table {
        Table::Units => &[],
        Table::Reports => &facts.reports[at].units,
        Table::Adoptions => &facts.adoptions[at].units,
        Table::Comments => &facts.comments[at].units,
        Table::Duties => &facts.duties[at].units,
        Table::Events => &facts.events[at].units,
    }
}

/// The units of a fact, each once, in the order they are named.
pub(crate) fn signers(facts: &Facts, fact: FactAt) -> Vec<UnitIx> {
    let mut once: Vec<UnitIx> = Vec::new();
    for unit in units(facts, fact) {
        if !once.contains(unit) {
            once.push(*unit);
        }
    }
    once
}

/// The day by which a fact belongs to a period (R1), if no rule says otherwise.
pub(crate) fn date(facts: &Facts, fact: FactAt) -> Date {
    let at = fact.index();
    match fact.table {
        Table::Units => Date::ZERO,
        Table::Reports => facts.reports[at].date,
        Table::Adoptions => facts.adoptions[at].date,
        Table::Comments => facts.comments[at].date,
        Table::Duties => facts.duties[at].deadline,
        Table::Events => facts.events[at].date,
    }
}

/// The day a use or comment was withdrawn.
pub(crate) fn withdrawn(facts: &Facts, fact: FactAt) -> Option<Date> {
    match fact.table {
        Table::Adoptions => facts.adoptions[fact.index()].withdrawn,
        Table::Comments => facts.comments[fact.index()].withdrawn,
        Table::Units | Table::Reports | Table::Duties | Table::Events => None,
    }
}

/// True unless it was withdrawn on or before the last day known (R14).
pub(crate) fn stands(facts: &Facts, fact: FactAt, as_of: Date) -> bool {
    withdrawn(facts, fact).is_none_or(|day| day > as_of)
}

/// Further columns of a fact.
pub(crate) fn extra(facts: &Facts, fact: FactAt) -> &tz_model::Extra {
    let at = fact.index();
    match fact.table {
        Table::Units => &facts.units[at].extra,
        Table::Reports => &facts.reports[at].extra,
        Table::Adoptions => &facts.adoptions[at].extra,
        Table::Comments => &facts.comments[at].extra,
        Table::Duties => &facts.duties[at].extra,
        Table::Events => &facts.events[at].extra,
    }
}

/// The cell of a column, for one of the fact's units.
pub(crate) fn cell<'a>(facts: &'a Facts, fact: FactAt, view: &View<'a>, place: &Place) -> Cell<'a> {
    let at = fact.index();
    match (place, fact.table) {
        (Place::Unit(place), _) => place.cell(view),
        (Place::Extra(name), _) => further(extra(facts, fact), name),
        (Place::Key, _) => text(crate::unit::fact_key(facts, fact)),
        (Place::Date, _) => Cell::Day(date(facts, fact)),
        (Place::Withdrawn, _) => day(withdrawn(facts, fact)),
        (Place::Units, _) => Cell::Number(Points::from(signers(facts, fact).len() as i64)),
        (Place::Order, _) => order(facts, fact, view),
        (Place::Word, Table::Reports) => text(&facts.reports[at].category),
        (Place::Word, Table::Adoptions) => text(&facts.adoptions[at].kind),
        (Place::Word, Table::Comments) => text(&facts.comments[at].level),
        (Place::Word, Table::Duties) => text(answer(&facts.duties[at]).name()),
        (Place::Word, Table::Events) => text(&facts.events[at].kind),
        (Place::Item, Table::Adoptions) => maybe(facts.adoptions[at].item.as_ref()),
        (Place::Item, Table::Comments) => maybe(facts.comments[at].item.as_ref()),
        (Place::Title, Table::Reports) => maybe(facts.reports[at].title.as_ref()),
        (Place::Channel, Table::Reports) => text(facts.reports[at].channel.name()),
        (Place::Form, Table::Adoptions) => maybe(facts.adoptions[at].form.as_ref()),
        (Place::Solicitation, Table::Adoptions) => maybe(facts.adoptions[at].solicitation.as_ref()),
        (Place::Solicitation, Table::Duties) => maybe(facts.duties[at].solicitation.as_ref()),
        (Place::Issue, Table::Adoptions) => maybe(facts.adoptions[at].issue.as_ref()),
        (Place::Leader, Table::Comments) => maybe(facts.comments[at].leader.as_ref()),
        (Place::Answered, Table::Duties) => day(facts.duties[at].answered),
        (Place::Refusal, Table::Duties) => facts.duties[at].outcome.map_or(Cell::Empty, |_| text("拒报")),
        (Place::Topic, Table::Duties) => maybe(facts.duties[at].topic.as_ref()),
        (Place::Count, Table::Events) => Cell::Number(Points::from(i64::from(facts.events[at].count))),
        (Place::Note, Table::Events) => maybe(facts.events[at].note.as_ref()),
        // A column of another table.
        (
            Place::Word
            | Place::Item
            | Place::Title
            | Place::Channel
            | Place::Form
            | Place::Solicitation
            | Place::Issue
            | Place::Leader
            | Place::Answered
            | Place::Refusal
            | Place::Topic
            | Place::Count
            | Place::Note,
            _,
        ) => Cell::Empty,
    }
}

/// 署名顺序: what the cell says, for the unit or for all; else the unit's place among those named.
fn order<'a>(facts: &'a Facts, fact: FactAt, view: &View<'a>) -> Cell<'a> {
    match own_part(further(extra(facts, fact), "署名顺序"), facts, fact, view) {
        Cell::Empty => {
            let place = signers(facts, fact).iter().position(|unit| *unit == view.ix);
            place.map_or(Cell::Empty, |place| Cell::Number(Points::from(place as i64 + 1)))
        }
        filled => filled,
    }
}

/// A unit's part of a cell that holds one value for each unit, parted by 、, or one for all.
pub(crate) fn own_part<'a>(cell: Cell<'a>, facts: &Facts, fact: FactAt, view: &View<'_>) -> Cell<'a> {
    let Cell::Text(all) = &cell else { return cell };
    let parts: Vec<&str> = all.split(['、', ',', '，', ';', '；']).map(str::trim).collect();
    if parts.len() < 2 {
        return cell;
    }
    let signers = signers(facts, fact);
    let own = signers.iter().position(|unit| *unit == view.ix).filter(|_| parts.len() == signers.len());
    own.map_or(Cell::Empty, |place| Cell::Text(Cow::Owned(parts[place].to_owned())))
}

/// How a duty was met (R7): refused is refused even if something came later.
pub(crate) fn answer(duty: &tz_model::Duty) -> Answer {
    match (duty.outcome, duty.answered) {
        (Some(tz_model::DutyOutcome::Refused), _) => Answer::Refused,
        (None, Some(day)) if day <= duty.deadline => Answer::OnTime,
        (None, Some(_)) => Answer::Late,
        (None, None) => Answer::Missed,
    }
}

/// A condition made ready for one table.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Is { at: Place, yes_no: bool, values: Vec<Name>, not: bool },
    Compare { at: Place, how: Comparison, with: With },
    Has { at: Place, present: bool },
    Linked { table: Table, yes: bool },
    ReceivedInPeriod { yes: bool },
    Any(Vec<Test>),
}

/// What a cell is compared with.
#[derive(Clone, Debug)]
pub(crate) enum With {
    Number(Points),
    Date(Date),
    Cell(Place),
}

impl Test {
    pub fn all(table: Table, conditions: &[Condition]) -> Vec<Self> {
        conditions.iter().map(|condition| Self::of(table, condition)).collect()
    }

    fn of(table: Table, condition: &Condition) -> Self {
        match condition {
            Condition::Is { column, values, not } => Self::Is {
                at: Place::of(table, column),
                yes_no: column.kind == ColumnKind::YesNo,
                values: values.clone(),
                not: *not,
            },
            Condition::Compare { column, how, with } => Self::Compare {
                at: Place::of(table, column),
                how: *how,
                with: match with {
                    Operand::Number(number) => With::Number(*number),
                    Operand::Date(day) => With::Date(*day),
                    Operand::Column(column) => With::Cell(Place::of(table, column)),
                },
            },
            Condition::Has { column, present } => Self::Has { at: Place::of(table, column), present: *present },
            Condition::Linked { table, yes } => Self::Linked { table: *table, yes: *yes },
            Condition::ReceivedInPeriod { yes } => Self::ReceivedInPeriod { yes: *yes },
            Condition::Any(all) => Self::Any(Self::all(table, all)),
        }
    }

    /// True if what it says may change while the fact itself does not: other facts come and go.
    pub fn looks_around(&self) -> bool {
        match self {
            Self::Linked { .. } | Self::ReceivedInPeriod { .. } => true,
            Self::Any(all) => all.iter().any(Self::looks_around),
            Self::Is { .. } | Self::Compare { .. } | Self::Has { .. } => false,
        }
    }
}

/// One fact as one of its units has it, on the day it is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Looked<'a> {
    pub facts: &'a Facts,
    pub index: &'a Index<'a>,
    pub fact: FactAt,
    pub view: View<'a>,
    /// The first day of the period it belongs to.
    pub opens: Date,
    /// The last day of that period: what came later is not seen by 被采用 and 被批示.
    pub end: Date,
    /// The last day known.
    pub as_of: Date,
    /// True where it is asked what a fact could earn at best: what hangs on other facts is taken to hold.
    pub at_best: bool,
}

impl<'a> Looked<'a> {
    pub fn cell(&self, place: &Place) -> Cell<'a> {
        cell(self.facts, self.fact, &self.view, place)
    }

    pub fn holds_all(&self, tests: &[Test]) -> bool {
        tests.iter().all(|test| self.holds(test))
    }

    fn holds(&self, test: &Test) -> bool {
        match test {
            Test::Is { at, yes_no, values, not } => {
                let cell = self.cell(at);
                let is = match cell {
                    // An empty 是否 is 否.
                    Cell::Empty => *yes_no && values.iter().any(|value| &**value == "否"),
                    ref filled => values.iter().any(|value| filled.is(value)),
                };
                is != *not
            }
            Test::Compare { at, how, with } => self.compares(&self.cell(at), *how, with),
            Test::Has { at, present } => self.cell(at).is_empty() != *present,
            Test::Linked { .. } | Test::ReceivedInPeriod { .. } if self.at_best => true,
            Test::Linked { table, yes } => self.index.linked(self, *table) == *yes,
            Test::ReceivedInPeriod { yes } => {
                self.index.received(self).is_some_and(|opens| (opens == Some(self.opens)) == *yes)
            }
            Test::Any(all) => all.iter().any(|test| self.holds(test)),
        }
    }

    fn compares(&self, cell: &Cell<'_>, how: Comparison, with: &With) -> bool {
        let order = match with {
            With::Number(number) => cell.number().map(|own| own.cmp(number)),
            With::Date(day) => cell.day().map(|own| own.cmp(day)),
            With::Cell(place) => {
                let other = self.cell(place);
                match (cell.day(), other.day()) {
                    (Some(own), Some(other)) => Some(own.cmp(&other)),
                    _ => cell.number().zip(other.number()).map(|(own, other)| own.cmp(&other)),
                }
            }
        };
        order.is_some_and(|order| compares(order, how))
    }
}

/// What a comparison says of an order.
pub(crate) fn compares(order: std::cmp::Ordering, how: Comparison) -> bool {
    match how {
        Comparison::Less => order.is_lt(),
        Comparison::AtMost => order.is_le(),
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::AtLeast => order.is_ge(),
        Comparison::More => order.is_gt(),
    }
}

/// True if all of these hold for a unit; conditions on other tables' columns are empty here.
pub(crate) fn holds_for(tests: &[Test], facts: &Facts, index: &Index<'_>, view: View<'_>) -> bool {
    tests.is_empty() || {
        let fact = FactAt::new(Table::Units, view.ix.index());
        let looked =
            Looked { facts, index, fact, view, opens: Date::ZERO, end: Date::ZERO, as_of: Date::ZERO, at_best: false };
        looked.holds_all(tests)
    }
}
