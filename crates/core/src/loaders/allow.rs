//! The line that would have a version allow more.

use super::names::Global;
use super::versions::{Key, Version};

/// How many globals a line has at most.
const MOST: usize = 1000;

/// Modules that NumPy 2 moved: what they hold says that it is of `numpy._core`, whatever the file says.
const MOVED: &[&str] = &["numpy.core", "numpy._core"];

/// `torch.serialization.add_safe_globals([…])`, for these; `None` where that version cannot be given
/// one of them.
pub(super) fn line(version: &Version, globals: &[Global]) -> Option<String> {
    let key = version.safe_globals?;
    if globals.is_empty() || globals.len() > MOST {
        return None;
    }
    let each: Option<Vec<String>> = globals
        .iter()
        .map(|global| expression(version, key, global))
        .collect();
    Some(format!(
        "torch.serialization.add_safe_globals([{}])",
        each?.join(", ")
    ))
}

/// What stands for a global in the list.
fn expression(version: &Version, key: Key, global: &Global) -> Option<String> {
    let path = global.path();
    if version.blocked.contains(&&*global.module) || !path.split('.').all(is_identifier) {
        return None;
    }
    let object = match global.module.as_str() {
        "builtins" => global.name.clone(),
        _ => path.clone(),
    };
    let is_moved = MOVED.iter().any(|module| {
        let rest = global.module.strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let is_inner = global.name.contains('.');
    // The unpickler looks for the file's name among the names that the objects go by.
    match (is_inner && key == Key::Name, version.pairs) {
        (true, false) => None,
        (is_other, true) if is_other || is_moved => Some(format!("({object}, \"{path}\")")),
        _ => Some(object),
    }
}

fn is_identifier(word: &str) -> bool {
    let mut letters = word.chars();
    letters
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}
