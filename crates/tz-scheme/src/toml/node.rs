use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use tz_model::{Clause, Name, Points, nearest};

use super::Reader;
use super::shape::{Field, Shape, Takes};
use super::syntax::instead_of_key;
use super::value::check_value;

/// A value and where it begins (byte offset).
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<T> {
    pub value: T,
    pub at: usize,
}

pub(super) type Value<'a> = &'a Spanned<DeValue<'a>>;

/// One table of the text, with the places of its keys.
///
/// [`check`](Self::check) says everything that is wrong with it and the tables in it; the other methods only take values out
/// and give nothing for what is absent or was found wrong.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    /// Where it begins.
    pub at: usize,
    shape: &'static Shape,
    fields: BTreeMap<&'a str, (usize, Value<'a>)>,
}

impl<'a> Node<'a> {
    pub fn new(table: &'a DeTable<'a>, at: usize, shape: &'static Shape) -> Self {
        let fields = table.iter().map(|(key, value)| (&**key.get_ref(), (key.span().start, value))).collect();
        Self { at, shape, fields }
    }

    /// Sets the keys of another table, except `value`, and gives the places of those that were there already.
    pub fn lay_over(&mut self, other: &Self) -> Vec<At<&'a str>> {
        let mut twice = Vec::new();
        for (key, (at, value)) in other.fields.iter().filter(|(key, _)| **key != "value") {
            if self.fields.insert(key, (*at, *value)).is_some() {
                twice.push(At { value: *key, at: *at });
            }
        }
        twice
    }

    /// Its fields: those of all such tables, then those of its kind.
    pub fn shape_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let kind = self.kind();
        self.shape.fields.iter().chain(kind.map_or(&[] as &[Field], |kind| kind.fields))
    }

    /// Its kind, where its shape has kinds.
    pub fn kind(&self) -> Option<&'static super::Kind> {
        let key = self.shape.kinds.as_ref()?.key;
        self.shape.kind(self.words(key)?.value)
    }

    /// Notes everything that is wrong with it: unknown keys, keys that are missing, values of the wrong sort.
    pub fn check(&self, reader: &mut Reader<'_>) {
        if let Some(kinds) = &self.shape.kinds
            && let Some(given) = self.words(kinds.key)
            && self.kind().is_none()
        {
            // Which other keys it may have depends on this one, so nothing is said of them.
            reader.unknown(given.at, "规则做法", given.value, kinds.all.iter().map(|kind| kind.name));
        } else {
            self.only_known(reader);
        }
        for field in self.shape_fields() {
            match self.fields.get(field.key) {
                Some((_, value)) => check_value(reader, field, value),
                None if field.must => self.missing(reader, field),
                None => {}
            }
        }
    }

    fn only_known(&self, reader: &mut Reader<'_>) {
        let known: Vec<&str> = self.shape_fields().map(|field| field.key).collect();
        for (key, (at, value)) in self.fields.iter().filter(|(key, _)| !known.contains(key)) {
            let typed = reader.text()[value.span()].lines().next().unwrap_or_default();
            let chinese = !key.is_ascii();
            let hint = match nearest(key, known.iter().copied()) {
                Some(name) => format!("是不是“{name}”？"),
                None if chinese => match instead_of_key(key, typed, self.shape.list) {
                    Some(instead) => format!("请写成 {instead}。"),
                    None => format!("项名用英文，可以写：{}。", known.join("、")),
                },
                None => format!("可以写：{}。", known.join("、")),
            };
            reader.fault(*at, format!("“{key}”不是{}里能写的项。{hint}", self.shape.what));
        }
    }

    fn missing(&self, reader: &mut Reader<'_>, field: &Field) {
        match self.words("name") {
            Some(name) if field.key == "points" => {
                reader.fault(self.at, format!("“{}”没有分值。请补上，例如 points = 5。", name.value));
            }
            _ => {
                let (what, key, means) = (self.shape.what, field.key, field.means);
                reader.fault(self.at, format!("这里的{what}缺少 {key}（{means}）。请补上。"));
            }
        }
    }

    /// Notes what is wrong with the keys of a table that are to be set in this one.
    pub fn check_as(&self, reader: &mut Reader<'_>, other: &Self) {
        let fields: Vec<&Field> = self.shape_fields().collect();
        for (key, (at, value)) in other.fields.iter().filter(|(key, _)| **key != "value") {
            match fields.iter().find(|field| field.key == *key) {
                Some(field) => check_value(reader, field, value),
                None => {
                    let known: Vec<&str> = fields.iter().map(|field| field.key).collect();
                    let hint = super::hint(key, known.iter().copied());
                    reader.fault(*at, format!("“{key}”不是{}里能写的项。{hint}", self.shape.what));
                }
            }
        }
    }

    /// What a key with a plain value says, and what it would say if it were left out.
    pub fn scalar(&self, key: &str) -> Option<(&'a str, Option<&'static str>)>
    where
        'static: 'a,
    {
        let field = self.shape_fields().find(|field| field.key == key)?;
        let plain = matches!(
            field.takes,
            Takes::Choice(_) | Takes::YesNo | Takes::Count | Takes::Digit | Takes::Number | Takes::NameOrNames
        );
        let said = match self.value(key).map(|value| value.get_ref()) {
            None => field.default,
            Some(DeValue::String(text)) => Some(&**text),
            Some(DeValue::Integer(number)) => Some(number.as_str()),
            Some(DeValue::Boolean(true)) => Some("true"),
            Some(DeValue::Boolean(false)) => Some("false"),
            Some(DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_)) => None,
        };
        said.filter(|_| plain).map(|said| (said, field.default))
    }

    /// True if it says how much is asked for.
    pub fn names_task(&self) -> bool {
        self.has("target") || self.has("targets")
    }

    /// Says that one of its keys does not go with the rest.
    pub fn fault(&self, reader: &mut Reader<'_>, key: &str, sentence: impl Into<String>) {
        reader.fault(self.place(key), sentence);
    }

    /// True if the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// Where the value of a key begins, or the table if the key is absent.
    pub fn place(&self, key: &str) -> usize {
        self.fields.get(key).map_or(self.at, |(_, value)| value.span().start)
    }

    fn value(&self, key: &str) -> Option<Value<'a>> {
        self.fields.get(key).map(|(_, value)| *value)
    }

    /// Words.
    pub fn words(&self, key: &str) -> Option<At<&'a str>> {
        words(self.value(key)?)
    }

    /// Words as a value of their own.
    pub fn text(&self, key: &str) -> Option<String> {
        self.words(key).map(|found| found.value.to_owned())
    }

    /// A name.
    pub fn name(&self, key: &str) -> Option<At<Name>> {
        self.words(key).map(|found| At { value: found.value.into(), at: found.at })
    }

    /// A clause id.
    pub fn clause(&self, key: &str) -> Option<Clause> {
        self.words(key).map(|found| Clause::new(found.value))
    }

    /// A whole number.
    pub fn count(&self, key: &str) -> Option<u32> {
        whole(self.value(key)?)
    }

    /// The word under a key, or the one that is meant where nothing is said; empty where there is neither.
    pub fn chosen(&self, key: &str) -> &'a str
    where
        'static: 'a,
    {
        self.words(key).map(|found| found.value).or_else(|| self.default(key)).unwrap_or_default()
    }

    /// `true` or `false`, or what is meant where nothing is said.
    pub fn yes(&self, key: &str) -> bool {
        let said = self.value(key).and_then(|value| value.get_ref().as_bool());
        said.unwrap_or_else(|| self.default(key) == Some("true"))
    }

    /// An exact number, or the one that is meant where nothing is said.
    pub fn number_or_default(&self, key: &str) -> Points {
        let said = self.number(key).map(|number| number.value);
        said.or_else(|| exact(self.default(key)?)).unwrap_or(Points::ZERO)
    }

    fn default(&self, key: &str) -> Option<&'static str> {
        self.shape_fields().find(|field| field.key == key).and_then(|field| field.default)
    }

    /// An exact number.
    pub fn number(&self, key: &str) -> Option<At<Points>> {
        number(self.value(key)?)
    }

    /// Words or a list of words, in order; none where the key is absent.
    pub fn names(&self, key: &str) -> Vec<At<Name>> {
        self.texts(key).into_iter().map(|found| At { value: found.value.into(), at: found.at }).collect()
    }

    /// Words or a list of words, as they are typed.
    pub fn texts(&self, key: &str) -> Vec<At<&'a str>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(array) => array.iter().filter_map(words).collect(),
            _ => words(value).into_iter().collect(),
        }
    }

    /// Lists of words.
    pub fn name_lists(&self, key: &str) -> Vec<Vec<At<Name>>> {
        let lists = self.value(key).and_then(|value| value.get_ref().as_array());
        let list = |value: Value<'a>| -> Vec<At<Name>> {
            let names = value.get_ref().as_array().into_iter().flat_map(|names| names.iter().filter_map(words));
            names.map(|found| At { value: found.value.into(), at: found.at }).collect()
        };
        lists.into_iter().flat_map(|lists| lists.iter().map(list)).collect()
    }

    /// Numbers.
    pub fn numbers(&self, key: &str) -> Vec<At<Points>> {
        let list = self.value(key).and_then(|value| value.get_ref().as_array());
        list.into_iter().flat_map(|list| list.iter().filter_map(number)).collect()
    }

    /// Lists of months.
    pub fn months(&self, key: &str) -> Vec<Vec<u32>> {
        let lists = self.value(key).and_then(|value| value.get_ref().as_array());
        let list = |value: Value<'a>| -> Vec<u32> {
            value.get_ref().as_array().into_iter().flat_map(|months| months.iter().filter_map(whole)).collect()
        };
        lists.into_iter().flat_map(|lists| lists.iter().map(list)).collect()
    }

    /// One table.
    pub fn table(&self, key: &str) -> Option<Node<'a>> {
        let shape = self.shape_of(key)?;
        match self.value(key)? {
            value if value.get_ref().is_table() => {
                value.get_ref().as_table().map(|table| Node::new(table, value.span().start, shape))
            }
            _ => None,
        }
    }

    /// A list of tables.
    pub fn tables(&self, key: &str) -> Vec<Node<'a>> {
        let Some(shape) = self.shape_of(key) else { return Vec::new() };
        let list = self.value(key).and_then(|value| value.get_ref().as_array());
        let table =
            |value: Value<'a>| value.get_ref().as_table().map(|table| Node::new(table, value.span().start, shape));
        list.into_iter().flat_map(|list| list.iter().filter_map(table)).collect()
    }

    fn shape_of(&self, key: &str) -> Option<&'static Shape> {
        let field = self.shape_fields().find(|field| field.key == key)?;
        match field.takes {
            Takes::Choices => Some(&crate::language::CHOICE),
            takes => takes.shape(),
        }
    }

    /// Every line name in it and the tables in it, by field.
    pub fn lines(&self) -> Vec<At<Name>> {
        let mut lines = Vec::new();
        for field in self.shape_fields() {
            match field.takes {
                Takes::Line => lines.extend(self.name(field.key)),
                takes if takes.shape().is_some() => {
                    lines.extend(self.table(field.key).iter().flat_map(Node::lines));
                    lines.extend(self.tables(field.key).iter().flat_map(Node::lines));
                }
                _ => {}
            }
        }
        lines
    }

    /// The places of all its keys' values.
    pub fn places(&self) -> BTreeMap<String, usize> {
        self.fields.iter().map(|(key, (_, value))| ((*key).to_owned(), value.span().start)).collect()
    }
}

