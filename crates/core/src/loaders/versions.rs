//! What `torch.load(weights_only=True)` takes, version by version, as the build script made it from
//! `data/weights-only/`.

use weighbridge_pickle::{Op, OpSet};

/// What one version takes.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) version: &'static str,
    /// The opcodes that its unpickler has.
    pub(super) opcodes: OpSet,
    /// What it does with names of Python 2.
    pub(super) names: Names,
    /// Modules of which nothing is ever allowed.
    pub(super) blocked: &'static [&'static str],
    /// Which classes NEWOBJ makes objects of, besides `torch.nn.Parameter`.
    pub(super) new: Others,
    /// Which objects BUILD gives a state, besides tensors, parameters and `OrderedDict`.
    pub(super) build: Others,
    /// The types that SETITEM and SETITEMS take; `None` where they take what Python takes.
    pub(super) items: Option<&'static [&'static str]>,
    /// Whether an int is a persistent id; what is neither a tuple nor an int is one in its place.
    pub(super) int_id: bool,
    /// What `add_safe_globals` goes by; `None` where there is no such function.
    pub(super) safe_globals: Option<Key>,
    /// Whether it takes a global with the name that the file has for it.
    pub(super) pairs: bool,
    /// Whether tar archives are taken.
    pub(super) tar: bool,
    /// Whether archives of TorchScript are: they go to `torch.jit.load`.
    pub(super) script: bool,
    /// What is allowed by default, in the order of the names.
    pub(super) globals: &'static [(&'static str, Sort)],
    /// Modules of Python 2.
    pub(super) modules: &'static [(&'static str, &'static str)],
    /// Globals of Python 2, their two names with a space between.
    pub(super) renamed: &'static [(&'static str, &'static str)],
}

/// What is done with names of Python 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    AsTheyAre,
    MappedInProtocol2,
    Mapped,
}

/// Which classes are taken besides those that are written into the unpickler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    None,
    /// Those that the user adds.
    User,
    /// Those, and those that are allowed by default.
    Allowed,
}

/// The attribute that `add_safe_globals` takes for the name of what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name,
    Qualname,
}

/// What a global is that is allowed by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Class,
    Function,
    /// Something that cannot be called, such as a dtype.
    Value,
}

include!(concat!(env!("OUT_DIR"), "/weights_only.rs"));

impl Version {
    /// What a global is that is allowed by default.
    pub(super) fn sort(&self, path: &str) -> Option<Sort> {
        find(self.globals, path)
    }

    /// What it imports for the names of a global.
    pub(super) fn mapped(
        &self,
        module: &str,
        name: &str,
        protocol: Option<u8>,
    ) -> (String, String) {
        let is_mapped = match self.names {
            Names::AsTheyAre => false,
            Names::MappedInProtocol2 => protocol == Some(2),
            Names::Mapped => true,
        };
        if is_mapped {
            let renamed = find(self.renamed, &format!("{module} {name}"));
            if let Some((module, name)) = renamed.and_then(|new| new.split_once(' ')) {
                return (module.to_owned(), name.to_owned());
            }
            if let Some(module) = find(self.modules, module) {
                return (module.to_owned(), name.to_owned());
            }
        }
        (module.to_owned(), name.to_owned())
    }
}

fn find<T: Copy>(table: &[(&str, T)], key: &str) -> Option<T> {
    let at = table
        .binary_search_by(|(known, _)| (*known).cmp(key))
        .ok()?;
    table.get(at).map(|(_, value)| *value)
}
