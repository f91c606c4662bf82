//! What the unpicklers of `torch.load(weights_only=True)` refuse (`torch/_weights_only_unpickler.py`,
//! `Unpickler.load`), effect by effect.

use weighbridge_pickle::{Effect, EffectKind, Encoding, Kind, Op, Source, Value, View, Watched};

use super::names::{Names, Resolved};
use super::notes::{EVERY, Mask, Pickles, What};
use super::types::Type;
use super::versions::{Others, Sort, VERSIONS, Version};
use crate::observer::Role;
use crate::source::read_array;

/// The classes whose objects every version gives a state.
const BUILT: &[&str] = &[
    "torch.Tensor",
    "torch.nn.parameter.Parameter",
    "collections.OrderedDict",
];
/// What takes items only of some kind, so that running would tell.
const INDEXED: &[&str] = &[
    "torch.Tensor",
    "torch.nn.parameter.Parameter",
    "torch.storage.TypedStorage",
    "torch.storage.UntypedStorage",
    "builtins.bytearray",
];
/// The classes of dicts that are allowed by default.
const DICTS: &[&str] = &["collections.OrderedDict", "collections.Counter"];

/// Finds what is refused.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    names: Names,
}

/// The versions for which something holds.
fn versions(holds: impl Fn(&Version) -> bool) -> Mask {
    let all = VERSIONS.iter().enumerate();
    all.filter(|(_, version)| holds(version))
        .fold(0, |mask, (at, _)| mask | 1 << at)
}

impl Refusals {
    /// Begins with another pickle.
    pub(super) fn begin(&mut self) {
        self.names.set_protocol(None);
    }

    /// Notes an opcode that versions do not have, or what it sets items on.
    pub(super) fn opcode(
        &mut self,
        to: &mut Pickles,
        source: &dyn Source,
        watched: &Watched,
        view: &View<'_>,
    ) {
        if let Some(target) = watched.target {
            return self.set_items(to, target, watched, view);
        }
        if watched.op == Op::PROTO {
            let bytes = read_array::<2>(source, watched.offset).ok().flatten();
            let protocol = bytes.map(|[_, protocol]| protocol);
            self.names.set_protocol(protocol);
            // They take any number for a protocol, where others raise.
            to.unclear |= protocol.is_none_or(|protocol| protocol > 5);
            return;
        }
        let without = versions(|version| !version.opcodes.has(watched.op));
        to.other(What::Opcode(watched.op), "", without, watched.offset);
    }

    /// Notes what versions refuse of an effect.
    pub(super) fn effect(&mut self, to: &mut Pickles, effect: &Effect<'_>, view: &View<'_>) {
        let at = effect.offset;
        match &effect.kind {
            EffectKind::Import { global, .. } => {
                if let Some(global) = self.names.named(*global, view) {
                    note(to, What::Import, &global, at, |_, sort| sort.is_none());
                }
            }
            EffectKind::Call {
                via: Op::REDUCE,
                callee,
                ..
            } => self.reduce(to, *callee, at, view),
            EffectKind::Call {
                via: Op::NEWOBJ,
                callee,
                ..
            } => self.make(to, *callee, at, view),
            EffectKind::Build { target, state } => {
                self.build(to, (*target, *state), at, view);
            }
            EffectKind::Append { target, .. } => match self.type_of(to, *target, view) {
                Type::Named(class) if class.path() == "builtins.list" => {}
                class => refuse(to, What::Append, &class, EVERY, at),
            },
            EffectKind::PersistentId {
                via: Op::BINPERSID,
                id,
            } => persistent(&mut self.names, to, *id, at, view),
            // No version has the opcode.
            _ => {}
        }
    }

    fn type_of(&mut self, to: &Pickles, value: Value, view: &View<'_>) -> Type {
        let persistent = match to.role {
            Role::TorchTarPickle => "Tensor",
            _ => "storage.TypedStorage",
        };
        self.names.type_of(value, persistent, view)
    }

    fn reduce(&mut self, to: &mut Pickles, callee: Value, at: u64, view: &View<'_>) {
        let Some(named) = self.names.named(callee, view) else {
            return to.other(What::Call, words(callee, view), EVERY, at);
        };
        // What was imported and is not allowed is told there.
        let is_walked = !named.is_imported;
        note(to, What::Call, &named, at, |_, sort| match sort {
            None => is_walked,
            Some(sort) => sort == Sort::Value,
        });
    }

    fn make(&mut self, to: &mut Pickles, class: Value, at: u64, view: &View<'_>) {
        let Some(named) = self.names.named(class, view) else {
            return to.other(What::New, words(class, view), EVERY, at);
        };
        if named.path() == "torch.nn.parameter.Parameter" {
            return;
        }
        note(to, What::New, &named, at, |version, sort| {
            match (version.new, sort) {
                (Others::None, _) | (_, Some(Sort::Function | Sort::Value)) => true,
                (Others::User, Some(Sort::Class)) => true,
                (Others::Allowed, Some(Sort::Class)) => false,
                (_, None) => !named.is_imported,
            }
        });
    }

