//! PKL114: a state that puts a function in the place of a method.

use std::collections::HashSet;
use std::sync::LazyLock;

use weighbridge_pickle::{Kind, Value};

use super::sense::Identity;
use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;

pub(super) static RULE: Rule = Rule {
    code: "PKL114",
    check,
    tell: |act, sense| match act {
        Act::Build(change) => {
            let target = sense.called(change.value);
            let shadow = change.shadow.as_ref().map_or("", |shadow| &shadow.words);
            words::structure(&format!("the state of {target} holds {shadow}"))
        }
        _ => words::structure(""),
    },
};

/// What a state puts in the place of a method.
pub(crate) struct Shadow {
    /// In words.
    words: String,
    severity: Severity,
}

/// Methods that unpickling calls by name on an object.
static CALLED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| first_cells(include_str!("../../data/called.tsv")).collect());

/// Classes whose objects cannot be called, and functions that give only such objects.
static UNCALLABLE: LazyLock<HashSet<&str>> =
    LazyLock::new(|| first_cells(include_str!("../../data/uncallable.tsv")).collect());

fn first_cells(table: &'static str) -> impl Iterator<Item = &'static str> {
    let rows = table.lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| row.split('\t').next())
}

/// Methods of dicts and lists that are called on what stands in the place of one, besides those.
const OF_CONTAINERS: &[&str] = &["fromkeys", "remove", "setdefault", "sort"];

/// The method that a second BUILD calls on an object which holds one under this name.
const BUILDS: &str = "__setstate__";

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    match act {
        Act::Build(change) => {
            let shadow = change.shadow.as_ref()?;
            Some(Hit::new(shadow.severity, "shadowed"))
        }
        _ => None,
    }
}

impl Sense<'_, '_> {
    /// What a state puts in the place of a method.
    pub(super) fn shadow(&mut self, state: Value) -> Option<Shadow> {
        match self.view.kind(state) {
            Kind::Dict => self.shadow_in(state),
            // `__dict__` and slots.
            Kind::Tuple => {
                let parts = self.view.children(state);
                parts
                    .into_iter()
                    .find_map(|part| match self.view.kind(part) {
                        Kind::Dict => self.shadow_in(part),
                        _ => None,
                    })
            }
            _ => None,
        }
    }

    fn shadow_in(&mut self, attributes: Value) -> Option<Shadow> {
        if self.view.dropped_objects(attributes) {
            return Some(Shadow {
                words: "more attributes than are looked through".to_owned(),
                severity: Severity::Medium,
            });
        }
        let pairs = self.view.children(attributes);
        pairs.chunks_exact(2).find_map(|pair| match pair {
            [key, value] if self.may_be_callable(*value) => {
                let name = self.name_of_method(*key)?;
                let severity = match name.as_str() {
                    BUILDS => Severity::High,
                    _ => Severity::Medium,
                };
                let value = self.called(*value);
                let words =
                    format!("{value} under the name {name}, which the library or Python may call");
                Some(Shadow { words, severity })
            }
            _ => None,
        })
    }

    /// Whether a value is a function or a class, or an object that nobody has shown to be none that
    /// can be called: many classes have a `__call__`.
    fn may_be_callable(&mut self, value: Value) -> bool {
        match self.identity(value) {
            Identity::Plain | Identity::Buffer => false,
            Identity::Fresh(Some(class), _) => {
                !UNCALLABLE.contains(format!("{}.{}", class.module, class.name).as_str())
            }
            Identity::Known => self.gives_callable(value),
            _ => true,
        }
    }

    /// Whether the function that gave a value may give one that can be called.
    fn gives_callable(&mut self, value: Value) -> bool {
        let call = self.view.result(value).map(|call| call.callee);
        let Some(function) = call.and_then(|callee| self.subject(callee)) else {
            return true;
        };
        function.forwards().is_some()
            || !UNCALLABLE.contains(format!("{}.{}", function.module, function.name).as_str())
    }

    /// An attribute's name, where something calls what is under it, or where nobody knows it.
    fn name_of_method(&self, key: Value) -> Option<String> {
        let mut names = self.texts(key).map(|text| text.to_escaped().into_owned());
        match names.next() {
            None => Some(self.called(key)),
            Some(name) => std::iter::once(name).chain(names).find(|name| {
                let is_special = name.starts_with("__") && name.ends_with("__");
                let name = name.as_str();
                is_special || CALLED.contains(name) || OF_CONTAINERS.contains(&name)
            }),
        }
    }
}
