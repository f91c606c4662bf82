//! What an expression is worth, as far as the file tells.

use std::cell::Cell;
use std::ops::Range;

use oxc_ast::ast::{
    Argument, CallExpression, Expression, LogicalOperator, MemberExpression, ObjectPropertyKind,
    TemplateLiteral,
};

use oxc_span::Span;

use super::objects::property;
use super::scopes::{Binding, Parameter, Program};
use crate::call::{Given, Value};
use crate::reference::Resolution;

/// How far names are followed.
pub(super) const DEEPEST: usize = 16;

/// How many values an expression may have.
const MOST_VALUES: usize = 8;
/// The longest string that is put together, in bytes: no name and no address is longer.
const LONGEST_TEXT: usize = 4096;

/// A call of a function whose parameters are looked up in it.
#[derive(Clone, Copy)]
pub(super) struct CallSite<'a> {
    pub(super) function: usize,
    pub(super) arguments: &'a [Argument<'a>],
    pub(super) scope: usize,
}

/// Values of expressions.
pub(super) struct Values<'p, 'a> {
    pub(super) program: &'p Program<'a>,
    pub(super) site: Option<CallSite<'a>>,
    /// The function whose parameter was asked for, and not known.
    pub(super) asked: Cell<Option<usize>>,
    /// How many expressions may still be looked at.
    pub(super) left: Cell<usize>,
}

fn given(value: Value, resolution: Resolution) -> Given {
    Given {
        value,
        resolution,
        place: None,
    }
}

pub(super) fn unknown() -> Given {
    given(Value::Unknown, Resolution::Unresolved)
}

impl<'p, 'a> Values<'p, 'a> {
    pub(super) fn new(program: &'p Program<'a>, site: Option<CallSite<'a>>) -> Values<'p, 'a> {
        Values {
            program,
            site,
            asked: Cell::new(None),
            left: Cell::new(2000),
        }
    }

    /// Every value that an expression may have; never none.
    pub(super) fn of(&self, expression: &'a Expression<'a>, scope: usize) -> Vec<Given> {
        let mut values = self.at(expression, scope, 0);
        values.truncate(MOST_VALUES);
        if values.is_empty() {
            values.push(unknown());
        }
        values
    }

    fn at(&self, expression: &'a Expression<'a>, scope: usize, depth: usize) -> Vec<Given> {
        let Some(left) = self.left.get().checked_sub(1).filter(|_| depth < DEEPEST) else {
            return vec![unknown()];
        };
        self.left.set(left);
        let literal = |value| vec![given(value, Resolution::Literal)];
        match expression.get_inner_expression() {
            Expression::StringLiteral(text) => {
                vec![Given {
                    place: Some(inner(text.span)),
                    ..given(Value::Text(text.value.to_string()), Resolution::Literal)
                }]
            }
            Expression::BooleanLiteral(value) => literal(Value::Bool(value.value)),
            Expression::NullLiteral(_) => literal(Value::Nothing),
            // Minified `true` and `false`.
            Expression::UnaryExpression(unary) => match &unary.argument {
                Expression::NumericLiteral(number) if unary.operator.as_str() == "!" => {
                    literal(Value::Bool(number.value == 0.0))
                }
                _ if unary.operator.as_str() == "void" => literal(Value::Nothing),
                _ => vec![unknown()],
            },
            Expression::TemplateLiteral(template) => self.parts(template, scope, depth),
            Expression::BinaryExpression(binary) if binary.operator.as_str() == "+" => {
                let left = self.named_at(&binary.left, scope, depth + 1);
                join(vec![left, self.named_at(&binary.right, scope, depth + 1)])
            }
            Expression::AwaitExpression(awaited) => self.at(&awaited.argument, scope, depth + 1),
            Expression::LogicalExpression(logical) => {
                let left = self.at(&logical.left, scope, depth + 1);
                let right = self.at(&logical.right, scope, depth + 1);
                if logical.operator == LogicalOperator::And {
                    return right;
                }
                self.either(&logical.left, left, right)
            }
            Expression::ConditionalExpression(conditional) => {
                let mut values = self.at(&conditional.consequent, scope, depth + 1);
                values.extend(self.at(&conditional.alternate, scope, depth + 1));
                values.retain(|given| matches!(given.value, Value::Text(_) | Value::Unknown));
                values
            }
            Expression::AssignmentExpression(assignment) => {
                self.at(&assignment.right, scope, depth + 1)
            }
            Expression::Identifier(name) if name.name.as_str() == "undefined" => {
                literal(Value::Nothing)
            }
            Expression::Identifier(name) => self.name(name.name.as_str(), scope, depth),
            Expression::StaticMemberExpression(_) | Expression::ComputedMemberExpression(_) => {
                self.member(expression, scope, depth)
            }
            Expression::CallExpression(call) => match converted(call) {
                Some(converted) => self.at(converted, scope, depth + 1),
                None => vec![unknown()],
            },
            _ => vec![unknown()],
        }
    }

