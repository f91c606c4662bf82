//! Whether a file holds a word of the knowledge at all: one pass over its bytes.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::kind::FileKind;
use crate::knowledge::{self, Language};

/// Words of code: modules, names of methods, addresses.
static CODE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| build(code_words()));
/// Words of everything else: keys, commands, variables, addresses.
static TEXT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| build(text_words()));

/// Whether a file of this kind and name may hold a reference.
pub(crate) fn is_hit(kind: FileKind, name: &str, bytes: &[u8]) -> bool {
    // Its name tells what its words do not: `.vscode/mcp.json`.
    if kind == FileKind::Json && name.contains("mcp") {
        return true;
    }
    // Notebooks hold both, and so do lists of files.
    let tables = match kind {
        FileKind::Notebook | FileKind::Yaml => [Some(&CODE), Some(&TEXT)],
        kind if kind.is_code() => [Some(&CODE), None],
        // What requires a package names none of its calls.
        FileKind::Requirements | FileKind::MlModel | FileKind::Modelfile => return true,
        _ => [Some(&TEXT), None],
    };
    let mut tables = tables.into_iter().flatten();
    // An automaton that could not be built lets everything through.
    tables.any(|table| table.as_ref().is_none_or(|table| table.is_match(bytes)))
}

fn build(mut words: Vec<String>) -> Option<AhoCorasick> {
    words.sort();
    words.dedup();
    words.retain(|word| word.len() > 1);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .ok()
}

/// Addresses and variables, which stand anywhere.
fn shared_words() -> Vec<String> {
    let tables = knowledge::tables();
    let hosts = tables.urls.iter().flat_map(|row| &row.hosts);
    let services = tables
        .services
        .iter()
        .flat_map(|row| row.hosts.iter().chain(&row.environment));
    // Of `bedrock-runtime.*.amazonaws.com` its longest part.
    let part = |word: &String| {
        let parts = word.split('*');
        parts
            .max_by_key(|part| part.len())
            .unwrap_or_default()
            .to_owned()
    };
    let schemes = ["hf://", "ollama://", "nvcr.io/nim"].map(str::to_owned);
    hosts.chain(services).map(part).chain(schemes).collect()
}

fn code_words() -> Vec<String> {
    let mut words = shared_words();
    for row in &knowledge::tables().calls {
        // What lies in a module names the module. Its first part is what every spelling holds:
        // `from torch import hub`.
        let first = |module: &String| {
            let whole = module.starts_with('@') || module.contains('/');
            if whole {
                module.clone()
            } else {
                module.split('.').next().unwrap_or(module).to_owned()
            }
        };
        for module in row.modules.iter().map(first) {
            // A short name is part of other words: only where it is imported.
            match row.language {
                _ if module.len() > 4 => words.push(module),
                Language::Python => {
                    words.extend(["import ", "from "].map(|before| format!("{before}{module}")));
                }
                Language::Javascript => {
                    words.extend(['"', '\'', '`'].map(|sign| format!("{sign}{module}")));
                }
            }
        }
    }
    words.push("from_pretrained".to_owned());
    words
}

fn text_words() -> Vec<String> {
    let mut words = shared_words();
    let tables = knowledge::tables();
    words.extend(tables.keys.iter().flat_map(|row| &row.keys).cloned());
    words.extend(
        tables
            .keys
            .iter()
            .flat_map(|row| &row.keys)
            .flat_map(|key| [key.replace('_', "-"), key.replace('_', "")]),
    );
    words.extend(tables.commands.iter().flat_map(|row| row.images.clone()));
    words.extend(["auto_map", "storageUri", "providers"].map(str::to_owned));
    words.extend(
        tables
            .commands
            .iter()
            .filter_map(|row| row.command.first().cloned()),
    );
    words.extend(tables.advisories.iter().map(|row| row.package.clone()));
    words.extend(["mcpServers".to_owned(), "mcp_servers".to_owned()]);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_let_a_file_through() {
        let is_hit = |kind, text: &str| is_hit(kind, "a", text.as_bytes());
        assert!(is_hit(FileKind::Python, "import transformers"));
        assert!(is_hit(FileKind::CLike, "\"https://huggingface.co/o/n\""));
        assert!(!is_hit(FileKind::Python, "import os"));
        assert!(is_hit(FileKind::Yaml, "base_model: o/n"));
        assert!(is_hit(FileKind::Yaml, "baseModel: o/n"));
        assert!(is_hit(FileKind::Shell, "ollama pull x"));
        assert!(is_hit(FileKind::Yaml, "a.py: |\n  from diffusers import x"));
        assert!(!is_hit(FileKind::Shell, "ls"));
        assert!(CODE.is_some() && TEXT.is_some());
    }
}
