//! Classes that a file brings along: what makes them, and whether making an object of one runs code of
//! the file. Its methods run later; those that Python calls by itself while it loads are hooks.

use weighbridge_pickle::{Kind, Value};

use super::Hit;
use super::act::Call;
use super::sense::{Identity, Sense};
use crate::finding::{Confidence, Severity};
use crate::knowledge::{Forward, Standing};

/// A class of the file's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    Class,
    /// A call of it finds a member.
    Enumeration,
}

/// Whether classes of the file's own have hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hooks {
    None,
    /// Not all that a class is made of is known.
    Perhaps,
    Some,
}

/// Functions of cloudpickle and dill that make a class; the first ones call their first argument.
const MAKERS: &[&str] = &[
    "_create_type",
    "_make_skeleton_class",
    "_create_namedtuple",
    "_rehydrate_skeleton_class",
    ENUMERATION,
];
const CALLERS: usize = 2;
/// That of an enumeration.
const ENUMERATION: &str = "_make_skeleton_enum";
/// That which adds to a class.
const SETTER: &str = "_class_setstate";

/// Dangerous functions that call a function of their arguments, at once or when their result is read,
/// and that no honest file calls with code of its own.
const RUNNERS: &[&str] = &[
    "__call__",
    "accumulate",
    "apply",
    "apply_along_axis",
    "apply_over_axes",
    "call",
    "dropwhile",
    "filter",
    "filterfalse",
    "fromfunction",
    "groupby",
    "imap",
    "iter",
    "map",
    "reduce",
    "starmap",
    "takewhile",
];

/// Methods and attributes that Python itself looks for when it makes, builds or drops an object or
/// makes a class.
const HOOKS: &[&str] = &[
    "__class__",
    "__del__",
    "__dict__",
    "__getattr__",
    "__getattribute__",
    "__init_subclass__",
    "__mro_entries__",
    "__new__",
    "__prepare__",
    "__set_name__",
    "__setattr__",
    "__setstate__",
    "_missing_",
];
/// How deep tuples of arguments are searched.
const DEPTH: usize = 3;

/// What a function gives that makes code of the file's own.
pub(super) fn made_of_code<'k>(name: &str) -> Identity<'k> {
    match name {
        ENUMERATION => Identity::OwnClass(Own::Enumeration),
        _ if MAKERS.contains(&name) => Identity::OwnClass(Own::Class),
        _ => Identity::Code,
    }
}

/// What a call of something that is no global gives: of code, a method or an object that is as strange.
pub(super) fn made_by<'k>(callee: &Identity<'_>) -> Identity<'k> {
    match callee {
        Identity::Code | Identity::OwnClass(_) => Identity::Code,
        _ => Identity::Stranger,
    }
}

impl Hooks {
    /// What an object of a class of the file's own means, to complete a sentence.
    pub(super) const fn told(self) -> &'static str {
        match self {
            Hooks::None => "it makes an object of a class that the file brings along",
            Hooks::Perhaps => {
                "it is a class that the file brings along, and not all that it is made of is known"
            }
            Hooks::Some => {
                "it is a class that the file brings along, with methods that run when an object is made or built"
            }
        }
    }

    /// A hit, where code of the file runs because an object of a class of its own is made or built.
    pub(super) fn hit(self, name: &str) -> Option<Hit> {
        let confidence = match self {
            Hooks::None => return None,
            Hooks::Perhaps => Confidence::Low,
            Hooks::Some => Confidence::High,
        };
        Some(Hit {
            confidence,
            ..Hit::new(Severity::Critical, name)
        })
    }
}