    fn parts(&self, template: &'a TemplateLiteral<'a>, scope: usize, depth: usize) -> Vec<Given> {
        let mut parts = Vec::new();
        for (index, quasi) in template.quasis.iter().enumerate() {
            let text = quasi.value.cooked.as_ref().map_or("", |text| text.as_str());
            parts.push(vec![given(
                Value::Text(text.to_owned()),
                Resolution::Literal,
            )]);
            if let Some(part) = template.expressions.get(index) {
                parts.push(self.named_at(part, scope, depth + 1));
            }
        }
        let mut values = join(parts);
        if let [only] = &mut *values
            && template.expressions.is_empty()
        {
            only.place = Some(inner(template.span));
        }
        values
    }

    /// The first value of a template.
    pub(super) fn template(
        &self,
        template: &'a TemplateLiteral<'a>,
        scope: usize,
    ) -> Option<String> {
        let values = self.parts(template, scope, 0);
        values.into_iter().find_map(|given| match given.value {
            Value::Text(text) => Some(text),
            _ => None,
        })
    }

    /// The same, with the name of what is not known in its place: `{size}`.
    fn named_at(&self, expression: &'a Expression<'a>, scope: usize, depth: usize) -> Vec<Given> {
        let values = self.at(expression, scope, depth);
        let is_known = values
            .iter()
            .any(|given| matches!(given.value, Value::Text(_)));
        let name = match expression.get_inner_expression() {
            Expression::Identifier(name) => Some(name.name.as_str()),
            Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
            Expression::NumericLiteral(number) => {
                return vec![given(
                    Value::Text(number.value.to_string()),
                    Resolution::FormattedString,
                )];
            }
            _ => None,
        };
        match name.filter(|_| !is_known) {
            Some(name) => vec![given(
                Value::Text(format!("{{{name}}}")),
                Resolution::FormattedString,
            )],
            None => values,
        }
    }

    /// `a ?? b`, `a || b`.
    fn either(
        &self,
        left: &'a Expression<'a>,
        values: Vec<Given>,
        right: Vec<Given>,
    ) -> Vec<Given> {
        let is_given = |given: &Given| matches!(given.value, Value::Text(_) | Value::Bool(_));
        if values.iter().all(is_given) && !values.is_empty() {
            return values;
        }
        let is_environment = is_environment(left);
        let mut all: Vec<Given> = values.into_iter().filter(is_given).collect();
        all.extend(right.into_iter().map(|mut given| {
            if is_environment {
                given.resolution = Resolution::EnvironmentDefault;
            }
            given
        }));
        all
    }

    fn name(&self, name: &str, scope: usize, depth: usize) -> Vec<Given> {
        let Some((binding, scope)) = self.program.lookup(name, scope) else {
            return vec![unknown()];
        };
        match binding {
            Binding::Value(value) => {
                let values = self.at(value, scope, depth + 1);
                values
                    .into_iter()
                    .map(|given| followed(given, Resolution::Constant))
                    .collect()
            }
            Binding::Property(of, key, default) => {
                let found = self
                    .object(of, scope, depth + 1)
                    .and_then(|(object, scope)| Some((property(object, key)?, scope)));
                match found.or(default.map(|default| (default, scope))) {
                    Some((value, scope)) => {
                        let values = self.at(value, scope, depth + 1);
                        values
                            .into_iter()
                            .map(|given| followed(given, Resolution::Dictionary))
                            .collect()
                    }
                    None => vec![unknown()],
                }
            }
            Binding::Parameter(parameter) => self.parameter(parameter, scope, depth),
            _ => vec![unknown()],
        }
    }

    fn parameter(&self, parameter: Parameter<'a>, scope: usize, depth: usize) -> Vec<Given> {
        if let Some(site) = self.site.filter(|site| site.function == parameter.function) {
            let argument = site
                .arguments
                .get(parameter.index)
                .and_then(Argument::as_expression);
            let outer = Values {
                program: self.program,
                site: None,
                asked: Cell::new(None),
                left: Cell::new(self.left.get()),
            };
            let argument = match parameter.property {
                Some(key) => argument
                    .and_then(|argument| outer.object(argument, site.scope, depth + 1))
                    .and_then(|(object, scope)| Some((property(object, key)?, scope))),
                None => argument.map(|argument| (argument, site.scope)),
            };
            if let Some((argument, scope)) = argument {
                return outer.at(argument, scope, depth + 1);
            }
        }
        self.asked.set(Some(parameter.function));
        match parameter.default {
            Some(default) => {
                let values = self.at(default, scope, depth + 1);
                let values = values.into_iter();
                values
                    .map(|given| followed(given, Resolution::DefaultArgument))
                    .collect()
            }
            None => vec![unknown()],
        }
    }

