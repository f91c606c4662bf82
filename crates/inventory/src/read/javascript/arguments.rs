//! Arguments of a call.

use oxc_ast::ast::{Expression, ObjectExpression, ObjectPropertyKind};

use super::scopes::Site;
use super::values::{Values, unknown};
use crate::call::{Given, Value};

/// Arguments with every value that each may have.
pub(super) struct Arguments {
    pub(super) positional: Vec<Vec<Given>>,
    pub(super) keywords: Vec<(String, Vec<Given>)>,
    pub(super) is_whole: bool,
}

impl Arguments {
    pub(super) fn of<'a>(values: &Values<'_, 'a>, site: &Site<'a>) -> Arguments {
        let mut arguments = Arguments {
            positional: Vec::new(),
            keywords: Vec::new(),
            is_whole: true,
        };
        for argument in site.arguments {
            let Some(expression) = argument.as_expression() else {
                arguments.is_whole = false;
                break;
            };
            let is_object = matches!(
                expression.get_inner_expression(),
                Expression::ObjectExpression(_) | Expression::Identifier(_)
            );
            match values
                .object(expression, site.scope, 0)
                .filter(|_| is_object)
            {
                Some((object, scope)) => {
                    arguments.object(values, object, scope, 0);
                    arguments.positional.push(vec![unknown()]);
                }
                None => arguments.positional.push(values.of(expression, site.scope)),
            }
        }
        arguments
    }

    /// The keys of an object, and of objects that are values of some of them.
    fn object<'a>(
        &mut self,
        values: &Values<'_, 'a>,
        object: &'a ObjectExpression<'a>,
        scope: usize,
        depth: usize,
    ) {
        for entry in &object.properties {
            let property = match entry {
                ObjectPropertyKind::ObjectProperty(property) => property,
                ObjectPropertyKind::SpreadProperty(spread) => {
                    match values
                        .object(&spread.argument, scope, 1)
                        .filter(|_| depth < 3)
                    {
                        Some((inner, scope)) => self.object(values, inner, scope, depth + 1),
                        None => self.is_whole = false,
                    }
                    continue;
                }
            };
            let Some(name) = property.key.static_name() else {
                continue;
            };
            let is_object = matches!(
                property.value.get_inner_expression(),
                Expression::ObjectExpression(_)
            );
            if is_object && depth == 0 && name == "repo" {
                if let Some((inner, scope)) = values.object(&property.value, scope, 1) {
                    self.object(values, inner, scope, depth + 1);
                }
                continue;
            }
            let mut given = values.of(&property.value, scope);
            if name == "repo" {
                given.iter_mut().for_each(repository);
            }
            self.keywords.push((name.into_owned(), given));
        }
    }

    pub(super) fn alternatives(&self) -> usize {
        let all = self
            .positional
            .iter()
            .chain(self.keywords.iter().map(|(_, values)| values));
        all.map(Vec::len).max().unwrap_or_default()
    }
}

/// `spaces/owner/name`, as the client of the hub takes it.
fn repository(given: &mut Given) {
    if let Value::Text(text) = &mut given.value {
        let is_prefixed = ["datasets/", "spaces/", "models/"]
            .iter()
            .any(|prefix| text.starts_with(prefix));
        if is_prefixed {
            text.insert_str(0, "hf://");
        }
    }
}

/// One of several values; the last where there are fewer.
pub(super) fn nth(values: &[Given], index: usize) -> Given {
    values
        .get(index)
        .or_else(|| values.last())
        .cloned()
        .unwrap_or_else(unknown)
}
