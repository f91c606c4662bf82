//! PKL110: a persistent id where no loader is known to understand it.

use weighbridge_pickle::{Encoding, Value};

use super::{Act, Hit, Rule, Sense, words};
use crate::knowledge::Type;
use crate::observer::Role;
use crate::verdict::{self, Action};

pub(super) static RULE: Rule = Rule {
    code: "PKL110",
    check,
    tell: |act, sense| {
        let id = match act {
            Act::PersistentId(id) => sense.preview(*id),
            _ => String::new(),
        };
        words::structure(&format!(
            "loading asks the loading program for the object {id}; what that is only it knows"
        ))
    },
};

/// `('storage', type, key, location, elements[, view])` (`torch/serialization.py`, `persistent_id`).
static STORAGE: &[Type] = &[
    Type::Word("storage"),
    Type::Global,
    Type::Str,
    Type::Str,
    Type::Int,
];
/// As [`STORAGE`]; `torch.package` numbers its storages.
static NUMBERED: &[Type] = &[
    Type::Word("storage"),
    Type::Global,
    Type::Int,
    Type::Str,
    Type::Int,
];
/// `('module', class, file, source)`, which old versions of PyTorch wrote of a module's code.
static MODULE: &[Type] = &[
    Type::Word("module"),
    Type::Global,
    Type::OneOf(&[Type::Str, Type::None]),
    Type::OneOf(&[Type::Str, Type::None]),
];
/// The view of a storage: `(key, offset, elements)`.
static VIEW: Type = Type::OneOf(&[
    Type::None,
    Type::TupleOf(&[Type::Str, Type::Int, Type::Int]),
]);

fn check(act: &Act<'_>, sense: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::PersistentId(id) = act else {
        return None;
    };
    if is_of_torch(*id, sense) {
        return None;
    }
    let severity = verdict::severity(verdict::Standing::Unknown, Action::Import);
    Some(Hit::new(severity, &sense.preview(*id)))
}

/// Whether PyTorch's loader is asked for something that it knows.
fn is_of_torch(id: Value, sense: &mut Sense<'_, '_>) -> bool {
    let (storage, module) = match (sense.place.role, sense.effect.stream) {
        (
            Role::TorchPickle | Role::ScriptPickle | Role::ScriptBytecode | Role::PackageResource,
            _,
        ) => (true, false),
        (Role::TorchLegacy, 3) => (true, true),
        _ => (false, false),
    };
    if sense.place.role == Role::TorchTarPickle {
        return is_of_tar(id, sense);
    }
    let parts = sense.view.children(id);
    let is = |types: &[Type], parts: &[Value], sense: &mut Sense<'_, '_>| {
        parts
            .iter()
            .zip(types)
            .all(|(&part, wanted)| sense.is(part, wanted))
    };
    match parts.as_slice() {
        [_, class, _, _] if module && is(MODULE, &parts, sense) => {
            // The class of a whole module need not be known: its import is judged on its own.
            sense.subject(*class).is_some()
        }
        [_, _, _, _, _] => {
            storage && is(STORAGE, &parts, sense)
                || sense.place.role == Role::PackageResource && is(NUMBERED, &parts, sense)
        }
        [start @ .., view] if start.len() == STORAGE.len() => {
            storage && is(STORAGE, start, sense) && sense.is(*view, &VIEW)
        }
        _ => false,
    }
}

/// Whether the loader of tar archives is asked for something that it knows: a tensor or a storage by its
/// number, as text, or the class of a module.
fn is_of_tar(id: Value, sense: &mut Sense<'_, '_>) -> bool {
    let parts = sense.view.children(id);
    let [class, facts @ ..] = parts.as_slice() else {
        let text = sense.view.text(id, Encoding::Utf8);
        return text.is_some_and(|text| text.as_bytes().iter().all(u8::is_ascii_digit));
    };
    let types = MODULE.get(2..).unwrap_or_default();
    facts.len() == types.len()
        && facts
            .iter()
            .zip(types)
            .all(|(&fact, wanted)| sense.is(fact, wanted))
        && sense.subject(*class).is_some()
}
