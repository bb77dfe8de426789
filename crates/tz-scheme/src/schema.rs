//! The language as a JSON Schema, so that an editor offers keys and marks mistakes while a scheme is typed.

use serde_json::{Map, Value, json};

use crate::language::TOP;
use crate::toml::{Field, Shape, Takes};

/// The JSON Schema (draft 2020-12) of scheme files, made from the tables the reader checks by. The same text always.
///
/// What needs the whole file (names that must be known, rows that are never reached) only [`Scheme::parse`] can say.
///
/// [`Scheme::parse`]: crate::Scheme::parse
pub fn schema() -> String {
    let mut whole = object(TOP.what, TOP.fields, &[]);
    whole.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    whole.insert("title".to_owned(), "通政计分办法".into());
    format!("{:#}\n", Value::Object(whole))
}

/// A table with these keys and no others; `fixed` are keys that hold one word only.
fn object(
    what: &str,
    fields: impl IntoIterator<Item = &'static Field> + Clone,
    fixed: &[(&str, &str)],
) -> Map<String, Value> {
    let mut properties = Map::new();
    for field in fields.clone() {
        let mut value = match fixed.iter().find(|(key, _)| *key == field.key) {
            Some((_, word)) => json!({ "const": word }),
            None => takes(field.takes),
        };
        if let Some(value) = value.as_object_mut() {
            value.insert("description".to_owned(), field.means.into());
            if let Some(default) = field.default {
                value.insert("default".to_owned(), typed(field.takes, default));
            }
        }
        properties.insert(field.key.to_owned(), value);
    }
    let required: Vec<&str> = fields.into_iter().filter(|field| field.must).map(|field| field.key).collect();
    let mut object = Map::new();
    object.insert("description".to_owned(), what.into());
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert("required".to_owned(), json!(required));
    object.insert("additionalProperties".to_owned(), false.into());
    object
}

fn shape(shape: &'static Shape) -> Value {
    let Some(kinds) = &shape.kinds else { return Value::Object(object(shape.what, shape.fields, &[])) };
    let each = kinds.all.iter().map(|kind| {
        let fields = shape.fields.iter().chain(kind.fields);
        let mut object = object(kind.does, fields, &[(kinds.key, kind.name)]);
        // A reading's choice may set a key that must be there, so a rule with readings is not asked for it here.
        let own: Vec<&str> = kind.fields.iter().filter(|field| field.must).map(|field| field.key).collect();
        let common: Vec<&str> = shape.fields.iter().filter(|field| field.must).map(|field| field.key).collect();
        object.insert("required".to_owned(), json!(common));
        if !own.is_empty() {
            object.insert("anyOf".to_owned(), json!([{ "required": own }, { "required": ["reading"] }]));
        }
        Value::Object(object)
    });
    json!({ "oneOf": each.collect::<Vec<Value>>() })
}

fn takes(takes: Takes) -> Value {
    let words = || json!({ "type": "string", "minLength": 1 });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let number = || {
        json!({
            "type": ["integer", "string"],
            "pattern": "^\\s*[+-]?[0-9]{1,12}([./][0-9]{1,12})?\\s*[%％]?\\s*$"
        })
    };
    match takes {
        Takes::Words | Takes::Line => words(),
        Takes::Choice(known) => json!({ "enum": known }),
        Takes::YesNo => json!({ "type": "boolean" }),
        Takes::Count => json!({ "type": "integer", "minimum": 1 }),
        Takes::Digit => json!({ "type": "integer", "minimum": 0, "maximum": 9 }),
        Takes::Number => number(),
        Takes::Names => list(words()),
        Takes::NameOrNames => json!({ "anyOf": [words(), list(words())] }),
        Takes::NameLists => list(list(words())),
        Takes::Numbers => list(number()),
        Takes::Months => list(list(json!({ "type": "integer", "minimum": 1, "maximum": 12 }))),
        Takes::Table(inner) => shape(inner),
        Takes::Tables(inner) => list(shape(inner)),
        Takes::NumberOrTable(inner) => json!({ "anyOf": [number(), shape(inner)] }),
        Takes::Choices => list(json!({
            "type": "object",
            "properties": { "value": words() },
            "required": ["value"]
        })),
    }
}

/// A default as the file would write it.
fn typed(takes: Takes, default: &str) -> Value {
    match takes {
        Takes::YesNo => json!(default == "true"),
        Takes::Count | Takes::Digit | Takes::Number => {
            default.parse::<u32>().map_or_else(|_| json!(default), Value::from)
        }
        _ => json!(default),
    }
}
