//! The groups of globals as the files in `data/` write them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A file of dangerous globals.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DangerFile {
    pub(crate) group: Vec<DangerGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DangerGroup {
    pub(crate) effect: String,
    pub(crate) reason: String,
    #[allow(dead_code)] // For reviewers.
    pub(crate) source: String,
    #[serde(default = "high")]
    pub(crate) import: String,
    pub(crate) call: Option<String>,
    #[serde(default)]
    pub(crate) code: bool,
    pub(crate) globals: BTreeMap<String, Names>,
}

fn high() -> String {
    "high".to_owned()
}

/// Names of a module.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Names {
    /// `*`: the whole module; `**`: and its submodules.
    All(String),
    These(Vec<String>),
}

/// A file of known globals.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownFile {
    pub(crate) group: Vec<KnownGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownGroup {
    #[allow(dead_code)] // For reviewers.
    pub(crate) reason: String,
    #[allow(dead_code)] // For reviewers.
    pub(crate) source: String,
    pub(crate) new: Option<OneOrMore>,
    pub(crate) call: Option<OneOrMore>,
    pub(crate) build: Option<String>,
    #[serde(default)]
    pub(crate) items: bool,
    #[serde(default)]
    pub(crate) append: bool,
    #[serde(default)]
    pub(crate) add: bool,
    pub(crate) returns: Option<String>,
    pub(crate) attributes: Option<OneOrMore>,
    pub(crate) forwards: Option<String>,
    pub(crate) layout: Option<String>,
    /// Why it is known although its whole module is dangerous.
    #[allow(dead_code)] // Only the lint of the tables asks.
    pub(crate) despite: Option<String>,
    #[serde(default)]
    #[allow(dead_code)] // The tests compare it with the facts.
    pub(crate) runs: Vec<String>,
    #[serde(default)]
    #[allow(dead_code)] // The tests build a pickle of each.
    pub(crate) worst: Vec<toml::Table>,
    pub(crate) globals: BTreeMap<String, Vec<String>>,
}

/// A word, or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(crate) fn words(&self) -> Vec<&str> {
        match self {
            OneOrMore::One(word) => vec![word],
            OneOrMore::More(words) => words.iter().map(String::as_str).collect(),
        }
    }
}
