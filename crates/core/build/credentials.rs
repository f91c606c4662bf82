//! What credentials look like.

use std::fmt::Write as _;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    token: Vec<Token>,
    assignment: Assignment,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    #[serde(rename = "source")]
    _source: String,
    prefixes: Vec<String>,
    characters: Characters,
    least: usize,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Characters {
    Upper,
    Alphanumeric,
    Word,
    Dotted,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assignment {
    names: Vec<String>,
}

/// The tokens, one row a prefix, and the names, the longest first.
pub(crate) fn statics(file: &File) -> String {
    let mut out = String::from("static TOKENS: &[Token] = &[\n");
    for token in &file.token {
        for prefix in &token.prefixes {
            let _ = writeln!(
                out,
                "Token {{ prefix: {prefix:?}, characters: Characters::{:?}, least: {} }},",
                token.characters, token.least
            );
        }
    }
    let mut names = file.assignment.names.clone();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let _ = writeln!(out, "];\nstatic NAMES: &[&str] = &{names:?};");
    out
}
