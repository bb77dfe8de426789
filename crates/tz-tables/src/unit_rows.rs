//! The table 单位: read first, because every other table names its units.

use std::collections::BTreeMap;

use tz_model::{Heir, Name, Stage, Table, Unit, UnitIx, nearest};

use crate::cells::shown;
use crate::columns::{EXAMPLE, NOT_TAKEN, TAKEN, standard};
use crate::reader::{Bad, Line, Reader};

const NAME: usize = 0;
const CLASS: usize = 1;
const GROUP: usize = 2;
const DIRECT_POINT: usize = 3;
const PARENT: usize = 4;
const FROM: usize = 5;
const TO: usize = 6;
const HEIR: usize = 7;
const TAKES_YEAR: usize = 8;
const HEIR_NAME: &str = "承接单位";

/// What is known of a unit's name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    /// It stands in the facts.
    Good(UnitIx),
    /// Its row has a fault: the place of its name in [`KnownUnits::spoilt`](crate::reader::KnownUnits::spoilt). Facts that name it are dropped without a fault
    /// each, and counted.
    Spoilt(usize),
}

/// A unit whose row has a fault.
#[derive(Clone, Debug)]
pub(crate) struct Spoilt {
    pub name: Name,
    pub place: String,
    /// Rows of other tables that name it.
    pub facts: u32,
}

