//! What is known: the tables of `data/*.toml`. Parsed once, when first asked for; that they can be is
//! tested.

mod rows;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::reference::Kind;
use rows::NameRow;
pub(crate) use rows::{Argument, CallRow, CommandRow, Form, KeyRow, Language, Tables, Unpickles};

const CALLS: &str = include_str!("../../data/calls.toml");
const SERVICES: &str = include_str!("../../data/services.toml");
const KEYS: &str = include_str!("../../data/keys.toml");
const URLS: &str = include_str!("../../data/urls.toml");
const SHELL: &str = include_str!("../../data/shell.toml");
const ADVISORIES: &str = include_str!("../../data/advisories.toml");
const PURPOSES: &str = include_str!("../../data/purposes.toml");

static TABLES: LazyLock<Tables> = LazyLock::new(|| parse().unwrap_or_default());

/// Every table.
pub(crate) fn tables() -> &'static Tables {
    &TABLES
}

fn parse() -> Result<Tables, toml::de::Error> {
    let mut tables = Tables::default();
    for text in [CALLS, SERVICES, KEYS, URLS, SHELL, ADVISORIES, PURPOSES] {
        tables.add(toml::from_str(text)?);
    }
    Ok(tables)
}

static NAMES: LazyLock<HashMap<&'static str, &'static NameRow>> = LazyLock::new(|| {
    let rows = tables().names.iter();
    rows.flat_map(|row| row.names.iter().map(move |name| (&**name, row)))
        .collect()
});

/// Whether the hub knows something of this kind by a name without an owner.
pub(crate) fn is_known_name(name: &str, kind: Kind) -> bool {
    NAMES.get(name).is_some_and(|row| row.kinds.contains(&kind))
}

/// The rows of the calls by the last part of their names; those whose last part holds a `*` stand apart.
struct CallIndex {
    exact: HashMap<&'static str, Vec<usize>>,
    patterns: Vec<(Pattern, usize)>,
}

static CALL_INDEX: LazyLock<CallIndex> = LazyLock::new(|| {
    let mut index = CallIndex {
        exact: HashMap::new(),
        patterns: Vec::new(),
    };
    for (at, row) in tables().calls.iter().enumerate() {
        for name in &row.names {
            let last = last_part(name);
            if last.contains('*') {
                index.patterns.push((Pattern::new(last), at));
            } else {
                let rows = index.exact.entry(last).or_default();
                if rows.last() != Some(&at) {
                    rows.push(at);
                }
            }
        }
    }
    index
});

/// A pattern, and what stands before the first and behind the last `*` of it: most texts differ there.
struct Pattern {
    whole: &'static str,
    begin: &'static str,
    end: &'static str,
}

impl Pattern {
    fn new(whole: &'static str) -> Pattern {
        Pattern {
            whole,
            begin: whole.split('*').next().unwrap_or(whole),
            end: whole.rsplit('*').next().unwrap_or(whole),
        }
    }

    fn is_like(&self, text: &str) -> bool {
        text.starts_with(self.begin) && text.ends_with(self.end) && is_like(self.whole, text)
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether the name of any call ends with this part.
#[cfg(feature = "python")]
pub(crate) fn may_end_with(last: &str) -> bool {
    let patterns = || CALL_INDEX.patterns.iter();
    CALL_INDEX.exact.contains_key(last) || patterns().any(|(pattern, _)| pattern.is_like(last))
}

/// The row of the first call that this one is. `module` is where the name was imported from, if that is
/// known; else `mentions` says whether the file names a module at all.
pub(crate) fn call(
    language: Language,
    module: Option<&str>,
    name: &str,
    mentions: impl Fn(&'static str) -> bool,
) -> Option<&'static CallRow> {
    let last = last_part(name);
    let exact = CALL_INDEX.exact.get(last).map_or(&[][..], Vec::as_slice);
    let patterns = CALL_INDEX.patterns.iter();
    let alike = patterns.filter(|(pattern, _)| pattern.is_like(last));
    let mut rows: Vec<usize> = alike
        .map(|(_, at)| *at)
        .chain(exact.iter().copied())
        .collect();
    rows.sort_unstable();
    let rows = rows.into_iter().filter_map(|at| tables().calls.get(at));
    rows.filter(|row| row.language == language).find(|row| {
        let is_named = || {
            row.names
                .iter()
                .any(|pattern| is_call(pattern, name, row, module))
        };
        is_named()
            && row.modules.iter().any(|known| match module {
                Some(module) => is_within(module, known),
                None => mentions(known),
            })
    })
}

/// The programs of all commands.
static PROGRAMS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let rows = tables().commands.iter();
    rows.filter_map(|row| row.command.first())
        .map(|program| &**program)
        .collect()
});

/// Whether a command begins with this program.
pub(crate) fn is_program(name: &str) -> bool {
    PROGRAMS.contains(name)
}

/// Whether a module is another one or lies in it.
pub(crate) fn is_within(module: &str, outer: &str) -> bool {
    let rest = module.strip_prefix(outer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
}

/// Whether a dotted name is the one of a pattern. `*` stands for any characters within a part; a dot at
/// the beginning for any receiver; the parts of a module may stand before.
fn is_call(pattern: &str, name: &str, row: &CallRow, module: Option<&str>) -> bool {
    let (pattern, any_receiver) = match pattern.strip_prefix('.') {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let mut parts = name.rsplit('.');
    for wanted in pattern.rsplit('.') {
        if !parts.next().is_some_and(|part| is_like(wanted, part)) {
            return false;
        }
    }
    let Some(before) = parts.next() else {
        return true;
    };
    // `torch.hub.load`, or `hub.load` where the module is `torch.hub`.
    let is_module = |known: &String| known.rsplit(['.', '/']).next() == Some(before);
    any_receiver || module.is_some() || row.modules.iter().any(is_module)
}

/// Whether a text is that of a pattern in which `*` stands for any characters.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(begin) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests;