    fn build(
        &mut self,
        to: &mut Pickles,
        (target, state): (Value, Value),
        at: u64,
        view: &View<'_>,
    ) {
        match self.type_of(to, target, view) {
            Type::Named(class) if BUILT.contains(&&*class.path()) => {}
            Type::Named(class) => note(to, What::Build, &class, at, |version, sort| {
                (version.build, sort) != (Others::Allowed, Some(Sort::Class))
            }),
            Type::Plain(name) => {
                // It has no `__dict__`, which is noticed only where there is something to put there.
                let path = format!("builtins.{name}");
                let is_empty = view.kind(state) == Kind::None || view.count(state) == 0;
                let refused = versions(|version| {
                    let is_class = version.sort(&path) == Some(Sort::Class);
                    !(is_class && is_empty && version.build == Others::Allowed)
                });
                to.other(What::Build, name, refused, at);
            }
            Type::Unknown => to.other(What::Build, "", EVERY, at),
        }
    }

    fn set_items(&mut self, to: &mut Pickles, target: Value, watched: &Watched, view: &View<'_>) {
        let at = watched.offset;
        let class = self.type_of(to, target, view);
        let path = match &class {
            Type::Named(class) => class.path(),
            Type::Plain(name) => format!("builtins.{name}"),
            Type::Unknown => String::new(),
        };
        let path = path.as_str();
        let bare = path.strip_prefix("builtins.").unwrap_or(path);
        let strict = versions(|version| {
            let items = version.items;
            items.is_some_and(|items| !items.contains(&path) && !items.contains(&bare))
        });
        // What asks for no type notices it only where there is something to set.
        let loose = versions(|version| version.items.is_none() && watched.items > 0);
        if INDEXED.contains(&path) || matches!(path, "" | "builtins.list") {
            to.doubts |= loose;
            return refuse(to, What::Items, &class, strict, at);
        }
        let takes_none = match &class {
            // Classes of the file's own are what they were when it was written.
            Type::Named(class) => {
                class.versions(|_, sort| sort.is_some() && !DICTS.contains(&path))
            }
            _ => EVERY,
        };
        refuse(to, What::Items, &class, strict | loose & takes_none, at);
    }
}

/// Notes a global for the versions for which something holds, under the names that they have for it.
fn note(
    to: &mut Pickles,
    what: What,
    global: &Resolved,
    at: u64,
    holds: impl Fn(&Version, Option<Sort>) -> bool,
) {
    let refused = global.versions(holds);
    for (name, versions) in &global.names {
        to.global(what, name, versions & refused, at);
    }
}

/// Notes what is refused of an object.
fn refuse(to: &mut Pickles, what: What, class: &Type, refused: Mask, at: u64) {
    match class {
        Type::Named(class) => {
            for (name, versions) in &class.names {
                to.global(what, name, versions & refused, at);
            }
        }
        Type::Plain(name) => to.other(what, name, refused, at),
        Type::Unknown => to.other(what, "", refused, at),
    }
}

/// A persistent id, and whether `persistent_load` takes it.
fn persistent(names: &mut Names, to: &mut Pickles, id: Value, at: u64, view: &View<'_>) {
    let role = to.role;
    let is_tar = role == Role::TorchTarPickle;
    let mut refuse = |words, versions| to.other(What::PersistentId, words, versions, at);
    match view.kind(id) {
        Kind::Tuple => {
            let first = view.children(id).first().copied();
            let word = first.and_then(|first| view.text(first, Encoding::Utf8));
            let parts = match role {
                Role::TorchPickle => 5,
                _ => 6,
            };
            if word.is_none_or(|word| word.as_bytes() != b"storage") {
                refuse("that asks for something other than a storage", EVERY);
            } else if !is_tar && view.count(id) != parts {
                refuse("of too few or too many parts", EVERY);
            } else if role == Role::TorchLegacy && names.is_untyped(view.children(id).get(1), view)
            {
                // It asks the class for the type of its elements.
                refuse("of an UntypedStorage, which such a file cannot have", EVERY);
            }
        }
        Kind::Int if is_tar => refuse("that is an int", versions(|version| !version.int_id)),
        Kind::Str | Kind::EightBitStr if is_tar => {
            refuse("that is a str", versions(|version| version.int_id));
        }
        _ => refuse("that is no tuple", EVERY),
    }
}

/// What a value is that has no name, in words.
fn words(value: Value, view: &View<'_>) -> &'static str {
    match view.kind(value) {
        Kind::Result => "what a call gave",
        Kind::Persistent => "a persistent object",
        Kind::Global => "a global without a name",
        Kind::Extension => "a global of the extension registry",
        kind => kind.as_str(),
    }
}
