//! Python 2 names and what they are called in Python 3.

use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: &str = include_str!("../data/compat_pickle.tsv");

struct Mapping {
    modules: HashMap<&'static str, &'static str>,
    names: HashMap<(&'static str, &'static str), (&'static str, &'static str)>,
}

static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
    let mut mapping = Mapping {
        modules: HashMap::new(),
        names: HashMap::new(),
    };
    for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let row = (cells.next(), cells.next(), cells.next(), cells.next());
        match row {
            (Some(module), Some(name), Some(new_module), Some(new_name)) => {
                mapping.names.insert((module, name), (new_module, new_name));
            }
            (Some(module), Some(new_module), None, None) => {
                mapping.modules.insert(module, new_module);
            }
            _ => {}
        }
    }
    mapping
});

/// What CPython's `find_class` imports for a name of Python 2 when `fix_imports` is on and the
/// protocol is below 3; `None` where it leaves the name as it is.
#[must_use]
pub fn python3_name<'a>(module: &'a str, name: &'a str) -> Option<(&'a str, &'a str)> {
    if let Some(&renamed) = MAPPING.names.get(&(module, name)) {
        return Some(renamed);
    }
    MAPPING
        .modules
        .get(module)
        .map(|&new_module| (new_module, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_win_over_modules() {
        assert_eq!(
            python3_name("__builtin__", "eval"),
            Some(("builtins", "eval"))
        );
        assert_eq!(
            python3_name("__builtin__", "reduce"),
            Some(("functools", "reduce"))
        );
        assert_eq!(
            python3_name("copy_reg", "_reconstructor"),
            Some(("copyreg", "_reconstructor"))
        );
        assert_eq!(python3_name("os", "system"), None);
        assert_eq!(MAPPING.modules.len() + MAPPING.names.len(), 143);
    }
}