impl Call<'_> {
    /// Takes note of what a call does to classes of the file's own, and finds the code that it calls.
    pub(super) fn note_own_classes(&mut self, sense: &mut Sense<'_, '_>, arguments: &[Value]) {
        let subject = match &self.callee {
            Identity::Global(subject) => subject,
            // A call of a class runs what it may have of `__init__` too.
            Identity::OwnClass(Own::Class) if !self.makes_only => {
                self.callee = Identity::Code;
                return;
            }
            Identity::Known => {
                if sense.calls_a_method(self.value) && sense.holds_code(arguments) {
                    self.callee = Identity::Code;
                }
                return;
            }
            _ => return,
        };
        let Standing::Dangerous(danger, _) = subject.standing else {
            return;
        };
        if danger.code {
            let place = MAKERS.iter().position(|maker| *maker == subject.name);
            sense.note_hooks(self.args, place.is_some() || subject.name == SETTER);
            if place.is_some_and(|place| place < CALLERS) {
                self.note_metaclass(sense, arguments);
            }
        } else if RUNNERS.contains(&subject.name.as_str()) && sense.holds_code(arguments) {
            self.callee = Identity::Code;
        }
    }

    /// What makes a class calls what stands in the place of the metaclass.
    fn note_metaclass(&mut self, sense: &mut Sense<'_, '_>, arguments: &[Value]) {
        match arguments.first().map(|first| sense.identity(*first)) {
            None | Some(Identity::Global(_)) => {}
            // It may have hooks of another kind.
            Some(Identity::OwnClass(_)) => sense.names.note(Hooks::Perhaps),
            Some(_) => self.callee = Identity::Code,
        }
    }
}

impl Sense<'_, '_> {
    /// Whether one of these is code of the file, or an object of a class of its own.
    fn holds_code(&mut self, arguments: &[Value]) -> bool {
        arguments.iter().any(|&argument| {
            let identity = self.identity(argument);
            matches!(identity, Identity::Code | Identity::OwnClass(_))
        })
    }

    /// Whether a value is what `operator.methodcaller` and its like made.
    fn calls_a_method(&mut self, value: Value) -> bool {
        let maker = self.view.result(value).map(|call| call.callee);
        let maker = maker.and_then(|maker| self.subject(maker));
        maker.is_some_and(|maker| maker.forwards() == Some(Forward::Attrgetter))
    }

    /// Takes note of hooks in what classes are made of or given. For what makes a class, what is not
    /// spelled out may hold some.
    pub(super) fn note_hooks(&mut self, given: Value, makes_class: bool) {
        let found = self.hooks(given, makes_class, DEPTH);
        self.names.note(found);
    }

    /// Takes note of an attribute that is set under this name.
    pub(super) fn note_attribute(&mut self, name: Option<Value>) {
        let found = match name.and_then(|name| self.word(name)) {
            Some(word) if HOOKS.contains(&word.as_str()) => Hooks::Some,
            Some(_) => Hooks::None,
            None => Hooks::Perhaps,
        };
        self.names.note(found);
    }

    fn hooks(&mut self, given: Value, makes_class: bool, depth: usize) -> Hooks {
        let unknown = if makes_class {
            Hooks::Perhaps
        } else {
            Hooks::None
        };
        let parts = self.view.children(given);
        match self.view.kind(given) {
            Kind::Tuple | Kind::List if depth > 0 => {
                let is_whole = self.view.count(given) == parts.len() as u64;
                let rest = if is_whole { Hooks::None } else { unknown };
                parts
                    .into_iter()
                    .map(|part| self.hooks(part, makes_class, depth - 1))
                    .fold(rest, Hooks::max)
            }
            Kind::Dict => {
                let is_whole = self.view.count(given).saturating_mul(2) == parts.len() as u64
                    && !self.view.is_scrambled(given);
                let rest = if is_whole { Hooks::None } else { unknown };
                parts
                    .chunks_exact(2)
                    .map(|pair| self.hook(pair, unknown))
                    .fold(rest, Hooks::max)
            }
            Kind::Tuple | Kind::List => unknown,
            Kind::Result => match self.identity(given) {
                Identity::Global(_) | Identity::Code | Identity::OwnClass(_) => Hooks::None,
                _ => unknown,
            },
            _ => Hooks::None,
        }
    }

    /// Whether an attribute is a hook that the file itself brings.
    fn hook(&mut self, pair: &[Value], unknown: Hooks) -> Hooks {
        let [key, value] = *pair else {
            return Hooks::None;
        };
        match self.word(key) {
            Some(word) if HOOKS.contains(&word.as_str()) => match self.identity(value) {
                Identity::Plain | Identity::Global(_) => Hooks::None,
                _ => Hooks::Some,
            },
            Some(_) => Hooks::None,
            None => unknown,
        }
    }
}
