//! Sections with `key = value`: INI, `.gitmodules`, `.env`, and what is like them.

use super::tree::Tree;
use crate::read::word::Word;

/// Reads a text into a tree: a map of sections; keys before any section stand in a map of their own.
pub(super) fn read(text: &str, is_environment: bool) -> Tree {
    let mut tree = Tree::default();
    tree.begin(false);
    tree.begin(true);
    let mut at = 0;
    let mut list: Option<(Word, Vec<Word>)> = None;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim_end();
        let rest = body.trim_start_matches(['\u{feff}', ' ', '\t']);
        let indent = body.len() - rest.len();
        if rest.is_empty() || rest.starts_with(['#', ';']) || rest.starts_with("//") {
            continue;
        }
        // Lines below a key are a list.
        let is_item = indent > 0 && !rest.contains('=') && !is_environment;
        if let Some((_, items)) = list
            .as_mut()
            .filter(|_| is_item || !is_environment && indent > 0 && is_requirement(rest))
        {
            items.push(Word::aligned(
                text,
                start + indent..start + body.len(),
                rest,
            ));
            continue;
        }
        flush(&mut tree, list.take());
        if rest.starts_with('[') && !is_environment {
            tree.end();
            tree.begin(true);
            continue;
        }
        let Some((key, value)) = rest.split_once(if is_environment {
            ['=', '=']
        } else {
            ['=', ':']
        }) else {
            continue;
        };
        let name = key.trim_end();
        let name = name.strip_prefix("export ").map_or(name, str::trim_start);
        let begin = start + indent + key.len() + 1;
        let key = Word::aligned(text, start + indent..start + indent + key.len(), name);
        let word = value_of(text, begin, value);
        if word.text.is_empty() && !is_environment {
            list = Some((key, Vec::new()));
        } else {
            tree.key(key);
            tree.text(word);
        }
    }
    flush(&mut tree, list.take());
    tree.end();
    tree.end();
    tree
}

/// `transformers>=4.45` below `install_requires =` is no key with a value.
fn is_requirement(line: &str) -> bool {
    ["==", ">=", "<=", "~=", "!="]
        .iter()
        .any(|sign| line.contains(sign))
}

fn flush(tree: &mut Tree, list: Option<(Word, Vec<Word>)>) {
    let Some((key, items)) = list else {
        return;
    };
    tree.key(key);
    tree.begin(false);
    for item in items {
        tree.text(item);
    }
    tree.end();
}

/// A value: quoted, or up to a comment.
fn value_of(text: &str, begin: usize, value: &str) -> Word {
    let trimmed = value.trim();
    let inner = match trimmed.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => {
            let rest = trimmed.get(1..).unwrap_or_default();
            rest.get(..rest.find(quote).unwrap_or(rest.len()))
                .unwrap_or_default()
        }
        _ => {
            let end = trimmed
                .find(" #")
                .or_else(|| trimmed.find(" ;"))
                .or_else(|| trimmed.find("\t#"));
            trimmed
                .get(..end.unwrap_or(trimmed.len()))
                .unwrap_or_default()
                .trim_end()
        }
    };
    Word::aligned(text, begin..begin + value.len(), inner)
}
