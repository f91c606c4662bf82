//! As much of JSON Schema as the schemas in docs/schema use.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A schema; any keyword that is not known here fails the test.
pub(crate) struct Schema(pub(crate) Value);

impl Schema {
    pub(crate) fn load(name: &str) -> Schema {
        let path = repository().join(format!("docs/schema/{name}.schema.json"));
        Schema(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    pub(crate) fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        for (keyword, rule) in schema.as_object().unwrap() {
            let fine = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" => true,
                "$ref" => {
                    let pointer = rule.as_str().unwrap().trim_start_matches('#');
                    self.check(self.0.pointer(pointer).unwrap(), value, at)?;
                    true
                }
                "oneOf" => self.one_of(rule.as_array().unwrap(), value, at)?,
                "allOf" => {
                    for part in rule.as_array().unwrap() {
                        self.check(part, value, at)?;
                    }
                    true
                }
                "if" => {
                    if self.check(rule, value, at).is_ok() {
                        self.check(&schema["then"], value, at)?;
                    }
                    true
                }
                "then" => schema.get("if").is_some(),
                "const" => value == rule,
                "enum" => rule.as_array().unwrap().contains(value),
                "type" => match rule {
                    Value::Array(types) => types.iter().any(|kind| is(value, kind)),
                    kind => is(value, kind),
                },
                "minimum" => value
                    .as_i64()
                    .is_none_or(|number| number >= rule.as_i64().unwrap()),
                "minItems" => {
                    let least = usize::try_from(rule.as_u64().unwrap()).unwrap();
                    value.as_array().is_none_or(|items| items.len() >= least)
                }
                "maxItems" => {
                    let most = usize::try_from(rule.as_u64().unwrap()).unwrap();
                    value.as_array().is_none_or(|items| items.len() <= most)
                }
                "items" => {
                    for item in value.as_array().into_iter().flatten() {
                        self.check(rule, item, at)?;
                    }
                    true
                }
                "properties" => {
                    for (name, rule) in rule.as_object().unwrap() {
                        if let Some(value) = value.get(name) {
                            self.check(rule, value, &format!("{at}.{name}"))?;
                        }
                    }
                    true
                }
                "required" => {
                    let names = rule.as_array().unwrap();
                    names
                        .iter()
                        .all(|name| value.get(name.as_str().unwrap()).is_some())
                }
                "additionalProperties" => {
                    let known = schema["properties"].as_object().unwrap();
                    let mut names = value
                        .as_object()
                        .into_iter()
                        .flat_map(|object| object.keys());
                    names.all(|name| known.contains_key(name))
                }
                other => panic!("this test does not know the keyword {other}"),
            };
            if !fine {
                return Err(format!("{at}: {keyword} {rule} against {value}"));
            }
        }
        Ok(())
    }

    fn one_of(&self, branches: &[Value], value: &Value, at: &str) -> Result<bool, String> {
        let results = branches.iter().map(|branch| self.check(branch, value, at));
        let (fine, wrong): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);
        if fine.len() == 1 {
            return Ok(true);
        }
        let reasons: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
        Err(format!(
            "{at}: {} branches fit\n{}",
            fine.len(),
            reasons.join("\n")
        ))
    }
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("this test does not know the type {other}"),
    }
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
