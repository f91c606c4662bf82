//! PKL114: a state that puts a function in the place of a method.

use std::collections::HashSet;
use std::sync::LazyLock;

use weighbridge_pickle::{Kind, Value};

use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;
use crate::knowledge::Forward;

pub(super) static RULE: Rule = Rule {
    code: "PKL114",
    check,
    tell: |act, sense| match act {
        Act::Build(change) => {
            let target = sense.called(change.value);
            let shadow = change.shadow.as_deref().unwrap_or_default();
            words::structure(&format!("the state of {target} holds {shadow}"))
        }
        _ => words::structure(""),
    },
};

/// Methods that unpickling calls by name on an object.
static CALLED: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let rows = include_str!("../../data/called.tsv").lines();
    rows.filter(|row| !row.starts_with('#'))
        .filter_map(|row| row.split('\t').next())
        .collect()
});

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    match act {
        Act::Build(change) if change.shadow.is_some() => {
            Some(Hit::new(Severity::Medium, "shadowed"))
        }
        _ => None,
    }
}

impl Sense<'_, '_> {
    /// What a state puts in the place of a method, in words.
    pub(super) fn shadow(&mut self, state: Value) -> Option<String> {
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

    fn shadow_in(&mut self, attributes: Value) -> Option<String> {
        if self.view.dropped_objects(attributes) {
            return Some("more attributes than are looked through".to_owned());
        }
        let pairs = self.view.children(attributes);
        pairs.chunks_exact(2).find_map(|pair| match pair {
            [key, value] if self.is_callable(*value) => {
                let name = self.name_of_method(*key)?;
                let value = self.called(*value);
                Some(format!(
                    "{value} under the name {name}, which the library or Python may call"
                ))
            }
            _ => None,
        })
    }

    /// Whether a value is a function or a class, or what makes functions of them gave it.
    fn is_callable(&mut self, value: Value) -> bool {
        match self.view.kind(value) {
            Kind::Global => true,
            Kind::Result => {
                let maker = self
                    .view
                    .result(value)
                    .and_then(|call| self.subject(call.callee));
                let forward = maker.and_then(|maker| maker.forwards());
                matches!(
                    forward,
                    Some(Forward::Partial | Forward::Getattr | Forward::Attrgetter)
                )
            }
            _ => false,
        }
    }

    /// An attribute's name, where something calls what is under it, or where nobody knows it.
    fn name_of_method(&self, key: Value) -> Option<String> {
        let mut names = self.texts(key).map(|text| text.to_escaped().into_owned());
        match names.next() {
            None => Some(self.called(key)),
            Some(name) => std::iter::once(name).chain(names).find(|name| {
                let is_special = name.starts_with("__") && name.ends_with("__");
                is_special || CALLED.contains(name.as_str())
            }),
        }
    }
}
