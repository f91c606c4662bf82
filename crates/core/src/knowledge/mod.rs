//! What is known of globals: which do harm, and what the others may be used for.

mod allow;
mod model;
mod tables;
mod walk;

use std::collections::BTreeMap;

pub use allow::{Allow, AllowError, Permit};
pub use model::EffectClass;
pub(crate) use model::{
    Attributes, Calls, Danger, Forward, Layout, Name, Permissions, Returns, Row, Signature, Type,
};
use tables::{COMPONENTS, DANGERS, INFAMOUS, KNOWN, MODULES, NAMESAKES, WHOLE};
pub(crate) use walk::ONLY_HELD;

/// Names the version of the tables: a hash of their files.
pub const HASH: &str = tables::HASH;

/// The tables, and what the user added to them.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    allowed: BTreeMap<String, Permissions>,
}

/// What is known of a global.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Standing<'k> {
    /// It may be used for something; under a name of the tables, or one that the user added.
    Known(Option<Name>, &'k Permissions),
    /// It does harm.
    Dangerous(&'static Danger, Reached),
    /// Nothing is known of it.
    Unknown,
}

/// How a dangerous global is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// By its name.
    Name,
    /// By a walk through attributes.
    Walk,
    /// Its name is that of something harmful, in a module that is not known.
    Namesake,
}

impl Standing<'_> {
    /// The fixed word used in reports.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Standing::Known(..) => "known",
            Standing::Dangerous(danger, _) if danger.code => "code",
            Standing::Dangerous(..) => "dangerous",
            Standing::Unknown => "unknown",
        }
    }
}

impl Knowledge {
    /// The tables with what a user allows besides.
    pub(crate) fn new(allowed: &[Allow]) -> Knowledge {
        let rows = allowed.iter().map(|allow| {
            let splits = allow.path().match_indices('.');
            let mut names = splits.map(|(at, _)| (&allow.path()[..at], &allow.path()[at + 1..]));
            let known = names.find_map(|(module, name)| match row(module, name)? {
                (Row::Known(index), _) => KNOWN.get(usize::from(index)).copied(),
                (Row::Danger(_), _) => None,
            });
            (allow.path().to_owned(), allow.permissions(known))
        });
        Knowledge {
            allowed: rows.collect(),
        }
    }

    /// What is known of a global. Dots in the name are attributes, whatever the protocol.
    pub(crate) fn standing(&self, module: &str, name: &str) -> Standing<'_> {
        match row(module, name) {
            Some((Row::Known(_), known)) => {
                return match self.allowed(module, name) {
                    Some(permissions) => Standing::Known(Some(known.0), permissions),
                    None => known_standing(known),
                };
            }
            Some((Row::Danger(index), _)) => return dangerous(index, Reached::Name),
            None => {}
        }
        if let Some(index) = whole_module(module) {
            return dangerous(index, Reached::Name);
        }
        if let Some(standing) = walk::standing(module, name) {
            return standing;
        }
        if let Some(permissions) = self.allowed(module, name) {
            return Standing::Known(None, permissions);
        }
        match namesake(name) {
            Some(index) => dangerous(index, Reached::Namesake),
            None => Standing::Unknown,
        }
    }

    fn allowed(&self, module: &str, name: &str) -> Option<&Permissions> {
        if self.allowed.is_empty() {
            return None;
        }
        self.allowed.get(&format!("{module}.{name}"))
    }
}

/// What bears the same name and does harm, in a module that passes it on.
fn namesake(name: &str) -> Option<u16> {
    let mut parts = name.rsplitn(3, '.');
    let (last, class) = (parts.next()?, parts.next());
    let tail = class.map_or(last, |class| {
        &name[name.len() - last.len() - class.len() - 1..]
    });
    let found = find(INFAMOUS, last).or_else(|| find(NAMESAKES, tail));
    found.or_else(|| find(NAMESAKES, last)).copied()
}

/// The permissions of a known global of the tables.
pub(crate) fn permissions(name: Name) -> Option<&'static Permissions> {
    match row(name.module, name.name)? {
        (Row::Known(index), _) => KNOWN.get(usize::from(index)),
        (Row::Danger(_), _) => None,
    }
}

fn known_standing((name, index): (Name, u16)) -> Standing<'static> {
    match KNOWN.get(usize::from(index)) {
        Some(permissions) => Standing::Known(Some(name), permissions),
        None => Standing::Unknown,
    }
}

fn dangerous(index: u16, reached: Reached) -> Standing<'static> {
    match DANGERS.get(usize::from(index)) {
        Some(danger) => Standing::Dangerous(danger, reached),
        None => Standing::Unknown,
    }
}

/// The row of exactly this global, with its name as the tables hold it.
fn row(module: &str, name: &str) -> Option<(Row, (Name, u16))> {
    let at = MODULES
        .binary_search_by(|(known, _)| (*known).cmp(module))
        .ok()?;
    let (module, names) = MODULES.get(at)?;
    let at = names
        .binary_search_by(|(known, _)| (*known).cmp(name))
        .ok()?;
    let (name, row) = names.get(at)?;
    let (Row::Known(index) | Row::Danger(index)) = *row;
    Some((*row, (Name { module, name }, index)))
}

/// The group of a module that is dangerous as a whole, or whose parent is with all submodules.
fn whole_module(module: &str) -> Option<u16> {
    if let Some((_, index)) = find(WHOLE, module) {
        return Some(*index);
    }
    let parents = module.rmatch_indices('.').map(|(at, _)| &module[..at]);
    parents
        .filter_map(|parent| find(WHOLE, parent))
        .find(|(tree, _)| *tree)
        .map(|(_, index)| *index)
}

fn find<'t, T>(table: &'t [(&str, T)], key: &str) -> Option<&'t T> {
    let at = table
        .binary_search_by(|(known, _)| (*known).cmp(key))
        .ok()?;
    table.get(at).map(|(_, value)| value)
}

/// Whether a word that names an attribute leads to what objects are made of, or to something harmful
/// wherever it is.
pub(crate) fn harmful_attribute(word: &str) -> Option<&'static Danger> {
    let index = word
        .split('.')
        .find_map(|part| find(COMPONENTS, part).or_else(|| find(INFAMOUS, part)))?;
    DANGERS.get(usize::from(*index))
}
