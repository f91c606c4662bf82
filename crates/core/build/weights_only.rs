//! What `torch.load(weights_only=True)` takes, version by version.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::Result;

/// What one version takes; `weights_only.py` writes the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    version: String,
    #[serde(rename = "release")]
    _release: String,
    opcodes: Vec<String>,
    python2_names: String,
    blocked: Vec<String>,
    new: String,
    build: String,
    items: Option<Vec<String>>,
    int_id: bool,
    safe_globals: Option<String>,
    pairs: bool,
    tar: bool,
    script: bool,
    added: Vec<String>,
    globals: Globals,
    modules: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Globals {
    class: Vec<String>,
    function: Vec<String>,
    value: Vec<String>,
}

impl File {
    /// The version as numbers, to sort by.
    fn order(&self) -> Vec<u32> {
        let parts = self.version.split('.');
        parts.map(|part| part.parse().unwrap_or(0)).collect()
    }
}

/// The versions, the oldest first, and the opcodes that one of them does not have.
pub(crate) fn statics(mut files: Vec<File>) -> Result<String> {
    files.sort_by_key(File::order);
    let mut out = format!(
        "pub(super) const COUNT: usize = {};\npub(super) static VERSIONS: [Version; COUNT] = [\n",
        files.len()
    );
    for file in &files {
        writeln!(out, "{},", version(file)?)?;
    }
    let all: Vec<BTreeSet<&String>> = files
        .iter()
        .map(|file| file.opcodes.iter().collect())
        .collect();
    let common = all
        .iter()
        .skip(1)
        .fold(all.first().cloned().unwrap_or_default(), |common, some| {
            &common & some
        });
    writeln!(out, "];\npub(super) const COMMON: OpSet = {};", ops(common))?;
    Ok(out)
}

fn ops<'o>(names: impl IntoIterator<Item = &'o String>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("Op::{name}"))
        .collect();
    format!("OpSet::of(&[{}])", names.join(", "))
}

fn version(file: &File) -> Result<String> {
    let whom = |word: &str| match word {
        "none" => Ok("Others::None"),
        "user" => Ok("Others::User"),
        "allowed" => Ok("Others::Allowed"),
        word => Err(format!("{}: {word:?} is nobody", file.version)),
    };
    let names = match file.python2_names.as_str() {
        "never" => "Names::AsTheyAre",
        "protocol-2" => "Names::MappedInProtocol2",
        "always" => "Names::Mapped",
        word => return Err(format!("{}: names {word:?}", file.version).into()),
    };
    let safe = match file.safe_globals.as_deref() {
        None => "None",
        Some("__name__") => "Some(Key::Name)",
        Some("__qualname__") => "Some(Key::Qualname)",
        Some(word) => return Err(format!("{}: keys {word:?}", file.version).into()),
    };
    let items = file.items.as_ref().map(|items| format!("&{items:?}"));
    let items = items.map_or_else(|| "None".to_owned(), |items| format!("Some({items})"));
    let pairs = |pairs: &BTreeMap<String, String>| {
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(old, new)| format!("({old:?}, {new:?})"))
            .collect();
        format!("&[{}]", pairs.join(", "))
    };
    let mut globals: BTreeMap<&String, &str> = BTreeMap::new();
    for (names, sort) in [
        (&file.globals.class, "Class"),
        (&file.added, "Class"),
        (&file.globals.function, "Function"),
        (&file.globals.value, "Value"),
    ] {
        globals.extend(names.iter().map(|name| (name, sort)));
    }
    let globals: Vec<String> = globals
        .iter()
        .map(|(path, sort)| format!("({path:?}, Sort::{sort})"))
        .collect();
    Ok(format!(
        "Version {{ version: {:?}, opcodes: {}, names: {names}, blocked: &{:?}, new: {}, build: {}, \
         items: {items}, int_id: {}, safe_globals: {safe}, pairs: {}, tar: {}, script: {}, \
         globals: &[{}], modules: {}, renamed: {} }}",
        file.version,
        ops(&file.opcodes),
        file.blocked,
        whom(&file.new)?,
        whom(&file.build)?,
        file.int_id,
        file.pairs,
        file.tar,
        file.script,
        globals.join(", "),
        pairs(&file.modules),
        pairs(&file.names),
    ))
}
