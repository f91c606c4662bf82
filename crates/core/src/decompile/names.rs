//! Names of globals: which can be imported as Python writes it, and what they are called then.

use std::collections::{HashMap, HashSet};

/// Longer names are written as strings.
const LONGEST: usize = 64;

/// Words that the text uses itself, besides Python's own.
const RESERVED: &[&str] = &[
    "big_int",
    "bytearray",
    "extension",
    "float",
    "from_memo",
    "frozenset",
    "import_",
    "int",
    "memoryview",
    "more",
    "next",
    "buffers",
    "persistent_load",
    "result",
    "set",
];

/// Python's keywords, those of `match` and `type` statements not among them.
const KEYWORDS: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "__debug__",
];

/// The names that a pickle has imported so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What a module and a name in it are called, by their bytes.
    called: HashMap<(Vec<u8>, Vec<u8>), Box<str>>,
    used: HashSet<String>,
    /// The last number that was put behind a name.
    numbers: HashMap<String, u64>,
}

impl Names {
    /// What a global is called, where it was imported before.
    pub(super) fn called(&self, module: &[u8], name: &[u8]) -> Option<&str> {
        let key = (module.to_vec(), name.to_vec());
        self.called.get(&key).map(AsRef::as_ref)
    }

    /// Notes what a global is called.
    pub(super) fn call(&mut self, module: &[u8], name: &[u8], called: &str) {
        let key = (module.to_vec(), name.to_vec());
        self.called.insert(key, called.into());
    }

    /// A name of its own for something called `name`, and a statement that imports it as that.
    pub(super) fn import(&mut self, module: &str, name: &str) -> (String, String) {
        let mut own = name.to_owned();
        if self.used.contains(&own) || is_taken(&own) {
            let number = self.numbers.entry(own.clone()).or_insert(1);
            while self.used.contains(&own) || is_taken(&own) {
                *number += 1;
                own = format!("{name}_{number}");
            }
        }
        self.used.insert(own.clone());
        let statement = if own == name {
            format!("from {module} import {name}")
        } else {
            format!("from {module} import {name} as {own}")
        };
        (own, statement)
    }
}

/// Whether the text uses the name for something else.
fn is_taken(name: &str) -> bool {
    RESERVED.contains(&name)
        || name
            .strip_prefix('_')
            .is_some_and(|rest| rest.is_empty() || rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether Python takes a word as a name. Names that are not ASCII are not: many look alike.
pub(super) fn is_identifier(name: &str) -> bool {
    name.len() <= LONGEST
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !KEYWORDS.contains(&name)
}

/// Whether all the parts between the dots are names.
pub(super) fn is_path(path: &str) -> bool {
    path.len() <= 4 * LONGEST && path.split('.').all(is_identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_several_modules_are_told_apart() {
        let mut names = Names::default();
        let mut import = |module, name| names.import(module, name).1;
        assert_eq!(import("a", "f"), "from a import f");
        assert_eq!(import("b", "f"), "from b import f as f_2");
        assert_eq!(import("c", "more"), "from c import more as more_2");
        assert_eq!(import("c", "_1"), "from c import _1 as _1_2");
        assert_eq!(import("d", "f_2"), "from d import f_2 as f_2_2");
    }

    #[test]
    fn what_python_would_not_import_is_no_identifier() {
        for name in ["", "1a", "a b", "class", "naïve", "a.b", &"a".repeat(65)] {
            assert!(!is_identifier(name), "{name}");
        }
        assert!(is_identifier("_rebuild_tensor_v2"));
        assert!(is_path("torch._utils") && !is_path("a..b") && !is_path("a.class"));
    }
}
