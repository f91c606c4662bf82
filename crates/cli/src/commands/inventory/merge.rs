//! `weighbridge inventory merge`: the inventories of many trees as one.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use weighbridge::escape;

/// What is put one behind the other.
const LISTS: [&str; 6] = [
    "repositories",
    "applications",
    "references",
    "findings",
    "gaps",
    "passed_over",
];

/// The inventories in these files as one, with its keys in the order of the alphabet; in which order the files are named
/// makes no difference. The error is a line for people.
pub(super) fn merge(files: &[PathBuf]) -> Result<Value, String> {
    let mut inventories = Vec::new();
    for file in files {
        let wrong = |words: &str| format!("{}: {words}", escape::path(file));
        let text = fs::read(file).map_err(|error| wrong(&format!("it cannot be read: {error}")))?;
        let inventory: Value =
            serde_json::from_slice(&text).map_err(|_| wrong("this is no JSON"))?;
        let is_list = |name: &str| inventory.get(name).is_some_and(Value::is_array);
        if inventory.get("schema_version") != Some(&json!(1))
            || !LISTS.iter().all(|name| is_list(name))
        {
            return Err(wrong("this is no inventory of this version"));
        }
        inventories.push(inventory);
    }
    let names = |inventory: &Value| -> Vec<String> {
        let names = inventory.get("repositories").and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        names.map(str::to_owned).collect()
    };
    inventories.sort_by_key(names);
    let mut seen = BTreeSet::new();
    for name in inventories.iter().flat_map(names) {
        if let Some(twice) = seen.replace(name) {
            return Err(format!(
                "{}: two of the inventories hold this tree",
                escape::visible(&twice)
            ));
        }
    }
    let mut merged = json!({
        "schema_version": 1,
        "tool": { "name": "weighbridge", "version": env!("CARGO_PKG_VERSION") },
    });
    for name in LISTS {
        let all = inventories
            .iter()
            .filter_map(|inventory| inventory.get(name)?.as_array());
        let all: Vec<Value> = all.flatten().cloned().collect();
        merged[name] = Value::Array(all);
    }
    let files = inventories
        .iter()
        .filter_map(|inventory| inventory.get("files")?.as_u64());
    merged["files"] = json!(files.sum::<u64>());
    merged.sort_all_objects();
    Ok(merged)
}
