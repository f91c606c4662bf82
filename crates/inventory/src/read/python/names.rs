//! Names and attributes: through scopes, imports, classes and objects.

use std::rc::Rc;

use ruff_python_ast::Expr;

use super::eval::{Evaluator, MOST_VALUES};
use super::modules::Module;
use super::options;
use super::scope::{Binding, Owner, Scope, Scopes, What};
use super::value::{Known, Outside, Spot, View};
use crate::reference::Resolution;

/// How many modules are read for one file.
const MOST_MODULES: usize = 12;
/// How deep a module is still looked into.
const DEEPEST_IMPORT: usize = 12;
/// How deep a class is.
const DEEPEST_CLASS: usize = 20;

impl<'a> Evaluator<'a, '_> {
    /// What a name may stand for.
    pub(super) fn name(&self, name: &str, view: View) -> Vec<Known<'a>> {
        let Some(module) = self.module(view.spot.module) else {
            return vec![Known::Unknown];
        };
        let (mut at, mut block) = (view.spot.scope, view.block);
        loop {
            let Some(scope) = module.scopes.scopes.get(at) else {
                return vec![Known::Unknown];
            };
            let is_here = at == view.spot.scope;
            let sees = is_here || !matches!(scope.owner, Owner::Class(_));
            if sees && let Some(bindings) = scope.names.get(name) {
                let use_at = is_here.then_some(view.at);
                let chosen = choose(bindings, &module.scopes, block, use_at);
                let spot = Spot {
                    scope: at,
                    ..view.spot
                };
                let values = chosen
                    .into_iter()
                    .flat_map(|binding| self.bound_value(name, binding, scope, spot, view));
                return values.take(MOST_VALUES).collect();
            }
            block = scope.outer_block;
            match scope.parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        let starred = self.starred(name, view);
        if starred.is_empty() {
            return vec![Known::outside(format!("builtins.{name}"))];
        }
        starred
    }

    /// What a binding gives.
    fn bound_value(
        &self,
        name: &str,
        binding: &Binding<'a>,
        scope: &Scope<'a>,
        spot: Spot,
        view: View,
    ) -> Vec<Known<'a>> {
        let inner = View {
            spot: Spot {
                scope: binding.scope,
                ..spot
            },
            block: binding.block,
            at: binding.at,
            is_direct: false,
            depth: view.depth,
        };
        let how = match scope.owner {
            Owner::Class(_) => Resolution::ClassAttribute,
            _ => Resolution::Constant,
        };
        let found = match &binding.what {
            What::Import(dotted, is_renamed) => return self.import(dotted, *is_renamed, inner),
            What::Value(value) => self.values(value, inner),
            What::Each(values) => {
                let all = self.values(values, inner);
                all.iter().flat_map(|value| self.elements(value)).collect()
            }
            What::EachPart(values, index) => {
                let all = self.values(values, inner);
                all.iter()
                    .flat_map(|value| self.part_of_each(value, *index))
                    .collect()
            }
            What::Part(value, index) => {
                let all = self.values(value, inner);
                all.iter()
                    .flat_map(|value| self.elements(value).into_iter().nth(*index))
                    .collect()
            }
            What::Entered(value) => return self.values(value, inner),
            What::Parameter(default, annotation) => {
                return self.parameter(name, (*default, *annotation), scope, spot, inner);
            }
            What::Options => vec![Known::Unknown],
            What::Declared(annotation) => self.of_annotation(annotation, inner),
            What::Function(scope) => {
                return vec![Known::Function(Spot {
                    scope: *scope,
                    ..spot
                })];
            }
            What::Class(scope) => {
                return vec![Known::Class(Spot {
                    scope: *scope,
                    ..spot
                })];
            }
        };
        let renamed = |value: Known<'a>| match value {
            // A function by another name.
            Known::Outside(told) if !told.is_made => Known::Outside(Rc::new(Outside {
                is_renamed: true,
                ..Outside::clone(&told)
            })),
            other => other.by(how).elsewhere(),
        };
        found.into_iter().map(renamed).collect()
    }

    /// What a dotted name from the top refers to.
    fn import(&self, dotted: &str, is_renamed: bool, view: View) -> Vec<Known<'a>> {
        // Modules may import each other: each is a step, and lies deeper.
        let Some(steps) = self.steps.get().checked_sub(1) else {
            self.memory.cut();
            return vec![Known::Unknown];
        };
        self.steps.set(steps);
        let view = View {
            depth: view.depth + 1,
            ..view
        };
        if view.depth >= DEEPEST_IMPORT {
            self.memory.cut();
        }
        let from = self.module(view.spot.module);
        let found = from.and_then(|from| from.names.find(self.file, &from, dotted));
        if let Some(found) = found
            && view.depth < DEEPEST_IMPORT
            && let Some(module) = self.load(&found.path)
        {
            let mut values = vec![Known::Module(module)];
            for attribute in found.rest(dotted) {
                let next = values
                    .iter()
                    .flat_map(|value| self.attribute(value, attribute, view));
                values = next.take(MOST_VALUES).collect();
            }
            if !matches!(values.as_slice(), [Known::Unknown] | []) {
                return values;
            }
        }
        if dotted.starts_with('.') {
            return vec![Known::Unknown];
        }
        vec![Known::Outside(Rc::new(Outside {
            path: dotted.to_owned(),
            is_renamed,
            is_made: false,
            made_at: None,
            service: None,
        }))]
    }

    /// The module of that path, read if it was not yet.
    pub(super) fn load(&self, path: &str) -> Option<usize> {
        let known = self
            .modules
            .borrow()
            .iter()
            .position(|module| module.path == path);
        if known.is_some() || self.missing.borrow().contains(path) {
            return known;
        }
        let count = self.modules.borrow().len();
        let text = (count < MOST_MODULES)
            .then(|| self.file.tree.read(path))
            .flatten();
        let most = self.file.limits.max_nesting;
        let fitting = text.and_then(|text| {
            let left = self.room.get().checked_sub(text.len())?;
            self.room.set(left);
            Module::new(path, &text, self.trees, most)
        });
        match fitting {
            Some(module) => {
                self.modules.borrow_mut().push(module);
                Some(count)
            }
            None => {
                self.missing.borrow_mut().insert(path.to_owned());
                None
            }
        }
    }

    /// `value.name`.
    pub(super) fn attribute_of(&self, value: &'a Expr, name: &str, view: View) -> Vec<Known<'a>> {
        let values = self.values(value, view);
        let found = values
            .iter()
            .flat_map(|value| self.attribute(value, name, view));
        found.take(MOST_VALUES).collect()
    }

    pub(super) fn attribute(&self, value: &Known<'a>, name: &str, view: View) -> Vec<Known<'a>> {
        match value {
            Known::Outside(told)
                if told.path.starts_with("argparse.") || told.path.starts_with("absl.flags") =>
            {
                self.option(name, view, value)
            }
            Known::Outside(told) => vec![Known::Outside(Rc::new(Outside {
                path: format!("{}.{name}", told.path),
                is_made: false,
                ..Outside::clone(told)
            }))],
            Known::Module(module) => {
                let view = View {
                    spot: Spot {
                        module: *module,
                        scope: 0,
                    },
                    block: 0,
                    at: usize::MAX,
                    is_direct: false,
                    ..view
                };
                let values = self.name(name, view);
                // A submodule.
                match values.as_slice() {
                    [Known::Outside(told)] if told.path.starts_with("builtins.") => {
                        vec![Known::Unknown]
                    }
                    _ => values,
                }
            }
            Known::Class(spot) | Known::Object(spot) => self.class_attribute(*spot, name, view),
            // A member of an enumeration.
            Known::Text(_) if name == "value" => vec![value.clone()],
            Known::Config(part) => vec![self.config(part, name)],
            Known::Written(..) | Known::WrittenCall(..) => self.item(value, Some(name)),
            Known::Unknown => self.option(name, view, value),
            _ => vec![Known::Unknown],
        }
    }

    /// The default of an option of the command line; of a field of that name where there is only one.
    fn option(&self, name: &str, view: View, value: &Known<'a>) -> Vec<Known<'a>> {
        let Some(module) = self.module(view.spot.module) else {
            return vec![Known::Unknown];
        };
        let defaults = options::defaults(&module.scopes, name);
        if defaults.is_empty() && matches!(value, Known::Unknown) {
            return self.only_field(&module, name, view);
        }
        let values = defaults.into_iter().flat_map(|(site, default)| {
            let inner = View {
                spot: Spot {
                    scope: site.scope,
                    ..view.spot
                },
                block: site.block,
                at: usize::from(site.node.range_start),
                is_direct: false,
                depth: view.depth,
            };
            self.values(default, inner)
        });
        values
            .map(|value| value.by(Resolution::ArgparseDefault).elsewhere())
            .collect()
    }

    /// The default of a field, where only one class of the module has one of that name:
    /// `(arguments,) = parser.parse_args_into_dataclasses()`.
    fn only_field(&self, module: &Module<'a>, name: &str, view: View) -> Vec<Known<'a>> {
        match module.scopes.fields.get(name).map(Vec::as_slice) {
            Some(&[scope]) => self.class_attribute(Spot { scope, ..view.spot }, name, view),
            Some(_) => vec![Known::Unknown],
            None => self.imported_field(module, name, view),
        }
    }

    /// The same of a class that is imported, where the options come from classes.
    fn imported_field(&self, module: &Module<'a>, name: &str, view: View) -> Vec<Known<'a>> {
        let parsers = ["HfArgumentParser", "TrlParser"];
        let Some(scope) = module
            .scopes
            .scopes
            .first()
            .filter(|scope| parsers.iter().any(|name| scope.names.contains_key(*name)))
        else {
            return vec![Known::Unknown];
        };
        let is_import = |bindings: &[Binding<'a>]| {
            bindings
                .iter()
                .any(|binding| matches!(binding.what, What::Import(..)))
        };
        let mut names: Vec<_> = scope
            .names
            .iter()
            .filter(|(_, bindings)| is_import(bindings))
            .map(|(name, _)| &**name)
            .collect();
        names.sort_unstable();
        let top = View {
            spot: Spot {
                scope: 0,
                ..view.spot
            },
            block: 0,
            at: usize::MAX,
            is_direct: false,
            depth: view.depth + 1,
        };
        for imported in names.into_iter().take(64) {
            for class in self.name(imported, top) {
                let values = match &class {
                    Known::Class(spot) => self.class_attribute(*spot, name, top),
                    _ => continue,
                };
                if !matches!(values.as_slice(), [Known::Unknown]) {
                    return values;
                }
            }
        }
        vec![Known::Unknown]
    }

    fn class_attribute(&self, spot: Spot, name: &str, view: View) -> Vec<Known<'a>> {
        if view.depth >= DEEPEST_CLASS {
            self.memory.cut();
            return vec![Known::Unknown];
        }
        let Some(module) = self.module(spot.module) else {
            return vec![Known::Unknown];
        };
        let Some(scope) = module.scopes.scopes.get(spot.scope) else {
            return vec![Known::Unknown];
        };
        let view = View {
            depth: view.depth + 1,
            is_direct: false,
            ..view
        };
        // What `__init__` puts there hides what stands in the class.
        let of = |bindings: &Vec<Binding<'a>>| -> Vec<Known<'a>> {
            let bindings = bindings.iter().rev().take(8);
            let values =
                bindings.flat_map(|binding| self.bound_value(name, binding, scope, spot, view));
            values.collect()
        };
        let mut found = scope.attributes.get(name).map(of).unwrap_or_default();
        found.retain(|value| !matches!(value, Known::Unknown | Known::Nothing));
        if found.is_empty() {
            found = scope.names.get(name).map(of).unwrap_or_default();
        }
        if found.is_empty()
            && let Owner::Class(class) = scope.owner
        {
            let outer = View {
                spot: Spot {
                    scope: scope.parent.unwrap_or_default(),
                    ..spot
                },
                block: scope.outer_block,
                at: usize::MAX,
                ..view
            };
            for base in class.bases().iter().take(4) {
                let bases = self.values(base, outer);
                let inherited = bases.iter().filter(|base| matches!(base, Known::Class(_)));
                found.extend(inherited.flat_map(|base| self.attribute(base, name, view)));
            }
        }
        if found.is_empty() {
            found.push(Known::Unknown);
        }
        found
    }
}

/// The bindings that may hold where a name is used: from the last one before it, back to one that certainly
/// took place. From another scope any may have been the last.
fn choose<'b, 'a>(
    bindings: &'b [Binding<'a>],
    scopes: &Scopes<'a>,
    block: usize,
    use_at: Option<usize>,
) -> Vec<&'b Binding<'a>> {
    let end = match use_at {
        Some(at) => bindings.partition_point(|binding| binding.at < at),
        None => bindings.len(),
    };
    // In a loop what follows may come before.
    let end = if end == 0 { bindings.len() } else { end };
    let mut chosen = Vec::new();
    for binding in bindings.iter().take(end).rev().take(16) {
        chosen.push(binding);
        if holds(scopes, binding.block, block) {
            break;
        }
    }
    chosen
}

/// Whether a block is another one, or around it.
fn holds(scopes: &Scopes<'_>, outer: usize, mut inner: usize) -> bool {
    for _ in 0..256 {
        if inner == outer {
            return true;
        }
        match scopes.blocks.get(inner) {
            Some(&next) if next != inner => inner = next,
            _ => return false,
        }
    }
    false
}
