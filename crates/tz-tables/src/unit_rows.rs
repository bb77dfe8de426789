//! The table 单位: read first, because every other table names its units.

use tz_model::{Name, Table, Unit, UnitIx, nearest};

use crate::cells::shown;
use crate::columns::{EXAMPLE, standard};
use crate::reader::{Bad, Line, Reader};

const NAME: usize = 0;
const CLASS: usize = 1;
const GROUP: usize = 2;
const DIRECT_POINT: usize = 3;
const PARENT: usize = 4;
const FROM: usize = 5;
const TO: usize = 6;

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
    unit: Result<Unit, Bad>,
    parent: Option<(usize, Name)>,
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
        let name = name.and_then(|name| match self.units.rows.insert(name.clone(), line.number()) {
            Some(first) => {
                self.units.rows.insert(name.clone(), first);
                let sentence = format!("单位“{}”与第{first}行重复。请删去一行。", shown(&name));
                Err(self.fault(line, NAME, sentence))
            }
            None => {
                self.units.names.push(name.clone());
                Ok(name)
            }
        });
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
        let extra = self.extra(line);
        let parent_cell =
            parent.as_ref().ok().cloned().flatten().map(|parent| (line.column(PARENT).unwrap_or_default(), parent));
        let place = self.place(line.number(), line.column(NAME).unwrap_or_default());
        // A second row of a unit spoils nothing: its facts belong to the first.
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
            })
        })();
        known.map(|name| UnitRow { name, number: line.number(), place, unit, parent: parent_cell })
    }

    /// All rows of 单位 together: a parent must be a unit, with or without faults of its own.
    pub(crate) fn settle_units(&mut self, rows: Vec<UnitRow>) {
        for row in rows {
            let mut unit = row.unit;
            if let Some((column, parent)) = row.parent
                && !self.units.rows.contains_key(&parent)
            {
                let mut names: Vec<&str> = self.units.names.iter().map(|name| &**name).collect();
                names.retain(|name| **name != *row.name);
                let near = nearest(&parent, names.iter().copied())
                    .map_or_else(String::new, |near| format!("最接近的是“{near}”。"));
                let sentence = format!("主管单位“{}”不是本表里的单位。{near}请改正，或者为它补一行。", shown(&parent));
                unit = Err(self.fault_at(row.number, column, sentence));
            }
            match unit {
                Ok(unit) => {
                    self.units.known.insert(row.name, Known::Good(UnitIx::at(self.facts.units.len())));
                    self.facts.units.push(unit);
                }
                Err(Bad) => {
                    self.units.known.insert(row.name.clone(), Known::Spoilt(self.units.spoilt.len()));
                    self.units.spoilt.push(Spoilt { name: row.name, place: row.place, facts: 0 });
                }
            }
        }
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
