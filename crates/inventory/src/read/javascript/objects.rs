//! Objects, classes and enumerations that values are taken from.

use oxc_ast::ast::{
    Expression, ObjectExpression, ObjectPropertyKind, PropertyKey, TSEnumMemberName,
};

use super::scopes::{Binding, ClassInfo};
use super::values::{DEEPEST, Values};
use crate::reference::Resolution;

impl<'a> Values<'_, 'a> {
    /// A field of an object, a class or an enumeration.
    pub(super) fn field(
        &self,
        of: &'a Expression<'a>,
        key: &str,
        scope: usize,
        depth: usize,
    ) -> Option<(&'a Expression<'a>, usize, Resolution)> {
        if depth >= DEEPEST {
            return None;
        }
        let in_class = |class: &ClassInfo<'a>| {
            let (value, scope) = *class.fields.get(key)?;
            Some((value, scope, Resolution::ClassAttribute))
        };
        match of.get_inner_expression() {
            Expression::ThisExpression(_) => in_class(self.program.class_of(scope)?),
            Expression::Identifier(name) => match self.program.lookup(name.name.as_str(), scope)? {
                (Binding::Class(class), _) => in_class(self.program.classes.get(class)?),
                (Binding::Enum(declared), scope) => {
                    let mut members = declared.body.members.iter();
                    let member = members.find(|member| match &member.id {
                        TSEnumMemberName::Identifier(name) => name.name.as_str() == key,
                        TSEnumMemberName::String(name) => name.value.as_str() == key,
                        _ => false,
                    })?;
                    Some((
                        member.initializer.as_ref()?,
                        scope,
                        Resolution::ClassAttribute,
                    ))
                }
                (Binding::Value(Expression::NewExpression(new)), scope) => {
                    match new.callee.get_inner_expression() {
                        Expression::Identifier(class) => {
                            match self.program.lookup(class.name.as_str(), scope)? {
                                (Binding::Class(class), _) => {
                                    in_class(self.program.classes.get(class)?)
                                }
                                _ => None,
                            }
                        }
                        _ => None,
                    }
                }
                _ => self.object_field(of, key, scope, depth),
            },
            _ => self.object_field(of, key, scope, depth),
        }
    }

    fn object_field(
        &self,
        of: &'a Expression<'a>,
        key: &str,
        scope: usize,
        depth: usize,
    ) -> Option<(&'a Expression<'a>, usize, Resolution)> {
        let (object, scope) = self.object(of, scope, depth)?;
        Some((property(object, key)?, scope, Resolution::Dictionary))
    }

    /// The object that an expression is.
    pub(super) fn object(
        &self,
        expression: &'a Expression<'a>,
        scope: usize,
        depth: usize,
    ) -> Option<(&'a ObjectExpression<'a>, usize)> {
        if depth >= DEEPEST {
            return None;
        }
        match expression.get_inner_expression() {
            Expression::ObjectExpression(object) => Some((object, scope)),
            Expression::Identifier(name) => match self.program.lookup(name.name.as_str(), scope)? {
                (Binding::Value(value), scope) => self.object(value, scope, depth + 1),
                (Binding::Parameter(parameter), scope) => {
                    self.object(parameter.default?, scope, depth + 1)
                }
                _ => None,
            },
            Expression::StaticMemberExpression(member) => {
                let (value, scope, _) = self.field(
                    &member.object,
                    member.property.name.as_str(),
                    scope,
                    depth + 1,
                )?;
                self.object(value, scope, depth + 1)
            }
            // Object.freeze({…}), defineConfig({…})
            Expression::CallExpression(call) => {
                let first = call.arguments.first()?.as_expression()?;
                self.object(first, scope, depth + 1)
            }
            _ => None,
        }
    }
}

/// The value of a property.
pub(super) fn property<'a>(
    object: &'a ObjectExpression<'a>,
    key: &str,
) -> Option<&'a Expression<'a>> {
    object
        .properties
        .iter()
        .rev()
        .find_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property)
                if !property.computed || matches!(property.key, PropertyKey::StringLiteral(_)) =>
            {
                (property.key.static_name()? == key).then_some(&property.value)
            }
            _ => None,
        })
}
