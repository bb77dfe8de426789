//! Further columns (附加列) that a scheme asks for: what a form shows of them, what was typed there, what the ledger keeps.

use std::collections::BTreeMap;

use tz_model::{Points, Table, parse_date};
use tz_scheme::{Attribute, ColumnKind, Missing, Scheme};
use tz_store::item::ItemRow;

use crate::FieldFault;

/// The field where what is wrong with a further column stands, of the column's place among those of its table.
pub const CELLS: &str = "cell";

const LENGTH: &str = "字数";
const CATEGORY: &str = "信息类别";

/// Texts by the names of their columns.
pub type Typed = BTreeMap<String, String>;

/// What may be typed into a further column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Any words.
    Text,
    /// One of the values.
    Choice,
    /// 是 or 否
    YesNo,
    /// 数
    Number,
    /// 日期
    Day,
}

/// A further column, as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellField {
    /// Its place among the further columns of its table, by which faults name it.
    pub at: i64,
    /// Its name.
    pub name: String,
    /// What may be typed.
    pub kind: CellKind,
    /// The values to choose from.
    pub values: Vec<String>,
    /// It must not stay empty.
    pub needed: bool,
    /// What to know before typing; empty where there is nothing to say.
    pub hint: String,
}

/// The further columns of a table under a scheme.
pub(crate) struct Cells(Vec<Attribute>);

impl Cells {
    pub fn of(scheme: &Scheme, table: Table) -> Self {
        Self(scheme.further_columns().into_iter().filter(|column| column.table == table).collect())
    }

    /// Those of several schemes, each column once as the first has it. What only a later one must have may stay empty.
    pub fn of_all<'s>(schemes: impl IntoIterator<Item = &'s Scheme>, table: Table) -> Self {
        let mut all: Vec<Attribute> = Vec::new();
        for (place, scheme) in schemes.into_iter().enumerate() {
            for column in Self::of(scheme, table).0 {
                if !all.iter().any(|known| known.name == column.name) {
                    let missing = if place == 0 { column.missing } else { Missing::Absent };
                    all.push(Attribute { missing, ..column });
                }
            }
        }
        Self(all)
    }

    /// As forms show them.
    pub fn fields(&self) -> Vec<CellField> {
        // The length of an item is counted, never typed.
        let typed = |column: &Attribute| column.table != Table::Reports || &*column.name != LENGTH;
        (0..).zip(&self.0).filter(|(_, column)| typed(column)).map(|(at, column)| field(at, column)).collect()
    }

    /// The cells as the ledger keeps them: what was typed, else what is `known` without asking. Nothing where there are none.
    /// Every fault stands at the place of its column.
    pub fn checked(&self, typed: &Typed, known: &Typed, faults: &mut Vec<FieldFault>) -> Option<String> {
        let mut kept = Typed::new();
        for (at, column) in self.0.iter().enumerate() {
            let name = &*column.name;
            let given = typed.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
            match given.or(known.get(name).map(String::as_str)) {
                None if column.missing == Missing::Fault => {
                    let sentence = format!("请填写“{name}”，计分办法要求填写。");
                    faults.push(FieldFault::new(CELLS, sentence).of(at as i64));
                }
                None => {}
                Some(text) => match cell(column, text) {
                    Ok(text) => {
                        kept.insert(name.to_owned(), text);
                    }
                    Err(sentence) => faults.push(FieldFault::new(CELLS, sentence).of(at as i64)),
                },
            }
        }
        (!kept.is_empty()).then(|| kept_cells(&kept))
    }

    /// What is known without asking, as the ledger keeps it: what must be filled in besides is asked for before the close.
    pub fn known(&self, known: &Typed) -> Option<String> {
        self.checked(&Typed::new(), known, &mut Vec::new())
    }

    /// The cells a row holds with those that are known without asking put right.
    pub fn relearned(&self, held: Option<&str>, known: &Typed) -> Option<String> {
        let mut typed = held_cells(held).unwrap_or_default();
        typed.extend(known.iter().map(|(name, text)| (name.clone(), text.clone())));
        self.changed(held, self.checked(&typed, &Typed::new(), &mut Vec::new()))
    }

    /// The cells a row holds with these put in their place; those of columns the scheme does not know stay.
    pub fn changed(&self, held: Option<&str>, checked: Option<String>) -> Option<String> {
        let mut all = held_cells(held).unwrap_or_default();
        all.retain(|name, _| !self.0.iter().any(|column| *column.name == **name));
        all.extend(held_cells(checked.as_deref()).unwrap_or_default());
        (!all.is_empty()).then(|| kept_cells(&all))
    }
}

fn field(at: i64, column: &Attribute) -> CellField {
    let kind = match column.kind {
        ColumnKind::Name if !column.values.is_empty() => CellKind::Choice,
        ColumnKind::Name => CellKind::Text,
        ColumnKind::Number => CellKind::Number,
        ColumnKind::Date => CellKind::Day,
        ColumnKind::YesNo => CellKind::YesNo,
    };
    let mut hints: Vec<String> = Vec::new();
    hints.extend(column.range.map(|(least, most)| format!("{least} 到 {most} 之间")));
    if column.missing == Missing::Waiting {
        hints.push("还没有确定的可以先不填，计分列为待定".to_owned());
    }
    if column.table == Table::Adoptions && matches!(&*column.name, LENGTH | CATEGORY) {
        hints.push("不填的，按本系统稿件".to_owned());
    }
    CellField {
        at,
        name: column.name.to_string(),
        kind,
        values: column.values.iter().map(ToString::to_string).collect(),
        needed: column.missing == Missing::Fault,
        hint: hints.join("；"),
    }
}

