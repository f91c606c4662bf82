//! Values of configuration files that code names: `yaml.safe_load(open("config.yaml"))["model"]["name"]`.
//! Only what is plain: mappings of mappings, with a scalar at the end.

use crate::read::lexer::{Lexer, Style, TokenKind};
use crate::source_file::Tree;

/// The text at these keys of a file of the tree.
pub(super) fn value(tree: Tree<'_>, path: &str, keys: &[String]) -> Option<String> {
    let text = tree.read(path)?;
    match path.rsplit('.').next()? {
        "yaml" | "yml" => yaml(&text, keys),
        "json" => json(&text, keys),
        "toml" => toml(&text, keys),
        _ => None,
    }
}

fn toml(text: &str, keys: &[String]) -> Option<String> {
    let (last, outer) = keys.split_last()?;
    let mut table: &toml::Table = &text.parse().ok()?;
    for key in outer {
        table = table.get(key)?.as_table()?;
    }
    table.get(last)?.as_str().map(str::to_owned)
}

/// Mappings by their indentation.
fn yaml(text: &str, keys: &[String]) -> Option<String> {
    // The keys around a line, with their indentation.
    let mut around: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with(['#', '-']) {
            continue;
        }
        let indent = line.len() - content.len();
        while around.last().is_some_and(|(outer, _)| *outer >= indent) {
            around.pop();
        }
        let Some((key, value)) = content.split_once(':') else {
            continue;
        };
        around.push((indent, key.trim_matches(['"', '\''])));
        if around.len() == keys.len()
            && around
                .iter()
                .zip(keys)
                .all(|((_, key), wanted)| key == wanted)
        {
            return yaml_scalar(value.trim());
        }
    }
    None
}

fn yaml_scalar(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let plain = match quote {
        Some(quote) => value.get(1..)?.split(quote).next()?,
        None => value.split(" #").next()?.trim_end(),
    };
    let is_plain = !plain.is_empty() && !plain.starts_with(['&', '*', '!', '|', '>', '{', '[']);
    is_plain.then(|| plain.to_owned())
}

/// Objects by their brackets.
fn json(text: &str, keys: &[String]) -> Option<String> {
    let mut around: Vec<Option<String>> = Vec::new();
    let mut before = None;
    let mut is_value = false;
    for token in Lexer::new(text, Style::JavaScript) {
        match token.kind {
            TokenKind::Sign(b'{' | b'[') => {
                around.push(before.take().filter(|_| is_value));
                is_value = false;
            }
            TokenKind::Sign(b'}' | b']') => {
                around.pop();
                is_value = false;
            }
            TokenKind::Sign(b':') => is_value = true,
            TokenKind::Sign(b',') => (before, is_value) = (None, false),
            TokenKind::Text(Some(value)) if is_value => {
                let path = around
                    .iter()
                    .skip(1)
                    .map(Option::as_deref)
                    .chain([before.as_deref()]);
                if path.eq(keys.iter().map(|key| Some(key.as_str()))) {
                    return Some(value);
                }
            }
            TokenKind::Text(key) => before = key,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_are_found() {
        let keys = ["model".to_owned(), "name".to_owned()];
        let told = Some("o/n".to_owned());
        assert_eq!(
            yaml(
                "a: 1\nmodel:\n  # x\n  other: y\n  name: \"o/n\" # z\n",
                &keys
            ),
            told
        );
        assert_eq!(yaml("model:\n  name: o/n # z", &keys), told);
        assert_eq!(yaml("model:\nname: o/n", &keys), None);
        let object = r#"{"list": [{"model": {"name": "x"}}], "model": {"a": 1, "name": "o/n"}}"#;
        assert_eq!(json(object, &keys), told);
        assert_eq!(toml("[model]\nname = 'o/n'", &keys), told);
        assert_eq!(toml("[model]\nname = ", &keys), None);
    }
}
