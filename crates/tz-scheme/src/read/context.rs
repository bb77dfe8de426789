//! What is known while a file is read: its places and faults, its names, and an outline of its rules.

use std::collections::BTreeMap;

use tz_model::{Name, Table};

use crate::columns::{STATUS, STATUSES, built_in};
use crate::mechanism::{Attribute, Column, ColumnKind};
use crate::read::outline::Outline;
use crate::toml::{At, Reader, near};

/// Names of one sort, each once.
pub(crate) struct Once {
    what: &'static str,
    seen: BTreeMap<Name, usize>,
}

impl Once {
    pub fn new(what: &'static str) -> Self {
        Self { what, seen: BTreeMap::new() }
    }

    /// Notes a name; a second time is a fault.
    pub fn add(&mut self, reader: &mut Reader<'_>, name: &At<Name>) {
        if let Some(first) = self.seen.insert(name.value.clone(), name.at) {
            let line = reader.line(first);
            let sentence = format!("{}“{}”写了两次，前一处在第{line}行。请删去或改名。", self.what, name.value);
            reader.fault(name.at, sentence);
        }
    }

    /// A name that was not noted is a fault.
    pub fn check(&self, reader: &mut Reader<'_>, name: &At<Name>) {
        if !self.seen.contains_key(&name.value) {
            reader.unknown(name.at, self.what, &name.value, self.names());
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.seen.keys().map(|known| &**known)
    }

    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// The name as it was noted first: whoever compares the two sees that they are one without looking at their letters.
    pub fn shared(&self, name: Name) -> Name {
        self.seen.get_key_value(&name).map_or(name, |(known, _)| known.clone())
    }

    /// Where a name was noted.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.seen.get(name).copied()
    }
}

/// What is known while a file is read.
pub(crate) struct Context<'t> {
    pub reader: Reader<'t>,
    pub attributes: Vec<Attribute>,
    pub groups: Once,
    pub classes: Once,
    pub categories: Once,
    /// Statuses of direct points that the file names.
    pub statuses: Vec<Name>,
    pub outline: Outline,
}

impl Context<'_> {
    /// A column by its name, in one of `tables` or in 单位; `None`, with a fault, if there is no such column.
    pub fn column(&mut self, tables: &[Table], name: &str, at: usize) -> Option<Column> {
        let found = tables
            .iter()
            .map(|table| (*table == Table::Units, *table))
            .chain([(true, Table::Units)])
            .find_map(|(of_unit, table)| Some((of_unit, self.kind_of(table, name)?)));
        if let Some((of_unit, kind)) = found {
            return Some(Column { of_unit, name: name.into(), kind });
        }
        let known: Vec<String> = self.columns(tables);
        let shown: Vec<&str> = tables.iter().map(|table| table.name()).collect();
        let hint = match near(name, known.iter().map(String::as_str)) {
            Some(near) => format!("是不是“{near}”？"),
            None => format!(
                "可以写：{}。别的列请先写一段 [[attribute]]，table = \"{}\"，name = \"{name}\"。",
                known.join("、"),
                shown.first().unwrap_or(&"单位")
            ),
        };
        let sentence = format!("表“{}”没有名为“{name}”的列。{hint}", shown.join("”“"));
        self.reader.fault(at, sentence);
        None
    }

    /// A column of the facts themselves, of a certain kind.
    pub fn own_column(&mut self, tables: &[Table], name: &At<Name>, kind: ColumnKind) -> Option<Column> {
        let column = self.column(tables, &name.value, name.at)?;
        if column.kind != kind {
            let (given, wanted) = (crate::columns::kind_name(column.kind), crate::columns::kind_name(kind));
            let sentence = format!("列“{}”填的是{given}，这里要填{wanted}的列。请换一列。", name.value);
            self.reader.fault(name.at, sentence);
            return None;
        }
        Some(column)
    }

    /// What a column of a table holds, if there is one of that name.
    pub fn kind_of(&self, table: Table, name: &str) -> Option<ColumnKind> {
        let own = built_in(table).iter().find(|column| column.name == name).map(|column| column.kind);
        own.or_else(|| self.attribute(table, name).map(|attribute| attribute.kind))
    }

    pub fn attribute(&self, table: Table, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.table == table && &*attribute.name == name)
    }

    fn columns(&self, tables: &[Table]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for table in tables {
            let own = built_in(*table).iter().map(|column| column.name.to_owned());
            let declared = self.attributes.iter().filter(|known| known.table == *table);
            for name in own.chain(declared.map(|known| known.name.to_string())) {
                if !all.contains(&name) {
                    all.push(name);
                }
            }
        }
        all
    }

    /// The only names a column may hold; empty: any.
    pub fn values(&self, table: Table, name: &str) -> Vec<Name> {
        if let Some(declared) = self.attribute(table, name).filter(|declared| !declared.values.is_empty()) {
            return declared.values.clone();
        }
        let named = |names: &Once| names.names().map(Name::from).collect();
        match (table, name) {
            (Table::Units, "类别") => named(&self.classes),
            (Table::Units, "排名组") => named(&self.groups),
            (Table::Units, STATUS) => {
                let known = STATUSES.iter().map(|status| Name::from(*status));
                let more = known.filter(|status| !self.statuses.contains(status));
                self.statuses.iter().cloned().chain(more).collect()
            }
            (Table::Reports | Table::Adoptions, "信息类别") => named(&self.categories),
            // Any event may be asked about; a kind of use or a level of comment that no rule prices stops the run.
            (Table::Adoptions, "采用方式") | (Table::Comments, "批示层级") => self.outline.priced(table, name),
            _ => {
                let own = built_in(table).iter().find(|column| column.name == name);
                own.map(|column| column.values.iter().map(|value| Name::from(*value)).collect()).unwrap_or_default()
            }
        }
    }
}