/// A unit's row, before it is known whether its parent is one.
pub(crate) struct UnitRow {
    name: Name,
    number: u32,
    place: String,
    /// Where its name stands.
    column: usize,
    unit: Result<Unit, Bad>,
    /// The columns that name another unit, with what they are called.
    named: Vec<(usize, &'static str, Name)>,
}

impl Reader<'_> {
    /// One row of 单位. `None` for the example row.
    pub(crate) fn unit_row(&mut self, line: &Line<'_, '_>) -> Option<UnitRow> {
        let name = self.required(line, NAME);
        if name == Ok(EXAMPLE) {
            return None;
        }
        let name = name.and_then(|name| match name.find(['、', ',', '，', ';', '；']) {
            Some(_) => Err(self.fault(
                line,
                NAME,
                format!(
                    "单位名称“{}”里有顿号、逗号或分号。这些符号用来隔开几个单位，请改掉；几个单位请各写一行。",
                    shown(name)
                ),
            )),
            None => Ok(Name::from(name)),
        });
        if let Ok(name) = &name
            && !self.units.rows.contains_key(name)
        {
            self.units.rows.insert(name.clone(), line.number());
            self.units.names.push(name.clone());
        }
        let asked = |slot: usize| standard(Table::Units)[slot].asked(self.words);
        let (ask_class, ask_group) = (asked(CLASS), asked(GROUP));
        let class = self.word(line, CLASS, ask_class);
        let group = self.word(line, GROUP, ask_group);
        let direct_point = match line.text(DIRECT_POINT) {
            "" => Ok(None),
            text if self.words.statuses.is_empty() => Ok(Some(Name::from(text))),
            text => match self.words.statuses.iter().find(|status| ***status == *text) {
                Some(status) => Ok(Some(status.clone())),
                None => Err(self.unknown(line, DIRECT_POINT)),
            },
        };
        let from = self.optional_date(line, FROM);
        let to = self.optional_date(line, TO);
        let order = match (from, to) {
            (Ok(Some(from)), Ok(Some(to))) if to < from => {
                Err(self.fault(line, TO, format!("截止日期 {to} 早于起始日期 {from}。请核对这两个日期。")))
            }
            _ => Ok(()),
        };
        let parent = match line.text(PARENT) {
            "" => Ok(None),
            text if name.as_ref().is_ok_and(|name| **name == *text) => {
                Err(self.fault(line, PARENT, "主管单位不能是本单位自己。请填主管它的单位，没有就不填。".to_owned()))
            }
            text => Ok(Some(Name::from(text))),
        };
        let heir = match line.text(HEIR) {
            "" => Ok(None),
            text if name.as_ref().is_ok_and(|name| **name == *text) => {
                Err(self.fault(line, HEIR, "承接单位不能是本单位自己。请填承接它的单位，没有就不填。".to_owned()))
            }
            _ if to == Ok(None) => {
                Err(self.fault(line, TO, "有承接单位的，要写明截止日期：从第二天起由承接单位接着计。".to_owned()))
            }
            text => Ok(Some(Name::from(text))),
        };
        let takes_year = match line.text(TAKES_YEAR) {
            "" | TAKEN => Ok(true),
            NOT_TAKEN => Ok(false),
            _ => Err(self.unknown(line, TAKES_YEAR)),
        };
        let extra = self.extra(line);
        let cell = |slot: usize, what: &'static str, given: &Result<Option<Name>, Bad>| {
            let given = given.as_ref().ok().cloned().flatten();
            given.map(|given| (line.column(slot).unwrap_or_default(), what, given))
        };
        let named: Vec<_> =
            [cell(PARENT, "主管单位", &parent), cell(HEIR, HEIR_NAME, &heir)].into_iter().flatten().collect();
        let place = self.place(line.number(), line.column(NAME).unwrap_or_default());
        let column = line.column(NAME).unwrap_or_default();
        let known = name.clone().ok();
        let unit = (|| {
            order?;
            Ok(Unit {
                name: name?,
                class: class?.unwrap_or_default(),
                group: group?.unwrap_or_default(),
                direct_point: direct_point?,
                parent: parent?,
                from: from?,
                to: to?,
                extra: extra?,
                earlier: Vec::new(),
                heir: match (heir?, takes_year?) {
                    (Some(unit), takes_year) => Some(Heir { unit, takes_year }),
                    (None, _) => None,
                },
            })
        })();
        known.map(|name| UnitRow { name, number: line.number(), place, column, unit, named })
    }

    /// All rows of 单位 together: a parent or heir must be a unit, with or without faults of its own; several rows of one unit are
    /// where it stood one after the other.
    pub(crate) fn settle_units(&mut self, mut rows: Vec<UnitRow>) {
        let mut heirs: Vec<(Name, u32, usize)> = Vec::new();
        for row in &mut rows {
            for (column, what, other) in std::mem::take(&mut row.named) {
                if what == HEIR_NAME {
                    heirs.push((row.name.clone(), row.number, column));
                }
                if self.units.rows.contains_key(&other) {
                    continue;
                }
                let mut names: Vec<&str> = self.units.names.iter().map(|name| &**name).collect();
                names.retain(|name| **name != *row.name);
                let near = nearest(&other, names.iter().copied())
                    .map_or_else(String::new, |near| format!("最接近的是“{near}”。"));
                let sentence = format!("{what}“{}”不是本表里的单位。{near}请改正，或者为它补一行。", shown(&other));
                row.unit = Err(self.fault_at(row.number, column, sentence));
            }
        }
        let mut units: Vec<Vec<UnitRow>> = Vec::new();
        let mut places: BTreeMap<Name, usize> = BTreeMap::new();
        for row in rows {
            match places.get(&row.name) {
                Some(at) => units[*at].push(row),
                None => {
                    places.insert(row.name.clone(), units.len());
                    units.push(vec![row]);
                }
            }
        }
        for mut rows in units {
            let (name, place) = (rows[0].name.clone(), rows[0].place.clone());
            let unit = if rows.len() > 1 { self.one_after_the_other(rows) } else { rows.remove(0).unit };
            match unit {
                Ok(unit) => {
                    self.units.known.insert(name, Known::Good(UnitIx::at(self.facts.units.len())));
                    self.facts.units.push(unit);
                }
                Err(Bad) => {
                    self.units.known.insert(name.clone(), Known::Spoilt(self.units.spoilt.len()));
                    self.units.spoilt.push(Spoilt { name, place, facts: 0 });
                }
            }
        }
        self.settle_heirs(heirs);
    }

    /// A unit that takes over must be scored the day after the other's last. One that is not is no heir.
    fn settle_heirs(&mut self, heirs: Vec<(Name, u32, usize)>) {
        for (name, number, column) in heirs {
            let Some(at) = self.facts.units.iter().position(|unit| unit.name == name) else { continue };
            let unit = &self.facts.units[at];
            let heir =
                unit.heir.as_ref().and_then(|heir| self.facts.units.iter().find(|other| other.name == heir.unit));
            let (Some(heir), Some(next)) = (heir, unit.to.and_then(|to| to.tomorrow().ok())) else { continue };
            if !heir.is_scored_on(next) {
                let sentence =
                    format!("承接单位“{}”在 {next} 不计分，接不上。请核对两个单位的日期。", shown(&heir.name));
                self.fault_at(number, column, sentence);
                self.facts.units[at].heir = None;
            }
        }
    }

    /// Several rows of one unit: each begins the day after the one before ended. Where they do not, the row that came first stands
    /// for the unit, so that a row too many spoils nothing.
    fn one_after_the_other(&mut self, rows: Vec<UnitRow>) -> Result<Unit, Bad> {
        let mut stood: Vec<(u32, usize, Unit)> = Vec::with_capacity(rows.len());
        for row in rows {
            stood.push((row.number, row.column, row.unit?));
        }
        let first = stood.first().cloned();
        stood.sort_by_key(|(number, _, unit)| (unit.from, *number));
        let follows = |before: &Unit, after: &Unit| {
            let day_after = before.to.and_then(|to| to.tomorrow().ok());
            day_after.is_some() && after.from == day_after
        };
        let gap = stood.windows(2).find(|pair| !follows(&pair[0].2, &pair[1].2));
        if let (Some(pair), Some((at, _, unit))) = (gap, first) {
            let (number, column, _) = if pair[1].0 == at { &pair[0] } else { &pair[1] };
            let sentence = format!(
                "单位“{}”与第{at}行重复。请删去一行；前后情况不同的，各行写明起止日期，后一行从前一行截止的第二天起。",
                shown(&unit.name)
            );
            let (number, column) = (*number, *column);
            self.fault_at(number, column, sentence);
            return Ok(unit);
        }
        let from = stood.first().and_then(|(_, _, unit)| unit.from);
        let Some((_, _, mut last)) = stood.pop() else { return Err(Bad) };
        last.earlier = stood
            .into_iter()
            .filter_map(|(_, _, unit)| {
                let Unit { class, group, direct_point, parent, extra, to, .. } = unit;
                Some(Stage { until: to?, class, group, direct_point, parent, extra })
            })
            .collect();
        last.from = from;
        Ok(last)
    }
}

impl UnitRow {
    /// The same row, spoilt by a fault found before it was read.
    pub(crate) fn spoilt_if(mut self, spoilt: bool) -> Self {
        if spoilt {
            self.unit = Err(Bad);
        }
        self
    }
}
