//! The schema for editors against files: a small check of the parts of JSON Schema that it uses.

use serde_json::Value;

use super::{here, read};
use crate::{BUILTIN_IDS, Scheme, schema};

/// Where a value does not fit a schema; empty where it fits.
fn misfits(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let known = [
        "$schema",
        "title",
        "description",
        "default",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "enum",
        "const",
        "items",
        "minimum",
        "maximum",
        "minLength",
        "pattern",
        "anyOf",
        "oneOf",
    ];
    let rules = schema.as_object().expect("a schema is an object");
    assert!(rules.keys().all(|key| known.contains(&key.as_str())), "the check does not know {:?}", rules.keys());
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("the check does not know the type {other}"),
    };
    let typed = match rules.get("type") {
        None => true,
        Some(Value::String(one)) => is(one),
        Some(several) => several.as_array().expect("types").iter().any(|one| is(one.as_str().expect("a type"))),
    };
    if !typed {
        return vec![format!("{at}: not {}", rules["type"])];
    }
    if let Some(known) = rules.get("enum").and_then(Value::as_array)
        && !known.contains(value)
    {
        wrong.push(format!("{at}: {value} is none of {known:?}"));
    }
    if rules.get("const").is_some_and(|word| word != value) {
        wrong.push(format!("{at}: {value} is not {}", rules["const"]));
    }
    if let Some(number) = value.as_i64() {
        let bound = |key: &str| rules.get(key).and_then(Value::as_i64);
        if bound("minimum").is_some_and(|least| number < least) || bound("maximum").is_some_and(|most| number > most) {
            wrong.push(format!("{at}: {number} is out of bounds"));
        }
    }
    if let (Some(text), true) = (value.as_str(), rules.contains_key("pattern"))
        && crate::toml::exact(text).is_none()
    {
        wrong.push(format!("{at}: {text} is no number"));
    }
    if value.as_str() == Some("") && rules.contains_key("minLength") {
        wrong.push(format!("{at}: empty"));
    }
    if let (Some(items), Some(list)) = (rules.get("items"), value.as_array()) {
        wrong.extend(list.iter().enumerate().flat_map(|(n, item)| misfits(items, item, &format!("{at}[{n}]"))));
    }
    if let Some(object) = value.as_object() {
        let properties = rules.get("properties").and_then(Value::as_object);
        for (key, inner) in object {
            match properties.and_then(|properties| properties.get(key)) {
                Some(schema) => wrong.extend(misfits(schema, inner, &format!("{at}.{key}"))),
                None if rules.get("additionalProperties") == Some(&Value::Bool(false)) => {
                    wrong.push(format!("{at}: unknown key {key}"));
                }
                None => {}
            }
        }
        for key in rules.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !object.contains_key(key.as_str().expect("a key")) {
                wrong.push(format!("{at}: no {key}"));
            }
        }
    }
    for (name, exactly_one) in [("anyOf", false), ("oneOf", true)] {
        let Some(choices) = rules.get(name).and_then(Value::as_array) else { continue };
        let all: Vec<Vec<String>> = choices.iter().map(|choice| misfits(choice, value, at)).collect();
        let fitting = all.iter().filter(|misfits| misfits.is_empty()).count();
        if fitting == 0 || (exactly_one && fitting > 1) {
            let nearest = all.into_iter().min_by_key(Vec::len).unwrap_or_default();
            wrong.push(format!("{at}: {fitting} of {name} fit; {}", nearest.join("; ")));
        }
    }
    wrong
}

fn against_schema(text: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(&schema()).expect("the schema is JSON");
    let value: Value = ::toml::from_str(text).expect("the file is TOML");
    misfits(&schema, &value, "")
}

#[test]
fn every_built_in_file_and_the_blank_one_fit_the_schema() {
    for id in BUILTIN_IDS {
        let text = Scheme::builtin(id).expect("listed").text();
        assert_eq!(against_schema(text), Vec::<String>::new(), "{id}");
    }
    let template = read(&here("../../schemes/template.toml"));
    let uncommented: String = template
        .lines()
        .filter(|line| !line.starts_with("##"))
        .map(|line| format!("{}\n", line.strip_prefix('#').map_or(line, |rest| rest.trim_start())))
        .collect();
    // Uncommented as a whole it asks for some things twice, but every key of it is a key of the schema.
    assert_eq!(against_schema(&uncommented), Vec::<String>::new());
}

/// Faults that a single key or value shows are shown by the schema too, so that an editor marks them at once.
#[test]
fn files_with_wrong_keys_or_values_do_not_fit_the_schema() {
    for name in [
        "unknown-key",
        "unknown-kind",
        "unknown-period",
        "wrong-type",
        "decimal-without-quotes",
        "missing-price",
        "kinds-of-values",
        "several-parts-missing",
        "credit-at-odds",
        "chinese-key-in-quotes",
    ] {
        let text = read(&here(&format!("cases/faults/{name}.toml")));
        assert!(!against_schema(&text).is_empty(), "{name} fits");
    }
}