pub(super) fn words<'a>(value: Value<'a>) -> Option<At<&'a str>> {
    let text = value.get_ref().as_str().filter(|text| !text.trim().is_empty())?;
    Some(At { value: text, at: value.span().start })
}

pub(super) fn whole(value: Value<'_>) -> Option<u32> {
    value.get_ref().as_integer().filter(|number| number.radix() == 10)?.as_str().parse().ok()
}

pub(super) fn number(value: Value<'_>) -> Option<At<Points>> {
    let read = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        DeValue::String(text) => exact(text),
        _ => None,
    };
    read.map(|read| At { value: read, at: value.span().start })
}

/// A number as schemes write it: `5`, `2.5`, `1/3`, `30%`.
pub(crate) fn exact(text: &str) -> Option<Points> {
    let text = text.trim();
    match text.strip_suffix(['%', '％']) {
        Some(percent) if !percent.contains('/') => {
            // A hundredth, by two more places: no product that could be too large.
            let (whole, part) = percent.trim().split_once('.').unwrap_or((percent.trim(), ""));
            let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
            let digits = format!("{digits:0>3}");
            let (above, below) = digits.split_at(digits.len() - 2);
            format!("{sign}{above}.{below}{part}").parse().ok()
        }
        Some(_) => None,
        None => text.parse().ok(),
    }
}
