//! What a table of the text may hold. The reader checks by these tables, and the JSON Schema for editors is made from them.

/// Readings by key with the values they may take; the first is the default.
pub(crate) type Readings = &'static [(&'static str, &'static [&'static str])];

/// What one sort of table holds.
pub(crate) struct Shape {
    /// What it is, for sentences: `计分周期`.
    pub what: &'static str,
    /// The key under which a list of them stands, for what to type instead of a Chinese key: `prices`; else empty.
    pub list: &'static str,
    pub fields: &'static [Field],
    /// Further fields by the value of one.
    pub kinds: Option<Kinds>,
}

/// Further fields by the value of one field.
pub(crate) struct Kinds {
    /// That field, among the fields of all: `kind`.
    pub key: &'static str,
    pub all: &'static [Kind],
}

/// A sort of rule.
pub(crate) struct Kind {
    pub name: &'static str,
    /// What it does, in Chinese.
    pub does: &'static str,
    pub fields: &'static [Field],
    pub readings: Readings,
}

/// One key.
pub(crate) struct Field {
    pub key: &'static str,
    /// What it means, for a person who has not read the language's page.
    pub means: &'static str,
    pub takes: Takes,
    pub must: bool,
    /// The value where a scheme says nothing.
    pub default: Option<&'static str>,
}

/// What a value may be.
#[derive(Clone, Copy)]
pub(crate) enum Takes {
    /// Words in quotes, not empty.
    Words,
    /// The name of a line (得分事项), unique in the scheme.
    Line,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    YesNo,
    /// A whole number above zero.
    Count,
    /// A whole number from zero to nine.
    Digit,
    /// An exact number: whole, or a decimal, fraction or percent in quotes.
    Number,
    /// A list of words.
    Names,
    /// A word or a list of words.
    NameOrNames,
    /// Lists of words.
    NameLists,
    /// A list of numbers.
    Numbers,
    /// Lists of months.
    Months,
    /// One table.
    Table(&'static Shape),
    /// A list of tables.
    Tables(&'static Shape),
    /// A number, or a table.
    NumberOrTable(&'static Shape),
    /// A list of tables with a `value` and any keys of the table around.
    Choices,
}

/// A key that must be there.
pub(crate) const fn must(key: &'static str, means: &'static str, takes: Takes) -> Field {
    Field { key, means, takes, must: true, default: None }
}

/// A key that may be left out.
pub(crate) const fn may(key: &'static str, means: &'static str, takes: Takes) -> Field {
    Field { key, means, takes, must: false, default: None }
}

impl Field {
    /// With the value where a scheme says nothing.
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }
}

impl Shape {
    /// The kind a value names.
    pub fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds.as_ref().and_then(|kinds| kinds.all.iter().find(|kind| kind.name == name))
    }
}

impl Takes {
    /// The shape of the table or tables, if it takes any.
    pub fn shape(&self) -> Option<&'static Shape> {
        match self {
            Self::Table(shape) | Self::Tables(shape) | Self::NumberOrTable(shape) => Some(shape),
            Self::Words
            | Self::Line
            | Self::Choice(_)
            | Self::YesNo
            | Self::Count
            | Self::Digit
            | Self::Number
            | Self::Names
            | Self::NameOrNames
            | Self::NameLists
            | Self::Numbers
            | Self::Months
            | Self::Choices => None,
        }
    }
}
