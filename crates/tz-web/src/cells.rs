//! Further columns (附加列) that a scheme asks for, as fields of a form (`cells.html`).

use tz_app::FieldFault;
use tz_app::facts::{CELLS, CellField, CellKind, Typed};

use crate::forms::{Faults, Posted};

/// What stands before a column's name in the names of fields.
const BEFORE: &str = "cell-";

/// One further column as a field.
pub(crate) struct CellView {
    pub id: String,
    pub field: String,
    pub label: String,
    pub value: String,
    /// The type of the input; empty for a list.
    pub input: &'static str,
    /// Value, chosen.
    pub choices: Vec<(String, bool)>,
    pub needed: bool,
    pub hint: String,
    pub fault: String,
}

/// What was typed into further columns.
pub(crate) fn typed(posted: &Posted) -> Typed {
    let of = |(name, value): (String, String)| Some((name.strip_prefix(BEFORE)?.to_owned(), value));
    posted.typed().into_iter().filter_map(of).collect()
}

/// What columns hold, as a form's fields.
pub(crate) fn fields(held: &Typed) -> Vec<(String, String)> {
    held.iter().map(|(name, text)| (format!("{BEFORE}{name}"), text.clone())).collect()
}

/// The columns with what they hold, and what is wrong with them; other faults stay in `found`.
pub(crate) fn views(fields: &[CellField], held: &Typed, found: &mut Vec<FieldFault>) -> Vec<CellView> {
    let (own, others): (Vec<FieldFault>, Vec<FieldFault>) =
        std::mem::take(found).into_iter().partition(|fault| fault.field == CELLS);
    *found = others;
    let view = |field: &CellField| {
        let value = held.get(&field.name).cloned().unwrap_or_default();
        let values: Vec<String> = match field.kind {
            CellKind::Choice => field.values.clone(),
            CellKind::YesNo => ["是", "否"].map(str::to_owned).to_vec(),
            CellKind::Text | CellKind::Number | CellKind::Day => Vec::new(),
        };
        let faults = own.iter().filter(|fault| fault.of == Some(field.at)).map(|fault| fault.sentence.as_str());
        CellView {
            id: format!("cell-{}", field.at),
            field: format!("{BEFORE}{}", field.name),
            label: field.name.clone(),
            input: match field.kind {
                CellKind::Choice | CellKind::YesNo => "",
                CellKind::Day => "date",
                CellKind::Text | CellKind::Number => "text",
            },
            choices: values.into_iter().map(|one| (one.clone(), one == value)).collect(),
            value,
            needed: field.needed,
            hint: field.hint.clone(),
            fault: faults.collect::<Vec<_>>().concat(),
        }
    };
    fields.iter().map(view).collect()
}

/// A form's faults with those of its further columns counted among them.
pub(crate) fn with(faults: Faults, cells: &[CellView]) -> Faults {
    faults.and(cells.iter().filter(|cell| !cell.fault.is_empty()).map(|cell| cell.id.clone()).collect())
}
