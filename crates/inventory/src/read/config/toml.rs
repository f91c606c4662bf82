//! TOML by its parser, which goes on behind what is broken.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::tree::Tree;
use crate::read::word::Word;

/// Reads a text into a tree.
pub(super) fn read(text: &str) -> Tree {
    let begin = text.len() - text.trim_start_matches('\u{feff}').len();
    let body = text.get(begin..).unwrap_or_default();
    let (table, _) = DeTable::parse_recoverable(body);
    let mut tree = Tree::default();
    let moved = |span: Range<usize>| span.start + begin..span.end + begin;
    // Tables and lists that are open, with what is left of them.
    tree.begin(true);
    let mut open = vec![Rest::Table(table.get_ref().iter())];
    while let Some(rest) = open.last_mut() {
        let value = match rest {
            Rest::Table(entries) => entries.next().map(|(key, value)| {
                tree.key(Word::aligned(text, moved(key.span()), key.get_ref()));
                value
            }),
            Rest::List(items) => items.next(),
        };
        let Some(value) = value else {
            open.pop();
            tree.end();
            continue;
        };
        match value.get_ref() {
            DeValue::Table(table) => {
                tree.begin(true);
                open.push(Rest::Table(table.iter()));
            }
            DeValue::Array(items) => {
                tree.begin(false);
                open.push(Rest::List(items.iter()));
            }
            DeValue::String(value_text) => {
                tree.text(Word::aligned(text, moved(value.span()), value_text));
            }
            _ => {
                let span = moved(value.span());
                let written = text.get(span.clone()).unwrap_or_default();
                tree.text(Word::aligned(text, span, written));
            }
        }
    }
    tree
}

enum Rest<'t> {
    Table(<&'t DeTable<'t> as IntoIterator>::IntoIter),
    List(std::slice::Iter<'t, toml::Spanned<DeValue<'t>>>),
}