    fn member(&self, expression: &'a Expression<'a>, scope: usize, depth: usize) -> Vec<Given> {
        let Some(member) = expression.get_inner_expression().as_member_expression() else {
            return vec![unknown()];
        };
        let key = match member.static_property_name() {
            Some(key) => Some(key.to_owned()),
            None => match member {
                MemberExpression::ComputedMemberExpression(computed) => {
                    match &*self.at(&computed.expression, scope, depth + 1) {
                        [
                            Given {
                                value: Value::Text(text),
                                ..
                            },
                        ] => Some(text.clone()),
                        _ => None,
                    }
                }
                _ => None,
            },
        };
        if let Some(key) = &key {
            if let Some((value, scope, resolution)) =
                self.field(member.object(), key, scope, depth + 1)
            {
                let values = self.at(value, scope, depth + 1);
                return values
                    .into_iter()
                    .map(|given| followed(given, resolution))
                    .collect();
            }
            return vec![unknown()];
        }
        // Any of the values: which one is decided when it runs.
        let Some((object, scope)) = self.object(member.object(), scope, depth + 1) else {
            return vec![unknown()];
        };
        let values = object
            .properties
            .iter()
            .filter_map(|property| match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    Some(self.at(&property.value, scope, depth + 1))
                }
                ObjectPropertyKind::SpreadProperty(_) => None,
            });
        let values = values
            .flatten()
            .filter(|given| matches!(given.value, Value::Text(_)));
        values
            .map(|given| followed(given, Resolution::Dictionary))
            .collect()
    }
}

/// Whether it is read from the environment, or from what a user has stored.
fn is_environment(expression: &Expression<'_>) -> bool {
    let mut at = expression.get_inner_expression();
    for _ in 0..DEEPEST {
        at = match at {
            Expression::StaticMemberExpression(member) => {
                if matches!(member.property.name.as_str(), "env" | "ENV") {
                    return true;
                }
                &member.object
            }
            Expression::ComputedMemberExpression(member) => &member.object,
            Expression::CallExpression(call) => &call.callee,
            Expression::Identifier(name) => return matches!(name.name.as_str(), "env" | "ENV"),
            _ => return false,
        };
    }
    false
}

/// `String(x)` and `x.trim()` are x.
fn converted<'a>(call: &'a CallExpression<'a>) -> Option<&'a Expression<'a>> {
    match &call.callee {
        Expression::Identifier(name) if name.name.as_str() == "String" => {
            call.arguments.first().and_then(Argument::as_expression)
        }
        Expression::StaticMemberExpression(member)
            if matches!(member.property.name.as_str(), "trim" | "toString") =>
        {
            Some(&member.object)
        }
        _ => None,
    }
}

/// What stands between the quotes.
fn inner(span: Span) -> Range<usize> {
    span.start as usize + 1..(span.end as usize).saturating_sub(1)
}

/// A value that was found by following something: the last step that is more than a literal tells how.
fn followed(found: Given, resolution: Resolution) -> Given {
    match found.resolution {
        Resolution::Literal => given(found.value, resolution),
        known => given(found.value, known),
    }
}

/// Strings put behind each other; several values of a part make several strings.
fn join(parts: Vec<Vec<Given>>) -> Vec<Given> {
    let is_one = parts.len() == 1;
    let mut all = vec![(String::new(), Resolution::Literal)];
    for values in parts {
        let mut next = Vec::new();
        for (text, _) in &all {
            for value in values.iter().take(MOST_VALUES) {
                let Value::Text(part) = &value.value else {
                    return vec![unknown()];
                };
                let resolution = if is_one {
                    value.resolution
                } else {
                    Resolution::FormattedString
                };
                if text.len() + part.len() > LONGEST_TEXT {
                    return vec![unknown()];
                }
                next.push((format!("{text}{part}"), resolution));
            }
        }
        next.truncate(MOST_VALUES);
        all = next;
    }
    all.into_iter()
        .map(|(text, resolution)| given(Value::Text(text), resolution))
        .collect()
}
