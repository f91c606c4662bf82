//! The line that would have a version allow more.

use super::names::Global;
use super::versions::{Key, Version};

/// How many globals a line has at most.
const MOST: usize = 1000;

/// Modules that NumPy 2 moved: what they hold says that it is of `numpy._core`, whatever the file says.
const MOVED: &[&str] = &["numpy.core", "numpy._core"];

/// Names of what goes by another one, or by none.
const ALIASES: &[&str] = &[
    "builtins.Ellipsis",
    "builtins.NotImplemented",
    "functools.reduce",
    "io.BytesIO",
    "io.StringIO",
];

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
    // The unpickler looks for the file's name among the names that the objects go by.
    match (goes_by_another_name(version, key, global), version.pairs) {
        (Other::No, _) | (Other::InNumPy2, false) => Some(object),
        (_, true) => Some(format!("({object}, \"{path}\")")),
        (Other::Yes, false) => None,
    }
}

/// Whether an object says of itself that it has another name than the file has for it.
enum Other {
    No,
    Yes,
    InNumPy2,
}

fn goes_by_another_name(version: &Version, key: Key, global: &Global) -> Other {
    let is_moved = MOVED.iter().any(|module| {
        let rest = global.module.strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let is_inner = global.name.contains('.') && key == Key::Name;
    if is_moved && !is_inner {
        return Other::InNumPy2;
    }
    let is_alias = ALIASES.contains(&&*global.path()) || global.module == "os.path";
    // What PyTorch passes on from where it allows it.
    let is_passed_on = global.module.starts_with("torch")
        && version.globals.iter().any(|(path, _)| {
            let last = path.rsplit('.').next();
            last == Some(&global.name) && *path != global.path()
        });
    if is_inner || is_alias || is_passed_on {
        Other::Yes
    } else {
        Other::No
    }
}

fn is_identifier(word: &str) -> bool {
    let mut letters = word.chars();
    letters
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}
