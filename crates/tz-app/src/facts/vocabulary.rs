//! The names and columns a scheme knows, as the readers of tables ask for them.

use tz_model::{Name, Table};
use tz_scheme::{ColumnKind, Scheme};
use tz_tables::{Column, Vocabulary};

/// The names and columns a scheme knows, for the readers of tables.
pub fn vocabulary(scheme: &Scheme) -> Vocabulary {
    let columns = scheme.further_columns().into_iter().map(|declared| Column {
        table: declared.table,
        name: declared.name,
        kind: match declared.kind {
            ColumnKind::Name if declared.values.is_empty() => tz_tables::ColumnKind::Text,
            ColumnKind::Name => tz_tables::ColumnKind::OneOf(declared.values),
            ColumnKind::Number => tz_tables::ColumnKind::Number,
            ColumnKind::Date => tz_tables::ColumnKind::Date,
            ColumnKind::YesNo => tz_tables::ColumnKind::OneOf(["是", "否"].map(Name::from).to_vec()),
        },
    });
    Vocabulary {
        categories: scheme.categories().iter().map(|category| category.name.clone()).collect(),
        adoption_kinds: scheme.names_in(Table::Adoptions),
        comment_levels: scheme.names_in(Table::Comments),
        event_kinds: scheme.names_in(Table::Events),
        classes: scheme.classes().iter().map(|class| class.name.clone()).collect(),
        groups: scheme.groups().to_vec(),
        forms: scheme.forms(),
        statuses: scheme.statuses(),
        columns: columns.collect(),
        without_titles: false,
    }
}