/// A cell as it is kept, or what is wrong with it.
fn cell(column: &Attribute, text: &str) -> Result<String, String> {
    let name = &column.name;
    match column.kind {
        ColumnKind::Name if !column.values.is_empty() && !column.values.iter().any(|value| **value == *text) => {
            let values: Vec<&str> = column.values.iter().map(|value| &**value).collect();
            Err(format!("“{name}”请从列表中选择：{}。", values.join("、")))
        }
        ColumnKind::Name if text.chars().count() > 100 || text.chars().any(char::is_control) => {
            Err(format!("“{name}”请写成一行，不超过100字。"))
        }
        ColumnKind::Name => Ok(text.to_owned()),
        ColumnKind::Number => {
            let number: Points =
                text.parse().map_err(|_| format!("“{name}”请填一个数，例如 3、2.5 或 1/3，不带单位。"))?;
            match column.range {
                Some((least, most)) if number < least || number > most => {
                    Err(format!("“{name}”应在 {least} 到 {most} 之间，请核对。"))
                }
                Some(_) | None => Ok(text.to_owned()),
            }
        }
        ColumnKind::Date => {
            parse_date(text).map(|day| day.to_string()).map_err(|_| format!("“{name}”请填日期，例如 2018-06-04。"))
        }
        ColumnKind::YesNo if text == "是" || text == "否" => Ok(text.to_owned()),
        ColumnKind::YesNo => Err(format!("“{name}”请选择是或否。")),
    }
}

/// Cells as the ledger keeps them.
fn kept_cells(cells: &Typed) -> String {
    serde_json::to_string(cells).expect("texts by texts always serialize")
}

/// The further columns a row keeps.
pub fn held_cells(kept: Option<&str>) -> Option<Typed> {
    kept.and_then(|text| serde_json::from_str(text).ok())
}

/// The further columns of a table under a scheme, as forms show them.
pub fn cell_fields(scheme: &Scheme, table: Table) -> Vec<CellField> {
    Cells::of(scheme, table).fields()
}

/// What the system knows of a use or an item without asking: by the names of columns that schemes read.
pub(crate) fn known_cells(item: Option<&ItemRow>, publication: Option<&str>) -> Typed {
    let mut known = Typed::new();
    if let Some(item) = item {
        known.insert(LENGTH.to_owned(), item.words.to_string());
        if !item.category.is_empty() {
            known.insert(CATEGORY.to_owned(), item.category.clone());
        }
    }
    if let Some(publication) = publication {
        known.insert("刊物".to_owned(), publication.to_owned());
    }
    known
}

#[cfg(test)]
mod tests {
    use tz_model::Table;
    use tz_scheme::Scheme;

    use super::{Cells, Typed, held_cells};

    fn typed(cells: &[(&str, &str)]) -> Typed {
        cells.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn every_cell_is_held_against_what_the_scheme_declares() {
        let scheme = Scheme::builtin("city-solicitation-veto").expect("it is built in");
        let (uses, duties) = (Cells::of(scheme, Table::Adoptions), Cells::of(scheme, Table::Duties));
        let mut faults = Vec::new();
        let none = Typed::new();
        assert_eq!(
            uses.checked(&typed(&[("分值", " 8.5 ")]), &none, &mut faults).as_deref(),
            Some(r#"{"分值":"8.5"}"#)
        );
        assert_eq!(duties.checked(&none, &none, &mut faults), None);
        assert!(faults.is_empty(), "{faults:?}");
        for (cells, cells_of, said) in [
            (&uses, typed(&[]), "请填写“分值”"),
            (&uses, typed(&[("分值", "五分")]), "“分值”请填一个数"),
            (&uses, typed(&[("分值", "101")]), "应在 0 到 100 之间"),
            (&duties, typed(&[("质量", "一般")]), "请从列表中选择：合格、不合格"),
        ] {
            let mut faults = Vec::new();
            assert_eq!(cells.checked(&cells_of, &none, &mut faults), None);
            assert!(faults.len() == 1 && faults[0].sentence.contains(said) && faults[0].of == Some(0), "{faults:?}");
        }
    }

    #[test]
    fn cells_of_columns_the_scheme_does_not_know_stay() {
        let scheme = Scheme::builtin("city-solicitation-veto").expect("it is built in");
        let cells = Cells::of(scheme, Table::Adoptions);
        let changed = cells.changed(Some(r#"{"分值":"3","栏目":"重要"}"#), Some(r#"{"分值":"4"}"#.to_owned()));
        assert_eq!(changed.as_deref(), Some(r#"{"分值":"4","栏目":"重要"}"#));
        assert_eq!(cells.changed(Some(r#"{"分值":"3"}"#), None), None);
        assert_eq!(held_cells(Some("not JSON")), None);
    }
}
