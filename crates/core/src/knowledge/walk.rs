//! Dotted names: from a module through attributes to wherever they lead.

use super::{
    Attributes, COMPONENTS, Calls, Permissions, Reached, Returns, Row, Standing, dangerous, find,
    row, whole_module,
};

/// How many parts of a path are looked at, from either end.
const PARTS: usize = 32;
/// How many parts the name of a module has at most.
const MODULE_PARTS: usize = 8;

/// What may be done with an attribute that may be walked to, and with an object that the program
/// shares: nothing but to have it.
pub(crate) static ONLY_HELD: Permissions = Permissions {
    new: Calls::No,
    call: Calls::No,
    build: None,
    items: false,
    append: false,
    add: false,
    returns: Returns::Value,
    attributes: Attributes::None,
    forwards: None,
    layout: None,
};

/// What is known of a dotted name as a whole; `None` where it has no dot, or leads to nothing known.
pub(super) fn standing(module: &str, name: &str) -> Option<Standing<'static>> {
    let (owner, attribute) = name.rsplit_once('.')?;
    if is_permitted(module, owner, attribute) {
        return Some(Standing::Known(None, &ONLY_HELD));
    }
    let parts: Vec<&str> = module.split('.').chain(name.split('.')).collect();
    let first = module.split('.').count();
    if parts.len() <= 2 * PARTS {
        return harm(&parts, first);
    }
    let (head, tail) = (&parts[..PARTS], &parts[parts.len() - PARTS..]);
    harm(head, first.min(PARTS)).or_else(|| harm(tail, 0))
}

/// Whether a known global's attribute may be walked to.
pub(crate) fn is_permitted(module: &str, owner: &str, attribute: &str) -> bool {
    let Some((Row::Known(index), _)) = row(module, owner) else {
        return false;
    };
    let Some(known) = super::KNOWN.get(usize::from(index)) else {
        return false;
    };
    // Protocols 2 and 3 write what takes keyword arguments as `partial(cls.__new__, cls, …)`.
    if attribute == "__new__" {
        return !matches!(known.new, Calls::No);
    }
    match &known.attributes {
        Attributes::Members => !attribute.starts_with('_') && attribute != "mro",
        Attributes::Named(names) => names.contains(&attribute),
        Attributes::None => false,
    }
}

/// The harm that a path comes by: at any of its parts from `first` on, the attributes, there may be
/// the module that another one imported, under its name or an alias with an underscore.
fn harm(parts: &[&str], first: usize) -> Option<Standing<'static>> {
    let attributes = parts.get(first..).unwrap_or_default();
    let inner = attributes.iter().find_map(|part| find(COMPONENTS, part));
    if let Some(&index) = inner {
        return Some(dangerous(index, Reached::Walk));
    }
    for (end, name) in parts.iter().enumerate().skip(first.max(1)) {
        for begin in end.saturating_sub(MODULE_PARTS)..end {
            let module = parts.get(begin..end).unwrap_or_default().join(".");
            for module in [module.as_str(), module.trim_start_matches('_')] {
                let method = parts.get(end + 1).map(|next| format!("{name}.{next}"));
                let found = method
                    .and_then(|method| harmful(module, &method))
                    .or_else(|| harmful(module, name));
                if let Some(index) = found {
                    return Some(dangerous(index, Reached::Walk));
                }
            }
        }
    }
    None
}

fn harmful(module: &str, name: &str) -> Option<u16> {
    match row(module, name) {
        Some((Row::Danger(index), _)) => Some(index),
        Some((Row::Known(_), _)) => None,
        None => whole_module(module),
    }
}
