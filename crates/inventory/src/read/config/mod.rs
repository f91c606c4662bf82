//! Configurations: a tree of keys and values with their places, in whatever it is written.

mod commands;
mod ini;
mod json;
mod judge;
mod lines;
mod toml;
mod tree;
mod yaml;

use std::ops::Range;

pub(crate) use judge::image;

use weighbridge::GapReason;

use super::word::Word;
use super::{Finds, Unread};
use crate::kind::FileKind;
use crate::source_file::SourceFile;

/// Reads a configuration.
pub(crate) fn read(file: &SourceFile<'_>, out: &mut Finds) {
    let tree = match file.kind {
        FileKind::Json => json::read(file.text),
        FileKind::Toml => toml::read(file.text),
        FileKind::Yaml | FileKind::MlModel => yaml::read(file.text),
        FileKind::Environment => ini::read(file.text, true),
        _ => ini::read(file.text, false),
    };
    if tree.is_full {
        out.unread.push(Unread {
            reason: GapReason::LimitReached,
            limit: Some("values"),
            detail: format!(
                "more than {} values; the rest is left out",
                tree::MOST_VALUES
            ),
            span: 0..0,
        });
    }
    judge::judge(file, &tree, out);
    commands::judge(file, &tree, out);
}

/// The strings of a list in JSON that stands here.
pub(crate) fn strings(text: &str, span: &Range<usize>) -> Vec<Word> {
    let part = text.get(..span.end).unwrap_or_default();
    json::read_from(part, span.start).into_texts()
}

/// The texts at the top of a map in YAML under each of these keys: one, or those of a list.
pub(crate) fn yaml_texts<const N: usize>(text: &str, keys: [&str; N]) -> [Vec<String>; N] {
    let tree = yaml::read(text);
    // The first node is the list of the documents.
    let top = tree.children(0).first().copied();
    keys.map(|key| {
        let Some(value) = top.and_then(|top| tree.child(top, key)) else {
            return Vec::new();
        };
        let one = tree.text_of(value).into_iter();
        let many = tree
            .children(value)
            .iter()
            .filter_map(|child| tree.text_of(*child));
        one.chain(many).map(|word| word.text.clone()).collect()
    })
}

/// Reads keys with values that are written in braces: Terraform.
pub(crate) fn judge_pairs(file: &SourceFile<'_>, pairs: Vec<BracedPair>, out: &mut Finds) {
    let mut tree = tree::Tree::default();
    tree.begin(true);
    for pair in pairs {
        match pair {
            BracedPair::Open(key) => {
                if let Some(key) = key {
                    tree.key(key);
                }
                tree.begin(true);
            }
            BracedPair::Close => {
                if tree.depth() > 1 {
                    tree.end();
                }
            }
            BracedPair::Value(key, value) => {
                tree.key(key);
                tree.text(value);
            }
        }
    }
    judge::judge(file, &tree, out);
    commands::judge(file, &tree, out);
}

/// A part of what is written in braces.
pub(crate) enum BracedPair {
    Open(Option<Word>),
    Close,
    Value(Word, Word),
}
