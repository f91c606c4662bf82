//! What parameters and annotated names may be: defaults, decorators, annotations.

use std::rc::Rc;

use ruff_python_ast::{Expr, Operator};

use super::eval::Evaluator;
use super::options;
use super::scope::{Owner, Scope};
use super::value::{Known, Outside, Spot, View};
use crate::reference::Resolution;

impl<'a> Evaluator<'a, '_> {
    /// What a parameter may be: what a call gives it, its default, an object of its annotation.
    pub(super) fn parameter(
        &self,
        name: &str,
        (default, annotation): (Option<&'a Expr>, Option<&'a Expr>),
        scope: &Scope<'a>,
        spot: Spot,
        view: View,
    ) -> Vec<Known<'a>> {
        self.memory.ask_bound();
        let mut is_called = false;
        for bound in self
            .bound
            .borrow()
            .iter()
            .filter(|bound| bound.spot == spot)
        {
            is_called = true;
            if let Some((_, values)) = bound.arguments.iter().find(|(known, _)| known == name) {
                bound.is_used.set(true);
                return values.clone();
            }
        }
        // The default is told outside of the function.
        let outer = View {
            spot: Spot {
                scope: scope.parent.unwrap_or_default(),
                ..spot
            },
            block: scope.outer_block,
            at: usize::MAX,
            ..view
        };
        let mut found = Vec::new();
        if let Owner::Function(function) = scope.owner {
            let is_method = self.is_class(spot, scope.parent) && !scope.owner.is_static();
            let first = function.parameters.iter_non_variadic_params().next();
            if is_method && first.is_some_and(|first| first.parameter.name.as_str() == name) {
                let class = Spot {
                    scope: scope.parent.unwrap_or_default(),
                    ..spot
                };
                return vec![if name == "cls" {
                    Known::Class(class)
                } else {
                    Known::Object(class)
                }];
            }
            for decorator in &function.decorator_list {
                found.extend(self.decorated(&decorator.expression, name, outer));
            }
        }
        if let Some(default) = default {
            let values = self.values(default, outer).into_iter();
            found.extend(values.map(|value| value.by(Resolution::DefaultArgument).elsewhere()));
        }
        if is_called && !found.is_empty() {
            return found;
        }
        let is_optional = found.iter().any(|value| matches!(value, Known::Nothing));
        found.retain(|value| !matches!(value, Known::Nothing));
        if found.is_empty()
            && let Some(annotation) = annotation
        {
            found = self.of_annotation(annotation, outer);
        }
        if found.is_empty() {
            // Nothing, where no caller says otherwise.
            found.extend(is_optional.then_some(Known::Nothing));
            found.push(Known::Unknown);
        }
        found
    }

    /// What a decorator gives a parameter: `@option("--model", default=…)`, `@parametrize("name", […])`.
    fn decorated(&self, decorator: &'a Expr, name: &str, view: View) -> Vec<Known<'a>> {
        let Expr::Call(call) = decorator else {
            return Vec::new();
        };
        if let Some((known, Some(default))) = options::option(call)
            && known == name
        {
            let values = self.values(default, view).into_iter();
            return values
                .map(|value| value.by(Resolution::ArgparseDefault).elsewhere())
                .collect();
        }
        let method = match &*call.func {
            Expr::Attribute(told) => told.attr.as_str(),
            _ => "",
        };
        let arguments = &call.arguments.args;
        match (method, arguments.first(), arguments.get(1)) {
            ("parametrize", Some(Expr::StringLiteral(names)), Some(values))
                if names.value.to_str() == name =>
            {
                let all = self.values(values, view);
                let each = all.iter().flat_map(|value| self.elements(value));
                each.map(|value| value.by(Resolution::Constant).elsewhere())
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_class(&self, spot: Spot, scope: Option<usize>) -> bool {
        let module = self.module(spot.module);
        module.zip(scope).is_some_and(|(module, scope)| {
            let scope = module.scopes.scopes.get(scope);
            scope.is_some_and(|scope| matches!(scope.owner, Owner::Class(_)))
        })
    }

    /// An object of the class that an annotation names.
    pub(super) fn of_annotation(&self, annotation: &'a Expr, view: View) -> Vec<Known<'a>> {
        let named = match annotation {
            Expr::Name(_) | Expr::Attribute(_) => annotation,
            // `X | None`, `Optional[X]`, `Annotated[X, …]`.
            Expr::BinOp(told) if told.op == Operator::BitOr => {
                return self.of_annotation_part(&told.left, view);
            }
            Expr::Subscript(told) => match &*told.slice {
                Expr::Tuple(parts) => match parts.elts.first() {
                    Some(first) => return self.of_annotation_part(first, view),
                    None => return Vec::new(),
                },
                part => return self.of_annotation_part(part, view),
            },
            _ => return Vec::new(),
        };
        self.of_annotation_part(named, view)
    }

    fn of_annotation_part(&self, named: &'a Expr, view: View) -> Vec<Known<'a>> {
        if !matches!(named, Expr::Name(_) | Expr::Attribute(_)) {
            return Vec::new();
        }
        let values = self.values(named, view).into_iter();
        values
            .filter_map(|value| match value {
                Known::Class(spot) => Some(Known::Object(spot)),
                Known::Outside(told) if !told.path.starts_with("builtins.") => {
                    Some(Known::Outside(Rc::new(Outside {
                        is_made: true,
                        ..Outside::clone(&told)
                    })))
                }
                _ => None,
            })
            .collect()
    }
}
