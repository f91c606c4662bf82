//! Globals, as each version calls them and knows them.

use std::collections::HashMap;
use std::rc::Rc;

use weighbridge_pickle::{Encoding, Kind, Value, View};

use super::notes::Mask;
use super::versions::{COUNT, Sort, VERSIONS, Version};
use crate::escape;

/// How many globals of a pickle are remembered.
const REMEMBERED: usize = 4096;
/// How many attributes are walked through.
const WALKED: usize = 16;

/// A global, by the names that a version imports it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Global {
    pub(super) module: String,
    pub(super) name: String,
}

impl Global {
    /// Module and name with a dot between: what the unpickler goes by.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.module, self.name)
    }
}

/// A global, and what each version takes it for.
#[derive(Debug)]
pub(super) struct Resolved {
    /// The different names that versions know it by, each with those versions.
    pub(super) names: Vec<(Global, Mask)>,
    /// What it is, where it is allowed by default.
    pub(super) sorts: [Option<Sort>; COUNT],
    /// Whether it is the class of storages without a type.
    is_untyped: bool,
    /// Whether it was imported, rather than reached through an attribute.
    pub(super) is_imported: bool,
}

impl Resolved {
    pub(super) fn new(
        module: &str,
        name: &str,
        protocol: Option<u8>,
        is_imported: bool,
    ) -> Resolved {
        let mut resolved = Resolved {
            names: Vec::new(),
            sorts: [None; COUNT],
            is_untyped: (module, name) == ("torch.storage", "UntypedStorage"),
            is_imported,
        };
        let sorts = resolved.sorts.iter_mut();
        for (at, (version, sort)) in VERSIONS.iter().zip(sorts).enumerate() {
            let (module, name) = version.mapped(module, name, protocol);
            let global = Global { module, name };
            *sort = version.sort(&global.path());
            let known = resolved.names.iter_mut();
            match known.into_iter().find(|(known, _)| *known == global) {
                Some((_, versions)) => *versions |= 1 << at,
                None => resolved.names.push((global, 1 << at)),
            }
        }
        resolved
    }

    /// The versions for which something holds: of what the global is, where it is allowed by default.
    pub(super) fn versions(&self, holds: impl Fn(&Version, Option<Sort>) -> bool) -> Mask {
        let all = VERSIONS.iter().zip(&self.sorts).enumerate();
        all.filter(|(_, (version, sort))| holds(version, **sort))
            .fold(0, |mask, (at, _)| mask | 1 << at)
    }

    /// The path under the names of the newest version.
    pub(super) fn path(&self) -> String {
        self.names
            .last()
            .map(|(name, _)| name.path())
            .unwrap_or_default()
    }
}

/// The globals of one pickle that were looked up, and the protocol that it says it is in.
#[derive(Debug, Default)]
pub(super) struct Names {
    protocol: Option<u8>,
    known: HashMap<(u64, u64, bool), Rc<Resolved>>,
}

impl Names {
    /// Sets what a PROTO says. Names may be others from here on.
    pub(super) fn set_protocol(&mut self, protocol: Option<u8>) {
        self.protocol = protocol;
        self.known.clear();
    }

    /// The global that a value is, or an attribute of one that `getattr` gives.
    pub(super) fn named(&mut self, value: Value, view: &View<'_>) -> Option<Rc<Resolved>> {
        match view.kind(value) {
            Kind::Global => self.imported(value, view),
            Kind::Result => self.walked(value, view).map(Rc::new),
            _ => None,
        }
    }

    /// Whether a value is the class of storages without a type.
    pub(super) fn is_untyped(&mut self, class: Option<&Value>, view: &View<'_>) -> bool {
        let named = class.and_then(|class| self.named(*class, view));
        named.is_some_and(|class| class.is_untyped)
    }

    fn imported(&mut self, value: Value, view: &View<'_>) -> Option<Rc<Resolved>> {
        let key = view.global_key(value);
        if let Some(known) = key.and_then(|key| self.known.get(&key)) {
            return Some(Rc::clone(known));
        }
        let (module, name) = texts(value, view)?;
        let resolved = Rc::new(Resolved::new(&module, &name, self.protocol, true));
        if let Some(key) = key {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            self.known.insert(key, Rc::clone(&resolved));
        }
        Some(resolved)
    }

    /// What `getattr(getattr(module.name, 'a'), 'b')` gives: before protocol 4, classes within classes
    /// are pickled so.
    fn walked(&mut self, mut value: Value, view: &View<'_>) -> Option<Resolved> {
        let mut attributes = Vec::new();
        for _ in 0..WALKED {
            if view.kind(value) == Kind::Global {
                let (module, mut name) = texts(value, view)?;
                for attribute in attributes.iter().rev() {
                    name = format!("{name}.{attribute}");
                }
                return Some(Resolved::new(&module, &name, self.protocol, false));
            }
            let call = view.result(value)?;
            let callee = self.imported(call.callee, view)?;
            let args = view.children(call.args);
            let ("builtins.getattr", [object, attribute]) = (&*callee.path(), args.as_slice())
            else {
                return None;
            };
            let attribute = view.text(*attribute, Encoding::Utf8)?;
            attributes.push(escape::cut(attribute.as_str()?, escape::NAME).into_owned());
            value = *object;
        }
        None
    }
}

/// The names of a global, as the file has them.
fn texts(value: Value, view: &View<'_>) -> Option<(String, String)> {
    let parts = view.global(value)?;
    // What is longer is nothing that anybody allows.
    let text = |value| {
        let text = view.text(value, Encoding::Utf8)?;
        Some(escape::cut(&text.to_escaped(), escape::NAME).into_owned())
    };
    Some((text(parts.module)?, text(parts.name)?))
}
